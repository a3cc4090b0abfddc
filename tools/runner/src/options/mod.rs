//! The command line of `./qemu-run.sh`.
//!
//! Options are global: they may stand before or after the verb. What a verb has
//! no use for is refused, not dropped in silence.
//!
//! * here: what there is to give
//! * `refused.rs`: what mustn't be given together, or at all
//! * `follows.rs`: what a run makes of it
//! * `memory_size.rs`, `workload.rs`, `fuzz_target.rs`: what `--memory`, `profile` and `fuzz`
//!   take
//! * `files.rs`: the files that a person names

pub mod files;
mod follows;
pub mod fuzz_target;
pub mod memory_size;
mod refused;
pub mod workload;

use crate::build::c::compiler::Compiler;
use crate::options::fuzz_target::Target;
use crate::screen::output::PROGRAM;
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand, value_parser};
use memory_size::{Memory, memory_size};
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::time::Duration;
use workload::Workload;

/// How long a guest may run without `--timeout`; in `shell`, once its input has ended.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// CPUs that QEMU's machine has room for.
const MOST_CPUS: i64 = 248;

/// Numbers of labs (`tools/labs`).
pub const LABS: std::ops::RangeInclusive<i64> = 1..=9;

const EXIT_CODES: &str = "\
Exit codes; the last line on stderr says which in words:
  0  passed: every self-test, or every command of --run, succeeded
  1  a self-test failed, or a command of --run, or figures of bench changed
  2  wrong usage
  3  the guest crashed: a panic, a program check, a disabled wait
  4  the guest ran past its timeout and was stopped; it says where it was
  5  the guest ended early: before its test plan or its summary was complete
  6  the guest could not be built or started, or a signal ended QEMU
  130  stopped by Ctrl-C; by another signal: 128 and its number

On a terminal shell has a line editor; $XDG_STATE_HOME/qemu-run/history keeps its lines
(~/.local/state without that variable), but for those that begin with a blank.

Examples:
  ./qemu-run.sh --cpus 4
  ./qemu-run.sh --append 'vmalloc=near selftest=module.*'
  ./qemu-run.sh --run 'insmod counter; lsmod; percpu'";

/// Builds the kernel and its modules, boots them in QEMU, and judges the result.
#[derive(Parser, Clone, Debug)]
#[command(
    name = PROGRAM,
    bin_name = "./qemu-run.sh",
    about,
    after_help = EXIT_CODES,
    disable_help_subcommand = true
)]
pub struct Options {
    /// What to do; without a verb: boot, load the modules, run the self-tests
    #[command(subcommand)]
    pub verb: Option<Verb>,

    /// Number of CPUs [default: 2; for bench --peer and soak 4]
    #[arg(long, global = true, value_name = "N")]
    #[arg(value_parser = value_parser!(u32).range(1..=MOST_CPUS))]
    pub cpus: Option<u32>,

    /// CPU model, and features to turn on or off: max, z900, max,iep=off
    #[arg(long, global = true, value_name = "MODEL", default_value = "max")]
    #[arg(value_parser = cpu_model)]
    pub cpu: String,

    /// Size of the guest's memory: whole MiB, at least 16M, with K, M, G or T [default: 2G;
    /// for bench --peer 1G]
    #[arg(long, global = true, value_name = "SIZE")]
    #[arg(value_parser = memory_size)]
    pub memory: Option<Memory>,

    /// Words for the kernel command line
    #[arg(long, global = true, value_name = "WORDS", allow_hyphen_values = true)]
    pub append: Vec<String>,

    /// Another module (.ko or .o, or a .c file to compile), packed as extra/NAME.ko
    #[arg(long = "module", global = true, value_name = "PATH")]
    pub modules: Vec<PathBuf>,

    /// What compiles modules in C [default: clang if CC names that, else gcc]
    #[arg(long, global = true, value_name = "COMPILER")]
    pub cc: Option<Compiler>,

    /// Seconds until a guest counts as hung, without those in which it waits for a busy host
    /// [default: 60; for shell from the end of its input on; none for debug]
    #[arg(long, global = true, value_name = "S")]
    pub timeout: Option<NonZeroU64>,

    /// Monitor commands, separated by `;`, instead of the self-tests
    #[arg(long, global = true, value_name = "COMMANDS")]
    pub run: Option<String>,

    /// Copy of the control channel: the run's events, a JSON object a line
    #[arg(long, global = true, value_name = "FILE")]
    pub events: Option<PathBuf>,

    /// The run for other programs: the events with what the machine looks like from inside,
    /// versions and the verdict, a JSON object a line (docs/control-channel.md)
    #[arg(long, global = true, value_name = "FILE")]
    pub json: Option<PathBuf>,

    /// The results as JUnit's XML
    #[arg(long, global = true, value_name = "FILE")]
    pub junit: Option<PathBuf>,

    /// Let the guest's clock count instructions: the same run each time
    #[arg(long, global = true)]
    pub icount: bool,

    /// Where a core of the guest goes if it crashes, for debug --core; the command `dump` of the
    /// monitor writes one, too
    #[arg(long, global = true, value_name = "FILE")]
    pub dump: Option<PathBuf>,

    /// Print only failures and the verdict
    #[arg(long, global = true)]
    pub quiet: bool,

    /// Print all that the guest prints; without it a run of self-tests shows their results,
    /// and the last runs' lines are in target/logs
    #[arg(long, short, global = true, conflicts_with = "quiet")]
    pub verbose: bool,

    /// A TCG plugin, as QEMU's own option takes it; no option of this program
    #[arg(skip)]
    pub plugin: Option<String>,
}

/// What to do.
#[derive(Subcommand, Clone, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Run every test: lints, host tests, guests of many shapes
    Test {
        /// Run what takes longer, too: models and fuzzers with more operations
        #[arg(long)]
        all: bool,
    },
    /// Interactive monitor on the console
    Shell,
    /// Measure in guest instructions: the same figures at each run
    Bench {
        /// Run Linux, too, on the same work, and show both (Debian's packages, fetched once)
        #[arg(long)]
        peer: bool,
        /// Measure how costs grow, and draw it: docs/growth.tsv, docs/plots
        #[arg(long, conflicts_with_all = ["peer", "accept"])]
        plots: bool,
        /// Put this run's figures into docs/figures.tsv, those of --peer into docs/peer.tsv,
        /// and both into docs/performance.md
        #[arg(long)]
        accept: bool,
        /// Count pairs of alloc and free a second instead, CPUs in each other's way: by the
        /// host's clock, for as many host cores as CPUs
        #[arg(long, conflicts_with_all = ["peer", "plots", "accept"])]
        contention: bool,
        /// All of it: measure, accept, --peer, --plots
        #[arg(long, conflicts_with_all = ["peer", "plots", "accept", "contention"])]
        document: bool,
    },
    /// Count guest instructions by function, without those of the way there
    Profile {
        /// A group of bench: alloc, access, link, load, modules or growth, or, of a row alone,
        /// pair, batch, mixed, insmod, provider or rmmod; boot; or monitor commands
        workload: Workload,
        /// Draw the calls as a flame graph
        #[arg(long, value_name = "FILE")]
        svg: Option<PathBuf>,
    },
    /// Run each claim of the mail thread as an experiment, near and far
    Lessons {
        /// Fail also if a listing of docs/thread.md or docs/monitor.md isn't this run's
        #[arg(long)]
        check: bool,
        /// Put this run's listings into docs/thread.md and docs/monitor.md
        #[arg(long, conflicts_with = "check")]
        update: bool,
    },
    /// Compile files of Linux's own as they stand, and run them (Debian's package, fetched once)
    LinuxSources,
    /// Make the pages of docs/book: target/book (mdBook, fetched and built once)
    Book,
    /// Load modules of Debian's Linux as they are shipped, and ask them (fetched once)
    Linux {
        /// Modules, by name [default: all that have their symbols here]
        names: Vec<String>,
        /// Print what these modules lack; without a name, what to offer next
        #[arg(long)]
        why: bool,
        /// Fail also if the listing of docs/linux.md has other modules or answers
        #[arg(long, conflicts_with_all = ["names", "why"])]
        check: bool,
        /// Put this run's listing into docs/linux.md
        #[arg(long, conflicts_with_all = ["names", "why", "check"])]
        update: bool,
        /// Then have all CPUs load and unload them at once, so many rounds
        #[arg(long, value_name = "N", conflicts_with = "why")]
        rounds: Option<NonZeroU64>,
    },
    /// Make one archive for a room without a network: binaries, book, report and labs
    Kit {
        /// Put Debian's packages in that its machines need, too: 260 MB more
        #[arg(long)]
        with_packages: bool,
    },
    /// Copy a lab to labs/, build what is there, and grade it; without a number, list them
    Lab {
        /// Number of the lab
        #[arg(value_name = "N", value_parser = value_parser!(u32).range(LABS))]
        number: Option<u32>,
        /// A hint, in three steps, instead of grades
        #[arg(long, value_name = "STEP", requires = "number")]
        #[arg(value_parser = value_parser!(u32).range(1..=3))]
        hint: Option<u32>,
        /// Grade the files of this folder instead of the student's own
        #[arg(
            long,
            value_name = "FOLDER",
            requires = "number",
            conflicts_with = "hint"
        )]
        folder: Option<PathBuf>,
    },
    /// Give guests broken initrds, command lines and modules; each must end by name
    Hostile {
        /// Trials of each of the three
        #[arg(long, value_name = "N", default_value = "300")]
        trials: u64,
        /// Trials of modules, of which a guest takes many [default: as --trials]
        #[arg(long = "modules", value_name = "N")]
        broken_modules: Option<u64>,
        /// Number of the first one, to have it again
        #[arg(long, value_name = "N", default_value = "0")]
        first: u64,
        /// What the random numbers come from
        #[arg(long, value_name = "N", default_value = "1")]
        seed: u64,
    },
    /// Boot, run, and write one page about it, which a browser opens from disk
    Report {
        /// The page [default: target/report.html]
        file: Option<PathBuf>,
        /// Make it of a file of --json, and boot nothing
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
        /// Draw the README's picture anew instead: docs/pictures
        #[arg(long, conflicts_with_all = ["file", "from"])]
        picture: bool,
    },
    /// Feed what reads files and lines with inputs that libFuzzer finds by coverage
    Fuzz {
        /// One of them [default: all]
        target: Option<Target>,
        /// Seconds for each
        #[arg(long, value_name = "N", default_value = "60")]
        seconds: NonZeroU64,
        /// Put what reaches more into fuzz/corpus
        #[arg(long)]
        accept: bool,
    },
    /// Have all CPUs work on all that there is at once, while CPUs leave and come back, and
    /// requests fail; in the end nothing may be lost
    Soak {
        /// Minutes that it takes [default: 20 seconds]
        #[arg(long, value_name = "M")]
        minutes: Option<NonZeroU64>,
        /// Seconds that it takes, instead
        #[arg(long, value_name = "S", conflicts_with = "minutes")]
        seconds: Option<NonZeroU64>,
        /// What the random numbers come from [default: another each time; it is printed]
        #[arg(long, value_name = "N")]
        seed: Option<u64>,
        /// Modules of Debian's Linux come and go, too
        #[arg(long)]
        linux: bool,
    },
    /// Wait for gdb before the first instruction, and print the gdb command
    Debug {
        /// Start gdb on this terminal
        #[arg(long)]
        gdb: bool,
        /// Open a core that --dump wrote, instead of starting a machine
        #[arg(long, value_name = "FILE")]
        core: Option<PathBuf>,
    },
}

impl Verb {
    /// The benchmark of one guest, compared with what was accepted.
    pub const BENCH: Self = Self::Bench {
        peer: false,
        plots: false,
        accept: false,
        document: false,
        contention: false,
    };
}

impl Options {
    /// Reads the process's arguments; ends the process with usage on stderr and
    /// code 2 if they are wrong.
    pub fn from_arguments() -> Self {
        Self::checked(std::env::args_os()).unwrap_or_else(|error| error.exit())
    }

    /// The options of a command line with these words for the kernel.
    ///
    /// # Errors
    /// If a person couldn't give them.
    pub fn with_append(words: &str) -> Result<Self, clap::Error> {
        Self::checked([PROGRAM, "--append", words])
    }
}

/// Prints what is wrong with the command line, where that shows only later: the process ends
/// with code 2.
pub fn print_usage_error(text: &str) {
    let error = Options::command().error(ErrorKind::InvalidValue, text);
    // Nobody reads it where stderr can't be written.
    let _ = error.print();
}

/// A model as QEMU names it. Its own message says which there are.
fn cpu_model(text: &str) -> Result<String, String> {
    match text.starts_with(|first: char| first.is_ascii_lowercase()) && text != "help" {
        true => Ok(text.to_owned()),
        false => Err(
            "expected a CPU model, as `qemu-system-s390x -cpu help` lists them; \
             their number is --cpus"
                .to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests;
