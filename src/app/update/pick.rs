//! Choosing from a list: earlier prompts, games of the library, models.

use std::time::Instant;

use crate::app::Engine;
use crate::app::effect::{Effect, Task, Which};
use crate::app::event::JobId;
use crate::app::picker::{Item, Picker, Stock, Value};
use crate::app::prompt::Prompt;
use crate::app::state::{Saving, State, Tone};
use crate::app::variants;
use crate::library::{GameAddress, LibraryError, VersionId};

impl State {
    /// Opens a list; the same again closes it.
    pub(super) fn pick(&mut self, stock: Stock) -> Vec<Effect> {
        if self.view.picker.take().is_some_and(|open| open.stock == stock) {
            return Vec::new();
        }
        let query = match stock {
            Stock::Paths => match self.game() {
                Some(game) => format!("{}.html", Prompt::slug(&game.title)),
                None => return self.nothing_to_save(),
            },
            Stock::Variants => return self.pick_variants(),
            Stock::Models | Stock::Routes => return self.pick_model(),
            Stock::Prompts | Stock::Games | Stock::Against | Stock::Themes => String::new(),
        };
        self.view.picker = Some(Picker::new(stock, query.clone()));
        vec![Effect::Start(JobId::NONE, Task::Look { stock, query })]
    }

    /// Two to four of the same, or one each of the models that were named.
    fn pick_variants(&mut self) -> Vec<Effect> {
        let plan = &self.plan;
        let same = match plan.engine {
            Engine::Offline => "by the built-in composer, with other numbers".to_owned(),
            Engine::HuggingFace | Engine::Endpoint | Engine::TextGeneration => {
                format!("by {}, asked again", plan.model)
            }
        };
        let mut items: Vec<_> = (2..=variants::MOST)
            .map(|count| Item {
                label: format!("{count} variants"),
                detail: same.clone(),
                value: Value::Variants(vec![None; count]),
            })
            .collect();
        if plan.engine != Engine::Offline && plan.variant_models.len() > 1 {
            let models = plan.variant_models.iter().take(variants::MOST);
            items.push(Item {
                label: format!("{} variants, one by each model", models.len()),
                detail: plan.variant_models.join(", "),
                value: Value::Variants(models.cloned().map(Some).collect()),
            });
        }
        self.view.picker = Some(Picker::offering(Stock::Variants, items));
        Vec::new()
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
        if matches!(picker.stock, Stock::Models | Stock::Routes) {
            self.fill_picker();
            return Vec::new();
        }
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

    /// Takes the chosen line. A prompt goes into the editor, which is the screen's.
    pub(super) fn choose(&mut self, now: Instant) -> Vec<Effect> {
        let picker = self.view.picker.take();
        let Some(picker) = picker else { return Vec::new() };
        match picker.chosen().map(|item| item.value.clone()) {
            Some(Value::Version(id)) if picker.stock == Stock::Against => self.compare_with(id),
            Some(Value::Version(id)) => self.open(Which::Version(GameAddress::Version(id))),
            Some(Value::Model(id)) => self.choose_model(id, now),
            Some(Value::Route(name)) => self.ask_model(name, now),
            Some(Value::Prompt(_) | Value::Words(_) | Value::Variants(_) | Value::Theme(_))
            | None => Vec::new(),
        }
    }

    fn chosen_version(&self) -> Option<VersionId> {
        let picker = self.view.picker.as_ref().filter(|open| open.stock == Stock::Games)?;
        match picker.chosen()?.value {
            Value::Version(id) => Some(id),
            _ => None,
        }
    }

    pub(super) fn undo_chosen(&mut self) -> Vec<Effect> {
        let Some(version) = self.chosen_version() else { return Vec::new() };
        self.view.picker = None;
        self.open(Which::Undo(version.game))
    }

    /// The list stays open: more may be wanted.
    pub(super) fn export_chosen(&mut self) -> Vec<Effect> {
        let version = self.chosen_version();
        version.map(|id| Effect::Start(JobId::NONE, Task::Export(id))).into_iter().collect()
    }

    /// Saves the game under the name that was typed.
    pub(super) fn take_words(&mut self) -> Vec<Effect> {
        let Some(picker) = self.view.picker.take() else { return Vec::new() };
        let name = picker.query.trim();
        if picker.stock != Stock::Paths || name.is_empty() {
            return Vec::new();
        }
        self.save_to(Saving::File(name.into()))
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
