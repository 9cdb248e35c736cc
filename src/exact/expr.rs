//! One expression type for everything that a proof or a theory function says.

use super::Rational;
use super::walk::Visit;
use dashu_int::ops::BitTest;
use std::ops::{Add, Div, Mul, Neg, Sub};
use std::sync::Arc;

/// Binary digits of an exact value, at most.
const DIGITS_MAX: usize = 65_536;

/// Exponents of ten in a decimal, at most.
const EXPONENT_MAX: u32 = 100_000;

/// A function of one argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// $\sqrt x$, defined for $x \ge 0$.
    Sqrt,
    /// $e^x$.
    Exp,
    /// $\log x$, defined for $x > 0$.
    Ln,
    /// $\sin x$.
    Sin,
    /// $\cos x$.
    Cos,
    /// $\arccos x$, defined for $-1 \le x \le 1$.
    Acos,
}

/// What an expression is made of.
#[derive(Debug)]
pub(crate) enum Node {
    Number(Rational),
    Symbol(Arc<str>),
    Pi,
    Add(Expr, Expr),
    Mul(Expr, Expr),
    Div(Expr, Expr),
    Neg(Expr),
    Pow(Expr, i32),
    Apply(Function, Expr),
}

/// An expression over the reals: rational functions, roots, and elementary functions of symbols.
///
/// Cheap to clone. Operators take values and references, and integers on either side.
#[derive(Clone, Debug)]
pub struct Expr(pub(crate) Arc<Node>);

/// The symbol of a name: a letter, then letters, digits and underscores.
///
/// # Panics
/// If the name is another one: an author's typing error.
pub fn var(name: &str) -> Expr {
    let first = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let word = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    assert!(first && word, "{name:?} is not the name of a symbol");
    Expr::new(Node::Symbol(name.into()))
}

/// A symbol that no author can write: `u:x` is one of its kind for `x`.
pub(crate) fn fresh(kind: char, name: &str) -> Expr {
    any_symbol(&format!("{kind}:{name}"))
}

/// The symbol of a name that no author need be able to write.
pub(crate) fn any_symbol(name: &str) -> Expr {
    Expr::new(Node::Symbol(name.into()))
}

/// $\pi$.
pub fn pi() -> Expr {
    Expr::new(Node::Pi)
}

/// A terminating decimal, exactly: `decimal("1.2985")`.
///
/// # Panics
/// If the text is not a decimal number, or its exponent is beyond 100 000: an author's typing
/// error.
pub fn decimal(text: &str) -> Expr {
    // What a short text stands for may fill every memory.
    let exponent = text.split(['e', 'E']).nth(1).map_or(Ok(0), str::parse::<i32>);
    let short = exponent.is_ok_and(|k| k.unsigned_abs() <= EXPONENT_MAX);
    assert!(short, "{text:?} has no exponent between -{EXPONENT_MAX} and {EXPONENT_MAX}");
    let parsed = Rational::from_str_decimal(text);
    Expr::number(parsed.unwrap_or_else(|_| panic!("{text:?} is not a decimal number")))
}

/// $\frac{a}{b}$.
///
/// # Panics
/// If $b = 0$.
pub fn ratio(a: i64, b: i64) -> Expr {
    assert!(b != 0, "{a}/0 is not a number");
    Expr::number(Rational::from_parts_signed(a.into(), b.into()))
}

impl Expr {
    pub(crate) fn new(node: Node) -> Self {
        Self(Arc::new(node))
    }

    /// A rational number.
    pub fn number(value: Rational) -> Self {
        Self::new(Node::Number(value))
    }

    pub(crate) fn node(&self) -> &Node {
        &self.0
    }

    /// The name, if this is a symbol.
    pub fn symbol(&self) -> Option<&str> {
        match self.node() {
            Node::Symbol(name) => Some(name),
            _ => None,
        }
    }

    /// The value, if this is a number.
    pub fn as_number(&self) -> Option<&Rational> {
        match self.node() {
            Node::Number(value) => Some(value),
            _ => None,
        }
    }

    /// A whole power; $x^{-k}$ needs $x \ne 0$.
    pub fn pow(&self, exponent: i32) -> Self {
        Self::new(Node::Pow(self.clone(), exponent))
    }

    /// $\sqrt x$.
    pub fn sqrt(&self) -> Self {
        self.apply(Function::Sqrt)
    }

    /// $e^x$.
    pub fn exp(&self) -> Self {
        self.apply(Function::Exp)
    }

    /// $\log x$.
    pub fn ln(&self) -> Self {
        self.apply(Function::Ln)
    }

    /// $\sin x$.
    pub fn sin(&self) -> Self {
        self.apply(Function::Sin)
    }

    /// $\cos x$.
    pub fn cos(&self) -> Self {
        self.apply(Function::Cos)
    }

    /// $\arccos x$.
    pub fn acos(&self) -> Self {
        self.apply(Function::Acos)
    }

    fn apply(&self, function: Function) -> Self {
        Self::new(Node::Apply(function, self.clone()))
    }

    /// Its value in double precision at the values of its symbols; NaN where it is not defined.
    ///
    /// # Panics
    /// If a symbol has no value.
    pub fn eval(&self, values: &[(&str, f64)]) -> f64 {
        let mut all: Vec<f64> = Vec::new();
        for Visit { expr, left, right } in self.walk() {
            all.push(match expr.node() {
                Node::Number(value) => value.to_f64().value(),
                Node::Symbol(name) => {
                    values
                        .iter()
                        .find(|(n, _)| **n == **name)
                        .unwrap_or_else(|| panic!("the symbol {name} has no value"))
                        .1
                }
                Node::Pi => std::f64::consts::PI,
                Node::Add(..) => all[left] + all[right],
                Node::Mul(..) => all[left] * all[right],
                Node::Div(..) => all[left] / all[right],
                Node::Neg(_) => -all[left],
                Node::Pow(_, k) => all[left].powi(*k),
                Node::Apply(function, _) => function.eval(all[left]),
            });
        }
        all.last().copied().unwrap_or(f64::NAN)
    }

    /// Whether it is a rational function of its symbols, with rational numbers.
    pub(crate) fn is_rational(&self) -> bool {
        let beyond = |v: &Visit<'_>| matches!(v.expr.node(), Node::Pi | Node::Apply(..));
        !self.walk().iter().any(beyond)
    }

    /// Its rational value, if it is a rational function that is defined there, and the numbers on
    /// the way have at most 65 536 binary digits.
    pub fn exactly(&self, values: &[(&str, Rational)]) -> Option<Rational> {
        let mut all: Vec<Rational> = Vec::new();
        for Visit { expr, left, right } in self.walk() {
            let next = match expr.node() {
                Node::Number(value) => value.clone(),
                Node::Symbol(name) => values.iter().find(|(n, _)| **n == **name)?.1.clone(),
                Node::Add(..) => &all[left] + &all[right],
                Node::Mul(..) => &all[left] * &all[right],
                Node::Div(..) => &all[left] / nonzero(&all[right])?,
                Node::Neg(_) => -&all[left],
                Node::Pow(_, k) => power_of(&all[left], *k)?,
                Node::Pi | Node::Apply(..) => return None,
            };
            if digits(&next) > DIGITS_MAX {
                return None;
            }
            all.push(next);
        }
        all.pop()
    }

    /// With an expression for a symbol.
    ///
    /// # Panics
    /// If `symbol` is not one.
    pub fn at(&self, symbol: &Self, value: impl Into<Self>) -> Self {
        let name = symbol.symbol().unwrap_or_else(|| panic!("{symbol} is not a symbol"));
        self.substitute(name, &value.into())
    }

    pub(crate) fn substitute(&self, name: &str, value: &Self) -> Self {
        let mut all: Vec<Self> = Vec::new();
        for Visit { expr, left, right } in self.walk() {
            let new = |node: Node| {
                let arguments = expr.node().arguments().into_iter().flatten();
                let mut old = arguments.zip([left, right]).map(|(e, place)| (e, &all[place]));
                // What holds no such symbol stays as it is, and shared.
                let kept = old.all(|(old, new)| Arc::ptr_eq(&old.0, &new.0));
                if kept { expr.clone() } else { Self::new(node) }
            };
            let (a, b) = (|| all[left].clone(), || all[right].clone());
            all.push(match expr.node() {
                Node::Symbol(n) if **n == *name => value.clone(),
                Node::Number(_) | Node::Symbol(_) | Node::Pi => expr.clone(),
                Node::Add(..) => new(Node::Add(a(), b())),
                Node::Mul(..) => new(Node::Mul(a(), b())),
                Node::Div(..) => new(Node::Div(a(), b())),
                Node::Neg(_) => new(Node::Neg(a())),
                Node::Pow(_, k) => new(Node::Pow(a(), *k)),
                Node::Apply(function, _) => new(Node::Apply(*function, a())),
            });
        }
        all.pop().unwrap_or_else(|| self.clone())
    }

    /// The names of its symbols, in order.
    pub fn symbols(&self) -> std::collections::BTreeSet<String> {
        self.walk().iter().filter_map(|v| v.expr.symbol().map(str::to_owned)).collect()
    }

    /// The partial derivative, where the expression is differentiable. Its conditions are those of
    /// the expression itself and, for a root or an arc cosine, that its argument is inside.
    ///
    /// # Panics
    /// If `symbol` is not one.
    pub fn d(&self, symbol: &Self) -> Self {
        let name = symbol.symbol().unwrap_or_else(|| panic!("{symbol} is not a symbol"));
        self.derivative(name)
    }

    fn derivative(&self, name: &str) -> Self {
        let mut all: Vec<Self> = Vec::new();
        for Visit { expr, left, right } in self.walk() {
            let (da, db) = (|| all[left].clone(), || all[right].clone());
            all.push(match expr.node() {
                Node::Symbol(n) if **n == *name => 1.into(),
                Node::Number(_) | Node::Symbol(_) | Node::Pi => 0.into(),
                Node::Add(..) => plus(da(), db()),
                Node::Mul(a, b) => plus(times(da(), b.clone()), times(a.clone(), db())),
                Node::Div(_, b) if is(&all[right], 0) => over(da(), b.clone()),
                Node::Div(a, b) => {
                    let cross = plus(times(da(), b.clone()), minus(times(a.clone(), db())));
                    over(cross, b.pow(2))
                }
                Node::Neg(_) => minus(da()),
                Node::Pow(_, 0) => 0.into(),
                Node::Pow(_, 1) => da(),
                Node::Pow(a, k) => times(times(Self::from(*k), before(expr, a, *k)), da()),
                Node::Apply(function, a) => function.slope(expr, a, da()),
            });
        }
        all.pop().unwrap_or_else(|| 0.into())
    }
}

impl Function {
    /// Its value in double precision.
    fn eval(self, x: f64) -> f64 {
        match self {
            Self::Sqrt => x.sqrt(),
            Self::Exp => libm::exp(x),
            Self::Ln => libm::log(x),
            Self::Sin => libm::sin(x),
            Self::Cos => libm::cos(x),
            Self::Acos => libm::acos(x),
        }
    }

    /// The derivative of `value`, this function of `a`, whose own derivative is `da`.
    fn slope(self, value: &Expr, a: &Expr, da: Expr) -> Expr {
        match self {
            Self::Sqrt => over(da, 2 * value),
            Self::Exp => times(value.clone(), da),
            Self::Ln => over(da, a.clone()),
            Self::Sin => times(a.cos(), da),
            Self::Cos => minus(times(a.sin(), da)),
            Self::Acos => minus(over(da, (1 - a.pow(2)).sqrt())),
        }
    }
}

/// Binary digits of numerator and denominator together.
fn digits(value: &Rational) -> usize {
    value.numerator().bit_len() + value.denominator().bit_len()
}

fn power_of(base: &Rational, k: i32) -> Option<Rational> {
    let power = k.unsigned_abs() as usize;
    let base = if k < 0 { Rational::ONE / nonzero(base)? } else { base.clone() };
    let grows = !base.is_zero() && !base.is_one();
    if grows && digits(&base).saturating_mul(power) > DIGITS_MAX {
        return None;
    }
    Some(base.pow(isize::try_from(power).ok()?))
}

/// $a^{k-1}$, where `value` is $a^k$.
fn before(value: &Expr, a: &Expr, k: i32) -> Expr {
    match k.checked_sub(1) {
        Some(1) => a.clone(),
        Some(less) => a.pow(less),
        None => value / a,
    }
}

fn nonzero(value: &Rational) -> Option<&Rational> {
    (!value.is_zero()).then_some(value)
}

fn is(e: &Expr, value: i32) -> bool {
    e.as_number().is_some_and(|v| *v == Rational::from(value))
}

// The operations of derivatives, where 0 and 1 disappear. An author's own 0 * x stays, with the
// conditions of x.

fn plus(a: Expr, b: Expr) -> Expr {
    match (is(&a, 0), is(&b, 0)) {
        (true, _) => b,
        (_, true) => a,
        _ => a + b,
    }
}

fn minus(a: Expr) -> Expr {
    if is(&a, 0) { a } else { -a }
}

fn times(a: Expr, b: Expr) -> Expr {
    if is(&a, 0) || is(&b, 1) {
        return a;
    }
    if is(&b, 0) || is(&a, 1) {
        return b;
    }
    a * b
}

fn over(a: Expr, b: Expr) -> Expr {
    if is(&a, 0) { a } else { a / b }
}

impl From<i32> for Expr {
    fn from(value: i32) -> Self {
        Self::number(Rational::from(value))
    }
}

impl From<i64> for Expr {
    fn from(value: i64) -> Self {
        Self::number(Rational::from(value))
    }
}

impl From<&Expr> for Expr {
    fn from(value: &Expr) -> Self {
        value.clone()
    }
}

impl Neg for Expr {
    type Output = Expr;
    fn neg(self) -> Expr {
        Self::new(Node::Neg(self))
    }
}

impl Neg for &Expr {
    type Output = Expr;
    fn neg(self) -> Expr {
        -self.clone()
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident, |$a:ident, $b:ident| $node:expr) => {
        impl<T: Into<Expr>> $trait<T> for Expr {
            type Output = Expr;
            fn $method(self, other: T) -> Expr {
                let ($a, $b): (Expr, Expr) = (self, other.into());
                Expr::new($node)
            }
        }
        impl<T: Into<Expr>> $trait<T> for &Expr {
            type Output = Expr;
            fn $method(self, other: T) -> Expr {
                $trait::$method(self.clone(), other)
            }
        }
        impl $trait<Expr> for i32 {
            type Output = Expr;
            fn $method(self, other: Expr) -> Expr {
                $trait::$method(Expr::from(self), other)
            }
        }
        impl $trait<&Expr> for i32 {
            type Output = Expr;
            fn $method(self, other: &Expr) -> Expr {
                $trait::$method(Expr::from(self), other)
            }
        }
    };
}

operator!(Add, add, |a, b| Node::Add(a, b));
operator!(Sub, sub, |a, b| Node::Add(a, -b));
operator!(Mul, mul, |a, b| Node::Mul(a, b));
operator!(Div, div, |a, b| Node::Div(a, b));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vars;

    #[test]
    fn literals_are_exact() {
        let sum = decimal("0.1") + decimal("0.2") - decimal("0.3");
        assert_eq!(sum.exactly(&[]), Some(Rational::ZERO));
        assert_eq!(decimal("-1.25").exactly(&[]), ratio(-5, 4).exactly(&[]));
        assert_eq!(decimal("5e-1").exactly(&[]), ratio(1, 2).exactly(&[]));
    }

    #[test]
    #[should_panic(expected = "has no exponent between")]
    fn a_short_text_for_a_number_that_fills_every_memory_is_refused() {
        let _ = decimal("1e999999999");
    }

    #[test]
    fn operators_take_values_references_and_integers_on_both_sides() {
        let (x, y) = vars!("x", "y");
        let e = 1 + &x * &y - 2 / (&y + 3) + x.clone().pow(2) * y - 1;
        assert_eq!(e.eval(&[("x", 2.0), ("y", 1.0)]), 1.0 + 2.0 - 0.5 + 4.0 - 1.0);
    }

    #[test]
    fn derivatives_agree_with_differences() {
        let (x, y) = vars!("x", "y");
        let e = (x.pow(3) * y.ln() + (&x * &y).sqrt() - x.cos() / (1 + &y) + (-&x).exp())
            * (&x / 4).acos()
            + x.sin();
        let at = |x: f64| e.eval(&[("x", x), ("y", 1.7)]);
        let (h, here) = (1e-6, 0.8);
        let slope = (at(here + h) - at(here - h)) / (2.0 * h);
        assert!((e.d(&x).eval(&[("x", here), ("y", 1.7)]) - slope).abs() < 1e-8);
    }

    #[test]
    fn an_undefined_rational_value_is_none() {
        let x = var("x");
        let zero = [("x", Rational::ZERO)];
        assert_eq!((1 / &x).exactly(&zero), None);
        assert_eq!(x.pow(-1).exactly(&zero), None);
        assert_eq!(x.exp().exactly(&zero), None);
        assert_eq!((1 / x).exactly(&[]), None);
    }

    #[test]
    #[should_panic(expected = "the symbol y has no value")]
    fn a_symbol_without_value_is_named() {
        var("y").eval(&[("x", 1.0)]);
    }
}
