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

fn binding(e: &Expr) -> Binding {
    match e.node() {
        Node::Add(..) | Node::Neg(_) => Binding::Sum,
        Node::Number(v) if *v < Rational::ZERO => Binding::Sum,
        Node::Number(v) if !v.is_int() => Binding::Product,
        Node::Mul(..) | Node::Div(..) => Binding::Product,
        Node::Pow(..) => Binding::Power,
        _ => Binding::Tight,
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wrapped = |e: &Expr, least: Binding| {
            if binding(e) < least { format!("({e})") } else { e.to_string() }
        };
        match self.node() {
            Node::Number(value) => write!(f, "{value}"),
            Node::Symbol(name) => write!(f, "{name}"),
            Node::Pi => write!(f, "pi"),
            Node::Add(a, b) => match b.node() {
                Node::Neg(b) => write!(f, "{a} - {}", wrapped(b, Binding::Product)),
                _ => write!(f, "{a} + {}", wrapped(b, Binding::Product)),
            },
            Node::Mul(a, b) => {
                write!(f, "{} * {}", wrapped(a, Binding::Product), wrapped(b, Binding::Product))
            }
            Node::Div(a, b) => {
                write!(f, "{} / {}", wrapped(a, Binding::Product), wrapped(b, Binding::Power))
            }
            Node::Neg(a) => write!(f, "-{}", wrapped(a, Binding::Product)),
            Node::Pow(a, k) => write!(f, "{}^{k}", wrapped(a, Binding::Tight)),
            Node::Apply(function, a) => {
                let name = match function {
                    Function::Sqrt => "sqrt",
                    Function::Exp => "exp",
                    Function::Ln => "log",
                    Function::Sin => "sin",
                    Function::Cos => "cos",
                    Function::Acos => "arccos",
                };
                write!(f, "{name}({a})")
            }
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
    /// The formula in LaTeX.
    pub fn latex(&self) -> String {
        let wrapped = |e: &Expr, least: Binding| {
            let inner = e.latex();
            // A fraction is drawn with a line and needs no brackets in a product.
            let fraction = matches!(e.node(), Node::Div(..) | Node::Number(_));
            let loose = binding(e) < least && !(fraction && least == Binding::Product);
            if loose { format!(r"\left({inner}\right)") } else { inner }
        };
        match self.node() {
            Node::Number(v) if v.is_int() => v.to_string(),
            Node::Number(v) => {
                let sign = if *v < Rational::ZERO { "-" } else { "" };
                let top = v.numerator().to_string();
                format!(r"{sign}\frac{{{}}}{{{}}}", top.trim_start_matches('-'), v.denominator())
            }
            Node::Symbol(name) => symbol(name),
            Node::Pi => r"\pi".to_owned(),
            Node::Add(a, b) => match b.node() {
                Node::Neg(b) => format!("{} - {}", a.latex(), wrapped(b, Binding::Product)),
                _ => format!("{} + {}", a.latex(), wrapped(b, Binding::Product)),
            },
            Node::Mul(a, b) => {
                let dot = if b.as_number().is_some() { r" \cdot " } else { " " };
                format!("{}{dot}{}", wrapped(a, Binding::Product), wrapped(b, Binding::Product))
            }
            Node::Div(a, b) => format!(r"\frac{{{}}}{{{}}}", a.latex(), b.latex()),
            Node::Neg(a) => format!("-{}", wrapped(a, Binding::Product)),
            Node::Pow(a, k) => {
                let squared = a.symbol().is_some_and(|n| symbol(n).contains('^'));
                let base = if squared {
                    format!(r"\left({}\right)", a.latex())
                } else {
                    wrapped(a, Binding::Tight)
                };
                format!("{base}^{{{k}}}")
            }
            Node::Apply(Function::Sqrt, a) => format!(r"\sqrt{{{}}}", a.latex()),
            Node::Apply(Function::Exp, a) => format!("e^{{{}}}", a.latex()),
            Node::Apply(function, a) => {
                let name = match function {
                    Function::Ln => r"\log",
                    Function::Sin => r"\sin",
                    Function::Cos => r"\cos",
                    _ => r"\arccos",
                };
                format!(r"{name}\left({}\right)", a.latex())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::exact::{pi, ratio};
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
