//! Eigenvalues of a sample covariance matrix keep their places.
//!
//! The number of eigenvalues below a level fluctuates by the root of a logarithm of their number,
//! where independent points would fluctuate by the root of the number itself. This is why the
//! histogram of a single matrix is as smooth as the limiting density.

use super::columns;
use super::density::bulk_integral;
use std::sync::LazyLock;
use theoremcheck::models::counting::{count_below, counts_below};
use theoremcheck::models::wishart::Bidiagonal;
use theoremcheck::prelude::*;
use theoremcheck::special::{GaussLegendre, integrate, log_gamma};

/// $\gamma = p/n \ge 1$, and the level $a + (b - a) u$ between the edges.
#[derive(Clone, Copy, Debug)]
struct Level {
    gamma: f64,
    u: f64,
}

/// Intervals of $L$ mean spacings next to a level.
#[derive(Clone, Copy, Debug)]
struct Window {
    gamma: f64,
    u: f64,
    spacings: f64,
}

/// An $n \times p$ matrix, $p = n + k$, and a level.
#[derive(Clone, Copy, Debug)]
struct Shape {
    n: usize,
    k: usize,
    u: f64,
}

/// Independent matrices of which each draw takes the variance of a count: an unbiased estimate, for
/// which a sixteenth of the matrices are spent on the mean.
const GROUP: usize = 16;

/// Euler's constant.
const EULER: f64 = 0.577_215_664_901_532_9;

/// Counts are whole, so that their variance oscillates by the order of $1/n$ around its limit.
const CORRECTION: Correction = Correction::GUARD.then(1.0);

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "marchenko1967.rigidity",
        alias: "mp.rigidity",
        title: "Rigidity of the eigenvalues of sample covariance matrices",
        source: Source {
            paper: "Su (2006), Gaussian fluctuations in complex sample covariance matrices; \
                    Erdos, Schlein, Yau, Yin (2012), The local relaxation flow approach to \
                    universality of the local statistics for random matrices; Forrester, Rains \
                    (2001), Inter-relationships between orthogonal, unitary and symplectic matrix \
                    ensembles",
            result: "the variance of the number of eigenvalues below a level; bulk universality \
                     of sample covariance matrices; the even eigenvalues of two real matrices",
            link: "doi:10.1214/EJP.v11-378",
        },
        statement: r"Let $X$ be an $n \times p$ matrix, $n \le p$, of independent standard normal
            entries, $N(x)$ the number of eigenvalues of $X X^*$ below $x$,
            $[a, b] = [(\sqrt p - \sqrt n)^2, (\sqrt p + \sqrt n)^2]$, $x = a + (b - a) u$ with
            $0 < u < 1$, and let $n, p \to \infty$ with $p/n = \gamma$ fixed. Complex entries,
            $E |X_{ij}|^2 = 1$: $\operatorname{Var} N(x) = \frac{1}{2 \pi^2} \log n + O(1)$, and the
            bounded term tends to $\frac{1}{2 \pi^2} (\log \frac{64 \gamma (u (1-u))^{3/2}}{x/n} + 1
            + \gamma_E)$, $\gamma_E$ Euler's constant; the bounded term is proved for ensembles
            with one interval of support and a potential that is analytic on the real line (Charlier
            2019), of which this one is not, and is checked here. Real entries: the number of
            eigenvalues in an interval of $L$ mean spacings next to $x$ has in the limit the
            variance of real symmetric matrices, $\Sigma^2(L) = 2 \Sigma_2^2(L)
            + \frac{1}{\pi^2} \operatorname{Si}(\pi L)^2 - \frac1\pi \operatorname{Si}(\pi L)$ with
            $\Sigma_2^2(L) = L - 2 \int_0^L (L - r) (\frac{\sin \pi r}{\pi r})^2 dr$ that of complex
            ones and $\operatorname{Si}$ the sine integral; it grows like
            $\frac{2}{\pi^2} \log L$. (Erdos et al. prove the limit for $\gamma > 1$ and on average
            over $x$ in a small interval; it is checked at single $x$.) At every size, with $N$ and
            $N'$ of independent real matrices $n \times p$ and $(n + 1) \times (p + 1)$,
            $\lfloor (N(x) + N'(x)) / 2 \rfloor$ has the law of the number of a complex $n \times p$
            matrix, so that for real entries $\operatorname{Var} N(x) = \frac{1}{\pi^2} \log n
            + O(\sqrt{\log n})$; of this, the variance of the half is checked.",
        claims: vec![complex(), windows(), decimation()],
        derivation: logarithms,
    }
}

/// The variance of the number of eigenvalues below a level, complex entries.
static VARIANCE: LazyLock<Expr> = LazyLock::new(|| {
    let (n, g, u, euler) = vars!("n", "gamma", "u", "euler");
    let root = (&u * (1 - &u)).sqrt();
    let x = (g.sqrt() - 1).pow(2) + 4 * g.sqrt() * &u;
    ((64 * n * &g * root.pow(3) / x).ln() + 1 + euler) / (2 * pi().pow(2))
});

/// The same at a point.
fn variance((l, n): &(Level, usize)) -> Formula {
    let symbols = [("n", *n as f64), ("gamma", l.gamma), ("u", l.u), ("euler", EULER)];
    Formula::of("variance", &VARIANCE, symbols)
}

/// From the density and the edges to the constant, and from complex to real entries.
fn logarithms() -> Derivation {
    let (n, g, u, euler, d) = vars!("n", "gamma", "u", "euler", "d");
    let levels = Domain::new().open(&n, 0, INF).closed(&g, 1, INF).open(&u, 0, 1).real(&euler);
    let root = g.sqrt();
    let (low, width) = ((&root - 1).pow(2), 4 * &root);
    let x = &low + &width * &u;
    // In units of n: a, b - a, and (b - x)(x - a).
    let gaps = (&low + &width - &x) * (&x - &low);
    let density = (&width * (&u * (1 - &u)).sqrt()) / (2 * pi() * &x);
    let reach = 4 * &gaps / &width;
    let spacings = 2 * pi() * &n * density * reach;
    let constant = |of: Expr| (of.ln() + 1 + &euler) / (2 * pi().pow(2));
    let deviations = Domain::new().open(&d, 0, INF);
    let bound = |sign: i64| (2 * &d + ratio(sign, 2)).pow(2) / (2 * d.pow(2));
    let su = Source {
        paper: "Z. Su, 2006, Gaussian fluctuations in complex sample covariance matrices",
        result: "the variance of the number of eigenvalues below a level",
        link: "https://doi.org/10.1214/EJP.v11-378",
    };
    let charlier = Source {
        paper: "C. Charlier, 2019, Asymptotics of Hankel determinants with a one-cut regular \
                potential and Fisher-Hartwig singularities",
        result: "the asymptotics with jumps",
        link: "https://doi.org/10.1093/imrn/rny009",
    };
    let rains = Source {
        paper: "P. J. Forrester, E. M. Rains, 2001, Inter-relationships between orthogonal, \
                unitary and symplectic matrix ensembles",
        result: "even(OE_n, OE_{n+1}) = UE_n for Laguerre weights",
        link: "https://arxiv.org/abs/solv-int/9907008",
    };
    Derivation::of("The variance of a count, from the density and the edges")
        .cited("growth", "complex entries: the variance is log(n) / (2 pi^2) + O(1)", su)
        .cited(
            "constant",
            "the variance is (log(2 pi n density 4 (b-x)(x-a)/(b-a)) + 1 + Euler) / (2 pi^2)",
            charlier,
        )
        .identity("gaps", gaps.clone(), width.pow(2) * &u * (1 - &u), &levels)
        .twin("one-edge", |s| s.right(width.pow(2) * &u))
        .identity("variance", constant(spacings), VARIANCE.clone(), &levels)
        .twin("no-edges", |s| s.left(constant(2 * pi() * &n / &x)))
        .cited(
            "windows",
            "the variance of the number of points of the sine processes in an interval",
            Source {
                paper: "M. L. Mehta, 2004, Random Matrices, third edition",
                result: "chapter 16, the number variance",
                link: "https://www.sciencedirect.com/bookseries/\
                       pure-and-applied-mathematics/vol/142",
            },
        )
        .cited(
            "decimation",
            "every second eigenvalue of two real matrices together is one of a complex matrix",
            rains,
        )
        // sd(N + N') is within 1/2 of 2 d, d the deviation for complex entries, since
        // N + N' is twice the half, or one more.
        .limit("twice-from-above", bound(1), &d, INF, 2, &Domain::new())
        .twin("as-complex", |s| s.value(1))
        .limit("twice-from-below", bound(-1), &d, INF, 2, &Domain::new())
        .twin("as-complex", |s| s.value(1))
        .positive("between", bound(1) - bound(-1), &deviations)
        .twin("reversed", |s| s.of(bound(-1) - bound(1)))
}

fn complex() -> Claim {
    Claim::new(
        "complex",
        Equivalent {
            domain: |given| Level {
                gamma: given.ratio("gamma", 4..=16, 4),
                u: given.real("u", 0.1..=0.9),
            },
            theory: |l, n| variance(&(*l, n)).value(),
            observable: Each(variance_below),
            sizes: &[12, 96],
            correction: CORRECTION,
            resolution: Absolute(0.02),
            known: vec![
                // By mpmath.
                ((Level { gamma: 1.0, u: 0.5 }, 16), 0.290_594_157_331_578_67),
                ((Level { gamma: 2.0, u: 0.25 }, 64), 0.385_835_317_854_720_98),
            ],
            mutants: [
                Mutant {
                    name: "real",
                    why: "doubles it, as for real entries",
                    says: |l, n| 2.0 * variance(&(*l, n)).value(),
                },
                Mutant {
                    name: "independent",
                    why: "places the eigenvalues independently: n F (1 - F)",
                    says: |l, n| {
                        let share = share_below(l.gamma, l.u);
                        n as f64 * share * (1.0 - share)
                    },
                },
                Mutant {
                    name: "bounded",
                    why: "keeps the variance of n = 12, as for smooth statistics, at every size",
                    says: |l, _| variance(&(*l, 12)).value(),
                },
                Mutant {
                    name: "constant-of-real-matrices",
                    why: "takes the constant 1 + Euler - pi^2 / 8",
                    says: |l, n| variance(&(*l, n)).value() - 1.0 / 16.0,
                },
                Mutant {
                    name: "two-ends",
                    why: "takes the growth of the number in an interval, which has two ends",
                    says: |l, n| {
                        let growth = (n as f64).ln() / (2.0 * std::f64::consts::PI.powi(2));
                        variance(&(*l, n)).value() + growth
                    },
                },
            ],
            curve: Curve {
                x: "n",
                grid: Grid::At(&[8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0, 96.0, 128.0]),
                at: |n| (Level { gamma: 2.0, u: 0.5 }, n as usize),
            },
        },
        Tie::formula(variance),
    )
}

fn windows() -> Claim {
    Claim::new(
        "windows",
        Limit {
            domain: |given| Window {
                gamma: given.ratio("gamma", 8..=32, 8),
                u: given.real("u", 0.2..=0.8),
                spacings: given.real("L", 0.5..=3.0),
            },
            theory: |w| number_variance(w.spacings),
            observable: Each(variance_within),
            // Two intervals of three spacings are a quarter of the 24 eigenvalues; fewer would not
            // be in the bulk.
            sizes: &[24, 192],
            correction: CORRECTION,
            resolution: Relative(0.05),
            known: vec![
                // Mehta's closed form with sine and cosine integrals, by mpmath.
                (Window { gamma: 1.0, u: 0.5, spacings: 0.5 }, 0.314_370_104_608_127_83.into()),
                (Window { gamma: 1.0, u: 0.5, spacings: 1.0 }, 0.446_333_624_260_906_94.into()),
                (Window { gamma: 1.0, u: 0.5, spacings: 3.0 }, 0.665_219_244_976_448_53.into()),
            ],
            mutants: [
                Mutant {
                    name: "complex",
                    why: "takes the variance for complex entries",
                    says: |w| complex_number_variance(w.spacings),
                },
                Mutant {
                    name: "twice-complex",
                    why: "doubles the variance for complex entries, as of linear statistics",
                    says: |w| {
                        let complex = complex_number_variance(w.spacings);
                        Approx { value: 2.0 * complex.value, error: 2.0 * complex.error }
                    },
                },
                Mutant {
                    name: "independent",
                    why: "places the eigenvalues independently: L",
                    says: |w| w.spacings.into(),
                },
                Mutant {
                    name: "independent-spacings",
                    why: "takes Wigner's law of one spacing for independent spacings",
                    says: |w| {
                        let variance = 4.0 / std::f64::consts::PI - 1.0;
                        (variance * w.spacings + 0.174).into()
                    },
                },
            ],
            curve: Curve {
                x: "L",
                grid: Grid::Linear { from: 0.25, to: 3.0, points: 23 },
                at: |spacings| Window { gamma: 2.0, u: 0.5, spacings },
            },
        },
        Tie::none("sine integrals, which the derivation does not state"),
    )
}

fn decimation() -> Claim {
    Claim::new(
        "decimation",
        Equality {
            domain: |given| Shape {
                n: given.count("n", 2..=12),
                k: given.count("k", 0..=12),
                u: given.real("u", 0.1..=0.9),
            },
            theory: complex_variance,
            observable: variance_of_half,
            resolution: Relative(0.03),
            known: vec![
                // By mpmath.
                (Shape { n: 2, k: 0, u: 0.5 }, 0.221_662_533_812_606_43),
                (Shape { n: 6, k: 3, u: 0.25 }, 0.254_220_715_972_176_54),
            ],
            mutants: [
                Mutant {
                    name: "next-size",
                    why: "takes the complex matrix of the larger size",
                    says: |s| complex_variance(&Shape { n: s.n + 1, ..*s }),
                },
                Mutant {
                    name: "next-degree",
                    why: "takes a complex matrix with one column more",
                    says: |s| complex_variance(&Shape { k: s.k + 1, ..*s }),
                },
                Mutant {
                    name: "no-rounding",
                    why: "does not round (N + N') / 2 down, which takes away 1/16 at large sizes",
                    says: |s| complex_variance(s) - 1.0 / 16.0,
                },
                Mutant {
                    name: "asymptotic",
                    why: "takes the value for large sizes",
                    says: |s| {
                        let gamma = 1.0 + s.k as f64 / s.n as f64;
                        variance(&(Level { gamma, u: s.u }, s.n)).value()
                    },
                },
            ],
            curve: Curve {
                x: "n",
                grid: Grid::Linear { from: 2.0, to: 12.0, points: 11 },
                at: |n| Shape { n: n as usize, k: 2, u: 0.5 },
            },
        },
        Tie::none("a trace of a matrix of integrals of Laguerre polynomials"),
    )
}

/// $\Sigma_2^2(L)$: the variance of the number of points of the sine process in an interval.
fn complex_number_variance(spacings: f64) -> Approx {
    let squares = integrate(|r| (spacings - r) * sinc(r).powi(2), 0.0, spacings, 1e-13);
    Approx { value: spacings - 2.0 * squares.value, error: 2.0 * squares.error + 1e-14 * spacings }
}

/// $\Sigma^2(L)$ for real entries.
fn number_variance(spacings: f64) -> Approx {
    // Si(pi L) / pi.
    let half = integrate(sinc, 0.0, spacings, 1e-13);
    let complex = complex_number_variance(spacings);
    Approx {
        value: 2.0 * complex.value + half.value * (half.value - 1.0),
        error: 2.0 * (complex.error + half.error),
    }
}

/// $\frac{\sin \pi r}{\pi r}$.
fn sinc(r: f64) -> f64 {
    let angle = std::f64::consts::PI * r;
    if angle == 0.0 { 1.0 } else { angle.sin() / angle }
}

/// $\frac1n E N(x)$ in the limit: of the $p$ eigenvalues of $X^\top X$ those that are not 0 are the
/// $n$.
fn share_below(gamma: f64, u: f64) -> f64 {
    gamma * bulk_integral(gamma, u, |s| 1.0 / s).value
}

/// $\operatorname{Var} N(x)$ of a complex matrix: $\operatorname{tr} A - \operatorname{tr} A^2$,
/// $A_{jk} = \int_0^x \varphi_j \varphi_k$ with the orthonormal Laguerre functions of
/// $y^k e^{-y}$, since the eigenvalues are a determinantal process with the kernel
/// $\sum_j \varphi_j \otimes \varphi_j$.
fn complex_variance(s: &Shape) -> f64 {
    // Oscillations up to the 13th function are resolved many times over.
    static RULE: LazyLock<GaussLegendre> = LazyLock::new(|| GaussLegendre::new(96));
    let (x, n) = (level(s.n, s.n + s.k, s.u), s.n);
    let mut overlaps = vec![0.0; n * n];
    for (node, weight) in RULE.nodes().iter().zip(RULE.weights()) {
        let functions = laguerre_functions(n, s.k as f64, x * node);
        for (row, left) in overlaps.chunks_exact_mut(n).zip(&functions) {
            row.iter_mut().zip(&functions).for_each(|(sum, f)| *sum += weight * x * left * f);
        }
    }
    let trace: f64 = (0..n).map(|i| overlaps[i * n + i]).sum();
    trace - overlaps.iter().map(|a| a * a).sum::<f64>()
}

/// $\varphi_0, \dots, \varphi_{n-1}$ at $y > 0$, by the recursion in three terms.
fn laguerre_functions(n: usize, k: f64, y: f64) -> Vec<f64> {
    let mut functions = vec![(0.5 * (k * y.ln() - y - log_gamma(k + 1.0))).exp()];
    let mut before = 0.0;
    for j in 0..n - 1 {
        let (degree, now) = (j as f64, functions[j]);
        let next = (2.0 * degree + 1.0 + k - y) * now - (degree * (degree + k)).sqrt() * before;
        functions.push(next / ((degree + 1.0) * (degree + 1.0 + k)).sqrt());
        before = now;
    }
    functions
}

/// $a + (b - a) u$.
fn level(n: usize, p: usize, u: f64) -> f64 {
    let (rows, columns) = ((n as f64).sqrt(), (p as f64).sqrt());
    (columns - rows).powi(2) + 4.0 * rows * columns * u
}

/// The unbiased estimate of a variance from [`GROUP`] counts.
fn sample_variance(mut count: impl FnMut() -> usize) -> f64 {
    let [variance] = sample_variances(|| [count()]);
    variance
}

/// The same for several counts of each matrix.
fn sample_variances<const K: usize>(mut counts: impl FnMut() -> [usize; K]) -> [f64; K] {
    let (mut sums, mut squares) = ([0.0; K], [0.0; K]);
    for _ in 0..GROUP {
        for (k, count) in counts().into_iter().enumerate() {
            let count = count as f64;
            sums[k] += count;
            squares[k] += count * count;
        }
    }
    // Whole numbers: nothing is rounded before the division.
    let group = GROUP as f64;
    std::array::from_fn(|k| (squares[k] - sums[k] * sums[k] / group) / (group - 1.0))
}

/// $N(x)$ of complex matrices; $O(n)$ each.
fn variance_below(l: Level, n: usize) -> Sampler {
    let p = columns(l.gamma, n);
    // Real and imaginary parts of variance 1: twice the matrix.
    let x = 2.0 * level(n, p, l.u);
    let mut spectrum = Bidiagonal::default();
    Sampler::new(move |rng| {
        sample_variance(|| {
            spectrum.draw_complex(rng, n, p);
            count_below(&spectrum, x)
        })
    })
}

/// The number of eigenvalues of real matrices in the $L$ mean spacings below a level and above it,
/// where their density is $\frac{\sqrt{(b-x)(x-a)}}{2 \pi x}$: the mean of both variances.
fn variance_within(w: Window, n: usize) -> Sampler {
    let p = columns(w.gamma, n);
    let x = level(n, p, w.u);
    let root = 4.0 * ((n * p) as f64).sqrt() * (w.u * (1.0 - w.u)).sqrt();
    let width = w.spacings * (2.0 * std::f64::consts::PI * x / root);
    let mut spectrum = Bidiagonal::default();
    Sampler::new(move |rng| {
        let [below, above] = sample_variances(|| {
            spectrum.draw(rng, n, p);
            let [low, middle, high] = counts_below(&spectrum, [x - width, x, x + width]);
            [middle - low, high - middle]
        });
        0.5 * (below + above)
    })
}

/// $\lfloor (N(x) + N'(x)) / 2 \rfloor$ of real matrices $n \times p$ and $(n + 1) \times (p + 1)$.
fn variance_of_half(s: Shape) -> Sampler {
    let (n, p) = (s.n, s.n + s.k);
    let x = level(n, p, s.u);
    let mut spectrum = Bidiagonal::default();
    Sampler::new(move |rng| {
        sample_variance(|| {
            spectrum.draw(rng, n, p);
            let first = count_below(&spectrum, x);
            spectrum.draw(rng, n + 1, p + 1);
            (first + count_below(&spectrum, x)) / 2
        })
    })
}
