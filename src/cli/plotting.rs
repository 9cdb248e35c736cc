//! `plot` and `curve`.

use super::checking::Run;
use super::output::{Output, complain};
use super::progress::Progress;
use super::{INTERRUPTED, writable, write};
use crate::baseline;
use crate::check::CheckError;
use crate::claim::{Catalogue, Entry};
use crate::draw::page::letter;
use crate::draw::{self, Figure, Role};
use crate::kind::{Kind, Label};
use crate::report::curve::{Content, claim, curve, panel as panel_figure};
use crate::report::numbers::significant;
use crate::report::width::{cut, fold};
use crate::run::Trouble;
use crate::trace::panel::draw as draw_panel;
use crate::trace::{Trace, other_side, trace};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// Plot theory as a line and simulation as intervals.
#[derive(Args, Debug)]
pub struct Plot {
    /// An id, an alias, id::claim, or any part of these
    #[arg(required_unless_present = "panel")]
    pattern: Option<String>,
    /// Draw a picture of several claims, by its name
    #[arg(long, value_name = "NAME", conflicts_with_all = ["pattern", "mutants"])]
    panel: Option<String>,
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
    Ok(Some(traces))
}

/// Where a curve has no interval and why, if anywhere.
fn missing(trace: &Trace) -> Option<String> {
    if trace.simulated.is_empty() {
        let why = match trace.kind {
            Kind::Property => "nothing is random, the margin is computed",
            _ => "a draw of this claim gives every size of its ladder, and no single one",
        };
        return Some(format!("no simulation along {}: {why}", trace.x));
    }
    let refused = || trace.simulated.iter().filter(|s| s.refused.is_some());
    let first = refused().find_map(|s| s.refused.as_ref())?;
    let at: Vec<String> = refused().map(|s| position(s.x)).collect();
    let at = match at.as_slice() {
        [from, .., to] if at.len() > 4 => format!("from {} = {from} to {to}", trace.x),
        few => format!("{} = {}", trace.x, few.join(", ")),
    };
    let (count, of) = (refused().count(), trace.simulated.len());
    let why = if count > 1 { "the first because" } else { "because" };
    Some(format!("no interval at {count} of {of} positions ({at}), {why} {first}"))
}

/// Three digits, without zeros at the end: `42`, `0.625`.
fn position(x: f64) -> String {
    let text = significant(x, 3);
    match text.contains('.') && !text.contains('e') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// The same on standard error, for what goes into a file.
fn complain_missing(traces: &[Trace]) {
    for trace in traces {
        if let Some(why) = missing(trace).filter(|_| !trace.simulated.is_empty()) {
            complain(&format!("note: {}: {why}", trace.path));
        }
    }
}

/// A figure with the claims that it shows, and the title and id of their theorem.
struct Drawing<'a> {
    figure: Figure,
    theorem: (&'static str, &'static str),
    traces: Vec<&'a Trace>,
    labels: Vec<Label>,
}

impl Plot {
    /// Draws one figure for each claim; claims of one theorem over one symbol share a figure,
    /// unless their mutants are drawn, which takes one for each component.
    pub fn run(&self, catalogue: &Catalogue, output: &mut Output) -> Result<u8> {
        self.run.prepare()?;
        writable(self.svg.as_ref())?;
        if let Some(name) = &self.panel {
            return self.panel(name, catalogue, output);
        }
        let entries = catalogue.select(self.pattern.as_deref().unwrap_or_default())?;
        let Some(mut traces) = traces(&entries, self.run.seed)? else { return Ok(INTERRUPTED) };
        for (trace, entry) in traces.iter_mut().zip(&entries) {
            trace.simulated.extend(other_side(*entry)?);
        }
        let drawings = self.drawings(&entries, &traces);
        if let Some(path) = &self.svg {
            complain_missing(&traces);
            for (index, Drawing { figure, .. }) in drawings.iter().enumerate() {
                let path = numbered(path, index);
                let id = format!("theoremcheck-{}", index + 1);
                write(&path, draw::svg(figure, &id).as_bytes())?;
                complain(&format!("{}: {}", path.display(), figure.title));
            }
            return Ok(0);
        }
        let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        for drawing in &drawings {
            output.text(&drawing.terminal(output.picture(), colour))?;
            output.line("")?;
        }
        Ok(0)
    }

    fn panel(&self, name: &str, catalogue: &Catalogue, output: &mut Output) -> Result<u8> {
        let panels = catalogue.pictures();
        let Some(panel) = panels.iter().find(|panel| panel.name == name) else {
            let names: Vec<&str> = panels.iter().map(|panel| panel.name).collect();
            let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            bail!("there is no panel {name:?}; the panels are {names}");
        };
        let progress = Progress::new(1);
        progress.begin(name);
        let drawn = draw_panel(panel, catalogue, self.run.seed, &progress);
        progress.finish();
        let drawn = match drawn {
            Err(error) if error.is_stop() => {
                complain("stopped");
                return Ok(INTERRUPTED);
            }
            other => other?,
        };
        let figure = panel_figure(&drawn);
        if let Some(path) = &self.svg {
            write(path, draw::svg(&figure, "theoremcheck-panel").as_bytes())?;
            complain(&format!("{}: {}", path.display(), figure.title));
            return Ok(0);
        }
        let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        output.text(&draw::terminal(&figure, output.picture(), 24, colour))?;
        let ends = ends(&figure).join(", ");
        let below = format!("where the lines end, from above: {ends}\n{}\n", panel.about);
        output.text(&fold(&below, Some(output.picture() - 1), 0))?;
        Ok(0)
    }

    fn drawings<'a>(&self, entries: &[Entry<'_>], traces: &'a [Trace]) -> Vec<Drawing<'a>> {
        let mut groups: Vec<(&Entry<'_>, Vec<&Trace>)> = Vec::new();
        for (trace, entry) in traces.iter().zip(entries) {
            let joins = |other: &Trace| {
                let id = |t: &Trace| t.path.split("::").next().map(str::to_owned);
                id(other) == id(trace)
                    && (other.x, other.kind, other.log) == (trace.x, trace.kind, trace.log)
                    && other.theory.first().map(Vec::len) == trace.theory.first().map(Vec::len)
            };
            match groups.last_mut() {
                Some((_, group)) if joins(group[0]) && !self.mutants => group.push(trace),
                _ => groups.push((entry, vec![trace])),
            }
        }
        let drawings = |(entry, traces): (&Entry<'_>, Vec<&'a Trace>)| {
            let components = traces.first().and_then(|t| t.theory.first()).map_or(0, Vec::len);
            let chosen: Vec<Option<usize>> =
                if self.mutants { (0..components).map(Some).collect() } else { vec![None] };
            let draw = |component| self.drawing(entry, traces.clone(), component);
            chosen.into_iter().map(draw).collect::<Vec<_>>()
        };
        groups.into_iter().flat_map(drawings).collect()
    }

    fn drawing<'a>(
        &self,
        entry: &Entry<'_>,
        traces: Vec<&'a Trace>,
        component: Option<usize>,
    ) -> Drawing<'a> {
        let mut figure = curve(&traces, Content { component, mutants: self.mutants });
        figure.title = format!("{} ({})", entry.theorem.title, entry.theorem.id);
        let labels = if self.mutants { entry.claim.declaration().mutants() } else { Vec::new() };
        let theorem = (entry.theorem.title, entry.theorem.id);
        Drawing { figure, theorem, traces, labels }
    }
}

/// The labels of a figure by the heights at which their lines end, from above.
fn ends(figure: &Figure) -> Vec<&str> {
    let end = |series: &'_ draw::Series| series.points.last().map_or(f64::NAN, |p| p.y);
    let mut labels: Vec<(f64, &str)> = figure
        .series
        .iter()
        .filter_map(|series| Some((end(series), series.label.as_deref()?)))
        .filter(|(_, label)| !label.is_empty())
        .collect();
    labels.sort_by(|a, b| b.0.total_cmp(&a.0));
    labels.into_iter().map(|(_, label)| label).collect()
}

impl Drawing<'_> {
    /// The picture in characters, and below it what its letters stand for and what it lacks.
    fn terminal(&self, width: usize, colour: bool) -> String {
        // Where there is no room for both, the id is what somebody types.
        let (title, id) = self.theorem;
        let title = cut(title, width.saturating_sub(id.chars().count() + 3));
        let figure = Figure { title: format!("{title} ({id})"), ..self.figure.clone() };
        let mut text = draw::terminal(&figure, width, 24, colour);
        let mutants = self.figure.series.iter().zip(draw::drawn(&self.figure));
        let mutants = mutants.filter(|(series, _)| series.role == Role::Mutant);
        for (index, (label, (_, drawn))) in self.labels.iter().zip(mutants).enumerate() {
            let place = if drawn { "" } else { " (outside the picture)" };
            let line = format!("{}  {}{place}: {}", letter(index), label.name, label.why);
            text.push_str(&cut(&line, width - 1));
            text.push('\n');
        }
        let several = self.traces.len() > 1;
        for trace in &self.traces {
            let of = if several { format!("{}: ", claim(&trace.path)) } else { String::new() };
            if let Some(why) = missing(trace) {
                text.push_str(&fold(&format!("{of}{why}\n"), Some(width - 1), 2));
            }
        }
        text
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
        complain_missing(&traces);
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
