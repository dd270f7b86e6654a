//! Standard output and standard error, for all text of the commands.
//!
//! Pages, paths, names and errors may contain escape sequences. If the stream is a terminal, they
//! are made visible. Pipes and files get the exact bytes.

use std::borrow::Cow;
use std::io::{IsTerminal, Result, Write, stderr, stdout};

use crate::untrusted::sanitize;

/// Writes the result to standard output.
///
/// # Errors
///
/// Standard output is closed or cannot be written.
pub fn write_stdout(bytes: &[u8]) -> Result<()> {
    write(&mut stdout().lock(), bytes)
}

/// Writes to standard error; errors are ignored.
pub fn write_stderr(text: &str) {
    drop(write(&mut stderr().lock(), text.as_bytes()));
}

/// Erases the current line of standard error. Only if [`is_stderr_terminal`].
pub fn erase_line() {
    drop(stderr().write_all(b"\r\x1b[K"));
}

/// Whether standard output is a terminal.
pub fn is_stdout_terminal() -> bool {
    stdout().is_terminal()
}

/// Whether standard error is a terminal.
pub fn is_stderr_terminal() -> bool {
    stderr().is_terminal()
}

/// While it lives, the terminal does not show what is typed, as for secrets. Dropping it undoes that.
///
/// It is made before the question is written: it throws away what was typed before it, and what is
/// typed between the question and it would be shown.
#[derive(Debug)]
pub struct HiddenInput {
    #[cfg(unix)]
    before: rustix::termios::Termios,
}

impl HiddenInput {
    /// `None` where standard input is no terminal, or cannot be told.
    #[cfg(unix)]
    pub fn new() -> Option<Self> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let before = tcgetattr(std::io::stdin()).ok()?;
        let mut hidden = before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        tcsetattr(std::io::stdin(), OptionalActions::Flush, &hidden).ok()?;
        Some(Self { before })
    }

    /// `None`: this system is not told.
    #[cfg(not(unix))]
    pub fn new() -> Option<Self> {
        None
    }
}

impl Drop for HiddenInput {
    fn drop(&mut self) {
        #[cfg(unix)]
        let _stays_hidden_if_it_fails = rustix::termios::tcsetattr(
            std::io::stdin(),
            rustix::termios::OptionalActions::Now,
            &self.before,
        );
        write_stderr("\n");
    }
}

fn write(stream: &mut (impl Write + IsTerminal), bytes: &[u8]) -> Result<()> {
    let bytes = if stream.is_terminal() { sanitize_bytes(bytes) } else { Cow::Borrowed(bytes) };
    stream.write_all(&bytes)?;
    stream.flush()
}

fn sanitize_bytes(bytes: &[u8]) -> Cow<'_, [u8]> {
    let text = String::from_utf8_lossy(bytes);
    Cow::Owned(sanitize(&text).into_owned().into_bytes())
}

/// The columns of the terminal that standard output goes to; `None` if they are not known.
#[cfg(feature = "screen")]
pub fn stdout_columns() -> Option<u16> {
    crossterm::terminal::size().ok().map(|(columns, _)| columns)
}

/// The columns of the terminal that standard output goes to; `None` if they are not known.
#[cfg(all(unix, not(feature = "screen")))]
pub fn stdout_columns() -> Option<u16> {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    Some(size.ws_col).filter(|columns| *columns > 0)
}

/// The columns of the terminal that standard output goes to; `None` if they are not known.
#[cfg(all(not(unix), not(feature = "screen")))]
pub fn stdout_columns() -> Option<u16> {
    None
}
