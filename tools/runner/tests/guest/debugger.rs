//! gdb with `tools/gdb`, started by the line that `debug` prints: what it says of a machine
//! that runs, and of one that is no more.

use crate::host::Cpus;
use crate::run::{Completed, Run, TestResult, bash, command, release, runner};
use crate::terminal::Terminal;
use libtest_mimic::{Completion, Failed};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::MetadataExt;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Duration;

const DEBUGGER: &str = "gdb-multiarch";

/// How long gdb or the guest may take to an answer.
const ANSWER: Duration = Duration::from_secs(60);

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
continue
bt
QUESTIONS
frame function kernel::modules::call::call
info frame
x/gx 0x330
delete
continue
";

/// What is asked of CPU 2, of a machine and of a dump.
const QUESTIONS: &str = "\
info threads
thread
lsmod
percpu counter::HITS
print $percpu(b\"counter::HITS\", 2)
print $this_cpu(b\"counter::HITS\")
got counter
dat &kernel::modules::registry::table::REGISTRY
dat 0x330
lowcore 2
percpu-chunks
percpu-map 0
";

/// A guest that dies in a module's function, interrupted by a program check, while another
/// module has its variables.
const CRASHES: &str = "insmod counter; call counter_hit; selftest ending.crash_in_module";

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
    let script = SCRIPT.replace("QUESTIONS\n", QUESTIONS);
    let script = script.replace("delete\n", &format!("{mistakes}delete\n"));
    let run = guest.debug(&script)?;
    answers(&run, 0)?;
    for (what, words) in [
        (
            "the module's function is in the backtrace",
            "counter::hit () at modules/counter/src",
        ),
        ("and the kernel's below it", "kernel::modules::call::call"),
        ("and what was interrupted", "<signal handler called>"),
        ("down to where the CPU began", "trap_start"),
        (
            "its own prefix area",
            "real 0x330, in this CPU's prefix area",
        ),
    ] {
        has(&run, what, words)?;
    }
    for (_, words) in MISTAKES {
        has(&run, "a mistake is explained", words)?;
    }
    let code = guest.end()?;
    run.must(code == Some(0), &format!("the guest passes: {code:?}"))?;
    Ok(Completion::Completed)
}

/// gdb on the terminal: Ctrl-C stops the guest and ends nobody, and who leaves gdb ends all.
pub fn on_a_terminal() -> Completed {
    if !is_here() {
        return Ok(Completion::ignored_with("gdb-multiarch isn't here"));
    }
    let _cpus = Cpus::take(2);
    let start = |append: &str| Terminal::start(&command(&["debug", "--gdb", "--append", append]));
    let mut terminal = start("modules= selftest=ending.hang")?;
    terminal.expect("(gdb) ", ANSWER)?;
    terminal.type_text("set pagination off\rcontinue\r")?;
    terminal.expect("# hangs on purpose", ANSWER)?;
    terminal.type_text("\x03")?;
    terminal.expect("received signal SIGINT", ANSWER)?;
    terminal.type_text("lsmod\r")?;
    terminal.expect("module  ", ANSWER)?;
    terminal.type_text("quit\r")?;
    terminal.expect("(y or n) ", ANSWER)?;
    terminal.type_text("y\r")?;
    terminal.must_exit(0, ANSWER)?;

    let mut terminal = start("modules= selftest=boot.globs")?;
    terminal.expect("(gdb) ", ANSWER)?;
    terminal.type_text("set pagination off\rcontinue\r")?;
    terminal.expect("exited normally", ANSWER)?;
    terminal.type_text("quit\r")?;
    terminal.expect("the guest powered off", ANSWER)?;
    terminal.must_exit(0, ANSWER)?;
    Ok(Completion::Completed)
}

/// A crash leaves a core, of which the same can be asked.
pub fn crash_dump() -> Completed {
    if !is_here() {
        return Ok(Completion::ignored_with("gdb-multiarch isn't here"));
    }
    let folder = tempfile::tempdir()?;
    let core = folder.path().join("core");
    let path = core.to_string_lossy();
    let run = runner(&["--cpus", "3", "--run", CRASHES, "--dump", &path]);
    run.must_exit(3)?;
    has(&run, "it says where", &format!("dump in {path}: 3 CPUs"))?;
    let bytes = fs::metadata(&core)?.blocks() * 512;
    run.must(
        bytes < 32 << 20,
        &format!("{bytes} bytes: not all of memory"),
    )?;

    let opened = runner(&["debug", "--core", &path]);
    opened.must_exit(0)?;
    let line = opened.stdout.trim();
    let gdb = debug(
        line,
        &format!("set width 0\nbt\nthread 3\n{QUESTIONS}percpu counter::HITS\n"),
    )?;
    answers(&gdb, 1)?;
    for (what, words) in [
        (
            "the module's function where it died",
            "crash::store () at modules/fixtures/crash/src",
        ),
        ("through the program check", "<signal handler called>"),
        ("to where the CPU began", "kernel::boot"),
        ("what was counted", ": 1\n"),
        ("the CPU's prefix", "real 0x330, absolute 0x"),
    ] {
        has(&gdb, what, words)?;
    }

    // Another build's, in its own note.
    let mut data = fs::read(&core)?;
    let at = data.windows(10).position(|bytes| bytes == b"\"build_id\"");
    let at = at.ok_or("the note has a build ID")? + 12;
    data[at] = if data[at] == b'0' { b'1' } else { b'0' };
    fs::write(&core, &data)?;
    let other = runner(&["debug", "--core", &path]);
    other.must_exit(6)?;
    has(&other, "another build", "a dump of another build")?;
    let gdb = debug(line, "")?;
    has(&gdb, "gdb says it, too", "is of another build")?;
    Ok(Completion::Completed)
}

/// The monitor's command writes a core of a guest that goes on; a guest at its limit leaves
/// one, too; a run without a crash none; and what is no core is refused. No gdb is needed.
pub fn dumps() -> TestResult {
    let folder = tempfile::tempdir()?;
    let core = folder.path().join("core");
    let path = core.to_string_lossy();
    let run = runner(&["--run", "lsmod", "--dump", &path]);
    run.must_exit(0)?;
    run.must(!core.exists(), "no crash, no dump")?;
    let run = runner(&["--run", "dump; lsmod", "--dump", &path]);
    run.must_exit(0)?;
    run.must(core.exists(), "a dump at will")?;
    runner(&["debug", "--core", &path]).must_exit(0)?;
    let run = runner(&["--run", "dump"]);
    run.must_exit(0)?;
    has(&run, "a file is missing", "--dump FILE says where to")?;

    fs::remove_file(&core)?;
    let hang = [
        "--append",
        "selftest=ending.hang",
        "--timeout",
        "10",
        "--dump",
        &path,
    ];
    let run = runner(&hang);
    run.must_exit(4)?;
    run.must(core.exists(), "a dump of a guest at its limit")?;
    let silent = ["--append", "selftest=ending.disabled_wait", "--dump", &path];
    let run = runner(&silent);
    run.must_exit(3)?;
    has(&run, "a crash without a word", "dump in ")?;

    let run = runner(&["--dump", "/no/such/folder/core"]);
    run.must_exit(6)?;
    for (file, words) in [
        ("/no/such/file", "No such file"),
        ("/dev/null", "isn't an ELF core of an s390x machine"),
    ] {
        let run = runner(&["debug", "--core", file]);
        run.must_exit(6)?;
        has(&run, "a wrong file", words)?;
    }
    Ok(())
}

/// The example script for drgn finds the copies of a module's variable in a core.
pub fn drgn() -> Completed {
    let mut probe = Command::new("python3");
    probe.args(["-c", "import drgn"]).stderr(Stdio::null());
    if !probe.status().is_ok_and(|status| status.success()) {
        return Ok(Completion::ignored_with("Python's drgn isn't here"));
    }
    let folder = tempfile::tempdir()?;
    let core = folder.path().join("core");
    let path = core.to_string_lossy();
    let crashes = "insmod c_counter; call c_counter_hit; selftest ending.crash_in_module";
    runner(&["--run", crashes, "--dump", &path]).must_exit(3)?;
    let built = release();
    let line = format!(
        "python3 tools/drgn/percpu.py {path} {} {} c_hits",
        built.join("kernel").display(),
        built.join("modules/c_counter.debug").display()
    );
    let run = Run::of(&bash(&line).output()?);
    run.must_exit(0)?;
    let copies = run.lines_with(&["cpu ", " at 0x", ": 1"]).len();
    run.must(copies == 2, "a hit on each CPU")?;
    Ok(Completion::Completed)
}

/// What a machine and a dump of it have in common; CPU 2 has so many hits.
fn answers(run: &Run, hits: u32) -> TestResult {
    let [percpu, this_cpu] = [1, 2].map(|number| format!("${number} = {hits}\n"));
    for (what, words) in [
        ("a thread a CPU", "\"cpu 2\""),
        ("the breakpoint is hit on CPU 2", "[Current thread is 3 "),
        ("the list of modules", "module               state"),
        ("the variable's type", "HITS: u64, handle 0x"),
        ("each CPU's copy", "  cpu 1 at 0x"),
        ("$percpu", &percpu),
        ("$this_cpu", &this_cpu),
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
