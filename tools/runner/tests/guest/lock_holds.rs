//! Locks and interrupts: for how long they are held, and kept off, on every path that the
//! benchmark and the self-tests take.
//!
//! Under `-icount`, with one CPU, a nanosecond is an instruction of that CPU, so the lengths
//! are the same at each run.

use crate::run::{Run, TestResult, runner};

/// Instructions that a lock may be held for, with interrupts off.
const LIMIT: &str = "20000";

/// Columns of the table.
const WIDTH: usize = 100;

/// A place that holds a lock for longer, known and accepted.
struct Exception {
    lock: &'static str,
    /// What the function's name begins with.
    function: &'static str,
    /// Instructions that it may take.
    most: u64,
}

/// All of them. One that isn't needed any more is to go.
const EXCEPTIONS: [Exception; 4] = [
    // A test's recounts: of a chunk's granules, and of all frames.
    Exception::new("per-CPU areas", "kernel::percpu::verify", 228_000),
    Exception::new("memory", "kernel::memory::real::verify_frames", 2_400_000),
    // What modules of tests have called: the length is the called function's.
    Exception::new("interrupts off", ON_EACH, 61_000),
    Exception::new("interrupts off", CALL_ON, 57_000),
];

const ON_EACH: &str = "<cross_call::calls::Calls<kernel::smp::machine::Cpus, 256>>::on_each";
const CALL_ON: &str = "<cross_call::calls::Calls<kernel::smp::machine::Cpus, 256>>::call_on";

impl Exception {
    const fn new(lock: &'static str, function: &'static str, most: u64) -> Self {
        Self {
            lock,
            function,
            most,
        }
    }
}

/// A place beyond the limit: `over LIMIT: LOCK: N ns by FUNCTION`.
#[derive(Debug)]
struct Place<'a> {
    lock: &'a str,
    length: u64,
    function: &'a str,
}

impl<'a> Place<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (_, rest) = line.strip_prefix("over ")?.split_once(": ")?;
        let (lock, rest) = rest.split_once(": ")?;
        let (length, function) = rest.split_once(" ns by ")?;
        Some(Self {
            lock,
            length: length.parse().ok()?,
            function,
        })
    }

    /// Whether this is what the exception is for; a lock's hold is a stretch, too, with the
    /// few instructions around it.
    fn is_of(&self, exception: &Exception) -> bool {
        const AROUND: u64 = 100;
        let room = match self.lock {
            lock if lock == exception.lock => 0,
            "interrupts off" => AROUND,
            _ => return false,
        };
        self.function.starts_with(exception.function) && self.length <= exception.most + room
    }
}

/// Fails unless every place beyond the limit is an exception; returns whether each exception
/// was needed.
fn only_exceptions(run: &Run) -> Result<Vec<bool>, libtest_mimic::Failed> {
    let places: Vec<Place<'_>> = run.stdout.lines().filter_map(Place::parse).collect();
    let mut needed = vec![false; EXCEPTIONS.len()];
    let mut new = Vec::new();
    for place in &places {
        let mut of = (0..EXCEPTIONS.len()).filter(|&at| place.is_of(&EXCEPTIONS[at]));
        match of.next() {
            Some(at) => needed[at] = true,
            None => new.push(place),
        }
    }
    run.must(new.is_empty(), &format!("held for too long: {new:#?}"))?;
    Ok(needed)
}

/// Holds are counted, on any CPU, also while CPUs want the same lock; and the table is a
/// table.
pub fn counted() -> TestResult {
    let tests = "selftest smp.lock_holds; selftest smp.lock_stretches; \
                 selftest smp.lock_contended; lockstat";
    let run = runner(&["--append", "lockstat", "--run", tests]);
    run.must_exit(0)?;
    let rows = run
        .stdout
        .lines()
        .skip_while(|line| !line.starts_with("lock "));
    let rows: Vec<&str> = rows.take_while(|line| !line.starts_with("run: ")).collect();
    run.must(
        rows.len() == 16,
        "a row for each lock, and one for stretches",
    )?;
    let wide = rows.iter().find(|row| row.chars().count() > WIDTH);
    run.must(wide.is_none(), "the table is too wide")?;
    let holder = run.lines_with(&["test ", "  kernel::selftest::lock_holds::contended"]);
    run.must(holder.len() == 1, "the holder has a name")?;
    let without = runner(&["--run", "lockstat"]);
    without.must_exit(1)?;
    let lines = without.lines_with(&["locks aren't counted: boot with lockstat"]);
    without.must(lines.len() == 1, "there is nothing to show")
}

/// Nothing that a person does first holds a lock for long.
pub fn short_ones() -> TestResult {
    let commands = format!(
        "insmod counter; call counter_hit; percpu; meminfo; lsmod; rmmod counter; lockstat {LIMIT}"
    );
    let run = runner(&[
        "bench", "--cpus", "1", "--append", "lockstat", "--run", &commands,
    ]);
    let verdict = run.verdict();
    run.must(
        verdict.ends_with("passed: 7 commands") || verdict.ends_with("1 of 7 commands failed"),
        "all but the last command pass",
    )?;
    run.must(run.lines_with(&["interrupts off "]).len() == 1, "a table")?;
    only_exceptions(&run).map(drop)
}

/// All loads of the benchmark, and all self-tests. The tests find a module loaded, as after
/// a usual boot.
pub fn all() -> TestResult {
    let commands =
        format!("bench; percpu; lockstat {LIMIT}; insmod hello; selftest; lockstat {LIMIT}");
    let options = [
        "bench",
        "--cpus",
        "1",
        "--append",
        "lockstat",
        "--timeout",
        "600",
    ];
    let run = runner(&[&options[..], &["--run", &commands]].concat());
    run.must(
        run.lines_with(&["selftest: ", " passed, 0 failed"]).len() == 1,
        "the tests pass",
    )?;
    run.must(
        run.lines_with(&["interrupts off "]).len() == 2,
        "two tables",
    )?;
    let needed = only_exceptions(&run)?;
    for (exception, is_needed) in EXCEPTIONS.iter().zip(needed) {
        let Exception { lock, function, .. } = exception;
        run.must(
            is_needed,
            &format!("no exception is needed for {lock} by {function}"),
        )?;
    }
    Ok(())
}
