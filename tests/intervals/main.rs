//! The interval kernel, as an adversary would test it.
//!
//! `references`: elementary functions against digits from another library, compared in exact
//! integers. `arithmetic`: operations on random and special doubles against exact arithmetic.
//! `soundness`: by name, the faults that rigorous libraries have had.

mod arithmetic;
mod draws;
mod dyadic;
mod references;
mod soundness;
