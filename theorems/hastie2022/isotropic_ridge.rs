//! Ridge risk for isotropic features.
//!
//! With a ridge the risk is finite at every aspect ratio, the threshold included: the peak of
//! double descent is gone, and with the best ridge the risk is a single resolvent.

use super::{LINK, PAPER, columns};
use std::sync::LazyLock;
use theoremcheck::models::wishart::trace_resolvent;
use theoremcheck::prelude::*;

/// Ridge regression at $\lambda$, seen through $\gamma = \lim p/n$.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ridge {
    pub(super) gamma: f64,
    pub(super) lambda: f64,
    pub(super) r2: f64,
    pub(super) sigma2: f64,
}

/// The same model with the best ridge, and a multiple $t$ of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tuned {
    pub(super) gamma: f64,
    pub(super) r2: f64,
    pub(super) sigma2: f64,
    pub(super) t: f64,
}

/// Moments of the Marchenko-Pastur law under a smooth function have, for Gaussian matrices, an
/// expansion in whole powers of $1/n$: the term after $1/n$ is its square.
const CORRECTION: Correction = Correction::INVERSE_N.then(2.0);

const SIZES: &[usize] = &[100, 200, 400, 800];

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "hastie2022.isotropic-ridge",
        alias: "hmrt.ridge-isotropic",
        title: "Ridge risk for isotropic features",
        source: Source {
            paper: PAPER,
            result: "Section 6, isotropic features (also Dicker 2016, Dobriban and Wager 2018)",
            link: LINK,
        },
        statement: r"Let $y = X\beta + \epsilon$ with $\|\beta\|^2 = r^2$, the $n \times p$ entries
            of $X$ independent with mean 0, variance 1 and a finite moment of order above 4, and
            $\epsilon$ independent of $X$ with covariance $\sigma^2 I$. Let
            $\hat\beta_\lambda = (X^\top X + n \lambda I)^{-1} X^\top y$ and $m(-\lambda)$ the
            positive root of $\gamma\lambda m^2 + (1 - \gamma + \lambda) m = 1$, which is
            $\int (s+\lambda)^{-1} dF_\gamma(s)$ for the Marchenko-Pastur law $F_\gamma$, and
            $m_1 = -\frac{dm}{d\lambda}$. As $n, p \to \infty$ with
            $p/n \to \gamma \in (0, \infty)$, the bias and the variance of the excess risk
            $E[\|\hat\beta_\lambda - \beta\|^2 \mid X]$ tend almost surely to
            $B = r^2 \lambda^2 m_1$ and $V = \sigma^2 \gamma (m - \lambda m_1)$. Their sum is least
            at $\lambda^* = \frac{\sigma^2 \gamma}{r^2}$; there it is
            $R^* = \sigma^2 \gamma\, m(-\lambda^*)$, which is below $r^2$ and below the limiting
            risk without ridge at every $\gamma$. Checked for Gaussian entries, on average over
            $X$ and the direction of $\beta$.",
        claims: vec![risk(), least_risk(), optimum(), below_ridgeless()],
        derivation: tuned_below_ridgeless,
    }
}

/// Bias, variance and the least risk as expressions in $\gamma$, $\lambda$, $r^2$ and $\sigma^2$.
struct Risk {
    bias: Expr,
    variance: Expr,
    least: Expr,
}

/// $A = 1 - \gamma + \lambda$ and $\sqrt{A^2 + 4 \gamma\lambda}$.
fn linear_and_root() -> (Expr, Expr) {
    let (g, l) = vars!("gamma", "lambda");
    let linear = 1 - &g + &l;
    let root = (linear.pow(2) + 4 * g * l).sqrt();
    (linear, root)
}

/// [`Risk`] with $m = \frac{2}{A + \sqrt{A^2 + 4\gamma\lambda}}$, and with
/// $m = \frac{\sqrt{A^2 + 4\gamma\lambda} - A}{2 \gamma\lambda}$ where $A < 0$ and the former
/// cancels. $m_1 = \frac{\gamma m^2 + m}{\sqrt{A^2 + 4\gamma\lambda}}$.
static RISK: LazyLock<[Risk; 2]> = LazyLock::new(|| {
    let (g, l, r2, sigma2) = vars!("gamma", "lambda", "r2", "sigma2");
    let (linear, root) = linear_and_root();
    let best = &sigma2 * &g / &r2;
    [2 / (&linear + &root), (&root - &linear) / (2 * &g * &l)].map(|m| {
        let slope = (&g * m.pow(2) + &m) / &root;
        Risk {
            bias: &r2 * l.pow(2) * &slope,
            variance: &sigma2 * &g * (&m - &l * slope),
            least: &sigma2 * &g * m.at(&l, &best),
        }
    })
});

/// Which form of $m$ does not cancel.
fn stable(gamma: f64, lambda: f64) -> &'static Risk {
    &RISK[usize::from(1.0 - gamma + lambda < 0.0)]
}

/// $B$ and $V$.
fn parts(m: &Ridge) -> [Formula; 2] {
    let risk = stable(m.gamma, m.lambda);
    let (gamma, lambda) = (("gamma", m.gamma), ("lambda", m.lambda));
    [
        Formula::of("bias", &risk.bias, [gamma, lambda, ("r2", m.r2)]),
        Formula::of("variance", &risk.variance, [gamma, lambda, ("sigma2", m.sigma2)]),
    ]
}

/// $R^* = \sigma^2 \gamma\, m(-\lambda^*)$.
fn least(m: &Tuned) -> Formula {
    let values = [("gamma", m.gamma), ("r2", m.r2), ("sigma2", m.sigma2)];
    Formula::of("least-risk", &stable(m.gamma, best(m)).least, values)
}

/// The tuned risk is below that without ridge, and below that of predicting 0, for every ratio and
/// every noise. $r = 1$, and $\lambda$ is the best one, $\sigma^2 \gamma$.
fn tuned_below_ridgeless() -> Derivation {
    let (g, sigma2, l, m) = vars!("gamma", "sigma2", "lambda", "m");
    let r2 = var("r2");
    let (linear, root) = linear_and_root();
    let positive = (&root - &linear) / (2 * &g * &l);
    let equation = &g * &l * m.pow(2) + &linear * &m - 1;
    let conjugate = 2 / (&root + &linear);
    let any = Domain::new().open(&g, 0, INF).open(&l, 0, INF);
    let tall = Domain::new().open(&g, 0, 1);
    let classically = tall.clone().open(&l, 0, INF);
    let best = &sigma2 * &g * positive.at(&l, &sigma2 * &g);
    let below = Domain::new().open(&g, 0, 1).open(&sigma2, 0, INF);
    let above = Domain::new().open(&g, 1, INF).open(&sigma2, 0, INF);
    let all = Domain::new().open(&g, 0, INF).open(&sigma2, 0, INF);
    let (signal, noise) = (any.clone().open(&r2, 0, INF), any.clone().open(&sigma2, 0, INF));
    let both = all.clone().open(&r2, 0, INF);
    let classical = &sigma2 * &g / (1 - &g);
    let interpolating = 1 - 1 / &g + &sigma2 / (&g - 1);
    Derivation::of("Tuned ridge is below no ridge and below no fit")
        .cited(
            "limit",
            "the risk of ridge tends to this expression, almost surely",
            Source { paper: PAPER, result: "Theorem 5 and Corollary 5", link: LINK },
        )
        .identity("root", equation.at(&m, &positive), 0, &any)
        .twin("other-sign", |s| s.right(equation.at(&m, (&root + &linear) / (2 * &g * &l))))
        .positive("is-positive", positive.clone(), &any)
        .twin("other-root", |s| s.of(-(&root + &linear) / (2 * &g * &l)))
        .identity("conjugate", positive.clone(), conjugate.clone(), &classically)
        .twin("no-two", |s| s.right(&conjugate / 2))
        .limit("ridgeless", conjugate.clone(), &l, Toward::Above(0.into()), 1 / (1 - &g), &tall)
        .twin("wide", |s| s.on(&Domain::new().open(&g, 1, INF)))
        .nonneg("classical", classical.clone() - &best, &below)
        .twin("one-percent-less", |s| s.of(classical * ratio(99, 100) - &best))
        .nonneg("interpolating", interpolating.clone() - &best, &above)
        .twin("one-percent-less", |s| s.of(interpolating * ratio(99, 100) - &best))
        .nonneg("null", 1 - &best, &all)
        .twin("nine-tenths", |s| s.of(ratio(9, 10) - &best))
        .identity("bias", -&r2 * l.pow(2) * positive.d(&l), RISK[0].bias.clone(), &signal)
        .twin("unsquared", |s| s.right(&r2 * &l * &positive))
        .identity(
            "variance",
            &sigma2 * &g * (&positive + &l * positive.d(&l)),
            RISK[0].variance.clone(),
            &noise,
        )
        .twin("one-resolvent", |s| s.right(&sigma2 * &g * &positive))
        .identity(
            "least-risk",
            (&RISK[1].bias + &RISK[1].variance).at(&l, &sigma2 * &g / &r2),
            RISK[0].least.clone(),
            &both,
        )
        .twin("no-gamma", |s| s.right(&RISK[0].least / &g))
}

fn risk() -> Claim {
    Claim::new(
        "risk",
        Limit {
            domain: any_ridge,
            theory: |m| parts(m).map(|formula| formula.value()),
            observable: Each(bias_and_variance),
            sizes: SIZES,
            correction: CORRECTION,
            resolution: Relative(0.003),
            known: vec![
                // By mpmath, as integrals over the Marchenko-Pastur law.
                (ridge(0.5, 0.1), [0.034_522_483_824_848_77, 0.569_044_967_649_697_5]),
                (ridge(2.0, 0.5), [0.553_169_531_295_416_2, 0.348_874_687_627_165_4]),
                (ridge(4.0, 2.0), [0.788_434_432_894_782_4, 0.109_271_795_844_942_43]),
                (ridge(1.0, 1.0), [0.447_213_595_499_957_94, 0.170_820_393_249_936_9]),
            ],
            mutants: [
                Mutant {
                    name: "one-resolvent",
                    why: "forgets that the noise, too, is shrunk: m for m - lambda m_1",
                    says: |m| [bias(m), m.sigma2 * m.gamma * resolvent(m.gamma, m.lambda)],
                },
                Mutant {
                    name: "bias-unsquared",
                    why: "takes the mean shrinkage of the signal for its mean square",
                    says: |m| [m.r2 * m.lambda * resolvent(m.gamma, m.lambda), variance(m)],
                },
                Mutant {
                    name: "companion",
                    why: "takes the resolvent of XX'/n for that of X'X/n",
                    says: |m| {
                        let inverse = Ridge { gamma: 1.0 / m.gamma, ..*m };
                        [bias(&inverse), variance(&inverse)]
                    },
                },
                Mutant {
                    name: "intercept",
                    why: "spends one of n = 150 observations on an intercept",
                    says: |m| {
                        let spent = 150.0 / 149.0;
                        let (gamma, lambda) = (m.gamma * spent, m.lambda * spent);
                        let other = Ridge { gamma, lambda, ..*m };
                        [bias(&other), variance(&other)]
                    },
                },
            ],
            curve: Curve {
                x: "gamma",
                grid: Grid::Linear { from: 0.1, to: 4.0, points: 40 },
                at: |gamma| ridge(gamma, 0.1),
            },
        },
        Tie::formula(parts),
    )
    .components(&["bias", "variance"])
}

fn least_risk() -> Claim {
    Claim::new(
        "least-risk",
        Limit {
            domain: tuned,
            theory: best_risk,
            observable: Each(tuned_risk),
            sizes: SIZES,
            correction: CORRECTION,
            resolution: Relative(0.003),
            known: vec![
                (tuned_at(0.5), 0.561_552_812_808_830_3),
                (tuned_at(1.0), 1.0),
                (tuned_at(2.0), std::f64::consts::SQRT_2),
            ],
            mutants: [
                Mutant {
                    name: "per-coefficient",
                    why: "tunes with lambda = sigma^2 / r^2",
                    says: |m| total(m, m.sigma2 / m.r2),
                },
                Mutant {
                    name: "signal-over-noise",
                    why: "tunes with the inverted signal-to-noise ratio",
                    says: |m| total(m, m.r2 * m.gamma / m.sigma2),
                },
                Mutant {
                    name: "no-gamma",
                    why: "forgets that there are gamma n coefficients",
                    says: |m| best_risk(m) / m.gamma,
                },
                Mutant {
                    name: "intercept",
                    why: "spends one of n = 50 observations on an intercept",
                    says: |m| best_risk(&Tuned { gamma: m.gamma * 50.0 / 49.0, ..*m }),
                },
                Mutant {
                    name: "degree-lost",
                    why: "divides the noise by n - 1 at n = 50, but tunes as before",
                    says: |m| best_risk(m) * 50.0 / 49.0,
                },
            ],
            curve: Curve {
                x: "gamma",
                grid: Grid::Linear { from: 0.1, to: 4.0, points: 40 },
                at: tuned_at,
            },
        },
        Tie::formula(least),
    )
}

fn optimum() -> Claim {
    Claim::new(
        "optimum",
        Property {
            domain: any_multiple,
            margin: |m| total(m, m.t * best(m)) / best_risk(m) - 1.0,
            known: vec![(tuned_at(2.0), 0.0)],
            mutants: [
                Mutant {
                    name: "per-coefficient",
                    why: "tunes with lambda = sigma^2 / r^2",
                    says: |m| {
                        let wrong = m.sigma2 / m.r2;
                        total(m, m.t * wrong) / total(m, wrong) - 1.0
                    },
                },
                Mutant {
                    name: "signal-over-noise",
                    why: "tunes with the inverted signal-to-noise ratio",
                    says: |m| {
                        let wrong = m.r2 * m.gamma / m.sigma2;
                        total(m, m.t * wrong) / total(m, wrong) - 1.0
                    },
                },
                Mutant {
                    name: "intercept",
                    why: "spends one of n = 50 observations on an intercept",
                    says: |m| {
                        let wrong = best(m) * 50.0 / 49.0;
                        total(m, m.t * wrong) / total(m, wrong) - 1.0
                    },
                },
            ],
            curve: Curve {
                x: "t",
                grid: Grid::Log { from: 0.02, to: 50.0, points: 41 },
                at: |t| Tuned { t, ..tuned_at(2.0) },
            },
        },
        Tie::none("a ratio of two risks, which the claims risk and least-risk tie"),
    )
}

fn below_ridgeless() -> Claim {
    Claim::new(
        "below-ridgeless",
        Property {
            domain: off_threshold,
            margin: |m| 1.0 - best_risk(m) / without_ridge(m),
            known: vec![
                (tuned_at(2.0), 1.0 - 0.5 * std::f64::consts::SQRT_2),
                (tuned_at(0.5), 0.438_447_187_191_169_73),
            ],
            mutants: [
                Mutant {
                    name: "per-coefficient",
                    why: "expects the same of lambda = sigma^2 / r^2",
                    says: |m| 1.0 - total(m, m.sigma2 / m.r2) / without_ridge(m),
                },
                Mutant {
                    name: "any-ridge",
                    why: "expects the same of lambda = 1",
                    says: |m| 1.0 - total(m, 1.0) / without_ridge(m),
                },
                Mutant {
                    name: "half",
                    why: "promises half the risk",
                    says: |m| 0.5 - best_risk(m) / without_ridge(m),
                },
            ],
            curve: Curve {
                x: "gamma",
                grid: Grid::Linear { from: 0.05, to: 3.95, points: 40 },
                at: tuned_at,
            },
        },
        Tie::none("one less a ratio of the tied least risk to the lesser of two others"),
    )
}

/// Sizes are multiples of 20, so that $p = \gamma n$ is whole at each; $\gamma = 1$ is no
/// exception.
pub(super) fn any_ridge(given: &mut Given) -> Ridge {
    Ridge {
        gamma: given.ratio("gamma", 5..=80, 20),
        lambda: given.scale("lambda", 0.1..=2.5),
        r2: given.scale("r2", 0.25..=4.0),
        sigma2: given.scale("sigma2", 0.25..=4.0),
    }
}

fn tuned(given: &mut Given) -> Tuned {
    Tuned {
        gamma: given.ratio("gamma", 5..=80, 20),
        r2: given.scale("r2", 0.5..=4.0),
        sigma2: given.scale("sigma2", 0.25..=2.0),
        t: 1.0,
    }
}

pub(super) fn any_multiple(given: &mut Given) -> Tuned {
    Tuned {
        gamma: given.scale("gamma", 0.1..=10.0),
        r2: given.scale("r2", 0.25..=4.0),
        sigma2: given.scale("sigma2", 0.25..=4.0),
        t: given.scale("t", 0.02..=50.0),
    }
}

/// $\gamma$ on either side of 1, where there is no risk without ridge.
fn off_threshold(given: &mut Given) -> Tuned {
    let distance = given.scale("distance", 0.01..=1.0);
    let side = given.choice("side", &[("over", 1.0), ("under", -1.0)]);
    Tuned {
        gamma: (2.0 * side * distance).exp(),
        r2: given.scale("r2", 0.1..=10.0),
        sigma2: given.scale("sigma2", 0.1..=10.0),
        t: 1.0,
    }
}

pub(super) fn ridge(gamma: f64, lambda: f64) -> Ridge {
    Ridge { gamma, lambda, r2: 1.0, sigma2: 1.0 }
}

fn tuned_at(gamma: f64) -> Tuned {
    Tuned { gamma, r2: 2.0, sigma2: 1.0, t: 1.0 }
}

/// $A = 1 - \gamma + \lambda$ and $\sqrt{A^2 + 4 \gamma \lambda}$.
fn discriminant(gamma: f64, lambda: f64) -> (f64, f64) {
    let a = 1.0 - gamma + lambda;
    (a, (a * a + 4.0 * gamma * lambda).sqrt())
}

/// $m(-\lambda) = \frac{2}{A + \sqrt{A^2 + 4\gamma\lambda}}$, or, where $A < 0$ and this cancels,
/// $\frac{\sqrt{A^2 + 4\gamma\lambda} - A}{2 \gamma\lambda}$.
fn resolvent(gamma: f64, lambda: f64) -> f64 {
    let (a, root) = discriminant(gamma, lambda);
    if a >= 0.0 { 2.0 / (a + root) } else { (root - a) / (2.0 * gamma * lambda) }
}

/// $m_1 = \frac{\gamma m^2 + m}{\sqrt{A^2 + 4\gamma\lambda}}$, by implicit differentiation.
fn slope(gamma: f64, lambda: f64) -> f64 {
    let m = resolvent(gamma, lambda);
    (gamma * m * m + m) / discriminant(gamma, lambda).1
}

/// $B = r^2 \lambda^2 m_1$.
fn bias(m: &Ridge) -> f64 {
    m.r2 * m.lambda * m.lambda * slope(m.gamma, m.lambda)
}

/// $V = \sigma^2 \gamma (m - \lambda m_1)$.
fn variance(m: &Ridge) -> f64 {
    let shrunk = resolvent(m.gamma, m.lambda) - m.lambda * slope(m.gamma, m.lambda);
    m.sigma2 * m.gamma * shrunk
}

/// $B + V$ at a ridge.
fn total(m: &Tuned, lambda: f64) -> f64 {
    let at = Ridge { gamma: m.gamma, lambda, r2: m.r2, sigma2: m.sigma2 };
    bias(&at) + variance(&at)
}

/// $\lambda^* = \frac{\sigma^2 \gamma}{r^2}$.
pub(super) fn best(m: &Tuned) -> f64 {
    m.sigma2 * m.gamma / m.r2
}

/// $R^* = \sigma^2 \gamma\, m(-\lambda^*)$.
fn best_risk(m: &Tuned) -> f64 {
    least(m).value()
}

/// The lesser of the risk of predicting 0, $r^2$, and of that of the minimum-norm estimator:
/// $\frac{\sigma^2 \gamma}{1-\gamma}$ for $\gamma < 1$, else
/// $r^2 \bigl(1 - \frac1\gamma\bigr) + \frac{\sigma^2}{\gamma - 1}$.
fn without_ridge(m: &Tuned) -> f64 {
    let Tuned { gamma, r2, sigma2, .. } = *m;
    let ridgeless = if gamma < 1.0 {
        sigma2 * gamma / (1.0 - gamma)
    } else {
        r2 * (1.0 - 1.0 / gamma) + sigma2 / (gamma - 1.0)
    };
    r2.min(ridgeless)
}

/// $\frac{r^2 \lambda^2}{p} \operatorname{tr} G^2$ and
/// $\frac{\sigma^2}{n} \operatorname{tr} (G - \lambda G^2)$, $G = (\hat\Sigma + \lambda I)^{-1}$:
/// the bias averaged over the direction of $\beta$, which a Gaussian $X$ makes uniform.
/// $O(n)$ instead of $O(n^3)$.
fn bias_and_variance(m: Ridge, n: usize) -> Sampler<[f64; 2]> {
    let p = columns(m.gamma, n);
    let (rows, features) = (n as f64, p as f64);
    let unseen = features - features.min(rows);
    let Ridge { lambda, r2, sigma2, .. } = m;
    Sampler::new(move |rng| {
        let (first, second) = trace_resolvent(rng, n, p, rows * lambda);
        let first = rows * first + unseen / lambda;
        let second = rows * rows * second + unseen / (lambda * lambda);
        let seen = lambda * lambda * second;
        [r2 * seen / features, sigma2 * (first - lambda * second) / rows]
    })
}

/// The excess risk of the ridge that is best for this $n$ and $p$.
fn tuned_risk(m: Tuned, n: usize) -> Sampler {
    let lambda = m.sigma2 * columns(m.gamma, n) as f64 / (n as f64 * m.r2);
    let at = Ridge { gamma: m.gamma, lambda, r2: m.r2, sigma2: m.sigma2 };
    let mut both = bias_and_variance(at, n);
    Sampler::new(move |rng| both.draw(rng).iter().sum())
}
