//! The rungs of a ladder: what the observable is at each size, at a point that a check has judged.
//!
//! A check weighs combinations of the sizes and forgets the sizes themselves. Here the same draws
//! are made once more (they are addressed, so that they are the same bits) and kept apart.

use crate::check::{CheckError, PointReport};
use crate::claim::Entry;
use crate::evidence::judge_mean;
use crate::kind::Version;
use crate::plan;
use crate::random::Purpose;
use crate::run::{Job, Watch, guarded};
use crate::sampler::Approx;
use crate::samples::Samples;
use crate::stats::interval::Interval;
use crate::trace::LEVEL;

/// The observable at one size.
#[derive(Clone, Debug, PartialEq)]
pub struct Rung {
    /// The size.
    pub size: usize,
    /// The theory at this size, by component; of a rate, its shape.
    pub theory: Vec<Approx>,
    /// Means of the observable, by component.
    pub means: Vec<f64>,
    /// Intervals for them, at [`LEVEL`] each.
    pub intervals: Vec<Interval>,
}

/// The observable at every size of a ladder.
#[derive(Clone, Debug, PartialEq)]
pub struct Rungs {
    /// In the order in which the claim lists them.
    pub rungs: Vec<Rung>,
    /// Means of the two ends $A_\pm$ between which the limit lies, by component; empty for a rate,
    /// whose ends are slopes.
    pub ends: Vec<[f64; 2]>,
    /// Rounds drawn.
    pub rounds: u64,
}

/// Draws the rungs at a point of a check once more. `alpha` is the level of that point, on which
/// the replicates at each size depend. `None` for a claim without sizes, or never drawn there.
///
/// # Errors
/// A claim that cannot be planned, or whose code breaks, or a watch that said stop.
pub fn rungs(
    entry: Entry<'_>,
    point: &PointReport,
    alpha: f64,
    seed: u64,
    watch: &dyn Watch,
) -> Result<Option<Rungs>, CheckError> {
    let declaration = entry.claim.declaration();
    let sizes = declaration.sizes();
    if sizes.is_empty() || point.rounds == 0 {
        return Ok(None);
    }
    let (path, asked) = (entry.path(), [point.at.clone()]);
    let targets = guarded(&path, || Ok(plan::targets(entry.claim, Some(&asked))))??;
    let Some(mut target) = targets.into_iter().next() else { return Ok(None) };
    let Some(design) = target.design.clone() else { return Ok(None) };
    let mut apart = design.clone();
    apart.combinations = (0..sizes.len()).map(|k| unit(k, sizes.len())).collect();
    apart.combinations.extend(design.combinations.iter().take(2).cloned());
    apart.keep = false;
    let (at, setting) = (target.at.clone(), target.setting.clone());
    let replicates = target.replicates.clone();
    let mut job = Job {
        declaration,
        path: &path,
        at: &at,
        setting: &setting,
        design: &design,
        replicates: &replicates,
        seed,
        purpose: Purpose::Judge,
    };
    let pilot = job.pilot()?;
    let need = guarded(&path, || Ok(declaration.need(&at)))?;
    plan::allocate_rounds(&mut target, &need, &pilot, entry.claim.settings(), alpha);
    job.replicates = &target.replicates;
    job.design = &apart;
    let mut samples = job.start()?;
    job.extend(&mut samples, point.rounds, watch)?;
    let theory = guarded(&path, || {
        let at_size = |size: &usize| declaration.theory(Version::Stated, &at, *size);
        Ok(sizes.iter().map(at_size).collect::<Vec<_>>())
    })?;
    Ok(Some(collect(&samples, sizes, theory)))
}

fn unit(index: usize, count: usize) -> Vec<f64> {
    (0..count).map(|k| f64::from(u8::from(k == index))).collect()
}

fn collect(samples: &Samples, sizes: &[usize], theory: Vec<Vec<Approx>>) -> Rungs {
    let components = samples.components;
    let one = |(k, (size, theory)): (usize, (&usize, Vec<Approx>))| {
        let streams = (0..components).map(|c| samples.stream(k, c));
        let judge = |c| judge_mean(samples.stream(k, c), &samples.traits, None, true, LEVEL);
        Rung {
            size: *size,
            theory,
            means: streams.map(|s| s.moments().mean).collect(),
            intervals: (0..components).map(|c| judge(c).interval).collect(),
        }
    };
    let combinations = samples.streams.len() / components.max(1);
    let ends = if combinations < sizes.len() + 2 {
        Vec::new()
    } else {
        let mean = |k: usize, c: usize| samples.stream(sizes.len() + k, c).moments().mean;
        (0..components).map(|c| [mean(0, c), mean(1, c)]).collect()
    };
    let rungs = sizes.iter().zip(theory).enumerate().map(one).collect();
    Rungs { rungs, ends, rounds: samples.rounds }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Options, check};
    use crate::evidence::Finding;
    use crate::prelude::*;
    use crate::run::Unwatched;

    fn catalogue() -> Catalogue {
        let claim = Claim::new(
            "mean",
            Limit {
                domain: |given| given.real("mu", 1.0..=2.0),
                theory: |mu| *mu,
                observable: Each(|mu, n| {
                    Sampler::new(move |rng| mu + (1.0 + rng.normal()) / n as f64)
                }),
                sizes: &[10, 20, 40, 80],
                correction: Correction::INVERSE_N,
                resolution: Relative(0.01),
                known: vec![],
                mutants: ["a", "b", "c"].map(|name| Mutant {
                    name,
                    why: "twice",
                    says: (|mu| 2.0 * mu) as fn(&f64) -> f64,
                }),
                curve: Curve { x: "mu", grid: Grid::At(&[1.0, 2.0]), at: |mu| mu },
            },
            Tie::none("nothing is derived"),
        );
        Catalogue::new(vec![Theorem {
            id: "nobody2000.ladder",
            alias: "",
            title: "A term in 1/n",
            source: Source { paper: "none", result: "none", link: "none" },
            statement: "",
            claims: vec![claim],
            derivation: Derivation::none,
        }])
    }

    #[test]
    fn the_rungs_are_the_draws_that_were_judged() {
        let catalogue = catalogue();
        let entry = catalogue.claims().next().unwrap();
        let checked = check(entry, 1, &Options::default(), &Unwatched).unwrap();
        let share = checked.alpha / checked.points.len() as f64;
        for point in &checked.points {
            let rungs = rungs(entry, point, share, 0, &Unwatched).unwrap().unwrap();
            let Finding::Difference { observed, extrapolation, .. } = point.evidence[0].finding
            else {
                panic!()
            };
            let [plus, minus] = rungs.ends[0];
            assert!((0.5 * (plus + minus) - observed).abs() < 1e-12, "{observed}: {rungs:?}");
            assert!(((plus - minus).abs() - extrapolation).abs() < 1e-12);
            for rung in &rungs.rungs {
                let mean = rung.theory[0].value + 1.0 / rung.size as f64;
                assert!(rung.intervals[0].contains(mean), "{mean}: {rung:?}");
                assert!(rung.intervals[0].contains(rung.means[0]));
            }
        }
    }

    #[test]
    fn another_seed_gives_other_rungs() {
        let catalogue = catalogue();
        let entry = catalogue.claims().next().unwrap();
        let checked = check(entry, 1, &Options::default(), &Unwatched).unwrap();
        let of = |seed| rungs(entry, &checked.points[0], 1e-6, seed, &Unwatched).unwrap();
        assert_ne!(of(0), of(1));
        assert_eq!(of(0), of(0));
    }
}
