//! What is made of prompts as people type them, and what holds for any prompt.

use proptest::prelude::*;

use super::{GameTheme, compose};

fn understood(prompt: &str) -> String {
    compose(prompt, 7, GameTheme::Spooky).understood
}

/// `tests/prompts.toml`.
#[derive(serde::Deserialize)]
struct Table {
    prompts: Vec<(String, String)>,
}

fn prompts() -> Vec<(String, String)> {
    let table: Table = toml::from_str(include_str!("../../tests/prompts.toml")).expect("a table");
    table.prompts
}

#[test]
fn prompts_are_read_as_they_are_meant() {
    let prompts = prompts();
    let read = |(prompt, expected): &(String, String)| {
        let told = understood(prompt);
        (told != *expected).then(|| format!("{prompt:?}\n  {told:?}\n  not {expected:?}"))
    };
    let wrong: Vec<_> = prompts.iter().filter_map(read).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let is_short = |line: &str| line.contains("not understood") || line.contains("not available");
    let short = prompts.iter().filter(|(_, line)| is_short(line)).count();
    assert!(prompts.len() >= 150 && short * 10 <= prompts.len(), "{short} of {}", prompts.len());
}

#[test]
fn titles_come_from_the_wishes() {
    for (prompt, expected) in [
        ("a snake game where ghosts steal your tail", "Ghost Snake"),
        ("dodge witches", "Falling Witches"),
        ("breakout", "Midnight Breakout"),
        ("a snake game called \"Nine Lives?\" with a cat", "Nine Lives?"),
        ("breakout named Bone Breaker, fast", "Bone Breaker"),
        ("snake called </title><script>", "titlescript"),
        ("a game called Night of the Bats where I dodge bats", "Night of the Bats"),
        ("runner\ncall it Foxy Run", "Foxy Run"),
        ("flappy ghost", "Flappy Ghost"),
        ("a snake game without ghosts", "Midnight Snake"),
    ] {
        assert_eq!(compose(prompt, 7, GameTheme::Spooky).title, expected, "{prompt}");
    }
}

#[test]
fn wishes_reach_the_script() {
    let page = |prompt: &str| compose(prompt, 7, GameTheme::Spooky).source.text().to_owned();
    let ghosts = page("a very fast snake game where 4 ghosts steal your tail, 5 lives, 90 seconds");
    for line in [
        "foe: ['ghost']",
        "foes: 4,",
        "function thieve(",
        "lives: 5,",
        "seconds: 90,",
        "speed: 1.7,",
    ] {
        assert!(ghosts.contains(line), "{line}");
    }
    assert!(page("snake in the dark, no walls, blue").contains("accent: '#6bb8ff'"));
    assert!(page("dodge bats with shields").contains("powers: ['shield']"));
}

#[test]
fn a_game_for_two_says_its_keys_as_well() {
    for prompt in ["pong for two players", "tic tac toe for two players", "pong", "connect four"] {
        let page = compose(prompt, 7, GameTheme::Spooky).source;
        assert!(page.text().matches("<dt>").count() >= 3, "{prompt}");
    }
}

#[test]
fn a_later_line_changes_the_game_and_keeps_the_rest() {
    let made = |prompt: &str| compose(prompt, 7, GameTheme::Spooky);
    let text = made("snake with ghosts, 5 lives\nmake it winter and faster").source;
    for line in ["foe: ['ghost']", "lives: 5,", "speed: 1.35,", "The winter theme"] {
        assert!(text.text().contains(line), "{line}");
    }
    let seeds =
        ["snake", "snake\nfaster"].map(|prompt| made(prompt).source.text().contains("seed: 7,"));
    assert_eq!(seeds, [true, true]);
}

#[test]
fn what_an_earlier_prompt_did_not_come_to_is_not_told_again() {
    let told = |prompts: &[&str]| super::compose_change(prompts, 7, GameTheme::Spooky).understood;
    let first = "snake with gizmos, 20 x 20";
    assert_eq!(
        told(&[first]),
        "snake · spooky; not available in this kind: '20 × 20'; not understood: 'gizmos'"
    );
    assert_eq!(told(&[first, "faster"]), "snake · spooky · fast");
    assert_eq!(told(&[first, "frobnicate"]), "snake · spooky; not understood: 'frobnicate'");
    // A line of one prompt is no earlier prompt.
    assert_eq!(
        told(&["snake\nfrobnicate\nfaster"]),
        "snake · spooky · fast; not understood: 'frobnicate'"
    );
    let title = |prompts: &[&str]| super::compose_change(prompts, 7, GameTheme::Spooky).title;
    assert_eq!(title(&["snake called Bob", "faster"]), "Bob");
    assert_eq!(title(&["snake called Bob", "call it Ann"]), "Ann");
}

#[test]
fn there_is_one_hero_the_newest() {
    let page = |prompts: &[&str]| super::compose_change(prompts, 7, GameTheme::Spooky);
    let two = page(&["a platformer as a witch", "make the hero a cat"]);
    assert!(two.source.text().contains("hero: 'cat'"), "{}", two.understood);
    let both = page(&["dodge game with dogs and cats"]);
    assert!(both.source.text().contains("foe: ['cat']"), "{}", both.understood);
    assert_eq!(both.understood, "dodge the falling things · spooky · you are a dog · cats");
}

#[test]
fn who_names_foes_after_all_gets_them() {
    let made = |prompts: &[&str]| super::compose_change(prompts, 7, GameTheme::Spooky);
    let none = made(&["platformer with no enemies"]);
    assert!(none.source.text().contains("foes: 0"), "{}", none.understood);
    for more in ["add bats", "3 bats"] {
        let some = made(&["platformer with no enemies", more]);
        assert!(!some.source.text().contains("foes: 0"), "{more}: {}", some.understood);
        assert!(!some.understood.contains("no foes"), "{more}: {}", some.understood);
    }
}

#[test]
fn nobody_plays_two_parts() {
    let page = compose("dodge falling pumpkins and cats", 7, GameTheme::Spooky);
    let text = page.source.text();
    assert!(text.contains("foe: ['pumpkin', 'cat']") && text.contains("food: 'lantern'"));
}

#[test]
fn the_same_wishes_give_the_same_bytes_and_another_seed_another_place() {
    let page = |seed| compose("spooky snake", seed, GameTheme::Spooky).source;
    assert_eq!(page(1), page(1));
    assert_ne!(page(1), page(2));
}

/// As long as pages get: every part that a kind has.
const HEAVY: &str = "with witches, zombies and spiders that steal, in the dark, power-ups, no walls, \
                     90 seconds, two players, as a knight, collect donuts";

/// Every other wish at once.
const ALL_WISHES: &str = "rain, day and night, rainbow, music, combos, faster and faster, joystick, explosions, \
                          difficulty levels, boss, with waves, they shoot back, in all directions, auto fire, magnet, \
                          moving pipes, shrinking paddle, multiball, portals, moving food, 500 points, 5 levels, \
                          when you lose say \"Oh no\"";

#[test]
fn every_page_is_whole_small_and_made_for_reading() {
    for kind in super::kinds::all() {
        for theme in GameTheme::ALL {
            let is_sample = matches!(theme, GameTheme::Spooky | GameTheme::Ocean);
            for wishes in ["", HEAVY, ALL_WISHES].into_iter().take(if is_sample { 3 } else { 2 }) {
                let prompt = format!("{} {wishes}", kind.words.first().expect("a word"));
                let page = compose(&prompt, 3, theme).source;
                is_whole(page.text(), &format!("{prompt}, {theme}"));
            }
        }
    }
}

#[test]
fn what_a_kind_is_called_means_that_kind() {
    let words =
        super::kinds::all().iter().flat_map(|kind| kind.words.iter().map(move |word| (kind, word)));
    let read = |word: &str| super::brief::read(&[word], 3, GameTheme::Spooky).kind;
    let wrong = words.filter(|(kind, word)| read(word).name != kind.name);
    let wrong: Vec<_> =
        wrong.map(|(kind, word)| format!("{word}: {} is {}", kind.name, read(word).name)).collect();
    assert_eq!(wrong, [""; 0]);
}

/// A prompt for a snake in each language.
const SNAKES: [(&str, &str); 10] = [
    ("de", "ein Schlangenspiel mit Geistern"),
    ("es", "un juego de serpiente con fantasmas"),
    ("fr", "un jeu de serpent avec des fantômes"),
    ("pt", "um jogo da cobrinha com fantasmas"),
    ("it", "un gioco di serpente con fantasmi"),
    ("pl", "wąż z duchami"),
    ("nl", "een slangenspel met spoken"),
    ("tr", "hayaletli yılan oyunu"),
    ("zh", "有幽灵的贪吃蛇"),
    ("ja", "お化けのヘビゲーム"),
];

#[test]
fn a_game_speaks_the_language_of_its_prompt() {
    for (code, prompt) in SNAKES {
        let made = compose(prompt, 3, GameTheme::Forest);
        let page = made.source.text();
        is_whole(page, prompt);
        assert!(page.contains(&format!("<html lang=\"{code}\">")), "{prompt}");
        let english = ["'Paused'", "'Play again'", "Take your time", "the wall nor"];
        for text in english {
            assert!(!page.contains(text), "{prompt}: {text} is English");
        }
        assert!(!made.title.ends_with("Snake"), "{prompt}: {}", made.title);
        // What is asked for later may be said in English; the game stays what it is.
        let more = super::compose_change(&[prompt, "faster"], 3, GameTheme::Forest);
        assert_eq!(more.title, made.title, "{prompt}");
    }
    let named = compose("ein Schlangenspiel called Bob", 3, GameTheme::Forest);
    assert_eq!(named.title, "Bob");
}

/// The length of a page without its description, which is the prompt.
fn code_bytes(page: &str) -> usize {
    let start = page.find("<meta name=\"description\"").expect("a description");
    let length = page[start..].find("\">\n").expect("its end");
    page.len() - length
}

fn is_whole(page: &str, prompt: &str) {
    assert!(code_bytes(page) <= 40_000, "{prompt}: {} bytes", code_bytes(page));
    for part in ["<!DOCTYPE html>", "charset=\"utf-8\"", "name=\"viewport\"", "<title>", "</html>"]
    {
        assert!(page.contains(part), "{prompt} lacks {part}");
    }
    for rest in ["{{", "//?", "\n\n\n"] {
        assert!(!page.contains(rest), "{prompt} holds {rest:?}");
    }
    let (_, script) = page.split_once("<script>").expect("a script");
    let long = script.lines().find(|line| line.len() >= 260);
    assert_eq!(long, None, "{prompt} has a line nobody can read");
    let mut names = super::tree_shaking::all_declared(page);
    names.sort();
    let twice = names.windows(2).find(|two| two[0] == two[1]);
    assert_eq!(twice, None, "{prompt} declares a name twice");
    assert!(names.len() > 60);
}

proptest! {
    #[test]
    fn any_prompt_gives_one_document_with_one_script(prompt in ".{0,200}", seed: u64) {
        let made = compose(&prompt, seed, GameTheme::Spooky);
        let text = made.source.text();
        prop_assert!(text.starts_with("<!DOCTYPE html>") && text.trim_end().ends_with("</html>"));
        prop_assert_eq!(text.matches("<script").count(), 1);
        prop_assert_eq!(text.matches("</script").count(), 1);
        prop_assert!(code_bytes(text) <= 40_000);
        prop_assert!(!made.understood.contains('\n') && made.understood.chars().count() < 700);
        prop_assert!(!made.understood.chars().any(char::is_control));
    }

    #[test]
    fn markup_in_a_prompt_is_text(words in prop::collection::vec(
        prop::sample::select(vec!["</script>", "<!--", "-->", "{{kind}}", "\"", "'", "called", "<b>", "snake", "&lt;", "\\", "\u{2028}"]), 0..12)) {
        let plain = compose("snake", 7, GameTheme::Spooky);
        let made = compose(&words.join(" "), 7, GameTheme::Spooky);
        let tags = |text: &str| (text.matches("<script").count(), text.matches("<b").count(), text.matches("<!--").count());
        prop_assert_eq!(tags(made.source.text()), tags(plain.source.text()));
    }
}
