//! Standard output and standard error: every word that a command says goes through here.
//!
//! A terminal obeys escape sequences, and a page, a path, a name or an error may hold some. So
//! where the stream is a terminal, whatever it would obey is shown instead. A pipe and a file get
//! the exact bytes: who saves a page wants that page.

use std::borrow::Cow;
use std::io::{IsTerminal, Result, Write, stderr, stdout};

use crate::untrusted::sanitize;

/// Writes the result.
pub fn write_stdout(bytes: &[u8]) -> Result<()> {
    write(&mut stdout().lock(), bytes)
}

/// Writes what is beside the result. With standard error closed there is nobody to tell.
pub fn write_stderr(text: &str) {
    drop(write(&mut stderr().lock(), text.as_bytes()));
}

/// Empties the line that the cursor is in, where [`is_stderr_terminal`].
pub fn erase_line() {
    drop(stderr().write_all(b"\r\x1b[K"));
}

pub fn is_stdout_terminal() -> bool {
    stdout().is_terminal()
}

pub fn is_stderr_terminal() -> bool {
    stderr().is_terminal()
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
