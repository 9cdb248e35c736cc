//! Continuous integration for theorems.
//!
//! A claim of a paper (a formula, a bound, a rate, a law) becomes a tested artefact: what theory
//! says, what simulation gives, and a verdict on whether they agree, with a stated error
//! probability, a resolution, and wrong versions of the claim that the same check refutes.
//!
//! Data flow one way: a declaration ([`claim`], [`kind`], [`given`], [`sampler`]) becomes a
//! [`plan`], the plan [`samples`] ([`run`]), samples [`evidence`], evidence a [`verdict`]
//! ([`check`]), and verdicts a [`report`], tests ([`testing`]), and an exit code ([`cli`]).
//! A theorem may also carry the steps of its proof ([`proof`], over [`exact`] expressions), each
//! with an honest label. Below them lie libraries that know nothing of claims: [`stats`],
//! [`special`], [`linalg`], [`models`], [`search`], [`draw`].

pub mod baseline;
pub mod blank;
pub mod check;
pub mod claim;
pub mod cli;
pub mod draw;
pub mod evidence;
pub mod exact;
pub mod files;
pub mod gap;
pub mod given;
pub mod hunt;
pub mod interval;
pub mod kind;
pub mod linalg;
pub mod missing;
pub mod models;
pub mod panel;
pub mod plan;
pub mod prelude;
pub mod proof;
pub mod prove;
pub mod random;
pub mod replay;
pub mod report;
pub mod review;
pub mod run;
pub mod sampler;
pub mod samples;
pub mod search;
pub mod sizes;
pub mod snapshot;
pub mod source;
pub mod special;
pub mod stats;
pub mod testing;
pub mod tie;
pub mod trace;
pub mod verdict;
