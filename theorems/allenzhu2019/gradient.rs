//! The gradient of a deep network is as large as its loss allows, and grows with the width.
//!
//! A loss without bad critical points: where it is not small its gradient is not either. The
//! squared norm of the gradient is proportional to the width, in every layer, and vanishes only
//! linearly as two inputs with opposite residuals meet, because the gates of a layer tell inputs
//! apart at first order of their distance. At one input its mean is known exactly, for every width
//! and depth, with the residual of the network itself.
//!
//! The published constants are not explicit, and the published width cannot be reached: these are
//! the rates, and the values that can be derived. Two inputs stand for $n$, and residuals are
//! given, as in the published proof, which takes a union bound over them; the one-input claim has
//! the residuals of the loss. How many steps gradient descent takes is seen at its start alone, by
//! the slowest rate of the two inputs: at a step of order $1/m$ it does not depend on the width.

use super::{LINK, PAPER, TEXTBOOK};
use std::f64::consts::PI;
use std::sync::LazyLock;
use theoremcheck::models::relu_norms::GradientNorms;
use theoremcheck::models::tangent_pair::TangentPair;
use theoremcheck::prelude::*;

/// Width $m$, $L$ trained layers, one of them, $k$ outputs, and $\|y\|^2$.
#[derive(Clone, Copy, Debug)]
struct One {
    m: usize,
    depth: usize,
    layer: usize,
    outputs: usize,
    label: f64,
}

/// $L$ trained layers, two inputs at angle $\theta$, with residuals 1 and $\rho$.
#[derive(Clone, Copy, Debug)]
struct Two {
    depth: usize,
    theta: f64,
    rho: f64,
}

/// $L$ trained layers of width $m$.
#[derive(Clone, Copy, Debug)]
struct Close {
    depth: usize,
    m: usize,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "allenzhu2019.gradient",
        alias: "allenzhu2018.deep",
        title: "Gradients of deep networks at initialisation",
        source: Source {
            paper: PAPER,
            result: "Theorem 3, of which the rates are checked, at the start; the exact mean at \
                     one input and the limits of two inputs are derived here",
            link: LINK,
        },
        statement: r"Let $h_0 = \max(A x, 0)$, $h_l = \max(W_l h_{l-1}, 0)$ for $l \le L$ and
            $f(x) = B h_L$, $m$ neurons a layer, with independent entries $N(0, 2/m)$ of $A$ and all
            $W_l$ and $N(0, 1/k)$ of $B$, which has $k$ rows, inputs of norm 1, and
            $F = \frac12 \sum_{i \le n} \|f(x_i) - y_i\|^2$. With high probability, if no two inputs
            are closer than $\delta$ and $m$ is at least a polynomial in $n$, $L$ and $1/\delta$:
            $\|\nabla F\|_F^2 \le O(F L n m / k)$ and $\|\nabla_{W_L} F\|_F^2 \ge \Omega(F \delta m
            / (k n^2))$; hence gradient descent with a step of order $1/m$ takes a number of steps
            that does not grow with $m$. That $m$ cannot be reached, and the constants are not
            published: rates are checked, not constants. On average at the start, exactly, for
            one input, all $m > 1$ and all $L$, with $a = 1 + 5/m$, $c = 1 - 1/m$ and $j = L - l +
            1$: $E \|\nabla_{W_l} F\|_F^2 = \frac{m}{2k} \bigl( a^l (c^j + \frac{k+2}{3} (a^j -
            c^j)) + \|y\|^2 \bigr)$. For one output, two inputs at angle $\theta_0$ and given
            residuals 1 and $\rho$, as $m \to \infty$, on average $\frac1m \|\nabla_{W_l}
            (f(x) + \rho f(x'))\|_F^2 \to \frac12 \bigl(1 + \rho^2 + 2 \rho \cos\theta_l
            \prod_{i=l}^{L} (1 - \theta_i/\pi)\bigr)$ with
            $\cos\theta_{i+1} = (\sin\theta_i + (\pi - \theta_i) \cos\theta_i)/\pi$. For residuals
            1 and $-1$ at inputs at distance $\delta$ the mean for $W_L$ is of order $\delta$ as
            $\delta \to 0$, at any $m$; and the least eigenvalue of the Gram matrix of the gradients
            of both outputs, which is the slowest rate of gradient descent at the start, is of order
            $m$.",
        claims: vec![
            Claim::new("one-input", one_input(), Tie::formula(mean_squares))
                .components(&["one layer", "all layers"]),
            Claim::new(
                "two-inputs",
                two_inputs(),
                Tie::none("a recursion over the layers: no expression here"),
            )
            .components(&["last layer", "all layers"])
            .points(2),
            Claim::new(
                "width",
                width(),
                Tie::none("an exponent: the constant depends on the inputs"),
            )
            .points(2),
            Claim::new(
                "separation",
                separation(),
                Tie::none("an exponent: the constant depends on depth and width"),
            )
            .price(0.5)
            .points(2),
            Claim::new("rate", rate(), Tie::none("an exponent: an eigenvalue is of order m"))
                .points(2),
        ],
        derivation: layer_by_layer,
    }
}

/// $(1 + 5/m)^n$ and $(1 - 1/m)^n$.
fn powers(n: &Expr) -> [Expr; 2] {
    let m = var("m");
    [(n * (1 + 5 / &m).ln()).exp(), (n * (1 - 1 / &m).ln()).exp()]
}

/// $c^n + \frac{k+2}{3} (a^n - c^n)$: what $n$ layers above and the output do to the mean.
fn back(n: &Expr) -> Expr {
    let [a, c] = powers(n);
    &c + (var("k") + 2) * (a - &c) / 3
}

/// $\sum_{l \le L} a^l (c^j + \frac{k+2}{3} (a^j - c^j))$.
fn sum_of_layers(depth: &Expr) -> Expr {
    let (m, k) = vars!("m", "k");
    let [a, c] = powers(depth);
    let factor = 1 + 5 / &m;
    let outputs = (k + 2) / 3;
    &outputs * depth * &a * &factor + (1 - outputs) * &factor * (1 - 1 / &m) * (a - c) * &m / 6
}

/// $E \|\nabla_{W_l} F\|^2$.
static LAYER: LazyLock<Expr> = LazyLock::new(|| {
    let (m, k, depth, l, y) = vars!("m", "k", "L", "l", "y");
    let [below, _] = powers(&l);
    &m / (2 * k) * (below * back(&(depth - l + 1)) + y)
});

/// Its sum over all $l$.
static ALL: LazyLock<Expr> = LazyLock::new(|| {
    let (m, k, depth, y) = vars!("m", "k", "L", "y");
    &m / (2 * k) * (sum_of_layers(&depth) + &depth * y)
});

fn mean_squares(p: &One) -> [Formula; 2] {
    let [m, k, depth, l] = [p.m, p.outputs, p.depth, p.layer].map(|count| count as f64);
    let values = [("m", m), ("k", k), ("L", depth), ("y", p.label)];
    [
        Formula::of("one-layer", &LAYER, [values[0], values[1], values[2], ("l", l), values[3]]),
        Formula::of("all-layers", &ALL, values),
    ]
}

/// Moments of a layer from the generating function of its active neurons; then the layers above
/// $W_l$, one after the other.
fn layer_by_layer() -> Derivation {
    let (m, z, k, depth, l, y, n, q) = vars!("m", "z", "k", "L", "l", "y", "n", "q");
    let generating = (&m * ((1 + &z) / 2).ln()).exp();
    let first = generating.d(&z).at(&z, 1);
    let second = generating.d(&z).d(&z).at(&z, 1);
    let widths = Domain::new().open(&m, 1, INF);
    let outputs = widths.clone().open(&k, 0, INF);
    let layers = outputs.clone().half_open(&depth, 1, INF).closed(&l, 1, &depth).closed(&y, 0, INF);
    let all = outputs.clone().half_open(&depth, 1, INF).half_open(&y, 0, INF);
    let shorter = |n: &Expr| {
        let [a, _] = powers(&(n - 1));
        (1 - 1 / &m) * back(&(n - 1)) + 2 * (&k + 2) / &m * a
    };
    let above = &depth - &l + 1;
    let [below, _] = powers(&l);
    let scale = &m / (2 * &k);
    let (factor, before) = (1 + 5 / &m, &depth - 1);
    let added = &factor * back(&depth);
    Derivation::of("The mean squared norm of the gradient at one input")
        .cited(
            "active-neurons",
            "the number B of active neurons has the generating function ((1 + z)/2)^m; given it, \
             the squared norm of a layer over that of the layer below is 2/m times a chi-square \
             with B degrees of freedom, of mean B and mean square B(B + 2)",
            TEXTBOOK,
        )
        .cited(
            "across",
            "given the forward pass, the part of a weight matrix across it is an independent \
             normal matrix, so that |b_l|^2 = phi^2/|h_l|^2 + 2/m |b_{l+1}|^2 times a chi-square \
             with B - 1 degrees of freedom, where phi = b_l.h_l is the same for all l",
            Source { paper: PAPER, result: "Section 7 and its appendix", link: LINK },
        )
        .identity("norm", 2 * &first / &m, 1, &widths)
        .twin("no-factor-two", |d| d.right(ratio(1, 2)))
        .identity("norm-squared", 4 * (&second + 3 * &first) / m.pow(2), 1 + 5 / &m, &widths)
        .twin("linear-network", |d| d.right(1 + 2 / &m))
        .identity("across-times-along", 4 * &second / m.pow(2), 1 - 1 / &m, &widths)
        .twin("independent", |d| d.right(1 - 2 / &m))
        .identity("no-layer-above", back(&Expr::from(0)), 1, &outputs)
        .twin("outputs-counted", |d| d.right((&k + 2) / 3))
        .identity("layer-above", back(&n), shorter(&n), &outputs.clone().half_open(&n, 1, INF))
        .twin("one-output", |d| d.right((1 - 1 / &m) * back(&(&n - 1)) + 6 / &m * &powers(&n)[0]))
        .identity("label", (1 - &q) + (1 - 2 * (1 - &q) / &m) * &m / 2, &m / 2, &{
            widths.clone().closed(&q, 0, 1)
        })
        .twin("dead-layer", |d| d.right(&m * (1 - &q) / 2))
        .identity("one-layer", LAYER.clone(), &scale * (&below * shorter(&above) + &y), &layers)
        .twin("layer-too-many", |d| d.right(&scale * (&below * back(&(&above + 1)) + &y)))
        .identity(
            "all-layers",
            ALL.clone(),
            &scale * (&factor * sum_of_layers(&before) + &added + &depth * &y),
            &all,
        )
        .twin("first-layer-alone", |d| {
            d.right(&scale * (sum_of_layers(&before) + &added + &depth * &y))
        })
        .identity("sum-starts", sum_of_layers(&Expr::from(0)), 0, &outputs)
        .twin("at-one", |d| d.right(1))
}

/// $E \|\nabla_{W_l} F\|^2$ and its sum over $l$.
fn one_input() -> Equality<One, [f64; 2], 6> {
    Equality {
        domain: any_network,
        theory: |p| mean_squares(p).map(|formula| formula.value()),
        observable: gradient_norms_given_gates,
        resolution: Relative(0.01),
        // Rational arithmetic over all numbers of active neurons: 945/32 and 945/16; 669393/25600
        // and 322071/3200; 175/32.
        known: vec![
            (One { m: 20, depth: 2, layer: 1, outputs: 1, label: 1.0 }, [29.53125, 59.0625]),
            (
                One { m: 20, depth: 4, layer: 1, outputs: 2, label: 1.5 },
                [26.148_164_062_5, 100.647_187_5],
            ),
            (One { m: 16, depth: 1, layer: 1, outputs: 3, label: 0.0 }, [5.468_75, 5.468_75]),
        ],
        mutants: [
            Mutant {
                name: "one-lost",
                why: "counts m - 1 neurons",
                says: |p| {
                    let lost = (p.m - 1) as f64 / p.m as f64;
                    at_width(p, p.m as f64).map(|square| lost * square)
                },
            },
            Mutant {
                name: "independent-residual",
                why: "takes the residual for independent of the output weights",
                // 1/3 for (k + 2)/3.
                says: |p| at(p, p.m as f64, -1.0).map(|square| -square / p.outputs as f64),
            },
            Mutant {
                name: "wide-network",
                why: "takes the limit at finite width",
                says: |p| {
                    let square = 0.5 * (p.m as f64) / (p.outputs as f64) * (1.0 + p.label);
                    [square, p.depth as f64 * square]
                },
            },
            Mutant {
                name: "no-label",
                why: "takes the loss of a network at zero labels",
                says: |p| at_width(&One { label: 0.0, ..*p }, p.m as f64),
            },
            Mutant {
                name: "no-width",
                why: "forgets that the gradient grows with the width",
                says: |p| at_width(p, p.m as f64).map(|square| square / p.m as f64),
            },
            Mutant {
                name: "width-squared",
                why: "lets the gradient grow like the square of the width",
                says: |p| at_width(p, p.m as f64).map(|square| square * p.m as f64),
            },
        ],
        curve: Curve {
            x: "m",
            grid: Grid::Log { from: 8.0, to: 256.0, points: 41 },
            at: |m| One { m: m.round() as usize, depth: 3, layer: 2, outputs: 1, label: 1.0 },
        },
    }
}

/// The mean squared norms, over $m$, of wide layers at two inputs.
fn two_inputs() -> Limit<Two, [f64; 2], 6> {
    Limit {
        domain: |given| Two {
            depth: given.count("L", 2..=3),
            theta: given.real("theta", 0.5..=2.5),
            rho: given.real("rho", -1.0..=1.0),
        },
        theory: |p| limits(p, |cosine, _, gates| cosine * gates),
        observable: Each(gradients_of_two),
        sizes: &[8, 32, 128],
        // Means of functions of averages over m neurons that are smooth where the inputs are not
        // parallel: whole powers of 1/m.
        correction: Correction::INVERSE_N.then(2.0),
        resolution: Relative(0.04),
        // By mpmath.
        known: vec![
            (
                Two { depth: 1, theta: 1.0, rho: -1.0 },
                [0.542_289_617_612_582_36, 0.542_289_617_612_582_36],
            ),
            (
                Two { depth: 2, theta: PI / 2.0, rho: 0.5 },
                [0.789_009_392_570_744_87, 1.477_781_193_344_819_2],
            ),
            (
                Two { depth: 3, theta: 2.0, rho: -1.0 },
                [0.633_603_145_943_024_44, 2.434_586_788_362_127_5],
            ),
        ],
        mutants: [
            Mutant {
                name: "tenth-dead",
                why: "counts nine neurons of ten",
                says: |p| limits(p, |cosine, _, gates| cosine * gates).map(|square| 0.9 * square),
            },
            Mutant {
                name: "own-gates-only",
                why: "takes the gates of the layer itself, and none of the layers above",
                says: |p| limits(p, |cosine, own, _| cosine * own),
            },
            Mutant {
                name: "no-gates",
                why: "takes both inputs to open the same gates",
                says: |p| limits(p, |cosine, _, _| cosine),
            },
            Mutant {
                name: "gates-alone",
                why: "forgets the inner product of the inputs of a layer",
                says: |p| limits(p, |_, _, gates| gates),
            },
            Mutant {
                name: "uncorrelated",
                why: "takes the gradients at two inputs for orthogonal",
                says: |p| limits(p, |_, _, _| 0.0),
            },
            Mutant {
                name: "one-layer-more",
                why: "forgets that A is not a layer that is trained",
                says: |p| {
                    let deeper = Two { depth: p.depth + 1, ..*p };
                    limits(&deeper, |cosine, _, gates| cosine * gates)
                },
            },
        ],
        curve: Curve {
            x: "theta",
            grid: Grid::Linear { from: 0.0, to: PI, points: 41 },
            at: |theta| Two { depth: 2, theta, rho: -1.0 },
        },
    }
}

/// $\|\nabla (f(x) + \rho f(x'))\|^2 \propto m$.
fn width() -> Rate<Two, 4> {
    Rate {
        domain: |given| Two {
            depth: given.count("L", 1..=3),
            theta: given.real("theta", 0.5..=2.5),
            rho: given.sign("rho"),
        },
        shape: |_, m| m as f64,
        observable: Each(|p, m| {
            let mut sampler = gradients_of_two(p, m);
            Sampler::new(move |rng| m as f64 * sampler.draw(rng)[1]).tail_index(f64::INFINITY)
        }),
        relation: Equal,
        sizes: &[8, 32, 128, 512],
        // Whole powers of 1/m, as in `two_inputs`.
        correction: Correction::INVERSE_N.then(2.0),
        resolution: 0.05,
        mutants: [
            Mutant {
                name: "logarithm",
                why: "leaves the logarithm of a union bound over neurons",
                says: |_, m| m as f64 * (m as f64).ln(),
            },
            Mutant {
                name: "norm-not-squared",
                why: "gives the rate of the norm for that of its square",
                says: |_, m| power(m, 0.5),
            },
            Mutant {
                name: "no-width",
                why: "lets the gradient not depend on the width, as with a step that is not scaled",
                says: |_, _| 1.0,
            },
            Mutant {
                name: "width-squared",
                why: "lets the gradient grow with the number of weights",
                says: |_, m| power(m, 2.0),
            },
        ],
        curve: Curve {
            x: "m",
            grid: Grid::At(&[4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0, 96.0, 128.0]),
            at: |m| (Two { depth: 2, theta: 1.0, rho: -1.0 }, m as usize),
        },
    }
}

/// $\|\nabla_{W_L} (f(x) - f(x'))\|^2 \propto \delta = 1 / \text{size}$.
///
/// In depth all angles saturate at $3\pi/L$: the exponent is that of distances that are small
/// beside this.
fn separation() -> Rate<Close, 4> {
    Rate {
        domain: |given| Close { depth: given.count("L", 1..=3), m: given.count("m", 96..=160) },
        shape: |_, n| power(n, -1.0),
        observable: Each(gradient_at_distance),
        relation: Equal,
        sizes: &[4, 16, 64, 256],
        // A layer turns a small angle into one that is proportional to it, with a correction by
        // the neurons whose gates differ, a number that is itself proportional to the angle: whole
        // powers of delta.
        correction: Correction::INVERSE_N.then(2.0),
        resolution: 0.05,
        mutants: [
            Mutant {
                name: "logarithm",
                why: "leaves a logarithm of the distance",
                says: |_, n| (n as f64).ln() / n as f64,
            },
            Mutant {
                name: "distance-squared",
                why: "lets the gradient vanish like the square, as for a smooth activation",
                says: |_, n| power(n, -2.0),
            },
            Mutant {
                name: "root-of-distance",
                why: "gives the rate of the norm for that of its square",
                says: |_, n| power(n, -0.5),
            },
            Mutant {
                name: "any-distance",
                why: "needs inputs to be distinct only",
                says: |_, _| 1.0,
            },
        ],
        curve: Curve {
            x: "n",
            grid: Grid::At(&[2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0]),
            at: |n| (Close { depth: 2, m: 64 }, n as usize),
        },
    }
}

/// The least eigenvalue of the Gram matrix of $\nabla f(x)$ and $\nabla f(x')$ over $m$ does not
/// depend on $m$: with a step of order $1/m$ neither does the number of steps, at the start.
fn rate() -> Rate<Two, 4> {
    Rate {
        domain: |given| Two {
            depth: given.count("L", 1..=3),
            theta: given.real("theta", 0.8..=2.5),
            rho: 0.0,
        },
        shape: |_, _| 1.0,
        observable: Each(slowest_rate),
        relation: Equal,
        sizes: &[16, 64, 256, 1024],
        // A smooth function of averages over m neurons, where the eigenvalues are apart.
        correction: Correction::INVERSE_N.then(2.0),
        resolution: 0.05,
        mutants: [
            Mutant {
                name: "logarithm",
                why: "lets the steps grow with the logarithm of the width",
                says: |_, m| 1.0 / (m as f64).ln(),
            },
            Mutant {
                name: "root-of-width",
                why: "lets the steps grow with the root of the width",
                says: |_, m| power(m, -0.5),
            },
            Mutant {
                name: "step-not-scaled",
                why: "lets the steps grow with the width",
                says: |_, m| power(m, -1.0),
            },
            Mutant {
                name: "gradient-not-scaled",
                why: "takes the step for one, at which a wide network diverges",
                says: |_, m| m as f64,
            },
        ],
        curve: Curve {
            x: "m",
            grid: Grid::At(&[8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0, 96.0, 128.0]),
            at: |m| (Two { depth: 2, theta: 1.0, rho: 0.0 }, m as usize),
        },
    }
}

/// Widths at which the terms in $1/m$ are seen.
fn any_network(given: &mut Given) -> One {
    let (m, depth) = (given.count("m", 16..=48), given.count("L", 1..=4));
    One {
        m,
        depth,
        layer: given.count("l", 1..=depth),
        outputs: given.count("k", 1..=3),
        label: given.scale("y", 0.25..=4.0),
    }
}

fn at_width(p: &One, m: f64) -> [f64; 2] {
    at(p, m, p.outputs as f64)
}

/// The formulas with other numbers for $m$ and $k$.
fn at(p: &One, m: f64, k: f64) -> [f64; 2] {
    let [depth, l] = [p.depth, p.layer].map(|count| count as f64);
    let values = [("m", m), ("k", k), ("L", depth), ("l", l), ("y", p.label)];
    [LAYER.eval(&values), ALL.eval(&values)]
}

/// The mean squared norms over $m$ of the last layer and of all layers: `cross` has the cosine of
/// the angle of the inputs of a layer, its share of common gates, and that times those above.
fn limits(p: &Two, cross: fn(f64, f64, f64) -> f64) -> [f64; 2] {
    let mut theta = p.theta;
    let angles: Vec<f64> = (0..=p.depth)
        .map(|_| {
            let here = theta;
            theta = ((here.sin() + (PI - here) * here.cos()) / PI).clamp(-1.0, 1.0).acos();
            here
        })
        .collect();
    let mut gates = 1.0;
    let squares: Vec<f64> = angles[1..]
        .iter()
        .rev()
        .map(|theta| {
            let own = 1.0 - theta / PI;
            gates *= own;
            0.5 * (1.0 + p.rho * p.rho) + p.rho * cross(theta.cos(), own, gates)
        })
        .collect();
    [squares[0], squares.iter().sum()]
}

/// $\|\nabla_{W_l} F\|^2$ and its sum, averaged over norms and outputs given which neurons are
/// active: bounded.
fn gradient_norms_given_gates(p: One) -> Sampler<[f64; 2]> {
    let mut norms = GradientNorms::new(p.m, p.depth, p.outputs, p.label);
    let draw = move |rng: &mut Rng| {
        let squares = norms.given_active(rng);
        [squares[p.layer - 1], squares.iter().sum()]
    };
    Sampler::new(draw).tail_index(f64::INFINITY)
}

/// $\frac1m \|\nabla (f(x) + \rho f(x'))\|^2$ by the last layer and by all. The gradient by a
/// weight is $\sqrt{m/2}$ times that by the standard normal of which it is a multiple.
fn gradients_of_two(p: Two, m: usize) -> Sampler<[f64; 2]> {
    let mut pair = TangentPair::new(&vec![m; p.depth + 1], p.theta);
    let mut grams = vec![[0.0; 3]; p.depth];
    let draw = move |rng: &mut Rng| {
        pair.draw_gradients(rng, &mut grams);
        let square = |g: &[f64; 3]| 0.5 * (g[0] + 2.0 * p.rho * g[1] + p.rho * p.rho * g[2]);
        [square(&grams[p.depth - 1]), grams.iter().map(square).sum()]
    };
    Sampler::new(draw).tail_index(f64::INFINITY)
}

/// The least eigenvalue over $m$.
fn slowest_rate(p: Two, m: usize) -> Sampler {
    let mut pair = TangentPair::new(&vec![m; p.depth + 1], p.theta);
    let mut grams = vec![[0.0; 3]; p.depth];
    let draw = move |rng: &mut Rng| {
        pair.draw_gradients(rng, &mut grams);
        let sum = |k: usize| 0.5 * grams.iter().map(|g| g[k]).sum::<f64>();
        let (first, inner, second) = (sum(0), sum(1), sum(2));
        let (mean, half) = (0.5 * (first + second), 0.5 * (first - second));
        mean - half.hypot(inner)
    };
    Sampler::new(draw).tail_index(f64::INFINITY)
}

/// $\frac1m \|\nabla_{W_L} (f(x) - f(x'))\|^2$ averaged over $B$, at distance $1/n$. The gates of
/// $W_L$ are those of more neurons for closer inputs, so that some differ.
fn gradient_at_distance(p: Close, n: usize) -> Sampler {
    let theta = 2.0 * (0.5 / n as f64).asin();
    let mut pair = TangentPair::new(&vec![p.m; p.depth], theta);
    let draw =
        move |rng: &mut Rng| pair.draw_next_gradient(rng, [1.0, -1.0], GATES_TIMES_DISTANCE * n);
    Sampler::new(draw).tail_index(f64::INFINITY)
}

/// A few times $\pi$: of this many neurons times $1/\delta$ a few have gates that differ.
const GATES_TIMES_DISTANCE: usize = 8;
