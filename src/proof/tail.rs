//! The rule that bounds what is left of a series.

use super::conditions::undischarged;
use super::domain::{Domain, End};
use super::rule::{Checked, range, same, statement};
use super::sign::{Sign, signs};
use super::step::Assertion;
use crate::exact::Expr;

/// A series $\sum_{n \ge N} a(n)$ converges, and is at most `bound` in absolute value, because
/// $|a(n+1)| \le q |a(n)|$ with $q < 1$ from $n = N$ on: so it is at most
/// $\frac{|a(N)|}{1 - q}$.
///
/// The terms are given by the first one and by $a(n+1) / a(n)$, an expression in $n$ and in any
/// symbols that are not in `on`: at each $n$ the ratio may be that at any of their values.
#[derive(Clone, Debug)]
pub struct Tail {
    /// $a(N)$.
    pub first: Expr,
    /// $a(n+1) / a(n)$.
    pub ratio: Expr,
    /// $n$.
    pub index: Expr,
    /// $N$, a number.
    pub start: Expr,
    /// $q$.
    pub below: Expr,
    /// What the sum is at most, in absolute value.
    pub bound: Expr,
    /// Where.
    pub on: Domain,
    /// $q - \frac{a(n+1)}{a(n)} \ge 0$ and $q + \frac{a(n+1)}{a(n)} \ge 0$, for $n \ge N$;
    /// `bound` $(1-q) - a(N) \ge 0$ and `bound` $(1-q) + a(N) \ge 0$.
    pub from: [&'static str; 4],
}

impl Tail {
    pub(crate) fn text(&self) -> String {
        let Self { first, ratio, index, start, bound, on, .. } = self;
        format!(
            "the sum from {index} = {start} on of the terms {first} and so on, each {ratio} times \
             the one before it, is at most {bound} in absolute value for {on}"
        )
    }

    pub(crate) fn check(&self, premises: [&Assertion; 4]) -> Checked<()> {
        self.symbols()?;
        let room = &self.bound * (1 - &self.below);
        let wanted = [
            (&self.below - &self.ratio, "falls at least like q^n"),
            (&self.below + &self.ratio, "falls at least like q^n"),
            (&room - &self.first, "has a first term that is small enough"),
            (&room + &self.first, "has a first term that is small enough"),
        ];
        for (place, (premise, (of, what))) in premises.into_iter().zip(&wanted).enumerate() {
            let domain = statement(premise, of, what)?;
            if place < 2 {
                self.shown_from_the_start(domain)?;
            } else if *domain != self.on {
                return Err(format!("shown for {domain}, not {}", self.on));
            }
        }
        if !signs(&(1 - &self.below), &self.on).iter().all(|(s, _)| *s == Sign::Positive) {
            return Err(format!("{} is not shown to be below 1", self.below));
        }
        match undischarged([&self.below, &self.bound, &self.first], &self.on) {
            None => Ok(()),
            Some(condition) => Err(format!("not shown on the domain: {condition}")),
        }
    }

    /// The index is a symbol that nothing but the ratio depends on, and the start is a number.
    fn symbols(&self) -> Checked<()> {
        let name = self.index.symbol().ok_or("the index is no symbol")?;
        if self.start.exactly(&[]).is_none() {
            return Err("the series does not begin at a number".to_owned());
        }
        let known = |e: &Expr| e.symbols().into_iter().all(|s| self.on.range(&s).is_some());
        if self.on.range(name).is_some() {
            return Err(format!("{name} is the index, and has a range of its own"));
        }
        match [&self.first, &self.below, &self.bound].into_iter().find(|e| !known(e)) {
            Some(e) => Err(format!("{e} depends on what changes from term to term")),
            None => Ok(()),
        }
    }

    /// The premise holds for every $n \ge N$ and everything in the domain, and for any values of
    /// what else it has.
    fn shown_from_the_start(&self, domain: &Domain) -> Checked<()> {
        let index = range(domain, self.index.symbol().unwrap_or_default())?;
        let begins = matches!(&index.low, End::Closed(n) if same(n, &self.start));
        if !begins || index.high != End::Infinite {
            return Err(format!("not shown for all {} >= {}", self.index, self.start));
        }
        for wanted in self.on.ranges() {
            match domain.range(&wanted.symbol) {
                Some(found) if found == wanted => {}
                Some(found) => {
                    return Err(format!("a premise is for {found}, the conclusion for {wanted}"));
                }
                None => return Err(format!("a premise has no range for {}", wanted.symbol)),
            }
        }
        if let Some(symbol) = self.ratio.symbols().into_iter().find(|s| domain.range(s).is_none()) {
            return Err(format!("a premise has no range for {symbol}"));
        }
        match undischarged([&self.ratio], domain) {
            None => Ok(()),
            Some(condition) => Err(format!("not shown on the domain: {condition}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::domain::INF;
    use super::super::{Derivation, Label, Outcome, Rule};
    use super::*;
    use crate::exact::ratio;
    use crate::vars;

    /// $\sum_{n \ge 4} x^n / n!$ for $0 < x < 1$: ratio $x / (n+1)$, first term $x^4 / 24$.
    fn exponential() -> (Derivation, Tail) {
        let (x, n) = vars!("x", "n");
        let on = Domain::new().open(&x, 0, 1);
        let steps = on.clone().half_open(&n, 4, INF);
        let (first, next, below) = (x.pow(4) / 24, &x / (&n + 1), ratio(1, 5));
        let bound = ratio(5, 96);
        let room = &bound * (1 - &below);
        let derivation = Derivation::of("tail of the exponential series")
            .nonneg("falls", &below - &next, &steps)
            .nonneg("does-not-alternate-wildly", &below + &next, &steps)
            .nonneg("first", &room - &first, &on)
            .nonneg("first-below", &room + &first, &on);
        let rule = Tail {
            first,
            ratio: next,
            index: n,
            start: 4.into(),
            below,
            bound,
            on,
            from: ["falls", "does-not-alternate-wildly", "first", "first-below"],
        };
        (derivation, rule)
    }

    fn concluded(derivation: Derivation, rule: Tail) -> Outcome {
        derivation.conclude("tail", Rule::Tail(rule)).check().steps.pop().unwrap().outcome
    }

    #[test]
    fn what_is_left_of_the_exponential_series() {
        let (derivation, rule) = exponential();
        let proof = derivation.clone().check();
        assert!(proof.steps.iter().all(|s| s.outcome.label() == Some(Label::Exact)), "{proof:?}");
        assert_eq!(concluded(derivation, rule).label(), Some(Label::Exact));
    }

    #[test]
    fn premises_about_something_else_are_not_taken() {
        let (derivation, rule) = exponential();
        let x = crate::exact::var("x");
        let wrong = [
            Tail { bound: ratio(4, 96), ..rule.clone() },
            Tail { below: ratio(1, 6), ..rule.clone() },
            Tail { start: 3.into(), ..rule.clone() },
            Tail { start: 5.into(), ..rule.clone() },
            Tail { first: &rule.first * 2, ..rule.clone() },
            Tail { ratio: &rule.ratio * 2, ..rule.clone() },
            Tail { on: Domain::new().open(&x, 0, 2), ..rule.clone() },
            Tail { index: x.clone(), ..rule.clone() },
            Tail { from: ["falls", "falls", "first", "first-below"], ..rule.clone() },
            Tail { first: &rule.first * &rule.index, ..rule.clone() },
        ];
        for rule in wrong {
            let found = concluded(derivation.clone(), rule.clone());
            assert_eq!(found.label(), None, "{rule:?}");
        }
    }

    #[test]
    fn a_ratio_that_tends_to_1_and_a_range_of_few_terms_bound_nothing() {
        // The harmonic series: n / (n + 1) is below 1 for every n, and the sum is infinite.
        let (derivation, rule) = exponential();
        let n = rule.index.clone();
        let next = &n / (&n + 1);
        let steps = |d: &Domain| {
            Derivation::of("harmonic series")
                .nonneg("falls", 1 - &next, d)
                .nonneg("falls-too", 1 + &next, d)
                .nonneg("first", 0 - ratio(0, 1), &rule.on)
                .nonneg("first-below", ratio(0, 1), &rule.on)
        };
        let harmonic = Tail {
            first: 0.into(),
            ratio: next.clone(),
            below: 1.into(),
            bound: 7.into(),
            from: ["falls", "falls-too", "first", "first-below"],
            ..rule.clone()
        };
        let all = rule.on.clone().half_open(&n, 4, INF);
        assert_eq!(concluded(steps(&all), harmonic).label(), None);
        // The ratio is shown to be small for ten terms only.
        let few = rule.on.clone().closed(&n, 4, 14);
        let short = Derivation::of("few terms")
            .nonneg("falls", &rule.below - &rule.ratio, &few)
            .nonneg("falls-too", &rule.below + &rule.ratio, &few);
        let premises =
            derivation.steps()[2..].iter().fold(short, |d, step| match &step.assertion {
                Assertion::Sign { of, domain, .. } => d.nonneg(step.name, of.clone(), domain),
                _ => d,
            });
        let few_terms = Tail { from: ["falls", "falls-too", "first", "first-below"], ..rule };
        assert_eq!(concluded(premises, few_terms).label(), None);
    }

    #[test]
    fn a_ratio_may_depend_on_what_is_only_known_to_lie_in_a_range() {
        // Terms x^n h_n / n! with h_(n+1) / h_n = 1 + 1/h and h >= 1.
        let (derivation, rule) = exponential();
        let h = crate::exact::var("h");
        let next = &rule.ratio * (1 + 1 / &h) / 2;
        let steps = rule.on.clone().half_open(&rule.index, 4, INF).half_open(&h, 1, INF);
        let with = Derivation::of("h").nonneg("falls", &rule.below - &next, &steps).nonneg(
            "falls-too",
            &rule.below + &next,
            &steps,
        );
        let with = derivation.steps()[2..].iter().fold(with, |d, step| match &step.assertion {
            Assertion::Sign { of, domain, .. } => d.nonneg(step.name, of.clone(), domain),
            _ => d,
        });
        let from = ["falls", "falls-too", "first", "first-below"];
        let found = concluded(with.clone(), Tail { ratio: next, from, ..rule.clone() });
        assert_eq!(found.label(), Some(Label::Exact), "{found:?}");
        // But the first term and the bound may not.
        let found = concluded(with, Tail { first: &rule.first / &h, from, ..rule });
        assert_eq!(found.label(), None);
    }
}
