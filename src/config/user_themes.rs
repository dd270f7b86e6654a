//! The user's own screen themes, read only when the screen opens.

use std::io::Read;
use std::path::{Path, PathBuf};

use crate::untrusted::Untrusted;

/// The largest theme file, in bytes.
const MAX_THEME_BYTES: u64 = 64 * 1024;

/// The folder of the user's own themes: `themes/NAME.toml` beside `config.toml`.
#[derive(Debug, Clone, Default)]
pub struct UserThemes {
    folder: PathBuf,
}

/// Why a theme file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read {path}: {why}")]
pub struct ThemeFileError {
    /// The path, safe to print.
    path: String,
    why: String,
}

impl UserThemes {
    /// The folder `themes` beside the configuration file.
    pub(super) fn next_to_config(config: &Path) -> Self {
        Self { folder: config.parent().unwrap_or(Path::new("")).join("themes") }
    }

    /// The sorted names of the themes in the folder; empty if it cannot be read.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let name = |entry: std::fs::DirEntry| {
            let path = entry.path();
            let is_toml = path.extension().is_some_and(|extension| extension == "toml");
            path.file_stem().filter(|_| is_toml)?.to_str().map(str::to_owned)
        };
        let mut names: Vec<_> = entries.filter_map(name).collect();
        names.sort();
        names
    }

    /// Reads a theme by path, or by its name in the folder.
    ///
    /// # Errors
    ///
    /// The file cannot be read or is too large.
    pub fn read_theme(&self, name: &str) -> Result<String, ThemeFileError> {
        let is_path = name.contains(['/', '\\']) || name.to_ascii_lowercase().ends_with(".toml");
        let path =
            if is_path { PathBuf::from(name) } else { self.folder.join(format!("{name}.toml")) };
        read_bounded(&path).map_err(|why| ThemeFileError {
            path: Untrusted::new(path.to_string_lossy()).display_safe().into_owned(),
            why,
        })
    }
}

fn read_bounded(path: &Path) -> Result<String, String> {
    let file = std::fs::File::open(path).map_err(|e| e.to_string())?;
    let mut text = String::new();
    let length =
        file.take(MAX_THEME_BYTES + 1).read_to_string(&mut text).map_err(|e| e.to_string())?;
    if length as u64 > MAX_THEME_BYTES {
        Err("it is too large for a theme".into())
    } else {
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_theme_is_a_path_or_a_name_beside_the_configuration() {
        let folder = tempfile::tempdir().unwrap();
        let themes = UserThemes::next_to_config(&folder.path().join("config.toml"));
        assert_eq!(themes.names(), [""; 0]);
        std::fs::create_dir(folder.path().join("themes")).unwrap();
        for (name, text) in [("moon.toml", "a"), ("bog.toml", "b"), ("notes.txt", "c")] {
            std::fs::write(folder.path().join("themes").join(name), text).unwrap();
        }
        assert_eq!(themes.names(), ["bog", "moon"]);
        assert_eq!(themes.read_theme("moon").unwrap(), "a");
        let path = folder.path().join("themes/bog.toml");
        assert_eq!(themes.read_theme(path.to_str().unwrap()).unwrap(), "b");
        assert!(themes.read_theme("sun").unwrap_err().to_string().contains("themes/sun.toml"));
        std::fs::write(folder.path().join("themes/vast.toml"), "x".repeat(70_000)).unwrap();
        assert!(
            themes.read_theme("vast").unwrap_err().to_string().ends_with("too large for a theme")
        );
    }
}
