//! A browser that plays one game after the other, each in a context that shares nothing.
//!
//! A browser takes longer to start than a game to be played. So one stays for
//! the next game; after a game that hung it, filled its memory or broke it
//! down, the next one gets another.

use std::path::PathBuf;
use std::time::Instant;

use super::chromium::{Chromium, Context, End, Launch, Stop, Tab, Watch};
use super::trial::{self, SIZE, Trial};
use super::verdict::{Stage, Unplayed, Verdict};
use crate::game::Vetted;
use crate::untrusted::Untrusted;

/// What the heap of a page's scripts may take, in megabytes.
const HEAP: &str = "--js-flags=--max-old-space-size=384";

/// What a play-test needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lab {
    pub program: PathBuf,
    /// The folders of `PATH`, for the browser.
    pub path: Vec<PathBuf>,
}

/// Plays games, one at a time. Dropping it ends its browser.
#[derive(Debug)]
pub struct Player {
    lab: Lab,
    browser: Option<Browser>,
}

/// A browser, and a page in it that no game has seen.
#[derive(Debug)]
struct Browser {
    chromium: Chromium,
    page: Option<Context>,
}

impl Player {
    /// A player without a browser: the first game starts one.
    pub fn new(lab: Lab) -> Self {
        Self { lab, browser: None }
    }

    /// Plays a game and says how far it came. Blocks until that is known; `stop` ends it from
    /// another thread, and the browser with it.
    #[expect(clippy::disallowed_methods, reason = "a play-test is measured in real time")]
    pub fn try_out(
        &mut self,
        game: &Vetted,
        stop: &Stop,
        mut tell: impl FnMut(Stage),
    ) -> Result<Verdict, Unplayed> {
        let began = Instant::now();
        let mut parts = Vec::new();
        let mut note = |stage| {
            parts.push((stage, began.elapsed()));
            tell(stage);
        };
        note(Stage::Starting);
        let (mut chromium, page) = self.browser(stop)?;
        let watch = Watch::start(chromium.group());
        let mut trial = Trial::new(game, Tab::again(&mut chromium, page), began);
        let end = trial.play(&mut note).err();
        if stop.is_stopped() {
            return Err(Unplayed::Stopped);
        }
        if end == Some(End::Gone) && !watch.is_over() {
            return Err(Unplayed::Lost);
        }
        // A page that is out of memory hangs before it breaks down.
        let is_short = end == Some(End::Frozen) && watch.is_short();
        let ending = if is_short { Some(End::Crashed) } else { end };
        let (verdict, tab) = trial.verdict(ending);
        if tab.is_some_and(|tab| tab.close().is_ok()) {
            // Whoever waited for this game has no say in the next one.
            chromium.obey(Stop::default());
            self.browser = Some(Browser { chromium, page: None });
        }
        Ok(Verdict { parts, ..verdict })
    }

    /// Gets ready for the next game: what takes its time is done before somebody waits for it.
    pub fn get_ready(&mut self) {
        let Some(Browser { mut chromium, page: None }) =
            self.browser.take_if(|it| it.page.is_none())
        else {
            return;
        };
        if let Ok(page) = open(&mut chromium) {
            self.browser = Some(Browser { chromium, page: Some(page) });
        }
    }

    /// The browser that is there, if it still is, else a new one; and an empty page in it.
    fn browser(&mut self, stop: &Stop) -> Result<(Chromium, Context), Unplayed> {
        if let Some(Browser { mut chromium, page }) = self.browser.take() {
            chromium.obey(stop.clone());
            let is_there = chromium.is_there();
            match page {
                Some(page) if is_there => return Ok((chromium, page)),
                None if is_there && let Ok(page) = open(&mut chromium) => {
                    return Ok((chromium, page));
                }
                _ => {}
            }
        }
        let launch = Launch {
            program: self.lab.program.clone(),
            path: self.lab.path.clone(),
            flags: vec![HEAP.to_owned(), format!("--window-size={},{}", SIZE.0, SIZE.1)],
        };
        let mut chromium = Chromium::start(&launch, stop.clone())
            .map_err(|why| Unplayed::NoStart(shown(&why.to_string())))?;
        match open(&mut chromium) {
            Ok(page) => Ok((chromium, page)),
            Err(_) if stop.is_stopped() => Err(Unplayed::Stopped),
            Err(_) => Err(Unplayed::NoStart(shown(&chromium.said()))),
        }
    }
}

/// Plays one game in a browser of its own.
pub fn try_out(
    game: &Vetted,
    lab: &Lab,
    stop: &Stop,
    tell: impl FnMut(Stage),
) -> Result<Verdict, Unplayed> {
    Player::new(lab.clone()).try_out(game, stop, tell)
}

fn open(chromium: &mut Chromium) -> Result<Context, End> {
    Tab::open(chromium, SIZE, &trial::clock()).map(Tab::context)
}

fn shown(said: &str) -> String {
    let said = Untrusted::new(said).headline(200);
    if said.is_empty() { "it said nothing".to_owned() } else { said }
}
