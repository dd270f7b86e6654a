//! One file on its way: continued, verified, and named when it is whole.

use std::path::Path;
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufWriter};

use super::{ModelDownloader, ModelListing, describe, disk_error};
use crate::driver::now;
use crate::inference::{ErrorCause, InferenceError, TransientCause};
use crate::local::download::{DownloadProgress, SpeedMeter};
use crate::local::machine::free_disk;
use crate::local::repository::RepositoryFile;
use crate::local::{DownloadError, LocalError};

/// How often a lost connection is made again without any byte since.
const MAX_EMPTY_ATTEMPTS: u32 = 4;
/// The wait before the first of these; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// How often progress is reported.
const REPORT_INTERVAL: Duration = Duration::from_millis(200);
/// Bytes that are read or written at once.
const BLOCK: usize = 1 << 20;

/// One file on its way.
pub(super) struct FileDownload<'d> {
    pub downloader: &'d ModelDownloader,
    pub listing: &'d ModelListing,
    pub file: &'d RepositoryFile,
}

/// What is on disk of a file, open to go on.
struct PartialFile {
    writer: BufWriter<File>,
    hash: Sha256,
    done: u64,
}

impl PartialFile {
    async fn append(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.writer.write_all(bytes).await?;
        self.hash.update(bytes);
        self.done += bytes.len() as u64;
        Ok(())
    }
}

impl FileDownload<'_> {
    /// Brings what is missing, and gives the file its name.
    ///
    /// # Errors
    ///
    /// As [`ModelDownloader::download`].
    pub async fn run(&self, report: &(impl Fn(DownloadProgress) + Sync)) -> Result<(), LocalError> {
        let cache = self.downloader.cache();
        let blob = cache.blob(&self.listing.model, self.file);
        if std::fs::metadata(&blob).is_ok_and(|about| about.len() == self.file.size) {
            return Ok(());
        }
        let incomplete = cache.incomplete(&self.listing.model, self.file);
        let failed = |error: std::io::Error| disk_error(&incomplete, &error);
        if let Some(folder) = incomplete.parent() {
            std::fs::create_dir_all(folder).map_err(|error| disk_error(folder, &error))?;
        }
        let lock = cache.lock(&self.listing.model, self.file).map_err(failed)?;
        let Some(_lock) = lock else {
            let path = incomplete.clone();
            return Err(LocalError::Disk {
                path,
                why: "another download of it is running".to_owned(),
            });
        };
        let mut partial = self.open(&incomplete, report).await.map_err(failed)?;
        self.fetch(&mut partial, report).await?;
        partial.writer.flush().await.map_err(failed)?;
        let what = match format!("{:x}", partial.hash.finalize()) {
            _ if partial.done != self.file.size => "its size",
            hash if hash != self.file.sha256 => "its hash",
            _ => return cache.keep(&self.listing.model, self.file).map_err(failed),
        };
        drop(std::fs::remove_file(&incomplete));
        Err(DownloadError::Damaged { file: self.file.path.clone(), what }.into())
    }

    /// Opens what is there, and hashes it.
    async fn open(
        &self,
        path: &Path,
        report: &(impl Fn(DownloadProgress) + Sync),
    ) -> std::io::Result<PartialFile> {
        let mut options = File::options();
        let mut file =
            options.create(true).read(true).write(true).truncate(false).open(path).await?;
        let (mut hash, mut done) = (Sha256::new(), 0);
        if file.metadata().await?.len() > self.file.size {
            file.set_len(0).await?;
        }
        let mut block = vec![0; BLOCK];
        let mut interval = ReportInterval::default();
        loop {
            let length = file.read(&mut block).await?;
            let Some(bytes) = block.get(..length).filter(|bytes| !bytes.is_empty()) else { break };
            hash.update(bytes);
            done += length as u64;
            if interval.is_due() {
                report(DownloadProgress { is_verifying: true, ..self.progress(done) });
            }
        }
        Ok(PartialFile { writer: BufWriter::with_capacity(BLOCK, file), hash, done })
    }

    fn progress(&self, done: u64) -> DownloadProgress {
        DownloadProgress { done, total: self.file.size, speed: None, is_verifying: false }
    }

    /// Fetches the rest, over as many connections as it takes.
    async fn fetch(
        &self,
        partial: &mut PartialFile,
        report: &(impl Fn(DownloadProgress) + Sync),
    ) -> Result<(), LocalError> {
        let mut empty_attempts = 0;
        while partial.done < self.file.size {
            let before = partial.done;
            let Err(error) = self.fetch_once(partial, report).await? else {
                // The server says that this is all.
                break;
            };
            empty_attempts = if partial.done > before { 0 } else { empty_attempts + 1 };
            let is_passing = matches!(error.cause, ErrorCause::Transient(_));
            if !is_passing || empty_attempts >= MAX_EMPTY_ATTEMPTS {
                partial
                    .writer
                    .flush()
                    .await
                    .map_err(|error| self.write_error(&error, partial.done))?;
                return Err(match error.status {
                    Some(401 | 403 | 404) => self.downloader.explain(&error, &self.listing.model),
                    _ => DownloadError::Interrupted { done: partial.done, why: describe(&error) },
                }
                .into());
            }
            tokio::time::sleep(FIRST_WAIT * 2u32.pow(empty_attempts.min(4))).await;
        }
        Ok(())
    }

    /// Fetches over one connection; the inner error says why it ended too early.
    async fn fetch_once(
        &self,
        partial: &mut PartialFile,
        report: &(impl Fn(DownloadProgress) + Sync),
    ) -> Result<Result<(), InferenceError>, LocalError> {
        let commit = &self.listing.repository.commit;
        let repository = &self.listing.model.repository;
        let route = format!("{repository}/resolve/{commit}/{}", self.file.path);
        let address = self.downloader.base()?.address_below(&route);
        let offset = partial.done;
        let mut stream = match self.downloader.open_file(&address, offset).await {
            Ok(stream) => stream,
            Err(error) => return Ok(Err(error)),
        };
        // A server that cannot begin in the middle sends what is here already.
        let Some(mut known) = partial.done.checked_sub(stream.offset) else {
            return Ok(Err(dropped("the server sent another part of the file")));
        };
        let mut meter = SpeedMeter::new(partial.done, now());
        let mut interval = ReportInterval::default();
        // More than was promised will not become what was promised.
        while partial.done <= self.file.size {
            let bytes = match stream.next().await {
                Ok(Some(bytes)) => bytes,
                Ok(None) => return Ok(self.ended(partial)),
                Err(error) => return Ok(Err(error)),
            };
            let skipped = usize::try_from(known).unwrap_or(usize::MAX).min(bytes.len());
            known -= skipped as u64;
            let written = partial.append(bytes.get(skipped..).unwrap_or_default()).await;
            written.map_err(|error| self.write_error(&error, partial.done))?;
            if interval.is_due() {
                let speed = meter.on_bytes(partial.done, now());
                report(DownloadProgress { speed, ..self.progress(partial.done) });
            }
        }
        Ok(Ok(()))
    }

    /// The answer ended: with the file, or too early.
    fn ended(&self, partial: &PartialFile) -> Result<(), InferenceError> {
        if partial.done >= self.file.size {
            return Ok(());
        }
        Err(dropped("the answer ended too early"))
    }

    fn write_error(&self, error: &std::io::Error, done: u64) -> LocalError {
        let folder = self.downloader.cache().folder();
        if error.kind() == std::io::ErrorKind::StorageFull {
            let need = self.file.size.saturating_sub(done);
            let free = free_disk(folder).unwrap_or_default();
            return DownloadError::NoDisk { need, free, folder: folder.to_owned() }.into();
        }
        disk_error(folder, error)
    }
}

fn dropped(why: &str) -> InferenceError {
    InferenceError::local(ErrorCause::Transient(TransientCause::Dropped), why)
}

/// Lets one report through every now and then.
#[derive(Default)]
struct ReportInterval(Option<Instant>);

impl ReportInterval {
    fn is_due(&mut self) -> bool {
        let now = now();
        let is_due = self.0.is_none_or(|last| now.duration_since(last) >= REPORT_INTERVAL);
        if is_due {
            self.0 = Some(now);
        }
        is_due
    }
}
