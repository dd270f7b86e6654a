//! Downloads a model from the Hub into HuggingFace's cache: continued where it stopped, verified by its
//! hash, and under its name only when it is whole.

mod file;

use std::path::Path;
use std::time::Duration;

use crate::config::{LocalEngineSettings, Setting, token};
use crate::inference::client::FileStream;
use crate::inference::models::MAX_LIST_BYTES;
use crate::inference::{
    Endpoint, ErrorCause, InferenceClient, InferenceError, PermanentCause, Timeouts,
};
use crate::local::download::DownloadProgress;
use crate::local::hub_cache::{HubCache, LocalWeights};
use crate::local::machine::free_disk;
use crate::local::repository::{Repository, RepositoryFile};
use crate::local::{DownloadError, LocalError, ModelRef};
use crate::secret::Secret;

use super::blocking::blocking;

use file::FileDownload;

/// How long the Hub has to list the files of a repository.
const LIST_TIMEOUT: Duration = Duration::from_secs(20);
/// Room that a download leaves on the disk, in bytes: a full one stops other programs.
const DISK_MARGIN: u64 = 200_000_000;
/// What is about to be downloaded.
#[derive(Debug, Clone)]
pub struct ModelListing {
    pub model: ModelRef,
    repository: Repository,
    files: Vec<RepositoryFile>,
}

impl ModelListing {
    /// The size of the weights in bytes.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }

    /// The licence of the model, as its page names it. `None` if it does not.
    pub fn licence(&self) -> Option<String> {
        Some(self.repository.licence.as_ref()?.headline(60))
    }

    fn file_refs(&self) -> Vec<&RepositoryFile> {
        self.files.iter().collect()
    }
}

/// Downloads models with these settings.
#[derive(Debug, Clone)]
pub struct ModelDownloader {
    settings: LocalEngineSettings,
    timeouts: Timeouts,
}

impl ModelDownloader {
    /// Nothing is asked yet.
    pub fn new(settings: LocalEngineSettings, timeouts: Timeouts) -> Self {
        Self { settings, timeouts }
    }

    fn cache(&self) -> &HubCache {
        &self.settings.cache
    }

    /// Asks the Hub for the files of a model.
    ///
    /// # Errors
    ///
    /// Downloads are forbidden, the Hub cannot be asked, or it has no such weights.
    pub async fn list(&self, model: &ModelRef) -> Result<ModelListing, LocalError> {
        if let Some(origin) = &self.settings.hub.offline {
            return Err(DownloadError::Offline(origin.to_string()).into());
        }
        let base = self.base()?;
        let address = base.address_below(&format!("api/models/{}", model.repository));
        let address = format!("{address}?blobs=true");
        let body = self.fetch_list(&address).await.map_err(|error| self.explain(&error, model))?;
        let repository = Repository::parse(&body)
            .ok_or_else(|| DownloadError::NotTheHub(base.host().to_owned()))?;
        let files: Vec<_> = repository.weights(model).into_iter().cloned().collect();
        if files.is_empty() {
            let there = repository.quantisations();
            return Err(DownloadError::NoWeights { model: model.to_string(), there }.into());
        }
        Ok(ModelListing { model: model.clone(), repository, files })
    }

    /// Downloads what is missing, and returns the weights.
    ///
    /// # Errors
    ///
    /// The disk has too little room or cannot be written, the connection is lost for good, or a file
    /// is not what the Hub promised. What has arrived is kept for the next time, unless it is wrong.
    pub async fn download(
        &self,
        listing: &ModelListing,
        on_progress: &(impl Fn(DownloadProgress) + Sync),
    ) -> Result<LocalWeights, LocalError> {
        let files = listing.file_refs();
        let total = listing.bytes();
        let here = self.cache().bytes_here(&listing.model, &files);
        self.check_disk(total.saturating_sub(here))?;
        let mut before = 0;
        for file in &files {
            let report = |progress: DownloadProgress| {
                on_progress(DownloadProgress { done: before + progress.done, total, ..progress });
            };
            FileDownload { downloader: self, listing, file }.run(&report).await?;
            before += file.size;
        }
        let linked = self.cache().link(&listing.model, &listing.repository, &files);
        linked.map_err(|error| disk_error(self.cache().folder(), &error))
    }

    fn base(&self) -> Result<&Endpoint, DownloadError> {
        self.settings.hub.base.as_ref().map_err(|why| DownloadError::Hub(why.clone()))
    }

    fn host(&self) -> String {
        self.base().map_or_else(|_| String::new(), |base| base.host().to_owned())
    }

    fn check_disk(&self, missing: u64) -> Result<(), LocalError> {
        let folder = self.cache().folder();
        let need = missing + DISK_MARGIN;
        match free_disk(folder) {
            Some(free) if missing > 0 && free < need => {
                Err(DownloadError::NoDisk { need, free, folder: folder.to_owned() }.into())
            }
            _ => Ok(()),
        }
    }

    /// Most repositories are open, and nobody needs to know who asks: the token is for those that
    /// refuse without it.
    async fn fetch_list(&self, address: &str) -> Result<String, InferenceError> {
        let asked = self.client(None).await?.fetch(address, MAX_LIST_BYTES, LIST_TIMEOUT).await;
        match asked {
            Err(error) => match self.client_after(&error).await? {
                Some(client) => client.fetch(address, MAX_LIST_BYTES, LIST_TIMEOUT).await,
                None => Err(error),
            },
            asked => asked,
        }
    }

    /// The same for a file, from this byte on.
    async fn open_file(&self, address: &str, offset: u64) -> Result<FileStream, InferenceError> {
        match self.client(None).await?.download(address, offset).await {
            Err(error) => match self.client_after(&error).await? {
                Some(client) => client.download(address, offset).await,
                None => Err(error),
            },
            asked => asked,
        }
    }

    /// A client with the token, after a refusal without it. `None` where it would not help.
    async fn client_after(
        &self,
        error: &InferenceError,
    ) -> Result<Option<InferenceClient>, InferenceError> {
        match &self.settings.hub.token {
            Some(token) if matches!(error.status, Some(401 | 403 | 404)) => {
                self.client(Some(token)).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    async fn client(
        &self,
        token: Option<&Setting<Secret>>,
    ) -> Result<InferenceClient, InferenceError> {
        let broken =
            |why: String| InferenceError::local(ErrorCause::Permanent(PermanentCause::Broken), why);
        let base = self.settings.hub.base.clone().map_err(broken)?;
        let (timeouts, token) = (self.timeouts, token.map(token::current));
        let built = blocking(move || InferenceClient::new(base, timeouts, token.as_ref(), None));
        built.await.map_err(broken)?
    }

    /// What an answer of the Hub means for a model.
    fn explain(&self, error: &InferenceError, model: &ModelRef) -> DownloadError {
        let name = model.repository.clone();
        match (error.status, error.cause) {
            (_, ErrorCause::Permanent(PermanentCause::Gated)) | (Some(403), _) => {
                DownloadError::Gated(name)
            }
            // Without a token the Hub says the same of what is private and of what does not exist.
            (Some(401 | 404), _) => DownloadError::NoRepository(name),
            (_, ErrorCause::Permanent(PermanentCause::NotAnAnswer | PermanentCause::Blocked)) => {
                DownloadError::NotTheHub(self.host())
            }
            _ => DownloadError::Hub(describe(error)),
        }
    }
}

fn disk_error(path: &Path, error: &std::io::Error) -> LocalError {
    LocalError::Disk { path: path.to_owned(), why: error.to_string() }
}

/// The cause, and what the server or the system said.
fn describe(error: &InferenceError) -> String {
    let said = error.message.headline(160);
    if said.is_empty() {
        return error.cause.describe().to_owned();
    }
    format!("{} ({said})", error.cause.describe())
}
