//! Functionals of the spectrum of $X X^\top$ for a Gaussian $X$, exactly, without $X$.
//!
//! For an $n \times p$ matrix with independent standard normal entries let $m = \min(n, p)$,
//! $M = \max(n, p)$ and $k = M - m$. The non-zero eigenvalues of $X X^\top$ have the law of those
//! of $B B^\top$, $B$ lower bidiagonal $m \times m$ with independent entries (Dumitriu and Edelman
//! 2002, "Matrix models for beta ensembles", with $\beta = 1$). Counting rows from the *end*, the
//! squares are
//!
//! $$ a_j^2 \sim \chi^2_{k + j}, \quad b_j^2 \sim \chi^2_{j - 1}, \qquad j = m, \dots, 1, $$
//!
//! $a_j$ on the diagonal of row $j$, $b_j$ below it. So the last $j$ rows of one draw are an exact
//! draw for the size $j$, $j + k$: one draw serves a whole ladder of sizes.
//!
//! Everything here is a recurrence down the rows: $O(m)$ time, $O(1)$ memory (except
//! [`Bidiagonal`], which keeps the entries). $m = 10^6$ takes 25 ms.

use super::chi_square::{BLOCK, fill_chi_squared_falling_by};
use crate::linalg::{LinalgError, tridiagonal_eigenvalues};
use crate::random::Rng;
use crate::special::chi_squared_sf;

/// $m$ and $k$ for an $n \times p$ matrix.
fn sizes(n: usize, p: usize) -> (usize, usize) {
    assert!(n >= 1 && p >= 1, "a Gaussian matrix needs rows and columns, not {n} x {p}");
    (n.min(p), n.abs_diff(p))
}

/// Draws all entries in blocks of rows, $j = m, \dots, 1$, and hands over the row number $j$ of
/// the block's first row, and $a_j^2$ and $b_j^2$ row by row ($b_1^2 = 0$).
#[inline]
fn for_each_block(rng: &mut Rng, shape: (usize, usize), visit: impl FnMut(usize, &[f64], &[f64])) {
    for_each_block_of(rng, 1.0, shape, visit);
}

/// The same for entries with `beta` real components: all degrees of freedom are `beta` times those.
#[inline]
fn for_each_block_of(
    rng: &mut Rng,
    beta: f64,
    (size, excess): (usize, usize),
    mut visit: impl FnMut(usize, &[f64], &[f64]),
) {
    let mut diagonal = [0.0; BLOCK];
    let mut below = [0.0; BLOCK];
    let mut first = size;
    while first > 0 {
        let count = first.min(BLOCK);
        let degrees = beta * (excess + first) as f64;
        fill_chi_squared_falling_by(rng, degrees, beta, &mut diagonal[..count]);
        let inner = count.min(first - 1);
        below[inner..].fill(0.0);
        fill_chi_squared_falling_by(rng, beta * (first - 1) as f64, beta, &mut below[..inner]);
        visit(first, &diagonal[..count], &below[..count]);
        first -= count;
    }
}

/// $\operatorname{tr} (X X^\top)^{-1}$ for $n \le p$, $\operatorname{tr} (X^\top X)^{-1}$
/// for $n \ge p$: a draw of the variance of least squares without ridge, at $\sigma^2 = 1$.
///
/// $\rho_m = 1 / a_m^2$, then $\rho_j = (1 + b_{j+1}^2 \rho_{j+1}) / a_j^2$ is the squared norm of
/// a row of $B^{-1}$, and the trace is their sum: positive terms only, no cancellation, however
/// singular the matrix. The mean is $m / (k - 1)$, infinite for $k \le 1$.
///
/// About 24 ns a row, two chi-squares.
pub fn trace_inverse(rng: &mut Rng, n: usize, p: usize) -> f64 {
    let (mut trace, mut carry) = (0.0, 1.0);
    for_each_block(rng, sizes(n, p), |_, diagonal, below| {
        for (a2, b2) in diagonal.iter().zip(below) {
            let inverse = 1.0 / a2;
            let rho = carry * inverse;
            trace += rho;
            carry = 1.0 + b2 * rho;
        }
    });
    trace
}

/// $\operatorname{tr} (X X^\top + \mu I)^{-1}$ and $\operatorname{tr} (X X^\top + \mu I)^{-2}$ over
/// the $m$ non-zero eigenvalues, $\mu \ge 0$. About 35 ns a row.
///
/// The stationary qd recurrence of $B B^\top + \mu I$ and its first two derivatives in $\mu$; every
/// sum has terms of one sign.
pub fn trace_resolvent(rng: &mut Rng, n: usize, p: usize, mu: f64) -> (f64, f64) {
    assert!(mu >= 0.0, "a ridge must not be negative: {mu}");
    let mut state = Resolvent::new(mu);
    for_each_block(rng, sizes(n, p), |_, diagonal, below| {
        for (a2, b2) in diagonal.iter().zip(below) {
            state.row(*a2, *b2);
        }
    });
    (state.first, state.second)
}

/// Stationary qd of $B B^\top + \mu I$ with two derivatives in $\mu$.
#[derive(Clone, Copy)]
struct Resolvent {
    mu: f64,
    shift: f64,
    slope: f64,
    curvature: f64,
    first: f64,
    second: f64,
    /// Whether every pivot so far was positive: $\mu$ is above minus the least eigenvalue.
    positive: bool,
}

impl Resolvent {
    fn new(mu: f64) -> Self {
        Self { mu, shift: mu, slope: 1.0, curvature: 0.0, first: 0.0, second: 0.0, positive: true }
    }

    #[inline(always)]
    fn row(&mut self, a2: f64, b2: f64) {
        let inverse = 1.0 / (a2 + self.shift);
        self.positive &= inverse > 0.0;
        let u = self.slope * inverse;
        self.first += u;
        self.second += u * u - self.curvature * inverse;
        let w = b2 * inverse;
        let wa = w * a2;
        self.curvature = wa * (self.curvature - 2.0 * self.slope * u) * inverse;
        self.shift = self.mu + w * self.shift;
        self.slope = 1.0 + wa * u;
    }
}

/// The law of the trace of [`trace_inverse`] given all entries but the last, $a_1^2$:
/// `sum + numerator / chi2`, where chi2 has `degrees` = $k + 1$ degrees of freedom.
///
/// Averaging over the last entry by formula instead of by drawing it costs nothing, and in the far
/// tail, which *is* that of $1 / a_1^2$, it removes most of the variance: at $k = 0$ the variance
/// of a frequency falls by about $\sqrt{m / t} \ln t$, to 4 % at $m = 60$, $t = 10^7$. In the
/// middle it gains little. The exact constant there: $\Pr(\operatorname{tr} > t) \sqrt t \to
/// \sqrt 2 \, \Gamma(\tfrac{m+1}2) / \Gamma(\tfrac m2)$ for $k = 0$ (from Edelman's density of the
/// least eigenvalue at 0), $1 - \tfrac1{4m}$ times $\sqrt m$.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ConditionalTrace {
    /// Sum of $\rho_j$ over all rows but the last.
    pub sum: f64,
    /// $1 + b_2^2 \rho_2$.
    pub numerator: f64,
    /// $k + 1$.
    pub degrees: f64,
}

impl ConditionalTrace {
    /// Conditional probability of a trace above $t$: that of
    /// $\chi^2_{k+1} < \text{numerator} / (t - \text{sum})$.
    pub fn tail(&self, t: f64) -> f64 {
        if t <= self.sum {
            return 1.0;
        }
        let x = self.numerator / (t - self.sum);
        match self.degrees {
            // erf and 1 - exp, the cases at and next to the threshold, are cheap.
            1.0 => libm::erf((0.5 * x).sqrt()),
            2.0 => -(-0.5 * x).exp_m1(),
            degrees => crate::special::chi_squared_cdf(degrees, x),
        }
    }

    /// Mean of the trace given the rest, $\text{sum} + \text{numerator} / (k - 1)$; infinite for
    /// $k \le 1$.
    pub fn mean(&self) -> f64 {
        if self.degrees <= 2.0 {
            return f64::INFINITY;
        }
        self.sum + self.numerator / (self.degrees - 2.0)
    }
}

/// [`ConditionalTrace`] for several sizes $m$ from one draw, `excess` = $k = |n - p|$ the same for
/// all. `sizes` must be decreasing. Sizes share their draws, so they are correlated.
///
/// About 24 ns for each row of the largest size plus 2 ns for each row of each.
///
/// # Panics
/// If `sizes` is not decreasing or holds 0, or `out` has another length.
pub fn conditional_traces(
    rng: &mut Rng,
    sizes: &[usize],
    excess: usize,
    out: &mut [ConditionalTrace],
) {
    check_sizes(sizes, out.len());
    let degrees = (excess + 1) as f64;
    out.fill(ConditionalTrace { sum: 0.0, numerator: 1.0, degrees });
    let Some(largest) = sizes.first() else { return };
    for_each_block(rng, (*largest, excess), |first, diagonal, below| {
        for (state, size) in out.iter_mut().zip(sizes) {
            // The rows of this block that belong to this size, without the very last row.
            let skip = first.saturating_sub(*size).min(diagonal.len());
            let end = diagonal.len().min(first - 1);
            for row in skip..end {
                let rho = state.numerator * (1.0 / diagonal[row]);
                state.sum += rho;
                state.numerator = 1.0 + below[row] * rho;
            }
        }
    });
}

fn check_sizes(sizes: &[usize], found: usize) {
    assert!(
        sizes.windows(2).all(|pair| pair[0] > pair[1]) && !sizes.contains(&0),
        "sizes must be decreasing and positive, not {sizes:?}"
    );
    assert!(found == sizes.len(), "{found} results for {} sizes", sizes.len());
}

/// $\Pr(m \sigma_{\min}^2(X) > x \mid$ all entries but the last$)$ for several sizes $m$ and
/// several $x > 0$ from one draw; its mean is the upper tail of $m$ times the least eigenvalue of
/// $X X^\top$ for a matrix $m \times (m + k)$, `excess` = $k$.
///
/// With $\lambda = x / m$ the least eigenvalue exceeds $\lambda$ exactly if all pivots
/// $d_j = a_j^2 + s_j$ of $B B^\top - \lambda I$ are positive, where $s_m = -\lambda$ and
/// $s_{j-1} = -\lambda + (b_j^2 / d_j) s_j$. The last pivot involves $a_1^2 \sim \chi^2_{k+1}$
/// alone, which leaves $\Pr(\chi^2_{k+1} > -s_1)$; for $k = 0$ that is
/// $\operatorname{erfc} \sqrt{-s_1 / 2}$.
///
/// The gain over counting is small in the middle of the law (standard deviation 0.83 to 0.93 of a
/// count's at $m = 60$ to 480), but the probabilities are smooth in x.
///
/// `out[i * x.len() + l]` belongs to `sizes[i]` and `x[l]`. `sizes` must be decreasing. About 24 ns
/// for each row of the largest size plus 1 ns for each row, size and $x$.
///
/// # Panics
/// If `sizes` is not decreasing or holds 0, or `out` has not `sizes.len() * x.len()` entries.
pub fn least_eigenvalue_tails(
    rng: &mut Rng,
    sizes: &[usize],
    excess: usize,
    x: &[f64],
    out: &mut [f64],
) {
    let states = x.len();
    assert!(
        out.len() == sizes.len() * states,
        "{} results for {} sizes and {states} values",
        out.len(),
        sizes.len()
    );
    check_sizes(sizes, sizes.len());
    let Some(largest) = sizes.first() else { return };
    for (size, shifts) in sizes.iter().zip(out.chunks_exact_mut(states.max(1))) {
        shifts.iter_mut().zip(x).for_each(|(s, x)| *s = -x / *size as f64);
    }
    for_each_block(rng, (*largest, excess), |first, diagonal, below| {
        for (size, shifts) in sizes.iter().zip(out.chunks_exact_mut(states.max(1))) {
            let skip = first.saturating_sub(*size).min(diagonal.len());
            let end = diagonal.len().min(first - 1);
            if skip < end {
                let rows = (&diagonal[skip..end], &below[skip..end]);
                crate::linalg::vectorised(
                    #[inline(always)]
                    || advance_shifts(rows, x, *size as f64, shifts),
                );
            }
        }
    });
    let degrees = (excess + 1) as f64;
    for s in out.iter_mut() {
        *s = match excess {
            // A pivot was negative. (NaN: an entry was exactly 0 after that.)
            _ if s.is_nan() || *s == f64::NEG_INFINITY => 0.0,
            0 => libm::erfc((-0.5 * *s).sqrt()),
            1 => (0.5 * *s).exp(),
            _ => chi_squared_sf(degrees, -*s),
        };
    }
}

/// One block of rows of the pivot recurrence, for all $x$ of one size.
#[inline(always)]
fn advance_shifts((diagonal, below): (&[f64], &[f64]), x: &[f64], size: f64, shifts: &mut [f64]) {
    const LANES: usize = 8;
    for (x, shifts) in x.chunks(LANES).zip(shifts.chunks_mut(LANES)) {
        let (mut lambda, mut s) = ([1.0; LANES], [-1.0; LANES]);
        for (lane, x) in lambda.iter_mut().zip(x) {
            *lane = x / size;
        }
        s[..shifts.len()].copy_from_slice(shifts);
        for (a2, b2) in diagonal.iter().zip(below) {
            for lane in 0..LANES {
                // Once a pivot is not positive, s is negative, the tiny pivot makes the next s
                // about -1e300 times that, and so it stays: the probability ends as exactly 0,
                // without a branch.
                let pivot = (a2 + s[lane]).max(1e-300);
                s[lane] = b2 / pivot * s[lane] - lambda[lane];
            }
        }
        shifts.copy_from_slice(&s[..shifts.len()]);
    }
}

/// The squared entries of $B$, kept, for functionals that need several passes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bidiagonal {
    /// $a_j^2$ from the first row ($j = m$) to the last ($j = 1$).
    pub diagonal: Vec<f64>,
    /// $b_j^2$ from the first row; one fewer.
    pub below: Vec<f64>,
}

impl Bidiagonal {
    /// Draws the entries for an $n \times p$ matrix into the same buffers; 24 ns a row.
    pub fn draw(&mut self, rng: &mut Rng, n: usize, p: usize) {
        self.draw_of(rng, 1.0, n, p);
    }

    /// The same for a matrix $Z$ with complex entries whose real and imaginary parts are all
    /// independent standard normals: $B B^\top$ has the law of the eigenvalues of $Z Z^*$, and all
    /// chi-squares have twice the degrees of freedom ($\beta = 2$).
    pub fn draw_complex(&mut self, rng: &mut Rng, n: usize, p: usize) {
        self.draw_of(rng, 2.0, n, p);
    }

    fn draw_of(&mut self, rng: &mut Rng, beta: f64, n: usize, p: usize) {
        self.diagonal.clear();
        self.below.clear();
        let shape = sizes(n, p);
        for_each_block_of(rng, beta, shape, |_, diagonal, below| {
            self.diagonal.extend_from_slice(diagonal);
            self.below.extend_from_slice(below);
        });
        self.below.truncate(shape.0 - 1);
    }

    fn rows(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let below = self.below.iter().copied().chain(std::iter::once(0.0));
        self.diagonal.iter().copied().zip(below)
    }

    fn resolvent(&self, mu: f64) -> Resolvent {
        let mut state = Resolvent::new(mu);
        self.rows().for_each(|(a2, b2)| state.row(a2, b2));
        state
    }

    /// $\operatorname{tr} (B B^\top + \mu I)^{-1}$ and the same with the square, $\mu \ge 0$.
    pub fn trace_resolvent(&self, mu: f64) -> (f64, f64) {
        assert!(mu >= 0.0, "a ridge must not be negative: {mu}");
        let state = self.resolvent(mu);
        (state.first, state.second)
    }

    /// The least eigenvalue of $B B^\top$, relative error about $10^{-13}$; 4 to 8 passes.
    ///
    /// Laguerre's iteration from 0: monotone from below and cubic, since all eigenvalues are real
    /// and positive (Parlett 1964). It ends where a step no longer matters, or where rounding has
    /// carried it past the eigenvalue.
    pub fn least_eigenvalue(&self) -> f64 {
        let m = self.diagonal.len() as f64;
        let mut lambda = 0.0;
        for _ in 0..60 {
            let state = self.resolvent(-lambda);
            if !state.positive {
                break;
            }
            let (t1, t2) = (state.first, state.second);
            // m t2 >= t1^2 by Cauchy and Schwarz; rounding may say otherwise.
            let spread = ((m - 1.0) * (m * t2 - t1 * t1)).max(0.0).sqrt();
            let step = m / (t1 + spread);
            // NaN or infinity: the last step landed on the eigenvalue.
            if !(step > 0.0 && step < f64::INFINITY) {
                break;
            }
            lambda += step;
            if step <= 1e-14 * lambda {
                break;
            }
        }
        lambda
    }

    /// All eigenvalues, increasing; $O(m^2)$.
    ///
    /// # Errors
    /// No convergence.
    pub fn eigenvalues(&self) -> Result<Vec<f64>, LinalgError> {
        let (mut diagonal, mut off) = (self.diagonal.clone(), Vec::new());
        for (i, b2) in self.below.iter().enumerate() {
            diagonal[i + 1] += b2;
            off.push((self.diagonal[i] * b2).sqrt());
        }
        tridiagonal_eigenvalues(&diagonal, &off)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::small;

    /// Mean and standard error.
    fn summary(draws: &[f64]) -> (f64, f64) {
        let n = draws.len() as f64;
        let mean = draws.iter().sum::<f64>() / n;
        let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
        (mean, (variance / n).sqrt())
    }

    /// Two-sample Kolmogorov-Smirnov distance times the root of the harmonic sample size.
    fn two_sample(mut x: Vec<f64>, mut y: Vec<f64>) -> f64 {
        x.sort_by(f64::total_cmp);
        y.sort_by(f64::total_cmp);
        let (n, m) = (x.len() as f64, y.len() as f64);
        let mut distance = 0.0_f64;
        let mut below = 0;
        for (rank, value) in x.iter().enumerate() {
            below += y[below..].iter().take_while(|v| *v <= value).count();
            distance = distance.max((below as f64 / m - rank as f64 / n).abs());
        }
        distance * (n * m / (n + m)).sqrt()
    }

    /// Dense draw: trace of the inverse of the smaller Gram matrix, and its least eigenvalue.
    fn dense(rng: &mut Rng, m: usize, larger: usize) -> (f64, f64) {
        let mut x = vec![0.0; m * larger];
        rng.fill_normal(&mut x);
        let mut gram = vec![0.0; m * m];
        small::gram_lower(&x, m, larger, &mut gram);
        let matrix = nalgebra::DMatrix::from_fn(m, m, |i, j| gram[i.max(j) * m + i.min(j)]);
        let least = crate::linalg::symmetric_eigenvalues(&matrix).unwrap()[0];
        small::cholesky_in_place(&mut gram, m).unwrap();
        (small::inverse_trace(&gram, m, &mut vec![0.0; m]), least)
    }

    /// Exact mean and standard deviation (card hmrt.gauss-variance-exact, rational arithmetic).
    #[test]
    fn trace_has_exact_moments() {
        let mut rng = Rng::seeded(1);
        for (n, p, mean, sd) in [
            (40, 30, 3.33333333333, 0.642416074440),
            (40, 60, 2.10526315789, 0.196100156311),
            (200, 220, 10.5263157895, 0.844809898175),
            (40, 10, 0.344827586207, 0.0338381642388),
        ] {
            const DRAWS: usize = 40_000;
            let draws: Vec<f64> = (0..DRAWS).map(|_| trace_inverse(&mut rng, n, p)).collect();
            let (got, error) = summary(&draws);
            let exact = sd / (DRAWS as f64).sqrt();
            assert!((got - mean).abs() < 5.0 * exact, "({n}, {p}): {got} instead of {mean}");
            // The fourth moment is close to normal here: 5 sigma of the spread is 2 %.
            assert!((error / exact - 1.0).abs() < 0.05, "({n}, {p}): {error} against {exact}");
        }
    }

    #[test]
    fn dense_matrices_have_the_same_laws() {
        let mut rng = Rng::seeded(2);
        const DRAWS: usize = 10_000;
        for (n, p) in [(6, 9), (9, 6), (5, 5), (1, 3), (33, 36)] {
            let draws = if n == 33 { 1000 } else { DRAWS };
            let (m, larger) = (n.min(p), n.max(p));
            let structured: Vec<f64> = (0..draws).map(|_| trace_inverse(&mut rng, n, p)).collect();
            let (traces, least): (Vec<f64>, Vec<f64>) =
                (0..draws).map(|_| dense(&mut rng, m, larger)).unzip();
            // Exceeded with probability 3e-6.
            let distance = two_sample(structured, traces);
            assert!(distance < 2.6, "({n}, {p}): {distance}");
            let mut entries = Bidiagonal::default();
            let structured: Vec<f64> = (0..draws)
                .map(|_| {
                    entries.draw(&mut rng, n, p);
                    entries.least_eigenvalue()
                })
                .collect();
            let distance = two_sample(structured, least);
            assert!(distance < 2.6, "({n}, {p}): {distance}");
        }
    }

    /// Traces of a dense complex Gram matrix, in law, and $E \operatorname{tr} (Z Z^*)^2 = 4 n p
    /// (n + p)$ for entries with $E |z|^2 = 2$.
    #[test]
    fn complex_matrices_have_the_same_laws() {
        let mut rng = Rng::seeded(5);
        const DRAWS: usize = 10_000;
        let mut entries = Bidiagonal::default();
        for (n, p) in [(1, 3), (2, 2), (2, 5), (4, 2)] {
            let squares = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>();
            let inner = |x: &[f64], y: &[f64]| small::dot(x, y);
            let (mut structured, mut dense) = (Vec::new(), Vec::new());
            let mut sum = 0.0;
            for _ in 0..DRAWS {
                entries.draw_complex(&mut rng, n, p);
                let squared = entries.eigenvalues().unwrap().iter().map(|s| s * s).sum::<f64>();
                structured.push(squared);
                sum += squared / DRAWS as f64;
                let (mut real, mut imaginary) = (vec![0.0; n * p], vec![0.0; n * p]);
                rng.fill_normal(&mut real);
                rng.fill_normal(&mut imaginary);
                let mut trace = 0.0;
                for i in 0..n {
                    for j in 0..n {
                        let row = |x: &[f64], i: usize| x[i * p..(i + 1) * p].to_vec();
                        let (a, b) = (row(&real, i), row(&imaginary, i));
                        let (c, d) = (row(&real, j), row(&imaginary, j));
                        let entry = [inner(&a, &c) + inner(&b, &d), inner(&b, &c) - inner(&a, &d)];
                        trace += squares(&entry);
                    }
                }
                dense.push(trace);
            }
            let want = (4 * n * p * (n + p)) as f64;
            let (_, error) = summary(&structured);
            assert!((sum - want).abs() < 5.0 * error, "({n}, {p}): {sum} instead of {want}");
            // Exceeded with probability 3e-6.
            let distance = two_sample(structured, dense);
            assert!(distance < 2.6, "({n}, {p}): {distance}");
        }
    }

    /// One draw, every functional: against its eigenvalues.
    #[test]
    fn functionals_agree_on_one_draw() {
        for (seed, (n, p)) in
            [(1, 1), (2, 2), (40, 40), (40, 41), (70, 33), (100, 200)].into_iter().enumerate()
        {
            let seed = seed as u64;
            let mut entries = Bidiagonal::default();
            entries.draw(&mut Rng::seeded(seed), n, p);
            let eigenvalues = entries.eigenvalues().unwrap();
            assert_eq!(eigenvalues.len(), n.min(p));
            // The library's eigenvalues are good to 1e-16 of the largest, not of the least.
            let least = eigenvalues[0];
            let slack = 1e-13 * eigenvalues[eigenvalues.len() - 1] / least;
            assert!((entries.least_eigenvalue() / least - 1.0).abs() < slack + 1e-12);
            for mu in [0.0, 0.3, 20.0] {
                let (t1, t2) = entries.trace_resolvent(mu);
                let want1: f64 = eigenvalues.iter().map(|v| 1.0 / (v + mu)).sum();
                let want2: f64 = eigenvalues.iter().map(|v| (v + mu).powi(-2)).sum();
                let slack = 10.0 * slack + 1e-12;
                assert!((t1 / want1 - 1.0).abs() < slack, "{t1} instead of {want1}");
                assert!((t2 / want2 - 1.0).abs() < slack, "{t2} instead of {want2}");
                assert_eq!(trace_resolvent(&mut Rng::seeded(seed), n, p, mu), (t1, t2));
            }
            let trace = trace_inverse(&mut Rng::seeded(seed), n, p);
            assert!((trace / entries.trace_resolvent(0.0).0 - 1.0).abs() < 1e-13);
            let mut given = [ConditionalTrace::default()];
            conditional_traces(&mut Rng::seeded(seed), &[n.min(p)], n.abs_diff(p), &mut given);
            let last = entries.diagonal[n.min(p) - 1];
            assert!(((given[0].sum + given[0].numerator / last) / trace - 1.0).abs() < 1e-13);
        }
    }

    /// Every size of one pass is the trailing block of the draw for the largest.
    #[test]
    fn sizes_are_trailing_blocks() {
        let ladder = [100, 64, 33, 32, 7, 1];
        let k = 2;
        let mut given = [ConditionalTrace::default(); 6];
        conditional_traces(&mut Rng::seeded(9), &ladder, k, &mut given);
        let x = [0.01, 0.2, 1.0, 3.0, 5.0, 7.0, 9.0, 11.0, 13.0];
        let mut tails = vec![0.0; ladder.len() * x.len()];
        least_eigenvalue_tails(&mut Rng::seeded(9), &ladder, k, &x, &mut tails);
        let mut all = Bidiagonal::default();
        all.draw(&mut Rng::seeded(9), 100, 102);
        for (i, size) in ladder.into_iter().enumerate() {
            let mut block = Bidiagonal {
                diagonal: all.diagonal[100 - size..].to_vec(),
                below: all.below[100 - size..].to_vec(),
            };
            let trace = block.trace_resolvent(0.0).0;
            let last = block.diagonal[size - 1];
            let got = given[i].sum + given[i].numerator / last;
            assert!((got / trace - 1.0).abs() < 1e-12, "{got} instead of {trace}");
            // The conditional tail changes from 0 to 1 where the last entry makes it so.
            for (l, x) in x.iter().enumerate() {
                let critical = crate::special::chi_squared_isf(3.0, tails[i * 9 + l]);
                if critical.is_finite() {
                    for (factor, above) in [(1.0 - 1e-9, false), (1.0 + 1e-9, true)] {
                        block.diagonal[size - 1] = critical * factor;
                        let least = block.least_eigenvalue() * size as f64;
                        assert!((least > *x) == above, "{least} at {x}, size {size}");
                    }
                }
            }
        }
    }

    /// Exact tails: erfc for one entry; $e^{-x/2}$ at every size for $k = 1$; Edelman's limit
    /// $e^{-x/2 - \sqrt x}$ for large square matrices.
    #[test]
    fn least_eigenvalue_tails_match_closed_forms() {
        let mut rng = Rng::seeded(4);
        let x = [0.1, 0.5, 1.0, 4.0];
        let ladder = [600, 20, 3, 1];
        const DRAWS: usize = 20_000;
        for k in [0, 1] {
            let mut draws = vec![Vec::new(); 16];
            let mut tails = [0.0; 16];
            for _ in 0..DRAWS / 4 {
                least_eigenvalue_tails(&mut rng, &ladder, k, &x, &mut tails);
                draws.iter_mut().zip(tails).for_each(|(all, tail)| all.push(tail));
            }
            for (i, size) in ladder.into_iter().enumerate() {
                for (l, x) in x.into_iter().enumerate() {
                    let (got, error) = summary(&draws[4 * i + l]);
                    let (want, slack) = match (k, size) {
                        (0, 600) => (f64::exp(-0.5 * x - x.sqrt()), 2e-3),
                        (0, 1) => (libm::erfc((0.5 * x).sqrt()), 1e-11),
                        (1, _) => (f64::exp(-0.5 * x), 1e-11),
                        _ => continue,
                    };
                    assert!(
                        (got - want).abs() < 5.0 * error + slack,
                        "size {size}, k {k}, x {x}: {got} +- {error} instead of {want}"
                    );
                }
            }
        }
    }

    /// Averages of conditional quantities are those of the draws themselves.
    #[test]
    fn conditional_trace_averages_out() {
        let mut rng = Rng::seeded(5);
        let mut given_one = [ConditionalTrace::default()];
        const DRAWS: usize = 20_000;
        for (m, k, t) in [(10, 0, 30.0), (10, 1, 9.0), (10, 4, 5.0)] {
            let mut given = [ConditionalTrace::default()];
            let tails: Vec<f64> = (0..DRAWS)
                .map(|_| {
                    conditional_traces(&mut rng, &[m], k, &mut given);
                    given[0].tail(t)
                })
                .collect();
            let hits: Vec<f64> = (0..DRAWS)
                .map(|_| f64::from(u8::from(trace_inverse(&mut rng, m, m + k) > t)))
                .collect();
            let ((a, da), (b, db)) = (summary(&tails), summary(&hits));
            assert!((a - b).abs() < 5.0 * da.hypot(db), "{a} against {b}");
            assert!(da < db, "conditioning must not add variance: {da} against {db}");
        }
        // The constant of the far tail: infinite variance, so bounded at t = 1e6 and compared at 5
        // standard errors of what was drawn.
        let t = 1e6_f64;
        let scaled: Vec<f64> = (0..DRAWS)
            .map(|_| {
                conditional_traces(&mut rng, &[3], 0, &mut given_one);
                given_one[0].tail(t) * t.sqrt()
            })
            .collect();
        let (got, error) = summary(&scaled);
        // sqrt(2) Gamma(2) / Gamma(3/2)
        let want = 2_f64.sqrt() / (0.5 * std::f64::consts::PI.sqrt());
        assert!((got - want).abs() < 5.0 * error, "{got} +- {error} instead of {want}");
        // Mean m / (k - 1) from conditional means.
        let means: Vec<f64> = (0..DRAWS)
            .map(|_| {
                let mut given = [ConditionalTrace::default()];
                conditional_traces(&mut rng, &[12], 9, &mut given);
                given[0].mean()
            })
            .collect();
        let (got, error) = summary(&means);
        assert!((got - 1.5).abs() < 5.0 * error, "{got} +- {error}");
    }

    #[test]
    fn a_million_rows_are_cheap() {
        let m = 1_000_000;
        let trace = trace_inverse(&mut Rng::seeded(6), m, 2 * m);
        // Mean 1 + 1e-6, standard deviation about 2e-6.
        assert!((trace - 1.0).abs() < 2e-5, "{trace}");
    }
}
