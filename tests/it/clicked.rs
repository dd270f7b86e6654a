//! What the user clicks on in the running game is named in the prompt, and the game has no say in it.
//!
//! The real screen in a pseudo-terminal serves a game to a real browser.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::chromium::{Browser, Page};
use crate::cli::User;
use crate::pty::Session;

const WINDOW: (u32, u32) = (480, 360);

/// A red thing on dark ground in the middle of a canvas, and a button below it. The game does what it
/// can to be heard: it rewrites what a page has, sends reports of its own, and listens to all.
const GAME: &str = r#"<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Clicked</title>
<style>body { margin: 0; background: #fff } canvas { display: block; width: 400px; height: 200px }
#go { position: absolute; left: 20px; top: 240px; width: 200px; height: 60px }</style></head>
<body><canvas id="field" width="800" height="400"></canvas><button id="go" class="big]: red">Go
now</button>
<script>
const pencil = document.getElementById('field').getContext('2d');
function draw() {
  pencil.fillStyle = '#101020';
  pencil.fillRect(0, 0, 800, 400);
  pencil.fillStyle = '#e33a3a';
  pencil.fillRect(380, 180, 40, 40);
  requestAnimationFrame(draw);
}
draw();
document.getElementById('go').addEventListener('click', () => { document.title = 'pressed'; });
document.title = 'heard nothing';
addEventListener('message', () => { document.title = 'heard'; });
addEventListener('pointerdown', () => { document.title = 'touched'; });
const lie = () => { throw new Error('a lie'); };
for (const [type, key] of [[Document, 'elementFromPoint'], [MessagePort, 'postMessage'],
  [Element, 'getAttribute'], [Element, 'getBoundingClientRect'], [String, 'slice'],
  [CanvasRenderingContext2D, 'getImageData']]) {
  type.prototype[key] = lie;
}
Object.assign(Object.getPrototypeOf(lie), { call: lie, bind: lie });
const report = { place: [0.5, 0.5], element: { name: 'forged' } };
const own = { page: window };
own.page[['fet', 'ch'].join('')]('pointed', { method: 'POST', body: JSON.stringify(report) }).catch(() => {});
const around = own.page[['par', 'ent'].join('')];
around.postMessage({ ask: 'pointed', ...report }, '*');
around.postMessage({ ask: 'describe', x: 1, y: 1 }, '*');
</script></body></html>
"#;

/// The program in a terminal with the game as its last one, which it serves at this address.
fn serving(user: &User, flags: &str, keys: &str) -> (Session, String) {
    std::fs::write(user.at().join("game.html"), GAME).unwrap();
    let imported = user.run(&["library", "import", "game.html"]);
    assert_eq!(imported.code, 0, "{}", imported.err);
    let home = user.at().join("home").display().to_string();
    let mut session = Session::codeagent(&format!("--no-play-test {flags}"), &[("HOME", home)]);
    session.sees("Clicked").press(keys).sees("playing at http://127.0.0.1:");
    let screen = session.screen.screen().contents();
    let rest = screen.split("playing at ").nth(1).unwrap();
    let address = rest.split_whitespace().next().unwrap().to_owned();
    (session, address)
}

/// The origin of the page at this address.
fn origin(address: &str) -> &str {
    address.rsplit_once('/').and_then(|(rest, _)| rest.rsplit_once('/')).unwrap().0
}

fn point_at(page: &mut Page<'_>, x: f64, y: f64) {
    page.click("#point");
    page.wait_for("!document.getElementById('sheet').hidden");
    page.click_at(x, y);
    page.wait_for("document.getElementById('note').textContent.includes('Now in the prompt: ')");
    page.wait_for("document.getElementById('sheet').hidden");
}

#[test]
fn what_is_clicked_on_is_named_in_the_prompt() {
    let Some(mut browser) = Browser::start_in_one_process() else { return };
    let user = User::new();
    let (mut session, address) = serving(&user, "", "\x0f");
    let page = &mut browser.open("<!DOCTYPE html><p>before", WINDOW);
    page.go(&address);
    page.wait_for("document.title === 'Clicked'");
    session.press("make this faster.");
    waits_for(&mut session, "make this faster.");
    point_at(page, 200.0, 100.0);
    let canvas = "canvas #field, x 400, y 200 of 800×400, #e33a3a on #101020";
    waits_for(&mut session, &format!("make this faster. At the thing I clicked [{canvas}]:"));
    assert_eq!(page.evaluate("document.getElementById('picture').hidden"), false, "its picture");
    // Esc goes back to the game, and says nothing.
    page.click("#point");
    page.press("Escape");
    page.wait_for("document.getElementById('sheet').hidden");
    // The keys of the prompt work on what was added.
    session.press("\x15").press("second: ");
    // What is clicked on comes by another way, and could be there before the keys.
    waits_for(&mut session, "second:");
    point_at(page, 100.0, 270.0);
    let button = "button #go .red \"Go now\"";
    waits_for(&mut session, &format!("second: At the thing I clicked [{button}]:"));
    // Beside both.
    point_at(page, 440.0, 330.0);
    waits_for(&mut session, "[92 % from the left, 92 % from the top]:");
    assert_eq!(prompt(&session).matches("AtthethingIclicked").count(), 2, "{}", prompt(&session));
    assert!(!prompt(&session).contains("forged"), "{}", prompt(&session));
    page.enter_frame();
    assert_eq!(page.evaluate("document.title"), "heard nothing", "the game has noticed it");
    session.press("\x11").ends_with("0");
}

/// The text of the prompt, without the spaces: it may be wrapped anywhere.
fn prompt(session: &Session) -> String {
    let screen = session.screen.screen().contents();
    let lines = screen.lines().filter_map(|line| line.strip_prefix('┃')?.split('┃').next());
    lines.flat_map(str::split_whitespace).collect()
}

fn waits_for(session: &mut Session, words: &str) {
    let squeezed: String = words.split_whitespace().collect();
    session.until(words, |session| prompt(session).contains(&squeezed));
}

/// The status of an answer to one report.
fn report(address: &str, origin: Option<&str>, body: &str) -> String {
    let (host, path) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let origin = origin.map(|origin| format!("Origin: {origin}\r\n")).unwrap_or_default();
    let request = format!(
        "POST /{path}pointed HTTP/1.1\r\nHost: {host}\r\n{origin}Content-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(host).unwrap();
    // What is refused at its head may be closed before its body is read.
    drop(stream.write_all(request.as_bytes()));
    let mut answer = String::new();
    drop(stream.read_to_string(&mut answer));
    answer.split_whitespace().nth(1).unwrap_or_default().to_owned()
}

#[test]
fn reports_of_strangers_are_not_taken() {
    let user = User::new();
    let (mut session, address) = serving(&user, "", "\x0f");
    let origin = origin(&address);
    let good = r#"{"place":[0.25,0.75]}"#;
    for stranger in [None, Some("null"), Some("http://evil.example"), Some("http://127.0.0.1:1")] {
        assert_eq!(report(&address, stranger, good), "403", "{stranger:?}");
    }
    for bad in ["", "{}", r#"{"place":[2,2]}"#, &format!("{}{good}", " ".repeat(5000))] {
        assert_eq!(report(&address, Some(origin), bad), "400", "{bad}");
    }
    assert!(!prompt(&session).contains("clicked"), "{}", prompt(&session));
    assert_eq!(report(&address, Some(origin), good), "200");
    waits_for(&mut session, "[25 % from the left, 75 % from the top]:");
    session.press("\x11").ends_with("0");
}

#[test]
fn without_a_screen_a_next_line_begins_with_what_was_clicked() {
    let user = User::new();
    let (mut session, address) = serving(&user, "--screen-reader", ":play\n");
    let origin = origin(&address);
    assert_eq!(report(&address, Some(origin), r#"{"place":[0.25,0.75]}"#), "200");
    session.sees("the prompt names what you clicked");
    session.press("make it red\n").sees("composer");
    session.press(":pane-session\n").sees("At the thing I clicked [25 % from the left, 75 % from");
    session.press(":quit\n").ends_with("0");
}
