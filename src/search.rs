//! Counterexample search over the hypotheses: proptest proposes coordinates and shrinks them.
//!
//! What is moved are unit coordinates, so that whatever is found satisfies the hypotheses, and a
//! counterexample shrinks towards the lower end of every range.

use crate::random::fnv1a;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// The lattice of coordinates: fine enough for every range, coarse enough to print.
const LATTICE: u32 = 1_000_000;

/// Steps of shrinking at most.
const SHRINK_MAX: usize = 256;

/// Rounds of climbing from the worst proposal.
const CLIMB_MAX: usize = 12;

/// The worst point that a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Its coordinates: shrunk, where it is a counterexample.
    pub coordinates: Vec<f64>,
    /// How bad it is; a counterexample is positive.
    pub badness: f64,
    /// Points that were tried.
    pub tried: usize,
    /// The worst of all, before shrinking.
    pub before: (Vec<f64>, f64),
}

/// Looks for the point with the largest badness, and shrinks it while it stays positive.
///
/// `cases` proposals are drawn by proptest's runner from a generator seeded with `seed`; the worst
/// is then climbed from, coordinate by coordinate. A badness that is not a number counts as a
/// counterexample.
///
/// ```
/// use theoremcheck::search::worst;
/// // "u + v is never above 1.5" is false; the smallest counterexample has v = 1.
/// let found = worst(2, 200, 0, |u| u[0] + u[1] - 1.5);
/// assert!(found.badness > 0.0 && found.badness < 1e-5);
/// ```
pub fn worst(
    dimension: usize,
    cases: usize,
    seed: u64,
    mut badness: impl FnMut(&[f64]) -> f64,
) -> Found {
    let mut tried = 0;
    let mut score = |cells: &[u32]| {
        tried += 1;
        let value = badness(&coordinates(cells));
        if value.is_nan() { f64::INFINITY } else { value }
    };
    let mut runner = runner(seed);
    let strategy = proptest::collection::vec(0..=LATTICE, dimension);
    let mut best: Option<(_, f64)> = None;
    for _ in 0..cases.max(1) {
        let Ok(tree) = strategy.new_tree(&mut runner) else { break };
        let value = score(&tree.current());
        if best.as_ref().is_none_or(|(_, worst)| value > *worst) {
            best = Some((tree, value));
        }
    }
    let Some((mut tree, proposed)) = best else {
        let middle = vec![0.5; dimension];
        let badness = score(&vec![LATTICE / 2; dimension]);
        return Found { coordinates: middle.clone(), badness, tried, before: (middle, badness) };
    };
    let (mut cells, mut value) = climb(tree.current(), proposed, &mut score);
    let before = (coordinates(&cells), value);
    if proposed > 0.0 {
        // Shrinking starts at the proposal, which is a counterexample by itself.
        (cells, value) = (tree.current(), proposed);
        let mut steps = 0;
        while steps < SHRINK_MAX && tree.simplify() {
            loop {
                steps += 1;
                let now = score(&tree.current());
                if now > 0.0 {
                    (cells, value) = (tree.current(), now);
                    break;
                }
                if steps >= SHRINK_MAX || !tree.complicate() {
                    break;
                }
            }
        }
    }
    Found { coordinates: coordinates(&cells), badness: value, tried, before }
}

fn runner(seed: u64) -> TestRunner {
    let mut bytes = [0_u8; 32];
    for (i, word) in bytes.chunks_exact_mut(8).enumerate() {
        word.copy_from_slice(&fnv1a(&(seed ^ i as u64).to_le_bytes()).to_le_bytes());
    }
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let config = Config { failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, rng)
}

/// Coordinates of lattice cells, exact to the six digits that they are printed with.
fn coordinates(cells: &[u32]) -> Vec<f64> {
    cells.iter().map(|c| f64::from(*c) / f64::from(LATTICE)).collect()
}

/// Pattern search: steps along each coordinate, halved when none helps.
fn climb(start: Vec<u32>, proposed: f64, score: &mut impl FnMut(&[u32]) -> f64) -> (Vec<u32>, f64) {
    let (mut cells, mut best) = (start, proposed);
    let mut step = LATTICE / 4;
    for _ in 0..CLIMB_MAX {
        let mut moved = false;
        for i in 0..cells.len() {
            for up in [false, true] {
                let mut trial = cells.clone();
                trial[i] =
                    if up { (trial[i] + step).min(LATTICE) } else { trial[i].saturating_sub(step) };
                let value = score(&trial);
                if value > best {
                    (cells, best, moved) = (trial, value, true);
                }
            }
        }
        if !moved {
            step = (step / 4).max(1);
        }
    }
    (cells, best)
}
