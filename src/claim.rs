//! Theorems, claims, and the catalogue.

use crate::given::OutsideHypotheses;
use crate::kind::{Declaration, Typed};
use crate::panel::Panel;
use crate::proof::{Derivation, Proof};
use crate::tie::{self, Tie};
use std::sync::Arc;

pub use crate::source::Source;

/// One published result and everything needed to check it.
pub struct Theorem {
    /// `paper.slug`, the path of the file with hyphens for underscores.
    pub id: &'static str,
    /// The handle of the claim card; empty if there is none.
    pub alias: &'static str,
    /// One line, no full stop.
    pub title: &'static str,
    /// Where it was published.
    pub source: Source,
    /// LaTeX, every symbol defined.
    pub statement: &'static str,
    /// One for each assertion of the statement.
    pub claims: Vec<Claim>,
    /// The steps of its proof; [`Derivation::none`] where there are none.
    pub derivation: fn() -> Derivation,
}

/// How a claim is checked, where it differs from the defaults.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Points at which the claim is checked.
    pub points: usize,
    /// Rounds at each point; by default four times what the pilot says that the promise needs.
    pub budget: Option<u64>,
    /// The price of a draw is this power of its size.
    pub price: f64,
    /// Rounds at the first look.
    pub first_look: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { points: 4, budget: None, price: 1.0, first_look: 256 }
    }
}

/// What the numbers of a theory are called, in their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Components(&'static [&'static str]);

impl Components {
    /// The names; none where the author gave none.
    pub fn names(&self) -> &'static [&'static str] {
        self.0
    }

    /// The name of one of `of` numbers, counted from 0: the author's, with its place where several
    /// share a name or have none; none for a single number without a name.
    pub fn name(&self, index: usize, of: usize) -> Option<String> {
        match (self.0, of) {
            (names, of) if names.len() == of => names.get(index).map(|name| (*name).to_owned()),
            (_, 1) => None,
            ([name], of) => Some(format!("{name} {} of {of}", index + 1)),
            _ => Some(format!("component {} of {of}", index + 1)),
        }
    }
}

/// One assertion of a theorem.
pub struct Claim {
    name: &'static str,
    declaration: Arc<dyn Declaration>,
    tie: Box<dyn tie::Tied>,
    components: Components,
    settings: Settings,
}

impl Claim {
    /// A claim with the default settings, and what ties its theory to the derivation of its
    /// theorem: [`Tie::none`] says why nothing does.
    pub fn new<D: Typed>(name: &'static str, declaration: D, tie: Tie<D::Place>) -> Self {
        let declaration = Arc::new(declaration);
        let pair = tie::Pair { declaration: Arc::clone(&declaration), tie };
        Self {
            name,
            declaration,
            tie: Box::new(pair),
            components: Components::default(),
            settings: Settings::default(),
        }
    }

    /// Nouns for the numbers of the theory, in their order, `["bias", "variance"]`, or one noun for
    /// all, `["norm of a row"]`. Verdicts, tables and plots call them so.
    pub fn components(mut self, names: &'static [&'static str]) -> Self {
        self.components = Components(names);
        self
    }

    /// Rounds to spend at each point at most.
    pub fn budget(mut self, rounds: u64) -> Self {
        self.settings.budget = Some(rounds);
        self
    }

    /// Points at which the claim is checked; 4 by default.
    ///
    /// # Panics
    /// If there are none: nothing would be checked.
    pub fn points(mut self, points: usize) -> Self {
        assert!(points > 0, "{} asks to be checked at no point", self.name);
        self.settings.points = points;
        self
    }

    /// The price of a draw is this power of its size; 1 by default.
    pub fn price(mut self, exponent: f64) -> Self {
        self.settings.price = exponent;
        self
    }

    /// Draws are dear: the first look is at 64 rounds instead of 256.
    pub fn dear(mut self) -> Self {
        self.settings.first_look = 64;
        self
    }

    /// The name, a kebab-case noun.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What the numbers of the theory are called.
    pub fn parts(&self) -> Components {
        self.components
    }

    /// What is claimed.
    pub fn declaration(&self) -> &dyn Declaration {
        self.declaration.as_ref()
    }

    /// Why nothing ties its theory to the derivation of its theorem, if nothing does.
    pub fn untied(&self) -> Option<&'static str> {
        self.tie.untied()
    }

    /// Checks what ties its theory to the derivation of its theorem, which `proof` has checked.
    ///
    /// # Errors
    /// A planned point outside the hypotheses.
    pub fn tie(
        &self,
        derivation: &Derivation,
        proof: &Proof,
    ) -> Result<tie::Checked, OutsideHypotheses> {
        self.tie.check(self.settings.points, derivation, proof)
    }

    /// How it is checked.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}

/// Every theorem, sorted by id.
pub struct Catalogue {
    theorems: Vec<Theorem>,
    topics: &'static [(&'static str, &'static str)],
    panels: &'static [Panel],
}

/// One claim of the catalogue, with its theorem.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    /// The theorem.
    pub theorem: &'a Theorem,
    /// The claim.
    pub claim: &'a Claim,
}

impl Entry<'_> {
    /// `id::claim`, which addresses the claim's random streams.
    pub fn path(&self) -> String {
        format!("{}::{}", self.theorem.id, self.claim.name)
    }
}

impl Catalogue {
    /// A catalogue of theorems.
    ///
    /// # Panics
    /// If two theorems have one id, two claims of a theorem or two mutants of a claim one name, or
    /// a theorem no claim: each would make a check disappear.
    pub fn new(mut theorems: Vec<Theorem>) -> Self {
        theorems.sort_by_key(|t| t.id);
        for pair in theorems.windows(2) {
            assert!(pair[0].id != pair[1].id, "two theorems are called {}", pair[0].id);
        }
        for theorem in &theorems {
            assert!(!theorem.claims.is_empty(), "{} claims nothing", theorem.id);
            let mut names: Vec<_> = theorem.claims.iter().map(Claim::name).collect();
            names.sort_unstable();
            for pair in names.windows(2) {
                assert!(pair[0] != pair[1], "{} has two claims {}", theorem.id, pair[0]);
            }
            for claim in &theorem.claims {
                let mut names: Vec<_> =
                    claim.declaration.mutants().iter().map(|label| label.name).collect();
                names.sort_unstable();
                for pair in names.windows(2) {
                    let path = Entry { theorem, claim }.path();
                    assert!(pair[0] != pair[1], "{path} has two mutants {}", pair[0]);
                }
            }
        }
        Self { theorems, topics: &[], panels: &[] }
    }

    /// What the theorems of each paper are about, by the part of their ids before the dot.
    pub fn topics(self, topics: &'static [(&'static str, &'static str)]) -> Self {
        Self { topics, ..self }
    }

    /// Pictures of several claims, for the report and for `plot --panel`.
    pub fn panels(self, panels: &'static [Panel]) -> Self {
        Self { panels, ..self }
    }

    /// Its pictures of several claims.
    pub fn pictures(&self) -> &'static [Panel] {
        self.panels
    }

    /// What a theorem is about; the paper itself where the catalogue says nothing.
    pub fn topic<'a>(&self, id: &'a str) -> &'a str {
        let paper = id.split('.').next().unwrap_or(id);
        self.topics.iter().find(|(name, _)| *name == paper).map_or(paper, |(_, topic)| topic)
    }

    /// The theorems, by id.
    pub fn theorems(&self) -> &[Theorem] {
        &self.theorems
    }

    /// Every claim, by id and then in the order of its file.
    pub fn claims(&self) -> impl Iterator<Item = Entry<'_>> {
        self.theorems
            .iter()
            .flat_map(|theorem| theorem.claims.iter().map(move |claim| Entry { theorem, claim }))
    }

    /// The number of claims: what an error probability for the whole is divided by.
    pub fn len(&self) -> usize {
        self.theorems.iter().map(|t| t.claims.len()).sum()
    }

    /// Whether there is no claim at all.
    pub fn is_empty(&self) -> bool {
        self.theorems.is_empty()
    }
}

/// A pattern that matches no claim.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no claim matches {pattern:?}{hint}")]
pub struct UnknownClaim {
    /// What was asked for.
    pub pattern: String,
    /// The nearest names, as a sentence.
    pub hint: String,
}

impl Catalogue {
    /// The claims that a pattern names: an id, an alias, `id::claim`, or any part of these. An
    /// empty pattern names all.
    ///
    /// # Errors
    /// A pattern that matches nothing, with the nearest names.
    pub fn select(&self, pattern: &str) -> Result<Vec<Entry<'_>>, UnknownClaim> {
        let names = |e: &Entry<'_>| [e.theorem.id.to_owned(), e.theorem.alias.to_owned(), e.path()];
        let exact: Vec<_> =
            self.claims().filter(|e| names(e).iter().any(|n| n == pattern)).collect();
        if !exact.is_empty() && !pattern.is_empty() {
            return Ok(exact);
        }
        let part: Vec<_> =
            self.claims().filter(|e| names(e).iter().any(|n| n.contains(pattern))).collect();
        if !part.is_empty() {
            return Ok(part);
        }
        let mut near: Vec<(f64, String)> = self
            .claims()
            .flat_map(|e| names(&e))
            .filter(|n| !n.is_empty())
            .map(|n| (strsim::jaro_winkler(pattern, &n), n))
            .collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        near.dedup_by(|a, b| a.1 == b.1);
        let list: Vec<_> = near.into_iter().take(3).map(|(_, n)| n).collect();
        let hint = if list.is_empty() {
            ": the catalogue is empty".to_owned()
        } else {
            format!("; the nearest are {} (try `list`)", list.join(", "))
        };
        Err(UnknownClaim { pattern: pattern.to_owned(), hint })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_a_theory_has_a_name_or_a_place() {
        let both = Components(&["bias", "variance"]);
        assert_eq!(both.name(1, 2).as_deref(), Some("variance"));
        assert_eq!(Components(&["norm"]).name(1, 3).as_deref(), Some("norm 2 of 3"));
        assert_eq!(Components(&["risk"]).name(0, 1).as_deref(), Some("risk"));
        // As many names as numbers, or one for all.
        assert_eq!(both.name(0, 3).as_deref(), Some("component 1 of 3"));
        assert_eq!(Components::default().name(1, 2).as_deref(), Some("component 2 of 2"));
        assert_eq!((Components::default().name(0, 1), both.name(0, 1)), (None, None));
    }
}
