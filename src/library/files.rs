//! Writes files atomically and never over another.
//!
//! A file is written under a temporary name beside its target, flushed to disk, and then renamed: a
//! crash leaves the old state or the new one, never half of it.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::untrusted::Untrusted;

/// A failed write, with its path and reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot write {}: {why}", DiskError::display_path(path))]
pub struct DiskError {
    pub path: PathBuf,
    pub why: String,
}

impl DiskError {
    /// Words the error of a file operation on this path.
    pub(super) fn new(path: &Path, error: &std::io::Error) -> Self {
        let why = match error.kind() {
            ErrorKind::PermissionDenied => "permission denied".to_owned(),
            ErrorKind::NotFound => "the folder does not exist".to_owned(),
            ErrorKind::NotADirectory => "part of the path is a file, not a folder".to_owned(),
            ErrorKind::IsADirectory => "it is a folder".to_owned(),
            ErrorKind::StorageFull => "the disk is full".to_owned(),
            ErrorKind::QuotaExceeded => "the disk quota is used up".to_owned(),
            ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
            _ => error.to_string(),
        };
        Self { path: path.to_owned(), why }
    }

    /// A path as text that is safe to display.
    pub fn display_path(path: &Path) -> String {
        Untrusted::new(path.to_string_lossy()).display_safe().into_owned()
    }
}

/// The content of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftKind {
    /// A model's reply, unchanged.
    Reply,
    /// A page that could not be saved at its target.
    Page,
}

/// The program's data folder: finished games, drafts, the text in the editor.
#[derive(Debug, Clone)]
pub struct DataDir {
    home: PathBuf,
}

impl DataDir {
    /// The data folder at `home`, which is created at the first write.
    pub fn new(home: PathBuf) -> Self {
        Self { home }
    }

    /// Creates the folder if it is missing.
    pub(super) fn create(&self) -> Result<PathBuf, DiskError> {
        create_folder(&self.home)
    }

    /// Saves a finished game as `games/SLUG.html`, or with the next free number.
    ///
    /// # Errors
    ///
    /// The folder or the file cannot be written.
    pub fn save_game(&self, slug: &str, html: &str) -> Result<PathBuf, DiskError> {
        write_new(&create_folder(&self.home.join("games"))?.join(format!("{slug}.html")), html)
    }

    /// Saves text that did not become a saved game: below `drafts`, else in the system's temporary
    /// folder.
    ///
    /// # Errors
    ///
    /// Neither folder can be written; the error names the first.
    pub fn save_draft(
        &self,
        slug: &str,
        text: &str,
        kind: DraftKind,
    ) -> Result<PathBuf, DiskError> {
        let name = match kind {
            DraftKind::Reply => format!("{slug}.txt"),
            DraftKind::Page => format!("{slug}.html"),
        };
        let kept = create_folder(&self.home.join("drafts"))
            .and_then(|drafts| write_new(&drafts.join(&name), text));
        kept.or_else(|error| {
            let elsewhere = std::env::temp_dir().join(format!("codeagent-{name}"));
            write_new(&elsewhere, text).map_err(|_| error)
        })
    }

    /// Saves the text in the editor.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn save_prompt(&self, text: &str) -> Result<(), DiskError> {
        replace_file(&create_folder(&self.home)?.join("prompt.txt"), text).map(drop)
    }

    /// Remembers the engine that was chosen, in the form of `config.toml`; `None` forgets it.
    ///
    /// # Errors
    ///
    /// The file cannot be written or removed.
    pub fn remember_engine(&self, file: &Path, text: Option<&str>) -> Result<(), DiskError> {
        let Some(text) = text else {
            return match std::fs::remove_file(file) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    Err(DiskError::new(file, &error))
                }
                _ => Ok(()),
            };
        };
        create_folder(&self.home)?;
        replace_file(file, text).map(drop)
    }

    /// Creates a log file, readable by the user alone, and removes all but the newest few.
    ///
    /// # Errors
    ///
    /// The file cannot be created.
    pub fn create_log(&self, name: &str) -> Result<(PathBuf, std::fs::File), DiskError> {
        let folder = create_folder(&self.home.join("logs"))?;
        remove_old_logs(&folder);
        let path = folder.join(name);
        let mut options = std::fs::OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let file = options.open(&path).map_err(|e| DiskError::new(&path, &e))?;
        Ok((path, file))
    }

    /// The saved text of the editor; `None` if there is none or it is empty.
    pub fn last_prompt(&self) -> Option<String> {
        std::fs::read_to_string(self.home.join("prompt.txt")).ok().filter(|text| !text.is_empty())
    }
}

/// Keeps the newest logs: their names begin with the time. What cannot be removed stays.
fn remove_old_logs(folder: &Path) {
    const KEPT: usize = 9;
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let is_log = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "log");
    let mut logs: Vec<_> = entries.map(|entry| entry.path()).filter(is_log).collect();
    logs.sort();
    for old in logs.iter().rev().skip(KEPT) {
        drop(std::fs::remove_file(old));
    }
}

/// Creates a folder with its parents, if it is missing, and returns its path.
///
/// # Errors
///
/// The folder cannot be created.
pub(super) fn create_folder(path: &Path) -> Result<PathBuf, DiskError> {
    std::fs::create_dir_all(path).map_err(|e| DiskError::new(path, &e))?;
    Ok(path.to_owned())
}

/// Creates a folder, or accepts an empty one.
///
/// # Errors
///
/// The folder cannot be created or read, or it is not empty.
pub fn create_empty_folder(path: &Path) -> Result<PathBuf, DiskError> {
    let folder = create_folder(path)?;
    let mut entries = std::fs::read_dir(&folder).map_err(|e| DiskError::new(path, &e))?;
    match entries.next() {
        None => Ok(folder),
        Some(_) => {
            Err(DiskError { path: folder, why: "the folder is not empty; name a new one".into() })
        }
    }
}

/// Writes a new file under this name, or the next free one (`snake.html`, `snake-2.html`, …), and
/// returns its path.
///
/// # Errors
///
/// The file cannot be written.
pub fn write_new(path: &Path, text: &str) -> Result<PathBuf, DiskError> {
    if is_stream(path) {
        return write_to_stream(path, text.as_bytes());
    }
    let mut file = write_temp_file(path, text)?;
    for number in 1_u32.. {
        let numbered = if number == 1 { path.to_owned() } else { numbered_path(path, number) };
        match file.persist_noclobber(&numbered) {
            Ok(_) => {
                sync_folder(&numbered);
                return Ok(numbered);
            }
            Err(e) if e.error.kind() == ErrorKind::AlreadyExists => file = e.file,
            Err(e) => return Err(DiskError::new(&numbered, &e.error)),
        }
    }
    Err(DiskError { path: path.to_owned(), why: "all similar names are taken".to_owned() })
}

/// Writes a file, replacing an existing one.
///
/// # Errors
///
/// The file cannot be written, or the path is a folder.
pub fn replace_file(path: &Path, text: impl AsRef<[u8]>) -> Result<PathBuf, DiskError> {
    if path.is_dir() {
        return Err(DiskError { path: path.to_owned(), why: "it is a folder".to_owned() });
    }
    if is_stream(path) {
        return write_to_stream(path, text.as_ref());
    }
    // A link stays one: what it names is replaced.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    write_temp_file(&target, text)?
        .persist(&target)
        .map_err(|e| DiskError::new(&target, &e.error))?;
    sync_folder(&target);
    Ok(path.to_owned())
}

/// Whether the path is a pipe or a device, such as `/dev/null`: it takes text and is never replaced.
pub fn is_stream(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// Writes text into a pipe or a device.
fn write_to_stream(path: &Path, text: &[u8]) -> Result<PathBuf, DiskError> {
    let failed = |error: std::io::Error| DiskError::new(path, &error);
    let mut stream = std::fs::OpenOptions::new().write(true).open(path).map_err(failed)?;
    stream.write_all(text).map_err(failed)?;
    Ok(path.to_owned())
}

/// Writes a file that only the user can read, whole or not at all; a folder that is made for it, too.
///
/// # Errors
///
/// The folder or the file cannot be written.
pub fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)?;
    // Readable by its owner alone from the first byte on.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Replaces the text `old` of a file with `new`. Symbolic links and permissions are preserved.
///
/// # Errors
///
/// The file cannot be written, is read-only, or no longer holds `old`.
pub fn rewrite_unchanged(path: &Path, old: &str, new: &str) -> Result<(), DiskError> {
    let refuse = |why: &str| DiskError { path: path.to_owned(), why: why.to_owned() };
    let failed = |e: std::io::Error| DiskError::new(path, &e);
    let target = path.canonicalize().map_err(failed)?;
    let permissions = target.metadata().map_err(failed)?.permissions();
    if permissions.readonly() {
        return Err(refuse("the file is read-only"));
    }
    let file = write_temp_file(&target, new)?;
    let now = std::fs::read(&target).map_err(failed)?;
    if now == new.as_bytes() {
        return Ok(());
    }
    if now != old.as_bytes() {
        return Err(refuse("it changed during the check"));
    }
    file.as_file().set_permissions(permissions).map_err(failed)?;
    file.persist(&target).map_err(|e| DiskError::new(path, &e.error))?;
    sync_folder(&target);
    Ok(())
}

/// Has the system write the folder that names the file: without that a new name, though its file is
/// on disk, may be lost with the power. The file is there already, so a file system that cannot do
/// it is no failure. Windows has no such call.
fn sync_folder(file: &Path) {
    if cfg!(unix) {
        let opened = std::fs::File::open(folder_of(file));
        drop(opened.and_then(|folder| folder.sync_all()));
    }
}

/// Checks that a file can be created at `path`, before a request is paid for.
///
/// # Errors
///
/// It cannot, or the path is a folder.
pub fn check_writable(path: &Path) -> Result<(), DiskError> {
    if path.is_dir() {
        return Err(DiskError { path: path.to_owned(), why: "it is a folder".to_owned() });
    }
    if is_stream(path) {
        return Ok(());
    }
    write_temp_file(path, "").map(drop)
}

fn write_temp_file(path: &Path, text: impl AsRef<[u8]>) -> Result<NamedTempFile, DiskError> {
    let failed = |e: std::io::Error| DiskError::new(path, &e);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".codeagent-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The usual permissions of a new file, which the umask restricts.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder_of(path)).map_err(failed)?;
    file.write_all(text.as_ref()).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    Ok(file)
}

/// The folder of a file; a bare name is in the current one.
fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

fn numbered_path(path: &Path, number: u32) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = match path.extension() {
        Some(extension) => format!("{stem}-{number}.{}", extension.to_string_lossy()),
        None => format!("{stem}-{number}"),
    };
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_is_ever_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("snake.html");
        let names: Vec<_> = ["a", "b", "c"]
            .iter()
            .map(|text| write_new(&path, text).unwrap().file_name().unwrap().to_owned())
            .collect();
        assert_eq!(names, ["snake.html", "snake-2.html", "snake-3.html"]);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "a");
        replace_file(&path, "d").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "d");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
    }

    #[cfg(unix)]
    #[test]
    fn a_rewritten_file_keeps_its_links_and_permissions_and_what_changed_meanwhile() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let [path, link] = ["a.html", "b.html"].map(|name| folder.path().join(name));
        std::fs::write(&path, "old").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&path, &link).unwrap();
        rewrite_unchanged(&link, "old", "new").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
        assert!(
            link.is_symlink() && path.metadata().unwrap().permissions().mode() & 0o777 == 0o640
        );
        assert_eq!(
            rewrite_unchanged(&path, "old", "newer").unwrap_err().why,
            "it changed during the check"
        );
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o440)).unwrap();
        assert_eq!(
            rewrite_unchanged(&path, "new", "newer").unwrap_err().why,
            "the file is read-only"
        );
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
    }

    #[test]
    fn a_place_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let missing = write_new(&folder.path().join("no/where.html"), "x").unwrap_err();
        assert!(missing.to_string().ends_with("no/where.html: the folder does not exist"));
        let is_folder = replace_file(folder.path(), "x").unwrap_err();
        assert_eq!(is_folder.why, "it is a folder");
    }
}
