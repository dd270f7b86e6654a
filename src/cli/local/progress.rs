//! A download as it goes on: one line that changes on a terminal, else a line now and then.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::local::download::DownloadProgress;
use crate::report::output;

/// The cells of the bar.
const BAR_CELLS: usize = 24;
/// Off a terminal a line is printed each time that another such part has come.
const LINES: u32 = 20;

/// Reports a download on standard error.
#[derive(Debug, Default)]
pub struct DownloadReport {
    is_line_open: AtomicBool,
    /// The parts for which a line was printed.
    printed: AtomicU32,
}

impl DownloadReport {
    /// Shows how far it is.
    pub fn show(&self, progress: DownloadProgress) {
        if output::is_stderr_terminal() {
            output::erase_line();
            output::write_stderr(&format!("{} {}", bar(progress.part()), progress.describe()));
            self.is_line_open.store(true, Ordering::Relaxed);
            return;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "from 0 to the number of lines"
        )]
        let part = 1 + (progress.part() * f64::from(LINES)) as u32;
        if !progress.is_verifying && self.printed.swap(part, Ordering::Relaxed) != part {
            output::write_stderr(&format!("{}\n", progress.describe()));
        }
    }

    /// Removes the line that changes.
    pub fn end(&self) {
        if self.is_line_open.swap(false, Ordering::Relaxed) {
            output::erase_line();
        }
    }
}

/// `▓▓▓▓░░░░`.
fn bar(part: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "from 0 to the number of cells"
    )]
    let full = ((part * BAR_CELLS as f64) as usize).min(BAR_CELLS);
    "▓".repeat(full) + &"░".repeat(BAR_CELLS - full)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_has_always_the_same_width() {
        for part in [0.0, 0.3, 0.999, 1.0] {
            assert_eq!(bar(part).chars().count(), BAR_CELLS, "{part}");
        }
        assert_eq!(bar(0.5).matches('▓').count(), BAR_CELLS / 2);
    }
}
