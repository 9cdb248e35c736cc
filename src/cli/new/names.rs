//! Names that become modules, ids and packages.

use anyhow::{Result, bail, ensure};

/// What Rust does not take for the name of a module, in any edition.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "union", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Crates that a package of one's own must not shadow.
const CRATES: &[&str] = &["alloc", "core", "proc_macro", "std", "test", "theoremcheck"];

/// First author and year, a letter if there are two: `belkin2020`, `belkin2020b`.
pub(super) fn paper(name: &str) -> Result<()> {
    let author = name.chars().take_while(char::is_ascii_lowercase).count();
    let rest = &name[author..];
    let year = rest.get(..4).is_some_and(|y| y.chars().all(|c| c.is_ascii_digit()));
    let letter = rest.get(4..).unwrap_or("-");
    let letter = letter.len() <= 1 && letter.chars().all(|c| c.is_ascii_lowercase());
    if author == 0 || !year || !letter {
        bail!("{name:?} is not first author and year, as in belkin2020 or belkin2020b");
    }
    Ok(())
}

/// A noun in snake_case.
pub(super) fn slug(name: &str) -> Result<()> {
    snake(name, "weak_features")?;
    ensure!(!["lib", "main"].contains(&name), "{name:?} is the name of a crate's own file");
    Ok(())
}

/// A package, whose library is a module of the same name.
pub(super) fn package(name: &str) -> Result<()> {
    let library = library(name);
    snake(&library, "my-theorems").map_err(|error| error.context(format!("the crate {name:?}")))?;
    ensure!(!CRATES.contains(&library.as_str()), "{name:?} is the name of another crate");
    Ok(())
}

/// The library of a package.
pub(super) fn library(package: &str) -> String {
    package.replace('-', "_")
}

/// The id of a theorem.
pub(super) fn id(paper: &str, slug: &str) -> String {
    format!("{paper}.{}", slug.replace('_', "-"))
}

fn snake(name: &str, example: &str) -> Result<()> {
    let part =
        |p: &str| !p.is_empty() && p.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let letter = name.starts_with(|c: char| c.is_ascii_lowercase());
    if !letter || !name.split('_').all(part) {
        bail!("{name:?} is not a name in lower case such as {example}");
    }
    ensure!(!KEYWORDS.contains(&name), "{name:?} is a word of Rust's own");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_make_no_module_are_refused() {
        for good in ["belkin2020", "du2019b"] {
            paper(good).expect(good);
        }
        for bad in
            ["", "belkin", "2020", "Belkin2020", "belkin20", "belkin2020bc", "bé2020", "a/2020"]
        {
            assert!(paper(bad).is_err(), "{bad:?}");
        }
        for good in ["weak_features", "d_fold", "law2"] {
            slug(good).expect(good);
        }
        for bad in [
            "",
            "weak-features",
            "Weak",
            "mod",
            "type",
            "gen",
            "2d",
            "a__b",
            "_a",
            "a_",
            "lib",
            "../a",
        ] {
            assert!(slug(bad).is_err(), "{bad:?}");
        }
        package("my-theorems").expect("a package");
        for bad in ["", "std", "test", "theoremcheck", "My", "fn", "a/b", "-a", "a b"] {
            assert!(package(bad).is_err(), "{bad:?}");
        }
    }
}
