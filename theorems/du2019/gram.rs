//! The Gram matrix at initialisation is close to its mean.
//!
//! How wide a network must be before its first steps are those of an infinitely wide one: the
//! error is $1/m$ in mean square with a known constant, at every width.

use super::{LINK, PAPER, inner, polygon, turned, unit_inputs};
use std::f64::consts::PI;
use std::sync::LazyLock;
use theoremcheck::linalg::symmetric_eigenvalues;
use theoremcheck::models::dual_kernel::{InitialKernel, dual_kernel};
use theoremcheck::prelude::*;

/// Width $m$ and any unit inputs, $n \times d$.
#[derive(Clone, Debug)]
struct Network {
    d: usize,
    m: usize,
    inputs: Vec<f64>,
}

/// Two unit inputs at angle $\theta$.
#[derive(Clone, Debug)]
struct Pair {
    theta: f64,
    x: Vec<f64>,
    y: Vec<f64>,
}

/// Two inputs at angle $\theta$, width $m$, deviation $t = |x^\top y| s / \sqrt m$.
#[derive(Clone, Copy, Debug)]
struct Deviation {
    theta: f64,
    m: usize,
    s: f64,
}

/// Failure probability of the bound on the operator norm.
const DELTA: f64 = 0.05;

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "du2019.gram",
        alias: "du2019.gram-concentration",
        title: "The Gram matrix of a wide ReLU layer at initialisation",
        source: Source {
            paper: PAPER,
            result: "Lemma 3.1; its exact second moment is derived here",
            link: LINK,
        },
        statement: r"Let $x_1, \dots, x_n \in R^d$ be any unit vectors, $w_1, \dots, w_m$
            independent $N(0, I_d)$, and $H_{ij}(0) = x_i^\top x_j \frac1m \sum_r
            1[w_r^\top x_i \ge 0, w_r^\top x_j \ge 0]$. On average $H(0)$ is $H^\infty$,
            $H^\infty_{ij} = x_i^\top x_j q_{ij}$ with $q_{ij} = (\pi - \theta_{ij}) / (2\pi)$ and
            $\theta_{ij}$ the angle of $x_i$ and $x_j$, and for every $m \ge 1$
            $E \|H(0) - H^\infty\|_F^2 = \frac1m \sum_{ij} (x_i^\top x_j)^2 q_{ij} (1 - q_{ij})$.
            With $t \ge 0$, $P(|H_{ij}(0) - H^\infty_{ij}| \ge |x_i^\top x_j| t)
            \le 2 e^{-2mt^2}$. With probability at least $1 - \delta$,
            $\|H(0) - H^\infty\|_2 \le n \sqrt{\log(2n^2/\delta) / (2m)}$, which is at most
            $\lambda_0 / 4$, $\lambda_0$ the least eigenvalue of $H^\infty$, once
            $m \ge 8 n^2 \lambda_0^{-2} \log(2n^2/\delta)$.",
        claims: vec![
            Claim::new(
                "mean",
                mean(),
                Tie::formula(|p| Formula::of("both-active", &BOTH_ACTIVE, [("theta", p.theta)])),
            ),
            Claim::new("second-moment", second_moment(), Tie::none("a sum over pairs of inputs")),
            Claim::new("width", width(), Tie::none("a rate: the exponent -1 is the whole theory")),
            Claim::new("entry", entry(), Tie::formula(entry_bound)),
            Claim::new("operator-norm", operator_norm(), Tie::formula(operator_bound)).dear(),
        ],
        derivation: width_by_hoeffding,
    }
}

/// $\frac{\pi - \theta}{2\pi}$.
static BOTH_ACTIVE: LazyLock<Expr> = LazyLock::new(|| (pi() - var("theta")) / (2 * pi()));

/// $2 e^{-2 s^2}$.
static ENTRY: LazyLock<Expr> = LazyLock::new(|| 2 * (-2 * var("s").pow(2)).exp());

/// [`ENTRY`] at a deviation.
fn entry_bound(p: &Deviation) -> Formula {
    Formula::of("entry", &ENTRY, [("s", p.s)])
}

/// $n \sqrt{\ell / (2 m)}$.
static OPERATOR: LazyLock<Expr> = LazyLock::new(|| {
    let (n, l, m) = vars!("n", "l", "m");
    n * (l / (2 * m)).sqrt()
});

/// [`OPERATOR`] of a network, $\ell = \log(2 n^2 / \delta)$.
fn operator_bound(p: &Network) -> Formula {
    let n = count(p);
    let l = (2.0 * n * n / DELTA).ln();
    Formula::of("radius", &OPERATOR, [("n", n), ("l", l), ("m", p.m as f64)])
}

/// From the bound of one entry to the width that keeps the least eigenvalue; $\ell$ stands for
/// $\log(2 n^2 / \delta)$.
fn width_by_hoeffding() -> Derivation {
    let (n, l, m, lambda, q, theta) = vars!("n", "l", "m", "lambda", "q", "theta");
    let deviation = n.pow(2) * &l / (2 * &m);
    let enough = 8 * n.pow(2) * &l / lambda.pow(2);
    let domain = Domain::new().open(&n, 0, INF).open(&l, 0, INF).open(&lambda, 0, INF);
    let widths = domain.clone().open(&m, 0, INF);
    let angles = Domain::new().open(&theta, 0, pi());
    let any = Domain::new().closed(&theta, 0, pi());
    let (s, t) = vars!("s", "t");
    let hoeffding = 2 * (-2 * &m * t.pow(2)).exp();
    let wide = Domain::new().open(&m, 0, INF).half_open(&s, 0, INF);
    Derivation::of("The width at which the Gram matrix stays near its limit")
        .cited(
            "hoeffding",
            "an average of m signs with probability q deviates by t with probability at most \
             2 exp(-2 m t^2)",
            Source {
                paper: "W. Hoeffding, 1963, Probability inequalities for sums of bounded random \
                        variables",
                result: "Theorem 1",
                link: "https://doi.org/10.1080/01621459.1963.10500830",
            },
        )
        .identity("failure", hoeffding.at(&t, &(&*OPERATOR / &n)), 2 * (-&l).exp(), &widths)
        .twin("no-two", |d| d.right((-&l).exp()))
        .identity("radius", OPERATOR.clone(), &deviation / &*OPERATOR, &widths)
        .twin("no-root", |d| d.right(deviation.clone()))
        .identity("width", deviation.at(&m, &enough), lambda.pow(2) / 16, &domain)
        .twin("quarter", |s| s.right(lambda.pow(2) / 4))
        .nonneg("enough", lambda.pow(2) / 16 - &deviation, &domain.clone().open(&m, &enough, INF))
        .twin("half-the-width", |s| s.on(&domain.clone().open(&m, &enough / 2, INF)))
        .identity(
            "spread",
            (&q * (1 - &q)).at(&q, (pi() - &theta) / (2 * pi())),
            (pi().pow(2) - theta.pow(2)) / (4 * pi().pow(2)),
            &angles,
        )
        .twin("no-square", |s| s.right((pi() - &theta) / (4 * pi())))
        .identity("both-active", BOTH_ACTIVE.clone(), ratio(1, 2) - &theta / (2 * pi()), &any)
        .twin("not-complemented", |d| d.right(&theta / (2 * pi())))
        .identity("entry", hoeffding.at(&t, &s * m.sqrt() / &m), ENTRY.clone(), &wide)
        .twin("not-squared", |d| d.right(2 * (-2 * &s).exp()))
}

/// $E H_{ij}(0) / x_i^\top x_j = q_{ij}$, the probability that a neuron is active on both.
fn mean() -> Equality<Pair, f64, 5> {
    Equality {
        domain: pair,
        theory: |p| both_active(p.theta),
        observable: is_active_on_both,
        resolution: Absolute(0.005),
        // H_ij = 0.089548002603 at cosine 0.3 (card), over 0.3, to 30 digits; and 60 degrees.
        known: vec![
            (flat_pair(f64::acos(0.3)), 0.298_493_342_010_339_15),
            (flat_pair(PI / 3.0), 1.0 / 3.0),
        ],
        mutants: [
            Mutant {
                name: "independent-signs",
                why: "takes the two activations for independent: one quarter",
                says: |_| 0.25,
            },
            Mutant {
                name: "chord-for-angle",
                why: "puts the distance of the inputs for their angle",
                says: |p| both_active(2.0 * (0.5 * p.theta).sin()),
            },
            Mutant {
                name: "sum-for-supplement",
                why: "puts the length of the sum of the inputs for pi minus their angle",
                says: |p| (0.5 * p.theta).cos() / PI,
            },
            Mutant {
                name: "linearised-arcsine",
                why: "keeps the first order of the arcsine law in the cosine",
                says: |p| 0.25 + p.theta.cos() / (2.0 * PI),
            },
            Mutant {
                name: "angle-not-complemented",
                why: "counts the neurons that tell the inputs apart",
                says: |p| p.theta / (2.0 * PI),
            },
        ],
        curve: Curve {
            x: "theta",
            grid: Grid::Linear { from: 0.0, to: PI, points: 61 },
            at: flat_pair,
        },
    }
}

/// $E \|H(0) - H^\infty\|_F^2$ at every width.
fn second_moment() -> Equality<Network, f64, 4> {
    Equality {
        domain: network,
        theory: |p| spread(p, |q| q * (1.0 - q)) / p.m as f64,
        observable: squared_error,
        resolution: Relative(0.01),
        // The regular pentagon, summed with 30 digits elsewhere.
        known: vec![
            (pentagon(1.0), 2.039_589_803_375_031_6),
            (pentagon(10.0), 0.203_958_980_337_503_15),
        ],
        mutants: [
            Mutant {
                name: "sample-variance",
                why: "divides by m - 1, as if the mean had been estimated",
                says: |p| spread(p, |q| q * (1.0 - q)) / (p.m as f64 - 1.0),
            },
            Mutant {
                name: "no-centring",
                why: "takes the second moment q of an activation for its variance",
                says: |p| spread(p, |q| q) / p.m as f64,
            },
            Mutant {
                name: "worst-variance",
                why: "takes one quarter, the largest variance of an event, for all pairs",
                says: |p| spread(p, |_| 0.25) / p.m as f64,
            },
            Mutant {
                name: "diagonal-not-random",
                why: "forgets that the diagonal varies too: a neuron is active half the time",
                says: |p| {
                    let diagonal = 0.25 * (p.inputs.len() / p.d) as f64;
                    (spread(p, |q| q * (1.0 - q)) - diagonal) / p.m as f64
                },
            },
        ],
        curve: Curve {
            x: "m",
            grid: Grid::Linear { from: 1.0, to: 64.0, points: 64 },
            at: pentagon,
        },
    }
}

/// $\|H(0) - H^\infty\|_F^2 \propto m^{-1}$, widths being prefixes of one network.
fn width() -> Rate<Network, 4> {
    Rate {
        domain: network_of_any_width,
        shape: |_, m| power(m, -1.0),
        observable: Nested(squared_errors),
        relation: Equal,
        sizes: &[2, 8, 16, 64],
        // The mean is a constant over m exactly: whatever decay is assumed of the rest, it is 0.
        correction: Correction::GUARD.then(4.0),
        resolution: 0.02,
        mutants: [
            Mutant {
                name: "sample-variance",
                why: "divides by m - 1",
                says: |_, m| 1.0 / (m as f64 - 1.0),
            },
            Mutant {
                name: "norm-not-squared",
                why: "gives the rate of the norm for that of its square",
                says: |_, m| power(m, -0.5),
            },
            Mutant {
                name: "bias-like",
                why: "takes the error for a bias, whose square falls like 1/m^2",
                says: |_, m| power(m, -2.0),
            },
            Mutant {
                name: "union-bound",
                why: "leaves the logarithm of a union bound over neurons",
                says: |_, m| (m as f64).ln() / m as f64,
            },
        ],
        curve: Curve {
            x: "m",
            grid: Grid::Log { from: 1.0, to: 1024.0, points: 41 },
            at: |m| (pentagon(1.0), m.round() as usize),
        },
    }
}

/// Hoeffding's bound for one entry.
fn entry() -> Bound<Deviation, 3> {
    Bound {
        domain: deviation,
        observable: deviates,
        relation: AtMost,
        holds: OnAverage(Absolute(0.005)),
        bound: |p| entry_bound(p).value(),
        // 2 exp(-1.62), to 30 digits.
        known: vec![(Deviation { theta: 1.0, m: 25, s: 0.9 }, 0.395_797_398_167_229_36)],
        mutants: [
            Mutant {
                name: "deviation-not-squared",
                why: "loses the square: 2 exp(-2 m t)",
                says: |p| 2.0 * (-2.0 * p.s * (p.m as f64).sqrt()).exp(),
            },
            Mutant {
                name: "range-of-one-half",
                why: "takes the range of a centred activation for one half instead of one",
                says: |p| 2.0 * (-8.0 * p.s * p.s).exp(),
            },
            Mutant {
                name: "width-squared",
                why: "squares the width with the deviation: 2 exp(-2 m^2 t^2)",
                says: |p| 2.0 * (-2.0 * p.m as f64 * p.s * p.s).exp(),
            },
        ],
        curve: Curve {
            x: "s",
            grid: Grid::Linear { from: 0.0, to: 1.5, points: 61 },
            at: |s| Deviation { theta: PI / 3.0, m: 64, s },
        },
    }
}

/// $\|H(0) - H^\infty\|_2$ with high probability.
fn operator_norm() -> Bound<Network, 3> {
    Bound {
        domain: network,
        observable: operator_error,
        relation: AtMost,
        holds: WithProbability(1.0 - DELTA),
        bound: |p| operator_bound(p).value(),
        // n = 5, m = 10: 5 sqrt(log(1000) / 20).
        known: vec![(pentagon(10.0), 2.938_485_000_595_999_5)],
        mutants: [
            Mutant {
                name: "largest-entry",
                why: "takes the largest entry of a matrix for its operator norm",
                says: |p| entry_radius(p, 2.0 * count(p) * count(p)),
            },
            Mutant {
                name: "no-union-bound",
                why: "takes one entry for all: neither n nor the union over entries",
                says: |p| entry_radius(p, 2.0),
            },
            Mutant {
                name: "deviation-not-squared",
                why: "loses the square root: n log(2 n^2 / delta) / (2 m)",
                says: |p| entry_radius(p, 2.0 * count(p) * count(p)).powi(2),
            },
        ],
        curve: Curve {
            x: "m",
            grid: Grid::Log { from: 1.0, to: 1024.0, points: 41 },
            at: pentagon,
        },
    }
}

fn pair(given: &mut Given) -> Pair {
    let d = given.count("d", 2..=8);
    let theta = given.real("theta", 0.3..=2.8);
    let x = given.unit_vector("input", d);
    let y = turned(&x, &given.unit_vector("direction", d), theta);
    Pair { theta, x, y }
}

/// A pair in the plane.
fn flat_pair(theta: f64) -> Pair {
    Pair { theta, x: vec![1.0, 0.0], y: vec![theta.cos(), theta.sin()] }
}

/// From 12 neurons, so that a divisor $m - 1$ is less than 10 % off.
fn network(given: &mut Given) -> Network {
    let n = given.count("n", 6..=16);
    let d = given.count("d", 6..=12);
    let m = given.count("m", 12..=48);
    let inputs = unit_inputs(&mut given.data("inputs"), n, d);
    Network { d, m, inputs }
}

fn network_of_any_width(given: &mut Given) -> Network {
    let n = given.count("n", 6..=16);
    let d = given.count("d", 6..=12);
    let inputs = unit_inputs(&mut given.data("inputs"), n, d);
    Network { d, m: 1, inputs }
}

fn pentagon(m: f64) -> Network {
    Network { d: 2, m: m.round() as usize, inputs: polygon(5) }
}

fn deviation(given: &mut Given) -> Deviation {
    Deviation {
        theta: given.real("theta", 0.9..=1.9),
        m: given.count("m", 16..=64),
        s: given.real("s", 0.75..=0.95),
    }
}

/// $q = (\pi - \theta) / (2\pi)$.
fn both_active(theta: f64) -> f64 {
    BOTH_ACTIVE.eval(&[("theta", theta)])
}

/// $\sum_{ij} (x_i^\top x_j)^2 v(q_{ij})$.
///
/// $q = \frac14 + \arcsin(x_i^\top x_j) / 2\pi$, Sheppard's form: the observable subtracts an
/// $H^\infty$ from angles, and a mistake in either would show.
fn spread(p: &Network, v: impl Fn(f64) -> f64) -> f64 {
    let rows = || p.inputs.chunks_exact(p.d);
    let term = |(x, y): (&[f64], &[f64])| {
        let cosine = inner(x, y).clamp(-1.0, 1.0);
        cosine * cosine * v(0.25 + cosine.asin() / (2.0 * PI))
    };
    rows().flat_map(|x| rows().map(move |y| (x, y))).map(term).sum()
}

/// $n$.
fn count(p: &Network) -> f64 {
    (p.inputs.len() / p.d) as f64
}

/// Hoeffding's radius of one entry, $\sqrt{\log(k / \delta) / (2m)}$.
fn entry_radius(p: &Network, k: f64) -> f64 {
    ((k / DELTA).ln() / (2.0 * p.m as f64)).sqrt()
}

/// Whether one neuron is active on both inputs.
fn is_active_on_both(p: Pair) -> Sampler {
    let mut w = vec![0.0; p.x.len()];
    Sampler::event(move |rng| {
        rng.fill_normal(&mut w);
        inner(&w, &p.x) >= 0.0 && inner(&w, &p.y) >= 0.0
    })
}

/// $\|H(0) - H^\infty\|_F^2$ from the signs of $w_r^\top x_i$, packed into words.
fn squared_error(p: Network) -> Sampler {
    let mut kernel = InitialKernel::new(&p.inputs, p.d);
    Sampler::new(move |rng| {
        let mut error = [0.0];
        kernel.squared_errors(rng, &[p.m], &mut error);
        error[0]
    })
}

/// The same at several widths of one network.
fn squared_errors(p: Network, widths: &'static [usize]) -> Sampler<Vec<f64>> {
    let mut kernel = InitialKernel::new(&p.inputs, p.d);
    Sampler::new(move |rng| {
        let mut errors = vec![0.0; widths.len()];
        kernel.squared_errors(rng, widths, &mut errors);
        errors
    })
}

/// Whether the share of neurons active on both inputs is at least $s / \sqrt m$ off $q$.
///
/// Only the projection of a neuron on the plane of the inputs matters: two normals for any $d$.
/// $q$ by Sheppard's form, so that the event does not share the angle with the theory.
fn deviates(p: Deviation) -> Sampler {
    let (sine, cosine) = p.theta.sin_cos();
    let m = p.m as f64;
    let q = 0.25 + cosine.asin() / (2.0 * PI);
    Sampler::event(move |rng| {
        let active = (0..p.m)
            .filter(|_| {
                let (u, v) = (rng.normal(), rng.normal());
                u >= 0.0 && cosine * u + sine * v >= 0.0
            })
            .count();
        (active as f64 / m - q).abs() >= p.s / m.sqrt()
    })
}

/// $\|H(0) - H^\infty\|_2$.
fn operator_error(p: Network) -> Sampler {
    let mut kernel = InitialKernel::new(&p.inputs, p.d);
    let limit = dual_kernel(&p.inputs, p.d);
    Sampler::new(move |rng| {
        let difference = kernel.kernel(rng, p.m) - &limit;
        symmetric_eigenvalues(&difference).map_or(f64::NAN, |values| values.amax())
    })
}
