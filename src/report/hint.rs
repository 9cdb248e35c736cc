//! What a refuted claim is off by, where that looks like a simple constant.
//!
//! A candidate is $\frac pq\, c\, s_1^{k_1} s_2^{k_2}$: a small rational, a constant of analysis, at
//! most two of the claim's symbols to powers $-2..2$. It matches if it lies in the interval of
//! simulation over theory (or minus theory) at every point; several points tell a symbol from a
//! number. Of the matches the simplest is proposed, as a question, and only if few are expected by
//! chance.
//!
//! **Chance.** Let $w$ be the width of the narrowest interval of $\log$ ratio. A candidate $x$ at
//! $\log$ value $y$ expects $E(x) = t\, w \sum_{x'} \pi(x')$ matches, over the $x'$ no dearer than $x$
//! within distance 1 of $y$, where $t$ is the number of quantities looked at. In a window of
//! length 1 the candidates with $E \le \epsilon$ number at most $\epsilon / (t w)$, so that a ratio
//! log-uniform over whole windows is met by one of them with probability at most $\epsilon$. The
//! weight $\pi$ is 1 without symbols; for each symbol that varies by $v$ in its logarithm it has a
//! factor $\min(1, w_{\max} / 2v)$: that a random power is mistaken for a whole one. Where a symbol
//! varies by more than the intervals, numbers are no rivals of what contains it.

use super::numbers::{significant, uncertain};
use crate::check::{Checked, PointReport};
use crate::evidence::{Evidence, Finding};
use crate::given::Shown;
use crate::kind::Kind;
use crate::stats::interval::Interval;
use std::sync::LazyLock;

/// Matches that may be expected by chance, at most, of what is proposed about one claim.
pub const CHANCE_MAX: f64 = 0.05;

/// How simulation and theory are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// Simulation over theory.
    Factor,
    /// Simulation minus theory.
    Difference,
    /// The exponent of the simulation minus that of the shape.
    Exponent,
}

impl Gap {
    /// One word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Factor => "factor",
            Self::Difference => "difference",
            Self::Exponent => "exponent",
        }
    }
}

/// A simple expression that lies in the interval at every point.
#[derive(Clone, Debug, PartialEq)]
pub struct Hint {
    /// Which component, from 0.
    pub component: usize,
    /// What it is called, where the theory has several numbers.
    pub part: Option<String>,
    /// What it is the value of.
    pub gap: Gap,
    /// The expression: `2 pi gamma / r2^2`.
    pub expression: String,
    /// Its symbols alone, `gamma / r2^2`; empty if there are none.
    pub symbols: String,
    /// Its number: $2\pi$.
    pub number: f64,
    /// Where that number lies, given the symbols: the intersection over the points.
    pub interval: Interval,
    /// Points at which it matches: all that were checked and say something.
    pub points: usize,
    /// Matches as simple as this one that are expected by chance.
    pub chance: f64,
    /// Whether both sides are computed, so that there is no simulation.
    pub computed: bool,
}

impl Hint {
    /// The hint as a question: `off by a factor 0.5000 ± 0.0004 at all 4 points: 1/2?`
    pub fn sentence(&self) -> String {
        let found = uncertain(self.interval.centre(), 0.5 * self.interval.width());
        let found = match self.symbols.as_str() {
            "" => found,
            symbols => format!("({found}) {symbols}"),
        };
        let found = match self.gap {
            Gap::Factor => format!("off by a factor {found}"),
            Gap::Difference => format!("off by {found}"),
            Gap::Exponent => format!("the exponent is off by {found}"),
        };
        let (one, other) = if self.computed { ("left", "right") } else { ("simulation", "theory") };
        let sides = match self.gap {
            Gap::Factor => format!(" ({one} over {other})"),
            Gap::Difference => format!(" ({one} minus {other})"),
            Gap::Exponent => String::new(),
        };
        let component = self.part.as_ref().map_or(String::new(), |part| format!("{part} is "));
        let points = match self.points {
            1 => "at the only point".to_owned(),
            n => format!("at all {n} points"),
        };
        format!(
            "{component}{found}{sides} {points}: {}? ({} such matches are expected by chance)",
            self.expression,
            significant(self.chance, 1)
        )
    }
}

/// What a refuted claim may be off by: at most one hint for each component. Nothing for laws,
/// bounds and properties, where a gate fired, or where intervals are too wide to tell.
///
/// Of an [`Equivalent`](crate::kind::Equivalent) the theory is the one at the largest size.
pub fn hints(checked: &Checked) -> Vec<Hint> {
    let gaps: &[Gap] = match checked.kind {
        Kind::Equality | Kind::Limit | Kind::Equivalent | Kind::Identity => {
            &[Gap::Factor, Gap::Difference]
        }
        Kind::Rate => &[Gap::Exponent],
        Kind::Bound | Kind::PathBound | Kind::Law | Kind::Property => return Vec::new(),
    };
    if !checked.verdict.is_refuted() {
        return Vec::new();
    }
    let components = checked.points.iter().map(|p| p.evidence.len()).max().unwrap_or(0);
    let tests = (gaps.len() * components) as f64;
    let best = |component: usize| {
        let found = gaps.iter().filter_map(|gap| of_component(checked, component, *gap, tests));
        let (_, hint) = found.min_by(|a, b| a.0.total_cmp(&b.0))?;
        let part = checked.parts.name(component, components).filter(|_| components > 1);
        Some(Hint { part, ..hint })
    };
    (0..components).filter_map(best).collect()
}

fn of_component(checked: &Checked, component: usize, gap: Gap, tests: f64) -> Option<(f64, Hint)> {
    let mut places = Vec::new();
    for point in &checked.points {
        let evidence = point.evidence.get(component)?;
        if let Some(interval) = gap_at(evidence, gap)? {
            places.push(Place { interval, symbols: symbols(point) });
        }
    }
    let found = match gap {
        Gap::Exponent => exponent(&places, tests)?,
        Gap::Factor | Gap::Difference => recognise(&places, tests)?,
    };
    let hint = Hint {
        component,
        part: None,
        gap,
        expression: found.expression,
        symbols: found.symbols,
        number: found.number,
        interval: found.interval,
        points: places.len(),
        chance: found.chance,
        computed: checked.kind == Kind::Identity,
    };
    Some((found.cost, hint))
}

/// The symbols of a point that have a logarithm.
fn symbols(point: &PointReport) -> Vec<(&'static str, f64)> {
    let number = |value: &Shown| match value {
        Shown::Number(x) if *x > 0.0 => Some(libm::log(*x)),
        _ => None,
    };
    point.symbols.iter().filter_map(|s| Some((s.name, number(&s.value)?))).collect()
}

/// The interval of a gap at a point. Outer `None`: nothing can be said about the claim; inner:
/// this point allows everything.
fn gap_at(evidence: &Evidence, gap: Gap) -> Option<Option<Interval>> {
    if evidence.alarm.is_some() {
        return None;
    }
    let (difference, theory) = match evidence.finding {
        Finding::Difference { interval, claimed, .. } => (interval, claimed),
        Finding::Computed { left, right, rounding, .. } => {
            (Interval::point(left - right).widen(rounding * evidence.scale), right)
        }
        Finding::Violations { .. } | Finding::Distance { .. } => return None,
    };
    let interval = match gap {
        Gap::Factor if theory == 0.0 => return difference.contains(0.0).then_some(None),
        Gap::Factor => difference.scale(1.0 / theory).shift(1.0),
        Gap::Difference | Gap::Exponent => difference,
    };
    let usable = interval.low.is_finite() && interval.high.is_finite();
    (usable && !interval.contains(0.0)).then_some(Some(interval))
}

/// The interval of a gap at one point, and the logarithms of the symbols there.
#[derive(Clone, Debug)]
struct Place {
    interval: Interval,
    symbols: Vec<(&'static str, f64)>,
}

/// A match.
#[derive(Clone, Debug, PartialEq)]
struct Found {
    cost: f64,
    expression: String,
    symbols: String,
    number: f64,
    interval: Interval,
    chance: f64,
}

/// A number $\frac pq c$ with its logarithm, and what it costs.
#[derive(Clone, Copy, Debug)]
struct Number {
    p: u32,
    q: u32,
    constant: usize,
    ln: f64,
    cost: f64,
    /// Of two that cost the same, the first is proposed.
    rank: usize,
}

/// Constants of analysis: numerator, denominator, value, cost.
const CONSTANTS: [(&str, &str, f64, f64); 13] = {
    use std::f64::consts::{E, LN_2, PI, SQRT_2};
    const SQRT_PI: f64 = 1.772_453_850_905_516;
    const SQRT_TAU: f64 = SQRT_2 * SQRT_PI;
    [
        ("", "", 1.0, 0.0),
        ("pi", "", PI, 2.0),
        ("", "pi", 1.0 / PI, 2.0),
        ("sqrt 2", "", SQRT_2, 2.0),
        ("e", "", E, 3.0),
        ("", "e", 1.0 / E, 3.0),
        ("log 2", "", LN_2, 3.0),
        ("", "log 2", 1.0 / LN_2, 3.0),
        ("pi^2", "", PI * PI, 3.0),
        ("", "pi^2", 1.0 / (PI * PI), 3.0),
        ("sqrt pi", "", SQRT_PI, 3.0),
        ("", "sqrt pi", 1.0 / SQRT_PI, 3.0),
        ("sqrt(2 pi)", "", SQRT_TAU, 3.0),
    ]
};

/// The largest numerator and denominator.
const WHOLE_MAX: u32 = 12;

/// Powers of a symbol.
const POWERS: [i32; 4] = [1, -1, 2, -2];

fn rationals() -> impl Iterator<Item = (u32, u32)> {
    let coprime =
        |a: u32, b: u32| !(2..=a.min(b)).any(|d| a.is_multiple_of(d) && b.is_multiple_of(d));
    (1..=WHOLE_MAX)
        .flat_map(|p| (1..=WHOLE_MAX).map(move |q| (p, q)))
        .filter(move |(p, q)| coprime(*p, *q))
}

/// All numbers, in the order of their logarithms.
static NUMBERS: LazyLock<Vec<Number>> = LazyLock::new(|| {
    let pairs = rationals().flat_map(|pq| (0..CONSTANTS.len()).map(move |c| (pq, c)));
    let number = |(rank, ((p, q), constant)): (usize, ((u32, u32), usize))| {
        let (_, _, value, cost) = CONSTANTS[constant];
        let ln = libm::log(f64::from(p) / f64::from(q) * value);
        Number { p, q, constant, ln, cost: cost + libm::log2(f64::from(p * q)), rank }
    };
    let mut all: Vec<Number> = pairs.enumerate().map(number).collect();
    all.sort_by(|a, b| a.ln.total_cmp(&b.ln));
    all
});

/// The numbers whose logarithm, moved by `shift`, lies in an interval.
fn within(interval: Interval, shift: f64) -> &'static [Number] {
    let from = NUMBERS.partition_point(|n| n.ln + shift < interval.low);
    let count = NUMBERS[from..].partition_point(|n| n.ln + shift <= interval.high);
    &NUMBERS[from..from + count]
}

/// A product of powers of symbols.
#[derive(Clone, Debug)]
struct Monomial {
    powers: Vec<(&'static str, i32)>,
    /// Logarithm at each place.
    ln: Vec<f64>,
    cost: f64,
    /// The weight $\pi$.
    weight: f64,
}

/// Every product of at most two symbols that have a logarithm everywhere.
fn monomials(places: &[Place], widest: f64) -> Vec<Monomial> {
    let one = Monomial { powers: Vec::new(), ln: vec![0.0; places.len()], cost: 0.0, weight: 1.0 };
    let names = places[0].symbols.iter().map(|(name, _)| *name);
    let singles: Vec<Vec<Monomial>> =
        names.filter_map(|name| powers(places, name, widest)).collect();
    let mut all = vec![one];
    for (index, first) in singles.iter().enumerate() {
        all.extend(first.iter().cloned());
        for b in singles[index + 1..].iter().flatten() {
            all.extend(first.iter().map(|a| product(a, b)));
        }
    }
    all
}

fn product(a: &Monomial, b: &Monomial) -> Monomial {
    // Two points cannot tell two symbols apart.
    let told = if a.ln.len() > 2 { a.weight * b.weight } else { a.weight.min(b.weight) };
    Monomial {
        powers: [a.powers.clone(), b.powers.clone()].concat(),
        ln: a.ln.iter().zip(&b.ln).map(|(a, b)| a + b).collect(),
        cost: a.cost + b.cost,
        weight: told,
    }
}

fn powers(places: &[Place], name: &'static str, widest: f64) -> Option<Vec<Monomial>> {
    let at = |place: &Place| place.symbols.iter().find(|(n, _)| *n == name).map(|(_, ln)| *ln);
    let ln: Vec<f64> = places.iter().map(at).collect::<Option<_>>()?;
    let low = ln.iter().copied().fold(f64::INFINITY, f64::min);
    let high = ln.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weight = if high > low { (0.5 * widest / (high - low)).min(1.0) } else { 1.0 };
    let power = |k: i32| Monomial {
        powers: vec![(name, k)],
        ln: ln.iter().map(|l| f64::from(k) * l).collect(),
        cost: 1.0 + f64::from(k.abs()),
        weight,
    };
    Some(POWERS.into_iter().map(power).collect())
}

/// The simplest expression in every interval, if chance would hardly give one as simple.
fn recognise(places: &[Place], tests: f64) -> Option<Found> {
    let sign = places.first()?.interval.low.signum();
    if places.iter().any(|p| p.interval.low.signum() != sign) {
        return None;
    }
    let logarithm = |place: &Place| {
        let (a, b) = (place.interval.low.abs(), place.interval.high.abs());
        Interval { low: libm::log(a.min(b)), high: libm::log(a.max(b)) }
    };
    let logs: Vec<Interval> = places.iter().map(logarithm).collect();
    let widths = logs.iter().map(Interval::width);
    let widest = widths.clone().fold(0.0, f64::max);
    let (narrowest, width) = widths.enumerate().min_by(|a, b| a.1.total_cmp(&b.1))?;
    let monomials = monomials(places, widest);
    let mut best: Option<(f64, &Number, &Monomial, Interval)> = None;
    for monomial in &monomials {
        let room = intersection(logs.iter().zip(&monomial.ln).map(|(i, ln)| i.shift(-ln)));
        let simpler =
            |a: &&Number, b: &&Number| a.cost.total_cmp(&b.cost).then(a.rank.cmp(&b.rank));
        let Some(number) = within(room, 0.0).iter().min_by(simpler) else { continue };
        let cost = number.cost + monomial.cost;
        if best.is_none_or(|(least, ..)| cost < least) {
            best = Some((cost, number, monomial, room));
        }
    }
    let (cost, number, monomial, room) = best?;
    let here = number.ln + monomial.ln[narrowest];
    // What varies by more than its intervals is no constant, nor mistaken for one.
    let varies = !monomial.powers.is_empty() && monomial.weight < 0.5;
    let rivals = |m: &Monomial| {
        let near = within(Interval { low: -1.0, high: 1.0 }, m.ln[narrowest] - here);
        m.weight * near.iter().filter(|n| n.cost + m.cost <= cost).count() as f64
    };
    let rival = monomials.iter().filter(|m| !(varies && m.powers.is_empty()));
    let chance = tests * width * rival.map(rivals).sum::<f64>();
    if chance > CHANCE_MAX {
        return None;
    }
    let ends = [sign * libm::exp(room.low), sign * libm::exp(room.high)];
    Some(Found {
        cost,
        expression: expression(sign, number, monomial),
        symbols: symbols_alone(monomial),
        number: sign * libm::exp(number.ln),
        interval: Interval { low: ends[0].min(ends[1]), high: ends[0].max(ends[1]) },
        chance,
    })
}

/// The same for exponents: rationals with a denominator of at most 4, compared as they are.
fn exponent(places: &[Place], tests: f64) -> Option<Found> {
    let width = places.iter().map(|p| p.interval.width()).min_by(f64::total_cmp)?;
    let room = intersection(places.iter().map(|p| p.interval));
    let candidates = || {
        let both = |(p, q): (u32, u32)| [(1.0, p, q), (-1.0, p, q)];
        let value = |(sign, p, q): (f64, u32, u32)| {
            let cost = libm::log2(f64::from(p * q));
            (sign * f64::from(p) / f64::from(q), cost, sign, p, q)
        };
        rationals().filter(|(_, q)| *q <= 4).flat_map(both).map(value)
    };
    let inside = candidates().filter(|(x, ..)| room.contains(*x));
    let (x, cost, sign, p, q) = inside.min_by(|a, b| a.1.total_cmp(&b.1))?;
    let near = candidates().filter(|c| c.1 <= cost && (c.0 - x).abs() <= 1.0).count();
    let chance = tests * width * near as f64;
    (chance <= CHANCE_MAX).then(|| Found {
        cost,
        expression: format!("{}{}", if sign < 0.0 { "-" } else { "" }, quotient(p, q)),
        symbols: String::new(),
        number: x,
        interval: room,
        chance,
    })
}

fn intersection(intervals: impl Iterator<Item = Interval>) -> Interval {
    let all = Interval { low: f64::NEG_INFINITY, high: f64::INFINITY };
    intervals.fold(all, |a, b| Interval { low: a.low.max(b.low), high: a.high.min(b.high) })
}

fn quotient(p: u32, q: u32) -> String {
    if q == 1 { p.to_string() } else { format!("{p}/{q}") }
}

fn power((name, k): &(&str, i32)) -> String {
    if k.abs() == 1 { (*name).to_owned() } else { format!("{name}^{}", k.abs()) }
}

/// `a b / (c d)`; a product of nothing is 1.
fn fraction(above: &[String], below: &[String]) -> String {
    let top = if above.is_empty() { "1".to_owned() } else { above.join(" ") };
    match below {
        [] => top,
        [one] if !one.contains(' ') => format!("{top} / {one}"),
        many => format!("{top} / ({})", many.join(" ")),
    }
}

fn symbols_alone(monomial: &Monomial) -> String {
    let side = |up: bool| -> Vec<String> {
        monomial.powers.iter().filter(|(_, k)| (*k > 0) == up).map(power).collect()
    };
    if monomial.powers.is_empty() { String::new() } else { fraction(&side(true), &side(false)) }
}

fn expression(sign: f64, number: &Number, monomial: &Monomial) -> String {
    let minus = if sign < 0.0 { "-" } else { "" };
    let (over, under, ..) = CONSTANTS[number.constant];
    if number.constant == 0 && monomial.powers.is_empty() {
        return format!("{minus}{}", quotient(number.p, number.q));
    }
    let side = |whole: u32, constant: &str, up: bool| -> Vec<String> {
        let whole = (whole != 1).then(|| whole.to_string());
        let constant = (!constant.is_empty()).then(|| constant.to_owned());
        let powers = monomial.powers.iter().filter(|(_, k)| (*k > 0) == up).map(power);
        whole.into_iter().chain(constant).chain(powers).collect()
    };
    format!("{minus}{}", fraction(&side(number.p, over, true), &side(number.q, under, false)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Rng;
    use std::f64::consts::{PI, SQRT_2};

    /// Points of a claim with three symbols.
    const POINTS: [[f64; 3]; 4] =
        [[2.0, 1.3, 0.7], [5.5, 0.4, 3.1], [3.25, 2.2, 1.9], [7.0, 3.7, 0.3]];
    const NAMES: [&str; 3] = ["gamma", "r2", "sigma2"];

    /// Intervals of relative half-width `half` about the truth, which is off their middle.
    fn places(points: usize, half: f64, truth: impl Fn([f64; 3]) -> f64) -> Vec<Place> {
        let place = |(i, point): (usize, &[f64; 3])| {
            let centre = truth(*point) * (1.0 + half * [0.5, -0.3, 0.1, -0.6][i]);
            let interval = Interval::point(centre).widen(half * centre.abs());
            let symbols = NAMES.iter().zip(point).map(|(n, x)| (*n, libm::log(*x))).collect();
            Place { interval, symbols }
        };
        POINTS.iter().take(points).enumerate().map(place).collect()
    }

    fn named(points: usize, half: f64, truth: impl Fn([f64; 3]) -> f64) -> Option<String> {
        recognise(&places(points, half, truth), 2.0).map(|found| found.expression)
    }

    #[test]
    fn planted_constants_are_named() {
        let named = |truth: fn([f64; 3]) -> f64| named(4, 5e-4, truth).unwrap_or_default();
        assert_eq!(named(|_| 0.5), "1/2");
        assert_eq!(named(|_| -1.0), "-1");
        assert_eq!(named(|_| 2.0 * PI), "2 pi");
        assert_eq!(named(|_| 0.5 * SQRT_2), "sqrt 2 / 2");
        assert_eq!(named(|_| 1.0 / PI), "1 / pi");
        assert_eq!(named(|_| 0.75), "3/4");
        assert_eq!(named(|p| p[0]), "gamma");
        assert_eq!(named(|p| 1.0 / p[2]), "1 / sigma2");
        assert_eq!(named(|p| -p[0] * p[0] / 2.0), "-gamma^2 / 2");
        assert_eq!(named(|p| p[1] / p[2]), "r2 / sigma2");
        assert_eq!(named(|p| 2.0 * PI / (p[0] * p[1])), "2 pi / (gamma r2)");
    }

    #[test]
    fn what_is_no_such_expression_is_not_named() {
        for half in [1e-8, 5e-4, 3e-3, 0.05, 0.5, 0.9] {
            assert_eq!(named(4, half, |p| p[0] / (1.0 + p[0])), None, "{half}");
            assert_eq!(named(4, half, |p| 1.0 + p[1]), None, "{half}");
            assert_eq!(named(4, half, |p| p[0] + p[2] * p[1]), None, "{half}");
        }
    }

    #[test]
    fn wide_intervals_say_nothing() {
        assert_eq!(named(4, 1e-3, |_| 0.5).as_deref(), Some("1/2"));
        assert_eq!(named(4, 0.1, |_| 0.5), None);
        // One point cannot tell a symbol from a number, but a narrow interval can.
        assert_eq!(named(1, 1e-3, |p| p[0] * p[0] / (p[1] * p[2])), None);
        // At gamma = 2 alone, gamma^2 is 4.
        let narrow = named(1, 1e-7, |p| p[0] * p[0] / (p[1] * p[2]));
        assert_eq!(narrow.as_deref(), Some("4 / (r2 sigma2)"));
        // Different signs at different points are no common factor.
        assert_eq!(named(4, 1e-4, |p| if p[0] > 3.0 { 1.0 } else { -1.0 }), None);
    }

    #[test]
    fn an_exponent_is_off_by_a_simple_fraction() {
        let of = |x: f64, half: f64| {
            let interval = Interval::point(x).widen(half);
            let place = Place { interval, symbols: Vec::new() };
            exponent(&[place], 1.0).map(|found| found.expression)
        };
        assert_eq!(of(0.503, 0.008).as_deref(), Some("1/2"));
        assert_eq!(of(-1.004, 0.02).as_deref(), Some("-1"));
        assert_eq!(of(0.503, 0.1), None);
        assert_eq!(of(0.43, 0.01), None);
    }

    /// Of ratios that are random numbers, or random powers of symbols, few are named. The bound is
    /// [`CHANCE_MAX`] and four standard deviations of the count; without the rule about chance
    /// nearly all of the wide ones would be.
    #[test]
    fn random_constants_are_seldom_named() {
        const DRAWS: usize = 400;
        let mut rng = Rng::seeded(20_260);
        let bound = DRAWS as f64 * CHANCE_MAX
            + 4.0 * (DRAWS as f64 * CHANCE_MAX * (1.0 - CHANCE_MAX)).sqrt();
        for points in [1, 2, 4] {
            for half in [1e-6, 1e-4, 1e-3, 3e-3, 0.02, 0.2] {
                let (mut constants, mut powers) = (0, 0);
                for _ in 0..DRAWS {
                    let factor = libm::exp(4.0 * rng.uniform() - 2.0);
                    let k = [(); 3].map(|()| 5.0 * rng.uniform() - 2.5);
                    constants += usize::from(named(points, half, |_| factor).is_some());
                    let power = |p: [f64; 3]| {
                        let logs = p.iter().zip(k).map(|(x, k)| k * x.ln()).sum::<f64>();
                        factor * logs.exp()
                    };
                    powers += usize::from(named(points, half, power).is_some());
                }
                for named in [constants, powers] {
                    assert!((named as f64) < bound, "{points} points, {half}: {named} of {DRAWS}");
                }
            }
        }
    }

    #[test]
    fn a_hint_is_a_question() {
        let hint = Hint {
            component: 0,
            part: None,
            gap: Gap::Factor,
            expression: "1/2".to_owned(),
            symbols: String::new(),
            number: 0.5,
            interval: Interval { low: 0.4996, high: 0.5004 },
            points: 4,
            chance: 0.004,
            computed: false,
        };
        assert_eq!(
            hint.sentence(),
            "off by a factor 0.50000 ± 0.00040 (simulation over theory) at all 4 points: 1/2? \
             (0.004 such matches are expected by chance)"
        );
        let part = Some("variance".to_owned());
        let two = Hint { component: 1, part, symbols: "gamma".to_owned(), ..hint };
        let start = "variance is off by a factor (0.50000 ± 0.00040) gamma";
        assert!(two.sentence().starts_with(start));
    }
}
