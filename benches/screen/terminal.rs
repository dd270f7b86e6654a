//! A program in a pseudo-terminal, as whoever sits in front of it would see it.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use vt100::Screen;

const SIZE: PtySize = PtySize { rows: 40, cols: 120, pixel_width: 0, pixel_height: 0 };
/// Nothing that is measured takes longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What programs ask a terminal for, besides where the cursor is, and what a plain one answers.
const ANSWERS: [(&[u8], &str); 2] = [(b"\x1b[16t", "\x1b[6;20;10t"), (b"\x1b[c", "\x1b[?62;22c")];

pub struct Terminal {
    program: String,
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    output: Receiver<(Instant, Vec<u8>)>,
    screen: vt100::Parser,
    /// Bytes that the program wrote.
    pub bytes: usize,
    pub began: Instant,
    _master: Box<dyn MasterPty + Send>,
}

/// What a process has used: seconds of processor, and how often it was woken.
#[derive(Clone, Copy)]
pub struct Used {
    pub cpu: f64,
    pub switches: u64,
}

impl Terminal {
    pub fn start(program: &str, arguments: &[&str], env: &[(&str, String)], home: &Path) -> Self {
        let pty = native_pty_system().openpty(SIZE).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.cwd(home);
        command.env_clear();
        command.env("PATH", std::env::var("PATH").unwrap_or_default());
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env("HOME", home);
        for (name, value) in env {
            command.env(name, value);
        }
        let began = Instant::now();
        let child = pty.slave.spawn_command(command).unwrap();
        let output = listen(pty.master.try_clone_reader().unwrap());
        let screen = vt100::Parser::new(SIZE.rows, SIZE.cols, 0);
        let keys = pty.master.take_writer().unwrap();
        let program = program.to_owned();
        Self { program, child, keys, output, screen, bytes: 0, began, _master: pty.master }
    }

    pub fn send(&mut self, keys: &str) -> Instant {
        let at = Instant::now();
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
        at
    }

    /// When the screen first looked like this, or nothing within `patience`.
    pub fn until(
        &mut self,
        patience: Duration,
        looks: impl Fn(&Screen) -> bool,
    ) -> Option<Instant> {
        let deadline = Instant::now() + patience;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let (at, bytes) = self.output.recv_timeout(left).ok()?;
            self.take(&bytes);
            if looks(self.screen.screen()) {
                return Some(at);
            }
        }
    }

    /// The same, and the measurement ends with a message where it never does.
    pub fn wait(&mut self, what: &str, looks: impl Fn(&Screen) -> bool) -> Instant {
        if looks(self.screen.screen()) {
            return Instant::now();
        }
        self.until(PATIENCE, looks).unwrap_or_else(|| {
            panic!("{} did not show {what}; it showed:\n{}", self.program, self.contents())
        })
    }

    pub fn shows(&mut self, text: &str) -> Instant {
        self.wait(text, |screen| screen.contents().contains(text))
    }

    fn take(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len();
        self.screen.process(bytes);
        let has = |question: &[u8]| bytes.windows(question.len()).any(|part| part == question);
        if has(b"\x1b[6n") {
            let (row, column) = self.screen.screen().cursor_position();
            self.send(&format!("\x1b[{};{}R", row + 1, column + 1));
        }
        for (_, answer) in ANSWERS.into_iter().filter(|(question, _)| has(question)) {
            self.send(answer);
        }
    }

    /// Reads whatever comes for so long.
    pub fn idle(&mut self, time: Duration) {
        self.until(time, |_| false);
    }

    pub fn contents(&self) -> String {
        self.screen.screen().contents()
    }

    fn process(&self) -> String {
        format!("/proc/{}", self.child.process_id().unwrap_or_default())
    }

    /// Memory that is resident, in MiB.
    pub fn resident(&self) -> f64 {
        let status =
            std::fs::read_to_string(format!("{}/status", self.process())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
        kib.unwrap_or(f64::NAN) / 1024.0
    }

    /// Of all threads that are alive; ours keep theirs longer than anything here takes.
    pub fn used(&self) -> Used {
        let mut used = Used { cpu: 0.0, switches: 0 };
        let tasks = std::fs::read_dir(format!("{}/task", self.process()));
        for task in tasks.into_iter().flatten().flatten() {
            let read = |name| std::fs::read_to_string(task.path().join(name)).unwrap_or_default();
            let nanos = read("schedstat");
            let nanos = nanos.split_whitespace().next().and_then(|it| it.parse::<f64>().ok());
            used.cpu += nanos.unwrap_or_default() / 1e9;
            let status = read("status");
            let lines = status.lines().filter(|line| line.contains("ctxt_switches"));
            let counts =
                lines.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
            used.switches += counts.sum::<u64>();
        }
        used
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn listen(mut reader: Box<dyn Read + Send>) -> Receiver<(Instant, Vec<u8>)> {
    let (send, output) = channel();
    std::thread::spawn(move || {
        let mut buffer = vec![0; 65_536];
        while let Ok(length @ 1..) = reader.read(&mut buffer) {
            drop(send.send((Instant::now(), buffer[..length].to_vec())));
        }
    });
    output
}

pub fn since(began: Instant, at: Instant) -> f64 {
    at.saturating_duration_since(began).as_secs_f64()
}
