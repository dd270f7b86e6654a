//! Finds the constants of a page: numbers, switches and colours that its scripts give a name at
//! their top and never change.

use std::collections::HashSet;

use oxc_ast::ast::{
    Argument, ArrayExpressionElement, Expression, ObjectProperty, ObjectPropertyKind, Program,
    PropertyKey, Statement, UnaryOperator, VariableDeclaration,
};
use oxc_ast::{AstKind, AstType};
use oxc_span::GetSpan as _;

use super::{Bindings, HtmlPage, ParseGoal, ScriptTree, Span, analyse};

/// The most constants of a page: nobody reads a longer list.
const MAX_CONSTANTS: usize = 80;

/// How deep objects in objects are looked into.
const MAX_OBJECTS: usize = 2;

/// The longest list of colours; a longer one is a picture.
const MAX_COLOURS: usize = 12;

/// A value in the code that can be replaced by another of its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constant {
    /// How the code calls it: `SPEED`, `GAME.speed`, `COLOURS[2]`.
    pub name: String,
    pub value: ConstantValue,
    /// Where the value is in the source of the page; for a colour without its quotes.
    pub span: Span,
    /// The comment behind it on its line; empty if there is none.
    pub note: String,
}

/// A value as the code has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConstantValue {
    /// A decimal number, with its sign.
    Number(String),
    Switch(bool),
    /// `#rgb`, `#rrggbb` or `#rrggbbaa`.
    Colour(String),
}

impl HtmlPage {
    /// The constants of all scripts, in the order of the code.
    pub fn constants(&self) -> Vec<Constant> {
        let mut codes = self.codes();
        codes.retain(|code| code.goal != ParseGoal::Handler);
        let mut found = analyse(codes, |trees| {
            let written: HashSet<String> = trees.iter().flat_map(written_paths).collect();
            trees.iter().flat_map(|tree| constants_of(tree, &written)).collect::<Vec<_>>()
        });
        found.truncate(MAX_CONSTANTS);
        for constant in &mut found {
            constant.note = note_behind(self.source(), constant.span);
        }
        found
    }
}

fn constants_of(tree: &ScriptTree<'_>, written: &HashSet<String>) -> Vec<Constant> {
    let mut search = ConstantSearch { tree, written, found: Vec::new() };
    search.program(tree.program());
    search.found
}

/// The names and members that the code assigns, `x.*` for any member of `x`.
fn written_paths(tree: &ScriptTree<'_>) -> Vec<String> {
    let assigned = tree.assignments().iter().map(|assignment| assignment.set.left.span());
    let counted = tree.nodes(&[AstType::UpdateExpression]).filter_map(|kind| match kind {
        AstKind::UpdateExpression(update) => Some(update.argument.span()),
        _ => None,
    });
    let mixed = tree.methods().iter().filter(|method| method.name == "assign");
    let mixed = mixed.filter_map(|method| method.call.arguments.first());
    let mixed = mixed.map(|object| format!("{}.*", tree.text(object.span())));
    let paths = assigned.chain(counted).map(|span| path_of(tree.text(span)));
    let bindings = Bindings::of(tree);
    let symbols = bindings.symbols().filter(|symbol| bindings.writes(*symbol).next().is_some());
    let names = symbols.map(|symbol| bindings.declared_name(symbol).to_owned());
    paths.chain(mixed).chain(names).collect()
}

/// `x.y` of `x.y`, `x.*` of `x[i].y`.
fn path_of(target: &str) -> String {
    let is_name = |c: char| c.is_alphanumeric() || ['_', '$', '.'].contains(&c);
    match target.find(|c| !is_name(c)) {
        None => target.to_owned(),
        Some(end) => format!("{}.*", target.get(..end).unwrap_or_default()),
    }
}

struct ConstantSearch<'t, 'a> {
    tree: &'t ScriptTree<'a>,
    written: &'t HashSet<String>,
    found: Vec<Constant>,
}

impl<'a> ConstantSearch<'_, 'a> {
    fn program(&mut self, program: &'a Program<'a>) {
        for statement in &program.body {
            match statement {
                Statement::VariableDeclaration(declaration) => self.declaration(declaration),
                Statement::ExpressionStatement(statement) => self.wrapper(&statement.expression),
                _ => {}
            }
        }
    }

    /// A game may stand in a function that is called at once, or when the page has loaded.
    fn wrapper(&mut self, expression: &'a Expression<'a>) {
        let Expression::CallExpression(call) = expression else { return };
        let called = std::iter::once(&call.callee);
        let passed = call.arguments.iter().filter_map(Argument::as_expression);
        for function in called.chain(passed) {
            let statements = match function.without_parentheses() {
                Expression::FunctionExpression(function) => {
                    function.body.as_ref().map(|body| &body.statements)
                }
                Expression::ArrowFunctionExpression(arrow) => {
                    arrow.body.as_function_body().map(|body| &body.statements)
                }
                _ => None,
            };
            let declarations =
                statements.into_iter().flatten().filter_map(|statement| match statement {
                    Statement::VariableDeclaration(declaration) => Some(declaration),
                    _ => None,
                });
            declarations.for_each(|declaration| self.declaration(declaration));
        }
    }

    fn declaration(&mut self, declaration: &'a VariableDeclaration<'a>) {
        for declarator in &declaration.declarations {
            let name = declarator.id.get_identifier_name();
            if let (Some(name), Some(value)) = (name, &declarator.init) {
                self.value(name.to_string(), value, MAX_OBJECTS);
            }
        }
    }

    fn value(&mut self, name: String, value: &'a Expression<'a>, objects: usize) {
        if self.written.contains(&name) || self.written.contains(&format!("{name}.*")) {
            return;
        }
        match value {
            Expression::ObjectExpression(object) if objects > 0 => {
                let properties = object.properties.iter().filter_map(plain_property);
                properties.for_each(|property| self.property(&name, property, objects - 1));
            }
            Expression::ArrayExpression(list) if list.elements.len() <= MAX_COLOURS => {
                let values = list.elements.iter().map(ArrayExpressionElement::as_expression);
                let colours = values.enumerate().filter_map(|(at, value)| Some((at, value?)));
                let is_text =
                    |value: &Expression<'_>| matches!(value, Expression::StringLiteral(_));
                for (at, colour) in colours.filter(|(_, value)| is_text(value)) {
                    self.value(format!("{name}[{at}]"), colour, 0);
                }
            }
            _ => self.literal(name, value),
        }
    }

    fn property(&mut self, object: &str, property: &'a ObjectProperty<'a>, objects: usize) {
        let PropertyKey::StaticIdentifier(key) = &property.key else { return };
        self.value(format!("{object}.{}", key.name), &property.value, objects);
    }

    fn literal(&mut self, name: String, value: &'a Expression<'a>) {
        let span = self.tree.source_span(value.span());
        let text = self.tree.text(value.span());
        let (value, span) = match value {
            Expression::BooleanLiteral(switch) => (ConstantValue::Switch(switch.value), span),
            Expression::NumericLiteral(_) if is_decimal(text) => {
                (ConstantValue::Number(text.to_owned()), span)
            }
            Expression::UnaryExpression(minus)
                if minus.operator == UnaryOperator::UnaryNegation && is_decimal(text) =>
            {
                (ConstantValue::Number(text.to_owned()), span)
            }
            Expression::StringLiteral(colour) if is_colour(&colour.value) => {
                let inner = Span::new(span.start + 1, span.end.saturating_sub(1));
                (ConstantValue::Colour(colour.value.to_string()), inner)
            }
            _ => return,
        };
        self.found.push(Constant { name, value, span, note: String::new() });
    }
}

/// A property with a value of its own. `None` for a method and for one that is spread.
fn plain_property<'t, 'a>(kind: &'t ObjectPropertyKind<'a>) -> Option<&'t ObjectProperty<'a>> {
    match kind {
        ObjectPropertyKind::ObjectProperty(property) => {
            (!property.shorthand && !property.method).then_some(&**property)
        }
        ObjectPropertyKind::SpreadProperty(_) => None,
    }
}

/// Whether it is written as most people write numbers: `-12`, `0.5`.
fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    are_digits(whole) && are_digits(part) && digits.len() <= 12
}

fn is_colour(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    [3, 6, 8].contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The comment behind a value on its line, if nothing but the end of the value is between them.
fn note_behind(source: &str, value: Span) -> String {
    let rest = source.get(value.end..).unwrap_or_default();
    let line = rest.lines().next().unwrap_or_default();
    let is_end = |text: &str| text.chars().all(|c| ",;'\"}] ".contains(c));
    match line.split_once("//") {
        Some((end, note)) if is_end(end) => note.trim().to_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(script: &str) -> Vec<String> {
        let page = HtmlPage::parse(&format!("<!DOCTYPE html><script>{script}</script>"));
        let text = |constant: &Constant| {
            let value = constant.span.text_in(page.source());
            let note = if constant.note.is_empty() { "" } else { " // " };
            format!("{} {value}{note}{}", constant.name, constant.note)
        };
        page.constants().iter().map(text).collect()
    }

    #[test]
    fn numbers_switches_and_colours_that_stay_are_found_where_they_are() {
        let script = "const SPEED = 2.5; // how fast\nconst GAME = { lives: 3,  // hearts\n  dark: false, player: { size: -4 } };\n\
                      const COLOURS = ['#f00', '#00ff00'], INK = '#123456';\nlet gravity = 9;";
        let expected = [
            "SPEED 2.5 // how fast",
            "GAME.lives 3 // hearts",
            "GAME.dark false",
            "GAME.player.size -4",
            "COLOURS[0] #f00",
            "COLOURS[1] #00ff00",
            "INK #123456",
            "gravity 9",
        ];
        assert_eq!(named(script), expected);
    }

    #[test]
    fn a_game_in_a_function_is_looked_into() {
        let expected = ["SPEED 5"];
        assert_eq!(named("(() => { const SPEED = 5; })();"), expected);
        assert_eq!(named("(function () { var SPEED = 5; })()"), expected);
        assert_eq!(named("addEventListener('load', () => { const SPEED = 5; });"), expected);
    }

    #[test]
    fn what_the_game_changes_is_its_state() {
        let script = "let score = 0, count = 1, left = 3; const held = { up: false }, ship = { x: 1, r: 2 }, game = { best: 0 };\n\
                      function go(k) { score += 1; count++; [left] = [1]; held[k] = true; ship.x = 4; Object.assign(game, {}); }";
        assert_eq!(named(script), ["ship.r 2"]);
    }

    #[test]
    fn a_colour_in_a_list_has_its_own_place_and_stays() {
        assert_eq!(named("const A = [1, 'red', '#f00'];"), ["A[2] #f00"]);
        assert_eq!(named("const A = ['#f00']; A[0] = '#0f0';"), Vec::<String>::new());
    }

    #[test]
    fn what_is_no_plain_value_is_left_alone() {
        let script = "const A = 1e3, B = 0x10, C = 2 * 3, D = 'red', E = `#fff`, F = null, G = [1, 2], H = { f() {}, a };";
        assert_eq!(named(script), Vec::<String>::new());
        assert_eq!(named("const A = ;"), Vec::<String>::new());
    }
}
