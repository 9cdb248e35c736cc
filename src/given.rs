//! Hypotheses as a small program: each line names a symbol and its range, and returns a value.
//!
//! A domain function asks [`Given`] for its symbols one by one, and later ranges may depend on
//! earlier values. Behind each symbol lies a coordinate in $[0, 1]$: the plan, the search and the
//! shrinking of counterexamples move coordinates, so that whatever they find satisfies the
//! hypotheses. The same function reads `--set gamma=2` and prints the table of symbols.

use crate::random::{Rng, fnv1a};
use std::fmt;
use std::ops::RangeInclusive;

/// Where a claim is looked at.
#[derive(Clone, Debug, PartialEq)]
pub enum Address {
    /// Coordinates in the unit cube, in the order of the symbols; missing ones are ½.
    Unit(Vec<f64>),
    /// A value for each symbol, as typed by a user: `("gamma", "2")`.
    Named(Vec<(String, String)>),
    /// A position on the claim's curve.
    Curve(f64),
}

/// The value of a symbol, for print.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// A number.
    Number(f64),
    /// One of several named values.
    Name(&'static str),
}

impl fmt::Display for Shown {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(value) => write!(out, "{}", Digits(*value)),
            Self::Name(name) => out.write_str(name),
        }
    }
}

/// Prints a number so that it reads well and, typed back, gives the same number.
struct Digits(f64);

impl fmt::Display for Digits {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.abs();
        if size != 0.0 && !(1e-4..1e15).contains(&size) {
            write!(out, "{:e}", self.0)
        } else {
            write!(out, "{}", self.0)
        }
    }
}

/// A symbol that a domain asked for: what it is called, what it was, what it may be.
#[derive(Clone, Debug, PartialEq)]
pub struct Symbol {
    /// The name, as in the paper, spelt out.
    pub name: &'static str,
    /// Its value at this point.
    pub value: Shown,
    /// What it may be, in words.
    pub range: String,
}

/// A point that the hypotheses do not allow, or a domain that cannot be read.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum OutsideHypotheses {
    /// A value outside its range, or off its lattice.
    #[error("{symbol} = {value} is outside the hypotheses: {symbol} must be {range}")]
    Range {
        /// The symbol.
        symbol: &'static str,
        /// What was given.
        value: String,
        /// What it may be.
        range: String,
    },
    /// A symbol that was not given a value.
    #[error("no value for {symbol}: add --set {symbol}=.., {range}")]
    Missing {
        /// The symbol.
        symbol: &'static str,
        /// What it may be.
        range: String,
    },
    /// A symbol that the claim does not have.
    #[error("there is no symbol {symbol} here; the symbols are {known}")]
    Unknown {
        /// What was given.
        symbol: String,
        /// The symbols that exist.
        known: String,
    },
    /// A range with nothing in it, which is a mistake in the domain function.
    #[error("the domain leaves nothing for {symbol}: {range}")]
    Empty {
        /// The symbol.
        symbol: &'static str,
        /// The empty range.
        range: String,
    },
    /// A symbol whose range was not filled in.
    #[error("the domain is not filled in: {0}")]
    Unfilled(&'static str),
    /// A curve was asked to leave its grid.
    #[error("{0} is not a position on the curve: it must be a finite number")]
    Curve(f64),
}

/// Hands out the symbols of a point, one by one.
///
/// ```
/// use theoremcheck::given::{Address, Given};
/// let mut given = Given::at(&Address::Unit(vec![0.5, 0.0]));
/// assert_eq!(given.real("t", 1.0..=3.0), 2.0);
/// assert_eq!(given.count("n", 5..=9), 5);
/// ```
#[derive(Debug)]
pub struct Given {
    source: Source,
    next: usize,
    symbols: Vec<Symbol>,
    hash: u64,
    fault: Option<OutsideHypotheses>,
}

#[derive(Debug)]
enum Source {
    Unit(Vec<f64>),
    Named(Vec<(String, String)>),
}

impl Given {
    /// Reads the symbols from an address. A position on a curve has no symbols of its own: the
    /// middle of the cube is handed out.
    pub fn at(address: &Address) -> Self {
        let source = match address {
            Address::Unit(coordinates) => Source::Unit(coordinates.clone()),
            Address::Named(values) => Source::Named(values.clone()),
            Address::Curve(_) => Source::Unit(Vec::new()),
        };
        Self { source, next: 0, symbols: Vec::new(), hash: fnv1a(b"point"), fault: None }
    }

    /// The symbols handed out, and the hash of their names and values.
    ///
    /// # Errors
    /// The first symbol that was missing, unreadable or outside its range, or a value given for a
    /// symbol that was never asked for.
    pub fn finish(self) -> Result<(Vec<Symbol>, u64), OutsideHypotheses> {
        if let Source::Named(values) = &self.source {
            let stranger = values.iter().find(|(n, _)| self.symbols.iter().all(|s| s.name != n));
            if let Some((symbol, _)) = stranger {
                let known: Vec<_> = self.symbols.iter().map(|s| s.name).collect();
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                return Err(OutsideHypotheses::Unknown { symbol: symbol.clone(), known });
            }
        }
        match self.fault {
            Some(fault) => Err(fault),
            None => Ok((self.symbols, self.hash)),
        }
    }

    /// A real number, uniform on the range.
    pub fn real(&mut self, name: &'static str, range: RangeInclusive<f64>) -> f64 {
        let (low, high) = (*range.start(), *range.end());
        let words = format!("in [{}, {}]", Digits(low), Digits(high));
        let inside = move |x: f64| (low..=high).contains(&x);
        self.number(name, words, low <= high, inside, |u| within(low + u * (high - low), low, high))
    }

    /// A symbol whose range is not filled in: no point of such a domain can be checked.
    pub fn unfilled(&mut self, name: &'static str) -> f64 {
        self.fail(OutsideHypotheses::Unfilled(name));
        self.real(name, 0.0..=1.0)
    }

    /// A positive real number, uniform on the logarithm of the range.
    pub fn scale(&mut self, name: &'static str, range: RangeInclusive<f64>) -> f64 {
        let (low, high) = (*range.start(), *range.end());
        let words = format!("in [{}, {}]", Digits(low), Digits(high));
        let inside = move |x: f64| (low..=high).contains(&x);
        let fits = 0.0 < low && low <= high;
        self.number(name, words, fits, inside, |u| within(low * (high / low).powf(u), low, high))
    }

    /// A whole multiple of $1/k$: `ratio("gamma", 30..=160, 20)` is 1.5, 1.55, ..., 8.
    pub fn ratio(
        &mut self,
        name: &'static str,
        range: RangeInclusive<usize>,
        denominator: usize,
    ) -> f64 {
        let (low, high) = (*range.start(), *range.end());
        let k = denominator.max(1) as f64;
        let (from, to) = (low as f64 / k, high as f64 / k);
        let words = match denominator {
            1 => format!("a whole number in [{from}, {to}]"),
            k => format!("a multiple of 1/{k} in [{from}, {to}]"),
        };
        let inside = move |x: f64| {
            let multiple = x * k;
            (from..=to).contains(&x) && (multiple - multiple.round()).abs() < 1e-9
        };
        let fits = low <= high && denominator > 0;
        self.number(name, words, fits, inside, |u| lattice(u, low, high) as f64 / k)
    }

    /// A whole number.
    pub fn count(&mut self, name: &'static str, range: RangeInclusive<usize>) -> usize {
        let (low, high) = (*range.start(), *range.end());
        let words = format!("a whole number in [{low}, {high}]");
        let inside = move |x: f64| x.fract() == 0.0 && (low as f64..=high as f64).contains(&x);
        let fits = low <= high;
        self.number(name, words, fits, inside, |u| lattice(u, low, high) as f64) as usize
    }

    /// A sign, $\pm 1$.
    pub fn sign(&mut self, name: &'static str) -> f64 {
        let words = "1 or -1".to_owned();
        let inside = |x: f64| x.abs() == 1.0;
        self.number(name, words, true, inside, |u| if u < 0.5 { -1.0 } else { 1.0 })
    }

    /// One of several named values.
    ///
    /// # Panics
    /// If there is nothing to choose from.
    pub fn choice<T: Copy>(&mut self, name: &'static str, among: &[(&'static str, T)]) -> T {
        assert!(!among.is_empty(), "the choice {name} has nothing to choose from");
        let names: Vec<_> = among.iter().map(|(n, _)| *n).collect();
        let range = format!("one of {}", names.join(", "));
        let index = match self.take(name, &range) {
            Taken::Coordinate(u) => lattice(u, 0, among.len() - 1),
            Taken::Text(text) => {
                let found = names.iter().position(|n| *n == text);
                if found.is_none() {
                    let range = range.clone();
                    self.fail(OutsideHypotheses::Range { symbol: name, value: text, range });
                }
                found.unwrap_or(0)
            }
        };
        let (label, value) = among[index];
        self.record(name, Shown::Name(label), range, fnv1a(label.as_bytes()));
        value
    }

    /// A number that stands for any data set: seed a generator of the point's own with it.
    ///
    /// It is one of $2^{20}$ numbers, so that it can be read, typed and shrunk.
    pub fn seed(&mut self, name: &'static str) -> u64 {
        self.count(name, 0..=(1 << 20) - 1) as u64
    }

    /// A generator seeded by a symbol, for data that the theorem quantifies over.
    pub fn data(&mut self, name: &'static str) -> Rng {
        let seed = self.seed(name);
        Rng::seeded(seed ^ fnv1a(name.as_bytes()))
    }

    /// Any direction in $R^d$, $d \ge 1$: a unit vector drawn from a seed of the given name.
    pub fn unit_vector(&mut self, name: &'static str, d: usize) -> Vec<f64> {
        let mut rng = self.data(name);
        let mut direction = vec![0.0; d];
        rng.unit_vector(&mut direction);
        direction
    }

    /// Any $p$ eigenvalues in the range, log-uniform, in decreasing order, from a seed.
    pub fn spectrum(
        &mut self,
        name: &'static str,
        p: usize,
        range: RangeInclusive<f64>,
    ) -> Vec<f64> {
        let (low, high) = (*range.start(), *range.end());
        let mut rng = self.data(name);
        let mut values: Vec<f64> = (0..p).map(|_| low * (high / low).powf(rng.uniform())).collect();
        values.sort_by(|a, b| b.total_cmp(a));
        values
    }

    fn number(
        &mut self,
        name: &'static str,
        range: String,
        fits: bool,
        inside: impl Fn(f64) -> bool,
        from_unit: impl Fn(f64) -> f64,
    ) -> f64 {
        if !fits {
            self.fail(OutsideHypotheses::Empty { symbol: name, range: range.clone() });
        }
        let value = match self.take(name, &range) {
            Taken::Coordinate(u) => from_unit(u),
            Taken::Text(text) => match text.parse::<f64>() {
                Ok(value) if inside(value) => value,
                _ => {
                    let range = range.clone();
                    self.fail(OutsideHypotheses::Range { symbol: name, value: text, range });
                    from_unit(0.5)
                }
            },
        };
        self.record(name, Shown::Number(value), range, value.to_bits());
        value
    }

    fn take(&mut self, name: &'static str, range: &str) -> Taken {
        match &self.source {
            Source::Unit(coordinates) => {
                let u = coordinates.get(self.next).copied().unwrap_or(0.5);
                self.next += 1;
                Taken::Coordinate(u.clamp(0.0, 1.0))
            }
            Source::Named(values) => match values.iter().find(|(n, _)| n == name) {
                Some((_, text)) => Taken::Text(text.trim().to_owned()),
                None => {
                    let range = range.to_owned();
                    self.fail(OutsideHypotheses::Missing { symbol: name, range });
                    Taken::Coordinate(0.5)
                }
            },
        }
    }

    fn record(&mut self, name: &'static str, value: Shown, range: String, bits: u64) {
        for word in [self.hash, fnv1a(name.as_bytes()), bits] {
            self.hash = fnv1a(&[self.hash.to_le_bytes(), word.to_le_bytes()].concat());
        }
        self.symbols.push(Symbol { name, value, range });
    }

    fn fail(&mut self, fault: OutsideHypotheses) {
        self.fault.get_or_insert(fault);
    }
}

enum Taken {
    Coordinate(f64),
    Text(String),
}

/// A rounded value put back into its range, so that it can be typed back. Not `clamp`, which panics
/// on an empty range: that is an error of its own here.
fn within(value: f64, low: f64, high: f64) -> f64 {
    value.min(high).max(low)
}

/// The whole number in `low..=high` at coordinate `u`, each having an equal share of $[0, 1]$.
fn lattice(u: f64, low: usize, high: usize) -> usize {
    let count = high.saturating_sub(low) + 1;
    low + ((u * count as f64) as usize).min(count - 1)
}

/// The points at which a claim with `dimension` symbols is checked: the middle of the unit cube,
/// then an additive recurrence (Roberts 2018, the $R_d$ sequence): more points extend fewer.
pub fn planned_points(dimension: usize, count: usize) -> Vec<Address> {
    if dimension == 0 {
        return vec![Address::Unit(Vec::new())];
    }
    // The positive root of x^(d+1) = x + 1, by a contraction.
    let mut phi = 1.5_f64;
    for _ in 0..64 {
        phi = (1.0 + phi).powf(1.0 / (dimension as f64 + 1.0));
    }
    (0..count)
        .map(|i| {
            let coordinate = |j: usize| {
                let step = phi.powi(-(j as i32 + 1));
                // Printed with six digits and read back, so that `--at` can name the point.
                let u = (0.5 + i as f64 * step).fract();
                (u * 1e6).round() / 1e6
            };
            Address::Unit((0..dimension).map(coordinate).collect())
        })
        .collect()
}
