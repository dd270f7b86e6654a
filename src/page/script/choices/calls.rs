//! What calls can give back: methods of lists, texts and objects, and functions of the page.

use std::borrow::Cow;

use oxc_ast::ast::{Argument, CallExpression, Expression, NewExpression};

use super::names::method_of;
use super::{Choice, Choices, Values, anything, bag, joined, union};
use crate::page::script::fold::base64;

impl<'a> Choices<'_, 'a> {
    pub(super) fn call(&self, at: usize, call: &'a CallExpression<'a>) -> Values<'a> {
        let Some(tree) = self.trees.get(at) else { return anything() };
        if let Some(text) = tree.constant_call(call) {
            return vec![Choice::Text(text)];
        }
        if let Some(path) = tree.path(&call.callee)
            && let Some(values) = self.built_in(at, &path, call)
        {
            return values;
        }
        match method_of(call) {
            Some((method, object)) => self.method(at, (method, object), call),
            None => self.called(at, &call.callee),
        }
    }

    /// What functions of the page give back, if it can be no other.
    fn called(&self, at: usize, callee: &'a Expression<'a>) -> Values<'a> {
        match self.functions(at, callee) {
            Some(functions) if !functions.is_empty() => functions
                .into_iter()
                .fold(Vec::new(), |all, (at, function)| union(all, self.returned(at, function))),
            _ => anything(),
        }
    }

    fn first(&self, at: usize, arguments: &'a [Argument<'a>]) -> Option<Values<'a>> {
        Some(self.values(at, arguments.first()?.as_expression()?))
    }

    /// Functions of the language.
    fn built_in(
        &self,
        at: usize,
        path: &[&str],
        call: &'a CallExpression<'a>,
    ) -> Option<Values<'a>> {
        let first = || self.first(at, &call.arguments);
        Some(match path {
            ["Math" | "Number", _]
            | ["Number" | "parseInt" | "parseFloat" | "Boolean" | "isNaN"]
            | ["Date" | "performance", "now"] => vec![Choice::Plain],
            ["Object", "freeze" | "seal" | "preventExtensions"] | ["structuredClone"] => first()?,
            ["Object", "assign"] => self.arguments(at, &call.arguments),
            ["Object", "keys" | "getOwnPropertyNames"] => vec![bag(self.keys(&first()?))],
            ["Object", "values"] => vec![bag(self.members(&first()?, None))],
            ["Object", "entries"] => vec![bag(self.pairs(&first()?))],
            ["Array", "from"] => match call.arguments.get(1).and_then(Argument::as_expression) {
                Some(callback) => vec![bag(self.called(at, callback))],
                None => vec![bag(self.elements(&first()?))],
            },
            ["Array", "of"] => vec![bag(self.arguments(at, &call.arguments))],
            ["String"] => {
                let of = self.operation(first)?;
                joined(&[Choice::Text("".into())], &of)
            }
            ["atob"] => each_text(&first()?, base64),
            _ => return None,
        })
    }

    /// The members of objects as pairs.
    fn pairs(&self, objects: &[Choice<'a>]) -> Values<'a> {
        let mut pairs = Vec::new();
        for object in objects {
            match object {
                Choice::Object(at, id) => pairs.extend(
                    self.entries(*at, *id)
                        .into_iter()
                        .map(|(key, values)| Choice::List([vec![key], values].into())),
                ),
                other => {
                    let values = self.members(std::slice::from_ref(other), None);
                    let key = self.keys(objects);
                    pairs.push(Choice::List([key, values].into()));
                }
            }
        }
        pairs
    }

    fn method(
        &self,
        at: usize,
        (method, object): (&'a str, &'a Expression<'a>),
        call: &'a CallExpression<'a>,
    ) -> Values<'a> {
        let callback = || call.arguments.first().and_then(Argument::as_expression);
        match method {
            "indexOf" | "lastIndexOf" | "includes" | "startsWith" | "endsWith" | "test"
            | "some" | "every" | "findIndex" | "push" | "unshift" | "charCodeAt"
            | "codePointAt" | "has" | "forEach" | "addEventListener" => return vec![Choice::Plain],
            "map" | "flatMap" => {
                let made = callback().map_or_else(anything, |callback| self.called(at, callback));
                return vec![bag(made)];
            }
            _ => {}
        }
        let objects = self.operation(|| self.values(at, object));
        match method {
            "filter" | "sort" | "toSorted" | "flat" | "splice" | "fill" | "values" => {
                vec![bag(self.elements(&objects))]
            }
            "find" | "findLast" | "pop" | "shift" => {
                union(vec![Choice::Plain], self.elements(&objects))
            }
            "at" if objects.iter().all(is_list) => self.elements(&objects),
            "get" if objects.iter().all(is_list) => {
                union(vec![Choice::Plain], self.of_pairs(&self.elements(&objects), "1"))
            }
            "slice" if objects.iter().all(is_list) => vec![bag(self.elements(&objects))],
            "concat" if objects.iter().all(is_list) => {
                let more = self.arguments(at, &call.arguments);
                let (lists, one): (Vec<_>, Vec<_>) = more.into_iter().partition(is_list);
                let all = union(self.elements(&objects), self.elements(&lists));
                vec![bag(union(all, one))]
            }
            "reverse" | "toReversed" => objects.iter().map(reversed).collect(),
            "join" => self.join(at, &objects, call),
            "split" => self.split(at, &objects, call),
            _ => self
                .text_method(at, method, &objects, call)
                .unwrap_or_else(|| self.called(at, &call.callee)),
        }
    }

    fn join(&self, at: usize, lists: &[Choice<'a>], call: &'a CallExpression<'a>) -> Values<'a> {
        let glue = self.first(at, &call.arguments).unwrap_or(vec![Choice::Text(",".into())]);
        lists.iter().fold(Vec::new(), |all, list| {
            let Choice::List(elements) = list else { return union(all, anything()) };
            let Some((first, rest)) = elements.split_first() else { return all };
            let whole = rest
                .iter()
                .fold(first.clone(), |whole, element| joined(&joined(&whole, &glue), element));
            union(all, whole)
        })
    }

    fn split(&self, at: usize, texts: &[Choice<'a>], call: &'a CallExpression<'a>) -> Values<'a> {
        let by = self.constant_argument(at, call, 0);
        texts.iter().fold(Vec::new(), |all, text| {
            let more = match (text, &by) {
                (Choice::Text(text), Some(by)) => vec![Choice::List(parts(text, by).into())],
                _ => anything(),
            };
            union(all, more)
        })
    }

    fn constant_argument(
        &self,
        at: usize,
        call: &'a CallExpression<'a>,
        number: usize,
    ) -> Option<Cow<'a, str>> {
        let argument = call.arguments.get(number)?.as_expression()?;
        self.trees.get(at)?.constant(argument)
    }

    /// A method of texts; nothing where it is none.
    fn text_method(
        &self,
        at: usize,
        method: &str,
        texts: &[Choice<'a>],
        call: &'a CallExpression<'a>,
    ) -> Option<Values<'a>> {
        let argument = |number| self.constant_argument(at, call, number);
        let index = |number: usize| argument(number)?.parse::<usize>().ok();
        Some(match method {
            "toLowerCase" => each_text(texts, |text| Some(text.to_lowercase())),
            "toUpperCase" => each_text(texts, |text| Some(text.to_uppercase())),
            "trim" | "toString" | "valueOf" | "normalize" => {
                each_text(texts, |text| Some(text.trim().to_owned()))
            }
            "charAt" => each_text(texts, |text| {
                Some(text.chars().nth(index(0)?).map(String::from).unwrap_or_default())
            }),
            "slice" | "substring" => each_text(texts, |text| {
                let end = match call.arguments.get(1) {
                    Some(_) => index(1)?,
                    None => text.len(),
                };
                Some(text.get(index(0)?.min(end)..end.min(text.len()))?.to_owned())
            }),
            "replace" => {
                each_text(texts, |text| Some(text.replacen(&*argument(0)?, &argument(1)?, 1)))
            }
            "replaceAll" => {
                each_text(texts, |text| Some(text.replace(&*argument(0)?, &argument(1)?)))
            }
            "concat" => self.operation(|| {
                let arguments = call.arguments.iter().map(Argument::as_expression);
                arguments.fold(texts.to_vec(), |whole, argument| {
                    let more = argument.map_or_else(anything, |e| self.values(at, e));
                    joined(&whole, &more)
                })
            }),
            _ => return None,
        })
    }

    /// What `new` makes: lists, maps and sets are followed.
    pub(super) fn made(&self, at: usize, new: &'a NewExpression<'a>) -> Values<'a> {
        let path = self.trees.get(at).and_then(|tree| tree.path(&new.callee));
        match path.as_deref() {
            Some(["Map" | "Set"]) => {
                let first = self.first(at, &new.arguments).unwrap_or_default();
                vec![bag(self.elements(&first))]
            }
            Some(["Array"]) => vec![bag(self.arguments(at, &new.arguments))],
            _ => match self.functions(at, &new.callee) {
                Some(classes) if !classes.is_empty() => vec![Choice::Instance],
                _ => anything(),
            },
        }
    }
}

fn is_list(choice: &Choice<'_>) -> bool {
    matches!(choice, Choice::List(_) | Choice::Bag(_))
}

fn reversed<'a>(list: &Choice<'a>) -> Choice<'a> {
    match list {
        Choice::List(elements) => Choice::List(elements.iter().rev().cloned().collect()),
        Choice::Bag(_) => list.clone(),
        _ => Choice::Around("".into(), "".into()),
    }
}

fn parts<'a>(text: &str, by: &str) -> Vec<Values<'a>> {
    let part = |part: String| vec![Choice::Text(part.into())];
    if by.is_empty() {
        return text.chars().map(|c| part(c.to_string())).collect();
    }
    text.split(by).map(|piece| part(piece.to_owned())).collect()
}

/// What becomes of each text; of anything else, and where it cannot be told, anything.
fn each_text<'a>(texts: &[Choice<'a>], make: impl Fn(&str) -> Option<String>) -> Values<'a> {
    texts.iter().fold(Vec::new(), |all, text| {
        let other = match text {
            Choice::Text(text) => make(text).map(|other| vec![Choice::Text(other.into())]),
            _ => None,
        };
        union(all, other.unwrap_or_else(anything))
    })
}
