//! The statistics themselves: how often they are wrong, how often they see what is planted.
//!
//! Each test repeats something whose answer is known and counts how often it went wrong. A stated
//! error probability is an upper bound, so that the region of acceptance has one side: a count is
//! accepted unless the exact binomial tail says that so many have a probability below [`ERROR`].
//! Seeds are fixed and were chosen before anything was run: master seed 0, and the name of the
//! test. So nothing here ever fails by chance from one day to the next; when a change of the code
//! moves the draws, a test that should pass fails with probability [`ERROR`] for each region.
//!
//! What would be noticed: with 400 sequences at 0.05 the region ends at 41, so that a true miss
//! rate of 0.16 fails with probability 0.999; with 100 suites it ends at 16, and 0.28 fails. The
//! last tests break a procedure on purpose and require that the same regions notice.
//! `examples/calibration.rs` does the same over thousands of suites.

mod planted;

use planted::{
    ALPHA, LAWS, NEAR, Truth, catalogue, chance_of_at_least, is_random, most_compatible, movable,
    run, truths,
};
use rayon::prelude::*;
use theoremcheck::check::{Checked, Options, check};
use theoremcheck::claim::{Claim, Settings};
use theoremcheck::evidence::{Judged, judge_mean};
use theoremcheck::kind::Kind;
use theoremcheck::plan;
use theoremcheck::random::{Purpose, Rng, Streams};
use theoremcheck::run::Unwatched;
use theoremcheck::sampler::Traits;
use theoremcheck::special::normal_isf;
use theoremcheck::stats::bernoulli::Bernoulli;
use theoremcheck::stats::gate::Alarm;
use theoremcheck::stats::interval::Interval;
use theoremcheck::stats::ladder::{Ladder, combine};
use theoremcheck::stats::law::{Histogram, band_radius, kolmogorov_distance_continuous};
use theoremcheck::stats::mean::{self, Monitoring};
use theoremcheck::stats::moments::Moments;
use theoremcheck::stats::rate;
use theoremcheck::stats::stream::Stream;

/// The probability with which one region of acceptance refuses a procedure that is right.
const ERROR: f64 = 1e-5;

/// The master seed.
const SEED: u64 = 0;

/// The generator of one repetition of a test.
fn generator(test: &str, repetition: u64) -> Rng {
    Streams::new(SEED, test, 0, 0, Purpose::Judge).replicate(repetition)
}

/// The looks of a claim marked as dear, to `last` rounds.
fn looks_at(kind: Kind, last: usize) -> Vec<usize> {
    let settings = Settings { budget: Some(last as u64), first_look: 64, ..Settings::default() };
    let looks = plan::looks(&settings, kind.looks_per_doubling(), 1, false);
    looks.map(|rounds| rounds as usize).collect()
}

/// Those at a mean or a frequency.
fn looks(last: usize) -> Vec<usize> {
    looks_at(Kind::Equality, last)
}

/// Accepts a count of errors among repetitions at a stated rate, or says why not.
#[track_caller]
fn accept(what: &str, errors: u64, of: u64, rate: f64) {
    let most = most_compatible(of, rate, ERROR);
    assert!(errors <= most, "{what}: {errors} of {of} are wrong; at {rate} at most {most} may be");
}

/// Requires that a count of errors is *not* accepted.
#[track_caller]
fn notice(what: &str, errors: u64, of: u64, rate: f64) {
    let most = most_compatible(of, rate, ERROR);
    assert!(errors > most, "{what}: {errors} of {of} wrong would pass, up to {most} at {rate}");
}

/// What became of repeated sequences of looks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Sequences {
    /// All of them.
    count: u64,
    /// Those in which a look that no gate refused missed the truth.
    missed: u64,
    /// Those in which no gate refused the last look.
    trusted_at_end: u64,
}

/// Follows sequences of looks at the mean of a law, as a claim would.
fn follow(
    name: &str,
    law: impl Fn(&mut Rng) -> f64,
    mean: f64,
    traits: Traits,
    alpha: f64,
    (count, last): (u64, usize),
) -> Sequences {
    let mut found = Sequences { count, ..Sequences::default() };
    for repetition in 0..count {
        let mut rng = generator(name, repetition);
        let (mut stream, mut kept) = (Stream::new(), Vec::new());
        let (mut missed, mut trusted, mut put_off) = (false, false, None);
        for look in looks(last) {
            let more: Vec<f64> = (kept.len()..look).map(|_| law(&mut rng)).collect();
            stream.extend(&more);
            kept.extend(more);
            let deferred = put_off.is_some_and(|rounds| look >= 2 * rounds);
            let Judged { interval, alarm, .. } =
                judge_mean(&stream, &traits, Some(&kept), deferred, alpha);
            if matches!(alarm, Some(Alarm::HeavyTail { .. })) {
                put_off.get_or_insert(look);
            }
            trusted = alarm.is_none();
            missed |= trusted && !interval.contains(mean);
        }
        found.missed += u64::from(missed);
        found.trusted_at_end += u64::from(trusted);
    }
    found
}

/// Counts the repetitions in which something went wrong.
fn count(test: &str, repetitions: u64, mut wrong: impl FnMut(&mut Rng) -> bool) -> u64 {
    (0..repetitions).filter(|i| wrong(&mut generator(test, *i))).count() as u64
}

/// Pareto: $P(X > x) = x^{-\tau}$ from 1 on.
fn pareto(tail: f64) -> impl Fn(&mut Rng) -> f64 {
    move |rng| rng.open_uniform().powf(-1.0 / tail)
}

// Regions of acceptance

#[test]
fn the_region_of_acceptance_is_that_of_the_exact_binomial_law() {
    use statrs::distribution::{Binomial, DiscreteCDF};
    for (trials, rate) in [(400_u64, 0.05), (100, 0.05), (2000, 1e-3), (7, 0.5)] {
        let law = Binomial::new(rate, trials).expect("a binomial law");
        for count in [1, 2, trials / 20 + 1, trials / 2, trials] {
            let (found, known) = (chance_of_at_least(count, trials, rate), law.sf(count - 1));
            assert!((found - known).abs() <= 1e-9 * known + 1e-300, "{found} instead of {known}");
        }
        let most = most_compatible(trials, rate, ERROR);
        assert!(law.sf(most) < ERROR || most == trials, "one more must be refused");
        assert!(most == 0 || law.sf(most - 1) >= ERROR, "the last one must be accepted");
    }
    assert_eq!([most_compatible(400, 0.05, ERROR), most_compatible(100, 0.05, ERROR)], [41, 16]);
}

#[test]
fn the_interval_of_a_share_is_that_of_clopper_and_pearson() {
    // R: binom.test(15, 2400)$conf.int and binom.test(0, 600)$conf.int
    let (low, high) = planted::clopper_pearson(15, 2400, 0.05);
    assert!((low - 0.003_502).abs() < 1e-5 && (high - 0.010_287).abs() < 1e-5, "{low} {high}");
    let (low, high) = planted::clopper_pearson(0, 600, 0.05);
    assert!(low == 0.0 && (high - (1.0 - 0.025_f64.powf(1.0 / 600.0))).abs() < 1e-12, "{high}");
    assert_eq!(planted::clopper_pearson(9, 9, 0.05).1, 1.0);
}

// Coverage

#[test]
fn the_mean_of_every_planted_law_is_missed_no_more_often_than_stated() {
    for law in &LAWS {
        for alpha in [0.05, 0.005] {
            let traits = Traits::default();
            let found = follow(law.name, law.draw, law.mean, traits, alpha, (300, 2048));
            accept(law.name, found.missed, found.count, alpha);
        }
    }
}

#[test]
fn a_law_without_a_third_moment_is_missed_no_more_often_than_stated() {
    let traits = Traits { tail_index: Some(2.5), ..Traits::default() };
    let found = follow("tail 2.5", pareto(2.5), 2.5 / 1.5, traits, 0.05, (300, 4096));
    accept("tail 2.5", found.missed, found.count, 0.05);
}

#[test]
fn the_planted_laws_have_the_moments_that_their_claims_state() {
    for law in &LAWS {
        let mut rng = generator("moments", 0);
        let values: Vec<f64> = (0..200_000).map(|_| (law.draw)(&mut rng)).collect();
        let moments = Moments::of(&values);
        let error = moments.deviation() / (moments.count as f64).sqrt();
        let off = (moments.mean - law.mean) / error;
        assert!(off.abs() < 5.0, "{}: the mean is {off} standard errors off", law.name);
        let ratio = moments.cv() / law.cv;
        assert!((ratio - 1.0).abs() < 0.06, "{}: cv is {ratio} of what is stated", law.name);
    }
}

#[test]
fn the_probability_of_an_event_is_missed_no_more_often_than_stated() {
    let traits = Traits { event: true, ..Traits::default() };
    for p in [0.5, 0.1, 0.01, 0.99] {
        let event = |rng: &mut Rng| f64::from(u8::from(rng.uniform() < p));
        let found = follow("event", event, p, traits, 0.05, (400, 4096));
        assert_eq!(found.trusted_at_end, found.count, "an exact sequence needs no gate");
        accept("event", found.missed, found.count, 0.05);
    }
}

#[test]
fn the_mean_in_a_known_range_is_missed_no_more_often_than_stated() {
    type Draw = fn(&mut Rng) -> f64;
    let laws: [(&str, Draw, f64); 3] = [
        ("uniform", |rng| rng.uniform(), 0.5),
        ("beta", |rng| rng.beta(2.0, 5.0), 2.0 / 7.0),
        // mean 0.03, mostly 0: no gate would let this pass at so few rounds
        ("spiked", |rng| if rng.uniform() < 0.06 { rng.uniform() } else { 0.0 }, 0.03),
    ];
    let traits = Traits { range: Some((0.0, 1.0)), ..Traits::default() };
    for (name, law, mean) in laws {
        let found = follow(name, law, mean, traits, 0.05, (200, 512));
        assert_eq!(found.trusted_at_end, found.count, "an exact sequence needs no gate");
        accept(name, found.missed, found.count, 0.05);
    }
}

#[test]
fn a_distribution_function_leaves_its_bands_no_more_often_than_stated() {
    let leaves = |rng: &mut Rng| {
        let values: Vec<f64> = (0..2048).map(|_| rng.uniform()).collect();
        looks_at(Kind::Law, 2048).into_iter().zip(1..).any(|(n, look)| {
            let mut seen = values[..n].to_vec();
            seen.sort_unstable_by(f64::total_cmp);
            let distance = kolmogorov_distance_continuous(&seen, |x| x);
            distance > band_radius(n as u64, look, 0.05)
        })
    };
    accept("bands", count("bands", 400, leaves), 400, 0.05);
}

#[test]
fn the_histogram_of_a_true_law_is_evidence_against_it_no_more_often_than_stated() {
    let fires = |rng: &mut Rng| {
        let mut histogram = Histogram::default();
        (1..=2048).any(|n| {
            histogram.add(rng.uniform());
            n % 16 == 0 && histogram.log_e_mixture() >= -f64::ln(0.05)
        })
    };
    accept("histogram", count("histogram", 400, fires), 400, 0.05);
}

/// Rounds at each of a ladder's sizes, with means $f(n)$ and a spread in proportion.
fn rungs(rng: &mut Rng, sizes: &[usize], rounds: usize, f: impl Fn(f64) -> f64) -> Vec<f64> {
    let mut rows = Vec::with_capacity(rounds * sizes.len());
    for _ in 0..rounds {
        rows.extend(sizes.iter().map(|n| f(*n as f64) * (0.7 + 0.3 * rng.exponential())));
    }
    rows
}

/// The hull of a limit at level `alpha`, as `evidence::of_ladder` forms it.
fn limit_hull(rows: &[f64], ladder: &Ladder, alpha: f64) -> Interval {
    let width = ladder.plus.len();
    let end = |w: &Vec<f64>| mean::interval(&Moments::of(&combine(rows, width, w)), 0.5 * alpha);
    end(&ladder.plus).hull(end(&ladder.minus))
}

/// What a mean is at a size.
type OfSize = fn(f64) -> f64;

/// Remainders that the guard of one half allows, the last two at its limit.
const REMAINDERS: [(&str, OfSize); 4] = [
    ("declared term", |n| 1.0 + 3.0 / n),
    ("next order", |n| 1.0 + 2.0 / n + 40.0 / (n * n)),
    ("at the guard", |n| 1.0 + 1.0 / n + 0.5 / n.sqrt()),
    ("at the guard, from below", |n| 1.0 - 0.8 / n.sqrt()),
];

#[test]
fn a_limit_leaves_its_hull_no_more_often_than_stated() {
    let sizes = [16, 64, 256];
    let ladder = Ladder::limit(&sizes, &[1.0], 0.5).expect("a ladder");
    for (name, f) in REMAINDERS {
        let leaves = |rng: &mut Rng| {
            let rows = rungs(rng, &sizes, 1024, f);
            looks(1024)
                .into_iter()
                .any(|n| !limit_hull(&rows[..3 * n], &ladder, 0.05).contains(1.0))
        };
        accept(name, count(name, 300, leaves), 300, 0.05);
    }
}

#[test]
fn an_exponent_leaves_its_hull_no_more_often_than_stated() {
    let sizes = [16, 64, 128, 512];
    let ladder = Ladder::slope(&sizes, &[], 0.5).expect("a ladder");
    for (name, f) in [
        ("pure power", (|n| 1.0 / n) as OfSize),
        ("next order", |n| (1.0 + 2.0 / n) / n),
        ("at the guard", |n| (1.0 + 1.0 / n.sqrt()) / n),
    ] {
        let leaves = |rng: &mut Rng| {
            let rows = rungs(rng, &sizes, 1024, f);
            looks(1024).into_iter().any(|n| {
                let found = rate::intervals(&rows[..4 * n], &ladder, 0.05);
                found.is_unbiased(0.05) && !found.hull().contains(1.0)
            })
        };
        accept(name, count(name, 300, leaves), 300, 0.05);
    }
}

/// Looked at after every round, where the sequences are least conservative.
#[test]
fn evidence_against_the_truth_reaches_its_threshold_no_more_often_than_stated_at_any_round() {
    let (alpha, threshold) = (0.05, -f64::ln(0.05));
    let normal = |rng: &mut Rng| {
        let mut moments = Moments::default();
        (1..=2048).any(|n| {
            moments.push(3.0 + rng.normal());
            n >= 2 && mean::log_e(&moments, 3.0) >= threshold
        })
    };
    accept("normal", count("each round", 400, normal), 400, alpha);
    for p in [0.5, 0.03] {
        let evidence: [fn(Bernoulli, f64) -> f64; 3] =
            [Bernoulli::log_e, Bernoulli::log_e_above, Bernoulli::log_e_below];
        for log_e in evidence {
            let event = |rng: &mut Rng| {
                let mut seen = Bernoulli::default();
                (0..512).any(|_| {
                    seen.push(rng.uniform() < p);
                    log_e(seen, p) >= threshold
                })
            };
            accept("event", count("each event", 300, event), 300, alpha);
        }
    }
}

// Infinite variance

/// The gates are smoke alarms: what they let pass must still be missed no more often than stated.
/// A one-sided tail is refused at the end; a symmetric one looks harmless in about one sample of
/// twenty, which is why [`a_declared_infinite_variance_is_never_trusted_at_any_look`].
#[test]
fn an_undeclared_infinite_variance_is_refused_and_what_is_trusted_misses_no_more_than_stated() {
    let symmetric = |rng: &mut Rng| rng.sign() * pareto(1.5)(rng);
    for alpha in [0.05, 1e-3] {
        let (none, course) = (Traits::default(), (200, 4096));
        let skewed = [
            follow("tail 1.5", pareto(1.5), 3.0, none, alpha, course),
            follow("tail 1.2", pareto(1.2), 6.0, none, alpha, course),
        ];
        for found in skewed {
            accept("a trusted interval", found.missed, found.count, alpha);
            accept("trust at the end", found.trusted_at_end, found.count, 0.001);
        }
        let found = follow("symmetric", symmetric, 0.0, none, alpha, course);
        accept("a trusted interval", found.missed, found.count, alpha);
        accept("trust at the end", found.trusted_at_end, found.count, 0.05);
    }
}

#[test]
fn a_declared_infinite_variance_is_never_trusted_at_any_look() {
    for tail in [2.0, 1.5, 0.8] {
        // Even where the draws themselves are innocent: the declaration is believed.
        let traits = Traits { tail_index: Some(tail), ..Traits::default() };
        let mut stream = Stream::new();
        let mut rng = generator("declared", 0);
        for _ in looks(4096) {
            stream.extend(&(0..64).map(|_| rng.normal()).collect::<Vec<_>>());
            let alarm = judge_mean(&stream, &traits, None, true, 0.05).alarm;
            let refused = matches!(
                alarm,
                Some(Alarm::InfiniteVariance { tail_index } | Alarm::InfiniteMean { tail_index })
                    if tail_index == tail
            );
            assert!(refused, "tail {tail}: {alarm:?}");
        }
    }
}

// Whole suites

/// The number of suites with a wrong verdict.
fn wrong_suites(claims: Vec<Claim>, truth: Truth, suites: u64, alpha: f64) -> u64 {
    let planted = catalogue(claims);
    let options = |seed| Options { alpha: Some(alpha), seed, ..Options::default() };
    let wrong = |seed: &u64| {
        planted.claims().any(|entry| {
            let checked = check(entry, planted.len(), &options(SEED + seed), &Unwatched)
                .unwrap_or_else(|error| panic!("{}: {error}", entry.path()));
            truth.contradicts(&checked)
        })
    };
    (0..suites).into_par_iter().filter(wrong).count() as u64
}

#[test]
fn suites_of_true_claims_are_wrong_no_more_often_than_stated() {
    let wrong = wrong_suites(truths(256), Truth::True, 100, ALPHA);
    accept("suites", wrong, 100, ALPHA);
}

#[test]
fn what_is_false_by_a_tolerance_is_supported_no_more_often_than_stated() {
    let above = wrong_suites(movable::<2>(512), Truth::of(2), 20, ALPHA);
    let below = wrong_suites(movable::<-2>(512), Truth::of(-2), 20, ALPHA);
    accept("false by one tolerance", above + below, 40, ALPHA);
}

// Power

/// The claims of some suites with draws, and those of them whose verdict is as wanted.
fn power(claims: Vec<Claim>, suites: u64, wanted: fn(&Checked) -> bool) -> (u64, u64) {
    let planted = catalogue(claims);
    let checked: Vec<Checked> =
        (0..suites).into_par_iter().flat_map_iter(|seed| run(&planted, SEED + seed)).collect();
    let random = || checked.iter().filter(|c| is_random(c.kind));
    (random().filter(|c| wanted(c)).count() as u64, random().count() as u64)
}

#[test]
fn what_is_true_is_supported_with_four_times_the_tight_budget() {
    let (supported, of) = power(movable::<0>(8192), 2, |c| c.verdict.is_supported());
    accept("open claims", of - supported, of, 0.05);
}

#[test]
fn what_is_false_by_two_tolerances_is_refuted_at_the_tight_budget() {
    for claims in [movable::<4>(2048), movable::<-4>(2048)] {
        let (refuted, of) = power(claims, 2, |c| c.verdict.is_refuted());
        accept("claims not refuted", of - refuted, of, 0.1);
    }
}

#[test]
fn what_is_false_by_half_a_tolerance_is_decided_either_way_and_never_lied_about() {
    let wrong = wrong_suites(movable::<1>(512), Truth::of(1), 16, ALPHA);
    accept("a restatement of the truth", wrong, 16, ALPHA);
    let (decided, of) = power(movable::<1>(8192), 1, |c| c.verdict.word() != "inconclusive");
    accept("open claims", of - decided, of, 0.2);
}

// Mutants

#[test]
fn near_mutants_of_planted_claims_are_refuted_at_the_constant_level() {
    let planted = catalogue(truths(1 << 18));
    for entry in planted.claims() {
        let labels = entry.claim.declaration().mutants();
        let near = labels.iter().position(|label| label.name == NEAR).expect("a near mutant");
        let options = Options { only: Some(near), seed: SEED, ..Options::default() };
        let checked = check(entry, planted.len(), &options, &Unwatched).expect("a check");
        assert_eq!(checked.alpha, 1e-6);
        assert!(checked.mutants[0].verdict.is_refuted(), "{}: {:?}", entry.path(), checked.mutants);
    }
}

#[test]
fn every_mutant_but_the_restatement_is_refuted_and_the_restatement_never_is() {
    let planted = catalogue(truths(4096));
    for checked in run(&planted, SEED) {
        for mutant in &checked.mutants {
            let survives = mutant.label.name == planted::RESTATED;
            let refuted = mutant.verdict.is_refuted();
            assert_eq!(refuted, !survives, "{} {:?}", checked.path, mutant);
        }
    }
}

// The regions notice what is wrong

#[test]
fn a_normal_interval_used_again_at_each_look_is_noticed() {
    let z = normal_isf(0.025);
    let misses = |rng: &mut Rng| {
        let values: Vec<f64> = (0..4096).map(|_| rng.normal()).collect();
        looks(4096).into_iter().any(|n| {
            let moments = Moments::of(&values[..n]);
            moments.mean.abs() > z * moments.deviation() / (n as f64).sqrt()
        })
    };
    notice("z at each look", count("z", 400, misses), 400, 0.05);
}

#[test]
fn a_skewed_law_without_the_correction_for_skewness_is_noticed() {
    // Student's interval with its level spent over the looks is right for normal rounds, and only
    // for those: it uses all of its level, so that nothing hides the skewness.
    let alpha = 0.01;
    let misses = |law: fn(&mut Rng) -> f64| {
        move |rng: &mut Rng| {
            let values: Vec<f64> = (0..1024).map(|_| law(rng)).collect();
            looks_at(Kind::Law, 1024).into_iter().zip(1..).any(|(n, look)| {
                let moments = Moments::of(&values[..n]);
                let k = Monitoring::Spending { look }.factor(n as u64, alpha);
                let radius = k * moments.deviation() / (n as f64).sqrt();
                (moments.mean - 1.0).abs() > radius
            })
        }
    };
    let normal = count("spent", 1000, misses(|rng| 1.0 + rng.normal()));
    accept("normal rounds", normal, 1000, alpha);
    let skewed = count("spent", 1000, misses(|rng| rng.chi_squared(1.0)));
    notice("chi-square rounds", skewed, 1000, alpha);
}

#[test]
fn an_infinite_variance_without_gates_is_noticed() {
    let misses = |rng: &mut Rng| {
        let values: Vec<f64> = (0..2048).map(|_| pareto(1.5)(rng)).collect();
        looks(2048)
            .into_iter()
            .any(|n| !mean::interval(&Moments::of(&values[..n]), 0.05).contains(3.0))
    };
    notice("tail 1.5 without gates", count("no gates", 200, misses), 200, 0.05);
}

#[test]
fn a_limit_judged_at_its_largest_size_is_noticed() {
    let (_, f) = REMAINDERS[2];
    let misses = |rng: &mut Rng| {
        let column = rungs(rng, &[256], 1024, f);
        looks(1024)
            .into_iter()
            .any(|n| !mean::interval(&Moments::of(&column[..n]), 0.05).contains(1.0))
    };
    notice("largest size alone", count("largest", 200, misses), 200, 0.05);
}

#[test]
fn bands_for_one_look_used_again_at_each_are_noticed() {
    let leaves = |rng: &mut Rng| {
        let values: Vec<f64> = (0..4096).map(|_| rng.uniform()).collect();
        looks(4096).into_iter().any(|n| {
            let mut seen = values[..n].to_vec();
            seen.sort_unstable_by(f64::total_cmp);
            let radius = (2_f64.ln() - 0.05_f64.ln()) / (2.0 * n as f64);
            kolmogorov_distance_continuous(&seen, |x| x) > radius.sqrt()
        })
    };
    notice("one band at each look", count("bands again", 400, leaves), 400, 0.05);
}

/// A level of 0.2 for each point instead of for all: what is promised is 0.2, what would be noticed
/// is a good half.
#[test]
fn a_level_that_is_not_divided_among_claims_and_points_is_noticed() {
    let (level, claims) = (0.2, truths(256));
    let undivided = level * (claims.len() * planted::POINTS) as f64;
    let wrong = wrong_suites(claims, Truth::True, 30, undivided);
    notice("undivided", wrong, 30, level);
}

#[test]
fn claims_that_are_false_by_two_tolerances_are_noticed_when_they_are_taken_for_true() {
    let wrong = wrong_suites(movable::<4>(512), Truth::True, 8, ALPHA);
    notice("false claims", wrong, 8, ALPHA);
}
