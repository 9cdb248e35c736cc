//! Each eigenmode of the labels is learnt at its own rate.
//!
//! The linear rate of a wide network is a bound by its slowest mode. The residual itself is known:
//! along an eigenvector of $H^\infty$ with eigenvalue $\lambda$ it falls by $1 - \eta \lambda$ a
//! step, and the network follows this to an error of order $m^{-1/2}$, at all steps at once. So
//! which labels are learnt fast can be read off a matrix of the inputs.

use super::{LINK, PAPER};
use crate::du2019::unit_inputs;
use std::sync::LazyLock;
use theoremcheck::linalg::small::dot;
use theoremcheck::linalg::symmetric_eigen;
use theoremcheck::models::dual_kernel::dual_kernel;
use theoremcheck::models::random_features::LeakyRectifier;
use theoremcheck::models::two_layer::TwoLayer;
use theoremcheck::prelude::*;

/// Any inputs, a step, and labels that are an eigenvector of $H^\infty$, of norm 1.
#[derive(Clone, Debug)]
struct Mode {
    d: usize,
    k: usize,
    eta: f64,
    inputs: Vec<f64>,
    lambda: f64,
    labels: Vec<f64>,
    /// Another eigenvector.
    other: Vec<f64>,
}

/// The most steps after which a mode is looked at.
const STEPS: usize = 24;

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "arora2019.eigenmodes",
        alias: "",
        title: "Each eigenmode of the labels is learnt at its own rate",
        source: Source {
            paper: PAPER,
            result: "Theorem 4.1, the residual in mean, mode by mode",
            link: LINK,
        },
        statement: r"Let $u_i(k) = m^{-1/2} \sum_{r \le m} a_r \max(w_r(k)^\top x_i, 0)$ be the
            outputs of a two-layer network after $k$ steps of gradient descent with step $\eta$ on
            $\frac12 \|y - u\|^2$ over $w_1, \dots, w_m$, from $w_r(0) \sim N(0, \kappa^2 I_d)$ with
            fair signs $a_r$ held fixed, for any unit inputs $x_1, \dots, x_n$, no two of them
            parallel. Let $H^\infty = \sum_i \lambda_i v_i v_i^\top$, with
            $0 < \lambda_0 \le \lambda_i$, be the kernel matrix
            $x_i^\top x_j (\pi - \theta_{ij}) / (2\pi)$, $\theta_{ij}$ the angles. The paper: if
            $\kappa$ is small, $m$ a large power of $n$, $1/\lambda_0$, $1/\delta$,
            $1/\epsilon$, and $\eta = O(\lambda_0 / n^2)$, then with probability at least
            $1 - \delta$ at all $k$ at once
            $\|y - u(k)\| = \sqrt{\sum_i (1 - \eta \lambda_i)^{2k} (v_i^\top y)^2} \pm \epsilon$.
            Here $\kappa = 1$, $\eta \le 0.8 / \max_i \lambda_i$, and each mode for the norm:
            on average over the network $v_i^\top (y - u(k)) \to (1 - \eta \lambda_i)^k
            v_i^\top y$ for each $i$ and $k$ as $m \to \infty$.",
        claims: vec![
            Claim::new("mode", mode(), Tie::formula(mode_formulas))
                .components(&["along the labels", "along another mode"])
                .dear(),
        ],
        derivation: one_step,
    }
}

/// $(1 - \eta \lambda)^k$: the step `all-steps` is its recurrence.
static RESIDUAL: LazyLock<Expr> = LazyLock::new(|| {
    let (eta, lambda, k) = vars!("eta", "lambda", "k");
    (k * (1 - eta * lambda).ln()).exp()
});

/// The residual along its mode, and along another.
fn mode_formulas(p: &Mode) -> [Formula; 2] {
    let values = [("eta", p.eta), ("lambda", p.lambda), ("k", p.k as f64)];
    [Formula::of("all-steps", &RESIDUAL, values), Formula::of("no-mixing", &Expr::from(0), [])]
}

/// A step of gradient descent on two inputs with $H^\infty$ in place of the kernel of the network,
/// and all steps. For two unit inputs the eigenvectors are $(1, \pm 1)$.
fn one_step() -> Derivation {
    let (eta, lambda, k, h) = vars!("eta", "lambda", "k", "h");
    let short = Domain::new().open(&lambda, 0, INF).half_open(&eta, 0, 1 / &lambda);
    let pairs = Domain::new().open(&h, ratio(-1, 2), ratio(1, 2)).open(&eta, 0, INF);
    // (I - eta H) (1, s), its inner product with (1, t).
    let after = |s: i32, t: i32| {
        let (first, second) = (ratio(1, 2) + s * &h, &h + s * ratio(1, 2));
        (1 - &eta * first) + t * (s - &eta * second)
    };
    let factor = 1 - &eta * &lambda;
    let flow = (-&k * &eta * &lambda).exp();
    let steps = short.clone().half_open(&k, 0, INF);
    Derivation::of("A step in the eigenbasis of the kernel, and all steps")
        .cited(
            "wide",
            "in the limit of infinite width a step of gradient descent takes the residual r to \
             (I - eta H) r, H the limit of the kernel matrix at the start",
            Source { paper: PAPER, result: "Theorem 4.1 and its proof", link: LINK },
        )
        .identity("sum-mode", after(1, 1) / 2, factor.at(&lambda, ratio(1, 2) + &h), &pairs)
        .twin("difference", |d| d.right(factor.at(&lambda, ratio(1, 2) - &h)))
        .identity(
            "difference-mode",
            after(-1, -1) / 2,
            factor.at(&lambda, ratio(1, 2) - &h),
            &pairs,
        )
        .twin("sum", |d| d.right(factor.at(&lambda, ratio(1, 2) + &h)))
        .identity("no-mixing", after(1, -1), 0, &pairs)
        .twin("itself", |d| d.left(after(1, 1)))
        .identity("all-steps", RESIDUAL.clone(), &factor * RESIDUAL.at(&k, &k - 1), &steps)
        .twin("half", |d| d.right((1 - &eta * &lambda / 2) * RESIDUAL.at(&k, &k - 1)))
        .identity("flow", flow.d(&k), -&eta * &lambda * &flow, &steps)
        .twin("twice-as-fast", |d| d.right(-2 * &eta * &lambda * &flow))
        .positive("slower-than-flow", flow.at(&k, 1) - (&factor - &eta * &lambda / 100), &{
            Domain::new().closed(&lambda, ratio(1, 10), 1).closed(&eta, ratio(1, 10), 1)
        })
        .twin("faster", |d| d.of(&factor - flow.at(&k, 1)))
}

/// $E\, v_i^\top (y - u(k)) \to (1 - \eta \lambda_i)^k v_i^\top y$.
fn mode() -> Limit<Mode, [f64; 2], 6> {
    Limit {
        domain: any_mode,
        theory: |p| mode_formulas(p).map(|formula| formula.value()),
        observable: Each(projections),
        sizes: &[16, 32, 64, 128],
        // The bias is of order m^{-1/2}, though H(0) has none: a step on labels alone would move a
        // neuron by a term odd in a_r, but its own input moves it only while it is active, so that
        // neurons which stop are not balanced by those which start. The kinks leave half powers.
        correction: Correction::INVERSE_SQRT_N.then(1.0),
        resolution: Absolute(0.02),
        // Sixty degrees: eigenvalues 2/3 and 1/3. (1 - 1/2)^3 and (1 - 1/4)^3, by hand.
        known: vec![(example(3, true), [0.125, 0.0]), (example(3, false), [0.421_875, 0.0])],
        mutants: [
            Mutant {
                name: "half-the-rate",
                why: "takes the rate that is proved for the loss for that of the residual",
                says: |p| along(1.0 - 0.5 * p.eta * p.lambda, p.k as f64),
            },
            Mutant {
                name: "gradient-flow",
                why: "takes the rate of gradient flow, exp(-eta lambda k)",
                says: |p| along((-p.eta * p.lambda).exp(), p.k as f64),
            },
            Mutant {
                name: "one-step-late",
                why: "counts the start as the first step",
                says: |p| along(1.0 - p.eta * p.lambda, p.k as f64 - 1.0),
            },
            Mutant {
                name: "both-layers",
                why: "takes the kernel of a network whose output weights are trained too",
                says: |p| along(1.0 - p.eta * both_layers(p), p.k as f64),
            },
            Mutant {
                name: "squared",
                why: "gives the rate of the loss",
                says: |p| along(1.0 - p.eta * p.lambda, 2.0 * p.k as f64),
            },
            Mutant {
                name: "mean-rate",
                why: "gives all modes the mean eigenvalue, one half",
                says: |p| along(1.0 - 0.5 * p.eta, p.k as f64),
            },
        ],
        curve: Curve {
            x: "k",
            grid: Grid::Linear { from: 0.0, to: 12.0, points: 13 },
            at: |k| example(k.round() as usize, false),
        },
    }
}

/// Steps in which a mode falls to a quarter or so: later, what is left of it is too small to tell.
fn any_mode(given: &mut Given) -> Mode {
    let n = given.count("n", 2..=5);
    let d = given.count("d", 3..=6);
    let index = given.count("mode", 0..=n - 1);
    let share = given.real("share", 0.3..=0.8);
    let inputs = unit_inputs(&mut given.data("inputs"), n, d);
    let mut mode = of_modes(inputs, d, share, index);
    let last = (1.5 / (mode.eta * mode.lambda)).clamp(1.0, STEPS as f64);
    mode.k = given.count("k", 1..=last as usize);
    mode
}

/// The eigenvector with this index, in ascending order, and the step
/// $\eta = \text{share} / \lambda_{\max}$.
fn of_modes(inputs: Vec<f64>, d: usize, share: f64, index: usize) -> Mode {
    let n = inputs.len() / d;
    let Ok(eigen) = symmetric_eigen(&dual_kernel(&inputs, d)) else {
        let nothing = vec![f64::NAN; n];
        let (labels, other) = (nothing.clone(), nothing);
        return Mode { d, k: 1, eta: f64::NAN, inputs, lambda: f64::NAN, labels, other };
    };
    let vector = |i: usize| eigen.vectors.column(i).iter().copied().collect::<Vec<f64>>();
    let (labels, other) = (vector(index), vector((index + 1) % n));
    let eta = share / eigen.values.max();
    Mode { d, k: 1, eta, inputs, lambda: eigen.values[index], labels, other }
}

/// Two inputs 60 degrees apart, $\eta = 3/4$, after $k$ steps along their sum or difference.
fn example(k: usize, sum: bool) -> Mode {
    let inputs = vec![1.0, 0.0, 0.5, 0.75_f64.sqrt()];
    Mode { k, ..of_modes(inputs, 2, 0.5, usize::from(sum)) }
}

/// A residual along the labels, none along another mode.
fn along(factor: f64, k: f64) -> [f64; 2] {
    [factor.powf(k), 0.0]
}

/// $v^\top (H^\infty + K) v$, $K_{ij} = E \max(g, 0) \max(g', 0)$ the kernel of the output weights.
fn both_layers(p: &Mode) -> f64 {
    let rows: Vec<&[f64]> = p.inputs.chunks_exact(p.d).collect();
    let rectifier = LeakyRectifier { slope: 0.0 };
    let row = |i: usize| -> f64 {
        let term = |j: usize| rectifier.kernel(dot(rows[i], rows[j])) * p.labels[j];
        (0..rows.len()).map(term).sum()
    };
    p.lambda + (0..rows.len()).map(|i| p.labels[i] * row(i)).sum::<f64>()
}

/// $v^\top (y - u(k))$ along the labels and along another mode: the mean over a network and the one
/// with opposite signs $a_r$, which has the same law. What $u(0)$ adds nearly cancels.
fn projections(p: Mode, m: usize) -> Sampler<[f64; 2]> {
    let mut network = TwoLayer::new(&p.inputs, p.d);
    Sampler::new(move |rng| {
        let mut sums = [0.0; 2];
        network.draw(rng, m);
        for _ in 0..2 {
            network.descend(&p.labels, p.eta, p.k, |k, residuals| {
                if k == p.k {
                    sums[0] += 0.5 * dot(&p.labels, residuals);
                    sums[1] += 0.5 * dot(&p.other, residuals);
                }
            });
            network.restart_with_opposite_signs();
        }
        sums
    })
}
