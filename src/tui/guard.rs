//! Leaves the terminal as it was, on every way out.
//!
//! Return, error, panic and signal all end here: by `Drop`, and for a panic
//! before its message is printed, so that the message can be read.

use std::io::{Write, stdout};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute};

/// Whether the terminal is ours at this moment.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal in raw mode on its other screen, until dropped.
#[derive(Debug)]
pub struct Guard(());

impl Guard {
    pub fn take() -> std::io::Result<Self> {
        restore_on_panic();
        TAKEN.store(true, Ordering::SeqCst);
        // From here on, dropping the guard undoes whatever was done.
        let guard = Self(());
        enable_raw_mode()?;
        execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste, cursor::Hide)?;
        Ok(guard)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal back, once. A terminal that is gone needs nothing.
fn restore() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    drop(execute!(stdout(), DisableBracketedPaste, cursor::Show, LeaveAlternateScreen));
    drop(disable_raw_mode());
    drop(stdout().flush());
}

fn restore_on_panic() {
    static HOOKED: Once = Once::new();
    HOOKED.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            // A worker's panic becomes an error message; only the screen's own ends it.
            if std::thread::current().name() == Some("main") {
                restore();
                before(info);
            }
        }));
    });
}
