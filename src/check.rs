//! The loop that joins the stages: plan, sample, weigh, judge, until decided or out of budget.

use crate::claim::{Claim, Components, Entry};
use crate::evidence::{Evidence, Finding, Guarantee, Resolution};
use crate::gap::gap;
use crate::given::{Address, Symbol, planned_points};
use crate::kind::{Declaration, Kind, Label, Level, Need, Version};
use crate::missing::{self, Missing};
use crate::plan::{self, PILOT_ROUNDS, PlanError, Target};
use crate::random::{Purpose, fnv1a};
use crate::run::{Job, Trouble, Unwatched, Watch, guarded};
use crate::samples::Samples;
use crate::search;
use crate::stats::gate::Alarm;
use crate::stats::suite;
use crate::verdict::{Reason, Verdict, judge, worst};
use rayon::prelude::*;
use std::time::{Duration, Instant};

/// What a user may ask of a check.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// A stated union over the whole catalogue, instead of the constant level of each claim.
    pub alpha: Option<f64>,
    /// Master seed.
    pub seed: u64,
    /// Time to spend on this claim: it is sharpened until the time is up.
    pub budget: Option<Duration>,
    /// Points to check instead of the planned ones.
    pub at: Option<Vec<Address>>,
    /// A sharper promise to keep than the declared one, of the same kind; a coarser one changes
    /// nothing.
    pub resolution: Option<f64>,
    /// Stop as soon as this mutant is decided, instead of when everything is.
    pub only: Option<usize>,
}

/// A claim that could not be checked at all.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CheckError {
    /// It could not be planned.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Its code broke.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// Its author has not filled in everything.
    #[error(transparent)]
    Missing(#[from] Missing),
    /// The theory is not what its author says that it is.
    #[error(
        "the theory computes {computed:e} at {at}, where the known value {number} is {expected:e}"
    )]
    Known {
        /// Where.
        at: String,
        /// Its position in the list, from 1.
        number: usize,
        /// What the theory computes.
        computed: f64,
        /// What was typed.
        expected: f64,
    },
}

/// What was found at one point.
#[derive(Clone, Debug)]
pub struct PointReport {
    /// Where.
    pub at: Address,
    /// The symbols.
    pub symbols: Vec<Symbol>,
    /// Rounds drawn.
    pub rounds: u64,
    /// Draws made.
    pub draws: u64,
    /// Evidence about the stated version, one for each component.
    pub evidence: Vec<Evidence>,
    /// The verdict on the stated version.
    pub verdict: Verdict,
}

/// What became of a mutant.
#[derive(Clone, Debug)]
pub struct MutantReport {
    /// Name and reason.
    pub label: Label,
    /// Its verdict: `Refuted` is what is required.
    pub verdict: Verdict,
    /// The point at which it was decided.
    pub point: usize,
    /// Rounds at that point when it was decided.
    pub rounds: u64,
    /// Where it survived: how far it is from the theory at that point, in promised resolutions, if
    /// mutants of this kind are a distance away.
    pub gap: Option<f64>,
}

/// A checked claim.
#[derive(Clone, Debug)]
pub struct Checked {
    /// `id::claim`.
    pub path: String,
    /// The kind.
    pub kind: Kind,
    /// What the numbers of the theory are called.
    pub parts: Components,
    /// The promise.
    pub promise: Resolution,
    /// The error probability of everything said here.
    pub alpha: f64,
    /// Master seed.
    pub seed: u64,
    /// The points.
    pub points: Vec<PointReport>,
    /// The verdict on the claim as stated.
    pub verdict: Verdict,
    /// The mutants.
    pub mutants: Vec<MutantReport>,
    /// On what the level rests.
    pub guarantee: Guarantee,
    /// Log10 of the e-value against the claim, averaged over the points.
    pub log10_against: f64,
    /// Log10 of the e-value for the claim, the least over the points.
    pub log10_support: f64,
    /// Draws in all, the pilot excluded.
    pub draws: u64,
    /// Seconds spent. The only number that differs from run to run.
    pub seconds: f64,
}

impl Checked {
    /// Whether the claim is supported and every mutant refuted.
    pub fn passed(&self) -> bool {
        self.verdict.is_supported() && self.mutants.iter().all(|m| m.verdict.is_refuted())
    }

    /// The smallest gap of a mutant that was refuted, in the unit of the resolution.
    pub fn power_floor(&self) -> Option<f64> {
        let gap = |m: &MutantReport| match m.verdict {
            Verdict::Refuted { by } => Some(by),
            _ => None,
        };
        self.mutants.iter().filter_map(gap).min_by(f64::total_cmp)
    }

    /// The point whose verdict is the claim's.
    pub fn decisive(&self) -> Option<&PointReport> {
        self.points.iter().find(|p| p.verdict == self.verdict).or_else(|| self.points.first())
    }
}

/// Checks one claim of a catalogue with `claims` claims.
///
/// # Errors
/// A claim that cannot be planned, or whose code breaks. A claim that is false is a verdict.
pub fn check(
    entry: Entry<'_>,
    claims: usize,
    options: &Options,
    watch: &dyn Watch,
) -> Result<Checked, CheckError> {
    missing::at_sight(entry)?;
    // What is only seen when it runs is named with everything else that is missing.
    checked(entry, claims, options, watch).map_err(|error| match missing::of(entry) {
        Err(missing) if error.is_unfilled() => missing.into(),
        _ => error,
    })
}

impl CheckError {
    fn is_unfilled(&self) -> bool {
        matches!(self, Self::Trouble(Trouble::Unfilled { .. }))
    }
}

fn checked(
    entry: Entry<'_>,
    claims: usize,
    options: &Options,
    watch: &dyn Watch,
) -> Result<Checked, CheckError> {
    let started = Instant::now();
    let alpha = plan::level(options.alpha, claims)?;
    let path = entry.path();
    known(entry)?;
    let targets = guarded(&path, || Ok(plan::targets(entry.claim, options.at.as_deref())))??;
    let computed = targets.iter().all(|t| t.design.is_none());
    let course = Course { entry, path, alpha, options, started, watch };
    let mut checked = if computed { course.computed(targets)? } else { course.sampled(targets)? };
    checked.seconds = started.elapsed().as_secs_f64();
    Ok(checked)
}

/// No verdict on a theory that computes something else than its known values.
fn known(entry: Entry<'_>) -> Result<(), CheckError> {
    let all = guarded(&entry.path(), || Ok(entry.claim.declaration().known()))?;
    match all.iter().position(|k| !k.agrees()) {
        None => Ok(()),
        Some(index) => Err(CheckError::Known {
            at: all[index].at.clone(),
            number: index + 1,
            computed: all[index].computed.value,
            expected: all[index].expected,
        }),
    }
}

/// Seconds that a claim's promise needs, as far as a timed pilot can tell: the price of a round is
/// used to share a budget of time, and decides nothing else.
///
/// # Errors
/// As [`check`].
pub fn estimate(entry: Entry<'_>, claims: usize, options: &Options) -> Result<f64, CheckError> {
    let path = entry.path();
    let alpha = plan::level(options.alpha, claims)?;
    let targets = guarded(&path, || Ok(plan::targets(entry.claim, options.at.as_deref())))??;
    let (mut seconds, count) = (0.0, targets.len());
    let course = Course { entry, path, alpha, options, started: Instant::now(), watch: &Unwatched };
    for mut target in targets {
        let started = Instant::now();
        let Some(job) = course.job(&target) else { continue };
        let pilot = job.pilot()?;
        let price = started.elapsed().as_secs_f64() / PILOT_ROUNDS as f64;
        let need = course.need(&target)?;
        let settings = entry.claim.settings();
        plan::allocate_rounds(&mut target, &need, &pilot, settings, alpha / count as f64);
        seconds += price * target.needed as f64;
    }
    Ok(seconds)
}

/// One check under way: what does not change while it runs.
struct Course<'a> {
    entry: Entry<'a>,
    path: String,
    alpha: f64,
    options: &'a Options,
    started: Instant,
    watch: &'a dyn Watch,
}

/// A point and what is known there so far.
struct State {
    target: Target,
    samples: Samples,
    evidence: Vec<Evidence>,
    verdict: Option<Verdict>,
    /// Rounds and draws when it was last weighed: a look that was broken off left more.
    weighed: (u64, u64),
}

/// Proposals of the search for one computed claim, beside its corners and planned points.
const SEARCH_CASES: usize = 256;

/// Planned points of a computed claim: they cost nothing.
const COMPUTED_POINTS: usize = 64;

/// Corners of the unit cube that are tried, at most.
const CORNERS_MAX: usize = 64;

impl<'a> Course<'a> {
    fn claim(&self) -> &'a Claim {
        self.entry.claim
    }

    fn declaration(&self) -> &'a dyn Declaration {
        self.claim().declaration()
    }

    fn labels(&self) -> Vec<Label> {
        self.declaration().mutants()
    }

    /// The versions that this check has to decide, the stated one first.
    fn mutants(&self) -> Vec<usize> {
        match self.options.only {
            Some(index) => vec![index],
            None => (0..self.labels().len()).collect(),
        }
    }

    fn job<'b>(&'b self, target: &'b Target) -> Option<Job<'b>> {
        Some(Job {
            declaration: self.declaration(),
            path: &self.path,
            at: &target.at,
            setting: &target.setting,
            design: target.design.as_ref()?,
            replicates: &target.replicates,
            seed: self.options.seed,
            purpose: Purpose::Judge,
        })
    }

    /// The promise that is to be kept: the declared one, or a sharper one that a user asked for.
    fn promise(&self) -> f64 {
        let declared = self.declaration().resolution().number();
        self.options.resolution.map_or(declared, |asked| asked.min(declared))
    }

    /// The declared need, at the promise that is to be kept.
    fn need(&self, target: &Target) -> Result<Need, Trouble> {
        let point = plan::describe(&target.setting);
        let need = guarded(&point, || Ok(self.declaration().need(&target.at)))?;
        let factor = self.promise() / self.declaration().resolution().number();
        if factor == 1.0 {
            return Ok(need);
        }
        Ok(match need {
            Need::Means { tolerances, parts } => {
                Need::Means { tolerances: tolerances.iter().map(|t| t * factor).collect(), parts }
            }
            Need::Slope { ends, tolerance } => Need::Slope { ends, tolerance: tolerance * factor },
            Need::Distance { tolerance } => Need::Distance { tolerance: tolerance * factor },
            other => other,
        })
    }

    /// Refuses what would leave a component unjudged.
    fn same_components(&self, target: &Target, need: &Need, drawn: usize) -> Result<(), Trouble> {
        match need {
            Need::Means { tolerances, .. } if tolerances.len() != drawn => {
                let (claimed, point) = (tolerances.len(), plan::describe(&target.setting));
                Err(Trouble::Components { claimed, drawn, point })
            }
            _ => Ok(()),
        }
    }

    /// A claim with draws: looked at until everything is decided.
    fn sampled(&self, targets: Vec<Target>) -> Result<Checked, CheckError> {
        let mut states = self.prepare(targets)?;
        let needed = states.iter().map(|s| s.target.needed).max().unwrap_or(1);
        let exact = states.iter().all(|s| s.samples.traits.exact);
        let unlimited = self.options.budget.is_some() && !exact;
        let mut mutants: Vec<Option<MutantReport>> = vec![None; self.labels().len()];
        let mut reason = Reason::Budget;
        let mut look = 0;
        let looks: Vec<u64> = if exact {
            vec![1]
        } else {
            let between = self.declaration().kind().looks_per_doubling();
            plan::looks(self.claim().settings(), between, needed, unlimited).collect()
        };
        let mut before = 0;
        for (index, rounds) in looks.into_iter().enumerate() {
            if !self.fits(&states, rounds) {
                reason = Reason::Memory;
                break;
            }
            if self.late(before, rounds) {
                break;
            }
            before = rounds;
            look = index as u32 + 1;
            match self.look(&mut states, &mut mutants, rounds, look) {
                Ok(()) => {}
                Err(Trouble::Stopped) => {
                    reason = if self.overdue() { Reason::Budget } else { Reason::Stopped };
                    break;
                }
                Err(trouble) => return Err(trouble.into()),
            }
            self.tell(&states);
            if self.decided(&states, &mutants) && !unlimited {
                break;
            }
        }
        self.weigh_in_both_directions(&mut states, look)?;
        Ok(self.report(states, mutants, reason))
    }

    /// E-values for print: dearer than the intervals, so only once, at the end.
    fn weigh_in_both_directions(&self, states: &mut [State], look: u32) -> Result<(), Trouble> {
        if self.options.only.is_some() {
            return Ok(());
        }
        let alpha = self.alpha / states.len() as f64;
        let level = Level { alpha, look: look.max(1), e_values: true };
        // Where the last look was broken off there are draws that were never weighed.
        let whole = |state: &State| state.samples.rounds == state.weighed.0;
        let last: Vec<Option<Result<Vec<Evidence>, Trouble>>> = states
            .par_iter()
            .map(|state| whole(state).then(|| self.evidence(Version::Stated, state, level)))
            .collect();
        for (state, last) in states.iter_mut().zip(last) {
            let last = last.transpose()?.unwrap_or_default();
            for (standing, last) in state.evidence.iter_mut().zip(last) {
                standing.ln_against = last.ln_against;
                standing.ln_support = last.ln_support;
            }
        }
        Ok(())
    }

    /// Pilots, allocations, empty samples.
    fn prepare(&self, targets: Vec<Target>) -> Result<Vec<State>, CheckError> {
        let alpha = self.alpha / targets.len() as f64;
        let prepare = |mut target: Target| -> Result<State, CheckError> {
            let need = self.need(&target)?;
            if let Some(job) = self.job(&target) {
                let pilot = job.pilot()?;
                self.same_components(&target, &need, pilot.components)?;
                let settings = self.claim().settings();
                plan::allocate_rounds(&mut target, &need, &pilot, settings, alpha);
                if self.options.budget.is_none() {
                    plan::out_of_reach(&target, settings)?;
                }
            }
            let samples = match self.job(&target) {
                Some(job) => job.start()?,
                None => Samples::none(),
            };
            Ok(State { target, samples, evidence: Vec::new(), verdict: None, weighed: (0, 0) })
        };
        let prepared: Vec<Result<State, CheckError>> =
            targets.into_par_iter().map(prepare).collect();
        prepared.into_iter().collect()
    }

    /// Whether what this look keeps stays within the limit.
    fn fits(&self, states: &[State], rounds: u64) -> bool {
        let kept: u64 = states.iter().map(|s| s.samples.stride as u64 * rounds).sum();
        kept <= plan::KEPT_MAX
    }

    /// Whether a look after so many rounds more than before would pass the budget of time.
    fn late(&self, before: u64, rounds: u64) -> bool {
        let growth = rounds as f64 / before as f64;
        let expected = self.started.elapsed().as_secs_f64() * growth;
        before > 0 && self.options.budget.is_some_and(|budget| expected > budget.as_secs_f64())
    }

    fn overdue(&self) -> bool {
        self.options.budget.is_some_and(|budget| self.started.elapsed() > budget)
    }

    fn look(
        &self,
        states: &mut [State],
        mutants: &mut [Option<MutantReport>],
        rounds: u64,
        look: u32,
    ) -> Result<(), Trouble> {
        let wanted = self.mutants();
        // A mutant may fall at any point, so all of them go on until it does; else only the
        // points at which the claim itself is open.
        let open = self.options.only.is_some()
            || self.options.budget.is_some()
            || wanted.iter().any(|i| mutants[*i].is_none());
        let level = Level { alpha: self.alpha / states.len() as f64, look, e_values: false };
        let mut fallen: Vec<(usize, usize, f64)> = Vec::new();
        let deadline = Deadline { course: self, watch: self.watch };
        let extend = |state: &mut State| -> Option<Result<(), Trouble>> {
            if !(open || unfinished(state)) {
                return None;
            }
            let State { target, samples, .. } = state;
            let job = self.job(target);
            Some(job.map_or(Ok(()), |job| job.extend(samples, rounds, &deadline)))
        };
        let extended: Vec<Option<Result<(), Trouble>>> =
            states.par_iter_mut().map(extend).collect();
        // The points that were drawn are weighed even if another one was broken off.
        let drawn: Vec<usize> =
            (0..states.len()).filter(|k| matches!(extended[*k], Some(Ok(())))).collect();
        let broken = extended.into_iter().flatten().find(Result::is_err).unwrap_or(Ok(()));
        // Weighing is pure, so that all versions at all points are weighed side by side.
        let mut versions = vec![Version::Stated];
        let standing = wanted.iter().copied().filter(|i| mutants[*i].is_none());
        versions.extend(standing.map(Version::Mutant));
        let pairs: Vec<(usize, Version)> =
            drawn.iter().flat_map(|point| versions.iter().map(|v| (*point, *v))).collect();
        let weigh =
            |(point, version): &(usize, Version)| self.evidence(*version, &states[*point], level);
        let weighed: Vec<Result<Vec<Evidence>, Trouble>> = pairs.par_iter().map(weigh).collect();
        for ((point, version), evidence) in pairs.into_iter().zip(weighed) {
            match version {
                Version::Stated => states[point].keep(evidence?),
                Version::Mutant(mutant) => {
                    fallen.extend(refuted_by(&evidence?).map(|by| (mutant, point, by)));
                }
            }
        }
        // Of the points that refute a mutant at this look, the one that does so most clearly.
        fallen.sort_by(|a, b| b.2.total_cmp(&a.2));
        for (mutant, point, by) in fallen {
            let label = self.labels()[mutant];
            mutants[mutant].get_or_insert(MutantReport {
                label,
                verdict: Verdict::Refuted { by },
                point,
                rounds,
                gap: None,
            });
        }
        broken
    }

    /// Weighs the stated version at a point, and keeps the decision that stands.
    fn weigh(&self, state: &mut State, level: Level) -> Result<(), Trouble> {
        let evidence = self.evidence(Version::Stated, state, level)?;
        state.keep(evidence);
        Ok(())
    }

    fn evidence(
        &self,
        version: Version,
        state: &State,
        level: Level,
    ) -> Result<Vec<Evidence>, Trouble> {
        let point = plan::describe(&state.target.setting);
        guarded(&point, || {
            let mut evidence =
                self.declaration().weigh(version, &state.target.at, &state.samples, level);
            if let Some(sharper) = self.options.resolution {
                evidence.iter_mut().for_each(|e| e.promised = e.promised.min(sharper));
            }
            Ok(evidence)
        })
    }

    /// By how much a mutant is refuted at a point, if it is.
    fn refutes(&self, state: &State, mutant: usize, level: Level) -> Result<Option<f64>, Trouble> {
        Ok(refuted_by(&self.evidence(Version::Mutant(mutant), state, level)?))
    }

    fn decided(&self, states: &[State], mutants: &[Option<MutantReport>]) -> bool {
        let fallen = self.mutants().iter().all(|i| mutants[*i].is_some());
        match self.options.only {
            Some(_) => fallen,
            None => fallen && !states.iter().any(unfinished),
        }
    }

    /// Tells whoever watches how far the widest interval is from the promise.
    fn tell(&self, states: &[State]) {
        let share = |e: &Evidence| e.half_width() / e.promised;
        let widest = states
            .iter()
            .filter(|s| unfinished(s))
            .flat_map(|s| &s.evidence)
            .max_by(|a, b| share(a).total_cmp(&share(b)));
        let promise = self.declaration().resolution();
        if let Some(evidence) = widest {
            self.watch.looked(promise.with(evidence.half_width()), promise.with(evidence.promised));
        }
    }

    /// A claim without draws: planned points, corners, and a search of its own for each version.
    fn computed(&self, mut targets: Vec<Target>) -> Result<Checked, CheckError> {
        let dimension = targets.first().map_or(0, |t| t.setting.symbols.len());
        if self.options.at.is_none() {
            targets = self.everywhere(dimension)?;
        }
        let level = Level { alpha: self.alpha, look: 1, e_values: false };
        let searchable = self.options.at.is_none() && dimension > 0;
        let seed = self.options.seed ^ fnv1a(self.path.as_bytes());
        let mut states: Vec<State> = targets
            .into_iter()
            .map(|target| State {
                target,
                samples: Samples::none(),
                evidence: Vec::new(),
                verdict: None,
                weighed: (0, 0),
            })
            .collect();
        if searchable {
            let stated = self.worst_point(Version::Stated, dimension, seed, level)?;
            states.push(stated);
        }
        let weighed: Vec<Result<Vec<Evidence>, Trouble>> =
            states.par_iter().map(|state| self.evidence(Version::Stated, state, level)).collect();
        for (state, evidence) in states.iter_mut().zip(weighed) {
            state.keep(evidence?);
        }
        let mut mutants: Vec<Option<MutantReport>> = vec![None; self.labels().len()];
        for mutant in self.mutants() {
            let mut best: Option<(usize, f64)> = None;
            let refuted: Vec<Result<Option<f64>, Trouble>> =
                states.par_iter().map(|state| self.refutes(state, mutant, level)).collect();
            for (index, by) in refuted.into_iter().enumerate() {
                if let Some(by) = by?
                    && best.is_none_or(|(_, b)| by > b)
                {
                    best = Some((index, by));
                }
            }
            if best.is_none() && searchable {
                let mut state =
                    self.worst_point(Version::Mutant(mutant), dimension, seed, level)?;
                if let Some(by) = self.refutes(&state, mutant, level)? {
                    self.weigh(&mut state, level)?;
                    states.push(state);
                    best = Some((states.len() - 1, by));
                }
            }
            let label = self.labels()[mutant];
            mutants[mutant] = best.map(|(point, by)| MutantReport {
                label,
                verdict: Verdict::Refuted { by },
                point,
                rounds: 0,
                gap: None,
            });
        }
        Ok(self.report(states, mutants, Reason::Budget))
    }

    /// The planned points of a computed claim, and the corners of its hypotheses.
    fn everywhere(&self, dimension: usize) -> Result<Vec<Target>, CheckError> {
        let mut points = planned_points(dimension, COMPUTED_POINTS);
        let corners = 1_usize << dimension.min(6);
        points.extend((0..corners.min(CORNERS_MAX)).map(|bits| {
            let end = |j: usize| f64::from(u8::from(bits >> j & 1 == 1));
            Address::Unit((0..dimension).map(end).collect())
        }));
        let targets = guarded(&self.path, || Ok(plan::targets(self.claim(), Some(&points))))??;
        Ok(targets)
    }

    /// The worst point of a version that the search finds.
    fn worst_point(
        &self,
        version: Version,
        dimension: usize,
        seed: u64,
        level: Level,
    ) -> Result<State, CheckError> {
        let at_point = |u: &[f64]| -> Result<State, CheckError> {
            let at = [Address::Unit(u.to_vec())];
            let mut targets = plan::targets(self.claim(), Some(&at))?;
            let target = targets.remove(0);
            Ok(State {
                target,
                samples: Samples::none(),
                evidence: Vec::new(),
                verdict: None,
                weighed: (0, 0),
            })
        };
        let found = guarded(&self.path, || {
            Ok(search::worst(dimension, SEARCH_CASES, seed, |u| {
                let Ok(state) = at_point(u) else { return f64::NEG_INFINITY };
                // A point at which the claim's code breaks is the worst: weighed again, it is named.
                let Ok(evidence) = self.evidence(version, &state, level) else {
                    return f64::INFINITY;
                };
                evidence.iter().map(excess).fold(f64::NEG_INFINITY, f64::max)
            }))
        })?;
        at_point(&found.coordinates)
    }

    /// Where a mutant is farthest from the theory, and how far.
    fn farthest(&self, mutant: usize, points: &[PointReport]) -> (usize, Option<f64>) {
        let far = |point: &PointReport| {
            guarded(&self.path, || Ok(gap(self.declaration(), mutant, &point.at))).ok().flatten()
        };
        let gaps = points.iter().map(far).enumerate().filter_map(|(i, gap)| Some((i, gap?)));
        let farthest = gaps.max_by(|a, b| a.1.total_cmp(&b.1));
        farthest.map_or((0, None), |(point, gap)| (point, Some(gap)))
    }

    fn report(
        &self,
        states: Vec<State>,
        mutants: Vec<Option<MutantReport>>,
        reason: Reason,
    ) -> Checked {
        let promised = self.promise();
        let open = |resolution: f64| Verdict::Inconclusive {
            resolution,
            promised,
            reason: reason.clone(),
        };
        let settle = |verdict: Option<Verdict>| match verdict {
            None => open(f64::INFINITY),
            Some(Verdict::Inconclusive { resolution, promised, reason: Reason::Budget }) => {
                Verdict::Inconclusive { resolution, promised, reason: reason.clone() }
            }
            Some(verdict) => verdict,
        };
        let points: Vec<PointReport> = states
            .into_iter()
            .map(|state| PointReport {
                at: state.target.at,
                symbols: state.target.setting.symbols,
                rounds: state.weighed.0,
                draws: state.weighed.1,
                evidence: state.evidence,
                verdict: settle(state.verdict),
            })
            .collect();
        let verdict = settle(worst(points.iter().map(|p| p.verdict.clone())));
        let wanted = self.mutants();
        let mutants = self
            .labels()
            .into_iter()
            .zip(mutants)
            .enumerate()
            .filter(|(index, _)| wanted.contains(index))
            .map(|(index, (label, report))| {
                report.unwrap_or_else(|| {
                    let (point, gap) = self.farthest(index, &points);
                    let rounds = points.iter().map(|p| p.rounds).max().unwrap_or(0);
                    MutantReport { label, verdict: open(f64::NAN), point, rounds, gap }
                })
            })
            .collect();
        let log10 = std::f64::consts::LOG10_E;
        let (against, support) = e_values(&points);
        Checked {
            path: self.path.clone(),
            kind: self.declaration().kind(),
            parts: self.entry.claim.parts(),
            promise: self.declaration().resolution().with(promised),
            alpha: self.alpha,
            seed: self.options.seed,
            guarantee: weakest(&points),
            draws: points.iter().map(|p| p.draws).sum(),
            points,
            verdict,
            mutants,
            log10_against: against * log10,
            log10_support: support * log10,
            seconds: 0.0,
        }
    }
}

/// Stops a sampling loop when its time is up.
struct Deadline<'a> {
    course: &'a Course<'a>,
    watch: &'a dyn Watch,
}

impl Watch for Deadline<'_> {
    fn drawn(&self, rounds: u64) -> bool {
        self.watch.drawn(rounds) && !self.course.overdue()
    }
}

impl State {
    /// Takes evidence about the stated version, and keeps the decision that stands.
    fn keep(&mut self, evidence: Vec<Evidence>) {
        self.weighed = (self.samples.rounds, self.samples.draws);
        if evidence.iter().any(|e| matches!(e.alarm, Some(Alarm::HeavyTail { .. }))) {
            self.samples.put_off.get_or_insert(self.samples.rounds);
        }
        let verdict = worst(evidence.iter().map(judge));
        let stands = match (&self.verdict, &verdict) {
            // A later look cannot take back support, unless it refutes.
            (Some(Verdict::Supported { .. }), Some(Verdict::Inconclusive { .. })) => true,
            // A refutation stands, and a later look at it is a closer one.
            (Some(Verdict::Refuted { .. }), Some(Verdict::Refuted { .. })) => false,
            (Some(Verdict::Refuted { .. }), _) => true,
            _ => false,
        };
        if !stands {
            self.verdict = verdict;
            self.evidence = evidence;
        }
    }
}

/// By how much evidence refutes what it is about, if it does.
fn refuted_by(evidence: &[Evidence]) -> Option<f64> {
    match worst(evidence.iter().map(judge)) {
        Some(Verdict::Refuted { by }) => Some(by),
        _ => None,
    }
}

/// Whether a point is undecided, or refuted less closely than its promise: what is false is
/// measured as closely as what is true, so that a report can say what it is off by.
fn unfinished(state: &State) -> bool {
    match state.verdict {
        Some(Verdict::Supported { .. }) => false,
        Some(Verdict::Refuted { .. }) => {
            let wide = |e: &Evidence| {
                matches!(e.finding, Finding::Difference { .. }) && e.half_width() > e.promised
            };
            state.evidence.iter().any(wide)
        }
        _ => true,
    }
}

/// How far a computed assertion is broken, beyond rounding.
fn excess(evidence: &Evidence) -> f64 {
    match evidence.finding {
        Finding::Computed { excess, rounding, .. } => excess - rounding,
        _ => f64::NEG_INFINITY,
    }
}

/// The weakest guarantee of the points.
fn weakest(points: &[PointReport]) -> Guarantee {
    let rank = |g: &Guarantee| match g {
        Guarantee::Computed => 0.0,
        Guarantee::Exact => 1.0,
        Guarantee::Asymptotic { unseen } => 2.0 + unseen,
    };
    points
        .iter()
        .flat_map(|p| p.evidence.iter().map(|e| e.guarantee))
        .max_by(|a, b| rank(a).total_cmp(&rank(b)))
        .unwrap_or(Guarantee::Computed)
}

/// Natural logarithms of the evidence against the claim (an average over points and components is
/// an e-value whatever their dependence) and for it (the least).
fn e_values(points: &[PointReport]) -> (f64, f64) {
    let pieces = || points.iter().flat_map(|p| &p.evidence);
    let against: Vec<f64> = pieces().map(|e| e.ln_against).collect();
    let support: Vec<f64> = pieces().map(|e| e.ln_support).collect();
    (suite::mean_e(&against), suite::least_e(&support))
}
