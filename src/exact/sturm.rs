//! Sturm chains: how many distinct roots a polynomial in one variable has in an interval.
//!
//! Source: any text on real algebra; C. Sturm, 1829.

use super::Rational;

/// Coefficients in ascending powers of a polynomial in one variable.
type Dense = Vec<Rational>;

fn trimmed(mut p: Dense) -> Dense {
    while p.last().is_some_and(Rational::is_zero) {
        p.pop();
    }
    p
}

fn remainder(mut a: Dense, b: &Dense) -> Dense {
    let lead = b[b.len() - 1].clone();
    while a.len() >= b.len() {
        let factor = &a[a.len() - 1] / &lead;
        let shift = a.len() - b.len();
        for (i, c) in b.iter().enumerate() {
            let less = &factor * c;
            a[shift + i] -= less;
        }
        a.pop();
        a = trimmed(a);
    }
    a
}

/// $p, p', -\operatorname{rem}, \dots$ for ascending coefficients; empty for the polynomial 0.
pub fn sturm_chain(coefficients: &[Rational]) -> Vec<Dense> {
    let p = trimmed(coefficients.to_vec());
    if p.is_empty() {
        return Vec::new();
    }
    let slope: Dense = p.iter().enumerate().skip(1).map(|(k, c)| c * Rational::from(k)).collect();
    let mut chain = vec![p];
    let mut next = trimmed(slope);
    while !next.is_empty() {
        let last = chain[chain.len() - 1].clone();
        let left = remainder(last, &next).into_iter().map(|c| -c).collect();
        chain.push(next);
        next = left;
    }
    chain
}

/// An end of an interval; `None` is infinite.
type End<'a> = Option<&'a Rational>;

/// Sign changes of a chain at a number, or far out on one side.
fn changes(chain: &[Dense], at: End<'_>, far_left: bool) -> usize {
    let sign = |p: &Dense| -> i8 {
        let value = match at {
            Some(x) => p.iter().rev().fold(Rational::ZERO, |all, c| all * x + c),
            None if far_left && p.len().is_multiple_of(2) => -p[p.len() - 1].clone(),
            None => p[p.len() - 1].clone(),
        };
        match value.cmp(&Rational::ZERO) {
            std::cmp::Ordering::Less => -1,
            std::cmp::Ordering::Equal => 0,
            std::cmp::Ordering::Greater => 1,
        }
    };
    let signs: Vec<i8> = chain.iter().map(sign).filter(|s| *s != 0).collect();
    signs.windows(2).filter(|pair| pair[0] != pair[1]).count()
}

/// The number of distinct real roots in $(a, b]$, whatever their multiplicity; `None` for an end
/// is infinite. 0 for the polynomial 0, which callers must treat by themselves.
pub fn distinct_roots(coefficients: &[Rational], a: End<'_>, b: End<'_>) -> usize {
    let mut chain = sturm_chain(coefficients);
    // Without the common divisor of all members: a multiple root at an end would hide otherwise.
    if let Some(divisor) = chain.last().cloned()
        && divisor.len() > 1
    {
        chain = sturm_chain(&quotient(chain[0].clone(), &divisor));
    }
    changes(&chain, a, true).saturating_sub(changes(&chain, b, false))
}

/// The quotient of a division that leaves nothing.
fn quotient(mut a: Dense, b: &Dense) -> Dense {
    let lead = b[b.len() - 1].clone();
    let mut all = vec![Rational::ZERO; (a.len() + 1).saturating_sub(b.len())];
    while a.len() >= b.len() {
        let factor = &a[a.len() - 1] / &lead;
        let shift = a.len() - b.len();
        for (i, c) in b.iter().enumerate() {
            let less = &factor * c;
            a[shift + i] -= less;
        }
        all[shift] = factor;
        a.pop();
        a = trimmed(a);
    }
    trimmed(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dense(c: &[i32]) -> Dense {
        c.iter().map(|x| Rational::from(*x)).collect()
    }

    #[test]
    fn roots_are_counted_in_half_open_intervals() {
        // (x - 1)(x - 2)(x + 3) = x^3 - 7x + 6
        let p = dense(&[6, -7, 0, 1]);
        let (one, two) = (Rational::from(1), Rational::from(2));
        assert_eq!(distinct_roots(&p, None, None), 3);
        assert_eq!(distinct_roots(&p, Some(&one), Some(&two)), 1);
        assert_eq!(distinct_roots(&p, None, Some(&one)), 2);
        assert_eq!(distinct_roots(&p, Some(&two), None), 0);
    }

    #[test]
    fn multiple_roots_count_once_even_at_an_end() {
        // (x - 1)^2 (x + 1)
        let p = dense(&[1, -1, -1, 1]);
        let one = Rational::from(1);
        assert_eq!(distinct_roots(&p, None, None), 2);
        assert_eq!(distinct_roots(&p, Some(&one), None), 0);
        assert_eq!(distinct_roots(&p, Some(&Rational::ZERO), Some(&one)), 1);
    }

    #[test]
    fn no_real_root_and_constants() {
        assert_eq!(distinct_roots(&dense(&[1, 0, 1]), None, None), 0);
        assert_eq!(distinct_roots(&dense(&[5]), None, None), 0);
        assert!(sturm_chain(&dense(&[0, 0])).is_empty());
    }
}
