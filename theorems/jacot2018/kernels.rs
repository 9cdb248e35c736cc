//! The kernels of infinitely wide networks: of their outputs, and of their training.
//!
//! An infinitely wide network is a kernel method, and its kernels are elementary functions of the
//! angle of two inputs, layer after layer. In depth they forget the inputs, slowly: all angles go
//! to zero like $3\pi/L$, from wherever they start.

use super::{CHO_AND_SAUL, LINK, PAPER, between, product_of_cosines, turned_cosine};
use std::f64::consts::PI;
use std::sync::LazyLock;
use theoremcheck::models::tangent_pair::TangentPair;
use theoremcheck::prelude::*;
use theoremcheck::special::normal_cdf;

/// Two unit inputs at angle $\theta$.
#[derive(Clone, Copy, Debug)]
struct Angle {
    theta: f64,
}

/// Pre-activations with standard deviations $s$, $t$ and correlation $c$.
#[derive(Clone, Copy, Debug)]
struct Normals {
    s: f64,
    t: f64,
    c: f64,
}

/// Hidden layers, and the angle of the inputs.
#[derive(Clone, Copy, Debug)]
struct Deep {
    depth: usize,
    theta: f64,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "jacot2018.kernels",
        alias: "nngp.relu-erf-kernels",
        title: "Kernels of infinitely wide networks",
        source: Source {
            paper: PAPER,
            result: "Proposition 1 and Theorem 1; the kernels of a layer by Williams (1997) and \
                     by Cho and Saul (2009); the constant of the limit of depth is derived here",
            link: LINK,
        },
        statement: r"Let $g, g'$ be standard normal with correlation $\cos\theta$,
            $0 \le \theta \le \pi$. On average
            $E\, 2 \cdot 1[g > 0, g' > 0] = k_0 = (\pi - \theta)/\pi$ and
            $E\, 2 \max(g, 0) \max(g', 0) = k_1 = (\sin\theta + (\pi - \theta) \cos\theta)/\pi$. For
            normal $g, g'$ with standard deviations $s, t$ and covariance $c s t$,
            $E \operatorname{erf}(g) \operatorname{erf}(g') = \frac2\pi \arcsin
            \frac{2 c s t}{\sqrt{(1 + 2s^2)(1 + 2t^2)}}$ and $E \operatorname{erf}'(g)
            \operatorname{erf}'(g') = \frac4\pi / \sqrt{(1 + 2s^2)(1 + 2t^2) - 4 c^2 s^2 t^2}$. For
            the network $h_0 = x$, $h_l = \sqrt{2/m_l} \max(W_l h_{l-1}, 0)$, $f = a^\top h_L$ with
            independent standard normal weights, all trained, at two unit inputs at angle
            $\theta$: on average $h_L^\top h'_L \to S_L$ and $\nabla f^\top \nabla f' \to T_L$ as
            all widths tend to infinity together, where $S_0 = T_0 = \cos\theta$,
            $S_{l+1} = k_1$ and $T_{l+1} = T_l k_0 + S_{l+1}$, with $k_0, k_1$ at the angle
            $\arccos S_l$. As $L \to \infty$, $L^2 (1 - S_L) \to 9\pi^2/2$ for every $\theta > 0$.",
        claims: vec![
            Claim::new("arc-cosine", arc_cosine(), Tie::formula(arc_cosine_kernels))
                .components(&["derivatives", "outputs"]),
            Claim::new("error-function", error_function(), Tie::formula(error_function_kernels))
                .components(&["outputs", "derivatives"]),
            Claim::new(
                "recursion",
                recursion(),
                Tie::none("a recursion over the layers: no expression here"),
            )
            .components(&["outputs", "tangent kernel"]),
            Claim::new(
                "depth",
                depth(),
                Tie::formula(|_| Formula::of("depth", &(9 * pi().pow(2) / 2), [])),
            ),
        ],
        derivation: layer_by_layer,
    }
}

/// $k_0$ and $k_1$.
static ARC_COSINE: LazyLock<[Expr; 2]> = LazyLock::new(|| {
    let theta = var("theta");
    let rest = pi() - &theta;
    [&rest / pi(), (theta.sin() + &rest * theta.cos()) / pi()]
});

/// Both kernels of the error function.
static ERROR_FUNCTION: LazyLock<[Expr; 2]> = LazyLock::new(|| {
    let (s, t, c) = vars!("s", "t", "c");
    let norms = (1 + 2 * s.pow(2)) * (1 + 2 * t.pow(2));
    let inner = 2 * c * s * t;
    let arcsine = pi() / 2 - (&inner / norms.sqrt()).acos();
    let across = (1 - (&inner / norms.sqrt()).pow(2)).sqrt();
    [2 * arcsine / pi(), 4 / (pi() * norms.sqrt() * across)]
});

fn arc_cosine_kernels(p: &Angle) -> [Formula; 2] {
    let at = |step, k: usize| Formula::of(step, &ARC_COSINE[k], [("theta", p.theta)]);
    [at("both-active", 0), at("outputs", 1)]
}

fn error_function_kernels(p: &Normals) -> [Formula; 2] {
    let values = [("s", p.s), ("t", p.t), ("c", p.c)];
    let at = |step, k: usize| Formula::of(step, &ERROR_FUNCTION[k], values);
    [at("arcsine", 0), at("price", 1)]
}

/// Angular integrals of the rectifier, Price's theorem for the error function, and the step of the
/// angle in depth.
fn layer_by_layer() -> Derivation {
    let (phi, theta, s, t, c, l) = vars!("phi", "theta", "s", "t", "c", "L");
    let angles = Domain::new().closed(&theta, 0, pi());
    let inside = Domain::new().open(&theta, 0, pi());
    let around = angles.clone().real(&phi);
    let [k0, k1] = &*ARC_COSINE;
    let [erf, slopes] = &*ERROR_FUNCTION;
    let normals = Domain::new().open(&s, 0, INF).open(&t, 0, INF).open(&c, -1, 1);
    let angular = product_of_cosines();
    let norms = (1 + 2 * s.pow(2)) * (1 + 2 * t.pow(2));
    let angle = 3 * pi() / &l;
    Derivation::of("Kernels of a layer, and their fixed point")
        .cited(
            "polar",
            "a Gaussian mean over the plane is a radial mean times one over the angles; E r^2 = 2",
            CHO_AND_SAUL,
        )
        .identity("both-active", k0.clone(), 2 * between(&phi) / (2 * pi()), &angles)
        .twin("angle-not-complemented", |d| d.left(&theta / pi()))
        .identity("angular-slope", angular.d(&phi), phi.cos() * turned_cosine(), &around)
        .twin("one-cosine", |d| d.right(turned_cosine()))
        .identity("outputs", k1.clone(), 2 * 2 * between(&angular) / (2 * pi()), &angles)
        .twin("no-sine", |d| d.left((pi() - &theta) * theta.cos() / pi()))
        .identity("slope", k1.d(&theta), -theta.sin() * k0, &inside)
        .twin("derivative-in-angle", |d| d.right(-k0.clone()))
        .cited(
            "williams",
            "the mean of a product of error functions is the arcsine",
            Source {
                paper: "C. K. I. Williams, 1997, Computing with infinite networks",
                result: "equation (11)",
                link: "https://papers.nips.cc/paper/1197",
            },
        )
        .identity(
            "arcsine",
            erf.clone(),
            1 - 2 * (2 * &c * &s * &t / norms.sqrt()).acos() / pi(),
            &normals,
        )
        .twin("no-half", |d| d.right(1 - (2 * &c * &s * &t / norms.sqrt()).acos() / pi()))
        .identity("price", erf.d(&c) / (&s * &t), slopes.clone(), &normals)
        .twin("first-power", |d| d.right(4 / (pi() * norms.sqrt())))
        .identity("depth", l.pow(2) * angle.pow(2) / 2, 9 * pi().pow(2) / 2, &{
            Domain::new().open(&l, 0, INF)
        })
        .twin("angle-squared", |d| d.right(9 * pi().pow(2)))
}

/// $k_0$ and $k_1$ of two standard normals.
fn arc_cosine() -> Equality<Angle, [f64; 2], 5> {
    Equality {
        domain: |given| Angle { theta: given.real("theta", 0.2..=2.9) },
        theory: |p| arc_cosine_kernels(p).map(|formula| formula.value()),
        observable: products_given_radius,
        resolution: Absolute(0.005),
        // By mpmath.
        known: vec![
            (Angle { theta: 1.0 }, [0.681_690_113_816_209_3, 0.636_167_273_783_576_3]),
            (Angle { theta: 2.0 }, [0.363_380_227_632_418_66, 0.138_218_828_247_084_95]),
        ],
        mutants: [
            Mutant {
                name: "no-sine",
                why: "leaves out the sine in the kernel of the outputs",
                says: |p| {
                    let [k0, _] = kernels_at(p.theta);
                    [k0, k0 * p.theta.cos()]
                },
            },
            Mutant {
                name: "chord-for-angle",
                why: "puts the distance of the inputs for their angle",
                says: |p| kernels_at(2.0 * (0.5 * p.theta).sin()),
            },
            Mutant {
                name: "dead-neurons",
                why: "loses one neuron in fifty",
                says: |p| kernels_at(p.theta).map(|k| 0.98 * k),
            },
            Mutant {
                name: "few-boundaries",
                why: "loses one in fifty of the neurons that tell the inputs apart",
                says: |p| [kernels_at(0.98 * p.theta)[0], kernels_at(p.theta)[1]],
            },
            Mutant {
                name: "swapped",
                why: "takes the kernel of the derivatives for that of the outputs",
                says: |p| {
                    let [k0, k1] = kernels_at(p.theta);
                    [k1, k0]
                },
            },
        ],
        curve: Curve {
            x: "theta",
            grid: Grid::Linear { from: 0.0, to: PI, points: 61 },
            at: |theta| Angle { theta },
        },
    }
}

/// Means of products of error functions, and of their derivatives.
fn error_function() -> Equality<Normals, [f64; 2], 5> {
    Equality {
        domain: normals,
        theory: |p| error_function_kernels(p).map(|formula| formula.value()),
        observable: error_functions,
        resolution: Absolute(0.005),
        // By mpmath.
        known: vec![
            (unit(0.3), [0.128_188_433_697_949_86, 0.433_164_889_574_264_5]),
            (unit(0.8), [0.358_121_695_950_023_4, 0.501_726_667_420_458_3]),
        ],
        mutants: [
            Mutant {
                name: "no-one",
                why: "forgets that the error function does not saturate: the kernel of a sign",
                says: |p| [2.0 * p.c.asin() / PI, derivatives(p, 1.0, 4.0 / PI)],
            },
            Mutant {
                name: "scale-of-normal",
                why: "takes erf(g) for 2 Phi(g) - 1, without the root of 2",
                says: |p| {
                    let half = Normals { s: p.s * 0.5_f64.sqrt(), t: p.t * 0.5_f64.sqrt(), ..*p };
                    error_function_kernels(&half).map(|formula| formula.value())
                },
            },
            Mutant {
                name: "independent",
                why: "takes the derivatives for independent",
                says: |p| [outputs(p), derivatives(p, 0.0, 4.0 / PI)],
            },
            Mutant {
                name: "four-over-pi",
                why: "remembers 4/pi as 1.3",
                says: |p| [outputs(p), derivatives(p, 1.0, 1.3)],
            },
            Mutant {
                name: "linearised",
                why: "keeps the first order of the arcsine",
                says: |p| [2.0 * correlation(p) / PI, derivatives(p, 1.0, 4.0 / PI)],
            },
        ],
        curve: Curve { x: "c", grid: Grid::Linear { from: -0.95, to: 0.95, points: 39 }, at: unit },
    }
}

/// $S_L$ and $T_L$.
fn recursion() -> Limit<Deep, [f64; 2], 5> {
    Limit {
        domain: deep,
        theory: |p| recursive(p.depth, p.theta, |t, k0, k1| t * k0 + k1),
        observable: Each(kernels_of_network),
        sizes: &[8, 16, 32, 64],
        // Means of functions of an average over m neurons that are smooth where the inputs are not
        // parallel: whole powers of 1/m.
        correction: Correction::INVERSE_N.then(2.0),
        resolution: Relative(0.05),
        // By mpmath.
        known: vec![
            (Deep { depth: 2, theta: 1.0 }, [0.703_302_745_811_520_7, 1.426_011_531_053_139_1]),
            (Deep { depth: 3, theta: PI / 2.0 }, [0.604_825_720_112_944_65, 1.060_388_106_802_583]),
        ],
        mutants: [
            Mutant {
                name: "swapped",
                why: "takes the kernel of the outputs for that of the derivatives",
                says: |p| recursive(p.depth, p.theta, |t, k0, k1| t * k1 + k0),
            },
            Mutant {
                name: "last-layer",
                why: "trains the output weights alone",
                says: |p| recursive(p.depth, p.theta, |_, _, k1| k1),
            },
            Mutant {
                name: "dead-neurons",
                why: "loses one neuron in ten of the last layer",
                says: |p| {
                    recursive(p.depth, p.theta, |t, k0, k1| t * k0 + k1).map(|kernel| 0.9 * kernel)
                },
            },
            Mutant {
                name: "no-first-layer",
                why: "keeps the first layer as it is",
                says: |p| {
                    let [s, t] = recursive(p.depth, p.theta, |t, k0, k1| t * k0 + k1);
                    let [_, first] = recursive(p.depth, p.theta, |t, k0, _| t * k0);
                    [s, t - first]
                },
            },
            Mutant {
                name: "one-layer-less",
                why: "counts the output layer among the hidden ones",
                says: |p| recursive(p.depth - 1, p.theta, |t, k0, k1| t * k0 + k1),
            },
        ],
        curve: Curve {
            x: "theta",
            grid: Grid::Linear { from: 0.0, to: PI, points: 41 },
            at: |theta| Deep { depth: 3, theta },
        },
    }
}

/// $L^2 (1 - S_L) \to 9\pi^2/2$.
fn depth() -> Limit<Angle, f64, 4> {
    Limit {
        domain: |given| Angle { theta: given.real("theta", 0.1..=PI) },
        theory: |_| 4.5 * PI * PI,
        observable: Each(scaled_distance),
        sizes: &[40_000, 160_000],
        // 1/theta grows by 1/(3 pi) + O(theta) a layer: the correction is log L / L, which falls
        // faster than the root.
        correction: Correction::GUARD,
        resolution: Relative(0.003),
        // By mpmath.
        known: vec![(Angle { theta: 1.0 }, 44.413_219_804_902_11)],
        mutants: [
            Mutant { name: "ten", why: "remembers the square of pi as 10", says: |_| 45.0 },
            Mutant {
                name: "angle-squared",
                why: "takes the square of the angle for twice the distance",
                says: |_| 9.0 * PI * PI,
            },
            Mutant {
                name: "half-the-cubic-term",
                why: "takes 1/(6 pi) for the cubic term 1/(3 pi) of the kernel in the angle",
                says: |_| 18.0 * PI * PI,
            },
            Mutant {
                name: "cubic-term-of-angle",
                why: "takes 1/(2 pi) for the cubic term, as if the sine were its argument",
                says: |_| 2.0 * PI * PI,
            },
        ],
        curve: Curve {
            x: "theta",
            grid: Grid::Linear { from: 0.1, to: PI, points: 11 },
            at: |theta| Angle { theta },
        },
    }
}

/// Scales from nearly linear to nearly saturated.
fn normals(given: &mut Given) -> Normals {
    Normals {
        s: given.real("s", 0.4..=1.7),
        t: given.real("t", 0.4..=1.7),
        c: given.real("c", -0.9..=0.9),
    }
}

fn unit(c: f64) -> Normals {
    Normals { s: 1.0, t: 1.0, c }
}

/// Angles at which the tangent kernel is not small, for the cost of a check.
fn deep(given: &mut Given) -> Deep {
    Deep { depth: given.count("depth", 2..=3), theta: given.real("theta", 0.3..=1.2) }
}

/// $k_0$ and $k_1$.
fn kernels_at(theta: f64) -> [f64; 2] {
    ARC_COSINE.each_ref().map(|kernel| kernel.eval(&[("theta", theta)]))
}

/// $S_L$, and what a step makes of $T_l$, $k_0$ and $k_1$.
fn recursive(depth: usize, theta: f64, step: fn(f64, f64, f64) -> f64) -> [f64; 2] {
    let (mut angle, mut kernel) = (theta, theta.cos());
    let mut output = theta.cos();
    for _ in 0..depth {
        let [k0, k1] = kernels_at(angle);
        kernel = step(kernel, k0, k1);
        output = k1;
        angle = k1.clamp(-1.0, 1.0).acos();
    }
    [output, kernel]
}

/// The correlation of the Gaussian that the arcsine sees.
fn correlation(p: &Normals) -> f64 {
    let norms = (1.0 + 2.0 * p.s * p.s) * (1.0 + 2.0 * p.t * p.t);
    2.0 * p.c * p.s * p.t / norms.sqrt()
}

fn outputs(p: &Normals) -> f64 {
    2.0 * correlation(p).asin() / PI
}

/// The kernel of the derivatives with a share of the correlation and another factor.
fn derivatives(p: &Normals, share: f64, factor: f64) -> f64 {
    let norms = (1.0 + 2.0 * p.s * p.s) * (1.0 + 2.0 * p.t * p.t);
    let inner = 2.0 * share * p.c * p.s * p.t;
    factor / (norms - inner * inner).sqrt()
}

/// Twice the products of indicators and of activations of a neuron in a uniform direction of the
/// plane of the inputs, the mean square 2 of its length put for the square: the mean over the four
/// directions that quarter turns make of one.
fn products_given_radius(p: Angle) -> Sampler<[f64; 2]> {
    let (sine, cosine) = p.theta.sin_cos();
    let mut w = [0.0; 2];
    let draw = move |rng: &mut Rng| {
        rng.unit_vector(&mut w);
        let mut sums = [0.0; 2];
        for _ in 0..4 {
            w = [-w[1], w[0]];
            let (first, second) = (w[0], cosine * w[0] + sine * w[1]);
            let both = f64::from(u8::from(first > 0.0 && second > 0.0));
            sums[0] += 0.5 * both;
            sums[1] += both * first * second;
        }
        sums
    };
    Sampler::new(draw).tail_index(f64::INFINITY)
}

fn error_functions(p: Normals) -> Sampler<[f64; 2]> {
    let (root, across) = (2.0_f64.sqrt(), (1.0 - p.c * p.c).sqrt());
    let erf = move |x: f64| 2.0 * normal_cdf(root * x) - 1.0;
    let slope = |x: f64| 2.0 / PI.sqrt() * (-x * x).exp();
    let draw = move |rng: &mut Rng| {
        let first = rng.normal();
        let second = p.c * first + across * rng.normal();
        let (g, g_other) = (p.s * first, p.t * second);
        [erf(g) * erf(g_other), slope(g) * slope(g_other)]
    };
    Sampler::new(draw).tail_index(f64::INFINITY)
}

/// Both kernels of a network with layers of equal width.
fn kernels_of_network(p: Deep, width: usize) -> Sampler<[f64; 2]> {
    let mut pair = TangentPair::new(&vec![width; p.depth], p.theta);
    let draw = move |rng: &mut Rng| {
        let kernels = pair.draw(rng);
        [kernels.hidden, kernels.tangent]
    };
    // Products of normals: every moment is finite.
    Sampler::new(draw).tail_index(f64::INFINITY)
}

/// $L^2 (1 - S_L)$ by the distance $1 - S = 2 \sin^2 (\theta/2)$, whose next value is
/// $(1 - S) - (\sin\theta - \theta \cos\theta) / \pi$: the cosine itself would lose all digits of
/// small angles.
fn scaled_distance(p: Angle, depth: usize) -> Sampler {
    let mut angle = p.theta;
    let mut distance = 0.0;
    for _ in 0..depth {
        let half = (0.5 * angle).sin();
        let (sine, cosine) = angle.sin_cos();
        distance = 2.0 * half * half - (sine - angle * cosine) / PI;
        angle = 2.0 * (0.5 * distance).sqrt().min(1.0).asin();
    }
    Sampler::exact((depth as f64).powi(2) * distance)
}
