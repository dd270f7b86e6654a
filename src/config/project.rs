//! The `.env` of the working directory, which is untrusted.
//!
//! A user who clones a project and starts the program there has not read its `.env`. So it may set
//! only values that cannot run, read or redirect anything or name a path; variables in it are not
//! substituted; and no error in it stops the program. Settings without effect are reported in one
//! sentence.

use std::collections::{BTreeSet, HashMap};
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::keys::ValueCheck;
use super::setting_keys;
use super::token::{self, TOKEN_VARIABLES};

/// How much of the file is read, in bytes.
const MAX_ENV_BYTES: u64 = 1024 * 1024;

/// How many settings the notice names.
const MAX_NAMED_SETTINGS: usize = 12;

/// HuggingFace's switches that only restrict, and an obsolete variable of which only the presence
/// matters.
const ALLOWED_VARIABLES: [&str; 3] =
    ["HF_HUB_OFFLINE", "HF_HUB_DISABLE_IMPLICIT_TOKEN", "GEMINI_API_KEY"];

/// Variables that are read beside [`setting_keys`] and would redirect something.
const REFUSED_VARIABLES: [&str; 3] = ["HF_HOME", "HF_TOKEN_PATH", "HF_ENDPOINT"];

/// The accepted values of a project's `.env`, and the problems with the rest.
#[derive(Debug, Clone, Default)]
pub(super) struct ProjectFile {
    values: HashMap<&'static str, String>,
    /// Our settings that a project must not choose.
    refused: BTreeSet<String>,
    /// Settings that it may choose, with an invalid value.
    unusable: BTreeSet<&'static str>,
    /// Why the file, or its end, was not read; a predicate.
    read_problem: Option<&'static str>,
}

impl ProjectFile {
    /// Reads `.env` in `folder`, if there is one. Parent folders are not searched, and links out of
    /// the folder are not followed.
    pub fn read(folder: &Path) -> Self {
        let mut file = Self::default();
        match read_bounded(folder) {
            Ok(bytes) => file.parse_bytes(&bytes),
            Err(why) => file.read_problem = why,
        }
        file
    }

    /// The accepted value of a variable; `None` if the file sets none.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    fn parse_bytes(&mut self, bytes: &[u8]) {
        let mut bytes = bytes;
        if bytes.len() as u64 > MAX_ENV_BYTES {
            self.read_problem = Some("is longer than 1 MB, and only its beginning was read");
            // Drops the incomplete last line.
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

    /// The notice for the user, one sentence without any value; `None` if there is no problem.
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
                "{} has a value there that a project may not set: correct the line, or set it in \
                 the environment",
                join_names(self.unusable.iter().copied())
            ));
        }
        (!clauses.is_empty()).then(|| format!(".env in this folder: {}", clauses.join("; ")))
    }
}

/// The start of the file, empty if there is none. The error is the reason, as a predicate.
fn read_bounded(folder: &Path) -> Result<Vec<u8>, Option<&'static str>> {
    let path = folder.join(".env");
    let kind = match std::fs::metadata(&path) {
        Ok(found) => found.file_type(),
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(_) => return Err(Some("cannot be read")),
    };
    // Python's virtual environments have the same name.
    if kind.is_dir() {
        return Ok(Vec::new());
    }
    // Opening a pipe blocks until its other end is opened, and a device may never end.
    if !kind.is_file() {
        return Err(Some("is not a regular file and was not read"));
    }
    if is_outside(folder, &path) {
        return Err(Some("is a link out of the folder and was not followed"));
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(&path).map_err(|_| Some("cannot be read"))?;
    let read = file.take(MAX_ENV_BYTES + 1).read_to_end(&mut bytes);
    read.map(|_| bytes).map_err(|_| Some("cannot be read"))
}

/// Whether `path` is a link out of the folder: it could point to any file of the user's.
fn is_outside(folder: &Path, path: &Path) -> bool {
    if !path.is_symlink() {
        return false;
    }
    match (folder.canonicalize(), path.canonicalize()) {
        (Ok(folder), Ok(real)) => !real.starts_with(folder),
        _ => true,
    }
}

/// The name that a line sets; `None` if it sets none.
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
        || setting_keys().any(|key| key.env == Some(name))
        || allowed_setting(name).is_some()
}

/// The check of a setting that a project may choose; `None` if it must not.
fn allowed_setting(name: &str) -> Option<(&'static str, ValueCheck)> {
    let keys = setting_keys().filter_map(|key| Some((key.env?, key.in_project?)));
    let tokens = TOKEN_VARIABLES.into_iter().map(|name| (name, token::is_sendable as ValueCheck));
    let harmless = ALLOWED_VARIABLES.into_iter().map(|name| (name, (|_| true) as ValueCheck));
    keys.chain(tokens).chain(harmless).find(|(known, _)| *known == name)
}

/// Parses the value with quotes, escapes and comments, but with `$` as a plain character.
fn parse_value(name: &str, line: &str) -> Option<String> {
    let line = escape_dollars(line);
    let (read, value) = dotenvy::from_read_iter(line.as_bytes()).next()?.ok()?;
    (read == name).then_some(value)
}

/// Escapes each `$`, which the parser would otherwise replace from the user's environment. Between
/// single quotes it needs no escape.
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
