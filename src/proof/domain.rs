//! Where a step is claimed: a range for each symbol, with ends that may depend on symbols before it.

use super::sign::{Sign, signs};
use crate::exact::{Expr, fresh};
use std::fmt;

/// Combinations of parts of ranges that are looked at, at most.
const COVERS_MAX: usize = 4_096;

/// The end of a range that has none.
#[derive(Clone, Copy, Debug)]
pub struct Infinity;

/// No end.
pub const INF: Infinity = Infinity;

/// An end as an author writes it: an integer, an expression, or [`INF`].
#[derive(Clone, Debug)]
pub struct Bound(Option<Expr>);

impl Bound {
    /// Where it is, if it is finite.
    pub fn at(&self) -> Option<&Expr> {
        self.0.as_ref()
    }
}

impl From<Infinity> for Bound {
    fn from(_: Infinity) -> Self {
        Self(None)
    }
}

impl From<i32> for Bound {
    fn from(value: i32) -> Self {
        Self(Some(value.into()))
    }
}

impl From<Expr> for Bound {
    fn from(value: Expr) -> Self {
        Self(Some(value))
    }
}

impl From<&Expr> for Bound {
    fn from(value: &Expr) -> Self {
        Self(Some(value.clone()))
    }
}

/// The end of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// There is none.
    Infinite,
    /// Not part of the range.
    Open(Expr),
    /// Part of the range.
    Closed(Expr),
}

impl End {
    /// Where it is, if anywhere.
    pub fn at(&self) -> Option<&Expr> {
        match self {
            Self::Infinite => None,
            Self::Open(e) | Self::Closed(e) => Some(e),
        }
    }

    fn new(bound: Bound, closed: bool) -> Self {
        match bound.0 {
            None => Self::Infinite,
            Some(e) if closed => Self::Closed(e),
            Some(e) => Self::Open(e),
        }
    }
}

/// The values of one symbol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The symbol.
    pub symbol: String,
    /// Its lower end.
    pub low: End,
    /// Its upper end.
    pub high: End,
}

/// A range for each symbol: everything that a step quantifies over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Domain {
    ranges: Vec<Range>,
}

impl Domain {
    /// No symbol yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// `low` < symbol < `high`.
    pub fn open(self, symbol: &Expr, low: impl Into<Bound>, high: impl Into<Bound>) -> Self {
        self.with(symbol, End::new(low.into(), false), End::new(high.into(), false))
    }

    /// `low` <= symbol <= `high`, where these are finite.
    pub fn closed(self, symbol: &Expr, low: impl Into<Bound>, high: impl Into<Bound>) -> Self {
        self.with(symbol, End::new(low.into(), true), End::new(high.into(), true))
    }

    /// `low` <= symbol < `high`.
    pub fn half_open(self, symbol: &Expr, low: impl Into<Bound>, high: impl Into<Bound>) -> Self {
        self.with(symbol, End::new(low.into(), true), End::new(high.into(), false))
    }

    /// Any real number.
    pub fn real(self, symbol: &Expr) -> Self {
        self.with(symbol, End::Infinite, End::Infinite)
    }

    /// The part below a point, which is left out.
    pub fn below(&self, symbol: &Expr, point: &Expr) -> Self {
        self.changed(symbol, |range| range.high = End::Open(point.clone()))
    }

    /// The part above a point, which is left out.
    pub fn above(&self, symbol: &Expr, point: &Expr) -> Self {
        self.changed(symbol, |range| range.low = End::Open(point.clone()))
    }

    /// The ranges, in the order in which they were declared.
    pub fn ranges(&self) -> &[Range] {
        &self.ranges
    }

    /// The range of a symbol.
    pub fn range(&self, symbol: &str) -> Option<&Range> {
        self.ranges.iter().find(|r| r.symbol == symbol)
    }

    pub(crate) fn with(mut self, symbol: &Expr, low: End, high: End) -> Self {
        let symbol = name(symbol);
        assert!(self.range(&symbol).is_none(), "{symbol} has two ranges");
        self.ranges.push(Range { symbol: symbol.clone(), low, high });
        self.known_ends(&symbol);
        self
    }

    /// The ends of a range depend on symbols before it only.
    fn known_ends(&self, symbol: &str) {
        let Some(place) = self.ranges.iter().position(|r| r.symbol == symbol) else { return };
        let (before, range) = (&self.ranges[..place], &self.ranges[place]);
        let ends = [range.low.at(), range.high.at()].into_iter().flatten();
        for used in ends.flat_map(Expr::symbols) {
            let known = before.iter().any(|b| b.symbol == used);
            assert!(known, "an end of {symbol} depends on {used}, which has no range yet");
        }
    }

    fn changed(&self, symbol: &Expr, change: impl Fn(&mut Range)) -> Self {
        let symbol = name(symbol);
        let mut domain = self.clone();
        let range = domain.ranges.iter_mut().find(|r| r.symbol == symbol);
        change(range.unwrap_or_else(|| panic!("{symbol} has no range to cut")));
        domain.known_ends(&symbol);
        domain
    }

    /// Substitutions by new symbols, not negative, that together reach every point of the domain:
    /// up to two for each range, in all combinations. `None` if these are too many to look at.
    pub(crate) fn covers(&self) -> Option<Vec<Cover>> {
        let counts = self.ranges.iter().map(|range| choices(range).len());
        let count = counts.into_iter().try_fold(1, usize::checked_mul);
        let count = count.filter(|count| *count <= COVERS_MAX)?;
        Some(self.first_covers(count))
    }

    /// The first of these: enough to look for a point, not to reach every one.
    pub(crate) fn first_covers(&self, most: usize) -> Vec<Cover> {
        // The last first: its ends may hold the symbols before it.
        let choices: Vec<_> = self.ranges.iter().rev().map(choices).collect();
        let count = choices.iter().map(Vec::len).fold(1, usize::saturating_mul);
        let cover = |index: usize| {
            let mut rest = index;
            let digit = |choices: &Vec<(Expr, bool)>| {
                let digit = rest % choices.len();
                rest /= choices.len();
                digit
            };
            // The symbol declared first changes from one to the next.
            let digits: Vec<usize> = choices.iter().rev().map(digit).collect();
            let mut cover = Cover::default();
            let ranges = self.ranges.iter().rev();
            for ((range, choices), digit) in ranges.zip(&choices).zip(digits.iter().rev()) {
                let (value, positive) = &choices[*digit];
                cover.replaced.push((range.symbol.clone(), value.clone()));
                if *positive {
                    cover.positive.push(name(&fresh('u', &range.symbol)));
                }
            }
            cover
        };
        (0..count.min(most)).map(cover).collect()
    }

    /// A symbol for which no value is left, whatever the others are: a step would say nothing.
    pub(crate) fn nothing_for(&self) -> Option<&str> {
        let empty = |range: &&Range| {
            let (Some(low), Some(high)) = (range.low.at(), range.high.at()) else { return false };
            let closed = matches!((&range.low, &range.high), (End::Closed(_), End::Closed(_)));
            let none = |sign: Sign| sign == Sign::Positive || sign == Sign::Nonneg && !closed;
            signs(&(low - high), self).iter().all(|(sign, _)| none(*sign))
        };
        self.ranges.iter().find(empty).map(|range| range.symbol.as_str())
    }
}

/// Values of a symbol as functions of $u \ge 0$, and whether $u > 0$ is enough.
fn choices(range: &Range) -> Vec<(Expr, bool)> {
    let u = &fresh('u', &range.symbol);
    let between = |a: &Expr, b: &Expr| (a + b * u) / (1 + u);
    match (&range.low, &range.high) {
        (End::Infinite, End::Infinite) => vec![(u.clone(), false), (-u, false)],
        (End::Open(a), End::Infinite) => vec![(a + u, true)],
        (End::Closed(a), End::Infinite) => vec![(a + u, false)],
        (End::Infinite, End::Open(b)) => vec![(b - u, true)],
        (End::Infinite, End::Closed(b)) => vec![(b - u, false)],
        (End::Open(a), End::Open(b)) => vec![(between(a, b), true)],
        (End::Closed(a), End::Open(b)) => vec![(between(a, b), false)],
        (End::Open(a), End::Closed(b)) => vec![(between(b, a), false)],
        (End::Closed(a), End::Closed(b)) => {
            vec![(between(a, b), false), (between(b, a), false)]
        }
    }
}

/// A substitution that reaches a part of a domain.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cover {
    replaced: Vec<(String, Expr)>,
    /// The new symbols that are positive, not only not negative.
    pub(crate) positive: Vec<String>,
}

impl Cover {
    /// An expression in the new symbols.
    pub(crate) fn apply(&self, e: &Expr) -> Expr {
        self.replaced.iter().fold(e.clone(), |e, (name, value)| e.substitute(name, value))
    }

    /// The values of the old symbols, in the new ones.
    pub(crate) fn symbols(&self) -> impl Iterator<Item = (&str, Expr)> {
        self.replaced.iter().map(|(name, value)| (name.as_str(), self.apply(value)))
    }
}

fn name(symbol: &Expr) -> String {
    symbol.symbol().unwrap_or_else(|| panic!("{symbol} is not a symbol")).to_owned()
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.symbol;
        match (&self.low, &self.high) {
            (End::Infinite, End::Infinite) => write!(f, "{name} real"),
            (low, End::Infinite) => write!(f, "{name} {} {}", more(low), place(low)),
            (End::Infinite, high) => write!(f, "{name} {} {}", less(high), place(high)),
            (low, high) => {
                write!(f, "{} {} {name} {} {}", place(low), less(low), less(high), place(high))
            }
        }
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<String> = self.ranges.iter().map(Range::to_string).collect();
        write!(f, "{}", if all.is_empty() { "no symbols".to_owned() } else { all.join(", ") })
    }
}

fn less(end: &End) -> &'static str {
    if matches!(end, End::Closed(_)) { "<=" } else { "<" }
}

fn more(end: &End) -> &'static str {
    if matches!(end, End::Closed(_)) { ">=" } else { ">" }
}

fn place(end: &End) -> String {
    end.at().map_or("inf".to_owned(), Expr::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vars;

    #[test]
    fn domains_read_as_they_are_written() {
        let (t, g) = vars!("t", "g");
        let star = &t / (&t - 1);
        let domain = Domain::new().open(&t, 1, INF).open(&g, 1, INF);
        assert_eq!(domain.to_string(), "t > 1, g > 1");
        assert_eq!(domain.below(&g, &star).to_string(), "t > 1, 1 < g < t / (t - 1)");
        assert_eq!(Domain::new().half_open(&t, 0, 1).to_string(), "0 <= t < 1");
    }

    #[test]
    fn a_substitution_stays_inside_and_comes_near_every_end() {
        let (t, g) = vars!("t", "g");
        let domain = Domain::new().closed(&t, 1, 3).open(&g, &t, 5);
        let covers = domain.covers().unwrap();
        assert_eq!(covers.len(), 2);
        for cover in covers {
            for (a, b) in [(0.001, 0.001), (1.0, 2.0), (1000.0, 1e6)] {
                let at = |e: &Expr| e.eval(&[("u:t", a), ("u:g", b)]);
                let (t, g) = (at(&cover.apply(&t)), at(&cover.apply(&g)));
                assert!((1.0..=3.0).contains(&t) && t < g && g < 5.0, "{t} {g}");
            }
        }
    }

    #[test]
    #[should_panic(expected = "an end of g depends on t, which has no range yet")]
    fn an_end_that_depends_on_a_later_symbol_is_refused() {
        let (t, g) = vars!("t", "g");
        let _ = Domain::new().open(&g, &t, INF);
    }
}
