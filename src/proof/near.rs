//! What an expression does near the end of a range: a limit, or the sign that it has at last.
//!
//! A symbol becomes $1/t$, $a + t$ or $a - t$ with $t > 0$, and the normal form a fraction of
//! polynomials in $t$. The first coefficient that does not vanish decides, if its value at $t = 0$
//! has one strict sign for all values of the other symbols. Roots and elementary functions of $t$
//! may occur where they are continuous at 0, and one exponential that grows beyond every power.

use super::conditions::{Condition, conditions};
use super::domain::{Domain, Infinity};
use super::sign::{Sign, signs};
use super::squares::without_squares;
use crate::exact::{Atom, Expr, Fraction, Function, Normaliser, Polynomial, fresh};
use std::fmt;

/// The new symbol, above 0.
const T: &str = "t:0";

/// Where a symbol tends to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Toward {
    /// $\infty$.
    Infinity,
    /// $-\infty$.
    MinusInfinity,
    /// A number, from above.
    Above(Expr),
    /// A number, from below.
    Below(Expr),
}

impl From<Infinity> for Toward {
    fn from(_: Infinity) -> Self {
        Self::Infinity
    }
}

impl fmt::Display for Toward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Infinity => write!(f, "inf"),
            Self::MinusInfinity => write!(f, "-inf"),
            Self::Above(a) => write!(f, "{a} from above"),
            Self::Below(a) => write!(f, "{a} from below"),
        }
    }
}

impl Toward {
    /// The place, if it is a number.
    pub(crate) fn at(&self) -> Option<&Expr> {
        match self {
            Self::Infinity | Self::MinusInfinity => None,
            Self::Above(a) | Self::Below(a) => Some(a),
        }
    }

    /// The symbol in terms of $t$.
    fn symbol(&self) -> Expr {
        let t = fresh('t', "0");
        match self {
            Self::Infinity => 1 / t,
            Self::MinusInfinity => -(1 / t),
            Self::Above(a) => a + t,
            Self::Below(a) => a - t,
        }
    }
}

/// A limit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tendency {
    Finite(Expr),
    /// Beyond every bound, with this sign.
    Infinite(Sign),
}

/// The limit of an expression, defined for small $t$, for all values of the other symbols.
///
/// # Errors
/// Why it is not known.
pub(crate) fn limit(
    of: &Expr,
    name: &str,
    toward: &Toward,
    others: &Domain,
) -> Result<Tendency, String> {
    let swept = of.substitute(name, &toward.symbol());
    for condition in conditions(&swept) {
        if !holds(&condition, others) {
            let shown = condition.to_string().replace(T, "t");
            return Err(format!("not shown for small t > 0, {name} = {}: {shown}", show(toward)));
        }
    }
    Germ::new(&swept, others)
        .and_then(|germ| germ.tendency())
        .ok_or_else(|| format!("no limit is found by the substitution {name} = {}", show(toward)))
}

/// The sign that an expression has at last, strictly, for all values of the other symbols; `None`
/// also where it is not defined there.
pub(crate) fn last_sign(of: &Expr, name: &str, toward: &Toward, others: &Domain) -> Option<Sign> {
    let swept = of.substitute(name, &toward.symbol());
    let defined = conditions(&swept).iter().all(|c| holds(c, others));
    if defined { Germ::new(&swept, others)?.sign() } else { None }
}

fn show(toward: &Toward) -> String {
    toward.symbol().to_string().replace(T, "t")
}

/// Whether a condition on an expression in $t$ holds for small $t > 0$.
fn holds(condition: &Condition, others: &Domain) -> bool {
    let sign = |e: &Expr| Germ::new(e, others).and_then(|germ| germ.sign());
    match condition {
        Condition::Nonzero(e) => sign(e).is_some(),
        Condition::Positive(e) => sign(e) == Some(Sign::Positive),
        Condition::Nonneg(e) if !e.symbols().contains(T) => {
            signs(e, others).iter().all(|(s, _)| s.is_nonneg())
        }
        Condition::Nonneg(e) => sign(e) == Some(Sign::Positive),
    }
}

/// A fraction for small $t > 0$.
struct Germ<'a> {
    normaliser: Normaliser,
    fraction: Fraction,
    /// The variable that stands for $t$; without it nothing depends on $t$.
    t: Option<usize>,
    /// The exponential that grows beyond every power of $1/t$.
    wild: Option<usize>,
    others: &'a Domain,
}

/// The part of a polynomial that prevails: $E^m t^k (c + o(1))$.
struct First {
    wild: u64,
    power: u64,
    value: Expr,
}

impl<'a> Germ<'a> {
    fn new(of: &Expr, others: &'a Domain) -> Option<Self> {
        let mut normaliser = Normaliser::default();
        let fraction = normaliser.fraction(of).ok()?;
        let is_t = |a: &Atom| matches!(a, Atom::Symbol(n) if **n == *T);
        let t = normaliser.atoms().iter().position(is_t);
        let mut germ = Self { normaliser, fraction, t, wild: None, others };
        let used = germ.variables();
        let wild: Vec<usize> = used.iter().copied().filter(|i| germ.is_wild(*i)).collect();
        germ.wild = match wild[..] {
            [] => None,
            [one] => Some(one),
            _ => return None,
        };
        let tame = used.iter().all(|i| germ.wild == Some(*i) || germ.is_tame(*i));
        tame.then_some(germ)
    }

    fn variables(&self) -> Vec<usize> {
        let mut all = self.fraction.numerator.variables();
        all.extend(self.fraction.denominator.keys().flat_map(Polynomial::variables));
        all.into_iter().collect()
    }

    fn depends(&self, atom: usize) -> bool {
        let inside = |p: &Polynomial| p.variables().into_iter().any(|i| self.depends(i));
        match &self.normaliser.atoms()[atom] {
            Atom::Of(_, x) => inside(&x.numerator) || x.denominator.keys().any(inside),
            _ => self.t == Some(atom),
        }
    }

    /// Whether an atom is continuous at $t = 0$, where it is defined for small $t > 0$.
    fn is_tame(&self, atom: usize) -> bool {
        if !self.depends(atom) || self.t == Some(atom) {
            return true;
        }
        let Atom::Of(function, x) = &self.normaliser.atoms()[atom] else { return false };
        let inside = |p: &Polynomial| p.variables().into_iter().all(|i| self.is_tame(i));
        let bounded = |p: &Polynomial| inside(p) && self.strict(&self.at_zero(p)).is_some();
        if !inside(&x.numerator) || !x.denominator.keys().all(bounded) {
            return false;
        }
        let at_zero = self.normaliser.expression(x).substitute(T, &0.into());
        *function != Function::Ln || self.strict(&at_zero) == Some(Sign::Positive)
    }

    /// Whether an atom is $e^q$ with $q \to \infty$ at least as fast as $1/t$.
    fn is_wild(&self, atom: usize) -> bool {
        let Atom::Of(Function::Exp, x) = &self.normaliser.atoms()[atom] else { return false };
        let inside = |p: &Polynomial| p.variables().into_iter().all(|i| self.is_tame(i));
        let all_tame = inside(&x.numerator) && x.denominator.keys().all(inside);
        all_tame
            && self.depends(atom)
            && matches!(self.order(x), Some((0, k, _)) if k < 0)
            && self.sign_of(x) == Some(Sign::Positive)
    }

    fn at_zero(&self, p: &Polynomial) -> Expr {
        without_squares(&self.normaliser.sum(p).substitute(T, &0.into()), self.others)
    }

    /// The one strict sign of an expression without $t$ on the whole domain.
    fn strict(&self, e: &Expr) -> Option<Sign> {
        let found = signs(e, self.others);
        let first = found.first()?.0;
        (first.is_strict() && found.iter().all(|(s, _)| *s == first)).then_some(first)
    }

    /// What prevails in a polynomial that is not 0.
    fn first(&self, p: &Polynomial) -> Option<First> {
        let (mut prevailing, mut wild) = (p.clone(), 0);
        if let Some(index) = self.wild {
            let parts = p.by_powers_of(index);
            wild = parts.len() as u64 - 1;
            prevailing = parts.last()?.clone();
        }
        let Some(t) = self.t else {
            return Some(First { wild, power: 0, value: self.at_zero(&prevailing) });
        };
        let parts = prevailing.by_powers_of(t);
        let power = parts.iter().position(|c| !c.is_zero())?;
        Some(First { wild, power: power as u64, value: self.at_zero(&parts[power]) })
    }

    /// Orders of a fraction in the wild exponential and in $t$, and the first value of its
    /// denominator, which is not 0 anywhere.
    fn order(&self, f: &Fraction) -> Option<(i64, i64, Expr)> {
        let number = |n: u64| i64::try_from(n).ok();
        let top = self.first(&f.numerator)?;
        let (mut wild, mut power) = (number(top.wild)?, number(top.power)?);
        let mut bottom = Expr::from(1);
        for (factor, k) in &f.denominator {
            let first = self.first(factor)?;
            self.strict(&first.value)?;
            wild = wild.checked_sub(number(first.wild)?.checked_mul((*k).into())?)?;
            power = power.checked_sub(number(first.power)?.checked_mul((*k).into())?)?;
            bottom = bottom * first.value.pow(i32::try_from(*k).ok()?);
        }
        Some((wild, power, bottom))
    }

    fn sign_of(&self, f: &Fraction) -> Option<Sign> {
        let (.., bottom) = self.order(f)?;
        let top = self.strict(&self.first(&f.numerator)?.value)?;
        Some(top.times(self.strict(&bottom)?))
    }

    fn sign(&self) -> Option<Sign> {
        self.sign_of(&self.fraction)
    }

    fn tendency(&self) -> Option<Tendency> {
        let zero = Some(Tendency::Finite(0.into()));
        if self.fraction.numerator.is_zero() {
            return zero;
        }
        let (wild, power, bottom) = self.order(&self.fraction)?;
        match (wild.signum(), power.signum()) {
            (-1, _) | (0, 1) => zero,
            (0, 0) => {
                let limit = self.first(&self.fraction.numerator)?.value / bottom;
                let mut normaliser = Normaliser::default();
                let short = normaliser.fraction(&limit).ok()?;
                Some(Tendency::Finite(normaliser.expression(&short)))
            }
            _ => Some(Tendency::Infinite(self.sign()?)),
        }
    }
}
