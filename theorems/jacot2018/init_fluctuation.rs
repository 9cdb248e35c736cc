//! How random the tangent kernel of a finite network is at the start.
//!
//! Training follows a fixed kernel only if the network is wide. At finite width the kernel depends
//! on the initial weights, and by how much is known exactly: for one hidden layer its relative
//! variance at an input is $3/m$, for two it is more than twice that.

use super::{CHO_AND_SAUL, LINK, PAPER, between, product_of_cosines, turned_cosine};
use std::f64::consts::PI;
use std::sync::LazyLock;
use theoremcheck::models::tangent_pair::TangentPair;
use theoremcheck::prelude::*;

/// One hidden layer of width $m$, two inputs at angle $\theta$.
#[derive(Clone, Copy, Debug)]
struct Pair {
    m: usize,
    theta: f64,
}

/// Two hidden layers, one input.
#[derive(Clone, Copy, Debug)]
struct Widths {
    m1: usize,
    m2: usize,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "jacot2018.init-fluctuation",
        alias: "ntk.init-fluctuation",
        title: "The tangent kernel at initialisation and its variance",
        source: Source {
            paper: PAPER,
            result: "Theorem 1, the limit of wide layers; the exact second moments are derived \
                     here",
            link: LINK,
        },
        statement: r"Let $h_0 = x$, $h_l = \sqrt{2/m_l} \max(W_l h_{l-1}, 0)$ for $l \le L$ and
            $f(x) = a^\top h_L$ with independent standard normal weights, all of them trained, and
            $\Theta(x, x') = \nabla f(x)^\top \nabla f(x')$ the tangent kernel at the start, for
            unit inputs $x, x'$ at angle $\theta$. On average over the weights, exactly, for all
            widths: for $L = 1$, $m_1 = m$, with $c = \cos\theta$,
            $E \Theta = \mu = \frac1\pi (\sin\theta + 2 (\pi - \theta) c)$ and
            $E \Theta^2 = \mu^2 + (q - \mu^2)/m$,
            $q = \frac2\pi (5 c \sin\theta + (\pi - \theta)(1 + 7 c^2))$; so at $x = x'$ the mean is
            2 and the relative variance $3/m$. For $L = 2$ and $x = x'$, $E \Theta = 3$ and
            $E \Theta^2 = 9 + 29/m_1 + 29/m_2 + 113/(m_1 m_2)$: for equal widths the relative
            variance is $(58/9)/m$ and a term in $m^{-2}$.",
        claims: vec![
            Claim::new("one-layer", one_layer(), Tie::formula(pair_moments))
                .components(&["mean", "mean square"]),
            Claim::new("two-layers", two_layers(), Tie::formula(two_layer_moments))
                .components(&["mean", "mean square"]),
        ],
        derivation: second_moments,
    }
}

/// $\mu$ and $q$: mean and mean square of what one neuron adds to $m \Theta$.
static NEURON: LazyLock<[Expr; 2]> = LazyLock::new(|| {
    let theta = var("theta");
    let (sine, cosine, rest) = (theta.sin(), theta.cos(), pi() - &theta);
    [
        (&sine + 2 * &rest * &cosine) / pi(),
        2 * (5 * &cosine * &sine + rest * (1 + 7 * cosine.pow(2))) / pi(),
    ]
});

/// $E \Theta^2$ of one hidden layer.
static ONE_LAYER: LazyLock<Expr> = LazyLock::new(|| {
    let [mean, square] = &*NEURON;
    mean.pow(2) + (square - mean.pow(2)) / var("m")
});

/// $E \Theta(x, x)^2$ of two hidden layers.
static TWO_LAYERS: LazyLock<Expr> = LazyLock::new(|| {
    let (m1, m2) = vars!("m1", "m2");
    9 + 29 / &m1 + 29 / &m2 + 113 / (m1 * m2)
});

fn pair_moments(p: &Pair) -> [Formula; 2] {
    let theta = ("theta", p.theta);
    [
        Formula::of("mean", &NEURON[0], [theta]),
        Formula::of("one-layer", &ONE_LAYER, [theta, ("m", p.m as f64)]),
    ]
}

fn two_layer_moments(w: &Widths) -> [Formula; 2] {
    let values = [("m1", w.m1 as f64), ("m2", w.m2 as f64)];
    [
        Formula::of("mean-of-two-layers", &Expr::from(3), []),
        Formula::of("two-layers", &TWO_LAYERS, values),
    ]
}

/// An antiderivative of $\cos^2\phi \cos^2(\phi - \theta)$.
fn product_of_squares() -> Expr {
    let (phi, theta) = vars!("phi", "theta");
    let (c, s) = (phi.cos(), phi.sin());
    let fourth = ratio(3, 8) * (&phi + &s * &c) + &s * c.pow(3) / 4;
    let mixed = (&phi + &s * &c) / 8 - &s * c.pow(3) / 4;
    theta.cos().pow(2) * fourth - theta.cos() * theta.sin() * c.pow(4) / 2
        + theta.sin().pow(2) * mixed
}

/// One neuron, then $m$ of them; and two layers given which neurons are active.
fn second_moments() -> Derivation {
    let (phi, theta, m) = vars!("phi", "theta", "m");
    let angles = Domain::new().closed(&theta, 0, pi());
    let around = angles.clone().real(&phi);
    let widths = Domain::new().open(&m, 0, INF);
    let [mean, square] = &*NEURON;
    let cosine = theta.cos();
    let squares = product_of_squares();
    // E g g', E g^2 g'^2 and the probability, both active.
    let both = between(&phi) / (2 * pi());
    let product = 2 * between(&product_of_cosines()) / (2 * pi());
    let fourth = 8 * between(&squares) / (2 * pi());
    let neuron = 2 * &product + 2 * &cosine * &both;
    let neuron_squared = 4 * (&fourth + 2 * &cosine * &product + 3 * cosine.pow(2) * &both);
    let (m_, t) = (&m, &theta);
    let sums = (m_ * square + m_ * (m_ - 1) * mean.pow(2)) / m.pow(2);
    let any = angles.clone().open(&m, 0, INF);
    let start = Derivation::of("Second moments of the tangent kernel")
        .cited(
            "polar",
            "a Gaussian mean over the plane is a radial mean times one over the angles; E r^2 = 2, \
             E r^4 = 8",
            CHO_AND_SAUL,
        )
        .identity("fourth-slope", squares.d(&phi), (phi.cos() * turned_cosine()).pow(2), &around)
        .twin("not-squared", |d| d.right(phi.cos() * turned_cosine()))
        .identity("mean", mean.clone(), neuron, &angles)
        .twin("output-weights-only", |d| d.right(2 * &product))
        .identity("mean-square", square.clone(), neuron_squared, &angles)
        .twin("no-cross-term", |d| d.right(4 * (&fourth + 3 * cosine.pow(2) * &both)))
        .identity("one-layer", ONE_LAYER.clone(), sums, &any)
        .twin("width-squared", |d| d.left(mean.pow(2) + (square - mean.pow(2)) / m.pow(2)))
        .identity("one-input", (&*ONE_LAYER / mean.pow(2) - 1).at(t, 0), 3 / m_, &widths)
        .twin("outputs-only", |d| d.right(5 / m_));
    two_layers_by_hand(start)
}

/// Given that $A$ and $B$ neurons are active, $m_1 m_2 \Theta / 4$ is $P_1 (P + Q) + D^2 + Q X$:
/// $P_1, P, Q, X$ chi-squares with $A, B, B, A - 1$ degrees of freedom, all independent, and $D$
/// the inner product of the two normal vectors of which $P$ and $Q$ are the squared norms.
fn two_layers_by_hand(start: Derivation) -> Derivation {
    let (a, b, first, second) = vars!("A", "B", "m1", "m2");
    // E P^2, E P Q, E (P + Q) Q, E D^2 (P + Q), E D^2 Q, E D^4 given B.
    let square = &b * (&b + 2);
    let cross = 2 * (2 * &square + (&a - 1) * (&square + b.pow(2))) * &a;
    let outer = &a * (&a + 2) * (2 * &square + 2 * b.pow(2));
    let inner = 3 * &square + 2 * (&a - 1) * &square + (a.pow(2) - 1) * &square;
    let given = outer + cross + inner;
    let mean = &a * 2 * &b + &b + &b * (&a - 1);
    let scale = 4 / (&first * &second);
    let averaged = |e: &Expr| over_active(&over_active(e, &a, &first), &b, &second);
    let widths = Domain::new().open(&first, 0, INF).open(&second, 0, INF);
    let m = var("m");
    start
        .cited(
            "two-layers-given-active",
            "given the forward pass, the part of a weight matrix across it is an independent \
             normal matrix; chi-squares and the squared cosine of two normal vectors have the \
             moments B, B(B + 2) and 1/B, 3/(B(B + 2))",
            Source {
                paper: "N. L. Johnson, S. Kotz, N. Balakrishnan, 1994, Continuous Univariate \
                        Distributions",
                result: "the chi-square and the beta law",
                link: "https://doi.org/10.1002/0471715816",
            },
        )
        .identity("mean-of-two-layers", &scale * averaged(&mean), 3, &widths)
        .twin("layers-not-counted", |d| d.right(2))
        .identity("two-layers", scale.pow(2) * averaged(&given), TWO_LAYERS.clone(), &widths)
        .twin("no-product", |d| d.right(9 + 29 / &first + 29 / &second))
        .identity(
            "relative-variance",
            TWO_LAYERS.at(&first, &m).at(&second, &m) / 9 - 1,
            58 / (9 * &m) + 113 / (9 * m.pow(2)),
            &Domain::new().open(&m, 0, INF),
        )
        .twin("twice-one-layer", |d| d.right(6 / &m))
}

/// The mean over a binomial number with $m$ fair trials of a polynomial of degree two in it: by
/// value, slope and half the curvature at 0, with $E B = m/2$ and $E B^2 = m (m + 1) / 4$.
fn over_active(e: &Expr, count: &Expr, m: &Expr) -> Expr {
    let (slope, curvature) = (e.d(count), e.d(count).d(count));
    e.at(count, 0) + slope.at(count, 0) * m / 2 + curvature.at(count, 0) * m * (m + 1) / 8
}

/// $E \Theta$ and $E \Theta^2$ of one hidden layer.
fn one_layer() -> Equality<Pair, [f64; 2], 5> {
    Equality {
        domain: pair,
        theory: |p| pair_moments(p).map(|formula| formula.value()),
        observable: one_layer_kernel,
        resolution: Relative(0.01),
        known: vec![
            // 4 (1 + 3/m), by hand; and by mpmath.
            (Pair { m: 12, theta: 0.0 }, [2.0, 5.0]),
            (Pair { m: 10, theta: 1.0 }, [1.004_486_014_165_988_8, 1.467_754_990_985_150_3]),
        ],
        mutants: [
            Mutant {
                name: "no-cross-term",
                why: "takes the gradients by the two layers for uncorrelated",
                says: |p| {
                    let [mean, square] = neuron(p.theta);
                    let (sine, cosine) = p.theta.sin_cos();
                    let cross = 8.0 * cosine * (sine + (PI - p.theta) * cosine) / (2.0 * PI);
                    [mean, mean * mean + (square - cross - mean * mean) / p.m as f64]
                },
            },
            Mutant {
                name: "one-lost",
                why: "divides by m - 1",
                says: |p| {
                    let [mean, square] = neuron(p.theta);
                    [mean, mean * mean + (square - mean * mean) / (p.m as f64 - 1.0)]
                },
            },
            Mutant {
                name: "tenth-dead",
                why: "counts nine neurons of ten",
                says: |p| {
                    let [mean, square] = neuron(p.theta);
                    [mean, mean * mean + (square - mean * mean) / (0.9 * p.m as f64)]
                },
            },
            Mutant {
                name: "outputs-only",
                why: "trains the output weights alone",
                says: |p| {
                    let mean = (p.theta.sin() + (PI - p.theta) * p.theta.cos()) / PI;
                    [mean, mean * mean * (1.0 + 5.0 / p.m as f64)]
                },
            },
            Mutant {
                name: "deterministic",
                why: "takes the limit at finite width",
                says: |p| {
                    let [mean, _] = neuron(p.theta);
                    [mean, mean * mean]
                },
            },
        ],
        curve: Curve {
            x: "theta",
            grid: Grid::Linear { from: 0.0, to: 2.0, points: 41 },
            at: |theta| Pair { m: 16, theta },
        },
    }
}

/// $E \Theta(x, x)$ and $E \Theta(x, x)^2$ of two hidden layers.
fn two_layers() -> Equality<Widths, [f64; 2], 5> {
    Equality {
        domain: |given| Widths { m1: given.count("m1", 12..=32), m2: given.count("m2", 12..=32) },
        theory: |w| two_layer_moments(w).map(|formula| formula.value()),
        observable: two_layer_kernel,
        resolution: Relative(0.02),
        // 9 + 58/10 + 113/100 and 9 + 29/10 + 29/20 + 113/200, by hand.
        known: vec![
            (Widths { m1: 10, m2: 10 }, [3.0, 15.93]),
            (Widths { m1: 10, m2: 20 }, [3.0, 13.915]),
        ],
        mutants: [
            Mutant {
                name: "layers-independent",
                why: "gives each layer the factor 1 + 3/m of a network with one",
                says: |w| {
                    let factor = |m: usize| 1.0 + 3.0 / m as f64;
                    [3.0, 9.0 * factor(w.m1) * factor(w.m2)]
                },
            },
            Mutant {
                name: "no-product",
                why: "adds the layers, without the term in 1/(m1 m2)",
                says: |w| [3.0, 9.0 + 29.0 / w.m1 as f64 + 29.0 / w.m2 as f64],
            },
            Mutant {
                name: "outputs-only",
                why: "gives the kernel the relative variance of the squared norm of the outputs",
                says: |w| {
                    let factor = |m: usize| 1.0 + 5.0 / m as f64;
                    [3.0, 9.0 * factor(w.m1) * factor(w.m2)]
                },
            },
            Mutant {
                name: "depth-not-plus-one",
                why: "counts the hidden layers alone",
                says: |w| {
                    let [_, square] = two_layer_moments(w).map(|formula| formula.value());
                    [2.0, square * 4.0 / 9.0]
                },
            },
            Mutant {
                name: "deterministic",
                why: "takes the limit at finite width",
                says: |_| [3.0, 9.0],
            },
        ],
        curve: Curve {
            x: "m",
            grid: Grid::Log { from: 4.0, to: 256.0, points: 41 },
            at: |m| Widths { m1: m.round() as usize, m2: m.round() as usize },
        },
    }
}

/// Angles at which the mean is not small.
fn pair(given: &mut Given) -> Pair {
    Pair { m: given.count("m", 8..=24), theta: given.real("theta", 0.0..=1.2) }
}

/// $\mu$ and $q$.
fn neuron(theta: f64) -> [f64; 2] {
    NEURON.each_ref().map(|e| e.eval(&[("theta", theta)]))
}

fn one_layer_kernel(p: Pair) -> Sampler<[f64; 2]> {
    first_two_moments(TangentPair::new(&[p.m], p.theta))
}

fn two_layer_kernel(w: Widths) -> Sampler<[f64; 2]> {
    first_two_moments(TangentPair::new(&[w.m1, w.m2], 0.0))
}

/// $\Theta$ and $\Theta^2$. Products of normals: every moment is finite.
fn first_two_moments(mut pair: TangentPair) -> Sampler<[f64; 2]> {
    let draw = move |rng: &mut Rng| {
        let kernel = pair.draw(rng).tangent;
        [kernel, kernel * kernel]
    };
    Sampler::new(draw).tail_index(f64::INFINITY)
}
