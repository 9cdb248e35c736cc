//! Expressions in the syntax of Rocq's real analysis (scope `R_scope`).

use super::expr::Node;
use super::{Expr, Function, Rational};

/// Lower-case words that a symbol must not shadow: keywords, functions, and lemmas that the emitted
/// proofs use.
const RESERVED: [&str; 53] = [
    "as",
    "at",
    "cofix",
    "else",
    "end",
    "exists",
    "exists2",
    "fix",
    "for",
    "forall",
    "fun",
    "if",
    "in",
    "let",
    "match",
    "mod",
    "return",
    "then",
    "using",
    "where",
    "with",
    "by",
    "sqrt",
    "exp",
    "ln",
    "sin",
    "cos",
    "acos",
    "pow",
    "is_derive",
    "pos",
    "nonneg",
    "sides",
    "known",
    "not",
    "or",
    "and",
    "eq",
    "conj",
    "proj1",
    "proj2",
    "field",
    "ring",
    "lra",
    "pos_ne",
    "neg_ne",
    "pos_eq",
    "nonneg_eq",
    "ne_eq",
    "div_ne",
    "even_pow",
    "pow_nonzero",
    "id",
];

/// A name as an identifier: different names give different ones. A colon becomes a prime, other
/// characters that Rocq does not allow their number; what collides with a word of Rocq, or begins
/// with a capital letter as its lemmas do, ends with two primes.
pub(crate) fn identifier(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        match c {
            ':' => text.push('\''),
            c if c.is_ascii_alphanumeric() || c == '_' => text.push(c),
            c => text.push_str(&format!("'x{:x}'", u32::from(c))),
        }
    }
    if !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        text.insert_str(0, "s''");
    }
    if RESERVED.contains(&text.as_str()) || text.starts_with(|c: char| c.is_ascii_uppercase()) {
        text.push_str("''");
    }
    text
}

fn number(value: &Rational) -> String {
    let top = value.numerator();
    match (value.is_int(), *value < Rational::ZERO) {
        (true, false) => top.to_string(),
        (true, true) => format!("({top})"),
        (false, false) => format!("({top} / {})", value.denominator()),
        (false, true) => format!("(({top}) / {})", value.denominator()),
    }
}

impl Expr {
    /// The term in Rocq, with brackets around every operation, so that no precedence is relied on.
    ///
    /// Rocq's division by 0 is 0, and so are its roots and logarithms of negative numbers: a
    /// statement must also say where the expression is defined.
    pub fn rocq(&self) -> String {
        match self.node() {
            Node::Number(value) => number(value),
            Node::Symbol(name) => identifier(name),
            Node::Pi => "PI".to_owned(),
            Node::Add(a, b) => match b.node() {
                Node::Neg(b) => format!("({} - {})", a.rocq(), b.rocq()),
                _ => format!("({} + {})", a.rocq(), b.rocq()),
            },
            Node::Mul(a, b) => format!("({} * {})", a.rocq(), b.rocq()),
            Node::Div(a, b) => format!("({} / {})", a.rocq(), b.rocq()),
            Node::Neg(a) => format!("(- {})", a.rocq()),
            Node::Pow(a, k) if *k < 0 => format!("(/ ({} ^ {}))", a.rocq(), k.unsigned_abs()),
            Node::Pow(a, k) => format!("({} ^ {k})", a.rocq()),
            Node::Apply(function, a) => {
                let name = match function {
                    Function::Sqrt => "sqrt",
                    Function::Exp => "exp",
                    Function::Ln => "ln",
                    Function::Sin => "sin",
                    Function::Cos => "cos",
                    Function::Acos => "acos",
                };
                format!("({name} {})", a.rocq())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::{any_symbol, pi, ratio};
    use crate::vars;

    #[test]
    fn every_operation_is_bracketed() {
        let (r2, gamma) = vars!("r2", "gamma");
        let risk = &r2 * (1 - 1 / &gamma) - ratio(-3, 4);
        assert_eq!(risk.rocq(), "((r2 * (1 - (1 / gamma))) - ((-3) / 4))");
        assert_eq!((-(&r2 - &gamma)).rocq(), "(- (r2 - gamma))");
        assert_eq!((-&r2).pow(2).rocq(), "((- r2) ^ 2)");
        assert_eq!(r2.pow(-2).rocq(), "(/ (r2 ^ 2))");
        assert_eq!(Expr::from(-2).pow(2).rocq(), "((-2) ^ 2)");
        let all = pi().cos() + gamma.acos() * r2.ln().exp() / gamma.sqrt().sin();
        let text = "((cos PI) + (((acos gamma) * (exp (ln r2))) / (sin (sqrt gamma))))";
        assert_eq!(all.rocq(), text);
    }

    #[test]
    fn names_stay_apart_and_shadow_nothing() {
        let names = ["x", "u:x", "u_x", "sin", "sin''", "PI", "1a", "fun", "λ", "w_12", "x'", "x-"];
        let all: std::collections::BTreeSet<String> =
            names.iter().map(|n| any_symbol(n).rocq()).collect();
        assert_eq!(all.len(), names.len(), "{all:?}");
        for name in all {
            assert!(!["sin", "PI", "fun"].contains(&name.as_str()));
            assert!(name.starts_with(|c: char| c.is_ascii_alphabetic()), "{name}");
            assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || "_'".contains(c)), "{name}");
        }
    }
}
