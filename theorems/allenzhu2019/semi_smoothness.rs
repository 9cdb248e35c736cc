//! How far the loss of a deep network is from its tangent: the price of the kinks.
//!
//! Descent needs a smooth loss, and the slope of a ReLU network jumps. What saves gradient descent
//! is that few neurons are near their kink: the remainder of first order is quadratic plus a term
//! that is smaller than linear. For the worst step this term is like the power 4/3 of the step, as
//! published, and no better: its constant is attained. For a random step the signs of the output
//! weights cancel, and the power is 3/2, between the kink and smoothness.
//!
//! The step is one of the last layer, at one input: there the constants can be derived. The paper
//! has steps of all layers and $n$ inputs, and constants that are not explicit.

use super::{CHO_AND_SAUL, LINK, PAPER, TEXTBOOK};
use std::f64::consts::PI;
use std::sync::LazyLock;
use theoremcheck::models::relu_norms::norm_ratio;
use theoremcheck::prelude::*;

/// Width $m$, $L$ trained layers, $k$ outputs, and $\theta$ with $\tan\theta = w / \sqrt{2m}$.
#[derive(Clone, Copy, Debug)]
struct Random {
    m: usize,
    depth: usize,
    outputs: usize,
    theta: f64,
}

/// Width $m$ and norm $w$ of the step.
#[derive(Clone, Copy, Debug)]
struct Worst {
    m: usize,
    w: f64,
}

/// $a = m / n^2$ with $n$ the size.
#[derive(Clone, Copy, Debug)]
struct Shrinking {
    a: usize,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "allenzhu2019.semi-smoothness",
        alias: "",
        title: "Semi-smoothness of deep ReLU networks",
        source: Source {
            paper: PAPER,
            result: "Theorem 4; the constants for a step of the last layer, its sharpness and the \
                     power of a random step are derived here",
            link: LINK,
        },
        statement: r"Let $h_0 = \max(A x, 0)$, $h_l = \max(W_l h_{l-1}, 0)$ for $l \le L$ and
            $f(x) = B h_L$, $m$ neurons a layer, with independent entries $N(0, 2/m)$ of $A$ and all
            $W_l$ and $N(0, 1/k)$ of $B$, which has $k$ rows, $|x| = 1$. Let $W'$ change $W_L$,
            $\Delta$ be the change of $h_L$, $D = \operatorname{diag} 1_{W_L h_{L-1} > 0}$ and
            $q = \Delta - D W' h_{L-1}$: of $F = \frac12 \|f(x) - y\|^2$ with residual $r = f(x) -
            y$ the first-order remainder is $F(W + W') - F(W) - \langle \nabla F, W' \rangle =
            r^\top B q + \frac12 \|B \Delta\|^2$, and always $\|\Delta\| \le \|W'\|_F \|h_{L-1}\|$.
            For any $r$ that does not depend on $B$ and any $w$, with probability at least 0.95, for
            all $\|W'\|_F \le w$ at once $r^\top B q \le \frac34 (20/(\sqrt2 \pi))^{1/3}
            \sqrt{m/k} \|r\| \|h_{L-1}\| w^{4/3}$, at any width; and the largest value divided by
            $\sqrt{m/k} \|r\| \|h_{L-1}\| w^{4/3}$ tends to $\frac34 (\sqrt2 \pi)^{-1/3}$ as $w \to
            0$ and $m w^{2/3} \to \infty$. For a random step with independent entries
            $N(0, w^2/m^2)$, exactly at any width on average over $W_L$, $W'$ and $B$ the remainder
            $B q$ of $f$ has $E \|B q\|^2 = \frac{2}{\pi k} (\theta - \sin\theta \cos\theta) /
            \cos^2\theta$, $\tan\theta = w / \sqrt{2m}$, which goes like $w^3$; and for one output
            $E |B q| / \|h_{L-1}\|$ goes like $(w / \sqrt m)^{3/2}$ as $w / \sqrt m \to 0$ and
            $w \sqrt m \to \infty$.",
        claims: vec![
            Claim::new("remainder", remainder(), Tie::formula(bound_formula)),
            Claim::new("worst-step", worst_step(), Tie::formula(|_| constant_formula())),
            Claim::new(
                "worst-exponent",
                worst_exponent(),
                Tie::none("an exponent: the steps `optimum` and `least` have the power"),
            )
            .dear(),
            Claim::new("random-step", random_step(), Tie::formula(mean_square_formula)),
            Claim::new(
                "exponent",
                exponent(),
                Tie::none("an exponent: half the power of `at-least-cubic` and `at-most-cubic`"),
            ),
        ],
        derivation: kinks,
    }
}

/// $d^{1/3}$, $d = s / (\sqrt 2 \pi)$.
fn cube_root(s: i32) -> Expr {
    ((s / (Expr::from(2).sqrt() * pi())).ln() / 3).exp()
}

/// $\frac34 (\sqrt2 \pi)^{-1/3}$.
static CONSTANT: LazyLock<Expr> = LazyLock::new(|| 3 * cube_root(1) / 4);

/// $\frac34 (20 / (\sqrt2 \pi))^{1/3} w^{4/3}$.
static BOUND: LazyLock<Expr> =
    LazyLock::new(|| 3 * cube_root(20) / 4 * (4 * var("w").ln() / 3).exp());

/// $\frac{2}{\pi k} (\theta - \sin\theta \cos\theta) / \cos^2\theta$ where $\cos\theta = c$.
static MEAN_SQUARE: LazyLock<Expr> = LazyLock::new(|| {
    let (k, c) = vars!("k", "c");
    2 * (c.acos() - &c * (1 - c.pow(2)).sqrt()) / (pi() * k * c.pow(2))
});

fn bound_formula(p: &Worst) -> Formula {
    Formula::of("with-probability", &BOUND, [("w", p.w)])
}

fn constant_formula() -> Formula {
    Formula::of("attained", &CONSTANT, [])
}

fn mean_square_formula(p: &Random) -> Formula {
    let values = [("k", p.outputs as f64), ("c", p.theta.cos())];
    Formula::of("mean-square", &MEAN_SQUARE, values)
}

/// The worst step by duality, and a random one in the plane of a pre-activation before and after.
fn kinks() -> Derivation {
    let (c, u, x, t, s) = vars!("c", "u", "x", "t", "s");
    let (p, g, m, w) = vars!("p", "g", "m", "w");
    let positive = |symbols: &[&Expr]| {
        symbols.iter().fold(Domain::new(), |domain, symbol| domain.open(symbol, 0, INF))
    };
    // c (u - a) - u^2 / (4x) <= c^2 x - c a: what a neuron can add, at the price 1 / (4x).
    let left_over = c.pow(2) * &x - &c * &u + u.pow(2) / (4 * &x);
    let triangle = &c * &x * &t - t.pow(2) / 2;
    let density = 2 / (pi() * &s);
    let root = Expr::from(2).sqrt();
    // Where d = p^3 and w = g^(3/2).
    let dual = g.pow(3) / (4 * &x) + p.pow(3) * x.pow(2);
    let at = &g / (2 * &p);
    let least = 3 * &p * g.pow(2) / 4;
    let third = (w.ln() / 3).exp();
    let at_bound =
        |s: i32, third: &Expr| dual.at(&x, &at).at(&p, cube_root(s)).at(&g, third.pow(2));
    let start = Derivation::of("The remainder of first order at a kink")
        .cited(
            "jump",
            "for z, v in R, max(z + v, 0) - max(z, 0) - 1[z > 0] v is |v| - |z| if z and z + v \
             have opposite signs, and 0 otherwise",
            Source { paper: PAPER, result: "the proof of Theorem 4", link: LINK },
        )
        .identity("square", left_over.clone(), (2 * &c * &x - &u).pow(2) / (4 * &x), &{
            positive(&[&c, &u, &x])
        })
        .twin("other-price", |d| d.left(c.pow(2) * &x - &c * &u + u.pow(2) / (2 * &x)))
        .nonneg("one-neuron", (2 * &c * &x - &u).pow(2) / (4 * &x), &positive(&[&c, &u, &x]))
        .twin("half", |d| d.of(c.pow(2) * &x / 2 - &c * &u + u.pow(2) / (4 * &x)))
        .identity("near-kink-slope", triangle.d(&t), &c * &x - &t, &positive(&[&c, &x, &t]))
        .twin("sign", |d| d.right(&c * &x + &t))
        .conclude(
            "near-kink",
            Rule::Ftc {
                integrand: &c * &x - &t,
                antiderivative: triangle.clone(),
                in_: t.clone(),
                from: ["near-kink-slope"],
            },
        )
        .twin("not-halved", |d| d.put(&c * &x * &t - t.pow(2)))
        .cited(
            "density",
            "the density of |z| at a normal z with standard deviation s is at most \
             2/(s sqrt(2 pi)), and E max(c, 0)^3 = sqrt(2/pi) for a standard normal c: together \
             2/(pi s)",
            TEXTBOOK,
        )
        .identity(
            "all-neurons",
            &m * density.at(&s, &root / m.sqrt()) * triangle.at(&c, 1).at(&t, &x),
            m.pow(2) * x.pow(2) / (&root * pi() * m.sqrt()),
            &positive(&[&m, &x]),
        )
        .twin("one-side", |d| d.right(m.pow(2) * x.pow(2) / (2 * &root * pi() * m.sqrt())))
        .identity("optimum", dual.at(&x, &at), least.clone(), &positive(&[&p, &g]))
        .twin("half", |d| d.right(&p * g.pow(2) / 2))
        .identity(
            "least",
            &x * (&dual - &least),
            (&p * &x - &g / 2).pow(2) * (&p * &x + &g),
            &positive(&[&p, &g, &x]),
        )
        .twin("sign", |d| d.right((&p * &x - &g / 2).pow(2) * (&p * &x - &g)))
        .nonneg("nothing-less", (&p * &x - &g / 2).pow(2) * (&p * &x + &g), &{
            positive(&[&p, &g, &x])
        })
        .twin("larger", |d| d.of(&x * (&dual - &least * ratio(11, 10))))
        .cited(
            "markov",
            "a sum of terms that are not negative exceeds 20 times its mean with probability at \
             most 1/20; over its mean it tends to 1 as the number of terms tends to infinity",
            TEXTBOOK,
        )
        .identity("step", (w.ln() / 3 * 3).exp(), w.clone(), &positive(&[&w]))
        .twin("square", |d| d.left(third.pow(2)))
        .identity("with-probability", BOUND.clone(), at_bound(20, &third), &positive(&[&w]))
        .twin("mean", |d| d.right(at_bound(1, &third)))
        .identity("attained", CONSTANT.clone(), at_bound(1, &Expr::from(1)), &Domain::new())
        .twin("other-power", |d| d.left(CONSTANT.pow(2)));
    random_step_by_hand(start)
}

/// With $z = R \cos\phi$ the pre-activation after the step is $R \cos(\phi - \theta) / \cos\theta$
/// in units of $s$: the signs differ in two sectors of angle $\theta$, where with $\psi$ the angle
/// from the kink after the step $q^2 = R^2 s^2 \sin^2\psi / \cos^2\theta$, $E R^2 = 2$. With
/// $c = \cos\theta$ the integral over a sector ends at $\psi = \arccos c$.
fn random_step_by_hand(start: Derivation) -> Derivation {
    let (psi, c, k, m) = vars!("psi", "c", "k", "m");
    let (sine, cosine) = (psi.sin(), psi.cos());
    let sector = (&psi - &sine * &cosine) / 2;
    let angles = Domain::new().closed(&psi, 0, pi());
    let networks = Domain::new().open(&c, 0, 1).open(&k, 0, INF).open(&m, 0, INF);
    let (z, e) = vars!("z", "e");
    let kink = Domain::new().half_open(&z, 0, INF).half_open(&e, 0, INF);
    let start = start
        .nonneg("lipschitz", (&z + &e).pow(2) - e.pow(2), &kink)
        .twin("contraction", |d| d.of((&z + &e).pow(2) - 2 * e.pow(2)))
        .cited(
            "polar",
            "a Gaussian mean over the plane is a radial mean times one over the angles; E r^2 = 2",
            CHO_AND_SAUL,
        )
        .identity("sector-slope", sector.d(&psi), sine.pow(2), &angles)
        .twin("cosine", |d| d.right(cosine.pow(2)))
        .conclude(
            "sector",
            Rule::Ftc {
                integrand: sine.pow(2),
                antiderivative: sector.clone(),
                in_: psi.clone(),
                from: ["sector-slope"],
            },
        )
        .twin("sign", |d| d.put((&psi + &sine * &cosine) / 2))
        .identity(
            "mean-square",
            MEAN_SQUARE.clone(),
            &m / &k * (2 / &m) / c.pow(2) * 2 * 2 / (2 * pi())
                * (c.acos() - &c * (1 - c.pow(2)).sqrt())
                / 2,
            &networks,
        )
        .twin("one-sector", |d| d.left(&*MEAN_SQUARE / 2));
    third_power(start)
}

/// With $s = \sin\theta$, $\theta - \sin\theta \cos\theta$ is between $\frac23 s^3$ and
/// $\frac23 s^3 / \sqrt{1 - s^2}$: the mean square is of the third power of the step.
fn third_power(start: Derivation) -> Derivation {
    let s = var("s");
    let cosine = (1 - s.pow(2)).sqrt();
    let sector = pi() / 2 - s.acos() - &s * &cosine;
    let cube = 2 * s.pow(3) / 3;
    let (above, below) = (&sector - &cube, &cube / &cosine - &sector);
    let rises = 2 * s.pow(2) / &cosine - 2 * s.pow(2);
    let rises_too = 2 * s.pow(4) / (3 * (1 - s.pow(2)) * &cosine);
    let sines = Domain::new().half_open(&s, 0, 1);
    let grows = |of: &Expr, from: [&'static str; 2]| Rule::GrowsFrom {
        of: of.clone(),
        in_: s.clone(),
        at: 0.into(),
        on: sines.clone(),
        from,
    };
    start
        .identity("sine-slope", sector.d(&s), 2 * s.pow(2) / &cosine, &sines)
        .twin("one", |d| d.right(s.pow(2) / &cosine))
        .identity("above-at-zero", above.at(&s, 0), 0, &Domain::new())
        .twin("half", |d| d.right(ratio(1, 2)))
        .nonneg("above-rises", rises.clone(), &sines)
        .twin("larger", |d| d.of(2 * s.pow(2) / &cosine - 3 * s.pow(2)))
        .conclude("at-least-cubic", grows(&above, ["above-at-zero", "above-rises"]))
        .twin("elsewhere", |d| d.put(ratio(1, 2)))
        .identity("below-at-zero", below.at(&s, 0), 0, &Domain::new())
        .twin("half", |d| d.right(ratio(1, 2)))
        .nonneg("below-rises", rises_too.clone(), &sines)
        .twin("sign", |d| d.of(-rises_too.clone()))
        .conclude("at-most-cubic", grows(&below, ["below-at-zero", "below-rises"]))
        .twin("elsewhere", |d| d.put(ratio(1, 2)))
}

/// $r^\top B q$ over $\sqrt{m/k} \|r\| \|h_{L-1}\|$ for the worst step.
fn remainder() -> Bound<Worst, 4> {
    Bound {
        domain: |given| Worst { m: given.count("m", 8..=256), w: given.scale("w", 0.02..=0.5) },
        observable: bound_of_worst_step,
        relation: AtMost,
        holds: WithProbability(0.95),
        bound: |p| bound_formula(p).value(),
        // By mpmath.
        known: vec![
            (Worst { m: 64, w: 0.1 }, 0.057_479_939_864_597_76),
            (Worst { m: 64, w: 0.001 }, 0.000_123_836_776_425_219_65),
        ],
        mutants: [
            Mutant {
                name: "typical",
                why: "takes the largest remainder of a typical network for that of nearly all",
                says: |p| constant_formula().value() * p.w.powf(4.0 / 3.0),
            },
            Mutant {
                name: "random-step",
                why: "takes the power of a random step for that of the worst",
                says: |p| bound_formula(p).value() * p.w.powf(1.0 / 6.0),
            },
            Mutant {
                name: "smooth",
                why: "takes the network for smooth: a remainder of second order",
                says: |p| bound_formula(p).value() * p.w.powf(2.0 / 3.0),
            },
            Mutant {
                name: "half-the-kinks",
                why: "counts neurons on one side of their kink only, in a typical network",
                says: |p| constant_formula().value() * (0.5 * p.w.powi(4)).cbrt(),
            },
        ],
        curve: Curve {
            x: "w",
            grid: Grid::Log { from: 0.001, to: 1.0, points: 31 },
            at: |w| Worst { m: 64, w },
        },
    }
}

/// The largest $r^\top B q$ over $\sqrt{m/k} \|r\| \|h_{L-1}\| w^{4/3}$ tends to a constant.
fn worst_step() -> Limit<Shrinking, f64, 4> {
    Limit {
        domain: shrinking,
        theory: |_| constant_formula().value(),
        observable: Each(|p, n| worst_remainder(p, n, 4.0 / 3.0)),
        sizes: &[8, 32, 128],
        correction: MINIMUM_OF_A_PROCESS,
        resolution: Relative(0.01),
        // By mpmath.
        known: vec![(shrunk(16.0), 0.456_218_585_040_596_45)],
        mutants: [
            Mutant {
                name: "tenth-dead",
                why: "counts nine neurons of ten",
                says: |_| constant_formula().value() * 0.9_f64.cbrt(),
            },
            Mutant {
                name: "half-the-kinks",
                why: "counts neurons on one side of their kink only",
                says: |_| constant_formula().value() * 0.5_f64.cbrt(),
            },
            Mutant {
                name: "equal-weights",
                why: "takes all output weights for one in size: 1/2 for the mean sqrt(2/pi)",
                says: |_| constant_formula().value() * (0.5 / (2.0 / PI).sqrt()).cbrt(),
            },
            Mutant {
                name: "no-way-to-the-kink",
                why: "forgets that a neuron has to be carried to its kink first",
                says: |_| constant_formula().value() * 4.0 / 3.0,
            },
        ],
        curve: Curve { x: "a", grid: Grid::At(&[4.0, 8.0, 16.0, 32.0, 64.0]), at: shrunk },
    }
}

/// The largest $r^\top B q$ over $\sqrt{m/k} \|r\| \|h_{L-1}\|$ goes like $w^{4/3}$,
/// $w = \text{size}^{-3/2}$.
fn worst_exponent() -> Rate<Shrinking, 4> {
    Rate {
        domain: shrinking,
        shape: |_, n| power(n, -2.0),
        observable: Each(|p, n| worst_remainder(p, n, 0.0)),
        relation: Equal,
        sizes: &[8, 32, 128, 512],
        correction: MINIMUM_OF_A_PROCESS,
        resolution: 0.02,
        mutants: [
            Mutant {
                name: "logarithm",
                why: "takes the published factor sqrt(log m) for necessary",
                says: |_, n| power(n, -2.0) * (n as f64).ln().sqrt(),
            },
            Mutant {
                name: "random-step",
                why: "takes the power 3/2 of a random step for that of the worst",
                says: |_, n| power(n, -2.25),
            },
            Mutant {
                name: "lipschitz",
                why: "lets the remainder be as large as the step",
                says: |_, n| power(n, -1.5),
            },
            Mutant {
                name: "smooth",
                why: "takes the network for smooth: a remainder of second order",
                says: |_, n| power(n, -3.0),
            },
        ],
        curve: Curve {
            x: "n",
            grid: Grid::At(&[2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0]),
            at: |n| (shrunk(16.0), n as usize),
        },
    }
}

/// $E \|B q\|^2$ for a random step.
fn random_step() -> Equality<Random, f64, 5> {
    Equality {
        domain: |given| Random {
            m: given.count("m", 16..=64),
            depth: given.count("L", 1..=4),
            outputs: given.count("k", 1..=3),
            theta: given.scale("theta", 0.2..=0.8),
        },
        theory: |p| mean_square_formula(p).value(),
        observable: squared_remainder_of_output,
        resolution: Relative(0.02),
        // By quadrature with mpmath over pre-activations and steps.
        known: vec![
            (step(0.3, 1), 0.012_331_595_545_976_953),
            (step(0.1, 2), 0.000_213_914_606_664_736_48),
            (step(0.05, 1), 0.000_053_157_912_260_153_512),
        ],
        mutants: [
            Mutant {
                name: "tenth-dead",
                why: "counts nine neurons of ten",
                says: |p| 0.9 * mean_square_formula(p).value(),
            },
            Mutant {
                name: "first-order",
                why: "stops at the third power of the step",
                says: |p| 4.0 / 3.0 * p.theta.tan().powi(3) / (PI * p.outputs as f64),
            },
            Mutant {
                name: "one-side",
                why: "counts neurons that are switched off, and none that is switched on",
                says: |p| 0.5 * mean_square_formula(p).value(),
            },
            Mutant {
                name: "not-scaled",
                why: "takes the pre-activation after the step for one before it",
                says: |p| p.theta.cos().powi(2) * mean_square_formula(p).value(),
            },
            Mutant {
                name: "jump-not-vanishing",
                why: "takes the jump of the slope for one of the value: a power too few",
                says: |p| mean_square_formula(p).value() / p.theta.tan(),
            },
        ],
        curve: Curve {
            x: "theta",
            grid: Grid::Log { from: 0.1, to: 1.2, points: 41 },
            at: |theta| step(theta, 1),
        },
    }
}

/// $E |B q| / \|h_{L-1}\| \propto \tau^{3/2}$ where $\tau = w / \sqrt{2m} = 1/n$ and $m = a n^2$.
fn exponent() -> Rate<Shrinking, 5> {
    Rate {
        domain: |given| Shrinking { a: given.count("a", 4..=16) },
        shape: |_, n| power(n, -1.5),
        observable: Each(absolute_remainder),
        relation: Equal,
        sizes: &[8, 32, 128, 512],
        // About a n / pi neurons pass their kink, a Poisson number but for terms in 1/n^2; the root
        // of the sum of their squares is a smooth function of an average: whole powers of 1/n.
        correction: Correction::INVERSE_N.then(2.0),
        resolution: 0.02,
        mutants: [
            Mutant {
                name: "logarithm",
                why: "leaves the root of a logarithm of the width",
                says: |_, n| power(n, -1.5) * (n as f64).ln().sqrt(),
            },
            Mutant {
                name: "worst-step",
                why: "takes the power 4/3 of the worst step for that of a random one",
                says: |_, n| power(n, -4.0 / 3.0),
            },
            Mutant {
                name: "smooth",
                why: "takes the loss for smooth: a remainder of second order",
                says: |_, n| power(n, -2.0),
            },
            Mutant {
                name: "measured-slope",
                why: "takes a slope of 1.47 that was measured once for the power of the step",
                says: |_, n| power(n, -1.47),
            },
            Mutant {
                name: "no-cancellation",
                why: "adds the absolute remainders of all neurons",
                says: |_, n| power(n, -1.0),
            },
        ],
        curve: Curve {
            x: "n",
            grid: Grid::At(&[2.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0]),
            at: |n| (shrunk(4.0), n as usize),
        },
    }
}

/// The value of the worst step is the least of an empirical convex function of the price of a step,
/// an average over $a n$ neurons within reach of their kink: after the term in $1/n$ its slope,
/// which is rough, could leave one in $n^{-5/4}$.
const MINIMUM_OF_A_PROCESS: Correction = Correction::INVERSE_N.then(1.25);

fn shrinking(given: &mut Given) -> Shrinking {
    Shrinking { a: given.count("a", 16..=64) }
}

fn shrunk(a: f64) -> Shrinking {
    Shrinking { a: a.round() as usize }
}

fn step(theta: f64, outputs: usize) -> Random {
    Random { m: 32, depth: 2, outputs, theta }
}

/// The neurons that a step of $W_L$ can carry past their kink, one after the other.
///
/// The pre-activation $z = s \sin\phi \, R$, $s = \sqrt{2/m}$, and the weight $c = R \cos\phi$ of a
/// neuron in $\sqrt k B^\top r / \|r\|$ are independent normals, at $\|h_{L-1}\| = 1$. Only $c > 0$
/// adds to the remainder, and neurons with the least $|z| / c = s \tan|\phi|$ are the cheapest. The
/// angles $|\phi|$ are uniform; their order statistics come one by one, so that the many that are
/// never reached are not drawn.
struct Kinks {
    m: usize,
    /// $c$ and $|z|$ of the neurons that the step reaches.
    reached: Vec<[f64; 2]>,
}

impl Kinks {
    fn new(m: usize) -> Self {
        Self { m, reached: Vec::new() }
    }

    /// Draws the neurons that the best step of norm $w$ reaches. All sets of the cheapest ones are
    /// tried: with a set the best change of its pre-activations is $w c / \|c\|$, which adds
    /// $w \|c\| - \sum c |z|$; what no step exceeds ([`bound_of_worst_step`]) is more by no more
    /// than one neuron adds. Returns $\|c\|^2$ and $\sum c |z|$.
    fn draw(&mut self, rng: &mut Rng, w: f64) -> [f64; 2] {
        self.reached.clear();
        let s = (2.0 / self.m as f64).sqrt();
        let (mut square, mut cost, mut turn) = (0.0_f64, 0.0, 0.0);
        for left in (1..=self.m).rev() {
            turn = next_in_order(rng, turn, left);
            let slope = s * (PI * turn).tan();
            if turn >= 0.5 || slope * 2.0 * square.sqrt() > w {
                break;
            }
            let radius = (2.0 * rng.exponential()).sqrt();
            let c = radius * (PI * turn).cos();
            self.reached.push([c, c * slope]);
            square += c * c;
            cost += c * c * slope;
        }
        [square, cost]
    }
}

/// The value that no step of norm $w$ exceeds, over $\sqrt m$: by the best price of a step among
/// all $1 / (4x)$.
fn bound_of_worst_step(p: Worst) -> Sampler {
    let mut kinks = Kinks::new(p.m);
    Sampler::new(move |rng| {
        let [square, cost] = kinks.draw(rng, p.w);
        let Some(last) = kinks.reached.last() else { return 0.0 };
        let x = (0.5 * p.w / square.sqrt()).max(last[1] / last[0]);
        (p.w * p.w / (4.0 * x) + x * square - cost) / (p.m as f64).sqrt()
    })
}

/// What the best step does to the outputs beyond first order, over $\sqrt m w^\alpha$.
fn worst_remainder(p: Shrinking, n: usize, alpha: f64) -> Sampler {
    let (m, w) = (p.a * n * n, (n as f64).powf(-1.5));
    let mut kinks = Kinks::new(m);
    let unit = (m as f64).sqrt() * w.powf(alpha);
    let draw = move |rng: &mut Rng| {
        let [square, _] = kinks.draw(rng, w);
        let scale = w / square.sqrt();
        let beyond = |[c, z]: &[f64; 2]| {
            let change = scale * c;
            c * ((z - change).max(0.0) - z + change)
        };
        kinks.reached.iter().map(beyond).sum::<f64>() / unit
    };
    // At most w |c|, of which all moments are finite.
    Sampler::new(draw).tail_index(f64::INFINITY)
}

/// $\|q\|^2$ for a random step with $\tan\theta = w / \sqrt{2m}$ and $\|h_{L-1}\| = 1$.
///
/// A neuron is $z = s R \cos\phi$ before the step and changes by $v = s R \sin\phi \tan\theta$.
/// Only where $\phi$ or $\phi - \pi$ is between $\frac\pi2$ and $\frac\pi2 + \theta$ do the signs
/// of $z$ and $z + v$ differ; the order statistics of the uniform angles come one by one from
/// $\frac\pi2$ upwards, so that neurons far from their kink are not drawn. `radius` gives $R^2$.
fn squared_jumps(rng: &mut Rng, m: usize, theta: f64, radius: fn(&mut Rng) -> f64) -> f64 {
    let tangent = theta.tan();
    let (mut sum, mut turn) = (0.0, 0.0);
    for left in (1..=m).rev() {
        turn = next_in_order(rng, turn, left);
        if PI * turn > theta {
            break;
        }
        let (sine, cosine) = (PI * (0.5 + turn)).sin_cos();
        let q = beyond_first_order(cosine, sine * tangent);
        sum += radius(rng) * q * q;
    }
    2.0 / m as f64 * sum
}

/// The least of `left` uniform numbers above `from`, below 1.
fn next_in_order(rng: &mut Rng, from: f64, left: usize) -> f64 {
    from - (1.0 - from) * (rng.open_uniform().ln() / left as f64).exp_m1()
}

/// $\|B q\|^2$ averaged over $B$ and over the radii.
fn squared_remainder_of_output(p: Random) -> Sampler {
    let draw = move |rng: &mut Rng| {
        let below: f64 = (0..p.depth).map(|_| norm_ratio(rng, p.m)).product();
        below * squared_jumps(rng, p.m, p.theta, |_| 2.0) / p.outputs as f64
    };
    Sampler::new(draw).tail_index(f64::INFINITY)
}

/// $\max(z + v, 0) - \max(z, 0) - 1[z > 0] v$.
fn beyond_first_order(z: f64, v: f64) -> f64 {
    let after = z + v;
    if z > 0.0 { after.max(0.0) - after } else { after.max(0.0) }
}

/// $|B q| / \|h_{L-1}\|$ averaged over $B$, for one output: $\sqrt{2/\pi} \|q\|$.
fn absolute_remainder(p: Shrinking, n: usize) -> Sampler {
    let (m, theta) = (p.a * n * n, (1.0 / n as f64).atan());
    let draw = move |rng: &mut Rng| {
        let square = squared_jumps(rng, m, theta, |rng| 2.0 * rng.exponential());
        (2.0 / PI * square).sqrt()
    };
    Sampler::new(draw).tail_index(f64::INFINITY)
}
