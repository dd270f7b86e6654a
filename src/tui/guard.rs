//! Restores the terminal on every way out.
//!
//! Return, error, panic and signal all end here: through `Drop`, and on a panic before its message
//! is printed, so that the message can be read. Suspending and the editor use the same two
//! functions.

use std::io::{Write, stdout};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange,
    KeyboardEnhancementFlags, PopKeyboardEnhancementFlags, PushKeyboardEnhancementFlags,
};
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{Command, cursor, execute};

use crate::config::Switch;

/// Whether the terminal is acquired.
static TERMINAL_ACQUIRED: AtomicBool = AtomicBool::new(false);
/// Whether the Kitty keyboard protocol is enabled.
static KITTY_KEYS_ON: AtomicBool = AtomicBool::new(false);

/// The terminal in raw mode on its alternate screen, until dropped.
#[derive(Debug)]
pub struct TerminalGuard {
    mouse: Switch,
    /// Whether the terminal supports the Kitty keyboard protocol.
    kitty_keys: Switch,
}

impl TerminalGuard {
    /// Acquires the terminal and installs the panic hook.
    ///
    /// # Errors
    /// If raw mode or one of the modes cannot be set; the terminal is then restored.
    pub fn acquire(mouse: Switch) -> std::io::Result<Self> {
        restore_on_panic();
        // From here on, dropping the guard restores the terminal.
        let guard = Self { mouse, kitty_keys: Switch::Off };
        guard.reacquire()?;
        Ok(guard)
    }

    /// Restores the terminal for another program; [`Self::reacquire`] takes it back.
    pub fn release(&self) {
        restore();
    }

    /// Sets all modes again.
    ///
    /// # Errors
    /// If raw mode or one of the modes cannot be set.
    pub fn reacquire(&self) -> std::io::Result<()> {
        TERMINAL_ACQUIRED.store(true, Ordering::SeqCst);
        enable_raw_mode()?;
        execute!(
            stdout(),
            SaveTitle,
            EnterAlternateScreen,
            EnableBracketedPaste,
            EnableFocusChange,
            cursor::Hide
        )?;
        if self.mouse == Switch::On {
            execute!(stdout(), CaptureMouse)?;
        }
        if self.kitty_keys == Switch::On { push_kitty_keys() } else { Ok(()) }
    }

    /// Captures or releases the mouse.
    ///
    /// # Errors
    /// If the terminal rejects the write.
    pub fn set_mouse(&mut self, mouse: Switch) -> std::io::Result<()> {
        self.mouse = mouse;
        match mouse {
            Switch::On => execute!(stdout(), CaptureMouse),
            Switch::Off => execute!(stdout(), ReleaseMouse),
        }
    }

    /// Enables the Kitty keyboard protocol, so that Esc is never the start of a sequence.
    ///
    /// # Errors
    /// If the terminal rejects the write.
    pub fn enable_kitty_keys(&mut self) -> std::io::Result<()> {
        self.kitty_keys = Switch::On;
        push_kitty_keys()
    }
}

impl Drop for TerminalGuard {
    fn drop(&mut self) {
        restore();
    }
}

fn push_kitty_keys() -> std::io::Result<()> {
    // The alternate screen has a stack of its own, so this is undone before leaving it.
    if KITTY_KEYS_ON.swap(true, Ordering::SeqCst) {
        return Ok(());
    }
    let flags = KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES;
    execute!(stdout(), PushKeyboardEnhancementFlags(flags))
}

/// Restores the terminal, once. Errors are ignored: a closed terminal needs no restoring.
fn restore() {
    if !TERMINAL_ACQUIRED.swap(false, Ordering::SeqCst) {
        return;
    }
    if KITTY_KEYS_ON.swap(false, Ordering::SeqCst) {
        drop(execute!(stdout(), PopKeyboardEnhancementFlags));
    }
    drop(execute!(
        stdout(),
        ReleaseMouse,
        DisableFocusChange,
        DisableBracketedPaste,
        cursor::Show,
        LeaveAlternateScreen,
        RestoreTitle
    ));
    drop(disable_raw_mode());
    drop(stdout().flush());
}

fn restore_on_panic() {
    static HOOKED: Once = Once::new();
    HOOKED.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            // A worker's panic becomes an error message; only one on the main thread ends the
            // screen.
            if std::thread::current().name() == Some("main") {
                restore();
                before(info);
            }
        }));
    });
}

/// Captures clicks, drags and the wheel but no moves, each of which would cost a frame.
struct CaptureMouse;

impl Command for CaptureMouse {
    fn write_ansi(&self, f: &mut impl std::fmt::Write) -> std::fmt::Result {
        f.write_str("\x1b[?1000h\x1b[?1002h\x1b[?1006h")
    }

    #[cfg(windows)]
    fn execute_winapi(&self) -> std::io::Result<()> {
        crossterm::event::EnableMouseCapture.execute_winapi()
    }

    #[cfg(windows)]
    fn is_ansi_code_supported(&self) -> bool {
        false
    }
}

struct ReleaseMouse;

impl Command for ReleaseMouse {
    fn write_ansi(&self, f: &mut impl std::fmt::Write) -> std::fmt::Result {
        f.write_str("\x1b[?1006l\x1b[?1002l\x1b[?1000l")
    }

    #[cfg(windows)]
    fn execute_winapi(&self) -> std::io::Result<()> {
        crossterm::event::DisableMouseCapture.execute_winapi()
    }

    #[cfg(windows)]
    fn is_ansi_code_supported(&self) -> bool {
        false
    }
}

/// Pushes the window's title onto the terminal's stack.
struct SaveTitle;

impl Command for SaveTitle {
    fn write_ansi(&self, f: &mut impl std::fmt::Write) -> std::fmt::Result {
        f.write_str("\x1b[22;2t")
    }

    #[cfg(windows)]
    fn execute_winapi(&self) -> std::io::Result<()> {
        Ok(())
    }
}

struct RestoreTitle;

impl Command for RestoreTitle {
    fn write_ansi(&self, f: &mut impl std::fmt::Write) -> std::fmt::Result {
        f.write_str("\x1b[23;2t")
    }

    #[cfg(windows)]
    fn execute_winapi(&self) -> std::io::Result<()> {
        Ok(())
    }
}
