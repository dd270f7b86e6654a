//! Choosing from a list: earlier prompts, games of the library.

use crate::app::effect::{Effect, Task, Which};
use crate::app::event::JobId;
use crate::app::picker::{Item, Picker, Stock, Value};
use crate::app::state::{State, Tone};
use crate::library::{Address, LibraryError};

impl State {
    /// Opens a list; the same again closes it.
    pub(super) fn pick(&mut self, stock: Stock) -> Vec<Effect> {
        if self.view.picker.take().is_some_and(|open| open.stock == stock) {
            return Vec::new();
        }
        self.view.picker = Some(Picker::new(stock));
        vec![Effect::Start(JobId::NONE, Task::Look { stock, query: String::new() })]
    }

    /// Opens a list of what is at hand; the same again closes it.
    pub(super) fn offer(&mut self, stock: Stock, items: Vec<Item>) -> Vec<Effect> {
        let is_open = self.view.picker.take().is_some_and(|open| open.stock == stock);
        self.view.picker = (!is_open).then(|| Picker::offering(stock, items));
        Vec::new()
    }

    pub(super) fn narrow(&mut self, query: String) -> Vec<Effect> {
        let Some(picker) = self.view.picker.as_mut() else { return Vec::new() };
        picker.query.clone_from(&query);
        picker.chosen = 0;
        if picker.sift().is_some() {
            return Vec::new();
        }
        vec![Effect::Start(JobId::NONE, Task::Look { stock: picker.stock, query })]
    }

    pub(super) fn step_picker(&mut self, by: isize) -> Vec<Effect> {
        if let Some(picker) = self.view.picker.as_mut() {
            picker.step(by);
        }
        Vec::new()
    }

    /// Takes the chosen line. Editor and theme are the screen's.
    pub(super) fn choose(&mut self) -> Vec<Effect> {
        let picker = self.view.picker.take();
        match picker.as_ref().and_then(Picker::chosen).map(|item| &item.value) {
            Some(Value::Version(id)) => self.open(Which::Version(Address::Version(*id))),
            Some(Value::Prompt(_) | Value::Theme(_)) | None => Vec::new(),
        }
    }

    /// The library has looked; an answer to words that were changed meanwhile is old.
    pub(super) fn on_found(
        &mut self,
        (stock, query): (Stock, &str),
        found: Result<Vec<Item>, LibraryError>,
    ) -> Vec<Effect> {
        let is_it = |open: &&mut Picker| open.stock == stock && open.query == query;
        let Some(picker) = self.view.picker.as_mut().filter(is_it) else { return Vec::new() };
        match found {
            Ok(items) => {
                picker.items = Some(items);
                picker.step(0);
            }
            Err(error) => {
                self.view.picker = None;
                self.say(Tone::Bad, format!("{error}. {}", error.advice()));
            }
        }
        Vec::new()
    }
}
