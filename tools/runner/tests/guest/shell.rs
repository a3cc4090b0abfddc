//! The monitor as a person meets it: on a terminal, typed to when it waits.

use crate::host::Cpus;
use crate::run::{Run, TestResult, command};
use crate::situations::children;
use crate::terminal::Terminal;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::thread;
use std::time::Duration;

/// How long a guest may take to its prompt.
const BOOT: Duration = Duration::from_secs(60);
/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(10);
/// How long a person reads before the first line: by then every CPU waits.
const LATE: Duration = Duration::from_secs(3);
/// How long between two lines.
const PAUSE: Duration = Duration::from_millis(300);

fn start(arguments: &[&str]) -> Result<Terminal, libtest_mimic::Failed> {
    Terminal::start(&command(&[&["shell"], arguments].concat()))
}

/// Each line is answered at once, however late it is typed, on so many CPUs.
pub fn answers(cpus: &str) -> TestResult {
    // Most of them sleep, most of the time.
    let _cpus = Cpus::take(1);
    let mut terminal = start(&["--cpus", cpus])?;
    let modes = terminal.modes()?;
    terminal.expect("\n> ", BOOT)?;
    thread::sleep(LATE);
    for (typed, answer) in [
        ("lsmod\r", "counter "),
        ("cpu\r", "offset"),
        ("meminfo\r", "vmalloc: "),
        // Backspace, and Ctrl-U.
        ("lsmodx\x7f\r", "visitor "),
        ("no such command\x15lsmod\r", "counter "),
        ("no_such_command\r", "no such command"),
    ] {
        thread::sleep(PAUSE);
        terminal.type_text(typed)?;
        terminal.expect(answer, ANSWER)?;
        terminal.expect("\n> ", ANSWER)?;
    }
    // Two lines at once, as they are pasted.
    terminal.type_text("lsmod\rcpu\r")?;
    terminal.expect("counter ", ANSWER)?;
    terminal.expect("offset", ANSWER)?;
    terminal.expect("\n> ", ANSWER)?;
    // Ctrl-D in a line does nothing; on an empty one it ends the session.
    terminal.type_text("x\x04\x15\x04")?;
    terminal.expect("poweroff", ANSWER)?;
    terminal.must_exit(0, ANSWER)?;
    match terminal.modes()? == modes {
        true => Ok(()),
        false => Err("the terminal's modes aren't what they were".into()),
    }
}

/// Ctrl-C ends the run, and the terminal is as it was.
pub fn interrupted() -> TestResult {
    let mut terminal = start(&[])?;
    let modes = terminal.modes()?;
    terminal.expect("\n> ", BOOT)?;
    assert_ne!(terminal.modes()?, modes, "the console is raw meanwhile");
    terminal.type_text("\x03")?;
    terminal.must_exit(130, ANSWER)?;
    assert_eq!(terminal.modes()?, modes);
    terminal.expect("stopped by Ctrl-C", ANSWER)
}

/// So it is when the time is up, and QEMU is killed.
pub fn timed_out() -> TestResult {
    let mut terminal = start(&["--timeout", "2"])?;
    let modes = terminal.modes()?;
    terminal.must_exit(4, BOOT)?;
    assert_eq!(terminal.modes()?, modes);
    Ok(())
}

/// A shell on pipes, and the one that it reads.
fn piped() -> std::io::Result<(Child, ChildStdin)> {
    let mut child = command(&["shell", "--timeout", "60"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let stdin = child.stdin.take().expect("the pipe asked for");
    Ok((child, stdin))
}

/// It powered off, and `lsmod` was carried out before.
fn answered(run: &Run) -> TestResult {
    run.must_exit(0)?;
    run.must(
        !run.lines_with(&["counter", "live"]).is_empty(),
        "lsmod shows the counter module",
    )
}

/// What a process and its threads have had of the host's CPUs (proc(5): fields 14 and 15 of
/// `stat`, in hundredths of a second).
fn processor_time(process: u32) -> Result<Duration, libtest_mimic::Failed> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The second field, the program's name, ends in a parenthesis.
    let (_, fields) = stat.rsplit_once(") ").ok_or("a name in parentheses")?;
    let ticks = fields.split(' ').skip(11).take(2).map(str::parse::<u64>);
    let ticks: u64 = ticks.sum::<Result<u64, _>>()?;
    Ok(Duration::from_millis(10 * ticks))
}

/// A pipe that is silent until the guest waits; a guest that waits costs the host nothing.
pub fn late_pipe() -> TestResult {
    let (mut child, mut stdin) = piped()?;
    let mut stdout = BufReader::new(child.stdout.take().expect("the pipe asked for"));
    let mut text = String::new();
    while !text.contains("Type help") {
        if stdout.read_line(&mut text)? == 0 {
            break;
        }
    }
    let [qemu] = children(child.id())[..] else {
        return Err("QEMU is the runner's one child".into());
    };
    let before = processor_time(qemu)?;
    thread::sleep(LATE);
    let waiting = processor_time(qemu)? - before;
    if waiting > LATE / 10 {
        return Err(format!("a guest that waited for {LATE:?} ran for {waiting:?}").into());
    }
    stdin.write_all(b"lsmod\n")?;
    thread::sleep(PAUSE);
    stdin.write_all(b"poweroff\n")?;
    stdout.read_to_string(&mut text)?;
    let mut run = Run::of(&child.wait_with_output()?);
    drop(stdin);
    run.stdout = text;
    answered(&run)
}

/// What is typed before the guest reads isn't lost.
pub fn early_pipe() -> TestResult {
    let (child, mut stdin) = piped()?;
    stdin.write_all(b"lsmod\npoweroff\n")?;
    let run = Run::of(&child.wait_with_output()?);
    drop(stdin);
    answered(&run)
}
