//! Gets a HuggingFace token from the user's browser, looks whose it is, and puts it where HuggingFace's
//! tools look for it.

use std::io::{BufRead as _, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::DEFAULT_TIMEOUT;
use super::blocking::blocking;
use crate::config::Settings;
use crate::inference::account::{Identity, MAX_ANSWER_BYTES, WHOAMI_ROUTE};
use crate::inference::device_login::{DEVICE_ROUTE, DeviceCode, TOKEN_ROUTE, TokenAnswer};
use crate::inference::{Endpoint, InferenceClient, InferenceError};
use crate::library::write_private;
use crate::secret::Secret;
use crate::untrusted::Untrusted;

/// Why there is no login, each as a clause without a full stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    #[error("nobody is asked: {0} is set")]
    Offline(String),
    #[error("HuggingFace cannot be asked: {0}")]
    Unreachable(String),
    #[error("HuggingFace does not accept this token")]
    BadToken,
    #[error("that is no token: it is empty, or has characters that no token contains")]
    NoToken,
    #[error("the login was refused: {0}")]
    Refused(String),
    #[error("the code has expired")]
    Expired,
    #[error("no folder is known to keep the token in: HOME is not set")]
    NoFolder,
    #[error("{path} cannot be written: {why}")]
    Disk { path: String, why: String },
}

impl LoginError {
    /// The remedy, as one sentence.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Offline(_) => "Unset it to log in.",
            Self::Unreachable(_) => {
                "Check the network, HTTPS_PROXY and HF_ENDPOINT; nothing was kept."
            }
            Self::BadToken | Self::NoToken => {
                "Copy the whole token, which begins with hf_; nothing was kept."
            }
            Self::Refused(_) | Self::Expired => "Start `codeagent login` again.",
            Self::NoFolder => "Set HF_HOME or HF_TOKEN_PATH.",
            Self::Disk { .. } => {
                "Check the folder's permissions, or set HF_TOKEN_PATH to another file."
            }
        }
    }

    /// The process's exit code, as the README documents them.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::BadToken | Self::NoToken | Self::Refused(_) | Self::Expired => 3,
            Self::Offline(_) | Self::Unreachable(_) => 5,
            Self::NoFolder | Self::Disk { .. } => 9,
        }
    }
}

/// A login with these settings.
#[derive(Debug)]
pub struct Login<'s> {
    settings: &'s Settings,
    base: Endpoint,
}

impl<'s> Login<'s> {
    /// Asks nobody yet.
    ///
    /// # Errors
    ///
    /// The Hub may not be asked, or its address is invalid.
    pub fn new(settings: &'s Settings) -> Result<Self, LoginError> {
        let hub = &settings.local_engine.hub;
        if let Some(origin) = &hub.offline {
            return Err(LoginError::Offline(origin.to_string()));
        }
        let base = hub.base.clone().map_err(LoginError::Unreachable)?;
        Ok(Self { settings, base })
    }

    /// Where the token goes.
    ///
    /// # Errors
    ///
    /// No folder is known.
    pub fn token_file(&self) -> Result<PathBuf, LoginError> {
        self.settings.files.token.clone().ok_or(LoginError::NoFolder)
    }

    async fn client(&self, token: Option<Secret>) -> Result<InferenceClient, LoginError> {
        let (base, timeouts) = (self.base.clone(), self.settings.network.timeouts);
        let built = blocking(move || InferenceClient::new(base, timeouts, token.as_ref(), None));
        built.await.map_err(LoginError::Unreachable)?.map_err(|error| unreachable(&error))
    }

    /// Begins a device login for this app.
    ///
    /// # Errors
    ///
    /// The Hub cannot be asked, or does not know the app.
    pub async fn begin(&self, client_id: &str) -> Result<DeviceCode, LoginError> {
        let address = self.base.address_below(DEVICE_ROUTE);
        let client = self.client(None).await?;
        let form = DeviceCode::question(client_id);
        let answer = client.post_form(&address, form, MAX_ANSWER_BYTES, DEFAULT_TIMEOUT).await;
        let body = answer.map_err(|error| unreachable(&error))?;
        DeviceCode::parse(&body).ok_or_else(|| refusal(&body))
    }

    /// Waits for the user to confirm the code in a browser.
    ///
    /// # Errors
    ///
    /// The user refuses, or the code expires.
    pub async fn wait(&self, client_id: &str, code: &DeviceCode) -> Result<Secret, LoginError> {
        let address = self.base.address_below(TOKEN_ROUTE);
        let client = self.client(None).await?;
        let (mut interval, mut left) = (code.interval, code.expires_in);
        while left > interval {
            tokio::time::sleep(Duration::from_secs(interval)).await;
            left -= interval;
            let form = code.token_question(client_id);
            let asked = client.post_form(&address, form, MAX_ANSWER_BYTES, DEFAULT_TIMEOUT).await;
            // A network that fails for a moment does not end a login.
            let Ok(body) = asked else { continue };
            match TokenAnswer::parse(&body) {
                Some(TokenAnswer::Token(token)) => return Ok(token),
                Some(TokenAnswer::Pending) | None => {}
                Some(TokenAnswer::SlowDown) => interval += 5,
                Some(TokenAnswer::Refused(why)) => {
                    return Err(LoginError::Refused(why.headline(160)));
                }
            }
        }
        Err(LoginError::Expired)
    }

    /// Looks whose token it is, and keeps it.
    ///
    /// # Errors
    ///
    /// It is no token, HuggingFace refuses it, or it cannot be written.
    pub async fn keep(&self, token: &str) -> Result<Identity, LoginError> {
        let token = token.trim();
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(LoginError::NoToken);
        }
        let client = self.client(Some(Secret::new(token))).await?;
        let address = self.base.address_below(WHOAMI_ROUTE);
        let body = client.fetch(&address, MAX_ANSWER_BYTES, DEFAULT_TIMEOUT).await;
        let body = body.map_err(|error| match error.status {
            Some(401 | 403) => LoginError::BadToken,
            _ => unreachable(&error),
        })?;
        let identity = Identity::parse(&body).ok_or_else(|| {
            LoginError::Unreachable("what answered is not HuggingFace".to_owned())
        })?;
        let path = self.token_file()?;
        write_private(&path, token).map_err(|error| disk_error(&path, &error))?;
        Ok(identity)
    }
}

/// Reads a line of standard input, which may take its time: dropping the future ends the wait.
///
/// # Errors
///
/// Standard input cannot be read.
pub async fn read_line() -> std::io::Result<String> {
    let read = blocking(|| {
        let mut line = String::new();
        // Longer than any token; the rest of a pipe is nobody's.
        std::io::stdin().lock().take(16_384).read_line(&mut line).map(|_| line)
    });
    read.await.unwrap_or_else(|why| Err(std::io::Error::other(why)))
}

fn unreachable(error: &InferenceError) -> LoginError {
    let said = error.message.headline(160);
    LoginError::Unreachable(format!("{} {said}", error.cause.describe()).trim_end().to_owned())
}

fn refusal(body: &str) -> LoginError {
    match TokenAnswer::parse(body) {
        Some(TokenAnswer::Refused(why)) => LoginError::Refused(why.headline(160)),
        _ => LoginError::Unreachable("what answered is not HuggingFace".to_owned()),
    }
}

fn disk_error(path: &Path, error: &std::io::Error) -> LoginError {
    let path = Untrusted::new(path.to_string_lossy()).headline(240);
    LoginError::Disk { path, why: error.to_string() }
}
