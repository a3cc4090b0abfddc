//! The program behind `./qemu-run.sh`: builds the guest, boots it, judges it.
//!
//! ```text
//!  options      the command line             qemu         the emulator's command line
//!  toolchain    how guest code is compiled   watch        runs it, reads both consoles
//!  layout       where files lie                guardian   QEMU's end with this program's
//!  files        those that a person names      streams    what comes and goes, by threads
//!  signals      those that end a run           sink       what may block, by a thread
//!  token        what the run's events carry    question   a guest at its limit: where is it?
//!  memory_size  what --memory takes            qmp        QEMU's monitor: where CPUs are
//!  output       this program's own messages    transcript the text, for people
//!  build        kernel, modules                events     the control channel's lines
//!    kept_build whether cargo is asked
//!    gcc        NAME.c -> NAME.o               record     what they add up to
//!    link       libNAME.a, NAME.o -> NAME.ko judge        from the record to a verdict
//!    system_map the kernel's symbols         verdict      its words, its exit code
//!  initrd       all that the guest reads     gate         the verb `test`
//!  program      runs what builds the guest   lessons      the verb `lessons`
//!  workload     what `profile` is of         profile      the verb `profile`
//!  bench        the verb `bench`: what it measured, beside Linux
//!  blocks       generated parts of documents hostile      the verb `hostile`
//!  contention   `bench --contention`        debug        the verb `debug`: gdb
//!  debian       Linux, fetched           linux_sources the verb `linux-sources`
//!  dumper       waits for a guest's panic   core         from QEMU's dump to a core
//!  disassembly  names of instructions in the text
//!  cargo_output, terminal                    progress, and modes to put back
//!  line         the editor of `shell`        paint       colours
//!  report       the files of --json, --junit  date        the day and time
//!  view         how much of the text is shown log         where all of it is kept
//! ```
//!
//! Files import downwards: none imports one that imports it.

#![forbid(unsafe_code)]
#![deny(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "they panic where output can't be written: `output` doesn't"
)]

mod bench;
mod blocks;
mod build;
mod cargo_output;
mod compiler;
mod contention;
mod core;
mod date;
mod debian;
mod debug;
mod disassembly;
mod dumper;
#[cfg(test)]
mod endings;
mod error;
mod events;
mod files;
mod gate;
mod gcc;
mod generated;
mod guardian;
mod hostile;
mod initrd;
mod judge;
mod kept_build;
mod layout;
mod lessons;
mod line;
mod link;
mod linux_sources;
mod log;
mod memory_size;
mod options;
mod out_of_scope;
mod output;
mod paint;
mod percpu_use;
mod profile;
mod program;
mod qemu;
mod qmp;
mod question;
mod record;
mod report;
mod signals;
mod sink;
mod streams;
mod system_map;
mod terminal;
mod token;
mod toolchain;
mod transcript;
mod verdict;
mod view;
mod watch;
mod workload;

use bench::More;
use error::Error;
use judge::Purpose;
use options::{Options, Verb};
use report::Report;
use std::process::ExitCode;
use toolchain::Toolchain;
use verdict::Verdict;

/// The guest could not be built or started.
const NO_GUEST: u8 = 6;

fn main() -> ExitCode {
    if let Some(failed) = guardian::become_the_other(std::env::args_os()) {
        return failed;
    }
    let options = Options::from_arguments();
    let exit_code = Toolchain::from_environment().and_then(|toolchain| match options.verb {
        Some(Verb::Test { all }) => Ok(gate::run(toolchain, all)),
        Some(Verb::Hostile {
            trials,
            first,
            seed,
        }) => {
            let extent = hostile::Extent {
                trials,
                first,
                seed,
            };
            hostile::run(toolchain, &options, extent)
        }
        Some(Verb::Lessons { check, update }) => lessons::run(toolchain, &options, check, update),
        Some(Verb::LinuxSources) => linux_sources::run(toolchain, &options),
        Some(Verb::Profile {
            ref workload,
            ref svg,
        }) => profile::run(toolchain, &options, workload, svg.as_deref()),
        Some(Verb::Bench {
            contention: true, ..
        }) => contention::run(toolchain, &options),
        Some(Verb::Bench {
            peer: true, accept, ..
        }) => bench::run(toolchain, &options, More::Peer { accept }),
        Some(Verb::Bench { plots: true, .. }) => bench::run(toolchain, &options, More::Plots),
        Some(Verb::Bench { document: true, .. }) => bench::run(toolchain, &options, More::Document),
        Some(Verb::Debug {
            gdb,
            core: Some(ref file),
        }) => debug::of_core(&options, file, gdb),
        Some(Verb::Debug { gdb: true, .. }) => debug::with_gdb(&options),
        _ => boot(toolchain, &options).map(|verdict| {
            let style = match verdict.exit_code() {
                0 => paint::GOOD,
                _ => paint::BAD,
            };
            output::say!("{}", paint::on_stderr(style, &verdict.to_string()));
            ExitCode::from(verdict.exit_code())
        }),
    });
    exit_code.unwrap_or_else(|error| {
        output::say!("{error}");
        ExitCode::from(NO_GUEST)
    })
}

fn boot(toolchain: Toolchain, options: &Options) -> Result<Verdict, Error> {
    let guest = build::guest(toolchain, options.compiler())?;
    let initrd = initrd::pack(&guest, options)?;
    let report = options.json.as_deref();
    let report = report.map(|path| Report::begin(path, options, qemu::version()?));
    let report = report.transpose()?;
    let run = qemu::run_kept(options, &initrd, report.as_ref())?;
    let purpose = match (&options.verb, options.commands().len()) {
        (Some(Verb::Shell | Verb::Debug { .. }), 0) => Purpose::Session,
        (_, 0) => Purpose::SelfTests,
        (_, commands) => Purpose::Commands(commands),
    };
    let last_line = run.transcript.last_line();
    let verdict = judge::judge(purpose, run.ending, &run.record, last_line);
    let verdict = match verdict {
        Verdict::Passed(_) => match bench::check(options, &run.transcript.lines)? {
            changes if changes.is_empty() => verdict,
            changes => Verdict::FiguresChanged(changes),
        },
        verdict => verdict,
    };
    if let Some(report) = report {
        report.end(&verdict);
    }
    if let Some(path) = &options.junit {
        report::write_junit(path, &run.record, &verdict)?;
    }
    Ok(verdict)
}
