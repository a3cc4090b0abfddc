//! gdb with `tools/gdb`, started by the line that `debug` prints: what it says of a machine
//! that runs, and of one that is no more.

use crate::host::Cpus;
use crate::run::{Completed, Run, TestResult, bash, command};
use libtest_mimic::{Completion, Failed};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, Stdio};

const DEBUGGER: &str = "gdb-multiarch";

/// The guest: three CPUs that each call the module's function, in this order.
const GUEST: [&str; 5] = [
    "debug",
    "--cpus",
    "3",
    "--append",
    "modules= selftest=module.counter",
];

/// A breakpoint on a function of a module that isn't there yet, hit on CPU 2.
const SCRIPT: &str = "\
set width 0
break counter_hit if $_thread == 3
info threads
continue
thread
lsmod
bt
percpu HITS
print $percpu(b\"HITS\", 2)
print $this_cpu(b\"HITS\")
got counter
dat &kernel::modules::registry::REGISTRY
dat 0x330
lowcore 2
percpu-chunks
percpu-map 0
frame function kernel::modules::call::call
info frame
x/gx 0x330
delete
continue
";

/// Each fails, and says why; the last ones with the machine where it was.
const MISTAKES: [(&str, &str); 8] = [
    ("got", "expected: got MODULE"),
    (
        "got nothing",
        "no module nothing is loaded; loaded: counter",
    ),
    (
        "percpu counter::HITS 3",
        "there is no CPU 3: CPUs 0 to 2 are possible",
    ),
    ("percpu NOTHING", "no per-CPU variable NOTHING"),
    (
        "lowcore 7",
        "there is no CPU 7: the machine has CPUs 0 to 2",
    ),
    ("percpu-map 77", "there is no chunk 77; chunks: 0, 1"),
    ("dat", "expected: dat ADDRESS [CPU]"),
    ("module-file counter /no/such/file", "there is no such file"),
];

/// Whether there is a gdb here.
fn is_here() -> bool {
    let mut probe = Command::new(DEBUGGER);
    probe
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    probe.status().is_ok_and(|status| status.success())
}

/// A guest that waits for gdb.
struct Waiting {
    runner: Child,
    messages: BufReader<ChildStderr>,
    /// What to paste.
    line: String,
}

impl Waiting {
    fn start(arguments: &[&str]) -> Result<Self, Failed> {
        let mut command = command(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut runner = command.spawn()?;
        let mut messages = BufReader::new(runner.stderr.take().expect("the pipe asked for"));
        let mut line = String::new();
        while !line.trim_start().starts_with(DEBUGGER) {
            line.clear();
            if messages.read_line(&mut line)? == 0 {
                return Err("no line for gdb".into());
            }
        }
        Ok(Self {
            runner,
            messages,
            line: line.trim().to_owned(),
        })
    }

    /// Pastes the line, and has gdb carry out a script.
    fn debug(&self, script: &str) -> Result<Run, Failed> {
        debug(&self.line, script)
    }

    /// The guest's exit code.
    fn end(mut self) -> Result<Option<i32>, Failed> {
        self.messages.read_to_end(&mut Vec::new())?;
        Ok(self.runner.wait()?.code())
    }
}

/// gdb by a line, with a script.
fn debug(line: &str, script: &str) -> Result<Run, Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("script.gdb");
    fs::write(&path, script)?;
    let line = format!("{line} -nx -batch -x {}", path.display());
    Ok(Run::of(&bash(&line).output()?))
}

/// A command whose failure ends nothing, for [`MISTAKES`].
fn attempted(command: &str) -> String {
    format!(
        "python\ntry:\n  gdb.execute({command:?})\nexcept gdb.error as error:\n  print(error)\nend\n"
    )
}

/// A module far away is debugged as if it had always been there.
pub fn far_module() -> Completed {
    if !is_here() {
        return Ok(Completion::ignored_with("gdb-multiarch isn't here"));
    }
    let _cpus = Cpus::take(3);
    let guest = Waiting::start(&GUEST)?;
    let mistakes: String = MISTAKES.iter().map(|(line, _)| attempted(line)).collect();
    let script = SCRIPT.replace("delete\n", &format!("{mistakes}delete\n"));
    let run = guest.debug(&script)?;
    answers(&run)?;
    has(
        &run,
        "in CPU 2's prefix area, as its thread sees it",
        "real 0x330, in this CPU's prefix area",
    )?;
    for (_, words) in MISTAKES {
        has(&run, "a mistake is explained", words)?;
    }
    let code = guest.end()?;
    run.must(code == Some(0), &format!("the guest passes: {code:?}"))?;
    Ok(Completion::Completed)
}

/// What a machine and a dump of it have in common.
fn answers(run: &Run) -> TestResult {
    for (what, words) in [
        ("a thread a CPU", "\"cpu 2\""),
        ("the breakpoint is hit on CPU 2", "[Current thread is 3 "),
        ("the list of modules", "module               state"),
        (
            "the module's function is in the backtrace",
            "counter::hit () at modules/counter/src/lib.rs",
        ),
        ("and the kernel's below it", "kernel::modules::call::call"),
        ("down to where the CPU began", "trap_start"),
        ("the variable's type", "HITS: u64, handle 0x"),
        ("each CPU's copy", "  cpu 1 at 0x"),
        ("$percpu", "$1 = 0"),
        ("$this_cpu", "$2 = 0"),
        (
            "the slot of the variable",
            "counter::HITS: handle, of module counter",
        ),
        ("a slot of the kernel's", "kernel_print"),
        ("translation", "page table 0x"),
        ("lowcore", "per_cpu_offset"),
        ("chunks", "first, reserved"),
        ("a picture of the area that is the module's", " counter"),
    ] {
        has(run, what, words)?;
    }
    Ok(())
}

fn has(run: &Run, what: &str, words: &str) -> TestResult {
    let is_there = run.stdout.contains(words) || run.stderr.contains(words);
    run.must(is_there, &format!("{what}: `{words}`"))
}
