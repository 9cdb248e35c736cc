//! The observable tends to the theory as the size grows.

use super::shared::{
    Sides, curve_data, known, labels, ladder_design, locate, point, says, tolerances, weigh_ladder,
};
use super::*;
use crate::given::Given;

/// The observable tends to the theory as the size grows, judged by an extrapolated ladder of
/// sizes, never at one size.
pub struct Limit<P: 'static, T: Value, const M: usize>
where
    Vec<T::Drawn>: Outcome,
{
    /// The hypotheses: everything that the theorem quantifies over, but the size.
    pub domain: fn(&mut Given) -> P,
    /// The limit.
    pub theory: fn(&P) -> T,
    /// The empirical side at each size.
    pub observable: Ladder<P, T::Drawn>,
    /// A base and, usually, four times the base: n, 2n, 4n, 8n for one exponent.
    pub sizes: &'static [usize],
    /// The finite-size terms that are removed, and what is assumed of the rest.
    pub correction: Correction,
    /// The smallest difference that is promised to be excluded.
    pub resolution: Resolution,
    /// Values of `theory` obtained without this code.
    pub known: Vec<(P, T)>,
    /// Wrong versions.
    pub mutants: [Mutant<fn(&P) -> T>; M],
    /// A slice for snapshot and plot.
    pub curve: Curve<P>,
}

impl<P: 'static, T: Value, const M: usize> Limit<P, T, M>
where
    Vec<T::Drawn>: Outcome,
{
    fn point(&self, at: &Address) -> P {
        point(self.domain, at, self.curve.at, |p| p)
    }

    fn nested(&self) -> bool {
        matches!(self.observable, Ladder::Nested(_))
    }
}

impl<P: 'static, T, const M: usize> Declaration for Limit<P, T, M>
where
    T: Value + Clone + Send + Sync,
    P: Send + Sync + fmt::Debug,
    Vec<T::Drawn>: Outcome,
    Count<M>: Enough,
{
    fn kind(&self) -> Kind {
        Kind::Limit
    }

    fn mutants(&self) -> Vec<Label> {
        labels(&self.mutants)
    }

    fn resolution(&self) -> Resolution {
        self.resolution
    }

    fn sizes(&self) -> &'static [usize] {
        self.sizes
    }

    fn correction(&self) -> Option<Correction> {
        Some(self.correction)
    }

    fn assertion(&self) -> String {
        "the observable tends to the theory".to_owned()
    }

    fn locate(&self, at: &Address) -> Result<Setting, OutsideHypotheses> {
        locate(self.domain, at, self.curve.x)
    }

    fn design(&self, _at: &Address) -> Result<Option<Design>, LadderError> {
        Ok(Some(ladder_design(self.sizes, self.correction, self.nested())?.1))
    }

    fn need(&self, at: &Address) -> Need {
        let theory = self.theory(Version::Stated, at, 0);
        let parts = 2 * theory.len();
        Need::Means { tolerances: tolerances(&theory, self.resolution), parts }
    }

    fn draw(&self, at: &Address, size: usize) -> Draw {
        let point = self.point(at);
        match self.observable {
            Ladder::Each(sampler) => sampler(point, size).into(),
            Ladder::Nested(sampler) => sampler(point, self.sizes).into(),
        }
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
        let Ok((weights, _)) = ladder_design(self.sizes, self.correction, self.nested()) else {
            return Vec::new(); // `design` has reported it, and nothing was drawn
        };
        let stated = self.theory(Version::Stated, at, 0);
        let claimed = vec![self.theory(version, at, 0); self.sizes.len()];
        let sides = Sides { claimed, stated: &stated };
        weigh_ladder(samples, &weights, &sides, self.resolution, level)
    }

    fn known(&self) -> Vec<Known> {
        let one = |(p, t): &(P, T)| known(p, components((self.theory)(p)), components(t.clone()));
        self.known.iter().flat_map(one).collect()
    }

    fn expected(&self) -> Vec<f64> {
        shared::values(&self.known)
    }

    fn curve(&self) -> CurveData {
        curve_data(&self.curve)
    }
}
