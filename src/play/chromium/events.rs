//! Reads from the browser's messages what a page does during a play-test.

use std::collections::HashSet;

use serde_json::Value;

use super::console::ConsoleLog;

/// A stack frame in the page as served: line and column from 0, the column in UTF-16 units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackFrame {
    pub function: String,
    pub line: usize,
    pub column: usize,
}

/// An error, rejection or policy violation in the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The browser's id of the exception, by which it may revoke it.
    pub id: Option<u64>,
    pub kind: FaultKind,
    pub message: String,
    /// Innermost first; only frames in the page itself.
    pub stack: Vec<StackFrame>,
}

/// What kind of fault a page reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    Error,
    Rejection,
    /// Stopped by the page's policy.
    Violation,
}

/// Everything that a page did on its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageEvents {
    pub faults: Vec<Fault>,
    /// URLs it tried to load.
    pub requests: Vec<String>,
    /// Dialogs since it was loaded.
    pub dialogs: u32,
    /// Its console output.
    pub console: ConsoleLog,
    pub has_crashed: bool,
    pub loads: u32,
    /// How often its document was asked for since it was loaded.
    pub documents: u32,
    /// The stack at which it was paused. `None` if it was not.
    pub paused_stack: Option<Vec<StackFrame>>,
    /// The browser's ids of the page's scripts.
    scripts: HashSet<String>,
}

/// Most faults and URLs recorded: a page that fails in each frame repeats itself.
const MAX_RECORDED: usize = 200;

impl PageEvents {
    /// Records a fault, up to a number of them.
    pub fn record_fault(&mut self, fault: Fault) {
        if self.faults.len() < MAX_RECORDED {
            self.faults.push(fault);
        }
    }

    /// Records the address of a request, each once, up to a number of them.
    pub fn record_request(&mut self, url: &str) {
        if self.requests.len() < MAX_RECORDED && !self.requests.iter().any(|known| known == url) {
            self.requests.push(url.chars().take(300).collect());
        }
    }

    /// Records a violation of the page's policy, and the URL it blocked.
    pub fn record_violation(&mut self, params: &Value, address: &str) {
        let Some((fault, blocked)) = parse_violation(params, address) else { return };
        self.record_fault(fault);
        if let Some(url) = blocked {
            self.record_request(&url);
        }
    }

    /// Remembers the id of a script of the page at `address`.
    pub fn register_script(&mut self, params: &Value, address: &str) {
        let text = |name: &str| params.get(name).and_then(Value::as_str);
        if let Some(id) = text("scriptId").filter(|_| text("url") == Some(address)) {
            self.scripts.insert(id.to_owned());
        }
    }

    /// Records the stack of the paused page, whose frames name scripts only by id.
    pub fn record_paused_stack(&mut self, params: &Value) {
        let frames = params.get("callFrames").and_then(Value::as_array).into_iter().flatten();
        let is_here = |frame: &&Value| {
            let script = frame.pointer("/location/scriptId").and_then(Value::as_str);
            script.is_some_and(|id| self.scripts.contains(id))
        };
        self.paused_stack = Some(frames.filter(is_here).filter_map(parse_call_frame).collect());
    }

    /// Removes a rejection that was handled after all.
    pub fn revoke_fault(&mut self, id: u64) {
        self.faults.retain(|fault| fault.id != Some(id));
    }
}

/// Parses an uncaught exception. `None` if the message lacks details.
pub fn parse_exception(params: &Value, address: &str) -> Option<Fault> {
    let details = params.get("exceptionDetails")?;
    let text = |at: &str| details.pointer(at).and_then(Value::as_str);
    let is_rejection = text("/text").is_some_and(|text| text.contains("in promise"));
    let described = text("/exception/description").or_else(|| text("/exception/className"));
    let value = details.pointer("/exception/value").map(|value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    let message =
        described.map(error_message).or(value).or_else(|| text("/text").map(str::to_owned));
    let mut stack = parse_stack(details.pointer("/stackTrace/callFrames"), address);
    if stack.is_empty() {
        stack = described.map(|text| parse_stack_text(text, address)).unwrap_or_default();
    }
    if stack.is_empty() && text("/url").is_some_and(|url| url.starts_with(address)) {
        stack.extend(parse_location(details, ""));
    }
    Some(Fault {
        id: details.get("exceptionId").and_then(Value::as_u64),
        kind: if is_rejection { FaultKind::Rejection } else { FaultKind::Error },
        message: message.unwrap_or_else(|| "an error".to_owned()),
        stack,
    })
}

/// Parses a policy violation and the URL it blocked.
fn parse_violation(params: &Value, address: &str) -> Option<(Fault, Option<String>)> {
    let details = params.pointer("/issue/details/contentSecurityPolicyIssueDetails")?;
    let text = |name: &str| details.get(name).and_then(Value::as_str);
    let directive = text("violatedDirective").unwrap_or("a directive");
    let blocked = text("blockedURL").map(str::to_owned);
    let what = blocked.as_deref().unwrap_or("code that was not there when the game was checked");
    let at = details.get("sourceCodeLocation");
    let is_here = at
        .and_then(|at| at.get("url")?.as_str())
        .is_none_or(|url| url.is_empty() || url.starts_with(address));
    let stack = at.filter(|_| is_here).and_then(|at| parse_location(at, "")).into_iter().collect();
    let message = format!("the game's policy ({directive}) blocks {what}");
    Some((Fault { id: None, kind: FaultKind::Violation, message, stack }, blocked))
}

/// The frames of a stack that are in the page.
fn parse_stack(frames: Option<&Value>, address: &str) -> Vec<StackFrame> {
    let frames = frames.and_then(Value::as_array).into_iter().flatten();
    let here = frames.filter(|frame| {
        frame.get("url").and_then(Value::as_str).is_some_and(|url| url.starts_with(address))
    });
    here.filter_map(parse_call_frame).collect()
}

fn parse_call_frame(frame: &Value) -> Option<StackFrame> {
    let name = frame.get("functionName").and_then(Value::as_str).unwrap_or_default();
    parse_location(frame.get("location").unwrap_or(frame), name)
}

fn parse_location(value: &Value, function: &str) -> Option<StackFrame> {
    let number = |name: &str| usize::try_from(value.get(name)?.as_u64()?).ok();
    let function = function.chars().take(80).collect();
    Some(StackFrame {
        function,
        line: number("lineNumber")?,
        column: number("columnNumber").unwrap_or_default(),
    })
}

/// The message of an error, without the stack at the end of its description.
fn error_message(description: &str) -> String {
    let end = description.find("\n    at ").unwrap_or(description.len());
    description.get(..end).unwrap_or_default().chars().take(500).collect()
}

/// Parses the stack at the end of a description: `at f (address:12:34)`, counted from 1.
fn parse_stack_text(description: &str, address: &str) -> Vec<StackFrame> {
    let lines = description.lines().filter_map(|line| line.trim_start().strip_prefix("at "));
    lines
        .filter_map(|line| {
            let (before, after) = line.split_once(address)?;
            let mut numbers = after.trim_end_matches(')').rsplit(':');
            let column = numbers.next()?.parse::<usize>().ok()?;
            let line = numbers.next()?.parse::<usize>().ok()?;
            let function = before.trim_end_matches('(').trim().chars().take(80).collect();
            Some(StackFrame {
                function,
                line: line.checked_sub(1)?,
                column: column.checked_sub(1)?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const AT: &str = "https://game.invalid/";

    #[test]
    fn an_exception_keeps_its_message_and_the_places_in_the_page() {
        let params = json!({"exceptionDetails": {
            "exceptionId": 3, "text": "Uncaught", "lineNumber": 9, "columnNumber": 4, "url": AT,
            "exception": {"description": "ReferenceError: hp is not defined\n    at hit (x)"},
            "stackTrace": {"callFrames": [
                {"functionName": "hit", "url": AT, "lineNumber": 9, "columnNumber": 4},
                {"functionName": "turn", "url": "codeagent-clock.js", "lineNumber": 1, "columnNumber": 1},
            ]},
        }});
        let fault = parse_exception(&params, AT).unwrap();
        assert_eq!(fault.message, "ReferenceError: hp is not defined");
        assert_eq!(fault.stack, [StackFrame { function: "hit".into(), line: 9, column: 4 }]);
        assert_eq!((fault.id, fault.kind), (Some(3), FaultKind::Error));
    }

    #[test]
    fn a_rejection_is_placed_by_the_stack_it_was_made_with() {
        let description = "Error: no\n    at async load (https://game.invalid/:12:7)\n    at https://game.invalid/:3:1";
        let params = json!({"exceptionDetails": {
            "exceptionId": 1, "text": "Uncaught (in promise)",
            "exception": {"description": description},
        }});
        let fault = parse_exception(&params, AT).unwrap();
        assert_eq!(fault.kind, FaultKind::Rejection);
        let places: Vec<_> = fault.stack.iter().map(|spot| (spot.line, spot.column)).collect();
        assert_eq!(places, [(11, 6), (2, 0)]);
    }

    #[test]
    fn whatever_is_thrown_has_words() {
        let value = |value: Value| {
            let params =
                json!({"exceptionDetails": {"text": "Uncaught", "exception": {"value": value}}});
            parse_exception(&params, AT).unwrap().message
        };
        assert_eq!(value(json!("boo")), "boo");
        assert_eq!(value(json!(7)), "7");
        assert_eq!(
            parse_exception(&json!({"exceptionDetails": {}}), AT).unwrap().message,
            "an error"
        );
        assert_eq!(parse_exception(&json!({}), AT), None);
    }
}
