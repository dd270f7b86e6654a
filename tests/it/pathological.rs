//! Pages made to be slow, deep or large end: as a valid game or with a finding that says why not.
//!
//! Nothing here is timed. Work that grows with the square of a page of this
//! size would not end before the runner stops the test.

use codeagent::game::{HtmlSource, STACK_BYTES, report, vet};

const SIZE: usize = 600_000;

/// How a page ends.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Valid,
    /// Refused by this rule, among others.
    Refused(&'static str),
}

/// Vets a page on the stack that is promised, and shows what was found as a person would see it.
fn ends(page: String, end: End) {
    let work = move || {
        let size = page.len();
        let (findings, source, valid) = match vet(HtmlSource::new(page)) {
            Ok(game) => (game.findings().to_vec(), game.original().to_owned(), true),
            Err(rejection) => (rejection.findings, rejection.source, false),
        };
        let shown = report(Some("page.html"), &source, &findings);
        assert!(shown.len() <= 2_000 + size * 60, "the report has {} bytes", shown.len());
        match end {
            End::Valid => assert!(valid, "{:?}", findings.first()),
            End::Refused(rule) => {
                let rules: Vec<_> =
                    findings.iter().filter(|f| f.denies()).map(|f| f.rule).collect();
                assert!(!valid && rules.contains(&rule), "{:?}", findings.first());
            }
        }
    };
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(work).unwrap();
    thread.join().unwrap();
}

/// `part` until the page is large.
fn many(part: &str) -> String {
    part.repeat(SIZE / part.len())
}

/// `part` with a number in the place of each `#`, until the page is large.
fn numbered(part: &str) -> String {
    let mut text = String::new();
    for number in 0.. {
        if text.len() >= SIZE {
            break;
        }
        text.push_str(&part.replace('#', &number.to_string()));
    }
    text
}

fn markup(body: &str) -> String {
    format!(
        "<!DOCTYPE html><html><head><meta charset=utf-8><meta name=viewport><body><canvas></canvas><script>play()</script>{body}"
    )
}

fn script(code: &str) -> String {
    format!(
        "<!DOCTYPE html><html><head><meta charset=utf-8><meta name=viewport><body><canvas></canvas><script>{code}</script>"
    )
}

#[test]
fn deep_markup_is_refused() {
    ends(markup(&many("<div>")), End::Refused("within-limits"));
}

#[test]
fn deep_code_is_refused() {
    ends(script(&many("[")), End::Refused("syntax"));
    ends(script(&many("!")), End::Refused("syntax"));
    ends(script(&many("f(()=>{")), End::Refused("syntax"));
    for body in ["a;", "{}", "if(a){}", "try{}catch(e){}finally{}"] {
        let open = format!("{}{body}while((function(){{", "do ".repeat(5_000));
        ends(script(&many(&open)), End::Refused("syntax"));
    }
    for open in ["try{}finally{", "try{}catch(e){"] {
        let open = format!("{}{open}", "if(a)".repeat(5_000));
        ends(script(&many(&open)), End::Refused("syntax"));
    }
}

#[test]
fn statements_in_a_row_are_not_deep() {
    let each = [
        "function f#() { return # }\n",
        "class A# { b() {} c() {} }\n",
        "if (a#) { b() } else { c() }\n",
        "try { a# } catch (e) { b() }\n",
        "a.b# = function () { c() }\n",
        "const a# = () => { b() }\n",
        "for (const a of b#) { c() }\n",
    ];
    // No page has so many; `else` and `do` count together, at most 6,000 of them.
    for statement in each {
        let code = numbered(statement).lines().take(5_000).collect::<Vec<_>>().join("\n");
        ends(script(&code), End::Valid);
    }
}

#[test]
fn one_line_of_code_is_read() {
    ends(script(&"a=b+1;".repeat(2_000_000 / 6)), End::Valid);
}

#[test]
fn a_finding_every_few_bytes_of_one_line_is_told() {
    ends(script(&many("eval(a);")), End::Refused("no-eval"));
    ends(script(&format!("play();{}", many("document.write('x');"))), End::Valid);
    ends(script(&many("window.frames=top;")), End::Refused("no-frame"));
    ends(script(&many("a.innerHTML=b.value;")), End::Valid);
    ends(script(&many("while(1)a();")), End::Valid);
}

#[test]
fn what_is_never_closed_ends_with_the_page() {
    for open in ["<a b=\"", "<!--", "<a ", "</a ", "<!DOCTYPE ", "<svg><![CDATA[\0"] {
        ends(markup(&many(open)), End::Valid);
    }
    ends(
        markup("<script>").replace("</script>", "") + &many("'"),
        End::Refused("complete-document"),
    );
    ends(script(&many("`")), End::Refused("syntax"));
    ends(script(&many("/*")), End::Refused("syntax"));
}

#[test]
fn an_element_may_have_any_number_of_attributes() {
    ends(markup(&format!("<p {}>", numbered("a# "))), End::Valid);
    ends(markup(&format!("<p>{}", numbered("<html a#=#>"))), End::Valid);
}

#[test]
fn formatting_that_would_be_copied_without_end_is_refused() {
    ends(markup(&many("<a href=#a>")), End::Valid);
    ends(markup(&numbered("<p><b id=a#>")), End::Refused("within-limits"));
    let large = format!("<p><b title='{}'>", "x".repeat(SIZE / 2));
    ends(markup(&(large + &many("</p><p>x"))), End::Refused("within-limits"));
}

#[test]
fn tables_and_lists_may_be_long() {
    ends(markup(&many("<table>x<tr>y")), End::Valid);
    ends(markup(&many("<li>x")), End::Valid);
}

#[test]
fn handlers_are_moved_or_refused_however_many() {
    ends(markup(&numbered("<b onclick=f(#)>x</b>")), End::Refused("within-limits"));
    let few = "<b onclick=f()>x</b>".repeat(5_000);
    ends(markup(&few), End::Valid);
}

#[test]
fn a_page_of_tiny_scripts_is_refused() {
    ends(markup(&numbered("<script>#</script>")), End::Refused("within-limits"));
}

#[test]
fn strings_put_together_without_end_are_refused() {
    let mut doubled = format!("const a0='{}'", "x".repeat(1 << 10));
    for i in 1..=6 {
        doubled.extend([format!(",a{i}=a{0}+a{0}", i - 1)]);
    }
    ends(script(&format!("{doubled};{}", many("x[a6+'b'];"))), End::Refused("within-limits"));
    ends(script(&format!("{doubled};{}", many("x[a5];"))), End::Refused("within-limits"));
}

#[test]
fn long_sums_and_lists_of_text_are_worked_out_once() {
    ends(script(&format!("x={}'a'", "'a'+".repeat(5_000))), End::Valid);
    ends(script(&format!("const l=[{}];{}", "'a',".repeat(50_000), many("x[l[1]];"))), End::Valid);
}

#[test]
fn patterns_may_be_wide() {
    let names = numbered("a#,");
    ends(script(&format!("const {{{names}}}=window;{}", many("a1;"))), End::Valid);
    ends(script(&format!("(function({names}){{return a1}})(1)")), End::Refused("syntax"));
    ends(script(&format!("var a;{}", many("a;"))), End::Valid);
}

#[test]
fn regular_expressions_are_read_no_deeper_than_the_stack_allows() {
    let nested = |open: &str, close: &str, n| format!("/{}a{}/v", open.repeat(n), close.repeat(n));
    for (open, close) in [("(", ")"), ("(?:", ")"), ("(?=", ")"), ("[", "]")] {
        ends(script(&nested(open, close, 100)), End::Valid);
        ends(script(&nested(open, close, 100_000)), End::Refused("syntax"));
    }
    ends(script(&many("if(a){}/[\"{]/.test(b);")), End::Refused("syntax"));
    ends(script(&format!("/{}/;/{}/", "a|".repeat(50_000), "(a)".repeat(50_000))), End::Valid);
}

#[test]
fn objects_may_be_spread_into_themselves_and_one_into_the_next() {
    let itself = "const all = []; function drop(one) { all.push({ ...one, ...one.at }); } \
                  all.push({ at: { x: 1 }, go: 'a' }); for (const one of all) { drop(one); document.body[one.go] = 1; }";
    ends(script(itself), End::Valid);
    let links = (1..4_000).map(|i| format!("const a{i} = {{ ...a{} }};", i - 1));
    let chain: String = links.collect();
    let code = format!("const a0 = {{ x: 'a' }};{chain}document.body.title = a3999.x;");
    ends(script(&code), End::Valid);
}
