//! Watches a guest until it ends, its time is up, or a signal asks for its end.
//!
//! ```text
//!  QEMU ── stdout ──────────────► text, for people    ─┐
//!       ── /proc/PID/fd/N, pipe ► events, for the judge ├─► one queue ─► Watch
//!  SIGINT, SIGTERM, SIGHUP ───────────────────────────  ─┘
//! ```
//!
//! The control channel is a pipe of this program's, which QEMU opens by its name in
//! /proc: no file is left behind, and what the guest wrote before a crash is in the
//! pipe. Its reading end ends when QEMU has, and this program has closed its own end.

use crate::error::Error;
use crate::judge::Ending;
use crate::record::Record;
use crate::transcript::Transcript;
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};
use std::fs::File;
use std::io::{self, BufRead, BufReader, PipeReader, PipeWriter, Read, Write};
use std::os::fd::AsRawFd;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

/// Pieces of output that may wait to be looked at; QEMU waits for more.
const PIECES: usize = 64;

/// How long QEMU may take to end, once a signal asked for it.
const GRACE: Duration = Duration::from_secs(5);

/// How long output may be missing that a process holds open which outlives QEMU.
const LEFTOVER: Duration = Duration::from_secs(2);

/// Between two looks at whether QEMU has ended.
const PAUSE: Duration = Duration::from_millis(2);

/// The control channel: where QEMU writes, and where it is read.
pub struct Channel {
    reader: PipeReader,
    writer: PipeWriter,
}

/// What is watched, and how.
pub struct Settings<'a> {
    /// The program's name in messages.
    pub program: &'a str,
    /// Show nothing but failures.
    pub quiet: bool,
    /// When the guest counts as hung.
    pub limit: Option<Duration>,
    /// Where a copy of the events goes.
    pub events: Option<File>,
    /// Whether signals to this program end the run.
    pub signals: bool,
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

/// What the watching thread is sent.
enum Piece {
    /// Text of the console, as it comes.
    Console(Vec<u8>),
    /// The console has ended.
    ConsoleEnd,
    /// A line of the control channel.
    Event(String),
    /// The control channel has ended.
    EventsEnd,
    /// This program got this signal.
    Signal(i32),
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
/// channel's path.
pub fn watch(mut command: Command, channel: Channel, settings: Settings<'_>) -> Result<Run, Error> {
    let program = settings.program.to_owned();
    let deadline = settings.limit.map(|limit| (limit, Instant::now() + limit));
    let (sender, pieces) = mpsc::sync_channel(PIECES);
    // Before the start, so that no signal comes between.
    let signals = match settings.signals {
        true => Some(forward_signals(sender.clone()).map_err(Error::start(&program))?),
        false => None,
    };
    let mut qemu = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(Error::start(&program))?;
    if let Some(stdout) = qemu.stdout.take() {
        let sender = sender.clone();
        thread::spawn(move || send_text(stdout, &sender));
    }
    let reader = channel.reader;
    thread::spawn(move || send_events(reader, &sender));
    let messages = qemu.stderr.take();
    let messages = messages.map(|stderr| thread::spawn(|| forward(stderr)));

    let mut watch = Watch {
        quiet: settings.quiet,
        events: settings.events,
        ..Watch::default()
    };
    let ended = watch.until_end(&pieces, &mut qemu, deadline);
    // The reader ends when all writing ends are closed: QEMU's are, after its wait.
    drop(channel.writer);
    watch.rest(&pieces);
    if let Some(signals) = signals {
        signals.close();
    }
    let ending = ended.map_err(Error::start(&program))?;
    let message = messages.and_then(|thread| thread.join().ok()).flatten();
    let Watch {
        record, transcript, ..
    } = watch;
    match (ending, message) {
        (Ending::Exit(Some(1..)), Some(message))
            if transcript.lines.is_empty() && record.lines == 0 =>
        {
            Err(Error::Qemu { message })
        }
        _ => Ok(Run {
            ending,
            record,
            transcript,
        }),
    }
}

fn forward_signals(sender: SyncSender<Piece>) -> io::Result<Handle> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    let handle = signals.handle();
    thread::spawn(move || {
        for signal in signals.forever() {
            if sender.send(Piece::Signal(signal)).is_err() {
                break;
            }
        }
    });
    Ok(handle)
}

/// Sends the console's text, as it comes.
fn send_text(mut console: impl Read, sender: &SyncSender<Piece>) {
    let mut chunk = [0; 4096];
    while let Ok(count @ 1..) = console.read(&mut chunk) {
        if sender
            .send(Piece::Console(chunk[..count].to_vec()))
            .is_err()
        {
            return;
        }
    }
    // Nobody listens any more: then nobody waits for it either.
    let _ = sender.send(Piece::ConsoleEnd);
}

/// Sends the control channel's lines.
fn send_events(channel: impl Read, sender: &SyncSender<Piece>) {
    for line in BufReader::new(channel).split(b'\n') {
        let Ok(line) = line else { break };
        let line = String::from_utf8_lossy(&line);
        // The line-mode console ends a line with what its terminal needs.
        let line = line.trim_end_matches(['\r', '\0']);
        if !line.is_empty() && sender.send(Piece::Event(line.to_owned())).is_err() {
            return;
        }
    }
    let _ = sender.send(Piece::EventsEnd);
}

/// Passes QEMU's own messages on; returns the last.
fn forward(stderr: impl Read) -> Option<String> {
    let lines = BufReader::new(stderr).lines().map_while(Result::ok);
    lines.inspect(|line| eprintln!("{line}")).last()
}

/// Waits for the end, and forces it at the deadline: then there is no status.
fn wait(qemu: &mut Child, deadline: Option<Instant>) -> io::Result<Option<ExitStatus>> {
    let Some(deadline) = deadline else {
        return qemu.wait().map(Some);
    };
    loop {
        if let Some(status) = qemu.try_wait()? {
            return Ok(Some(status));
        }
        if deadline <= Instant::now() {
            qemu.kill()?;
            return qemu.wait().map(|_| None);
        }
        thread::sleep(PAUSE);
    }
}

/// Prints the console, and keeps what both channels bring.
#[derive(Default)]
struct Watch {
    quiet: bool,
    events: Option<File>,
    /// The console's line so far, without its end.
    line: Vec<u8>,
    record: Record,
    transcript: Transcript,
    console_ended: bool,
    events_ended: bool,
}

impl Watch {
    /// Watches until QEMU has ended.
    fn until_end(
        &mut self,
        pieces: &Receiver<Piece>,
        qemu: &mut Child,
        limit: Option<(Duration, Instant)>,
    ) -> io::Result<Ending> {
        let mut forced = limit.map(|(limit, end)| (Ending::TimedOut(limit), end));
        while !self.console_ended {
            let next = match forced {
                // Asked first: output that never ends is no way past the limit.
                Some((_, end)) if end <= Instant::now() => break,
                Some((_, end)) => pieces.recv_timeout(until(end)),
                None => pieces.recv().map_err(RecvTimeoutError::from),
            };
            match next {
                Ok(Piece::Signal(signal)) => {
                    let again = matches!(forced, Some((Ending::Interrupted(_), _)));
                    let grace = if again { Duration::ZERO } else { GRACE };
                    forced = Some((Ending::Interrupted(signal), Instant::now() + grace));
                    // From a terminal the signal went to both, and QEMU may be gone.
                    let _ = kill_process(Pid::from_child(qemu), Signal::TERM);
                }
                Ok(piece) => self.piece(piece),
                Err(_) => break,
            }
        }
        let status = wait(qemu, forced.map(|(_, end)| end))?;
        Ok(match (status, forced) {
            (_, Some((interrupted @ Ending::Interrupted(_), _))) => interrupted,
            (None, Some((ending, _))) => ending,
            (status, _) => Ending::Exit(status.and_then(|status| status.code())),
        })
    }

    /// Takes what is on its way when QEMU has ended.
    fn rest(&mut self, pieces: &Receiver<Piece>) {
        let end = Instant::now() + LEFTOVER;
        while !(self.console_ended && self.events_ended) {
            match pieces.recv_timeout(until(end)) {
                Ok(piece) => self.piece(piece),
                Err(_) => break,
            }
        }
        self.end_line();
    }

    fn piece(&mut self, piece: Piece) {
        match piece {
            Piece::Console(chunk) => self.text(&chunk),
            Piece::Event(line) => self.event(&line),
            Piece::ConsoleEnd => self.console_ended = true,
            Piece::EventsEnd => self.events_ended = true,
            // The run is over.
            Piece::Signal(_) => {}
        }
    }

    fn event(&mut self, line: &str) {
        self.record.line(line);
        if let Some(Err(error)) = self.events.as_mut().map(|file| writeln!(file, "{line}")) {
            eprintln!("can't write the events: {error}");
            self.events = None;
        }
    }

    fn text(&mut self, chunk: &[u8]) {
        let bytes: Vec<u8> = chunk
            .iter()
            .copied()
            .filter(|&byte| byte != b'\r')
            .collect();
        if !self.quiet {
            print(&bytes);
        }
        for byte in bytes {
            match byte {
                b'\n' => self.end_line(),
                byte => self.line.push(byte),
            }
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        if self.transcript.line(&line) && self.quiet {
            print(format!("{line}\n").as_bytes());
        }
    }
}

fn until(end: Instant) -> Duration {
    end.saturating_duration_since(Instant::now())
}

/// Prints at once, so that a prompt without a line end is seen. A reader that
/// went away is no reason to stop watching.
fn print(bytes: &[u8]) {
    let mut output = io::stdout().lock();
    let _ = output.write_all(bytes);
    let _ = output.flush();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A shell script in QEMU's place; `$CONTROL` is its control channel.
    fn watched(script: &str, limit: Duration) -> Result<Run, Error> {
        let channel = Channel::new().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", script]).env("CONTROL", channel.path());
        command.stdin(Stdio::null());
        let settings = Settings {
            program: "sh",
            quiet: true,
            limit: Some(limit),
            events: None,
            signals: false,
        };
        watch(command, channel, settings)
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn the_exit_code_and_both_channels_arrive() {
        let script = r#"exec 3>"$CONTROL"; echo '{"event":"plan","tests":1}' >&3
            printf 'one\r\nlast'; printf '{"event":"poweroff","by":"end"}' >&3; exit 1"#;
        let run = watched(script, LONG).unwrap();
        assert_eq!(run.ending, Ending::Exit(Some(1)));
        assert_eq!(run.transcript.lines, ["one", "last"]);
        assert_eq!(run.record.lines, 2);
        assert_eq!(run.record.test_runs.len(), 1);
        assert!(run.record.poweroff.is_some());
        assert_eq!(run.record.defect, None);
    }

    #[test]
    fn nothing_is_lost_of_many_events() {
        let script = r#"exec 3>"$CONTROL"; i=0
            while [ $i -lt 3000 ]; do i=$((i + 1))
            echo "{\"event\":\"command\",\"number\":$i,\"line\":\"x\",\"ok\":true}" >&3; done
            kill -9 $$"#;
        let run = watched(script, LONG).unwrap();
        assert_eq!(run.ending, Ending::Exit(None));
        assert_eq!(run.record.commands.len(), 3000);
        assert_eq!(run.record.defect, None);
    }

    #[test]
    fn text_is_no_event() {
        let run = watched(r#"echo '{"event":"poweroff","by":"end"}'"#, LONG).unwrap();
        assert_eq!(run.record.lines, 0);
        assert_eq!(run.record.poweroff, None);
    }

    #[test]
    fn a_hang_is_killed_at_its_limit() {
        let limit = Duration::from_millis(300);
        let start = Instant::now();
        let run = watched(r"printf 'one\ntwo\n'; exec sleep 60", limit).unwrap();
        assert_eq!(run.ending, Ending::TimedOut(limit));
        assert_eq!(run.transcript.last_line(), Some("two"));
        assert!(start.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn a_closed_console_is_no_way_past_the_limit() {
        let limit = Duration::from_millis(300);
        let run = watched("exec sleep 60 >&-", limit).unwrap();
        assert_eq!(run.ending, Ending::TimedOut(limit));
    }

    #[test]
    fn endless_output_is_no_way_past_the_limit() {
        let limit = Duration::from_millis(300);
        for script in [
            "while :; do echo again; done",
            r#"exec 3>"$CONTROL"; while :; do echo '{"event":"x"}' >&3; done"#,
        ] {
            let run = watched(script, limit).unwrap();
            assert_eq!(run.ending, Ending::TimedOut(limit));
        }
    }

    #[test]
    fn qemu_that_only_complains_did_not_start_the_guest() {
        let run = watched("echo 'no such machine' >&2; exit 1", LONG);
        let Err(Error::Qemu { message }) = run else {
            panic!("{run:?}");
        };
        assert_eq!(message, "no such machine");
    }

    #[test]
    fn bytes_that_are_no_text_do_no_harm() {
        let script = r#"printf '\377\376\nok 1 a\n'; printf '\377\n' >"$CONTROL""#;
        let run = watched(script, LONG).unwrap();
        assert_eq!(run.transcript.last_line(), Some("ok 1 a"));
        assert!(run.record.defect.is_some());
    }
}
