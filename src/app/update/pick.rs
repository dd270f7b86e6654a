//! Choosing from a list: earlier prompts, games of the library, models.

use std::time::Instant;

use crate::app::Engine;
use crate::app::dialogs::Tone;
use crate::app::effect::{SessionTask, VersionRef};
use crate::app::effects::Effects;
use crate::app::options::SaveTarget;
use crate::app::picker::{Picker, PickerItem, PickerKind, PickerValue};
use crate::app::prompt::Prompt;
use crate::app::session::Session;
use crate::app::update::local;
use crate::app::variant_mode::VariantMode;
use crate::app::variants;
use crate::library::{GameAddress, LibraryError, VersionId};

impl Session {
    /// Opens a list; the same again closes it.
    pub(super) fn pick(&mut self, kind: PickerKind, effects: &mut Effects) {
        if self.dialogs.picker.take().is_some_and(|open| open.kind == kind) {
            return;
        }
        let query = match kind {
            PickerKind::Paths => match self.jobs.game() {
                Some(game) => format!("{}.html", Prompt::slug(&game.title)),
                None => return self.nothing_to_save(),
            },
            PickerKind::Variants => return self.pick_variants(),
            PickerKind::Models | PickerKind::Routes => return self.pick_model(effects),
            PickerKind::Prompts | PickerKind::Games | PickerKind::DiffBase | PickerKind::Themes => {
                String::new()
            }
        };
        self.dialogs.picker = Some(Picker::new(kind, query.clone()));
        self.start_task(SessionTask::Search { kind, query }, effects);
    }

    /// Two to four of the same, or one each of the models that were named.
    fn pick_variants(&mut self) {
        let plan = &self.plan;
        let same = match plan.job.engine {
            Engine::Offline => "by the built-in composer, with different seeds".to_owned(),
            Engine::HuggingFace | Engine::Endpoint | Engine::TextGeneration | Engine::Local => {
                format!("by {}, with separate requests", plan.job.terms.model)
            }
        };
        let mut items: Vec<_> = (2..=variants::MAX_VARIANTS)
            .map(|count| PickerItem {
                label: format!("{count} variants"),
                detail: same.clone(),
                value: PickerValue::Variants(vec![None; count], VariantMode::Choice),
            })
            .collect();
        if plan.job.engine != Engine::Offline && plan.variant_models.len() > 1 {
            let models = plan.variant_models.iter().take(variants::MAX_VARIANTS);
            items.push(PickerItem {
                label: format!("{} variants, one from each model", models.len()),
                detail: plan.variant_models.join(", "),
                value: PickerValue::Variants(
                    models.cloned().map(Some).collect(),
                    VariantMode::Choice,
                ),
            });
        }
        if plan.job.engine != Engine::Offline {
            items.push(PickerItem {
                label: "3 at once, the first that plays".to_owned(),
                detail: format!("by {}; the others are stopped", plan.job.terms.model),
                value: PickerValue::Variants(vec![None; 3], VariantMode::Race),
            });
        }
        self.dialogs.picker = Some(Picker::with_items(PickerKind::Variants, items));
    }

    /// Opens a list with these items; the same kind again closes it.
    pub(super) fn open_list(&mut self, kind: PickerKind, items: Vec<PickerItem>) {
        let is_open = self.dialogs.picker.take().is_some_and(|open| open.kind == kind);
        self.dialogs.picker = (!is_open).then(|| Picker::with_items(kind, items));
    }

    /// Filters the open list by this query; lists of the library are searched again.
    pub(super) fn narrow(&mut self, query: String, effects: &mut Effects) {
        let Some(picker) = self.dialogs.picker.as_mut() else { return };
        picker.query.clone_from(&query);
        picker.chosen = 0;
        if matches!(picker.kind, PickerKind::Models | PickerKind::Routes) {
            self.fill_picker();
            return;
        }
        if picker.filter_items().is_some() {
            return;
        }
        let task = SessionTask::Search { kind: picker.kind, query };
        self.start_task(task, effects);
    }

    /// Moves the selection in the open list by so many lines.
    pub(super) fn step_picker(&mut self, by: isize) {
        if let Some(picker) = self.dialogs.picker.as_mut() {
            picker.step(by);
        }
    }

    /// Takes the chosen line. A prompt goes into the editor, which is the screen's.
    pub(super) fn choose(&mut self, now: Instant, effects: &mut Effects) {
        let picker = self.dialogs.picker.take();
        let Some(picker) = picker else { return };
        match picker.chosen().map(|item| item.value.clone()) {
            Some(PickerValue::Version(id)) if picker.kind == PickerKind::DiffBase => {
                self.compare_with(id, effects);
            }
            Some(PickerValue::Version(id)) => {
                self.open(VersionRef::Version(GameAddress::Version(id)), effects);
            }
            Some(PickerValue::Engine(target)) => {
                self.start_task(SessionTask::UseEngine(target), effects);
            }
            Some(PickerValue::Download(offer)) => local::ask_download(self, &offer, now),
            Some(PickerValue::Model(id)) => self.choose_model(id, now),
            Some(PickerValue::Route(name)) => self.ask_model(name, now),
            Some(
                PickerValue::Prompt(_)
                | PickerValue::Words(_)
                | PickerValue::Variants(..)
                | PickerValue::Theme(_),
            )
            | None => {}
        }
    }

    fn chosen_version(&self) -> Option<VersionId> {
        let picker = self.dialogs.picker.as_ref().filter(|open| open.kind == PickerKind::Games)?;
        match picker.chosen()?.value {
            PickerValue::Version(id) => Some(id),
            _ => None,
        }
    }

    /// Opens the previous version of the selected game.
    pub(super) fn undo_chosen(&mut self, effects: &mut Effects) {
        let Some(version) = self.chosen_version() else { return };
        self.dialogs.picker = None;
        self.open(VersionRef::Undo(version.game), effects);
    }

    /// The list stays open: more may be wanted.
    pub(super) fn export_chosen(&mut self, effects: &mut Effects) {
        if let Some(version) = self.chosen_version() {
            self.start_task(SessionTask::Export(version), effects);
        }
    }

    /// Saves the game under the name that was typed.
    pub(super) fn save_as_typed(&mut self, effects: &mut Effects) {
        let Some(picker) = self.dialogs.picker.take() else { return };
        let name = picker.query.trim();
        if picker.kind != PickerKind::Paths || name.is_empty() {
            return;
        }
        let to = SaveTarget::File(name.into());
        self.save_to(to, effects);
    }

    /// Fills the open list. An answer to an older query is dropped.
    pub(super) fn on_found(
        &mut self,
        (kind, query): (PickerKind, &str),
        found: Result<Vec<PickerItem>, LibraryError>,
    ) {
        let is_current = |open: &&mut Picker| open.kind == kind && open.query == query;
        let Some(picker) = self.dialogs.picker.as_mut().filter(is_current) else { return };
        match found {
            Ok(items) => {
                picker.most_items = picker.most_items.max(items.len());
                picker.items = Some(items);
                picker.step(0);
            }
            Err(error) => {
                self.dialogs.picker = None;
                self.notify(Tone::Bad, format!("{error}. {}", error.advice()));
            }
        }
    }
}
