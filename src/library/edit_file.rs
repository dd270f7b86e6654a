//! The temporary file through which an editor changes the prompt, or a page.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{DataDir, DiskError};

/// What is edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditKind {
    Prompt,
    Page,
}

impl EditKind {
    /// The name of the file, whose ending tells editors what it is.
    fn file_name(self) -> &'static str {
        match self {
            Self::Prompt => "prompt.md",
            Self::Page => "game.html",
        }
    }

    /// The largest file that is read back, in bytes.
    fn max_bytes(self) -> u64 {
        match self {
            Self::Prompt => 1_000_000,
            Self::Page => 4_000_000,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Prompt => "a prompt",
            Self::Page => "a page",
        }
    }
}

/// A file in a temporary folder of its own, which is removed with everything that the editor leaves
/// there. Only the user can read them.
#[derive(Debug)]
pub struct EditFile {
    folder: TempDir,
    kind: EditKind,
}

/// Why a text cannot be taken back from the editor: a predicate to append to a subject ("… is not
/// UTF-8 text").
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditFileError {
    /// The system's reason.
    #[error("cannot be read ({0})")]
    Unreadable(String),
    #[error("is too large for {}", .0.name())]
    TooLarge(EditKind),
    #[error("is not UTF-8 text")]
    NotText,
}

impl DataDir {
    /// Creates a temporary file with the text.
    ///
    /// # Errors
    ///
    /// The folder or the file cannot be written.
    pub fn create_edit_file(&self, kind: EditKind, text: &str) -> Result<EditFile, DiskError> {
        let home = self.create()?;
        let failed = |path: &Path, e: &std::io::Error| DiskError::new(path, e);
        let mut builder = tempfile::Builder::new();
        builder.prefix("edit-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.tempdir_in(&home).map_err(|e| failed(&home, &e))?;
        let path = folder.path().join(kind.file_name());
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&path).and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|e| failed(&path, &e))?;
        Ok(EditFile { folder, kind })
    }
}

impl EditFile {
    /// The path to pass to the editor.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join(self.kind.file_name())
    }

    /// Returns the file's text without its final line end.
    ///
    /// # Errors
    ///
    /// The file cannot be read, is larger than a prompt or a page may be, or is not UTF-8.
    pub fn read(&self) -> Result<String, EditFileError> {
        let unreadable = |e: std::io::Error| EditFileError::Unreadable(e.to_string());
        let file = std::fs::File::open(self.path()).map_err(unreadable)?;
        let mut bytes = Vec::new();
        let max_bytes = self.kind.max_bytes();
        let read = file.take(max_bytes + 1).read_to_end(&mut bytes);
        if read.map_err(unreadable)? as u64 > max_bytes {
            return Err(EditFileError::TooLarge(self.kind));
        }
        let text = String::from_utf8(bytes).map_err(|_| EditFileError::NotText)?;
        let text = text.strip_suffix('\n').unwrap_or(&text);
        Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lent_comes_back_as_text_or_not_at_all() {
        let home = tempfile::tempdir().unwrap();
        let edit = DataDir::new(home.path().join("new"))
            .create_edit_file(EditKind::Prompt, "a\nb")
            .unwrap();
        assert_eq!(edit.read().unwrap(), "a\nb");
        assert!(edit.path().ends_with("prompt.md"));
        let cases: [(Vec<u8>, Result<&str, EditFileError>); 4] = [
            ("bats\n".into(), Ok("bats")),
            ("bats\r\n".into(), Ok("bats")),
            (vec![0xff, 0xfe], Err(EditFileError::NotText)),
            (vec![b'a'; 1_000_001], Err(EditFileError::TooLarge(EditKind::Prompt))),
        ];
        for (bytes, expected) in cases {
            std::fs::write(edit.path(), bytes).unwrap();
            assert_eq!(edit.read(), expected.map(str::to_owned));
        }
        std::fs::remove_file(edit.path()).unwrap();
        assert!(edit.read().unwrap_err().to_string().starts_with("cannot be read"));
        let path = edit.path();
        drop(edit);
        assert!(!path.parent().unwrap().exists());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_reads_it() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let edit = DataDir::new(home.path().to_owned())
            .create_edit_file(EditKind::Prompt, "secret")
            .unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&edit.path()), mode(edit.folder.path())), (0o600, 0o700));
    }
}
