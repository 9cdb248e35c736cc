//! What an author has yet to fill in, all of it in one message.

use crate::blank::{FILL_IN, FILL_IN_NAME, UNFILLED};
use crate::claim::{Claim, Entry, Theorem};
use crate::given::{Address, OutsideHypotheses};
use crate::kind::{Declaration, Version};
use crate::run::{Trouble, guarded};

/// A claim, or the theorem around it, with placeholders left.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not filled in: {}", .0.join(", "))]
pub struct Missing(pub Vec<String>);

/// What is missing, found without running the theory or the sampler, but for one position on the
/// curve: what else is missing is met as [`Trouble::Unfilled`] when a check runs it.
///
/// # Errors
/// What is missing, with what running them tells: see [`of`].
pub fn at_sight(entry: Entry<'_>) -> Result<(), Missing> {
    let theorem_or_claim = !texts(entry.theorem).is_empty() || !declared(entry.claim).is_empty();
    if theorem_or_claim || !on_curve(entry.claim.declaration()).is_empty() {
        return of(entry);
    }
    Ok(())
}

/// Everything that is missing from a claim and from the texts of its theorem, each function being
/// run once in the middle of the domain.
///
/// # Errors
/// The list, if it is not empty.
pub fn of(entry: Entry<'_>) -> Result<(), Missing> {
    let mut missing = texts(entry.theorem);
    missing.extend(declared(entry.claim));
    missing.extend(run(entry.claim.declaration()));
    let mut unique: Vec<String> = Vec::new();
    for field in missing {
        if !unique.contains(&field) {
            unique.push(field);
        }
    }
    if unique.is_empty() { Ok(()) } else { Err(Missing(unique)) }
}

fn open(text: &str) -> bool {
    text.contains(FILL_IN) || text.starts_with(FILL_IN_NAME)
}

fn texts(theorem: &Theorem) -> Vec<String> {
    let source = theorem.source;
    let texts = [
        ("alias", theorem.alias),
        ("title", theorem.title),
        ("source.paper", source.paper),
        ("source.result", source.result),
        ("source.link", source.link),
        ("statement", theorem.statement),
    ];
    texts.iter().filter(|(_, text)| open(text)).map(|(field, _)| (*field).to_owned()).collect()
}

/// What is missing from the names and numbers of a claim, and from its domain.
fn declared(claim: &Claim) -> Vec<String> {
    let declaration = claim.declaration();
    let curve = declaration.curve();
    let correction = declaration.correction();
    let mut missing = Vec::new();
    let mut note = |is: bool, field: &str| {
        if is {
            missing.push(field.to_owned());
        }
    };
    note(open(claim.name()), "the claim's name");
    note(claim.untied().is_some_and(open), "tie");
    let middle = guarded("", || Ok(declaration.locate(&Address::Unit(Vec::new()))));
    let domain = matches!(middle, Ok(Err(OutsideHypotheses::Unfilled(_))))
        || matches!(middle, Err(Trouble::Unfilled { .. }));
    note(domain, "domain");
    note(correction.is_some() && declaration.sizes().is_empty(), "sizes");
    note(correction.is_some_and(|c| c.guard.is_nan()), "correction");
    // Another NaN is a promise that the plan refuses in its own words.
    let promise = declaration.resolution().number();
    note(promise.to_bits() == UNFILLED.to_bits(), "resolution");
    note(declaration.expected().iter().any(|x| x.is_nan()), "known");
    note(open(curve.x) || curve.positions.iter().any(|x| x.is_nan()), "curve");
    for mutant in declaration.mutants() {
        note(open(mutant.name), &format!("mutant {}: name", mutant.name));
        note(open(mutant.why), &format!("mutant {}: why", mutant.name));
    }
    missing
}

fn on_curve(declaration: &dyn Declaration) -> Vec<String> {
    let curve = declaration.curve();
    let Some(first) = curve.positions.first().copied() else { return Vec::new() };
    field(|| _ = declaration.theory(Version::Stated, &Address::Curve(first), 0))
}

/// What is missing from the functions of a claim.
fn run(declaration: &dyn Declaration) -> Vec<String> {
    let middle = Address::Unit(Vec::new());
    let size = declaration.sizes().iter().copied().max().unwrap_or(0);
    let mut missing = field(|| _ = declaration.theory(Version::Stated, &middle, size));
    missing.extend(field(|| _ = declaration.draw(&middle, size)));
    missing.extend(on_curve(declaration));
    for (index, mutant) in declaration.mutants().iter().enumerate() {
        let says = field(|| _ = declaration.theory(Version::Mutant(index), &middle, size));
        // A mutant that calls what the theory calls lacks no more than that.
        let own = says.iter().filter(|field| !missing.contains(field));
        let own: Vec<_> = own.map(|field| format!("mutant {}: {field}", mutant.name)).collect();
        missing.extend(own);
    }
    missing
}

/// The field that a function of the author's says is missing.
fn field(work: impl FnOnce()) -> Vec<String> {
    let done = guarded("", || {
        work();
        Ok(())
    });
    match done {
        Err(Trouble::Unfilled { field }) => vec![field],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;

    type Mean = Equality<f64, f64, 3>;

    fn mean() -> Mean {
        let wrong = |name, says: fn(&f64) -> f64| Mutant { name, why: "a wrong factor", says };
        Equality {
            domain: |given| given.real("x", 1.0..=2.0),
            theory: |x| *x,
            observable: Sampler::exact,
            resolution: Relative(0.1),
            known: vec![(1.0, 1.0)],
            mutants: [wrong("a", |x| 2.0 * x), wrong("b", |x| 3.0 * x), wrong("c", |x| 4.0 * x)],
            curve: Curve {
                x: "x",
                grid: Grid::Linear { from: 1.0, to: 2.0, points: 3 },
                at: |x| x,
            },
        }
    }

    fn theorem(claim: Mean) -> Theorem {
        Theorem {
            id: "nobody2000.mean",
            alias: "",
            title: "A mean",
            source: Source { paper: "none", result: "none", link: "none" },
            statement: "It is filled in.",
            claims: vec![Claim::new("mean", claim, Tie::none("it is itself"))],
            derivation: Derivation::none,
        }
    }

    /// What a check says is missing, whether at sight or when it runs.
    fn said(theorem: &Theorem) -> Option<String> {
        let entry = Entry { theorem, claim: &theorem.claims[0] };
        let checked = crate::check::check(
            entry,
            1,
            &crate::check::Options::default(),
            &crate::run::Unwatched,
        );
        assert_eq!(at_sight(entry).is_err() || of(entry).is_err(), checked.is_err());
        checked.err().map(|error| error.to_string())
    }

    #[test]
    fn one_placeholder_anywhere_is_seen_and_named() {
        assert_eq!(said(&theorem(mean())), None);
        let curve =
            |x, from| Curve { x, grid: Grid::Linear { from, to: 2.0, points: 3 }, at: |x| x };
        let [first, second, third] = mean().mutants;
        let claims = [
            ("domain", Mean { domain: |given| given.unfilled("x"), ..mean() }),
            ("domain", Mean { domain: |_| unfilled("domain", ()), ..mean() }),
            ("theory", Mean { theory: |x| unfilled("theory", x), ..mean() }),
            ("observable", Mean { observable: |x| unfilled("observable", x), ..mean() }),
            ("resolution", Mean { resolution: Absolute(UNFILLED), ..mean() }),
            ("known", Mean { known: vec![(1.0, 1.0), (UNFILLED, UNFILLED)], ..mean() }),
            ("curve", Mean { curve: curve("fill-in", 1.0), ..mean() }),
            ("curve", Mean { curve: curve("x", UNFILLED), ..mean() }),
            (
                "curve",
                Mean { curve: Curve { at: |x| unfilled("curve", x), ..mean().curve }, ..mean() },
            ),
            (
                "mutant fill-in-3: name",
                Mean { mutants: [first, second, Mutant { name: "fill-in-3", ..third }], ..mean() },
            ),
            (
                "mutant b: why",
                Mean { mutants: [first, Mutant { why: "FILL IN", ..second }, third], ..mean() },
            ),
            (
                "mutant a: says",
                Mean {
                    mutants: [Mutant { says: |x| unfilled("says", x), ..first }, second, third],
                    ..mean()
                },
            ),
        ];
        for (field, claim) in claims {
            assert_eq!(said(&theorem(claim)), Some(format!("not filled in: {field}")));
        }
        let texts = [
            ("title", Theorem { title: "FILL IN: one line", ..theorem(mean()) }),
            ("statement", Theorem { statement: "Let FILL IN be", ..theorem(mean()) }),
            (
                "tie",
                Theorem {
                    claims: vec![Claim::new("mean", mean(), Tie::none("FILL IN"))],
                    ..theorem(mean())
                },
            ),
            (
                "the claim's name",
                Theorem {
                    claims: vec![Claim::new("fill-in", mean(), Tie::none("itself"))],
                    ..theorem(mean())
                },
            ),
        ];
        for (field, theorem) in texts {
            assert_eq!(said(&theorem), Some(format!("not filled in: {field}")));
        }
    }
}
