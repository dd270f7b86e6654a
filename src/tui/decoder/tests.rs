//! Keys and answers, whole and in pieces, in time and late.

#![expect(clippy::disallowed_methods, reason = "an Instant can only be made by a clock")]

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEventKind};
use proptest::prelude::*;

use super::*;

/// Hears pieces, each so many milliseconds after the one before it, with every wait in between
/// that ends; and then nothing for long.
fn decoded(pieces: &[(u64, &[u8])]) -> InputDecoder {
    let mut decoder = InputDecoder::default();
    let mut now = Instant::now();
    let wait_until = |decoder: &mut InputDecoder, until: Instant| {
        while let Some(deadline) = decoder.deadline().filter(|deadline| *deadline <= until) {
            decoder.handle_timeout(deadline);
        }
    };
    for (pause, bytes) in pieces {
        now += Duration::from_millis(*pause);
        wait_until(&mut decoder, now);
        decoder.feed(bytes, now);
    }
    wait_until(&mut decoder, now + Duration::from_mins(1));
    assert_eq!(decoder.deadline(), None, "something is still waited for");
    decoder
}

fn typed(pieces: &[(u64, &[u8])]) -> String {
    words(&decoded(pieces).take_events())
}

/// What was typed, in short: letters as they are, other keys in brackets.
fn words(typed: &[Event]) -> String {
    let word = |event: &Event| match event {
        Event::Key(KeyEvent { code: KeyCode::Char(c), modifiers, .. })
            if modifiers.difference(KeyModifiers::SHIFT).is_empty() =>
        {
            c.to_string()
        }
        Event::Key(key) => match (key.modifiers, key.code) {
            (KeyModifiers::NONE, code) => format!("<{code}>"),
            (modifiers, code) => format!("<{modifiers}+{code}>"),
        },
        Event::Mouse(mouse) => format!("<{:?} {} {}>", mouse.kind, mouse.column, mouse.row),
        other => format!("<{other:?}>"),
    };
    typed.iter().map(word).collect()
}

const KITTY: &str = "\x1b_Gi=31;OK\x1b\\";
const CELL: &str = "\x1b[6;18;9t";
const SIXEL: &str = "\x1b[?64;4;21c";

/// Answers of terminals, asked for or not.
const ANSWERS: [&[u8]; 23] = [
    b"\x1b]11;rgb:1a1a/2b2b/3c3c\x07",
    b"\x1b]11;rgb:1a1a/2b2b/3c3c\x1b\\",
    b"\x1b]10;rgb:fe/dc/ba\x07",
    b"\x1b]11;rgba:0000/0000/0000/ffff\x1b\\",
    b"\x1b]4;7;rgb:c0c0/c0c0/c0c0\x07",
    b"\x9d11;rgb:1a1a/2b2b/3c3c\x9c",
    b"\xc2\x9d12;rgb:1a1a/2b2b/3c3c\xc2\x9c",
    b"\x1b]52;c;b3dscw==\x07",
    b"\x1b[?64;4;21c",
    b"\x9b?62;22c",
    b"\x1b[>41;377;0c",
    b"\x1b[?1u",
    b"\x1b[?2026;2$y",
    b"\x1b[6;18;9t",
    b"\x1b[8;40;132t",
    b"\x1b[0n",
    b"\x1b[31;77R",
    b"\x1bP>|foot(1.21)\x1b\\",
    b"\x1bP1$r0m\x1b\\",
    b"\x1bP!|464f4f54\x07",
    b"\x90>|XTerm(390)\x9c",
    b"\x1b_Gi=31;ENODATA:none\x1b\\",
    b"\xc2\x9b?997;1n",
];

/// Keys and reports, and what they are in short.
const KEYS: [(&[u8], &str); 22] = [
    (b"o", "o"),
    ("ö".as_bytes(), "ö"),
    ("蝙".as_bytes(), "蝙"),
    ("🦉".as_bytes(), "🦉"),
    (b"[", "["),
    (b"\r", "<Enter>"),
    (b"\x07", "<Control+g>"),
    (b"\x7f", "<Backspace>"),
    (b"\x1b[A", "<Up>"),
    (b"\x1bOB", "<Down>"),
    (b"\x9bC", "<Right>"),
    (b"\x8fD", "<Left>"),
    (b"\x1b[1;5C", "<Control+Right>"),
    (b"\x1b[3~", "<Del>"),
    (b"\x1b[Z", "<Shift+Back Tab>"),
    (b"\x1bOP", "<F1>"),
    (b"\x1b[[B", "<F2>"),
    (b"\x1b[27u", "<Esc>"),
    (b"\x1b[27;5;109~", "<Control+m>"),
    (b"\x1bm", "<Alt+m>"),
    (b"\x1b[<0;7;3M", "<Down(Left) 6 2>"),
    (b"\x1b[200~two\nowls\x1b[201~", "<Paste(\"two\\nowls\")>"),
];

#[test]
fn answers_and_keys_are_told_apart_however_they_are_mixed_and_split() {
    let all = QueryReplies {
        kitty: true,
        sixel: Some(true),
        cell_size: Some((9, 18)),
        ..QueryReplies::default()
    };
    let dark = QueryReplies {
        kitty_keys: true,
        background: Some((0x1a, 0x2b, 0x3c)),
        sixel: Some(false),
        ..QueryReplies::default()
    };
    let plain = QueryReplies { sixel: Some(false), ..QueryReplies::default() };
    let none = QueryReplies::default();
    let table = [
        (format!("{KITTY}{CELL}{SIXEL}"), all, ""),
        (format!("o{KITTY}蝙{CELL}\r{SIXEL}w"), all, "o蝙<Enter>w"),
        ("\x1b_Gi=31;ENODATA:no\x1b\\\x1b[?6c".to_owned(), plain, ""),
        ("\x1b[6;0;0t\x1b[?1;2c".to_owned(), plain, ""),
        ("\x1b[?6c\x1b[?0ux\x1b]11;rgb:1a1a/2b2b/3c3c\x07".to_owned(), dark, "x"),
        ("\x1b]11;rgb:1a/2b/3c\x1b\\\x1b[?1u\x1b[?6c".to_owned(), dark, ""),
        ("\x1b]11;no\x07\x1b[?6c".to_owned(), plain, ""),
        ("\x1b]x\x1b[?6c".to_owned(), plain, "<Alt+]>x"),
        (
            "\x1bPx\x1b_x\x1bXx\x1bOx".to_owned(),
            none,
            "<Shift+Alt+P>x<Alt+_>x<Shift+Alt+X>x<Shift+Alt+O>x",
        ),
        ("owls\x07".to_owned(), none, "owls<Control+g>"),
        ("\x1b[O\x1b[Ia".to_owned(), none, "<FocusLost><FocusGained>a"),
        ("\x1b\x1b".to_owned(), none, "<Esc><Esc>"),
        ("\x1b\x1b[A".to_owned(), none, "<Esc><Up>"),
    ];
    for (bytes, answers, typed) in table {
        for piece in 1..=bytes.len() {
            let pieces: Vec<_> = bytes.as_bytes().chunks(piece).map(|it| (9, it)).collect();
            let mut decoder = decoded(&pieces);
            assert_eq!(decoder.replies, answers, "{bytes:?} in pieces of {piece}");
            assert_eq!(words(&decoder.take_events()), typed, "{bytes:?} in pieces of {piece}");
        }
    }
}

#[test]
fn no_answer_becomes_a_key_however_late_its_pieces_are() {
    for answer in ANSWERS {
        let text = String::from_utf8_lossy(answer).into_owned();
        let splits =
            (1..answer.len()).flat_map(|at| [3, 24, 60, 119, 290].map(|pause| (at, pause)));
        for (at, pause) in splits {
            let (before, after) = answer.split_at(at);
            // Esc was told where the answer's own ESC stood alone for long.
            let is_esc = before == b"\x1b" && pause > 25;
            let expected = if is_esc { "<Esc>x" } else { "x" };
            let pieces: [(u64, &[u8]); 3] = [(0, before), (pause, after), (40, b"x")];
            assert_eq!(typed(&pieces), expected, "{text:?} at {at}, {pause} ms");
        }
        let bytes: Vec<_> = answer.chunks(1).map(|byte| (20, byte)).collect();
        assert_eq!(typed(&bytes), "", "{text:?} byte by byte");
    }
}

#[test]
fn an_answer_may_pause_for_seconds() {
    for answer in ANSWERS {
        let text = String::from_utf8_lossy(answer).into_owned();
        let is_string = !text.contains('[') && !matches!(answer, [0x9b, ..] | [0xc2, 0x9b, ..]);
        for at in 1..answer.len() {
            let (before, after) = answer.split_at(at);
            let words = typed(&[(0, before), (2_500, after), (40, b"x")]);
            let expected = match before {
                b"\x1b" => "<Esc>x",
                b"\x1b]" => "<Alt+]>x",
                b"\x1b_" => "<Alt+_>x",
                b"\x1bP" => "<Shift+Alt+P>x",
                _ => "x",
            };
            // A report may be a key that was cut.
            assert!(!is_string || words == expected, "{text:?} at {at}: {words}");
            assert!(!words.contains("Control"), "{text:?} at {at}: {words}");
        }
    }
    // Its end may be all that is late, and nobody sends anything by it.
    assert_eq!(typed(&[(0, b"\x1b]11;rgb:1a1a/2b2b/3c3c"), (4_000, b"\x07")]), "");
    assert_eq!(typed(&[(0, b"\x1b]11;rgb:1a1a/2b2b/3c3c\x1b"), (4_000, b"\\")]), "");
    assert_eq!(typed(&[(0, b"\x1b[?64;22"), (4_000, b"c")]), "");
}

#[test]
fn who_types_into_an_answer_that_has_paused_loses_no_letter() {
    for begin in [&b"\x1b]11;rgb:1a1a/"[..], b"\x1bP>|foot", b"\x1b_Gi=31;", b"\x1b[?62;"] {
        for words in ["feed 3 bees", "a", "4", "42", "deadbeef"] {
            let keys = words.as_bytes().chunks(1).map(|key| (150, key));
            let pieces: Vec<_> = [(0, begin), (1_500, b"")].into_iter().chain(keys).collect();
            assert_eq!(typed(&pieces), words, "{:?}", String::from_utf8_lossy(begin));
        }
    }
    // So does who types on and on.
    let keys = [(900, &b"x"[..]); 30];
    let pieces = [&[(0, &b"\x1bP>|foot"[..]), (1_100, b"")], &keys[..]].concat();
    assert_eq!(typed(&pieces), "x".repeat(30));
    assert_eq!(typed(&[(0, b"\x1b"), (80, b"]1 owl")]), "<Esc>]1 owl");
    assert_eq!(typed(&[(0, b"\x1b]"), (400, b"1 owl")]), "<Alt+]>1 owl");
}

#[test]
fn an_answer_without_an_end_is_dropped_and_holds_nothing_up() {
    for begin in [
        &b"\x1b]11;rgb:1a1a/"[..],
        b"\x1b]1",
        b"\x1b]",
        b"\x9d11;",
        b"\x1bP>|foot",
        b"\x1b_Gi=31;",
        b"\x1b[?62;",
        b"\x1b[6;18",
        b"\x1b]52;c;b3ds",
    ] {
        let text = String::from_utf8_lossy(begin).into_owned();
        let late = typed(&[(0, begin), (1_100, b"owls"), (5, b"\x11")]);
        let late = late.trim_start_matches("<Alt+]>");
        assert_eq!(late, "owls<Control+q>", "{text:?}");
        // What is certainly a key counts at once.
        for (key, words) in
            [(&b"\x11"[..], "<Control+q>"), (b"\x1b[B", "<Down>"), (b"\r", "<Enter>")]
        {
            assert!(typed(&[(0, begin), (200, key)]).ends_with(words), "{text:?} {key:?}");
        }
        let long = [begin, &b"7;".repeat(20_000)].concat();
        let words = typed(&[(0, &long), (1_100, b"x")]);
        assert!(words.len() < 40 || begin == b"\x1b]", "{text:?} goes on for long");
    }
    // Nobody has to wait for the end of a colour that does not come.
    assert_eq!(typed(&[(0, b"\x1b]11;rgb:1a1a/"), (40, b"o"), (40, b"wls")]), "owls");
    // Who types on and on is heard in the end.
    let keys = [(900, &b"x"[..]); 30];
    let words = typed(&[&[(0, &b"\x1bP>|foot"[..])], &keys[..]].concat());
    assert!(words.len() >= 15, "{words}");
}

#[test]
fn a_key_that_is_cut_behind_its_esc_is_that_key() {
    let tails: [(&[u8], &str); 8] = [
        (b"[A", "<Up>"),
        (b"OD", "<Left>"),
        (b"[1;2B", "<Shift+Down>"),
        (b"[5~", "<Page Up>"),
        (b"OQ", "<F2>"),
        (b"[I", "<FocusGained>"),
        (b"[<64;2;5M", "<ScrollUp 1 4>"),
        (b"[M !!", "<Down(Left) 0 0>"),
    ];
    for (tail, key) in tails {
        for pause in [2, 24] {
            assert_eq!(typed(&[(0, b"\x1b"), (pause, tail), (90, b"w")]), format!("{key}w"));
        }
        for pause in [26, 70, 120] {
            let words = typed(&[(0, b"\x1b"), (pause, tail), (90, b"w")]);
            assert_eq!(words, format!("<Esc>{key}w"), "{pause} ms");
        }
    }
    assert_eq!(typed(&[(0, b"\x1b"), (40, b"["), (40, b"A")]), "<Esc><Up>");
}

#[test]
fn who_presses_esc_and_then_types_gets_both() {
    assert_eq!(typed(&[(0, b"\x1b"), (200, b"["), (150, b"A")]), "<Esc>[A");
    assert_eq!(typed(&[(0, b"\x1b"), (200, b"[A")]), "<Esc>[A");
    assert_eq!(typed(&[(0, b"\x1b"), (90, b"["), (150, b"A")]), "<Esc>[A");
    assert_eq!(typed(&[(0, b"\x1b"), (60, b"owl")]), "<Esc>owl");
    assert_eq!(typed(&[(0, b"\x1b"), (60, b"OK")]), "<Esc>OK");
    assert_eq!(typed(&[(0, b"\x1b"), (60, "ö".as_bytes())]), "<Esc>ö");
    assert_eq!(
        typed(&[(0, b"\x1b"), (300, b"]"), (200, b"1"), (200, b"\x07")]),
        "<Esc>]1<Control+g>"
    );
    assert_eq!(typed(&[(0, b"\x1b"), (9_000, b"]11;x")]), "<Esc>]11;x");
    assert_eq!(typed(&[(0, b"\x1b"), (300, b"\x1b")]), "<Esc><Esc>");
    assert_eq!(typed(&[(0, b"\x1b"), (60, b"\x1b[A")]), "<Esc><Up>");
    assert_eq!(typed(&[(0, b"\x1b["), (400, b"x")]), "<Alt+[>x");
}

#[test]
fn a_lone_esc_is_held_no_longer_than_it_must_be() {
    let now = Instant::now();
    let mut decoder = InputDecoder::default();
    decoder.feed(b"\x1b", now);
    assert_eq!(decoder.take_events(), []);
    let deadline = decoder.deadline().unwrap();
    assert!(deadline - now <= Duration::from_millis(30));
    decoder.handle_timeout(deadline);
    assert_eq!(words(&decoder.take_events()), "<Esc>");
    // And then nothing wakes up.
    assert_eq!(decoder.deadline(), None);
}

#[test]
fn what_is_pasted_is_no_key_whatever_it_is() {
    let pasted =
        typed(&[(0, b"\x1b[200~\x1b]11;x\x07\x1b[20"), (700, b"1\x1b[A\x1b[20"), (9, b"1~y")]);
    assert_eq!(pasted, "<Paste(\"\\u{1b}]11;x\\u{7}\\u{1b}[201\\u{1b}[A\")>y");
    assert_eq!(typed(&[(0, b"\x1b[200~owls")]), "<Paste(\"owls\")>");
}

#[test]
fn bytes_without_a_meaning_are_dropped_and_stop_nothing() {
    assert_eq!(typed(&[(0, b"\xff\xfea\x85\x1b[99;99xb\xe5c"), (5, b"d\x1b[9\xffe")]), "abcde");
    assert_eq!(typed(&[(0, b"\xe8\x9d"), (2_000, b"a")]), "a");
}

#[test]
fn kittys_keys_and_the_mouse_are_understood() {
    let table = [
        ("\x1b[113;5u", "<Control+q>"),
        ("\x1b[97:65;2u", "A"),
        ("\x1b[13;2u", "<Shift+Enter>"),
        ("\x1b[9;2u", "<Shift+Back Tab>"),
        ("\x1b[57414u", "<Enter>"),
        ("\x1b[57441;2u", ""),
        ("\x1b[1;3A", "<Alt+Up>"),
        ("\x1b[1;5R", "<Control+F3>"),
        ("\x1b[<0;7;3m", "<Up(Left) 6 2>"),
        ("\x1b[<32;7;3M", "<Drag(Left) 6 2>"),
        ("\x1b[64;7;3M", "<Drag(Left) 6 2>"),
        ("\x1b[<0;0;0M", ""),
    ];
    for (bytes, words) in table {
        assert_eq!(typed(&[(0, bytes.as_bytes())]), words, "{bytes:?}");
    }
    let released = decoded(&[(0, b"\x1b[97;1:3u")]).take_events();
    assert!(
        matches!(released[..], [Event::Key(key)] if key.kind == crossterm::event::KeyEventKind::Release)
    );
    let middle = decoded(&[(0, b"\x1b[<17;1;1M")]).take_events();
    assert!(matches!(middle[..], [Event::Mouse(mouse)]
        if mouse.kind == MouseEventKind::Down(MouseButton::Middle) && mouse.modifiers == KeyModifiers::CONTROL));
}

/// A key or an answer: its bytes, and what is told of it.
fn piece() -> impl Strategy<Value = (Vec<u8>, String)> {
    prop_oneof![
        prop::sample::select(&ANSWERS[..]).prop_map(|bytes| (bytes.to_vec(), String::new())),
        prop::sample::select(&KEYS[..])
            .prop_map(|(bytes, words)| (bytes.to_vec(), words.to_owned())),
    ]
}

proptest! {
    /// However a stream is cut, with no pause longer than a lone ESC is held.
    #[test]
    fn a_stream_means_the_same_wherever_it_is_cut(
        stream in prop::collection::vec(piece(), 1..12),
        cuts in prop::collection::vec((1..9_usize, 0..24_u64), 1..200),
    ) {
        let bytes: Vec<u8> = stream.iter().flat_map(|(bytes, _)| bytes.clone()).collect();
        let words: String = stream.iter().map(|(_, words)| words.as_str()).collect();
        let mut rest = bytes.as_slice();
        let mut pieces = Vec::new();
        for (length, pause) in cuts {
            let (piece, left) = rest.split_at(length.min(rest.len()));
            pieces.push((pause, piece));
            rest = left;
        }
        pieces.push((1, rest));
        prop_assert_eq!(typed(&pieces), words);
    }

    #[test]
    fn no_bytes_are_waited_for_without_end(
        pieces in prop::collection::vec((0..2_000_u64, prop::collection::vec(any::<u8>(), 0..40)), 0..20),
    ) {
        let pieces: Vec<_> = pieces.iter().map(|(pause, bytes)| (*pause, bytes.as_slice())).collect();
        decoded(&pieces);
    }
}
