//! Panels: pictures of several claims over one symbol, as papers print them. What they show is drawn
//! from the claims themselves ([`crate::trace::panel`]); a panel only says where.

use crate::kind::Grid;

/// A picture of several claims over one symbol.
#[derive(Clone, Copy, Debug)]
pub struct Panel {
    /// A kebab-case noun.
    pub name: &'static str,
    /// One line, no full stop.
    pub title: &'static str,
    /// What there is to see, in a sentence or two.
    pub about: &'static str,
    /// The symbol on the horizontal axis, or what runs along it.
    pub x: &'static str,
    /// Whether that axis is logarithmic.
    pub log_x: bool,
    /// What is on the vertical axis.
    pub y: &'static str,
    /// The lines.
    pub lines: &'static [Line],
}

/// A line of a panel, and the intervals that simulation gives along it.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// What it is, in a word or two: stands at its end. Lines that continue each other share it.
    pub label: &'static str,
    /// `id::claim`.
    pub claim: &'static str,
    /// Which of the numbers of its theory, from 0.
    pub component: usize,
    /// Where.
    pub grid: Grid,
    /// The value of each symbol at a position.
    pub at: fn(f64) -> Vec<(&'static str, String)>,
}
