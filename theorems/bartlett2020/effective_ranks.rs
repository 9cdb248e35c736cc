//! Two effective ranks of the tail of a spectrum, and how they are ordered.
//!
//! Whether an interpolator overfits benignly depends on the eigenvalues of the covariance through
//! two numbers that count the directions of its tail: one against the largest of them, one
//! against their spread. The larger is at most the square of the smaller, so that either may be
//! asked to be large.

use super::{LINK, PAPER, tail_sums};
use std::sync::LazyLock;
use theoremcheck::prelude::*;

/// Eigenvalues, decreasing, and how many are left out.
#[derive(Clone, Debug)]
struct Tail {
    eigenvalues: Vec<f64>,
    k: usize,
}

/// $\lambda_i = q^i$ for $i \le p$.
#[derive(Clone, Copy, Debug)]
struct Geometric {
    q: f64,
    p: usize,
    k: usize,
}

/// $r_k(\Sigma)$, $R_k(\Sigma)$ and $r_k(\Sigma^2)$.
#[derive(Clone, Copy, Debug)]
struct Ranks {
    first: f64,
    second: f64,
    of_square: f64,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "bartlett2020.effective-ranks",
        alias: "bllt.effective-ranks",
        title: "Relations between the two effective ranks",
        source: Source {
            paper: PAPER,
            result: "Definition 3 and Lemma 5 of the third arXiv version (numbers unverified)",
            link: LINK,
        },
        statement: r"Let $\lambda_1 \ge \lambda_2 \ge \dots > 0$ be the eigenvalues of $\Sigma$,
            with a finite sum, and for whole $k \ge 0$
            $r_k(\Sigma) = \frac{\sum_{i>k} \lambda_i}{\lambda_{k+1}}$ and
            $R_k(\Sigma) = \frac{(\sum_{i>k} \lambda_i)^2}{\sum_{i>k} \lambda_i^2}$. Then
            $r_k(\Sigma)^2 = r_k(\Sigma^2) R_k(\Sigma)$ and
            $1 \le r_k(\Sigma^2) \le r_k(\Sigma) \le R_k(\Sigma) \le r_k(\Sigma)^2$. All three
            ranks are the number of eigenvalues left if these are equal. For $\lambda_i = q^i$,
            $i \le p$, and $u = q^{p-k}$ they are $r_k(\Sigma) = \frac{1-u}{1-q}$,
            $R_k(\Sigma) = \frac{(1+q)(1-u)}{(1-q)(1+u)}$ and
            $r_k(\Sigma^2) = \frac{1-u^2}{1-q^2}$, which do not grow with $p$: no tail that falls
            geometrically has many directions.",
        claims: vec![product(), chain(), geometric()],
        derivation: links,
    }
}

/// $r_k$, $R_k$ and $r_k(\Sigma^2)$ of a geometric sequence.
static GEOMETRIC: LazyLock<[Expr; 3]> = LazyLock::new(|| {
    let (q, u) = vars!("q", "u");
    [
        (1 - &u) / (1 - &q),
        (1 + &q) * (1 - &u) / ((1 - &q) * (1 + &u)),
        (1 - u.pow(2)) / (1 - q.pow(2)),
    ]
});

/// With $r = r_k(\Sigma)$ and $t = r_k(\Sigma^2)$, so that $R_k = r^2 / t$: every link is
/// $x^2 \le x$ for the eigenvalues over the largest of them, or that this one counts 1.
fn links() -> Derivation {
    let (x, r, t) = vars!("x", "r", "t");
    let (sum, squares, largest) = vars!("S", "Q", "lambda");
    let (q, u, w) = vars!("q", "u", "w");
    let with_rest = Domain::new().open(&largest, 0, INF).half_open(&w, 0, INF);
    let second = r.pow(2) / &t;
    let positive = Domain::new().open(&sum, 0, INF).open(&squares, 0, INF).open(&largest, 0, INF);
    let ordered = Domain::new().half_open(&t, 1, INF).half_open(&r, &t, INF);
    let some = Domain::new().open(&t, 0, INF).open(&r, 0, INF);
    let falling = Domain::new().open(&q, 0, 1).open(&u, 0, 1);
    let ratio_ = Domain::new().open(&q, 0, 1);
    let [g, h, s] = &*GEOMETRIC;
    Derivation::of("Links of the chain of effective ranks")
        .identity(
            "definition",
            (&sum / &largest).pow(2),
            &squares / largest.pow(2) * (sum.pow(2) / &squares),
            &positive,
        )
        .twin("no-square", |d| d.left(&sum / &largest))
        .nonneg("each-term", &x - x.pow(2), &Domain::new().closed(&x, 0, 1))
        .twin("not-the-largest", |d| d.on(&Domain::new().closed(&x, 0, 2)))
        .nonneg("largest-counts-one", (largest.pow(2) + &w) / largest.pow(2) - 1, &with_rest)
        .twin("strictly", Draft::strictly)
        .nonneg("first-below-second", &second - &r, &ordered)
        .twin("any-order", |d| d.on(&some))
        .nonneg("second-below-square", r.pow(2) - &second, &ordered)
        .twin("any-order", |d| d.on(&some))
        .identity("geometric-first", g.clone(), (1 - &u) * (1 + &q) / (1 - q.pow(2)), &falling)
        .twin("no-end", |d| d.right(1 / (1 - &q)))
        .identity("geometric-second", h.clone(), g.pow(2) / s, &falling)
        .twin("no-end", |d| d.right((1 + &q) / (1 - &q)))
        .identity("geometric-square", s.clone(), g * (1 + &u) / (1 + &q), &falling)
        .twin("first", |d| d.right(g.clone()))
        .limit("never-many", h.clone(), &u, Toward::Above(0.into()), (1 + &q) / (1 - &q), &ratio_)
        .twin("first", |d| d.value(1 / (1 - &q)))
}

fn product() -> Claim {
    Claim::new(
        "product",
        Identity {
            domain: any_tail,
            left: |t| ranks(t).first.powi(2),
            right: |t| ranks(t).of_square * ranks(t).second,
            known: vec![(powers(2.0), 24.165_299_027_928_23)],
            mutants: [
                Mutant {
                    name: "not-squared",
                    why: "multiplies by the rank of the covariance, not of its square",
                    says: |t| ranks(t).first * ranks(t).second,
                },
                Mutant {
                    name: "first-power",
                    why: "forgets the square on the left",
                    says: |t| ranks(t).first,
                },
                Mutant {
                    name: "one-more",
                    why: "counts the eigenvalue k + 1 among those left out",
                    says: |t| {
                        let next = Tail { k: t.k + 1, ..t.clone() };
                        ranks(&next).of_square * ranks(&next).second
                    },
                },
            ],
            curve: Curve {
                x: "exponent",
                grid: Grid::Linear { from: 0.0, to: 4.0, points: 41 },
                at: powers,
            },
        },
        Tie::none("sums over a spectrum of any length: the step definition has their ratio"),
    )
}

fn chain() -> Claim {
    Claim::new(
        "chain",
        Property {
            domain: any_tail,
            margin: |t| {
                let Ranks { first, second, of_square } = ranks(t);
                let links = [of_square - 1.0, first / of_square - 1.0, second / first - 1.0];
                links.into_iter().fold(first * first / second - 1.0, f64::min)
            },
            known: vec![(powers(2.0), 1.205_462_133_521_001_2)],
            mutants: [
                Mutant {
                    name: "reversed",
                    why: "takes the rank against the largest eigenvalue for the larger one",
                    says: |t| ranks(t).first / ranks(t).second - 1.0,
                },
                Mutant {
                    name: "below-the-square",
                    why: "bounds R_k by the rank of the squared covariance",
                    says: |t| ranks(t).of_square / ranks(t).second - 1.0,
                },
                Mutant {
                    name: "previous-eigenvalue",
                    why: "divides by the last eigenvalue left out, not by the first that is kept",
                    says: |t| {
                        let previous = t.eigenvalues[t.k.saturating_sub(1)];
                        let first = tail_sums(&t.eigenvalues, t.k)[0] / previous;
                        first * first / ranks(t).second - 1.0
                    },
                },
                Mutant {
                    name: "lower-power",
                    why: "bounds R_k by the power 1.9 of r_k",
                    says: |t| ranks(t).first.powf(1.9) / ranks(t).second - 1.0,
                },
            ],
            curve: Curve {
                x: "exponent",
                grid: Grid::Linear { from: 0.0, to: 4.0, points: 41 },
                at: powers,
            },
        },
        Tie::none("the least of four ratios of sums, of which the derivation has each"),
    )
}

fn geometric() -> Claim {
    Claim::new(
        "geometric",
        Identity {
            domain: any_ratio,
            left: |g| {
                let Ranks { first, second, of_square } = ranks(&tail_of(g));
                [first, second, of_square]
            },
            right: |g| closed(g).map(|formula| formula.value()),
            known: vec![
                // 2, 3 and 4/3 but for 2^-60.
                (Geometric { q: 0.5, p: 63, k: 3 }, [2.0, 3.0, 1.333_333_333_333_333_3]),
                (Geometric { q: 0.5, p: 3, k: 1 }, [1.5, 1.8, 1.25]),
            ],
            mutants: [
                Mutant {
                    name: "infinite",
                    why: "forgets that the spectrum ends at p",
                    says: |g| {
                        let first = 1.0 / (1.0 - g.q);
                        [first, (1.0 + g.q) * first, first / (1.0 + g.q)]
                    },
                },
                Mutant {
                    name: "all-left",
                    why: "takes the number of eigenvalues left for R_k",
                    says: |g| {
                        let [first, _, of_square] = closed(g).map(|formula| formula.value());
                        [first, (g.p - g.k) as f64, of_square]
                    },
                },
                Mutant {
                    name: "shifted",
                    why: "counts k from 1",
                    says: |g| {
                        let shifted = Geometric { p: g.p + 1, ..*g };
                        closed(&shifted).map(|formula| formula.value())
                    },
                },
            ],
            curve: Curve {
                x: "q",
                grid: Grid::Linear { from: 0.05, to: 0.95, points: 37 },
                at: |q| Geometric { q, p: 12, k: 2 },
            },
        },
        Tie::formula(closed),
    )
    .components(&["r_k", "R_k", "r_k of the square"])
}

/// From all equal to four decades, none to all but two left out.
fn any_tail(given: &mut Given) -> Tail {
    let p = given.count("p", 3..=30);
    let k = given.count("k", 0..=p - 2);
    let spread = given.scale("spread", 1.0..=1e4);
    Tail { eigenvalues: given.spectrum("spectrum", p, 1.0 / spread..=1.0), k }
}

fn any_ratio(given: &mut Given) -> Geometric {
    let p = given.count("p", 2..=40);
    Geometric { q: given.real("q", 0.05..=0.95), p, k: given.count("k", 0..=p - 1) }
}

/// $\lambda_i = i^{-\alpha}$, $i \le 40$, $k = 4$.
fn powers(alpha: f64) -> Tail {
    Tail { eigenvalues: (1..=40).map(|i| f64::from(i).powf(-alpha)).collect(), k: 4 }
}

fn tail_of(g: &Geometric) -> Tail {
    Tail { eigenvalues: (1..=g.p).map(|i| g.q.powi(i as i32)).collect(), k: g.k }
}

/// The closed forms.
fn closed(g: &Geometric) -> [Formula; 3] {
    let values = [("q", g.q), ("u", g.q.powi((g.p - g.k) as i32))];
    let steps = ["geometric-first", "geometric-second", "geometric-square"];
    std::array::from_fn(|i| Formula::of(steps[i], &GEOMETRIC[i], values))
}

/// By sums over the tail.
fn ranks(t: &Tail) -> Ranks {
    let [sum, squares] = tail_sums(&t.eigenvalues, t.k);
    let largest = t.eigenvalues[t.k];
    Ranks {
        first: sum / largest,
        second: sum * sum / squares,
        of_square: squares / (largest * largest),
    }
}
