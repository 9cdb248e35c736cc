//! Square matrices of expressions, for theorems about the layers of a network.

use super::{Expr, var};
use std::ops::{Add, Mul, Sub};

/// An $N \times N$ matrix; rows and columns count from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SquareMatrix<const N: usize>([[Expr; N]; N]);

impl<const N: usize> SquareMatrix<N> {
    /// From its entries.
    pub fn from_fn(mut entry: impl FnMut(usize, usize) -> Expr) -> Self {
        Self(std::array::from_fn(|i| std::array::from_fn(|j| entry(i, j))))
    }

    /// Of symbols `name_11`, `name_12` and so on, as they are counted on paper.
    pub fn symbols(name: &str) -> Self {
        Self::from_fn(|i, j| var(&format!("{name}_{}{}", i + 1, j + 1)))
    }

    /// $\operatorname{diag}(d_1, \dots, d_N)$.
    pub fn diagonal(entries: [Expr; N]) -> Self {
        Self::from_fn(|i, j| if i == j { entries[i].clone() } else { 0.into() })
    }

    /// Row $i$, column $j$.
    pub fn at(&self, i: usize, j: usize) -> &Expr {
        &self.0[i][j]
    }

    /// All entries, row by row.
    pub fn entries(&self) -> impl Iterator<Item = &Expr> {
        self.0.iter().flatten()
    }

    /// $A^\top$.
    pub fn transposed(&self) -> Self {
        Self::from_fn(|i, j| self.at(j, i).clone())
    }

    /// $c A$.
    pub fn scaled(&self, factor: &Expr) -> Self {
        Self::from_fn(|i, j| factor * self.at(i, j))
    }

    /// $\operatorname{tr} A$.
    pub fn trace(&self) -> Expr {
        (1..N).fold(self.at(0, 0).clone(), |sum, i| sum + self.at(i, i))
    }

    /// The derivatives of an expression by the entries, which are symbols.
    ///
    /// # Panics
    /// If an entry is no symbol.
    pub fn gradient(&self, of: &Expr) -> Self {
        Self::from_fn(|i, j| of.d(self.at(i, j)))
    }
}

impl SquareMatrix<2> {
    /// $\begin{pmatrix} \cos t & -\sin t \\ \sin t & \cos t \end{pmatrix}$.
    pub fn rotation(angle: &Expr) -> Self {
        Self([[angle.cos(), -angle.sin()], [angle.sin(), angle.cos()]])
    }
}

impl<const N: usize> Mul for &SquareMatrix<N> {
    type Output = SquareMatrix<N>;
    fn mul(self, other: Self) -> SquareMatrix<N> {
        SquareMatrix::from_fn(|i, j| {
            let term = |k: usize| self.at(i, k) * other.at(k, j);
            (1..N).fold(term(0), |sum, k| sum + term(k))
        })
    }
}

impl<const N: usize> Add for &SquareMatrix<N> {
    type Output = SquareMatrix<N>;
    fn add(self, other: Self) -> SquareMatrix<N> {
        SquareMatrix::from_fn(|i, j| self.at(i, j) + other.at(i, j))
    }
}

impl<const N: usize> Sub for &SquareMatrix<N> {
    type Output = SquareMatrix<N>;
    fn sub(self, other: Self) -> SquareMatrix<N> {
        SquareMatrix::from_fn(|i, j| self.at(i, j) - other.at(i, j))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::{Normaliser, Rational};

    fn numbers(entries: [[i32; 2]; 2]) -> SquareMatrix<2> {
        SquareMatrix::from_fn(|i, j| entries[i][j].into())
    }

    fn values(m: &SquareMatrix<2>) -> Vec<Option<Rational>> {
        m.entries().map(|e| e.exactly(&[])).collect()
    }

    #[test]
    fn products_go_row_by_column() {
        let (a, b) = (numbers([[1, 2], [3, 4]]), numbers([[5, 6], [7, 8]]));
        let whole = |all: [i32; 4]| all.map(|x| Some(Rational::from(x))).to_vec();
        assert_eq!(values(&(&a * &b)), whole([19, 22, 43, 50]));
        assert_eq!(values(&(&a * &b.transposed())), whole([17, 23, 39, 53]));
        assert_eq!(values(&(&a + &b.scaled(&(-1).into()))), values(&(&a - &b)));
        assert_eq!((&a * &b).trace().exactly(&[]), Some(69.into()));
    }

    #[test]
    fn the_gradient_of_a_trace_is_the_other_factor_transposed() {
        let (a, b) = (SquareMatrix::<2>::symbols("a"), SquareMatrix::symbols("b"));
        let gradient = a.gradient(&(&a * &b).trace());
        for (found, wanted) in gradient.entries().zip(b.transposed().entries()) {
            assert!(Normaliser::default().same(found, wanted).unwrap());
        }
        assert_eq!(a.at(0, 1), &var("a_12"));
    }

    #[test]
    fn a_rotation_is_orthogonal() {
        let u = SquareMatrix::rotation(&var("t"));
        let one = SquareMatrix::diagonal([1.into(), 1.into()]);
        for (found, wanted) in (&u * &u.transposed()).entries().zip(one.entries()) {
            assert!(Normaliser::default().same(found, wanted).unwrap());
        }
    }
}
