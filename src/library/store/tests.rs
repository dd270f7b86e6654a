//! What the library promises, in one process; `tests/it/library.rs` brings more of them.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::library::version::{
    GameAddress, ListRange, MatchField, NewVersion, Provenance, RequestCost, UnixMillis, VersionId,
    VersionParent,
};

const NOW: UnixMillis = UnixMillis(1_800_000_000_000);
const ALL: ListRange = ListRange { offset: 0, limit: 100 };

fn later(seconds: i64) -> UnixMillis {
    UnixMillis(NOW.0 + seconds * 1_000)
}

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn open(&self, process: &str) -> Library {
        Library::open(self.0.path(), process).unwrap()
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("library.db")
    }
}

fn version(prompt: &str, source: &str) -> NewVersion {
    let cost = RequestCost { prompt_tokens: Some(7), ..RequestCost::default() };
    let making = Provenance {
        prompt: prompt.into(),
        engine: "offline".into(),
        cost,
        ..Provenance::default()
    };
    NewVersion {
        title: "Ghost Snake".into(),
        provenance: making,
        html: format!("<meta policy>{source}"),
        source: source.into(),
        findings: "[]".into(),
        valid: true,
    }
}

/// A game with this many versions, each made from the one before.
fn game(library: &mut Library, versions: u32) -> GameId {
    let mut place = VersionParent::NewGame;
    let mut game = GameId(0);
    for number in 1..=versions {
        let new = version(&format!("prompt {number}"), &format!("<p>source {number}</p>"));
        let id = library.save_version(place, &new, later(number.into())).unwrap();
        assert_eq!(id.number, number);
        (place, game) = (VersionParent::After(id), id.game);
    }
    game
}

#[test]
fn a_version_comes_back_as_it_was_kept() {
    let home = Home::new();
    let game = game(&mut home.open("1"), 2);
    let library = home.open("2");
    let listed = library.games(ALL).unwrap();
    assert_eq!((listed.len(), listed[0].versions, listed[0].head), (1, 2, 2));
    let versions = library.versions(game).unwrap();
    assert_eq!((versions[1].parent, versions[1].provenance.prompt.as_str()), (Some(1), "prompt 2"));
    assert_eq!(versions[1].provenance.cost.prompt_tokens, Some(7));
    let page = library.page_texts(versions[0].id).unwrap();
    assert_eq!(page.html, "<meta policy><p>source 1</p>");
    assert_eq!(page.source, "<p>source 1</p>");
    assert_eq!(versions[0].sha256, sha256(&page.html));
    let changed = library.db.execute("UPDATE versions SET prompt = 'x'", []);
    assert!(changed.unwrap_err().to_string().contains("a version never changes"));
}

#[test]
fn undo_leads_to_the_first_and_redo_to_the_last() {
    let home = Home::new();
    let mut library = home.open("1");
    let game = game(&mut library, 10);
    let back: Vec<_> = (0..9).map(|_| library.undo(game).unwrap().number).collect();
    assert_eq!(back, [9, 8, 7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(library.undo(game), Err(LibraryError::NothingToUndo(game)));
    let on: Vec<_> = (0..9).map(|_| library.redo(game).unwrap().number).collect();
    assert_eq!(on, [2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert_eq!(library.redo(game), Err(LibraryError::NothingToRedo(game)));
}

#[test]
fn redo_goes_back_the_way_that_undo_came_and_a_change_begins_a_new_way() {
    let home = Home::new();
    let mut library = home.open("1");
    let game = game(&mut library, 3);
    let at = |number| VersionId { game, number };
    library.restore(at(1)).unwrap();
    assert_eq!(library.redo(game), Ok(at(2)));
    let fourth =
        library.save_version(VersionParent::After(at(2)), &version("p", "s"), NOW).unwrap();
    assert_eq!(library.undo(game), Ok(at(2)));
    assert_eq!(library.redo(game), Ok(fourth));
    library.restore(at(3)).unwrap();
    assert_eq!(library.undo(game), Ok(at(2)));
    assert_eq!(library.redo(game), Ok(at(3)), "not to the fourth, which is newer");
    assert_eq!(library.restore(at(9)), Err(LibraryError::NoVersion(at(9))));
}

#[test]
fn a_fork_is_a_game_of_its_own() {
    let home = Home::new();
    let mut library = home.open("1");
    let game = game(&mut library, 2);
    let from = VersionId { game, number: 1 };
    let fork = library.fork(from, NOW).unwrap();
    assert_ne!(fork.game, game);
    assert_eq!(library.page_texts(fork).unwrap(), library.page_texts(from).unwrap());
    library.remove(game, NOW).unwrap();
    library.remove(fork.game, later(31 * 86_400)).unwrap();
    library.undelete(fork.game).unwrap();
    assert_eq!(library.undelete(game), Err(LibraryError::NoGame(game)), "thirty days are over");
    assert_eq!(library.page_texts(fork).unwrap().source, "<p>source 1</p>");
    assert!(library.search("source 2", 9).unwrap().is_empty());
}

#[test]
fn a_removed_game_is_nowhere_until_it_is_brought_back() {
    let home = Home::new();
    let mut library = home.open("1");
    let game = game(&mut library, 1);
    library.remove(game, NOW).unwrap();
    assert!(library.games(ALL).unwrap().is_empty());
    assert!(library.search("ghost", 9).unwrap().is_empty());
    let gone = LibraryError::NoGame(game);
    assert_eq!(library.versions(game), Err(gone.clone()));
    assert_eq!(library.resolve(GameAddress::Game(game)), Err(gone.clone()));
    assert_eq!(library.rename(game, "x"), Err(gone));
    library.undelete(game).unwrap();
    assert_eq!(library.games(ALL).unwrap().len(), 1);
}

#[test]
fn titles_come_before_prompts_and_prompts_before_code() {
    let home = Home::new();
    let mut library = home.open("1");
    let mut keep = |title: &str, prompt: &str, source: &str| {
        let new = NewVersion { title: title.into(), ..version(prompt, source) };
        library.save_version(VersionParent::NewGame, &new, NOW).unwrap().game
    };
    let titled = keep("Bats", "x", "y");
    let prompted = keep("A", "two bats\nand a Bat-man", "y");
    let coded = keep("B", "x", "let a;\n  const batCount = 1;");
    let newer = keep("C", "x", "the bat");
    let hits = library.search("BAT", 9).unwrap();
    let found: Vec<_> = hits.iter().map(|hit| (hit.version.game, hit.matched)).collect();
    assert_eq!(
        found,
        [
            (titled, MatchField::Title),
            (prompted, MatchField::Prompt),
            (newer, MatchField::Source),
            (coded, MatchField::Source)
        ]
    );
    assert_eq!(hits[3].excerpt, "const batCount = 1;");
    assert_eq!(library.search("x batcount", 9).unwrap()[0].version.game, coded);
    assert_eq!(library.search("man two", 9).unwrap()[0].version.game, prompted);
    library.rename(titled, "Owls").unwrap();
    assert_eq!(library.search("owl", 9).unwrap()[0].title, "Owls");
    assert_eq!(library.search("bats", 9).unwrap()[0].version.game, prompted);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn nothing_that_is_typed_is_an_error_and_each_word_is_found(text in "\\PC{1,20}") {
        let home = Home::new();
        let mut library = home.open("1");
        let id = library.save_version(VersionParent::NewGame, &version(&text, ""), NOW).unwrap();
        let hits = library.search(&text, 9).unwrap();
        let has_words = tokenize::fts_query(&text).is_some();
        prop_assert_eq!(hits.first().map(|hit| hit.version), has_words.then_some(id));
        prop_assert_eq!(library.prompts(&text, 9).unwrap().len(), 1);
    }
}

#[test]
fn tags_and_prompts_are_remembered_once() {
    let home = Home::new();
    let mut library = home.open("1");
    let game = game(&mut library, 2);
    for tag in ["spooky", "good", "spooky"] {
        library.tag(game, tag).unwrap();
    }
    library.untag(game, "nothing").unwrap();
    assert_eq!(library.game(game).unwrap().tags, ["good", "spooky"]);
    assert_eq!(library.prompts("PROMPT", 9).unwrap(), ["prompt 2", "prompt 1"]);
    assert_eq!(library.prompts("%", 9).unwrap().len(), 2, "no words narrow nothing");
    assert!(library.prompts("3", 9).unwrap().is_empty());
}

#[test]
fn what_a_killed_process_received_is_offered_and_nothing_else() {
    let home = Home::new();
    let mut killed = home.open("killed");
    killed.begin_draft(1, "bats", Some("acme/coder"), NOW).unwrap();
    let draft = killed.begin_draft(1, "bats", Some("acme/coder"), NOW).unwrap();
    for piece in ["<html>", "<body>"] {
        killed.append_chunk(draft, piece).unwrap();
    }
    killed.begin_draft(2, "kept", None, NOW).unwrap();
    killed.end_draft(2).unwrap();
    let mut library = home.open("next");
    assert_eq!(library.unfinished_replies().unwrap(), [], "it still lives");
    // As the system does when it ends a process: the lock goes, and nothing is tidied up.
    killed.process = ProcessLock::acquire(home.0.path().join("elsewhere"), "x".to_owned()).unwrap();
    let left = library.unfinished_replies().unwrap();
    assert_eq!((left.len(), left[0].reply.as_str()), (1, "<html><body>"));
    assert_eq!((left[0].prompt.as_str(), left[0].began), ("bats", NOW));
    library.delete_draft(left[0].id).unwrap();
    assert_eq!(library.unfinished_replies().unwrap(), []);
}

#[test]
fn a_process_that_ends_in_order_leaves_nothing_unfinished() {
    let home = Home::new();
    home.open("1").begin_draft(1, "bats", None, NOW).unwrap();
    assert_eq!(home.open("2").unfinished_replies().unwrap(), []);
}

fn request() -> NewRequest {
    NewRequest { engine: "huggingface", model: "acme/coder".into(), session: None }
}

fn begin(library: &mut Library, now: UnixMillis) -> (RequestId, LedgerLoad) {
    match library.begin_request(&request(), now, |_| Ok::<(), ()>(())).unwrap() {
        Admission::Admitted(id, load) => (id, load),
        Admission::Refused(..) => panic!("everybody is admitted"),
    }
}

const REPLIED: RequestEnding = RequestEnding {
    code: "replied",
    status: Some(200),
    request_id: None,
    cost: RequestCost {
        prompt_tokens: Some(10),
        completion_tokens: Some(20),
        estimated_usd: Some(0.5),
    },
};

#[test]
fn the_ledger_counts_for_all_processes() {
    let home = Home::new();
    let (mut one, mut two) = (home.open("1"), home.open("2"));
    let (id, _) = begin(&mut one, NOW);
    let (_, load) = begin(&mut two, later(5));
    let seconds: Vec<_> = load.ages.iter().map(Duration::as_secs).collect();
    assert_eq!((seconds, load.running), (vec![0, 5], 2));
    one.end_request(id, &REPLIED, later(9)).unwrap();
    assert_eq!(two.current_load(later(10)).unwrap().running, 1);
    let spent = two.spending_since(NOW).unwrap();
    assert_eq!((spent.requests, spent.completion_tokens), (2, 20));
    assert_eq!(two.spending_since(later(1)).unwrap().estimated_usd.to_bits(), 0);
}

#[test]
fn a_request_that_is_held_is_not_written_down() {
    let home = Home::new();
    let mut library = home.open("1");
    let held = library.begin_request(&request(), NOW, |load| Err(load.running)).unwrap();
    assert_eq!(held, Admission::Refused(0, LedgerLoad::default()));
    assert_eq!(library.spending_since(NOW).unwrap().requests, 0);
}

#[test]
fn a_clock_that_jumps_back_neither_forgets_nor_blocks_for_ever() {
    let home = Home::new();
    let mut library = home.open("1");
    begin(&mut library, later(90_000));
    let (_, load) = begin(&mut library, NOW);
    assert_eq!(load.ages, [Duration::ZERO; 2], "it counts as made now");
    let ages = library.current_load(later(61)).unwrap().ages;
    assert_eq!(ages, [Duration::from_secs(61); 2], "and from then on as anything else");
}

#[test]
fn requests_of_a_dead_process_do_not_run() {
    let home = Home::new();
    let mut library = home.open("1");
    begin(&mut home.open("dead"), NOW);
    let load = library.current_load(later(1)).unwrap();
    assert_eq!((load.running, load.ages.len()), (0, 1));
}

#[test]
fn a_damaged_file_is_kept_aside_and_a_new_one_is_made() {
    let home = Home::new();
    for number in 1..=2 {
        std::fs::write(home.file(), format!("no database {number}").repeat(1_000)).unwrap();
        let mut library = home.open("1");
        let aside = library.take_quarantined().unwrap();
        assert!(std::fs::read_to_string(&aside).unwrap().contains(&format!("database {number}")));
        assert_eq!(library.take_quarantined(), None);
        game(&mut library, 1);
        drop(library);
        assert_eq!(home.open("2").take_quarantined(), None);
        std::fs::remove_file(home.file()).unwrap();
    }
}

#[test]
fn a_file_of_a_newer_program_is_left_alone() {
    let home = Home::new();
    home.open("1").db.pragma_update(None, "user_version", 99).unwrap();
    let error = Library::open(home.0.path(), "1").unwrap_err();
    assert_eq!(error, LibraryError::Newer { path: home.file(), found: 99, known: 6 });
    assert!(error.to_string().contains("written by a newer codeagent"));
}

#[test]
fn a_full_disk_refuses_and_loses_nothing() {
    let home = Home::new();
    let mut library = home.open("1");
    let game = game(&mut library, 3);
    library.db.pragma_update(None, "max_page_count", 1).unwrap();
    let large = version("p", &"<p>a page</p>".repeat(10_000));
    let error = library.save_version(VersionParent::NewGame, &large, NOW).unwrap_err();
    assert_eq!(error, LibraryError::Full(home.file()));
    assert_eq!(library.versions(game).unwrap().len(), 3);
    library.db.pragma_update(None, "max_page_count", 1_000_000).unwrap();
    library.save_version(VersionParent::NewGame, &large, NOW).unwrap();
    assert_eq!(check(&library), "ok");
}

#[test]
fn a_library_that_somebody_holds_is_locked_and_says_so() {
    let home = Home::new();
    let mut library = home.open("1");
    let other = Connection::open(home.file()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    library.db.busy_timeout(Duration::from_millis(20)).unwrap();
    let error = library.save_version(VersionParent::NewGame, &version("p", "s"), NOW).unwrap_err();
    assert!(
        error.is_transient() && error.to_string().contains("locked by another program"),
        "{error}"
    );
}

#[test]
fn a_place_that_cannot_be_a_library_is_named() {
    let home = Home::new();
    std::fs::create_dir(home.file()).unwrap();
    let error = Library::open(home.0.path(), "1").unwrap_err();
    assert!(matches!(error, LibraryError::CannotOpen { .. }), "{error:?}");
    let below = home.file().join("x");
    std::fs::remove_dir(home.file()).unwrap();
    std::fs::write(home.file(), "").unwrap();
    assert!(matches!(Library::open(&below, "1"), Err(LibraryError::CannotOpen { .. })));
}

fn check(library: &Library) -> String {
    library.db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap()
}
