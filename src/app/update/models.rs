//! Choosing another model: the list, the ways to one, the question, the change.

use std::sync::Arc;
use std::time::Instant;

use crate::app::confirm::{Confirm, ConfirmAction, ConfirmChoice, ConfirmKey};
use crate::app::dialogs::Tone;
use crate::app::effect::SessionTask;
use crate::app::effects::Effects;
use crate::app::failure::JobError;
use crate::app::model_records::ModelRecords;
use crate::app::picker::{Picker, PickerItem, PickerKind, PickerValue};
use crate::app::session::Session;
use crate::app::session_plan::SessionPlan;
use crate::app::update::local;
use crate::inference::models::{Model, Provider, format_tokens};
use crate::inference::price::format_usd;
use crate::inference::{CachedCatalogue, InferenceError, ModelPrices, Price, ServerCost};

impl Session {
    /// Opens the list of engines and models.
    pub(super) fn pick_model(&mut self, effects: &mut Effects) {
        self.dialogs.picker = Some(Picker::new(PickerKind::Models, String::new()));
        // What is known already is shown at once; the tasks bring more.
        self.fill_picker();
        if self.plan.job.engine.has_model_list() {
            self.start_task(SessionTask::ListModels, effects);
        }
        self.start_task(SessionTask::FindLocalServers, effects);
        self.start_task(SessionTask::ListLocalModels, effects);
    }

    /// The list of models is loaded, or could not be.
    pub(super) fn on_models_listed(
        &mut self,
        listed: Result<Arc<CachedCatalogue>, InferenceError>,
    ) {
        match listed {
            Ok(listed) => {
                if let Some(error) = listed.refresh_error.clone() {
                    let hours = listed.age.as_secs() / 3_600;
                    let why = JobError::of(error).message();
                    self.notify(Tone::Plain, format!("the list is {hours} h old: {why}"));
                }
                self.served.listed = Some(listed);
                self.fill_picker();
            }
            Err(error) => {
                // The other engines can be chosen all the same.
                let engines = local::engine_items(&self.plan, &self.served);
                if let Some(open) = &mut self.dialogs.picker
                    && open.kind == PickerKind::Models
                {
                    open.items.get_or_insert(engines);
                }
                self.dialogs
                    .picker
                    .take_if(|open| open.kind == PickerKind::Routes && open.items.is_none());
                let failure = JobError::of(error);
                self.notify(Tone::Bad, format!("{}. {}", failure.message(), failure.advice()));
            }
        }
    }

    /// Fills an open model list from the catalogue in memory.
    pub(super) fn fill_picker(&mut self) {
        let Some(picker) = &mut self.dialogs.picker else { return };
        let items = match (picker.kind, &self.served.listed) {
            // Until the list has come, or could not.
            (PickerKind::Models, None)
                if self.plan.job.engine.has_model_list() && picker.items.is_none() =>
            {
                return;
            }
            (PickerKind::Models, listed) => {
                let listed = listed.as_ref().filter(|_| self.plan.job.engine.has_model_list());
                let models = listed
                    .map(|listed| models(listed, &picker.query, &self.plan, &self.shared.records));
                let engines = local::engine_items(&self.plan, &self.served);
                let engines = engines.into_iter().filter(|item| item.fits(&picker.query));
                picker.note = local::engines_note(&self.plan, &self.served);
                models.into_iter().flatten().chain(engines).collect()
            }
            (PickerKind::Routes, Some(listed)) => routes(listed, picker, &self.plan),
            _ => return,
        };
        picker.items = Some(items);
        picker.step(0);
    }

    /// A model was chosen: by whom is it to be served? A server of one's own leaves no choice.
    pub(super) fn choose_model(&mut self, id: String, now: Instant) {
        let model = self.served.listed.as_ref().and_then(|listed| listed.catalogue.find(&id));
        if model.is_some_and(|(model, _)| !model.providers.is_empty()) {
            let mut picker = Picker::new(PickerKind::Routes, String::new());
            picker.model = Some(id);
            self.dialogs.picker = Some(picker);
            self.fill_picker();
            return;
        }
        self.ask_model(id, now);
    }

    /// Asks whether to change to this model, and says what a game costs with it.
    pub(super) fn ask_model(&mut self, name: String, now: Instant) {
        if name == self.plan.job.terms.model {
            self.notify(Tone::Plain, format!("{name} is already in use"));
            return;
        }
        let price = self.prices_of(&name).and_then(|prices| prices.current());
        let cost = match price {
            Some(price) => format!("About {} a game.", format_usd(price.game_cost())),
            None if self.plan.server_cost == ServerCost::Free => {
                "It runs on this machine: free.".to_owned()
            }
            None => "Price unknown.".to_owned(),
        };
        let question = format!("Make games with {name} from now on? {cost}{}", self.doubt(&name));
        self.dialogs.confirm =
            Some(Confirm::new("Another model", question, ConfirmAction::Model(name), now));
    }

    /// A caveat about a model that is not served now.
    fn doubt(&self, name: &str) -> &'static str {
        let found = self.served.listed.as_ref().and_then(|listed| listed.catalogue.find(name));
        match found {
            Some((model, suffix)) if !model.serves(suffix) => " No provider serves it now.",
            Some(_) | None => "",
        }
    }

    fn prices_of(&self, name: &str) -> Option<ModelPrices> {
        self.served.listed.as_ref()?.catalogue.prices(name)
    }

    /// A key for the open question.
    pub(super) fn answer(&mut self, press: ConfirmKey, now: Instant, effects: &mut Effects) {
        let Some(choice) = self.dialogs.confirm.as_mut().and_then(|open| open.press(press, now))
        else {
            return;
        };
        match (self.dialogs.confirm.take(), choice) {
            (Some(Confirm { consent: ConfirmAction::Model(name), .. }), ConfirmChoice::Yes) => {
                self.change_model(name);
            }
            (Some(Confirm { consent: ConfirmAction::Spend(prompt), .. }), ConfirmChoice::Yes) => {
                Arc::make_mut(&mut self.plan.job).ask_above_usd = None;
                self.submit_prompt(&prompt, now, effects);
            }
            (Some(Confirm { consent: ConfirmAction::Download(model), .. }), ConfirmChoice::Yes) => {
                local::start_download(self, model, effects);
            }
            (Some(Confirm { consent: ConfirmAction::Quit, .. }), ConfirmChoice::Yes) => {
                self.quit(now, effects);
            }
            (None, ConfirmChoice::Yes)
            | (Some(Confirm { consent: ConfirmAction::Quit, .. }), ConfirmChoice::No) => {}
            (_, ConfirmChoice::No) => self.notify(Tone::Plain, "nothing changed"),
        }
    }

    /// From the next game on; the one that is being made has its request already.
    fn change_model(&mut self, name: String) {
        let prices = match self.plan.server_cost {
            ServerCost::Free => Some(ModelPrices::free()),
            ServerCost::Listed => self.prices_of(&name),
        };
        self.notify(Tone::Good, format!("to keep it: model = \"{name}\" in config.toml"));
        let options = Arc::make_mut(&mut self.plan.job);
        options.terms.prices = prices;
        options.terms.model = name;
    }
}

/// Models that fit the words, the cheapest game first.
fn models(
    listed: &CachedCatalogue,
    query: &str,
    plan: &SessionPlan,
    records: &ModelRecords,
) -> Vec<PickerItem> {
    let mut models = listed.catalogue.matching(query);
    models.sort_by(|a, b| a.sort_key().total_cmp(&b.sort_key()).then_with(|| a.id.cmp(&b.id)));
    let used = listed.catalogue.find(&plan.job.terms.model).map(|(used, _)| used.id.as_str());
    let item = |model: &Model| PickerItem {
        label: model.id.clone(),
        detail: model_detail(
            model,
            used,
            records.line(plan.job.engine, &model.id),
            plan.server_cost,
        ),
        value: PickerValue::Model(model.id.clone()),
    };
    models.into_iter().map(item).collect()
}

fn model_detail(
    model: &Model,
    used: Option<&str>,
    record: Option<String>,
    server_cost: ServerCost,
) -> String {
    let price = model.lowest_price();
    let rate = model.fastest().and_then(|provider| provider.throughput);
    let facts = facts(model.context(), price, rate, server_cost);
    let state = match (used == Some(&model.id), model.is_served()) {
        (true, _) => Some("in use".to_owned()),
        (false, false) => Some("no provider now".to_owned()),
        (false, true) => None,
    };
    state.into_iter().chain(record).chain(facts).collect::<Vec<_>>().join(" · ")
}

/// Facts about a route to a model, in the order of the list.
fn facts(
    context: Option<u64>,
    price: Option<Price>,
    rate: Option<f64>,
    server_cost: ServerCost,
) -> Vec<String> {
    let usd = price.map(|price| format!("${:.2}/{:.2}", price.input, price.output));
    let game = match server_cost.of_a_game(price) {
        Some(cost) if price.is_some() => format!("{cost} a game"),
        Some(free) => free,
        None => "price unknown".to_owned(),
    };
    let rate = rate.map(|rate| format!("{rate:.0} tok/s"));
    [context.map(format_tokens), usd, rate, Some(game)].into_iter().flatten().collect()
}

/// The plain name, the two policies, and every provider.
fn routes(listed: &CachedCatalogue, picker: &Picker, plan: &SessionPlan) -> Vec<PickerItem> {
    let id = picker.model.as_deref().unwrap_or_default();
    let Some((model, _)) = listed.catalogue.find(id) else { return Vec::new() };
    let route = |label: &str, suffix: &str, served: Option<&Provider>, word: Option<String>| {
        let facts = served.map(|it| facts(it.context, it.price, it.throughput, plan.server_cost));
        let details = word.into_iter().chain(facts.into_iter().flatten());
        let name = format!("{id}{suffix}");
        let is_used = (name == plan.job.terms.model).then(|| "in use".to_owned());
        PickerItem {
            label: label.to_owned(),
            detail: is_used.into_iter().chain(details).collect::<Vec<_>>().join(" · "),
            value: PickerValue::Route(name),
        }
    };
    let policies = [
        ("the server's choice", "", model.provider_for("")),
        (":cheapest", ":cheapest", model.cheapest()),
        (":fastest", ":fastest", model.fastest()),
    ];
    let policies = policies.into_iter().map(|(label, suffix, served)| {
        route(label, suffix, served, served.map(|it| format!("now {}", it.name)))
    });
    let providers = model.providers.iter().map(|provider| {
        let status = provider.status.label();
        let suffix = format!(":{}", provider.name);
        route(&suffix, &suffix, Some(provider), (status != "live").then_some(status))
    });
    let query = picker.query.to_lowercase();
    let fits = |item: &PickerItem| {
        let label = item.label.to_lowercase();
        query.split_whitespace().all(|word| label.contains(word))
    };
    policies.chain(providers).filter(fits).collect()
}
