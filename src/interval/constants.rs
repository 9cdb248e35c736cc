//! The constants against series summed in integers, with nothing rounded but downwards, and the
//! polynomial scheme against rationals.

use super::circular::{HALF_PI_FIRST, HALF_PI_REST};
use super::directed::Bounds;
use super::elementary::{LN_2, LN_2_FIRST, LN_2_REST, PI};
use dashu_int::IBig;
use dashu_ratio::RBig;

/// All numbers are integers in units of $2^{-1200}$: every double here is one of them.
const BITS: usize = 1200;

/// The double, which is an integer in these units.
fn of(value: f64) -> IBig {
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as usize;
    let size = IBig::from(bits & ((1 << 52) - 1) | 1 << 52);
    let sign = if value < 0.0 { IBig::from(-1) } else { IBig::from(1) };
    sign * (size << (BITS + exponent - 1075))
}

/// Bounds of $\sum_k \frac{1}{(2k+1) x^{2k+1}}$, signs alternating or not: each of fewer than 1000
/// terms is cut to an integer, and what follows is less than one.
fn odd_series(x: i64, alternating: bool) -> (IBig, IBig) {
    let mut power = (IBig::from(1) << BITS) / x;
    let (mut sum, mut k) = (IBig::from(0), 0_i64);
    while power != IBig::from(0) {
        let term = &power / (2 * k + 1);
        sum = if alternating && k % 2 == 1 { sum - term } else { sum + term };
        power /= x * x;
        k += 1;
    }
    assert!(k < 1000, "{k} terms");
    // A power that is cut k times lacks less than two units, and its term less than three.
    (&sum - IBig::from(3000), sum + IBig::from(3000))
}

/// Machin: $\pi = 16 \arctan\frac15 - 4 \arctan\frac1{239}$.
fn pi() -> (IBig, IBig) {
    let (fifth, small) = (odd_series(5, true), odd_series(239, true));
    (fifth.0 * 16 - small.1 * 4, fifth.1 * 16 - small.0 * 4)
}

/// $\log 2 = \sum_{k \ge 1} \frac{1}{k 2^k}$, each term cut to an integer, with the tail below one.
fn ln_2() -> (IBig, IBig) {
    let one = IBig::from(1) << BITS;
    let sum: IBig = (1..=BITS).map(|k| (&one >> k) / IBig::from(k)).sum();
    (sum.clone(), sum + IBig::from(BITS + 1))
}

fn assert_inside(value: &(IBig, IBig), lo: IBig, hi: IBig) {
    assert!(lo < value.0 && value.1 < hi, "not enclosed");
}

#[test]
fn pi_lies_between_two_neighbouring_doubles() {
    assert_inside(&pi(), of(PI.lo), of(PI.hi));
    assert_eq!(PI.lo.next_up(), PI.hi);
}

#[test]
fn log_2_lies_between_two_neighbouring_doubles() {
    assert_inside(&ln_2(), of(LN_2.lo), of(LN_2.hi));
    assert_eq!(LN_2.lo.next_up(), LN_2.hi);
}

#[test]
fn the_pieces_of_log_2_and_of_half_pi_add_up() {
    let Bounds { lo, hi } = LN_2_REST;
    assert_inside(&ln_2(), of(LN_2_FIRST) + of(lo), of(LN_2_FIRST) + of(hi));
    let first: IBig = HALF_PI_FIRST.iter().map(|piece| of(*piece)).sum();
    let Bounds { lo, hi } = HALF_PI_REST;
    let doubled = |end: f64| (&first + of(end)) * 2;
    assert_inside(&pi(), doubled(lo), doubled(hi));
}

#[test]
fn products_with_the_first_pieces_are_exact() {
    let bits = |piece: f64| 53 - (piece.to_bits() | 1 << 52).trailing_zeros();
    // An exponent of a double has 11 bits, and a number of quarters below 2^20 has 20.
    assert!(bits(LN_2_FIRST) + 11 <= 53);
    assert!(HALF_PI_FIRST.iter().all(|piece| bits(*piece) + 20 <= 53));
}

#[test]
fn a_wrong_constant_is_found() {
    let wrong = (of(PI.hi), of(PI.hi.next_up()));
    let value = pi();
    assert!(!(wrong.0 < value.0 && value.1 < wrong.1));
}

#[test]
fn polynomials_enclose_the_exact_value() {
    let exact = |value: f64| RBig::try_from(value).expect("a finite double");
    for round in 1..2000 {
        // Any coefficients with positive partial sums: between 1/2 and 1, and |x| < 1/3.
        let coefficient = |k: i32| 0.5 + 0.5 * (f64::from(round * k) * 0.618).fract();
        let x = (f64::from(round) * 0.414).fract() * if round % 2 == 0 { 0.33 } else { -0.33 };
        let terms: Vec<f64> = (1..6).map(coefficient).collect();
        let tail = coefficient(6);
        let value = terms.iter().rev().fold(exact(tail), |sum, c| exact(*c) + exact(x) * sum);
        let table: Vec<Bounds> = terms.iter().map(|c| Bounds::point(*c)).collect();
        let found = Bounds::point(x).horner(&table, Bounds::point(tail));
        assert!(exact(found.lo) <= value && value <= exact(found.hi), "{x}: {found:?}");
    }
}
