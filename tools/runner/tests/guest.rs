//! Guests of many shapes, each started the way a person would, each judged from
//! outside by exit code and output.
//!
//! These need QEMU and the cross tools, so a plain `cargo test` lists them as
//! ignored; `./qemu-run.sh test` runs them. What needs no guest always runs.

#[path = "guest/c_headers.rs"]
mod c_headers;
#[path = "guest/c_modules.rs"]
mod c_modules;
#[path = "guest/crafted.rs"]
mod crafted;
#[path = "guest/dependencies.rs"]
mod dependencies;
#[path = "guest/information.rs"]
mod information;
#[path = "guest/real.rs"]
mod real;

use libtest_mimic::{Arguments, Failed, Trial};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output, Stdio};

type Outcome = Result<(), Failed>;

fn main() -> ExitCode {
    let mut trials = vec![
        Trial::test("usage::unknown_option", unknown_option),
        Trial::test("usage::options_for_test", options_for_test),
        Trial::test("script::nothing_installed", nothing_installed),
        Trial::test("c::every_name_is_tested", c_headers::every_name_is_tested),
    ];
    let guests = [
        Trial::test("modules::direct_is_refused_far", direct_is_refused_far),
        Trial::test("modules::direct_works_near", direct_works_near),
        Trial::test("modules::counter_uses_the_got", counter_uses_the_got),
        Trial::test("modules::written_in_c", written_in_c),
        Trial::test("modules::missing_file", missing_file),
        Trial::test("modules::parameters", information::parameters),
        Trial::test("modules::information", information::modinfo),
        Trial::test("modules::refused", crafted::refused),
        Trial::test(
            "modules::constructors_by_number",
            crafted::constructors_by_number,
        ),
        Trial::test(
            "modules::ten_thousand_functions",
            crafted::ten_thousand_functions,
        ),
        Trial::test("modules::a_thousand_loaded", crafted::a_thousand_loaded),
        Trial::test(
            "modules::a_hundred_thousand_symbols",
            crafted::a_hundred_thousand_symbols,
        ),
        Trial::test("modules::a_long_chain", dependencies::a_long_chain),
        Trial::test("modules::inits_that_ask", dependencies::inits_that_ask),
        Trial::test("modules::calls", dependencies::calls),
        Trial::test(
            "modules::no_memory_for_a_search",
            dependencies::no_memory_for_a_search,
        ),
        Trial::test("modules::rounds_on_four_cpus", crafted::rounds_on_four_cpus),
        Trial::test("bench::links_are_linear", crafted::links_are_linear),
        Trial::test("bench::rounds_do_not_slow", crafted::rounds_do_not_slow),
        Trial::test("modules::real_ones_link_alike", real::modules),
        Trial::test(
            "c::headers_have_no_warnings",
            c_headers::headers_have_no_warnings,
        ),
        Trial::test(
            "c::unsupported_is_refused_by_name",
            c_headers::unsupported_is_refused_by_name,
        ),
        Trial::test("c::single_instructions", c_headers::single_instructions),
        Trial::test(
            "c::stamp_of_another_kernel",
            c_modules::stamp_of_another_kernel,
        ),
        Trial::test("c::against_linux", c_modules::against_linux),
        Trial::test("c::lessons", c_modules::lessons),
        Trial::test(
            "c::a_file_is_compiled_and_loaded",
            c_modules::a_file_is_compiled_and_loaded,
        ),
        Trial::test("c::bugs", c_modules::bugs),
        Trial::test("run::commands", commands),
        Trial::test("run::failing_command", failing_command),
        Trial::test("run::shell", shell),
        Trial::test("start::bad_kernel_parameter", bad_kernel_parameter),
        Trial::test("start::qemu_refuses", qemu_refuses),
        Trial::test("start::quiet", quiet),
    ];
    let shapes = SHAPES
        .into_iter()
        .map(|(name, arguments)| Trial::test(format!("shape::{name}"), move || passes(arguments)));
    let endings = ENDINGS.iter().map(|&(name, code, words)| {
        Trial::test(format!("ending::{name}"), move || ends(name, code, words))
    });
    let guests = guests.into_iter().chain(shapes).chain(endings);
    trials.extend(guests.map(|trial| trial.with_ignored_flag(true)));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Machines and kernel command lines under which every self-test passes.
const SHAPES: [(&str, &[&str]); 12] = [
    ("cpus_1", &["--cpus", "1"]),
    ("cpus_2", &["--cpus", "2"]),
    ("cpus_4", &["--cpus", "4"]),
    ("cpus_8", &["--cpus", "8", "--timeout", "120"]),
    ("percpu_alloc_page", &["--append", "percpu_alloc=page"]),
    ("no_reserved_part", &["--append", "percpu_reserved=0"]),
    (
        "largest_reserved_part",
        &["--append", "percpu_reserved=1M selftest=percpu.*"],
    ),
    (
        "units_of_more_than_1_MiB_mapped",
        &[
            "--append",
            "percpu_reserved=1020K percpu_alloc=page selftest=percpu.*",
        ],
    ),
    (
        "possible_cpus_256",
        &["--append", "possible_cpus=256 selftest=percpu.*"],
    ),
    ("possible_cpus_64", &["--append", "possible_cpus=64"]),
    (
        "one_cpu_of_four_online",
        &["--cpus", "4", "--append", "maxcpus=1"],
    ),
    (
        "more_memory_than_the_host",
        &["--memory", "64G", "--timeout", "120"],
    ),
];

/// Self-tests that end the run, with the exit code and words of the last line.
const ENDINGS: &[(&str, i32, &str)] = &[
    ("fail", 1, "1 self-tests failed: ending.fail"),
    ("panic", 3, "on purpose"),
    ("panic_report", 3, "interrupts in the report: false, false"),
    ("wild_store", 3, "program check"),
    ("null_store", 3, "program check"),
    ("exec_data", 3, "program check"),
    ("stack_overflow", 3, "stack"),
    ("hang", 4, "its last line: # hangs on purpose"),
    ("power_off", 5, "before its test plan was complete (0 of 1)"),
    ("disabled_wait", 3, "a disabled wait without a panic"),
    ("early_percpu", 3, "before per-CPU memory is set up"),
    ("panic_in_interrupt", 3, "in an interrupt handler"),
    ("lock_twice", 3, "lock order: a lock of rank 0 (test)"),
    (
        "lock_order",
        3,
        "lock order: a lock of rank 0 (test) wanted by a CPU that holds one of rank 7 (heap)",
    ),
    (
        "wait_with_lock",
        3,
        "waits for another while it holds a lock of rank 0 (test)",
    ),
    (
        "wait_with_interrupts_off",
        3,
        "waits for another inside a handler or an interrupts-off section",
    ),
    ("panic_in_display", 3, "in a Display, on purpose"),
    (
        "print_under_lock",
        3,
        "a CPU prints while it holds a lock of rank 7 (heap)",
    ),
    ("crash_in_module", 3, "program check"),
    ("newer_machine", 3, "program check 0x0001 (operation)"),
    ("freed_init", 3, "module sections: its freed init section"),
    ("panic_in_module", 3, "module crash: on purpose"),
];

/// A run as seen from outside.
struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Run {
    fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    fn verdict(&self) -> &str {
        self.stderr.lines().last().unwrap_or("")
    }

    /// Lines of the guest that hold all of these.
    fn lines_with(&self, words: &[&str]) -> Vec<&str> {
        let holds = |line: &&str| words.iter().all(|&word| line.contains(word));
        self.stdout.lines().filter(holds).collect()
    }

    fn must(&self, holds: bool, what: &str) -> Outcome {
        match holds {
            true => Ok(()),
            false => Err(format!(
                "{what}\nexit code {:?}\n--- stdout\n{}\n--- stderr\n{}",
                self.code, self.stdout, self.stderr
            )
            .into()),
        }
    }

    fn must_exit(&self, code: i32) -> Outcome {
        self.must(
            self.code == Some(code),
            &format!("exit code {code} was expected"),
        )
    }
}

fn runner(arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_runner"));
    let output = command.args(arguments).stdin(Stdio::null()).output();
    Run::of(&output.expect("the runner starts"))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn passes(arguments: &[&str]) -> Outcome {
    let run = runner(arguments);
    run.must_exit(0)?;
    run.must(
        run.verdict().starts_with("qemu-run.sh: passed: "),
        "no verdict",
    )
}

/// An ending is told within its time, once, with a backtrace if it is a crash.
fn ends(name: &str, code: i32, words: &str) -> Outcome {
    let append = format!("selftest=ending.{name}");
    let run = runner(&["--timeout", "20", "--append", &append]);
    run.must_exit(code)?;
    run.must(
        run.verdict().contains(words),
        &format!("the verdict lacks `{words}`"),
    )?;
    let panics = run.lines_with(&["panic: "]).len();
    let expected = usize::from(code == 3 && name != "disabled_wait");
    run.must(
        panics == expected,
        &format!("{expected} panic lines were expected"),
    )?;
    let backtraces = run.lines_with(&["backtrace:"]).len();
    run.must(
        backtraces == expected,
        &format!("{expected} backtraces were expected"),
    )
}

fn direct_is_refused_far() -> Outcome {
    let run = runner(&["--append", "selftest=boot.*"]);
    run.must_exit(0)?;
    let words = ["direct", ".text+0x", "R_390_PC32DBL", "GiB"];
    run.must(
        run.lines_with(&words).len() == 1,
        "one refusal with all its facts",
    )?;
    let distance = run.lines_with(&["distance: ", "GiB"]);
    run.must(distance.len() == 1, "the distance is shown at boot")?;
    let loaded = run.lines_with(&["counter", "GOT"]);
    run.must(
        !loaded.is_empty(),
        "the counter module is loaded, with its GOT shown",
    )
}

fn direct_works_near() -> Outcome {
    let run = runner(&["--append", "vmalloc=near"]);
    run.must_exit(0)?;
    run.must(
        run.lines_with(&["R_390_PC32DBL"]).is_empty(),
        "nothing is refused",
    )
}

fn counter_uses_the_got() -> Outcome {
    // Builds it, if it isn't.
    runner(&["--run", "lsmod"]).must_exit(0)?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root().join("target"), PathBuf::from);
    let module = target.join("s390x-unknown-none-softfloat/release/modules/counter.ko");
    let output = Command::new("s390x-linux-gnu-objdump")
        .arg("-dr")
        .arg(module)
        .output()?;
    let run = Run::of(&output);
    run.must_exit(0)?;
    let through_got =
        |lines: &[&str]| lines[0].contains("lgrl") && lines[1].contains("R_390_GOTENT");
    let lines: Vec<&str> = run.stdout.lines().collect();
    run.must(lines.windows(2).any(through_got), "lgrl with R_390_GOTENT")?;
    run.must(
        !run.lines_with(&["816"]).is_empty(),
        "the offset from lowcore byte 816",
    )?;
    let direct = run.lines_with(&["R_390_PC32DBL", ".data..percpu"]);
    run.must(direct.is_empty(), "no direct reference to per-CPU data")
}

/// A C file becomes a module with nothing but gcc, and comes in by `--module`.
fn written_in_c() -> Outcome {
    let folder = tempfile::tempdir()?;
    let module = folder.path().join("c_hits.o");
    let status = Command::new("s390x-linux-gnu-gcc")
        .args([
            "-c",
            "-O2",
            "-fPIC",
            "-march=z196",
            "-mbackchain",
            "-msoft-float",
        ])
        .args([
            "-ffreestanding",
            "-fno-asynchronous-unwind-tables",
            "-Wall",
            "-Werror",
        ])
        .arg("-o")
        .arg(&module)
        .arg(root().join("tools/runner/tests/c_hits.c"))
        .status()?;
    if !status.success() {
        return Err("gcc refused the module".into());
    }
    let module = module.to_string_lossy();
    let run = runner(&[
        "--module",
        &module,
        "--run",
        "insmod c_hits; lsmod; rmmod c_hits",
    ]);
    run.must_exit(0)
}

fn missing_file() -> Outcome {
    let run = runner(&["--module", "no/such.ko"]);
    run.must_exit(6)?;
    run.must(run.verdict().contains("no/such.ko"), "the file is named")
}

fn commands() -> Outcome {
    let run = runner(&[
        "--run",
        "help; lsmod; insmod counter; lsmod; rmmod counter; cpu; meminfo; percpu",
    ]);
    run.must_exit(0)?;
    run.must(
        run.verdict().ends_with("passed: 8 commands"),
        "all commands are counted",
    )
}

fn failing_command() -> Outcome {
    let run = runner(&["--run", "lsmod; insmod no_such_module"]);
    run.must_exit(1)?;
    run.must(
        run.verdict().ends_with("1 of 2 commands failed"),
        "the verdict counts",
    )
}

fn shell() -> Outcome {
    let mut child = Command::new(env!("CARGO_BIN_EXE_runner"))
        .args(["shell", "--timeout", "30"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut stdin = child.stdin.take().expect("the pipe asked for");
    stdin.write_all(b"lsmod\npoweroff\n")?;
    let run = Run::of(&child.wait_with_output()?);
    drop(stdin);
    run.must_exit(0)?;
    run.must(
        !run.lines_with(&["counter"]).is_empty(),
        "lsmod shows the counter module",
    )
}

fn bad_kernel_parameter() -> Outcome {
    let run = runner(&["--append", "no_such_parameter=1"]);
    run.must_exit(3)?;
    run.must(
        run.verdict().contains("no_such_parameter"),
        "the word is named",
    )
}

fn qemu_refuses() -> Outcome {
    let run = runner(&["--cpus", "4000"]);
    run.must_exit(6)?;
    run.must(
        run.verdict().contains("QEMU could not start"),
        "the reason is QEMU's",
    )
}

fn quiet() -> Outcome {
    let run = runner(&["--quiet", "--append", "selftest=boot.*"]);
    run.must_exit(0)?;
    run.must(run.stdout.is_empty(), "nothing is printed")?;
    let run = runner(&["--quiet", "--append", "selftest=ending.fail"]);
    run.must_exit(1)?;
    run.must(
        run.stdout == "not ok 1 ending.fail\n",
        "only the failure is printed",
    )
}

fn unknown_option() -> Outcome {
    for arguments in [
        &["--no-such-option"][..],
        &["lessen"],
        &["shell", "--cpus", "none"],
    ] {
        let run = runner(arguments);
        run.must_exit(2)?;
        run.must(run.stdout.is_empty(), "stdout stays empty")?;
        run.must(run.stderr.contains("--help"), "usage on stderr")?;
    }
    Ok(())
}

fn options_for_test() -> Outcome {
    runner(&["test", "--cpus", "4"]).must_exit(2)
}

/// On a machine without QEMU and without apt-get the script says what to install.
fn nothing_installed() -> Outcome {
    let bare = tempfile::tempdir()?;
    for tool in [
        "bash", "env", "dirname", "sed", "cut", "sort", "id", "mkdir",
    ] {
        let places = ["/usr/bin", "/bin"].map(|folder| Path::new(folder).join(tool));
        let place = places.iter().find(|place| place.exists());
        let place = place.ok_or_else(|| format!("there is no {tool} on this machine"))?;
        std::os::unix::fs::symlink(place, bare.path().join(tool))?;
    }
    let output = Command::new(root().join("qemu-run.sh"))
        .env("PATH", bare.path())
        .env("CARGO_TARGET_DIR", bare.path().join("target"))
        .output()?;
    let run = Run::of(&output);
    run.must_exit(6)?;
    let verdict = run.verdict();
    let says = verdict.contains("no apt-get") && verdict.contains("qemu-system-misc");
    run.must(
        says || verdict.contains("no Rust toolchain"),
        "it says what to install",
    )
}
