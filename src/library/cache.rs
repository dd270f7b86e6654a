//! A cache of servers' answers, as files in the home folder.
//!
//! A file that is damaged, of another format or dated in the future counts as missing and is
//! overwritten. Each holds the hash of its whole key, so an answer is never taken for that of
//! another server.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::files::{DiskError, create_folder, replace_file};
use super::read::read_text_file;
use super::store::sha256;
use super::version::UnixMillis;

/// The largest cache file that is read, in bytes.
const MAX_FILE_BYTES: usize = 20 << 20;
/// A file of another format version is ignored.
const FORMAT_VERSION: u32 = 1;

/// The folder of cached answers.
#[derive(Debug, Clone)]
pub struct AnswerCache {
    folder: PathBuf,
}

/// A cached answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachedAnswer {
    pub text: String,
    pub age: Duration,
}

/// The key is stored as its hash, because an address may hold an API key.
#[derive(Serialize, Deserialize)]
struct CacheFile {
    form: u32,
    question: String,
    at: i64,
    text: String,
}

impl AnswerCache {
    /// The cache in a data folder.
    pub fn new(home: &std::path::Path) -> Self {
        Self { folder: home.join("cache") }
    }

    /// Stores the answer for `key`. `text` must not hold secrets.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn store(
        &self,
        kind: &str,
        key: &str,
        text: &str,
        now: UnixMillis,
    ) -> Result<(), DiskError> {
        let file = CacheFile {
            form: FORMAT_VERSION,
            question: sha256(key),
            at: now.0,
            text: text.to_owned(),
        };
        let json = serde_json::to_string(&file).unwrap_or_default();
        create_folder(&self.folder)?;
        replace_file(&self.path_for(kind, key), json).map(drop)
    }

    /// The cached answer for `key`, of any age; `None` if there is none.
    pub fn load(&self, kind: &str, key: &str, now: UnixMillis) -> Option<CachedAnswer> {
        let json = read_text_file(&self.path_for(kind, key), MAX_FILE_BYTES).ok()?;
        let file = serde_json::from_str::<CacheFile>(&json).ok()?;
        if file.form != FORMAT_VERSION || file.question != sha256(key) || file.at > now.0 {
            return None;
        }
        Some(CachedAnswer { text: file.text, age: now.since(UnixMillis(file.at)) })
    }

    fn path_for(&self, kind: &str, key: &str) -> PathBuf {
        let hash = sha256(key);
        self.folder.join(format!("{kind}-{}.json", hash.get(..16).unwrap_or(&hash)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_000_000);

    #[test]
    fn an_answer_is_found_again_by_the_same_question_alone() {
        let home = tempfile::tempdir().unwrap();
        let cache = AnswerCache::new(home.path());
        assert_eq!(cache.load("models", "https://a/", NOW), None);
        cache.store("models", "https://a/", "{}", NOW).unwrap();
        let later = NOW.after(Duration::from_secs(7));
        let kept = CachedAnswer { text: "{}".to_owned(), age: Duration::from_secs(7) };
        assert_eq!(cache.load("models", "https://a/", later), Some(kept));
        assert_eq!(cache.load("models", "https://b/", later), None);
        assert_eq!(cache.load("whoami", "https://a/", later), None);
        let earlier = NOW.before(Duration::from_secs(7));
        assert_eq!(cache.load("models", "https://a/", earlier), None, "it comes from the future");
    }

    #[test]
    fn an_address_with_a_key_is_not_written_down() {
        let home = tempfile::tempdir().unwrap();
        let cache = AnswerCache::new(home.path());
        cache.store("models", "https://a/?key=geheim", "{}", NOW).unwrap();
        let path = cache.path_for("models", "https://a/?key=geheim");
        assert!(!std::fs::read_to_string(&path).unwrap().contains("geheim"));
        assert!(!path.to_string_lossy().contains("geheim"));
    }

    #[test]
    fn a_damaged_file_is_no_file_and_is_written_anew() {
        let home = tempfile::tempdir().unwrap();
        let cache = AnswerCache::new(home.path());
        cache.store("models", "k", "one", NOW).unwrap();
        let path = cache.path_for("models", "k");
        for damage in ["", "{", "\0\0", r#"{"form":9,"question":"","at":1,"text":"x"}"#] {
            std::fs::write(&path, damage).unwrap();
            assert_eq!(cache.load("models", "k", NOW), None, "{damage:?}");
        }
        // A file under this name that answers something else.
        let other = format!(r#"{{"form":1,"question":"{}","at":1,"text":"x"}}"#, sha256("other"));
        std::fs::write(&path, &other).unwrap();
        assert_eq!(cache.load("models", "k", NOW), None);
        std::fs::write(&path, other.replace(&sha256("other"), &sha256("k"))).unwrap();
        assert_eq!(cache.load("models", "k", NOW).unwrap().text, "x");
        cache.store("models", "k", "two", NOW).unwrap();
        assert_eq!(cache.load("models", "k", NOW).unwrap().text, "two");
        assert_eq!(std::fs::read_dir(home.path().join("cache")).unwrap().count(), 1);
    }
}
