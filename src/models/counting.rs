//! How many eigenvalues of a Gaussian Gram matrix lie below a level, without eigenvalues.

use super::wishart::Bidiagonal;

/// The number of eigenvalues of $B B^\top$ below $x$: of negative pivots of $B B^\top - x I$
/// (Sylvester's law of inertia), by the stationary qd recurrence. About 6 ns a row.
///
/// Exact for a matrix within rounding of the given one. A pivot of 0 counts as positive.
pub fn count_below(spectrum: &Bidiagonal, x: f64) -> usize {
    let [count] = counts_below(spectrum, [x]);
    count
}

/// The same for several levels in one pass: the recurrences do not wait for each other.
pub fn counts_below<const K: usize>(spectrum: &Bidiagonal, levels: [f64; K]) -> [usize; K] {
    let below = spectrum.below.iter().copied().chain(std::iter::once(0.0));
    let (mut shifts, mut counts) = (levels.map(|x| -x), [0; K]);
    for (a2, b2) in spectrum.diagonal.iter().zip(below) {
        for ((shift, count), x) in shifts.iter_mut().zip(&mut counts).zip(&levels) {
            let pivot = a2 + *shift;
            *count += usize::from(pivot < 0.0);
            // Never 0, so that no infinity follows.
            let pivot = if pivot.abs() < 1e-300 { 1e-300 } else { pivot };
            *shift = b2 / pivot * *shift - x;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Rng;

    #[test]
    fn it_counts_the_eigenvalues() {
        let mut rng = Rng::seeded(5);
        let mut spectrum = Bidiagonal::default();
        for (n, p) in [(1, 1), (2, 9), (20, 20), (60, 35), (150, 151)] {
            spectrum.draw(&mut rng, n, p);
            let eigenvalues = spectrum.eigenvalues().unwrap();
            let top = eigenvalues[eigenvalues.len() - 1];
            for step in 0..=50 {
                let x = 1.05 * top * f64::from(step) / 50.0;
                let want = eigenvalues.iter().filter(|s| **s < x).count();
                assert_eq!(count_below(&spectrum, x), want, "{n} x {p} at {x}");
            }
            assert_eq!(count_below(&spectrum, -1.0), 0);
            let levels = [0.2, 0.4, 0.9].map(|share| share * top);
            let one_by_one = levels.map(|x| count_below(&spectrum, x));
            assert_eq!(counts_below(&spectrum, levels), one_by_one);
        }
    }

    /// By hand: $B = (1)$, and a pivot that vanishes.
    #[test]
    fn a_pivot_of_zero_is_survived() {
        let one = Bidiagonal { diagonal: vec![1.0], below: vec![] };
        assert_eq!([0.5, 1.0, 1.5].map(|x| count_below(&one, x)), [0, 0, 1]);
        // B B' = (2, r2; r2, 3): eigenvalues 1 and 4, the first pivot is 0 at 2.
        let two = Bidiagonal { diagonal: vec![2.0, 2.0], below: vec![1.0] };
        assert_eq!([0.9, 1.1, 2.0, 3.9, 4.1].map(|x| count_below(&two, x)), [0, 1, 1, 1, 2]);
    }
}
