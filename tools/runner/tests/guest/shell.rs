//! The monitor as a person meets it: on a terminal, typed to when it waits.

use crate::host::Cpus;
use crate::run::{Run, TestResult, command};
use crate::situations::children;
use crate::terminal::Terminal;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
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

/// Keys of the editor, on two CPUs: what is shown, and what the guest gets. Each of the
/// entries is typed late, and its answer is of the guest or of the editor.
pub fn edited() -> TestResult {
    let _cpus = Cpus::take(1);
    let mut terminal = start(&["--cpus", "2"])?;
    terminal.resize(100, 30)?;
    terminal.expect("\n> ", BOOT)?;
    thread::sleep(LATE);
    let answered = "\n> ";
    for (typed, shown) in [
        // Left, End; Home, Delete; Ctrl-A, Ctrl-E.
        ("lsmo\x1b[D\x1b[D\x1b[Fd\r", &["counter ", answered][..]),
        ("xlsmod\x1b[H\x1b[3~\r", &["counter ", answered]),
        ("smod\x01l\x05; cpu\r", &["counter ", "offset", answered]),
        // Kill a word, yank it; back by a word (Alt-B, and Ctrl-Left), kill the rest.
        ("meminfo\x17\x19\r", &["vmalloc: ", answered]),
        ("lsmod nosuch\x1bb\x0b\r", &["counter ", answered]),
        ("lsmod nosuch\x1b[1;5D\x0b\r", &["counter ", answered]),
        // Up; Ctrl-R.
        ("\x1b[A\r", &["counter ", answered]),
        ("\x12memin\r", &["reverse-i-search", "vmalloc: ", answered]),
        // A hint of what was typed before, taken by Right.
        ("memi\x1b[C\r", &["vmalloc: ", answered]),
        // Tab: one candidate, or several, which are shown. What isn't known rings the bell.
        ("mem\t\r", &["vmalloc: ", answered]),
        (
            "insmod --link\t parame\t\r",
            &["--link-only", "parameters", answered],
        ),
        ("call @1 counter_\t", &["counter_hit", "counter_visits"]),
        ("hit\r", &["cpu 1: counter_hit()", answered]),
        ("percpu nosuch\t", &["\x07"]),
        (
            "\x15selftest boot.glo\t\r",
            &["1..1", "ok 1 boot.globs", answered],
        ),
        ("rmmod \t", &["c_counter", "visitor"]),
        ("vis\t; insm", &["visitor"]),
        (
            "\tvis\t\r",
            &["module visitor: unloaded", "module visitor: 0x", answered],
        ),
        // What a module brings goes with it.
        (
            "rmmod visitor; rmmod counter\r",
            &["module counter: unloaded", answered],
        ),
        ("call counter_vis\t", &["\x07"]),
        ("\x15insmod counter\r", &["module counter: 0x", answered]),
        ("call counter_hi\t\r", &["cpu 1: counter_hit()", answered]),
        // Ctrl-L clears the screen, and keeps the line.
        ("lsm\x0cod\r", &["\x1b[H", "counter ", answered]),
        // UTF-8, as one character.
        (
            "no\u{e9}\u{4e2d}\x7f\r",
            &["no\u{e9}: no such command", answered],
        ),
        // Several lines, pasted.
        (
            "\x1b[200~lsmod\ncpu\nmeminfo\n\x1b[201~\r",
            &[
                "counter ",
                "> cpu",
                "offset",
                "> meminfo",
                "vmalloc: ",
                answered,
            ],
        ),
    ] {
        thread::sleep(PAUSE);
        terminal.type_text(typed)?;
        for text in shown {
            terminal.expect(text, ANSWER)?;
        }
    }
    // A narrow window, and a line that is longer than it.
    terminal.resize(20, 10)?;
    thread::sleep(PAUSE);
    let long = format!("nosuch{}", "x".repeat(90));
    terminal.type_text(&format!("{long}\r"))?;
    terminal.expect("xx: no such command", ANSWER)?;
    terminal.expect(answered, ANSWER)?;
    terminal.type_text("poweroff\r")?;
    terminal.must_exit(0, ANSWER)
}

/// The next session has the lines of this one.
pub fn remembers() -> TestResult {
    let _cpus = Cpus::take(1);
    let state = tempfile::tempdir()?;
    for typed in ["meminfo\rlsmod\r\x04", "\x12memi\r\x04"] {
        let mut command = command(&["shell"]);
        command.env("XDG_STATE_HOME", state.path());
        let mut terminal = Terminal::start(&command)?;
        terminal.expect("\n> ", BOOT)?;
        terminal.type_text(typed)?;
        terminal.expect("vmalloc: ", ANSWER)?;
        terminal.must_exit(0, ANSWER)?;
    }
    let kept = std::fs::read_to_string(state.path().join("qemu-run/history"))?;
    assert!(kept.contains("meminfo\nlsmod\n"), "{kept}");
    Ok(())
}

/// Ctrl-C ends the command at its next check, and a pasted line with it; the session goes on.
pub fn command_interrupted() -> TestResult {
    let _cpus = Cpus::take(2);
    let mut terminal = start(&["--cpus", "2"])?;
    terminal.expect("\n> ", BOOT)?;
    terminal.type_text("selftest stress.percpu; lsmod\r")?;
    terminal.expect("1..1", ANSWER)?;
    thread::sleep(PAUSE);
    terminal.type_text("\x03")?;
    terminal.expect("code of modules isn't stopped", ANSWER)?;
    terminal.expect("\ninterrupted", ANSWER)?;
    terminal.expect("\n> ", ANSWER)?;
    // `lsmod` was part of it.
    terminal.type_text("meminfo\r")?;
    terminal.expect("vmalloc: ", ANSWER)?;
    if terminal.was_shown("license") {
        return Err("what stood behind the interrupted command was carried out".into());
    }
    // A line that is being typed is given up.
    thread::sleep(PAUSE);
    terminal.type_text("poweroff\x03")?;
    terminal.expect("Ctrl-C again", ANSWER)?;
    thread::sleep(LATE);
    terminal.type_text("lsmod\r")?;
    terminal.expect("license", ANSWER)?;
    terminal.type_text("poweroff\r")?;
    terminal.must_exit(0, ANSWER)
}

/// A machine that isn't one: it speaks both channels as a guest does, and what it does then
/// is `script`, which has `event KIND MEMBERS` and `wait_for_line`.
fn start_instead(script: &str) -> Result<(Terminal, tempfile::TempDir), libtest_mimic::Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("qemu-system-s390x");
    let text = format!(
        r#"#!/bin/bash
        while [ $# -gt 0 ]; do
            case "$1 $2" in
            "-chardev file,id=control,path="*) control=${{2#*path=}} ;;
            "-append "*) token=${{2##*token=}} ;;
            esac
            shift
        done
        exec 3>"$control"
        event() {{ printf '{{"event":"%s","token":"%s",%s}}\n' "$1" "$token" "$2" >&3; }}
        wait_for_line() {{ printf '\005'; read -r line; }}
        event boot '"cpus":2,"memory":4096'
        {script}"#
    );
    std::fs::write(&path, text)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))?;
    let mut command = command(&["shell"]);
    let others = std::env::var("PATH")?;
    command.env("PATH", format!("{}:{others}", folder.path().display()));
    Ok((Terminal::start(&command)?, folder))
}

/// Lines that come while a line is being typed stand above it, and take nothing of it.
pub fn late_lines() -> TestResult {
    let (mut terminal, _folder) = start_instead(
        r#"printf 'up\n'; (sleep 1; printf 'late one\nlate two\n') & wait_for_line
        printf 'got: %s.\n' "$line"; wait_for_line
        event poweroff '"by":"command"'"#,
    )?;
    terminal.expect("up", BOOT)?;
    terminal.expect("\n> ", ANSWER)?;
    terminal.type_text("hello wor")?;
    terminal.expect("late one", ANSWER)?;
    terminal.expect("late two", ANSWER)?;
    // The first word has its colours.
    terminal.expect("hello", ANSWER)?;
    terminal.expect(" wor", ANSWER)?;
    terminal.type_text("ld\r")?;
    terminal.expect("\ngot: hello world.", ANSWER)?;
    terminal.expect("\n> ", ANSWER)?;
    terminal.type_text("poweroff\r")?;
    terminal.must_exit(0, ANSWER)
}

/// A machine that dies while a line is being typed: its report is shown, and the terminal is
/// as it was.
pub fn death_at_the_prompt() -> TestResult {
    let (mut terminal, _folder) = start_instead(
        r#"(sleep 1; event panic '"cpu":0,"reason":"on purpose"'
            printf 'panic: cpu 0: on purpose\n  registers\n'; kill -USR1 $$) &
        trap 'exit 1' USR1
        printf 'up\n\005'; wait"#,
    )?;
    let modes = terminal.modes()?;
    terminal.expect("\n> ", BOOT)?;
    terminal.type_text("hello")?;
    terminal.expect("panic: cpu 0: on purpose", ANSWER)?;
    terminal.expect("  registers", ANSWER)?;
    terminal.expect("the guest crashed: panic: cpu 0: on purpose", ANSWER)?;
    terminal.must_exit(3, ANSWER)?;
    assert!(
        terminal.was_shown("\x1b[?2004l"),
        "a paste is no longer marked"
    );
    assert_eq!(terminal.modes()?, modes);
    Ok(())
}

/// Two Ctrl-C within a second end the run, and the terminal is as it was.
pub fn interrupted() -> TestResult {
    let mut terminal = start(&[])?;
    let modes = terminal.modes()?;
    terminal.expect("\n> ", BOOT)?;
    assert_ne!(terminal.modes()?, modes, "keys are taken as they are typed");
    terminal.type_text("\x03")?;
    terminal.expect("Ctrl-C again", ANSWER)?;
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

/// Self-tests that there are not, and then some that there are: the session's record is sound.
pub fn wrong_glob() -> TestResult {
    let (child, mut stdin) = piped()?;
    stdin.write_all(b"selftest no.such\nselftest boot.globs\npoweroff\n")?;
    let run = Run::of(&child.wait_with_output()?);
    drop(stdin);
    for line in ["no self-test matches no.such", "ok 1 boot.globs"] {
        run.must(run.lines_with(&[line]).len() == 1, line)?;
    }
    run.must_exit(0)
}
