//! Watches a guest until it ends, its time is up, or a signal asks for its end.
//!
//! ```text
//!  QEMU ── stdout ──────────────► text, for people    ─┐
//!       ── /proc/PID/fd/N, pipe ► events, for the judge ├─► one queue ─► Watch ─► screen
//!       ── socket pair ─────────► where its CPUs are   ─┘      ▲
//!  SIGINT, SIGTERM, SIGHUP, SIGQUIT; the end of its input ─────┘
//! ```
//!
//! The control channel is a pipe of this program's, which QEMU opens by its name in
//! /proc: no file is left behind, and what the guest wrote before a crash is in the
//! pipe. Its reading end ends when QEMU has, and this program has closed its own end.
//!
//! No wait here is without a bound but that for a guest without a limit, and that for a
//! reader of this program's output; a signal ends either.

use crate::error::Error;
use crate::guest::dumper::{Dumper, Target};
use crate::guest::line::{self, Line};
use crate::guest::qmp::Monitor;
use crate::guest::question::{self, ANSWER, Question};
use crate::guest::report;
use crate::guest::signals::Forwarded;
use crate::guest::streams::{self, Piece};
use crate::options::DEFAULT_TIMEOUT;
use crate::screen::disassembly::Disassembly;
use crate::screen::output;
use crate::screen::sink::Sink;
use crate::screen::transcript::Transcript;
use crate::screen::view::{Shown, View};
use crate::verdict::judge::Ending;
use crate::verdict::record::Record;
use crate::verdict::token::Token;
use crate::verdict::{Place, Timeout};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::AsRawFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// Pieces of output that may wait to be looked at; QEMU waits for more.
const PIECES: usize = 64;

/// How long QEMU may take to end, once a signal asked for it.
const GRACE: Duration = Duration::from_secs(5);

/// How long a signal may take that went to QEMU too, which ended by it.
const SAME_SIGNAL: Duration = Duration::from_secs(1);

/// How long output may be missing that a process holds open which outlives QEMU.
const LEFTOVER: Duration = Duration::from_secs(2);

/// Between two looks at signals and the limit.
const TICK: Duration = Duration::from_millis(20);

/// Between two looks at whether QEMU has ended that has closed its console.
const PAUSE: Duration = Duration::from_millis(2);

/// The control channel: where QEMU writes, and where it is read.
pub struct Channel {
    reader: PipeReader,
    writer: PipeWriter,
}

/// What is watched, and how.
#[derive(Default)]
pub struct Settings {
    /// How much of the console's text is shown.
    pub shown: Shown,
    /// Whether it is shown in colours, line by line.
    pub paints: bool,
    /// Where all of it is kept.
    pub log: Option<File>,
    /// When the guest counts as hung.
    pub limit: Option<Duration>,
    /// What its events carry.
    pub token: Option<Token>,
    /// Where a copy of the events goes.
    pub events: Option<File>,
    /// Where they go without their token.
    pub json: Option<File>,
    /// Whether signals to this program end the run.
    pub signals: bool,
    /// Where the guest's input comes from.
    pub input: Input,
    /// QEMU's monitor.
    pub monitor: Option<Monitor>,
    /// The kernel's symbols, as text.
    pub names: String,
    /// Where a dump goes of a guest that panics; QEMU then pauses, and has a monitor.
    pub dump: Option<Target>,
}

/// Where a guest's input comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Input {
    /// From nowhere, or from where QEMU's stdin is.
    #[default]
    Qemu,
    /// This program's stdin, which is no terminal, is passed on.
    Fed,
    /// A line that is edited here, on the terminal.
    Line,
}

/// A run that has ended.
#[derive(Debug)]
pub struct Run {
    /// How QEMU ended.
    pub ending: Ending,
    /// The events.
    pub record: Record,
    /// The text.
    pub transcript: Transcript,
}

impl Channel {
    /// A channel that nobody writes to as yet.
    pub fn new() -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        Ok(Self { reader, writer })
    }

    /// The path by which another process of this user opens the writing end.
    pub fn path(&self) -> String {
        path_in_proc(&self.writer)
    }
}

/// The path by which another process of this user opens an open file of this one.
pub fn path_in_proc(file: &impl AsRawFd) -> String {
    format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd())
}

/// Runs the command to its end, or kills it at the limit. The command was given the
/// channel's path. `program` is its name in messages.
pub fn watch(
    mut command: Command,
    program: &str,
    channel: Channel,
    settings: Settings,
) -> Result<Run, Error> {
    let start = Instant::now();
    let (sender, pieces) = mpsc::sync_channel(PIECES);
    let (input, input_ended) = mpsc::channel();
    // Before the start, so that no signal comes between.
    let signals = settings.signals.then(Forwarded::new).transpose();
    let signals = signals.map_err(Error::start(program))?;
    if settings.input != Input::Qemu {
        command.stdin(Stdio::piped());
    }
    if settings.input == Input::Line {
        // The terminal's Ctrl-C isn't QEMU's.
        command.process_group(0);
    }
    let mut qemu = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(Error::start(program))?;
    // With it goes this program's copy of what QEMU inherited.
    drop(command);
    let guest_input: Option<ChildStdin> = qemu.stdin.take();
    let (mut line, mut screen) = (None, None);
    match (guest_input, settings.input) {
        (Some(guest), Input::Line) => {
            let begun = Line::begin(guest).map_err(Error::start("the line editor"))?;
            line = Some(begun.0);
            screen = Some(Sink::new(begun.1));
        }
        (Some(guest), _) => {
            thread::spawn(move || streams::feed(io::stdin(), guest, &input));
        }
        (None, _) => {}
    }
    if let Some(stdout) = qemu.stdout.take() {
        let sender = sender.clone();
        thread::spawn(move || streams::send_text(stdout, &sender));
    }
    let reader = channel.reader;
    thread::spawn(move || streams::send_events(reader, &sender));
    let messages = qemu.stderr.take();
    let messages = messages.map(|stderr| thread::spawn(|| streams::forward(stderr)));

    let (monitor, dumper) = match (settings.monitor, settings.dump) {
        (Some(monitor), Some(target)) => {
            (None, Some(Dumper::start(monitor, target, settings.names)))
        }
        (monitor, _) => (monitor.map(|monitor| (monitor, settings.names)), None),
    };
    let mut watch = Watch {
        limit: settings.limit,
        deadline: settings.limit.and_then(|limit| start.checked_add(limit)),
        reason: Reason::Limit,
        view: View::new(
            settings.shown,
            settings.paints,
            screen.unwrap_or_else(|| Sink::new(io::stdout())),
        ),
        log: settings.log.map(Sink::new),
        person: line,
        events: settings.events.map(Sink::new),
        json: settings.json.map(Sink::new),
        token: settings.token.clone(),
        signals,
        input_ended,
        monitor,
        dumper,
        disassembly: Disassembly::default(),
        line: Vec::new(),
        record: Record::of(settings.token),
        transcript: Transcript::default(),
        console_ended: false,
        events_ended: false,
    };
    let ended = watch.until_end(&pieces, &mut qemu);
    // The reader ends when all writing ends are closed: QEMU's are, after its wait.
    drop(channel.writer);
    watch.rest(&pieces);
    let message = messages
        .and_then(|thread| question::joined(thread, LEFTOVER))
        .flatten();
    let status = ended.map_err(Error::start(program))?;
    let run = watch.end(status);
    match (&run.ending, message) {
        (Ending::Exit(1..), Some(message))
            if run.transcript.lines.is_empty() && run.record.lines == 0 =>
        {
            Err(Error::Qemu { message })
        }
        _ => Ok(run),
    }
}

/// Why QEMU is ended at the deadline.
enum Reason {
    /// The guest's time is up.
    Limit,
    /// It was up, and the guest was asked where it is.
    Asked(Question),
    /// This signal came.
    Signal(i32),
}

/// Prints the console, and keeps what both channels bring.
struct Watch {
    limit: Option<Duration>,
    deadline: Option<Instant>,
    reason: Reason,
    view: View,
    log: Option<Sink>,
    events: Option<Sink>,
    json: Option<Sink>,
    token: Option<Token>,
    signals: Option<Forwarded>,
    input_ended: Receiver<()>,
    monitor: Option<(Monitor, String)>,
    /// Who has the monitor instead, with `--dump`.
    dumper: Option<Dumper>,
    /// Names of instructions in the console's text.
    disassembly: Disassembly,
    /// The console's line so far, without its end.
    line: Vec<u8>,
    /// Who types on a terminal.
    person: Option<Line>,
    record: Record,
    transcript: Transcript,
    console_ended: bool,
    events_ended: bool,
}

impl Watch {
    /// Watches until QEMU has ended; `None` if it had to be killed.
    fn until_end(
        &mut self,
        pieces: &Receiver<Piece>,
        qemu: &mut Child,
    ) -> io::Result<Option<ExitStatus>> {
        loop {
            self.look_at_signals(qemu);
            if self.input_ended.try_recv().is_ok() && self.limit.is_none() {
                self.limit = Some(DEFAULT_TIMEOUT);
                self.deadline = Some(Instant::now() + DEFAULT_TIMEOUT);
            }
            // A dump that is being written has its own limit.
            let is_dumping = self.dumper.as_ref().is_some_and(Dumper::is_busy);
            // Asked first: output that never ends is no way past the limit.
            if !is_dumping && self.deadline.is_some_and(|end| end <= Instant::now()) && !self.ask()
            {
                qemu.kill()?;
                return qemu.wait().map(|_| None);
            }
            if self.is_behind() {
                thread::sleep(TICK);
                continue;
            }
            let pause = if self.console_ended { PAUSE } else { TICK };
            match pieces.recv_timeout(pause) {
                Ok(piece) => self.piece(piece),
                Err(RecvTimeoutError::Timeout) => {
                    if let Some(status) = qemu.try_wait()? {
                        return Ok(Some(status));
                    }
                }
                // Both ends are seen, and QEMU's comes.
                Err(RecvTimeoutError::Disconnected) => {
                    if let Some(status) = qemu.try_wait()? {
                        return Ok(Some(status));
                    }
                    thread::sleep(PAUSE);
                }
            }
        }
    }

    fn signal(&self) -> Option<i32> {
        self.signals.as_ref()?.next()
    }

    fn look_at_signals(&mut self, qemu: &Child) {
        if let Some(signal) = self.signal() {
            if signal == Signal::INT.as_raw()
                && let Some(person) = &self.person
                && !person.interrupt()
            {
                return;
            }
            let again = matches!(self.reason, Reason::Signal(_));
            let grace = if again { Duration::ZERO } else { GRACE };
            self.reason = Reason::Signal(signal);
            self.deadline = Some(Instant::now() + grace);
            // From a terminal the signal went to both, and QEMU may be gone.
            let _ = kill_process(Pid::from_child(qemu), Signal::TERM);
        }
    }

    /// At the limit: asks QEMU and the guest where the guest is, once. A guest that is
    /// about to die isn't asked.
    fn ask(&mut self) -> bool {
        if !matches!(self.reason, Reason::Limit) || self.record.panic.is_some() {
            return false;
        }
        let question = if let Some((monitor, names)) = self.monitor.take() {
            Question::ask(move || monitor.ask(ANSWER, &names), &self.transcript)
        } else if let Some(dumper) = &self.dumper {
            let asker = dumper.asker();
            Question::ask(move || asker.ask(ANSWER), &self.transcript)
        } else {
            return false;
        };
        self.reason = Reason::Asked(question);
        self.deadline = Some(Instant::now() + ANSWER);
        true
    }

    /// Whether what is printed or copied waits for its reader.
    fn is_behind(&mut self) -> bool {
        // All are pushed on.
        let copies = [&mut self.events, &mut self.json, &mut self.log];
        let behind = copies.map(|copy| copy.as_mut().is_some_and(Sink::is_behind));
        self.view.is_behind() || behind.contains(&true)
    }

    /// Takes what is on its way when QEMU has ended.
    fn rest(&mut self, pieces: &Receiver<Piece>) {
        let end = Instant::now() + LEFTOVER;
        while !(self.console_ended && self.events_ended) {
            match pieces.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(piece) => self.piece(piece),
                Err(_) => break,
            }
        }
        let held = self.disassembly.rest();
        self.show(&held);
        self.end_line();
    }

    fn piece(&mut self, piece: Piece) {
        match piece {
            Piece::Console(chunk) => self.text(&chunk),
            Piece::Event(line) => {
                let dumps = self.record.dumps;
                self.record.line(&line);
                if let Some(person) = &self.person {
                    person.event(&line);
                }
                if self.record.dumps > dumps {
                    match &self.dumper {
                        Some(dumper) => dumper.dump(),
                        None => output::say!("the guest wants a dump: --dump FILE says where to"),
                    }
                }
                if let Some(events) = &mut self.events {
                    events.write(format!("{line}\n").as_bytes());
                }
                let token = self.token.as_ref().map(Token::text);
                if let Some(json) = &mut self.json
                    && let Some(line) = report::line_of(&line, token)
                {
                    json.write((line + "\n").as_bytes());
                }
            }
            Piece::ConsoleEnd => self.console_ended = true,
            Piece::EventsEnd => self.events_ended = true,
        }
    }

    fn text(&mut self, chunk: &[u8]) {
        let bytes: Vec<u8> = chunk
            .iter()
            .copied()
            .filter(|&byte| byte != b'\r')
            .collect();
        let bytes = self.disassembly.pass(&bytes);
        self.show(&bytes);
    }

    fn show(&mut self, bytes: &[u8]) {
        self.view.bytes(bytes);
        for &byte in bytes {
            match byte {
                b'\n' => self.end_line(),
                line::ENQUIRY => {}
                byte => self.line.push(byte),
            }
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        if let Some(log) = &mut self.log {
            log.write(format!("{line}\n").as_bytes());
        }
        let (weight, before) = self.transcript.line(&line);
        self.view.line(&line, weight, &before);
    }

    /// Waits until all is written, and puts the run together.
    fn end(mut self, status: Option<ExitStatus>) -> Run {
        let mut copied_by = Instant::now() + LEFTOVER;
        let shown_by = copied_by;
        loop {
            let is_shown = self.view.is_done();
            let copies = [&mut self.events, &mut self.json, &mut self.log];
            let copied = copies.map(|copy| copy.as_mut().is_none_or(Sink::is_done));
            let is_copied = !copied.contains(&false);
            // Who pages through the output may take his time, but not the events' reader.
            if !is_shown {
                copied_by = Instant::now() + LEFTOVER;
            }
            if is_shown && (is_copied || copied_by <= Instant::now()) {
                break;
            }
            if let Some(signal) = self.signal() {
                self.reason = Reason::Signal(signal);
                break;
            }
            // Who asked for the end doesn't want to wait for it.
            if matches!(self.reason, Reason::Signal(_)) && shown_by <= Instant::now() {
                break;
            }
            thread::sleep(PAUSE);
        }
        let has_begun = !self.transcript.lines.is_empty();
        let is_explained = self.record.poweroff.is_some() || self.record.panic.is_some();
        let by_itself = matches!(self.reason, Reason::Limit) && status.is_some();
        if by_itself && has_begun && !is_explained {
            // From a terminal a signal goes to both, and on a busy machine to QEMU first.
            let signals = self.signals.as_ref();
            if let Some(signal) = signals.and_then(|signals| signals.within(SAME_SIGNAL)) {
                self.reason = Reason::Signal(signal);
            }
        }
        // A reader that went away wanted no more; anything else is worth a word.
        let lost = |what: &str, result: io::Result<()>| match result {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                output::say!("{what} are incomplete: {error}");
            }
            _ => {}
        };
        lost("the lines on stdout", self.view.result());
        if let Some(person) = self.person {
            person.end();
        }
        if let Some(events) = self.events {
            lost("the events of --events", events.result());
        }
        if let Some(json) = self.json {
            lost("the events of --json", json.result());
        }
        if let Some(log) = self.log {
            lost("the lines of the log", log.result());
        }
        // Who attended a guest that panicked has ended QEMU himself.
        let panicked = self.dumper.take().is_some_and(Dumper::panicked);
        let limit = self.limit.unwrap_or_default();
        let ending = match (self.reason, status) {
            (Reason::Signal(signal), _) => Ending::Interrupted(signal),
            (Reason::Asked(question), _) => {
                Ending::TimedOut(question.timeout(limit, &self.record, &self.transcript))
            }
            (Reason::Limit, None) if self.record.panic.is_none() => Ending::TimedOut(Timeout {
                limit,
                last_line: self.transcript.last_line().map(str::to_owned),
                place: Place::Unknown,
            }),
            (Reason::Limit, None) => Ending::Killed(Signal::KILL.as_raw()),
            (Reason::Limit, Some(_)) if panicked => Ending::Exit(1),
            (Reason::Limit, Some(status)) => match (status.code(), status.signal()) {
                (Some(code), _) => Ending::Exit(code),
                (None, signal) => Ending::Killed(signal.unwrap_or_default()),
            },
        };
        Run {
            ending,
            record: self.record,
            transcript: self.transcript,
        }
    }
}

#[cfg(test)]
mod tests;
