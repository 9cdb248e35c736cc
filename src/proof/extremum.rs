//! The certified supremum or infimum of an expression on a bounded box, next to the constant that
//! somebody claims for it.
//!
//! Branch and bound, the box with the least lower bound first: lower bounds from boxes, upper
//! bounds from enclosures at points of the domain. The bracket closes to a relative gap, or says
//! how far it came.

use super::boxes::{Region, region, split};
use super::conditions::undischarged;
use super::domain::Domain;
use super::label::{Label, Outcome};
use super::sign::signs;
use super::step::no_domain;
use super::tape::{Tape, enclose};
use crate::exact::{Expr, Rational};
use crate::interval::Interval;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// The relative gap at which a bracket is narrow enough, and where the constant is in it.
const GAP: f64 = 1e-10;
const GAP_AROUND: f64 = 1e-13;

/// Boxes that are looked at, at most, and operations that are spent on them, each several times.
const BOXES_MAX: usize = 40_000;
const OPERATIONS_MAX: usize = 10_000_000;

/// On which side an expression is bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extreme {
    /// From above.
    Supremum,
    /// From below.
    Infimum,
}

impl Extreme {
    fn word(self) -> &'static str {
        match self {
            Self::Supremum => "supremum",
            Self::Infimum => "infimum",
        }
    }
}

/// A constant bounds an expression on a domain. What the best constant is is found out besides.
#[derive(Clone, Debug)]
pub struct BestConstant {
    /// The expression.
    pub of: Expr,
    /// The constant.
    pub claimed: Expr,
    /// Whether from above or from below.
    pub extreme: Extreme,
    /// Where: every end is a number.
    pub domain: Domain,
}

/// Bounds of an infimum.
struct Bracket {
    low: f64,
    high: f64,
    boxes: usize,
    /// Where the value is at most `high`.
    at: Vec<f64>,
}

impl BestConstant {
    /// What is not negative if the constant is a bound.
    pub(crate) fn room(&self) -> Expr {
        match self.extreme {
            Extreme::Supremum => &self.claimed - &self.of,
            Extreme::Infimum => &self.of - &self.claimed,
        }
    }

    pub(crate) fn text(&self) -> String {
        let relation = if self.extreme == Extreme::Supremum { "<=" } else { ">=" };
        format!("{} {relation} {} for {}", self.of, self.claimed, self.domain)
    }

    pub(crate) fn latex(&self) -> String {
        let relation = if self.extreme == Extreme::Supremum { r"\le" } else { r"\ge" };
        format!("{} {relation} {}", self.of.latex(), self.claimed.latex())
    }

    pub(crate) fn decide(&self) -> Outcome {
        match self.found() {
            Ok(outcome) => outcome,
            Err(reason) => Outcome::unknown(reason),
        }
    }

    fn found(&self) -> Result<Outcome, String> {
        if let Some(name) = self.of.symbols().iter().find(|s| self.domain.range(s).is_none()) {
            return Err(format!("the symbol {name} has no range"));
        }
        if let Some(reason) = no_domain(&self.domain) {
            return Err(reason);
        }
        let tape = Tape::new(&self.claimed);
        let value = || tape.value(&[], &mut Vec::new());
        let claimed = tape.names.is_empty().then(value).filter(|v| v.defined());
        let claimed = claimed.ok_or_else(|| format!("{} is no number", self.claimed))?;
        let sign = |e: &Expr| if self.extreme == Extreme::Supremum { -e } else { e.clone() };
        let region = region(&sign(&self.of), &self.domain)
            .filter(|r| r.direct)
            .ok_or("the ends of the domain are not all numbers")?;
        let bound = if self.extreme == Extreme::Supremum { -claimed } else { claimed };
        let bracket = region.infimum(bound).ok_or("no point of the domain has a value")?;
        Ok(self.compare(&bracket, bound, &region.tape.names))
    }

    fn compare(&self, bracket: &Bracket, bound: Interval, names: &[String]) -> Outcome {
        let (mut low, mut high) = (bracket.low, bracket.high);
        // In exact arithmetic a constant may be reached, which no box can show.
        let exact = || {
            signs(&self.room(), &self.domain).iter().all(|(s, _)| s.is_nonneg())
                && undischarged([&self.of], &self.domain).is_none()
        };
        let holds = low >= bound.hi();
        let shown = holds || exact();
        if shown && !holds {
            low = low.max(bound.lo());
        }
        if self.extreme == Extreme::Supremum {
            (low, high) = (-high, -low);
        }
        let place: Vec<String> =
            names.iter().zip(&bracket.at).map(|(n, x)| format!("{n} = {x:?}")).collect();
        let place = if place.is_empty() { "everywhere".to_owned() } else { place.join(", ") };
        let side = if self.extreme == Extreme::Supremum { low } else { high };
        let report = format!(
            "claimed {}; {} in [{:?}, {:?}] on {}; {:?} is reached at {place}",
            constant(&self.claimed),
            self.extreme.word(),
            low + 0.0,
            high + 0.0,
            self.domain,
            side + 0.0,
        );
        if bracket.high < bound.lo() {
            return Outcome::Refuted { witness: report };
        }
        if !shown {
            return Outcome::unknown(format!(
                "{report}: between them, after {} boxes",
                bracket.boxes
            ));
        }
        let how = if holds { String::new() } else { ", the bound by exact arithmetic".to_owned() };
        let evidence = format!("{report}; {} boxes{how}", bracket.boxes);
        Outcome::Proved { label: Label::Certified, evidence }
    }
}

/// A number as a decimal where it has one.
pub(super) fn constant(e: &Expr) -> String {
    let as_decimal = |value: Rational| {
        let digits =
            (0..=18_usize).find(|k| (&value * Rational::from(10).pow(*k as isize)).is_int())?;
        let whole = (&value * Rational::from(10).pow(digits as isize)).numerator().to_string();
        let (sign, whole) = whole.strip_prefix('-').map_or(("", &*whole), |w| ("-", w));
        let padded = format!("{whole:0>width$}", width = digits + 1);
        let (units, rest) = padded.split_at(padded.len() - digits);
        Some(if digits == 0 { format!("{sign}{units}") } else { format!("{sign}{units}.{rest}") })
    };
    e.exactly(&[]).and_then(as_decimal).unwrap_or_else(|| e.to_string())
}

/// A box that is still to be halved, the least lower bound first, then the oldest.
struct Waiting {
    low: f64,
    index: Reverse<usize>,
    sides: Vec<Interval>,
    slopes: Slopes,
}

/// Enclosures of the partial derivatives on a box, and whether they exist on all of it.
struct Slopes {
    gradient: Vec<Interval>,
    smooth: bool,
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Waiting {}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        other.low.total_cmp(&self.low).then(self.index.cmp(&other.index))
    }
}

impl Region {
    /// The infimum on the domain, sharper next to a claimed bound; `None` if no point of the
    /// domain has a defined value.
    fn infimum(&self, claimed: Interval) -> Option<Bracket> {
        let hull = |(a, b)| enclose(a).hull(enclose(b));
        let first: Vec<Interval> = self.ends.iter().map(|(a, b)| hull((a, b))).collect();
        let mut best: Option<(f64, Vec<f64>)> = None;
        let mut waiting = BinaryHeap::new();
        let (mut boxes, mut floor) = (0, f64::INFINITY);
        let mut values = Vec::new();
        let mut todo = vec![first];
        let most = BOXES_MAX.min(OPERATIONS_MAX / self.tape.len().max(1));
        loop {
            for here in todo.drain(..) {
                boxes += 1;
                let (low, points, slopes) = self.bound(&here, &mut values);
                for point in points {
                    self.improve(point, &mut best, &mut values);
                }
                waiting.push(Waiting { low, index: Reverse(boxes), sides: here, slopes });
            }
            let Some(next) = waiting.pop() else { break };
            let high = best.as_ref().map_or(f64::INFINITY, |(value, _)| *value);
            let around = next.low < claimed.hi() && claimed.lo() <= high;
            let gap = if around { GAP_AROUND } else { GAP };
            if next.low >= high - gap * high.abs() || boxes >= most {
                floor = floor.min(next.low);
                break;
            }
            match split(&next.sides, &next.slopes.gradient, next.slopes.smooth) {
                Some((one, other)) => todo.extend([one, other]),
                None => floor = floor.min(next.low),
            }
            if floor == f64::NEG_INFINITY {
                break;
            }
        }
        let (high, at) = best?;
        Some(Bracket { low: floor.min(high), high, boxes, at })
    }

    /// A lower bound on a box, points of it that are worth a look, and its slopes.
    fn bound(&self, here: &[Interval], values: &mut Vec<Interval>) -> (f64, Vec<Vec<f64>>, Slopes) {
        let middle: Vec<f64> = here.iter().map(|x| x.mid()).collect();
        let natural = self.tape.value(here, values);
        let gradient = self.tape.gradient(values);
        let smooth = natural.defined() && gradient.iter().all(|g| g.defined());
        if !smooth {
            let low = if natural.defined() { natural.lo() } else { f64::NEG_INFINITY };
            return (low, vec![middle], Slopes { gradient, smooth });
        }
        let downhill =
            here.iter().zip(&gradient).map(|(x, g)| match (g.lo() >= 0.0, g.hi() <= 0.0) {
                (true, _) => x.lo(),
                (_, true) => x.hi(),
                _ => x.mid(),
            });
        let corner: Vec<f64> = downhill.collect();
        let sharper = self.sharper(here, &gradient, values);
        let low = sharper.map_or(natural.lo(), |s| s.lo().max(natural.lo()));
        (low, vec![middle, corner], Slopes { gradient, smooth })
    }

    /// Keeps a point of the domain if its value is certainly below the best so far.
    fn improve(
        &self,
        point: Vec<f64>,
        best: &mut Option<(f64, Vec<f64>)>,
        values: &mut Vec<Interval>,
    ) {
        let at: Vec<Interval> = point.iter().map(|x| Interval::point(*x)).collect();
        let value = self.tape.value(&at, values);
        let better = best.as_ref().is_none_or(|(least, _)| value.hi() < *least);
        if value.defined() && better && self.contains(&point) {
            *best = Some((value.hi(), point));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::domain::INF;
    use super::*;
    use crate::exact::{decimal, pi, ratio, var};
    use crate::vars;

    fn decide(of: &Expr, claimed: impl Into<Expr>, extreme: Extreme, domain: &Domain) -> Outcome {
        let (of, claimed, domain) = (of.clone(), claimed.into(), domain.clone());
        BestConstant { of, claimed, extreme, domain }.decide()
    }

    fn report(outcome: &Outcome) -> &str {
        match outcome {
            Outcome::Proved { evidence, .. } => evidence,
            Outcome::Refuted { witness } => witness,
            Outcome::Unknown { reason } => reason,
        }
    }

    /// The two ends that a report names.
    fn ends(outcome: &Outcome) -> [f64; 2] {
        let text = report(outcome);
        let inside = text.split(['[', ']']).nth(1).unwrap();
        let numbers: Vec<f64> = inside.split(", ").map(|x| x.parse().unwrap()).collect();
        [numbers[0], numbers[1]]
    }

    #[test]
    fn a_constant_with_room_and_one_that_fails_come_with_the_best_one() {
        let x = var("x");
        let f = (1 - (-&x).exp()) * (1 + &x) / &x;
        let domain = Domain::new().closed(&x, ratio(3, 10), 50);
        let best = 1.298_425_607_525_676;
        let held = decide(&f, decimal("1.2985"), Extreme::Supremum, &domain);
        assert_eq!(held.label(), Some(Label::Certified));
        let failed = decide(&f, decimal("1.2984"), Extreme::Supremum, &domain);
        assert!(matches!(failed, Outcome::Refuted { .. }), "{failed:?}");
        for found in [held, failed] {
            let [low, high] = ends(&found);
            assert!(low <= best && best <= high && high - low < 1e-9, "{found:?}");
        }
    }

    #[test]
    fn constants_are_printed_as_they_are_claimed() {
        let print = |text: &str| constant(&decimal(text));
        for text in ["1.6862", "-0.0094", "2", "0.5", "-12", "100.25"] {
            assert_eq!(print(text), text);
        }
        assert_eq!(constant(&ratio(1, 3)), "1/3");
        assert_eq!(constant(&pi()), "pi");
    }

    #[test]
    fn a_step_with_its_best_constant_serves_a_rule_as_the_inequality_that_it_is() {
        use super::super::{Derivation, Rule};
        let x = var("x");
        let (f, half) = (&x * (2 - &x), ratio(1, 2));
        let pieces = [Domain::new().closed(&x, 0, &half), Domain::new().closed(&x, &half, 2)];
        let all = |of: Expr, claimed: Expr| {
            Derivation::of("x")
                .supremum("first", f.clone(), claimed.clone(), &pieces[0])
                .supremum("second", f.clone(), claimed, &pieces[1])
                .conclude("all", Rule::Cases { of, in_: x.clone(), from: vec!["first", "second"] })
                .check()
                .steps[2]
                .outcome
                .clone()
        };
        let bound = decimal("1.1");
        assert_eq!(all(&bound - &f, bound.clone()).label(), Some(Label::Certified));
        assert!(all(1 - &f, bound.clone()).label().is_none());
        assert!(all(&f - &bound, bound).label().is_none());
    }

    #[test]
    fn a_constant_that_is_reached_needs_exact_arithmetic() {
        let (x, y) = vars!("x", "y");
        let domain = Domain::new().closed(&x, 0, 1).closed(&y, 0, 1);
        let f = &x * &y / (1 + &x);
        let found = decide(&f, ratio(1, 2), Extreme::Supremum, &domain);
        assert_eq!(found.label(), Some(Label::Certified), "{found:?}");
        assert_eq!(ends(&found)[1], 0.5);
        // Nothing exact is known of an exponential, and no box can tell 1 from less.
        let touching = decide(&(-&x).exp(), 1, Extreme::Supremum, &Domain::new().closed(&x, 0, 1));
        assert!(touching.label().is_none() || ends(&touching)[1] <= 1.0, "{touching:?}");
    }

    #[test]
    fn an_end_that_is_left_out_is_approached_and_not_a_witness() {
        let x = var("x");
        let open = Domain::new().open(&x, 0, 1);
        let found = decide(&x.exp(), 2, Extreme::Infimum, &open);
        assert!(matches!(found, Outcome::Refuted { .. }));
        let [low, high] = ends(&found);
        assert!(low <= 1.0 && high > 1.0 && high < 1.0 + 1e-8, "{found:?}");
        assert!(!report(&found).contains("x = 0.0"), "{found:?}");
    }

    #[test]
    fn poles_roots_and_unbounded_domains_give_no_bound() {
        let x = var("x");
        let domain = Domain::new().closed(&x, 0, 1);
        // Unbounded above, although every value on one side of the pole is negative.
        let pole = 1 / (&x - ratio(1, 3));
        assert!(matches!(decide(&pole, 10, Extreme::Supremum, &domain), Outcome::Refuted { .. }));
        // Undefined below 0: a clipped root would be bounded by 1.
        let wide = Domain::new().closed(&x, -1, 1);
        assert!(decide(&x.sqrt(), 2, Extreme::Supremum, &wide).label().is_none());
        let half_line = Domain::new().half_open(&x, 0, INF);
        assert!(decide(&(-&x).exp(), 2, Extreme::Supremum, &half_line).label().is_none());
        assert!(decide(&x, &x + 1, Extreme::Supremum, &domain).label().is_none());
    }

    #[test]
    fn constants_are_compared_by_enclosure() {
        let x = var("x");
        let domain = Domain::new().closed(&x, 0, 1);
        let f = 4 * &x * (1 - &x) * pi();
        let above = decide(&f, decimal("3.1415926536"), Extreme::Supremum, &domain);
        assert_eq!(above.label(), Some(Label::Certified), "{above:?}");
        let below = decide(&f, decimal("3.1415926535"), Extreme::Supremum, &domain);
        assert!(matches!(below, Outcome::Refuted { .. }), "{below:?}");
    }

    #[test]
    fn a_bracket_in_two_variables_closes_and_is_the_same_on_every_run() {
        let (x, y) = vars!("x", "y");
        let domain = Domain::new().closed(&x, -2, 2).closed(&y, -2, 2);
        let f = (-(&x - ratio(1, 3)).pow(2) - (&y - &x / 2).pow(2)).exp() + x.cos() / 10;
        let first = decide(&f, decimal("1.1"), Extreme::Supremum, &domain);
        assert_eq!(first.label(), Some(Label::Certified), "{first:?}");
        let [low, high] = ends(&first);
        assert!(low <= high && high - low < 1e-8, "{first:?}");
        assert_eq!(first, decide(&f, decimal("1.1"), Extreme::Supremum, &domain));
    }

    #[test]
    fn a_long_expression_is_answered_in_time_with_a_wider_bracket() {
        let (x, y) = vars!("x", "y");
        // Operations are counted, whatever each of them takes: a few dear ones, and cheap ones.
        let dear = |k: i32| (k * &x + &y).sin() * (&y - k).cos() / k;
        let cheap = |k: i32| {
            let z = k * &x - &y;
            &z / (k * (1 + z.pow(2)))
        };
        let term = |k: i32| if k % 50 == 0 { dear(k) } else { cheap(k) };
        let long = (1..1_001).fold(Expr::from(0), |sum, k| sum + term(k));
        let domain = Domain::new().closed(&x, 0, 3).closed(&y, 0, 3);
        let found = decide(&long, 100, Extreme::Supremum, &domain);
        assert_eq!(found.label(), Some(Label::Certified), "{found:?}");
        let most = OPERATIONS_MAX / 5_000;
        let (_, boxes) = report(&found).rsplit_once("; ").expect("a number of boxes");
        let boxes: usize = boxes.trim_end_matches(" boxes").parse().expect("a number");
        assert!((200..=most).contains(&boxes), "{found:?}");
    }
}
