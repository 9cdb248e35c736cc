//! Continuous integration for theorems.
pub mod random;
