//! `plot` and `curve`.

use super::checking::Run;
use super::output::{Output, complain};
use super::progress::Progress;
use super::{INTERRUPTED, writable, write};
use crate::baseline;
use crate::check::CheckError;
use crate::claim::{Catalogue, Entry};
use crate::draw::{self, Figure, Point, Role, Series};
use crate::kind::Kind;
use crate::report::numbers::significant;
use crate::run::Trouble;
use crate::trace::{Trace, trace};
use anyhow::{Context, Result};
use clap::Args;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// Plot theory as a line and simulation as intervals.
#[derive(Args, Debug)]
pub struct Plot {
    /// An id, an alias, id::claim, or any part of these
    pattern: String,
    #[command(flatten)]
    run: Run,
    /// Write SVG instead of drawing in the terminal; several plots are numbered
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Draw the mutants too
    #[arg(long)]
    mutants: bool,
}

/// Print the numbers behind a plot.
#[derive(Args, Debug)]
pub struct CurveTable {
    /// An id, an alias, id::claim, or any part of these
    pattern: String,
    #[command(flatten)]
    run: Run,
    /// Write CSV to a file instead of standard output
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Draw the claims' baselines anew and store them in this folder
    #[arg(long, value_name = "DIR", conflicts_with = "csv")]
    baseline: Option<PathBuf>,
}

/// The traces of some claims, or nothing if the run was stopped.
fn traces(entries: &[Entry<'_>], seed: u64) -> Result<Option<Vec<Trace>>> {
    let progress = Progress::new(entries.len());
    let mut traces = Vec::new();
    for entry in entries {
        progress.begin(&entry.path());
        match trace(*entry, seed, &progress) {
            Ok(trace) => traces.push(trace),
            Err(CheckError::Trouble(Trouble::Stopped)) => {
                progress.finish();
                complain("stopped");
                return Ok(None);
            }
            Err(error) => {
                progress.finish();
                return Err(error).with_context(|| entry.path());
            }
        }
        progress.done();
    }
    progress.finish();
    for trace in &traces {
        let refused: Vec<_> = trace.simulated.iter().filter_map(|s| s.refused.as_ref()).collect();
        if let Some(first) = refused.first() {
            complain(&format!(
                "note: {}: {} of {} positions have no interval, the first because {first}",
                trace.path,
                refused.len(),
                trace.simulated.len()
            ));
        }
    }
    Ok(Some(traces))
}

impl Plot {
    /// Draws one figure for each claim; claims of one theorem over one symbol share a figure.
    pub fn run(&self, catalogue: &Catalogue, output: &mut Output) -> Result<u8> {
        let entries = catalogue.select(&self.pattern)?;
        self.run.prepare()?;
        writable(self.svg.as_ref())?;
        let Some(traces) = traces(&entries, self.run.seed)? else { return Ok(INTERRUPTED) };
        let titles: Vec<&str> = entries.iter().map(|e| e.theorem.title).collect();
        let figures = self.figures(&traces, &titles);
        if let Some(path) = &self.svg {
            for (index, figure) in figures.iter().enumerate() {
                let path = numbered(path, index);
                let id = format!("theoremcheck-{}", index + 1);
                write(&path, draw::svg(figure, &id).as_bytes())?;
                complain(&format!("{}: {}", path.display(), figure.title));
            }
            return Ok(0);
        }
        let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        for figure in &figures {
            output.text(&draw::terminal(figure, 80, 24, colour))?;
            output.line("")?;
        }
        Ok(0)
    }

    fn figures(&self, traces: &[Trace], titles: &[&str]) -> Vec<Figure> {
        let mut groups: Vec<(&str, Vec<&Trace>)> = Vec::new();
        for (trace, title) in traces.iter().zip(titles) {
            let joins = |other: &Trace| {
                let id = |t: &Trace| t.path.split("::").next().map(str::to_owned);
                id(other) == id(trace)
                    && (other.x, other.kind, other.log) == (trace.x, trace.kind, trace.log)
                    && other.theory.first().map(Vec::len) == trace.theory.first().map(Vec::len)
            };
            match groups.last_mut() {
                Some((_, group)) if joins(group[0]) && !self.mutants => group.push(trace),
                _ => groups.push((title, vec![trace])),
            }
        }
        groups.into_iter().map(|(title, group)| figure(title, &group, self.mutants)).collect()
    }
}

/// `plot.svg`, `plot-2.svg`, ...
fn numbered(path: &Path, index: usize) -> PathBuf {
    if index == 0 {
        return path.to_owned();
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().map(|e| format!(".{}", e.to_string_lossy()));
    path.with_file_name(format!("{stem}-{}{}", index + 1, extension.unwrap_or_default()))
}

fn figure(title: &str, traces: &[&Trace], mutants: bool) -> Figure {
    let mut series = Vec::new();
    let several = traces.len() > 1;
    for trace in traces {
        let claim = trace.path.split("::").nth(1).unwrap_or("claim");
        let components = trace.theory.first().map_or(0, Vec::len);
        let name = |what: &str, component: usize| match (several, components) {
            (false, 1) => what.to_owned(),
            (true, 1) => format!("{claim}: {what}"),
            (false, _) => format!("{what} {}", component + 1),
            (true, _) => format!("{claim}: {what} {}", component + 1),
        };
        let line = |values: &[Vec<crate::sampler::Approx>], component: usize| {
            let point = |(x, v): (&f64, &Vec<crate::sampler::Approx>)| {
                let y = v[component].value;
                Point { x: *x, y, low: y, high: y }
            };
            trace.positions.iter().zip(values).map(point).collect::<Vec<_>>()
        };
        for component in 0..components {
            if mutants {
                for (mutant, values) in &trace.mutants {
                    let points = line(values, component);
                    let name = format!("mutant {mutant}");
                    series.push(Series { name, role: Role::Mutant, points });
                }
            }
            let what = match (trace.kind, trace.scaled) {
                (Kind::Rate, Some(factor)) => format!("shape x {}", significant(factor, 3)),
                (Kind::Bound | Kind::PathBound, _) => "bound".to_owned(),
                _ => "theory".to_owned(),
            };
            let points = line(&trace.theory, component);
            series.push(Series { name: name(&what, component), role: Role::Theory, points });
            let simulated = trace
                .simulated
                .iter()
                .filter(|s| s.refused.is_none() && s.intervals.len() > component)
                .map(|s| {
                    let interval = s.intervals[component];
                    let y = interval.centre();
                    Point { x: s.x, y, low: interval.low, high: interval.high }
                })
                .collect::<Vec<_>>();
            if !simulated.is_empty() {
                let name = name("simulation, 99.9 %", component);
                series.push(Series { name, role: Role::Simulation, points: simulated });
            }
        }
    }
    let log_y = {
        let lines = series.iter().filter(|s| !matches!(s.role, Role::Mutant));
        let points: Vec<Point> = lines.flat_map(|s| s.points.iter().copied()).collect();
        draw::auto_log_y(&points)
    };
    let first = traces.first();
    Figure {
        title: format!(
            "{title} ({})",
            first.map_or("", |t| t.path.split("::").next().unwrap_or(""))
        ),
        x: first.map_or("", |t| t.x).to_owned(),
        y: "observable".to_owned(),
        log_x: first.is_some_and(|t| t.log),
        log_y,
        series,
    }
}

impl CurveTable {
    /// Prints the numbers, writes them, or records baselines.
    pub fn run(&self, catalogue: &Catalogue, output: &mut Output) -> Result<u8> {
        let entries = catalogue.select(&self.pattern)?;
        self.run.prepare()?;
        if let Some(folder) = &self.baseline {
            return record(&entries, folder);
        }
        writable(self.csv.as_ref())?;
        let Some(traces) = traces(&entries, self.run.seed)? else { return Ok(INTERRUPTED) };
        let table = table(&traces)?;
        match &self.csv {
            Some(path) => write(path, &table)?,
            None => output.text(&String::from_utf8_lossy(&table))?,
        }
        Ok(0)
    }
}

fn record(entries: &[Entry<'_>], folder: &Path) -> Result<u8> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let progress = Progress::new(entries.len());
    for entry in entries {
        progress.begin(&entry.path());
        let written = match baseline::record(*entry, folder, &progress) {
            Err(baseline::BaselineError::Check(CheckError::Trouble(Trouble::Stopped))) => {
                progress.finish();
                complain("stopped: the baselines written so far are whole");
                return Ok(INTERRUPTED);
            }
            other => other?,
        };
        if !written {
            progress.suspend(|| {
                complain(&format!("{}: nothing is simulated along its curve", entry.path()))
            });
        }
        progress.done();
    }
    progress.finish();
    Ok(0)
}

/// One row for each position and component; empty cells where nothing was simulated.
fn table(traces: &[Trace]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "claim",
        "symbol",
        "x",
        "component",
        "theory",
        "theory_error",
        "low",
        "high",
        "rounds",
    ])?;
    for trace in traces {
        for (x, values) in trace.positions.iter().zip(&trace.theory) {
            let simulated = trace.simulated.iter().find(|s| s.x == *x);
            for (component, value) in values.iter().enumerate() {
                let interval = simulated
                    .filter(|s| s.refused.is_none())
                    .and_then(|s| s.intervals.get(component));
                let cell = |f: fn(&crate::stats::interval::Interval) -> f64| {
                    interval.map(|i| f(i).to_string()).unwrap_or_default()
                };
                writer.write_record([
                    trace.path.clone(),
                    trace.x.to_owned(),
                    x.to_string(),
                    (component + 1).to_string(),
                    value.value.to_string(),
                    value.error.to_string(),
                    cell(|i| i.low),
                    cell(|i| i.high),
                    interval.and(simulated).map(|s| s.rounds.to_string()).unwrap_or_default(),
                ])?;
            }
        }
    }
    writer.into_inner().context("cannot assemble the table")
}
