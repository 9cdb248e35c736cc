//! An expression as a list of operations on intervals, common parts once, with its gradient.

use crate::exact::{Expr, Function, Node, Rational, Visit};
use crate::interval::Interval;
use std::collections::HashMap;

#[derive(Clone, Copy, Debug)]
enum Op {
    Constant(Interval),
    Variable(usize),
    Add(usize, usize),
    Mul(usize, usize),
    Div(usize, usize),
    Neg(usize),
    Pow(usize, i32),
    Apply(Function, usize),
}

/// Operations with the same key have the same value.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Number(Rational),
    Power(usize, i32),
    Apply(Function, usize),
    Of(u8, usize, usize),
}

/// A compiled expression.
#[derive(Clone, Debug)]
pub(crate) struct Tape {
    ops: Vec<Op>,
    pub(crate) names: Vec<String>,
}

/// The doubles around a rational number, by exact comparison.
pub(crate) fn enclose(value: &Rational) -> Interval {
    let near = value.to_f64().value();
    let exact = Rational::try_from(near);
    let ends = match exact {
        Ok(exact) if exact == *value => Some((near, near)),
        Ok(exact) if exact < *value => Some((near, near.next_up())),
        Ok(_) => Some((near.next_down(), near)),
        Err(_) if *value > Rational::ZERO => Some((f64::MAX, f64::INFINITY)),
        Err(_) => Some((f64::NEG_INFINITY, f64::MIN)),
    };
    ends.and_then(|(lo, hi)| Interval::new(lo, hi)).unwrap_or(Interval::undefined())
}

impl Tape {
    /// Compiles an expression; its variables are in the order of `names`.
    pub(crate) fn new(e: &Expr) -> Self {
        let names: Vec<String> = e.symbols().into_iter().collect();
        let mut tape = Self { ops: Vec::new(), names };
        let mut known: HashMap<Key, usize> = HashMap::new();
        let mut places: Vec<usize> = Vec::new();
        for Visit { expr, left, right } in e.walk() {
            let (a, b) = (places.get(left).copied(), places.get(right).copied());
            let (a, b) = (a.unwrap_or(0), b.unwrap_or(0));
            let (op, key) = tape.op(expr, a, b);
            let place = *known.entry(key).or_insert_with(|| {
                tape.ops.push(op);
                tape.ops.len() - 1
            });
            places.push(place);
        }
        tape
    }

    /// The operation of a node whose arguments are at `a` and `b`, and what makes it the same as
    /// another.
    fn op(&self, e: &Expr, a: usize, b: usize) -> (Op, Key) {
        match e.node() {
            Node::Number(value) => (Op::Constant(enclose(value)), Key::Number(value.clone())),
            Node::Pi => (Op::Constant(Interval::PI), Key::Of(0, 0, 0)),
            Node::Symbol(name) => {
                let place = self.names.iter().position(|n| **n == **name).unwrap_or_default();
                (Op::Variable(place), Key::Of(1, place, 0))
            }
            Node::Add(..) => (Op::Add(a, b), Key::Of(2, a, b)),
            Node::Mul(..) => (Op::Mul(a, b), Key::Of(3, a, b)),
            Node::Div(..) => (Op::Div(a, b), Key::Of(4, a, b)),
            Node::Neg(_) => (Op::Neg(a), Key::Of(5, a, 0)),
            Node::Pow(_, k) => (Op::Pow(a, *k), Key::Power(a, *k)),
            Node::Apply(function, _) => (Op::Apply(*function, a), Key::Apply(*function, a)),
        }
    }

    /// The number of operations.
    pub(crate) fn len(&self) -> usize {
        self.ops.len()
    }

    /// The enclosure over a box; `values` is left with that of every operation.
    pub(crate) fn value(&self, at: &[Interval], values: &mut Vec<Interval>) -> Interval {
        values.clear();
        for op in &self.ops {
            let next = match *op {
                Op::Constant(c) => c,
                Op::Variable(i) => at[i],
                Op::Add(a, b) => values[a] + values[b],
                Op::Mul(a, b) if a == b => values[a].sqr(),
                Op::Mul(a, b) => values[a] * values[b],
                Op::Div(a, b) => values[a] / values[b],
                Op::Neg(a) => -values[a],
                Op::Pow(a, k) => values[a].powi(k),
                Op::Apply(function, a) => apply(function, values[a]),
            };
            values.push(next);
        }
        values.last().copied().unwrap_or(Interval::undefined())
    }

    /// The enclosures of the partial derivatives over the box of the last [`value`](Self::value).
    /// Undefined where the expression is not differentiable on the whole box.
    pub(crate) fn gradient(&self, values: &[Interval]) -> Vec<Interval> {
        let zero = Interval::point(0.0);
        let one = Interval::point(1.0);
        let mut adjoint = vec![zero; self.ops.len()];
        let mut gradient = vec![zero; self.names.len()];
        if let Some(last) = adjoint.last_mut() {
            *last = one;
        }
        for (index, op) in self.ops.iter().enumerate().rev() {
            let d = adjoint[index];
            match *op {
                Op::Constant(_) => {}
                Op::Variable(i) => gradient[i] = gradient[i] + d,
                Op::Add(a, b) => {
                    adjoint[a] = adjoint[a] + d;
                    adjoint[b] = adjoint[b] + d;
                }
                Op::Mul(a, b) => {
                    adjoint[a] = adjoint[a] + d * values[b];
                    adjoint[b] = adjoint[b] + d * values[a];
                }
                Op::Div(a, b) => {
                    adjoint[a] = adjoint[a] + d / values[b];
                    adjoint[b] = adjoint[b] - d * values[index] / values[b];
                }
                Op::Neg(a) => adjoint[a] = adjoint[a] - d,
                Op::Pow(_, 0) => {}
                Op::Pow(a, k) => {
                    let power = k.checked_sub(1).map(|less| values[a].powi(less));
                    let slope =
                        Interval::point(f64::from(k)) * power.unwrap_or(Interval::undefined());
                    adjoint[a] = adjoint[a] + d * slope;
                }
                Op::Apply(function, a) => {
                    let x = values[a];
                    let slope = match function {
                        Function::Sqrt => one / (values[index] + values[index]),
                        Function::Exp => values[index],
                        Function::Ln => one / x,
                        Function::Sin => x.cos(),
                        Function::Cos => -x.sin(),
                        Function::Acos => -(one / (one - x.sqr()).sqrt()),
                    };
                    adjoint[a] = adjoint[a] + d * slope;
                }
            }
        }
        gradient
    }
}

fn apply(function: Function, x: Interval) -> Interval {
    match function {
        Function::Sqrt => x.sqrt(),
        Function::Exp => x.exp(),
        Function::Ln => x.ln(),
        Function::Sin => x.sin(),
        Function::Cos => x.cos(),
        Function::Acos => x.acos(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::{decimal, pi};
    use crate::vars;

    #[test]
    fn rational_numbers_are_enclosed_outward() {
        let tenth = enclose(&Rational::from_str_decimal("0.1").unwrap());
        assert_eq!((tenth.lo(), tenth.hi()), (0.1_f64.next_down(), 0.1));
        let half = enclose(&Rational::from_str_decimal("0.5").unwrap());
        assert_eq!((half.lo(), half.hi()), (0.5, 0.5));
        let huge = Rational::from(10).pow(400);
        assert!(enclose(&huge).lo() == f64::MAX && enclose(&-huge).hi() == f64::MIN);
    }

    #[test]
    fn values_and_gradients_enclose_those_in_double_precision() {
        let (x, y) = vars!("x", "y");
        let e = (&x * &y).sqrt() * x.cos() - (&x / 4).acos() / (1 + &y)
            + (pi() * &y).sin()
            + y.ln() * (-&x).exp()
            + &x * &x
            + (&y + 1).pow(-3) * decimal("0.3");
        let tape = Tape::new(&e);
        let at = [Interval::point(0.8), Interval::point(1.7)];
        let mut values = Vec::new();
        let value = tape.value(&at, &mut values);
        let here = [("x", 0.8), ("y", 1.7)];
        assert!(value.defined() && (value.mid() - e.eval(&here)).abs() < 1e-13);
        for (i, symbol) in [x, y].iter().enumerate() {
            let slope = tape.gradient(&values)[i];
            assert!(slope.defined() && (slope.mid() - e.d(symbol).eval(&here)).abs() < 1e-12);
        }
    }

    #[test]
    fn a_gradient_at_the_edge_of_a_root_is_undefined() {
        let x = crate::exact::var("x");
        let mut values = Vec::new();
        for e in [x.sqrt(), (1 - &x).acos()] {
            let tape = Tape::new(&e);
            let value = tape.value(&[Interval::new(0.0, 1.0).unwrap()], &mut values);
            assert!(value.defined() && !tape.gradient(&values)[0].defined());
        }
    }
}
