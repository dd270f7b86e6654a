//! Answers as models give them, and what becomes of the game.

use proptest::prelude::*;

use super::*;

const GAME: &str = "<!DOCTYPE html>\n<title>Snake</title>\n<script>\nlet speed = 1;\nfunction step() {\n  move(speed);\n  draw();\n}\nfunction end() {\n  draw();\n}\n</script>\n";

fn block(search: &str, replace: &str) -> String {
    format!("<<<<<<< SEARCH\n{search}\n=======\n{replace}\n>>>>>>> REPLACE\n")
}

fn patched(reply: &str) -> String {
    match apply_change(reply, GAME) {
        EditOutcome::Patched(patch) => patch.source.into_text(),
        other => unreachable!("not patched: {other:?}"),
    }
}

fn why(reply: &str) -> BlockMismatch {
    match apply_change(reply, GAME) {
        EditOutcome::Unmatched(mut blocks) => blocks.remove(0).why,
        other => unreachable!("it fits: {other:?}"),
    }
}

#[test]
fn blocks_are_applied_in_any_dress() {
    let faster = GAME.replace("speed = 1", "speed = 2");
    let plain = block("let speed = 1;", "let speed = 2;");
    let dresses = [
        plain.clone(),
        format!("Sure!\n\n```html\n{plain}```\n\nEnjoy."),
        format!("<think>{}</think>{plain}", block("nonsense", "x")),
        plain.replace("<<<<<<< SEARCH", "<<<<<<").replace(">>>>>>> REPLACE", ">>>>>"),
        plain.replace('\n', "\r\n"),
        block("speed = 1", "speed = 2"),
        block("   let speed = 1;  ", "   let speed = 2;"),
    ];
    for reply in dresses {
        assert_eq!(patched(&reply), faster, "{reply}");
    }
}

#[test]
fn several_blocks_build_on_each_other() {
    let reply = block("let speed = 1;", "let speed = 2;\nlet lives = 3;")
        + &block("let lives = 3;", "let lives = 5;");
    assert!(patched(&reply).contains("let speed = 2;\nlet lives = 5;\nfunction step"));
}

#[test]
fn lines_keep_their_ends_and_their_place() {
    let windows = GAME.replace('\n', "\r\n");
    let reply = block("let speed = 1;", "let speed = 2;\nlet lives = 3;");
    let EditOutcome::Patched(patch) = apply_change(&reply, &windows) else {
        unreachable!("it fits")
    };
    assert!(patch.source.text().contains("speed = 2;\r\nlet lives = 3;\r\nfunction"));
    let reply = block("move(speed);\ndraw();", "move(speed);\nif (x) {\n  draw();\n}");
    assert!(patched(&reply).contains("\n  move(speed);\n  if (x) {\n    draw();\n  }\n}"));
    assert!(!patched(&block("let speed = 1;", "")).contains("\n\n"));
}

#[test]
fn what_does_not_fit_is_told_and_nothing_is_applied() {
    let nearest = why(&block("function step() {\n  walk(speed);", "x"));
    let BlockMismatch::NotFound(Some(NearestPlace { first_line: 2, text })) = nearest else {
        unreachable!("{nearest:?}")
    };
    assert!(text.contains("function step() {\n  move(speed);"), "{text}");
    assert_eq!(why(&block("  draw();", "  paint();")), BlockMismatch::Ambiguous(2));
    assert_eq!(why(&block("", "x")), BlockMismatch::EmptySearch);
    assert_eq!(why(&block("let speed = 1;", "let speed = 1;")), BlockMismatch::NoChange);
    assert_eq!(
        why(&block("let speed = 1;", "let speed = 2;\n// ... rest of the code unchanged ...")),
        BlockMismatch::ElidesCode
    );
    let mixed = block("let speed = 1;", "let speed = 2;") + &block("nowhere to be found", "x");
    let EditOutcome::Unmatched(blocks) = apply_change(&mixed, GAME) else {
        unreachable!("one does not fit")
    };
    assert_eq!(blocks.iter().map(|block| block.number).collect::<Vec<_>>(), [2]);
    assert!(blocks[0].to_prompt().starts_with("Block 2: its SEARCH lines are not in the file."));
}

#[test]
fn other_answers_are_told_apart() {
    let whole = GAME.replace("speed = 1", "speed = 9");
    let page = format!("```html\n{whole}<canvas></canvas></html>\n```");
    assert!(matches!(apply_change(&page, GAME), EditOutcome::Whole(_)));
    assert_eq!(
        apply_change("I would make it faster.", GAME),
        EditOutcome::NoGame(ExtractError::Prose)
    );
    let again = format!(
        "```html\n{}<canvas></canvas></html>\n```",
        GAME.replace("speed = 1;", "speed = 1; // fast")
    );
    assert_eq!(
        apply_change(&again, &format!("{GAME}<canvas></canvas></html>")),
        EditOutcome::Unchanged
    );
    assert_eq!(
        apply_change(&block("let speed = 1;", "let speed = 1; // faster"), GAME),
        EditOutcome::Unchanged
    );
    let cut = format!("```html\n{GAME}<canvas>");
    assert_eq!(apply_change(&cut, GAME), EditOutcome::Truncated);
    let stub = "```html\n<!DOCTYPE html><html><body><script>\n// ... rest of the code unchanged ...\n</script></body></html>\n```";
    assert_eq!(apply_change(stub, GAME), EditOutcome::NoGame(ExtractError::Placeholder));
}

proptest! {
    /// What fits changes those lines and no other byte; what does not fit changes nothing.
    #[test]
    fn a_block_changes_its_own_lines_only(
        lines in prop::collection::vec("[ab ]{0,3}", 1..12),
        at in 0_usize..12,
        count in 1_usize..4,
        new in prop::collection::vec("[cd ]{1,3}", 1..3),
    ) {
        let game = lines.join("\n");
        let at = at.min(lines.len() - 1);
        let end = (at + count).min(lines.len());
        let wanted = &lines[at..end];
        let times = lines.windows(wanted.len()).filter(|run| *run == wanted).count();
        let reply = block(&wanted.join("\n"), &new.join("\n"));
        match apply_change(&reply, &game) {
            EditOutcome::Patched(PatchedGame { source, applied: 1, idle }) => {
                prop_assert_eq!((times, idle.len()), (1, 0));
                let expected = [&lines[..at], &new, &lines[end..]].concat().join("\n");
                prop_assert_eq!(source.text(), expected);
            }
            EditOutcome::Unmatched(_) => prop_assert!(times != 1 || wanted.join("\n").trim().is_empty()),
            other => prop_assert!(false, "{:?}", other),
        }
    }

    #[test]
    fn no_answer_breaks_it(reply in "(<{5,8}( SEARCH)?\n|={6,8}\n|>{5,8}( REPLACE)?\n|[a-c \t\r]{0,4}\n){0,12}", game in "[a-c \r\n]{0,40}") {
        let _ = apply_change(&reply, &game);
    }
}
