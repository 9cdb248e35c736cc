//! Exact algebra: expressions of a proof, rational numbers, and a normal form that decides
//! identities.
//!
//! One [`Expr`] serves as the theory side of a claim (`eval`), as a step of its proof (normal form,
//! signs) and as the printed formula (`latex`). Nothing here is rounded, and no literal goes
//! through a floating-point number: [`decimal`]`("1.2985")` is $\frac{12985}{10000}$.

mod expr;
mod fraction;
mod matrix;
mod normal;
mod polynomial;
mod print;
mod restore;
mod rocq;
mod schwartz_zippel;
mod sturm;
mod walk;

pub use expr::{Expr, Function, decimal, pi, ratio, var};
pub(crate) use expr::{Node, any_symbol, fresh};
pub use fraction::Fraction;
pub use matrix::SquareMatrix;
pub(crate) use normal::WORK_MAX;
pub use normal::{Atom, Normaliser, TooLarge};
pub use polynomial::Polynomial;
pub(crate) use rocq::identifier;
pub use schwartz_zippel::{Evidence, NotTested, ZeroTest, zero_test};
pub use sturm::{distinct_roots, sturm_chain};
pub(crate) use walk::Visit;

/// A rational number of any size.
pub type Rational = dashu_ratio::RBig;

/// Symbols by their names: `let (gamma, r2) = vars!("gamma", "r2");`.
#[macro_export]
macro_rules! vars {
    ($($name:literal),+ $(,)?) => { ($($crate::exact::var($name)),+) };
}
