//! Pictures of every kind in every theme, in the middle of a game, for a person to look at.
//!
//! Nothing is compared: whether a game looks as if somebody had cared is for eyes.
//! `CODEAGENT_SHEET=1 cargo test --test it sheet` writes `target/sheet/index.html`.

use std::fmt::Write;
use std::path::Path;

use codeagent::compose::{GameTheme, compose, kind_prompts};

use crate::chromium::Browser;

/// A script that plays so many steps as somebody who has no idea, but cannot lose. `each` is code that
/// runs before the step of number `i`, `then` after it.
pub fn play_by_chance(steps: u32, each: &str, then: &str) -> String {
    format!(
        "const random = seeded(5), words = ['left', 'right', 'up', 'down', 'fire'];
    start();
    for (let i = 0; i < {steps}; i += 1) {{
        game.lives = 3;
        if (game.state !== 'playing') start();
        if (i % 12 === 0) {{ for (const word in held) held[word] = false; const word = words[Math.floor(random() * 5)]; pressed.push(word); held[word] = true; }}
        {each}
        step(1 / 60);
        clock += 1 / 60;
        {then}
    }}"
    )
}

/// Letters are typed and towers are built, too; who thinks long about a move is seen early in the game.
const HELP: &str = "
        window.began ??= performance.now();
        if (performance.now() - window.began > 8000) break;
        if (typeof comers === 'undefined') { if (typeof letter === 'function' && i % 60 === 0) letter('etaoinsr'[i / 60 % 8]); }
        else if (typeof letter === 'function' && i % 9 === 0 && comers[0]) letter((target || comers[0]).word[(target || comers[0]).done]);
        if (typeof build === 'function' && typeof towers !== 'undefined' && i % 40 === 0) build(Math.floor(random() * board.columns), Math.floor(random() * board.rows));
";

/// Takes its time, so it is done where `CODEAGENT_SHEET` is set.
#[test]
fn sheet_of_every_kind_in_every_theme() {
    if std::env::var_os("CODEAGENT_SHEET").is_none() {
        return;
    }
    let Some(mut browser) = Browser::start() else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/sheet");
    std::fs::create_dir_all(&folder).unwrap();
    let mut index = "<!DOCTYPE html><title>Every game</title><body style='margin:0;background:#222;display:grid;grid-template-columns:repeat(8,1fr);gap:4px'>".to_owned();
    for kind in kind_prompts() {
        for theme in GameTheme::ALL {
            let made = compose(kind, 7, theme);
            let page = &mut browser.open(made.source.text(), (900, 600));
            page.evaluate(&format!("(() => {{ {} }})()", play_by_chance(600, HELP, "")));
            page.evaluate(
                "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
            );
            let name = format!("{}-{theme}.png", kind.replace(' ', "-"));
            std::fs::write(folder.join(&name), page.screenshot()).unwrap();
            let title = &made.title;
            write!(index, "<img src='{name}' alt='{title}' title='{title}' width=100%>").unwrap();
        }
    }
    std::fs::write(folder.join("index.html"), index).unwrap();
}
