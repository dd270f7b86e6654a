//! Is the house in order? The walls between rooms, and the marks of a tidy file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Each room and the rooms it may name. Whoever is not named is not known.
const ROOMS: [(&str, &[&str]); 19] = [
    ("main.rs", &["cli", "config", "driver", "report", "tui"]),
    ("untrusted.rs", &[]),
    ("secret.rs", &[]),
    ("page", &["untrusted"]),
    ("rules", &["page", "untrusted"]),
    ("game", &["page", "rules", "untrusted"]),
    ("play", &["game", "page", "untrusted"]),
    ("compose", &["game"]),
    ("inference", &["secret", "untrusted"]),
    ("library", &["untrusted"]),
    ("local", &["untrusted"]),
    (
        "app",
        &["compose", "game", "inference", "library", "local", "page", "play", "rules", "untrusted"],
    ),
    ("serve", &["game", "untrusted"]),
    ("config", &["app", "compose", "inference", "local", "play", "secret", "untrusted"]),
    (
        "driver",
        &[
            "app",
            "compose",
            "config",
            "game",
            "inference",
            "library",
            "local",
            "page",
            "play",
            "rules",
            "secret",
            "serve",
            "untrusted",
        ],
    ),
    ("report", &["app", "inference", "library", "untrusted"]),
    (
        "cli",
        &[
            "app",
            "config",
            "driver",
            "game",
            "inference",
            "library",
            "local",
            "page",
            "play",
            "report",
            "rules",
            "untrusted",
        ],
    ),
    (
        "tui",
        &[
            "app",
            "compose",
            "config",
            "driver",
            "inference",
            "library",
            "page",
            "play",
            "report",
            "rules",
            "untrusted",
        ],
    ),
    ("lib.rs", &[]),
];

/// Crates that only some places may name.
const OUTSIDE: [(&str, &[&str]); 38] = [
    ("shell_words", &["tui/external_editor.rs"]),
    ("uuid", &["inference/request.rs"]),
    ("tracing", &["driver/"]),
    ("tracing_subscriber", &["driver/log.rs"]),
    ("reqwest", &["inference/client"]),
    ("rustls", &["inference/client"]),
    ("bytes", &["inference/client", "serve/server.rs"]),
    (
        "tokio",
        &[
            "driver/",
            "inference/client",
            "serve/server.rs",
            "tui/screen",
            "tui/input_thread",
            "tui/line_frontend.rs",
        ],
    ),
    ("futures_util", &["driver/", "inference/client", "serve/server.rs"]),
    ("hyper", &["serve/server.rs"]),
    ("hyper_util", &["serve/server.rs"]),
    ("http_body_util", &["serve/server.rs"]),
    ("getrandom", &["serve/server.rs", "driver/local_start.rs"]),
    ("sysinfo", &["local/machine.rs", "local/process_identity.rs", "local/server_process.rs"]),
    ("webbrowser", &["driver/play_server.rs"]),
    ("clap", &["cli/args", "cli/completions.rs"]),
    ("clap_complete", &["cli/args.rs", "cli/completions.rs"]),
    ("clap_mangen", &["cli/completions.rs"]),
    ("ratatui", &["tui/"]),
    // How wide a table may be, on every system that has terminals.
    ("crossterm", &["tui/", "report/output.rs"]),
    ("tui_textarea", &["tui/"]),
    ("syntect", &["tui/highlight"]),
    ("jiff", &["report/clock.rs"]),
    ("tempfile", &["library/files.rs", "library/edit_file.rs", "play/chromium/profile_dir.rs"]),
    ("command_fds", &["play/chromium/process.rs"]),
    (
        "rustix",
        &[
            "driver/signals.rs",
            // How wide a table may be, in a build without a screen.
            "report/output.rs",
            "play/chromium/",
            "local/machine.rs",
            "local/server_process.rs",
            "tui/input_thread/",
            "tui/terminal_query.rs",
            "tui/suspend.rs",
        ],
    ),
    ("image", &["play/screenshot.rs", "tui/image_worker"]),
    ("ratatui_image", &["tui/image_worker"]),
    ("rusqlite", &["library/store/"]),
    ("similar", &["library/comparison.rs", "library/diff.rs"]),
    ("nucleo_matcher", &["tui/command_palette.rs"]),
    ("dotenvy", &["config/project.rs"]),
    ("secrecy", &["secret.rs"]),
    ("html5ever", &["page/"]),
    ("cssparser", &["page/"]),
    ("oxc_parser", &["page/"]),
    ("oxc_allocator", &["page/"]),
    ("oxc_ast", &["page/", "rules/"]),
];

const LONGEST_FILE: usize = 400;

pub struct File {
    /// Its path below `src`.
    pub name: String,
    pub text: String,
}

impl File {
    /// The lines of code, without the tests at the end.
    fn code(&self) -> impl Iterator<Item = &str> {
        self.text.lines().take_while(|line| !line.starts_with("#[cfg(test)]"))
    }

    pub fn is_test(&self) -> bool {
        self.name.ends_with("tests.rs")
    }

    fn room(&self) -> &str {
        self.name.split('/').next().unwrap()
    }
}

fn files() -> Vec<File> {
    files_of(Path::new(env!("CARGO_MANIFEST_DIR")))
}

/// The sources of a checkout.
pub fn files_of(root: &Path) -> Vec<File> {
    let src = root.join("src");
    let mut files = Vec::new();
    let mut folders = vec![src.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
                files.push(File { name, text: std::fs::read_to_string(&path).unwrap() });
            }
        }
    }
    assert!(files.len() > 50, "the house was not found");
    files
}

/// Every `crate::room` (or `codeagent::room` in main) that a line names.
fn named_rooms(line: &str) -> impl Iterator<Item = &str> {
    let line = line.split("//").next().unwrap_or_default();
    let after = line.split("crate::").skip(1).chain(line.split("codeagent::").skip(1));
    after.map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap())
}

/// Lines of `file` that name a room it must not know.
fn trespasses(file: &File) -> Vec<String> {
    let row = ROOMS.iter().find(|(room, _)| *room == file.room());
    let (_, allowed) = row.expect("every room has a row");
    let own = file.room().trim_end_matches(".rs");
    let is_wrong = |room: &&str| *room != own && !allowed.contains(room);
    let wrong = file.code().filter(|line| named_rooms(line).any(|room| is_wrong(&room)));
    wrong.map(|line| format!("{}: {}", file.name, line.trim())).collect()
}

/// The first line of `file` that names a crate which lives elsewhere.
fn smuggles(file: &File, (name, places): (&str, &[&str])) -> Option<String> {
    if places.iter().any(|place| file.name.starts_with(place)) {
        return None;
    }
    let path = format!("{name}::");
    let names = |line: &&str| {
        let line = line.split("//").next().unwrap_or_default();
        line.contains(&path) && !line.contains(&format!("_{path}"))
    };
    file.code().find(names).map(|line| format!("{}: {}", file.name, line.trim()))
}

#[test]
fn rooms_name_only_the_rooms_below_them() {
    let files = files();
    let wrong = files.iter().filter(|file| !file.is_test()).flat_map(trespasses);
    assert_eq!(wrong.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn outside_crates_have_one_room_each() {
    let files = files();
    let files = files.iter().filter(|file| !file.is_test());
    let wrong = files.flat_map(|file| OUTSIDE.iter().filter_map(|row| smuggles(file, *row)));
    assert_eq!(wrong.collect::<Vec<_>>(), [""; 0]);
}

/// A terminal obeys what is written past it.
#[test]
fn commands_write_only_through_their_output() {
    let streams = ["stdout()", "stderr()", "println!(", "print!("];
    let wrong = files().into_iter().filter(|file| {
        let names = |line: &str| streams.iter().any(|stream| line.contains(stream));
        file.room() == "cli" && file.code().any(names)
    });
    assert_eq!(wrong.map(|file| file.name).collect::<Vec<_>>(), [""; 0]);
}

/// A number of a column or of a parameter changes its meaning when one is added before it.
#[test]
fn statements_name_their_columns_and_parameters() {
    let parameter = ["= ?", "(?", ", ?", "> ?", "< ?", "MATCH ?", "LIMIT ?", "OFFSET ?"];
    let is_numbered = |line: &str, before: &str| {
        line.split(before).skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    let is_wrong = |line: &&str| {
        parameter.iter().any(|form| line.contains(form))
            || ["?", "row.get(", "row.get::<_, i64>("].iter().any(|form| is_numbered(line, form))
    };
    let files = files();
    let store = files.iter().filter(|file| file.name.starts_with("library/store/"));
    // What a query of one column finds, it finds in its first.
    let store = store.filter(|file| !file.is_test() && file.name != "library/store/rows.rs");
    let wrong: Vec<_> = store.flat_map(|file| file.code().filter(is_wrong)).collect();
    assert_eq!(wrong, [""; 0]);
}

/// Who names a protocol knows how it speaks; that is the matter of its own file.
#[test]
fn only_the_seam_tells_the_protocols_apart() {
    let knowers = ["inference/protocol.rs", "inference/endpoint.rs", "config/engine.rs"];
    let names = |line: &str| {
        ["Chat", "TextGeneration"]
            .iter()
            .any(|variant| line.split(&format!("Protocol::{variant}")).count() > 1)
    };
    let wrong = files().into_iter().filter(|file| {
        !file.is_test() && !knowers.contains(&&*file.name) && file.code().any(names)
    });
    assert_eq!(wrong.map(|file| file.name).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn every_file_opens_by_saying_why_it_exists() {
    let opens = |file: &File| ["//! ", "#![doc"].iter().any(|how| file.text.starts_with(how));
    let silent = files().into_iter().filter(|file| !opens(file));
    assert_eq!(silent.map(|file| file.name).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn no_file_is_too_long_to_read() {
    let long = files().into_iter().filter(|file| !file.is_test()).filter_map(|file| {
        let lines = file.code().count();
        (lines > LONGEST_FILE).then(|| format!("{} has {lines} lines", file.name))
    });
    assert_eq!(long.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn every_room_is_on_the_map() {
    let map = include_str!("../../src/ARCHITECTURE.md");
    let rooms: BTreeSet<String> = files().iter().map(|file| file.room().to_owned()).collect();
    for room in rooms.iter().filter(|room| *room != "lib.rs") {
        assert!(map.contains(&format!("`{room}")), "{room} is not on the map");
    }
}

#[test]
fn the_readme_tells_every_key() {
    let readme = include_str!("../../README.md");
    for bind in codeagent::tui::keymap::Keymap::built_in().bindings {
        let key = codeagent::tui::keymap::display_key(&bind.on[0]);
        assert!(readme.contains(&format!("`{key}`")), "README does not tell `{key}`");
    }
}
