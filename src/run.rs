//! Sampling: the only stage with random numbers and threads.
//!
//! Every draw has its own stream, addressed by what it is; rounds are cut into tasks for the
//! threads, and folded in the order of the rounds. So the bits do not depend on the threads.

use crate::blank;
use crate::evidence::Resolution;
use crate::given::Address;
use crate::kind::{Declaration, Setting};
use crate::plan::{PILOT_ROUNDS, Pilot};
use crate::random::{Purpose, Streams};
use crate::sampler::{Draw, Traits};
use crate::samples::{Design, Samples};
use crate::stats::stream::Stream;
use rayon::prelude::*;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

/// A sampler that broke: the claim is ill-posed or its code is wrong.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Trouble {
    /// A draw that is not a number.
    #[error("the sampler returned {value} at size {size}, replicate {replicate}, {point}")]
    NotFinite {
        /// What it returned.
        value: f64,
        /// The size; 0 where the claim has none.
        size: usize,
        /// Which replicate.
        replicate: u64,
        /// The symbols.
        point: String,
    },
    /// A draw outside the range that its sampler declared.
    #[error(
        "the sampler declared the range [{low}, {high}] and returned {value} at replicate \
         {replicate}, {point}"
    )]
    OutsideRange {
        /// What it returned.
        value: f64,
        /// The lower end of the range.
        low: f64,
        /// The upper end of the range.
        high: f64,
        /// Which replicate.
        replicate: u64,
        /// The symbols.
        point: String,
    },
    /// A panic in an author's function.
    #[error("the claim's code panicked at {point}: {message}")]
    Panicked {
        /// The panic's message.
        message: String,
        /// The symbols.
        point: String,
    },
    /// A function that its author has not filled in.
    #[error("not filled in: {field}")]
    Unfilled {
        /// The field of the declaration.
        field: String,
    },
    /// A draw with another number of components than the first.
    #[error("the sampler returned {found} numbers at {point}, and {expected} before")]
    Width {
        /// Numbers in this draw.
        found: usize,
        /// Numbers in the first.
        expected: usize,
        /// The symbols.
        point: String,
    },
    /// A sampler whose draw depends on more than the generator it is handed.
    #[error(
        "the sampler has a memory, or numbers of its own, at {point}: the same replicate drawn \
         again is another, so that rounds are not independent"
    )]
    Memory {
        /// The symbols.
        point: String,
    },
    /// A theory and a draw that cannot be compared, number by number.
    #[error("the theory has {claimed} components at {point}, and a draw has {drawn}")]
    Components {
        /// Numbers that the theory has.
        claimed: usize,
        /// Numbers that a draw has.
        drawn: usize,
        /// The symbols.
        point: String,
    },
    /// The run was asked to stop.
    #[error("stopped before it was decided")]
    Stopped,
}

/// Everything that addresses the draws of a point.
pub struct Job<'a> {
    /// The claim's declaration.
    pub declaration: &'a dyn Declaration,
    /// `id::claim`.
    pub path: &'a str,
    /// The point.
    pub at: &'a Address,
    /// Its symbols and hash.
    pub setting: &'a Setting,
    /// How draws are made.
    pub design: &'a Design,
    /// Replicates in a round, at each site.
    pub replicates: &'a [u64],
    /// Master seed.
    pub seed: u64,
    /// What the draws are for.
    pub purpose: Purpose,
}

/// Told of progress between batches, and asked whether to go on.
pub trait Watch: Sync {
    /// Rounds that were drawn since the last call. Returns whether to go on.
    fn drawn(&self, rounds: u64) -> bool;

    /// How wide the widest interval is after a look, and how wide it may be. For show: nothing
    /// that is decided depends on it.
    fn looked(&self, _width: Resolution, _promised: Resolution) {}
}

/// Watches nothing and never stops.
pub struct Unwatched;

impl Watch for Unwatched {
    fn drawn(&self, _rounds: u64) -> bool {
        true
    }
}

/// Numbers held by one batch at most, before they are folded.
const BATCH_NUMBERS: usize = 1 << 19;

/// Draws that are made twice, before any that count.
const REPEATED: u64 = 6;

/// Rounds of one batch at most: how often progress is reported.
const BATCH_ROUNDS: u64 = 1 << 16;

/// Draws of one task at least.
const TASK_DRAWS: u64 = 16;

impl Job<'_> {
    fn point(&self) -> String {
        crate::plan::describe(self.setting)
    }

    fn streams(&self) -> Vec<Streams> {
        let stream = |size: &usize| {
            Streams::new(self.seed, self.path, self.setting.hash, *size, self.purpose)
        };
        self.design.sites.iter().map(stream).collect()
    }

    fn draws(&self) -> Vec<Draw> {
        self.design.sites.iter().map(|size| self.declaration.draw(self.at, *size)).collect()
    }

    /// Nothing drawn yet: one draw of a stream of its own tells the width and the traits.
    ///
    /// # Errors
    /// A sampler that broke.
    pub fn start(&self) -> Result<Samples, Trouble> {
        let (width, traits) = guarded(&self.point(), || {
            let draws = self.draws();
            let traits = draws.iter().map(Draw::traits).reduce(Traits::and).unwrap_or_default();
            Ok((self.first_site(draws, [u64::MAX])[0].len(), traits))
        })?;
        let components = width / self.design.nested.max(1);
        if components * self.design.nested != width || width == 0 {
            let expected = self.design.nested;
            return Err(Trouble::Width { found: width, expected, point: self.point() });
        }
        // A weighted sum over sizes, or a mean of several replicates, is no event any more.
        let ladder = self.design.sites.len() > 1 || self.design.nested > 1;
        let traits = Traits { event: traits.event && !ladder, ..traits };
        let scalars = self.design.combinations.len() * components;
        Ok(Samples {
            rounds: 0,
            draws: 0,
            components,
            streams: vec![Stream::new(); scalars],
            kept: Vec::new(),
            stride: if self.design.keep { width * self.design.sites.len() } else { 0 },
            traits,
            put_off: None,
        })
    }

    /// Replicates of the first site in this order, bit by bit, of a stream of their own.
    fn first_site(
        &self,
        mut draws: Vec<Draw>,
        order: impl IntoIterator<Item = u64>,
    ) -> Vec<Vec<u64>> {
        let streams = Streams::new(self.seed, self.path, self.setting.hash, 0, Purpose::Pilot);
        let mut one = |replicate: u64| {
            let mut numbers = Vec::new();
            draws[0].fill(&mut streams.replicate(replicate), &mut numbers);
            numbers.into_iter().map(f64::to_bits).collect()
        };
        order.into_iter().map(&mut one).collect()
    }

    /// Whether a sampler keeps nothing between draws: a few of them, drawn by another one in the
    /// opposite order, are the same. What a sampler does at every second call, say, it then does at
    /// other replicates.
    fn memoryless(&self) -> Result<(), Trouble> {
        guarded(&self.point(), || {
            let replicates = || (0..REPEATED).map(|k| u64::MAX - k);
            let first = self.first_site(self.draws(), replicates());
            let mut again = self.first_site(self.draws(), replicates().rev());
            again.reverse();
            match first == again {
                true => Ok(()),
                false => Err(Trouble::Memory { point: self.point() }),
            }
        })
    }

    /// Extends samples to a number of rounds.
    ///
    /// # Errors
    /// A sampler that broke, or a watch that said stop; whole batches before it stay folded.
    pub fn extend(
        &self,
        samples: &mut Samples,
        rounds: u64,
        watch: &dyn Watch,
    ) -> Result<(), Trouble> {
        let numbers = (samples.streams.len() + samples.stride).max(1);
        let largest = ((BATCH_NUMBERS / numbers) as u64).clamp(64, BATCH_ROUNDS);
        while samples.rounds < rounds {
            let from = samples.rounds;
            let to = rounds.min(from + largest);
            self.batch(samples, from, to)?;
            if !watch.drawn(to - from) {
                return Err(Trouble::Stopped);
            }
        }
        Ok(())
    }

    fn batch(&self, samples: &mut Samples, from: u64, to: u64) -> Result<(), Trouble> {
        let threads = rayon::current_num_threads().max(1) as u64;
        let per_round: u64 = self.replicates.iter().sum();
        // Several tasks a thread, so that an uneven load evens out; long enough to pay for the
        // set-up of a sampler.
        let length = (to - from).div_ceil(threads * 4).max(TASK_DRAWS.div_ceil(per_round.max(1)));
        let starts: Vec<u64> = (from..to).step_by(length as usize).collect();
        let streams = self.streams();
        let task = |start: &u64| {
            guarded(&self.point(), || self.task(samples, &streams, *start, to.min(start + length)))
        };
        // Not collected into one result: of several troubles that would be the first in time.
        let tasks: Vec<Result<Task, Trouble>> = if threads == 1 {
            starts.iter().map(task).collect()
        } else {
            starts.par_iter().map(task).collect()
        };
        let tasks: Result<Vec<Task>, Trouble> = tasks.into_iter().collect();
        for task in tasks? {
            for (stream, column) in samples.streams.iter_mut().zip(&task.columns) {
                stream.extend(column);
            }
            samples.kept.extend_from_slice(&task.kept);
        }
        samples.rounds = to;
        samples.draws += per_round * (to - from);
        Ok(())
    }

    /// The rounds from `start` to `end`, reduced to the judged scalars.
    fn task(
        &self,
        samples: &Samples,
        streams: &[Streams],
        start: u64,
        end: u64,
    ) -> Result<Task, Trouble> {
        let (components, nested) = (samples.components, self.design.nested);
        let width = components * nested;
        let rounds = (end - start) as usize;
        let mut draws = self.draws();
        let mut columns: Vec<Vec<f64>> =
            (0..samples.streams.len()).map(|_| Vec::with_capacity(rounds)).collect();
        let mut kept = Vec::with_capacity(rounds * samples.stride);
        let mut numbers: Vec<f64> = Vec::with_capacity(width);
        // Means of the round, by size and then component.
        let mut means = vec![0.0; width * self.design.sites.len()];
        for round in start..end {
            for (k, draw) in draws.iter_mut().enumerate() {
                let count = self.replicates[k];
                let slots = &mut means[k * width..(k + 1) * width];
                slots.fill(0.0);
                for replicate in round * count..(round + 1) * count {
                    numbers.clear();
                    draw.fill(&mut streams[k].replicate(replicate), &mut numbers);
                    self.accept(&numbers, samples, k, replicate)?;
                    slots.iter_mut().zip(&numbers).for_each(|(slot, x)| *slot += x);
                }
                if count > 1 {
                    slots.iter_mut().for_each(|slot| *slot /= count as f64);
                }
            }
            for (index, column) in columns.iter_mut().enumerate() {
                let (weights, component) =
                    (&self.design.combinations[index / components], index % components);
                let term = |(k, w): (usize, &f64)| w * means[k * components + component];
                column.push(weights.iter().enumerate().map(term).sum());
            }
            if self.design.keep {
                kept.extend_from_slice(&means);
            }
        }
        Ok(Task { columns, kept })
    }

    /// Refuses draws that no verdict may rest on.
    #[inline]
    fn accept(
        &self,
        numbers: &[f64],
        samples: &Samples,
        site: usize,
        replicate: u64,
    ) -> Result<(), Trouble> {
        let expected = samples.components * self.design.nested;
        if numbers.len() != expected {
            return Err(Trouble::Width { found: numbers.len(), expected, point: self.point() });
        }
        if let Some(value) = numbers.iter().find(|x| !x.is_finite()) {
            let (size, point) = (self.design.sites[site], self.point());
            return Err(Trouble::NotFinite { value: *value, size, replicate, point });
        }
        let Some((low, high)) = samples.traits.range else { return Ok(()) };
        match numbers.iter().find(|x| !(low..=high).contains(*x)) {
            None => Ok(()),
            Some(value) => {
                let point = self.point();
                Err(Trouble::OutsideRange { value: *value, low, high, replicate, point })
            }
        }
    }

    /// The pilot: a few rounds of a purpose of their own, one replicate at each site, kept whole.
    /// Every sampler that is judged has one, so that here it is seen whether it has a memory.
    ///
    /// # Errors
    /// A sampler that broke.
    pub fn pilot(&self) -> Result<Pilot, Trouble> {
        let design = Design { combinations: Vec::new(), keep: true, ..self.design.clone() };
        let ones = vec![1; design.sites.len()];
        let job = Job { design: &design, replicates: &ones, purpose: Purpose::Pilot, ..*self };
        job.memoryless()?;
        let mut samples = job.start()?;
        let exact = samples.traits.exact;
        let unsettled = samples.traits.tail_index.is_some_and(|index| index <= 2.0);
        job.extend(&mut samples, if exact { 1 } else { PILOT_ROUNDS }, &Unwatched)?;
        Ok(Pilot {
            rows: samples.kept,
            stride: samples.stride,
            components: samples.components,
            exact,
            unsettled,
        })
    }
}

/// What a task gives back, in the order of its rounds.
struct Task {
    columns: Vec<Vec<f64>>,
    kept: Vec<f64>,
}

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs an author's code: a panic becomes trouble that names the point, and prints nothing itself.
pub fn guarded<T>(point: &str, work: impl FnOnce() -> Result<T, Trouble>) -> Result<T, Trouble> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let loud = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !GUARDED.get() {
                loud(info);
            }
        }));
    });
    let before = GUARDED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(before);
    result.unwrap_or_else(|payload| {
        let text = payload
            .downcast_ref::<&str>()
            .map(|s| (*s).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no message".to_owned());
        Err(match blank::field(&text) {
            Some(field) => Trouble::Unfilled { field: field.to_owned() },
            None => Trouble::Panicked { message: text, point: point.to_owned() },
        })
    })
}
