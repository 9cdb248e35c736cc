//! A place in an emitted proof: expressions there are rational functions of symbols, each of which
//! has a sign or a relation that is among the hypotheses.

use super::certificate::Quotient;
use super::signs::{Want, nonzero, prove};
use crate::exact::{Expr, Function, Node, Normaliser, Rational, any_symbol};
use std::collections::BTreeSet;

/// Why a step has no template here.
pub(super) type Unable = String;

/// A function of an argument that has become a symbol.
#[derive(Clone, Debug)]
struct Atom {
    function: Function,
    argument: Expr,
    symbol: Expr,
}

/// What is among the hypotheses, and the tactics that put it there.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    /// Symbols that are at least 0; those that are above it.
    nonneg: BTreeSet<String>,
    positive: BTreeSet<String>,
    atoms: Vec<Atom>,
    /// Expressions equal to 0, with the name of the hypothesis and the symbol whose square they
    /// give; the inner ones first.
    relations: Vec<Relation>,
    known: Vec<String>,
    exponents: Vec<Expr>,
    pub(super) lines: Vec<String>,
}

/// `square` = `symbol`$^2$.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    pub(super) hypothesis: String,
    pub(super) symbol: Expr,
    pub(super) square: Expr,
    /// What is 0, as the hypothesis has it.
    pub(super) zero: Expr,
}

impl Place {
    /// Where some symbols are known to be at least 0 or above it, and exponentials of these
    /// arguments will be met.
    pub(super) fn new(nonneg: &[String], positive: &[String], used: &[&Expr]) -> Self {
        let mut exponents = Vec::new();
        for e in used {
            exponents.extend(e.walk().iter().filter_map(|visit| match visit.expr.node() {
                Node::Apply(Function::Exp, a) => Some(a.clone()),
                _ => None,
            }));
        }
        Self {
            nonneg: nonneg.iter().cloned().collect(),
            positive: positive.iter().cloned().collect(),
            exponents,
            ..Self::default()
        }
    }

    pub(super) fn relations(&self) -> &[Relation] {
        &self.relations
    }

    /// Whether a symbol is known to be at least 0, and if so whether it is above it.
    pub(super) fn sign(&self, name: &str) -> Option<bool> {
        let positive = self.positive.contains(name);
        (positive || self.nonneg.contains(name)).then_some(positive)
    }

    fn fresh(&self, prefix: &str) -> String {
        format!("{prefix}{}", self.known.len() + self.atoms.len() + self.relations.len())
    }

    /// The expression with symbols for its functions. Its conditions become hypotheses.
    pub(super) fn rational(&mut self, e: &Expr) -> Result<Expr, Unable> {
        Ok(match e.node() {
            Node::Number(_) | Node::Symbol(_) | Node::Pi => e.clone(),
            Node::Add(a, b) => Expr::new(Node::Add(self.rational(a)?, self.rational(b)?)),
            Node::Mul(a, b) => self.rational(a)? * self.rational(b)?,
            Node::Neg(a) => -self.rational(a)?,
            Node::Div(a, b) => {
                let (a, b) = (self.rational(a)?, self.rational(b)?);
                self.nonzero(&b)?;
                a / b
            }
            Node::Pow(a, k) => {
                let a = self.rational(a)?;
                if *k < 0 {
                    self.nonzero(&a)?;
                }
                a.pow(*k)
            }
            Node::Apply(function, a) => {
                let a = self.rational(a)?;
                self.apply(*function, &a)?
            }
        })
    }

    /// Puts $e \ne 0$ among the hypotheses; the expression is rational.
    pub(super) fn nonzero(&mut self, e: &Expr) -> Result<(), Unable> {
        let says = format!("{} <> 0", e.rocq());
        let proof = nonzero(e, self).ok_or_else(|| format!("no certificate for {e} != 0"));
        self.know(says, || proof)
    }

    /// Puts a sign among the hypotheses.
    pub(super) fn signed(&mut self, e: &Expr, want: Want) -> Result<(), Unable> {
        let says = want.goal(e);
        if self.known.contains(&says) {
            return Ok(());
        }
        let proof = prove(e, want, self);
        self.know(says, || proof.ok_or_else(|| format!("no certificate for the sign of {e}")))
    }

    fn know(
        &mut self,
        says: String,
        proof: impl FnOnce() -> Result<String, Unable>,
    ) -> Result<(), Unable> {
        if !self.known.contains(&says) {
            let name = self.fresh("C''");
            self.lines.push(format!("assert ({name} : {says}). {{ {} }}", proof()?));
            self.known.push(says);
        }
        Ok(())
    }

    fn apply(&mut self, function: Function, a: &Expr) -> Result<Expr, Unable> {
        let conditions: &[(Expr, Want)] = match function {
            Function::Sqrt => &[(a.clone(), Want::Nonneg)],
            Function::Ln => &[(a.clone(), Want::Positive)],
            Function::Acos => &[(1 - a, Want::Nonneg), (1 + a, Want::Nonneg)],
            _ => &[],
        };
        for (e, want) in conditions {
            self.signed(e, *want)?;
        }
        if let Some(value) = self.special(function, a)? {
            return Ok(value);
        }
        let same = |atom: &&Atom| {
            atom.function == function
                && Normaliser::default().same(&atom.argument, a).unwrap_or(false)
        };
        if let Some(known) = self.atoms.iter().find(same).cloned() {
            self.meet(&known, a)?;
            return Ok(known.symbol);
        }
        match function {
            Function::Exp => self.exponential(a),
            Function::Sqrt => self.root(a),
            Function::Sin | Function::Cos => self.circle(function, a),
            Function::Ln => self.plain("ln", function, a, ""),
            Function::Acos => self.plain("acos", function, a, " [? ?]"),
        }
    }

    /// A known atom in place of a function of an argument that is written differently.
    fn meet(&mut self, known: &Atom, a: &Expr) -> Result<(), Unable> {
        let written = Expr::new(Node::Apply(known.function, a.clone())).rocq();
        if a == &known.argument {
            return Ok(());
        }
        let proof = self.equal(a, &known.argument)?;
        let name = known.symbol.rocq();
        self.lines.push(format!(
            "replace {written} with {name} by (rewrite E''{name}; apply f_equal; symmetry; \
             {proof})."
        ));
        Ok(())
    }

    /// Values at special arguments.
    fn special(&mut self, function: Function, a: &Expr) -> Result<Option<Expr>, Unable> {
        let Some(at) = constant(a) else { return Ok(None) };
        let (to, fact) = match function {
            Function::Ln if at.is_one() => (0, "ln_1"),
            Function::Exp if at.is_zero() => (1, "exp_0"),
            Function::Sin if at.is_zero() => (0, "sin_0"),
            Function::Cos if at.is_zero() => (1, "cos_0"),
            Function::Sqrt if at.is_zero() => (0, "sqrt_0"),
            Function::Sqrt if at.is_one() => (1, "sqrt_1"),
            Function::Acos if at.is_one() => (0, "acos_1"),
            _ => return Ok(None),
        };
        let proof = self.equal(a, &Expr::number(at.clone()))?;
        let written = Expr::new(Node::Apply(function, a.clone())).rocq();
        self.lines.push(format!(
            "replace {written} with {to} by (replace {} with {} by ({proof}); \
             symmetry; exact {fact}).",
            a.rocq(),
            Expr::number(at).rocq(),
        ));
        Ok(Some(to.into()))
    }

    /// Tactics for the equality of two rational expressions.
    fn equal(&self, a: &Expr, b: &Expr) -> Result<String, Unable> {
        let difference = Quotient::of(&(a - b), self)?;
        Ok(difference.equals(self))
    }

    fn root(&mut self, a: &Expr) -> Result<Expr, Unable> {
        let strict = prove(a, Want::Positive, self);
        let (lemma, proof) = match strict {
            Some(proof) => {
                ("atom_root_pos", format!("assert (G : {}). {{ {proof} }}", Want::Positive.goal(a)))
            }
            None => {
                let proof = prove(a, Want::Nonneg, self)
                    .ok_or_else(|| format!("no certificate for {a} >= 0"))?;
                ("atom_root", format!("assert (G : {}). {{ {proof} }}", Want::Nonneg.goal(a)))
            }
        };
        let symbol = any_symbol(&self.fresh("r:"));
        let name = symbol.rocq();
        self.lines.push(proof);
        self.lines.push(format!(
            "destruct ({lemma} _ G) as [{name} [E''{name} [S''{name} Q''{name}]]]; clear G; \
             try rewrite <- E''{name}."
        ));
        let known = if lemma == "atom_root_pos" { &mut self.positive } else { &mut self.nonneg };
        known.insert(symbol.symbol().unwrap_or_default().to_owned());
        self.relations.push(Relation {
            hypothesis: format!("Q''{name}"),
            symbol: symbol.clone(),
            square: a.clone(),
            zero: &symbol * &symbol - a,
        });
        self.atoms.push(Atom {
            function: Function::Sqrt,
            argument: a.clone(),
            symbol: symbol.clone(),
        });
        Ok(symbol)
    }

    fn circle(&mut self, function: Function, a: &Expr) -> Result<Expr, Unable> {
        let number = self.fresh("");
        let (s, c) = (any_symbol(&format!("s:{number}")), any_symbol(&format!("c:{number}")));
        let (sine, cosine) = (s.rocq(), c.rocq());
        self.lines.push(format!(
            "destruct (atom_circle {}) as [{sine} [{cosine} [E''{sine} [E''{cosine} Q''{sine}]]]]; \
             try rewrite <- E''{sine}; try rewrite <- E''{cosine}.",
            a.rocq()
        ));
        self.relations.push(Relation {
            hypothesis: format!("Q''{sine}"),
            symbol: s.clone(),
            square: 1 - &c * &c,
            zero: &s * &s + &c * &c - 1,
        });
        for (function, symbol) in [(Function::Sin, &s), (Function::Cos, &c)] {
            self.atoms.push(Atom { function, argument: a.clone(), symbol: symbol.clone() });
        }
        Ok(if function == Function::Sin { s } else { c })
    }

    fn plain(
        &mut self,
        lemma: &str,
        function: Function,
        a: &Expr,
        rest: &str,
    ) -> Result<Expr, Unable> {
        let symbol = any_symbol(&self.fresh("a:"));
        let name = symbol.rocq();
        let pattern = if rest.is_empty() {
            format!("[{name} E''{name}]")
        } else {
            self.nonneg.insert(symbol.symbol().unwrap_or_default().to_owned());
            format!("[{name} [E''{name} [S''{name} T''{name}]]]")
        };
        self.lines.push(format!(
            "destruct (atom_{lemma} {}) as {pattern}; try rewrite <- E''{name}.",
            a.rocq()
        ));
        if function == Function::Ln && constant(a).is_some_and(|c| c > Rational::ONE) {
            self.lines.push(format!(
                "assert (S''{name} : 0 < {name}) by \
                 (rewrite E''{name}, <- ln_1; apply ln_increasing; lra)."
            ));
            self.positive.insert(symbol.symbol().unwrap_or_default().to_owned());
        }
        self.atoms.push(Atom { function, argument: a.clone(), symbol: symbol.clone() });
        Ok(symbol)
    }

    /// $e^a$ as a whole power of an exponential that all commensurable ones are powers of.
    fn exponential(&mut self, a: &Expr) -> Result<Expr, Unable> {
        let power = |base: &Expr| {
            let k = Normaliser::default().fraction(&(a / base)).ok()?.as_constant()?;
            k.is_int().then(|| i32::try_from(k.numerator().clone()).ok()).flatten()
        };
        let bases: Vec<Atom> =
            self.atoms.iter().filter(|x| x.function == Function::Exp).cloned().collect();
        let found = bases.iter().find_map(|x| Some((x.clone(), power(&x.argument)?)));
        let (base, k) = match found {
            Some(found) => found,
            None => {
                let base = self.unit(a);
                let k = power(&base).ok_or_else(|| format!("exp({a}) is no power of a unit"))?;
                let symbol = any_symbol(&self.fresh("e:"));
                let name = symbol.rocq();
                self.lines.push(format!(
                    "destruct (atom_exp {}) as [{name} [E''{name} S''{name}]]; \
                     try rewrite <- E''{name}.",
                    base.rocq()
                ));
                self.positive.insert(symbol.symbol().unwrap_or_default().to_owned());
                let atom = Atom { function: Function::Exp, argument: base.clone(), symbol };
                self.atoms.push(atom.clone());
                (atom, k)
            }
        };
        let (name, written) =
            (base.symbol.rocq(), Expr::new(Node::Apply(Function::Exp, a.clone())).rocq());
        if a.rocq() == base.argument.rocq() {
            return Ok(base.symbol);
        }
        let size = k.unsigned_abs();
        let (lemma, to, product) = if k < 0 {
            ("exp_inverse_eq", base.symbol.pow(k), -(Expr::from(-k) * &base.argument))
        } else {
            ("exp_power_eq", base.symbol.pow(k), Expr::from(k) * &base.argument)
        };
        let proof = self.equal(a, &product)?;
        self.lines.push(format!(
            "replace {written} with {} by (rewrite E''{name}; symmetry; apply ({lemma} {size}); \
             rewrite INR_IZR_INZ; change (IZR (Z.of_nat {size})) with {size}; {proof}).",
            to.rocq()
        ));
        Ok(to)
    }

    /// The argument divided so that every exponential that will be met, and is commensurable with
    /// it, is a whole power.
    fn unit(&self, a: &Expr) -> Expr {
        let mut least = Rational::ONE;
        for other in &self.exponents {
            let ratio = Normaliser::default().fraction(&(other / a)).ok();
            let Some(ratio) = ratio.and_then(|f| f.as_constant()) else { continue };
            // lcm by repeated multiplication: the denominators are small
            while !(&ratio / &least).is_int() {
                let denominator = Rational::from((&ratio / &least).denominator().clone());
                least = &least / &denominator;
            }
        }
        if least.is_one() { a.clone() } else { Expr::number(least) * a }
    }
}

/// The value of an expression that does not depend on its symbols.
fn constant(a: &Expr) -> Option<Rational> {
    Normaliser::default().fraction(a).ok()?.as_constant()
}
