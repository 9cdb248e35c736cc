//! The divergence of Gaussian dropout from the log-uniform prior, exactly.
//!
//! It was introduced as intractable and is approximated everywhere; it is an integral of Dawson's
//! function, and a quickly converging series. So the approximations in use can be judged.

use super::{EULER, FIT, LINK, OFFSET, PAPER, approximation, divergence};
use std::f64::consts::PI;
use theoremcheck::prelude::*;
use theoremcheck::special::integrate;

/// The variance of the noise.
#[derive(Clone, Copy, Debug)]
struct Noise {
    alpha: f64,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "molchanov2017.kl-divergence",
        alias: "molchanov2017.kl-dawson",
        title: "Exact divergence of Gaussian dropout from the log-uniform prior",
        source: Source {
            paper: PAPER,
            result: "the divergence is that of Section 4.2; the form with Dawson's function \
                     follows Hron, Matthews, Ghahramani (2018), the series is derived here",
            link: LINK,
        },
        statement: r"Let $\epsilon \sim N(1, \alpha)$, $\alpha > 0$, and $K(\alpha) =
            E \ln |\epsilon| - \frac12 \ln \alpha + \frac12 (\gamma + \ln 2)$, $\gamma$ Euler's
            constant: the divergence of the posterior $N(\theta, \alpha \theta^2)$ of a weight from
            the log-uniform prior, up to a constant. With $u = \frac{1}{2 \alpha}$ and Dawson's
            function $D(s) = e^{-s^2} \int_0^s e^{t^2} dt$,
            $K(\alpha) = 2 \int_0^{\sqrt u} D(s)\, ds = \sum_{k \ge 1} e^{-u} \frac{u^k}{k!}
            \sum_{i < k} \frac{1}{2 i + 1}$. It falls from $\infty$ to 0.",
        claims: vec![
            Claim::new(
                "dawson",
                dawson(),
                Tie::none("a series whose term is a recurrence in the index: no step states it"),
            ),
            Claim::new(
                "mean",
                mean(),
                Tie::none("a series whose term is a recurrence in the index: no step states it"),
            ),
        ],
        derivation: series_and_dawson,
    }
}

/// Terms of the series whose slope is taken in the derivation.
const TERMS: i32 = 12;

/// From $E \ln \chi^2$ to the series, and from the series to Dawson's function: both have the slope
/// $\frac{D(\sqrt u)}{\sqrt u} = e^{-u} \sum_k \frac{u^k}{k! (2k+1)}$ in $u$ and vanish at 0.
fn series_and_dawson() -> Derivation {
    let (k, h, c, psi) = vars!("k", "h", "c", "psi");
    let (u, s, g) = vars!("u", "s", "G");
    let terms = Domain::new().half_open(&k, 0, INF).open(&h, 0, INF).open(&c, 0, INF);
    let rates = Domain::new().half_open(&u, 0, INF);
    // With G the integral of e^(t^2) from 0 to s, whose slope is e^(s^2).
    let dawson = (-s.pow(2)).exp() * &g;
    let slope = dawson.d(&s) + dawson.d(&g) * s.pow(2).exp();
    let (partial, derivative, last) = partial_sum(&u);
    let (power_series, integral) = exponential_sum(&s);
    let (all, at_square) = (Domain::new().real(&s), derivative.at(&u, s.pow(2)));
    let values = Domain::new().real(&psi).half_open(&k, 0, INF);
    Derivation::of("The series of the divergence, and its slope")
        .cited(
            "chi-square",
            "epsilon^2 / alpha is chi^2 with 1 + 2k degrees of freedom, k Poisson of mean u",
            Source {
                paper: "N. L. Johnson, S. Kotz, N. Balakrishnan, 1995, Continuous Univariate \
                        Distributions, volume 2",
                result: "Chapter 29",
                link: "https://isbnsearch.org/isbn/9780471584940",
            },
        )
        .cited(
            "digamma",
            "E ln chi^2 = psi(1/2 + k) + ln 2, psi(z + 1) = psi(z) + 1/z, psi(1/2) = -gamma - \
             2 ln 2",
            Source {
                paper: "NIST Digital Library of Mathematical Functions",
                result: "5.2.1, 5.2.2, 5.5.2, 5.4.13",
                link: "https://dlmf.nist.gov/5",
            },
        )
        .identity("harmonic", (&psi + 1 / (&k + ratio(1, 2)) - &psi) / 2, 1 / (2 * &k + 1), &values)
        .twin("no-half", |x| x.right(1 / (&k + 1)))
        .identity(
            "slope-of-a-term",
            &c * (&h + 1 / (2 * &k + 1)) - &c * &h,
            &c / (2 * &k + 1),
            &terms,
        )
        .twin("even", |x| x.right(&c / (2 * &k + 2)))
        .identity("slope", partial.d(&u), &derivative - &last, &rates)
        .twin("no-last-term", |x| x.right(derivative.clone()))
        .nonneg("rises", derivative.clone(), &rates)
        .twin("last-term", |x| x.of(&derivative - &last))
        .identity("at-zero", partial.at(&u, 0), 0, &Domain::new())
        .twin("one", |x| x.right(1))
        .identity("dawson", slope, 1 - 2 * &s * &dawson, &Domain::new().real(&s).real(&g))
        .twin("no-two", |x| x.right(1 - &s * &dawson))
        .identity("integrand", integral.d(&s), power_series, &all)
        .twin("no-slope", |x| x.right(integral.clone()))
        .identity("same-slope", &s * &at_square, (-s.pow(2)).exp() * &integral, &all)
        .twin("no-root", |x| x.right((-s.pow(2)).exp() * &integral * &s))
}

/// $\sum_{k < n} \frac{s^{2k}}{k!}$ and what it is the slope of, with the terms of `partial_sum`.
fn exponential_sum(s: &Expr) -> (Expr, Expr) {
    let mut power = Expr::from(1);
    let (mut sum, mut integral) = (Expr::from(0), Expr::from(0));
    for k in 0..TERMS {
        sum = sum + &power;
        integral = integral + &power * s / (2 * k + 1);
        power = power * s.pow(2) / (k + 1);
    }
    (sum, integral)
}

/// The first terms of $K$; the first terms of its slope in $u$; and the term by which the slope of
/// the ones differs from the others, $e^{-u} \frac{u^n}{n!} \sum_{i < n} \frac{1}{2i+1}$.
fn partial_sum(u: &Expr) -> (Expr, Expr, Expr) {
    let (mut harmonic, mut power) = (Expr::from(0), Expr::from(1)); // power: u^k / k!
    let (mut sum, mut slopes) = (Expr::from(0), Expr::from(0));
    for k in 0..=TERMS {
        sum = sum + &power * &harmonic;
        if k < TERMS {
            slopes = slopes + &power / (2 * k + 1);
            harmonic = harmonic + ratio(1, i64::from(2 * k + 1));
            power = power * u / (k + 1);
        }
    }
    let weight = (-u).exp();
    (&weight * sum, &weight * slopes, &weight * power * harmonic)
}

/// $2 \int_0^{\sqrt u} D(s)\, ds$ against the series.
fn dawson() -> Identity<Noise, f64, 5> {
    Identity {
        domain: |given| Noise { alpha: given.scale("alpha", 0.01..=1000.0) },
        left: |s| {
            let x = (0.5 / s.alpha).sqrt();
            2.0 * integrate(dawson_function, 0.0, x, 1e-14).value
        },
        right: |s| divergence(s.alpha),
        // By mpmath, from x^2 2F2(1, 1; 3/2, 2; -x^2), x^2 = u.
        known: vec![
            (Noise { alpha: 0.01 }, 2.932_688_874_047_019),
            (Noise { alpha: 0.1 }, 1.724_137_846_470_926),
            (Noise { alpha: 1.0 }, 0.426_685_604_296_044_8),
            (Noise { alpha: 10.0 }, 0.049_177_659_780_395_66),
            (Noise { alpha: 1000.0 }, 0.000_499_916_677_776_587_4),
        ],
        mutants: [
            Mutant {
                name: "no-two",
                why: "forgets that the log of the square is twice the log",
                says: |s| 0.5 * divergence(s.alpha),
            },
            Mutant {
                name: "poisson-mean",
                why: "takes 1 / alpha for the mean of the Poisson number",
                says: |s| divergence(0.5 * s.alpha),
            },
            Mutant {
                name: "second-order",
                why: "stops the expansion for large alpha after two terms",
                says: |s| 0.5 / s.alpha - 1.0 / (12.0 * s.alpha * s.alpha),
            },
            Mutant {
                name: "small-noise",
                why: "neglects the noise in E ln |epsilon|",
                says: |s| OFFSET - 0.5 * s.alpha.ln(),
            },
            Mutant {
                name: "approximation",
                why: "takes the paper's approximation for exact",
                says: |s| approximation(s.alpha, FIT),
            },
        ],
        curve: Curve {
            x: "alpha",
            grid: Grid::Log { from: 0.01, to: 1000.0, points: 51 },
            at: |alpha| Noise { alpha },
        },
    }
}

/// $E \ln|\epsilon| - \frac12 \ln \alpha + \frac12 (\gamma + \ln 2)$, drawn.
fn mean() -> Equality<Noise, f64, 6> {
    Equality {
        domain: |given| Noise { alpha: given.scale("alpha", 0.05..=100.0) },
        theory: |s| divergence(s.alpha),
        observable: log_noise,
        resolution: Relative(0.005),
        // By mpmath, as above.
        known: vec![
            (Noise { alpha: 0.05 }, 2.105_715_159_279_864),
            (Noise { alpha: 2.0 }, 0.230_484_336_423_517_17),
            (Noise { alpha: 100.0 }, 0.004_991_677_765_883_59),
        ],
        mutants: [
            Mutant {
                name: "approximation",
                why: "takes the paper's approximation for exact",
                says: |s| approximation(s.alpha, FIT),
            },
            Mutant {
                name: "small-noise",
                why: "neglects the noise in E ln |epsilon|",
                says: |s| OFFSET - 0.5 * s.alpha.ln(),
            },
            Mutant {
                name: "first-order",
                why: "expands E ln |epsilon| to first order in alpha, -alpha / 2",
                says: |s| OFFSET - 0.5 * s.alpha.ln() - 0.5 * s.alpha,
            },
            Mutant {
                name: "euler-sign",
                why: "subtracts Euler's constant",
                says: |s| divergence(s.alpha) - EULER,
            },
            Mutant {
                name: "standard-deviation",
                why: "takes alpha for the standard deviation of the noise",
                says: |s| divergence(s.alpha * s.alpha),
            },
            Mutant {
                name: "no-two",
                why: "forgets that the log of the square is twice the log",
                says: |s| 0.5 * divergence(s.alpha),
            },
        ],
        curve: Curve {
            x: "alpha",
            grid: Grid::Log { from: 0.05, to: 100.0, points: 41 },
            at: |alpha| Noise { alpha },
        },
    }
}

/// $D(s)$ by Rybicki's formula, $\frac{1}{\sqrt \pi} \sum_{n\ \mathrm{odd}} e^{-(s - n h)^2} / n$:
/// with $h = 0.2$ its error, $e^{-(\pi / 2h)^2}$, is far below rounding.
fn dawson_function(s: f64) -> f64 {
    let h = 0.2;
    let middle = (0.5 * s / h).round() as i64;
    let term = |k: i64| {
        let n = (2 * (middle + k) + 1) as f64;
        (-(s - n * h).powi(2)).exp() / n
    };
    (-17..17).map(term).sum::<f64>() / PI.sqrt()
}

/// Strata of a draw.
const STRATA: usize = 4;

/// $K(\alpha)$ from the noise $\epsilon = 1 + \sqrt\alpha Z$, averaged by formula over the angle of
/// the vector of two normal variables of which $Z$ is the first, and over a constant.
///
/// With length $R$ and angle $\phi$, $Z = R \cos \phi$ and
/// $E \ln |Z| = -\frac12 (\gamma + \ln 2)$. So $K = E \ln |\epsilon| - E \ln|\sqrt\alpha Z|$,
/// and by Jensen's formula the mean of $\ln|b + R \cos\phi| - \ln|R \cos\phi|$ over $\phi$,
/// $b = \alpha^{-1/2}$, is $\operatorname{arcosh}(b/R)$ for $R < b$ and 0 otherwise. $R^2/2$ is
/// exponential: it is drawn given $R < b$, one in each stratum of equal probability. The spread is
/// a hundredth of that of the logarithm, which has a singularity.
fn log_noise(s: Noise) -> Sampler {
    let u = 0.5 / s.alpha;
    let inside = -(-u).exp_m1();
    Sampler::new(move |rng| {
        let one = |stratum: usize| {
            let share = (stratum as f64 + rng.open_uniform()) / STRATA as f64;
            let half_square = -(-share * inside).ln_1p();
            (u / half_square).sqrt().max(1.0).acosh()
        };
        inside * (0..STRATA).map(one).sum::<f64>() / STRATA as f64
    })
    .tail_index(f64::INFINITY) // at R -> 0 it grows like a logarithm
}
