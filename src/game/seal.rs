//! Seals a game: a shell page around a frame that the game cannot leave, in one file.
//!
//! No policy in a page stops navigation or new windows. A sandbox does: the frame shows only what
//! it contains, and reaches no window. The game follows at the end of the file unchanged, after
//! `<plaintext>`, behind which HTML knows no tags: so it needs no escaping, can be read and edited,
//! and is extracted byte for byte. The shell stores the game's scores and saves its files.

mod earlier_seal;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::page::Span;
use crate::rules::TextEdit;
use crate::rules::edit::EditSet;

use super::Vetted;
use super::harden::{self, IN_ATTRIBUTES, framing_policy, policy_metas, policy_with_scripts};

/// Sandbox permissions of a game's frame. Forms may be filled in but not sent.
pub const SANDBOX: &str = "allow-scripts allow-pointer-lock allow-modals allow-forms";

/// Permissions policy of a game's frame.
const ALLOWED: &str = "fullscreen; gamepad; screen-wake-lock";

/// The key under which the browser stores a game's data, shared by all its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageKey(String);

impl StorageKey {
    /// Derives the key from a game's first version before hardening: 72 bits of its SHA-256.
    pub fn from_source(source: &str) -> Self {
        let hash = Sha256::digest(source);
        Self(URL_SAFE_NO_PAD.encode(hash.get(..9).unwrap_or_default()))
    }

    /// Reads the key of a sealed file. `None` for other files.
    pub fn from_sealed(html: &str) -> Option<Self> {
        parse_shell(html).map(|around| around.key)
    }

    /// The whole text of the file.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn new(name: &str) -> Option<Self> {
        let is_ours = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let fits = (1..=40).contains(&name.len()) && name.chars().all(is_ours);
        fits.then(|| Self(name.to_owned()))
    }
}

/// Builds the sealed file.
pub fn seal(game: &Vetted, key: &StorageKey) -> String {
    let script = format!("\n{SHELL_SCRIPT}");
    let policy = framing_policy(game.policy(), &script);
    let title = escape_html(game.title().raw());
    let frame = game_frame(&title);
    let blank = [key.as_str(), &policy_metas(&policy), &title, &frame];
    let mut parts = SHELL_TEMPLATE.split(HOLE);
    let mut file = parts.next().unwrap_or_default().to_owned();
    for (hole, part) in blank.into_iter().zip(parts) {
        file.push_str(hole);
        file.push_str(part);
    }
    file.push_str(&script);
    file.push_str(SHELL_END);
    // A byte order mark is a character in the middle of a file.
    file.push_str(game.html().trim_start_matches('\u{feff}'));
    file
}

/// The frame for a game; `title` must be escaped.
pub fn game_frame(title: &str) -> String {
    format!("<iframe sandbox=\"{SANDBOX}\" allow=\"{ALLOWED}\" title=\"{title}\"></iframe>\n")
}

/// The edits that reduce a sealed file to its game, and the storage key if the file has one. `None`
/// for other files; any change to the shell makes a file one of those.
pub(super) fn unsealing_edits(html: &str) -> Option<(EditSet, Option<StorageKey>)> {
    if let Some(SealShell { key, game_start: end }) = parse_shell(html) {
        let mut edits = EditSet::default();
        edits.add_all(&[TextEdit::remove(Span::new(0, end))]);
        return Some((edits, Some(key)));
    }
    earlier_seal::earlier_unsealing_edits(html).map(|edits| (edits, None))
}

/// Whether a sealed file of an earlier version is unchanged.
pub(super) fn is_unchanged_since_earlier(html: &str, game: &str) -> bool {
    let is_shared =
        |policy| game.contains(&format!("Content-Security-Policy\" content=\"{policy}\">"));
    earlier_seal::earlier_policy(html).is_some_and(is_shared)
        && harden::is_unchanged_since_earlier(game)
}

/// Whether a file looks sealed but is not: its shell was changed, and it cannot be taken for a
/// game.
pub(super) fn is_altered_seal(html: &str) -> bool {
    let start = html.trim_start_matches('\u{feff}').trim_start();
    start.starts_with("<!DOCTYPE html>")
        && start.get(..200.min(start.len())).is_some_and(|start| start.contains("<html data-game="))
        && html.contains("<plaintext hidden>")
}

/// The script of the shell. Built from `assets/frame`.
const SHELL_SCRIPT: &str = include_str!("../../assets/minified/shell.js");

/// Marks what differs between games: key, policy, title, frame.
const HOLE: &str = "\u{0}";

const SHELL_TEMPLATE: &str = concat!(
    "<!DOCTYPE html>\n<html data-game=\"\u{0}\">\n<head>\n\u{0}",
    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>\u{0}</title>\n",
    "<!-- After a change: codeagent harden FILE -o FILE --force -->\n<style>\n",
    include_str!("../../assets/frame/frame.css"),
    "</style>\n</head>\n<body>\n\u{0}<div id=\"left\" role=\"alert\" hidden></div>\n<script>",
);

/// The game follows.
const SHELL_END: &str = "</script>\n<plaintext hidden>\n";

/// The shell around a game.
struct SealShell {
    key: StorageKey,
    /// Offset of the game.
    game_start: usize,
}

/// Parses the shell of this version, with any line ends. `None` if it is not exactly that.
fn parse_shell(html: &str) -> Option<SealShell> {
    let mut rest = TextCursor { at: 0, text: html };
    rest.expect_text("\u{feff}");
    let mut parts = SHELL_TEMPLATE.split(HOLE);
    rest.expect_lines(parts.next()?)?;
    let key = StorageKey::new(rest.take_until('"')?)?;
    rest.expect_lines(parts.next()?)?;
    let policy = rest.text.find("<meta name=\"viewport\"")?;
    is_policy_head(rest.text.get(..policy)?).then(|| rest.skip(policy))?;
    rest.expect_lines(parts.next()?)?;
    let title = rest.take_until('<').filter(|title| !title.contains('"'))?;
    rest.expect_lines(parts.next()?)?;
    rest.expect_lines(&game_frame(title))?;
    rest.expect_lines(parts.next()?)?;
    rest.expect_lines("\n")?;
    rest.expect_lines(SHELL_SCRIPT)?;
    rest.expect_lines(SHELL_END)?;
    Some(SealShell { key, game_start: rest.at })
}

/// Whether a text is the start of a head, with a policy for any scripts.
fn is_policy_head(text: &str) -> bool {
    let text = text.replace("\r\n", "\n");
    let start = policy_metas("");
    let start = start.split_once("content=\"").map_or("", |(start, _)| start);
    let policy = text.strip_prefix(start).and_then(|rest| rest.split('"').nth(1));
    policy.is_some_and(|policy| is_framing_policy(policy) && policy_metas(policy) == text)
}

/// Whether a policy allows scripts only by their hashes, and nothing else.
fn is_framing_policy(policy: &str) -> bool {
    let scripts = policy.split_once("script-src ").and_then(|(_, rest)| rest.split_once(';'));
    let Some((scripts, _)) = scripts else { return false };
    let in_hash = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
    let names_hash = |source: &str| {
        let hash = source.strip_prefix("'sha256-").and_then(|rest| rest.strip_suffix('\''));
        hash.is_some_and(|hash| hash.len() == 44 && hash.chars().all(in_hash))
    };
    let is_known = |source| source == IN_ATTRIBUTES || names_hash(source);
    policy_with_scripts(scripts) == policy && scripts.split(' ').all(is_known)
}

/// A text and the position in it.
struct TextCursor<'t> {
    at: usize,
    text: &'t str,
}

impl<'t> TextCursor<'t> {
    fn skip(&mut self, bytes: usize) {
        self.at += bytes;
        self.text = self.text.get(bytes..).unwrap_or_default();
    }

    fn expect_text(&mut self, part: &str) -> Option<()> {
        self.text.starts_with(part).then(|| self.skip(part.len()))
    }

    /// Advances past a text, with any line ends. `None` if it does not follow.
    fn expect_lines(&mut self, part: &str) -> Option<()> {
        let mut lines = part.split('\n');
        self.expect_text(lines.next()?)?;
        for line in lines {
            self.expect_text("\r");
            self.expect_text("\n")?;
            self.expect_text(line)?;
        }
        Some(())
    }

    /// Advances to a character and returns the text before it. `None` without one.
    fn take_until(&mut self, end: char) -> Option<&'t str> {
        let passed = self.text.get(..self.text.find(end)?)?;
        self.skip(passed.len());
        Some(passed)
    }
}

/// Escapes text for double-quoted attributes and element content.
pub fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('\r', "&#13;")
}
