//! Starts QEMU with a guest; `watch.rs` watches it.
//!
//! The guest has two consoles: `sclpconsole`, whose text people read and type, and
//! `sclplmconsole`, the control channel (docs/control-channel.md).

use crate::error::Error;
use crate::layout;
use crate::options::{Options, PROGRAM, Verb};
use crate::terminal::Modes;
use crate::watch::{self, Channel, Run, Settings, path_in_proc};
use std::fs::File;
use std::io;
use std::net::TcpListener;
use std::process::{Command, Stdio};

/// The emulator.
pub const EMULATOR: &str = "qemu-system-s390x";

/// Where `debug` lets gdb connect, if the port is free.
const GDB_PORT: u16 = 1234;

/// The emulator's command line.
fn command(options: &Options, initrd: &File, channel: &Channel) -> Result<Command, Error> {
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
    // Without this a disabled wait, the guest's crash, would end with exit code 0; and a
    // CPU that doesn't set the watchdog timer anew is asked where it is.
    command.args(["-action", "panic=exit-failure,watchdog=inject-nmi"]);
    command.args(["-device", "diag288"]);
    command.args(["-chardev", "stdio,id=console"]);
    command.args(["-device", "sclpconsole,chardev=console"]);
    let control = format!("file,id=control,path={}", channel.path());
    command.args(["-chardev", &control]);
    command.args(["-device", "sclplmconsole,chardev=control"]);
    command.arg("-kernel").arg(layout::kernel());
    command.args(["-initrd", &path_in_proc(initrd)]);
    command.args(["-append", &options.command_line()]);
    if options.verb == Some(Verb::Bench) {
        // One guest instruction a nanosecond, and the same date and random numbers
        // at each run. The base is a multiple of 125 s: only then is the clock exact.
        command.args(["-icount", "shift=0,sleep=off", "-seed", "1"]);
        command.args(["-rtc", "base=2019-12-31T23:59:10,clock=vm"]);
    }
    if options.verb == Some(Verb::Debug) {
        let port = gdb_port().map_err(Error::start(EMULATOR))?;
        eprintln!(
            "{PROGRAM}: waiting for gdb; in another terminal:\n  \
             gdb-multiarch -ex 'target remote 127.0.0.1:{port}' {}",
            layout::kernel().display()
        );
        command.args(["-S", "-gdb", &format!("tcp:127.0.0.1:{port}")]);
    }
    Ok(command)
}

/// [`GDB_PORT`], or any that is free.
fn gdb_port() -> io::Result<u16> {
    let bind = |port| TcpListener::bind(("127.0.0.1", port));
    let listener = bind(GDB_PORT).or_else(|_| bind(0))?;
    Ok(listener.local_addr()?.port())
}

/// Runs a guest to its end.
pub fn run(options: &Options, initrd: &File) -> Result<Run, Error> {
    let channel = Channel::new().map_err(Error::start(EMULATOR))?;
    let mut command = command(options, initrd, &channel)?;
    let is_shell = options.verb == Some(Verb::Shell);
    command.stdin(match is_shell {
        true => Stdio::inherit(),
        false => Stdio::null(),
    });
    let events = match &options.events {
        Some(path) => Some(File::create(path).map_err(Error::file("write", path))?),
        None => None,
    };
    // Put back at the end of this function, however QEMU ended.
    let _modes = is_shell.then(Modes::keep);
    let settings = Settings {
        program: EMULATOR,
        quiet: options.quiet,
        limit: options.time_limit(),
        events,
        signals: true,
    };
    watch::watch(command, channel, settings)
}
