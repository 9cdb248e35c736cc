//! Times one replicate of ridgeless least squares on general features, bias averaged over the signs
//! of the coefficients, beside the same replicate in numpy on one thread.
//!
//! ```text
//! cargo run --example dense_ridgeless
//! ```

use std::process::Command;
use std::time::Instant;
use theoremcheck::models::sign_average::SignAverage;
use theoremcheck::random::Rng;

const ROWS: usize = 200;
const COLUMNS: usize = 400;
const REPLICATES: usize = 20;
const PEER: &str = "ci/peers/dense_ridgeless.py";

/// The median and the least time of a replicate, in milliseconds.
fn own_times() -> (f64, f64) {
    let eigenvalues: Vec<f64> =
        (0..COLUMNS).map(|j| if 2 * j < COLUMNS { 1.0 } else { 0.25 }).collect();
    let squares = vec![1.0 / COLUMNS as f64; COLUMNS];
    let mut average = SignAverage::new(ROWS, &eigenvalues, &squares);
    let mut rng = Rng::seeded(0);
    let mut times: Vec<f64> = (0..=REPLICATES)
        .map(|_| {
            let start = Instant::now();
            let risk = average.draw(&mut rng);
            assert!(risk.is_ok_and(|risk| risk.bias > 0.0 && risk.variance > 0.0));
            1e3 * start.elapsed().as_secs_f64()
        })
        .skip(1)
        .collect();
    times.sort_by(f64::total_cmp);
    (times[REPLICATES / 2], times[0])
}

/// The number before "ms" after a word.
fn after(text: &str, word: &str) -> Option<f64> {
    text.split_once(word)?.1.split_whitespace().next()?.parse().ok()
}

fn main() {
    let (median, least) = own_times();
    println!("theoremcheck, n = {ROWS}, p = {COLUMNS}: median {median:.2} ms, least {least:.2} ms");
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let text = match Command::new(&python).arg(PEER).output() {
        Ok(output) => String::from_utf8_lossy(&output.stdout).into_owned(),
        Err(error) => format!("skipped: {python} cannot be run ({error})"),
    };
    println!("{}", text.trim_end());
    if let (Some(other_median), Some(other_least)) = (after(&text, "median"), after(&text, "least"))
    {
        let (by_median, by_least) = (other_median / median, other_least / least);
        println!("numpy / theoremcheck: {by_median:.2} by median, {by_least:.2} by least");
    }
}
