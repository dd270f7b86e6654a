//! Thoughts that are text of a game, pages beside the game, and what models wrap files in.

use proptest::prelude::*;
use serde_json::json;

use super::*;

const GAME: &str = "<!DOCTYPE html>\n<html>\n<head><title>Owls & mice</title></head>\n<body>\n<canvas id=\"c\"></canvas>\n<script>\nconst say = \"hoo 'hoo'\";\nconst wood = `\n..^..\n  ^^^\n`;\nplay(say, wood);\n</script>\n</body>\n</html>";

fn whole(reply: &str) -> String {
    match extract(reply) {
        Extraction::Whole(source) => source.into_text(),
        other => panic!("{other:?} of {reply}"),
    }
}

fn with(code: &str) -> String {
    GAME.replace("play(say, wood);", &format!("{code}\nplay(say, wood);"))
}

#[test]
fn marks_of_thoughts_in_a_game_are_its_text() {
    let codes = [
        "const moods = [\"<think>whoo</think>\", \"</thought>\"];",
        "const moods = `\n<think>\nwhoo\n</think>\n`;",
        "// </thinking>\nif (a[/THINK]/.source) b();",
        "const moods = '</reasoning>' + \"<thought>\" + `</think>`;",
    ];
    for code in codes {
        let game = with(code).replace("<canvas", "<p>&lt;/think> </think></p><canvas");
        let wrappings = [
            game.clone(),
            format!("```html\n{game}\n```"),
            format!("Here:\n```html\n{game}\n```\nThe owl thinks in `</think>` tags."),
            format!("Here it is.\n\n{game}\n\nThe </think> in it is a joke."),
            format!("<think>A mood, such as </think>, hm.</think>\n```html\n{game}\n```"),
            format!("<think>I write <!DOCTYPE html> first.</think>\n{game}"),
            format!("<think>\n```html\n<html><p>no\n</think>\n```html\n{game}\n```"),
            format!("No <html> yet.\n</thinking>\n\n{game}"),
            format!("<think>never closed\n```html\n{game}\n```"),
            format!("```html\n{game}\n```\n\n<think>\nIs this good? ```html\n<b>no</b>\n```"),
        ];
        for reply in wrappings {
            assert_eq!(whole(&reply), game, "{reply}");
        }
    }
}

#[test]
fn marks_of_thoughts_in_a_block_are_its_text() {
    let block = |search: &str, replace: &str| {
        format!("<<<<<<< SEARCH\n{search}\n=======\n{replace}\n>>>>>>> REPLACE\n")
    };
    let old = "const say = \"hoo 'hoo'\";";
    let new = "const say = \"<think>hoo</think>\";\n// </thought>";
    let replies = [
        block(old, new),
        format!("<think>{}</think>\n{}", block("no", "</think>"), block(old, new)),
        format!("```\n{}```\n", block(old, new)),
        format!("{}\nIt says </think> now.\n", block(old, new)),
    ];
    for reply in replies {
        let crate::game::EditOutcome::Patched(patch) = crate::game::apply_change(&reply, GAME)
        else {
            panic!("{:?}", crate::game::apply_change(&reply, GAME))
        };
        assert_eq!(patch.source.text(), GAME.replace(old, new), "{reply}");
    }
}

#[test]
fn parts_in_a_thought_without_end_are_no_game() {
    let code = "document.body.append(document.createElement('canvas'))";
    let parts = [
        format!("<think>\nFirst:\n```js\n{code}\n```\nand then"),
        format!("<thinking>```html\n<canvas></canvas><script>{code}</script>\n```"),
        format!("<think>```html\n<canvas></canvas>\n```\n```js\n{code}\n```</think>"),
    ];
    for reply in parts {
        assert_eq!(extract(&reply), Extraction::NoDocument(ExtractError::ThoughtOnly), "{reply}");
    }
}

#[test]
fn the_last_page_that_could_be_the_game_wins() {
    let scores = "<!DOCTYPE html><html><body><h1>Best</h1><ol><li>Ada</li></ol></body></html>";
    let list = "<!DOCTYPE html><html><body><ol></ol><script>list()</script></body></html>";
    let frame = "<!DOCTYPE html><html><body><iframe src=\"owls.html\"></iframe><script>fit()</script></body></html>";
    let other = with("// other").replace("Owls", "Help");
    let replies = [
        format!("```html\n{GAME}\n```\nA page of scores:\n```html\n{scores}\n```"),
        format!("```html\n{GAME}\n```\n`scores.html`:\n```html\n{list}\n```"),
        format!("```html\n{GAME}\n```\nTo embed it:\n```html\n{frame}\n```"),
        format!("```html\n{frame}\n```\nThe game:\n```html\n{GAME}\n```"),
        format!("index.html\n```html\n{GAME}\n```\n**help.html**\n```html\n{other}\n```"),
        format!("```html\n{other}\n```\nBetter:\n```html\n{GAME}\n```"),
        format!("{GAME}\n\nEmbed it so:\n\n{frame}\n"),
    ];
    for reply in replies {
        assert_eq!(whole(&reply), GAME, "{reply}");
    }
    let long = with(&"step();\n".repeat(40));
    let cut = &long[..long.len() - 30];
    let reply = format!("scores.html\n```html\n{scores}\n```\nindex.html\n```html\n{cut}");
    assert!(matches!(extract(&reply), Extraction::Truncated(_)), "{:?}", extract(&reply));
}

#[test]
fn a_bare_page_ends_at_its_own_end() {
    let game =
        with("const end = '</html>'; // </html>").replace("<canvas", "<!-- </html> --><canvas");
    let behind = [
        "\nOpen it. It ends with </html>, as it should.",
        "\n\nThe `<html>` has a `<canvas>` and ends in `</html>`.",
        " Have fun!",
        "\n<!-- done --></html>\nBye </html>",
    ];
    for behind in behind {
        assert_eq!(whole(&format!("{game}{behind}")), game);
        assert_eq!(whole(&format!("So: {game}{behind}")), game);
        assert_eq!(whole(&format!("```html\n{game}{behind}")), game);
    }
    let page = with("frame.srcdoc = `\n<!DOCTYPE html>\n<html><p>in</p></html>\n`;");
    assert_eq!(whole(&format!("{page}\nThat </html> is it.")), page);
    let cut = GAME.split("play(").next().unwrap();
    assert_eq!(whole(&format!("{cut}\n\nAgain:\n\n{GAME}")), GAME);
}

#[test]
fn entities_are_read_where_the_page_came_as_such() {
    let once = GAME.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let quoted = once.replace('"', "&quot;").replace('\'', "&#39;");
    let twice = once.replace('&', "&amp;");
    for page in [&once, &quoted, &twice] {
        for reply in
            [page.clone(), format!("```html\n{page}\n```"), format!("So:\n\n{page}\n\nBye")]
        {
            assert_eq!(whole(&reply), GAME, "{reply}");
        }
    }
    let shows = with("const help = '&lt;!DOCTYPE html&gt;';");
    assert_eq!(whole(&shows), shows, "a page that shows one is left alone");
}

#[test]
fn files_between_tags_are_found() {
    let linked = GAME
        .replace("<head>", "<head><link rel=\"stylesheet\" href=\"owl.css\">")
        .replace("<script>", "<script src=\"owl.js\"></script><script>");
    let replies = [
        format!(
            "<boltArtifact id=\"owls\" title=\"Owls\">\n<boltAction type=\"file\" filePath=\"index.html\">{GAME}</boltAction>\n</boltArtifact>"
        ),
        format!(
            "<antArtifact identifier=\"owls\" type=\"text/html\" title=\"Owls\">\n{GAME}\n</antArtifact>\nDone."
        ),
        format!("<antArtifact type=\"text/html\">\n```html\n{GAME}\n```\n</antArtifact>"),
        format!("<file path='index.html'>\n{GAME}\n</file>"),
        format!(
            "<write_to_file>\n<path>index.html</path>\n<content>\n{GAME}\n</content>\n</write_to_file>"
        ),
        format!("<lov-write file_path=\"index.html\">\n<![CDATA[{GAME}]]>\n</lov-write>"),
        format!(
            "<file path=\"index.html\">\n{GAME}\n</file>\n<file path=\"scores.html\">\n<!DOCTYPE html><html><p>no</p></html>\n</file>"
        ),
    ];
    for reply in replies {
        assert_eq!(whole(&reply), GAME, "{reply}");
    }
    let several = format!(
        "<boltAction type=\"file\" filePath=\"owl.css\">b{{}}</boltAction>\n<boltAction type=\"file\" filePath=\"index.html\">\n{linked}\n</boltAction>\n<boltAction type=\"file\" filePath=\"owl.js\">fly();</boltAction>"
    );
    let page = whole(&several);
    assert!(page.contains("<style>\nb{}\n</style>") && page.contains("<script>\nfly();"), "{page}");
    let tags = with("const file = '<file path=\"a.html\">x</file>';");
    assert_eq!(whole(&tags), tags, "a page that names such tags is left alone");
}

#[test]
fn files_in_json_are_found() {
    let call = json!({"name": "write_file", "arguments": {"path": "index.html", "content": GAME}});
    let text = json!({"name": "save", "arguments": json!({"file": "index.html", "code": GAME}).to_string()});
    let values = [
        json!({"files": [{"path": "index.html", "content": GAME}]}),
        json!([{"filename": "index.html", "code": GAME}]),
        json!([{"content": GAME, "path": "index.html"}, {"path": "scores.html", "content": "<html><p>no</p></html>"}]),
        json!({"index.html": GAME}),
        json!({"files": {"src/index.html": {"content": GAME}}}),
        json!({"title": "Owls 🦉", "html": GAME, "notes": "<html> it is"}),
        json!({"answer": format!("Here:\n```html\n{GAME}\n```\n")}),
        call,
        text,
    ];
    for value in values {
        let short = value.to_string();
        let long = serde_json::to_string_pretty(&value).unwrap();
        let raw = short.replace("\\n", "\n");
        let replies = [
            short.clone(),
            format!("```json\n{long}\n```"),
            format!("I write the file.\n\n```\n{short}\n```\nDone."),
            format!("<tool_call>\n{short}\n</tool_call>"),
            format!("Here:\n\n{long}\n"),
            if value.get("arguments").is_some_and(serde_json::Value::is_string) {
                short
            } else {
                raw
            },
        ];
        for reply in replies {
            assert_eq!(whole(&reply), GAME, "{reply}");
        }
    }
    let emoji = with("const owl = '🦉';");
    let ascii = json!({ "html": emoji }).to_string().replace('🦉', "\\ud83e\\udd89");
    assert_eq!(whole(&ascii), emoji);
    let parts = json!({"files": [
        {"path": "index.html", "content": "<!DOCTYPE html><html><body><canvas></canvas><script src=\"a.js\"></script></body></html>"},
        {"path": "a.js", "content": "fly();"},
    ]});
    assert!(whole(&parts.to_string()).contains("<script>\nfly();\n</script>"));
    let cut = json!({"path": "index.html", "content": GAME}).to_string();
    let cut = cut.split("play(").next().unwrap();
    let Extraction::Truncated(source) = extract(cut) else { panic!("{:?}", extract(cut)) };
    assert!(GAME.starts_with(source.text()), "{}", source.text());
}

#[test]
fn a_fence_in_a_list_or_a_quotation_loses_what_stands_before_its_lines() {
    let before = |mark: &str, text: &str| {
        let line =
            |line: &str| if line.is_empty() { String::new() } else { format!("{mark}{line}") };
        text.lines().map(line).collect::<Vec<_>>().join("\n")
    };
    let fenced = format!("```html\n{GAME}\n```");
    let replies = [
        format!("1. Save it:\n\n{}\n\n2. Play.", before("   ", &fenced)),
        format!("- Save it:\n{}\n- Play.", before("  ", &fenced)),
        format!("* Save it:\n{}\n", before("\t", &fenced)),
        format!("So:\n\n{}\n", before("> ", &fenced)),
        format!("1. {}\n2. Play.", before("   ", &fenced).trim_start()),
        format!("10) Save it:\n{}\n", before("    ", &fenced)),
        // Only the fences are in: the page is as it is.
        format!("1. Save it:\n   ```html\n{GAME}\n   ```\n"),
    ];
    for reply in replies {
        assert_eq!(whole(&reply), GAME, "{reply}");
    }
}

#[test]
fn prose_about_tags_is_no_game() {
    let prose =
        "```\nAll code in one <script> at the end, all style in one <style>.\nNever shorten it.";
    assert_eq!(extract(prose), Extraction::NoDocument(ExtractError::Prose));
}

#[test]
fn a_reply_made_to_be_slow_ends_soon() {
    let many = [
        "<file>".repeat(200_000),
        "<file path=\"a.html\">```\n```\n".repeat(20_000),
        "{\"a\":".repeat(100_000),
        "{\"content\":\"{\\\"".repeat(50_000),
        "```json\n{\n```\n".repeat(5_000),
        "</think>\n```html\n".repeat(5_000),
        "<think>\n".repeat(100_000),
        "&lt;!doctype html&gt;".repeat(20_000),
        "> ".repeat(100_000),
        "1. ".repeat(100_000),
        "<<<<<<< SEARCH\n</think>\n".repeat(20_000),
    ];
    for reply in many {
        let _ = extract(&reply);
    }
}

/// Pieces that replies are made of.
const PIECES: &[&str] = &[
    "<think>",
    "</think>",
    "<thought>",
    "```html\n",
    "```\n",
    "\n",
    "<!DOCTYPE html>",
    "<html>",
    "</html>",
    "<script>",
    "</script>",
    "<canvas>",
    "{\"path\":\"a.html\",\"content\":\"",
    "\\n",
    "\"}",
    "\\",
    "<file path=\"a.html\">",
    "</file>",
    "<content>",
    "&lt;!doctype html&gt;",
    "&amp;lt;",
    "é👻",
    "<!--",
    "-->",
    "<<<<<<< SEARCH\n",
    "=======\n",
    ">>>>>>> REPLACE\n",
    "  ",
    "1. ",
    "> ",
    "text",
    "`",
    "[",
    "<",
    "\"",
    "\\u",
    "</",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_reply_breaks_it(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..24)) {
        let reply = pieces.concat();
        let _ = extract(&reply);
        let _ = crate::game::apply_change(&reply, "a\n=======\nb\n");
    }

    /// Whatever marks of thoughts a game holds, it comes out as it went in.
    #[test]
    fn a_game_with_marks_in_it_is_whole(
        marks in prop::collection::vec(prop::sample::select(&["<think>", "</think>", "\n", "</thought>", "x"][..]), 0..8),
        wrapping in prop::sample::select(&["{}", "```html\n{}\n```", "<think>a</think>\n{}", "b</think>\n\n```html\n{}\n```\nBye"][..]),
    ) {
        let game = with(&format!("const it = `{}`;", marks.concat()));
        prop_assert_eq!(whole(&wrapping.replace("{}", &game)), game);
    }
}
