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
//!
//! * `channel.rs`: the pipe
//! * `attend.rs`: until QEMU has ended
//! * `end.rs`: from there on
//! * `starved.rs`: how long the guest waited for the host, by which its limit is put off

mod attend;
mod channel;
mod end;
mod starved;

use crate::error::Error;
use crate::guest::dumper::{Dumper, Target};
use crate::guest::line::Line;
use crate::guest::qmp::Monitor;
use crate::guest::question::{self, Question};
use crate::guest::signals::Forwarded;
use crate::guest::streams;
use crate::screen::disassembly::Disassembly;
use crate::screen::sink::Sink;
use crate::screen::transcript::Transcript;
use crate::screen::view::{Shown, View};
use crate::verdict::judge::Ending;
use crate::verdict::record::Record;
use crate::verdict::token::Token;
pub use channel::{Channel, path_in_proc};
use starved::PutOff;
use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// Pieces of output that may wait to be looked at; QEMU waits for more.
const PIECES: usize = 64;

/// How long output may be missing that a process holds open which outlives QEMU.
const LEFTOVER: Duration = Duration::from_secs(2);

/// Between two looks at whether QEMU has ended that has closed its console.
const PAUSE: Duration = Duration::from_millis(2);

/// What is watched, and how.
#[derive(Default)]
pub struct Settings {
    /// How much of the console's text is shown.
    pub shown: Shown,
    /// Whether it is shown in colours, line by line.
    pub paints: bool,
    /// Where all of it is kept.
    pub log: Option<File>,
    /// When the guest counts as hung: of time in which it ran or could have.
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
        put_off: PutOff::default(),
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
    put_off: PutOff,
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

#[cfg(test)]
mod tests;
