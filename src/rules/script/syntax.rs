//! `syntax`: code that does not parse does not run.
//!
//! It is also code that no rule has seen, so it is never passed on as clean.

use crate::page::script::Goal;
use crate::rules::{Look, Notes, Rule, Severity};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "syntax",
    severity: Severity::Deny,
    title: "the code has an error",
    help: "Ask for a fix of this line.",
    why: "A browser skips a script that does not parse, and the game with it.",
    fail: &[
        "<script>let = = 1</script>",
        "<script>function f( {</script>",
        "<script>let a; let a;</script>",
        "<script>return 1</script>",
        "<script type=module>with (a) {}</script>",
        "<script>const a;</script>",
        "<script>'unclosed</script>",
    ],
    pass: &[
        "<script>let a = 1 /* <b> */</script>",
        "<script><!-- an old habit\nplay()\n--></script>",
        "<script>var a; var a; with (a) {}</script>",
        "<script type=module>await 1; export const a = 1</script>",
        "<script type='text/x-shader'>void main( {</script>",
        "<script src='data:,'>not ( read</script>",
        "<script>a\r\nb</script>",
        "<script>async function f() { for await (const x of y) {} } label: for (;;) break label</script>",
    ],
    find,
};

/// One error makes others: the first ones tell.
const MOST: usize = 3;

fn find(look: &Look<'_, '_>, notes: &mut Notes) {
    for tree in look.trees.iter().filter(|tree| tree.code.goal != Goal::Handler) {
        for problem in tree.problems.iter().take(MOST) {
            notes.deny(problem.span, format!("this script does not parse: {}", problem.message));
        }
    }
}
