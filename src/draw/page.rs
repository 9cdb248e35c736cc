//! The same pictures for a page: SVG whose colours and lettering belong to the page's style sheet.
//!
//! One SVG serves light, dark and print: nothing here names a colour. The legend belongs to the
//! page as well, where it wraps and can be read aloud; mutants carry letters at the end of their
//! curves. Written without the plotting crate, which puts its colours into the text.

use super::{
    Axes, Bar, Figure, Frame, NOTHING, Role, Shape, TICK_SIZE, escape, fit, identifier, plain,
    shapes, significant, text_width, tooltip,
};
use std::fmt::Write;

/// The size of a picture, in its own units; pages scale it.
const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 320.0;

/// Room for the letters of mutants beside the frame.
const MARGIN: f64 = 22.0;

/// The column in which a limit is drawn, beside the frame.
const COLUMN: f64 = 62.0;

/// Letters are at least this far apart.
const LETTER: f64 = 13.0;

/// What a ladder is extrapolated to, drawn in a column of its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extrapolated {
    /// The theory.
    pub theory: f64,
    /// The middle of the interval.
    pub value: f64,
    /// The interval, the bound of the bias included.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// The part of its width that more draws would reduce: half of it.
    pub statistical: f64,
}

/// Rounds in which letters are moved apart.
const SPREADS: usize = 20;

/// The letter of a mutant, by its position among the mutants of a figure.
pub fn letter(index: usize) -> char {
    char::from(b'a' + (index % 26) as u8)
}

/// A picture for a page. `id` has to differ between the pictures of one page.
pub fn svg(figure: &Figure, limit: Option<Extrapolated>, id: &str) -> String {
    let id = identifier(id);
    let mut out = head(figure, limit, &id);
    match extended(figure, limit).scales() {
        None => {
            let (x, y) = (WIDTH / 2.0, HEIGHT / 2.0);
            text(&mut out, (x, y), "p-label p-middle", NOTHING);
        }
        Some(scales) => {
            let across = if limit.is_some() { 5 } else { 7 };
            body(&mut out, figure, limit, &Axes::new(scales, across, 6));
        }
    }
    out + "</svg>"
}

/// The figure with the ends of the limit among its intervals, so that the axis reaches them.
fn extended(figure: &Figure, limit: Option<Extrapolated>) -> Figure {
    let mut figure = figure.clone();
    let Some(limit) = limit else { return figure };
    let place = figure.series.iter().flat_map(|s| &s.points).map(|p| p.x).next();
    let Some(x) = place else { return figure };
    let point = super::Point { x, y: limit.value, low: limit.low, high: limit.high };
    let name = String::new();
    figure.series.push(super::Series {
        name,
        label: None,
        role: Role::Simulation,
        points: vec![point],
    });
    figure
}

/// The opening tag, with a name and a description for those who do not see the picture.
fn head(figure: &Figure, limit: Option<Extrapolated>, id: &str) -> String {
    let names: Vec<String> = figure.series.iter().map(|series| plain(&series.name)).collect();
    let mut about =
        format!("{} against {}: {}.", plain(&figure.y), plain(&figure.x), names.join(", "));
    if let Some(l) = limit {
        let [theory, low, high] = [l.theory, l.low, l.high].map(significant);
        let _ = write!(about, " Extrapolated: from {low} to {high}; the theory says {theory}.");
    }
    let (title, about) = (escape(&plain(&figure.title)), escape(&about));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"plot\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         role=\"img\" aria-labelledby=\"{id}-t {id}-d\"><title id=\"{id}-t\">{title}</title>\
         <desc id=\"{id}-d\">{about}</desc>"
    )
}

fn body(out: &mut String, figure: &Figure, limit: Option<Extrapolated>, axes: &Axes) {
    let widest = axes.y_labels().map(|(_, label)| text_width(&label, TICK_SIZE));
    let left = 36.0 + widest.fold(12.0, f64::max);
    let shapes = shapes(figure, &axes.x, &axes.y);
    let margin = margin(&shapes).max(MARGIN) + if limit.is_some() { COLUMN } else { 0.0 };
    let frame = Frame { left, right: WIDTH - margin, top: 16.0, bottom: HEIGHT - 46.0 };
    grid(out, figure, &frame, axes);
    for role in [Role::Mutant, Role::Theory, Role::Simulation] {
        for shape in shapes.iter().filter(|shape| shape.series.role == role) {
            curves(out, &frame, shape);
            bars(out, &frame, shape);
        }
    }
    letters(out, &frame, &shapes);
    if let Some(limit) = limit {
        column(out, &frame, axes, limit);
    }
}

fn line(out: &mut String, from: (f64, f64), to: (f64, f64), class: &str) {
    let ((x1, y1), (x2, y2)) = (from, to);
    let _ = write!(
        out,
        "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>"
    );
}

fn text(out: &mut String, at: (f64, f64), class: &str, words: &str) {
    let (x, y) = at;
    let words = escape(words);
    let _ = write!(out, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{words}</text>");
}

fn grid(out: &mut String, figure: &Figure, frame: &Frame, axes: &Axes) {
    for (x, _) in axes.x_labels() {
        line(out, frame.at((x, 0.0)), frame.at((x, 1.0)), "p-grid");
    }
    for (y, _) in axes.y_labels() {
        line(out, frame.at((0.0, y)), frame.at((1.0, y)), "p-grid");
    }
    line(out, frame.at((0.0, 0.0)), frame.at((1.0, 0.0)), "p-axis");
    line(out, frame.at((0.0, 0.0)), frame.at((0.0, 1.0)), "p-axis");
    for tick in &axes.x_ticks {
        if let Some(x) = axes.x.fraction(tick.value()) {
            let (x, y) = frame.at((x, 0.0));
            line(out, (x, y), (x, y + if tick.labelled { 5.0 } else { 2.5 }), "p-axis");
        }
    }
    for tick in &axes.y_ticks {
        if let Some(y) = axes.y.fraction(tick.value()) {
            let (x, y) = frame.at((0.0, y));
            line(out, (x - if tick.labelled { 5.0 } else { 2.5 }, y), (x, y), "p-axis");
        }
    }
    for (x, label) in axes.x_labels() {
        text(out, (frame.at((x, 0.0)).0, frame.bottom + 18.0), "p-tick p-middle", &label);
    }
    for (y, label) in axes.y_labels() {
        let (x, y) = frame.at((0.0, y));
        text(out, (x - 8.0, y + 4.0), "p-tick p-end", &label);
    }
    let middle = frame.at((0.5, 0.5));
    let name = fit(&plain(&figure.x), frame.right - frame.left, TICK_SIZE);
    text(out, (middle.0, HEIGHT - 8.0), "p-label p-middle", &name);
    let name = escape(&fit(&plain(&figure.y), frame.bottom - frame.top, TICK_SIZE));
    let y = middle.1;
    let _ = write!(
        out,
        "<text class=\"p-label p-middle\" transform=\"translate(14 {y:.1}) rotate(-90)\">{name}\
         </text>"
    );
}

fn curves(out: &mut String, frame: &Frame, shape: &Shape) {
    let class = match (shape.series.role, shape.style()) {
        (Role::Mutant, _) => "p-mutant",
        (_, 0) => "p-theory",
        (..) => "p-theory p-second",
    };
    for line in &shape.lines {
        let points: Vec<String> = line
            .iter()
            .map(|&point| frame.at(point))
            .map(|(x, y)| format!("{x:.1},{y:.1}"))
            .collect();
        let _ = write!(out, "<polyline class=\"{class}\" points=\"{}\"/>", points.join(" "));
    }
}

fn bars(out: &mut String, frame: &Frame, shape: &Shape) {
    let room = (frame.right - frame.left) / shape.bars.len().max(1) as f64;
    for bar in &shape.bars {
        let tip = escape(&tooltip(&bar.point));
        let _ = write!(out, "<g class=\"p-interval\"><title>{tip}</title>");
        interval(out, frame, bar, room);
        out.push_str("</g>");
    }
}

fn interval(out: &mut String, frame: &Frame, bar: &Bar, room: f64) {
    let (x, low) = frame.at((bar.x, bar.low));
    let high = frame.at((bar.x, bar.high)).1;
    line(out, (x, low), (x, high), "p-bar");
    for (end, cut, back) in [(low, bar.cut_low, -6.0), (high, bar.cut_high, 6.0)] {
        if cut {
            let (left, right, y) = (x - 3.5, x + 3.5, end + back);
            let _ = write!(
                out,
                "<path class=\"p-arrow\" d=\"M{x:.1} {end:.1}L{left:.1} {y:.1}L{right:.1} {y:.1}Z\"/>"
            );
        } else if room > 9.0 {
            line(out, (x - 3.5, end), (x + 3.5, end), "p-bar");
        }
    }
    if let Some(y) = bar.dot {
        let (cx, cy) = frame.at((bar.x, y));
        let _ = write!(out, "<circle class=\"p-dot\" cx=\"{cx:.1}\" cy=\"{cy:.1}\" r=\"2.6\"/>");
    }
}

/// Where a mutant's letter or a label goes: beside the frame, above its upper or below its lower edge.
pub(super) struct Place {
    pub(super) label: String,
    pub(super) x: f64,
    pub(super) y: f64,
    /// The end of the curve.
    end: (f64, f64),
    /// Whether letters are kept apart by their heights, or else by their widths.
    upright: bool,
}

impl Place {
    /// The line from the end of the curve to the letter, where that is not beside it.
    pub(super) fn leader(&self) -> Option<[(f64, f64); 2]> {
        let away = self.upright && (self.y - 4.0 - self.end.1).abs() > 4.0;
        away.then_some([self.end, (self.x - 1.0, self.y - 4.0)])
    }
}

fn letters(out: &mut String, frame: &Frame, shapes: &[Shape]) {
    for place in places(frame, shapes) {
        if let Some([from, to]) = place.leader() {
            line(out, from, to, "p-leader");
        }
        text(out, (place.x, place.y), "p-letter", &place.label);
    }
}

/// What stands at the end of a series.
fn label(shape: &Shape) -> Option<String> {
    match shape.series.role {
        Role::Mutant => Some(letter(shape.order).to_string()),
        Role::Theory | Role::Simulation => shape.series.label.clone().filter(|l| !l.is_empty()),
    }
}

/// The room that labels need beside the frame.
pub(super) fn margin(shapes: &[Shape]) -> f64 {
    let widths = shapes.iter().filter_map(label).map(|label| text_width(&label, TICK_SIZE));
    widths.reduce(f64::max).map_or(0.0, |width| (width + 14.0).max(MARGIN))
}

/// The places of all letters and labels, none on another.
pub(super) fn places(frame: &Frame, shapes: &[Shape]) -> Vec<Place> {
    let mut places: Vec<Place> = shapes
        .iter()
        .filter_map(|shape| {
            let label = label(shape)?;
            let (x, y) = *shape.lines.last()?.last()?;
            let at = frame.at((x, y));
            let (x, y, upright) = match (x, y) {
                (x, _) if x > 0.9 => (at.0.max(frame.right - 6.0) + 10.0, at.1 + 4.0, true),
                (_, y) if y > 0.99 => (at.0, at.1 - 4.0, false),
                (_, y) if y < 0.01 => (at.0 + 6.0, at.1 - 4.0, false),
                _ => (at.0 + 5.0, at.1 + 4.0, true),
            };
            Some(Place { label, x, y, end: at, upright })
        })
        .collect();
    spread(&mut places, frame);
    places
}

/// Moves letters that would cover each other apart: those beside the frame up and down, those on an
/// edge to the right.
fn spread(places: &mut [Place], frame: &Frame) {
    places.sort_by(|a, b| {
        let key = |p: &Place| if p.upright { (0.0, p.y) } else { (p.y, p.x) };
        let ((a0, a1), (b0, b1)) = (key(a), key(b));
        a.upright.cmp(&b.upright).then(a0.total_cmp(&b0)).then(a1.total_cmp(&b1))
    });
    let beside = places.iter().position(|p| p.upright).unwrap_or(places.len());
    let (edge, side) = places.split_at_mut(beside);
    for k in 1..edge.len() {
        if edge[k].y == edge[k - 1].y {
            edge[k].x = edge[k].x.max(edge[k - 1].x + LETTER);
        }
    }
    // Half of what is missing goes up, half down, so that nothing ends far from its curve.
    for _ in 0..SPREADS {
        for k in 1..side.len() {
            let missing = LETTER - (side[k].y - side[k - 1].y);
            if missing > 0.0 {
                side[k - 1].y -= 0.5 * missing;
                side[k].y += 0.5 * missing;
            }
        }
    }
    for k in 1..side.len() {
        side[k].y = side[k].y.max(side[k - 1].y + LETTER);
    }
    let mut floor = frame.bottom + 4.0;
    for place in side.iter_mut().rev() {
        place.y = place.y.min(floor);
        floor = place.y - LETTER;
    }
}

/// The limit beside the frame: a thin bar for the whole interval, a thick one for the part that
/// is statistical, a dash for the theory.
fn column(out: &mut String, frame: &Frame, axes: &Axes, limit: Extrapolated) {
    let x = frame.right + 0.5 * COLUMN;
    let place = |value: f64| {
        let fraction = axes.y.fraction(value).unwrap_or(0.5).clamp(0.0, 1.0);
        frame.at((0.0, fraction)).1
    };
    line(
        out,
        (frame.right + 8.0, frame.bottom),
        (frame.right + COLUMN - 8.0, frame.bottom),
        "p-axis",
    );
    text(out, (x, frame.bottom + 18.0), "p-tick p-middle", "∞");
    let theory = place(limit.theory);
    line(out, (x - 16.0, theory), (x + 16.0, theory), "p-theory");
    let [theory, value, low, high] =
        [limit.theory, limit.value, limit.low, limit.high].map(significant);
    let tip = format!("limit: {value}, from {low} to {high}; theory {theory}");
    let _ = write!(out, "<g class=\"p-interval\"><title>{}</title>", escape(&tip));
    let (low, high) = (place(limit.low), place(limit.high));
    line(out, (x, low), (x, high), "p-bar");
    for end in [low, high] {
        line(out, (x - 6.0, end), (x + 6.0, end), "p-bar");
    }
    let (from, to) =
        (place(limit.value - limit.statistical), place(limit.value + limit.statistical));
    line(out, (x, from), (x, to), "p-thick");
    let y = place(limit.value);
    let _ = write!(out, "<circle class=\"p-dot\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.2\"/></g>");
}

#[cfg(test)]
mod tests {
    use super::super::{Point, Series};
    use super::*;

    fn figure(mutants: &[f64]) -> Figure {
        let line = |height: f64| (0..20).map(|i| Point::exact(f64::from(i), height)).collect();
        let mut series: Vec<Series> = mutants
            .iter()
            .map(|h| Series {
                name: "wrong".into(),
                label: None,
                role: Role::Mutant,
                points: line(*h),
            })
            .collect();
        series.push(Series {
            name: "theory".into(),
            label: None,
            role: Role::Theory,
            points: line(1.0),
        });
        let points = vec![Point { x: 3.0, y: 1.0, low: 0.5, high: 1.5 }];
        series.push(Series {
            name: "simulation".into(),
            label: None,
            role: Role::Simulation,
            points,
        });
        Figure {
            title: "a < b & \"c\"".into(),
            x: "$\\gamma$".into(),
            y: "risk".into(),
            log_x: false,
            log_y: false,
            series,
        }
    }

    #[test]
    fn no_colour_is_named_and_texts_are_escaped() {
        let text = svg(&figure(&[1.2]), None, "one");
        assert!(!text.contains('#') && !text.contains("rgb") && !text.contains("style"), "{text}");
        assert!(text.contains("a &lt; b &amp; &quot;c&quot;") && text.contains('γ'));
        assert!(text.contains("aria-labelledby=\"figure-one-t figure-one-d\""));
    }

    #[test]
    fn letters_of_mutants_that_end_together_do_not_cover_each_other() {
        let text = svg(&figure(&[1.2, 1.2001, 1.2002, 1.2003]), None, "one");
        let mut heights: Vec<f64> = text
            .split("class=\"p-letter\"")
            .skip(1)
            .map(|part| part.split("y=\"").nth(1).unwrap().split('"').next().unwrap())
            .map(|number| number.parse().unwrap())
            .collect();
        heights.sort_by(f64::total_cmp);
        assert_eq!(heights.len(), 4);
        assert!(heights.windows(2).all(|pair| pair[1] - pair[0] >= LETTER - 0.2), "{heights:?}");
        for name in ['a', 'b', 'c', 'd'] {
            assert!(text.contains(&format!(">{name}</text>")));
        }
    }

    #[test]
    fn a_mutant_off_the_scale_has_no_letter() {
        let text = svg(&figure(&[1.2, 1e9]), None, "one");
        assert_eq!(text.matches("p-letter").count(), 1);
    }

    #[test]
    fn the_axis_reaches_the_limit() {
        let limit = Extrapolated { theory: 1.0, value: 3.0, low: 2.0, high: 4.0, statistical: 0.5 };
        let text = svg(&figure(&[]), Some(limit), "one");
        assert!(text.contains(">∞</text>") && text.contains("p-thick"));
        assert!(text.contains("Extrapolated: from 2.000 to 4.000; the theory says 1.000."));
    }

    #[test]
    fn nothing_to_draw_is_said() {
        let mut empty = figure(&[]);
        empty.series.clear();
        assert!(svg(&empty, None, "one").contains(NOTHING));
    }
}
