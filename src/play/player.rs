//! Keeps one browser for many games, each in an isolated context.
//!
//! A browser takes longer to start than a play-test. So it is reused for the next game, but never
//! after a game that hung it, filled its memory or crashed it.

use std::path::PathBuf;
use std::time::Instant;

use super::chromium::{
    BrowserContext, BrowserTab, ChromiumProcess, KillSwitch, LaunchOptions, MemoryWatch, TabError,
};
use super::motion::Recording;
use super::play_test::{self, PlayTestRun, WINDOW_SIZE};
use super::verdict::{PlayTestError, PlayTestStage, Verdict};
use crate::game::Vetted;
use crate::untrusted::Untrusted;

/// Limits the script heap of a page, in megabytes.
const HEAP_FLAG: &str = "--js-flags=--max-old-space-size=384";

/// The browser that play-tests use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BrowserConfig {
    pub program: PathBuf,
    /// The directories of `PATH`, for the browser.
    pub path: Vec<PathBuf>,
}

/// Play-tests games one at a time. Dropping it ends its browser.
#[derive(Debug)]
pub struct GamePlayer {
    config: BrowserConfig,
    browser: Option<IdleBrowser>,
}

/// A running browser, and an unused page in it.
#[derive(Debug)]
struct IdleBrowser {
    chromium: ChromiumProcess,
    page: Option<BrowserContext>,
}

impl GamePlayer {
    /// A player without a browser: the first play-test starts one.
    pub fn new(config: BrowserConfig) -> Self {
        Self { config, browser: None }
    }

    /// Play-tests a game; blocks until the verdict. `stop` ends it from another thread, and the
    /// browser with it. `tell` is called at the start of each stage.
    ///
    /// # Errors
    /// If no browser starts, the browser is lost, or the play-test was stopped.
    pub fn play_test(
        &mut self,
        game: &Vetted,
        stop: &KillSwitch,
        on_stage: impl FnMut(PlayTestStage),
    ) -> Result<Verdict, PlayTestError> {
        self.play_test_with(game, Recording::Off, stop, on_stage)
    }

    /// The same, and records the game in motion where that is wished.
    ///
    /// # Errors
    /// As [`GamePlayer::play_test`].
    #[expect(clippy::disallowed_methods, reason = "a play-test is measured in real time")]
    pub fn play_test_with(
        &mut self,
        game: &Vetted,
        recording: Recording,
        stop: &KillSwitch,
        mut on_stage: impl FnMut(PlayTestStage),
    ) -> Result<Verdict, PlayTestError> {
        let began = Instant::now();
        let mut parts = Vec::new();
        let mut note = |stage| {
            parts.push((stage, began.elapsed()));
            on_stage(stage);
        };
        note(PlayTestStage::Starting);
        let (mut chromium, page) = self.browser(stop)?;
        let watch = MemoryWatch::start(chromium.group());
        let tab = BrowserTab::reopen(&mut chromium, page);
        let mut trial = PlayTestRun::new(game, tab, recording, began);
        let mut end = trial.play(&mut note).err();
        if recording == Recording::Replayed && end.is_none() {
            // Before the window is that of a phone.
            play_test::replay(&mut trial);
        }
        if end.is_none() {
            end = play_test::test_extras(&mut trial, &mut note).err();
        }
        if stop.is_triggered() {
            return Err(PlayTestError::Stopped);
        }
        if end == Some(TabError::BrowserGone) && !watch.has_killed_browser() {
            return Err(PlayTestError::BrowserLost);
        }
        // A page out of memory hangs before it crashes.
        let is_short = end == Some(TabError::Frozen) && watch.has_full_heap();
        let ending = if is_short { Some(TabError::Crashed) } else { end };
        let (verdict, tab) = trial.into_verdict(ending);
        if tab.is_some_and(|tab| tab.close().is_ok()) {
            // The caller's switch must not end the next play-test.
            chromium.set_kill_switch(KillSwitch::default());
            self.browser = Some(IdleBrowser { chromium, page: None });
        }
        Ok(Verdict { stage_starts: parts, ..verdict })
    }

    /// Prepares a page for the next game before it is needed.
    pub fn prepare_next(&mut self) {
        let Some(IdleBrowser { mut chromium, page: None }) =
            self.browser.take_if(|browser| browser.page.is_none())
        else {
            return;
        };
        if let Ok(page) = open_page(&mut chromium) {
            self.browser = Some(IdleBrowser { chromium, page: Some(page) });
        }
    }

    /// The running browser or a new one, with an unused page.
    fn browser(
        &mut self,
        stop: &KillSwitch,
    ) -> Result<(ChromiumProcess, BrowserContext), PlayTestError> {
        if let Some(IdleBrowser { mut chromium, page }) = self.browser.take() {
            chromium.set_kill_switch(stop.clone());
            let is_there = chromium.is_running();
            match page {
                Some(page) if is_there => return Ok((chromium, page)),
                None if is_there && let Ok(page) = open_page(&mut chromium) => {
                    return Ok((chromium, page));
                }
                _ => {}
            }
        }
        let launch = LaunchOptions {
            program: self.config.program.clone(),
            path: self.config.path.clone(),
            flags: vec![
                HEAP_FLAG.to_owned(),
                format!("--window-size={},{}", WINDOW_SIZE.0, WINDOW_SIZE.1),
            ],
        };
        let mut chromium = ChromiumProcess::start(&launch, stop.clone())
            .map_err(|why| PlayTestError::BrowserLaunch(display_message(&why.to_string())))?;
        match open_page(&mut chromium) {
            Ok(page) => Ok((chromium, page)),
            Err(_) if stop.is_triggered() => Err(PlayTestError::Stopped),
            Err(_) => {
                Err(PlayTestError::BrowserLaunch(display_message(&chromium.last_error_line())))
            }
        }
    }
}

/// Play-tests one game in a browser of its own; blocks until the verdict.
///
/// # Errors
/// If no browser starts, the browser is lost, or the play-test was stopped.
pub fn play_test_once(
    game: &Vetted,
    config: &BrowserConfig,
    stop: &KillSwitch,
    on_stage: impl FnMut(PlayTestStage),
) -> Result<Verdict, PlayTestError> {
    GamePlayer::new(config.clone()).play_test(game, stop, on_stage)
}

fn open_page(chromium: &mut ChromiumProcess) -> Result<BrowserContext, TabError> {
    BrowserTab::open(chromium, WINDOW_SIZE, &play_test::page_scripts()).map(BrowserTab::context)
}

fn display_message(message: &str) -> String {
    let message = Untrusted::new(message).headline(200);
    if message.is_empty() { "no message".to_owned() } else { message }
}
