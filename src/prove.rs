//! The derivation of a theorem, from an author's function to checked steps: a panic in it is
//! trouble with a name.

use crate::claim::Theorem;
use crate::proof::{Derivation, Proof};
use crate::run::{Trouble, guarded};

/// The steps of a theorem's proof, unchecked.
///
/// # Errors
/// A panic in the author's function, as in an expression for a symbol that is none.
pub fn derive(theorem: &Theorem) -> Result<Derivation, Trouble> {
    guarded(&format!("the derivation of {}", theorem.id), || Ok((theorem.derivation)()))
}

/// The steps of a theorem's proof, and what comes of checking them.
///
/// # Errors
/// As [`derive()`].
pub fn prove(theorem: &Theorem) -> Result<(Derivation, Proof), Trouble> {
    let derivation = derive(theorem)?;
    let proof = derivation.check();
    Ok((derivation, proof))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    const NOWHERE: Source = Source { paper: "A. Author, 2020, Title", result: "1", link: "" };

    #[test]
    fn a_derivation_that_panics_is_named() {
        let theorem = Theorem {
            id: "author2020.result",
            alias: "",
            title: "A result",
            source: NOWHERE,
            statement: "",
            claims: Vec::new(),
            derivation: || Derivation::of("x").cited("a", "b", NOWHERE).cited("a", "b", NOWHERE),
        };
        let trouble = prove(&theorem).unwrap_err().to_string();
        assert!(trouble.contains("the derivation of author2020.result"), "{trouble}");
        assert!(trouble.contains("two steps are called a"), "{trouble}");
    }
}
