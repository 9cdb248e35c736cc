//! Rules that draw a conclusion from earlier steps. A rule compares its premises, structurally and
//! up to exact identity, with what it needs: a proof of something else cannot be plugged in.

use super::conditions::undischarged;
use super::domain::{Domain, End, Range};
use super::label::{Label, Outcome};
use super::sign::{Sign, signs};
use super::sqrt_le::SqrtLe;
use super::step::Assertion;
use super::tail::Tail;
use crate::exact::{Expr, Normaliser, any_symbol};

/// A conclusion, and the names of the steps that it rests on.
#[derive(Clone, Debug)]
pub enum Rule {
    /// `of` is least at `at`: its slope is not positive below and not negative above.
    MinimumBySlope {
        /// The function.
        of: Expr,
        /// Its argument.
        in_: Expr,
        /// The place.
        at: Expr,
        /// $-f' \ge 0$ below, $f' \ge 0$ above.
        from: [&'static str; 2],
    },
    /// $f \ge 0$, because it is 0 at `at` and its slope points away from there.
    SignFromSlope {
        /// The function.
        of: Expr,
        /// Its argument.
        in_: Expr,
        /// Where it vanishes.
        at: Expr,
        /// $f(\text{at}) = 0$, $-f' \ge 0$ below, $f' \ge 0$ above.
        from: [&'static str; 3],
    },
    /// $f \ge 0$ on a range that begins at `at`, where it is 0, because its slope is not negative.
    GrowsFrom {
        /// The function.
        of: Expr,
        /// Its argument.
        in_: Expr,
        /// Where it vanishes: the lower end of the range of `rises`.
        at: Expr,
        /// Where it is not negative: from `at`, included, as far as `rises` goes.
        on: Domain,
        /// $f(\text{at}) = 0$, $f' \ge 0$ from there.
        from: [&'static str; 2],
    },
    /// $f \ge 0$ on ranges that meet, in ascending order.
    Cases {
        /// The function.
        of: Expr,
        /// The symbol whose range is cut.
        in_: Expr,
        /// $f \ge 0$ on each piece.
        from: Vec<&'static str>,
    },
    /// The integral over any interval inside the domain is a difference of `antiderivative`.
    Ftc {
        /// What is integrated.
        integrand: Expr,
        /// Its antiderivative.
        antiderivative: Expr,
        /// The variable of integration.
        in_: Expr,
        /// The derivative of the one is the other.
        from: [&'static str; 1],
    },
    /// $\sqrt A \le B$.
    SqrtLe(SqrtLe),
    /// What is left of a series is small.
    Tail(Tail),
    /// All of these hold.
    All {
        /// Which.
        from: Vec<&'static str>,
    },
}

/// A premise: what was asserted, and what came of it.
pub(crate) type Premise<'a> = (&'a Assertion, &'a Outcome);

impl Rule {
    /// The names of the premises.
    pub fn from(&self) -> &[&'static str] {
        match self {
            Self::MinimumBySlope { from, .. } => from,
            Self::SignFromSlope { from, .. } => from,
            Self::GrowsFrom { from, .. } => from,
            Self::Ftc { from, .. } => from,
            Self::SqrtLe(rule) => &rule.from,
            Self::Tail(rule) => &rule.from,
            Self::All { from } | Self::Cases { from, .. } => from,
        }
    }

    /// The conclusion, as text.
    pub fn text(&self) -> String {
        match self {
            Self::MinimumBySlope { of, in_, at, .. } => {
                format!("{of} is least in {in_} at {in_} = {at}")
            }
            Self::SignFromSlope { of, in_, at, .. } => {
                format!("{of} >= 0, since it vanishes at {in_} = {at} and grows from there")
            }
            Self::GrowsFrom { of, in_, at, .. } => {
                format!("{of} >= 0 from {in_} = {at} on, where it vanishes, since it rises")
            }
            Self::Cases { of, in_, from } => {
                format!("{of} >= 0 on all of {} pieces in {in_}", from.len())
            }
            Self::Ftc { integrand, antiderivative, in_, .. } => {
                format!("the integral of {integrand} in {in_} is a difference of {antiderivative}")
            }
            Self::SqrtLe(rule) => rule.text(),
            Self::Tail(rule) => rule.text(),
            Self::All { from } => format!("{} hold together", from.join(", ")),
        }
    }

    /// With another place, antiderivative or bound.
    pub(crate) fn put(self, place: Expr) -> Self {
        match self {
            Self::MinimumBySlope { of, in_, from, .. } => {
                Self::MinimumBySlope { of, in_, at: place, from }
            }
            Self::SignFromSlope { of, in_, from, .. } => {
                Self::SignFromSlope { of, in_, at: place, from }
            }
            Self::GrowsFrom { of, in_, on, from, .. } => {
                Self::GrowsFrom { of, in_, at: place, on, from }
            }
            Self::Cases { in_, from, .. } => Self::Cases { of: place, in_, from },
            Self::Ftc { integrand, in_, from, .. } => {
                Self::Ftc { integrand, antiderivative: place, in_, from }
            }
            Self::SqrtLe(rule) => Self::SqrtLe(SqrtLe { bound: place, ..rule }),
            Self::Tail(rule) => Self::Tail(Tail { bound: place, ..rule }),
            all @ Self::All { .. } => all,
        }
    }

    /// Decides the conclusion.
    pub(crate) fn decide(&self, premises: &[Premise<'_>]) -> Outcome {
        let assumed = |(_, outcome): &Premise<'_>| outcome.label() == Some(Label::Assumed);
        // A hypothesis is no weakness of the conclusion, but hypotheses alone conclude nothing.
        let mut label = if premises.iter().all(assumed) { Label::Assumed } else { Label::Exact };
        for ((_, outcome), name) in premises.iter().zip(self.from()) {
            match outcome.label() {
                Some(Label::Assumed) => {}
                Some(found) => label = label.max(found),
                None => return Outcome::unknown(format!("the step {name} is not proved")),
            }
        }
        let checked = match self {
            Self::MinimumBySlope { of, in_, at, .. } => {
                slopes(of, in_, at, premises[0].0, premises[1].0).map(|_| ())
            }
            Self::SignFromSlope { of, in_, at, .. } => {
                let below_above = slopes(of, in_, at, premises[1].0, premises[2].0);
                below_above.and_then(|domain| vanishes(of, in_, at, premises[0].0, &domain))
            }
            Self::GrowsFrom { of, in_, at, on, .. } => {
                grows(of, in_, at, premises[0].0, premises[1].0).and_then(|whole| {
                    let as_said = whole == *on;
                    as_said.then_some(()).ok_or_else(|| format!("shown for {whole}, not {on}"))
                })
            }
            Self::Cases { of, in_, .. } => {
                let pieces: Vec<&Assertion> = premises.iter().map(|(a, _)| *a).collect();
                cases(of, in_, &pieces)
            }
            Self::Ftc { integrand, antiderivative, in_, .. } => {
                derivative(integrand, antiderivative, in_, premises[0].0)
            }
            Self::SqrtLe(rule) => rule.check(premises[0].0, premises[1].0),
            Self::Tail(rule) => rule.check([0, 1, 2, 3].map(|k| premises[k].0)),
            Self::All { from } if from.is_empty() => Err("nothing is put together".to_owned()),
            Self::All { .. } => Ok(()),
        };
        match checked {
            Ok(()) => Outcome::Proved {
                label,
                evidence: format!("from {}, which say what the rule needs", self.from().join(", ")),
            },
            Err(reason) => Outcome::unknown(reason),
        }
    }
}

pub(super) fn same(a: &Expr, b: &Expr) -> bool {
    Normaliser::default().same(a, b).unwrap_or(false)
}

pub(super) type Checked<T> = Result<T, String>;

/// The domain on both sides of `at`, if the premises say that the slope of `of` points up from
/// there, and `of` is defined (and so continuous) on the whole of it.
fn slopes(
    of: &Expr,
    in_: &Expr,
    at: &Expr,
    below: &Assertion,
    above: &Assertion,
) -> Checked<Domain> {
    let name = in_.symbol().ok_or("the argument is no symbol")?;
    let slope = of.d(in_);
    let left = independent(statement(below, &-&slope, "falls")?, name)?;
    let right = independent(statement(above, &slope, "rises")?, name)?;
    let (a, b) = (range(left, name)?, range(right, name)?);
    let meets = |end: &End| matches!(end, End::Open(x) | End::Closed(x) if same(x, at));
    if !meets(&a.high) || !meets(&b.low) {
        return Err(format!("the premises do not meet at {in_} = {at}"));
    }
    let mut whole = Domain::new();
    for (one, other) in left.ranges().iter().zip(right.ranges()) {
        let symbol = any_symbol(&one.symbol);
        let (low, high) = if one.symbol == name {
            (a.low.clone(), b.high.clone())
        } else if one == other {
            (one.low.clone(), one.high.clone())
        } else {
            return Err(format!("the premises differ in the range of {}", one.symbol));
        };
        whole = whole.with(&symbol, low, high);
    }
    if left.ranges().len() != right.ranges().len() {
        return Err("the premises have different symbols".to_owned());
    }
    within(at, &a.low, &b.high, &whole, name)?;
    match undischarged([of], &whole) {
        None => Ok(whole),
        Some(condition) => Err(format!("not shown on the domain: {condition}")),
    }
}

/// The place lies strictly between the ends, for all values of the other symbols.
fn within(at: &Expr, low: &End, high: &End, whole: &Domain, name: &str) -> Checked<()> {
    let mut others = Domain::new();
    for r in whole.ranges().iter().filter(|r| r.symbol != name) {
        others = others.with(&any_symbol(&r.symbol), r.low.clone(), r.high.clone());
    }
    if let Some(symbol) = at.symbols().into_iter().find(|s| others.range(s).is_none()) {
        return Err(format!("the place depends on {symbol}, which has no range of its own"));
    }
    if let Some(condition) = undischarged([at], &others) {
        return Err(format!("the place is not defined everywhere: {condition}"));
    }
    let inside = |gap: Expr| signs(&gap, &others).iter().all(|(s, _)| *s == Sign::Positive);
    let above = low.at().is_none_or(|low| inside(at - low));
    let below = high.at().is_none_or(|high| inside(high - at));
    if above && below { Ok(()) } else { Err(format!("{at} is not shown to lie in the domain")) }
}

pub(super) fn range<'a>(domain: &'a Domain, name: &str) -> Checked<&'a Range> {
    domain.range(name).ok_or_else(|| format!("a premise has no range for {name}"))
}

/// A domain in which one symbol can move while the others stay: no range depends on it.
fn independent<'a>(domain: &'a Domain, name: &str) -> Checked<&'a Domain> {
    let depends = |r: &&Range| {
        let ends = [r.low.at(), r.high.at()].into_iter().flatten();
        ends.flat_map(Expr::symbols).any(|used| used == name)
    };
    match domain.ranges().iter().find(depends) {
        Some(range) => Err(format!("the range of {} depends on {name}", range.symbol)),
        None => Ok(domain),
    }
}

/// The domain of a premise that says `wanted` $\ge 0$.
pub(super) fn statement<'a>(
    premise: &'a Assertion,
    wanted: &Expr,
    what: &str,
) -> Checked<&'a Domain> {
    match premise {
        Assertion::Sign { of, domain, .. } if same(of, wanted) => Ok(domain),
        Assertion::Best(best) if same(&best.room(), wanted) => Ok(&best.domain),
        // What a rule concluded; that it did is asked of its outcome.
        Assertion::Rule(Rule::GrowsFrom { of, on, .. }) if same(of, wanted) => Ok(on),
        Assertion::Rule(Rule::SqrtLe(rule)) if same(&rule.gap(), wanted) => Ok(&rule.on),
        other => Err(format!("the premise is not that the function {what}: {}", other.text())),
    }
}

/// The premise says that the function is 0 at the place, on every value of the other symbols.
fn vanishes(of: &Expr, in_: &Expr, at: &Expr, zero: &Assertion, whole: &Domain) -> Checked<()> {
    let Assertion::Identity { left, right, domain } = zero else {
        return Err(format!("the premise is no identity: {}", zero.text()));
    };
    if !same(&(left - right), &of.at(in_, at)) {
        return Err(format!("the premise is not that {of} vanishes at {in_} = {at}"));
    }
    let name = in_.symbol().unwrap_or_default();
    for r in whole.ranges().iter().filter(|r| r.symbol != name) {
        if let Some(found) = domain.range(&r.symbol).filter(|found| *found != r) {
            return Err(format!("the premise is for {found}, the conclusion for {r}"));
        }
    }
    Ok(())
}

/// $f(\text{at}) = 0$, and $f$ rises on a range that begins there, where it is defined.
fn grows(of: &Expr, in_: &Expr, at: &Expr, zero: &Assertion, rises: &Assertion) -> Checked<Domain> {
    let name = in_.symbol().ok_or("the argument is no symbol")?;
    let domain = independent(statement(rises, &of.d(in_), "rises")?, name)?;
    let r = range(domain, name)?;
    let Some(begin) = r.low.at().filter(|low| same(low, at)) else {
        return Err(format!("the premise does not begin at {in_} = {at}"));
    };
    let mut whole = Domain::new();
    for one in domain.ranges() {
        let low = if one.symbol == name { End::Closed(begin.clone()) } else { one.low.clone() };
        whole = whole.with(&any_symbol(&one.symbol), low, one.high.clone());
    }
    vanishes(of, in_, begin, zero, &whole)?;
    match undischarged([of], &whole) {
        None => Ok(whole),
        Some(condition) => Err(format!("not shown on the domain: {condition}")),
    }
}

/// Every piece says that `of` $\ge 0$, and each begins where the one before it ends.
fn cases(of: &Expr, in_: &Expr, pieces: &[&Assertion]) -> Checked<()> {
    let name = in_.symbol().ok_or("the argument is no symbol")?;
    let mut last: Option<&Domain> = None;
    for piece in pieces {
        let domain = statement(piece, of, "is not negative on a piece")?;
        // A piece states it in another form, which may be defined where this one is not.
        if let Some(condition) = undischarged([of], domain) {
            return Err(format!("not shown on the domain: {condition}"));
        }
        if let Some(before) = last {
            let (end, start) = (&range(before, name)?.high, &range(domain, name)?.low);
            let meet = matches!((end.at(), start.at()), (Some(a), Some(b)) if same(a, b));
            let kept = matches!(end, End::Closed(_)) || matches!(start, End::Closed(_));
            if !meet || !kept {
                return Err("a point between two pieces is left out".to_owned());
            }
            let others = |d: &Domain| -> Vec<Range> {
                d.ranges().iter().filter(|r| r.symbol != name).cloned().collect()
            };
            if others(before) != others(domain) {
                return Err("the pieces differ in another symbol".to_owned());
            }
        }
        last = Some(domain);
    }
    last.map(|_| ()).ok_or_else(|| "there are no pieces".to_owned())
}

/// The premise says that the derivative of one expression is the other.
fn derivative(integrand: &Expr, of: &Expr, in_: &Expr, slope: &Assertion) -> Checked<()> {
    let Assertion::Identity { left, right, domain } = slope else {
        return Err(format!("the premise is no identity: {}", slope.text()));
    };
    in_.symbol().ok_or("the argument is no symbol")?;
    if !same(left, &of.d(in_)) || !same(right, integrand) {
        return Err("the premise is not that the derivative is the integrand".to_owned());
    }
    match undischarged([of, integrand], domain) {
        None => Ok(()),
        Some(condition) => Err(format!("not shown on the domain: {condition}")),
    }
}
