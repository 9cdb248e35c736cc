//! Derivations: named steps from hypotheses and citations to a conclusion, and what comes of
//! checking them.

use super::domain::{Bound, Domain};
use super::extremum::{BestConstant, Extreme};
use super::label::{Label, Outcome};
use super::limit::LimitAt;
use super::method::Method;
use super::near::Toward;
use super::root::UniqueRoot;
use super::rule::Rule;
use super::step::{Assertion, Draft, Step, Strictness};
use crate::exact::Expr;
use crate::source::Source;
use std::collections::BTreeMap;

/// The steps of a proof, in order; a rule may use the steps before it.
#[derive(Clone, Debug, Default)]
pub struct Derivation {
    title: &'static str,
    steps: Vec<Step>,
}

impl Derivation {
    /// No derivation.
    pub fn none() -> Self {
        Self::default()
    }

    /// A derivation of something.
    pub fn of(title: &'static str) -> Self {
        Self { title, steps: Vec::new() }
    }

    /// What is derived.
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// The steps.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether there is no step.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    fn step(mut self, name: &'static str, assertion: Assertion) -> Self {
        assert!(self.find(name).is_none(), "two steps are called {name}");
        self.steps.push(Step { name, assertion, by: None, twins: Vec::new() });
        self
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.steps.iter().position(|s| s.name == name)
    }

    /// `left` = `right` on a domain.
    pub fn identity(
        self,
        name: &'static str,
        left: impl Into<Expr>,
        right: impl Into<Expr>,
        domain: &Domain,
    ) -> Self {
        let (left, right) = (left.into(), right.into());
        self.step(name, Assertion::Identity { left, right, domain: domain.clone() })
    }

    /// An expression is at least 0 on a domain.
    pub fn nonneg(self, name: &'static str, of: impl Into<Expr>, domain: &Domain) -> Self {
        let (of, domain) = (of.into(), domain.clone());
        self.step(name, Assertion::Sign { of, strictness: Strictness::Weak, domain })
    }

    /// An expression is above 0 on a domain.
    pub fn positive(self, name: &'static str, of: impl Into<Expr>, domain: &Domain) -> Self {
        let (of, domain) = (of.into(), domain.clone());
        self.step(name, Assertion::Sign { of, strictness: Strictness::Strict, domain })
    }

    /// An equation, `of` = 0, has exactly one root in the range of a symbol, for all values of the
    /// other symbols of a domain.
    pub fn unique_root(
        self,
        name: &'static str,
        of: impl Into<Expr>,
        in_: &Expr,
        domain: &Domain,
    ) -> Self {
        let (of, in_, domain) = (of.into(), in_.clone(), domain.clone());
        self.step(name, Assertion::UniqueRoot(UniqueRoot { of, in_, domain, within: None }))
    }

    /// The root of the step before lies in a closed interval, whose ends are in the range and may
    /// depend on the other symbols.
    ///
    /// # Panics
    /// If the step before asserts no root, or has twins already: they would be without it.
    pub fn within(mut self, low: impl Into<Expr>, high: impl Into<Expr>) -> Self {
        match self.steps.last_mut() {
            Some(Step { assertion: Assertion::UniqueRoot(root), twins, .. })
                if twins.is_empty() =>
            {
                root.within = Some((low.into(), high.into()));
            }
            _ => panic!("an interval belongs to a root, before its twins"),
        }
        self
    }

    /// `of` tends to a value, or beyond every bound ([`INF`](super::INF)), as a symbol tends
    /// somewhere, for all values of the other symbols, whose ranges are the domain.
    pub fn limit(
        self,
        name: &'static str,
        of: impl Into<Expr>,
        in_: &Expr,
        toward: impl Into<Toward>,
        value: impl Into<Bound>,
        domain: &Domain,
    ) -> Self {
        let (of, in_, toward) = (of.into(), in_.clone(), toward.into());
        let (value, domain) = (value.into(), domain.clone());
        self.step(name, Assertion::Limit(LimitAt { of, in_, toward, value, domain }))
    }

    /// `of` is at most a constant on a bounded domain; the certified supremum is reported with it,
    /// whether the claim holds or fails.
    pub fn supremum(
        self,
        name: &'static str,
        of: impl Into<Expr>,
        claimed: impl Into<Expr>,
        domain: &Domain,
    ) -> Self {
        let (of, claimed, domain) = (of.into(), claimed.into(), domain.clone());
        let extreme = Extreme::Supremum;
        self.step(name, Assertion::Best(BestConstant { of, claimed, extreme, domain }))
    }

    /// `of` is at least a constant on a bounded domain; the certified infimum is reported with it,
    /// whether the claim holds or fails.
    pub fn infimum(
        self,
        name: &'static str,
        of: impl Into<Expr>,
        claimed: impl Into<Expr>,
        domain: &Domain,
    ) -> Self {
        let (of, claimed, domain) = (of.into(), claimed.into(), domain.clone());
        let extreme = Extreme::Infimum;
        self.step(name, Assertion::Best(BestConstant { of, claimed, extreme, domain }))
    }

    /// Taken from a source, not checked.
    pub fn cited(self, name: &'static str, says: &'static str, source: Source) -> Self {
        self.step(name, Assertion::Cited { says, source })
    }

    /// A hypothesis of the theorem.
    pub fn assumed(self, name: &'static str, says: &'static str) -> Self {
        self.step(name, Assertion::Assumed { says })
    }

    /// Measured by a claim of the same theorem.
    pub fn measured(self, name: &'static str, says: &'static str, claim: &'static str) -> Self {
        self.step(name, Assertion::Measured { says, claim })
    }

    /// Not checked by anybody.
    pub fn open(self, name: &'static str, says: &'static str) -> Self {
        self.step(name, Assertion::Open { says })
    }

    /// A conclusion from earlier steps.
    ///
    /// # Panics
    /// If a premise is not an earlier step.
    pub fn conclude(self, name: &'static str, rule: Rule) -> Self {
        for premise in rule.from() {
            let earlier: Vec<&str> = self.steps.iter().map(|s| s.name).collect();
            assert!(
                self.find(premise).is_some(),
                "{name} rests on {premise}, which is no step before it: those are {}",
                earlier.join(", ")
            );
        }
        self.step(name, Assertion::Rule(rule))
    }

    /// Only this method may decide the step before and its twins: where it does not, the step is
    /// unknown, and its label cannot get weaker unseen.
    ///
    /// # Panics
    /// If the step before is not of the kind that the method decides.
    pub fn by(mut self, method: Method) -> Self {
        let last = self.steps.last_mut();
        let step = last.filter(|s| s.assertion.is_decided_by(method));
        let step = step.unwrap_or_else(|| panic!("{method:?} decides no step before it"));
        step.by = Some(method);
        self
    }

    /// A wrong version of the step before, which no checker may prove.
    ///
    /// # Panics
    /// If there is no step that a checker decides, or its twin has this name already.
    pub fn twin(mut self, name: &'static str, change: impl FnOnce(Draft) -> Draft) -> Self {
        let changed = change(Draft(self.last_checked(name).assertion.clone()));
        self.add_twin(name, changed);
        self
    }

    // What does not depend on the closure is compiled once, not for each of hundreds of twins.

    fn last_checked(&mut self, twin: &str) -> &mut Step {
        let last = self.steps.last_mut();
        let step = last.filter(|s| s.assertion.is_checked());
        step.unwrap_or_else(|| panic!("the twin {twin} belongs to no checked step"))
    }

    fn add_twin(&mut self, name: &'static str, Draft(changed): Draft) {
        let step = self.last_checked(name);
        assert!(step.twins.iter().all(|(n, _)| *n != name), "two twins are called {name}");
        step.twins.push((name, changed));
    }

    /// Checks every step.
    pub fn check(&self) -> Proof {
        let mut steps: Vec<Checked> = Vec::new();
        for step in &self.steps {
            let decide = |assertion: &Assertion| match assertion {
                Assertion::Rule(rule) => {
                    let premise = |name: &&'static str| {
                        let at = self.find(name)?;
                        Some((&self.steps[at].assertion, &steps.get(at)?.outcome))
                    };
                    let premises: Option<Vec<_>> = rule.from().iter().map(premise).collect();
                    match premises {
                        Some(premises) => rule.decide(&premises),
                        None => Outcome::unknown("a premise is missing"),
                    }
                }
                alone => alone.decide(step.by),
            };
            let outcome = decide(&step.assertion);
            let twins = step.twins.iter().map(|(name, twin)| (*name, decide(twin))).collect();
            steps.push(Checked { name: step.name, outcome, twins });
        }
        Proof { steps }
    }
}

/// A checked step.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The name.
    pub name: &'static str,
    /// What came of it.
    pub outcome: Outcome,
    /// What came of its wrong versions.
    pub twins: Vec<(&'static str, Outcome)>,
}

impl Checked {
    /// Labels a step that was decided here as one that a proof assistant accepts too.
    pub(crate) fn accept(&mut self, by: &str) {
        if let Outcome::Proved { label, evidence } = &mut self.outcome
            && *label < Label::Statistical
        {
            *evidence = format!("{by}; here {label}: {evidence}");
            *label = Label::Formal;
        }
    }
}

/// A checked derivation.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The steps, in order.
    pub steps: Vec<Checked>,
}

impl Proof {
    /// The weakest label and the first step that has it: a step that is not proved is open. A
    /// hypothesis is not a weakness. `None` without steps.
    pub fn weakest(&self) -> Option<(Label, &'static str)> {
        let label = |s: &Checked| s.outcome.label().unwrap_or(Label::Open);
        let counted = self.steps.iter().filter(|s| label(s) != Label::Assumed);
        let weakest = counted.clone().map(label).max()?;
        counted.map(|s| (label(s), s.name)).find(|(l, _)| *l == weakest)
    }

    /// How many steps have each label; a step that is not proved is open.
    pub fn shares(&self) -> BTreeMap<Label, usize> {
        let mut shares = BTreeMap::new();
        for step in &self.steps {
            *shares.entry(step.outcome.label().unwrap_or(Label::Open)).or_insert(0) += 1;
        }
        shares
    }

    /// Whether every step is proved (or honestly labelled) and no false twin is.
    pub fn holds(&self) -> bool {
        self.steps.iter().all(|s| {
            s.outcome.label().is_some() && s.twins.iter().all(|(_, o)| o.label().is_none())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::domain::INF;
    use super::*;
    use crate::vars;

    const SOURCE: Source = Source { paper: "A. Author, 2020, Title", result: "1", link: "" };

    fn least_risk() -> Derivation {
        let (t, g) = vars!("t", "gamma");
        let risk = t.pow(2) * (1 - 1 / &g) + 1 / (&g - 1);
        let star = &t / (&t - 1);
        let domain = Domain::new().open(&t, 1, INF).open(&g, 1, INF);
        let product = (&t * (&g - 1) - &g) * (&t * (&g - 1) + &g) / (&g * (&g - 1)).pow(2);
        Derivation::of("Minimum of the risk")
            .cited("limit", "the risk tends to this expression", SOURCE)
            .identity("slope", risk.d(&g), product, &domain)
            .twin("one-factor", |s| s.right((&t * (&g - 1) - &g) / (&g * (&g - 1)).pow(2)))
            .nonneg("falls", -risk.d(&g), &domain.below(&g, &star))
            .twin("too-far", |s| s.on(&domain.below(&g, &(&star + 1))))
            .nonneg("rises", risk.d(&g), &domain.above(&g, &star))
            .twin("everywhere", |s| s.on(&domain))
            .identity("least", risk.at(&g, &star), 2 * &t - 1, &Domain::new().open(&t, 1, INF))
            .twin("sign", |s| s.right(2 * &t + 1))
            .conclude(
                "minimum",
                Rule::MinimumBySlope { of: risk, in_: g, at: star, from: ["falls", "rises"] },
            )
            .twin("elsewhere", |s| s.put((&t + 1) / &t))
    }

    #[test]
    fn the_minimum_of_the_overparameterised_risk_for_all_signal_to_noise_ratios() {
        let proof = least_risk().check();
        for step in &proof.steps {
            assert!(step.outcome.label().is_some(), "{}: {:?}", step.name, step.outcome);
            for (name, outcome) in &step.twins {
                assert!(outcome.label().is_none(), "{name}: {outcome:?}");
            }
            if step.name != "limit" {
                assert_eq!(step.outcome.label(), Some(Label::Exact), "{}", step.name);
            }
        }
        assert_eq!(proof.weakest(), Some((Label::Cited, "limit")));
        assert_eq!(proof.shares()[&Label::Exact], 5);
        assert!(proof.holds());
    }

    #[test]
    fn twins_where_a_rational_witness_exists_are_refuted_with_it() {
        let proof = least_risk().check();
        for step in ["slope", "falls", "rises", "least"] {
            let step = proof.steps.iter().find(|s| s.name == step).unwrap();
            assert!(matches!(step.twins[0].1, Outcome::Refuted { .. }), "{step:?}");
        }
    }

    #[test]
    fn a_rule_does_not_take_the_proof_of_something_else() {
        let (t, g) = vars!("t", "gamma");
        let domain = Domain::new().open(&t, 1, INF).open(&g, 1, INF);
        let (f, star) = ((&g - &t).pow(2), t.clone());
        let with = |wrong: &Expr, below: &Domain, above: &Domain| {
            Derivation::of("x")
                .nonneg("falls", -wrong.d(&g), below)
                .nonneg("rises", f.d(&g), above)
                .conclude(
                    "least",
                    Rule::MinimumBySlope {
                        of: f.clone(),
                        in_: g.clone(),
                        at: star.clone(),
                        from: ["falls", "rises"],
                    },
                )
                .check()
                .steps[2]
                .outcome
                .clone()
        };
        let (below, above) = (domain.below(&g, &star), domain.above(&g, &star));
        assert_eq!(with(&f, &below, &above).label(), Some(Label::Exact));
        let other = (&g - &t).pow(2) * 2;
        assert!(matches!(with(&other, &below, &above), Outcome::Unknown { .. }));
        // A gap between the two pieces.
        let far = domain.above(&g, &(&star + 1));
        assert!(matches!(with(&f, &below, &far), Outcome::Unknown { .. }));
        // Another range of another symbol.
        let fewer = Domain::new().open(&t, 2, INF).open(&g, &t, INF);
        assert!(matches!(with(&f, &below, &fewer), Outcome::Unknown { .. }));
    }

    #[test]
    fn pieces_in_another_form_say_nothing_where_the_function_is_not_defined() {
        // There is no logarithm of a negative number, though log x - log x + 1 is 1.
        let x = crate::exact::var("x");
        let pieces = |low: i32, middle: i32, high: i32| {
            Derivation::of("pieces")
                .nonneg("first", 1, &Domain::new().closed(&x, low, middle))
                .nonneg("second", 1, &Domain::new().closed(&x, middle, high))
        };
        let of = x.ln() - x.ln() + 1;
        let from = vec!["first", "second"];
        let rule = Rule::Cases { of, in_: x.clone(), from };
        let concluded = |steps: Derivation| {
            steps.conclude("all", rule.clone()).check().steps.pop().unwrap().outcome
        };
        assert_eq!(concluded(pieces(1, 2, 3)).label(), Some(Label::Exact));
        assert!(concluded(pieces(-3, -2, -1)).why().contains("x > 0"));
        assert!(concluded(pieces(0, 1, 2)).why().contains("x > 0"));
    }

    #[test]
    fn hypotheses_alone_make_no_exact_conclusion() {
        let x = crate::exact::var("x");
        let hypotheses = Derivation::of("hypotheses").assumed("one", "..").assumed("two", "..");
        let both = |d: Derivation, from| d.conclude("all", Rule::All { from }).check();
        let label = |proof: Proof| proof.steps.last().unwrap().outcome.label();
        let alone = both(hypotheses.clone(), vec!["one", "two"]);
        assert_eq!(label(alone), Some(Label::Assumed));
        let with = hypotheses.nonneg("square", x.pow(2), &Domain::new().real(&x));
        assert_eq!(label(both(with, vec!["one", "square"])), Some(Label::Exact));
    }

    #[test]
    fn an_undischarged_condition_keeps_a_step_from_being_proved() {
        let x = crate::exact::var("x");
        let all = Domain::new().real(&x);
        let proof = Derivation::of("x").identity("one", &x / &x, 1, &all).check();
        assert!(matches!(proof.steps[0].outcome, Outcome::Unknown { .. }));
        let above = Domain::new().open(&x, 0, INF);
        let proof = Derivation::of("x").identity("one", &x / &x, 1, &above).check();
        assert_eq!(proof.steps[0].outcome.label(), Some(Label::Exact));
    }

    /// Everything that can be claimed on a domain, of something that holds wherever it is defined.
    fn claims_on(domain: &Domain) -> Vec<(&'static str, Outcome)> {
        let (w, z) = vars!("w", "z");
        let unknown = domain.clone().open(&z, 0, 2);
        let proof = Derivation::of("claims")
            .identity("identity", &w + 0, &w, &domain.clone().closed(&w, 0, 1))
            .nonneg("weak", 0, domain)
            .positive("strict", 1, domain)
            .supremum("supremum", 1, 2, domain)
            .unique_root("root", &z - 1, &z, &unknown)
            .limit("limit", 1 / &z, &z, INF, 0, domain)
            .limit("unbounded", -&z, &z, INF, INF, domain)
            .check();
        proof.steps.into_iter().map(|s| (s.name, s.outcome)).collect()
    }

    #[test]
    fn nothing_is_proved_or_refuted_where_no_point_of_the_domain_is_known() {
        let (x, y) = vars!("x", "y");
        let from = |x: &Expr, low: Expr, high: Expr| Domain::new().real(x).open(&y, low, high);
        for empty in [
            Domain::new().open(&y, 1, 0),
            Domain::new().open(&y, 1, 1),
            Domain::new().closed(&x, 0, 1).open(&y, 2, &x),
            // Here nothing says so but that no point is found.
            from(&x, x.exp(), x.clone()),
            from(&x, 3 + x.cos(), x.sin()),
        ] {
            for (name, outcome) in claims_on(&empty) {
                assert!(matches!(outcome, Outcome::Unknown { .. }), "{name}, {empty}: {outcome:?}");
            }
        }
        let inhabited = Domain::new().closed(&y, 1, 1);
        let found = claims_on(&inhabited);
        assert!(found[..6].iter().all(|(_, o)| o.label().is_some()), "{found:?}");
        assert!(matches!(found[6].1, Outcome::Refuted { .. }), "{found:?}");
    }

    #[test]
    fn nothing_is_proved_where_an_end_of_the_domain_is_not_defined() {
        // At y = 0 no x is above 1/y, and where 1/0 is called 0, x y > 0 fails.
        let (x, y) = vars!("x", "y");
        let from = |y: &Expr, low: Expr| Domain::new().half_open(y, 0, INF).open(&x, low, INF);
        let proof = Derivation::of("ends").positive("product", &x * &y, &from(&y, 1 / &y)).check();
        assert_eq!(proof.steps[0].outcome.label(), None);
        for low in [1 / &y, (&y - 1).sqrt(), y.ln(), y.acos(), Expr::from(1) / 0] {
            for (name, outcome) in claims_on(&from(&y, low)) {
                assert_eq!(outcome.label(), None, "{name}: {outcome:?}");
            }
        }
        let found = claims_on(&Domain::new().closed(&y, 1, 3).closed(&x, 1 / &y, y.sqrt()));
        assert!(found[1..3].iter().all(|(_, o)| o.label().is_some()), "{found:?}");
    }

    #[test]
    fn a_place_that_only_looks_as_if_it_moved_is_the_end_that_it_equals() {
        let (x, y) = vars!("x", "y");
        let on = Domain::new().half_open(&x, 0, INF);
        for at in [&x - &x, &y - &y, (&y - &y) / &y] {
            let rule = Rule::GrowsFrom {
                of: x.pow(2),
                in_: x.clone(),
                at,
                on: on.clone(),
                from: ["zero", "rises"],
            };
            let proof = Derivation::of("squares")
                .identity("zero", 0, 0, &Domain::new())
                .nonneg("rises", 2 * &x, &on)
                .conclude("nonneg", rule)
                .check();
            assert_eq!(proof.steps[2].outcome.label(), Some(Label::Exact));
        }
        // What is integrated over must be a symbol.
        let (integrand, antiderivative, in_) = (x.clone(), x.clone(), 2 * &x);
        let rule = Rule::Ftc { integrand, antiderivative, in_, from: ["one"] };
        let proof =
            Derivation::of("none").identity("one", 1, 1, &on).conclude("integral", rule).check();
        assert!(matches!(proof.steps[1].outcome, Outcome::Unknown { .. }));
    }

    #[test]
    fn functions_nested_sixty_times_are_answered_in_time() {
        let (x, y) = vars!("x", "y");
        let unit = Domain::new().open(&x, 0, 1);
        let nested =
            |start: &Expr, once: fn(Expr) -> Expr| (0..60).fold(start.clone(), |e, _| once(e));
        // Every level is asked for once, not once for every way there.
        let roots = nested(&x, |e| (1 - e).sqrt());
        let both = nested(&x, |e| (e.sqrt() + (2 + &e).sqrt() + 2).sqrt());
        let waves = nested(&y, |e| e.cos() + e.sin());
        let proof = Derivation::of("nested")
            .nonneg("roots", roots, &unit)
            .nonneg("both", both, &unit)
            .limit("waves", &waves + 1 / &x, &x, INF, waves, &Domain::new().real(&y))
            .check();
        for step in &proof.steps {
            assert_eq!(
                step.outcome.label(),
                Some(Label::Exact),
                "{}: {:?}",
                step.name,
                step.outcome
            );
        }
    }

    #[test]
    fn as_many_parts_of_a_domain_as_there_may_be_are_answered_in_time() {
        let all: Vec<Expr> = (0..12).map(|k| crate::exact::var(&format!("x_{k}"))).collect();
        let domain = all.iter().fold(Domain::new(), |domain, x| domain.closed(x, 0, 1));
        let sum = all.iter().fold(Expr::from(1), |sum, x| sum + x.pow(2));
        let proof = Derivation::of("cube")
            .nonneg("above", sum.pow(3), &domain)
            .nonneg("below", -sum.pow(3), &domain)
            .check();
        assert!(proof.steps[0].outcome.label().is_some(), "{:?}", proof.steps[0].outcome);
        assert!(matches!(proof.steps[1].outcome, Outcome::Refuted { .. }));
    }

    #[test]
    fn literals_do_not_leak_rounding() {
        use crate::exact::decimal;
        let sum = decimal("0.1") + decimal("0.2") - decimal("0.3");
        let proof = Derivation::of("x").positive("above", sum, &Domain::new()).check();
        assert!(matches!(proof.steps[0].outcome, Outcome::Refuted { .. }));
    }

    #[test]
    fn strict_and_weak_differ_at_a_closed_end() {
        let x = crate::exact::var("x");
        let closed = Domain::new().closed(&x, 0, 1);
        let proof = Derivation::of("x")
            .nonneg("weak", &x * 1, &closed)
            .twin("strict", Draft::strictly)
            .check();
        assert_eq!(proof.steps[0].outcome.label(), Some(Label::Exact));
        assert!(matches!(proof.steps[0].twins[0].1, Outcome::Refuted { .. }));
    }

    #[test]
    fn a_pinned_method_does_not_fall_back_on_another() {
        let x = crate::exact::var("x");
        let half = Domain::new().half_open(&x, 0, INF);
        let closed = Domain::new().closed(&x, 0, 3);
        let (sum, sturm) = (1 + &x, x.pow(2) - &x + 1);
        let label = |of: &Expr, domain: &Domain, method| {
            let step = Derivation::of("x").positive("above", of.clone(), domain).by(method);
            step.check().steps[0].outcome.clone()
        };
        let exact = Some(Label::Exact);
        assert_eq!(label(&sum, &half, Method::Coefficients).label(), exact);
        assert_eq!(label(&sturm, &half, Method::Sturm).label(), exact);
        let found = label(&sturm, &half, Method::Coefficients);
        assert!(matches!(&found, Outcome::Unknown { reason } if reason.contains("coefficient")));
        // Exact by coefficients, but what was asked for is a cover.
        assert_eq!(label(&sum, &closed, Method::Boxes).label(), Some(Label::Certified));
        assert_eq!(label(&sum, &half, Method::Boxes).label(), None);
        // What is false is refuted all the same.
        let found = label(&(&x - 1), &half, Method::Sturm);
        assert!(matches!(found, Outcome::Refuted { .. }));
    }

    #[test]
    #[should_panic(expected = "SchwartzZippel decides no step before it")]
    fn a_method_for_identities_decides_no_sign() {
        let x = crate::exact::var("x");
        let domain = Domain::new().open(&x, 0, 1);
        let _ = Derivation::of("x").nonneg("x", &x * 1, &domain).by(Method::SchwartzZippel);
    }

    #[test]
    fn a_symbol_without_range_is_named() {
        let (x, y) = vars!("x", "y");
        let domain = Domain::new().open(&x, 0, 1);
        let proof = Derivation::of("x").nonneg("sum", &x + y.pow(2), &domain).check();
        let Outcome::Unknown { reason } = &proof.steps[0].outcome else { panic!() };
        assert_eq!(reason, "the symbol y has no range");
    }

    #[test]
    fn a_symbol_whose_range_moves_along_is_no_constant_on_the_way() {
        // (x - 1)^2 with x > 0 and y in (x, x + 1): at y = 5 the least x is 4, not 1.
        let (x, y) = vars!("x", "y");
        let f = (&x - 1).pow(2);
        let domain = Domain::new().open(&x, 0, INF).open(&y, &x, &(&x + 1));
        let one = Expr::from(1);
        let proof = Derivation::of("x")
            .nonneg("falls", -f.d(&x), &domain.below(&x, &one))
            .nonneg("rises", f.d(&x), &domain.above(&x, &one))
            .conclude(
                "least",
                Rule::MinimumBySlope { of: f, in_: x, at: one, from: ["falls", "rises"] },
            )
            .check();
        assert!(proof.steps[0].outcome.label().is_some());
        let Outcome::Unknown { reason } = &proof.steps[2].outcome else { panic!() };
        assert_eq!(reason, "the range of y depends on x");
    }

    #[test]
    fn an_empty_domain_proves_nothing() {
        let (x, y) = vars!("x", "y");
        let reason = |domain: &Domain| {
            let proof = Derivation::of("x").identity("one", &x * 1, &x, domain).check();
            match &proof.steps[0].outcome {
                Outcome::Unknown { reason } => reason.clone(),
                other => format!("{other:?}"),
            }
        };
        let empty = Domain::new().open(&x, 1, 0);
        assert_eq!(reason(&empty), "the domain is empty: no x satisfies 1 < x < 0");
        assert!(reason(&Domain::new().half_open(&x, 1, 1)).starts_with("the domain is empty"));
        let never = Domain::new().open(&x, 1, INF).open(&y, &x, 1);
        assert!(reason(&never).starts_with("the domain is empty: no y"));
        assert!(reason(&Domain::new().closed(&x, 1, 1)).starts_with("Proved"));
    }

    #[test]
    fn a_power_that_is_too_high_is_left_open_and_never_wraps_around() {
        let x = crate::exact::var("x");
        let domain = Domain::new().open(&x, 0, INF);
        for k in [65_537, 1 << 30, i32::MAX, i32::MIN] {
            let proof = Derivation::of("x")
                .identity("same", x.pow(k), &x * 1, &domain)
                .nonneg("sign", x.pow(k) - 1, &domain)
                .positive("slope", x.pow(k).d(&x) + 1 - x.cos(), &domain)
                .check();
            for step in &proof.steps {
                assert_eq!(step.outcome.label(), None, "{k} {}", step.name);
            }
        }
        // Not even (-1)^k.
        let alternates = Expr::from(-1).pow(i32::MIN);
        let proof = Derivation::of("x").identity("one", alternates, -1, &domain).check();
        assert_eq!(proof.steps[0].outcome.label(), None);
    }

    #[test]
    fn deep_and_repeated_expressions_are_answered() {
        let x = crate::exact::var("x");
        let domain = Domain::new().closed(&x, 0, 1);
        let deep = (0..5_000).fold(&x * 1, |e, _| (e + 1) * &x);
        let roots = (0..10_000).fold(&x * 1, |e, _| (e + 1).sqrt());
        let quotients = (0..5_000).fold(&x * 1, |e, _| 1 / (e + 1));
        let doubled = (0..60).fold(x.sin(), |e, _| &e * &e + &e);
        let wide = (0..1_000).fold(&x * 1, |e, k| e + crate::exact::var(&format!("x_{k}")));
        for e in [deep, roots, quotients, doubled, wide] {
            let proof = Derivation::of("x")
                .identity("other", &e + 1, &e * 1, &domain)
                .nonneg("sign", &e - 2, &domain)
                .check();
            for step in proof.steps {
                assert_eq!(step.outcome.label(), None);
                assert!(format!("{:?}", step.outcome).len() < 10_000, "{:?}", step.outcome);
            }
        }
    }
}
