//! A bound along a whole trajectory at once.

use super::bound::{breaks, often, promise};
use super::shared::{curve_data, known, labels, locate, point, says, tolerances, weigh_means};
use super::*;
use crate::evidence::of_violations;
use crate::given::Given;
use crate::random::Rng;
use crate::stats::bernoulli::Bernoulli;

/// The observable is at most (or at least) a bound at every step of a trajectory at once: a
/// trajectory that breaks it anywhere is one violation.
pub struct PathBound<P: 'static, const M: usize> {
    /// The hypotheses: everything that the theorem quantifies over.
    pub domain: fn(&mut Given) -> P,
    /// The trajectory: one number for each step, from step 0.
    pub observable: fn(P) -> Sampler<Vec<f64>>,
    /// `AtMost` or `AtLeast`.
    pub relation: Relation,
    /// How often. On average means at each of at most 32 steps, evenly spread.
    pub holds: Holds,
    /// The bound at a step.
    pub bound: fn(&P, usize) -> f64,
    /// Values of `bound` obtained without this code.
    pub known: Vec<((P, usize), f64)>,
    /// Wrong versions.
    pub mutants: [Mutant<fn(&P, usize) -> f64>; M],
    /// A slice for snapshot and plot: the point, and the step.
    pub curve: Curve<(P, usize)>,
}

/// Steps at which a bound on average is judged.
const STEPS: usize = 32;

impl<P: 'static, const M: usize> PathBound<P, M> {
    fn point(&self, at: &Address) -> (P, Option<usize>) {
        let on_curve = |x| {
            let (p, step) = (self.curve.at)(x);
            (p, Some(step))
        };
        point(self.domain, at, on_curve, |p| (p, None))
    }

    fn bounds(
        &self,
        version: Version,
        at: &Address,
        steps: impl IntoIterator<Item = usize>,
    ) -> Vec<Approx> {
        let (point, _) = self.point(at);
        let says = says(&self.bound, &self.mutants, version);
        steps.into_iter().map(|step| says(&point, step).into()).collect()
    }

    /// The steps at which a bound on average is judged, of a trajectory with so many.
    fn grid(length: usize) -> Vec<usize> {
        let count = length.min(STEPS);
        let last = count.saturating_sub(1).max(1);
        (0..count).map(|i| i * (length - 1) / last).collect()
    }

    /// The same at a point: one trajectory, used for nothing else, tells the length.
    fn judged_steps(&self, at: &Address) -> Vec<usize> {
        let (point, _) = self.point(at);
        Self::grid((self.observable)(point).draw(&mut Rng::seeded(0)).len())
    }
}

impl<P: 'static + Send + Sync + fmt::Debug, const M: usize> Declaration for PathBound<P, M>
where
    Count<M>: Enough,
{
    fn kind(&self) -> Kind {
        Kind::PathBound
    }

    fn mutants(&self) -> Vec<Label> {
        labels(&self.mutants)
    }

    fn resolution(&self) -> Resolution {
        promise(self.holds)
    }

    fn assertion(&self) -> String {
        let (verb, often) = (verb(self.relation), often(self.holds));
        format!("the trajectory {verb} the bound at every step, {often}")
    }

    fn locate(&self, at: &Address) -> Result<Setting, OutsideHypotheses> {
        locate(self.domain, at, self.curve.x)
    }

    fn design(&self, _at: &Address) -> Result<Option<Design>, LadderError> {
        Ok(Some(match self.holds {
            Holds::OnAverage(_) => Design::single(false),
            _ => Design::kept(),
        }))
    }

    fn need(&self, at: &Address) -> Need {
        match self.holds {
            Holds::Always => Need::Violations { threshold: ALWAYS, versions: 1 },
            Holds::WithProbability(q) => Need::Violations { threshold: 1.0 - q, versions: 1 + M },
            Holds::OnAverage(promise) => {
                let bounds = self.bounds(Version::Stated, at, self.judged_steps(at));
                Need::Means { tolerances: tolerances(&bounds, promise), parts: bounds.len() }
            }
        }
    }

    fn draw(&self, at: &Address, _size: usize) -> Draw {
        let (point, step) = self.point(at);
        let mut sampler = (self.observable)(point);
        let average = matches!(self.holds, Holds::OnAverage(_));
        if step.is_none() && !average {
            return sampler.into();
        }
        let tail_index = sampler.traits().tail_index;
        let part = Sampler::new(move |rng: &mut Rng| -> Vec<f64> {
            let path = sampler.draw(rng);
            match step {
                None => Self::grid(path.len()).into_iter().map(|step| path[step]).collect(),
                Some(step) => vec![path.get(step).copied().unwrap_or(f64::NAN)],
            }
        });
        match tail_index {
            Some(index) => part.tail_index(index).into(),
            None => part.into(),
        }
    }

    fn theory(&self, version: Version, at: &Address, size: usize) -> Vec<Approx> {
        let (point, step) = self.point(at);
        vec![says(&self.bound, &self.mutants, version)(&point, step.unwrap_or(size)).into()]
    }

    fn weigh(
        &self,
        version: Version,
        at: &Address,
        samples: &Samples,
        level: Level,
    ) -> Vec<Evidence> {
        if let Holds::OnAverage(promise) = self.holds {
            let steps = self.judged_steps(at);
            let sides = |version| self.bounds(version, at, steps.iter().copied());
            let (stated, claimed) = (sides(Version::Stated), sides(version));
            return weigh_means(samples, &stated, &claimed, promise, self.relation, level);
        }
        let bounds = self.bounds(version, at, 0..samples.stride);
        let bounds: Vec<f64> = bounds.into_iter().map(|bound| bound.checked().value).collect();
        let broken = samples.kept.chunks_exact(samples.stride.max(1)).filter(|path| {
            path.iter().zip(&bounds).any(|(x, bound)| breaks(self.relation, *x, *bound))
        });
        let count = Bernoulli { successes: broken.count() as u64, trials: samples.rounds };
        vec![match self.holds {
            Holds::WithProbability(q) => {
                of_violations(count, 1.0 - q, 1.0 - q, level.alpha / (1 + M) as f64)
            }
            _ => of_violations(count, 0.0, ALWAYS, level.alpha),
        }]
    }

    fn known(&self) -> Vec<Known> {
        let one = |(at @ (p, step), b): &((P, usize), f64)| {
            known(at, vec![(self.bound)(p, *step).into()], vec![(*b).into()])
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
