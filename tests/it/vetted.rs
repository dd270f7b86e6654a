//! Vetted pages in a real browser: they play as before, and can do no harm.

use std::thread;

use codeagent::compose::{GameTheme, compose, kind_prompts};
use codeagent::game::{HtmlSource, STACK_BYTES, Vetted, seal, vet};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::chromium::{Browser, Page};

const WINDOW: (u32, u32) = (800, 600);

/// Vets on a thread with the stack that it asks for.
fn vetted(html: &str) -> Vetted {
    let source = HtmlSource::new(html);
    let thread = thread::Builder::new().stack_size(STACK_BYTES);
    let vetting = thread.spawn(move || vet(source)).expect("a thread");
    vetting.join().expect("no panic").unwrap_or_else(|refused| {
        unreachable!("{}", refused.summary());
    })
}

fn is_quiet(page: &mut Page) {
    assert_eq!(page.problems(), Vec::<String>::new());
    assert_eq!(page.requests(), Vec::<String>::new());
}

/// The longest game that is still a short read.
const LONGEST: usize = 40_000;

/// The description of a page, which is the prompt and does not count as its length.
fn description(page: &str) -> &str {
    let (_, rest) = page.split_once("name=\"description\" content=\"").expect("a description");
    rest.split_once('"').expect("its end").0
}

#[test]
fn every_kind_in_every_theme_passes_every_check_as_it_is() {
    for kind in kind_prompts() {
        for theme in GameTheme::ALL {
            let made = compose(kind, 7, theme);
            let game = vetted(made.source.text());
            assert_eq!(game.findings(), [], "{kind}, {theme}");
            assert_eq!(game.source(), made.source.text(), "{kind}, {theme} was changed");
            let length = game.source().len();
            assert!(length < LONGEST, "{kind}, {theme}: {length} bytes");
        }
    }
}

/// What a wish may be made of, in any order and number.
const WORDS: [&str; 24] = [
    "snake",
    "pacman",
    "tower defence",
    "typing",
    "2048",
    "memory",
    "pong for two players",
    "with witches, zombies and spiders",
    "that steal",
    "in the dark",
    "power-ups",
    "no walls",
    "90 seconds",
    "faster",
    "more bats",
    "make it winter",
    "in candyland",
    "no ghosts",
    "2 more lives",
    "huge",
    "called \"</title>\"",
    "<script>alert(1)</script>",
    "\u{202e}",
    "{{kind}}",
];

proptest! { #![proptest_config(ProptestConfig::with_cases(48))]

#[test] fn any_wish_and_any_follow_up_give_a_valid_game( first in vec(select(&WORDS[..]), 0..8), next in vec(select(&WORDS[..]), 0..4), any in ".{0,60}", seed: u64, ) { let prompt = format!("{}\n{} {any}", first.join(" "), next.join(", ")); let made = compose(&prompt, seed, GameTheme::Ocean); let game = vetted(made.source.text()); prop_assert_eq!(game.findings(), []); prop_assert_eq!(game.source(), made.source.text()); let length = game.source().len() - description(game.source()).len(); prop_assert!(length <= LONGEST, "{length} bytes"); prop_assert!(!made.understood.is_empty()); } }

#[test]
fn composed_games_pass_every_check_and_play_on_when_they_are_hardened() {
    let Some(mut browser) = Browser::start() else { return };
    for prompt in [
        "a snake game where ghosts steal your tail, power-ups, in the dark",
        "dodge falling pumpkins as a witch and collect candy, shields",
        "breakout with skulls, spiders and witches that chase your paddle",
    ] {
        let made = compose(prompt, 7, GameTheme::Spooky);
        let game = vetted(made.source.text());
        assert_eq!(game.findings(), [], "{prompt}");
        assert_eq!(game.source(), made.source.text(), "{prompt} was changed by a repair");
        let page = &mut browser.open(game.html(), WINDOW);
        page.press("Enter");
        page.wait_for("document.body.dataset.state === 'playing'");
        page.evaluate("score(20), play('eat'), finish('The end')");
        assert_eq!(page.evaluate("byId('best').textContent"), json!("20"), "{prompt}");
        is_quiet(page);
    }
}

/// A body and its script, and what is done to it; `#out` tells what came of it.
const HANDLERS: &[(&str, &str)] = &[
    (
        "<button id=go onclick=\"start()\">Start</button><script>function start() { tell('started'); }</script>",
        "go.click()",
    ),
    ("<button id=go onclick='tell(this.id + event.type)'>Start</button>", "go.click(), go.click()"),
    (
        "<a id=go href='#elsewhere' onclick=\"tell('link'); return false\">Go</a>",
        "go.click(), tell(location.hash)",
    ),
    (
        "<input id=go oninput=\"tell(this.value.length)\">",
        "go.value = 'abc', go.dispatchEvent(new Event('input'))",
    ),
    (
        "<div onclick=\"tell('outer')\"><b id=go onclick=\"event.stopPropagation(); tell('inner')\">x</b></div>",
        "go.click()",
    ),
    (
        "<button id=go onclick=\"step()\">1</button><script>let step = () => tell('first'); setTimeout(() => { step = () => tell('second'); });</script>",
        "new Promise((done) => setTimeout(() => done(go.click()), 50))",
    ),
    (
        "<button id=go onclick=\"tell('a'), tell('b')\" onmouseover=\"tell('over')\">x</button>",
        "go.dispatchEvent(new Event('mouseover')), go.click()",
    ),
];

/// The same for handlers in markup that a script makes.
const MADE: &[(&str, &str)] = &[
    (
        "<div id=hud></div><script>hud.innerHTML = '<button id=go onclick=\"again()\">Again</button>'; function again() { tell('again'); }</script>",
        "go.click(), go.click()",
    ),
    (
        "<div id=hud></div><script>let html = '';\nfor (let i = 0; i < 3; i++) html += `<b class=card onclick=\"flip(${i}, this, event)\">x</b>`;\nhud.innerHTML = html;\n\
         function flip(i, card, event) { tell(typeof i + i + card.className + event.type); }</script>",
        "document.querySelectorAll('.card').forEach((card) => card.click())",
    ),
    (
        "<table><tbody id=grid></tbody></table><script>for (var y = 0; y < 2; y++) { var row = '<tr>'; for (var x = 0; x < 2; x++) row += '<td onclick=\"hit(' + x + ', ' + y + ')\">.</td>'; grid.innerHTML += row + '</tr>'; }\n\
         function hit(x, y) { tell(x + 10 * y); }</script>",
        "document.querySelectorAll('td').forEach((cell) => cell.click())",
    ),
    (
        "<div id=shop></div><script>const items = ['sword', \"it's\"];\nshop.innerHTML = items.map(item => `<button onclick=\"buy('${item.replace(/'/g, \"\\\\'\")}', ${item.length > 4})\">${item}</button>`).join('');\n\
         function buy(item, long) { tell(item + (long === true)); }</script>",
        "document.querySelectorAll('button').forEach((button) => button.click())",
    ),
    (
        "<div id=menu></div><script>const level = { name: 'a &quot;b&quot;' };\nmenu.innerHTML = \"<a id=go href='#x' onclick=\\\"tell('item-\" + level.name.length + \"'); return false\\\">x</a>\";</script>",
        "go.click(), tell(location.hash)",
    ),
    (
        "<button id=go>x</button><script>go.setAttribute('onclick', 'tell(this.id); return false'); go.setAttribute('onclick', \"tell('last')\");</script>",
        "go.click()",
    ),
    (
        "<div id=hud></div><script>setTimeout(() => { const made = document.createElement('p'); made.innerHTML = `<input id=go oninput=\"tell(value)\">`; hud.append(made); }, 10);</script>",
        "new Promise((done) => setTimeout(() => { go.value = 'abc'; done(go.dispatchEvent(new Event('input'))); }, 60))",
    ),
];

/// The page around a body; `tell` notes what happened.
fn document(body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Handlers</title>\n<script>function tell(what) {{ document.getElementById('out').textContent += what + ' '; }}</script></head>\n\
         <body><p id=\"out\"></p>\n{body}\n</body></html>"
    )
}

fn outcome(browser: &mut Browser, html: &str, done: &str) -> Value {
    let page = &mut browser.open(html, WINDOW);
    page.evaluate(&format!("Promise.resolve({done}).then(() => 0)"));
    is_quiet(page);
    page.evaluate("document.getElementById('out').textContent")
}

#[test]
fn a_repaired_handler_does_what_the_inline_one_did() {
    let Some(mut browser) = Browser::start() else { return };
    for (body, done) in HANDLERS.iter().chain(MADE) {
        let original = document(body);
        let game = vetted(&original);
        assert!(!game.findings().is_empty(), "nothing to repair in {body}");
        let before = outcome(&mut browser, &original, done);
        assert_ne!(before, json!(""), "{body} does nothing by itself");
        assert_eq!(outcome(&mut browser, game.html(), done), before, "{body}");
    }
}

#[test]
fn a_hardened_page_can_neither_add_code_nor_call_out() {
    let Some(mut browser) = Browser::start() else { return };
    let game = vetted(compose("snake", 7, GameTheme::Spooky).source.text());
    let page = &mut browser.open(game.html(), WINDOW);
    // What a page could still try if a rule had missed it.
    page.evaluate( "document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.broken = 1' })); \
         document.body.insertAdjacentHTML('beforeend', '<button id=trap onclick=\"window.broken = 2\">x</button>'); \
         document.getElementById('trap').click(); \
         document.body.append(Object.assign(new Image(), { src: 'http://example.invalid/spy' })); \
         fetch('http://example.invalid/out').catch(() => 0)", );
    page.evaluate("new Promise((done) => setTimeout(done, 100))");
    assert_eq!(page.evaluate("typeof window.broken"), json!("undefined"));
    let refused = page.evaluate("new Promise((done) => { try { done(Function('return 1')()); } catch (e) { done(e.name); } })");
    assert_eq!(refused, json!("EvalError"));
    assert!(page.problems().join(" ").contains("violates the following Content Security Policy"));
}

fn sealed(script: &str) -> String {
    let body = format!("<style>body {{ background: #f00 }}</style><script>\n{script}\n</script>");
    let game = vetted(&document(&body));
    seal(&game, game.storage_key())
}

/// A sealed game is a page of its own to the browser, so it is asked by its colour.
#[test]
fn a_sealed_game_plays_and_keeps_scores() {
    let Some(mut browser) = Browser::start() else { return };
    let game = sealed(
        "localStorage.setItem('best', 7); localStorage.last = 3; delete localStorage.last;\n\
         const kept = localStorage.getItem('best') === '7' && localStorage.length === 1;\n\
         if (kept && !localStorage.last) document.body.style.background = '#0f0';",
    );
    let green = "<!DOCTYPE html><style>html { background: #0f0 }</style>";
    let green = browser.open(green, WINDOW).screenshot();
    let page = &mut browser.open(&game, WINDOW);
    page.evaluate("new Promise((done) => setTimeout(done, 300))");
    assert!(page.screenshot() == green, "the game did not run, or kept nothing");
    is_quiet(page);
}

#[test]
fn a_sealed_game_cannot_leave() {
    let Some(mut browser) = Browser::start() else { return };
    for way in ["kept.page.location = there", "kept.page['to' + 'p'].location = there"] {
        let game = sealed(&format!(
            "const kept = {{ page: window }}, there = 'http://example.invalid/out';\n\
             setTimeout(() => {{ {way} }}, 20);"
        ));
        let page = &mut browser.open(&game, WINDOW);
        page.evaluate("new Promise((done) => setTimeout(done, 300))");
        assert_eq!(page.evaluate("location.protocol"), json!("file:"), "{way}");
        assert_eq!(page.requests(), Vec::<String>::new(), "{way}");
    }
}

/// What a script asks for that no policy forbids, and what it gets.
const GUARDED: &[(&str, &str)] = &[
    ("typeof RTCPeerConnection + typeof webkitRTCPeerConnection", "undefinedundefined"),
    ("String(window.open('about:blank'))", "null"),
    ("stage.append(document.createElement('IFRAME')), stage.lastChild.localName", "x-iframe"),
    (
        "stage.append(document.createElementNS('http://www.w3.org/1999/xhtml', 'h:link')), stage.lastChild.localName",
        "x-link",
    ),
    (
        "stage.innerHTML = '<b>1</b><LINK rel=preconnect><iframe></iframe>', stage.innerHTML",
        "<b>1</b><x-link rel=\"preconnect\"><x-iframe></x-iframe></x-link>",
    ),
    (
        "stage.innerHTML = '\u{130}<i>a</i><embed>x', stage.innerHTML",
        "\u{130}<i>a</i><x-embed>x</x-embed>",
    ),
    (
        "stage.innerHTML = null, stage.insertAdjacentHTML('beforeend', 1 < 2), stage.innerHTML",
        "true",
    ),
    (
        "stage.append(Object.assign(document.createElement('p'), { title: 'a' })), stage.lastChild.title",
        "a",
    ),
    ("try { document.createElement() } catch (no) { no.name }", "TypeError"),
    ("location.hash = 'next', history.pushState(1, ''), location.hash", "#next"),
    (
        "location.href = 'about:blank', location.assign('https://example.com'), location.hash",
        "#next",
    ),
];

#[test]
fn the_guard_takes_what_no_policy_forbids_and_leaves_the_rest() {
    let Some(mut browser) = Browser::start() else { return };
    let game = vetted(
        "<div id=stage></div><script>const stage = document.getElementById('stage')</script>",
    );
    let page = &mut browser.open(game.html(), WINDOW);
    for (expression, gets) in GUARDED {
        assert_eq!(page.evaluate(expression), json!(gets), "{expression}");
    }
    page.reload();
    assert_eq!(page.evaluate("stage.innerHTML"), json!(""), "starting over is allowed");
}

#[test]
fn a_sealed_game_may_start_over() {
    let Some(mut browser) = Browser::start() else { return };
    let game = sealed(
        "const kept = { page: window }, told = () => kept.page['to' + 'p'].postMessage('here', '*');\n\
         told(); setTimeout(() => location.reload(), 300);",
    );
    let page = &mut browser.open_after(
        &game,
        WINDOW,
        "let starts = 0; addEventListener('message', () => { starts += 1; });",
    );
    page.wait_for("starts > 2");
    is_quiet(page);
}
