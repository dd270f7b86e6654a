//! Handlers in markup do after hardening what they did before, wherever they stand and whoever looks.
//!
//! Each page of the table is opened raw, hardened and sealed. What its buttons do is kept in
//! `log`, and has to be the same in each.

use std::path::Path;

use codeagent::driver::parallel_map;
use codeagent::game::{HtmlSource, Vetted, seal, vet};
use codeagent::page::HtmlPage as Markup;
use serde::Deserialize;

use crate::chromium::{Browser, Page};

/// One page of the table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub name: String,
    #[serde(default)]
    head: String,
    body: String,
    /// After the body and the functions that handlers call.
    #[serde(default)]
    script: String,
    /// What is logged.
    pub log: Vec<String>,
    /// Whether the attributes are gone.
    #[serde(default)]
    moved: bool,
}

#[derive(Debug, Deserialize)]
struct Table {
    page: Vec<Row>,
}

pub fn rows() -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages/handlers.toml");
    toml::from_str::<Table>(&std::fs::read_to_string(path).unwrap()).unwrap().page
}

pub fn document(row: &Row) -> String {
    let Row { name, head, body, script, .. } = row;
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{name}</title>\n{head}\n\
         <script>var log = []; function go(...what) {{\n\
         log.push(what.map(String).join(' ')); document.documentElement.dataset.log = JSON.stringify(log); }}\n\
         addEventListener('error', (event) => go(event.message));\n\
         document.addEventListener('securitypolicyviolation', (event) => go('held back:', event.sample));</script>\n\
         </head><body>{body}<canvas id=\"c\"></canvas>\n<script>\n{script}\n</script>\n</body></html>\n"
    )
}

/// What a player does: presses everything there is.
pub const PRESSED: &str =
    "for (const button of [...document.querySelectorAll('#i, button, .card')]) {
  button.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
}";

const WINDOW: (u32, u32) = (480, 360);

fn vetted(rows: &[Row]) -> Vec<Vetted> {
    let games = parallel_map(rows, |row| {
        vet(HtmlSource::new(document(row)))
            .map_err(|refused| format!("{}: {}", row.name, refused.summary()))
    });
    let (games, refused): (Vec<_>, Vec<_>) =
        games.into_iter().map(|game| game.expect("no panic")).partition(Result::is_ok);
    let refused: Vec<_> = refused.into_iter().filter_map(Result::err).collect();
    assert!(refused.is_empty(), "refused:\n{}", refused.join("\n"));
    games.into_iter().filter_map(Result::ok).collect()
}

#[test]
fn handlers_are_moved_where_nobody_notices_and_allowed_by_their_texts_elsewhere() {
    let rows = rows();
    for (row, game) in rows.iter().zip(vetted(&rows)) {
        let is_moved = Markup::parse(game.source()).handlers().count() == 0
            && !game.policy().contains("'unsafe-hashes'");
        assert_eq!(is_moved, row.moved, "{}: {:?}", row.name, game.findings());
        let again = vet(HtmlSource::new(game.html())).expect("valid again");
        assert_eq!(again.html(), game.html(), "{}", row.name);
        let sealed = seal(&game, game.storage_key());
        let again = vet(HtmlSource::new(sealed.as_str())).expect("valid sealed");
        assert_eq!(again.is_as_hardened(), Some(true), "{}", row.name);
        assert_eq!(again.html(), game.html(), "{}", row.name);
    }
}

#[test]
fn handlers_do_in_every_form_what_they_did() {
    let Some(mut browser) = Browser::start_in_one_process() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut page = browser.open("<!DOCTYPE html>", WINDOW);
    let rows = rows();
    let mut wrong = Vec::new();
    for (row, game) in rows.iter().zip(vetted(&rows)) {
        let raw = document(row);
        let sealed = seal(&game, game.storage_key());
        for (form, html) in [("raw", raw.as_str()), ("plain", game.html()), ("sealed", &sealed)] {
            let log = play(&mut page, folder.path(), (form, html));
            if log != row.log {
                wrong.push(format!("{} {form}: {log:?}, not {:?}", row.name, row.log));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn play(page: &mut Page, folder: &Path, (form, html): (&str, &str)) -> Vec<String> {
    let path = folder.join(format!("{form}.html"));
    std::fs::write(&path, html).unwrap();
    page.visit(&path);
    if form == "sealed" {
        page.enter_frame();
    }
    let log = page.evaluate(&format!(
        "new Promise((done) => setTimeout(() => {{ {PRESSED} setTimeout(() => done(log), 30); }}, 70))"
    ));
    serde_json::from_value(log).unwrap()
}
