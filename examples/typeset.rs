//! Typesets the formulas of built pages, of rustdoc and of the book, as MathML: nothing is loaded
//! from a network.
//!
//! Markdown has eaten parts of a formula by then (`\|` became `|`, and `_` may have become
//! emphasis). The sources have it whole: a formula of a page is looked up among those of the
//! sources by what Markdown leaves of it.
//!
//! ```text
//! cargo run --example typeset -- target/doc src theorems
//! ```
//!
//! Exit code 0: every formula is typeset. 1: some are not, and are named. 2: the request is wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use theoremcheck::report::site::mathml;

/// Formulas of the sources by what Markdown leaves of them. Two that look the same afterwards are
/// both kept, so that neither is taken for the other.
type Formulas = BTreeMap<String, BTreeSet<String>>;

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [pages, sources @ ..] = &arguments[..] else {
        eprintln!("usage: typeset PAGES SOURCES..");
        return ExitCode::from(2);
    };
    match run(pages, sources) {
        Ok((typeset, missed)) => {
            missed.iter().for_each(|formula| eprintln!("not typeset: {formula}"));
            println!("{}: {typeset} formulas typeset, {} not", pages.display(), missed.len());
            ExitCode::from(u8::from(!missed.is_empty()))
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(pages: &Path, sources: &[PathBuf]) -> std::io::Result<(usize, BTreeSet<String>)> {
    let mut formulas = Formulas::new();
    for source in sources {
        for file in files(source, &["rs", "md"])? {
            let text = std::fs::read_to_string(&file)?;
            let is_rust = file.extension().is_some_and(|e| e == "rs");
            collect(&if is_rust { doc_comments(&text) } else { text }, &mut formulas);
        }
    }
    let (mut typeset, mut missed) = (0, BTreeSet::new());
    for file in files(pages, &["html"])? {
        let text = std::fs::read_to_string(&file)?;
        let mut page = Page { formulas: &formulas, typeset: 0, missed: BTreeSet::new() };
        let done = page.typeset(&text);
        if page.typeset > 0 {
            std::fs::write(&file, done)?;
        }
        typeset += page.typeset;
        missed.extend(page.missed.into_iter().map(|m| format!("{}: {m}", file.display())));
    }
    Ok((typeset, missed))
}

/// Files with these endings, in order. Pages that show source code have no formulas.
fn files(folder: &Path, endings: &[&str]) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        let code = endings == ["html"] && path.ends_with("src");
        if path.is_dir() && !code {
            found.extend(files(&path, endings)?);
        } else if endings.contains(&ending) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The doc comments of a source file; other lines separate them.
fn doc_comments(text: &str) -> String {
    let line = |line: &str| {
        let line = line.trim_start();
        let doc = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"));
        format!("{}\n", doc.unwrap_or_default())
    };
    text.lines().map(line).collect()
}

/// The formulas of a Markdown text, outside of code.
fn collect(text: &str, formulas: &mut Formulas) {
    let mut fenced = false;
    let prose = text.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    });
    for paragraph in prose.collect::<Vec<_>>().join("\n").split("\n\n") {
        let words: String = paragraph.split('`').step_by(2).collect::<Vec<_>>().join("`");
        for (formula, _) in between_dollars(&words).1 {
            formulas.entry(left(&unescaped(formula))).or_default().insert(closed_up(formula));
        }
    }
}

/// A formula without the spaces that mean nothing: all but those that end a command, or are one.
fn closed_up(formula: &str) -> String {
    let words: Vec<&str> = formula.split_whitespace().collect();
    let mut out = String::new();
    for word in words {
        let letters = out.ends_with(|c: char| c.is_ascii_alphabetic());
        let space = out.ends_with('\\');
        if space || letters && word.starts_with(|c: char| c.is_ascii_alphabetic()) {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// The words of a text, and the formulas between them: each with whether it is displayed.
fn between_dollars(text: &str) -> (Vec<&str>, Vec<(&str, bool)>) {
    let (mut words, mut formulas, mut rest) = (Vec::new(), Vec::new(), text);
    while let Some(start) = rest.find('$') {
        let mark = if rest[start..].starts_with("$$") { "$$" } else { "$" };
        let inner = &rest[start + mark.len()..];
        let Some(end) = inner.find(mark) else { break };
        words.push(&rest[..start]);
        formulas.push((&inner[..end], mark == "$$"));
        rest = &inner[end + mark.len()..];
    }
    words.push(rest);
    (words, formulas)
}

/// Markdown takes a backslash before punctuation for an escape.
fn unescaped(formula: &str) -> String {
    let mut out = String::new();
    let mut letters = formula.chars().peekable();
    while let Some(c) = letters.next() {
        match letters.peek() {
            Some(next) if c == '\\' && next.is_ascii_punctuation() => out.extend(letters.next()),
            _ => out.push(c),
        }
    }
    out
}

/// What is left when emphasis, quotes and spaces no longer count.
fn left(text: &str) -> String {
    let plain = text.replace(['\u{2019}', '\u{2018}'], "'").replace('\u{2026}', "...");
    let plain = plain.replace('\u{2013}', "--").replace('\u{2014}', "---");
    plain.chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | '*')).collect()
}

/// Text of a page without tags and entities.
fn plain(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<').enumerate() {
        text.push_str(match part {
            (0, words) => words,
            (_, tagged) => tagged.split_once('>').map_or("", |(_, words)| words),
        });
    }
    let entities =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'")];
    let decoded = entities.iter().fold(text, |text, (entity, c)| text.replace(entity, c));
    decoded.replace("&amp;", "&")
}

/// A page on its way.
struct Page<'a> {
    formulas: &'a Formulas,
    typeset: usize,
    missed: BTreeSet<String>,
}

impl Page<'_> {
    /// The page, cut into runs of words with emphasis, and whatever stands between them.
    fn typeset(&mut self, html: &str) -> String {
        const VERBATIM: [&str; 7] = ["pre", "code", "script", "style", "title", "math", "textarea"];
        let (mut out, mut run, mut rest) = (String::new(), String::new(), html);
        while let Some(start) = rest.find('<') {
            run.push_str(&rest[..start]);
            rest = &rest[start..];
            let mut length = rest.find('>').map_or(rest.len(), |end| end + 1);
            let name: &str = rest[1..length].split([' ', '>', '\n']).next().unwrap_or_default();
            if matches!(name, "em" | "/em" | "strong" | "/strong") {
                run.push_str(&rest[..length]);
            } else {
                if VERBATIM.contains(&name) {
                    let end = format!("</{name}>");
                    length = rest.find(&end).map_or(rest.len(), |at| at + end.len());
                }
                out.push_str(&self.words(&std::mem::take(&mut run)));
                out.push_str(&rest[..length]);
            }
            rest = &rest[length..];
        }
        run.push_str(rest);
        out.push_str(&self.words(&run));
        out
    }

    /// A run of words with its formulas typeset, or as it was.
    fn words(&mut self, run: &str) -> String {
        let (words, formulas) = between_dollars(run);
        if formulas.is_empty() {
            return run.to_owned();
        }
        let (mut out, mut count) = (String::new(), 0);
        for (index, word) in words.iter().enumerate() {
            out.push_str(word);
            let Some((formula, displayed)) = formulas.get(index) else { continue };
            match self.find(&plain(formula), *displayed) {
                Ok(mathml) => {
                    out.push_str(&mathml);
                    count += 1;
                }
                Err(why) => {
                    self.missed.insert(why);
                    let mark = if *displayed { "$$" } else { "$" };
                    out.push_str(&format!("{mark}{formula}{mark}"));
                }
            }
        }
        let open = |tag: &str| out.matches(&format!("<{tag}>")).count();
        let closed = |tag: &str| out.matches(&format!("</{tag}>")).count();
        if ["em", "strong"].iter().any(|tag| open(tag) != closed(tag)) {
            self.missed.insert(format!("emphasis across formulas in {run}"));
            return run.to_owned();
        }
        self.typeset += count;
        out
    }

    fn find(&self, text: &str, displayed: bool) -> Result<String, String> {
        let known = self.formulas.get(&left(text)).into_iter().flatten();
        match known.collect::<Vec<_>>()[..] {
            [formula] => mathml::formula(formula, displayed).map_err(|e| e.to_string()),
            [] => Err(format!("{text}: the sources have no such formula")),
            ref several => Err(format!("{text}: Markdown leaves the same of {several:?}")),
        }
    }
}
