//! Collects what a page writes to its console: each line once, up to a limit.

use serde_json::Value;

/// A line of the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleEntry {
    /// `log`, `info`, `warning`, `error` or `debug`.
    pub level: &'static str,
    pub text: String,
    pub times: usize,
}

/// The lines of all runs, in order of first appearance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConsoleLog(Vec<ConsoleEntry>);

/// Most lines kept, and most characters of one.
const MAX_ENTRIES: usize = 50;
const MAX_ENTRY_CHARS: usize = 300;

impl ConsoleLog {
    /// The entries, the first one first.
    pub fn entries(&self) -> &[ConsoleEntry] {
        &self.0
    }

    /// Records a call of a console method (`Runtime.consoleAPICalled`).
    pub fn record_call(&mut self, params: &Value) {
        let Some(level) = params.get("type").and_then(Value::as_str).and_then(console_level) else {
            return;
        };
        let values = params.get("args").and_then(Value::as_array).into_iter().flatten();
        let words: Vec<_> = values.take(10).map(format_value).collect();
        let text: String = words.join(" ").chars().take(MAX_ENTRY_CHARS).collect();
        let known = self.0.iter_mut().find(|entry| entry.level == level && entry.text == text);
        if let Some(known) = known {
            known.times += 1;
        } else if self.0.len() < MAX_ENTRIES {
            self.0.push(ConsoleEntry { level, text, times: 1 });
        }
    }
}

/// Maps a console method to its level; `None` for methods without text (`time`, `table`, `group`).
fn console_level(kind: &str) -> Option<&'static str> {
    ["log", "info", "warning", "error", "debug"]
        .into_iter()
        .chain(["assert"])
        .find(|known| *known == kind)
        .map(|known| if known == "assert" { "error" } else { known })
}

/// A value, as the console shows it in short form.
fn format_value(value: &Value) -> String {
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let plain = value.get("value").map(|value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    let first = |text: String| text.lines().next().unwrap_or_default().to_owned();
    plain
        .or_else(|| text("unserializableValue"))
        .or_else(|| text("description").map(first))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_line_is_kept_once_and_counted() {
        let mut console = ConsoleLog::default();
        let call = json!({"type": "error", "args": [{"value": "lives"}, {"value": 3},
            {"description": "TypeError: no\n    at x"}, {"unserializableValue": "NaN"}]});
        console.record_call(&call);
        console.record_call(&call);
        console.record_call(&json!({"type": "table", "args": []}));
        let entry =
            ConsoleEntry { level: "error", text: "lives 3 TypeError: no NaN".to_owned(), times: 2 };
        assert_eq!(console.entries(), [entry]);
    }

    #[test]
    fn a_page_that_never_stops_talking_is_cut_short() {
        let mut console = ConsoleLog::default();
        for line in 0..1_000 {
            let text = format!("{line} {}", "x".repeat(10_000));
            console.record_call(&json!({"type": "log", "args": [{"value": text}]}));
        }
        assert_eq!(console.entries().len(), MAX_ENTRIES);
        assert!(console.entries().iter().all(|entry| entry.text.len() <= MAX_ENTRY_CHARS));
    }
}
