//! Doubles to try: special ones, and random ones on several scales.

/// A stream of 64-bit words (Steele, Lea and Flood's SplitMix64): enough to scatter points.
pub struct Draws(pub u64);

/// Where kernels go wrong.
pub const SPECIAL: [f64; 26] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    2.0,
    -3.0,
    0.5,
    0.1,
    -0.2,
    0.3,
    1.0 + f64::EPSILON,
    1.0 - f64::EPSILON / 2.0,
    5e-324,
    -5e-324,
    1e-310,
    f64::MIN_POSITIVE,
    -f64::MIN_POSITIVE,
    1e-200,
    -1e-160,
    1e160,
    -1e200,
    f64::MAX,
    f64::MIN,
    9007199254740993.0,
    1e16,
    134217729.0,
];

impl Draws {
    pub fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// Uniform on $[0, 1)$.
    pub fn unit(&mut self) -> f64 {
        (self.word() >> 11) as f64 * 2.0_f64.powi(-53)
    }

    pub fn between(&mut self, lo: f64, hi: f64) -> f64 {
        lo + (hi - lo) * self.unit()
    }

    pub fn below(&mut self, count: usize) -> usize {
        (self.word() % count as u64) as usize
    }

    /// A finite double: special, of moderate size, a small integer, or with random bits.
    pub fn double(&mut self) -> f64 {
        match self.below(8) {
            0 => SPECIAL[self.below(SPECIAL.len())],
            1 => self.below(2000) as f64 - 1000.0,
            2..=5 => self.between(-4.0, 4.0) * 2.0_f64.powi(self.below(60) as i32 - 30),
            _ => {
                let any = f64::from_bits(self.word());
                if any.is_finite() { any } else { 1.0 }
            }
        }
    }
}
