//! Random streams: one for each draw, addressed by what the draw is, and never by when it is made.
//!
//! A draw's numbers depend on its address alone: master seed, claim, point, size, purpose and
//! replicate. So results do not depend on threads, on batches, or on what else is selected.

use rand::rngs::ChaCha8Rng;
use rand::{Rng as _, SeedableRng, TryRng};
use rand_distr::{Distribution, StandardNormal};
use std::convert::Infallible;

/// What a draw is for. Draws that choose something are never the draws that are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Evidence.
    Judge,
    /// Planning: spreads, replicates at each size.
    Pilot,
    /// Proposing points to the counterexample search.
    Search,
    /// Stored empirical curves.
    Baseline,
}

/// The 64-bit FNV-1a hash: short, stable for ever, and good enough for a few thousand names.
pub fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The part of a size that stands beside the purpose.
const SIZE_MASK: u64 = (1 << 56) - 1;

/// All streams of one site: the key of everything in the address but the replicate.
#[derive(Clone, Copy, Debug)]
pub struct Streams {
    key: [u8; 32],
}

impl Streams {
    /// The streams of a claim (`id::claim`) at a point (its hash) and a size (0 if it has none).
    pub fn new(seed: u64, claim: &str, point: u64, size: usize, purpose: Purpose) -> Self {
        // Sizes may pass 2^56, where the purpose begins: what is above goes to the claim's word.
        let (low, high) = (size as u64 & SIZE_MASK, size as u64 & !SIZE_MASK);
        let site = low | ((purpose as u64) << SIZE_MASK.count_ones());
        let above = if high == 0 { 0 } else { fnv1a(&high.to_le_bytes()) };
        let claim = fnv1a(claim.as_bytes()) ^ above;
        let mut key = [0_u8; 32];
        for (slot, word) in key.chunks_exact_mut(8).zip([seed, claim, point, site]) {
            slot.copy_from_slice(&word.to_le_bytes());
        }
        Self { key }
    }

    /// The stream of one replicate.
    pub fn replicate(&self, replicate: u64) -> Rng {
        let mut generator = ChaCha8Rng::from_seed(self.key);
        generator.set_stream(replicate);
        Rng(generator)
    }
}

/// The generator handed to samplers: ChaCha8, whose output is documented to be stable for ever.
///
/// It implements the traits of `rand`, so that any distribution of `rand_distr` can be drawn.
/// Nothing is carried from one call to the next (no spare normal), so that a sampler built anew
/// draws the same numbers as one that has been used before.
#[derive(Debug)]
pub struct Rng(ChaCha8Rng);

impl TryRng for Rng {
    type Error = Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.0.next_u32())
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0.next_u64())
    }

    #[inline]
    fn try_fill_bytes(&mut self, slice: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill_bytes(slice);
        Ok(())
    }
}

impl Rng {
    /// A generator for unit tests, examples and benches of samplers used alone.
    pub fn seeded(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// 64 random bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform on $[0, 1)$, a multiple of $2^{-53}$.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Uniform on $(0, 1)$: never 0, so that its logarithm is finite.
    #[inline]
    pub fn open_uniform(&mut self) -> f64 {
        ((self.bits() >> 12) as f64 + 0.5) * (1.0 / 4_503_599_627_370_496.0)
    }

    /// Uniform on $\{0, \dots, n - 1\}$, $n \ge 1$ (multiply-shift, biased by at most $n / 2^{64}$).
    #[inline]
    pub fn index(&mut self, n: usize) -> usize {
        ((u128::from(self.bits()) * n as u128) >> 64) as usize
    }

    /// A fair sign, $\pm 1$.
    #[inline]
    pub fn sign(&mut self) -> f64 {
        if self.bits() >> 63 == 0 { 1.0 } else { -1.0 }
    }

    /// Standard normal.
    #[inline]
    pub fn normal(&mut self) -> f64 {
        StandardNormal.sample(self)
    }

    /// Fills a slice with independent standard normals.
    #[inline]
    pub fn fill_normal(&mut self, slice: &mut [f64]) {
        for value in slice {
            *value = self.normal();
        }
    }

    /// Standard exponential.
    #[inline]
    pub fn exponential(&mut self) -> f64 {
        rand_distr::Exp1.sample(self)
    }

    /// Chi-square with `degrees` > 0 degrees of freedom (not necessarily whole).
    #[inline]
    pub fn chi_squared(&mut self, degrees: f64) -> f64 {
        2.0 * self.gamma(0.5 * degrees)
    }

    /// Gamma with the given shape > 0 and scale 1.
    ///
    /// Marsaglia and Tsang (2000), "A simple method for generating gamma variables": one normal
    /// and, in 98 % of cases, one uniform.
    #[inline]
    pub fn gamma(&mut self, shape: f64) -> f64 {
        debug_assert!(shape > 0.0, "a gamma variable needs a positive shape, not {shape}");
        if shape == 0.5 {
            // A chi-square with one degree of freedom: exact, and cheaper than the boost below.
            let normal = self.normal();
            return 0.5 * normal * normal;
        }
        if shape == 1.0 {
            return self.exponential();
        }
        if shape < 1.0 {
            let boost = self.open_uniform().powf(1.0 / shape);
            return boost * self.gamma(shape + 1.0);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let base = 1.0 + c * x;
            if base <= 0.0 {
                continue;
            }
            let v = base * base * base;
            let u = self.open_uniform();
            let x2 = x * x;
            if u < 1.0 - 0.0331 * x2 * x2 || u.ln() < 0.5 * x2 + d * (1.0 - v + v.ln()) {
                return d * v;
            }
        }
    }

    /// Beta with both parameters positive.
    #[inline]
    pub fn beta(&mut self, a: f64, b: f64) -> f64 {
        let x = self.gamma(a);
        x / (x + self.gamma(b))
    }

    /// Uniform on the unit sphere of the slice's dimension.
    pub fn unit_vector(&mut self, slice: &mut [f64]) {
        loop {
            self.fill_normal(slice);
            let norm = slice.iter().map(|x| x * x).sum::<f64>().sqrt();
            // A vector this short has probability below 1e-300 unless the slice is empty.
            if norm > 1e-150 {
                slice.iter_mut().for_each(|x| *x /= norm);
                return;
            }
            if slice.is_empty() {
                return;
            }
        }
    }
}
