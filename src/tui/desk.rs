//! The screen without a terminal: what is typed, what is looked at, what is drawn.

use crossterm::event::{Event as TermEvent, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tui_textarea::{TextArea, WrapMode};

use super::errand::Errand;
use super::highlight::Paint;
use super::keys::{Command, Keymap};
use super::mouse::Spots;
use super::picture::{Canvas, Gallery, Order, Picture};
use super::preview::{Preview, Unpainted};
use super::theme::Theme;
use super::wardrobe::Wardrobe;
use crate::app::picker::{Picker, Value};
use crate::app::{Action, Job, Pane, State, Stock};
use crate::cli::clock::Clock;
use crate::compose;
use crate::config::Switch;

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
    pub(super) spots: Spots,
    pub(super) wardrobe: Wardrobe,
    /// Whether gauges move and seconds count.
    pub(super) animations: Switch,
    pub(super) mouse: Switch,
    pub(super) errands: Vec<Errand>,
    pub(super) focus: Pane,
    pub(super) help: bool,
    /// The open list, as it was drawn last.
    pub(super) picker: Option<Picker>,
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
        let mut wardrobe = Wardrobe::new(compose::Theme::default(), theme.depth());
        wardrobe.choose(&theme.name);
        let mut desk = Self {
            editor,
            keys: Keymap::built_in(),
            theme,
            clock,
            preview: Preview::default(),
            gallery: Gallery::default(),
            page: 20,
            spots: Spots::default(),
            wardrobe,
            animations: Switch::On,
            mouse: Switch::On,
            errands: Vec::new(),
            focus: Pane::Prompt,
            help: false,
            picker: None,
        };
        desk.wear(desk.theme.clone());
        desk
    }

    /// What is in the editor.
    pub fn prompt(&self) -> String {
        self.editor.lines().join("\n")
    }

    /// Whether gauges move and seconds count.
    pub fn set_animations(&mut self, animations: Switch) {
        self.animations = animations;
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
        self.try_on();
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
            TermEvent::Mouse(event) => self.on_mouse(event),
            TermEvent::Key(_)
            | TermEvent::Resize(..)
            | TermEvent::FocusGained
            | TermEvent::FocusLost => Vec::new(),
        }
    }

    fn on_key(&mut self, key: KeyEvent) -> Vec<Action> {
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
        if self.editor.input(key) { vec![Action::Edited(self.prompt())] } else { Vec::new() }
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
            Command::Themes => vec![Action::Offer(Stock::Themes, self.wardrobe.items())],
            Command::Mouse => self.turn_mouse(),
            Command::Copy => self.copy(),
            Command::Suspend => self.send(Errand::Suspend),
            Command::Editor => self.send(Errand::Edit),
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

    pub(super) fn scroll(&mut self, by: isize) -> Vec<Action> {
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
                Some(Command::Stop | Command::Clear | Command::Themes) => vec![Action::Stop],
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
        let chosen = self.picker.take().and_then(|picker| Some(picker.chosen()?.value.clone()));
        let mut actions = vec![Action::Choose];
        match chosen {
            Some(Value::Prompt(text)) => actions.extend(self.rewrite(&text)),
            Some(Value::Theme(name)) => actions.extend(self.take_theme(&name)),
            Some(Value::Version(_)) | None => {}
        }
        actions
    }

    /// Closes the list, once: the same again would stop a job.
    pub(super) fn close_list(&mut self) -> Vec<Action> {
        self.picker.take().map(|_| Action::Stop).into_iter().collect()
    }

    /// Chooses a line of the open list, wherever the choice is.
    pub(super) fn choose_line(&mut self, line: usize) -> Vec<Action> {
        let Some(picker) = self.picker.as_mut() else { return Vec::new() };
        if picker.items.as_ref().is_none_or(|items| line >= items.len()) {
            return Vec::new();
        }
        let by = line.cast_signed() - picker.chosen.cast_signed();
        picker.chosen = line;
        let mut actions = vec![Action::Step(by)];
        actions.extend(self.choose());
        actions
    }

    /// Puts another text into the editor, as an edit that its undo takes back.
    pub fn rewrite(&mut self, text: &str) -> Vec<Action> {
        self.editor.select_all();
        self.editor.cut();
        self.insert(text);
        vec![Action::Edited(self.prompt())]
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
        | Command::Themes
        | Command::Mouse
        | Command::Copy
        | Command::Suspend
        | Command::Editor => Vec::new(),
    }
}
