//! What ties the theory function of a claim to the derivation of its theorem.
//!
//! A derivation speaks of exact expressions, a claim of a function in double precision. A [`Tie`]
//! says which [`Formula`] the function computes and which step of the derivation states it. The
//! check looks at every known value, planned point and curve position: the function must be equal
//! to an enclosure of the formula there, the formula must be that of the step, and the point must
//! lie where the step was shown to hold.

mod check;
mod formula;
mod stated;

pub use check::{Checked, Word};
pub use formula::Formula;

use crate::evidence::Resolution;
use crate::given::{Address, OutsideHypotheses, Symbol, planned_points};
use crate::kind::{Kind, Typed};
use crate::proof::{Derivation, Proof};
use crate::sampler::Approx;
use check::{Checker, Origin};
use std::sync::Arc;

/// The formulas of a theory at a place, one for each component.
type Formulas<A> = Box<dyn Fn(&A) -> Vec<Formula> + Send + Sync>;

/// How the theory of a claim is tied to the derivation of its theorem; `A` is what the theory
/// takes: the point, or the point with a size, a step or an argument.
pub struct Tie<A>(pub(crate) Made<A>);

pub(crate) enum Made<A> {
    Everywhere(Formulas<A>),
    Instances(Vec<A>, Formulas<A>),
    None(&'static str),
}

impl<A: 'static> Tie<A> {
    /// The theory evaluates formulas, one for each component. Which ones may depend on the place:
    /// the branches of a case distinction.
    pub fn formula<F: Into<Vec<Formula>> + 'static>(of: fn(&A) -> F) -> Self {
        Self(Made::Everywhere(Box::new(move |at| of(at).into())))
    }

    /// The theory is an algorithm, compared with formulas at these instances of it alone.
    pub fn instances<F: Into<Vec<Formula>> + 'static>(at: Vec<A>, of: fn(&A) -> F) -> Self {
        Self(Made::Instances(at, Box::new(move |at| of(at).into())))
    }

    /// Nothing ties the theory to a derivation: a line that says why.
    pub fn none(why: &'static str) -> Self {
        Self(Made::None(why))
    }
}

/// A claim's theory with its tie, whatever the type of the point.
pub(crate) trait Tied: Send + Sync {
    /// Why there is no tie, if there is none.
    fn untied(&self) -> Option<&'static str>;

    /// What rounding is a fraction of at least.
    fn unit(&self) -> f64;

    /// Shows every place where theory and formulas are compared; `points` is how many the claim
    /// is checked at.
    fn places(&self, points: usize, see: See<'_>) -> Result<(), OutsideHypotheses>;
}

/// Where a place comes from, theory and formulas there, and the symbols of a planned point.
type See<'a> = &'a mut dyn FnMut(Origin, Vec<Approx>, Vec<Formula>, &[Symbol]);

impl dyn Tied {
    /// Checks the tie; `points` is how many the claim is checked at.
    pub(crate) fn check(
        &self,
        points: usize,
        derivation: &Derivation,
        proof: &Proof,
    ) -> Result<Checked, OutsideHypotheses> {
        if let Some(why) = self.untied() {
            return Ok(Checked::none(why));
        }
        let mut checker = Checker::new(derivation, proof, self.unit());
        self.places(points, &mut |origin, theory, formulas, symbols| {
            checker.look(origin, &theory, &formulas, symbols);
        })?;
        Ok(checker.finish())
    }
}

/// A declaration and its tie.
pub(crate) struct Pair<D: Typed> {
    pub(crate) declaration: Arc<D>,
    pub(crate) tie: Tie<D::Place>,
}

impl<D: Typed> Tied for Pair<D> {
    fn untied(&self) -> Option<&'static str> {
        match self.tie.0 {
            Made::None(why) => Some(why),
            _ => None,
        }
    }

    fn unit(&self) -> f64 {
        unit(&*self.declaration)
    }

    fn places(&self, points: usize, see: See<'_>) -> Result<(), OutsideHypotheses> {
        let claim = &*self.declaration;
        let mut look = |origin: Origin, at: &D::Place, symbols: &[Symbol], of: &Formulas<_>| {
            see(origin, claim.says(at), of(at), symbols);
        };
        match &self.tie.0 {
            Made::None(_) => {}
            Made::Instances(places, of) => {
                places.iter().for_each(|at| look(Origin::Instance, at, &[], of));
            }
            Made::Everywhere(of) => {
                claim.known_places().into_iter().for_each(|at| look(Origin::Known, at, &[], of));
                for address in planned_points(dimension(claim)?, points) {
                    let symbols = claim.locate(&address)?.symbols;
                    for at in claim.planned_places(&address) {
                        look(Origin::Planned, &at, &symbols, of);
                    }
                }
                for x in claim.curve().positions {
                    look(Origin::Curve, &claim.curve_place(x), &[], of);
                }
            }
        }
        Ok(())
    }
}

/// What rounding is a fraction of at least: 1 where the claim is judged in absolute terms.
fn unit(claim: &impl Typed) -> f64 {
    let of_size = matches!(claim.kind(), Kind::Bound | Kind::PathBound | Kind::Rate);
    let absolute = matches!(claim.resolution(), Resolution::Absolute(_));
    if absolute && !of_size { 1.0 } else { 0.0 }
}

fn dimension(claim: &impl Typed) -> Result<usize, OutsideHypotheses> {
    Ok(claim.locate(&Address::Unit(Vec::new()))?.symbols.len())
}
