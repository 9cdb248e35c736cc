//! Times how the kernel of a wide network at initialisation concentrates, beside the same in numpy
//! on one thread: 50 inputs in dimension 20, widths 2^6 to 2^14, ten networks, the least of several
//! runs, in turns so that both meet the same machine.
//!
//! ```text
//! cargo run --example gram_concentration
//! cargo run --example gram_concentration --release
//! ```
//!
//! numpy does it in two ways: as a script is usually written, a network for each width, and with
//! every narrower network as the first neurons of the widest, as it is done here.

mod peer;

use std::process::ExitCode;
use std::time::Instant;
use theoremcheck::models::dual_kernel::InitialKernel;
use theoremcheck::random::Rng;

const POINTS: usize = 50;
const DIMENSION: usize = 20;
const NETWORKS: usize = 10;
const WIDTHS: [usize; 9] = [64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384];
const TURNS: usize = 5;

/// Milliseconds, and $m \, \|H - H^\infty\|_F^2$ averaged over networks and widths.
fn own(seed: u64) -> (f64, f64) {
    let mut rng = Rng::seeded(seed);
    let mut inputs = vec![0.0; POINTS * DIMENSION];
    inputs.chunks_exact_mut(DIMENSION).for_each(|row| rng.unit_vector(row));
    let start = Instant::now();
    let mut kernel = InitialKernel::new(&inputs, DIMENSION);
    let mut errors = [0.0; WIDTHS.len()];
    let mut sum = 0.0;
    for _ in 0..NETWORKS {
        kernel.squared_errors(&mut rng, &WIDTHS, &mut errors);
        sum += errors.iter().zip(WIDTHS).map(|(e, m)| e * m as f64).sum::<f64>();
    }
    let milliseconds = 1e3 * start.elapsed().as_secs_f64();
    (milliseconds, sum / (NETWORKS * WIDTHS.len()) as f64)
}

fn main() -> ExitCode {
    let (mut ours, mut theirs) = (f64::INFINITY, Ok::<_, String>([f64::INFINITY; 2]));
    let mut means = [0.0; 2];
    for turn in 0..TURNS {
        let (milliseconds, mean) = own(turn as u64);
        ours = ours.min(milliseconds);
        means[0] += mean / TURNS as f64;
        theirs = theirs.and_then(|least| {
            match peer::numbers("gram_concentration.py", &[turn.to_string()])?[..] {
                [usual, nested, mean] => {
                    means[1] += mean / TURNS as f64;
                    Ok([least[0].min(usual), least[1].min(nested)])
                }
                _ => Err("the peer printed something else".to_owned()),
            }
        });
    }
    println!("{ours:.1} ms here; width times squared error {:.2}", means[0]);
    match theirs {
        Ok([usual, nested]) => {
            println!("{usual:.1} ms in numpy, a network for each width: {:.1} times", usual / ours);
            println!("{nested:.1} ms in numpy, nested networks: {:.1} times", nested / ours);
            println!("width times squared error {:.2} in numpy", means[1]);
            if usual < ours {
                return ExitCode::FAILURE;
            }
        }
        Err(why) => println!("{}", why.trim()),
    }
    ExitCode::SUCCESS
}
