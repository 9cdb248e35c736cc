//! Sums, products, quotients, roots and powers against exact arithmetic on doubles.

use crate::draws::{Draws, SPECIAL};
use crate::dyadic::{Dyadic, at_least, at_most};
use theoremcheck::interval::Interval;

/// Panics unless `x` encloses the exact `value`.
fn assert_encloses(x: Interval, value: &Dyadic, what: &dyn Fn() -> String) {
    let sound = at_most(x.lo(), value) && at_least(x.hi(), value);
    assert!(sound && x.defined(), "{}: {x}", what());
}

/// All operations at the points `a` and `b`.
fn check_points(a: f64, b: f64) {
    let (x, y) = (Interval::point(a), Interval::point(b));
    let (p, q) = (Dyadic::of(a), Dyadic::of(b));
    assert_encloses(x + y, &p.plus(&q), &|| format!("{a:e} + {b:e}"));
    assert_encloses(x - y, &p.plus(&Dyadic::of(-b)), &|| format!("{a:e} - {b:e}"));
    assert_encloses(x * y, &p.times(&q), &|| format!("{a:e} * {b:e}"));
    assert_encloses(x.sqr(), &p.times(&p), &|| format!("{a:e} squared"));
    if b != 0.0 {
        // a / b lies in [l, u] iff a lies between l b and u b, whose order is the sign of b.
        let z = x / y;
        let (low, high) = if b > 0.0 { (z.lo(), z.hi()) } else { (z.hi(), z.lo()) };
        let below = low.is_infinite() || Dyadic::of(low).times(&q).compare(&p).is_le();
        let above = high.is_infinite() || Dyadic::of(high).times(&q).compare(&p).is_ge();
        assert!(below && above && z.defined(), "{a:e} / {b:e}: {z}");
    }
    if a >= 0.0 {
        let z = x.sqrt();
        let square = |end: f64| Dyadic::of(end).times(&Dyadic::of(end));
        let below = square(z.lo()).compare(&p).is_le();
        assert!(below && square(z.hi()).compare(&p).is_ge(), "root of {a:e}: {z}");
        assert!(z.lo() >= 0.0 && z.defined(), "root of {a:e}: {z}");
    }
}

#[test]
fn operations_enclose_the_exact_result() {
    for a in SPECIAL {
        for b in SPECIAL {
            check_points(a, b);
        }
    }
    let mut draws = Draws(3);
    for _ in 0..80_000 {
        let a = draws.double();
        // Every fourth pair nearly cancels.
        let near = draws.below(4) == 0;
        let b = if near { -a * (1.0 + 4.0 * f64::EPSILON * draws.unit()) } else { draws.double() };
        check_points(a, if b.is_finite() { b } else { 1.0 });
    }
}

#[test]
fn powers_enclose_the_exact_result() {
    let mut draws = Draws(4);
    for round in 0..10_000 {
        let a = SPECIAL.get(round).map_or_else(|| draws.double(), |special| *special);
        let n = 1 + draws.below(9) as i32;
        let exact = Dyadic::of(a).power(n as usize);
        assert_encloses(Interval::point(a).powi(n), &exact, &|| format!("{a:e}^{n}"));
        if a != 0.0 {
            // One lies between the power times either end of its reciprocal.
            let z = Interval::point(a).powi(-n);
            assert!(z.defined(), "{a:e}^-{n}: {z}");
            let one = Dyadic::of(1.0);
            let product = |end: f64| Dyadic::of(end).times(&exact).compare(&one);
            let negative = a < 0.0 && n % 2 == 1;
            let (low, high) = if negative { (z.hi(), z.lo()) } else { (z.lo(), z.hi()) };
            assert!(low.is_infinite() || product(low).is_le(), "{a:e}^-{n}: {z}");
            assert!(high.is_infinite() || product(high).is_ge(), "{a:e}^-{n}: {z}");
        }
    }
}

/// A random interval around `a`, and a random point of it.
fn around(a: f64, draws: &mut Draws) -> (Interval, f64) {
    let width = (a.abs() + 1.0) * draws.unit() * 2.0_f64.powi(2 - draws.below(12) as i32);
    let b = if (a + width).is_finite() { a + width } else { f64::MAX };
    let (low, high) = if b < a { (b, a) } else { (a, b) };
    (Interval::new(low, high).expect("ordered"), draws.between(0.5 * low, 0.5 * high) * 2.0)
}

#[test]
fn operations_on_intervals_enclose_the_exact_result_at_points_inside() {
    let mut draws = Draws(5);
    for _ in 0..60_000 {
        let (a, b) = (draws.double(), draws.double());
        let ((x, p), (y, q)) = (around(a, &mut draws), around(b, &mut draws));
        if !(x.contains(p) && y.contains(q)) {
            continue;
        }
        let (u, v) = (Dyadic::of(p), Dyadic::of(q));
        assert_encloses(x + y, &u.plus(&v), &|| format!("{x} + {y} at {p:e}, {q:e}"));
        assert_encloses(x * y, &u.times(&v), &|| format!("{x} * {y} at {p:e}, {q:e}"));
        assert_encloses(x.sqr(), &u.times(&u), &|| format!("{x} squared at {p:e}"));
        assert_encloses(x.powi(3), &u.power(3), &|| format!("{x} cubed at {p:e}"));
        assert_eq!((x / y).defined(), !y.contains(0.0), "{x} / {y}");
        if q != 0.0 {
            let z = x / y;
            let (low, high) = if q > 0.0 { (z.lo(), z.hi()) } else { (z.hi(), z.lo()) };
            let below = low.is_infinite() || Dyadic::of(low).times(&v).compare(&u).is_le();
            let above = high.is_infinite() || Dyadic::of(high).times(&v).compare(&u).is_ge();
            assert!(below && above, "{x} / {y} at {p:e}, {q:e}: {z}");
        }
    }
}

#[test]
fn random_sequences_of_operations_agree_with_another_kernel() {
    let mut draws = Draws(6);
    for _ in 0..8_000 {
        let start = draws.between(-3.0, 3.0);
        let (mut x, mut y) =
            (Interval::point(start), maryada::singleton::<maryada::Interval>(start));
        let mut done = Vec::new();
        for _ in 0..6 {
            let c = draws.between(-3.0, 3.0);
            let (d, e) = (Interval::point(c), maryada::singleton::<maryada::Interval>(c));
            let operation = draws.below(10);
            (x, y) = match operation {
                0 => (x + d, maryada::add(y, e)),
                1 => (d - x, maryada::sub(e, y)),
                2 => (x * d, maryada::mul(y, e)),
                3 => (d / x, maryada::div(e, y)),
                4 => (x.sqr(), maryada::sqr(y)),
                5 => (x.powi(-3), maryada::pown(y, -3)),
                6 => (x.abs().sqrt(), maryada::sqrt(maryada::abs(y))),
                7 => (x.sin(), maryada::sin(y)),
                8 => (x.cos().exp(), maryada::exp(maryada::cos(y))),
                _ => (x.abs().ln(), maryada::log(maryada::abs(y))),
            };
            done.push((operation, c));
            if !x.defined() {
                break;
            }
            let apart = x.hi() < y.inf() || y.sup() < x.lo();
            assert!(!apart, "{start} and {done:?}: {x} and {y:?}");
        }
    }
}
