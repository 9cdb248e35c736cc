//! A rational expression as a quotient of polynomials, reduced by the relations among its symbols,
//! with the multiples of the relations that account for the difference: what Rocq needs to check
//! the equality by `field`.

use super::place::{Place, Unable};
use crate::exact::{Atom, Expr, Fraction, Normaliser, Polynomial, Rational};

/// `of` = numerator / denominator + $\sum$ multiple $\cdot$ relation.
pub(super) struct Quotient {
    pub(super) of: Expr,
    pub(super) numerator: Polynomial,
    pub(super) denominator: Vec<(Polynomial, u32)>,
    /// A multiple for each relation that is used, by its position.
    multiples: Vec<(Expr, usize)>,
    names: Vec<Expr>,
}

impl Quotient {
    /// The quotient of an expression without functions.
    pub(super) fn of(e: &Expr, place: &Place) -> Result<Self, Unable> {
        let mut normaliser = Normaliser::default();
        let made = |n: &mut Normaliser, e: &Expr| n.fraction(e).map_err(|error| error.to_string());
        let fraction = made(&mut normaliser, e)?;
        let squares: Result<Vec<(Fraction, Fraction)>, Unable> = place
            .relations()
            .iter()
            .map(|r| Ok((made(&mut normaliser, &r.symbol)?, made(&mut normaliser, &r.square)?)))
            .collect();
        let names = normaliser.atoms().iter().map(symbol).collect::<Option<Vec<_>>>();
        let names = names.ok_or("a function is left")?;
        let mut quotient = Self {
            of: e.clone(),
            numerator: fraction.numerator,
            denominator: fraction.denominator.into_iter().collect(),
            multiples: Vec::new(),
            names,
        };
        for (index, (root, square)) in squares?.iter().enumerate().rev() {
            quotient.reduce(index, &root.numerator, square)?;
        }
        Ok(quotient)
    }

    /// Replaces even powers of a symbol by what its square is.
    fn reduce(&mut self, index: usize, root: &Polynomial, square: &Fraction) -> Result<(), Unable> {
        let variable = root.variables().into_iter().next().ok_or("a relation without a symbol")?;
        if self.numerator.degree_in(variable) < 2 {
            return Ok(());
        }
        let parts = self.numerator.by_powers_of(variable);
        let most = ((parts.len() - 1) / 2) as u32;
        let (top, bottom) = (&square.numerator, square.expanded_denominator());
        let mut left = Polynomial::default();
        for (k, part) in parts.iter().enumerate() {
            let halves = (k / 2) as u32;
            let term = part.times(&top.power(halves)).times(&bottom.power(most - halves));
            left = left.plus(&if k % 2 == 1 { term.times(root) } else { term });
        }
        let relation = bottom.times(&root.power(2)).minus(top);
        let difference = self.numerator.times(&bottom.power(most)).minus(&left);
        let multiple = difference.divided(&relation).ok_or("a relation does not divide")?;
        self.numerator = left;
        self.denominator.extend(square.denominator.iter().map(|(f, k)| (f.clone(), k * most)));
        // `bottom` times the relation as the hypothesis has it.
        let multiple = self.expr(&multiple.times(&bottom)) / self.below();
        self.multiples.push((multiple, index));
        Ok(())
    }

    /// A polynomial as an expression.
    pub(super) fn expr(&self, p: &Polynomial) -> Expr {
        let mut sum: Option<Expr> = None;
        for (monomial, coefficient) in p.terms() {
            let mut term: Option<Expr> = None;
            for (index, k) in monomial.iter().enumerate().filter(|(_, k)| **k > 0) {
                let x = &self.names[index];
                let power = if *k == 1 { x.clone() } else { x.pow(*k as i32) };
                term = Some(term.map_or(power.clone(), |t| t * power));
            }
            let term = match term {
                None => Expr::number(coefficient.clone()),
                Some(t) if coefficient.is_one() => t,
                Some(t) => Expr::number(coefficient.clone()) * t,
            };
            sum = Some(sum.map_or(term.clone(), |s| s + term));
        }
        sum.unwrap_or_else(|| 0.into())
    }

    /// The denominator.
    pub(super) fn below(&self) -> Expr {
        let factors = self.denominator.iter().filter(|(_, k)| *k > 0);
        let factors = factors.map(|(f, k)| match k {
            1 => self.expr(f),
            k => self.expr(f).pow(*k as i32),
        });
        factors.reduce(|a, b| a * b).unwrap_or_else(|| 1.into())
    }

    /// The variable of a symbol.
    pub(super) fn name(&self, index: usize) -> &Expr {
        &self.names[index]
    }

    pub(super) fn variable(&self, symbol: &Expr) -> Option<usize> {
        self.names.iter().position(|x| x == symbol)
    }

    /// Tactics for a goal that `of` is the quotient, however that is written; or, where `of` is a
    /// difference that vanishes, for the equality of its sides.
    pub(super) fn equals(&self, place: &Place) -> String {
        if self.multiples.is_empty() {
            return "field; sides".to_owned();
        }
        let relation = |index: usize| &place.relations()[index];
        let sum = self
            .multiples
            .iter()
            .map(|(multiple, index)| multiple * &relation(*index).zero)
            .reduce(|a, b| a + b)
            .unwrap_or_else(|| 0.into());
        let mut used: Vec<&str> =
            self.multiples.iter().map(|(_, i)| relation(*i).hypothesis.as_str()).collect();
        used.dedup();
        format!(
            "apply Rminus_diag_uniq; transitivity {}; [field; sides | rewrite {}; ring]",
            sum.rocq(),
            used.join(", ")
        )
    }

    /// Whether the numerator is 0.
    pub(super) fn is_zero(&self) -> bool {
        self.numerator.is_zero()
    }

    /// With the other sign.
    pub(super) fn negated(mut self) -> Self {
        self.of = -self.of;
        self.numerator = self.numerator.scaled(&-Rational::ONE);
        for (multiple, _) in &mut self.multiples {
            *multiple = -&*multiple;
        }
        self
    }
}

fn symbol(atom: &Atom) -> Option<Expr> {
    match atom {
        Atom::Symbol(name) => Some(crate::exact::any_symbol(name)),
        Atom::Pi => Some(crate::exact::pi()),
        Atom::Of(..) => None,
    }
}
