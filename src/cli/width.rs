//! How wide a line of standard output may be.

/// Nothing where nobody reads it on a terminal: pipes get all there is.
pub fn output_width() -> Option<usize> {
    if !super::output::is_stdout_terminal() {
        return None;
    }
    crossterm::terminal::size().ok().map(|(columns, _)| usize::from(columns.max(20)))
}
