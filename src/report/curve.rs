//! The picture of claims along a curve, and the words on its axes: the same in a terminal, as SVG
//! and on a page.

use super::numbers::significant;
use super::site::mathml::axis;
use crate::draw::{Figure, Point, Role, Series, auto_log_y};
use crate::kind::Kind;
use crate::sampler::Approx;
use crate::trace::panel::Drawn;
use crate::trace::{LEVEL, Simulated, Trace};

/// What a picture shows of its claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content {
    /// One component, or all of them.
    pub component: Option<usize>,
    /// Whether mutants are drawn.
    pub mutants: bool,
}

/// What is on the vertical axis along a curve over the symbol `x`, in words. Bars are intervals
/// for means, whatever the bound is about.
pub fn quantity(kind: Kind, x: &str) -> String {
    match kind {
        Kind::Equality | Kind::Equivalent | Kind::Rate => "mean".to_owned(),
        Kind::Limit => "limit".to_owned(),
        Kind::Bound | Kind::PathBound => "bound, and mean of the draws".to_owned(),
        Kind::Law => format!("P(draw ≤ {x})"),
        Kind::Identity => "both sides".to_owned(),
        Kind::Property => "margin".to_owned(),
    }
}

/// What the vertical axis is called: the claims and what is drawn of them.
pub fn vertical(claims: &[&str], quantity: &str) -> String {
    match claims {
        // `mean: mean` says nothing twice.
        [name] if *name == quantity => quantity.to_owned(),
        _ => format!("{}: {quantity}", claims.join(", ")),
    }
}

/// The claim in `id::claim`.
pub fn claim(path: &str) -> &str {
    path.split_once("::").map_or(path, |(_, claim)| claim)
}

/// The name of the theory in a legend, whatever simulation gives.
pub fn theory(kind: Kind) -> &'static str {
    match kind {
        Kind::Rate => "shape, scaled",
        Kind::Bound | Kind::PathBound => "bound",
        Kind::Identity => "one side",
        Kind::Property => "margin",
        _ => "theory",
    }
}

/// The name of the theory of a curve in its legend. A shape that meets no simulation is as it is
/// stated.
pub fn legend(trace: &Trace) -> String {
    match (trace.kind, trace.scaled) {
        (Kind::Rate, Some(factor)) => format!("shape x {}", significant(factor, 3)),
        (Kind::Rate, None) => "shape".to_owned(),
        (kind, _) => theory(kind).to_owned(),
    }
}

/// The name of what stands against it.
pub fn against(kind: Kind) -> &'static str {
    if kind == Kind::Identity { "the other side" } else { "simulation" }
}

/// A percentage of an error probability: "99.9 %".
pub fn confidence() -> String {
    format!("{} %", significant(100.0 * (1.0 - LEVEL), 3))
}

/// Claims of one kind along one symbol: mutants, theory and simulation.
pub fn curve(traces: &[&Trace], content: Content) -> Figure {
    let series: Vec<Series> = traces
        .iter()
        .flat_map(|trace| {
            let components = trace.theory.first().map_or(0, Vec::len);
            let chosen = (0..components).filter(|c| content.component.is_none_or(|one| one == *c));
            let several = (traces.len() > 1, components > 1 && content.component.is_none());
            chosen.flat_map(move |component| component_series(trace, component, several, content))
        })
        .collect();
    let shown = series.iter().filter(|s| s.role != Role::Mutant).flat_map(|s| &s.points);
    let first = traces.first();
    // A power is a line between logarithms.
    let power = first.is_some_and(|t| t.kind == Kind::Rate)
        && shown.clone().all(|p| p.x > 0.0 && p.y > 0.0);
    Figure {
        title: first.map_or(String::new(), |t| format!("{} along {}", t.path, t.x)),
        x: first.map_or(String::new(), |t| axis(t.x)),
        y: first.map_or(String::new(), |t| label(traces, t, content.component)),
        log_x: power || first.is_some_and(|t| t.log),
        log_y: power || auto_log_y(shown),
        series,
    }
}

fn label(traces: &[&Trace], first: &Trace, component: Option<usize>) -> String {
    let names: Vec<&str> = traces.iter().map(|trace| claim(&trace.path)).collect();
    let name = vertical(&names, &quantity(first.kind, &axis(first.x)));
    let of = first.theory.first().map_or(0, Vec::len);
    match component.filter(|_| of > 1).and_then(|index| first.parts.name(index, of)) {
        Some(part) => format!("{name}, {part}"),
        None => name,
    }
}

/// The series of one component; `several` says whether its names have to tell the claim and the
/// component.
fn component_series(
    trace: &Trace,
    component: usize,
    several: (bool, bool),
    content: Content,
) -> Vec<Series> {
    let mut prefix = if several.0 { format!("{}: ", claim(&trace.path)) } else { String::new() };
    let mut suffix = String::new();
    match (several.1, trace.parts.names().get(component)) {
        (false, _) => {}
        (true, Some(name)) => prefix.push_str(&format!("{name}: ")),
        (true, None) => suffix = format!(" {}", component + 1),
    }
    let name = |what: &str| format!("{prefix}{what}{suffix}");
    let theory_points = line(&trace.positions, &trace.theory, component);
    let mut series = Vec::new();
    for (mutant, values) in trace.mutants.iter().filter(|_| content.mutants) {
        let mut points = line(&trace.positions, values, component);
        if trace.kind == Kind::Rate {
            level_with(&mut points, &theory_points);
        }
        series.push(Series {
            name: format!("mutant {mutant}"),
            label: None,
            role: Role::Mutant,
            points,
        });
    }
    let what = legend(trace);
    series.push(Series {
        name: name(&what),
        label: None,
        role: Role::Theory,
        points: theory_points,
    });
    let points = intervals(trace, component);
    if !points.is_empty() {
        let what = match trace.kind {
            Kind::Identity => against(trace.kind).to_owned(),
            kind => format!("{}, {}", against(kind), confidence()),
        };
        series.push(Series { name: name(&what), label: None, role: Role::Simulation, points });
    }
    if trace.kind == Kind::Property {
        let points = trace.positions.iter().map(|x| Point::exact(*x, 0.0)).collect();
        series.push(Series { name: "0".to_owned(), label: None, role: Role::Theory, points });
    }
    series
}

/// What simulation gives of a component.
fn intervals(trace: &Trace, component: usize) -> Vec<Point> {
    let at = |s: &Simulated| {
        let interval = *s.intervals.get(component)?;
        let (y, low, high) = (interval.centre(), interval.low, interval.high);
        s.refused.is_none().then_some(Point { x: s.x, y, low, high })
    };
    trace.simulated.iter().filter_map(at).collect()
}

/// Several claims over one symbol: each line has its label at its end, and all share a legend.
pub fn panel(drawn: &Drawn) -> Figure {
    let panel = &drawn.panel;
    let lines = || panel.lines.iter().zip(&drawn.traces);
    let mut theories: Vec<Series> = Vec::new();
    let mut simulations: Vec<Series> = Vec::new();
    for (index, (of, trace)) in lines().enumerate() {
        // Of the lines with one label the last carries it.
        let last = panel.lines[index + 1..].iter().all(|other| other.label != of.label);
        let label = Some(if last { of.label.to_owned() } else { String::new() });
        let name = if theories.is_empty() { "theory".to_owned() } else { String::new() };
        let points = line(&trace.positions, &trace.theory, of.component);
        theories.push(Series { name, label, role: Role::Theory, points });
        let points = intervals(trace, of.component);
        if !points.is_empty() {
            let first = simulations.is_empty();
            let name = if first { format!("simulation, {}", confidence()) } else { String::new() };
            let label = Some(String::new());
            simulations.push(Series { name, label, role: Role::Simulation, points });
        }
    }
    let all = theories.iter().chain(&simulations).flat_map(|s| &s.points);
    let log_y = auto_log_y(all);
    Figure {
        title: panel.title.to_owned(),
        x: axis(panel.x),
        y: panel.y.to_owned(),
        log_x: panel.log_x,
        log_y,
        series: theories.into_iter().chain(simulations).collect(),
    }
}

fn line(positions: &[f64], values: &[Vec<Approx>], component: usize) -> Vec<Point> {
    let at = |(x, values): (&f64, &Vec<Approx>)| {
        values.get(component).map(|value| Point::exact(*x, value.value))
    };
    positions.iter().zip(values).filter_map(at).collect()
}

/// Scales a shape so that its logarithms have the mean of the other's: neither constant is claimed.
fn level_with(points: &mut [Point], other: &[Point]) {
    let mean = |points: &[Point]| {
        let sum: f64 = points.iter().map(|p| p.y.ln()).sum();
        sum / points.len().max(1) as f64
    };
    let factor = (mean(other) - mean(points)).exp();
    if factor.is_finite() {
        points.iter_mut().for_each(|p| *p = Point::exact(p.x, factor * p.y));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::Components;
    use crate::stats::interval::Interval;

    fn trace(path: &str, kind: Kind) -> Trace {
        let exact = |value: f64| vec![Approx { value, error: 0.0 }, Approx { value, error: 0.0 }];
        let curve = |factor: f64| [1.0, 2.0, 4.0].map(|x| exact(factor * x)).to_vec();
        let ends = Interval { low: 0.9, high: 1.1 };
        let simulated = Simulated { x: 1.0, intervals: vec![ends; 2], refused: None, rounds: 512 };
        Trace {
            path: path.to_owned(),
            kind,
            parts: Components::default(),
            x: "gamma",
            log: false,
            positions: vec![1.0, 2.0, 4.0],
            theory: curve(1.0),
            mutants: vec![("twice", curve(2.0))],
            simulated: vec![simulated],
            scaled: (kind == Kind::Rate).then_some(3.0),
        }
    }

    fn names(figure: &Figure) -> Vec<&str> {
        figure.series.iter().map(|s| s.name.as_str()).collect()
    }

    #[test]
    fn the_axis_names_the_claim_and_what_is_drawn_of_it() {
        let all = Content { component: None, mutants: false };
        let label = |path: &str, kind| curve(&[&trace(path, kind)], all).y;
        assert_eq!(label("a.b::risk", Kind::Limit), "risk: limit");
        assert_eq!(label("a.b::limit", Kind::Limit), "limit");
        assert_eq!(label("a.b::mean", Kind::Equality), "mean");
        assert_eq!(label("a.b::law", Kind::Law), "law: P(draw ≤ $\\gamma$)");
        assert_eq!(label("a.b::slack", Kind::Property), "slack: margin");
        for kind in Kind::ALL {
            let label = label("a.b::claim", kind);
            assert!(label.starts_with("claim: ") && !label.contains("observable"), "{label}");
        }
        let pair = [trace("a.b::under", Kind::Limit), trace("a.b::over", Kind::Limit)];
        assert_eq!(curve(&[&pair[0], &pair[1]], all).y, "under, over: limit");
        let second = Content { component: Some(1), mutants: true };
        let figure = curve(&[&pair[0]], second);
        assert_eq!(figure.y, "under: limit, component 2 of 2");
        assert_eq!(names(&figure), ["mutant twice", "theory", "simulation, 99.9 %"]);
    }

    #[test]
    fn names_tell_claims_and_components_apart_where_there_are_several() {
        let all = Content { component: None, mutants: false };
        let pair = [trace("a.b::under", Kind::Limit), trace("a.b::over", Kind::Limit)];
        let both = curve(&[&pair[0], &pair[1]], all);
        assert_eq!(names(&both)[..2], ["under: theory 1", "under: simulation, 99.9 % 1"]);
        assert!(names(&both).contains(&"over: theory 2"));
        let one = curve(&[&pair[0]], Content { component: Some(0), mutants: false });
        assert_eq!(names(&one), ["theory", "simulation, 99.9 %"]);
    }

    #[test]
    fn a_shape_and_its_mutants_are_levelled_and_a_margin_has_a_zero() {
        let content = Content { component: Some(0), mutants: true };
        let rate = curve(&[&trace("a.b::rate", Kind::Rate)], content);
        assert_eq!(names(&rate), ["mutant twice", "shape x 3.00", "simulation, 99.9 %"]);
        let [mutant, shape] = [0, 1].map(|i| rate.series[i].points.clone());
        let apart = |(a, b): (&Point, &Point)| (a.y - b.y).abs() > 1e-12;
        assert!(!mutant.iter().zip(&shape).any(apart), "twice a shape is the same shape");
        assert!(rate.log_x && rate.log_y);
        let alone = Trace { scaled: None, ..trace("a.b::rate", Kind::Rate) };
        assert_eq!(legend(&alone), "shape");
        let margin = curve(&[&trace("a.b::margin", Kind::Property)], content);
        assert_eq!(names(&margin).last(), Some(&"0"));
    }
}
