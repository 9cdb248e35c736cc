//! The observable over a shape tends to a constant: an exponent.

use super::shared::{curve_data, labels, locate, point, says};
use super::*;
use crate::evidence::{Finding, Guarantee, ROUNDING};
use crate::given::Given;
use crate::stats::gate::{self, Alarm, Gates};
use crate::stats::interval::Interval;
use crate::stats::ladder::Ladder as Weights;
use crate::stats::moments::Moments;
use crate::stats::{mean, rate, suite};

/// observable / shape$(n) \to$ a constant. What is judged is the slope of the logarithm of the
/// ratio in $\log n$: the error of the exponent.
pub struct Rate<P: 'static, const M: usize> {
    /// The hypotheses: everything that the theorem quantifies over, but the size.
    pub domain: fn(&mut Given) -> P,
    /// The shape, up to a constant: `|_, n| power(n, -0.5)`, logarithms included.
    pub shape: fn(&P, usize) -> f64,
    /// The empirical side at each size; positive on average.
    pub observable: Ladder<P>,
    /// `Equal`, or `AtMost` for "at most of the order of" (and `AtLeast`).
    pub relation: Relation,
    /// Two spans of sizes, the second (usually four) times the first: n, 4n, 8n, 32n.
    pub sizes: &'static [usize],
    /// The finite-size terms that are removed, and what is assumed of the rest.
    pub correction: Correction,
    /// The smallest difference of exponents that is promised to be excluded.
    pub resolution: f64,
    /// Wrong versions.
    pub mutants: [Mutant<fn(&P, usize) -> f64>; M],
    /// A slice for snapshot and plot: the point, and the size.
    pub curve: Curve<(P, usize)>,
}

/// How much of the promise the bias of a logarithm may take before a decision is put off.
const LOG_BIAS: f64 = 0.05;

impl<P: 'static, const M: usize> Rate<P, M> {
    fn point(&self, at: &Address) -> (P, Option<usize>) {
        let on_curve = |x| {
            let (p, size) = (self.curve.at)(x);
            (p, Some(size))
        };
        point(self.domain, at, on_curve, |p| (p, None))
    }

    fn nested(&self) -> bool {
        matches!(self.observable, Ladder::Nested(_))
    }

    fn weights(&self) -> Result<Weights, LadderError> {
        Weights::slope(self.sizes, self.correction.exponents, self.correction.guard)
    }
}

/// One end of the slope: its interval for the error of the exponent, and the gate that fired.
struct End {
    moments: Moments,
    interval: Interval,
    centre: f64,
    shape: f64,
    alarm: Option<Alarm>,
}

impl<P: 'static + Send + Sync, const M: usize> Rate<P, M> {
    /// The decay slope $\beta = -\text{slope}$ of the observable at one end, against the shape's.
    fn end(&self, samples: &Samples, weights: &[f64], shapes: &[f64], alpha: f64) -> End {
        let rate::End { stream, centre, interval } =
            rate::end(&samples.kept, self.sizes.len(), weights, alpha);
        let shape: f64 = weights.iter().zip(shapes).map(|(w, s)| w * s.ln()).sum();
        let known = samples.traits.exact && centre.is_finite();
        let interval = if known { Interval::point(centre) } else { interval };
        let k = mean::radius_factor(samples.rounds, alpha, mean::RHO);
        let gates = Gates { tail_index: samples.traits.tail_index, exact_range: false };
        let alarm = if known { None } else { gate::alarms(&stream, k, &gates, samples.deferred()) };
        // Logarithms are rounded too.
        let unit = shape.abs().max(centre.abs()).max(1.0);
        let interval = interval.widen(ROUNDING * unit);
        End { moments: *stream.moments(), interval, centre, shape, alarm }
    }
}

impl<P: 'static, const M: usize> Rate<P, M> {
    /// Log e-values against the claim and for it. Growth above the shape's is decay below it.
    fn e_values(&self, ends: &[End; 2]) -> (f64, f64) {
        let both = |f: fn(&Moments, f64) -> f64, by: f64| {
            let at = |e: &End| f(&e.moments, e.shape + by);
            at(&ends[0]).min(at(&ends[1]))
        };
        let (faster, slower) = (both(mean::log_e_less, 0.0), both(mean::log_e_greater, 0.0));
        let above = both(mean::log_e_greater, -self.resolution);
        let below = both(mean::log_e_less, self.resolution);
        match self.relation {
            Relation::Equal => (suite::mean_e(&[faster, slower]), above.min(below)),
            Relation::AtMost => (faster, above),
            Relation::AtLeast => (slower, below),
        }
    }
}

impl<P: 'static + Send + Sync + fmt::Debug, const M: usize> Declaration for Rate<P, M>
where
    Count<M>: Enough,
{
    fn kind(&self) -> Kind {
        Kind::Rate
    }

    fn mutants(&self) -> Vec<Label> {
        labels(&self.mutants)
    }

    fn resolution(&self) -> Resolution {
        Resolution::Absolute(self.resolution)
    }

    fn sizes(&self) -> &'static [usize] {
        self.sizes
    }

    fn correction(&self) -> Option<Correction> {
        Some(self.correction)
    }

    fn assertion(&self) -> String {
        format!("the exponent of the observable {} that of the shape", verb(self.relation))
    }

    fn locate(&self, at: &Address) -> Result<Setting, OutsideHypotheses> {
        locate(self.domain, at, self.curve.x)
    }

    fn design(&self, _at: &Address) -> Result<Option<Design>, LadderError> {
        self.weights()?;
        let nested = self.nested();
        Ok(Some(Design {
            sites: if nested { vec![0] } else { self.sizes.to_vec() },
            nested: if nested { self.sizes.len() } else { 1 },
            combinations: Vec::new(),
            keep: true,
        }))
    }

    fn need(&self, _at: &Address) -> Need {
        match self.weights() {
            Ok(weights) => {
                Need::Slope { ends: [weights.plus, weights.minus], tolerance: self.resolution }
            }
            Err(_) => Need::Computed, // `design` reports it
        }
    }

    fn draw(&self, at: &Address, size: usize) -> Draw {
        let (point, fixed) = self.point(at);
        match self.observable {
            Ladder::Each(sampler) => sampler(point, fixed.unwrap_or(size)).into(),
            Ladder::Nested(sampler) => sampler(point, self.sizes).into(),
        }
    }

    fn theory(&self, version: Version, at: &Address, size: usize) -> Vec<Approx> {
        let (point, fixed) = self.point(at);
        vec![says(&self.shape, &self.mutants, version)(&point, fixed.unwrap_or(size)).into()]
    }

    fn weigh(
        &self,
        version: Version,
        at: &Address,
        samples: &Samples,
        level: Level,
    ) -> Vec<Evidence> {
        let Ok(weights) = self.weights() else {
            return Vec::new(); // `design` has reported it, and nothing was drawn
        };
        let (point, _) = self.point(at);
        let says = says(&self.shape, &self.mutants, version);
        let shapes: Vec<f64> = self.sizes.iter().map(|n| says(&point, *n)).collect();
        for (size, shape) in self.sizes.iter().zip(&shapes) {
            let positive = *shape > 0.0 && shape.is_finite();
            assert!(positive, "the shape is {shape} at size {size}, which has no logarithm");
        }
        let half = level.alpha / 2.0;
        let ends = [&weights.plus, &weights.minus].map(|w| self.end(samples, w, &shapes, half));
        // Weights give the decay, beta; the error of the exponent (growth) is minus beta.
        let errors = ends.each_ref().map(|e| e.interval.shift(-e.shape).scale(-1.0));
        let interval = errors[0].hull(errors[1]);
        let centres = ends.each_ref().map(|e| e.shape - e.centre);
        let bias = rate::bias_of_log(&samples.kept, self.sizes.len());
        let half_width = 0.5 * interval.width();
        let misfit = weights.drops.as_ref().is_some_and(|(first, second)| {
            let drop = |w| self.end(samples, w, &shapes, half);
            let centred = |e: End| e.interval.shift(-e.shape);
            gate::misfit(centred(drop(first)), centred(drop(second)), weights.q)
        });
        let alarm = match &ends {
            _ if misfit => Some(Alarm::LadderMisfit),
            [plus, minus] if !(plus.centre + minus.centre).is_finite() => {
                Some(Alarm::LogBias { bias: f64::INFINITY })
            }
            _ if samples.traits.exact => None,
            _ if bias > LOG_BIAS * half_width => Some(Alarm::LogBias { bias }),
            [plus, minus] => plus.alarm.or(minus.alarm),
        };
        let (ln_against, ln_support) =
            if level.e_values { self.e_values(&ends) } else { (f64::NAN, f64::NAN) };
        vec![Evidence {
            finding: Finding::Difference {
                observed: 0.5 * (centres[0] + centres[1]),
                claimed: 0.0,
                interval,
                relation: self.relation,
                statistical: 0.5 * errors[0].width().max(errors[1].width()),
                extrapolation: (centres[0] - centres[1]).abs(),
            },
            scale: 1.0,
            promised: self.resolution,
            guarantee: if samples.traits.exact {
                Guarantee::Computed
            } else {
                Guarantee::Asymptotic { unseen: gate::unseen(samples.rounds, half) }
            },
            alarm,
            ln_against,
            ln_support,
        }]
    }

    fn known(&self) -> Vec<Known> {
        Vec::new()
    }

    fn curve(&self) -> CurveData {
        curve_data(&self.curve)
    }

    fn curve_design(&self, _position: f64) -> Result<Option<Design>, LadderError> {
        Ok((!self.nested()).then(|| Design::single(false)))
    }
}
