//! Starts QEMU and watches the guest until it ends or its time is up.

use crate::error::Error;
use crate::judge::Ending;
use crate::layout;
use crate::options::{Options, Verb};
use crate::transcript::Transcript;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

/// The emulator.
pub const EMULATOR: &str = "qemu-system-s390x";

/// Where `debug` lets gdb connect.
pub const GDB_PORT: u16 = 1234;

/// Pieces of output that may wait to be looked at; QEMU waits for more.
const CHUNKS: usize = 64;

/// The emulator's command line.
fn command(options: &Options, initrd: &Path) -> Command {
    let mut command = Command::new(EMULATOR);
    // Memory is reserved only as it is touched, so a guest may have more than
    // the host.
    let memory = format!(
        "memory-backend-ram,id=ram,size={},reserve=off",
        options.memory
    );
    command.args(["-M", "s390-ccw-virtio,memory-backend=ram"]);
    command.args(["-cpu", "max", "-m", &options.memory, "-object", &memory]);
    command.args(["-smp", &options.cpus.to_string()]);
    command.args([
        "-nodefaults",
        "-no-user-config",
        "-display",
        "none",
        "-no-reboot",
    ]);
    // Without this a disabled wait, the guest's crash, would end with exit code 0.
    command.args(["-action", "panic=exit-failure"]);
    command.args([
        "-chardev",
        "stdio,id=console",
        "-device",
        "sclpconsole,chardev=console",
    ]);
    command.arg("-kernel").arg(layout::kernel());
    command.arg("-initrd").arg(initrd);
    command.args(["-append", &options.command_line()]);
    if options.verb == Some(Verb::Bench) {
        // One guest instruction a nanosecond, and the same date and random numbers
        // at each run. The base is a multiple of 125 s: only then is the clock exact.
        command.args(["-icount", "shift=0,sleep=off", "-seed", "1"]);
        command.args(["-rtc", "base=2019-12-31T23:59:10,clock=vm"]);
    }
    if options.verb == Some(Verb::Debug) {
        command.args(["-S", "-gdb", &format!("tcp:127.0.0.1:{GDB_PORT}")]);
    }
    command
}

/// Runs a guest to its end.
pub fn run(options: &Options, initrd: &Path) -> Result<(Ending, Transcript), Error> {
    let mut command = command(options, initrd);
    command.stdin(match options.verb {
        Some(Verb::Shell) => Stdio::inherit(),
        _ => Stdio::null(),
    });
    watch(command, options.quiet, options.time_limit())
}

/// Runs the command to its end, or kills it at the limit.
fn watch(
    mut command: Command,
    quiet: bool,
    limit: Option<Duration>,
) -> Result<(Ending, Transcript), Error> {
    let deadline = limit.map(|limit| (limit, Instant::now() + limit));
    let mut qemu = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|source| Error::Start {
            program: EMULATOR.to_owned(),
            source,
        })?;
    let (sender, console) = mpsc::sync_channel(CHUNKS);
    if let Some(stdout) = qemu.stdout.take() {
        thread::spawn(move || send_chunks(stdout, &sender));
    }
    let complaints = qemu.stderr.take();
    let complaints = complaints.map(|stderr| thread::spawn(|| forward(stderr)));

    let mut watch = Watch {
        quiet,
        ..Watch::default()
    };
    let ending = watch.until_end(&console, &mut qemu, deadline)?;
    watch.end_line();
    let complaint = complaints.and_then(|thread| thread.join().ok()).flatten();
    match (ending, complaint) {
        (Ending::Exit(Some(1..)), Some(message)) if watch.transcript.last_line.is_none() => {
            Err(Error::Qemu { message })
        }
        _ => Ok((ending, watch.transcript)),
    }
}

/// Sends what the console says, as it comes.
fn send_chunks(mut console: impl Read, sender: &SyncSender<Vec<u8>>) {
    let mut chunk = [0; 4096];
    while let Ok(count @ 1..) = console.read(&mut chunk) {
        if sender.send(chunk[..count].to_vec()).is_err() {
            break;
        }
    }
}

/// Passes QEMU's own messages on; returns the last.
fn forward(stderr: impl Read) -> Option<String> {
    let lines = BufReader::new(stderr).lines().map_while(Result::ok);
    lines.inspect(|line| eprintln!("{line}")).last()
}

/// Prints the console and keeps its transcript.
#[derive(Default)]
struct Watch {
    quiet: bool,
    /// The line so far, without its end.
    line: Vec<u8>,
    transcript: Transcript,
}

impl Watch {
    fn until_end(
        &mut self,
        console: &Receiver<Vec<u8>>,
        qemu: &mut Child,
        deadline: Option<(Duration, Instant)>,
    ) -> Result<Ending, Error> {
        let failed = |source| Error::Start {
            program: EMULATOR.to_owned(),
            source,
        };
        let mut stopped = None;
        loop {
            let next = match deadline {
                // Asked first: output that never ends is no way past the limit.
                Some((_, end)) if end <= Instant::now() => Err(RecvTimeoutError::Timeout),
                Some((_, end)) => {
                    console.recv_timeout(end.saturating_duration_since(Instant::now()))
                }
                None => console.recv().map_err(RecvTimeoutError::from),
            };
            match (next, deadline) {
                (Ok(chunk), _) => self.chunk(&chunk),
                (Err(RecvTimeoutError::Timeout), Some((limit, _))) => {
                    qemu.kill().map_err(failed)?;
                    stopped = Some(Ending::TimedOut(limit));
                    break;
                }
                (Err(_), _) => break,
            }
        }
        // What came in before the kill.
        console.try_iter().for_each(|chunk| self.chunk(&chunk));
        let status = qemu.wait().map_err(failed)?;
        Ok(stopped.unwrap_or(Ending::Exit(status.code())))
    }

    fn chunk(&mut self, chunk: &[u8]) {
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
        self.transcript.line(&line);
        if self.quiet && self.transcript.is_failure(&line) {
            print(format!("{line}\n").as_bytes());
        }
    }
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

    /// A shell script in QEMU's place.
    fn watched(script: &str, limit: Duration) -> Result<(Ending, Transcript), Error> {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::null());
        watch(command, true, Some(limit))
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn the_exit_code_and_all_lines_arrive() {
        let (ending, transcript) =
            watched(r"printf '1..1\r\nok 1 a\r\nlast'; exit 1", LONG).unwrap();
        assert_eq!(ending, Ending::Exit(Some(1)));
        assert_eq!(transcript.report.plan, Some(1));
        assert_eq!(transcript.report.passed, 1);
        assert_eq!(transcript.last_line.as_deref(), Some("last"));
    }

    #[test]
    fn a_hang_is_killed_at_its_limit() {
        let limit = Duration::from_millis(300);
        let start = Instant::now();
        let (ending, transcript) = watched(r"printf 'one\ntwo\n'; exec sleep 60", limit).unwrap();
        assert_eq!(ending, Ending::TimedOut(limit));
        assert_eq!(transcript.last_line.as_deref(), Some("two"));
        assert!(start.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn endless_output_is_no_way_past_the_limit() {
        let limit = Duration::from_millis(300);
        let (ending, _) = watched("while :; do echo again; done", limit).unwrap();
        assert_eq!(ending, Ending::TimedOut(limit));
    }

    #[test]
    fn qemu_that_only_complains_did_not_start_the_guest() {
        let outcome = watched("echo 'no such machine' >&2; exit 1", LONG);
        let Err(Error::Qemu { message }) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(message, "no such machine");
    }

    #[test]
    fn bytes_that_are_no_text_do_no_harm() {
        let (_, transcript) = watched(r"printf '\377\376\nok 1 a\n'", LONG).unwrap();
        assert_eq!(transcript.report.passed, 1);
    }
}
