//! Reports for scripts: one JSON object a line. The schema is described in `docs/json.md`.

use super::Outcome;
use super::hint::{Hint, hints};
use super::hypotheses::hypotheses;
use crate::check::{Checked, MutantReport, PointReport};
use crate::claim::Entry;
use crate::evidence::{Evidence, Finding, Guarantee, Relation, Resolution};
use crate::given::{Address, Shown, Symbol};
use crate::sampler::Approx;
use crate::verdict::Verdict;
use serde_json::{Map, Value, json};

/// The version of the schema: it changes when a field changes its meaning or goes.
pub const SCHEMA: u32 = 1;

/// A number that JSON can hold; infinities and NaN become null.
pub(super) fn number(value: f64) -> Value {
    serde_json::Number::from_f64(value).map_or(Value::Null, Value::Number)
}

fn shown(value: &Shown) -> Value {
    match value {
        Shown::Number(value) => number(*value),
        Shown::Name(name) => json!(name),
    }
}

pub(super) fn point(symbols: &[Symbol]) -> Value {
    Value::Object(symbols.iter().map(|s| (s.name.to_owned(), shown(&s.value))).collect())
}

fn promise(resolution: Resolution) -> Value {
    let relative = matches!(resolution, Resolution::Relative(_));
    json!({ "value": number(resolution.number()), "relative": relative })
}

fn verdict(verdict: &Verdict) -> Value {
    match verdict {
        Verdict::Supported { resolution } => {
            json!({ "word": verdict.word(), "resolution": number(*resolution) })
        }
        Verdict::Refuted { by } => json!({ "word": verdict.word(), "by": number(*by) }),
        Verdict::Inconclusive { resolution, promised, reason } => json!({
            "word": verdict.word(),
            "resolution": number(*resolution),
            "promised": number(*promised),
            "reason": reason.to_string(),
        }),
    }
}

fn guarantee(guarantee: &Guarantee) -> Value {
    match guarantee {
        Guarantee::Exact => json!({ "kind": "exact" }),
        Guarantee::Asymptotic { unseen } => {
            json!({ "kind": "asymptotic (gated)", "unseen": number(*unseen) })
        }
        Guarantee::Computed => json!({ "kind": "computed" }),
    }
}

pub(super) fn finding(finding: &Finding) -> Value {
    match *finding {
        Finding::Difference {
            observed,
            claimed,
            interval,
            relation,
            statistical,
            extrapolation,
        } => json!({
            "shape": "difference",
            "relation": match relation {
                Relation::Equal => "equal",
                Relation::AtMost => "at-most",
                Relation::AtLeast => "at-least",
            },
            "observed": number(observed),
            "claimed": number(claimed),
            "low": number(interval.low),
            "high": number(interval.high),
            "statistical": number(statistical),
            "extrapolation": number(extrapolation),
        }),
        Finding::Violations { seen, of, limit, allowed, .. } => json!({
            "shape": "violations", "seen": seen, "of": of, "limit": number(limit),
            "allowed": number(allowed),
        }),
        Finding::Distance { distance, radius, histogram } => json!({
            "shape": "distance", "distance": number(distance), "radius": number(radius),
            "histogram": histogram,
        }),
        Finding::Computed { excess, rounding, left, right } => json!({
            "shape": "computed", "excess": number(excess), "rounding": number(rounding),
            "left": number(left), "right": number(right),
        }),
    }
}

fn evidence(evidence: &Evidence) -> Value {
    let log10 = std::f64::consts::LOG10_E;
    json!({
        "finding": finding(&evidence.finding),
        "scale": number(evidence.scale),
        "alarm": evidence.alarm.map(|a| a.to_string()),
        "log10_against": number(evidence.ln_against * log10),
        "log10_support": number(evidence.ln_support * log10),
    })
}

fn point_report(report: &PointReport) -> Value {
    let coordinates = match &report.at {
        Address::Unit(coordinates) => json!(coordinates),
        _ => Value::Null,
    };
    json!({
        "point": point(&report.symbols),
        "coordinates": coordinates,
        "rounds": report.rounds,
        "draws": report.draws,
        "verdict": verdict(&report.verdict),
        "components": report.evidence.iter().map(evidence).collect::<Vec<_>>(),
    })
}

fn mutant(report: &MutantReport) -> Value {
    json!({
        "name": report.label.name,
        "why": report.label.why,
        "verdict": verdict(&report.verdict),
        "point": report.point,
        "rounds": report.rounds,
    })
}

fn hint(hint: &Hint) -> Value {
    json!({
        "component": hint.component,
        "of": hint.gap.word(),
        "expression": hint.expression,
        "symbols": hint.symbols,
        "number": number(hint.number),
        "low": number(hint.interval.low),
        "high": number(hint.interval.high),
        "points": hint.points,
        "chance": number(hint.chance),
        "text": hint.sentence(),
    })
}

/// A checked claim, or the error that kept it from being checked.
pub fn outcome(outcome: &Outcome) -> Value {
    match &outcome.result {
        Ok(checked) => check(checked),
        Err(error) => json!({
            "schema": SCHEMA, "type": "check", "claim": outcome.path, "error": error.to_string(),
        }),
    }
}

fn check(checked: &Checked) -> Value {
    json!({
        "schema": SCHEMA,
        "type": "check",
        "claim": checked.path,
        "kind": checked.kind.name(),
        "passed": checked.passed(),
        "verdict": verdict(&checked.verdict),
        "names": checked.parts.names(),
        "promise": promise(checked.promise),
        "alpha": number(checked.alpha),
        "seed": checked.seed,
        "guarantee": guarantee(&checked.guarantee),
        "log10_against": number(checked.log10_against),
        "log10_support": number(checked.log10_support),
        "power_floor": checked.power_floor().map(number),
        "draws": checked.draws,
        "seconds": number(checked.seconds),
        "hint": hints(checked).iter().map(hint).collect::<Vec<_>>(),
        "points": checked.points.iter().map(point_report).collect::<Vec<_>>(),
        "mutants": checked.mutants.iter().map(mutant).collect::<Vec<_>>(),
    })
}

/// A claim as it is declared.
pub fn declared(entry: Entry<'_>) -> Value {
    let (theorem, claim) = (entry.theorem, entry.claim);
    let declaration = claim.declaration();
    let symbols = hypotheses(declaration);
    let symbol = |s: &Symbol| json!({ "name": s.name, "range": s.range });
    let mutant = |m: crate::kind::Label| json!({ "name": m.name, "why": m.why });
    json!({
        "schema": SCHEMA,
        "type": "claim",
        "claim": entry.path(),
        "theorem": theorem.id,
        "alias": theorem.alias,
        "title": theorem.title,
        "kind": declaration.kind().name(),
        "assertion": declaration.assertion(),
        "promise": promise(declaration.resolution()),
        "symbols": symbols.map(|list| list.iter().map(symbol).collect::<Vec<_>>()).ok(),
        "mutants": declaration.mutants().into_iter().map(mutant).collect::<Vec<_>>(),
        "known": declaration.known().len(),
        "curve": declaration.curve().x,
    })
}

/// The theory side at a point.
pub fn theory(path: &str, symbols: &[Symbol], size: Option<usize>, values: &[Approx]) -> Value {
    let values: Vec<Value> = values
        .iter()
        .map(|v| json!({ "value": number(v.value), "error": number(v.error) }))
        .collect();
    json!({
        "schema": SCHEMA, "type": "theory", "claim": path, "point": point(symbols),
        "size": size, "theory": values,
    })
}

/// What a search found.
pub fn search(path: &str, tried: usize, badness: f64, found: &Outcome) -> Value {
    let mut object = Map::new();
    object.insert("schema".into(), json!(SCHEMA));
    object.insert("type".into(), json!("search"));
    object.insert("claim".into(), json!(path));
    object.insert("tried".into(), json!(tried));
    object.insert("badness".into(), number(badness));
    object.insert("check".into(), outcome(found));
    Value::Object(object)
}
