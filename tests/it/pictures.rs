//! The pictures of the README, made from the real screen.
//!
//! `CODEAGENT_PICTURES=1 cargo test --release --test it pictures` runs the program in a terminal,
//! works it by keys and writes what is seen to `assets/pictures/`. Colours are those that it sent.

use std::fmt::Write as _;
use std::path::Path;

use crate::chromium::Browser;
use crate::pty::Session;

/// A cell, in the pixels of the font below.
const CELL: (f64, u32) = (8.430_000_000_000_001, 19);

#[test]
fn pictures_of_the_real_screen() {
    if std::env::var_os("CODEAGENT_PICTURES").is_none() {
        return;
    }
    let Some(mut browser) = Browser::start() else { return };
    let env = |theme: &str| {
        [("COLORTERM", "truecolor".to_owned()), ("CODEAGENT_SCREEN_THEME", theme.to_owned())]
    };
    let mut session = Session::codeagent("", &env("spooky"));
    session.sees("Welcome").press("a snake game where ghosts steal your tail\x07");
    session.sees("✓ responds to ").press("with bats, faster\x07");
    session.sees("version 1.2").sees("▸Play").until("the picture is there", |session| {
        session.screen.screen().contents().matches('▀').count() > 60
    });
    take(&mut browser, &mut session, "screen");
    session.press("\x1b4p").sees("▸Code").press("G").sees("</html>");
    take(&mut browser, &mut session, "code");
    session.press("d").sees("next change");
    take(&mut browser, &mut session, "diff");
    session.press("\x1b[20~").sees("Actions");
    session.press("vers").sees("of");
    take(&mut browser, &mut session, "actions");
    session.press("\x11").ends_with("0");
    let mut paper = Session::codeagent("", &env("paper"));
    paper.sees("Welcome");
    take(&mut browser, &mut paper, "welcome");
    paper.press("\x11").ends_with("0");
}

fn take(browser: &mut Browser, session: &mut Session, name: &str) {
    let (rows, columns) = session.screen.screen().size();
    // Colours come a moment after the code.
    let begun = std::time::Instant::now();
    session.until("a moment passes", |_| begun.elapsed().as_millis() > 700);
    let html = page(session.screen.screen());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few hundred")]
    let width = (f64::from(columns) * CELL.0).ceil() as u32;
    let picture = browser.open(&html, (width + 16, u32::from(rows) * CELL.1 + 16)).screenshot();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/pictures");
    std::fs::write(folder.join(format!("{name}.png")), picture).unwrap();
}

/// The cells as they are, each row a line of spans.
fn page(screen: &vt100::Screen) -> String {
    let (rows, columns) = screen.size();
    let ground =
        color(screen.cell(0, 0).map_or(vt100::Color::Default, vt100::Cell::bgcolor), "#111");
    let mut html = format!(
        "<!doctype html><meta charset=utf-8><body style='margin:0;padding:8px;background:{ground}'>\
         <pre style='margin:0;font:14px/{}px \"DejaVu Sans Mono\",monospace'>",
        CELL.1
    );
    for row in 0..rows {
        for column in 0..columns {
            let Some(cell) = screen.cell(row, column).filter(|cell| !cell.is_wide_continuation())
            else {
                continue;
            };
            let (mut fore, mut back) =
                (color(cell.fgcolor(), "#ddd"), color(cell.bgcolor(), &ground));
            if cell.inverse() {
                std::mem::swap(&mut fore, &mut back);
            }
            let bold = if cell.bold() { "font-weight:bold;" } else { "" };
            let line = if cell.underline() { "text-decoration:underline;" } else { "" };
            let text = match cell.contents() {
                "" => " ".to_owned(),
                text => text.replace('&', "&amp;").replace('<', "&lt;"),
            };
            let width = if cell.is_wide() { 2.0 } else { 1.0 } * CELL.0;
            write!(
                html,
                "<span style='display:inline-block;overflow:hidden;vertical-align:top;width:{width}px;height:{}px;color:{fore};background:{back};{bold}{line}'>{text}</span>",
                CELL.1
            )
            .unwrap();
        }
        html.push('\n');
    }
    html + "</pre>"
}

fn color(color: vt100::Color, otherwise: &str) -> String {
    match color {
        vt100::Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
        // The program was told that every colour is there.
        vt100::Color::Idx(_) | vt100::Color::Default => otherwise.to_owned(),
    }
}
