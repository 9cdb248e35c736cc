//! Samplers: the empirical side of a claim, one draw a call.

use crate::random::Rng;
use std::ops::RangeInclusive;

/// A number of the theory side with a bound on its own numerical error, as from a quadrature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Approx {
    /// The value.
    pub value: f64,
    /// A bound on its absolute error; 0 where it is rounding alone.
    pub error: f64,
}

impl Approx {
    /// A sum of terms of both signs, whose sizes add up to `size`: where they cancel what is left
    /// is known to the rounding of the terms, 1e-14 of their size.
    pub fn of_sum(value: f64, size: f64) -> Self {
        Self { value, error: 1e-14 * size }
    }

    /// The same, where it is a number and its error is a bound.
    ///
    /// # Panics
    /// Else: no verdict may rest on it, neither on a claim nor on a mutant.
    pub fn checked(self) -> Self {
        let Self { value, error } = self;
        assert!(!value.is_nan(), "the theory is NaN: the domain must exclude that point");
        assert!(error >= 0.0, "a numerical error of {error} is stated, which bounds nothing");
        self
    }
}

impl From<f64> for Approx {
    fn from(value: f64) -> Self {
        Self { value, error: 0.0 }
    }
}

/// What one draw may be: a number, or several numbers of the same draw.
#[diagnostic::on_unimplemented(
    message = "a sampler draws `f64`, `[f64; K]` or `Vec<f64>`, not `{Self}`",
    note = "write `as f64` where it counts, or `f64::from` where it answers yes or no"
)]
pub trait Outcome: Send + 'static {
    /// Appends the numbers of the draw.
    fn append(self, numbers: &mut Vec<f64>);
}

impl Outcome for f64 {
    #[inline]
    fn append(self, numbers: &mut Vec<f64>) {
        numbers.push(self);
    }
}

impl<const K: usize> Outcome for [f64; K] {
    #[inline]
    fn append(self, numbers: &mut Vec<f64>) {
        numbers.extend_from_slice(&self);
    }
}

impl Outcome for Vec<f64> {
    #[inline]
    fn append(self, numbers: &mut Vec<f64>) {
        numbers.extend_from_slice(&self);
    }
}

impl<const K: usize> Outcome for Vec<[f64; K]> {
    #[inline]
    fn append(self, numbers: &mut Vec<f64>) {
        numbers.extend_from_slice(self.as_flattened());
    }
}

/// What a theory may return, and what a draw must return to be compared with it.
#[diagnostic::on_unimplemented(
    message = "a theory is `f64`, `Approx` (with a numerical error), `[f64; K]`, `[Approx; K]` or \
               `Vec<f64>`, not `{Self}`",
    note = "`known` and `says` of the mutants have the type of `theory`"
)]
pub trait Value: 'static {
    /// The type of a draw with the same components.
    type Drawn: Outcome;
    /// The components.
    fn components(self) -> Vec<Approx>;
}

impl Value for f64 {
    type Drawn = f64;
    fn components(self) -> Vec<Approx> {
        vec![self.into()]
    }
}

impl Value for Approx {
    type Drawn = f64;
    fn components(self) -> Vec<Approx> {
        vec![self]
    }
}

impl<const K: usize> Value for [f64; K] {
    type Drawn = [f64; K];
    fn components(self) -> Vec<Approx> {
        self.into_iter().map(Approx::from).collect()
    }
}

impl<const K: usize> Value for [Approx; K] {
    type Drawn = [f64; K];
    fn components(self) -> Vec<Approx> {
        self.to_vec()
    }
}

impl Value for Vec<f64> {
    type Drawn = Vec<f64>;
    fn components(self) -> Vec<Approx> {
        self.into_iter().map(Approx::from).collect()
    }
}

/// What the statistics may rely on about a sampler.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Traits {
    /// A range that every draw lies in: the guarantee is then exact.
    pub range: Option<(f64, f64)>,
    /// The tail index: $P(|X| > x) \sim x^{-\tau}$.
    pub tail_index: Option<f64>,
    /// Nothing is random: one draw tells all.
    pub exact: bool,
    /// Draws are 0 or 1.
    pub event: bool,
}

impl Traits {
    /// What may be relied on where draws of two samplers are weighed together.
    pub fn and(self, other: Self) -> Self {
        let range = self.range.zip(other.range);
        let tail_index = match (self.tail_index, other.tail_index) {
            (Some(one), Some(two)) => Some(one.min(two)),
            // That one of them has every moment says nothing of the other.
            (one, two) => one.or(two).filter(|index| index.is_finite()),
        };
        Self {
            range: range.map(|((a, b), (c, d))| (a.min(c), b.max(d))),
            tail_index,
            exact: self.exact && other.exact,
            event: self.event && other.event,
        }
    }
}

/// Draws the observable: owns its set-up and its buffers, is built once for each task and called
/// once for each replicate. It must be memoryless: a draw depends on its generator alone.
///
/// ```
/// use theoremcheck::{random::Rng, sampler::Sampler};
/// let mut sampler = Sampler::new(|rng: &mut Rng| rng.normal().abs());
/// assert!(sampler.draw(&mut Rng::seeded(1)) > 0.0);
/// ```
pub struct Sampler<T = f64> {
    draw: Box<dyn FnMut(&mut Rng) -> T + Send>,
    traits: Traits,
}

impl<T> std::fmt::Debug for Sampler<T> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Sampler").field("traits", &self.traits).finish_non_exhaustive()
    }
}

impl<T> Sampler<T> {
    /// A sampler of anything: the guarantee of a verdict on its mean is asymptotic (gated).
    pub fn new(draw: impl FnMut(&mut Rng) -> T + Send + 'static) -> Self {
        Self { draw: Box::new(draw), traits: Traits::default() }
    }

    /// Nothing random: a computed sequence, of which only the limit is left to find.
    pub fn exact(value: T) -> Self
    where
        T: Clone + Send + 'static,
    {
        let traits = Traits { exact: true, ..Traits::default() };
        Self { draw: Box::new(move |_| value.clone()), traits }
    }

    /// Declares the tail index $\tau$, $P(|X| > x) \sim x^{-\tau}$, known by analysis. Mandatory
    /// near a singularity, where no sample can show that a moment is infinite. Infinite where every
    /// moment is finite by analysis, as for bounded draws of several numbers.
    pub fn tail_index(mut self, index: f64) -> Self {
        self.traits.tail_index = Some(index);
        self
    }

    /// One draw.
    pub fn draw(&mut self, rng: &mut Rng) -> T {
        (self.draw)(rng)
    }

    /// What the statistics may rely on.
    pub fn traits(&self) -> Traits {
        self.traits
    }
}

impl Sampler {
    /// A sampler whose draws lie in a known range: the guarantee of a verdict is exact.
    pub fn bounded(
        range: RangeInclusive<f64>,
        draw: impl FnMut(&mut Rng) -> f64 + Send + 'static,
    ) -> Self {
        let range = Some((*range.start(), *range.end()));
        Self { draw: Box::new(draw), traits: Traits { range, ..Traits::default() } }
    }

    /// A sampler of an event: its mean is a probability, judged by an exact Bernoulli sequence.
    pub fn event(mut happens: impl FnMut(&mut Rng) -> bool + Send + 'static) -> Self {
        let draw = Box::new(move |rng: &mut Rng| f64::from(u8::from(happens(rng))));
        Self { draw, traits: Traits { event: true, ..Traits::default() } }
    }
}

/// A sampler without its type: appends the numbers of one draw.
pub struct Draw {
    fill: Box<dyn FnMut(&mut Rng, &mut Vec<f64>) + Send>,
    traits: Traits,
}

impl Draw {
    /// What the statistics may rely on.
    pub fn traits(&self) -> Traits {
        self.traits
    }

    /// Appends the numbers of one draw.
    #[inline]
    pub fn fill(&mut self, rng: &mut Rng, numbers: &mut Vec<f64>) {
        (self.fill)(rng, numbers);
    }
}

impl<T: Outcome> From<Sampler<T>> for Draw {
    fn from(sampler: Sampler<T>) -> Self {
        let mut draw = sampler.draw;
        let fill = Box::new(move |rng: &mut Rng, out: &mut Vec<f64>| draw(rng).append(out));
        Self { fill, traits: sampler.traits }
    }
}
