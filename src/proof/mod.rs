//! Checking the steps of a proof: the second half of the harness.
//!
//! A [`Derivation`] is a list of named steps over [exact](crate::exact) expressions. Each step is
//! an assertion that a checker decides, or says honestly that it is cited, assumed, measured or
//! open; a [`Rule`] draws a conclusion from steps whose assertions it compares with what it needs.
//! There are three outcomes and no tolerances: proved (with a [`Label`]), refuted (with a point in
//! exact arithmetic), or unknown. Every checked step ships false twins, which nothing may prove.

mod boxes;
mod conditions;
mod derivation;
mod descartes;
mod domain;
mod extremum;
mod identity;
mod label;
mod limit;
mod line;
mod method;
mod near;
mod place;
pub mod rocq;
mod root;
mod rule;
mod sign;
mod sqrt_le;
mod squares;
mod step;
mod tail;
mod tape;
mod witness;

pub(crate) use conditions::undischarged;
pub use derivation::{Checked, Derivation, Proof};
pub use domain::{Bound, Domain, End, INF, Infinity, Range};
pub use extremum::{BestConstant, Extreme};
pub use label::{Label, Outcome};
pub use limit::LimitAt;
pub use method::Method;
pub use near::Toward;
pub(crate) use place::{enclosed, enclosed_exactly, enclosed_on, inside, put};
pub use root::UniqueRoot;
pub use rule::Rule;
pub use sqrt_le::SqrtLe;
pub use step::{Assertion, Draft, Step, Strictness};
pub use tail::Tail;
