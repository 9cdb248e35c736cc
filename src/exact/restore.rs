//! From a normal form back to an expression.

use super::expr::Node;
use super::polynomial::Monomial;
use super::{Atom, Expr, Fraction, Normaliser, Polynomial, Rational, pi};

impl Normaliser {
    /// An expression whose normal form is this fraction.
    pub fn expression(&self, f: &Fraction) -> Expr {
        let top = self.sum(&f.numerator);
        let factors = f.denominator.iter().map(|(p, k)| (self.sum(p), i32::try_from(*k)));
        factors.fold(top, |all, (factor, k)| match k {
            Ok(1) => all / factor,
            Ok(k) => all / factor.pow(k),
            Err(_) => all / 0, // no power is that high: undefined, so that nothing follows from it
        })
    }

    /// An expression whose normal form is this polynomial.
    pub fn sum(&self, p: &Polynomial) -> Expr {
        let term = |(monomial, c): (&Monomial, &Rational)| {
            let powers = monomial.iter().enumerate().filter(|(_, k)| **k > 0);
            powers.fold(Expr::number(c.clone()), |all, (index, k)| {
                let atom = self.atom_expression(&self.atoms()[index]);
                let power = match i32::try_from(*k) {
                    Ok(1) => atom,
                    Ok(k) => atom.pow(k),
                    Err(_) => atom / 0, // as above
                };
                if all == 1.into() { power } else { all * power }
            })
        };
        p.terms().map(term).reduce(|sum, next| sum + next).unwrap_or(0.into())
    }

    fn atom_expression(&self, atom: &Atom) -> Expr {
        match atom {
            Atom::Symbol(name) => Expr::new(Node::Symbol(name.clone())),
            Atom::Pi => pi(),
            Atom::Of(function, x) => Expr::new(Node::Apply(*function, self.expression(x))),
        }
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
