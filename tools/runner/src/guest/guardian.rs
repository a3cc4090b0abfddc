//! The step between this program and QEMU: the same program again, which asks the kernel
//! for its own end when its parent ends, and then becomes QEMU.
//!
//! ```text
//!  runner ──fork, exec──► runner, by the name GUARDIAN ──exec──► qemu-system-s390x
//!    └── SIGKILL ends it: no chance to end QEMU ─────────────────► SIGKILL, by the kernel
//! ```
//!
//! It makes the request where no thread of the first one is, so no `unsafe` is needed,
//! and the request outlives the exec (prctl(2), PR_SET_PDEATHSIG).

use crate::screen::output::write_error_line;
use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal};
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

/// The name by which this program knows that it is to become another.
const GUARDIAN: &str = "runner-becoming";

/// As a shell has it: the program couldn't be started.
const NOT_STARTED: u8 = 127;

/// A command for a program that ends when this one does. The thread that spawns it must
/// live as long as the program.
pub fn command(program: &str) -> Command {
    let mut command = Command::new("/proc/self/exe");
    command.arg0(GUARDIAN).arg(std::process::id().to_string());
    command.arg(program);
    command
}

/// If this process is to become another, does so; the exit code if that fails.
pub fn become_the_other(mut arguments: impl Iterator<Item = OsString>) -> Option<ExitCode> {
    if arguments.next()? != GUARDIAN {
        return None;
    }
    let failed = Some(ExitCode::from(NOT_STARTED));
    let parent = arguments.next()?.into_string().ok()?.parse::<i32>().ok();
    let program = arguments.next()?;
    if let Err(error) = set_parent_process_death_signal(Some(Signal::KILL)) {
        write_error_line(format_args!("can't follow the runner's end: {error}"));
        return failed;
    }
    // It may have ended before the request.
    if getppid() != parent.and_then(Pid::from_raw) {
        return failed;
    }
    let error = Command::new(&program).args(arguments).exec();
    let program = program.display();
    write_error_line(format_args!("can't start {program}: {error}"));
    failed
}
