//! What the program says about money: every sentence is one row of a table that is read as a whole.

use std::fmt::Write as _;
use std::path::Path;

use codeagent::app::{Action, ConfirmChoice, ConfirmKey, Engine};
use codeagent::inference::{ModelPrices, price};

use crate::cli::User;
use crate::fake::{Answer, Hub, body};
use crate::replay::{Replay, plan};

const README: &str = include_str!("../../README.md");
const KEYS: &str = include_str!("../../assets/keys.toml");

/// Words of a time when HuggingFace gave every account some credits: nothing may promise them.
const PROMISES: [&str; 7] = [
    "free credits",
    "ten cents",
    "monthly credits",
    "month's credits are",
    "included credits",
    "games a month on",
    "credits are used up",
];

#[test]
fn nothing_promises_what_huggingface_gives_to_nobody() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec![root.join("README.md"), root.join(".env.example")];
    for folder in ["src", "assets"] {
        files.extend(texts(&root.join(folder)));
    }
    assert!(files.len() > 200, "{}", files.len());
    for file in files {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        let text = text.to_lowercase();
        for promise in PROMISES {
            assert!(!text.contains(promise), "{}: {promise}", file.display());
        }
    }
}

/// The files below a folder, without snapshots and tests, which quote what servers say.
fn texts(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        match path.is_dir() {
            true if name == "snapshots" => {}
            true => found.extend(texts(&path)),
            false if name == "tests.rs" => {}
            false => found.push(path),
        }
    }
    found
}

/// A sentence that is new or reads differently is looked at here, beside all others.
#[test]
fn every_sentence_about_money_stands_in_one_table() {
    let user = User::new();
    let help = |command: &str| {
        let run = user.run(&[command, "--help"]);
        assert_eq!(run.code, 0, "{command}");
        about_money(&run.out)
    };
    let mut table = String::new();
    for (place, lines) in [
        ("README.md", about_money(README)),
        ("keys", about_money(KEYS)),
        ("new --help", help("new")),
        ("models --help", help("models")),
        ("usage --help", help("usage")),
    ] {
        writeln!(table, "{place}").unwrap();
        for line in lines {
            writeln!(table, "    {line}").unwrap();
        }
    }
    insta::assert_snapshot!(table);
}

/// The lines that speak of money.
fn about_money(text: &str) -> Vec<String> {
    const WORDS: [&str; 12] = [
        "free", "credit", "price", "cost", "paid", "pay ", "pays", "bill", "dollar", "usd",
        "cheap", "$0",
    ];
    let speaks = |line: &&str| {
        let lower = line.to_lowercase();
        WORDS.iter().any(|word| lower.contains(word))
    };
    text.lines().filter(speaks).map(|line| line.trim().to_owned()).collect()
}

#[test]
fn the_readme_s_price_of_a_game_is_that_of_the_default_model() {
    let price = price::known_price("Qwen/Qwen3-Coder-30B-A3B-Instruct:cheapest").unwrap();
    let claim = format!("costs about ${:.3} at its cheapest provider", price.game_cost());
    let text = README.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains(&claim), "{claim}");
}

/// A server that takes $15 for a million tokens of its replies.
fn dear() -> Hub {
    let list = r#"{"data":[{"id":"acme/dear","providers":[
        {"provider":"north","status":"live","context_length":262144,"pricing":{"input":3,"output":15}}]}]}"#;
    Hub::start(vec![
        Answer::status(200).json(list).at("/v1/models"),
        Answer::chat_stream(body::GAME),
    ])
}

#[test]
fn an_expensive_reply_is_asked_for_only_with_consent() {
    let dear_game = ["new", "bats", "--engine", "huggingface", "--model", "acme/dear"];
    let (user, hub) = (User::new(), dear());
    // The first time the price is known only once the server has listed it, then from the cache.
    for _ in 0..2 {
        let run = user.ask(&hub, &dear_game);
        assert_eq!(run.code, 4, "{}", run.err);
        assert!(run.err.contains("one reply may cost up to $0.24"), "{}", run.err);
        assert!(run.err.contains("--ask-above USD"), "{}", run.err);
        assert!(hub.posts().is_empty(), "nothing was sent");
    }
    for consent in
        [&["--ask-above", "0.30"][..], &["--ask-above", "none"], &["--max-tokens", "4000"]]
    {
        let before = hub.posts().len();
        let run = user.ask(&hub, &[&dear_game, consent].concat());
        assert_eq!((run.code, hub.posts().len()), (0, before + 1), "{consent:?}: {}", run.err);
    }
}

#[test]
fn the_screen_asks_before_an_expensive_reply_and_sends_it_then() {
    let expensive = plan().with(|job| {
        job.engine = Engine::HuggingFace;
        job.has_token = true;
        job.ask_above_usd = Some(0.10);
        let price = price::Price { input: 3.0, output: 15.0 };
        job.terms.prices = Some(ModelPrices::new(Some(price), vec![("north".to_owned(), price)]));
        job.terms.max_tokens = 16_000;
    });
    let mut replay = Replay::new(expensive);
    replay.generate("bats");
    assert!(!replay.done().contains(&"ask"), "nothing is sent yet");
    let question = replay.state.dialogs.confirm.as_ref().unwrap().question.clone();
    assert!(question.contains("may cost up to $0.24"), "{question}");
    replay.later(1);
    for key in [ConfirmKey::Choice(ConfirmChoice::Yes), ConfirmKey::Take] {
        replay.act(Action::Answer(key));
    }
    assert!(replay.done().contains(&"ask"));
}
