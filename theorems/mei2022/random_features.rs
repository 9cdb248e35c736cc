//! The risk of regression on random features: the double descent curve of a nonlinear model.
//!
//! A network of two layers of which only the second is trained. Its risk is known in the limit of
//! many features, points and dimensions for every ratio of these, every ridge and nearly every
//! activation: the first model with the whole curve whose features are not linear.

use super::{LINK, PAPER};
use std::f64::consts::PI;
use std::sync::LazyLock;
use theoremcheck::models::random_features::{LeakyRectifier, RandomFeatures};
use theoremcheck::prelude::*;
use theoremcheck::special::root;

/// $\psi_1 = \lim N/d$, $\psi_2 = \lim n/d$, the ridge, and $\sigma(t) = \max(t, 0) + s \min(t, 0)$
/// with $s$ the slope.
#[derive(Clone, Copy, Debug)]
struct Model {
    psi1: f64,
    psi2: f64,
    lambda: f64,
    slope: f64,
}

/// No ridge; any activation, through $\zeta^2$.
#[derive(Clone, Copy, Debug)]
struct Ridgeless {
    psi1: f64,
    psi2: f64,
    zeta2: f64,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "mei2022.random-features",
        alias: "mm.rf-risk",
        title: "The risk of random features regression",
        source: Source {
            paper: PAPER,
            result: "Definition 1, Theorem 2, and Theorem 3 for the limit without ridge (numbers \
                     unverified)",
            link: LINK,
        },
        statement: r"Let $x_1, \dots, x_n$ and $\theta_1, \dots, \theta_N$ be independent and
            uniform on the sphere of radius $\sqrt d$ in $R^d$, $\phi(x) \in R^N$ with
            $\phi_j(x) = \sigma(\langle \theta_j, x \rangle / \sqrt d)$, and
            $y_i = F_1 \langle \beta, x_i \rangle + f(x_i) + \epsilon_i$ with $\|\beta\| = 1$, a
            centred Gaussian process $f$, isotropic, without constant and linear part, of variance
            $F_*^2$, and independent noise of variance $\tau^2$. Let $\hat a$ minimise
            $\frac1n \sum_i (y_i - \langle a, \phi(x_i) \rangle)^2 + \frac{N \lambda}{d} \|a\|^2$.
            For a standard normal $G$ let $\mu_0 = E \sigma(G)$, $\mu_1 = E[G \sigma(G)]$,
            $\mu_*^2 = E \sigma(G)^2 - \mu_0^2 - \mu_1^2$, all of them not 0,
            $\zeta = \mu_1 / \mu_*$ and $u^2 = \psi_1 \psi_2 \lambda / \mu_*^2$. As
            $N/d \to \psi_1$, $n/d \to \psi_2$ and $d \to \infty$, for every $\lambda > 0$ the risk
            $E_x[(F_1 \langle \beta, x \rangle + f(x) - \langle \hat a, \phi(x) \rangle)^2]$ tends
            in mean to $F_1^2 B + (\tau^2 + F_*^2) V + F_*^2$. Here $q > 0$ is the one root of
            $(\psi_1 - s)(\psi_2 - s) = u^2 q$ with
            $s = q + \frac{\zeta^2 q}{1 + \zeta^2 q} < \min(\psi_1, \psi_2)$, and with
            $\alpha = \psi_1 - s$, $\beta = \psi_2 - s$, $w = 1 + \zeta^2 q$,
            $D = \alpha\beta w^2 + (\alpha + \beta) q (w^2 + \zeta^2)$ these are
            $B = \frac{(\beta w + q (w + \zeta^2)) (\alpha w + q (w^2 + \zeta^2))}{w^2 D}$ and
            $V = \frac{q^2 (\alpha \zeta^4 w + w^3 + \zeta^2 w (w + 1) + \zeta^4)}{w D}$, the
            published $\mathcal B = E_1 / E_0$ and $\mathcal V = E_2 / E_0$ in a form in which
            nothing cancels. As $\lambda \to 0$ they tend, for $\psi_1 \ne \psi_2$, to their values
            at $s = \min(\psi_1, \psi_2)$; for $\psi_1 < \psi_2$ the latter is
            $\frac{\psi_1}{\psi_2 - \psi_1}$. Checked for leaky rectifiers $\sigma$, on average over
            points, directions, noise, the direction of $\beta$, and $f$ of degree two.",
        claims: vec![risk(), ridgeless()],
        derivation: one_equation,
    }
}

/// Bias and variance as expressions in $\alpha$, $\beta$, $q$ and $\zeta^2$.
struct Risk {
    bias: Expr,
    variance: Expr,
}

/// $s = q + \frac{\zeta^2 q}{1 + \zeta^2 q}$.
static LEVEL: LazyLock<Expr> = LazyLock::new(|| {
    let (q, z) = vars!("q", "zeta2");
    &q + &z * &q / (1 + &z * &q)
});

static RISK: LazyLock<Risk> = LazyLock::new(|| {
    let (a, b, q, z) = vars!("alpha", "beta", "q", "zeta2");
    let w = 1 + &z * &q;
    let wide = &q * (w.pow(2) + &z);
    let below = &a * &b * w.pow(2) + (&a + &b) * &wide;
    let seen = (&b * &w + &q * (&w + &z)) * (&a * &w + &wide);
    let noise = &a * z.pow(2) * &w + w.pow(3) + &z * &w * (&w + 1) + z.pow(2);
    Risk { bias: seen / (w.pow(2) * &below), variance: q.pow(2) * noise / (w * below) }
});

/// What is evaluated: [`RISK`] at $\alpha = \psi_1 - s$, $\beta = \psi_2 - s$; the last one is
/// $1 + V$.
static AT_RATIOS: LazyLock<[Expr; 3]> = LazyLock::new(|| {
    let [a, b] = gaps();
    let at = |e: &Expr| e.at(&var("alpha"), &a).at(&var("beta"), &b);
    [at(&RISK.bias), at(&RISK.variance), 1 + at(&RISK.variance)]
});

/// $(s(m) - s(q))(s(m) + \delta - s(q)) - u^2 q$: the equation for the root where the lesser of
/// $\psi_1$ and $\psi_2$ is $s(m)$ and the other $\delta$ more.
static EQUATION: LazyLock<Expr> = LazyLock::new(|| {
    let full = LEVEL.at(&var("q"), var("m"));
    (&full - &*LEVEL) * (&full + var("delta") - &*LEVEL) - var("u2") * var("q")
});

/// $\psi_1 - s$ and $\psi_2 - s$.
fn gaps() -> [Expr; 2] {
    [var("psi1") - &*LEVEL, var("psi2") - &*LEVEL]
}

/// $B$, $V$, $1 + V$.
fn parts(m: &Model) -> [Formula; 3] {
    let (zeta2, u2) = (zeta2(m.slope), scaled_ridge(m));
    let q = overlap(m.psi1, m.psi2, zeta2, u2);
    let full = full_overlap(m.psi1.min(m.psi2), zeta2);
    let values = [
        ("psi1", m.psi1),
        ("psi2", m.psi2),
        ("zeta2", zeta2),
        ("u2", u2),
        ("q", q),
        ("m", full),
        ("delta", (m.psi1 - m.psi2).abs()),
    ];
    let steps = ["bias", "variance", "process"];
    std::array::from_fn(|k| {
        let formula = Formula::of(steps[k], &AT_RATIOS[k], values);
        formula.root(&var("q"), &EQUATION, "one-root")
    })
}

/// The published polynomials in $\chi = -q$: $E_0$, $E_1$, $E_2$.
fn published() -> [Expr; 3] {
    let (q, z, a, b) = vars!("q", "zeta2", "psi1", "psi2");
    let chi = -q;
    let c = |k: i32| chi.pow(k);
    let (z2, z3) = (z.pow(2), z.pow(3));
    let both = &a * &b;
    let e0 = -c(5) * &z3 + 3 * c(4) * &z2 + (&both - &b - &a + 1) * c(3) * &z3
        - 2 * c(3) * &z2
        - 3 * c(3) * &z
        + (&a + &b - 3 * &both + 1) * c(2) * &z2
        + 2 * c(2) * &z
        + c(2)
        + 3 * &both * &chi * &z
        - &both;
    let e1 = &b * c(3) * &z2 - &b * c(2) * &z + &both * &chi * &z - &both;
    let e2 = c(5) * &z3 - 3 * c(4) * &z2
        + (&a - 1) * c(3) * &z3
        + 2 * c(3) * &z2
        + 3 * c(3) * &z
        + (-a - 1) * c(2) * &z2
        - 2 * c(2) * &z
        - c(2);
    [e0, e1, e2]
}

/// The system of Definition 1 is one equation with one root, the published ratios are the positive
/// forms, and what they are without ridge. $\nu_1 = i x_1$, $\nu_2 = i x_2$, $\xi = i u$.
fn one_equation() -> Derivation {
    let (psi1, psi2, q, z) = vars!("psi1", "psi2", "q", "zeta2");
    let (x1, x2, u, u2) = vars!("x1", "x2", "u", "u2");
    let (m, delta) = vars!("m", "delta");
    let level = &*LEVEL;
    let [e0, e1, e2] = published();
    let inside = Domain::new().open(&q, 0, INF).open(&z, 0, INF);
    let ratios = inside.open(&psi1, level, INF).open(&psi2, level, INF);
    let roots = Domain::new().open(&m, 0, INF).open(&z, 0, INF).half_open(&delta, 0, INF);
    let roots = roots.open(&u2, 0, INF);
    let (roots, beyond) = (roots.clone().open(&q, 0, &m), roots.open(&q, 0, INF));
    let positive = Domain::new().open(&x1, 0, INF).open(&x2, 0, INF).open(&u, 0, INF);
    let positive = positive.open(&z, 0, INF);
    let at_roots = level.at(&q, &x1 * &x2);
    let half = |own: &Expr, other: &Expr| {
        let inner = &u + other + &z * other / (1 + &z * &x1 * &x2);
        (&u * own + &at_roots) / inner
    };
    let solved = |e: &Expr| {
        let e = e.at(&q, &x1 * &x2);
        e.at(&psi1, &u * &x1 + &at_roots).at(&psi2, &u * &x2 + &at_roots)
    };
    let [a, b] = gaps();
    let swapped = AT_RATIOS[0].at(&psi1, &m).at(&psi2, &psi1).at(&m, &psi2);
    let steps = Derivation::of("One equation for the risk of random features")
        .cited(
            "limit",
            "the risk tends to the published ratios at the solution of the system",
            Source { paper: PAPER, result: "Definition 1 and Theorem 2", link: LINK },
        )
        .identity("first-equation", half(&x1, &x2), x1.clone(), &positive)
        .twin("no-ridge", |s| s.right(half(&x1, &x2) - &u))
        .identity("second-equation", half(&x2, &x1), x2.clone(), &positive)
        .twin("other-root", |s| s.right(x1.clone()))
        .identity("one-equation", solved(&(&a * &b)), u.pow(2) * &x1 * &x2, &positive)
        .twin("unsquared", |s| s.right(&u * &x1 * &x2))
        .unique_root("one-root", EQUATION.clone(), &q, &roots)
        .twin("beyond", |s| s.on(&beyond))
        .identity("bias", &e1 / &e0, AT_RATIOS[0].clone(), &ratios)
        .twin("swapped", |s| s.right(swapped.clone()))
        .identity("variance", &e2 / &e0, AT_RATIOS[1].clone(), &ratios)
        .twin("no-quadratic-term", |s| s.right(AT_RATIOS[1].at(&z, 0)))
        .identity("process", 1 + &e2 / &e0, AT_RATIOS[2].clone(), &ratios)
        .twin("no-test-point", |s| s.right(AT_RATIOS[1].clone()));
    without_ridge(steps)
}

/// Values at $\alpha = 0$ (fewer features than points) and at $\beta = 0$, and $\mu_*^2$ of leaky
/// rectifiers.
fn without_ridge(steps: Derivation) -> Derivation {
    let (a, b, q, z) = vars!("alpha", "beta", "q", "zeta2");
    let (psi, c, slope) = vars!("psi", "c", "slope");
    let level = &*LEVEL;
    let inside = Domain::new().open(&q, 0, INF).open(&z, 0, INF);
    let (under, over) = (inside.clone().open(&b, 0, INF), inside.clone().open(&a, 0, INF));
    let [under_bias, over_bias, over_variance] = &*RIDGELESS;
    let any = Domain::new().open(&psi, 0, INF).open(&z, 0, INF);
    let linear = &psi * &z - &z - 1;
    let closed = ((linear.pow(2) + 4 * &z * &psi).sqrt() + &linear) / (2 * &z);
    let arc = (1 - c.pow(2)).sqrt() + &c * (pi() / 2 - c.acos());
    let pairs = Domain::new().open(&c, -1, 1);
    let (odd, even) = ((1 + &slope) / 2, (1 - &slope) / 2);
    let rest = (1 + slope.pow(2)) / 2 - 2 * even.pow(2) / pi() - odd.pow(2);
    let slopes = Domain::new().open(&slope, -1, 1);
    steps
        .positive("level", level.d(&q), &inside)
        .twin("other-sign", |s| s.of((&q - &z * &q / (1 + &z * &q)).d(&q)))
        .identity("closed-level", level.at(&q, &closed), psi.clone(), &any)
        .twin("other-root", |s| {
            let other = ((linear.pow(2) + 4 * &z * &psi).sqrt() - &linear) / (2 * &z);
            s.right(level.at(&q, other))
        })
        .identity("fewer-features-bias", RISK.bias.at(&a, 0), under_bias.clone(), &under)
        .twin("fewer-points", |s| s.right(over_bias.at(&a, &b)))
        .identity("fewer-features-variance", RISK.variance.at(&a, 0), level / &b, &under)
        .twin("linear-model", |s| s.right(&q / &b))
        .identity("fewer-points-bias", RISK.bias.at(&b, 0), over_bias.clone(), &over)
        .twin("fewer-features", |s| s.right(under_bias.at(&b, &a)))
        .identity("fewer-points-variance", RISK.variance.at(&b, 0), over_variance.clone(), &over)
        .twin("linear-model", |s| s.right(level / &a))
        .identity("arc-cosine", arc.d(&c), pi() / 2 - c.acos(), &pairs)
        .twin("arc-cosine-itself", |s| s.right(c.acos()))
        .identity("mu-star", rest.clone(), even.pow(2) * (1 - 2 / pi()), &slopes)
        .twin("mean-kept", |s| s.right(even.pow(2)))
}

/// Bias at $\alpha = 0$; bias and variance at $\beta = 0$.
static RIDGELESS: LazyLock<[Expr; 3]> = LazyLock::new(|| {
    let (a, b, q, z) = vars!("alpha", "beta", "q", "zeta2");
    let w = 1 + &z * &q;
    let both = w.pow(2) + &z;
    let noise = &a * z.pow(2) * &w + w.pow(3) + &z * &w * (&w + 1) + z.pow(2);
    [
        (&b * &w + &q * (&w + &z)) / (&b * w.pow(2)),
        (&w + &z) * (&a * &w + &q * &both) / (&a * w.pow(2) * &both),
        q * noise / (a * w * both),
    ]
});

/// $V$ without ridge for more features than points, in $\alpha = \psi_1 - \psi_2$, $q$ and
/// $\zeta^2$.
pub(crate) fn variance_beyond() -> Expr {
    RIDGELESS[2].clone()
}

/// What is evaluated without ridge: [`RIDGELESS`] and $s$ over the other gap.
static RIDGELESS_AT: LazyLock<[Expr; 4]> = LazyLock::new(|| {
    let (a, b) = vars!("alpha", "beta");
    let gap = var("psi2") - var("psi1");
    let [under_bias, over_bias, over_variance] = &*RIDGELESS;
    let under = |e: &Expr| e.at(&b, &gap);
    let over = |e: &Expr| e.at(&a, -&gap);
    [under(under_bias), &*LEVEL / &gap, over(over_bias), over(over_variance)]
});

/// $B$ and $V$ without ridge.
fn ridgeless_parts(m: &Ridgeless) -> [Formula; 2] {
    let fewer = m.psi1 < m.psi2;
    let gap = var("psi2") - var("psi1");
    let q = full_overlap(m.psi1.min(m.psi2), m.zeta2);
    let values = [("psi1", m.psi1), ("psi2", m.psi2), ("zeta2", m.zeta2), ("q", q)];
    let (steps, first, symbol, gap, least) = if fewer {
        (["fewer-features-bias", "fewer-features-variance"], 0, "beta", gap, "psi1")
    } else {
        (["fewer-points-bias", "fewer-points-variance"], 2, "alpha", -gap, "psi2")
    };
    let equation = &*LEVEL - var(least);
    std::array::from_fn(|k| {
        Formula::of(steps[k], &RIDGELESS_AT[first + k], values).instance(symbol, gap.clone()).root(
            &var("q"),
            &equation,
            "level",
        )
    })
}

fn risk() -> Claim {
    Claim::new(
        "risk",
        Limit {
            domain: model,
            theory: |m| parts(m).map(|formula| formula.value()),
            observable: Each(bias_variance_and_process),
            sizes: &[4, 8, 16, 32],
            // Measured at d = 4, .., 32 the mean is off by c/d, with what is left of it falling at
            // least like d^{-3/2}: no proof of whole powers is known for these features.
            correction: Correction::INVERSE_N.then(1.5),
            resolution: Relative(0.03),
            known: vec![
                // By mpmath, from the published polynomials.
                (
                    rectifier(1.5, 2.0, 0.1),
                    with_process(0.519_283_435_418_318_42, 0.266_884_783_770_554_12),
                ),
                (
                    rectifier(3.0, 2.0, 0.02),
                    with_process(0.322_058_336_003_709_52, 0.667_701_569_496_428_60),
                ),
                (
                    rectifier(0.5, 3.0, 0.01),
                    with_process(0.803_072_251_167_579_1, 0.189_509_636_962_931_13),
                ),
            ],
            mutants: mistakes(),
            curve: Curve {
                x: "psi1",
                grid: Grid::Linear { from: 0.25, to: 7.0, points: 28 },
                at: |psi1| rectifier(psi1, 3.0, 0.02),
            },
        },
        Tie::formula(parts),
    )
    .components(&["bias", "variance", "part of the process"])
    // Measured at these sizes: a draw has a term in the cube, and the entries in the square.
    .price(2.0)
    .dear()
}

fn mistakes() -> [Mutant<fn(&Model) -> [f64; 3]>; 6] {
    [
        Mutant {
            name: "ridge-unscaled",
            why: "forgets that the ridge counts in units of mu_*^2",
            says: |m| at(m, zeta2(m.slope), m.psi1 * m.psi2 * m.lambda),
        },
        Mutant {
            name: "ridge-per-feature",
            why: "forgets the factor N/d of the ridge",
            says: |m| at(m, zeta2(m.slope), scaled_ridge(m) / m.psi1),
        },
        Mutant {
            name: "swapped",
            why: "reads psi_1 as the number of points",
            says: |m| {
                let other = Model { psi1: m.psi2, psi2: m.psi1, ..*m };
                at(&other, zeta2(m.slope), scaled_ridge(m))
            },
        },
        Mutant {
            name: "squared-twice",
            why: "takes zeta^2 for zeta",
            says: |m| at(m, zeta2(m.slope).powi(2), scaled_ridge(m)),
        },
        Mutant {
            name: "no-test-point",
            why: "forgets that the process at the new point is unknown",
            says: |m| {
                let [bias, variance, _] = at(m, zeta2(m.slope), scaled_ridge(m));
                [bias, variance, variance]
            },
        },
        Mutant {
            name: "held-out",
            why: "keeps one of 20 points for validation",
            says: |m| {
                let fewer = Model { psi2: 0.95 * m.psi2, ..*m };
                at(&fewer, zeta2(m.slope), scaled_ridge(&fewer))
            },
        },
    ]
}

fn ridgeless() -> Claim {
    Claim::new(
        "ridgeless",
        Limit {
            domain: off_threshold,
            theory: |m| ridgeless_parts(m).map(|formula| formula.value()),
            observable: Each(small_ridge),
            sizes: &[100_000, 200_000, 400_000, 800_000],
            // Away from the threshold the root is an analytic function of the ridge: after the term
            // in it comes its square.
            correction: Correction::INVERSE_N.then(2.0),
            resolution: Relative(0.003),
            known: vec![
                // By mpmath, from the published polynomials.
                (at_rectifier(2.0, 1.0), [0.736_488_124_082_165_89, 1.438_450_621_348_934_4]),
                (at_rectifier(0.5, 3.0), [0.809_973_864_917_330_39, 0.2]),
            ],
            mutants: [
                Mutant {
                    name: "linear-model",
                    why: "takes the variance of linear features also beyond the threshold",
                    says: |m| {
                        let ratio = m.psi1.min(m.psi2) / (m.psi2 - m.psi1).abs();
                        [without(m)[0], ratio]
                    },
                },
                Mutant {
                    name: "squared-twice",
                    why: "takes zeta^2 for zeta",
                    says: |m| without(&Ridgeless { zeta2: m.zeta2 * m.zeta2, ..*m }),
                },
                Mutant {
                    name: "swapped",
                    why: "reads psi_1 as the number of points",
                    says: |m| without(&Ridgeless { psi1: m.psi2, psi2: m.psi1, ..*m }),
                },
                Mutant {
                    name: "held-out",
                    why: "keeps one of 200 points for validation",
                    says: |m| without(&Ridgeless { psi2: 0.995 * m.psi2, ..*m }),
                },
            ],
            curve: Curve {
                x: "psi1",
                // Not at the threshold, 3.
                grid: Grid::Linear { from: 0.1, to: 8.2, points: 41 },
                at: |psi1| at_rectifier(psi1, 3.0),
            },
        },
        Tie::formula(ridgeless_parts),
    )
    .components(&["bias", "variance"])
}

/// Sizes are multiples of four, so that $N$ and $n$ are whole at each. The ranges are narrower than
/// the theorem's for the cost of a check alone.
fn model(given: &mut Given) -> Model {
    Model {
        psi1: given.ratio("psi1", 3..=12, 4),
        psi2: given.ratio("psi2", 3..=12, 4),
        lambda: given.scale("lambda", 0.02..=0.2),
        slope: given.real("slope", -0.5..=0.5),
    }
}

/// $\psi_1 \ne \psi_2$: at the threshold there is no limit.
fn off_threshold(given: &mut Given) -> Ridgeless {
    let psi2 = given.scale("psi2", 0.25..=4.0);
    let distance = given.scale("distance", 0.1..=1.5);
    let side = given.choice("side", &[("over", 1.0), ("under", -1.0)]);
    let zeta2 = given.scale("zeta2", 0.1..=10.0);
    Ridgeless { psi1: psi2 * f64::exp(side * distance), psi2, zeta2 }
}

fn rectifier(psi1: f64, psi2: f64, lambda: f64) -> Model {
    Model { psi1, psi2, lambda, slope: 0.0 }
}

fn at_rectifier(psi1: f64, psi2: f64) -> Ridgeless {
    Ridgeless { psi1, psi2, zeta2: zeta2(0.0) }
}

fn with_process(bias: f64, variance: f64) -> [f64; 3] {
    [bias, variance, 1.0 + variance]
}

/// $\zeta^2$ of the leaky rectifier.
pub(crate) fn zeta2(slope: f64) -> f64 {
    ((1.0 + slope) / (1.0 - slope)).powi(2) * PI / (PI - 2.0)
}

/// $u^2 = \psi_1 \psi_2 \lambda / \mu_*^2$, $\mu_*^2 = (1-s)^2 \frac{\pi - 2}{4 \pi}$.
fn scaled_ridge(m: &Model) -> f64 {
    let rest = (1.0 - m.slope).powi(2) * (PI - 2.0) / (4.0 * PI);
    m.psi1 * m.psi2 * m.lambda / rest
}

/// $s$.
fn level(q: f64, zeta2: f64) -> f64 {
    q + zeta2 * q / (1.0 + zeta2 * q)
}

/// The $q$ with $s = \psi$: $\frac{2 \psi}{R - A}$ with $A = \psi\zeta^2 - \zeta^2 - 1$ and
/// $R = \sqrt{A^2 + 4 \zeta^2 \psi}$, or, where $A > 0$ and this cancels,
/// $\frac{R + A}{2 \zeta^2}$.
pub(crate) fn full_overlap(psi: f64, zeta2: f64) -> f64 {
    let linear = psi * zeta2 - zeta2 - 1.0;
    let root = (linear * linear + 4.0 * zeta2 * psi).sqrt();
    if linear > 0.0 { (root + linear) / (2.0 * zeta2) } else { 2.0 * psi / (root - linear) }
}

/// The root $q$ of $(\psi_1 - s)(\psi_2 - s) = u^2 q$ with $s < \min(\psi_1, \psi_2)$.
fn overlap(psi1: f64, psi2: f64, zeta2: f64, u2: f64) -> f64 {
    let equation = |q: f64| (psi1 - level(q, zeta2)) * (psi2 - level(q, zeta2)) - u2 * q;
    root(equation, 0.0, full_overlap(psi1.min(psi2), zeta2)).unwrap_or(f64::NAN)
}

/// $B$, $V$ and $1 + V$ at any $\zeta^2$ and $u^2$, for the mistakes.
fn at(m: &Model, zeta2: f64, u2: f64) -> [f64; 3] {
    let [bias, variance] = published_ratios(m.psi1, m.psi2, zeta2, u2);
    with_process(bias, variance)
}

/// $E_1/E_0$ and $E_2/E_0$ as published.
fn published_ratios(psi1: f64, psi2: f64, zeta2: f64, u2: f64) -> [f64; 2] {
    let chi = -overlap(psi1, psi2, zeta2, u2);
    let (c2, c3) = (chi * chi, chi.powi(3));
    let (z, z2, z3) = (zeta2, zeta2.powi(2), zeta2.powi(3));
    let both = psi1 * psi2;
    let shared = 3.0 * chi.powi(4) * z2 - 2.0 * c3 * z2 - 3.0 * c3 * z + 2.0 * c2 * z + c2
        - chi.powi(5) * z3;
    let e0 = shared
        + (both - psi2 - psi1 + 1.0) * c3 * z3
        + (psi1 + psi2 - 3.0 * both + 1.0) * c2 * z2
        + 3.0 * both * chi * z
        - both;
    let e1 = psi2 * c3 * z2 - psi2 * c2 * z + both * chi * z - both;
    let e2 = (psi1 - 1.0) * c3 * z3 - (psi1 + 1.0) * c2 * z2 - shared;
    [e1 / e0, e2 / e0]
}

/// $B$ and $V$ without ridge.
fn without(m: &Ridgeless) -> [f64; 2] {
    ridgeless_parts(m).map(|formula| formula.value())
}

/// The parts of the risk given points and directions, for $\tau = F_1 = F_* = 1$, where $f$ is made
/// of spherical harmonics of degree two. With a ridge they are bounded.
fn bias_variance_and_process(m: Model, d: usize) -> Sampler<[f64; 3]> {
    let size = |psi: f64| (psi * d as f64).round() as usize;
    let (features, points) = (size(m.psi1), size(m.psi2));
    let rho = (points * features) as f64 * m.lambda / d as f64;
    let activation = LeakyRectifier { slope: m.slope };
    let mut regression = RandomFeatures::new(d, features, points, activation);
    Sampler::new(move |rng| match regression.draw(rng, rho) {
        Ok(found) => [found.bias, found.variance, found.quadratic],
        Err(_) => [f64::NAN; 3], // impossible with a ridge; the harness would report it
    })
    .tail_index(f64::INFINITY)
}

/// The published ratios at $\lambda / \mu_*^2 = 1 / \text{size}$.
fn small_ridge(m: Ridgeless, size: usize) -> Sampler<[f64; 2]> {
    let u2 = m.psi1 * m.psi2 / size as f64;
    Sampler::exact(published_ratios(m.psi1, m.psi2, m.zeta2, u2))
}
