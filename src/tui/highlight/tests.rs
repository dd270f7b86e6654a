//! What is coloured how: below a line stands what each of its letters is.

use proptest::prelude::*;

use super::*;

/// Code with the traps of three languages; `=` begins the colours of the line before.
const PAGE: &str = r#"
  <!DOCTYPE html>
= ttttttttttttttt
  <html lang="en">
= ttttt aaaa sssst
  <!-- a comment
= cccccccccccccc
   goes on --><head>
= cccccccccccctttttt
  <title>Ghosts &amp; bats</title>
= ttttttt       sssss     tttttttt
  <meta charset=utf-8 name='x "y"'>
= ttttt aaaaaaa sssss aaaa ssssssst
  <style>
= ttttttt
  :root { --ink: #fff; --size: calc(2px + 1.5rem) }
= fffff   aaaaa  nnnn  aaaaaa  ffff nnn   nnnnnn
  /* boo */ body, .hud > p:hover { margin: 0 auto; color: rgba(0, 0, 0, .5) !important }
= ccccccccc tttt  aaaa   tffffff   aaaaaa  n nnnn  aaaaa  ffff n  n  n  nn  kkkkkkkkkk
  @media (max-width: 600px) {
= kkkkkk  ttttttttt  nnnnn
    a:hover { color: var(--ink); background: url("a;b}.png") no-repeat }
=   tffffff   aaaaa  fff aaaaa   aaaaaaaaaa  fff ssssssssss  nnnnnnnnn
    #board
=   aaaaaa
    {
      transition: transform .2s ease-in-out
=     aaaaaaaaaa  nnnnnnnnn nnn nnnnnnnnnnn
    }
  }
  @keyframes spin { from { transform: rotate(0deg) } to { transform: rotate(1turn) } }
= kkkkkkkkkk tttt   tttt   aaaaaaaaa  ffffff nnnn    tt   aaaaaaaaa  ffffff nnnnn
  canvas { display: block }
= tttttt   aaaaaaa  nnnnn
  </style>
= tttttttt
  <script type="module">
= ttttttt aaaa sssssssst
  const s = 'it\'s </b>', t = "a \" b", n = 0xff + 1_000n - .5e-3;
= kkkkk   k ssssssssssss    k ssssssss    k nnnn k nnnnnn k nnnnn
  let re = /[/\]]+/gi, x = a / b / c, y = (a) / 2;
= kkk    k ssssssssss    k   k   k      k     k n
  return /ab+/.test(s) ? `x ${a + `in ${b}` + {c: 1}.c} y` : null;
= kkkkkk sssss ffff    k sss    k ssss    s k     n    sss   nnnn
  `multi ${
= sssssss
    fn(a, { b: 2 }) // boo
=   ff         n    cccccc
  } end
=  ssss
  still a text`;
= sssssssssssss
  /* block
= cccccccc
   comment */ class Ghost extends Foe { #hp = 3; get alive() { return this.#hp > 0 } static async *walk() {} }
= ccccccccccc kkkkk aaaaa kkkkkkk aaa       k n  kkk fffff     kkkkkk kkkk     k n   kkkkkk kkkkk kffff
  for (const [key, value] of Object.entries(map)) if (!seen.has(key)) document.title = `${key}`;
= kkk  kkkkk              kk aaaaaa fffffff       kk  k     fff       aaaaaaaa       k s      s
  ghosts.class = obj.if ?? other?.for; label: while (true) break label;
=              k        kk      k             kkkkk  nnnn  kkkkk
  x = y => y ** 2; a.b(c)(d); new Map(); new Ghost; MAX_SPEED = 5; $el.on('click', () => {});
=   k   kk   kk n    f        kkk fff    kkk aaaaa  aaaaaaaaa k n      ff sssssss     kk
  const o = { if: 1, default: 2, 'a-b': 3, [k]: 4, get: 5, of };
= kkkkk   k       n           n  sssss  n       n       n  kk
  if (a < b && c > d) { e = a <= b; f = ~a }
= kk    k   kk   k        k   kk      k k
  </script>
= ttttttttt
  <p onclick="go()" class=big>Text with < and a - b "quotes"</p>
= tt aaaaaaa ssssss aaaaa ssst                              tttt
  </body></html>
= tttttttttttttt
  <script>
= tttttttt
  const t = i++ / 2, u = v / 3; origin / 2 + b / 3;
= kkkkk   k  kk k n    k   k n         k n k   k n
    / 2 + x / 3;
=   k n k   k n
  const all = [
= kkkkk     k
    /foo(?=bar)/gi, // one
=   ssssssssssssss  cccccc
    /[/]/,
=   sssss
  ]; s.split(/,\s*/).map((x) => /a/.test(x));
=      fffff ssssss  fff     kk sss ffff
  x=/re/g; y = z/2/w; return /[a-z]+$/.exec(s);
=  ksssss    k  knk   kkkkkk sssssssss ffff
  "</script>"
= sttttttttt
  text
"#;

/// One letter for each kind; nothing for what is plain.
fn mask(ranges: &StyledRanges, line: &str) -> String {
    let mut mask: Vec<_> = line.chars().map(|_| ' ').collect();
    for (code, range) in ranges {
        let letter = match code {
            TokenKind::Plain => ' ',
            TokenKind::Tag => 't',
            TokenKind::Name => 'a',
            TokenKind::String => 's',
            TokenKind::Number => 'n',
            TokenKind::Keyword => 'k',
            TokenKind::Function => 'f',
            TokenKind::Comment => 'c',
        };
        let first = line[..range.start].chars().count();
        let count = line[range.clone()].chars().count();
        mask[first..first + count].fill(letter);
    }
    mask.into_iter().collect::<String>().trim_end().to_owned()
}

/// Lines and their masks in turn.
fn shown(page: &str) -> String {
    let syntax = PageSyntax::new();
    let highlighter = LineHighlighter::new(&syntax);
    let mut state = highlighter.initial_state();
    let shown = page.lines().map(|line| {
        let mask = mask(&highlighter.highlight_line(&mut state, line), line);
        if mask.is_empty() { format!("  {line}\n") } else { format!("  {line}\n= {mask}\n") }
    });
    shown.collect()
}

#[test]
fn words_texts_and_languages_are_told_apart() {
    let lines: Vec<_> = PAGE.lines().filter_map(|line| line.strip_prefix("  ")).collect();
    assert_eq!(format!("\n{}", shown(&lines.join("\n"))), PAGE);
}

#[test]
fn a_very_long_line_is_coloured_at_its_begin_and_changes_nothing_behind_it() {
    let syntax = PageSyntax::new();
    let highlighter = LineHighlighter::new(&syntax);
    let mut state = highlighter.initial_state();
    highlighter.highlight_line(&mut state, "<script>");
    let before = state.clone();
    // A character of three bytes stands across the end.
    let line = format!("const s = `{}", "幽".repeat(10_000));
    let ranges = highlighter.highlight_line(&mut state, &line);
    assert!(state == before, "the end of the string was not read");
    assert_eq!(ranges.first(), Some(&(TokenKind::Keyword, 0..5)));
    let end = line.floor_char_boundary(MAX_LINE_BYTES);
    assert!(end < MAX_LINE_BYTES);
    assert_eq!(
        ranges.last().map(|(code, range)| (*code, range.end)),
        Some((TokenKind::String, end))
    );
    assert_eq!(
        mask(&highlighter.highlight_line(&mut state, "const t = 1;"), "const t = 1;"),
        "kkkkk   k n"
    );
}

/// Or a page made for it would cost its depth at every checkpoint. The library that reads the
/// grammar goes no deeper than a hundred.
#[test]
fn what_stands_in_too_many_others_is_not_counted() {
    let syntax = PageSyntax::new();
    let highlighter = LineHighlighter::new(&syntax);
    let mut state = highlighter.initial_state();
    highlighter.highlight_line(&mut state, "<script>");
    for _ in 0..20 {
        highlighter.highlight_line(&mut state, &"`${".repeat(200));
    }
    assert!(state.scopes.len() <= 100, "{}", state.scopes.len());
    highlighter.highlight_line(&mut state, "</script>");
    assert_eq!(
        mask(&highlighter.highlight_line(&mut state, "<p>"), "<p>"),
        "ttt",
        "the script has ended"
    );
}

/// Pieces that open and close things, and letters of all widths and directions.
fn any_line() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<script>".to_owned()),
        Just("</script><style>".to_owned()),
        Just("const s = '👻 👩\u{200d}👩\u{200d}👧 שלום مرحبا 幽霊'; // e\u{301}".to_owned()),
        Just("`${a}\t/* <b title=\"\u{202e}\">".to_owned()),
        Just("幽霊".repeat(170)),
        any::<String>().prop_map(|text| text.replace(['\n', '\r'], " ")),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_range_can_be_cut_out_of_its_line(
        lines in prop::collection::vec(any_line(), 1..12),
    ) {
        let syntax = PageSyntax::new();
        let highlighter = LineHighlighter::new(&syntax);
        let mut state = highlighter.initial_state();
        for line in &lines {
            let mut end = 0;
            for (_, range) in highlighter.highlight_line(&mut state, line) {
                prop_assert_eq!(range.start, end, "a gap or a step back in {:?}", line);
                prop_assert!(range.end > range.start);
                prop_assert!(line.get(range.clone()).is_some(), "{:?} of {:?}", range, line);
                end = range.end;
            }
            prop_assert_eq!(end, line.floor_char_boundary(MAX_LINE_BYTES));
        }
    }
}
