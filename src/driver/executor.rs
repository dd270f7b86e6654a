//! The world as it really is: model servers, the disk, slow computation.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::context_windows::ContextWindows;
use super::diff::compared;
use super::edit_forms::EditFormRecorder;
use super::hub_queries::{self, HubQueries};
use super::library_thread::LibraryHandle;
use super::play_server::PlayServer;
use super::play_test_runner::PlayTestRunner;
use super::request_recorder::{FLUSH_INTERVAL, RequestRecorder};
use super::save_version::{end_draft, kept};
use super::{TaskContext, TaskExecutor, edit_forms, library_queries, reissue, storage_key};
use crate::app::Prompt;
use crate::app::{
    AutoPlayTest, BaseVersion, DraftContent, ExportError, GamePage, LimitPolicy, OpenedVersion,
    OutputForm, PickerKind, ReceivedChange, SaveTarget, SessionPlan, StoredVerdict, Task,
    TaskEvent, VersionRef, VettingOutcome,
};
use crate::compose;
use crate::config::{Setting, Settings, token};
use crate::game::{
    EditOutcome, Extraction, HtmlSource, PatchedGame, apply_change, extract, stitch, vet,
};
use crate::inference::{
    CompletionRequest, Endpoint, ErrorCause, InferenceClient, InferenceError, Outcome,
    PermanentCause, RequestLimits, Timeouts, client,
};
use crate::library::{
    DataDir, DiskError, LibraryError, VersionId, expand_home, replace_file, write_new,
};
use crate::secret::Secret;

/// Servers, disk and processor.
#[derive(Debug, Clone)]
pub struct SystemExecutor {
    line: Arc<InferenceService>,
    shelf: DataDir,
    books: Arc<LibraryHandle>,
    trials: Arc<PlayTestRunner>,
    stage: Arc<PlayServer>,
    /// What `~` means.
    user_home: Option<PathBuf>,
    inquiry: Arc<HubQueries>,
}

/// The way to the model server. The client is built when the first question is
/// asked: loading certificates must not delay the first frame.
#[derive(Debug)]
struct InferenceService {
    endpoint: Endpoint,
    timeouts: Timeouts,
    token: Option<Setting<Secret>>,
    bill_to: Option<String>,
    engine: &'static str,
    limits: RequestLimits,
    room: ContextWindows,
    client: Mutex<Option<CachedClient>>,
    /// The model that was asked last.
    model: Mutex<String>,
}

/// The client of the last question, and the token it carries.
#[derive(Debug)]
struct CachedClient {
    token: Option<Secret>,
    client: InferenceClient,
}

/// What the settings mean for the machine.
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
    pub fn new(settings: &Settings) -> Self {
        let line = InferenceService {
            endpoint: settings.endpoint.value.clone(),
            timeouts: settings.timeouts,
            token: settings.token.clone(),
            bill_to: settings.bill_to.clone(),
            engine: settings.engine.value.name(),
            limits: settings.limits,
            room: ContextWindows::default(),
            client: Mutex::new(None),
            model: Mutex::default(),
        };
        let home = settings.home.value.clone();
        Self {
            line: Arc::new(line),
            shelf: DataDir::new(home.clone()),
            books: Arc::new(LibraryHandle::new(home)),
            trials: Arc::new(PlayTestRunner::new(settings.browser.clone())),
            stage: Arc::new(PlayServer::new(settings.display.clone())),
            user_home: settings.user_home.clone(),
            inquiry: Arc::new(HubQueries::new(settings)),
        }
    }

    pub fn shelf(&self) -> &DataDir {
        &self.shelf
    }
}

impl TaskExecutor for SystemExecutor {
    fn execute(&self, task: Task, tell: TaskContext) -> impl Future<Output = ()> + Send + 'static {
        let Self { line, shelf, books, stage, trials, user_home, inquiry } = self.clone();
        async move {
            let news = match task {
                Task::Ask(request) => match line.ask(request, (&books, &inquiry), &tell).await {
                    Some(outcome) => TaskEvent::Ended(outcome),
                    None => return,
                },
                Task::Compose { prompt, seed, theme } => composed(prompt, seed, theme).await,
                Task::Stitch { cut, more } => {
                    let joined = blocking(move || stitch(&cut, &more)).await;
                    joined.map_or_else(
                        |why| TaskEvent::Vetted(VettingOutcome::Broke(why)),
                        TaskEvent::Stitched,
                    )
                }
                Task::VetReply { reply, base } => {
                    let memory = EditFormRecorder::new(line.model(), &books, &tell);
                    TaskEvent::Vetted(
                        vetting(move || vet_reply(&reply, base.as_deref(), &memory)).await,
                    )
                }
                Task::VetSource(source) => {
                    TaskEvent::Vetted(vetting(move || vet_source(source)).await)
                }
                Task::Save { product, slug, to, keep } => {
                    let page = product.clone();
                    let to = from_home(to, user_home.as_deref());
                    let saved = on_disk(move || save(&shelf, &page, &slug, to));
                    TaskEvent::Saved(kept(saved.await, product, keep, &books, &tell).await)
                }
                Task::KeepDraft { draft, slug } => {
                    let kept = on_disk(move || keep_draft(&shelf, &draft, &slug)).await;
                    TaskEvent::DraftKept(kept.inspect(|_| end_draft(&books, &tell)))
                }
                Task::LoadStartup => {
                    edit_forms::tell(&books, &tell).await;
                    TaskEvent::StartupLoaded(books.ask(library_queries::greet).await)
                }
                Task::Search { stock, query } => look(stock, query, user_home, &books).await,
                Task::Open(which) => TaskEvent::Opened(open(which, &books).await),
                Task::PlayTest { game, version } => {
                    TaskEvent::PlayTested(trials.of_version(game, version, &books, &tell).await)
                }
                Task::Play(on_hand) => TaskEvent::Played(stage.play(on_hand).await),
                Task::Replace(on_hand) => TaskEvent::Replaced(stage.show(on_hand).await.map(drop)),
                Task::Export(version) => TaskEvent::Exported(export(version, &books).await),
                Task::MakeCurrent(version) => {
                    let restored = books.ask(move |library| library.restore(version)).await;
                    TaskEvent::MadeCurrent(restored.map(drop))
                }
                Task::ListModels => TaskEvent::ModelsListed(inquiry.list().await),
                Task::Credits => TaskEvent::CreditsLoaded(inquiry.spent_this_month().await),
                Task::Compare { new, old } => TaskEvent::Compared(compared(new, old, &books).await),
                Task::KeepPrompt(text) => {
                    TaskEvent::PromptKept(on_disk(move || shelf.save_prompt(&text)).await)
                }
            };
            tell.news(news);
        }
    }
}

impl InferenceService {
    /// Nothing means that the request has to wait, and that this was told.
    async fn ask(
        self: Arc<Self>,
        mut request: CompletionRequest,
        (books, inquiry): (&Arc<LibraryHandle>, &HubQueries),
        tell: &TaskContext,
    ) -> Option<Outcome> {
        let line = Arc::clone(&self);
        line.model.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&request.model);
        let broke = |why| InferenceError::local(ErrorCause::Permanent(PermanentCause::Broken), why);
        let client = match blocking(move || line.client()).await.map_err(broke).flatten() {
            Ok(client) => client,
            Err(trouble) => return Some(Outcome::Failed(trouble)),
        };
        let room = self.room.of(&request.model, (&client, &self.endpoint), inquiry).await;
        if let Some((context, tokens)) = room.map(|context| (context, request.answer_room(context)))
            && tokens < request.max_tokens
        {
            request.max_tokens = tokens;
            tell.news(TaskEvent::StreamProgress(client::StreamProgress::Bounded {
                tokens,
                context,
            }));
        }
        let entry = RequestRecorder::begin(books, self.engine, self.limits, &request, tell).await?;
        let outcome = listen(&client, request, &entry, tell).await;
        entry.end(&outcome);
        Some(outcome)
    }

    /// The model whose answer is at hand: one is asked after the other.
    fn model(&self) -> String {
        self.model.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The one client, made anew only where the token has been renewed; making
    /// it reads the system's certificates.
    fn client(&self) -> Result<InferenceClient, InferenceError> {
        let token = self.token.as_ref().map(token::current);
        let mut kept = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.as_ref().filter(|kept| kept.token == token) {
            return Ok(kept.client.clone());
        }
        let (endpoint, bill_to) = (self.endpoint.clone(), self.bill_to.as_deref());
        let client = InferenceClient::new(endpoint, self.timeouts, token.as_ref(), bill_to)?;
        *kept = Some(CachedClient { token, client: client.clone() });
        Ok(client)
    }
}

/// Asks, tells every piece, and writes the pieces down while they come.
async fn listen(
    client: &InferenceClient,
    request: CompletionRequest,
    entry: &RequestRecorder,
    tell: &TaskContext,
) -> Outcome {
    let hear = |progress: client::StreamProgress| {
        if let client::StreamProgress::Content(text) = &progress {
            entry.append(text);
        }
        tell.news(TaskEvent::StreamProgress(progress));
    };
    let mut asked = std::pin::pin!(client.ask(request, hear));
    loop {
        tokio::select! {
            outcome = &mut asked => return outcome,
            () = tokio::time::sleep(FLUSH_INTERVAL) => entry.flush(),
        }
    }
}

/// What became of a reply; in which form it gave a change is told before that is known.
fn vet_reply(reply: &str, base: Option<&BaseVersion>, memory: &EditFormRecorder) -> VettingOutcome {
    let Some(base) = base else {
        return match extract(reply) {
            Extraction::Whole(source) => vet_source(source),
            Extraction::Truncated(_) => VettingOutcome::Cut,
            Extraction::NoDocument(why) => VettingOutcome::Nothing(why),
        };
    };
    let vetting = match apply_change(reply, &base.source) {
        EditOutcome::Patched(PatchedGame { source, idle, .. }) => {
            memory.given(ReceivedChange::Blocks(idle));
            vet_source(source)
        }
        EditOutcome::Whole(source) => {
            memory.given(ReceivedChange::Page);
            vet_source(source)
        }
        EditOutcome::Unmatched(unmatched) => VettingOutcome::Unmatched(unmatched),
        EditOutcome::Truncated => VettingOutcome::Cut,
        EditOutcome::NoGame(why) => VettingOutcome::Nothing(why),
    };
    memory.missed(&vetting);
    vetting
}

fn vet_source(source: HtmlSource) -> VettingOutcome {
    match vet(source) {
        Ok(vetted) => VettingOutcome::Passed(Arc::new(vetted)),
        Err(rejection) => VettingOutcome::Refused(Arc::new(rejection)),
    }
}

/// Writes the file of a game. The page is made once: for the file and for the library.
fn save(
    shelf: &DataDir,
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
        SaveTarget::GamesFolder => shelf.save_game(slug, &html),
    };
    path.map(|path| (Some(path), html))
}

fn keep_draft(shelf: &DataDir, draft: &DraftContent, slug: &str) -> Result<PathBuf, DiskError> {
    let (text, kind) = draft.to_file();
    shelf.save_draft(slug, &text, kind)
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

async fn vetting(work: impl FnOnce() -> VettingOutcome + Send + 'static) -> VettingOutcome {
    blocking(work).await.unwrap_or_else(VettingOutcome::Broke)
}

async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DiskError> + Send + 'static,
) -> Result<T, DiskError> {
    let broke = |why| DiskError { path: PathBuf::new(), why };
    blocking(work).await.unwrap_or_else(|why| Err(broke(why)))
}

/// Slow work, away from the thread that draws. A panic there becomes words.
#[expect(clippy::disallowed_methods, reason = "the driver is where work starts")]
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, String> {
    tokio::task::spawn_blocking(work).await.map_err(|e| e.to_string())
}
