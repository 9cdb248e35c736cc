//! Expressions as text and as LaTeX.

use super::expr::Node;
use super::{Expr, Function, Rational};
use std::fmt;

/// How tightly an expression binds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Sum,
    Product,
    Power,
    Tight,
}

/// Without what nobody writes: terms of 0, factors of 1.
fn plain(e: &Expr) -> &Expr {
    let is = |e: &Expr, value: Rational| e.as_number().is_some_and(|v| *v == value);
    match e.node() {
        Node::Add(a, b) if is(a, Rational::ZERO) => plain(b),
        Node::Add(a, b) if is(b, Rational::ZERO) => plain(a),
        Node::Mul(a, b) if is(a, Rational::ONE) => plain(b),
        Node::Mul(a, b) | Node::Div(a, b) if is(b, Rational::ONE) => plain(a),
        _ => e,
    }
}

fn binding(e: &Expr) -> Binding {
    match plain(e).node() {
        Node::Add(..) | Node::Neg(_) => Binding::Sum,
        Node::Number(v) if *v < Rational::ZERO => Binding::Sum,
        Node::Number(v) if !v.is_int() => Binding::Product,
        Node::Mul(..) | Node::Div(..) => Binding::Product,
        Node::Pow(..) => Binding::Power,
        _ => Binding::Tight,
    }
}

/// An expression that is deeper or longer than this is not written out.
const DEPTH_MAX: usize = 400;
const OPERATIONS_MAX: u64 = 20_000;

/// What stands for an expression that nobody could read.
fn too_long(e: &Expr) -> Option<String> {
    let (depth, operations) = e.extent();
    let long = depth > DEPTH_MAX || operations > OPERATIONS_MAX;
    long.then(|| format!("(an expression of {operations} operations)"))
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&too_long(self).unwrap_or_else(|| text(self)))
    }
}

fn text(e: &Expr) -> String {
    let wrapped = |e: &Expr, least: Binding| {
        if binding(e) < least { format!("({})", text(e)) } else { text(e) }
    };
    let product = |e: &Expr| wrapped(e, Binding::Product);
    match plain(e).node() {
        Node::Number(value) => value.to_string(),
        Node::Symbol(name) => name.to_string(),
        Node::Pi => "pi".to_owned(),
        Node::Add(a, b) => match plain(b).node() {
            Node::Neg(b) => format!("{} - {}", text(a), product(b)),
            _ => format!("{} + {}", text(a), product(b)),
        },
        Node::Mul(a, b) => format!("{} * {}", product(a), product(b)),
        Node::Div(a, b) => format!("{} / {}", product(a), wrapped(b, Binding::Power)),
        Node::Neg(a) => format!("-{}", product(a)),
        Node::Pow(a, k) => format!("{}^{k}", wrapped(a, Binding::Tight)),
        Node::Apply(function, a) => {
            let name = match function {
                Function::Sqrt => "sqrt",
                Function::Exp => "exp",
                Function::Ln => "log",
                Function::Sin => "sin",
                Function::Cos => "cos",
                Function::Acos => "arccos",
            };
            format!("{name}({})", text(a))
        }
    }
}

/// Names that LaTeX spells with a backslash.
const GREEK: [&str; 20] = [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda", "mu",
    "nu", "xi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega",
];

/// A name: Greek letters by name, `r2` is $r^2$, and `w_12` has an index.
fn symbol(name: &str) -> String {
    let letter = |s: &str| if GREEK.contains(&s) { format!("\\{s}") } else { s.to_owned() };
    if let Some((base, index)) = name.split_once('_') {
        return format!("{}_{{{index}}}", letter(base));
    }
    match name.strip_suffix('2') {
        Some(base) if !base.is_empty() && base.chars().all(char::is_alphabetic) => {
            format!("{}^2", letter(base))
        }
        _ => letter(name),
    }
}

impl Expr {
    /// Whether it is short enough to be written out.
    pub(crate) fn is_readable(&self) -> bool {
        too_long(self).is_none()
    }

    /// The formula in LaTeX.
    pub fn latex(&self) -> String {
        match too_long(self) {
            Some(instead) => format!(r"\text{{{instead}}}"),
            None => latex(self),
        }
    }
}

fn latex(e: &Expr) -> String {
    let wrapped = |e: &Expr, least: Binding| {
        let inner = latex(e);
        // A fraction is drawn with a line and needs no brackets in a product.
        let fraction = matches!(plain(e).node(), Node::Div(..) | Node::Number(_));
        let loose = binding(e) < least && !(fraction && least == Binding::Product);
        if loose { format!(r"\left({inner}\right)") } else { inner }
    };
    match plain(e).node() {
        Node::Number(v) if v.is_int() => v.to_string(),
        Node::Number(v) => {
            let sign = if *v < Rational::ZERO { "-" } else { "" };
            let top = v.numerator().to_string();
            format!(r"{sign}\frac{{{}}}{{{}}}", top.trim_start_matches('-'), v.denominator())
        }
        Node::Symbol(name) => symbol(name),
        Node::Pi => r"\pi".to_owned(),
        Node::Add(a, b) => match plain(b).node() {
            Node::Neg(b) => format!("{} - {}", latex(a), wrapped(b, Binding::Product)),
            _ => format!("{} + {}", latex(a), wrapped(b, Binding::Product)),
        },
        Node::Mul(a, b) => {
            let dot = if plain(b).as_number().is_some() { r" \cdot " } else { " " };
            format!("{}{dot}{}", wrapped(a, Binding::Product), wrapped(b, Binding::Product))
        }
        Node::Div(a, b) => format!(r"\frac{{{}}}{{{}}}", latex(a), latex(b)),
        Node::Neg(a) => format!("-{}", wrapped(a, Binding::Product)),
        Node::Pow(a, k) => {
            // A superscript has none of its own.
            let squared = plain(a).symbol().is_some_and(|n| symbol(n).contains('^'))
                || matches!(plain(a).node(), Node::Apply(Function::Exp, _));
            let base = if squared {
                format!(r"\left({}\right)", latex(a))
            } else {
                wrapped(a, Binding::Tight)
            };
            format!("{base}^{{{k}}}")
        }
        Node::Apply(Function::Sqrt, a) => format!(r"\sqrt{{{}}}", latex(a)),
        Node::Apply(Function::Exp, a) => format!("e^{{{}}}", latex(a)),
        Node::Apply(function, a) => {
            let name = match function {
                Function::Ln => r"\log",
                Function::Sin => r"\sin",
                Function::Cos => r"\cos",
                _ => r"\arccos",
            };
            format!(r"{name}\left({}\right)", latex(a))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::exact::{Expr, pi, ratio};
    use crate::vars;

    #[test]
    fn formulas_read_as_in_the_paper() {
        let (r2, gamma, sigma2) = vars!("r2", "gamma", "sigma2");
        let risk = &r2 * (1 - 1 / &gamma) + &sigma2 / (&gamma - 1);
        assert_eq!(risk.to_string(), "r2 * (1 - 1 / gamma) + sigma2 / (gamma - 1)");
        assert_eq!(
            risk.latex(),
            r"r^2 \left(1 - \frac{1}{\gamma}\right) + \frac{\sigma^2}{\gamma - 1}"
        );
    }

    #[test]
    fn what_nobody_writes_is_not_printed() {
        let (x, y) = vars!("x", "y");
        for sum in [0 + &x, &x + 0, 1 * &x, &x * 1, &x / 1, 0 + 1 * (&x / 1)] {
            assert_eq!((sum.to_string(), sum.latex()), ("x".to_owned(), "x".to_owned()));
        }
        assert_eq!((2 * (0 + (&x + &y))).to_string(), "2 * (x + y)");
        assert_eq!((2 * (0 + &x)).to_string(), "2 * x");
        assert_eq!((0 - &x).to_string(), "-x");
        assert_eq!((-&x).exp().pow(2).latex(), r"\left(e^{-x}\right)^{2}");
        assert_eq!((&x * Expr::from(0) + 1 / &x).to_string(), "x * 0 + 1 / x");
    }

    #[test]
    fn brackets_stand_where_they_must() {
        let (x, y) = vars!("x", "y");
        assert_eq!((&x - (&y - 1)).to_string(), "x - (y - 1)");
        assert_eq!((-(&x + &y)).to_string(), "-(x + y)");
        assert_eq!((&x / (&y * 2)).to_string(), "x / (y * 2)");
        assert_eq!((&x + &y).pow(2).to_string(), "(x + y)^2");
        assert_eq!((ratio(1, 2) * pi()).latex(), r"\frac{1}{2} \pi");
        assert_eq!(x.pow(-1).latex(), "x^{-1}");
        assert_eq!(crate::exact::var("r2").pow(2).latex(), r"\left(r^2\right)^{2}");
        assert_eq!((x.exp() * y.sqrt()).latex(), r"e^{x} \sqrt{y}");
    }
}
