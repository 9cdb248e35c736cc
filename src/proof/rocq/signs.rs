//! Signs as Rocq proves them: no negative coefficient, a square root eliminated, or products and
//! sums taken apart.

use super::certificate::Quotient;
use super::place::Place;
use crate::exact::{Expr, Node, Polynomial, Rational};

/// A sign that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    Positive,
    Nonneg,
    Nonpos,
    Negative,
}

use Want::{Negative, Nonneg, Nonpos, Positive};

impl Want {
    /// The goal in Rocq.
    pub(super) fn goal(self, e: &Expr) -> String {
        let e = e.rocq();
        match self {
            Positive => format!("0 < {e}"),
            Nonneg => format!("0 <= {e}"),
            Nonpos => format!("0 <= (- {e})"),
            Negative => format!("0 < (- {e})"),
        }
    }

    fn is_strict(self) -> bool {
        matches!(self, Positive | Negative)
    }

    fn is_above(self) -> bool {
        matches!(self, Positive | Nonneg)
    }

    fn reversed(self) -> Self {
        match self {
            Positive => Negative,
            Nonneg => Nonpos,
            Nonpos => Nonneg,
            Negative => Positive,
        }
    }

    fn weak(self) -> Self {
        if self.is_above() { Nonneg } else { Nonpos }
    }
}

/// Tactics for the sign of a rational expression, if one of the ways leads there.
pub(super) fn prove(e: &Expr, want: Want, place: &Place) -> Option<String> {
    direct(e, want, place).or_else(|| apart(e, want, place))
}

/// As a quotient of polynomials.
fn direct(e: &Expr, want: Want, place: &Place) -> Option<String> {
    let quotient = Quotient::of(e, place).ok()?;
    let quotient = if want.is_above() { quotient } else { quotient.negated() };
    let strict = want.is_strict();
    let (quotient, asserted) = with_positive_denominator(quotient, place)?;
    let (shape, above) = match coefficients(&quotient.numerator, &quotient, place) {
        Some(positive) if positive || !strict => {
            let tactic = if strict { "pos" } else { "nonneg" };
            (quotient.expr(&quotient.numerator), tactic.to_owned())
        }
        _ => squared(&quotient, strict, place)?,
    };
    let (lemma, divide) = if strict { ("pos_eq", "pos_div") } else { ("nonneg_eq", "nonneg_div") };
    let equal = quotient.equals(place);
    let bottom = quotient.below();
    if bottom == Expr::from(1) {
        return Some(format!("{asserted}apply ({lemma} {}); [{equal} | {above}].", shape.rocq()));
    }
    let whole = (shape / bottom).rocq();
    Some(format!("{asserted}apply ({lemma} {whole}); [{equal} | apply {divide}; [{above} | pos]]."))
}

/// With factors of the denominator that are above 0, and tactics that put this among the hypotheses
/// where the coefficients do not show it.
fn with_positive_denominator(mut quotient: Quotient, place: &Place) -> Option<(Quotient, String)> {
    let mut asserted = String::new();
    for index in 0..quotient.denominator.len() {
        let (factor, power) = quotient.denominator[index].clone();
        if power == 0 || coefficients(&factor, &quotient, place) == Some(true) {
            continue;
        }
        let written = quotient.expr(&factor);
        if let Some(proof) = root_eliminated(&written, Positive, place) {
            asserted.push_str(&format!("assert ({}). {{ {proof} }} ", Positive.goal(&written)));
            continue;
        }
        let mirrored = factor.scaled(&-Rational::ONE);
        let written = quotient.expr(&mirrored);
        let proof = root_eliminated(&written, Positive, place)?;
        asserted.push_str(&format!("assert ({}). {{ {proof} }} ", Positive.goal(&written)));
        quotient.denominator[index] = (mirrored, power);
        if power % 2 == 1 {
            quotient.numerator = quotient.numerator.scaled(&-Rational::ONE);
        }
    }
    Some((quotient, asserted))
}

/// The sign of a polynomial by eliminating a square root.
fn root_eliminated(e: &Expr, want: Want, place: &Place) -> Option<String> {
    let quotient = Quotient::of(e, place).ok()?;
    if !quotient.denominator.is_empty() {
        return None;
    }
    let (shape, tactics) = squared(&quotient, want.is_strict(), place)?;
    Some(format!("apply (pos_eq {}); [{} | {tactics}].", shape.rocq(), quotient.equals(place)))
}

/// Whether no term of a polynomial is negative, and if so whether one is positive.
fn coefficients(p: &Polynomial, quotient: &Quotient, place: &Place) -> Option<bool> {
    let mut some = false;
    for (monomial, coefficient) in p.terms() {
        if *coefficient < Rational::ZERO {
            return None;
        }
        let mut positive = true;
        for (index, _) in monomial.iter().enumerate().filter(|(_, k)| **k > 0) {
            let x = quotient.name(index);
            positive &= match x.symbol() {
                Some(name) => place.sign(name)?,
                None => true, // pi
            };
        }
        some |= positive;
    }
    Some(some)
}

/// $a + b\sqrt r$ by $a^2 - b^2 r$: the numerator in that form, and tactics.
fn squared(quotient: &Quotient, strict: bool, place: &Place) -> Option<(Expr, String)> {
    for relation in place.relations().iter().rev() {
        let Some(index) = quotient.variable(&relation.symbol) else { continue };
        let parts = quotient.numerator.by_powers_of(index);
        let [a, b] = &parts[..] else { continue };
        let (a_expr, b_expr) = (quotient.expr(a), quotient.expr(b));
        let (first, second) = (&a_expr * &a_expr, &b_expr * &b_expr * &relation.square);
        let ways = [("first_larger", a, &first - &second), ("second_larger", b, &second - &first)];
        for (lemma, larger, difference) in ways {
            if coefficients(larger, quotient, place).is_none() {
                continue;
            }
            let want = if strict { Positive } else { Nonneg };
            let Some(rest) = direct(&difference, want, place) else { continue };
            let name = relation.symbol.rocq();
            let lemma = if strict { format!("{lemma}_strictly") } else { lemma.to_owned() };
            let tactics = format!(
                "apply ({lemma} {} {} {name} {}); [nonneg | exact {} | nonneg | {}]",
                a_expr.rocq(),
                b_expr.rocq(),
                relation.square.rocq(),
                relation.hypothesis,
                rest.trim_end_matches('.')
            );
            return Some((a_expr + b_expr * &relation.symbol, tactics));
        }
    }
    None
}

/// Products, sums and powers taken apart.
fn apart(e: &Expr, want: Want, place: &Place) -> Option<String> {
    let of = |e: &Expr, want: Want| prove(e, want, place).map(|p| format!("{{ {p} }}"));
    let two = |lemma: &str, a: (&Expr, Want), b: (&Expr, Want)| {
        Some(format!("apply {lemma}. {} {}", of(a.0, a.1)?, of(b.0, b.1)?))
    };
    match e.node() {
        Node::Neg(a) if want.is_above() => prove(a, want.reversed(), place),
        Node::Neg(a) => {
            let inner = prove(a, want.reversed(), place)?;
            let lemma = if want.is_strict() { "pos_eq" } else { "nonneg_eq" };
            Some(format!("apply ({lemma} {}); [ring | ]. {inner}", a.rocq()))
        }
        Node::Add(a, b) if is_supplement(a, b, place) && want == Nonneg => {
            Some("assumption.".to_owned())
        }
        Node::Add(a, b) => {
            let weak = want.weak();
            match want {
                Nonneg => two("Rplus_le_le_0_compat", (a, weak), (b, weak)),
                Positive => two("Rplus_lt_le_0_compat", (a, want), (b, weak))
                    .or_else(|| two("Rplus_le_lt_0_compat", (a, weak), (b, want))),
                Nonpos => two("nonpos_add", (a, weak), (b, weak)),
                Negative => two("neg_add", (a, want), (b, weak)),
            }
        }
        Node::Mul(a, b) => match want {
            Nonneg => two("Rmult_le_pos", (a, Nonneg), (b, Nonneg))
                .or_else(|| two("nonneg_mul_neg", (a, Nonpos), (b, Nonpos))),
            Positive => two("Rmult_lt_0_compat", (a, Positive), (b, Positive))
                .or_else(|| two("pos_mul_neg", (a, Negative), (b, Negative))),
            Nonpos => two("nonpos_mul_left", (a, Nonpos), (b, Nonneg))
                .or_else(|| two("nonpos_mul_right", (a, Nonneg), (b, Nonpos))),
            Negative => two("neg_mul_left", (a, Negative), (b, Positive))
                .or_else(|| two("neg_mul_right", (a, Positive), (b, Negative))),
        },
        Node::Div(a, b) => {
            let lemma = match want {
                Nonneg => "nonneg_div",
                Positive => "pos_div",
                Nonpos => "nonpos_div",
                Negative => "neg_div",
            };
            two(lemma, (a, want), (b, Positive))
        }
        Node::Pow(a, k) if *k > 0 && k % 2 == 0 && want.is_above() => {
            if want.is_strict() {
                return Some(format!("apply (even_power_pos {}). {}", k / 2, nonzero(a, place)?));
            }
            Some(format!("apply (even_power {}).", k / 2))
        }
        Node::Pow(a, k) if *k > 0 && want.is_above() => {
            let lemma = if want.is_strict() { "pow_lt" } else { "pow_le" };
            Some(format!("apply {lemma}. {}", of(a, want)?))
        }
        _ => None,
    }
}

/// $\pi - \arccos x$, of which the sign is a hypothesis.
fn is_supplement(a: &Expr, b: &Expr, place: &Place) -> bool {
    let known =
        |e: &Expr| e.symbol().is_some_and(|n| n.starts_with("a:") && place.sign(n).is_some());
    matches!(a.node(), Node::Pi) && matches!(b.node(), Node::Neg(e) if known(e))
}

/// Tactics for $e \ne 0$.
pub(super) fn nonzero(e: &Expr, place: &Place) -> Option<String> {
    let two = |lemma: &str, a: &Expr, b: &Expr| {
        Some(format!("apply {lemma}. {{ {} }} {{ {} }}", nonzero(a, place)?, nonzero(b, place)?))
    };
    match e.node() {
        Node::Mul(a, b) => two("mul_ne", a, b),
        Node::Div(a, b) => two("div_ne", a, b),
        Node::Neg(a) => Some(format!("apply opp_ne. {}", nonzero(a, place)?)),
        Node::Pow(a, k) if *k > 0 => Some(format!("apply pow_nonzero. {}", nonzero(a, place)?)),
        _ => {
            let above = prove(e, Positive, place).map(|p| format!("apply pos_ne. {p}"));
            above.or_else(|| prove(e, Negative, place).map(|p| format!("apply neg_ne. {p}")))
        }
    }
    .or_else(|| {
        let above = direct(e, Positive, place).map(|p| format!("apply pos_ne. {p}"));
        above.or_else(|| direct(e, Negative, place).map(|p| format!("apply neg_ne. {p}")))
    })
}
