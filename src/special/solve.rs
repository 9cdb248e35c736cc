//! The root of a tail's logarithm: Newton steps guarded by bisection.

/// What the solver needs at a point: the value of an increasing function and its slope.
#[derive(Clone, Copy, Debug)]
pub(super) struct Newton {
    pub value: f64,
    pub slope: f64,
}

/// $\ln(1 - e^t)$ for $t \le 0$, good at both ends (Maechler 2012).
pub(super) fn log_one_minus_exp(t: f64) -> f64 {
    if t >= 0.0 {
        f64::NEG_INFINITY
    } else if t > -std::f64::consts::LN_2 {
        (-t.exp_m1()).ln()
    } else {
        (-t.exp()).ln_1p()
    }
}

/// $e^z$ for the root $z$ on $[low, high]$ of an increasing function; the nearer end's where it
/// has no sign change.
///
/// The unknown is the logarithm of a quantile, so an absolute step is a relative one there. Each
/// step either is Newton's and at most half the last, or halves the bracket: 200 steps are many
/// more than are ever taken (6 are usual).
pub(super) fn solve_log_tail(f: impl Fn(f64) -> Newton, low: f64, high: f64, start: f64) -> f64 {
    let (mut low, mut high) = (low, high);
    let mut z = if start > low && start < high { start } else { 0.5 * (low + high) };
    let mut last = high - low;
    for _ in 0..200 {
        let Newton { value, slope } = f(z);
        if value < 0.0 {
            low = z;
        } else {
            high = z;
        }
        let step = -value / slope;
        // Newton's error is then far below 1e-16, and e^z (1 + step) has no rounding of z in it,
        // which is 1e-13 at z = -700.
        if step.abs() <= 1e-10 {
            return z.exp() * (1.0 + step);
        }
        // A slope that underflowed, or steps that jump to and fro, would never end: bisect.
        let newton = z + step;
        let next = if newton > low && newton < high && step.abs() <= 0.5 * last {
            newton
        } else {
            0.5 * (low + high)
        };
        if next <= low || next >= high {
            break;
        }
        last = (next - z).abs();
        z = next;
    }
    z.exp()
}
