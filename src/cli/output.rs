//! Standard output, from which a reader may turn away at any time.

use anyhow::{Context, Result};
use std::io::{self, ErrorKind, Write};

/// Standard output. A closed pipe (`| head`) is not an error: what follows is not printed, and the
/// exit code is still the verdict's.
pub struct Output {
    stream: Box<dyn Write>,
    closed: bool,
}

impl Output {
    /// Standard output, with a buffer of lines.
    pub fn stdout() -> Self {
        Self { stream: Box::new(io::stdout()), closed: false }
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
