//! Inner-product kernels are linear, with a ridge that nobody added.
//!
//! With as many observations as dimensions up to a factor, all inner products of different inputs
//! are small, and a smooth kernel sees nothing of itself but its value, its slope and, on the
//! diagonal, where it is not small, a constant: the part of the kernel beyond the linear one has
//! become a ridge.

use super::{LINK, PAPER};
use std::sync::LazyLock;
use theoremcheck::linalg::small::{cholesky_in_place, dot, gram_lower, solve_lower};
use theoremcheck::linalg::vectorised;
use theoremcheck::models::isotropic_rows::IsotropicRow;
use theoremcheck::prelude::*;

/// $n = \gamma d$ inputs in $R^d$ and a kernel $h$.
#[derive(Clone, Copy, Debug)]
struct Model {
    gamma: f64,
    kernel: Kernel,
}

/// The same with a dimension.
#[derive(Clone, Copy, Debug)]
struct Sized {
    d: usize,
    model: Model,
}

/// $n$ inputs in $R^d$ and $h(t) = \frac a2 t^2$, besides a linear part that makes no difference.
#[derive(Clone, Copy, Debug)]
struct Quadratic {
    n: usize,
    d: usize,
    a: f64,
}

#[derive(Clone, Copy, Debug)]
enum Kernel {
    /// $e^t$.
    Exponential,
    /// $(1 + t)^2$.
    Square,
    /// $(1 + t)^3$.
    Cube,
}

impl Kernel {
    fn at(self, t: f64) -> f64 {
        match self {
            Self::Exponential => t.exp(),
            Self::Square => (1.0 + t).powi(2),
            Self::Cube => (1.0 + t).powi(3),
        }
    }

    /// $h(0)$, $h'(0)$ and $h''(0)$.
    fn derivatives(self) -> [f64; 3] {
        match self {
            Self::Exponential => [1.0; 3],
            Self::Square => [1.0, 2.0, 2.0],
            Self::Cube => [1.0, 3.0, 6.0],
        }
    }
}

const KERNELS: [(&str, Kernel); 3] =
    [("exponential", Kernel::Exponential), ("square", Kernel::Square), ("cube", Kernel::Cube)];

/// Our constant in the bound on the operator norm; for a matrix with independent entries it is 2 in
/// the limit.
const MARGIN: f64 = 2.5;

/// Halvings of the interval in which an operator norm lies: to the last digits.
const HALVINGS: usize = 40;

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "bartlett2021.kernel-linearisation",
        alias: "bmr.kernel-linearisation",
        title: "Inner-product kernels are linear plus a ridge in high dimension",
        source: Source {
            paper: PAPER,
            result: "kernel regression in the proportional regime, after El Karoui (2010), The \
                     spectrum of kernel random matrices; the exact second moment is derived here",
            link: LINK,
        },
        statement: r"Let $x_1, \dots, x_n$ be independent and uniform on the sphere of radius
            $\sqrt d$ in $R^d$, $h$ a function with three continuous derivatives,
            $K_{ij} = h(\langle x_i, x_j \rangle / d)$, and
            $K_{\mathrm{lin}} = \bigl(h(0) + \frac{h''(0)}{2d}\bigr) 1 1^\top
            + h'(0) \frac{X X^\top}{d} + \rho I$ with the ridge $\rho = h(1) - h(0) - h'(0)$. As
            $n, d \to \infty$ with $n/d \to \gamma$, the operator norm of the difference
            $\Delta = K - K_{\mathrm{lin}}$ vanishes, with high probability. Its eigenvalues are of
            the order $d^{-1/2}$: on average $\frac1n \|\Delta\|_F^2$ falls like $1/d$; for
            $h = \frac a2 t^2$, besides a linear part,
            $E \|\Delta\|_F^2 = \frac{a^2}{4} \bigl(\frac{2 n (n-1) (d-1)}{d^2 (d+2)}
            + \frac{n}{d^2}\bigr)$ exactly, which does not vanish. Checked of the operator norm is
            $\|\Delta\| \le 2.5 |h''(0)| \sqrt{\gamma / (2d)}$ on average, a constant of our
            choice, for $d = 24$ and $32$ and $\gamma \le 1$.
            For $\gamma > 1$ the mean of $K$ over the directions that are orthogonal to 1 and to the
            columns of $X$ tends to $\rho$, on average: the ridge is seen where the linear part is
            not. Checked for $e^t$, $(1+t)^2$ and $(1+t)^3$.",
        claims: vec![second_moment(), rate(), operator_norm(), ridge()],
        derivation: remainder,
    }
}

/// $\frac{a^2}{4} \bigl(\frac{2 n (n-1) (d-1)}{d^2 (d+2)} + \frac{n}{d^2}\bigr)$.
static MEAN: LazyLock<Expr> = LazyLock::new(|| {
    let (n, d, a) = vars!("n", "d", "a");
    let others = 2 * &n * (&n - 1) * (&d - 1) / (d.pow(2) * (&d + 2));
    a.pow(2) / 4 * (others + &n / d.pow(2))
});

/// [`MEAN`] at sizes.
fn mean(q: &Quadratic) -> Formula {
    let values = [("n", q.n as f64), ("d", q.d as f64), ("a", q.a)];
    Formula::of("second-moment", &MEAN, values)
}

/// A coordinate $u$ of a uniform unit vector has $E u^2 = \frac1d$ and
/// $E u^4 = \frac{3}{d (d+2)}$; Taylor remainders of $e^t$ on $[-1, 1]$.
fn remainder() -> Derivation {
    let (n, d, a, t) = vars!("n", "d", "a", "t");
    let (gamma, h0, h1, h2, one) = vars!("gamma", "h0", "h1", "h2", "h");
    let spread = 3 / (&d * (&d + 2)) - 1 / d.pow(2);
    let sizes = Domain::new().open(&n, 0, INF).open(&d, 1, INF).real(&a);
    let others = &n * (&n - 1) * a.pow(2) / 4 * &spread;
    let diagonal = &n * (&a / (2 * &d)).pow(2);
    let rho = &one - &h0 - &h1;
    let on_diagonal = &h0 + &h2 / (2 * &d) + &h1 + &rho;
    let values = Domain::new().real(&h0).real(&h1).real(&h2).real(&one).open(&d, 0, INF);
    let each = MEAN.at(&n, &gamma * &d) / (&gamma * &d);
    let shape = Domain::new().open(&gamma, 0, INF).real(&a);
    let ball = Domain::new().closed(&t, -1, 1);
    let rest = t.exp() - 1 - &t - t.pow(2) / 2;
    Derivation::of("The second moment of the difference, and the remainder")
        .cited(
            "sphere",
            "the second and the fourth moment of a coordinate of a uniform unit vector",
            Source {
                paper: "R. J. Muirhead, 1982, Aspects of Multivariate Statistical Theory",
                result: "Section 1.5",
                link: "https://doi.org/10.1002/9780470316559",
            },
        )
        .cited(
            "operator-norm",
            "the operator norm of the difference vanishes, with high probability",
            Source { paper: PAPER, result: "kernel regression", link: LINK },
        )
        .identity("spread", spread.clone(), 2 * (&d - 1) / (d.pow(2) * (&d + 2)), &{
            Domain::new().open(&d, 1, INF)
        })
        .twin("gaussian", |s| s.right(2 / d.pow(2)))
        .identity("diagonal", on_diagonal - &one, &h2 / (2 * &d), &values)
        .twin("no-curvature", |s| s.right(0))
        .identity("second-moment", &others + &diagonal, MEAN.clone(), &sizes)
        .twin("no-diagonal", |s| s.right(others.clone()))
        .limit("rate", &d * &each, &d, INF, a.pow(2) * &gamma / 2, &shape)
        .twin("no-half", |s| s.value(a.pow(2) * &gamma))
        .limit("frobenius", MEAN.at(&n, &gamma * &d), &d, INF, a.pow(2) * gamma.pow(2) / 2, &shape)
        .twin("vanishes", |s| s.value(0))
        .supremum("remainder", rest.clone(), decimal("0.21829"), &ball)
        .twin("a-sixth", |s| s.claimed(ratio(1, 6)))
        .infimum("remainder-below", rest.clone(), decimal("-0.13213"), &ball)
        .twin("positive", |s| s.claimed(0))
}

fn second_moment() -> Claim {
    Claim::new(
        "second-moment",
        Equality {
            domain: |given| Quadratic {
                n: given.count("n", 4..=12),
                d: given.count("d", 3..=12),
                a: given.scale("a", 0.5..=4.0),
            },
            theory: |q| mean(q).value(),
            observable: squared_difference,
            resolution: Relative(0.02),
            known: vec![
                (Quadratic { n: 10, d: 8, a: 2.0 }, 2.125),
                (Quadratic { n: 4, d: 4, a: 1.0 }, 0.25),
            ],
            mutants: [
                Mutant {
                    name: "no-diagonal",
                    why: "forgets that the mean of the curvature is taken from the diagonal too",
                    says: |q| mean(q).value() - q.n as f64 * (q.a / (2.0 * q.d as f64)).powi(2),
                },
                Mutant {
                    name: "gaussian",
                    why: "takes inner products for Gaussian ones",
                    says: |q| {
                        let (n, d) = (q.n as f64, q.d as f64);
                        let others = 2.0 * n * (n - 1.0) / (d * d);
                        q.a * q.a / 4.0 * (others + n / (d * d))
                    },
                },
                Mutant {
                    name: "no-mean",
                    why: "leaves the mean of the curvature, h'' / 2d, in the difference",
                    says: |q| {
                        let (n, d) = (q.n as f64, q.d as f64);
                        q.a * q.a / 4.0 * 3.0 * n * (n - 1.0) / (d * (d + 2.0))
                    },
                },
                Mutant {
                    name: "one-more",
                    why: "counts d + 1 dimensions for inputs of constant norm",
                    says: |q| mean(&Quadratic { d: q.d + 1, ..*q }).value(),
                },
            ],
            curve: Curve {
                x: "d",
                grid: Grid::Linear { from: 3.0, to: 24.0, points: 22 },
                at: |d| Quadratic { n: 8, d: d as usize, a: 1.0 },
            },
        },
        Tie::formula(mean),
    )
}

fn rate() -> Claim {
    Claim::new(
        "rate",
        Rate {
            domain: model,
            shape: |_, d| power(d, -1.0),
            observable: Each(mean_square),
            relation: Equal,
            sizes: &[8, 16, 32, 64],
            // Moments of a coordinate of a uniform unit vector are rational in d: a series in 1/d,
            // of which the term after the first is the square.
            correction: Correction::INVERSE_N.then(2.0),
            resolution: 0.15,
            mutants: [
                Mutant {
                    name: "norm",
                    why: "takes the rate of the eigenvalues for that of their squares",
                    says: |_, d| power(d, -0.5),
                },
                Mutant {
                    name: "cubic-remainder",
                    why: "takes the order of the third-order term for that of the second",
                    says: |_, d| power(d, -2.0),
                },
                Mutant {
                    name: "logarithm",
                    why: "keeps the logarithm of a union bound over entries",
                    says: |_, d| power(d, -1.0) * (d as f64).ln(),
                },
            ],
            curve: Curve {
                x: "d",
                grid: Grid::At(&[8.0, 12.0, 16.0, 24.0, 32.0, 48.0]),
                at: |d| (Model { gamma: 1.0, kernel: Kernel::Exponential }, d as usize),
            },
        },
        Tie::none("a rate: the power itself is the shape, up to a constant"),
    )
    // Normal variables and exponentials, of the order of n^2, are most of the cost of a draw.
    .price(2.0)
}

fn operator_norm() -> Claim {
    Claim::new(
        "operator-norm",
        Bound {
            domain: |given| Sized { d: 8 * given.count("d/8", 3..=4), model: model(given) },
            observable: norm_of_difference,
            relation: AtMost,
            holds: OnAverage(Relative(0.05)),
            bound: |s| MARGIN * unit(s),
            known: vec![(
                Sized { d: 32, model: Model { gamma: 1.0, kernel: Kernel::Exponential } },
                0.312_5,
            )],
            mutants: [
                Mutant {
                    name: "inverse",
                    why: "takes the order 1 / d of an entry for that of the norm",
                    says: |s| MARGIN * unit(s) * (s.d as f64).powf(-0.5),
                },
                Mutant {
                    name: "root-mean-square",
                    why: "takes the root of the mean square of the eigenvalues for the largest",
                    says: unit,
                },
                Mutant {
                    name: "uniform",
                    why: "takes the eigenvalues for evenly spread: the root of 3, not 2 or more",
                    says: |s| 3_f64.sqrt() * unit(s),
                },
            ],
            curve: Curve {
                x: "d",
                grid: Grid::At(&[8.0, 16.0, 24.0, 32.0]),
                at: |d| Sized {
                    d: d as usize,
                    model: Model { gamma: 1.0, kernel: Kernel::Exponential },
                },
            },
        },
        Tie::none("a constant of our choice times the order of the eigenvalues"),
    )
}

fn ridge() -> Claim {
    Claim::new(
        "ridge",
        Limit {
            domain: |given| Model {
                gamma: given.ratio("gamma", 2..=3, 1),
                kernel: given.choice("kernel", &KERNELS),
            },
            theory: |m| self_induced(m.kernel, [1.0, 1.0]),
            observable: Each(mean_beyond),
            sizes: &[4, 8, 16, 32],
            // As for the rate: a series in 1/d.
            correction: Correction::INVERSE_N.then(2.0),
            resolution: Relative(0.02),
            known: vec![
                (Model { gamma: 2.0, kernel: Kernel::Exponential }, 0.718_281_828_459_045_2),
                (Model { gamma: 2.0, kernel: Kernel::Square }, 1.0),
                (Model { gamma: 2.0, kernel: Kernel::Cube }, 4.0),
            ],
            mutants: [
                Mutant {
                    name: "linear-part-kept",
                    why: "forgets to take the linear part from the diagonal: h(1) - h(0)",
                    says: |m| self_induced(m.kernel, [1.0, 0.0]),
                },
                Mutant {
                    name: "whole-diagonal",
                    why: "takes the diagonal of the kernel, h(1)",
                    says: |m| self_induced(m.kernel, [0.0, 0.0]),
                },
                Mutant {
                    name: "second-order",
                    why: "takes the curvature for the whole remainder: h''(0) / 2",
                    says: |m| {
                        let [_, _, second] = m.kernel.derivatives();
                        0.5 * second
                    },
                },
                Mutant {
                    name: "finite-dimension",
                    why: "subtracts what the curvature loses at d = 20, h''(0) / 2d",
                    says: |m| {
                        let [_, _, second] = m.kernel.derivatives();
                        self_induced(m.kernel, [1.0, 1.0]) - second / 40.0
                    },
                },
            ],
            curve: Curve {
                x: "gamma",
                grid: Grid::At(&[1.5, 2.0, 2.5, 3.0]),
                at: |gamma| Model { gamma, kernel: Kernel::Exponential },
            },
        },
        Tie::none("three values of a kernel: the step diagonal states what they add up to"),
    )
    // Normal variables and exponentials, of the order of n^2, are most of the cost of a draw.
    .price(2.0)
}

fn model(given: &mut Given) -> Model {
    Model { gamma: given.ratio("gamma", 2..=4, 4), kernel: given.choice("kernel", &KERNELS) }
}

/// $h(1) - a h(0) - b h'(0)$.
fn self_induced(kernel: Kernel, [a, b]: [f64; 2]) -> f64 {
    let [value, slope, _] = kernel.derivatives();
    kernel.at(1.0) - a * value - b * slope
}

/// $|h''(0)| \sqrt{\frac{\gamma}{2d}}$, the root of the mean square of the eigenvalues.
fn unit(s: &Sized) -> f64 {
    let [_, _, second] = s.model.kernel.derivatives();
    second.abs() * (s.model.gamma / (2.0 * s.d as f64)).sqrt()
}

/// Inputs and the lower half of $\frac1d X X^\top$.
struct Inputs {
    n: usize,
    d: usize,
    rows: Vec<f64>,
    gram: Vec<f64>,
}

impl Inputs {
    fn new(n: usize, d: usize) -> Self {
        Self { n, d, rows: vec![0.0; n * d], gram: vec![0.0; n * n] }
    }

    fn draw(&mut self, rng: &mut Rng) {
        IsotropicRow::Sphere.fill_rows(rng, &mut self.rows, self.d);
        let (rows, gram) = (&self.rows, &mut self.gram);
        vectorised(
            #[inline(always)]
            || gram_lower(rows, self.n, self.d, gram),
        );
        self.gram.iter_mut().for_each(|t| *t /= self.d as f64);
    }

    /// The entries of $K - K_{\mathrm{lin}}$ in the lower half: row, column, entry.
    fn difference(&self, kernel: Kernel) -> impl Iterator<Item = (usize, usize, f64)> + '_ {
        let [value, slope, second] = kernel.derivatives();
        let constant = value + 0.5 * second / self.d as f64;
        let ridge = kernel.at(1.0) - value - slope;
        let entry = move |i: usize, j: usize| {
            let t = self.gram[i * self.n + j];
            let linear = constant + slope * t + if i == j { ridge } else { 0.0 };
            (i, j, kernel.at(t) - linear)
        };
        (0..self.n).flat_map(move |i| (0..=i).map(move |j| entry(i, j)))
    }

    /// $\|K - K_{\mathrm{lin}}\|_F^2$.
    fn squared_norm(&self, kernel: Kernel) -> f64 {
        let square = |(i, j, x): (usize, usize, f64)| if i == j { x * x } else { 2.0 * x * x };
        self.difference(kernel).map(square).sum()
    }
}

/// $n = \gamma d$, rounded.
fn count(m: &Model, d: usize) -> usize {
    (m.gamma * d as f64).round() as usize
}

/// $\|\Delta\|_F^2$ for $h = (1 + t)^2$, scaled to a curvature of $a$.
fn squared_difference(q: Quadratic) -> Sampler {
    let mut inputs = Inputs::new(q.n, q.d);
    let scale = (0.5 * q.a).powi(2);
    Sampler::new(move |rng| {
        inputs.draw(rng);
        scale * inputs.squared_norm(Kernel::Square)
    })
}

/// $\frac1n \|\Delta\|_F^2$.
fn mean_square(m: Model, d: usize) -> Sampler {
    let n = count(&m, d);
    let mut inputs = Inputs::new(n, d);
    Sampler::new(move |rng| {
        inputs.draw(rng);
        inputs.squared_norm(m.kernel) / n as f64
    })
}

/// $\|\Delta\|$.
fn norm_of_difference(s: Sized) -> Sampler {
    let n = count(&s.model, s.d);
    let mut inputs = Inputs::new(n, s.d);
    let (mut lower, mut work) = (vec![0.0; n * n], vec![0.0; n * n]);
    Sampler::new(move |rng| {
        inputs.draw(rng);
        inputs.difference(s.model.kernel).for_each(|(i, j, x)| lower[i * n + j] = x);
        operator_norm_of(&lower, n, &mut work)
    })
}

/// The operator norm of a symmetric matrix, of which the lower half is read: the least $c$ for
/// which $c I + M$ and $c I - M$ have a Cholesky factor, by bisection.
fn operator_norm_of(lower: &[f64], n: usize, work: &mut [f64]) -> f64 {
    let mut holds = |c: f64| {
        [1.0, -1.0].into_iter().all(|sign| {
            work.iter_mut().zip(lower).for_each(|(w, x)| *w = sign * x);
            (0..n).for_each(|i| work[i * n + i] += c);
            cholesky_in_place(work, n).is_ok()
        })
    };
    let squares: f64 = lower.iter().map(|x| 2.0 * x * x).sum();
    let (mut low, mut high) = (0.0, squares.sqrt());
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if holds(middle) { high = middle } else { low = middle }
    }
    high
}

/// The mean of $K$ over the directions orthogonal to 1 and to the columns of $X$:
/// $\frac{1}{n-d-1} \bigl(\operatorname{tr} K - \operatorname{tr} (S^\top S)^{-1} S^\top K S\bigr)$
/// with $S = (X, 1)$.
fn mean_beyond(m: Model, d: usize) -> Sampler {
    let n = count(&m, d);
    let (mut inputs, width) = (Inputs::new(n, d), d + 1);
    // S and K S, column by column, and the Gram matrix of S.
    let (mut span, mut image) = (vec![1.0; width * n], vec![0.0; width * n]);
    let (mut kernel, mut factor) = (vec![0.0; n * n], vec![0.0; width * width]);
    let mut coordinates = vec![0.0; width];
    Sampler::new(move |rng| {
        inputs.draw(rng);
        for i in 0..n {
            for j in 0..=i {
                let value = m.kernel.at(inputs.gram[i * n + j]);
                kernel[i * n + j] = value;
                kernel[j * n + i] = value;
            }
            for j in 0..d {
                span[j * n + i] = inputs.rows[i * d + j];
            }
        }
        gram_lower(&span, width, n, &mut factor);
        if cholesky_in_place(&mut factor, width).is_err() {
            return f64::NAN; // of probability 0; the harness reports what is not a number
        }
        // Rows of L^{-1} S' are orthonormal: solve for each input, a column of S'.
        for i in 0..n {
            for (x, column) in coordinates.iter_mut().zip(span.chunks_exact(n)) {
                *x = column[i];
            }
            solve_lower(&factor, width, &mut coordinates);
            for (column, x) in image.chunks_exact_mut(n).zip(&coordinates) {
                column[i] = *x;
            }
        }
        let form = |q: &[f64]| -> f64 {
            kernel.chunks_exact(n).zip(q).map(|(row, x)| x * dot(row, q)).sum()
        };
        let seen: f64 = image.chunks_exact(n).map(form).sum();
        let trace: f64 = (0..n).map(|i| kernel[i * n + i]).sum();
        (trace - seen) / (n - width) as f64
    })
}
