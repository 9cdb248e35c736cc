//! The least value of a function of one variable.

/// Sections: the bracket shrinks by $10^{-20}$.
const SECTIONS: usize = 96;

/// The least value of `f` on an interval inside which it has one minimum, by golden sections
/// (Kiefer 1953).
///
/// The place is found to half of the digits and the value to all. Where `f` is flat the lower side
/// is searched; a minimum at an end is approached and never evaluated.
pub fn least_value(f: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    let golden = 0.5 * (5.0_f64.sqrt() - 1.0);
    let mut inner = [high - golden * (high - low), low + golden * (high - low)];
    let mut values = inner.map(&f);
    for _ in 0..SECTIONS {
        if values[0] <= values[1] {
            high = inner[1];
            inner = [high - golden * (high - low), inner[0]];
            values = [f(inner[0]), values[0]];
        } else {
            low = inner[0];
            inner = [inner[1], low + golden * (high - low)];
            values = [values[1], f(inner[1])];
        }
    }
    values[0].min(values[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minima_inside_at_the_ends_and_beside_flats() {
        for place in [-2.9, 0.0, 0.1, 2.5] {
            let found = least_value(|x| 7.0 + (x - place).powi(4), -3.0, 3.0);
            assert_eq!(found, 7.0, "{place}");
        }
        assert!((least_value(f64::exp, 0.0, 1.0) - 1.0).abs() < 1e-15);
        assert!((least_value(|x| -x, 0.0, 1.0) + 1.0).abs() < 1e-15);
        // Flat from 1 on, above the minimum.
        assert!(least_value(|x: f64| (x - 0.3).abs().min(0.7), 0.0, 9.0) < 1e-15);
    }
}
