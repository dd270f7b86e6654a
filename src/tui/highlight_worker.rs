//! Colours pages on a thread of its own: what is visible first, then all in order.
//!
//! How things stand is kept every 64 lines, so colouring begins anew wherever
//! it has been, also for another page that begins alike. Where it has not been
//! yet, a guess comes first and is put right when the order comes by. The
//! syntaxes load on the first line, never before the first frame.

use std::sync::mpsc;

use super::highlight::{LineHighlighter, MAX_LINE_BYTES, PageSyntax, ParserState, StyledRanges};

/// How things stand is kept every so many lines; at most so many come in one delivery.
const CHECKPOINT_INTERVAL: usize = 64;
/// A delivery is shorter where lines are long: so many bytes, and the line that goes beyond.
const MAX_BATCH_BYTES: usize = 4_096;
/// At most so many lines are read to colour the ones behind them.
const MAX_LEAD_LINES: usize = CHECKPOINT_INTERVAL;
/// The longest window that is coloured at once; no terminal is higher.
const MAX_VIEWPORT_LINES: usize = 512;

/// Lines that wait for their colours: the first one's number, and their text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingLines {
    pub generation: u64,
    pub first: usize,
    pub lines: Vec<String>,
}

/// Lines that somebody looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineRange {
    pub generation: u64,
    pub first: usize,
    pub count: usize,
}

/// Colours for the lines from `first` on.
#[derive(Debug, Clone)]
pub struct HighlightBatch {
    pub generation: u64,
    pub first: usize,
    pub lines: Vec<StyledRanges>,
}

/// What the thread is told.
#[derive(Debug, Clone)]
pub enum HighlightRequest {
    Lines(PendingLines),
    Viewport(LineRange),
}

/// Where lines are sent to be coloured.
#[derive(Debug)]
pub struct HighlightWorker {
    requests: mpsc::Sender<HighlightRequest>,
}

impl HighlightWorker {
    /// Starts the thread. It ends when the painter is dropped.
    #[expect(clippy::disallowed_methods, reason = "colouring belongs to the screen alone")]
    pub fn start(deliver: impl Fn(HighlightBatch) + Send + 'static) -> Self {
        let (orders, work) = mpsc::channel();
        std::thread::spawn(move || run_worker(&work, &deliver));
        Self { requests: orders }
    }

    pub fn send(&self, order: HighlightRequest) {
        // A thread that is gone leaves the code plain.
        drop(self.requests.send(order));
    }
}

/// Works until there are no orders and there is nobody to give any; between two
/// deliveries all that came meanwhile is heard.
fn run_worker(orders: &mpsc::Receiver<HighlightRequest>, deliver: &impl Fn(HighlightBatch)) {
    let Ok(first) = orders.recv() else { return };
    let syntax = PageSyntax::new();
    let mut sheet = HighlightBuffer::new(&syntax);
    sheet.accept(first);
    loop {
        for order in orders.try_iter() {
            sheet.accept(order);
        }
        if let Some(paint) = sheet.next_batch() {
            deliver(paint);
        } else if let Ok(order) = orders.recv() {
            sheet.accept(order);
        } else {
            return;
        }
    }
}

/// The page on the easel.
pub struct HighlightBuffer<'b> {
    highlighter: LineHighlighter<'b>,
    generation: u64,
    lines: Vec<String>,
    /// So many lines have been coloured in order, and delivered.
    done: usize,
    /// How things stand before the line `done`.
    state: ParserState,
    /// How things stand before every 64th line. Those beyond `done` are of the
    /// page before, which began alike.
    checkpoints: Vec<ParserState>,
    viewport: Option<LineRange>,
}

impl<'b> HighlightBuffer<'b> {
    pub fn new(syntax: &'b PageSyntax) -> Self {
        let pen = LineHighlighter::new(syntax);
        let stand = pen.initial_state();
        let marks = vec![stand.clone()];
        Self {
            highlighter: pen,
            generation: 0,
            lines: Vec::new(),
            done: 0,
            state: stand,
            checkpoints: marks,
            viewport: None,
        }
    }

    /// Notes what is to be done. Another generation is another page: whatever
    /// was left of the one before is dropped.
    pub fn accept(&mut self, order: HighlightRequest) {
        match order {
            HighlightRequest::Lines(unpainted) => {
                if unpainted.generation != self.generation {
                    self.start_page(&unpainted);
                }
                if unpainted.first == self.lines.len() {
                    self.lines.extend(unpainted.lines);
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

    /// The next delivery: what is looked at, else what comes next.
    pub fn next_batch(&mut self) -> Option<HighlightBatch> {
        self.highlight_viewport().or_else(|| self.highlight_sequential())
    }

    /// The lines that are looked at, where the order would not reach them soon.
    fn highlight_viewport(&mut self) -> Option<HighlightBatch> {
        let window = self.viewport.take()?;
        let end =
            window.first.saturating_add(window.count.min(MAX_VIEWPORT_LINES)).min(self.lines.len());
        // What is done was delivered.
        let first = window.first.max(self.done);
        if first >= end || first - self.done <= MAX_LEAD_LINES {
            return None;
        }
        let (from, mut stand) = self.resume_point(first);
        for line in self.lines.get(from..first).unwrap_or_default() {
            self.highlighter.highlight_line(&mut stand, line);
        }
        let lines = self.lines.get(first..end).unwrap_or_default();
        let lines =
            lines.iter().map(|line| self.highlighter.highlight_line(&mut stand, line)).collect();
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

    /// From where to read, and with what in mind, to colour the line `first`.
    fn resume_point(&self, first: usize) -> (usize, ParserState) {
        let floor = self.earliest_lead_line(first);
        let (known, stand) = self.nearest_checkpoint(first);
        if known >= floor {
            return (known, stand);
        }
        let mut lines = self.lines.get(known..=first).unwrap_or_default().iter();
        let Some(turn) = lines.rposition(|line| switches_language(line)).map(|at| known + at)
        else {
            return (floor, stand);
        };
        let mut stand = self.highlighter.initial_state();
        if turn >= floor {
            return (turn, stand);
        }
        if let Some(line) = self.lines.get(turn) {
            self.highlighter.highlight_line(&mut stand, line);
        }
        (floor, stand)
    }

    /// The nearest line at or before `first` where it is known how things stand.
    fn nearest_checkpoint(&self, first: usize) -> (usize, ParserState) {
        let mark = (first / CHECKPOINT_INTERVAL).min(self.checkpoints.len() - 1);
        match self.checkpoints.get(mark) {
            Some(stand) if mark * CHECKPOINT_INTERVAL > self.done => {
                (mark * CHECKPOINT_INTERVAL, stand.clone())
            }
            Some(_) | None => (self.done, self.state.clone()),
        }
    }

    /// The earliest line that may be read before `first`.
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

/// Whether another language begins or ends in the line.
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
