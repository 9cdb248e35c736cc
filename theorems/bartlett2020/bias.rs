//! The bias of an interpolator is of the order of one effective rank over the observations.
//!
//! What the data do not see of the signal is lost. A direction of large variance cannot hide from
//! the data where the sample covariance is close to the covariance, and how close it is depends on
//! the whole trace against the largest eigenvalue, not on the dimension.

use super::{LINK, PAPER, powers, tail_sums};
use std::f64::consts::PI;
use std::sync::LazyLock;
use theoremcheck::linalg::small::{
    cholesky_in_place, dot, gram_lower, solve_lower, solve_lower_transposed,
};
use theoremcheck::linalg::symmetric_eigenvalues;
use theoremcheck::models::linear_network::Matrix;
use theoremcheck::models::spectral_edges::{Edge, EdgeBlock};
use theoremcheck::prelude::*;

/// $n$ observations, and the eigenvalues of $\Sigma$, the largest, 1, first.
#[derive(Clone, Debug)]
struct Spectrum {
    n: usize,
    eigenvalues: Vec<f64>,
}

/// The same with a design, $n$ rows in the eigenbasis of $\Sigma$.
#[derive(Clone, Debug)]
struct Design {
    spectrum: Spectrum,
    rows: Vec<f64>,
}

#[derive(Clone, Copy, Debug)]
enum Shape {
    /// All eigenvalues 1: the number of columns is free of the cost of a dense draw.
    Flat,
    /// One eigenvalue stands out.
    Spiked,
    /// A power of the index.
    Power,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "bartlett2020.bias",
        alias: "bllt.bias",
        title: "Bias of an interpolator by one effective rank",
        source: Source {
            paper: PAPER,
            result: "the bias in the main theorem (Theorem 1; Theorem 4 in the third arXiv \
                     version, numbers unverified), with a constant that is not specified; the \
                     constants are our choice, that of the upper bound on the error of the sample \
                     covariance is sharp (Han 2022)",
            link: LINK,
        },
        statement: r"Let $X$ be $n \times p$ with independent $N(0, \Sigma)$ rows, $\|\Sigma\|$ the
            largest eigenvalue, $r_0 = \operatorname{tr} \Sigma / \|\Sigma\|$, $S = X^\top X / n$
            and $P$ the projection on the span of the rows. The bias of the minimum-norm
            least-squares estimator is $B_\theta = \theta^\top (I - P) \Sigma (I - P) \theta$. The
            paper: with probability at least $1 - \delta$, $B_\theta \le c |\theta|^2 \|\Sigma\|
            \max \bigl(\sqrt{r_0 / n}, r_0 / n, \sqrt{\log (1/\delta) / n}\bigr)$ for a constant
            that it does not specify. Checked is what its proof goes through: as $S (I - P) = 0$,
            for every design $B_\theta \le |\theta|^2 \lambda_{\max}(\Sigma - S)$; and (Koltchinskii
            and Lounici) on average $\|S - \Sigma\|$ is between $\|\Sigma\| \max (\sqrt{r_0 / n},
            r_0 / n)$ and $\|\Sigma\| (2 \sqrt{r_0 / n} + r_0 / n)$, constants of our choice, for
            $\Sigma = I$ with $n$ from 256 to 512 and $p/n$ from 1/4 to 4, and with $n$ from 8 to
            16 and $p = 2n$ for one eigenvalue 100 to 1000 times the others and for powers of the
            index from 1/2 to 2. Not in the paper, and less than its bound where $r_0
            < n$: $\max_{|\theta| = 1} B_\theta$ is on average at most $\|\Sigma\| r_0 / n =
            \operatorname{tr} \Sigma / n$, the squared radius of a random section of an ellipsoid
            (Gordon); checked for a quarter to three quarters of $n$ eigenvalues 1 and a tail of
            equal ones.",
        claims: vec![unseen(), section(), error_above(), error_below()],
        derivation: projections,
    }
}

/// $2 \sqrt{r / n} + r / n$.
static ERROR: LazyLock<Expr> = LazyLock::new(|| {
    let (n, rank) = vars!("n", "r");
    2 * (&rank / &n).sqrt() + rank / n
});

fn error(s: &Spectrum) -> Formula {
    Formula::of("flat", &ERROR, [("n", s.n as f64), ("r", rank(s))])
}

/// One observation $(x, y)$ of two features; then two levels, a share $s^2$ of $n$ eigenvalues 1
/// and a tail of trace $t n$, which acts as a ridge; then the band, with $x = \sqrt{r_0 / n}$.
fn projections() -> Derivation {
    let (x, y, first, second) = vars!("x", "y", "theta_1", "theta_2");
    let (large, small) = vars!("lambda_1", "lambda_2");
    let (s, t, n, rank) = vars!("s", "t", "n", "r");
    let plane = Domain::new().open(&x, 0, INF).open(&y, 0, INF).real(&first).real(&second);
    let plane = plane.open(&large, 0, INF).open(&small, 0, INF);
    let length = (&first * &y - &second * &x) / (x.pow(2) + y.pow(2));
    let hidden = [&length * &y, -&length * &x];
    let bias = &large * hidden[0].pow(2) + &small * hidden[1].pow(2);
    let seen = |u: &[Expr; 2]| (&x * &u[0] + &y * &u[1]).pow(2);
    let kept = [&first - &hidden[0], &second - &hidden[1]];
    let levels = Domain::new().open(&s, 0, 1).open(&t, 0, INF);
    let radius = &t / (&t + (1 - &s).pow(2));
    let gap = (&t - &s * (1 - &s)).pow(2) / (&t + (1 - &s).pow(2));
    let sizes = Domain::new().open(&n, 0, INF).open(&rank, 0, INF);
    let root = (&rank / &n).sqrt();
    let low = Domain::new().closed(&x, 0, 1);
    let high = Domain::new().closed(&x, 1, INF);
    let upper = 2 * &x + x.pow(2);
    let gordon = Source {
        paper: "Y. Gordon, 1988, On Milman's inequality and random subspaces which escape through \
                a mesh in R^n",
        result: "the theorem on escape through a mesh",
        link: "https://doi.org/10.1007/BFb0081737",
    };
    let lounici = Source {
        paper: "V. Koltchinskii, K. Lounici, 2017, Concentration inequalities and moment bounds \
                for sample covariance operators",
        result: "the two-sided bound on the mean error; the constants: Q. Han, 2022, Exact \
                 spectral norm error of sample covariance",
        link: "https://arxiv.org/abs/2207.13594",
    };
    Derivation::of("What the data do not see, and how large it can be")
        .identity("unseen", bias.clone(), &bias - seen(&hidden), &plane)
        .twin("not-projected", |d| d.right(&bias - seen(&[first.clone(), second.clone()])))
        .identity("seen", seen(&kept), seen(&[first.clone(), second.clone()]), &plane)
        .twin("half", |d| d.right(seen(&[first.clone(), second.clone()]) / 2))
        .cited("section", "the squared radius of a random section is at most tr Sigma / n", gordon)
        .identity("two-levels", s.pow(2) + &t - &radius, gap.clone(), &levels)
        .twin("no-square", |d| d.right(&t - &s * (1 - &s)))
        .nonneg("at-most-the-trace", gap, &levels)
        .twin("strictly", Draft::strictly)
        .cited("error", "the mean error is of the order of the bound", lounici)
        .identity("flat", (1 + &root).pow(2) - 1, ERROR.clone(), &sizes)
        .twin("no-square", |d| d.right(2 * &root))
        .nonneg("three-roots", 3 * &x - &upper, &low)
        .twin("beyond-one", |d| d.on(&Domain::new().closed(&x, 0, 2)))
        .nonneg("three-ratios", 3 * x.pow(2) - &upper, &high)
        .twin("below-one", |d| d.on(&Domain::new().closed(&x, 0, INF)))
}

fn unseen() -> Claim {
    Claim::new(
        "unseen",
        Property {
            domain: |given| {
                let n = given.count("n", 1..=6);
                let p = given.count("p", n + 2..=4 * n + 6);
                let spread = given.scale("spread", 1.01..=10.0);
                let mut eigenvalues = given.spectrum("spectrum", p, 1.0 / spread..=1.0);
                eigenvalues[0] = 1.0;
                let spectrum = Spectrum { n, eigenvalues };
                let rows = rows(&spectrum, &mut given.data("design"));
                Design { spectrum, rows }
            },
            margin: |d| room(d, |values, _| values[values.len() - 1]),
            // One observation (1, 1): what is hidden is the direction (1, -1), with variance 5/8,
            // and the covariance less that of the sample has the trace -3/4 and determinant -5/4.
            known: vec![(plane(1.0), 0.068_000_468_164_691_3)],
            mutants: [
                Mutant {
                    name: "half",
                    why: "takes half the largest error for the most that is hidden",
                    says: |d| room(d, |values, _| values[values.len() - 1] / 2.0),
                },
                Mutant {
                    name: "coordinates",
                    why: "compares variances, and forgets covariances",
                    says: |d| room(d, |_, matrix| matrix.diagonal().max()),
                },
                Mutant {
                    name: "on-average",
                    why: "takes the mean eigenvalue of the error for the largest",
                    says: |d| room(d, |values, _| values.iter().sum::<f64>() / values.len() as f64),
                },
            ],
            curve: Curve {
                x: "y",
                grid: Grid::Linear { from: 0.25, to: 4.0, points: 31 },
                at: plane,
            },
        },
        Tie::none("eigenvalues of matrices of any size: the derivation has one observation"),
    )
}

fn section() -> Claim {
    Claim::new(
        "section",
        Bound {
            domain: |given| {
                let n = 4 * given.count("n/4", 4..=6);
                let fitted = given.count("fitted", 1..=3) * n / 4;
                let tail = n * given.count("ratio", 2..=3);
                let trace = given.real("trace", 0.1..=0.3);
                levels(n, fitted, tail, trace)
            },
            observable: largest_bias,
            relation: AtMost,
            holds: OnAverage(Relative(0.025)),
            bound: |s| rank(s) / s.n as f64,
            known: vec![(levels(16, 4, 32, 0.25), 0.5), (levels(16, 12, 48, 0.125), 0.875)],
            mutants: [
                Mutant {
                    name: "held-out",
                    why: "counts the fifth of the observations that was held out: 5n/4 of them",
                    says: |s| rank(s) / (1.25 * s.n as f64),
                },
                Mutant {
                    name: "square",
                    why: "takes the bound on a length for that on its square",
                    says: |s| (rank(s) / s.n as f64).powi(2),
                },
                Mutant {
                    name: "tail-alone",
                    why: "takes what has the largest variance for fitted",
                    says: |s| {
                        let head = s.eigenvalues.iter().filter(|x| **x == 1.0).count();
                        tail_sums(&s.eigenvalues, head)[0] / s.n as f64
                    },
                },
            ],
            curve: Curve {
                x: "trace",
                grid: Grid::Linear { from: 0.1, to: 0.5, points: 21 },
                at: |trace| levels(16, 8, 32, trace),
            },
        },
        Tie::none("a trace, a sum over a spectrum of any length, over n"),
    )
    .points(6)
}

fn error_above() -> Claim {
    Claim::new(
        "error-above",
        Bound {
            domain: any_spectrum,
            observable: covariance_error,
            relation: AtMost,
            holds: OnAverage(Relative(0.03)),
            bound: |s| error(s).value(),
            known: vec![
                (Spectrum { n: 100, eigenvalues: vec![1.0; 25] }, 1.25),
                (Spectrum { n: 10, eigenvalues: vec![1.0, 0.75, 0.75] }, 1.25),
            ],
            mutants: [
                Mutant {
                    name: "trace-method",
                    why: "stops the method of moments at the sixteenth: 1430^(1/16) = 1.58 for 2",
                    says: |s| {
                        let ratio = rank(s) / s.n as f64;
                        1430_f64.powf(1.0 / 16.0) * ratio.sqrt() + ratio
                    },
                },
                Mutant {
                    name: "once",
                    why: "takes the order for the value: root(r/n) + r/n",
                    says: |s| {
                        let ratio = rank(s) / s.n as f64;
                        ratio.sqrt() + ratio
                    },
                },
                Mutant { name: "ratio", why: "keeps r/n alone", says: |s| rank(s) / s.n as f64 },
                Mutant {
                    name: "root",
                    why: "keeps root(r/n) alone, as for r much below n",
                    says: |s| 2.0 * (rank(s) / s.n as f64).sqrt(),
                },
            ],
            curve: Curve {
                x: "exponent",
                grid: Grid::Linear { from: 0.5, to: 2.0, points: 16 },
                at: |exponent| Spectrum { n: 16, eigenvalues: powers(32, exponent) },
            },
        },
        Tie::formula(error),
    )
    .points(6)
}

fn error_below() -> Claim {
    Claim::new(
        "error-below",
        Bound {
            domain: any_spectrum,
            observable: covariance_error,
            relation: AtLeast,
            holds: OnAverage(Relative(0.03)),
            bound: order,
            known: vec![
                (Spectrum { n: 100, eigenvalues: vec![1.0; 25] }, 0.5),
                (Spectrum { n: 100, eigenvalues: vec![1.0; 400] }, 4.0),
            ],
            mutants: [
                Mutant {
                    name: "two-directions",
                    why: "takes root(pi/2), the mean length of two normal variables, for that of \
                          one",
                    says: |s| (PI / 2.0).sqrt() * order(s),
                },
                Mutant {
                    name: "sum",
                    why: "adds the two orders: root(r/n) + r/n",
                    says: |s| {
                        let ratio = rank(s) / s.n as f64;
                        ratio.sqrt() + ratio
                    },
                },
                Mutant {
                    name: "edge",
                    why: "takes the upper bound for the mean",
                    says: |s| error(s).value(),
                },
            ],
            curve: Curve {
                x: "exponent",
                grid: Grid::Linear { from: 0.5, to: 2.0, points: 16 },
                at: |exponent| Spectrum { n: 16, eigenvalues: powers(32, exponent) },
            },
        },
        Tie::none("the larger of two orders, with a constant of our choice"),
    )
    .points(6)
}

/// White features come in large designs, whose extreme eigenvalues are drawn alone.
fn any_spectrum(given: &mut Given) -> Spectrum {
    let shapes = [("flat", Shape::Flat), ("spiked", Shape::Spiked), ("power", Shape::Power)];
    let shape = given.choice("shape", &shapes);
    let size = given.count("size", 8..=16);
    let ratio = given.ratio("p/n", 1..=16, 4);
    let level = given.real("level", 0.0..=1.0);
    let n = if matches!(shape, Shape::Flat) { 32 * size } else { size };
    let eigenvalues = match shape {
        Shape::Flat => vec![1.0; (ratio * n as f64).round() as usize],
        Shape::Spiked => {
            let mut eigenvalues = vec![1e-3 * (1.0 + 9.0 * level); 2 * n];
            eigenvalues[0] = 1.0;
            eigenvalues
        }
        Shape::Power => powers(2 * n, 0.5 + 1.5 * level),
    };
    Spectrum { n, eigenvalues }
}

/// Eigenvalues 1, as many as are fitted, and `tail` equal ones of trace `trace` times $n$.
fn levels(n: usize, fitted: usize, tail: usize, trace: f64) -> Spectrum {
    let mut eigenvalues = vec![1.0; fitted];
    eigenvalues.resize(fitted + tail, trace * n as f64 / tail as f64);
    Spectrum { n, eigenvalues }
}

/// $\Sigma = \operatorname{diag}(1, \frac14)$ and the observation $(1, y)$.
fn plane(y: f64) -> Design {
    Design { spectrum: Spectrum { n: 1, eigenvalues: vec![1.0, 0.25] }, rows: vec![1.0, y] }
}

/// $r_0$.
fn rank(s: &Spectrum) -> f64 {
    tail_sums(&s.eigenvalues, 0)[0] / s.eigenvalues[0]
}

/// $\max (\sqrt{r_0 / n}, r_0 / n)$.
fn order(s: &Spectrum) -> f64 {
    let ratio = rank(s) / s.n as f64;
    ratio.max(ratio.sqrt())
}

/// A Gaussian design.
fn rows(s: &Spectrum, rng: &mut Rng) -> Vec<f64> {
    let deviations: Vec<f64> = s.eigenvalues.iter().map(|lambda| lambda.sqrt()).collect();
    let mut rows = vec![0.0; s.n * deviations.len()];
    rng.fill_normal(&mut rows);
    for row in rows.chunks_exact_mut(deviations.len()) {
        row.iter_mut().zip(&deviations).for_each(|(x, scale)| *x *= scale);
    }
    rows
}

/// How far the bias in the worst direction is below what `most` makes of the eigenvalues of
/// $\Sigma - S$, increasing, and of this matrix, as a fraction of the largest eigenvalue.
fn room(d: &Design, most: fn(&[f64], &Matrix<f64>) -> f64) -> f64 {
    let s = &d.spectrum;
    let difference = difference(s, &d.rows);
    let Ok(values) = symmetric_eigenvalues(&difference) else { return f64::NAN };
    most(values.as_slice(), &difference) - worst_bias(s, &d.rows)
}

/// $\Sigma - S$.
fn difference(s: &Spectrum, rows: &[f64]) -> Matrix<f64> {
    let p = s.eigenvalues.len();
    // Columns of the matrix are rows of the design.
    let design = Matrix::from_column_slice(p, s.n, rows);
    let mut out = &design * design.transpose() * (-1.0 / s.n as f64);
    for (i, lambda) in s.eigenvalues.iter().enumerate() {
        out[(i, i)] += lambda;
    }
    out
}

/// $\max_{|\theta| = 1} B_\theta$, the largest eigenvalue of $\Sigma^{1/2} (I - P) \Sigma^{1/2}$.
fn worst_bias(s: &Spectrum, rows: &[f64]) -> f64 {
    let (n, p) = (s.n, s.eigenvalues.len());
    let mut factor = vec![0.0; n * n];
    gram_lower(rows, n, p, &mut factor);
    if cholesky_in_place(&mut factor, n).is_err() {
        return f64::NAN; // of probability 0; the harness reports what is not a number
    }
    // Columns of X, and what K^{-1} makes of them.
    let columns: Vec<f64> = (0..p).flat_map(|j| (0..n).map(move |i| rows[i * p + j])).collect();
    let mut solved = columns.clone();
    for column in solved.chunks_exact_mut(n) {
        solve_lower(&factor, n, column);
        solve_lower_transposed(&factor, n, column);
    }
    let matrix = Matrix::from_fn(p, p, |i, j| {
        let kept = dot(&columns[i * n..(i + 1) * n], &solved[j * n..(j + 1) * n]);
        let hidden = if i == j { 1.0 - kept } else { -kept };
        (s.eigenvalues[i] * s.eigenvalues[j]).sqrt() * hidden
    });
    symmetric_eigenvalues(&matrix).map_or(f64::NAN, |values| values.max())
}

/// $\max_{|\theta| = 1} B_\theta$ of a Gaussian design, for $\|\Sigma\| = 1$.
fn largest_bias(s: Spectrum) -> Sampler {
    Sampler::new(move |rng| worst_bias(&s, &rows(&s, rng)))
}

/// $\|S - \Sigma\|$ of a Gaussian design, for $\|\Sigma\| = 1$; of a white one by its extreme
/// eigenvalues, the least of which is 0 if there are more columns than rows.
fn covariance_error(s: Spectrum) -> Sampler {
    let (n, p) = (s.n, s.eigenvalues.len());
    if s.eigenvalues.iter().all(|x| *x == 1.0) {
        let mut block = EdgeBlock::default();
        return Sampler::new(move |rng| {
            if p < n {
                let [least, largest] = block.draw_both(rng, n, p).map(|x| x / n as f64);
                return (largest - 1.0).max(1.0 - least);
            }
            // With more columns than rows an eigenvalue is 0. A square matrix has no lower edge;
            // its largest eigenvalue, near 4, is the farther but for a probability exponential in
            // -n.
            (block.draw(rng, n, p, Edge::Upper) / n as f64 - 1.0).max(1.0)
        });
    }
    Sampler::new(move |rng| {
        let matrix = difference(&s, &rows(&s, rng));
        symmetric_eigenvalues(&matrix).map_or(f64::NAN, |values| values.amax())
    })
}
