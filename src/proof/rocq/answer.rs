//! What Rocq says about an emitted file, and whether that is enough.

/// Stands before the name of a lemma in Rocq's output, once it is accepted.
pub(super) const DONE: &str = "theoremcheck accepted";

/// Stands before the names of the lemmas whose axioms follow.
pub(super) const AXIOMS: &str = "theoremcheck axioms of";

/// The axioms of the classical real numbers, as Rocq's library has them.
const CLASSICAL: [&str; 4] = [
    "ClassicalDedekindReals.sig_forall_dec",
    "ClassicalDedekindReals.sig_not_dec",
    "FunctionalExtensionality.functional_extensionality_dep",
    "Classical_Prop.classic",
];

/// Machine integers, with which Interval computes: operations that Rocq's kernel runs in hardware,
/// and what it is told of them.
const OPERATIONS: [&str; 26] = [
    "int",
    "add",
    "addc",
    "addcarryc",
    "addmuldiv",
    "compare",
    "div",
    "diveucl",
    "diveucl_21",
    "eqb",
    "head0",
    "land",
    "leb",
    "lor",
    "lsl",
    "lsr",
    "ltb",
    "lxor",
    "mod",
    "mul",
    "mulc",
    "sub",
    "subc",
    "subcarryc",
    "tail0",
    "asr",
];
const SPECIFICATIONS: [&str; 3] = ["eqb_correct", "eqb_refl", "of_to_Z"];

/// Which axioms an accepted lemma rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// None.
    Closed,
    /// Those of the classical real numbers.
    Classical,
    /// Besides, the machine integers of the kernel.
    Machine,
}

impl Answer {
    /// The words for it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Closed => "no axioms",
            Self::Classical => "axioms: classical reals",
            Self::Machine => "axioms: classical reals, machine integers",
        }
    }
}

/// Why an answer does not count.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The lemma is not there, or more than once, or without a word on its axioms.
    #[error("Rocq does not say that it accepted the lemma {0}")]
    Missing(String),
    /// It rests on something that nobody has proved.
    #[error("the lemma {0} rests on {1}, which is no axiom of the classical reals")]
    Axiom(String, String),
}

/// Whether some lemmas are all accepted, by what Rocq printed.
///
/// # Errors
/// The first lemma that is not.
pub fn read(output: &str, lemmas: &[&str]) -> Result<Answer, Refusal> {
    let (found, mut all) = (sections(output), Answer::Closed);
    for lemma in lemmas {
        let said: Vec<_> = found.iter().filter(|s| s.lemmas.contains(lemma)).collect();
        let [Section { axioms: Some(axioms), .. }] = said[..] else {
            return Err(Refusal::Missing((*lemma).to_owned()));
        };
        if !accepted(output, lemma) {
            return Err(Refusal::Missing((*lemma).to_owned()));
        }
        for axiom in axioms {
            let refusal = || Refusal::Axiom((*lemma).to_owned(), (*axiom).to_owned());
            all = all.max(kind(axiom).ok_or_else(refusal)?);
        }
    }
    Ok(all)
}

/// Whether Rocq got beyond the proof of a lemma.
pub(crate) fn accepted(output: &str, lemma: &str) -> bool {
    output.lines().filter_map(|l| l.strip_prefix(DONE)).any(|name| name.trim() == lemma)
}

/// The axioms of some lemmas; `None` where the output does not say.
struct Section<'a> {
    lemmas: Vec<&'a str>,
    axioms: Option<Vec<&'a str>>,
}

fn sections(output: &str) -> Vec<Section<'_>> {
    let mut found: Vec<Section<'_>> = Vec::new();
    for line in output.lines() {
        if let Some(names) = line.strip_prefix(AXIOMS) {
            found.push(Section { lemmas: names.split_whitespace().collect(), axioms: None });
            continue;
        }
        let Some(section) = found.last_mut() else { continue };
        match line {
            "Closed under the global context" | "Axioms:" if section.axioms.is_none() => {
                section.axioms = Some(Vec::new());
            }
            // A name stands at the left; what it says is indented.
            line if line.starts_with(' ') || line.is_empty() => {}
            line => {
                let name = line.split([' ', ':']).next().unwrap_or_default();
                section.axioms.get_or_insert_default().push(name);
            }
        }
    }
    found
}

fn kind(axiom: &str) -> Option<Answer> {
    if CLASSICAL.contains(&axiom) {
        return Some(Answer::Classical);
    }
    let machine = match axiom.split_once('.') {
        Some(("PrimInt63", name)) => OPERATIONS.contains(&name),
        Some(("Uint63", name)) => {
            let of = name.strip_suffix("_spec").map(|n| n.strip_suffix("_def").unwrap_or(n));
            of.is_some_and(|n| OPERATIONS.contains(&n)) || SPECIFICATIONS.contains(&name)
        }
        _ => false,
    };
    machine.then_some(Answer::Machine)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "theoremcheck accepted step_a\n\
        theoremcheck accepted step_b\n\
        theoremcheck accepted step_c\n\
        theoremcheck axioms of step_a step_b\n\
        Axioms:\n\
        ClassicalDedekindReals.sig_forall_dec\n  : forall P : nat -> Prop, P\n\
        Classical_Prop.classic : forall P : Prop, P \\/ ~ P\n\
        theoremcheck axioms of step_c\n\
        Axioms:\nPrimInt63.int : Set\nUint63.diveucl_def_spec\n  : forall x, x\n";

    fn missing(name: &str) -> Result<Answer, Refusal> {
        Err(Refusal::Missing(name.to_owned()))
    }

    fn refused(axiom: &str) -> Result<Answer, Refusal> {
        Err(Refusal::Axiom("step_a".to_owned(), axiom.to_owned()))
    }

    #[test]
    fn axioms_of_the_reals_and_of_machine_integers_are_told_apart() {
        assert_eq!(read(GOOD, &["step_a", "step_b"]), Ok(Answer::Classical));
        assert_eq!(read(GOOD, &["step_a", "step_c"]), Ok(Answer::Machine));
        assert_eq!(read("", &[]), Ok(Answer::Closed));
        let closed = "theoremcheck accepted a\ntheoremcheck axioms of a\n\
            Closed under the global context\n";
        assert_eq!(read(closed, &["a"]), Ok(Answer::Closed));
    }

    #[test]
    fn a_lemma_that_is_missing_or_there_twice_is_not_accepted() {
        assert_eq!(read(GOOD, &["step_d"]), missing("step_d"));
        assert_eq!(read(&format!("{GOOD}{GOOD}"), &["step_a"]), missing("step_a"));
        // Accepted, but without a word on axioms; or the other way round.
        assert_eq!(read("theoremcheck accepted step_a\n", &["step_a"]), missing("step_a"));
        let cut = "theoremcheck accepted step_a\ntheoremcheck axioms of step_a\n";
        assert_eq!(read(cut, &["step_a"]), missing("step_a"));
        let silent = GOOD.replacen("theoremcheck accepted step_b\n", "", 1);
        assert_eq!(read(&silent, &["step_b"]), missing("step_b"));
        // A name that only begins like it.
        assert_eq!(read(&GOOD.replace("step_b", "step_bb"), &["step_b"]), missing("step_b"));
    }

    #[test]
    fn an_admitted_proof_or_an_unknown_axiom_is_refused() {
        // An admitted lemma is its own axiom.
        let own = "theoremcheck accepted step_a\ntheoremcheck axioms of step_a\n\
            Axioms:\nstep_a : 0 <= -1\n";
        assert_eq!(read(own, &["step_a"]), refused("step_a"));
        for wrong in ["believe_me", "Uint63.wrong_spec", "PrimInt63.wrong", "PrimFloat.add"] {
            let more = GOOD.replace("Classical_Prop.classic :", &format!("{wrong} :"));
            assert_eq!(read(&more, &["step_a"]), refused(wrong));
        }
        // Whatever else Rocq lists under another heading.
        let more = GOOD.replace("Classical_Prop.classic :", "Opaque constants:\nx :");
        assert_eq!(read(&more, &["step_a"]), refused("Opaque"));
    }
}
