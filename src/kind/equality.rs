//! The mean of the observable equals the theory.

use super::shared::{known, labels, locate, point, says, tolerances, weigh_means};
use super::*;
use crate::given::Given;

/// $E[\text{observable}] = \text{theory}$, exactly, at every point. Sizes, if any, are symbols of
/// the point.
pub struct Equality<P: 'static, T: Value, const M: usize> {
    /// The hypotheses: everything that the theorem quantifies over.
    pub domain: fn(&mut Given) -> P,
    /// The theory side.
    pub theory: fn(&P) -> T,
    /// The empirical side: everything random is drawn here.
    pub observable: fn(P) -> Sampler<T::Drawn>,
    /// The smallest difference that is promised to be excluded.
    pub resolution: Resolution,
    /// Values of `theory` obtained without this code.
    pub known: Vec<(P, T)>,
    /// Wrong versions.
    pub mutants: [Mutant<fn(&P) -> T>; M],
    /// A slice for snapshot and plot.
    pub curve: Curve<P>,
}

impl<P: 'static, T: Value, const M: usize> Equality<P, T, M> {
    fn point(&self, at: &Address) -> P {
        point(self.domain, at, self.curve.at, |p| p)
    }
}

impl<P: 'static, T, const M: usize> Declaration for Equality<P, T, M>
where
    T: Value + Clone + Send + Sync,
    P: Send + Sync + fmt::Debug,
    Count<M>: Enough,
{
    fn kind(&self) -> Kind {
        Kind::Equality
    }

    fn mutants(&self) -> Vec<Label> {
        labels(&self.mutants)
    }

    fn resolution(&self) -> Resolution {
        self.resolution
    }

    fn assertion(&self) -> String {
        "the mean of the observable equals the theory".to_owned()
    }

    fn locate(&self, at: &Address) -> Result<Setting, OutsideHypotheses> {
        locate(self.domain, at, self.curve.x)
    }

    fn design(&self, at: &Address) -> Result<Option<Design>, LadderError> {
        // Draws in a known range are judged by an exact sequence, which needs them in order.
        let bounded = self.draw(at, 0).traits().range.is_some();
        Ok(Some(Design::single(bounded)))
    }

    fn need(&self, at: &Address) -> Need {
        let theory = self.theory(Version::Stated, at, 0);
        Need::Means { tolerances: tolerances(&theory, self.resolution), parts: theory.len() }
    }

    fn draw(&self, at: &Address, _size: usize) -> Draw {
        (self.observable)(self.point(at)).into()
    }

    fn theory(&self, version: Version, at: &Address, _size: usize) -> Vec<Approx> {
        components(says(&self.theory, &self.mutants, version)(&self.point(at)))
    }

    fn weigh(
        &self,
        version: Version,
        at: &Address,
        samples: &Samples,
        level: Level,
    ) -> Vec<Evidence> {
        let stated = self.theory(Version::Stated, at, 0);
        let claimed = self.theory(version, at, 0);
        weigh_means(samples, &stated, &claimed, self.resolution, Relation::Equal, level)
    }

    fn known(&self) -> Vec<Known> {
        let one = |(p, t): &(P, T)| known(p, components((self.theory)(p)), components(t.clone()));
        self.known.iter().flat_map(one).collect()
    }

    fn expected(&self) -> Vec<f64> {
        shared::values(&self.known)
    }

    fn curve(&self) -> CurveData {
        shared::curve_data(&self.curve)
    }
}
