//! What a theory evaluates: an expression at values of its symbols, and the step that states it.

use crate::exact::Expr;

/// An expression at values of its symbols, and the step of the derivation that states it.
#[derive(Clone, Debug)]
pub struct Formula {
    pub(super) step: &'static str,
    pub(super) expression: Expr,
    pub(super) values: Vec<(&'static str, f64)>,
    pub(super) instance: Vec<(&'static str, Expr)>,
    pub(super) found: Vec<Found>,
}

/// A symbol whose value an algorithm found.
#[derive(Clone, Debug)]
pub(super) enum Found {
    /// The root of an equation in the symbol, which a step shows to be the only one.
    Root { symbol: Expr, equation: Expr, step: &'static str },
    /// $\int_a^b f$, of which a step gives an antiderivative.
    Integral { symbol: Expr, integrand: Expr, in_: Expr, ends: [f64; 2], step: &'static str },
}

impl Formula {
    /// The expression that `step` states, at values of its symbols, which are called as in the
    /// point.
    ///
    /// The step states the sides of an identity, the expression of a sign, the function of a rule,
    /// an integrand and its antiderivative: each as a whole. A part of it is not stated.
    pub fn of<const K: usize>(
        step: &'static str,
        expression: &Expr,
        values: [(&'static str, f64); K],
    ) -> Self {
        let (values, expression) = (values.to_vec(), expression.clone());
        Self { step, expression, values, instance: Vec::new(), found: Vec::new() }
    }

    /// The root of `equation` in a symbol, whose value is among `values`; `step` says that there is
    /// only one: the slope of the equation has a strict sign.
    pub fn root_of<const K: usize>(
        symbol: &Expr,
        equation: &Expr,
        step: &'static str,
        values: [(&'static str, f64); K],
    ) -> Self {
        Self::of(step, symbol, values).root(symbol, equation, step)
    }

    /// Takes the step at an instance: a symbol of the step is this expression in the symbols of
    /// the formula.
    pub fn instance(mut self, symbol: &'static str, is: impl Into<Expr>) -> Self {
        self.instance.push((symbol, is.into()));
        self
    }

    /// The value of a symbol is the root of `equation` in it; `step` says that there is only one:
    /// the slope of the equation has a strict sign.
    pub fn root(mut self, symbol: &Expr, equation: &Expr, step: &'static str) -> Self {
        let (symbol, equation) = (symbol.clone(), equation.clone());
        self.found.push(Found::Root { symbol, equation, step });
        self
    }

    /// The value of a symbol is $\int_a^b f$ in the variable `in_`, and `step` is the rule `Ftc`
    /// for $f$, which is taken as it is and not at an instance.
    pub fn integral(
        mut self,
        symbol: &Expr,
        integrand: &Expr,
        in_: &Expr,
        ends: [f64; 2],
        step: &'static str,
    ) -> Self {
        let (symbol, integrand, in_) = (symbol.clone(), integrand.clone(), in_.clone());
        self.found.push(Found::Integral { symbol, integrand, in_, ends, step });
        self
    }

    /// The value in double precision: what the theory returns.
    ///
    /// # Panics
    /// If a symbol of the expression has no value.
    pub fn value(&self) -> f64 {
        self.expression.eval(&self.values)
    }
}

impl From<Formula> for Vec<Formula> {
    fn from(formula: Formula) -> Self {
        vec![formula]
    }
}
