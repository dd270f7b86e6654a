//! The key bindings and the commands they run.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use serde::de::IntoDeserializer;
use serde::de::value::StrDeserializer;
use serde::{Deserialize, Serialize};
use toml::de::ValueDeserializer;

use super::focus::Pane;
use crate::config::EnterKey;

/// One binding a line.
const BUILT_IN: &str = include_str!("../../assets/keys.toml");

/// A command of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum UiCommand {
    /// Sends the prompt.
    Send,
    Newline,
    /// Sends the prompt, or lets the prompts go on that wait for the user.
    Generate,
    Stop,
    RetryNow,
    Save,
    Play,
    PlayTest,
    Fix,
    NextTab,
    ShowDiff,
    Against,
    Zoom,
    SaveAs,
    Unqueue,
    RemoveQueued,
    QueueEarlier,
    QueueLater,
    Variants,
    NextVariant,
    BackVariant,
    KeepVariant,
    Actions,
    Open,
    Search,
    FindNext,
    FindBack,
    Undo,
    Redo,
    NewGame,
    EarlierPrompts,
    Library,
    NextPane,
    BackPane,
    PaneSession,
    PanePrompt,
    PaneStatus,
    PanePreview,
    LineDown,
    LineUp,
    PageDown,
    PageUp,
    Top,
    Bottom,
    Rightward,
    Leftward,
    Clear,
    Help,
    Quit,
    /// Asks first: its key is a letter.
    AskQuit,
    Models,
    Credits,
    Themes,
    Mouse,
    Copy,
    Suspend,
    Editor,
    /// Opens the page that is shown in the user's editor.
    EditCode,
    /// Lists the constants of the game that is shown, to be changed.
    Knobs,
    /// Adds to the prompt what it does not say.
    Improve,
}

impl UiCommand {
    /// The command with this name in the table. `None` if there is none.
    pub fn from_name(name: &str) -> Option<Self> {
        let name: StrDeserializer<'_, serde::de::value::Error> = name.into_deserializer();
        Self::deserialize(name).ok()
    }
}

impl std::fmt::Display for UiCommand {
    /// Writes its name in the table.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.serialize(f)
    }
}

/// Where a key binding applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyContext {
    Any,
    Prompt,
    Reading,
    /// In an open list, and nowhere else.
    List,
}

/// One binding of the table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyBinding {
    pub on: Vec<String>,
    pub run: UiCommand,
    #[serde(rename = "where")]
    pub context: KeyContext,
    pub help: String,
    pub footer: bool,
}

/// All key bindings.
#[derive(Debug, Clone)]
pub struct Keymap {
    pub bindings: Vec<KeyBinding>,
    lookup: Vec<(KeyEvent, KeyContext, UiCommand)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeymapFile {
    bind: Vec<KeyBinding>,
}

/// The user's table, which replaces the keys of commands.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UserKeymap {
    bind: Vec<UserKeyBinding>,
}

/// The context stays the built-in one if none is given.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UserKeyBinding {
    on: Vec<String>,
    run: UiCommand,
    #[serde(rename = "where")]
    context: Option<KeyContext>,
}

impl Keymap {
    /// The built-in table.
    pub fn built_in() -> Self {
        // A line each: as one document its parser would hold a quarter of a megabyte before the first
        // frame, most of it touched for nothing else.
        let rows = BUILT_IN.lines().filter_map(|line| line.strip_prefix("  "));
        let read = |row: &str| {
            ValueDeserializer::parse(row.trim_end_matches(',')).and_then(KeyBinding::deserialize)
        };
        let bindings: Result<Vec<_>, _> = rows.map(read).collect();
        bindings
            .map_err(|error| error.to_string())
            .and_then(Self::from_bindings)
            .expect("a test reads the table that is built in")
    }

    /// Parses a table.
    ///
    /// # Errors
    /// One sentence if the text is no table, names an unknown key or command, or binds one key
    /// twice.
    pub fn from_toml(text: &str) -> Result<Self, String> {
        let file = toml::from_str::<KeymapFile>(text).map_err(|e| e.to_string())?;
        Self::from_bindings(file.bind)
    }

    /// The built-in table with the user's changes. A command without keys is reached from the
    /// palette.
    ///
    /// # Errors
    /// One sentence if the user's table is invalid, or binds one key twice.
    pub fn with_overrides(own: &str) -> Result<Self, String> {
        let own = toml::from_str::<UserKeymap>(own).map_err(|e| e.to_string())?;
        let built_in = Self::built_in().bindings;
        // Lists keep their keys, which conflict with no others.
        let is_own = |bind: &KeyBinding| {
            bind.context != KeyContext::List && own.bind.iter().any(|own| own.run == bind.run)
        };
        let mut binds: Vec<_> = built_in.iter().filter(|bind| !is_own(bind)).cloned().collect();
        // Function keys got their bindings after some user tables were written.
        let is_own_key = |name: &String| own.bind.iter().any(|own| own.on.contains(name));
        for bind in &mut binds {
            bind.on.retain(|name| !(function_key_number(name).is_some() && is_own_key(name)));
        }
        for own in own.bind {
            let was = built_in
                .iter()
                .find(|bind| bind.run == own.run && bind.context != KeyContext::List);
            let was = was.cloned().ok_or("this command cannot be bound to a key")?;
            binds.push(KeyBinding {
                on: own.on,
                context: own.context.unwrap_or(was.context),
                ..was
            });
        }
        Self::from_bindings(binds)
    }

    fn from_bindings(binds: Vec<KeyBinding>) -> Result<Self, String> {
        let mut lookup: Vec<(KeyEvent, KeyContext, UiCommand)> = Vec::new();
        for (bind, name) in binds.iter().flat_map(|bind| bind.on.iter().map(move |on| (bind, on))) {
            let key = parse_key(name).ok_or_else(|| format!("`{name}` is not a key"))?;
            // Enter types a line, or sends what was typed.
            let is_enter = key.code == KeyCode::Enter && bind.context == KeyContext::Prompt;
            if is_typed(key) && bind.context != KeyContext::Reading && !is_enter {
                return Err(format!("`{name}` types text in the prompt: add where = \"reading\""));
            }
            let is_same = |(known, bound_in, _): &&(KeyEvent, KeyContext, UiCommand)| {
                *known == key && contexts_overlap(*bound_in, bind.context)
            };
            if let Some((_, _, other)) = lookup.iter().find(is_same) {
                return Err(format!("`{name}` is bound twice: {other} and {}", bind.run));
            }
            lookup.push((key, bind.context, bind.run));
        }
        Ok(Self { bindings: binds, lookup })
    }

    /// The same keys with Enter as the user wants it: another key does what it does here.
    #[must_use]
    pub fn with_enter(mut self, enter: EnterKey) -> Self {
        if enter == EnterKey::Send {
            return self;
        }
        let keys = |command| {
            let bind = self.bindings.iter().find(|bind| bind.run == command);
            bind.map(|bind| bind.on.clone()).unwrap_or_default()
        };
        let (send, newline) = (keys(UiCommand::Send), keys(UiCommand::Newline));
        for bind in &mut self.bindings {
            match bind.run {
                UiCommand::Send => bind.on.clone_from(&newline),
                UiCommand::Newline => bind.on.clone_from(&send),
                _ => {}
            }
        }
        for (_, _, command) in &mut self.lookup {
            *command = match *command {
                UiCommand::Send => UiCommand::Newline,
                UiCommand::Newline => UiCommand::Send,
                other => other,
            };
        }
        self
    }

    /// Each command once with its help text, in the order of the table.
    pub fn commands(&self) -> impl Iterator<Item = (UiCommand, &str)> {
        let is_first = |at: usize, bind: &KeyBinding| {
            !self.bindings.iter().take(at).any(|before| before.run == bind.run)
        };
        let binds = self.bindings.iter().enumerate();
        binds
            .filter(move |(at, bind)| is_first(*at, bind))
            .map(|(_, bind)| (bind.run, bind.help.as_str()))
    }

    /// The command of a key in this pane. `None` if it has none.
    pub fn command(&self, key: KeyEvent, focus: Pane) -> Option<UiCommand> {
        let key = normalize_key(key);
        let here = if focus == Pane::Prompt { KeyContext::Prompt } else { KeyContext::Reading };
        let found = self
            .lookup
            .iter()
            .find(|(known, bound_in, _)| *known == key && contexts_overlap(*bound_in, here));
        found.map(|(_, _, command)| *command)
    }

    /// The command of a key while a list is open. `None` if it has none.
    pub fn list_command(&self, key: KeyEvent, focus: Pane) -> Option<UiCommand> {
        let is_here = |(known, bound_in, _): &&(KeyEvent, KeyContext, UiCommand)| {
            *known == normalize_key(key) && *bound_in == KeyContext::List
        };
        let found = self.lookup.iter().find(is_here).map(|(_, _, command)| *command);
        found.or_else(|| self.command(key, focus))
    }

    /// The bindings that apply in this pane.
    pub fn bindings_in(&self, focus: Pane) -> impl Iterator<Item = &KeyBinding> {
        let here = if focus == Pane::Prompt { KeyContext::Prompt } else { KeyContext::Reading };
        self.bindings.iter().filter(move |bind| contexts_overlap(bind.context, here))
    }

    /// The shortest key of a command in this pane, as displayed. `None` if it has none.
    pub fn key_name(&self, command: UiCommand, focus: Pane) -> Option<String> {
        let usable = self.bindings_in(focus).filter(|bind| bind.run == command);
        // The shortest name is the easiest key.
        usable.flat_map(|bind| &bind.on).min_by_key(|name| name.len()).map(|name| display_key(name))
    }
}

fn contexts_overlap(a: KeyContext, b: KeyContext) -> bool {
    let is_any = a == KeyContext::Any || b == KeyContext::Any;
    a == b || is_any && a != KeyContext::List && b != KeyContext::List
}

/// Whether the key types text.
fn is_typed(key: KeyEvent) -> bool {
    let is_plain = !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
    is_plain && matches!(key.code, KeyCode::Char(_) | KeyCode::Enter | KeyCode::Backspace)
}

/// Drops what terminals report differently: kind, state, and the Shift of a capital.
fn normalize_key(key: KeyEvent) -> KeyEvent {
    let shift = match key.code {
        KeyCode::Char(_) | KeyCode::BackTab => KeyModifiers::SHIFT,
        _ => KeyModifiers::NONE,
    };
    KeyEvent::new(key.code, key.modifiers.difference(shift))
}

fn parse_key(name: &str) -> Option<KeyEvent> {
    let mut modifiers = KeyModifiers::NONE;
    let mut rest = name;
    loop {
        let known = [
            ("ctrl-", KeyModifiers::CONTROL),
            ("alt-", KeyModifiers::ALT),
            ("shift-", KeyModifiers::SHIFT),
        ];
        let Some((prefix, modifier)) = known.iter().find(|(prefix, _)| rest.starts_with(prefix))
        else {
            break;
        };
        modifiers |= *modifier;
        rest = rest.get(prefix.len()..)?;
    }
    let code = match rest {
        "enter" => KeyCode::Enter,
        "space" => KeyCode::Char(' '),
        "esc" => KeyCode::Esc,
        "tab" if modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
        "tab" => KeyCode::Tab,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pageup" => KeyCode::PageUp,
        "pagedown" => KeyCode::PageDown,
        _ if function_key_number(rest).is_some() => KeyCode::F(function_key_number(rest)?),
        _ => KeyCode::Char(rest.chars().next().filter(|_| rest.chars().count() == 1)?),
    };
    Some(normalize_key(KeyEvent::new(code, modifiers)))
}

/// The number of a function key, from 1 to 12. `None` for other names.
fn function_key_number(name: &str) -> Option<u8> {
    name.strip_prefix('f')?.parse().ok().filter(|number| (1..=12).contains(number))
}

/// The displayed form of a key: `ctrl-g` is `^G`.
pub fn display_key(name: &str) -> String {
    let special = match name {
        "esc" => "Esc",
        "tab" => "Tab",
        "shift-tab" => "Shift+Tab",
        "shift-enter" => "Shift+Enter",
        "alt-up" => "Alt+↑",
        "alt-down" => "Alt+↓",
        "alt-enter" => "Alt+Enter",
        "pageup" => "PgUp",
        "pagedown" => "PgDn",
        "home" => "Home",
        "enter" => "Enter",
        "space" => "Space",
        "end" => "End",
        "up" => "↑",
        "down" => "↓",
        "left" => "←",
        "right" => "→",
        _ => "",
    };
    if !special.is_empty() {
        return special.to_owned();
    }
    if let Some(letter) = name.strip_prefix("ctrl-") {
        return format!("^{}", letter.to_uppercase());
    }
    if let Some(letter) = name.strip_prefix("alt-") {
        return format!("Alt+{}", letter.to_uppercase());
    }
    if name.starts_with('f') && name.len() > 1 { name.to_uppercase() } else { name.to_owned() }
}

#[cfg(test)]
mod tests;
