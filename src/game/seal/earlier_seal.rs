//! Parses sealed files of an earlier version: the whole game in one attribute.

use crate::page::Span;
use crate::rules::Edit;
use crate::rules::edit::Edits;

const FIRST: &str =
    "<!DOCTYPE html>\n<html>\n<head>\n<meta http-equiv=\"Content-Security-Policy\" content=\"";
const BEFORE: &str = "\" srcdoc=\"";
const AFTER: &str = "\"></iframe>\n</body>\n</html>\n";

/// The shell between policy and game, without the title.
const AROUND: [&str; 3] = [
    "\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<meta charset=\"utf-8\">\n\
     <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
    "</title>\n<style>html, body, iframe { margin: 0; border: 0; width: 100%; \
     height: 100%; display: block; overflow: hidden }</style>\n</head>\n<body>\n\
     <iframe sandbox=\"allow-scripts allow-pointer-lock\" \
     allow=\"autoplay; fullscreen; gamepad\" title=\"",
    BEFORE,
];

const ESCAPES: [(&str, &str); 4] =
    [("&amp;", "&"), ("&quot;", "\""), ("&lt;", "<"), ("&#13;", "\r")];

/// The policy of such a file, shared with its game. `None` for other files.
pub(super) fn earlier_policy(html: &str) -> Option<&str> {
    let (policy, _) = html.strip_prefix(FIRST)?.split_once('"')?;
    super::is_framing_policy(policy).then_some(policy)
}

/// The edits that reduce such a file to its game. `None` for other files.
pub(super) fn earlier_unsealing_edits(html: &str) -> Option<Edits> {
    let policy = earlier_policy(html)?;
    let mut at = FIRST.len() + policy.len();
    for (number, part) in AROUND.iter().enumerate() {
        let rest = html.get(at..)?.strip_prefix(part)?;
        at += part.len();
        if number < 2 {
            at += rest.find(['<', '"'])?;
        }
    }
    let game = html.get(at..)?.strip_suffix(AFTER).filter(|game| !game.contains('"'))?;
    let mut edits = vec![Edit::remove(Span::new(0, at))];
    for (start, _) in game.match_indices('&') {
        let escape = |(name, text): &(&str, &'static str)| {
            game.get(start..)?.starts_with(name).then_some((name.len(), *text))
        };
        let (length, text) = ESCAPES.iter().find_map(escape)?;
        edits.push(Edit::new(Span::new(at + start, at + start + length), text));
    }
    edits.push(Edit::remove(Span::new(html.len() - AFTER.len(), html.len())));
    let mut all = Edits::default();
    all.add(&edits).then_some(all)
}
