//! `new`: a theorem file to fill in, registered; or a crate for theorems of one's own.

mod changes;
mod crates;
mod names;
mod register;
mod template;

use super::output::Output;
use crate::kind::Kind;
use anyhow::{Context, Result, bail};
use changes::Changes;
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};

/// Write a theorem file to fill in and register it, or make a crate for theorems of one's own.
#[derive(Args, Debug)]
pub(super) struct New {
    /// First author and year: belkin2020; with --crate, the folder to make, ./NAME if left out
    #[arg(required_unless_present = "krate", value_name = "PAPER")]
    paper: Option<String>,
    /// The name of the result, a noun in snake_case: weak_features
    #[arg(required_unless_present = "krate", conflicts_with = "krate")]
    slug: Option<String>,
    /// The kind of its claim
    #[arg(long, required_unless_present = "krate", conflicts_with = "krate")]
    #[arg(value_parser = super::kind)]
    kind: Option<Kind>,
    /// What the paper is about, for the filter of the report
    #[arg(long, conflicts_with = "krate")]
    topic: Option<String>,
    /// Make a crate of this name, which depends on the harness alone
    #[arg(long = "crate", value_name = "NAME")]
    krate: Option<String>,
    /// The folder of the harness, for the new crate to depend on; its version if left out
    #[arg(long, value_name = "PATH", requires = "krate")]
    harness: Option<PathBuf>,
}

impl New {
    /// Writes everything that was asked for, or nothing.
    pub(super) fn run(&self, output: &mut Output) -> Result<u8> {
        if let Some(name) = &self.krate {
            let folder = self.paper.as_ref().unwrap_or(name);
            return crates::make(name, Path::new(folder), self.harness.as_deref(), output);
        }
        let (Some(paper), Some(slug), Some(kind)) = (&self.paper, &self.slug, self.kind) else {
            bail!("new takes a paper, the name of a result and --kind");
        };
        names::paper(paper)?;
        names::slug(slug)?;
        let here = std::env::current_dir().context("there is no current folder")?;
        let library = register::catalogue(&here)?;
        let request = Request { paper, slug, kind, topic: self.topic.as_deref() };
        let (file, changes) = request.changes(&library)?;
        changes.apply()?;
        let id = names::id(paper, slug);
        output.line(&format!("{}: fill in what it says, and", file.display()))?;
        output.line(&format!("  cargo run -- check {id}   lists what is missing"))?;
        output.line(&format!("registered as `{}` in", register::item(paper, slug)))?;
        output.line(&format!("  {}", library.display()))?;
        Ok(0)
    }
}

/// A theorem to be written.
struct Request<'a> {
    paper: &'a str,
    slug: &'a str,
    kind: Kind,
    topic: Option<&'a str>,
}

impl Request<'_> {
    /// The theorem's file, and every change that writes and registers it.
    fn changes(&self, library: &Path) -> Result<(PathBuf, Changes)> {
        let root = library.parent().context("the catalogue lies in no folder")?;
        let folder = root.join(self.paper);
        let (file, papers) = (folder.join(format!("{}.rs", self.slug)), folder.join("mod.rs"));
        let taken = [&file, &root.join(format!("{}.rs", self.paper))];
        if let Some(taken) = taken.into_iter().find(|path| path.exists()) {
            bail!("{} exists already: nothing was written", taken.display());
        }
        let mut changes = Changes::default();
        changes.write(&file, template::theorem(self.paper, self.slug, self.kind));
        let paper = if papers.exists() {
            let text = read(&papers)?;
            register::with_module(&text, "pub(crate) mod", self.slug).context(shown(&papers))?
        } else if folder.exists() {
            bail!("{} exists and has no mod.rs: nothing was written", folder.display());
        } else {
            template::paper(self.slug)
        };
        changes.write(&papers, paper);
        let mut text = read(library)?;
        text = register::with_module(&text, "mod", self.paper).context(shown(library))?;
        text = register::with_theorem(&text, self.paper, self.slug).context(shown(library))?;
        if let Some(topic) = self.topic {
            text = register::with_topic(&text, self.paper, topic).context(shown(library))?;
        }
        changes.write(library, text);
        Ok((file, changes))
    }
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
