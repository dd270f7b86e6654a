//! Rules about faults that stop a game: games that work have none, and repairs change no verdict.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use codeagent::driver::parallel_map;
use codeagent::game::{HtmlSource, vet};
use codeagent::rules::{Finding, FindingState};

/// The rules that look for what keeps a game from working.
const RULES: &[&str] = &["undefined-name", "const-assignment"];

fn findings(page: &str) -> Vec<Finding> {
    let all = match vet(HtmlSource::new(page)) {
        Ok(game) => game.findings().to_vec(),
        Err(refused) => refused.findings,
    };
    all.into_iter().filter(|finding| RULES.contains(&finding.rule)).collect()
}

/// The rules that find something in each page of a folder, by the page's name.
fn found_in(folder: &str) -> BTreeMap<String, BTreeSet<&'static str>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages").join(folder);
    let files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let found = parallel_map(&files, |path| {
        let rules = findings(&std::fs::read_to_string(path).unwrap());
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name, rules.into_iter().map(|finding| finding.rule).collect::<BTreeSet<_>>())
    });
    let found = found.into_iter().map(|one| one.expect("no panic"));
    found.filter(|(_, rules)| !rules.is_empty()).collect()
}

#[test]
fn a_game_that_works_has_no_fault() {
    assert_eq!(found_in("harmless"), BTreeMap::new());
}

/// Pages for the play-test that break, with what can be seen before they run.
const BREAKING: &[(&str, &[&str])] =
    &[("crash-at-one-second", &["undefined-name"]), ("select-then-throws", &["undefined-name"])];

#[test]
fn of_the_pages_to_play_only_those_that_break_have_faults() {
    let expected: BTreeMap<_, BTreeSet<_>> = BREAKING
        .iter()
        .map(|(name, rules)| ((*name).to_owned(), rules.iter().copied().collect()))
        .collect();
    assert_eq!(found_in("play"), expected);
}

#[test]
fn a_fault_in_a_handler_is_where_the_handler_was() {
    let page = "<canvas></canvas>\n<p>x</p>\n<button onclick=\"begin()\">Start</button>\n\
                <script>let x = 1;</script>";
    let [found] = findings(page).try_into().expect("one finding");
    assert_eq!(found.span.text_in(page), "begin");
}

/// The repaired page, whose findings are all repaired and which a second look finds nothing in.
fn repaired(page: &str) -> String {
    let game = vet(HtmlSource::new(page)).expect("a valid page");
    let ours = |finding: &&Finding| RULES.contains(&finding.rule);
    let open: Vec<_> = game
        .findings()
        .iter()
        .filter(ours)
        .filter(|finding| finding.state != FindingState::Repaired)
        .collect();
    assert_eq!(open, Vec::<&Finding>::new(), "{page}");
    let again = vet(HtmlSource::new(game.source())).expect("still a valid page");
    assert_eq!(again.source(), game.source(), "repaired twice");
    assert_eq!(findings(game.source()), [], "{}", game.source());
    game.source().to_owned()
}

/// The script of a page as repairs leave it.
fn repaired_script(script: &str) -> String {
    let page = repaired(&format!("<canvas></canvas><script>{script}</script>"));
    let (_, rest) = page.split_once("<script>").unwrap();
    rest.rsplit_once("</script>").unwrap().0.to_owned()
}

#[test]
fn a_constant_that_is_assigned_becomes_a_variable() {
    let cases = [
        ("const score = 0; score++; score = 2", "let score = 0; score++; score = 2"),
        (
            "const a = 1; { const a = 2; a = 3 } alert(a)",
            "const a = 1; { let a = 2; a = 3 } alert(a)",
        ),
        (
            "const a = 1, b = 2; const c = 3; a = c; b = a",
            "let a = 1, b = 2; const c = 3; a = c; b = a",
        ),
        ("for (const i = 0; i < 3; i++) alert(i)", "for (let i = 0; i < 3; i++) alert(i)"),
        (
            "const n = 1</script><script>n = 2; alert(n)",
            "let n = 1</script><script>n = 2; alert(n)",
        ),
    ];
    for (script, expected) in cases {
        assert_eq!(repaired_script(script), expected);
    }
    let page = repaired(
        "<canvas></canvas><p id=p>0</p><button onclick=\"const a = 1; a = 2; p.title = a\">x</button>",
    );
    assert!(page.contains("let a = 1; a = 2"), "{page}");
}
