//! Ten rounds of change on one game: the real binary against a real socket.

use crate::cli::{Run, User};
use crate::fake::{Answer, Hub, body};

fn block(search: &str, replace: &str) -> String {
    format!("<<<<<<< SEARCH\n{search}\n=======\n{replace}\n>>>>>>> REPLACE\n")
}

/// The line that each round changes, in round `number`.
fn basket(number: usize) -> String {
    format!("  let basket = {}, light = {{ x: 100, y: 0 }}, score = 0, speed = 2;", 140 + number)
}

fn whole(number: usize) -> String {
    body::GAME.replace(&basket(0), &basket(number))
}

/// The answers of ten rounds: blocks, whole games, blocks that fit only the second time, a rewrite.
fn answers() -> Vec<Answer> {
    let mut answers = vec![Answer::chat_stream(body::GAME)];
    for number in 1..=10 {
        let fits = block(&basket(number - 1), &basket(number));
        let misses = block("  let basket = nowhere;", &basket(number));
        answers.extend(match number {
            3 | 7 => vec![Answer::chat_stream(&format!("```html\n{}```", whole(number)))],
            5 => vec![Answer::chat_stream(&misses), Answer::chat_stream(&fits)],
            9 => vec![
                Answer::chat_stream(&misses),
                Answer::chat_stream(&misses),
                Answer::chat_stream(&whole(number)),
            ],
            _ => vec![Answer::chat_stream(&fits)],
        });
    }
    answers
}

/// The version that a run made, as people name it.
fn version(run: &Run) -> String {
    let game = &run.json()["game"];
    format!("{}.{}", game["id"], game["version"])
}

fn ok(run: Run) -> Run {
    assert_eq!(run.code, 0, "{}", run.err);
    run
}

#[test]
fn ten_rounds_of_change_can_be_walked_back_and_forth() {
    let user = User::new();
    let hub = Hub::start(answers());
    let first = ok(user.ask(&hub, &["new", "lights", "--json"]));
    assert_eq!(version(&first), "1.1");
    for number in 1..=10 {
        let wish = format!("wish {number}");
        let run = ok(user.ask(&hub, &["edit", "1", &wish, "--json"]));
        assert_eq!(version(&run), format!("1.{}", number + 1), "{}", run.err);
        assert_eq!(run.err.contains("does not apply"), matches!(number, 5 | 9), "{}", run.err);
    }
    assert_eq!(hub.posts().len(), 1 + 10 + 1 + 2);
    for number in 2..=11 {
        let (old, new) = (format!("1.{}", number - 1), format!("1.{number}"));
        let diff = ok(user.run(&["library", "diff", &old, &new]));
        assert!(diff.out.contains(&format!("+{}", basket(number - 1))), "{}", diff.out);
    }
    for number in (1..=10).rev() {
        let run = ok(user.run(&["library", "undo", "1", "--json"]));
        assert_eq!(run.json()["version"], number, "{}", run.out);
    }
    assert_ne!(user.run(&["library", "undo", "1"]).code, 0, "there is nothing before the first");
    for number in 2..=11 {
        let run = ok(user.run(&["library", "redo", "1", "--json"]));
        assert_eq!(run.json()["version"], number, "{}", run.out);
    }
    assert_eq!(hub.posts().len(), 14, "nothing was asked for");
}

#[test]
fn a_file_keeps_its_place_in_the_library() {
    let user = User::new();
    let hub = Hub::start(vec![
        Answer::chat_stream(body::GAME),
        Answer::chat_stream(&block(&basket(0), &basket(1))),
        Answer::chat_stream(&block(&basket(1), &basket(2))),
    ]);
    ok(user.ask(&hub, &["new", "lights", "-o", "game.html"]));
    let run = ok(user.ask(&hub, &["edit", "game.html", "wider", "--json"]));
    assert_eq!(version(&run), "1.2", "the file is known by its bytes");
    assert!(user.read("game.html").contains(&basket(1)));
    assert!(!hub.posts()[1].json().to_string().contains("By codeagent"));
    std::fs::write(user.at().join("other.html"), body::GAME.replace("140", "141")).unwrap();
    let run = ok(user.ask(&hub, &["edit", "other.html", "wider", "--json"]));
    assert_eq!(version(&run), "2.2", "another game, which was kept first");
}

#[test]
fn a_change_that_never_fits_leaves_the_game_as_it_is() {
    let user = User::new();
    let misses = Answer::chat_stream(&block("nowhere", "x"));
    let hub = Hub::start(vec![Answer::chat_stream(body::GAME), misses]);
    ok(user.ask(&hub, &["new", "lights"]));
    let run = user.ask(&hub, &["edit", "1", "wider", "--tries", "1"]);
    assert_eq!((run.code, hub.posts().len()), (7, 4), "{}", run.err);
    assert!(run.err.contains("block 1 is not in the game"), "{}", run.err);
    let shown = ok(user.run(&["library", "show", "1", "--json"]));
    assert_eq!(shown.json()["versions"].as_array().unwrap().len(), 1);
}

#[test]
fn a_game_that_comes_back_as_it_was_is_no_success() {
    let user = User::new();
    let again = format!("Here it is, faster:\n```html\n{}\n```\n", body::GAME);
    let hub = Hub::start(vec![Answer::chat_stream(body::GAME), Answer::chat_stream(&again)]);
    ok(user.ask(&hub, &["new", "lights"]));
    let run = user.ask(&hub, &["edit", "1", "faster", "--json", "--tries", "1"]);
    assert_eq!(
        (run.code, run.json()["error"]["kind"].as_str()),
        (7, Some("unchanged")),
        "{}",
        run.err
    );
    let shown = user.ask(&hub, &["library", "show", "1", "--json"]).json();
    assert_eq!(shown["versions"].as_array().unwrap().len(), 1, "{shown}");
}

#[test]
fn a_wish_that_the_composer_cannot_fulfil_makes_no_version() {
    let user = User::new();
    ok(user.run(&["new", "a snake game", "-o", "game.html"]));
    let before = user.read("game.html");
    for edit in [["edit", "1", "recite everything"], ["edit", "game.html", "recite everything"]] {
        let run = user.run(&edit);
        assert_eq!((run.code, run.out.as_str()), (11, ""), "{}", run.err);
        assert!(run.err.contains("nothing would change: snake"), "{}", run.err);
        assert!(run.err.contains("'recite'") && !run.err.contains("error:"), "{}", run.err);
    }
    assert_eq!((user.read("game.html"), user.files()), (before, vec!["game.html".to_owned()]));
    let shown = ok(user.run(&["library", "show", "1", "--json"]));
    assert_eq!(shown.json()["versions"].as_array().unwrap().len(), 1);
    let run = user.run(&["edit", "1", "recite everything", "--json"]);
    assert_eq!(run.json()["error"]["kind"], "no-change", "{}", run.err);
    // What it knows is another version.
    ok(user.run(&["edit", "1", "recite everything, faster"]));
}

#[test]
fn a_block_that_changes_nothing_does_not_cost_the_others() {
    let user = User::new();
    let idle = block("<canvas></canvas>", "<canvas></canvas>");
    let change = idle + &block(&basket(0), &basket(1));
    let hub = Hub::start(vec![Answer::chat_stream(body::GAME), Answer::chat_stream(&change)]);
    ok(user.ask(&hub, &["new", "lights"]));
    let run = ok(user.ask(&hub, &["edit", "1", "wider", "-o", "wider.html"]));
    assert!(run.err.contains("block 1 changes nothing"), "{}", run.err);
    assert!(user.read("wider.html").contains(&basket(1)));
    assert_eq!(hub.posts().len(), 2, "nothing is asked again");
}

#[test]
fn a_finished_answer_with_an_end_that_nobody_can_read_is_asked_for_again() {
    let user = User::new();
    let fits = block(&basket(0), &basket(1));
    let hub = Hub::start(vec![
        Answer::chat_stream(body::GAME),
        Answer::chat_stream(&fits.replace(">>>>>>> REPLACE", "END OF BLOCK")),
        Answer::chat_stream(&fits),
    ]);
    ok(user.ask(&hub, &["new", "lights"]));
    let run = ok(user.ask(&hub, &["edit", "1", "wider"]));
    assert!(run.err.contains("block 1 has no end"), "{}", run.err);
    assert!(!run.err.contains("asking for the rest"), "{}", run.err);
    assert!(hub.posts()[2].json().to_string().contains("Block 1: it has no end."));
}

#[test]
fn a_level_with_rows_of_signs_is_changed_as_meant_or_not_at_all() {
    let user = User::new();
    let level = "\n..t..t..\n=======\n####.####\n";
    let game = body::GAME.replace("</body>", &format!("<pre>{level}</pre>\n</body>"));
    let same = block("..t..t..\n=======\n####.####", "..t.....\n=======\n####.####");
    let hub = Hub::start(vec![
        Answer::chat_stream(&game),
        Answer::chat_stream(&same),
        Answer::chat_stream(&block("..t..t..", "..t.....")),
        Answer::chat_stream(&block("=======\n####.####", "=======\n##.....##")),
    ]);
    ok(user.ask(&hub, &["new", "lights"]));
    let run = ok(user.ask(&hub, &["edit", "1", "fewer", "-o", "fewer.html", "--plain"]));
    assert!(run.err.contains("block 1 is ambiguous"), "{}", run.err);
    assert!(user.read("fewer.html").contains("..t.....\n=======\n####.####"));
    ok(user.ask(&hub, &["edit", "1", "wider door", "-o", "door.html", "--plain"]));
    assert!(user.read("door.html").contains("..t.....\n=======\n##.....##"));
}

#[test]
fn a_model_is_asked_in_the_form_that_it_manages() {
    let user = User::new();
    let lamps: Vec<_> = (0..1_500_u64).map(|n| (n * n * 7_919 % 65_521).to_string()).collect();
    let long = body::GAME.replace("</body>", &format!("<!-- {} -->\n</body>", lamps.join(" ")));
    let misses = Answer::chat_stream(&block("nowhere", "x"));
    let hub = Hub::start(vec![
        Answer::chat_stream(body::GAME),
        Answer::chat_stream(&whole(1)),
        Answer::chat_stream(&long),
        misses.clone(),
        misses,
        Answer::chat_stream(&long.replace(&basket(0), &basket(1))),
        Answer::chat_stream(&long.replace(&basket(0), &basket(2))),
    ]);
    let asks_for_blocks = |post: usize| {
        let system = hub.posts()[post].json()["messages"][0]["content"].to_string();
        system.contains("SEARCH")
    };
    ok(user.ask(&hub, &["new", "lights"]));
    ok(user.ask(&hub, &["edit", "1", "wider"]));
    assert!(!asks_for_blocks(1), "a short game is asked for as a whole");
    ok(user.ask(&hub, &["new", "many lights"]));
    ok(user.ask(&hub, &["edit", "2", "wider"]));
    assert!(asks_for_blocks(3));
    ok(user.ask(&hub, &["edit", "2", "wider still"]));
    assert!(!asks_for_blocks(6), "the model does not manage blocks");
    assert_eq!(hub.posts().len(), 7);
}

#[test]
fn what_cannot_be_changed_is_told_in_one_sentence() {
    let user = User::new();
    std::fs::write(user.at().join("other.html"), body::GAME).unwrap();
    let cases = [
        (vec!["edit", "7", "faster"], 2, "there is no game 7"),
        (vec!["edit", "1.9", "faster"], 2, "there is no game 1"),
        (vec!["edit", "missing.html", "faster"], 2, "there is no such file"),
        (vec!["edit", ".", "faster"], 2, "it is a folder"),
        (
            vec!["edit", "other.html", "faster", "--offline"],
            2,
            "can only change games that it made",
        ),
        (vec!["edit", "other.html", " "], 2, "the prompt is empty"),
    ];
    for (arguments, code, words) in cases {
        let run = user.run(&arguments);
        assert!(run.code == code && run.err.contains(words), "{arguments:?}: {}", run.err);
    }
}

#[test]
fn the_composer_changes_its_own_game_with_the_same_numbers() {
    let user = User::new();
    ok(user.run(&["new", "a snake game", "--offline", "-o", "a.html"]));
    let run = ok(user.run(&["edit", "1", "faster", "--offline", "-o", "b.html", "--json"]));
    assert_eq!(version(&run), "1.2");
    assert!(run.err.contains("snake · spooky · fast"), "{}", run.err);
    assert_ne!(user.read("a.html"), user.read("b.html"));
}

/// A file is changed where it is, and what it was is a version of the library.
#[test]
fn a_file_is_changed_in_place_and_nothing_of_it_is_lost() {
    let user = User::new();
    let page = body::GAME.to_owned();
    std::fs::write(user.at().join("mine.html"), &page).unwrap();
    let change = block(&basket(0), &basket(1));
    let hub = Hub::start(vec![Answer::chat_stream(&change), Answer::chat_stream(&change)]);
    let run = ok(user.ask(&hub, &["edit", "mine.html", "wider", "--json"]));
    assert_eq!(version(&run), "1.2", "{}", run.err);
    let changed = user.read("mine.html");
    assert!(changed.contains(&basket(1)) && !changed.contains("<plaintext>"), "the form stays");
    assert!(!user.at().join("mine-2.html").exists());
    let before = ok(user.run(&["library", "show", "1.1", "--source"]));
    assert!(before.out.contains(&basket(0)), "{}", before.out);
    // Beside it, where that is wished.
    std::fs::write(user.at().join("mine.html"), &page).unwrap();
    ok(user.ask(&hub, &["edit", "mine.html", "wider", "--as-new"]));
    assert_eq!(user.read("mine.html"), page);
    assert!(user.read("mine-2.html").contains(&basket(1)));
}

#[test]
fn what_cannot_be_kept_is_not_written_over() {
    let user = User::new();
    let page = body::GAME.to_owned();
    std::fs::write(user.at().join("mine.html"), &page).unwrap();
    // The library cannot be opened: a folder has its name.
    std::fs::create_dir_all(crate::library::home(&user).join("library.db")).unwrap();
    let hub = Hub::start(vec![Answer::chat_stream(&block(&basket(0), &basket(1)))]);
    let run = ok(user.ask(&hub, &["edit", "mine.html", "wider"]));
    assert!(run.err.contains("the library cannot keep mine.html"), "{}", run.err);
    assert_eq!(user.read("mine.html"), page);
    assert!(user.read("mine-2.html").contains(&basket(1)));
}

#[test]
fn the_title_in_the_library_follows_the_game_s_until_it_is_given() {
    let user = User::new();
    let titled =
        |title: &str| block("<title>Lantern 👻</title>", &format!("<title>{title}</title>"));
    let again = block("<title>Owls</title>", "<title>Moths</title>");
    let hub = Hub::start(vec![
        Answer::chat_stream(body::GAME),
        Answer::chat_stream(&titled("Owls")),
        Answer::chat_stream(&again),
    ]);
    ok(user.ask(&hub, &["new", "lights"]));
    ok(user.ask(&hub, &["edit", "1", "call it owls"]));
    let title =
        |user: &User| user.run(&["library", "list", "--json"]).json()["games"][0]["title"].clone();
    assert_eq!(title(&user), "Owls");
    assert!(user.run(&["library", "search", "owls"]).out.contains("Owls"));
    ok(user.run(&["library", "rename", "1", "Mine"]));
    ok(user.ask(&hub, &["edit", "1", "call it moths"]));
    assert_eq!(title(&user), "Mine");
}
