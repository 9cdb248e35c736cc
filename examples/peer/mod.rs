//! Runs a peer in `ci/peers/`, the same job in numpy on one thread.

use std::process::Command;

/// The numbers that a script prints, or why there are none.
pub fn numbers(script: &str, arguments: &[String]) -> Result<Vec<f64>, String> {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let output = Command::new(&python)
        .arg(format!("ci/peers/{script}"))
        .args(arguments)
        .output()
        .map_err(|error| format!("skipped: {python} cannot be run ({error})"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|x| x.parse().ok()).collect();
    if numbers.is_empty() {
        return Err(format!("{text}{}", String::from_utf8_lossy(&output.stderr)));
    }
    Ok(numbers)
}
