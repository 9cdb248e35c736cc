//! Kernels on matrices stored in panels of eight rows, in register tiles of eight by eight.
//!
//! A panel holds its rows column by column, so that the eight entries of a column lie side by
//! side: they are the lanes of one or two registers, and every sum runs over columns in order, in
//! one chain of fused multiplications and additions for each entry. The width of a register
//! changes neither the order nor the rounding, so the bits are the same on every machine. Rows
//! and columns are filled up with zeros to a multiple of eight.
//!
//! Each function chooses its registers itself, as [`super::vectorised`] does.

use super::{LinalgError, vectorised};

/// Rows of a panel.
pub const LANES: usize = 8;
/// Columns of a tile that are in registers together.
const PASS: usize = 4;

/// Below this share of its row's square a pivot is rounding alone.
const DEPENDENT: f64 = 1e-10;

/// One column of a panel.
type Lanes = [f64; LANES];
/// Eight columns of a panel: `tile[column][row]`.
type Tile = [Lanes; LANES];

/// A matrix in panels.
#[derive(Clone, Debug, Default)]
pub struct Panels {
    rows: usize,
    columns: usize,
    /// Columns and what fills them up.
    stride: usize,
    data: Vec<Lanes>,
}

impl Panels {
    /// The zero matrix of these sizes.
    pub fn zeros(rows: usize, columns: usize) -> Self {
        let mut zeros = Self::default();
        zeros.resize(rows, columns);
        zeros
    }

    /// Other sizes, and any entries.
    pub fn resize(&mut self, rows: usize, columns: usize) {
        (self.rows, self.columns) = (rows, columns);
        self.stride = columns.next_multiple_of(LANES);
        self.data.resize(rows.div_ceil(LANES) * self.stride, [0.0; LANES]);
    }

    /// How many panels there are.
    fn count(&self) -> usize {
        self.rows.div_ceil(LANES)
    }

    #[inline(always)]
    fn panel(&self, i: usize) -> &[Lanes] {
        &self.data[i * self.stride..(i + 1) * self.stride]
    }

    /// A panel without what fills up its columns.
    #[inline(always)]
    fn whole(&self, i: usize) -> &[Lanes] {
        &self.panel(i)[..self.columns]
    }

    /// Eight columns of a panel.
    #[inline(always)]
    fn tile(&self, i: usize, j: usize) -> &Tile {
        let at = i * self.stride + j * LANES;
        self.data[at..at + LANES].as_array().expect("eight columns")
    }

    #[inline(always)]
    fn set_tile(&mut self, i: usize, j: usize, tile: &Tile) {
        let at = i * self.stride + j * LANES;
        self.data[at..at + LANES].copy_from_slice(tile);
    }

    /// $A \leftarrow A + \mu I$.
    pub fn add_to_diagonal(&mut self, mu: f64) {
        for row in 0..self.rows {
            self.data[row / LANES * self.stride + row][row % LANES] += mu;
        }
    }

    /// Takes a row-major matrix.
    ///
    /// # Panics
    /// If there are fewer than `rows * columns` entries.
    pub fn pack(&mut self, x: &[f64], rows: usize, columns: usize) {
        self.resize(rows, columns);
        if columns == 0 {
            return;
        }
        let (stride, data) = (self.stride, &mut self.data);
        vectorised(
            #[inline(always)]
            || {
                let eights = x[..rows * columns].chunks(LANES * columns);
                for (rows, panel) in eights.zip(data.chunks_exact_mut(stride)) {
                    let (panel, rest) = panel.split_at_mut(columns);
                    rest.fill([0.0; LANES]);
                    if rows.len() == LANES * columns {
                        let row: [&[f64]; LANES] =
                            std::array::from_fn(|lane| &rows[lane * columns..][..columns]);
                        for (c, out) in panel.iter_mut().enumerate() {
                            *out = std::array::from_fn(|lane| row[lane][c]);
                        }
                    } else {
                        panel.fill([0.0; LANES]);
                        for (lane, row) in rows.chunks_exact(columns).enumerate() {
                            panel.iter_mut().zip(row).for_each(|(out, x)| out[lane] = *x);
                        }
                    }
                }
            },
        );
    }

    /// Takes the lower half of a square row-major matrix; within a panel there are zeros above, and
    /// ones on the diagonal where rows are filled up, so that a factor can be inverted.
    pub fn pack_lower(&mut self, a: &[f64], n: usize) {
        self.resize(n, n);
        for (i, panel) in self.data.chunks_exact_mut(self.stride.max(1)).enumerate() {
            panel[..(i + 1) * LANES].fill([0.0; LANES]);
            let rows = a[i * LANES * n..].chunks_exact(n).take(LANES);
            for (lane, row) in rows.enumerate().take(n - i * LANES) {
                let row = &row[..=i * LANES + lane];
                panel.iter_mut().zip(row).for_each(|(out, x)| out[lane] = *x);
            }
            (n..(i + 1) * LANES).for_each(|row| panel[row][row % LANES] = 1.0);
        }
    }

    /// Writes the lower half into that of a row-major matrix.
    pub fn unpack_lower(&self, out: &mut [f64]) {
        for (i, row) in out.chunks_exact_mut(self.columns).enumerate().take(self.rows) {
            let panel = self.panel(i / LANES);
            row[..=i].iter_mut().zip(panel).for_each(|(out, x)| *out = x[i % LANES]);
        }
    }

    /// Writes all entries into a row-major matrix.
    pub fn unpack(&self, out: &mut [f64]) {
        for (i, row) in out.chunks_exact_mut(self.columns).enumerate().take(self.rows) {
            let panel = self.panel(i / LANES);
            row.iter_mut().zip(panel).for_each(|(out, x)| *out = x[i % LANES]);
        }
    }

    /// Entry by entry, what fills up the sizes too: a function that keeps 0.
    #[inline(always)]
    pub fn map_from(&mut self, other: &Self, f: impl Fn(f64) -> f64) {
        self.resize(other.rows, other.columns);
        for (out, x) in self.data.iter_mut().zip(&other.data) {
            *out = x.map(&f);
        }
    }

    /// Entry by entry, and zeros in what fills up the sizes: any function.
    #[inline(always)]
    pub fn map_entries_from(&mut self, other: &Self, f: impl Fn(f64) -> f64) {
        self.map_from(other, f);
        for panel in self.data.chunks_exact_mut(self.stride.max(1)) {
            panel[self.columns..].fill([0.0; LANES]);
        }
        let beyond = self.rows.next_multiple_of(LANES) - self.rows;
        let last = self.data.len().saturating_sub(self.stride);
        for column in &mut self.data[last..] {
            column[LANES - beyond..].fill(0.0);
        }
    }

    /// Sum over the entries of two matrices of the same sizes, zero where one fills up.
    #[inline(always)]
    pub fn sum_with(&self, other: &Self, f: impl Fn(f64, f64) -> f64) -> f64 {
        let mut sums = [0.0; LANES];
        for (x, y) in self.data.iter().zip(&other.data) {
            (0..LANES).for_each(|lane| sums[lane] += f(x[lane], y[lane]));
        }
        total(sums)
    }

    /// $\|w_j\|^2$ of every column of a lower triangular matrix.
    pub fn lower_column_squares(&self, out: &mut [f64]) {
        out.fill(0.0);
        for (i, panel) in self.data.chunks_exact(self.stride.max(1)).enumerate() {
            for (out, x) in out.iter_mut().zip(&panel[..(i + 1) * LANES]) {
                *out += total(x.map(|x| x * x));
            }
        }
    }

    /// $\|W\|_F^2$ for a lower triangular matrix.
    pub fn lower_squares(&self) -> f64 {
        let mut sums = [0.0; LANES];
        for (i, panel) in self.data.chunks_exact(self.stride.max(1)).enumerate() {
            for x in &panel[..(i + 1) * LANES] {
                (0..LANES).for_each(|lane| sums[lane] += x[lane] * x[lane]);
            }
        }
        total(sums)
    }

    /// $\sum_j w_j \|x_j\|^2$ over the columns (no weights: 1).
    pub fn squares(&self, weights: &[f64]) -> f64 {
        vectorised(
            #[inline(always)]
            || {
                let mut sums = [0.0; LANES];
                for panel in self.data.chunks_exact(self.stride.max(1)) {
                    for (j, x) in panel.iter().enumerate().take(self.columns) {
                        let weight = if weights.is_empty() { 1.0 } else { weights[j] };
                        for lane in 0..LANES {
                            sums[lane] = (x[lane] * x[lane]).mul_add(weight, sums[lane]);
                        }
                    }
                }
                total(sums)
            },
        )
    }
}

#[inline(always)]
fn total([a, b, c, d, e, f, g, h]: Lanes) -> f64 {
    ((a + e) + (b + f)) + ((c + g) + (d + h))
}

/// `sums[a] += sum_k left[k] right[k][FIRST + a]`.
#[inline(always)]
fn add_pass<const FIRST: usize>(sums: &mut [Lanes; PASS], left: &[Lanes], right: &[Lanes]) {
    let mut own = *sums;
    for (x, y) in left.iter().zip(right) {
        for a in 0..PASS {
            for lane in 0..LANES {
                own[a][lane] = x[lane].mul_add(y[FIRST + a], own[a][lane]);
            }
        }
    }
    *sums = own;
}

/// The tile of $A B^\top$ for a panel of each.
#[inline(always)]
fn product(left: &[Lanes], right: &[Lanes]) -> Tile {
    let (mut low, mut high) = ([[0.0; LANES]; PASS], [[0.0; LANES]; PASS]);
    add_pass::<0>(&mut low, left, right);
    add_pass::<PASS>(&mut high, left, right);
    join(low, high)
}

#[inline(always)]
fn join(low: [Lanes; PASS], high: [Lanes; PASS]) -> Tile {
    let mut tile = [[0.0; LANES]; LANES];
    tile[..PASS].copy_from_slice(&low);
    tile[PASS..].copy_from_slice(&high);
    tile
}

/// `sums[a] += sum_k left[k] right[FIRST + a][k]` for one tile of the right factor.
#[inline(always)]
fn add_tile<const FIRST: usize>(sums: &mut [Lanes; PASS], left: &[Lanes], right: &Tile) {
    let mut own = *sums;
    for (k, x) in left.iter().enumerate().take(LANES) {
        for a in 0..PASS {
            for lane in 0..LANES {
                own[a][lane] = x[lane].mul_add(right[FIRST + a][k], own[a][lane]);
            }
        }
    }
    *sums = own;
}

/// The tile of $A B$ for the first panels of $B$ in this range, and columns $8 j$ to $8 j + 7$.
#[inline(always)]
fn product_of_rows(
    left: &[Lanes],
    right: &Panels,
    range: std::ops::Range<usize>,
    j: usize,
) -> Tile {
    let (mut low, mut high) = ([[0.0; LANES]; PASS], [[0.0; LANES]; PASS]);
    for k in range.clone() {
        add_tile::<0>(&mut low, &left[k * LANES..(k + 1) * LANES], right.tile(k, j));
    }
    for k in range {
        add_tile::<PASS>(&mut high, &left[k * LANES..(k + 1) * LANES], right.tile(k, j));
    }
    join(low, high)
}

/// Reciprocals of the diagonal.
#[inline(always)]
fn reciprocals(tile: &Tile) -> Lanes {
    std::array::from_fn(|a| 1.0 / tile[a][a])
}

#[inline(always)]
fn subtract(from: &mut Lanes, x: &Lanes, factor: f64) {
    for lane in 0..LANES {
        from[lane] = (-x[lane]).mul_add(factor, from[lane]);
    }
}

/// $T \leftarrow T L^{-\top}$ for a tile of a lower triangular matrix.
#[inline(always)]
fn divide_by_transposed(t: &mut Tile, l: &Tile) {
    let inverse = reciprocals(l);
    for a in 0..LANES {
        let mut column = t[a];
        for k in 0..a {
            subtract(&mut column, &t[k], l[k][a]);
        }
        t[a] = column.map(|x| x * inverse[a]);
    }
}

/// $T \leftarrow T L^{-1}$ for a tile of a lower triangular matrix.
#[inline(always)]
fn divide(t: &mut Tile, l: &Tile) {
    let inverse = reciprocals(l);
    for a in (0..LANES).rev() {
        let mut column = t[a];
        for k in a + 1..LANES {
            subtract(&mut column, &t[k], l[a][k]);
        }
        t[a] = column.map(|x| x * inverse[a]);
    }
}

/// The Cholesky factor of a tile, with zeros above the diagonal, or the pivot that is not positive.
#[inline(always)]
fn factor_tile(t: &mut Tile) -> Result<(), usize> {
    for a in 0..LANES {
        let pivot = t[a][a];
        // NaN and infinity fail here too.
        if !(pivot > 0.0 && pivot < f64::INFINITY) {
            return Err(a);
        }
        let root = pivot.sqrt();
        let inverse = 1.0 / root;
        let column: Lanes = std::array::from_fn(|lane| match lane.cmp(&a) {
            std::cmp::Ordering::Less => 0.0,
            std::cmp::Ordering::Equal => root,
            std::cmp::Ordering::Greater => t[a][lane] * inverse,
        });
        t[a] = column;
        for b in a + 1..LANES {
            subtract(&mut t[b], &column, column[b]);
        }
    }
    Ok(())
}

/// The lower half of $X X^\top$, into `out` ($n \times n$); $n^2 p$ flops.
pub fn gram(x: &Panels, out: &mut Panels) {
    out.resize(x.rows, x.rows);
    vectorised(
        #[inline(always)]
        || {
            for i in 0..x.count() {
                for j in 0..=i {
                    let tile = product(x.whole(i), x.whole(j));
                    out.set_tile(i, j, &tile);
                }
            }
        },
    );
}

/// $A B^\top$, into `out`; $2 m n p$ flops.
pub fn times_transposed(a: &Panels, b: &Panels, out: &mut Panels) {
    out.resize(a.rows, b.rows);
    vectorised(
        #[inline(always)]
        || {
            for i in 0..a.count() {
                for j in 0..b.count() {
                    let tile = product(a.whole(i), b.whole(j));
                    out.set_tile(i, j, &tile);
                }
            }
        },
    );
}

/// Copies the lower half of a square matrix to the upper, each entry by way of a function.
pub fn mirror_lower(a: &mut Panels, f: impl Fn(f64) -> f64) {
    for i in 0..a.count() {
        for j in 0..=i {
            let tile = a.tile(i, j).map(|column| column.map(&f));
            a.set_tile(i, j, &tile);
            a.set_tile(j, i, &transposed(&tile));
        }
    }
}

/// $\operatorname{tr} A B^\top$ and the sum of $f_k((A B^\top)_{ij}, (X X^\top)_{ij})$ over all
/// $i$ and $j$, for a symmetric $A B^\top$; no matrix is formed.
pub fn sum_over_pairs<const K: usize>(
    [a, b]: [&Panels; 2],
    x: &Panels,
    f: impl Fn(f64, f64) -> [f64; K],
) -> (f64, [f64; K]) {
    let (mut trace, mut sums) = (0.0, [0.0; K]);
    vectorised(
        #[inline(always)]
        || {
            for i in 0..a.count() {
                for j in 0..=i {
                    let one = product(a.whole(i), b.whole(j));
                    let other = product(x.whole(i), x.whole(j));
                    let weight = if i == j { 1.0 } else { 2.0 };
                    for (column, both) in one.iter().zip(&other).enumerate() {
                        for (p, q) in both.0.iter().zip(both.1) {
                            let values = f(*p, *q);
                            (0..K).for_each(|k| sums[k] += weight * values[k]);
                        }
                        trace += if i == j { both.0[column] } else { 0.0 };
                    }
                }
            }
        },
    );
    (trace, sums)
}

/// The Cholesky factor of a symmetric matrix, in place; $n^3 / 3$ flops. Only the lower half is
/// read; what is above the diagonal within a diagonal tile becomes zero.
///
/// # Errors
/// A pivot that is not positive (NaN included).
pub fn factor(l: &mut Panels) -> Result<(), LinalgError> {
    vectorised(
        #[inline(always)]
        || {
            let n = l.rows;
            for i in 0..l.count() {
                for j in 0..=i {
                    let done = j * LANES;
                    let sum = product(&l.panel(i)[..done], &l.panel(j)[..done]);
                    let mut t = *l.tile(i, j);
                    for a in 0..LANES {
                        (0..LANES).for_each(|lane| t[a][lane] -= sum[a][lane]);
                    }
                    if j < i {
                        divide_by_transposed(&mut t, l.tile(j, j));
                    } else {
                        (n - done..LANES).for_each(|a| t[a][a] = 1.0);
                        factor_tile(&mut t).map_err(|a| LinalgError::NotPositiveDefinite {
                            pivot: done + a,
                            size: n,
                        })?;
                    }
                    l.set_tile(i, j, &t);
                }
            }
            Ok(())
        },
    )
}

/// [`factor`] for the Gram matrix of rows that must not depend on each other.
///
/// # Errors
/// A pivot that is not positive, or but for rounding would be 0: below $10^{-10}$ of the squared
/// norm of its row. Rows of a law with a density come as close with a probability of
/// $10^{-5 (p - n + 1)}$.
pub fn factor_gram(l: &mut Panels) -> Result<(), LinalgError> {
    factor(l)?;
    let size = l.rows;
    for i in 0..l.count() {
        let mut squares = [0.0; LANES];
        for column in &l.panel(i)[..(i + 1) * LANES] {
            (0..LANES).for_each(|lane| squares[lane] += column[lane] * column[lane]);
        }
        for (pivot, square) in (i * LANES..size).zip(squares) {
            let last = l.panel(i)[pivot][pivot % LANES];
            if last * last < DEPENDENT * square {
                return Err(LinalgError::NotPositiveDefinite { pivot, size });
            }
        }
    }
    Ok(())
}

/// $W = L^{-1}$, into `w`; $n^3 / 3$ flops.
pub fn invert_lower(l: &Panels, w: &mut Panels) {
    w.resize(l.rows, l.columns);
    vectorised(
        #[inline(always)]
        || {
            for i in 0..l.count() {
                for j in (0..=i).rev() {
                    let product = product_of_rows(w.panel(i), l, j + 1..i + 1, j);
                    let mut t = product.map(|column| column.map(|x| -x));
                    if i == j {
                        // Not where rows are filled up: zeros there.
                        (0..LANES.min(l.rows - j * LANES)).for_each(|a| t[a][a] += 1.0);
                    }
                    divide(&mut t, l.tile(j, j));
                    w.set_tile(i, j, &t);
                }
            }
        },
    );
}

/// $X \leftarrow W X$ for a lower triangular $W$; $n^2 p$ flops.
pub fn multiply_lower(w: &Panels, x: &mut Panels) {
    vectorised(
        #[inline(always)]
        || {
            for j in 0..x.stride / LANES {
                // From below: a panel needs those above it.
                for i in (0..x.count()).rev() {
                    let t = product_of_rows(w.panel(i), x, 0..i + 1, j);
                    x.set_tile(i, j, &t);
                }
            }
        },
    );
}

#[inline(always)]
fn transposed(tile: &Tile) -> Tile {
    std::array::from_fn(|a| tile.map(|column| column[a]))
}

/// $W^\top$ for a lower triangular matrix, into `out`.
pub fn transpose_lower(w: &Panels, out: &mut Panels) {
    out.resize(w.rows, w.columns);
    for i in 0..w.count() {
        for j in 0..=i {
            let tile = w.tile(i, j);
            out.set_tile(j, i, &transposed(tile));
        }
    }
}

/// $X \leftarrow U X$ for an upper triangular $U$; $n^2 p$ flops.
pub fn multiply_upper(u: &Panels, x: &mut Panels) {
    vectorised(
        #[inline(always)]
        || {
            for j in 0..x.stride / LANES {
                for i in 0..x.count() {
                    let t = product_of_rows(u.panel(i), x, i..x.count(), j);
                    x.set_tile(i, j, &t);
                }
            }
        },
    );
}

/// $\langle A_u, A_v \rangle$ and $\langle A_u, W W^\top \rangle$ for
/// $A_u = X \operatorname{diag}(u) X^\top$ and a lower triangular $W$; $2 n^2 p + n^3 / 3$ flops,
/// and no matrix is formed. `scaled` is a buffer.
pub fn inner_products(
    x: &Panels,
    [u, v]: [&[f64]; 2],
    w: &Panels,
    scaled: &mut [Panels; 2],
) -> [f64; 2] {
    scaled.iter_mut().for_each(|scaled| scaled.resize(1, x.columns));
    vectorised(
        #[inline(always)]
        || {
            let mut sums = [[0.0; LANES]; 2];
            for j in 0..x.count() {
                for (weights, scaled) in [u, v].into_iter().zip(scaled.iter_mut()) {
                    for ((out, column), weight) in
                        scaled.data.iter_mut().zip(x.panel(j)).zip(weights)
                    {
                        *out = column.map(|x| x * weight);
                    }
                }
                let length = (j + 1) * LANES;
                for i in j..x.count() {
                    let a = product(x.whole(i), scaled[0].whole(0));
                    let b = product(x.whole(i), scaled[1].whole(0));
                    let q = product(&w.panel(i)[..length], &w.panel(j)[..length]);
                    let weight = if i == j { 1.0 } else { 2.0 };
                    for column in 0..LANES {
                        for lane in 0..LANES {
                            let value = weight * a[column][lane];
                            sums[0][lane] = value.mul_add(b[column][lane], sums[0][lane]);
                            sums[1][lane] = value.mul_add(q[column][lane], sums[1][lane]);
                        }
                    }
                }
            }
            sums.map(total)
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Rng;
    use nalgebra::DMatrix;

    const SIZES: [(usize, usize); 11] = [
        (1, 1),
        (1, 2),
        (2, 3),
        (3, 4),
        (5, 6),
        (7, 8),
        (8, 9),
        (9, 9),
        (16, 21),
        (23, 40),
        (41, 77),
    ];

    fn packed(x: &DMatrix<f64>) -> Panels {
        let mut panels = Panels::default();
        panels.pack(x.transpose().as_slice(), x.nrows(), x.ncols());
        panels
    }

    fn entry(a: &Panels, i: usize, j: usize) -> f64 {
        a.panel(i / LANES)[j][i % LANES]
    }

    fn assert_near(found: &Panels, want: &DMatrix<f64>, lower: bool) {
        let scale = want.amax();
        for i in 0..want.nrows() {
            for j in 0..if lower { i + 1 } else { want.ncols() } {
                let (x, y) = (entry(found, i, j), want[(i, j)]);
                assert!((x - y).abs() <= 1e-12 * scale, "{:?} {i} {j}: {x} {y}", want.shape());
            }
        }
    }

    /// A Gaussian matrix and, for $K = X X^\top + I$, its factor.
    fn system(rng: &mut Rng, n: usize, p: usize) -> (DMatrix<f64>, DMatrix<f64>, Panels) {
        let x = DMatrix::from_fn(n, p, |_, _| rng.normal());
        let k = &x * x.transpose() + DMatrix::identity(n, n);
        let mut l = Panels::default();
        gram(&packed(&x), &mut l);
        l.add_to_diagonal(1.0);
        assert_near(&l, &k, true);
        factor(&mut l).expect("a positive definite matrix");
        (x, k, l)
    }

    #[test]
    fn tiles_agree_with_whole_matrices() {
        let mut rng = Rng::seeded(31);
        for (n, p) in SIZES {
            let (x, k, l) = system(&mut rng, n, p);
            let lower = k.clone().cholesky().expect("a positive definite matrix").unpack();
            assert_near(&l, &lower, true);
            let mut w = Panels::default();
            invert_lower(&l, &mut w);
            let inverse = lower.clone().try_inverse().expect("a regular factor");
            assert_near(&w, &inverse, true);
            assert!((w.lower_squares() / inverse.norm_squared() - 1.0).abs() < 1e-12);
            let mut squares = vec![f64::NAN; n];
            w.lower_column_squares(&mut squares);
            for (column, square) in inverse.column_iter().zip(squares) {
                assert!((square / column.norm_squared() - 1.0).abs() < 1e-12);
            }
            let mut s = packed(&x);
            multiply_lower(&w, &mut s);
            let solved = &inverse * &x;
            assert_near(&s, &solved, false);
            let weights: Vec<f64> = (0..p).map(|j| 1.0 / (1 + j) as f64).collect();
            let others: Vec<f64> = (0..p).map(|j| (j % 3) as f64).collect();
            let diagonal =
                |w: &[f64]| DMatrix::from_diagonal(&nalgebra::DVector::from_row_slice(w));
            let want = (&solved * diagonal(&weights)).dot(&solved);
            assert!((s.squares(&weights) / want - 1.0).abs() < 1e-12);
            let a = [&weights, &others].map(|w| &solved * diagonal(w) * solved.transpose());
            let want = [a[0].dot(&a[1]), a[0].dot(&(&inverse * inverse.transpose()))];
            let mut scaled = Default::default();
            let found = inner_products(&s, [&weights, &others], &w, &mut scaled);
            for k in 0..2 {
                assert!((found[k] - want[k]).abs() <= 1e-12 * want[k].abs(), "{n} {p} {k}");
            }
            let mut upper = Panels::default();
            transpose_lower(&w, &mut upper);
            multiply_upper(&upper, &mut s);
            assert_near(&s, &(inverse.transpose() * solved), false);
        }
    }

    #[test]
    fn products_and_pairs_agree_with_whole_matrices() {
        let mut rng = Rng::seeded(32);
        for (n, p) in SIZES {
            let x = DMatrix::from_fn(n, p, |_, _| rng.normal());
            let y = DMatrix::from_fn(n + 3, p, |_, _| rng.normal());
            let mut product = Panels::default();
            times_transposed(&packed(&x), &packed(&y), &mut product);
            assert_near(&product, &(&x * y.transpose()), false);
            let mut symmetric = Panels::default();
            gram(&packed(&x), &mut symmetric);
            mirror_lower(&mut symmetric, |x| 2.0 * x);
            let k = &x * x.transpose();
            assert_near(&symmetric, &(2.0 * &k), false);
            let x = packed(&x);
            let (trace, [sum]) = sum_over_pairs([&x, &x], &x, |a, b| [a * b]);
            assert!((trace / k.trace() - 1.0).abs() < 1e-12);
            assert!((sum / k.norm_squared() - 1.0).abs() < 1e-12);
        }
    }

    /// One chain of fused operations, whatever the registers: these bits on every machine.
    #[test]
    fn a_sum_is_one_chain_of_fused_operations() {
        let mut rng = Rng::seeded(33);
        for (n, p) in SIZES {
            let x = DMatrix::from_fn(n, p, |_, _| rng.normal());
            let mut out = Panels::default();
            gram(&packed(&x), &mut out);
            for i in 0..n {
                for j in 0..=i {
                    let chain = (0..p).fold(0.0_f64, |sum, k| x[(i, k)].mul_add(x[(j, k)], sum));
                    assert_eq!(entry(&out, i, j).to_bits(), chain.to_bits());
                }
            }
        }
    }

    /// Buffers that have held other sizes and no numbers.
    #[test]
    fn what_a_buffer_held_before_does_not_matter() {
        let mut rng = Rng::seeded(34);
        let (x, _, l) = system(&mut rng, 5, 6);
        let stale = || {
            let mut stale = Panels::zeros(33, 70);
            stale.data.fill([f64::NAN; LANES]);
            stale
        };
        let (mut s, mut w, mut other) = (stale(), stale(), stale());
        s.pack(x.transpose().as_slice(), 5, 6);
        invert_lower(&l, &mut w);
        multiply_lower(&w, &mut s);
        let weights = [1.0; 6];
        let found = inner_products(&s, [&weights; 2], &w, &mut [stale(), stale()]);
        assert!(found.iter().all(|x| x.is_finite()) && s.squares(&weights).is_finite());
        transpose_lower(&w, &mut other);
        multiply_upper(&other, &mut s);
        assert!(s.squares(&[]).is_finite());
    }

    #[test]
    fn the_pivot_that_is_not_positive_is_named() {
        for pivot in [0, 5, 8, 19] {
            let x = DMatrix::identity(20, 20);
            let mut l = Panels::default();
            gram(&packed(&x), &mut l);
            l.data[pivot / LANES * l.stride + pivot][pivot % LANES] = f64::NAN;
            let want = LinalgError::NotPositiveDefinite { pivot, size: 20 };
            assert_eq!(factor(&mut l), Err(want));
        }
    }
}
