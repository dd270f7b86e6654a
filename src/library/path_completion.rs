//! Completes a partly typed path.

use std::path::{MAIN_SEPARATOR, Path, PathBuf};

/// Replaces a leading `~` with the user's home.
pub fn expand_home(path: &Path, user_home: Option<&Path>) -> PathBuf {
    match (path.strip_prefix("~"), user_home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

/// At most `limit` paths that begin like `typed`, folders first. Empty if the folder cannot be
/// read. Hidden entries are included only if the typed name starts with a dot.
pub fn complete_path(typed: &str, user_home: Option<&Path>, limit: usize) -> Vec<String> {
    let (folder, prefix) = match typed.rfind(['/', MAIN_SEPARATOR]) {
        Some(at) => typed.split_at(at + 1),
        None => ("", typed),
    };
    let folder_path = expand_home(Path::new(folder), user_home);
    let folder_path = if folder.is_empty() { Path::new(".") } else { &folder_path };
    let Ok(entries) = std::fs::read_dir(folder_path) else { return Vec::new() };
    let mut found: Vec<_> =
        entries.filter_map(|entry| matching_entry(&entry.ok()?, prefix)).collect();
    found.sort();
    found.truncate(limit);
    found.into_iter().map(|(_, name)| format!("{folder}{name}")).collect()
}

/// The entry's rank and name; `None` if it does not match.
fn matching_entry(entry: &std::fs::DirEntry, prefix: &str) -> Option<(u8, String)> {
    let name = entry.file_name().into_string().ok()?;
    let fits = name.to_lowercase().starts_with(&prefix.to_lowercase());
    if !fits || (name.starts_with('.') && !prefix.starts_with('.')) {
        return None;
    }
    let is_folder = entry.path().is_dir();
    Some(if is_folder { (0, format!("{name}/")) } else { (1, name) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_completed_from_what_is_there() {
        let folder_path = tempfile::tempdir().unwrap();
        for name in ["bats.html", "Bells.html", ".hidden"] {
            std::fs::write(folder_path.path().join(name), "").unwrap();
        }
        std::fs::create_dir(folder_path.path().join("beta")).unwrap();
        let home = Some(folder_path.path());
        assert_eq!(complete_path("~/b", home, 9), ["~/beta/", "~/Bells.html", "~/bats.html"]);
        assert_eq!(complete_path("~/.h", home, 9), ["~/.hidden"]);
        assert_eq!(complete_path("~/", home, 2), ["~/beta/", "~/Bells.html"]);
        assert!(complete_path("~/nowhere/x", home, 9).is_empty());
        assert_eq!(expand_home(Path::new("~/x"), home), folder_path.path().join("x"));
        assert_eq!(expand_home(Path::new("a~/x"), home), Path::new("a~/x"));
    }
}
