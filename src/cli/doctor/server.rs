//! Diagnoses the model server: whether it answers and serves the model.

use super::line::{CheckHealth, DoctorLine};
use crate::app::JobError;
use crate::config::Settings;
use crate::driver::{DiagnosticReport, LocalEngineStatus, ServerStatus};
use crate::inference::models::{Model, Provider, format_tokens};
use crate::inference::{Catalogue, ErrorCause, PermanentCause};
use crate::local::LocalError;
use crate::untrusted::Untrusted;

/// The lines about the model and its server.
pub fn server_lines(settings: &Settings, checkup: &DiagnosticReport) -> Vec<DoctorLine> {
    if let Some(status) = &checkup.local_engine {
        return local_engine_lines(settings, status);
    }
    let name = Untrusted::new(settings.inference.model.value.as_str()).headline(120);
    let model = if name.is_empty() {
        DoctorLine::good("model", "none chosen").with_advice(
            CheckHealth::Broken(2),
            "Choose one with --model: `codeagent models` lists all.",
        )
    } else {
        DoctorLine::good("model", name).with_origin(&settings.inference.model.origin)
    };
    let Some(server) = &checkup.server else {
        let host = host(settings);
        let why = if settings.is_offline_by_choice() { "offline by choice" } else { "no token" };
        let text = format!("{host} is not contacted, nor any other server: {why}");
        let advice = "Games are made by the built-in composer. `codeagent doctor` checks the \
            server once HF_TOKEN or CODEAGENT_BASE_URL is set.";
        let line = DoctorLine::good("server", text).with_origin(&settings.network.endpoint.origin);
        let line = if settings.is_offline_by_choice() {
            line
        } else {
            line.with_advice(CheckHealth::Degraded, advice)
        };
        return vec![model.append(", not used"), line];
    };
    let answered = answer_line(settings, server);
    match &server.listed {
        Ok(listed)
            if listed.refresh_error.is_none() && !settings.inference.model.value.is_empty() =>
        {
            vec![answered, model_line(model, &settings.inference.model.value, &listed.catalogue)]
        }
        _ => vec![answered, model],
    }
}

/// The lines about the model on this machine, and the server that runs it.
fn local_engine_lines(settings: &Settings, status: &LocalEngineStatus) -> Vec<DoctorLine> {
    let failed = |name: &'static str, error: &LocalError| {
        DoctorLine::good(name, error.to_string())
            .with_advice(CheckHealth::Broken(error.exit_code()), error.advice())
    };
    let model = match &status.model {
        Ok(model) => {
            let name = Untrusted::new(model.name.as_str()).headline(120);
            let path = Untrusted::new(model.weights.to_string_lossy());
            DoctorLine::good("model", format!("{name}, {}", path.headline(160)))
        }
        Err(error) => failed("model", error),
    };
    let weights = status.model.as_ref().ok().map(|model| &model.weights);
    let running = status.running.iter().find(|record| Some(&record.weights) == weights);
    let server = match (&status.program, running) {
        (_, Some(record)) => {
            let context = format_tokens(record.context.into());
            DoctorLine::good("server", format!("runs at {}/v1, context {context}", record.root()))
        }
        (Ok(program), None) => {
            let path = Untrusted::new(program.to_string_lossy()).headline(160);
            DoctorLine::good("server", format!("{path}, started for a game and ended with us"))
        }
        (Err(error), None) => failed("server", error),
    };
    vec![model.with_origin(&settings.inference.engine.origin), server]
}

fn host(settings: &Settings) -> String {
    Untrusted::new(settings.network.endpoint.value.host()).headline(120)
}

fn answer_line(settings: &Settings, server: &ServerStatus) -> DoctorLine {
    let (host, took) = (host(settings), server.took.as_millis());
    let line = |text: String| {
        DoctorLine::good("server", text).with_origin(&settings.network.endpoint.origin)
    };
    let error = match &server.listed {
        Ok(listed) => match &listed.refresh_error {
            None => {
                let count = listed.catalogue.models.len();
                return line(format!("{host} answers in {took} ms and lists {count} models"));
            }
            Some(error) => error.clone(),
        },
        Err(error) => error.clone(),
    };
    let cause = error.cause;
    let failure = JobError::of(error);
    let text = format!("{host}: {}", failure.message());
    match cause {
        ErrorCause::Permanent(PermanentCause::NoList) => {
            line(text).with_advice(CheckHealth::Degraded, failure.advice())
        }
        _ => line(text).with_advice(CheckHealth::Broken(failure.exit_code()), failure.advice()),
    }
}

/// Whether the model is served, and by which providers.
fn model_line(line: DoctorLine, name: &str, catalogue: &Catalogue) -> DoctorLine {
    let Some((model, suffix)) = catalogue.find(name) else {
        let advice = match similar_model(name, catalogue) {
            Some(other) => format!("It serves {other}; `codeagent models` lists all."),
            None => "`codeagent models` lists what is served; choose with --model.".to_owned(),
        };
        // A list with providers is complete; other servers may accept any name.
        let is_complete = catalogue.models.iter().any(|model| !model.providers.is_empty());
        let health = if is_complete { CheckHealth::Broken(10) } else { CheckHealth::Degraded };
        return line.append(": not in its list").with_advice(health, advice);
    };
    if !model.serves(suffix) {
        let other_providers = model
            .live_providers()
            .map(|provider| provider.name.as_str())
            .collect::<Vec<_>>()
            .join(", ");
        let advice = if other_providers.is_empty() {
            "Choose another --model: `codeagent models` lists all.".to_owned()
        } else {
            format!("Other providers: {other_providers}.")
        };
        return line
            .append(": no provider serves it now")
            .with_advice(CheckHealth::Broken(10), advice);
    }
    line.append(&describe_providers(model))
}

/// `: served by 3, cheapest south, fastest north`.
fn describe_providers(model: &Model) -> String {
    if model.providers.is_empty() {
        return ": served".to_owned();
    }
    let mention = |what: &str, provider: Option<&Provider>| {
        provider.map(|known| format!(", {what} {}", known.name)).unwrap_or_default()
    };
    let (cheapest, fastest) = (model.cheapest(), model.fastest());
    let count = model.live_providers().count();
    format!(": served by {count}{}{}", mention("cheapest", cheapest), mention("fastest", fastest))
}

/// A model with a similar name after the slash, because repositories are renamed.
fn similar_model<'c>(name: &str, catalogue: &'c Catalogue) -> Option<&'c str> {
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
