//! What a reviewer of a theorem file would say twice; what can be said without the file,
//! `theoremcheck::review` says as a test of each theorem.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use theoremcheck::plan;
use theoremcheck::random::fnv1a;

fn theorems_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("theorems")
}

/// The theorem files: id by path, as the path spells it.
fn files() -> BTreeMap<String, PathBuf> {
    let mut files = BTreeMap::new();
    for paper in std::fs::read_dir(theorems_folder()).expect("the folder of theorems") {
        let paper = paper.expect("an entry").path();
        let name = paper.file_name().expect("a name").to_string_lossy().into_owned();
        if !paper.is_dir() || !paper.join("mod.rs").exists() {
            continue;
        }
        for file in std::fs::read_dir(&paper).expect("the folder of a paper") {
            let file = file.expect("an entry").path();
            let stem = file.file_stem().expect("a name").to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&file).expect("a source file");
            // A file without a theorem holds samplers that the paper's results share.
            if stem != "mod" && text.contains("fn theorem()") {
                files.insert(format!("{name}.{}", stem.replace('_', "-")), file);
            }
        }
    }
    files
}

#[test]
fn every_file_is_in_the_catalogue_and_every_id_is_the_path_of_its_file() {
    let catalogue = theorems::catalogue();
    let ids: Vec<String> = catalogue.theorems().iter().map(|t| t.id.to_owned()).collect();
    let paths: Vec<String> = files().into_keys().collect();
    assert_eq!(ids, paths);
}

#[test]
fn every_file_is_declared_by_its_paper() {
    for (id, path) in files() {
        let folder = path.parent().expect("a folder");
        let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(folder.join("mod.rs")).expect("mod.rs");
        let line = format!("mod {stem};");
        assert!(text.contains(&line), "{id}: {} lacks `{line}`", folder.join("mod.rs").display());
    }
}

#[test]
fn the_catalogue_is_not_empty_by_accident() {
    let catalogue = theorems::catalogue();
    assert_eq!(catalogue.theorems().len(), files().len());
    assert!(catalogue.len() >= catalogue.theorems().len());
}

#[test]
fn theorem_files_say_what_they_are_and_hold_nothing_else() {
    for (id, path) in files() {
        let text = std::fs::read_to_string(&path).expect("a source file");
        assert!(text.starts_with("//! "), "{id} does not begin with what it is");
        for word in ["unwrap()", "println!", "#[test]", "thread_rng", "SystemTime", "Instant"] {
            assert!(!text.contains(word), "{id} contains {word}");
        }
        let paper = std::fs::read_to_string(path.with_file_name("mod.rs")).expect("mod.rs");
        for text in [&text, &paper] {
            assert!(!text.contains(theoremcheck::blank::FILL_IN), "{id} is not filled in");
        }
        for (number, line) in text.lines().enumerate() {
            assert!(line.chars().count() <= 100, "{id}: line {} is too long", number + 1);
        }
    }
}

#[test]
fn no_two_claims_and_no_two_points_share_their_random_streams() {
    let mut claims = HashSet::new();
    for entry in theorems::catalogue().claims() {
        assert!(claims.insert(fnv1a(entry.path().as_bytes())), "{}", entry.path());
        let targets = plan::targets(entry.claim, None).expect("it can be planned");
        let mut points = HashSet::new();
        for target in &targets {
            assert!(points.insert(target.setting.hash), "{}: two equal points", entry.path());
        }
    }
}

#[test]
fn half_of_the_theories_are_tied_to_a_derivation() {
    let catalogue = theorems::catalogue();
    let tied = catalogue.claims().filter(|entry| entry.claim.untied().is_none()).count();
    assert!(2 * tied >= catalogue.len() / 2, "only {tied} theories are tied");
}

/// The top-level functions of a theorem's file and of what its paper shares: name and text.
fn functions(file: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for other in std::fs::read_dir(file.parent().expect("a folder")).expect("the folder") {
        let path = other.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a source file");
        if path != file && text.contains("fn theorem()") {
            continue;
        }
        for item in text.split("\n}\n") {
            let starts = ["fn ", "pub(super) fn ", "pub(crate) fn "];
            let is_head = |line: &str| starts.iter().any(|start| line.starts_with(start));
            let Some(at) = item.lines().position(is_head) else { continue };
            let code: Vec<&str> = item.lines().skip(at).collect();
            let name = code[0].split("fn ").nth(1).unwrap_or_default();
            let part = |c: &char| *c == '_' || c.is_alphanumeric();
            found.insert(name.chars().take_while(part).collect(), code.join("\n"));
        }
    }
    found
}

/// The functions that a piece of code calls or hands on, `f(x)` or `map(f)`.
fn called<'a>(code: &str, all: &'a BTreeMap<String, String>) -> Vec<&'a str> {
    let part = |c: char| c == '_' || c.is_alphanumeric();
    let is_called = |name: &&str| {
        code.match_indices(name).any(|(at, _)| {
            let (before, after) = (&code[..at], &code[at + name.len()..]);
            let whole = !before.ends_with(part) && !before.ends_with('.');
            whole && (after.starts_with('(') || before.ends_with('(') && after.starts_with(')'))
        })
    };
    all.keys().map(String::as_str).filter(is_called).collect()
}

#[test]
fn no_sampler_evaluates_an_expression() {
    let words = [".eval(", "Formula::", ".value()"];
    let evaluates = |code: &str| words.iter().any(|word| code.contains(word));
    let (mut samplers, mut theories) = (0, 0);
    for file in files().values() {
        let all = functions(file);
        theories += all.values().filter(|code| evaluates(code)).count();
        let draws = |code: &str| code.lines().take(8).any(|line| line.contains("-> Sampler"));
        let mut reached: Vec<&str> =
            all.iter().filter(|(_, code)| draws(code)).map(|(name, _)| name.as_str()).collect();
        samplers += reached.len();
        let mut next = 0;
        while next < reached.len() {
            let (name, code) = (reached[next], &all[reached[next]]);
            assert!(!evaluates(code), "{}: a sampler reaches {name}", file.display());
            let local = |name: &str| code.contains(&format!("let {name} ="));
            let calls = called(code, &all).into_iter().filter(|name| !local(name));
            let new: Vec<&str> = calls.filter(|name| !reached.contains(name)).collect();
            reached.extend(new);
            next += 1;
        }
    }
    assert!(samplers > 30 && theories > 20, "{samplers} samplers, {theories} theories");
}

#[test]
fn calls_are_told_from_words() {
    let all: BTreeMap<String, String> =
        ["risk", "error"].map(|name| (name.to_owned(), String::new())).into();
    assert_eq!(called("2.0 * risk(&m)", &all), ["risk"]);
    assert_eq!(called("points.map(risk)", &all), ["risk"]);
    assert_eq!(called("m.risk(1) + brisk(2) + risks(3) + m.error", &all), [""; 0]);
}
