//! Whether two expressions are equal on a domain.

use super::conditions::undischarged;
use super::domain::{Domain, End};
use super::label::{Label, Outcome};
use super::method::Method;
use super::witness;
use crate::exact::{Evidence, Expr, Normaliser, Rational, TooLarge, ZeroTest, zero_test};

/// By the normal form; at random points where it is too large, or by what is pinned alone.
pub(crate) fn identity(
    left: &Expr,
    right: &Expr,
    domain: &Domain,
    pinned: Option<Method>,
) -> Outcome {
    if pinned == Some(Method::SchwartzZippel) {
        return at_random_points(left, right, domain);
    }
    match Normaliser::default().same(left, right) {
        Err(TooLarge::ZeroDenominator) => Outcome::unknown(TooLarge::ZeroDenominator.to_string()),
        Err(error) if pinned.is_some() => Outcome::unknown(error.to_string()),
        Err(_) => at_random_points(left, right, domain),
        Ok(false) => match witness::unequal(left, right, domain) {
            Some(witness) => Outcome::Refuted { witness },
            None => Outcome::unknown("the normal form of the difference is not 0"),
        },
        Ok(true) => {
            where_defined(left, right, domain, || Outcome::exact(Method::NormalForm.to_string()))
        }
    }
}

fn where_defined(
    left: &Expr,
    right: &Expr,
    domain: &Domain,
    proved: impl FnOnce() -> Outcome,
) -> Outcome {
    match undischarged([left, right], domain) {
        Some(condition) => Outcome::unknown(format!("not shown on the domain: {condition}")),
        None => proved(),
    }
}

fn at_random_points(left: &Expr, right: &Expr, domain: &Domain) -> Outcome {
    match zero_test(&(left - right)) {
        Err(error) => Outcome::unknown(error.to_string()),
        Ok(ZeroTest::Zero(evidence)) => where_defined(left, right, domain, || Outcome::Proved {
            label: Label::Randomised,
            evidence: text(&evidence),
        }),
        Ok(ZeroTest::Nonzero { point, value }) => differs(left, right, domain, &point, &value),
    }
}

fn text(evidence: &Evidence) -> String {
    let Evidence { points, skipped, degree, k } = evidence;
    let skipped = match skipped {
        0 => String::new(),
        n => format!(", {n} more passed over"),
    };
    format!(
        "0 at {points} random points of 1..2^40{skipped}, the degree is at most {degree}: error at \
         most 2^-{k}"
    )
}

/// Two rational functions that differ: false if a point of the domain is known where they do.
fn differs(
    left: &Expr,
    right: &Expr,
    domain: &Domain,
    point: &[(String, Rational)],
    value: &Rational,
) -> Outcome {
    // A number that fills a page is no help.
    const SHOWN: usize = 60;
    if contains(domain, point) {
        let place: Vec<String> = point.iter().map(|(name, x)| format!("{name} = {x}")).collect();
        let value = value.to_string();
        let shown = if value.len() > SHOWN { "a number that is not 0" } else { value.as_str() };
        let witness = format!("the sides differ by {shown} at {}", place.join(", "));
        return Outcome::Refuted { witness };
    }
    match witness::unequal(left, right, domain) {
        Some(witness) => Outcome::Refuted { witness },
        None => Outcome::unknown("the sides differ as rational functions"),
    }
}

/// Whether a point lies in a domain, in exact arithmetic.
fn contains(domain: &Domain, point: &[(String, Rational)]) -> bool {
    let here: Vec<(&str, Rational)> = point.iter().map(|(n, x)| (n.as_str(), x.clone())).collect();
    let ends = |end: &End, inside: fn(&Rational, &Rational) -> bool, x: &Rational| match end {
        End::Infinite => true,
        End::Open(e) => e.exactly(&here).is_some_and(|end| inside(x, &end)),
        End::Closed(e) => e.exactly(&here).is_some_and(|end| *x == end || inside(x, &end)),
    };
    domain.ranges().iter().all(|range| {
        let x = here.iter().find(|(name, _)| *name == range.symbol).map(|(_, x)| x);
        // A symbol of the domain that the identity does not use has no value here.
        x.is_some_and(|x| ends(&range.low, |x, a| x > a, x) && ends(&range.high, |x, b| x < b, x))
    })
}

#[cfg(test)]
mod tests {
    use super::super::domain::INF;
    use super::*;
    use crate::exact::{ratio, var};
    use crate::vars;

    const RANDOM: Option<Method> = Some(Method::SchwartzZippel);

    fn label(left: &Expr, right: &Expr, domain: &Domain, by: Option<Method>) -> Option<Label> {
        identity(left, right, domain, by).label()
    }

    fn reason(outcome: Outcome) -> String {
        match outcome {
            Outcome::Unknown { reason } => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_pinned_method_alone_decides_and_gives_its_own_label() {
        let (x, y) = vars!("x", "y");
        let all = Domain::new().real(&x).real(&y);
        let (left, right) = ((&x + &y).pow(2), x.pow(2) + 2 * &x * &y + y.pow(2));
        assert_eq!(label(&left, &right, &all, None), Some(Label::Exact));
        assert_eq!(label(&left, &right, &all, Some(Method::NormalForm)), Some(Label::Exact));
        assert_eq!(label(&left, &right, &all, RANDOM), Some(Label::Randomised));
        // No fallback on the normal form, which knows this one.
        let root = (1 + x.pow(2)).sqrt();
        let found = identity(&root.pow(2), &(1 + x.pow(2)), &all, RANDOM);
        assert_eq!(reason(found), "it is no rational function");
    }

    #[test]
    fn what_is_too_large_for_the_normal_form_is_tested_at_random_points() {
        let all: Vec<Expr> = (0..12).map(|k| var(&format!("x{k}"))).collect();
        let domain = all.iter().fold(Domain::new(), |domain, x| domain.real(x));
        let sum = |e: &mut dyn Iterator<Item = &Expr>| e.fold(Expr::from(0), |sum, x| sum + x);
        let (there, back) = (sum(&mut all.iter()).pow(8), sum(&mut all.iter().rev()).pow(8));
        assert_eq!(label(&there, &back, &domain, None), Some(Label::Randomised));
        let alone = identity(&there, &back, &domain, Some(Method::NormalForm));
        assert!(matches!(alone, Outcome::Unknown { .. }));
        let wrong = identity(&there, &(back + ratio(1, 1000)), &domain, None);
        assert!(matches!(wrong, Outcome::Refuted { .. }));
    }

    #[test]
    fn a_point_outside_the_domain_refutes_nothing() {
        let (x, y) = vars!("x", "y");
        let unequal = |domain: &Domain| identity(&x, &(2 * &x), domain, RANDOM);
        let above = unequal(&Domain::new().open(&x, 0, INF));
        assert!(matches!(above, Outcome::Refuted { .. }));
        // Random points are integers: another one is found inside.
        let Outcome::Refuted { witness } = unequal(&Domain::new().open(&x, 0, 1)) else { panic!() };
        assert!(witness.contains("x = 1/2"), "{witness}");
        // No point is inside: y would lie between x and 1, and x is above 1.
        let empty = Domain::new().open(&x, 1, INF).open(&y, &x, 1);
        let found = identity(&(&x + &y), &x, &empty, RANDOM);
        assert_eq!(reason(found), "the sides differ as rational functions");
        let point = [("x".to_owned(), Rational::from(2))];
        assert!(contains(&Domain::new().closed(&x, 0, 2), &point));
        assert!(!contains(&Domain::new().half_open(&x, 0, 2), &point));
        assert!(!contains(&Domain::new().open(&x, 2, INF), &point));
    }

    #[test]
    fn conditions_are_asked_for_as_ever() {
        let x = var("x");
        let found = identity(&(&x / &x), &1.into(), &Domain::new().real(&x), RANDOM);
        assert!(reason(found).contains("x != 0"));
        let above = Domain::new().open(&x, 0, INF);
        assert_eq!(label(&(&x / &x), &1.into(), &above, RANDOM), Some(Label::Randomised));
    }

    #[test]
    fn huge_powers_are_refused_at_once() {
        let x = var("x");
        let all = Domain::new().real(&x);
        for k in [i32::MAX, i32::MIN] {
            let found = identity(&x.pow(k), &x.pow(k), &all, RANDOM);
            assert!(reason(found).contains("too long"));
        }
    }
}
