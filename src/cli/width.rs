//! The width of standard output.

/// The terminal's width in columns, at least 20; `None` if standard output is not a terminal.
pub fn output_width() -> Option<usize> {
    if !super::output::is_stdout_terminal() {
        return None;
    }
    super::output::stdout_columns().map(|columns| usize::from(columns.max(20)))
}
