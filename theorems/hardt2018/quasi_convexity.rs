//! Why gradient descent learns linear dynamical systems: no gradient points away from the target.
//!
//! The risk is not convex, but its gradient is known exactly in the direction of the target, as a
//! mean over frequencies with weights that are positive for acquiescent systems. Every stable
//! system becomes acquiescent when its order is raised: overparameterisation helps.

use super::{
    CIRCLE, LINK, PAPER, Pair, any_pair, least_on_circle, mean_over_circle, pair, pole_and_weight,
    response, roots, system,
};
use std::sync::LazyLock;
use theoremcheck::models::linear_system::{Complex, LinearSystem, from_roots};
use theoremcheck::prelude::*;

/// A polynomial with all roots of modulus at most `radius`, and the degree $m$ of its extension.
#[derive(Clone, Debug)]
struct Extension {
    characteristic: Vec<f64>,
    radius: f64,
    degree: usize,
}

/// Degrees of the extension, at most.
const DEGREE_MAX: usize = 100;

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "hardt2018.quasi-convexity",
        alias: "hardt2018.quasi-convexity",
        title: "Weak quasi-convexity of the risk of linear dynamical systems",
        source: Source {
            paper: PAPER,
            result: "Definition 2.1, Lemma 3.3, Definition 4.1, Lemma 5.3 and Lemma 6.5; the \
                     identity, the constant of the cone and the bound on the extension are \
                     derived here",
            link: LINK,
        },
        statement: r"For a stable system of order $n$ with one input and one output let
            $p(z) = z^n + a_1 z^{n-1} + \dots + a_n$ be the characteristic polynomial, $G = s / p$
            with $s(z) = c_1 z^{n-1} + \dots + c_n$, $\theta = (a, c)$, and let hats mark the
            system that is learned, of the same order and feedthrough. $g(\hat\theta)
            = \frac{1}{2\pi} \int |\hat G - G|^2 dt$ over $z = e^{it}$ obeys
            $\nabla g(\hat\theta)^\top (\hat\theta - \theta) = \frac{2}{2\pi} \int \operatorname{Re}
            \frac{p}{\hat p}\, |\hat G - G|^2 dt$ exactly, so that it is at least $2 g \min_t
            \operatorname{Re} \frac{p}{\hat p}$: weakly quasi-convex where that is positive. If
            $p(z) / z^n$ and $\hat p(z) / z^n$ have $|\operatorname{Im}| \le q \operatorname{Re}$
            with $q < 1$ on the unit circle (a cone of less than 45 degrees on each side:
            acquiescent) and $\tau_1 \le \operatorname{Re} \frac{p}{z^n}$,
            $\operatorname{Re} \frac{\hat p}{z^n} \le \tau_2$, then $\operatorname{Re}
            \frac{p}{\hat p} \ge \frac{\tau_1}{\tau_2} \frac{1 - q^2}{1 + q^2}$. If all roots of $p$
            have modulus at most $\rho < 1$ and $u$ is the sum of the first $m + 1$ terms of the
            power series of $z^n / p$ in $1/z$, then $|p\, u / z^n - 1| \le b_m =
            \sum_{i=1}^n \binom{m+n}{m+i} \binom{m+i-1}{i-1} \rho^{m+i}$ on the unit circle, with
            equality at $z = -1$ if all roots are $\rho$; so the extended polynomial has
            $\operatorname{Re} - |\operatorname{Im}| \ge 1 - \sqrt2\, b_m$ and is acquiescent for
            large $m$. $b_m$ is of the order of $m^{n-1} \rho^m$: for multiple roots more than
            $\rho^m$. Checked for orders up to 3 (up to 4 for the extension) on the circle's 1024th
            roots of 1.",
        claims: vec![inner_product(), weak(), cone(), extension(), acquires()],
        derivation: from_the_quotient,
    }
}

/// $(\hat c - c) \partial_{\hat c} g + (\hat a - a) \partial_{\hat a} g$ for order 1.
static FIRST_ORDER: LazyLock<Expr> = LazyLock::new(|| {
    let (a, c, ah, ch) = vars!("a", "c", "ah", "ch");
    let one = ch.pow(2) / (1 - ah.pow(2));
    let risk = one - 2 * &c * &ch / (1 - &a * &ah) + c.pow(2) / (1 - a.pow(2));
    (&ch - &c) * risk.d(&ch) + (&ah - &a) * risk.d(&ah)
});

fn from_the_quotient() -> Derivation {
    let start =
        extended(coned(moved(Derivation::of("The gradient in the direction of the target"))));
    let (a, c, ah, ch) = vars!("a", "c", "ah", "ch");
    let stable = Domain::new().open(&a, -1, 1).open(&ah, -1, 1).real(&c).real(&ch);
    // The same by hand.
    let by_weight = 2 * (&ch - &c) * (&ch / (1 - ah.pow(2)) - &c / (1 - &a * &ah));
    let own = 2 * &ah * ch.pow(2) / (1 - ah.pow(2)).pow(2);
    let mixed = 2 * &a * &c * &ch / (1 - &a * &ah).pow(2);
    start
        .identity(
            "first-order",
            FIRST_ORDER.clone(),
            &by_weight + (&ah - &a) * (&own - &mixed),
            &stable,
        )
        .twin("no-pole", |s| s.right(by_weight.clone()))
}

/// At one frequency: the slope of $\hat s / \hat p$ toward the target, $\hat p \ne 0$.
fn moved(start: Derivation) -> Derivation {
    let (p, s, ph, sh, t) = vars!("p", "s", "ph", "sh", "t");
    let toward = (&sh + &t * (&sh - &s)) / (&ph + &t * (&ph - &p));
    let slope = toward.d(&t).at(&t, 0);
    let quotient = (&p / &ph) * (&sh / &ph - &s / &p);
    let away = Domain::new().open(&p, 0, INF).open(&ph, 0, INF).real(&s).real(&sh);
    start
        .identity("quotient", slope, quotient.clone(), &away)
        .twin("inverted", |st| st.right((&ph / &p) * (&sh / &ph - &s / &p)))
        .twin("no-factor", |st| st.right(&sh / &ph - &s / &p))
}

/// $x + iy$ over $u + iv$ with $y = \alpha q x$, $v = \beta q u$, $|\alpha|, |\beta| \le 1$.
fn coned(start: Derivation) -> Derivation {
    let (x, u, q, alpha, beta) = vars!("x", "u", "q", "alpha", "beta");
    let (y, v) = (&alpha * &q * &x, &beta * &q * &u);
    let real = (&x * &u + &y * &v) / (u.pow(2) + v.pow(2));
    let least = &x / &u * (1 - q.pow(2)) / (1 + q.pow(2));
    let sizes = Domain::new().open(&x, 0, INF).open(&u, 0, INF);
    let inside = sizes.closed(&alpha, -1, 1).closed(&beta, -1, 1).half_open(&q, 0, 1);
    let turned = (1 + q.pow(2)) * (1 + &alpha * &beta);
    let spread = (1 - q.pow(2)) * (1 - beta.pow(2));
    let below = (1 + q.pow(2)) * (1 + q.pow(2) * beta.pow(2));
    let scale = &x / &u * q.pow(2);
    let excess = &scale * (&turned + &spread) / &below;
    start
        .identity("excess", &real - &least, excess.clone(), &inside)
        .twin("no-spread", |s| s.right(&scale * &turned / &below))
        .nonneg("turned", 1 + &alpha * &beta, &inside)
        .twin("strictly", Draft::strictly)
        .nonneg("spread", 1 - beta.pow(2), &inside)
        .twin("strictly", Draft::strictly)
}

/// Order 2 with roots $x \ne y$ and $m = 3$: what is left of $p\, u / z^n$, $w = 1/z$.
fn extended(start: Derivation) -> Derivation {
    let (x, y, w) = vars!("x", "y", "w");
    // Complete homogeneous polynomials: the coefficients of the power series of 1/p.
    let complete = |k: i32| (0..=k).fold(Expr::from(0), |sum, i| sum + x.pow(i) * y.pow(k - i));
    let truncated = (0..=3).fold(Expr::from(0), |sum, k| sum + complete(k) * w.pow(k));
    let product = (1 - &x * &w) * (1 - &y * &w) * truncated;
    let left = |sign: i32| -complete(4) * w.pow(4) + sign * &x * &y * complete(3) * w.pow(5);
    let all = Domain::new().real(&x).real(&y).real(&w);
    let at_minus_one = |e: Expr| e.at(&y, &x).at(&w, -1);
    let equal = Domain::new().real(&x);
    start
        .identity("left-over", &product - 1, left(1), &all)
        .twin("sign", |s| s.right(left(-1)))
        .identity(
            "attained",
            at_minus_one(product.clone()) - 1,
            -(5 * x.pow(4) + 4 * x.pow(5)),
            &equal,
        )
        .twin("no-multiplicity", |s| s.right(-(x.pow(4) + x.pow(5))))
}

fn inner_product() -> Claim {
    Claim::new(
        "inner-product",
        Identity {
            domain: any_pair,
            left: |s| toward_target(s).into(),
            right: |s| weighted(s, |p, ph| 2.0 * (p / ph).re),
            known: known_pairs().map(|(pair, value)| (pair, value.into())).into(),
            mutants: [
                Mutant {
                    name: "one",
                    why: "forgets the 2 of the square",
                    says: |s| weighted(s, |p, ph| (p / ph).re),
                },
                Mutant {
                    name: "inverted",
                    why: "divides the learned polynomial by the target's",
                    says: |s| weighted(s, |p, ph| 2.0 * (ph / p).re),
                },
                Mutant {
                    name: "modulus",
                    why: "takes the modulus of the quotient for its real part",
                    says: |s| weighted(s, |p, ph| 2.0 * (p / ph).norm()),
                },
                Mutant {
                    name: "quadratic",
                    why: "takes the risk for a quadratic function",
                    says: |s| weighted(s, |_, _| 2.0),
                },
            ],
            curve: Curve {
                x: "a",
                grid: Grid::Linear { from: -0.9, to: 0.9, points: 37 },
                at: |a| pair([0.8, 1.0], [a, 0.7]),
            },
        },
        Tie::instances(known_pairs().map(|(pair, _)| pair).into(), |s: &Pair| {
            let ([a, c], [ah, ch]) = (pole_and_weight(&s.target), pole_and_weight(&s.learned));
            Formula::of("first-order", &FIRST_ORDER, [("a", a), ("c", c), ("ah", ah), ("ch", ch)])
        }),
    )
}

fn weak() -> Claim {
    Claim::new(
        "weak",
        Property {
            domain: any_pair,
            margin: |s| share(s) - 2.0 * least_quotient(s),
            // By mpmath: the least quotient is 0.4, at z = 1.
            known: vec![(pair([0.8, 1.0], [0.5, 0.7]), 0.212_955_465_587_044_53)],
            mutants: [
                Mutant {
                    name: "largest",
                    why: "takes the largest real part of the quotient for the least",
                    says: |s| share(s) + 2.0 * least_on_circle(|w| -quotient(s, w).re),
                },
                Mutant {
                    name: "twice",
                    why: "counts the 2 of the square once more",
                    says: |s| share(s) - 4.0 * least_quotient(s),
                },
                Mutant {
                    name: "convex",
                    why: "takes the risk for convex: not less than itself",
                    says: |s| share(s) - 1.0,
                },
                Mutant {
                    name: "mean",
                    why: "takes the mean real part of the quotient, which is 1",
                    says: |s| share(s) - 2.0 * mean_over_circle(|w| quotient(s, w).re),
                },
            ],
            curve: Curve {
                x: "a",
                grid: Grid::Linear { from: -0.9, to: 0.9, points: 37 },
                at: |a| pair([0.8, 1.0], [a, 0.7]),
            },
        },
        Tie::none("a ratio of sums over a series, and a least value over the circle"),
    )
}

fn cone() -> Claim {
    Claim::new(
        "cone",
        Property {
            domain: acquiescent,
            margin: |s| least_quotient(s) / promise(s, |q| (1.0 - q * q) / (1.0 + q * q)) - 1.0,
            known: vec![
                // By hand: the cone has 22.5 degrees.
                (pair([67.5_f64.to_radians().cos(), 1.0], [-0.3, 1.0]), 2_f64.sqrt() - 1.0),
                (pair([0.0, 1.0], [0.0, 1.0]), 0.0),
            ],
            mutants: [
                Mutant {
                    name: "no-angle",
                    why: "divides the real parts and forgets the imaginary ones",
                    says: |s| least_quotient(s) / promise(s, |_| 1.0) - 1.0,
                },
                Mutant {
                    name: "twice",
                    why: "gives twice the bound, as if it were tau instead of its half",
                    says: |s| {
                        let bound = promise(s, |q| (1.0 - q * q) / (1.0 + q * q));
                        least_quotient(s) / (2.0 * bound) - 1.0
                    },
                },
                Mutant {
                    name: "one-polynomial",
                    why: "turns by the angle of one of the polynomials alone",
                    says: |s| {
                        let bound = promise(s, |q| 1.0 / (1.0 + q * q).sqrt());
                        least_quotient(s) / bound - 1.0
                    },
                },
                Mutant {
                    name: "reversed",
                    why: "bounds the quotient by its largest value",
                    says: |s| {
                        1.0 - least_quotient(s) / promise(s, |q| (1.0 - q * q) / (1.0 + q * q))
                    },
                },
            ],
            curve: Curve {
                x: "a",
                grid: Grid::Linear { from: -0.6, to: 0.6, points: 25 },
                at: |a| pair([0.5, 1.0], [a, 1.0]),
            },
        },
        Tie::none("least and largest values over the circle: no expression here"),
    )
}

fn extension() -> Claim {
    Claim::new(
        "extension",
        Property {
            domain: any_extension,
            margin: |e| 1.0 - left_over(e) / bound(e, 0),
            known: vec![
                // By hand: 1 - (5/8)^4, where the root is 0.5 and the radius 0.8.
                (Extension { radius: 0.8, ..equal(1, 0.5, 3) }, 0.847_412_109_375),
                // By mpmath, on the same points of the circle.
                (three(4), 0.982_501_357_524_759_18),
                (three(16), 0.997_961_470_723_518_47),
            ],
            mutants: [
                Mutant {
                    name: "no-multiplicity",
                    why: "takes a geometric decay for every polynomial, with the constant 2^n",
                    says: |e| {
                        let constant = 2_f64.powi(e.characteristic.len() as i32);
                        1.0 - left_over(e) / (constant * e.radius.powi(e.degree as i32 + 1))
                    },
                },
                Mutant {
                    name: "first-coefficient",
                    why: "keeps the first coefficient that is left over, and forgets the others",
                    says: |e| {
                        let (n, m) = (e.characteristic.len(), e.degree);
                        let first = binomial(m + n, m + 1) * e.radius.powi(m as i32 + 1);
                        1.0 - left_over(e) / first
                    },
                },
                Mutant {
                    name: "one-term-more",
                    why: "counts m + 2 terms where there are m + 1",
                    says: |e| 1.0 - left_over(e) / bound(e, 1),
                },
            ],
            curve: Curve {
                x: "m",
                grid: Grid::Linear { from: 0.0, to: 40.0, points: 41 },
                at: |m| three(m as usize),
            },
        },
        Tie::none("a largest value over the circle of a polynomial of any degree"),
    )
}

fn acquires() -> Claim {
    Claim::new(
        "acquires",
        Property {
            domain: |given| {
                let target = given.real("b", 0.05..=0.7);
                let drawn = Extension { degree: 0, ..any_polynomial(given) };
                let enough =
                    |m: &usize| bound(&Extension { degree: *m, ..drawn.clone() }, 0) < target;
                Extension { degree: (0..DEGREE_MAX).find(enough).unwrap_or(DEGREE_MAX), ..drawn }
            },
            margin: |e| in_cone(e, e.degree) - (1.0 - 2_f64.sqrt() * bound(e, 0)),
            known: vec![
                // By mpmath, on the same points of the circle.
                (equal(2, 0.6, 10), 0.000_482_378_874_265_027_9),
                (equal(3, 0.5, 12), 0.000_252_022_183_987_436_6),
                (three(8), 98.386_730_080_635_12),
            ],
            mutants: [
                Mutant {
                    name: "as-it-is",
                    why: "takes every stable system for acquiescent without an extension",
                    says: |e| in_cone(e, 0) - (1.0 - 2_f64.sqrt() * bound(e, 0)),
                },
                Mutant {
                    name: "no-root",
                    why: "takes the distance from 1 for the distance from the border of the cone",
                    says: |e| in_cone(e, e.degree) - (1.0 - bound(e, 0)),
                },
                Mutant {
                    name: "half-the-degree",
                    why: "extends by half the degree",
                    says: |e| in_cone(e, e.degree / 2) - (1.0 - 2_f64.sqrt() * bound(e, 0)),
                },
            ],
            curve: Curve {
                x: "m",
                grid: Grid::Linear { from: 0.0, to: 40.0, points: 41 },
                at: |m| equal(2, 0.6, m as usize),
            },
        },
        Tie::none("a least value over the circle of a polynomial of any degree"),
    )
}

/// Two polynomials that are acquiescent: $p(z) / z^n$ is harmonic in $w = 1/z$, so that it leaves
/// the cone once as the argument is stretched; a share of that stretch.
fn acquiescent(given: &mut Given) -> Pair {
    let order = given.count("order", 1..=3);
    let share = given.real("share", 0.3..=0.98);
    let mut rng = given.data("polynomials");
    let mut one = || {
        let drawn = roots(&mut rng, order, 0.85);
        let stretched = |by: f64| -> Vec<f64> {
            drawn.iter().enumerate().map(|(j, a)| a * by.powi(j as i32 + 1)).collect()
        };
        let (mut inside, mut outside) = (0.0, 8.0);
        for _ in 0..24 {
            let middle = 0.5 * (inside + outside);
            // An eighth of the points places the border to 0.1 %, and the share is at most 98 %.
            let (tried, points) = (stretched(middle), CIRCLE.iter().step_by(8));
            let mut values = points.map(|w| cone_of(polynomial(&tried, *w)));
            if values.all(|value| value > 0.0) { inside = middle } else { outside = middle }
        }
        let mut output = vec![0.0; order];
        output[0] = 1.0;
        system(&stretched(share * inside), &output)
    };
    Pair { learned: one(), target: one() }
}

/// Roots anywhere in a disc, or all equal to its radius.
fn any_polynomial(given: &mut Given) -> Extension {
    let order = given.count("order", 1..=4);
    let radius = given.real("radius", 0.1..=0.8);
    let together = given.choice("roots", &[("equal", true), ("any", false)]);
    let drawn = roots(&mut given.data("polynomial"), order, radius);
    let characteristic = if together { equal(order, radius, 0).characteristic } else { drawn };
    Extension { characteristic, radius, degree: 0 }
}

fn any_extension(given: &mut Given) -> Extension {
    Extension { degree: given.count("m", 0..=40), ..any_polynomial(given) }
}

fn equal(order: usize, radius: f64, degree: usize) -> Extension {
    Extension { characteristic: from_roots(&vec![radius; order], &[]), radius, degree }
}

/// Roots $0.9\, e^{\pm 2 \pi i / 3}$ and 0.7.
fn three(degree: usize) -> Extension {
    let characteristic = vec![0.2, 0.18, -0.567];
    Extension { characteristic, radius: 0.9, degree }
}

/// By mpmath, as derivatives of the closed form.
fn known_pairs() -> [(Pair, f64); 2] {
    [
        (pair([0.8, 1.0], [0.5, 0.7]), 1.112),
        (pair([0.95, 1.0], [-0.3, 0.2]), 1.217_380_562_124_116_7),
    ]
}

/// $\nabla g(\hat\theta)^\top (\hat\theta - \theta)$, by the slopes of the series.
fn toward_target(s: &Pair) -> f64 {
    let slopes = s.learned.slopes(&response(&s.target));
    let part = |slope: &[f64], to: &[f64], from: &[f64]| -> f64 {
        slope.iter().zip(to.iter().zip(from)).map(|(g, (to, from))| g * (to - from)).sum()
    };
    part(&slopes.characteristic, s.learned.characteristic(), s.target.characteristic())
        + part(&slopes.output, s.learned.output(), s.target.output())
}

/// The same over $g$, the sum of the squares of the series.
fn share(s: &Pair) -> f64 {
    let pairs = response(&s.learned).into_iter().zip(response(&s.target));
    toward_target(s) / pairs.map(|(r, rho)| (r - rho).powi(2)).sum::<f64>()
}

/// The mean of a weight, a function of $p$ and $\hat p$, times $|\hat G - G|^2$; the series of both
/// signs are known to $10^{-12}$ of the sizes of their terms.
fn weighted(s: &Pair, weight: fn(Complex<f64>, Complex<f64>) -> f64) -> Approx {
    let part = |w: Complex<f64>| {
        let distance = (s.learned.transfer(w) - s.target.transfer(w)).norm_sqr();
        weight(s.target.denominator(w), s.learned.denominator(w)) * distance
    };
    Approx { value: mean_over_circle(part), error: 1e-12 * mean_over_circle(|w| part(w).abs()) }
}

/// $p / \hat p$.
fn quotient(s: &Pair, w: Complex<f64>) -> Complex<f64> {
    s.target.denominator(w) / s.learned.denominator(w)
}

fn least_quotient(s: &Pair) -> f64 {
    least_on_circle(|w| quotient(s, w).re)
}

/// $\frac{\tau_1}{\tau_2}$ times a function of the least $q$ that serves for both polynomials.
fn promise(s: &Pair, angle: fn(f64) -> f64) -> f64 {
    let both = [&s.target, &s.learned];
    let steepest = |of: &LinearSystem| {
        -least_on_circle(|w| {
            let value = of.denominator(w);
            -value.im.abs() / value.re
        })
    };
    let q = both.map(steepest).into_iter().fold(0.0, f64::max);
    let least = least_on_circle(|w| s.target.denominator(w).re);
    let largest = -least_on_circle(|w| -s.learned.denominator(w).re);
    least / largest * angle(q)
}

/// $\operatorname{Re} - |\operatorname{Im}|$.
fn cone_of(value: Complex<f64>) -> f64 {
    value.re - value.im.abs()
}

/// $1 + a_1 w + \dots + a_n w^n$.
fn polynomial(coefficients: &[f64], w: Complex<f64>) -> Complex<f64> {
    without_constant(coefficients, w) + 1.0
}

/// $a_1 w + \dots + a_n w^n$.
fn without_constant(coefficients: &[f64], w: Complex<f64>) -> Complex<f64> {
    coefficients.iter().rev().fold(Complex::from(0.0), |sum, a| (sum + a) * w)
}

/// The coefficients of $p\, u / z^n$ after the first, which is 1: those up to $m$ are 0.
fn extended_polynomial(characteristic: &[f64], degree: usize) -> Vec<f64> {
    let n = characteristic.len();
    let mut output = vec![0.0; n];
    output[0] = 1.0;
    let mut series = vec![0.0; degree + 1];
    system(characteristic, &output).markov(&mut series);
    let coefficient = |k: usize| -> f64 {
        let earlier = characteristic.iter().enumerate().take(k);
        let fed = earlier.map(|(j, a)| a * series.get(k - j - 1).copied().unwrap_or(0.0));
        fed.sum::<f64>() + series.get(k).copied().unwrap_or(0.0)
    };
    let rounded_away = |k: usize| if k <= degree { 0.0 } else { coefficient(k) };
    (1..=degree + n).map(rounded_away).collect()
}

/// $\max_t |p\, u / z^n - 1|$.
fn left_over(e: &Extension) -> f64 {
    let coefficients = extended_polynomial(&e.characteristic, e.degree);
    -least_on_circle(|w| -without_constant(&coefficients, w).norm())
}

/// $\min_t (\operatorname{Re} - |\operatorname{Im}|)$ of the polynomial extended by a degree.
fn in_cone(e: &Extension, degree: usize) -> f64 {
    let coefficients = extended_polynomial(&e.characteristic, degree);
    least_on_circle(|w| cone_of(polynomial(&coefficients, w)))
}

/// $b_m$ for $m$ larger by `more`.
fn bound(e: &Extension, more: usize) -> f64 {
    let (n, m) = (e.characteristic.len(), e.degree + more);
    let term = |i: usize| {
        binomial(m + n, m + i) * binomial(m + i - 1, i - 1) * e.radius.powi((m + i) as i32)
    };
    (1..=n).map(term).sum()
}

/// $\binom{n}{k}$, for small $n - k$ or $k$.
fn binomial(n: usize, k: usize) -> f64 {
    let k = k.min(n - k);
    (0..k).fold(1.0, |product, i| product * (n - i) as f64 / (i + 1) as f64)
}
