//! Executes tasks for real: model servers, the disk, slow computation.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::blocking::blocking;
use super::diff::compared;
use super::edit_forms::EditFormRecorder;
use super::engine_services::{EngineServices, change_engine};
use super::library_queries::LoadedVersion;
use super::library_thread::LibraryHandle;
use super::local_engine::list_local_models;
use super::local_servers::find_local_servers;
use super::model_download::ModelDownloader;
use super::permits::Permits;
use super::plan::plan;
use super::play_server::PlayServer;
use super::play_test_runner::PlayTestRunner;
use super::save_version::{end_draft, kept};
use super::vetting::{Vetter, vet_reply, vet_source};
use super::{
    TaskContext, TaskExecutor, edit_forms, library_queries, model_records, reissue, storage_key,
    wall_clock,
};
use crate::app::{
    BaseVersion, DraftContent, EngineTarget, ExportError, GamePage, JobEvent, JobTask, OpenPurpose,
    OpenedVersion, OutputForm, PickerKind, Prompt, SaveReport, SaveTarget, SessionEvent,
    SessionTask, Task, TaskEvent, VersionRef, VettingOutcome, keep_turned,
};
use crate::compose::{self, OwnMedia};
use crate::config::{LocalSearch, Settings};
use crate::game::stitch;
use crate::library::{
    DataDir, DiskError, GameAddress, LibraryError, VersionId, expand_home, is_stream, replace_file,
    write_new,
};
use crate::local::{LocalError, ModelRef};
use crate::play::Recording;

/// Servers, disk and processor.
#[derive(Debug, Clone)]
pub struct SystemExecutor {
    servers: Arc<Mutex<EngineServices>>,
    data_dir: DataDir,
    library: Arc<LibraryHandle>,
    play_tests: Arc<PlayTestRunner>,
    play_server: Arc<PlayServer>,
    /// What `~` means.
    user_home: Option<PathBuf>,
    local_search: LocalSearch,
    vetter: Arc<Vetter>,
}

impl SystemExecutor {
    /// Prepares the services that these settings name; starts nothing. `recording` is what play-tests
    /// keep of games in motion.
    pub fn new(settings: &Settings, recording: Recording) -> Self {
        let home = settings.files.home.value.clone();
        Self {
            servers: Arc::new(Mutex::new(EngineServices::new(settings))),
            data_dir: DataDir::new(home.clone()),
            library: Arc::new(LibraryHandle::new(home)),
            // A check takes a whole processor, and a browser more than one.
            play_tests: Arc::new(
                PlayTestRunner::new(settings.play.browser.clone(), Permits::per_processor())
                    .with_recording(recording),
            ),
            play_server: Arc::new(PlayServer::with_pointing(settings.play.display.clone())),
            user_home: settings.files.user_home.clone(),
            local_search: settings.local.clone(),
            vetter: Arc::new(Vetter::new(Permits::per_processor())),
        }
    }

    fn services(&self) -> EngineServices {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The folder of games, drafts and the library.
    pub fn data_dir(&self) -> &DataDir {
        &self.data_dir
    }
}

impl TaskExecutor for SystemExecutor {
    fn execute(
        &self,
        task: Task,
        events: TaskContext,
    ) -> impl Future<Output = ()> + Send + 'static {
        let executor = self.clone();
        async move {
            let event = match task {
                Task::Job(task) => executor.job_event(task, &events).await.map(TaskEvent::Job),
                Task::Session(task) => {
                    Some(TaskEvent::Session(executor.session_event(task, &events).await))
                }
            };
            if let Some(event) = event {
                events.send(event);
            }
        }
    }
}

impl SystemExecutor {
    /// Does a task of a job, and returns its last event. `None` if a limit holds the request, which
    /// was reported.
    async fn job_event(self, task: JobTask, events: &TaskContext) -> Option<JobEvent> {
        let EngineServices { inference, hub, .. } = self.services();
        let Self { data_dir, library, play_tests, user_home, vetter, .. } = self;
        Some(match task {
            JobTask::Ask(request) => {
                JobEvent::Ended(inference.ask(*request, (&library, &hub), events).await?)
            }
            JobTask::Compose { prompts, base, seed, theme, media } => {
                composed(prompts, base, (seed, theme), media).await
            }
            JobTask::Stitch { cut, more } => stitched(cut, more).await,
            JobTask::VetReply { reply, base, model } => {
                let recorder = EditFormRecorder::new(model, &library, events);
                vetter.vet(move || vet_reply(&reply, base.as_deref(), &recorder)).await
            }
            JobTask::VetSource(source) => vetter.vet(move || vet_source(source)).await,
            JobTask::Save { product, slug, to, keep } => {
                let page = product.clone();
                let to = from_home(to, user_home.as_deref());
                let saved = on_disk(move || save(&data_dir, &page, &slug, to));
                JobEvent::Saved(kept(saved.await, product, keep, &library, events).await)
            }
            JobTask::Overwrite { product, path } => {
                JobEvent::Overwritten(on_disk(move || replace_file(&path, product.html())).await)
            }
            JobTask::KeepDraft { draft, slug } => {
                let kept = on_disk(move || keep_draft(&data_dir, &draft, &slug)).await;
                JobEvent::DraftKept(kept.inspect(|_| end_draft(&library, events)))
            }
            JobTask::KeepTry(made) => {
                // Waited for, so that the last try of a command is kept; a library that fails says so
                // elsewhere.
                drop(library.ask(move |library| library.record_try(&made, wall_clock())).await);
                return None;
            }
            JobTask::PlayTest { game, version } => {
                JobEvent::PlayTested(play_tests.of_version(game, version, &library, events).await)
            }
        })
    }

    /// Does a task of the session, and returns its last event.
    async fn session_event(self, task: SessionTask, events: &TaskContext) -> SessionEvent {
        let EngineServices { hub, settings, .. } = self.services();
        let Self { servers, data_dir, library, play_server, user_home, local_search, .. } = self;
        match task {
            SessionTask::LoadStartup => {
                edit_forms::send_tallies(&library, events).await;
                model_records::send_summaries(&library, events).await;
                SessionEvent::StartupLoaded(library.ask(library_queries::startup_summary).await)
            }
            SessionTask::Search { kind, query } => {
                picker_items(kind, query, user_home, &library).await
            }
            SessionTask::Open(target) => {
                SessionEvent::Opened(open(target, OpenPurpose::Change, &library).await)
            }
            SessionTask::Look(version) => {
                let target = VersionRef::Version(GameAddress::Version(version));
                SessionEvent::Opened(open(target, OpenPurpose::Look, &library).await)
            }
            SessionTask::Play(playable) => {
                SessionEvent::Played(play_server.play(playable).await.map(Some))
            }
            SessionTask::Replace(playable) => {
                SessionEvent::Played(play_server.show(playable).await.and(Ok(None)))
            }
            SessionTask::FollowPointing => match play_server.follow_pointing(events).await {},
            SessionTask::Export(version) => SessionEvent::Exported(export(version, &library).await),
            SessionTask::SaveCopy { product, slug, to } => {
                let to = from_home(to, user_home.as_deref());
                SessionEvent::CopySaved(copied(data_dir, product, slug, to).await)
            }
            SessionTask::MakeCurrent(version) => SessionEvent::MadeCurrent(
                library.ask(move |it| it.restore(version).map(drop)).await,
            ),
            SessionTask::ListModels => {
                model_records::send_summaries(&library, events).await;
                SessionEvent::ModelsListed(hub.list().await)
            }
            SessionTask::UseEngine(target) => {
                use_engine(target, settings, data_dir, &servers).await
            }
            SessionTask::FindLocalServers => {
                SessionEvent::LocalServersFound(find_local_servers(&local_search).await)
            }
            SessionTask::ListLocalModels => {
                let listed = blocking(move || list_local_models(&settings)).await;
                SessionEvent::LocalModelsListed(listed.unwrap_or_default())
            }
            SessionTask::DownloadModel(model) => {
                SessionEvent::ModelDownloaded(download(model, &settings, events).await)
            }
            SessionTask::Credits => SessionEvent::CreditsLoaded(hub.spent_this_month().await),
            SessionTask::Compare { new, old } => {
                SessionEvent::Compared(compared(new, old, &library).await)
            }
            SessionTask::KeepPrompt(text) => {
                SessionEvent::PromptKept(on_disk(move || data_dir.save_prompt(&text)).await)
            }
        }
    }
}

/// Changes to another engine, whose services are used from now on.
async fn use_engine(
    target: EngineTarget,
    settings: Arc<Settings>,
    data_dir: DataDir,
    servers: &Mutex<EngineServices>,
) -> SessionEvent {
    let changed = blocking(move || change_engine(&settings, &target, &data_dir)).await;
    let changed = changed.unwrap_or_else(Err);
    SessionEvent::EngineChanged(changed.map(|services| {
        let plan = plan(&services.settings, SaveTarget::GamesFolder);
        *servers.lock().unwrap_or_else(PoisonError::into_inner) = services;
        Box::new(plan)
    }))
}

/// Downloads a model, and tells how far it is.
async fn download(
    model: ModelRef,
    settings: &Settings,
    events: &TaskContext,
) -> Result<ModelRef, LocalError> {
    let downloader = ModelDownloader::new(settings.local_engine.clone(), settings.network.timeouts);
    let listing = downloader.list(&model).await?;
    let report = |progress| events.send(SessionEvent::DownloadProgressed(progress));
    downloader.download(&listing, &report).await?;
    Ok(model)
}

/// Writes the file of a game. The page is made once: for the file and for the library.
fn save(
    data_dir: &DataDir,
    product: &GamePage,
    slug: &str,
    to: SaveTarget,
) -> Result<(Option<PathBuf>, String), DiskError> {
    let html = product.html();
    let path = match to {
        SaveTarget::Nowhere => return Ok((None, html)),
        SaveTarget::Folder(folder) => write_new(&folder.join(format!("{slug}.html")), &html),
        SaveTarget::File(path) if path.is_dir() => {
            write_new(&path.join(format!("{slug}.html")), &html)
        }
        SaveTarget::File(path) => write_new(&path, &html),
        SaveTarget::Over(path) => replace_file(&path, &html),
        SaveTarget::GamesFolder => data_dir.save_game(slug, &html),
    };
    path.map(|path| (Some(path), html))
}

/// Writes the file of a game that is in the library or elsewhere already.
async fn copied(
    data_dir: DataDir,
    product: GamePage,
    slug: String,
    to: SaveTarget,
) -> Result<SaveReport, DiskError> {
    let saved = on_disk(move || save(&data_dir, &product, &slug, to)).await;
    saved.map(|(path, _)| SaveReport { path, version: None })
}

fn keep_draft(data_dir: &DataDir, draft: &DraftContent, slug: &str) -> Result<PathBuf, DiskError> {
    let (text, kind) = draft.to_file();
    data_dir.save_draft(slug, &text, kind)
}

async fn stitched(cut: String, more: String) -> JobEvent {
    match blocking(move || stitch(&cut, &more)).await {
        Ok(whole) => JobEvent::Stitched(whole),
        Err(why) => JobEvent::Vetted(VettingOutcome::Broke(why)),
    }
}

async fn composed(
    prompts: Vec<String>,
    base: Option<Arc<BaseVersion>>,
    (seed, theme): (u64, compose::GameTheme),
    media: Arc<[OwnMedia]>,
) -> JobEvent {
    let compose = move || {
        let own = base.as_ref().map_or_else(Vec::new, |base| OwnMedia::of_page(&base.source));
        let all = compose::merged_media(own.clone(), &media);
        let mut made = compose::compose_with(&prompts, seed, theme, &all);
        if let (Some(base), Some((_, earlier))) = (base, prompts.split_last()) {
            let earlier = compose::compose_with(earlier, seed, theme, &own).source;
            made.source = keep_turned(earlier.text(), &base.source, made.source);
        }
        made
    };
    match blocking(compose).await {
        Ok(composition) => JobEvent::Composed(Box::new(composition)),
        Err(why) => JobEvent::Vetted(VettingOutcome::Broke(why)),
    }
}

/// What fits the words: on the disk, or in the library.
async fn picker_items(
    kind: PickerKind,
    query: String,
    user_home: Option<PathBuf>,
    library: &Arc<LibraryHandle>,
) -> SessionEvent {
    let text = query.clone();
    let items = match kind {
        PickerKind::Paths => {
            let path_items =
                blocking(move || library_queries::path_items(&text, user_home.as_deref()));
            Ok(path_items.await.unwrap_or_default())
        }
        PickerKind::Prompts
        | PickerKind::Games
        | PickerKind::DiffBase
        | PickerKind::Variants
        | PickerKind::Models
        | PickerKind::Routes
        | PickerKind::Themes => {
            library.ask(move |library| library_queries::search(library, kind, &text)).await
        }
    };
    SessionEvent::Found { kind, query, items }
}

async fn open(
    target: VersionRef,
    purpose: OpenPurpose,
    library: &Arc<LibraryHandle>,
) -> Result<Box<OpenedVersion>, LibraryError> {
    let loaded = library.ask(move |library| library_queries::open(library, target)).await?;
    opened(loaded, purpose).await
}

/// Writes the file of a version here, under the name of its game.
async fn export(version: VersionId, library: &Arc<LibraryHandle>) -> Result<PathBuf, ExportError> {
    let found = library.ask(move |library| {
        let key = storage_key(library, version.game)?;
        Ok((library.game(version.game)?, library.page_texts(version)?, key))
    });
    let (game, page, key) = found.await.map_err(ExportError::Library)?;
    let name = format!("{}.html", Prompt::slug(&game.title));
    let write = move || {
        let file = reissue(&page.source, &key, OutputForm::Sealed);
        write_new(Path::new(&name), &file.html)
    };
    on_disk(write).await.map_err(ExportError::Disk)
}

/// A file as people name it: `~` is their home, and what has no ending is a page.
fn from_home(to: SaveTarget, user_home: Option<&Path>) -> SaveTarget {
    let SaveTarget::File(path) = to else { return to };
    let path = expand_home(&path, user_home);
    let is_named = path.extension().is_some() || path.is_dir() || is_stream(&path);
    SaveTarget::File(if is_named { path } else { path.with_extension("html") })
}

async fn opened(
    loaded: LoadedVersion,
    purpose: OpenPurpose,
) -> Result<Box<OpenedVersion>, LibraryError> {
    let broke = |why| LibraryError::Failed { path: PathBuf::from("library.db"), why };
    blocking(move || library_queries::opened(loaded, purpose)).await.map(Box::new).map_err(broke)
}

async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DiskError> + Send + 'static,
) -> Result<T, DiskError> {
    let broke = |why| DiskError { path: PathBuf::new(), why };
    blocking(work).await.unwrap_or_else(|why| Err(broke(why)))
}
