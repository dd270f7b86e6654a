//! Do the laws hold for any page? Arbitrary text and arbitrary soup say.

use codeagent::game::{Extraction, HtmlSource, STACK_BYTES, extract, report, vet};
use codeagent::page::Page;
use codeagent::rules::check;
use codeagent::rules::edit::Edits;
use proptest::prelude::*;

/// Pieces that pages are made of, so that random ones reach the odd corners.
const PIECES: &[&str] = &[
    "<!doctype html>",
    "<html>",
    "<head>",
    "</head>",
    "<body onload='go()'>",
    "</body>",
    "</html>",
    "<script>",
    "</script>",
    "<script type=module>",
    "let a = 1;",
    "eval('1')",
    "<!--",
    "-->",
    "<!-",
    "<style>",
    "</style>",
    "a{b:url(https://x)}",
    "<svg>",
    "</svg>",
    "<svg/>",
    "<math>",
    "<mi>",
    "<template>",
    "</template>",
    "<table>",
    "<tr>",
    "<td>",
    "</table>",
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<i x=1>",
    "<a href='javascript:x()'>",
    "</a>",
    "<button onclick=\"x()\" id=b>",
    "<b onclick=x>",
    "<script>a.innerHTML = `<td onclick=\"f(${i}, '${'é' + j}')\">`</script>",
    "<script>b = '<b onclick=\\'g(\\\"\\\\x41' + i + '\\\")\\' onload=h()>'; c.setAttribute('onclick', 'k()')</script>",
    "<select><option>",
    "<textarea>",
    "</textarea>",
    "<title>t",
    "</title>",
    "<![CDATA[",
    "]]>",
    "&lt;",
    "&amp",
    "&notit;",
    "&#0;",
    "&#x80",
    "\r\n",
    "\r",
    "\0",
    "\u{feff}",
    "é",
    "👻",
    "<",
    ">",
    "</",
    "<a/b=c",
    "='",
    "\"",
    "'",
    "<?x>",
    "<plaintext>",
    "<noscript>",
    "<iframe>",
    "<frameset>",
    "<meta charset=utf-8>",
    "<meta http-equiv=content-security-policy content='x'>",
    "<canvas>",
    "<link rel=icon href=x.ico>",
    "<img src=x onerror=y()>",
    "setTimeout('a()', 1);",
    "`${",
    "}`",
    "<form>",
    "</form>",
    "<h1>",
    "<br/>",
    "<foreignObject>",
    "<desc>",
    "</script ",
    "<script ",
    "--!>",
];

fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..24).prop_map(|pieces| pieces.concat())
}

/// A page that is likely to be valid, with soup in it.
fn gamish() -> impl Strategy<Value = String> {
    (soup(), soup()).prop_map(|(a, b)| {
        format!("<!doctype html><canvas></canvas>{a}<script>let a = 1;\r\n</script>{b}")
    })
}

fn anything() -> impl Strategy<Value = String> {
    prop_oneof![soup(), gamish(), any::<String>()]
}

/// Vets on a stack of the size that is promised to be enough.
fn vetted(html: &str) -> Result<codeagent::game::Vetted, codeagent::game::Rejection> {
    vet(HtmlSource::new(html))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_finding_points_into_the_source(html in anything()) {
        let page = Page::read(&html);
        for objection in check(&page) {
            let span = objection.finding.span;
            prop_assert!(span.start <= span.end && html.get(span.start..span.end).is_some());
            for edit in objection.fix.iter().flat_map(|fix| &fix.edits) {
                prop_assert!(html.get(edit.span.start..edit.span.end).is_some(), "{:?}", edit);
            }
        }
    }

    #[test]
    fn attributes_and_text_stand_where_they_say(html in anything()) {
        let page = Page::read(&html);
        for (_, element) in page.elements() {
            for attribute in &element.attributes {
                let Some(place) = &attribute.place else { continue };
                let name = place.name.of(&html).to_ascii_lowercase().replace('\0', "\u{fffd}");
                prop_assert!(name.eq_ignore_ascii_case(&attribute.name()) || name.contains(':'));
                prop_assert!(html.get(place.whole.start..place.whole.end).is_some());
            }
        }
    }

    #[test]
    fn a_valid_game_stays_as_it_is_when_vetted_again(html in anything()) {
        if let Ok(once) = vetted(&html) {
            let again = vetted(once.html());
            prop_assert!(again.is_ok(), "{} became {}: {:?}", html, once.html(), again);
            let again = again.expect("just seen");
            prop_assert_eq!(once.html(), again.html());
            prop_assert!(again.findings().iter().all(|finding| !finding.denies()));
        }
    }

    #[test]
    fn what_is_said_about_a_page_fits_it(html in anything()) {
        let (source, findings) = match vetted(&html) {
            Ok(vetted) => (vetted.original().to_owned(), vetted.findings().to_vec()),
            Err(rejection) => {
                prop_assert!(rejection.findings.iter().any(codeagent::rules::Finding::denies));
                let _ = (rejection.with_warning(), rejection.summary());
                (rejection.source, rejection.findings)
            }
        };
        prop_assert_eq!(&source, &html);
        for finding in &findings {
            prop_assert!(html.get(finding.span.start..finding.span.end).is_some());
        }
        let shown = report(None, &source, &findings);
        prop_assert!(!shown.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
    }

    #[test]
    fn a_repair_leaves_alone_what_is_outside_its_spans(html in gamish()) {
        let mut edits = Edits::default();
        for objection in check(&Page::read(&html)) {
            if let Some(fix) = objection.fix {
                edits.add(&fix.edits);
            }
        }
        let mut rest = edits.apply(&html);
        let mut at = 0;
        for edit in edits.iter() {
            let kept = format!("{}{}", &html[at..edit.span.start], edit.text);
            prop_assert!(rest.starts_with(&kept));
            rest.drain(..kept.len());
            at = edit.span.end;
        }
        prop_assert_eq!(&rest, &html[at..]);
    }

    #[test]
    fn extraction_takes_anything(reply in anything(), prose in ".{0,40}") {
        let fenced = format!("{prose}\n```html\n{reply}\n```\n{prose}");
        for reply in [reply, fenced] {
            if let Extraction::Whole(source) = extract(&reply) {
                prop_assert!(!source.text().is_empty());
            }
        }
    }
}

#[test]
fn the_deepest_page_that_is_accepted_fits_the_stack_that_is_promised() {
    let brackets = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    let divs = |n: usize| format!("{}{}", "<div>".repeat(n), "</div>".repeat(n));
    let pages = [
        format!("<canvas></canvas><script>{}</script>", brackets(500)),
        format!("<canvas></canvas><script>{}1</script>", "!".repeat(5_900)),
        format!("<canvas></canvas><script>1{}</script>", "+1".repeat(5_900)),
        format!("<canvas></canvas><script>a{}</script>", ".b()".repeat(2_900)),
        format!("<canvas></canvas><script>{}1</script>", "a=>".repeat(2_900)),
        format!("<canvas></canvas><script>if(a);{}</script>", "else if(a);".repeat(2_000)),
        format!("<canvas></canvas><script>{};</script>", "if(a)".repeat(5_000)),
        format!(
            "<canvas></canvas><script>{}x{}</script>",
            "(function(){".repeat(250),
            "})".repeat(250)
        ),
        format!("{}<script>play()</script>", divs(500)),
    ];
    let work =
        move || pages.iter().map(|page| vet(HtmlSource::new(page)).is_ok()).collect::<Vec<_>>();
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(work);
    let results = thread.expect("a thread").join().expect("no overflow");
    assert_eq!(results, [true; 9]);
}

/// Pages and replies of half a megabyte that a careless reader would be quadratic in.
#[test]
fn size_costs_no_more_than_its_share() {
    let much = |piece: &str| piece.repeat(500_000 / piece.len());
    let pages = [
        much("<button onclick='a()'>x</button>"),
        format!("<canvas></canvas><script>{}</script>", much("eval(1);")),
        format!("<canvas></canvas><script>let s = 1; {}</script>", much("t('a' + s);")),
        format!("<canvas></canvas><script>const w = window; {}</script>", much("w.a.b;")),
        format!("<canvas></canvas><script>[{}]</script>", much("'<b on=1>',")),
        format!("<style>{}</style><canvas></canvas><script>a()</script>", much("a{b:url(//x)}")),
        much("<!-- -->"),
        much("<a b=c d>"),
        much("<table>x"),
        format!("<p {}>", (0..60_000).map(|i| format!("a{i}=1 ")).collect::<Vec<_>>().concat()),
        much("<b><p>"),
        much("&amp"),
    ];
    let valid = pages.map(|page| vet(HtmlSource::new(page)).is_ok());
    let expected = [true, false, true, true, true, true];
    assert_eq!(valid[..6], expected);
    assert!(valid[6..].iter().all(|valid| !valid), "markup alone is no game: {valid:?}");
    for reply in
        ["```html\n<html>\n```\n", "<!doctype html>\n", "<html>", "</think>", "~~~\n", "<|im_end|>"]
    {
        let found = extract(&much(reply));
        assert!(!matches!(found, Extraction::Whole(_)), "{reply:?}");
    }
}

/// Brackets behind something that a careless reader takes for a text, a comment or a pattern.
fn hidden(before: &str) -> String {
    format!("<canvas></canvas><script>{before}{}/1</script>", "[".repeat(100_000))
}

#[test]
fn what_is_too_deep_is_refused_and_not_tried() {
    let pages = [
        format!("<canvas></canvas><script>{}</script>", "[".repeat(100_000)),
        format!("<canvas></canvas><script>{}1</script>", "!".repeat(100_000)),
        format!("<canvas></canvas><script>1{}</script>", "+1".repeat(100_000)),
        format!("<canvas></canvas><script>1{}</script>", "+{}".repeat(100_000)),
        format!("<canvas></canvas><script>{}</script>", "`${".repeat(100_000)),
        format!("<canvas></canvas><script>{}</script>", "if(a){}else ".repeat(100_000)),
        format!("<canvas></canvas><script>{}</script>", "a=>".repeat(100_000)),
        format!("<canvas></canvas><script>{}</script>", "while(1)".repeat(100_000)),
        format!("<canvas></canvas><script>{}</script>", "new ".repeat(100_000)),
        format!("<canvas></canvas><script>{}</script>", "a:".repeat(100_000)),
        format!("<canvas></canvas><script>f{}</script>", "()".repeat(100_000)),
        format!("<canvas></canvas><script>{}</script>", "if(a);else ".repeat(100_000)),
        format!("<canvas></canvas><script>x{}</script>", "``".repeat(100_000)),
        hidden("x = {}/1;"),
        hidden("(() => { return {} })\n/1;"),
        hidden("x. if (a) /1;"),
        hidden("1./1;"),
        hidden("of = 1; of /1;"),
        hidden("// \u{2028}"),
        hidden("<!-- `\n"),
        hidden("<!-- `\n").replace("<script>", "<script type=module>"),
        hidden("x <!--a `\n").replace("<script>", "<script type=module>"),
        hidden("x <!--a; `\n"),
        hidden("--> `\n"),
        hidden("<!-- \"\\\n"),
        hidden("if (a) {} /`/;"),
        "<div>".repeat(500_000),
        "<p><b x><i y><u z>".repeat(100_000),
        "<table><b>".repeat(200_000),
        "x".repeat(5 * 1024 * 1024),
    ];
    for page in pages {
        let start = page.get(..60).unwrap_or_default().to_owned();
        assert!(vet(HtmlSource::new(page)).is_err(), "{start}");
    }
}
