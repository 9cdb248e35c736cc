//! By name: the faults that rigorous libraries have had, and the corners of every function.

use theoremcheck::interval::Interval;

const INFINITY: f64 = f64::INFINITY;

fn interval(lo: f64, hi: f64) -> Interval {
    Interval::new(lo, hi).unwrap_or_else(|| panic!("[{lo}, {hi}] is an interval"))
}

fn assert_bounds(x: Interval, lo: f64, hi: f64, defined: bool) {
    assert!(x.lo() == lo && x.hi() == hi && x.defined() == defined, "{x}, not [{lo}, {hi}]");
}

fn assert_proves_nothing(x: Interval) {
    assert_bounds(x, -INFINITY, INFINITY, false);
}

#[test]
fn a_root_does_not_clip_its_radicand_and_say_yes() {
    let root = interval(-1.0, 4.0).sqrt();
    assert_bounds(root, 0.0, 2.0, false);
    assert!(!root.certainly_nonneg() && !(root + Interval::point(1.0)).certainly_positive());
    assert_proves_nothing(interval(-2.0, -1.0).sqrt());
    assert_bounds(interval(0.0, 4.0).sqrt(), 0.0, 2.0, true);
}

#[test]
fn a_tangent_over_its_pole_is_no_hull_of_the_ends() {
    let x = interval(1.5, 1.7);
    let tangent = x.sin() / x.cos();
    assert!(!tangent.defined(), "{tangent}");
    assert!(tangent.contains(1e9) && tangent.contains(-1e9), "{tangent}");
    let x = interval(1.0, 1.5);
    let tangent = x.sin() / x.cos();
    assert!(tangent.defined() && tangent.contains(1.6) && tangent.contains(14.0), "{tangent}");
}

#[test]
fn powers_across_a_sign_change_reach_zero_or_both_signs() {
    let x = interval(-2.0, 3.0);
    assert_bounds(x.powi(2), 0.0, 9.0, true);
    assert_bounds(x.sqr(), 0.0, 9.0, true);
    assert_bounds(x.powi(3), -8.0, 27.0, true);
    assert_bounds(x.powi(0), 1.0, 1.0, true);
    assert_bounds(x.powi(1), -2.0, 3.0, true);
    assert_bounds(interval(-3.0, -2.0).powi(4), 16.0, 81.0, true);
    assert_bounds(interval(-3.0, -2.0).powi(3), -27.0, -8.0, true);
}

#[test]
fn negative_powers_are_undefined_over_zero_only() {
    assert_bounds(interval(-2.0, 1.0).powi(-2), 0.25, INFINITY, false);
    assert_proves_nothing(interval(-2.0, 1.0).powi(-3));
    assert_bounds(interval(0.0, 2.0).powi(-3), 0.125, INFINITY, false);
    assert_bounds(interval(-2.0, 0.0).powi(-1), -INFINITY, -0.5, false);
    assert_bounds(interval(-4.0, -2.0).powi(-1), -0.5, -0.25, true);
    assert_bounds(interval(1.0, 2.0).powi(i32::MIN), 0.0, 1.0, true);
    // The square underflows, yet the reciprocal of it is defined.
    let large = Interval::point(1e-200).powi(-2);
    assert!(large.defined() && large.lo() == f64::MAX && large.hi() == INFINITY, "{large}");
}

#[test]
fn inexact_results_have_width_on_both_sides() {
    let sum = Interval::point(0.1) + Interval::point(0.2);
    assert!(sum.lo() < sum.hi(), "{sum}");
    let zero = sum - Interval::point(0.3);
    assert!(!zero.certainly_positive(), "{zero}");
    // Tenths are no doubles: enclosed as rationals, they cannot show what is false.
    let tenth = |n: f64| Interval::point(n) / Interval::point(10.0);
    let zero = tenth(1.0) + tenth(2.0) - tenth(3.0);
    assert!(zero.contains(0.0) && !zero.certainly_positive() && !zero.certainly_negative());
    let third = Interval::point(1.0) / Interval::point(3.0);
    assert!(third.lo() < third.hi() && (third * Interval::point(3.0)).contains(1.0));
    let root = Interval::point(2.0).sqrt();
    assert!(root.sqr().contains(2.0) && root.lo() < root.hi());
}

#[test]
fn exact_results_stay_exact() {
    let n = Interval::point;
    assert_bounds(n(3.0) * n(7.0), 21.0, 21.0, true);
    assert_bounds(n(21.0) / n(7.0), 3.0, 3.0, true);
    assert_bounds(n(0.1) * n(-1.0), -0.1, -0.1, true);
    assert_bounds(n(5e-324) * n(1.0), 5e-324, 5e-324, true);
    assert_bounds(n(0.1) - n(0.1), 0.0, 0.0, true);
    assert_bounds(n(49.0).sqrt(), 7.0, 7.0, true);
    assert_bounds(n(0.0).exp(), 1.0, 1.0, true);
    assert_bounds(n(1.0).ln(), 0.0, 0.0, true);
    assert_bounds(n(0.0).sin(), 0.0, 0.0, true);
    assert_bounds(n(0.0).cos(), 1.0, 1.0, true);
    assert_bounds(n(1.0).acos(), 0.0, 0.0, true);
}

#[test]
fn nan_and_infinity_are_no_numbers() {
    assert_eq!(Interval::new(f64::NAN, 1.0), None);
    assert_eq!(Interval::new(0.0, f64::NAN), None);
    assert_eq!(Interval::new(1.0, 0.0), None);
    assert_eq!(Interval::new(INFINITY, INFINITY), None);
    assert_eq!(Interval::new(-INFINITY, -INFINITY), None);
    assert_proves_nothing(Interval::point(f64::NAN));
    assert_proves_nothing(Interval::point(INFINITY));
    let nothing = Interval::undefined();
    assert!(nothing.contains(0.0) && nothing.contains(-1e300), "NaN must not exclude a number");
    assert!(!nothing.contains(f64::NAN) && !nothing.contains(INFINITY));
}

#[test]
fn what_is_undefined_stays_undefined() {
    let bad = interval(1.0, 2.0).with_gaps();
    let good = interval(1.0, 2.0);
    let of_one =
        [bad.sqrt(), bad.exp(), bad.ln(), bad.sin(), bad.cos(), -bad, bad.sqr(), bad.abs()];
    let of_two = [bad + good, good - bad, good * bad, bad / good, good.min(bad), bad.max(good)];
    let more = [bad.powi(0), bad.powi(2), bad.powi(-1), bad.recip(), bad.hull(good)];
    for x in of_one.iter().chain(&of_two).chain(&more) {
        assert!(!x.defined(), "{x}");
        assert!(!x.certainly_nonneg() && !x.certainly_positive(), "{x}");
        assert!(!x.certainly_nonpos() && !x.certainly_negative(), "{x}");
    }
    assert!(!interval(0.1, 0.2).with_gaps().acos().defined());
    assert!(!good.intersection(bad).expect("they meet").defined());
}

#[test]
fn infinity_over_infinity_and_zero_times_infinity() {
    let (above, below) = (interval(1.0, INFINITY), interval(-INFINITY, -1.0));
    assert_bounds(above / above, 0.0, INFINITY, true);
    assert_bounds(below / above, -INFINITY, 0.0, true);
    assert_bounds(below / below, 0.0, INFINITY, true);
    let zero = Interval::point(0.0);
    assert_bounds(zero * Interval::whole(), 0.0, 0.0, true);
    assert_bounds(zero * above, 0.0, 0.0, true);
    assert_bounds(zero / above, 0.0, 0.0, true);
    assert_bounds(interval(0.0, 1.0) * above, 0.0, INFINITY, true);
    assert_bounds(interval(-1.0, 0.0) * above, -INFINITY, 0.0, true);
    assert_bounds(above + below, -INFINITY, INFINITY, true);
    assert_bounds(above - above, -INFINITY, INFINITY, true);
}

#[test]
fn a_denominator_that_touches_zero_gives_a_half_line_and_no_proof() {
    let one = interval(1.0, 2.0);
    assert_bounds(one / interval(0.0, 4.0), 0.25, INFINITY, false);
    assert_bounds(one / interval(-4.0, 0.0), -INFINITY, -0.25, false);
    assert_bounds(-one / interval(0.0, 4.0), -INFINITY, -0.25, false);
    assert_bounds(-one / interval(-4.0, -0.0), 0.25, INFINITY, false);
    assert_bounds(one / interval(0.0, INFINITY), 0.0, INFINITY, false);
    assert_proves_nothing(one / interval(-1.0, 4.0));
    assert_proves_nothing(one / Interval::point(0.0));
    assert_proves_nothing(Interval::point(0.0) / Interval::point(0.0));
    assert_proves_nothing(interval(-1.0, 1.0) / interval(0.0, 1.0));
}

#[test]
fn overflow_keeps_a_finite_lower_bound_and_underflow_the_sign() {
    let huge = Interval::point(f64::MAX);
    for x in [huge + huge, huge * huge, huge / Interval::point(0.5), huge.sqr(), huge.powi(3)] {
        assert_bounds(x, f64::MAX, INFINITY, true);
    }
    assert_bounds(-huge - huge, -INFINITY, -f64::MAX, true);
    assert_bounds(Interval::point(710.0).exp(), f64::MAX, INFINITY, true);
    let tiny = Interval::point(1e-200);
    assert_bounds(tiny * tiny, 0.0, 5e-324, true);
    assert_bounds(-tiny * tiny, -5e-324, 0.0, true);
    assert_bounds(Interval::point(-800.0).exp(), 0.0, 5e-324, true);
    // The cosine of a number whose square underflows is not one.
    assert!(Interval::point(1e-170).cos().lo() < 1.0);
    assert!(Interval::point(1e-170).sin().contains(1e-170_f64.next_down()));
}

#[test]
fn sines_of_large_arguments_are_enclosed_or_unknown() {
    // 355 = 113 pi + 3.01e-5; mpmath gives sin(355) = -3.014435335948844921433e-5.
    let x = Interval::point(355.0).sin();
    assert!(x.lo() < -3.014_435_335_948_84e-5 && x.hi() > -3.014_435_335_948_85e-5, "{x}");
    assert!(x.width() < 1e-19, "{x}");
    assert_bounds(Interval::point(1e22).sin(), -1.0, 1.0, true);
    assert_bounds(interval(0.0, 1e300).cos(), -1.0, 1.0, true);
}

#[test]
fn logarithms_and_arccosines_beyond_their_domain() {
    let x = interval(-1.0, 1.0).ln();
    assert_bounds(x, -INFINITY, 0.0, false);
    assert_bounds(interval(0.0, 1.0).ln(), -INFINITY, 0.0, false);
    assert_proves_nothing(interval(-2.0, -1.0).ln());
    assert_proves_nothing(interval(-2.0, 0.0).ln());
    assert_proves_nothing(interval(1.5, 2.0).acos());
    assert_proves_nothing(interval(-2.0, -1.5).acos());
    assert_bounds(interval(1.0, 2.0).acos(), 0.0, 0.0, false);
    let x = interval(-2.0, 2.0).acos();
    assert_bounds(x, 0.0, Interval::PI.hi(), false);
    let x = interval(-1.0, 1.0).acos();
    assert_bounds(x, 0.0, Interval::PI.hi(), true);
}

#[test]
fn extrema_inside_an_interval_are_reached() {
    assert_eq!(interval(1.0, 2.0).sin().hi(), 1.0);
    assert_eq!(interval(4.0, 5.0).sin().lo(), -1.0);
    assert_eq!(interval(-1.0, 1.0).cos().hi(), 1.0);
    assert_eq!(interval(3.0, 3.5).cos().lo(), -1.0);
    assert_bounds(interval(1.0, 5.0).sin(), -1.0, 1.0, true);
    assert_bounds(interval(0.0, 100.0).cos(), -1.0, 1.0, true);
    assert!(interval(0.1, 1.5).sin().hi() < 1.0 && interval(1.6, 3.0).sin().hi() < 1.0);
    assert!(interval(0.1, 3.1).cos().hi() < 1.0 && interval(0.1, 3.1).cos().lo() > -1.0);
    // The doubles on both sides of pi/2.
    let low = std::f64::consts::FRAC_PI_2;
    let high = low.next_up();
    assert_eq!(interval(low, high).sin().hi(), 1.0);
    let cosine = interval(low, high).cos();
    assert!(cosine.lo() < 0.0 && cosine.hi() > 0.0 && cosine.width() < 1e-15, "{cosine}");
}

#[test]
fn infinite_ends_in_every_function() {
    let (above, below) = (interval(1.0, INFINITY), interval(-INFINITY, 0.0));
    assert_bounds(above.sqrt(), 1.0, INFINITY, true);
    assert_bounds(below.exp(), 0.0, 1.0, true);
    assert_bounds(Interval::whole().exp(), 0.0, INFINITY, true);
    assert_bounds(above.ln(), 0.0, INFINITY, true);
    assert_bounds(above.sin(), -1.0, 1.0, true);
    assert_bounds(below.cos(), -1.0, 1.0, true);
    assert_bounds(Interval::whole().acos(), 0.0, Interval::PI.hi(), false);
    assert_bounds(above.recip(), 0.0, 1.0, true);
    assert_bounds(below.sqr(), 0.0, INFINITY, true);
    assert_bounds(below.powi(3), -INFINITY, 0.0, true);
    assert_bounds(above.powi(-2), 0.0, 1.0, true);
    assert_bounds(below.abs(), 0.0, INFINITY, true);
    assert_bounds(below.max(above), 1.0, INFINITY, true);
    assert_bounds(below.min(above), -INFINITY, 0.0, true);
    assert_bounds(Interval::whole() * Interval::whole(), -INFINITY, INFINITY, true);
}

#[test]
fn middles_and_halves() {
    for x in [
        interval(0.0, 1.0),
        interval(-f64::MAX, f64::MAX),
        interval(0.0, 5e-324),
        interval(1.0, INFINITY),
        Interval::whole(),
        interval(1.0, 1.0 + f64::EPSILON),
    ] {
        assert!(x.contains(x.mid()), "{x}: {}", x.mid());
        if let Some((left, right)) = x.bisect() {
            assert!(left.hi() == right.lo() && left.hull(right) == x && left != x && right != x);
        }
    }
    assert_eq!(interval(1.0, 1.0 + f64::EPSILON).bisect(), None);
    assert_eq!(interval(0.0, 5e-324).bisect(), None);
    assert_eq!(Interval::point(3.0).bisect(), None);
    assert_eq!(interval(-2.0, 1.0).mag(), 2.0);
    assert_eq!(interval(-2.0, 1.0).mig(), 0.0);
    assert_eq!(interval(-2.0, -1.0).mig(), 1.0);
    assert!(interval(0.1, 0.3).width() >= 0.3 - 0.1);
    assert_eq!(format!("{}", interval(-0.0, 0.1)), "[0.0, 0.1]");
    assert_eq!(format!("{}", interval(1.0, 2.0).with_gaps()), "[1.0, 2.0], undefined in places");
}
