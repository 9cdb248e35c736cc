//! Where the letters of mutants stand in a terminal: on their own curves, and if it can be had on
//! nothing else.

use super::page::letter;
use super::{CELL, Grid, Role, Shape};
use std::collections::{BTreeMap, BTreeSet};

/// Column and row.
type Cell = (usize, usize);

/// Columns from one letter of a curve to the next.
const STRIDE: usize = 20;

/// Steps along one segment: a limit.
const STEPS_MAX: usize = 4000;

/// The letters and their cells. Every mutant with a curve inside the frame has at least one; those
/// whose curves run together stand beside each other.
pub(super) fn place(grid: &Grid, shapes: &[Shape]) -> Vec<(char, Cell)> {
    let ways: Vec<Vec<Cell>> = shapes.iter().map(|shape| way(grid, shape)).collect();
    let mut crossings: BTreeMap<Cell, usize> = BTreeMap::new();
    for way in &ways {
        let cells: BTreeSet<&Cell> = way.iter().collect();
        cells.into_iter().for_each(|cell| *crossings.entry(*cell).or_default() += 1);
    }
    // What a letter may not cover: marks and bars, and later the letters themselves.
    let mut taken: BTreeSet<Cell> = shapes.iter().flat_map(|shape| bars(grid, shape)).collect();
    let both = || shapes.iter().zip(&ways).filter(|(shape, _)| shape.series.role == Role::Mutant);
    let count = both().count();
    let mut letters = Vec::new();
    let mut put = |order: usize, cell: Cell, taken: &mut BTreeSet<Cell>| {
        taken.insert(cell);
        letters.push((letter(order), cell));
    };
    // Alone on the curve, at places that differ from mutant to mutant.
    let mut open = Vec::new();
    for (shape, way) in both() {
        let first = grid.columns.0 + STRIDE * (shape.order + 1) / (count + 1);
        let mut placed = false;
        for target in (first..=grid.columns.1).step_by(STRIDE) {
            let alone = |cell: &&Cell| crossings.get(*cell) == Some(&1) && !taken.contains(*cell);
            let near = way.iter().filter(|c| c.0.abs_diff(target) < STRIDE / 2).filter(alone);
            if let Some(cell) = near.min_by_key(|cell| cell.0.abs_diff(target)).copied() {
                put(shape.order, cell, &mut taken);
                placed = true;
            }
        }
        if !placed {
            open.push((shape.order, way, first));
        }
    }
    // Among others: where the fewest pass, else right beside.
    for (order, way, target) in open {
        let cost = |cell: &&Cell| (crossings.get(*cell).copied(), cell.0.abs_diff(target));
        let free = way.iter().filter(|cell| !taken.contains(*cell)).min_by_key(cost).copied();
        let cell = free.or_else(|| way.iter().find_map(|cell| beside(grid, *cell, &taken)));
        if let Some(cell) = cell {
            put(order, cell, &mut taken);
        }
    }
    letters
}

/// A free cell next to one inside the frame.
fn beside(grid: &Grid, (column, row): Cell, taken: &BTreeSet<Cell>) -> Option<Cell> {
    let inside = |cell: &Cell| {
        (grid.columns.0..=grid.columns.1).contains(&cell.0)
            && (grid.rows.0..=grid.rows.1).contains(&cell.1)
    };
    let columns = (column.saturating_sub(2)..=column + 2).map(|c| (c, row));
    let rows = (row.saturating_sub(2)..=row + 2).map(|r| (column, r));
    columns.chain(rows).find(|cell| inside(cell) && !taken.contains(cell))
}

/// The cells that a curve passes, in its order.
fn way(grid: &Grid, shape: &Shape) -> Vec<Cell> {
    let mut way: Vec<Cell> = Vec::new();
    for pair in shape.lines.iter().flat_map(|line| line.windows(2)) {
        let (from, to) = (grid.at(pair[0]), grid.at(pair[1]));
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        // Half a cell at most.
        let steps = (2.0 * dx.abs() / CELL.0).max(2.0 * dy.abs() / CELL.1).ceil();
        let steps = (steps as usize).clamp(1, STEPS_MAX);
        for step in 0..=steps {
            let along = step as f64 / steps as f64;
            let (x, y) = (from.0 + along * dx, from.1 + along * dy);
            let cell = ((x / CELL.0) as usize, (y / CELL.1) as usize);
            if way.last() != Some(&cell) {
                way.push(cell);
            }
        }
    }
    way
}

fn bars(grid: &Grid, shape: &Shape) -> Vec<Cell> {
    let mut cells = Vec::new();
    for bar in &shape.bars {
        let (column, high) = grid.cell_at((bar.x, bar.high));
        let low = grid.cell_at((bar.x, bar.low)).1;
        cells.extend((high..=low).map(|row| (column, row)));
    }
    cells
}
