//! The cache of HuggingFace's tools on this machine: which weights are there, and where new ones go.
//!
//! Layout (`huggingface_hub`, guide “Understand caching”): `models--OWNER--NAME/` with the contents in
//! `blobs/SHA256`, links to them in `snapshots/COMMIT/PATH`, and the commit of a branch in `refs/main`. So
//! what is downloaded here is there for `hf`, `llama-server -hf` and Python, and the other way round.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::model_ref::ModelRef;
use super::repository::{Repository, RepositoryFile, part_of, quantisation_of};

/// The cache, `~/.cache/huggingface/hub` as a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubCache {
    folder: PathBuf,
}

/// Weights that are on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalWeights {
    /// The file, of several parts the first.
    pub path: PathBuf,
    /// All files together.
    pub bytes: u64,
}

impl HubCache {
    /// The cache in this folder, which need not exist.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn of_repository(&self, model: &ModelRef) -> PathBuf {
        self.folder.join(format!("models--{}", model.repository.replace('/', "--")))
    }

    /// The weights of this model. `None` if they are not here, or not all.
    pub fn find(&self, model: &ModelRef) -> Option<LocalWeights> {
        let folder = self.of_repository(model);
        let main = fs::read_to_string(folder.join("refs/main")).ok();
        let snapshots = fs::read_dir(folder.join("snapshots")).ok()?.flatten();
        let mut snapshots: Vec<_> = snapshots.map(|entry| entry.path()).collect();
        // That of the branch first, then any: nobody downloads anew only because the page changed.
        let is_main = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str());
            main.as_deref().is_some_and(|main| Some(main.trim()) == name)
        };
        snapshots.sort_by_key(|path| (!is_main(path), path.clone()));
        snapshots.iter().find_map(|snapshot| weights_in(snapshot, model))
    }

    /// The models whose weights are here, by name.
    pub fn models(&self) -> Vec<ModelRef> {
        let folders = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut models: Vec<_> = folders
            .filter_map(|folder| {
                let name = folder.file_name().into_string().ok()?;
                let (owner, name) = name.strip_prefix("models--")?.split_once("--")?;
                Some((format!("{owner}/{name}"), folder.path().join("snapshots")))
            })
            .flat_map(|(repository, snapshots)| {
                let mut files = Vec::new();
                list_files(&snapshots, MAX_FOLDERS, &mut files);
                let names = files
                    .into_iter()
                    .filter_map(|path| quantisation_of(path.file_name()?.to_str()?));
                names.map(|name| format!("{repository}:{name}")).collect::<Vec<_>>()
            })
            .filter_map(|name| name.parse().ok())
            .filter(|model| self.find(model).is_some())
            .collect();
        models.sort_by_key(ToString::to_string);
        models.dedup();
        models
    }

    /// The content of a file of the repository.
    pub fn blob(&self, model: &ModelRef, file: &RepositoryFile) -> PathBuf {
        self.of_repository(model).join("blobs").join(&file.sha256)
    }

    /// Where a file is written until it is whole; the same as in `huggingface_hub`.
    pub fn incomplete(&self, model: &ModelRef, file: &RepositoryFile) -> PathBuf {
        self.blob(model, file).with_extension("incomplete")
    }

    /// How many bytes of these files are here already.
    pub fn bytes_here(&self, model: &ModelRef, files: &[&RepositoryFile]) -> u64 {
        let length = |path: PathBuf| fs::metadata(path).map_or(0, |about| about.len());
        let here = |file: &&RepositoryFile| {
            let whole = length(self.blob(model, file));
            if whole == file.size {
                whole
            } else {
                length(self.incomplete(model, file)).min(file.size)
            }
        };
        files.iter().map(here).sum()
    }

    /// Locks a file's content against another download of it, in this program or in HuggingFace's tools.
    /// `None` while another has it.
    ///
    /// # Errors
    ///
    /// The folder cannot be written.
    pub fn lock(&self, model: &ModelRef, file: &RepositoryFile) -> io::Result<Option<File>> {
        let locks = self.folder.join(".locks");
        let name = self.of_repository(model).file_name().unwrap_or_default().to_owned();
        let folder = locks.join(name);
        fs::create_dir_all(&folder)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join(format!("{}.lock", file.sha256)))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(lock)),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }

    /// Gives an incomplete file, which was verified, its name.
    ///
    /// # Errors
    ///
    /// The folder cannot be written.
    pub fn keep(&self, model: &ModelRef, file: &RepositoryFile) -> io::Result<()> {
        let incomplete = self.incomplete(model, file);
        File::open(&incomplete)?.sync_all()?;
        fs::rename(incomplete, self.blob(model, file))
    }

    /// Links the files, all of which are here, to their names, and returns the weights.
    ///
    /// # Errors
    ///
    /// The folder cannot be written.
    pub fn link(
        &self,
        model: &ModelRef,
        repository: &Repository,
        files: &[&RepositoryFile],
    ) -> io::Result<LocalWeights> {
        let folder = self.of_repository(model);
        let snapshot = folder.join("snapshots").join(&repository.commit);
        for file in files {
            let path = snapshot.join(&file.path);
            let parent = path.parent().unwrap_or(&snapshot);
            fs::create_dir_all(parent)?;
            let up = "../".repeat(2 + file.path.split('/').count() - 1);
            let target = format!("{up}blobs/{}", file.sha256);
            // A link to another content is an older file of this name.
            drop(fs::remove_file(&path));
            link_blob(&target, &self.blob(model, file), &path)?;
        }
        fs::create_dir_all(folder.join("refs"))?;
        fs::write(folder.join("refs/main"), &repository.commit)?;
        weights_in(&snapshot, model).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// How deep folders of folders are looked through.
const MAX_FOLDERS: u32 = 4;

/// The files below a folder.
fn list_files(folder: &Path, depth: u32, into: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        match path.is_dir() {
            true if depth > 0 => list_files(&path, depth - 1, into),
            true => {}
            false => into.push(path),
        }
    }
}

/// All files of the weights whose first file this is.
pub fn parts_of(path: &Path) -> Vec<PathBuf> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let Some((base, count)) = part_of(name) else { return vec![path.to_owned()] };
    let part = |number| path.with_file_name(format!("{base}-{number:05}-of-{count:05}.gguf"));
    (1..=count).map(part).collect()
}

/// Links a content to its name, in the way that `huggingface_hub` does on this system.
#[cfg(unix)]
fn link_blob(target: &str, _blob: &Path, path: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, path)
}

#[cfg(not(unix))]
fn link_blob(_target: &str, blob: &Path, path: &Path) -> io::Result<()> {
    fs::hard_link(blob, path)
}

/// The weights in a snapshot, if all parts are there.
fn weights_in(snapshot: &Path, model: &ModelRef) -> Option<LocalWeights> {
    let mut paths = Vec::new();
    list_files(snapshot, MAX_FOLDERS, &mut paths);
    let mut files: Vec<_> = paths
        .into_iter()
        .filter_map(|path| {
            let name = path.file_name()?.to_str()?.to_owned();
            let bytes = fs::metadata(&path).map_or(0, |about| about.len());
            (model.is_in(&name) && bytes > 0).then_some((path, name, bytes))
        })
        .collect();
    files.sort();
    let whole = files.iter().find(|(_, name, _)| part_of(name).is_none());
    if let Some((path, _, bytes)) = whole {
        return Some(LocalWeights { path: path.clone(), bytes: *bytes });
    }
    let (path, first, _) = files.first()?;
    let (base, count) = part_of(first)?;
    let parts =
        files.iter().filter(|(_, name, _)| part_of(name).is_some_and(|part| part.0 == base));
    let sizes: Vec<_> = parts.map(|(_, _, bytes)| *bytes).collect();
    (sizes.len() == count).then(|| LocalWeights { path: path.clone(), bytes: sizes.iter().sum() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> ModelRef {
        "o/m-GGUF:Q4_K_M".parse().unwrap()
    }

    fn file(path: &str, digit: &str, size: u64) -> RepositoryFile {
        RepositoryFile { path: path.to_owned(), size, sha256: digit.repeat(64) }
    }

    fn repository(files: &[RepositoryFile]) -> Repository {
        Repository { commit: "c".repeat(40), licence: None, files: files.to_vec() }
    }

    fn downloaded(cache: &HubCache, file: &RepositoryFile) {
        let incomplete = cache.incomplete(&model(), file);
        fs::create_dir_all(incomplete.parent().unwrap()).unwrap();
        fs::write(incomplete, vec![b'x'; usize::try_from(file.size).unwrap()]).unwrap();
        cache.keep(&model(), file).unwrap();
    }

    #[test]
    fn what_is_whole_is_found_and_nothing_else() {
        let home = tempfile::tempdir().unwrap();
        let cache = HubCache::new(home.path().join("hub"));
        assert_eq!(cache.find(&model()), None);
        let one = file("m-q4_k_m.gguf", "a", 7);
        let incomplete = cache.incomplete(&model(), &one);
        fs::create_dir_all(incomplete.parent().unwrap()).unwrap();
        fs::write(&incomplete, "xxx").unwrap();
        assert_eq!((cache.find(&model()), cache.bytes_here(&model(), &[&one])), (None, 3));
        downloaded(&cache, &one);
        let linked =
            cache.link(&model(), &repository(std::slice::from_ref(&one)), &[&one]).unwrap();
        assert_eq!(linked.bytes, 7);
        assert_eq!(cache.find(&model()), Some(linked.clone()));
        assert_eq!(fs::read(&linked.path).unwrap(), b"xxxxxxx", "the link leads to the content");
        assert_eq!(cache.bytes_here(&model(), &[&one]), 7);
        let other: ModelRef = "o/m-GGUF:Q8_0".parse().unwrap();
        assert_eq!(cache.find(&other), None);
    }

    #[test]
    fn parts_count_only_together() {
        let home = tempfile::tempdir().unwrap();
        let cache = HubCache::new(home.path().to_owned());
        let parts = [
            file("q/m-q4_k_m-00001-of-00002.gguf", "a", 3),
            file("q/m-q4_k_m-00002-of-00002.gguf", "b", 4),
        ];
        let [first, second] = &parts;
        downloaded(&cache, first);
        let repository = repository(&parts);
        assert!(cache.link(&model(), &repository, &[first]).is_err(), "half a model");
        assert_eq!(cache.find(&model()), None);
        downloaded(&cache, second);
        let weights = cache.link(&model(), &repository, &[first, second]).unwrap();
        assert_eq!(weights.bytes, 7);
        assert!(weights.path.ends_with("q/m-q4_k_m-00001-of-00002.gguf"));
    }

    #[test]
    fn a_file_is_downloaded_by_one_at_a_time() {
        let home = tempfile::tempdir().unwrap();
        let cache = HubCache::new(home.path().to_owned());
        let file = file("m-q4_k_m.gguf", "a", 7);
        let first = cache.lock(&model(), &file).unwrap();
        assert!(first.is_some() && cache.lock(&model(), &file).unwrap().is_none());
        drop(first);
        assert!(cache.lock(&model(), &file).unwrap().is_some());
    }
}
