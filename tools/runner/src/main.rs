//! The program behind `./qemu-run.sh`: builds the guest, boots it, judges it.
//!
//! ```text
//!  options     the command line               transcript  what the guest said
//!  toolchain   how guest code is compiled       ktap      its test report
//!  layout      where files lie                judge       from both to a verdict
//!  build       kernel, modules                verdict     its words, its exit code
//!    gcc         NAME.c -> NAME.o             gate        the verb `test`
//!    link        libNAME.a, NAME.o -> NAME.ko  lessons    the verb `lessons`
//!    system_map  the kernel's symbols         notice      kept out of its output
//!  initrd      all that the guest reads
//!  qemu        runs it, watches it
//! ```

mod build;
mod error;
mod gate;
mod gcc;
mod generated;
mod initrd;
mod judge;
mod ktap;
mod layout;
mod lessons;
mod link;
mod notice;
mod options;
mod qemu;
mod system_map;
mod toolchain;
mod transcript;
mod verdict;

use error::Error;
use judge::Purpose;
use options::{Options, PROGRAM, Verb};
use std::process::ExitCode;
use toolchain::Toolchain;
use verdict::Verdict;

/// The guest could not be built or started.
const NO_GUEST: u8 = 6;

fn main() -> ExitCode {
    let options = Options::from_arguments();
    let outcome = Toolchain::from_environment().and_then(|toolchain| match options.verb {
        Some(Verb::Test) => Ok(gate::run(toolchain)),
        Some(Verb::Lessons { check, update }) => lessons::run(toolchain, &options, check, update),
        _ => boot(toolchain, &options).map(|verdict| {
            eprintln!("{PROGRAM}: {verdict}");
            ExitCode::from(verdict.exit_code())
        }),
    });
    outcome.unwrap_or_else(|error| {
        eprintln!("{PROGRAM}: {error}");
        ExitCode::from(NO_GUEST)
    })
}

fn boot(toolchain: Toolchain, options: &Options) -> Result<Verdict, Error> {
    let guest = build::guest(toolchain)?;
    let initrd = initrd::pack(&guest, options)?;
    if options.verb == Some(Verb::Debug) {
        eprintln!(
            "{PROGRAM}: waiting for gdb; in another terminal:\n  \
             gdb-multiarch -ex 'target remote 127.0.0.1:{}' {}",
            qemu::GDB_PORT,
            layout::kernel().display()
        );
    }
    let (ending, transcript) = qemu::run(options, initrd.path())?;
    let purpose = match (options.verb, options.commands().len()) {
        (Some(Verb::Shell | Verb::Debug), 0) => Purpose::Session,
        (_, 0) => Purpose::SelfTests,
        (_, commands) => Purpose::Commands(commands),
    };
    Ok(judge::judge(purpose, ending, &transcript))
}
