//! What an author has yet to fill in, all of it in one message.

use crate::claim::{Claim, Entry, Theorem};
use crate::given::{Address, OutsideHypotheses};
use crate::kind::{Declaration, Version};
use crate::placeholder::{FILL_IN, FILL_IN_NAME};
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
    let middle = guarded("", || Ok(declaration.locate(&Address::Unit(Vec::new()))));
    let domain = matches!(middle, Ok(Err(OutsideHypotheses::Unfilled(_))))
        || matches!(middle, Err(Trouble::Unfilled { .. }));
    note(domain, "domain");
    note(correction.is_some() && declaration.sizes().is_empty(), "sizes");
    note(correction.is_some_and(|c| c.guard.is_nan()), "correction");
    note(declaration.resolution().number().is_nan(), "resolution");
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
        missing.extend(says.iter().map(|field| format!("mutant {}: {field}", mutant.name)));
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
