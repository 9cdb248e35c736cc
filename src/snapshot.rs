//! Theory curves as text for snapshots, and the comparison of two texts number by number.

use crate::claim::{Catalogue, Entry};
use crate::run::Trouble;
use crate::trace;
use std::fmt::Write as _;

/// The theory curve of one claim as CSV: the position, then each component, to 12 digits.
///
/// # Errors
/// A panic in the theory.
pub fn curve(entry: Entry<'_>) -> Result<String, Trouble> {
    let trace = trace::theory(entry)?;
    let components = trace.theory.first().map_or(0, Vec::len);
    let mut text = trace.x.to_owned();
    for component in 1..=components {
        if components == 1 {
            text.push_str(",theory");
        } else {
            let _ = write!(text, ",theory{component}");
        }
    }
    text.push('\n');
    for (x, values) in trace.positions.iter().zip(&trace.theory) {
        let _ = write!(text, "{}", digits(*x));
        for value in values {
            let _ = write!(text, ",{}", digits(value.value));
        }
        text.push('\n');
    }
    Ok(text)
}

/// Every theory curve of a catalogue: the name of its snapshot, and its text.
///
/// # Errors
/// A panic in a theory.
pub fn curves(catalogue: &Catalogue) -> Result<Vec<(String, String)>, Trouble> {
    catalogue
        .claims()
        .map(|entry| {
            let name = format!("{}__{}", entry.theorem.id, entry.claim.name());
            Ok((name, curve(entry)?))
        })
        .collect()
}

/// Twelve significant digits: more than two machines agree on is noise.
fn digits(value: f64) -> String {
    format!("{value:.11e}")
}

/// Whether two texts are the same word for word, and number for number within a tolerance.
///
/// ```
/// use theoremcheck::snapshot::same_numbers;
/// assert!(same_numbers("a, 1.0000000001", "a, 1", 1e-9, 0.0));
/// assert!(!same_numbers("a, 1.1", "a, 1", 1e-9, 0.0));
/// assert!(!same_numbers("a, 1", "b, 1", 1e-9, 0.0));
/// ```
pub fn same_numbers(left: &str, right: &str, relative: f64, absolute: f64) -> bool {
    let tokens = |text: &str| -> Vec<String> {
        text.split([',', ' ', '\n', '\t']).filter(|t| !t.is_empty()).map(str::to_owned).collect()
    };
    let (left, right) = (tokens(left), tokens(right));
    left.len() == right.len()
        && left.iter().zip(&right).all(|(a, b)| match (a.parse::<f64>(), b.parse::<f64>()) {
            (Ok(a), Ok(b)) => {
                let close = (a - b).abs() <= absolute + relative * a.abs().max(b.abs());
                close || a == b || (a.is_nan() && b.is_nan())
            }
            _ => a == b,
        })
}
