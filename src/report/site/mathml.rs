//! Formulas as MathML, and texts with formulas in them.

use maud::{Markup, PreEscaped, html};
use pulldown_latex::config::DisplayMode;
use pulldown_latex::event::{Content, Event};
use pulldown_latex::{Parser, RenderConfig, Storage, push_mathml};

/// Inline formulas longer than this are cut at their relations, where a line may break.
const LONG: usize = 24;

/// Parts that are longer still are cut at sums and thin spaces too.
const VERY_LONG: usize = 56;

/// What could not be typeset, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{tex}: {reason}")]
pub struct Untypeset {
    /// The formula.
    pub tex: String,
    /// What the converter says.
    pub reason: String,
}

/// A formula as MathML.
///
/// # Errors
/// A formula that the converter does not know.
pub fn formula(tex: &str, block: bool) -> Result<String, Untypeset> {
    let refuse = |reason: String| Untypeset { tex: tex.to_owned(), reason };
    let storage = Storage::new();
    // The renderer writes an error into the page; here it is asked for before.
    for event in Parser::new(tex, &storage) {
        match event.map_err(|error| refuse(error.to_string()))? {
            // The renderer writes it as it is.
            Event::Content(Content::Function(name)) if name.contains(['<', '>', '&']) => {
                return Err(refuse("a bracket in the name of an operator".to_owned()));
            }
            _ => {}
        }
    }
    let display_mode = if block { DisplayMode::Block } else { DisplayMode::Inline };
    let config = RenderConfig { display_mode, xml: true, ..RenderConfig::default() };
    let mut out = String::new();
    let storage = Storage::new();
    push_mathml(&mut out, Parser::new(tex, &storage), config).map_err(|e| refuse(e.to_string()))?;
    if out.contains("<merror") {
        return Err(refuse("it does not convert".to_owned()));
    }
    Ok(mended(&out))
}

/// What the converter writes that fonts, browsers or readers of XML take for something else: the
/// micro sign is upright, a slash has spaces around it, brackets are no text, attributes stand
/// apart.
fn mended(mathml: &str) -> String {
    let slash = "<mo lspace=\"0\" rspace=\"0\">/</mo>";
    mathml
        .replace('\u{b5}', "\u{3bc}")
        .replace("<mo>/</mo>", slash)
        .replace("><</", ">&lt;</")
        .replace(">></", ">&gt;</")
        .replace(">&</", ">&amp;</")
        .replace("\"minsize", "\" minsize")
}

/// A formula, or its source with a word that it could not be typeset.
pub fn block(tex: &str) -> Markup {
    match formula(tex, true) {
        Ok(mathml) => html! { div.formula tabindex="0" { (PreEscaped(mathml)) } },
        Err(error) => html! { div.formula { (source(tex, &error)) } },
    }
}

/// A formula within a line, which may break at its relations.
pub fn inline(tex: &str) -> Markup {
    followed(tex, "")
}

/// The same with the punctuation after it, which stays on its line.
fn followed(tex: &str, after: &str) -> Markup {
    let parts = if tex.chars().count() > LONG { breakable(tex) } else { vec![tex] };
    let typeset: Result<Vec<String>, Untypeset> =
        parts.iter().map(|part| formula(part, false)).collect();
    // A part may be wrong where the whole is right: then the line does not break.
    let typeset = typeset.or_else(|_| formula(tex, false).map(|whole| vec![whole]));
    match typeset.as_deref() {
        Ok([parts @ .., last]) => html! {
            @for part in parts { (PreEscaped(part)) wbr; }
            @if after.is_empty() { (PreEscaped(last)) }
            @else { span.nobr { (PreEscaped(last)) (after) } }
        },
        Ok([]) => html! { (after) },
        Err(error) => html! { (source(tex, error)) (after) },
    }
}

fn source(tex: &str, error: &Untypeset) -> Markup {
    html! {
        code.untypeset title=(error.reason) { (tex) }
        " (not typeset)"
    }
}

/// Words with formulas between dollars. A dollar without a partner is a dollar.
pub fn text(words: &str) -> Markup {
    let parts: Vec<&str> = words.split('$').collect();
    let paired = if parts.len() % 2 == 1 { parts.len() } else { parts.len() - 1 };
    // What follows a formula at once, and what is left of the words after it.
    let cut = |index: usize| {
        let words = if index < paired { parts.get(index).copied().unwrap_or("") } else { "" };
        let after = |c: char| !matches!(c, ',' | '.' | ';' | ':' | ')' | ']' | '?' | '!' | '-');
        words.split_at(words.find(after).unwrap_or(words.len()))
    };
    html! {
        @for (index, part) in parts.iter().enumerate() {
            @if index >= paired { "$" (part) }
            @else if index % 2 == 1 { (followed(part, cut(index + 1).0)) }
            @else if index == 0 { (part) }
            @else { (cut(index).1) }
        }
    }
}

/// Commands after which a line may break.
const RELATIONS: [&str; 12] = [
    r"\le", r"\ge", r"\to", r"\sim", r"\approx", r"\neq", r"\equiv", r"\mapsto", r"\ll", r"\gg",
    r"\propto", r"\in",
];

/// A formula cut after the relations outside all brackets, where TeX breaks lines as well; where it
/// is very long, after the terms of sums too.
fn breakable(tex: &str) -> Vec<&str> {
    let relation =
        |c: char, command: &str| matches!(c, '=' | '<' | '>') || RELATIONS.contains(&command);
    let smaller = |c: char, command: &str| matches!(c, '+' | '-') || command == r"\,";
    let cut = |part| match str::chars(part).count() > VERY_LONG {
        true => cut_after(part, smaller),
        false => vec![part],
    };
    cut_after(tex, relation).into_iter().flat_map(cut).collect()
}

/// A formula cut after what is chosen (a character, or a command) outside all brackets.
fn cut_after(tex: &str, chosen: impl Fn(char, &str) -> bool) -> Vec<&str> {
    if tex.contains(r"\begin") || tex.contains(r"\left") {
        return vec![tex];
    }
    let mut parts = Vec::new();
    let (mut depth, mut start, mut skip) = (0_i32, 0, 0);
    for (at, c) in tex.char_indices() {
        if at < skip {
            continue;
        }
        let rest = &tex[at..];
        let command = if c == '\\' { command(rest) } else { "" };
        skip = at + command.len().max(c.len_utf8());
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            _ if command == r"\{" => depth += 1,
            _ if command == r"\}" => depth -= 1,
            _ => {}
        }
        if chosen(c, command) && depth == 0 && !tex[start..at].trim().is_empty() {
            parts.push(&tex[start..skip]);
            start = skip;
        }
    }
    if !tex[start..].trim().is_empty() || parts.is_empty() {
        parts.push(&tex[start..]);
    }
    parts
}

/// The command at the beginning: a backslash and letters, or a backslash and one other character.
fn command(rest: &str) -> &str {
    let letters = rest[1..].find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len() - 1);
    let length = match letters {
        0 => rest[1..].chars().next().map_or(0, char::len_utf8),
        letters => letters,
    };
    &rest[..1 + length]
}

/// A symbol as it is spelt in the code: `gamma`, `r2`, `w_12`; a word of several letters stays one.
pub fn symbol(name: &str) -> Markup {
    let tex = crate::exact::any_symbol(name).latex();
    let base = tex.split(['^', '_']).next().unwrap_or_default();
    let known = base.starts_with('\\') || base.chars().count() == 1;
    match formula(&tex, false) {
        Ok(mathml) if known => PreEscaped(mathml),
        _ => html! { var { (name) } },
    }
}

/// The same for the axis of a picture: between dollars where it is a formula.
pub fn axis(name: &str) -> String {
    let tex = crate::exact::any_symbol(name).latex();
    let base = tex.split(['^', '_']).next().unwrap_or_default();
    let known = base.starts_with('\\') || base.chars().count() == 1;
    if known { format!("${tex}$") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_mathml() {
        let out = formula(r"\frac{\mu}{2} \le \|x\|^2", false).unwrap();
        assert!(out.starts_with("<math") && out.contains("<mfrac"), "{out}");
        assert!(out.contains('\u{3bc}') && !out.contains('\u{b5}'), "{out}");
    }

    #[test]
    fn what_does_not_convert_is_shown_as_it_is_written() {
        for wrong in [r"\frac{1", r"\nosuchcommand x", r"{"] {
            assert!(formula(wrong, false).is_err(), "{wrong}");
            let shown = text(&format!("a ${wrong}$ b")).into_string();
            assert!(shown.contains("(not typeset)") && !shown.contains("merror"), "{shown}");
            assert!(shown.contains("<code"), "{shown}");
        }
    }

    #[test]
    fn nothing_in_a_text_is_markup() {
        let shown = text("<script>alert(1)</script> & $a < b$ costs 5$").into_string();
        assert!(shown.starts_with("&lt;script&gt;alert(1)&lt;/script&gt; &amp; <math"), "{shown}");
        assert!(shown.ends_with(" costs 5$") && shown.contains("&lt;</mo>"), "{shown}");
        let shown = text(r"$\text{<img src=x onerror=alert(1)>}$").into_string();
        assert!(!shown.contains("<img"), "{shown}");
        assert!(formula(r"\operatorname{<b>}", false).map_or(true, |out| !out.contains("<b>")));
        assert!(formula(r"a > b \& c", false).unwrap().contains("&gt;</mo>"));
        assert!(!formula(r"a > b \& c", false).unwrap().contains("&</"));
        let shown = text(r"$\frac{<b>}$").into_string();
        assert!(!shown.contains("<b>"), "{shown}");
    }

    #[test]
    fn lines_break_at_relations_outside_brackets() {
        let parts = breakable(r"\min_{i = j} f(a = b) = \sum_{r \le m} x \le \lefty = 1");
        assert_eq!(parts.len(), 1, "brackets that stretch are never cut");
        let parts = breakable(r"\min_{i = j} f(a = b) = \sum_{r \le m} x \le \lambda < 1");
        let expected = [r"\min_{i = j} f(a = b) =", r" \sum_{r \le m} x \le", r" \lambda <", " 1"];
        assert_eq!(parts, expected);
        assert_eq!(breakable(r"\{x = 1\} \leftarrow"), [r"\{x = 1\} \leftarrow"]);
        assert_eq!(breakable("= 1"), ["= 1"]);
        let sum = r"\dot W = -\lambda N W_e - \sum_{j = 1}^N \bigl[W_e W_e^\top\bigr]^{(N-j)/N}\, \nabla L";
        let expected = [
            r"\dot W =",
            r" -\lambda N W_e -",
            r" \sum_{j = 1}^N \bigl[W_e W_e^\top\bigr]^{(N-j)/N}\,",
            r" \nabla L",
        ];
        assert_eq!(breakable(sum), expected);
        for odd in ["\\", "\\é", "é = \\", ")) = 1", "", "x ="] {
            assert_eq!(breakable(odd).concat(), odd);
        }
    }

    #[test]
    fn punctuation_stays_with_its_formula() {
        let shown = text("all $x$, the $L$-Lipschitz").into_string();
        assert!(shown.contains("</math>,</span> the ") && shown.contains("</math>-</span>Lips"));
        assert_eq!(text("a $").into_string(), "a $");
        assert_eq!(text("$$").into_string(), formula("", false).unwrap());
    }

    #[test]
    fn symbols_are_letters_or_words() {
        assert!(symbol("gamma").into_string().contains('γ'));
        assert!(symbol("r2").into_string().contains("<msup>"));
        assert_eq!(symbol("seed").into_string(), "<var>seed</var>");
        assert_eq!(axis("gamma"), r"$\gamma$");
        assert_eq!(axis("snr"), "snr");
    }
}
