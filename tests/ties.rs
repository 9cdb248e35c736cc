//! What a tie accepts, and what it must not.

use theoremcheck::exact::{Expr, var};
use theoremcheck::given::Given;
use theoremcheck::kind::{Correction, Ladder};
use theoremcheck::prelude::{
    Absolute, Claim, Curve, Derivation, Domain, Equality, Formula, Grid, INF, Identity, Law,
    Mutant, Rate, Relation, Rng, Rule, Sampler, Tie, power,
};
use theoremcheck::proof::{Label, Outcome};
use theoremcheck::tie::{Checked, Word};
use theoremcheck::vars;

/// $a / b$, and $b$.
#[derive(Clone, Copy, Debug)]
struct Point {
    a: f64,
    b: f64,
}

fn half_and_more(given: &mut Given) -> Point {
    Point { a: given.real("a", 0.5..=2.0), b: given.real("b", 1.5..=2.5) }
}

fn claim(theory: fn(&Point) -> f64, tie: Tie<Point>) -> Claim {
    let mutant = |name| Mutant { name, why: "", says: (|p| p.a) as fn(&Point) -> f64 };
    let equality = Equality {
        domain: half_and_more,
        theory,
        observable: |p| Sampler::exact(p.a),
        resolution: Absolute(0.1),
        known: vec![(Point { a: 1.0, b: 3.0 }, 1.0 / 3.0)],
        mutants: ["a", "b", "c"].map(mutant),
        curve: Curve {
            x: "b",
            grid: Grid::Linear { from: 1.5, to: 4.0, points: 6 },
            at: |b| Point { a: 0.7, b },
        },
    };
    Claim::new("quotient", equality, tie)
}

fn quotient() -> Expr {
    var("a") / var("b")
}

/// $\frac{1}{u^2 - v}$ where $v < u^2$: at $v = \frac14$ for $u < -\frac12$ and for $u > \frac12$.
fn across() -> Expr {
    1 / (var("u").pow(2) - var("v"))
}

/// Steps that say less than they seem to: a slope, a sign, and integrals.
fn with_gaps(derivation: Derivation) -> Derivation {
    let (a, x, u, v) = vars!("a", "x", "u", "v");
    let (above, line) = (Domain::new().open(&a, 0, INF), Domain::new().real(&x));
    let parted = Domain::new().open(&u, -1, 1).open(&v, INF, u.pow(2));
    let rule = |integrand: Expr, antiderivative: Expr, in_: &Expr, from| Rule::Ftc {
        integrand,
        antiderivative,
        in_: in_.clone(),
        from: [from],
    };
    derivation
        .positive("steep", 1, &line)
        .positive("itself", &a, &above)
        .identity("inverse", (-1 / &a).d(&a), a.pow(-2), &above)
        .conclude("inverse-area", rule(a.pow(-2), -1 / &a, &a, "inverse"))
        .identity("parted", across().d(&u), across().d(&u), &parted)
        .conclude("parted-area", rule(across().d(&u), across(), &u, "parted"))
}

/// $a/b = \frac{a b}{b^2}$ for $a > 0$, $b > 1$, and a wrong step.
fn derivation() -> Derivation {
    let (a, b) = vars!("a", "b");
    let domain = Domain::new().open(&a, 0, INF).open(&b, 1, INF);
    let narrow = Domain::new().open(&a, 0, INF).open(&b, 1, 2);
    let steps = Derivation::of("a quotient")
        .identity("quotient", quotient(), &a * &b / b.pow(2), &domain)
        .identity("narrow", quotient(), &a * &b / b.pow(2), &narrow)
        .identity("false", quotient(), &a * &b, &domain)
        .identity("twice", 2 * quotient(), &a / (&b / 2), &domain)
        .positive("slope", 2 * &a, &domain)
        .nonneg("weak-slope", 2 * &a, &domain)
        .identity("power", (a.pow(3) / 3).d(&a), a.pow(2), &Domain::new().open(&a, 0, INF))
        .conclude(
            "area",
            Rule::Ftc {
                integrand: a.pow(2),
                antiderivative: a.pow(3) / 3,
                in_: a,
                from: ["power"],
            },
        );
    with_gaps(steps)
}

fn checked(claim: &Claim) -> Checked {
    let derivation = derivation();
    claim.tie(&derivation, &derivation.check()).unwrap()
}

fn of(step: &'static str, p: &Point) -> Formula {
    Formula::of(step, &quotient(), [("a", p.a), ("b", p.b)])
}

fn reason(claim: &Claim) -> String {
    match checked(claim).outcome {
        Outcome::Unknown { reason } => reason,
        other => panic!("{other:?}"),
    }
}

fn witness(claim: &Claim) -> String {
    match checked(claim).outcome {
        Outcome::Refuted { witness } => witness,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_theory_that_evaluates_what_a_step_states_is_certified_where_it_was_looked_at() {
    let found = checked(&claim(|p| p.a / p.b, Tie::formula(|p| of("quotient", p))));
    assert_eq!((found.word, found.steps, found.places), (Word::Formula, vec!["quotient"], 11));
    assert_eq!(found.outcome.label(), Some(Label::Certified));
    let evidence = "it agrees with its enclosures to 2^-36 at 1 known value, 4 planned points, 6 curve positions";
    assert_eq!(found.outcome.why(), evidence);
    // Another way to write the same expression, and a theory with other rounding.
    let theory: fn(&Point) -> f64 = |p| (p.a * p.b) / (p.b * p.b);
    let same = |p: &Point| {
        let (a, b) = vars!("a", "b");
        Formula::of("quotient", &(1 / (b / a)), [("a", p.a), ("b", p.b)])
    };
    assert_eq!(checked(&claim(theory, Tie::formula(same))).outcome.label(), Some(Label::Certified));
}

#[test]
fn a_theory_with_a_wrong_constant_is_refuted_with_both_values() {
    let text = witness(&claim(|p| 1.000_000_001 * p.a / p.b, Tie::formula(|p| of("quotient", p))));
    let shown = "the theory at a = 1, b = 3 is 0.3333333336666667, its formula [0.33333333333333";
    assert!(text.starts_with(shown), "{text}");
}

#[test]
fn a_theory_that_is_no_number_is_refuted() {
    for theory in [(|_| f64::NAN) as fn(&Point) -> f64, |_| f64::INFINITY] {
        let text = witness(&claim(theory, Tie::formula(|p| of("quotient", p))));
        assert!(text.contains("is NaN") || text.contains("is inf"), "{text}");
    }
    // Only beyond the planned points: on the curve.
    let theory: fn(&Point) -> f64 = |p| if p.b > 3.9 { f64::NAN } else { p.a / p.b };
    assert!(witness(&claim(theory, Tie::formula(|p| of("quotient", p)))).contains("b = 4 is NaN"));
}

#[test]
fn a_wrong_branch_is_refuted_whether_the_tie_has_it_right_or_not() {
    // The theory takes the wrong one.
    let theory: fn(&Point) -> f64 = |p| if p.b < 2.0 { p.a / p.b } else { 2.0 * p.a / p.b };
    assert!(witness(&claim(theory, Tie::formula(|p| of("quotient", p)))).contains("the theory at"));
    // Both do: the step does not hold there.
    let text = reason(&claim(|p| p.a / p.b, Tie::formula(|p| of("narrow", p))));
    assert!(text.contains("b is not shown to lie in the domain"), "{text}");
}

#[test]
fn a_step_must_be_there_be_proved_and_state_the_expression() {
    let theory: fn(&Point) -> f64 = |p| p.a / p.b;
    let text = witness(&claim(theory, Tie::formula(|p| of("nowhere", p))));
    assert!(text.starts_with("there is no step nowhere; the steps are quotient"), "{text}");
    assert_eq!(
        reason(&claim(theory, Tie::formula(|p| of("false", p)))),
        "the step false is not proved"
    );
    // A part of what is stated, and a multiple of it, are not stated.
    let text = reason(&claim(theory, Tie::formula(|p| of("twice", p))));
    assert_eq!(text, "the step twice does not state a / b");
    let part = |p: &Point| Formula::of("quotient", &var("b"), [("b", p.b)]);
    assert!(reason(&claim(|p| p.b, Tie::formula(part))).contains("does not state b"));
    let none = Derivation::none();
    let found = claim(theory, Tie::formula(|p| of("quotient", p))).tie(&none, &none.check());
    assert_eq!(found.unwrap().outcome.why(), "there is no step quotient: the derivation has none");
}

#[test]
fn symbols_are_those_of_the_point() {
    // Exchanged in the theory and in the formula alike.
    let swapped = |p: &Point| Formula::of("quotient", &quotient(), [("a", p.b), ("b", p.a + 1.0)]);
    let text = witness(&claim(|p| p.b / (p.a + 1.0), Tie::formula(swapped)));
    assert!(text.starts_with("the formula takes a = "), "{text}");
    // Other names are said to be computed.
    let renamed = |p: &Point| {
        let (s, t) = vars!("s", "t");
        let formula = Formula::of("quotient", &(&s / &t), [("s", p.a), ("t", p.b)]);
        formula.instance("a", s).instance("b", t)
    };
    let found = checked(&claim(|p| p.a / p.b, Tie::formula(renamed)));
    assert!(found.outcome.why().ends_with("; s, t computed from the point"), "{found:?}");
    // An instance is checked to lie where the step holds.
    let outside = |p: &Point| {
        let (s, t) = vars!("s", "t");
        let formula = Formula::of("quotient", &(&s / (&t / 3)), [("s", p.a), ("t", p.b)]);
        formula.instance("a", s).instance("b", t / 3)
    };
    let text = reason(&claim(|p| 3.0 * p.a / p.b, Tie::formula(outside)));
    assert!(text.contains("b is not shown to lie"), "{text}");
}

#[test]
fn every_component_has_its_formula() {
    let text =
        witness(&claim(|p| p.a / p.b, Tie::formula(|p| [of("quotient", p), of("quotient", p)])));
    assert_eq!(text, "the theory has 1 components, the tie 2 formulas");
    assert!(witness(&claim(|p| p.a, Tie::formula(|_| Vec::new()))).contains("0 formulas"));
    assert_eq!(
        reason(&claim(|p| p.a, Tie::instances(vec![], |p| of("quotient", p)))),
        "the tie looks at no place"
    );
}

#[test]
fn an_expression_that_is_not_defined_ties_nothing() {
    let wild = |p: &Point| {
        let root = (var("a") - 10).sqrt() - (var("a") - 10).sqrt() + quotient();
        Formula::of("quotient", &root, [("a", p.a), ("b", p.b)])
    };
    let text = reason(&claim(|p| p.a / p.b, Tie::formula(wild)));
    assert!(text.contains("not shown to be defined"), "{text}");
}

#[test]
fn a_root_has_opposite_signs_around_it_and_a_strict_slope() {
    // x^2 = b.
    fn rooted(p: &Point, a: f64, step: &'static str) -> Formula {
        let equation = var("x").pow(2) - var("b");
        Formula::of("quotient", &(var("x") / var("b")), [("x", a), ("b", p.b)])
            .instance("a", var("x"))
            .root(&var("x"), &equation, step)
    }
    let good = claim(|p| p.b.sqrt() / p.b, Tie::formula(|p| rooted(p, p.b.sqrt(), "slope")));
    let found = checked(&good);
    assert_eq!(
        (found.word, found.outcome.label()),
        (Word::Root, Some(Label::Certified)),
        "{found:?}"
    );
    assert_eq!(found.steps, ["quotient", "slope"]);
    // A value that is not the root, though the formula of it is right.
    let off = claim(
        |p| 1.000_000_01 * p.b.sqrt() / p.b,
        Tie::formula(|p| rooted(p, 1.000_000_01 * p.b.sqrt(), "slope")),
    );
    assert!(witness(&off).contains("around"), "{}", witness(&off));
    // A slope that may vanish, and a step about something else.
    for tie in [
        Tie::formula(|p: &Point| rooted(p, p.b.sqrt(), "weak-slope")),
        Tie::formula(|p: &Point| rooted(p, p.b.sqrt(), "quotient")),
    ] {
        let text = reason(&claim(|p| p.b.sqrt() / p.b, tie));
        assert!(text.contains("does not show"), "{text}");
    }
}

#[test]
fn an_integral_is_the_difference_of_the_antiderivative() {
    fn area(p: &Point, value: f64) -> Formula {
        let (t, a) = vars!("t", "a");
        Formula::of("quotient", &(&t / var("b")), [("t", value), ("b", p.b)])
            .instance("a", t.clone())
            .integral(&t, &a.pow(2), &a, [0.0, p.b], "area")
    }
    let good = claim(|p| p.b.powi(3) / 3.0 / p.b, Tie::formula(|p| area(p, p.b.powi(3) / 3.0)));
    let found = checked(&good);
    assert_eq!(
        (found.word, found.outcome.label()),
        (Word::Integral, Some(Label::Certified)),
        "{found:?}"
    );
    let off = claim(|p| p.b.powi(3) / 2.0 / p.b, Tie::formula(|p| area(p, p.b.powi(3) / 2.0)));
    assert!(witness(&off).contains("the integral t"), "{}", witness(&off));
}

#[test]
fn a_slope_says_nothing_about_roots_on_both_sides_of_a_jump() {
    // x = 2 sqrt(x^2) / x at -2 and at 2, and the slope of the difference is 1 for all x but 0.
    fn beside_a_jump(x: f64) -> Formula {
        let equation = var("x") - 2 * var("x").pow(2).sqrt() / var("x");
        Formula::root_of(&var("x"), &equation, "steep", [("x", x)])
    }
    for (theory, tie) in [
        ((|_| -2.0) as fn(&Point) -> f64, Tie::formula(|_| beside_a_jump(-2.0))),
        (|_| 2.0, Tie::formula(|_| beside_a_jump(2.0))),
    ] {
        let text = reason(&claim(theory, tie));
        assert!(text.contains("does not show"), "{text}");
    }
}

#[test]
fn a_slope_says_nothing_about_roots_in_the_parts_into_which_an_instance_cuts_a_domain() {
    // x^3 = 3 x at -sqrt(3), 0 and sqrt(3). Where 3 x^2 - 3 > 0 it is positive: that is a step.
    fn turning(x: f64) -> Formula {
        let (x_, equation) = (var("x"), var("x").pow(3) - 3 * var("x"));
        Formula::root_of(&x_, &equation, "itself", [("x", x)]).instance("a", 3 * x_.pow(2) - 3)
    }
    let text = reason(&claim(|_| -(3.0_f64.sqrt()), Tie::formula(|_| turning(-(3.0_f64.sqrt())))));
    assert!(text.contains("may have gaps"), "{text}");
}

#[test]
fn a_root_on_its_own_is_tied_by_the_step_of_its_equation_alone() {
    fn beside(p: &Point) -> Formula {
        let equation = var("x").pow(2) - var("b");
        Formula::of("quotient", &var("x"), [("x", p.b.sqrt()), ("b", p.b)])
            .instance("a", var("x"))
            .root(&var("x"), &equation, "slope")
    }
    assert_eq!(
        reason(&claim(|p| p.b.sqrt(), Tie::formula(beside))),
        "the step quotient does not state x"
    );
}

#[test]
fn an_integral_across_a_gap_of_the_domain_is_not_tied() {
    fn parted(p: &Point) -> (f64, Formula) {
        let (t, u, ends) = (var("t"), var("u"), [-0.9, 0.8]);
        let [low, high] = ends.map(|u| across().eval(&[("u", u), ("v", 0.25)]));
        let value = high - low;
        let formula =
            Formula::of("quotient", &(&t / var("b")), [("t", value), ("b", p.b), ("v", 0.25)]);
        let formula = formula.instance("a", t.clone());
        (value, formula.integral(&t, &across().d(&u), &u, ends, "parted-area"))
    }
    let text = reason(&claim(|p| parted(p).0 / p.b, Tie::formula(|p| parted(p).1)));
    assert!(text.contains("may have gaps"), "{text}");
}

#[test]
fn the_ends_of_an_integral_lie_in_the_domain_of_its_step_whatever_the_instance() {
    // From 1 to -1 past the pole of 1/a^2, of which the step speaks for a > 0.
    fn past_the_pole(p: &Point) -> Formula {
        let (t, a) = vars!("t", "a");
        Formula::of("quotient", &(&t / var("b")), [("t", 2.0), ("b", p.b)])
            .instance("a", t.clone())
            .integral(&t, &a.pow(-2), &a, [1.0, -1.0], "inverse-area")
    }
    let text = reason(&claim(|p| 2.0 / p.b, Tie::formula(past_the_pole)));
    assert!(text.contains("a is not shown to lie in the domain"), "{text}");
}

#[test]
fn instances_of_an_algorithm_are_open_beyond() {
    let tie = Tie::instances(vec![Point { a: 1.0, b: 2.0 }], |p| of("quotient", p));
    let found = checked(&claim(|p| if p.b == 2.0 { 0.5 } else { f64::NAN }, tie));
    assert_eq!(found.word, Word::Instances);
    assert_eq!(
        found.outcome.why(),
        "it agrees with its enclosures to 2^-36 at 1 listed instance, open beyond"
    );
}

#[test]
fn every_kind_shows_the_places_of_its_theory() {
    let (a, n) = vars!("a", "n");
    let domain = Domain::new().open(&a, 0, INF).open(&n, 0, INF);
    let derivation = Derivation::of("shapes")
        .identity("shape", &a / &n, 1 / (&n / &a), &domain)
        .identity("uniform", &n * 1, &n + 0, &domain);
    let check = |claim: &Claim| claim.tie(&derivation, &derivation.check()).unwrap();
    let rate = Rate {
        domain: |given| given.real("a", 1.0..=2.0),
        shape: |a, n| a * power(n, -1.0),
        observable: Ladder::Each(|a, n| Sampler::exact(a / n as f64)),
        relation: Relation::Equal,
        sizes: &[2, 4, 8, 16],
        correction: Correction::GUARD,
        resolution: 0.1,
        mutants: ["a", "b", "c"].map(|name| Mutant {
            name,
            why: "",
            says: (|_, _| 1.0) as fn(&f64, usize) -> f64,
        }),
        curve: Curve { x: "n", grid: Grid::At(&[1.0, 2.0]), at: |n| (1.0, n as usize) },
    };
    let tie = Tie::formula(|(a, n): &(f64, usize)| {
        Formula::of("shape", &(var("a") / var("n")), [("a", *a), ("n", *n as f64)])
    });
    let found = check(&Claim::new("rate", rate, tie));
    assert_eq!((found.outcome.label(), found.places), (Some(Label::Certified), 18), "{found:?}");

    let law = Law {
        domain: |given| given.real("a", 1.0..=2.0),
        observable: |_| Sampler::new(Rng::open_uniform),
        cdf: |_, x| x.clamp(0.0, 1.0),
        resolution: 0.1,
        known: vec![((1.0, 0.25), 0.25)],
        mutants: ["a", "b", "c"].map(|name| Mutant {
            name,
            why: "",
            says: (|_, x| x) as fn(&f64, f64) -> f64,
        }),
        curve: Curve { x: "x", grid: Grid::At(&[0.25, 0.75]), at: |x| (1.0, x) },
    };
    let tie = Tie::formula(|(_, x): &(f64, f64)| Formula::of("uniform", &var("n"), [("n", *x)]));
    let found = check(&Claim::new("law", law, tie));
    assert_eq!((found.outcome.label(), found.places), (Some(Label::Certified), 11), "{found:?}");

    let identity = Identity {
        domain: |given| given.real("n", 1.0..=2.0),
        left: |_| f64::NAN,
        right: |n| *n,
        known: Vec::new(),
        mutants: ["a", "b", "c"].map(|name| Mutant {
            name,
            why: "",
            says: (|x| 2.0 * x) as fn(&f64) -> f64,
        }),
        curve: Curve { x: "n", grid: Grid::At(&[1.0]), at: |n| n },
    };
    let tie = Tie::formula(|n: &f64| Formula::of("uniform", &var("n"), [("n", *n)]));
    assert_eq!(check(&Claim::new("side", identity, tie)).outcome.label(), Some(Label::Certified));
}

#[test]
fn no_tie_is_not_called_proved() {
    let found = checked(&claim(|p| p.a, Tie::none("a reason")));
    assert_eq!((found.word, found.places, found.holds()), (Word::None, 0, true));
    assert_eq!(found.outcome, Outcome::Unknown { reason: "a reason".to_owned() });
}
