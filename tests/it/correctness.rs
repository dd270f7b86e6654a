//! Rules about faults that stop a game: games that work have none, and repairs change no verdict.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use codeagent::driver::parallel_map;
use codeagent::game::{HtmlSource, vet};
use codeagent::rules::{Finding, FindingState};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// The rules that look for what keeps a game from working.
const RULES: &[&str] = &[
    "undefined-name",
    "const-assignment",
    "missing-element",
    "missing-file",
    "key-name",
    "early-use",
    "not-callable",
    "missing-method",
    "canvas-method",
    "unstarted-loop",
    "stuck-state",
    "blank-canvas",
    "idle-handler",
];

fn findings(page: &str) -> Vec<Finding> {
    let all = match vet(HtmlSource::new(page)) {
        Ok(game) => game.findings().to_vec(),
        Err(refused) => refused.findings,
    };
    all.into_iter().filter(|finding| RULES.contains(&finding.rule)).collect()
}

/// The rules that find something in each page of a folder, by the page's name.
fn found_in(folder: &str) -> BTreeMap<String, BTreeSet<&'static str>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages").join(folder);
    let files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let found = parallel_map(&files, |path| {
        let rules = findings(&std::fs::read_to_string(path).unwrap());
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name, rules.into_iter().map(|finding| finding.rule).collect::<BTreeSet<_>>())
    });
    let found = found.into_iter().map(|one| one.expect("no panic"));
    found.filter(|(_, rules)| !rules.is_empty()).collect()
}

#[test]
fn a_game_that_works_has_no_fault() {
    assert_eq!(found_in("harmless"), BTreeMap::new());
}

/// Pages for the play-test that break or leave the player without an answer, with what can be seen
/// before they run.
const BREAKING: &[(&str, &[&str])] = &[
    ("active-by-style", &["idle-handler"]),
    ("blank-canvas", &["stuck-state"]),
    ("crash-at-one-second", &["undefined-name"]),
    ("dead-start", &["stuck-state"]),
    ("not-a-function-on-win", &["missing-method"]),
    ("nothing-below", &["idle-handler"]),
    ("select-then-throws", &["undefined-name"]),
    ("tap-lights-up", &["idle-handler"]),
];

#[test]
fn of_the_pages_to_play_only_those_with_a_fault_have_faults() {
    let expected: BTreeMap<_, BTreeSet<_>> = BREAKING
        .iter()
        .map(|(name, rules)| ((*name).to_owned(), rules.iter().copied().collect()))
        .collect();
    assert_eq!(found_in("play"), expected);
}

#[test]
fn a_fault_in_a_handler_is_where_the_handler_was() {
    let page = "<canvas></canvas>\n<p>x</p>\n<button onclick=\"begin()\">Start</button>\n\
                <script>let x = 1;</script>";
    let [found] = findings(page).try_into().expect("one finding");
    assert_eq!(found.span.text_in(page), "begin");
}

/// The repaired page, whose findings are all repaired and which a second look finds nothing in.
fn repaired(page: &str) -> String {
    let game = vet(HtmlSource::new(page)).expect("a valid page");
    let ours = |finding: &&Finding| RULES.contains(&finding.rule);
    let open: Vec<_> = game
        .findings()
        .iter()
        .filter(ours)
        .filter(|finding| finding.state != FindingState::Repaired)
        .collect();
    assert_eq!(open, Vec::<&Finding>::new(), "{page}");
    let again = vet(HtmlSource::new(game.source())).expect("still a valid page");
    assert_eq!(again.source(), game.source(), "repaired twice");
    assert_eq!(findings(game.source()), [], "{}", game.source());
    game.source().to_owned()
}

/// The script of a page as repairs leave it.
fn repaired_script(script: &str) -> String {
    let page = repaired(&format!("<canvas></canvas><script>{script}</script>"));
    let (_, rest) = page.split_once("<script>").unwrap();
    rest.rsplit_once("</script>").unwrap().0.to_owned()
}

#[test]
fn a_constant_that_is_assigned_becomes_a_variable() {
    let cases = [
        ("const score = 0; score++; score = 2", "let score = 0; score++; score = 2"),
        (
            "const a = 1; { const a = 2; a = 3 } alert(a)",
            "const a = 1; { let a = 2; a = 3 } alert(a)",
        ),
        (
            "const a = 1, b = 2; const c = 3; a = c; b = a",
            "let a = 1, b = 2; const c = 3; a = c; b = a",
        ),
        ("for (const i = 0; i < 3; i++) alert(i)", "for (let i = 0; i < 3; i++) alert(i)"),
        (
            "const n = 1</script><script>n = 2; alert(n)",
            "let n = 1</script><script>n = 2; alert(n)",
        ),
    ];
    for (script, expected) in cases {
        assert_eq!(repaired_script(script), expected);
    }
    let page = repaired(
        "<canvas></canvas><p id=p>0</p><button onclick=\"const a = 1; a = 2; p.title = a\">x</button>",
    );
    assert!(page.contains("let a = 1; a = 2"), "{page}");
}

/// The markup of a page that runs this script after this markup, as repairs leave it.
fn repaired_markup(markup: &str, script: &str) -> String {
    let page = repaired(&format!(
        "<!doctype html><meta charset=utf-8><meta name=viewport content=x>{markup}<script>{script}</script>"
    ));
    let (_, rest) = page.split_once("content=x>").unwrap();
    rest.split_once("<script>").unwrap().0.to_owned()
}

#[test]
fn a_missing_element_is_what_the_code_does_with_it() {
    let by_id = |rest: &str| format!("document.getElementById('theScore'){rest}");
    let cases = [
        (".textContent = 1", "<div id=\"theScore\"></div>\n"),
        (
            ".getContext('2d').fillRect(0, 0, 9, 9)",
            "<canvas id=\"theScore\" width=\"640\" height=\"480\"></canvas>\n",
        ),
        (".addEventListener('click', alert)", "<button id=\"theScore\">The score</button>\n"),
        (".value = 3", "<input id=\"theScore\">\n"),
        (".checked = true", "<input id=\"theScore\" type=\"checkbox\">\n"),
    ];
    for (rest, expected) in cases {
        assert_eq!(repaired_markup("<p>x</p>", &by_id(rest)), format!("<p>x</p>{expected}"));
    }
    let helpers = [
        "const $ = id => document.getElementById(id); $('theScore')",
        "function $(s) { return document.querySelector(s) } $('#theScore')",
        "const $ = document.getElementById.bind(document); $('theScore')",
        "const $ = id => document.getElementById(`the${id}`); $('Score')",
    ];
    for helper in helpers {
        let made = repaired_markup("<p>x</p>", &format!("{helper}.textContent = 1"));
        assert_eq!(made, "<p>x</p><div id=\"theScore\"></div>\n", "{helper}");
    }
    let spelt = "<p id=the-score>x</p><script>const $ = id => document.getElementById(id); $('theScore').title = 1</script>";
    assert!(repaired(&format!("<canvas></canvas>{spelt}")).contains("$('the-score').title"));
    let of_class = "document.querySelector('.hud').style.color = 'red'";
    assert_eq!(repaired_markup("<p>x</p>", of_class), "<p>x</p><div class=\"hud\"></div>\n");
}

#[test]
fn an_element_that_is_there_under_another_name_is_found() {
    let draw =
        "const c = document.getElementById('gameCanvas'); c.getContext('2d').fillRect(0, 0, 9, 9)";
    let cases = [
        ("<canvas id=game></canvas>", "<canvas id=game></canvas>"),
        ("<canvas width=3></canvas>", "<canvas id=\"gameCanvas\" width=3></canvas>"),
        ("<canvas id=game-canvas></canvas>", "<canvas id=game-canvas></canvas>"),
    ];
    for (markup, expected) in cases {
        assert_eq!(repaired_markup(markup, draw), expected);
    }
    let page = repaired(&format!("<canvas id=game></canvas><script>{draw}</script>"));
    assert!(page.contains("document.getElementById('game');"), "{page}");
    // Two canvases, or one that another lookup means: neither is this one.
    for markup in ["<canvas id=a></canvas><canvas id=b></canvas>", "<canvas id=other></canvas>"] {
        let more = format!("{draw}; document.querySelector('#other')");
        assert!(repaired_markup(markup, &more).contains("<canvas id=\"gameCanvas\""));
    }
}

#[test]
fn an_element_that_would_come_too_late_or_be_thrown_away_is_only_told() {
    let use_it = "document.getElementById('score').textContent = 1";
    for page in [
        format!("<head><script>{use_it}</script></head><body><canvas></canvas></body>"),
        format!("<canvas></canvas><script>document.body.innerHTML = '<p></p>'; {use_it}</script>"),
        "<canvas></canvas><script>document.getElementById('x').rows.item(0)</script>".to_owned(),
    ] {
        let game = vet(HtmlSource::new(page.as_str())).expect("a valid page");
        let states: Vec<_> = game.findings().iter().map(|f| (f.rule, f.state)).collect();
        assert!(states.contains(&("missing-element", FindingState::Open)), "{page}: {states:?}");
    }
    let waits = format!(
        "<head><script>onload = () => {{ {use_it} }}</script></head><body><canvas></canvas></body>"
    );
    assert!(repaired(&waits).contains("<canvas></canvas><div id=\"score\"></div>"));
}

#[test]
fn a_stand_in_takes_the_place_of_a_missing_file() {
    let cases = [
        ("const i = new Image(); i.src = 'ghost.png'", "i.src = 'data:image/svg+xml,"),
        ("new Audio(\"win.mp3\").play()", "new Audio(\"data:audio/wav;base64,"),
        ("const i = new Image(); i.src = `img/${1 + 1}.png`", "i.src = `data:image/svg+xml,"),
        (
            "const all = ['a.png', 'b.png']; for (const src of all) new Image().src = src",
            "const all = ['data:image/svg+xml,",
        ),
    ];
    for (script, expected) in cases {
        let made = repaired_script(script);
        assert!(made.contains(expected) && !made.contains(".png'"), "{made}");
    }
    let texts = [
        (
            "document.body.innerHTML += '<img src=ghost.png alt=x>'",
            "+= '<img src=\"data:image/svg+xml,",
        ),
        (
            "document.body.innerHTML += \"<img src='a/b.png'>\"",
            "+= \"<img src='data:image/svg+xml,",
        ),
        (
            "document.body.innerHTML += `<audio src=a.mp3></audio>`",
            "<audio src=\"data:audio/wav;base64,",
        ),
        ("document.body.style.background = '#000 url(sky.png)'", "'#000 url(data:image/svg+xml,"),
    ];
    for (script, expected) in texts {
        let made = repaired_script(script);
        assert!(made.contains(expected), "{made}");
    }
    let markup = repaired_markup("<img src='ghost.png' alt=x><audio src=a.mp3></audio>", "let x");
    let starts = ["<img src=\"data:image/svg+xml,", "<audio src=\"data:audio/wav;base64,"];
    assert!(starts.iter().all(|start| markup.contains(start)), "{markup}");
    let page = vet(HtmlSource::new(
        "<canvas></canvas><style>p { background: url(ghost.png) }</style><script>let x</script>",
    ));
    let style = page.expect("a valid page").source().to_owned();
    assert!(style.contains("background: url(data:image/svg+xml,"), "{style}");
}

#[test]
fn a_file_whose_name_or_absence_means_something_is_only_told() {
    for script in [
        "const i = new Image(); i.onerror = () => alert(1); i.src = 'ghost.png'",
        "document.body.innerHTML = `<img src='img/${Math.random()}.png'>`",
        "document.body.innerHTML = '<img src=\\'ghost.png\\'>'",
        "const i = {}; function load(src) { i[src] = new Image(); i[src].src = src } load('a.png'); i['a.png'].title = 1",
    ] {
        let page = format!("<canvas></canvas><script>{script}</script>");
        let game = vet(HtmlSource::new(page.as_str())).expect("a valid page");
        let states: Vec<_> = game.findings().iter().map(|f| (f.rule, f.state)).collect();
        assert!(states.contains(&("missing-file", FindingState::Open)), "{script}: {states:?}");
        assert_eq!(game.source().matches("data:").count(), 0);
    }
}

#[test]
fn the_key_that_is_meant_is_compared_too() {
    let cases = [
        (
            "onkeydown = e => { if (e.key === 'Space') alert(1) }",
            "if ((e.key === 'Space' || e.key === ' ')) alert(1)",
        ),
        (
            "onkeydown = e => { if (e.code != ' ') return; alert(1) }",
            "if ((e.code != ' ' && e.code != 'Space')) return; alert(1)",
        ),
        (
            "onkeydown = e => { switch (e.key) { case \"Left\": alert(1) } }",
            "case \"ArrowLeft\": case \"Left\": alert(1)",
        ),
        (
            "const keys = {}; onkeydown = e => { keys[e.key] = true }; if (keys['Space']) alert(1)",
            "if ((keys['Space'] || keys[' '])) alert(1)",
        ),
        (
            "const keys = {}; onkeydown = e => { keys[e.code] = true }; if (keys.Left) alert(1)",
            "if ((keys.Left || keys['ArrowLeft'])) alert(1)",
        ),
        (
            "onkeydown = e => { if (e.key.toLowerCase() == 'ArrowUp') alert(1) }",
            "(e.key.toLowerCase() == 'ArrowUp' || e.key.toLowerCase() == 'arrowup')",
        ),
    ];
    for (script, expected) in cases {
        let made = repaired_script(script);
        assert!(made.contains(expected), "{made}");
    }
}

#[test]
fn an_attribute_of_the_canvas_that_is_called_is_assigned() {
    let cases = [
        ("ctx.fillStyle('red')", "ctx.fillStyle = 'red'"),
        ("ctx.font(`${size}px sans-serif`)", "ctx.font = `${size}px sans-serif`"),
    ];
    for (written, expected) in cases {
        let script = format!(
            "const size = 9, ctx = document.querySelector('canvas').getContext('2d'); {written}; ctx.fill()"
        );
        assert!(repaired_script(&script).contains(&format!("; {expected};")), "{written}");
    }
}

/// What the findings of a rule say about a page with this script.
fn told(rule: &str, script: &str) -> Vec<String> {
    let page = format!("<canvas id=c></canvas><script>{script}</script>");
    let found = findings(&page).into_iter().filter(|finding| finding.rule == rule);
    found.map(|finding| finding.why).collect()
}

#[test]
fn a_call_of_what_is_not_there_says_what_is() {
    let cases = [
        (
            "not-callable",
            "const score = 0; score()",
            "`score` is a number, no function, and is called here",
        ),
        (
            "not-callable",
            "class Bat {} Bat()",
            "`Bat` is a class, and is called here without `new`",
        ),
        (
            "not-callable",
            "const Bat = () => ({}); new Bat()",
            "`Bat` is an arrow function, which `new` cannot make objects of",
        ),
        (
            "missing-method",
            "const owl = { hoot() {} }; owl.hoto()",
            "`owl` has no method `hoto`; it has `hoot`",
        ),
        (
            "missing-method",
            "class Owl { fly() { this.glide() } } new Owl().fly()",
            "`Owl` has no method `glide`",
        ),
        (
            "missing-method",
            "const bats = []; bats.Push(1)",
            "`bats` is a list, which has no method `Push`; it has `push`",
        ),
        (
            "canvas-method",
            "const pen = c.getContext('2d'); pen.fillRekt(1, 2, 3, 4)",
            "a canvas's context has no method `fillRekt`; it has `fillRect`",
        ),
    ];
    for (rule, script, expected) in cases {
        assert_eq!(told(rule, script), [expected], "{script}");
    }
}

#[test]
fn a_loop_that_only_schedules_itself_is_started() {
    let cases = [
        ("function loop() { requestAnimationFrame(loop) }", "requestAnimationFrame(loop);"),
        (
            "const loop = (t) => { requestAnimationFrame(loop) } // end",
            "requestAnimationFrame(loop);",
        ),
        ("function tick() { setTimeout(tick, 40) }", "tick();"),
        ("let x = 1; function tick() { setTimeout(() => tick(), 40) } x = 2", "tick();"),
    ];
    for (script, start) in cases {
        assert_eq!(repaired_script(script), format!("{script}\n{start}\n"));
    }
    // What it takes is not known, or something else was to start it.
    for script in [
        "function loop(a, b) { requestAnimationFrame(() => loop(a, b)) }",
        "function tick(n) { setTimeout(tick, 40, n) }",
        "function start() { loop() } function loop() { requestAnimationFrame(loop) }",
        "function loop() { requestAnimationFrame(loop) } function init() { return 1 }",
        "class Game { loop() { requestAnimationFrame(() => this.loop()) } }",
    ] {
        let page = format!("<canvas></canvas><script>{script}</script>");
        let states: Vec<_> = findings(&page).iter().map(|f| (f.rule, f.state)).collect();
        assert_eq!(states, [("unstarted-loop", FindingState::Open)], "{script}");
    }
}

#[test]
fn what_the_game_waits_for_is_named() {
    let cases = [
        (
            "unstarted-loop",
            "function go() { tick() } function tick() { requestAnimationFrame(tick) }",
            "`go` starts the game's loop, and nothing calls it",
        ),
        (
            "unstarted-loop",
            "class Cave { run() { setInterval(() => 1, 9) } }",
            "the method `run` runs the game's loop, and nothing calls it",
        ),
        (
            "unstarted-loop",
            "class Cave { constructor() { setInterval(() => 1, 9) } }",
            "`Cave` runs the game's loop, and nothing makes one",
        ),
        (
            "stuck-state",
            "let phase = 'menu'; if (phase === 'playing') alert(1)",
            "`phase` is compared with `playing` here, and nothing ever sets it to that",
        ),
        (
            "stuck-state",
            "let running = false; if (running) alert(1)",
            "this waits for `running` to be true, and nothing ever makes it so",
        ),
        (
            "stuck-state",
            "let asleep = true; setInterval(() => { if (asleep) return; alert(1) }, 9)",
            "this waits for `asleep` to be false, and nothing ever makes it so",
        ),
    ];
    for (rule, script, expected) in cases {
        assert_eq!(told(rule, script), [expected], "{script}");
    }
}

#[test]
fn what_nobody_can_see_is_told_by_its_cause() {
    let cases = [
        (
            "blank-canvas",
            "setInterval(() => alert(c.id), 99)",
            "nothing is ever drawn on this canvas: no code gets its context",
        ),
        (
            "blank-canvas",
            "const pen = c.getContext('2d'); pen.clearRect(0, 0, 9, 9)",
            "the context of the canvas is got here, and nothing is ever drawn with it",
        ),
        ("idle-handler", "onkeydown = (e) => {}", "this `keydown` handler does nothing"),
        (
            "idle-handler",
            "let dx = 0, dy = 0; c.onclick = () => { dx = 1; dy += 1 }",
            "this `click` handler only sets `dx`, `dy`, which nothing reads",
        ),
    ];
    for (rule, script, expected) in cases {
        assert_eq!(told(rule, script), [expected], "{script}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_loop_is_told_where_no_call_leads_to_it_and_nowhere_else(
        calls in vec((0_usize..6, 0_usize..6), 0..9),
        starts in vec(0_usize..6, 0..3),
    ) {
        let body = |i: usize| {
            let own = calls.iter().filter(|(from, _)| *from == i);
            own.map(|(_, to)| format!("f{to}();")).collect::<Vec<_>>().join(" ")
        };
        let mut script = vec![format!("function f0() {{ requestAnimationFrame(f0); {} }}", body(0))];
        script.extend((1..6).map(|i| format!("function f{i}() {{ {} }}", body(i))));
        script.extend(starts.iter().map(|start| format!("f{start}();")));
        let script = script.join(" ");
        let mut reached: BTreeSet<usize> = starts.iter().copied().collect();
        for _ in 0..6 {
            let next = calls.iter().filter(|(from, _)| reached.contains(from)).map(|(_, to)| *to);
            reached = reached.iter().copied().chain(next).collect();
        }
        let told = told("unstarted-loop", &script);
        prop_assert_eq!(told.is_empty(), reached.contains(&0), "{}: {:?}", script, told);
    }

    #[test]
    fn a_state_is_stuck_where_none_of_its_values_is_the_one_waited_for(
        first in select(&["menu", "over", "playing", "paused"][..]),
        later in vec(select(&["menu", "over", "playing", "paused"][..]), 0..4),
        is_member in any::<bool>(),
    ) {
        let (state, declared) = if is_member {
            ("game.state", format!("const game = {{ state: '{first}' }};"))
        } else {
            ("state", format!("let state = '{first}';"))
        };
        let set: Vec<_> = later.iter().map(|value| format!("{state} = '{value}';")).collect();
        let set = set.join(" ");
        let script = format!("{declared} onkeydown = () => {{ {set}}}; if ({state} === 'playing') alert(1)");
        let can_play = first == "playing" || later.contains(&"playing");
        prop_assert_eq!(told("stuck-state", &script).is_empty(), can_play, "{}", script);
    }
}

#[test]
fn a_constant_without_a_value_becomes_a_variable() {
    let cases = [
        ("const loop; loop = 3; alert(loop)", "let loop; loop = 3; alert(loop)"),
        ("const a, b = 2, c; a = b; c = a", "let a, b = 2, c; a = b; c = a"),
        ("const a; const b; a = b = 1", "let a; let b; a = b = 1"),
    ];
    for (script, expected) in cases {
        assert_eq!(repaired_script(script), expected);
    }
    // Another error remains, so the script would not run: nothing is called repaired.
    let page = "<canvas></canvas><script>const a; return 1;</script>";
    let refused = vet(HtmlSource::new(page)).unwrap_err();
    assert!(refused.findings.iter().all(|it| it.rule != "syntax" || it.denies()));
}
