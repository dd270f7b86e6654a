//! The state of the user interface: it handles events and draws without a terminal.

mod knob_keys;
mod mouse_input;
mod overlay_keys;
mod prompt_keys;
mod terminal_requests;

use crossterm::event::{Event as TermEvent, KeyCode, KeyEvent, KeyEventKind};
use tui_textarea::{TextArea, WrapMode};

use overlay_keys::narrow_picker;

use super::command_actions::{list_of, session_action, view_command};
use super::conversation_view::ConversationView;
use super::focus::Pane;
use super::highlight_worker::{HighlightBatch, LineRange, PendingLines};
use super::image_worker::{GraphicsProtocol, ImageRequest, ScaledImage};
use super::keymap::{Keymap, UiCommand};
use super::modal::{Modal, OverlayState, is_users};
use super::mouse::HitMap;
use super::overlay::confirm::handle_confirm_key;
use super::preview_state::PreviewState;
use super::terminal_command::{EditTarget, TerminalCommand, TerminalRequests};
use super::theme::ScreenTheme;
use super::theme_registry::ThemeRegistry;
use super::view_state::{PaneZoom, PreviewTab, ViewCommand, ViewState};
use crate::app::{Action, ConfirmKey, JobAction, PickerKind, Session};
use crate::compose;
use crate::config::Switch;
use crate::report::clock::Clock;

/// What the screen keeps between frames.
pub struct UiState {
    pub(super) editor: TextArea<'static>,
    pub(super) keymap: Keymap,
    pub(super) theme: ScreenTheme,
    pub(super) clock: Clock,
    pub(super) preview: PreviewState,
    pub(super) hit_map: HitMap,
    pub(super) themes: ThemeRegistry,
    /// Whether gauges move and seconds count.
    pub(super) animations: Switch,
    pub(super) terminal: TerminalRequests,
    pub(super) view: ViewState,
    pub(super) overlays: OverlayState,
    pub(super) conversation: ConversationView,
}

impl std::fmt::Debug for UiState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UiState").field("view", &self.view).finish_non_exhaustive()
    }
}

impl UiState {
    /// An empty screen in this theme, worked with these keys.
    pub fn new(theme: ScreenTheme, keymap: Keymap, clock: Clock) -> Self {
        let mut editor = TextArea::default();
        editor.set_wrap_mode(WrapMode::WordOrGlyph);
        let mut themes = ThemeRegistry::new(compose::GameTheme::default(), theme.depth());
        themes.choose(&theme.name);
        let mut ui = Self {
            editor,
            keymap,
            theme,
            clock,
            preview: PreviewState::default(),
            hit_map: HitMap::default(),
            themes,
            animations: Switch::On,
            terminal: TerminalRequests::default(),
            view: ViewState::default(),
            overlays: OverlayState::default(),
            conversation: ConversationView::default(),
        };
        ui.apply_theme(ui.theme.clone());
        ui
    }

    /// Which pane has the keys, and what is seen.
    pub fn view(&self) -> ViewState {
        self.view
    }

    /// The text of the editor.
    pub fn prompt_text(&self) -> String {
        self.editor.lines().join("\n")
    }

    /// Whether gauges move and seconds count.
    pub fn set_animations(&mut self, animations: Switch) {
        self.animations = animations;
    }

    /// Inserts text into the editor as if pasted.
    pub fn paste_text(&mut self, text: &str) {
        // The editor breaks lines only at `\n`.
        self.editor.insert_str(text.replace("\r\n", "\n").replace('\r', "\n"));
    }

    /// Updates from the state. Returns the new lines to highlight; `None` if there are none.
    pub fn sync(&mut self, state: &Session) -> Option<PendingLines> {
        self.view.open_welcome(state);
        self.view.follow_session(state);
        self.preview_theme(state.dialogs.picker.as_ref());
        self.sync_draft(state);
        let before = self.preview.code.generation;
        let pending = self.preview.code.sync(state.shown()?);
        if self.preview.code.generation != before {
            self.preview.reset_cursor();
        }
        pending
    }

    /// Clears a prompt that was sent, restores one that produced no game, and adds what the user
    /// pointed at and what a prompt did not say.
    fn sync_draft(&mut self, state: &Session) {
        let draft = &state.draft;
        let sent = draft.sent.as_deref().filter(|sent| !draft.text.trim_start().starts_with(*sent));
        if sent.is_some_and(|sent| self.prompt_text().trim() == sent) {
            self.editor.select_all();
            self.editor.cut();
        }
        let returned = draft.returned.as_deref().filter(|returned| draft.text == *returned);
        // One that fails at once is still there, with the blanks around it; blanks alone are no text.
        let is_wanted = |returned: &&str| {
            let text = self.prompt_text();
            text != **returned && ["", *returned].contains(&text.trim())
        };
        if let Some(returned) = returned.filter(is_wanted) {
            prompt_keys::replace_text(self, returned);
        }
        if self.view.pointed != draft.pointed.count {
            self.view.pointed = draft.pointed.count;
            let text = self.prompt_text();
            prompt_keys::append_text(self, &draft.pointed.appended_to(&text)[text.len()..]);
        }
        if self.view.improved != draft.improvement.count {
            self.view.improved = draft.improvement.count;
            prompt_keys::take_improved(self, &draft.improvement.text);
        }
    }

    /// Applies highlights. Returns whether the last frame would look different with them.
    pub fn apply_highlights(&mut self, batch: HighlightBatch) -> bool {
        let visible = self
            .hit_map
            .code
            .map(|code_area| code_area.first..code_area.first + usize::from(code_area.area.height));
        self.preview.code.apply_highlights(batch, &visible.unwrap_or_default())
    }

    /// The visible lines without highlights; each range is returned once.
    pub fn requested_range(&mut self) -> Option<LineRange> {
        let code_area = self.hit_map.code?;
        self.preview.code.requested_range(code_area.first, usize::from(code_area.area.height))
    }

    /// The image the last frame needed. `None` if it has it, or it was already requested.
    pub fn take_image_request(&mut self) -> Option<ImageRequest> {
        self.preview.image.take_request()
    }

    /// Stores the image that was requested.
    pub fn set_image(&mut self, picture: ScaledImage) {
        self.preview.image.set_image(picture);
    }

    /// Sets how the terminal draws images.
    pub fn set_graphics(&mut self, canvas: GraphicsProtocol) {
        self.preview.image.set_protocol(canvas);
    }

    /// Translates a terminal event into actions, by what is open in this state.
    pub fn on_event(&mut self, event: TermEvent, state: &Session) -> Vec<Action> {
        let modal = Modal::over_panes(self.view, state);
        let actions = match event {
            TermEvent::Key(key) if key.kind != KeyEventKind::Release => {
                self.on_key(key, modal, state)
            }
            TermEvent::Paste(text) => self.on_paste(&text, modal, state),
            TermEvent::Mouse(event) => self.on_mouse(event, modal, state),
            TermEvent::Key(_)
            | TermEvent::Resize(..)
            | TermEvent::FocusGained
            | TermEvent::FocusLost => Vec::new(),
        };
        if actions.iter().any(is_users) {
            self.view.skip_welcome();
        }
        actions
    }

    /// Text belongs to what letters belong to. It never answers a question.
    fn on_paste(&mut self, text: &str, modal: Modal, state: &Session) -> Vec<Action> {
        if self.overlays.palette.is_some() {
            return self.narrow_palette(|query| query.push_str(text));
        }
        if self.overlays.knobs.is_some() {
            return knob_keys::on_paste(self, text);
        }
        if modal == Modal::Question {
            return vec![Action::Answer(ConfirmKey::Other)];
        }
        if let Some(picker) = &state.dialogs.picker {
            return narrow_picker(picker, |query| query.push_str(text));
        }
        if self.preview.is_searching() {
            let line = text.lines().next().unwrap_or_default();
            return self.preview.edit_search(|query| query.push_str(line));
        }
        if self.view.focus != Pane::Prompt || modal == Modal::Help {
            return vec![Action::Note("go to the prompt (Alt+1) to paste".to_owned())];
        }
        self.paste_text(text);
        vec![Action::Edited(self.prompt_text())]
    }

    fn on_key(&mut self, key: KeyEvent, modal: Modal, state: &Session) -> Vec<Action> {
        if modal == Modal::Welcome {
            self.view.apply(ViewCommand::CloseWelcome);
            // The key belongs to the prompt behind the welcome.
            let is_closing = matches!(key.code, KeyCode::Esc | KeyCode::Enter);
            return if is_closing { Vec::new() } else { self.on_key(key, Modal::None, state) };
        }
        if modal == Modal::Question {
            return handle_confirm_key(self.keymap.command(key, self.view.focus), key);
        }
        if self.overlays.palette.is_some() {
            return self.handle_palette_key(key, state);
        }
        if self.overlays.knobs.is_some() {
            return knob_keys::on_key(self, key);
        }
        if modal == Modal::Help {
            return self.handle_help_key(key);
        }
        if let Some(picker) = &state.dialogs.picker {
            return self.handle_picker_key(key, picker);
        }
        if self.preview.is_searching() {
            return self.handle_search_key(key, state);
        }
        match self.keymap.command(key, self.view.focus) {
            Some(command) => self.run_command(command, state),
            None if self.view.focus != Pane::Prompt => Vec::new(),
            None => prompt_keys::type_key(self, key, state),
        }
    }

    /// Runs a command, and returns the actions for the session.
    pub(super) fn run_command(&mut self, command: UiCommand, state: &Session) -> Vec<Action> {
        if let Some(command) = view_command(command) {
            return self.view.apply(command);
        }
        if let Some(action) = session_action(command) {
            return vec![action];
        }
        if let Some(kind) = list_of(command) {
            return vec![Action::Pick(kind)];
        }
        match command {
            UiCommand::Send | UiCommand::Generate | UiCommand::Newline | UiCommand::Clear => {
                prompt_keys::run_command(self, command, state)
            }
            UiCommand::Unqueue
            | UiCommand::RemoveQueued
            | UiCommand::QueueEarlier
            | UiCommand::QueueLater => prompt_keys::act_on_queue(self, command, state),
            UiCommand::Stop => self.stop(state),
            UiCommand::PlayTest => self.play_test(state),
            UiCommand::Actions => self.open_palette(),
            UiCommand::Quit => vec![Action::Quit],
            UiCommand::AskQuit => vec![Action::AskQuit],
            UiCommand::Themes => vec![Action::OpenList(PickerKind::Themes, self.themes.items())],
            UiCommand::Mouse => self.toggle_mouse(),
            UiCommand::Copy => self.copy_selection(),
            UiCommand::Suspend => self.send_command(TerminalCommand::Suspend),
            UiCommand::Editor => self.send_command(TerminalCommand::Edit(EditTarget::Prompt)),
            UiCommand::EditCode => terminal_requests::edit_page(self, state),
            UiCommand::Knobs => knob_keys::open(self, state),
            UiCommand::Improve => prompt_keys::improve(self),
            UiCommand::Open if self.view.focus == Pane::Session => {
                prompt_keys::take_chosen(self, state)
            }
            _ if self.view.focus == Pane::Session => self.conversation.scroll(command, state),
            _ => self.preview.run_command(command, &mut self.view),
        }
    }

    /// Where nothing is to be stopped or closed, the other panes come back.
    fn stop(&mut self, state: &Session) -> Vec<Action> {
        if state.dialogs.picker.is_none() && !state.jobs.are_running() {
            self.view.zoom = PaneZoom::Off;
        }
        vec![Action::Stop]
    }

    /// Starts the play-test and shows what comes of it, unless it has to wait for the game.
    fn play_test(&mut self, state: &Session) -> Vec<Action> {
        let mut actions = if state.is_busy() {
            Vec::new()
        } else {
            self.view.apply(ViewCommand::Show(PreviewTab::Play))
        };
        actions.push(Action::job(JobAction::PlayTest));
        actions
    }
}
