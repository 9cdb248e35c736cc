//! Reports for CI systems: JUnit XML, and a summary in Markdown.

use super::numbers::{count, resolution, seconds};
use super::{Outcome, Status, text};
use crate::check::Checked;
use crate::evidence::Resolution;
use crate::verdict::Verdict;
use std::fmt::Write as _;

/// JUnit XML: a test case for each claim and each mutant.
pub fn junit(outcomes: &[Outcome]) -> String {
    let cases: Vec<(String, f64, Option<String>)> = outcomes.iter().flat_map(cases).collect();
    let failures = cases.iter().filter(|(_, _, failure)| failure.is_some()).count();
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite \
         name=\"theoremcheck\" tests=\"{}\" failures=\"{failures}\">\n",
        cases.len()
    );
    for (name, time, failure) in cases {
        let _ = write!(xml, "<testcase name=\"{}\" time=\"{time:.3}\"", escape(&name));
        match failure {
            None => xml.push_str("/>\n"),
            Some(message) => {
                let _ = writeln!(
                    xml,
                    ">\n<failure message=\"{}\">{}</failure>\n</testcase>",
                    escape(message.lines().next().unwrap_or_default()),
                    escape(&message)
                );
            }
        }
    }
    xml.push_str("</testsuite>\n</testsuites>\n");
    xml
}

/// The cases of one claim: the claim itself first, then its mutants.
fn cases(outcome: &Outcome) -> Vec<(String, f64, Option<String>)> {
    match &outcome.result {
        Err(error) => vec![(outcome.path.clone(), 0.0, Some(error.to_string()))],
        Ok(checked) => {
            let stated = (!checked.verdict.is_supported())
                .then(|| text::explanation(checked).trim().to_owned());
            let mut cases = vec![(checked.path.clone(), checked.seconds, stated)];
            for mutant in &checked.mutants {
                let failure =
                    (!mutant.verdict.is_refuted()).then(|| text::survivor(checked, mutant));
                cases.push((
                    format!("{}::mutant::{}", checked.path, mutant.label.name),
                    0.0,
                    failure,
                ));
            }
            cases
        }
    }
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' => safe.push_str("&#10;"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

/// A summary in Markdown: what it amounts to, why what failed did, and a table.
pub fn markdown(outcomes: &[Outcome], catalogue: usize) -> String {
    let mut text = format!("```text\n{}\n```\n", text::summary(outcomes, catalogue));
    for outcome in outcomes.iter().filter(|o| o.status() != Status::Passed) {
        let why = match &outcome.result {
            Ok(checked) => text::explanation(checked),
            Err(error) => format!("\n  broken: {error}"),
        };
        let _ = write!(text, "\n```text\n{}{why}\n```\n", outcome.path);
    }
    text.push_str(
        "\n| claim | verdict | resolution | promised | mutants refuted | draws | time |\n\
         | --- | --- | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for outcome in outcomes {
        match &outcome.result {
            Ok(checked) => text.push_str(&row(checked)),
            Err(_) => {
                let _ = writeln!(text, "| {} | broken | | | | | |", outcome.path);
            }
        }
    }
    text
}

fn row(checked: &Checked) -> String {
    let relative = matches!(checked.promise, Resolution::Relative(_));
    let reached = match &checked.verdict {
        Verdict::Supported { resolution: r } | Verdict::Inconclusive { resolution: r, .. } => {
            resolution(*r, relative)
        }
        Verdict::Refuted { by } => format!("false by {}", resolution(*by, relative)),
    };
    let refuted = checked.mutants.iter().filter(|m| m.verdict.is_refuted()).count();
    format!(
        "| {} | {} | {reached} | {} | {refuted}/{} | {} | {} |\n",
        checked.path,
        checked.verdict.word(),
        resolution(checked.promise.number(), relative),
        checked.mutants.len(),
        count(checked.draws),
        seconds(checked.seconds)
    )
}
