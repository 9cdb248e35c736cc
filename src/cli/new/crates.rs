//! A crate with a catalogue of its own.

use super::changes::Changes;
use super::names;
use crate::cli::output::Output;
use anyhow::{Context, Result, bail};
use std::path::Path;

/// The files of a crate, by name.
const FILES: [(&str, &str); 8] = [
    ("Cargo.toml", include_str!("templates/crate/Cargo.toml.txt")),
    ("src/lib.rs", include_str!("templates/crate/lib.rs.txt")),
    ("src/main.rs", include_str!("templates/crate/main.rs.txt")),
    ("tests/theorems.rs", include_str!("templates/crate/theorems.rs.txt")),
    (".github/workflows/ci.yml", include_str!("templates/crate/ci.yml.txt")),
    ("rustfmt.toml", include_str!("templates/crate/rustfmt.toml.txt")),
    (".gitignore", include_str!("templates/crate/gitignore.txt")),
    ("README.md", include_str!("templates/crate/README.md.txt")),
];

/// Makes a crate in a folder that is new or empty.
pub(super) fn make(
    name: &str,
    folder: &Path,
    harness: Option<&Path>,
    output: &mut Output,
) -> Result<u8> {
    names::package(name)?;
    if folder.exists()
        && std::fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_some())
    {
        bail!("{} is there already, and not an empty folder", folder.display());
    }
    let mut changes = Changes::default();
    // The same versions of everything that the harness was tested with.
    let lock = harness.map(|path| std::fs::read_to_string(path.join("Cargo.lock")));
    if let Some(Ok(lock)) = lock {
        changes.write(&folder.join("Cargo.lock"), lock);
    }
    let harness = dependency(harness)?;
    for (file, text) in FILES {
        let text = text
            .replace("{{name}}", name)
            .replace("{{library}}", &names::library(name))
            .replace("{{harness}}", &harness);
        changes.write(&folder.join(file), text);
    }
    changes.apply()?;
    output.line(&format!("{}: a catalogue without theorems. There,", folder.display()))?;
    output.line("  cargo run -- new belkin2020 weak_features --kind equality")?;
    output.line("writes the first one to fill in (the harness is compiled first: minutes).")?;
    if let Ok(program) = std::env::current_exe() {
        output.line(&format!("{} new .. does it there without a wait.", program.display()))?;
    }
    Ok(0)
}

/// The harness as a dependency: a folder, or the version that is running.
fn dependency(harness: Option<&Path>) -> Result<String> {
    let Some(path) = harness else { return Ok(format!("\"{}\"", env!("CARGO_PKG_VERSION"))) };
    let manifest = std::fs::read_to_string(path.join("Cargo.toml")).unwrap_or_default();
    if !manifest.lines().any(|line| line.trim() == "name = \"theoremcheck\"") {
        bail!("{} is not the folder of theoremcheck", path.display());
    }
    // Absolute, as it is named from another folder than the one it is read from.
    let path = std::fs::canonicalize(path)
        .with_context(|| format!("{} cannot be found", path.display()))?;
    let path = path.to_str().with_context(|| format!("{} is no UTF-8", path.display()))?;
    if path.contains('\'') {
        bail!("{path} has a quote in it: write the dependency by hand");
    }
    Ok(format!("{{ path = '{path}' }}"))
}
