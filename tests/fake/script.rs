//! Which answer comes next, from a test or from a file that somebody wrote by hand.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::answer::{Answer, Event};
use super::body::GAME;
use super::request::Request;

/// Answers in order, and what to do when they have all been given.
#[derive(Debug, Default)]
pub struct Script {
    answers: Vec<Answer>,
    given: Vec<usize>,
    after: After,
}

/// What follows the last answer.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum After {
    #[default]
    RepeatLast,
    /// For trying by hand: the second run of a client sees what the first one saw.
    StartOver,
}

impl Script {
    pub fn new(answers: Vec<Answer>) -> Self {
        Self { answers, given: Vec::new(), after: After::RepeatLast }
    }

    /// Reads a script file; the texts it names are found beside it.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let file: File =
            serde_json::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let answers = file.answers.into_iter().map(|line| line.answer(folder));
        let answers = answers.collect::<Result<_, _>>()?;
        Ok(Self { answers, given: Vec::new(), after: file.after })
    }

    /// The first answer not given yet that fits, else what the script says comes after.
    pub fn next(&mut self, request: &Request) -> Answer {
        if let Some(answer) = self.fresh(request) {
            return answer;
        }
        if let Some(own) = own(request) {
            let scripted = self.answers.iter().rfind(|answer| answer.is_for(&request.path));
            return scripted.cloned().unwrap_or(own);
        }
        if self.after == After::StartOver && !self.given.is_empty() {
            self.given.clear();
            return self.fresh(request).unwrap_or_else(nothing);
        }
        self.answers.iter().rfind(|answer| fits(answer, request)).cloned().unwrap_or_else(nothing)
    }

    fn fresh(&mut self, request: &Request) -> Option<Answer> {
        let (index, answer) = self
            .answers
            .iter()
            .enumerate()
            .find(|(i, answer)| !self.given.contains(i) && fits(answer, request))?;
        self.given.push(index);
        Some(answer.clone())
    }
}

fn fits(answer: &Answer, request: &Request) -> bool {
    answer.is_for(&request.path) || (answer.is_for_anything() && own(request).is_none())
}

/// What is answered without a script, and uses none up: questions beside the making of games.
fn own(request: &Request) -> Option<Answer> {
    let path = request.path.split('?').next().unwrap_or_default();
    match path {
        _ if request.method != "GET" => None,
        _ if path.contains("/models") => Some(Answer::models()),
        _ if path.ends_with("/api/whoami-v2") => Some(Answer::whoami()),
        _ if path.ends_with("/api/settings/billing/usage-v2") => Some(Answer::usage()),
        _ => None,
    }
}

/// A status that nobody retries, so that a mistake in a script is seen at once.
fn nothing() -> Answer {
    Answer::status(418).json(r#"{"error":"the script has no answer for this request"}"#)
}

/// A script file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// For the reader alone.
    #[serde(rename = "note")]
    _note: Option<String>,
    #[serde(default)]
    after: After,
    answers: Vec<Line>,
}

/// One answer in a script file: what it is, then how it comes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(flatten)]
    what: What,
    #[serde(flatten)]
    how: How,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum What {
    Chat(Text),
    ChatWhole(Text),
    TextGeneration(Text),
    Events(Vec<Value>),
    Json(Value),
    Body(String),
    Fixture(String),
    HangUp(Empty),
}

#[derive(Deserialize)]
struct Empty {}

/// A text from the script itself or from a file beside it; without either a small game.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Text {
    #[serde(rename = "text")]
    here: Option<String>,
    file: Option<String>,
    before: String,
    after: String,
    finish: Option<String>,
    /// Characters an event.
    size: Option<usize>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct How {
    status: Option<u16>,
    headers: std::collections::BTreeMap<String, String>,
    at: Option<String>,
    delay_ms: u64,
    pace_ms: u64,
    split_every: Option<usize>,
    cut_after: Option<usize>,
    stall_after: Option<usize>,
    /// The index and the object of an error event.
    error: Option<(usize, Value)>,
    #[serde(rename = "dialect")]
    dialects: Vec<Habit>,
}

/// What a server may do differently in its stream.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum Habit {
    Crlf,
    Tight,
    Bom,
    WithoutDone,
    KeepAlives,
}

impl Line {
    fn answer(self, folder: &Path) -> Result<Answer, String> {
        let status = self.how.status.unwrap_or(200);
        let answer = match self.what {
            What::Chat(text) => {
                let (size, finish) = (text.size.unwrap_or(4), text.finish.clone());
                Answer::chat_stream_by(&text.read(folder)?, size, &finish.unwrap_or("stop".into()))
            }
            What::ChatWhole(text) => Answer::chat(&text.read(folder)?),
            What::TextGeneration(text) => Answer::text_generation_stream(&text.read(folder)?),
            What::Events(events) => Answer::events(events.iter().map(event).collect()),
            What::Json(value) => Answer::status(status).json(value.to_string()),
            What::Body(body) => Answer::status(status).body(body),
            What::Fixture(name) => Answer::fixture(&fixture(folder, &name)?),
            What::HangUp(Empty {}) => Answer::raw(""),
        };
        Ok(self.how.shape(answer))
    }
}

impl How {
    fn shape(self, mut answer: Answer) -> Answer {
        for (name, value) in &self.headers {
            answer = answer.header(name, value);
        }
        answer = answer.after(Duration::from_millis(self.delay_ms));
        answer = answer.pace(Duration::from_millis(self.pace_ms));
        if let Some((index, error)) = self.error {
            answer = answer.with_error(index, &error.to_string());
        }
        if let Some(path) = self.at {
            answer = answer.at(&path);
        }
        if let Some(bytes) = self.split_every {
            answer = answer.split_every(bytes);
        }
        if let Some(bytes) = self.cut_after {
            answer = answer.cut_after(bytes);
        }
        if let Some(bytes) = self.stall_after {
            answer = answer.stall_after(bytes);
        }
        self.dialects.into_iter().fold(answer, |answer, habit| match habit {
            Habit::Crlf => answer.crlf(),
            Habit::Tight => answer.tight(),
            Habit::Bom => answer.bom(),
            Habit::WithoutDone => answer.without_done(),
            Habit::KeepAlives => answer.keep_alives(),
        })
    }
}

impl Text {
    fn read(self, folder: &Path) -> Result<String, String> {
        let text = match (self.here, self.file) {
            (Some(text), _) => text,
            (None, Some(name)) => {
                std::fs::read_to_string(folder.join(&name)).map_err(|e| format!("{name}: {e}"))?
            }
            (None, None) => GAME.to_owned(),
        };
        Ok(format!("{}{text}{}", self.before, self.after))
    }
}

/// A string is sent as it stands, anything else as JSON.
fn event(value: &Value) -> Event {
    Event::Data(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

fn fixture(folder: &Path, name: &str) -> Result<Value, String> {
    let path = folder.join(name);
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    serde_json::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, path: &str) -> Request {
        Request { method: method.into(), path: path.into(), ..Request::default() }
    }

    #[test]
    fn every_script_that_is_shipped_can_be_read() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fake/scripts");
        let files: Vec<_> = std::fs::read_dir(folder).expect("a folder").flatten().collect();
        assert!(files.len() >= 8);
        for file in files {
            Script::read(&file.path()).expect("a script");
        }
    }

    #[test]
    fn the_model_list_does_not_use_up_the_script() {
        let mut script = Script::new(vec![Answer::status(503), Answer::status(429)]);
        assert_eq!(script.next(&request("GET", "/v1/models")).steps(), Answer::models().steps());
        let post = request("POST", "/v1/chat/completions");
        assert_eq!(script.next(&post).steps(), Answer::status(503).steps());
        assert_eq!(script.next(&post).steps(), Answer::status(429).steps());
        assert_eq!(script.next(&post).steps(), Answer::status(429).steps());
    }

    #[test]
    fn accounts_are_told_unless_a_script_says_otherwise_and_then_it_says_so_again() {
        let refusal = Answer::status(401).at("/api/whoami-v2");
        let mut script = Script::new(vec![refusal, Answer::status(503)]);
        let usage = request("GET", "/api/settings/billing/usage-v2?startDate=1");
        assert_eq!(script.next(&usage).steps(), Answer::usage().steps());
        for _ in 0..2 {
            let who = request("GET", "/api/whoami-v2");
            assert_eq!(script.next(&who).steps(), Answer::status(401).steps());
        }
        assert_eq!(
            Script::new(vec![]).next(&request("GET", "/api/whoami-v2")).steps(),
            Answer::whoami().steps()
        );
    }

    #[test]
    fn an_answer_can_wait_for_its_path() {
        let mut script =
            Script::new(vec![Answer::status(200).at("/generate"), Answer::status(404)]);
        assert_eq!(script.next(&request("POST", "/v1/x")).steps(), Answer::status(404).steps());
        assert_eq!(
            script.next(&request("POST", "/generate?a")).steps(),
            Answer::status(200).steps()
        );
    }
}
