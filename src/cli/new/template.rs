//! A theorem file with everything to fill in: one frame, and the fields of each kind.

use super::names;
use crate::kind::Kind;

/// What a kind puts into the frame.
struct Parts {
    /// The type, with its parameters.
    of: &'static str,
    /// The fields between the domain and the mutants.
    fields: &'static str,
    /// What a mutant says.
    says: &'static str,
}

const AT_POINT: &str = r#"|m| unfilled("says", m.x)"#;
const AT_SIZE: &str = r#"|m, n| unfilled("says", (m.x, n))"#;
const AT_TIME: &str = r#"|m, t| unfilled("says", (m.x, t))"#;

fn parts(kind: Kind) -> Parts {
    let (of, fields, says) = match kind {
        Kind::Equality => {
            ("Equality<Model, f64, 3>", include_str!("templates/equality.txt"), AT_POINT)
        }
        Kind::Limit => ("Limit<Model, f64, 3>", include_str!("templates/limit.txt"), AT_POINT),
        Kind::Equivalent => {
            ("Equivalent<Model, f64, 3>", include_str!("templates/equivalent.txt"), AT_SIZE)
        }
        Kind::Rate => ("Rate<Model, 3>", include_str!("templates/rate.txt"), AT_SIZE),
        Kind::Bound => ("Bound<Model, 3>", include_str!("templates/bound.txt"), AT_POINT),
        Kind::PathBound => {
            ("PathBound<Model, 3>", include_str!("templates/path_bound.txt"), AT_TIME)
        }
        Kind::Law => ("Law<Model, 3>", include_str!("templates/law.txt"), AT_TIME),
        Kind::Identity => {
            ("Identity<Model, f64, 3>", include_str!("templates/identity.txt"), AT_POINT)
        }
        Kind::Property => ("Property<Model, 3>", include_str!("templates/property.txt"), AT_POINT),
    };
    Parts { of, fields, says }
}

/// The file of a theorem.
pub(super) fn theorem(paper: &str, slug: &str, kind: Kind) -> String {
    let parts = parts(kind);
    let name = parts.of.split('<').next().unwrap_or(parts.of);
    include_str!("templates/theorem.txt")
        .replace("{{id}}", &names::id(paper, slug))
        .replace("{{type}}", parts.of)
        .replace("{{kind}}", name)
        .replace("{{fields}}", parts.fields.trim_end())
        .replace("{{says}}", parts.says)
}

/// The `mod.rs` of a paper.
pub(super) fn paper(slug: &str) -> String {
    include_str!("templates/paper.txt").replace("{{slug}}", slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_whole_file() {
        for kind in Kind::ALL {
            let text = theorem("belkin2020", "weak_features", kind);
            assert!(!text.contains("{{") && !text.contains("}}"), "{kind}: {text}");
            assert!(text.contains("id: \"belkin2020.weak-features\""), "{kind}");
            let balanced = ["{}", "()", "[]"].iter().all(|pair| {
                let (open, close) = pair.split_at(1);
                text.matches(open).count() == text.matches(close).count()
            });
            assert!(balanced && text.lines().all(|l| l.len() <= 100), "{kind}: {text}");
        }
    }
}
