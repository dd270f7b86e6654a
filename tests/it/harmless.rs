//! Games that mean no harm stay valid, and play on as before when they are hardened and sealed.
//!
//! Each is played three times, as it came, hardened and sealed, under a clock and
//! a chance that the test holds: what it says and what it shows must be the same.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use codeagent::driver::parallel_map;
use codeagent::game::{HtmlSource, seal, vet};
use serde_json::Value;

use crate::chromium::{Browser, Page};

const PRELUDE: &str = include_str!("harmless.prelude.js");
const WINDOW: (u32, u32) = (480, 360);

/// What there is to click.
const BAIT: &str = "['button', 'a', 'td', 'circle', 'canvas', '#pad'].find((bait) => document.querySelector(bait)) ?? 'html'";

/// Games that get a doctype they never had: the browser lays them out by other rules then.
const LAID_OUT_ANEW: &[&str] = &["no-doctype"];

struct Harmless {
    name: String,
    original: String,
    hardened: String,
    sealed: String,
}

/// What a game stands in: it is a page of its own, or that of a frame.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Page,
    Frame,
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages/harmless");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 40, "only {} games were found", files.len());
    files
}

/// Every game with its hardened page; one that is refused is a false alarm.
fn games() -> Vec<Harmless> {
    let games = parallel_map(&files(), |path| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let original = std::fs::read_to_string(path).unwrap();
        match vet(HtmlSource::new(original.as_str())) {
            Ok(vetted) => {
                let sealed = seal(&vetted, vetted.storage_key());
                Ok(Harmless { name, original, hardened: vetted.html().to_owned(), sealed })
            }
            Err(refused) => Err(format!("{name}: {}", refused.summary())),
        }
    });
    let (games, refused): (Vec<_>, Vec<_>) =
        games.into_iter().map(|game| game.expect("no panic")).partition(Result::is_ok);
    let refused: Vec<_> = refused.into_iter().filter_map(Result::err).collect();
    assert!(refused.is_empty(), "false alarms:\n{}", refused.join("\n"));
    games.into_iter().filter_map(Result::ok).collect()
}

#[test]
fn no_harmless_game_is_refused_and_hardening_again_changes_nothing() {
    let games = games();
    let again = parallel_map(&games, |game| {
        let again = vet(HtmlSource::new(game.hardened.as_str()));
        again.is_ok_and(|again| again.html() == game.hardened)
    });
    let changed = games.iter().zip(again).filter(|(_, same)| *same != Some(true));
    assert_eq!(changed.map(|(game, _)| game.name.as_str()).collect::<Vec<_>>(), [""; 0]);
}

/// What a player hears and sees.
#[derive(Debug, PartialEq)]
struct Impression {
    said: Value,
    picture: Vec<u8>,
}

#[test]
fn a_hardened_game_says_and_shows_what_it_did_before() {
    let Some(mut browser) = Browser::start_in_one_process() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut page = browser.open_after("<!DOCTYPE html>", WINDOW, PRELUDE);
    let mut wrong = Vec::new();
    for game in games() {
        // A browser under load is late with what takes real time: only what comes back counts.
        let tries: Option<Vec<_>> =
            (0..3).map(|_| differences(&mut page, folder.path(), &game)).collect();
        let problems = page.problems().join(" ");
        let mut requests = page.requests();
        requests.retain(|url| !url.starts_with("data:") && !url.starts_with("blob:"));
        if problems.contains("Content Security Policy") || !requests.is_empty() {
            wrong.push(format!("{} is held back by its policy: {problems}", game.name));
        }
        wrong.extend(tries.and_then(|mut told| told.pop()));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is not the same before and after hardening and sealing, if something is.
fn differences(page: &mut Page, folder: &Path, game: &Harmless) -> Option<String> {
    let before = play(page, folder, &game.original, Form::Page);
    let hardened = play(page, folder, &game.hardened, Form::Page);
    let sealed = play(page, folder, &game.sealed, Form::Frame);
    let is_other = |form, after| difference(&format!("{} {form}", game.name), game, &before, after);
    is_other("hardened", &hardened).or_else(|| is_other("sealed", &sealed))
}

fn difference(
    name: &str,
    game: &Harmless,
    before: &Impression,
    after: &Impression,
) -> Option<String> {
    let is_played = before.said.as_array().is_some_and(|said| !said.is_empty());
    assert!(is_played, "{name} says nothing: was it played?");
    if before.said != after.said {
        return Some(format!("{name} said {} and says {}", before.said, after.said));
    }
    let is_other = !is_same_picture(&before.picture, &after.picture)
        && !LAID_OUT_ANEW.contains(&game.name.as_str());
    is_other.then(|| format!("{name} looks different"))
}

/// Whether nobody could tell two pictures apart. Chromium 156 rounds the edges of letters in a frame
/// otherwise, by one step of 255.
fn is_same_picture(before: &[u8], after: &[u8]) -> bool {
    const STEP: u8 = 2;
    let [before, after] =
        [before, after].map(|png| image::load_from_memory(png).unwrap().to_rgb8());
    let is_close = |(a, b): (&u8, &u8)| a.abs_diff(*b) <= STEP;
    before.dimensions() == after.dimensions()
        && before.as_raw().iter().zip(after.as_raw()).all(is_close)
}

/// A short life: it waits, is clicked and typed into, and waits again.
fn play(page: &mut Page, folder: &Path, html: &str, form: Form) -> Impression {
    let path = folder.join("game.html");
    std::fs::write(&path, html).unwrap();
    page.visit(&path);
    if form == Form::Frame {
        page.enter_frame();
    }
    page.evaluate("__live(200)");
    let bait = page.evaluate(BAIT);
    page.click(bait.as_str().unwrap_or("html"));
    for code in ["ArrowRight", "Space"] {
        page.hold(code, std::time::Duration::ZERO);
    }
    page.evaluate("__live(200)");
    // Pictures and the tab's own events take real time.
    page.evaluate("new Promise((done) => { const channel = new MessageChannel(); channel.port1.onmessage = done; channel.port2.postMessage(0); }).then(() => Promise.all([...document.images].map((image) => image.decode().catch(() => 0)))).then(() => 0)");
    let said = page.evaluate("__said");
    Impression { said, picture: page.screenshot() }
}

/// Counts how often it was started, and starts over by itself once.
const COUNTING: &str = "<canvas></canvas><script>
const starts = Number(localStorage.getItem('starts')) + 1;
localStorage.setItem('starts', starts);
sessionStorage.last = starts;
console.log(starts + ' ' + Object.keys(localStorage) + ' ' + JSON.stringify(sessionStorage) + ' ' + localStorage.length);
if (starts === 1) location.reload();
</script>";

#[test]
fn what_a_game_stores_lasts_in_every_form() {
    let Some(mut browser) = Browser::start_in_one_process() else { return };
    let folder = tempfile::tempdir().unwrap();
    let vetted = vet(HtmlSource::new(COUNTING)).expect("a harmless game");
    let other =
        vet(HtmlSource::new(COUNTING.replace("starts +", "1 * starts +"))).expect("another");
    let sealed = [&vetted, &other].map(|game| seal(game, game.storage_key()));
    let [sealed, other] = sealed;
    for (form, html) in [("raw", COUNTING), ("plain", vetted.html()), ("sealed", &sealed)] {
        let path = folder.path().join(format!("{form}.html"));
        std::fs::write(&path, html).unwrap();
        let mut page = browser.open("<!DOCTYPE html>", WINDOW);
        let mut told = Vec::new();
        let mut play = |page: &mut Page, path: &Path, last: u32| {
            page.visit(path);
            page.wait_for_said(&format!("{last} starts"));
            told.extend(page.said());
        };
        play(&mut page, &path, 2);
        play(&mut page, &path, 3);
        play(&mut page, &path, 4);
        if form != "sealed" {
            without_old_news(&mut told);
        }
        let line = |n: u32| format!("{n} starts {{\"last\":\"{n}\"}} 1");
        assert_eq!(told, [1, 2, 3, 4].map(line), "{form}");
    }
    // Another game is another's storage, though all files share one in this browser.
    let path = folder.path().join("other.html");
    std::fs::write(&path, other).unwrap();
    let mut page = browser.open("<!DOCTYPE html>", WINDOW);
    page.visit(&path);
    page.wait_for_said("2 starts");
    assert_eq!(page.said().first().map(String::as_str), Some("1 starts {\"last\":\"1\"} 1"));
}

/// Loads itself again by each way that there is, and says where it is.
const GOING: &str = "<canvas></canvas><form id=\"f\"><input name=\"q\" value=\"7\"><button id=\"b\">go</button></form>
<a id=\"seed\" href=\"?seed=2\">seed</a><a id=\"same\" href=\"\">same</a><a id=\"place\" href=\"#x\">place</a>
<a id=\"no\" href=\"?no\" onclick=\"return false\">no</a>
<script>
const step = Number(window.name);
window.name = step + 1;
console.log(step + ' ' + location.search + location.hash);
addEventListener('hashchange', () => console.log('at ' + location.hash));
const press = (id) => document.getElementById(id).click();
const ways = [
  () => { location.href = location.href; },
  () => { location.search = '?level=2'; },
  () => { location.href = '?level=3'; },
  () => { location.assign(location.pathname + '?level=4'); },
  () => { press('seed'); },
  () => { press('same'); },
  () => { press('no'); press('b'); },
  () => { press('place'); setTimeout(() => location.reload(), 50); },
  () => { location.href = '#menu'; setTimeout(() => location.reload(), 50); },
  () => { history.replaceState(1, '', '#state'); console.log('state ' + location.hash); location.reload(); },
  () => { location.replace(location.href.split('?')[0] + '?end'); },
  () => { console.log('done'); },
];
setTimeout(ways[step], 50);
</script>";

#[test]
fn a_page_goes_to_itself_in_every_form() {
    let Some(mut browser) = Browser::start_in_one_process() else { return };
    let folder = tempfile::tempdir().unwrap();
    let vetted = vet(HtmlSource::new(GOING)).expect("a harmless game");
    let sealed = seal(&vetted, vetted.storage_key());
    for (form, html) in [("raw", GOING), ("plain", vetted.html()), ("sealed", &sealed)] {
        let path = folder.path().join(format!("{form}.html"));
        std::fs::write(&path, html).unwrap();
        let mut page = browser.open("<!DOCTYPE html>", WINDOW);
        page.visit(&path);
        page.wait_for_said("done");
        let told = page.said();
        let told: Vec<_> = told.iter().map(String::as_str).collect();
        assert_eq!(told, WENT, "{form}");
    }
}

/// A file that loads anew in another process may find what was stored a moment ago: the browser
/// does that by itself.
fn without_old_news(told: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    told.retain(|line| seen.insert(line.clone()));
}

const WENT: &[&str] = &[
    "0 ",
    "1 ",
    "2 ?level=2",
    "3 ?level=3",
    "4 ?level=4",
    "5 ?seed=2",
    "6 ?seed=2",
    "7 ?q=7",
    "at #x",
    "8 ?q=7#x",
    "at #menu",
    "9 ?q=7#menu",
    "state #state",
    "10 ?q=7#state",
    "11 ?end",
    "done",
];

/// Saves a file by itself, and one more when it is clicked.
const SAVING: &str =
    "<canvas></canvas><button id=\"b\" style=\"position:fixed;inset:0\">save</button><script>
const save = (name, text) => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text]));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
};
save('early.txt', 'nobody asked');
document.getElementById('b').onclick = () => { save('score.txt', 'seven'); console.log('saved'); };
console.log('ready');
</script>";

#[test]
fn what_a_game_makes_is_saved_after_a_gesture() {
    let Some(mut browser) = Browser::start_in_one_process() else { return };
    let folder = tempfile::tempdir().unwrap();
    let vetted = vet(HtmlSource::new(SAVING)).expect("a harmless game");
    let sealed = seal(&vetted, vetted.storage_key());
    for (form, html) in [("plain", vetted.html()), ("sealed", &sealed)] {
        let saved = folder.path().join(form);
        let path = folder.path().join(format!("{form}.html"));
        std::fs::write(&path, html).unwrap();
        let mut page = browser.open("<!DOCTYPE html>", WINDOW);
        page.save_into(&saved);
        page.visit(&path);
        page.wait_for_said("ready");
        page.click("html");
        page.wait_for_said("saved");
        let file = saved.join("score.txt");
        let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while std::fs::read_to_string(&file).ok().as_deref() != Some("seven") {
            assert!(std::time::Instant::now() < end, "{form}: nothing was saved");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        assert!(!saved.join("early.txt").exists(), "{form}: nobody asked for that");
    }
}
