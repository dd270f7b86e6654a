//! What keys mean: the built-in table, and tables of users.

use super::*;

#[test]
fn the_built_in_table_is_sound() {
    let built_in = Keymap::built_in();
    assert_eq!(built_in.bindings.len(), 72);
    let whole = Keymap::from_toml(BUILT_IN).unwrap();
    assert_eq!(format!("{built_in:?}"), format!("{whole:?}"), "as one document it is the same");
}

#[test]
fn letters_in_the_editor_are_letters() {
    let keys = Keymap::built_in();
    let letter = KeyEvent::new(KeyCode::Char('r'), KeyModifiers::NONE);
    assert_eq!(keys.command(letter, Pane::Prompt), None);
    assert_eq!(keys.command(letter, Pane::Status), Some(UiCommand::RetryNow));
    assert_eq!(keys.key_name(UiCommand::RetryNow, Pane::Prompt).unwrap(), "F12");
    assert_eq!(keys.key_name(UiCommand::RetryNow, Pane::Status).unwrap(), "r");
}

#[test]
fn no_key_of_an_editor_means_anything_else_there() {
    let control = "abdefhknptuwy_".chars().map(|c| (c, KeyModifiers::CONTROL));
    let alt = "bdfulctyr.<>kva\x7f".chars().map(|c| (c, KeyModifiers::ALT));
    for (letter, modifiers) in control.chain(alt) {
        let key = KeyEvent::new(KeyCode::Char(letter), modifiers);
        assert_eq!(Keymap::built_in().command(key, Pane::Prompt), None, "{key:?}");
    }
}

#[test]
fn a_shifted_capital_is_the_capital() {
    let key = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT);
    assert_eq!(Keymap::built_in().command(key, Pane::Preview), Some(UiCommand::Bottom));
}

#[test]
fn a_key_with_two_meanings_is_an_error() {
    let twice = r#"bind = [
        { on = ["x"], run = "quit", where = "any", help = "", footer = false },
        { on = ["x"], run = "help", where = "reading", help = "", footer = false }]"#;
    assert_eq!(
        Keymap::from_toml(twice).unwrap_err(),
        "`x` types text in the prompt: add where = \"reading\""
    );
    let twice = twice.replace("[\"x\"]", "[\"alt-x\"]");
    assert_eq!(Keymap::from_toml(&twice).unwrap_err(), "`alt-x` is bound twice: quit and help");
}

#[test]
fn users_bring_their_own_keys() {
    let own = r#"bind = [
        { on = ["ctrl-k"], run = "actions" },
        { on = ["Q"], run = "quit", where = "reading" }, { on = ["ctrl-q", "f10"], run = "quit" },
        { on = [], run = "earlier-prompts" }]"#;
    let keys = Keymap::with_overrides(own).unwrap();
    let name = |command| keys.key_name(command, Pane::Status);
    assert_eq!(name(UiCommand::Actions).unwrap(), "^K");
    assert_eq!(
        (name(UiCommand::Quit).unwrap().as_str(), name(UiCommand::EarlierPrompts)),
        ("Q", None)
    );
    assert!(keys.commands().any(|(command, _)| command == UiCommand::EarlierPrompts));
    let p = KeyEvent::new(KeyCode::Char('p'), KeyModifiers::CONTROL);
    assert_eq!(keys.command(p, Pane::Prompt), None);
}

#[test]
fn what_is_wrong_in_the_users_keys_is_named() {
    let error_of = |own| Keymap::with_overrides(own).unwrap_err();
    assert!(
        error_of("bind = [{ on = ['ctrl-s'], run = 'quit' }]")
            .contains("`ctrl-s` is bound twice: save and quit")
    );
    assert!(
        error_of("bind = [{ on = ['hyper-s'], run = 'quit' }]").contains("`hyper-s` is not a key")
    );
    assert!(
        error_of("bind = [{ on = ['f5'], run = 'explode' }]").contains("unknown variant `explode`")
    );
}
