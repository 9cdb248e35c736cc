//! Curves: the theory along a slice of the domain, and what simulation gives at some positions.

pub mod panel;

use crate::check::CheckError;
use crate::claim::{Components, Entry};
use crate::evidence::judge_mean;
use crate::given::Address;
use crate::kind::{Grid, Kind, Version};
use crate::plan;
use crate::random::{Purpose, Rng};
use crate::run::{Job, Trouble, Watch, guarded};
use crate::sampler::Approx;
use crate::samples::{Design, Samples};
use crate::stats::gate::Alarm;
use crate::stats::interval::Interval;
use crate::stats::moments::Moments;

/// Error probability of each interval of a plot.
pub const LEVEL: f64 = 1e-3;

/// Positions at which a plot is simulated, at most.
pub const SIMULATED: usize = 16;

/// What simulation gives at one position.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulated {
    /// The position.
    pub x: f64,
    /// Intervals of the components, at [`LEVEL`] each; the whole line where a gate refuses.
    pub intervals: Vec<Interval>,
    /// Why there is no interval.
    pub refused: Option<String>,
    /// Rounds drawn.
    pub rounds: u64,
}

/// A curve: theory, mutants, simulation.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// `id::claim`.
    pub path: String,
    /// The kind.
    pub kind: Kind,
    /// What the numbers of the theory are called.
    pub parts: Components,
    /// The symbol on the horizontal axis.
    pub x: &'static str,
    /// Whether positions are spaced by ratios.
    pub log: bool,
    /// The positions.
    pub positions: Vec<f64>,
    /// The theory at each position, by component.
    pub theory: Vec<Vec<Approx>>,
    /// Names of the mutants and what they say, likewise.
    pub mutants: Vec<(&'static str, Vec<Vec<Approx>>)>,
    /// Simulation at some of the positions.
    pub simulated: Vec<Simulated>,
    /// What the theory was multiplied with: a rate is known up to a constant only.
    pub scaled: Option<f64>,
}

/// The theory along a claim's curve, as stated and as the mutants have it.
///
/// # Errors
/// A panic in the theory.
pub fn theory(entry: Entry<'_>) -> Result<Trace, Trouble> {
    let declaration = entry.claim.declaration();
    let data = declaration.curve();
    let path = entry.path();
    let version = |version| {
        let at = |x: &f64| declaration.theory(version, &Address::Curve(*x), 0);
        guarded(&format!("the curve of {path}"), || {
            Ok(data.positions.iter().map(at).collect::<Vec<_>>())
        })
    };
    let theory = version(Version::Stated)?;
    let mutants = declaration
        .mutants()
        .iter()
        .enumerate()
        .map(|(i, label)| Ok((label.name, version(Version::Mutant(i))?)))
        .collect::<Result<Vec<_>, Trouble>>()?;
    Ok(Trace {
        path,
        kind: declaration.kind(),
        parts: entry.claim.parts(),
        x: data.x,
        log: data.log,
        positions: data.positions,
        theory,
        mutants,
        simulated: Vec::new(),
        scaled: None,
    })
}

/// Theory and simulation along a line of points that the caller names, at the positions of a grid;
/// simulation at some of them. The symbol on the axis is left to the caller.
///
/// # Errors
/// A point outside the hypotheses, a claim whose code breaks, or a watch that said stop.
pub fn along(
    entry: Entry<'_>,
    (grid, simulated_at): (&Grid, usize),
    at: &dyn Fn(f64) -> Address,
    seed: u64,
    watch: &dyn Watch,
) -> Result<Trace, CheckError> {
    let declaration = entry.claim.declaration();
    let size = declaration.sizes().iter().copied().max().unwrap_or(0);
    let positions = grid.positions();
    let mut theory = Vec::new();
    for x in &positions {
        let at = at(*x);
        let path = entry.path();
        guarded(&path, || Ok(declaration.locate(&at)))?.map_err(plan::PlanError::from)?;
        theory.push(guarded(&path, || Ok(declaration.theory(Version::Stated, &at, size)))?);
    }
    let mut trace = Trace {
        path: entry.path(),
        kind: declaration.kind(),
        parts: entry.claim.parts(),
        x: "",
        log: grid.is_log(),
        positions,
        theory,
        mutants: Vec::new(),
        simulated: Vec::new(),
        scaled: None,
    };
    for x in chosen(&trace.positions, simulated_at) {
        let at = at(x);
        let design = declaration.design(&at).map_err(plan::PlanError::from)?;
        let design = match trace.kind {
            // What is judged is a difference, extrapolated; what is drawn is its largest size.
            Kind::Equivalent => design
                .filter(|d| d.nested == 1)
                .map(|_| Design { sites: vec![size], ..Design::single(false) }),
            _ => design,
        };
        let from = (seed, Purpose::Judge);
        let count = Rounds::AsNeeded(rounds(entry));
        let samples = sample_at(entry, &at, design, count, from, watch)?;
        trace.simulated.extend(samples.map(|samples| simulated(x, &samples).0));
    }
    Ok(trace)
}

/// Draws at one position of a claim's curve; `None` where nothing is random there.
fn sample(
    entry: Entry<'_>,
    x: f64,
    rounds: Rounds,
    from: (u64, Purpose),
    watch: &dyn Watch,
) -> Result<Option<Samples>, CheckError> {
    let design = entry.claim.declaration().curve_design(x).map_err(plan::PlanError::from)?;
    sample_at(entry, &Address::Curve(x), design, rounds, from, watch)
}

/// How many rounds are drawn at a position, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rounds {
    /// So many, with each size of a ladder once in a round.
    Plain(u64),
    /// So many, with each size as often as a pilot says that is best.
    Exactly(u64),
    /// The same and, where these are too skewed for an interval, as many as the gate asks for, if
    /// that is at most 16 times the number.
    AsNeeded(u64),
}

fn sample_at(
    entry: Entry<'_>,
    at: &Address,
    design: Option<Design>,
    rounds: Rounds,
    (seed, purpose): (u64, Purpose),
    watch: &dyn Watch,
) -> Result<Option<Samples>, CheckError> {
    let declaration = entry.claim.declaration();
    let setting = declaration.locate(at).map_err(plan::PlanError::from)?;
    let Some(design) = design else { return Ok(None) };
    let path = entry.path();
    let ones = vec![1; design.sites.len()];
    let mut job = Job {
        declaration,
        path: &path,
        at,
        setting: &setting,
        design: &design,
        replicates: &ones,
        seed,
        purpose,
    };
    let mut target = plan::Target {
        at: at.clone(),
        setting: setting.clone(),
        design: Some(design.clone()),
        replicates: ones.clone(),
        needed: 1,
    };
    if design.sites.len() > 1 && !matches!(rounds, Rounds::Plain(_)) {
        let pilot = job.pilot()?;
        let settings = entry.claim.settings();
        plan::allocate_rounds(&mut target, &declaration.need(at), &pilot, settings, LEVEL);
        job.replicates = &target.replicates;
    }
    let mut samples = job.start()?;
    let (Rounds::Plain(count) | Rounds::Exactly(count) | Rounds::AsNeeded(count)) = rounds;
    let count = if samples.traits.exact { 1 } else { count };
    job.extend(&mut samples, count, watch)?;
    if matches!(rounds, Rounds::AsNeeded(_))
        && let (_, Some(needed)) = simulated(0.0, &samples)
    {
        let more = (MARGIN * needed) as u64;
        if more <= PATIENCE * count {
            job.extend(&mut samples, more, watch)?;
        }
    }
    Ok(Some(samples))
}

/// Rounds at each simulated position.
fn rounds(entry: Entry<'_>) -> u64 {
    2 * entry.claim.settings().first_look
}

/// Evenly chosen positions at which something can be simulated.
pub fn chosen(positions: &[f64], most: usize) -> Vec<f64> {
    let count = positions.len().min(most);
    if count < 2 {
        return positions.iter().copied().take(count).collect();
    }
    (0..count).map(|i| positions[i * (positions.len() - 1) / (count - 1)]).collect()
}

/// Theory and simulation along a claim's curve.
///
/// # Errors
/// A claim whose code breaks, or a watch that said stop.
pub fn trace(entry: Entry<'_>, seed: u64, watch: &dyn Watch) -> Result<Trace, CheckError> {
    let mut trace = theory(entry)?;
    for x in chosen(&trace.positions, SIMULATED) {
        let from = (seed, Purpose::Judge);
        let samples = sample(entry, x, Rounds::AsNeeded(rounds(entry)), from, watch)?;
        trace.simulated.extend(samples.map(|samples| simulated(x, &samples).0));
    }
    if trace.kind == Kind::Rate {
        trace.scale();
    }
    Ok(trace)
}

/// The side of an identity that its mutants do not replace, at some positions of its curve: what
/// stands against the theory where nothing is simulated. Empty for any other kind.
///
/// # Errors
/// A panic in the claim's code.
pub fn other_side(entry: Entry<'_>) -> Result<Vec<Simulated>, Trouble> {
    let declaration = entry.claim.declaration();
    if declaration.kind() != Kind::Identity {
        return Ok(Vec::new());
    }
    let positions = chosen(&declaration.curve().positions, SIMULATED);
    let at = |x: &f64| {
        let mut numbers = Vec::new();
        // Nothing is random: the generator is never asked.
        declaration.draw(&Address::Curve(*x), 0).fill(&mut Rng::seeded(0), &mut numbers);
        let intervals = numbers.into_iter().map(Interval::point).collect();
        Simulated { x: *x, intervals, refused: None, rounds: 0 }
    };
    guarded(&format!("the curve of {}", entry.path()), || Ok(positions.iter().map(at).collect()))
}

/// What one position of a curve may cost, in units of what it costs by default.
const PATIENCE: u64 = 16;

/// Rounds for the needed: the skewness that a sample shows grows with the sample.
const MARGIN: f64 = 2.0;

/// What is seen at a position, and the rounds that it would take where there are too few.
fn simulated(x: f64, samples: &Samples) -> (Simulated, Option<f64>) {
    let combinations = (samples.streams.len() / samples.components.max(1)).min(2);
    let (mut refused, mut needed) = (None, None::<f64>);
    let intervals = (0..samples.components)
        .map(|c| {
            let ends = (0..combinations).map(|combination| {
                let stream = samples.stream(combination, c);
                judge_mean(stream, &samples.traits, None, true, LEVEL / combinations as f64)
            });
            ends.map(|judged| match judged.alarm {
                None => judged.interval,
                Some(alarm) => {
                    if let Alarm::Skewness { rounds_needed, .. } = alarm {
                        needed = Some(needed.map_or(rounds_needed, |n| n.max(rounds_needed)));
                    }
                    refused.get_or_insert(alarm.to_string());
                    Interval::ALL
                }
            })
            .reduce(Interval::hull)
            .unwrap_or(Interval::ALL)
        })
        .collect();
    (Simulated { x, intervals, refused, rounds: samples.rounds }, needed)
}

impl Trace {
    /// Scales a shape to the simulation: the constant of a rate is not claimed.
    fn scale(&mut self) {
        let ratio = |s: &Simulated| {
            let i = self.positions.iter().position(|x| *x == s.x)?;
            let (shape, mean) = (self.theory[i][0].value, s.intervals[0].centre());
            (shape > 0.0 && mean > 0.0 && s.refused.is_none()).then(|| (mean / shape).ln())
        };
        let logs: Vec<f64> = self.simulated.iter().filter_map(ratio).collect();
        if logs.is_empty() {
            return;
        }
        let factor = (logs.iter().sum::<f64>() / logs.len() as f64).exp();
        let curves =
            std::iter::once(&mut self.theory).chain(self.mutants.iter_mut().map(|(_, c)| c));
        for value in curves.flatten().flatten() {
            value.value *= factor;
            value.error *= factor;
        }
        self.scaled = Some(factor);
    }
}

/// The raw moments along a curve, for a stored baseline: those of each component at its first
/// combination.
///
/// # Errors
/// A claim whose code breaks.
pub fn moments(
    entry: Entry<'_>,
    positions: &[f64],
    rounds: Rounds,
    from: (u64, Purpose),
    watch: &dyn Watch,
) -> Result<Vec<(f64, usize, Moments)>, CheckError> {
    let mut rows = Vec::new();
    for x in positions {
        let Some(samples) = sample(entry, *x, rounds, from, watch)? else { continue };
        let components = samples.components.min(samples.streams.len());
        rows.extend((0..components).map(|c| (*x, c, *samples.stream(0, c).moments())));
    }
    Ok(rows)
}
