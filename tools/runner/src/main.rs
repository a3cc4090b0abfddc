//! The program behind `./qemu-run.sh`: builds the guest, boots it, judges it.
//!
//! ```text
//!  verbs/     bench, profile, lessons, ..: what boots guests of its own, or none
//!  guest/     a guest, from its files to its end
//!  options/   the command line
//!  build/     kernel, modules
//!  screen/    what people see
//!  verdict/   from the control channel's lines to a verdict
//!  error      why a guest couldn't be built or started
//!  core/      from QEMU's dump to a core
//! ```
//!
//! Rooms import downwards, and so do the files in each: none imports one that imports it.

#![forbid(unsafe_code)]
#![deny(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "they panic where output can't be written: `output` doesn't"
)]

mod build;
mod core;
mod error;
mod guest;
mod options;
mod screen;
mod verbs;
mod verdict;

use build::toolchain::Toolchain;
use error::Error;
use guest::report::{self, Report};
use guest::{guardian, initrd, qemu};
use options::{Options, Verb};
use screen::{output, paint};
use std::process::ExitCode;
use verbs::bench::{self, More, contention};
use verbs::{
    book, debug, fuzz, gate, hostile, kit, lab, lessons, linux, linux_sources, profile,
    report as page, soak,
};
use verdict::Verdict;
use verdict::judge::{self, Purpose};

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
            broken_modules,
            first,
            seed,
        }) => {
            let extent = hostile::Extent {
                boots: trials,
                modules: broken_modules.unwrap_or(trials),
                first,
                seed,
            };
            hostile::run(toolchain, &options, extent)
        }
        Some(Verb::Fuzz {
            target,
            seconds,
            accept,
        }) => fuzz::run(target, seconds.get(), accept),
        Some(Verb::Lessons { check, update }) => lessons::run(toolchain, &options, check, update),
        Some(Verb::Linux {
            ref names,
            why,
            check,
            update,
            rounds,
        }) => {
            let request = linux::Request {
                names: names.clone(),
                why,
                check,
                update,
                rounds,
            };
            linux::run(toolchain, &options, &request)
        }
        Some(Verb::Book) => book::run(),
        Some(Verb::Kit { with_packages }) => kit::run(toolchain, &options, with_packages),
        Some(Verb::Lab {
            number,
            hint,
            ref folder,
        }) => {
            let folder = folder.as_deref();
            let request = lab::Request {
                number,
                hint,
                folder,
            };
            lab::run(toolchain, &options, request)
        }
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
        Some(Verb::Report { picture: true, .. }) => page::picture(toolchain, &options),
        Some(Verb::Report {
            ref file, ref from, ..
        }) => page::run(toolchain, &options, file.as_deref(), from.as_deref(), boot),
        Some(Verb::Soak { linux, .. }) => {
            let mut options = soak::options(&options);
            let added = match linux {
                true => {
                    linux::files(toolchain, &options).map(|files| options.modules.extend(files))
                }
                false => Ok(()),
            };
            added.and_then(|()| boot(toolchain, &options))
        }
        _ => boot(toolchain, &options),
    });
    exit_code.unwrap_or_else(|error| {
        output::message!("{error}");
        ExitCode::from(NO_GUEST)
    })
}

/// Boots one guest, and says how it ended.
fn boot(toolchain: Toolchain, options: &Options) -> Result<ExitCode, Error> {
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
    if matches!(verdict, Verdict::Passed(_)) {
        bench::sanity::show(&guest, options)?;
    }
    if let Some(report) = report {
        report.end(&verdict);
    }
    if let Some(path) = &options.junit {
        report::write_junit(path, &run.record, &verdict)?;
    }
    let style = match verdict.exit_code() {
        0 => paint::GOOD,
        _ => paint::BAD,
    };
    output::message!("{}", paint::on_stderr(style, &verdict.to_string()));
    Ok(ExitCode::from(verdict.exit_code()))
}
