//! The temporary file through which an editor changes the prompt.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{DataDir, DiskError};

/// The largest file that is read back, in bytes.
const MAX_EDIT_BYTES: u64 = 1_000_000;

/// A file in a temporary folder of its own, which is removed with everything that the editor leaves
/// there. Only the user can read them.
#[derive(Debug)]
pub struct EditFile {
    folder: TempDir,
    name: &'static str,
}

/// Why a text cannot be taken back from the editor: a predicate to append to a subject ("… is not
/// UTF-8 text").
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditFileError {
    /// The system's reason.
    #[error("cannot be read ({0})")]
    Unreadable(String),
    #[error("is too large for a prompt")]
    TooLarge,
    #[error("is not UTF-8 text")]
    NotText,
}

impl DataDir {
    /// Creates a temporary file of this name with the text.
    ///
    /// # Errors
    ///
    /// The folder or the file cannot be written.
    pub fn create_edit_file(&self, name: &'static str, text: &str) -> Result<EditFile, DiskError> {
        let home = self.create()?;
        let failed = |path: &Path, e: &std::io::Error| DiskError::new(path, e);
        let mut builder = tempfile::Builder::new();
        builder.prefix("edit-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.tempdir_in(&home).map_err(|e| failed(&home, &e))?;
        let path = folder.path().join(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&path).and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|e| failed(&path, &e))?;
        Ok(EditFile { folder, name })
    }
}

impl EditFile {
    /// The path to pass to the editor.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join(self.name)
    }

    /// Returns the file's text without its final line end.
    ///
    /// # Errors
    ///
    /// The file cannot be read, is larger than 1 MB, or is not UTF-8.
    pub fn read(&self) -> Result<String, EditFileError> {
        let unreadable = |e: std::io::Error| EditFileError::Unreadable(e.to_string());
        let file = std::fs::File::open(self.path()).map_err(unreadable)?;
        let mut bytes = Vec::new();
        let read = file.take(MAX_EDIT_BYTES + 1).read_to_end(&mut bytes);
        if read.map_err(unreadable)? as u64 > MAX_EDIT_BYTES {
            return Err(EditFileError::TooLarge);
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
        let edit =
            DataDir::new(home.path().join("new")).create_edit_file("prompt.md", "a\nb").unwrap();
        assert_eq!(edit.read().unwrap(), "a\nb");
        assert!(edit.path().ends_with("prompt.md"));
        let cases: [(Vec<u8>, Result<&str, EditFileError>); 4] = [
            ("bats\n".into(), Ok("bats")),
            ("bats\r\n".into(), Ok("bats")),
            (vec![0xff, 0xfe], Err(EditFileError::NotText)),
            (vec![b'a'; 1_000_001], Err(EditFileError::TooLarge)),
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
        let edit =
            DataDir::new(home.path().to_owned()).create_edit_file("prompt.md", "secret").unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&edit.path()), mode(edit.folder.path())), (0o600, 0o700));
    }
}
