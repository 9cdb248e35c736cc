//! The theorem of the tutorial (`docs/tutorial.md`) as one might remember it. It is false, and the
//! check has to say so.

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
        id: "rosset2020.first-try",
        alias: "",
        title: "How far training error flatters least squares",
        source: Source {
            paper: "Rosset, Tibshirani (2020), From fixed-X to random-X prediction: bias-variance \
                    decompositions, covariance penalties, and prediction error estimation",
            result: "as remembered: the penalty of Cp",
            link: "arXiv:1704.08160",
        },
        statement: r"Let the $n$ rows of $X$ be independent $N(0, \Sigma)$ in $R^p$ with positive
            definite $\Sigma$ and $p \le n - 2$, let $y = X\beta + \xi$ with independent noise
            $\xi \sim N(0, \sigma^2 I)$, and $\hat\beta$ least squares. On average over $X$ and
            $\xi$, the squared error on a new observation exceeds the mean squared training error
            by exactly $\frac{2 \sigma^2 p}{n}$.",
        claims: vec![gap()],
        derivation: Derivation::none,
    }
}

fn gap() -> Claim {
    Claim::new(
        "gap",
        Equality {
            domain: tall,
            theory: optimism,
            observable: measured_gap,
            resolution: Relative(0.02),
            known: vec![],
            mutants: [
                Mutant {
                    name: "training-side",
                    why: "forgets that the new error is above the noise",
                    says: |r| r.sigma2 * r.p as f64 / r.n as f64,
                },
                Mutant {
                    name: "intercept",
                    why: "counts one feature more",
                    says: |r| 2.0 * r.sigma2 * (r.p as f64 + 1.0) / r.n as f64,
                },
                Mutant {
                    name: "deviation",
                    why: "takes the deviation of the noise for its variance",
                    says: |r| 2.0 * r.sigma2.sqrt() * r.p as f64 / r.n as f64,
                },
            ],
            curve: Curve {
                x: "p",
                grid: Grid::Linear { from: 1.0, to: 26.0, points: 26 },
                at: |p| Regression { n: 40, p: p as usize, sigma2: 1.0 },
            },
        },
        Tie::none("there is no derivation yet"),
    )
}

fn tall(given: &mut Given) -> Regression {
    let p = given.count("p", 4..=16);
    // From p + 14 on the moments exist that the statistics rest on; up to p + 40 new inputs matter.
    let n = given.count("n", p + 14..=p + 40);
    Regression { n, p, sigma2: given.scale("sigma2", 0.25..=4.0) }
}

/// $\frac{2 \sigma^2 p}{n}$.
fn optimism(r: &Regression) -> f64 {
    2.0 * r.sigma2 * r.p as f64 / r.n as f64
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
