//! How good the approximation is that sparse variational dropout is trained with.
//!
//! Every implementation replaces the divergence by three fitted constants and a sigmoid. Its error
//! is a function of one variable: it can be bounded once and for all.

use super::{FIT, LINK, OFFSET, PAPER, approximation, divergence};
use theoremcheck::exact::Rational;
use theoremcheck::prelude::*;

/// The logarithm of the variance of the noise.
#[derive(Clone, Copy, Debug)]
struct Noise {
    log_alpha: f64,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "molchanov2017.kl-approximation",
        alias: "molchanov2017.sigmoid-approximation",
        title: "Error of the sigmoid approximation of the divergence",
        source: Source {
            paper: PAPER,
            result: "Equation 14; the bounds on its error are computed here",
            link: LINK,
        },
        statement: r"Let $K(\alpha) = E \ln |\epsilon| - \frac12 \ln \alpha + \frac12 (\gamma +
            \ln 2)$ for $\epsilon \sim N(1, \alpha)$, $\gamma$ Euler's constant: the divergence of
            Gaussian dropout from the log-uniform prior, up to a constant. With $k_1 = 0.63576$,
            $k_2 = 1.87320$, $k_3 = 1.48695$ and $\sigma$ the logistic function, $\tilde K(\alpha) =
            k_1 - k_1 \sigma(k_2 + k_3 \ln \alpha) + \frac12 \ln(1 + \alpha^{-1})$ is within
            $0.009375$ of $K(\alpha)$ for all $\alpha > 0$, and within 3.4 % of it. Both bounds
            are the best with this many digits; the errors are largest at
            $\ln \alpha = -3.511$ and $1.981$. Checked for $|\ln \alpha| \le 6$.",
        claims: vec![
            Claim::new(
                "uniform",
                uniform(),
                Tie::none("a modulus of the difference to a series, which no step states"),
            ),
            Claim::new(
                "relative",
                relative(),
                Tie::none("a modulus of the difference to a series, which no step states"),
            ),
        ],
        derivation: error_of_the_fit,
    }
}

/// Terms of the series that are added up in the derivation.
const SUMMED: i32 = 80;

/// $1 + \frac13 + \dots + \frac{1}{2k - 1}$.
fn odd_harmonic(k: i32) -> Rational {
    (0..k).fold(Rational::ZERO, |sum, i| sum + Rational::ONE / Rational::from(2 * i + 1))
}

/// $K$ is what `SUMMED` terms of its series give and a rest $r$, $|r| \le 10^{-14}$; the rest is
/// bounded for $u \le 28$, and $u = e^{-\ln \alpha} / 2$. In the paper's sign, of $-K$, the
/// approximation minus the truth is $K - \tilde K$.
fn error_of_the_fit() -> Derivation {
    let (x, u, r) = vars!("log_alpha", "u", "r");
    let small = 1 / Expr::from(10).pow(14);
    let noise = Domain::new().closed(&x, -4, 8);
    let with_rest = noise.clone().closed(&r, -&small, small.clone());
    let error = series(&u).at(&u, (-&x).exp() / 2) + &r - fit(&x);
    let [above, below, least] = [decimal("0.0044"), decimal("0.0094"), decimal("0.009375")];
    rest(&u, &small)
        .positive("u", 28 - (-&x).exp() / 2, &noise)
        .by(Method::Boxes)
        .twin("less", |s| s.of(27 - (-&x).exp() / 2))
        .nonneg("above", &above - &error, &with_rest)
        .by(Method::Boxes)
        .twin("tighter", |s| s.of(decimal("0.0043") - &error))
        .nonneg("below", &error + &below, &with_rest)
        .by(Method::Boxes)
        .twin("tighter", |s| s.of(&error + decimal("0.0093")))
        .nonneg("least", &error + &least, &with_rest)
        .by(Method::Boxes)
        .twin("last-digit", |s| s.of(&error + decimal("0.009374")))
        .conclude("between", Rule::All { from: vec!["rest", "u", "above", "below"] })
}

/// The terms of the series after those that are added up. The odd harmonic number of a term is
/// only known to be at least 1.
fn rest(u: &Expr, small: &Expr) -> Derivation {
    let (n, h, c) = vars!("n", "h", "c");
    let all = Domain::new().half_open(u, 0, 28);
    let next = u / (&n + 1) * (1 + 1 / ((2 * &n + 1) * &h));
    let terms = all.clone().half_open(&n, SUMMED + 1, INF).half_open(&h, 1, INF);
    let (half, order) = (ratio(1, 2), SUMMED + 1);
    let factorial = (1..=order).fold(Rational::ONE, |all, k| all * Rational::from(k));
    let first = Expr::number(odd_harmonic(order) / factorial) * u.pow(order) * (-u).exp();
    let room = small * (1 - &half);
    let added = u / (&n + 1) * (&h + 1 / (2 * &n + 1));
    Derivation::of("Error of the approximation for -4 <= ln alpha <= 8")
        .cited(
            "series",
            "K is the sum of e^-u u^k/k! (1 + 1/3 + ... + 1/(2k-1)) over k >= 1, u = 1/(2 alpha)",
            Source {
                paper: "derived in this catalogue",
                result: "molchanov2017.kl-divergence",
                link: LINK,
            },
        )
        .identity("next", &c * &added, &c * &h * &next, &terms.clone().real(&c))
        .twin("no-harmonic", |s| s.right(&c * &h * u / (&n + 1)))
        .nonneg("falls", &half - &next, &terms)
        .by(Method::Coefficients)
        .twin("sooner", |s| s.on(&all.clone().half_open(&n, 20, INF).half_open(&h, 1, INF)))
        .nonneg("keeps-its-sign", &half + &next, &terms)
        .by(Method::Coefficients)
        .twin("alternates", |s| s.of(-&next))
        .nonneg("first", &room - &first, &all)
        .by(Method::Boxes)
        .twin("less", |s| s.of(&room / 100 - &first))
        .nonneg("first-below", &room + &first, &all)
        .by(Method::Boxes)
        .twin("sign", |s| s.of(&first - &room))
        .conclude(
            "rest",
            Rule::Tail(Tail {
                first,
                ratio: next,
                index: n,
                start: (SUMMED + 1).into(),
                below: half,
                bound: small.clone(),
                on: all,
                from: ["falls", "keeps-its-sign", "first", "first-below"],
            }),
        )
        .twin("less", |s| s.put(small / 100))
}

/// The first terms of $K$, all of one sign, in Horner's form.
fn series(u: &Expr) -> Expr {
    let mut coefficients = Vec::new();
    let (mut harmonic, mut factorial) = (Rational::ZERO, Rational::ONE);
    for k in 1..=SUMMED {
        harmonic += Rational::ONE / Rational::from(2 * k - 1);
        factorial *= Rational::from(k);
        coefficients.push(Expr::number(&harmonic / &factorial));
    }
    let sum = coefficients.iter().rev().fold(Expr::from(0), |sum, c| (sum + c) * u);
    (-u).exp() * sum
}

/// $\tilde K$, as a function of $\ln \alpha$.
fn fit(x: &Expr) -> Expr {
    let [k1, k2, k3] = ["0.63576", "1.87320", "1.48695"].map(decimal);
    &k1 / (1 + (k2 + k3 * x).exp()) + (1 + (-x).exp()).ln() / 2
}

/// The largest error, rounded up: at $\ln \alpha = -3.51078$ it is 0.00937457.
const LARGEST: f64 = 0.009_375;

/// The largest relative error, rounded up: at $\ln \alpha = 1.98099$ it is 0.0339768.
const LARGEST_RELATIVE: f64 = 0.034;

/// $1 - |\tilde K - K| / 0.009375 \ge 0$.
fn uniform() -> Property<Noise, 6> {
    Property {
        domain: any_noise,
        margin: |s| room(s, approximation(alpha(s), FIT), LARGEST),
        // By mpmath: 1 - |error| / 0.009375 at ln alpha = 0, and where the error is extreme.
        known: vec![
            (Noise { log_alpha: 0.0 }, 1.0 - 0.004_553_346_694_264_019 / 0.009_375),
            (Noise { log_alpha: -1.756_502_936_487_99 }, 1.0 - 0.004_366_657_333_892_1 / 0.009_375),
            (Noise { log_alpha: 0.507_383_650_749_492 }, 1.0 - 0.005_381_576_438_349 / 0.009_375),
        ],
        mutants: [
            Mutant {
                name: "rounded-down",
                why: "rounds the largest error down",
                says: |s| room(s, approximation(alpha(s), FIT), 0.0093),
            },
            Mutant {
                name: "minimax",
                why: "takes the fit for the best in the largest error, which is off by 0.00488",
                says: |s| room(s, approximation(alpha(s), FIT), 0.005),
            },
            Mutant {
                name: "two-digits",
                why: "rounds the constants to two digits",
                says: |s| room(s, approximation(alpha(s), [0.64, 1.9, 1.5]), LARGEST),
            },
            Mutant {
                name: "sign",
                why: "loses the sign of k2",
                says: |s| room(s, approximation(alpha(s), [FIT[0], -FIT[1], FIT[2]]), LARGEST),
            },
            Mutant {
                name: "inverse",
                why: "writes ln(1 + alpha) for ln(1 + 1 / alpha)",
                says: |s| {
                    let wrong = 0.5 * alpha(s).ln_1p() - 0.5 * (1.0 / alpha(s)).ln_1p();
                    room(s, approximation(alpha(s), FIT) + wrong, LARGEST)
                },
            },
            Mutant {
                name: "cubic",
                why: "takes an older cubic fit, for alpha up to 1, which is off by 0.039",
                says: |s| room(s, cubic(alpha(s).min(1.0)), LARGEST),
            },
        ],
        curve: Curve {
            x: "log_alpha",
            grid: Grid::Linear { from: -6.0, to: 6.0, points: 97 },
            at: |log_alpha| Noise { log_alpha },
        },
    }
}

/// $1 - |\tilde K - K| / (0.034 K) \ge 0$.
fn relative() -> Property<Noise, 4> {
    Property {
        domain: any_noise,
        margin: |s| relative_room(s, LARGEST_RELATIVE, 1.0),
        // By mpmath, 1 - (relative error) / 0.034.
        known: vec![
            (Noise { log_alpha: 0.0 }, 0.686_134_333_458_594_2),
            (Noise { log_alpha: -1.0 }, 0.978_805_451_176_656_7),
        ],
        mutants: [
            Mutant {
                name: "three-per-cent",
                why: "reads the largest error off a coarse grid, at ln alpha = 3",
                says: |s| relative_room(s, 0.03, 1.0),
            },
            Mutant {
                name: "one-per-cent",
                why: "takes the largest error relative to 1 for one relative to the divergence",
                says: |s| relative_room(s, 0.01, 1.0),
            },
            Mutant {
                name: "half",
                why: "forgets the 1/2 before the logarithm",
                says: |s| relative_room(s, LARGEST_RELATIVE, 2.0),
            },
            Mutant {
                name: "no-logarithm",
                why: "keeps the sigmoid alone",
                says: |s| relative_room(s, LARGEST_RELATIVE, 0.0),
            },
        ],
        curve: Curve {
            x: "log_alpha",
            grid: Grid::Linear { from: -6.0, to: 6.0, points: 97 },
            at: |log_alpha| Noise { log_alpha },
        },
    }
}

/// As far as the errors are not yet proportional to $e^{-|\ln \alpha|}$ or less.
fn any_noise(given: &mut Given) -> Noise {
    Noise { log_alpha: given.real("log_alpha", -6.0..=6.0) }
}

/// $\alpha$.
fn alpha(s: &Noise) -> f64 {
    s.log_alpha.exp()
}

/// $K$, by the exact series.
fn exact(s: &Noise) -> f64 {
    divergence(alpha(s))
}

/// The share of an allowed error that is left.
fn room(s: &Noise, approximation: f64, allowed: f64) -> f64 {
    1.0 - (approximation - exact(s)).abs() / allowed
}

/// The share of an allowed relative error that is left, for a multiple of the logarithm.
fn relative_room(s: &Noise, allowed: f64, logarithms: f64) -> f64 {
    let logarithm = 0.5 * (1.0 / alpha(s)).ln_1p();
    let approximation = approximation(alpha(s), FIT) + (logarithms - 1.0) * logarithm;
    1.0 - (approximation / exact(s) - 1.0).abs() / allowed
}

/// The cubic fit of Kingma, Salimans and Welling (2015), for $\alpha \le 1$.
fn cubic(alpha: f64) -> f64 {
    let polynomial = alpha * (1.161_451_24 + alpha * (-1.502_041_18 + alpha * 0.586_299_21));
    OFFSET - 0.5 * alpha.ln() - polynomial
}
