//! Is there a way out of a game that was called valid? In a network where every word is heard.
//!
//! The pages are in `tests/pages/escape`: each hides from the rules what it tries, so that the
//! guard, the policies and the sandbox have to hold. Each is opened as a player opens it, in
//! three forms: as a plain file, as a sealed one and served by `play`. `OUTSIDE` in a page is a
//! host of its own in each form.
#![allow(clippy::print_stdout, reason = "a page that is refused was not tried: it is told")]

mod outside;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use codeagent::driver::parallel_map;
use codeagent::game::{HtmlSource, Vetted, seal, vet};
use serde::Deserialize;
use serde_json::json;

use crate::chromium::Browser;
use crate::chromium::roam::{Hands, Visit, Window};
use crate::cli::User;
use crate::hostile::rows;
use crate::serve::Played;

use outside::{Host, Outside};

/// The maximum number of games pages are open at once.
const AT_ONCE: usize = 26;

/// One page of the tables.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    #[serde(default)]
    head: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    script: String,
    #[serde(default)]
    hands: Hands,
    /// Its frame tries to go elsewhere, for which the browser looks up the name and, from a file,
    /// opens a connection: that cannot be kept from it, and nothing is sent.
    #[serde(default)]
    navigates: bool,
}

struct Escape {
    name: String,
    row: Row,
}

fn pages() -> Vec<Escape> {
    rows("escape").into_iter().map(|(name, row)| Escape { name, row }).collect()
}

/// A game, what a page that hides its words has at hand, and what it does with that.
///
/// `W` is the window and `hid` puts a name together, both by ways that no rule follows; `make` is
/// an element under any name, `spot` puts one under the mouse. It moves five times a second: what
/// many windows draw at once is time that the others do not have.
fn document(row: &Row, host: Host) -> String {
    let Row { head, body, script, .. } = row;
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>game</title>\n\
         <style>.bait {{ position: fixed; left: 0; top: 0; width: 120px; height: 120px; z-index: 9; display: block; background: #888 }}\n\
         .beside {{ position: fixed; left: 200px; top: 0; width: 200px; height: 120px; background: #ccc }}</style>\n\
         {head}\n</head><body><canvas id=\"c\" width=\"300\" height=\"150\"></canvas>\n{body}\n<script>\n\
         const pen = document.getElementById('c').getContext('2d');\nlet steps = 0;\n\
         function step() {{ steps += 1; pen.fillRect(steps % 300, 10, 4, 4); setTimeout(() => requestAnimationFrame(step), 200); }}\n\
         step();\n\
         const [W] = [window].map((one) => one), hid = (...parts) => parts.map((part) => part).join('');\n\
         const make = (...name) => document.createElement(hid(...name)), there = hid('http:', '//OUTSIDE/');\n\
         const spot = (element) => {{ element.setAttribute('style', 'position:fixed;left:0;top:0;width:120px;height:120px;z-index:9;display:block;background:#888'); element.textContent ||= 'x'; return element; }};\n\
         {script}\n</script></body></html>\n"
    );
    html.replace("RAN", "document.title = 'ran'").replace("OUTSIDE", &host.name())
}

/// How a game is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Sealed,
    Served,
}

/// What is left to a frame that tries to go elsewhere.
fn is_left_to_it(what: &str, form: Form) -> bool {
    what.starts_with("asked for the name")
        || (form == Form::Sealed
            && ["connected to port", "said nothing"].iter().any(|silent| what.starts_with(silent)))
}

/// What a page of ours has left in the storage of all files, as another game would.
const THEIRS: &str = "localStorage.setItem('codeagent:THEIRS:best', 'theirs')";
const STILL: &str =
    "localStorage.getItem('codeagent:THEIRS:best') === 'theirs' && !localStorage.getItem('best')";

/// Opens pages, and keeps the ones that were opened apart by the hosts in them.
struct Watch {
    browser: Browser,
    windows: Vec<Window>,
    outside: Outside,
    user: User,
}

/// A page as a form, and its effects.
type Effects = BTreeMap<String, BTreeSet<String>>;

impl Watch {
    fn new() -> Option<Self> {
        let outside = Outside::open();
        let mut browser = Browser::roaming()?;
        let windows = browser.windows(AT_ONCE);
        Some(Self { browser, windows, outside, user: User::new() })
    }

    /// Opens each game in this form.
    fn open(&mut self, form: Form, games: &[(&Escape, Host, Vetted)]) -> Effects {
        let mut effects = Effects::new();
        for batch in games.chunks(AT_ONCE) {
            let served: Vec<_> = match form {
                Form::Served => {
                    batch.iter().map(|(_, host, game)| self.serve(*host, game)).collect()
                }
                Form::Plain | Form::Sealed => Vec::new(),
            };
            let visits = batch.iter().enumerate().map(|(at, (page, host, game))| {
                let url = match form {
                    Form::Plain => self.browser.file(game.html()),
                    Form::Sealed => self.browser.file(&seal(game, game.storage_key())),
                    Form::Served => served[at].address().to_owned(),
                };
                let is_framed = form != Form::Plain;
                Visit { url, host: host.name(), hands: page.row.hands, is_framed }
            });
            let visits: Vec<_> = visits.collect();
            let (seen, nameless) = self.visit(&visits);
            let named = batch.iter().map(|(page, ..)| format!("{form:?} {}", page.name));
            effects.extend(named.zip(seen));
            // `CODEAGENT_ESCAPES`, a part of their all, opens fewer.
            let all: Vec<_> = batch.iter().map(|(page, ..)| page.name.as_str()).collect();
            effects.insert(format!("{form:?} one of {}", all.join(", ")), nameless);
        }
        for (page, host, _) in games {
            let mut heard = self.outside.of(*host);
            if page.row.navigates && form != Form::Plain {
                heard.retain(|what| !is_left_to_it(what, form));
            }
            effects.entry(format!("{form:?} {}", page.name)).or_default().extend(heard);
        }
        effects
    }

    fn serve(&self, host: Host, game: &Vetted) -> Played {
        let name = format!("{}.html", host.name());
        std::fs::write(self.user.at().join(&name), game.html()).unwrap();
        Played::start(self.user.command(&["play", &name, "--no-open"]))
    }

    /// What was seen of each page, and what was heard of nobody in particular.
    fn visit(&mut self, visits: &[Visit]) -> (Vec<BTreeSet<String>>, BTreeSet<String>) {
        // What was begun before may still be heard, like the goodbyes of a peer.
        for _ in 0..5 {
            if self.outside.take_nameless().is_empty() {
                break;
            }
            std::thread::sleep(Duration::from_secs(1));
        }
        let seen = self.browser.roam(&self.windows, visits);
        let mut nameless = self.outside.take_nameless();
        nameless.extend(self.browser.strangers(&self.windows, visits));
        (seen, nameless)
    }
}

/// The games of those pages that are valid under the hosts of a form.
fn games(pages: &[Escape], form: Form) -> Vec<(&Escape, Host, Vetted)> {
    let hosts = (0..).map(|at: u8| Host { form: form as u8 + 1, number: at + 1 });
    let named: Vec<_> = pages.iter().zip(hosts).collect();
    let vetted =
        parallel_map(&named, |(page, host)| vet(HtmlSource::new(document(&page.row, *host))));
    let vetted = vetted.into_iter().map(|verdict| verdict.expect("no panic"));
    let games = named.into_iter().zip(vetted);
    let valid = games.filter_map(|((page, host), verdict)| match verdict {
        Ok(game) => Some((page, host, game)),
        Err(refused) => {
            println!("{} is refused: {}", page.name, refused.summary());
            None
        }
    });
    valid.collect()
}

#[test]
fn nothing_is_wrong_with_the_game_around_a_way_out() {
    let html = document(&Row::default(), Host { form: 1, number: 1 });
    assert_eq!(vet(HtmlSource::new(html)).unwrap().findings(), []);
}

#[test]
fn no_way_leads_out_of_a_page_called_valid() {
    if !outside::is_inside("no_way_leads_out_of_a_page_called_valid") {
        return;
    }
    let Some(mut watch) = Watch::new() else { return };
    let only = std::env::var("CODEAGENT_ESCAPES").unwrap_or_default();
    let mut pages = pages();
    pages.retain(|page| page.name.contains(&only));
    let blank = watch.browser.file("<!DOCTYPE html><p>another game");
    watch.browser.ask(&watch.windows[0], &blank, THEIRS);
    let mut effects = Effects::new();
    for form in [Form::Plain, Form::Sealed, Form::Served] {
        let games = games(&pages, form);
        println!("{form:?}: {} of {} pages are called valid", games.len(), pages.len());
        let enough = if only.is_empty() { 60 } else { 1 };
        assert!(games.len() >= enough, "too few are called valid to try anything");
        effects.extend(watch.open(form, &games));
        if form == Form::Sealed {
            let still = watch.browser.ask(&watch.windows[0], &blank, STILL);
            assert_eq!(still, json!(true), "the storage of another game was changed");
        }
    }
    effects.retain(|_, effects| !effects.is_empty());
    let told = effects.iter().map(|(name, effects)| format!("{name}: {effects:?}"));
    assert!(
        effects.is_empty(),
        "called valid, and not harmless:\n{}",
        told.collect::<Vec<_>>().join("\n")
    );
}

/// Pages that nobody hardened, and what must be seen of each: else the watch is blind.
const OPEN: &[(&str, Hands, &[&str])] = &[
    (
        "new Image().src = there + 'a'",
        Hands::Plain,
        &["asked for the name", "connected to port 80", "sent GET /a"],
    ),
    (
        "new Image().src = 'https://OUTSIDE/a'",
        Hands::Plain,
        &["connected to port 443", "sent the beginning of TLS"],
    ),
    (
        "document.head.append(Object.assign(make('link'), { rel: 'preconnect', href: there }))",
        Hands::Plain,
        &["connected to port 80"],
    ),
    (
        "document.head.append(Object.assign(make('link'), { rel: 'dns-prefetch', href: there }))",
        Hands::Plain,
        &["asked for the name"],
    ),
    (
        "document.body.append(spot(Object.assign(make('a'), { href: there, onclick: () => false })))",
        Hands::Plain,
        &["asked for the name"],
    ),
    (
        "new RTCPeerConnection({ iceServers: [{ urls: 'stun:OUTSIDE:3478' }] }).createDataChannel('x'); const p = new RTCPeerConnection({ iceServers: [{ urls: 'stun:OUTSIDE:3478' }] }); p.createDataChannel('x'); p.setLocalDescription()",
        Hands::Plain,
        &["asked for the name", "STUN", "mDNS"],
    ),
    ("onclick = () => window.open(there + 'page')", Hands::Plain, &["opened a page"]),
    (
        "onclick = () => window.open('about:blank', '', 'noopener')",
        Hands::Plain,
        &["opened a page"],
    ),
    ("onclick = () => window.open('about:blank')", Hands::Plain, &["opened a page"]),
    ("location = 'about:blank#elsewhere'", Hands::Plain, &["went to about:blank"]),
    // To what was before in the tab: an empty page, or another file.
    ("onclick = () => history.back()", Hands::Plain, &["went to "]),
    ("document.body.append(make('iframe'))", Hands::Plain, &["has a frame"]),
    ("eval(`RAN`)", Hands::Plain, &["foreign code ran"]),
    (
        "document.head.append(Object.assign(make('script'), { src: there + 'x.js' }))",
        Hands::Plain,
        &["foreign code ran", "sent GET /x.js"],
    ),
    ("new Worker(URL.createObjectURL(new Blob(['0'])))", Hands::Plain, &["opened a worker"]),
    (
        "document.body.append(spot(Object.assign(make('a'), { href: there, onclick: (e) => e.ctrlKey })))",
        Hands::CtrlClick,
        &["opened a page"],
    ),
    (
        "document.body.append(spot(Object.assign(make('a'), { href: there, onclick: (e) => e.shiftKey })))",
        Hands::ShiftClick,
        &["opened a page"],
    ),
    (
        "document.body.append(spot(Object.assign(make('a'), { href: there, onclick: () => false })))",
        Hands::MiddleClick,
        &["opened a page"],
    ),
    (
        "Object.assign(document.body.appendChild(make('div')), { className: 'beside', contentEditable: 'true' }); addEventListener('copy', (e) => { e.clipboardData.setData('text/html', '<p>x</p><iframe></iframe>'); e.preventDefault(); })",
        Hands::Paste,
        &["has a frame"],
    ),
    (
        "const d = spot(make('div')); d.draggable = true; d.ondragstart = (e) => e.dataTransfer.setData('text/html', '<p>x</p>'); document.body.append(d); const b = make('div'); b.className = 'beside'; b.ondragover = (e) => e.preventDefault(); b.ondrop = () => { RAN; }; document.body.append(b)",
        Hands::Drag,
        &["foreign code ran"],
    ),
];

/// What is in a frame that keeps it in, and must be seen all the same.
const FRAMED: &[(&str, &str)] = &[
    ("<script>document.title = 'ran'</script>", "foreign code ran"),
    ("<iframe></iframe>", "has a frame"),
    ("<link rel=preconnect href=http://OUTSIDE/>", "connected to port 80"),
    ("<script>location = 'http://OUTSIDE/'</script>", "asked for the name"),
];

#[test]
fn the_watch_sees_every_way_out_of_a_page_that_nobody_hardened() {
    if !outside::is_inside("the_watch_sees_every_way_out_of_a_page_that_nobody_hardened") {
        return;
    }
    let Some(mut watch) = Watch::new() else { return };
    let mut expected: Vec<(String, Vec<&str>)> = Vec::new();
    let mut visits = Vec::new();
    for ((script, hands, what), number) in OPEN.iter().zip(1..) {
        let host = Host { form: 9, number };
        let row = Row { script: (*script).to_owned(), ..Row::default() };
        let url = watch.browser.file(&document(&row, host));
        visits.push(Visit { url, host: host.name(), hands: *hands, is_framed: false });
        expected.push(((*script).to_owned(), what.to_vec()));
    }
    for ((inner, what), number) in FRAMED.iter().zip(101..) {
        let host = Host { form: 9, number };
        let inner = inner.replace("OUTSIDE", &host.name()).replace('"', "&quot;");
        let html = format!(
            "<!DOCTYPE html><iframe sandbox=\"allow-scripts\" srcdoc=\"{inner}\"></iframe>"
        );
        let url = watch.browser.file(&html);
        visits.push(Visit { url, host: host.name(), hands: Hands::Plain, is_framed: true });
        expected.push((inner, vec![what]));
    }
    let (seen, nameless) = watch.visit(&visits);
    let hosts = (1..)
        .zip(OPEN)
        .map(|(number, _)| number)
        .chain((101..).zip(FRAMED).map(|(number, _)| number));
    let mut blind = Vec::new();
    for ((number, (script, what)), mut seen) in hosts.zip(expected).zip(seen) {
        seen.extend(watch.outside.of(Host { form: 9, number }));
        seen.extend(nameless.iter().cloned());
        let is_missed = |what: &&&str| !seen.iter().any(|seen| seen.contains(**what));
        let missed: Vec<_> = what.iter().filter(is_missed).collect();
        if !missed.is_empty() {
            blind.push(format!("{script}: not {missed:?} in {seen:?}"));
        }
    }
    assert!(blind.is_empty(), "not seen:\n{}", blind.join("\n"));
}
