//! Limits and slopes from a ladder of sizes: which weights on the means at each size remove the
//! declared finite-size terms, and bound what is left.
//!
//! Suppose $Q_n = Q_\infty + \sum_{j\le J} c_j n^{-\omega_j} + r_n$ with declared exponents
//! $\omega_1 < \dots < \omega_J$. On $J+1$ base sizes $B$ the weights with $\sum w_k = 1$ and
//! $\sum w_k n_k^{-\omega_j} = 0$ give $Y_{lo} = \sum w_k \bar x(n_k)$, and the *same* weights on
//! $sB$ give $Y_{hi}$. Both are free of the declared terms, and for a remainder
//! $r_n = n^{-\omega}$ the bias of $Y_{hi}$ is exactly $s^{-\omega}$ times that of $Y_{lo}$,
//! whatever the weights. So one number carries the assumption, the *guard* $\omega_g$: "what is
//! left decays at least like $n^{-\omega_g}$ from one copy of the sizes to the next". It is below
//! the first exponent that is left, since $c n^{-2} + d n^{-3}$ with opposite signs falls by less
//! than $s^{-2}$. With $q = s^{-\omega_g}$ the limit lies between the
//! means of
//!
//! $$A_\pm = Y_{hi} \pm \frac{q}{1-q}\,(Y_{hi} - Y_{lo}).$$
//!
//! A slope is a limit as well. With $\log Q_n = a - \beta\log n + \dots$, $J+2$ base sizes and
//! $\sum v_k = 0$, $\sum v_k\log n_k = -1$, $\sum v_k n_k^{-\omega_j} = 0$, the sum
//! $\sum v_k \log\bar x(n_k)$ tends to the decay exponent $\beta$, and $A_\pm$ are formed as
//! before.
//!
//! Where the sizes hold a third copy, $A_\pm$ use the upper two, and
//! $D_1 = Y_0 - Y_1$, $D_2 = Y_1 - Y_2$ show whether the differences shrink as the guard says.
//!
//! Source: L. F. Richardson and J. A. Gaunt, *The deferred approach to the limit*, Phil. Trans. R.
//! Soc. A 226 (1927), for the weights; the hull of $A_\pm$ is elementary.

use libm::{log, pow, round};
use thiserror::Error;

/// More sizes than this are refused: the search for the copies looks at all subsets.
pub const SIZES_MAX: usize = 12;

/// The most replicates at one size in one round.
pub const REPLICATES_MAX: u64 = 4096;

/// The factor between copies that is preferred where several would do.
const FACTOR: usize = 4;

/// Why sizes, exponents and guard do not make a ladder.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum LadderError {
    /// A size of zero.
    #[error("a size is 0, and {suggested} would do")]
    Zero {
        /// Sizes that make a ladder.
        suggested: Sizes,
    },
    /// A size twice.
    #[error("size {size} is there twice, and {suggested} would do")]
    Repeated {
        /// That size.
        size: usize,
        /// Sizes that make a ladder.
        suggested: Sizes,
    },
    /// More than [`SIZES_MAX`] sizes.
    #[error("{count} sizes are too many: at most {SIZES_MAX}, and {suggested} would do")]
    TooMany {
        /// How many.
        count: usize,
        /// Sizes that make a ladder.
        suggested: Sizes,
    },
    /// No base has these sizes as its copies.
    #[error(
        "sizes {sizes} are not copies B, sB (and s\u{b2}B) of a base B of {base} with s >= 2: \
         {suggested} would do"
    )]
    NoCopies {
        /// The sizes, ascending.
        sizes: Sizes,
        /// The number of sizes in a base.
        base: usize,
        /// Sizes that make a ladder.
        suggested: Sizes,
    },
    /// Several bases have these sizes as their copies, and no rule prefers one.
    #[error("sizes {sizes} are copies of {first} and of {second} alike: {suggested} would do")]
    Ambiguous {
        /// The sizes, ascending.
        sizes: Sizes,
        /// One base, with its factor.
        first: Base,
        /// Another, or the same with another factor.
        second: Base,
        /// Sizes that make a ladder.
        suggested: Sizes,
    },
    /// Exponents that are not positive and ascending.
    #[error("exponents {0:?} are not positive and ascending")]
    Exponents(Vec<f64>),
    /// A guard that is not positive, or so small that nothing shrinks from one copy to the next.
    #[error("guard {0} is not positive and finite, or too small to bound anything")]
    Guard(f64),
    /// Weights that cannot be computed: exponents or sizes too close to each other.
    #[error("sizes {sizes} cannot tell the exponents {exponents:?} apart")]
    Singular {
        /// The sizes, ascending.
        sizes: Sizes,
        /// The exponents.
        exponents: Vec<f64>,
    },
}

/// Sizes, shown as `(32, 128, 512)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sizes(pub Vec<usize>);

impl std::fmt::Display for Sizes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sizes: Vec<String> = self.0.iter().map(usize::to_string).collect();
        write!(f, "({})", sizes.join(", "))
    }
}

/// A base and the factor between its copies, shown as `(32, 128) with s = 4`.
#[derive(Clone, Debug, PartialEq)]
pub struct Base {
    /// The sizes, ascending.
    pub sizes: Sizes,
    /// The factor $s$.
    pub factor: f64,
}

impl std::fmt::Display for Base {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} with s = {}", self.sizes, self.factor)
    }
}

/// The weights $w$ with $\sum w = 1$ and $\sum w_k n_k^{-\omega_j} = 0$.
///
/// For distinct positive sizes, one more than exponents, these positive and distinct; the weights
/// have no unit. They depend on the ratios of the sizes only.
///
/// ```text
/// weights(&[n, 4 n], &[1.0]) = [-1/3, 4/3]
/// ```
pub fn weights(sizes: &[f64], exponents: &[f64]) -> Vec<f64> {
    assert_eq!(sizes.len(), exponents.len() + 1, "one more size than exponents is needed");
    let mut rows = vec![(vec![1.0; sizes.len()], 1.0)];
    rows.extend(correction_rows(sizes, exponents));
    solve(rows)
}

/// The weights $v$ with $\sum v = 0$, $\sum v_k\log n_k = -1$ and $\sum v_k n_k^{-\omega_j} = 0$.
///
/// For distinct positive sizes, two more than exponents. Applied to $\log\bar x(n_k)$ they give the
/// exponent of decay, positive for a quantity that decreases.
///
/// ```text
/// slope_weights(&[n, 8 n], &[]) = [1/log 8, -1/log 8]
/// ```
pub fn slope_weights(sizes: &[f64], exponents: &[f64]) -> Vec<f64> {
    assert_eq!(sizes.len(), exponents.len() + 2, "two more sizes than exponents are needed");
    let smallest = smallest(sizes);
    let logs = sizes.iter().map(|size| log(size / smallest)).collect();
    let mut rows = vec![(vec![1.0; sizes.len()], 0.0), (logs, -1.0)];
    rows.extend(correction_rows(sizes, exponents));
    solve(rows)
}

/// The weights of $A_+$ and $A_-$ on the means of a full list of sizes, in the order of that list.
///
/// What it holds is consistent when it comes from a constructor; the fields are open to be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Ladder {
    /// The weights of $A_+$.
    pub plus: Vec<f64>,
    /// The weights of $A_-$.
    pub minus: Vec<f64>,
    /// The weights of $D_1$ and $D_2$, where the sizes hold a third copy.
    pub drops: Option<(Vec<f64>, Vec<f64>)>,
    /// The assumed contraction from one copy to the next, $q = s^{-\omega_g}$.
    pub q: f64,
    /// The base $B$, ascending.
    pub base: Vec<usize>,
    /// The factor $s$ between copies.
    pub factor: f64,
    /// How many copies there are: 2 or 3.
    pub copies: usize,
}

impl Ladder {
    /// The ladder for a limit: copies of $J+1$ sizes for $J$ exponents.
    ///
    /// Every size is used. Where several decompositions exist, $s = 4$ is preferred, then the base
    /// that consists of the smallest sizes. Examples with $J = 1$: `n, 4n, 16n` and
    /// `n, 2n, 4n, 8n`, both with $s = 4$.
    ///
    /// # Errors
    /// Sizes that are not such copies, or are so in several ways; exponents that are not positive
    /// and ascending; a guard that is not positive.
    pub fn limit(sizes: &[usize], exponents: &[f64], guard: f64) -> Result<Self, LadderError> {
        Self::build(Target::Limit, sizes, exponents, guard)
    }

    /// The ladder for an exponent of decay: copies of $J+2$ sizes for $J$ exponents, the weights
    /// being those of the *logarithms* of the means. Example with $J = 0$: `n, 4n, 8n, 32n`.
    ///
    /// # Errors
    /// As [`Ladder::limit`].
    pub fn slope(sizes: &[usize], exponents: &[f64], guard: f64) -> Result<Self, LadderError> {
        Self::build(Target::Slope, sizes, exponents, guard)
    }

    fn build(
        target: Target,
        sizes: &[usize],
        exponents: &[f64],
        guard: f64,
    ) -> Result<Self, LadderError> {
        let ascending = exponents.windows(2).all(|pair| pair[0] < pair[1]);
        if !ascending || !exponents.iter().all(|omega| *omega > 0.0 && omega.is_finite()) {
            return Err(LadderError::Exponents(exponents.to_vec()));
        }
        if !(guard > 0.0 && guard.is_finite()) {
            return Err(LadderError::Guard(guard));
        }
        let copies = decompose(target, sizes, exponents.len())?;
        let base: Vec<f64> = copies.base().iter().map(|size| *size as f64).collect();
        let solution = match target {
            Target::Limit => weights(&base, exponents),
            Target::Slope => slope_weights(&base, exponents),
        };
        if !solution.iter().all(|weight| weight.is_finite()) {
            let sizes = Sizes(copies.base().to_vec());
            return Err(LadderError::Singular { sizes, exponents: exponents.to_vec() });
        }
        let ladder = assemble(sizes, &copies, &solution, guard);
        let weights = || ladder.plus.iter().chain(&ladder.minus);
        // q rounds to 1 where the guard is below 1e-16.
        if weights().all(|weight| weight.is_finite()) {
            Ok(ladder)
        } else {
            Err(LadderError::Guard(guard))
        }
    }
}

/// The weights of all sizes from those of the base.
fn assemble(sizes: &[usize], copies: &Copies, solution: &[f64], guard: f64) -> Ladder {
    // Adds a multiple of one copy's weighted sum.
    let add = |total: &mut Vec<f64>, copy: &[usize], multiple: f64| {
        for (weight, slot) in total.iter_mut().zip(sizes) {
            let base = copy.iter().zip(solution).filter(|(size, _)| *size == slot);
            *weight += base.map(|(_, weight)| multiple * weight).sum::<f64>();
        }
    };
    let sum = |terms: [(&[usize], f64); 2]| {
        let mut total = vec![0.0; sizes.len()];
        for (copy, multiple) in terms {
            add(&mut total, copy, multiple);
        }
        total
    };
    let factor = copies.factor();
    let q = pow(factor, -guard);
    let reach = q / (1.0 - q);
    let count = copies.levels.len();
    let (low, high) = (&copies.levels[count - 2], &copies.levels[count - 1]);
    let drop = |k: usize| sum([(&copies.levels[k], 1.0), (&copies.levels[k + 1], -1.0)]);
    Ladder {
        plus: sum([(high, 1.0 + reach), (low, -reach)]),
        minus: sum([(high, 1.0 - reach), (low, reach)]),
        drops: (count == 3).then(|| (drop(0), drop(1))),
        q,
        base: copies.base().to_vec(),
        factor,
        copies: count,
    }
}

/// The weighted sums of rows of `width` numbers each, one number for each row: a round's scalar.
pub fn combine(rows: &[f64], width: usize, weights: &[f64]) -> Vec<f64> {
    assert_eq!(weights.len(), width, "one weight for each column is needed");
    assert!(
        width > 0 && rows.len().is_multiple_of(width),
        "{} numbers do not make rows of {width}",
        rows.len()
    );
    let scalar = |row: &[f64]| row.iter().zip(weights).map(|(x, weight)| x * weight).sum();
    rows.chunks_exact(width).map(scalar).collect()
}

/// $\max(|a^+_k|, |a^-_k|)$ at each size: what the allocation of replicates goes by.
///
/// Of any combinations of the same sizes; NaN where one of their weights is.
pub fn largest_weights<'a>(combinations: impl IntoIterator<Item = &'a Vec<f64>>) -> Vec<f64> {
    let larger = |a: f64, b: f64| if a >= b || a.is_nan() { a } else { b };
    let sizes = |weights: &Vec<f64>| weights.iter().map(|weight| weight.abs()).collect();
    let both = |all: Vec<f64>, next: Vec<f64>| {
        all.into_iter().zip(next).map(|(a, b)| larger(a, b)).collect()
    };
    combinations.into_iter().map(sizes).reduce(both).unwrap_or_default()
}

/// How many replicates a round runs at each size, $N_k \propto a_k\sigma_k/\sqrt{t_k}$.
///
/// That is the best use of a budget: the variance is then $(\sum a_k\sigma_k\sqrt{t_k})^2$ over
/// the cost. The size with the smallest share has 1, none more than 4096. `deviations` $\sigma_k$
/// come from a pilot, `prices` $t_k$ are declared, in any unit. A share of zero (a weight or a
/// deviation of zero), or one that is not a number, counts as the smallest.
pub fn allocate(weights_max_abs: &[f64], deviations: &[f64], prices: &[f64]) -> Vec<u64> {
    let count = weights_max_abs.len();
    assert_eq!(count, deviations.len(), "one deviation for each weight is needed");
    assert_eq!(count, prices.len(), "one price for each weight is needed");
    let shares: Vec<f64> =
        (0..count).map(|k| weights_max_abs[k].abs() * deviations[k] / prices[k].sqrt()).collect();
    let smallest =
        shares.iter().copied().filter(|share| *share > 0.0).fold(f64::INFINITY, f64::min);
    let replicates = |share: &f64| {
        if *share > 0.0 {
            // The conversion takes NaN (infinity over infinity) to 0 and stops at the largest.
            (round(share / smallest) as u64).clamp(1, REPLICATES_MAX)
        } else {
            1
        }
    };
    shares.iter().map(replicates).collect()
}

/// What a ladder is for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Target {
    Limit,
    Slope,
}

impl Target {
    /// The number of sizes in a base.
    fn base(self, exponents: usize) -> usize {
        match self {
            Self::Limit => exponents + 1,
            Self::Slope => exponents + 2,
        }
    }

    /// The usual sizes from `start` on.
    fn suggested(self, start: usize, exponents: usize) -> Sizes {
        let multiples: Vec<usize> = match (self, exponents) {
            (Self::Slope, 0) => vec![1, 4, 8, 32],
            _ => (0..=self.base(exponents) as u32).map(|k| FACTOR.saturating_pow(k)).collect(),
        };
        Sizes(multiples.iter().map(|multiple| start.max(1).saturating_mul(*multiple)).collect())
    }
}

/// A decomposition: the base, then its multiples, each ascending.
#[derive(Clone, Debug, PartialEq)]
struct Copies {
    levels: Vec<Vec<usize>>,
}

impl Copies {
    fn base(&self) -> &[usize] {
        &self.levels[0]
    }

    fn shown(&self) -> Base {
        Base { sizes: Sizes(self.base().to_vec()), factor: self.factor() }
    }

    fn factor(&self) -> f64 {
        self.levels[1][0] as f64 / self.levels[0][0] as f64
    }

    /// The base times `numerator / denominator` once or twice, where its members are all among
    /// the sizes and use them up.
    fn of(base: &[usize], ratio: (usize, usize), sizes: &[usize]) -> Option<Self> {
        let mut levels = vec![base.to_vec()];
        for _ in 0..2 {
            let last = levels.last()?;
            let next: Option<Vec<usize>> =
                last.iter().map(|size| multiple(*size, ratio, sizes)).collect();
            levels.push(next?);
            if sizes.iter().all(|size| levels.iter().any(|level| level.contains(size))) {
                return Some(Self { levels });
            }
        }
        None
    }
}

/// The member of the sizes that is `size` times the ratio, exactly.
fn multiple(size: usize, ratio: (usize, usize), sizes: &[usize]) -> Option<usize> {
    let product = size as u128 * ratio.0 as u128;
    sizes.iter().copied().find(|other| *other as u128 * ratio.1 as u128 == product)
}

/// How sizes, in any order, are made of copies of one base.
fn decompose(target: Target, sizes: &[usize], exponents: usize) -> Result<Copies, LadderError> {
    let mut sorted = sizes.to_vec();
    sorted.sort_unstable();
    let start = sorted.first().copied().unwrap_or(1);
    let suggested = target.suggested(start, exponents);
    if start == 0 {
        return Err(LadderError::Zero { suggested });
    }
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(LadderError::Repeated { size: pair[0], suggested });
    }
    if sorted.len() > SIZES_MAX {
        return Err(LadderError::TooMany { count: sorted.len(), suggested });
    }
    let length = target.base(exponents);
    let mut found = all_copies(&sorted, length);
    prefer(&mut found, |copies| copies.levels[1][0] == FACTOR * copies.levels[0][0]);
    prefer(&mut found, |copies| copies.base() == &sorted[..length]);
    match found.as_slice() {
        [] => Err(LadderError::NoCopies { sizes: Sizes(sorted), base: length, suggested }),
        [only] => Ok(only.clone()),
        [first, second, ..] => Err(LadderError::Ambiguous {
            sizes: Sizes(sorted),
            first: first.shown(),
            second: second.shown(),
            suggested,
        }),
    }
}

/// Drops what lacks a property, unless everything does.
fn prefer(found: &mut Vec<Copies>, property: impl Fn(&Copies) -> bool) {
    if found.iter().any(&property) {
        found.retain(property);
    }
}

/// All decompositions of ascending sizes, the smallest of which is in the base.
fn all_copies(sorted: &[usize], length: usize) -> Vec<Copies> {
    let mut found = Vec::new();
    for subset in 0_u32..1 << sorted.len() {
        if subset & 1 == 0 || subset.count_ones() as usize != length {
            continue;
        }
        let chosen = sorted.iter().enumerate().filter(|(place, _)| subset >> place & 1 == 1);
        let base: Vec<usize> = chosen.map(|(_, size)| *size).collect();
        for size in sorted.iter().filter(|size| **size / 2 >= sorted[0]) {
            found.extend(Copies::of(&base, (*size, sorted[0]), sorted));
        }
    }
    found
}

/// An equation: coefficients and right-hand side.
type Row = (Vec<f64>, f64);

/// $\sum w_k (n_k/n_{\min})^{-\omega_j} = 0$ for each exponent; ratios keep the numbers near one.
fn correction_rows(sizes: &[f64], exponents: &[f64]) -> impl Iterator<Item = Row> {
    let smallest = smallest(sizes);
    exponents
        .iter()
        .map(move |omega| (sizes.iter().map(|size| pow(size / smallest, -omega)).collect(), 0.0))
}

fn smallest(sizes: &[f64]) -> f64 {
    sizes.iter().copied().fold(f64::INFINITY, f64::min)
}

/// The solution of a small square system, by elimination with partial pivoting; numbers that are
/// not finite where it is singular.
fn solve(mut rows: Vec<Row>) -> Vec<f64> {
    let count = rows.len();
    for column in 0..count {
        let size = |row: &Row| row.0[column].abs();
        let pivot = (column..count).max_by(|i, j| size(&rows[*i]).total_cmp(&size(&rows[*j])));
        rows.swap(column, pivot.unwrap_or(column));
        let (done, rest) = rows.split_at_mut(column + 1);
        let (coefficients, right) = &done[column];
        for row in rest {
            let multiple = row.0[column] / coefficients[column];
            for (target, source) in row.0.iter_mut().zip(coefficients).skip(column) {
                *target -= multiple * source;
            }
            row.1 -= multiple * right;
        }
    }
    let mut solution = vec![0.0; count];
    for index in (0..count).rev() {
        let (coefficients, right) = &rows[index];
        let known: f64 = (index + 1..count).map(|k| coefficients[k] * solution[k]).sum();
        solution[index] = (right - known) / coefficients[index];
    }
    solution
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::mean;
    use crate::stats::moments::Moments;

    fn golden(count: usize) -> Vec<f64> {
        (1..=count).map(|i| (i as f64 * (5_f64.sqrt() - 1.0) / 2.0).fract()).collect()
    }

    #[track_caller]
    fn close(found: &[f64], known: &[f64]) {
        assert_eq!(found.len(), known.len());
        for (x, y) in found.iter().zip(known) {
            assert!((x - y).abs() < 6e-11, "{found:?} instead of {known:?}");
        }
    }

    #[track_caller]
    fn limit(sizes: &[usize], exponents: &[f64]) -> Ladder {
        Ladder::limit(sizes, exponents, 0.5).unwrap()
    }

    fn apply(weights: &[f64], sizes: &[usize], f: impl Fn(f64) -> f64) -> f64 {
        weights.iter().zip(sizes).map(|(weight, size)| weight * f(*size as f64)).sum()
    }

    #[test]
    fn weights_match_known_values() {
        close(&weights(&[7.0, 28.0], &[1.0]), &[-1.0 / 3.0, 4.0 / 3.0]);
        close(&weights(&[5.0, 10.0], &[0.5]), &[-2.414_213_562_4, 3.414_213_562_4]);
        close(&weights(&[3.0, 6.0, 12.0], &[1.0, 2.0]), &[1.0 / 3.0, -2.0, 8.0 / 3.0]);
        close(
            &weights(&[32.0, 64.0, 256.0], &[0.5, 1.0]),
            &[1.320_377_241_0, -3.414_213_562_4, 3.093_836_321_4],
        );
        close(
            &slope_weights(&[32.0, 128.0, 1024.0], &[1.0]),
            &[-0.174_118_367_0, 0.771_095_625_3, -0.596_977_258_3],
        );
        let inverse = 1.0 / 8_f64.ln();
        close(&slope_weights(&[9.0, 72.0], &[]), &[inverse, -inverse]);
        close(&weights(&[9.0], &[]), &[1.0]);
    }

    /// For exponents $1, \dots, J$ the weights are $\prod_{i\ne k} n_k/(n_k - n_i)$.
    #[test]
    fn whole_exponents_have_a_closed_form() {
        let sizes = [10.0, 25.0, 40.0, 200.0, 320.0];
        let found = weights(&sizes, &[1.0, 2.0, 3.0, 4.0]);
        for (k, weight) in found.iter().enumerate() {
            let others = sizes.iter().enumerate().filter(|(i, _)| *i != k);
            let known: f64 = others.map(|(_, n)| sizes[k] / (sizes[k] - n)).product();
            assert!((weight / known - 1.0).abs() < 1e-10, "{weight} instead of {known}");
        }
    }

    #[test]
    fn a_ladder_is_exact_on_what_it_removes() {
        let sizes = [20, 40, 80, 160, 320];
        let ladder = limit(&sizes, &[1.0, 2.0]);
        for weights in [&ladder.plus, &ladder.minus] {
            let value = apply(weights, &sizes, |n| 3.0 - 7.0 / n + 50.0 / (n * n));
            assert!((value - 3.0).abs() < 1e-12, "{value}");
        }
        let sizes = [16, 64, 128, 512];
        let ladder = Ladder::slope(&sizes, &[], 0.5).unwrap();
        for weights in [&ladder.plus, &ladder.minus] {
            let value = apply(weights, &sizes, |n| (5.0 * n.powf(-1.5)).ln());
            assert!((value - 1.5).abs() < 1e-13, "{value}");
        }
        let sizes = [16, 64, 256, 1024];
        let ladder = Ladder::slope(&sizes, &[1.0], 0.5).unwrap();
        let value = apply(&ladder.plus, &sizes, |n| 0.3 * n.ln() + 2.0 / n);
        assert!((value + 0.3).abs() < 1e-12, "{value}");
    }

    /// Recovers $Y_{lo}$ and $Y_{hi}$ from $A_\pm$, and compares their biases.
    #[test]
    fn the_bias_shrinks_by_a_power_of_the_factor() {
        for (sizes, exponents) in [
            (vec![32, 128, 512], vec![1.0]),
            (vec![32, 64, 128, 256], vec![0.5]),
            (vec![8, 16, 32, 64, 128], vec![1.0, 2.0]),
            (vec![30, 60], vec![]),
        ] {
            let ladder = limit(&sizes, &exponents);
            let reach = ladder.q / (1.0 - ladder.q);
            for omega in [0.25, 0.7, 1.5, 3.0] {
                let remainder = |n: f64| n.powf(-omega);
                let plus = apply(&ladder.plus, &sizes, remainder);
                let minus = apply(&ladder.minus, &sizes, remainder);
                let high = 0.5 * (plus + minus);
                let low = high - (plus - minus) / (2.0 * reach);
                let known = ladder.factor.powf(-omega);
                assert!((high / low / known - 1.0).abs() < 1e-9, "{sizes:?} {omega}");
                // The limit, 0, lies between the two exactly if the guard holds.
                assert_eq!(plus * minus <= 0.0, omega >= 0.5, "{sizes:?} {omega}");
            }
        }
    }

    /// What is left begins with the square, and the cube has the other sign.
    #[test]
    fn a_guard_is_below_the_first_exponent_that_is_left() {
        let sizes = [10, 20, 40, 80];
        let holds = |guard: f64| {
            let ladder = Ladder::limit(&sizes, &[1.0], guard).unwrap();
            let left = |n: f64| 3.0 + 5.0 / n + 4.0 / n.powi(2) - 9.0 / n.powi(3);
            let ends = [&ladder.plus, &ladder.minus].map(|w| apply(w, &sizes, left));
            (ends[0].min(ends[1])..=ends[0].max(ends[1])).contains(&3.0)
        };
        assert!(!holds(2.0) && holds(1.5));
    }

    #[test]
    fn copies_are_found() {
        for (sizes, exponents, base, factor, copies) in [
            (vec![5, 20, 80], vec![1.0], vec![5, 20], 4.0, 2),
            (vec![5, 10, 20, 40], vec![1.0], vec![5, 10], 4.0, 2),
            (vec![5, 10, 20, 40, 80], vec![1.0, 2.0], vec![5, 10, 20], 4.0, 2),
            (vec![1, 4, 16, 64], vec![1.0, 2.0], vec![1, 4, 16], 4.0, 2),
            (vec![5, 20], vec![], vec![5], 4.0, 2),
            (vec![5, 20, 80], vec![], vec![5], 4.0, 3),
            (vec![5, 10, 20], vec![], vec![5], 2.0, 3),
            (vec![1, 4, 16, 64], vec![1.0], vec![1, 4], 4.0, 3),
            (vec![5, 10, 20], vec![1.0], vec![5, 10], 2.0, 2),
            (vec![10, 15, 25], vec![], vec![], 0.0, 0),
            (vec![10, 25], vec![], vec![10], 2.5, 2),
            (vec![80, 5, 20], vec![1.0], vec![5, 20], 4.0, 2),
        ] {
            match Ladder::limit(&sizes, &exponents, 0.5) {
                Ok(found) => assert_eq!(
                    (found.base, found.factor, found.copies),
                    (base, factor, copies),
                    "{sizes:?}"
                ),
                Err(error) => assert_eq!(copies, 0, "{error}"),
            }
        }
        let ladder = Ladder::slope(&[32, 256, 128, 1024], &[], 0.5).unwrap();
        assert_eq!((ladder.base, ladder.factor, ladder.q), (vec![32, 256], 4.0, 0.5));
        let ladder = Ladder::slope(&[2, 8, 16, 32, 64, 256, 1024], &[], 0.5);
        assert!(matches!(ladder, Err(LadderError::NoCopies { .. })), "{ladder:?}");
        let ladder = Ladder::slope(&[2, 8, 16, 32, 64, 256], &[], 0.5).unwrap();
        assert_eq!((ladder.base, ladder.copies), (vec![2, 16], 3));
    }

    #[test]
    fn weights_follow_the_order_of_the_sizes() {
        let (forward, backward) = (limit(&[3, 12, 48], &[1.0]), limit(&[48, 12, 3], &[1.0]));
        let reversed: Vec<f64> = backward.plus.iter().rev().copied().collect();
        assert_eq!(forward.plus, reversed);
        // A+ = 2 Y_hi - Y_lo and A- = Y_lo at q = 1/2.
        close(&forward.plus, &[1.0 / 3.0, -2.0, 8.0 / 3.0]);
        close(&forward.minus, &[-1.0 / 3.0, 4.0 / 3.0, 0.0]);
        close(&largest_weights([&forward.plus, &forward.minus]), &[1.0 / 3.0, 2.0, 8.0 / 3.0]);
        let undefined = largest_weights([&vec![1.0, f64::NAN, -2.0], &vec![f64::NAN, 3.0, 1.0]]);
        assert!(undefined[0].is_nan() && undefined[1].is_nan() && undefined[2] == 2.0);
        assert!(largest_weights([]).is_empty());
        assert_eq!(forward.drops, None);
    }

    #[test]
    fn a_third_copy_gives_the_drops() {
        let ladder = limit(&[3, 12, 48], &[]);
        close(&ladder.plus, &[0.0, -1.0, 2.0]);
        close(&ladder.minus, &[0.0, 1.0, 0.0]);
        let (first, second) = ladder.drops.unwrap();
        close(&first, &[1.0, -1.0, 0.0]);
        close(&second, &[0.0, 1.0, -1.0]);
    }

    #[test]
    fn what_is_no_ladder_is_refused_with_advice() {
        let message =
            |sizes: &[usize], exponents: &[f64]| match Ladder::limit(sizes, exponents, 0.5) {
                Ok(ladder) => panic!("{sizes:?} gave {ladder:?}"),
                Err(error) => error.to_string(),
            };
        assert_eq!(
            message(&[10, 20, 50], &[1.0]),
            "sizes (10, 20, 50) are not copies B, sB (and s²B) of a base B of 2 with s >= 2: \
             (10, 40, 160) would do"
        );
        assert!(message(&[], &[1.0]).contains("(1, 4, 16) would do"));
        assert!(message(&[100, 150], &[]).contains("(100, 400) would do"));
        assert!(message(&[10, 40, 40], &[1.0]).contains("size 40 is there twice"));
        assert!(message(&[0, 40], &[]).contains("a size is 0"));
        assert!(message(&(1..20).collect::<Vec<_>>(), &[]).contains("19 sizes are too many"));
        let alike = "(3, 9) with s = 3 and of (3, 9) with s = 9 alike: (3, 12, 48) would do";
        assert!(message(&[3, 9, 27, 81], &[1.0]).ends_with(alike));
        assert!(message(&[10, 40], &[-1.0]).contains("exponents [-1.0]"));
        assert!(message(&[10, 40], &[1.0, 1.0]).contains("exponents [1.0, 1.0]"));
        for guard in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-20] {
            let error = Ladder::limit(&[10, 40], &[], guard);
            assert!(matches!(error, Err(LadderError::Guard(_))), "{error:?}");
        }
        let error = Ladder::slope(&[10, 20], &[], 0.5).unwrap_err().to_string();
        assert!(error.contains("(10, 40, 80, 320) would do"), "{error}");
        // Exponents that differ in the last digit only.
        let exponents = [1.0, 1.0 + f64::EPSILON];
        let error = Ladder::limit(&[10, 40, 160, 640], &exponents, 0.5);
        assert!(error.is_err() || error.is_ok_and(|l| l.plus.iter().all(|w| w.is_finite())));
    }

    #[test]
    fn what_is_suggested_would_do() {
        for start in [1, 7, 32] {
            for exponents in [vec![], vec![1.0], vec![1.0, 2.0], vec![0.5, 1.0, 1.5]] {
                let sizes = Target::Limit.suggested(start, exponents.len());
                assert_eq!(limit(&sizes.0, &exponents).factor, 4.0);
                let sizes = Target::Slope.suggested(start, exponents.len());
                let slope = Ladder::slope(&sizes.0, &exponents, 0.5);
                assert_eq!(slope.unwrap().factor, 4.0);
            }
        }
    }

    #[test]
    fn the_hull_of_a_limit_matches_known_values() {
        let sizes = [32, 128, 512];
        let rows: Vec<f64> = golden(3000)
            .iter()
            .enumerate()
            .map(|(i, v)| 1.0 + 3.0 / sizes[i % 3] as f64 + 0.1 * (v - 0.5))
            .collect();
        for (guard, known) in [
            (0.5, [0.979_407_955_8, 1.022_363_324_6, 0.992_120_798_4, 1.008_199_800_3]),
            (2.0, [0.991_449_499_5, 1.009_190_283_6, 0.992_975_831_5, 1.007_431_853_3]),
        ] {
            let ladder = Ladder::limit(&sizes, &[1.0], guard).unwrap();
            let [plus, minus] = [&ladder.plus, &ladder.minus]
                .map(|w| mean::interval(&Moments::of(&combine(&rows, 3, w)), 0.5e-6));
            close(&[plus.low, plus.high, minus.low, minus.high], &known);
        }
    }

    #[test]
    fn replicates_follow_their_shares() {
        assert_eq!(allocate(&[1.0, 2.0], &[1.0, 1.0], &[1.0, 4.0]), [1, 1]);
        assert_eq!(allocate(&[1.0, 2.0, 3.0], &[2.0, 2.0, 1.0], &[1.0; 3]), [1, 2, 2]);
        assert_eq!(allocate(&[1.0, 1.0], &[1.0, 1e9], &[1.0, 1.0]), [1, REPLICATES_MAX]);
        assert_eq!(allocate(&[1.0, 1.0, 1.0], &[0.0, 1.0, 3.0], &[1.0; 3]), [1, 1, 3]);
        assert_eq!(allocate(&[0.0, 1.0], &[0.0, 0.0], &[1.0, 1.0]), [1, 1]);
        assert_eq!(allocate(&[f64::NAN, 1.0, 2.0], &[1.0; 3], &[1.0; 3]), [1, 1, 2]);
        let infinite = allocate(&[f64::INFINITY, 1.0], &[1.0; 2], &[1.0; 2]);
        assert_eq!(infinite, [REPLICATES_MAX, 1]);
        assert_eq!(allocate(&[], &[], &[]), [0_u64; 0]);
    }
}
