//! Points at which a step fails: the only ground for calling it false. The point is rational and
//! inside the domain; the value there is exact, or enclosed with both ends on the wrong side.

use super::domain::{Cover, Domain, End};
use super::step::Strictness;
use super::tape::{Tape, enclose};
use crate::exact::{Expr, Rational};
use crate::interval::Interval;

/// Values of each new symbol of a cover that are tried, as numerators over 12.
const TRIED: [i32; 12] = [12, 1, 144, 6, 24, 3, 48, 1200, 120, 36, 15, 0];

/// Points of one domain that are tried at most, and without exact values, which are dearer.
const POINTS_MAX: usize = 4096;
const ENCLOSED_MAX: usize = 256;

/// Parts of a domain in which a point is looked for, those of few symbols all of them; and
/// operations that are spent on one, and on all together, at most.
const COVERS_MAX: usize = 256;
const OPERATIONS_MAX: usize = 1_000_000;
const TOTAL_MAX: usize = 20_000_000;

/// The value of an expression at a point.
enum Value {
    Exact(Rational),
    Enclosed(Interval),
}

/// The new symbols of a cover at one point.
type Place<'a> = [(&'a str, Rational)];

fn value(e: &Expr, tape: &Tape, place: &Place<'_>) -> Option<Value> {
    if let Some(exact) = e.exactly(place) {
        return Some(Value::Exact(exact));
    }
    let at: Option<Vec<Interval>> = tape
        .names
        .iter()
        .map(|name| place.iter().find(|(n, _)| n == name).map(|(_, x)| enclose(x)))
        .collect();
    let found = tape.value(&at?, &mut Vec::new());
    found.defined().then_some(Value::Enclosed(found))
}

/// Rational points of a domain, few of each of its parts; the one without symbols if it has none.
pub(crate) fn places(domain: &Domain) -> Vec<Vec<(String, Rational)>> {
    let names: Vec<String> = domain.ranges().iter().map(|r| format!("u:{}", r.symbol)).collect();
    let mut found = Vec::new();
    for cover in domain.first_covers(COVERS_MAX) {
        let gaps = Gaps::new(domain, &cover);
        for index in 0..TRIED.len() {
            let tried = |k: usize| Rational::from(TRIED[(index * (k + 1) + k) % TRIED.len()]);
            let place: Vec<(&str, Rational)> = names
                .iter()
                .enumerate()
                .map(|(k, n)| (n.as_str(), tried(k) / Rational::from(12)))
                .collect();
            let exactly = |(name, e): (&str, Expr)| Some((name.to_owned(), e.exactly(&place)?));
            let point: Option<Vec<(String, Rational)>> = cover.symbols().map(exactly).collect();
            if let Some(point) = point.filter(|_| gaps.hold(&place)) {
                found.push(point);
            }
            if names.is_empty() {
                break;
            }
        }
    }
    found
}

/// A point of the domain at which a value is wrong. Where an enclosure says that it is `right`, it
/// is not computed exactly.
fn search(
    e: &Expr,
    domain: &Domain,
    right: impl Fn(Interval) -> bool,
    wrong: impl Fn(&Value) -> bool,
) -> Option<String> {
    let all: Vec<String> = domain.ranges().iter().map(|r| format!("u:{}", r.symbol)).collect();
    let tried = TRIED.map(|k| Rational::from(k) / Rational::from(12));
    let around = tried.each_ref().map(enclose);
    let (mut left, mut values) = (TOTAL_MAX, Vec::new());
    for cover in domain.first_covers(COVERS_MAX) {
        let swept = cover.apply(e);
        let (tape, gaps) = (Tape::new(&swept), Gaps::new(domain, &cover));
        let number = |name: &String| all.iter().position(|n| n == name);
        let Some(used) = tape.names.iter().map(number).collect::<Option<Vec<usize>>>() else {
            continue; // a symbol without a range has no value
        };
        let rational = swept.is_rational();
        let count = TRIED.len().checked_pow(all.len() as u32).unwrap_or(POINTS_MAX);
        let affordable = (OPERATIONS_MAX / tape.len().max(1)).max(1);
        let mut enclosed = 0;
        for index in 0..count.min(POINTS_MAX).min(affordable) {
            // Every symbol another sequence, so that few points differ much.
            let digit = |k: usize| (index / TRIED.len().pow((k % 3) as u32) + k * (index + 1)) % 12;
            left = left.checked_sub(1 + tape.len())?;
            let at: Vec<Interval> = used.iter().map(|k| around[digit(*k)]).collect();
            if right(tape.value(&at, &mut values)) {
                enclosed += usize::from(!rational);
            } else {
                let place: Vec<(&str, Rational)> =
                    all.iter().enumerate().map(|(k, n)| (&**n, tried[digit(k)].clone())).collect();
                let Some(found) = value(&swept, &tape, &place) else { continue };
                if wrong(&found) {
                    left = left.checked_sub(gaps.cost)?;
                    if gaps.hold(&place) {
                        return Some(describe(&found, &cover, &place));
                    }
                }
                enclosed += usize::from(matches!(found, Value::Enclosed(_)));
            }
            if enclosed == ENCLOSED_MAX {
                break;
            }
        }
    }
    None
}

/// What must be positive, or not negative, for a point of a cover to lie in the domain: a
/// substitution between ends that cross leaves it.
struct Gaps {
    all: Vec<(Expr, Tape, bool)>,
    /// Operations that one point takes.
    cost: usize,
}

impl Gaps {
    fn new(domain: &Domain, cover: &Cover) -> Self {
        let mut gaps = Self { all: Vec::new(), cost: 1 };
        for range in domain.ranges() {
            let here = crate::exact::any_symbol(&range.symbol);
            let low = range.low.at().map(|a| (&here - a, &range.low));
            let high = range.high.at().map(|b| (b - &here, &range.high));
            for (gap, end) in [low, high].into_iter().flatten() {
                let gap = cover.apply(&gap);
                let tape = Tape::new(&gap);
                gaps.cost += tape.len();
                gaps.all.push((gap, tape, matches!(end, End::Closed(_))));
            }
        }
        gaps
    }

    fn hold(&self, place: &Place<'_>) -> bool {
        self.all.iter().all(|(gap, tape, closed)| match value(gap, tape, place) {
            Some(Value::Exact(x)) => x > Rational::ZERO || *closed && x.is_zero(),
            Some(Value::Enclosed(x)) => x.certainly_positive(),
            None => false,
        })
    }
}

fn describe(found: &Value, cover: &Cover, place: &Place<'_>) -> String {
    let show = |value: Value| match value {
        Value::Exact(x) => x.to_string(),
        Value::Enclosed(x) => x.to_string(),
    };
    let mut points: Vec<String> = cover
        .symbols()
        .filter_map(|(name, x)| {
            let here = value(&x, &Tape::new(&x), place)?;
            Some(format!("{name} = {}", show(here)))
        })
        .collect();
    points.reverse();
    let at = if points.is_empty() { String::new() } else { format!(" at {}", points.join(", ")) };
    match found {
        Value::Exact(x) => format!("{x}{at}"),
        Value::Enclosed(x) => format!("{x}{at}"),
    }
}

/// Whether a point of the domain is found: what is claimed everywhere on it is claimed somewhere.
pub(crate) fn has_point(domain: &Domain) -> bool {
    domain.ranges().is_empty() || search(&0.into(), domain, |_| false, |_| true).is_some()
}

/// A point at which two expressions differ.
pub(crate) fn unequal(left: &Expr, right: &Expr, domain: &Domain) -> Option<String> {
    let wrong = |value: &Value| match value {
        Value::Exact(x) => !x.is_zero(),
        Value::Enclosed(x) => x.mig() > 0.0,
    };
    let found = search(&(left - right), domain, |_| false, wrong)?;
    Some(format!("the sides differ by {found}"))
}

/// A point at which an expression is negative, or 0 where that is excluded.
pub(crate) fn negative(of: &Expr, strictness: Strictness, domain: &Domain) -> Option<String> {
    let strict = strictness == Strictness::Strict;
    let right = |x: Interval| if strict { x.certainly_positive() } else { x.certainly_nonneg() };
    let wrong = |value: &Value| match value {
        Value::Exact(x) => *x < Rational::ZERO || strict && x.is_zero(),
        Value::Enclosed(x) => x.certainly_negative(),
    };
    let found = search(of, domain, right, wrong)?;
    Some(format!("the value is {found}"))
}

#[cfg(test)]
mod tests {
    use super::super::domain::INF;
    use super::*;
    use crate::vars;

    #[test]
    fn a_witness_lies_inside_and_is_exact_or_enclosed() {
        let (x, y) = vars!("x", "y");
        let domain = Domain::new().open(&x, 0, INF).open(&y, &x, &(&x + 1));
        let weak = Strictness::Weak;
        let found = negative(&(&x - 2), weak, &domain).unwrap();
        assert!(found.contains("at x = "), "{found}");
        let found = negative(&(&x - 2 * y.exp()), weak, &domain).unwrap();
        assert!(found.starts_with("the value is ["), "{found}");
        assert_eq!(negative(&(y.exp() - x.exp()), weak, &domain), None);
        assert!(unequal(&x.sin(), &x.cos(), &domain).is_some());
        assert_eq!(unequal(&(&x + &y).sin(), &(&y + &x).sin(), &domain), None);
    }

    #[test]
    fn sixty_real_symbols_have_more_parts_than_are_looked_at() {
        let all: Vec<Expr> = (0..60).map(|k| crate::exact::var(&format!("x_{k}"))).collect();
        let domain = all.iter().fold(Domain::new(), |domain, x| domain.real(x));
        assert!(unequal(&all[0], &all[59], &domain).is_some());
    }

    #[test]
    fn a_substitution_between_crossed_ends_gives_no_witness() {
        // y in (x, 1) is empty for x >= 1, where the substitution still gives numbers.
        let (x, y) = vars!("x", "y");
        let domain = Domain::new().open(&x, 1, INF).open(&y, &x, 1);
        assert_eq!(negative(&(0 - &y), Strictness::Weak, &domain), None);
    }
}
