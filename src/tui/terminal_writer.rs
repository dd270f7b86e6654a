//! Writes frames to the terminal until it closes.

use std::io::{self, BufWriter, Stdout, Write, stdout};

/// Size of the buffer in bytes; a larger frame is written in parts.
const BUFFER_BYTES: usize = 32 << 10;

/// The terminal. Its first error is returned; later writes are dropped.
///
/// Plain standard output flushes every kilobyte, and each flush wakes the terminal. And the drawing
/// library would report the error of a closed terminal to a standard error that is closed too.
#[derive(Debug)]
pub struct TerminalWriter<W: Write = Stdout> {
    /// `None` once the terminal is closed.
    terminal: Option<BufWriter<W>>,
}

impl TerminalWriter {
    /// A writer to standard output.
    pub fn new() -> Self {
        Self::with_writer(stdout())
    }
}

impl<W: Write> TerminalWriter<W> {
    fn with_writer(terminal: W) -> Self {
        Self { terminal: Some(BufWriter::with_capacity(BUFFER_BYTES, terminal)) }
    }

    fn attempt<T>(
        &mut self,
        otherwise: T,
        what: impl FnOnce(&mut BufWriter<W>) -> io::Result<T>,
    ) -> io::Result<T> {
        let result = self.terminal.as_mut().map_or(Ok(otherwise), what);
        if result.is_err() {
            self.terminal = None;
        }
        result
    }
}

impl<W: Write> Write for TerminalWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.attempt(bytes.len(), |terminal| terminal.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.attempt((), BufWriter::flush)
    }
}

/// Why the screen closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitReason {
    Quit,
    Signal,
    /// The terminal closed without a signal.
    TerminalClosed,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Accepts this many bytes, then fails.
    struct LimitedWriter(usize);

    impl Write for LimitedWriter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::BrokenPipe)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_terminal_that_is_gone_is_told_once() {
        let mut out = TerminalWriter::with_writer(LimitedWriter(8));
        assert!(out.write_all(b"a frame").and_then(|()| out.flush()).is_ok());
        assert!(out.write_all(b"another").and_then(|()| out.flush()).is_err());
        assert!(out.write_all(b"the end").and_then(|()| out.flush()).is_ok());
    }
}
