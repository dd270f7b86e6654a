//! Colours pages on a thread of its own: what is visible first, then all in order.
//!
//! How things stand is kept every 64 lines, so colouring begins anew wherever
//! it has been, also for another page that begins alike. Where it has not been
//! yet, a guess comes first and is put right when the order comes by. The
//! syntaxes load on the first line, never before the first frame.

use std::sync::mpsc;

use super::highlight::{Brush, LONGEST_LINE, Painted, Pen, Stand};

/// How things stand is kept every so many lines; at most so many come in one delivery.
const EVERY: usize = 64;
/// A delivery is shorter where lines are long: so many bytes, and the line that goes beyond.
const BATCH: usize = 4_096;
/// At most so many lines are read to colour the ones behind them.
const LEAD: usize = EVERY;
/// The longest window that is coloured at once; no terminal is higher.
const TALLEST: usize = 512;

/// Lines that wait for their colours: the first one's number, and their text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpainted {
    pub generation: u64,
    pub first: usize,
    pub lines: Vec<String>,
}

/// Lines that somebody looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub generation: u64,
    pub first: usize,
    pub count: usize,
}

/// Colours for the lines from `first` on.
#[derive(Debug, Clone)]
pub struct Paint {
    pub generation: u64,
    pub first: usize,
    pub lines: Vec<Painted>,
}

/// What the thread is told.
#[derive(Debug, Clone)]
pub enum Order {
    Lines(Unpainted),
    Look(Window),
}

/// Where lines are sent to be coloured.
#[derive(Debug)]
pub struct Painter {
    orders: mpsc::Sender<Order>,
}

impl Painter {
    /// Starts the thread. It ends when the painter is dropped.
    #[expect(clippy::disallowed_methods, reason = "colouring belongs to the screen alone")]
    pub fn start(deliver: impl Fn(Paint) + Send + 'static) -> Self {
        let (orders, work) = mpsc::channel();
        std::thread::spawn(move || colour(&work, &deliver));
        Self { orders }
    }

    pub fn send(&self, order: Order) {
        // A thread that is gone leaves the code plain.
        drop(self.orders.send(order));
    }
}

/// Works until there are no orders and there is nobody to give any; between two
/// deliveries all that came meanwhile is heard.
fn colour(orders: &mpsc::Receiver<Order>, deliver: &impl Fn(Paint)) {
    let Ok(first) = orders.recv() else { return };
    let brush = Brush::new();
    let mut sheet = Sheet::new(&brush);
    sheet.take(first);
    loop {
        for order in orders.try_iter() {
            sheet.take(order);
        }
        if let Some(paint) = sheet.step() {
            deliver(paint);
        } else if let Ok(order) = orders.recv() {
            sheet.take(order);
        } else {
            return;
        }
    }
}

/// The page on the easel.
pub struct Sheet<'b> {
    pen: Pen<'b>,
    generation: u64,
    lines: Vec<String>,
    /// So many lines have been coloured in order, and delivered.
    done: usize,
    /// How things stand before the line `done`.
    stand: Stand,
    /// How things stand before every 64th line. Those beyond `done` are of the
    /// page before, which began alike.
    marks: Vec<Stand>,
    wish: Option<Window>,
}

impl<'b> Sheet<'b> {
    pub fn new(brush: &'b Brush) -> Self {
        let pen = Pen::new(brush);
        let stand = pen.begin();
        let marks = vec![stand.clone()];
        Self { pen, generation: 0, lines: Vec::new(), done: 0, stand, marks, wish: None }
    }

    /// Notes what is to be done. Another generation is another page: whatever
    /// was left of the one before is dropped.
    pub fn take(&mut self, order: Order) {
        match order {
            Order::Lines(unpainted) => {
                if unpainted.generation != self.generation {
                    self.begin(&unpainted);
                }
                if unpainted.first == self.lines.len() {
                    self.lines.extend(unpainted.lines);
                }
            }
            Order::Look(window) if window.generation == self.generation => self.wish = Some(window),
            Order::Look(_) => {}
        }
    }

    fn begin(&mut self, page: &Unpainted) {
        let both = self.lines.iter().zip(&page.lines);
        let alike = both.take_while(|(before, now)| before == now).count();
        self.marks.truncate(alike / EVERY + 1);
        self.generation = page.generation;
        self.lines.clear();
        self.done = 0;
        self.stand = self.pen.begin();
        self.wish = None;
    }

    /// The next delivery: what is looked at, else what comes next.
    pub fn step(&mut self) -> Option<Paint> {
        self.glance().or_else(|| self.go_on())
    }

    /// The lines that are looked at, where the order would not reach them soon.
    fn glance(&mut self) -> Option<Paint> {
        let window = self.wish.take()?;
        let end = window.first.saturating_add(window.count.min(TALLEST)).min(self.lines.len());
        // What is done was delivered.
        let first = window.first.max(self.done);
        if first >= end || first - self.done <= LEAD {
            return None;
        }
        let (from, mut stand) = self.before(first);
        for line in self.lines.get(from..first).unwrap_or_default() {
            self.pen.line(&mut stand, line);
        }
        let lines = self.lines.get(first..end).unwrap_or_default();
        let lines = lines.iter().map(|line| self.pen.line(&mut stand, line)).collect();
        Some(Paint { generation: self.generation, first, lines })
    }

    fn go_on(&mut self) -> Option<Paint> {
        let first = self.done;
        let mut lines = Vec::new();
        let mut read = 0;
        while lines.len() < EVERY && read < BATCH {
            let Some(line) = self.lines.get(self.done) else { break };
            read += line.len().min(LONGEST_LINE);
            lines.push(self.pen.line(&mut self.stand, line));
            self.done += 1;
            if self.marks.len() * EVERY == self.done {
                self.marks.push(self.stand.clone());
            }
        }
        (!lines.is_empty()).then_some(Paint { generation: self.generation, first, lines })
    }

    /// From where to read, and with what in mind, to colour the line `first`.
    fn before(&self, first: usize) -> (usize, Stand) {
        let floor = self.floor(first);
        let (known, stand) = self.known(first);
        if known >= floor {
            return (known, stand);
        }
        let mut lines = self.lines.get(known..=first).unwrap_or_default().iter();
        let Some(turn) = lines.rposition(|line| turns(line)).map(|at| known + at) else {
            return (floor, stand);
        };
        let mut stand = self.pen.begin();
        if turn >= floor {
            return (turn, stand);
        }
        if let Some(line) = self.lines.get(turn) {
            self.pen.line(&mut stand, line);
        }
        (floor, stand)
    }

    /// The nearest line at or before `first` where it is known how things stand.
    fn known(&self, first: usize) -> (usize, Stand) {
        let mark = (first / EVERY).min(self.marks.len() - 1);
        match self.marks.get(mark) {
            Some(stand) if mark * EVERY > self.done => (mark * EVERY, stand.clone()),
            Some(_) | None => (self.done, self.stand.clone()),
        }
    }

    /// The earliest line that may be read before `first`.
    fn floor(&self, first: usize) -> usize {
        let mut read = 0;
        let lines = self.lines.get(first.saturating_sub(LEAD)..first).unwrap_or_default();
        let near = lines.iter().rev().take_while(|line| {
            read += line.len().min(LONGEST_LINE);
            read <= BATCH
        });
        first - near.count()
    }
}

/// Whether another language begins or ends in the line.
fn turns(line: &str) -> bool {
    line.match_indices('<').any(|(at, _)| {
        let name = line.get(at + 1..).unwrap_or_default();
        let name = name.strip_prefix('/').unwrap_or(name).as_bytes();
        ["script", "style"].iter().any(|tag| {
            name.get(..tag.len()).is_some_and(|name| name.eq_ignore_ascii_case(tag.as_bytes()))
        })
    })
}

#[cfg(test)]
#[path = "painter/tests.rs"]
mod tests;
