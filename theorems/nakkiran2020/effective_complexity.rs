//! The effective model complexity of least squares.
//!
//! How many observations can a training procedure fit? The paper defines the complexity of a
//! procedure by that number, and its hypothesis is that test error of deep networks peaks where it
//! comes near to the number of observations. For least squares it has a closed form; at
//! no training error at all it is the number of features, where the mean risk is infinite.

use super::{LINK, PAPER};
use std::sync::LazyLock;
use theoremcheck::linalg::small::{cholesky_in_place, dot, gram_lower, solve_lower};
use theoremcheck::models::isotropic_rows::IsotropicRow;
use theoremcheck::prelude::*;

/// $n$ observations of $p$ features of a law, and a signal in a direction.
#[derive(Clone, Debug)]
struct Fit {
    n: usize,
    p: usize,
    law: IsotropicRow,
    r2: f64,
    sigma2: f64,
    direction: Vec<f64>,
}

/// $n$ observations of $p$ Gaussian features, and a share of the signal in others.
#[derive(Clone, Copy, Debug)]
struct Hidden {
    n: usize,
    p: usize,
    r2: f64,
    hidden: f64,
    sigma2: f64,
}

/// $p$ features and the error $\epsilon = \frac ab \sigma^2$, $a < b$.
#[derive(Clone, Copy, Debug)]
struct Threshold {
    p: usize,
    a: usize,
    b: usize,
}

/// Designs of which any $p$ rows are independent almost surely.
const LAWS: [(&str, IsotropicRow); 4] = [
    ("gaussian", IsotropicRow::Gaussian),
    ("uniform", IsotropicRow::Uniform),
    ("exponential", IsotropicRow::Exponential),
    ("sphere", IsotropicRow::Sphere),
];

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "nakkiran2020.effective-complexity",
        alias: "nakkiran.emc",
        title: "Effective model complexity of least squares",
        source: Source {
            paper: PAPER,
            result: "Definition 1; what the paper says of deep networks is its hypothesis, the \
                     closed form for least squares is derived here",
            link: LINK,
        },
        statement: r"The effective model complexity of a training procedure at error $\epsilon \ge
            0$ is the largest number $n$ of observations on which its training error is at most
            $\epsilon$ on average. That test error peaks where it is close to $n$ is a hypothesis of
            the paper about deep networks, and not claimed here. Let $y = X\beta + e$ with an $n
            \times p$ matrix $X$ of independent rows, any $p$ of which are almost surely linearly
            independent, and independent noise $e$ with mean 0 and covariance $\sigma^2 I$. The
            training error $\frac1n \|y - X X^+ y\|^2$ of the minimum-norm least-squares estimator
            is 0 almost surely for $n \le p$, and on average $\sigma^2 \bigl(1 - \frac pn\bigr)$ for
            $n > p$, whatever the law of $X$ and $\beta$. So its effective model complexity is
            $\lfloor p / (1 - \epsilon/\sigma^2) \rfloor$ for $0 \le \epsilon < \sigma^2$, and
            infinite beyond; at $\epsilon = 0$ it is $p$, where for Gaussian $X$ the mean excess
            risk is infinite. If a share $h$ of a signal of strength $r^2$ lies in independent
            standard normal features that are not observed, $\sigma^2 + r^2 h$ takes the place of
            $\sigma^2$.",
        claims: vec![training_error(), misspecified(), complexity()],
        derivation: projection,
    }
}

/// $\sigma^2 \bigl(1 - \frac pn\bigr)$ and $(\sigma^2 + r^2 h) \bigl(1 - \frac pn\bigr)$.
static ERRORS: LazyLock<[Expr; 2]> = LazyLock::new(|| {
    let (n, p, r2, hidden, sigma2) = vars!("n", "p", "r2", "hidden", "sigma2");
    let left = 1 - p / n;
    [&sigma2 * &left, (sigma2 + r2 * hidden) * left]
});

/// The trace of a projector, and the number of observations at which the error is reached.
fn projection() -> Derivation {
    let (n, p, r2, hidden, sigma2) = vars!("n", "p", "r2", "hidden", "sigma2");
    let t = var("t");
    let [error, with_hidden] = &*ERRORS;
    let sizes = Domain::new().open(&sigma2, 0, INF).open(&p, 0, INF);
    let tall = sizes.clone().open(&n, &p, INF);
    let shares = Domain::new().open(&r2, 0, INF).closed(&hidden, 0, 1).open(&sigma2, 0, INF);
    let shares = shares.open(&p, 0, INF).open(&n, &p, INF);
    let reached = sizes.clone().open(&t, 0, 1);
    let most = &p / (1 - &t);
    Derivation::of("The training error, and where it is reached")
        .cited(
            "projector",
            "the residual of noise on a random subspace that is independent of it has the mean \
             square of the noise times the share of the dimensions that are left",
            Source {
                paper: "G. A. F. Seber, A. J. Lee, 2003, Linear Regression Analysis",
                result: "Section 3.3",
                link: "https://doi.org/10.1002/9780471722199",
            },
        )
        .identity("trace", error.clone(), &sigma2 * (&n - &p) / &n, &tall)
        .twin("degree-lost", |s| s.right(&sigma2 * (&n - &p - 1) / &n))
        .identity(
            "hidden-noise",
            with_hidden.clone(),
            error + &r2 * &hidden * (&n - &p) / &n,
            &shares,
        )
        .twin("visible-noise", |s| s.right(error.clone()))
        .positive("grows", error.d(&n), &tall)
        .twin("falls", |s| s.of(-error.d(&n)))
        .identity("reached", error.at(&n, &most), &sigma2 * &t, &reached)
        .twin("inverse", |s| s.right(error.at(&n, &p / &t)))
        .limit("never-beyond", error.clone(), &n, INF, &sigma2, &sizes)
        .twin("nothing", |s| s.value(0))
        .identity("interpolates", most.at(&t, 0), &p, &sizes)
        .twin("twice", |s| s.right(2 * &p))
}

fn training_error() -> Claim {
    Claim::new(
        "training-error",
        Equality {
            domain: any_fit,
            theory: |f| tall(f).value(),
            observable: residual,
            resolution: Relative(0.02),
            known: vec![(along(30, 12, IsotropicRow::Gaussian), 0.6)],
            mutants: [
                Mutant {
                    name: "unbiased",
                    why: "takes the estimate of the noise with n - p degrees of freedom",
                    says: |f| f.sigma2,
                },
                Mutant {
                    name: "intercept",
                    why: "divides by n - 1 in the share of dimensions that are fitted",
                    says: |f| f.sigma2 * (1.0 - f.p as f64 / (f.n as f64 - 1.0)),
                },
                Mutant {
                    name: "test-error",
                    why: "adds the share of the fitted dimensions, as on new inputs",
                    says: |f| f.sigma2 * (1.0 + f.p as f64 / f.n as f64),
                },
                Mutant {
                    name: "thirty-residuals",
                    why: "divides the squares of 30 residuals by 29",
                    says: |f| tall(f).value() * 30.0 / 29.0,
                },
            ],
            curve: Curve {
                x: "n",
                grid: Grid::Linear { from: 6.0, to: 40.0, points: 18 },
                at: |n| along(n as usize, 5, IsotropicRow::Uniform),
            },
        },
        Tie::formula(tall),
    )
}

fn misspecified() -> Claim {
    Claim::new(
        "misspecified",
        Equality {
            domain: |given| {
                let p = given.count("p", 2..=6);
                Hidden {
                    n: given.count("n", 2 * p..=3 * p + 4),
                    p,
                    r2: given.scale("r2", 0.5..=4.0),
                    hidden: given.real("hidden", 0.2..=0.8),
                    sigma2: given.scale("sigma2", 0.25..=1.0),
                }
            },
            theory: |h| with_hidden(h).value(),
            observable: hidden_residual,
            resolution: Relative(0.02),
            known: vec![(Hidden { n: 30, p: 12, r2: 2.0, hidden: 0.25, sigma2: 0.5 }, 0.6)],
            mutants: [
                Mutant {
                    name: "visible-noise",
                    why: "forgets that hidden features act as noise",
                    says: |h| with_hidden(&Hidden { r2: 0.0, ..*h }).value(),
                },
                Mutant {
                    name: "swapped",
                    why: "takes the visible share for the hidden one",
                    says: |h| with_hidden(&Hidden { hidden: 1.0 - h.hidden, ..*h }).value(),
                },
                Mutant {
                    name: "all-signal",
                    why: "takes the whole signal for noise",
                    says: |h| with_hidden(&Hidden { hidden: 1.0, ..*h }).value(),
                },
                Mutant {
                    name: "thirty-residuals",
                    why: "divides the squares of 30 residuals by 29",
                    says: |h| with_hidden(h).value() * 30.0 / 29.0,
                },
            ],
            curve: Curve {
                x: "hidden",
                grid: Grid::Linear { from: 0.0, to: 1.0, points: 11 },
                at: |hidden| Hidden { n: 12, p: 4, r2: 2.0, hidden, sigma2: 0.5 },
            },
        },
        Tie::formula(with_hidden),
    )
}

fn complexity() -> Claim {
    Claim::new(
        "complexity",
        Identity {
            domain: |given| {
                let b = given.count("b", 2..=60);
                Threshold { p: given.count("p", 1..=60), a: given.count("a", 0..=b - 1), b }
            },
            left: |t| largest_fitted(t),
            right: |t| (t.p * t.b / (t.b - t.a)) as f64,
            known: vec![
                (Threshold { p: 12, a: 3, b: 5 }, 30.0),
                (Threshold { p: 7, a: 0, b: 2 }, 7.0),
                (Threshold { p: 7, a: 1, b: 3 }, 10.0),
            ],
            mutants: [
                Mutant {
                    name: "twice",
                    why: "takes two observations for each feature, whatever the error",
                    says: |t| 2.0 * t.p as f64,
                },
                Mutant {
                    name: "features",
                    why: "takes the complexity at error 0 for every error",
                    says: |t| t.p as f64,
                },
                Mutant {
                    name: "rounded-up",
                    why: "rounds to the number of observations that are no longer fitted",
                    says: |t| (t.p * t.b).div_ceil(t.b - t.a) as f64,
                },
                Mutant {
                    name: "inverse",
                    why: "divides by the error, not by what it leaves",
                    says: |t| (t.p * t.b / t.a.max(1)) as f64,
                },
            ],
            curve: Curve {
                x: "p",
                grid: Grid::Linear { from: 1.0, to: 40.0, points: 40 },
                at: |p| Threshold { p: p as usize, a: 3, b: 5 },
            },
        },
        Tie::none("a whole number: the step reached has the real one, before it is rounded down"),
    )
}

fn any_fit(given: &mut Given) -> Fit {
    let p = given.count("p", 2..=8);
    let n = given.count("n", p + 3..=3 * p + 6);
    let law = given.choice("law", &LAWS);
    let (r2, sigma2) = (given.scale("r2", 0.25..=4.0), given.scale("sigma2", 0.25..=4.0));
    Fit { n, p, law, r2, sigma2, direction: given.unit_vector("direction", p) }
}

/// $\beta = e_1$, $\sigma^2 = 1$.
fn along(n: usize, p: usize, law: IsotropicRow) -> Fit {
    let mut direction = vec![0.0; p];
    direction[0] = 1.0;
    Fit { n, p, law, r2: 1.0, sigma2: 1.0, direction }
}

/// $\sigma^2 \bigl(1 - \frac pn\bigr)$.
fn tall(f: &Fit) -> Formula {
    let values = [("n", f.n as f64), ("p", f.p as f64), ("sigma2", f.sigma2)];
    Formula::of("trace", &ERRORS[0], values)
}

/// $(\sigma^2 + r^2 h) \bigl(1 - \frac pn\bigr)$.
fn with_hidden(h: &Hidden) -> Formula {
    let sizes = [("n", h.n as f64), ("p", h.p as f64)];
    let [n, p] = sizes;
    let strengths = [("r2", h.r2), ("hidden", h.hidden), ("sigma2", h.sigma2)];
    let [r2, hidden, sigma2] = strengths;
    Formula::of("hidden-noise", &ERRORS[1], [n, p, r2, hidden, sigma2])
}

/// The last $n$ at which the training error over $\sigma^2$, $\max(0, 1 - p/n)$, is at most
/// $a/b$, one by one: it grows, so that the first that is too much ends the search.
fn largest_fitted(t: &Threshold) -> f64 {
    let fits = |n: usize| n.saturating_sub(t.p) * t.b <= t.a * n;
    (1..).take_while(|n| fits(*n)).last().map_or(f64::NAN, |n| n as f64)
}

/// $\frac1n \|y - X X^+ y\|^2$ for $p < n$ columns, one after the other:
/// $\|y\|^2 - \|L^{-1} X^\top y\|^2$ with $X^\top X = L L^\top$; NaN where there is no factor.
fn squared_residual(columns: &[f64], y: &[f64], gram: &mut [f64], image: &mut [f64]) -> f64 {
    let (n, p) = (y.len(), image.len());
    gram_lower(columns, p, n, gram);
    if cholesky_in_place(gram, p).is_err() {
        return f64::NAN; // of probability 0; the harness reports what is not a number
    }
    image.iter_mut().zip(columns.chunks_exact(n)).for_each(|(xy, column)| *xy = dot(column, y));
    solve_lower(gram, p, image);
    (dot(y, y) - dot(image, image)) / n as f64
}

/// The training error on inputs and noise that are drawn entry by entry.
fn residual(f: Fit) -> Sampler {
    let Fit { n, p, law, r2, sigma2, direction } = f;
    let (mut rows, mut columns) = (vec![0.0; n * p], vec![0.0; n * p]);
    let (mut y, mut gram, mut image) = (vec![0.0; n], vec![0.0; p * p], vec![0.0; p]);
    let (signal, noise) = (r2.sqrt(), sigma2.sqrt());
    Sampler::new(move |rng| {
        law.fill_rows(rng, &mut rows, p);
        rng.fill_normal(&mut y);
        for (i, row) in rows.chunks_exact(p).enumerate() {
            y[i] = noise * y[i] + signal * dot(row, &direction);
            row.iter().enumerate().for_each(|(j, x)| columns[j * n + i] = *x);
        }
        squared_residual(&columns, &y, &mut gram, &mut image)
    })
}

/// The same for Gaussian features of which the first carries the visible part of the signal, and
/// one that is not observed the hidden part.
fn hidden_residual(h: Hidden) -> Sampler {
    let Hidden { n, p, r2, hidden, sigma2 } = h;
    let mut columns = vec![0.0; n * p];
    let (mut y, mut unseen) = (vec![0.0; n], vec![0.0; n]);
    let (mut gram, mut image) = (vec![0.0; p * p], vec![0.0; p]);
    let (seen, lost) = ((r2 * (1.0 - hidden)).sqrt(), (r2 * hidden).sqrt());
    let noise = sigma2.sqrt();
    Sampler::new(move |rng| {
        rng.fill_normal(&mut columns);
        rng.fill_normal(&mut unseen);
        rng.fill_normal(&mut y);
        for i in 0..n {
            y[i] = noise * y[i] + seen * columns[i] + lost * unseen[i];
        }
        squared_residual(&columns, &y, &mut gram, &mut image)
    })
}
