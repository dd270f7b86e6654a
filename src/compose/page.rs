//! Puts the parts together into one page that a person can read.
//!
//! The prompt is foreign text, so every value is escaped for the place where it
//! lands, and the gaps are filled in one pass: a prompt that looks like a gap
//! stays text.

use super::brief::Brief;
use crate::game::Source;

const PAGE: &str = include_str!("../../assets/composer/page.html");
const STYLE: &str = include_str!("../../assets/composer/style.css");
const RUNTIME: &str = include_str!("../../assets/composer/runtime.js");

/// The finished document.
pub(super) fn put_together(brief: &Brief, title: &str, prompt: &str, seed: u64) -> Source {
    let sprites = brief.theme.sprites(&cast(brief));
    let colours = colours(brief);
    let shown: String = prompt.chars().filter(|c| !c.is_control()).take(300).collect();
    let page = fill(
        PAGE,
        &[
            ("title", &escape(title)),
            ("prompt", &escape(&shown)),
            ("style", fill(STYLE, &[("colours", &colours)]).trim_end()),
            ("story", &escape(&brief.story())),
            ("controls", &controls(brief)),
            ("settings", &settings(brief, title, seed)),
            ("runtime", RUNTIME.trim_end()),
            ("theme", fill(brief.theme.script(), &[("sprites", sprites.trim_end())]).trim_end()),
            ("kind", brief.kind.script().trim_end()),
        ],
    );
    Source::new(page)
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
    // The potion is a gift, the grave an obstacle, and bats fly in the background.
    let extras = ["potion", "grave", "bat"];
    cast.foe.iter().chain(parts).map(String::as_str).chain(extras).collect()
}

fn list(words: &[String]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| literal(word)).collect();
    format!("[{}]", quoted.join(", "))
}

fn colours(brief: &Brief) -> String {
    let mut colours = brief.theme.look().colours.clone();
    if let Some(colour) = &brief.wishes.colour {
        colours.insert("accent".to_owned(), colour.clone());
        colours.insert("glow".to_owned(), format!("{colour}88"));
    }
    let parts: Vec<_> = colours.iter().map(|(name, value)| format!("--{name}: {value};")).collect();
    parts.join(" ")
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
    let colour = wishes.colour.as_deref().map_or_else(|| "null".to_owned(), literal);
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
        ("colour", colour, "the player's colour; null is the theme's own"),
        ("powers", list(&wishes.powers), "of 'shield', 'slow', 'double'"),
        ("foe", list(&cast.foe), "any of the names in SPRITES below"),
        ("foes", wishes.foes.to_string(), "how many at the start"),
        ("crowd", wishes.crowd.to_string(), "how thick they come"),
        ("rule", literal(&wishes.rule), "what foes do: 'hurt', 'chase' or 'steal'"),
        ("food", literal(&cast.food), ""),
        ("treat", literal(&cast.treat), ""),
        ("hero", literal(&cast.hero), ""),
        ("ball", literal(&cast.ball), ""),
    ];
    let mut text =
        "// What was asked for. Change a value, reload, and see what happens.\nconst GAME = {\n"
            .to_owned();
    for (name, value, why) in lines {
        if matches!(name, "hero" | "ball" | "wrap") && !brief.kind.takes(name) {
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
