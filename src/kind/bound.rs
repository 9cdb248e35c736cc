//! The observable is at most (or at least) a bound.

use super::shared::{curve_data, known, labels, locate, point, says, tolerances, weigh_means};
use super::*;
use crate::evidence::{VIOLATION_GUARD, of_violations};
use crate::given::Given;
use crate::stats::bernoulli::Bernoulli;

/// The observable is at most (or at least) a bound: always, on average, or with probability.
pub struct Bound<P: 'static, const M: usize> {
    /// The hypotheses: everything that the theorem quantifies over.
    pub domain: fn(&mut Given) -> P,
    /// The empirical side.
    pub observable: fn(P) -> Sampler,
    /// `AtMost` or `AtLeast`.
    pub relation: Relation,
    /// How often.
    pub holds: Holds,
    /// The bound.
    pub bound: fn(&P) -> f64,
    /// Values of `bound` obtained without this code.
    pub known: Vec<(P, f64)>,
    /// Wrong versions.
    pub mutants: [Mutant<fn(&P) -> f64>; M],
    /// A slice for snapshot and plot.
    pub curve: Curve<P>,
}

impl<P: 'static, const M: usize> Bound<P, M> {
    fn point(&self, at: &Address) -> P {
        point(self.domain, at, self.curve.at, |p| p)
    }
}

/// Whether a draw breaks a bound, strictly and beyond rounding.
pub(super) fn breaks(relation: Relation, observed: f64, bound: f64) -> bool {
    // A fraction of an infinity would forgive everything.
    let unit = if bound.is_finite() { bound.abs().max(observed.abs()) } else { 0.0 };
    relation.excess(observed, bound) > VIOLATION_GUARD * unit
}

/// The promise that goes with a way of holding.
pub(super) fn promise(holds: Holds) -> Resolution {
    match holds {
        Holds::Always => Resolution::Absolute(ALWAYS),
        Holds::OnAverage(resolution) => resolution,
        Holds::WithProbability(q) => Resolution::Absolute(1.0 - q),
    }
}

/// How often a bound holds, in words.
pub(super) fn often(holds: Holds) -> String {
    match holds {
        Holds::Always => "always".to_owned(),
        Holds::OnAverage(_) => "on average".to_owned(),
        Holds::WithProbability(q) => format!("with probability at least {q}"),
    }
}

impl<P: 'static + Send + Sync + fmt::Debug, const M: usize> Declaration for Bound<P, M>
where
    Count<M>: Enough,
{
    fn kind(&self) -> Kind {
        Kind::Bound
    }

    fn mutants(&self) -> Vec<Label> {
        labels(&self.mutants)
    }

    fn resolution(&self) -> Resolution {
        promise(self.holds)
    }

    fn assertion(&self) -> String {
        format!("the observable {} the bound {}", verb(self.relation), often(self.holds))
    }

    fn locate(&self, at: &Address) -> Result<Setting, OutsideHypotheses> {
        locate(self.domain, at, self.curve.x)
    }

    fn design(&self, at: &Address) -> Result<Option<Design>, LadderError> {
        Ok(Some(match self.holds {
            Holds::WithProbability(_) => Design::kept(),
            Holds::Always => Design::single(false),
            Holds::OnAverage(_) => Design::single(self.draw(at, 0).traits().range.is_some()),
        }))
    }

    fn need(&self, at: &Address) -> Need {
        match self.holds {
            Holds::Always => Need::Violations { threshold: ALWAYS, versions: 1 },
            Holds::WithProbability(q) => Need::Violations { threshold: 1.0 - q, versions: 1 + M },
            Holds::OnAverage(promise) => {
                let bound = self.theory(Version::Stated, at, 0);
                Need::Means { tolerances: tolerances(&bound, promise), parts: 1 }
            }
        }
    }

    fn draw(&self, at: &Address, _size: usize) -> Draw {
        (self.observable)(self.point(at)).into()
    }

    fn theory(&self, version: Version, at: &Address, _size: usize) -> Vec<Approx> {
        vec![says(&self.bound, &self.mutants, version)(&self.point(at)).into()]
    }

    fn weigh(
        &self,
        version: Version,
        at: &Address,
        samples: &Samples,
        level: Level,
    ) -> Vec<Evidence> {
        let claimed = self.theory(version, at, 0);
        let bound = claimed[0].checked().value;
        match self.holds {
            Holds::OnAverage(promise) => {
                let stated = self.theory(Version::Stated, at, 0);
                weigh_means(samples, &stated, &claimed, promise, self.relation, level)
            }
            Holds::Always => {
                // One violation decides, so the most extreme draws tell all.
                let stream = samples.stream(0, 0);
                let extremes = [stream.min(), stream.max()];
                let broken = extremes.iter().any(|x| breaks(self.relation, *x, bound));
                let successes = u64::from(broken);
                let count = Bernoulli { successes, trials: samples.rounds };
                vec![of_violations(count, 0.0, ALWAYS, level.alpha)]
            }
            Holds::WithProbability(q) => {
                let broken = samples.kept.iter().filter(|x| breaks(self.relation, **x, bound));
                let count = Bernoulli { successes: broken.count() as u64, trials: samples.rounds };
                vec![of_violations(count, 1.0 - q, 1.0 - q, level.alpha / (1 + M) as f64)]
            }
        }
    }

    fn known(&self) -> Vec<Known> {
        let one = |(p, b): &(P, f64)| known(p, vec![(self.bound)(p).into()], vec![(*b).into()]);
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
