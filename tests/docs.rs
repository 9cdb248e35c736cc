//! The documents say what is so: links resolve, commands parse and name what exists, printed
//! output is what the programs print, code is that of the examples, the catalogue is current.
//!
//! `INSTA_UPDATE=always cargo test -p theorems --test docs` writes the catalogue and the outputs,
//! after `cargo build --examples`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use theoremcheck::claim::Theorem;
use theoremcheck::evidence::Resolution;
use theoremcheck::report::numbers::resolution;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn updating() -> bool {
    std::env::var("INSTA_UPDATE").is_ok_and(|how| how == "always")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The pages of the book, and what is read before them.
fn pages() -> Vec<PathBuf> {
    let docs = std::fs::read_dir(root().join("docs")).expect("docs");
    let mut pages: Vec<PathBuf> = docs
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .collect();
    pages.extend(["README.md", "CONTRIBUTING.md"].map(|name| root().join(name)));
    pages.sort();
    assert!(pages.len() > 8);
    pages
}

/// A fenced block: its language, its lines, and where they stand among those of the page.
struct Block {
    language: String,
    lines: Vec<String>,
    from: usize,
}

/// The fenced blocks of a page, and its lines outside of them.
fn blocks(text: &str) -> (Vec<Block>, Vec<String>) {
    let (mut blocks, mut prose) = (Vec::<Block>::new(), Vec::new());
    let mut inside = false;
    for (number, line) in text.lines().enumerate() {
        match (line.strip_prefix("```"), inside) {
            (Some(language), false) => {
                let language = language.to_owned();
                blocks.push(Block { language, lines: Vec::new(), from: number + 1 });
                inside = true;
            }
            (Some(_), true) => inside = false,
            (None, true) => blocks.last_mut().expect("a block").lines.push(line.to_owned()),
            (None, false) => prose.push(line.to_owned()),
        }
    }
    assert!(!inside, "a block without an end");
    (blocks, prose)
}

/// The targets of the links in prose, outside of code.
fn links(prose: &[String]) -> Vec<String> {
    let text = prose.join("\n");
    let text: String = text.split('`').step_by(2).collect();
    let target = |part: &str| part.split(')').next().unwrap_or_default().to_owned();
    text.split("](").skip(1).map(target).collect()
}

/// The anchors of a page, as mdBook and forges make them.
fn anchors(prose: &[String]) -> BTreeSet<String> {
    let headings = prose.iter().filter(|line| line.starts_with('#'));
    let slug = |line: &String| -> String {
        let text = line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        text.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
    };
    headings.map(slug).collect()
}

#[test]
fn every_link_resolves() {
    let mut seen = 0;
    for page in pages() {
        let (_, prose) = blocks(&read(&page));
        for link in links(&prose) {
            if link.contains("://") {
                continue;
            }
            seen += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let folder = page.parent().expect("a folder");
            let target = if file.is_empty() { page.clone() } else { folder.join(file) };
            assert!(target.exists(), "{}: {link} leads nowhere", page.display());
            let leaves = folder.ends_with("docs") && link.starts_with("..");
            assert!(!leaves, "{}: {link} leaves the book", page.display());
            if !anchor.is_empty() {
                let there = anchors(&blocks(&read(&target)).1);
                assert!(there.contains(anchor), "{}: no heading #{anchor}", page.display());
            }
        }
    }
    assert!(seen > 20);
}

#[test]
fn every_page_is_a_chapter_and_every_chapter_a_page() {
    let (_, summary) = blocks(&read(&root().join("docs/SUMMARY.md")));
    let chapters: BTreeSet<String> = links(&summary).into_iter().collect();
    let docs = root().join("docs");
    let of_docs = pages().into_iter().filter(|page| page.starts_with(&docs));
    let name = |p: PathBuf| p.file_name().expect("a name").to_string_lossy().into_owned();
    let pages: BTreeSet<String> = of_docs.map(name).filter(|name| name != "SUMMARY.md").collect();
    assert_eq!(chapters, pages);
}

/// A command that a document names: the program, and its arguments.
struct Call {
    program: PathBuf,
    arguments: Vec<String>,
}

/// The command in a line, if it is one of ours; anything in brackets may be left out.
fn call(line: &str) -> Option<Call> {
    let line = line.split(" #").next().unwrap_or_default().replace(['[', ']'], "");
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    let program = PathBuf::from(env!("CARGO_BIN_EXE_theoremcheck"));
    if words.first()? == "theoremcheck" {
        let arguments = words[1..].to_vec();
        return (!arguments.is_empty()).then_some(Call { program, arguments });
    }
    let cargo = words.first()? == "cargo" && words.get(1)? == "run";
    let end = words.iter().position(|word| word == "--").filter(|_| cargo)?;
    let example = words[..end].iter().position(|word| word == "--example");
    let program = match example {
        Some(at) => program.with_file_name("examples").join(&words[at + 1]),
        None => program,
    };
    let arguments = words[end + 1..].to_vec();
    (!arguments.is_empty()).then_some(Call { program, arguments })
}

/// Every line of a page that may be a command: in blocks for a shell, and between backticks.
fn commands(text: &str) -> Vec<String> {
    let (blocks, prose) = blocks(text);
    let shell = blocks.iter().filter(|b| matches!(b.language.as_str(), "sh" | "console"));
    let typed = |line: &String| line.strip_prefix("$ ").unwrap_or(line).to_owned();
    let mut lines: Vec<String> = shell
        .flat_map(|b| b.lines.iter().filter(|l| b.language == "sh" || l.starts_with("$ ")))
        .map(typed)
        .collect();
    lines
        .extend(prose.join("\n").split('`').skip(1).step_by(2).map(|code| code.replace('\n', " ")));
    lines
}

/// The theorem that `new PAPER SLUG` begins.
fn begun(call: &Call) -> Option<String> {
    let [first, paper, slug, ..] = call.arguments.as_slice() else { return None };
    (first == "new").then(|| format!("{paper}.{}", slug.replace('_', "-")))
}

/// The claims that a command names are there, or begun on the same page: a pattern in capitals
/// stands for any.
fn names_something(call: &Call, begun: &[String]) -> bool {
    let matches = theoremcheck::cli::grammar()
        .try_get_matches_from(std::iter::once("theoremcheck".into()).chain(call.arguments.clone()))
        .unwrap_or_else(|error| panic!("{:?}: {error}", call.arguments));
    let Some((_, matches)) = matches.subcommand() else { return true };
    let Ok(Some(pattern)) = matches.try_get_one::<String>("pattern") else { return true };
    let placeholder = pattern.chars().all(|c| !c.is_lowercase());
    let ours = !call.program.parent().is_some_and(|folder| folder.ends_with("examples"));
    let made = begun.iter().any(|id| pattern == id);
    placeholder || made || !ours || theorems::catalogue().select(pattern).is_ok()
}

#[test]
fn every_command_parses_and_names_claims_tests_and_scripts_that_exist() {
    let mut seen = 0;
    for page in pages() {
        let lines = commands(&read(&page));
        let begun: Vec<String> =
            lines.iter().filter_map(|line| call(line)).filter_map(|call| begun(&call)).collect();
        for line in lines {
            let words: Vec<&str> = line.split_whitespace().collect();
            for pair in words.windows(2) {
                let path = match pair {
                    ["--test", name] => format!("tests/{name}.rs"),
                    ["bash", script] => (*script).to_owned(),
                    _ => continue,
                };
                assert!(root().join(&path).exists(), "{}: {line}", page.display());
            }
            let Some(call) = call(&line) else { continue };
            seen += 1;
            assert!(
                call.program.exists(),
                "{}: {line}: build it with `cargo build --examples`",
                page.display()
            );
            assert!(names_something(&call, &begun), "{}: {line}: no such claim", page.display());
        }
    }
    assert!(seen > 30, "{seen} commands were found");
}

#[test]
fn a_command_that_is_none_is_found_out() {
    for wrong in ["theoremcheck chek", "theoremcheck check --budgte 3", "theoremcheck theory"] {
        let call = call(wrong).expect("it is one of ours");
        let parsed = std::panic::catch_unwind(|| names_something(&call, &[]));
        assert!(parsed.is_err(), "{wrong}");
    }
    assert!(!names_something(&call("theoremcheck check hasty2022").expect("ours"), &[]));
    assert!(call("cargo test --test curves").is_none());
}

/// A line without what differs from run to run (times) and without alignment.
fn timeless(line: &str) -> String {
    let mut words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    for i in 1..words.len() {
        let unit = words[i].trim_matches(|c: char| "():,".contains(c));
        if matches!(unit, "s" | "ms" | "min" | "\u{b5}s") {
            let number = words[i - 1].trim_start_matches('(');
            if number.parse::<f64>().is_ok() {
                words[i - 1] = "T".to_owned();
                words[i] = String::new();
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words.join(" ")
}

/// Whether what is printed is what is written; `...` stands for any number of lines.
fn agrees(written: &[String], printed: &[String]) -> bool {
    match written.split_first() {
        None => printed.is_empty(),
        Some((line, rest)) if line.trim() == "..." => {
            (0..=printed.len()).any(|skip| agrees(rest, &printed[skip..]))
        }
        Some((line, rest)) => match printed.split_first() {
            Some((first, others)) => timeless(line) == timeless(first) && agrees(rest, others),
            None => false,
        },
    }
}

/// What a command prints, and its exit code.
fn printed(call: &Call, folder: &Path) -> (Vec<String>, i32) {
    let output = Command::new(&call.program)
        .args(&call.arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let text = if text.is_empty() { String::from_utf8_lossy(&output.stderr).into() } else { text };
    (
        text.lines().map(|line| line.trim_end().to_owned()).collect(),
        output.status.code().unwrap_or(-1),
    )
}

/// The lines of a block as the programs print them.
fn replayed(block: &Block, folder: &Path) -> Vec<String> {
    let (mut lines, mut code) = (Vec::new(), 0);
    let starts = |line: &String| line.starts_with("$ ");
    let mut rest = &block.lines[..];
    while let Some((command, after)) = rest.split_first() {
        let until = after.iter().position(starts).unwrap_or(after.len());
        let (written, next) = after.split_at(until);
        let typed = command.strip_prefix("$ ").expect("a command");
        let output = if typed == "echo $?" {
            vec![code.to_string()]
        } else {
            let call = call(typed).unwrap_or_else(|| panic!("{typed} is not one of ours"));
            let (output, status) = printed(&call, folder);
            code = status;
            output
        };
        lines.push(command.clone());
        lines.extend(if agrees(written, &output) { written.to_vec() } else { output });
        rest = next;
    }
    lines
}

#[test]
fn printed_output_is_what_the_programs_print() {
    let mut replays = 0;
    for page in pages() {
        let text = read(&page);
        let folder = tempfile::tempdir().expect("a folder");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for block in blocks(&text).0.iter().rev().filter(|b| b.language == "console") {
            replays += 1;
            let now = replayed(block, folder.path());
            if now == block.lines {
                continue;
            }
            let place = format!("{}:{}", page.display(), block.from + 1);
            assert!(updating(), "{place}: the output is\n{}", now.join("\n"));
            lines.splice(block.from..block.from + block.lines.len(), now);
        }
        if updating() {
            std::fs::write(&page, lines.join("\n") + "\n").expect("it is written");
        }
    }
    assert!(replays >= 6);
}

#[test]
fn only_times_may_differ_from_what_is_printed() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    assert!(agrees(&lines("a 1.0 s\n...\nz (2 ms)"), &lines("a  9 ms\nb\nc\nz (0.1 s)")));
    assert!(!agrees(&lines("a 1.0 %"), &lines("a 1.1 %")));
    assert!(!agrees(&lines("a\n...\nz"), &lines("a\nb")));
    assert!(!agrees(&lines("a"), &lines("a\nb")));
}

#[test]
fn the_code_of_the_tutorial_is_that_of_its_examples() {
    let examples: Vec<String> = ["optimism", "first_try"]
        .iter()
        .map(|name| read(&root().join(format!("theorems/examples/{name}.rs"))))
        .collect();
    let (blocks, _) = blocks(&read(&root().join("docs/tutorial.md")));
    let code: Vec<&Block> = blocks.iter().filter(|b| b.language.starts_with("rust")).collect();
    assert!(code.len() >= 4);
    for block in code {
        let text = block.lines.join("\n");
        let there = examples.iter().any(|example| example.contains(&text));
        assert!(there, "docs/tutorial.md:{}: no example has\n{text}", block.from + 1);
    }
}

#[test]
fn the_page_about_ci_shows_the_workflow_and_the_test_that_are_there() {
    let (blocks, _) = blocks(&read(&root().join("docs/ci.md")));
    let shown = |language: &str| {
        let block = blocks.iter().find(|b| b.language.starts_with(language));
        block.expect(language).lines.join("\n")
    };
    let workflow = read(&root().join("src/cli/new/templates/crate/ci.yml.txt"));
    assert_eq!(shown("yaml"), workflow.trim_end());
    assert!(read(&root().join("tests/curves.rs")).contains(&shown("rust")));
}

/// Files that a page points to: `theorems/du2019/gram.rs`. Those of the tutorial are the reader's.
#[test]
fn every_file_that_a_page_names_is_there() {
    let mut seen = 0;
    for page in pages().into_iter().filter(|page| !page.ends_with("tutorial.md")) {
        let (_, prose) = blocks(&read(&page));
        let prose = prose.join("\n");
        let named = prose.split('`').skip(1).step_by(2).filter(|code| {
            let ours = ["theorems/", "src/", "tests/", "ci/", "benches/", "docs/"];
            ours.iter().any(|folder| code.starts_with(folder)) && !code.contains([' ', '*'])
        });
        for file in named {
            seen += 1;
            assert!(root().join(file).exists(), "{}: there is no {file}", page.display());
        }
    }
    assert!(seen > 10, "{seen} files were named");
}

#[test]
fn the_counts_of_the_readme_are_those_of_the_catalogue() {
    let catalogue = theorems::catalogue();
    let mutants: usize = catalogue.claims().map(|e| e.claim.declaration().mutants().len()).sum();
    let readme = read(&root().join("README.md"));
    let claims = catalogue.len();
    for words in [
        format!("{claims} claims: {claims} supported, 0 refuted, 0 inconclusive, 0 broken; "),
        format!("{mutants} of {mutants} mutants refuted"),
        format!("the whole catalogue of {claims} at"),
    ] {
        assert!(readme.contains(&words), "README.md does not say {words:?}");
    }
}

/// The labels of a theorem's steps, as the snapshot pins them: `5 exact, 1 cited`.
fn labels(id: &str, pinned: &str) -> String {
    let prefix = format!("{id}::step::");
    let steps = pinned.lines().filter(|line| line.starts_with(&prefix));
    let words: Vec<&str> = steps.filter_map(|line| line.split(" -> ").nth(1)).collect();
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for word in words {
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    counts.sort();
    let counts: Vec<String> = counts.iter().map(|(word, n)| format!("{n} {word}")).collect();
    if counts.is_empty() { "none".to_owned() } else { counts.join(", ") }
}

/// A theorem's entry in the catalogue.
fn entry(theorem: &Theorem, pinned: &str) -> String {
    let mut text = format!("## {}\n\n**{}.**", theorem.id, theorem.title);
    let source = theorem.source;
    let _ = writeln!(text, " {}: {}, {}.\n", source.paper, source.result, source.link);
    let words: Vec<&str> = theorem.statement.split_whitespace().collect();
    let _ = writeln!(text, "{}\n", words.join(" "));
    text.push_str("| claim | kind | promised | mutants | what is judged |\n");
    text.push_str("| --- | --- | --- | --- | --- |\n");
    for claim in &theorem.claims {
        let declaration = claim.declaration();
        let promised = match declaration.resolution() {
            Resolution::Relative(r) => resolution(r, true),
            Resolution::Absolute(r) => resolution(r, false),
        };
        let _ = writeln!(
            text,
            "| `{}` | {} | {promised} | {} | {} |",
            claim.name(),
            declaration.kind(),
            declaration.mutants().len(),
            declaration.assertion()
        );
    }
    let _ = writeln!(text, "\nSteps of its proof: {}.\n", labels(theorem.id, pinned));
    text
}

#[test]
fn the_catalogue_page_is_current() {
    let catalogue = theorems::catalogue();
    let pinned = read(&root().join("tests/snapshots/proofs/labels.snap"));
    let mut text = format!(
        "# The catalogue\n\n{} theorems, {} claims. This page is written by a test from the \
         declarations (`INSTA_UPDATE=always cargo test -p theorems --test docs`);\nwhat a run \
         finds is in its report, and `theoremcheck explain ID` names every mutant and hypothesis. \
         Promises of identities and\nproperties are up to rounding.\n\n",
        catalogue.theorems().len(),
        catalogue.len()
    );
    for theorem in catalogue.theorems() {
        text.push_str(&entry(theorem, &pinned));
    }
    let text = text.trim_end().to_owned() + "\n";
    let path = root().join("docs/catalogue.md");
    if updating() {
        std::fs::write(&path, &text).expect("it is written");
    }
    assert!(read(&path) == text, "docs/catalogue.md is stale: see the head of this file");
}
