//! The Hankel matrix of spectral filtering, and how fast its spectrum decays.
//!
//! Its entries are moments, so that it has a square root that is known in closed form, and
//! eigenvalues of $10^{-26}$ are computed to all digits. The decay makes a number of filters
//! sufficient that grows with the logarithm of the horizon alone.

use super::{LINK, PAPER};
use std::f64::consts::{LN_2, PI};
use std::sync::LazyLock;
use theoremcheck::linalg::{singular_values, symmetric_eigen};
use theoremcheck::models::linear_network::Matrix;
use theoremcheck::prelude::*;
use theoremcheck::special::{GaussLegendre, integrate};

/// An entry.
#[derive(Clone, Copy, Debug)]
struct Entry {
    i: usize,
    j: usize,
}

/// A horizon $T$, a number of filters, and an accuracy.
#[derive(Clone, Copy, Debug)]
struct Filters {
    horizon: usize,
    count: usize,
    accuracy: f64,
}

/// Eigenvalues below are lost in the rounding of the square root of the matrix.
const LEAST: f64 = 1e-26;

/// Filters that are looked at.
const FILTERS_MAX: usize = 12;

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "hazan2017.hankel",
        alias: "hazan2017.hankel",
        title: "Hankel matrix of spectral filters and the decay of its spectrum",
        source: Source {
            paper: PAPER,
            result: "the filter matrix and the lemmas on its eigenvalues and on the reconstruction \
                     (numbers unverified); the decay from the first eigenvalue on is measured \
                     here, the constant of the distance derived",
            link: LINK,
        },
        statement: r"For $\alpha \in [0, 1]$ and $i = 1, \dots, T$ let $\mu(\alpha)_i = (\alpha - 1)
            \alpha^{i-1}$, and let $\sigma_1 \ge \dots \ge \sigma_T$ be the eigenvalues of
            $Z_T = \int_0^1 \mu(\alpha) \mu(\alpha)^\top d\alpha$, the filters the eigenvectors. The
            entries are $\frac{2}{(i+j)^3 - (i+j)}$, and $\operatorname{tr} Z_T = 2 \ln 2 - 1 -
            \int_0^1 \frac{(1-\alpha) \alpha^{2T}}{1 + \alpha} d\alpha$. For $T \ge 10$ the paper
            has $\sigma_j \le \min(\frac34, K c^{-j / \ln T})$ with $c = e^{\pi^2/4}$ and a constant
            $K < 10^6$ (from memory); for $10 \le T \le 64$ and $\sigma_j > 10^{-26}$ it is found
            that $\sigma_j \le \sigma_1 c^{-(j-1)/\ln T}$, so that $K = 1.06$ will do. The squared
            distance of $\mu(\alpha)$ from the span of the first $k$ filters is at most
            $\sqrt{4 \sqrt 2 \sum_{j > k} \sigma_j}$ for every $\alpha$. So $O(\log T
            \log \frac1\epsilon)$ filters are enough for a distance of $\epsilon$ from all
            $\mu(\alpha)$; measured for $16 \le T \le 40$ and $\epsilon \ge 10^{-3}$: twice the
            horizon takes no filter less, and at most two more.",
        claims: vec![entries(), trace(), decay(), distance(), doubling()],
        derivation: moments,
    }
}

/// $\frac{2}{s^3 - s}$.
static ENTRY: LazyLock<Expr> = LazyLock::new(|| 2 / (var("s").pow(3) - var("s")));

fn entry(at: &Entry) -> Formula {
    Formula::of("entry", &ENTRY, [("s", (at.i + at.j) as f64)])
}

fn moments() -> Derivation {
    let (s, x, t) = vars!("s", "x", "t");
    let power = (&s * x.ln()).exp();
    let pairs = Domain::new().half_open(&s, 2, INF);
    let inside = pairs.clone().open(&x, 0, 1);
    // x^(s-2) (1-x)^2 and its antiderivative.
    let moment = &power * (1 - &x).pow(2) / x.pow(2);
    let sum = &power * (1 / (&x * (&s - 1)) - 2 / &s + &x / (&s + 1));
    let all = 1 / (&s - 1) - 2 / &s + 1 / (&s + 1);
    let unit = Domain::new().open(&x, 0, 1);
    // The sum of the squares of the entries of mu, as a series.
    let ends = (2 * &t * x.ln()).exp();
    let squares = (1 - &x).pow(2) * (1 - &ends) / (1 - x.pow(2));
    let closed = Domain::new().closed(&x, 0, 1);
    let logarithm = 2 * (1 + &x).ln() - &x;
    let density = (1 - &x) / (1 + &x);
    // sum x^(2n), sum 2n x^(2n-1), sum n^2 x^(2n-2): geometric series and its slopes.
    let y = 1 - x.pow(2);
    let speed = 1 / &y - 2 * (1 - &x) * &x / y.pow(2) + (1 - &x).pow(2) * (1 + x.pow(2)) / y.pow(3);
    let speed_closed = 2 / ((1 - &x) * (1 + &x).pow(3));
    let product = &density * &speed_closed;
    let (top, slope) = vars!("M", "L");
    let triangle = &top / &slope * &top / 2;
    let sizes = Domain::new().open(&top, 0, INF).open(&slope, 0, INF);
    Derivation::of("Moments of the filters, and a Lipschitz constant")
        .identity("moment-slope", sum.d(&x), moment.clone(), &inside)
        .twin("first-power", |st| st.right(&moment / (1 - &x)))
        .conclude(
            "moment",
            Rule::Ftc {
                integrand: moment.clone(),
                antiderivative: sum.clone(),
                in_: x.clone(),
                from: ["moment-slope"],
            },
        )
        .twin("half", |st| st.put(&sum / 2))
        .identity("entry", ENTRY.clone(), all, &pairs)
        .twin("half", |st| st.left(1 / (s.pow(3) - &s)))
        .identity("geometric", squares, &density - &density * &ends, &unit.clone().open(&t, 0, INF))
        .twin("no-tail", |st| st.right(density.clone()))
        .identity("trace-slope", logarithm.d(&x), density.clone(), &closed)
        .twin("no-one", |st| st.left((2 * (1 + &x).ln()).d(&x)))
        .conclude(
            "trace",
            Rule::Ftc {
                integrand: density.clone(),
                antiderivative: logarithm.clone(),
                in_: x.clone(),
                from: ["trace-slope"],
            },
        )
        .twin("no-two", |st| st.put((1 + &x).ln() - &x))
        .identity("speed", speed, speed_closed.clone(), &unit)
        .twin("one", |st| st.right(&speed_closed / 2))
        .identity("product", product.clone(), 2 / (1 + &x).pow(4), &unit)
        .twin("square", |st| st.right(2 / (1 + &x).pow(2)))
        .nonneg("lipschitz", 2 - 2 / (1 + &x).pow(4), &closed)
        .twin("one", |st| st.of(1 - 2 / (1 + &x).pow(4)))
        // A function with slopes up to L and maximum M up to L/2 covers a triangle.
        .identity("triangle", 2 * &slope * &triangle, top.pow(2), &sizes)
        .twin("square", |st| st.left(&slope * &triangle))
        .measured("spectrum", "the eigenvalues fall geometrically from the first one on", "decay")
}

fn entries() -> Claim {
    Claim::new(
        "entries",
        Identity {
            domain: |given| Entry { i: given.count("i", 1..=200), j: given.count("j", 1..=200) },
            left: |at| {
                let power = (at.i + at.j) as i32 - 2;
                let moment = integrate(|x| (1.0 - x).powi(2) * x.powi(power), 0.0, 1.0, 1e-14);
                Approx { value: moment.value, error: moment.error }
            },
            right: |at| entry(at).value().into(),
            known: vec![
                (Entry { i: 1, j: 1 }, (1.0 / 3.0).into()),
                (Entry { i: 1, j: 2 }, (1.0 / 12.0).into()),
                (Entry { i: 5, j: 5 }, (2.0 / 990.0).into()),
            ],
            mutants: [
                Mutant {
                    name: "half",
                    why: "forgets the 2 of the beta function B(s - 1, 3)",
                    says: |at| (0.5 * entry(at).value()).into(),
                },
                Mutant {
                    name: "sign",
                    why: "adds i + j instead of subtracting it",
                    says: |at| of_sum(at, |s| 2.0 / (s * s * s + s)),
                },
                Mutant {
                    name: "leading",
                    why: "keeps the leading term alone",
                    says: |at| of_sum(at, |s| 2.0 / (s * s * s)),
                },
                Mutant {
                    name: "from-zero",
                    why: "counts rows and columns from 0",
                    says: |at| of_sum(at, |s| 2.0 / ((s + 2.0).powi(3) - (s + 2.0))),
                },
            ],
            curve: Curve {
                x: "j",
                grid: Grid::Linear { from: 1.0, to: 60.0, points: 60 },
                at: |j| Entry { i: 1, j: j as usize },
            },
        },
        Tie::formula(entry),
    )
}

fn trace() -> Claim {
    Claim::new(
        "trace",
        Identity {
            domain: |given| Filters { horizon: given.count("T", 1..=400), count: 0, accuracy: 0.0 },
            left: |f| {
                let square = |i: usize| entry(&Entry { i, j: i }).value();
                (1..=f.horizon).map(square).sum::<f64>().into()
            },
            right: |f| trace_without(tail(f.horizon)),
            known: vec![
                // By mpmath.
                (horizon(10), 0.385_161_853_969_903_505.into()),
                (horizon(100), 0.386_281_985_341_757_883.into()),
                (horizon(1000), 0.386_294_236_244_812_525.into()),
            ],
            mutants: [
                Mutant {
                    name: "limit",
                    why: "takes the trace for its limit",
                    says: |_| trace_without(Approx::from(0.0)),
                },
                Mutant {
                    name: "tail-of-half",
                    why: "lets the powers end at T instead of 2T",
                    says: |f| trace_without(tail(f.horizon / 2)),
                },
                Mutant {
                    name: "leading-tail",
                    why: "takes the leading term of the tail, 1 / (8 T^2)",
                    says: |f| {
                        let leading = 1.0 / (8.0 * (f.horizon as f64).powi(2));
                        trace_without(Approx::from(leading))
                    },
                },
                Mutant {
                    name: "one-more",
                    why: "counts one row more",
                    says: |f| trace_without(tail(f.horizon + 1)),
                },
            ],
            curve: Curve {
                x: "T",
                grid: Grid::Linear { from: 1.0, to: 60.0, points: 60 },
                at: |t| horizon(t as usize),
            },
        },
        Tie::none("a quadrature of the tail; the steps are about its integrand and the limit"),
    )
}

fn decay() -> Claim {
    Claim::new(
        "decay",
        Property {
            domain: |given| horizon(given.count("T", 10..=64)),
            margin: |f| 1.0 - steepest(f, |j, log| 0.25 * PI * PI * j / log),
            known: vec![
                // By mpmath, with 40 digits.
                (horizon(10), 0.819_903_267_465_609_4),
                (horizon(30), 0.871_329_541_513_658_6),
            ],
            mutants: [
                Mutant {
                    name: "pi-squared",
                    why: "forgets the 4: the eigenvalues would fall four times as fast",
                    says: |f| 1.0 - steepest(f, |j, log| PI * PI * j / log),
                },
                Mutant {
                    name: "no-horizon",
                    why: "takes the rate not to depend on the horizon",
                    says: |f| 1.0 - steepest(f, |j, _| 0.25 * PI * PI * j),
                },
                Mutant {
                    name: "squared",
                    why: "lets the eigenvalues fall like those of a Gaussian kernel",
                    says: |f| 1.0 - steepest(f, |j, log| 0.25 * PI * PI * j * j / log),
                },
                Mutant {
                    name: "rising",
                    why: "takes the rate to grow with the horizon",
                    says: |f| 1.0 - steepest(f, |j, log| 0.25 * PI * PI * j * log),
                },
            ],
            curve: Curve {
                x: "T",
                grid: Grid::Linear { from: 10.0, to: 64.0, points: 19 },
                at: |t| horizon(t as usize),
            },
        },
        Tie::none("eigenvalues of a matrix of any size: no expression here"),
    )
}

fn distance() -> Claim {
    Claim::new(
        "distance",
        Property {
            domain: |given| Filters {
                count: given.count("k", 0..=8),
                ..horizon(given.count("T", 16..=64))
            },
            margin: |f| 1.0 - farthest(f) / (32_f64.sqrt() * left(f)).sqrt(),
            known: vec![
                // By mpmath, over the same poles.
                (Filters { count: 2, ..horizon(10) }, 0.911_901_647_657_703_1),
                (Filters { count: 4, ..horizon(16) }, 0.983_349_323_095_224_4),
            ],
            mutants: [
                Mutant {
                    name: "mean",
                    why: "takes the mean over all poles for the largest value",
                    says: |f| 1.0 - farthest(f) / left(f),
                },
                Mutant {
                    name: "next",
                    why: "takes the first eigenvalue that is left out for the squared distance",
                    says: |f| {
                        let next = spectrum(f.horizon).get(f.count).copied().unwrap_or(0.0);
                        1.0 - farthest(f) / next
                    },
                },
                Mutant {
                    name: "no-root",
                    why: "forgets the root: a constant times what is left out",
                    says: |f| 1.0 - farthest(f) / (32_f64.sqrt() * left(f)),
                },
            ],
            curve: Curve {
                x: "k",
                grid: Grid::Linear { from: 0.0, to: 8.0, points: 9 },
                at: |k| Filters { count: k as usize, ..horizon(32) },
            },
        },
        Tie::none("a largest value over all poles and eigenvalues: no expression here"),
    )
}

fn doubling() -> Claim {
    Claim::new(
        "doubling",
        Property {
            domain: |given| Filters {
                accuracy: given.scale("epsilon", 1e-3..=0.1),
                ..horizon(given.count("T", 16..=40))
            },
            margin: |f| {
                let [once, twice] = counts(f);
                (twice - once).min(2.0 - (twice - once))
            },
            // By numpy: 7 and 8 filters for T = 16 and 32, and 3 for T = 32 and 64.
            known: vec![
                (Filters { accuracy: 1e-3, ..horizon(16) }, 1.0),
                (Filters { accuracy: 0.1, ..horizon(32) }, 0.0),
            ],
            mutants: [
                Mutant {
                    name: "constant",
                    why: "takes the number of filters not to depend on the horizon",
                    says: |f| {
                        let [once, twice] = counts(f);
                        once - twice
                    },
                },
                Mutant {
                    name: "root",
                    why: "lets the number of filters grow with the root of the horizon",
                    says: |f| {
                        let [once, twice] = counts(f);
                        twice - 2_f64.sqrt() * once
                    },
                },
                Mutant {
                    name: "two-each",
                    why: "takes the largest cost for the cost: two filters",
                    says: |f| {
                        let [once, twice] = counts(f);
                        twice - once - 2.0
                    },
                },
            ],
            curve: Curve {
                x: "epsilon",
                grid: Grid::Log { from: 1e-3, to: 0.1, points: 21 },
                at: |accuracy| Filters { accuracy, ..horizon(32) },
            },
        },
        Tie::none("a count of filters by search over all poles: no expression here"),
    )
}

fn horizon(horizon: usize) -> Filters {
    Filters { horizon, count: 1, accuracy: 0.01 }
}

fn of_sum(at: &Entry, f: fn(f64) -> f64) -> Approx {
    f((at.i + at.j) as f64).into()
}

/// $2 \ln 2 - 1$ less a tail.
fn trace_without(tail: Approx) -> Approx {
    Approx { value: 2.0 * LN_2 - 1.0 - tail.value, error: tail.error }
}

/// $\int_0^1 \frac{(1-\alpha) \alpha^{2T}}{1 + \alpha} d\alpha$.
fn tail(horizon: usize) -> Approx {
    let power = 2 * horizon as i32;
    let rest = integrate(|x| (1.0 - x) * x.powi(power) / (1.0 + x), 0.0, 1.0, 1e-14);
    Approx { value: rest.value, error: rest.error }
}

/// $\sigma_1, \sigma_2, \dots$ as squared singular values of $\sqrt{w_q} \mu(\alpha_q)$ at the
/// nodes of a quadrature that is exact for degree $2T$: the matrix itself, rounded, shows nothing
/// below $10^{-17}$.
fn spectrum(horizon: usize) -> Vec<f64> {
    let rule = GaussLegendre::new(horizon + 2);
    let root = Matrix::from_fn(horizon, horizon + 2, |i, q| {
        let alpha = rule.nodes()[q];
        rule.weights()[q].sqrt() * (1.0 - alpha) * alpha.powi(i as i32)
    });
    match singular_values(&root) {
        Ok(values) => values.iter().map(|s| s * s).collect(),
        Err(_) => vec![f64::NAN; horizon], // reported by the harness
    }
}

/// The largest $\sigma_j / (\sigma_1 e^{-r})$ over $j \ge 2$, $r$ a function of $j - 1$ and
/// $\ln T$.
fn steepest(f: &Filters, rate: fn(f64, f64) -> f64) -> f64 {
    let values = spectrum(f.horizon);
    let log = (f.horizon as f64).ln();
    let seen =
        values.iter().enumerate().skip(1).filter(|(_, sigma)| sigma.is_nan() || **sigma > LEAST);
    seen.map(|(j, sigma)| sigma / values[0] * rate(j as f64, log).exp()).fold(0.0, larger)
}

/// The larger one, or NaN.
fn larger(a: f64, b: f64) -> f64 {
    if a >= b { a } else { b }
}

/// $\sum_{j > k} \sigma_j$.
fn left(f: &Filters) -> f64 {
    spectrum(f.horizon)[f.count.min(f.horizon)..].iter().rev().sum()
}

/// The largest squared distance from the span of the first $k$ filters, for $k$ from 0, over poles
/// $\alpha = 1 - 10^{-5x}$.
fn distances(horizon: usize) -> Vec<f64> {
    let matrix = Matrix::from_fn(horizon, horizon, |i, j| {
        let s = (i + j + 2) as f64;
        2.0 / (s * s * s - s)
    });
    let Ok(eigen) = symmetric_eigen(&matrix) else { return vec![f64::NAN; FILTERS_MAX + 1] };
    let mut largest = vec![0.0_f64; FILTERS_MAX.min(horizon) + 1];
    let mut response = vec![0.0; horizon];
    for pole in 0..200 {
        let alpha = 1.0 - 10_f64.powf(-5.0 * f64::from(pole) / 199.0);
        let mut power = alpha - 1.0;
        for x in &mut response {
            *x = power;
            power *= alpha;
        }
        let mut rest: f64 = response.iter().map(|x| x * x).sum();
        largest[0] = largest[0].max(rest);
        for (k, most) in largest.iter_mut().enumerate().skip(1) {
            let filter = eigen.vectors.column(horizon - k);
            let along: f64 = filter.iter().zip(&response).map(|(v, x)| v * x).sum();
            rest -= along * along;
            *most = most.max(rest);
        }
    }
    largest
}

/// The one for as many filters as said.
fn farthest(f: &Filters) -> f64 {
    distances(f.horizon).get(f.count).copied().unwrap_or(f64::NAN)
}

/// How many filters are needed at $T$ and at $2T$.
fn counts(f: &Filters) -> [f64; 2] {
    [f.horizon, 2 * f.horizon].map(|horizon| {
        let enough = |square: &f64| *square <= f.accuracy * f.accuracy;
        distances(horizon).iter().position(enough).map_or(f64::NAN, |count| count as f64)
    })
}
