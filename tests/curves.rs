//! Curves: theory against snapshots (to 1e-9), simulation against stored moments (statistically).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use theoremcheck::baseline::{self, BaselineError};
use theoremcheck::run::Unwatched;
use theoremcheck::snapshot::{curves, same_numbers};
use theoremcheck::trace::panel::draw;

/// Theory curves are the same on every machine to this relative difference.
#[derive(Clone)]
struct Close;

impl insta::Comparator for Close {
    fn matches(&self, reference: &insta::Snapshot, test: &insta::Snapshot) -> bool {
        let (Some(reference), Some(test)) = (reference.as_text(), test.as_text()) else {
            return false;
        };
        same_numbers(&reference.to_string(), &test.to_string(), 1e-9, 1e-12)
    }

    fn dyn_clone(&self) -> Box<dyn insta::Comparator> {
        Box::new(self.clone())
    }
}

fn settings() -> insta::Settings {
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path("snapshots/curves");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_comparator(Box::new(Close));
    settings
}

#[test]
fn every_theory_curve_is_its_snapshot() {
    let curves = curves(&theorems::catalogue()).expect("every theory is defined along its curve");
    assert!(!curves.is_empty());
    // Each curve by itself, so that one that changed does not hide another.
    let changed: Vec<String> = curves
        .into_iter()
        .filter_map(|(name, text)| {
            let assert = || settings().bind(|| insta::assert_snapshot!(name.clone(), text));
            catch_unwind(AssertUnwindSafe(assert)).is_err().then_some(name)
        })
        .collect();
    assert!(changed.is_empty(), "changed curves (review with `cargo insta review`): {changed:?}");
}

#[test]
fn every_panel_is_drawn_and_its_simulation_lies_on_its_theory() {
    let catalogue = theorems::catalogue();
    let (mut seen, mut outside) = (0, 0);
    for panel in catalogue.pictures() {
        let drawn = draw(panel, &catalogue, 0, &Unwatched).expect(panel.name);
        for (line, trace) in panel.lines.iter().zip(&drawn.traces) {
            for simulated in trace.simulated.iter().filter(|s| s.refused.is_none()) {
                let at = trace.positions.iter().position(|x| *x == simulated.x).expect("there");
                let theory = trace.theory[at][line.component].value;
                seen += 1;
                outside += usize::from(!simulated.intervals[line.component].contains(theory));
            }
        }
    }
    // Each is at 99.9 %: more than four of a hundred outside have a probability below 1e-7.
    assert!(seen > 80 && outside <= 4, "{outside} of {seen} intervals miss the theory");
}

#[test]
fn every_theory_curve_is_finite() {
    for (name, text) in curves(&theorems::catalogue()).expect("theories are defined") {
        let finite = text.lines().skip(1).flat_map(|line| line.split(','));
        for number in finite {
            let value: f64 = number.parse().unwrap_or(f64::NAN);
            assert!(value.is_finite(), "{name}: {number}");
        }
    }
}

/// A sampler that draws what it drew is the one that was stored. One that does not is compared:
/// 256 new rounds with 1024 stored ones see, at a level of 1e-6, a mean that moved by 0.4 standard
/// deviations of a round at one of twelve positions, and a common shift by 0.1 (twice that where
/// rounds are dear, and a quarter of them drawn).
#[test]
fn every_simulated_curve_agrees_with_its_baseline() {
    let catalogue = theorems::catalogue();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/baselines");
    let mut compared = 0;
    let mut failed = Vec::new();
    for entry in catalogue.claims() {
        if baseline::same_draws(entry, &folder, &Unwatched).is_ok_and(|same| same) {
            compared += 1;
            continue;
        }
        match baseline::verify(entry, &folder, 0, &Unwatched) {
            Ok(None) => {}
            Ok(Some(comparison)) => {
                compared += 1;
                if comparison.fails() {
                    failed.push(format!("{}: {comparison:?}", entry.path()));
                }
            }
            Err(error) => failed.push(error.to_string()),
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(compared > 0, "nothing was compared");
}

/// The baseline of a claim that is cheap, in a folder of its own.
fn a_baseline(folder: &Path) -> (theoremcheck::claim::Catalogue, usize) {
    let catalogue = theorems::catalogue();
    let index = catalogue
        .claims()
        .position(|entry| entry.path() == "wishart1928.moments::isotropic")
        .expect("it is there");
    let entry = catalogue.claims().nth(index).expect("it was just found");
    assert!(baseline::record(entry, folder, &Unwatched).expect("it is recorded"));
    (catalogue, index)
}

#[test]
fn a_sampler_that_draws_something_else_is_compared_statistically() {
    let folder = tempfile::tempdir().expect("a folder");
    let (catalogue, index) = a_baseline(folder.path());
    let entry = catalogue.claims().nth(index).expect("the claim");
    let same = || baseline::same_draws(entry, folder.path(), &Unwatched).expect("it is readable");
    assert!(same());
    let path = baseline::file(folder.path(), entry);
    let stored = std::fs::read_to_string(&path).expect("it is there");
    let changed = |change: fn(&str) -> String| {
        let line = |(i, line): (usize, &str)| {
            let (rest, first) = line.rsplit_once(',').expect("several columns");
            if i == 4 { format!("{rest},{}", change(first)) } else { line.to_owned() }
        };
        stored.lines().enumerate().map(line).collect::<Vec<_>>().join("\n")
    };
    let moved = |x: &str| (x.parse::<f64>().expect("a number") * (1.0 + 1e-8)).to_string();
    for text in [changed(moved), changed(|_| String::new())] {
        std::fs::write(&path, text).expect("it is written");
        assert!(!same());
        let comparison = baseline::verify(entry, folder.path(), 0, &Unwatched);
        assert!(!comparison.expect("it is readable").expect("it is compared").fails());
    }
    // A file of an earlier version has no such column.
    let without = |line: &str| line.rsplit_once(',').expect("several columns").0.to_owned();
    let earlier = stored.lines().map(without).collect::<Vec<_>>().join("\n");
    std::fs::write(&path, earlier).expect("it is written");
    assert!(!same());
    assert!(baseline::verify(entry, folder.path(), 0, &Unwatched).is_ok());
}

#[test]
fn a_missing_baseline_is_an_error_that_says_how_to_record_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let (catalogue, index) = a_baseline(folder.path());
    let entry = catalogue.claims().nth(index).expect("the claim");
    std::fs::remove_file(baseline::file(folder.path(), entry)).expect("it was there");
    let error = baseline::verify(entry, folder.path(), 0, &Unwatched).expect_err("it is missing");
    assert!(matches!(error, BaselineError::File { .. }));
    assert!(error.to_string().contains("--baseline"), "{error}");
    assert!(error.to_string().contains(&entry.path()), "{error}");
}

#[test]
fn a_damaged_baseline_is_an_error_and_not_a_verdict() {
    let folder = tempfile::tempdir().expect("a folder");
    let (catalogue, index) = a_baseline(folder.path());
    let entry = catalogue.claims().nth(index).expect("the claim");
    let path = baseline::file(folder.path(), entry);
    let sound = std::fs::read_to_string(&path).expect("it is there");
    let short = sound.lines().take(3).collect::<Vec<_>>().join("\n");
    let torn = &sound[..sound.len() / 2 + 3];
    for damaged in [short.as_str(), torn, "", "x,component\n1,2\n", &sound.replace("e", "q")] {
        if damaged == sound {
            continue; // no exponent in this file
        }
        std::fs::write(&path, damaged).expect("it is written");
        let result = baseline::verify(entry, folder.path(), 0, &Unwatched);
        assert!(result.is_err(), "accepted {damaged:?}");
    }
}

#[test]
fn a_shifted_baseline_is_found_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let (catalogue, index) = a_baseline(folder.path());
    let entry = catalogue.claims().nth(index).expect("the claim");
    let path = baseline::file(folder.path(), entry);
    let text = std::fs::read_to_string(&path).expect("it is there");
    let shifted: Vec<String> = text
        .lines()
        .enumerate()
        .map(|(i, line)| {
            let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
            if i > 0 {
                let number = |text: &str| text.parse::<f64>().expect("a number");
                let (count, m2) = (number(&cells[2]), number(&cells[4]));
                // Eight standard errors of the new run, which has a quarter of the rounds.
                let shift = 8.0 * (m2 / (count - 1.0) / (count / 4.0)).sqrt();
                cells[3] = (number(&cells[3]) + shift).to_string();
            }
            cells.join(",")
        })
        .collect();
    std::fs::write(&path, shifted.join("\n")).expect("it is written");
    let comparison = baseline::verify(entry, folder.path(), 0, &Unwatched)
        .expect("it is readable")
        .expect("it is compared");
    assert!(comparison.fails(), "{comparison:?}");
}
