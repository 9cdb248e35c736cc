//! Two computed sides are equal at every point.

use super::shared::{curve_data, known, labels, locate, point, same_components, says};
use super::*;
use crate::evidence::{ROUNDING, of_sides};
use crate::given::Given;

/// `left` = `right` at every point, to rounding and stated numerical error. Looked at in finitely
/// many points: what is found is support, never a proof.
pub struct Identity<P: 'static, T: Value, const M: usize> {
    /// The hypotheses.
    pub domain: fn(&mut Given) -> P,
    /// One side.
    pub left: fn(&P) -> T,
    /// The other side, by another route.
    pub right: fn(&P) -> T,
    /// Values of `right` obtained without this code.
    pub known: Vec<(P, T)>,
    /// Wrong right-hand sides.
    pub mutants: [Mutant<fn(&P) -> T>; M],
    /// A slice for snapshot and plot.
    pub curve: Curve<P>,
}

impl<P: 'static, T: Value, const M: usize> Identity<P, T, M> {
    fn point(&self, at: &Address) -> P {
        point(self.domain, at, self.curve.at, |p| p)
    }
}

impl<P: 'static, T, const M: usize> Declaration for Identity<P, T, M>
where
    T: Value + Clone + Send + Sync,
    P: Send + Sync + fmt::Debug,
    Count<M>: Enough,
{
    fn kind(&self) -> Kind {
        Kind::Identity
    }

    fn mutants(&self) -> Vec<Label> {
        labels(&self.mutants)
    }

    fn resolution(&self) -> Resolution {
        Resolution::Relative(ROUNDING)
    }

    fn assertion(&self) -> String {
        "both sides are equal at every point".to_owned()
    }

    fn locate(&self, at: &Address) -> Result<Setting, OutsideHypotheses> {
        locate(self.domain, at, self.curve.x)
    }

    fn design(&self, _at: &Address) -> Result<Option<Design>, LadderError> {
        Ok(None)
    }

    fn need(&self, _at: &Address) -> Need {
        Need::Computed
    }

    fn draw(&self, at: &Address, _size: usize) -> Draw {
        let left: Vec<f64> =
            components((self.left)(&self.point(at))).iter().map(|c| c.value).collect();
        Sampler::exact(left).into()
    }

    fn theory(&self, version: Version, at: &Address, _size: usize) -> Vec<Approx> {
        components(says(&self.right, &self.mutants, version)(&self.point(at)))
    }

    fn weigh(
        &self,
        version: Version,
        at: &Address,
        _samples: &Samples,
        _level: Level,
    ) -> Vec<Evidence> {
        let left = components((self.left)(&self.point(at)));
        let right = self.theory(version, at, 0);
        same_components(&left, &right);
        let sides = left.into_iter().zip(right);
        sides.map(|(left, right)| of_sides(left, right, Relation::Equal)).collect()
    }

    fn known(&self) -> Vec<Known> {
        let one = |(p, t): &(P, T)| known(p, components((self.right)(p)), components(t.clone()));
        self.known.iter().flat_map(one).collect()
    }

    fn expected(&self) -> Vec<f64> {
        shared::values(&self.known)
    }

    fn curve(&self) -> CurveData {
        curve_data(&self.curve)
    }
}
