//! Branch and bound with outward-rounded intervals: a sign on a whole closed box, or a point at
//! which it is certainly wrong.
//!
//! A box is accepted if the natural extension, the face that a monotone variable selects, or the
//! mean-value form says so, and halved otherwise. At a point where the expression touches 0 this
//! never ends: the count of boxes is bounded, and what is left is said to be unknown.

use super::domain::{Domain, End};
use super::step::Strictness;
use super::tape::{Tape, enclose};
use crate::exact::{Expr, Rational, fresh};
use crate::interval::Interval;

/// Boxes that are looked at, at most, and operations that are spent on them.
const BOXES_MAX: usize = 200_000;
const OPERATIONS_MAX: usize = 40_000_000;

/// Pseudo-random points that are tried for a counterexample.
const POINTS: u64 = 4_000;

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Found {
    /// Every box of the domain was accepted: how many, and the least lower bound among them.
    Covered { boxes: usize, margin: f64 },
    /// A point of the domain where the enclosure of the value is on the wrong side.
    Wrong(String),
    /// The budget was spent, or a box cannot be halved.
    Undecided(String),
}

/// A domain whose ends are numbers, in the order of the tape's variables.
pub(super) struct Region {
    pub(super) tape: Tape,
    pub(super) ends: Vec<(Rational, Rational)>,
    /// Which ends belong to the domain.
    closed: Vec<(bool, bool)>,
    /// The tape's variables are the domain's own symbols.
    pub(super) direct: bool,
}

/// The sign of an expression on a bounded domain, whose closure is what is covered.
pub(crate) fn sign(of: &Expr, strictness: Strictness, domain: &Domain) -> Found {
    let Some(region) = region(of, domain) else {
        return Found::Undecided("the domain is not bounded".to_owned());
    };
    if let Some(witness) = region.counterexample(strictness) {
        return Found::Wrong(witness);
    }
    region.cover(strictness)
}

/// Replaces symbols whose ends are not numbers by $a + (b - a) v$ with $v \in [0, 1]$.
pub(super) fn region(of: &Expr, domain: &Domain) -> Option<Region> {
    let (mut e, mut direct) = (of.clone(), true);
    let mut known: Vec<(String, Rational, Rational, (bool, bool))> = Vec::new();
    for range in domain.ranges().iter().rev() {
        let (low, high) = (range.low.at()?, range.high.at()?);
        let closed = |end: &End| matches!(end, End::Closed(_));
        match (low.exactly(&[]), high.exactly(&[])) {
            (Some(a), Some(b)) => {
                let closed = (closed(&range.low), closed(&range.high));
                known.push((range.symbol.clone(), a, b, closed));
            }
            _ => {
                direct = false;
                let v = fresh('v', &range.symbol);
                e = e.substitute(&range.symbol, &(low + (high - low) * &v));
                let name = v.symbol().unwrap_or_default().to_owned();
                known.push((name, Rational::ZERO, Rational::ONE, (false, false)));
            }
        }
    }
    let tape = Tape::new(&e);
    let mut region = Region { ends: Vec::new(), closed: Vec::new(), tape, direct };
    for name in &region.tape.names {
        let (_, a, b, closed) = known.iter().find(|(n, ..)| n == name)?;
        if a > b {
            return None;
        }
        region.ends.push((a.clone(), b.clone()));
        region.closed.push(*closed);
    }
    Some(region)
}

impl Region {
    fn wrong(value: Interval, strictness: Strictness) -> bool {
        value.certainly_negative() || strictness == Strictness::Strict && value.certainly_nonpos()
    }

    /// A point inside, in exact arithmetic, at which the enclosure of the value is wrong.
    fn counterexample(&self, strictness: Strictness) -> Option<String> {
        if !self.direct {
            return None; // a point of the new symbols is no point of the domain
        }
        let mut values = Vec::new();
        let mut best: Option<(f64, Vec<f64>)> = None;
        for index in 0..POINTS.min(self.affordable() as u64) {
            let point: Vec<f64> = (0..self.ends.len()).map(|k| self.place(index, k)).collect();
            let at: Vec<Interval> = point.iter().map(|x| Interval::point(*x)).collect();
            let value = self.tape.value(&at, &mut values);
            if !value.defined() || !self.contains(&point) {
                continue;
            }
            if Self::wrong(value, strictness) {
                return Some(self.describe(&point, value));
            }
            if best.as_ref().is_none_or(|(least, _)| value.mid() < *least) {
                best = Some((value.mid(), point));
            }
        }
        let (least, point) = best?;
        self.descend(least, point, strictness)
    }

    /// Boxes for which there is time.
    fn affordable(&self) -> usize {
        OPERATIONS_MAX / self.tape.len().max(1)
    }

    /// Coordinate search from the best point.
    fn descend(&self, mut least: f64, mut point: Vec<f64>, s: Strictness) -> Option<String> {
        let mut values = Vec::new();
        let widths: Vec<f64> = self.ends.iter().map(|(a, b)| (b - a).to_f64().value()).collect();
        let mut step = 0.25;
        for _ in 0..60 {
            let mut moved = false;
            for k in 0..point.len() {
                for side in [-step, step] {
                    let mut next = point.clone();
                    next[k] += side * widths[k];
                    let at: Vec<Interval> = next.iter().map(|x| Interval::point(*x)).collect();
                    let value = self.tape.value(&at, &mut values);
                    if !value.defined() || !self.contains(&next) {
                        continue;
                    }
                    if Self::wrong(value, s) {
                        return Some(self.describe(&next, value));
                    }
                    if value.mid() < least {
                        (least, point, moved) = (value.mid(), next, true);
                    }
                }
            }
            if !moved {
                step *= 0.5;
            }
        }
        None
    }

    /// Coordinate `k` of a pseudo-random point: a multiple of a golden ratio, another for each `k`.
    fn place(&self, index: u64, k: usize) -> f64 {
        let (a, b) = &self.ends[k];
        let (a, b) = (a.to_f64().value(), b.to_f64().value());
        let step: [f64; 3] =
            [0.618_033_988_749_894_9, 0.754_877_666_246_692_8, 0.819_172_513_396_164_4];
        let u = (0.5 + step[k % 3].powi(1 + (k / 3) as i32) * (index + 1) as f64).fract();
        a + (b - a) * u
    }

    pub(super) fn contains(&self, point: &[f64]) -> bool {
        point.iter().zip(&self.ends).zip(&self.closed).all(|((x, (a, b)), (low, high))| {
            let Ok(x) = Rational::try_from(*x) else { return false };
            (x > *a || *low && x == *a) && (x < *b || *high && x == *b)
        })
    }

    fn describe(&self, point: &[f64], value: Interval) -> String {
        let place: Vec<String> =
            self.tape.names.iter().zip(point).map(|(n, x)| format!("{n} = {x:?}")).collect();
        let place = if place.is_empty() { "every point".to_owned() } else { place.join(", ") };
        format!("the value lies in {value} at {place}")
    }

    fn cover(&self, strictness: Strictness) -> Found {
        let hull = |(a, b): &(Rational, Rational)| enclose(a).hull(enclose(b));
        let mut stack = vec![self.ends.iter().map(hull).collect::<Vec<Interval>>()];
        let (mut boxes, mut margin) = (0, f64::INFINITY);
        let mut values = Vec::new();
        let most = BOXES_MAX.min(self.affordable());
        while let Some(here) = stack.pop() {
            boxes += 1;
            if boxes > most {
                let left = stack.len() + 1;
                return Found::Undecided(format!("{left} boxes are left after {most}"));
            }
            let natural = self.tape.value(&here, &mut values);
            if accepted(natural, strictness) {
                margin = margin.min(natural.lo());
                continue;
            }
            let gradient = self.tape.gradient(&values);
            // Where a derivative does not exist on the whole box, only halving is sound.
            let smooth = natural.defined() && gradient.iter().all(|g| g.defined());
            if smooth {
                let bound = self.sharper(&here, &gradient, &mut values);
                if bound.is_some_and(|b| accepted(b, strictness)) {
                    margin = margin.min(bound.map_or(margin, Interval::lo));
                    continue;
                }
            }
            let Some((one, other)) = split(&here, &gradient, smooth) else {
                return Found::Undecided(format!("a box cannot be halved: {}", show(&here)));
            };
            stack.push(other);
            stack.push(one);
        }
        Found::Covered { boxes, margin }
    }

    /// The better of the monotone face and the mean-value form.
    pub(super) fn sharper(
        &self,
        here: &[Interval],
        gradient: &[Interval],
        values: &mut Vec<Interval>,
    ) -> Option<Interval> {
        let thin = Interval::point;
        let face: Vec<Interval> = here
            .iter()
            .zip(gradient)
            .map(|(x, g)| match (g.lo() >= 0.0, g.hi() <= 0.0) {
                (true, _) => thin(x.lo()),
                (_, true) => thin(x.hi()),
                _ => *x,
            })
            .collect();
        let on_face = self.tape.value(&face, values);
        let middle: Vec<Interval> = here.iter().map(|x| thin(x.mid())).collect();
        let at_middle = self.tape.value(&middle, values);
        let spread = here.iter().zip(&middle).zip(gradient).map(|((x, m), g)| *g * (*x - *m));
        let mean_value = spread.fold(at_middle, |sum, term| sum + term);
        match (on_face.defined(), mean_value.defined()) {
            (true, true) if mean_value.lo() > on_face.lo() => Some(mean_value),
            (true, _) => Some(on_face),
            (false, true) => Some(mean_value),
            (false, false) => None,
        }
    }
}

fn accepted(value: Interval, strictness: Strictness) -> bool {
    match strictness {
        Strictness::Weak => value.certainly_nonneg(),
        Strictness::Strict => value.certainly_positive(),
    }
}

/// Halves the variable that matters most.
pub(super) fn split(
    here: &[Interval],
    gradient: &[Interval],
    smooth: bool,
) -> Option<(Vec<Interval>, Vec<Interval>)> {
    let weight = |k: usize| {
        let width = here[k].width();
        let slope = gradient[k].mag();
        if smooth && slope.is_finite() { width * slope.max(f64::MIN_POSITIVE) } else { width }
    };
    let mut order: Vec<usize> = (0..here.len()).collect();
    order.sort_by(|a, b| weight(*b).total_cmp(&weight(*a)));
    let (k, (left, right)) = order.into_iter().find_map(|k| Some((k, here[k].bisect()?)))?;
    let (mut one, mut other) = (here.to_vec(), here.to_vec());
    (one[k], other[k]) = (left, right);
    Some((one, other))
}

fn show(here: &[Interval]) -> String {
    here.iter().map(ToString::to_string).collect::<Vec<_>>().join(" x ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::{decimal, pi};
    use crate::vars;

    #[test]
    fn a_sign_with_room_is_covered_and_a_wrong_one_has_a_witness() {
        let (x, y) = vars!("x", "y");
        let domain = Domain::new().closed(&x, 0, 3).closed(&y, 0, 3);
        let e = x.exp() - x.sin() - &y * decimal("0.2") * (-&x).exp();
        assert!(matches!(sign(&e, Strictness::Strict, &domain), Found::Covered { .. }));
        let wrong = x.exp() - x.sin() - &y * decimal("0.34") * (-&x).exp();
        assert!(matches!(sign(&wrong, Strictness::Strict, &domain), Found::Wrong(_)));
    }

    #[test]
    fn a_tangency_is_undecided_and_not_proved() {
        let x = crate::exact::var("x");
        let domain = Domain::new().closed(&x, 0, 2);
        let e = x.exp() - 1 - &x - (x.pow(2) / 2);
        assert!(matches!(sign(&e, Strictness::Weak, &domain), Found::Undecided(_)));
    }

    #[test]
    fn a_root_is_not_clipped_and_a_pole_is_not_passed() {
        let x = crate::exact::var("x");
        let domain = Domain::new().closed(&x, -1, 2);
        for e in [1 + x.sqrt(), 1 / x.pow(2), 1 + x.ln().pow(2)] {
            let found = sign(&e, Strictness::Weak, &domain);
            assert!(matches!(found, Found::Undecided(_)), "{e}: {found:?}");
        }
    }

    #[test]
    fn an_open_end_is_no_witness() {
        // x > 0 on (0, 1) holds, but not on the closure: undecided, and never refuted at 0.
        let x = crate::exact::var("x");
        let open = Domain::new().open(&x, 0, 1);
        assert!(matches!(sign(&x.sin(), Strictness::Strict, &open), Found::Undecided(_)));
    }

    #[test]
    fn constants_are_compared_by_enclosure() {
        let none = Domain::new();
        let above = pi() - decimal("3.14159265358979");
        assert!(matches!(sign(&above, Strictness::Strict, &none), Found::Covered { .. }));
        let below = pi() - decimal("3.1415926535898");
        assert!(matches!(sign(&below, Strictness::Strict, &none), Found::Wrong(_)));
    }

    #[test]
    fn ends_that_depend_on_other_symbols_are_swept() {
        let (x, y) = vars!("x", "y");
        let domain = Domain::new().closed(&x, 1, 2).closed(&y, &x, &(2 * &x));
        let e = &y - &x + x.exp() - 2;
        assert!(matches!(sign(&e, Strictness::Strict, &domain), Found::Covered { .. }));
    }

    #[test]
    fn the_count_of_boxes_is_the_same_on_every_run() {
        let (x, y) = vars!("x", "y");
        let domain = Domain::new().closed(&x, 0, 1).closed(&y, 0, 1);
        let e = (&x * &y).sin() + decimal("1.001") - (&x - &y).exp() / 3 * y.cos();
        let first = sign(&e, Strictness::Strict, &domain);
        assert!(matches!(first, Found::Covered { .. }));
        assert_eq!(first, sign(&e, Strictness::Strict, &domain));
    }
}
