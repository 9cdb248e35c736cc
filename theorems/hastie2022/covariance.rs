//! Ridgeless risk for any covariance and any direction of the signal.
//!
//! Real features are not white. Bias and variance of the interpolator depend on the spectrum of
//! their covariance, and the bias on where in that spectrum the signal lies, through one number:
//! the level $1/(c_0 \gamma)$ at which eigenvalues begin to count.

use super::{LINK, PAPER, columns, tail_index};
use theoremcheck::models::deterministic_equivalent::Level;
use theoremcheck::models::isotropic_rows::IsotropicRow;
use theoremcheck::models::signal_blocks::SignalBlocks;
use theoremcheck::prelude::*;

/// $p = \gamma n$ features whose covariance has a spectrum of a shape and a condition number;
/// $r^2 = \sigma^2 = 1$ without loss of generality.
#[derive(Clone, Copy, Debug)]
pub(super) struct Model {
    pub(super) gamma: f64,
    pub(super) condition: f64,
    pub(super) shape: Shape,
}

/// The same with a law of the independent entries of $Z$.
#[derive(Clone, Copy, Debug)]
struct Entries {
    model: Model,
    law: IsotropicRow,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// Half of the eigenvalues 1, half the inverse condition number.
    TwoAtoms,
    /// From 1 down to the inverse condition number by equal factors.
    Geometric,
    /// The spectral density $\frac{1-\rho^2}{1 - 2 \rho \cos\theta + \rho^2}$ of an autoregression
    /// at $p$ frequencies, $\rho = \frac{\sqrt c - 1}{\sqrt c + 1}$ for condition number $c$.
    Autoregressive,
    /// A sixth of the eigenvalues 1, as of latent factors, the others the inverse condition number.
    Spiked,
    /// From 1 down to the inverse condition number like the inverse square of the index.
    PowerLaw,
    /// From 1 down to the inverse condition number by equal steps.
    Uniform,
}

/// Where the coefficients are, all equal there.
#[derive(Clone, Copy, Debug)]
pub(super) enum Signal {
    TopThird,
    BottomThird,
    Everywhere,
}

/// The components of the bias.
const SIGNALS: [Signal; 3] = [Signal::TopThird, Signal::BottomThird, Signal::Everywhere];

/// Any $p$ eigenvalues.
#[derive(Clone, Debug)]
struct Spectrum {
    n: usize,
    eigenvalues: Vec<f64>,
}

/// Sizes whose $p = \gamma n$ are divisible by six.
const SIZES: &[usize] = &[6, 12, 24, 48];

/// Dependent rows are drawn again: two rows of signs, with a probability of 1e-4 at n = 6, p = 18,
/// and below 1e-8 at the other sizes.
const REDRAWS: usize = 16;

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "hastie2022.covariance",
        alias: "hmrt.general-covariance",
        title: "Ridgeless risk for any covariance",
        source: Source {
            paper: PAPER,
            result: "Definition 1, Theorems 2 and 3 (numbers unverified); the lower bound on the \
                     variance is derived here",
            link: LINK,
        },
        statement: r"Let $y = X\beta + \epsilon$, $X = Z \Sigma^{1/2}$ with an $n \times p$ matrix
            $Z$ of independent entries with mean 0, variance 1 and bounded moments, and $\epsilon$
            with mean 0 and covariance $\sigma^2 I$. Let $s_1, \dots, s_p \in [1/M, M]$ be the
            eigenvalues of $\Sigma$, $b_i$ the squared coefficients of $\beta$ in its eigenbasis,
            and $\gamma = p/n \ge 1 + 1/M$. Let $c_0 > 0$ be the one root of $1 - \frac1\gamma =
            \frac1p \sum_i \frac{1}{1 + c_0 \gamma s_i}$, $E_1 = \frac1p \sum_i \frac{s_i^2}{(1 +
            c_0 \gamma s_i)^2}$, $E_2 = \frac1p \sum_i \frac{s_i}{(1 + c_0 \gamma s_i)^2}$. As $n, p
            \to \infty$, with high probability the bias $B_X$ and the variance $V_X$ of the
            minimum-norm least-squares estimator, parts of the risk $E[\|\Sigma^{1/2} (\hat\beta -
            \beta)\|^2 \mid X]$, differ by less than $C n^{-1/7}$ from $V_n = \sigma^2 \gamma c_0
            \frac{E_1}{E_2}$ and $B_n = \bigl(1 + \gamma c_0 \frac{E_1}{E_2}\bigr) \sum_i \frac{b_i
            s_i}{(1 + c_0 \gamma s_i)^2}$. For every spectrum $V_n \ge \frac{\sigma^2}{\gamma - 1}$,
            the value for $\Sigma = I$. Checked for diagonal $\Sigma$ and entries that are Gaussian,
            uniform, Laplace or fair signs, on average over $X$ of full rank and over independent
            signs of the coefficients.",
        claims: vec![risk(), least_variance()],
        derivation: two_eigenvalues,
    }
}

/// $H = w \delta_a + (1 - w) \delta_b$. The level $c_0$ is the one positive root for all
/// parameters; a change of units; white features; and the variance is least for these.
fn two_eigenvalues() -> Derivation {
    let (g, c, w, a, b) = vars!("gamma", "c", "w", "a", "b");
    let k = var("k");
    let mean = |f: &dyn Fn(&Expr) -> Expr| &w * f(&a) + (1 - &w) * f(&b);
    let level = |s: &Expr| 1 / (1 + &c * &g * s);
    let equation = mean(&level) - (1 - 1 / &g);
    let e1 = mean(&|s| s.pow(2) * level(s).pow(2));
    let e2 = mean(&|s| s * level(s).pow(2));
    let variance = &g * &c * &e1 / &e2;
    let bias = (1 + &variance) * (&a * level(&a).pow(2));
    let weights = Domain::new().open(&w, 0, 1);
    let spectrum = weights.clone().open(&a, 0, INF).open(&b, 0, INF).open(&g, 1, INF);
    let all = spectrum.open(&c, 0, INF);
    let example = equation.at(&g, 2).at(&w, ratio(1, 2)).at(&a, 1).at(&b, 3);
    let positive = Domain::new().open(&c, 0, INF);
    let scaled = |e: &Expr| e.at(&c, &c / &k).at(&a, &k * &a).at(&b, &k * &b);
    let with_unit = all.clone().open(&k, 0, INF);
    let white = |e: &Expr| e.at(&a, 1).at(&b, 1).at(&c, 1 / (&g * (&g - 1)));
    let wide = weights.clone().open(&g, 1, INF);
    let steps = Derivation::of("The level and the least variance for two eigenvalues")
        .cited(
            "limit",
            "bias and variance differ from these expressions by little, with high probability",
            Source { paper: PAPER, result: "Theorems 2 and 3", link: LINK },
        )
        .unique_root("level", equation.clone(), &c, &all)
        .twin("any-proportion", |s| s.on(&all.above(&g, &ratio(1, 2))))
        .twin("other-sign", |s| s.of(mean(&level) + (1 - 1 / &g)))
        .unique_root("example", example.clone(), &c, &positive)
        .within(decimal("0.288675134594812"), decimal("0.288675134594813"))
        .twin("rounded", |s| s.within(decimal("0.28867513"), decimal("0.288675134")))
        .identity("example-level", example.at(&c, 1 / Expr::from(12).sqrt()), 0, &Domain::new())
        .twin("third", |s| s.right(example.at(&c, ratio(1, 3))))
        .identity("units-level", scaled(&equation), equation.clone(), &with_unit)
        .twin("level-itself", |s| s.right(equation.at(&c, &k * &c)))
        .identity("units-variance", scaled(&variance), variance.clone(), &with_unit)
        .twin("scales", |s| s.right(&k * &variance))
        .identity("units-bias", scaled(&bias), &k * &bias, &with_unit)
        .twin("unchanged", |s| s.right(bias.clone()))
        .identity("white-level", white(&equation), 0, &wide)
        .twin("no-gamma", |s| s.right(equation.at(&a, 1).at(&b, 1).at(&c, 1 / (&g - 1))))
        .identity("white-variance", white(&variance), 1 / (&g - 1), &wide)
        .twin("classical", |s| s.right(&g / (&g - 1)))
        .identity("white-bias", white(&bias), 1 - 1 / &g, &wide)
        .twin("squared", |s| s.right((1 - 1 / &g).pow(2)));
    least_variance_steps(steps, mean(&level), &variance, &all)
}

/// The shares $x = c \gamma a / (1 + c \gamma a)$ and $y$ have mean $1/\gamma$ by the equation for
/// $c_0$, and $V = \frac{E x^2}{E x - E x^2} \ge \frac{E x}{1 - E x}$.
fn least_variance_steps(
    steps: Derivation,
    mean_level: Expr,
    variance: &Expr,
    all: &Domain,
) -> Derivation {
    let (g, c, w, a, b) = vars!("gamma", "c", "w", "a", "b");
    let (x, y) = vars!("x", "y");
    let share = |s: &Expr| &c * &g * s / (1 + &c * &g * s);
    let first = &w * &x + (1 - &w) * &y;
    let second = &w * x.pow(2) + (1 - &w) * y.pow(2);
    let room = &second / (&first - &second) - &first / (1 - &first);
    let spread = &w * (1 - &w) * (&x - &y).pow(2) / ((&first - &second) * (1 - &first));
    let mean_share = &w * share(&a) + (1 - &w) * share(&b);
    let shares = Domain::new().open(&w, 0, 1).open(&x, 0, 1).open(&y, 0, 1);
    let at_shares = |e: Expr| e.at(&x, share(&a)).at(&y, share(&b));
    steps
        .identity("mean-share", mean_share, 1 - &mean_level, all)
        .twin("no-one", |s| s.right(mean_level.clone()))
        .identity("shares", variance.clone(), at_shares(&second / (&first - &second)), all)
        .twin("one-share", |s| s.right(at_shares(&first / (1 - &first))))
        .identity("room", room, spread.clone(), &shares)
        .twin("no-square", |s| {
            s.right(&w * (1 - &w) * (&x - &y) / ((&first - &second) * (1 - &first)))
        })
        .nonneg("least-variance", spread.clone(), &shares)
        .twin("strictly", Draft::strictly)
        .identity("least-value", (&x / (1 - &x)).at(&x, 1 / &g), 1 / (&g - 1), &{
            Domain::new().open(&g, 1, INF)
        })
        .twin("no-one", |s| s.right(1 / &g))
}

fn risk() -> Claim {
    Claim::new(
        "risk",
        Equivalent {
            domain: any_entries,
            theory: |e, n| equivalent(&e.model, n, e.model.gamma),
            observable: Each(biases_and_variance),
            sizes: SIZES,
            // Each cumulant of order k of the entries costs n^{-(k-2)/2}, and the risk is even in
            // X, so that odd ones come in pairs: an expansion of the means in whole powers of 1/n.
            // The term after 1/n is its square.
            correction: Correction::INVERSE_N.then(2.0),
            resolution: Relative(0.02),
            known: vec![
                // By mpmath.
                ((gaussian(2.0, 4.0, Shape::TwoAtoms), 6), [0.25, 0.25, 0.25, 1.25]),
                (
                    (gaussian(5.0, 4.0, Shape::TwoAtoms), 6),
                    [
                        0.651_089_779_492_415_96,
                        0.272_203_025_494_116_76,
                        0.461_646_402_493_266_36,
                        0.337_438_675_918_051_87,
                    ],
                ),
                (
                    (gaussian(2.0, 9.0, Shape::Geometric), 6),
                    [
                        0.158_122_157_824_851_35,
                        0.158_122_157_824_851_35,
                        0.166_666_666_666_666_67,
                        1.232_529_715_577_620_4,
                    ],
                ),
                (
                    (gaussian(2.0, 9.0, Shape::Autoregressive), 6),
                    [
                        0.331_277_042_827_676_33,
                        0.367_130_910_747_480_47,
                        0.368_517_091_821_328_74,
                        1.257_833_660_375_309_1,
                    ],
                ),
                (
                    (gaussian(4.0, 9.0, Shape::Spiked), 6),
                    [
                        0.160_476_628_305_017_19,
                        0.122_824_176_844_898_47,
                        0.135_374_993_998_271_38,
                        0.605_603_786_174_570_47,
                    ],
                ),
                (
                    (gaussian(3.0, 9.0, Shape::PowerLaw), 6),
                    [
                        0.237_536_646_366_571_77,
                        0.149_287_695_475_854_1,
                        0.196_713_668_199_002_66,
                        0.650_422_802_689_789_13,
                    ],
                ),
                (
                    (gaussian(3.0, 9.0, Shape::Uniform), 6),
                    [
                        0.403_128_975_813_938_11,
                        0.243_216_116_263_675_2,
                        0.338_360_037_285_247_12,
                        0.602_986_792_064_285_02,
                    ],
                ),
            ],
            mutants: mistakes(),
            curve: Curve {
                x: "gamma",
                grid: Grid::Linear { from: 1.25, to: 10.0, points: 36 },
                at: |gamma| (gaussian(gamma, 9.0, Shape::Autoregressive), 24),
            },
        },
        Tie::none("functions of the root of an equation with as many terms as eigenvalues"),
    )
    .components(&["bias at the top", "bias at the bottom", "bias everywhere", "variance"])
    // Measured at these sizes: a draw has a term in the cube, and the entries in the square.
    .price(2.0)
    // More than the four of a claim, so that shapes and laws are looked at.
    .points(6)
}

fn mistakes() -> [Mutant<fn(&Entries, usize) -> [f64; 4]>; 6] {
    [
        Mutant {
            name: "no-fixed-point",
            why: "forgets c_0 in front of the ratio of integrals",
            says: |e, n| {
                let parts = Parts::of(&e.model, n, e.model.gamma);
                let factor = parts.factor() / parts.c0;
                parts.risk(1.0 + factor, factor)
            },
        },
        Mutant {
            name: "no-prefactor",
            why: "forgets that the features which are not fitted act as noise",
            says: |e, n| {
                let parts = Parts::of(&e.model, n, e.model.gamma);
                parts.risk(1.0, parts.factor())
            },
        },
        Mutant {
            name: "everywhere",
            why: "spreads the signal over the whole spectrum: H for G",
            says: |e, n| {
                let [_, _, everywhere, variance] = equivalent(&e.model, n, e.model.gamma);
                [everywhere, everywhere, everywhere, variance]
            },
        },
        Mutant {
            name: "isotropic",
            why: "takes white features of the same mean variance",
            says: |e, n| {
                let gamma = e.model.gamma;
                let s = eigenvalues(&e.model, columns(gamma, n));
                let mean = s.iter().sum::<f64>() / s.len() as f64;
                let bias = mean * (1.0 - 1.0 / gamma);
                [bias, bias, bias, 1.0 / (gamma - 1.0)]
            },
        },
        Mutant {
            name: "fourth-moment",
            why: "lets the variance depend on the fourth moment of the entries",
            says: |e, n| {
                let [top, bottom, everywhere, variance] = equivalent(&e.model, n, e.model.gamma);
                [top, bottom, everywhere, variance * (1.0 + 0.05 * kurtosis(e.law))]
            },
        },
        Mutant {
            name: "intercept",
            why: "spends one of 50 observations on an intercept, at every size",
            says: |e, n| equivalent(&e.model, n, e.model.gamma * 50.0 / 49.0),
        },
    ]
}

fn least_variance() -> Claim {
    Claim::new(
        "least-variance",
        Property {
            domain: any_spectrum,
            margin: |s| excess(s, s.eigenvalues.len() as f64 / s.n as f64 - 1.0),
            known: vec![(thirds(0.25), 0.105_334_783_660_444_05)],
            mutants: [
                Mutant {
                    name: "reversed",
                    why: "believes that white features are the worst",
                    says: |s| -excess(s, s.eigenvalues.len() as f64 / s.n as f64 - 1.0),
                },
                Mutant {
                    name: "exact-mean",
                    why: "takes the exact mean for white features, with its degree of freedom",
                    says: |s| {
                        let (n, p) = (s.n as f64, s.eigenvalues.len() as f64);
                        excess(s, (p - n - 1.0) / n)
                    },
                },
                Mutant {
                    name: "classical",
                    why: "takes the variance p/n of a fixed design",
                    says: |s| excess(s, s.n as f64 / s.eigenvalues.len() as f64),
                },
            ],
            curve: Curve {
                x: "least",
                grid: Grid::Log { from: 0.01, to: 1.0, points: 41 },
                at: thirds,
            },
        },
        Tie::none("functions of the root of an equation with as many terms as eigenvalues"),
    )
}

/// Away from the threshold, near which the variance of a dense draw varies too much to be checked
/// in a second. Heavier tails than Laplace's satisfy the hypotheses, but the terms after 1/n grow
/// with the kurtosis, and with it the sizes that are needed.
fn any_entries(given: &mut Given) -> Entries {
    let gamma = given.ratio("gamma", 3..=6, 1);
    let model = any_shape(given, gamma);
    let laws = [
        ("signs", IsotropicRow::Signs),
        ("gaussian", IsotropicRow::Gaussian),
        ("laplace", IsotropicRow::Laplace),
        ("uniform", IsotropicRow::Uniform),
    ];
    Entries { model, law: given.choice("entries", &laws) }
}

/// Any covariance at this aspect ratio.
pub(super) fn any_shape(given: &mut Given, gamma: f64) -> Model {
    Model {
        gamma,
        condition: given.scale("condition", 2.0..=20.0),
        shape: given.choice(
            "shape",
            &[
                ("two-atoms", Shape::TwoAtoms),
                ("geometric", Shape::Geometric),
                ("autoregressive", Shape::Autoregressive),
                ("spiked", Shape::Spiked),
                ("power-law", Shape::PowerLaw),
                ("uniform", Shape::Uniform),
            ],
        ),
    }
}

/// The excess kurtosis of an entry.
fn kurtosis(law: IsotropicRow) -> f64 {
    match law {
        IsotropicRow::Signs => -2.0,
        IsotropicRow::Uniform => -1.2,
        IsotropicRow::Laplace => 3.0,
        _ => 0.0,
    }
}

fn any_spectrum(given: &mut Given) -> Spectrum {
    let n = given.count("n", 1..=10);
    let p = given.count("p", n + 2..=n + 12);
    let spread = given.scale("spread", 1.0..=1e4);
    Spectrum { n, eigenvalues: given.spectrum("spectrum", p, 1.0 / spread..=1.0) }
}

fn gaussian(gamma: f64, condition: f64, shape: Shape) -> Entries {
    Entries { model: Model { gamma, condition, shape }, law: IsotropicRow::Gaussian }
}

/// $n = 2$ and the eigenvalues $1$, the root of the least, the least.
fn thirds(least: f64) -> Spectrum {
    Spectrum { n: 2, eigenvalues: vec![1.0, least.sqrt(), least] }
}

/// The eigenvalues, decreasing.
pub(super) fn eigenvalues(m: &Model, p: usize) -> Vec<f64> {
    let rho = (m.condition.sqrt() - 1.0) / (m.condition.sqrt() + 1.0);
    let atoms = |above: bool| if above { 1.0 } else { 1.0 / m.condition };
    let share = |i: usize| i as f64 / (p as f64 - 1.0);
    let at = |i: usize| match m.shape {
        Shape::TwoAtoms => atoms(2 * i < p),
        Shape::Spiked => atoms(6 * i < p),
        Shape::PowerLaw => (1.0 + (m.condition.sqrt() - 1.0) * share(i)).powi(-2),
        Shape::Uniform => 1.0 - (1.0 - 1.0 / m.condition) * share(i),
        Shape::Geometric => m.condition.powf(-share(i)),
        Shape::Autoregressive => {
            let theta = std::f64::consts::PI * (i as f64 + 0.5) / p as f64;
            (1.0 - rho * rho) / (1.0 - 2.0 * rho * theta.cos() + rho * rho)
        }
    };
    (0..p).map(at).collect()
}

/// The squared coefficients.
pub(super) fn squares(signal: Signal, p: usize) -> Vec<f64> {
    let share = 1.0 / p as f64;
    let third = |there: bool| if there { 3.0 * share } else { 0.0 };
    let at = |i: usize| match signal {
        Signal::TopThird => third(3 * i < p),
        Signal::BottomThird => third(3 * i >= 2 * p),
        Signal::Everywhere => share,
    };
    (0..p).map(at).collect()
}

/// What bias and variance are made of.
struct Parts {
    gamma: f64,
    c0: f64,
    /// $E_1$.
    first: f64,
    /// $E_2$.
    second: f64,
    /// $\sum_i b_i s_i / (1 + c_0 \gamma s_i)^2$ for each signal.
    signals: [f64; 3],
}

impl Parts {
    fn of(m: &Model, n: usize, gamma: f64) -> Self {
        let p = columns(m.gamma, n);
        let s = eigenvalues(m, p);
        let c0 = fixed_point(&s, gamma);
        let (first, second) = integrals(&s, c0 * gamma);
        let term = |(s, b): (&f64, &f64)| b * s / (1.0 + c0 * gamma * s).powi(2);
        let signals = SIGNALS.map(|signal| s.iter().zip(&squares(signal, p)).map(term).sum());
        Self { gamma, c0, first, second, signals }
    }

    /// $\gamma c_0 E_1 / E_2$.
    fn factor(&self) -> f64 {
        self.gamma * self.c0 * self.first / self.second
    }

    /// The biases with a prefactor, and a variance.
    fn risk(&self, prefactor: f64, variance: f64) -> [f64; 4] {
        let [top, bottom, everywhere] = self.signals.map(|signal| prefactor * signal);
        [top, bottom, everywhere, variance]
    }
}

/// $B_n$ for each signal and $V_n$ at an aspect ratio.
fn equivalent(m: &Model, n: usize, gamma: f64) -> [f64; 4] {
    let parts = Parts::of(m, n, gamma);
    parts.risk(1.0 + parts.factor(), parts.factor())
}

/// The root $c_0$ of $1 - \frac1\gamma = \frac1p \sum_i \frac{1}{1 + c_0 \gamma s_i}$: it is
/// $\frac{1}{\gamma\kappa}$ for the level $\kappa$ without a ridge.
fn fixed_point(s: &[f64], gamma: f64) -> f64 {
    let level = Level::of(s, s.len() as f64 / gamma, 0.0);
    level.map_or(f64::NAN, |level| 1.0 / (gamma * level.kappa))
}

/// $E_1$ and $E_2$ at $u = c_0 \gamma$.
fn integrals(s: &[f64], u: f64) -> (f64, f64) {
    let p = s.len() as f64;
    let weight = |s: &f64| s / (1.0 + u * s).powi(2) / p;
    (s.iter().map(|x| x * weight(x)).sum(), s.iter().map(weight).sum())
}

/// $V_n$ times a number, less 1.
fn excess(s: &Spectrum, scale: f64) -> f64 {
    let gamma = s.eigenvalues.len() as f64 / s.n as f64;
    let u = gamma * fixed_point(&s.eigenvalues, gamma);
    let (first, second) = integrals(&s.eigenvalues, u);
    u * first / second * scale - 1.0
}

/// Bias of each signal, averaged over the signs of its coefficients, and variance, given a dense
/// $X$.
fn biases_and_variance(e: Entries, n: usize) -> Sampler<[f64; 4]> {
    let p = columns(e.model.gamma, n);
    let thirds = [p.div_ceil(3), (2 * p).div_ceil(3), p];
    let mut design = SignalBlocks::new(n, &eigenvalues(&e.model, p), e.law, &thirds);
    let shares = [thirds[0], thirds[1] - thirds[0], p - thirds[1]].map(|k| k as f64 / p as f64);
    Sampler::new(move |rng| {
        let mut biases = [0.0; 3];
        for _ in 0..REDRAWS {
            if let Ok(variance) = design.draw(rng, &mut biases) {
                let everywhere = biases.iter().zip(shares).map(|(bias, share)| bias * share).sum();
                return [biases[0], biases[2], everywhere, variance];
            }
        }
        [f64::NAN; 4] // never: the harness reports it
    })
    .tail_index(match e.law {
        IsotropicRow::Signs => f64::INFINITY,
        // The density of an entry is bounded, and so the least eigenvalue is as small no more often
        // than for Gaussian entries.
        _ => tail_index(n, p),
    })
}
