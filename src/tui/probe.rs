//! Asks the terminal once what it can show and say.
//!
//! The question goes out after the first frame; who waits for the answer is the
//! thread that reads the keys, and no longer than a tenth of a second.

use std::io::{Write, stdout};
use std::time::Duration;

use super::answers::Answers;
use super::picture::{Canvas, Graphics};
use super::theme::is_light;
use super::wardrobe::Ground;
use crate::config::Switch;

/// So long answers count. What changes later than this would be seen to change.
pub const PATIENCE: Duration = Duration::from_millis(100);

/// May Kitty's pixels come, and how large is a cell?
const PICTURES: &str = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[16t";
/// What colour is the ground?
const GROUND: &str = "\x1b]11;?\x1b\\";
/// Are Kitty's keys known, and what else is? The last one is answered by every terminal,
/// mostly as the last one.
const KEYS_AND_ALL: &str = "\x1b[?u\x1b[c";

/// What the terminal is to be asked.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// Nothing where it would change nothing.
    pub pictures: Option<Hint>,
    pub ground: Ask,
}

/// Whether something is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    Yes,
    No,
}

impl Question {
    fn words(self) -> String {
        // Tmux would make a title of it.
        let pictures = self.pictures.filter(|hint| *hint != Hint::Halfblocks);
        let pictures = pictures.map_or("", |_| PICTURES);
        let ground = if self.ground == Ask::Yes { GROUND } else { "" };
        format!("{pictures}{ground}{KEYS_AND_ALL}")
    }
}

/// What the environment says of the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// It is to be asked.
    Ask,
    /// It knows iTerm2's pictures, which no answer tells.
    Iterm,
    /// Pixels would go astray, or be shown wrongly: it is not asked.
    Halfblocks,
}

impl Hint {
    pub fn of<'a>(env: impl Fn(&str) -> Option<&'a str>) -> Self {
        let is_set = |name| env(name).is_some_and(|value| !value.is_empty());
        let term = env("TERM").unwrap_or_default();
        let program = env("TERM_PROGRAM").unwrap_or_default();
        let is_inside = ["screen", "tmux"].iter().any(|name| term.starts_with(name));
        // Konsole says yes to Kitty's pixels, and knows them only by half.
        if is_inside || is_set("TMUX") || program == "tmux" || is_set("KONSOLE_VERSION") {
            return Self::Halfblocks;
        }
        match program {
            "iTerm.app" | "WezTerm" => Self::Iterm,
            _ => Self::Ask,
        }
    }

    fn canvas(self, answers: Answers, cell: Option<(u16, u16)>) -> Canvas {
        let graphics = match self {
            Self::Iterm => Some(Graphics::Iterm),
            Self::Ask if answers.kitty => Some(Graphics::Kitty),
            Self::Ask if answers.sixel == Some(true) => Some(Graphics::Sixel),
            Self::Ask | Self::Halfblocks => None,
        };
        let found = graphics.zip(answers.cell.or(cell));
        found.map_or(Canvas::Halfblocks, |(graphics, cell)| Canvas::Pixels(graphics, cell))
    }
}

/// Sends the question. It must not come between the pieces of a frame.
///
/// Only where the answers can be told from keys: elsewhere the reader of keys has all for itself.
pub fn ask(question: Question) {
    if !cfg!(unix) {
        return;
    }
    let mut out = stdout().lock();
    // A terminal that is gone is noticed by who reads it.
    drop(out.write_all(question.words().as_bytes()).and_then(|()| out.flush()));
}

/// What came of the question.
#[derive(Debug)]
pub struct Found {
    pub canvas: Canvas,
    /// Whether the terminal knows Kitty's keys.
    pub clear_keys: Switch,
    pub ground: Option<Ground>,
}

impl Question {
    /// Whether everything has been answered that can be waited for: what a terminal does not know
    /// it leaves unanswered, but for the device answer.
    pub fn is_answered(self, answers: Answers) -> bool {
        answers.sixel.is_some() && (self.ground == Ask::No || answers.ground.is_some())
    }

    /// What has come of it.
    pub fn found(self, answers: Answers) -> Found {
        let canvas = |hint: Hint| hint.canvas(answers, terminal::cell());
        let ground = |(r, g, b)| if is_light(r, g, b) { Ground::Light } else { Ground::Dark };
        Found {
            canvas: self.pictures.map(canvas).unwrap_or_default(),
            clear_keys: if answers.keys { Switch::On } else { Switch::Off },
            ground: answers.ground.map(ground),
        }
    }
}

#[cfg(unix)]
mod terminal {
    //! What the system knows of the terminal.

    use rustix::termios;

    /// The size of a cell, where the system knows that of the window in pixels.
    pub fn cell() -> Option<(u16, u16)> {
        let size = termios::tcgetwinsize(std::io::stdin()).ok()?;
        let width = size.ws_xpixel.checked_div(size.ws_col)?;
        let height = size.ws_ypixel.checked_div(size.ws_row)?;
        (width > 0 && height > 0).then_some((width, height))
    }
}

#[cfg(not(unix))]
mod terminal {
    //! The system knows nothing of pixels here.

    pub fn cell() -> Option<(u16, u16)> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(env: &[(&str, &'static str)]) -> Hint {
        Hint::of(|name| env.iter().find(|(known, _)| *known == name).map(|(_, value)| *value))
    }

    #[test]
    fn nobody_is_asked_where_the_answer_would_mislead() {
        assert_eq!(hint(&[("TERM", "xterm-256color"), ("TMUX", "")]), Hint::Ask);
        assert_eq!(hint(&[("TERM_PROGRAM", "WezTerm")]), Hint::Iterm);
        for inside in [
            ("TMUX", "/tmp/tmux-0/default,1,0"),
            ("TERM", "screen-256color"),
            ("TERM", "tmux-256color"),
            ("KONSOLE_VERSION", "220401"),
        ] {
            let both = [("TERM_PROGRAM", "iTerm.app"), inside];
            assert_eq!(hint(&both), Hint::Halfblocks, "{inside:?}");
        }
    }

    #[test]
    fn only_what_changes_something_is_asked() {
        let words = |pictures, ground| Question { pictures, ground }.words();
        assert_eq!(words(None, Ask::No), "\x1b[?u\x1b[c");
        assert_eq!(words(Some(Hint::Halfblocks), Ask::Yes), "\x1b]11;?\x1b\\\x1b[?u\x1b[c");
        assert!(words(Some(Hint::Ask), Ask::No).contains("\x1b_Gi=31"));
    }

    #[test]
    fn pixels_need_a_way_and_the_size_of_a_cell() {
        let kitty = Answers { kitty: true, sixel: Some(true), ..Answers::default() };
        let sixel = Answers { sixel: Some(true), cell: Some((9, 18)), ..Answers::default() };
        let table = [
            (Hint::Ask, kitty, Some((8, 16)), Canvas::Pixels(Graphics::Kitty, (8, 16))),
            (Hint::Ask, kitty, None, Canvas::Halfblocks),
            (Hint::Ask, sixel, None, Canvas::Pixels(Graphics::Sixel, (9, 18))),
            (Hint::Iterm, sixel, None, Canvas::Pixels(Graphics::Iterm, (9, 18))),
            (Hint::Ask, Answers::default(), Some((8, 16)), Canvas::Halfblocks),
            (Hint::Halfblocks, kitty, Some((8, 16)), Canvas::Halfblocks),
        ];
        for (hint, answers, cell, canvas) in table {
            assert_eq!(hint.canvas(answers, cell), canvas, "{hint:?} {answers:?}");
        }
    }
}
