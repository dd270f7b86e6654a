//! The scripts that go into a player's file are small, and still say what their sources say.
//!
//! The sources are in `assets/frame` and `assets/play`; a game carries what this test makes of
//! them. After a change: `CODEAGENT_MINIFY=1 cargo test --test it minified`.

use std::fs;
use std::path::Path;

use oxc_allocator::Allocator;
use oxc_codegen::{Codegen, CodegenOptions};
use oxc_minifier::{CompressOptions, MangleOptions, Minifier, MinifierOptions};
use oxc_parser::Parser;
use oxc_span::SourceType;

/// Names become short, statements are joined, and white space goes.
fn minified(source: &str) -> String {
    let allocator = Allocator::default();
    let mut parsed = Parser::new(&allocator, source, SourceType::script()).parse();
    assert!(!parsed.panicked && parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let options = MinifierOptions {
        mangle: Some(MangleOptions::default()),
        mangle_properties: None,
        compress: Some(CompressOptions::smallest()),
    };
    let made = Minifier::new(options).minify(&allocator, &mut parsed.program);
    let codegen = Codegen::new().with_options(CodegenOptions::minify());
    codegen.with_scoping(made.scoping).build(&parsed.program).code
}

fn asset(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(name);
    fs::read_to_string(path).unwrap()
}

/// Names that begin or end alike are met at once, and with them those of tomorrow.
const FAMILIES: [&str; 13] = [
    "RTC*",
    "webkitRTC*",
    "*Socket*",
    "Presentation*",
    "move*",
    "resize*",
    "*ookieStore",
    "*Credential",
    "show*",
    "*SpeechRecognition",
    "*Sensor",
    "requestStorageAccess*",
    "has*Token",
];

fn is_in(family: &str, name: &str) -> bool {
    match family.split('*').collect::<Vec<_>>()[..] {
        [start, end] => name.starts_with(start) && name.ends_with(end),
        [_, part, _] => name.contains(part),
        _ => false,
    }
}

/// Takes away what no game gets, owner by owner.
fn powers() -> String {
    let mut owners: Vec<(&str, Vec<&str>)> = Vec::new();
    let list = asset("powers.txt");
    for line in list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (owner, name) = line.split_once('.').unwrap_or(("window", line));
        let key = FAMILIES.into_iter().find(|family| is_in(family, name)).unwrap_or(name);
        match owners.iter_mut().find(|(known, _)| *known == owner) {
            Some((_, keys)) if keys.contains(&key) => {}
            Some((_, keys)) => keys.push(key),
            None => owners.push((owner, vec![key])),
        }
    }
    // Of a navigator it takes away all but what is listed; trusted types go as a whole.
    owners.retain(|(owner, _)| !["navigator", "TrustedTypePolicyFactory"].contains(owner));
    let line = |(owner, keys): &(&str, Vec<&str>)| {
        let on = match *owner {
            "window" => "{ prototype: window }".to_owned(),
            "document" => "Document".to_owned(),
            class => format!("window.{class}"),
        };
        format!("takeAway({on}, /^({})$/);\n", keys.join("|").replace('*', ".*"))
    };
    owners.iter().map(line).collect()
}

#[test]
fn a_navigator_keeps_no_power() {
    let allowed = asset("navigator.txt");
    let allowed: Vec<_> = allowed.lines().filter(|line| !line.starts_with('#')).collect();
    let powers = asset("powers.txt");
    for name in powers.lines().filter_map(|line| line.strip_prefix("navigator.")) {
        let is_kept = |kept: &&str| *kept == name || kept.contains('*') && is_in(kept, name);
        assert!(!allowed.iter().any(is_kept), "{name}");
    }
}

/// What a game may ask its navigator for.
fn navigator() -> String {
    let list = asset("navigator.txt");
    let names = list.lines().filter(|line| !line.starts_with('#'));
    names.map(|name| name.replace('*', ".*")).collect::<Vec<_>>().join("|")
}

fn around(parts: &[&str]) -> String {
    let parts: Vec<_> = parts.iter().map(|part| asset(part)).collect();
    format!("(function () {{\n'use strict';\n{}}})();\n", parts.join(""))
}

#[test]
fn what_a_file_carries_is_made_of_its_sources() {
    let made = [
        (
            "guard.js",
            asset("frame/guard.js").replace("POWERS", &powers()).replace("NAVIGATOR", &navigator()),
        ),
        ("shell.js", around(&["frame/bridge.js", "frame/shell.js"])),
        ("player.js", around(&["frame/bridge.js", "play/player.js", "play/point.js"])),
        ("describe.js", asset("play/describe.js")),
    ];
    let mut old = Vec::new();
    for (name, source) in made {
        let name = format!("minified/{name}");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(&name);
        let banner = if name.ends_with("guard.js") { "// By codeagent\n" } else { "" };
        let made = format!("{banner}{}\n", minified(&source));
        assert!(!made.contains("</script"), "{name} would end its own element");
        if fs::read_to_string(&path).is_ok_and(|known| known == made) {
            continue;
        }
        if std::env::var_os("CODEAGENT_MINIFY").is_some() {
            fs::write(&path, made).unwrap();
        } else {
            old.push(name);
        }
    }
    assert_eq!(old, [""; 0], "run `CODEAGENT_MINIFY=1 cargo test --test it minified`");
}
