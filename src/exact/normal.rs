//! The normal form that decides identities for all values of the symbols.
//!
//! An expression becomes a [`Fraction`] whose variables are *atoms*: symbols, $\pi$, and roots and
//! elementary functions of fractions. The relations used are $\sqrt r^2 = r$,
//! $\sin^2 = 1 - \cos^2$, $e^{a+b} = e^a e^b$, the parity of sine and cosine, $\cos\arccos x = x$,
//! and values at 0 and $\pm 1$. Each holds at every real point where the expression is defined, so
//! a numerator that vanishes proves the identity there. The converse fails: atoms may depend on
//! each other in ways that are not known here ($\sqrt{x^2}$ is not simplified, for one), so a
//! numerator that does not vanish refutes nothing.

use super::expr::Node;
use super::polynomial::Monomial;
use super::{Expr, Fraction, Function, Polynomial, Rational};
use dashu_int::UBig;
use dashu_int::ops::SquareRoot;
use std::sync::Arc;

/// A numerator larger than this many terms is given up.
const TERMS_MAX: usize = 20_000;

/// Nor is a polynomial of a higher degree followed, above the line or below it.
const DEGREE_MAX: u64 = 4_096;

/// Nor are coefficients with more binary digits: a square of a square of a number soon fills
/// every memory.
const DIGITS_MAX: usize = 65_536;

/// Coefficients of more binary digits cost more than one operation.
const LONG: usize = 256;

/// Products and sums of single terms that are spent on a normal form, at most.
pub(crate) const WORK_MAX: usize = 1_000_000;

/// An exponential becomes this power of another one at most.
const POWER_MAX: u32 = 64;

/// What a variable of a normal form stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Atom {
    /// A symbol.
    Symbol(Arc<str>),
    /// $\pi$.
    Pi,
    /// A function of a fraction.
    Of(Function, Fraction),
}

/// Why an expression has no normal form here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooLarge {
    /// It outgrew the budget.
    #[error("the normal form has more than {TERMS_MAX} terms")]
    Terms,
    /// A power is too high.
    #[error("the degree is above {DEGREE_MAX}")]
    Degree,
    /// A coefficient is too long.
    #[error("a coefficient has more than {DIGITS_MAX} binary digits")]
    Digits,
    /// It takes too long.
    #[error("the normal form takes more than {WORK_MAX} operations")]
    Work,
    /// A denominator is identically 0.
    #[error("a denominator is identically 0")]
    ZeroDenominator,
}

/// Turns expressions into fractions over one list of atoms.
#[derive(Clone, Debug)]
pub struct Normaliser {
    atoms: Vec<Atom>,
    factors: Vec<Polynomial>,
    /// Operations that may still be spent.
    left: usize,
}

impl Default for Normaliser {
    fn default() -> Self {
        Self::spending(WORK_MAX)
    }
}

type Made = Result<Fraction, TooLarge>;

impl Normaliser {
    /// One that gives up after so many operations.
    pub(crate) fn spending(left: usize) -> Self {
        Self { atoms: Vec::new(), factors: Vec::new(), left }
    }

    /// Operations that may still be spent.
    pub(crate) fn left(&self) -> usize {
        self.left
    }

    /// The atoms so far; the variable of a polynomial is an index into them.
    pub fn atoms(&self) -> &[Atom] {
        &self.atoms
    }

    /// Which atoms are or contain one of them.
    pub(crate) fn dependent(&self, on: usize) -> Vec<bool> {
        let mut all: Vec<bool> = Vec::with_capacity(self.atoms.len());
        for (index, atom) in self.atoms.iter().enumerate() {
            // What is inside of an atom stands before it.
            let any = |p: &Polynomial| p.variables().into_iter().any(|i| all[i]);
            all.push(match atom {
                Atom::Of(_, x) => any(&x.numerator) || x.denominator.keys().any(any),
                _ => index == on,
            });
        }
        all
    }

    /// The normal form of an expression.
    ///
    /// # Errors
    /// If it is too large, or divides by 0 everywhere.
    pub fn fraction(&mut self, e: &Expr) -> Made {
        let order = e.walk();
        let mut uses = vec![0_usize; order.len()];
        for visit in &order {
            let places = visit.expr.node().arguments().into_iter().zip([visit.left, visit.right]);
            places.for_each(|(argument, place)| uses[place] += usize::from(argument.is_some()));
        }
        let mut all: Vec<Fraction> = Vec::with_capacity(order.len());
        for visit in &order {
            // The last use takes what it needs: long sums would hold all of their parts otherwise.
            let mut take = |place: usize| {
                uses[place] -= 1;
                if uses[place] == 0 {
                    std::mem::replace(&mut all[place], Fraction::constant(Rational::ZERO))
                } else {
                    all[place].clone()
                }
            };
            let [a, b] = visit.expr.node().arguments();
            let a = a.map(|_| take(visit.left));
            let b = b.map(|_| take(visit.right));
            let made = self.of_node(visit.expr.node(), a, b)?;
            all.push(self.small(made)?);
        }
        all.pop().ok_or(TooLarge::Terms)
    }

    /// A node from its arguments.
    fn of_node(&mut self, node: &Node, a: Option<Fraction>, b: Option<Fraction>) -> Made {
        let nothing = || Fraction::constant(Rational::ZERO);
        let (a, b) = (a.unwrap_or_else(nothing), b.unwrap_or_else(nothing));
        Ok(match node {
            Node::Number(value) => Fraction::constant(value.clone()),
            Node::Symbol(name) => self.atom(Atom::Symbol(name.clone())),
            Node::Pi => self.atom(Atom::Pi),
            Node::Add(..) => self.added(&a, &b)?,
            Node::Neg(_) => a.negated(),
            Node::Mul(..) => self.product(&a, &b)?,
            Node::Div(..) => {
                let inverse = self.inverse(&b)?;
                self.product(&a, &inverse)?
            }
            Node::Pow(_, k) => {
                let base = if *k < 0 { self.inverse(&a)? } else { a };
                self.power(&base, k.unsigned_abs())?
            }
            Node::Apply(function, _) => self.apply(*function, a)?,
        })
    }

    fn power(&mut self, base: &Fraction, k: u32) -> Made {
        let below = base.denominator.iter().map(|(f, m)| f.degree() * u64::from(*m)).sum();
        let degree = base.numerator.degree().max(below);
        if degree.saturating_mul(k.into()) > DEGREE_MAX {
            return Err(TooLarge::Degree);
        }
        if degree == 0 && base.numerator.size() <= 1 {
            let number = base.numerator.as_constant().unwrap_or_default();
            let power = i32::try_from(k).ok().map(|k| Expr::number(number).pow(k));
            let value = power.and_then(|e| e.exactly(&[])).ok_or(TooLarge::Degree)?;
            return Ok(Fraction::constant(value));
        }
        let mut power = Fraction::constant(Rational::ONE);
        for _ in 0..k {
            power = self.product(&power, base)?;
        }
        Ok(power)
    }

    /// Counts what is spent.
    fn spend(&mut self, terms: usize) -> Result<(), TooLarge> {
        let cost = terms.saturating_mul(1 + self.atoms.len() / 16);
        self.left = self.left.saturating_sub(cost);
        if self.left == 0 { Err(TooLarge::Work) } else { Ok(()) }
    }

    /// Whether two expressions are one, wherever both are defined; `false` says nothing.
    ///
    /// # Errors
    /// As [`fraction`](Self::fraction).
    pub fn same(&mut self, a: &Expr, b: &Expr) -> Result<bool, TooLarge> {
        let (a, b) = (self.fraction(a)?, self.fraction(b)?);
        Ok(self.added(&a, &b.negated())?.numerator.is_zero())
    }

    fn small(&self, made: Fraction) -> Made {
        if made.numerator.size() > TERMS_MAX || made.terms_below() > 10 * TERMS_MAX {
            return Err(TooLarge::Terms);
        }
        let below = made.denominator.iter().map(|(f, k)| f.degree().saturating_mul((*k).into()));
        let below = below.fold(0, u64::saturating_add);
        if made.numerator.degree().max(below) > DEGREE_MAX {
            return Err(TooLarge::Degree);
        }
        if made.numerator.digits() > DIGITS_MAX {
            return Err(TooLarge::Digits);
        }
        Ok(made)
    }

    fn atom(&mut self, atom: Atom) -> Fraction {
        let index = self.atoms.iter().position(|a| *a == atom).unwrap_or_else(|| {
            self.atoms.push(atom);
            self.atoms.len() - 1
        });
        Fraction::whole(Polynomial::variable(index))
    }

    /// The atom of a function of a fraction, if one equal to it is known by another look.
    fn function(&mut self, function: Function, argument: Fraction) -> Made {
        let size = |f: &Fraction| f.numerator.size().saturating_add(f.terms_below());
        let (mut known, mut cost) = (None, 0_usize);
        for atom in &self.atoms {
            let Atom::Of(f, x) = atom else { continue };
            cost = cost.saturating_add(size(x).saturating_add(size(&argument)));
            let same = |x: &Fraction| x.plus(&argument.negated()).numerator.is_zero();
            if cost > self.left || *f == function && (*x == argument || same(x)) {
                known = Some(atom.clone());
                break;
            }
        }
        self.spend(cost)?;
        Ok(self.atom(known.unwrap_or(Atom::Of(function, argument))))
    }

    fn added(&mut self, a: &Fraction, b: &Fraction) -> Made {
        let cost = a.lifting_cost(b).saturating_add(b.lifting_cost(a));
        self.spend(cost.saturating_mul(length(a, b)))?;
        self.reduced(a.plus(b))
    }

    fn product(&mut self, a: &Fraction, b: &Fraction) -> Made {
        let terms = a.numerator.size().saturating_mul(b.numerator.size());
        self.spend(terms.saturating_mul(length(a, b)))?;
        let all = a.times(b);
        self.reduced(all)
    }

    fn inverse(&mut self, f: &Fraction) -> Made {
        if f.numerator.is_zero() {
            return Err(TooLarge::ZeroDenominator);
        }
        let mut inverse = Fraction::whole(f.expanded_denominator());
        let lead = f.numerator.leading();
        let mut left = f.numerator.scaled(&(Rational::ONE / &lead));
        inverse.numerator = inverse.numerator.scaled(&(Rational::ONE / lead));
        for (index, k) in left.common_monomial().into_iter().enumerate() {
            if k > 0 {
                let x = Polynomial::variable(index);
                left = left.divided(&x.power(k)).unwrap_or(left);
                *inverse.denominator.entry(x).or_insert(0) += k;
            }
        }
        let tried = self.factors.iter().map(Polynomial::size).sum::<usize>();
        self.spend(left.size().saturating_mul(tried))?;
        for factor in &self.factors {
            while left.as_constant().is_none() {
                let Some(quotient) = left.divided(factor) else { break };
                left = quotient;
                *inverse.denominator.entry(factor.clone()).or_insert(0) += 1;
            }
        }
        if left.as_constant().is_none() {
            self.factors.push(left.clone());
            *inverse.denominator.entry(left).or_insert(0) += 1;
        }
        let one = Fraction::constant(Rational::ONE);
        let cancelled = inverse.times(&one);
        self.reduced(cancelled)
    }

    /// Replaces even powers of roots and of sines by what they are.
    fn reduced(&mut self, f: Fraction) -> Made {
        let mut f = self.small(f)?;
        while let Some((index, square)) = self.reducible(&f.numerator)? {
            let parts = f.numerator.by_powers_of(index);
            let most = (parts.len() - 1) / 2;
            let (top, bottom) = (&square.numerator, square.expanded_denominator());
            let root = Polynomial::variable(index);
            let mut numerator = Polynomial::default();
            for (k, part) in parts.iter().enumerate().filter(|(_, part)| !part.is_zero()) {
                let halves = (k / 2) as u32;
                let powers = [(top, halves), (&bottom, most as u32 - halves)];
                for (base, k) in powers {
                    let each = base.size().saturating_mul(k as usize).max(part.size());
                    self.spend(base.terms_of_power(k).saturating_mul(each))?;
                }
                let mut term = part.times(&top.power(halves));
                term = term.times(&bottom.power(most as u32 - halves));
                numerator = numerator.plus(&if k % 2 == 1 { term.times(&root) } else { term });
            }
            let mut denominator = square.denominator.clone();
            denominator.values_mut().for_each(|k| *k *= most as u32);
            let rest = Fraction { numerator: Polynomial::constant(Rational::ONE), ..f };
            f = self.small(rest.times(&Fraction { numerator, denominator }))?;
        }
        Ok(f)
    }

    /// An atom of which the numerator has a square that is known, and that square.
    fn reducible(&mut self, numerator: &Polynomial) -> Result<Option<(usize, Fraction)>, TooLarge> {
        let known = |index: &usize| {
            matches!(self.atoms[*index], Atom::Of(Function::Sqrt | Function::Sin, _))
        };
        let Some(found) = numerator.squared().into_iter().rev().find(known) else {
            return Ok(None);
        };
        let square = match self.atoms[found].clone() {
            Atom::Of(Function::Sin, x) => {
                let cosine = self.function(Function::Cos, x)?;
                Fraction::constant(Rational::ONE).plus(&cosine.times(&cosine).negated())
            }
            Atom::Of(_, radicand) => radicand,
            _ => return Ok(None),
        };
        Ok(Some((found, square)))
    }

    fn apply(&mut self, function: Function, x: Fraction) -> Made {
        let constant = x.as_constant();
        let value = constant.as_ref();
        let number = |n: i32| Ok(Fraction::constant(Rational::from(n)));
        match function {
            Function::Sqrt => match value.and_then(square_root) {
                Some(root) => Ok(Fraction::constant(root)),
                None => self.function(function, x),
            },
            Function::Exp => self.exponential(&x),
            Function::Ln if value.is_some_and(Rational::is_one) => number(0),
            Function::Ln => self.function(function, x),
            Function::Sin if x.numerator.is_zero() => number(0),
            Function::Cos if x.numerator.is_zero() => number(1),
            Function::Sin | Function::Cos => self.circular(function, x),
            Function::Acos if value.is_some_and(Rational::is_one) => number(0),
            Function::Acos if value.is_some() => {
                let half_turns = match value {
                    Some(v) if v.is_zero() => Rational::from_parts_signed(1.into(), 2.into()),
                    Some(v) if *v == -Rational::ONE => Rational::ONE,
                    _ => return self.function(function, x),
                };
                let pi = self.atom(Atom::Pi);
                Ok(pi.times(&Fraction::constant(half_turns)))
            }
            Function::Acos => self.function(function, x),
        }
    }

    /// Sine and cosine of an argument whose leading coefficient is positive.
    fn circular(&mut self, function: Function, x: Fraction) -> Made {
        let single = x.numerator.variables().into_iter().next();
        if let (Some(index), Function::Cos) = (single, function)
            && x == Fraction::whole(Polynomial::variable(index))
            && let Atom::Of(Function::Acos, inner) = &self.atoms[index]
        {
            return Ok(inner.clone());
        }
        if let Some((quarters, rest)) = self.quarter_turns(&x) {
            return self.turned(function, quarters, rest);
        }
        if x.numerator.leading() > Rational::ZERO {
            return self.function(function, x);
        }
        let mirrored = self.function(function, x.negated())?;
        Ok(if function == Function::Sin { mirrored.negated() } else { mirrored })
    }

    /// $k$ and $y$ of $x = k \frac\pi2 + y$, if the term of $\pi$ alone is a whole number $k \ne 0$
    /// of quarter turns.
    fn quarter_turns(&self, x: &Fraction) -> Option<(Rational, Fraction)> {
        let pi = Polynomial::variable(self.atoms.iter().position(|a| *a == Atom::Pi)?);
        let (alone, _) = pi.terms().next()?;
        let (_, coefficient) = x.numerator.terms().find(|(monomial, _)| *monomial == alone)?;
        let quarters = coefficient * Rational::from(2);
        if !x.denominator.is_empty() || !quarters.is_int() {
            return None;
        }
        let rest = x.numerator.minus(&pi.scaled(coefficient));
        Some((quarters, Fraction::whole(rest)))
    }

    /// $\sin(k \frac\pi2 + y)$ or the cosine of it.
    fn turned(&mut self, function: Function, quarters: Rational, rest: Fraction) -> Made {
        let four = dashu_int::IBig::from(4);
        let left = (quarters.numerator() % &four + &four) % &four;
        let odd = left == 1.into() || left == 3.into();
        let other = if function == Function::Sin { Function::Cos } else { Function::Sin };
        let made = self.apply(if odd { other } else { function }, rest)?;
        // sin: +sin, +cos, -sin, -cos; cos: +cos, -sin, -cos, +sin.
        let first_negative = if function == Function::Sin { 2 } else { 1 };
        let negative = left == first_negative.into() || left == (first_negative + 1).into();
        Ok(if negative { made.negated() } else { made })
    }

    /// $e^{\sum c_i m_i}$ as a product of whole powers of $e^{u_i m_i}$, $u_i > 0$, and of $y$ where
    /// $m_i = \log y$ and $c_i$ is whole.
    fn exponential(&mut self, x: &Fraction) -> Made {
        let mut all = Fraction::constant(Rational::ONE);
        for (monomial, coefficient) in x.numerator.terms() {
            self.spend(self.atoms.len())?;
            let (base, power) = self.exponential_base(monomial, coefficient, x);
            let power_of = if power < 0 { self.inverse(&base)? } else { base };
            for _ in 0..power.unsigned_abs() {
                all = self.product(&all, &power_of)?;
            }
        }
        Ok(all)
    }

    /// An $e^{u m}$, $u > 0$, and the power of it that $e^{c m}$ is.
    fn exponential_base(
        &mut self,
        monomial: &Monomial,
        coefficient: &Rational,
        x: &Fraction,
    ) -> (Fraction, i32) {
        let piece = |c: Rational| {
            let mut numerator = Polynomial::default();
            numerator.add_term(monomial.clone(), c);
            Fraction { numerator, denominator: x.denominator.clone() }
        };
        if let Some(power) = small_whole(coefficient)
            && let Some(argument) = self.under_logarithm(monomial)
            && x.denominator.is_empty()
        {
            return (argument, power);
        }
        for (index, atom) in self.atoms.iter().enumerate() {
            let Atom::Of(Function::Exp, known) = atom else { continue };
            let unit = known.numerator.leading();
            if *known == piece(unit.clone())
                && let Some(power) = small_whole(&(coefficient / &unit))
            {
                return (Fraction::whole(Polynomial::variable(index)), power);
            }
        }
        // Of c = p/q: the power p of one q-th, so that multiples meet.
        let sign = if *coefficient < Rational::ZERO { -1 } else { 1 };
        let (unit, power) = match i32::try_from(coefficient.numerator().clone()) {
            Ok(p) if p.unsigned_abs() <= POWER_MAX => (coefficient / Rational::from(p), p),
            _ => (coefficient * Rational::from(sign), sign),
        };
        (self.atom(Atom::Of(Function::Exp, piece(unit))), power)
    }

    /// $y$, of the monomial $\log y$.
    fn under_logarithm(&self, monomial: &Monomial) -> Option<Fraction> {
        let (last, before) = monomial.split_last()?;
        match self.atoms.get(before.len())? {
            Atom::Of(Function::Ln, y) if *last == 1 && before.iter().all(|k| *k == 0) => {
                Some(y.clone())
            }
            _ => None,
        }
    }
}

/// How much longer an operation on their coefficients takes than one on short numbers.
fn length(a: &Fraction, b: &Fraction) -> usize {
    1 + a.numerator.digits().max(b.numerator.digits()) / LONG
}

/// A whole number that is small enough for a power.
fn small_whole(value: &Rational) -> Option<i32> {
    let whole = value.is_int().then(|| i32::try_from(value.numerator().clone()).ok())??;
    (whole.unsigned_abs() <= POWER_MAX).then_some(whole)
}

/// The root of a number that is a square of a rational number.
fn square_root(value: &Rational) -> Option<Rational> {
    let (top, bottom) = (value.numerator().clone(), value.denominator().clone());
    let top = UBig::try_from(top).ok()?;
    let (a, b) = (top.sqrt(), bottom.sqrt());
    let squares = &a * &a == top && &b * &b == bottom;
    squares.then(|| Rational::from_parts(a.into(), b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::{pi, ratio};
    use crate::vars;

    fn same(a: &Expr, b: &Expr) -> bool {
        Normaliser::default().same(a, b).unwrap()
    }

    #[test]
    fn rational_identities() {
        let (x, y) = vars!("x", "y");
        assert!(same(&((&x + &y).pow(2) - (&x - &y).pow(2)), &(4 * &x * &y)));
        assert!(same(&(1 / (&x - 1) - 1 / (&x + 1)), &(2 / (x.pow(2) - 1))));
        assert!(same(&((x.pow(2) - y.pow(2)) / (&x - &y)), &(&x + &y)));
        assert!(!same(&(&x + 1), &x));
    }

    #[test]
    fn roots_and_nested_roots() {
        let (x, y) = vars!("x", "y");
        let s = (1 - x.pow(2)).sqrt();
        assert!(same(&(&s * (1 - &x * &x).sqrt()), &(1 - x.pow(2))));
        assert!(same(&(1 / (&s + 1)), &((1 - &s) / x.pow(2))));
        let nested = (1 + (&x / &y).sqrt()).sqrt();
        assert!(same(&(nested.pow(2) - 1).pow(2), &(&x / &y)));
        assert!(same(&Expr::from(4).sqrt(), &2.into()));
        assert!(same(&ratio(9, 16).sqrt(), &ratio(3, 4)));
        // Not known: the sign of x.
        assert!(!same(&x.pow(2).sqrt(), &x));
    }

    #[test]
    fn circular_functions_and_exponentials() {
        let (x, y) = vars!("x", "y");
        assert!(same(&(x.sin().pow(2) + x.cos().pow(2)), &1.into()));
        assert!(same(&(-&x).sin(), &-x.sin()));
        assert!(same(&(&y - &x).cos(), &(&x - &y).cos()));
        assert!(same(&(2 * &x).exp(), &x.exp().pow(2)));
        assert!(same(&((&x + &y).exp() * (-&y).exp()), &x.exp()));
        assert!(same(&((&x / 1).exp() * (-3 * &x).exp()), &(1 / (2 * &x).exp())));
        assert!(same(&(&x - 2 * (1 - &y).ln()).exp(), &(x.exp() / (1 - &y).pow(2))));
        assert!(same(&((&x + 1) * y.ln()).exp(), &(&y * (&x * y.ln()).exp())));
        assert!(!same(&(y.ln() / 2).exp(), &y) && !same(&y.ln().pow(2).exp(), &y.pow(2)));
        assert!(same(&x.acos().cos(), &x));
        assert!(same(&(2 * Expr::from(0).acos()), &pi()));
    }

    #[test]
    fn quarter_turns_are_taken_out_of_circular_functions() {
        let x = crate::exact::var("x");
        for k in -9..10 {
            let turned = &x + ratio(k, 2) * pi();
            // From the addition theorem, with the sine and cosine of whole quarter turns.
            let sines = [0, 1, 0, -1];
            let [sine, cosine] = [k, k + 1].map(|k| Expr::from(sines[k.rem_euclid(4) as usize]));
            let sum = x.sin() * &cosine + x.cos() * &sine;
            assert!(same(&turned.sin(), &sum), "sin(x + {k} pi/2)");
            assert!(same(&turned.cos(), &(x.cos() * &cosine - x.sin() * &sine)), "cos, {k}");
            assert!(!same(&turned.sin(), &-sum), "the sign of sin(x + {k} pi/2)");
        }
        assert!(same(&pi().sin(), &0.into()) && same(&pi().cos(), &(-1).into()));
        // Not whole, and not pi alone.
        for other in [pi() / 3, &x * pi() / 2, pi().pow(2), pi() / (2 * &x)] {
            assert!(!same(&(&x + &other).sin(), &x.sin()), "{other}");
            assert!(!same(&(&x + &other).sin(), &x.cos()), "{other}");
        }
    }

    #[test]
    fn powers_below_the_line_are_bounded_before_their_count_overflows() {
        // x^(-2^32), whose exponent no word of 32 digits holds: wrapped around it would be 1.
        let x = crate::exact::var("x");
        for start in [1 / &x, x.pow(-1), (-&x).exp(), 1 / (&x + 1)] {
            let e = (0..32).fold(start, |e, _| &e * &e);
            let made = Normaliser::default().same(&e, &1.into());
            assert!(made.is_err(), "{made:?}");
        }
    }

    #[test]
    fn numbers_that_double_their_digits_are_given_up() {
        let x = crate::exact::var("x");
        let three = (0..40).fold(Expr::from(3), |e, _| &e * &e);
        assert_eq!(Normaliser::default().fraction(&three), Err(TooLarge::Digits));
        let linear = (0..40).fold(3 * &x, |e, _| (&e * &e) / &x);
        assert_eq!(Normaliser::default().fraction(&linear), Err(TooLarge::Digits));
    }

    #[test]
    fn long_coefficients_are_paid_for() {
        // 800 terms, their products each short enough, and half a million of them.
        let (x, y) = vars!("x", "y");
        let long = Expr::number(Rational::from(7).pow(11_000));
        let sum =
            (0..800).fold(Expr::from(0), |sum, k| sum + &long * x.pow(k % 40) * y.pow(k / 40));
        assert_eq!(Normaliser::default().fraction(&(&sum * &sum)), Err(TooLarge::Work));
    }

    #[test]
    fn a_quotient_that_does_not_come_out_even_is_not_followed_for_ever() {
        // The terms of (y_0 + .. + y_19)^30 would all be met.
        let x = crate::exact::var("x");
        let others: Vec<Expr> = (0..20).map(|k| crate::exact::var(&format!("y_{k}"))).collect();
        let below = others.iter().fold(x.clone(), |sum, y| sum - y);
        let above = others.iter().fold(x.pow(30), |sum, y| sum + y.pow(30));
        for top in [x.pow(30), above] {
            let e = top / &below;
            assert!(same(&e, &e));
        }
    }

    #[test]
    fn dividing_by_zero_is_an_error_and_not_an_identity() {
        let x = crate::exact::var("x");
        let zero = &x - &x;
        let made = Normaliser::default().fraction(&(1 / zero));
        assert_eq!(made, Err(TooLarge::ZeroDenominator));
    }

    #[test]
    fn a_product_of_roots_that_looks_like_zero_at_integers_is_not_zero() {
        let x = crate::exact::var("x");
        let p = (0..8).fold(Expr::from(1), |all, k| all * (&x - k));
        assert!(!same(&p, &0.into()));
    }
}
