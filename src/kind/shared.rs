//! What the kinds have in common.

use super::{Correction, Known, Label, Level, Mutant, Setting, Version};
use crate::evidence::{self, Comparison, Ends, Evidence, Relation, Resolution};
use crate::given::{Address, Given, OutsideHypotheses};
use crate::random::fnv1a;
use crate::sampler::{Approx, Value};
use crate::samples::{Design, Samples};
use crate::stats::ladder::{Ladder as Weights, LadderError};
use std::fmt;

/// The symbols and the hash of a point.
pub(super) fn locate<P>(
    domain: fn(&mut Given) -> P,
    at: &Address,
    x: &'static str,
) -> Result<Setting, OutsideHypotheses> {
    located(&|given| drop(domain(given)), at, x)
}

/// [`locate`], compiled once for all types of points.
fn located(
    domain: &dyn Fn(&mut Given),
    at: &Address,
    x: &'static str,
) -> Result<Setting, OutsideHypotheses> {
    if let Address::Curve(position) = at {
        if !position.is_finite() {
            return Err(OutsideHypotheses::Curve(*position));
        }
        let symbol = crate::given::Symbol {
            name: x,
            value: crate::given::Shown::Number(*position),
            range: "a position on the curve".to_owned(),
        };
        let key = [fnv1a(b"curve").to_le_bytes(), position.to_bits().to_le_bytes()].concat();
        return Ok(Setting { symbols: vec![symbol], hash: fnv1a(&key) });
    }
    let mut given = Given::at(at);
    domain(&mut given);
    let (symbols, hash) = given.finish()?;
    Ok(Setting { symbols, hash })
}

/// The typed point at an address that was located before.
pub(super) fn point<P, Q>(
    domain: fn(&mut Given) -> P,
    at: &Address,
    on_curve: impl Fn(f64) -> Q,
    of_point: impl Fn(P) -> Q,
) -> Q {
    match at {
        Address::Curve(position) => on_curve(*position),
        _ => of_point(domain(&mut Given::at(at))),
    }
}

/// Panics where a version has another number of components than what it is compared with: those
/// left over would never be judged.
pub(super) fn same_components(claimed: &[Approx], with: &[Approx]) {
    let (one, other) = (claimed.len(), with.len());
    assert!(one == other, "{one} components cannot be compared with {other}");
}

/// Names and reasons.
pub(super) fn labels<F>(mutants: &[Mutant<F>]) -> Vec<Label> {
    mutants.iter().map(|m| Label { name: m.name, why: m.why }).collect()
}

/// The function that a version asserts.
pub(super) fn says<'a, F>(stated: &'a F, mutants: &'a [Mutant<F>], version: Version) -> &'a F {
    match version {
        Version::Stated => stated,
        Version::Mutant(index) => &mutants[index].says,
    }
}

/// Known values against computed ones, component by component.
pub(super) fn known<A: fmt::Debug>(
    at: &A,
    computed: Vec<Approx>,
    expected: Vec<Approx>,
) -> Vec<Known> {
    same_components(&expected, &computed);
    let at = fields(&format!("{at:?}"));
    let expected = expected.into_iter().map(|e| e.value);
    computed
        .into_iter()
        .zip(expected)
        .map(|(computed, expected)| Known { at: at.clone(), computed, expected })
        .collect()
}

/// The longest point that is shown, in characters.
const POINT_MAX: usize = 120;

/// The fields of a point, from its `Debug`, without the names of types: `gamma: 2.0, r2: 5.0`.
fn fields(debug: &str) -> String {
    let mut text = String::new();
    for c in debug.chars() {
        match c {
            // `Point {` and `Some(`: what was a name is the name of a type.
            '{' | '(' => {
                let name = |c: char| c.is_alphanumeric() || c == '_' || c == ' ';
                let kept = text.trim_end_matches(name).len();
                text.truncate(kept);
                if !text.is_empty() {
                    text.push(' ');
                }
            }
            '}' | ')' => text.truncate(text.trim_end().len()),
            c => text.push(c),
        }
    }
    let text = short_lists(text.replace("  ", " ").trim());
    match text.char_indices().nth(POINT_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Lists of more than four numbers by the first two, so that what comes after them is seen.
fn short_lists(text: &str) -> String {
    let shorten = |piece: &str| match piece.split_once(']') {
        Some((list, rest)) if list.matches(", ").count() >= 4 => {
            let first: Vec<&str> = list.splitn(3, ", ").take(2).collect();
            format!("{}, …]{rest}", first.join(", "))
        }
        _ => piece.to_owned(),
    };
    text.split('[').map(shorten).collect::<Vec<_>>().join("[")
}

/// Known values as an author typed them.
pub(super) fn values<K, T: Value + Clone>(known: &[(K, T)]) -> Vec<f64> {
    known.iter().flat_map(|(_, t)| t.clone().components()).map(|c| c.value).collect()
}

/// The tolerance that each component of a theory is promised.
pub(super) fn tolerances(theory: &[Approx], promise: Resolution) -> Vec<f64> {
    let tolerance = |t: &Approx| promise.at(t.value).map_or(0.0, |(scale, r)| scale * r);
    theory.iter().map(tolerance).collect()
}

/// The unit and the promise at a theory. A relative promise at a theory of 0 is refused before
/// any draw where the plan can see it; elsewhere (a late step of a trajectory) it keeps the claim
/// from being supported.
fn unit(promise: Resolution, stated: f64) -> (f64, f64) {
    promise.at(stated).unwrap_or((1.0, f64::NEG_INFINITY))
}

/// Evidence about the means of a design without sizes.
pub(super) fn weigh_means(
    samples: &Samples,
    stated: &[Approx],
    claimed: &[Approx],
    promise: Resolution,
    relation: Relation,
    level: Level,
) -> Vec<Evidence> {
    same_components(claimed, stated);
    let share = level.alpha / claimed.len() as f64;
    let one = |(component, (claimed, stated)): (usize, (&Approx, &Approx))| {
        let (scale, promised) = unit(promise, stated.value);
        let compare = Comparison {
            claimed: *claimed,
            relation,
            scale,
            promised,
            alpha: share,
            e_values: level.e_values,
        };
        evidence::of_mean(samples, component, &compare)
    };
    claimed.iter().zip(stated).enumerate().map(one).collect()
}

/// The weights of a limit, and the design that applies them.
pub(super) fn ladder_design(
    sizes: &'static [usize],
    correction: Correction,
    nested: bool,
) -> Result<(Weights, Design), LadderError> {
    let weights = Weights::limit(sizes, correction.exponents, correction.guard)?;
    let mut combinations = vec![weights.plus.clone(), weights.minus.clone()];
    if let Some((first, second)) = &weights.drops {
        combinations.extend([first.clone(), second.clone()]);
    }
    let design = Design {
        sites: if nested { vec![0] } else { sizes.to_vec() },
        nested: if nested { sizes.len() } else { 1 },
        combinations,
        keep: false,
    };
    Ok((weights, design))
}

/// What is compared in a ladder: the theory of a version and of the stated claim, at each size.
pub(super) struct Sides<'a> {
    /// By size, then component.
    pub claimed: Vec<Vec<Approx>>,
    /// Of the stated claim at the largest size: it fixes the unit.
    pub stated: &'a [Approx],
}

/// Evidence about the limits of a ladder.
pub(super) fn weigh_ladder(
    samples: &Samples,
    weights: &Weights,
    sides: &Sides<'_>,
    promise: Resolution,
    level: Level,
) -> Vec<Evidence> {
    sides.claimed.iter().for_each(|by_size| same_components(by_size, sides.stated));
    let share = level.alpha / sides.stated.len() as f64;
    let one = |(component, stated): (usize, &Approx)| {
        let (scale, promised) = unit(promise, stated.value);
        let at = |weights: &[f64]| {
            let terms =
                weights.iter().zip(&sides.claimed).map(|(w, by_size)| (w, by_size[component]));
            let add = |sum: Approx, (w, t): (&f64, Approx)| Approx {
                value: sum.value + w * t.value,
                error: sum.error + w.abs() * t.error,
            };
            terms.fold(Approx { value: 0.0, error: 0.0 }, add)
        };
        let last = sides.claimed.last().map_or(*stated, |by_size| by_size[component]);
        let compare = Comparison {
            claimed: last,
            relation: Relation::Equal,
            scale,
            promised,
            alpha: share,
            e_values: level.e_values,
        };
        let drops = weights
            .drops
            .as_ref()
            .map(|_| (samples.stream(2, component), samples.stream(3, component), weights.q));
        let ends = Ends {
            plus: (samples.stream(0, component), at(&weights.plus)),
            minus: (samples.stream(1, component), at(&weights.minus)),
            drops,
        };
        evidence::of_ladder(&ends, &samples.traits, samples.deferred(), &compare)
    };
    sides.stated.iter().enumerate().map(one).collect()
}

/// A curve as data.
pub(super) fn curve_data<P>(curve: &super::Curve<P>) -> super::CurveData {
    super::CurveData { x: curve.x, log: curve.grid.is_log(), positions: curve.grid.positions() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_shown_without_the_names_of_its_types() {
        #[derive(Debug)]
        #[allow(dead_code, reason = "they are printed")]
        struct Inner {
            p: usize,
            label: Option<f64>,
        }
        let cases = [
            (format!("{:?}", Inner { p: 3, label: Some(0.5) }), "p: 3, label: 0.5"),
            (format!("{:?}", (Inner { p: 3, label: None }, 7)), "p: 3, label: None, 7"),
            (format!("{:?}", 2.5), "2.5"),
            (format!("{:?}", [1.0, 2.0]), "[1.0, 2.0]"),
        ];
        for (debug, shown) in cases {
            assert_eq!(fields(&debug), shown);
        }
        let long = format!("{:?}", ([0.5; 100], 7));
        assert_eq!(fields(&long), "[0.5, 0.5, …], 7");
        assert_eq!(fields(&"p".repeat(200)).chars().count(), POINT_MAX + 1);
    }
}
