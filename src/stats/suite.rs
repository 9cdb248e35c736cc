//! How the error probability of a suite is divided, and what many claims say together.
//!
//! Every claim has a level that depends on nothing but the declaration, so that adding, selecting
//! or running one claim alone changes nobody's numbers. It is split evenly over the points of the
//! claim and the components at a point. By the union bound every verdict of a run is then right
//! together with probability at least 1 minus the sum, whatever the dependence.
//!
//! E-values sharpen this for the report. All of them enter as natural logarithms, because a wrong
//! claim easily has an e-value above $10^{308}$.
//!
//! Sources: V. Vovk and R. Wang, *E-values: calibration, combination and applications*, Ann. Stat.
//! 49 (2021); R. Wang and A. Ramdas, *False discovery rate control with e-values*, J. R. Stat. Soc.
//! B 84 (2022).

use libm::{exp, log, log1p};

/// The level of one claim: a constant, so that no claim's numbers depend on the other claims.
pub const CLAIM_LEVEL: f64 = 1e-6;

/// The levels that follow from that of a claim.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    /// The error probability of all verdicts on one claim together; between 0 and 1.
    pub claim: f64,
}

impl Default for Levels {
    fn default() -> Self {
        Self { claim: CLAIM_LEVEL }
    }
}

impl Levels {
    /// The levels under a stated union over the whole catalogue, see [`level_of_union`].
    pub fn of_union(alpha: f64, claims: usize) -> Self {
        Self { claim: level_of_union(alpha, claims) }
    }

    /// The level of one of the claim's points.
    pub fn point(self, points: usize) -> f64 {
        share(self.claim, points)
    }

    /// The level of one component of the observable at a point.
    pub fn component(self, points: usize, components: usize) -> f64 {
        share(self.point(points), components)
    }

    /// The level of each version of a bound with probability at a point: a mutant moves the bound
    /// and so has a count, hence an e-process, of its own.
    pub fn version(self, points: usize, mutants: usize) -> f64 {
        share(self.point(points), 1 + mutants)
    }
}

/// An even share of a level among `parts`; no parts count as one.
pub fn share(level: f64, parts: usize) -> f64 {
    level / parts.max(1) as f64
}

/// The level of one claim: that of a stated union over all of them, or the constant.
pub fn claim_level(union: Option<f64>, claims: usize) -> f64 {
    union.map_or(CLAIM_LEVEL, |alpha| level_of_union(alpha, claims))
}

/// The level of one claim when that of all together is `alpha`: $\alpha/m$, with $m$ the number of
/// claims in the whole catalogue, never of those selected.
pub fn level_of_union(alpha: f64, claims: usize) -> f64 {
    share(alpha, claims)
}

/// The error probability of all claims together, for the report: $m\alpha_c$, at most 1.
pub fn union_of_levels(level: f64, claims: usize) -> f64 {
    (level * claims as f64).min(1.0)
}

/// Which claims are false, by closed testing with the arithmetic mean: adjusted log e-values.
///
/// With $e_{(1)} \le \dots \le e_{(m)}$, $e^*_{(k)} = \min_{i<k}\,(e_{(k)} + e_{(1)} + \dots +
/// e_{(i)})/(i+1)$. Reject where $e^* \ge 1/\alpha$: no true claim is rejected with probability at
/// least $1-\alpha$, under any dependence. In the order given. Panics on NaN.
pub fn e_holm(log_e: &[f64]) -> Vec<f64> {
    let order = ascending(log_e);
    let mut adjusted = vec![0.0; log_e.len()];
    // log of the sum of the i smallest, i = 0, 1, ...
    let mut sums = vec![f64::NEG_INFINITY];
    for index in order {
        let value = log_e[index];
        let means = sums.iter().enumerate().map(|(i, sum)| log_add(value, *sum) - log1p(i as f64));
        adjusted[index] = means.fold(f64::INFINITY, f64::min);
        sums.push(log_add(sums[sums.len() - 1], value));
    }
    adjusted
}

/// The claims called false with a false discovery rate of at most `alpha` under any dependence:
/// those with the $k$ largest e-values, for the largest $k$ where the least of these is at least
/// $m/(k\alpha)$.
///
/// Takes log e-values and gives ascending positions. Panics on NaN.
pub fn e_bh(log_e: &[f64], alpha: f64) -> Vec<usize> {
    let mut order = ascending(log_e);
    order.reverse();
    let total = log(log_e.len() as f64) - log(alpha);
    let enough = |place: usize| log_e[order[place]] >= total - log((place + 1) as f64);
    let count = (0..order.len()).rev().find(|place| enough(*place)).map_or(0, |place| place + 1);
    let mut chosen = order[..count].to_vec();
    chosen.sort_unstable();
    chosen
}

/// The log of the arithmetic mean of e-values given by their logarithms: evidence against "all of
/// these hold", under any dependence. 0, no evidence, for none; NaN if one of them is.
pub fn mean_e(log_e: &[f64]) -> f64 {
    if log_e.is_empty() {
        return 0.0;
    }
    if log_e.iter().any(|value| value.is_nan()) {
        return f64::NAN;
    }
    let order = ascending(log_e);
    let sum = order.iter().fold(f64::NEG_INFINITY, |sum, index| log_add(sum, log_e[*index]));
    sum - log(log_e.len() as f64)
}

/// The log of the least of e-values given by their logarithms: evidence against "one of these
/// holds", under any dependence. NaN for none, or if one of them is.
pub fn least_e(log_e: &[f64]) -> f64 {
    if log_e.iter().any(|value| value.is_nan()) {
        return f64::NAN;
    }
    log_e.iter().copied().min_by(f64::total_cmp).unwrap_or(f64::NAN)
}

/// The e-value of a p-value: $(1-p+p\log p)/(p\log^2 p) = \int_0^1 \kappa p^{\kappa-1}d\kappa$.
///
/// ½ at $p = 1$, infinite at 0. Panics outside $[0, 1]$.
pub fn calibrator(p: f64) -> f64 {
    assert!((0.0..=1.0).contains(&p), "p = {p} is not in [0,1]");
    exp(log_calibrator(log(p)))
}

/// [`calibrator`] between logarithms, for p-values below $10^{-308}$: `log_p` is at most 0.
///
/// A stopped e-process becomes an anytime p-value $\min(1, 1/\sup E)$, and that an e-value which
/// may be multiplied with others.
pub fn log_calibrator(log_p: f64) -> f64 {
    assert!(log_p <= 0.0, "log_p = {log_p} is not the logarithm of a probability");
    // With t = -log p the value is (e^t - 1 - t)/t².
    let t = -log_p;
    if t == f64::INFINITY {
        return t;
    }
    if t < SERIES_MAX {
        let series = (1..SERIES_TERMS).rev().fold(1.0, |sum, k| 1.0 + sum * t / f64::from(k + 2));
        return log(0.5 * series);
    }
    // e^t taken out, so that it cannot overflow.
    t + log1p(-exp(-t) * (1.0 + t)) - 2.0 * log(t)
}

/// Below this, $e^t - 1 - t$ loses digits; the series does not.
const SERIES_MAX: f64 = 0.5;

/// $2\sum_k t^k/(k+2)!$ to this many terms has an error below $10^{-17}$ on $[0, 0.5]$.
const SERIES_TERMS: u32 = 14;

/// $\log(e^a + e^b)$.
fn log_add(a: f64, b: f64) -> f64 {
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    // Equal infinities would give NaN below.
    if small == f64::NEG_INFINITY || large == f64::INFINITY {
        return large;
    }
    large + log1p(exp(small - large))
}

/// The positions in ascending order of value; ties in the order given.
fn ascending(log_e: &[f64]) -> Vec<usize> {
    let nan = log_e.iter().position(|value| value.is_nan());
    assert!(nan.is_none(), "the e-value at position {nan:?} is not a number");
    let mut order: Vec<usize> = (0..log_e.len()).collect();
    order.sort_by(|i, j| log_e[*i].total_cmp(&log_e[*j]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logs(values: &[f64]) -> Vec<f64> {
        values.iter().map(|value| value.ln()).collect()
    }

    fn close(found: f64, known: f64) {
        assert!((found - known).abs() < 1e-13 * known.abs().max(1.0), "{found} not {known}");
    }

    #[test]
    fn adjusted_values_match_known_values() {
        let known = [8.625, 7.375, 1.5, 0.75, 0.5];
        for (value, known) in e_holm(&logs(&[30.0, 25.0, 3.0, 1.0, 0.5])).iter().zip(known) {
            close(value.exp(), known);
        }
        let permuted = e_holm(&logs(&[1.0, 30.0, 0.5, 25.0, 3.0]));
        for (value, known) in permuted.iter().zip([0.75, 8.625, 0.5, 7.375, 1.5]) {
            close(value.exp(), known);
        }
        assert!(e_bh(&logs(&[30.0, 25.0, 3.0, 1.0, 0.5]), 0.05).is_empty());
    }

    /// Closed testing by its definition: the least mean over all sets that hold the claim.
    #[test]
    fn adjusted_values_are_those_of_closed_testing() {
        let values = [4.0, 0.2, 17.0, 1.0, 0.7, 2.5, 90.0];
        for (index, adjusted) in e_holm(&logs(&values)).iter().enumerate() {
            let mut least = f64::INFINITY;
            for set in (0_u32..1 << values.len()).filter(|set| set >> index & 1 == 1) {
                let members = (0..values.len()).filter(|i| set >> i & 1 == 1);
                let sum: f64 = members.map(|i| values[i]).sum();
                least = least.min(sum / f64::from(set.count_ones()));
            }
            close(adjusted.exp(), least);
        }
    }

    #[test]
    fn discoveries_are_the_largest() {
        // m/alpha = 100: the thresholds are 100, 50, 33.3, 25, 20.
        assert_eq!(e_bh(&logs(&[40.0, 1.0, 90.0, 34.0, 2.0]), 0.05), [0, 2, 3]);
        assert_eq!(e_bh(&logs(&[20.0; 5]), 0.05 * (1.0 + 1e-12)), [0, 1, 2, 3, 4]);
        assert_eq!(e_bh(&[f64::INFINITY, 0.0, -5.0], 0.05), [0]);
        assert!(e_bh(&[], 0.05).is_empty());
    }

    #[test]
    fn enormous_and_impossible_values_are_handled() {
        let adjusted = e_holm(&[5000.0, f64::NEG_INFINITY, 4000.0, f64::INFINITY]);
        close(adjusted[0], 5000.0 - 3_f64.ln());
        assert_eq!(adjusted[1], f64::NEG_INFINITY);
        close(adjusted[2], 4000.0 - 2_f64.ln());
        assert_eq!(adjusted[3], f64::INFINITY);
        close(mean_e(&[5000.0, 5000.0]), 5000.0);
        close(mean_e(&logs(&[1.0, 2.0, 6.0])), 3_f64.ln());
        assert_eq!(mean_e(&[f64::INFINITY, f64::INFINITY]), f64::INFINITY);
        assert_eq!(mean_e(&[f64::NEG_INFINITY]), f64::NEG_INFINITY);
        assert_eq!(mean_e(&[]), 0.0);
        assert_eq!(least_e(&[3.0, f64::NEG_INFINITY]), f64::NEG_INFINITY);
        assert!(least_e(&[]).is_nan());
        for logs in [[f64::NAN, f64::INFINITY], [5.0, f64::NAN], [f64::NAN; 2]] {
            assert!(mean_e(&logs).is_nan() && least_e(&logs).is_nan());
        }
        assert!(e_holm(&[]).is_empty());
    }

    #[test]
    fn the_calibrator_is_its_formula() {
        for p in [1e-300_f64, 1e-9, 0.01, 0.3, 0.6] {
            let l = p.ln();
            close(calibrator(p) / ((1.0 - p + p * l) / (p * l * l)), 1.0);
        }
        // Both sides of the change to the series, and its end.
        let (below, above) = (log_calibrator(-0.499_999_999), log_calibrator(-0.500_000_001));
        assert!((below - above).abs() < 1e-9 && below < above);
        close(calibrator(1.0), 0.5);
        close(log_calibrator(-1e-6), (0.5_f64 + 1e-6 / 6.0).ln());
        assert_eq!(calibrator(0.0), f64::INFINITY);
        close(log_calibrator(-5000.0), 5000.0 - 2.0 * 5000_f64.ln());
    }

    /// An e-value has expectation at most 1 under a uniform p-value: exactly 1 here.
    #[test]
    fn the_calibrator_has_expectation_one() {
        // In t = -log p, the integral of e^{-t} (e^t - 1 - t)/t² is 1, its tail 1/T.
        let (steps, end) = (2_000_000, 2000.0);
        let h = end / f64::from(steps);
        let term = |i: i32| {
            let t = h * (f64::from(i) + 0.5);
            h * (log_calibrator(-t) - t).exp()
        };
        let sum: f64 = (0..steps).map(term).sum();
        assert!((sum + 1.0 / end - 1.0).abs() < 1e-6, "{sum}");
    }

    #[test]
    fn levels_are_divided() {
        let levels = Levels::default();
        assert_eq!(levels.claim, 1e-6);
        close(levels.point(4), 2.5e-7);
        close(levels.component(4, 5), 5e-8);
        close(levels.version(4, 4), 5e-8);
        close(Levels::of_union(0.05, 20).claim, 0.0025);
        close(union_of_levels(level_of_union(0.05, 20), 20), 0.05);
        assert_eq!(union_of_levels(0.6, 2), 1.0);
        assert_eq!((levels.point(0), level_of_union(0.05, 0)), (1e-6, 0.05));
        assert_eq!((claim_level(None, 20), claim_level(Some(0.05), 20)), (1e-6, 0.05 / 20.0));
    }
}
