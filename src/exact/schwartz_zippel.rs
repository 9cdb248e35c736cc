//! Whether a rational function is 0, by its values at random integers in exact arithmetic.
//!
//! A polynomial of degree $d$ that is not 0 vanishes at a point of $\{1, \dots, 2^{40}\}^n$, drawn
//! uniformly, with probability at most $d / 2^{40}$ (Schwartz 1980, Zippel 1979). The polynomial
//! here is the numerator over the common denominator, which is never multiplied out: a bound on its
//! degree is computed from the expression. Points at which something is divided by 0 are passed
//! over; with $e$ the degree of all that is divided by, the probability among the other points is
//! at most $d / (2^{40} - e)$. Points are drawn until that, to the power of their number, is at
//! most $2^{-100}$.
//!
//! The points come from one stream, the same for all expressions: nobody can draw again until an
//! identity passes. The bound is for identities that were not written around these very points.

use super::{Expr, Node, Rational, Visit};
use crate::random::Rng;
use dashu_int::UBig;
use dashu_int::ops::BitTest;

/// Coordinates have this many binary digits.
const BITS: usize = 40;

/// The probability that a function which is not 0 passes is at most $2^{-100}$.
const CONFIDENCE: usize = 100;

/// The seed of the stream of points, the same for all expressions.
const SEED: u64 = 0;

/// Points that are passed over, at most.
const SKIPPED_MAX: usize = 100;

/// Binary digits of one value, and of all values at one point together, at most.
const DIGITS_MAX: u64 = 1 << 17;
const WORK_MAX: u64 = 1 << 24;

/// What the values say.
#[derive(Clone, Debug, PartialEq)]
pub enum ZeroTest {
    /// The function is 0 at all points that were drawn.
    Zero(Evidence),
    /// A point, and the value there: the function is not 0.
    Nonzero {
        /// The symbols and their values.
        point: Vec<(String, Rational)>,
        /// The value of the function.
        value: Rational,
    },
}

/// What makes a zero test convincing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Points at which the function is 0.
    pub points: usize,
    /// Points that were passed over, where something is divided by 0.
    pub skipped: usize,
    /// A bound on the degree of the numerator.
    pub degree: u64,
    /// A function that is not 0 passes with probability at most $2^{-k}$.
    pub k: usize,
}

/// Why an expression cannot be tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTested {
    /// It is no rational function with rational coefficients.
    #[error("it is no rational function")]
    NotRational,
    /// Its values at integers are too long.
    #[error("its values at integers of {BITS} binary digits are too long")]
    TooLong,
    /// Something in it is divided by 0 at all points that were drawn.
    #[error("a denominator is 0 at {SKIPPED_MAX} random points")]
    Pole,
}

/// Tests whether an expression is the rational function 0.
///
/// # Errors
/// If it is no rational function, or its values are too long, or it is defined at no point drawn.
pub fn zero_test(e: &Expr) -> Result<ZeroTest, NotTested> {
    let program = Program::new(e)?;
    let (points, k) = program.points();
    let mut rng = Rng::seeded(SEED);
    let (mut zeros, mut skipped) = (0, 0);
    while zeros < points {
        let point: Vec<Rational> = program.names.iter().map(|_| coordinate(&mut rng)).collect();
        match program.value(&point) {
            Some(value) if value.is_zero() => zeros += 1,
            Some(value) => {
                let point = program.names.into_iter().zip(point).collect();
                return Ok(ZeroTest::Nonzero { point, value });
            }
            None if skipped == SKIPPED_MAX => return Err(NotTested::Pole),
            None => skipped += 1,
        }
    }
    Ok(ZeroTest::Zero(Evidence { points, skipped, degree: program.extent.above, k }))
}

/// Uniform on $\{1, \dots, 2^{40}\}$.
fn coordinate(rng: &mut Rng) -> Rational {
    Rational::from((rng.bits() >> (64 - BITS)) + 1)
}

#[derive(Clone, Debug)]
enum Op {
    Number(Rational),
    Symbol(usize),
    Add(usize, usize),
    Mul(usize, usize),
    Div(usize, usize),
    Neg(usize),
    Pow(usize, i32),
}

/// Bounds for a function as a quotient of polynomials with whole coefficients.
#[derive(Clone, Copy, Debug, Default)]
struct Extent {
    /// The degree of the numerator.
    above: u64,
    /// The degree of the denominator.
    below: u64,
    /// The numerator at a point is at most 2 to this power.
    digits_above: u64,
    /// The denominator at a point is at most 2 to this power.
    digits_below: u64,
}

impl Extent {
    /// All four stay below a limit, so that sums and products of two cannot overflow.
    fn checked(self) -> Result<Self, NotTested> {
        let most = self.above.max(self.below).max(self.digits_above).max(self.digits_below);
        if most > DIGITS_MAX { Err(NotTested::TooLong) } else { Ok(self) }
    }

    fn plus(self, other: Self) -> Self {
        let cross = |a, b, c, d| u64::max(a + b, c + d);
        Self {
            above: cross(self.above, other.below, other.above, self.below),
            digits_above: 1 + cross(
                self.digits_above,
                other.digits_below,
                other.digits_above,
                self.digits_below,
            ),
            below: self.below + other.below,
            digits_below: self.digits_below + other.digits_below,
        }
    }

    fn times(self, other: Self) -> Self {
        Self {
            above: self.above + other.above,
            below: self.below + other.below,
            digits_above: self.digits_above + other.digits_above,
            digits_below: self.digits_below + other.digits_below,
        }
    }

    fn inverse(self) -> Self {
        Self {
            above: self.below,
            below: self.above,
            digits_above: self.digits_below,
            digits_below: self.digits_above,
        }
    }

    /// `k` is below $2^{32}$, and so is each bound.
    fn power(self, k: u32) -> Self {
        let k = u64::from(k);
        Self {
            above: k * self.above,
            below: k * self.below,
            digits_above: k * self.digits_above,
            digits_below: k * self.digits_below,
        }
    }
}

/// A number of so many binary digits is at most 2 to this power: 1 makes no product longer.
fn digits(one: bool, length: usize) -> u64 {
    if one { 0 } else { length as u64 }
}

/// The operations of an expression, each distinct one once.
struct Program {
    ops: Vec<Op>,
    /// The symbols, as they are met.
    names: Vec<String>,
    extents: Vec<Extent>,
    /// That of the whole.
    extent: Extent,
    /// The degree of all that is divided by.
    poles: u64,
}

impl Program {
    fn new(e: &Expr) -> Result<Self, NotTested> {
        let extent = Extent::default();
        let mut program = Self { ops: vec![], names: vec![], extents: vec![], extent, poles: 0 };
        for visit in e.walk() {
            program.push(visit)?;
        }
        program.extent = program.extents.last().copied().unwrap_or_default();
        let work = |x: &Extent| x.digits_above + x.digits_below;
        if program.extents.iter().map(work).sum::<u64>() > WORK_MAX {
            return Err(NotTested::TooLong);
        }
        Ok(program)
    }

    fn push(&mut self, Visit { expr, left, right }: Visit<'_>) -> Result<(), NotTested> {
        let op = match expr.node() {
            Node::Number(value) => Op::Number(value.clone()),
            Node::Symbol(name) => {
                let place = self.names.iter().position(|n| **n == **name);
                Op::Symbol(place.unwrap_or_else(|| {
                    self.names.push(name.to_string());
                    self.names.len() - 1
                }))
            }
            Node::Add(..) => Op::Add(left, right),
            Node::Mul(..) => Op::Mul(left, right),
            Node::Div(..) => Op::Div(left, right),
            Node::Neg(_) => Op::Neg(left),
            Node::Pow(_, k) => Op::Pow(left, *k),
            Node::Pi | Node::Apply(..) => return Err(NotTested::NotRational),
        };
        let extent = self.extent_of(&op).checked()?;
        self.poles += match op {
            Op::Div(_, b) => self.extents[b].above,
            Op::Pow(a, k) if k < 0 => self.extents[a].above,
            _ => 0,
        };
        self.ops.push(op);
        self.extents.push(extent);
        Ok(())
    }

    fn extent_of(&self, op: &Op) -> Extent {
        let at = |index: &usize| self.extents[*index];
        match op {
            Op::Number(value) => Extent {
                digits_above: digits(value.numerator().is_one(), value.numerator().bit_len()),
                digits_below: digits(value.denominator().is_one(), value.denominator().bit_len()),
                ..Extent::default()
            },
            Op::Symbol(_) => Extent { above: 1, digits_above: BITS as u64, ..Extent::default() },
            Op::Add(a, b) => at(a).plus(at(b)),
            Op::Mul(a, b) => at(a).times(at(b)),
            Op::Div(a, b) => at(a).times(at(b).inverse()),
            Op::Neg(a) => at(a),
            Op::Pow(a, k) if *k < 0 => at(a).inverse().power(k.unsigned_abs()),
            Op::Pow(a, k) => at(a).power(k.unsigned_abs()),
        }
    }

    /// How many points are needed, and the $k$ of the error bound $2^{-k}$ with so many.
    fn points(&self) -> (usize, usize) {
        let degree = UBig::from(self.extent.above.max(1));
        // A degree is less than the digits, so that all degrees together are at most `WORK_MAX`:
        // the ratio is far above 1.
        let of = UBig::from((1_u64 << BITS) - self.poles.min(WORK_MAX));
        let mut points = 1;
        loop {
            let ratio = of.pow(points) / degree.pow(points);
            let k = ratio.bit_len().saturating_sub(1);
            if k >= CONFIDENCE {
                return (points, k);
            }
            points += 1;
        }
    }

    /// The value, where nothing is divided by 0.
    fn value(&self, point: &[Rational]) -> Option<Rational> {
        let mut all: Vec<Rational> = Vec::with_capacity(self.ops.len());
        for op in &self.ops {
            let next = match op {
                Op::Number(value) => value.clone(),
                Op::Symbol(index) => point[*index].clone(),
                Op::Add(a, b) => &all[*a] + &all[*b],
                Op::Mul(a, b) => &all[*a] * &all[*b],
                Op::Div(_, b) if all[*b].is_zero() => return None,
                Op::Div(a, b) => &all[*a] / &all[*b],
                Op::Neg(a) => -&all[*a],
                Op::Pow(a, k) if *k < 0 && all[*a].is_zero() => return None,
                Op::Pow(a, k) => all[*a].pow(*k as isize),
            };
            all.push(next);
        }
        all.pop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::{Normaliser, pi, ratio, var};
    use crate::vars;
    use quickcheck::quickcheck;

    /// The first points of the stream, for expressions written around them.
    fn points(count: usize) -> Vec<Expr> {
        let mut rng = Rng::seeded(SEED);
        (0..count).map(|_| Expr::number(coordinate(&mut rng))).collect()
    }

    fn evidence(e: &Expr) -> Evidence {
        match zero_test(e) {
            Ok(ZeroTest::Zero(evidence)) => evidence,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn identities_pass_with_an_error_of_at_most_two_to_the_minus_hundred() {
        let (x, y) = vars!("x", "y");
        let square = (&x + &y).pow(2) - x.pow(2) - 2 * &x * &y - y.pow(2);
        let found = evidence(&square);
        assert_eq!((found.points, found.skipped, found.degree), (3, 0, 2));
        assert_eq!(found.k, 117); // 3 (40 - 1)
        let quotients = 1 / (&x - &y) - 1 / (&x + &y) - 2 * &y / (x.pow(2) - y.pow(2));
        let found = evidence(&quotients);
        assert_eq!((found.points, found.skipped, found.degree), (3, 0, 3));
        // 6 digits of the degree: 3 times 34; 7 digits: 4 times 33.
        assert_eq!(evidence(&(x.pow(64) - x.pow(32).pow(2))).points, 3);
        assert_eq!(evidence(&(x.pow(128) - x.pow(64).pow(2))).points, 4);
    }

    #[test]
    fn a_product_that_is_zero_at_small_integers_is_not_zero() {
        let x = var("x");
        let p = (0..8).fold(Expr::from(1), |all, k| all * (&x - k));
        let Ok(ZeroTest::Nonzero { point, value }) = zero_test(&p) else { panic!() };
        let here: Vec<(&str, Rational)> =
            point.iter().map(|(name, x)| (name.as_str(), x.clone())).collect();
        assert_eq!(p.exactly(&here), Some(value));
    }

    #[test]
    fn one_point_where_a_function_happens_to_be_0_is_not_enough() {
        let (x, chosen) = (var("x"), points(2));
        let p = (&x - &chosen[0]) * (&x - &chosen[1]);
        assert!(matches!(zero_test(&p), Ok(ZeroTest::Nonzero { .. })));
    }

    #[test]
    fn a_point_where_a_denominator_vanishes_is_passed_over() {
        let (x, chosen) = (var("x"), points(2));
        for pole in [1 / (&x - &chosen[0]), (&x - &chosen[0]).pow(-3)] {
            let found = evidence(&(&pole - &pole));
            assert_eq!((found.skipped, found.points), (1, 3));
        }
        let zero = &x - &x;
        assert_eq!(zero_test(&(1 / &zero)), Err(NotTested::Pole));
        assert_eq!(zero_test(&(&zero / &zero)), Err(NotTested::Pole));
        assert_eq!(zero_test(&(Expr::from(0) * zero.pow(-1))), Err(NotTested::Pole));
    }

    #[test]
    fn poles_count_against_the_points_that_are_left() {
        let x = var("x");
        let with = |e: &Expr| Program::new(e).map(|p| (p.poles, p.extent.above)).unwrap();
        assert_eq!(with(&(1 / (&x + 1))), (1, 0));
        assert_eq!(with(&(1 / (1 / (&x + 1)))), (1, 1)); // the inner one; 1 is never 0
        assert_eq!(with(&(&x + 1).pow(-5)), (1, 0));
        assert_eq!(with(&(1 / &x + 1 / (&x + 1))), (2, 1));
    }

    #[test]
    fn other_functions_are_refused() {
        let x = var("x");
        for e in [x.sqrt() - x.sqrt(), pi() - pi(), x.exp() - x.exp()] {
            assert_eq!(zero_test(&e), Err(NotTested::NotRational));
        }
    }

    #[test]
    fn huge_powers_are_refused_at_once() {
        let x = var("x");
        for k in [i32::MAX, i32::MIN, 100_000, -100_000] {
            assert_eq!(zero_test(&(x.pow(k) - 1)), Err(NotTested::TooLong), "{k}");
            assert_eq!(zero_test(&(Expr::from(2).pow(k) - 1)), Err(NotTested::TooLong), "{k}");
        }
        // A degree of 2^60 in sixty products, and of 2^64, which no word holds.
        let squared = |times| (0..times).fold(x.clone(), |e: Expr, _| &e * &e);
        for times in [60, 64, 200] {
            assert_eq!(zero_test(&(squared(times) - 1)), Err(NotTested::TooLong));
        }
        let nested = (0..4).fold(x.clone(), |e: Expr, _| e.pow(65_536));
        assert_eq!(zero_test(&(nested - 1)), Err(NotTested::TooLong));
        // 40 doublings of one sum are 40 operations.
        let doubled = (0..40).fold(x.clone(), |e: Expr, _| &e + &e);
        assert_eq!(evidence(&(doubled - ratio(1 << 40, 1) * &x)).degree, 1);
    }

    /// An expression from instructions for a stack machine.
    fn built(code: &[u8]) -> Expr {
        let mut stack = vec![var("x")];
        for byte in code.iter().take(12) {
            let a = stack.pop().unwrap_or_else(|| var("y"));
            let mut b = || stack.pop().unwrap_or_else(|| var("y"));
            let next = match byte % 8 {
                0 => a + b(),
                1 => a * b(),
                2 => a / (b() + 1),
                3 => -a,
                4 => a.pow(2),
                5 => (a + 2).pow(-1),
                6 => a - ratio(3, 7) * b(),
                _ => {
                    stack.push(a);
                    if byte / 8 % 2 == 0 { var("x") } else { var("y") }
                }
            };
            stack.push(next);
        }
        stack.into_iter().fold(Expr::from(0), |sum, e| sum + e)
    }

    quickcheck! {
        fn no_degree_is_understated_and_zero_means_zero(code: Vec<u8>) -> bool {
            let e = built(&code);
            let mut normaliser = Normaliser::default();
            let (Ok(program), Ok(f)) = (Program::new(&e), normaliser.fraction(&e)) else {
                return true;
            };
            let degree = |p: &crate::exact::Polynomial| {
                let of = |m: &Vec<_>| m.iter().map(|k| u64::from(*k)).sum::<u64>();
                p.terms().map(|(m, _)| of(m)).max().unwrap_or(0)
            };
            let zero = match zero_test(&e) {
                Ok(ZeroTest::Zero(_)) => f.numerator.is_zero(),
                Ok(ZeroTest::Nonzero { .. }) => !f.numerator.is_zero(),
                Err(_) => true,
            };
            zero && program.extent.above >= degree(&f.numerator)
        }
    }
}
