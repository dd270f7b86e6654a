//! What is made of prompts as people type them, and what holds for any prompt.

use proptest::prelude::*;

use super::{Theme, compose};

fn understood(prompt: &str) -> String {
    compose(prompt, 7, Theme::Spooky).understood
}

/// What people type, and the line that must tell them what became of it.
const READ: &[(&str, &str)] = &[
    ("a snake game where ghosts steal your tail", "snake · spooky · ghosts · stealing"),
    ("spooky snake", "snake · spooky"),
    ("SNAEK!!!", "snake · spooky · read 'snaek' as snake"),
    ("a haunted snake with 3 gosts", "snake · spooky · 3 ghosts · read 'gosts' as ghost"),
    ("snake without walls, one life", "snake · spooky · open walls · 1 life"),
    ("fast snake in the dark", "snake · spooky · fast · in the dark"),
    (
        "a calm snake that eats candy while 2 zombies hunt you, green",
        "snake · spooky · candies to collect · 2 zombies · slow · chasing · green",
    ),
    (
        "snake with skulls, spiders, witches and zombies",
        "snake · spooky · skulls · spiders · witches; not understood: 'zombie'",
    ),
    ("snake, no ghosts please", "snake · spooky · 0 ghosts"),
    ("a snake with five lives and power-ups", "snake · spooky · power-ups · 5 lives"),
    ("dodge the bats", "dodge the falling things · spooky · bats"),
    (
        "dodge falling pumpkins as a witch and collect candy",
        "dodge the falling things · spooky · pumpkins · you are a witch · candies to collect",
    ),
    (
        "catch the candies, avoid skulls, 60 seconds",
        "dodge the falling things · spooky · candies to collect · skulls · 60 s",
    ),
    (
        "bats fall from the sky, very fast, hard",
        "dodge the falling things · spooky · bats · very fast · hard",
    ),
    (
        "dodge lots of bats, easy, shields",
        "dodge the falling things · spooky · bats · many · easy · shields",
    ),
    (
        "dodge spiders, no walls",
        "dodge the falling things · spooky · spiders; not in this kind: 'open walls'",
    ),
    (
        "breakout with bats that chase your paddle, 5 lives",
        "breakout · spooky · bats · chasing · 5 lives",
    ),
    (
        "brick breaker with a wide purple paddle and a timer",
        "breakout · spooky · big · purple · 60 s",
    ),
    ("a very fast brekout", "breakout · spooky · very fast · read 'brekout' as breakout"),
    (
        "arkanoid where 4 witches steal your paddle, 2 minutes",
        "breakout · spooky · 4 witches · stealing · 120 s",
    ),
    (
        "flappy bird with a ghost",
        "no flappy here yet: made dodge the falling things instead · spooky · 1 ghost",
    ),
    (
        "tetris for two players",
        "no falling blocks here yet: made breakout instead · spooky; not understood: 'two players'",
    ),
    ("pacman in a graveyard", "no maze chase here yet: made snake instead · spooky"),
    ("halloween", "no kind of game was named: made dodge the falling things · spooky"),
    ("", "no kind of game was named: made dodge the falling things · spooky"),
    ("a snake about quantum accounting", "snake · spooky; not understood: 'quantum', 'accounting'"),
    (
        "un jeu de serpent avec des fantômes",
        "snake · spooky; not understood: 'un', 'jeu', 'de', 'avec', 'des', 'fantômes'",
    ),
];

#[test]
fn prompts_are_read_as_they_are_meant() {
    for (prompt, expected) in READ {
        assert_eq!(understood(prompt), *expected, "{prompt}");
    }
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
    ] {
        assert_eq!(compose(prompt, 7, Theme::Spooky).title, expected, "{prompt}");
    }
}

#[test]
fn wishes_reach_the_script() {
    let page = |prompt: &str| compose(prompt, 7, Theme::Spooky).source.text().to_owned();
    let ghosts = page("a very fast snake game where 4 ghosts steal your tail, 5 lives, 90 seconds");
    for line in
        ["foe: ['ghost']", "foes: 4,", "rule: 'steal'", "lives: 5,", "seconds: 90,", "speed: 1.7,"]
    {
        assert!(ghosts.contains(line), "{line}");
    }
    assert!(page("snake in the dark, no walls, blue").contains("colour: '#6bb8ff'"));
    assert!(page("dodge bats with shields").contains("powers: ['shield']"));
}

#[test]
fn nobody_plays_two_parts() {
    let page = compose("dodge falling pumpkins and cats", 7, Theme::Spooky);
    let text = page.source.text();
    assert!(text.contains("foe: ['pumpkin']") && text.contains("food: 'lantern'"));
}

#[test]
fn the_same_wishes_give_the_same_bytes_and_another_seed_another_place() {
    let page = |seed| compose("spooky snake", seed, Theme::Spooky).source;
    assert_eq!(page(1), page(1));
    assert_ne!(page(1), page(2));
}

#[test]
fn every_page_is_whole_small_and_made_for_reading() {
    for prompt in [
        "snake with skulls, spiders, zombies",
        "dodge bats, witches",
        "breakout, ghosts, skulls, spiders",
    ] {
        let page = compose(prompt, 3, Theme::Spooky).source;
        let text = page.text();
        assert!(text.len() < 40_000, "{prompt}: {} bytes", text.len());
        for part in
            ["<!DOCTYPE html>", "charset=\"utf-8\"", "name=\"viewport\"", "<title>", "</html>"]
        {
            assert!(text.contains(part), "{prompt} lacks {part}");
        }
        assert!(!text.contains("{{"), "{prompt} has an open gap");
        assert!(text.lines().all(|line| line.len() < 232), "{prompt} has a line nobody can read");
    }
}

proptest! {
    #[test]
    fn any_prompt_gives_one_document_with_one_script(prompt in ".{0,200}", seed: u64) {
        let made = compose(&prompt, seed, Theme::Spooky);
        let text = made.source.text();
        prop_assert!(text.starts_with("<!DOCTYPE html>") && text.trim_end().ends_with("</html>"));
        prop_assert_eq!(text.matches("<script").count(), 1);
        prop_assert_eq!(text.matches("</script").count(), 1);
        prop_assert!(text.len() < 42_000);
        prop_assert!(!made.understood.contains('\n') && made.understood.chars().count() < 700);
        prop_assert!(!made.understood.chars().any(char::is_control));
    }

    #[test]
    fn markup_in_a_prompt_is_text(words in prop::collection::vec(
        prop::sample::select(vec!["</script>", "<!--", "-->", "{{kind}}", "\"", "'", "called", "<b>", "snake", "&lt;", "\\", "\u{2028}"]), 0..12)) {
        let plain = compose("snake", 7, Theme::Spooky);
        let made = compose(&words.join(" "), 7, Theme::Spooky);
        let tags = |text: &str| (text.matches("<script").count(), text.matches("<b").count(), text.matches("<!--").count());
        prop_assert_eq!(tags(made.source.text()), tags(plain.source.text()));
    }
}
