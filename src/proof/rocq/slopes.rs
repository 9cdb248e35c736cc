//! Rules in Rocq: the derivative of each function they speak of is checked there too, and the mean
//! value theorem does the rest.

use super::place::Unable;
use super::signs::Want;
use super::statement::{all_conditions, applied, conjunction, intros, quantified, split};
use super::templates::{equality, identity, positivity};
use super::{Lemma, Sheet, lemma_name};
use crate::exact::{Expr, Function, Node, any_symbol, identifier};
use crate::proof::conditions::Condition;
use crate::proof::domain::{Domain, End, Range};
use crate::proof::rule::Rule;
use crate::proof::step::{Assertion, Step, Strictness};

/// The lemmas of a rule, the last of which is its conclusion.
pub(super) fn conclude(
    name: &str,
    rule: &Rule,
    premises: &[&Step],
    sheet: &Sheet,
) -> Result<Vec<Lemma>, Unable> {
    for premise in premises {
        if !sheet.steps.iter().any(|s| s.step == premise.name) {
            return Err(format!("its premise {} has no lemma", premise.name));
        }
    }
    match (rule, premises) {
        (Rule::MinimumBySlope { of, in_, at, .. }, [below, above]) => {
            Valley::new(name, (of, in_, at), (below, above))?.least()
        }
        (Rule::SignFromSlope { of, in_, at, .. }, [_, below, above]) => {
            Valley::new(name, (of, in_, at), (below, above))?.nonneg()
        }
        (Rule::GrowsFrom { of, in_, at, on, .. }, [_, rises]) => {
            grows(name, (of, in_, at), on, rises)
        }
        (Rule::Cases { of, in_, .. }, pieces) => Ok(vec![cases(name, of, in_, pieces)?]),
        (Rule::Ftc { integrand, antiderivative, in_, .. }, [slope]) => {
            let Assertion::Identity { domain, .. } = &slope.assertion else {
                return Err("its premise is no identity".to_owned());
            };
            integral(name, integrand, antiderivative, in_, domain)
        }
        (Rule::All { .. }, premises) => Ok(vec![together(name, premises, sheet)?]),
        #[allow(unreachable_patterns)] // rules are added faster than templates
        _ => Err("there is no template for this rule".to_owned()),
    }
}

/// `of` has the slope `slope` everywhere on a domain, where both are defined.
fn derivative(
    name: String,
    of: &Expr,
    slope: &Expr,
    in_: &Expr,
    domain: &Domain,
) -> Result<(Lemma, Vec<Condition>), Unable> {
    let own = of.d(in_);
    let mut conditions = all_conditions(&[of, slope, &own]);
    let mut arc = false;
    of.walk().iter().for_each(|visit| match visit.expr.node() {
        // Differentiable only where the radicand is positive.
        Node::Apply(Function::Sqrt, a) => {
            let strict = Condition::Positive(a.clone());
            if !conditions.contains(&strict) {
                conditions.push(strict);
            }
        }
        Node::Apply(Function::Acos, _) => arc = true,
        _ => {}
    });
    if arc {
        return Err("Coquelicot's auto_derive does not know the arc cosine".to_owned());
    }
    let x = identifier(in_.symbol().ok_or("the argument is no symbol")?);
    let claim = format!("is_derive (fun {x} : R => {}) {x} {}", of.rocq(), slope.rocq());
    let equal = format!("{} = {}", own.rocq(), slope.rocq());
    let proof = format!(
        "{}\nassert (A'' : {}). {{\n{}\n}}\nrevert A''; intros {}.\n{}\
         apply (is_derive_eq {}); [ | exact Z''].\nauto_derive; [sides | same_slope].",
        intros(domain),
        conjunction(&conditions, &equal),
        equality(&own, slope, &conditions, domain, false)?,
        pattern(&conditions, "Z''"),
        split(&conditions),
        own.rocq(),
    );
    let says = quantified(domain, &conjunction(&conditions, &claim));
    Ok((Lemma { name, says, proof }, conditions))
}

/// Names the conditions and the claim of a conjunction.
fn pattern(conditions: &[Condition], claim: &str) -> String {
    let mut text = String::new();
    for _ in conditions {
        text.push_str("[? ");
    }
    format!("{text}{claim}{}", "]".repeat(conditions.len()))
}

/// A premise: what is at least 0, its strictness, and where.
struct Sign<'a> {
    lemma: String,
    of: &'a Expr,
    strict: bool,
    domain: &'a Domain,
}

fn sign(step: &Step) -> Result<Sign<'_>, Unable> {
    let lemma = lemma_name(step.name);
    match &step.assertion {
        Assertion::Sign { of, strictness, domain } => {
            Ok(Sign { lemma, of, strict: *strictness == Strictness::Strict, domain })
        }
        Assertion::Rule(Rule::GrowsFrom { of, on, .. }) => {
            Ok(Sign { lemma, of, strict: false, domain: on })
        }
        _ => Err(format!("its premise {} is no sign with a domain", step.name)),
    }
}

impl Sign<'_> {
    /// A lemma that `wanted` is the expression of the premise, if it is written differently, and
    /// tactics for $0 \le$ `wanted` at a value of a symbol.
    fn at_least_zero(
        &self,
        wanted: &Expr,
        bridge: String,
        (symbol, value): (&str, &str),
    ) -> Result<(Option<Lemma>, String), Unable> {
        let conditions = all_conditions(&[self.of]);
        let given = applied(&self.lemma, self.domain, symbol, value);
        let weaken = if self.strict { "apply weaken in H''; " } else { "" };
        let have = format!("pose proof {given} as {}; {weaken}", pattern(&conditions, "H''"));
        if wanted == self.of {
            return Ok((None, format!("{have}exact H''.")));
        }
        let both = all_conditions(&[wanted, self.of]);
        let lemma = identity(bridge.clone(), (wanted, self.of), self.domain, false)?;
        let equal = applied(&bridge, self.domain, symbol, value);
        let tactics = format!(
            "{have}pose proof {equal} as {}; exact (nonneg_eq _ _ Z'' H'').",
            pattern(&both, "Z''")
        );
        Ok((Some(lemma), tactics))
    }
}

/// A domain without one symbol, on which no other range depends.
fn without(domain: &Domain, name: &str) -> Result<Domain, Unable> {
    let mut others = Domain::new();
    for r in domain.ranges().iter().filter(|r| r.symbol != name) {
        let ends = [r.low.at(), r.high.at()];
        if ends.into_iter().flatten().any(|e| e.symbols().contains(name)) {
            return Err(format!("the range of {} depends on {name}", r.symbol));
        }
        others = others.with(&any_symbol(&r.symbol), r.low.clone(), r.high.clone());
    }
    Ok(others)
}

/// A function that falls until a place and rises from there.
struct Valley<'a> {
    name: &'a str,
    of: &'a Expr,
    in_: &'a Expr,
    at: &'a Expr,
    below: Sign<'a>,
    above: Sign<'a>,
    whole: Domain,
    others: Domain,
}

impl<'a> Valley<'a> {
    fn new(
        name: &'a str,
        (of, in_, at): (&'a Expr, &'a Expr, &'a Expr),
        (below, above): (&'a Step, &'a Step),
    ) -> Result<Self, Unable> {
        let (below, above) = (sign(below)?, sign(above)?);
        let symbol = in_.symbol().ok_or("the argument is no symbol")?;
        let missing = || format!("a premise has no range for {symbol}");
        let high = above.domain.range(symbol).ok_or_else(missing)?.high.clone();
        let mut whole = Domain::new();
        for r in below.domain.ranges() {
            let high = if r.symbol == symbol { high.clone() } else { r.high.clone() };
            whole = whole.with(&any_symbol(&r.symbol), r.low.clone(), high);
        }
        let others = without(&whole, symbol)?;
        Ok(Self { name, of, in_, at, below, above, whole, others })
    }

    fn symbol(&self) -> &str {
        self.in_.symbol().unwrap_or_default()
    }

    /// `of` $\ge$ its value at the place.
    fn least(&self) -> Result<Vec<Lemma>, Unable> {
        let value = self.of.at(self.in_, self.at);
        let claim = format!("{} <= {}", value.rocq(), self.of.rocq());
        self.lemmas(&claim, "")
    }

    /// `of` $\ge 0$, which is its value at the place.
    fn nonneg(&self) -> Result<Vec<Lemma>, Unable> {
        let value = self.of.at(self.in_, self.at);
        let zero = format!("{}'zero", self.name);
        let lemma = identity(zero.clone(), (&value, &0.into()), &self.others, false)?;
        let conditions = all_conditions(&[&value, &0.into()]);
        let given = applied(&zero, &self.others, "", "");
        let first = format!(
            "apply (Rle_trans _ {}); [pose proof {given} as {}; rewrite Z''; apply Rle_refl | ].\n",
            value.rocq(),
            pattern(&conditions, "Z''"),
        );
        let mut all = vec![lemma];
        all.extend(self.lemmas(&Want::Nonneg.goal(self.of), &first)?);
        Ok(all)
    }

    /// The slope, what ties it to the premises, and the conclusion.
    fn lemmas(&self, claim: &str, first: &str) -> Result<Vec<Lemma>, Unable> {
        let (symbol, slope) = (self.symbol(), self.of.d(self.in_));
        let (x, at) = (identifier(symbol), self.at.rocq());
        let slope_name = format!("{}'slope", self.name);
        let (lemma, known) =
            derivative(slope_name.clone(), self.of, &slope, self.in_, &self.whole)?;
        let mut all = vec![lemma];
        let falls = format!("{}'falls", self.name);
        let rises = format!("{}'rises", self.name);
        let (tie, below) = self.below.at_least_zero(&-&slope, falls, (symbol, "y''"))?;
        all.extend(tie);
        let (tie, above) = self.above.at_least_zero(&slope, rises, (symbol, "y''"))?;
        all.extend(tie);
        let (inside, place) = self.inside()?;
        let derive = |value: &str| {
            let given = applied(&slope_name, &self.whole, symbol, value);
            format!("pose proof {given} as {}", pattern(&known, "H''"))
        };
        let conditions = all_conditions(&[self.of]);
        let functions =
            format!("(fun {x} : R => {}) (fun {x} : R => {})", self.of.rocq(), slope.rocq());
        let proof = format!(
            "{}\n{place}\nsplit; [repeat split; lra | ].\n{}; clear H''.\n{}{first}\
             destruct (Rle_or_lt {x} {at}) as [K'' | K''].\n\
             {{ apply (falls_until {functions} {at} {x} K''); intros y'' Y'' G''; cbv beta.\n\
             {{ {}; exact H''. }}\n{{ {below} }} }}\n\
             {{ apply (rises_from {functions} {at} {x} (Rlt_le _ _ K'')); \
             intros y'' Y'' G''; cbv beta.\n{{ {}; exact H''. }}\n{{ {above} }} }}",
            intros(&self.whole),
            derive(&x),
            split(&conditions),
            derive("y''"),
            derive("y''"),
        );
        let claim = format!("({inside}) /\\ ({})", conjunction(&conditions, claim));
        let says = quantified(&self.whole, &claim);
        all.push(Lemma { name: self.name.to_owned(), says, proof });
        Ok(all)
    }

    /// That the place lies strictly inside its range, and tactics that put it there.
    fn inside(&self) -> Result<(String, String), Unable> {
        let range = self.whole.range(self.symbol()).ok_or("the argument has no range")?;
        let (mut says, mut tactics) = (Vec::new(), String::new());
        for (end, low) in [(&range.low, true), (&range.high, false)] {
            let Some(end) = end.at() else { continue };
            let gap = if low { self.at - end } else { end - self.at };
            let conditions = all_conditions(&[&gap]);
            let goal = conjunction(&conditions, &Want::Positive.goal(&gap));
            let proof = positivity(&gap, Want::Positive, &conditions, &self.others)?;
            let inside = if low { "B''l" } else { "B''h" };
            tactics.push_str(&format!(
                "assert (A'' : {goal}). {{\n{proof}\n}}\nrevert A''; intros {}.\n",
                pattern(&conditions, inside)
            ));
            says.push(if low {
                format!("{} < {}", end.rocq(), self.at.rocq())
            } else {
                format!("{} < {}", self.at.rocq(), end.rocq())
            });
        }
        let says = if says.is_empty() { "True".to_owned() } else { says.join(" /\\ ") };
        Ok((says, tactics))
    }
}

/// $f \ge 0$ from a place on, where it is 0.
fn grows(
    name: &str,
    (of, in_, at): (&Expr, &Expr, &Expr),
    on: &Domain,
    rises: &Step,
) -> Result<Vec<Lemma>, Unable> {
    let symbol = in_.symbol().ok_or("the argument is no symbol")?;
    let (x, at_text, slope) = (identifier(symbol), at.rocq(), of.d(in_));
    let (value, others) = (of.at(in_, at), without(on, symbol)?);
    let (zero, slope_name) = (format!("{name}'zero"), format!("{name}'slope"));
    let mut all = vec![identity(zero.clone(), (&value, &0.into()), &others, false)?];
    let (lemma, known) = derivative(slope_name.clone(), of, &slope, in_, on)?;
    all.push(lemma);
    let bridge = format!("{name}'rises");
    let (tie, above) = sign(rises)?.at_least_zero(&slope, bridge, (symbol, "y''"))?;
    all.extend(tie);
    let derive = |value: &str| {
        let given = applied(&slope_name, on, symbol, value);
        format!("pose proof {given} as {}", pattern(&known, "H''"))
    };
    let conditions = all_conditions(&[of]);
    let proof = format!(
        "{}\n{}; clear H''.\n{}apply (Rle_trans _ {}); \
         [pose proof {} as {}; rewrite Z''; apply Rle_refl | ].\n\
         apply (rises_from (fun {x} : R => {}) (fun {x} : R => {}) {at_text} {x}); [lra | | ]; \
         intros y'' Y'' G''; cbv beta.\n{{ {}; exact H''. }}\n{{ {above} }}",
        intros(on),
        derive(&x),
        split(&conditions),
        value.rocq(),
        applied(&zero, &others, "", ""),
        pattern(&all_conditions(&[&value]), "Z''"),
        of.rocq(),
        slope.rocq(),
        derive("y''"),
    );
    let says = quantified(on, &conjunction(&conditions, &Want::Nonneg.goal(of)));
    all.push(Lemma { name: name.to_owned(), says, proof });
    Ok(all)
}

/// $f \ge 0$ on pieces that meet.
fn cases(name: &str, of: &Expr, in_: &Expr, pieces: &[&Step]) -> Result<Lemma, Unable> {
    let symbol = in_.symbol().ok_or("the argument is no symbol")?;
    let pieces: Vec<Sign<'_>> = pieces.iter().map(|s| sign(s)).collect::<Result<_, _>>()?;
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else {
        return Err("there are no pieces".to_owned());
    };
    if pieces.iter().any(|p| p.of != of) {
        return Err("a piece is written differently".to_owned());
    }
    let missing = || format!("a piece has no range for {symbol}");
    let high = last.domain.range(symbol).ok_or_else(missing)?.high.clone();
    let mut whole = Domain::new();
    for r in first.domain.ranges() {
        let high = if r.symbol == symbol { high.clone() } else { r.high.clone() };
        whole = whole.with(&any_symbol(&r.symbol), r.low.clone(), high);
    }
    let (x, conditions) = (identifier(symbol), all_conditions(&[of]));
    let mut proof = intros(&whole);
    let part = |piece: &Sign<'_>| {
        let weaken = if piece.strict { "apply weaken in H''; " } else { "" };
        let given = applied(&piece.lemma, piece.domain, symbol, &x);
        let names = pattern(&conditions, "H''");
        format!("pose proof {given} as {names}; {weaken}repeat split; assumption.")
    };
    for piece in &pieces[..pieces.len() - 1] {
        let end = &piece.domain.range(symbol).ok_or_else(missing)?.high;
        let (test, at) = match end {
            End::Closed(e) => ("Rle_or_lt", e),
            End::Open(e) => ("Rlt_or_le", e),
            End::Infinite => return Err("a piece has no end".to_owned()),
        };
        proof.push_str(&format!(
            "\ndestruct ({test} {x} {}) as [? | ?].\n{{ {} }}\n",
            at.rocq(),
            part(piece)
        ));
    }
    proof.push_str(&part(last));
    let says = quantified(&whole, &conjunction(&conditions, &Want::Nonneg.goal(of)));
    Ok(Lemma { name: name.to_owned(), says, proof })
}

/// The integral between any two points of a domain.
fn integral(
    name: &str,
    integrand: &Expr,
    antiderivative: &Expr,
    in_: &Expr,
    domain: &Domain,
) -> Result<Vec<Lemma>, Unable> {
    let symbol = in_.symbol().ok_or("the argument is no symbol")?;
    let (slope_name, next_name) = (format!("{name}'slope"), format!("{name}'continuous"));
    let (slope, known) = derivative(slope_name.clone(), antiderivative, integrand, in_, domain)?;
    // An integrand that has a slope is continuous.
    let (next, steps) = derivative(next_name.clone(), integrand, &integrand.d(in_), in_, domain)?;
    let range = domain.range(symbol).ok_or("the argument has no range")?;
    let (from, to) = (any_symbol(&format!("{symbol}:a")), any_symbol(&format!("{symbol}:b")));
    let mut whole = without(domain, symbol)?;
    for end in [&from, &to] {
        whole = whole.with(end, range.low.clone(), range.high.clone());
    }
    let (x, a, b) = (identifier(symbol), from.rocq(), to.rocq());
    let f = integrand.rocq();
    let value = antiderivative.at(in_, &to) - antiderivative.at(in_, &from);
    let inside = inside_of(range);
    let given = |lemma: &str, known: &[Condition]| {
        let given = applied(lemma, domain, symbol, "y''");
        format!("pose proof {given} as {}", pattern(known, "H''"))
    };
    let proof = format!(
        "{}\napply (integral_of_slope (fun {x} : R => {}) (fun {x} : R => {f}) \
         (fun {x} : R => {}) {a} {b}); \
         intros y'' [Y'' G'']; {inside}.\n\
         {{ {}; exact H''. }}\n\
         {{ {}; exact H''. }}",
        intros(&whole),
        antiderivative.rocq(),
        integrand.d(in_).rocq(),
        given(&slope_name, &known),
        given(&next_name, &steps),
    );
    let claim = format!("is_RInt (fun {x} : R => {f}) {a} {b} {}", value.rocq());
    let says = quantified(&whole, &claim);
    Ok(vec![slope, next, Lemma { name: name.to_owned(), says, proof }])
}

/// Tactics that put a point between two points of a range into the range.
fn inside_of(range: &Range) -> String {
    let mut all = Vec::new();
    let end = |e: &End| e.at().map(|at| (at.rocq(), matches!(e, End::Closed(_))));
    let sign = |closed: bool| if closed { "<=" } else { "<" };
    if let Some((low, closed)) = end(&range.low) {
        all.push(format!("{low} {} y''", sign(closed)));
    }
    if let Some((high, closed)) = end(&range.high) {
        all.push(format!("y'' {} {high}", sign(closed)));
    }
    let one = |says: String| {
        format!("assert ({says}) by (revert Y'' G''; unfold Rmin, Rmax; destruct Rle_dec; lra)")
    };
    let all: Vec<String> = all.into_iter().map(one).collect();
    if all.is_empty() { "idtac".to_owned() } else { all.join("; ") }
}

/// Several steps in one statement.
fn together(name: &str, premises: &[&Step], sheet: &Sheet) -> Result<Lemma, Unable> {
    let lemma = |step: &Step| {
        let emitted = sheet.steps.iter().find(|s| s.step == step.name);
        emitted.and_then(|s| s.lemmas.last()).ok_or("a premise has no lemma")
    };
    let lemmas = premises.iter().map(|s| lemma(s)).collect::<Result<Vec<_>, _>>()?;
    let says: Vec<String> = lemmas.iter().map(|l| format!("({})", l.says)).collect();
    let proof: Vec<String> = lemmas.iter().map(|l| format!("exact {}", l.name)).collect();
    let proof = match proof.len() {
        0 => return Err("nothing is put together".to_owned()),
        1 => format!("{}.", proof[0]),
        n => format!(
            "{}{}.",
            proof[..n - 1].iter().map(|p| format!("split; [{p} | ]. ")).collect::<String>(),
            proof[n - 1]
        ),
    };
    Ok(Lemma { name: name.to_owned(), says: says.join(" /\\ "), proof })
}
