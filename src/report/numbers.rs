//! Numbers for print: with their uncertainty, and no more digits than it justifies.

/// Digits of the uncertainty itself.
const UNCERTAIN_DIGITS: i32 = 2;

/// A value with an uncertainty: `3.4181 ± 0.0003`.
///
/// ```
/// use theoremcheck::report::numbers::uncertain;
/// assert_eq!(uncertain(3.41812, 0.00031), "3.41812 ± 0.00031");
/// assert_eq!(uncertain(1234.5, 25.0), "1234 ± 25");
/// ```
pub fn uncertain(value: f64, error: f64) -> String {
    if !value.is_finite() {
        return format!("{value}");
    }
    if !error.is_finite() {
        return format!("{} ± ?", significant(value, 3));
    }
    if error <= 0.0 {
        return significant(value, 6);
    }
    let size = value.abs().max(error);
    let place = decimals(error, UNCERTAIN_DIGITS);
    if !(1e-4..1e7).contains(&size) {
        let power = size.log10().floor();
        let unit = 10_f64.powf(power);
        let place = decimals(error / unit, UNCERTAIN_DIGITS).clamp(0, 12) as usize;
        return format!("({:.place$} ± {:.place$})e{power}", value / unit, error / unit);
    }
    let place = place.clamp(0, 15) as usize;
    format!("{value:.place$} ± {error:.place$}")
}

/// A number to some significant digits: `0.0123`, `1.20e-7`.
pub fn significant(value: f64, digits: i32) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if !value.is_finite() {
        return format!("{value}");
    }
    let size = value.abs();
    if (1e-4..1e7).contains(&size) {
        let place = decimals(size, digits).clamp(0, 15) as usize;
        format!("{value:.place$}")
    } else {
        let place = (digits - 1).clamp(0, 15) as usize;
        format!("{value:.place$e}")
    }
}

/// Decimals that show `digits` significant digits of a positive number.
fn decimals(size: f64, digits: i32) -> i32 {
    digits - 1 - size.log10().floor() as i32
}

/// A resolution for print: relative ones in percent.
pub fn resolution(value: f64, relative: bool) -> String {
    if !value.is_finite() {
        return "?".to_owned();
    }
    if relative { format!("{} %", significant(100.0 * value, 2)) } else { significant(value, 2) }
}

/// A count with thin groups: `1 048 576`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// A logarithm of an e-value for print.
pub fn log10(value: f64) -> String {
    if value.is_nan() {
        "-".to_owned()
    } else if value == f64::INFINITY {
        "inf".to_owned()
    } else if value == f64::NEG_INFINITY {
        "-inf".to_owned()
    } else {
        format!("{value:.1}")
    }
}

/// Seconds for print.
pub fn seconds(value: f64) -> String {
    let value = value + 0.0; // the sum of nothing is -0
    if value < 0.0995 { format!("{:.0} ms", 1e3 * value) } else { format!("{value:.1} s") }
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn no_time_at_all_has_no_sign() {
        assert_eq!(seconds(std::iter::empty::<f64>().sum()), "0 ms");
        assert_eq!((seconds(0.0994).as_str(), seconds(0.1).as_str()), ("99 ms", "0.1 s"));
    }
}
