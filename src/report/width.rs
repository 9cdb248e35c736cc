//! Text in lines of a given width. Widths count characters: there are no wide ones here.

/// At most `width` characters, the last of them an ellipsis where something is cut.
pub fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut kept: String = text.chars().take(width.saturating_sub(1)).collect();
    kept.truncate(kept.trim_end().len());
    if width > 0 {
        kept.push('…');
    }
    kept
}

/// Breaks each line that is wider than `width` at a space, and goes on below with an indent. What
/// holds no space stays whole, and so does a line with a command, which somebody may copy.
///
/// ```
/// use theoremcheck::report::width::fold;
/// assert_eq!(fold("one two three\nfour\n", Some(9), 2), "one two\n  three\nfour\n");
/// assert_eq!(fold("one two three", None, 2), "one two three");
/// ```
pub fn fold(text: &str, width: Option<usize>, indent: usize) -> String {
    let Some(width) = width else { return text.to_owned() };
    let mut folded = String::new();
    for line in text.split_inclusive('\n') {
        let (line, end) = match line.strip_suffix('\n') {
            Some(line) => (line, "\n"),
            None => (line, ""),
        };
        match line.contains("theoremcheck ") {
            true => folded.push_str(line),
            false => folded.push_str(&folded_line(line, width, indent)),
        }
        folded.push_str(end);
    }
    folded
}

fn folded_line(line: &str, width: usize, indent: usize) -> String {
    // Columns of which half would be indent are no columns.
    let indent = indent.min(width / 2);
    let mut folded = String::new();
    let mut rest = line.to_owned();
    while let Some(place) = breaking(&rest, width) {
        let (first, second) = rest.split_at(place);
        folded.push_str(first.trim_end());
        folded.push('\n');
        rest = format!("{:indent$}{}", "", second.trim_start());
    }
    folded + &rest
}

/// What is not parted from the words on its sides.
const JOINTS: [&str; 3] = ["-", "=", "±"];

/// The last space that leaves at most `width` characters before it and parts nothing that belongs
/// together; else the last one at all, else the first beyond. One that begins the line or ends it
/// breaks nothing.
fn breaking(line: &str, width: usize) -> Option<usize> {
    if line.chars().count() <= width {
        return None;
    }
    let begin = line.len() - line.trim_start().len();
    let until = line.trim_end().len();
    let (mut good, mut last) = (None, None);
    for (count, (place, c)) in line.char_indices().enumerate() {
        if c != ' ' || place <= begin || place >= until {
            continue;
        }
        if count > width {
            return good.or(last).or(Some(place));
        }
        last = Some(place);
        if !joins(line, place) {
            good = last;
        }
    }
    good.or(last)
}

fn joins(line: &str, place: usize) -> bool {
    let (before, after) = line.split_at(place);
    let beside = [before.rsplit(' ').next(), after.trim_start().split(' ').next()];
    beside.into_iter().flatten().any(|word| JOINTS.contains(&word))
}

/// Words in lines of at most `width` characters.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && lines[last].chars().count() + 1 + word.chars().count() > width
        {
            lines.push(word.to_owned());
        } else {
            if !lines[last].is_empty() {
                lines[last].push(' ');
            }
            lines[last].push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_says_so() {
        assert_eq!(cut("γ = 1/2", 7), "γ = 1/2");
        assert_eq!(cut("γ = 1/2 and more", 8), "γ = 1/2…");
        assert_eq!(cut("γ", 0), "");
    }

    #[test]
    fn folding_loses_no_word_and_ends() {
        let text =
            "  head  a b c ddddddddddddddddddddddd e\n\n   \nλ μ ν ξ ο π ρ σ τ υ φ χ ψ ω\nend  ";
        let words =
            |text: &str| -> Vec<String> { text.split_whitespace().map(str::to_owned).collect() };
        for width in 0..50 {
            for indent in [0, 2, 14, 100] {
                let folded = fold(text, Some(width), indent);
                assert_eq!(words(&folded), words(text), "{width} {indent}");
                let long = |line: &&str| line.trim_end().chars().count() > width;
                for line in folded.lines().filter(long) {
                    // Only what cannot be broken is wider.
                    assert_eq!(words(line).len().max(1), 1, "{width} {indent} {line:?}");
                }
            }
        }
    }

    #[test]
    fn a_number_is_not_parted_from_its_name() {
        assert_eq!(
            fold("holds at 1 - 8.3e-5; more", Some(14), 2),
            "holds at\n  1 - 8.3e-5;\n  more"
        );
        assert_eq!(fold("a - b - c = d", Some(6), 0), "a - b\n- c =\nd", "unless it has to be");
        assert_eq!(fold("it broke at mu = 1.5: so", Some(15), 0), "it broke at\nmu = 1.5: so");
    }

    #[test]
    fn the_head_of_a_line_keeps_its_spaces_and_a_command_its_line() {
        assert_eq!(fold("  a   bb cc", Some(8), 4), "  a   bb\n    cc");
        let command = "  again: theoremcheck check a.b::c --at 0.5,0.25";
        assert_eq!(fold(command, Some(20), 2), command);
    }
}
