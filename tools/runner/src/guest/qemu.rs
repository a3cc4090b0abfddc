//! Starts QEMU with a guest; `watch/` watches it.
//!
//! The guest has two consoles: `sclpconsole`, whose text people read and type, and
//! `sclplmconsole`, the control channel (docs/control-channel.md).

use super::dumper::Target;
use super::gdb::Gdb;
use super::guardian;
use super::initrd::Initrd;
use super::log::Log;
use super::qmp::{self, Socket};
use super::report::Report;
use super::watch::{self, Channel, Input, Run, Settings, path_in_proc};
use crate::build::layout;
use crate::error::Error;
use crate::options::files;
use crate::options::{Options, Verb};
use crate::screen::terminal::Modes;
use crate::screen::view::Shown;
use crate::screen::{output, paint};
use crate::verdict::token::Token;
use std::fs::{self, File};
use std::io::{self, IsTerminal};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

/// The emulator.
pub const EMULATOR: &str = "qemu-system-s390x";

/// Where `debug` lets gdb connect, if the port is free.
const GDB_PORT: u16 = 1234;

/// The machine, ours or Linux's; what runs on it, and its consoles, are to be added.
pub fn machine(options: &Options) -> Command {
    let mut command = guardian::command(EMULATOR);
    // Memory is reserved only as it is touched, so a guest may have more than
    // the host.
    let memory = format!(
        "memory-backend-ram,id=ram,size={},reserve=off",
        options.memory()
    );
    command.args(["-M", "s390-ccw-virtio,memory-backend=ram"]);
    let size = options.memory().to_string();
    command.args(["-cpu", &options.cpu, "-m", &size, "-object", &memory]);
    command.args(["-smp", &options.cpus().to_string()]);
    command.args([
        "-nodefaults",
        "-no-user-config",
        "-display",
        "none",
        "-no-reboot",
    ]);
    // Without this a disabled wait, the guest's crash, would end with exit code 0; and a
    // CPU that doesn't set the watchdog timer anew is asked where it is.
    let panic = match options.dump {
        // Ended by who has it dumped.
        Some(_) => "panic=pause",
        None => "panic=exit-failure",
    };
    command.args(["-action", &format!("{panic},watchdog=inject-nmi")]);
    if options.counts_instructions() {
        // One guest instruction a nanosecond, and the same date and random numbers
        // at each run. The base is a multiple of 125 s: only then is the clock exact.
        command.args(["-icount", "shift=0,sleep=off", "-seed", "1"]);
        command.args(["-rtc", "base=2019-12-31T23:59:10,clock=vm"]);
    }
    command
}

/// The emulator's command line.
fn command(
    options: &Options,
    token: &Token,
    initrd: &Initrd,
    channel: &Channel,
    monitor: &Socket,
) -> Result<Command, Error> {
    let mut command = machine(options);
    command.args(["-device", "diag288"]);
    command.args(["-chardev", "stdio,id=console"]);
    command.args(["-device", "sclpconsole,chardev=console"]);
    let control = format!("file,id=control,path={}", channel.path());
    command.args(["-chardev", &control]);
    command.args(["-device", "sclplmconsole,chardev=control"]);
    command.args(monitor.arguments());
    command.arg("-kernel").arg(layout::kernel());
    command.args(["-initrd", &path_in_proc(&initrd.file)]);
    command.args(["-append", &options.command_line(token, initrd.sum)]);
    if options.is_contention() {
        command.args(["-accel", "tcg,thread=multi"]);
    }
    if let Some(plugin) = &options.plugin {
        command.args(["-plugin", plugin]);
    }
    if matches!(options.verb, Some(Verb::Debug { .. })) {
        let port = gdb_port().map_err(Error::start(EMULATOR))?;
        output::message!(
            "waiting for gdb; in another terminal:\n  {}",
            Gdb::of_machine(port, &options.modules)
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

/// The emulator's version, as it says it.
pub fn version() -> Result<String, Error> {
    let output = Command::new(EMULATOR).arg("--version").output();
    let output = output.map_err(Error::start(EMULATOR))?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

/// Where a dump goes, which says of which kernel it is.
fn dump_target(path: &Path) -> Result<Target, Error> {
    Target::new(path, layout::kernel_build_id()?)
}

/// Runs a guest to its end.
pub fn run(options: &Options, initrd: &Initrd) -> Result<Run, Error> {
    run_shown(options, initrd, options.shown(), Copies::default())
}

/// Runs a guest to its end, as a person asked for it: its text is kept in a file, and its
/// events go into the report, too.
pub fn run_kept(options: &Options, initrd: &Initrd, report: Option<&Report>) -> Result<Run, Error> {
    let json = report.map(Report::file).transpose();
    let json = json.map_err(Error::start(EMULATOR))?;
    let log = Log::new().map_err(|error| output::message!("no log is kept: {error}"));
    let (log, path) = log.map_or((None, None), |log| (Some(log.file), Some(log.path)));
    let shown = options.shown();
    let files = Copies { log, json };
    let run = run_shown(options, initrd, shown, files);
    if let (Some(path), Shown::Results) = (path, shown) {
        let path = Log::shown_path(&path).display();
        output::message!("all lines: {path} (or --verbose)");
    }
    run
}

/// Runs a guest to its end, and shows nothing of it.
pub fn run_unseen(options: &Options, initrd: &Initrd) -> Result<Run, Error> {
    run_shown(options, initrd, Shown::Nothing, Copies::default())
}

/// Where a run's text and events go besides.
#[derive(Default)]
struct Copies {
    log: Option<File>,
    json: Option<File>,
}

fn run_shown(
    options: &Options,
    initrd: &Initrd,
    shown: Shown,
    Copies { log, json }: Copies,
) -> Result<Run, Error> {
    let start = Error::start(EMULATOR);
    let token = Token::random().map_err(&start)?;
    let channel = Channel::new().map_err(&start)?;
    let (monitor, socket) = qmp::pair().map_err(&start)?;
    let mut command = command(options, &token, initrd, &channel, &socket)?;
    let is_shell = options.verb == Some(Verb::Shell);
    let input = match is_shell {
        true if options.has_line() => Input::Line,
        true if !io::stdin().is_terminal() => Input::Fed,
        _ => Input::Qemu,
    };
    command.stdin(match is_shell && input == Input::Qemu {
        true => Stdio::inherit(),
        false => Stdio::null(),
    });
    let events = options.events.as_deref().map(files::create).transpose()?;
    let dump = options.dump.as_deref().map(dump_target).transpose()?;
    let map = layout::release().join("System.map");
    let names = fs::read_to_string(&map).map_err(Error::file("read", &map))?;
    // Put back at the end of this function, however QEMU ended.
    let _modes = is_shell.then(Modes::keep);
    let settings = Settings {
        shown,
        paints: input != Input::Line && !is_shell && paint::is_on_for_stdout(),
        log,
        limit: options.time_limit(),
        token: Some(token),
        events,
        json,
        signals: true,
        input,
        monitor: Some(monitor),
        names,
        dump,
    };
    watch::watch(command, EMULATOR, channel, settings)
}
