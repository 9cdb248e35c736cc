//! Continuous integration for theorems.
//!
//! A claim of a paper (a formula, a bound, a rate, a law) becomes a tested artefact: what theory
//! says, what simulation gives, and a verdict on whether they agree, with a stated error
//! probability, a resolution, and wrong versions of the claim that the same check refutes.

pub mod claim;
pub mod evidence;
pub mod given;
pub mod kind;
pub mod linalg;
pub mod models;
pub mod prelude;
pub mod random;
pub mod sampler;
pub mod samples;
pub mod special;
pub mod stats;
