//! Intervals of the real line, possibly unbounded: what a confidence sequence says at one look.
//!
//! An unbounded end is an infinity. The whole line is the honest answer where there are too few
//! rounds to say more, so every operation here accepts it.

/// The closed interval from `low` to `high`, in the units of the quantity it bounds.
///
/// Built with [`Interval::new`], which checks the order of the ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end; `-∞` where nothing bounds the quantity from below.
    pub low: f64,
    /// The upper end; `+∞` where nothing bounds the quantity from above.
    pub high: f64,
}

impl Interval {
    /// The whole line: nothing is known.
    pub const ALL: Self = Self { low: f64::NEG_INFINITY, high: f64::INFINITY };

    /// The interval with these ends.
    ///
    /// # Panics
    /// When `low > high`, or when either is NaN.
    pub fn new(low: f64, high: f64) -> Self {
        assert!(low <= high, "an interval from low = {low} to high = {high} has no points");
        Self { low, high }
    }

    /// The interval that holds `x` alone.
    pub fn point(x: f64) -> Self {
        Self::new(x, x)
    }

    /// Whether `x` lies in it; the ends do.
    pub fn contains(&self, x: f64) -> bool {
        self.low <= x && x <= self.high
    }

    /// `high - low`; infinite where an end is.
    pub fn width(&self) -> f64 {
        if self.low == self.high { 0.0 } else { self.high - self.low }
    }

    /// The middle. An infinite end pulls it to that infinity; the whole line is centred at 0.
    pub fn centre(&self) -> f64 {
        if *self == Self::ALL {
            return 0.0; // not a NaN: a caller that only sorts or prints must survive
        }
        0.5 * self.low + 0.5 * self.high
    }

    /// The smallest interval that holds both.
    pub fn hull(self, other: Self) -> Self {
        Self::new(self.low.min(other.low), self.high.max(other.high))
    }

    /// What both have in common; `None` where that is nothing.
    pub fn intersect(self, other: Self) -> Option<Self> {
        let low = self.low.max(other.low);
        let high = self.high.min(other.high);
        (low <= high).then_some(Self { low, high })
    }

    /// The interval of `x + by`, for a finite `by`.
    pub fn shift(self, by: f64) -> Self {
        Self::new(self.low + by, self.high + by)
    }

    /// The interval of `x * by`, for a finite `by`. A negative factor swaps the ends.
    pub fn scale(self, by: f64) -> Self {
        if by == 0.0 {
            Self::point(0.0) // also where an end is infinite: the quantity itself is finite
        } else if by > 0.0 {
            Self::new(self.low * by, self.high * by)
        } else {
            Self::new(self.high * by, self.low * by)
        }
    }

    /// Both ends moved outwards by `by`.
    ///
    /// # Panics
    /// When a negative `by` leaves nothing.
    pub fn widen(self, by: f64) -> Self {
        Self::new(self.low - by, self.high + by)
    }

    /// Whether every point of it lies in `outer`.
    pub fn inside(&self, outer: &Self) -> bool {
        outer.low <= self.low && self.high <= outer.high
    }

    /// The distance from `x` to the nearest point of it: 0 where `x` lies in it.
    pub fn distance_to(&self, x: f64) -> f64 {
        if self.contains(x) { 0.0 } else { (self.low - x).max(x - self.high) }
    }

    /// The distance from `x` to the farthest point of it.
    pub fn max_distance_from(&self, x: f64) -> f64 {
        (x - self.low).abs().max((self.high - x).abs())
    }

    /// The least `|x|` in it.
    pub fn min_abs(&self) -> f64 {
        self.distance_to(0.0)
    }

    /// The greatest `|x|` in it.
    pub fn max_abs(&self) -> f64 {
        self.max_distance_from(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Interval;

    #[test]
    fn ends_belong_to_it() {
        let unit = Interval::new(0.0, 1.0);
        assert!(unit.contains(0.0) && unit.contains(1.0) && unit.contains(0.5));
        assert!(!unit.contains(-1e-300) && !unit.contains(1.0 + 1e-15));
        assert!(!unit.contains(f64::NAN));
        assert_eq!(unit.width(), 1.0);
        assert_eq!(unit.centre(), 0.5);
        assert_eq!(Interval::point(3.0), Interval::new(3.0, 3.0));
    }

    #[test]
    fn reversed_or_undefined_ends_are_refused() {
        for (low, high) in [(1.0, 0.0), (f64::NAN, 0.0), (0.0, f64::NAN)] {
            assert!(std::panic::catch_unwind(|| Interval::new(low, high)).is_err());
        }
        assert!(std::panic::catch_unwind(|| Interval::new(0.0, 1.0).widen(-0.6)).is_err());
    }

    #[test]
    fn hull_and_intersection() {
        let (a, b) = (Interval::new(0.0, 2.0), Interval::new(1.0, 3.0));
        assert_eq!(a.hull(b), Interval::new(0.0, 3.0));
        assert_eq!(a.intersect(b), Some(Interval::new(1.0, 2.0)));
        assert_eq!(a.intersect(Interval::new(2.0, 5.0)), Some(Interval::point(2.0)));
        assert_eq!(a.intersect(Interval::new(2.5, 5.0)), None);
        assert!(a.inside(&a) && a.inside(&Interval::ALL) && !a.inside(&b));
    }

    #[test]
    fn affine_images() {
        let a = Interval::new(-1.0, 2.0);
        assert_eq!(a.shift(3.0), Interval::new(2.0, 5.0));
        assert_eq!(a.scale(2.0), Interval::new(-2.0, 4.0));
        assert_eq!(a.scale(-2.0), Interval::new(-4.0, 2.0));
        assert_eq!(a.scale(0.0), Interval::point(0.0));
        assert_eq!(a.widen(0.5), Interval::new(-1.5, 2.5));
    }

    #[test]
    fn distances() {
        let a = Interval::new(-1.0, 2.0);
        assert_eq!([a.distance_to(0.0), a.distance_to(5.0), a.distance_to(-3.0)], [0.0, 3.0, 2.0]);
        assert_eq!([a.max_distance_from(0.0), a.max_distance_from(5.0)], [2.0, 6.0]);
        assert_eq!([a.min_abs(), a.max_abs()], [0.0, 2.0]);
        assert_eq!(
            [Interval::new(-4.0, -3.0).min_abs(), Interval::new(3.0, 4.0).min_abs()],
            [3.0; 2]
        );
    }

    #[test]
    fn the_whole_line_survives_everything() {
        let all = Interval::ALL;
        assert!(all.contains(0.0) && all.contains(1e300) && all.contains(f64::INFINITY));
        assert_eq!(all.width(), f64::INFINITY);
        assert_eq!(all.centre(), 0.0);
        assert_eq!([all.shift(1.0), all.scale(-2.0), all.widen(1.0)], [all; 3]);
        assert_eq!(all.hull(Interval::point(1.0)), all);
        assert_eq!(all.intersect(Interval::point(1.0)), Some(Interval::point(1.0)));
        assert_eq!([all.min_abs(), all.max_abs()], [0.0, f64::INFINITY]);
        let half = Interval::new(1.0, f64::INFINITY);
        assert_eq!(half.centre(), f64::INFINITY);
        assert_eq!(half.scale(-1.0), Interval::new(f64::NEG_INFINITY, -1.0));
        assert_eq!(half.distance_to(0.0), 1.0);
    }
}
