//! Exactly one root: the assertion, and the ways in which it is decided.

use super::boxes::{self, Found};
use super::conditions::undischarged;
use super::descartes;
use super::domain::{Domain, End, Range};
use super::extremum::constant;
use super::label::{Label, Outcome};
use super::line::Line;
use super::near::{Toward, last_sign};
use super::sign::{Sign, signs};
use super::step::Strictness;
use super::witness;
use crate::exact::{Expr, Rational, any_symbol};
use crate::interval::Interval;
use std::cmp::Ordering;

/// An equation $f = 0$ has exactly one solution in the range of one symbol, for all values of the
/// other symbols of a domain; and where it is.
#[derive(Clone, Debug)]
pub struct UniqueRoot {
    /// $f$.
    pub of: Expr,
    /// The unknown.
    pub in_: Expr,
    /// The ranges of all symbols.
    pub domain: Domain,
    /// A closed interval in the range that holds the root; its ends may depend on other symbols.
    pub within: Option<(Expr, Expr)>,
}

/// Numbers for symbols.
type Values = [(String, Rational)];

/// What is shown, and how.
type Shown = (Label, String);

impl UniqueRoot {
    pub(crate) fn text(&self) -> String {
        let (of, x) = (&self.of, &self.in_);
        let place = self
            .within
            .as_ref()
            .map_or(String::new(), |(a, b)| format!(", in [{}, {}]", constant(a), constant(b)));
        format!("{of} = 0 for exactly one {x}{place}, for {}", self.domain)
    }

    pub(crate) fn latex(&self) -> String {
        let place = self.within.as_ref().map_or(String::new(), |(a, b)| {
            format!(r" \in \left[{}, {}\right]", a.latex(), b.latex())
        });
        format!(r"\exists! {}{place} : {} = 0", self.in_.latex(), self.of.latex())
    }

    pub(crate) fn decide(&self) -> Outcome {
        match Question::new(self) {
            Ok(question) => question.decide(),
            Err(reason) => Outcome::unknown(reason),
        }
    }
}

/// A well-posed one.
struct Question<'a> {
    asked: &'a UniqueRoot,
    name: &'a str,
    range: &'a Range,
    /// The domain of the other symbols.
    others: Domain,
    /// The domain without the ends of the unknown's range.
    interior: Domain,
}

impl<'a> Question<'a> {
    fn new(asked: &'a UniqueRoot) -> Result<Self, String> {
        let name = asked.in_.symbol().ok_or("the unknown is no symbol")?;
        let range = asked.domain.range(name).ok_or(format!("the symbol {name} has no range"))?;
        let (mut others, mut interior) = (Domain::new(), Domain::new());
        for r in asked.domain.ranges() {
            let symbol = any_symbol(&r.symbol);
            if r.symbol == name {
                let open = |end: &End| end.at().map_or(End::Infinite, |e| End::Open(e.clone()));
                interior = interior.with(&symbol, open(&r.low), open(&r.high));
                continue;
            }
            let ends = [r.low.at(), r.high.at()];
            if ends.into_iter().flatten().any(|e| e.symbols().contains(name)) {
                return Err(format!("the range of {} depends on the unknown", r.symbol));
            }
            others = others.with(&symbol, r.low.clone(), r.high.clone());
            interior = interior.with(&symbol, r.low.clone(), r.high.clone());
        }
        let place = asked.within.iter().flat_map(|(a, b)| [a, b]);
        for used in place.clone().flat_map(Expr::symbols) {
            if others.range(&used).is_none() {
                return Err(format!("the place depends on {used}, which has no range of its own"));
            }
        }
        if let Some(used) = asked.of.symbols().iter().find(|s| asked.domain.range(s).is_none()) {
            return Err(format!("the symbol {used} has no range"));
        }
        let question = Self { asked, name, range, others, interior };
        let ends = [range.low.at(), range.high.at()].into_iter().flatten();
        if let Some(condition) = undischarged(ends.chain(place), &question.others) {
            return Err(format!("an end is not defined everywhere: {condition}"));
        }
        if let (Some(a), Some(b)) = (range.low.at(), range.high.at())
            && question.strict(&(b - a)) != Some(Sign::Positive)
        {
            return Err(format!("the range of {name} is not shown to have an inside"));
        }
        if let Some((a, b)) = &asked.within
            && !signs(&(b - a), &question.others).iter().all(|(s, _)| s.is_nonneg())
        {
            return Err(format!("{a} is not shown to be below {b}"));
        }
        Ok(question)
    }

    /// The one strict sign of an expression in the other symbols, exactly.
    fn strict(&self, e: &Expr) -> Option<Sign> {
        let found = signs(e, &self.others);
        let first = found.first()?.0;
        (first.is_strict() && found.iter().all(|(s, _)| *s == first)).then_some(first)
    }

    fn decide(&self) -> Outcome {
        let decided = self.defined().and_then(|defined| {
            let shown = self.by_sturm().or_else(|| self.by_descartes()).or_else(|| self.by_slope());
            let (label, how) = shown.ok_or_else(|| {
                let open = "neither the coefficients nor slope and signs at the ends decide";
                self.refutation().unwrap_or_else(|| Outcome::unknown(open))
            })?;
            let (placed, place) = self.place().map_err(|reason| {
                self.refutation().unwrap_or(Outcome::unknown(format!("one root, but {reason}")))
            })?;
            let evidence = format!("{how}{place}");
            Ok(Outcome::Proved { label: label.max(defined).max(placed), evidence })
        });
        decided.unwrap_or_else(|outcome| outcome)
    }

    /// Whether the function is defined, and so continuous, on the whole domain.
    fn defined(&self) -> Result<Label, Outcome> {
        let (of, domain) = (&self.asked.of, &self.asked.domain);
        let Some(condition) = undischarged([of], domain) else { return Ok(Label::Exact) };
        // A box is accepted only where everything in it is defined.
        match boxes::sign(&(1 + of.pow(2)), Strictness::Strict, domain) {
            Found::Covered { .. } => Ok(Label::Certified),
            _ => Err(Outcome::unknown(format!("not shown on the domain: {condition}"))),
        }
    }

    /// Without other symbols: the number of roots of a rational function, ends included.
    fn by_sturm(&self) -> Option<Shown> {
        let roots = self.line(&[])?.roots()?;
        (roots == 1).then(|| (Label::Exact, "one root, by a Sturm chain".to_owned()))
    }

    /// One root inside by Descartes' rule, and none at an end that belongs to the range.
    fn by_descartes(&self) -> Option<Shown> {
        let pattern = descartes::one_root(&self.asked.of, self.name, &self.interior)?;
        for end in [&self.range.low, &self.range.high] {
            if let End::Closed(place) = end {
                self.strict(&self.asked.of.at(&self.asked.in_, place.clone()))?;
            }
        }
        let how =
            format!("one change of sign among the coefficients after substitution: {pattern}");
        Some((Label::Exact, how))
    }

    /// Opposite signs, and a slope with one strict sign between the ends.
    fn by_slope(&self) -> Option<Shown> {
        let (ends, rises, found) = self.opposite()?;
        let slope = self.asked.of.d(&self.asked.in_);
        let slope = if rises { slope } else { -slope };
        let word = if rises { "rises" } else { "falls" };
        let exact = signs(&slope, &self.interior).iter().all(|(s, _)| *s == Sign::Positive);
        if exact && undischarged([&slope], &self.interior).is_none() {
            return Some((ends, format!("{found}, and it {word} throughout")));
        }
        match boxes::sign(&slope, Strictness::Strict, &self.asked.domain) {
            Found::Covered { boxes, margin } => Some((
                Label::Certified,
                format!("{found}, and it {word}: {boxes} boxes, margin {margin:.3e}"),
            )),
            _ => None,
        }
    }

    /// Opposite signs at two places of the range: the label, whether they rise, and where.
    fn opposite(&self) -> Option<(Label, bool, String)> {
        if let (Some(low), Some(high)) =
            (self.end(&self.range.low, true), self.end(&self.range.high, false))
            && low == high.reversed()
        {
            let rises = high == Sign::Positive;
            return Some((Label::Exact, rises, "opposite signs at the ends".to_owned()));
        }
        if let Some(found) = self.opposite_where_asked() {
            return Some(found);
        }
        let line = self.line(&[])?;
        let changes = line.changes();
        let [(low, _), (high, above)] = changes[..] else { return None };
        let found = format!("opposite signs at {} = {low:?} and {high:?}", self.name);
        Some((Label::Certified, above.is_gt(), found))
    }

    fn opposite_where_asked(&self) -> Option<(Label, bool, String)> {
        let (a, b) = self.asked.within.as_ref()?;
        if !self.inside(a) || !self.inside(b) {
            return None;
        }
        let ((label, low), (other, high)) = (self.sign_at(a)?, self.sign_at(b)?);
        let (low_end, high_end) = (constant(a), constant(b));
        let found = format!("opposite signs at {} = {low_end} and {high_end}", self.name);
        let opposite = low == high.reversed();
        opposite.then_some((label.max(other), high == Sign::Positive, found))
    }

    /// The sign at an end of the range, or at last on the way there.
    fn end(&self, end: &End, lower: bool) -> Option<Sign> {
        if let Some(place) = end.at() {
            let value = self.asked.of.at(&self.asked.in_, place.clone());
            if undischarged([&value], &self.others).is_none() {
                // At an end that is left out, what counts is continuity up to there.
                return self.strict(&value);
            }
        }
        let toward = match (end.at(), lower) {
            (Some(place), true) => Toward::Above(place.clone()),
            (Some(place), false) => Toward::Below(place.clone()),
            (None, true) => Toward::MinusInfinity,
            (None, false) => Toward::Infinity,
        };
        last_sign(&self.asked.of, self.name, &toward, &self.others)
    }

    /// The strict sign at a place in the range.
    fn sign_at(&self, place: &Expr) -> Option<(Label, Sign)> {
        let value = self.asked.of.at(&self.asked.in_, place.clone());
        if let Some(sign) = self.strict(&value) {
            return Some((Label::Exact, sign));
        }
        let strictly = |e: &Expr| boxes::sign(e, Strictness::Strict, &self.others);
        if matches!(strictly(&value), Found::Covered { .. }) {
            return Some((Label::Certified, Sign::Positive));
        }
        let negative = matches!(strictly(&-value), Found::Covered { .. });
        negative.then_some((Label::Certified, Sign::Negative))
    }

    /// Whether a place is in the range, for all values of the other symbols.
    fn inside(&self, place: &Expr) -> bool {
        let beyond = |gap: Expr, end: &End| match end {
            End::Closed(_) => signs(&gap, &self.others).iter().all(|(s, _)| s.is_nonneg()),
            _ => self.strict(&gap) == Some(Sign::Positive),
        };
        let above = |a: &Expr| beyond(place - a, &self.range.low);
        let below = |b: &Expr| beyond(b - place, &self.range.high);
        self.range.low.at().is_none_or(above) && self.range.high.at().is_none_or(below)
    }

    /// Where the one root is: in the interval that is asked for, or, between numbers, found.
    fn place(&self) -> Result<Shown, String> {
        if let Some((a, b)) = &self.asked.within {
            if !self.inside(a) || !self.inside(b) {
                return Err(format!("[{a}, {b}] is not shown to lie in the range"));
            }
            let (Some((one, low)), Some((other, high))) = (self.sign_at(a), self.sign_at(b)) else {
                return Err(format!("the signs at {a} and {b} are not certain"));
            };
            if low != high.reversed() {
                return Err(format!("the signs at {a} and {b} are the same"));
            }
            return Ok((one.max(other), self.found().unwrap_or_default()));
        }
        Ok((Label::Exact, self.found().unwrap_or_default()))
    }

    fn found(&self) -> Option<String> {
        let place = self.line(&[])?.locate()?;
        Some(format!("; {} in {place}", self.name))
    }

    /// The range of the unknown at values of the other symbols.
    fn range_at(&self, values: &Values) -> Range {
        let end = |end: &End| match end {
            End::Infinite => End::Infinite,
            End::Open(e) => End::Open(put(e, values)),
            End::Closed(e) => End::Closed(put(e, values)),
        };
        let (low, high) = (end(&self.range.low), end(&self.range.high));
        Range { symbol: self.name.to_owned(), low, high }
    }

    /// The equation at values of the other symbols.
    fn line(&self, values: &Values) -> Option<Line> {
        Line::new(&put(&self.asked.of, values), &self.range_at(values))
    }

    /// A point of the other symbols at which there are more roots than one, none, or the root is
    /// elsewhere. The function is continuous on the range.
    fn refutation(&self) -> Option<Outcome> {
        let witness = witness::places(&self.others).iter().find_map(|values| {
            let line = self.line(values)?;
            let found = self.miscount(&line, values).or_else(|| self.misplaced(&line, values))?;
            let at: Vec<String> = values.iter().map(|(n, x)| format!("{n} = {x}")).collect();
            let at = if at.is_empty() { String::new() } else { format!(" at {}", at.join(", ")) };
            Some(format!("{found}{at}"))
        })?;
        Some(Outcome::Refuted { witness })
    }

    fn miscount(&self, line: &Line, values: &Values) -> Option<String> {
        if let Some(roots) = line.roots() {
            return match roots {
                0 => Some("there is no root".to_owned()),
                1 => None,
                _ => Some(format!("there are {roots} roots")),
            };
        }
        let changes = line.changes();
        let word = |sign: Ordering| if sign.is_gt() { "above" } else { "below" };
        if let [(a, sign), (b, _), (c, _), ..] = changes[..] {
            let (one, other) = (word(sign), word(sign.reverse()));
            let x = self.name;
            return Some(format!("two roots: {one} 0 at {x} = {a:?} and {c:?}, {other} at {b:?}"));
        }
        let [(_, sign)] = changes[..] else { return None };
        let (of, r) = (put(&self.asked.of, values), self.range_at(values));
        let of = if sign.is_gt() { of } else { -of };
        let domain = Domain::new().with(&self.asked.in_, r.low, r.high);
        let exact = signs(&of, &domain).iter().all(|(s, _)| *s == Sign::Positive);
        let covered =
            || matches!(boxes::sign(&of, Strictness::Strict, &domain), Found::Covered { .. });
        (exact || covered()).then(|| format!("there is no root, only values {} 0", word(sign)))
    }

    /// The root, if the interval that is asked for leaves it out. Only where it is the only one.
    fn misplaced(&self, line: &Line, values: &Values) -> Option<String> {
        let (a, b) = self.asked.within.as_ref()?;
        let exactly: Vec<(&str, Rational)> =
            values.iter().map(|(n, x)| (n.as_str(), x.clone())).collect();
        let (a, b) = (a.exactly(&exactly)?, b.exactly(&exactly)?);
        let place: Interval = line.locate()?;
        let (low, high) =
            (Rational::try_from(place.lo()).ok()?, Rational::try_from(place.hi()).ok()?);
        let outside = high < a || low > b;
        outside.then(|| format!("there is a root with {} in {place}", self.name))
    }
}

fn put(e: &Expr, values: &Values) -> Expr {
    values.iter().fold(e.clone(), |e, (name, x)| e.substitute(name, &Expr::number(x.clone())))
}

#[cfg(test)]
mod tests {
    use super::super::domain::INF;
    use super::*;
    use crate::exact::{decimal, ratio};
    use crate::vars;

    fn decide(of: Expr, in_: &Expr, domain: &Domain) -> Outcome {
        let (in_, domain) = (in_.clone(), domain.clone());
        UniqueRoot { of, in_, domain, within: None }.decide()
    }

    fn within(of: Expr, in_: &Expr, domain: &Domain, low: Expr, high: Expr) -> Outcome {
        let (in_, domain) = (in_.clone(), domain.clone());
        UniqueRoot { of, in_, domain, within: Some((low, high)) }.decide()
    }

    fn evidence(outcome: &Outcome) -> &str {
        match outcome {
            Outcome::Proved { evidence, .. } => evidence,
            other => panic!("{other:?}"),
        }
    }

    fn is_unknown(outcome: &Outcome) -> bool {
        matches!(outcome, Outcome::Unknown { .. })
    }

    fn is_refuted(outcome: &Outcome) -> bool {
        matches!(outcome, Outcome::Refuted { .. })
    }

    #[test]
    fn a_quadratic_has_one_positive_root_for_all_parameters() {
        let (x, a, b, c) = vars!("x", "a", "b", "c");
        let domain = Domain::new().open(&a, 0, INF).real(&b).open(&c, 0, INF).open(&x, 0, INF);
        let f = &a * x.pow(2) + &b * &x - &c;
        let found = decide(f.clone(), &x, &domain);
        assert_eq!(found.label(), Some(Label::Exact));
        assert!(evidence(&found).contains("-, 0+, +"), "{found:?}");
        let root = ((b.pow(2) + 4 * &a * &c).sqrt() - &b) / (2 * &a);
        assert!(is_refuted(&decide(&f + 2 * &c, &x, &domain)));
        // In the denominator, where its sign is cleared with it.
        assert_eq!(decide(&f / (1 + &x), &x, &domain).label(), Some(Label::Exact));
        let place = within(f, &x, &domain, &root - 1, &root + 1);
        assert!(is_unknown(&place), "the place may be below 0: {place:?}");
    }

    #[test]
    fn a_pole_where_the_sign_changes_is_no_root() {
        let x = crate::exact::var("x");
        let domain = Domain::new().closed(&x, 0, 1);
        for f in [1 / (&x - ratio(1, 3)), (&x - 2) / (&x - ratio(1, 2)), 1 / (x.exp() - 2)] {
            assert!(is_unknown(&decide(f.clone(), &x, &domain)), "{f}");
        }
        // Cleared, 1 - x y is a denominator that vanishes inside for y > 1.
        let y = crate::exact::var("y");
        let domain = Domain::new().open(&y, 0, INF).open(&x, 0, INF);
        assert!(is_unknown(&decide((&x - &y) / (1 - &x * &y), &x, &domain)));
    }

    #[test]
    fn ends_that_are_left_out_hold_no_root() {
        let x = crate::exact::var("x");
        let f = &x * (1 + &x);
        assert!(is_refuted(&decide(f.clone(), &x, &Domain::new().open(&x, 0, 1))));
        assert_eq!(decide(f, &x, &Domain::new().half_open(&x, 0, 1)).label(), Some(Label::Exact));
        let g = x.exp() - 1;
        assert!(!is_refuted(&decide(g.clone(), &x, &Domain::new().half_open(&x, 0, 1))));
        assert!(decide(g.clone(), &x, &Domain::new().open(&x, 0, 1)).label().is_none());
        assert_eq!(decide(g, &x, &Domain::new().open(&x, -1, 1)).label(), Some(Label::Certified));
        // The same with a parameter: the root y of the numerator is the end itself.
        let y = crate::exact::var("y");
        let domain = Domain::new().open(&y, 0, INF).open(&x, &y, INF);
        assert!(is_refuted(&decide(&x - &y, &x, &domain)));
        let domain = Domain::new().open(&y, 0, INF).open(&x, &y / 2, INF);
        assert_eq!(decide(&x - &y, &x, &domain).label(), Some(Label::Exact));
        // One inside, and one at an end that belongs to the range.
        let two = (&x - &y) * (&x - 2 * &y);
        let closed = Domain::new().open(&y, 0, INF).half_open(&x, &y, INF);
        assert!(is_refuted(&decide(two.clone(), &x, &closed)));
        let open = Domain::new().open(&y, 0, INF).open(&x, &y, INF);
        assert_eq!(decide(two, &x, &open).label(), Some(Label::Exact));
    }

    #[test]
    fn a_range_that_may_be_empty_holds_no_root() {
        let (x, y) = vars!("x", "y");
        // x in (y, 1) is empty for y >= 1, where the substitution still finds 1.5 between.
        let domain = Domain::new().open(&y, 0, 2).open(&x, &y, 1);
        assert!(decide(2 * &x - &y - 1, &x, &domain).label().is_none());
        let domain = Domain::new().open(&y, 0, 1).open(&x, &y, 1);
        assert_eq!(decide(2 * &x - &y - 1, &x, &domain).label(), Some(Label::Exact));
        // The other symbol ranges over what depends on the unknown.
        let turned = Domain::new().open(&x, 0, 1).open(&y, &x, 1);
        assert!(is_unknown(&decide(&x - &y / 2, &x, &turned)));
    }

    #[test]
    fn opposite_signs_without_a_slope_prove_nothing() {
        let x = crate::exact::var("x");
        let domain = Domain::new().closed(&x, 0, 10);
        // Three roots, the ends have opposite signs.
        let f = (&x / 2 - 1).exp() * (&x - 1) * (&x - 3) * (&x - 5);
        assert!(is_refuted(&decide(f, &x, &domain)));
        let wave = x.sin() + (&x - 5) / 8;
        assert!(is_refuted(&decide(wave, &x, &domain)));
        // A double root and a simple one: one change of sign.
        let touching = (&x - 1).pow(2) * (&x - 2) * x.exp();
        assert!(decide(touching, &x, &domain).label().is_none());
        let touching = (&x - 1).pow(2) * (&x - 2);
        assert!(is_refuted(&decide(touching, &x, &domain)));
        assert_eq!(decide((&x - 1).pow(2), &x, &domain).label(), Some(Label::Exact));
    }

    #[test]
    fn no_root_is_refuted_with_the_sign() {
        let x = crate::exact::var("x");
        let domain = Domain::new().closed(&x, 0, 1);
        let found = decide(x.exp() - ratio(1, 2), &x, &domain);
        let Outcome::Refuted { witness } = found else { panic!("{found:?}") };
        assert_eq!(witness, "there is no root, only values above 0");
    }

    #[test]
    fn a_critical_point_is_certified_with_its_place() {
        let x = crate::exact::var("x");
        let f = x.exp() - 1 - &x - x.pow(2);
        let domain = Domain::new().closed(&x, ratio(3, 2), 2);
        let found = decide(f.clone(), &x, &domain);
        assert_eq!(found.label(), Some(Label::Certified));
        assert!(evidence(&found).contains("x in [1.793282132900"), "{found:?}");
        let (low, high) = (decimal("1.79328213290075"), decimal("1.79328213290077"));
        let near = within(f.clone(), &x, &domain, low.clone(), high);
        assert_eq!(near.label(), Some(Label::Certified), "{near:?}");
        let elsewhere = within(f.clone(), &x, &domain, ratio(3, 2), low);
        assert!(is_refuted(&elsewhere), "{elsewhere:?}");
        // From 0 on there is another root, at the end.
        assert!(decide(f, &x, &Domain::new().closed(&x, 0, 2)).label().is_none());
    }

    #[test]
    fn a_root_of_an_argument_is_not_clipped() {
        let x = crate::exact::var("x");
        let domain = Domain::new().closed(&x, -1, 2);
        // sqrt(x) - 1 is 0 at 1 only, and is nowhere below 0.
        assert!(is_unknown(&decide(x.sqrt() - 1, &x, &domain)));
        let domain = Domain::new().closed(&x, 0, 2);
        assert_eq!(decide(x.sqrt() - 1, &x, &domain).label(), Some(Label::Exact));
    }

    #[test]
    fn ends_without_a_value_have_a_sign_at_last() {
        let (x, a) = vars!("x", "a");
        // 1/x - a x falls from infinity to minus infinity, and so does -log x.
        let domain = Domain::new().open(&a, 0, INF).open(&x, 0, INF);
        let f = 1 / &x - &a * x.exp();
        let found = decide(f, &x, &domain);
        assert_eq!(found.label(), Some(Label::Exact), "{found:?}");
        let rising = 1 / &x + &a * x.exp();
        assert!(decide(rising, &x, &domain).label().is_none());
    }
}
