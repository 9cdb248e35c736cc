//! Stieltjes transforms of sample covariance matrices.
//!
//! Nearly every formula for linear models with as many parameters as observations is a function of
//! one number: the trace of a resolvent. It is the root of a quadratic for white features, and of
//! Silverstein's equation for any others.

use super::{LINK, PAPER};
use std::sync::LazyLock;
use theoremcheck::linalg::small::{cholesky_in_place, gram_lower, inverse_trace};
use theoremcheck::models::resolvent::trace_resolvent_at;
use theoremcheck::models::wishart::{Bidiagonal, trace_resolvent};
use theoremcheck::prelude::*;
use theoremcheck::special::{integrate, root};

/// $z = -\lambda$.
#[derive(Clone, Copy, Debug)]
struct Ridge {
    gamma: f64,
    lambda: f64,
}

/// $z = x + i y$, above the real axis.
#[derive(Clone, Copy, Debug)]
struct Above {
    gamma: f64,
    x: f64,
    y: f64,
}

/// $\Sigma$ has $\gamma_1 n$ eigenvalues 1 and $\gamma_2 n$ eigenvalues $t$: two atoms, one of
/// them at 1 without loss of generality.
#[derive(Clone, Copy, Debug)]
struct TwoAtoms {
    gamma1: f64,
    gamma2: f64,
    t: f64,
    lambda: f64,
}

/// The mean of a smooth function of the spectrum has, for Gaussian matrices, an expansion in whole
/// powers of $1/n$: the term after $1/n$ is its square.
const CORRECTION: Correction = Correction::INVERSE_N.then(2.0);

const SIZES: &[usize] = &[100, 200, 400, 800];

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "marchenko1967.stieltjes",
        alias: "mp.stieltjes-silverstein",
        title: "Stieltjes transforms of sample covariance matrices",
        source: Source {
            paper: PAPER,
            result: "the limiting law and its transform; equation (1.4) of Silverstein and Choi \
                     (1995) for any covariance",
            link: LINK,
        },
        statement: r"Let $X = Z \Sigma^{1/2}$ with an $n \times p$ matrix $Z$ of independent entries
            with mean 0 and variance 1, $\hat\Sigma = X^\top X / n$, and let $n, p \to \infty$ with
            $p/n \to \gamma \in (0, \infty)$. If $\Sigma = I$, then for every $z$ with
            $\operatorname{Im} z > 0$ and for every $z = -\lambda < 0$ almost surely
            $\frac1p \operatorname{tr} (\hat\Sigma - z I)^{-1} \to m(z)
            = \int \frac{dF_\gamma(s)}{s - z}$, where $F_\gamma$ is the Marchenko-Pastur law. $m$ is
            the root of $\gamma z m^2 + (z - 1 + \gamma) m + 1 = 0$ that is positive for $z < 0$
            and has $\operatorname{Im} m > 0$ for $\operatorname{Im} z > 0$. If the spectrum of
            $\Sigma$ tends to a law $H$ on a compact interval of $[0, \infty)$, then almost surely
            $\frac1n \operatorname{tr} (\frac1n X X^\top + \lambda I)^{-1} \to v$, the one positive
            root of $\lambda = \frac1v - \gamma \int \frac{t}{1 + t v} dH(t)$. For $H = \delta_1$,
            $v = \gamma m(-\lambda) + \frac{1 - \gamma}{\lambda}$. Checked for Gaussian entries, on
            average over $X$.",
        claims: vec![real_axis(), upper_half_plane(), two_atoms(), companion(), integral()],
        derivation: quadratic,
    }
}

/// Functions of $m(-\lambda)$ as expressions in $\gamma$ and $\lambda$.
struct Transform {
    m: Expr,
    slope: Expr,
    companion: Expr,
}

/// [`Transform`] with $m = \frac{2}{A + R}$, and with $m = \frac{R - A}{2 \gamma\lambda}$ where
/// $A < 0$ and the former cancels; $A = 1 - \gamma + \lambda$, $R = \sqrt{A^2 + 4\gamma\lambda}$,
/// and the slope is $\frac{\gamma m^2 + m}{R}$.
static TRANSFORM: LazyLock<[Transform; 2]> = LazyLock::new(|| {
    let (g, l) = vars!("gamma", "lambda");
    let linear = 1 - &g + &l;
    let root = (linear.pow(2) + 4 * &g * &l).sqrt();
    [2 / (&linear + &root), (&root - &linear) / (2 * &g * &l)].map(|m| Transform {
        slope: (&g * m.pow(2) + &m) / &root,
        companion: &g * &m + (1 - &g) / &l,
        m,
    })
});

/// Which form of $m$ does not cancel.
fn stable(r: &Ridge) -> &'static Transform {
    &TRANSFORM[usize::from(1.0 - r.gamma + r.lambda < 0.0)]
}

/// An expression at a ridge.
fn ridged(step: &'static str, of: &Expr, r: &Ridge) -> Formula {
    Formula::of(step, of, [("gamma", r.gamma), ("lambda", r.lambda)])
}

/// $m$ and $m_1$.
fn transform_and_slope(r: &Ridge) -> [Formula; 2] {
    [ridged("transform", &stable(r).m, r), ridged("slope", &stable(r).slope, r)]
}

/// $1 - \lambda v - \gamma_1 \frac{v}{1 + v} - \gamma_2 \frac{t v}{1 + t v}$.
static TWO_ATOMS: LazyLock<Expr> = LazyLock::new(|| {
    let (g1, g2, t, l, v) = vars!("gamma1", "gamma2", "t", "lambda", "v");
    1 - l * &v - g1 * &v / (1 + &v) - g2 * &t * &v / (1 + t * v)
});

/// The root of [`TWO_ATOMS`].
fn atoms_root(a: &TwoAtoms) -> Formula {
    let v = silverstein(&[(a.gamma1, 1.0), (a.gamma2, a.t)], a.lambda);
    let values =
        [("gamma1", a.gamma1), ("gamma2", a.gamma2), ("t", a.t), ("lambda", a.lambda), ("v", v)];
    Formula::root_of(&var("v"), &TWO_ATOMS, "one-root", values)
}

/// The fixed-point equation and its quadratic, and the companion equation, on $z = -\lambda < 0$.
fn quadratic() -> Derivation {
    let (g, l, m, v) = vars!("gamma", "lambda", "m", "v");
    let linear = 1 - &g + &l;
    let root = ((linear.pow(2) + 4 * &g * &l).sqrt() - &linear) / (2 * &g * &l);
    let quadratic = &g * &l * m.pow(2) + &linear * &m - 1;
    let any = Domain::new().open(&g, 0, INF).open(&l, 0, INF);
    let companion = &g * &root + (1 - &g) / &l;
    let curve = 1 / &v - &g / (1 + &v);
    let implicit = -(&g * m.pow(2) + &m) / (2 * &g * &l * &m + &linear);
    let gap = 1 - &m * (1 - &g + &l + &g * &l * &m);
    let wrong_slope = (-(&g * m.pow(2) + &m) / (&g * &l * &m + &linear)).at(&m, &root);
    let tall = Domain::new().open(&g, 0, 1).open(&l, 0, INF);
    let wide = Domain::new().half_open(&g, 1, INF).open(&l, 0, INF);
    let with_m = any.clone().open(&m, 0, INF);
    let (g1, g2, t) = vars!("gamma1", "gamma2", "t");
    let shares = Domain::new().open(&g1, 0, INF).open(&g2, 0, INF).open(&t, 0, INF);
    let atoms = shares.open(&l, 0, INF).open(&v, 0, INF);
    Derivation::of("The Stieltjes transform of the Marchenko-Pastur law")
        .cited(
            "limit",
            "the trace of the resolvent tends to the root of the fixed-point equation",
            Source { paper: PAPER, result: "the limit theorem", link: LINK },
        )
        .identity("fixed-point", gap, -&quadratic, &with_m)
        .twin("sign", |s| s.right(quadratic.clone()))
        .identity("root", quadratic.at(&m, &root), 0, &any)
        .twin("no-four", |s| {
            let wrong = ((linear.pow(2) + &g * &l).sqrt() - &linear) / (2 * &g * &l);
            s.right(quadratic.at(&m, wrong))
        })
        .identity("slope-tall", root.d(&l), implicit.at(&m, &root), &tall)
        .twin("no-two", |s| s.right(wrong_slope.clone()))
        .identity("slope-wide", root.d(&l), implicit.at(&m, &root), &wide)
        .twin("no-two", |s| s.right(wrong_slope.clone()))
        .identity("companion-tall", curve.at(&v, &companion), &l, &tall)
        .twin("own-transform", |s| s.right(curve.at(&v, &root)))
        .identity("companion-wide", curve.at(&v, &companion), &l, &wide)
        .twin("own-transform", |s| s.right(curve.at(&v, &root)))
        .identity("transform", root.clone(), TRANSFORM[0].m.clone(), &any)
        .twin("no-two", |s| s.right(&root / 2))
        .identity("slope", -root.d(&l), TRANSFORM[0].slope.clone(), &any)
        .twin("no-two", |s| s.right(-&wrong_slope))
        .identity("companion", companion.clone(), TRANSFORM[0].companion.clone(), &any)
        .twin("sign", |s| s.right(&g * &root - (1 - &g) / &l))
        .positive("one-root", -TWO_ATOMS.d(&v), &atoms)
        .twin("sign", |s| s.of(TWO_ATOMS.d(&v)))
}

fn real_axis() -> Claim {
    Claim::new(
        "real-axis",
        Limit {
            domain: ridge,
            theory: |r| ridged("transform", &stable(r).m, r).value(),
            observable: Each(normalised_trace),
            sizes: SIZES,
            correction: CORRECTION,
            resolution: Relative(0.003),
            known: vec![
                // By mpmath, as integrals over the law.
                (Ridge { gamma: 0.25, lambda: 0.3 }, 0.895_146_188_218_007_5),
                (Ridge { gamma: 0.5, lambda: 0.01 }, 1.924_474_489_596_965_7),
                (Ridge { gamma: 1.0, lambda: 0.01 }, 9.512_492_197_250_393),
                (Ridge { gamma: 2.0, lambda: 0.3 }, 2.0),
                (Ridge { gamma: 4.0, lambda: 2.0 }, 0.421_535_165_408_626_8),
            ],
            mutants: [
                Mutant {
                    name: "companion",
                    why: "takes the trace over n for that over p",
                    says: |r| companion_of(r, resolvent(r.gamma, r.lambda)),
                },
                Mutant {
                    name: "white",
                    why: "takes the sample covariance for the true one",
                    says: |r| 1.0 / (1.0 + r.lambda),
                },
                Mutant {
                    name: "aspect-ratio-inverted",
                    why: "reads gamma as n/p",
                    says: |r| resolvent(1.0 / r.gamma, r.lambda),
                },
                Mutant {
                    name: "ridge-over-degrees",
                    why: "divides the ridge, but not X'X, by n - 1 = 49",
                    says: |r| resolvent(r.gamma, r.lambda * 50.0 / 49.0),
                },
                Mutant {
                    name: "intercept",
                    why: "spends one of n = 50 observations on an intercept",
                    says: |r| resolvent(r.gamma * 50.0 / 49.0, r.lambda),
                },
            ],
            curve: Curve {
                x: "lambda",
                grid: Grid::Log { from: 0.02, to: 5.0, points: 41 },
                at: |lambda| Ridge { gamma: 2.0, lambda },
            },
        },
        Tie::formula(|r| ridged("transform", &stable(r).m, r)),
    )
}

fn upper_half_plane() -> Claim {
    Claim::new(
        "upper-half-plane",
        Limit {
            domain: above,
            theory: |a| root_above(a, a.gamma),
            observable: Each(normalised_trace_above),
            sizes: SIZES,
            correction: CORRECTION,
            resolution: Absolute(0.003),
            known: vec![
                // By mpmath, as integrals over the law.
                (
                    Above { gamma: 0.5, x: 1.0, y: 0.5 },
                    [-0.170_324_395_475_456_26, 1.010_215_321_801_675_1],
                ),
                (
                    Above { gamma: 2.0, x: 1.0, y: 0.5 },
                    [-0.333_051_981_952_024_5, 0.570_294_417_280_653_7],
                ),
                (
                    Above { gamma: 4.0, x: -0.5, y: 0.25 },
                    [1.268_159_227_638_615_6, 0.605_739_366_762_419_4],
                ),
            ],
            mutants: [
                Mutant {
                    name: "other-branch",
                    why: "takes the other root: the product of both is 1 / (gamma z)",
                    says: |a| {
                        let z = [a.gamma * a.x, a.gamma * a.y];
                        inverse(times(z, root_above(a, a.gamma)))
                    },
                },
                Mutant {
                    name: "conjugate",
                    why: "integrates 1 / (s - z) below the axis: the sign of the density",
                    says: |a| {
                        let [re, im] = root_above(a, a.gamma);
                        [re, -im]
                    },
                },
                Mutant {
                    name: "no-gamma",
                    why: "takes the law of a square matrix at every aspect ratio",
                    says: |a| root_above(a, 1.0),
                },
                Mutant {
                    name: "degree-lost",
                    why: "divides X'X by n - 1 = 49",
                    says: |a| {
                        let spent = 49.0 / 50.0;
                        root_above(&Above { x: spent * a.x, y: spent * a.y, ..*a }, a.gamma)
                            .map(|part| spent * part)
                    },
                },
                Mutant {
                    name: "intercept",
                    why: "spends one of n = 50 observations on an intercept",
                    says: |a| root_above(a, a.gamma * 50.0 / 49.0),
                },
            ],
            curve: Curve {
                x: "x",
                grid: Grid::Linear { from: -1.0, to: 5.0, points: 49 },
                at: |x| Above { gamma: 0.5, x, y: 0.25 },
            },
        },
        Tie::none("a complex root: expressions are real"),
    )
    .components(&["real part", "imaginary part"])
}

fn two_atoms() -> Claim {
    Claim::new(
        "two-atoms",
        Limit {
            domain: atoms,
            theory: |a| atoms_root(a).value(),
            observable: Each(dense_trace),
            sizes: &[8, 16, 32, 64],
            correction: CORRECTION,
            resolution: Relative(0.005),
            known: vec![
                // By mpmath.
                (
                    TwoAtoms { gamma1: 1.0, gamma2: 1.0, t: 0.25, lambda: 0.5 },
                    0.788_715_209_107_896_4,
                ),
                (
                    TwoAtoms { gamma1: 0.5, gamma2: 0.25, t: 4.0, lambda: 0.2 },
                    2.168_292_091_908_081,
                ),
                (
                    TwoAtoms { gamma1: 2.0, gamma2: 1.0, t: 0.125, lambda: 1.0 },
                    0.391_101_051_066_271_3,
                ),
            ],
            mutants: [
                Mutant {
                    name: "no-gamma",
                    why: "integrates over H alone",
                    says: |a| {
                        let gamma = a.gamma1 + a.gamma2;
                        let parts = [(a.gamma1 / gamma, 1.0), (a.gamma2 / gamma, a.t)];
                        silverstein(&parts, a.lambda)
                    },
                },
                Mutant {
                    name: "mean-eigenvalue",
                    why: "takes features of equal variance",
                    says: |a| {
                        let gamma = a.gamma1 + a.gamma2;
                        let mean = (a.gamma1 + a.gamma2 * a.t) / gamma;
                        silverstein(&[(gamma, mean)], a.lambda)
                    },
                },
                Mutant {
                    name: "no-denominator",
                    why: "linearises: 1 / (lambda + tr Sigma / n)",
                    says: |a| 1.0 / (a.lambda + a.gamma1 + a.gamma2 * a.t),
                },
                Mutant {
                    name: "degree-lost",
                    why: "divides by n - 1 = 29 for n, in the matrix and in gamma",
                    says: |a| {
                        let spent = 30.0 / 29.0;
                        let parts = [(a.gamma1 * spent, 1.0), (a.gamma2 * spent, a.t)];
                        silverstein(&parts, a.lambda * spent)
                    },
                },
            ],
            curve: Curve {
                x: "lambda",
                grid: Grid::Log { from: 0.05, to: 5.0, points: 41 },
                at: |lambda| TwoAtoms { gamma1: 1.0, gamma2: 1.0, t: 0.25, lambda },
            },
        },
        Tie::formula(atoms_root),
    )
}

fn companion() -> Claim {
    Claim::new(
        "companion",
        Identity {
            domain: wide_ridge,
            left: |r| silverstein(&[(r.gamma, 1.0)], r.lambda),
            right: |r| ridged("companion", &stable(r).companion, r).value(),
            known: vec![
                (Ridge { gamma: 2.0, lambda: 0.3 }, 2.0 / 3.0),
                (Ridge { gamma: 0.5, lambda: 2.0 }, 0.425_390_529_679_106_1),
            ],
            mutants: [
                Mutant {
                    name: "sign",
                    why: "adds (1 - gamma) / z",
                    says: |r| r.gamma * resolvent(r.gamma, r.lambda) - (1.0 - r.gamma) / r.lambda,
                },
                Mutant {
                    name: "atom",
                    why: "takes the zeros of X'X for a share of the n eigenvalues of XX'",
                    says: |r| {
                        r.gamma * resolvent(r.gamma, r.lambda) + (1.0 / r.gamma - 1.0) / r.lambda
                    },
                },
                Mutant {
                    name: "no-gamma",
                    why: "forgets that the traces are over p and over n",
                    says: |r| resolvent(r.gamma, r.lambda) + (1.0 - r.gamma) / r.lambda,
                },
            ],
            curve: Curve {
                x: "lambda",
                grid: Grid::Log { from: 0.02, to: 5.0, points: 41 },
                at: |lambda| Ridge { gamma: 2.0, lambda },
            },
        },
        Tie::formula(|r| ridged("companion", &stable(r).companion, r)),
    )
}

fn integral() -> Claim {
    Claim::new(
        "integral",
        Identity {
            domain: wide_ridge,
            left: |r| [moment_over_law(r, 1), moment_over_law(r, 2)],
            right: |r| transform_and_slope(r).map(|formula| formula.value().into()),
            known: vec![
                (
                    Ridge { gamma: 0.25, lambda: 0.3 },
                    [0.895_146_188_218_007_5.into(), 0.925_013_788_364_544_3.into()],
                ),
                (Ridge { gamma: 2.0, lambda: 0.3 }, [2.0.into(), 5.882_352_941_176_471.into()]),
            ],
            mutants: [
                Mutant {
                    name: "no-atom",
                    why: "forgets the zeros of X'X when there are more columns than rows",
                    says: |r| {
                        let m = resolvent(r.gamma, r.lambda);
                        let atom = (1.0 - 1.0 / r.gamma).max(0.0) / r.lambda;
                        [(m - atom).into(), (slope(r, m) - atom / r.lambda).into()]
                    },
                },
                Mutant {
                    name: "square",
                    why: "takes the square of the mean for the mean of the square",
                    says: |r| {
                        let m = resolvent(r.gamma, r.lambda);
                        [m.into(), (m * m).into()]
                    },
                },
                Mutant {
                    name: "no-root",
                    why: "writes b - a for the root of the discriminant: 4 root(gamma)",
                    says: |r| {
                        let m = resolvent(r.gamma, r.lambda);
                        let wrong = (r.gamma * m * m + m) / (4.0 * r.gamma.sqrt());
                        [m.into(), wrong.into()]
                    },
                },
            ],
            curve: Curve {
                x: "lambda",
                grid: Grid::Log { from: 0.02, to: 5.0, points: 41 },
                at: |lambda| Ridge { gamma: 2.0, lambda },
            },
        },
        Tie::formula(transform_and_slope),
    )
    .components(&["mean of 1/(s + lambda)", "mean of 1/(s + lambda)^2"])
}

/// Sizes are multiples of 20, so that $p = \gamma n$ is whole at each.
fn ridge(given: &mut Given) -> Ridge {
    Ridge { gamma: given.ratio("gamma", 5..=80, 20), lambda: given.scale("lambda", 0.1..=3.0) }
}

fn wide_ridge(given: &mut Given) -> Ridge {
    Ridge { gamma: given.scale("gamma", 0.1..=10.0), lambda: given.scale("lambda", 0.02..=50.0) }
}

/// Far enough from the axis that the eigenvalues are not seen one by one.
fn above(given: &mut Given) -> Above {
    Above {
        gamma: given.ratio("gamma", 5..=50, 20),
        x: given.real("x", -0.5..=4.0),
        y: given.scale("y", 0.2..=0.8),
    }
}

/// Sizes are multiples of 8.
fn atoms(given: &mut Given) -> TwoAtoms {
    TwoAtoms {
        gamma1: given.ratio("gamma1", 2..=10, 8),
        gamma2: given.ratio("gamma2", 2..=10, 8),
        t: given.scale("t", 0.1..=5.0),
        lambda: given.scale("lambda", 0.25..=2.0),
    }
}

/// $m(-\lambda)$: with $A = 1 - \gamma + \lambda$ the positive root
/// $\frac{2}{A + \sqrt{A^2 + 4\gamma\lambda}}$, or, where $A < 0$ and this cancels,
/// $\frac{\sqrt{A^2 + 4\gamma\lambda} - A}{2 \gamma\lambda}$.
fn resolvent(gamma: f64, lambda: f64) -> f64 {
    let a = 1.0 - gamma + lambda;
    let root = (a * a + 4.0 * gamma * lambda).sqrt();
    if a >= 0.0 { 2.0 / (a + root) } else { (root - a) / (2.0 * gamma * lambda) }
}

/// $v = \gamma m + \frac{1 - \gamma}{\lambda}$.
fn companion_of(r: &Ridge, m: f64) -> f64 {
    r.gamma * m + (1.0 - r.gamma) / r.lambda
}

/// $-\frac{dm}{d\lambda} = \frac{\gamma m^2 + m}{2 \gamma\lambda m + A}$.
fn slope(r: &Ridge, m: f64) -> f64 {
    (r.gamma * m * m + m) / (2.0 * r.gamma * r.lambda * m + 1.0 - r.gamma + r.lambda)
}

/// The root of $\gamma z m^2 + b m + 1 = 0$, $b = z - 1 + \gamma$, with
/// $\operatorname{Im} m > 0$: $\frac{-b \pm \sqrt{b^2 - 4 \gamma z}}{2 \gamma z}$.
fn root_above(a: &Above, gamma: f64) -> [f64; 2] {
    let (z, b) = ([a.x, a.y], [a.x - 1.0 + gamma, a.y]);
    let b2 = times(b, b);
    let discriminant = square_root([b2[0] - 4.0 * gamma * z[0], b2[1] - 4.0 * gamma * z[1]]);
    let scale = inverse([2.0 * gamma * z[0], 2.0 * gamma * z[1]]);
    let plus = times([discriminant[0] - b[0], discriminant[1] - b[1]], scale);
    let minus = times([-discriminant[0] - b[0], -discriminant[1] - b[1]], scale);
    if plus[1] > minus[1] { plus } else { minus }
}

/// The product of two complex numbers.
fn times(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]]
}

/// The inverse of a complex number.
fn inverse(a: [f64; 2]) -> [f64; 2] {
    let norm = a[0] * a[0] + a[1] * a[1];
    [a[0] / norm, -a[1] / norm]
}

/// A square root of a complex number.
fn square_root(a: [f64; 2]) -> [f64; 2] {
    let length = a[0].hypot(a[1]);
    let large = (0.5 * (length + a[0].abs())).sqrt();
    if large == 0.0 {
        [0.0, 0.0]
    } else if a[0] >= 0.0 {
        [large, 0.5 * a[1] / large]
    } else {
        [0.5 * a[1] / large, large]
    }
}

/// The root $v$ of $\lambda = \frac1v - \sum_k \frac{\gamma_k t_k}{1 + t_k v}$ for atoms
/// $(\gamma_k, t_k)$: of $1 - \lambda v - \sum_k \gamma_k \frac{t_k v}{1 + t_k v}$, which falls in
/// $v$. At $v = 1 / (\lambda + \sum_k \gamma_k t_k)$ it is not negative, because
/// $\frac{1}{1 + t v} \le 1$; at $v = 1/\lambda$ it is negative.
fn silverstein(atoms: &[(f64, f64)], lambda: f64) -> f64 {
    let total: f64 = atoms.iter().map(|(gamma, t)| gamma * t).sum();
    let equation = |v: f64| {
        let seen: f64 = atoms.iter().map(|(gamma, t)| gamma * t * v / (1.0 + t * v)).sum();
        1.0 - lambda * v - seen
    };
    root(equation, 1.0 / (lambda + total), 1.0 / lambda).unwrap_or(f64::NAN)
}

/// $\int \frac{dF_\gamma(s)}{(s + \lambda)^k}$ by quadrature over the density at
/// $s = (1 - \sqrt\gamma)^2 + 4 \sqrt\gamma \cos^2 \phi$, where it has no root left, and the atom.
/// Written so that nothing cancels at $\gamma = 1$, where $s$ comes down to 0.
fn moment_over_law(r: &Ridge, k: i32) -> Approx {
    let (gamma, lambda) = (r.gamma, r.lambda);
    let density = |phi: f64| {
        let (sin, cos) = phi.sin_cos();
        let s = (1.0 - gamma.sqrt()).powi(2) + 4.0 * gamma.sqrt() * cos * cos;
        16.0 / std::f64::consts::PI * (sin * cos).powi(2) / s / (s + lambda).powi(k)
    };
    let bulk = integrate(density, 0.0, std::f64::consts::FRAC_PI_2, 1e-13);
    let atom = (1.0 - 1.0 / gamma).max(0.0) / lambda.powi(k);
    Approx { value: bulk.value + atom, error: bulk.error }
}

/// $\frac1p \operatorname{tr} (\hat\Sigma + \lambda I)^{-1}$; $O(n)$ instead of $O(n^2 p)$.
fn normalised_trace(r: Ridge, n: usize) -> Sampler {
    let p = (r.gamma * n as f64).round() as usize;
    let unseen = (p - p.min(n)) as f64 / r.lambda;
    let scale = n as f64;
    Sampler::new(move |rng| {
        let (trace, _) = trace_resolvent(rng, n, p, scale * r.lambda);
        (scale * trace + unseen) / p as f64
    })
}

/// The same at $z = x + i y$.
fn normalised_trace_above(a: Above, n: usize) -> Sampler<[f64; 2]> {
    let p = (a.gamma * n as f64).round() as usize;
    let unseen = (p - p.min(n)) as f64;
    let scale = n as f64;
    let zeros = inverse([-a.x, -a.y]);
    let mut spectrum = Bidiagonal::default();
    Sampler::new(move |rng| {
        spectrum.draw(rng, n, p);
        let trace = trace_resolvent_at(&spectrum, [scale * a.x, scale * a.y]);
        [0, 1].map(|i| (scale * trace[i] + unseen * zeros[i]) / p as f64)
    })
}

/// $\frac1n \operatorname{tr} (\frac1n X X^\top + \lambda I)^{-1}$ of a dense $X$, by a Cholesky
/// factor; $n^2 p$ flops.
fn dense_trace(a: TwoAtoms, n: usize) -> Sampler {
    let columns = [a.gamma1, a.gamma2].map(|gamma| (gamma * n as f64).round() as usize);
    let p = columns[0] + columns[1];
    let (ridge, deviation) = (n as f64 * a.lambda, a.t.sqrt());
    let (mut x, mut gram, mut buffer) = (vec![0.0; n * p], vec![0.0; n * n], vec![0.0; n]);
    Sampler::new(move |rng| {
        rng.fill_normal(&mut x);
        for row in x.chunks_exact_mut(p) {
            row[columns[0]..].iter_mut().for_each(|x| *x *= deviation);
        }
        gram_lower(&x, n, p, &mut gram);
        (0..n).for_each(|i| gram[i * n + i] += ridge);
        match cholesky_in_place(&mut gram, n) {
            Ok(()) => inverse_trace(&gram, n, &mut buffer),
            Err(_) => f64::NAN, // never: the ridge bounds every pivot from below
        }
    })
}
