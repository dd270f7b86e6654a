//! Cuts the visible part out of a long line.

use ratatui::style::Style;
use ratatui::text::Span;
use unicode_width::UnicodeWidthChar;

/// A character with its combining marks, or a placeholder.
struct TextCell {
    text: String,
    style: Style,
    width: usize,
}

/// The `width` columns of a line from `column` on. A sign at an end shows that the line continues.
pub(super) fn visible_spans(
    spans: Vec<Span<'_>>,
    column: usize,
    width: usize,
    sign: Style,
) -> Vec<Span<'_>> {
    if column == 0 && spans.iter().map(Span::width).sum::<usize>() <= width {
        return spans;
    }
    let (mut cells, is_more) = visible_cells(&spans, column, width);
    if let Some(first) = cells.first_mut().filter(|_| column > 0) {
        *first =
            TextCell {
                text: format!("{:<1$}", "‹", first.width), style: sign, width: first.width
            };
    }
    if is_more {
        let mut taken: usize = cells.iter().map(|cell| cell.width).sum();
        while taken >= width.max(1) {
            taken -= cells.pop().map_or(taken, |cell| cell.width);
        }
        let text = format!("{:>1$}", "›", width - taken);
        cells.push(TextCell { text, style: sign, width: width - taken });
    }
    merge_cells(cells)
}

/// The visible characters, and whether more follow.
fn visible_cells(spans: &[Span<'_>], column: usize, width: usize) -> (Vec<TextCell>, bool) {
    let mut cells: Vec<TextCell> = Vec::new();
    let mut at = 0;
    for span in spans {
        for letter in span.content.chars() {
            let wide = letter.width().unwrap_or(0);
            let begin = at;
            at += wide;
            match cells.last_mut() {
                _ if at > column + width => return (cells, true),
                Some(last) if wide == 0 => last.text.push(letter),
                _ if begin >= column && wide > 0 => {
                    cells.push(TextCell { text: letter.into(), style: span.style, width: wide });
                }
                // The right half of a wide character.
                _ if at > column => {
                    cells.push(TextCell {
                        text: " ".to_owned(),
                        style: span.style,
                        width: at - column,
                    });
                }
                _ => {}
            }
        }
    }
    (cells, false)
}

fn merge_cells(cells: Vec<TextCell>) -> Vec<Span<'static>> {
    let mut spans: Vec<Span<'static>> = Vec::new();
    for cell in cells {
        match spans.last_mut().filter(|span| span.style == cell.style) {
            Some(span) => span.content.to_mut().push_str(&cell.text),
            None => spans.push(Span::styled(cell.text, cell.style)),
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str, column: usize, width: usize) -> String {
        let half = text.floor_char_boundary(text.len() / 2);
        let (left, right) = text.split_at(half);
        let spans = vec![Span::raw(left), Span::styled(right, Style::new().bold())];
        let spans = visible_spans(spans, column, width, Style::new());
        spans.iter().map(|span| &*span.content).collect()
    }

    #[test]
    fn a_line_is_cut_at_both_ends_and_says_so() {
        assert_eq!(shown("let x = 1;", 0, 10), "let x = 1;");
        assert_eq!(shown("let x = 1;", 0, 8), "let x =›");
        assert_eq!(shown("let x = 1;", 4, 4), "‹ =›");
        assert_eq!(shown("let x = 1;", 4, 6), "‹ = 1;");
        assert_eq!(shown("let x = 1;", 20, 6), "");
        assert_eq!(shown("a幽霊b", 2, 4), "‹霊b", "half a letter is out of sight");
        assert_eq!(shown("幽霊幽霊", 0, 6), "幽霊 ›");
        assert_eq!(shown("e\u{301}e\u{301}e", 1, 2), "‹e");
    }

    proptest! {
        #[test]
        fn no_window_is_wider_than_asked(text in ".{0,40}", column in 0_usize..50, width in 1_usize..30) {
            let shown = shown(&text, column, width);
            let wide: usize = shown.chars().map(|letter| letter.width().unwrap_or(0)).sum();
            prop_assert!(wide <= width, "{shown:?} of {text:?}");
        }
    }
}
