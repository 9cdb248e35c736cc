//! Times one replicate of ridgeless least squares on general features, bias averaged over the signs
//! of the coefficients, beside the same replicate in numpy and scipy on one thread: the least of
//! many, with and without drawing the design, in turns so that both meet the same machine.
//!
//! ```text
//! cargo run --example dense_ridgeless
//! cargo run --example dense_ridgeless --release
//! ```
//!
//! Ends with an error where numpy is the faster one.

mod peer;

use std::process::ExitCode;
use std::time::{Duration, Instant};
use theoremcheck::models::sign_average::SignAverage;
use theoremcheck::random::Rng;

const SIZES: [(usize, usize); 8] =
    [(5, 10), (20, 40), (48, 96), (48, 144), (48, 288), (100, 200), (200, 240), (200, 400)];
const SPAN: Duration = Duration::from_millis(300);
const TURNS: usize = 3;

/// The least times, in milliseconds.
#[derive(Clone, Copy)]
struct Least {
    /// Of a replicate.
    total: f64,
    /// Of what is done to the design.
    linear: f64,
}

impl Least {
    const NONE: Self = Self { total: f64::INFINITY, linear: f64::INFINITY };

    fn with(self, other: Self) -> Self {
        Self { total: self.total.min(other.total), linear: self.linear.min(other.linear) }
    }
}

fn own(n: usize, p: usize) -> Least {
    let eigenvalues: Vec<f64> = (0..p).map(|j| 0.25 + 1.75 * j as f64 / (p - 1) as f64).collect();
    let squares = vec![1.0 / p as f64; p];
    let mut average = SignAverage::new(n, &eigenvalues, &squares);
    let mut rng = Rng::seeded(0);
    let mut least = Least::NONE;
    let end = Instant::now() + SPAN;
    while Instant::now() < end {
        let start = Instant::now();
        average.draw_design(&mut rng);
        let drawn = Instant::now();
        let risk = average.risk();
        let done = Instant::now();
        assert!(risk.is_ok_and(|risk| risk.bias > 0.0 && risk.variance > 0.0));
        let ms = |from: Instant| 1e3 * (done - from).as_secs_f64();
        least = least.with(Least { total: ms(start), linear: ms(drawn) });
    }
    least
}

/// What the peer prints for a size: `n p total linear`.
fn in_numpy(n: usize, p: usize) -> Result<Least, String> {
    match peer::numbers("dense_ridgeless.py", &[format!("{n},{p}")])?[..] {
        [_, _, total, linear] => Ok(Least { total, linear }),
        _ => Err("the peer printed something else".to_owned()),
    }
}

fn main() -> ExitCode {
    println!("milliseconds, and how many times as long numpy takes");
    println!("   n    p   replicate     numpy  ratio   given X     numpy  ratio");
    let mut slower = false;
    for (n, p) in SIZES {
        let (mut ours, mut theirs) = (Least::NONE, Ok::<_, String>(Least::NONE));
        for _ in 0..TURNS {
            ours = ours.with(own(n, p));
            theirs = theirs.and_then(|theirs| in_numpy(n, p).map(|other| theirs.with(other)));
        }
        match theirs {
            Ok(theirs) => {
                let ratios = [theirs.total / ours.total, theirs.linear / ours.linear];
                println!(
                    "{n:4} {p:4} {:11.4} {:9.4} {:6.2} {:9.4} {:9.4} {:6.2}",
                    ours.total, theirs.total, ratios[0], ours.linear, theirs.linear, ratios[1]
                );
                slower |= ratios.iter().any(|ratio| *ratio < 1.0);
            }
            Err(why) => {
                println!("{n:4} {p:4} {:11.4} {:26.4}  {}", ours.total, ours.linear, why.trim());
            }
        }
    }
    if slower { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
