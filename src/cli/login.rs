//! `codeagent login`: a HuggingFace token, from the browser to the place where HuggingFace's tools look
//! for it.

use std::io::IsTerminal;
use std::process::ExitCode;

use super::{exit_with_error, print_result, warn};
use crate::config::Settings;
use crate::driver::{self, Login, LoginError};
use crate::inference::PermanentCause;
use crate::inference::account::Identity;
use crate::inference::device_login::NEW_TOKEN_URL;
use crate::report::output::{self, HiddenInput};
use crate::untrusted::Untrusted;

/// Logs in and returns the exit code.
pub fn run(settings: &Settings) -> ExitCode {
    let done = driver::block_on_interruptible(log_in(settings));
    match done {
        Ok(Some(Ok(text))) => print_result(&text, 0),
        Ok(Some(Err(error))) => {
            exit_with_error(&format!("{error}\n  {}", error.advice()), error.exit_code())
        }
        Ok(None) => exit_with_error(&"stopped; nothing was kept", 130),
        Err(error) => exit_with_error(&error, 9),
    }
}

async fn log_in(settings: &Settings) -> Result<String, LoginError> {
    let login = Login::new(settings)?;
    let path = Untrusted::new(login.token_file()?.to_string_lossy()).headline(240);
    let identity = match &settings.files.login_app {
        Some(app) => {
            let code = login.begin(app).await?;
            let (page, user_code) = (code.page.headline(160), code.user_code.headline(40));
            warn(&format!("Open {page} and enter {user_code}; waiting …"));
            let token = login.wait(app, &code).await?;
            login.keep(token.expose()).await?
        }
        None => login.keep(&read_token().await?).await?,
    };
    Ok(describe(&identity, &path, settings))
}

/// A token that the user pastes, unseen, or that comes through a pipe.
async fn read_token() -> Result<String, LoginError> {
    // Before the question: what is pasted the moment it is seen is neither shown nor dropped.
    let hidden = HiddenInput::new();
    if std::io::stdin().is_terminal() {
        let how = "Make a token here, with the rights that are ticked, and copy it:";
        let shown = if hidden.is_some() { "it is not shown" } else { "it is shown as you type" };
        output::write_stderr(&format!("{how}\n  {NEW_TOKEN_URL}\nToken ({shown}): "));
    }
    let token = driver::read_line().await;
    drop(hidden);
    let failed = |error: std::io::Error| LoginError::Disk {
        path: "standard input".to_owned(),
        why: error.to_string(),
    };
    token.map_err(failed)
}

fn describe(identity: &Identity, path: &str, settings: &Settings) -> String {
    let name = identity.name.headline(60);
    let kept = format!("logged in as {name}; the token is in {path}, readable only by you\n");
    let advice = PermanentCause::NoPermission.advice();
    let rights = (identity.token.may_infer == Some(false))
        .then(|| format!("It has no right to call models. {advice}\n"));
    let other = settings.network.token.as_ref().map(|token| token.origin.to_string());
    let other = other
        .filter(|origin| !origin.contains(path))
        .map(|origin| format!("{origin} has a token, too, which is used in its place.\n"));
    [Some(kept), rights, other].into_iter().flatten().collect()
}
