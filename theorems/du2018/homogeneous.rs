//! Each neuron of a homogeneous network keeps a balance between its two layers.
//!
//! A factor can be moved from the inner weights of a ReLU neuron to the outer one without changing
//! the network. What gradient flow keeps because of it is known neuron by neuron, and so is what
//! one step of gradient descent does to it. A symmetry that is a rotation keeps nothing: it
//! forbids a torque.

use super::{LINK, PAPER};
use std::f64::consts::PI;
use std::sync::LazyLock;
use theoremcheck::models::linear_network::Loss;
use theoremcheck::models::shallow_network::{Activation, Examples, Neuron, ShallowNetwork};
use theoremcheck::prelude::*;
use theoremcheck::special::GaussLegendre;

/// Any network, any examples, and a step.
#[derive(Clone, Debug)]
struct Training {
    network: ShallowNetwork,
    examples: Examples,
    eta: f64,
}

/// ReLU neurons in the plane: $a_r$, $\|w_r\|$ and the argument of $w_r$.
type Plane = Vec<[f64; 3]>;

const RELU: (&str, Activation) = ("relu", Activation::Power(1));

/// Those with a continuous slope, for which the midpoint rule has a solution.
const SMOOTH: [(&str, Activation); 3] = [
    ("relu-squared", Activation::Power(2)),
    ("relu-cubed", Activation::Power(3)),
    ("exp", Activation::Exp),
];

const ALL: [(&str, Activation); 4] = [RELU, SMOOTH[0], SMOOTH[1], SMOOTH[2]];

const LOSSES: [(&str, Loss); 2] = [("square", Loss::Square), ("log-cosh", Loss::LogCosh)];

/// Steps of the implicit midpoint rule.
const FLOW: usize = 10;

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "du2018.homogeneous",
        alias: "noether.homogeneous",
        title: "Conservation laws of homogeneous and exponential neurons",
        source: Source {
            paper: PAPER,
            result: "conservation for ReLU neurons; other symmetries as in Gluch and Urbanke \
                     (2021), Noether: the more things change, the more stay the same; the discrete \
                     laws are derived here",
            link: LINK,
        },
        statement: r"Let $f(x) = \sum_r a_r\, \phi(w_r^\top x + b_r)$ be a network with one output
            and $L = \sum_i \ell(f(x_i) - y_i)$ with a differentiable $\ell$; $G_{a}, G_{b}, G_{w}$
            are the gradients of $L$ by the parameters $a, b, w$ of one neuron. If $\phi$ is
            positively homogeneous of degree $\kappa$, $z \phi'(z) = \kappa\, \phi(z)$, as
            $\max(z, 0)^\kappa$, then $w^\top G_w + b\, G_b = \kappa\, a\, G_a$ (Euler): gradient
            flow keeps $\|w\|^2 + b^2 - \kappa a^2$ at each neuron (for ReLU, $\kappa = 1$, as long
            as the flow meets no kink), and a step $\eta$ of gradient descent changes it by exactly
            $\eta^2 (\|G_w\|^2 + G_b^2 - \kappa G_a^2)$, kinks or not. For $\phi = e^z$, $G_b = a\,
            G_a$: the flow keeps $a^2 - 2b$, and a step changes it by exactly $\eta^2 G_a^2$. So
            over a fixed time the change is of order $\eta$ (the flow and this are checked for
            $\kappa = 2, 3$ and $e^z$, the step for ReLU too). In general (Noether), if
            $L(e^{sA} \theta) = L(\theta)$ for all $s$, then $\dot\theta^\top A \theta = 0$ under
            gradient flow, so that $\theta^\top A \theta$ is constant for symmetric $A$; for
            antisymmetric $A$ it is 0 anyway, and nothing is conserved by this. For ReLU neurons
            without biases, inputs $x \sim N(0, I_2)$ and the target $\|x\|$ the population loss
            $\frac12 E (f(x) - \|x\|)^2$ is invariant under rotations of all $w_r$ together, and
            the torques $\dot w_r^\top J w_r$, $J$ the quarter turn, add up to 0 (each alone is
            not 0).",
        claims: vec![
            Claim::new(
                "flow",
                flow(),
                Tie::none("neurons of any dimension; the steps are about one generic neuron"),
            )
            .components(&["square of neuron"]),
            Claim::new(
                "step",
                step(),
                Tie::none("neurons of any dimension; the steps are about one generic neuron"),
            )
            .components(&["square of neuron"]),
            Claim::new("drift", drift(), Tie::none("a rate: the exponent -1 is the whole theory"))
                .points(8),
            Claim::new(
                "torque",
                torque(),
                Tie::instances(vec![pair(0.5), pair(2.0)], |plane| {
                    let [[a, u, at], [b, v, to]] = [plane[0], plane[1]];
                    Formula::of(
                        "torque",
                        &TORQUE,
                        [("a", a), ("b", b), ("u", u), ("v", v), ("delta", to - at)],
                    )
                }),
            ),
        ],
        derivation: laws,
    }
}

/// $-\frac{a b u v}{2 \pi} (\pi - \delta) \sin \delta$: the torque on a neuron by another one, at
/// an angle $\delta$ ahead, $u$ and $v$ the norms.
static TORQUE: LazyLock<Expr> = LazyLock::new(|| {
    let (a, b, u, v, delta) = vars!("a", "b", "u", "v", "delta");
    -(a * b * u * v) * (pi() - &delta) * delta.sin() / (2 * pi())
});

fn laws() -> Derivation {
    let start = Derivation::of("Euler's identity, steps of gradient descent, and rotations");
    let with_euler = euler(start);
    let with_steps = [("step-relu", 1), ("step-square", 2), ("step-cube", 3)]
        .into_iter()
        .fold(with_euler, |derivation, (name, kappa)| step_of_power(derivation, name, kappa));
    rotations(step_of_exponential(with_steps))
}

/// $w^\top \nabla_w f + b\, \partial_b f = \kappa\, a\, \partial_a f$ for $f = a\, z^\kappa$,
/// $z = w_1 x_1 + w_2 x_2 + b > 0$, and any $\kappa$; for $f = a\, e^z$,
/// $\partial_b f = a\, \partial_a f$.
fn euler(start: Derivation) -> Derivation {
    let (a, b, kappa) = vars!("a", "b", "kappa");
    let (w1, w2, x1, x2) = vars!("w_1", "w_2", "x_1", "x_2");
    let inner = &w1 * &x1 + &w2 * &x2;
    let z = &inner + &b;
    let any = [&a, &w1, &w2, &x1, &x2].into_iter().fold(Domain::new(), |d, x| d.real(x));
    let active = any.clone().open(&kappa, 0, INF).open(&b, -&inner, INF);
    let neuron = &a * (&kappa * z.ln()).exp();
    let exponential = &a * z.exp();
    let inside = |f: &Expr| &w1 * f.d(&w1) + &w2 * f.d(&w2) + &b * f.d(&b);
    let outside = |f: &Expr| &a * f.d(&a);
    start
        .identity("euler", inside(&neuron), &kappa * outside(&neuron), &active)
        .twin("no-degree", |s| s.right(outside(&neuron)))
        .identity("exponential", exponential.d(&b), outside(&exponential), &any.real(&b))
        .twin("homogeneous", |s| s.left(inside(&exponential)))
}

/// The change of $w^2 + b^2 - \kappa a^2$ in a step for two examples on which the neuron is active,
/// with slopes $s, t$ of the loss.
fn step_of_power(start: Derivation, name: &'static str, kappa: i32) -> Derivation {
    let (a, b, w, x, y) = vars!("a", "b", "w", "x", "y");
    let (s, t, eta) = vars!("s", "t", "eta");
    let all = [&a, &b, &w, &x, &y, &s, &t].into_iter().fold(Domain::new(), |d, x| d.real(x));
    let out = |input: &Expr| &a * (&w * input + &b).pow(kappa);
    let slope = |by: &Expr| &s * out(&x).d(by) + &t * out(&y).d(by);
    let [ga, gb, gw] = [&a, &b, &w].map(slope);
    let kept = |a: &Expr, b: &Expr, w: &Expr| w.pow(2) + b.pow(2) - kappa * a.pow(2);
    let after = kept(&(&a - &eta * &ga), &(&b - &eta * &gb), &(&w - &eta * &gw));
    let second = kept(&ga, &gb, &gw);
    start
        .identity(name, after - kept(&a, &b, &w), eta.pow(2) * &second, &all.open(&eta, 0, INF))
        .twin("first-order", |s| s.right(&eta * &second))
        .twin("conserved", |s| s.right(0))
}

/// The same for $a^2 - 2 b$ and $a\, e^{w x + b}$, whose slopes are $e^z$ and $a\, e^z$.
fn step_of_exponential(start: Derivation) -> Derivation {
    let (a, b, z, y, s, t, eta) = vars!("a", "b", "z", "y", "s", "t", "eta");
    let all = [&a, &b, &z, &y, &s, &t].into_iter().fold(Domain::new(), |d, x| d.real(x));
    let ga = &s * z.exp() + &t * y.exp();
    let kept = |a: &Expr, b: &Expr| a.pow(2) - 2 * b;
    let after = kept(&(&a - &eta * &ga), &(&b - &eta * &a * &ga));
    start
        .identity(
            "step-exponential",
            after - kept(&a, &b),
            eta.pow(2) * ga.pow(2),
            &all.open(&eta, 0, INF),
        )
        .twin("half", |s| s.right(eta.pow(2) * ga.pow(2) / 2))
}

/// A loss that depends on the inner products of two vectors alone, with slopes $p, q, r$ by them;
/// a generator that is symmetric; and the angle between two ReLU neurons.
fn rotations(start: Derivation) -> Derivation {
    let (p, q, r) = vars!("p", "q", "r");
    let [w, v] = [["w_1", "w_2"], ["v_1", "v_2"]].map(|names| names.map(var));
    let all = w.iter().chain(&v).chain([&p, &q, &r]);
    let all = all.fold(Domain::new(), |domain, x| domain.real(x));
    let dot = |x: &[Expr; 2], y: &[Expr; 2]| &x[0] * &y[0] + &x[1] * &y[1];
    let loss = &p * dot(&w, &w) + &q * dot(&w, &v) + &r * dot(&v, &v);
    let turned = |x: &[Expr; 2]| [-&x[1], x[0].clone()];
    let torque = |x: &[Expr; 2]| dot(&[loss.d(&x[0]), loss.d(&x[1])], &turned(x));
    // theta^T A theta for A = [[p, q], [q, r]], theta = w and velocity v.
    let image = [&p * &w[0] + &q * &w[1], &q * &w[0] + &r * &w[1]];
    let rotated = [&p * &w[0] + &q * &w[1], -(&q * &w[0]) + &r * &w[1]];
    let quadratic = dot(&w, &image);
    let rate = quadratic.d(&w[0]) * &v[0] + quadratic.d(&w[1]) * &v[1];
    let delta = var("delta");
    let angle = Domain::new().closed(&delta, 0, pi());
    // E max(u^T x, 0) max(v^T x, 0) for unit vectors: the arc-cosine kernel.
    let kernel = (delta.sin() + (pi() - &delta) * delta.cos()) / (2 * pi());
    let (a, b) = vars!("a", "b");
    let (u, v_) = vars!("u", "v");
    let scale = &a * &b * &u * &v_;
    let pairs = angle.real(&a).real(&b).open(&u, 0, INF).open(&v_, 0, INF);
    start
        .identity("no-torque", torque(&w) + torque(&v), 0, &all)
        .twin("each", |s| s.left(torque(&w)))
        .identity("symmetric-generator", rate, 2 * dot(&v, &image), &all)
        .twin("antisymmetric-part", |s| s.right(2 * dot(&v, &rotated)))
        .cited(
            "kernel",
            "the mean of the product of two ReLU neurons is the arc-cosine kernel of degree one",
            Source {
                paper: "Y. Cho, L. K. Saul, 2009, Kernel methods for deep learning",
                result: "Section 2.1, n = 1",
                link: "https://papers.nips.cc/paper/3628",
            },
        )
        .identity("torque", scale * kernel.d(&delta), TORQUE.clone(), &pairs)
        .twin("value", |s| s.left(&a * &b * &u * &v_ * &kernel))
}

/// $\|w\|^2 + b^2$ at the end of the flow is what the law says, given the other parameter there:
/// no number that is small by accident.
fn flow() -> Identity<Training, Vec<f64>, 5> {
    Identity {
        domain: |given| any_training(given, &SMOOTH, 0.001..=0.005),
        left: |t| squares(t.network.activation(), &flowed(t)),
        right: |t| lawful(&t.network, &flowed(t), |k| k),
        // One neuron of degree 2 on two examples with nothing to learn.
        known: vec![(at_rest(), vec![5.0])],
        mutants: [
            Mutant {
                name: "degree-one",
                why: "takes the law of ReLU for every activation",
                says: |t| lawful(&t.network, &flowed(t), |_| 1.0),
            },
            Mutant {
                name: "inverse-degree",
                why: "gives the degree to the inner layer",
                says: |t| lawful(&t.network, &flowed(t), |k| 1.0 / k),
            },
            Mutant {
                name: "tanh",
                why: "expects the same of an activation that is not homogeneous",
                says: |t| {
                    let tanh = t.network.with_activation(Activation::Tanh);
                    off_by(t, &flowed(&Training { network: tanh, ..t.clone() }))
                },
            },
            Mutant {
                name: "heavy-ball",
                why: "expects the same of motion with inertia",
                says: |t| off_by(t, &rolled(t)),
            },
            Mutant {
                name: "descent",
                why: "takes one step of gradient descent for the flow",
                says: |t| lawful(&t.network, &stepped(t), |k| k),
            },
        ],
        curve: Curve {
            x: "eta",
            grid: Grid::Linear { from: 0.0, to: 0.2, points: 41 },
            at: |eta| Training { eta, ..gentle() },
        },
    }
}

/// $\|w\|^2 + b^2$ after a step. The left side takes the step by backpropagation, the right side
/// takes the gradients of each neuron from their definition.
fn step() -> Identity<Training, Vec<f64>, 5> {
    Identity {
        domain: |given| any_training(given, &ALL, 0.02..=0.1),
        left: |t| squares(t.network.activation(), &stepped(t)),
        right: |t| after_step(t, |eta, kappa, inner, outer| eta * eta * (inner - kappa * outer)),
        // By hand: the gradients are 9, 6 and 12, and 0.94^2 + 0.88^2 = 1.658.
        known: vec![(moving(), vec![1.658])],
        mutants: [
            Mutant {
                name: "conserved",
                why: "takes gradient descent for gradient flow",
                says: |t| after_step(t, |_, _, _, _| 0.0),
            },
            Mutant {
                name: "first-order",
                why: "writes the step for its square",
                says: |t| after_step(t, |eta, kappa, inner, outer| eta * (inner - kappa * outer)),
            },
            Mutant {
                name: "half",
                why: "halves the second-order term, as in a Taylor series",
                says: |t| {
                    after_step(t, |eta, kappa, inner, outer| {
                        0.5 * eta * eta * (inner - kappa * outer)
                    })
                },
            },
            Mutant {
                name: "sum",
                why: "adds the squares of the gradients",
                says: |t| {
                    after_step(t, |eta, kappa, inner, outer| eta * eta * (inner + kappa * outer))
                },
            },
            Mutant {
                name: "no-degree",
                why: "forgets the degree in the second-order term",
                says: |t| after_step(t, |eta, _, inner, outer| eta * eta * (inner - outer)),
            },
        ],
        curve: Curve {
            x: "eta",
            grid: Grid::Linear { from: 0.0, to: 0.2, points: 41 },
            at: |eta| Training { eta, ..gentle() },
        },
    }
}

/// The sum over the neurons of how far the law is off after time 1/10 goes like $\eta = 1/(10 K)$.
fn drift() -> Rate<Training, 4> {
    Rate {
        domain: |given| any_network(given, &SMOOTH),
        shape: |_, steps| power(steps, -1.0),
        observable: Nested(drifts),
        relation: Equal,
        sizes: &[50, 100, 200, 400, 800],
        // eta times an integral along gradient flow; both the sum for the integral and gradient
        // descent for the flow are a series in eta, whose next term is of the order of its square
        // (with kinks of the slopes too). The guard stays far below it: nothing is random.
        correction: Correction::INVERSE_N,
        resolution: 0.02,
        mutants: super::other_orders(
            "forgets that a fixed time takes 1/eta steps",
            "takes the first-order terms not to cancel, as for a wrong degree",
        ),
        curve: Curve {
            x: "steps",
            grid: Grid::Log { from: 20.0, to: 2000.0, points: 31 },
            at: |steps| (gentle(), steps.round() as usize),
        },
    }
}

/// The torque on the first neuron, by quadrature over the inputs, against minus the sum of the
/// others by the kernel.
fn torque() -> Identity<Plane, Approx, 4> {
    Identity {
        domain: any_plane,
        left: |plane| torque_by_quadrature(plane, 0),
        right: |plane| rest(plane, plane.len(), -1.0),
        known: vec![
            // By mpmath: the derivative of the arc-cosine kernel.
            (pair(0.5), (-0.241_873_556_574_509_88).into()),
            (pair(2.0), (-0.198_252_423_567_293_26).into()),
        ],
        mutants: [
            Mutant {
                name: "each-alone",
                why: "takes the loss to be invariant under the rotation of one neuron",
                says: |_| 0.0.into(),
            },
            Mutant {
                name: "equal",
                why: "takes the torques for equal instead of opposite",
                says: |plane| rest(plane, plane.len(), 1.0),
            },
            Mutant {
                name: "linear",
                why: "takes half of the inner product for the kernel, as for linear neurons",
                says: |plane| {
                    let [a, u, at] = plane[0];
                    let one = |[b, v, to]: &[f64; 3]| -0.5 * a * b * u * v * (to - at).sin();
                    plane[1..].iter().map(one).sum::<f64>().into()
                },
            },
            Mutant {
                name: "last-left-out",
                why: "forgets one of the neurons",
                says: |plane| rest(plane, plane.len() - 1, -1.0),
            },
        ],
        curve: Curve {
            x: "delta",
            grid: Grid::Linear { from: 0.1, to: 3.0, points: 30 },
            at: pair,
        },
    }
}

fn any_training(
    given: &mut Given,
    activations: &[(&'static str, Activation)],
    etas: std::ops::RangeInclusive<f64>,
) -> Training {
    let eta = given.scale("eta", etas);
    Training { eta, ..any_network(given, activations) }
}

/// With these norms and three examples the curvature of the loss is at most 200 (for exponentials;
/// a few units otherwise); the first input is 0, so that no neuron is dead. The step is for others
/// to choose.
fn any_network(given: &mut Given, activations: &[(&'static str, Activation)]) -> Training {
    let activation = given.choice("activation", activations);
    let loss = given.choice("loss", &LOSSES);
    let (dimension, width) = (given.count("d", 1..=3), given.count("width", 1..=3));
    let mut rng = given.data("data");
    let mut direction = vec![0.0; dimension];
    let mut parameters = Vec::new();
    for _ in 0..width {
        rng.unit_vector(&mut direction);
        parameters.push(rng.sign() * (0.3 + 0.3 * rng.uniform()));
        parameters.push(0.1 + 0.4 * rng.uniform());
        parameters.extend(direction.iter().map(|x| 0.5 * x));
    }
    let mut inputs = vec![0.0; dimension];
    for _ in 0..2 {
        rng.unit_vector(&mut direction);
        inputs.extend(direction.iter().map(|x| 0.8 * x));
    }
    let targets = (0..3).map(|_| 2.0 * rng.uniform() - 1.0).collect();
    let network = ShallowNetwork::new(activation, dimension, parameters);
    Training { network, examples: Examples { inputs, targets, loss }, eta: 0.02 }
}

/// One neuron of degree 2 on the line, $a$, $b$, $w$, and an example $x$, $y$.
fn one(parameters: [f64; 3], [x, y]: [f64; 2], eta: f64) -> Training {
    let network = ShallowNetwork::new(Activation::Power(2), 1, parameters.to_vec());
    let examples = Examples { inputs: vec![x], targets: vec![y], loss: Loss::Square };
    Training { network, examples, eta }
}

/// $2 \cdot 1 + 1 = 3$, and 9 is what is wanted.
fn at_rest() -> Training {
    one([1.0, 1.0, 2.0], [1.0, 9.0], 0.01)
}

/// $1 \cdot 2 + 1 = 3$, and 8 is wanted instead of 9.
fn moving() -> Training {
    one([1.0, 1.0, 1.0], [2.0, 8.0], 0.01)
}

fn gentle() -> Training {
    one([0.5, 0.5, 0.5], [0.5, 1.0], 0.02)
}

/// Two neurons in the plane at an angle.
fn pair(delta: f64) -> Plane {
    vec![[1.5, 2.0, 0.0], [0.8, 0.5, delta]]
}

fn any_plane(given: &mut Given) -> Plane {
    let width = given.count("width", 2..=4);
    let mut rng = given.data("neurons");
    let neuron = |_| {
        let output = rng.sign() * (0.5 + rng.uniform());
        [output, 0.5 + rng.uniform(), 2.0 * PI * rng.uniform()]
    };
    (0..width).map(neuron).collect()
}

/// The network after a step of gradient descent.
fn stepped(t: &Training) -> ShallowNetwork {
    let mut network = t.network.clone();
    let mut gradient = vec![0.0; network.parameters().len()];
    network.step(&t.examples, t.eta, &mut gradient);
    network
}

/// The network after steps of the implicit midpoint rule.
fn flowed(t: &Training) -> ShallowNetwork {
    let mut network = t.network.clone();
    // The harness reports what is no number.
    let unsolved = |n: &ShallowNetwork| vec![f64::NAN; n.parameters().len()];
    for _ in 0..FLOW {
        if !network.flow(&t.examples, t.eta) {
            let (activation, dimension) = (network.activation(), network.dimension());
            return ShallowNetwork::new(activation, dimension, unsolved(&network));
        }
    }
    network
}

/// The network at time 1 under $\ddot\theta + \dot\theta = -\nabla L$, from rest.
fn rolled(t: &Training) -> ShallowNetwork {
    let mut parameters = t.network.parameters().to_vec();
    let mut velocity = vec![0.0; parameters.len()];
    let mut gradient = velocity.clone();
    let network = |parameters: &[f64]| {
        ShallowNetwork::new(t.network.activation(), t.network.dimension(), parameters.to_vec())
    };
    for _ in 0..100 {
        network(&parameters).gradient(&t.examples, &mut gradient);
        for ((x, v), g) in parameters.iter_mut().zip(&mut velocity).zip(&gradient) {
            *v -= 0.01 * (*v + g);
            *x += 0.01 * *v;
        }
    }
    network(&parameters)
}

/// $\|w\|^2 + b^2$ of each neuron, or $1 + a^2$ for the exponential: not small by accident.
fn squares(activation: Activation, network: &ShallowNetwork) -> Vec<f64> {
    let square = |n: Neuron<'_>| match activation {
        Activation::Exp => 1.0 + n.output * n.output,
        _ => inner_square(n),
    };
    network.neurons().map(square).collect()
}

fn inner_square(n: Neuron<'_>) -> f64 {
    n.weights.iter().map(|w| w * w).sum::<f64>() + n.bias * n.bias
}

/// The same at the end by the law, from the start and the other parameters at the end, with a
/// factor for $\kappa$, or for the 2 of the exponential.
fn lawful(start: &ShallowNetwork, end: &ShallowNetwork, factor: fn(f64) -> f64) -> Vec<f64> {
    let pairs = start.neurons().zip(end.neurons());
    let law = |(from, to): (Neuron<'_>, Neuron<'_>)| match start.activation() {
        Activation::Power(kappa) => {
            let outer = to.output * to.output - from.output * from.output;
            inner_square(from) + factor(f64::from(kappa)) * outer
        }
        _ => 1.0 + from.output * from.output + factor(2.0) * (to.bias - from.bias),
    };
    pairs.map(law).collect()
}

/// What the flow gives, plus what the law is off by at another end.
fn off_by(t: &Training, end: &ShallowNetwork) -> Vec<f64> {
    let activation = t.network.activation();
    let law = lawful(&t.network, end, |k| k);
    let off = law.iter().zip(squares(activation, end)).map(|(law, is)| law - is);
    squares(activation, &flowed(t)).iter().zip(off).map(|(square, off)| square + off).collect()
}

/// The law after a step, plus a second-order term: a function of $\eta$, $\kappa$,
/// $\|G_w\|^2 + G_b^2$ and $G_a^2$, or of $\eta$, 0, $G_a^2$ and $G_b^2$ for the exponential.
fn after_step(t: &Training, second: fn(f64, f64, f64, f64) -> f64) -> Vec<f64> {
    let activation = t.network.activation();
    let rows = t.examples.inputs.chunks_exact(t.network.dimension());
    let rows: Vec<(&[f64], f64)> = rows.zip(t.examples.targets.iter().copied()).collect();
    let inside = |n: &Neuron<'_>, x: &[f64]| -> f64 {
        n.weights.iter().zip(x).map(|(w, x)| w * x).sum::<f64>() + n.bias
    };
    let output = |x: &[f64]| -> f64 {
        t.network.neurons().map(|n| n.output * activation.value(inside(&n, x))).sum()
    };
    let slopes: Vec<f64> = rows.iter().map(|(x, y)| t.examples.loss.slope(output(x) - y)).collect();
    let sum = |of: &dyn Fn(&[f64]) -> f64| -> f64 {
        rows.iter().zip(&slopes).map(|((x, _), slope)| slope * of(x)).sum()
    };
    let law = |n: Neuron<'_>| {
        let back = |x: &[f64]| n.output * activation.slope(inside(&n, x));
        let outer = sum(&|x| activation.value(inside(&n, x)));
        let bias = sum(&back);
        let weights = (0..n.weights.len()).map(|j| sum(&|x| back(x) * x[j]));
        let inner = bias * bias + weights.map(|g| g * g).sum::<f64>();
        let moved = (n.output - t.eta * outer).powi(2) - n.output * n.output;
        match activation {
            Activation::Power(kappa) => {
                let kappa = f64::from(kappa);
                inner_square(n) + kappa * moved + second(t.eta, kappa, inner, outer * outer)
            }
            _ => {
                let change = second(t.eta, 0.0, outer * outer, bias * bias);
                1.0 + n.output * n.output - 2.0 * t.eta * bias + change
            }
        }
    };
    t.network.neurons().map(law).collect()
}

/// The sum over the neurons of what the law is off by after time 1/10, for numbers of steps.
fn drifts(t: Training, steps: &'static [usize]) -> Sampler<Vec<f64>> {
    let activation = t.network.activation();
    let drift = |steps: &usize| -> f64 {
        let mut network = t.network.clone();
        let mut gradient = vec![0.0; network.parameters().len()];
        let eta = 0.1 / *steps as f64;
        (0..*steps).for_each(|_| network.step(&t.examples, eta, &mut gradient));
        let law = lawful(&t.network, &network, |k| k);
        squares(activation, &network).iter().zip(law).map(|(is, law)| (is - law).abs()).sum()
    };
    Sampler::exact(steps.iter().map(drift).collect())
}

/// $\dot w_r^\top J w_r = -a_r E (f - \|x\|)\, 1[w_r^\top x > 0]\, x^\top J w_r$: $\|x\|^2$ has the
/// mean 2, and the direction is integrated between the kinks of $f$.
fn torque_by_quadrature(plane: &[[f64; 3]], r: usize) -> Approx {
    static RULE: LazyLock<GaussLegendre> = LazyLock::new(|| GaussLegendre::new(16));
    let [a, norm, at] = plane[r];
    // Directions relative to that of the neuron, which is active on (-pi/2, pi/2).
    let relative = |angle: f64| (angle - at).sin().atan2((angle - at).cos());
    let kinks = plane.iter().flat_map(|[_, _, to]| [to - 0.5 * PI, to + 0.5 * PI]);
    let mut ends: Vec<f64> = kinks.map(relative).filter(|x| x.abs() < 0.5 * PI).collect();
    ends.extend([-0.5 * PI, 0.5 * PI]);
    ends.sort_by(f64::total_cmp);
    let output = |x: f64| -> f64 {
        plane.iter().map(|[b, v, to]| b * v * (x + at - to).cos().max(0.0)).sum()
    };
    let (mut value, mut size) = (0.0, 0.0);
    for pair in ends.windows(2) {
        let width = pair[1] - pair[0];
        let part = |s: f64| {
            let x = pair[0] + s * width;
            -a * norm * x.sin() * (output(x) - 1.0) / PI
        };
        value += width * RULE.integral(part);
        size += width * RULE.integral(|s| part(s).abs());
    }
    Approx::of_sum(value, size)
}

/// The sum of the torques on the second neuron and the ones after it, up to a number of neurons,
/// times a sign: each is a sum over all others by the arc-cosine kernel.
fn rest(plane: &[[f64; 3]], count: usize, sign: f64) -> Approx {
    let (mut value, mut size) = (0.0, 0.0);
    for (r, [a, u, at]) in plane.iter().enumerate().take(count).skip(1) {
        for (s, [b, v, to]) in plane.iter().enumerate() {
            if s != r {
                let turn = (to - at).sin().atan2((to - at).cos());
                let part = sign * a * b * u * v * (turn.abs() - PI) * turn.sin() / (2.0 * PI);
                value += part;
                size += part.abs();
            }
        }
    }
    Approx::of_sum(value, size)
}
