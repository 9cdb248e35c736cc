//! The extreme eigenvalues of a Gaussian Gram matrix, from its first rows alone.
//!
//! The eigenvectors at both edges of the tridiagonal matrix $B B^\top$ of [`super::wishart`] live
//! on its first rows. Around the edge it acts like $-\psi'' + x \psi$, $x$ the row in units of
//! $\ell = \bigl(\frac{M m}{(\sqrt M \pm \sqrt m)^2}\bigr)^{1/3}$ ($+$ at the upper edge), so that
//! an eigenvector falls like $e^{-\frac23 x^{3/2}}$ and what the rows beyond add to the eigenvalue
//! like its square. The leading block of $12 \ell + 12$ rows leaves out less than rounding does:
//! $O(n^{1/3})$ instead of $O(n)$.

use super::chi_square::{BLOCK, fill_chi_squared_falling};
use crate::random::Rng;

/// An edge of the spectrum of $X X^\top$.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// The largest eigenvalue.
    Upper,
    /// The least of the $\min(n, p)$ eigenvalues that are not 0; there must be more columns than
    /// rows, or fewer.
    Lower,
}

/// The first rows of $B B^\top$, as many as an edge needs.
#[derive(Clone, Debug, Default)]
pub struct EdgeBlock {
    diagonal: Vec<f64>,
    below: Vec<f64>,
    /// The diagonal of $B B^\top$, $t_i$.
    levels: Vec<f64>,
    /// Squares of what is next to the diagonal.
    hops: Vec<f64>,
}

impl EdgeBlock {
    /// Draws the extreme eigenvalue of $X X^\top$, $X$ an $n \times p$ matrix of independent
    /// standard normals. Relative error about $10^{-13}$; about 2 us at $n = p = 100$, 30 us at
    /// $10^6$.
    ///
    /// # Panics
    /// If $n$ or $p$ is 0, or if both are equal at the lower edge, which then is none.
    pub fn draw(&mut self, rng: &mut Rng, n: usize, p: usize, edge: Edge) -> f64 {
        let rows = rows_needed(n, p, edge);
        self.draw_rows(rng, (n.min(p), n.max(p)), rows);
        let start = start(n, p, edge);
        match edge {
            Edge::Upper => self.largest([1.0], [start])[0],
            Edge::Lower => -self.largest([-1.0], [start])[0],
        }
    }

    /// Draws whether the largest eigenvalue of $X X^\top$ is below $x$: all pivots of
    /// $x I - B B^\top$ are positive. One pass instead of about four.
    ///
    /// # Panics
    /// If $n$ or $p$ is 0.
    pub fn draw_largest_below(&mut self, rng: &mut Rng, n: usize, p: usize, x: f64) -> bool {
        let rows = rows_needed(n, p, Edge::Upper);
        self.draw_rows(rng, (n.min(p), n.max(p)), rows);
        let below = self.below.iter().copied().chain(std::iter::once(0.0));
        let (mut carried, mut positive) = (0.0, true);
        for (a2, b2) in self.diagonal.iter().zip(below) {
            let pivot = x - a2 - carried;
            // Of what follows a pivot that is not positive nothing is used.
            positive &= pivot > 0.0;
            // b^2 of this row, and what it takes from the next pivot.
            carried = b2 + a2 * b2 / pivot;
        }
        positive
    }

    /// Draws the least of the $\min(n, p)$ eigenvalues of $X X^\top$ that are not 0, and the largest,
    /// of one matrix: both live on the same first rows. Error about $10^{-13}$ of the largest.
    ///
    /// # Panics
    /// If $n$ or $p$ is 0, or if both are equal.
    pub fn draw_both(&mut self, rng: &mut Rng, n: usize, p: usize) -> [f64; 2] {
        let rows = rows_needed(n, p, Edge::Upper).max(rows_needed(n, p, Edge::Lower));
        self.draw_rows(rng, (n.min(p), n.max(p)), rows);
        let starts = [Edge::Lower, Edge::Upper].map(|edge| start(n, p, edge));
        let [least, largest] = self.largest([-1.0, 1.0], starts);
        [-least, largest]
    }

    /// Draws the squared entries of the first rows of $B$, with the falling degrees of freedom of
    /// the whole.
    fn draw_rows(&mut self, rng: &mut Rng, (m, larger): (usize, usize), rows: usize) {
        self.diagonal.resize(rows, 0.0);
        self.below.resize(rows.min(m - 1), 0.0);
        let mut fill = |out: &mut [f64], first: usize| {
            for (block, chunk) in out.chunks_mut(BLOCK).enumerate() {
                fill_chi_squared_falling(rng, (first - block * BLOCK) as f64, chunk);
            }
        };
        fill(&mut self.diagonal, larger);
        fill(&mut self.below, m - 1);
    }

    /// The largest eigenvalues of the block times each sign, from where Laguerre's iteration is to
    /// start; a start that is not above all eigenvalues is replaced by a bound.
    ///
    /// Laguerre's iteration from above is monotone and cubic, since all eigenvalues are real
    /// (Parlett 1964). It ends where the next step no longer matters, or where rounding has carried
    /// it past.
    fn largest<const K: usize>(&mut self, signs: [f64; K], starts: [f64; K]) -> [f64; K] {
        let bounds = self.prepare(signs);
        let size = self.levels.len() as f64;
        let mut x: [f64; K] = std::array::from_fn(|k| starts[k].min(bounds[k]));
        let (mut before, mut done) = ([0.0; K], [false; K]);
        for _ in 0..80 {
            let slopes = self.log_slopes(signs, x);
            for k in 0..K {
                if done[k] {
                    continue;
                }
                let Some((first, second)) = slopes[k] else {
                    done[k] = before[k] > 0.0 || x[k] == bounds[k];
                    x[k] = if done[k] { x[k] } else { bounds[k] };
                    continue;
                };
                // size * second >= first^2 by Cauchy and Schwarz; rounding may say otherwise.
                let spread = ((size - 1.0) * (size * second - first * first)).max(0.0).sqrt();
                let step = size / (first + spread);
                if !(step > 0.0 && step < f64::INFINITY) {
                    done[k] = true;
                    continue;
                }
                x[k] -= step;
                // A cubic iteration multiplies the step by the cube of what it did before.
                let next = step * (step / before[k]).powi(3);
                done[k] = step.min(next * 100.0) <= 1e-14 * x[k].abs();
                before[k] = step;
            }
            if done == [true; K] {
                break;
            }
        }
        x
    }

    /// Fills levels and hops, and bounds the eigenvalues times each sign from above (Gershgorin;
    /// and none of the matrix is negative).
    fn prepare<const K: usize>(&mut self, signs: [f64; K]) -> [f64; K] {
        let rows = self.diagonal.len();
        self.levels.clear();
        self.hops.clear();
        let mut carried = 0.0;
        for (i, a2) in self.diagonal.iter().enumerate() {
            self.levels.push(a2 + carried);
            carried = self.below.get(i).copied().unwrap_or(0.0);
            self.hops.push(if i + 1 < rows { a2 * carried } else { 0.0 });
        }
        let mut bounds = [f64::NEG_INFINITY; K];
        let mut before = 0.0;
        for (t, hop) in self.levels.iter().zip(&self.hops) {
            let next = hop.sqrt();
            for (bound, sign) in bounds.iter_mut().zip(signs) {
                *bound = bound.max(sign * t + before + next);
            }
            before = next;
        }
        std::array::from_fn(|k| if signs[k] < 0.0 { bounds[k].min(0.0) } else { bounds[k] })
    }

    /// $\sum_i \frac{1}{x - \lambda_i}$ and $\sum_i \frac{1}{(x - \lambda_i)^2}$ for each sign, from
    /// the pivots $d_{i+1} = x - t_{i+1} - h_i^2 / d_i$ and their derivatives; `None` if a pivot is
    /// not positive: $x$ is not above all eigenvalues. Side by side, since a pivot waits for the one
    /// before it.
    #[inline]
    fn log_slopes<const K: usize>(&self, signs: [f64; K], x: [f64; K]) -> [Option<(f64, f64)>; K] {
        let (mut first, mut second) = ([0.0; K], [0.0; K]);
        // What the row before takes from the pivot, with two derivatives.
        let (mut taken, mut taken1, mut taken2) = ([0.0; K], [0.0; K], [0.0; K]);
        let mut positive = [true; K];
        for (t, hop) in self.levels.iter().zip(&self.hops) {
            for k in 0..K {
                let inverse = 1.0 / (x[k] - signs[k] * t - taken[k]);
                positive[k] &= inverse > 0.0;
                let (d1, d2) = (1.0 - taken1[k], -taken2[k]);
                let u = d1 * inverse;
                first[k] += u;
                second[k] += u * u - d2 * inverse;
                // h^2 / d and its derivatives.
                taken[k] = hop * inverse;
                taken1[k] = -taken[k] * u;
                taken2[k] = taken[k] * (2.0 * u * u - d2 * inverse);
            }
        }
        std::array::from_fn(|k| positive[k].then_some((first[k], second[k])))
    }
}

/// Where Laguerre's iteration starts: three standard deviations of the law of Tracy and Widom
/// beyond the edge, of which one matrix in thousands is still farther.
fn start(n: usize, p: usize, edge: Edge) -> f64 {
    let (small, large) = ((n.min(p) as f64).sqrt(), (n.max(p) as f64).sqrt());
    match edge {
        Edge::Upper => {
            let sum = large + small;
            sum * sum + 3.0 * sum * (1.0 / small + 1.0 / large).cbrt()
        }
        Edge::Lower => {
            let gap = large - small;
            -gap * gap + 3.0 * gap * (1.0 / small - 1.0 / large).cbrt()
        }
    }
}

/// Rows that the eigenvector at an edge reaches.
fn rows_needed(n: usize, p: usize, edge: Edge) -> usize {
    assert!(n > 0 && p > 0, "a Gaussian matrix needs rows and columns, not {n} x {p}");
    let (m, larger) = (n.min(p) as f64, n.max(p) as f64);
    let sum = match edge {
        Edge::Upper => larger.sqrt() + m.sqrt(),
        Edge::Lower => larger.sqrt() - m.sqrt(),
    };
    assert!(sum > 0.0, "the lower edge of {n} x {p} is 0: n and p must differ");
    let length = (larger * m / (sum * sum)).cbrt();
    n.min(p).min((12.0 * length + 12.0) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::wishart::Bidiagonal;

    /// The same rows, and all rows: the block leaves nothing out.
    #[test]
    fn the_block_has_the_eigenvalue_of_the_whole() {
        let mut rng = Rng::seeded(7);
        let mut block = EdgeBlock::default();
        for (n, p) in [(1, 1), (1, 6), (2, 3), (40, 41), (300, 300), (700, 900), (1200, 300)] {
            for edge in [Edge::Upper, Edge::Lower] {
                if edge == Edge::Lower && n == p {
                    continue;
                }
                for _ in 0..20 {
                    let m = n.min(p);
                    let rows = rows_needed(n, p, edge);
                    block.draw_rows(&mut rng, (m, n.max(p)), m);
                    let whole =
                        Bidiagonal { diagonal: block.diagonal.clone(), below: block.below.clone() };
                    let all = whole.eigenvalues().unwrap();
                    block.diagonal.truncate(rows);
                    let far = [start(n, p, edge), f64::NEG_INFINITY];
                    let (got, want) = match edge {
                        Edge::Upper => (block.largest([1.0; 2], far), all[m - 1]),
                        Edge::Lower => (block.largest([-1.0; 2], far).map(|x| -x), all[0]),
                    };
                    // From a start that is below, as from one above.
                    assert!((got[0] - got[1]).abs() < 1e-13 * all[m - 1], "{got:?}");
                    let got = got[0];
                    let error = (got - want).abs() / all[m - 1];
                    assert!(error < 1e-12, "{n} x {p} {edge:?}: {got} instead of {want}");
                }
            }
        }
    }

    /// Both edges of one matrix, from the rows of the one that reaches farther.
    #[test]
    fn both_edges_are_those_of_one_matrix() {
        let mut block = EdgeBlock::default();
        for (n, p) in [(1, 6), (2, 3), (40, 41), (900, 700)] {
            let rows = rows_needed(n, p, Edge::Upper).max(rows_needed(n, p, Edge::Lower));
            let [least, largest] = block.draw_both(&mut Rng::seeded(10), n, p);
            block.draw_rows(&mut Rng::seeded(10), (n.min(p), n.max(p)), rows);
            block.below.truncate(rows - 1);
            let whole = Bidiagonal { diagonal: block.diagonal.clone(), below: block.below.clone() };
            let all = whole.eigenvalues().unwrap();
            assert!((least - all[0]).abs() < 1e-12 * largest, "{n} x {p}: {least}");
            assert!((largest - all[rows - 1]).abs() < 1e-12 * largest, "{n} x {p}: {largest}");
        }
    }

    /// The sums over the first rows alone are those of the whole law: their means.
    #[test]
    fn the_first_rows_have_their_degrees_of_freedom() {
        let mut rng = Rng::seeded(8);
        let mut block = EdgeBlock::default();
        const DRAWS: usize = 4000;
        let (mut diagonal, mut below) = (0.0, 0.0);
        for _ in 0..DRAWS {
            block.draw_rows(&mut rng, (90, 200), 70);
            diagonal += block.diagonal.iter().sum::<f64>() / DRAWS as f64;
            below += block.below.iter().sum::<f64>() / DRAWS as f64;
        }
        let want: (f64, f64) =
            ((0..70).map(|i| 200.0 - i as f64).sum(), (0..70).map(|i| 89.0 - i as f64).sum());
        // A sum of chi-squares with f degrees in all has the variance 2 f; 5 sigma.
        for (got, want) in [(diagonal, want.0), (below, want.1)] {
            assert!((got - want).abs() < 5.0 * (2.0 * want / DRAWS as f64).sqrt(), "{got} {want}");
        }
    }

    /// The same draw: below a level that is just above, and not below one that is just under.
    #[test]
    fn one_pass_says_on_which_side_the_largest_is() {
        let (mut block, mut other) = (EdgeBlock::default(), EdgeBlock::default());
        for (seed, (n, p)) in [(1, 1), (2, 7), (50, 40), (900, 300)].into_iter().enumerate() {
            let fresh = || Rng::seeded(seed as u64);
            let largest = block.draw(&mut fresh(), n, p, Edge::Upper);
            for (factor, want) in [(1.0 + 1e-11, true), (1.0 - 1e-11, false), (0.5, false)] {
                let below = other.draw_largest_below(&mut fresh(), n, p, factor * largest);
                assert_eq!(below, want, "{n} x {p}: {factor}");
            }
        }
    }

    #[test]
    fn a_single_row_is_a_chi_square() {
        let mut rng = Rng::seeded(9);
        let mut block = EdgeBlock::default();
        const DRAWS: usize = 40_000;
        for edge in [Edge::Upper, Edge::Lower] {
            let sum: f64 = (0..DRAWS).map(|_| block.draw(&mut rng, 1, 7, edge)).sum();
            let mean = sum / DRAWS as f64;
            assert!((mean - 7.0).abs() < 5.0 * (14.0 / DRAWS as f64).sqrt(), "{mean}");
        }
    }

    #[test]
    #[should_panic(expected = "n and p must differ")]
    fn a_square_matrix_has_no_lower_edge() {
        EdgeBlock::default().draw(&mut Rng::seeded(1), 5, 5, Edge::Lower);
    }

    #[test]
    #[should_panic(expected = "not 0 x 5")]
    fn an_empty_matrix_has_no_edge() {
        EdgeBlock::default().draw(&mut Rng::seeded(1), 0, 5, Edge::Upper);
    }
}
