//! The screen without a terminal: what is typed, what is looked at, what is drawn.

use crossterm::event::{Event as TermEvent, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tui_textarea::{CursorMove, TextArea, WrapMode};

use super::errand::Errand;
use super::keys::{Command, Keymap};
use super::mouse::Spots;
use super::over::Over;
use super::overlay::confirm::in_confirm;
use super::painter::{Paint, Unpainted, Window};
use super::palette::Palette;
use super::picture::{Canvas, Gallery, Order, Picture};
use super::preview::Preview;
use super::reading::{Reading, SIDE, Way};
use super::theme::Theme;
use super::wardrobe::Wardrobe;
use crate::app::picker::Picker;
use crate::app::{Action, Pane, Press, State, Stock, Tab};
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
    /// What has the keys before the panes, besides lists.
    pub(super) over: Over,
    /// The first visible row of the help.
    pub(super) help_row: usize,
    pub(super) tab: Tab,
    pub(super) reading: Reading,
    /// The open list of actions.
    pub(super) palette: Option<Palette>,
    /// The open list, as it was drawn last.
    pub(super) picker: Option<Picker>,
    /// The prompt that was queued last.
    queued: Option<String>,
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
        let mut wardrobe = Wardrobe::new(compose::GameTheme::default(), theme.depth());
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
            over: Over::Nothing,
            help_row: 0,
            tab: Tab::default(),
            reading: Reading::default(),
            palette: None,
            picker: None,
            queued: None,
        };
        desk.wear(desk.theme.clone());
        desk
    }

    /// The same desk, worked with these keys.
    #[must_use]
    pub fn with_keys(self, keys: Keymap) -> Self {
        Self { keys, ..self }
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
        self.over = Over::of(&state.view);
        self.tab = state.view.tab;
        self.queued = state.queue.back().map(|prompt| prompt.text().to_owned());
        self.picker.clone_from(&state.view.picker);
        self.try_on();
        self.put_away(state);
        let before = self.preview.generation;
        let unpainted = self.preview.sync(state.shown()?);
        if self.preview.generation != before {
            self.read_anew();
        }
        unpainted
    }

    /// A prompt that was sent makes room for the next one, and comes back where it became no game.
    fn put_away(&mut self, state: &State) {
        let draft = &state.draft;
        let sent = draft.sent.as_deref().filter(|sent| draft.text.trim() != *sent);
        if sent.is_some_and(|sent| self.prompt().trim() == sent) {
            self.editor.select_all();
            self.editor.cut();
        }
        let returned = draft.returned.as_deref().filter(|returned| draft.text == *returned);
        if let Some(returned) = returned.filter(|_| self.editor.is_empty()) {
            self.insert(returned);
        }
    }

    /// Takes colours; whether the last frame would look other with them.
    pub fn paint(&mut self, paint: Paint) -> bool {
        let seen =
            self.spots.code.map(|spot| spot.first..spot.first + usize::from(spot.area.height));
        self.preview.paint(paint, &seen.unwrap_or_default())
    }

    /// The lines of the last frame that had no colours yet, told once.
    pub fn wish(&mut self) -> Option<Window> {
        let spot = self.spots.code?;
        self.preview.wish(spot.first, usize::from(spot.area.height))
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
            TermEvent::Paste(text) if self.palette.is_some() => {
                self.narrow_palette(|query| query.push_str(&text))
            }
            TermEvent::Paste(_) if self.over == Over::Question => {
                vec![Action::Answer(Press::Other)]
            }
            TermEvent::Paste(text) if self.picker.is_some() => {
                self.narrow(|query| query.push_str(&text))
            }
            TermEvent::Paste(text) if self.is_searching() => {
                self.search_for(|query| query.push_str(text.lines().next().unwrap_or_default()))
            }
            TermEvent::Paste(text) if self.focus == Pane::Prompt && self.over != Over::Help => {
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
        if self.over == Over::Welcome {
            self.over = Over::Nothing;
            // What is typed is meant for the prompt behind.
            let is_closing = matches!(key.code, KeyCode::Esc | KeyCode::Enter);
            let then = if is_closing { Vec::new() } else { self.on_key(key) };
            return std::iter::once(Action::Welcomed).chain(then).collect();
        }
        if self.over == Over::Question {
            return in_confirm(self.keys.command(key, self.focus), key);
        }
        if self.palette.is_some() {
            return self.in_palette(key);
        }
        if self.picker.is_some() && self.over != Over::Help {
            return self.in_picker(key);
        }
        if self.is_searching() && self.over != Over::Help {
            return self.in_search(key);
        }
        if self.over == Over::Help {
            return self.in_help(key);
        }
        match self.keys.command(key, self.focus) {
            Some(command) => self.run(command),
            None if self.focus != Pane::Prompt => Vec::new(),
            None => self.type_key(key),
        }
    }

    fn type_key(&mut self, key: KeyEvent) -> Vec<Action> {
        // The editor does not tell of a selection that a paste of nothing took away.
        let before = self.prompt();
        match (key.code, key.modifiers) {
            // As in a shell, where the editor's own keys are others.
            (KeyCode::Char('u'), KeyModifiers::CONTROL) => {
                self.editor.delete_line_by_head();
            }
            (KeyCode::Char('_' | '/' | '7'), KeyModifiers::CONTROL) => {
                self.editor.undo();
            }
            _ => {
                self.editor.input(key);
            }
        }
        let text = self.prompt();
        if text == before { Vec::new() } else { vec![Action::Edited(text)] }
    }

    pub(super) fn run(&mut self, command: Command) -> Vec<Action> {
        match command {
            Command::Generate => vec![Action::Generate(self.prompt())],
            Command::Stop => vec![Action::Stop],
            Command::RetryNow => vec![Action::RetryNow],
            Command::Save => vec![Action::Save],
            Command::Play => vec![Action::Play],
            Command::PlayTest => vec![Action::PlayTest],
            Command::Fix => vec![Action::Fix],
            Command::NextTab => vec![Action::NextTab],
            Command::ShowDiff => vec![Action::Show(Tab::Diff)],
            Command::Against => vec![Action::Pick(Stock::Against)],
            Command::Zoom => vec![Action::Zoom],
            Command::SaveAs => vec![Action::Pick(Stock::Paths)],
            Command::Unqueue => self.unqueue(),
            Command::Variants => vec![Action::Pick(Stock::Variants)],
            Command::NextVariant => vec![Action::StepVariant(1)],
            Command::BackVariant => vec![Action::StepVariant(-1)],
            Command::KeepVariant => vec![Action::KeepVariant],
            Command::Actions => self.open_palette(),
            Command::Open => self.jump(),
            Command::Search => self.begin_search(),
            Command::FindNext => self.find(Way::On),
            Command::FindBack => self.find(Way::Back),
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
            Command::Rightward => self.shift(SIDE),
            Command::Leftward => self.shift(-SIDE),
            Command::LineDown => self.scroll(1),
            Command::LineUp => self.scroll(-1),
            Command::PageDown => self.scroll(self.page.cast_signed()),
            Command::PageUp => self.scroll(-self.page.cast_signed()),
            Command::Top => self.go_top(),
            Command::Bottom => self.go_bottom(),
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
        let note = "cleared; ^Y in the prompt brings it back".to_owned();
        vec![Action::Edited(String::new()), Action::Note(note)]
    }

    /// Brings the prompt that was queued last back, below what is being written.
    fn unqueue(&mut self) -> Vec<Action> {
        let Some(text) = self.queued.take() else { return vec![Action::Unqueue] };
        self.editor.move_cursor(CursorMove::Bottom);
        self.editor.move_cursor(CursorMove::End);
        let apart = if self.editor.is_empty() { "" } else { "\n\n" };
        self.insert(&format!("{apart}{text}"));
        vec![Action::Unqueue, Action::Edited(self.prompt())]
    }
}
