"""Fills in the file that `new nobody2000 square --kind equality` writes: E (s U)^2 = s^2 / 3."""

import pathlib
import re
import sys

path = pathlib.Path(sys.argv[1])
text = path.read_text()


def put(old, new, count=1):
    global text
    if text.count(old) != count:
        sys.exit(f"{old!r} is there {text.count(old)} times, not {count}")
    text = text.replace(old, new)


put("FILL IN: what is claimed, in a line.", "The mean of the square of a uniform number.")
put("FILL IN: why anybody should care.", "It is the second moment.")
put("FILL IN: the model; its fields are the paper's symbols, everything that is quantified over.",
    "A uniform number between 0 and `scale`.")
put("x: f64", "scale: f64")
put("FILL IN: one line, no full stop", "Second moment of a uniform number")
put("FILL IN: authors (year), title", "Nobody (2000), Folklore")
put("FILL IN: Theorem 1", "folklore")
put("FILL IN: DOI or arXiv number", "none")
text = re.sub(r'r"FILL IN: LaTeX;.*?",', r'r"For $U$ uniform on $[0, s]$, with $s > 0$, the mean of its square is $E U^2 = s^2 / 3$.",', text, flags=re.S)
put('"fill-in",\n            claim', '"mean",\n            claim')
put("FILL IN: why no step of the derivation states it; or another tie", "an integral of a power")
put("FILL IN: what is compared with what, as a formula.", "$E U^2 = s^2/3$.")
put('Model { x: given.unfilled("x") }', 'Model { scale: given.real("scale", 1.0..=2.0) }')
put('|m| unfilled("theory", m.x)', "theory")
put('|m| unfilled("observable", m.x)',
    "|m| Sampler::new(move |rng| (m.scale * rng.uniform()).powi(2))")
put("Relative(UNFILLED)", "Relative(0.01)")
put("(Model { x: UNFILLED }, UNFILLED)", "(Model { scale: 3.0 }, 3.0)")
for number, name, why, says in [
    (1, "near", "a twentieth too much", "|m| 1.05 * theory(m)"),
    (2, "double", "twice as much", "|m| 2.0 * theory(m)"),
    (3, "fourth", "divides by four", "|m| 0.75 * theory(m)"),
]:
    put(f'name: "fill-in-{number}", why: "FILL IN", says: |m| unfilled("says", m.x)',
        f'name: "{name}", why: "{why}", says: {says}')
put('x: "fill-in"', 'x: "scale"')
put("from: UNFILLED, to: UNFILLED", "from: 1.0, to: 2.0")
put('|x| unfilled("curve", x)', "|scale| Model { scale }")
text += "\n/// $s^2/3$.\nfn theory(m: &Model) -> f64 {\n    m.scale.powi(2) / 3.0\n}\n"
if re.search(r"fill.?in|unfilled", text, re.I):
    sys.exit(text)
path.write_text(text)
