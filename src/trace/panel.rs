//! The numbers of a panel, each line from its claim.

use super::{Trace, along};
use crate::check::CheckError;
use crate::claim::{Catalogue, Entry};
use crate::given::Address;
use crate::kind::Kind;
use crate::panel::{Line, Panel};
use crate::run::{Trouble, Unwatched, Watch};

/// A panel that cannot be drawn.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PanelError {
    /// A claim that is not in the catalogue.
    #[error("the panel {panel} shows {claim}, which the catalogue does not have")]
    Unknown {
        /// The panel.
        panel: &'static str,
        /// The claim.
        claim: &'static str,
    },
    /// A claim whose theory along a symbol is no number at each point.
    #[error("the panel {panel} shows {claim}: a {kind} has no curve over a symbol of its points")]
    Kind {
        /// The panel.
        panel: &'static str,
        /// The claim.
        claim: &'static str,
        /// Its kind.
        kind: Kind,
    },
    /// A component that the theory does not have.
    #[error("the panel {panel} shows number {} of {claim}, which has {of}", component + 1)]
    Component {
        /// The panel.
        panel: &'static str,
        /// The claim.
        claim: &'static str,
        /// Which, from 0.
        component: usize,
        /// How many there are.
        of: usize,
    },
    /// A claim that breaks.
    #[error("the panel {panel}, {claim}: {error}")]
    Check {
        /// The panel.
        panel: &'static str,
        /// The claim.
        claim: &'static str,
        /// What happened.
        error: Box<CheckError>,
    },
}

/// A panel with its numbers.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// What was asked for.
    pub panel: Panel,
    /// Theory and simulation of each line.
    pub traces: Vec<Trace>,
}

impl PanelError {
    /// Whether it is the wish to stop.
    pub fn is_stop(&self) -> bool {
        let Self::Check { error, .. } = self else { return false };
        matches!(**error, CheckError::Trouble(Trouble::Stopped))
    }
}

/// Positions of a line at which a panel is simulated, at most.
const SIMULATED: usize = 6;

/// Draws a panel.
///
/// # Errors
/// A claim that is not there, a point outside its hypotheses, or code that breaks; a watch that
/// said stop.
pub fn draw(
    panel: &Panel,
    catalogue: &Catalogue,
    seed: u64,
    watch: &dyn Watch,
) -> Result<Drawn, PanelError> {
    lines(panel, catalogue, SIMULATED, seed, watch)
}

/// Whether a panel can be drawn: its theory at every position, without a simulation.
///
/// # Errors
/// Those of [`draw`] that need no draw.
pub fn examine(panel: &Panel, catalogue: &Catalogue) -> Result<(), PanelError> {
    lines(panel, catalogue, 0, 0, &Unwatched).map(|_| ())
}

fn lines(
    panel: &Panel,
    catalogue: &Catalogue,
    simulated: usize,
    seed: u64,
    watch: &dyn Watch,
) -> Result<Drawn, PanelError> {
    let mut traces: Vec<Trace> = Vec::new();
    for (index, line) in panel.lines.iter().enumerate() {
        let earlier = panel.lines[..index].iter().position(|other| same_places(other, line));
        let trace = match earlier {
            Some(earlier) => traces[earlier].clone(),
            None => of_line(panel, line, catalogue, simulated, seed, watch)?,
        };
        let of = trace.theory.first().map_or(0, Vec::len);
        if line.component >= of {
            let (panel, claim, component) = (panel.name, line.claim, line.component);
            return Err(PanelError::Component { panel, claim, component, of });
        }
        traces.push(trace);
    }
    Ok(Drawn { panel: *panel, traces })
}

/// Whether two lines are of one claim at the same points: of several components, say.
fn same_places(one: &Line, other: &Line) -> bool {
    let points = |line: &Line| line.grid.positions().into_iter().map(line.at).collect::<Vec<_>>();
    one.claim == other.claim && one.grid == other.grid && points(one) == points(other)
}

fn of_line(
    panel: &Panel,
    line: &Line,
    catalogue: &Catalogue,
    simulated: usize,
    seed: u64,
    watch: &dyn Watch,
) -> Result<Trace, PanelError> {
    let (panel, claim) = (panel.name, line.claim);
    let entry = entry(catalogue, claim).ok_or(PanelError::Unknown { panel, claim })?;
    let kind = entry.claim.declaration().kind();
    if matches!(kind, Kind::Rate | Kind::Law | Kind::PathBound) {
        return Err(PanelError::Kind { panel, claim, kind });
    }
    let at =
        |x: f64| Address::Named((line.at)(x).into_iter().map(|(n, v)| (n.to_owned(), v)).collect());
    along(entry, (&line.grid, simulated), &at, seed, watch).map_err(|error| PanelError::Check {
        panel,
        claim,
        error: Box::new(error),
    })
}

fn entry<'a>(catalogue: &'a Catalogue, path: &str) -> Option<Entry<'a>> {
    catalogue.claims().find(|entry| entry.path() == path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;
    use crate::run::Unwatched;

    fn square() -> Theorem {
        let wrong = |name, says: fn(&f64) -> f64| Mutant { name, why: "a wrong factor", says };
        let claim = Equality {
            domain: |given| given.real("scale", 1.0..=4.0),
            theory: |s: &f64| s * s / 3.0,
            observable: |s| Sampler::new(move |rng| (s * rng.uniform()).powi(2)),
            resolution: Relative(0.1),
            known: vec![(3.0, 3.0)],
            mutants: [
                wrong("half-more", |s| s * s / 2.0),
                wrong("twice", |s| s * s / 1.5),
                wrong("thrice", |s| s * s),
            ],
            curve: Curve {
                x: "scale",
                grid: Grid::Linear { from: 1.0, to: 2.0, points: 4 },
                at: |x| x,
            },
        };
        Theorem {
            id: "nobody2000.square",
            alias: "",
            title: "A square",
            source: Source { paper: "none", result: "none", link: "none" },
            statement: "It is a third.",
            claims: vec![Claim::new("mean", claim, Tie::none("an integral of a power"))],
            derivation: Derivation::none,
        }
    }

    const LINE: Line = Line {
        label: "square",
        claim: "nobody2000.square::mean",
        component: 0,
        grid: Grid::Linear { from: 1.0, to: 4.0, points: 31 },
        at: |x| vec![("scale", x.to_string())],
    };

    const PANEL: Panel = Panel {
        name: "squares",
        title: "Squares",
        about: "They grow.",
        x: "s",
        log_x: false,
        y: "mean",
        lines: &[LINE],
    };

    #[test]
    fn a_panel_shows_theory_and_simulation_at_its_own_points() {
        let drawn = draw(&PANEL, &Catalogue::new(vec![square()]), 0, &Unwatched).expect("drawn");
        assert_eq!(examine(&PANEL, &Catalogue::new(vec![square()])), Ok(()));
        let trace = &drawn.traces[0];
        assert_eq!((trace.positions.len(), trace.simulated.len()), (31, SIMULATED));
        for (x, theory) in trace.positions.iter().zip(&trace.theory) {
            assert_eq!(theory[0].value, x * x / 3.0);
        }
        for s in &trace.simulated {
            let interval = s.intervals[0];
            assert!(interval.contains(s.x * s.x / 3.0) && interval.width() < s.x, "{interval:?}");
        }
        let again = draw(&PANEL, &Catalogue::new(vec![square()]), 0, &Unwatched).expect("drawn");
        assert_eq!(again.traces, drawn.traces);
    }

    #[test]
    fn what_cannot_be_drawn_is_named() {
        let catalogue = Catalogue::new(vec![square()]);
        let said = |lines: &'static [Line]| {
            let panel = Panel { lines, ..PANEL };
            let error = examine(&panel, &catalogue).unwrap_err();
            assert_eq!(draw(&panel, &catalogue, 0, &Unwatched).unwrap_err(), error);
            error.to_string()
        };
        const NOWHERE: Line = Line { claim: "a.b::c", ..LINE };
        const OUTSIDE: Line = Line { grid: Grid::At(&[2.0, 5.0]), ..LINE };
        const OTHER: Line = Line { at: |x| vec![("s", x.to_string())], ..LINE };
        const SECOND: Line = Line { component: 1, ..LINE };
        for (text, words) in [
            (said(&[NOWHERE]), ["squares", "a.b::c"]),
            (said(&[OUTSIDE]), ["scale = 5", "outside the hypotheses"]),
            (said(&[OTHER]), ["no symbol s here", "scale"]),
            (said(&[SECOND]), ["number 2 of", "which has 1"]),
        ] {
            assert!(words.iter().all(|word| text.contains(word)), "{text}");
        }
    }
}
