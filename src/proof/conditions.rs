//! Where an expression is defined: the conditions of its divisions, roots and logarithms, each of
//! which must hold on the whole domain before a step counts.

use super::domain::Domain;
use super::sign::{Sign, signs};
use crate::exact::{Expr, Function, Node};
use std::fmt;

/// Factors of an expression that are looked at, at most.
const FACTORS_MAX: usize = 1_000;

/// Conditions with which others are compared, so that none is listed twice, at most.
const COMPARED_MAX: usize = 200;

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Nonzero(Expr),
    Nonneg(Expr),
    Positive(Expr),
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nonzero(e) => write!(f, "{e} != 0"),
            Self::Nonneg(e) => write!(f, "{e} >= 0"),
            Self::Positive(e) => write!(f, "{e} > 0"),
        }
    }
}

/// The conditions under which an expression is defined, each once.
pub(crate) fn conditions(e: &Expr) -> Vec<Condition> {
    let mut all: Vec<Condition> = Vec::new();
    let mut note = |c: Condition| {
        if all.len() > COMPARED_MAX || !all.contains(&c) {
            all.push(c);
        }
    };
    e.walk().iter().for_each(|visit| match visit.expr.node() {
        Node::Div(_, b) => note(Condition::Nonzero(b.clone())),
        Node::Pow(a, k) if *k < 0 => note(Condition::Nonzero(a.clone())),
        Node::Apply(Function::Sqrt, a) => note(Condition::Nonneg(a.clone())),
        Node::Apply(Function::Ln, a) => note(Condition::Positive(a.clone())),
        Node::Apply(Function::Acos, a) => {
            note(Condition::Nonneg(1 - a));
            note(Condition::Nonneg(1 + a));
        }
        _ => {}
    });
    all
}

/// The first condition of some expressions that is not discharged on a domain.
pub(crate) fn undischarged<'a>(
    expressions: impl IntoIterator<Item = &'a Expr>,
    domain: &Domain,
) -> Option<Condition> {
    let all = expressions.into_iter().flat_map(conditions);
    let mut seen: Vec<Condition> = Vec::new();
    for condition in all {
        if seen.len() <= COMPARED_MAX && seen.contains(&condition) {
            continue;
        }
        let holds = match &condition {
            Condition::Nonzero(e) => nonzero(e, domain),
            Condition::Nonneg(e) => signs(e, domain).iter().all(|(s, _)| s.is_nonneg()),
            Condition::Positive(e) => signs(e, domain).iter().all(|(s, _)| *s == Sign::Positive),
        };
        if !holds {
            return Some(condition);
        }
        seen.push(condition);
    }
    None
}

/// Whether an expression vanishes nowhere on a domain.
pub(crate) fn nonzero(e: &Expr, domain: &Domain) -> bool {
    let (mut factors, mut looked_at) = (vec![e], 0);
    while let Some(factor) = factors.pop() {
        looked_at += 1;
        if looked_at > FACTORS_MAX {
            return false;
        }
        match factor.node() {
            Node::Number(value) if value.is_zero() => return false,
            Node::Number(_) | Node::Pi | Node::Apply(Function::Exp, _) => {}
            Node::Mul(a, b) => factors.extend([a, b]),
            Node::Div(a, _) | Node::Neg(a) | Node::Pow(a, _) => factors.push(a),
            Node::Apply(Function::Sqrt, a) => factors.push(a),
            _ if signs(factor, domain).iter().all(|(s, _)| s.is_strict()) => {}
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::super::domain::INF;
    use super::*;
    use crate::exact::{pi, var};
    use crate::vars;

    #[test]
    fn every_partial_operation_has_a_condition() {
        let (x, y) = vars!("x", "y");
        let e = (1 / &x + y.pow(-2)).sqrt() + (&x - 1).ln() + y.acos();
        let found: Vec<String> = conditions(&e).iter().map(ToString::to_string).collect();
        for wanted in
            ["x != 0", "y != 0", "1 / x + y^-2 >= 0", "x - 1 > 0", "1 - y >= 0", "1 + y >= 0"]
        {
            assert!(found.iter().any(|c| c == wanted), "{wanted} is missing in {found:?}");
        }
    }

    #[test]
    fn conditions_hold_on_the_domain_or_are_named() {
        let x = var("x");
        let above = Domain::new().open(&x, 1, INF);
        let all = Domain::new().real(&x);
        let e = (1 - 1 / &x).sqrt() / (pi() * (&x - 1).pow(3));
        assert_eq!(undischarged([&e], &above), None);
        assert_eq!(undischarged([&e], &all), Some(Condition::Nonzero(x.clone())));
        // At a closed end that is the pole.
        let closed = Domain::new().half_open(&x, 1, INF);
        assert_eq!(
            undischarged([&e], &closed),
            Some(Condition::Nonzero(&x - 1))
                .map(|_| { Condition::Nonzero(pi() * (&x - 1).pow(3)) })
        );
    }
}
