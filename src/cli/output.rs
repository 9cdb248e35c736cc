//! Standard output, from which a reader may turn away at any time.

use crate::report::width::fold;
use anyhow::{Context, Result};
use console::Term;
use std::io::{self, ErrorKind, IsTerminal, Write};

/// Standard output. A closed pipe (`| head`) is not an error: what follows is not printed, and the
/// exit code is still the verdict's.
pub struct Output {
    stream: Box<dyn Write>,
    closed: bool,
    width: Option<usize>,
    picture: usize,
}

/// Columns of a picture where nobody says how many there are.
const PICTURE: usize = 80;

/// The fewest columns that are printed for: what a terminal says below that is not believed.
pub const NARROWEST: usize = 20;

/// Columns to print for, if there is a limit: what was asked for; else, on a terminal, what the
/// variable COLUMNS says, or the terminal itself. What reads a pipe gets whole lines.
fn width(
    asked: Option<usize>,
    terminal: bool,
    variable: Option<&str>,
    size: impl Fn() -> Option<usize>,
) -> Option<usize> {
    let known = || variable.and_then(|v| v.trim().parse().ok()).or_else(&size);
    let believed = |columns: &usize| *columns >= NARROWEST;
    asked.or_else(|| terminal.then(known).flatten().filter(believed))
}

impl Output {
    /// Standard output, with a buffer of lines; for so many columns, if that is asked for.
    pub fn stdout(asked: Option<usize>) -> Self {
        let variable = std::env::var("COLUMNS").ok();
        let size = || Term::stdout().size_checked().map(|(_, columns)| usize::from(columns));
        let width = width(asked, io::stdout().is_terminal(), variable.as_deref(), size);
        let picture = asked.unwrap_or_else(|| width.unwrap_or(PICTURE).min(PICTURE));
        Self { stream: Box::new(io::stdout()), closed: false, width, picture }
    }

    /// Columns of a line, if there is a limit.
    pub fn width(&self) -> Option<usize> {
        self.width
    }

    /// Columns of a picture.
    pub fn picture(&self) -> usize {
        self.picture
    }

    /// Prints text, lines too wide going on below with an indent.
    pub fn folded(&mut self, text: &str, indent: usize) -> Result<()> {
        let text = fold(text, self.width, indent);
        self.text(&text)
    }

    /// Prints text as it is.
    pub fn text(&mut self, text: &str) -> Result<()> {
        let result = self.stream.write_all(text.as_bytes());
        self.outcome(result)
    }

    /// Prints a line.
    pub fn line(&mut self, text: &str) -> Result<()> {
        self.text(text)?;
        self.text("\n")
    }

    /// Writes out what is buffered.
    pub fn finish(&mut self) -> Result<()> {
        let result = self.stream.flush();
        self.outcome(result)
    }

    fn outcome(&mut self, result: io::Result<()>) -> Result<()> {
        match result {
            _ if self.closed => Ok(()),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            other => other.context("cannot write to standard output"),
        }
    }
}

/// Prints to standard error; there is nowhere to complain if that fails.
pub fn complain(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_has_no_width_unless_it_is_asked_for() {
        let size = || Some(100);
        assert_eq!(width(None, false, Some("60"), size), None);
        assert_eq!(width(Some(70), false, None, size), Some(70));
        assert_eq!(width(Some(70), true, Some("60"), size), Some(70));
        assert_eq!(width(None, true, Some("60"), size), Some(60));
        assert_eq!(width(None, true, Some("wide"), size), Some(100));
        assert_eq!(width(None, true, None, || None), None);
        // Some terminals say that they have no columns at all.
        assert_eq!(width(None, true, None, || Some(0)), None);
        assert_eq!(width(None, true, Some("0"), size), None);
    }
}
