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
        "breakout · spooky · big · purple · time limit",
    ),
    ("a very fast brekout", "breakout · spooky · very fast · read 'brekout' as breakout"),
    (
        "arkanoid where 4 witches steal your paddle, 2 minutes",
        "breakout · spooky · 4 witches · stealing · 120 s",
    ),
    ("space invaders with bats", "invaders · spooky · bats"),
    ("flappy bird with a ghost", "flappy · spooky · 1 ghost"),
    ("pacman in a graveyard", "maze chase · spooky"),
    ("an arcade shooter where aliens attack, hard", "invaders · arcade · hard"),
    ("flapy bird underwater", "flappy · ocean"),
    ("a maze with 5 zombies that chase you", "maze chase · spooky · 5 zombies · chasing"),
    ("tetris for two players", "falling blocks · spooky; not understood: 'two players'"),
    ("neon tetris, very fast", "falling blocks · neon · very fast"),
    ("2048 with cupcakes in candyland", "merge tiles · candy · cupcakes to collect"),
    (
        "memory game for kids with animals",
        "memory pairs · spooky · easy; not understood: 'animals'",
    ),
    ("minesweeper", "minesweeper · spooky"),
    ("mine sweeper in winter, easy", "minesweeper · winter · easy"),
    ("ping pong against the computer", "pong · spooky; not understood: 'against'"),
    ("pong with two crabs in the ocean", "pong · ocean · 2 crabs"),
    ("asteroids", "asteroids · spooky"),
    ("a space shooter with ufos, power-ups", "asteroids · spooky · ufos · power-ups"),
    ("endless runner with a fox in the forest", "side-scroll runner · forest · 1 fox"),
    ("whack a mole with gummy bears", "whack-a-thing · spooky · gummy bears"),
    ("wack a mole", "whack-a-thing · spooky · read 'wack' as whack-a-thing"),
    ("christmas snake with penguins", "snake · winter; not in this kind: 'you are a penguin'"),
    ("snake in space", "snake · space"),
    ("underwater breakout with sharks", "breakout · ocean · sharks"),
    ("make me a halloween runner called Bone Dash", "side-scroll runner · spooky"),
    (
        "a platformer with coins",
        "no platformer here yet: made side-scroll runner instead · spooky · coins to collect",
    ),
    ("mario", "no platformer here yet: made side-scroll runner instead · spooky"),
    (
        "tower defense with robots",
        "no tower defence here yet: made invaders instead · spooky · robots",
    ),
    ("typing game", "no typing here yet: made whack-a-thing instead · spooky"),
    ("racing game", "no racing here yet: made side-scroll runner instead · spooky"),
    ("chess", "no board game here yet: made minesweeper instead · spooky"),
    ("sudoku", "no puzzle here yet: made merge tiles instead · spooky"),
    ("a cyberpunk pong game with a 2 minute timer", "pong · neon · time limit · 120 s"),
    ("cookie clicker", "no clicker here yet: made whack-a-thing instead · spooky"),
    ("santa catches presents", "dodge the falling things · winter · presents to collect"),
    (
        "a rabbit that collects apples",
        "dodge the falling things · spooky · you are a rabbit · apples to collect",
    ),
    (
        "endles runer",
        "side-scroll runner · spooky · read 'runer' as side-scroll runner; not understood: 'endles'",
    ),
    ("jump over rocks as a knight", "side-scroll runner · spooky · rocks · you are a knight"),
    ("pixel art space invaders with robots, 5 lives", "invaders · arcade · robots · 5 lives"),
    ("snake\nfaster", "snake · spooky · fast"),
    ("dodge bats\nmore bats", "dodge the falling things · spooky · bats · many"),
    ("breakout\nmake it winter", "breakout · winter"),
    ("pong\nadd a timer\nno timer", "pong · spooky · time limit · no time limit"),
    ("snake\nmake it a maze instead", "maze chase · spooky"),
    (
        "minesweeper\nin candyland\nbigger, 5 lives",
        "minesweeper · candy · 5 lives; not in this kind: 'big'",
    ),
    ("make me a calm winter game of pairs", "memory pairs · winter · slow"),
    ("halloween", "no kind of game was named: made memory pairs · spooky"),
    ("", "no kind of game was named: made memory pairs · spooky"),
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
    assert!(page("snake in the dark, no walls, blue").contains("accent: '#6bb8ff'"));
    assert!(page("dodge bats with shields").contains("powers: ['shield']"));
}

#[test]
fn a_later_line_changes_the_game_and_keeps_the_rest() {
    let made = |prompt: &str| compose(prompt, 7, Theme::Spooky);
    let text = made("snake with ghosts, 5 lives\nmake it winter and faster").source;
    for line in ["foe: ['ghost']", "lives: 5,", "speed: 1.35,", "The winter theme"] {
        assert!(text.text().contains(line), "{line}");
    }
    let seeds =
        ["snake", "snake\nfaster"].map(|prompt| made(prompt).source.text().contains("seed: 7,"));
    assert_eq!(seeds, [true, true]);
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
        "pacman with zombies",
        "memory",
        "tetris",
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
