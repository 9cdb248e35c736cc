//! The command line from outside: output, exit codes, bad input.

use serde_json::Value;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use theoremcheck::given::Address;

fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_theoremcheck"))
}

/// The catalogue in which everything goes wrong: cargo builds examples beside the binary.
fn broken() -> PathBuf {
    let folder = program().parent().map(Path::to_owned).unwrap_or_default();
    let path = folder.join("examples").join("broken");
    assert!(
        path.exists(),
        "{} is not built: run `cargo test`, or `cargo build --examples`",
        path.display()
    );
    path
}

fn run(program: &Path, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .expect("the program runs")
}

fn theoremcheck(arguments: &[&str]) -> Output {
    run(&program(), arguments)
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A wrong request: exit code 2, nothing on stdout, and a message with these words.
fn refused(arguments: &[&str], words: &[&str]) {
    let output = theoremcheck(arguments);
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
    assert!(!message.contains("panicked"), "{message}");
    for word in words {
        assert!(message.contains(word), "{arguments:?}: {word:?} is missing from {message}");
    }
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path("snapshots/text");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// Lines of JSON.
fn objects(output: &Output) -> Vec<Value> {
    let parse = |line: &str| serde_json::from_str(line).expect("a JSON object");
    stdout(output).lines().map(parse).collect()
}

#[test]
fn list_and_explain_print_what_the_catalogue_declares() {
    let list = theoremcheck(&["list", "hastie2022"]);
    assert_eq!(list.status.code(), Some(0));
    snapshot("list", &stdout(&list));
    let explain = theoremcheck(&["explain", "hmrt.isotropic-risk"]);
    assert_eq!(explain.status.code(), Some(0));
    snapshot("explain", &stdout(&explain));
}

#[test]
fn list_filters_by_kind_and_speaks_json() {
    let laws = objects(&theoremcheck(&["list", "--kind", "law", "--json"]));
    assert!(!laws.is_empty());
    for law in laws {
        assert_eq!(law["kind"], "law");
        assert_eq!(law["schema"], 1);
        assert!(
            law["symbols"].is_array() && law["mutants"].as_array().is_some_and(|m| m.len() > 2)
        );
    }
    refused(&["list", "--kind", "lemma"], &["the kinds are", "path-bound"]);
}

#[test]
fn theory_is_computed_at_a_point_and_nowhere_else() {
    let point = "gamma=2,r2=4,sigma2=1";
    let claim = "hastie2022.isotropic::over";
    let output = theoremcheck(&["theory", claim, "--set", point]);
    assert_eq!(stdout(&output).trim(), "3", "{}", stderr(&output));
    let json = objects(&theoremcheck(&["theory", claim, "--set", point, "--json"]));
    assert_eq!(json[0]["theory"][0]["value"], 3.0);
    assert_eq!(json[0]["point"]["gamma"], 2.0);
    refused(
        &["theory", claim, "--set", "gamma=0.5,r2=4,sigma2=1"],
        &["gamma = 0.5 is outside the hypotheses", "multiple of"],
    );
    refused(&["theory", claim, "--set", "gamma=2,r2=4"], &["no value for sigma2"]);
    refused(
        &["theory", claim, "--set", "gamma=2,r2=4,sigma2=1,snr=5"],
        &["there is no symbol snr", "gamma, r2, sigma2"],
    );
    refused(&["theory", claim, "--set", "gamma=two,r2=4,sigma2=1"], &["gamma = two"]);
    refused(&["theory", claim, "--set", "gamma=NaN,r2=4,sigma2=1"], &["gamma = NaN"]);
    refused(&["theory", claim, "--set", "gamma"], &["symbol=value"]);
    refused(&["theory", claim, "--set", "gamma=2,gamma=3"], &["given twice"]);
    refused(&["theory", claim], &["no value for gamma"]);
    refused(&["theory", "hastie2022"], &["matches", "hastie2022.bias::law"]);
}

/// Every symbol of every ridge claim, out of its range on either side and by no number: what the
/// library says of all of them, and the program of the first of each paper.
#[test]
fn points_outside_the_hypotheses_name_the_symbol() {
    let catalogue = theorems::catalogue();
    for paper in ["ali2019", "hastie2022", "holzmuller2021", "mei2022"] {
        for (index, claim) in objects(&theoremcheck(&["list", paper, "--json"])).iter().enumerate()
        {
            let path = claim["claim"].as_str().expect("a path");
            let entry = catalogue.claims().find(|entry| entry.path() == path).expect(path);
            let symbols = claim["symbols"].as_array().expect("symbols");
            let names: Vec<&str> =
                symbols.iter().map(|s| s["name"].as_str().expect("a name")).collect();
            for name in &names {
                for value in ["-1e300", "1e300", "many"] {
                    let at = |other: &&str| if other == name { value } else { "2" };
                    let point = names.iter().map(|n| ((*n).to_owned(), at(n).to_owned())).collect();
                    let error = entry.claim.declaration().locate(&Address::Named(point));
                    let said = error.expect_err(path).to_string();
                    let named = names.iter().any(|name| said.contains(&format!("{name} =")));
                    assert!(named, "{path} {name} {value}: {said}");
                    if index == 0 {
                        let set: Vec<String> =
                            names.iter().map(|n| format!("{n}={}", at(n))).collect();
                        refused(&["check", path, "--set", &set.join(",")], &[&said]);
                    }
                }
            }
        }
    }
    // The threshold, from either side.
    for (claim, point) in [
        ("hastie2022.isotropic::under", "gamma=1,r2=1,sigma2=1"),
        ("hastie2022.isotropic::over", "gamma=1,r2=1,sigma2=1"),
        ("hastie2022.covariance::risk", "gamma=1,condition=2,shape=two-atoms,entries=gaussian"),
    ] {
        refused(&["check", claim, "--set", point], &["gamma = 1 is outside the hypotheses"]);
    }
}

#[test]
fn unknown_claims_are_answered_with_the_nearest_ones() {
    refused(&["check", "hasty2022.isotropic"], &["no claim matches", "hastie2022.isotropic"]);
    refused(&["explain", "bubeck2021.dfold"], &["no claim matches", "bubeck2021.d-fold"]);
}

#[test]
fn numbers_that_make_no_sense_are_refused() {
    for budget in ["0", "-5", "NaN", "inf", "soon"] {
        refused(&["check", "--budget", budget], &["positive number"]);
        refused(&["check", &format!("--budget={budget}")], &["positive number"]);
    }
    for alpha in ["0", "1", "1.5", "-0.1", "NaN"] {
        refused(&["check", &format!("--alpha={alpha}")], &["between 0 and 1"]);
    }
    refused(&["check", "--seed", "-1"], &["--seed"]);
    refused(&["check", "--threads", "0"], &["--threads"]);
    refused(&["check", "isotropic", "--at", "0.5,1.5"], &["between 0 and 1"]);
    refused(&["check", "isotropic::over", "--at", "0.5"], &["3 symbols", "1 coordinates"]);
    refused(&["check", "isotropic::over", "--set", "gamma=1,r2=1,sigma2=1"], &["gamma = 1"]);
    refused(&["search", "isotropic::over", "--cases", "0"], &["--cases"]);
    refused(&["frobnicate"], &["unrecognized subcommand"]);
}

#[test]
fn files_that_cannot_be_written_are_named_before_any_work() {
    for flag in ["--junit", "--markdown"] {
        refused(
            &["check", "isotropic", flag, "/nowhere/at/all"],
            &["cannot write /nowhere/at/all"],
        );
        refused(&["check", "isotropic", flag, "/"], &["cannot write /"]);
    }
    refused(&["plot", "isotropic", "--svg", "/nowhere/plot.svg"], &["cannot write /nowhere"]);
    refused(&["curve", "isotropic", "--csv", "/nowhere/curve.csv"], &["cannot write /nowhere"]);
}

#[test]
fn a_full_disk_is_an_error_and_no_panic() {
    if !Path::new("/dev/full").exists() {
        return; // only where the system offers a device that is always full
    }
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("it opens");
    let output = Command::new(program())
        .args(["list"])
        .stdout(full)
        .stderr(Stdio::piped())
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("cannot write to standard output"), "{}", stderr(&output));
}

#[test]
fn a_closed_pipe_ends_quietly_and_keeps_the_verdict() {
    let mut child = Command::new(program())
        .args(["check", "isotropic::over", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    drop(child.stdout.take());
    let mut message = String::new();
    let mut stderr = child.stderr.take().expect("it is piped");
    stderr.read_to_string(&mut message).expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(0), "{message}");
    assert_eq!(message, "");
}

#[test]
fn check_says_everything_in_text_json_junit_and_markdown() {
    let folder = tempfile::tempdir().expect("a folder");
    let (junit, markdown) = (folder.path().join("j.xml"), folder.path().join("m.md"));
    let output = theoremcheck(&[
        "check",
        "isotropic::over",
        "--junit",
        &junit.to_string_lossy(),
        "--markdown",
        &markdown.to_string_lossy(),
    ]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("hastie2022.isotropic::over") && text.contains("supported"), "{text}");
    assert!(text.trim_end().ends_with("PASSED"), "{text}");
    let xml = std::fs::read_to_string(&junit).expect("it was written");
    assert!(xml.contains("failures=\"0\"") && xml.contains("::mutant::"), "{xml}");
    let table = std::fs::read_to_string(&markdown).expect("it was written");
    assert!(table.contains("| hastie2022.isotropic::over | supported |"), "{table}");

    let json = objects(&theoremcheck(&["check", "isotropic::over", "--json"]));
    let check = &json[0];
    assert_eq!(check["claim"], "hastie2022.isotropic::over");
    assert_eq!(check["verdict"]["word"], "supported");
    assert_eq!(check["alpha"], 1e-6);
    assert!(check["verdict"]["resolution"].as_f64() <= check["promise"]["value"].as_f64());
    assert_eq!(check["points"].as_array().map(Vec::len), Some(4));
    for mutant in check["mutants"].as_array().expect("an array") {
        assert_eq!(mutant["verdict"]["word"], "refuted");
    }
    snapshot("check-schema", &shape(check, 0));
}

/// The names and types of a JSON value, without its numbers.
fn shape(value: &Value, depth: usize) -> String {
    let pad = "  ".repeat(depth);
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, inner)| match inner {
                Value::Object(_) | Value::Array(_) => {
                    format!("{pad}{key}:\n{}", shape(inner, depth + 1))
                }
                _ => format!("{pad}{key}: {}\n", shape(inner, 0)),
            })
            .collect(),
        Value::Array(list) => match list.first() {
            Some(first) => format!("{pad}-\n{}", shape(first, depth + 1)),
            None => format!("{pad}(empty)\n"),
        },
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "bool".to_owned(),
        Value::Number(_) => "number".to_owned(),
        Value::String(_) => "string".to_owned(),
    }
}

#[test]
fn results_do_not_depend_on_threads_or_on_what_else_is_selected() {
    let bits = |arguments: &[&str]| -> Vec<Value> {
        let mut objects = objects(&theoremcheck(arguments));
        objects.iter_mut().for_each(|o| {
            o.as_object_mut().map(|o| o.remove("seconds"));
        });
        objects
    };
    // Ladders, of one number and of two, and what is computed.
    let one = bits(&["check", "isotropic-ridge", "--json", "--threads", "1"]);
    for threads in ["2", "7"] {
        assert_eq!(one, bits(&["check", "isotropic-ridge", "--json", "--threads", threads]));
    }
    let alone = bits(&["check", "isotropic-ridge::risk", "--json"]);
    let among = one.iter().find(|o| o["claim"] == alone[0]["claim"]);
    assert_eq!(Some(&alone[0]), among);
    assert!(one.len() > 3);
    let other = bits(&["check", "isotropic-ridge::risk", "--json", "--seed", "1"]);
    assert_ne!(alone, other, "another seed draws other numbers");
}

#[test]
fn every_way_to_break_is_one_clear_line_and_no_panic() {
    let output = run(&broken(), &["check"]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let line = |claim: &str| -> String {
        let start = format!("nobody2000.broken::{claim} ");
        let line = text.lines().position(|l| l.starts_with(&start)).expect(claim);
        text.lines().skip(line).take(2).collect::<Vec<_>>().join("\n")
    };
    for (claim, words) in [
        ("sound", vec!["supported"]),
        ("not-a-number", vec!["broken", "returned NaN", "replicate", "mu = "]),
        ("infinite", vec!["broken", "returned inf", "replicate", "mu = "]),
        ("panics", vec!["broken", "panicked", "an author's mistake", "mu = "]),
        ("out-of-range", vec!["broken", "declared the range [0, 1]", "returned 1."]),
        ("heavy-tail", vec!["inconclusive"]),
        ("declared-heavy-tail", vec!["inconclusive", "tail index 1.5"]),
        ("constant", vec!["inconclusive"]),
        ("half", vec!["refuted", "the theorem says"]),
        ("false", vec!["refuted", "the theorem says"]),
    ] {
        let found = line(claim);
        for word in words {
            assert!(found.contains(word), "{claim}: {word:?} is missing from {found}");
        }
    }
    assert!(text.trim_end().ends_with("FAILED"));
    let message = stderr(&output);
    assert!(!message.contains("panicked"), "{message}");
}

/// A factor that looks like a simple constant is proposed, as a question, everywhere; nothing is
/// where there is none.
#[test]
fn what_a_false_claim_is_off_by_is_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let markdown = folder.path().join("m.md");
    let markdown = markdown.to_string_lossy();
    let text = stdout(&run(&broken(), &["check", "broken::half", "--markdown", &markdown]));
    let hint = text.lines().find(|line| line.contains("off by")).expect("a hint");
    assert!(hint.trim().starts_with("off by a factor 0.5"), "{hint}");
    assert!(hint.contains(" (simulation over theory) at all 4 points: 1/2? ("), "{hint}");
    let summary = std::fs::read_to_string(&*markdown).expect("it was written");
    assert!(summary.contains(hint.trim()) && summary.contains("  refuted: "), "{summary}");
    assert!(summary.contains("\nFAILED\n") && summary.contains("| refuted |"), "{summary}");

    let json = objects(&run(&broken(), &["check", "broken", "--json"]));
    let hints = |claim: &str| -> Vec<Value> {
        let path = format!("nobody2000.broken::{claim}");
        let check = json.iter().find(|o| o["claim"] == path.as_str()).expect("it is there");
        check["hint"].as_array().expect("an array").clone()
    };
    let [hint] = hints("half").try_into().expect("one component");
    assert_eq!((&hint["expression"], &hint["of"]), (&"1/2".into(), &"factor".into()));
    let [low, high, chance] = ["low", "high", "chance"].map(|key| hint[key].as_f64().unwrap());
    assert!(low < 0.5 && high > 0.5 && chance < 0.05, "{hint}");
    // Too wide an interval to tell a half from what is near it, and nothing refuted.
    assert!(hints("false").is_empty() && hints("sound").is_empty());
}

#[test]
fn the_exit_code_is_that_of_the_worst_claim() {
    for (claim, code) in [("sound", 0), ("false", 1), ("heavy-tail", 3), ("panics", 1)] {
        let output = run(&broken(), &["check", &format!("nobody2000.broken::{claim}")]);
        assert_eq!(output.status.code(), Some(code), "{claim}: {}", stdout(&output));
    }
    let alias = run(&broken(), &["check", "all.wrong"]);
    assert_eq!(alias.status.code(), Some(1));
}

#[test]
fn a_search_finds_the_counterexample_and_judges_it_on_fresh_draws() {
    let found = run(&broken(), &["search", "broken::false", "--cases", "20", "--json"]);
    assert_eq!(found.status.code(), Some(1));
    let object = &objects(&found)[0];
    assert_eq!(object["type"], "search");
    assert!(object["badness"].as_f64().is_some_and(|b| b > 0.0));
    assert_eq!(object["check"]["verdict"]["word"], "refuted");
    let sound = run(&broken(), &["search", "broken::sound", "--cases", "20"]);
    assert_eq!(sound.status.code(), Some(0), "{}", stdout(&sound));
    assert!(stdout(&sound).contains("judged on fresh draws: supported"), "{}", stdout(&sound));
    let open = run(&broken(), &["search", "broken::constant", "--cases", "4"]);
    assert_eq!(open.status.code(), Some(3), "{}", stdout(&open));
}

#[test]
fn plots_and_curves_are_drawn_written_and_the_same_each_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let svg = folder.path().join("plot.svg");
    let arguments = ["plot", "variance::over", "--svg", &svg.to_string_lossy()];
    assert_eq!(theoremcheck(&arguments).status.code(), Some(0));
    let first = std::fs::read_to_string(&svg).expect("it was written");
    assert!(first.starts_with("<svg") && first.contains("viewBox"), "{}", &first[..200]);
    assert_eq!(theoremcheck(&arguments).status.code(), Some(0));
    assert_eq!(first, std::fs::read_to_string(&svg).expect("it was written"));
    let terminal = theoremcheck(&["plot", "variance::over"]);
    let text = stdout(&terminal);
    assert!(text.contains("theory"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let table = stdout(&theoremcheck(&["curve", "variance::over"]));
    assert!(table.starts_with("claim,symbol,x,component,theory"), "{table}");
    let simulated = table.lines().skip(1).filter(|l| l.split(',').nth(6) != Some("")).count();
    assert!((8..=16).contains(&simulated), "{simulated} positions were simulated");
}

/// The longest line of a text, in characters.
fn widest(text: &str) -> usize {
    text.lines().map(|line| line.chars().count()).max().unwrap_or(0)
}

#[test]
fn mutants_have_letters_in_the_plot_and_their_names_below() {
    let output = theoremcheck(&["plot", "isotropic::over", "--mutants"]);
    let text = stdout(&output);
    assert!(widest(&text) <= 80, "{text}");
    assert!(text.contains("\nover: limit\n") && text.contains("γ\n"), "{text}");
    let lines: Vec<&str> = text.lines().collect();
    let legend = lines.iter().position(|line| line.contains("theory")).expect("a legend");
    assert!(lines[legend].contains("simulation, 99.9 %   ⠄ ⠄ mutants a to e"), "{text}");
    let theorem = theorems::catalogue();
    let entries = theorem.select("hastie2022.isotropic::over").expect("it is there");
    let mutants = entries[0].claim.declaration().mutants();
    assert_eq!(mutants.len(), 5);
    let axes = lines[2..legend - 3].join("\n");
    for (index, mutant) in mutants.iter().enumerate() {
        let letter = char::from(b'a' + index as u8);
        assert!(axes.contains(letter), "no {letter} in\n{text}");
        let line = lines[legend + 1 + index];
        let start: String = mutant.why.chars().take(30).collect();
        assert!(line.starts_with(&format!("{letter}  {}: {start}", mutant.name)), "{line}");
    }
    // Without them nothing of it, and two claims share a picture.
    let plain = stdout(&theoremcheck(&["plot", "hastie2022.gaussian-variance"]));
    assert!(!plain.contains("mutant") && plain.contains("under: theory"), "{plain}");
    // A picture for each component, as no letter may stand for two curves.
    let both = stdout(&theoremcheck(&["plot", "covariance::risk", "--mutants"]));
    assert!(both.contains(", bias at the top\n") && both.contains(", variance\n"), "{both}");
    assert_eq!(both.matches("a  no-fixed-point: ").count(), 4, "{both}");
}

#[test]
fn a_panel_shows_several_claims_and_names_its_lines() {
    let text = stdout(&theoremcheck(&["plot", "--panel", "more-data"]));
    assert!(
        text.starts_with("Risk of the interpolator against the number of observations\n"),
        "{text}"
    );
    let ends = "where the lines end, from above: sigma2 = 4, sigma2 = 1, sigma2 = 0.25\n";
    assert!(text.contains(ends) && widest(&text) <= 80, "{text}");
    let legend = text.lines().find(|l| l.contains("simulation, 99.9 %")).expect("a legend");
    assert!(legend.contains("⠤⠤⠤ theory") && !legend.contains('○'), "{legend}");
    let folder = tempfile::tempdir().expect("a folder");
    let svg = folder.path().join("panel.svg");
    let path = svg.to_string_lossy();
    assert!(theoremcheck(&["plot", "--panel", "more-data", "--svg", &path]).status.success());
    let text = std::fs::read_to_string(&svg).expect("written");
    for words in ["sigma2 = 0.25", "sigma2 = 4", ">theory<", ">simulation, 99.9 %<"] {
        assert_eq!(text.matches(words).count(), 1, "{words}");
    }
    assert!(text.contains(">excess risk<"), "{text}");
    refused(
        &["plot", "--panel", "nothing"],
        &["no panel \"nothing\"", "double-descent", "tuned-ridge"],
    );
    refused(&["plot", "--panel", "tuned-ridge", "isotropic"], &["cannot be used with"]);
    refused(&["plot"], &["PATTERN"]);
}

#[test]
fn a_plot_says_what_it_lacks_and_why() {
    let refused = theoremcheck(&["plot", "variance::over"]);
    let text = stdout(&refused);
    assert!(text.contains("no interval at 2 of 16 positions (p = 42, 47), the first because"));
    assert!(widest(&text) <= 80 && stderr(&refused).is_empty(), "{text}");
    let margin = stdout(&theoremcheck(&["plot", "kernel-positivity::separated", "--mutants"]));
    assert!(margin.contains("no simulation along delta: nothing is random"), "{margin}");
    assert!(margin.contains("c  distance (outside the picture): "), "{margin}");
    assert!(margin.contains("separated: margin\n") && !margin.contains('●'), "{margin}");
    let nested = stdout(&theoremcheck(&["plot", "end-to-end::descent"]));
    assert!(nested.contains("every size of its ladder") && nested.contains("shape\n"), "{nested}");
    let long = stdout(&theoremcheck(&["plot", "maurer2004.kl-inversion::pinsker"]));
    let title = long.lines().next().expect("a title");
    assert!(title.ends_with("… (maurer2004.kl-inversion)"), "{title}");
    // The other side of an identity is drawn as on its page.
    let identity = stdout(&theoremcheck(&["plot", "ridge-ratio::sharp"]));
    assert!(identity.contains("●  the other side") && !identity.contains("no "), "{identity}");
    // What goes to a file says it on standard error.
    let table = theoremcheck(&["curve", "variance::over"]);
    assert!(stderr(&table).contains("::over: no interval at 2 of 16"), "{}", stderr(&table));
}

#[test]
fn lines_are_as_wide_as_is_asked_and_nothing_that_matters_is_lost() {
    let check = |arguments: &[&str]| stdout(&theoremcheck(arguments));
    let full = check(&["check", "gaussian-variance::any-covariance"]);
    let header = full.lines().next().expect("a header");
    assert!(header.ends_with("time") && header.contains("log10 e +/-"), "{full}");
    let narrow = check(&["check", "gaussian-variance::any-covariance", "--width", "80"]);
    assert!(widest(&narrow) <= 80, "{narrow}");
    let row = narrow.lines().nth(1).expect("a row");
    let words: Vec<&str> = row.split_whitespace().collect();
    let [claim, verdict, _, unit, mutants] = words[..] else { panic!("{row}") };
    assert_eq!((verdict, unit, mutants), ("supported", "%", "3/3"));
    assert_eq!(claim, "hastie2022.gaussian-variance::any-covariance");
    for arguments in [
        &["list"][..],
        &["prove", "isotropic-ridge"],
        &["explain", "isotropic-ridge"],
        &["check", "leave-one-out"],
        &["plot", "gaussian-variance::any-covariance", "--mutants"],
    ] {
        for width in ["60", "80", "120"] {
            let text = check(&[arguments, &["--width", width]].concat());
            let broken = text.lines().filter(|line| line.chars().count() > width.parse().unwrap());
            // What holds no space cannot be broken.
            let whole: Vec<&str> = broken.filter(|l| l.trim().contains(' ')).collect();
            assert!(whole.is_empty(), "{arguments:?} {width}: {whole:#?}");
        }
    }
    // The words are the same, whatever the width.
    let words =
        |text: &str| -> Vec<String> { text.split_whitespace().map(str::to_owned).collect() };
    assert_eq!(words(&check(&["list"])), words(&check(&["list", "--width", "60"])));
    let failed = run(&broken(), &["check", "broken::half", "--width", "70"]);
    let text = stdout(&failed);
    let again = text.lines().find(|line| line.contains("again: ")).expect("a command");
    assert!(again.contains("cargo run -- check nobody2000.broken::half --at "), "{again}");
    for wrong in ["0", "19", "wide", "-3", "1001"] {
        refused(&["list", &format!("--width={wrong}")], &["whole number of columns"]);
    }
}

/// A terminal, where the system offers a program that pretends to be one.
#[test]
fn a_terminal_is_asked_for_its_width_and_a_pipe_is_not() {
    let pretender = Command::new("script").arg("--version").output();
    let there = pretender.is_ok_and(|o| String::from_utf8_lossy(&o.stdout).contains("util-linux"));
    let inside = |columns: &str, variable: &str| {
        let line = format!(
            "stty rows 24 cols {columns}; {variable} {} check label-noise::self-made 2>/dev/null",
            program().display()
        );
        let output = run(Path::new("script"), &["-qec", &line, "/dev/null"]);
        stdout(&output).replace('\r', "")
    };
    if there {
        let narrow = inside("80", "env -u COLUMNS");
        assert!(widest(&narrow) <= 80 && narrow.contains("self-made  supported"), "{narrow}");
        assert!(widest(&inside("100", "env -u COLUMNS")) > 80);
        assert!(widest(&inside("100", "COLUMNS=70")) <= 70);
    }
    let piped = Command::new(program())
        .args(["check", "label-noise::self-made"])
        .env("COLUMNS", "80")
        .output()
        .expect("the program runs");
    assert!(stdout(&piped).lines().next().is_some_and(|l| l.ends_with("time")));
}

#[test]
fn a_report_replaces_a_report_and_nothing_else() {
    let parent = tempfile::tempdir().expect("a folder");
    let place = parent.path().join("site");
    let site = place.to_string_lossy().into_owned();
    let arguments = ["report", &site, "--pattern", "isotropic::least-risk"];
    let first = theoremcheck(&arguments);
    assert_eq!(first.status.code(), Some(0), "{}", stderr(&first));
    let printed = stdout(&first);
    assert!(printed.contains("PASSED") && printed.contains("index.html"), "{printed}");
    let old = place.join("theorem/hastie2022.isotropic.html");
    assert!(old.exists());
    let second = run(&broken(), &["report", &site, "--seed", "3"]);
    assert_eq!(second.status.code(), Some(1), "{}", stderr(&second));
    assert!(!old.exists(), "a page of the earlier report is left");
    let page = std::fs::read_to_string(place.join("theorem/nobody2000.broken.html"));
    let page = page.expect("the page of what is broken");
    for words in [
        "could not be checked",
        "Refuted. ",
        "Inconclusive. ",
        "the declared tail index 1.5 is at most 2",
        "check nobody2000.broken::false --seed 3 --at ",
        "an author&#39;s mistake",
    ] {
        let plain = page.contains(words) || page.contains(&words.replace("&#39;", "'"));
        assert!(plain, "{words:?} is missing");
    }
    std::fs::write(place.join("data/mine.txt"), "mine").expect("written");
    std::fs::remove_file(place.join("report.json")).expect("its mark is gone");
    refused(&["report", &site, "--pattern", "least-risk"], &["cannot write", "another folder"]);
    assert!(place.join("data/mine.txt").exists(), "what is no report was deleted");
    let file = place.join("index.html").to_string_lossy().into_owned();
    refused(&["report", &file, "--pattern", "least-risk"], &["cannot write", "file"]);
    refused(&["report", &site, "--pattern", "no-such-claim"], &["no claim matches"]);
    refused(&["report", &site, "--budget", "-1"], &["positive number"]);
    let entries = std::fs::read_dir(parent.path()).expect("a folder").count();
    assert_eq!(entries, 1, "something is left beside the report");
}

#[cfg(unix)]
#[test]
fn ctrl_c_reports_what_is_done_and_says_so() {
    let mut child = Command::new(program())
        .args(["check", "isotropic::over", "--budget", "60"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let interrupt = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(interrupt.is_ok_and(|s| s.success()));
    let started = std::time::Instant::now();
    let code = child.wait().expect("it ends").code();
    let mut text = String::new();
    child.stdout.take().expect("it is piped").read_to_string(&mut text).expect("text");
    assert_eq!(code, Some(130), "{text}");
    assert!(started.elapsed().as_secs() < 20, "it did not stop");
    assert!(text.contains("hastie2022.isotropic::over"), "{text}");
}

#[test]
fn proofs_are_emitted_for_rocq_or_it_says_what_is_in_the_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let there = folder.path().join("new").join("rocq");
    let into = there.to_str().expect("a name");
    let output = theoremcheck(&["prove", "bubeck2021.isoperimetry", "--emit", "rocq", into]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains("formal: not replayed here (prove --replay)"));
    let read = |name: &str| std::fs::read_to_string(there.join(name)).expect(name);
    assert!(read("_CoqProject").contains("bubeck2021__isoperimetry.v"));
    assert!(read("Helpers.v").contains("Lemma rises_from"));
    assert!(read("bubeck2021__isoperimetry.v").contains("Print Assumptions"));

    let file = folder.path().join("file");
    std::fs::write(&file, "kept").expect("written");
    let in_the_way = file.to_str().expect("a name");
    refused(&["prove", "--emit", "rocq", in_the_way], &["cannot make the folder", in_the_way]);
    assert_eq!(std::fs::read_to_string(&file).expect("still there"), "kept");
    refused(&["prove", "--emit", "lean", into], &["\"lean\" is not a format of proofs"]);
    refused(&["prove", "--emit", "rocq", "/dev/full/x"], &["cannot make the folder"]);
    refused(&["prove", "--demand", in_the_way], &["--replay"]);
    refused(&["prove", "--replay", "--demand", in_the_way], &["demands kept, which is no step"]);
    refused(&["prove", "--replay", "--demand", "/nowhere"], &["cannot read /nowhere"]);
    // A folder in the place of a file that is to be written.
    std::fs::create_dir(there.join("Helpers.v.part")).expect("made");
    refused_late(&["prove", "isoperimetry", "--emit", "rocq", into], "cannot write");
}

/// A request that fails in the middle: exit code 2 and one line that says what.
fn refused_late(arguments: &[&str], words: &str) {
    let output = theoremcheck(arguments);
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
    assert!(message.contains(words) && message.lines().count() == 1, "{message}");
}

#[test]
fn without_a_prover_a_replay_changes_no_label_and_no_exit_code() {
    let output = Command::new(program())
        .args(["prove", "hastie2022.isotropic-ridge", "--replay"])
        .env("PATH", "/nowhere")
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.contains("formal: not replayed here: neither coqc nor rocq is on the path"));
    assert!(text.contains(" exact, 1 cited") && !text.contains(" formal, "), "{text}");
    let demand = concat!(env!("CARGO_MANIFEST_DIR"), "/../ci/formal-steps.txt");
    let output = Command::new(program())
        .args(["prove", "hastie2022.isotropic-ridge", "--replay", "--demand", demand])
        .env("PATH", "/nowhere")
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(1), "what is demanded is not formal");
}

/// A folder and what the program says there.
fn inside(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(program())
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("the program runs");
    (output.status.code(), stdout(&output) + &stderr(&output))
}

/// Every file below a folder with its bytes.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let bytes = std::fs::read(&path).expect("a file");
            found.push((path, bytes));
        }
    }
    found.sort();
    found
}

#[test]
fn new_registers_a_theorem_in_order_or_changes_nothing() {
    let root = tempfile::tempdir().expect("a folder");
    let theorems = root.path().join("theorems");
    std::fs::create_dir_all(theorems.join("maurer2004")).expect("folders");
    let source = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in ["lib.rs", "maurer2004/mod.rs"] {
        std::fs::copy(source.join(file), theorems.join(file)).expect("copied");
    }
    let before = files(root.path());
    for (arguments, words) in [
        (vec!["belkin", "weak_features", "--kind", "equality"], "first author and year"),
        (vec!["belkin2020", "weak-features", "--kind", "equality"], "weak_features"),
        (vec!["belkin2020", "mod", "--kind", "equality"], "Rust's own"),
        (vec!["belkin2020", "weak_features", "--kind", "lemma"], "the kinds are"),
        (vec!["belkin2020", "weak_features"], "--kind"),
        (vec!["maurer2004", "mod", "--kind", "law"], "Rust's own"),
        (vec!["belkin2020", "a", "--kind", "law", "--topic", "a\"b"], "no topic"),
        (vec!["--crate", "theorems", "theorems"], "not an empty folder"),
        (vec!["--crate", "std"], "another crate"),
        (vec!["--crate", "mine", "--harness", "theorems"], "not the folder of theoremcheck"),
    ] {
        let (code, said) = inside(root.path(), &[vec!["new"], arguments].concat());
        assert!(code == Some(2) && said.contains(words) && !said.contains("panicked"), "{said}");
        assert_eq!(files(root.path()), before, "{words}");
    }
    // From a folder below, for a new paper and for one that is there.
    for (paper, slug) in [("belkin2020", "weak_features"), ("maurer2004", "a_first")] {
        let arguments = ["new", paper, slug, "--kind", "equality", "--topic", "double descent"];
        let (code, said) = inside(&theorems.join("maurer2004"), &arguments);
        assert_eq!(code, Some(0), "{said}");
        let after = files(root.path());
        let (code, said) = inside(root.path(), &arguments);
        assert!(code == Some(2) && said.contains("exists already"), "{said}");
        assert_eq!(files(root.path()), after);
    }
    let read = |file: &str| std::fs::read_to_string(theorems.join(file)).expect("a file");
    let library = read("lib.rs");
    for (before, line, after) in [
        ("mod bartlett2021;", "mod belkin2020;", "mod bubeck2021;"),
        (
            "    (\"bartlett2021\", \"benign overfitting\"),",
            "    (\"belkin2020\", \"double descent\"),",
            "    (\"bubeck2021\", \"robustness and isoperimetry\"),",
        ),
        (
            "        bartlett2021::spectral_tail::theorem(),",
            "        belkin2020::weak_features::theorem(),",
            "        bubeck2021::clusters::theorem(),",
        ),
    ] {
        assert!(library.contains(&format!("{before}\n{line}\n{after}\n")), "{library}");
    }
    let first = "maurer2004::a_first::theorem(),\n        maurer2004::kl_inversion::theorem(),";
    assert!(library.contains(first), "{library}");
    let paper = read("maurer2004/mod.rs");
    assert!(paper.contains("pub(crate) mod a_first;\npub(crate) mod kl_inversion;"), "{paper}");
    assert_eq!(read("belkin2020/mod.rs").matches("pub(crate) mod weak_features;").count(), 1);
}

#[test]
fn new_makes_a_crate_that_depends_on_the_harness_alone() {
    let root = tempfile::tempdir().expect("a folder");
    let (code, said) = inside(root.path(), &["new", "--crate", "my-theorems"]);
    assert_eq!(code, Some(0), "{said}");
    let mine = root.path().join("my-theorems");
    let read = |file: &str| std::fs::read_to_string(mine.join(file)).expect("a file");
    let manifest = read("Cargo.toml");
    let dependencies = manifest.split("[dependencies]\n").nth(1).expect("dependencies");
    let version = format!("theoremcheck = \"{}\"\n\n[[test]]", env!("CARGO_PKG_VERSION"));
    assert!(dependencies.starts_with(&version), "{manifest}");
    assert!(read("src/main.rs").contains("theoremcheck::cli::main(my_theorems::catalogue())"));
    assert!(read("tests/theorems.rs").contains("testing::main(my_theorems::catalogue())"));
    assert!(read(".github/workflows/ci.yml").contains("cargo test"));
    let harness = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let harness = harness.to_str().expect("a path");
    let arguments = ["new", "--crate", "other", "other", "--harness", harness];
    let (code, said) = inside(root.path(), &arguments);
    assert_eq!(code, Some(0), "{said}");
    let manifest = std::fs::read_to_string(root.path().join("other/Cargo.toml")).expect("a file");
    assert!(manifest.contains("theoremcheck = { path = "), "{manifest}");
    // The crate's own theorems are registered in the crate.
    let arguments = ["new", "belkin2020", "weak_features", "--kind", "path-bound"];
    let (code, said) = inside(&mine.join("src"), &arguments);
    assert_eq!(code, Some(0), "{said}");
    assert!(read("src/lib.rs").contains("mod belkin2020;\n\nuse"));
    assert!(read("src/lib.rs").contains("belkin2020::weak_features::theorem(),\n    ])"));
}
