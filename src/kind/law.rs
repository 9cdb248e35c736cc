//! The observable has a distribution function, exactly.

use super::shared::{curve_data, known, labels, locate, point, says};
use super::*;
use crate::evidence::{Finding, Guarantee};
use crate::given::Given;
use crate::random::Rng;
use crate::stats::law::{Histogram, band_radius, kolmogorov_distance_of};

/// The observable has the distribution function `cdf`, which is continuous, exactly. Never judged
/// by a mean. A law that holds only in the limit is a [`Limit`] of probabilities.
pub struct Law<P: 'static, const M: usize> {
    /// The hypotheses: everything that the theorem quantifies over.
    pub domain: fn(&mut Given) -> P,
    /// The empirical side.
    pub observable: fn(P) -> Sampler,
    /// The distribution function.
    pub cdf: fn(&P, f64) -> f64,
    /// The Kolmogorov distance that is promised to be excluded.
    pub resolution: f64,
    /// Values of `cdf` obtained without this code.
    pub known: Vec<((P, f64), f64)>,
    /// Wrong versions.
    pub mutants: [Mutant<fn(&P, f64) -> f64>; M],
    /// A slice for snapshot and plot: the point, and the argument of the distribution function.
    pub curve: Curve<(P, f64)>,
}

impl<P: 'static, const M: usize> Law<P, M> {
    fn point(&self, at: &Address) -> (P, Option<f64>) {
        let on_curve = |position| {
            let (p, x) = (self.curve.at)(position);
            (p, Some(x))
        };
        point(self.domain, at, on_curve, |p| (p, None))
    }
}

impl<P: 'static + Send + Sync + fmt::Debug, const M: usize> Declaration for Law<P, M>
where
    Count<M>: Enough,
{
    fn kind(&self) -> Kind {
        Kind::Law
    }

    fn mutants(&self) -> Vec<Label> {
        labels(&self.mutants)
    }

    fn resolution(&self) -> Resolution {
        Resolution::Absolute(self.resolution)
    }

    fn assertion(&self) -> String {
        "the observable has the distribution function, exactly".to_owned()
    }

    fn locate(&self, at: &Address) -> Result<Setting, OutsideHypotheses> {
        locate(self.domain, at, self.curve.x)
    }

    fn design(&self, _at: &Address) -> Result<Option<Design>, LadderError> {
        Ok(Some(Design::kept()))
    }

    fn need(&self, _at: &Address) -> Need {
        Need::Distance { tolerance: self.resolution }
    }

    fn draw(&self, at: &Address, _size: usize) -> Draw {
        let (point, argument) = self.point(at);
        let mut sampler = (self.observable)(point);
        match argument {
            None => sampler.into(),
            // Along a curve: the probability of being at most x.
            Some(x) => Sampler::event(move |rng: &mut Rng| sampler.draw(rng) <= x).into(),
        }
    }

    /// The distribution function along the curve; at a point, its value at 0.
    fn theory(&self, version: Version, at: &Address, _size: usize) -> Vec<Approx> {
        let (point, argument) = self.point(at);
        vec![says(&self.cdf, &self.mutants, version)(&point, argument.unwrap_or(0.0)).into()]
    }

    fn weigh(
        &self,
        version: Version,
        at: &Address,
        samples: &Samples,
        level: Level,
    ) -> Vec<Evidence> {
        let (point, _) = self.point(at);
        let cdf = says(&self.cdf, &self.mutants, version);
        let half = level.alpha / 2.0;
        // Each draw through the claimed law once: uniform, if the claim holds. In the order of the
        // draws, so that a function that does not increase is refuted.
        let mut sorted = samples.kept.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let uniform: Vec<f64> = sorted.iter().map(|x| cdf(&point, *x)).collect();
        if let Some(place) = uniform.iter().position(|u| u.is_nan()) {
            panic!("the distribution function is NaN at {}", sorted[place]);
        }
        let distance = kolmogorov_distance_of(&uniform);
        let radius = band_radius(samples.rounds, level.look, half);
        // The bands hold for every candidate law at once; the histogram of a mutant would be one
        // more e-process, so mutants are judged by the bands alone.
        let ln_histogram = match version {
            Version::Stated => {
                let mut histogram = Histogram::default();
                uniform.iter().for_each(|u| histogram.add(*u));
                histogram.log_e_mixture()
            }
            Version::Mutant(_) => f64::NEG_INFINITY,
        };
        vec![Evidence {
            finding: Finding::Distance { distance, radius, histogram: ln_histogram >= -half.ln() },
            scale: 1.0,
            promised: self.resolution,
            guarantee: Guarantee::Exact,
            alarm: None,
            ln_against: ln_histogram,
            ln_support: f64::NAN, // bands give a level, not an e-value
        }]
    }

    fn known(&self) -> Vec<Known> {
        let one = |(at @ (p, x), value): &((P, f64), f64)| {
            known(at, vec![(self.cdf)(p, *x).into()], vec![(*value).into()])
        };
        self.known.iter().flat_map(one).collect()
    }

    fn expected(&self) -> Vec<f64> {
        shared::values(&self.known)
    }

    fn curve(&self) -> CurveData {
        curve_data(&self.curve)
    }

    fn curve_design(&self, _position: f64) -> Result<Option<Design>, LadderError> {
        Ok(Some(Design::single(false)))
    }
}
