//! Quotients of polynomials, with the denominator kept in factors.

use super::{Polynomial, Rational};
use std::collections::BTreeMap;

/// A numerator over powers of factors, each factor monic and not constant.
///
/// Without a greatest common divisor: only whole factors cancel. So a fraction is 0 exactly if its
/// numerator is, but equal fractions may look different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fraction {
    /// Above the line.
    pub numerator: Polynomial,
    /// Below the line, with multiplicities.
    pub denominator: BTreeMap<Polynomial, u32>,
}

impl Fraction {
    /// A polynomial.
    pub fn whole(numerator: Polynomial) -> Self {
        Self { numerator, denominator: BTreeMap::new() }
    }

    /// A number.
    pub fn constant(value: Rational) -> Self {
        Self::whole(Polynomial::constant(value))
    }

    /// Its value, if it is a number.
    pub fn as_constant(&self) -> Option<Rational> {
        if self.denominator.is_empty() { self.numerator.as_constant() } else { None }
    }

    /// The denominator multiplied out.
    pub fn expanded_denominator(&self) -> Polynomial {
        let one = Polynomial::constant(Rational::ONE);
        self.denominator.iter().fold(one, |all, (f, k)| all.times(&f.power(*k)))
    }

    /// The denominator multiplied out has at most this many terms.
    pub(crate) fn terms_below(&self) -> usize {
        let terms = self.denominator.iter().map(|(f, k)| f.terms_of_power(*k));
        terms.fold(1, usize::saturating_mul)
    }

    /// Products of terms for the numerator over the common denominator with another fraction.
    pub(crate) fn lifting_cost(&self, other: &Self) -> usize {
        let (mut terms, mut cost) = (self.numerator.size(), self.numerator.size());
        for (factor, k) in &other.denominator {
            let own = self.denominator.get(factor).copied().unwrap_or(0);
            let missing = k.saturating_sub(own);
            terms = terms.saturating_mul(factor.terms_of_power(missing));
            let each = factor.size().saturating_mul(missing as usize);
            cost = cost.saturating_add(terms.saturating_mul(each));
        }
        cost
    }

    /// The sum over the common denominator.
    pub(crate) fn plus(&self, other: &Self) -> Self {
        let mut common = self.denominator.clone();
        for (factor, k) in &other.denominator {
            let power = common.entry(factor.clone()).or_insert(0);
            *power = (*power).max(*k);
        }
        let lifted = |f: &Self| {
            common.iter().fold(f.numerator.clone(), |all, (factor, k)| {
                let missing = k - f.denominator.get(factor).copied().unwrap_or(0);
                if missing == 0 { all } else { all.times(&factor.power(missing)) }
            })
        };
        Self { numerator: lifted(self).plus(&lifted(other)), denominator: common }.cancelled()
    }

    pub(crate) fn negated(&self) -> Self {
        Self {
            numerator: self.numerator.scaled(&-Rational::ONE),
            denominator: self.denominator.clone(),
        }
    }

    /// The product; factors cancel across.
    pub(crate) fn times(&self, other: &Self) -> Self {
        let mut denominator = self.denominator.clone();
        for (factor, k) in &other.denominator {
            *denominator.entry(factor.clone()).or_insert(0) += k;
        }
        Self { numerator: self.numerator.times(&other.numerator), denominator }.cancelled()
    }

    /// Divides out of the numerator what factors of the denominator it has.
    fn cancelled(mut self) -> Self {
        if self.numerator.is_zero() {
            self.denominator.clear();
            return self;
        }
        for (factor, k) in &mut self.denominator {
            while *k > 0 {
                let Some(quotient) = self.numerator.divided(factor) else { break };
                self.numerator = quotient;
                *k -= 1;
            }
        }
        self.denominator.retain(|_, k| *k > 0);
        self
    }
}
