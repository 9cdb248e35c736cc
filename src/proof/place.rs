//! One point of the symbols: the value of an expression there, enclosed, and whether a domain has
//! the point.

use super::domain::{Domain, End};
use super::tape::{Tape, enclose};
use crate::exact::{Expr, Rational, any_symbol};
use crate::interval::Interval;

/// Values of symbols, each a double taken exactly.
pub(crate) type Values<'a> = [(&'a str, f64)];

/// An enclosure of the value of an expression; undefined where a symbol has no value.
pub(crate) fn enclosed(e: &Expr, values: &Values<'_>) -> Interval {
    let points: Vec<(&str, Interval)> =
        values.iter().map(|(name, x)| (*name, Interval::point(*x))).collect();
    enclosed_on(e, &points)
}

/// An enclosure of the values of an expression on a box.
pub(crate) fn enclosed_on(e: &Expr, values: &[(&str, Interval)]) -> Interval {
    let tape = Tape::new(e);
    let at = |name: &String| values.iter().find(|(n, _)| n == name).map(|(_, x)| *x);
    let at: Option<Vec<Interval>> = tape.names.iter().map(at).collect();
    at.map_or(Interval::undefined(), |at| tape.value(&at, &mut Vec::new()))
}

/// The doubles around the exact value, where the expression is rational: tight under cancellation.
pub(crate) fn enclosed_exactly(e: &Expr, values: &Values<'_>) -> Option<Interval> {
    let values: Option<Vec<(&str, Rational)>> =
        values.iter().map(|(name, x)| Some((*name, Rational::try_from(*x).ok()?))).collect();
    e.exactly(&values?).map(|exact| enclose(&exact))
}

/// Whether a number is shown to be above 0, or not below where that is enough.
fn above(gap: &Expr, values: &Values<'_>, closed: bool) -> bool {
    let enough = |x: Interval| x.certainly_positive() || closed && x.certainly_nonneg();
    enough(enclosed(gap, values)) || enclosed_exactly(gap, values).is_some_and(enough)
}

/// Whether a point is shown to lie in a domain, or else the range that it is not shown to lie in.
/// `instance` gives symbols of the domain as expressions in those that have values; ranges of
/// symbols without either are passed over, unless they are `needed`.
pub(crate) fn inside(
    domain: &Domain,
    instance: &[(&str, Expr)],
    values: &Values<'_>,
    needed: &dyn Fn(&str) -> bool,
    closure: bool,
) -> Result<(), String> {
    for range in domain.ranges() {
        let name = range.symbol.as_str();
        let has_value = values.iter().any(|(n, _)| *n == name);
        if !has_value && !instance.iter().any(|(n, _)| *n == name) && !needed(name) {
            continue;
        }
        let here = put(&any_symbol(name), instance);
        let low = match &range.low {
            End::Infinite => true,
            End::Open(a) => above(&(&here - put(a, instance)), values, closure),
            End::Closed(a) => above(&(&here - put(a, instance)), values, true),
        };
        let high = match &range.high {
            End::Infinite => true,
            End::Open(b) => above(&(put(b, instance) - &here), values, closure),
            End::Closed(b) => above(&(put(b, instance) - &here), values, true),
        };
        if !(low && high) {
            return Err(format!("{name} is not shown to lie in the domain {domain}"));
        }
    }
    Ok(())
}

/// An expression at an instance.
pub(crate) fn put(e: &Expr, instance: &[(&str, Expr)]) -> Expr {
    // By way of new names, so that an instance may use the names that it replaces.
    let renamed = instance.iter().fold(e.clone(), |e, (name, _)| {
        e.substitute(name, &any_symbol(&format!("instance:{name}")))
    });
    instance
        .iter()
        .fold(renamed, |e, (name, value)| e.substitute(&format!("instance:{name}"), value))
}

#[cfg(test)]
mod tests {
    use super::super::domain::INF;
    use super::*;
    use crate::vars;

    #[test]
    fn enclosures_take_doubles_exactly_and_need_every_value() {
        let (x, y) = vars!("x", "y");
        let e = (&x - 1) / &y;
        let at = [("x", 1.0 + f64::EPSILON), ("y", 3.0)];
        let (rough, exact) = (enclosed(&e, &at), enclosed_exactly(&e, &at).unwrap());
        assert!(rough.contains(f64::EPSILON / 3.0) && exact.is_subset(rough));
        assert!(!enclosed(&e, &at[..1]).defined() && enclosed_exactly(&e, &at[..1]).is_none());
        assert!(!enclosed(&e, &[("x", 1.0), ("y", f64::NAN)]).defined());
        assert!(enclosed_exactly(&x, &[("x", f64::INFINITY)]).is_none());
    }

    #[test]
    fn ends_count_as_they_are_declared_and_may_depend_on_symbols() {
        let (x, y, t) = vars!("x", "y", "t");
        let domain = Domain::new().closed(&x, 0, 1).open(&y, &x, INF);
        let any = |_: &str| false;
        let at = |x: f64, y: f64, closure| {
            inside(&domain, &[], &[("x", x), ("y", y)], &any, closure).is_ok()
        };
        assert!(at(0.0, 0.5, false) && at(1.0, 1.5, false) && !at(1.5, 2.0, false));
        assert!(!at(0.5, 0.5, false) && at(0.5, 0.5, true) && !at(0.5, 0.4, true));
        // An end whose symbol has no value shows nothing; a symbol that is needed must have one.
        assert!(inside(&domain, &[], &[("y", 3.0)], &any, false).is_err());
        assert!(inside(&domain, &[], &[("x", 1.0)], &any, false).is_ok());
        assert!(inside(&domain, &[], &[("x", 1.0)], &|n| n == "y", false).is_err());
        // At an instance that uses the names that it replaces.
        let swap = [("x", &y - 1), ("y", &x + &t)];
        assert_eq!(put(&(&x / &y), &swap), (&y - 1) / (&x + &t));
        let values = [("x", 2.0), ("y", 1.5), ("t", 0.0)];
        assert!(inside(&domain, &swap, &values, &any, false).is_ok());
        assert!(
            inside(&domain, &swap, &[("x", 2.0), ("y", 2.5), ("t", 0.0)], &any, false).is_err()
        );
    }
}
