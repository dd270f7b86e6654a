//! `missing-file`: pictures and sounds are in the page.
//!
//! A game is one file, so a picture beside it is never there. Drawing one that did not load throws,
//! and so does playing such a sound. A plain picture, or silence, takes its place.

use std::borrow::Cow;
use std::collections::HashSet;

use oxc_ast::ast::{Argument, Expression, StringLiteral};
use oxc_ast::{AstKind, AstType};
use oxc_span::{GetSpan as _, Span};

use crate::page::script::ScriptTree;
use crate::page::url::{UrlTarget, url_target};
use crate::rules::{Diagnostics, FindingFix, Rule, RuleContext, Severity, TextEdit};

use super::markup_files::{files_of_code, files_of_page};
use super::stand_in::MediaKind;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "missing-file",
    severity: Severity::Warn,
    title: "a file is used that the game does not have",
    help: "Draw pictures in code or as inline SVG, and make sounds with WebAudio.",
    why: "A game is one file: what it expects beside it is missing, and drawing or playing that throws.",
    fail: &[
        "<img src='ghost.png'>",
        "<audio><source src=boo.mp3></audio>",
        "<video src='intro.mp4'></video>",
        "<body background=sky.png>",
        "<svg><image href='img/ghost.svg'/></svg>",
        "<script>const i = new Image(); i.src = 'ghost.png'</script>",
        "<script>const i = document.createElement('img'); i.setAttribute('src', 'img/ghost.png')</script>",
        "<script>new Audio('boo.mp3').play()</script>",
        "<script>const name = 'ghost'; const i = new Image(); i.src = `img/${name}.png`</script>",
        "<script>const i = new Image(); i.src = 'img/' + Math.random() + '.png'</script>",
        "<script>function loadImage(src) { const i = new Image(); i.src = src; return i } loadImage('ghost.png')</script>",
        "<script>for (const src of ['a.png', 'b.png']) new Image().src = src</script>",
        "<script>document.body.innerHTML = '<img src=\"hero.png\">'</script>",
        "<script>document.body.innerHTML += `<b>${1}</b><img src='img/hero.png' alt='${2}'>`</script>",
        "<script>const card = n => `<td><img src=\"cards/${n}.png\"></td>`; document.body.insertAdjacentHTML('beforeend', card(1))</script>",
        "<script>document.body.innerHTML = '<img src=\\'hero.png\\'>'</script>",
        "<script>document.body.innerHTML = \"<audio src='boo.mp3' autoplay></audio>\"</script>",
        "<template><img src=hero.png></template>",
        "<script type=text/x-template><p><img src='hero.png'></p></script>",
        "<script>document.body.style.backgroundImage = 'url(sky.png)'</script>",
        "<script>document.body.style.background = \"#000 url('img/sky.png') repeat\"</script>",
        "<script>const all = { hit: 'hit.wav' }; for (const k in all) new Audio(all[k])</script>",
    ],
    pass: &[
        "<img src='data:image/png;base64,AA=='><img src=''><img>",
        "<script>const i = new Image(); i.src = 'data:image/png;base64,AA=='</script>",
        "<script>const i = new Image(); i.src = document.createElement('canvas').toDataURL()</script>",
        "<script>const a = document.createElement('a'); a.download = 'drawing.png'; a.click()</script>",
        "<script>const text = 'Save it as drawing.png or sound.mp3.'; alert(text)</script>",
        "<script>alert('ghost.png')</script>",
        "<a href='menu.html'>x</a>",
        "<script>document.body.textContent = '<img src=\"hero.png\">'; document.body.innerHTML = ''</script>",
        "<script>alert('<img src=\"hero.png\">')</script>",
        "<script>const src = 'data:,'; document.body.innerHTML = `<img src=\"${src}\"><img src='${src}.png'>`</script>",
        "<script>document.body.innerHTML = '<img src=\"data:image/png;base64,AA==\">'</script>",
        "<script>document.body.innerHTML = '<p>hero.png src=hero.png</p>'</script>",
        "<script>document.body.style.background = 'url(data:,)'; document.body.style.background = 'red'</script>",
        "<script>const names = ['a.png']; alert(names)</script>",
    ],
    find,
};

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    let is_handled = handles_failure(context);
    for file in files_of_page(context.page).into_iter().chain(files_of_code(context)) {
        let fix = file.edit.filter(|_| !is_handled).map(FindingFix::from_edit);
        diagnostics.advise(file.span, why(&file.name), fix);
    }
    let loads_any = context.trees.iter().any(loads_unknown);
    let needed_as_text = texts_with_meaning(context.trees);
    for tree in context.trees {
        let mut uses = loaded(tree);
        if loads_any {
            uses.extend(listed(tree));
        }
        uses.sort_by_key(|file| (file.span.start, file.span.end));
        uses.dedup_by_key(|file| file.span);
        for file in uses {
            let is_kept = is_handled || needed_as_text.contains(file.name.as_ref());
            let fix = (!is_kept).then(|| fix(context, tree, &file)).flatten();
            diagnostics.advise(tree.source_span(file.span), why(&file.name), fix);
        }
    }
}

fn why(name: &str) -> String {
    format!("`{name}` is a file beside the page, and the game is one file")
}

/// Whether the game does something else where a file does not load.
fn handles_failure(context: &RuleContext<'_, '_>) -> bool {
    let in_markup = context.page.elements().any(|(_, e)| e.attribute("onerror").is_some());
    let listens = |tree: &ScriptTree<'_>| {
        let set = tree.assignments().iter().any(|set| set.key == Some("onerror"));
        let is_error = |event: &Expression<'_>| matches!(event, Expression::StringLiteral(text) if text.value == "error");
        let heard = tree.methods().iter().any(|method| {
            method.name == "addEventListener" && tree.argument(method.call, 0).is_some_and(is_error)
        });
        set || heard
    };
    in_markup || context.trees.iter().any(listens)
}

/// A file that the code loads.
struct LoadedFile<'a> {
    name: Cow<'a, str>,
    kind: MediaKind,
    /// The expression, in the code.
    span: Span,
}

fn file<'a>(tree: &ScriptTree<'a>, value: &'a Expression<'a>) -> Option<LoadedFile<'a>> {
    let name = match tree.constant(value) {
        Some(name) => name,
        None => Cow::Owned(unspelt_name(tree, value)?),
    };
    let kind = MediaKind::from_name(&name)?;
    let is_literal = !matches!(value.get_inner_expression(), Expression::Identifier(_));
    let is_beside = url_target(&name) == UrlTarget::Relative;
    (is_literal && is_beside).then(|| LoadedFile { name, kind, span: value.span() })
}

/// The name of a file that is put together from known ends: `` `img/${name}.png` ``.
fn unspelt_name<'a>(tree: &ScriptTree<'a>, value: &'a Expression<'a>) -> Option<String> {
    let end = match value.get_inner_expression() {
        Expression::TemplateLiteral(template) => template.quasis.last()?.value.cooked?.as_str(),
        Expression::BinaryExpression(sum) => match sum.right.get_inner_expression() {
            Expression::StringLiteral(text) => text.value.as_str(),
            _ => return None,
        },
        _ => return None,
    };
    let start = tree.constant_start(value)?;
    let name = format!("{start}name{end}");
    (!start.is_empty() && start.ends_with(['/', '_', '-'])).then_some(name)
}

/// Addresses that the code gives to what loads them.
fn loaded<'a>(tree: &ScriptTree<'a>) -> Vec<LoadedFile<'a>> {
    addresses(tree).filter_map(|value| file(tree, value)).collect()
}

fn addresses<'a, 't>(tree: &'t ScriptTree<'a>) -> impl Iterator<Item = &'a Expression<'a>> + 't {
    let set = tree.assignments().iter().filter(|set| matches!(set.key, Some("src" | "poster")));
    let set = set.map(|set| &set.set.right);
    let by_name = tree.methods().iter().filter_map(|method| {
        let key = tree.argument(method.call, 0)?;
        let is_source = method.name == "setAttribute" && tree.constant(key)? == "src";
        tree.argument(method.call, 1).filter(|_| is_source)
    });
    let made = tree.nodes(&[AstType::NewExpression]).filter_map(|kind| {
        let AstKind::NewExpression(new) = kind else { return None };
        let first = new.arguments.first().and_then(Argument::as_expression)?;
        let is_sound = tree.path(&new.callee).is_some_and(|path| path == ["Audio"]);
        is_sound.then_some(first)
    });
    set.chain(by_name).chain(made)
}

/// Whether the code loads files by a name that is not written where it does.
fn loads_unknown(tree: &ScriptTree<'_>) -> bool {
    addresses(tree).any(|value| file(tree, value).is_none() && tree.constant(value).is_none())
}

/// Names of files in lists and tables, and those that functions get whose name speaks of loading.
fn listed<'a>(tree: &ScriptTree<'a>) -> Vec<LoadedFile<'a>> {
    let literals = tree.nodes(&[AstType::StringLiteral]).filter_map(|kind| match kind {
        AstKind::StringLiteral(text) => Some(text),
        _ => None,
    });
    let listed = literals.filter(|text| is_listed(tree, text)).filter_map(|text| {
        let name = Cow::Borrowed(text.value.as_str());
        let kind = MediaKind::from_name(&name)?;
        let is_beside = url_target(&name) == UrlTarget::Relative;
        is_beside.then_some(LoadedFile { name, kind, span: text.span })
    });
    listed.collect()
}

/// What the name of a function says that loads a file.
const LOADERS: &[&str] =
    &["load", "image", "img", "sprite", "picture", "texture", "sound", "audio", "music", "sfx"];

fn is_listed<'a>(tree: &ScriptTree<'a>, text: &'a StringLiteral<'a>) -> bool {
    match tree.parent(text.node_id.get()) {
        AstKind::ArrayExpression(_) => true,
        AstKind::ObjectProperty(property) => property.value.span() == text.span,
        AstKind::CallExpression(call) => {
            let callee = call.callee.get_inner_expression();
            let member = callee.as_member_expression();
            let name = member.and_then(oxc_ast::ast::MemberExpression::static_property_name);
            let name = name.or(match callee {
                Expression::Identifier(name) => Some(name.name.as_str()),
                _ => None,
            });
            let name = name.unwrap_or_default().to_lowercase();
            LOADERS.iter().any(|word| name.contains(word))
        }
        _ => false,
    }
}

/// Texts that stand where they are compared or looked up: a stand-in there would change the game.
fn texts_with_meaning(trees: &[ScriptTree<'_>]) -> HashSet<String> {
    let mut texts = HashSet::new();
    for tree in trees {
        for kind in tree.nodes(&[AstType::StringLiteral]) {
            let AstKind::StringLiteral(text) = kind else { continue };
            let has_meaning = match tree.parent(text.node_id.get()) {
                AstKind::BinaryExpression(pair) => !pair.operator.is_arithmetic(),
                AstKind::ComputedMemberExpression(_) | AstKind::SwitchCase(_) => true,
                AstKind::ObjectProperty(property) => property.key.span() == text.span,
                _ => false,
            };
            if has_meaning {
                texts.insert(text.value.to_string());
            }
        }
    }
    texts
}

fn fix(
    context: &RuleContext<'_, '_>,
    tree: &ScriptTree<'_>,
    file: &LoadedFile<'_>,
) -> Option<FindingFix> {
    let url = file.kind.stand_in(&file.name)?;
    let span = tree.source_span(file.span);
    // In an attribute a quote may end it, so the one that is written is used again.
    let written = span.text_in(context.page.source());
    let quote = written.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let edit = TextEdit::new(span, format!("{quote}{url}{quote}"));
    tree.code.text.is_verbatim().then(|| FindingFix::from_edit(edit))
}
