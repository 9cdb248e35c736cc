//! What depth does to gradient flow is not done by any other loss of the product of the layers.
//!
//! It would be comfortable if depth were a regulariser in disguise. A closed curve along which the
//! field does work shows that it is not, for three layers or more; for two layers and some losses
//! it is.

use super::{LINK, PAPER};
use std::f64::consts::PI;
use std::sync::LazyLock;
use theoremcheck::prelude::*;
use theoremcheck::special::GaussLegendre;

type Plane = [f64; 2];

/// A constant gradient $g$, and the curve with radii $r < R$.
#[derive(Clone, Copy, Debug)]
struct Work {
    depth: f64,
    slope: Plane,
    radii: [f64; 2],
}

/// The gradient $g + h w$, and a path between two points, each as (modulus, argument).
#[derive(Clone, Copy, Debug)]
struct Path {
    depth: f64,
    slope: Plane,
    curvature: f64,
    from: Plane,
    to: Plane,
}

/// $L(w) = \sum_i \ln \cosh (x_i^\top w - y_i)$ for three examples $(x_{i1}, x_{i2}, y_i)$.
type Examples = [[f64; 3]; 3];

/// A circle around $(1, 0)$.
#[derive(Clone, Copy, Debug)]
struct Circle {
    depth: f64,
    radius: f64,
    examples: Examples,
}

/// The shape of a curve, $r / R$.
#[derive(Clone, Copy, Debug)]
struct Shape {
    depth: f64,
    share: f64,
    examples: Examples,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "arora2018.no-regulariser",
        alias: "arora2018.no-regulariser",
        title: "The acceleration field of a deep linear network is no gradient",
        source: Source {
            paper: PAPER,
            result: "Theorem 2; the curl for any loss and depth, and what two layers do, are \
                     derived here",
            link: LINK,
        },
        statement: r"Let $F(w) = \|w\|^{2 - 2/N} \bigl(\nabla L(w) + (N-1) \operatorname{Pr}_w
            \nabla L(w)\bigr)$, $w \ne 0$, be minus the velocity of the product $w$ of $N$ balanced
            layers with one output, $\operatorname{Pr}_w g = \frac{g^\top w}{\|w\|^2} w$. Let
            $\nabla L = g \ne 0$ be constant, $e = g / \|g\|$ and $0 < r < R$. Along the closed
            curve from $-R e$ straight to $-r e$, on a half circle to $r e$, straight to $R e$ and
            on the half circle of the same side back to $-R e$, $\oint F \cdot dw = \|g\|
            \frac{2 (N-1)(N-2)}{3N-2} (R^{3 - 2/N} - r^{3 - 2/N})$: not 0 for $N \ge 3$, so that
            $F$ is the gradient of no function. For any loss $L$ with continuous second derivatives
            and $\nabla L(0) = g$ that is the leading term as $R \to 0$ with $r / R$ fixed. For
            $N \in \{1, 2\}$ and $\nabla L(w) = g + h w$, $F$ is a gradient, that of
            $\|w\|^{N-1} g^\top w + \frac{N h}{N+1} \|w\|^{N+1}$. For any $L$ with Hessian $H$ and
            $u = w / \|w\|$, $\partial_i F_j - \partial_j F_i = -(N-1) \|w\|^{1-2/N}
            (u_i v_j - u_j v_i)$ with $v = \frac{N-2}{N} \nabla L + H w$: for $N = 2$ it vanishes
            only where $H w$ is a multiple of $w$.",
        claims: vec![circulation(), small_curves(), potential(), curl()],
        derivation: four_pieces,
    }
}

/// $t^{3 - 2/N}$, or $t^{2 - 2/N}$ if the whole power is 2.
fn fractional(t: &Expr, whole: i32) -> Expr {
    t.pow(whole) * (-2 * t.ln() / var("N")).exp()
}

/// $g \frac{2 (N-1)(N-2)}{3N-2} (R^{3-2/N} - r^{3-2/N})$.
static WORK: LazyLock<Expr> = LazyLock::new(|| {
    let (n, g, outer, inner) = vars!("N", "g", "R", "r");
    let factor = 2 * (&n - 1) * (&n - 2) / (3 * &n - 2);
    g * factor * (fractional(&outer, 3) - fractional(&inner, 3))
});

fn work(depth: f64, slope: f64, [inner, outer]: Plane) -> Formula {
    Formula::of("four-pieces", &WORK, [("N", depth), ("g", slope), ("R", outer), ("r", inner)])
}

/// The work on the segments and on the half circles, by antiderivatives.
fn four_pieces() -> Derivation {
    let (n, g, t, theta) = vars!("N", "g", "t", "theta");
    let (outer, inner) = vars!("R", "r");
    let layers = Domain::new().half_open(&n, 1, INF).open(&g, 0, INF);
    let along = layers.clone().open(&t, 0, INF);
    let around = along.clone().real(&theta);
    // Along e the projection is the gradient itself.
    let radial = &n * &g * fractional(&t, 2);
    let radial_sum = &g * n.pow(2) * fractional(&t, 3) / (3 * &n - 2);
    let (x, y) = (theta.cos(), theta.sin());
    let speed = [-&t * &y, &t * &x];
    let field = [&g + (&n - 1) * &g * x.pow(2), (&n - 1) * &g * &x * &y];
    let tangential = fractional(&t, 2) * (&field[0] * &speed[0] + &field[1] * &speed[1]);
    let tangential_sum = &g * fractional(&t, 3) * theta.cos();
    let segments = 2 * (radial_sum.at(&t, &outer) - radial_sum.at(&t, &inner));
    let half = |radius: &Expr, to: i32, from: i32| {
        let end = |turns: i32| tangential_sum.at(&t, radius).at(&theta, turns * pi());
        end(to) - end(from)
    };
    let all = &segments + half(&inner, 0, 1) + half(&outer, 1, 0);
    let there_and_back = &segments + half(&inner, 1, 0) + half(&outer, 0, 1);
    let radii = layers.open(&inner, 0, INF).open(&outer, &inner, INF);
    let factor = 2 * (&n - 1) * (&n - 2) / (3 * &n - 2);
    let ftc = |integrand: &Expr, antiderivative: &Expr, in_: &Expr, from| Rule::Ftc {
        integrand: integrand.clone(),
        antiderivative: antiderivative.clone(),
        in_: in_.clone(),
        from: [from],
    };
    let start = Derivation::of("The work along the curve, and the curl")
        .identity("radial-slope", radial_sum.d(&t), radial.clone(), &along)
        .twin("no-projection", |s| s.right(&g * fractional(&t, 2)))
        .conclude("radial", ftc(&radial, &radial_sum, &t, "radial-slope"))
        .twin("one-layer", |s| s.put(&radial_sum / &n))
        .identity("tangential-slope", tangential_sum.d(&theta), tangential.clone(), &around)
        .twin("projection-only", |s| s.right((&n - 1) * &tangential))
        .conclude("tangential", ftc(&tangential, &tangential_sum, &theta, "tangential-slope"))
        .twin("sine", |s| s.put(&g * fractional(&t, 3) * theta.sin()))
        .identity("four-pieces", all, WORK.clone(), &radii)
        .twin("other-way-round", |s| s.left(there_and_back))
        .positive("three-layers", factor.clone(), &Domain::new().open(&n, 2, INF))
        .twin("two-layers", |s| s.on(&Domain::new().half_open(&n, 2, INF)));
    curl_of_any_loss(two_layers(start))
}

/// $\|w\| g^\top w + \frac{2h}{3} \|w\|^3$ in the plane.
fn two_layers(start: Derivation) -> Derivation {
    let (x, y, g1, g2, h) = vars!("x", "y", "g_1", "g_2", "h");
    let norm = (x.pow(2) + y.pow(2)).sqrt();
    let along = &g1 * &x + &g2 * &y;
    let potential = &norm * &along + 2 * &h * norm.pow(3) / 3;
    let half = Domain::new().open(&x, 0, INF).real(&y).real(&g1).real(&g2).real(&h);
    let slope = [&g1 + &h * &x, &g2 + &h * &y];
    let projected = (&along + &h * norm.pow(2)) / norm.pow(2);
    let field = [&norm * (&slope[0] + &projected * &x), &norm * (&slope[1] + &projected * &y)];
    start
        .identity("two-layers", potential.d(&x), field[0].clone(), &half)
        .twin("three-layers", |s| s.right(&norm * (&slope[0] + 2 * &projected * &x)))
        .identity("two-layers-across", potential.d(&y), field[1].clone(), &half)
        .twin("no-projection", |s| s.right(&norm * &slope[1]))
}

/// The curl for the loss $g^\top w + \frac12 w^\top H w$: it depends on two derivatives alone.
fn curl_of_any_loss(start: Derivation) -> Derivation {
    let (n, x, y, g1, g2) = vars!("N", "x", "y", "g_1", "g_2");
    let (h11, h12, h22) = vars!("h_11", "h_12", "h_22");
    let half = [&y, &g1, &g2, &h11, &h12, &h22]
        .into_iter()
        .fold(Domain::new().half_open(&n, 1, INF).open(&x, 0, INF), |domain, symbol| {
            domain.real(symbol)
        });
    let square = x.pow(2) + y.pow(2);
    // |w|^(-2/N).
    let power = (-square.ln() / &n).exp();
    let curved = [&h11 * &x + &h12 * &y, &h12 * &x + &h22 * &y];
    let slope = [&g1 + &curved[0], &g2 + &curved[1]];
    let projected = (&n - 1) * (&slope[0] * &x + &slope[1] * &y) / &square;
    let field = |i: usize, w: &Expr| &square * &power * (&slope[i] + &projected * w);
    let curl = field(1, &y).d(&x) - field(0, &x).d(&y);
    let wedge = |v: [Expr; 2]| &x * &v[1] - &y * &v[0];
    let stated = |share: Expr| {
        let v = [0, 1].map(|i| &share * &slope[i] + &curved[i]);
        -(&n - 1) * &power * wedge(v)
    };
    let two = |e: &Expr| e.at(&n, 2);
    start
        .identity("curl", curl.clone(), stated((&n - 2) / &n), &half)
        .twin("no-share", |s| s.right(stated(&n - 2)))
        .identity("curl-of-two-layers", two(&curl), -two(&power) * wedge(curved.clone()), &half)
        .twin("never", |s| s.right(0))
}

fn circulation() -> Claim {
    Claim::new(
        "circulation",
        Identity {
            domain: |given| {
                let depth = given.count("depth", 3..=12) as f64;
                let slope = plane(given.scale("g", 0.1..=10.0), given.real("angle", 0.0..=3.0));
                let inner = given.scale("r", 0.05..=1.0);
                Work { depth, slope, radii: [inner, inner * given.scale("R-over-r", 1.25..=8.0)] }
            },
            left: |w| circulation_of(w.depth, |_| w.slope, w.slope, w.radii),
            right: |w| stated(w).value(),
            known: vec![
                // By mpmath, the first one also by its quadrature along the curve.
                (unit(3.0, [0.5, 1.0]), 0.458_042_782_002_271_47),
                (unit(4.0, [0.5, 1.0]), 0.987_867_965_644_035_74),
                (unit(8.0, [0.1, 2.0]), 25.678_773_435_456_95),
            ],
            mutants: [
                Mutant {
                    name: "two-layers-too",
                    why: "takes a projection that is counted once, as for N = 2, for enough",
                    says: |w| stated(w).value() * (w.depth - 1.0) / (w.depth - 2.0),
                },
                Mutant {
                    name: "exponent",
                    why: "forgets that the curve has a length",
                    says: |w| {
                        let power = |t: f64| t.powf(2.0 - 2.0 / w.depth);
                        let [inner, outer] = w.radii;
                        let longer = |t: f64| t * power(t);
                        let swap = (power(outer) - power(inner)) / (longer(outer) - longer(inner));
                        stated(w).value() * swap
                    },
                },
                Mutant {
                    name: "no-inner-circle",
                    why: "goes through the origin instead of around it",
                    says: |w| work(w.depth, norm(w.slope), [1e-300, w.radii[1]]).value(),
                },
                Mutant {
                    name: "reversed",
                    why: "goes along the curve the other way round",
                    says: |w| -stated(w).value(),
                },
                Mutant {
                    name: "denominator",
                    why: "integrates the power 3 - 2/N instead of 2 - 2/N",
                    says: |w| stated(w).value() * (3.0 * w.depth - 2.0) / (4.0 * w.depth - 2.0),
                },
            ],
            curve: Curve {
                x: "depth",
                grid: Grid::Linear { from: 3.0, to: 30.0, points: 28 },
                at: |depth| unit(depth, [0.5, 1.0]),
            },
        },
        Tie::formula(stated),
    )
}

fn small_curves() -> Claim {
    Claim::new(
        "small-curves",
        Limit {
            domain: |given| Shape {
                depth: given.count("depth", 3..=8) as f64,
                share: given.real("r-over-R", 0.2..=0.8),
                examples: one_sided(&mut given.data("examples")),
            },
            theory: |s| leading(s).value(),
            observable: Each(scaled_work),
            // Sizes are 1/R.
            sizes: &[16, 32, 64, 128],
            // The gradient of the loss is a power series in R: the term after R is its square.
            correction: Correction::INVERSE_N.then(2.0),
            resolution: Relative(0.005),
            known: vec![
                // By mpmath.
                (shape(3.0, 0.5), 0.458_042_782_002_271_47),
                (shape(4.0, 0.5), 0.987_867_965_644_035_74),
                (shape(8.0, 0.5), 3.250_605_695_112_337_7),
            ],
            mutants: [
                Mutant {
                    name: "gradient",
                    why: "takes the field for a gradient in the limit",
                    says: |_| 0.0,
                },
                Mutant {
                    name: "no-inner-circle",
                    why: "forgets the inner half circle",
                    says: |s| work(s.depth, 1.0, [1e-300, 1.0]).value(),
                },
                Mutant {
                    name: "layers-counted",
                    why: "counts hidden layers, one less than matrices",
                    says: |s| work(s.depth - 1.0, 1.0, [s.share, 1.0]).value(),
                },
                Mutant {
                    name: "finite-curve",
                    why: "adds the first correction at R = 1/50",
                    says: |s| leading(s).value() * (1.0 + 1.0 / 50.0),
                },
            ],
            curve: Curve {
                x: "r-over-R",
                grid: Grid::Linear { from: 0.02, to: 0.98, points: 49 },
                at: |share| shape(3.0, share),
            },
        },
        Tie::formula(leading),
    )
}

fn potential() -> Claim {
    Claim::new(
        "potential",
        Identity {
            domain: any_path,
            left: |p| Approx::of_sum(work_on_path(p, |x| x), work_on_path(p, f64::abs)),
            right: |p| {
                difference(p, |n, rho, along, h| {
                    rho.powf(n - 1.0) * along + n * h / (n + 1.0) * rho.powf(n + 1.0)
                })
            },
            known: vec![
                // By hand: g = (3, -1), from (1, 2) to (-2, 3/2), and 10 |w|^3 / 3 - |w|^2 / 2.
                (by_hand(1.0, 0.0), (-8.5).into()),
                (by_hand(2.0, 0.0), (-20.986_067_977_499_79).into()),
            ],
            mutants: [
                Mutant {
                    name: "one-layer",
                    why: "takes the potential of one layer for that of two, and back",
                    says: |p| {
                        difference(&Path { depth: 3.0 - p.depth, ..*p }, |n, rho, along, h| {
                            rho.powf(n - 1.0) * along + n * h / (n + 1.0) * rho.powf(n + 1.0)
                        })
                    },
                },
                Mutant {
                    name: "half",
                    why: "keeps the factor 1/2 of the quadratic loss at any depth",
                    says: |p| {
                        difference(p, |n, rho, along, h| {
                            rho.powf(n - 1.0) * along + 0.5 * h * rho.powf(n + 1.0)
                        })
                    },
                },
                Mutant {
                    name: "three-layers",
                    why: "continues the pattern to one layer more",
                    says: |p| {
                        difference(p, |n, rho, along, h| {
                            rho.powf(n) * along + n * h / (n + 1.0) * rho.powf(n + 1.0)
                        })
                    },
                },
                Mutant {
                    name: "projection-twice",
                    why: "counts the gradient along w twice",
                    says: |p| {
                        difference(p, |n, rho, along, h| {
                            2.0 * rho.powf(n - 1.0) * along + n * h / (n + 1.0) * rho.powf(n + 1.0)
                        })
                    },
                },
            ],
            curve: Curve {
                x: "modulus",
                grid: Grid::Linear { from: 0.2, to: 4.0, points: 39 },
                at: |modulus| Path { to: [modulus, 2.0], ..by_hand(2.0, 0.5) },
            },
        },
        Tie::none("a difference of two potentials; the steps are about their slopes"),
    )
}

fn curl() -> Claim {
    Claim::new(
        "curl",
        Identity {
            domain: |given| {
                let depth = given.count("depth", 2..=8) as f64;
                let radius = given.scale("radius", 0.05..=0.5);
                Circle { depth, radius, examples: any_examples(&mut given.data("examples")) }
            },
            left: |c| Approx::of_sum(work_on_circle(c, |x| x), work_on_circle(c, f64::abs)),
            right: |c| {
                over_disc(c, |n, slope, curved| {
                    [0, 1].map(|i| (n - 2.0) / n * slope[i] + curved[i])
                })
            },
            known: vec![
                // By mpmath, as integrals along the circle.
                (around(3.0, 0.5), 0.984_938_621_029_850_16.into()),
                (around(2.0, 0.5), 0.306_485_552_492_417_02.into()),
                (around(5.0, 0.25), 0.732_669_562_708_784_54.into()),
            ],
            mutants: [
                Mutant {
                    name: "linear-loss",
                    why: "takes the gradient for constant",
                    says: |c| over_disc(c, |n, slope, _| slope.map(|g| (n - 2.0) / n * g)),
                },
                Mutant {
                    name: "two-layers",
                    why: "takes the curl of two layers for that of any depth, but for the factor",
                    says: |c| over_disc(c, |_, _, curved| curved),
                },
                Mutant {
                    name: "no-share",
                    why: "forgets to divide by the number of layers",
                    says: |c| {
                        over_disc(c, |n, slope, curved| {
                            [0, 1].map(|i| (n - 2.0) * slope[i] + curved[i])
                        })
                    },
                },
                Mutant {
                    name: "gradient",
                    why: "takes the field for a gradient",
                    says: |_| 0.0.into(),
                },
            ],
            curve: Curve {
                x: "radius",
                grid: Grid::Linear { from: 0.1, to: 0.5, points: 41 },
                at: |radius| around(3.0, radius),
            },
        },
        Tie::none(
            "an integral over a disc for a loss with examples; the step is about its integrand",
        ),
    )
}

/// Any two points and a spiral between them.
fn any_path(given: &mut Given) -> Path {
    let depth = given.count("depth", 1..=2) as f64;
    let slope = plane(given.scale("g", 0.1..=10.0), given.real("angle", 0.0..=6.0));
    let curvature = given.real("h", -5.0..=5.0);
    let from = [given.scale("from", 0.2..=2.0), 0.0];
    let to = [given.scale("to", 0.2..=2.0), given.real("turn", -3.0..=3.0)];
    Path { depth, slope, curvature, from, to }
}

/// Inputs of norm 1, so that the loss is analytic around a disc far enough for the trapezoid.
fn any_examples(rng: &mut Rng) -> Examples {
    [(); 3].map(|()| {
        let [x, y] = plane(1.0, 2.0 * PI * rng.uniform());
        [x, y, rng.normal()]
    })
}

/// Inputs within 60 degrees of an axis and targets on the other side: $\nabla L(0)$ is not small.
fn one_sided(rng: &mut Rng) -> Examples {
    [(); 3].map(|()| {
        let [x, y] = plane(1.0, (2.0 * rng.uniform() - 1.0) * PI / 3.0);
        [x, y, -0.5 - rng.uniform()]
    })
}

const FIXED: Examples = [[1.0, 0.5, -0.5], [-0.3, 1.0, 0.8], [0.7, -0.9, 0.2]];

fn unit(depth: f64, radii: Plane) -> Work {
    Work { depth, slope: [1.0, 0.0], radii }
}

fn shape(depth: f64, share: f64) -> Shape {
    Shape { depth, share, examples: FIXED }
}

fn around(depth: f64, radius: f64) -> Circle {
    Circle { depth, radius, examples: FIXED }
}

/// $g = (3, -1)$, from $(1, 2)$ to $(-2, \frac32)$.
fn by_hand(depth: f64, curvature: f64) -> Path {
    let (from, to) = ([5_f64.sqrt(), 2_f64.atan()], [2.5, PI - 0.75_f64.atan()]);
    Path { depth, slope: [3.0, -1.0], curvature, from, to }
}

fn stated(w: &Work) -> Formula {
    work(w.depth, norm(w.slope), w.radii)
}

/// The work at $R = 1$ and $\|g\| = 1$.
fn leading(s: &Shape) -> Formula {
    work(s.depth, 1.0, [s.share, 1.0])
}

fn plane(modulus: f64, argument: f64) -> Plane {
    [modulus * argument.cos(), modulus * argument.sin()]
}

fn dot(a: Plane, b: Plane) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}

fn norm(a: Plane) -> f64 {
    dot(a, a).sqrt()
}

/// $F(w)$ where the gradient is `slope`.
fn field(depth: f64, w: Plane, slope: Plane) -> Plane {
    let projected = (depth - 1.0) * dot(slope, w) / dot(w, w);
    let scale = norm(w).powf(2.0 - 2.0 / depth);
    [0, 1].map(|i| scale * (slope[i] + projected * w[i]))
}

/// $\nabla L(w) = \sum_i \tanh(x_i^\top w - y_i)\, x_i$.
fn gradient(examples: &Examples, w: Plane) -> Plane {
    examples.iter().fold([0.0; 2], |sum, [x, y, target]| {
        let slope = (x * w[0] + y * w[1] - target).tanh();
        [sum[0] + slope * x, sum[1] + slope * y]
    })
}

/// $H(w)\, w$.
fn curved(examples: &Examples, w: Plane) -> Plane {
    examples.iter().fold([0.0; 2], |sum, [x, y, target]| {
        let along = x * w[0] + y * w[1];
        let slope = (1.0 - (along - target).tanh().powi(2)) * along;
        [sum[0] + slope * x, sum[1] + slope * y]
    })
}

/// $\int_0^1 f$ for smooth functions whose singularities are a seventh of the interval away.
fn line(f: impl Fn(f64) -> f64) -> f64 {
    static RULE: LazyLock<GaussLegendre> = LazyLock::new(|| GaussLegendre::new(40));
    RULE.integral(f)
}

/// $\int_0^{2\pi} f$ for periodic functions, whose trapezoidal sums converge geometrically.
fn turn(f: impl Fn(f64) -> f64) -> f64 {
    let step = 2.0 * PI / 48.0;
    (0..48).map(|k| f(step * f64::from(k))).sum::<f64>() * step
}

/// $\oint F \cdot dw$, piece by piece.
fn circulation_of(depth: f64, slope: impl Fn(Plane) -> Plane, g: Plane, radii: Plane) -> f64 {
    let (e, [inner, outer]) = (g.map(|x| x / norm(g)), radii);
    let across = [-e[1], e[0]];
    let force = |w: Plane| field(depth, w, slope(w));
    let segment = |from: f64, to: f64| {
        let at = |s: f64| e.map(|x| (from + s * (to - from)) * x);
        (to - from) * line(|s| dot(force(at(s)), e))
    };
    let arc = |radius: f64, from: f64, to: f64| {
        let at = |angle: f64, by: f64| {
            let [c, s] = plane(radius, angle + by);
            [0, 1].map(|i| c * e[i] + s * across[i])
        };
        (to - from)
            * line(|s| {
                let angle = from + s * (to - from);
                dot(force(at(angle, 0.0)), at(angle, 0.5 * PI))
            })
    };
    segment(-outer, -inner) + arc(inner, PI, 0.0) + segment(inner, outer) + arc(outer, 0.0, PI)
}

/// The work over $\|g\| R^{3-2/N}$ at $R = 1/n$.
fn scaled_work(s: Shape, n: usize) -> Sampler {
    let outer = 1.0 / n as f64;
    let g = gradient(&s.examples, [0.0; 2]);
    let slope = |w| gradient(&s.examples, w);
    let work = circulation_of(s.depth, slope, g, [s.share * outer, outer]);
    Sampler::exact(work / (norm(g) * outer.powf(3.0 - 2.0 / s.depth)))
}

/// $\int F \cdot dw$ along the path, of a part of the integrand.
fn work_on_path(p: &Path, part: fn(f64) -> f64) -> f64 {
    let [modulus, argument] = [0, 1].map(|i| p.to[i] - p.from[i]);
    line(|s| {
        let (rho, angle) = (p.from[0] + s * modulus, p.from[1] + s * argument);
        let (w, across) = (plane(rho, angle), plane(rho, angle + 0.5 * PI));
        let slope = [0, 1].map(|i| p.slope[i] + p.curvature * w[i]);
        let speed = [0, 1].map(|i| modulus * w[i] / rho + argument * across[i]);
        part(dot(field(p.depth, w, slope), speed))
    })
}

/// The same along the circle.
fn work_on_circle(c: &Circle, part: fn(f64) -> f64) -> f64 {
    turn(|angle| {
        let [x, y] = plane(c.radius, angle);
        let w = [1.0 + x, y];
        part(dot(field(c.depth, w, gradient(&c.examples, w)), [-y, x]))
    })
}

/// The difference between the ends of a function of $N$, $\|w\|$, $g^\top w$ and $h$.
fn difference(p: &Path, potential: fn(f64, f64, f64, f64) -> f64) -> Approx {
    let at =
        |[rho, angle]: Plane| potential(p.depth, rho, dot(p.slope, plane(rho, angle)), p.curvature);
    Approx::of_sum(at(p.to) - at(p.from), at(p.to).abs() + at(p.from).abs())
}

/// The integral of $-(N-1) \|w\|^{1-2/N} (u_1 v_2 - u_2 v_1)$ over the disc, $v$ a function of $N$,
/// $\nabla L$ and $H w$.
fn over_disc(c: &Circle, v: fn(f64, Plane, Plane) -> Plane) -> Approx {
    static RULE: LazyLock<GaussLegendre> = LazyLock::new(|| GaussLegendre::new(20));
    let integrand = |rho: f64, angle: f64| {
        let [x, y] = plane(rho, angle);
        let w = [1.0 + x, y];
        let v = v(c.depth, gradient(&c.examples, w), curved(&c.examples, w));
        let power = norm(w).powf(-2.0 / c.depth);
        -rho * (c.depth - 1.0) * power * (w[0] * v[1] - w[1] * v[0])
    };
    let (mut value, mut size) = (0.0, 0.0);
    for (s, weight) in RULE.nodes().iter().zip(RULE.weights()) {
        value += weight * c.radius * turn(|angle| integrand(s * c.radius, angle));
        size += weight * c.radius * turn(|angle| integrand(s * c.radius, angle).abs());
    }
    Approx::of_sum(value, size)
}
