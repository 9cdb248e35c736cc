//! The plan: from a declaration, its pilot and a level to what is drawn. Pure: no clock, no file,
//! no random number.

use crate::claim::{Claim, Settings};
use crate::evidence::Resolution;
use crate::given::{Address, OutsideHypotheses, planned_points};
use crate::kind::{Need, Setting, Version};
use crate::samples::Design;
use crate::stats::ladder::{LadderError, allocate, largest_weights};
use crate::stats::moments::Moments;
use crate::stats::{power, suite};

/// Pilot rounds: enough for a spread to a tenth or so; they are thrown away.
pub const PILOT_ROUNDS: u64 = 64;

/// Numbers kept for one claim at most, over all its points: 32 MiB.
pub const KEPT_MAX: u64 = 1 << 22;

/// Rounds at a point at most, whatever the pilot says.
pub const ROUNDS_MAX: u64 = 1 << 40;

/// A promise costs this many times what the pilot says before it is given up.
const PATIENCE: f64 = 4.0;

/// A claim that cannot be planned as it is declared.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PlanError {
    /// A point outside the hypotheses.
    #[error(transparent)]
    Outside(#[from] OutsideHypotheses),
    /// Sizes that do not make a ladder.
    #[error("the sizes do not make a ladder: {0}")]
    Ladder(#[from] LadderError),
    /// A relative promise where the theory is 0.
    #[error(
        "the theory is 0 at {0}, so a relative resolution means nothing there: promise an \
         absolute one"
    )]
    RelativeToZero(String),
    /// A theory that is not a number.
    #[error("the theory is {value} at {point}: the domain must exclude that point")]
    NotFinite {
        /// What it is.
        value: f64,
        /// Where.
        point: String,
    },
    /// A level that is no error probability.
    #[error("{0} is no error probability for a claim: it must lie between 1e-250 and 1")]
    Level(f64),
    /// A promise that every draw keeps.
    #[error(
        "a promise of {0} excludes nothing: a fraction of the theory, a probability or a distance \
         of distribution functions must be below 1"
    )]
    Vacuous(f64),
    /// A promise that no number of rounds in sight keeps.
    #[error(
        "the promise is out of reach at {0}: it needs more than 2^40 rounds; is its mean or its \
         variance infinite there? Otherwise promise less, reduce the variance, or set a budget"
    )]
    OutOfReach(String),
    /// A promise that is not a positive number.
    #[error("a resolution must be a positive number, not {0}")]
    Promise(f64),
}

/// A point that is to be sampled.
#[derive(Clone, Debug)]
pub struct Target {
    /// Where.
    pub at: Address,
    /// Its symbols and hash.
    pub setting: Setting,
    /// How its draws are made; `None` where nothing is random.
    pub design: Option<Design>,
    /// Replicates in a round, at each site.
    pub replicates: Vec<u64>,
    /// Rounds that the promise needs, as far as the pilot can tell.
    pub needed: u64,
}

/// The least error probability of a claim: its shares for points, components and looks are numbers
/// that statistics can still be computed at.
const LEVEL_MIN: f64 = 1e-250;

/// The level of one claim, as a user or the catalogue has it.
///
/// # Errors
/// What is no error probability, or too small a one.
pub fn level(union: Option<f64>, claims: usize) -> Result<f64, PlanError> {
    let level = suite::claim_level(union, claims);
    if (LEVEL_MIN..1.0).contains(&level) { Ok(level) } else { Err(PlanError::Level(level)) }
}

/// The coordinates that a claim's domain asks for.
pub fn dimension(claim: &Claim) -> Result<usize, OutsideHypotheses> {
    Ok(claim.declaration().locate(&Address::Unit(Vec::new()))?.symbols.len())
}

/// The points of a claim, located and with their designs, or those that a user asked for.
///
/// # Errors
/// A point outside the hypotheses, or a declaration that cannot be planned there.
pub fn targets(claim: &Claim, asked: Option<&[Address]>) -> Result<Vec<Target>, PlanError> {
    let addresses = match asked {
        Some(addresses) => addresses.to_vec(),
        None => planned_points(dimension(claim)?, claim.settings().points),
    };
    addresses.into_iter().map(|at| target(claim, at)).collect()
}

fn target(claim: &Claim, at: Address) -> Result<Target, PlanError> {
    let declaration = claim.declaration();
    let setting = declaration.locate(&at)?;
    let design = declaration.design(&at)?;
    let promise = declaration.resolution();
    if !(promise.number() > 0.0 && promise.number().is_finite()) {
        return Err(PlanError::Promise(promise.number()));
    }
    let share = match declaration.need(&at) {
        _ if matches!(promise, Resolution::Relative(_)) => promise.number(),
        Need::Violations { threshold, .. } => threshold,
        Need::Distance { tolerance } => tolerance,
        Need::Means { .. } | Need::Slope { .. } | Need::Computed => 0.0,
    };
    if share >= 1.0 {
        return Err(PlanError::Vacuous(share));
    }
    if design.is_some() {
        let size = declaration.sizes().iter().copied().max().unwrap_or(0);
        for theory in declaration.theory(Version::Stated, &at, size) {
            let point = || describe(&setting);
            if !theory.value.is_finite() {
                return Err(PlanError::NotFinite { value: theory.value, point: point() });
            }
            let judged_relative = matches!(promise, Resolution::Relative(_));
            if judged_relative && promise.at(theory.value).is_none() {
                return Err(PlanError::RelativeToZero(point()));
            }
        }
    }
    let sites = design.as_ref().map_or(0, |d| d.sites.len());
    Ok(Target { at, setting, design, replicates: vec![1; sites], needed: 1 })
}

/// The symbols of a point, as `gamma = 2, r2 = 5`.
pub fn describe(setting: &Setting) -> String {
    if setting.symbols.is_empty() {
        return "the only point".to_owned();
    }
    let one = |s: &crate::given::Symbol| format!("{} = {}", s.name, s.value);
    setting.symbols.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// What the pilot found at a point: its rounds, row by row (site, then size of a nested draw, then
/// component).
#[derive(Clone, Debug)]
pub struct Pilot {
    /// The numbers.
    pub rows: Vec<f64>,
    /// Numbers in a row.
    pub stride: usize,
    /// Numbers in one draw at one size.
    pub components: usize,
    /// Whether the sampler is exact, so that one round tells all.
    pub exact: bool,
    /// Whether the sampler itself says that averages do not settle: no mean or no variance.
    pub unsettled: bool,
}

impl Pilot {
    fn column(&self, index: usize) -> Moments {
        let values: Vec<f64> =
            self.rows.iter().skip(index).step_by(self.stride.max(1)).copied().collect();
        Moments::of(&values)
    }

    /// Standard deviation of a component at each size.
    fn deviations(&self, component: usize) -> Vec<f64> {
        let sizes = self.stride / self.components.max(1);
        (0..sizes).map(|k| self.column(k * self.components + component).deviation()).collect()
    }

    /// Standard deviation of a weighted sum over the sizes, within rounds.
    fn combined(&self, component: usize, weights: &[f64]) -> f64 {
        let row = |row: &[f64]| -> f64 {
            weights.iter().enumerate().map(|(k, w)| w * row[k * self.components + component]).sum()
        };
        let values: Vec<f64> = self.rows.chunks_exact(self.stride.max(1)).map(row).collect();
        Moments::of(&values).deviation()
    }

    /// The means at each size, for logarithms.
    fn means(&self) -> Vec<f64> {
        (0..self.stride).map(|k| self.column(k).mean).collect()
    }
}

/// Replicates at each site and rounds needed, from a pilot: `N_k` in proportion to
/// $a_k \sigma_k / \sqrt{t_k}$, which is best for a budget.
pub fn allocate_rounds(
    target: &mut Target,
    need: &Need,
    pilot: &Pilot,
    settings: &Settings,
    alpha: f64,
) {
    let Some(design) = &target.design else { return };
    // Where averages do not settle, no number of rounds helps: a gate says so at the first look.
    let averages = matches!(need, Need::Means { .. } | Need::Slope { .. });
    if pilot.exact || averages && pilot.unsettled {
        target.needed = 1;
        return;
    }
    let prices: Vec<f64> =
        design.sites.iter().map(|n| (*n as f64).max(1.0).powf(settings.price)).collect();
    let ladder = design.nested == 1 && design.sites.len() > 1;
    let components = pilot.components.max(1);
    target.needed = match need {
        Need::Means { tolerances, parts } => {
            if ladder {
                let weights = largest_weights(design.combinations.iter().take(2));
                target.replicates = allocate(&weights, &spread(pilot, components), &prices);
            }
            let share = alpha / (*parts).max(1) as f64;
            let by_component = (0..components).flat_map(|c| {
                let tolerance = tolerances.get(c).copied().unwrap_or(0.0);
                design.combinations.iter().take(2).map(move |w| (c, w, tolerance))
            });
            by_component
                .map(|(c, weights, tolerance)| {
                    let sd = deviation(pilot, c, weights, &target.replicates, ladder);
                    power::rounds_for_support(sd * power::PILOT_MARGIN.sqrt(), tolerance, share)
                })
                .max()
                .unwrap_or(1)
        }
        Need::Slope { ends, tolerance } => {
            let means = pilot.means();
            let scaled = |w: &[f64]| w.iter().zip(&means).map(|(w, m)| w / m).collect::<Vec<f64>>();
            let ends = ends.each_ref().map(|w| scaled(w));
            if ladder {
                let weights = largest_weights(&ends);
                target.replicates = allocate(&weights, &pilot.deviations(0), &prices);
            }
            let rounds = |w: &Vec<f64>| {
                let sd = deviation(pilot, 0, w, &target.replicates, ladder);
                power::rounds_for_support(sd * power::PILOT_MARGIN.sqrt(), *tolerance, alpha / 2.0)
            };
            ends.iter().map(rounds).max().unwrap_or(1)
        }
        Need::Violations { threshold, versions } => {
            // What a bound that is never broken needs; one that is broken half as often as it
            // may be needs five times that, so the patience counts from there.
            let clean =
                crate::stats::bernoulli::trials_needed(*threshold, alpha / *versions as f64);
            clean.saturating_mul(5)
        }
        Need::Distance { tolerance } => power::law_rounds(*tolerance, alpha / 2.0),
        Need::Computed => 1,
    };
}

/// One spread for each size: the components' standard deviations, each in units of its largest.
fn spread(pilot: &Pilot, components: usize) -> Vec<f64> {
    let by_component: Vec<Vec<f64>> = (0..components).map(|c| pilot.deviations(c)).collect();
    let sizes = by_component.first().map_or(0, Vec::len);
    (0..sizes)
        .map(|k| {
            let share = |deviations: &Vec<f64>| {
                let unit = deviations.iter().copied().fold(0.0, f64::max);
                if unit > 0.0 { (deviations[k] / unit).powi(2) } else { 0.0 }
            };
            by_component.iter().map(share).sum::<f64>().sqrt()
        })
        .collect()
}

/// The standard deviation of one round of a combination.
fn deviation(
    pilot: &Pilot,
    component: usize,
    weights: &[f64],
    replicates: &[u64],
    ladder: bool,
) -> f64 {
    if !ladder {
        return pilot.combined(component, weights);
    }
    let deviations = pilot.deviations(component);
    let term = |k: usize| (weights[k] * deviations[k]).powi(2) / replicates[k] as f64;
    (0..weights.len()).map(term).sum::<f64>().sqrt()
}

/// Whether the promise at a point needs more rounds than are ever drawn, and nothing else ends the
/// check.
pub fn out_of_reach(target: &Target, settings: &Settings) -> Result<(), PlanError> {
    let endless = target.needed > ROUNDS_MAX && settings.budget.is_none();
    if endless { Err(PlanError::OutOfReach(describe(&target.setting))) } else { Ok(()) }
}

/// The looks of a claim, in rounds: from the first look to the budget, at each doubling of it and
/// at `between` - 1 places in equal steps from one doubling to the next.
///
/// They are the same whatever the pilot, the clock or the promise says, which only end them.
pub fn looks(
    settings: &Settings,
    between: u64,
    needed: u64,
    unlimited: bool,
) -> impl Iterator<Item = u64> {
    let patience = (needed as f64 * PATIENCE).min(ROUNDS_MAX as f64) as u64;
    let budget = match settings.budget {
        _ if unlimited => ROUNDS_MAX,
        Some(rounds) => rounds.min(ROUNDS_MAX),
        None => patience,
    };
    let first = settings.first_look.max(1);
    let doublings = std::iter::successors(Some(first), |n| n.checked_mul(2));
    doublings
        .flat_map(move |n| (0..between.clamp(1, n)).map(move |step| n + n / between * step))
        .take_while(move |n| *n <= budget.max(first))
}
