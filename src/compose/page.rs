//! Puts the parts together into one page that a person can read.
//!
//! The prompt is foreign text, so every value is escaped for the place where it
//! lands, and the gaps are filled in one pass: a prompt that looks like a gap
//! stays text.

use std::collections::BTreeMap;

use super::brief::Brief;
use super::themes::Theme;
use super::things;
use crate::game::Source;

const PAGE: &str = include_str!("../../assets/composer/page.html");
const STYLE: &str = include_str!("../../assets/composer/style.css");
const RUNTIME: &str = include_str!("../../assets/composer/runtime.js");
const PENCIL: &str = include_str!("../../assets/composer/pencil.js");
const BOARD: &str = include_str!("../../assets/composer/board.js");

/// The finished document.
pub(super) fn put_together(brief: &Brief, title: &str, prompt: &str, seed: u64) -> Source {
    let sprites = things::sprites(&cast(brief));
    let colours = colours(brief);
    let css: Vec<_> = colours.iter().map(|(name, value)| format!("--{name}: {value};")).collect();
    let board = if brief.kind.takes("board") { BOARD } else { "" };
    let shown: String = prompt.chars().filter(|c| !c.is_control()).take(300).collect();
    let page = fill(
        PAGE,
        &[
            ("title", &escape(title)),
            ("prompt", &escape(&shown)),
            ("style", fill(STYLE, &[("colours", &css.join(" "))]).trim_end()),
            ("story", &escape(&brief.story())),
            ("controls", &controls(brief)),
            (
                "settings",
                &format!("{}\n{}", settings(brief, title, seed), palette(brief, &colours)),
            ),
            ("runtime", RUNTIME.trim_end()),
            (
                "pencil",
                fill(&heard(brief.kind.script()), &[("sprites", sprites.trim_end())]).trim_end(),
            ),
            ("theme", brief.theme.script().trim_end()),
            ("board", board.trim_end()),
            ("kind", brief.kind.script().trim_end()),
        ],
    );
    Source::new(page)
}

/// The pencil without the sounds that this kind never plays.
fn heard(kind: &str) -> String {
    let is_silent = |line: &str| {
        line.split_once(": { wave").is_some_and(|(name, _)| {
            let played = format!("'{}'", name.trim());
            !kind.contains(&played) && !RUNTIME.contains(&played)
        })
    };
    PENCIL.split_inclusive('\n').filter(|line| !is_silent(line)).collect()
}

/// Replaces each `{{name}}`, left to right, never looking into what was put in.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut page = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        page.push_str(before);
        let Some((name, after)) = after.split_once("}}") else { break };
        let value = values.iter().find(|(known, _)| *known == name);
        page.push_str(value.map_or("", |(_, value)| value));
        rest = after;
    }
    page.push_str(rest);
    page
}

/// Text as it may stand in markup, in an attribute too.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            _ => safe.push(c),
        }
    }
    safe
}

/// Text as a string of the script; `<` is written so that no tag can begin in it.
fn literal(text: &str) -> String {
    let mut quoted = String::from("'");
    for c in text.chars() {
        match c {
            '\\' => quoted.push_str("\\\\"),
            '\'' => quoted.push_str("\\'"),
            '<' => quoted.push_str("\\x3c"),
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => quoted.push(' '),
            _ => quoted.push(c),
        }
    }
    quoted.push('\'');
    quoted
}

/// Everyone who appears, so that the page carries no sprite in vain.
fn cast(brief: &Brief) -> Vec<&str> {
    let cast = &brief.cast;
    let parts =
        [("food", &cast.food), ("food", &cast.treat), ("hero", &cast.hero), ("ball", &cast.ball)];
    let parts = parts.into_iter().filter(|(part, _)| brief.kind.takes(part)).map(|(_, name)| name);
    let deck = brief.theme.look().deck.iter().filter(|_| brief.kind.takes("deck"));
    let props = [("GAME.gift", &cast.gift), ("GAME.stone", &cast.stone)];
    let props = props.into_iter().filter(|(used, _)| brief.kind.script().contains(used));
    let named = cast.foe.iter().chain(parts).chain(deck).chain(props.map(|(_, name)| name));
    // Bats fly in the background of the first theme.
    let scenery = (brief.theme == Theme::Spooky).then_some("bat");
    named.map(String::as_str).chain(scenery).collect()
}

fn list(words: &[String]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| literal(word)).collect();
    format!("[{}]", quoted.join(", "))
}

/// The colours of the theme, and the one that was wished for.
fn colours(brief: &Brief) -> BTreeMap<String, String> {
    let mut colours = brief.theme.look().colours.clone();
    if let Some(colour) = &brief.wishes.colour {
        colours.insert("accent".to_owned(), colour.clone());
        colours.insert("hero".to_owned(), colour.clone());
        colours.insert("glow".to_owned(), format!("{colour}88"));
    }
    colours
}

/// The theme's colours and voice, as the script reads them.
fn palette(brief: &Brief, colours: &BTreeMap<String, String>) -> String {
    let look = brief.theme.look();
    let mut text = "const COLOURS = {\n ".to_owned();
    for (name, value) in colours {
        text.extend([" ", name, ": ", &literal(value), ","]);
    }
    let voice = &look.voice;
    text.extend(["\n  bricks: ", &list(&look.bricks), ",\n};\nconst VOICE = {"]);
    for (name, value) in [("soft", &voice.soft), ("lead", &voice.lead), ("harsh", &voice.harsh)] {
        text.extend([" ", name, ": ", &literal(value), ","]);
    }
    format!("{text} pitch: {} }};", voice.pitch)
}

fn controls(brief: &Brief) -> String {
    let line = |(keys, what): &(String, String)| {
        format!("\n    <dt>{}</dt><dd>{}</dd>", escape(keys), escape(what))
    };
    brief.kind.controls.iter().map(line).chain(["\n  ".to_owned()]).collect()
}

/// The wishes as the script's first lines, each with a word of explanation.
fn settings(brief: &Brief, title: &str, seed: u64) -> String {
    let (cast, wishes) = (&brief.cast, &brief.wishes);
    let id = format!("{}-{}", brief.kind.name, title.to_lowercase());
    let lines = [
        ("id", literal(&id), "the name its best score is kept under"),
        ("title", literal(title), ""),
        // Scripts count in doubles and mix with 32 bits.
        ("seed", (seed % 2_147_483_647).to_string(), "another number is another scenery"),
        ("lives", wishes.lives.to_string(), ""),
        ("speed", wishes.speed.to_string(), "1 is normal, 2 is twice as fast"),
        ("size", wishes.size.to_string(), "1 is normal"),
        ("seconds", wishes.seconds.to_string(), "how long a game lasts; 0 is for ever"),
        ("dark", wishes.dark.to_string(), "see only what is near"),
        ("wrap", wishes.wrap.to_string(), "leave on one side, come back on the other"),
        ("powers", list(&wishes.powers), "of 'shield', 'slow', 'double'"),
        ("foe", list(&cast.foe), "any of the names in SPRITES below"),
        ("foes", wishes.foes.to_string(), "how many at the start"),
        ("crowd", wishes.crowd.to_string(), "how thick they come"),
        ("rule", literal(&wishes.rule), "what foes do: 'hurt', 'chase' or 'steal'"),
        ("food", literal(&cast.food), ""),
        ("treat", literal(&cast.treat), ""),
        ("hero", literal(&cast.hero), ""),
        ("ball", literal(&cast.ball), ""),
        ("gift", literal(&cast.gift), "holds a power"),
        ("stone", literal(&cast.stone), "stands in the way"),
        ("deck", list(&brief.theme.look().deck), ""),
    ];
    let mut text =
        "// What was asked for. Change a value, reload, and see what happens.\nconst GAME = {\n"
            .to_owned();
    for (name, value, why) in lines {
        if matches!(name, "hero" | "ball" | "wrap" | "deck") && !brief.kind.takes(name) {
            continue;
        }
        let why = if why.is_empty() { String::new() } else { format!("  // {why}") };
        text.extend(["  ", name, ": ", &value, ",", &why, "\n"]);
    }
    text + "};"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_looks_like_a_gap_stays_text() {
        assert_eq!(fill("a{{x}}c{{y}}", &[("x", "{{y}}"), ("y", "d")]), "a{{y}}cd");
    }

    #[test]
    fn foreign_text_can_end_neither_a_string_nor_a_tag() {
        assert_eq!(literal("a'b\\c</script>\n"), r"'a\'b\\c\x3c/script> '");
        assert_eq!(escape("\"><b>&"), "&quot;&gt;&lt;b&gt;&amp;");
    }
}
