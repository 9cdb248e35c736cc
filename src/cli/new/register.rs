//! The lines that register a theorem: found by what the files say, added in order, once.
//!
//! The catalogue is the file in which a line ends with `Catalogue::new(vec![`; its list ends at the
//! first line that begins with `]`, one theorem a line. `const TOPICS` is read in the same way.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

const CATALOGUE: &str = "Catalogue::new(vec![";

/// The catalogue's file, seen from a folder or from one above it.
pub(super) fn catalogue(from: &Path) -> Result<PathBuf> {
    for folder in from.ancestors() {
        for name in ["theorems/lib.rs", "src/lib.rs", "lib.rs"] {
            let path = folder.join(name);
            let found =
                std::fs::read_to_string(&path).is_ok_and(|t| opens(&t, CATALOGUE).is_some());
            if found {
                return Ok(path);
            }
        }
    }
    bail!(
        "no catalogue here: no theorems/lib.rs or src/lib.rs with a line that ends with \
         `{CATALOGUE}` in {} or above; `new --crate NAME` makes one",
        from.display()
    )
}

/// The catalogue's line for a theorem.
pub(super) fn item(paper: &str, slug: &str) -> String {
    format!("{paper}::{slug}::theorem(),")
}

/// The number of the line that opens a list.
fn opens(text: &str, ending: &str) -> Option<usize> {
    let opening = |l: &str| !l.trim_start().starts_with("//") && l.trim_end().ends_with(ending);
    text.lines().position(opening)
}

/// Adds a theorem to the catalogue.
pub(super) fn with_theorem(text: &str, paper: &str, slug: &str) -> Result<String> {
    let start = opens(text, CATALOGUE)
        .with_context(|| format!("no line ends with `{CATALOGUE}`, one theorem a line"))?;
    in_list(text, start, &item(paper, slug))
}

/// Adds what a paper is about.
pub(super) fn with_topic(text: &str, paper: &str, topic: &str) -> Result<String> {
    if topic.trim().is_empty() || topic.contains(['"', '\\', '\n', '\r']) {
        bail!("{topic:?} is no topic: a few plain words");
    }
    let opening = |l: &str| {
        let line = l.trim_start_matches("pub ").trim_start_matches("pub(crate) ");
        line.starts_with("const TOPICS") && line.trim_end().ends_with("&[")
    };
    let missing = "it has no list of topics: add `const TOPICS: &[(&str, &str)] = &[`, a line `];` \
                   and `.topics(TOPICS)` after the catalogue's list, or leave --topic out";
    let start = text.lines().position(opening).context(missing)?;
    if text.lines().skip(start).any(|l| l.trim_start().starts_with(&format!("(\"{paper}\","))) {
        return Ok(text.to_owned());
    }
    in_list(text, start, &format!("(\"{paper}\", \"{topic}\"),"))
}

/// Adds an item to the list that opens at a line, in order.
fn in_list(text: &str, start: usize, item: &str) -> Result<String> {
    let lines: Vec<&str> = text.lines().collect();
    let rest = lines.iter().skip(start + 1);
    let length = rest.clone().position(|l| l.trim_start().starts_with(']'));
    let length = length.with_context(|| format!("the list of line {} does not end", start + 1))?;
    let items = || rest.clone().take(length).map(|l| l.trim()).enumerate();
    if items().any(|(_, line)| line == item) {
        return Ok(text.to_owned());
    }
    let comment = |line: &str| line.is_empty() || line.starts_with("//");
    let later = items().find(|(_, line)| !comment(line) && *line > item);
    let at = start + 1 + later.map_or(length, |(index, _)| index);
    let margin = lines[start].len() - lines[start].trim_start().len() + 4;
    Ok(insert(text, at, &format!("{:margin$}{item}\n", "")))
}

/// The name in the line of a module.
fn module(line: &str) -> Option<&str> {
    let line = line.trim_end().strip_suffix(';')?;
    let line = ["pub(crate) ", "pub(super) ", "pub "]
        .iter()
        .find_map(|v| line.strip_prefix(v))
        .unwrap_or(line);
    line.strip_prefix("mod ")
}

/// Adds the line of a module, in order.
pub(super) fn with_module(text: &str, words: &str, name: &str) -> Result<String> {
    let lines: Vec<&str> = text.lines().collect();
    let modules: Vec<(usize, &str)> =
        lines.iter().enumerate().filter_map(|(at, l)| Some((at, module(l)?))).collect();
    if modules.iter().any(|(_, module)| *module == name) {
        return Ok(text.to_owned());
    }
    let line = format!("{words} {name};\n");
    if let Some((at, _)) = modules.iter().rev().find(|(_, module)| *module < name) {
        return Ok(insert(text, at + 1, &line));
    }
    if let Some((at, _)) = modules.first() {
        // What stands right above a module belongs to it.
        let above = lines[..*at].iter().rev();
        let own = above.take_while(|l| l.starts_with("#[") || l.starts_with("///")).count();
        return Ok(insert(text, at - own, &line));
    }
    let head = lines.iter().take_while(|l| l.starts_with("//!") || l.starts_with("#!")).count();
    let gap = lines.get(head).is_some_and(|l| l.trim().is_empty());
    Ok(match gap {
        true => insert(text, head + 1, &format!("{line}\n")),
        false => insert(text, head, &format!("\n{line}\n")),
    })
}

/// Inserts text before the line of a number; the others keep their bytes.
fn insert(text: &str, at: usize, new: &str) -> String {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    lines.insert(at.min(lines.len()), new);
    lines.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIBRARY: &str = "//! Theorems.\n\nmod ali2019;\n#[cfg(unix)]\nmod du2018;\n\n\
        const TOPICS: &[(&str, &str)] = &[\n    (\"ali2019\", \"ridge\"),\n];\n\n\
        // Catalogue::new(vec![\nfn all() {\n    Catalogue::new(vec![\n        \
        ali2019::ratio::theorem(),\n        du2018::gram::theorem(),\n    ])\n}\n";

    fn registered(paper: &str, slug: &str) -> String {
        let text = with_module(LIBRARY, "mod", paper).expect("modules");
        let text = with_topic(&text, paper, "nets").expect("topics");
        with_theorem(&text, paper, slug).expect("a catalogue")
    }

    #[test]
    fn lines_are_added_in_order_and_once() {
        for (paper, modules) in [
            ("aaa2000", ["mod aaa2000;", "mod ali2019;", "mod du2018;"]),
            ("belkin2020", ["mod ali2019;", "mod belkin2020;", "mod du2018;"]),
            ("zou2020", ["mod ali2019;", "mod du2018;", "mod zou2020;"]),
        ] {
            let text = registered(paper, "law");
            let found: Vec<&str> = text.lines().filter(|l| l.starts_with("mod ")).collect();
            assert_eq!(found, modules);
            assert!(text.contains("#[cfg(unix)]\nmod du2018;"), "{text}");
            let items: Vec<&str> =
                text.lines().map(str::trim).filter(|l| l.ends_with("theorem(),")).collect();
            assert!(items.is_sorted() && items.len() == 3, "{items:?}");
            assert!(text.contains(&format!("    (\"{paper}\", \"nets\"),\n")), "{text}");
            let again = with_theorem(&text, paper, "law").expect("a catalogue");
            assert_eq!(with_module(&again, "mod", paper).expect("modules"), text);
            assert_eq!(with_topic(&again, paper, "other").expect("topics"), text);
        }
    }

    #[test]
    fn what_is_no_list_is_refused() {
        assert!(with_theorem("fn all() { Catalogue::new(vec![]) }\n", "a2000", "b").is_err());
        assert!(with_theorem("Catalogue::new(vec![\n", "a2000", "b").is_err());
        assert!(with_topic("mod a;\n", "a2000", "nets").is_err());
        assert!(with_topic(LIBRARY, "a2000", "\"").is_err());
    }

    #[test]
    fn the_first_module_comes_after_the_head() {
        let text = with_module("//! A.\n\nuse b;\n", "mod", "a").expect("modules");
        assert_eq!(text, "//! A.\n\nmod a;\n\nuse b;\n");
        assert_eq!(with_module("", "mod", "a").expect("modules"), "\nmod a;\n\n");
    }
}
