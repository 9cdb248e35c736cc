//! The theorem of the tutorial (`docs/tutorial.md`), finished: a theorem file and its binary in
//! one, as in somebody else's crate.

use std::sync::LazyLock;
use theoremcheck::linalg::small::{
    cholesky_in_place, dot, gram_lower, solve_lower, solve_lower_transposed,
};
use theoremcheck::prelude::*;

fn main() -> std::process::ExitCode {
    theoremcheck::cli::main(Catalogue::new(vec![theorem()]))
}

/// $n$ observations with $p$ Gaussian features, and noise of variance $\sigma^2$.
#[derive(Clone, Copy, Debug)]
struct Regression {
    n: usize,
    p: usize,
    sigma2: f64,
}

fn theorem() -> Theorem {
    Theorem {
        id: "rosset2020.optimism",
        alias: "",
        title: "How far training error flatters least squares",
        source: Source {
            paper: "Rosset, Tibshirani (2020), From fixed-X to random-X prediction: bias-variance \
                    decompositions, covariance penalties, and prediction error estimation",
            result: "the penalty of RCp, for Gaussian features",
            link: "arXiv:1704.08160",
        },
        statement: r"Let the $n$ rows of $X$ be independent $N(0, \Sigma)$ in $R^p$ with positive
            definite $\Sigma$ and $p \le n - 2$, let $y = X\beta + \xi$ with independent noise
            $\xi \sim N(0, \sigma^2 I)$, and $\hat\beta$ least squares. On average over $X$ and
            $\xi$, the squared error on a new observation exceeds the mean squared training error
            by exactly $\frac{\sigma^2 p (2n - p - 1)}{n (n - p - 1)}$.",
        claims: vec![gap()],
        derivation: two_errors,
    }
}

/// $\frac{\sigma^2 p (2n - p - 1)}{n (n - p - 1)}$: what the theory evaluates.
static OPTIMISM: LazyLock<Expr> = LazyLock::new(|| {
    let (n, p, sigma2) = vars!("n", "p", "sigma2");
    sigma2 * &p * (2 * &n - &p - 1) / (&n * (&n - &p - 1))
});

/// The expression at a point, as the step `difference` states it.
fn formula(r: &Regression) -> Formula {
    let values = [("n", r.n as f64), ("p", r.p as f64), ("sigma2", r.sigma2)];
    Formula::of("difference", &OPTIMISM, values)
}

/// From the two errors to their difference, and what the new inputs add to $2\sigma^2 p/n$.
fn two_errors() -> Derivation {
    let (n, p, sigma2) = vars!("n", "p", "sigma2");
    let new = &sigma2 * (&n - 1) / (&n - &p - 1);
    let training = &sigma2 * (&n - &p) / &n;
    let fixed = 2 * &sigma2 * &p / &n;
    let added = &sigma2 * &p * (&p + 1) / (&n * (&n - &p - 1));
    let tall = Domain::new().open(&p, 0, INF).open(&n, &p + 1, INF).open(&sigma2, 0, INF);
    let wide = Domain::new().open(&n, 0, INF).open(&p, &n, INF).open(&sigma2, 0, INF);
    Derivation::of("Optimism with random features")
        .cited(
            "inverse-wishart",
            "the mean of tr (X'X)^-1 is p / (n - p - 1), so that of the new error is as below",
            Source {
                paper: "D. von Rosen, 1988, Moments for the inverted Wishart distribution",
                result: "the first moment",
                link: "https://www.jstor.org/stable/4616090",
            },
        )
        .identity("difference", new - training, OPTIMISM.clone(), &tall)
        .twin("no-intercept", |s| s.right(&sigma2 * &p * (2 * &n - &p) / (&n * (&n - &p - 1))))
        .identity("beyond-fixed", &*OPTIMISM - fixed, added.clone(), &tall)
        .twin("one-less", |s| s.right(&sigma2 * p.pow(2) / (&n * (&n - &p - 1))))
        .positive("more", added, &tall)
        .twin("wide", |s| s.on(&wide))
}

fn gap() -> Claim {
    Claim::new(
        "gap",
        Equality {
            domain: tall,
            theory: |r| formula(r).value(),
            observable: measured_gap,
            resolution: Relative(0.02),
            // By hand, as fractions: 10 * 69 / (40 * 29), and 3 * 4 * 35 / (20 * 15).
            known: vec![
                (Regression { n: 40, p: 10, sigma2: 1.0 }, 690.0 / 1160.0),
                (Regression { n: 20, p: 4, sigma2: 3.0 }, 1.4),
            ],
            mutants: [
                Mutant {
                    name: "fixed-design",
                    why: "predicts at the training inputs, as Mallows' Cp does",
                    says: |r| 2.0 * r.sigma2 * r.p as f64 / r.n as f64,
                },
                Mutant {
                    name: "degrees-of-freedom",
                    why: "divides by n - p, as an estimate of the noise does",
                    says: |r| {
                        let (n, p) = (r.n as f64, r.p as f64);
                        r.sigma2 * p * (2.0 * n - p - 1.0) / (n * (n - p))
                    },
                },
                Mutant {
                    name: "training-side",
                    why: "forgets that the new error is above the noise",
                    says: |r| r.sigma2 * r.p as f64 / r.n as f64,
                },
            ],
            curve: Curve {
                x: "p",
                grid: Grid::Linear { from: 1.0, to: 26.0, points: 26 },
                at: |p| Regression { n: 40, p: p as usize, sigma2: 1.0 },
            },
        },
        Tie::formula(formula),
    )
}

fn tall(given: &mut Given) -> Regression {
    let p = given.count("p", 4..=16);
    // From p + 14 on the moments exist that the statistics rest on; up to p + 40 new inputs matter.
    let n = given.count("n", p + 14..=p + 40);
    Regression { n, p, sigma2: given.scale("sigma2", 0.25..=4.0) }
}

/// $\sigma^2 + \|\hat\beta - \beta\|^2 - \frac1n \|y - X \hat\beta\|^2$: the error on a new
/// observation, averaged over it, less the training error.
///
/// Least squares commutes with $\beta$ and $\Sigma$: without loss $\beta = 0$ and $\Sigma = I$.
/// $\|\hat\beta\|^2$ has the tail of $1 / \lambda_{\min}(X^\top X)$.
fn measured_gap(r: Regression) -> Sampler {
    let Regression { n, p, sigma2 } = r;
    let (mut features, mut noise) = (vec![0.0; p * n], vec![0.0; n]);
    let (mut gram, mut beta) = (vec![0.0; p * p], vec![0.0; p]);
    Sampler::new(move |rng| {
        rng.fill_normal(&mut features); // one row for each feature: the transpose of X
        rng.fill_normal(&mut noise);
        noise.iter_mut().for_each(|xi| *xi *= sigma2.sqrt());
        gram_lower(&features, p, n, &mut gram);
        for (b, feature) in beta.iter_mut().zip(features.chunks_exact(n)) {
            *b = dot(feature, &noise);
        }
        if cholesky_in_place(&mut gram, p).is_err() {
            return f64::NAN; // with probability 0; the harness names the draw
        }
        solve_lower(&gram, p, &mut beta);
        let training = (dot(&noise, &noise) - dot(&beta, &beta)) / n as f64;
        solve_lower_transposed(&gram, p, &mut beta);
        sigma2 + dot(&beta, &beta) - training
    })
    .tail_index((n - p + 1) as f64 / 2.0)
}
