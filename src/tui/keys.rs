//! The key table, and what its names mean.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::StrDeserializer;

use crate::app::Pane;

/// What a key does on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    Generate,
    Stop,
    RetryNow,
    Save,
    Play,
    PlayTest,
    Fix,
    NextTab,
    Undo,
    Redo,
    NewGame,
    EarlierPrompts,
    Library,
    NextPane,
    BackPane,
    PanePrompt,
    PaneStatus,
    PanePreview,
    LineDown,
    LineUp,
    PageDown,
    PageUp,
    Top,
    Bottom,
    Clear,
    Help,
    Quit,
    Themes,
    Mouse,
    Copy,
    Suspend,
    Editor,
}

impl Command {
    /// The command of this name in the table.
    pub fn named(name: &str) -> Option<Self> {
        let name: StrDeserializer<'_, serde::de::value::Error> = name.into_deserializer();
        Self::deserialize(name).ok()
    }

    /// Its name in the table.
    pub fn name(self) -> String {
        let mut name = String::new();
        for letter in format!("{self:?}").chars() {
            if letter.is_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.extend(letter.to_lowercase());
        }
        name
    }
}

/// Where a key counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Where {
    Any,
    Prompt,
    Reading,
}

/// One line of the table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bind {
    pub on: Vec<String>,
    pub run: Command,
    #[serde(rename = "where")]
    pub place: Where,
    pub help: String,
    pub footer: bool,
}

/// The whole table.
#[derive(Debug, Clone)]
pub struct Keymap {
    pub binds: Vec<Bind>,
    lookup: Vec<(KeyEvent, Where, Command)>,
}

#[derive(Deserialize)]
struct File {
    bind: Vec<Bind>,
}

impl Keymap {
    /// The built-in table.
    pub fn built_in() -> Self {
        Self::read(include_str!("../../assets/keys.toml"))
            .expect("a test reads the table that is built in")
    }

    /// Reads a table; an unknown name or two commands on one key are errors.
    pub fn read(text: &str) -> Result<Self, String> {
        let file = toml::from_str::<File>(text).map_err(|e| e.to_string())?;
        let mut lookup: Vec<(KeyEvent, Where, Command)> = Vec::new();
        for (bind, name) in
            file.bind.iter().flat_map(|bind| bind.on.iter().map(move |on| (bind, on)))
        {
            let key = parse(name).ok_or_else(|| format!("`{name}` is no key"))?;
            let is_same = |(known, place, _): &(KeyEvent, Where, Command)| {
                *known == key && overlap(*place, bind.place)
            };
            if lookup.iter().any(is_same) {
                return Err(format!("`{name}` has two meanings"));
            }
            lookup.push((key, bind.place, bind.run));
        }
        Ok(Self { binds: file.bind, lookup })
    }

    /// What this key does in this pane.
    pub fn command(&self, key: KeyEvent, focus: Pane) -> Option<Command> {
        let key = plain(key);
        let here = if focus == Pane::Prompt { Where::Prompt } else { Where::Reading };
        let found =
            self.lookup.iter().find(|(known, place, _)| *known == key && overlap(*place, here));
        found.map(|(_, _, command)| *command)
    }

    /// The first key of a command that counts in this pane, as people write it.
    pub fn name_of(&self, command: Command, focus: Pane) -> Option<String> {
        let here = if focus == Pane::Prompt { Where::Prompt } else { Where::Reading };
        let usable = |bind: &&Bind| bind.run == command && overlap(bind.place, here);
        // The shortest name is the easiest key.
        let names = self.binds.iter().filter(usable).flat_map(|bind| &bind.on);
        names.min_by_key(|name| name.len()).map(|name| shown(name))
    }
}

fn overlap(a: Where, b: Where) -> bool {
    a == b || a == Where::Any || b == Where::Any
}

/// A key without what terminals add differently: kind, state, and the shift of a capital.
fn plain(key: KeyEvent) -> KeyEvent {
    let shift = match key.code {
        KeyCode::Char(_) | KeyCode::BackTab => KeyModifiers::SHIFT,
        _ => KeyModifiers::NONE,
    };
    KeyEvent::new(key.code, key.modifiers.difference(shift))
}

fn parse(name: &str) -> Option<KeyEvent> {
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
        "esc" => KeyCode::Esc,
        "tab" if modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
        "tab" => KeyCode::Tab,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pageup" => KeyCode::PageUp,
        "pagedown" => KeyCode::PageDown,
        _ if rest.len() > 1 && rest.starts_with('f') => {
            KeyCode::F(rest.get(1..)?.parse().ok().filter(|number| (1..=12).contains(number))?)
        }
        _ => KeyCode::Char(rest.chars().next().filter(|_| rest.chars().count() == 1)?),
    };
    Some(plain(KeyEvent::new(code, modifiers)))
}

/// `ctrl-g` as people write it: `^G`.
pub fn shown(name: &str) -> String {
    let special = match name {
        "esc" => "Esc",
        "tab" => "Tab",
        "shift-tab" => "Shift+Tab",
        "alt-enter" => "Alt+Enter",
        "pageup" => "PgUp",
        "pagedown" => "PgDn",
        "home" => "Home",
        "end" => "End",
        "up" => "↑",
        "down" => "↓",
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
mod tests {
    use super::*;

    #[test]
    fn the_built_in_table_is_sound() {
        assert_eq!(Keymap::built_in().binds.len(), 38);
    }

    #[test]
    fn letters_in_the_editor_are_letters() {
        let keys = Keymap::built_in();
        let letter = KeyEvent::new(KeyCode::Char('r'), KeyModifiers::NONE);
        assert_eq!(keys.command(letter, Pane::Prompt), None);
        assert_eq!(keys.command(letter, Pane::Status), Some(Command::RetryNow));
        assert_eq!(keys.name_of(Command::RetryNow, Pane::Prompt).unwrap(), "Alt+R");
        assert_eq!(keys.name_of(Command::RetryNow, Pane::Status).unwrap(), "r");
    }

    #[test]
    fn a_shifted_capital_is_the_capital() {
        let key = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT);
        assert_eq!(Keymap::built_in().command(key, Pane::Preview), Some(Command::Bottom));
    }

    #[test]
    fn a_key_with_two_meanings_is_an_error() {
        let twice = r#"bind = [
            { on = ["x"], run = "quit", where = "any", help = "", footer = false },
            { on = ["x"], run = "help", where = "reading", help = "", footer = false }]"#;
        assert_eq!(Keymap::read(twice).unwrap_err(), "`x` has two meanings");
    }
}
