//! What is remembered of a server that was started here, so that another run can use it or end it.
//!
//! One file for each server, `local-servers/PORT.json` in the home, readable only by the user: it holds
//! the server's key, which is good for nothing else.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::process_identity::ProcessIdentity;
use super::server_log::TAIL_BYTES;

/// How long a server lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServerLifetime {
    /// As long as the program that started it.
    Program,
    /// Until the user stops it.
    UntilStopped,
}

/// A server that was started here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerRecord {
    pub port: u16,
    pub key: String,
    /// What the server calls the model.
    pub name: String,
    pub weights: PathBuf,
    /// In tokens.
    pub context: u32,
    pub lifetime: ServerLifetime,
    pub server: ProcessIdentity,
    /// The program that started it.
    pub starter: ProcessIdentity,
}

impl ServerRecord {
    /// Its address without a route.
    pub fn root(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Whether it should have ended with the program that started it.
    pub fn is_orphan(&self) -> bool {
        self.lifetime == ServerLifetime::Program && !self.starter.is_alive()
    }
}

/// The folder of the records, logs and the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerRecords {
    folder: PathBuf,
}

impl ServerRecords {
    /// The records in a home.
    pub fn new(home: &Path) -> Self {
        Self { folder: home.join("local-servers") }
    }

    /// Where they are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn loading_times(&self) -> PathBuf {
        self.folder.join("loading-times.toml")
    }

    fn read_loading_times(&self) -> toml::Table {
        let text = fs::read_to_string(self.loading_times()).unwrap_or_default();
        text.parse().unwrap_or_default()
    }

    /// How long these weights took to load the last time. `None` if they never were.
    pub fn loading_time(&self, weights: &Path) -> Option<Duration> {
        let times = self.read_loading_times();
        let milliseconds = times.get(&*weights.to_string_lossy())?.as_integer()?;
        Some(Duration::from_millis(u64::try_from(milliseconds).ok()?))
    }

    /// Remembers it. What cannot be written is guessed the next time.
    pub fn remember_loading(&self, weights: &Path, time: Duration) {
        let mut times = self.read_loading_times();
        let milliseconds = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        times.insert(weights.to_string_lossy().into_owned(), milliseconds.into());
        let unfinished = self.loading_times().with_extension("new");
        let written = fs::write(&unfinished, times.to_string());
        drop(written.and_then(|()| fs::rename(unfinished, self.loading_times())));
    }

    fn record(&self, port: u16) -> PathBuf {
        self.folder.join(format!("{port}.json"))
    }

    /// The log of the server at this port.
    pub fn log(&self, port: u16) -> PathBuf {
        self.folder.join(format!("{port}.log"))
    }

    /// The servers that run, the youngest first. Records of those that ended are removed, with their
    /// logs.
    pub fn running(&self) -> Vec<ServerRecord> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let paths = entries.map(|entry| entry.path());
        let files = paths.filter(|path| path.extension().is_some_and(|end| end == "json"));
        let mut running = Vec::new();
        for path in files {
            // Another run may have removed it.
            let Ok(text) = fs::read_to_string(&path) else { continue };
            match serde_json::from_str::<ServerRecord>(&text) {
                Ok(record) if record.server.is_alive() => running.push(record),
                Ok(_) | Err(_) => {
                    drop(fs::remove_file(&path));
                    drop(fs::remove_file(path.with_extension("log")));
                }
            }
        }
        running.sort_by_key(|record| std::cmp::Reverse(record.server.started));
        running
    }

    /// Creates the log of a server to be started.
    ///
    /// # Errors
    ///
    /// The folder cannot be written.
    pub fn create_log(&self, port: u16) -> io::Result<File> {
        fs::create_dir_all(&self.folder)?;
        private_file(&self.log(port))
    }

    /// The end of a server's log; empty if there is none.
    pub fn log_tail(&self, port: u16) -> String {
        let read = || -> io::Result<Vec<u8>> {
            let mut file = File::open(self.log(port))?;
            let length = file.metadata()?.len();
            file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
            let mut bytes = Vec::new();
            file.take(TAIL_BYTES).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        String::from_utf8_lossy(&read().unwrap_or_default()).into_owned()
    }

    /// Writes a record, whole or not at all.
    ///
    /// # Errors
    ///
    /// The folder cannot be written.
    pub fn write(&self, record: &ServerRecord) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let path = self.record(record.port);
        let unfinished = path.with_extension("new");
        private_file(&unfinished)?.write_all(serde_json::to_string(record)?.as_bytes())?;
        fs::rename(unfinished, path)
    }

    /// Ends a server that another run started, with its record and its log. Blocks for a moment.
    pub fn end(&self, record: &ServerRecord) {
        record.server.end();
        self.forget(record.port);
        self.remove_log(record.port);
    }

    /// Forgets a server that was ended. Its log stays if the server failed.
    pub fn forget(&self, port: u16) {
        drop(fs::remove_file(self.record(port)));
    }

    /// Removes the log of a server that was ended on purpose.
    pub fn remove_log(&self, port: u16) {
        drop(fs::remove_file(self.log(port)));
    }

    /// Waits until no other run starts a server, and keeps others from it as long as the file is held.
    /// Blocks.
    ///
    /// # Errors
    ///
    /// The folder cannot be written.
    pub fn lock(&self) -> io::Result<File> {
        fs::create_dir_all(&self.folder)?;
        let lock = private_file(&self.folder.join("lock"))?;
        lock.lock()?;
        Ok(lock)
    }
}

/// A file that only the user can read.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn record(port: u16, server: ProcessIdentity) -> ServerRecord {
        ServerRecord {
            port,
            key: "key".to_owned(),
            name: "o/m:Q4_K_M".to_owned(),
            weights: "/m.gguf".into(),
            context: 8_192,
            lifetime: ServerLifetime::UntilStopped,
            server,
            starter: ProcessIdentity::own(),
        }
    }

    #[test]
    fn only_what_runs_is_found_and_the_rest_is_cleared_away() {
        let home = tempfile::tempdir().unwrap();
        let records = ServerRecords::new(home.path());
        assert_eq!(records.running(), []);
        let alive = record(1, ProcessIdentity::own());
        let reused = ProcessIdentity { started: 5, ..ProcessIdentity::own() };
        records.write(&alive).unwrap();
        records.write(&record(2, reused)).unwrap();
        records.create_log(2).unwrap();
        fs::write(home.path().join("local-servers/3.json"), "{").unwrap();
        assert_eq!(records.running(), [alive]);
        let left = fs::read_dir(home.path().join("local-servers")).unwrap().count();
        assert_eq!(left, 1, "the dead one's log is gone, too");
        let mode = fs::metadata(records.record(1)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "it holds a key");
    }

    #[test]
    fn a_server_is_an_orphan_once_its_starter_is_gone() {
        let gone = ProcessIdentity { started: 5, ..ProcessIdentity::own() };
        let mut server = record(1, ProcessIdentity::own());
        server.starter = gone;
        assert!(!server.is_orphan(), "the user stops it");
        server.lifetime = ServerLifetime::Program;
        assert!(server.is_orphan());
        server.starter = ProcessIdentity::own();
        assert!(!server.is_orphan());
    }
}
