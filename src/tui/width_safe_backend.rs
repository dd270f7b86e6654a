//! Keeps every cell in its column, even if the terminal disagrees about a character's width.
//!
//! For an emoji with a variation selector, a keycap, a flag or a joined family only the terminal
//! knows how many columns it draws: one, two, or one for each part. So the cursor is positioned
//! again after each such cell, the columns it may cover are blanked first, and the cells it may
//! have covered are drawn again.

use std::io::{self, Write};

use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::{Buffer, Cell, CellDiffOption, CellWidth};
use ratatui::layout::{Position, Size};
use unicode_width::UnicodeWidthChar;

/// A crossterm backend that does not rely on widths terminals disagree about.
#[derive(Debug)]
pub struct WidthSafeBackend<W: Write>(CrosstermBackend<W>);

impl<W: Write> WidthSafeBackend<W> {
    /// A backend that writes to this writer.
    pub fn new(writer: W) -> Self {
        Self(CrosstermBackend::new(writer))
    }

    /// Draws the cell after blanking its columns.
    fn draw_ambiguous(&mut self, x: u16, y: u16, cell: &Cell) -> io::Result<()> {
        let mut blank = cell.clone();
        blank.set_symbol(" ");
        // The first column is blanked too, so that a wide character that was there is erased whole.
        let columns = x..x.saturating_add(cell.cell_width());
        self.0.draw(columns.map(|x| (x, y, &blank)))?;
        self.0.draw(std::iter::once((x, y, cell)))
    }
}

impl<W: Write> Write for WidthSafeBackend<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::flush(&mut self.0)
    }
}

impl<W: Write> Backend for WidthSafeBackend<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut content = content.peekable();
        loop {
            // Each draw call starts by positioning the cursor.
            let plain = || content.next_if(|(_, _, cell)| !is_ambiguous(cell));
            self.0.draw(std::iter::from_fn(plain))?;
            let Some((x, y, cell)) = content.next() else { return Ok(()) };
            self.draw_ambiguous(x, y, cell)?;
            let end = x.saturating_add(cell.cell_width());
            while content.next_if(|(x, row, _)| *row == y && *x < end).is_some() {}
        }
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.0.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.0.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.0.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.0.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.0.clear()
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.0.clear_region(region)
    }

    fn size(&self) -> io::Result<Size> {
        self.0.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.0.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.0)
    }
}

/// Prepares a frame: half of an overdrawn wide character becomes a blank, and cells that an
/// ambiguous one may cover are always redrawn.
pub fn prepare_buffer(buffer: &mut Buffer) {
    let area = buffer.area;
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            prepare_cell(buffer, x, y);
        }
    }
}

fn prepare_cell(buffer: &mut Buffer, x: u16, y: u16) {
    let Some(cell) = buffer.cell((x, y)) else { return };
    // Most cells are one byte; a picture starts with an escape sequence.
    if cell.symbol().len() < 2 || is_picture(cell) || cell.diff_option != CellDiffOption::None {
        return;
    }
    let end = x.saturating_add(cell.cell_width());
    let widest = if is_ambiguous(cell) { x.saturating_add(max_width(cell.symbol())) } else { end };
    let is_blank = |x| buffer.cell((x, y)).is_none_or(|cell| [" ", ""].contains(&cell.symbol()));
    if !(x + 1..end).all(is_blank) {
        if let Some(cell) = buffer.cell_mut((x, y)) {
            cell.set_symbol(" ");
        }
        return;
    }
    for x in end..widest.min(buffer.area.right()) {
        if let Some(cell) =
            buffer.cell_mut((x, y)).filter(|it| it.diff_option == CellDiffOption::None)
        {
            cell.set_diff_option(CellDiffOption::AlwaysUpdate);
        }
    }
}

/// Whether terminals disagree about its width: several characters forming one, and emoji.
fn is_ambiguous(cell: &Cell) -> bool {
    let mut letters = cell.symbol().chars();
    let first = letters.next();
    let is_joined = letters.next().is_some();
    // Symbols and emoji that older width tables do not list as wide. All tables agree about CJK.
    let is_emoji = matches!(first, Some('\u{2300}'..='\u{2bff}' | '\u{1f000}'..='\u{1ffff}'));
    !is_picture(cell) && (is_joined || is_emoji && cell.cell_width() > 1)
}

fn is_picture(cell: &Cell) -> bool {
    cell.symbol().starts_with('\x1b')
}

/// The most columns a terminal may use: two, or those of the parts one by one.
fn max_width(symbol: &str) -> u16 {
    let parts: usize = symbol.chars().filter_map(char::width).sum();
    u16::try_from(parts.max(2)).unwrap_or(u16::MAX)
}

#[cfg(test)]
#[path = "width_safe_backend/tests.rs"]
mod tests;
