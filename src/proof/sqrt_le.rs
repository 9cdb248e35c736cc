//! The rule $\sqrt A \le B$.

use super::conditions::undischarged;
use super::domain::Domain;
use super::rule::{Checked, statement};
use super::step::Assertion;
use crate::exact::Expr;

/// $\sqrt A \le B$ on a domain, from $B \ge 0$ and $B^2 - A \ge 0$ there.
#[derive(Clone, Debug)]
pub struct SqrtLe {
    /// $A$, which must be shown not to be negative.
    pub radicand: Expr,
    /// $B$.
    pub bound: Expr,
    /// Where.
    pub on: Domain,
    /// $B \ge 0$, $B^2 - A \ge 0$.
    pub from: [&'static str; 2],
}

impl SqrtLe {
    pub(crate) fn text(&self) -> String {
        format!("{} <= {} for {}", self.radicand.sqrt(), self.bound, self.on)
    }

    /// What is concluded to be at least 0.
    pub(crate) fn gap(&self) -> Expr {
        &self.bound - self.radicand.sqrt()
    }

    pub(crate) fn check(&self, bound: &Assertion, square: &Assertion) -> Checked<()> {
        let wanted = self.bound.pow(2) - &self.radicand;
        let shown = [
            statement(bound, &self.bound, "is at least 0")?,
            statement(square, &wanted, "is at most the square of the bound")?,
        ];
        if let Some(other) = shown.into_iter().find(|domain| **domain != self.on) {
            return Err(format!("shown for {other}, not {}", self.on));
        }
        match undischarged([&self.radicand.sqrt(), &self.bound], &self.on) {
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
    use crate::exact::var;
    use crate::vars;

    fn concluded(derivation: Derivation, rule: SqrtLe) -> Outcome {
        derivation.conclude("root", Rule::SqrtLe(rule)).check().steps.pop().unwrap().outcome
    }

    #[test]
    fn the_geometric_mean_is_at_most_the_arithmetic_one() {
        let (x, y) = vars!("x", "y");
        let domain = Domain::new().open(&x, 0, INF).open(&y, 0, INF);
        let mean = (&x + &y) / 2;
        let premises = Derivation::of("means").nonneg("mean", mean.clone(), &domain).nonneg(
            "square",
            ((&x - &y) / 2).pow(2),
            &domain,
        );
        let rule = |radicand: Expr, bound: Expr, on: &Domain| SqrtLe {
            radicand,
            bound,
            on: on.clone(),
            from: ["mean", "square"],
        };
        let found = concluded(premises.clone(), rule(&x * &y, mean.clone(), &domain));
        assert_eq!(found.label(), Some(Label::Exact));
        // Another bound, another radicand, another domain than what the premises are about.
        let less = domain.below(&x, &5.into());
        for wrong in [
            rule(&x * &y, (&x + &y) / 3, &domain),
            rule(2 * &x * &y, mean.clone(), &domain),
            rule(&x * &y, mean.clone(), &less),
        ] {
            assert_eq!(concluded(premises.clone(), wrong).label(), None);
        }
    }

    #[test]
    fn a_negative_bound_or_radicand_is_no_bound_of_a_root() {
        // x^2 <= x^2, but sqrt(x^2) <= x is false below 0.
        let x = var("x");
        let all = Domain::new().real(&x);
        let premises = |bound: &Expr, radicand: &Expr| {
            Derivation::of("root").nonneg("bound", bound.clone(), &all).nonneg(
                "square",
                bound.pow(2) - radicand,
                &all,
            )
        };
        let rule = |bound: &Expr, radicand: &Expr| SqrtLe {
            radicand: radicand.clone(),
            bound: bound.clone(),
            on: all.clone(),
            from: ["bound", "square"],
        };
        let square = x.pow(2);
        assert_eq!(concluded(premises(&x, &square), rule(&x, &square)).label(), None);
        // 1 is above every x^2 - x^2 - 1, which has no root.
        let (one, negative) = (1.into(), -1 * x.pow(2) - 1);
        assert_eq!(concluded(premises(&one, &negative), rule(&one, &negative)).label(), None);
    }
}
