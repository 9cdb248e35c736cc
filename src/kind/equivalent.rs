//! The observable minus a theory that sees the size tends to 0.

use super::shared::{
    Sides, curve_data, known, labels, ladder_design, locate, point, says, tolerances, weigh_ladder,
};
use super::*;
use crate::given::Given;

/// observable $-$ theory$(n) \to 0$: a deterministic equivalent, or a finite-size prediction. The
/// weights of the ladder are applied to both sides; the unit of a relative resolution is the
/// theory at the largest size.
pub struct Equivalent<P: 'static, T: Value, const M: usize>
where
    Vec<T::Drawn>: Outcome,
{
    /// The hypotheses: everything that the theorem quantifies over, but the size.
    pub domain: fn(&mut Given) -> P,
    /// The prediction at a size.
    pub theory: fn(&P, usize) -> T,
    /// The empirical side at each size.
    pub observable: Ladder<P, T::Drawn>,
    /// A base and, usually, four times the base.
    pub sizes: &'static [usize],
    /// The terms of the difference that are removed, and what is assumed of the rest.
    pub correction: Correction,
    /// The smallest difference that is promised to be excluded.
    pub resolution: Resolution,
    /// Values of `theory` obtained without this code.
    pub known: Vec<((P, usize), T)>,
    /// Wrong versions.
    pub mutants: [Mutant<fn(&P, usize) -> T>; M],
    /// A slice for snapshot and plot: the point, and the size.
    pub curve: Curve<(P, usize)>,
}

impl<P: 'static, T: Value, const M: usize> Equivalent<P, T, M>
where
    Vec<T::Drawn>: Outcome,
{
    /// The point, and the size that a curve fixes.
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
}

impl<P: 'static, T, const M: usize> Declaration for Equivalent<P, T, M>
where
    T: Value + Clone + Send + Sync,
    P: Send + Sync + fmt::Debug,
    Vec<T::Drawn>: Outcome,
    Count<M>: Enough,
{
    fn kind(&self) -> Kind {
        Kind::Equivalent
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
        "the observable minus the theory at the same size tends to 0".to_owned()
    }

    fn locate(&self, at: &Address) -> Result<Setting, OutsideHypotheses> {
        locate(self.domain, at, self.curve.x)
    }

    fn design(&self, _at: &Address) -> Result<Option<Design>, LadderError> {
        Ok(Some(ladder_design(self.sizes, self.correction, self.nested())?.1))
    }

    fn need(&self, at: &Address) -> Need {
        let largest = self.sizes.iter().copied().max().unwrap_or(0);
        let theory = self.theory(Version::Stated, at, largest);
        let parts = 2 * theory.len();
        Need::Means { tolerances: tolerances(&theory, self.resolution), parts }
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
        let says = says(&self.theory, &self.mutants, version);
        components(says(&point, fixed.unwrap_or(size)))
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
        let largest = self.sizes.iter().copied().max().unwrap_or(0);
        let stated = self.theory(Version::Stated, at, largest);
        let claimed = self.sizes.iter().map(|n| self.theory(version, at, *n)).collect();
        let sides = Sides { claimed, stated: &stated };
        weigh_ladder(samples, &weights, &sides, self.resolution, level)
    }

    fn known(&self) -> Vec<Known> {
        let one = |(at @ (p, n), t): &((P, usize), T)| {
            known(at, components((self.theory)(p, *n)), components(t.clone()))
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
        // At the curve's own size; a nested draw gives every size of the ladder, not that one.
        Ok((!self.nested()).then(|| Design::single(false)))
    }
}
