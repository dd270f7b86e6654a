//! Handles the messages of the browser: requests, dialogs, exceptions and the console.

use serde_json::{Value, json};

use super::super::events;
use super::{ADDRESS, BrowserTab, TabError};

/// Reloads by the page itself in one run: a game may begin anew by a reload each time it is lost.
const MAX_DOCUMENTS: u32 = 100;

/// Most dialogs of a page; more mean that it opens them without end.
const MAX_DIALOGS: u32 = 60;

impl BrowserTab<'_> {
    /// Handles one message.
    ///
    /// # Errors
    /// If the message reports a crash or too many dialogs, or a reply cannot be sent.
    pub(in super::super) fn handle_message(&mut self, mut message: Value) -> Result<(), TabError> {
        let Some(id) = message.get("id").and_then(Value::as_u64) else {
            let session = message.get("sessionId").and_then(Value::as_str);
            // Messages of an earlier page of this browser are ignored.
            let is_own = session.is_none_or(|session| session == self.context.session);
            return if is_own { self.on_event(&message) } else { Ok(()) };
        };
        if self.ignored_answers.remove(&id) {
            return Ok(());
        }
        let answer = match message.get_mut("error").map(Value::take) {
            Some(error) => Err(error),
            None => Ok(message.get_mut("result").map(Value::take).unwrap_or_default()),
        };
        self.answers.insert(id, answer);
        Ok(())
    }

    fn on_event(&mut self, message: &Value) -> Result<(), TabError> {
        let Some(method) = message.get("method").and_then(Value::as_str) else { return Ok(()) };
        let params = message.get("params").unwrap_or(&Value::Null);
        match method {
            "Fetch.requestPaused" => self.on_request(params)?,
            "Page.javascriptDialogOpening" => self.on_dialog(params)?,
            "Page.loadEventFired" => self.events.loads += 1,
            "Runtime.consoleAPICalled" => self.events.console.record_call(params),
            "Runtime.exceptionThrown" => {
                if let Some(fault) = events::parse_exception(params, ADDRESS) {
                    self.events.record_fault(fault);
                }
            }
            "Runtime.exceptionRevoked" => {
                let id = params.get("exceptionId").and_then(Value::as_u64);
                self.events.revoke_fault(id.unwrap_or_default());
            }
            "Audits.issueAdded" => self.events.record_violation(params, ADDRESS),
            "Debugger.scriptParsed" => self.events.register_script(params, ADDRESS),
            "Debugger.paused" => self.on_pause(params)?,
            "Inspector.targetCrashed" | "Target.targetCrashed" => {
                self.events.has_crashed = true;
                return Err(TabError::Crashed);
            }
            _ => {}
        }
        Ok(())
    }

    fn on_request(&mut self, params: &Value) -> Result<(), TabError> {
        let id = params.get("requestId").cloned().unwrap_or_default();
        let url = params.pointer("/request/url").and_then(Value::as_str).unwrap_or_default();
        let is_page = url == ADDRESS && params.get("resourceType") == Some(&json!("Document"));
        if is_page {
            self.events.documents += 1;
            if self.events.documents > MAX_DOCUMENTS {
                return Err(TabError::EndlessReload);
            }
            let answer = json!({
                "requestId": id, "responseCode": 200, "body": self.body,
                "responseHeaders": [{"name": "Content-Type", "value": "text/html; charset=utf-8"}],
            });
            return self.post("Fetch.fulfillRequest", &answer).map(drop);
        }
        if !url.starts_with("data:") && !url.starts_with("blob:") {
            self.events.record_request(url);
        }
        let refused = json!({"requestId": id, "errorReason": "BlockedByClient"});
        self.post("Fetch.failRequest", &refused).map(drop)
    }

    /// Accepts a dialog; a prompt without a default gets a name.
    fn on_dialog(&mut self, params: &Value) -> Result<(), TabError> {
        self.events.dialogs += 1;
        if self.events.dialogs > MAX_DIALOGS {
            return Err(TabError::TooManyDialogs);
        }
        let preset = params.get("defaultPrompt").and_then(Value::as_str).unwrap_or_default();
        let text = if preset.is_empty() { "Ada" } else { preset };
        self.post("Page.handleJavaScriptDialog", &json!({"accept": true, "promptText": text}))
            .map(drop)
    }

    /// A `debugger` statement of the page must not stop it.
    fn on_pause(&mut self, params: &Value) -> Result<(), TabError> {
        if self.captures_stack {
            self.events.record_paused_stack(params);
            return Ok(());
        }
        self.post("Debugger.resume", &json!({})).map(drop)
    }
}
