//! The symbols of a claim, with ranges that say what holds on the whole domain.

use crate::given::{Address, Symbol};
use crate::kind::Declaration;
use crate::run::guarded;

/// The symbols in the middle of the domain. A range that depends on the symbols before it is given
/// where these are lowest and where they are highest.
///
/// # Errors
/// Why the domain cannot be read.
pub fn hypotheses(declaration: &dyn Declaration) -> Result<Vec<Symbol>, String> {
    let at = |coordinates: Vec<f64>| -> Result<Vec<Symbol>, String> {
        let address = Address::Unit(coordinates);
        let located = guarded("the domain", || Ok(declaration.locate(&address)));
        let setting = located.map_err(|trouble| trouble.to_string())?;
        setting.map(|s| s.symbols).map_err(|fault| fault.to_string())
    };
    let middle = at(Vec::new())?;
    let ends = [0.0, 1.0].map(|u| at(vec![u; middle.len()]).unwrap_or_default());
    let range =
        |list: &[Symbol], name: &str| list.iter().find(|s| s.name == name).map(|s| s.range.clone());
    let whole = |s: Symbol| match [&ends[0], &ends[1]].map(|list| range(list, s.name)) {
        [Some(low), Some(high)] if low != s.range || high != s.range => {
            let high = match (low.split_once('['), high.split_once('[')) {
                (Some((a, _)), Some((b, ends))) if a == b => format!("[{ends}"),
                _ => high,
            };
            Symbol { range: format!("{low} to {high}, with the symbols before it"), ..s }
        }
        _ => s,
    };
    Ok(middle.into_iter().map(whole).collect())
}

#[cfg(test)]
mod tests {
    use super::hypotheses;
    use crate::prelude::*;

    #[test]
    fn a_range_that_depends_on_another_symbol_says_so() {
        let mutant = |name| Mutant { name, why: "none", says: (|_| 1.0) as fn(&f64) -> f64 };
        let claim = Claim::new(
            "margin",
            Property {
                domain: |given| {
                    let d = given.count("d", 2..=4);
                    given.count("n", d + 2..=3 * d) as f64
                },
                margin: |n| *n,
                known: vec![],
                mutants: [mutant("a"), mutant("b"), mutant("c")],
                curve: Curve { x: "n", grid: Grid::At(&[4.0]), at: |n| n },
            },
            Tie::none("nothing is derived"),
        );
        let found = hypotheses(claim.declaration()).unwrap();
        assert_eq!(found[0].range, "a whole number in [2, 4]");
        assert_eq!(
            found[1].range,
            "a whole number in [4, 6] to [6, 12], with the symbols before it"
        );
    }
}
