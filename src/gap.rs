//! How far a mutant is from what it was made of.

use crate::evidence::Resolution;
use crate::given::Address;
use crate::kind::{Declaration, Kind, Version};

/// How far a mutant is from the truth at a point, in promised resolutions; `None` for kinds whose
/// mutants are not a distance away.
pub fn gap(declaration: &dyn Declaration, mutant: usize, at: &Address) -> Option<f64> {
    let promise = declaration.resolution();
    let sizes = declaration.sizes();
    let value = |version, at: &Address, size| -> Vec<f64> {
        declaration.theory(version, at, size).iter().map(|a| a.value).collect()
    };
    let version = Version::Mutant(mutant);
    match declaration.kind() {
        Kind::Equality | Kind::Limit | Kind::Equivalent => {
            let size = sizes.iter().copied().max().unwrap_or(0);
            let stated = value(Version::Stated, at, size);
            let wrong = value(version, at, size);
            let gap = |(a, b): (&f64, &f64)| {
                promise.at(*a).map_or(0.0, |(scale, r)| (a - b).abs() / scale / r)
            };
            stated.iter().zip(&wrong).map(gap).max_by(f64::total_cmp)
        }
        Kind::Rate => {
            let (low, high) = (*sizes.iter().min()?, *sizes.iter().max()?);
            let ratio = |size| {
                let (wrong, stated) = (value(version, at, size), value(Version::Stated, at, size));
                Some((wrong.first()? / stated.first()?).ln())
            };
            let slope = (ratio(high)? - ratio(low)?) / (high as f64 / low as f64).ln();
            Some(slope.abs() / promise.number())
        }
        Kind::Law => {
            let positions = declaration.curve().positions;
            let far = |x: &f64| {
                let at = Address::Curve(*x);
                let (wrong, stated) = (value(version, &at, 0), value(Version::Stated, &at, 0));
                Some((wrong.first()? - stated.first()?).abs())
            };
            positions.iter().filter_map(far).max_by(f64::total_cmp).map(|d| d / promise.number())
        }
        Kind::Bound if !matches!(promise, Resolution::Absolute(_)) => {
            let (stated, wrong) = (value(Version::Stated, at, 0), value(version, at, 0));
            let (stated, wrong) = (*stated.first()?, *wrong.first()?);
            promise.at(stated).map(|(scale, r)| (stated - wrong).abs() / scale / r)
        }
        Kind::Bound | Kind::PathBound | Kind::Identity | Kind::Property => None,
    }
}
