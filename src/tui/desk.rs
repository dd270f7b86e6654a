//! The screen without a terminal: what is typed, what is looked at, what is drawn.

use crossterm::event::{Event as TermEvent, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tui_textarea::{TextArea, WrapMode};

use super::highlight::Paint;
use super::keys::{Command, Keymap};
use super::overlay::confirm::in_confirm;
use super::picture::{Canvas, Gallery, Order, Picture};
use super::preview::{Preview, Unpainted};
use super::theme::{Role, Theme};
use crate::app::picker::{Picker, Value};
use crate::app::{Action, Job, Pane, Press, State, Stock};
use crate::cli::clock::Clock;

/// Everything the screen keeps for itself.
pub struct Desk {
    pub(super) editor: TextArea<'static>,
    pub(super) keys: Keymap,
    pub(super) theme: Theme,
    pub(super) clock: Clock,
    pub(super) preview: Preview,
    pub(super) gallery: Gallery,
    /// Lines of code that fitted the last frame: a page to scroll by.
    pub(super) page: usize,
    focus: Pane,
    help: bool,
    /// The open list, as it was drawn last.
    picker: Option<Picker>,
    /// Whether a question has the keys.
    asks: bool,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("focus", &self.focus).finish_non_exhaustive()
    }
}

impl Desk {
    pub fn new(theme: Theme, clock: Clock) -> Self {
        let mut editor = TextArea::default();
        editor.set_wrap_mode(WrapMode::WordOrGlyph);
        editor.set_style(theme.style(Role::Text));
        editor.set_cursor_line_style(theme.style(Role::Text));
        editor.set_placeholder_style(theme.style(Role::Faint));
        Self {
            editor,
            keys: Keymap::built_in(),
            theme,
            clock,
            preview: Preview::default(),
            gallery: Gallery::default(),
            page: 20,
            focus: Pane::Prompt,
            help: false,
            picker: None,
            asks: false,
        }
    }

    /// What is in the editor.
    pub fn prompt(&self) -> String {
        self.editor.lines().join("\n")
    }

    /// Puts text into the editor as if it was pasted.
    pub fn insert(&mut self, text: &str) {
        // The editor breaks lines at \n alone.
        self.editor.insert_str(text.replace("\r\n", "\n").replace('\r', "\n"));
    }

    /// Takes over the news of the job; answers with the lines to be coloured.
    pub fn sync(&mut self, state: &State) -> Option<Unpainted> {
        self.focus = state.view.focus;
        self.help = state.view.help;
        self.picker.clone_from(&state.view.picker);
        self.asks = state.view.confirm.is_some();
        self.put_away(state);
        self.preview.sync(state.job.as_ref()?)
    }

    /// A prompt that has become a game makes room for the next one.
    fn put_away(&mut self, state: &State) {
        let is_made = |job: &Job| job.is_done() && self.prompt().trim() == job.prompt.text();
        if state.draft.text.is_empty() && state.job.as_ref().is_some_and(is_made) {
            self.editor.select_all();
            self.editor.cut();
        }
    }

    pub fn paint(&mut self, paint: Paint) {
        self.preview.paint(paint.generation, paint.first, paint.lines);
    }

    /// The picture that the last frame would have shown.
    pub fn order(&mut self) -> Option<Order> {
        self.gallery.order()
    }

    pub fn hang(&mut self, picture: Picture) {
        self.gallery.hang(picture);
    }

    pub fn set_canvas(&mut self, canvas: Canvas) {
        self.gallery.set_canvas(canvas);
    }

    /// What the terminal says, in terms of what the user wants.
    pub fn on_event(&mut self, event: TermEvent) -> Vec<Action> {
        match event {
            TermEvent::Key(key) if key.kind != KeyEventKind::Release => self.on_key(key),
            TermEvent::Paste(_) if self.asks => vec![Action::Answer(Press::Other)],
            TermEvent::Paste(text) if self.picker.is_some() => {
                self.narrow(|query| query.push_str(&text))
            }
            TermEvent::Paste(text) if self.focus == Pane::Prompt && !self.help => {
                self.insert(&text);
                vec![Action::Edited(self.prompt())]
            }
            TermEvent::Paste(_) => {
                vec![Action::Note("go to the prompt (Alt+1) to paste".to_owned())]
            }
            TermEvent::Key(_)
            | TermEvent::Resize(..)
            | TermEvent::FocusGained
            | TermEvent::FocusLost
            | TermEvent::Mouse(_) => Vec::new(),
        }
    }

    fn on_key(&mut self, key: KeyEvent) -> Vec<Action> {
        if self.asks {
            return in_confirm(self.keys.command(key, self.focus), key);
        }
        if self.picker.is_some() && !self.help {
            return self.in_picker(key);
        }
        match self.keys.command(key, self.focus) {
            Some(command) if self.help => in_help(command),
            Some(command) => self.run(command),
            None if self.help || self.focus != Pane::Prompt => Vec::new(),
            None => self.type_key(key),
        }
    }

    fn type_key(&mut self, key: KeyEvent) -> Vec<Action> {
        // The editor does not tell of a selection that a paste of nothing took away.
        let before = self.prompt();
        self.editor.input(key);
        let text = self.prompt();
        if text == before { Vec::new() } else { vec![Action::Edited(text)] }
    }

    fn run(&mut self, command: Command) -> Vec<Action> {
        match command {
            Command::Generate => vec![Action::Generate(self.prompt())],
            Command::Stop => vec![Action::Stop],
            Command::RetryNow => vec![Action::RetryNow],
            Command::Save => vec![Action::Save],
            Command::Play => vec![Action::Play],
            Command::PlayTest => vec![Action::PlayTest],
            Command::Fix => vec![Action::Fix],
            Command::NextTab => vec![Action::NextTab],
            Command::Undo => vec![Action::Undo],
            Command::Redo => vec![Action::Redo],
            Command::NewGame => vec![Action::NewGame],
            Command::EarlierPrompts => vec![Action::Pick(Stock::Prompts)],
            Command::Library => vec![Action::Pick(Stock::Games)],
            Command::Models => vec![Action::Pick(Stock::Models)],
            Command::Credits => vec![Action::Credits],
            Command::NextPane => vec![Action::FocusNext],
            Command::BackPane => vec![Action::FocusBack],
            Command::PanePrompt => vec![Action::Focus(Pane::Prompt)],
            Command::PaneStatus => vec![Action::Focus(Pane::Status)],
            Command::PanePreview => vec![Action::Focus(Pane::Preview)],
            Command::Help => vec![Action::Help],
            Command::Quit => vec![Action::Quit],
            Command::Clear => self.clear(),
            Command::LineDown => self.scroll(1),
            Command::LineUp => self.scroll(-1),
            Command::PageDown => self.scroll(self.page.cast_signed()),
            Command::PageUp => self.scroll(-self.page.cast_signed()),
            Command::Top => self.look(Preview::go_top),
            Command::Bottom => self.look(Preview::go_bottom),
        }
    }

    /// Empties the editor, which its own undo brings back; an empty one means leaving.
    fn clear(&mut self) -> Vec<Action> {
        if self.editor.is_empty() {
            return vec![Action::Quit];
        }
        self.editor.select_all();
        self.editor.cut();
        let note = "cleared; ^U in the prompt brings it back".to_owned();
        vec![Action::Edited(String::new()), Action::Note(note)]
    }

    fn scroll(&mut self, by: isize) -> Vec<Action> {
        self.preview.scroll(by, self.page);
        Vec::new()
    }

    fn look(&mut self, to: impl Fn(&mut Preview)) -> Vec<Action> {
        to(&mut self.preview);
        Vec::new()
    }
}

impl Desk {
    /// A list has the keys to itself: words narrow it, arrows move, Enter takes.
    fn in_picker(&mut self, key: KeyEvent) -> Vec<Action> {
        let plain = !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        match key.code {
            KeyCode::Char(c) if plain => self.narrow(|query| query.push(c)),
            KeyCode::Backspace => self.narrow(|query| query.truncate(last(query))),
            KeyCode::Up => vec![Action::Step(-1)],
            KeyCode::Down => vec![Action::Step(1)],
            KeyCode::PageUp => vec![Action::Step(-10)],
            KeyCode::PageDown => vec![Action::Step(10)],
            KeyCode::Enter => self.choose(),
            _ => match self.keys.command(key, self.focus) {
                Some(Command::EarlierPrompts) => vec![Action::Pick(Stock::Prompts)],
                Some(Command::Library) => vec![Action::Pick(Stock::Games)],
                Some(Command::Models) => vec![Action::Pick(Stock::Models)],
                Some(Command::Stop | Command::Clear) => vec![Action::Stop],
                Some(Command::Quit) => vec![Action::Quit],
                _ => Vec::new(),
            },
        }
    }

    fn narrow(&mut self, change: impl FnOnce(&mut String)) -> Vec<Action> {
        let Some(picker) = self.picker.as_mut() else { return Vec::new() };
        // Words may come faster than frames: the next key builds on these.
        change(&mut picker.query);
        vec![Action::Narrow(picker.query.clone())]
    }

    fn choose(&mut self) -> Vec<Action> {
        let chosen = self.picker.as_ref().and_then(|open| Some(open.chosen()?.value.clone()));
        // What follows a model is typed for the next list or the question, not for the editor.
        if !matches!(chosen, Some(Value::Model(_) | Value::Route(_))) {
            self.picker = None;
        }
        let mut actions = vec![Action::Choose];
        if let Some(Value::Prompt(text)) = chosen {
            self.editor.select_all();
            self.editor.cut();
            self.insert(&text);
            actions.push(Action::Edited(self.prompt()));
        }
        actions
    }
}

/// Where the last character begins.
fn last(text: &str) -> usize {
    text.char_indices().next_back().map_or(0, |(at, _)| at)
}

/// The help is read and closed; nothing else happens behind it.
fn in_help(command: Command) -> Vec<Action> {
    match command {
        Command::Help | Command::Stop => vec![Action::Help],
        Command::Quit => vec![Action::Quit],
        Command::Generate
        | Command::RetryNow
        | Command::Save
        | Command::Play
        | Command::PlayTest
        | Command::Fix
        | Command::NextTab
        | Command::Undo
        | Command::Redo
        | Command::NewGame
        | Command::EarlierPrompts
        | Command::Library
        | Command::NextPane
        | Command::BackPane
        | Command::PanePrompt
        | Command::PaneStatus
        | Command::PanePreview
        | Command::LineDown
        | Command::LineUp
        | Command::PageDown
        | Command::PageUp
        | Command::Top
        | Command::Bottom
        | Command::Clear
        | Command::Models
        | Command::Credits => Vec::new(),
    }
}
