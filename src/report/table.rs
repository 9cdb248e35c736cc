//! The table of checks, as wide as what it is printed on.

use super::numbers::{count, log10, resolution, seconds};
use super::text::{explanation, relative};
use super::width::fold;
use super::{Outcome, Status};
use crate::check::Checked;
use crate::kind::Kind;
use crate::verdict::Verdict;

/// The columns and what their widths are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    columns: Vec<Column>,
    /// Of the column of claims.
    claim: usize,
    /// Of the lines.
    limit: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Verdict,
    Resolution,
    Promised,
    /// With the distance of the nearest mutant.
    Mutants,
    /// Without it.
    Counts,
    Evidence,
    Draws,
    Time,
}

/// What is left out first where there is no room.
const DROPPED: [Column; 4] = [Column::Time, Column::Draws, Column::Evidence, Column::Promised];

/// Spaces between columns, and before the cells below a name that is too long for its column.
const GAP: usize = 2;

impl Column {
    fn width(self) -> usize {
        match self {
            Self::Verdict => 12,
            Self::Resolution => 10,
            Self::Promised => 8,
            Self::Mutants => 17,
            Self::Counts | Self::Time => 7,
            Self::Evidence | Self::Draws => 13,
        }
    }

    fn header(self) -> &'static str {
        match self {
            Self::Verdict => "verdict",
            Self::Resolution => "resolution",
            Self::Promised => "promised",
            Self::Mutants => "mutants refuted",
            Self::Counts => "mutants",
            Self::Evidence => "log10 e +/-",
            Self::Draws => "draws",
            Self::Time => "time",
        }
    }

    fn cell(self, checked: &Checked) -> String {
        let relative = relative(checked.promise);
        let computed = matches!(checked.kind, Kind::Identity | Kind::Property);
        match self {
            Self::Verdict => checked.verdict.word().to_owned(),
            Self::Resolution if computed => format!("{} points", checked.points.len()),
            Self::Resolution => match &checked.verdict {
                Verdict::Supported { resolution: r }
                | Verdict::Inconclusive { resolution: r, .. } => resolution(*r, relative),
                Verdict::Refuted { by } => format!("by {}", resolution(*by, relative)),
            },
            Self::Promised if computed => "rounding".to_owned(),
            Self::Promised => resolution(checked.promise.number(), relative),
            Self::Mutants => match checked.power_floor() {
                Some(gap) if !computed => {
                    let counts = Self::Counts.cell(checked);
                    format!("{counts} (from {})", resolution(gap, relative))
                }
                _ => Self::Counts.cell(checked),
            },
            Self::Counts => {
                let refuted = checked.mutants.iter().filter(|m| m.verdict.is_refuted()).count();
                format!("{refuted}/{}", checked.mutants.len())
            }
            Self::Evidence => {
                format!("{}/{}", log10(checked.log10_support), log10(checked.log10_against))
            }
            Self::Draws => count(checked.draws),
            Self::Time => seconds(checked.seconds),
        }
    }

    fn padded(self, text: &str) -> String {
        let width = self.width();
        match self {
            Self::Verdict | Self::Mutants | Self::Counts => format!("{text:<width$}"),
            _ => format!("{text:>width$}"),
        }
    }
}

impl Table {
    /// The table of claims whose paths have at most `longest` characters. Where it is wider than
    /// `limit`, columns are left out; then names too long for what is left have their own line.
    pub fn new(longest: usize, limit: Option<usize>) -> Self {
        use Column::{Draws, Evidence, Mutants, Promised, Resolution, Time, Verdict};
        let columns = vec![Verdict, Resolution, Promised, Mutants, Evidence, Draws, Time];
        let mut table = Self { columns, claim: longest, limit };
        let Some(limit) = limit else { return table };
        for column in DROPPED {
            if table.width() > limit {
                table.columns.retain(|c| *c != column);
            }
        }
        if table.width() > limit {
            let shorter = |column: &mut Column| {
                if *column == Mutants {
                    *column = Column::Counts;
                }
            };
            table.columns.iter_mut().for_each(shorter);
        }
        let excess = table.width().saturating_sub(limit);
        table.claim = longest.saturating_sub(excess);
        table
    }

    fn width(&self) -> usize {
        self.claim + self.columns.iter().map(|c| GAP + c.width()).sum::<usize>()
    }

    /// The header.
    pub fn header(&self) -> String {
        self.row("claim", |column| column.header().to_owned())
    }

    /// One line, and an explanation below it where something failed.
    pub fn line(&self, outcome: &Outcome) -> String {
        let checked = match &outcome.result {
            Err(error) => {
                let width = self.claim;
                let line = format!("{:width$}  broken: {error}", outcome.path);
                return fold(&line, self.limit, 2 * GAP);
            }
            Ok(checked) => checked,
        };
        let mut text = self.row(&checked.path, |column| column.cell(checked));
        if outcome.status() != Status::Passed {
            text.push_str(&fold(&explanation(checked), self.limit, 2 * GAP));
        }
        text
    }

    fn row(&self, claim: &str, cell: impl Fn(Column) -> String) -> String {
        let width = self.claim;
        let mut row = format!("{claim:width$}");
        if claim.chars().count() > width {
            row.push_str(&format!("\n{:width$}", ""));
        }
        for column in &self.columns {
            row.push_str(&format!("{:GAP$}{}", "", column.padded(&cell(*column))));
        }
        row.truncate(row.trim_end().len());
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(longest: usize, limit: Option<usize>) -> String {
        let header = Table::new(longest, limit).header();
        header.split("  ").map(str::trim).filter(|h| !h.is_empty()).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn columns_go_one_by_one_and_what_matters_stays() {
        let all = "claim|verdict|resolution|promised|mutants refuted|log10 e +/-|draws|time";
        assert_eq!(header(44, None), all);
        assert_eq!(header(44, Some(138)), all);
        for (limit, last) in [
            (137, "claim|verdict|resolution|promised|mutants refuted|log10 e +/-|draws"),
            (128, "claim|verdict|resolution|promised|mutants refuted|log10 e +/-"),
            (113, "claim|verdict|resolution|promised|mutants refuted"),
            (98, "claim|verdict|resolution|mutants refuted"),
            (88, "claim|verdict|resolution|mutants"),
            (79, "claim|verdict|resolution|mutants"),
            (40, "claim|verdict|resolution|mutants"),
        ] {
            assert_eq!(header(44, Some(limit)), last, "{limit}");
        }
        for limit in 40..200 {
            let widest = Table::new(60, Some(limit)).header();
            let widest = widest.lines().map(|line| line.chars().count()).max();
            assert!(widest <= Some(limit), "{limit}");
        }
    }

    #[test]
    fn a_name_that_is_too_long_has_its_own_line_and_stays_whole() {
        let table = Table::new(50, Some(60));
        let row = table.row(&"x".repeat(50), |column| column.header().to_owned());
        let lines: Vec<&str> = row.lines().collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0], "x".repeat(50));
        assert!(lines[1].trim_start().starts_with("verdict"), "{row}");
        // The columns stand below each other all the same.
        let short = table.row("short", |column| column.header().to_owned());
        assert_eq!(short.find("resolution"), lines[1].find("resolution"));
        assert_eq!(short.lines().count(), 1);
    }
}
