//! The command line: a contract that scripts build on.

mod checking;
mod new;
mod output;
mod plotting;
mod progress;
mod proving;
mod reporting;

use crate::claim::{Catalogue, Claim, Entry, Theorem as Declared};
use crate::given::Address;
use crate::kind::{Kind, Version};
use crate::proof::{Derivation, Proof};
use crate::prove;
use crate::report::{json, proofs, text};
use crate::run::guarded;
use crate::tie;
use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, CommandFactory, Parser, Subcommand};
use output::Output;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The exit code of a request that is wrong by itself.
const WRONG_REQUEST: u8 = 2;

/// The exit code of a run that was stopped from outside, as shells have it for Ctrl-C.
const INTERRUPTED: u8 = 130;

/// Continuous integration for theorems: published claims checked against simulation.
#[derive(Parser, Debug)]
#[command(
    name = "theoremcheck",
    version,
    after_help = "Exit codes: 0 everything asked for \
    holds; 1 something is refuted, or a mutant is not; 2 the request itself is wrong; 3 nothing \
    is refuted, but something is inconclusive; 130 stopped by Ctrl-C."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Columns to print for, instead of those of the terminal
    #[arg(long, global = true, value_name = "COLUMNS", value_parser = columns)]
    width: Option<usize>,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// List theorems and their claims
    List {
        /// An id, an alias, id::claim, or any part of these
        #[arg(default_value = "")]
        pattern: String,
        /// Only claims of this kind
        #[arg(long, value_parser = kind)]
        kind: Option<Kind>,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Explain a theorem: statement, source, hypotheses, claims and their mutants, derivation
    Explain {
        /// An id, an alias, or any part of these
        pattern: String,
    },
    /// Compute the theory side at a point; nothing is simulated
    Theory {
        /// id::claim, or any part of it
        pattern: String,
        #[command(flatten)]
        point: Point,
        /// The size, or the step of a trajectory, where the theory depends on it
        #[arg(long)]
        size: Option<usize>,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Check claims against simulation, and their mutants too
    Check(checking::Check),
    /// Plot theory as a line and simulation as intervals, in the terminal or as SVG
    Plot(plotting::Plot),
    /// Print the numbers behind a plot
    Curve(plotting::CurveTable),
    /// Check the steps of proofs: each with its label, its evidence and its false twins
    Prove(proving::Prove),
    /// Search a claim's hypotheses for a counterexample
    Search(checking::Search),
    /// Check claims and write what was found as pages that open from a file
    Report(reporting::Report),
    /// Write a theorem file to fill in and register it, or make a crate of one's own
    New(new::New),
}

/// A point, by the names of its symbols or by coordinates.
#[derive(Args, Debug, Clone, Default)]
struct Point {
    /// A value for each symbol: gamma=2,r2=5
    #[arg(long, value_name = "SYMBOL=VALUE,..", conflicts_with = "at")]
    #[arg(value_parser = assignments)]
    set: Option<Assignments>,
    /// Coordinates in the unit cube, as printed by a failed check: 0.23,0.65
    #[arg(long, value_name = "U,U,..", value_parser = coordinates)]
    at: Option<Coordinates>,
}

/// The values of `--set`.
#[derive(Debug, Clone)]
struct Assignments(Vec<(String, String)>);

/// The values of `--at`.
#[derive(Debug, Clone)]
struct Coordinates(Vec<f64>);

impl Point {
    /// The address that was asked for, if any, for a claim.
    fn address(&self, entry: Entry<'_>) -> Result<Option<Address>> {
        if let Some(Assignments(values)) = &self.set {
            return Ok(Some(Address::Named(values.clone())));
        }
        let Some(Coordinates(values)) = &self.at else { return Ok(None) };
        let dimension = guarded(&entry.path(), || Ok(crate::plan::dimension(entry.claim)))??;
        if values.len() != dimension {
            bail!(
                "{} has {dimension} symbols, and --at gives {} coordinates",
                entry.path(),
                values.len()
            );
        }
        Ok(Some(Address::Unit(values.clone())))
    }
}

fn columns(text: &str) -> Result<usize, String> {
    let least = output::NARROWEST;
    text.parse()
        .ok()
        .filter(|c| (least..=1000).contains(c))
        .ok_or_else(|| format!("it must be a whole number of columns from {least} to 1000"))
}

fn kind(text: &str) -> Result<Kind, String> {
    Kind::ALL.into_iter().find(|k| k.name() == text).ok_or_else(|| {
        let names: Vec<_> = Kind::ALL.iter().map(|k| k.name()).collect();
        format!("the kinds are {}", names.join(", "))
    })
}

fn assignments(text: &str) -> Result<Assignments, String> {
    let one = |part: &str| {
        let (name, value) =
            part.split_once('=').ok_or_else(|| format!("{part:?} is not symbol=value"))?;
        Ok((name.trim().to_owned(), value.trim().to_owned()))
    };
    let values = text.split(',').filter(|p| !p.trim().is_empty()).map(one);
    let values = values.collect::<Result<Vec<_>, String>>()?;
    for (i, (name, _)) in values.iter().enumerate() {
        if values[..i].iter().any(|(earlier, _)| earlier == name) {
            return Err(format!("{name} is given twice"));
        }
    }
    Ok(Assignments(values))
}

fn coordinates(text: &str) -> Result<Coordinates, String> {
    let one = |part: &str| match part.trim().parse::<f64>() {
        Ok(u) if (0.0..=1.0).contains(&u) => Ok(u),
        _ => Err(format!("{part:?} is not a coordinate between 0 and 1")),
    };
    text.split(',').map(one).collect::<Result<Vec<_>, String>>().map(Coordinates)
}

/// The grammar of the command line, by which documents can be checked that name commands.
pub fn grammar() -> clap::Command {
    Cli::command()
}

/// Runs the command line over a catalogue: an outside crate's `main` is this call.
pub fn main(catalogue: Catalogue) -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come this way too; a closed pipe is no reason to fail.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { WRONG_REQUEST } else { 0 });
        }
    };
    let mut output = Output::stdout(cli.width);
    let result = run(&catalogue, cli.command, &mut output);
    let result = result.and_then(|code| output.finish().map(|()| code));
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            output::complain(&format!("error: {error:#}"));
            ExitCode::from(WRONG_REQUEST)
        }
    }
}

fn run(catalogue: &Catalogue, command: Command, output: &mut Output) -> Result<u8> {
    match command {
        Command::List { pattern, kind, json } => list(catalogue, &pattern, kind, json, output),
        Command::Explain { pattern } => explain(catalogue, &pattern, output),
        Command::Theory { pattern, point, size, json } => {
            let request = Theory { point, size, json };
            theory(catalogue, &pattern, &request, output)
        }
        Command::Check(check) => check.run(catalogue, output),
        Command::Plot(plot) => plot.run(catalogue, output),
        Command::Curve(curve) => curve.run(catalogue, output),
        Command::Prove(prove) => prove.run(catalogue, output),
        Command::Search(search) => search.run(catalogue, output),
        Command::Report(report) => report.run(catalogue, output),
        Command::New(new) => new.run(output),
    }
}

fn list(
    catalogue: &Catalogue,
    pattern: &str,
    kind: Option<Kind>,
    as_json: bool,
    output: &mut Output,
) -> Result<u8> {
    let entries = catalogue.select(pattern)?;
    let kept: Vec<_> = entries
        .into_iter()
        .filter(|e| kind.is_none_or(|k| e.claim.declaration().kind() == k))
        .collect();
    if let (true, Some(kind)) = (kept.is_empty(), kind) {
        bail!("no claim that matches {pattern:?} is of kind {kind}");
    }
    sound(&kept)?;
    if as_json {
        for entry in kept {
            output.line(&json::declared(entry).to_string())?;
        }
        return Ok(0);
    }
    let paths: Vec<String> = kept.iter().map(Entry::path).collect();
    let text = text::list(catalogue, output.width(), |path, _| paths.iter().any(|p| p == path));
    output.text(&text)?;
    Ok(0)
}

/// Names the claim whose hypotheses cannot even be declared, before anything is printed.
fn sound(entries: &[Entry<'_>]) -> Result<()> {
    for entry in entries {
        guarded(&entry.path(), || Ok(crate::plan::dimension(entry.claim)))??;
    }
    Ok(())
}

fn explain(catalogue: &Catalogue, pattern: &str, output: &mut Output) -> Result<u8> {
    let entries = catalogue.select(pattern)?;
    sound(&entries)?;
    let mut last = "";
    for entry in entries {
        if entry.theorem.id != last {
            if !last.is_empty() {
                output.line("")?;
            }
            let text = text::explain(entry.theorem, output.width());
            output.text(&text)?;
            let (derivation, proof) = prove::prove(entry.theorem)?;
            output.folded(&proofs::tree(&derivation, &proof), 16)?;
            output.line("\nWhat ties each theory to the derivation:")?;
            for (claim, checked) in ties(entry.theorem, &derivation, &proof)? {
                output.folded(&proofs::tie(&claim, &checked), 14)?;
            }
            last = entry.theorem.id;
        }
    }
    Ok(0)
}

/// What ties the theory of each claim of a theorem to its derivation, with the claims' paths.
fn ties(
    theorem: &Declared,
    derivation: &Derivation,
    proof: &Proof,
) -> Result<Vec<(String, tie::Checked)>> {
    let one = |claim: &Claim| {
        let path = Entry { theorem, claim }.path();
        let checked = guarded(&path, || Ok(claim.tie(derivation, proof)))??;
        Ok((path, checked))
    };
    theorem.claims.iter().map(one).collect()
}

/// What `theory` was asked.
struct Theory {
    point: Point,
    size: Option<usize>,
    json: bool,
}

fn theory(
    catalogue: &Catalogue,
    pattern: &str,
    request: &Theory,
    output: &mut Output,
) -> Result<u8> {
    let entry = one(catalogue, pattern)?;
    let declaration = entry.claim.declaration();
    let address = request.point.address(entry)?.unwrap_or(Address::Named(Vec::new()));
    let setting =
        guarded(&entry.path(), || Ok(declaration.locate(&address)))?.context(entry.path())?;
    let largest = declaration.sizes().iter().copied().max();
    let size = request.size.or(largest);
    let values = guarded(&entry.path(), || {
        Ok(declaration.theory(Version::Stated, &address, size.unwrap_or(0)))
    })?;
    if request.json {
        let value = json::theory(&entry.path(), &setting.symbols, size, &values);
        output.line(&value.to_string())?;
        return Ok(0);
    }
    for value in values {
        if value.error > 0.0 {
            output.line(&crate::report::numbers::uncertain(value.value, value.error))?;
        } else {
            output.line(&format!("{}", value.value))?;
        }
    }
    Ok(0)
}

/// The one claim that a pattern names.
fn one<'a>(catalogue: &'a Catalogue, pattern: &str) -> Result<Entry<'a>> {
    let entries = catalogue.select(pattern)?;
    match entries.as_slice() {
        [entry] => Ok(*entry),
        several => {
            let names: Vec<String> = several.iter().take(8).map(Entry::path).collect();
            Err(anyhow!("{pattern:?} matches {} claims: {}", several.len(), names.join(", ")))
        }
    }
}

/// Complains about a file that cannot be written before any work is done.
fn writable(path: Option<&PathBuf>) -> Result<()> {
    let Some(path) = path else { return Ok(()) };
    crate::files::writable(path).with_context(|| format!("cannot write {}", path.display()))
}

/// Writes a file whole.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    crate::files::replace(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;

    #[test]
    fn a_domain_that_panics_is_named_and_nothing_is_printed() {
        let claim = Claim::new(
            "mean",
            Equality {
                domain: |_| -> f64 { panic!("an author's mistake") },
                theory: |x| *x,
                observable: |x| Sampler::new(move |rng| x + rng.normal()),
                resolution: Relative(0.1),
                known: vec![],
                mutants: ["a", "b", "c"].map(|name| Mutant {
                    name,
                    why: "",
                    says: (|x| 2.0 * x) as fn(&f64) -> f64,
                }),
                curve: Curve {
                    x: "x",
                    grid: Grid::Linear { from: 0.0, to: 1.0, points: 4 },
                    at: |x| x,
                },
            },
            Tie::none("nothing is derived"),
        );
        let catalogue = Catalogue::new(vec![Theorem {
            id: "nobody2000.domain",
            alias: "",
            title: "A domain that panics",
            source: Source { paper: "none", result: "none", link: "none" },
            statement: "",
            claims: vec![claim],
            derivation: Derivation::none,
        }]);
        let mut output = Output::stdout(None);
        for result in [
            list(&catalogue, "", None, false, &mut output),
            list(&catalogue, "", None, true, &mut output),
            explain(&catalogue, "domain", &mut output),
        ] {
            let text = format!("{:#}", result.expect_err("the domain panics"));
            assert!(text.contains("nobody2000.domain::mean"), "{text}");
            assert!(text.contains("an author's mistake"), "{text}");
        }
    }
}
