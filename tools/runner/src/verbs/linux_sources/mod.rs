//! The verb `linux-sources`: files of Linux's own, compiled as they stand and run.
//!
//! ```text
//!  tools/debian.sh ──► Debian's linux-source-6.1: lib, arch/s390/lib
//!  catalogue.rs        which files, and what each must show
//!  compile.rs          each a module                 (or the compiler's first words)
//!  session.rs          guests of 1 and 4 CPUs that load them one after the other
//!  findings.rs         what each run showed
//!  formats.rs          of printf's test: which of its checks fail, and of what they are
//! ```

mod catalogue;
mod compile;
mod findings;
mod formats;
mod session;

use crate::build;
use crate::build::layout;
use crate::build::toolchain::Toolchain;
use crate::error::Error;
use crate::options::Options;
use crate::screen::output;
use crate::verbs::debian;
use catalogue::SOURCES;
use findings::Finding;
use session::Session;
use std::process::ExitCode;

/// CPUs of the guests.
const CPUS: [u32; 2] = [1, 4];

/// Exit code where a file didn't show what it must.
const FAILED: u8 = 1;

/// Compiles and runs the files that `names` names, or all; prints the table.
///
/// # Errors
/// If Linux's sources can't be had, or a guest can't be built or started.
pub fn run(toolchain: Toolchain, options: &Options) -> Result<ExitCode, Error> {
    let guest = build::guest(toolchain, options.compiler())?;
    let folder = layout::target().join("debian-sources");
    let tree = debian::fetch("sources", &folder, "Linux's sources: 139 MB")?;
    let compiled: Vec<_> = SOURCES
        .iter()
        .map(|source| compile::source(&guest, options.compiler(), &tree, source))
        .collect::<Result<_, _>>()?;
    let mut sessions = Vec::new();
    for cpus in CPUS {
        sessions.push(Session::boot(&guest, options, &compiled, cpus)?);
    }
    output::line!("{:<38} {:<8} what 1 CPU and 4 CPUs say", "file", "result");
    let (mut passed, mut failed) = (0, 0);
    for (source, compiled) in SOURCES.iter().zip(&compiled) {
        let findings = sessions
            .iter()
            .map(|session| findings::of(source, compiled, session));
        let findings: Vec<Finding> = findings.collect();
        let is_right = findings.iter().all(|finding| finding.result.is_ok());
        *(if is_right { &mut passed } else { &mut failed }) += 1;
        let mut words: Vec<&str> = findings.iter().map(Finding::words).collect();
        words.dedup();
        let result = if is_right { "passed" } else { "failed" };
        output::line!("{:<38} {result:<8} {}", source.path, words.join("; "));
    }
    output::line!("linux-sources: {passed} passed, {failed} failed, 0 out of scope");
    Ok(match failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::from(FAILED),
    })
}
