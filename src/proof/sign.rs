//! Signs of expressions on open and unbounded domains, in exact arithmetic.
//!
//! Every symbol is replaced by a rational function of a new one, $u \ge 0$, that sweeps its range:
//! $a + u$ for $(a, \infty)$, $\frac{a + bu}{1 + u}$ for $(a, b)$. If then no coefficient of the
//! numerator and of the denominator is negative, the sign is decided for *all* values. Where that
//! fails: one square root is eliminated by squaring, products and even powers are taken apart, and
//! in one variable a Sturm chain decides.

use super::domain::{Cover, Domain};
use super::method::Method;
use crate::exact::{
    Atom, Expr, Fraction, Function, Node, Normaliser, Polynomial, Rational, WORK_MAX,
    distinct_roots,
};

/// Parts of an expression that are looked at when it is taken apart, at most.
const PARTS_MAX: usize = 500;

/// Terms that are squared to eliminate a root, and degrees for which a Sturm chain is made, at most.
const TERMS_MAX: usize = 1_000;
const DEGREE_MAX: u32 = 64;

/// What is known of a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    Positive,
    Nonneg,
    Nonpos,
    Negative,
    Unknown,
}

use Sign::{Negative, Nonneg, Nonpos, Positive, Unknown};

impl Sign {
    pub(crate) fn reversed(self) -> Self {
        match self {
            Positive => Negative,
            Nonneg => Nonpos,
            Nonpos => Nonneg,
            Negative => Positive,
            Unknown => Unknown,
        }
    }

    pub(crate) fn times(self, other: Self) -> Self {
        match (self, other) {
            (Unknown, _) | (_, Unknown) => Unknown,
            (Positive, s) | (s, Positive) => s,
            (Negative, s) | (s, Negative) => s.reversed(),
            (Nonneg, s) => s,
            (Nonpos, s) => s.reversed(),
        }
    }

    fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Positive, Positive | Nonneg) | (Nonneg, Positive) => Positive,
            (Nonneg, Nonneg) => Nonneg,
            (Negative, Negative | Nonpos) | (Nonpos, Negative) => Negative,
            (Nonpos, Nonpos) => Nonpos,
            _ => Unknown,
        }
    }

    pub(crate) fn is_nonneg(self) -> bool {
        matches!(self, Positive | Nonneg)
    }

    pub(crate) fn is_strict(self) -> bool {
        matches!(self, Positive | Negative)
    }
}

/// The sign of an expression on each part of a domain. The conditions under which the expression
/// is defined are the caller's affair.
pub(crate) fn signs(e: &Expr, domain: &Domain) -> Vec<(Sign, Method)> {
    match domain.covers() {
        Some(covers) => covers.iter().map(|c| sign(e, c, &mut Left::default())).collect(),
        None => vec![(Unknown, Method::Coefficients)],
    }
}

/// The same, as far as one method decides it of the numerator, or of the expression as it is
/// written.
pub(crate) fn signs_by(only: Method, e: &Expr, domain: &Domain) -> Vec<(Sign, Method)> {
    let one = |cover: &Cover| match only {
        Method::Factors => taken_apart(e, cover, &mut Left::default()),
        other => direct(e, cover, Some(other), &mut Left::default()),
    };
    match domain.covers() {
        Some(covers) => covers.iter().map(one).collect(),
        None => vec![(Unknown, only)],
    }
}

/// What may still be spent on a sign: on all parts of the expression together.
struct Left {
    parts: usize,
    work: usize,
}

impl Default for Left {
    fn default() -> Self {
        Self { parts: PARTS_MAX, work: WORK_MAX }
    }
}

/// The sign on one part of a domain.
fn sign(e: &Expr, cover: &Cover, left: &mut Left) -> (Sign, Method) {
    if left.parts == 0 || left.work == 0 {
        return (Unknown, Method::Factors);
    }
    left.parts -= 1;
    let direct = direct(e, cover, None, left);
    if direct.0 == Unknown { taken_apart(e, cover, left) } else { direct }
}

fn direct(e: &Expr, cover: &Cover, only: Option<Method>, left: &mut Left) -> (Sign, Method) {
    let swept = cover.apply(e);
    let mut normaliser = Normaliser::spending(left.work.saturating_sub(swept.walk().len()));
    let found = match normaliser.fraction(&swept) {
        Ok(fraction) => of_fraction(&fraction, &normaliser, cover, only),
        Err(_) => (Unknown, Method::Coefficients),
    };
    left.work = normaliser.left();
    found
}

fn taken_apart(e: &Expr, cover: &Cover, left: &mut Left) -> (Sign, Method) {
    let mut of = |e: &Expr| sign(e, cover, left).0;
    let taken_apart = match e.node() {
        Node::Add(a, b) if is_supplement(a, b) => Nonneg,
        Node::Add(a, b) => of(a).plus(of(b)),
        Node::Mul(a, b) => of(a).times(of(b)),
        // The denominator is not 0 where the quotient is defined.
        Node::Div(a, b) => match of(b) {
            Nonneg => of(a),
            Nonpos => of(a).reversed(),
            other => of(a).times(other),
        },
        Node::Neg(a) => of(a).reversed(),
        Node::Pow(a, k) if k % 2 == 0 => {
            if of(a).is_strict() || *k <= 0 {
                Positive
            } else {
                Nonneg
            }
        }
        Node::Pow(a, _) => of(a),
        Node::Apply(Function::Sqrt, a) => {
            if of(a) == Positive {
                Positive
            } else {
                Nonneg
            }
        }
        Node::Apply(Function::Exp, _) => Positive,
        Node::Apply(Function::Acos, a) => {
            if of(&(1 - a)) == Positive {
                Positive
            } else {
                Nonneg
            }
        }
        _ => Unknown,
    };
    (taken_apart, Method::Factors)
}

/// $\pi - \arccos x$, which is at least 0.
fn is_supplement(a: &Expr, b: &Expr) -> bool {
    let acos = |e: &Expr| matches!(e.node(), Node::Apply(Function::Acos, _));
    matches!(a.node(), Node::Pi) && matches!(b.node(), Node::Neg(e) if acos(e))
}

fn of_fraction(
    f: &Fraction,
    normaliser: &Normaliser,
    cover: &Cover,
    only: Option<Method>,
) -> (Sign, Method) {
    let mut below = Positive;
    for (factor, k) in &f.denominator {
        if k % 2 == 1 {
            below = match of_polynomial(factor, normaliser, cover, None).0 {
                Nonneg | Positive => below,
                Nonpos | Negative => below.reversed(),
                Unknown => return (Unknown, Method::Coefficients),
            };
        }
    }
    let (above, method) = of_polynomial(&f.numerator, normaliser, cover, only);
    (above.times(below), method)
}

/// The sign of a polynomial in the new symbols of a cover, by one method alone if that is asked for.
pub(crate) fn of_polynomial(
    p: &Polynomial,
    n: &Normaliser,
    cover: &Cover,
    only: Option<Method>,
) -> (Sign, Method) {
    let tried: [(Method, fn(&Polynomial, &Normaliser, &Cover) -> Sign); 3] = [
        (Method::Coefficients, by_coefficients),
        (Method::SquareRoot, by_squaring),
        (Method::Sturm, by_sturm),
    ];
    for (method, decide) in tried {
        if only.is_none_or(|only| only == method) {
            let sign = decide(p, n, cover);
            if sign != Unknown {
                return (sign, method);
            }
        }
    }
    (Unknown, Method::Sturm)
}

fn by_coefficients(p: &Polynomial, n: &Normaliser, cover: &Cover) -> Sign {
    let mut all: Option<Sign> = None;
    for (monomial, coefficient) in p.terms() {
        let mut term = if *coefficient > Rational::ZERO { Positive } else { Negative };
        for (index, k) in monomial.iter().enumerate().filter(|(_, k)| **k > 0) {
            let atom = of_atom(&n.atoms()[index], n, cover);
            term = term.times(match (atom, k % 2) {
                (Positive | Negative, 0) => Positive,
                (_, 0) => Nonneg,
                (sign, _) => sign,
            });
        }
        all = Some(all.map_or(term, |sum| sum.plus(term)));
        if all == Some(Unknown) {
            break;
        }
    }
    all.unwrap_or(Nonneg)
}

fn of_atom(atom: &Atom, n: &Normaliser, cover: &Cover) -> Sign {
    match atom {
        Atom::Pi | Atom::Of(Function::Exp, _) => Positive,
        Atom::Symbol(name) if cover.positive.iter().any(|p| **p == **name) => Positive,
        Atom::Symbol(name) if name.starts_with("u:") => Nonneg,
        Atom::Of(Function::Sqrt, radicand) => match of_fraction(radicand, n, cover, None).0 {
            Positive => Positive,
            _ => Nonneg, // where it is defined
        },
        Atom::Of(Function::Acos, _) => Nonneg,
        Atom::Of(Function::Ln, x) => match x.as_constant() {
            Some(value) if value > Rational::ONE => Positive,
            Some(value) if value < Rational::ONE => Negative,
            _ => Unknown,
        },
        Atom::Symbol(_) | Atom::Of(..) => Unknown,
    }
}

/// $a + b\sqrt r$ has the sign of $a$ if $a^2 > b^2 r$, and else that of $b$.
fn by_squaring(p: &Polynomial, n: &Normaliser, cover: &Cover) -> Sign {
    let roots: Vec<usize> = p
        .variables()
        .into_iter()
        .filter(|i| matches!(n.atoms()[*i], Atom::Of(Function::Sqrt, _)))
        .collect();
    let [index] = roots[..] else { return Unknown };
    let Atom::Of(_, radicand) = &n.atoms()[index] else { return Unknown };
    let parts = p.by_powers_of(index);
    let [a, b] = &parts[..] else { return Unknown };
    if a.size().max(b.size()) > TERMS_MAX {
        return Unknown;
    }
    let bottom = radicand.expanded_denominator();
    let (bottom_sign, _) = of_polynomial(&bottom, n, cover, None);
    if !bottom_sign.is_nonneg() {
        return Unknown;
    }
    let difference = a.power(2).times(&bottom).minus(&b.power(2).times(&radicand.numerator));
    // Whichever of |a| and |b| sqrt(r) is larger decides, whatever the sign of the other.
    match by_coefficients(&difference, n, cover) {
        Positive => by_coefficients(a, n, cover),
        Nonneg => weakened(by_coefficients(a, n, cover)),
        Negative => by_coefficients(b, n, cover),
        Nonpos => weakened(by_coefficients(b, n, cover)),
        Unknown => Unknown,
    }
}

/// The sign of a sum whose first term is at least as large as the other one.
fn weakened(sign: Sign) -> Sign {
    match sign {
        Positive => Nonneg,
        Negative => Nonpos,
        other => other,
    }
}

/// A polynomial in one new symbol without a root on its half-line has the sign of one value.
fn by_sturm(p: &Polynomial, n: &Normaliser, cover: &Cover) -> Sign {
    let variables: Vec<usize> = p.variables().into_iter().collect();
    let [index] = variables[..] else { return Unknown };
    if p.degree_in(index) > DEGREE_MAX {
        return Unknown;
    }
    let Atom::Symbol(name) = &n.atoms()[index] else { return Unknown };
    if !name.starts_with("u:") {
        return Unknown;
    }
    let coefficients: Vec<Rational> =
        p.by_powers_of(index).iter().map(|c| c.as_constant().unwrap_or_default()).collect();
    let zero = Rational::ZERO;
    // (0, inf) has no root; at 0 itself the value must not vanish either, unless u > 0.
    if distinct_roots(&coefficients, Some(&zero), None) > 0 {
        return Unknown;
    }
    let strict = cover.positive.iter().any(|p| **p == **name) || !coefficients[0].is_zero();
    let at_one = coefficients.iter().fold(Rational::ZERO, |sum, c| sum + c);
    match (at_one > Rational::ZERO, strict) {
        (true, true) => Positive,
        (true, false) => Nonneg,
        (false, true) => Negative,
        (false, false) => Nonpos,
    }
}

#[cfg(test)]
mod tests {
    use super::super::domain::INF;
    use super::*;
    use crate::exact::ratio;
    use crate::vars;

    fn all(e: &Expr, domain: &Domain) -> Vec<Sign> {
        signs(e, domain).into_iter().map(|(s, _)| s).collect()
    }

    #[test]
    fn coefficients_decide_open_and_unbounded_domains() {
        let (x, y) = vars!("x", "y");
        let domain = Domain::new().open(&x, 1, INF).open(&y, 0, 1);
        assert_eq!(all(&(&x - &y), &domain), [Positive]);
        assert_eq!(all(&(1 / &x - 1), &domain), [Negative]);
        assert_eq!(all(&(&x * &y - 1), &domain), [Unknown]);
    }

    #[test]
    fn a_closed_end_where_the_claim_is_an_equality_is_not_strict() {
        let x = crate::exact::var("x");
        let closed = Domain::new().closed(&x, 0, 1);
        assert!(all(&x, &closed).contains(&Nonneg));
        assert_eq!(all(&(&x + 1), &closed), [Positive, Positive]);
        assert_eq!(all(&x, &Domain::new().half_open(&x, 0, 1)), [Nonneg]);
        assert_eq!(all(&x, &Domain::new().open(&x, 0, 1)), [Positive]);
    }

    #[test]
    fn one_square_root_is_eliminated() {
        let x = crate::exact::var("x");
        let domain = Domain::new().open(&x, 0, INF);
        // sqrt(1 + x) < 1 + x/2, and not 1 + x/3.
        assert_eq!(all(&(1 + &x / 2 - (1 + &x).sqrt()), &domain), [Positive]);
        assert_eq!(all(&(1 + &x / 3 - (1 + &x).sqrt()), &domain), [Unknown]);
        assert_eq!(all(&((1 + &x).sqrt() - 1 - &x / 2), &domain), [Negative]);
        // Whatever the sign of 1 - x.
        let apart = ((1 - &x).pow(2) + &x).sqrt() + (1 - &x);
        assert_eq!(all(&apart, &domain), [Positive]);
        assert_eq!(all(&(apart - 1), &domain), [Unknown]);
    }

    #[test]
    fn sturm_decides_where_coefficients_of_both_signs_remain() {
        let x = crate::exact::var("x");
        let domain = Domain::new().half_open(&x, 0, INF);
        let (sign, method) = signs(&(x.pow(2) - &x + 1), &domain)[0];
        assert_eq!((sign, method), (Positive, Method::Sturm));
        assert_eq!(all(&(x.pow(2) - 2 * &x + 1), &domain), [Unknown]);
        assert_eq!(all(&(x.pow(2) - &x + ratio(1, 5)), &domain), [Unknown]);
    }

    #[test]
    fn one_method_alone_decides_what_is_its_own() {
        let x = crate::exact::var("x");
        let domain = Domain::new().half_open(&x, 0, INF);
        let by = |method, e: &Expr| signs_by(method, e, &domain)[0].0;
        let (plain, sturm) = (1 + &x, x.pow(2) - &x + 1);
        assert_eq!(by(Method::Coefficients, &plain), Positive);
        assert_eq!(by(Method::Coefficients, &sturm), Unknown);
        assert_eq!(by(Method::Sturm, &sturm), Positive);
        assert_eq!(by(Method::Factors, &sturm), Unknown);
        assert_eq!(by(Method::Factors, &(&x - 1).pow(2)), Nonneg);
        assert_eq!(by(Method::Coefficients, &(&x - 1).pow(2)), Unknown);
        let root = 1 + &x / 2 - (1 + &x).sqrt();
        assert_eq!(by(Method::SquareRoot, &root), Nonneg);
        assert_eq!(by(Method::Sturm, &root), Unknown);
    }

    #[test]
    fn products_and_squares_are_taken_apart() {
        let (p, q) = vars!("p", "q");
        let domain = Domain::new().open(&q, 0, 1).open(&p, &q, 1);
        let slope = (&p - &q) * (1 - 2 * &p).pow(2) / (&p * (1 - &p));
        assert_eq!(all(&slope, &domain), [Nonneg]);
        assert_eq!(all(&-slope, &domain), [Nonpos]);
    }

    #[test]
    fn an_arc_cosine_is_between_0_and_pi() {
        let x = crate::exact::var("x");
        let pi = crate::exact::pi();
        let domain = Domain::new().closed(&x, -1, 1);
        assert!(all(&x.acos(), &domain).iter().all(|s| s.is_nonneg()));
        assert!(all(&(&pi - x.acos()), &domain).iter().all(|s| s.is_nonneg()));
        assert!(!all(&(pi / 2 - x.acos()), &domain).iter().all(|s| s.is_nonneg()));
        assert_eq!(all(&Expr::from(2).ln(), &Domain::new()), [Positive]);
        assert_eq!(all(&ratio(1, 2).ln(), &Domain::new()), [Negative]);
    }

    #[test]
    fn a_logarithm_or_a_cosine_is_never_taken_for_nonnegative() {
        let x = crate::exact::var("x");
        let domain = Domain::new().open(&x, 0, INF);
        assert_eq!(all(&x.ln(), &domain), [Unknown]);
        assert_eq!(all(&(1 / x.cos()), &domain), [Unknown]);
        assert_eq!(all(&(&x / x.ln()), &domain), [Unknown]);
        assert_eq!(all(&(1 / x.cos().pow(2)), &domain), [Positive]); // where it is defined
    }
}
