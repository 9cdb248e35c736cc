//! Emitted proofs, replayed by an installed Rocq (or Coq, as it was called).

use crate::files;
use crate::proof::rocq::{self, Answer, Emitted, Sheet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long one run over one file may take.
pub const LIMIT: Duration = Duration::from_secs(120);

/// An installed Rocq.
#[derive(Clone, Debug)]
pub struct Prover {
    program: PathBuf,
    /// `c` for `rocq`, nothing for `coqc`.
    first: Option<&'static str>,
    /// What it says of itself.
    pub version: String,
}

impl Prover {
    /// The first `coqc`, or else `rocq`, on the path that says its version.
    pub fn find() -> Option<Self> {
        let path = std::env::var_os("PATH")?;
        for (name, first) in [("coqc", None), ("rocq", Some("c"))] {
            for folder in std::env::split_paths(&path) {
                let program = folder.join(name);
                if let Some(version) = program.is_file().then(|| version(&program)).flatten() {
                    return Some(Self { program, first, version });
                }
            }
        }
        None
    }
}

/// The first line of `--version`, without what is always there.
fn version(program: &Path) -> Option<String> {
    let said = Command::new(program).arg("--version").stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    let line = text.lines().next().filter(|_| said.status.success())?;
    Some(line.trim_start_matches("The ").replace(" Proof Assistant, version", "").trim().to_owned())
}

/// What became of one emitted step.
pub type Replayed = Result<Answer, String>;

/// A folder of its own in which files are checked; removed when it is dropped.
#[derive(Debug)]
pub struct Workshop {
    prover: Prover,
    folder: PathBuf,
    limit: Duration,
}

impl Drop for Workshop {
    fn drop(&mut self) {
        // A folder that cannot be removed is left in the place for temporary files.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Workshop {
    /// Compiles what the emitted files share.
    ///
    /// # Errors
    /// If nothing can be written, or the libraries that the files need are not installed.
    pub fn open(prover: Prover, limit: Duration) -> io::Result<Self> {
        let folder = fresh_folder()?;
        let workshop = Self { prover, folder, limit };
        files::replace(&workshop.folder.join("Helpers.v"), rocq::HELPERS.as_bytes())?;
        match workshop.compile("Helpers")? {
            Run { ok: true, .. } => Ok(workshop),
            run => Err(io::Error::other(format!(
                "{} does not accept the shared lemmas (are Coquelicot and Interval installed?): {}",
                workshop.prover.version,
                run.complaint()
            ))),
        }
    }

    /// Checks every step of a sheet, in order. A step that is refused is left out and the rest
    /// checked again, so that it takes only those with it that rest on it.
    ///
    /// # Errors
    /// If files cannot be written or Rocq cannot be started.
    pub fn check(&self, title: &str, sheet: &Sheet) -> io::Result<Vec<Replayed>> {
        let mut results: Vec<Option<Replayed>> = vec![None; sheet.steps.len()];
        loop {
            let left: Vec<usize> = (0..results.len()).filter(|i| results[*i].is_none()).collect();
            if left.is_empty() {
                break;
            }
            let steps = left.iter().map(|i| sheet.steps[*i].clone()).collect();
            let part = Sheet { steps, without: Vec::new() };
            let (text, spans) = part.file(title);
            files::replace(&self.folder.join("Sheet.v"), text.as_bytes())?;
            let run = self.compile("Sheet")?;
            if run.ok {
                for (step, index) in part.steps.iter().zip(left) {
                    results[index] = Some(accepted(&run.output, step));
                }
                break;
            }
            let guilty = run.line().and_then(|line| {
                spans.iter().find(|span| span.proof.contains(&line)).map(|span| span.step)
            });
            match guilty.or_else(|| run.unfinished(&part)) {
                Some(step) => results[left[step]] = Some(Err(run.complaint())),
                // Not a proof but the file: nothing of it counts.
                None => {
                    for index in left {
                        results[index] = Some(Err(format!("not checked: {}", run.complaint())));
                    }
                }
            }
        }
        let missing = || Err("not checked".to_owned());
        Ok(results.into_iter().map(|r| r.unwrap_or_else(missing)).collect())
    }

    fn compile(&self, name: &str) -> io::Result<Run> {
        let (out, err) = (self.folder.join("output"), self.folder.join("errors"));
        let mut command = Command::new(&self.prover.program);
        command.args(self.prover.first).args(["-q", "-w", "none", "-Q", ".", "TheoremCheck"]);
        command.arg(format!("{name}.v")).current_dir(&self.folder).stdin(Stdio::null());
        command.stdout(File::create(&out)?).stderr(File::create(&err)?);
        let (mut child, started) = (command.spawn()?, Instant::now());
        let mut late = false;
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            if started.elapsed() > self.limit {
                late = true;
                child.kill()?;
                break child.wait()?;
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let read = |path: &Path| fs::read(path).map(|b| String::from_utf8_lossy(&b).into_owned());
        let (output, mut errors) = (read(&out)?, read(&err)?);
        if late {
            errors = format!("no answer within {} s", self.limit.as_secs());
        }
        Ok(Run { ok: status.success() && !late, late, output, errors })
    }
}

fn accepted(output: &str, step: &Emitted) -> Replayed {
    let names: Vec<&str> = step.lemmas.iter().map(|l| l.name.as_str()).collect();
    rocq::read(output, &names).map_err(|refusal| refusal.to_string())
}

/// A new folder among the temporary files.
fn fresh_folder() -> io::Result<PathBuf> {
    let base = std::env::temp_dir();
    for attempt in 0..1000 {
        let folder = base.join(format!("theoremcheck-{}-{attempt}", std::process::id()));
        match fs::create_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => return other.map(|()| folder),
        }
    }
    Err(io::Error::other(format!("no folder can be made in {}", base.display())))
}

/// What one run of Rocq printed.
struct Run {
    ok: bool,
    late: bool,
    output: String,
    errors: String,
}

impl Run {
    /// The line that an error is about.
    fn line(&self) -> Option<usize> {
        let mut line = None;
        for text in self.errors.lines() {
            if let Some(rest) = text.strip_prefix("File ") {
                let after = rest.split(", line ").nth(1)?;
                line = after.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok();
            }
            if text.starts_with("Error") {
                return line;
            }
        }
        None
    }

    /// The first step that Rocq had not finished when its time was up.
    fn unfinished(&self, sheet: &Sheet) -> Option<usize> {
        let done = |step: &Emitted| {
            step.lemmas.iter().all(|lemma| rocq::accepted(&self.output, &lemma.name))
        };
        if self.late { sheet.steps.iter().position(|s| !done(s)) } else { None }
    }

    /// The error in a line.
    fn complaint(&self) -> String {
        let start = self.errors.find("Error").unwrap_or(0);
        let words: Vec<&str> = self.errors[start..].split_whitespace().collect();
        let text = words.join(" ");
        if text.chars().count() <= 160 {
            return if text.is_empty() { "no reason given".to_owned() } else { text };
        }
        text.chars().take(157).chain("...".chars()).collect()
    }
}
