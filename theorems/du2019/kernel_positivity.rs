//! The limit kernel is positive unless two inputs are parallel.
//!
//! Gradient descent converges at a rate $\lambda_0$, the least eigenvalue of $H^\infty$: this says
//! when there is a rate at all, how it vanishes as two inputs meet, and why opposite inputs count
//! as parallel.

use super::polygon_spectrum::{
    Polygon, cosine_sum, mean, odd_triangle, one_frequency, shifted, triangle,
};
use super::{
    LINK, PAPER, extreme_eigenvalues, inner, normalised, polygon, sixty_degrees, turned,
    unit_inputs,
};
use std::f64::consts::PI;
use theoremcheck::models::dual_kernel::dual_kernel;
use theoremcheck::prelude::*;

/// Any unit inputs, $n \times d$.
#[derive(Clone, Debug)]
struct Inputs {
    d: usize,
    inputs: Vec<f64>,
}

/// $d + 1$ inputs in $R^d$ with their opposites below them, and a weight for each pair.
#[derive(Clone, Debug)]
struct Opposites {
    d: usize,
    inputs: Vec<f64>,
    u: Vec<f64>,
}

/// Inputs, the first of which another one approaches from a direction.
#[derive(Clone, Debug)]
struct Meeting {
    d: usize,
    inputs: Vec<f64>,
    direction: Vec<f64>,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "du2019.kernel-positivity",
        alias: "du2019.lambda-min",
        title: "Positivity of the limit kernel of a ReLU layer",
        source: Source {
            paper: PAPER,
            result: "Theorem 3.1; its quantitative form is due to Oymak and Soltanolkotabi \
                     (2020, arXiv:1902.04674), the exact values are derived here",
            link: LINK,
        },
        statement: r"For unit vectors $x_1, \dots, x_n$ let $H^\infty_{ij} = x_i^\top x_j
            (\pi - \theta_{ij}) / (2\pi)$ with $\theta_{ij}$ the angle of $x_i$ and $x_j$, and
            $\lambda_0$ its least eigenvalue. If no two of them are parallel, $\lambda_0 > 0$; in
            numbers, $\lambda_0 \ge \delta / (100 n^2)$ with $\delta = \min_{i \ne j}
            \min(\|x_i - x_j\|, \|x_i + x_j\|)$. Two inputs at distance $\delta \le \sqrt 2$ and
            angle $\theta = 2 \arcsin(\delta/2)$ have $\lambda_0 = \frac12 - \cos\theta \,
            (\pi - \theta) / (2\pi)$, and $\lambda_0 \sim \delta / (2\pi)$ as two of any inputs
            meet. Opposite inputs are parallel: with $x_{i'} = -x_i$ and weights $\pm u_i$ on the
            pairs, the quadratic form of $H^\infty$ is $\|\sum_i u_i x_i\|^2$, so that
            $\lambda_0 = 0$ for $d + 1$ pairs in $R^d$, and for every regular $n$-gon with $n$
            even, $n \ge 6$.",
        claims: vec![
            Claim::new(
                "separated",
                separated(),
                Tie::none("an eigenvalue of a matrix of any size: no expression here"),
            ),
            Claim::new(
                "two-inputs",
                two_inputs(),
                Tie::instances(vec![two_at(1.0), two_at(0.1)], pair_formula),
            ),
            Claim::new(
                "meeting-inputs",
                meeting_inputs(),
                Tie::none("the constant 1 / (2 pi): no step takes this limit"),
            ),
            Claim::new(
                "opposite-inputs",
                opposite_inputs(),
                Tie::none("sums over the entries of a matrix of any size: no expression here"),
            )
            .components(&["least eigenvalue", "quadratic form"]),
            Claim::new(
                "polygon",
                regular_polygon(),
                Tie::none("cosine sums with as many terms as corners: no expression here"),
            ),
        ],
        derivation: kernels_of_two_inputs,
    }
}

/// $\frac12 - \cos\theta \frac{\pi - \theta}{2\pi}$ at distance $\delta$, where
/// $\cos\theta = 1 - \delta^2 / 2$.
fn pair_formula(p: &Inputs) -> Formula {
    let cosine = 1 - var("delta").pow(2) / 2;
    let least = ratio(1, 2) - &cosine * (pi() - cosine.acos()) / (2 * pi());
    Formula::of("least", &least, [("delta", distance(p))]).instance("x", cosine)
}

/// The kernels of two inputs: of the derivatives of a layer, which the theorem is about, and of its
/// outputs.
fn kernels_of_two_inputs() -> Derivation {
    outputs(two_inputs_by_hand())
}

/// $E\, (w^\top x)_+ (w^\top y)_+ = \frac{1}{2\pi} (\sin\theta + (\pi - \theta) \cos\theta)$ for
/// unit inputs $x = (1, 0)$, $y = (\cos\theta, \sin\theta)$ and $w = r (\cos\phi, \sin\phi)$, both
/// factors positive for $\theta - \frac\pi2 < \phi < \frac\pi2$.
fn outputs(start: Derivation) -> Derivation {
    let (r, phi, theta) = vars!("r", "phi", "theta");
    let (c, s) = (phi.cos(), phi.sin());
    let integrand = &c * (&c * theta.cos() + &s * theta.sin());
    let angular = theta.cos() * (&phi / 2 + &s * &c / 2) + theta.sin() * s.pow(2) / 2;
    let wrong = theta.cos() * (&phi / 2 - &s * &c / 2) + theta.sin() * s.pow(2) / 2;
    let angles = Domain::new().closed(&theta, 0, pi()).real(&phi);
    let apart = Domain::new().closed(&theta, 0, pi());
    let value = angular.at(&phi, pi() / 2) - angular.at(&phi, &theta - pi() / 2);
    let weight = (-(r.pow(2) / 2)).exp();
    let radial = -(r.pow(2) + 2) * &weight;
    let radii = Domain::new().half_open(&r, 0, INF);
    start
        .cited(
            "polar-outputs",
            "the Gaussian mean of two outputs is 1/(2 pi) times the integral of r^3 e^(-r^2/2) \
             times that of the product of two cosines over the angles where both are positive",
            Source {
                paper: "Y. Cho and L. K. Saul, 2009, Kernel methods for deep learning",
                result: "Section 2.1 and appendix",
                link: "https://papers.nips.cc/paper/3628",
            },
        )
        .identity("angular-slope", angular.d(&phi), integrand.clone(), &angles)
        .twin("one-cosine", |x| x.right(&c * theta.cos() + &s * theta.sin()))
        .conclude(
            "angular",
            Rule::Ftc {
                integrand,
                antiderivative: angular,
                in_: phi.clone(),
                from: ["angular-slope"],
            },
        )
        .twin("sign", |x| x.put(wrong))
        .identity("angular-value", value, (theta.sin() + (pi() - &theta) * theta.cos()) / 2, &apart)
        .twin("angle-not-complemented", |x| x.right((theta.sin() + &theta * theta.cos()) / 2))
        .identity("radial-outputs-slope", radial.d(&r), r.pow(3) * &weight, &radii)
        .twin("first-power", |x| x.right(&r * &weight))
        .conclude(
            "radial-outputs",
            Rule::Ftc {
                integrand: r.pow(3) * &weight,
                antiderivative: radial.clone(),
                in_: r.clone(),
                from: ["radial-outputs-slope"],
            },
        )
        .twin("no-two", |x| x.put(-r.pow(2) * &weight))
        .identity("radial-value", -radial.at(&r, 0), 2, &Domain::new())
        .twin("one", |x| x.right(1))
}

/// Two inputs with correlation $x < 1$: the least eigenvalue is positive, for all of them.
fn two_inputs_by_hand() -> Derivation {
    let (x, r) = vars!("x", "r");
    let kernel = &x * (pi() - x.acos()) / (2 * pi());
    let least = Expr::from(1) / 2 - &kernel;
    let apart = pi() * (1 - &x) + &x * x.acos();
    let opposed = pi() - &x * (pi() - x.acos());
    let right = Domain::new().half_open(&x, 0, 1);
    let left = Domain::new().closed(&x, -1, 0);
    let radial = &r * (-(r.pow(2) / 2)).exp();
    let radii = Domain::new().half_open(&r, 0, INF);
    let slope = (-(-(r.pow(2) / 2)).exp()).d(&r);
    Derivation::of("Positivity of the limit kernel for two inputs")
        .cited(
            "polar",
            "the Gaussian mean of two indicators is an angle times a radial integral",
            Source {
                paper: "Y. Cho and L. K. Saul, 2009, Kernel methods for deep learning",
                result: "Section 2.1 and appendix",
                link: "https://papers.nips.cc/paper/3628",
            },
        )
        .identity("radial-slope", slope, radial.clone(), &radii)
        .twin("no-factor", |s| s.right((-(r.pow(2) / 2)).exp()))
        .conclude(
            "radial",
            Rule::Ftc {
                integrand: radial,
                antiderivative: -(-(r.pow(2) / 2)).exp(),
                in_: r.clone(),
                from: ["radial-slope"],
            },
        )
        .twin("sign", |s| s.put((-(r.pow(2) / 2)).exp()))
        .identity("least", least.clone(), &apart / (2 * pi()), &right)
        .twin("sign", |s| s.right(-&apart / (2 * pi())))
        .identity("same-side", 2 * pi() * &least, apart.clone(), &right)
        .twin("sign", |s| s.right(pi() * (1 - &x) - &x * x.acos()))
        .positive("acute", apart, &right)
        .twin("until-they-meet", |s| s.on(&Domain::new().closed(&x, 0, 1)))
        .identity("other-side", 2 * pi() * &least, opposed.clone(), &left)
        .twin("sign", |s| s.right(pi() + &x * (pi() - x.acos())))
        .positive("obtuse", opposed, &left)
        .twin("everywhere", |s| s.on(&Domain::new().closed(&x, -1, 1)))
        .conclude("all-angles", Rule::All { from: vec!["acute", "obtuse"] })
}

/// $\lambda_0 / \delta - 1 / (100 n^2) \ge 0$: over $\delta$, so that both terms are of order one
/// however close the inputs are.
fn separated() -> Property<Inputs, 4> {
    Property {
        domain: not_parallel,
        margin: |p| least(p) / separation(p) - oymak_constant(p),
        // The heptagon: 0.0679344757484 / (2 sin(pi/14)) - 1/4900, to 30 digits elsewhere.
        known: vec![(Inputs { d: 2, inputs: polygon(7) }, 0.152_443_299_763_255_84)],
        mutants: [
            Mutant {
                name: "distinct",
                why: "asks only that inputs are distinct, and lets opposite ones pass",
                says: |p| least(p) / distance(p) - oymak_constant(p),
            },
            Mutant {
                name: "two-inputs",
                why: "takes the rate of two inputs for that of any number",
                says: |p| least(p) / separation(p) - 1.0 / (2.0 * PI),
            },
            Mutant {
                name: "distance",
                why: "takes the distance itself for the least eigenvalue",
                says: |p| least(p) / separation(p) - 1.0,
            },
            Mutant {
                name: "square-root",
                why: "lets the eigenvalue vanish like the root of the distance",
                says: |p| least(p) / separation(p).sqrt() - oymak_constant(p),
            },
        ],
        curve: Curve {
            x: "delta",
            grid: Grid::Log { from: 1e-4, to: 1.4, points: 57 },
            at: two_at,
        },
    }
}

/// $\lambda_0 = \frac12 - \cos\theta (\pi - \theta) / (2\pi)$.
fn two_inputs() -> Identity<Inputs, f64, 4> {
    Identity {
        domain: two,
        left: least,
        right: |p| pair_eigenvalue(distance(p)),
        // 30 digits elsewhere; the card gives 0.018343 and 0.0016165.
        known: vec![
            (two_at(1.0), 1.0 / 3.0),
            (two_at(0.1), 0.018_342_522_570_477_04),
            (two_at(0.01), 0.001_616_476_484_646_398),
        ],
        mutants: [
            Mutant {
                name: "first-order",
                why: "stops at the first order, delta / 2 pi",
                says: |p| distance(p) / (2.0 * PI),
            },
            Mutant {
                name: "chord-for-angle",
                why: "puts the distance of the inputs for their angle",
                says: |p| 0.5 - distance(p).cos() * (PI - distance(p)) / (2.0 * PI),
            },
            Mutant {
                name: "angle-kernel",
                why: "leaves out the factor of the inner product",
                says: |p| angle(distance(p)) / (2.0 * PI),
            },
            Mutant {
                name: "largest",
                why: "gives the other eigenvalue, of the sum of the inputs",
                says: |p| 1.0 - pair_eigenvalue(distance(p)),
            },
        ],
        curve: Curve {
            x: "delta",
            grid: Grid::Log { from: 1e-3, to: 1.4, points: 57 },
            at: two_at,
        },
    }
}

/// $\lambda_0 / \delta \to 1 / (2\pi)$ as $\delta = 1/\text{size} \to 0$.
fn meeting_inputs() -> Limit<Meeting, f64, 4> {
    Limit {
        domain: meeting,
        theory: |_| 1.0 / (2.0 * PI),
        observable: Each(eigenvalue_over_distance),
        sizes: &[64, 128, 256, 512],
        // The eigenvalue is analytic in delta: theta is, the rest of the matrix is (no other two
        // inputs meet), and it is simple. After the term in delta comes its square.
        correction: Correction::INVERSE_N.then(2.0),
        resolution: Relative(0.003),
        known: vec![(many(2.0), 0.159_154_943_091_895_34)],
        mutants: [
            Mutant { name: "two-digits", why: "remembers 1 / (2 pi) as 0.16", says: |_| 0.16 },
            Mutant {
                name: "half-turn",
                why: "divides the angle by pi: one neuron in two is active",
                says: |_| 1.0 / PI,
            },
            Mutant {
                name: "clustered",
                why: "gives the constant of a long row of inputs at equal distances",
                says: |_| 1.0 / (4.0 * PI),
            },
            Mutant {
                name: "quadratic",
                why: "lets the eigenvalue vanish like the square, as for a smooth kernel",
                says: |_| 0.0,
            },
        ],
        curve: Curve { x: "n", grid: Grid::At(&[2.0, 3.0, 4.0, 6.0, 8.0, 12.0]), at: many },
    }
}

/// $\lambda_0 = 0$ for $d + 1$ opposite pairs, because their quadratic form is
/// $\|\sum_i u_i x_i\|^2$: of the odd part of the kernel only the linear term is there.
fn opposite_inputs() -> Identity<Opposites, [Approx; 2], 4> {
    Identity {
        domain: opposites,
        // The eigenvalue is compared on top of 1: against 0, a relative error says nothing.
        left: |p| [rounded(1.0 + least_of_pairs(p)), rounded(odd_form(p))],
        right: |p| [1.0.into(), total_squared(p).into()],
        known: vec![(square_and_diagonal(), [1.0.into(), 2.0.into()])],
        mutants: [
            Mutant {
                name: "distinct",
                why: "holds that distinct inputs are enough for a positive eigenvalue",
                says: |p| {
                    let n = 2.0 * p.u.len() as f64;
                    let delta = distance(&Inputs { d: p.d, inputs: p.inputs.clone() });
                    [(1.0 + delta / (100.0 * n * n)).into(), total_squared(p).into()]
                },
            },
            Mutant {
                name: "one-of-each-pair",
                why: "counts one input of each pair",
                says: |p| [1.0.into(), (0.5 * total_squared(p)).into()],
            },
            Mutant {
                name: "independent-signs",
                why: "takes activations for independent: a quarter of the inner product",
                says: |p| [1.0.into(), (0.25 * total_squared(p)).into()],
            },
            Mutant {
                name: "diagonal",
                why: "keeps the diagonal only, as if the pairs were orthogonal",
                says: |p| [1.0.into(), inner(&p.u, &p.u).into()],
            },
        ],
        curve: Curve {
            x: "d",
            grid: Grid::Linear { from: 2.0, to: 12.0, points: 11 },
            at: |d| paired(d.round() as usize, &sixty_degrees(d.round() as usize)),
        },
    }
}

/// Eigenvalues of the circulant matrix of the regular $n$-gon.
fn regular_polygon() -> Identity<Polygon, Approx, 4> {
    Identity {
        domain: frequency,
        left: |p| above_one(cosine_sum(p)),
        right: |p| above_one(shifted(p, triangle)),
        // The card, cosine sums in Python; the octagon is singular.
        known: vec![
            (Polygon { n: 7, k: 0 }, above_one(0.72127390564604)),
            (Polygon { n: 7, k: 1 }, above_one(0.91485560916928)),
            (Polygon { n: 7, k: 3 }, above_one(0.067934475748407)),
            (Polygon { n: 9, k: 3 }, above_one(0.039396701701023)),
            (Polygon { n: 9, k: 4 }, above_one(0.079223447097803)),
            (Polygon { n: 8, k: 3 }, above_one(0.0)),
        ],
        mutants: [
            Mutant {
                name: "opposite-vertices",
                why: "treats an even polygon like an odd one, without opposite vertices",
                says: |p| above_one(shifted(p, odd_triangle)),
            },
            Mutant {
                name: "one-frequency",
                why: "takes the Fourier coefficient of the kernel, without the frequencies that \
                      look alike on the polygon",
                says: |p| above_one(one_frequency(p)),
            },
            Mutant {
                name: "no-mean",
                why: "loses the mean of the angular kernel, one quarter",
                says: |p| {
                    let without = |n, k| triangle(n, k) - if k % n == 0 { mean(n) } else { 0.0 };
                    above_one(shifted(p, without))
                },
            },
            Mutant {
                name: "not-shifted",
                why: "forgets that the inner product shifts frequencies by one",
                says: |p| above_one(triangle(p.n, p.k)),
            },
        ],
        curve: Curve {
            x: "k",
            grid: Grid::Linear { from: 0.0, to: 24.0, points: 25 },
            at: |k| Polygon { n: 25, k: k.round() as usize },
        },
    }
}

/// No two inputs parallel, but perhaps all close to each other, or half of them nearly opposite to
/// the other half.
fn not_parallel(given: &mut Given) -> Inputs {
    let n = given.count("n", 2..=12);
    let d = given.count("d", 2..=6);
    let radius = given.scale("radius", 1e-4..=10.0);
    let mirrored = given.choice("second-half", &[("free", false), ("nearly-opposite", true)]);
    let tilt = given.scale("tilt", 1e-6..=1.0);
    let mut rng = given.data("inputs");
    let mut inputs = unit_inputs(&mut rng, 1, d);
    let centre = inputs.clone();
    let mut noise = vec![0.0; d];
    for i in 1..n {
        rng.fill_normal(&mut noise);
        let opposite = mirrored && i >= n.div_ceil(2);
        let (sign, near, by) = match i - if opposite { n / 2 } else { 0 } {
            twin if opposite => (-1.0, inputs[twin * d..][..d].to_vec(), tilt),
            _ => (1.0, centre.clone(), radius),
        };
        let moved: Vec<f64> = near.iter().zip(&noise).map(|(x, g)| sign * (x + by * g)).collect();
        inputs.extend(normalised(&moved));
    }
    Inputs { d, inputs }
}

fn two(given: &mut Given) -> Inputs {
    let d = given.count("d", 2..=20);
    let delta = given.scale("delta", 1e-3..=1.414);
    let x = given.unit_vector("input", d);
    let y = turned(&x, &given.unit_vector("direction", d), angle(delta));
    Inputs { d, inputs: [x, y].concat() }
}

/// Two inputs at a distance, in the plane.
fn two_at(delta: f64) -> Inputs {
    let theta = angle(delta);
    Inputs { d: 2, inputs: vec![1.0, 0.0, theta.cos(), theta.sin()] }
}

fn meeting(given: &mut Given) -> Meeting {
    let n = given.count("n", 2..=6);
    let d = given.count("d", 8..=16);
    let inputs = unit_inputs(&mut given.data("inputs"), n - 1, d);
    Meeting { d, inputs, direction: given.unit_vector("direction", d) }
}

/// All inputs but the one that comes near 60 degrees apart.
fn many(n: f64) -> Meeting {
    let others = n.round() as usize - 1;
    let mut direction = vec![0.0; others + 1];
    direction[others] = 1.0;
    Meeting { d: others + 1, inputs: sixty_degrees(others), direction }
}

fn opposites(given: &mut Given) -> Opposites {
    let d = given.count("d", 2..=5);
    let half = unit_inputs(&mut given.data("inputs"), d + 1, d);
    Opposites { u: given.unit_vector("weights", d + 1), ..paired(d, &half) }
}

/// Inputs and their opposites, weights equal.
fn paired(d: usize, half: &[f64]) -> Opposites {
    let width = half.len() / d.max(1);
    let other: Vec<f64> = half.iter().map(|x| -x).collect();
    Opposites { d, inputs: [half, &other].concat(), u: vec![1.0; width] }
}

/// $e_1$, $e_2$ and $(e_1 - e_2) / \sqrt 2$ with weights 1, 1, 0: the form is 2.
fn square_and_diagonal() -> Opposites {
    let s = 0.5_f64.sqrt();
    Opposites { u: vec![1.0, 1.0, 0.0], ..paired(2, &[1.0, 0.0, 0.0, 1.0, s, -s]) }
}

fn frequency(given: &mut Given) -> Polygon {
    let n = given.count("n", 3..=48);
    Polygon { n, k: given.count("k", 0..=n - 1) }
}

/// $\lambda_0$.
fn least(p: &Inputs) -> f64 {
    extreme_eigenvalues(&p.inputs, p.d).0
}

/// $1 / (100 n^2)$.
fn oymak_constant(p: &Inputs) -> f64 {
    let n = (p.inputs.len() / p.d) as f64;
    1.0 / (100.0 * n * n)
}

/// $\min_{i \ne j} \|x_i - x_j\|$.
fn distance(p: &Inputs) -> f64 {
    least_norm(p, &[-1.0])
}

/// $\delta = \min_{i \ne j} \min(\|x_i - x_j\|, \|x_i + x_j\|)$.
fn separation(p: &Inputs) -> f64 {
    least_norm(p, &[-1.0, 1.0])
}

/// $\min_{i < j} \min_s \|x_i + s x_j\|$.
fn least_norm(p: &Inputs, signs: &[f64]) -> f64 {
    let rows: Vec<&[f64]> = p.inputs.chunks_exact(p.d).collect();
    let mut least = f64::INFINITY;
    for (i, x) in rows.iter().enumerate() {
        for y in &rows[..i] {
            for sign in signs {
                let square: f64 = x.iter().zip(*y).map(|(a, b)| (a + sign * b).powi(2)).sum();
                least = least.min(square.sqrt());
            }
        }
    }
    least
}

/// $\theta = 2 \arcsin(\delta / 2)$.
fn angle(delta: f64) -> f64 {
    2.0 * (0.5 * delta).asin()
}

/// $\frac12 - \cos\theta (\pi - \theta) / (2\pi)$.
fn pair_eigenvalue(delta: f64) -> f64 {
    let theta = angle(delta);
    0.5 - theta.cos() * (PI - theta) / (2.0 * PI)
}

/// $\lambda_0 / \delta$ with one more input at distance $\delta = 1/\text{size}$ of the first.
fn eigenvalue_over_distance(p: Meeting, size: usize) -> Sampler {
    let delta = 1.0 / size as f64;
    let near = turned(&p.inputs[..p.d], &p.direction, angle(delta));
    let (lambda0, _) = extreme_eigenvalues(&[p.inputs, near].concat(), p.d);
    Sampler::exact(lambda0 / delta)
}

/// An eigenvalue on top of 1: some are 0, and a relative error of 0 says nothing.
fn above_one(eigenvalue: impl Into<Approx>) -> Approx {
    let eigenvalue = eigenvalue.into();
    Approx { value: 1.0 + eigenvalue.value, error: eigenvalue.error + f64::EPSILON }
}

/// A number computed from a matrix of order one, with its rounding.
fn rounded(value: f64) -> Approx {
    Approx { value, error: 1e-13 }
}

fn least_of_pairs(p: &Opposites) -> f64 {
    extreme_eigenvalues(&p.inputs, p.d).0
}

/// $v^\top H^\infty v$ for $v = (u, -u)$.
fn odd_form(p: &Opposites) -> f64 {
    let kernel = dual_kernel(&p.inputs, p.d);
    let v: Vec<f64> = p.u.iter().copied().chain(p.u.iter().map(|u| -u)).collect();
    let row = |i: usize| -> f64 { (0..v.len()).map(|j| kernel[(i, j)] * v[j]).sum() };
    (0..v.len()).map(|i| v[i] * row(i)).sum()
}

/// $\|\sum_i u_i x_i\|^2$.
fn total_squared(p: &Opposites) -> f64 {
    let mut total = vec![0.0; p.d];
    for (x, u) in p.inputs.chunks_exact(p.d).zip(&p.u) {
        total.iter_mut().zip(x).for_each(|(t, x)| *t += u * x);
    }
    inner(&total, &total)
}
