//! Seals a game: a page around it whose frame it cannot leave, in one file.
//!
//! No policy in a page stops it from walking away or opening windows. A sandbox
//! does: what is framed shows only what the frame carries, and reaches no window.
//! The game stands at the end of the file as it is, behind `<plaintext>`, after
//! which HTML knows no tags: so it needs no escaping, can be read and edited, and
//! comes out as it went in. The page around keeps its scores and saves its files.

mod earlier_seal;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::page::Span;
use crate::rules::Edit;
use crate::rules::edit::Edits;

use super::Vetted;
use super::harden::{self, IN_ATTRIBUTES, framing_policy, policy_metas, policy_with_scripts};

/// What a frame may do that holds a game. A form may be filled in; it is sent nowhere.
pub const SANDBOX: &str = "allow-scripts allow-pointer-lock allow-modals allow-forms";

/// What a frame lets through to its game.
const ALLOWED: &str = "fullscreen; gamepad; screen-wake-lock";

/// Under which name the browser keeps what a game stores, so that it lasts from version to version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageKey(String);

impl StorageKey {
    /// Of a game whose first version this was, before it was hardened: 72 bits of its SHA-256.
    pub fn from_source(source: &str) -> Self {
        let hash = Sha256::digest(source);
        Self(URL_SAFE_NO_PAD.encode(hash.get(..9).unwrap_or_default()))
    }

    /// Of a sealed file.
    pub fn from_sealed(html: &str) -> Option<Self> {
        parse_shell(html).map(|around| around.key)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn new(name: &str) -> Option<Self> {
        let is_ours = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let fits = (1..=40).contains(&name.len()) && name.chars().all(is_ours);
        fits.then(|| Self(name.to_owned()))
    }
}

/// The game in a frame that it cannot leave, as one file.
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
    // What marks a file as UTF-8 is a letter in the middle of one.
    file.push_str(game.html().trim_start_matches('\u{feff}'));
    file
}

/// The frame that holds a game; its title is escaped.
pub fn game_frame(title: &str) -> String {
    format!("<iframe sandbox=\"{SANDBOX}\" allow=\"{ALLOWED}\" title=\"{title}\"></iframe>\n")
}

/// What leaves the game of a sealed file and takes the rest away, with the name of its storage;
/// nothing for another file. Whatever somebody changed around the game makes it another file.
pub(super) fn unsealing_edits(html: &str) -> Option<(Edits, Option<StorageKey>)> {
    if let Some(SealShell { key, game_start: end }) = parse_shell(html) {
        let mut edits = Edits::default();
        edits.add(&[Edit::remove(Span::new(0, end))]);
        return Some((edits, Some(key)));
    }
    earlier_seal::earlier_unsealing_edits(html).map(|edits| (edits, None))
}

/// Whether a sealed file of an earlier version is as that one wrote it.
pub(super) fn is_unchanged_since_earlier(html: &str, game: &str) -> bool {
    let is_shared =
        |policy| game.contains(&format!("Content-Security-Policy\" content=\"{policy}\">"));
    earlier_seal::earlier_policy(html).is_some_and(is_shared)
        && harden::is_unchanged_since_earlier(game)
}

/// Whether a text wants to be a sealed game and is none: neither what stands around it can be
/// believed, nor can it be taken for the game.
pub(super) fn is_altered_seal(html: &str) -> bool {
    let start = html.trim_start_matches('\u{feff}').trim_start();
    start.starts_with("<!DOCTYPE html>")
        && start.get(..200.min(start.len())).is_some_and(|start| start.contains("<html data-game="))
        && html.contains("<plaintext hidden>")
}

/// The script of the page around a game. Made of `assets/frame`.
const SHELL_SCRIPT: &str = include_str!("../../assets/minified/shell.js");

/// Stands for what differs from game to game: its key, its policy, its title, its frame.
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

/// What stands around a game.
struct SealShell {
    key: StorageKey,
    /// Where the game begins.
    game_start: usize,
}

/// Reads what this version writes, also where an editor has changed the ends of its lines.
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

/// Whether a text is what begins a head, with the policy of whatever scripts.
fn is_policy_head(text: &str) -> bool {
    let text = text.replace("\r\n", "\n");
    let start = policy_metas("");
    let start = start.split_once("content=\"").map_or("", |(start, _)| start);
    let policy = text.strip_prefix(start).and_then(|rest| rest.split('"').nth(1));
    policy.is_some_and(|policy| is_framing_policy(policy) && policy_metas(policy) == text)
}

/// Whether a policy lets some scripts run that it knows by their hashes, and nothing else.
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

/// A text and how far it was read.
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

    /// Passes a text line by line, whatever ends its lines here.
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

    /// Passes what stands before a character, which stays.
    fn take_until(&mut self, end: char) -> Option<&'t str> {
        let passed = self.text.get(..self.text.find(end)?)?;
        self.skip(passed.len());
        Some(passed)
    }
}

/// Text as the value of an attribute in double quotes, or between tags.
pub fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('\r', "&#13;")
}
