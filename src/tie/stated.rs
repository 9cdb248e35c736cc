//! What a step states, and where.

use crate::exact::{Expr, Normaliser, Rational, any_symbol};
use crate::proof::{
    Assertion, Derivation, Domain, End, Range, Rule, SqrtLe, Strictness, Tail, put, undischarged,
};

/// The expressions that an assertion states, each as a whole.
fn stated(assertion: &Assertion) -> Vec<&Expr> {
    match assertion {
        Assertion::Identity { left, right, .. } => vec![left, right],
        Assertion::Sign { of, .. } => vec![of],
        Assertion::Limit(limit) => limit.value.at().into_iter().collect(),
        Assertion::Best(best) => vec![&best.of, &best.claimed],
        Assertion::Rule(rule) => match rule {
            Rule::MinimumBySlope { of, .. }
            | Rule::SignFromSlope { of, .. }
            | Rule::GrowsFrom { of, .. }
            | Rule::Cases { of, .. } => vec![of],
            Rule::Ftc { integrand, antiderivative, .. } => vec![integrand, antiderivative],
            Rule::SqrtLe(rule) => vec![&rule.bound],
            Rule::Tail(tail) => vec![&tail.bound],
            Rule::All { .. } => Vec::new(),
        },
        // That an equation has a root is no value of it.
        Assertion::UniqueRoot(_)
        | Assertion::Cited { .. }
        | Assertion::Assumed { .. }
        | Assertion::Measured { .. }
        | Assertion::Open { .. } => Vec::new(),
    }
}

/// Whether an assertion states an expression, up to exact identity.
pub(super) fn states(assertion: &Assertion, e: &Expr, instance: &[(&str, Expr)]) -> bool {
    stated(assertion).into_iter().any(|s| same(e, &put(s, instance)))
}

/// Whether an assertion shows that an equation has at most one root in a symbol: it says so, or the
/// slope has a strict sign.
pub(super) fn shows_at_most_one_root(
    assertion: &Assertion,
    equation: &Expr,
    symbol: &Expr,
    instance: &[(&str, Expr)],
) -> bool {
    let slope = equation.d(symbol);
    match assertion {
        Assertion::Sign { of, strictness: Strictness::Strict, .. } => {
            let of = put(of, instance);
            same(&of, &slope) || same(&of, &-slope)
        }
        Assertion::UniqueRoot(root) => {
            root.in_ == *symbol && same(&put(&root.of, instance), equation)
        }
        _ => false,
    }
}

/// The antiderivative that a rule gives of an integrand.
pub(super) fn antiderivative<'a>(
    assertion: &'a Assertion,
    integrand: &Expr,
    in_: &Expr,
) -> Option<&'a Expr> {
    match assertion {
        Assertion::Rule(Rule::Ftc { integrand: f, antiderivative, in_: x, .. }) => {
            (x == in_ && same(f, integrand)).then_some(antiderivative)
        }
        _ => None,
    }
}

/// Whether an equation is shown to be defined, and so continuous, on the whole range that a domain
/// has for a symbol, at the values of the others.
pub(super) fn defined_along(
    domain: &Domain,
    equation: &Expr,
    symbol: &Expr,
    values: &[(&str, f64)],
    instance: &[(&str, Expr)],
) -> bool {
    let name = symbol.symbol().unwrap_or_default();
    let here = |e: &Expr| {
        let others = values.iter().filter(|(n, _)| *n != name);
        let exact = others.filter_map(|(n, x)| Some((n, Rational::try_from(*x).ok()?)));
        exact.fold(e.clone(), |e, (n, x)| e.substitute(n, &Expr::number(x)))
    };
    let end = |end: &End| match end {
        End::Infinite => End::Infinite,
        End::Open(e) => End::Open(here(&put(e, instance))),
        End::Closed(e) => End::Closed(here(&put(e, instance))),
    };
    let stands_for_it = |r: &&Range| put(&any_symbol(&r.symbol), instance) == *symbol;
    let range = domain.ranges().iter().find(stands_for_it);
    let (low, high) = range.map_or((End::Infinite, End::Infinite), |r| (end(&r.low), end(&r.high)));
    let numbers = [&low, &high].into_iter().flat_map(End::at).all(|e| e.symbols().is_empty());
    numbers && undischarged([&here(equation)], &Domain::new().with(symbol, low, high)).is_none()
}

/// The domains on which a step holds: its own, or those of the steps that its rule rests on.
pub(super) fn domains<'a>(derivation: &'a Derivation, assertion: &'a Assertion) -> Vec<&'a Domain> {
    match assertion {
        Assertion::Identity { domain, .. } | Assertion::Sign { domain, .. } => vec![domain],
        Assertion::UniqueRoot(root) => vec![&root.domain],
        Assertion::Limit(limit) => vec![&limit.domain],
        Assertion::Best(best) => vec![&best.domain],
        Assertion::Rule(
            Rule::GrowsFrom { on, .. }
            | Rule::SqrtLe(SqrtLe { on, .. })
            | Rule::Tail(Tail { on, .. }),
        ) => vec![on],
        Assertion::Rule(rule) => {
            let steps = derivation.steps().iter().filter(|s| rule.from().contains(&s.name));
            steps.flat_map(|s| domains(derivation, &s.assertion)).collect()
        }
        _ => Vec::new(),
    }
}

fn same(a: &Expr, b: &Expr) -> bool {
    Normaliser::default().same(a, b).unwrap_or(false)
}
