//! Lipschitz functions and their deviations from the mean, for the isoperimetry of the data.

use theoremcheck::models::interpolation::Covariates;
use theoremcheck::prelude::*;
use theoremcheck::special::{integrate, ln_choose, log_gamma, log_normal_cdf};

/// Functions with Lipschitz constant one, all positively homogeneous of degree one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Steep {
    /// $w \cdot x$ with $w$ along $(1, 2, \dots, d)$.
    Linear,
    /// $(x_1 + \dots + x_d) / \sqrt d$.
    Diagonal,
    /// $x_1$.
    Coordinate,
    /// $\lVert x \rVert$.
    Norm,
    /// $\max_i x_i$.
    Largest,
    /// $\|x\|_1 / \sqrt d$.
    AbsoluteSum,
    /// Distance to the orthant $x \ge 0$.
    OrthantDistance,
}

/// A function, a law, and $u = t \sqrt d / L$.
#[derive(Clone, Copy, Debug)]
pub(super) struct Probe {
    pub(super) function: Steep,
    pub(super) covariates: Covariates,
    pub(super) d: usize,
    pub(super) u: f64,
}

impl Steep {
    fn value(self, x: &[f64]) -> f64 {
        let root = (x.len() as f64).sqrt();
        match self {
            Self::Linear => {
                let rank = |i: usize| (i + 1) as f64;
                let square: f64 = (0..x.len()).map(|i| rank(i) * rank(i)).sum();
                x.iter().enumerate().map(|(i, x)| rank(i) * x).sum::<f64>() / square.sqrt()
            }
            Self::Diagonal => x.iter().sum::<f64>() / root,
            Self::Coordinate => x[0],
            Self::Norm => x.iter().map(|x| x * x).sum::<f64>().sqrt(),
            Self::Largest => x.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            Self::AbsoluteSum => x.iter().map(|x| x.abs()).sum::<f64>() / root,
            Self::OrthantDistance => x.iter().map(|x| x.min(0.0) * x.min(0.0)).sum::<f64>().sqrt(),
        }
    }

    /// $E f(g)$ for $g \sim N(0, I_d)$.
    fn normal_mean(self, d: usize) -> f64 {
        match self {
            Self::Linear | Self::Diagonal | Self::Coordinate => 0.0,
            Self::Norm => chi_mean(d),
            Self::Largest => largest_mean(d),
            Self::AbsoluteSum => (d as f64 * std::f64::consts::FRAC_2_PI).sqrt(),
            Self::OrthantDistance => {
                // The number of negative coordinates is binomial.
                let halves = d as f64 * std::f64::consts::LN_2;
                let share = |k: usize| (ln_choose(d as u64, k as u64) - halves).exp();
                (1..=d).map(|k| share(k) * chi_mean(k)).sum()
            }
        }
    }

    /// $E f(x)$. The norm of a normal vector is independent of its direction, and $f$ homogeneous.
    fn mean(self, covariates: Covariates, d: usize) -> f64 {
        match covariates {
            Covariates::Sphere => self.normal_mean(d) / chi_mean(d),
            _ => self.normal_mean(d) / (d as f64).sqrt(),
        }
    }
}

/// $\sqrt 2 \, \Gamma((k + 1) / 2) / \Gamma(k / 2)$.
fn chi_mean(k: usize) -> f64 {
    let half = 0.5 * k as f64;
    std::f64::consts::SQRT_2 * (log_gamma(half + 0.5) - log_gamma(half)).exp()
}

/// $\int_0^\infty (1 - \Phi(x)^d - (1 - \Phi(x))^d) \, dx$; beyond 12 there is nothing.
fn largest_mean(d: usize) -> f64 {
    let power = |x: f64| (d as f64 * log_normal_cdf(x)).exp();
    let above = |x: f64| -(d as f64 * log_normal_cdf(x)).exp_m1();
    integrate(|x| above(x) - power(-x), 0.0, 12.0, 1e-13).value
}

/// $f(x) - E f$ for a point drawn in $R^d$.
fn deviation(s: Probe) -> impl FnMut(&mut Rng) -> f64 + Send + 'static {
    let mean = s.function.mean(s.covariates, s.d);
    let mut point = vec![0.0; s.d];
    let root = (s.d as f64).sqrt();
    move |rng| {
        if s.covariates == Covariates::Sphere {
            rng.unit_vector(&mut point);
        } else {
            rng.fill_normal(&mut point);
            point.iter_mut().for_each(|x| *x /= root);
        }
        s.function.value(&point) - mean
    }
}

/// Whether $|f(x) - E f| \ge u / \sqrt d$.
pub(super) fn deviation_event(s: Probe) -> Sampler {
    let mut deviation = deviation(s);
    let t = s.u / (s.d as f64).sqrt();
    Sampler::event(move |rng| deviation(rng).abs() >= t)
}

/// $d \, (f(x) - E f)^2$.
pub(super) fn squared_deviation(s: Probe) -> Sampler {
    let mut deviation = deviation(s);
    Sampler::new(move |rng| s.d as f64 * deviation(rng).powi(2))
}
