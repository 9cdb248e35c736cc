//! The catalogue: published claims of overparameterised learning, one file for each result.

use theoremcheck::prelude::Catalogue;

/// Every theorem. A new one is one file, one `mod` line in its paper's `mod.rs`, and one line here.
pub fn catalogue() -> Catalogue {
    Catalogue::new(vec![])
}
