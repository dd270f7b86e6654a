//! Rows of signs in the text of blocks, and marks in all the forms that models give them.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// A game whose floors are rows of signs, as in a level that is drawn as text.
const TOWER: &str = "<!DOCTYPE html>\n<title>Tower</title>\n<script>\nconst floors = `\n..g....k..\n=======\n##.####.##\n>>>>>>>\n..d...\n`;\nlet lamps = 3;\nplay(floors, lamps);\n</script>\n";

fn block(search: &str, replace: &str) -> String {
    format!("<<<<<<< SEARCH\n{search}\n=======\n{replace}\n>>>>>>> REPLACE\n")
}

fn patched(reply: &str, game: &str) -> PatchedGame {
    match apply_change(reply, game) {
        EditOutcome::Patched(patch) => patch,
        other => unreachable!("not patched: {other:?}\n{reply}"),
    }
}

fn patch_of(change: EditOutcome) -> Option<PatchedGame> {
    match change {
        EditOutcome::Patched(patch) => Some(patch),
        _ => None,
    }
}

fn whys(reply: &str, game: &str) -> Vec<BlockMismatch> {
    match apply_change(reply, game) {
        EditOutcome::Unmatched(blocks) => blocks.into_iter().map(|block| block.why).collect(),
        other => unreachable!("it fits: {other:?}\n{reply}"),
    }
}

#[test]
fn a_row_of_signs_in_a_block_is_text_where_only_that_fits() {
    let cases = [
        // The row is in both parts, and its SEARCH begins with it.
        ("=======\n##.####.##", "=======\n##.#..#.##"),
        // Conveyor belts, first, last and alone.
        (">>>>>>>\n..d...", ">>>>>>>\n..dd..\n>>>>>>>"),
        ("..d...", ">>>>>>>\n..d..."),
        ("..d...", "..d...\n>>>>>>>"),
        ("..d...", "<<<<<<<\n..d..."),
        // Other lengths than the marks have.
        ("let lamps = 3;", "// ====\nlet lamps = 4;\n====\n==========="),
        ("let lamps = 3;", "<<<<\n>>>>>>>>>>>>\nlet lamps = 4;"),
        ("=======", "=========="),
    ];
    for (search, replace) in cases {
        let patch = patched(&block(search, replace), TOWER);
        assert_eq!(patch.source.text(), TOWER.replace(search, replace), "{search}");
    }
}

#[test]
fn rows_of_other_lengths_in_both_parts_are_no_marks() {
    let game = TOWER.replace("=======", "==========").replace(">>>>>>>", "====");
    let (search, replace) = ("..g....k..\n==========\n##.####.##\n====", "..g.k....\n====\n##");
    let patch = patched(&block(search, replace), &game);
    assert_eq!(patch.source.text(), game.replace(search, replace));
}

#[test]
fn what_can_be_read_in_two_ways_is_not_applied() {
    let reply = block("..g....k..\n=======\n##.####.##", "..g.k.....\n=======\n##.####.##");
    assert_eq!(whys(&reply, TOWER), [BlockMismatch::AmbiguousMarkers]);
    let both = block("let lamps = 3;", "let lamps = 5;") + &reply;
    let EditOutcome::Unmatched(blocks) = apply_change(&both, TOWER) else {
        unreachable!("it is unclear")
    };
    assert_eq!(blocks.iter().map(|block| block.number).collect::<Vec<_>>(), [2]);
    assert!(blocks[0].to_prompt().contains("Block 2: a row of signs"), "{}", blocks[0].to_prompt());
}

#[test]
fn a_mark_that_belongs_to_no_block_stops_the_change() {
    let good = block("let lamps = 3;", "let lamps = 5;");
    let halves = [
        good.clone() + "let keys = 1;\n>>>>>>> REPLACE\n",
        good.replace(">>>>>>> REPLACE", ">>>>>>>")
            + "let keys = 1;\n>>>>>>>\nlet x;\n>>>>>>> REPLACE\n<<<<<<< SEARCH\n",
        good.clone() + "<<<<<<< SEARCH\nplay(floors, lamps);\n",
    ];
    for reply in halves {
        assert!(!whys(&reply, TOWER).is_empty(), "{reply}");
    }
    // The same end twice says nothing new.
    let twice = good.clone() + "\n>>>>>>> REPLACE\n";
    assert!(patched(&twice, TOWER).source.text().contains("lamps = 5"));
    let heading = format!("Changes\n=======\n\n{good}\nNotes\n=======\nMore lamps.\n");
    assert!(patched(&heading, TOWER).source.text().contains("lamps = 5"));
}

#[test]
fn marks_are_read_as_models_write_them() {
    let dresses = [
        ["<<<<<<< ORIGINAL", "=======", ">>>>>>> UPDATED"],
        ["<<<<<<< HEAD", "=======", ">>>>>>> brighter-lamps"],
        ["<<<<<<< index.html", "=======", ">>>>>>> index.html"],
        ["<<<<<<< search", "=======", ">>>>>>> replace"],
        ["<<<<<<<<<<< SEARCH", "===========", ">>>>>>>>>>> REPLACE"],
        ["<<<<<<< SEARCH", "====", ">>>>>>> REPLACE"],
        ["<<< SEARCH", "===", ">>> REPLACE"],
        ["------- SEARCH", "=======", "+++++++ REPLACE"],
        ["-------", "=======", "+++++++"],
        ["**<<<<<<< SEARCH**", "**=======**", "**>>>>>>> REPLACE**"],
        ["`<<<<<<< SEARCH`", "`=======`", "`>>>>>>> REPLACE`"],
        ["### <<<<<<< SEARCH", "=======", ">>>>>>> REPLACE"],
        ["<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE```"],
        ["```html<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE```"],
        ["<<<<<<< SEARCH", "=======", "<<<<<<< REPLACE"],
        [">>>>>>> SEARCH", "=======", ">>>>>>> REPLACE"],
        ["<<<<<<< SEARCH:", "======= REPLACE", ">>>>>>> END"],
        ["<<<<<<< SEARCH >>>>>>>", "=======", ">>>>>>> REPLACE <<<<<<<"],
        ["<<<<<<< SEARCH (game.html)", "=======", ">>>>>>> REPLACE (game.html)"],
        ["<<<<<<<", "=======", ">>>>>>>"],
    ];
    let expected = TOWER.replace("lamps = 3", "lamps = 5").replace("..d...", "..dd..");
    let entities =
        block("let lamps = 3;", "let lamps = 5;").replace('<', "&lt;").replace('>', "&gt;");
    assert!(patched(&entities, TOWER).source.text().contains("lamps = 5"));
    for [open, divider, end] in dresses {
        let of = |search: &str, replace: &str| {
            format!("{open}\n{search}\n{divider}\n{replace}\n{end}\n")
        };
        let reply = of("let lamps = 3;", "let lamps = 5;") + "\nAnd:\n\n" + &of("..d...", "..dd..");
        let patch = patched(&reply, TOWER);
        assert_eq!((patch.source.text(), patch.applied), (expected.as_str(), 2), "{open}");
    }
}

#[test]
fn a_mark_with_code_behind_it_hides_no_line() {
    let reply = "<<<<<<< SEARCH let lamps = 3;\nplay(floors, lamps);\n=======\nlet lamps = 4;\nplay(floors, lamps);\n>>>>>>> REPLACE\n";
    assert!(!matches!(apply_change(reply, TOWER), EditOutcome::Patched(_)));
}

#[test]
fn a_block_that_changes_nothing_is_told_beside_good_ones() {
    let idle = block("play(floors, lamps);", "play(floors, lamps);");
    let reply = idle.clone() + &block("let lamps = 3;", "let lamps = 5;") + &idle;
    let patch = patched(&reply, TOWER);
    assert_eq!(patch.source.text(), TOWER.replace("lamps = 3", "lamps = 5"));
    assert_eq!(patch.applied, 1);
    let told: Vec<_> = patch.idle.iter().map(UnmatchedBlock::describe).collect();
    assert_eq!(told, ["block 1 changes nothing", "block 3 changes nothing"]);
    assert_eq!(whys(&idle, TOWER), [BlockMismatch::NoChange]);
    assert_eq!(
        whys(&(idle.clone() + &idle), TOWER),
        [BlockMismatch::NoChange, BlockMismatch::NoChange]
    );
    let misses = idle + &block("nowhere", "x");
    let EditOutcome::Unmatched(blocks) = apply_change(&misses, TOWER) else {
        unreachable!("it misses")
    };
    assert_eq!(blocks.iter().map(|block| block.number).collect::<Vec<_>>(), [2]);
}

#[test]
fn an_end_that_cannot_be_read_is_asked_for_again() {
    let good = block("let lamps = 3;", "let lamps = 5;");
    let ends = ["", "END", ">> REPLACE", "```", "</replace>", "=======", "REPLACE"];
    for end in ends {
        let bad = format!("<<<<<<< SEARCH\n..d...\n=======\n..dd..\n{end}\n");
        assert_eq!(whys(&bad, TOWER), [BlockMismatch::Unclosed], "{end}");
        for reply in [good.clone() + &bad, bad + &good] {
            assert!(whys(&reply, TOWER).contains(&BlockMismatch::Unclosed), "{reply}");
        }
    }
}

#[test]
fn the_example_of_the_instruction_is_no_block() {
    let instruction = include_str!("../../../assets/prompts/answer-blocks.txt");
    let copied = block("lines of the file, copied exactly", "the lines that take their place");
    for copied in [instruction, &copied] {
        assert!(matches!(apply_change(copied, TOWER), EditOutcome::NoGame(_)), "{copied}");
        let patch = patched(&format!("{copied}\n{}", block("..d...", "..dd..")), TOWER);
        assert_eq!(patch.applied, 1);
        let page = format!("{copied}\n```html\n{TOWER}<canvas></canvas></html>\n```");
        assert!(matches!(apply_change(&page, TOWER), EditOutcome::Whole(_)), "{copied}");
    }
}

#[test]
fn a_whole_game_with_rows_of_signs_is_no_block() {
    let game = TOWER.replace("..d...", "<<<<<<<\n..d...\n=======\n..dd..\n>>>>>>>");
    let page = format!("{game}<canvas></canvas></html>");
    for reply in [page.clone(), format!("```html\n{page}\n```"), format!("Here it is:\n\n{page}")] {
        let EditOutcome::Whole(source) = apply_change(&reply, TOWER) else {
            unreachable!("{:?}", apply_change(&reply, TOWER))
        };
        assert_eq!(source.text(), page);
    }
}

#[test]
fn an_answer_full_of_rows_ends_soon() {
    let game = format!("{TOWER}{}", "=======\n>>>>>>>\n<<<<<<<\n".repeat(400));
    let hostile = [
        "<<<<<<< SEARCH\n".to_owned() + &"=======\n>>>>>>>\n".repeat(3_000),
        "<<<<<<< SEARCH\nlet lamps = 3;\n=======\n>>>>>>>\n".repeat(500),
        "<<<<<<<\n..d...\n=======\n=======\n>>>>>>>\n".repeat(500),
        "<<<<<<<\n=======\n>>>>>>>\n".repeat(2_000),
    ];
    for reply in hostile {
        assert!(!matches!(apply_change(&reply, &game), EditOutcome::Patched(_)));
    }
    let many = (0..600).map(|at| block(&format!("line {at};"), "x;")).collect::<String>();
    let game = (0..600).map(|at| format!("line {at};")).collect::<Vec<_>>().join("\n");
    assert_eq!(patched(&many, &game).applied, 600);
    let bare = many.replace(" SEARCH", "").replace(" REPLACE", "");
    assert_eq!(patched(&bare, &game).applied, 600);
}

/// Lines of a level: some are rows that a mark could be.
fn lines(most: usize) -> impl Strategy<Value = Vec<String>> {
    let line = select(vec!["=======", "====", ">>>>>>>", "<<<<<<<", ">>>>", "a", "b", "c", "d"]);
    prop::collection::vec(line.prop_map(str::to_owned), 1..most)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    /// What a model meant happens, or nothing does.
    #[test]
    fn a_block_with_rows_is_applied_as_it_was_meant_or_not_at_all(
        game in lines(9), at in 0_usize..9, count in 1_usize..4, new in lines(5),
        second in prop::option::of(Just(block("let lamps = 3;", "let lamps = 5;"))),
    ) {
        let at = at.min(game.len() - 1);
        let end = (at + count).min(game.len());
        let meant = [&game[..at], &new, &game[end..]].concat().join("\n");
        let rest = "\nlet lamps = 3;\n";
        let (search, replace) = (game[at..end].join("\n"), new.join("\n"));
        let block_meant = EditBlock { search: search.clone(), replace: replace.clone() };
        let fits = apply_block(&(game.join("\n") + rest), &block_meant).is_ok();
        let reply = block(&search, &replace) + second.as_deref().unwrap_or("");
        let meant = meant + if second.is_some() { "\nlet lamps = 5;\n" } else { rest };
        let changed = apply_change(&reply, &(game.join("\n") + rest));
        if let Some(patch) = fits.then_some(changed).and_then(patch_of) {
            prop_assert_eq!(patch.source.text(), meant);
        }
    }

    /// Whatever comes, a change is what some choice of beginning, divider and end makes of the game.
    #[test]
    fn a_change_is_what_some_choice_of_marks_gives(
        game in lines(7),
        text in prop::collection::vec(lines(4), 1..5),
    ) {
        let game = game.join("\n");
        let reply = format!("<<<<<<< SEARCH\n{}\n>>>>>>> REPLACE\n", text.concat().join("\n"));
        let lines: Vec<_> = reply.lines().collect();
        let mut possible = Vec::new();
        // What comes before a later beginning may be a block that changes nothing, which is left out.
        let starts = (0..lines.len()).filter(|at| lines[*at].starts_with("<<<<<<<"));
        let marks = starts.flat_map(|start| {
            let dividers = start + 1..lines.len();
            dividers.map(move |divider| (start, divider))
        });
        for (start, divider) in marks {
            for end in divider + 1..lines.len() {
                let search = lines[start + 1..divider].join("\n");
                let replace = lines[divider + 1..end].join("\n");
                possible.extend(apply_block(&game, &EditBlock { search, replace }).ok());
            }
        }
        if let EditOutcome::Patched(patch) = apply_change(&reply, &game) {
            let is_one = patch.applied > 1 || possible.iter().any(|text| text == patch.source.text());
            prop_assert!(is_one, "{}", patch.source.text());
        }
    }
}
