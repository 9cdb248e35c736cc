//! Gates: when an interval for a mean must not be believed, and why.
//!
//! A gate can only refuse. One that fires at a look means "no decision at this look, go on"; one
//! that still fires when the budget ends makes the claim inconclusive, with the alarm as its
//! reason. So gates spend no error probability. They are smoke alarms, not proofs: an event that
//! was never drawn leaves no trace, see [`unseen`].

use super::interval::Interval;
use super::stream::Stream;
use std::fmt;

/// No decision above this $|\hat\gamma| k / \sqrt n$: below it, the error at 1e-6 was measured to
/// be at most 1.5 times what is promised.
pub const SKEWNESS_MAX: f64 = 0.35;

/// No decision while the fitted shape of the tail is above this: the variance may be infinite.
const SHAPE_MAX: f64 = 0.5;

/// A shape above this puts off a decision once, until the rounds have doubled.
const SHAPE_DOUBTFUL: f64 = 0.4;

/// No decision while one value makes more than this part of the variance.
const SHARE_MAX: f64 = 0.25;

/// No decision while neighbours are correlated by more than this many standard errors. A false
/// alarm has probability 6e-7 a look.
const DEPENDENCE_MAX: f64 = 5.0;

/// A spread of at most this, relative to the largest value, is rounding.
const SPREAD_MIN: f64 = 1e-12;

/// Why there is no decision.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Alarm {
    /// Too skewed for the number of rounds.
    Skewness {
        /// The skewness $\hat\gamma$ of the rounds.
        skewness: f64,
        /// How many rounds there are.
        rounds: u64,
        /// How many would do at this skewness.
        rounds_needed: f64,
    },
    /// The fitted tail is too heavy.
    HeavyTail {
        /// The fitted shape $\hat k$; the variance is infinite from ½ on.
        shape: f64,
    },
    /// One value makes much of the variance.
    Share {
        /// Its part, between 0 and 1.
        share: f64,
    },
    /// Rounds that should be independent are not.
    Dependence {
        /// The autocorrelation $r_1$ of neighbours.
        autocorrelation: f64,
        /// How many rounds there are.
        rounds: u64,
    },
    /// All rounds are equal, up to rounding.
    NoSpread,
    /// The claim itself says that the variance is infinite.
    InfiniteVariance {
        /// The declared τ in $P(X > x) \sim x^{-\tau}$, at most 2.
        tail_index: f64,
    },
    /// The claim itself says that the mean does not exist: it is ill-posed.
    InfiniteMean {
        /// The declared τ in $P(X > x) \sim x^{-\tau}$, at most 1.
        tail_index: f64,
    },
    /// Differences along a ladder of sizes do not shrink as its guard says.
    LadderMisfit,
    /// The logarithm of a mean over few rounds is biased, by too much for the promise.
    LogBias {
        /// The bias: the largest squared coefficient of variation over the rounds; infinite
        /// where a mean is not positive.
        bias: f64,
    },
    /// The theory's own numerical error is too large to say that anything agrees with it.
    NumericalError {
        /// The error, as a fraction of the larger side.
        error: f64,
    },
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Skewness { skewness, rounds, rounds_needed } if skewness.is_finite() => write!(
                f,
                "a skewness of {skewness:.2} is too much for {rounds} rounds; \
                 about {rounds_needed:.0} are needed, if no moment is infinite (tail_index)"
            ),
            Self::Skewness { rounds, .. } => write!(
                f,
                "the cubes of {rounds} rounds leave the range of numbers, \
                 so that their skewness is not known: use another unit"
            ),
            Self::HeavyTail { shape } if shape > SHAPE_MAX => write!(
                f,
                "the tail looks like one of infinite variance: its fitted shape is {shape:.2}, \
                 the limit {SHAPE_MAX}"
            ),
            Self::HeavyTail { shape } => write!(
                f,
                "put off until the rounds double: the fitted shape of the tail, {shape:.2}, is \
                 close to {SHAPE_MAX}, where the variance becomes infinite"
            ),
            Self::Share { share } => write!(
                f,
                "one value alone makes {:.0} % of the variance (limit {:.0} %): the tail is \
                 heavy, or there are too few rounds",
                100.0 * share,
                100.0 * SHARE_MAX
            ),
            Self::Dependence { autocorrelation, rounds } => write!(
                f,
                "rounds are not independent: neighbours have correlation {autocorrelation:.3} \
                 over {rounds} rounds, {:.1} standard errors (limit {DEPENDENCE_MAX})",
                autocorrelation.abs() * (rounds as f64).sqrt()
            ),
            Self::NoSpread => write!(
                f,
                "all rounds are equal to within {SPREAD_MIN:e} of their size; a statistic that \
                 is not random is an identity"
            ),
            Self::InfiniteVariance { tail_index } => write!(
                f,
                "the declared tail index {tail_index} is at most 2, so that the variance is \
                 infinite and the mean cannot be judged from averages: leave such points out of \
                 the domain, or claim a law, or the probability of an event"
            ),
            Self::InfiniteMean { tail_index } => write!(
                f,
                "the declared tail index {tail_index} is at most 1, so that the mean does not \
                 exist: claim a law, or the probability of an event, or leave such points out of \
                 the domain"
            ),
            Self::LadderMisfit => write!(
                f,
                "the differences between the rungs of the ladder do not shrink as its guard says"
            ),
            Self::NumericalError { error } => write!(
                f,
                "the two sides agree only within their stated numerical error, {error:.1e}, \
                 which is too large to support anything"
            ),
            Self::LogBias { bias } if bias.is_infinite() => {
                write!(f, "a mean is not positive, so that it has no logarithm")
            }
            Self::LogBias { bias } => write!(
                f,
                "the logarithm of a mean over so few rounds is biased by up to {bias:.1e}, \
                 too much for the promise"
            ),
        }
    }
}

/// What a claim declares about the law of its rounds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gates {
    /// The τ in $P(X > x) \sim x^{-\tau}$, derived from theory, if the tail is a power. Infinite
    /// where every moment is known to be finite, as for bounded values: then no tail is fitted.
    pub tail_index: Option<f64>,
    /// Whether the sampler declares the range of its values, so that an exact interval is used
    /// (betting), which needs neither a spread nor a tail.
    pub exact_range: bool,
}

/// The first alarm at this look, if any.
///
/// In this order: the declared tail index; dependence; no spread; skewness, for an interval of
/// half-width `k` standard errors; the fitted tail; the largest share. A sample of two values, or
/// one with an exact range, is judged by an exact sequence and answers for the first two only.
///
/// A shape between 0.4 and 0.5 puts off a decision until the rounds have doubled:
/// `previous_shape_deferred` says that a look at half as many or fewer ended in
/// [`Alarm::HeavyTail`]. An infinite `k` raises no alarm of its own:
/// the whole line decides nothing.
///
/// # Panics
/// When the declared tail index is not positive.
pub fn alarms(
    stream: &Stream,
    k: f64,
    gates: &Gates,
    previous_shape_deferred: bool,
) -> Option<Alarm> {
    if let Some(alarm) = declared(gates).or_else(|| dependence(stream)) {
        return Some(alarm);
    }
    if gates.exact_range || stream.two_values().is_some() {
        return None;
    }
    shape_of_the_law(stream, k, gates, previous_shape_deferred)
}

/// What the declared tail index says.
fn declared(gates: &Gates) -> Option<Alarm> {
    let tail_index = gates.tail_index?;
    assert!(tail_index > 0.0, "a tail index of {tail_index} is no tail");
    if tail_index <= 1.0 {
        Some(Alarm::InfiniteMean { tail_index })
    } else if tail_index <= 2.0 {
        Some(Alarm::InfiniteVariance { tail_index })
    } else {
        None
    }
}

fn dependence(stream: &Stream) -> Option<Alarm> {
    let rounds = stream.count();
    let autocorrelation = stream.autocorrelation();
    // rounding of equal values is correlated, and means nothing
    let fires = autocorrelation.abs() * (rounds as f64).sqrt() > DEPENDENCE_MAX;
    (fires && has_spread(stream)).then_some(Alarm::Dependence { autocorrelation, rounds })
}

fn has_spread(stream: &Stream) -> bool {
    stream.moments().deviation() > SPREAD_MIN * stream.max_abs()
}

/// The gates that ask whether these rounds are normal enough for the t-mixture.
fn shape_of_the_law(stream: &Stream, k: f64, gates: &Gates, shape_deferred: bool) -> Option<Alarm> {
    if !has_spread(stream) {
        return Some(Alarm::NoSpread);
    }
    let rounds = stream.count();
    let skewness = stream.moments().skewness();
    if k.is_finite() && skewness.abs() * k / (rounds as f64).sqrt() > SKEWNESS_MAX {
        let rounds_needed = (skewness * k / SKEWNESS_MAX).powi(2).ceil();
        return Some(Alarm::Skewness { skewness, rounds, rounds_needed });
    }
    // The fit asks whether the variance is infinite; where analysis has answered, it is not asked.
    if gates.tail_index != Some(f64::INFINITY)
        && let Some(shape) = stream.tail_shape()
        && (shape > SHAPE_MAX || shape > SHAPE_DOUBTFUL && !shape_deferred)
    {
        return Some(Alarm::HeavyTail { shape });
    }
    let share = stream.largest_share();
    (share > SHARE_MAX).then_some(Alarm::Share { share })
}

/// Whether the differences of a ladder on three copies contradict its guard.
///
/// `d1` is the interval of $Y_0 - Y_1$ and `d2` that of $Y_1 - Y_2$, each at α/2. A remainder that
/// decays as the guard says shrinks by `q` at least from one to the next, so the ladder is misfit
/// where $\min |d_2| > q \max |d_1|$.
pub fn misfit(d1: Interval, d2: Interval, q: f64) -> bool {
    d2.min_abs() > q * d1.max_abs()
}

/// The probability of events that `n` clean rounds cannot rule out at error `alpha`,
/// $\log(1/\alpha) / n$, at most 1: events rarer than this may move the mean, and none was seen.
pub fn unseen(n: u64, alpha: f64) -> f64 {
    assert!(0.0 < alpha && alpha < 1.0, "alpha = {alpha} is no error probability");
    (-libm::log(alpha) / n as f64).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::mean::{RHO, radius_factor};

    const NOTHING: Gates = Gates { tail_index: None, exact_range: false };

    /// Values of `f` on an even grid of (0, 1), in a fixed random order.
    fn sample(count: usize, f: impl Fn(f64) -> f64) -> Vec<f64> {
        let mut left: Vec<f64> = (0..count).map(|i| f((i as f64 + 0.3) / count as f64)).collect();
        let mut state = 1_u64;
        let mut mixed = Vec::with_capacity(count);
        while !left.is_empty() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            mixed.push(left.swap_remove((state >> 33) as usize % left.len()));
        }
        mixed
    }

    fn stream(count: usize, f: impl Fn(f64) -> f64) -> Stream {
        let mut stream = Stream::new();
        stream.extend(&sample(count, f));
        stream
    }

    fn first_alarm(stream: &Stream, gates: &Gates) -> Option<Alarm> {
        alarms(stream, radius_factor(stream.count(), 1e-6, RHO), gates, false)
    }

    #[test]
    fn innocents_pass() {
        for count in [256, 1024, 20_000] {
            assert_eq!(first_alarm(&stream(count, |u| u), &NOTHING), None);
            let logistic = stream(count, |u| libm::log(u / (1.0 - u)));
            assert_eq!(first_alarm(&logistic, &NOTHING), None);
        }
        assert_eq!(first_alarm(&stream(2048, |u| -libm::log(u)), &NOTHING), None);
    }

    #[test]
    fn declared_tails() {
        let innocent = stream(1024, |u| u);
        let at =
            |tail_index| first_alarm(&innocent, &Gates { tail_index: Some(tail_index), ..NOTHING });
        assert_eq!(at(0.5), Some(Alarm::InfiniteMean { tail_index: 0.5 }));
        assert_eq!(at(1.0), Some(Alarm::InfiniteMean { tail_index: 1.0 }));
        assert_eq!(at(1.5), Some(Alarm::InfiniteVariance { tail_index: 1.5 }));
        assert_eq!(at(2.0), Some(Alarm::InfiniteVariance { tail_index: 2.0 }));
        assert_eq!([at(2.5), at(3.5), at(f64::INFINITY)], [None; 3]);
        assert!(std::panic::catch_unwind(|| at(f64::NAN)).is_err());
        // declared finite, seen infinite: the fitted tail is still asked
        let heavy = stream(8192, |u| if u < 0.5 { -(u.powf(-0.7)) } else { (1.0 - u).powf(-0.7) });
        let gates = Gates { tail_index: Some(4.0), ..NOTHING };
        let alarm = alarms(&heavy, 0.0, &gates, true);
        assert!(matches!(alarm, Some(Alarm::HeavyTail { shape }) if shape > 0.5), "{alarm:?}");
    }

    #[test]
    fn skewness_ends_where_it_says() {
        let few = stream(256, |u| -libm::log(u));
        let k = radius_factor(256, 1e-6, RHO);
        let Some(Alarm::Skewness { rounds: 256, rounds_needed, skewness }) =
            alarms(&few, k, &NOTHING, false)
        else {
            panic!("an exponential at 256 rounds is too skewed")
        };
        assert!((rounds_needed - (skewness * k / 0.35).powi(2)).abs() <= 1.0);
        let limit = 0.35 * 16.0 / skewness;
        assert_eq!(alarms(&few, 0.999 * limit, &NOTHING, false), None);
        assert!(alarms(&few, 1.001 * limit, &NOTHING, false).is_some());
        assert_eq!(alarms(&few, f64::INFINITY, &NOTHING, false), None);
    }

    #[test]
    fn a_doubtful_tail_waits_once() {
        let doubtful = |shape: f64| {
            stream(50_000, move |u| {
                if u < 0.5 { -((2.0 * u).powf(-shape)) } else { (2.0 - 2.0 * u).powf(-shape) }
            })
        };
        let stream = doubtful(0.44);
        let shape = stream.tail_shape().expect("no ties");
        assert!((0.4..0.5).contains(&shape), "{shape}");
        let at = |deferred| alarms(&stream, 1.0, &NOTHING, deferred);
        assert_eq!(at(false), Some(Alarm::HeavyTail { shape }));
        assert_eq!(at(true), None);
        let stream = doubtful(0.6);
        assert!(matches!(alarms(&stream, 0.0, &NOTHING, true), Some(Alarm::HeavyTail { .. })));
    }

    #[test]
    fn one_value_that_makes_the_variance() {
        let mut stream = stream(1023, |u| (10.0 * u).floor());
        stream.extend(&[1e5]);
        assert_eq!(stream.tail_shape(), None, "ties: only the share can tell");
        let alarm = alarms(&stream, 0.0, &NOTHING, false);
        assert!(matches!(alarm, Some(Alarm::Share { share }) if share > 0.9), "{alarm:?}");
        let exact = Gates { exact_range: true, ..NOTHING };
        assert_eq!(alarms(&stream, 0.0, &exact, false), None);
    }

    #[test]
    fn dependence_in_either_direction() {
        for sign in [1.0, -1.0] {
            let mut values = sample(1024, |u| u - 0.5);
            for i in 1..values.len() {
                values[i] += sign * 0.5 * values[i - 1];
            }
            let mut dependent = Stream::new();
            dependent.extend(&values);
            let alarm = first_alarm(&dependent, &NOTHING);
            let Some(Alarm::Dependence { autocorrelation, rounds: 1024 }) = alarm else {
                panic!("{alarm:?}")
            };
            assert!(sign * autocorrelation > 0.3);
            // an exact range does not excuse it, and neither do two values
            let exact = Gates { exact_range: true, ..NOTHING };
            assert!(first_alarm(&dependent, &exact).is_some());
        }
        let mut alternating = Stream::new();
        alternating.extend(&[0.0, 1.0].repeat(500));
        assert!(matches!(first_alarm(&alternating, &NOTHING), Some(Alarm::Dependence { .. })));
    }

    #[test]
    fn two_values_answer_for_dependence_only() {
        let rare = stream(1024, |u| if u < 0.002 { 1.0 } else { 0.0 });
        assert!(rare.two_values().is_some() && rare.moments().skewness() > 10.0);
        assert_eq!(first_alarm(&rare, &NOTHING), None);
    }

    #[test]
    fn no_spread() {
        let at = |stream: &Stream| first_alarm(stream, &NOTHING);
        assert_eq!(at(&stream(1024, |_| 0.1)), Some(Alarm::NoSpread));
        assert_eq!(at(&stream(1024, |u| 1.0 + 1e-13 * u)), Some(Alarm::NoSpread));
        assert_eq!(at(&stream(1024, |u| 1.0 + 1e-9 * u)), None);
        assert_eq!(at(&stream(1024, |_| 0.0)), Some(Alarm::NoSpread));
        assert_eq!(at(&Stream::new()), Some(Alarm::NoSpread));
        // rounding that drifts is still rounding
        let mut drift = Stream::new();
        drift.extend(&(0..1024).map(|i| 1.0 + 1e-15 * f64::from(i / 100)).collect::<Vec<_>>());
        assert_eq!(at(&drift), Some(Alarm::NoSpread));
    }

    #[test]
    fn numbers_that_leave_the_range_are_refused() {
        for unit in [1e110, 1e-110, 1e160] {
            let huge = stream(1024, |u| unit * (u - 0.5));
            let alarm = first_alarm(&huge, &NOTHING);
            assert!(matches!(alarm, Some(Alarm::Skewness { .. })), "{unit}: {alarm:?}");
        }
    }

    #[test]
    fn ladders_that_do_not_shrink() {
        let d1 = Interval::new(0.9, 1.1);
        assert!(!misfit(d1, Interval::new(0.4, 0.6), 0.5));
        assert!(!misfit(d1, Interval::new(0.54, 0.7), 0.5));
        assert!(misfit(d1, Interval::new(0.56, 0.7), 0.5));
        assert!(misfit(d1, Interval::new(-0.7, -0.56), 0.5));
        assert!(!misfit(d1, Interval::new(-5.0, 5.0), 0.5));
        assert!(!misfit(Interval::ALL, Interval::new(5.0, 6.0), 0.5));
        assert!(!misfit(d1, Interval::ALL, 0.5));
    }

    #[test]
    fn what_was_not_seen() {
        assert!((unseen(1000, 1e-6) - 0.013_815_510_557_964).abs() < 1e-15);
        assert_eq!([unseen(0, 1e-6), unseen(4, 1e-6)], [1.0; 2]);
    }

    #[test]
    fn every_alarm_is_a_sentence_with_its_numbers() {
        let said = [
            (
                Alarm::Skewness { skewness: 2.0, rounds: 256, rounds_needed: 1124.3 },
                "a skewness of 2.00 is too much for 256 rounds; about 1124 are needed, if no moment \
                 is infinite (tail_index)",
            ),
            (
                Alarm::HeavyTail { shape: 0.617 },
                "the tail looks like one of infinite variance: its fitted shape is 0.62, \
                 the limit 0.5",
            ),
            (
                Alarm::Share { share: 0.314 },
                "one value alone makes 31 % of the variance (limit 25 %): the tail is heavy, \
                 or there are too few rounds",
            ),
            (
                Alarm::Dependence { autocorrelation: -0.25, rounds: 1024 },
                "rounds are not independent: neighbours have correlation -0.250 over 1024 rounds, \
                 8.0 standard errors (limit 5)",
            ),
            (
                Alarm::NoSpread,
                "all rounds are equal to within 1e-12 of their size; a statistic that is not \
                 random is an identity",
            ),
            (
                Alarm::InfiniteMean { tail_index: 0.5 },
                "the declared tail index 0.5 is at most 1, so that the mean does not exist: \
                 claim a law, or the probability of an event, or leave such points out of the \
                 domain",
            ),
        ];
        for (alarm, sentence) in said {
            assert_eq!(alarm.to_string(), sentence);
        }
        for alarm in [
            Alarm::HeavyTail { shape: 0.45 },
            Alarm::InfiniteVariance { tail_index: 1.5 },
            Alarm::LadderMisfit,
            Alarm::Skewness { skewness: f64::INFINITY, rounds: 9, rounds_needed: f64::INFINITY },
        ] {
            assert!(!alarm.to_string().contains("inf "), "{alarm}");
        }
    }
}
