//! Traces of powers of a Gram matrix, and the pairings that give their means.

use super::wishart::Bidiagonal;
use crate::linalg::small::{dot, gram_lower};
use crate::linalg::vectorised;
use std::collections::BTreeMap;

/// $\operatorname{tr} T^k$, $k = 1, \dots, 4$, for $T = B B^\top$. One pass, about 3 ns a row.
///
/// $T$ is tridiagonal with $t_i = a_i^2 + b_{i-1}^2$ on the diagonal and $h_i^2 = a_i^2 b_i^2$ for
/// the square of what is next to it, so that $\operatorname{tr} T^2 = \sum t_i^2 + 2 \sum h_i^2$,
/// $\operatorname{tr} T^3 = \sum t_i^3 + 3 \sum h_i^2 (t_i + t_{i+1})$ and
/// $\operatorname{tr} T^4 = \sum (t_i^2 + h_{i-1}^2 + h_i^2)^2 + 2 \sum h_i^2 (t_i + t_{i+1})^2
/// + 2 \sum h_i^2 h_{i+1}^2$: positive terms only.
pub fn trace_powers(spectrum: &Bidiagonal) -> [f64; 4] {
    let mut traces = [0.0; 4];
    let below = spectrum.below.iter().copied().chain(std::iter::once(0.0));
    // b^2, t and h^2 of the row before.
    let (mut carried, mut before, mut hop) = (0.0, 0.0, 0.0);
    for (a2, b2) in spectrum.diagonal.iter().zip(below) {
        let (t, next) = (a2 + carried, a2 * b2);
        let (square, both) = (t * t, before + t);
        traces[0] += t;
        traces[1] += square + 2.0 * hop;
        traces[2] += square * t + 3.0 * hop * both;
        let row = square + hop + next;
        traces[3] += row * row + 2.0 * hop * (both * both + next);
        (carried, before, hop) = (b2, t, next);
    }
    traces
}

/// Buffers for the same traces of a dense matrix.
#[derive(Clone, Debug, Default)]
pub struct PowerTraces {
    gram: Vec<f64>,
    square: Vec<f64>,
}

impl PowerTraces {
    /// $\operatorname{tr} (X X^\top)^k$, $k = 1, \dots, 4$, for $X$ with these rows (row-major):
    /// $r^2 c + r^3$ flops for $r$ rows and $c$ columns.
    ///
    /// # Panics
    /// If there are not `rows * columns` entries.
    pub fn of(&mut self, x: &[f64], rows: usize, columns: usize) -> [f64; 4] {
        assert!(x.len() == rows * columns, "{} entries are not {rows} x {columns}", x.len());
        self.gram.resize(rows * rows, 0.0);
        self.square.resize(rows * rows, 0.0);
        let Self { gram, square } = self;
        vectorised(
            #[inline(always)]
            || {
                gram_lower(x, rows, columns, gram);
                mirror(gram, rows);
                gram_lower(gram, rows, rows, square);
                mirror(square, rows);
                let diagonal = |matrix: &[f64]| (0..rows).map(|i| matrix[i * rows + i]).sum();
                [diagonal(gram), diagonal(square), dot(gram, square), dot(square, square)]
            },
        )
    }
}

/// Copies the lower half of a square matrix to the upper.
#[inline(always)]
fn mirror(matrix: &mut [f64], n: usize) {
    for i in 0..n {
        for j in 0..i {
            matrix[j * n + i] = matrix[i * n + j];
        }
    }
}

/// The terms of $E \operatorname{tr} (X^\top X)^k$ for independent normal rows: how many of the
/// $(2k-1)!!$ pairings of the $2k$ factors leave so many free rows, and so many columns in each
/// class of columns.
///
/// The factors are $x_{i_1 j_1} x_{i_1 j_2} x_{i_2 j_2} \cdots x_{i_k j_k} x_{i_k j_1}$. By
/// Isserlis (1918) their mean is the sum over all pairings of the products of the covariances,
/// $E x_{ij} x_{i'j'} = \delta_{ii'} \delta_{jj'} \lambda_j$: a pairing with $r$ classes of rows
/// and classes of $l_1, l_2, \dots$ columns contributes
/// $n^r \prod_q \sum_j \lambda_j^{l_q}$, which is $n^r p^{\#q}$ where all $\lambda_j$ are 1.
///
/// ```
/// use theoremcheck::models::power_traces::pairings;
/// // n^2 s_2 + n (s_1^2 + s_2)
/// let terms = pairings(2);
/// assert_eq!(terms[&(2, vec![2])], 1);
/// assert_eq!(terms[&(1, vec![1, 1])], 1);
/// assert_eq!(terms[&(1, vec![2])], 1);
/// ```
///
/// # Panics
/// If $k$ is 0 or above 6: there are 10 395 pairings of twelve factors.
pub fn pairings(k: usize) -> BTreeMap<(usize, Vec<usize>), u64> {
    assert!((1..=6).contains(&k), "pairings are listed for k = 1 to 6, not {k}");
    let mut terms = BTreeMap::new();
    let free: Vec<usize> = (0..2 * k).collect();
    let alone: Vec<usize> = (0..k).collect();
    pair(k, &free, (&alone, &alone), &mut terms);
    terms
}

/// Pairs the first free factor with each of the others, in turn.
fn pair(
    k: usize,
    free: &[usize],
    (rows, columns): (&[usize], &[usize]),
    terms: &mut BTreeMap<(usize, Vec<usize>), u64>,
) {
    let Some((first, others)) = free.split_first() else {
        let sizes = |classes: &[usize]| -> Vec<usize> {
            let size = |class: usize| classes.iter().filter(|c| **c == class).count();
            let mut sizes: Vec<usize> = (0..k).map(size).filter(|size| *size > 0).collect();
            sizes.sort_unstable();
            sizes
        };
        *terms.entry((sizes(rows).len(), sizes(columns))).or_insert(0) += 1;
        return;
    };
    // Factor t has row t / 2 and column t / 2, rounded up, cyclically.
    let column = |t: usize| t.div_ceil(2) % k;
    for (place, other) in others.iter().enumerate() {
        let (mut merged_rows, mut merged_columns) = (rows.to_vec(), columns.to_vec());
        merge(&mut merged_rows, first / 2, other / 2);
        merge(&mut merged_columns, column(*first), column(*other));
        let mut rest = others.to_vec();
        rest.remove(place);
        pair(k, &rest, (&merged_rows, &merged_columns), terms);
    }
}

/// Makes the classes of two indices one.
fn merge(classes: &mut [usize], one: usize, other: usize) {
    let (from, to) = (classes[one], classes[other]);
    classes.iter_mut().filter(|class| **class == from).for_each(|class| *class = to);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Rng;

    #[test]
    fn traces_are_sums_over_the_eigenvalues() {
        let mut rng = Rng::seeded(1);
        let mut spectrum = Bidiagonal::default();
        for (n, p) in [(1, 1), (1, 5), (2, 2), (3, 2), (40, 25), (33, 70)] {
            spectrum.draw(&mut rng, n, p);
            let eigenvalues = spectrum.eigenvalues().unwrap();
            for (k, trace) in trace_powers(&spectrum).into_iter().enumerate() {
                let want: f64 = eigenvalues.iter().map(|s| s.powi(k as i32 + 1)).sum();
                assert!((trace / want - 1.0).abs() < 1e-12, "{n} x {p}: {trace} for {want}");
            }
        }
    }

    #[test]
    fn dense_traces_are_those_of_either_gram_matrix() {
        let mut rng = Rng::seeded(2);
        let (rows, columns) = (7, 12);
        let mut x = vec![0.0; rows * columns];
        rng.fill_normal(&mut x);
        let transposed: Vec<f64> =
            (0..rows * columns).map(|at| x[at % rows * columns + at / rows]).collect();
        let mut traces = PowerTraces::default();
        let one = traces.of(&x, rows, columns);
        let other = traces.of(&transposed, columns, rows);
        for (a, b) in one.into_iter().zip(other) {
            assert!((a / b - 1.0).abs() < 1e-13, "{a} and {b}");
        }
        assert!((one[0] - x.iter().map(|x| x * x).sum::<f64>()).abs() < 1e-12);
        // By hand: X = (1, 2; 0, 1), XX' = (5, 2; 2, 1).
        assert_eq!(traces.of(&[1.0, 2.0, 0.0, 1.0], 2, 2), [6.0, 34.0, 198.0, 1154.0]);
    }

    #[test]
    fn there_are_as_many_pairings_as_there_should_be() {
        for (k, count) in [(1, 1), (2, 3), (3, 15), (4, 105), (5, 945), (6, 10_395)] {
            assert_eq!(pairings(k).values().sum::<u64>(), count);
            // Planar pairings: the Catalan numbers, with k + 1 classes together.
            let planar: u64 = pairings(k)
                .iter()
                .filter(|((rows, columns), _)| rows + columns.len() == k + 1)
                .map(|(_, count)| count)
                .sum();
            assert_eq!(planar, [1, 2, 5, 14, 42, 132][k - 1]);
            for (_, columns) in pairings(k).keys() {
                assert_eq!(columns.iter().sum::<usize>(), k);
            }
        }
    }

    /// One column: the moments of a chi-square, $n (n+2) (n+4) \cdots$.
    #[test]
    fn one_column_has_the_moments_of_a_chi_square() {
        for k in 1..=5 {
            for n in 1..=4_u64 {
                let mean: u64 =
                    pairings(k).iter().map(|((rows, _), count)| count * n.pow(*rows as u32)).sum();
                assert_eq!(mean, (0..k as u64).map(|i| n + 2 * i).product::<u64>());
            }
        }
    }

    #[test]
    #[should_panic(expected = "k = 1 to 6, not 0")]
    fn no_power_has_no_pairings() {
        pairings(0);
    }

    #[test]
    #[should_panic(expected = "5 entries are not 2 x 3")]
    fn a_matrix_has_its_entries() {
        PowerTraces::default().of(&[1.0; 5], 2, 3);
    }
}
