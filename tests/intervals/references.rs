//! Elementary functions against 50 digits, and against another kernel.

use crate::draws::Draws;
use crate::dyadic::{Dyadic, at_least, at_most};
use dashu_int::IBig;
use std::collections::BTreeMap;
use theoremcheck::interval::Interval;

/// Enclosures wider than this many units in the last place, at one double, would be a regression.
const WIDTHS_MAX: [(&str, u64); 5] = [("exp", 6), ("ln", 4), ("sin", 8), ("cos", 8), ("acos", 6)];

type Function =
    (&'static str, fn(Interval) -> Interval, fn(maryada::Interval) -> maryada::Interval);

const FUNCTIONS: [Function; 5] = [
    ("exp", Interval::exp, maryada::exp),
    ("ln", Interval::ln, maryada::log),
    ("sin", Interval::sin, maryada::sin),
    ("cos", Interval::cos, maryada::cos),
    ("acos", Interval::acos, maryada::acos),
];

fn function(name: &str) -> Function {
    *FUNCTIONS.iter().find(|f| f.0 == name).unwrap_or_else(|| panic!("{name}: no such function"))
}

/// The number of doubles from one to another.
fn steps(lo: f64, hi: f64) -> u64 {
    let order = |x: f64| {
        let bits = x.to_bits() as i64;
        if bits < 0 { i64::MIN - bits } else { bits }
    };
    order(hi).abs_diff(order(lo))
}

/// $10^k \cdot$ a dyadic number, $k \ge 0$.
fn times_power_of_ten(value: Dyadic, k: usize) -> Dyadic {
    value.times(&Dyadic::new(IBig::from(10).pow(k), 0))
}

/// Whether `x` encloses every number from `digits` to `digits + 1`, times $10^{power}$: that is
/// where the value lies. Decimals are cleared first, so all of it is exact.
fn encloses(x: Interval, digits: &IBig, power: isize) -> bool {
    let up = power.max(0) as usize;
    let down = (-power).max(0) as usize;
    let reference = |digits: IBig| times_power_of_ten(Dyadic::new(digits, 0), up);
    let (low, high) = (reference(digits.clone()), reference(digits + IBig::from(1)));
    let cleared = |end: f64| times_power_of_ten(Dyadic::of(end), down);
    let below = x.lo().is_infinite() || cleared(x.lo()).compare(&low).is_le();
    let above = x.hi().is_infinite() || cleared(x.hi()).compare(&high).is_ge();
    below && above
}

#[test]
fn hard_points_are_enclosed_to_the_last_digits() {
    let text = include_str!("../data/elementary.txt");
    let mut widest: BTreeMap<&str, u64> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split(' ').collect();
        let &[name, bits, digits, power] = fields.as_slice() else { panic!("{line}: four fields") };
        let x = f64::from_bits(u64::from_str_radix(bits, 16).expect("bits"));
        let digits: IBig = digits.parse().expect("digits");
        let power: isize = power.parse().expect("a power of ten");
        let y = function(name).1(Interval::point(x));
        assert!(y.defined(), "{name}({x:e}) = {y}");
        assert!(encloses(y, &digits, power), "{name}({x:e}) = {y} misses {digits}e{power}");
        if y.hi() < f64::INFINITY && y.mig() > f64::MIN_POSITIVE {
            let width = widest.entry(name).or_default();
            *width = (*width).max(steps(y.lo(), y.hi()));
        }
    }
    println!("widest enclosures at hard points, in units of the last place: {widest:?}");
    for (name, most) in WIDTHS_MAX {
        assert!(widest[name] <= most, "{name}: {} units wide", widest[name]);
    }
}

#[test]
fn the_check_against_digits_can_fail() {
    // e = 2.71828..., known to 50 digits.
    let digits: IBig = "27182818284590452353602874713526624977572470936999".parse().expect("e");
    let (below, above) = (std::f64::consts::E, std::f64::consts::E.next_up());
    let enclosure = |lo, hi| Interval::new(lo, hi).expect("ordered");
    assert!(encloses(enclosure(below, above), &digits, -49));
    assert!(!encloses(enclosure(below, below), &digits, -49));
    assert!(!encloses(enclosure(above, above), &digits, -49));
}

fn argument(name: &str, draws: &mut Draws) -> f64 {
    match (name, draws.below(4)) {
        ("exp", 0) => draws.between(-750.0, 715.0),
        ("exp", _) => draws.between(-3.0, 3.0),
        ("ln", 0) => f64::from_bits(draws.word() >> 1).min(f64::MAX),
        ("ln", 1) => draws.between(0.9, 1.1),
        ("ln", _) => draws.between(1e-3, 20.0),
        ("acos", 0) => 1.0 - draws.unit() * 2.0_f64.powi(-(draws.below(50) as i32)),
        ("acos", _) => draws.between(-1.0, 1.0),
        (_, 0) => draws.between(-1e6, 1e6),
        _ => draws.between(-7.0, 7.0),
    }
}

/// Their sine and cosine take 30 microseconds.
fn rounds(name: &str) -> usize {
    if matches!(name, "sin" | "cos") { 4_000 } else { 50_000 }
}

#[test]
fn elementary_functions_agree_with_another_kernel() {
    let mut draws = Draws(1);
    for (name, ours, theirs) in FUNCTIONS {
        let mut widest = 0;
        for _ in 0..rounds(name) {
            let x = argument(name, &mut draws);
            let y = ours(Interval::point(x));
            let z = theirs(maryada::singleton(x));
            let apart = y.hi() < z.inf() || z.sup() < y.lo();
            assert!(y.defined() && !apart, "{name}({x:e}): {y} and {z:?}");
            if y.hi() < f64::INFINITY && y.mig() > f64::MIN_POSITIVE {
                widest = widest.max(steps(y.lo(), y.hi()));
            }
        }
        println!("{name}: at most {widest} units in the last place at random points");
    }
}

#[test]
fn wide_arguments_give_the_range_that_points_inside_show() {
    let mut draws = Draws(2);
    for (name, ours, theirs) in FUNCTIONS {
        for _ in 0..rounds(name) / 5 {
            let a = argument(name, &mut draws);
            let width = 2.0_f64.powi(draws.below(40) as i32 - 36);
            let top = if name == "acos" { 1.0 } else { f64::MAX };
            let b = (a + width).min(top);
            let x = Interval::new(a, b).expect("ordered");
            let y = ours(x);
            for _ in 0..3 {
                let inside = ours(Interval::point(draws.between(a, b).clamp(a, b)));
                assert!(inside.intersects(y), "{name} on {x}: {y} misses {inside}");
                assert!(y.lo() <= inside.lo() || y.contains(inside.hi()), "{name} on {x}: {y}");
            }
            let z = theirs(maryada::new(a, b));
            let apart = y.hi() < z.inf() || z.sup() < y.lo();
            assert!(y.defined() && !apart, "{name} on {x}: {y} and {z:?}");
        }
    }
}

#[test]
fn inverse_functions_and_identities_give_back_what_they_must() {
    let mut draws = Draws(7);
    let mut point = |name: &str| Interval::point(argument(name, &mut draws));
    let two = Interval::point(2.0);
    for _ in 0..60_000 {
        let x = point("sin");
        let (sine, cosine) = (x.sin(), x.cos());
        assert!((sine.sqr() + cosine.sqr()).contains(1.0), "sin^2 + cos^2 at {x}");
        assert!((x * two).sin().intersects(two * sine * cosine), "sin 2x at {x}");
        assert!((x * two).cos().intersects(cosine.sqr() - sine.sqr()), "cos 2x at {x}");
        let x = point("acos");
        assert!(x.acos().cos().contains(x.lo()), "cos arccos {x}");
        assert!(Interval::PI.intersects(x.acos() + (-x).acos()), "arccos {x} + arccos of minus it");
        let x = point("ln");
        assert!(x.ln().exp().contains(x.lo()), "exp log {x}");
        let x = point("exp");
        assert!((x.exp() * (-x).exp()).contains(1.0), "exp of {x} and of minus it");
        assert!(x.exp().ln().contains(x.lo()), "log exp {x}");
    }
}

#[test]
fn the_dyadic_comparison_knows_the_ends() {
    let one = Dyadic::of(1.0);
    assert!(at_most(f64::NEG_INFINITY, &one) && !at_most(f64::INFINITY, &one));
    assert!(at_least(f64::INFINITY, &one) && !at_least(f64::NEG_INFINITY, &one));
    assert!(at_most(1.0, &one) && at_least(1.0, &one));
    assert!(!at_most(1.0_f64.next_up(), &one) && !at_least(1.0_f64.next_down(), &one));
}
