//! Expressions as lists: every distinct node once, the arguments first.
//!
//! Everything that computes with an expression goes along such a list. So neither a formula that
//! is nested very deep nor one that uses a part of itself again and again can exhaust the stack or
//! the clock.

use super::Expr;
use super::expr::Node;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

/// A node, and where in the list its arguments stand; unused places are 0.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visit<'a> {
    pub(crate) expr: &'a Expr,
    pub(crate) left: usize,
    pub(crate) right: usize,
}

impl Expr {
    /// Every node once, the arguments before what is made of them; the expression itself is last.
    pub(crate) fn walk(&self) -> Vec<Visit<'_>> {
        let mut order: Vec<Visit<'_>> = Vec::new();
        let mut known: HashMap<*const Node, usize> = HashMap::new();
        let mut operands: Vec<usize> = Vec::new();
        let mut left_to_do = vec![(self, false)];
        while let Some((expr, ready)) = left_to_do.pop() {
            // What is used once is met once.
            let shared = Arc::strong_count(&expr.0) > 1;
            if shared && let Some(place) = known.get(&Arc::as_ptr(&expr.0)) {
                operands.push(*place);
                continue;
            }
            let arguments = expr.node().arguments();
            if !ready && arguments.iter().any(Option::is_some) {
                left_to_do.push((expr, true));
                left_to_do.extend(arguments.into_iter().rev().flatten().map(|e| (e, false)));
                continue;
            }
            let [one, two] = arguments.map(|a| a.is_some());
            let right = if two { operands.pop().unwrap_or(0) } else { 0 };
            let left = if one { operands.pop().unwrap_or(0) } else { 0 };
            order.push(Visit { expr, left, right });
            operands.push(order.len() - 1);
            if shared {
                known.insert(Arc::as_ptr(&expr.0), order.len() - 1);
            }
        }
        order
    }

    /// How deep it is nested, and how many operations it has when it is written out.
    pub(crate) fn extent(&self) -> (usize, u64) {
        let mut all: Vec<(usize, u64)> = Vec::new();
        for visit in self.walk() {
            let of = |place: usize, used: Option<&Expr>| used.map_or((0, 0), |_| all[place]);
            let [a, b] = visit.expr.node().arguments();
            let ((deep, size), (other, more)) = (of(visit.left, a), of(visit.right, b));
            all.push((1 + deep.max(other), 1 + size.saturating_add(more)));
        }
        all.last().copied().unwrap_or((0, 0))
    }
}

impl Node {
    /// The arguments, at most two.
    pub(crate) fn arguments(&self) -> [Option<&Expr>; 2] {
        match self {
            Self::Add(a, b) | Self::Mul(a, b) | Self::Div(a, b) => [Some(a), Some(b)],
            Self::Neg(a) | Self::Pow(a, _) | Self::Apply(_, a) => [Some(a), None],
            Self::Number(_) | Self::Symbol(_) | Self::Pi => [None, None],
        }
    }

    /// Whether two nodes are the same, apart from their arguments.
    fn same_head(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::Symbol(a), Self::Symbol(b)) => a == b,
            (Self::Pow(_, k), Self::Pow(_, l)) => k == l,
            (Self::Apply(f, _), Self::Apply(g, _)) => f == g,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

/// The same formula, written the same way.
impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        let mut seen: HashMap<*const Node, *const Node> = HashMap::new();
        let mut pairs = vec![(self, other)];
        while let Some((a, b)) = pairs.pop() {
            let (one, two) = (Arc::as_ptr(&a.0), Arc::as_ptr(&b.0));
            if one == two || seen.get(&one) == Some(&two) {
                continue;
            }
            if !a.node().same_head(b.node()) {
                return false;
            }
            let [first, second] = a.node().arguments();
            let [third, fourth] = b.node().arguments();
            pairs.extend(first.zip(third));
            pairs.extend(second.zip(fourth));
            if Arc::strong_count(&a.0) > 1 {
                seen.insert(one, two);
            }
        }
        true
    }
}

impl Eq for Expr {}

static ZERO: LazyLock<Expr> = LazyLock::new(|| 0.into());

/// A long chain is taken apart link by link, not by one call inside the other.
impl Drop for Node {
    fn drop(&mut self) {
        let mut loose = Vec::new();
        self.release(&mut loose);
        while let Some(mut expr) = loose.pop() {
            if let Some(node) = Arc::get_mut(&mut expr.0) {
                node.release(&mut loose);
            }
        }
    }
}

impl Node {
    /// Moves out those arguments that have arguments of their own and belong to nobody else.
    fn release(&mut self, loose: &mut Vec<Expr>) {
        let (one, two) = match self {
            Self::Add(a, b) | Self::Mul(a, b) | Self::Div(a, b) => (Some(a), Some(b)),
            Self::Neg(a) | Self::Pow(a, _) | Self::Apply(_, a) => (Some(a), None),
            Self::Number(_) | Self::Symbol(_) | Self::Pi => (None, None),
        };
        for expr in [one, two].into_iter().flatten() {
            let nested = expr.node().arguments()[0].is_some();
            if nested && Arc::strong_count(&expr.0) == 1 {
                loose.push(std::mem::replace(expr, ZERO.clone()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::var;

    /// $((x + 1) x + 1) x + \dots$, 10 000 deep.
    fn deep() -> Expr {
        let x = var("x");
        (0..5_000).fold(x.clone(), |e, _| (e + 1) * &x)
    }

    #[test]
    fn a_part_that_is_used_again_stands_once_in_the_list() {
        let x = var("x");
        let e = (&x + 1) * (&x + 1);
        assert_eq!(e.walk().len(), 6); // x, 1, x + 1, 1, x + 1, and the product
        let part = &x + 1;
        let e = &part * &part;
        assert_eq!(e.walk().len(), 4);
        assert_eq!(e.extent(), (3, 7));
        let last = e.walk()[3];
        assert_eq!((last.left, last.right), (2, 2));
    }

    #[test]
    fn an_expression_that_doubles_forty_times_is_a_short_list() {
        let e = (0..40).fold(var("x"), |e, _| &e + &e);
        let other = (0..40).fold(var("x"), |e, _| &e + &e);
        assert_eq!(e.walk().len(), 41);
        assert_eq!(e, other);
        assert_eq!(e.eval(&[("x", 1.0)]), (1_u64 << 40) as f64);
        assert_eq!(e.d(&var("x")).eval(&[("x", 1.0)]), (1_u64 << 40) as f64);
        assert_eq!(e.symbols().len(), 1);
        assert!(e.to_string().contains("operations"));
    }

    #[test]
    fn a_deep_expression_is_compared_evaluated_changed_printed_and_dropped() {
        let (e, x) = (deep(), var("x"));
        assert_eq!(e.extent().0, 10_001);
        assert_eq!(e, deep());
        assert!(e != &e + 1);
        assert!((e.eval(&[("x", 0.5)]) - 1.0).abs() < 1e-12);
        assert!(e.d(&x).eval(&[("x", 0.5)]).is_finite());
        assert_eq!(e.at(&x, 0).exactly(&[]), Some(crate::exact::Rational::ZERO));
        assert!(e.exactly(&[("x", 1_000_000_007.into())]).is_none());
        assert!(e.to_string().contains("operations") && e.latex().contains("operations"));
    }
}
