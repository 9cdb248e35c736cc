//! Obligations: what one step asserts, and the checkers that decide it.

use super::boxes::{self, Found};
use super::conditions::undischarged;
use super::domain::{Bound, Domain};
use super::extremum::BestConstant;
use super::identity::identity;
use super::label::{Label, Outcome};
use super::limit::LimitAt;
use super::method::Method;
use super::near::Toward;
use super::root::UniqueRoot;
use super::rule::Rule;
use super::sign::{Sign, signs, signs_by};
use super::witness;
use crate::exact::Expr;
use crate::source::Source;

/// Whether equality is excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// $\ge 0$.
    Weak,
    /// $> 0$.
    Strict,
}

/// What a step asserts.
#[derive(Clone, Debug)]
pub enum Assertion {
    /// `left` = `right` on a domain.
    Identity {
        /// One side.
        left: Expr,
        /// The other.
        right: Expr,
        /// Where.
        domain: Domain,
    },
    /// An expression is not negative, or positive, on a domain.
    Sign {
        /// The expression.
        of: Expr,
        /// Whether 0 is excluded.
        strictness: Strictness,
        /// Where.
        domain: Domain,
    },
    /// An equation has exactly one root.
    UniqueRoot(UniqueRoot),
    /// An expression tends to a value.
    Limit(LimitAt),
    /// A constant bounds an expression; the best one is reported.
    Best(BestConstant),
    /// A conclusion from earlier steps.
    Rule(Rule),
    /// Taken from a source.
    Cited {
        /// What.
        says: &'static str,
        /// From where.
        source: Source,
    },
    /// A hypothesis of the theorem.
    Assumed {
        /// What.
        says: &'static str,
    },
    /// Measured by a claim of the same theorem.
    Measured {
        /// What.
        says: &'static str,
        /// The claim's name.
        claim: &'static str,
    },
    /// Not checked by anybody.
    Open {
        /// What.
        says: &'static str,
    },
}

impl Assertion {
    /// What is asserted, as text.
    pub fn text(&self) -> String {
        match self {
            Self::Identity { left, right, domain } => format!("{left} = {right} for {domain}"),
            Self::Sign { of, strictness, domain } => {
                let relation = if *strictness == Strictness::Strict { ">" } else { ">=" };
                format!("{of} {relation} 0 for {domain}")
            }
            Self::UniqueRoot(root) => root.text(),
            Self::Limit(limit) => limit.text(),
            Self::Best(best) => best.text(),
            Self::Rule(rule) => rule.text(),
            Self::Cited { says, source } => {
                format!("{says} ({}, {})", source.paper, source.result)
            }
            Self::Assumed { says } | Self::Open { says } => (*says).to_owned(),
            Self::Measured { says, claim } => format!("{says} (claim {claim})"),
        }
    }

    /// What is asserted, in LaTeX; the text where there is no formula.
    pub fn latex(&self) -> String {
        match self {
            Self::Identity { left, right, .. } => format!("{} = {}", left.latex(), right.latex()),
            Self::Sign { of, strictness: Strictness::Weak, .. } => format!(r"{} \ge 0", of.latex()),
            Self::Sign { of, .. } => format!("{} > 0", of.latex()),
            Self::UniqueRoot(root) => root.latex(),
            Self::Limit(limit) => limit.latex(),
            Self::Best(best) => best.latex(),
            other => format!(r"\text{{{}}}", other.text()),
        }
    }

    /// Whether a checker decides it, so that it needs a false twin.
    pub fn is_checked(&self) -> bool {
        !matches!(
            self,
            Self::Cited { .. } | Self::Assumed { .. } | Self::Measured { .. } | Self::Open { .. }
        )
    }

    /// Whether a method decides assertions of this kind.
    pub(crate) fn is_decided_by(&self, method: Method) -> bool {
        match self {
            Self::Identity { .. } => method.is_for_identities(),
            Self::Sign { .. } => !method.is_for_identities(),
            _ => false,
        }
    }

    /// Decides an assertion that stands alone, by one method alone if that is asked for; a rule
    /// needs its premises.
    pub(crate) fn decide(&self, by: Option<Method>) -> Outcome {
        match self {
            Self::Identity { left, right, domain } => equality(left, right, domain, by),
            Self::Sign { of, strictness, domain } => positivity(of, *strictness, domain, by),
            Self::UniqueRoot(root) => root.decide(),
            Self::Limit(limit) => limit.decide(),
            Self::Best(best) => best.decide(),
            Self::Rule(_) => Outcome::unknown("a rule is decided with its premises"),
            Self::Cited { source, .. } => labelled(Label::Cited, source.result),
            Self::Assumed { .. } => labelled(Label::Assumed, "a hypothesis"),
            Self::Measured { claim, .. } => labelled(
                Label::Statistical,
                &format!("by the claim {claim}, whose verdict `check` gives, not this"),
            ),
            Self::Open { .. } => labelled(Label::Open, "nobody has checked it"),
        }
    }
}

fn labelled(label: Label, evidence: &str) -> Outcome {
    Outcome::Proved { label, evidence: evidence.to_owned() }
}

/// Why a step would say nothing: a symbol without a range, or a domain that is none.
fn vacuous(expressions: &[&Expr], domain: &Domain) -> Option<String> {
    let mut all = expressions.iter().flat_map(|e| e.symbols());
    if let Some(name) = all.find(|name| domain.range(name).is_none()) {
        return Some(format!("the symbol {name} has no range"));
    }
    no_domain(domain)
}

/// Why a domain is none: an end that is not defined for all values of the symbols before it, or no
/// point inside that is known.
pub(super) fn no_domain(domain: &Domain) -> Option<String> {
    if let Some(name) = domain.nothing_for() {
        return Some(format!("the domain is empty: no {name} satisfies {domain}"));
    }
    let ends = domain.ranges().iter().flat_map(|r| [r.low.at(), r.high.at()]).flatten();
    if let Some(condition) = undischarged(ends, domain) {
        return Some(format!("an end of the domain is not defined everywhere: {condition}"));
    }
    let known = witness::has_point(domain);
    (!known).then(|| format!("no point is known that satisfies {domain}"))
}

fn equality(left: &Expr, right: &Expr, domain: &Domain, pinned: Option<Method>) -> Outcome {
    match vacuous(&[left, right], domain) {
        Some(reason) => Outcome::unknown(reason),
        None => identity(left, right, domain, pinned),
    }
}

fn positivity(
    of: &Expr,
    strictness: Strictness,
    domain: &Domain,
    pinned: Option<Method>,
) -> Outcome {
    if let Some(reason) = vacuous(&[of], domain) {
        return Outcome::unknown(reason);
    }
    let found = match pinned {
        None => signs(of, domain),
        Some(Method::Boxes) => return by_boxes(of, strictness, domain, None),
        Some(only) => signs_by(only, of, domain),
    };
    let enough = |sign: Sign| match strictness {
        Strictness::Weak => sign.is_nonneg(),
        Strictness::Strict => sign == Sign::Positive,
    };
    let decided = found.iter().all(|(sign, _)| enough(*sign));
    let open = if decided { undischarged([of], domain) } else { None };
    match (decided && open.is_none(), pinned) {
        (true, _) => {
            let method = found.iter().map(|(_, method)| *method).max();
            Outcome::exact(method.map_or(String::new(), |m| m.to_string()))
        }
        (false, None) => by_boxes(of, strictness, domain, open.map(|c| c.to_string())),
        (false, Some(only)) => match witness::negative(of, strictness, domain) {
            Some(witness) => Outcome::Refuted { witness },
            None => Outcome::unknown(match open {
                Some(condition) => format!("not shown on the domain: {condition}"),
                None => format!("the only method asked for does not decide: {only}"),
            }),
        },
    }
}

/// A sign that exact arithmetic leaves open. A box is accepted only where the expression is
/// defined, so that no condition is left over.
fn by_boxes(
    of: &Expr,
    strictness: Strictness,
    domain: &Domain,
    condition: Option<String>,
) -> Outcome {
    if let Some(witness) = witness::negative(of, strictness, domain) {
        return Outcome::Refuted { witness };
    }
    match boxes::sign(of, strictness, domain) {
        Found::Covered { boxes, margin } => Outcome::Proved {
            label: Label::Certified,
            evidence: format!("{boxes} boxes cover the closed domain, margin {margin:.3e}"),
        },
        Found::Wrong(witness) => Outcome::Refuted { witness },
        Found::Undecided(left) => Outcome::unknown(match condition {
            Some(condition) => format!("not shown on the domain: {condition}; boxes: {left}"),
            None => format!("exact arithmetic does not decide the sign; boxes: {left}"),
        }),
    }
}

/// A step of a derivation.
#[derive(Clone, Debug)]
pub struct Step {
    /// The name, a kebab-case word.
    pub name: &'static str,
    /// What it asserts.
    pub assertion: Assertion,
    /// The only method that may decide it and its twins; any method if none is named.
    pub by: Option<Method>,
    /// Wrong versions of it, which no checker may prove.
    pub twins: Vec<(&'static str, Assertion)>,
}

/// A step that a twin changes.
#[derive(Clone, Debug)]
pub struct Draft(pub(crate) Assertion);

impl Draft {
    /// With another left side of an identity.
    ///
    /// # Panics
    /// If the step is no identity.
    pub fn left(self, other: impl Into<Expr>) -> Self {
        let other = other.into();
        match self.0 {
            Assertion::Identity { right, domain, .. } => {
                Self(Assertion::Identity { left: other, right, domain })
            }
            step => panic!("there is no left side: {}", step.text()),
        }
    }

    /// With another right side of an identity.
    ///
    /// # Panics
    /// If the step is no identity.
    pub fn right(self, other: impl Into<Expr>) -> Self {
        let other = other.into();
        match self.0 {
            Assertion::Identity { left, domain, .. } => {
                Self(Assertion::Identity { left, right: other, domain })
            }
            step => panic!("there is no right side: {}", step.text()),
        }
    }

    /// With another expression, whose sign, root, limit or bound is asserted.
    ///
    /// # Panics
    /// If the step asserts none of these.
    pub fn of(self, other: impl Into<Expr>) -> Self {
        let other = other.into();
        match self.0 {
            Assertion::Sign { strictness, domain, .. } => {
                Self(Assertion::Sign { of: other, strictness, domain })
            }
            Assertion::UniqueRoot(root) => {
                Self(Assertion::UniqueRoot(UniqueRoot { of: other, ..root }))
            }
            Assertion::Limit(limit) => Self(Assertion::Limit(LimitAt { of: other, ..limit })),
            Assertion::Best(best) => Self(Assertion::Best(BestConstant { of: other, ..best })),
            other => panic!("there is no sign: {}", other.text()),
        }
    }

    /// On another domain.
    ///
    /// # Panics
    /// If the step has none.
    pub fn on(self, other: &Domain) -> Self {
        let domain = other.clone();
        match self.0 {
            Assertion::Identity { left, right, .. } => {
                Self(Assertion::Identity { left, right, domain })
            }
            Assertion::Sign { of, strictness, .. } => {
                Self(Assertion::Sign { of, strictness, domain })
            }
            Assertion::UniqueRoot(root) => {
                Self(Assertion::UniqueRoot(UniqueRoot { domain, ..root }))
            }
            Assertion::Limit(limit) => Self(Assertion::Limit(LimitAt { domain, ..limit })),
            Assertion::Best(best) => Self(Assertion::Best(BestConstant { domain, ..best })),
            other => panic!("there is no domain: {}", other.text()),
        }
    }

    /// Asserting $> 0$ instead of $\ge 0$.
    ///
    /// # Panics
    /// If the step asserts no sign.
    pub fn strictly(self) -> Self {
        match self.0 {
            Assertion::Sign { of, domain, .. } => {
                Self(Assertion::Sign { of, strictness: Strictness::Strict, domain })
            }
            other => panic!("there is no sign: {}", other.text()),
        }
    }

    /// With another constant as a bound.
    ///
    /// # Panics
    /// If the step asserts none.
    pub fn claimed(self, constant: impl Into<Expr>) -> Self {
        let claimed = constant.into();
        match self.0 {
            Assertion::Best(best) => Self(Assertion::Best(BestConstant { claimed, ..best })),
            other => panic!("there is no constant: {}", other.text()),
        }
    }

    /// With another limit.
    ///
    /// # Panics
    /// If the step asserts none.
    pub fn value(self, value: impl Into<Bound>) -> Self {
        let value = value.into();
        match self.0 {
            Assertion::Limit(limit) => Self(Assertion::Limit(LimitAt { value, ..limit })),
            other => panic!("there is no limit: {}", other.text()),
        }
    }

    /// With another place to which a symbol tends.
    ///
    /// # Panics
    /// If the step asserts no limit.
    pub fn toward(self, toward: impl Into<Toward>) -> Self {
        let toward = toward.into();
        match self.0 {
            Assertion::Limit(limit) => Self(Assertion::Limit(LimitAt { toward, ..limit })),
            other => panic!("there is no limit: {}", other.text()),
        }
    }

    /// With another interval around a root.
    ///
    /// # Panics
    /// If the step asserts no root.
    pub fn within(self, low: impl Into<Expr>, high: impl Into<Expr>) -> Self {
        let within = Some((low.into(), high.into()));
        match self.0 {
            Assertion::UniqueRoot(root) => {
                Self(Assertion::UniqueRoot(UniqueRoot { within, ..root }))
            }
            other => panic!("there is no root: {}", other.text()),
        }
    }

    /// With another place in a rule.
    ///
    /// # Panics
    /// If the step is no rule with a place.
    pub fn put(self, place: impl Into<Expr>) -> Self {
        let place = place.into();
        match self.0 {
            Assertion::Rule(rule) => Self(Assertion::Rule(rule.put(place))),
            other => panic!("there is no place: {}", other.text()),
        }
    }
}
