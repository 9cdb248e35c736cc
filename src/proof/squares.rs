//! Roots of squares: $\sqrt{q^2}$ is $q$ where $q \ge 0$ and $-q$ where $q \le 0$.

use super::domain::Domain;
use super::sign::signs;
use crate::exact::{Expr, Function, Node, Normaliser, Polynomial, Rational, Visit, WORK_MAX};

/// Coefficients of more binary digits cost more than one operation.
const LONG: usize = 64;

/// The expression with $\pm q$ for every $\sqrt{q^2}$ whose $q$ has one sign on a domain on which
/// the expression is defined.
pub(crate) fn without_squares(e: &Expr, domain: &Domain) -> Expr {
    let mut all: Vec<Expr> = Vec::new();
    for Visit { expr, left, right } in e.walk() {
        let next = match (expr.node(), all.get(left), all.get(right)) {
            (Node::Add(..), Some(a), Some(b)) => a + b,
            (Node::Mul(..), Some(a), Some(b)) => a * b,
            (Node::Div(..), Some(a), Some(b)) => a / b,
            (Node::Neg(_), Some(a), _) => -a,
            (Node::Pow(_, k), Some(a), _) => a.pow(*k),
            (Node::Apply(Function::Sqrt, _), Some(a), _) => {
                root(a, domain).unwrap_or_else(|| a.sqrt())
            }
            (Node::Apply(function, _), Some(a), _) => Expr::new(Node::Apply(*function, a.clone())),
            _ => expr.clone(),
        };
        all.push(next);
    }
    all.pop().unwrap_or_else(|| e.clone())
}

/// The root of a square of a rational function whose sign is known.
fn root(radicand: &Expr, domain: &Domain) -> Option<Expr> {
    let mut normaliser = Normaliser::default();
    let f = normaliser.fraction(radicand).ok()?;
    let mut q = normaliser.sum(&square_root(&f.numerator)?);
    for (factor, k) in &f.denominator {
        let half = i32::try_from(k / 2).ok().filter(|_| k % 2 == 0)?;
        q = q / normaliser.sum(factor).pow(half);
    }
    let found = signs(&q, domain);
    if found.iter().all(|(s, _)| s.is_nonneg()) {
        return Some(q);
    }
    let opposite = -q;
    signs(&opposite, domain).iter().all(|(s, _)| s.is_nonneg()).then_some(opposite)
}

/// A polynomial whose square this is, from its leading term down.
fn square_root(p: &Polynomial) -> Option<Polynomial> {
    if p.is_zero() {
        return Some(Polynomial::default());
    }
    let (top, lead) = p.terms().last()?;
    let halved = top.iter().map(|k| (k % 2 == 0).then_some(k / 2)).collect::<Option<Vec<_>>>()?;
    let rational = Normaliser::default().fraction(&Expr::number(lead.clone()).sqrt()).ok()?;
    let mut root = Polynomial::default();
    root.add_term(halved, rational.as_constant()?);
    let twice = root.scaled(&Rational::from(2));
    // Of what is no square a series would be followed, with ever longer coefficients.
    let mut affordable = WORK_MAX;
    loop {
        let terms = root.size().saturating_mul(root.size());
        affordable = affordable.checked_sub(terms.saturating_mul(1 + root.digits() / LONG))?;
        let left = p.minus(&root.times(&root));
        let Some((monomial, c)) = left.terms().last() else { return Some(root) };
        let mut term = Polynomial::default();
        term.add_term(monomial.clone(), c.clone());
        let next = term.divided(&twice)?;
        // The terms must fall, or this would never end.
        if next.terms().last()?.0 >= root.terms().next()?.0 {
            return None;
        }
        root = root.plus(&next);
    }
}

#[cfg(test)]
mod tests {
    use super::super::domain::INF;
    use super::*;
    use crate::vars;

    fn same(a: &Expr, b: &Expr) -> bool {
        Normaliser::default().same(a, b).unwrap()
    }

    #[test]
    fn the_sign_on_the_domain_decides_which_root_it_is() {
        let (x, y) = vars!("x", "y");
        let square = ((&x - &y).pow(2) / (4 * y.pow(2))).sqrt();
        let above = Domain::new().open(&y, 0, INF).open(&x, &y, INF);
        let below = Domain::new().open(&y, 0, INF).open(&x, 0, &y);
        let anywhere = Domain::new().open(&y, 0, INF).open(&x, 0, INF);
        let q = (&x - &y) / (2 * &y);
        assert!(same(&without_squares(&square, &above), &q));
        assert!(same(&without_squares(&square, &below), &-&q));
        assert_eq!(without_squares(&square, &anywhere), square);
        // No square, although all exponents are even.
        let other = (x.pow(2) + y.pow(2)).sqrt();
        assert_eq!(without_squares(&other, &above), other);
        assert_eq!(without_squares(&(2 * x.pow(2)).sqrt(), &above), (2 * x.pow(2)).sqrt());
    }

    #[test]
    fn a_polynomial_is_a_square_or_it_is_not() {
        let (x, y) = (Polynomial::variable(0), Polynomial::variable(1));
        let p = x
            .power(2)
            .plus(&x.times(&y).scaled(&Rational::from(3)))
            .plus(&y)
            .minus(&Polynomial::constant(Rational::from(7)));
        let root = square_root(&p.times(&p)).unwrap();
        assert!(root == p || root == p.scaled(&-Rational::ONE));
        assert_eq!(square_root(&p.times(&p).plus(&x)), None);
        assert_eq!(square_root(&x.times(&y)), None);
        assert_eq!(square_root(&p.times(&p).scaled(&-Rational::ONE)), None);
    }

    #[test]
    fn what_is_no_square_is_given_up_in_time() {
        // sqrt(1 + 1/x) x^1000 has 1000 terms before that is seen, with ever longer coefficients.
        let x = Polynomial::variable(0);
        assert_eq!(square_root(&x.power(2_000).plus(&x.power(1_999))), None);
    }
}
