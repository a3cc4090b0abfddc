//! `debug --gdb`: gdb on the terminal, and beside it this program again, which runs the
//! machine.
//!
//! ```text
//!  runner debug --gdb ──► gdb-multiarch        has the terminal: Ctrl-C stops the guest
//!                    └──► runner debug ──► QEMU    a process group of its own
//! ```

use crate::error::Error;
use crate::guest::gdb::{CONNECT, DEBUGGER, Gdb};
use crate::guest::signals::Forwarded;
use crate::options::Options;
use crate::screen::output::{self, PROGRAM};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long the machine may take to end by itself, once gdb has.
const GRACE: Duration = Duration::from_secs(2);

/// Between two looks at whether it has.
const TICK: Duration = Duration::from_millis(20);

/// Starts the machine as this program's arguments say, but for `--gdb`, and gdb for it; the
/// exit code is the machine's, or 0 if gdb was left before its end.
///
/// # Errors
/// One of the two couldn't be started.
pub fn with_gdb(options: &Options) -> Result<ExitCode, Error> {
    // What a person types is gdb's.
    let signals = Forwarded::new().map_err(Error::start(DEBUGGER))?;
    let arguments = std::env::args_os().skip(1);
    let mut machine = Command::new("/proc/self/exe")
        .args(arguments.filter(|argument| argument != "--gdb"))
        .process_group(0)
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(Error::start(PROGRAM))?;
    let mut messages = machine.stderr.take().map(BufReader::new);
    let Some(port) = messages.as_mut().and_then(port) else {
        // It has printed why.
        let status = machine.wait().map_err(Error::start(PROGRAM))?;
        return Ok(code(status));
    };
    let passing = thread::spawn(move || messages.map(pass_on));
    let gdb = Gdb::of_machine(port, &options.modules);
    let gdb = Command::new(DEBUGGER).args(gdb.arguments()).status();
    let status = ended(&mut machine);
    // Its messages end with it.
    let _ = passing.join();
    drop(signals);
    match gdb {
        Err(source) => Err(Error::start(DEBUGGER)(source)),
        Ok(_) => Ok(status.map_or(ExitCode::SUCCESS, code)),
    }
}

/// The port that the other process has for gdb; other lines are passed on.
fn port(messages: &mut impl BufRead) -> Option<u16> {
    for line in messages.lines().map_while(Result::ok) {
        if let Some((_, rest)) = line.split_once(CONNECT) {
            return rest.split('\'').next()?.parse().ok();
        }
        output::write_error_line(format_args!("{line}"));
    }
    None
}

fn pass_on(from: impl Read) {
    for line in BufReader::new(from).lines().map_while(Result::ok) {
        output::write_error_line(format_args!("{line}"));
    }
}

/// How the machine ended by itself; `None` if it had to be ended.
fn ended(machine: &mut Child) -> Option<ExitStatus> {
    let end = Instant::now() + GRACE;
    while Instant::now() < end {
        if let Ok(Some(status)) = machine.try_wait() {
            return Some(status);
        }
        thread::sleep(TICK);
    }
    let _ = kill_process(Pid::from_child(machine), Signal::TERM);
    let _ = machine.wait();
    None
}

fn code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}
