//! Emitted proofs, replayed by an installed Rocq (or Coq, as it was called).

use crate::files;
use crate::proof::rocq::{self, Answer, Emitted, Sheet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
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

/// Why an emitted step is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Rocq refused the proof, or its time was up, or the axioms are not those that are allowed.
    #[error("{0}")]
    Refused(String),
    /// Rocq refused something else, so that it did not come to the proof.
    #[error("not checked: {0}")]
    NotChecked(String),
}

/// What became of one emitted step.
pub type Replayed = Result<Answer, Failure>;

/// A folder of its own in which files are checked; removed when it is dropped.
#[derive(Debug)]
pub struct Workshop {
    prover: Prover,
    folder: PathBuf,
    limit: Duration,
    /// How many sheets were begun: each has files of its own, so that several are checked at once.
    begun: AtomicUsize,
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
        let workshop = Self { prover, folder, limit, begun: AtomicUsize::new(0) };
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

    /// What the prover says of itself.
    pub fn version(&self) -> &str {
        &self.prover.version
    }

    /// Checks every step of a sheet, in order. A step that is refused is left out and the rest
    /// checked again, so that it takes only those with it that rest on it.
    ///
    /// # Errors
    /// If files cannot be written or Rocq cannot be started.
    pub fn check(&self, title: &str, sheet: &Sheet) -> io::Result<Vec<Replayed>> {
        let name = format!("Sheet{}", self.begun.fetch_add(1, Ordering::Relaxed));
        let mut results: Vec<Option<Replayed>> = vec![None; sheet.steps.len()];
        loop {
            let left: Vec<usize> = (0..results.len()).filter(|i| results[*i].is_none()).collect();
            if left.is_empty() {
                break;
            }
            let steps = left.iter().map(|i| sheet.steps[*i].clone()).collect();
            let part = Sheet { steps, without: Vec::new() };
            let (text, spans) = part.file(title);
            files::replace(&self.folder.join(format!("{name}.v")), text.as_bytes())?;
            let run = self.compile(&name)?;
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
                Some(step) => results[left[step]] = Some(Err(Failure::Refused(run.complaint()))),
                // Not a proof but the file: nothing of it counts.
                None => {
                    for index in left {
                        results[index] = Some(Err(Failure::NotChecked(run.complaint())));
                    }
                }
            }
        }
        let missing = || Err(Failure::NotChecked("no answer".to_owned()));
        Ok(results.into_iter().map(|r| r.unwrap_or_else(missing)).collect())
    }

    fn compile(&self, name: &str) -> io::Result<Run> {
        let (out, err) = (format!("{name}.output"), format!("{name}.errors"));
        let (out, err) = (self.folder.join(out), self.folder.join(err));
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
    rocq::read(output, &names).map_err(|refusal| Failure::Refused(refusal.to_string()))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::rocq::Lemma;

    fn sheet(proofs: &[(&str, &str, &str)]) -> Sheet {
        let step = |(name, says, proof): &(&str, &str, &str)| Emitted {
            step: "step",
            twin: None,
            asserts: "a comment (* in it".to_owned(),
            lemmas: vec![Lemma {
                name: (*name).to_owned(),
                says: (*says).to_owned(),
                proof: (*proof).to_owned(),
            }],
        };
        Sheet { steps: proofs.iter().map(step).collect(), without: Vec::new() }
    }

    /// A workshop, or a word that there is none here.
    fn workshop() -> Option<Workshop> {
        let Some(prover) = Prover::find() else {
            println!("skipped: neither coqc nor rocq is on the path");
            return None;
        };
        Some(Workshop::open(prover, LIMIT).expect("the shared lemmas compile"))
    }

    #[test]
    fn what_is_false_or_admitted_or_makes_no_sense_is_told_from_what_is_accepted() {
        let Some(workshop) = workshop() else { return };
        let admitted = "Admitted. Lemma more : True. Proof. exact I.";
        let axiom = "apply Rle_trans with 0; lra. Qed. Axiom wrong : forall x : R, 0 < x. \
            Lemma least : 0 < -1. Proof. apply wrong.";
        let steps = sheet(&[
            ("first", "forall x : R, 0 <= x ^ 2", "intros x. apply pow2_ge_0."),
            ("wrong", "forall x : R, 0 < x ^ 2", "intros x. apply pow2_ge_0."),
            ("claimed", "0 <= -1", admitted),
            ("least''", "0 <= 1", axiom),
            ("uses", "0 < -1", "exact least."),
            ("last", "1 <= 2", "lra."),
        ]);
        let found = workshop.check("a title", &steps).expect("it runs");
        assert!(matches!(&found[1], Err(Failure::Refused(why)) if why.starts_with("Error")));
        // What is admitted is an axiom, and all lemmas whose axioms are asked for with it fall.
        assert!(found.iter().all(Result::is_err), "{found:?}");
        let honest = sheet(&[
            ("first", "forall x : R, 0 <= x ^ 2", "intros x. apply pow2_ge_0."),
            ("wrong", "forall x : R, 0 < x ^ 2", "intros x. apply pow2_ge_0."),
            ("last", "1 <= 2", "lra."),
        ]);
        let found = workshop.check("a title", &honest).expect("it runs");
        assert!(found[0].is_ok() && found[1].is_err() && found[2].is_ok(), "{found:?}");
        // A statement that makes no sense is not taken for a refused proof.
        let senseless = sheet(&[("a", "0 <= nothing", "lra."), ("b", "0 <= 1", "lra.")]);
        for result in workshop.check("a title", &senseless).expect("it runs") {
            assert!(matches!(result, Err(Failure::NotChecked(_))), "{result:?}");
        }
    }

    #[test]
    fn a_proof_that_takes_too_long_is_given_up_and_the_folder_removed() {
        let started = Instant::now();
        let Some(mut workshop) = workshop() else { return };
        // Opening it loads the libraries, as the proof before the endless one does.
        workshop.limit = 2 * started.elapsed() + Duration::from_secs(1);
        let steps = sheet(&[
            ("a", "0 <= 1", "lra."),
            ("b", "0 <= 1", "do 1000000000 (pose proof I as H; clear H). lra."),
        ]);
        let found = workshop.check("a title", &steps).expect("it runs");
        assert!(found[0].is_ok(), "{found:?}");
        let Err(Failure::Refused(why)) = &found[1] else { panic!("{found:?}") };
        assert!(why.contains("no answer within "), "{why}");
        let folder = workshop.folder.clone();
        drop(workshop);
        assert!(!folder.exists());
    }
}
