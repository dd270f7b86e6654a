//! The world as it really is: model servers, the disk, slow computation.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::books::Books;
use super::compared::compared;
use super::entry::{Entry, WRITE_EVERY};
use super::forms::Memory;
use super::inquiry::{self, Inquiry};
use super::keep::{end_draft, kept};
use super::room::Room;
use super::stage::Stage;
use super::trials::Trials;
use super::{Tell, World, forms, reissue, shelved, storage_key};
use crate::app::Prompt;
use crate::app::{
    Base, DraftContent, ExportError, Given, News, Opened, OutputForm, OverLimit, Plan, PlayTest,
    Product, Remembered, Saving, Stock, Task, Vetting, Which,
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
pub struct Real {
    line: Arc<Line>,
    shelf: DataDir,
    books: Arc<Books>,
    trials: Arc<Trials>,
    stage: Arc<Stage>,
    /// What `~` means.
    user_home: Option<PathBuf>,
    inquiry: Arc<Inquiry>,
}

/// The way to the model server. The client is built when the first question is
/// asked: loading certificates must not delay the first frame.
#[derive(Debug)]
struct Line {
    endpoint: Endpoint,
    timeouts: Timeouts,
    token: Option<Setting<Secret>>,
    bill_to: Option<String>,
    engine: &'static str,
    limits: RequestLimits,
    room: Room,
    client: Mutex<Option<Kept>>,
    /// The model that was asked last.
    model: Mutex<String>,
}

/// The client of the last question, and the token it carries.
#[derive(Debug)]
struct Kept {
    token: Option<Secret>,
    client: InferenceClient,
}

/// What the settings mean for the machine.
pub fn plan(settings: &Settings, saving: Saving) -> Plan {
    Plan {
        engine: settings.engine.value,
        model: settings.model.value.clone(),
        variant_models: settings.variant_models.clone(),
        price: inquiry::price_before(settings),
        credits_usd: settings.credits_usd,
        host: settings.endpoint.value.host().to_owned(),
        has_token: settings.token.is_some(),
        theme: settings.theme.value,
        max_tokens: settings.max_tokens.value,
        patience: settings.timeouts.idle,
        policy: settings.policy,
        seed: settings.seed,
        limits: settings.limits,
        over_limit: OverLimit::default(),
        saving,
        form: OutputForm::default(),
        keep_unsafe: false,
        play_test: PlayTest::default(),
        notices: settings.notices.clone(),
    }
}

impl Real {
    pub fn new(settings: &Settings) -> Self {
        let line = Line {
            endpoint: settings.endpoint.value.clone(),
            timeouts: settings.timeouts,
            token: settings.token.clone(),
            bill_to: settings.bill_to.clone(),
            engine: settings.engine.value.name(),
            limits: settings.limits,
            room: Room::default(),
            client: Mutex::new(None),
            model: Mutex::default(),
        };
        let home = settings.home.value.clone();
        Self {
            line: Arc::new(line),
            shelf: DataDir::new(home.clone()),
            books: Arc::new(Books::new(home)),
            trials: Arc::new(Trials::new(settings.browser.clone())),
            stage: Arc::new(Stage::new(settings.display.clone())),
            user_home: settings.user_home.clone(),
            inquiry: Arc::new(Inquiry::new(settings)),
        }
    }

    pub fn shelf(&self) -> &DataDir {
        &self.shelf
    }
}

impl World for Real {
    fn perform(&self, task: Task, tell: Tell) -> impl Future<Output = ()> + Send + 'static {
        let Self { line, shelf, books, stage, trials, user_home, inquiry } = self.clone();
        async move {
            let news = match task {
                Task::Ask(request) => match line.ask(request, (&books, &inquiry), &tell).await {
                    Some(outcome) => News::Ended(outcome),
                    None => return,
                },
                Task::Compose { prompt, seed, theme } => composed(prompt, seed, theme).await,
                Task::Stitch { cut, more } => {
                    let joined = blocking(move || stitch(&cut, &more)).await;
                    joined.map_or_else(|why| News::Vetted(Vetting::Broke(why)), News::Stitched)
                }
                Task::VetReply { reply, base } => {
                    let memory = Memory::new(line.model(), &books, &tell);
                    News::Vetted(vetting(move || vet_reply(&reply, base.as_deref(), &memory)).await)
                }
                Task::VetSource(source) => News::Vetted(vetting(move || passed(source)).await),
                Task::Save { product, slug, to, keep } => {
                    let page = product.clone();
                    let to = from_home(to, user_home.as_deref());
                    let saved = on_disk(move || save(&shelf, &page, &slug, to));
                    News::Saved(kept(saved.await, product, keep, &books, &tell).await)
                }
                Task::KeepDraft { draft, slug } => {
                    let kept = on_disk(move || keep_draft(&shelf, &draft, &slug)).await;
                    News::DraftKept(kept.inspect(|_| end_draft(&books, &tell)))
                }
                Task::Greet => {
                    forms::tell(&books, &tell).await;
                    News::Greeted(books.ask(shelved::greet).await)
                }
                Task::Look { stock, query } => look(stock, query, user_home, &books).await,
                Task::Open(which) => News::Opened(open(which, &books).await),
                Task::TryOut { game, version } => {
                    News::Tried(trials.of_version(game, version, &books, &tell).await)
                }
                Task::Play(on_hand) => News::Played(stage.play(on_hand).await),
                Task::Replace(on_hand) => News::Replaced(stage.show(on_hand).await.map(drop)),
                Task::Export(version) => News::Exported(export(version, &books).await),
                Task::MakeCurrent(version) => {
                    let restored = books.ask(move |library| library.restore(version)).await;
                    News::MadeCurrent(restored.map(drop))
                }
                Task::Catalogue => News::Catalogued(inquiry.list().await),
                Task::Credits => News::Credited(inquiry.spent_this_month().await),
                Task::Compare { new, old } => News::Compared(compared(new, old, &books).await),
                Task::KeepPrompt(text) => {
                    News::PromptKept(on_disk(move || shelf.save_prompt(&text)).await)
                }
            };
            tell.news(news);
        }
    }
}

impl Line {
    /// Nothing means that the request has to wait, and that this was told.
    async fn ask(
        self: Arc<Self>,
        mut request: CompletionRequest,
        (books, inquiry): (&Arc<Books>, &Inquiry),
        tell: &Tell,
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
            tell.news(News::Heard(client::StreamProgress::Bounded { tokens, context }));
        }
        let entry = Entry::begin(books, self.engine, self.limits, &request, tell).await?;
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
        *kept = Some(Kept { token, client: client.clone() });
        Ok(client)
    }
}

/// Asks, tells every piece, and writes the pieces down while they come.
async fn listen(
    client: &InferenceClient,
    request: CompletionRequest,
    entry: &Entry,
    tell: &Tell,
) -> Outcome {
    let hear = |progress: client::StreamProgress| {
        if let client::StreamProgress::Content(text) = &progress {
            entry.hear(text);
        }
        tell.news(News::Heard(progress));
    };
    let mut asked = std::pin::pin!(client.ask(request, hear));
    loop {
        tokio::select! {
            outcome = &mut asked => return outcome,
            () = tokio::time::sleep(WRITE_EVERY) => entry.write_down(),
        }
    }
}

/// What became of a reply; in which form it gave a change is told before that is known.
fn vet_reply(reply: &str, base: Option<&Base>, memory: &Memory) -> Vetting {
    let Some(base) = base else {
        return match extract(reply) {
            Extraction::Whole(source) => passed(source),
            Extraction::Truncated(_) => Vetting::Cut,
            Extraction::NoDocument(why) => Vetting::Nothing(why),
        };
    };
    let vetting = match apply_change(reply, &base.source) {
        EditOutcome::Patched(PatchedGame { source, idle, .. }) => {
            memory.given(Given::Blocks(idle));
            passed(source)
        }
        EditOutcome::Whole(source) => {
            memory.given(Given::Page);
            passed(source)
        }
        EditOutcome::Unmatched(unmatched) => Vetting::Unmatched(unmatched),
        EditOutcome::Truncated => Vetting::Cut,
        EditOutcome::NoGame(why) => Vetting::Nothing(why),
    };
    memory.missed(&vetting);
    vetting
}

fn passed(source: HtmlSource) -> Vetting {
    match vet(source) {
        Ok(vetted) => Vetting::Passed(Arc::new(vetted)),
        Err(rejection) => Vetting::Refused(Arc::new(rejection)),
    }
}

/// Writes the file of a game. The page is made once: for the file and for the library.
fn save(
    shelf: &DataDir,
    product: &Product,
    slug: &str,
    to: Saving,
) -> Result<(Option<PathBuf>, String), DiskError> {
    let html = product.html();
    let path = match to {
        Saving::Nowhere => return Ok((None, html)),
        Saving::Folder(folder) => write_new(&folder.join(format!("{slug}.html")), &html),
        Saving::File(path) if path.is_dir() => write_new(&path.join(format!("{slug}.html")), &html),
        Saving::File(path) => write_new(&path, &html),
        Saving::Over(path) => replace_file(&path, &html),
        Saving::Shelf => shelf.save_game(slug, &html),
    };
    path.map(|path| (Some(path), html))
}

fn keep_draft(shelf: &DataDir, draft: &DraftContent, slug: &str) -> Result<PathBuf, DiskError> {
    let (text, kind) = draft.to_file();
    shelf.save_draft(slug, &text, kind)
}

async fn composed(prompt: String, seed: u64, theme: compose::GameTheme) -> News {
    match blocking(move || compose::compose(&prompt, seed, theme)).await {
        Ok(composition) => News::Composed(Box::new(composition)),
        Err(why) => News::Vetted(Vetting::Broke(why)),
    }
}

/// What fits the words: on the disk, or in the library.
async fn look(stock: Stock, query: String, user_home: Option<PathBuf>, books: &Arc<Books>) -> News {
    let words = query.clone();
    let items = match stock {
        Stock::Paths => {
            let places = blocking(move || shelved::places(&words, user_home.as_deref()));
            Ok(places.await.unwrap_or_default())
        }
        Stock::Prompts
        | Stock::Games
        | Stock::Against
        | Stock::Variants
        | Stock::Models
        | Stock::Routes
        | Stock::Themes => books.ask(move |library| shelved::look(library, stock, &words)).await,
    };
    News::Found { stock, query, items }
}

async fn open(which: Which, books: &Arc<Books>) -> Result<Box<Opened>, LibraryError> {
    let (base, played) = books.ask(move |library| shelved::open(library, which)).await?;
    opened(base, played).await
}

/// Writes the file of a version here, under the name of its game.
async fn export(version: VersionId, books: &Arc<Books>) -> Result<PathBuf, ExportError> {
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
fn from_home(to: Saving, user_home: Option<&Path>) -> Saving {
    let Saving::File(path) = to else { return to };
    let path = expand_home(&path, user_home);
    let is_named = path.extension().is_some() || path.is_dir();
    Saving::File(if is_named { path } else { path.with_extension("html") })
}

async fn opened(base: Base, played: Option<Remembered>) -> Result<Box<Opened>, LibraryError> {
    let broke = |why| LibraryError::Failed { path: PathBuf::from("library.db"), why };
    blocking(move || shelved::opened(base, played)).await.map(Box::new).map_err(broke)
}

async fn vetting(work: impl FnOnce() -> Vetting + Send + 'static) -> Vetting {
    blocking(work).await.unwrap_or_else(Vetting::Broke)
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
