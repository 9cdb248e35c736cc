//! Polynomials in many variables with rational coefficients.

use super::Rational;
use std::collections::BTreeMap;

/// Exponents by variable, without zeros at the end. Compared as words: a monomial order.
pub(crate) type Monomial = Vec<u32>;

/// A sum of monomials with rational coefficients, none of them 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Polynomial {
    terms: BTreeMap<Monomial, Rational>,
}

fn product(a: &Monomial, b: &Monomial) -> Monomial {
    let at = |m: &Monomial, i: usize| m.get(i).copied().unwrap_or(0);
    (0..a.len().max(b.len())).map(|i| at(a, i) + at(b, i)).collect()
}

/// $a / b$, if it is a monomial.
fn quotient(a: &Monomial, b: &Monomial) -> Option<Monomial> {
    if b.len() > a.len() {
        return None;
    }
    let mut left = a.clone();
    for (x, y) in left.iter_mut().zip(b) {
        *x = x.checked_sub(*y)?;
    }
    trim(&mut left);
    Some(left)
}

fn trim(m: &mut Monomial) {
    while m.last() == Some(&0) {
        m.pop();
    }
}

impl Polynomial {
    /// A number.
    pub fn constant(value: Rational) -> Self {
        let mut p = Self::default();
        p.add_term(Monomial::new(), value);
        p
    }

    /// The variable of an index.
    pub fn variable(index: usize) -> Self {
        let mut m = vec![0; index + 1];
        m[index] = 1;
        let mut p = Self::default();
        p.add_term(m, Rational::ONE);
        p
    }

    pub(crate) fn add_term(&mut self, monomial: Monomial, coefficient: Rational) {
        use std::collections::btree_map::Entry;
        if coefficient.is_zero() {
            return;
        }
        match self.terms.entry(monomial) {
            Entry::Vacant(place) => {
                place.insert(coefficient);
            }
            Entry::Occupied(mut place) => {
                *place.get_mut() += coefficient;
                if place.get().is_zero() {
                    place.remove();
                }
            }
        }
    }

    /// Exponents and coefficients, in the monomial order.
    pub(crate) fn terms(&self) -> impl Iterator<Item = (&Monomial, &Rational)> {
        self.terms.iter()
    }

    /// The number of terms.
    pub fn size(&self) -> usize {
        self.terms.len()
    }

    /// Whether it is the polynomial 0.
    pub fn is_zero(&self) -> bool {
        self.terms.is_empty()
    }

    /// Its value, if it has no variable.
    pub fn as_constant(&self) -> Option<Rational> {
        match self.terms.len() {
            0 => Some(Rational::ZERO),
            1 => self.terms.get(&Monomial::new()).cloned(),
            _ => None,
        }
    }

    /// The sum.
    pub fn plus(&self, other: &Self) -> Self {
        let mut sum = self.clone();
        for (m, c) in &other.terms {
            sum.add_term(m.clone(), c.clone());
        }
        sum
    }

    /// The difference.
    pub fn minus(&self, other: &Self) -> Self {
        let mut difference = self.clone();
        for (m, c) in &other.terms {
            difference.add_term(m.clone(), -c.clone());
        }
        difference
    }

    /// The product.
    pub fn times(&self, other: &Self) -> Self {
        let mut all = Self::default();
        for (m, c) in &self.terms {
            for (n, d) in &other.terms {
                all.add_term(product(m, n), c * d);
            }
        }
        all
    }

    /// Times a number.
    pub fn scaled(&self, factor: &Rational) -> Self {
        if factor.is_zero() {
            return Self::default();
        }
        Self { terms: self.terms.iter().map(|(m, c)| (m.clone(), c * factor)).collect() }
    }

    /// A whole power.
    pub fn power(&self, exponent: u32) -> Self {
        let one = Self::constant(Rational::ONE);
        (0..exponent).fold(one, |all, _| all.times(self))
    }

    /// A power has at most this many terms: $\binom{k + s - 1}{s - 1}$ for $s$ terms.
    pub(crate) fn terms_of_power(&self, k: u32) -> usize {
        let mut terms: usize = 1;
        for i in 1..self.size() {
            let Some(product) = terms.checked_mul(k as usize + i) else { return usize::MAX };
            terms = product / i;
        }
        terms
    }

    /// The coefficient of the largest monomial; 0 for 0.
    pub(crate) fn leading(&self) -> Rational {
        self.terms.last_key_value().map_or(Rational::ZERO, |(_, c)| c.clone())
    }

    /// The quotient, if the division leaves nothing.
    pub fn divided(&self, by: &Self) -> Option<Self> {
        let (top, coefficient) = by.terms.last_key_value()?;
        let (mut left, mut quotients) = (self.clone(), Self::default());
        while let Some((m, c)) = left.terms.last_key_value() {
            let (m, c) = (quotient(m, top)?, c / coefficient);
            for (n, d) in &by.terms {
                left.add_term(product(&m, n), -(&c * d));
            }
            quotients.add_term(m, c);
        }
        Some(quotients)
    }

    /// The largest sum of exponents of a term; 0 for 0.
    pub fn degree(&self) -> u64 {
        self.terms.keys().map(|m| m.iter().map(|k| u64::from(*k)).sum()).max().unwrap_or(0)
    }

    /// The highest power of a variable.
    pub fn degree_in(&self, variable: usize) -> u32 {
        self.terms.keys().map(|m| m.get(variable).copied().unwrap_or(0)).max().unwrap_or(0)
    }

    /// The coefficients of the powers of a variable, each a polynomial in the others.
    pub fn by_powers_of(&self, variable: usize) -> Vec<Self> {
        let mut parts = vec![Self::default(); self.degree_in(variable) as usize + 1];
        for (m, c) in &self.terms {
            let mut m = m.clone();
            let power = m.get_mut(variable).map_or(0, std::mem::take);
            trim(&mut m);
            parts[power as usize].add_term(m, c.clone());
        }
        parts
    }

    /// The variables that occur.
    pub fn variables(&self) -> std::collections::BTreeSet<usize> {
        let used = |m: &Monomial| -> Vec<usize> { (0..m.len()).filter(|i| m[*i] > 0).collect() };
        self.terms.keys().flat_map(used).collect()
    }

    /// The variables that occur with a power of 2 or more.
    pub(crate) fn squared(&self) -> std::collections::BTreeSet<usize> {
        let high = |m: &Monomial| -> Vec<usize> { (0..m.len()).filter(|i| m[*i] > 1).collect() };
        self.terms.keys().flat_map(high).collect()
    }

    /// The exponents that all terms share.
    pub(crate) fn common_monomial(&self) -> Monomial {
        let mut keys = self.terms.keys();
        let Some(first) = keys.next() else { return Monomial::new() };
        let mut shared = first.clone();
        for m in keys {
            shared.truncate(m.len());
            shared.iter_mut().zip(m).for_each(|(a, b)| *a = (*a).min(*b));
        }
        trim(&mut shared);
        shared
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quickcheck::quickcheck;

    fn small(terms: &[(u8, u8, i8)]) -> Polynomial {
        let mut p = Polynomial::default();
        for (a, b, c) in terms.iter().take(5) {
            let mut m = vec![u32::from(*a % 4), u32::from(*b % 4)];
            trim(&mut m);
            p.add_term(m, Rational::from(i32::from(*c)));
        }
        p
    }

    quickcheck! {
        fn a_product_divided_by_a_factor_is_the_other(a: Vec<(u8, u8, i8)>, b: Vec<(u8, u8, i8)>) -> bool {
            let (a, b) = (small(&a), small(&b));
            b.is_zero() || a.times(&b).divided(&b) == Some(a)
        }

        fn sums_and_products_distribute(
            a: Vec<(u8, u8, i8)>, b: Vec<(u8, u8, i8)>, c: Vec<(u8, u8, i8)>
        ) -> bool {
            let (a, b, c) = (small(&a), small(&b), small(&c));
            a.times(&b.plus(&c)) == a.times(&b).plus(&a.times(&c))
                && a.minus(&a).is_zero()
                && a.times(&b) == b.times(&a)
        }
    }

    #[test]
    fn what_does_not_divide_is_not_divided() {
        let (x, y) = (Polynomial::variable(0), Polynomial::variable(1));
        assert_eq!(x.plus(&y).divided(&y), None);
        assert_eq!(x.divided(&Polynomial::default()), None);
    }

    #[test]
    fn powers_of_a_variable_are_collected() {
        let (x, y) = (Polynomial::variable(0), Polynomial::variable(1));
        let p = x.power(2).times(&y).plus(&x).plus(&y);
        assert_eq!(p.by_powers_of(0), [y.clone(), Polynomial::constant(Rational::ONE), y]);
        assert_eq!(p.common_monomial(), Monomial::new());
        assert_eq!(x.power(3).plus(&x.power(2)).common_monomial(), vec![2]);
    }
}
