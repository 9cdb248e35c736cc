//! Wide networks hardly move while they are trained, and so stay close to linear models.
//!
//! With outputs scaled by $1/\sqrt m$ the parameters move by $1/\sqrt m$ of their size, just enough
//! to fit, and what depends on the movement beyond first order vanishes with the width. With $1/m$
//! instead they move by the order of their size: the scale decides, not the width.

use super::{LINK, PAPER};
use theoremcheck::models::mirrored_network::{MirroredNetwork, Scale, Trained};
use theoremcheck::models::shallow_network::Activation;
use theoremcheck::prelude::*;

/// Three unit inputs in $R^3$, their labels, and the number of steps.
#[derive(Clone, Debug)]
struct Task {
    inputs: Vec<f64>,
    labels: [f64; 3],
    steps: usize,
    activation: Activation,
}

/// The step $\eta$. The largest eigenvalue of $\Theta$ is at most its trace, of which the mean is
/// $3 E[\phi^2 + \phi'^2] < 3$ for the hyperbolic tangent and the rectifier: a quarter of it is far
/// from 2.
const ETA: f64 = 0.25;

/// Widths for exact exponents. At $m = 32$ the term in $1/m$ moves the local exponent by 0.01,
/// which is half of what is promised; from 64 on half of it is left.
const WIDE: &[usize] = &[64, 256, 1024];

/// What is drawn is a function of the means of finitely many functions over independent pairs of
/// neurons, and even in $m^{-1/2}$ (see the derivation): a series in $1/m$. The movement does not
/// vanish over $m^{-1/2}$, so that its root is one too. The other two are roots of squares that may
/// vanish there: half powers have to be allowed for.
const WHOLE: Correction = Correction::GUARD.then(1.0);

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "lee2019.lazy-training",
        alias: "lazy.linearisation",
        title: "Lazy training: wide networks stay close to linear models",
        source: Source {
            paper: PAPER,
            result: "Theorem 2.1: the three deviations are O(m^{-1/2}); the start at 0 and the \
                     scale 1/m are those of Chizat, Oyallon, Bach (2019), On lazy training in \
                     differentiable programming",
            link: LINK,
        },
        statement: r"Let $f(x) = s \sum_{r \le m} a_r \phi(w_r^\top x)$ start at pairs of neurons
            with one standard normal $w_r$ and two opposite standard normal $a_r$, so that $f = 0$,
            and be trained in all parameters $\theta$ by a fixed number of steps of gradient descent
            on $\frac12 \sum_i (f(x_i) - y_i)^2$ with the step $\frac{\eta}{m s^2}$, at fixed inputs
            $x_i$, labels $y_i$ and $\eta$ below 2 over the largest eigenvalue of the limit of
            $\Theta = \frac{1}{m s^2} \nabla f \nabla f^\top$. Let $f^{\mathrm{lin}}$ be the network
            that is linear in $\theta$, agrees with $f$ to first order at the start and is trained
            alike. Let $m \to \infty$. For $s = m^{-1/2}$, on average over the start:
            $\frac{\|\theta - \theta_0\|}{\|\theta_0\|}$ is of the exact order $m^{-1/2}$, and
            $\|f - f^{\mathrm{lin}}\|$ over the inputs and
            $\frac{\|\Theta - \Theta_0\|_F}{\|\Theta_0\|_F}$ are at most of this order, if $\phi$ is
            bounded with a Lipschitz derivative. For $s = m^{-1}$ the first of these is of the order
            1. Checked for $\phi = \tanh$, two layers, three inputs and 4 to 8 steps, the change of
            the kernel also for the rectifier, which the theorem leaves out. The published order is
            an upper bound and no more: for the hyperbolic tangent the last two are rather of the
            order $m^{-1}$.",
        claims: vec![
            Claim::new("movement", movement(), Tie::none("a rate: its exponent is the theory"))
                .points(3)
                .dear(),
            Claim::new("mean-field", mean_field(), Tie::none("a rate: its exponent is the theory"))
                .points(3)
                .dear(),
            Claim::new("linearisation", error(), Tie::none("a rate: its exponent is the theory"))
                .points(3)
                .dear(),
            Claim::new("kernel", kernel(), Tie::none("a rate: its exponent is the theory"))
                .points(3)
                .dear(),
        ],
        derivation: orders,
    }
}

/// Why only whole powers of $1/m$, and how far a mode moves.
fn orders() -> Derivation {
    let (eta, lambda, k) = vars!("eta", "lambda", "k");
    let (a, z, da, dz, h) = vars!("a", "z", "da", "dz", "h");
    let steps = Domain::new().open(&lambda, 0, INF).half_open(&eta, 0, 1 / &lambda);
    let steps = steps.half_open(&k, 0, INF);
    let left = (&k * (1 - &eta * &lambda).ln()).exp();
    let moved = (1 - &left) / &lambda;
    // What a pair adds to an output when its parameters have moved by h times something, where the
    // gradients of a pair are opposite in w and equal in a; for the exponential.
    let pair = |sign: i64| {
        let h = Expr::from(sign) * &h;
        (&a + &h * &da) * (&z + &h * &dz).exp() + (&h * &da - &a) * (&z - &h * &dz).exp()
    };
    let reals = Domain::new().real(&a).real(&z).real(&da).real(&dz).real(&h);
    Derivation::of("Orders in the width")
        .cited(
            "lazy",
            "movement, distance from the linear model and change of the kernel are O(m^{-1/2})",
            Source { paper: PAPER, result: "Theorem 2.1", link: LINK },
        )
        .identity("mode", moved.at(&k, &k + 1) - &moved, &eta * &left, &steps)
        .twin("no-decay", |d| d.right(eta.clone()))
        .identity("pair", pair(-1), -pair(1), &reals)
        .twin("even", |d| d.right(pair(1)))
}

fn movement() -> Rate<Task, 4> {
    Rate {
        domain: |given| task(given, Activation::Tanh),
        shape: |_, m| power(m, -0.5),
        observable: Each(|task, m| trained(task, m, Scale::Tangent, |t| t.movement.sqrt())),
        relation: Equal,
        sizes: WIDE,
        correction: WHOLE,
        resolution: 0.02,
        mutants: [
            Mutant {
                name: "mean-field",
                why: "takes the movement at the other scale, which does not depend on the width",
                says: |_, _| 1.0,
            },
            Mutant {
                name: "square",
                why: "gives the rate of the square of the movement",
                says: |_, m| power(m, -1.0),
            },
            Mutant {
                name: "two-fifths",
                why: "fits a power to widths that are too small",
                says: |_, m| power(m, -0.4),
            },
            Mutant {
                name: "union-bound",
                why: "leaves the logarithm of a union bound over neurons",
                says: |_, m| ((m as f64).ln() / m as f64).sqrt(),
            },
        ],
        curve: widths(),
    }
}

fn mean_field() -> Rate<Task, 3> {
    Rate {
        domain: |given| task(given, Activation::Tanh),
        shape: |_, _| 1.0,
        observable: Each(|task, m| trained(task, m, Scale::MeanField, |t| t.movement.sqrt())),
        relation: Equal,
        sizes: WIDE,
        correction: WHOLE,
        resolution: 0.02,
        mutants: [
            Mutant {
                name: "lazy",
                why: "takes the movement in the parametrisation of the tangent kernel",
                says: |_, m| power(m, -0.5),
            },
            Mutant {
                name: "slow-fading",
                why: "scales outputs with a power between those of both parametrisations",
                says: |_, m| power(m, -0.1),
            },
            Mutant {
                name: "logarithm",
                why: "takes a movement that settles for one that fades with the logarithm of m",
                says: |_, m| 1.0 / (m as f64).ln().sqrt(),
            },
        ],
        curve: widths(),
    }
}

fn error() -> Rate<Task, 3> {
    Rate {
        domain: |given| task(given, Activation::Tanh),
        shape: |_, m| power(m, -0.5),
        observable: Each(|task, m| trained(task, m, Scale::Tangent, |t| t.error.sqrt())),
        relation: AtMost,
        sizes: &[16, 64, 256],
        correction: Correction::GUARD,
        resolution: 0.15,
        mutants: higher_orders(),
        curve: widths(),
    }
}

fn kernel() -> Rate<Task, 3> {
    Rate {
        domain: |given| {
            let among = [("tanh", Activation::Tanh), ("rectifier", Activation::Power(1))];
            let activation = given.choice("activation", &among);
            task(given, activation)
        },
        shape: |_, m| power(m, -0.5),
        observable: Each(|task, m| trained(task, m, Scale::Tangent, |t| t.kernel.sqrt())),
        relation: AtMost,
        sizes: &[16, 64, 256],
        correction: Correction::GUARD,
        resolution: 0.15,
        mutants: higher_orders(),
        curve: widths(),
    }
}

/// Orders that no network with so few inputs reaches.
fn higher_orders() -> [Mutant<fn(&Task, usize) -> f64>; 3] {
    [
        Mutant {
            name: "squared",
            why: "squares the order 1/m of a difference, with the logarithm of a union bound",
            says: |_, m| (m as f64).ln() * power(m, -2.0),
        },
        Mutant {
            name: "third-order",
            why: "counts three orders 1/m, one for each factor of the third derivative",
            says: |_, m| power(m, -3.0),
        },
        Mutant {
            name: "exponential",
            why: "believes that wide networks are linear up to what is exponentially small",
            says: |_, m| (-(m as f64) / 16.0).exp(),
        },
    ]
}

fn widths() -> Curve<(Task, usize)> {
    Curve {
        x: "m",
        grid: Grid::Log { from: 8.0, to: 512.0, points: 7 },
        at: |m| {
            let inputs = vec![1.0, 0.0, 0.0, 0.6, 0.8, 0.0, 0.0, -0.6, 0.8];
            let task =
                Task { inputs, labels: [1.0, -1.0, 1.0], steps: 8, activation: Activation::Tanh };
            (task, 2 * (0.5 * m).round() as usize)
        },
    }
}

fn task(given: &mut Given, activation: Activation) -> Task {
    let mut inputs = vec![0.0; 9];
    let mut rng = given.data("inputs");
    inputs.chunks_exact_mut(3).for_each(|x| rng.unit_vector(x));
    let labels = ["first-label", "second-label", "third-label"].map(|name| given.sign(name));
    Task { inputs, labels, steps: given.count("steps", 4..=8), activation }
}

/// A number that tells what training changed.
fn trained(task: Task, m: usize, scale: Scale, of: fn(Trained) -> f64) -> Sampler {
    let mut network = MirroredNetwork::new(task.activation, 3, task.inputs);
    Sampler::new(move |rng| {
        network.draw(rng, m);
        of(network.train(&task.labels, scale, ETA, task.steps))
    })
}
