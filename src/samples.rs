//! Samples: what is kept of the draws at one point, as plain data.

use crate::sampler::Traits;
use crate::stats::stream::Stream;

/// How the draws of a point are made and what is kept of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    /// The sizes at which draws are made; `[0]` where the claim has no size, and for a nested
    /// ladder, whose one draw gives every size.
    pub sites: Vec<usize>,
    /// How many sizes one draw gives: 1, or the number of sizes of a nested ladder.
    pub nested: usize,
    /// Weights over the sizes, one row for each judged combination of a component's means.
    pub combinations: Vec<Vec<f64>>,
    /// Whether the numbers of each round are kept, in order.
    pub keep: bool,
}

impl Design {
    /// One draw a round, each of whose numbers is judged by its moments.
    pub fn single(keep: bool) -> Self {
        Self { sites: vec![0], nested: 1, combinations: vec![vec![1.0]], keep }
    }

    /// One draw a round, whose numbers are kept and nothing else.
    pub fn kept() -> Self {
        Self { sites: vec![0], nested: 1, combinations: Vec::new(), keep: true }
    }
}

/// Everything that the statistics need to know about the draws at one point.
#[derive(Clone, Debug)]
pub struct Samples {
    /// Rounds so far.
    pub rounds: u64,
    /// Draws so far: a round of a ladder is many.
    pub draws: u64,
    /// Numbers in one draw at one size.
    pub components: usize,
    /// One stream for each judged scalar, combination by combination.
    pub streams: Vec<Stream>,
    /// The numbers of each round, in order, where the design keeps them.
    pub kept: Vec<f64>,
    /// Numbers in one round of `kept`.
    pub stride: usize,
    /// What the sampler declared.
    pub traits: Traits,
    /// Rounds at the first look that was put off because of a heavy tail.
    pub put_off: Option<u64>,
}

impl Samples {
    /// No draws, for claims without any.
    pub fn none() -> Self {
        Self {
            rounds: 0,
            draws: 0,
            components: 1,
            streams: Vec::new(),
            kept: Vec::new(),
            stride: 0,
            traits: Traits::default(),
            put_off: None,
        }
    }

    /// Whether a middling tail has been waited for already, until the rounds had doubled: that is
    /// done only once.
    pub fn deferred(&self) -> bool {
        self.put_off.is_some_and(|rounds| self.rounds >= 2 * rounds)
    }

    /// The stream of a component in a combination.
    pub fn stream(&self, combination: usize, component: usize) -> &Stream {
        &self.streams[combination * self.components + component]
    }
}
