//! A sealed game stands in its file as it is, and what only looks like one is not believed.

use std::path::Path;

use codeagent::game::{HtmlSource, StorageKey, Vetted, seal, strip_protection, vet};
use proptest::prelude::*;

const GAME: &str = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width\"><title>Bats \u{1f47b} &lt;b> \"2\"</title></head><body>\n\
    <canvas id=\"c\"></canvas>\n<script>\nconst text = 'a &amp; <\\/script> </plaintext> <!-- <plaintext hidden>';\n\
    document.getElementById('c').title = text;\n</script></body></html>\n";

fn vetted(text: &str) -> Vetted {
    match vet(HtmlSource::new(text)) {
        Ok(game) => game,
        Err(rejection) => panic!("{}", rejection.summary()),
    }
}

fn sealed() -> String {
    let game = vetted(GAME);
    seal(&game, game.storage_key())
}

fn before(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/before");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn the_game_in_a_file_is_found_as_it_is() {
    let (game, file) = (vetted(GAME), sealed());
    assert!(file.ends_with(game.html()), "it can be read");
    let found = vetted(&file);
    assert_eq!((found.html(), found.source()), (game.html(), game.source()));
    assert_eq!(seal(&found, found.storage_key()), file, "sealing again changes nothing");
    assert_eq!(found.repaired_text(), None, "there is nothing to write");
    assert!(found.is_sealed() && !game.is_sealed());
    assert_eq!(strip_protection(&file), strip_protection(game.html()));
}

#[test]
fn an_editor_may_end_lines_as_it_likes_and_mark_the_file() {
    let file = sealed();
    for edited in [file.replace('\n', "\r\n"), format!("\u{feff}{file}")] {
        let found = vetted(&edited);
        assert!(found.is_sealed());
        assert_eq!(found.html().replace("\r\n", "\n"), vetted(GAME).html());
    }
}

#[test]
fn findings_point_into_the_file_and_repairs_are_written_into_it() {
    let file = sealed().replace("<canvas id=\"c\">", "<canvas id=\"c\" onclick=\"play()\">");
    let found = vetted(&file);
    let finding = found.findings().first().expect("a handler");
    assert_eq!(finding.span.text_in(&file), "onclick=\"play()\"");
    let written = found.repaired_text().expect("it was repaired");
    assert!(
        written.starts_with("<!DOCTYPE html>\n<html data-game=") && !written.contains("onclick=\"")
    );
    assert_eq!(vetted(&written).repaired_text(), None);
    let broken =
        file.replace("onclick=\"play()\"", "").replace("const text", "eval(x); const text");
    let rejection = vet(HtmlSource::new(broken.as_str())).unwrap_err();
    let finding = rejection.findings.iter().find(|finding| finding.denies()).unwrap();
    assert_eq!(finding.span.text_in(&broken), "eval");
}

#[test]
fn what_it_stores_keeps_its_name() {
    let game = vetted(GAME);
    let key = StorageKey::from_source("the first version");
    let file = seal(&game, &key);
    assert_eq!(StorageKey::from_sealed(&file), Some(key.clone()));
    assert_eq!(vetted(&file).storage_key(), &key);
    assert_ne!(game.storage_key(), &key);
    assert_eq!(game.storage_key(), &StorageKey::from_source(GAME), "a first version names itself");
    assert_eq!(StorageKey::from_sealed(GAME), None);
}

#[test]
fn files_of_the_version_before_are_read_and_hardened_anew() {
    let (plain, sealed) = (vetted(&before("plain.html")), vetted(&before("sealed.html")));
    for game in [&plain, &sealed] {
        assert_eq!(game.findings(), []);
        assert!(game.source().contains("<title>Bats &amp; owls</title>"), "{}", game.source());
        let left = ["Content-Security-Policy", "codeagent", "no-referrer"];
        assert!(left.iter().all(|old| !game.source().contains(old)), "{}", game.source());
        assert_eq!(game.html().matches("Content-Security-Policy").count(), 2);
    }
    assert_eq!(plain.html(), sealed.html());
    assert_eq!(strip_protection(&before("plain.html")), strip_protection(&before("sealed.html")));
    assert!(sealed.is_sealed() && !plain.is_sealed());
}

#[test]
fn what_only_looks_sealed_is_not_believed() {
    let file = sealed();
    let harm = "<script>fetch('https://example.com')</script>";
    let changes = [
        ("<body>\n<iframe", format!("<body>\n{harm}<iframe")),
        ("<title>", format!("<title></title>{harm}<title>")),
        ("sandbox=\"allow-scripts", "sandbox=\"allow-same-origin allow-scripts".to_owned()),
        ("<meta charset=\"utf-8\">", "<meta charset=\"utf-7\">".to_owned()),
        (
            "default-src 'none'",
            "default-src 'none'\"><script>1</script><meta content=\"".to_owned(),
        ),
        ("data-game=\"", "data-game=\"x\" onload=\"a".to_owned()),
        ("<plaintext hidden>", format!("{harm}<plaintext hidden>")),
        ("<title>Bats", "<title>x\" onload=\"fetch('https://example.com')".to_owned()),
        ("script-src 'sha256-", "script-src * 'sha256-".to_owned()),
        ("allow-modals allow-forms", "allow-modals allow-forms allow-popups".to_owned()),
    ];
    for (place, with) in changes {
        assert!(file.contains(place), "{place}");
        let altered = file.replacen(place, &with, 1);
        let rejection = vet(HtmlSource::new(altered)).expect_err(&with);
        assert!(rejection.summary().contains("differs from what codeagent writes"), "{with}");
    }
}

proptest! {
    #[test]
    fn nothing_stands_around_a_game_unseen(at in 0_usize..4_000, what in "[<>\"'a-z=/ ]{1,12}") {
        let file = sealed();
        let end = file.find("<plaintext hidden>\n").unwrap();
        let at = file.floor_char_boundary(at.min(end));
        let changed = format!("{}{what}{}", &file[..at], &file[at..]);
        let game = vet(HtmlSource::new(changed.as_str()));
        // Its title and its policy are its own: what they may hold does nothing there.
        if let Ok(game) = game && game.is_sealed() {
            prop_assert!(!what.contains(['<', '>', '"']) || seal(&game, game.storage_key()) == changed, "{what:?} at {at}");
        }
    }
}

/// Files that say that they are hardened, and do harm as they stand: an inner game without a guard,
/// a guard without policies, a policy that lets other scripts run.
#[test]
fn what_is_not_as_hardening_leaves_it_is_told_and_hardened_anew() {
    let game = vetted(GAME);
    let (file, plain) = (sealed(), game.html().to_owned());
    let without_guard = file.replacen(game.html(), GAME, 1);
    let without_policy =
        plain.replacen("<meta http-equiv=\"Content-Security-Policy\"", "<meta name=\"x\"", 1);
    let other_policy = plain.replacen("script-src 'sha256-", "script-src * 'sha256-", 1);
    let edited = file.replacen("const text", "const more = 1, text", 1);
    let earlier = before("plain.html").replacen("'sha256-", "'sha256-AAAA' 'sha256-", 1);
    let earlier_sealed =
        before("sealed.html").replacen("&quot;no-referrer&quot;", "&quot;unsafe-url&quot;", 1);
    for changed in [without_policy, other_policy, edited, earlier, earlier_sealed] {
        let found = vetted(&changed);
        assert_eq!(found.is_as_hardened(), Some(false), "{changed}");
        let anew = found.repaired_text().expect("it is written anew");
        assert_eq!(vetted(&anew).is_as_hardened(), Some(true));
    }
    // Without a guard it does not even say so, but it is sealed.
    assert_eq!(vetted(&without_guard).is_as_hardened(), Some(false));
    let edited = [&file, &plain].map(|file| file.replace('\n', "\r\n"));
    let as_they_are = [file, plain, before("plain.html"), before("sealed.html")];
    for file in as_they_are.iter().chain(&edited) {
        assert_eq!(vetted(file).is_as_hardened(), Some(true));
    }
    assert_eq!(game.is_as_hardened(), None);
}
