//! Tuned ridge regression has no double descent.
//!
//! With the best ridge for each size, more data and larger models always help, for Gaussian
//! features: on average over the direction of the signal each new observation lowers the risk of
//! each design. Where it ends is known as well: for a law with rare loud labels the best ridge is
//! hurt by a second observation.

use super::{LINK, PAPER};
use std::sync::LazyLock;
use theoremcheck::linalg::small::{
    add_scaled, cholesky_in_place, dot, inverse_trace, solve_lower, solve_lower_transposed,
};
use theoremcheck::models::wishart::trace_resolvent;
use theoremcheck::prelude::*;
use theoremcheck::special::least_value;

/// $p = \phi n$ features, of which a random share $\delta$ is used.
#[derive(Clone, Copy, Debug)]
struct Model {
    /// $\phi$.
    ratio: f64,
    /// $\delta$.
    share: f64,
    r2: f64,
    sigma2: f64,
}

/// A model, and a fraction of the way to all features, or a factor for the observations.
#[derive(Clone, Copy, Debug)]
struct Growth {
    model: Model,
    t: f64,
}

/// Rows of a design, and one more.
#[derive(Clone, Debug)]
struct Rows {
    p: usize,
    mu: f64,
    rows: Vec<f64>,
    new: Vec<f64>,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "nakkiran2021.optimal-ridge",
        alias: "nakkiran.optimal-ridge-monotone",
        title: "Optimally tuned ridge regression has no double descent",
        source: Source {
            paper: PAPER,
            result: "Theorems 1, 3, 4 and Lemma 2; the statement for each design is derived here",
            link: LINK,
        },
        statement: r"Let $y = X\beta + \epsilon$ with $n$ independent $N(0, I_p)$ rows of $X$, any
            $\beta$ with $\|\beta\|^2 = r^2$, and independent noise $\epsilon$ with mean 0 and
            covariance $\sigma^2 I$, and $\hat\beta_\mu = (X^\top X + \mu I)^{-1} X^\top y$. The
            mean excess risk $E \|\hat\beta_\mu - \beta\|^2$ is least at $\mu^* = \frac{p
            \sigma^2}{r^2}$, where it is $\sigma^2 E \operatorname{tr} (X^\top X + \mu^* I)^{-1}$.
            It falls with $n$ and, on average over the direction of $\beta$, for each design: with
            $A = X^\top X + \mu I$, a new row $x$ takes $\frac{\|A^{-1} x\|^2}{1 + x^\top A^{-1} x}$
            from $\operatorname{tr} A^{-1}$. If $d$ of the features, a random share $\delta = d/p$,
            are used and $\mu$ is tuned for each $d$, then with $s^2 = \sigma^2 + r^2 (1 - \delta)$
            the risk is least at $\mu^* = \frac{p s^2}{r^2}$, and tends, as $n \to \infty$ with $p/n
            \to \phi$, to $r^2 (1-\delta) + s^2 \gamma m$, $\gamma = \delta \phi$, where $m > 0$
            solves $\gamma\lambda m^2 + (1-\gamma+\lambda) m = 1$ with $\lambda = \frac{\phi
            s^2}{r^2}$. It falls with $d$ as well. For other laws it may not: let $(x, y) = (e_1,
            1)$ with probability 0.98 and $(e_2, \pm 20)$ with probability 0.01 each; then the least
            mean squared error on new data is $8.1567\ldots$ with one observation and $8.1790\ldots$
            with two.",
        claims: vec![projected(), new_row(), samples(), model_size(), counterexample()],
        derivation: monotone,
    }
}

/// $r^2 (1-\delta) + s^2 \gamma m$, with the first term and $s^2$ as symbols.
static RISK: LazyLock<Expr> = LazyLock::new(|| {
    let (missed, noise, gamma, lambda) = vars!("missed", "noise", "gamma", "lambda");
    let linear = 1 - &gamma + &lambda;
    let root = (linear.pow(2) + 4 * &gamma * lambda).sqrt();
    missed + noise * gamma * 2 / (linear + root)
});

/// [`RISK`] at a model.
fn tuned(m: &Model) -> Formula {
    let missed = m.r2 * (1.0 - m.share);
    let noise = m.sigma2 + missed;
    let (gamma, lambda) = (m.share * m.ratio, m.ratio * noise / m.r2);
    let values = [("missed", missed), ("noise", noise), ("gamma", gamma), ("lambda", lambda)];
    Formula::of("no-cancellation", &RISK, values)
}

/// A new row for two features, with $A = L L^\top$, $L = \begin{pmatrix} l & 0 \\ k & m
/// \end{pmatrix}$; the resolvent; the two sizes of the counterexample.
fn monotone() -> Derivation {
    let (l, m, k, x, y) = vars!("l", "m", "k", "x", "y");
    let lower = Domain::new().open(&l, 0, INF).open(&m, 0, INF).real(&k).real(&x).real(&y);
    let entries = [l.pow(2) + x.pow(2), &l * &k + &x * &y, k.pow(2) + m.pow(2) + y.pow(2)];
    let before = (l.pow(2) + k.pow(2) + m.pow(2)) / (&l * &m).pow(2);
    let determinant = (&l * &m).pow(2) + (&l * &y - &k * &x).pow(2) + (&m * &x).pow(2);
    let after = (&entries[0] + &entries[2]) / &determinant;
    let full = &entries[0] * &entries[2] - entries[1].pow(2);
    let half = [&x / &l, (&y - &k * &x / &l) / &m];
    let solved = [(&half[0] - &k / &m * &half[1]) / &l, &half[1] / &m];
    let square = |v: &[Expr; 2]| v[0].pow(2) + v[1].pow(2);
    let gain = square(&solved) / (1 + square(&half));
    let steps = Derivation::of("What a new row takes away, and where it does not help")
        .cited(
            "tuned",
            "for Gaussian rows the best ridge is p sigma^2 / r^2 for every fixed signal",
            Source { paper: PAPER, result: "Lemma 2", link: LINK },
        )
        .identity("determinant", full, determinant, &lower)
        .twin("no-cross-term", |s| s.left(&entries[0] * &entries[2]))
        .identity("new-row", &before - after, gain.clone(), &lower)
        .twin("no-denominator", |s| s.right(square(&solved)))
        .nonneg("helps", gain.clone(), &lower)
        .twin("strictly", Draft::strictly);
    two_sizes(resolvent(steps))
}

/// $\gamma\lambda m^2 + (1 - \gamma + \lambda) m = 1$ at the tuned ridge, without cancellation.
fn resolvent(steps: Derivation) -> Derivation {
    let (missed, noise) = vars!("missed", "noise");
    let (g, lambda, m) = vars!("gamma", "lambda", "m");
    let any = Domain::new().open(&g, 0, INF).open(&lambda, 0, INF);
    let linear = 1 - &g + &lambda;
    let root = (linear.pow(2) + 4 * &g * &lambda).sqrt();
    let positive = (&root - &linear) / (2 * &g * &lambda);
    let equation = &g * &lambda * m.pow(2) + &linear * &m - 1;
    let models = any.clone().half_open(&missed, 0, INF).open(&noise, 0, INF);
    steps
        .cited(
            "limit",
            "features that are not used act as noise, and the trace of the resolvent tends to m",
            Source { paper: PAPER, result: "Theorem 3", link: LINK },
        )
        .identity("equation", equation.at(&m, positive.clone()), 0, &any)
        .twin("other-sign", |s| s.left(equation.at(&m, (&root + &linear) / (2 * &g * &lambda))))
        .identity("no-cancellation", RISK.clone(), &missed + &noise * &g * &positive, &models)
        .twin("no-floor", |s| s.right(&noise * &g * &positive))
}

/// The mean squared error with one observation has its minimum at $\mu = 400/2401$; with two it is
/// above that minimum at every $\mu$.
fn two_sizes(steps: Derivation) -> Derivation {
    let mu = var("mu");
    let (often, rare) = (ratio(49, 50), ratio(1, 50));
    let loud = 400_i32;
    // With c observations of the first input and m of the second.
    let error = |c: i32, m: i32| {
        let first = if c == 0 { Expr::from(1) } else { (&mu / (c + &mu)).pow(2) };
        let second = if m == 0 { Expr::from(0) } else { loud * m / (m + &mu).pow(2) };
        &rare * loud + &often * first + &rare * second
    };
    let one = &often * error(1, 0) + &rare * error(0, 1);
    let two =
        often.pow(2) * error(2, 0) + 2 * &often * &rare * error(1, 1) + rare.pow(2) * error(0, 2);
    let all = Domain::new().open(&mu, 0, INF);
    let star = ratio(400, 2401);
    let least = one.at(&mu, star.clone());
    let gap = &two - &least;
    let near = Domain::new().closed(&mu, ratio(1, 100), 4);
    steps
        .nonneg("one-falls", -one.d(&mu), &all.below(&mu, &star))
        .twin("too-far", |s| s.on(&all.below(&mu, &ratio(1, 2))))
        .nonneg("one-rises", one.d(&mu), &all.above(&mu, &star))
        .twin("everywhere", |s| s.on(&all))
        .conclude(
            "one-least",
            Rule::MinimumBySlope {
                of: one.clone(),
                in_: mu.clone(),
                at: star,
                from: ["one-falls", "one-rises"],
            },
        )
        .twin("sixth", |s| s.put(ratio(1, 6)))
        .infimum("two-at-least", two.clone(), decimal("8.17907"), &near)
        .twin("more", |s| s.claimed(decimal("8.1791")))
        .positive("one-is-better", gap.clone(), &all)
        .twin("by-a-tenth", |s| s.of(&gap - ratio(1, 10)))
}

fn projected() -> Claim {
    Claim::new(
        "projected",
        Limit {
            domain: |given| Model {
                ratio: given.ratio("ratio", 1..=10, 2),
                share: given.ratio("share", 1..=10, 10),
                r2: given.scale("r2", 0.5..=4.0),
                sigma2: given.scale("sigma2", 0.1..=2.0),
            },
            theory: |m| tuned(m).value(),
            observable: Each(least_risk),
            sizes: &[100, 200, 400, 800],
            // Moments of the Marchenko-Pastur law under a smooth function have, for Gaussian
            // matrices, an expansion in whole powers of 1/n: the term after 1/n is its square.
            correction: Correction::INVERSE_N.then(2.0),
            resolution: Relative(0.003),
            known: vec![
                // By mpmath: n = 100, p = 500 and d = 5, 100 and 500.
                (five(0.01), 0.998_459_713_474_939_02),
                (five(0.2), 0.968_465_843_842_649_08),
                (five(1.0), 0.821_699_056_602_830_19),
            ],
            mutants: [
                Mutant {
                    name: "visible-noise",
                    why: "tunes for the noise of the labels, and forgets what is not used",
                    says: |m| {
                        let clean = Model { r2: m.r2 * m.share, share: 1.0, ..*m };
                        let used = Model { ratio: m.ratio * m.share, ..clean };
                        m.r2 * (1.0 - m.share) + tuned(&used).value()
                    },
                },
                Mutant {
                    name: "null-risk",
                    why: "believes that a fit cannot be better than none",
                    says: |m| m.r2,
                },
                Mutant {
                    name: "no-floor",
                    why: "compares with the best use of the features that are used",
                    says: |m| tuned(m).value() - m.r2 * (1.0 - m.share),
                },
                Mutant {
                    name: "hundred-inputs",
                    why: "divides the squared error on 100 new inputs by 99",
                    says: |m| tuned(m).value() * 100.0 / 99.0,
                },
            ],
            curve: Curve {
                x: "share",
                grid: Grid::Linear { from: 0.1, to: 1.0, points: 10 },
                at: five,
            },
        },
        Tie::formula(tuned),
    )
}

fn new_row() -> Claim {
    Claim::new(
        "new-row",
        Identity {
            domain: any_rows,
            left: |r| traces(r)[1],
            right: |r| traces(r)[0] - gain(r, |norm, form| norm / (1.0 + form)),
            known: vec![(two_rows(1.0), 1.0)],
            mutants: [
                Mutant {
                    name: "no-denominator",
                    why: "forgets that a row which is seen already adds less",
                    says: |r| traces(r)[0] - gain(r, |norm, _| norm),
                },
                Mutant {
                    name: "form",
                    why: "takes the leverage of the row for what it takes away",
                    says: |r| traces(r)[0] - gain(r, |_, form| form / (1.0 + form)),
                },
                Mutant {
                    name: "hurts",
                    why: "adds what is taken away",
                    says: |r| traces(r)[0] + gain(r, |norm, form| norm / (1.0 + form)),
                },
            ],
            curve: Curve {
                x: "mu",
                grid: Grid::Log { from: 0.1, to: 10.0, points: 21 },
                at: two_rows,
            },
        },
        Tie::none("traces of inverses of matrices of any size: the derivation has two features"),
    )
}

fn samples() -> Claim {
    Claim::new(
        "samples",
        Property {
            domain: |given| Growth { model: all_features(given), t: given.scale("t", 1.0..=50.0) },
            margin: |g| fewer(g, 1.0),
            known: vec![(Growth { model: five(1.0), t: 2.0 }, 0.205_167_777_464_528_68)],
            mutants: [
                Mutant {
                    name: "hardly-any-ridge",
                    why: "takes a ten-thousandth of the best ridge",
                    says: |g| fewer(g, 1e-4),
                },
                Mutant {
                    name: "thirtieth",
                    why: "forgets the factor p in the best ridge, at p = 30",
                    says: |g| fewer(g, 1.0 / 30.0),
                },
                Mutant {
                    name: "inverse",
                    why: "lets the risk fall like the inverse of the number of observations",
                    says: |g| fewer(g, 1.0) - (1.0 - 1.0 / g.t),
                },
            ],
            curve: Curve {
                x: "t",
                grid: Grid::Log { from: 1.0, to: 50.0, points: 30 },
                at: |t| Growth { model: five(1.0), t },
            },
        },
        Tie::none("one less a ratio of two values of the limit that the claim projected ties"),
    )
}

fn model_size() -> Claim {
    Claim::new(
        "model-size",
        Property {
            domain: |given| Growth {
                model: Model { share: given.real("share", 0.02..=1.0), ..all_features(given) },
                t: given.real("t", 0.0..=1.0),
            },
            margin: |g| larger(g, 1.0),
            known: vec![(Growth { model: five(0.2), t: 1.0 }, 0.151_545_651_478_509_7)],
            mutants: [
                Mutant {
                    name: "hardly-any-ridge",
                    why: "takes a ten-thousandth of the best ridge",
                    says: |g| larger(g, 1e-4),
                },
                Mutant {
                    name: "thirtieth",
                    why: "forgets the factor p in the best ridge, at p = 30",
                    says: |g| larger(g, 1.0 / 30.0),
                },
                Mutant {
                    name: "larger-hurt",
                    why: "believes that larger models overfit, tuned or not",
                    says: |g| -larger(g, 1.0),
                },
            ],
            curve: Curve {
                x: "share",
                grid: Grid::Linear { from: 0.02, to: 0.98, points: 25 },
                at: |share| Growth { model: five(share), t: 0.5 },
            },
        },
        Tie::none("one less a ratio of two values of the limit that the claim projected ties"),
    )
}

fn counterexample() -> Claim {
    Claim::new(
        "counterexample",
        Property {
            // The paper has 20.
            domain: |given| given.real("label", 16.0..=24.0),
            margin: |label| least_error(*label, 2) - least_error(*label, 1),
            known: vec![(20.0, 0.022_319_304_400_640_63)],
            mutants: [
                Mutant {
                    name: "more-data-help",
                    why: "takes the theorem for Gaussian rows to hold for every law",
                    says: |label| least_error(*label, 1) - least_error(*label, 2),
                },
                Mutant {
                    name: "third-observation",
                    why: "believes that a hundred observations hurt as well",
                    says: |label| least_error(*label, 100) - least_error(*label, 1),
                },
                Mutant {
                    name: "by-a-tenth",
                    why: "overstates how much a second observation hurts",
                    says: |label| least_error(*label, 2) - least_error(*label, 1) - 0.1,
                },
            ],
            curve: Curve {
                x: "label",
                grid: Grid::Linear { from: 16.0, to: 24.0, points: 17 },
                at: |label| label,
            },
        },
        Tie::none("a difference of two minima: the derivation compares them at the label 20"),
    )
}

fn all_features(given: &mut Given) -> Model {
    Model {
        ratio: given.scale("ratio", 0.1..=10.0),
        share: 1.0,
        r2: given.scale("r2", 0.25..=4.0),
        sigma2: given.scale("sigma2", 0.02..=4.0),
    }
}

/// $p/n = 5$, $r^2 = 1$, $\sigma^2 = 0.1$.
fn five(share: f64) -> Model {
    Model { ratio: 5.0, share, r2: 1.0, sigma2: 0.1 }
}

fn any_rows(given: &mut Given) -> Rows {
    let p = given.count("p", 2..=8);
    let n = given.count("n", 0..=10);
    let mu = given.scale("mu", 0.1..=10.0);
    let mut rng = given.data("rows");
    let (mut rows, mut new) = (vec![0.0; n * p], vec![0.0; p]);
    rng.fill_normal(&mut rows);
    rng.fill_normal(&mut new);
    Rows { p, mu, rows, new }
}

/// The row $(1, 0)$, and $(1, 1)$ new.
fn two_rows(mu: f64) -> Rows {
    Rows { p: 2, mu, rows: vec![1.0, 0.0], new: vec![1.0, 1.0] }
}

/// The Cholesky factor of $X^\top X + \mu I$, with or without the new row; NaN without one.
fn factor(r: &Rows, with_new: bool) -> Vec<f64> {
    let p = r.p;
    let mut matrix = vec![0.0; p * p];
    (0..p).for_each(|i| matrix[i * p + i] = r.mu);
    let new = if with_new { r.new.as_slice() } else { &[] };
    for row in r.rows.chunks_exact(p).chain(new.chunks_exact(p)) {
        for (line, x) in matrix.chunks_exact_mut(p).zip(row) {
            add_scaled(line, *x, row);
        }
    }
    match cholesky_in_place(&mut matrix, p) {
        Ok(()) => matrix,
        Err(_) => vec![f64::NAN; p * p],
    }
}

/// $\operatorname{tr} A^{-1}$ without and with the new row.
fn traces(r: &Rows) -> [f64; 2] {
    let mut column = vec![0.0; r.p];
    [false, true].map(|with_new| inverse_trace(&factor(r, with_new), r.p, &mut column))
}

/// A function of $\|A^{-1} x\|^2$ and $x^\top A^{-1} x$.
fn gain(r: &Rows, of: fn(f64, f64) -> f64) -> f64 {
    let factor = factor(r, false);
    let mut solved = r.new.clone();
    solve_lower(&factor, r.p, &mut solved);
    let form = dot(&solved, &solved);
    solve_lower_transposed(&factor, r.p, &mut solved);
    of(dot(&solved, &solved), form)
}

/// The limit of the risk at a multiple of the best ridge:
/// $r^2 (1-\delta) + r^2 \delta \lambda^2 m_1 + s^2 \gamma (m - \lambda m_1)$, $m_1 =
/// -m'(\lambda)$.
fn risk_at(m: &Model, multiple: f64) -> f64 {
    let missed = m.r2 * (1.0 - m.share);
    let noise = m.sigma2 + missed;
    let (gamma, lambda) = (m.share * m.ratio, multiple * m.ratio * noise / m.r2);
    let linear = 1.0 - gamma + lambda;
    let root = (linear * linear + 4.0 * gamma * lambda).sqrt();
    let trace =
        if linear > 0.0 { 2.0 / (linear + root) } else { (root - linear) / (2.0 * gamma * lambda) };
    let slope = (gamma * trace * trace + trace) / root;
    let bias = m.r2 * m.share * lambda * lambda * slope;
    missed + bias + noise * gamma * (trace - lambda * slope)
}

/// How much the risk falls, as a fraction, with $t$ times as many observations.
fn fewer(g: &Growth, multiple: f64) -> f64 {
    let more = Model { ratio: g.model.ratio / g.t, ..g.model };
    1.0 - risk_at(&more, multiple) / risk_at(&g.model, multiple)
}

/// How much the risk falls, as a fraction, with a fraction $t$ of the features that are left.
fn larger(g: &Growth, multiple: f64) -> f64 {
    let share = g.model.share + g.t * (1.0 - g.model.share);
    let larger = Model { share, ..g.model };
    1.0 - risk_at(&larger, multiple) / risk_at(&g.model, multiple)
}

/// The least mean squared error on new data with $n$ observations of the two-point law:
/// by a search in $\log \mu$.
fn least_error(label: f64, n: usize) -> f64 {
    let rare = 0.02_f64;
    let error = |mu: f64| {
        let mut mean = 0.0;
        let mut weight = rare.powi(n as i32);
        for c in 0..=n {
            let (c_, m) = (c as f64, (n - c) as f64);
            let first = (mu / (c_ + mu)).powi(2);
            let second = label * label * m / (m + mu).powi(2);
            mean += weight * ((1.0 - rare) * first + rare * second);
            weight *= m / (c_ + 1.0) * (1.0 - rare) / rare;
        }
        rare * label * label + mean
    };
    least_value(|log| error(log.exp()), -9.0, 9.0)
}

/// The risk of ridge regression at its best ridge on $d = \delta \phi n$ features, given their
/// design: bias and variance from the same spectrum, averaged over the directions of the signal.
fn least_risk(m: Model, n: usize) -> Sampler {
    let size = n as f64;
    let p = m.ratio * size;
    let d = (m.share * p).round() as usize;
    let missed = m.r2 * (1.0 - m.share);
    let noise = m.sigma2 + missed;
    let ridge = p * noise / m.r2;
    let unseen = d.saturating_sub(n) as f64;
    let each = m.r2 * m.share / d as f64;
    Sampler::new(move |rng| {
        let (first, second) = trace_resolvent(rng, n, d, ridge);
        let bias = each * (ridge * ridge * second + unseen);
        missed + bias + noise * (first - ridge * second)
    })
}
