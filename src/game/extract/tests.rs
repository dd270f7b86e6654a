//! Replies in the shapes that models give them, and what is found in each.

use super::*;

const GAME: &str =
    "<!DOCTYPE html>\n<html><body><canvas></canvas><script>play()</script></body></html>";

fn whole(reply: &str) -> String {
    match extract(reply) {
        Extraction::Whole(source) => source.into_text(),
        other => panic!("{reply:?} gives {other:?}"),
    }
}

#[test]
fn a_whole_document_is_found_in_every_wrapping() {
    let wrappings = [
        "{}",
        "```html\n{}\n```",
        "```\n{}\n```",
        "~~~html\n{}\n~~~",
        "````html title=\"index.html\"\n{}\n````",
        "```HTML\r\n{}\r\n```\r\nHave fun!",
        "1. Here:\n\n   ```html\n{}\n   ```\n",
        "Sure! Here is it:\n\n```html\n{}\n```\n\n## How to play\nUse `arrows`.",
        "Sure! Here it is: {}\nEnjoy, and close with care.",
        "<think>I will write <!DOCTYPE html> first.</think>\n```html\n{}\n```",
        "I think.\n```html\n<html><p>draft</p></html>\n```\n</think>\n```html\n{}\n```",
        "<think>hm</think>a</think>\n{}",
        "<thinking>x</thinking>{}",
        "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>{}<|return|>",
        "```html\n{}\n```<|im_end|>",
        "{}</s>",
        "{}\n<|im_end|>\n<|endoftext|>",
        "```html\n{}",
        "<think>never closed, but here:\n```html\n{}\n```",
        "=== START_FILE_CONTENT index.html\n{}\n=== END_FILE_CONTENT",
        "```html\n<html><p>draft</p></html>\n```\nBetter:\n```html\n{}\n```",
        "```html\n{}\n```\nand again, cut:\n```html\n<!DOCTYPE html><html><body><script>pl",
        "```bash\nnpm start\n```\n```html\n{}\n```\n```bash\nopen index.html\n```",
        "\u{feff}```html\n{}\n```",
        "The draft:\n```html\n<html><body><script>pl\n```\nThe game:\n```html\n{}\n```",
    ];
    for wrapping in wrappings {
        assert_eq!(whole(&wrapping.replace("{}", GAME)), GAME, "{wrapping:?}");
    }
}

#[test]
fn a_fence_in_a_string_does_not_end_the_game() {
    let game = "<!DOCTYPE html><html><body><script>const help = `\n```\ncode\n```\n`;</script></body></html>";
    assert_eq!(whole(&format!("```html\n{game}\n```\nBye")), game);
}

#[test]
fn a_page_in_json_is_taken_out() {
    let reply = serde_json::json!({ "title": "Ghosts", "html": GAME }).to_string();
    assert_eq!(whole(&reply), GAME);
}

#[test]
fn a_document_that_stops_is_cut() {
    let replies = [
        "```html\n<!DOCTYPE html><html><body><script>function pl",
        "<!DOCTYPE html>\n<html>\n<head><style>a {",
        "<think>ok</think><html><body><p>",
        "```html\n<!DOCTYPE html><html><body><script>function pl\n```\nI ran out of space.",
    ];
    for reply in replies {
        assert!(
            matches!(extract(reply), Extraction::Truncated(_)),
            "{reply:?}: {:?}",
            extract(reply)
        );
    }
}

#[test]
fn a_closed_fence_ends_a_document_without_its_end_tag() {
    let reply = "```html\n<!DOCTYPE html><canvas></canvas><script>play()</script>\n```";
    assert_eq!(whole(reply), "<!DOCTYPE html><canvas></canvas><script>play()</script>");
}

#[test]
fn what_is_no_game_says_why() {
    let cases = [
        ("", ExtractError::Empty),
        (" \n<|im_end|>", ExtractError::Empty),
        ("<think>Let me think about it", ExtractError::ThoughtOnly),
        ("<think>Let me think</think>", ExtractError::ThoughtOnly),
        ("I cannot do that. Use the `<html>`-like tags.", ExtractError::Prose),
        ("```php\n<?php echo 'hi'; ?>\n```", ExtractError::ServerCode),
        (
            "```js\nconst app = require('express')();\napp.listen(3000)\n```",
            ExtractError::ServerCode,
        ),
        ("```python\nimport pygame\n```", ExtractError::ServerCode),
        (
            "<!DOCTYPE html><html><body><script>\nplay();\n// ... rest of the code remains the same\n</script></body></html>",
            ExtractError::Placeholder,
        ),
        (
            "<!DOCTYPE html><html><body><script>play()</script><!-- existing HTML here --></body></html>",
            ExtractError::Placeholder,
        ),
        (
            "<!DOCTYPE html><html><style>/* ... existing styles ... */</style><script>play()</script></html>",
            ExtractError::Placeholder,
        ),
    ];
    for (reply, reason) in cases {
        assert_eq!(extract(reply), Extraction::NoDocument(reason), "{reply:?}");
    }
}

#[test]
fn a_comment_in_place_of_code_is_seen_in_its_many_forms() {
    let comments = [
        "// ... (rest of the code remains the same)",
        "// rest of your game logic goes here",
        "/* Existing CSS here */",
        "// ...existing code...",
        "// [Previous code remains the same]",
        "// … remaining functions …",
        "// Rest of the JavaScript code unchanged",
    ];
    for comment in comments {
        let game = GAME.replace("play()", &format!("{comment}\nplay()"));
        assert_eq!(extract(&game), Extraction::NoDocument(ExtractError::Placeholder), "{comment}");
    }
}

#[test]
fn a_comment_that_explains_is_no_placeholder() {
    let comments = [
        "// The rest of the levels are harder",
        "// Move all remaining ghosts",
        "// Draw the previous trail, then the snake",
        "const s = '... rest of the code here ...'",
        "// Reset the game. Clear existing timers.",
        "// Remove existing game elements here",
        "// Remaining game time...",
        "// Same logic as before, but faster",
        "// Clear the previous styles",
        "// The rest of the functions draw",
    ];
    for comment in comments {
        let game = GAME.replace("play()", &format!("{comment}\nplay()"));
        assert_eq!(whole(&game), game);
    }
}

#[test]
fn separate_files_become_one_document() {
    let reply = "**index.html**\n```html\n<!DOCTYPE html><html><head><link rel=\"stylesheet\" href=\"style.css\"></head>\
        <body><canvas></canvas><script src=\"js/game.js\"></script></body></html>\n```\n\
        **style.css**\n```css\nbody { margin: 0 }\n```\n**game.js**\n```javascript\nplay();\n```";
    let page = whole(reply);
    assert!(page.contains("<style>\nbody { margin: 0 }\n</style></head>"), "{page}");
    assert!(page.contains("<script>\nplay();\n</script></body>"), "{page}");
}

#[test]
fn parts_without_a_document_are_wrapped() {
    let reply = "```html\n<canvas id=c></canvas>\n```\n```css\na {}\n```\n```js\nplay(c);\n```";
    let page = whole(reply);
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>"), "{page}");
    assert!(page.contains("<canvas id=c></canvas>\n<script>\nplay(c);\n</script>"), "{page}");
    let code = whole("```js\ndocument.body.append(document.createElement('canvas'))\n```");
    assert!(code.contains("<script>\ndocument.body.append"), "{code}");
    let bare = whole("<canvas></canvas><script>play()</script>");
    assert!(bare.contains("<body>\n<canvas></canvas><script>play()</script>\n"), "{bare}");
}
