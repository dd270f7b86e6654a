//! Executes tasks for real: model servers, the disk, slow computation.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::blocking::blocking;
use super::diff::compared;
use super::edit_forms::EditFormRecorder;
use super::hub_queries::{self, HubQueries};
use super::inference_service::InferenceService;
use super::library_thread::LibraryHandle;
use super::play_server::PlayServer;
use super::play_test_runner::PlayTestRunner;
use super::save_version::{end_draft, kept};
use super::vetting::{Vetter, vet_reply, vet_source};
use super::{TaskContext, TaskExecutor, edit_forms, library_queries, reissue, storage_key};
use crate::app::Prompt;
use crate::app::{
    AutoPlayTest, BaseVersion, DraftContent, ExportError, GamePage, LimitPolicy, OpenedVersion,
    OutputForm, PickerKind, SaveTarget, SessionPlan, StoredVerdict, Task, TaskEvent, VersionRef,
    VettingOutcome,
};
use crate::compose;
use crate::config::Settings;
use crate::game::stitch;
use crate::library::{
    DataDir, DiskError, LibraryError, VersionId, expand_home, replace_file, write_new,
};

/// Servers, disk and processor.
#[derive(Debug, Clone)]
pub struct SystemExecutor {
    inference: Arc<InferenceService>,
    data_dir: DataDir,
    books: Arc<LibraryHandle>,
    play_tests: Arc<PlayTestRunner>,
    play_server: Arc<PlayServer>,
    /// What `~` means.
    user_home: Option<PathBuf>,
    hub: Arc<HubQueries>,
    vetter: Arc<Vetter>,
}

/// The plan of a session with these settings.
pub fn plan(settings: &Settings, saving: SaveTarget) -> SessionPlan {
    SessionPlan {
        engine: settings.engine.value,
        model: settings.model.value.clone(),
        variant_models: settings.variant_models.clone(),
        price: hub_queries::price_before(settings),
        credits_usd: settings.credits_usd,
        host: settings.endpoint.value.host().to_owned(),
        has_token: settings.token.is_some(),
        theme: settings.theme.value,
        max_tokens: settings.max_tokens.value,
        idle_timeout: settings.timeouts.idle,
        policy: settings.policy,
        seed: settings.seed,
        limits: settings.limits,
        over_limit: LimitPolicy::default(),
        saving,
        form: OutputForm::default(),
        keep_unsafe: false,
        play_test: AutoPlayTest::default(),
        notices: settings.notices.clone(),
    }
}

impl SystemExecutor {
    /// Prepares the services that these settings name; starts nothing.
    pub fn new(settings: &Settings) -> Self {
        let home = settings.home.value.clone();
        // A check takes a whole processor, and a browser more than one.
        let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            inference: Arc::new(InferenceService::new(settings)),
            data_dir: DataDir::new(home.clone()),
            books: Arc::new(LibraryHandle::new(home)),
            play_tests: Arc::new(PlayTestRunner::new(settings.browser.clone(), processors)),
            play_server: Arc::new(PlayServer::new(settings.display.clone())),
            user_home: settings.user_home.clone(),
            hub: Arc::new(HubQueries::new(settings)),
            vetter: Arc::new(Vetter::new(processors)),
        }
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
        let Self { inference, data_dir, books, play_server, play_tests, user_home, hub, vetter } =
            self.clone();
        async move {
            let news = match task {
                Task::Ask(request) => match inference.ask(request, (&books, &hub), &events).await {
                    Some(outcome) => TaskEvent::Ended(outcome),
                    None => return,
                },
                Task::Compose { prompt, seed, theme } => composed(prompt, seed, theme).await,
                Task::Stitch { cut, more } => stitched(cut, more).await,
                Task::VetReply { reply, base, model } => {
                    let recorder = EditFormRecorder::new(model, &books, &events);
                    vetter.vet(move || vet_reply(&reply, base.as_deref(), &recorder)).await
                }
                Task::VetSource(source) => vetter.vet(move || vet_source(source)).await,
                Task::Save { product, slug, to, keep } => {
                    let page = product.clone();
                    let to = from_home(to, user_home.as_deref());
                    let saved = on_disk(move || save(&data_dir, &page, &slug, to));
                    TaskEvent::Saved(kept(saved.await, product, keep, &books, &events).await)
                }
                Task::KeepDraft { draft, slug } => {
                    let kept = on_disk(move || keep_draft(&data_dir, &draft, &slug)).await;
                    TaskEvent::DraftKept(kept.inspect(|_| end_draft(&books, &events)))
                }
                Task::LoadStartup => {
                    edit_forms::tell(&books, &events).await;
                    TaskEvent::StartupLoaded(books.ask(library_queries::greet).await)
                }
                Task::Search { stock, query } => look(stock, query, user_home, &books).await,
                Task::Open(which) => TaskEvent::Opened(open(which, &books).await),
                Task::PlayTest { game, version } => TaskEvent::PlayTested(
                    play_tests.of_version(game, version, &books, &events).await,
                ),
                Task::Play(on_hand) => TaskEvent::Played(play_server.play(on_hand).await),
                Task::Replace(on_hand) => {
                    TaskEvent::Replaced(play_server.show(on_hand).await.map(drop))
                }
                Task::Export(version) => TaskEvent::Exported(export(version, &books).await),
                Task::MakeCurrent(version) => {
                    let restored = books.ask(move |library| library.restore(version)).await;
                    TaskEvent::MadeCurrent(restored.map(drop))
                }
                Task::ListModels => TaskEvent::ModelsListed(hub.list().await),
                Task::Credits => TaskEvent::CreditsLoaded(hub.spent_this_month().await),
                Task::Compare { new, old } => TaskEvent::Compared(compared(new, old, &books).await),
                Task::KeepPrompt(text) => {
                    TaskEvent::PromptKept(on_disk(move || data_dir.save_prompt(&text)).await)
                }
            };
            events.send(news);
        }
    }
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

fn keep_draft(data_dir: &DataDir, draft: &DraftContent, slug: &str) -> Result<PathBuf, DiskError> {
    let (text, kind) = draft.to_file();
    data_dir.save_draft(slug, &text, kind)
}

async fn stitched(cut: String, more: String) -> TaskEvent {
    match blocking(move || stitch(&cut, &more)).await {
        Ok(whole) => TaskEvent::Stitched(whole),
        Err(why) => TaskEvent::Vetted(VettingOutcome::Broke(why)),
    }
}

async fn composed(prompt: String, seed: u64, theme: compose::GameTheme) -> TaskEvent {
    match blocking(move || compose::compose(&prompt, seed, theme)).await {
        Ok(composition) => TaskEvent::Composed(Box::new(composition)),
        Err(why) => TaskEvent::Vetted(VettingOutcome::Broke(why)),
    }
}

/// What fits the words: on the disk, or in the library.
async fn look(
    stock: PickerKind,
    query: String,
    user_home: Option<PathBuf>,
    books: &Arc<LibraryHandle>,
) -> TaskEvent {
    let words = query.clone();
    let items = match stock {
        PickerKind::Paths => {
            let places = blocking(move || library_queries::places(&words, user_home.as_deref()));
            Ok(places.await.unwrap_or_default())
        }
        PickerKind::Prompts
        | PickerKind::Games
        | PickerKind::DiffBase
        | PickerKind::Variants
        | PickerKind::Models
        | PickerKind::Routes
        | PickerKind::Themes => {
            books.ask(move |library| library_queries::look(library, stock, &words)).await
        }
    };
    TaskEvent::Found { stock, query, items }
}

async fn open(
    which: VersionRef,
    books: &Arc<LibraryHandle>,
) -> Result<Box<OpenedVersion>, LibraryError> {
    let (base, played) = books.ask(move |library| library_queries::open(library, which)).await?;
    opened(base, played).await
}

/// Writes the file of a version here, under the name of its game.
async fn export(version: VersionId, books: &Arc<LibraryHandle>) -> Result<PathBuf, ExportError> {
    let found = books.ask(move |library| {
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
    let is_named = path.extension().is_some() || path.is_dir();
    SaveTarget::File(if is_named { path } else { path.with_extension("html") })
}

async fn opened(
    base: BaseVersion,
    played: Option<StoredVerdict>,
) -> Result<Box<OpenedVersion>, LibraryError> {
    let broke = |why| LibraryError::Failed { path: PathBuf::from("library.db"), why };
    blocking(move || library_queries::opened(base, played)).await.map(Box::new).map_err(broke)
}

async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DiskError> + Send + 'static,
) -> Result<T, DiskError> {
    let broke = |why| DiskError { path: PathBuf::new(), why };
    blocking(work).await.unwrap_or_else(|why| Err(broke(why)))
}
