//! Pictures: theory as a line, simulation as intervals, as SVG or in a terminal.
//!
//! * [`Figure`], [`Series`], [`Role`], [`Point`]: what is drawn, in words and numbers.
//! * [`svg`]: a picture for a page or a file; [`terminal`]: the same one in characters.
//! * [`page::svg`]: for a page of the report, whose style sheet has the colours.
//! * [`auto_log_y`]: whether the vertical axis is better logarithmic; [`drawn`]: what of a figure
//!   lies inside its frame.
//!
//! The only module that names the plotting crate. Of kuva it takes the scene and the two backends
//! that write one out. Axes, limits and legend are worked out here, for reasons that a picture
//! showed: kuva's logarithmic axes draw everything below $10^{-10}$ at $10^{-10}$, its terminal
//! clips nothing, and its clip ids count the pictures that the process has drawn, so that no two
//! runs need agree. Here curves are cut at the frame before they reach either backend: there is
//! no clip path, and the same figure gives the same bytes.

mod letters;
pub mod page;

use kuva::TerminalBackend;
use kuva::backend::svg::SvgBackend;
use kuva::render::math::to_unicode;
use kuva::render::render::{PathData, Primitive, Scene, TextAnchor};
use std::fmt::Write;

/// One picture. The texts are plain words and Unicode: of a formula between dollars kuva keeps
/// what it knows, and drops the hat of an estimate without a word.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// What is shown, in words.
    pub title: String,
    /// The name of the horizontal axis.
    pub x: String,
    /// The name of the vertical axis.
    pub y: String,
    /// Whether the horizontal axis is logarithmic.
    pub log_x: bool,
    /// Whether the vertical axis is logarithmic.
    pub log_y: bool,
    /// Drawn in this order, the last on top.
    pub series: Vec<Series>,
}

/// Points that belong together and have one line in the legend.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Its line in the legend; none if it is empty.
    pub name: String,
    /// Stands at its end, and makes it a plain line: what lines with one legend are told apart by.
    pub label: Option<String>,
    /// How it is drawn.
    pub role: Role,
    /// Joined in this order when it is a line. A point that is not finite, or not positive where
    /// the axis is logarithmic, is left out, and interrupts the line.
    pub points: Vec<Point>,
}

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A line. Its bulk sets the limits of the vertical axis: a pole is cut, not fitted.
    Theory,
    /// An interval at each point, with a dot at its centre. An end that lies outside the frame is
    /// marked with an arrowhead there.
    Simulation,
    /// A thin grey line.
    Mutant,
}

/// One point of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Where.
    pub x: f64,
    /// The value, or the centre of the interval.
    pub y: f64,
    /// The lower end; `y` on a line. May be infinite.
    pub low: f64,
    /// The upper end; `y` on a line. May be infinite.
    pub high: f64,
}

impl Point {
    /// A point of a line.
    pub fn exact(x: f64, y: f64) -> Self {
        Self { x, y, low: y, high: y }
    }
}

/// Whether the values are all positive and span more than a factor of 50: then a logarithmic
/// vertical axis shows more. Values that are not finite do not count.
pub fn auto_log_y<'a>(points: impl IntoIterator<Item = &'a Point>) -> bool {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for y in points.into_iter().map(|point| point.y).filter(|y| y.is_finite()) {
        low = low.min(y);
        high = high.max(y);
    }
    low > 0.0 && high / low > 50.0
}

/// Whether each series has a part inside the frame: a mutant may lie outside it.
pub fn drawn(figure: &Figure) -> Vec<bool> {
    let Some((x, y)) = figure.scales() else { return vec![false; figure.series.len()] };
    let any = |shape: &Shape| !shape.lines.is_empty() || !shape.bars.is_empty();
    shapes(figure, &x, &y).iter().map(any).collect()
}

// ---------------------------------------------------------------------------------------------
// Scales and limits: shared by both pictures. Positions are fractions of the frame, 0 at the
// left or bottom, 1 at the right or top.

/// Values beyond this size are treated as infinite, so that no difference of two overflows.
const SIZE_MAX: f64 = 1e300;

/// The value on the axis, in decades if it is logarithmic.
fn transform(value: f64, log: bool) -> Option<f64> {
    match log {
        true if value > 1.0 / SIZE_MAX && value < SIZE_MAX => Some(value.log10()),
        false if value.abs() < SIZE_MAX => Some(value),
        _ => None,
    }
}

#[derive(Clone, Copy, Debug)]
struct Scale {
    low: f64,
    high: f64,
    log: bool,
}

impl Scale {
    /// Room for values from `low` to `high` (transformed), with a margin.
    fn padded(low: f64, high: f64, log: bool) -> Self {
        let span = high - low;
        // Rounding alone makes a constant curve wave by 1e-16: such a range is no range.
        if span <= 1e-12 * low.abs().max(high.abs()) {
            let margin = match log {
                true => 0.5,
                false if low == 0.0 => 1.0,
                false => 0.1 * low.abs(),
            };
            return Self { low: low - margin, high: high + margin, log };
        }
        let margin = 0.04 * span;
        // An axis that nearly reaches zero should reach it.
        let bottom = if !log && low > 0.0 && low < 0.15 * span { 0.0 } else { low - margin };
        Self { low: bottom, high: high + margin, log }
    }

    fn fraction(&self, value: f64) -> Option<f64> {
        Some((transform(value, self.log)? - self.low) / (self.high - self.low))
    }

    /// An end of an interval: beyond the axis in the given direction if it is nowhere on it.
    fn end(&self, value: f64, beyond: f64) -> f64 {
        self.fraction(value).unwrap_or(beyond)
    }
}

/// A quantile of sorted values, rounded outwards; of two medians the smaller, so that one huge
/// interval out of two does not set the scale.
fn quantile(sorted: &[f64], level: f64) -> f64 {
    let rank = level * sorted.len().saturating_sub(1) as f64;
    let rank = if level > 0.5 { rank.ceil() } else { rank.floor() };
    sorted.get(rank as usize).copied().unwrap_or(0.0)
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// A range that grows.
#[derive(Clone, Copy, Debug)]
struct Range {
    low: f64,
    high: f64,
}

impl Range {
    const EMPTY: Self = Self { low: f64::INFINITY, high: f64::NEG_INFINITY };

    fn is_empty(&self) -> bool {
        self.low > self.high
    }

    fn span(&self) -> f64 {
        (self.high - self.low).max(0.0)
    }

    fn include(&mut self, value: f64) {
        self.low = self.low.min(value);
        self.high = self.high.max(value);
    }

    /// Includes the values that lie at most `reach` beyond the range as it is now; all of them if
    /// there is no range yet.
    fn include_near(&mut self, values: impl Iterator<Item = f64>, reach: f64) {
        let now = *self;
        for value in values {
            if now.is_empty() || (value >= now.low - reach && value <= now.high + reach) {
                self.include(value);
            }
        }
    }
}

/// The range of a curve without its poles. A curve that leaves the middle nine tenths of its
/// values by more than three times their span is cut there. The risk $\gamma/|1-\gamma|$ on 200
/// points is 9 at the 95 % quantile and 100 at the largest: whole, it is a spike on a flat line.
fn bulk(sorted: &[f64]) -> Range {
    let mut range = Range::EMPTY;
    let (Some(&first), Some(&last)) = (sorted.first(), sorted.last()) else { return range };
    let (low, high) = (quantile(sorted, 0.05), quantile(sorted, 0.95));
    let span = high - low;
    let cuts = span > 0.0 && sorted.len() >= 20;
    range.low = if cuts && low - first > 3.0 * span { low - 0.25 * span } else { first };
    range.high = if cuts && last - high > 3.0 * span { high + 0.25 * span } else { last };
    range
}

impl Figure {
    /// The points of one role that can be placed on both axes.
    fn points(&self, role: Role) -> impl Iterator<Item = &Point> {
        self.series.iter().filter(move |series| series.role == role).flat_map(|series| {
            series.points.iter().filter(|point| {
                let placed = transform(point.x, self.log_x).is_some();
                match series.role {
                    Role::Simulation => placed && is_interval(point),
                    _ => placed && transform(point.y, self.log_y).is_some(),
                }
            })
        })
    }

    /// Both scales, or nothing if nothing can be drawn.
    fn scales(&self) -> Option<(Scale, Scale)> {
        let mut across = Range::EMPTY;
        for role in [Role::Theory, Role::Simulation, Role::Mutant] {
            let places = self.points(role).filter_map(|point| transform(point.x, self.log_x));
            places.for_each(|x| across.include(x));
        }
        let up = self.range_y();
        if across.is_empty() || up.is_empty() {
            return None;
        }
        let x = Scale::padded(across.low, across.high, self.log_x);
        Some((x, Scale::padded(up.low, up.high, self.log_y)))
    }

    /// What the vertical axis has to show: the bulk of the theory; every interval, unless it is
    /// more than twenty times beyond; of the mutants what lies at most one height beyond.
    fn range_y(&self) -> Range {
        let value = |y: f64| transform(y, self.log_y);
        let heights = |role| sorted(self.points(role).filter_map(|point| value(point.y)));
        let mut range = bulk(&heights(Role::Theory));
        let centres = heights(Role::Simulation);
        let widths = sorted(
            self.points(Role::Simulation)
                .filter_map(|point| Some(value(point.high)? - value(point.low)?)),
        );
        // One unit of "beyond".
        let unit = range
            .span()
            .max(quantile(&centres, 0.9) - quantile(&centres, 0.1))
            .max(if self.log_y { 0.0 } else { quantile(&widths, 0.5) });
        let far = if unit > 0.0 { 20.0 * unit } else { f64::INFINITY };
        range.include_near(centres.into_iter(), far);
        // An interval whose lower end nearly touches zero reaches arbitrarily far down a
        // logarithmic axis, so there twenty times is a factor of twenty.
        let near = if self.log_y { unit.max(20f64.log10()) } else { far };
        let ends = self.points(Role::Simulation).flat_map(|point| [point.low, point.high]);
        range.include_near(ends.filter_map(value), near);
        let mutants = bulk(&heights(Role::Mutant));
        if range.is_empty() {
            return mutants;
        }
        if !mutants.is_empty() {
            let reach = if range.span() > 0.0 { range.span() } else { f64::INFINITY };
            let now = range;
            range.include(mutants.low.clamp(now.low - reach, now.high));
            range.include(mutants.high.clamp(now.low, now.high + reach));
        }
        range
    }
}

/// Whether the point is an interval about a finite centre.
fn is_interval(point: &Point) -> bool {
    point.y.abs() < SIZE_MAX && !point.low.is_nan() && !point.high.is_nan()
}

// ---------------------------------------------------------------------------------------------
// Ticks.

/// A tick at `digits` times ten to the `exponent`: whole numbers, so that its label is exact.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Tick {
    digits: i64,
    exponent: i32,
    labelled: bool,
}

impl Tick {
    fn value(&self) -> f64 {
        let digits = self.digits as f64;
        match self.exponent {
            // Dividing by an exact power rounds once: 3 / 10 is 0.3, 3 * 0.1 is not.
            exponent if exponent < 0 => digits / 10f64.powi(-exponent),
            exponent => digits * 10f64.powi(exponent),
        }
    }

    /// `0.05`, `20`.
    fn plain(&self) -> String {
        let decimals = usize::try_from(-self.exponent).unwrap_or(0);
        format!("{:.decimals$}", self.value())
    }

    /// `10⁵`, `1.5×10⁻⁶`.
    fn scientific(&self) -> String {
        let text = self.digits.unsigned_abs().to_string();
        let exponent = self.exponent + text.len() as i32 - 1;
        let sign = if self.digits < 0 { "−" } else { "" };
        let mut power = String::from("10");
        for digit in exponent.to_string().chars() {
            power.push(match digit.to_digit(10) {
                Some(digit) => SUPERSCRIPTS[digit as usize],
                None => '⁻',
            });
        }
        let (first, rest) = text.split_at(1);
        match (first, rest.trim_end_matches('0')) {
            ("0", _) => "0".into(),
            ("1", "") => format!("{sign}{power}"),
            (first, "") => format!("{sign}{first}×{power}"),
            (first, rest) => format!("{sign}{first}.{rest}×{power}"),
        }
    }
}

const SUPERSCRIPTS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

/// The labels of one axis: plain unless one of them is beyond four orders of magnitude; then all
/// are scientific, since a mixture is hard to read.
fn labels(ticks: &[Tick], log: bool) -> Vec<(f64, String)> {
    let high = if log { 1e4 } else { 99_999.0 };
    let plain = ticks.iter().filter(|tick| tick.labelled).all(|tick| {
        let size = tick.value().abs();
        size == 0.0 || (1e-4..=high).contains(&size)
    });
    let label = |tick: &Tick| match plain {
        true => tick.plain().replace('-', "−"),
        false => tick.scientific(),
    };
    ticks.iter().filter(|tick| tick.labelled).map(|tick| (tick.value(), label(tick))).collect()
}

/// At most about `count` ticks at one, two or five times a power of ten.
fn ticks(scale: &Scale, count: usize) -> Vec<Tick> {
    match scale.log {
        true => ticks_log(scale, count),
        false => ticks_linear(scale.low, scale.high, count),
    }
}

fn ticks_linear(low: f64, high: f64, count: usize) -> Vec<Tick> {
    let least = (high - low) / count.max(1) as f64;
    let exponent = least.log10().floor() as i32;
    let power = Tick { digits: 1, exponent, labelled: true }.value();
    let (unit, exponent) = match least / power {
        ratio if ratio <= 1.0 => (1, exponent),
        ratio if ratio <= 2.0 => (2, exponent),
        ratio if ratio <= 5.0 => (5, exponent),
        _ => (1, exponent + 1),
    };
    let step = Tick { digits: unit, exponent, labelled: true }.value();
    let (first, last) = ((low / step).ceil(), (high / step).floor());
    // Beyond this the digits of neighbouring ticks no longer differ in an f64.
    if !(step > 0.0 && first.abs() < 1e14 && last.abs() < 1e14) {
        return Vec::new();
    }
    (first as i64..=last as i64)
        .map(|index| Tick { digits: index * unit, exponent, labelled: true })
        .collect()
}

fn ticks_log(scale: &Scale, count: usize) -> Vec<Tick> {
    let (first, last) = (scale.low.floor() as i32, scale.high.ceil() as i32);
    let decades = scale.high - scale.low;
    let inside = |tick: &Tick| {
        let place = (tick.digits as f64).log10() + f64::from(tick.exponent);
        place >= scale.low && place <= scale.high
    };
    let all = |digits: &'static [i64], every: i32| {
        (first..=last)
            .filter(move |exponent| exponent.rem_euclid(every) == 0)
            .flat_map(move |exponent| {
                digits.iter().map(move |&digits| Tick { digits, exponent, labelled: true })
            })
            .filter(inside)
            .collect::<Vec<Tick>>()
    };
    let mut chosen = all(&[1, 2, 5], 1);
    if chosen.len() < 3 {
        // Less than about a decade: the steps of a linear axis fall closer.
        return ticks_linear(10f64.powf(scale.low), 10f64.powf(scale.high), count.min(5));
    }
    let mut every = 1;
    while chosen.len() > count.max(2) && every < 1000 {
        chosen = all(&[1], every);
        every += 1;
    }
    let minor: &[i64] = if decades <= 8.0 { &[1, 2, 3, 4, 5, 6, 7, 8, 9] } else { &[1] };
    let more = all(minor, 1).into_iter().filter(|tick| !chosen.contains(tick));
    let more: Vec<Tick> = more.map(|tick| Tick { labelled: false, ..tick }).collect();
    chosen.extend(more);
    chosen
}

// ---------------------------------------------------------------------------------------------
// What is drawn, as fractions of the frame.

/// A series placed in the frame.
struct Shape<'a> {
    series: &'a Series,
    /// The number of earlier series of the same role: the second theory is dashed.
    order: usize,
    lines: Vec<Vec<(f64, f64)>>,
    bars: Vec<Bar>,
}

impl Shape<'_> {
    /// Which dashes and which mark: what has a label is told apart by it.
    fn style(&self) -> usize {
        if self.series.label.is_some() { 0 } else { self.order }
    }

    /// Whether it has a line in the legend.
    fn is_listed(&self) -> bool {
        !self.series.name.is_empty()
    }
}

/// An interval in the frame.
struct Bar {
    point: Point,
    x: f64,
    low: f64,
    high: f64,
    /// The centre, unless it is outside.
    dot: Option<f64>,
    cut_low: bool,
    cut_high: bool,
}

fn shapes<'a>(figure: &'a Figure, x: &Scale, y: &Scale) -> Vec<Shape<'a>> {
    let mut shapes: Vec<Shape<'a>> = Vec::new();
    for series in &figure.series {
        let order = shapes.iter().filter(|shape| shape.series.role == series.role).count();
        let (lines, bars) = match series.role {
            Role::Simulation => (Vec::new(), bars(&series.points, x, y)),
            Role::Theory | Role::Mutant => (lines(&series.points, x, y), Vec::new()),
        };
        shapes.push(Shape { series, order, lines, bars });
    }
    shapes
}

/// The parts of a curve that lie inside the frame. A part that is a single point becomes a short
/// dash, or it would not be seen.
fn lines(points: &[Point], x: &Scale, y: &Scale) -> Vec<Vec<(f64, f64)>> {
    let mut lines: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut run: Vec<(f64, f64)> = Vec::new();
    let mut before: Option<(f64, f64)> = None;
    let mut lonely = true;
    let mut finish = |run: &mut Vec<(f64, f64)>, lonely: bool, before: Option<(f64, f64)>| {
        if let (true, Some((x, y))) = (lonely, before)
            && (0.0..=1.0).contains(&y)
        {
            run.extend([((x - 0.01).max(0.0), y), ((x + 0.01).min(1.0), y)]);
        }
        if run.len() > 1 {
            lines.push(std::mem::take(run));
        }
        run.clear();
    };
    for point in points {
        let Some(now) = x.fraction(point.x).zip(y.fraction(point.y)) else {
            finish(&mut run, lonely, before.take());
            lonely = true;
            continue;
        };
        if let Some(before) = before {
            lonely = false;
            if let Some((from, to)) = inside(before, now) {
                if run.last() != Some(&from) {
                    finish(&mut run, false, None);
                    run.push(from);
                }
                run.push(to);
            }
        }
        before = Some(now);
    }
    finish(&mut run, lonely, before);
    lines
}

/// The part of a segment between bottom and top of the frame.
fn inside(from: (f64, f64), to: (f64, f64)) -> Option<((f64, f64), (f64, f64))> {
    let rise = to.1 - from.1;
    let (mut start, mut stop) = (0.0_f64, 1.0_f64);
    if rise == 0.0 {
        return (0.0..=1.0).contains(&from.1).then_some((from, to));
    }
    let (bottom, top) = (-from.1 / rise, (1.0 - from.1) / rise);
    start = start.max(bottom.min(top));
    stop = stop.min(bottom.max(top));
    let at = |along: f64| match along {
        0.0 => from,
        1.0 => to,
        _ => (from.0 + along * (to.0 - from.0), (from.1 + along * rise).clamp(0.0, 1.0)),
    };
    (start < stop).then(|| (at(start), at(stop)))
}

fn bars(points: &[Point], x: &Scale, y: &Scale) -> Vec<Bar> {
    let mut bars = Vec::new();
    for point in points.iter().filter(|point| is_interval(point)) {
        let Some(place) = x.fraction(point.x) else { continue };
        let ends = (point.low.min(point.high), point.low.max(point.high));
        // An upper end that is nowhere on a logarithmic axis is below it unless it is infinite.
        let beyond = if ends.1 > 0.0 { f64::INFINITY } else { f64::NEG_INFINITY };
        let (low, high) = (y.end(ends.0, f64::NEG_INFINITY), y.end(ends.1, beyond));
        bars.push(Bar {
            point: *point,
            x: place,
            low: low.clamp(0.0, 1.0),
            high: high.clamp(0.0, 1.0),
            dot: y.fraction(point.y).filter(|y| (0.0..=1.0).contains(y)),
            cut_low: low < 0.0,
            cut_high: high > 1.0,
        });
    }
    bars
}

/// Text as it is shown: formulas between dollars in Unicode, nothing that a terminal or an XML
/// reader would take for a command.
fn plain(text: &str) -> String {
    to_unicode(text).chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// At most `count` characters.
fn shorten(text: &str, count: usize) -> String {
    match text.chars().count() > count {
        true if count > 0 => text.chars().take(count - 1).chain(['…']).collect(),
        true => String::new(),
        false => text.into(),
    }
}

/// What is said when there is nothing to see.
const NOTHING: &str = "nothing to draw";

// ---------------------------------------------------------------------------------------------
// SVG.

/// The colours, each with the CSS property by which a page replaces it. The fallbacks of the three
/// roles have a contrast of at least 3 to 1 with white and with #1e1e1e; the rest belongs to the
/// white paper, and a dark page sets it.
const COLOURS: [(&str, &str); 6] = [
    ("theory", THEORY),
    ("simulation", SIMULATION),
    ("mutant", MUTANT),
    ("ink", INK),
    ("grid", GRID),
    ("paper", PAPER),
];
const THEORY: &str = "#2f74d0";
const SIMULATION: &str = "#d4501c";
const MUTANT: &str = "#8c8c8c";
const INK: &str = "#262626";
const GRID: &str = "#e6e6e6";
const PAPER: &str = "#ffffff";

fn tone(role: Role) -> &'static str {
    match role {
        Role::Theory => THEORY,
        Role::Simulation => SIMULATION,
        Role::Mutant => MUTANT,
    }
}

const FONTS: &str = "Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif";
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 400.0;
/// Drawn at ten times the size: kuva writes 20.17 as 20.170000000000002, but 202 as 202.
const ENLARGED: f64 = 10.0;

/// A scene in pixels.
struct Pen {
    scene: Scene,
}

#[derive(Clone, Copy)]
struct Stroke {
    colour: &'static str,
    width: f64,
    dashes: Option<&'static str>,
}

impl Stroke {
    fn new(colour: &'static str, width: f64) -> Self {
        Self { colour, width, dashes: None }
    }
}

/// Whole tenths of a pixel.
fn enlarged(length: f64) -> f64 {
    (length * ENLARGED).round()
}

impl Pen {
    fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: Stroke) {
        self.scene.add(Primitive::Line {
            x1: enlarged(from.0),
            y1: enlarged(from.1),
            x2: enlarged(to.0),
            y2: enlarged(to.1),
            stroke: stroke.colour.into(),
            stroke_width: enlarged(stroke.width),
            stroke_dasharray: stroke.dashes.map(String::from),
        });
    }

    fn curve(&mut self, points: impl Iterator<Item = (f64, f64)>, stroke: Stroke) {
        self.scene.add(Primitive::PolyLine {
            points: points.map(|(x, y)| (enlarged(x), enlarged(y))).collect(),
            stroke: stroke.colour.into(),
            stroke_width: enlarged(stroke.width),
            stroke_dasharray: stroke.dashes.map(String::from),
        });
    }

    fn dot(&mut self, at: (f64, f64), radius: f64, hollow: bool) {
        let (fill, stroke) = if hollow { (PAPER, SIMULATION) } else { (SIMULATION, PAPER) };
        self.scene.add(Primitive::Circle {
            cx: enlarged(at.0),
            cy: enlarged(at.1),
            r: enlarged(radius),
            fill: fill.into(),
            fill_opacity: None,
            stroke: Some(stroke.into()),
            stroke_width: Some(enlarged(if hollow { 1.3 } else { 0.8 })),
        });
    }

    /// Makes the grid fainter behind text.
    fn veil(&mut self, corner: (f64, f64), size: (f64, f64)) {
        self.scene.add(Primitive::Rect {
            x: enlarged(corner.0),
            y: enlarged(corner.1),
            width: enlarged(size.0),
            height: enlarged(size.1),
            fill: PAPER.into(),
            stroke: None,
            stroke_width: None,
            opacity: Some(0.7),
        });
    }

    /// An arrowhead that touches the edge and points out of the frame.
    fn arrow(&mut self, at: (f64, f64), up: bool) {
        let back = if up { 6.0 } else { -6.0 };
        let corner = |x: f64, y: f64| format!("{} {}", enlarged(x), enlarged(y));
        let (tip, left, right) =
            (corner(at.0, at.1), corner(at.0 - 3.5, at.1 + back), corner(at.0 + 3.5, at.1 + back));
        self.scene.add(Primitive::Path(Box::new(PathData {
            d: format!("M {tip} L {left} L {right} Z"),
            fill: Some(SIMULATION.into()),
            stroke: "none".into(),
            stroke_width: 0.0,
            opacity: None,
            stroke_dasharray: None,
        })));
    }

    fn text(&mut self, at: (f64, f64), text: &str, style: Style) {
        self.scene.add(Primitive::Text {
            x: enlarged(at.0),
            y: enlarged(at.1),
            content: text.into(),
            size: enlarged(style.size) as u32,
            anchor: style.anchor,
            rotate: style.upward.then_some(-90.0),
            bold: style.bold,
            color: None,
        });
    }
}

#[derive(Clone, Copy)]
struct Style {
    size: f64,
    anchor: TextAnchor,
    upward: bool,
    bold: bool,
}

impl Style {
    fn new(size: f64, anchor: TextAnchor) -> Self {
        Self { size, anchor, upward: false, bold: false }
    }
}

/// The width of a text, somewhat too large: the reader's font is not known here.
fn text_width(text: &str, size: f64) -> f64 {
    let widths = text.chars().map(|c| match c {
        '⁰' | '¹' | '²' | '³' | '⁴'..='⁹' | '⁻' => 0.40,
        '.' | ',' | ' ' | 'i' | 'j' | 'l' | 't' | 'f' | '|' => 0.36,
        'm' | 'w' | 'M' | 'W' | '…' => 0.95,
        'A'..='Z' => 0.70,
        _ => 0.59,
    });
    size * widths.sum::<f64>()
}

/// As much of the text as the width holds.
fn fit(text: &str, width: f64, size: f64) -> String {
    // No picture holds more; each round drops one character.
    let mut count = text.chars().count().min(400);
    while count > 0 && text_width(&shorten(text, count), size) > width {
        count -= 1;
    }
    shorten(text, count)
}

/// The title in at most two lines. Bold letters are wider.
fn wrapped(title: &str, width: f64) -> Vec<String> {
    let size = 1.13 * TITLE_SIZE;
    let mut lines: Vec<String> = Vec::new();
    for word in title.split_whitespace() {
        match lines.last_mut() {
            Some(line) if lines_full(line, word, width, size) => lines.push(word.into()),
            Some(line) => *line = format!("{line} {word}"),
            None => lines.push(word.into()),
        }
    }
    if lines.len() > 2 {
        let rest = lines.split_off(1).join(" ");
        lines.push(rest);
    }
    lines.iter().map(|line| fit(line, width, size)).collect()
}

fn lines_full(line: &str, word: &str, width: f64, size: f64) -> bool {
    text_width(line, size) + text_width(word, size) > 0.97 * width
}

/// The rectangle of the axes, in pixels.
#[derive(Clone, Copy)]
struct Frame {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Frame {
    fn at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let height = self.bottom - self.top;
        (self.left + x * (self.right - self.left), self.bottom - y * height)
    }
}

/// Both axes and what they are made of.
struct Axes {
    x: Scale,
    y: Scale,
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
}

impl Axes {
    fn new((x, y): (Scale, Scale), x_count: usize, y_count: usize) -> Self {
        Self { x, y, x_ticks: ticks(&x, x_count), y_ticks: ticks(&y, y_count) }
    }

    fn x_labels(&self) -> impl Iterator<Item = (f64, String)> {
        let labels = labels(&self.x_ticks, self.x.log).into_iter();
        labels.filter_map(|(value, label)| Some((self.x.fraction(value)?, label)))
    }

    fn y_labels(&self) -> impl Iterator<Item = (f64, String)> {
        let labels = labels(&self.y_ticks, self.y.log).into_iter();
        labels.filter_map(|(value, label)| Some((self.y.fraction(value)?, label)))
    }
}

const TITLE_SIZE: f64 = 14.0;
const LABEL_SIZE: f64 = 13.0;
const TICK_SIZE: f64 = 11.5;

/// The figure as self-contained SVG text, 640 by 400.
///
/// `id` has to differ between the pictures of one page; the id in the text is made from it. Each
/// colour is a plain attribute, so that every reader of SVG shows it, and a rule for this picture
/// alone lets a page replace it through the CSS properties `--theory`, `--simulation`, `--mutant`,
/// `--ink`, `--grid` and `--paper`. A dark page sets the last three.
pub fn svg(figure: &Figure, id: &str) -> String {
    let mut scene = Scene::new(WIDTH * ENLARGED, HEIGHT * ENLARGED).with_background(Some(PAPER));
    let id = identifier(id);
    scene.defs.push(style(&id));
    let mut pen = Pen { scene };
    let title = wrapped(&plain(&figure.title), WIDTH - 90.0);
    match figure.scales() {
        Some(scales) => draw(&mut pen, figure, &title, &Axes::new(scales, 9, 7)),
        None => {
            draw_title(&mut pen, &title, 20.0);
            let middle = (WIDTH / 2.0, HEIGHT / 2.0);
            pen.text(middle, NOTHING, Style::new(LABEL_SIZE, TextAnchor::Middle));
        }
    }
    // The tooltips make kuva add CSS that would hold for the whole page.
    pen.scene.has_tooltips = false;
    let text = SvgBackend::new().render_scene(&pen.scene);
    let content = text.split_once('>').map_or("", |(_, content)| content);
    head(figure, &id) + content
}

/// The opening tag, which kuva writes without a viewBox or a name.
fn head(figure: &Figure, id: &str) -> String {
    let title = escape(&plain(&figure.title));
    let names: Vec<String> = figure.series.iter().map(|series| plain(&series.name)).collect();
    let (x, y) = (plain(&figure.x), plain(&figure.y));
    let about = escape(&format!("{y} against {x}: {}", names.join(", ")));
    let (width, height) = (WIDTH * ENLARGED, HEIGHT * ENLARGED);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"{id}\" viewBox=\"0 0 {width} {height}\" \
         width=\"{WIDTH}\" height=\"{HEIGHT}\" role=\"img\" aria-label=\"{title}. {about}\" \
         font-family=\"{FONTS}\" fill=\"{INK}\"><title>{title}</title>"
    )
}

/// The rules by which a page replaces the colours of this picture. A rule inside an inline SVG
/// holds for the whole page, so each begins with the id.
fn style(id: &str) -> String {
    // Not every reader of SVG knows var(), and some then paint black; they pass over @supports.
    let mut rules = format!("<style>@supports (fill:var(--ink)){{#{id}{{fill:var(--ink,{INK})}}");
    for (name, colour) in COLOURS {
        for paint in ["fill", "stroke"] {
            let rule = format!("#{id} [{paint}=\"{colour}\"]{{{paint}:var(--{name},{colour})}}");
            rules.push_str(&rule);
        }
    }
    rules + "}</style>"
}

/// An id that is valid in CSS and XML; different texts give different ids.
fn identifier(id: &str) -> String {
    let mut out = String::from("figure-");
    for c in id.chars() {
        match c {
            c if c.is_ascii_alphanumeric() || c == '-' => out.push(c),
            c => _ = write!(out, "_{:x}_", u32::from(c)),
        }
    }
    out
}

fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}

fn draw(pen: &mut Pen, figure: &Figure, title: &[String], axes: &Axes) {
    let shapes = shapes(figure, &axes.x, &axes.y);
    let widest = axes.y_labels().map(|(_, label)| text_width(&label, TICK_SIZE));
    let left = 42.0 + widest.fold(12.0, f64::max);
    let top = 18.0 + 18.0 * title.len() as f64;
    let right = WIDTH - page::margin(&shapes).max(20.0);
    let mut frame = Frame { left, right, top, bottom: HEIGHT - 50.0 };
    let mut legend = Legend::stacked(&shapes);
    let place = legend.place(&frame, &shapes);
    if place.is_none() {
        // No room inside: the legend goes above the axes.
        legend = Legend::flowing(&shapes, frame.right - frame.left);
        frame.top += legend.height + 4.0;
    }
    draw_title(pen, title, frame.left);
    draw_axes(pen, figure, &frame, axes);
    for shape in &shapes {
        for line in &shape.lines {
            pen.curve(line.iter().map(|&point| frame.at(point)), stroke(shape));
        }
        draw_bars(pen, &frame, shape);
    }
    draw_letters(pen, &frame, &shapes);
    if let Some((x, y)) = place {
        pen.veil((x - 4.0, y), (legend.width + 8.0, legend.height));
    }
    draw_legend(pen, &shapes, &legend, place.unwrap_or((left, top - 4.0)));
}

/// The letters of mutants, and labels, at the ends of their curves.
fn draw_letters(pen: &mut Pen, frame: &Frame, shapes: &[Shape]) {
    for letter in page::places(frame, shapes) {
        if let Some([from, to]) = letter.leader() {
            pen.line(from, to, Stroke::new(MUTANT, 0.6));
        }
        let style = Style::new(TICK_SIZE, TextAnchor::Start);
        pen.text((letter.x, letter.y), &letter.label, style);
    }
}

/// The name of a series in a legend, a mutant's after its letter.
fn named(shape: &Shape) -> String {
    let name = plain(&shape.series.name);
    match shape.series.role {
        Role::Mutant => format!("{}: {name}", page::letter(shape.order)),
        Role::Theory | Role::Simulation => name,
    }
}

fn draw_title(pen: &mut Pen, title: &[String], left: f64) {
    let style = Style { bold: true, ..Style::new(TITLE_SIZE, TextAnchor::Start) };
    for (row, line) in title.iter().enumerate() {
        pen.text((left, 24.0 + 18.0 * row as f64), line, style);
    }
}

fn stroke(shape: &Shape) -> Stroke {
    let (width, dashes) = match (shape.series.role, shape.style() % 3) {
        (Role::Mutant, 0) => (1.1, None),
        (Role::Mutant, 1) => (1.1, Some("50 30")),
        (Role::Mutant, _) => (1.1, Some("15 25")),
        (_, 0) => (2.0, None),
        (_, 1) => (2.0, Some("70 40")),
        (_, _) => (2.0, Some("20 30")),
    };
    Stroke { dashes, ..Stroke::new(tone(shape.series.role), width) }
}

fn draw_axes(pen: &mut Pen, figure: &Figure, frame: &Frame, axes: &Axes) {
    let (thin, ink) = (Stroke::new(GRID, 1.0), Stroke::new(INK, 1.0));
    for (x, _) in axes.x_labels() {
        pen.line(frame.at((x, 0.0)), frame.at((x, 1.0)), thin);
    }
    for (y, _) in axes.y_labels() {
        pen.line(frame.at((0.0, y)), frame.at((1.0, y)), thin);
    }
    pen.line(frame.at((0.0, 0.0)), frame.at((1.0, 0.0)), ink);
    pen.line(frame.at((0.0, 0.0)), frame.at((0.0, 1.0)), ink);
    for tick in &axes.x_ticks {
        let length = if tick.labelled { 5.0 } else { 2.5 };
        if let Some(x) = axes.x.fraction(tick.value()) {
            let (x, y) = frame.at((x, 0.0));
            pen.line((x, y), (x, y + length), ink);
        }
    }
    for tick in &axes.y_ticks {
        let length = if tick.labelled { 5.0 } else { 2.5 };
        if let Some(y) = axes.y.fraction(tick.value()) {
            let (x, y) = frame.at((0.0, y));
            pen.line((x - length, y), (x, y), ink);
        }
    }
    for (x, label) in axes.x_labels() {
        let at = (frame.at((x, 0.0)).0, frame.bottom + 18.0);
        pen.text(at, &label, Style::new(TICK_SIZE, TextAnchor::Middle));
    }
    for (y, label) in axes.y_labels() {
        let at = (frame.left - 9.0, frame.at((0.0, y)).1 + 0.36 * TICK_SIZE);
        pen.text(at, &label, Style::new(TICK_SIZE, TextAnchor::End));
    }
    let style = Style::new(LABEL_SIZE, TextAnchor::Middle);
    let middle = frame.at((0.5, 0.5));
    let name = fit(&plain(&figure.x), frame.right - frame.left, LABEL_SIZE);
    pen.text((middle.0, HEIGHT - 12.0), &name, style);
    let name = fit(&plain(&figure.y), frame.bottom - frame.top, LABEL_SIZE);
    pen.text((19.0, middle.1), &name, Style { upward: true, ..style });
}

fn draw_bars(pen: &mut Pen, frame: &Frame, shape: &Shape) {
    let room = (frame.right - frame.left) / shape.bars.len().max(1) as f64;
    let hollow = shape.style() % 2 == 1;
    for bar in &shape.bars {
        let (x, low) = frame.at((bar.x, bar.low));
        let high = frame.at((bar.x, bar.high)).1;
        let tip = tooltip(&bar.point);
        // A class of our own keeps kuva from giving it one that its CSS makes clickable.
        pen.scene.add(Primitive::GroupStart {
            transform: None,
            title: Some(tip),
            extra_attrs: Some("class=\"interval\"".into()),
        });
        let stroke = Stroke::new(SIMULATION, if room > 6.0 { 1.4 } else { 1.0 });
        pen.line((x, low), (x, high), stroke);
        for (end, cut, up) in [(low, bar.cut_low, false), (high, bar.cut_high, true)] {
            match cut {
                true => pen.arrow((x, end), up),
                false if room > 10.0 => pen.line((x - 3.5, end), (x + 3.5, end), stroke),
                false => {}
            }
        }
        if let Some(y) = bar.dot {
            let radius = if room > 6.0 { 3.0 } else { 1.8 };
            pen.dot(frame.at((bar.x, y)), radius, hollow);
        }
        pen.scene.add(Primitive::GroupEnd);
    }
}

/// What the reader sees when the pointer rests on an interval.
fn tooltip(point: &Point) -> String {
    let [x, y] = [point.x, point.y].map(significant);
    let [low, high] = [point.low, point.high].map(significant);
    format!("{x}: {y}, from {low} to {high}")
}

/// Four significant digits.
fn significant(value: f64) -> String {
    match value.abs() {
        0.0 => "0".into(),
        size if (1e-4..1e6).contains(&size) => {
            let decimals = (3 - size.log10().floor() as i32).max(0) as usize;
            format!("{value:.decimals$}")
        }
        _ => format!("{value:.3e}"),
    }
}

const LEGEND_ROW: f64 = 18.0;
const LEGEND_TEXT: f64 = 34.0;

/// One entry for each series, relative to the upper left corner.
struct Legend {
    entries: Vec<(f64, f64, String)>,
    width: f64,
    height: f64,
}

impl Legend {
    /// One below the other.
    fn stacked(shapes: &[Shape]) -> Self {
        let names = shapes.iter().filter(|shape| shape.is_listed()).map(named);
        let entries: Vec<(f64, f64, String)> =
            names.enumerate().map(|(row, name)| (0.0, LEGEND_ROW * row as f64, name)).collect();
        let widths = entries.iter().map(|(_, _, name)| text_width(name, TICK_SIZE));
        let width = LEGEND_TEXT + widths.fold(0.0, f64::max);
        Self { width, height: LEGEND_ROW * entries.len() as f64, entries }
    }

    /// One beside the other, in as many rows as are needed.
    fn flowing(shapes: &[Shape], width: f64) -> Self {
        let mut entries = Vec::new();
        let (mut x, mut y) = (0.0, 0.0);
        for shape in shapes.iter().filter(|shape| shape.is_listed()) {
            let name = fit(&named(shape), width - LEGEND_TEXT, TICK_SIZE);
            let length = LEGEND_TEXT + text_width(&name, TICK_SIZE);
            if x > 0.0 && x + length > width {
                (x, y) = (0.0, y + LEGEND_ROW);
            }
            entries.push((x, y, name));
            x += length + 16.0;
        }
        Self { entries, width, height: y + LEGEND_ROW }
    }

    /// A place in the frame where it hides nothing: corners first, then the edges.
    fn place(&self, frame: &Frame, shapes: &[Shape]) -> Option<(f64, f64)> {
        const GAP: f64 = 10.0;
        let (width, height) = (self.width, self.height);
        let (across, down) = (frame.right - frame.left, frame.bottom - frame.top);
        if width + 2.0 * GAP > 0.6 * across || height + 2.0 * GAP > 0.7 * down {
            return None;
        }
        let taken = taken(frame, shapes);
        let corners = [(1.0, 0.0), (0.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
        let edges = [(0.5, 0.0), (0.5, 1.0), (1.0, 0.5), (0.0, 0.5), (0.75, 0.0), (0.25, 0.0)];
        corners.into_iter().chain(edges).find_map(|(x, y)| {
            let left = frame.left + GAP + x * (across - width - 2.0 * GAP);
            let top = frame.top + 4.0 + y * (down - height - GAP);
            let free = taken.iter().all(|&(x, y)| {
                x < left - GAP || x > left + width + GAP || y < top - GAP || y > top + height + GAP
            });
            free.then_some((left, top))
        })
    }
}

/// Points on everything that is drawn, none further than about 5 pixels from the next.
fn taken(frame: &Frame, shapes: &[Shape]) -> Vec<(f64, f64)> {
    let mut taken = Vec::new();
    let mut segment = |from: (f64, f64), to: (f64, f64)| {
        let (from, to) = (frame.at(from), frame.at(to));
        let steps = ((to.0 - from.0).hypot(to.1 - from.1) / 5.0).ceil().clamp(1.0, 400.0);
        for step in 0..=steps as usize {
            let along = step as f64 / steps;
            taken.push((from.0 + along * (to.0 - from.0), from.1 + along * (to.1 - from.1)));
        }
    };
    for shape in shapes {
        for line in &shape.lines {
            line.windows(2).for_each(|pair| segment(pair[0], pair[1]));
        }
        shape.bars.iter().for_each(|bar| segment((bar.x, bar.low), (bar.x, bar.high)));
    }
    taken
}

fn draw_legend(pen: &mut Pen, shapes: &[Shape], legend: &Legend, corner: (f64, f64)) {
    let listed = shapes.iter().filter(|shape| shape.is_listed());
    for (shape, (x, y, name)) in listed.zip(&legend.entries) {
        let (left, y) = (corner.0 + x, corner.1 + y + 0.5 * LEGEND_ROW);
        match shape.series.role {
            Role::Simulation => {
                let (x, stroke) = (left + 13.0, Stroke::new(SIMULATION, 1.4));
                pen.line((x, y - 6.5), (x, y + 6.5), stroke);
                pen.line((x - 3.5, y - 6.5), (x + 3.5, y - 6.5), stroke);
                pen.line((x - 3.5, y + 6.5), (x + 3.5, y + 6.5), stroke);
                pen.dot((x, y), 3.0, shape.style() % 2 == 1);
            }
            Role::Theory | Role::Mutant => {
                pen.line((left, y), (left + 26.0, y), stroke(shape));
            }
        }
        let at = (left + LEGEND_TEXT, y + 0.36 * TICK_SIZE);
        pen.text(at, name, Style::new(TICK_SIZE, TextAnchor::Start));
    }
}

// ---------------------------------------------------------------------------------------------
// Terminal.

/// The smallest picture with room for axes.
const COLUMNS_MIN: usize = 30;
const ROWS_MIN: usize = 10;
/// The largest: a limit on what is allocated.
const CELLS_MAX: usize = 1000;
/// One character, in the units of the scene; a braille dot is 4 by 4.
const CELL: (f64, f64) = (8.0, 16.0);
/// The marks of simulations: the first, the second.
const MARKS: [char; 2] = ['●', '○'];

/// Characters instead of pixels.
struct Grid {
    scene: Scene,
    /// The first and last column and row inside the axes.
    columns: (usize, usize),
    rows: (usize, usize),
}

impl Grid {
    /// The middle of a cell.
    fn cell(column: usize, row: usize) -> (f64, f64) {
        ((column as f64 + 0.5) * CELL.0, (row as f64 + 0.5) * CELL.1)
    }

    /// A place in the frame, for braille dots.
    fn at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let (left, right) = (self.columns.0 as f64 * CELL.0, (self.columns.1 + 1) as f64 * CELL.0);
        let (top, bottom) = (self.rows.0 as f64 * CELL.1, (self.rows.1 + 1) as f64 * CELL.1);
        // Half a dot inside, or the last one falls into the next cell.
        (left + 2.0 + x * (right - left - 4.0), bottom - 2.0 - y * (bottom - top - 4.0))
    }

    /// The cell of a place in the frame.
    fn cell_at(&self, place: (f64, f64)) -> (usize, usize) {
        let (x, y) = self.at(place);
        ((x / CELL.0) as usize, (y / CELL.1) as usize)
    }

    fn text(&mut self, column: usize, row: usize, text: &str) {
        let (x, y) = Self::cell(column, row);
        // The size only shifts the text: kuva takes off half the height of a capital.
        self.scene.add(Primitive::Text {
            x,
            y,
            content: text.into(),
            size: 1,
            anchor: TextAnchor::Start,
            rotate: None,
            bold: false,
            color: None,
        });
    }

    /// A line of box-drawing characters.
    fn rule(&mut self, from: (usize, usize), to: (usize, usize), colour: &str) {
        let ((x1, y1), (x2, y2)) = (Self::cell(from.0, from.1), Self::cell(to.0, to.1));
        let stroke = colour.into();
        let line =
            Primitive::Line { x1, y1, x2, y2, stroke, stroke_width: 1.0, stroke_dasharray: None };
        self.scene.add(line);
    }

    /// Braille dots along a curve in scene units; one dot in so many.
    fn curve(&mut self, points: &[(f64, f64)], colour: &str, every: usize) {
        let mut path = String::new();
        let mut previous: Option<(f64, f64)> = None;
        let mut since = 0;
        for &(x, y) in points {
            if every <= 1 {
                let verb = if previous.is_none() { 'M' } else { 'L' };
                _ = write!(path, "{verb} {x} {y} ");
            } else if let Some((x0, y0)) = previous {
                // A step of one dot at a time; a path of length zero is one dot.
                let steps = ((x - x0).abs().max((y - y0).abs()) / 4.0).ceil() as usize;
                for step in 0..steps {
                    let along = step as f64 / steps as f64;
                    let (x, y) = (x0 + along * (x - x0), y0 + along * (y - y0));
                    if since % every == 0 {
                        _ = write!(path, "M {x} {y} L {x} {y} ");
                    }
                    since += 1;
                }
            }
            previous = Some((x, y));
        }
        self.scene.add(Primitive::Path(Box::new(PathData {
            d: path,
            fill: None,
            stroke: colour.into(),
            stroke_width: 1.0,
            opacity: None,
            stroke_dasharray: None,
        })));
    }
}

/// The figure in characters, at most `width` columns and `height` rows, lines without trailing
/// spaces. The theory is a line of braille dots, an interval a bar with a mark at its centre, a
/// mutant a dotted line with its letter ([`page::letter`]) on it.
///
/// Escape codes appear only if `colour` is true; they are the 256-colour ones, in tones that a
/// light and a dark terminal both show, and text keeps the terminal's own colour.
pub fn terminal(figure: &Figure, width: usize, height: usize, colour: bool) -> String {
    let (width, height) = (width.min(CELLS_MAX), height.min(CELLS_MAX));
    let title = shorten(&plain(&figure.title), width);
    if width < COLUMNS_MIN || height < ROWS_MIN {
        return tidy(&format!("{title}\n{}", shorten("too narrow to draw", width)), false);
    }
    let Some(scales) = figure.scales() else {
        return tidy(&format!("{title}\n{NOTHING}"), false);
    };
    let axes = Axes::new(scales, width / 9, (height - 6) / 3);
    let widest = axes.y_labels().map(|(_, label)| label.chars().count()).max().unwrap_or(0);
    let scene = Scene::new(width as f64 * CELL.0, height as f64 * CELL.1);
    // One column on the right is left free: some terminals break a line that is exactly full.
    let mut grid = Grid { scene, columns: (widest + 2, width - 2), rows: (2, height - 5) };
    grid.scene.text_color = Some(INK.into());
    grid.text(0, 0, &title);
    grid.text(0, 1, &shorten(&plain(&figure.y), width - 1));
    terminal_axes(&mut grid, &axes);
    let name = shorten(&plain(&figure.x), width - 1);
    let length = name.chars().count();
    let column = (grid.columns.1 + 1).saturating_sub(length).min(width - 1 - length);
    grid.text(column, height - 2, &name);
    let shapes = shapes(figure, &axes.x, &axes.y);
    for shape in &shapes {
        for line in &shape.lines {
            let points: Vec<(f64, f64)> = line.iter().map(|&point| grid.at(point)).collect();
            grid.curve(&points, tone(shape.series.role), spacing(shape));
        }
        terminal_bars(&mut grid, shape);
    }
    for (letter, (column, row)) in letters::place(&grid, &shapes) {
        grid.text(column, row, &letter.to_string());
    }
    terminal_legend(&mut grid, &shapes, width, height - 1);
    let text = TerminalBackend::new(width, height).render_scene(&grid.scene);
    // kuva ends with a code on a line of its own.
    tidy(text.strip_suffix("\n\x1b[0m").unwrap_or(&text), colour)
}

/// How many dots from one to the next: what dashes are in the other picture.
fn spacing(shape: &Shape) -> usize {
    match shape.series.role {
        Role::Mutant => 4,
        Role::Theory | Role::Simulation => 1 + shape.style().min(2),
    }
}

fn terminal_axes(grid: &mut Grid, axes: &Axes) {
    let ((left, right), (top, bottom)) = (grid.columns, grid.rows);
    let corner = (left - 1, bottom + 1);
    grid.rule(corner, (right, bottom + 1), INK);
    grid.rule((left - 1, top), corner, INK);
    for (y, label) in axes.y_labels() {
        let row = grid.cell_at((0.0, y)).1;
        grid.rule((left - 1, row), (left - 1, row), INK);
        grid.text((left - 1).saturating_sub(label.chars().count() + 1), row, &label);
    }
    let mut free = 0;
    for (x, label) in axes.x_labels() {
        let column = grid.cell_at((x, 0.0)).0;
        grid.rule((column, bottom + 1), (column, bottom + 1), INK);
        let length = label.chars().count();
        let start = column.saturating_sub(length / 2).min((right + 1).saturating_sub(length));
        if start >= free {
            grid.text(start, bottom + 2, &label);
            free = start + length + 1;
        }
    }
}

fn terminal_bars(grid: &mut Grid, shape: &Shape) {
    // When there are more bars than every other column, marks would hide all else.
    let crowded = 2 * shape.bars.len() > grid.columns.1 - grid.columns.0;
    for bar in &shape.bars {
        let (low, high) = ((bar.x, bar.low), (bar.x, bar.high));
        if crowded {
            let ends = [grid.at(low), grid.at(high)];
            grid.curve(&ends, SIMULATION, 1);
            continue;
        }
        let (low, high) = (grid.cell_at(low), grid.cell_at(high));
        grid.rule(low, high, SIMULATION);
        if bar.cut_low {
            grid.text(low.0, low.1, "▼");
        }
        if bar.cut_high {
            grid.text(high.0, high.1, "▲");
        }
        if let Some(y) = bar.dot {
            let (column, row) = grid.cell_at((bar.x, y));
            grid.text(column, row, &MARKS[shape.style() % MARKS.len()].to_string());
        }
    }
}

/// One line; names that are too long for it share what there is. Mutants have one entry: what
/// their letters stand for needs lines of its own.
fn terminal_legend(grid: &mut Grid, shapes: &[Shape], width: usize, row: usize) {
    let mutants = shapes.iter().filter(|shape| shape.series.role == Role::Mutant);
    let last = mutants.clone().count().saturating_sub(1);
    let others = shapes.iter().filter(|s| s.series.role != Role::Mutant && s.is_listed());
    let entries: Vec<&Shape> = others.chain(mutants.take(1)).collect();
    let name = |shape: &&Shape| match (shape.series.role, last) {
        (Role::Mutant, 0) => "mutant a".to_owned(),
        (Role::Mutant, _) => format!("mutants a to {}", page::letter(last)),
        _ => plain(&shape.series.name),
    };
    let names: Vec<String> = entries.iter().map(name).collect();
    let room = (width - 1).saturating_sub(7 * names.len());
    let total =
        |most: usize| names.iter().map(|name| name.chars().count().min(most)).sum::<usize>();
    let most = (1..=width).take_while(|&most| total(most) <= room).last().unwrap_or(0);
    let mut column = 0;
    for (shape, name) in entries.into_iter().zip(&names) {
        let name = shorten(name, most.max(1));
        if column + 4 + name.chars().count() >= width {
            return;
        }
        if shape.series.role == Role::Simulation {
            grid.text(column + 1, row, &MARKS[shape.style() % MARKS.len()].to_string());
        } else {
            let (left, y) = Grid::cell(column, row);
            let ends = [(left - 2.0, y), (left + 2.2 * CELL.0, y)];
            grid.curve(&ends, tone(shape.series.role), spacing(shape));
        }
        grid.text(column + 4, row, &name);
        column += 4 + name.chars().count() + 3;
    }
}

/// The terminal's code for one of our colours, which kuva writes as 24-bit ones.
fn code(sequence: &str) -> &'static str {
    let known = |colour: &str| {
        let part = |at: usize| u8::from_str_radix(colour.get(at..at + 2).unwrap_or(""), 16);
        let parts = [part(1), part(3), part(5)].map(|part| part.unwrap_or(0).to_string());
        sequence == format!("38;2;{}", parts.join(";"))
    };
    let codes =
        [(THEORY, "\x1b[38;5;33m"), (SIMULATION, "\x1b[38;5;166m"), (MUTANT, "\x1b[38;5;245m")];
    codes.into_iter().find(|(colour, _)| known(colour)).map_or("\x1b[0m", |(_, code)| code)
}

/// Replaces or removes the escape codes, and removes trailing spaces.
fn tidy(text: &str, colour: bool) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut now = "\x1b[0m";
        let mut pieces = line.split("\x1b[");
        let mut row = String::from(pieces.next().unwrap_or(""));
        for piece in pieces {
            let (sequence, rest) = piece.split_once('m').unwrap_or(("", piece));
            let next = code(sequence);
            if colour && next != now {
                row.push_str(next);
                now = next;
            }
            for c in rest.chars() {
                // kuva gives every text the same colour; marks are text.
                match colour && (MARKS.contains(&c) || c == '▲' || c == '▼') {
                    true => _ = write!(row, "\x1b[38;5;166m{c}{now}"),
                    false => row.push(c),
                }
            }
        }
        // Nothing but codes after the last visible character.
        let mut kept = row.trim_end();
        while let Some(shorter) = kept.strip_suffix("\x1b[0m") {
            kept = shorter.trim_end();
        }
        out.push_str(kept);
        if colour && kept.contains('\x1b') {
            out.push_str("\x1b[0m");
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(x: f64, y: f64, half: f64) -> Point {
        Point { x, y, low: y - half, high: y + half }
    }

    fn series(role: Role, points: Vec<Point>) -> Series {
        Series { name: format!("{role:?}"), label: None, role, points }
    }

    fn figure(log_x: bool, log_y: bool, series: Vec<Series>) -> Figure {
        let (title, x, y) = ("A < B & \"C\"".into(), "size".into(), "risk".into());
        Figure { title, x, y, log_x, log_y, series }
    }

    /// The risk of least squares, with a pole at one.
    fn double_descent() -> Figure {
        let risk =
            |gamma: f64| if gamma < 1.0 { gamma / (1.0 - gamma) } else { gamma / (gamma - 1.0) };
        let places = |count: u32| {
            (0..count).map(move |i| 10f64.powf(2.0 * f64::from(i) / f64::from(count - 1) - 1.0))
        };
        let theory = places(200).map(|gamma| Point::exact(gamma, risk(gamma)));
        let mutant = places(200).map(|gamma| Point::exact(gamma, 0.5 * risk(gamma)));
        let simulation = places(16).map(|gamma| interval(gamma, risk(gamma), 0.1));
        figure(
            true,
            false,
            vec![
                series(Role::Mutant, mutant.collect()),
                series(Role::Theory, theory.collect()),
                series(Role::Simulation, simulation.collect()),
            ],
        )
    }

    /// Sets of points that have broken a plot somewhere.
    fn edge_cases() -> Vec<Vec<Point>> {
        let (nan, inf) = (f64::NAN, f64::INFINITY);
        let exact = |values: &[f64]| {
            values.iter().enumerate().map(|(i, &y)| Point::exact(1.0 + i as f64, y)).collect()
        };
        vec![
            Vec::new(),
            exact(&[2.0]),
            exact(&[0.0]),
            exact(&[3.0; 9]),
            exact(&[0.0; 9]),
            exact(&[1.0, nan, 2.0, inf, 3.0, -inf, 4.0]),
            exact(&[nan, inf, -inf]),
            exact(&[1e308, -1e308, 1.0]),
            exact(&[1e299, -1e299]),
            exact(&[1e-320, 1e-310, 0.0]),
            exact(&[1e-299, 1e299]),
            exact(&[-1.0, -2.0, -3.0]),
            exact(&[1.0, 1.0 + 1e-15, 1.0 - 1e-15]),
            exact(&[1e6, 1e6 + 1e-3]),
            vec![Point::exact(nan, 1.0), Point::exact(inf, 1.0), Point::exact(-5.0, 1.0)],
            vec![Point::exact(2.0, 1.0), Point::exact(2.0, 5.0)],
            vec![Point { x: 1.0, y: 1.0, low: -inf, high: inf }],
            vec![Point { x: 1.0, y: 1.0, low: 2.0, high: 0.5 }],
            vec![Point { x: 1.0, y: -1.0, low: -2.0, high: -0.5 }, Point::exact(2.0, 1.0)],
            vec![Point { x: 1.0, y: 1.0, low: nan, high: 2.0 }],
            (0..500).map(|i| interval(f64::from(i), f64::from(i * i % 97), 1.0)).collect(),
        ]
    }

    fn edge_figures() -> Vec<Figure> {
        let mut figures = vec![double_descent()];
        for points in edge_cases() {
            for axes in 0..4 {
                let [log_x, log_y] = [axes & 1 == 1, axes & 2 == 2];
                for role in [Role::Theory, Role::Simulation, Role::Mutant] {
                    let one = vec![series(role, points.clone())];
                    figures.push(figure(log_x, log_y, one));
                }
                let roles = [Role::Mutant, Role::Theory, Role::Simulation, Role::Theory];
                let all = roles.map(|role| series(role, points.clone()));
                figures.push(figure(log_x, log_y, all.to_vec()));
            }
        }
        figures.push(figure(false, false, Vec::new()));
        figures
    }

    #[test]
    fn edge_cases_give_numbers_inside_the_picture() {
        for figure in edge_figures() {
            let text = svg(&figure, "edge");
            assert!(text.ends_with("</svg>"));
            for attribute in ["x", "y", "x1", "y1", "x2", "y2", "cx", "cy"] {
                for value in text.split(&format!(" {attribute}=\"")).skip(1) {
                    let value = value.split('"').next().unwrap();
                    let value: f64 = value.parse().unwrap();
                    assert!((-50.0..=6450.0).contains(&value), "{attribute}={value} {figure:?}");
                }
            }
            assert!(!text.contains("NaN") && !text.contains("\"inf"));
            terminal(&figure, 80, 24, true);
        }
    }

    #[test]
    fn without_points_it_says_so() {
        let empty = figure(true, true, vec![series(Role::Theory, vec![Point::exact(-1.0, 2.0)])]);
        assert!(svg(&empty, "a").contains(NOTHING));
        assert!(terminal(&empty, 80, 24, false).contains(NOTHING));
    }

    #[test]
    fn ids_are_unique_and_styles_stay_at_home() {
        let ids = |text: &str| -> Vec<String> {
            let ids = text.split(" id=\"").skip(1);
            ids.map(|id| id.split('"').next().unwrap().to_string()).collect()
        };
        let names = ["a.b", "a-b", "a_b", "a_2e_b", "a b", "a", ""];
        let mut all = Vec::new();
        for name in names {
            let text = svg(&double_descent(), name);
            let own = ids(&text);
            assert_eq!(own.len(), 1);
            assert!(!text.contains("clip-path"));
            let style = text.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
            let rules = style.strip_prefix("@supports (fill:var(--ink)){").expect("a guard");
            let rules: Vec<&str> = rules.split('}').filter(|rule| !rule.is_empty()).collect();
            assert!(rules.iter().all(|rule| rule.starts_with(&format!("#{}", own[0]))));
            assert_eq!(text.matches("<style>").count(), 1);
            all.extend(own);
        }
        all.sort();
        all.dedup();
        assert_eq!(all.len(), names.len());
    }

    #[test]
    fn the_head_names_the_picture() {
        let text = svg(&double_descent(), "a");
        let head = text.split('>').next().unwrap();
        assert!(head.contains("viewBox=\"0 0 6400 4000\""));
        assert!(head.contains("role=\"img\""));
        assert!(head.contains("aria-label=\"A &lt; B &amp; &quot;C&quot;. risk against size: "));
        assert!(text.contains("<title>A &lt; B &amp; &quot;C&quot;</title>"));
    }

    #[test]
    fn terminal_fits() {
        for figure in edge_figures() {
            for (width, height) in
                [(80, 24), (30, 10), (200, 60), (29, 9), (1, 1), (0, 0), (47, 11)]
            {
                let text = terminal(&figure, width, height, false);
                assert!(!text.contains('\x1b'));
                assert!(text.lines().count() <= height.max(2), "{text}");
                for line in text.lines() {
                    assert!(line.chars().count() <= width.max(NOTHING.len()), "{line}");
                    assert_eq!(line, line.trim_end());
                }
            }
        }
    }

    #[test]
    fn colour_changes_nothing_but_colour() {
        let plain = terminal(&double_descent(), 80, 24, false);
        let coloured = terminal(&double_descent(), 80, 24, true);
        let mut stripped = String::new();
        for (index, piece) in coloured.split("\x1b[").enumerate() {
            let rest = if index == 0 { piece } else { piece.split_once('m').unwrap().1 };
            stripped.push_str(rest);
        }
        assert_eq!(plain, stripped);
        for code in ["38;5;33m", "38;5;166m", "38;5;245m"] {
            assert!(coloured.contains(code));
        }
        assert!(!coloured.contains("38;2;"));
    }

    #[test]
    fn the_same_figure_gives_the_same_bytes() {
        let first = (svg(&double_descent(), "a"), terminal(&double_descent(), 80, 24, true));
        svg(&double_descent(), "b");
        assert_eq!(first.0, svg(&double_descent(), "a"));
        assert_eq!(first.1, terminal(&double_descent(), 80, 24, true));
    }

    fn mutants(heights: &[f64]) -> Figure {
        let line = |height: f64| (0..200).map(|i| Point::exact(f64::from(i), height)).collect();
        let mut all: Vec<Series> =
            heights.iter().map(|height| series(Role::Mutant, line(*height))).collect();
        all.push(series(Role::Theory, line(1.0)));
        let points = (0..16).map(|i| interval(12.0 * f64::from(i), 1.0, 0.6));
        all.push(series(Role::Simulation, points.collect()));
        figure(false, false, all)
    }

    /// The rows inside the axes with a letter, from above.
    fn rows_of(letter: char, text: &str) -> Vec<usize> {
        let frame = text.lines().skip(2).take(17).enumerate();
        let with = frame.filter(|(_, line)| line.chars().any(|c| c == letter));
        with.map(|(row, _)| row).collect()
    }

    #[test]
    fn every_mutant_has_its_letter_on_its_own_curve() {
        let text = terminal(&mutants(&[1.5, 0.2, 1.2, 1.0]), 80, 24, false);
        let [a, b, c, d] = ['a', 'b', 'c', 'd'].map(|letter| rows_of(letter, &text));
        assert_eq!([a.len(), b.len(), c.len(), d.len()], [1; 4], "one row for a level:\n{text}");
        assert!(a[0] < c[0] && c[0] < d[0] && d[0] < b[0], "in the order of their levels:\n{text}");
        let line = text.lines().nth(2 + a[0]).expect("its row");
        assert!(line.matches('a').count() >= 3, "often enough to follow:\n{text}");
        assert!(text.ends_with("mutants a to d\n"), "{text}");
        // Sixteen that all say the same, what the theory says: side by side, and no mark covered.
        let same = terminal(&mutants(&[1.0; 16]), 80, 24, false);
        for index in 0..16 {
            let letter = page::letter(index);
            assert!(!rows_of(letter, &same).is_empty(), "{letter} is missing:\n{same}");
        }
        assert_eq!(same.matches('●').count(), 17, "{same}");
    }

    #[test]
    fn a_mutant_outside_the_frame_has_no_letter_and_it_is_known() {
        let figure = mutants(&[1.5, 1e6, 1.2]);
        let text = terminal(&figure, 80, 24, false);
        assert_eq!(drawn(&figure), [true, false, true, true, true]);
        assert!(rows_of('b', &text).is_empty() && !rows_of('c', &text).is_empty(), "{text}");
        assert_eq!(drawn(&self::figure(false, false, Vec::new())), Vec::<bool>::new());
        let nothing = vec![series(Role::Theory, vec![Point::exact(-1.0, 1.0)])];
        assert_eq!(drawn(&self::figure(true, false, nothing)), [false]);
    }

    #[test]
    fn a_pole_is_cut_and_an_interval_is_not() {
        let mut figure = double_descent();
        figure.series.pop();
        assert!(figure.scales().unwrap().1.high < 15.0);
        figure.series.push(series(Role::Simulation, vec![interval(1.1, 60.0, 5.0)]));
        assert!(figure.scales().unwrap().1.high > 65.0);
        assert_eq!(svg(&figure, "a").matches(" Z\"").count(), 0);
        // Far more than twenty times beyond: cut, and marked.
        figure.series.push(series(Role::Simulation, vec![interval(0.9, 3.0, 1e6)]));
        assert!(figure.scales().unwrap().1.high < 100.0);
        assert_eq!(svg(&figure, "a").matches(" Z\"").count(), 2);
        assert!(terminal(&figure, 80, 24, false).contains('▲'));
    }

    #[test]
    fn an_interval_below_zero_reaches_the_end_of_a_logarithmic_axis() {
        let points = vec![interval(1.0, 1.0, 2.0), interval(2.0, 0.5, 0.1)];
        let figure = figure(false, true, vec![series(Role::Simulation, points)]);
        let (x, y) = figure.scales().unwrap();
        let shape = &shapes(&figure, &x, &y)[0];
        assert_eq!((shape.bars[0].low, shape.bars[0].cut_low), (0.0, true));
        assert_eq!((shape.bars[0].cut_high, shape.bars[1].cut_low), (false, false));
        assert!(shape.bars[1].low > 0.0);
    }

    #[test]
    fn a_gap_interrupts_a_line() {
        let y = [1.0, 2.0, f64::INFINITY, 2.0, 1.0, f64::NAN, 1.5];
        let points = y.iter().enumerate().map(|(i, &y)| Point::exact(i as f64, y)).collect();
        let figure = figure(false, false, vec![series(Role::Theory, points)]);
        let (x, y) = figure.scales().unwrap();
        let lengths: Vec<usize> = shapes(&figure, &x, &y)[0].lines.iter().map(Vec::len).collect();
        assert_eq!(lengths, [2, 2, 2]);
    }

    #[test]
    fn tick_labels_are_one_two_five() {
        let text = |low, high, log, count| {
            let ticks = ticks(&Scale { low, high, log }, count);
            let labels = labels(&ticks, log).into_iter().map(|(_, label)| label);
            labels.collect::<Vec<String>>().join(" ")
        };
        assert_eq!(text(-1.05, 1.05, true, 9), "0.1 0.2 0.5 1 2 5 10");
        assert_eq!(text(1.4, 5.1, true, 9), "10² 10³ 10⁴ 10⁵");
        assert_eq!(text(-15.2, 0.4, true, 7), "10⁻¹⁵ 10⁻¹² 10⁻⁹ 10⁻⁶ 10⁻³ 10⁰");
        assert_eq!(text(0.04, 0.3, true, 9), "1.2 1.4 1.6 1.8");
        assert_eq!(text(-0.04, 1.04, false, 7), "0.0 0.2 0.4 0.6 0.8 1.0");
        assert_eq!(text(-3.0, 3.0, false, 7), "−3 −2 −1 0 1 2 3");
        assert_eq!(text(0.0, 5e4, false, 5), "0 10000 20000 30000 40000 50000");
        assert_eq!(text(0.0, 3.1e6, false, 7), "0 5×10⁵ 10⁶ 1.5×10⁶ 2×10⁶ 2.5×10⁶ 3×10⁶");
        assert_eq!(text(-2e-5, 2.1e-5, false, 4), "−2×10⁻⁵ 0 2×10⁻⁵");
    }

    #[test]
    fn the_legend_hides_nothing() {
        let figure = double_descent();
        let (x, y) = figure.scales().unwrap();
        let shapes = shapes(&figure, &x, &y);
        let frame = Frame { left: 60.0, right: 620.0, top: 40.0, bottom: 350.0 };
        let legend = Legend::stacked(&shapes);
        let (left, top) = legend.place(&frame, &shapes).unwrap();
        assert!(taken(&frame, &shapes).into_iter().all(|(x, y)| {
            let across = x < left || x > left + legend.width;
            across || y < top || y > top + legend.height
        }));
        // Noise everywhere: above the axes instead.
        let points = (0..500).map(|i| interval(f64::from(i), 0.0, 1.0)).collect();
        let noise = self::figure(false, false, vec![series(Role::Simulation, points)]);
        let (x, y) = noise.scales().unwrap();
        assert!(legend.place(&frame, &super::shapes(&noise, &x, &y)).is_none());
    }

    /// Relative luminance and contrast as WCAG 2 defines them; 3 to 1 is what it asks of graphics.
    #[test]
    fn colours_show_on_white_and_on_dark() {
        let luminance = |colour: &str| {
            let part = |at: usize| {
                let part = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
                if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
        };
        for colour in [THEORY, SIMULATION, MUTANT] {
            for paper in [PAPER, "#1e1e1e"] {
                let (a, b) = (luminance(colour), luminance(paper));
                let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(contrast >= 3.0, "{colour} on {paper}: {contrast}");
            }
        }
    }

    #[test]
    fn formulas_become_unicode() {
        let mut figure = double_descent();
        figure.x = "$\\gamma = p/n$".into();
        figure.title = "two\nlines\u{1}".into();
        let text = svg(&figure, "a") + &terminal(&figure, 80, 24, false);
        assert!(text.contains("γ = p/n") && !text.contains("gamma") && !text.contains('\u{1}'));
        assert!(text.contains("<title>two lines </title>"));
    }

    #[test]
    fn logarithmic_when_it_shows_more() {
        let points = |values: &[f64]| -> Vec<Point> {
            values.iter().map(|&y| Point::exact(0.0, y)).collect()
        };
        assert!(auto_log_y(&points(&[1.0, 51.0, f64::NAN])));
        assert!(!auto_log_y(&points(&[1.0, 49.0, f64::INFINITY])));
        assert!(!auto_log_y(&points(&[0.0, 51.0])));
        assert!(!auto_log_y(&points(&[-1.0, 51.0])));
        assert!(!auto_log_y(&[]));
    }
}
