//! From a normal form back to an expression.

use super::expr::Node;
use super::polynomial::Monomial;
use super::{Atom, Expr, Fraction, Normaliser, Polynomial, Rational, pi};
use std::collections::{BTreeMap, BTreeSet};

/// Atoms that are restored already: what holds one of them twice shares it.
type Restored = BTreeMap<usize, Expr>;

impl Normaliser {
    /// An expression whose normal form is this fraction.
    pub fn expression(&self, f: &Fraction) -> Expr {
        self.fraction_of(f, &self.restored(f.denominator.keys().chain([&f.numerator])))
    }

    /// An expression whose normal form is this polynomial.
    pub fn sum(&self, p: &Polynomial) -> Expr {
        self.sum_of(p, &self.restored([p]))
    }

    /// The atoms of some polynomials, and those inside of them, which stand before them.
    fn restored<'a>(&'a self, of: impl IntoIterator<Item = &'a Polynomial>) -> Restored {
        let mut needed: BTreeSet<usize> = of.into_iter().flat_map(|p| p.variables()).collect();
        let mut left: Vec<usize> = needed.iter().copied().collect();
        while let Some(index) = left.pop() {
            let Atom::Of(_, x) = &self.atoms()[index] else { continue };
            let inside = x.denominator.keys().chain([&x.numerator]);
            left.extend(inside.flat_map(|p| p.variables()).filter(|i| needed.insert(*i)));
        }
        let mut all = Restored::new();
        for index in needed {
            let atom = match &self.atoms()[index] {
                Atom::Symbol(name) => Expr::new(Node::Symbol(name.clone())),
                Atom::Pi => pi(),
                Atom::Of(f, x) => Expr::new(Node::Apply(*f, self.fraction_of(x, &all))),
            };
            all.insert(index, atom);
        }
        all
    }

    fn fraction_of(&self, f: &Fraction, atoms: &Restored) -> Expr {
        let top = self.sum_of(&f.numerator, atoms);
        let factors = f.denominator.iter();
        let factors = factors.map(|(p, k)| (self.sum_of(p, atoms), i32::try_from(*k)));
        factors.fold(top, |all, (factor, k)| match k {
            Ok(1) => all / factor,
            Ok(k) => all / factor.pow(k),
            Err(_) => all / 0, // no power is that high: undefined, so that nothing follows from it
        })
    }

    fn sum_of(&self, p: &Polynomial, atoms: &Restored) -> Expr {
        let term = |(monomial, c): (&Monomial, &Rational)| {
            let powers = monomial.iter().enumerate().filter(|(_, k)| **k > 0);
            powers.fold(Expr::number(c.clone()), |all, (index, k)| {
                let power = match (atoms.get(&index), i32::try_from(*k)) {
                    (Some(atom), Ok(1)) => atom.clone(),
                    (Some(atom), Ok(k)) => atom.pow(k),
                    _ => Expr::from(1) / 0, // as above
                };
                if all == 1.into() { power } else { all * power }
            })
        };
        p.terms().map(term).reduce(|sum, next| sum + next).unwrap_or(0.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vars;

    #[test]
    fn a_restored_expression_has_the_same_normal_form() {
        let (x, y) = vars!("x", "y");
        let cases = [
            (&x + 1) / (&x - &y).pow(2) - 3 * x.sqrt() * y.exp(),
            ((1 + &x / &y).sqrt() + (2 * &y).ln()).pow(3) / (pi() + x.cos()),
            &x - &x,
        ];
        for e in cases {
            let mut normaliser = Normaliser::default();
            let f = normaliser.fraction(&e).unwrap();
            let back = normaliser.expression(&f);
            assert!(Normaliser::default().same(&e, &back).unwrap(), "{e}: {back}");
        }
    }
}
