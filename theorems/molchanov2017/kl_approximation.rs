//! How good the approximation is that sparse variational dropout is trained with.
//!
//! Every implementation replaces the divergence by three fitted constants and a sigmoid. Its error
//! is a function of one variable: it can be bounded once and for all.

use super::{FIT, LINK, OFFSET, PAPER, approximation, divergence};
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
        derivation: Derivation::none,
    }
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
