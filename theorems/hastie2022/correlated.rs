//! Ridgeless risk of autoregressive and of equicorrelated features, in closed form.
//!
//! Two ways for features to be correlated. If neighbours are, the signal is easier to find and the
//! noise harder to keep out: bias falls and variance rises with the correlation. If all are alike,
//! one direction has all that they share, and the rest is as without correlation, but smaller.

use super::{LINK, PAPER, columns, tail_index};
use std::sync::LazyLock;
use theoremcheck::linalg::small::{dot, gram_lower};
use theoremcheck::linalg::vectorised;
use theoremcheck::models::equicorrelated::Equicorrelated;
use theoremcheck::models::sandwich::Sandwich;
use theoremcheck::prelude::*;

/// $p = \gamma n$ features with a correlation; $r^2 = \sigma^2 = 1$ without loss of generality.
#[derive(Clone, Copy, Debug)]
struct Features {
    gamma: f64,
    rho: f64,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "hastie2022.correlated",
        alias: "hmrt.ar1-equicorrelated",
        title: "Ridgeless risk of autoregressive and equicorrelated features",
        source: Source {
            paper: PAPER,
            result: "Examples of the correlated model (numbers unverified); the closed form for \
                     autoregressive features is derived here",
            link: LINK,
        },
        statement: r"Let $y = X\beta + \epsilon$ with independent rows $x_i \sim N(0, \Sigma)$ of
            $X$ ($n \times p$), $\epsilon$ with mean 0 and covariance $\sigma^2 I$, and $\beta$
            random with mean 0 and covariance $\frac{r^2}{p} I$; $B_X$ and $V_X$ the bias and the
            variance of the minimum-norm least-squares estimator, parts of the risk
            $E[\|\Sigma^{1/2} (\hat\beta - \beta)\|^2 \mid X]$, and $n, p \to \infty$ with $p/n \to
            \gamma > 1$. If $\Sigma_{ij} = \rho^{|i-j|}$ with $|\rho| < 1$, and $a = 1 + \rho^2$, $q
            = 1 - \rho^2$, $S = \sqrt{a^2 + (\gamma^2 - 1) q^2}$, then on average over $X$ and
            $\beta$, and almost surely given the mean over $\beta$, $B_X \to r^2 \frac{S - a}{\gamma
            q}$ and $V_X \to \frac{\sigma^2}{\gamma^2 - 1} \bigl(1 + \frac{\gamma^2 a}{S}\bigr)$:
            the bias decreases and the variance increases with $|\rho|$. If $\Sigma = (1 - \rho) I +
            \rho 1 1^\top$ with $0 \le \rho < 1$, then in the same sense $B_X \to r^2 (1 - \rho)
            \bigl(1 - \frac1\gamma\bigr)$ and $V_X \to \frac{\sigma^2}{\gamma - 1}$: the one large
            eigenvalue does not count.",
        claims: vec![autoregressive(), equicorrelated()],
        derivation: closed_forms,
    }
}

/// $B$ and $V$ of autoregressive features as functions of $\rho^2$.
fn in_square(rho2: &Expr) -> [Expr; 2] {
    let g = var("gamma");
    let (a, q) = (1 + rho2, 1 - rho2);
    let root = (a.pow(2) + (g.pow(2) - 1) * q.pow(2)).sqrt();
    [(&root - &a) / (&g * q), (1 + g.pow(2) * a / root) / (g.pow(2) - 1)]
}

static AUTOREGRESSIVE: LazyLock<[Expr; 2]> = LazyLock::new(|| in_square(&var("rho").pow(2)));

/// $B$ and $V$ of equicorrelated features.
static EQUICORRELATED: LazyLock<[Expr; 2]> = LazyLock::new(|| {
    let (g, rho) = vars!("gamma", "rho");
    [(1 - rho) * (1 - 1 / &g), 1 / (g - 1)]
});

/// The spectral density is $s = q / D$ with $q = 1 - \rho^2$, $D = 1 + \rho^2 - 2 \rho \cos\theta$.
/// With the level $\kappa = q / K$ the shares $\frac{s}{s + \kappa} = \frac{K}{D + K}$ have mean
/// $\frac1\gamma$ and mean square $d_2 / \gamma$.
fn closed_forms() -> Derivation {
    let (g, rho, k) = vars!("gamma", "rho", "k");
    let (t, c, m, u) = vars!("t", "c", "m", "u");
    let (a, q) = (1 + rho.pow(2), 1 - rho.pow(2));
    let square = (&a + &k).pow(2) - 4 * rho.pow(2);
    let quadratic = k.pow(2) * (g.pow(2) - 1) - 2 * &a * &k - q.pow(2);
    let all = Domain::new().open(&rho, -1, 1).open(&g, 1, INF);
    let levels = all.clone().open(&k, 0, INF);
    let shares = Domain::new().open(&rho, -1, 1).open(&k, 0, INF);
    let cosine = (1 - t.pow(2)) / (1 + t.pow(2));
    let over = |cos: &Expr| &a + &k - 2 * &rho * cos;
    let (least, most) = (&a + &k - 2 * &rho, &a + &k + 2 * &rho);
    let angles = shares.clone().open(&t, 0, INF);
    let integrand = 2 / (m.pow(2) * (1 + (&c * &t).pow(2)));
    // With c t the tangent of half an angle and u its cosine.
    let sine = (1 - u.pow(2)).sqrt();
    let tangent = &sine / (&c * (1 + &u));
    let cosines = Domain::new().open(&u, -1, 1);
    let all_cosines = cosines.clone().open(&c, 0, INF).open(&m, 0, INF);
    let substituted = integrand.at(&t, &tangent) * tangent.d(&u);
    let second = k.pow(2) * (&a + &k) / square.sqrt().pow(3);
    let closed = (&a + (a.pow(2) + (g.pow(2) - 1) * q.pow(2)).sqrt()) / (g.pow(2) - 1);
    let level = |e: Expr| e.at(&k, &closed);
    let [bias, variance] = &*AUTOREGRESSIVE;
    let left = (&a + &k) / (g.pow(2) * &k);
    // d_2 by the equation for the mean share, sqrt(..) = gamma K.
    let second_at_level = &g * k.pow(2) * (&a + &k) / (&g * &k).pow(3);
    let steps = Derivation::of("Closed forms for two kinds of correlation")
        .cited(
            "limit",
            "bias and variance tend to kappa / gamma and d_2 / (1 - d_2) at the level kappa of the \
             limiting spectrum, which for Toeplitz matrices is the spectral density at uniform \
             angles",
            Source { paper: PAPER, result: "Theorem 3 (number unverified)", link: LINK },
        )
        .identity(
            "half-angle",
            2 / ((1 + t.pow(2)) * over(&cosine)),
            2 / (&least + &most * t.pow(2)),
            &angles,
        )
        .twin("ends-swapped", |s| s.right(2 / (&most + &least * t.pow(2))))
        .identity("cosine", substituted, -1 / (&c * m.pow(2) * &sine), &all_cosines)
        .twin("no-scale", |s| s.right(-1 / (m.pow(2) * &sine)))
        .identity("turn-slope", u.acos().d(&u), -1 / &sine, &cosines)
        .twin("sign", |s| s.right(1 / &sine))
        .conclude(
            "turn",
            Rule::Ftc {
                integrand: -1 / &sine,
                antiderivative: u.acos(),
                in_: u.clone(),
                from: ["turn-slope"],
            },
        )
        .twin("sign", |s| s.put(-u.acos()))
        .limit("turn-end", u.acos(), &u, Toward::Above((-1).into()), pi(), &Domain::new())
        .twin("half-turn", |s| s.value(pi() / 2))
        .identity("turn-root", least.clone() * &most, square.clone(), &shares)
        .twin("two-rho", |s| s.right((&a + &k).pow(2) - 2 * rho.pow(2)))
        .identity("quadratic", square.clone() - (&g * &k).pow(2), -&quadratic, &levels)
        .twin("plus-one", |s| s.right(-(&quadratic + 2 * k.pow(2))))
        .unique_root("level", quadratic.clone(), &k, &levels)
        .twin("underparameterised", |s| {
            s.on(&Domain::new().open(&rho, -1, 1).open(&g, 0, 1).open(&k, 0, INF))
        })
        .identity("closed-level", level(quadratic.clone()), 0, &all)
        .twin("plus-one", |s| {
            let root = (a.pow(2) + (g.pow(2) + 1) * q.pow(2)).sqrt();
            s.left(quadratic.at(&k, (&a + root) / (g.pow(2) + 1)))
        })
        .identity("mean-square", -k.pow(2) * (1 / square.sqrt()).d(&k), second, &shares)
        .twin("first-power", |s| s.right(&k * (&a + &k) / square.sqrt().pow(3)))
        .identity("second", second_at_level, (&a + &k) / (g.pow(2) * &k), &levels)
        .twin("no-square", |s| s.right((&a + &k) / (&g * &k)))
        .identity("bias", level(&q / (&g * &k)), bias.clone(), &all)
        .twin("numerator-forgotten", |s| s.right(bias / &q))
        .identity("variance", level(&left / (1 - &left)), variance.clone(), &all)
        .twin("white", |s| s.right(1 / (&g - 1)));
    equicorrelated_steps(monotone_steps(steps))
}

/// Both as functions of $\rho^2$.
fn monotone_steps(steps: Derivation) -> Derivation {
    let (g, rho2) = vars!("gamma", "rho2");
    let [bias, variance] = in_square(&rho2);
    let all = Domain::new().open(&g, 1, INF).open(&rho2, 0, 1);
    let widths = Domain::new().open(&g, 1, INF);
    let start = Toward::Above(0.into());
    steps
        .limit("white-bias", bias.clone(), &rho2, start.clone(), 1 - 1 / &g, &widths)
        .twin("squared", |s| s.value((1 - 1 / &g).pow(2)))
        .limit("white-variance", variance.clone(), &rho2, start, 1 / (&g - 1), &widths)
        .twin("classical", |s| s.value(&g / (&g - 1)))
        .positive("bias-falls", -bias.d(&rho2), &all)
        .twin("rises", |s| s.of(bias.d(&rho2)))
        .positive("variance-rises", variance.d(&rho2), &all)
        .twin("falls", |s| s.of(-variance.d(&rho2)))
}

/// Eigenvalues $1 - \rho$, and once $1 + (p - 1) \rho$: in the limit this one has no weight.
fn equicorrelated_steps(steps: Derivation) -> Derivation {
    let (g, rho, n, kappa) = vars!("gamma", "rho", "n", "kappa");
    let rest = 1 - &rho;
    let large = 1 + (&g * &n - 1) * &rho;
    let mean = |f: &dyn Fn(&Expr) -> Expr| ((&g * &n - 1) * f(&rest) + f(&large)) / &n;
    let share = |s: &Expr| s / (s + &kappa);
    let sizes = Domain::new().open(&rho, 0, 1).open(&g, 1, INF).open(&kappa, 0, INF);
    let all = Domain::new().half_open(&rho, 0, 1).open(&g, 1, INF);
    let first = &g * share(&rest);
    let second = &g * share(&rest).pow(2);
    let level = &rest * (&g - 1);
    let at_level = second.at(&kappa, &level);
    let [bias, variance] = &*EQUICORRELATED;
    steps
        .limit("outlier-level", mean(&share), &n, INF, first.clone(), &sizes)
        .twin("counts", |s| s.value(&first + &rho))
        .limit("outlier-second", mean(&|s| share(s).pow(2)), &n, INF, second.clone(), &sizes)
        .twin("unsquared", |s| s.value(first.clone()))
        .identity("rest-level", first.at(&kappa, &level), 1, &all)
        .twin("white", |s| s.left(first.at(&kappa, &g - 1)))
        .identity("rest-variance", &at_level / (1 - &at_level), variance.clone(), &all)
        .twin("scaled", |s| s.right(&rest * variance))
        .identity("rest-bias", &level / &g, bias.clone(), &all)
        .twin("white", |s| s.right(1 - 1 / &g))
}

fn formulas(expressions: &[Expr; 2], steps: [&'static str; 2], f: &Features) -> [Formula; 2] {
    let values = [("gamma", f.gamma), ("rho", f.rho)];
    std::array::from_fn(|k| Formula::of(steps[k], &expressions[k], values))
}

fn autoregressive_parts(f: &Features) -> [Formula; 2] {
    formulas(&AUTOREGRESSIVE, ["bias", "variance"], f)
}

fn equicorrelated_parts(f: &Features) -> [Formula; 2] {
    formulas(&EQUICORRELATED, ["rest-bias", "rest-variance"], f)
}

fn autoregressive() -> Claim {
    Claim::new(
        "autoregressive",
        Limit {
            // Away from the threshold, near which the variance of a dense draw varies too much to
            // be checked in a second, and from independent features, for which the bias is no
            // random number. With -rho are the features x_j (-1)^j.
            domain: |given| Features {
                gamma: given.ratio("gamma", 6..=12, 2),
                rho: given.real("rho", 0.1..=0.8),
            },
            theory: |f| autoregressive_parts(f).map(|formula| formula.value()),
            observable: Each(autoregressive_risk),
            // Even, so that p is whole at each.
            sizes: &[6, 12, 24, 48],
            // Traces of functions of a Toeplitz matrix with a rational symbol differ from p times
            // the integral by a constant and exponentially little; and for Gaussian entries the
            // means have an expansion in whole powers of 1/n for every spectrum. So after the term
            // in 1/n comes its square.
            correction: Correction::INVERSE_N.then(2.0),
            resolution: Relative(0.02),
            known: vec![
                // By mpmath, from the integrals over the spectral density.
                (at(2.0, 0.5), [0.368_517_091_821_329_764, 1.257_833_660_375_381_87]),
                (at(1.5, 0.9), [0.043_588_904_816_505_293_2, 2.587_730_011_001_744_74]),
                (at(4.0, -0.5), [0.637_425_886_722_793_111, 0.488_303_688_022_450_578]),
            ],
            mutants: [
                Mutant {
                    name: "plus-one",
                    why: "puts gamma^2 + 1 for gamma^2 - 1 in the level",
                    says: |f| {
                        let [a, q] = symbol(f.rho);
                        let wide = f.gamma.powi(2) + 1.0;
                        at_level(f, (a + (a * a + wide * q * q).sqrt()) / wide)
                    },
                },
                Mutant {
                    name: "no-numerator",
                    why: "forgets 1 - rho^2 in the spectral density: the variance does not see it",
                    says: |f| {
                        let [bias, variance] = autoregressive_at(f);
                        [bias / (1.0 - f.rho * f.rho), variance]
                    },
                },
                Mutant {
                    name: "isotropic",
                    why: "takes independent features",
                    says: |f| autoregressive_at(&Features { rho: 0.0, ..*f }),
                },
                Mutant {
                    name: "equicorrelated",
                    why: "takes the same correlation for all pairs",
                    says: |f| equicorrelated_at(&Features { rho: f.rho.abs(), ..*f }),
                },
                Mutant {
                    name: "intercept",
                    why: "spends one of 50 observations on an intercept, at every size",
                    says: |f| autoregressive_at(&at(f.gamma * 50.0 / 49.0, f.rho)),
                },
            ],
            // Without correlation the bias is no random number, here too.
            curve: Curve {
                x: "rho",
                grid: Grid::Linear { from: 0.05, to: 0.95, points: 37 },
                at: |rho| at(3.0, rho),
            },
        },
        Tie::formula(autoregressive_parts),
    )
    .components(&["bias", "variance"])
    // A draw costs n^2 p.
    .price(3.0)
    .dear()
}

fn equicorrelated() -> Claim {
    Claim::new(
        "equicorrelated",
        Limit {
            domain: |given| Features {
                gamma: given.ratio("gamma", 3..=12, 2),
                rho: given.real("rho", 0.1..=0.9),
            },
            theory: |f| equicorrelated_parts(f).map(|formula| formula.value()),
            observable: Each(equicorrelated_risk),
            // The means have an expansion in whole powers of 1/n; that of the weight of the large
            // eigenvalue is one in powers of 1/(n rho), which asks for sizes where this eigenvalue
            // is large at the least rho. After the term in 1/n comes its square.
            sizes: &[64, 128, 256, 512],
            correction: Correction::INVERSE_N.then(2.0),
            resolution: Relative(0.005),
            known: vec![(at(2.0, 0.5), [0.25, 1.0]), (at(4.0, 0.2), [0.6, 1.0 / 3.0])],
            mutants: [
                Mutant {
                    name: "scaled-variance",
                    why: "scales the variance like the features",
                    says: |f| {
                        let [bias, variance] = equicorrelated_at(f);
                        [bias, (1.0 - f.rho) * variance]
                    },
                },
                Mutant {
                    name: "unscaled-bias",
                    why: "forgets that what the features do not share is smaller",
                    says: |f| equicorrelated_at(&Features { rho: 0.0, ..*f }),
                },
                Mutant {
                    name: "deviations",
                    why: "scales the bias like the standard deviation of the features",
                    says: |f| {
                        let [bias, variance] = equicorrelated_at(f);
                        [bias / (1.0 - f.rho).sqrt(), variance]
                    },
                },
                Mutant {
                    name: "intercept",
                    why: "spends one of 100 observations on an intercept, at every size",
                    says: |f| equicorrelated_at(&Features { gamma: f.gamma / 0.99, ..*f }),
                },
            ],
            // Without correlation the bias is no random number, here too.
            curve: Curve {
                x: "rho",
                grid: Grid::Linear { from: 0.05, to: 0.95, points: 37 },
                at: |rho| at(2.0, rho),
            },
        },
        Tie::formula(equicorrelated_parts),
    )
    .components(&["bias", "variance"])
}

fn at(gamma: f64, rho: f64) -> Features {
    Features { gamma, rho }
}

fn autoregressive_at(f: &Features) -> [f64; 2] {
    autoregressive_parts(f).map(|formula| formula.value())
}

fn equicorrelated_at(f: &Features) -> [f64; 2] {
    equicorrelated_parts(f).map(|formula| formula.value())
}

/// $1 + \rho^2$ and $1 - \rho^2$.
fn symbol(rho: f64) -> [f64; 2] {
    [1.0 + rho * rho, 1.0 - rho * rho]
}

/// $B$ and $V$ of autoregressive features at any $K$.
fn at_level(f: &Features, k: f64) -> [f64; 2] {
    let [a, q] = symbol(f.rho);
    [q / (f.gamma * k), (a + k) / (f.gamma.powi(2) * k - a - k)]
}

/// $B$ and $V$ for a dense $X$; rows are stationary processes
/// $x_{j+1} = \rho x_j + \sqrt{1 - \rho^2} w_j$.
fn autoregressive_risk(f: Features, n: usize) -> Sampler<[f64; 2]> {
    let (p, rho) = (columns(f.gamma, n), f.rho);
    let innovation = (1.0 - rho * rho).sqrt();
    let (mut x, mut products) = (vec![0.0; n * p], vec![0.0; n * p]);
    let [mut gram, mut moment, mut second] = [0; 3].map(|_| vec![0.0; n * n]);
    let traces = [p as f64, squared_norm(rho, p)];
    let mut sandwich = Sandwich::new(n);
    Sampler::new(move |rng| {
        rng.fill_normal(&mut x);
        for (row, product) in x.chunks_exact_mut(p).zip(products.chunks_exact_mut(p)) {
            for j in 1..p {
                row[j] = rho * row[j - 1] + innovation * row[j];
            }
            times_toeplitz(rho, row, product);
        }
        vectorised(
            #[inline(always)]
            || {
                gram_lower(&x, n, p, &mut gram);
                gram_lower(&products, n, p, &mut second);
                for (i, row) in x.chunks_exact(p).enumerate() {
                    for (j, product) in products.chunks_exact(p).take(i + 1).enumerate() {
                        moment[i * n + j] = dot(row, product);
                    }
                }
            },
        );
        match sandwich.set(&gram, &moment) {
            Ok(()) => {
                let fitted = sandwich.inverse_times(&moment) / p as f64;
                [1.0 - fitted, sandwich.controlled_trace(&second, traces)]
            }
            Err(_) => [f64::NAN; 2], // of probability 0; the harness reports it
        }
    })
    .tail_index(tail_index(n, p))
}

/// $\sum_{i,j} \rho^{2 |i-j|}$ over $p$ columns.
fn squared_norm(rho: f64, p: usize) -> f64 {
    (1..p).map(|k| 2.0 * (p - k) as f64 * rho.powi(2 * k as i32)).sum::<f64>() + p as f64
}

/// $\sum_i \rho^{|i-j|} x_i$ for all $j$: what is before $j$, with it, and what is after.
fn times_toeplitz(rho: f64, x: &[f64], out: &mut [f64]) {
    let mut before = 0.0;
    for (out, x) in out.iter_mut().zip(x) {
        before = rho * before + x;
        *out = before;
    }
    let mut after = 0.0;
    for (out, x) in out.iter_mut().zip(x).rev() {
        *out += after;
        after = rho * (after + x);
    }
}

/// $B$ and $V$ given a design, from a bidiagonal matrix with the spectrum of its main part.
fn equicorrelated_risk(f: Features, n: usize) -> Sampler<[f64; 2]> {
    let p = columns(f.gamma, n);
    let mut model = Equicorrelated::new(n, p, f.rho);
    Sampler::new(move |rng| {
        let risk = model.draw(rng);
        [risk.bias, risk.variance]
    })
    .tail_index(tail_index(n, p - 1))
}
