//! Highlights pages on a worker thread: the visible lines first, then all in order.
//!
//! Parser state is checkpointed every 64 lines, so highlighting can resume anywhere already
//! visited, also on a page with the same prefix. Lines further ahead are first highlighted from a
//! guessed state and corrected by the sequential pass. The syntax is loaded with the first request,
//! never before the first frame.

use std::sync::mpsc;

use super::highlight::{LineHighlighter, MAX_LINE_BYTES, PageSyntax, ParserState, StyledRanges};

/// Lines between two checkpoints, and most lines in one batch.
const CHECKPOINT_INTERVAL: usize = 64;
/// Bytes after which a batch ends, plus the line that exceeds them.
const MAX_BATCH_BYTES: usize = 4_096;
/// Most lines parsed only to find the state of the lines after them.
const MAX_LEAD_LINES: usize = CHECKPOINT_INTERVAL;
/// Most lines highlighted for one viewport; no terminal is higher.
const MAX_VIEWPORT_LINES: usize = 512;

/// Lines to highlight: the index of the first one, and their text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingLines {
    pub generation: u64,
    pub first: usize,
    pub lines: Vec<String>,
}

/// A range of visible lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineRange {
    pub generation: u64,
    pub first: usize,
    pub count: usize,
}

/// Styles for the lines from `first` on.
#[derive(Debug, Clone)]
pub struct HighlightBatch {
    pub generation: u64,
    pub first: usize,
    pub lines: Vec<StyledRanges>,
}

/// A request to the worker.
#[derive(Debug, Clone)]
pub enum HighlightRequest {
    Lines(PendingLines),
    Viewport(LineRange),
}

/// Handle to the worker thread.
#[derive(Debug)]
pub struct HighlightWorker {
    requests: mpsc::Sender<HighlightRequest>,
}

impl HighlightWorker {
    /// Starts the thread, which calls `deliver` with each batch. It ends when the handle is
    /// dropped.
    #[expect(clippy::disallowed_methods, reason = "colouring belongs to the screen alone")]
    pub fn start(deliver: impl Fn(HighlightBatch) + Send + 'static) -> Self {
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || run_worker(&receiver, &deliver));
        Self { requests: sender }
    }

    /// Queues a request.
    pub fn send(&self, request: HighlightRequest) {
        // Without the thread the code stays plain.
        drop(self.requests.send(request));
    }
}

/// Highlights until the handle is dropped; new requests are read between two batches.
fn run_worker(requests: &mpsc::Receiver<HighlightRequest>, deliver: &impl Fn(HighlightBatch)) {
    let Ok(first) = requests.recv() else { return };
    let syntax = PageSyntax::new();
    let mut buffer = HighlightBuffer::new(&syntax);
    buffer.accept(first);
    loop {
        for request in requests.try_iter() {
            buffer.accept(request);
        }
        if let Some(batch) = buffer.next_batch() {
            deliver(batch);
        } else if let Ok(request) = requests.recv() {
            buffer.accept(request);
        } else {
            return;
        }
    }
}

/// The page being highlighted.
pub struct HighlightBuffer<'b> {
    highlighter: LineHighlighter<'b>,
    generation: u64,
    lines: Vec<String>,
    /// Lines highlighted in order and delivered.
    done: usize,
    /// The parser state before the line `done`.
    state: ParserState,
    /// The parser state before every 64th line. Those beyond `done` are of the previous page, which
    /// has the same prefix.
    checkpoints: Vec<ParserState>,
    viewport: Option<LineRange>,
}

impl<'b> HighlightBuffer<'b> {
    /// Highlights with this grammar; no page is loaded yet.
    pub fn new(syntax: &'b PageSyntax) -> Self {
        let highlighter = LineHighlighter::new(syntax);
        let state = highlighter.initial_state();
        let marks = vec![state.clone()];
        Self {
            highlighter,
            generation: 0,
            lines: Vec::new(),
            done: 0,
            state,
            checkpoints: marks,
            viewport: None,
        }
    }

    /// Accepts a request. Lines of another generation are another page and replace the current one.
    pub fn accept(&mut self, request: HighlightRequest) {
        match request {
            HighlightRequest::Lines(pending) => {
                if pending.generation != self.generation {
                    self.start_page(&pending);
                }
                if pending.first == self.lines.len() {
                    self.lines.extend(pending.lines);
                }
            }
            HighlightRequest::Viewport(window) if window.generation == self.generation => {
                self.viewport = Some(window);
            }
            HighlightRequest::Viewport(_) => {}
        }
    }

    fn start_page(&mut self, page: &PendingLines) {
        let both = self.lines.iter().zip(&page.lines);
        let alike = both.take_while(|(before, now)| before == now).count();
        self.checkpoints.truncate(alike / CHECKPOINT_INTERVAL + 1);
        self.generation = page.generation;
        self.lines.clear();
        self.done = 0;
        self.state = self.highlighter.initial_state();
        self.viewport = None;
    }

    /// The next batch: the visible lines, or else the next ones in order. `None` if all are done.
    pub fn next_batch(&mut self) -> Option<HighlightBatch> {
        self.highlight_viewport().or_else(|| self.highlight_sequential())
    }

    /// Highlights the visible lines if the sequential pass would not reach them soon.
    fn highlight_viewport(&mut self) -> Option<HighlightBatch> {
        let window = self.viewport.take()?;
        let end =
            window.first.saturating_add(window.count.min(MAX_VIEWPORT_LINES)).min(self.lines.len());
        // Lines before `done` were delivered.
        let first = window.first.max(self.done);
        if first >= end || first - self.done <= MAX_LEAD_LINES {
            return None;
        }
        let (from, mut state) = self.resume_point(first);
        for line in self.lines.get(from..first).unwrap_or_default() {
            self.highlighter.highlight_line(&mut state, line);
        }
        let lines = self.lines.get(first..end).unwrap_or_default();
        let lines =
            lines.iter().map(|line| self.highlighter.highlight_line(&mut state, line)).collect();
        Some(HighlightBatch { generation: self.generation, first, lines })
    }

    fn highlight_sequential(&mut self) -> Option<HighlightBatch> {
        let first = self.done;
        let mut lines = Vec::new();
        let mut read = 0;
        while lines.len() < CHECKPOINT_INTERVAL && read < MAX_BATCH_BYTES {
            let Some(line) = self.lines.get(self.done) else { break };
            read += line.len().min(MAX_LINE_BYTES);
            lines.push(self.highlighter.highlight_line(&mut self.state, line));
            self.done += 1;
            if self.checkpoints.len() * CHECKPOINT_INTERVAL == self.done {
                self.checkpoints.push(self.state.clone());
            }
        }
        (!lines.is_empty()).then_some(HighlightBatch { generation: self.generation, first, lines })
    }

    /// The line and state to resume from to highlight the line `first`.
    fn resume_point(&self, first: usize) -> (usize, ParserState) {
        let floor = self.earliest_lead_line(first);
        let (known, state) = self.nearest_checkpoint(first);
        if known >= floor {
            return (known, state);
        }
        let mut lines = self.lines.get(known..=first).unwrap_or_default().iter();
        let Some(turn) = lines.rposition(|line| switches_language(line)).map(|at| known + at)
        else {
            return (floor, state);
        };
        let mut state = self.highlighter.initial_state();
        if turn >= floor {
            return (turn, state);
        }
        if let Some(line) = self.lines.get(turn) {
            self.highlighter.highlight_line(&mut state, line);
        }
        (floor, state)
    }

    /// The nearest line at or before `first` with a known state.
    fn nearest_checkpoint(&self, first: usize) -> (usize, ParserState) {
        let mark = (first / CHECKPOINT_INTERVAL).min(self.checkpoints.len() - 1);
        match self.checkpoints.get(mark) {
            Some(state) if mark * CHECKPOINT_INTERVAL > self.done => {
                (mark * CHECKPOINT_INTERVAL, state.clone())
            }
            Some(_) | None => (self.done, self.state.clone()),
        }
    }

    /// The earliest line to parse before `first`.
    fn earliest_lead_line(&self, first: usize) -> usize {
        let mut read = 0;
        let lines = self.lines.get(first.saturating_sub(MAX_LEAD_LINES)..first).unwrap_or_default();
        let near = lines.iter().rev().take_while(|line| {
            read += line.len().min(MAX_LINE_BYTES);
            read <= MAX_BATCH_BYTES
        });
        first - near.count()
    }
}

/// Whether a script or style starts or ends in the line.
fn switches_language(line: &str) -> bool {
    line.match_indices('<').any(|(at, _)| {
        let name = line.get(at + 1..).unwrap_or_default();
        let name = name.strip_prefix('/').unwrap_or(name).as_bytes();
        ["script", "style"].iter().any(|tag| {
            name.get(..tag.len()).is_some_and(|name| name.eq_ignore_ascii_case(tag.as_bytes()))
        })
    })
}

#[cfg(test)]
#[path = "highlight_worker/tests.rs"]
mod tests;
