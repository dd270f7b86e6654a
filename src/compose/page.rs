//! Assembles the parts into one readable page.
//!
//! The prompt is untrusted, so every value is escaped for its context, and the placeholders are
//! filled in one pass: a prompt that looks like a placeholder stays text.

use std::collections::BTreeMap;

use super::brief::{BoardSize, Brief};
use super::media::{MediaPlan, OwnMedia};
use super::texts::GameTexts;
use super::themes::Cast;
use super::{sprites, tree_shaking};
use crate::game::HtmlSource;

/// The longest page, in bytes, without its description, which is the prompt. A composed game should
/// stay below 40,000 before it is hardened, which adds about 5,000.
const MAX_PAGE_BYTES: usize = 40_000;

/// The finished document. If it is too long, the scenery is simplified, and then what was wished last
/// is left out, which the brief tells.
pub(super) fn assemble(brief: &mut Brief, title: &str, prompt: &str, seed: u64) -> HtmlSource {
    let shown: String = prompt.chars().filter(|c| !c.is_control()).take(300).collect();
    let description = escape(&shown);
    let is_short = |page: &str| page.len() - description.len() <= MAX_PAGE_BYTES;
    let ever_plainer: [&[&str]; 3] = [&["rich", "scenic"], &["scenic"], &[]];
    loop {
        let mut page = String::new();
        for extras in ever_plainer {
            page = document(brief, title, &description, seed, extras);
            if is_short(&page) {
                break;
            }
        }
        if is_short(&page) || !brief.drop_last_extra() {
            return HtmlSource::new(brief.media.written_into(&page));
        }
    }
}

fn document(brief: &Brief, title: &str, description: &str, seed: u64, extras: &[&str]) -> String {
    let colours = colours(brief);
    let css: Vec<_> = colours.iter().map(|(name, value)| format!("--{name}: {value};")).collect();
    let texts = brief.texts();
    let script = texts.translate_strings(&script(brief, extras), literal);
    let settings =
        settings(brief, title, seed, &script) + "\n" + &palette(brief, &colours, &script);
    let style = fill(shared_part("style"), &[("colours", &css.join(" "))]);
    let words = WORDS.map(|word| (word, texts.page(word)));
    let values = [
        ("language", brief.language_code()),
        ("title", &escape(title)),
        ("prompt", description),
        ("style", style.trim_end()),
        ("story", &escape(&brief.story(texts))),
        ("controls", &controls(brief, texts)),
        ("settings", &settings),
        ("script", script.trim_end()),
    ];
    fill(shared_part("page"), &[values.as_slice(), &words].concat())
}

/// The words of the page itself, which stand in it as placeholders.
pub(super) const WORDS: [&str; 7] =
    ["The playing field", "Score", "Best", "Level", "Sound", "Pause", "Play"];

/// The parts that games share.
fn shared_part(part: &str) -> &'static str {
    match part {
        "style" => include_str!("../../assets/composer/style.css"),
        "runtime" => include_str!("../../assets/composer/runtime.js"),
        "pencil" => include_str!("../../assets/composer/pencil.js"),
        "board" => include_str!("../../assets/composer/board.js"),
        _ => include_str!("../../assets/composer/page.html"),
    }
}

/// The script without the settings: the parts, without what this game does not need.
fn script(brief: &Brief, extras: &[&str]) -> String {
    let theme = brief.theme.script();
    let parts = [
        shared_part("runtime"),
        shared_part("pencil"),
        theme,
        shared_part("board"),
        brief.kind.script(),
    ];
    let whole = parts.map(str::trim_end).join("\n\n") + "\n\nbegin();\n";
    let features = [brief.features().as_slice(), extras].concat();
    let marked = tree_shaking::select_features(&whole, &features);
    // The used sprites depend on the script, and the script on the sprites.
    let sprites =
        sprites::sprite_sources(&used_sprites(brief, &tree_shaking::remove_unused(&marked)));
    remove_unused_sounds(&tree_shaking::remove_unused(&fill(
        &marked,
        &[("sprites", sprites.trim())],
    )))
}

/// Where pictures and sounds of the user's own go in this game.
pub(super) fn media_plan(brief: &Brief, media: &[OwnMedia]) -> MediaPlan {
    if media.is_empty() {
        return MediaPlan::default();
    }
    let script = script(brief, &[]);
    let Cast { foe, food, treat, hero, ball, gift, stone } = &brief.cast;
    let foes = foe.iter().map(|foe| ("foe", foe));
    let others = [
        ("hero", hero),
        ("food", food),
        ("treat", treat),
        ("ball", ball),
        ("gift", gift),
        ("stone", stone),
    ];
    let parts = others.into_iter().chain(foes).filter(|(part, _)| is_read(&script, "GAME", part));
    let parts: Vec<_> = parts.map(|(part, name)| (part, name.as_str())).collect();
    let tones: Vec<_> = script.lines().filter_map(tone_name).collect();
    MediaPlan::new(media, &parts, &tones)
}

/// The name of the sound that a line of the script declares.
fn tone_name(line: &str) -> Option<&str> {
    line.split_once(": { wave").map(|(name, _)| name.trim())
}

/// Removes the sounds that the script never plays.
fn remove_unused_sounds(script: &str) -> String {
    let is_silent =
        |line: &str| tone_name(line).is_some_and(|name| !script.contains(&format!("'{name}'")));
    script.split_inclusive('\n').filter(|line| !is_silent(line)).collect()
}

/// Replaces each `{{name}}` from left to right; inserted values are not expanded again.
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

/// Escapes text for markup, also in attributes.
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

/// A JavaScript string literal; `<` is escaped so that no tag can start in it.
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

/// The sprites that the script mentions.
fn used_sprites(brief: &Brief, script: &str) -> Vec<String> {
    let cast = &brief.cast;
    let parts = [
        ("GAME.food", &cast.food),
        ("GAME.treat", &cast.treat),
        ("GAME.hero", &cast.hero),
        ("GAME.ball", &cast.ball),
        ("GAME.gift", &cast.gift),
        ("GAME.stone", &cast.stone),
    ];
    let is_used = |part: &str| script.contains(part);
    let parts = parts.into_iter().filter(|(part, _)| is_used(part)).map(|(_, name)| name);
    let deck = deck(brief).into_iter().filter(|_| is_used("GAME.deck"));
    let foes = cast.foe.iter().filter(|_| is_used("GAME.foe"));
    // The scenery of the first theme has bats.
    let scenery = is_used("sprite('bat'").then(|| "bat".to_owned());
    foes.chain(parts).cloned().chain(deck).chain(scenery).collect()
}

/// The card sprites besides the cast, to fill all pairs.
fn deck(brief: &Brief) -> Vec<String> {
    const FACES: usize = 11;
    let Cast { foe, food, treat, hero, ball, gift, stone } = &brief.cast;
    let mut faces: Vec<&String> =
        foe.iter().chain([food, treat, hero, ball, gift, stone]).collect();
    faces.sort();
    faces.dedup();
    let new = brief.theme.data().deck.iter().filter(|name| !faces.contains(name));
    new.take(FACES.saturating_sub(faces.len())).cloned().collect()
}

/// Whom the start screen shows, of those in the script: a foe, the hero and the food, or what there is.
fn poster(brief: &Brief, script: &str) -> Vec<String> {
    const PLACES: usize = 3;
    let used = used_sprites(brief, script);
    let Cast { foe, hero, food, .. } = &brief.cast;
    let stars = foe.iter().take(1).chain([hero, food]);
    let mut shown: Vec<String> = stars.filter(|name| used.contains(name)).cloned().collect();
    if !shown.contains(hero) {
        shown.extend(used);
    }
    let mut seen = Vec::new();
    shown.retain(|name| {
        !seen.contains(name) && {
            seen.push(name.clone());
            true
        }
    });
    shown.truncate(PLACES);
    shown
}

fn list(words: &[String]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| literal(word)).collect();
    format!("[{}]", quoted.join(", "))
}

/// The colours of the theme, with the requested one.
fn colours(brief: &Brief) -> BTreeMap<String, String> {
    let mut colours = brief.theme.data().colours.clone();
    if let Some(colour) = &brief.options.colour {
        colours.insert("accent".to_owned(), colour.clone());
        colours.insert("hero".to_owned(), colour.clone());
        colours.insert("glow".to_owned(), format!("{colour}88"));
    }
    if let Some(ground) = &brief.options.additions.ground {
        for name in ["shade", "night"] {
            let own = colours.get(name).map_or("", String::as_str);
            let mixed = mix(own, ground);
            colours.insert(name.to_owned(), mixed);
        }
    }
    colours
}

/// A colour as dark or as light as another, so that what stands on it can be seen: `#rrggbb`.
fn mix(own: &str, wished: &str) -> String {
    let parts = |colour: &str| {
        [1, 3, 5].map(|at| {
            let part = colour.get(at..at + 2).unwrap_or_default();
            u32::from_str_radix(part, 16).unwrap_or_default()
        })
    };
    let (own, wished) = (parts(own), parts(wished));
    let is_light = own.iter().sum::<u32>() > 3 * 128;
    let mixed = wished.map(|part| if is_light { 255 - (255 - part) / 3 } else { part * 3 / 8 });
    let [red, green, blue] = mixed;
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// The theme's colours and voice, as JavaScript constants.
fn palette(brief: &Brief, colours: &BTreeMap<String, String>, script: &str) -> String {
    let data = brief.theme.data();
    let mut text = "const COLOURS = {\n ".to_owned();
    for (name, value) in colours {
        if is_read(script, "COLOURS", name) {
            text.extend([" ", name, ": ", &literal(value), ","]);
        }
    }
    if is_read(script, "COLOURS", "bricks") {
        text.extend(["\n  bricks: ", &list(&data.bricks), ","]);
    }
    text.push_str("\n};\nconst VOICE = {");
    let voice = &data.voice;
    for (name, value) in [("soft", &voice.soft), ("lead", &voice.lead), ("harsh", &voice.harsh)] {
        text.extend([" ", name, ": ", &literal(value), ","]);
    }
    format!("{text} pitch: {} }};", voice.pitch)
}

/// Whether the script mentions `object.name`, not just a longer name.
fn is_read(script: &str, object: &str, name: &str) -> bool {
    let path = format!("{object}.{name}");
    script.split(&path).skip(1).any(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

fn controls(brief: &Brief, texts: &GameTexts) -> String {
    let line = |control: &(String, String)| {
        let (keys, action) = texts.control(control);
        format!("\n    <dt>{}</dt><dd>{}</dd>", escape(keys), escape(action))
    };
    brief.controls().iter().map(line).chain(["\n  ".to_owned()]).collect()
}

/// The options as the script's first lines, with explanations.
fn settings(brief: &Brief, title: &str, seed: u64, script: &str) -> String {
    let (cast, options) = (&brief.cast, &brief.options);
    let id = format!("{}-{}", brief.kind.name, title.to_lowercase());
    let weather = options.additions.weather.as_deref().unwrap_or_default();
    let ending = brief.own_texts.ending.as_deref().unwrap_or_default();
    let cells = |count: fn(BoardSize) -> u32| {
        options.additions.grid.map(count).unwrap_or_default().to_string()
    };
    let count = options.additions.amount.map(|amount| amount.count);
    let lines = [
        ("id", literal(&id), "the name its best score is kept under"),
        ("title", literal(title), ""),
        // JavaScript numbers are doubles, and the generator uses 32 bits.
        ("seed", (seed % 2_147_483_647).to_string(), "another number is another scenery"),
        ("lives", options.lives.to_string(), ""),
        ("speed", format!("{:?}", options.speed), "1 is normal, 2 is twice as fast"),
        ("size", format!("{:?}", options.size), "1 is normal"),
        ("seconds", options.seconds.to_string(), "how long a game lasts; 0 is for ever"),
        ("dark", options.switches.dark.to_string(), "see only what is near"),
        ("wrap", options.switches.wrap.to_string(), "leave on one side, come back on the other"),
        ("mute", options.switches.mute.to_string(), "begin without sound; M turns it on"),
        ("powers", list(&options.additions.powers), "of 'shield', 'slow', 'double', 'life'"),
        ("weather", literal(weather), "'rain', 'snow', 'stars', 'leaves' or 'confetti'"),
        ("goal", options.win.goal.to_string(), "the score that wins"),
        ("levels", options.win.levels.to_string(), "the last one"),
        ("ending", literal(ending), "instead of Game over"),
        ("columns", cells(|grid| grid.columns), "cells of the board, from 2 to 24"),
        ("rows", cells(|grid| grid.rows), ""),
        ("count", count.unwrap_or_default().to_string(), "how many there are"),
        ("foe", list(&cast.foe), "any of the names in SPRITES below"),
        ("foes", options.foes.to_string(), "how many at the start"),
        ("crowd", format!("{:?}", options.crowd), "how thick they come"),
        ("rule", literal(&options.rule), "what foes do: 'hurt', 'chase' or 'steal'"),
        ("food", literal(&cast.food), ""),
        ("treat", literal(&cast.treat), ""),
        ("hero", literal(&cast.hero), ""),
        ("ball", literal(&cast.ball), ""),
        ("gift", literal(&cast.gift), "holds a power"),
        ("stone", literal(&cast.stone), "stands in the way"),
        ("deck", list(&deck(brief)), ""),
        ("poster", list(&poster(brief, script)), "who is shown before a game"),
        (
            "words",
            literal(brief.texts().words().unwrap_or(&brief.theme.data().typed)),
            "to be typed",
        ),
    ];
    let mut text =
        "// What was asked for. Change a value, reload, and see what happens.\nconst GAME = {\n"
            .to_owned();
    for (name, value, why) in lines {
        // A value that the script does not read would have no effect.
        if !is_read(script, "GAME", name) {
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
