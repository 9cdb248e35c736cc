//! A computed margin is never negative.

use super::shared::{curve_data, known, labels, locate, point, says};
use super::*;
use crate::evidence::{ROUNDING, of_sides};
use crate::given::Given;

/// `margin` $\ge 0$ at every point, to rounding. Write it as a difference of terms of order one:
/// rounding is a fraction of 1 or of the margin. Looked at in finitely many points: what is found
/// is support, never a proof.
pub struct Property<P: 'static, const M: usize> {
    /// The hypotheses.
    pub domain: fn(&mut Given) -> P,
    /// Never negative, if the claim holds.
    pub margin: fn(&P) -> f64,
    /// Values of `margin` obtained without this code.
    pub known: Vec<(P, f64)>,
    /// Wrong margins.
    pub mutants: [Mutant<fn(&P) -> f64>; M],
    /// A slice for snapshot and plot.
    pub curve: Curve<P>,
}

impl<P: 'static, const M: usize> Property<P, M> {
    fn point(&self, at: &Address) -> P {
        point(self.domain, at, self.curve.at, |p| p)
    }
}

impl<P: 'static + Send + Sync + fmt::Debug, const M: usize> Declaration for Property<P, M>
where
    Count<M>: Enough,
{
    fn kind(&self) -> Kind {
        Kind::Property
    }

    fn mutants(&self) -> Vec<Label> {
        labels(&self.mutants)
    }

    fn resolution(&self) -> Resolution {
        Resolution::Absolute(ROUNDING)
    }

    fn assertion(&self) -> String {
        "the margin is never negative".to_owned()
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
        Sampler::exact((self.margin)(&self.point(at))).into()
    }

    fn theory(&self, version: Version, at: &Address, _size: usize) -> Vec<Approx> {
        vec![says(&self.margin, &self.mutants, version)(&self.point(at)).into()]
    }

    fn weigh(
        &self,
        version: Version,
        at: &Address,
        _samples: &Samples,
        _level: Level,
    ) -> Vec<Evidence> {
        let margin = self.theory(version, at, 0)[0];
        // Against 1 where the margin is small, so that rounding has a unit.
        let unit = 1.0_f64.max(margin.value.abs());
        let part = if unit.is_infinite() { margin.value.signum() } else { margin.value / unit };
        let sides = [part + 1.0, 1.0].map(Approx::from);
        vec![of_sides(sides[0], sides[1], Relation::AtLeast)]
    }

    fn known(&self) -> Vec<Known> {
        let one = |(p, m): &(P, f64)| known(p, vec![(self.margin)(p).into()], vec![(*m).into()]);
        self.known.iter().flat_map(one).collect()
    }

    fn expected(&self) -> Vec<f64> {
        shared::values(&self.known)
    }

    fn curve(&self) -> CurveData {
        curve_data(&self.curve)
    }
}
