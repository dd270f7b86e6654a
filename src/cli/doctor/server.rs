//! The model server: whether it answers, and whether it serves the model.

use super::line::{Health, Line};
use crate::app::Failure;
use crate::config::Settings;
use crate::driver::{Checkup, Server};
use crate::inference::models::{Model, Provider};
use crate::inference::{Catalogue, ErrorCause, PermanentCause};
use crate::untrusted::Untrusted;

pub fn lines(settings: &Settings, checkup: &Checkup) -> Vec<Line> {
    let name = Untrusted::new(settings.model.value.as_str()).headline(120);
    let model = Line::good("model", name).set(&settings.model.origin);
    let Some(server) = &checkup.server else {
        let host = host(settings);
        let why = if settings.is_offline_by_choice() {
            "offline was chosen"
        } else {
            "there is no token"
        };
        let words = format!("{host} is not asked, and nothing else is: {why}");
        let advice = "Games are made by the built-in composer. `codeagent doctor` asks the server \
                      once HF_TOKEN or CODEAGENT_BASE_URL is set.";
        let line = Line::good("server", words).set(&settings.endpoint.origin);
        let line =
            if settings.is_offline_by_choice() { line } else { line.with(Health::Less, advice) };
        return vec![model.and(", not used"), line];
    };
    let answered = answered(settings, server);
    match &server.listed {
        Ok(listed) if listed.refresh_error.is_none() => {
            vec![answered, served(model, &settings.model.value, &listed.catalogue)]
        }
        _ => vec![answered, model],
    }
}

fn host(settings: &Settings) -> String {
    Untrusted::new(settings.endpoint.value.host()).headline(120)
}

fn answered(settings: &Settings, server: &Server) -> Line {
    let (host, took) = (host(settings), server.took.as_millis());
    let line = |words: String| Line::good("server", words).set(&settings.endpoint.origin);
    let trouble = match &server.listed {
        Ok(listed) => match &listed.refresh_error {
            None => {
                let count = listed.catalogue.models.len();
                return line(format!("{host} answers in {took} ms and lists {count} models"));
            }
            Some(trouble) => trouble.clone(),
        },
        Err(trouble) => trouble.clone(),
    };
    let cause = trouble.cause;
    let failure = Failure::of(trouble);
    let words = format!("{host}: {}", failure.message());
    match cause {
        ErrorCause::Permanent(PermanentCause::NoList) => {
            line(words).with(Health::Less, failure.advice())
        }
        _ => line(words).with(Health::Bad(failure.exit_code()), failure.advice()),
    }
}

/// Whether the model is served, and by whom best.
fn served(line: Line, name: &str, catalogue: &Catalogue) -> Line {
    let Some((model, suffix)) = catalogue.find(name) else {
        let advice = match like(name, catalogue) {
            Some(other) => format!("It serves {other}; `codeagent models` lists all."),
            None => "`codeagent models` lists what is served; choose with --model.".to_owned(),
        };
        // Who lists providers serves nothing else; a server of one's own may take any name.
        let is_complete = catalogue.models.iter().any(|model| !model.providers.is_empty());
        let health = if is_complete { Health::Bad(10) } else { Health::Less };
        return line.and(": not in its list").with(health, advice);
    };
    if !model.serves(suffix) {
        let who = model.live_providers().map(|it| it.name.as_str()).collect::<Vec<_>>().join(", ");
        let advice = if who.is_empty() {
            "Choose another --model: `codeagent models` lists all.".to_owned()
        } else {
            format!("Others serve it: {who}.")
        };
        return line.and(": not served now").with(Health::Bad(10), advice);
    }
    line.and(&best(model))
}

/// `: served by 3, cheapest south, fastest north`.
fn best(model: &Model) -> String {
    if model.providers.is_empty() {
        return ": served".to_owned();
    }
    let told = |what: &str, one: Option<&Provider>| {
        one.map(|one| format!(", {what} {}", one.name)).unwrap_or_default()
    };
    let (cheapest, fastest) = (model.cheapest(), model.fastest());
    let count = model.live_providers().count();
    format!(": served by {count}{}{}", told("cheapest", cheapest), told("fastest", fastest))
}

/// A model with the same last name, as repositories are renamed.
fn like<'c>(name: &str, catalogue: &'c Catalogue) -> Option<&'c str> {
    let last = |name: &str| {
        let name = name.rsplit('/').next().unwrap_or_default().to_lowercase();
        name.split(':').next().unwrap_or_default().to_owned()
    };
    let wanted = last(name);
    let is_like = |model: &&Model| {
        let id = last(&model.id);
        !wanted.is_empty() && (id.contains(&wanted) || wanted.contains(&id))
    };
    catalogue.models.iter().find(is_like).map(|model| model.id.as_str())
}
