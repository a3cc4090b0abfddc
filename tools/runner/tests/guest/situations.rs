//! The runner where it isn't as in the book: signals, output that goes nowhere, input
//! that ends, files that are none.

use crate::run::{Run, TestResult, command, release, runner};
use libtest_mimic::Failed;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long what must end at once may take on a busy machine.
const SOON: Duration = Duration::from_secs(60);

/// A guest that does nothing until it is ended.
const IDLE: [&str; 5] = [
    "--verbose",
    "--cpus",
    "1",
    "--append",
    "modules= selftest=ending.sleep_for_good",
];

/// The process's children.
pub fn children(process: u32) -> Vec<u32> {
    let path = format!("/proc/{process}/task/{process}/children");
    let text = fs::read_to_string(path).unwrap_or_default();
    text.split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect()
}

/// Whether a process runs this program; one that has ended, but isn't waited for, doesn't.
fn runs(process: u32, program: &str) -> bool {
    let line = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&line).starts_with(program)
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) -> TestResult {
    let end = Instant::now() + SOON;
    while !holds() {
        if end <= Instant::now() {
            return Err(format!("within {} s not: {what}", SOON.as_secs()).into());
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// The code of a program that must end soon.
fn exit_code(child: &mut Child) -> Result<Option<i32>, Failed> {
    wait_until("the runner ends", || !matches!(child.try_wait(), Ok(None)))?;
    Ok(child.wait()?.code())
}

/// A runner whose guest does nothing, and its QEMU.
fn idle() -> Result<(Child, u32), Failed> {
    started(&mut command(&IDLE))
}

fn started(command: &mut Command) -> Result<(Child, u32), Failed> {
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn()?;
    let mut text = String::new();
    let mut stdout = BufReader::new(child.stdout.take().ok_or("stdout was asked for")?);
    while !text.contains("# sleeps") {
        if stdout.read_line(&mut text)? == 0 {
            return Err(format!("the guest didn't start: {text}").into());
        }
    }
    thread::spawn(move || io::copy(&mut stdout, &mut io::sink()));
    let qemu = children(child.id());
    match qemu.as_slice() {
        [qemu] if runs(*qemu, "qemu-system-s390x") => Ok((child, *qemu)),
        other => Err(format!("one QEMU was expected: {other:?}").into()),
    }
}

/// Each signal that ends the runner ends QEMU; so does one that it can't catch. Nothing is
/// left behind.
pub fn signals() -> TestResult {
    let before = temporary_files()?;
    for (signal, code) in [
        (Signal::INT, Some(130)),
        (Signal::TERM, Some(143)),
        (Signal::HUP, Some(129)),
        (Signal::QUIT, Some(131)),
        (Signal::KILL, None),
    ] {
        let (mut child, qemu) = idle()?;
        kill_process(Pid::from_child(&child), signal)?;
        let found = exit_code(&mut child)?;
        if found != code {
            return Err(format!("{signal:?}: {code:?} was expected, {found:?} came").into());
        }
        wait_until("QEMU ends", || !runs(qemu, "qemu-system-s390x"))?;
    }
    // As nohup starts it.
    let mut ignoring = Command::new("sh");
    let runner = command(&[]);
    ignoring.args(["-c", "trap '' HUP; exec \"$0\" \"$@\""]);
    let ignoring = ignoring
        .arg(runner.get_program())
        .args(IDLE)
        .stdin(Stdio::null());
    let (mut child, qemu) = started(ignoring)?;
    kill_process(Pid::from_child(&child), Signal::HUP)?;
    thread::sleep(Duration::from_millis(300));
    if child.try_wait()?.is_some() || !runs(qemu, "qemu-system-s390x") {
        return Err("a signal that was ignored at its start ended the runner".into());
    }
    kill_process(Pid::from_child(&child), Signal::TERM)?;
    exit_code(&mut child)?;
    let left = || -> io::Result<Vec<String>> {
        let files = temporary_files()?.into_iter();
        Ok(files.filter(|file| !before.contains(file)).collect())
    };
    // One that a run beside this one has at the moment is gone soon.
    wait_until("nothing is left behind", || {
        left().is_ok_and(|files| files.is_empty())
    })
    .map_err(|_| format!("left behind: {:?}", left()).into())
}

/// Names of the temporary files beside what was built.
fn temporary_files() -> io::Result<Vec<String>> {
    let entries = fs::read_dir(release())?.filter_map(Result::ok);
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    Ok(names.filter(|name| name.starts_with(".tmp")).collect())
}

/// Signals to QEMU aren't the guest's doing.
pub fn qemu_is_ended() -> TestResult {
    for (signal, code) in [(Signal::KILL, 6), (Signal::SEGV, 6), (Signal::TERM, 5)] {
        let (mut child, qemu) = idle()?;
        let qemu = Pid::from_raw(i32::try_from(qemu)?).ok_or("QEMU has a number")?;
        kill_process(qemu, signal)?;
        let found = exit_code(&mut child)?;
        if found != Some(code) {
            return Err(format!("{signal:?}: {code} was expected, {found:?} came").into());
        }
    }
    Ok(())
}

fn output_of(mut command: Command, stdout: Stdio, stderr: Stdio) -> io::Result<Output> {
    command
        .stdout(stdout)
        .stderr(stderr)
        .spawn()?
        .wait_with_output()
}

/// Output that can't be written changes no verdict; what is lost is reported where it can be.
pub fn output_goes_nowhere() -> TestResult {
    let full = || File::create("/dev/full").map(Stdio::from);
    let closed = || io::pipe().map(|(_, writer)| Stdio::from(writer));
    let good = ["--append", "modules= selftest=boot.globs"];
    let bad = ["--append", "modules= selftest=ending.fail"];
    for (arguments, code) in [(good, 0), (bad, 1)] {
        let of = || command(&arguments);
        let run = Run::of(&output_of(of(), full()?, Stdio::piped())?);
        run.must_exit(code)?;
        let reported = run
            .stderr
            .contains("the lines on stdout are incomplete: No space left");
        run.must(reported, "the loss is reported")?;
        let run = Run::of(&output_of(of(), closed()?, Stdio::piped())?);
        run.must_exit(code)?;
        run.must(
            !run.stderr.contains("incomplete"),
            "a closed pipe wants no more",
        )?;
        Run::of(&output_of(of(), full()?, full()?)?).must_exit(code)?;
        Run::of(&output_of(of(), closed()?, closed()?)?).must_exit(code)?;
    }
    for arguments in [&["--help"][..], &["--no-such-option"], &["--cpus", "0"]] {
        let run = Run::of(&output_of(command(arguments), full()?, full()?)?);
        run.must(
            matches!(run.code, Some(0 | 2)),
            "usage that nobody can read",
        )?;
    }
    Ok(())
}

/// A reader that has stopped to read keeps the runner from nothing.
pub fn output_is_not_read() -> TestResult {
    let (_reader, writer) = io::pipe()?;
    let commands = ["help"; 300].join("; ");
    let mut child = command(&["--run", &commands]);
    let mut child = child.stdout(writer).stderr(Stdio::null()).spawn()?;
    wait_until("QEMU starts", || {
        children(child.id())
            .iter()
            .any(|&qemu| runs(qemu, "qemu-system-s390x"))
    })?;
    // By then the pipe is full.
    thread::sleep(Duration::from_secs(2));
    kill_process(Pid::from_child(&child), Signal::TERM)?;
    match exit_code(&mut child)? {
        Some(143) => Ok(()),
        other => Err(format!("143 was expected, {other:?} came").into()),
    }
}

/// A shell whose input ends, ends: after its last line, also one without an end.
pub fn input_ends() -> TestResult {
    let run = runner(&["shell"]);
    run.must_exit(0)?;
    let mut child = command(&["shell"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    child
        .stdin
        .take()
        .ok_or("stdin was asked for")?
        .write_all(b"lsmod")?;
    let run = Run::of(&child.wait_with_output()?);
    run.must_exit(0)?;
    let live = run.lines_with(&["counter", "live"]);
    run.must(!live.is_empty(), "the last line is carried out")
}

fn fifo(path: &Path) -> TestResult {
    Ok(mknodat(
        CWD,
        path,
        FileType::Fifo,
        Mode::RUSR | Mode::WUSR,
        0,
    )?)
}

/// What is no ordinary file is no module, and nobody waits for it.
pub fn files_that_are_none() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name);
    for name in ["fifo.ko", "fifo.o", "fifo.c"] {
        fifo(&path(name))?;
    }
    fs::create_dir(path("folder.ko"))?;
    std::os::unix::fs::symlink("/dev/zero", path("zero.ko"))?;
    std::os::unix::fs::symlink("loop.ko", path("loop.ko"))?;
    File::create(path("huge.ko"))?.set_len(1 << 40)?;
    for (name, reason) in [
        ("fifo.ko", "it isn't an ordinary file"),
        ("fifo.o", "it isn't an ordinary file"),
        ("fifo.c", "it isn't an ordinary file"),
        ("folder.ko", "it isn't an ordinary file"),
        ("zero.ko", "it isn't an ordinary file"),
        ("loop.ko", "Too many levels of symbolic links"),
        ("huge.ko", "it has more than"),
    ] {
        let run = runner(&["--module", &path(name).to_string_lossy()]);
        run.must_exit(6)?;
        let named = run.verdict().contains(name) && run.verdict().contains(reason);
        run.must(named, "the file is named, and the reason")?;
    }
    Ok(())
}

/// `--events` to what can't be written to, and to a FIFO.
pub fn events_elsewhere() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path: PathBuf = folder.path().join("fifo");
    fifo(&path)?;
    let to = |events: &str| runner(&["--run", "lsmod", "--events", events]);
    let text = path.to_string_lossy();
    for (events, reason) in [
        (&*text, "nobody reads it"),
        (&folder.path().to_string_lossy(), "Is a directory"),
        ("/no/such/folder", "No such file"),
    ] {
        let run = to(events);
        run.must_exit(6)?;
        run.must(run.verdict().contains(reason), "the reason is named")?;
    }
    let run = to("/dev/full");
    run.must_exit(0)?;
    let reported = run.stderr.contains("the events of --events are incomplete");
    run.must(reported, "the loss is reported")?;
    let mut reader = File::options().read(true).write(true).open(&path)?;
    to(&text).must_exit(0)?;
    let mut events = [0; 64];
    reader.read_exact(&mut events)?;
    match events.starts_with(br#"{"event":"boot","token":""#) {
        true => Ok(()),
        false => Err("the FIFO's reader got no events".into()),
    }
}
