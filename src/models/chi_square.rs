//! Chi-squares in blocks.

use crate::linalg::vectorised;
use crate::random::Rng;

/// Chi-squares drawn together.
pub const BLOCK: usize = 32;

/// Fills a slice of at most [`BLOCK`] entries with independent chi-squares whose degrees of
/// freedom fall by one: `out[i]` has `first - i` > 0 of them.
///
/// Marsaglia and Tsang's method for the whole block at once: the arithmetic is vectorised, the
/// uniform that decides has 32 bits (one in $2^{32}$ is undecided and gets more), and the 2 % that
/// are not accepted at once are drawn afresh one by one, so that the law is exact. 11 ns each on a
/// machine where a normal takes 6 and a single chi-square 17.
///
/// # Panics
/// If the slice is longer than a block, or a number of degrees is not positive.
pub fn fill_chi_squared_falling(rng: &mut Rng, first: f64, out: &mut [f64]) {
    fill_chi_squared_falling_by(rng, first, 1.0, out);
}

/// The same with degrees of freedom that fall by `fall`: `out[i]` has `first - fall * i` > 0.
///
/// # Panics
/// If the slice is longer than a block, or a number of degrees is not positive.
pub fn fill_chi_squared_falling_by(rng: &mut Rng, first: f64, fall: f64, out: &mut [f64]) {
    let count = out.len();
    assert!(count <= BLOCK, "a block has at most {BLOCK} chi-squares, not {count}");
    assert!(
        count == 0 || first - fall * (count - 1) as f64 > 0.0,
        "degrees of freedom must be positive: {first} falls too low over {count} entries"
    );
    let mut normals = [0.0; BLOCK];
    rng.fill_normal(&mut normals[..count]);
    let mut bits = [0_u32; BLOCK];
    for pair in bits[..count].chunks_mut(2) {
        let word = rng.bits();
        pair[0] = word as u32;
        if let Some(second) = pair.get_mut(1) {
            *second = (word >> 32) as u32;
        }
    }
    let mut values = [0.0; BLOCK];
    let mut undecided = [0_u8; BLOCK];
    vectorised(
        #[inline(always)]
        || propose((first, fall), &normals, &bits, &mut values, &mut undecided),
    );
    out.copy_from_slice(&values[..count]);
    for (i, _) in undecided[..count].iter().enumerate().filter(|(_, flag)| **flag != 0) {
        let degrees = first - fall * i as f64;
        out[i] = if degrees < 2.0 {
            rng.chi_squared(degrees)
        } else {
            settle(rng, degrees, normals[i], bits[i])
        };
    }
}

/// Proposals, and whether the quick test (Marsaglia and Tsang's squeeze) failed to accept them.
#[inline(always)]
fn propose(
    (first, fall): (f64, f64),
    normals: &[f64; BLOCK],
    bits: &[u32; BLOCK],
    values: &mut [f64; BLOCK],
    undecided: &mut [u8; BLOCK],
) {
    const STEP: f64 = 1.0 / 4_294_967_296.0;
    for i in 0..BLOCK {
        let degrees = first - fall * i as f64;
        let d = 0.5 * degrees - 1.0 / 3.0;
        let x = normals[i];
        let x2 = x * x;
        let base = 1.0 + x / (9.0 * d).sqrt();
        values[i] = 2.0 * d * (base * base * base);
        // The uniform is at most (bits + 1) / 2^32, whatever its further bits are. Below two
        // degrees the method does not apply (d may be negative and base NaN: not accepted).
        let accepted = (f64::from(bits[i]) + 1.0) * STEP < 1.0 - 0.0331 * x2 * x2;
        undecided[i] = u8::from(!(accepted && base > 0.0 && degrees >= 2.0));
    }
}

/// The full test for a proposal that the quick one did not accept, else a fresh draw.
fn settle(rng: &mut Rng, degrees: f64, x: f64, bits: u32) -> f64 {
    let d = 0.5 * degrees - 1.0 / 3.0;
    let base = 1.0 + x / (9.0 * d).sqrt();
    if base > 0.0 {
        let v = base * base * base;
        let u = (f64::from(bits) + rng.open_uniform()) / 4_294_967_296.0;
        if u.ln() < 0.5 * x * x + d * (1.0 - v + v.ln()) {
            return 2.0 * d * v;
        }
    }
    // Rejected: an independent draw from the same law.
    rng.chi_squared(degrees)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::chi_squared_cdf;

    /// Kolmogorov-Smirnov distance of each entry's law over 20 000 blocks.
    #[test]
    fn every_entry_has_its_law() {
        let mut rng = Rng::seeded(11);
        const DRAWS: usize = 20_000;
        for (first, fall, count) in [
            (32.0, 1.0, 32),
            (400.0, 1.0, 32),
            (4.0, 1.0, 4),
            (7.5, 1.0, 7),
            (1.0, 1.0, 1),
            (2.0, 1.0, 2),
            (64.0, 2.0, 32),
            (8.0, 2.0, 4),
        ] {
            let mut columns = vec![Vec::with_capacity(DRAWS); count];
            let mut block = vec![0.0; count];
            for _ in 0..DRAWS {
                fill_chi_squared_falling_by(&mut rng, first, fall, &mut block);
                columns.iter_mut().zip(&block).for_each(|(column, x)| column.push(*x));
            }
            for (i, mut column) in columns.into_iter().enumerate() {
                column.sort_by(f64::total_cmp);
                let degrees = first - fall * i as f64;
                let distance = column
                    .iter()
                    .enumerate()
                    .map(|(rank, x)| {
                        let below = chi_squared_cdf(degrees, *x) * DRAWS as f64;
                        (below - rank as f64).abs().max((below - rank as f64 - 1.0).abs())
                    })
                    .fold(0.0, f64::max)
                    / (DRAWS as f64).sqrt();
                // Exceeded with probability 2 exp(-2 * 2.6^2) = 3e-6.
                assert!(distance < 2.6, "{degrees} degrees: {distance}");
            }
        }
    }
}
