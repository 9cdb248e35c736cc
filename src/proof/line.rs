//! One equation in one unknown, with numbers for everything else: certified signs at points, the
//! exact number of roots of a rational function, and where a root is.

use super::domain::{End, Range};
use super::tape::{Tape, enclose};
use crate::exact::{Atom, Expr, Normaliser, Rational, distinct_roots};
use crate::interval::Interval;
use std::cmp::Ordering;

/// Parts of a bounded range whose ends are tried for a change of sign.
const PARTS: i32 = 64;

/// Powers of 2 that are tried as distances from an end.
const POWERS: std::ops::RangeInclusive<i32> = -30..=60;

/// A root is at least this far from what a theory function computes, relatively, if it is wrong.
const APART: i64 = 1 << 36;

/// A function of one symbol on a range between numbers.
pub(crate) struct Line {
    of: Expr,
    tape: Tape,
    name: String,
    low: Option<(Rational, bool)>,
    high: Option<(Rational, bool)>,
}

impl Line {
    /// None if another symbol is left, or an end is not rational.
    pub(crate) fn new(of: &Expr, range: &Range) -> Option<Self> {
        let name = range.symbol.clone();
        if of.symbols().iter().any(|s| *s != name) {
            return None;
        }
        let end = |end: &End| match end.at() {
            None => Some(None),
            Some(e) => Some(Some((e.exactly(&[])?, matches!(end, End::Closed(_))))),
        };
        let (low, high) = (end(&range.low)?, end(&range.high)?);
        Some(Self { of: of.clone(), tape: Tape::new(of), name, low, high })
    }

    /// On which side of 0 the value at a point is, if that is certain.
    pub(crate) fn sign(&self, at: &Rational) -> Option<Ordering> {
        if let Some(exact) = self.of.exactly(&[(&self.name, at.clone())]) {
            return Some(exact.cmp(&Rational::ZERO));
        }
        let place = vec![enclose(at); self.tape.names.len()];
        let value = self.tape.value(&place, &mut Vec::new());
        match (value.certainly_positive(), value.certainly_negative()) {
            (true, _) => Some(Ordering::Greater),
            (_, true) => Some(Ordering::Less),
            _ => None,
        }
    }

    /// Whether a number is in the range.
    pub(crate) fn contains(&self, x: &Rational) -> bool {
        let above = self.low.as_ref().is_none_or(|(a, closed)| x > a || *closed && x == a);
        let below = self.high.as_ref().is_none_or(|(b, closed)| x < b || *closed && x == b);
        above && below
    }

    /// The number of distinct roots of a rational function that is defined on the whole range;
    /// `None` for any other function, and for 0.
    pub(crate) fn roots(&self) -> Option<usize> {
        let mut normaliser = Normaliser::default();
        let numerator = normaliser.fraction(&self.of).ok()?.numerator;
        let index = match numerator.variables().into_iter().collect::<Vec<_>>()[..] {
            [] if numerator.is_zero() => return None,
            [] => return Some(0),
            [index] => index,
            _ => return None,
        };
        if !matches!(&normaliser.atoms()[index], Atom::Symbol(name) if **name == *self.name) {
            return None;
        }
        let parts = numerator.by_powers_of(index);
        let coefficients: Option<Vec<Rational>> = parts.iter().map(|c| c.as_constant()).collect();
        let coefficients = coefficients?;
        let vanishes = |x: &Rational| {
            coefficients.iter().rev().fold(Rational::ZERO, |all, c| all * x + c).is_zero()
        };
        let (a, b) = (self.low.as_ref(), self.high.as_ref());
        // Between the ends, the upper one included; then what belongs to the ends.
        let within = distinct_roots(&coefficients, a.map(|e| &e.0), b.map(|e| &e.0));
        let first = a.is_some_and(|(a, closed)| *closed && vanishes(a));
        let last = b.is_some_and(|(b, closed)| !closed && vanishes(b));
        Some((within + usize::from(first)).saturating_sub(usize::from(last)))
    }

    /// Doubles in the range, in order: where to look. They prove nothing by themselves.
    fn points(&self) -> Vec<f64> {
        let power = |k: i32| if k < 0 { 0.5_f64.powi(-k) } else { 2.0_f64.powi(k) };
        let number = |x: &Rational| x.to_f64().value();
        let mut points = match (&self.low, &self.high) {
            (Some((a, _)), Some((b, _))) => {
                let (a, b) = (number(a), number(b));
                let inside = |k: i32| a + (b - a) * f64::from(k) / f64::from(PARTS);
                let mut points: Vec<f64> = (0..=PARTS).map(inside).collect();
                points.extend(POWERS.filter(|k| *k < -6).map(|k| a + (b - a) * power(k)));
                points.extend(POWERS.filter(|k| *k < -6).map(|k| b - (b - a) * power(k)));
                points
            }
            (Some((a, _)), None) => POWERS.map(|k| number(a) + power(k)).collect(),
            (None, Some((b, _))) => POWERS.map(|k| number(b) - power(k)).collect(),
            (None, None) => POWERS.flat_map(|k| [power(k), -power(k)]).chain([0.0]).collect(),
        };
        points.sort_by(f64::total_cmp);
        points.dedup();
        let inside = |x: &f64| Rational::try_from(*x).is_ok_and(|x| self.contains(&x));
        points.into_iter().filter(inside).collect()
    }

    /// Points of the range with their certified signs, none of them 0, each another than the last.
    pub(crate) fn changes(&self) -> Vec<(f64, Ordering)> {
        let mut found: Vec<(f64, Ordering)> = Vec::new();
        for x in self.points() {
            let sign = Rational::try_from(x).ok().and_then(|x| self.sign(&x));
            let Some(sign) = sign.filter(|s| *s != Ordering::Equal) else { continue };
            match &mut found[..] {
                // As near to the first change as the points are.
                [only] if only.1 == sign => only.0 = x,
                [.., last] if last.1 == sign => {}
                _ => found.push((x, sign)),
            }
        }
        found
    }

    /// An interval around a root, whose ends have certified opposite signs or are the root itself.
    /// The function must be continuous on the range.
    pub(crate) fn locate(&self) -> Option<Interval> {
        let changes = self.changes();
        let [(mut low, below), (mut high, _), ..] = changes[..] else { return None };
        loop {
            let middle = low + 0.5 * (high - low);
            if !(low < middle && middle < high) {
                break;
            }
            match Rational::try_from(middle).ok().and_then(|x| self.sign(&x)) {
                Some(Ordering::Equal) => return Some(Interval::point(middle)),
                Some(sign) if sign == below => low = middle,
                Some(_) => high = middle,
                None => break,
            }
        }
        Some(self.newton(Interval::new(low, high)?))
    }

    /// Interval Newton steps: $x \cap (m - f(m) / f'(x))$ keeps every root in $x$.
    fn newton(&self, mut x: Interval) -> Interval {
        let mut values = Vec::new();
        for _ in 0..8 {
            let middle = Interval::point(x.mid());
            let value = self.tape.value(&[middle], &mut values);
            self.tape.value(&[x], &mut values);
            let slope = self.tape.gradient(&values).first().copied();
            let Some(slope) = slope.filter(|s| s.defined() && s.mig() > 0.0) else { break };
            let step = middle - value / slope;
            let Some(next) = x.intersection(step).filter(|n| n.defined()) else { break };
            if next.width() >= x.width() {
                break;
            }
            x = next;
        }
        x
    }
}

/// Whether an expression has certified opposite signs at $x (1 \mp 2^{-36})$ for values of its
/// other symbols: a root of it is as near to $x$ as that.
///
/// # Errors
/// If it has not, with what is found.
#[allow(dead_code)]
pub(crate) fn opposite_signs(
    of: &Expr,
    in_: &str,
    others: &[(&str, f64)],
    x: f64,
) -> Result<(), String> {
    let exact = |x: f64| Rational::try_from(x).map_err(|_| format!("{x} is no number"));
    let mut alone = of.clone();
    for (name, value) in others.iter().filter(|(name, _)| *name != in_) {
        alone = alone.substitute(name, &Expr::number(exact(*value)?));
    }
    let range = Range { symbol: in_.to_owned(), low: End::Infinite, high: End::Infinite };
    let line = Line::new(&alone, &range).ok_or("another symbol has no value")?;
    let (x, apart) = (exact(x)?, Rational::ONE / Rational::from(APART));
    let at = |factor: Rational| line.sign(&(&x * factor));
    match (at(Rational::ONE - &apart), at(Rational::ONE + &apart)) {
        (Some(a), Some(b)) if a != Ordering::Equal && a == b.reverse() => Ok(()),
        (Some(_), Some(_)) => Err(format!("{of} has one sign on both sides of {in_} = {x}")),
        _ => Err(format!("the sign of {of} beside {in_} = {x} is not certain")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::domain::{Domain, INF};
    use super::*;
    use crate::exact::{decimal, var};

    fn line(of: &Expr, domain: &Domain) -> Line {
        Line::new(of, &domain.ranges()[0]).unwrap()
    }

    #[test]
    fn roots_at_ends_count_where_the_end_belongs_to_the_range() {
        let x = var("x");
        let f = &x * (&x - 1) * (&x - 2);
        let count = |domain: &Domain| line(&f, domain).roots();
        assert_eq!(count(&Domain::new().open(&x, 0, 2)), Some(1));
        assert_eq!(count(&Domain::new().closed(&x, 0, 2)), Some(3));
        assert_eq!(count(&Domain::new().half_open(&x, 0, 2)), Some(2));
        assert_eq!(count(&Domain::new().open(&x, 2, INF)), Some(0));
        assert_eq!(count(&Domain::new().real(&x)), Some(3));
        let none = Domain::new().open(&x, 0, 1);
        assert_eq!(line(&x.exp(), &none).roots(), None);
        assert_eq!(line(&(&x - &x), &none).roots(), None);
    }

    #[test]
    fn a_root_is_located_to_the_last_digits() {
        let x = var("x");
        let f = x.exp() - 1 - &x - x.pow(2);
        let place = line(&f, &Domain::new().closed(&x, 1, 3)).locate().unwrap();
        assert!(place.contains(1.793_282_132_900_761) && place.width() < 1e-14, "{place}");
        let root = line(&(x.pow(2) - 2), &Domain::new().open(&x, 0, INF)).locate().unwrap();
        assert!(root.lo() < 2.0_f64.sqrt().next_up() && root.width() < 1e-15, "{root}");
        let whole = line(&(&x - 1), &Domain::new().real(&x)).locate();
        assert!(whole.is_some_and(|x| x.contains(1.0)), "{whole:?}");
    }

    #[test]
    fn a_touching_root_has_no_certified_change() {
        let x = var("x");
        let f = (&x - decimal("0.7")).pow(2) * x.exp();
        let line = line(&f, &Domain::new().closed(&x, 0, 1));
        assert_eq!(line.changes().len(), 1);
        assert_eq!(line.locate(), None);
    }

    #[test]
    fn what_a_theory_computes_is_next_to_a_root_or_is_not() {
        let (x, a) = crate::vars!("x", "a");
        let f = x.pow(2) - &a;
        let at = |x: f64| opposite_signs(&f, "x", &[("a", 2.0)], x);
        assert_eq!(at(2.0_f64.sqrt()), Ok(()));
        assert!(at(2.0_f64.sqrt() * (1.0 + 1e-9)).is_err());
        assert!(opposite_signs(&f, "x", &[], 1.0).is_err());
        assert!(at(f64::NAN).is_err() && at(0.0).is_err());
        // A double root, where nothing changes its sign.
        assert!(opposite_signs(&(&x - 1).pow(2), "x", &[], 1.0).is_err());
        assert_eq!(opposite_signs(&(x.exp() - 1 - 2 * &x), "x", &[], 1.256_431_208_626_17), Ok(()));
    }
}
