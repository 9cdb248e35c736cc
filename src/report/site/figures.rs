//! The pictures of a claim, and the numbers behind them as CSV and JSON.

use crate::check::{Checked, PointReport};
use crate::draw::page::Extrapolated;
use crate::draw::{Figure, Point, Role, Series};
use crate::evidence::{Evidence, Finding};
use crate::kind::Kind;
use crate::report::curve::{self, Content, vertical};
use crate::report::json::{SCHEMA, number};
use crate::sampler::Approx;
use crate::sizes::{Rung, Rungs};
use crate::trace::panel::Drawn;
use crate::trace::{LEVEL, Trace};
use crate::verdict::Verdict;
use serde_json::{Value, json};

/// Components of a claim that are drawn; the data have all of them.
pub(super) const COMPONENTS: usize = 2;

/// A claim along its curve: mutants, theory and simulation of one component.
pub(super) fn curve(trace: &Trace, component: usize) -> Figure {
    curve::curve(&[trace], Content { component: Some(component), mutants: true })
}

/// The mean at each size of a ladder, and what it is extrapolated to.
pub(super) fn ladder(
    checked: &Checked,
    point: &PointReport,
    rungs: &Rungs,
    component: usize,
) -> (Figure, Option<Extrapolated>) {
    let theory: Vec<Point> =
        shape(rungs, component, checked.kind).map(|(x, y)| Point::exact(x, y)).collect();
    let simulation: Vec<Point> = rungs
        .rungs
        .iter()
        .filter_map(|rung| {
            let interval = rung.intervals.get(component)?;
            let (x, y) = (rung.size as f64, *rung.means.get(component)?);
            Some(Point { x, y, low: interval.low, high: interval.high })
        })
        .collect();
    let log_y = checked.kind == Kind::Rate && simulation.iter().all(|p| p.y > 0.0);
    let name = curve::theory(checked.kind).to_owned();
    let figure = Figure {
        title: format!("{} by size", checked.path),
        x: "size n".to_owned(),
        y: vertical(&[curve::claim(&checked.path)], "mean"),
        log_x: true,
        log_y,
        series: vec![
            Series { name, label: None, role: Role::Theory, points: theory },
            Series {
                name: "simulation".to_owned(),
                label: None,
                role: Role::Simulation,
                points: simulation,
            },
        ],
    };
    let limit = point.evidence.get(component).and_then(extrapolated);
    (figure, limit.filter(|_| checked.kind != Kind::Rate))
}

/// The theory at each size; a shape is known up to a constant, and is put through the last size.
fn shape(rungs: &Rungs, component: usize, kind: Kind) -> impl Iterator<Item = (f64, f64)> {
    let at = move |rung: &Rung| Some((rung.size as f64, rung.theory.get(component)?.value));
    let factor = match (kind, rungs.rungs.last()) {
        (Kind::Rate, Some(last)) => match (last.means.get(component), at(last)) {
            (Some(mean), Some((_, shape))) if shape != 0.0 => mean / shape,
            _ => 1.0,
        },
        _ => 1.0,
    };
    rungs.rungs.iter().filter_map(at).map(move |(size, shape)| (size, factor * shape))
}

/// The limit that a finding is about.
fn extrapolated(evidence: &Evidence) -> Option<Extrapolated> {
    match evidence.finding {
        Finding::Difference { claimed, interval, statistical, .. } => Some(Extrapolated {
            theory: claimed,
            value: claimed + interval.centre(),
            low: claimed + interval.low,
            high: claimed + interval.high,
            statistical,
        }),
        _ => None,
    }
}

fn values(values: &[Vec<Approx>]) -> Value {
    let row = |row: &Vec<Approx>| row.iter().map(|v| number(v.value)).collect::<Vec<_>>();
    json!(values.iter().map(row).collect::<Vec<_>>())
}

/// By how much each mutant was refuted, in the order of the claim.
pub(super) fn gaps(checked: Option<&Checked>) -> Vec<Option<f64>> {
    let gap = |verdict: &Verdict| match verdict {
        Verdict::Refuted { by } => Some(*by),
        _ => None,
    };
    checked.map_or(Vec::new(), |c| c.mutants.iter().map(|m| gap(&m.verdict)).collect())
}

/// The numbers behind a curve, as one JSON object.
pub(super) fn curve_json(trace: &Trace, checked: Option<&Checked>) -> Value {
    let gaps = gaps(checked);
    let mutant = |(index, (name, curve)): (usize, &(&str, Vec<Vec<Approx>>))| {
        let by = gaps.get(index).copied().flatten();
        json!({ "name": name, "refuted_by": by.map(number), "theory": values(curve) })
    };
    let simulated = trace.simulated.iter().map(|s| {
        json!({
            "x": number(s.x),
            "low": s.intervals.iter().map(|i| number(i.low)).collect::<Vec<_>>(),
            "high": s.intervals.iter().map(|i| number(i.high)).collect::<Vec<_>>(),
            "refused": s.refused,
            "rounds": s.rounds,
        })
    });
    json!({
        "schema": SCHEMA,
        "type": "curve",
        "claim": trace.path,
        "kind": trace.kind.name(),
        "symbol": trace.x,
        "positions": trace.positions.iter().map(|x| number(*x)).collect::<Vec<_>>(),
        "theory": values(&trace.theory),
        "scaled": trace.scaled.map(number),
        "mutants": trace.mutants.iter().enumerate().map(mutant).collect::<Vec<_>>(),
        "simulated": simulated.collect::<Vec<_>>(),
        "level": LEVEL,
    })
}

/// The same as CSV: a row for each position and component.
pub(super) fn curve_csv(trace: &Trace) -> String {
    let mut header: Vec<String> =
        ["claim", "symbol", "x", "component", "theory", "theory_error", "low", "high", "rounds"]
            .map(str::to_owned)
            .to_vec();
    header.extend(trace.mutants.iter().map(|(name, _)| format!("mutant {name}")));
    let mut rows = vec![header];
    for (index, (x, theory)) in trace.positions.iter().zip(&trace.theory).enumerate() {
        let simulated = trace.simulated.iter().find(|s| s.x == *x && s.refused.is_none());
        for (component, value) in theory.iter().enumerate() {
            let interval = simulated.and_then(|s| s.intervals.get(component));
            let cell = |value: Option<f64>| value.map(|v| v.to_string()).unwrap_or_default();
            let mut row = vec![
                trace.path.clone(),
                trace.x.to_owned(),
                x.to_string(),
                (component + 1).to_string(),
                value.value.to_string(),
                value.error.to_string(),
                cell(interval.map(|i| i.low)),
                cell(interval.map(|i| i.high)),
                interval.and(simulated).map(|s| s.rounds.to_string()).unwrap_or_default(),
            ];
            row.extend(trace.mutants.iter().map(|(_, curve)| {
                cell(curve.get(index).and_then(|c| c.get(component)).map(|v| v.value))
            }));
            rows.push(row);
        }
    }
    csv(&rows)
}

/// The numbers behind a panel, a row for each position of each line.
pub(super) fn panel_csv(drawn: &Drawn) -> String {
    let header = ["claim", "line", "x", "point", "theory", "theory_error", "low", "high", "rounds"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for (line, trace) in drawn.panel.lines.iter().zip(&drawn.traces) {
        for (x, theory) in trace.positions.iter().zip(&trace.theory) {
            let Some(theory) = theory.get(line.component) else { continue };
            let simulated = trace.simulated.iter().find(|s| s.x == *x && s.refused.is_none());
            let interval = simulated.and_then(|s| s.intervals.get(line.component));
            let cell = |value: Option<f64>| value.map(|v| v.to_string()).unwrap_or_default();
            let point = (line.at)(*x).into_iter().map(|(name, value)| format!("{name}={value}"));
            rows.push(vec![
                line.claim.to_owned(),
                line.label.to_owned(),
                x.to_string(),
                point.collect::<Vec<_>>().join(","),
                theory.value.to_string(),
                theory.error.to_string(),
                cell(interval.map(|i| i.low)),
                cell(interval.map(|i| i.high)),
                interval.and(simulated).map(|s| s.rounds.to_string()).unwrap_or_default(),
            ]);
        }
    }
    csv(&rows)
}

/// The numbers behind a ladder, as one JSON object.
pub(super) fn ladder_json(checked: &Checked, point: &PointReport, rungs: &Rungs) -> Value {
    let rung = |rung: &Rung| {
        json!({
            "size": rung.size,
            "theory": rung.theory.iter().map(|v| number(v.value)).collect::<Vec<_>>(),
            "mean": rung.means.iter().map(|m| number(*m)).collect::<Vec<_>>(),
            "low": rung.intervals.iter().map(|i| number(i.low)).collect::<Vec<_>>(),
            "high": rung.intervals.iter().map(|i| number(i.high)).collect::<Vec<_>>(),
        })
    };
    json!({
        "schema": SCHEMA,
        "type": "ladder",
        "claim": checked.path,
        "point": crate::report::json::point(&point.symbols),
        "rounds": rungs.rounds,
        "rungs": rungs.rungs.iter().map(rung).collect::<Vec<_>>(),
        "ends": rungs.ends.iter().map(|e| e.map(number)).collect::<Vec<_>>(),
        "level": LEVEL,
        "extrapolated": point
            .evidence
            .iter()
            .map(|e| crate::report::json::finding(&e.finding))
            .collect::<Vec<_>>(),
        "extrapolated_level": checked.alpha,
    })
}

/// The same as CSV: a row for each size and component.
pub(super) fn ladder_csv(path: &str, rungs: &Rungs) -> String {
    let header = ["claim", "size", "component", "theory", "mean", "low", "high", "rounds"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for rung in &rungs.rungs {
        for (component, mean) in rung.means.iter().enumerate() {
            let theory = rung.theory.get(component).map(|v| v.value.to_string());
            let interval = rung.intervals.get(component);
            rows.push(vec![
                path.to_owned(),
                rung.size.to_string(),
                (component + 1).to_string(),
                theory.unwrap_or_default(),
                mean.to_string(),
                interval.map(|i| i.low.to_string()).unwrap_or_default(),
                interval.map(|i| i.high.to_string()).unwrap_or_default(),
                rungs.rounds.to_string(),
            ]);
        }
    }
    csv(&rows)
}

/// Rows as CSV. Cells are numbers and names in kebab-case; what is not is quoted.
fn csv(rows: &[Vec<String>]) -> String {
    let quoted = |cell: &String| match cell.contains([',', '"', '\n']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.clone(),
    };
    let line = |row: &Vec<String>| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n";
    rows.iter().map(line).collect()
}
