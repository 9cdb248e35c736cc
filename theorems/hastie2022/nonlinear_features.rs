//! Random features without a linear part have the variance of independent ones.
//!
//! The features of a random layer are functions of far fewer numbers, and yet least squares on them
//! is as noisy as on features that have nothing to do with each other, however small the dimension
//! is, as long as the activation is purely nonlinear. A linear part makes it worse, by a term that
//! depends on the dimension.

use super::{LINK, PAPER, columns, tail_index};
use crate::mei2022::random_features::{full_overlap, variance_beyond, zeta2};
use std::sync::LazyLock;
use theoremcheck::models::centred_features::{Activation, CentredFeatures};
use theoremcheck::models::random_features::LeakyRectifier;
use theoremcheck::prelude::*;

/// $p = \gamma n$ features of $d = \psi p$ inputs; $\sigma = 1$ without loss of generality.
#[derive(Clone, Copy, Debug)]
struct Features {
    gamma: f64,
    psi: f64,
    activation: Activation,
}

/// The centred leaky rectifier with a slope.
#[derive(Clone, Copy, Debug)]
struct Leaky {
    gamma: f64,
    psi: f64,
    slope: f64,
}

const ABSOLUTE: Activation = Activation::Rectifier(LeakyRectifier { slope: -1.0 });

/// Multiples of four, so that $p = \gamma n$ and $d = \psi p$ are whole at each.
const SIZES: &[usize] = &[8, 16, 32, 64];

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "hastie2022.nonlinear-features",
        alias: "hmrt.nonlinear-features",
        title: "Purely nonlinear features have the variance of independent ones",
        source: Source {
            paper: PAPER,
            result: "Theorem 8 (number unverified) for a purely nonlinear activation; with a \
                     linear part the variance is that of Mei and Montanari (2022), whose form here \
                     is derived",
            link: LINK,
        },
        statement: r"Let $x = \varphi(W z) \in R^p$, entry by entry, with $z \sim N(0, I_d)$ and
            independent rows of $W \in R^{p \times d}$ that are uniform on the unit sphere, where
            $E \varphi(G) = 0$, $E \varphi(G)^2 = 1$ for a standard normal $G$, and
            $c_1 = (E[G \varphi(G)])^2$. Let $V = \sigma^2 \operatorname{tr} (\Sigma_W
            (X^\top X)^+)$ be the variance of least squares on $n$ points for noise of variance
            $\sigma^2$, with $\Sigma_W = E[x x^\top \mid W]$, and let $n, p, d \to \infty$ with
            $p/n \to \gamma > 1$ and $d/p \to \psi \in (0, \infty)$. If $c_1 = 0$, then on average
            over points and $W$, and in probability, $V \to \frac{\sigma^2}{\gamma - 1}$ for every
            $\psi$. If $c_1 \in (0, 1)$, let $\zeta^2 = \frac{c_1}{1 - c_1}$ and $q > 0$ the one
            root of $q + \frac{\zeta^2 q}{1 + \zeta^2 q} = \frac{1}{\gamma \psi}$; then
            $V \to \sigma^2 \bigl(\frac{1}{\gamma - 1} +
            \frac{\zeta^4 q}{(1 + \zeta^2 q)^2 + \zeta^2}\bigr)$, which is larger for every $\psi$.
            Checked for $|t|$ and $t^2$, and for leaky rectifiers, all centred and scaled.",
        claims: vec![purely_nonlinear(), rectifier()],
        derivation: linear_part,
    }
}

/// $\frac{1}{\gamma - 1}$.
static WITHOUT: LazyLock<Expr> = LazyLock::new(|| 1 / (var("gamma") - 1));

/// What a linear part adds.
static ADDED: LazyLock<Expr> = LazyLock::new(|| {
    let (q, z) = vars!("q", "zeta2");
    z.pow(2) * &q / ((1 + &z * &q).pow(2) + z)
});

static WITH: LazyLock<Expr> = LazyLock::new(|| &*WITHOUT + &*ADDED);

/// $q + \frac{\zeta^2 q}{1 + \zeta^2 q}$.
static OVERLAP: LazyLock<Expr> = LazyLock::new(|| {
    let (q, z) = vars!("q", "zeta2");
    &q + &z * &q / (1 + &z * &q)
});

/// The equation for $q$.
static EQUATION: LazyLock<Expr> = LazyLock::new(|| &*OVERLAP - 1 / (var("gamma") * var("psi")));

/// Kernels without a linear term, and the published variance with one.
fn linear_part() -> Derivation {
    let (g, psi, q, z) = vars!("gamma", "psi", "q", "zeta2");
    let (c, t, slope, a) = vars!("c", "t", "slope", "alpha");
    let weight = (-(t.pow(2) / 2)).exp();
    let halves = Domain::new().half_open(&t, 0, INF);
    let arc = (1 - c.pow(2)).sqrt() + &c * (pi() / 2 - c.acos());
    let pairs = Domain::new().open(&c, -1, 1);
    let (odd, even) = ((1 + &slope) / 2, (1 - &slope) / 2);
    let rest = (1 + slope.pow(2)) / 2 - 2 * even.pow(2) / pi() - odd.pow(2);
    let slopes = Domain::new().open(&slope, -1, 1);
    let published = variance_beyond();
    let inside = Domain::new().open(&q, 0, INF).open(&z, 0, INF);
    let gaps = inside.clone().open(&a, 0, INF);
    let ratios = inside.clone().open(&g, 1, INF).open(&psi, 0, INF);
    let gap = 1 / &psi - 1 / (&g * &psi);
    let sizes = Domain::new().open(&g, 1, INF).open(&psi, 0, INF);
    Derivation::of("What a linear part adds to the variance")
        .cited(
            "limit",
            "the variance tends to that of independent features if the activation has no linear \
             part",
            Source { paper: PAPER, result: "Theorem 8 (number unverified)", link: LINK },
        )
        .cited(
            "limit-with-linear-part",
            "the variance tends to the published ratio at psi_1 = 1 / psi, \
             psi_2 = 1 / (gamma psi) in general",
            Source {
                paper: "Mei, Montanari (2022), The generalization error of random features \
                        regression: precise asymptotics and the double descent curve",
                result: "Theorem 3 (number unverified)",
                link: "arXiv:1908.05355",
            },
        )
        .identity("half-mean-slope", (-&weight).d(&t), &t * &weight, &halves)
        .twin("no-factor", |s| s.right(weight.clone()))
        .conclude(
            "half-mean",
            Rule::Ftc {
                integrand: &t * &weight,
                antiderivative: -&weight,
                in_: t.clone(),
                from: ["half-mean-slope"],
            },
        )
        .twin("sign", |s| s.put(weight.clone()))
        .identity("absolute-kernel", arc.d(&c), pi() / 2 - c.acos(), &pairs)
        .twin("no-half-turn", |s| s.right(-c.acos()))
        .identity("no-linear-term", (pi() / 2 - c.acos()).at(&c, 0), 0, &Domain::new())
        .twin("rectifier", |s| s.left((pi() - c.acos()).at(&c, 0)))
        .identity("square-kernel", ((1 + 2 * c.pow(2)) - 1) / 2, c.pow(2), &pairs)
        .twin("not-centred", |s| s.left((1 + 2 * c.pow(2)) / 2))
        .identity("remainder", rest, even.pow(2) * (1 - 2 / pi()), &slopes)
        .twin("mean-kept", |s| s.right(even.pow(2)))
        .unique_root("overlap", EQUATION.clone(), &q, &ratios)
        .twin("other-sign", |s| s.of(&*OVERLAP + 1 / (&g * &psi)))
        .identity("gap", 1 / (&g * &psi) / &gap, WITHOUT.clone(), &sizes)
        .twin("depends-on-psi", |s| s.right(&*WITHOUT / &psi))
        .identity("split", published.clone(), &*OVERLAP / &a + &*ADDED, &gaps)
        .twin("isotropic", |s| s.right(&*OVERLAP / &a))
        .identity("with-linear-part", WITH.clone(), &*WITHOUT + &*ADDED, &{
            inside.clone().open(&g, 1, INF)
        })
        .twin("half", |s| s.right(&*WITHOUT + &*ADDED / 2))
        .positive("more", ADDED.clone(), &inside)
        .twin("less", |s| s.of(-&*ADDED))
}

fn without(f: &Features) -> Formula {
    Formula::of("gap", &WITHOUT, [("gamma", f.gamma)])
}

fn with(f: &Leaky) -> Formula {
    let values = [
        ("gamma", f.gamma),
        ("psi", f.psi),
        ("zeta2", zeta2(f.slope)),
        ("q", full_overlap(1.0 / (f.gamma * f.psi), zeta2(f.slope))),
    ];
    Formula::of("with-linear-part", &WITH, values).root(&var("q"), &EQUATION, "overlap")
}

// The ranges of both claims are narrower than the theorem's for the cost of a check alone.

fn purely_nonlinear() -> Claim {
    Claim::new(
        "purely-nonlinear",
        Limit {
            domain: |given| {
                let activations = [("square", Activation::Square), ("absolute", ABSOLUTE)];
                let activation = given.choice("activation", &activations);
                // Quadratic features are p vectors of about d^2 / 2 entries: for them the term in
                // 1/n comes with p / d, and small psi asks for larger sizes.
                let least = if activation == ABSOLUTE { 2 } else { 4 };
                let gamma = given.ratio("gamma", 4..=7, 2);
                Features { gamma, psi: given.ratio("psi", least..=6, 4), activation }
            },
            theory: |f| without(f).value(),
            observable: Each(variance),
            sizes: SIZES,
            // Measured at n = 20, 40, 80 the mean is off by c/n, with what is left of it falling at
            // least like n^{-3/2}: no proof of whole powers is known for these features.
            correction: Correction::INVERSE_N.then(1.5),
            resolution: Relative(0.03),
            known: vec![
                (absolute(2.0, 0.5), 1.0),
                (absolute(5.0, 2.0), 0.25),
                (Features { gamma: 3.0, psi: 1.0, activation: Activation::Square }, 0.5),
            ],
            mutants: [
                Mutant {
                    name: "rectifier",
                    why: "takes the variance of the centred rectifier",
                    says: |f| with(&Leaky { gamma: f.gamma, psi: f.psi, slope: 0.0 }).value(),
                },
                Mutant {
                    name: "by-dimension",
                    why: "counts as many features as there are inputs, where these are fewer",
                    says: |f| 1.0 / (f.gamma - 1.0) / f.psi.min(1.0),
                },
                Mutant {
                    name: "fixed-design",
                    why: "takes the risk on the training inputs",
                    says: |_| 1.0,
                },
                Mutant {
                    name: "held-out",
                    why: "keeps one of 20 points for validation",
                    says: |f| 1.0 / (f.gamma / 0.95 - 1.0),
                },
            ],
            curve: Curve {
                x: "gamma",
                grid: Grid::At(&[2.0, 2.5, 3.0, 3.5, 4.0]),
                at: |gamma| absolute(gamma, 1.0),
            },
        },
        Tie::formula(without),
    )
    // A draw costs p^2 d.
    .price(3.0)
    .dear()
}

fn rectifier() -> Claim {
    Claim::new(
        "rectifier",
        Limit {
            domain: |given| Leaky {
                gamma: given.ratio("gamma", 4..=7, 2),
                psi: given.ratio("psi", 2..=4, 4),
                slope: given.real("slope", -0.5..=0.5),
            },
            theory: |f| with(f).value(),
            observable: Each(|f, n| {
                let activation = Activation::Rectifier(LeakyRectifier { slope: f.slope });
                variance(Features { gamma: f.gamma, psi: f.psi, activation }, n)
            }),
            sizes: SIZES,
            // As for purely nonlinear activations.
            correction: Correction::INVERSE_N.then(1.5),
            resolution: Relative(0.03),
            known: vec![
                // By mpmath, from the published polynomials.
                (Leaky { gamma: 2.0, psi: 0.5, slope: 0.0 }, 1.438_450_621_348_934_4),
                (Leaky { gamma: 2.0, psi: 2.0, slope: 0.0 }, 1.137_148_328_224_375_9),
                (Leaky { gamma: 3.0, psi: 1.0, slope: 0.3 }, 0.838_206_471_891_981_25),
            ],
            mutants: [
                Mutant {
                    name: "independent",
                    why: "takes the variance of independent features whatever the activation",
                    says: |f| 1.0 / (f.gamma - 1.0),
                },
                Mutant {
                    name: "not-squared",
                    why: "puts zeta^2 for zeta^4 in what is added",
                    says: |f| {
                        let free = 1.0 / (f.gamma - 1.0);
                        free + (with(f).value() - free) / zeta2(f.slope)
                    },
                },
                Mutant {
                    name: "per-point",
                    why: "reads psi as the number of inputs over that of points",
                    says: |f| with(&Leaky { psi: f.psi / f.gamma, ..*f }).value(),
                },
                Mutant {
                    name: "held-out",
                    why: "keeps one of 20 points for validation",
                    says: |f| with(&Leaky { gamma: f.gamma / 0.95, ..*f }).value(),
                },
            ],
            curve: Curve {
                x: "gamma",
                grid: Grid::At(&[2.0, 2.5, 3.0, 3.5, 4.0]),
                at: |gamma| Leaky { gamma, psi: 0.5, slope: 0.0 },
            },
        },
        Tie::formula(with),
    )
    .price(3.0)
    .dear()
}

fn absolute(gamma: f64, psi: f64) -> Features {
    Features { gamma, psi, activation: ABSOLUTE }
}

/// $V$ given directions and points.
fn variance(f: Features, n: usize) -> Sampler {
    let p = columns(f.gamma, n);
    let d = columns(f.psi, p);
    let mut model = CentredFeatures::new(d, p, n, f.activation);
    // Of probability 0; the harness reports what is not a number.
    Sampler::new(move |rng| model.draw(rng).unwrap_or(f64::NAN))
        // Two rows are close where their points are, or, for an even activation, opposite: within
        // r with a probability of order r^d, which makes V as large as r^{-2}.
        .tail_index(tail_index(n, p).min(0.5 * d as f64))
}
