//! Evidence: what the samples at one point say about one version of a claim.

use crate::sampler::{Approx, Traits};
use crate::samples::Samples;
use crate::stats::bernoulli::Bernoulli;
use crate::stats::gate::{self, Alarm, Gates};
use crate::stats::interval::Interval;
use crate::stats::moments::Moments;
use crate::stats::stream::Stream;
use crate::stats::{betting, mean, suite};
use std::fmt;

/// Rounding allowed to both sides of an identity, and to a strict comparison of computed values:
/// this fraction of the larger side. A constant of the harness, never an author's choice.
pub const ROUNDING: f64 = 1.0 / (1_u64 << 36) as f64;

/// Support of a computed assertion needs a stated numerical error of at most this fraction of the
/// larger side: what is known less closely cannot be said to agree.
pub const ERROR_MAX: f64 = 1e-6;

/// A violation of a bound is strict, beyond this fraction of the bound.
pub const VIOLATION_GUARD: f64 = 1e-9;

/// How far an assertion goes: $=$, $\le$ or $\ge$.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The two sides are equal.
    Equal,
    /// The observable is at most the theory.
    AtMost,
    /// The observable is at least the theory.
    AtLeast,
}

impl Relation {
    /// How far `observed` breaks the relation to `claimed`; negative where it holds with room.
    pub fn excess(self, observed: f64, claimed: f64) -> f64 {
        match self {
            Self::Equal => (observed - claimed).abs(),
            Self::AtMost => observed - claimed,
            Self::AtLeast => claimed - observed,
        }
    }
}

/// How small a difference a claim promises to exclude.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Resolution {
    /// A fraction of the theory.
    Relative(f64),
    /// In the units of the theory.
    Absolute(f64),
}

impl Resolution {
    /// The unit in which differences are reported, and the promise in that unit. `None` where a
    /// relative promise meets a theory of 0.
    pub fn at(self, theory: f64) -> Option<(f64, f64)> {
        match self {
            Self::Relative(promise) if theory != 0.0 => Some((theory.abs(), promise)),
            Self::Relative(_) => None,
            Self::Absolute(promise) => Some((1.0, promise)),
        }
    }

    /// The number itself.
    pub fn number(self) -> f64 {
        match self {
            Self::Relative(promise) | Self::Absolute(promise) => promise,
        }
    }

    /// The same kind of promise with another number.
    pub fn with(self, number: f64) -> Self {
        match self {
            Self::Relative(_) => Self::Relative(number),
            Self::Absolute(_) => Self::Absolute(number),
        }
    }
}

/// On what the stated error probability rests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Guarantee {
    /// It holds at every sample size, with no assumption beyond independent draws.
    Exact,
    /// It holds for large samples; gates watch over skewness, tails and dependence. Events rarer
    /// than `unseen` may move the mean, and none was seen.
    Asymptotic {
        /// $\log(1/\alpha) / n$.
        unseen: f64,
    },
    /// Nothing random: computed at finitely many points.
    Computed,
}

impl fmt::Display for Guarantee {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact => out.write_str("exact"),
            Self::Asymptotic { unseen } => {
                write!(out, "asymptotic (gated), unseen <= {unseen:.1e}")
            }
            Self::Computed => out.write_str("computed"),
        }
    }
}

/// What was found, by shape of assertion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Finding {
    /// An interval for observed minus claimed.
    Difference {
        /// Point estimate of the observed side.
        observed: f64,
        /// The theory.
        claimed: f64,
        /// Observed minus claimed.
        interval: Interval,
        /// What the relation allows.
        relation: Relation,
        /// The part of the interval's half-width that more draws would reduce.
        statistical: f64,
        /// The part that only larger sizes would reduce.
        extrapolation: f64,
    },
    /// A count of violations of a bound.
    Violations {
        /// Draws that broke the bound.
        seen: u64,
        /// Draws.
        of: u64,
        /// Upper limit of the probability of a violation.
        limit: f64,
        /// What the claim allows; 0 for "always".
        allowed: f64,
        /// Whether the evidence against `allowed` has reached the level.
        refuted: bool,
    },
    /// A Kolmogorov distance between the draws and the claimed law.
    Distance {
        /// Distance of the empirical from the claimed distribution function.
        distance: f64,
        /// Radius of the band, at this look.
        radius: f64,
        /// Whether the histogram e-process has refuted the law by itself.
        histogram: bool,
    },
    /// Both sides computed: how far the assertion is broken, beyond rounding.
    Computed {
        /// Positive where the assertion is broken, in the unit of the larger side.
        excess: f64,
        /// Rounding and stated numerical error, in the same unit.
        rounding: f64,
        /// One side.
        left: f64,
        /// The other.
        right: f64,
    },
}

/// What the samples at one point say about one component of one version.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// What was found.
    pub finding: Finding,
    /// The unit of resolutions: the size of the theory, or 1.
    pub scale: f64,
    /// The promise in that unit.
    pub promised: f64,
    /// On what the level rests.
    pub guarantee: Guarantee,
    /// A gate that forbids a decision at this look.
    pub alarm: Option<Alarm>,
    /// Natural logarithm of the e-value against the claim; NaN where none was asked for.
    pub ln_against: f64,
    /// Natural logarithm of the e-value for the claim, against every difference beyond the
    /// promise; NaN where none was asked for, or the kind has none.
    pub ln_support: f64,
}

impl Evidence {
    /// How wide the interval still is: half of it, in the unit of resolutions; of a probability
    /// the upper limit, of a law the radius of its band.
    pub fn half_width(&self) -> f64 {
        match self.finding {
            Finding::Difference { interval, .. } => 0.5 * interval.width() / self.scale,
            Finding::Violations { limit, .. } => limit,
            Finding::Distance { radius, .. } => radius,
            Finding::Computed { rounding, .. } => rounding,
        }
    }
}

/// One judged comparison: what is claimed, how closely, and at which level.
#[derive(Clone, Copy, Debug)]
pub struct Comparison {
    /// The theory.
    pub claimed: Approx,
    /// What the relation allows.
    pub relation: Relation,
    /// The unit of resolutions.
    pub scale: f64,
    /// The promise in that unit.
    pub promised: f64,
    /// The level of this comparison.
    pub alpha: f64,
    /// Whether e-values are wanted: they cost more than the intervals, and no verdict needs them.
    pub e_values: bool,
}

impl Comparison {
    fn tolerance(&self) -> f64 {
        self.promised * self.scale
    }
}

/// The confidence sequence of one stream, its guarantee, and the gate that fired, if any.
pub struct Judged {
    /// The interval for the mean.
    pub interval: Interval,
    /// On what its level rests.
    pub guarantee: Guarantee,
    /// A gate that forbids a decision at this look.
    pub alarm: Option<Alarm>,
    exact: ExactSequence,
}

enum ExactSequence {
    /// Mixture of normals: e-values from the moments.
    None,
    /// A frequency between two values.
    Bernoulli { count: Bernoulli, low: f64, span: f64 },
    /// Nothing random.
    Certain,
}

/// Judges the mean of a stream at a level: exactly where the sampler is an event or takes two
/// values or is bounded (and `kept` holds its draws), else by the gated t-mixture.
pub fn judge_mean(
    stream: &Stream,
    traits: &Traits,
    kept: Option<&[f64]>,
    deferred: bool,
    alpha: f64,
) -> Judged {
    let moments = stream.moments();
    let certain = |x| Judged {
        interval: Interval::point(x),
        guarantee: Guarantee::Computed,
        alarm: None,
        exact: ExactSequence::Certain,
    };
    if traits.exact {
        return certain(moments.mean);
    }
    let n = moments.count;
    let two = if traits.event { Some((0.0, 1.0)) } else { None };
    if let Some((low, high)) = two {
        let successes = (moments.mean * n as f64).round() as u64;
        return bernoulli(successes, n, low, high, Guarantee::Exact, stream, alpha);
    }
    if let (Some(range), Some(values)) = (traits.range, kept) {
        return Judged {
            interval: betting::interval_in(values, range, alpha),
            guarantee: Guarantee::Exact,
            alarm: dependence(stream),
            exact: ExactSequence::None,
        };
    }
    let guarantee = Guarantee::Asymptotic { unseen: gate::unseen(n, alpha) };
    if let Some(values) = stream.two_values() {
        return bernoulli(values.high_count, n, values.low, values.high, guarantee, stream, alpha);
    }
    let k = mean::radius_factor(n, alpha, mean::RHO);
    // What lies in a known range has every moment.
    let tail_index = traits.range.map_or(traits.tail_index, |_| Some(f64::INFINITY));
    let gates = Gates { tail_index, exact_range: false };
    Judged {
        interval: mean::interval_with(moments, k),
        guarantee,
        alarm: gate::alarms(stream, k, &gates, deferred),
        exact: ExactSequence::None,
    }
}

fn dependence(stream: &Stream) -> Option<Alarm> {
    let gates = Gates { tail_index: None, exact_range: true };
    gate::alarms(stream, 0.0, &gates, true)
}

fn bernoulli(
    successes: u64,
    trials: u64,
    low: f64,
    high: f64,
    guarantee: Guarantee,
    stream: &Stream,
    alpha: f64,
) -> Judged {
    let count = Bernoulli { successes, trials };
    let span = high - low;
    Judged {
        interval: count.interval(alpha).scale(span).shift(low),
        guarantee,
        alarm: dependence(stream),
        exact: ExactSequence::Bernoulli { count, low, span },
    }
}

impl Judged {
    /// Log e-value against "the mean is `value`".
    fn ln_e(&self, moments: &Moments, value: f64) -> f64 {
        match &self.exact {
            ExactSequence::None => mean::log_e(moments, value),
            ExactSequence::Bernoulli { count, low, span } => count.log_e((value - low) / span),
            ExactSequence::Certain => certain(moments.mean != value),
        }
    }

    /// Log e-value for "the mean is above `value`", against "at most".
    fn ln_greater(&self, moments: &Moments, value: f64) -> f64 {
        match &self.exact {
            ExactSequence::None => mean::log_e_greater(moments, value),
            ExactSequence::Bernoulli { count, low, span } => match (value - low) / span {
                p if p <= 0.0 => f64::INFINITY,
                p if p >= 1.0 => f64::NEG_INFINITY,
                p => count.log_e_above(p),
            },
            ExactSequence::Certain => certain(moments.mean > value),
        }
    }

    /// Log e-value for "the mean is below `value`", against "at least".
    fn ln_less(&self, moments: &Moments, value: f64) -> f64 {
        match &self.exact {
            ExactSequence::None => mean::log_e_less(moments, value),
            ExactSequence::Bernoulli { count, low, span } => match (value - low) / span {
                p if p >= 1.0 => f64::INFINITY,
                p if p <= 0.0 => f64::NEG_INFINITY,
                p => count.log_e_below(p),
            },
            ExactSequence::Certain => certain(moments.mean < value),
        }
    }
}

fn certain(holds: bool) -> f64 {
    if holds { f64::INFINITY } else { f64::NEG_INFINITY }
}

/// Evidence about the mean of one component of a claim without sizes.
pub fn of_mean(samples: &Samples, component: usize, compare: &Comparison) -> Evidence {
    let compare = &Comparison { claimed: compare.claimed.checked(), ..*compare };
    let stream = samples.stream(0, component);
    let kept = (samples.stride == 1).then_some(samples.kept.as_slice());
    let judged = judge_mean(stream, &samples.traits, kept, samples.deferred(), compare.alpha);
    let (moments, claimed) = (stream.moments(), compare.claimed.value);
    let interval = judged.interval.shift(-claimed).widen(slack(compare, moments.mean));
    let (ln_against, ln_support) =
        if compare.e_values { mean_e_values(&judged, moments, compare) } else { NO_E_VALUES };
    Evidence {
        finding: Finding::Difference {
            observed: moments.mean,
            claimed,
            interval,
            relation: compare.relation,
            statistical: 0.5 * interval.width(),
            extrapolation: 0.0,
        },
        scale: compare.scale,
        promised: compare.promised,
        guarantee: judged.guarantee,
        alarm: judged.alarm,
        ln_against,
        ln_support,
    }
}

/// Stands for e-values that were not asked for.
const NO_E_VALUES: (f64, f64) = (f64::NAN, f64::NAN);

/// Log e-values against the claim, and for it (against every difference beyond the promise).
fn mean_e_values(judged: &Judged, moments: &Moments, compare: &Comparison) -> (f64, f64) {
    let (claimed, tolerance) = (compare.claimed.value, compare.tolerance());
    let below = || judged.ln_less(moments, claimed + tolerance);
    let above = || judged.ln_greater(moments, claimed - tolerance);
    match compare.relation {
        Relation::Equal => (judged.ln_e(moments, claimed), below().min(above())),
        Relation::AtMost => (judged.ln_greater(moments, claimed), below()),
        Relation::AtLeast => (judged.ln_less(moments, claimed), above()),
    }
}

/// What the comparison itself may be wrong by: rounding and the theory's own numerical error.
fn slack(compare: &Comparison, observed: f64) -> f64 {
    compare.claimed.error + ROUNDING * compare.claimed.value.abs().max(observed.abs())
}

/// The two ends of a ladder: streams whose means have the limit between them, and what the theory
/// says of each (the same number, unless the theory depends on the size).
pub struct Ends<'a> {
    /// The upper combination $A_+$ and its theory.
    pub plus: (&'a Stream, Approx),
    /// The lower combination $A_-$ and its theory.
    pub minus: (&'a Stream, Approx),
    /// The differences of consecutive copies of the ladder, where it has three copies, and $q$.
    pub drops: Option<(&'a Stream, &'a Stream, f64)>,
}

/// Evidence about a limit, from the two ends of a ladder, each at half the level.
pub fn of_ladder(
    ends: &Ends<'_>,
    traits: &Traits,
    deferred: bool,
    compare: &Comparison,
) -> Evidence {
    let half = compare.alpha / 2.0;
    let judge = |stream: &Stream| judge_mean(stream, traits, None, deferred, half);
    let sides = [ends.plus, ends.minus].map(|(stream, theory)| {
        let theory = theory.checked();
        let moments = stream.moments();
        let judged = judge(stream);
        let error = Comparison { claimed: theory, ..*compare };
        let interval = judged.interval.shift(-theory.value).widen(slack(&error, moments.mean));
        (moments, theory.value, judged, interval)
    });
    let [(m_plus, t_plus, j_plus, i_plus), (m_minus, t_minus, j_minus, i_minus)] = &sides;
    let interval = i_plus.hull(*i_minus);
    let centres = [m_plus.mean - t_plus, m_minus.mean - t_minus];
    let misfit = ends.drops.is_some_and(|(first, second, q)| {
        gate::misfit(judge(first).interval, judge(second).interval, q)
    });
    let alarm = if misfit { Some(Alarm::LadderMisfit) } else { j_plus.alarm.or(j_minus.alarm) };
    let (ln_against, ln_support) = if compare.e_values {
        let ends = [(j_plus, *m_plus, *t_plus), (j_minus, *m_minus, *t_minus)];
        ladder_e_values(&ends, compare)
    } else {
        NO_E_VALUES
    };
    Evidence {
        finding: Finding::Difference {
            observed: compare.claimed.value + 0.5 * (centres[0] + centres[1]),
            claimed: compare.claimed.value,
            interval,
            relation: compare.relation,
            statistical: 0.5 * i_plus.width().max(i_minus.width()),
            extrapolation: (centres[0] - centres[1]).abs(),
        },
        scale: compare.scale,
        promised: compare.promised,
        guarantee: j_plus.guarantee,
        alarm,
        ln_against,
        ln_support,
    }
}

/// The same for a limit, which lies between the means of two ends: evidence that it is on one
/// side of a value needs both.
fn ladder_e_values(ends: &[(&Judged, &Moments, f64); 2], compare: &Comparison) -> (f64, f64) {
    let both = |f: fn(&Judged, &Moments, f64) -> f64, by: f64| {
        ends.iter().map(|(j, m, t)| f(j, m, t + by)).fold(f64::INFINITY, f64::min)
    };
    let (up, down) = (|| both(Judged::ln_greater, 0.0), || both(Judged::ln_less, 0.0));
    let tolerance = compare.tolerance();
    let below = || both(Judged::ln_less, tolerance);
    let above = || both(Judged::ln_greater, -tolerance);
    match compare.relation {
        Relation::Equal => (suite::mean_e(&[up(), down()]), below().min(above())),
        Relation::AtMost => (up(), below()),
        Relation::AtLeast => (down(), above()),
    }
}

/// Evidence about a bound from a count of violations.
///
/// `allowed` is the claimed probability of a violation; 0 stands for "always", whose resolution
/// is the upper limit of the probability.
pub fn of_violations(count: Bernoulli, allowed: f64, promised: f64, alpha: f64) -> Evidence {
    let limit = count.upper_limit(alpha);
    let always = allowed == 0.0;
    let threshold = if always { promised } else { allowed };
    let ln_against = match (always, count.successes) {
        (true, 0) => f64::NEG_INFINITY,
        (true, _) => f64::INFINITY,
        (false, _) => count.log_e_above(allowed),
    };
    Evidence {
        finding: Finding::Violations {
            seen: count.successes,
            of: count.trials,
            limit,
            allowed,
            refuted: ln_against >= -alpha.ln(),
        },
        scale: 1.0,
        promised: threshold,
        guarantee: Guarantee::Exact,
        alarm: None,
        ln_against,
        ln_support: count.log_e_below(threshold),
    }
}

/// Evidence from two computed sides.
///
/// # Panics
/// If a side is no number, or both are the same infinity: there is nothing to compare.
pub fn of_sides(left: Approx, right: Approx, relation: Relation) -> Evidence {
    let (left, right) = (left.checked(), right.checked());
    let alike = left.value.is_infinite() && left.value == right.value;
    assert!(!alike, "both sides are {}: the domain must exclude that point", left.value);
    let unit = left.value.abs().max(right.value.abs());
    let scale = if unit > 0.0 && unit.is_finite() { unit } else { 1.0 };
    let rounding = ROUNDING + (left.error + right.error) / scale;
    let excess = relation.excess(left.value, right.value) / scale;
    let unknown = rounding - ROUNDING > ERROR_MAX && excess <= rounding;
    Evidence {
        finding: Finding::Computed { excess, rounding, left: left.value, right: right.value },
        scale,
        promised: rounding,
        guarantee: Guarantee::Computed,
        alarm: unknown.then_some(Alarm::NumericalError { error: rounding }),
        ln_against: certain(excess > rounding),
        ln_support: certain(excess <= rounding && !unknown),
    }
}
