//! Checking a tie: the theory against enclosures of its formulas, place by place.

use super::formula::{Formula, Found};
use super::stated::{antiderivative, defined_along, domains, shows_at_most_one_root, states};
use crate::evidence::{ERROR_MAX, ROUNDING};
use crate::exact::Expr;
use crate::given::{Shown, Symbol};
use crate::interval::Interval;
use crate::proof::{
    Assertion, Derivation, Domain, Label, Outcome, Proof, enclosed, enclosed_exactly, enclosed_on,
    inside,
};
use crate::sampler::Approx;
use std::collections::{BTreeMap, BTreeSet};

/// What a theory is tied to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Formulas.
    Formula,
    /// Formulas of roots.
    Root,
    /// Formulas of integrals.
    Integral,
    /// Formulas, at some instances alone.
    Instances,
    /// Nothing.
    None,
}

impl Word {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Formula => "formula",
            Self::Root => "root",
            Self::Integral => "integral",
            Self::Instances => "instances",
            Self::None => "none",
        }
    }
}

/// What came of checking a tie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// What the theory is tied to.
    pub word: Word,
    /// The steps that state its formulas, in the order of their names.
    pub steps: Vec<&'static str>,
    /// The places that were looked at.
    pub places: usize,
    /// Proved with the weakest label among `certified` and those of the steps; unknown without a
    /// tie.
    pub outcome: Outcome,
}

impl Checked {
    pub(super) fn none(why: &str) -> Self {
        let outcome = Outcome::Unknown { reason: why.to_owned() };
        Self { word: Word::None, steps: Vec::new(), places: 0, outcome }
    }

    /// Whether the tie holds, or none is claimed.
    pub fn holds(&self) -> bool {
        self.word == Word::None || self.outcome.label().is_some()
    }
}

/// Where a place comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    Known,
    Planned,
    Curve,
    Instance,
}

impl Origin {
    fn count(self, n: usize) -> String {
        let s = if n == 1 { "" } else { "s" };
        match self {
            Self::Known => format!("{n} known value{s}"),
            Self::Planned => format!("{n} planned point{s}"),
            Self::Curve => format!("{n} curve position{s}"),
            Self::Instance => format!("{n} listed instance{s}, open beyond"),
        }
    }
}

/// Why a place does not pass.
enum Fault {
    /// The theory is another one, for certain.
    Wrong(String),
    /// It is not shown to be the same.
    Undecided(String),
}

type Passed = Result<(), Fault>;

/// What was compared with a step already: it does not depend on the place.
struct Compared {
    step: &'static str,
    expression: Expr,
    instance: Vec<(&'static str, Expr)>,
    states: bool,
}

/// The places of a claim, one after the other.
pub(super) struct Checker<'a> {
    derivation: &'a Derivation,
    proof: &'a Proof,
    unit: f64,
    label: Label,
    word: Word,
    steps: BTreeSet<&'static str>,
    derived: BTreeSet<&'static str>,
    places: BTreeMap<Origin, usize>,
    compared: Vec<Compared>,
    wrong: Option<String>,
    undecided: Option<String>,
}

impl<'a> Checker<'a> {
    /// Rounding is a fraction of the value, or of `unit` where the value is smaller.
    pub(super) fn new(derivation: &'a Derivation, proof: &'a Proof, unit: f64) -> Self {
        Self {
            derivation,
            proof,
            unit,
            label: Label::Certified,
            word: Word::Formula,
            steps: BTreeSet::new(),
            derived: BTreeSet::new(),
            places: BTreeMap::new(),
            compared: Vec::new(),
            wrong: None,
            undecided: None,
        }
    }

    /// Compares the components of a theory with formulas; `symbols` are those of a planned point.
    pub(super) fn look(
        &mut self,
        origin: Origin,
        theory: &[Approx],
        formulas: &[Formula],
        symbols: &[Symbol],
    ) {
        *self.places.entry(origin).or_insert(0) += 1;
        if origin == Origin::Instance {
            self.word = Word::Instances;
        }
        if theory.len() != formulas.len() {
            let (one, other) = (theory.len(), formulas.len());
            let text = format!("the theory has {one} components, the tie {other} formulas");
            self.wrong.get_or_insert(text);
            return;
        }
        for (theory, formula) in theory.iter().zip(formulas) {
            match self.one(*theory, formula, symbols) {
                Ok(()) => {}
                Err(Fault::Wrong(text)) => _ = self.wrong.get_or_insert(text),
                Err(Fault::Undecided(text)) => _ = self.undecided.get_or_insert(text),
            }
        }
    }

    fn one(&mut self, theory: Approx, formula: &Formula, symbols: &[Symbol]) -> Passed {
        self.called_as_in_the_point(formula, symbols)?;
        agree(theory, self.unit, formula)?;
        let assertion = self.step(formula.step)?;
        self.stated(formula, assertion)?;
        let Formula { step, expression, values, instance, .. } = formula;
        self.holds_here((step, instance), expression, assertion, (values, false))?;
        formula.found.iter().try_for_each(|found| self.found(found, formula))
    }

    /// A symbol that is called as one of the point has its value.
    fn called_as_in_the_point(&mut self, formula: &Formula, symbols: &[Symbol]) -> Passed {
        for (name, value) in &formula.values {
            match symbols.iter().find(|s| s.name == *name).map(|s| &s.value) {
                Some(Shown::Number(here)) if here == value => {}
                Some(here) => {
                    let text = format!("the formula takes {name} = {value}, the point has {here}");
                    return Err(Fault::Wrong(text));
                }
                None if symbols.is_empty() => {}
                None => _ = self.derived.insert(name),
            }
        }
        Ok(())
    }

    /// A step that was proved; the tie is no stronger than it.
    fn step(&mut self, name: &'static str) -> Result<&'a Assertion, Fault> {
        let step = self.derivation.steps().iter().find(|s| s.name == name);
        let step = step.ok_or_else(|| {
            let known: Vec<&str> = self.derivation.steps().iter().map(|s| s.name).collect();
            Fault::Wrong(match known.is_empty() {
                true => format!("there is no step {name}: the derivation has none"),
                false => format!("there is no step {name}; the steps are {}", known.join(", ")),
            })
        })?;
        let checked = self.proof.steps.iter().find(|s| s.name == name);
        let label = checked.and_then(|s| s.outcome.label());
        let label =
            label.ok_or_else(|| Fault::Undecided(format!("the step {name} is not proved")))?;
        self.label = self.label.max(label);
        self.steps.insert(name);
        Ok(&step.assertion)
    }

    /// The step states the expression.
    fn stated(&mut self, formula: &Formula, assertion: &Assertion) -> Passed {
        let (step, expression, instance) = (formula.step, &formula.expression, &formula.instance);
        // A root on its own: its equation and its step say what it is.
        let is_root = |f: &Found| matches!(f, Found::Root { symbol, step: of, .. } if symbol == expression && *of == step);
        if formula.found.iter().any(is_root) {
            return Ok(());
        }
        let known = self
            .compared
            .iter()
            .find(|c| c.step == step && c.expression == *expression && c.instance == *instance);
        let found = match known {
            Some(known) => known.states,
            None => {
                let (expression, instance) = (expression.clone(), instance.clone());
                let states = states(assertion, &expression, &instance);
                self.compared.push(Compared { step, expression, instance, states });
                states
            }
        };
        let text = || format!("the step {step} does not state {expression}");
        if found { Ok(()) } else { Err(Fault::Undecided(text())) }
    }

    /// The place lies where the step holds: in a domain that has a range for every symbol.
    fn holds_here(
        &self,
        (step, instance): (&str, &[(&'static str, Expr)]),
        e: &Expr,
        assertion: &Assertion,
        (values, closure): (&[(&str, f64)], bool),
    ) -> Passed {
        let symbols = e.symbols();
        let replaced = |name: &str| instance.iter().any(|(_, e)| e.symbols().contains(name));
        let needed = |name: &str| symbols.contains(name);
        let mut reason = format!("the step {step} has no domain");
        for domain in domains(self.derivation, assertion) {
            let missing = symbols.iter().find(|s| domain.range(s).is_none() && !replaced(s));
            let found = match missing {
                Some(name) => Err(format!("{name} has no range in the step {step}")),
                None => inside(domain, instance, values, &needed, closure),
            };
            match found {
                Ok(()) => return Ok(()),
                Err(why) => reason = why,
            }
        }
        Err(Fault::Undecided(format!("{reason}: {}", point(values))))
    }

    fn found(&mut self, found: &Found, formula: &Formula) -> Passed {
        match found {
            Found::Root { symbol, equation, step } => {
                self.word = Word::Root;
                self.root(symbol, equation, step, formula)
            }
            Found::Integral { symbol, integrand, in_, ends, step } => {
                self.word = Word::Integral;
                let assertion = self.step(step)?;
                self.along(in_, step, assertion, &[])?;
                let Some(of) = antiderivative(assertion, integrand, in_) else {
                    let text = format!("the step {step} gives no antiderivative of {integrand}");
                    return Err(Fault::Undecided(text));
                };
                let mut at = [Interval::undefined(); 2];
                for (end, x) in at.iter_mut().zip(ends) {
                    let here = with(&formula.values, in_, *x);
                    self.holds_here((step, &[]), integrand, assertion, (&here, true))?;
                    *end = enclosed(of, &here);
                }
                same(enclosed(symbol, &formula.values), [0.0; 2], at[1] - at[0], || {
                    format!("the integral {symbol} at {}", point(&formula.values))
                })
            }
        }
    }

    /// A symbol can move in the domains of a step while the others stay, and between two of its
    /// values there is no gap.
    fn along(
        &self,
        symbol: &Expr,
        step: &'static str,
        assertion: &Assertion,
        instance: &[(&'static str, Expr)],
    ) -> Passed {
        let name = symbol.symbol().unwrap_or_default();
        // What stands for the symbol is the symbol itself: no function of it, that may turn.
        let moved: Vec<&(&str, Expr)> =
            instance.iter().filter(|(_, e)| e.symbols().contains(name)).collect();
        let itself = moved.iter().all(|(_, e)| e == symbol);
        let free = |d: &Domain| free(d, name) && moved.iter().all(|(n, _)| free(d, n));
        if itself && domains(self.derivation, assertion).into_iter().all(free) {
            return Ok(());
        }
        let text = format!("the values of {symbol} in the step {step} may have gaps");
        Err(Fault::Undecided(text))
    }

    /// The equation has certified opposite signs at $x(1 \pm 2^{-36})$, is continuous between, and
    /// its slope has a strict sign where both lie.
    fn root(
        &mut self,
        symbol: &Expr,
        equation: &Expr,
        step: &'static str,
        formula: &Formula,
    ) -> Passed {
        let assertion = self.step(step)?;
        self.along(symbol, step, assertion, &formula.instance)?;
        let shown = shows_at_most_one_root(assertion, equation, symbol, &formula.instance);
        // A root of what has a unique one is one of it; a slope says nothing across a gap.
        let whole = matches!(assertion, Assertion::UniqueRoot(_))
            || domains(self.derivation, assertion)
                .iter()
                .all(|d| defined_along(d, equation, symbol, &formula.values, &formula.instance));
        if !shown || !whole {
            let text = format!("the step {step} does not show that {equation} has one root");
            return Err(Fault::Undecided(text));
        }
        // A symbol that the slope does not have, as a level, needs no range.
        let slope = equation.d(symbol);
        let x = enclosed(symbol, &formula.values).mid();
        let ends = [x * (1.0 - ROUNDING), x * (1.0 + ROUNDING)];
        let mut at = [Interval::undefined(); 2];
        for (value, x) in at.iter_mut().zip(ends) {
            let here = with(&formula.values, symbol, x);
            self.holds_here((step, &formula.instance), &slope, assertion, (&here, false))?;
            *value = enclosed(equation, &here);
        }
        let [a, b] = at;
        let text = || format!("{equation} is {a} and {b} around {}", point(&formula.values));
        let between = Interval::new(ends[0].min(ends[1]), ends[0].max(ends[1]));
        let name = symbol.symbol().unwrap_or_default();
        let mut all: Vec<(&str, Interval)> =
            formula.values.iter().map(|(n, x)| (*n, Interval::point(*x))).collect();
        all.retain(|(n, _)| *n != name);
        all.push((name, between.unwrap_or(Interval::undefined())));
        if !enclosed_on(equation, &all).defined() {
            return Err(Fault::Undecided(format!("{}, not shown to be defined", text())));
        }
        let (above, below) = (Interval::certainly_positive, Interval::certainly_negative);
        if above(a) && below(b) || below(a) && above(b) {
            Ok(())
        } else if above(a) && above(b) || below(a) && below(b) {
            Err(Fault::Wrong(text()))
        } else {
            Err(Fault::Undecided(text()))
        }
    }

    pub(super) fn finish(self) -> Checked {
        let places = self.places.values().sum();
        let outcome = if let Some(witness) = self.wrong {
            Outcome::Refuted { witness }
        } else if let Some(reason) = self.undecided {
            Outcome::Unknown { reason }
        } else if places == 0 {
            Outcome::Unknown { reason: "the tie looks at no place".to_owned() }
        } else {
            let counts: Vec<String> = self.places.iter().map(|(from, n)| from.count(*n)).collect();
            let mut evidence =
                format!("it agrees with its enclosures to 2^-36 at {}", counts.join(", "));
            if !self.derived.is_empty() {
                let names: Vec<&str> = self.derived.iter().copied().collect();
                evidence += &format!("; {} computed from the point", names.join(", "));
            }
            Outcome::Proved { label: self.label, evidence }
        };
        let steps = self.steps.into_iter().collect();
        Checked { word: self.word, steps, places, outcome }
    }
}

/// No end of another range depends on the symbol: its values, the others fixed, are an interval.
fn free(domain: &Domain, name: &str) -> bool {
    let ends = domain.ranges().iter().flat_map(|r| [r.low.at(), r.high.at()]);
    ends.flatten().all(|e| !e.symbols().contains(name))
}

/// The values with another one for a symbol.
fn with<'a>(values: &[(&'a str, f64)], symbol: &'a Expr, value: f64) -> Vec<(&'a str, f64)> {
    let name = symbol.symbol().unwrap_or_default();
    let mut all: Vec<(&str, f64)> = values.iter().copied().filter(|(n, _)| *n != name).collect();
    all.push((name, value));
    all
}

/// The theory is equal to its formula, to rounding and its own stated error, for certain.
fn agree(theory: Approx, unit: f64, formula: &Formula) -> Passed {
    let e = &formula.expression;
    let at = || format!("the theory at {}", point(&formula.values));
    if !theory.value.is_finite() || theory.error.is_nan() {
        return Err(Fault::Wrong(format!("{} is {}", at(), theory.value)));
    }
    if theory.error > ERROR_MAX * theory.value.abs().max(unit) {
        let text = format!("{} is known to {} only", at(), theory.error);
        return Err(Fault::Undecided(text));
    }
    let value = Interval::point(theory.value);
    match same(value, [theory.error, unit], enclosed(e, &formula.values), at) {
        Err(Fault::Undecided(reason)) => match enclosed_exactly(e, &formula.values) {
            Some(exact) => same(value, [theory.error, unit], exact, at),
            None => Err(Fault::Undecided(reason)),
        },
        decided => decided,
    }
}

/// Compares a number with an enclosure: equal to [`ROUNDING`], relative to the enclosed value or to
/// a unit, and to a stated error.
fn same(
    number: Interval,
    [error, unit]: [f64; 2],
    value: Interval,
    what: impl Fn() -> String,
) -> Passed {
    let shown = || format!("{} is {}, its formula {value}", what(), number.mid());
    if !value.defined() {
        return Err(Fault::Undecided(format!("{}, not shown to be defined", shown())));
    }
    let gap = number - value;
    let allowed = |size: f64| {
        Interval::point(ROUNDING) * Interval::point(size.max(unit)) + Interval::point(error)
    };
    if gap.mag() <= allowed(value.mig()).lo() {
        Ok(())
    } else if gap.mig() > allowed(value.mag()).hi() {
        Err(Fault::Wrong(shown()))
    } else {
        Err(Fault::Undecided(format!("{}, too wide to tell", shown())))
    }
}

fn point(values: &[(&str, f64)]) -> String {
    if values.is_empty() {
        return "every point".to_owned();
    }
    let all: Vec<String> = values.iter().map(|(name, x)| format!("{name} = {x}")).collect();
    all.join(", ")
}
