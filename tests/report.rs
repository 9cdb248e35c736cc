//! The site: every formula of the catalogue is typeset, every page is well formed, every link leads
//! somewhere, nothing is loaded from a network, and a false claim reads as one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use theoremcheck::check::{Options, check};
use theoremcheck::claim::{Catalogue, Claim, Entry, Source, Theorem};
use theoremcheck::prelude::*;
use theoremcheck::proof::Proof;
use theoremcheck::report::Outcome;
use theoremcheck::report::site::mathml::formula;
use theoremcheck::report::site::{ClaimRecord, File, MARK, Site, TheoremRecord, files};
use theoremcheck::run::Unwatched;
use theoremcheck::sizes::rungs;
use theoremcheck::tie::Checked as Tied;
use theoremcheck::trace::panel::draw;
use theoremcheck::trace::{other_side, trace};

/// The formulas of a text: what stands between dollars.
fn formulas(text: &str) -> Vec<&str> {
    let parts: Vec<&str> = text.split('$').collect();
    assert!(parts.len() % 2 == 1, "a dollar without a partner: {text}");
    parts.into_iter().skip(1).step_by(2).collect()
}

#[test]
fn every_formula_of_the_catalogue_is_typeset() {
    let mut seen = 0;
    for theorem in theorems::catalogue().theorems() {
        for tex in formulas(theorem.statement) {
            seen += 1;
            if let Err(error) = formula(tex, false) {
                panic!("{}: {error}", theorem.id);
            }
        }
        for step in (theorem.derivation)().steps() {
            let latex = step.assertion.latex();
            if latex.starts_with(r"\text{") {
                continue; // shown as text
            }
            seen += 1;
            if let Err(error) = formula(&latex, true) {
                panic!("{}::step::{}: {error}", theorem.id, step.name);
            }
        }
    }
    assert!(seen > 300, "only {seen} formulas");
}

#[test]
fn every_paper_has_a_topic_and_every_topic_a_paper() {
    let catalogue = theorems::catalogue();
    for theorem in catalogue.theorems() {
        let paper = theorem.id.split('.').next().expect("a paper");
        let topic = catalogue.topic(theorem.id);
        assert_ne!(topic, paper, "theorems/lib.rs: TOPICS lacks {paper}");
        assert!(topic.len() > 3 && !topic.ends_with('.'), "{topic}");
    }
}

/// Text that would be markup, a script or an attribute if it were not escaped.
const HOSTILE: &str = "\"'><script>alert(1)</script>&amp;<b $x < y$ and $\\nosuchcommand$";

/// A theorem that is false by half a standard deviation.
fn planted() -> Theorem {
    let claim = Claim::new(
        "false",
        Equality {
            domain: |given| given.real("mu", 1.0..=2.0),
            theory: |mu| *mu,
            observable: |mu| Sampler::new(move |rng| mu + 0.5 + rng.normal()),
            resolution: Relative(0.1),
            known: vec![(1.0, 1.0)],
            mutants: [
                Mutant { name: "near", why: HOSTILE, says: |mu| mu + 0.5 },
                Mutant { name: "double", why: "counted twice", says: |mu| 2.0 * mu },
                Mutant { name: "sign", why: "a lost sign", says: |mu| -mu },
            ],
            curve: Curve {
                x: "mu",
                grid: Grid::Linear { from: 1.0, to: 2.0, points: 11 },
                at: |mu| mu,
            },
        },
        Tie::none("nothing is derived"),
    );
    let broken = Claim::new(
        "breaks",
        Equality {
            domain: |given| given.real("mu", 1.0..=2.0),
            theory: |mu| *mu,
            observable: |_| Sampler::new(|_| panic!("<img src=x onerror=alert(1)>")),
            resolution: Relative(0.1),
            known: vec![],
            mutants: ["a", "b", "c"].map(|name| Mutant {
                name,
                why: "none",
                says: (|mu| 2.0 * mu) as fn(&f64) -> f64,
            }),
            curve: Curve { x: "mu", grid: Grid::At(&[1.0, 2.0]), at: |mu| mu },
        },
        Tie::none("nothing is derived"),
    );
    Theorem {
        id: "nobody2000.false",
        alias: "",
        title: HOSTILE,
        source: Source { paper: HOSTILE, result: HOSTILE, link: "javascript:alert(1)" },
        statement: HOSTILE,
        claims: vec![claim.budget(4096), broken],
        derivation: false_step,
    }
}

/// A derivation with a step that is false.
fn false_step() -> Derivation {
    let x = var("x");
    let all = Domain::new().open(&x, 0, INF);
    Derivation::of("Something false").positive("above-one", &x - 1, &all)
}

fn ties(theorem: &Theorem, derivation: &Derivation, proof: &Proof) -> Vec<(String, Tied)> {
    let one = |claim: &Claim| {
        let tie = claim.tie(derivation, proof).expect("planned points lie inside");
        (Entry { theorem, claim }.path(), tie)
    };
    theorem.claims.iter().map(one).collect()
}

fn record(entry: Entry<'_>) -> ClaimRecord<'_> {
    let result = check(entry, 1, &Options::default(), &Unwatched);
    let trace = trace(entry, 0, &Unwatched).and_then(|mut trace| {
        trace.simulated.extend(other_side(entry)?);
        Ok(trace)
    });
    let trace = trace.map_err(|error| error.to_string());
    let rungs = result.as_ref().ok().and_then(|checked| {
        let point = checked.decisive()?;
        let share = checked.alpha / checked.points.len() as f64;
        let rungs = rungs(entry, point, share, 0, &Unwatched);
        rungs.map_err(|error| error.to_string()).transpose()
    });
    ClaimRecord { entry, outcome: Outcome { path: entry.path(), result }, trace, rungs }
}

/// The site of two cheap claims and of a theorem in which everything is wrong.
fn site() -> &'static [File] {
    static FILES: OnceLock<Vec<File>> = OnceLock::new();
    FILES.get_or_init(|| {
        let good = theorems::catalogue();
        let bad = Catalogue::new(vec![planted()]);
        let mut theorems: Vec<TheoremRecord<'_>> = Vec::new();
        let cheap = ["under", "over", "least-risk"].map(|c| format!("hastie2022.isotropic::{c}"));
        let chosen = cheap.iter().flat_map(|path| good.select(path).expect("a claim"));
        for entry in chosen.chain(bad.claims()) {
            let record = record(entry);
            match theorems.last_mut() {
                Some(last) if last.theorem.id == entry.theorem.id => last.claims.push(record),
                _ => {
                    let derivation = (entry.theorem.derivation)();
                    let proof = derivation.check();
                    let ties = ties(entry.theorem, &derivation, &proof);
                    theorems.push(TheoremRecord {
                        theorem: entry.theorem,
                        topic: "a topic",
                        claims: vec![record],
                        derivation,
                        proof,
                        ties,
                    });
                }
            }
        }
        let (flags, budget) = (" --seed 7".to_owned(), String::new());
        let panel = good.pictures()[0];
        let two = Panel { lines: &panel.lines[..2], ..panel };
        let panels = vec![draw(&two, &good, 0, &Unwatched).expect("drawn")];
        files(&Site { theorems, panels, catalogue: good.len(), flags, budget })
    })
}

fn text(path: &str) -> &'static str {
    let file = site().iter().find(|f| f.path == path).unwrap_or_else(|| panic!("no {path}"));
    std::str::from_utf8(&file.bytes).expect("text")
}

fn pages() -> impl Iterator<Item = (&'static str, &'static str)> {
    let pages = site().iter().filter(|f| f.path.ends_with(".html"));
    pages.map(|f| (f.path.as_str(), std::str::from_utf8(&f.bytes).expect("text")))
}

/// Elements that have no end in HTML.
const VOID: [&str; 6] = ["meta", "link", "br", "input", "wbr", "img"];

/// One start of an element.
struct Tag {
    name: String,
    attributes: BTreeMap<String, String>,
}

/// The elements of a page, in order, if every one is closed where it has to be, attributes are
/// quoted, and no character of the text is one of markup.
fn elements(page: &str) -> Result<Vec<Tag>, String> {
    let mut rest = page.strip_prefix("<!DOCTYPE html>").ok_or("no doctype")?;
    let (mut open, mut tags): (Vec<String>, Vec<Tag>) = (Vec::new(), Vec::new());
    while !rest.is_empty() {
        let at = rest.find('<').unwrap_or(rest.len());
        words(&rest[..at])?;
        rest = &rest[at..];
        if rest.is_empty() {
            break;
        }
        let end = end_of_tag(rest)?;
        let inside = &rest[1..end];
        rest = &rest[end + 1..];
        if let Some(name) = inside.strip_prefix('/') {
            let last = open.pop().ok_or("an end without a start")?;
            if last != name {
                return Err(format!("</{name}> closes <{last}>"));
            }
            continue;
        }
        let tag = tag(inside.trim_end_matches('/'))?;
        let name = tag.name.clone();
        if !inside.ends_with('/') && !VOID.contains(&name.as_str()) {
            open.push(name.clone());
        }
        tags.push(tag);
        if name == "script" {
            let end = rest.find("</script>").ok_or("a script without an end")?;
            rest = &rest[end..];
        }
    }
    if open.is_empty() { Ok(tags) } else { Err(format!("{open:?} are never closed")) }
}

/// The place of the bracket that ends a tag, outside quotes.
fn end_of_tag(text: &str) -> Result<usize, String> {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return Ok(at),
            '<' if at > 0 => return Err(format!("< within a tag: {}", &text[..at.min(60)])),
            _ => {}
        }
    }
    Err("a tag without an end".to_owned())
}

/// Refuses an ampersand that begins no entity, and a bracket.
fn words(text: &str) -> Result<(), String> {
    if text.contains('>') {
        return Err(format!("a bracket in {text:?}"));
    }
    for after in text.split('&').skip(1) {
        let name = after.split(';').next().unwrap_or_default();
        let good =
            after.contains(';') && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '#');
        if !good {
            return Err(format!("an ampersand in {text:?}"));
        }
    }
    Ok(())
}

/// Name and attributes of a tag.
fn tag(inside: &str) -> Result<Tag, String> {
    let (name, mut rest) = match inside.find(char::is_whitespace) {
        Some(at) => (&inside[..at], inside[at..].trim_start()),
        None => (inside, ""),
    };
    let mut attributes = BTreeMap::new();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let key = rest[..end].to_owned();
        rest = &rest[end..];
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.strip_prefix('"').ok_or(format!("{key} is not quoted"))?;
            let close = after.find('"').ok_or("a quote without an end")?;
            value = after[..close].to_owned();
            words(&value)?;
            rest = &after[close + 1..];
        }
        rest = rest.trim_start();
        if attributes.insert(key.clone(), value).is_some() {
            return Err(format!("{key} twice in <{inside}>"));
        }
    }
    Ok(Tag { name: name.to_owned(), attributes })
}

#[test]
fn the_checker_of_pages_sees_what_is_wrong() {
    let page = |body: &str| format!("<!DOCTYPE html><html>{body}</html>");
    assert!(elements(&page("<p a=\"1\">x &amp; y<br>z<svg/></p>")).is_ok());
    for wrong in [
        "<p>",
        "</p>",
        "<p><b></p></b>",
        "<p a=1></p>",
        "<p a=\"1\" a=\"2\"></p>",
        "a & b",
        "a > b",
    ] {
        assert!(elements(&page(wrong)).is_err(), "{wrong}");
    }
}

#[test]
fn pages_are_well_formed_and_ids_are_unique() {
    assert_eq!(pages().count(), 4, "the overview, the panels, two theorems");
    for (path, page) in pages() {
        let tags = elements(page).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut ids = BTreeSet::new();
        for id in tags.iter().filter_map(|t| t.attributes.get("id")) {
            assert!(ids.insert(id), "{path}: the id {id} twice");
        }
        let named = tags.iter().filter_map(|t| t.attributes.get("aria-labelledby"));
        for id in named.flat_map(|list| list.split(' ')) {
            assert!(ids.iter().any(|i| *i == id), "{path}: nothing is called {id}");
        }
        let count = |name: &str| tags.iter().filter(|t| t.name == name).count();
        for once in ["title", "main", "h1", "header", "footer"] {
            // A picture has a title of its own, and so has each interval in it.
            assert!(count(once) == 1 || once == "title" && count(once) > 1, "{path}: <{once}>");
        }
        assert_eq!(tags[0].attributes["lang"], "en");
        for th in tags.iter().filter(|t| t.name == "th") {
            assert!(th.attributes.contains_key("scope"), "{path}: a heading without scope");
        }
        for svg in tags.iter().filter(|t| t.name == "svg") {
            assert_eq!(svg.attributes["role"], "img", "{path}");
        }
    }
}

#[test]
fn every_link_leads_somewhere_and_nothing_is_loaded_from_a_network() {
    let all: BTreeSet<&str> = site().iter().map(|f| f.path.as_str()).collect();
    for (path, page) in pages() {
        let folder = if path.contains('/') { "theorem/" } else { "" };
        for tag in elements(page).expect("well formed") {
            for key in ["src", "srcset", "data", "action", "xlink:href", "style", "onclick"] {
                assert!(!tag.attributes.contains_key(key), "{path}: {key} in <{}>", tag.name);
            }
            let Some(link) = tag.attributes.get("href") else { continue };
            if link.starts_with("https://") {
                assert_eq!(tag.name, "a", "{path}: {link} is loaded");
                continue;
            }
            if link == "data:," {
                continue; // no icon
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let file = match file.strip_prefix("../") {
                _ if file.is_empty() => path.to_owned(),
                Some(up) => up.to_owned(),
                None => format!("{folder}{file}"),
            };
            assert!(all.contains(file.as_str()), "{path}: {link} leads nowhere");
            if !anchor.is_empty() {
                assert!(text(&file).contains(&format!("id=\"{anchor}\"")), "{path}: {link}");
            }
        }
    }
    let style = text("assets/report.css");
    for address in style.split("url(").skip(1) {
        let file = address.trim_start_matches('"').split(['"', ')']).next().expect("a file");
        assert!(all.contains(format!("assets/{file}").as_str()), "the style sheet loads {file}");
    }
    assert!(!style.contains("@import") && !style.contains("http"));
}

#[test]
fn nothing_that_a_claim_says_becomes_markup() {
    for (path, page) in pages() {
        let scripts =
            elements(page).expect("well formed").iter().filter(|t| t.name == "script").count();
        assert_eq!(scripts, 1, "{path}: the script of the page alone");
        assert!(!page.contains("<b ") && !page.contains("<img"), "{path}");
        assert!(!page.contains("href=\"javascript"), "{path}");
    }
    let page = text("theorem/nobody2000.false.html");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;&lt;b"));
    assert!(page.contains("\\nosuchcommand</code> (not typeset)"));
    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"), "the panic is named");
}

#[test]
fn every_formula_of_a_good_page_is_typeset() {
    let page = text("theorem/hastie2022.isotropic.html");
    let statement = page.split("class=\"statement\"").nth(1).expect("a statement");
    let statement = statement.split("</p>").next().expect("its end");
    assert!(!page.contains("not typeset") && !page.contains("merror"));
    assert!(!statement.contains('$') && !statement.contains('\\'), "{statement}");
    assert!(statement.matches("<math").count() >= 20);
}

#[test]
fn a_theory_is_tied_to_the_steps_that_state_it() {
    let page = text("theorem/hastie2022.isotropic.html");
    let tie = page.split("<dt>Tie</dt>").nth(1).expect("a tie");
    let tie = tie.split("</dd>").next().expect("it ends");
    for words in ["certified", "The theory computes the formula of ", "href=\"#step-", "2⁻³⁶ at "]
    {
        assert!(tie.contains(words), "{words:?} is missing from {tie}");
    }
}

#[test]
fn a_false_claim_a_broken_one_and_a_false_step_say_so() {
    let page = text("theorem/nobody2000.false.html");
    for words in [
        "<strong>Refuted. </strong>At mu = ",
        "the theorem says",
        "Either the theorem is false as it is stated",
        "Not refuted, although wrong: ",
        "cargo run -- check nobody2000.false::false --seed 7 --at ",
        "This claim could not be checked: ",
        "False: the value is",
        "The derivation does not state it: nothing is derived.",
    ] {
        assert!(page.contains(words), "{words:?} is missing");
    }
    let overview = text("index.html");
    assert!(
        overview.contains("data-verdict=\"refuted\"")
            && overview.contains("data-verdict=\"broken\"")
    );
    assert!(overview.contains("off by"));
    let mark: serde_json::Value = serde_json::from_str(text(MARK)).expect("JSON");
    assert_eq!((&mark["type"], &mark["exit_code"]), (&"report".into(), &1.into()));
}

#[test]
fn the_numbers_behind_the_pictures_are_there() {
    let name = "data/hastie2022.isotropic.over";
    let json: serde_json::Value =
        serde_json::from_str(text(&format!("{name}.curve.json"))).expect("JSON");
    let positions = json["positions"].as_array().expect("positions").len();
    assert_eq!(json["theory"].as_array().map(Vec::len), Some(positions));
    for mutant in json["mutants"].as_array().expect("mutants") {
        assert_eq!(mutant["theory"].as_array().map(Vec::len), Some(positions));
        assert!(mutant["refuted_by"].as_f64().is_some_and(|by| by > 0.0), "{mutant}");
    }
    let table = text(&format!("{name}.curve.csv"));
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let width = reader.headers().expect("a header").len();
    let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("a row")).collect();
    assert_eq!(rows.len(), positions);
    assert!(rows.iter().all(|row| row.len() == width));
    let theory: f64 = rows[0][4].parse().expect("a number");
    assert_eq!(Some(theory), json["theory"][0][0].as_f64());

    let json: serde_json::Value =
        serde_json::from_str(text(&format!("{name}.sizes.json"))).expect("JSON");
    let sizes: Vec<u64> = json["rungs"]
        .as_array()
        .expect("rungs")
        .iter()
        .filter_map(|rung| rung["size"].as_u64())
        .collect();
    assert_eq!(sizes, [100, 200, 400, 800]);
    let page = text("theorem/hastie2022.isotropic.html");
    for words in ["off by ", "∞", "bounds the bias of the extrapolation", "class=\"p-letter\""] {
        assert!(page.contains(words), "{words:?} is missing");
    }
}

#[test]
fn both_sides_of_an_identity_are_drawn() {
    let json: serde_json::Value =
        serde_json::from_str(text("data/hastie2022.isotropic.least-risk.curve.json"))
            .expect("JSON");
    let positions = json["positions"].as_array().expect("positions");
    let simulated = json["simulated"].as_array().expect("the other side");
    assert_eq!(simulated.len(), 16);
    for dot in simulated {
        let at = positions.iter().position(|x| *x == dot["x"]).expect("a position");
        let (one, other) = (json["theory"][at][0].as_f64(), dot["low"][0].as_f64());
        let (one, other) = (one.expect("a number"), other.expect("a number"));
        assert!((one - other).abs() < 1e-9 * one.abs(), "{one} and {other}");
    }
    assert!(text("theorem/hastie2022.isotropic.html").contains("the other side"));
}

#[test]
fn the_site_depends_on_what_was_found_alone() {
    // Two sites of the same records are the same bytes, whatever was drawn before.
    let good = theorems::catalogue();
    let entry = good.select("hastie2022.isotropic::least-risk").expect("a claim")[0];
    let one = || {
        let mut record = record(entry);
        if let Ok(checked) = &mut record.outcome.result {
            checked.seconds = 0.0;
        }
        let derivation = Derivation::none();
        let proof = derivation.check();
        let theorem = TheoremRecord {
            theorem: entry.theorem,
            topic: "",
            claims: vec![record],
            derivation,
            proof,
            ties: Vec::new(),
        };
        let (flags, budget) = (String::new(), String::new());
        files(&Site { theorems: vec![theorem], panels: Vec::new(), catalogue: 1, flags, budget })
    };
    assert_eq!(one(), one());
}
