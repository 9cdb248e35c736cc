//! The points of a claim as their author's type, and what the theory says there: for a tie of the
//! theory to an expression, which needs more than the printed symbols.

use super::*;
use crate::given::Given;

/// A kind with its points.
pub trait Typed: Declaration {
    /// Where the theory is evaluated: the point, with a size, a step or an argument where the
    /// theory takes one.
    type Place: 'static + Send + Sync;

    /// The stated theory.
    fn says(&self, at: &Self::Place) -> Vec<Approx>;
    /// The places of the known values.
    fn known_places(&self) -> Vec<&Self::Place>;
    /// The place at a position on the curve.
    fn curve_place(&self, position: f64) -> Self::Place;
    /// The places at a planned point: with every size of the ladder, and with the steps or
    /// arguments of the curve.
    fn planned_places(&self, at: &Address) -> Vec<Self::Place>;
}

/// The places of a claim whose theory takes the point alone.
macro_rules! at_points {
    ($kind:ident, $theory:ident, [$($generic:tt)*], [$($used:tt)*], [$($bound:tt)*]) => {
        impl<P: 'static + Send + Sync + fmt::Debug, $($generic)*> Typed for $kind<P, $($used)*>
        where
            Count<M>: Enough,
            $($bound)*
        {
            type Place = P;

            fn says(&self, at: &P) -> Vec<Approx> {
                components((self.$theory)(at))
            }

            fn known_places(&self) -> Vec<&P> {
                self.known.iter().map(|(place, _)| place).collect()
            }

            fn curve_place(&self, position: f64) -> P {
                (self.curve.at)(position)
            }

            fn planned_places(&self, at: &Address) -> Vec<P> {
                vec![(self.domain)(&mut Given::at(at))]
            }
        }
    };
}

at_points!(Equality, theory, [T, const M: usize], [T, M], [T: Value + Clone + Send + Sync]);
at_points!(Identity, right, [T, const M: usize], [T, M], [T: Value + Clone + Send + Sync]);
at_points!(
    Limit,
    theory,
    [T, const M: usize],
    [T, M],
    [T: Value + Clone + Send + Sync, Vec<T::Drawn>: Outcome]
);
at_points!(Bound, bound, [const M: usize], [M], []);
at_points!(Property, margin, [const M: usize], [M], []);

/// The places of a claim whose theory takes something beside the point.
macro_rules! at_pairs {
    (
        $kind:ident, $theory:ident, $with:ty, |$one:pat_param| $known:expr, |$other:ident| $beside:expr,
        [$($generic:tt)*], [$($used:tt)*], [$($bound:tt)*]
    ) => {
        impl<P: 'static + Send + Sync + fmt::Debug, $($generic)*> Typed for $kind<P, $($used)*>
        where
            Count<M>: Enough,
            $($bound)*
        {
            type Place = (P, $with);

            fn says(&self, (point, with): &(P, $with)) -> Vec<Approx> {
                components((self.$theory)(point, *with))
            }

            fn known_places(&self) -> Vec<&(P, $with)> {
                let $one = self;
                $known
            }

            fn curve_place(&self, position: f64) -> (P, $with) {
                (self.curve.at)(position)
            }

            fn planned_places(&self, at: &Address) -> Vec<(P, $with)> {
                let $other = self;
                let with: Vec<$with> = $beside;
                with.into_iter().map(|w| ((self.domain)(&mut Given::at(at)), w)).collect()
            }
        }
    };
}

/// What the curve of a claim puts beside its points.
fn beside<P, W>(curve: &Curve<(P, W)>) -> Vec<W> {
    curve.grid.positions().into_iter().map(|x| (curve.at)(x).1).collect()
}

at_pairs!(
    Equivalent, theory, usize,
    |claim| claim.known.iter().map(|(place, _)| place).collect(), |claim| claim.sizes.to_vec(),
    [T, const M: usize], [T, M], [T: Value + Clone + Send + Sync, Vec<T::Drawn>: Outcome]
);
at_pairs!(
    Law, cdf, f64,
    |claim| claim.known.iter().map(|(place, _)| place).collect(), |claim| beside(&claim.curve),
    [const M: usize], [M], []
);
at_pairs!(
    PathBound, bound, usize,
    |claim| claim.known.iter().map(|(place, _)| place).collect(), |claim| beside(&claim.curve),
    [const M: usize], [M], []
);
at_pairs!(
    Rate, shape, usize, |_| Vec::new(), |claim| claim.sizes.to_vec(),
    [const M: usize], [M], []
);
