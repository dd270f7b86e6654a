//! Does a model arrive whole, or not at all? The real binary against a Hub on loopback.

use std::path::PathBuf;
use std::process::Stdio;

use sha2::{Digest as _, Sha256};

use crate::cli::{Run, User};
use crate::fake::{Answer, Hub};
use crate::run_local::gguf;

const REPOSITORY: &str = "o/m-GGUF";
const COMMIT: &str = "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a";
const LISTING: &str = "/api/models/o/m-GGUF";
const FILE: &str = "m-q4_k_m.gguf";

fn weights() -> Vec<u8> {
    let noise = (0..300_000u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes());
    gguf(28_672).into_iter().chain(noise).collect()
}

fn sha256(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

/// The Hub's list of the repository, with a file of this size and hash.
fn listing(name: &str, size: usize, hash: &str) -> Answer {
    let json = format!(
        r#"{{"id":"{REPOSITORY}","sha":"{COMMIT}","gated":false,"cardData":{{"license":"apache-2.0"}},
           "siblings":[{{"rfilename":"README.md","size":10,"blobId":"b"}},
           {{"rfilename":"{name}","size":{size},"blobId":"c",
             "lfs":{{"sha256":"{hash}","size":{size},"pointerSize":135}}}}]}}"#
    );
    Answer::status(200).json(json).at(LISTING)
}

fn file_path() -> String {
    format!("/{REPOSITORY}/resolve/{COMMIT}/{FILE}")
}

fn whole(bytes: &[u8]) -> Answer {
    Answer::status(200).body(bytes).at(&file_path())
}

fn rest(bytes: &[u8], from: usize) -> Answer {
    let range = format!("bytes {from}-{}/{}", bytes.len() - 1, bytes.len());
    let answer = Answer::status(206).header("content-range", &range);
    answer.body(&bytes[from..]).at(&file_path())
}

fn pull_with(user: &User, hub: &Hub, more: &[(&str, &str)], arguments: &[&str]) -> Run {
    let mut command = user.command(&[&["local", "pull"], arguments].concat());
    command.env("HF_ENDPOINT", hub.root()).envs(more.iter().copied());
    Run::of(command.stdin(Stdio::null()).output().unwrap())
}

fn pull(user: &User, hub: &Hub) -> Run {
    pull_with(user, hub, &[], &[REPOSITORY])
}

fn cache(user: &User) -> PathBuf {
    user.at().join("home/.cache/huggingface/hub/models--o--m-GGUF")
}

/// The requests for the file, by their range.
fn ranges(hub: &Hub) -> Vec<String> {
    let files = hub.requests().into_iter().filter(|request| request.path.contains("/resolve/"));
    files.map(|request| request.header("range").unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_model_arrives_in_huggingface_s_cache_and_is_used_without_a_word_more() {
    let (user, bytes) = (User::new(), weights());
    let hub = Hub::start(vec![listing(FILE, bytes.len(), &sha256(&bytes)), whole(&bytes)]);
    let run = pull(&user, &hub);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("o/m-GGUF:Q4_K_M: 1.2 MB, licence apache-2.0"), "{}", run.err);
    assert!(run.out.contains("`codeagent local start o/m-GGUF:Q4_K_M`"), "{}", run.out);
    let snapshot = cache(&user).join("snapshots").join(COMMIT).join(FILE);
    assert_eq!(std::fs::read(&snapshot).unwrap(), bytes);
    let blob = cache(&user).join("blobs").join(sha256(&bytes));
    assert_eq!(std::fs::canonicalize(snapshot).unwrap(), std::fs::canonicalize(blob).unwrap());
    assert_eq!(std::fs::read_to_string(cache(&user).join("refs/main")).unwrap(), COMMIT);
    let again = pull(&user, &hub);
    assert_eq!((again.code, ranges(&hub).len()), (0, 1), "what is here is not downloaded again");
    let listed = user.run(&["local"]);
    assert!(listed.out.contains("o/m-GGUF:Q4_K_M  here"), "{}", listed.out);
}

#[test]
fn a_cut_is_mended_at_once_and_a_stop_goes_on_the_next_time() {
    let (user, bytes) = (User::new(), weights());
    let hash = sha256(&bytes);
    let hub = Hub::start(vec![
        listing(FILE, bytes.len(), &hash),
        whole(&bytes).cut_after(700_000),
        rest(&bytes, 400_000),
    ]);
    let blobs = cache(&user).join("blobs");
    std::fs::create_dir_all(&blobs).unwrap();
    std::fs::write(blobs.join(format!("{hash}.incomplete")), &bytes[..400_000]).unwrap();
    let resumed = Hub::start(vec![listing(FILE, bytes.len(), &hash), rest(&bytes, 400_000)]);
    let run = pull(&user, &resumed);
    assert_eq!((run.code, ranges(&resumed)), (0, vec!["bytes=400000-".to_owned()]), "{}", run.err);
    // A server may begin earlier than it was asked to, or with everything again.
    let other = User::new();
    let run = pull(&other, &hub);
    let asked = ranges(&hub);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(asked.len() == 2 && asked[0].is_empty() && asked[1].starts_with("bytes="), "{asked:?}");
    let whole_again = Hub::start(vec![
        listing(FILE, bytes.len(), &hash),
        whole(&bytes).cut_after(700_000),
        whole(&bytes),
    ]);
    let third = User::new();
    assert_eq!(pull(&third, &whole_again).code, 0);
    assert_eq!(std::fs::read(cache(&third).join("blobs").join(&hash)).unwrap(), bytes);
}

#[test]
fn what_is_not_what_was_promised_is_removed_and_never_used() {
    let bytes = weights();
    let mut changed = bytes.clone();
    changed[5_000] ^= 1;
    let longer = [&bytes[..], b"more"].concat();
    for (sent, what) in [(&changed, "its hash"), (&longer, "its size")] {
        let user = User::new();
        let hub = Hub::start(vec![listing(FILE, bytes.len(), &sha256(&bytes)), whole(sent)]);
        let run = pull(&user, &hub);
        assert_eq!(run.code, 5, "{}", run.err);
        let words = format!("{FILE} is not what the Hub promised ({what}); it was removed");
        assert!(run.err.contains(&words), "{}", run.err);
        let left = std::fs::read_dir(cache(&user).join("blobs")).unwrap().count();
        assert_eq!(left, 0, "nothing half is left");
        assert!(!cache(&user).join("snapshots").exists());
    }
}

#[test]
fn a_lost_connection_keeps_what_came() {
    let (user, bytes) = (User::new(), weights());
    let cut = whole(&bytes).cut_after(700_000);
    let gone = Answer::raw("").at(&file_path());
    let hub = Hub::start(vec![listing(FILE, bytes.len(), &sha256(&bytes)), cut, gone]);
    let run = pull(&user, &hub);
    assert_eq!(run.code, 5, "{}", run.err);
    assert!(run.err.contains("the download stopped at 0."), "{}", run.err);
    assert!(run.err.contains("it goes on where it stopped"), "{}", run.err);
    let kept = cache(&user).join("blobs").join(format!("{}.incomplete", sha256(&bytes)));
    assert!(std::fs::metadata(kept).unwrap().len() > 100_000);
    let mut start = user.command(&["local", "start", REPOSITORY]);
    let start = Run::of(start.env("CODEAGENT_LLAMA_SERVER", "/bin/sh").output().unwrap());
    assert!(start.code == 2 && start.err.contains("is not on this machine yet"), "{}", start.err);
}

#[test]
fn the_hub_s_refusals_name_their_remedy() {
    let json = |status: u16, code: &str, text: &str| {
        Answer::status(status)
            .header("x-error-code", code)
            .json(format!(r#"{{"error":"{text}"}}"#))
            .at(LISTING)
    };
    let gated = "Access to model o/m-GGUF is restricted and you are not in the authorized list.";
    let others = listing("m-q8_0.gguf", 10, &"ab".repeat(32));
    let huge = listing(FILE, 900_000_000_000_000, &"ab".repeat(32));
    let page = Answer::status(200).header("content-type", "text/html");
    let page = page.body("<html>Welcome</html>").at(LISTING);
    for (answer, code, words) in [
        (json(401, "RepoNotFound", "Invalid username or password."), 10, "o/m-GGUF does not exist"),
        (json(404, "RepoNotFound", "Repository not found"), 10, "o/m-GGUF does not exist"),
        (json(403, "GatedRepo", gated), 3, "accepted its terms"),
        (others, 2, "o/m-GGUF:Q4_K_M has no such weights: it has Q8_0"),
        (huge, 9, "900000.20 GB are needed in"),
        (page, 5, "is not HuggingFace"),
        (json(500, "", "sorry"), 5, "the Hub cannot be asked"),
    ] {
        let (user, hub) = (User::new(), Hub::start(vec![answer]));
        let run = pull(&user, &hub);
        assert_eq!(run.code, code, "{words}: {}", run.err);
        assert!(run.err.contains(words), "{words}: {}", run.err);
        assert!(run.err.trim_end().lines().count() >= 2, "a remedy: {}", run.err);
        assert!(ranges(&hub).is_empty(), "nothing is downloaded for it");
    }
    let user = User::new();
    // A port that nobody listens on any more.
    let nobody = Hub::start(vec![]).root();
    let mut command = user.command(&["local", "pull", REPOSITORY]);
    let run = Run::of(command.env("HF_ENDPOINT", nobody).output().unwrap());
    assert!(run.code == 5 && run.err.contains("the Hub cannot be asked"), "{}", run.err);
}

#[test]
fn the_token_is_for_those_who_refuse_without_it_and_stays_with_the_hub() {
    let (user, bytes) = (User::new(), weights());
    let store = Hub::start(vec![Answer::status(200).body(bytes.clone()).at("/blob")]);
    let hash = sha256(&bytes);
    let to_store = Answer::status(302).header("location", &format!("{}/blob?sig=1", store.root()));
    let refused = || Answer::status(401).json(r#"{"error":"Invalid username or password."}"#);
    let hub = Hub::start(vec![
        refused().at(LISTING),
        listing(FILE, bytes.len(), &hash),
        refused().at(&file_path()),
        to_store.at(&file_path()),
    ]);
    let run = pull_with(&user, &hub, &[("HF_TOKEN", "hf_abcdefgh")], &[REPOSITORY]);
    assert_eq!(run.code, 0, "{}", run.err);
    let with_token = |hub: &Hub| {
        let requests = hub.requests().into_iter();
        requests.map(|request| request.header("authorization").is_some()).collect::<Vec<_>>()
    };
    assert_eq!(with_token(&hub), [false, true, false, true]);
    assert_eq!(with_token(&store), [false], "the store is somebody else");
    assert!(!run.err.contains("hf_abcdefgh"));
}

#[test]
fn offline_means_that_nothing_is_asked() {
    let (user, hub) = (User::new(), Hub::start(vec![]));
    let run = pull_with(&user, &hub, &[("HF_HUB_OFFLINE", "1")], &[REPOSITORY]);
    assert!(run.code == 5 && run.err.contains("HF_HUB_OFFLINE"), "{}", run.err);
    assert!(hub.requests().is_empty());
    for bad in ["gpt", "../x", "a/b/c"] {
        let run = pull_with(&user, &hub, &[], &[bad]);
        assert!(run.code == 2 && run.err.contains("is no name of a model"), "{bad}: {}", run.err);
    }
}
