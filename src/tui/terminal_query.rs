//! Queries the terminal once for its capabilities.
//!
//! The queries are sent after the first frame; the input thread collects the replies, for no longer
//! than a tenth of a second.

use std::io::{Write, stdout};
use std::time::Duration;

use super::image_worker::{GraphicsProtocol, PixelProtocol};
use super::query_replies::QueryReplies;
use super::theme::is_light;
use super::theme_registry::Background;
use crate::config::Switch;

/// How long replies count. A later change would be visible.
pub const QUERY_TIMEOUT: Duration = Duration::from_millis(100);

/// Kitty graphics support, and the size of a cell.
const GRAPHICS_QUERY: &str = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[16t";
/// The background colour.
const BACKGROUND_QUERY: &str = "\x1b]11;?\x1b\\";
/// The Kitty keyboard protocol, and the device attributes, which every terminal reports, mostly
/// last.
const KEYBOARD_AND_DEVICE_QUERY: &str = "\x1b[?u\x1b[c";

/// The queries to send.
#[derive(Debug, Clone, Copy)]
pub struct TerminalQuery {
    /// `None` if no picture would be shown.
    pub graphics: Option<GraphicsHint>,
    pub background: AskBackground,
}

/// Whether the background colour is queried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskBackground {
    Yes,
    No,
}

impl TerminalQuery {
    fn sequence(self) -> String {
        // Tmux would show the query as a title.
        let pictures = self.graphics.filter(|hint| *hint != GraphicsHint::Halfblocks);
        let pictures = pictures.map_or("", |_| GRAPHICS_QUERY);
        let background = if self.background == AskBackground::Yes { BACKGROUND_QUERY } else { "" };
        format!("{pictures}{background}{KEYBOARD_AND_DEVICE_QUERY}")
    }
}

/// What the environment tells about the terminal's graphics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GraphicsHint {
    /// Unknown: the terminal is queried.
    Query,
    /// iTerm2 graphics, which no reply reports.
    Iterm,
    /// Pixels would be lost or wrong: no query.
    Halfblocks,
}

impl GraphicsHint {
    /// What the environment says about pictures, before the terminal has answered.
    pub fn from_env<'a>(env: impl Fn(&str) -> Option<&'a str>) -> Self {
        let is_set = |name| env(name).is_some_and(|value| !value.is_empty());
        let term = env("TERM").unwrap_or_default();
        let program = env("TERM_PROGRAM").unwrap_or_default();
        let is_inside = ["screen", "tmux"].iter().any(|name| term.starts_with(name));
        // Konsole claims Kitty graphics but implements only a part.
        if is_inside || is_set("TMUX") || program == "tmux" || is_set("KONSOLE_VERSION") {
            return Self::Halfblocks;
        }
        match program {
            "iTerm.app" | "WezTerm" => Self::Iterm,
            _ => Self::Query,
        }
    }

    fn choose_protocol(self, answers: QueryReplies, cell: Option<(u16, u16)>) -> GraphicsProtocol {
        let graphics = match self {
            Self::Iterm => Some(PixelProtocol::Iterm),
            Self::Query if answers.kitty => Some(PixelProtocol::Kitty),
            Self::Query if answers.sixel == Some(true) => Some(PixelProtocol::Sixel),
            Self::Query | Self::Halfblocks => None,
        };
        let found = graphics.zip(answers.cell_size.or(cell));
        found.map_or(GraphicsProtocol::Halfblocks, |(graphics, cell)| {
            GraphicsProtocol::Pixels(graphics, cell)
        })
    }
}

/// Sends the queries; never within a frame.
///
/// Only on Unix, where replies can be told from keys.
pub fn send_query(question: TerminalQuery) {
    if !cfg!(unix) {
        return;
    }
    let mut out = stdout().lock();
    // A closed terminal is detected by the input thread.
    drop(out.write_all(question.sequence().as_bytes()).and_then(|()| out.flush()));
}

/// What the terminal can do.
#[derive(Debug)]
pub struct TerminalCapabilities {
    pub graphics: GraphicsProtocol,
    /// Whether the Kitty keyboard protocol is supported.
    pub kitty_keys: Switch,
    pub background: Option<Background>,
}

impl TerminalQuery {
    /// Whether all expected replies arrived: a terminal replies to nothing it does not know, except
    /// the device attributes.
    pub fn is_answered(self, answers: QueryReplies) -> bool {
        answers.sixel.is_some()
            && (self.background == AskBackground::No || answers.background.is_some())
    }

    /// The capabilities according to the replies.
    pub fn capabilities(self, answers: QueryReplies) -> TerminalCapabilities {
        let canvas =
            |hint: GraphicsHint| hint.choose_protocol(answers, terminal::system_cell_size());
        let background =
            |(r, g, b)| if is_light(r, g, b) { Background::Light } else { Background::Dark };
        TerminalCapabilities {
            graphics: self.graphics.map(canvas).unwrap_or_default(),
            kitty_keys: if answers.kitty_keys { Switch::On } else { Switch::Off },
            background: answers.background.map(background),
        }
    }
}

#[cfg(unix)]
mod terminal {
    //! What the system knows about the terminal.

    use rustix::termios;

    /// The size of a cell in pixels. `None` if the system does not know the window's size in
    /// pixels.
    pub fn system_cell_size() -> Option<(u16, u16)> {
        let size = termios::tcgetwinsize(std::io::stdin()).ok()?;
        let width = size.ws_xpixel.checked_div(size.ws_col)?;
        let height = size.ws_ypixel.checked_div(size.ws_row)?;
        (width > 0 && height > 0).then_some((width, height))
    }
}

#[cfg(not(unix))]
mod terminal {
    //! The system knows no pixel sizes here.

    /// `None`: this system does not report it.
    pub fn system_cell_size() -> Option<(u16, u16)> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(env: &[(&str, &'static str)]) -> GraphicsHint {
        GraphicsHint::from_env(|name| {
            env.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
        })
    }

    #[test]
    fn nobody_is_asked_where_the_answer_would_mislead() {
        assert_eq!(hint(&[("TERM", "xterm-256color"), ("TMUX", "")]), GraphicsHint::Query);
        assert_eq!(hint(&[("TERM_PROGRAM", "WezTerm")]), GraphicsHint::Iterm);
        for inside in [
            ("TMUX", "/tmp/tmux-0/default,1,0"),
            ("TERM", "screen-256color"),
            ("TERM", "tmux-256color"),
            ("KONSOLE_VERSION", "220401"),
        ] {
            let both = [("TERM_PROGRAM", "iTerm.app"), inside];
            assert_eq!(hint(&both), GraphicsHint::Halfblocks, "{inside:?}");
        }
    }

    #[test]
    fn only_what_changes_something_is_asked() {
        let sequence =
            |pictures, background| TerminalQuery { graphics: pictures, background }.sequence();
        assert_eq!(sequence(None, AskBackground::No), "\x1b[?u\x1b[c");
        assert_eq!(
            sequence(Some(GraphicsHint::Halfblocks), AskBackground::Yes),
            "\x1b]11;?\x1b\\\x1b[?u\x1b[c"
        );
        assert!(sequence(Some(GraphicsHint::Query), AskBackground::No).contains("\x1b_Gi=31"));
    }

    #[test]
    fn pixels_need_a_way_and_the_size_of_a_cell() {
        let kitty = QueryReplies { kitty: true, sixel: Some(true), ..QueryReplies::default() };
        let sixel =
            QueryReplies { sixel: Some(true), cell_size: Some((9, 18)), ..QueryReplies::default() };
        let table = [
            (
                GraphicsHint::Query,
                kitty,
                Some((8, 16)),
                GraphicsProtocol::Pixels(PixelProtocol::Kitty, (8, 16)),
            ),
            (GraphicsHint::Query, kitty, None, GraphicsProtocol::Halfblocks),
            (
                GraphicsHint::Query,
                sixel,
                None,
                GraphicsProtocol::Pixels(PixelProtocol::Sixel, (9, 18)),
            ),
            (
                GraphicsHint::Iterm,
                sixel,
                None,
                GraphicsProtocol::Pixels(PixelProtocol::Iterm, (9, 18)),
            ),
            (
                GraphicsHint::Query,
                QueryReplies::default(),
                Some((8, 16)),
                GraphicsProtocol::Halfblocks,
            ),
            (GraphicsHint::Halfblocks, kitty, Some((8, 16)), GraphicsProtocol::Halfblocks),
        ];
        for (hint, answers, cell, canvas) in table {
            assert_eq!(hint.choose_protocol(answers, cell), canvas, "{hint:?} {answers:?}");
        }
    }
}
