//! The `.env` of the folder that the program was started in: a stranger's file.
//!
//! Whoever clones a project and starts the program there has read none of it.
//! So a `.env` may set only what can neither run, name a path, redirect nor
//! read; nothing in it is substituted; and nothing about it stops the program.
//! What it wanted beyond that is told in one sentence.

use std::collections::{BTreeSet, HashMap};
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::KEYS;
use super::token::{self, TOKEN_VARIABLES};

/// No more of a file is read.
const MAX_ENV_BYTES: u64 = 1024 * 1024;

/// How many settings are named in one sentence.
const MAX_NAMED_SETTINGS: usize = 12;

/// Whether a project may set a name to this value.
type ValueCheck = fn(&str) -> bool;

/// Switches of HuggingFace's that only ever take something away, and a name of
/// another time whose presence alone is asked for.
const ALLOWED_VARIABLES: [&str; 3] =
    ["HF_HUB_OFFLINE", "HF_HUB_DISABLE_IMPLICIT_TOKEN", "GEMINI_API_KEY"];

/// What we read beside [`KEYS`], and would lead elsewhere.
const REFUSED_VARIABLES: [&str; 3] = ["HF_HOME", "HF_TOKEN_PATH", "HF_ENDPOINT"];

/// What a project's `.env` has set, and what came of the rest.
#[derive(Debug, Clone, Default)]
pub(super) struct ProjectFile {
    values: HashMap<&'static str, String>,
    /// Settings of ours that a project may not choose.
    refused: BTreeSet<String>,
    /// Settings that it may choose, with a value that cannot be used.
    unusable: BTreeSet<&'static str>,
    /// Why the file, or its end, was not read.
    read_problem: Option<&'static str>,
}

impl ProjectFile {
    /// Reads `.env` in `folder`, if there is one: in no folder above, and behind no link outwards.
    pub fn read(folder: &Path) -> Self {
        let mut file = Self::default();
        match read_bounded(folder) {
            Ok(bytes) => file.parse_bytes(&bytes),
            Err(why) => file.read_problem = why,
        }
        file
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    fn parse_bytes(&mut self, bytes: &[u8]) {
        let mut bytes = bytes;
        if bytes.len() as u64 > MAX_ENV_BYTES {
            self.read_problem = Some("is longer than 1 MB, and only its beginning was read");
            // What is cut off in the middle is not what was written.
            let end = bytes.iter().rposition(|byte| *byte == b'\n').unwrap_or_default();
            bytes = bytes.get(..end).unwrap_or_default();
        } else if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            self.read_problem = Some("is UTF-16 and was not read: save it as UTF-8");
        }
        for line in bytes.split(|byte| *byte == b'\n') {
            let line = String::from_utf8_lossy(line);
            self.parse_line(line.trim_start_matches('\u{feff}').trim());
        }
    }

    fn parse_line(&mut self, line: &str) {
        let Some(name) = assigned_name(line).filter(|name| is_ours(name)) else { return };
        let value = parse_value(name, line);
        if value.as_ref().is_some_and(|value| value.trim().is_empty()) {
            return;
        }
        match (allowed_setting(name), value) {
            (None, _) => drop(self.refused.insert(name.chars().take(60).collect())),
            (Some((name, accepts)), Some(value)) if is_text(&value) && accepts(value.trim()) => {
                self.values.insert(name, value);
            }
            (Some((name, _)), _) => drop(self.unusable.insert(name)),
        }
    }

    /// What the user should know about the file, as one sentence that shows no value.
    pub fn notice(&self) -> Option<String> {
        let mut clauses = Vec::new();
        clauses.extend(self.read_problem.map(|why| format!("the file {why}")));
        if !self.refused.is_empty() {
            clauses.push(format!(
                "{} cannot be set by a project: set it in the environment or in your own \
                 config.toml if you want it",
                join_names(self.refused.iter().map(String::as_str))
            ));
        }
        if !self.unusable.is_empty() {
            clauses.push(format!(
                "{} has a value there that is not taken from a project: correct the line, or set \
                 it in the environment",
                join_names(self.unusable.iter().copied())
            ));
        }
        (!clauses.is_empty()).then(|| format!(".env in this folder: {}", clauses.join("; ")))
    }
}

/// The beginning of the file; nothing where there is none, else why it is not read.
fn read_bounded(folder: &Path) -> Result<Vec<u8>, Option<&'static str>> {
    let path = folder.join(".env");
    let kind = match std::fs::metadata(&path) {
        Ok(found) => found.file_type(),
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(_) => return Err(Some("cannot be read")),
    };
    // A virtual environment of Python is called so, too.
    if kind.is_dir() {
        return Ok(Vec::new());
    }
    // Whoever opens a pipe waits for its other end; a device may never end.
    if !kind.is_file() {
        return Err(Some("is no regular file and was not read"));
    }
    if is_outside(folder, &path) {
        return Err(Some("is a link that leads out of the folder and was not followed"));
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(&path).map_err(|_| Some("cannot be read"))?;
    let read = file.take(MAX_ENV_BYTES + 1).read_to_end(&mut bytes);
    read.map(|_| bytes).map_err(|_| Some("cannot be read"))
}

/// A link could name any file of the user's, whose token would then be the project's.
fn is_outside(folder: &Path, path: &Path) -> bool {
    if !path.is_symlink() {
        return false;
    }
    match (folder.canonicalize(), path.canonicalize()) {
        (Ok(folder), Ok(real)) => !real.starts_with(folder),
        _ => true,
    }
}

/// The name that a line sets, if it sets one.
fn assigned_name(line: &str) -> Option<&str> {
    let (name, _) = line.split_once('=')?;
    let name = name.trim();
    let name = match name.strip_prefix("export") {
        Some(rest) if rest.starts_with(char::is_whitespace) => rest.trim_start(),
        _ => name,
    };
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    name.chars().all(is_letter).then_some(name)
}

fn is_ours(name: &str) -> bool {
    name.starts_with("CODEAGENT_")
        || REFUSED_VARIABLES.contains(&name)
        || KEYS.iter().any(|key| key.env == Some(name))
        || allowed_setting(name).is_some()
}

/// The name of a setting that a project may choose, and which values of it.
fn allowed_setting(name: &str) -> Option<(&'static str, ValueCheck)> {
    let keys = KEYS.iter().filter_map(|key| Some((key.env?, key.in_project?)));
    let tokens = TOKEN_VARIABLES.into_iter().map(|name| (name, token::is_sendable as ValueCheck));
    let harmless = ALLOWED_VARIABLES.into_iter().map(|name| (name, (|_| true) as ValueCheck));
    keys.chain(tokens).chain(harmless).find(|(known, _)| *known == name)
}

/// The value as the format has it, with its quotes, escapes and comments, but with `$` as a letter.
fn parse_value(name: &str, line: &str) -> Option<String> {
    let line = escape_dollars(line);
    let (read, value) = dotenvy::from_read_iter(line.as_bytes()).next()?.ok()?;
    (read == name).then_some(value)
}

/// Escapes each `$`, or the parser would put the user's environment in its place. Between single
/// quotes it is a letter already.
fn escape_dollars(line: &str) -> String {
    let (mut strong, mut weak, mut escaped) = (false, false, false);
    let mut safe = String::with_capacity(line.len() + 8);
    for c in line.chars() {
        match c {
            _ if escaped => escaped = false,
            '\'' if !weak => strong = !strong,
            '"' if !strong => weak = !weak,
            '\\' if !strong => escaped = true,
            '$' if !strong => safe.push('\\'),
            _ => {}
        }
        safe.push(c);
    }
    safe
}

/// Whether it was UTF-8 in the file.
fn is_text(value: &str) -> bool {
    !value.contains(char::REPLACEMENT_CHARACTER)
}

/// `A, B and 3 more`.
fn join_names<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    let more = names.len().saturating_sub(MAX_NAMED_SETTINGS);
    let shown = names.take(MAX_NAMED_SETTINGS).collect::<Vec<_>>().join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}
