//! Where a step is claimed: a range for each symbol, with ends that may depend on symbols before it.

use crate::exact::{Expr, var};
use std::fmt;

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
        for e in [low.at(), high.at()].into_iter().flatten() {
            for used in e.symbols() {
                let known = self.ranges.iter().any(|r| r.symbol == used);
                assert!(known, "an end of {symbol} depends on {used}, which has no range yet");
            }
        }
        assert!(self.range(&symbol).is_none(), "{symbol} has two ranges");
        self.ranges.push(Range { symbol, low, high });
        self
    }

    fn changed(&self, symbol: &Expr, change: impl Fn(&mut Range)) -> Self {
        let symbol = name(symbol);
        let mut domain = Self::new();
        let mut found = false;
        for mut range in self.ranges.iter().cloned() {
            if range.symbol == symbol {
                change(&mut range);
                found = true;
            }
            domain = domain.with(&var(&range.symbol), range.low, range.high);
        }
        assert!(found, "{symbol} has no range to cut");
        domain
    }

    /// Substitutions by new symbols, not negative, that together reach every point of the domain.
    pub(crate) fn covers(&self) -> Vec<Cover> {
        let mut covers = vec![Cover::default()];
        // The last first: its ends may hold the symbols before it.
        for range in self.ranges.iter().rev() {
            let name = format!("u:{}", range.symbol);
            let pieces = pieces(range, &var(&name));
            let with = |cover: &Cover, (value, positive): &(Expr, bool)| {
                let mut cover = cover.clone();
                cover.replaced.push((range.symbol.clone(), value.clone()));
                if *positive {
                    cover.positive.push(name.clone());
                }
                cover
            };
            covers = covers.iter().flat_map(|c| pieces.iter().map(move |p| with(c, p))).collect();
        }
        covers
    }
}

/// Values of a symbol as functions of $u \ge 0$, and whether $u > 0$ is enough.
fn pieces(range: &Range, u: &Expr) -> Vec<(Expr, bool)> {
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

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = |range: &Range| {
            let name = &range.symbol;
            match (&range.low, &range.high) {
                (End::Infinite, End::Infinite) => format!("{name} real"),
                (low, End::Infinite) => format!("{name} {} {}", more(low), place(low)),
                (End::Infinite, high) => format!("{name} {} {}", less(high), place(high)),
                (low, high) => {
                    format!("{} {} {name} {} {}", place(low), less(low), less(high), place(high))
                }
            }
        };
        let all: Vec<String> = self.ranges.iter().map(one).collect();
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
        let covers = domain.covers();
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
