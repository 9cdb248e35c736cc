//! Descartes' rule of signs: coefficients with exactly one change of sign have exactly one positive
//! root, and it is simple.
//!
//! Source: R. Descartes, 1637, La Géométrie; any text on real algebra.

use super::domain::Domain;
use super::sign::{Sign, of_polynomial};
use crate::exact::{Atom, Normaliser, Polynomial};
use std::collections::BTreeSet;

/// What may still be of the signs seen so far: the last one that is not 0, and the changes.
type State = (i8, u8);

/// Whether exactly one sign changes, whatever undetermined coefficients are.
fn one_change(signs: &[Sign]) -> bool {
    let mut states: BTreeSet<State> = BTreeSet::from([(0, 0)]);
    for sign in signs {
        let possible: &[i8] = match sign {
            Sign::Positive => &[1],
            Sign::Nonneg => &[0, 1],
            Sign::Nonpos => &[-1, 0],
            Sign::Negative => &[-1],
            Sign::Unknown => &[-1, 0, 1],
        };
        let next = |(last, changes): &State| {
            let (last, changes) = (*last, *changes);
            let step = move |s: &i8| match *s {
                0 => (last, changes),
                s if last == 0 || last == s => (s, changes),
                s => (s, (changes + 1).min(2)),
            };
            possible.iter().map(step).collect::<Vec<State>>()
        };
        states = states.iter().flat_map(next).collect();
    }
    states.iter().all(|(_, changes)| *changes == 1)
}

/// The signs of the coefficients, the constant one first, if `of` has exactly one root in the
/// range of a symbol, whose ends are left out, for all values of the other symbols. The expression
/// must be defined on the whole domain: so no factor that is cleared vanishes.
pub(crate) fn one_root(of: &crate::exact::Expr, name: &str, domain: &Domain) -> Option<String> {
    let unknown = format!("u:{name}");
    let mut pattern = None;
    for cover in domain.covers()? {
        // Of the whole line, half is left out: there the rule says nothing.
        if !cover.positive.contains(&unknown) {
            return None;
        }
        let mut normaliser = Normaliser::default();
        let numerator = normaliser.fraction(&cover.apply(of)).ok()?.numerator;
        let index = normaliser
            .atoms()
            .iter()
            .position(|a| matches!(a, Atom::Symbol(n) if **n == *unknown))?;
        let apart = |i: usize| i == index || !depends(&normaliser, i, index);
        if !numerator.variables().into_iter().all(apart) {
            return None;
        }
        let parts = numerator.by_powers_of(index);
        let known = parts.iter().filter(|c| !c.is_zero());
        let signs: Vec<Sign> =
            known.map(|c| of_polynomial(c, &normaliser, &cover, None).0).collect();
        if !one_change(&signs) {
            return None;
        }
        pattern.get_or_insert_with(|| show(&signs));
    }
    pattern
}

/// Whether an atom is or contains another one.
fn depends(n: &Normaliser, atom: usize, on: usize) -> bool {
    let inside = |p: &Polynomial| p.variables().into_iter().any(|i| depends(n, i, on));
    match &n.atoms()[atom] {
        Atom::Of(_, x) => inside(&x.numerator) || x.denominator.keys().any(inside),
        _ => atom == on,
    }
}

fn show(signs: &[Sign]) -> String {
    let word = |sign: &Sign| match sign {
        Sign::Positive => "+",
        Sign::Negative => "-",
        Sign::Nonneg => "0+",
        Sign::Nonpos => "0-",
        Sign::Unknown => "?",
    };
    signs.iter().map(word).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::domain::INF;
    use super::*;
    use crate::vars;
    use Sign::{Negative, Nonneg, Nonpos, Positive, Unknown};

    #[test]
    fn an_undetermined_coefficient_is_allowed_only_where_it_adds_no_change() {
        for good in [
            &[Negative, Unknown, Positive][..],
            &[Negative, Positive],
            &[Positive, Nonneg, Unknown, Nonpos, Negative],
            &[Negative, Nonpos, Nonneg, Positive],
        ] {
            assert!(one_change(good), "{good:?}");
        }
        for bad in [
            &[Negative, Unknown, Unknown, Positive][..],
            &[Positive, Unknown, Positive],
            &[Nonpos, Positive],
            &[Negative, Nonneg],
            &[Negative, Positive, Negative],
            &[Positive],
            &[],
            &[Negative, Positive, Unknown],
        ] {
            assert!(!one_change(bad), "{bad:?}");
        }
    }

    #[test]
    fn the_positive_root_of_a_quadratic_for_all_parameters() {
        let (x, a, b, c) = vars!("x", "a", "b", "c");
        let signs = Domain::new().open(&a, 0, INF).real(&b).open(&c, 0, INF).open(&x, 0, INF);
        let f = &a * x.pow(2) + &b * &x - &c;
        assert_eq!(one_root(&f, "x", &signs).as_deref(), Some("-, 0+, +"));
        let g = &a * x.pow(2) + (&b - &c) * &x - &c;
        assert_eq!(one_root(&g, "x", &signs).as_deref(), Some("-, ?, +"));
        // Two roots, or none.
        assert_eq!(one_root(&(&a * x.pow(2) + &b * &x + &c), "x", &signs), None);
        // c = 0 is allowed: then 0 is the root, and no positive one need be there.
        let weak = Domain::new().open(&a, 0, INF).real(&b).half_open(&c, 0, INF).open(&x, 0, INF);
        assert_eq!(one_root(&f, "x", &weak), None);
    }

    #[test]
    fn an_atom_with_the_unknown_inside_is_no_coefficient() {
        let x = crate::exact::var("x");
        let domain = Domain::new().open(&x, 0, INF);
        // 2 sqrt(x) - x - 3/4 has two roots; taken for a coefficient, sqrt(x) would hide one.
        let f = 2 * x.sqrt() - &x - crate::exact::ratio(3, 4);
        assert_eq!(one_root(&f, "x", &domain), None);
    }

    #[test]
    fn a_double_root_is_two_changes() {
        let x = crate::exact::var("x");
        let domain = Domain::new().open(&x, 0, INF);
        assert_eq!(one_root(&(&x - 1).pow(2), "x", &domain), None);
        assert_eq!(one_root(&(&x - 1).pow(3), "x", &domain), None); // three changes, one root
    }
}
