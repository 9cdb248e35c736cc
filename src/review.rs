//! What a reviewer of a theorem would say twice: names, texts, curves, mutants that are too far away
//! to tell anything, steps of a proof that nothing could contradict.
//!
//! [`testing::main`](crate::testing::main) runs it as one test for each theorem, `id::review`.

use crate::claim::{Entry, Theorem};
use crate::gap::gap;
use crate::given::Address;
use crate::kind::{Kind, Version};
use crate::plan;
use crate::proof::{Assertion, Derivation, Rule};
use crate::prove;
use crate::run::guarded;
use std::collections::HashSet;

/// A mutant this many promised resolutions from the truth is near: a check that refutes it is sharp.
pub const NEAR: f64 = 10.0;

/// Everything that a reviewer would say of a theorem, each remark with the thing and the mend.
pub fn remarks(theorem: &Theorem) -> Vec<String> {
    let mut remarks = texts(theorem);
    match prove::derive(theorem) {
        Ok(derivation) => {
            remarks.extend(steps(theorem, &derivation));
            for claim in &theorem.claims {
                let path = Entry { theorem, claim }.path();
                if claim.untied().is_none() && derivation.is_empty() {
                    remarks.push(format!("{path} is tied to a derivation, and there is none"));
                }
            }
        }
        Err(trouble) => remarks.push(trouble.to_string()),
    }
    for claim in &theorem.claims {
        let entry = Entry { theorem, claim };
        remarks.extend(names(entry));
        remarks.extend(curve(entry));
        remarks.extend(components(entry));
        remarks.extend(no_known_value(entry));
        remarks.extend(no_near_mutant(entry));
    }
    remarks
}

/// Lower-case words with hyphens between them.
fn is_kebab(name: &str) -> bool {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.split('-').all(|word| !word.is_empty() && word.chars().all(good))
}

const KEBAB: &str = "lower-case words, digits and hyphens, as in wrong-factor";

fn texts(theorem: &Theorem) -> Vec<String> {
    let id = theorem.id;
    let mut remarks = Vec::new();
    let mut note = |bad: bool, remark: String| {
        if bad {
            remarks.push(remark);
        }
    };
    let parts: Vec<&str> = id.split('.').collect();
    let well_named = parts.len() == 2 && parts.iter().all(|part| is_kebab(part));
    note(!well_named, format!("the id {id:?} must be paper.slug, both of {KEBAB}"));
    let title = theorem.title;
    note(
        title.is_empty() || title.ends_with('.'),
        format!("the title {title:?} must be a line without a full stop"),
    );
    note(
        theorem.statement.chars().count() <= 80,
        "the statement must define every symbol (more than 80 characters)".to_owned(),
    );
    let source = theorem.source;
    for (field, text) in [("paper", source.paper), ("result", source.result), ("link", source.link)]
    {
        note(text.is_empty(), format!("source.{field} is empty: where can it be read?"));
    }
    remarks
}

fn names(entry: Entry<'_>) -> Vec<String> {
    let (path, claim) = (entry.path(), entry.claim);
    let mut remarks = Vec::new();
    if !is_kebab(claim.name()) {
        remarks.push(format!("the claim's name {:?} must be {KEBAB}", claim.name()));
    }
    for mutant in claim.declaration().mutants() {
        if !is_kebab(mutant.name) {
            remarks.push(format!("{path}: the mutant's name {:?} must be {KEBAB}", mutant.name));
        }
        if mutant.why.chars().count() <= 8 {
            let name = mutant.name;
            remarks
                .push(format!("{path}: why {:?} does not say what {name} gets wrong", mutant.why));
        }
    }
    if let Some(why) = claim.untied()
        && (!(16..=100).contains(&why.chars().count()) || why.contains('\n'))
    {
        remarks.push(format!("{path}: say in a line of 16 to 100 characters why nothing ties it"));
    }
    let middle = guarded(&path, || Ok(claim.declaration().locate(&Address::Unit(Vec::new()))));
    if let Ok(Ok(setting)) = middle {
        let mut seen = HashSet::new();
        for symbol in setting.symbols {
            if !seen.insert(symbol.name) {
                remarks.push(format!("{path}: two symbols are called {:?}", symbol.name));
            }
            if symbol.name.is_empty()
                || symbol.name.contains(|c: char| c.is_whitespace() || c == '=')
            {
                remarks.push(format!(
                    "{path}: the symbol {:?} cannot be set on the command line: no spaces, no =",
                    symbol.name
                ));
            }
        }
    }
    remarks
}

fn curve(entry: Entry<'_>) -> Vec<String> {
    let (path, declaration) = (entry.path(), entry.claim.declaration());
    let positions = declaration.curve().positions;
    let increasing = positions.windows(2).all(|pair| pair[0] < pair[1]);
    if positions.len() < 4 || !increasing {
        return vec![format!("{path}: a curve needs four positions or more, in increasing order")];
    }
    let size = declaration.sizes().iter().copied().max().unwrap_or(0);
    let looked = guarded(&path, || {
        let undefined = positions.iter().find(|x| {
            let theory = declaration.theory(Version::Stated, &Address::Curve(**x), size);
            theory.iter().any(|approx| !approx.value.is_finite())
        });
        Ok(undefined.copied())
    });
    match looked {
        Ok(None) => Vec::new(),
        Ok(Some(x)) => {
            vec![format!(
                "{path}: the theory is no number on the curve, at {x}: start or end elsewhere"
            )]
        }
        Err(trouble) => vec![format!("{path}: the curve: {trouble}")],
    }
}

/// A theory that nothing outside this file agrees with; a rate claims an exponent alone.
fn no_known_value(entry: Entry<'_>) -> Option<String> {
    let (path, declaration) = (entry.path(), entry.claim.declaration());
    let known = guarded(&path, || Ok(declaration.known().len())).ok()?;
    (known == 0 && declaration.kind() != Kind::Rate).then(|| {
        format!("{path}: there is no known value: give one from the paper, or computed elsewhere")
    })
}

/// Several numbers have a name each: a verdict on the second says little.
fn components(entry: Entry<'_>) -> Option<String> {
    let (path, declaration) = (entry.path(), entry.claim.declaration());
    let x = *declaration.curve().positions.first()?;
    let size = declaration.sizes().iter().copied().max().unwrap_or(0);
    let theory = || Ok(declaration.theory(Version::Stated, &Address::Curve(x), size).len());
    let of = guarded(&path, theory).ok()?; // a theory that breaks is told of with its curve
    let named = entry.claim.parts().names().len();
    let mend = "name them in their order: .components(&[\"bias\", \"variance\"])";
    match (of, named) {
        (1, 0) | (_, 1) => None,
        (of, named) if of == named => None,
        (1, named) => Some(format!("{path}: {named} names for the one number of the theory")),
        (of, 0) => Some(format!("{path}: the theory has {of} numbers without a name: {mend}")),
        (of, named) => Some(format!("{path}: {named} names for {of} numbers: {mend}")),
    }
}

fn steps(theorem: &Theorem, derivation: &Derivation) -> Vec<String> {
    let mut remarks = Vec::new();
    for step in derivation.steps() {
        let name = step.name;
        let twins = step.twins.iter().map(|(twin, _)| *twin);
        for bad in std::iter::once(name).chain(twins).filter(|name| !is_kebab(name)) {
            remarks.push(format!("the name {bad:?} in step {name} must be {KEBAB}"));
        }
        // A list of premises has no wrong version of its own: each premise has.
        let gathers = matches!(step.assertion, Assertion::Rule(Rule::All { .. }));
        if step.assertion.is_checked() && !gathers && step.twins.is_empty() {
            remarks.push(format!(
                "step {name} has no false twin: could its checker tell a wrong step from it? (.twin)"
            ));
        }
        if let Assertion::Measured { claim, .. } = step.assertion
            && theorem.claims.iter().all(|c| c.name() != claim)
        {
            let known: Vec<&str> = theorem.claims.iter().map(|c| c.name()).collect();
            let known = known.join(", ");
            remarks.push(format!("step {name} is measured by {claim:?}: the claims are {known}"));
        }
    }
    remarks
}

/// The planned points at which every mutant is nearer than the promise or farther than ten of it:
/// there the check tells little that a look by eye would not.
fn no_near_mutant(entry: Entry<'_>) -> Vec<String> {
    let path = entry.path();
    let mutants = entry.claim.declaration().mutants();
    let looked = guarded(&path, || {
        let mut remarks = Vec::new();
        // What cannot be planned is told by the check, better than here.
        for target in plan::targets(entry.claim, None).unwrap_or_default() {
            let gaps: Vec<(f64, &str)> = mutants
                .iter()
                .enumerate()
                .filter_map(|(index, m)| {
                    Some((gap(entry.claim.declaration(), index, &target.at)?, m.name))
                })
                .collect();
            let near = gaps.iter().any(|(gap, _)| (1.0..=NEAR).contains(gap));
            if !gaps.is_empty() && !near {
                let point = plan::describe(&target.setting);
                let list: Vec<String> =
                    gaps.iter().map(|(gap, name)| format!("{name} {gap:.1}")).collect();
                remarks.push(format!(
                    "{path}: no mutant is between 1 and {NEAR} promised resolutions from the truth at \
                     {point} ({}): add a smaller mistake, or promise what is reached",
                    list.join(", ")
                ));
            }
        }
        Ok(remarks)
    });
    looked.unwrap_or_else(|trouble| vec![format!("{path}: the mutants: {trouble}")])
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
            mutants: [
                wrong("half-more", |x| 1.5 * x),
                wrong("twice", |x| 2.5 * x),
                wrong("thrice", |x| 4.0 * x),
            ],
            curve: Curve {
                x: "x",
                grid: Grid::Linear { from: 1.0, to: 2.0, points: 4 },
                at: |x| x,
            },
        }
    }

    const UNTIED: &str = "it is the point itself, no formula";

    fn theorem(claim: Mean) -> Theorem {
        Theorem {
            id: "nobody2000.mean",
            alias: "",
            title: "A mean",
            source: Source { paper: "Nobody (2000)", result: "(1)", link: "https://example.org" },
            statement: "Let $x$ be a number between one and two; on average the observable of the \
                        claim is this number itself, without any error.",
            claims: vec![Claim::new("mean", claim, Tie::none(UNTIED))],
            derivation: Derivation::none,
        }
    }

    fn only(theorem: &Theorem) -> String {
        let remarks = remarks(theorem);
        assert_eq!(remarks.len(), 1, "{remarks:#?}");
        remarks[0].clone()
    }

    #[test]
    fn nothing_is_said_where_there_is_nothing_to_say() {
        assert_eq!(remarks(&theorem(mean())), [""; 0]);
    }

    #[test]
    fn names_and_texts_are_named_with_their_mend() {
        let with = theorem;
        let bad = [
            (Theorem { id: "nobody2000.The_Mean", ..with(mean()) }, "the id"),
            (Theorem { id: "mean", ..with(mean()) }, "paper.slug"),
            (Theorem { title: "A mean.", ..with(mean()) }, "full stop"),
            (Theorem { statement: "It holds.", ..with(mean()) }, "every symbol"),
            (
                Theorem { source: Source { link: "", ..with(mean()).source }, ..with(mean()) },
                "source.link",
            ),
            (
                Theorem {
                    claims: vec![Claim::new("the mean", mean(), Tie::none(UNTIED))],
                    ..with(mean())
                },
                "\"the mean\"",
            ),
            (
                Theorem {
                    claims: vec![Claim::new("mean", mean(), Tie::none("none"))],
                    ..with(mean())
                },
                "16 to 100",
            ),
        ];
        for (theorem, word) in bad {
            let said = only(&theorem);
            assert!(said.contains(word), "{said}");
        }
    }

    #[test]
    fn a_claim_is_reviewed_whole() {
        let [first, second, third] = mean().mutants;
        let short = Curve { grid: Grid::At(&[1.0, 1.5]), ..mean().curve };
        let back = Curve { grid: Grid::At(&[1.0, 1.5, 1.2, 2.0]), ..mean().curve };
        let undefined = Curve { at: |x| (x - 1.5).sqrt(), ..mean().curve };
        let factor = |says: fn(&f64) -> f64| Mutant { says, ..first };
        let bad = [
            (Mean { mutants: [Mutant { name: "Half", ..first }, second, third], ..mean() }, "Half"),
            (Mean { mutants: [Mutant { why: "wrong", ..first }, second, third], ..mean() }, "why"),
            (Mean { curve: short, ..mean() }, "four positions"),
            (Mean { curve: back, ..mean() }, "increasing"),
            (Mean { curve: undefined, ..mean() }, "no number on the curve, at 1"),
            (Mean { domain: |given| given.real("the x", 1.0..=2.0), ..mean() }, "command line"),
        ];
        for (claim, word) in bad {
            let said = only(&theorem(claim));
            assert!(said.contains(word), "{said}");
        }
        for mutant in [factor(|x| 9.0 * x), factor(|x| 1.05 * x)] {
            let said = remarks(&theorem(Mean { mutants: [mutant, second, third], ..mean() }));
            assert_eq!(said.len(), 4, "one for each planned point: {said:#?}");
            assert!(said[0].contains("x = 1.5") && said[0].contains("half-more"), "{said:?}");
        }
        let panics = Mean { theory: |x| [*x][usize::from(*x > 1.4)], ..mean() };
        let said = remarks(&theorem(panics));
        assert!(!said.is_empty() && said.iter().all(|r| r.contains("panicked")), "{said:?}");
    }

    #[test]
    fn a_step_that_nothing_could_contradict_is_named() {
        let derivations: [(fn() -> Derivation, &str); 3] = [
            (
                || {
                    let x = vars!("x");
                    Derivation::of("it").nonneg("sign", x.pow(2), &Domain::new().real(&x))
                },
                "no false twin",
            ),
            (
                || Derivation::of("it").measured("mean-of-it", "the mean", "median"),
                "the claims are mean",
            ),
            (|| Derivation::of("it").open("Not Known", "whether it holds"), "Not Known"),
        ];
        for (derivation, word) in derivations {
            let said = only(&Theorem { derivation, ..theorem(mean()) });
            assert!(said.contains(word), "{said}");
        }
    }
}
