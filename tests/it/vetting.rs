//! From a reply to a game, or to a reason: the whole way.

use codeagent::game::{
    ExtractError, Extraction, HtmlSource, Rejection, Vetted, csp_hash, extract, report,
    strip_protection, to_json, vet,
};
use codeagent::page::{HtmlPage, LineIndex};
use codeagent::rules::{Finding, FindingState, Severity};

fn source(reply: &str) -> HtmlSource {
    match extract(reply) {
        Extraction::Whole(source) => source,
        other => unreachable!("no whole document: {other:?}"),
    }
}

fn valid(reply: &str) -> Vetted {
    vet(source(reply)).unwrap_or_else(|rejection| unreachable!("refused: {}", rejection.summary()))
}

fn refused(reply: &str) -> Rejection {
    vet(source(reply)).expect_err("the page should be refused")
}

fn place(rejection: &Rejection, rule: &str) -> (usize, usize) {
    let finding = rejection.findings.iter().find(|finding| finding.rule == rule);
    let place = LineIndex::new(&rejection.source).position(finding.expect(rule).span.start);
    (place.line, place.column)
}

const HEAD: &str = "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width\">\n<title>Ghost 👻 Snake</title>\n</head>\n";

fn reply(body: &str) -> String {
    format!("Here is your game:\n\n```html\n{HEAD}<body>\n{body}\n</body>\n</html>\n```\n\nEnjoy!")
}

#[test]
fn a_harmless_game_is_hardened_and_nothing_else() {
    let game = valid(&reply("<canvas id=\"c\"></canvas>\n<script>\nalert(1);\n</script>"));
    assert_eq!(game.title().raw(), "Ghost 👻 Snake");
    assert!(game.findings().is_empty());
    assert_eq!(game.source(), game.original());
    let (before, after) = game.html().split_once("</script>\n").expect("the guard");
    let (policy, guard) = before.split_once("<script>\n").expect("a policy before it");
    insta::assert_snapshot!(policy.replace(&csp_hash(&format!("\n{guard}")), "'the guard'"));
    assert!(guard.starts_with("// By codeagent"), "{guard}");
    let own = game.original().split_once("<head>").expect("a head").1;
    assert_eq!(after.trim_start(), own.trim_start());
}

#[test]
fn a_hardened_game_is_itself_without_a_finding_and_hardened_for_good() {
    let game = valid(&reply("<canvas id=\"c\"></canvas>\n<script>\nalert(1);\n</script>"));
    let again = vet(HtmlSource::new(game.html())).expect("valid");
    assert_eq!(again.findings(), []);
    assert_eq!(again.html(), game.html());
    let bare = strip_protection(game.html());
    assert!(!bare.contains("codeagent") && !bare.contains("Security"), "{bare}");
    assert_eq!(valid(&bare).html(), game.html());
}

/// A `<meta>` ends an `<svg>`: without it the link below would be another element.
#[test]
fn an_old_policy_leaves_without_moving_what_follows() {
    let page = "<canvas></canvas><svg><meta http-equiv=content-security-policy content=x>\
        <script>let a = 1;</script><textarea><a href='javascript:x()'></textarea>";
    let once = valid(page);
    assert!(!once.html().contains("content=x"), "{}", once.html());
    assert_eq!(valid(once.html()).html(), once.html());
}

#[test]
fn eval_is_refused_with_its_place() {
    let rejection =
        refused(&reply("<canvas></canvas>\n<script>\n  const f = 1;\n  eval('f');\n</script>"));
    assert_eq!(place(&rejection, "no-eval"), (12, 3));
    assert_eq!(rejection.summary(), "12:3 no-eval: `eval` runs a string as code.");
    let marked = rejection.with_warning();
    assert!(marked.starts_with(
        "<!DOCTYPE html>\n<!-- codeagent: not checked as safe. It breaks: no-eval. -->"
    ));
    assert!(marked.contains("eval('f')"));
}

#[test]
fn a_remote_script_is_refused_with_its_place() {
    let body = "<canvas></canvas>\n<script src=\"https://cdn.example/three.js\"></script>\n<script>play()</script>";
    let rejection = refused(&reply(body));
    assert_eq!(place(&rejection, "no-external-resource"), (10, 9));
    assert!(rejection.summary().contains("`cdn.example`"));
}

#[test]
fn an_inline_handler_is_moved_into_a_script() {
    let body = "<button id=\"go\" onclick=\"start()\">Go</button>\n\
        <button class=b onclick='return hit(this, &quot;x&quot;) // ok'>Hit</button>\n\
        <script>\nfunction start() {}\nfunction hit() {}\n</script>";
    let game = valid(&reply(body));
    let source = game.source();
    assert!(source.contains("<button id=\"go\" data-on-1>Go</button>"), "{source}");
    assert!(source.contains("<button class=b data-on-2>Hit</button>"), "{source}");
    assert!(
        source.contains(
            "})([\n[\"data-on-1\", \"onclick\", function (event) { start() }],\n\
         [\"data-on-2\", \"onclick\", function (event) {\nreturn hit(this, \"x\") // ok\n}]\n]);"
        ),
        "{source}"
    );
    let own = source.find("function start() {}").expect("the game's own script");
    assert!(source.find("data-on-1").expect("ours") < own);
    let states: Vec<_> = game.findings().iter().map(|f| (f.rule, f.state, f.severity)).collect();
    assert_eq!(states, [("no-inline-handler", FindingState::Repaired, Severity::Repair); 2]);
    let excerpts: Vec<_> =
        game.findings().iter().map(|f| f.span.text_in(game.original())).collect();
    assert_eq!(excerpts[0], "onclick=\"start()\"");
    assert_eq!(HtmlPage::parse(game.html()).handlers().count(), 0);
}

/// Of a page whose handlers depend on where they stand, one is told and all are allowed.
#[test]
fn handlers_that_see_their_element_stay() {
    let body = "<button onclick=\"show(1)\">x</button><input oninput=\"score = value; show(value)\"><script>var score; function show() {}</script>";
    let game = valid(&reply(body));
    let allowed = "'unsafe-hashes' 'sha256-";
    assert!(game.policy().contains(allowed), "{}", game.policy());
    assert!(game.source().contains(body), "{}", game.source());
    let told = game.findings().iter().filter(|f| f.rule == "no-inline-handler");
    let told: Vec<_> = told.map(|f| (f.severity, f.why.as_str())).collect();
    let why = "2 handlers stay in their attributes, each allowed by its exact text, because `value` may be a member of the element or of the document there";
    assert_eq!(told, [(Severity::Warn, why)]);
    assert_eq!(valid(game.html()).html(), game.html());
}

#[test]
fn what_a_repair_uncovers_is_repaired_in_the_next_round() {
    let body = "<canvas></canvas><button id=a onclick=\"setTimeout('go()', 9)\">x</button><script>function go() {}</script>";
    let game = valid(&reply(body));
    assert!(game.source().contains("setTimeout(function () { go() }, 9)"), "{}", game.source());
}

#[test]
fn an_eval_in_a_handler_is_refused_where_it_stands() {
    let rejection = refused(&reply("<p onclick=\"go(); eval('1')\">x</p><script>go()</script>"));
    assert_eq!(place(&rejection, "no-eval"), (9, 19));
}

#[test]
fn fonts_and_links_without_effect_are_taken_out() {
    let body = "<link rel=\"preconnect\" href=\"https://fonts.gstatic.com\">\n\
        <link href=\"https://fonts.googleapis.com/css2?family=Creepster\" rel=\"stylesheet\">\n\
        <style>@import url('https://fonts.googleapis.com/css?family=A');\nb { background: url(https://x/y.png) }</style>\n\
        <a href=\"javascript:void(0)\" id=\"m\">menu</a><canvas></canvas><script>play()</script>";
    let game = valid(&reply(body));
    assert!(!game.source().contains("https://"), "{}", game.source());
    assert!(game.source().contains("<a href=\"#\" id=\"m\">menu</a>"), "{}", game.source());
}

#[test]
fn a_page_without_head_doctype_or_charset_gets_them_and_the_policy_first() {
    let game =
        vet(HtmlSource::new("<!-- hi --><canvas></canvas><script>play()</script>")).expect("valid");
    assert!(
        game.html().starts_with(
            "<!DOCTYPE html><meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\""
        ),
        "{}",
        game.html()
    );
    // The one that was missing, and the one that has to come before the policies.
    assert_eq!(game.html().matches("<meta charset=\"utf-8\">").count(), 2);
}

#[test]
fn an_older_policy_gives_way() {
    let body = "<!DOCTYPE html><html><head><meta http-equiv=content-security-policy content=\"script-src *\">\
        <meta charset=utf-8><meta name=viewport content=x><meta name=referrer content=unsafe-url></head>\
        <body><canvas></canvas><script>play()\r\n\0</script></body></html>";
    let body = body.replace('\0', "/* \0 */");
    let game = vet(HtmlSource::new(body)).expect("valid");
    let own = ["script-src *", "unsafe-url", "content-security-policy"];
    assert!(own.iter().all(|old| !game.html().contains(old)), "{}", game.html());
    assert_eq!(game.html().matches("Content-Security-Policy").count(), 2);
}

#[test]
fn a_report_points_at_the_code() {
    let rejection = refused(&reply(
        "<canvas></canvas>\n<script>\n\tlet a = '👻'; eval('\u{1b}[31m');\n</script>",
    ));
    let shown = report(None, &rejection.source, &rejection.findings);
    insta::assert_snapshot!(shown, @r"
    error[no-eval]: code is built from a string (eval)
      --> 11:15
       |
    11 |     let a = '👻'; eval('␛[31m');
       |                   ^^^^ `eval` runs a string as code
       = help: Write the code out, or look the value up in a table.
    ");
}

#[test]
fn a_finding_has_exactly_the_promised_fields() {
    let rejection = refused(&reply("<canvas></canvas>\n<script>eval('1')</script>"));
    let finding: &Finding = rejection.findings.first().expect("one");
    let json = to_json(&LineIndex::new(&rejection.source), finding);
    let keys: Vec<_> = json.as_object().expect("an object").keys().cloned().collect();
    let mut promised = [
        "rule",
        "severity",
        "state",
        "line",
        "column",
        "end_line",
        "end_column",
        "start",
        "end",
        "excerpt",
        "why",
        "help",
    ];
    promised.sort_unstable();
    let mut keys: Vec<_> = keys.iter().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, promised);
    assert_eq!((json["line"].as_u64(), json["column"].as_u64()), (Some(10), Some(9)));
}

/// Games in the styles that people and models write, with names that sound like powers.
const GAMES: &[&str] = &[
    r#"<!DOCTYPE html><html><head><meta charset=utf-8><meta name=viewport content=x><title>Min</title></head><body><canvas id=c></canvas>
<script>!function(w,d){"use strict";var c=d.getElementById("c"),x=c.getContext("2d"),self=this,t=0,parent={x:1},name="a",status=1;
class E{constructor(a){this.a=a;this.k=this.constructor.name}clone(){return new this.constructor(this.a)}eval(){return this.a}static Function(){return 1}}
const g={fetch(){return 1},open(){},close(){},location:{x:1},top:0};g.fetch();new E(1).eval();E.Function();
function loop(n){t+=n/2/3;x.fillRect(t%300,10,5,5);w.requestAnimationFrame(loop)}w.requestAnimationFrame(loop);
w.addEventListener("keydown",function(e){if(e.keyCode===32||/^[a-z/]$/.test(e.key))t=0});
var re=/[(]/g,q=t/2/1,z="</"+"b>";d.onclick=function(){parent.x++};setTimeout(loop,9)}(window,document)</script></body></html>"#,
    r#"<!DOCTYPE html><html><head><meta charset=utf-8><meta name=viewport content=x></head><body><div id="app"></div>
<script type="module">const state = { hp: 10 };
const render = () => { document.querySelector('#app').innerHTML = `<p class="on">HP ${state.hp}</p><button id="hit" class="action">Hit</button>`;
  document.querySelector('#hit').addEventListener('click', () => { state.hp--; render(); }); };
render(); const AC = window.AudioContext || window['webkitAudioContext']; const audio = new AC();
const best = Number(localStorage.getItem('best') ?? 0); await new Promise(r => setTimeout(r, 10));
const img = new Image(); img.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw='; new Audio('data:audio/wav;base64,UklGRg==').play();
if (navigator.vibrate) navigator.vibrate(5); if ('serviceWorker' in navigator) console.log('no'); crypto.getRandomValues(new Uint8Array(1));
</script></body></html>"#,
    "<!DOCTYPE html>\r\n<html>\r\n<head><meta charset=utf-8><meta name=viewport content=x></head>\r\n<body><div id=board></div>\r\n<script>\r\n<!--\r\n\
     var cards = [], first = null\r\nfunction newGame() { document.getElementById('board').innerHTML = '' }\r\nfunction top10() { return cards.sort((a, b) => a - b).slice(0, 10) }\r\n\
     window.onload = newGame\r\nsetInterval(newGame, 1000 / 60)\r\n//-->\r\n</script></body></html>",
];

#[test]
fn harmless_games_are_let_through_without_a_word() {
    for game in GAMES {
        let vetted = vet(HtmlSource::new(*game)).map_err(|no| no.summary());
        assert_eq!(vetted.map(|game| game.findings().len()), Ok(0), "{game}");
    }
}

#[test]
fn a_script_is_hashed_as_the_browser_reads_it() {
    let page = |code: &str| {
        format!(
            "<!DOCTYPE html><meta charset=utf-8><meta name=viewport content=x><canvas></canvas><script>{code}</script>"
        )
    };
    let policy = |code: &str| {
        let game = vet(HtmlSource::new(page(code))).expect("valid");
        game.html().lines().nth(1).expect("a line").to_owned()
    };
    assert_eq!(policy("a\r\nb\rc"), policy("a\nb\nc"));
    assert_ne!(policy("a&amp;b"), policy("a&b"));
}

#[test]
fn a_reply_without_a_game_says_why() {
    assert_eq!(extract("  \n"), Extraction::NoDocument(ExtractError::Empty));
    assert!(ExtractError::Placeholder.to_string().contains("leaves code out"));
}
