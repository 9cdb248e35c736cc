//! The kurtosis of a random network, exactly, at every width and depth.
//!
//! A wide network at initialisation is a Gaussian process only in the limit. The first moment that
//! tells is the fourth, and for ReLU layers it has a closed form: each layer of width $m$
//! multiplies the kurtosis by $1 + 5/m$, so that a deep network is far from Gaussian if it is not
//! much wider than deep.

use super::{LINK, PAPER};
use std::sync::LazyLock;
use theoremcheck::models::relu_norms::moments_given_active;
use theoremcheck::prelude::*;

/// Widths of three hidden layers.
#[derive(Clone, Copy, Debug)]
struct Widths {
    m1: usize,
    m2: usize,
    m3: usize,
}

/// An activation, with its parameter.
#[derive(Clone, Copy, Debug)]
enum Activation {
    /// $\max(t, 0) + s \min(t, 0)$.
    Leaky { s: f64 },
    /// $\sin(c t)$.
    Sine { c: f64 },
}

/// One hidden layer of width $m$.
#[derive(Clone, Copy, Debug)]
struct Shallow {
    m: usize,
    activation: Activation,
}

/// Layers $k$ times as wide as the network is deep.
#[derive(Clone, Copy, Debug)]
struct Proportional {
    k: usize,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "hanin2019.kurtosis",
        alias: "nngp.kurtosis",
        title: "The exact kurtosis of a random network",
        source: Source {
            paper: PAPER,
            result: "the product over layers, and its dependence on the sum of inverse widths; the \
                     exact kurtosis is derived here",
            link: LINK,
        },
        statement: r"Let $h_0 = x$ be a unit vector, $h_l = \sqrt{2/m_l} \max(W_l h_{l-1}, 0)$ for
            $l \le L$ and $f = a^\top h_L$, where all entries of $W_1, \dots, W_L$ and $a$ are
            independent standard normals. On average over the weights, exactly, for all widths
            $m_l \ge 1$: $E f^2 = 1$ and $E f^4 = 3 \prod_{l \le L} (1 + 5/m_l)$, which is the
            kurtosis $E f^4 / (E f^2)^2$. If all widths are $k L$, it tends to $3 e^{5/k}$ as
            $L \to \infty$. For one hidden layer of width $m$ with any activation $\phi$,
            $f = m^{-1/2} \sum_{r \le m} a_r \phi(w_r^\top x)$ with standard normal $w_r$, let
            $v = E \phi(g)^2$ and $F = E \phi(g)^4$ be finite, $g$ standard normal. Then
            $E f^2 = v$, and $E f^4 = 3v^2 + 3(F - v^2)/m$ for standard normal $a_r$,
            $E f^4 = 3v^2 + (F - 3v^2)/m$ for fair signs $a_r$: kurtosis $3 + 15/m$ and $3 + 3/m$
            for the ReLU. The claims are about three hidden ReLU layers, about deep ones in the
            limit, and about one layer of leaky ReLUs or sines.",
        claims: vec![relu(), shallow(), deep()],
        derivation: by_moments,
    }
}

/// $3 \prod_l (1 + 5 / m_l)$.
static KURTOSIS: LazyLock<Expr> = LazyLock::new(|| {
    let (m1, m2, m3) = vars!("m1", "m2", "m3");
    3 * (1 + 5 / m1) * (1 + 5 / m2) * (1 + 5 / m3)
});

/// $E f^4$ of one hidden layer: normal output weights, and signs.
static FOURTH: LazyLock<[Expr; 2]> = LazyLock::new(|| {
    let (v, f, m) = vars!("v", "F", "m");
    let gaussian = 3 * v.pow(2);
    [&gaussian + 3 * (&f - v.pow(2)) / &m, &gaussian + (f - &gaussian) / &m]
});

/// $v$ and $F$ of the leaky rectifier.
static LEAKY: LazyLock<[Expr; 2]> = LazyLock::new(|| {
    let s = var("s");
    [(1 + s.pow(2)) / 2, 3 * (1 + s.pow(4)) / 2]
});

/// $v$ and $F$ of the sine.
static SINE: LazyLock<[Expr; 2]> = LazyLock::new(|| {
    let q = (-2 * var("c").pow(2)).exp();
    [(1 - &q) / 2, (3 - 4 * &q + q.pow(4)) / 8]
});

/// $E f^2$ and $E f^4$ of three layers.
fn moments_of(w: &Widths) -> [Formula; 2] {
    let values = [("m1", w.m1 as f64), ("m2", w.m2 as f64), ("m3", w.m3 as f64)];
    [
        Formula::of("unit-variance", &Expr::from(1), []),
        Formula::of("three-layers", &KURTOSIS, values),
    ]
}

/// $E f^2$ and both $E f^4$ of one layer.
fn shallow_moments(p: &Shallow) -> [Formula; 3] {
    let (m, gaussian, signs) = (p.m as f64, &FOURTH[0], &FOURTH[1]);
    let (step, [square, fourth], parameter) = match p.activation {
        Activation::Leaky { s } => ("leaky-square", &*LEAKY, ("s", s)),
        Activation::Sine { c } => ("sine-square", &*SINE, ("c", c)),
    };
    let put = |e: &Expr| e.at(&var("v"), square).at(&var("F"), fourth);
    let at = |step, e: &Expr| {
        Formula::of(step, &put(e), [parameter, ("m", m)])
            .instance("v", square.clone())
            .instance("F", fourth.clone())
    };
    [Formula::of(step, square, [parameter]), at("normal-weights", gaussian), at("signs", signs)]
}

/// Moments of a layer from the generating function of its active neurons, and of the output.
fn by_moments() -> Derivation {
    let (m, z, v, f, s, c) = vars!("m", "z", "v", "F", "s", "c");
    let (first, second, third) = vars!("m1", "m2", "m3");
    let generating = (&m * ((1 + &z) / 2).ln()).exp();
    let factorial = [generating.d(&z).at(&z, 1), generating.d(&z).d(&z).at(&z, 1)];
    // E B(B + 2) = E B(B - 1) + 3 E B.
    let layer = 4 * (&factorial[1] + 3 * &factorial[0]) / m.pow(2);
    let mean = 2 * &factorial[0] / &m;
    let product = |e: &Expr| e.at(&m, &first) * e.at(&m, &second) * e.at(&m, &third);
    let widths = Domain::new().open(&m, 0, INF);
    let three = Domain::new().open(&first, 0, INF).open(&second, 0, INF).open(&third, 0, INF);
    let moments = widths.clone().open(&v, 0, INF).open(&f, 0, INF);
    let pairs = 3 * &m * (&m - 1) * v.pow(2);
    let (slopes, frequencies) = (Domain::new().real(&s), Domain::new().open(&c, 0, INF));
    let (q, half) = ((-2 * c.pow(2)).exp(), c.pow(2).exp());
    let textbook = |result| Source {
        paper: "N. L. Johnson, S. Kotz, N. Balakrishnan, 1994, Continuous Univariate \
                Distributions, volume 1, and N. L. Johnson, A. W. Kemp, S. Kotz, 2005, Univariate \
                Discrete Distributions",
        result,
        link: "https://doi.org/10.1002/0471715816",
    };
    Derivation::of("The fourth moment of a network, layer by layer")
        .cited(
            "active-neurons",
            "the number B of active neurons has the generating function ((1 + z)/2)^m, and the \
             squared norm of their activations is a chi-square with B degrees of freedom: its \
             second moment is B(B + 2)",
            textbook("the binomial and the chi-square law"),
        )
        .identity("layer", layer.clone(), 1 + 5 / &m, &widths)
        .twin("linear-network", |d| d.right(1 + 2 / &m))
        .identity("unit-variance", product(&mean), 1, &three)
        .twin("no-factor-two", |d| d.right(ratio(1, 8)))
        .identity("three-layers", 3 * product(&layer), KURTOSIS.clone(), &three)
        .twin("sum", |d| d.right(3 * (1 + 5 / &first + 5 / &second + 5 / &third)))
        .identity("normal-weights", (3 * &m * &f + &pairs) / m.pow(2), FOURTH[0].clone(), &moments)
        .twin("signs", |d| d.right(FOURTH[1].clone()))
        .identity("signs", (&m * &f + &pairs) / m.pow(2), FOURTH[1].clone(), &moments)
        .twin("normal-weights", |d| d.right(FOURTH[0].clone()))
        .identity("rectifier", FOURTH[0].at(&f, 6 * v.pow(2)), 3 * v.pow(2) * (1 + 5 / &m), &{
            widths.clone().open(&v, 0, INF)
        })
        .twin("twice-the-width", |d| d.right(3 * v.pow(2) * (1 + 5 / (2 * &m))))
        .identity("leaky-square", (1 - s.pow(4)) / (2 - 2 * s.pow(2)), LEAKY[0].clone(), &{
            Domain::new().open(&s, -1, 1)
        })
        .twin("slope-not-squared", |d| d.right((1 + &s) / 2))
        .identity(
            "leaky-kurtosis",
            &LEAKY[1] / LEAKY[0].pow(2),
            6 * (1 + s.pow(4)) / (1 + s.pow(2)).pow(2),
            &slopes,
        )
        .twin("rectifier", |d| d.right(6))
        .identity("sine-square", &half.pow(-1) * (&half - half.pow(-1)) / 2, SINE[0].clone(), {
            &frequencies
        })
        .twin("half-the-exponent", |d| d.right((1 - (-c.pow(2)).exp()) / 2))
        .identity(
            "sine-fourth",
            (1 - &q).pow(2) * (3 + 2 * &q + q.pow(2)) / 8,
            SINE[1].clone(),
            &frequencies,
        )
        .twin("square-of-square", |d| d.right(SINE[0].pow(2)))
}

/// $E f^2$ and $E f^4$ of three hidden ReLU layers.
fn relu() -> Claim {
    Claim::new(
        "relu",
        Equality {
            domain: widths,
            theory: |w| moments_of(w).map(|formula| formula.value()),
            observable: norms_given_gates,
            resolution: Relative(0.01),
            // 3 (1 + 1/4)^3 and 3 (3/2) (5/4) (9/8), by hand.
            known: vec![
                (equal(20.0), [1.0, 5.859_375]),
                (Widths { m1: 10, m2: 20, m3: 40 }, [1.0, 6.328_125]),
            ],
            mutants: [
                Mutant {
                    name: "first-order",
                    why: "adds the layers: 3 (1 + 5/m1 + 5/m2 + 5/m3)",
                    says: |w| [1.0, 3.0 + 15.0 * inverse_sums(w)[0]],
                },
                Mutant {
                    name: "second-order",
                    why: "stops at the products of two layers",
                    says: |w| {
                        let [one, two] = inverse_sums(w);
                        [1.0, 3.0 * (1.0 + 5.0 * one + 25.0 * two)]
                    },
                },
                Mutant {
                    name: "exponential",
                    why: "takes the limit of many layers, 3 exp(5 sum 1/m), for three",
                    says: |w| [1.0, 3.0 * (5.0 * inverse_sums(w)[0]).exp()],
                },
                Mutant {
                    name: "linear-network",
                    why: "takes the factor 1 + 2/m of a layer without activation",
                    says: |w| [1.0, 3.0 * factors(w, 2.0)],
                },
                Mutant {
                    name: "last-layer-only",
                    why: "conditions on all but the last hidden layer",
                    says: |w| [1.0, 3.0 * (1.0 + 5.0 / w.m3 as f64)],
                },
            ],
            curve: Curve {
                x: "m",
                grid: Grid::Log { from: 5.0, to: 500.0, points: 41 },
                at: equal,
            },
        },
        Tie::formula(moments_of),
    )
    .components(&["mean square", "fourth moment"])
}

/// $E f^2$ and $E f^4$ of one hidden layer with another activation.
fn shallow() -> Claim {
    Claim::new(
        "activation",
        Equality {
            domain: one_layer,
            theory: |p| shallow_moments(p).map(|formula| formula.value()),
            observable: given_hidden,
            resolution: Relative(0.01),
            known: vec![
                // v = 1/2, F = 3/2: 3/4 + 15/(4m) and 3/4 + 3/(4m), by hand.
                (leaky(10.0, 0.0), [0.5, 1.125, 0.825]),
                // By mpmath, from the integrals.
                (
                    Shallow { m: 10, activation: Activation::Sine { c: 1.0 } },
                    [0.432_332_358_381_693_65, 0.596_872_711_243_522_9, 0.535_397_853_001_458_4],
                ),
            ],
            mutants: [
                Mutant {
                    name: "gaussian-process",
                    why: "takes the network for a Gaussian process at any width",
                    says: |p| {
                        let [v, _] = even_moments(p);
                        [v, 3.0 * v * v, 3.0 * v * v]
                    },
                },
                Mutant {
                    name: "one-lost",
                    why: "divides the excess by m - 1",
                    says: |p| at_width(p, p.m as f64 - 1.0),
                },
                Mutant {
                    name: "tenth-dead",
                    why: "counts nine neurons of ten",
                    says: |p| at_width(p, 0.9 * p.m as f64),
                },
                Mutant {
                    name: "fiftieth-dead",
                    why: "counts 49 neurons of 50",
                    says: |p| at_width(p, 0.98 * p.m as f64),
                },
                Mutant {
                    name: "weights-swapped",
                    why: "takes signs for normal output weights and the reverse",
                    says: |p| {
                        let [v, normal, signs] = at_width(p, p.m as f64);
                        [v, signs, normal]
                    },
                },
                Mutant {
                    name: "inverse-root",
                    why: "lets the excess fall like the root of the width",
                    says: |p| at_width(p, (p.m as f64).sqrt()),
                },
            ],
            curve: Curve {
                x: "m",
                grid: Grid::Log { from: 1.0, to: 100.0, points: 41 },
                at: |m| leaky(m, 0.0),
            },
        },
        Tie::formula(shallow_moments),
    )
    .components(&["mean square", "fourth moment, normal weights", "fourth moment, signs"])
}

/// $E f^4$ of $L$ layers of width $k L$.
fn deep() -> Claim {
    Claim::new(
        "depth-over-width",
        Limit {
            domain: |given| Proportional { k: given.count("k", 8..=24) },
            theory: |p| 3.0 * (5.0 / p.k as f64).exp(),
            observable: Each(deep_norm_given_gates),
            sizes: &[2, 4, 8, 16],
            // log (1 + 5 b / L)^L = 5 b - 25 b^2 / (2 L) + ..., whole powers of 1/L.
            correction: Correction::INVERSE_N.then(2.0),
            resolution: Relative(0.03),
            // 3 e^(1/2) and 3 e^(1/4), by mpmath.
            known: vec![
                (Proportional { k: 10 }, 4.946_163_812_100_384_4),
                (Proportional { k: 20 }, 3.852_076_250_063_224_5),
            ],
            mutants: [
                Mutant {
                    name: "first-order",
                    why: "adds the layers: 3 (1 + 5/k)",
                    says: |p| 3.0 * (1.0 + 5.0 / p.k as f64),
                },
                Mutant {
                    name: "gates-only",
                    why: "forgets that the norm given the active neurons varies too: 4 for 5",
                    says: |p| 3.0 * (4.0 / p.k as f64).exp(),
                },
                Mutant {
                    name: "linear-network",
                    why: "takes the factor 1 + 2/m of a layer without activation",
                    says: |p| 3.0 * (2.0 / p.k as f64).exp(),
                },
                Mutant {
                    name: "two-layers",
                    why: "takes the product of two layers for its limit",
                    says: |p| 3.0 * (1.0 + 2.5 / p.k as f64).powi(2),
                },
            ],
            curve: Curve {
                x: "k",
                grid: Grid::Linear { from: 4.0, to: 40.0, points: 37 },
                at: |k| Proportional { k: k.round() as usize },
            },
        },
        Tie::none("the limit of a product of ever more factors: no expression here"),
    )
}

/// From 16 neurons, for the cost of a check alone: narrower layers have heavier fourth moments.
fn widths(given: &mut Given) -> Widths {
    let mut width = |name| given.count(name, 16..=64);
    Widths { m1: width("m1"), m2: width("m2"), m3: width("m3") }
}

fn equal(m: f64) -> Widths {
    let m = m.round() as usize;
    Widths { m1: m, m2: m, m3: m }
}

/// Slopes below one, where the rectifier is not linear, and frequencies at which the sine is not.
fn one_layer(given: &mut Given) -> Shallow {
    let m = given.count("m", 6..=30);
    let kind = given.choice("activation", &[("leaky", true), ("sine", false)]);
    let activation = if kind {
        Activation::Leaky { s: given.real("s", 0.0..=0.9) }
    } else {
        Activation::Sine { c: given.real("c", 0.5..=1.5) }
    };
    Shallow { m, activation }
}

fn leaky(m: f64, s: f64) -> Shallow {
    Shallow { m: m.round() as usize, activation: Activation::Leaky { s } }
}

/// $\prod_l (1 + c / m_l)$.
fn factors(w: &Widths, c: f64) -> f64 {
    [w.m1, w.m2, w.m3].iter().map(|m| 1.0 + c / *m as f64).product()
}

/// The first two elementary symmetric sums of the inverse widths.
fn inverse_sums(w: &Widths) -> [f64; 2] {
    let [a, b, c] = [w.m1, w.m2, w.m3].map(|m| 1.0 / m as f64);
    [a + b + c, a * b + a * c + b * c]
}

/// $v$ and $F$.
fn even_moments(p: &Shallow) -> [f64; 2] {
    match p.activation {
        Activation::Leaky { s } => LEAKY.each_ref().map(|e| e.eval(&[("s", s)])),
        Activation::Sine { c } => SINE.each_ref().map(|e| e.eval(&[("c", c)])),
    }
}

/// The moments with another number for the width.
fn at_width(p: &Shallow, m: f64) -> [f64; 3] {
    let [v, fourth] = even_moments(p);
    let [normal, signs] = FOURTH.each_ref().map(|e| e.eval(&[("v", v), ("F", fourth), ("m", m)]));
    [v, normal, signs]
}

/// $\|h_L\|^2$ and $3 \|h_L\|^4$, the second and fourth moments of the output given the hidden
/// layers, averaged over the norms given which neurons are active: bounded.
fn norms_given_gates(w: Widths) -> Sampler<[f64; 2]> {
    let draw = move |rng: &mut Rng| moments_of_output(rng, &[w.m1, w.m2, w.m3]);
    Sampler::new(draw).tail_index(f64::INFINITY)
}

fn deep_norm_given_gates(p: Proportional, depth: usize) -> Sampler {
    let widths = vec![p.k * depth; depth];
    let draw = move |rng: &mut Rng| moments_of_output(rng, &widths)[1];
    Sampler::new(draw).tail_index(f64::INFINITY)
}

fn moments_of_output(rng: &mut Rng, widths: &[usize]) -> [f64; 2] {
    let [square, fourth] = widths.iter().fold([1.0, 1.0], |[a, b], m| {
        let [mean, square] = moments_given_active(rng, *m);
        [a * mean, b * square]
    });
    [square, 3.0 * fourth]
}

/// The moments of the output given the hidden layer. All powers of a normal variable have a mean.
fn given_hidden(p: Shallow) -> Sampler<[f64; 3]> {
    let mut z = vec![0.0; p.m];
    let draw = move |rng: &mut Rng| match p.activation {
        Activation::Leaky { s } => {
            rng.unit_vector(&mut z);
            given_direction(&z, |t| t.max(0.0) + s * t.min(0.0))
        }
        Activation::Sine { c } => {
            rng.fill_normal(&mut z);
            output_moments(z.iter().map(|t| (c * t).sin()))
        }
    };
    Sampler::new(draw).tail_index(f64::INFINITY)
}

/// $E f^2$ and both $E f^4$ given the activations.
fn output_moments(activations: impl ExactSizeIterator<Item = f64>) -> [f64; 3] {
    let m = activations.len() as f64;
    let (mut squares, mut fourths) = (0.0, 0.0);
    for activation in activations {
        let square = activation * activation;
        squares += square;
        fourths += square * square;
    }
    let v = squares / m;
    [v, 3.0 * v * v, 3.0 * v * v - 2.0 * fourths / (m * m)]
}

/// The same for a homogeneous activation and the direction of the pre-activations, averaged over
/// their norm: $\chi^2_m$ has mean $m$ and mean square $m (m + 2)$.
fn given_direction(direction: &[f64], activation: impl Fn(f64) -> f64) -> [f64; 3] {
    let m = direction.len() as f64;
    let [square, normal, signs] = output_moments(direction.iter().map(|u| activation(*u)));
    let fourth = m * (m + 2.0);
    [m * square, fourth * normal, fourth * signs]
}
