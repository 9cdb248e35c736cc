//! The inference core, usable alone: it knows nothing of claims.

pub mod bernoulli;
pub mod betting;
pub mod compare;
pub mod gate;
pub mod interval;
pub mod ladder;
pub mod law;
pub mod mean;
pub mod moments;
pub mod power;
pub mod rate;
pub mod stream;
pub mod suite;
