//! Parameters beyond some number no longer make an interpolant with gates smoother.
//!
//! It has been conjectured, and measured over a factor of eight in $p$, that the slope of such an
//! interpolant falls like $\sqrt{n d / p}$. It does, while $p$ is moderate; with more parameters it
//! tends to that of a kernel, which is a constant of the data.

use theoremcheck::linalg::small::{cholesky_in_place, dot, solve_lower, solve_lower_transposed};
use theoremcheck::models::gated_features::GatedFeatures;
use theoremcheck::prelude::*;

/// Inputs, labels and the points at which slopes are measured, all in $R^4$; $q$ of the
/// coordinates behind each gate, and the scale $\omega$ of the frequencies.
#[derive(Clone, Debug)]
struct Gates {
    inputs: Vec<f64>,
    labels: Vec<f64>,
    points: Vec<f64>,
    q: usize,
    omega: f64,
}

/// $d$.
const D: usize = 4;

/// Points at which slopes are measured.
const POINTS: usize = 4;

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "bubeck2021.gated-collapse",
        alias: "bubeck-sellke.gated-collapse",
        title: "The slope of interpolation with gates has a floor",
        source: Source {
            paper: "Bubeck, Li, Nagaraj (2021), A law of robustness for two-layers neural networks",
            result: "Conjecture 1 is about the largest slope of such a class, and from below; the \
                     limit of the mean square is derived here",
            link: "arXiv:2009.14444",
        },
        statement: r"Let $f(x) = m^{-1/2} \sum_{j \le m} \sqrt 2 \cos(a_j^\top x + b_j)
            \sum_{k \in S_j} v_{jk} x_k$ with independent $a_j \sim N(0, \omega^2 I_d)$, uniform
            phases $b_j$ and uniform sets $S_j$ of $q$ of the $d$ coordinates, and let $v$, which
            has $p = m q$ numbers, be of least norm with $f(x_i) = y_i$, $i \le n$. As
            $m \to \infty$, at each $x$ and for every $q$, $\|\nabla f(x)\|^2$ tends to
            $\|\nabla g(x)\|^2$ on average and in probability, where
            $g(x) = \sum_i \alpha_i k(x, x_i)$ with
            $k(x, x') = e^{-\omega^2 \|x - x'\|^2 / 2} x^\top x'$ goes through the data. Checked on
            average, for the mean over four points $x$, with $d = 4$ and $n \le 4$. So a slope that
            falls like $\sqrt{n d / p}$ is one of moderate $p$, where it was seen to depend on
            $(m, q)$ through $p$ alone: as a law for all $p$ it is refuted. This is a root mean
            square of slopes at typical points and not a Lipschitz constant, which may be larger by
            $\sqrt{d / m}$ for $m$ below $d$.",
        claims: vec![
            Claim::new("floor", floor(), Tie::none("the solution of a linear system of any size"))
                .points(3)
                .dear(),
        ],
        derivation: gates,
    }
}

/// The kernel of a gate, and its slope.
fn gates() -> Derivation {
    let (s, t, b, x, y, w) = vars!("s", "t", "b", "x", "y", "w");
    let reals = Domain::new().real(&s).real(&t).real(&b);
    let line = Domain::new().real(&x).real(&y).real(&w);
    // cos(s - t), and what depends on the phase b by the addition theorems.
    let difference = s.cos() * t.cos() + s.sin() * t.sin();
    let rest = (b.cos().pow(2) - b.sin().pow(2)) * (s.cos() * t.cos() - s.sin() * t.sin())
        - 2 * b.sin() * b.cos() * (s.cos() * t.sin() + s.sin() * t.cos());
    let gate = |x: &Expr| x.cos() * b.cos() - x.sin() * b.sin();
    let product = 2 * gate(&s) * gate(&t);
    let kernel = (-(w.pow(2) * (&x - &y).pow(2) / 2)).exp() * &x * &y;
    let slope = (-(w.pow(2) * (&x - &y).pow(2) / 2)).exp() * (&y - w.pow(2) * (&x - &y) * &x * &y);
    Derivation::of("The kernel of a gate")
        .identity("phases", product, &difference + &rest, &reals)
        .twin("sum-of-angles", |d| d.right(s.cos() * t.cos() - s.sin() * t.sin() + &rest))
        .identity("vanishes", rest.at(&b, &b + pi() / 2), -rest.clone(), &reals)
        .twin("half-turn", |d| d.left(rest.at(&b, &b + pi())))
        .assumed(
            "frequencies",
            "the mean of cos(a (x - y)) over normal a with variance w^2 is exp(-w^2 (x - y)^2 / 2)",
        )
        .identity("slope", kernel.d(&x), slope.clone(), &line)
        .twin("gate-alone", |d| d.right(slope - (-(w.pow(2) * (&x - &y).pow(2) / 2)).exp() * &y))
}

fn floor() -> Limit<Gates, f64, 4> {
    Limit {
        domain: |given| {
            let omega = given.real("omega", 1.0..=2.0);
            let q = given.choice("q", &[("1", 1), ("2", 2), ("4", 4)]);
            let n = given.count("n", 3..=4);
            let labels = (0..n).map(|i| if i % 2 == 0 { 1.0 } else { -1.0 }).collect();
            let inputs = cloud(&mut given.data("inputs"), n);
            Gates { inputs, labels, points: cloud(&mut given.data("points"), POINTS), q, omega }
        },
        theory: |g| squared_slope(g, g.omega, true),
        // Sizes are p: even for q = 4 more than n.
        observable: Each(|g, p| {
            let Gates { inputs, labels, points, q, omega } = g;
            let mut features = GatedFeatures::new(D, inputs, labels, q, omega);
            Sampler::new(move |rng| {
                features.draw_squared_slope(rng, p / q, &points).unwrap_or(f64::NAN)
            })
        }),
        sizes: &[32, 128, 512],
        // A smooth function of means over m independent gates, but where these do not fit the data,
        // which has an exponentially small probability: a series in 1/m.
        correction: Correction::INVERSE_N.then(2.0),
        resolution: Relative(0.05),
        known: vec![
            // By mpmath, slopes by numerical differentiation.
            (example(1.0), 2.252_604_281_732_065_7),
            (example(1.5), 1.341_524_224_931_444_9),
            (example(2.0), 0.905_136_240_771_433_56),
        ],
        mutants: [
            Mutant {
                name: "vanishes",
                why: "takes the slope to fall like the root of n d / p for ever",
                says: |_| 0.0,
            },
            Mutant {
                name: "fixed-gates",
                why: "forgets that the gates have slopes as well",
                says: |g| squared_slope(g, g.omega, false),
            },
            Mutant {
                name: "frequency",
                why: "takes the frequencies for a tenth larger than they are",
                says: |g| squared_slope(g, 1.1 * g.omega, true),
            },
            Mutant {
                name: "linear",
                why: "takes gates that are always open",
                says: |g| squared_slope(g, 0.0, true),
            },
        ],
        curve: Curve {
            x: "omega",
            grid: Grid::Linear { from: 1.0, to: 3.0, points: 9 },
            at: example,
        },
    }
}

/// Points from $N(0, I_d / d)$.
fn cloud(rng: &mut Rng, count: usize) -> Vec<f64> {
    let mut points = vec![0.0; count * D];
    rng.fill_normal(&mut points);
    points.iter_mut().for_each(|x| *x /= (D as f64).sqrt());
    points
}

fn example(omega: f64) -> Gates {
    let inputs = vec![
        0.6, 0.3, 0.5, -0.4, //
        -0.2, 0.9, 0.3, 0.2, //
        -0.6, 0.2, 0.1, 0.7, //
        0.1, 0.4, -0.8, 0.5,
    ];
    let points = vec![
        0.5, 0.5, 0.5, 0.5, //
        1.0, 0.0, 0.0, 0.0, //
        0.0, -0.6, 0.0, 0.8, //
        0.2, 0.4, -0.4, 0.8,
    ];
    Gates { inputs, labels: vec![1.0, -1.0, 1.0, -1.0], points, q: 2, omega }
}

/// The mean of $\|\nabla g\|^2$ over the points for gates with these frequencies, with or without
/// the slopes of the gates.
fn squared_slope(g: &Gates, omega: f64, gates: bool) -> f64 {
    let (n, square) = (g.labels.len(), omega * omega);
    let input = |i: usize| &g.inputs[i * D..(i + 1) * D];
    let gate = |x: &[f64], y: &[f64]| {
        let distance: f64 = x.iter().zip(y).map(|(a, b)| (a - b) * (a - b)).sum();
        (-0.5 * square * distance).exp()
    };
    let entry = |k: usize| {
        let (x, y) = (input(k / n), input(k % n));
        gate(x, y) * dot(x, y)
    };
    let mut matrix: Vec<f64> = (0..n * n).map(entry).collect();
    let mut alpha = g.labels.clone();
    if cholesky_in_place(&mut matrix, n).is_err() {
        return f64::NAN;
    }
    solve_lower(&matrix, n, &mut alpha);
    solve_lower_transposed(&matrix, n, &mut alpha);
    let at = |x: &[f64]| -> f64 {
        let mut slope = [0.0; D];
        for (i, alpha) in alpha.iter().enumerate() {
            let y = input(i);
            let (weight, inner) = (alpha * gate(x, y), dot(x, y));
            for k in 0..D {
                let turn = if gates { square * inner * (x[k] - y[k]) } else { 0.0 };
                slope[k] += weight * (y[k] - turn);
            }
        }
        dot(&slope, &slope)
    };
    g.points.chunks_exact(D).map(at).sum::<f64>() / (g.points.len() / D) as f64
}
