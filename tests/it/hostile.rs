//! Pages that mean harm: each is refused by its rule, or does none in a real browser.
//!
//! The pages are in `tests/pages/hostile`. In them `OUTSIDE` is a server that
//! listens, and `RAN` is code that leaves a mark where it runs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use codeagent::driver::parallel_map;
use codeagent::game::{HtmlSource, Rejection, Vetted, vet};
use codeagent::rules::{self, Finding, FindingState};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::chromium::Browser;
use crate::chromium::watch::Guest;

/// The maximum number of games pages are open at once.
const AT_ONCE: usize = 16;

/// One page of the tables: a part of a game, or a whole document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    /// The codes of the rules of which one must be named where the page is refused.
    #[serde(default)]
    rule: String,
    #[serde(default)]
    head: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    script: String,
    html: Option<String>,
    /// What runs is a handler of its own, which the rules have read and the policy allows by its text.
    #[serde(default)]
    own: bool,
}

struct Hostile {
    name: String,
    rules: Vec<String>,
    own: bool,
    html: String,
}

/// All rows of the tables in a folder of `tests/pages`, by `table/row`.
pub fn rows<R: DeserializeOwned>(folder: &str) -> BTreeMap<String, R> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages").join(folder);
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_stem().unwrap().to_string_lossy().into_owned();
        let table = std::fs::read_to_string(&path).unwrap();
        let rows: BTreeMap<String, R> = toml::from_str(&table).unwrap();
        all.extend(rows.into_iter().map(|(name, row)| (format!("{file}/{name}"), row)));
    }
    all
}

fn pages() -> Vec<Hostile> {
    let rows = rows::<Row>("hostile").into_iter().map(|(name, row)| Hostile {
        name,
        own: row.own,
        rules: row.rule.split_whitespace().map(str::to_owned).collect(),
        html: document(&row).replace("RAN", "document.title='ran'"),
    });
    let pages: Vec<_> = rows.collect();
    assert!(pages.len() >= 400, "only {} pages were found", pages.len());
    pages
}

/// A game that nothing is wrong with, and the hostile part in it.
fn document(row: &Row) -> String {
    let Row { head, body, script, html, .. } = row;
    html.clone().unwrap_or_else(|| {
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\"><title>game</title>\n\
             <style>.bait {{ position: fixed; left: 0; top: 0; width: 120px; height: 120px; z-index: 9; display: block; }}</style>\n\
             {head}\n</head><body><canvas id=\"c\" width=\"300\" height=\"150\"></canvas>\n{body}\n<script>\n\
             const pen = document.getElementById('c').getContext('2d');\nlet steps = 0;\n\
             function step() {{ steps += 1; pen.fillRect(steps % 300, 10, 4, 4); requestAnimationFrame(step); }}\n\
             step();\n{script}\n</script></body></html>\n"
        )
    })
}

impl Hostile {
    fn vet(&self, outside: &str) -> Result<Vetted, Rejection> {
        vet(HtmlSource::new(self.html.replace("OUTSIDE", outside)))
    }

    /// Whether a rule that should find it is not there yet.
    fn is_awaited(&self) -> bool {
        self.rules.iter().any(|code| rules::find_rule(code).is_none())
    }
}

/// Whether a repair made a script of code that stood in an attribute or a text: it may run.
fn has_moved_code(vetted: &Vetted) -> bool {
    let moving = ["no-inline-handler", "no-javascript-url", "no-string-timer"];
    let is_moved = |f: &Finding| f.state == FindingState::Repaired && moving.contains(&f.rule);
    vetted.findings().iter().any(is_moved)
}

/// The verdict on each page, with an address for the outside where nobody listens.
fn verdicts(pages: &[Hostile]) -> Vec<Result<Vetted, Rejection>> {
    let verdicts = parallel_map(pages, |page| page.vet("127.0.0.1:9"));
    verdicts.into_iter().map(|verdict| verdict.expect("no panic")).collect()
}

#[test]
fn the_page_around_the_harm_is_harmless() {
    let row: Row = toml::from_str("").unwrap();
    let page = Hostile { name: String::new(), rules: Vec::new(), own: false, html: document(&row) };
    assert_eq!(verdicts(&[page])[0].as_ref().unwrap().findings(), []);
}

#[test]
fn a_refused_page_is_told_the_rule_that_it_breaks() {
    let pages = pages();
    let wrong = pages.iter().zip(verdicts(&pages)).filter_map(|(page, verdict)| {
        let rejection = verdict.err()?;
        let denying = rejection.findings.iter().filter(|finding| finding.denies());
        let named: BTreeSet<_> = denying.map(|finding| finding.rule).collect();
        let is_told = page.rules.iter().any(|rule| named.contains(rule.as_str()));
        (!is_told && !page.is_awaited()).then(|| format!("{}: {named:?}", page.name))
    });
    assert_eq!(wrong.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn a_page_called_valid_reaches_nothing_goes_nowhere_and_runs_nothing_foreign() {
    let Some(mut browser) = Browser::start() else { return };
    let all = pages();
    let verdicts = verdicts(&all);
    let valid = all.iter().zip(&verdicts).filter(|(_, verdict)| verdict.is_ok());
    let valid: Vec<_> = valid.collect();
    let mut guests = browser.invite(AT_ONCE);
    let mut harmful = Vec::new();
    for batch in valid.chunks(AT_ONCE) {
        let hosts: Vec<_> =
            batch.iter().map(|(page, _)| page).zip(guests.iter().map(Guest::outside)).collect();
        let html = parallel_map(&hosts, |(page, outside)| {
            page.vet(outside).expect("valid with any address").html().to_owned()
        });
        let html: Vec<_> = html.into_iter().map(|html| html.expect("no panic")).collect();
        let told = browser.watch(&mut guests, &html);
        for ((page, verdict), mut told) in batch.iter().zip(told) {
            if page.own || verdict.as_ref().is_ok_and(has_moved_code) {
                told.remove("foreign code ran");
            }
            harmful.push((*page, told));
        }
    }
    harmful.retain(|(_, told)| !told.is_empty());
    let told = |(page, told): &(&Hostile, BTreeSet<String>)| format!("{}: {told:?}", page.name);
    let (excused, missed): (Vec<_>, Vec<_>) =
        harmful.iter().partition(|(page, _)| page.is_awaited());
    println!("{} of {} pages are called valid", valid.len(), all.len());
    println!("awaiting rules:\n{}", excused.into_iter().map(told).collect::<Vec<_>>().join("\n"));
    let missed: Vec<_> = missed.into_iter().map(told).collect();
    assert!(missed.is_empty(), "called valid, and not harmless:\n{}", missed.join("\n"));
}

#[test]
fn the_watch_sees_what_a_page_does_that_nobody_hardened() {
    let Some(mut browser) = Browser::start() else { return };
    // What is done, and what the watch should say of it.
    let open = [
        ("new Image().src = 'http://OUTSIDE/a'", "a request"),
        ("fetch('http://OUTSIDE/b', { mode: 'no-cors' })", "a request"),
        ("new WebSocket('ws://OUTSIDE/')", "a request"),
        ("eval('RAN')", "foreign code ran"),
        ("location = 'http://OUTSIDE/c'", "a request"),
        ("location = 'about:blank'", "navigated to about:blank"),
        ("document.onclick = () => window.open('about:blank')", "opened"),
        ("new RTCPeerConnection()", "a peer connection"),
        (
            "addEventListener('pagehide', () => navigator.sendBeacon('http://OUTSIDE/d'))",
            "a request",
        ),
        ("new Worker(URL.createObjectURL(new Blob(['0'])))", "opened"),
        ("document.cookie = 1", ""),
    ];
    let mut guests = browser.invite(open.len());
    let html = open.iter().zip(&guests).map(|((script, _), guest)| {
        let row = format!("script = \"\"\"{script}\"\"\"");
        let html = document(&toml::from_str(&row).unwrap());
        html.replace("RAN", "document.title=\"ran\"").replace("OUTSIDE", &guest.outside())
    });
    let html: Vec<_> = html.collect();
    let told = browser.watch(&mut guests, &html);
    for ((script, what), told) in open.iter().zip(told) {
        let is_seen = told.iter().any(|told| told.starts_with(what));
        assert!(is_seen || (what.is_empty() && told.is_empty()), "{script}: {told:?}");
    }
}
