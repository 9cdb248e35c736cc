//! A limit by substitution: the assertion.

use super::conditions::undischarged;
use super::domain::{Bound, Domain};
use super::label::Outcome;
use super::near::{Tendency, Toward, limit};
use super::sign::Sign;
use super::squares::without_squares;
use super::witness;
use crate::exact::{Expr, Normaliser};

/// An expression tends to a value as one symbol tends somewhere, for all values of the others.
#[derive(Clone, Debug)]
pub struct LimitAt {
    /// The expression.
    pub of: Expr,
    /// The symbol.
    pub in_: Expr,
    /// Where it tends to.
    pub toward: Toward,
    /// The limit; an infinite bound is $+\infty$.
    pub value: Bound,
    /// The ranges of the other symbols.
    pub domain: Domain,
}

impl LimitAt {
    pub(crate) fn text(&self) -> String {
        let value = self.value.at().map_or("inf".to_owned(), Expr::to_string);
        let (of, x, toward, domain) = (&self.of, &self.in_, &self.toward, &self.domain);
        format!("{of} tends to {value} as {x} tends to {toward}, for {domain}")
    }

    pub(crate) fn latex(&self) -> String {
        let toward = match &self.toward {
            Toward::Infinity => r"\infty".to_owned(),
            Toward::MinusInfinity => r"-\infty".to_owned(),
            Toward::Above(a) => format!(r"{} +", a.latex()),
            Toward::Below(a) => format!(r"{} -", a.latex()),
        };
        let value = self.value.at().map_or(r"\infty".to_owned(), Expr::latex);
        let (x, of) = (self.in_.latex(), self.of.latex());
        format!(r"\lim_{{{x} \to {toward}}} \left({of}\right) = {value}")
    }

    pub(crate) fn decide(&self) -> Outcome {
        match self.found() {
            Err(reason) => Outcome::unknown(reason),
            Ok(found) => self.compare(&found),
        }
    }

    fn found(&self) -> Result<Tendency, String> {
        let name = self.in_.symbol().ok_or("what tends somewhere is no symbol")?;
        if self.domain.range(name).is_some() {
            return Err(format!("{name} has a range, but tends to {}", self.toward));
        }
        let ends: Vec<&Expr> = self.toward.at().into_iter().chain(self.value.at()).collect();
        let used = ends.iter().flat_map(|e| e.symbols()).chain(self.of.symbols());
        let mut used = used.filter(|s| s != name || ends.iter().any(|e| e.symbols().contains(s)));
        if let Some(symbol) = used.find(|s| self.domain.range(s).is_none()) {
            return Err(format!("the symbol {symbol} has no range"));
        }
        if let Some(condition) = undischarged(ends, &self.domain) {
            return Err(format!("not shown on the domain: {condition}"));
        }
        limit(&self.of, name, &self.toward, &self.domain)
    }

    fn compare(&self, found: &Tendency) -> Outcome {
        match (found, self.value.at()) {
            (Tendency::Infinite(Sign::Positive), None) => {
                Outcome::exact("the denominator tends to 0, and the sign is positive at last")
            }
            (Tendency::Infinite(_), _) => {
                let sign = if *found == Tendency::Infinite(Sign::Positive) { "" } else { "-" };
                Outcome::Refuted { witness: format!("it tends to {sign}inf") }
            }
            (Tendency::Finite(limit), None) => {
                Outcome::Refuted { witness: format!("it tends to {limit}, which is finite") }
            }
            (Tendency::Finite(limit), Some(value)) => {
                let wanted = without_squares(value, &self.domain);
                match Normaliser::default().same(limit, &wanted) {
                    Ok(true) => Outcome::exact("continuous at 0 after the substitution"),
                    Ok(false) => match witness::unequal(limit, value, &self.domain) {
                        Some(witness) => Outcome::Refuted {
                            witness: format!("it tends to {limit}, and {witness}"),
                        },
                        None => Outcome::unknown(format!("it tends to {limit}")),
                    },
                    Err(error) => Outcome::unknown(error.to_string()),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::domain::INF;
    use super::*;
    use crate::exact::var;
    use crate::vars;

    fn decide(
        of: Expr,
        in_: &Expr,
        toward: impl Into<Toward>,
        value: impl Into<Bound>,
        domain: &Domain,
    ) -> Outcome {
        let (in_, toward, value) = (in_.clone(), toward.into(), value.into());
        LimitAt { of, in_, toward, value, domain: domain.clone() }.decide()
    }

    fn holds(outcome: &Outcome) -> bool {
        outcome.label() == Some(super::super::Label::Exact)
    }

    fn fails(outcome: &Outcome) -> bool {
        matches!(outcome, Outcome::Refuted { .. })
    }

    #[test]
    fn a_risk_at_infinity_and_at_the_threshold() {
        let (g, r2, s2) = vars!("gamma", "r2", "sigma2");
        let risk = &r2 * (1 - 1 / &g) + &s2 / (&g - 1);
        let domain = Domain::new().open(&r2, 0, INF).open(&s2, 0, INF);
        assert!(holds(&decide(risk.clone(), &g, INF, &r2, &domain)));
        assert!(fails(&decide(risk.clone(), &g, INF, &s2, &domain)));
        assert!(fails(&decide(risk.clone(), &g, INF, INF, &domain)));
        let above = || Toward::Above(1.into());
        assert!(holds(&decide(risk.clone(), &g, above(), INF, &domain)));
        assert!(fails(&decide(risk.clone(), &g, Toward::Below(1.into()), INF, &domain)));
        assert!(fails(&decide(risk.clone(), &g, above(), &r2, &domain)));
        // Without noise for some values there is no threshold.
        let noiseless = Domain::new().open(&r2, 0, INF).half_open(&s2, 0, INF);
        assert!(!holds(&decide(risk, &g, above(), INF, &noiseless)));
    }

    #[test]
    fn a_denominator_that_may_vanish_gives_no_limit() {
        let (x, a) = vars!("x", "a");
        let any = Domain::new().real(&a);
        let f = (&x + 1) / (&a * &x + 1);
        assert!(!holds(&decide(f.clone(), &x, INF, 1 / &a, &any)));
        let positive = Domain::new().open(&a, 0, INF);
        assert!(holds(&decide(f, &x, INF, 1 / &a, &positive)));
    }

    #[test]
    fn roots_of_squares_have_the_sign_of_the_domain() {
        let (g, l) = vars!("gamma", "lambda");
        let linear = 1 - &g + &l;
        let root = (linear.pow(2) + 4 * &g * &l).sqrt();
        let m = 2 / (&root + &linear);
        let zero = || Toward::Above(0.into());
        let below = Domain::new().open(&g, 0, 1);
        assert!(holds(&decide(m.clone(), &l, zero(), 1 / (1 - &g), &below)));
        assert!(fails(&decide(m.clone(), &l, zero(), 1 / (1 + &g), &below)));
        // Above the threshold the root is gamma - 1, and the denominator tends to 0.
        let above = Domain::new().open(&g, 1, INF);
        assert!(!holds(&decide(m, &l, zero(), 1 / (1 - &g), &above)));
    }

    #[test]
    fn exponentials_outgrow_powers() {
        let x = var("x");
        let none = Domain::new();
        let ratio = (1 - (-&x).exp()) * (1 + &x) / &x;
        assert!(holds(&decide(ratio.clone(), &x, INF, 1, &none)));
        assert!(fails(&decide(ratio.clone(), &x, INF, 2, &none)));
        assert!(holds(&decide(x.pow(9) / x.exp(), &x, INF, 0, &none)));
        assert!(holds(&decide(x.exp() / x.pow(9), &x, INF, INF, &none)));
        assert!(fails(&decide(x.pow(9) - x.exp(), &x, INF, INF, &none)));
        // 0/0 is not decided, and not guessed.
        assert!(matches!(
            decide(ratio, &x, Toward::Above(0.into()), 1, &none),
            Outcome::Unknown { .. }
        ));
    }

    #[test]
    fn an_expression_that_is_not_defined_on_the_way_has_no_limit() {
        let x = var("x");
        let none = Domain::new();
        let nowhere = (-&x).sqrt() - (-&x).sqrt();
        assert!(!holds(&decide(nowhere.clone(), &x, Toward::Above(0.into()), 0, &none)));
        assert!(holds(&decide(nowhere, &x, Toward::Below(0.into()), 0, &none)));
        // Its normal form is 0, but there is no logarithm below 1.
        let gone = (&x - 1).ln() - (&x - 1).ln();
        assert!(!holds(&decide(gone, &x, Toward::Below(1.into()), 0, &none)));
        assert!(!holds(&decide((1 / &x).sin(), &x, Toward::Above(0.into()), 0, &none)));
        assert!(!holds(&decide(x.ln(), &x, Toward::Above(0.into()), 0, &none)));
        // The symbol itself is no value.
        assert!(!holds(&decide(x.clone(), &x, INF, &x, &none)));
    }
}
