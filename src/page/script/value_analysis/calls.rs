//! The possible results of calls: methods of lists, texts and objects, and functions of the page.

use std::borrow::Cow;

use oxc_ast::ast::{Argument, CallExpression, Expression, NewExpression};

use super::names::method_of;
use super::{
    PossibleValue, PossibleValues, ValueAnalysis, any_value, concat_values, merge_values,
    unordered_list,
};
use crate::page::script::fold::decode_base64;

impl<'a> ValueAnalysis<'_, 'a> {
    /// The values that a call in script number `at` can return.
    pub(super) fn call_values(
        &self,
        at: usize,
        call: &'a CallExpression<'a>,
    ) -> PossibleValues<'a> {
        let Some(tree) = self.trees.get(at) else { return any_value() };
        if let Some(text) = tree.constant_call(call) {
            return vec![PossibleValue::Text(text)];
        }
        if let Some(path) = tree.path(&call.callee)
            && let Some(values) = self.built_in_values(at, &path, call)
        {
            return values;
        }
        match method_of(call) {
            Some((method, object)) => self.method_values(at, (method, object), call),
            None => self.callee_values(at, &call.callee),
        }
    }

    /// The results of the page's functions, if only those can be called.
    fn callee_values(&self, at: usize, callee: &'a Expression<'a>) -> PossibleValues<'a> {
        match self.possible_functions(at, callee) {
            Some(functions) if !functions.is_empty() => {
                functions.into_iter().fold(Vec::new(), |all, (at, function)| {
                    merge_values(all, self.returned_values(at, function))
                })
            }
            _ => any_value(),
        }
    }

    fn first_argument(
        &self,
        at: usize,
        arguments: &'a [Argument<'a>],
    ) -> Option<PossibleValues<'a>> {
        Some(self.values(at, arguments.first()?.as_expression()?))
    }

    /// The results of built-in functions. `None` for others.
    fn built_in_values(
        &self,
        at: usize,
        path: &[&str],
        call: &'a CallExpression<'a>,
    ) -> Option<PossibleValues<'a>> {
        let first = || self.first_argument(at, &call.arguments);
        Some(match path {
            ["Math" | "Number", _]
            | ["Number" | "parseInt" | "parseFloat" | "Boolean" | "isNaN"]
            | ["Date" | "performance", "now"] => vec![PossibleValue::NonText],
            ["Object", "freeze" | "seal" | "preventExtensions"] | ["structuredClone"] => first()?,
            ["Object", "assign"] => self.argument_values(at, &call.arguments),
            ["Object", "keys" | "getOwnPropertyNames"] => {
                vec![unordered_list(self.key_values(&first()?))]
            }
            ["Object", "values"] => vec![unordered_list(self.members(&first()?, None))],
            ["Object", "entries"] => vec![unordered_list(self.entry_pairs(&first()?))],
            ["Array", "from"] => match call.arguments.get(1).and_then(Argument::as_expression) {
                Some(callback) => vec![unordered_list(self.callee_values(at, callback))],
                None => vec![unordered_list(self.element_values(&first()?))],
            },
            ["Array", "of"] => vec![unordered_list(self.argument_values(at, &call.arguments))],
            ["String"] => {
                let of = self.within_operation(first)?;
                concat_values(&[PossibleValue::Text("".into())], &of)
            }
            ["atob"] => map_texts(&first()?, decode_base64),
            _ => return None,
        })
    }

    /// The members of objects as key-value pairs.
    fn entry_pairs(&self, objects: &[PossibleValue<'a>]) -> PossibleValues<'a> {
        let mut pairs = Vec::new();
        for object in objects {
            match object {
                PossibleValue::Object(at, id) => pairs.extend(
                    self.entries(*at, *id)
                        .into_iter()
                        .map(|(key, values)| PossibleValue::List([vec![key], values].into())),
                ),
                other => {
                    let values = self.members(std::slice::from_ref(other), None);
                    let key = self.key_values(objects);
                    pairs.push(PossibleValue::List([key, values].into()));
                }
            }
        }
        pairs
    }

    fn method_values(
        &self,
        at: usize,
        (method, object): (&'a str, &'a Expression<'a>),
        call: &'a CallExpression<'a>,
    ) -> PossibleValues<'a> {
        let callback = || call.arguments.first().and_then(Argument::as_expression);
        match method {
            "indexOf" | "lastIndexOf" | "includes" | "startsWith" | "endsWith" | "test"
            | "some" | "every" | "findIndex" | "push" | "unshift" | "charCodeAt"
            | "codePointAt" | "has" | "forEach" | "addEventListener" => {
                return vec![PossibleValue::NonText];
            }
            "map" | "flatMap" => {
                let made =
                    callback().map_or_else(any_value, |callback| self.callee_values(at, callback));
                return vec![unordered_list(made)];
            }
            _ => {}
        }
        let objects = self.within_operation(|| self.values(at, object));
        match method {
            "filter" | "sort" | "toSorted" | "flat" | "splice" | "fill" | "values" => {
                vec![unordered_list(self.element_values(&objects))]
            }
            "find" | "findLast" | "pop" | "shift" => {
                merge_values(vec![PossibleValue::NonText], self.element_values(&objects))
            }
            "at" if objects.iter().all(is_list) => self.element_values(&objects),
            "get" if objects.iter().all(is_list) => merge_values(
                vec![PossibleValue::NonText],
                self.pair_side(&self.element_values(&objects), "1"),
            ),
            "slice" if objects.iter().all(is_list) => {
                vec![unordered_list(self.element_values(&objects))]
            }
            "concat" if objects.iter().all(is_list) => {
                let more = self.argument_values(at, &call.arguments);
                let (lists, one): (Vec<_>, Vec<_>) = more.into_iter().partition(is_list);
                let all = merge_values(self.element_values(&objects), self.element_values(&lists));
                vec![unordered_list(merge_values(all, one))]
            }
            "reverse" | "toReversed" => objects.iter().map(reverse_list).collect(),
            "join" => self.join_values(at, &objects, call),
            "split" => self.split_values(at, &objects, call),
            _ => self
                .text_method_values(at, method, &objects, call)
                .unwrap_or_else(|| self.callee_values(at, &call.callee)),
        }
    }

    fn join_values(
        &self,
        at: usize,
        lists: &[PossibleValue<'a>],
        call: &'a CallExpression<'a>,
    ) -> PossibleValues<'a> {
        let glue = self
            .first_argument(at, &call.arguments)
            .unwrap_or(vec![PossibleValue::Text(",".into())]);
        lists.iter().fold(Vec::new(), |all, list| {
            let PossibleValue::List(elements) = list else { return merge_values(all, any_value()) };
            let Some((first, rest)) = elements.split_first() else { return all };
            let whole = rest.iter().fold(first.clone(), |whole, element| {
                concat_values(&concat_values(&whole, &glue), element)
            });
            merge_values(all, whole)
        })
    }

    fn split_values(
        &self,
        at: usize,
        texts: &[PossibleValue<'a>],
        call: &'a CallExpression<'a>,
    ) -> PossibleValues<'a> {
        let by = self.constant_argument(at, call, 0);
        texts.iter().fold(Vec::new(), |all, text| {
            let more = match (text, &by) {
                (PossibleValue::Text(text), Some(by)) => {
                    vec![PossibleValue::List(split_text(text, by).into())]
                }
                _ => any_value(),
            };
            merge_values(all, more)
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

    /// The results of a text method. `None` for others.
    fn text_method_values(
        &self,
        at: usize,
        method: &str,
        texts: &[PossibleValue<'a>],
        call: &'a CallExpression<'a>,
    ) -> Option<PossibleValues<'a>> {
        let argument = |number| self.constant_argument(at, call, number);
        let index = |number: usize| argument(number)?.parse::<usize>().ok();
        Some(match method {
            "toLowerCase" => map_texts(texts, |text| Some(text.to_lowercase())),
            "toUpperCase" => map_texts(texts, |text| Some(text.to_uppercase())),
            "trim" | "toString" | "valueOf" | "normalize" => {
                map_texts(texts, |text| Some(text.trim().to_owned()))
            }
            "charAt" => map_texts(texts, |text| {
                Some(text.chars().nth(index(0)?).map(String::from).unwrap_or_default())
            }),
            "slice" | "substring" => map_texts(texts, |text| {
                let end = match call.arguments.get(1) {
                    Some(_) => index(1)?,
                    None => text.len(),
                };
                Some(text.get(index(0)?.min(end)..end.min(text.len()))?.to_owned())
            }),
            "replace" => {
                map_texts(texts, |text| Some(text.replacen(&*argument(0)?, &argument(1)?, 1)))
            }
            "replaceAll" => {
                map_texts(texts, |text| Some(text.replace(&*argument(0)?, &argument(1)?)))
            }
            "concat" => self.within_operation(|| {
                let arguments = call.arguments.iter().map(Argument::as_expression);
                arguments.fold(texts.to_vec(), |whole, argument| {
                    let more = argument.map_or_else(any_value, |e| self.values(at, e));
                    concat_values(&whole, &more)
                })
            }),
            _ => return None,
        })
    }

    /// The results of `new`; lists, maps and sets are followed.
    pub(super) fn constructed_values(
        &self,
        at: usize,
        new: &'a NewExpression<'a>,
    ) -> PossibleValues<'a> {
        let path = self.trees.get(at).and_then(|tree| tree.path(&new.callee));
        match path.as_deref() {
            Some(["Map" | "Set"]) => {
                let first = self.first_argument(at, &new.arguments).unwrap_or_default();
                vec![unordered_list(self.element_values(&first))]
            }
            Some(["Array"]) => vec![unordered_list(self.argument_values(at, &new.arguments))],
            _ => match self.possible_functions(at, &new.callee) {
                Some(classes) if !classes.is_empty() => vec![PossibleValue::Instance],
                _ => any_value(),
            },
        }
    }
}

fn is_list(choice: &PossibleValue<'_>) -> bool {
    matches!(choice, PossibleValue::List(_) | PossibleValue::UnorderedList(_))
}

fn reverse_list<'a>(list: &PossibleValue<'a>) -> PossibleValue<'a> {
    match list {
        PossibleValue::List(elements) => {
            PossibleValue::List(elements.iter().rev().cloned().collect())
        }
        PossibleValue::UnorderedList(_) => list.clone(),
        _ => PossibleValue::Affixed("".into(), "".into()),
    }
}

fn split_text<'a>(text: &str, by: &str) -> Vec<PossibleValues<'a>> {
    let part = |part: String| vec![PossibleValue::Text(part.into())];
    if by.is_empty() {
        return text.chars().map(|c| part(c.to_string())).collect();
    }
    text.split(by).map(|piece| part(piece.to_owned())).collect()
}

/// Maps each text; anything else, and unknown results, become anything.
fn map_texts<'a>(
    texts: &[PossibleValue<'a>],
    make: impl Fn(&str) -> Option<String>,
) -> PossibleValues<'a> {
    texts.iter().fold(Vec::new(), |all, text| {
        let other = match text {
            PossibleValue::Text(text) => {
                make(text).map(|other| vec![PossibleValue::Text(other.into())])
            }
            _ => None,
        };
        merge_values(all, other.unwrap_or_else(any_value))
    })
}
