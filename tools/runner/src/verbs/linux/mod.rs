//! The verb `linux`: modules of Debian's Linux, as they are shipped, loaded and asked.
//!
//! ```text
//!  tools/debian.sh ──package.rs──► NAME.ko, and Module.symvers with a CRC for each export
//!  modules/linux   ──providers.rs► what Linux's modules import, and tests of what they export
//!  object.rs       what a file imports and exports
//!  closure.rs      which modules have all that they need, and what others lack
//!  session.rs      a guest that loads them, asks them, and unloads them
//!  rounds.rs       a guest whose CPUs load and unload all of them at once
//!  why.rs          what is lacking, and what to offer next
//!  table.rs        what came of it
//!  offers.rs       what is offered, and who called it
//!  document.rs     the same in docs/linux.md
//!  shipped.rs      some of them, for the book's guest
//! ```

mod closure;
mod document;
mod object;
mod offers;
mod package;
mod providers;
mod rounds;
mod session;
mod shipped;
mod table;
mod why;

use crate::build;
use crate::build::toolchain::Toolchain;
use crate::error::Error;
use crate::options::Options;
use crate::screen::output;
use closure::Closure;
use package::Package;
use providers::Providers;
use session::Session;
pub use shipped::Shipped;
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::process::ExitCode;

/// Exit code where a module was lost.
const LOST: u8 = 1;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Modules, by name; none for all.
    pub names: Vec<String>,
    /// Whether to print what they lack, and boot nothing.
    pub why: bool,
    /// Whether to look at the listing of docs/linux.md.
    pub check: bool,
    /// Whether to put this run's there.
    pub update: bool,
    /// How many rounds of loads and unloads by all CPUs come then.
    pub rounds: Option<NonZeroU64>,
}

/// The files of all modules that can be loaded at any time, and of what they need.
///
/// # Errors
/// As of [`run`].
pub fn files(toolchain: Toolchain, options: &Options) -> Result<Vec<PathBuf>, Error> {
    let package = Package::fetch()?;
    let guest = build::guest(toolchain, options.compiler())?;
    let providers = Providers::build(&guest, &package)?;
    let closure = Closure::new(&package, &providers);
    let names = closure.loadable(package.modules.keys().copied());
    let ours = providers.providers.iter().map(|provider| &provider.path);
    // Nothing keeps what another has asked for by name.
    let alone = names.iter().filter(|name| !closure.asks_by_name(name));
    let theirs = alone.filter_map(|name| package.modules.get(name));
    Ok(ours
        .chain(theirs.map(|module| &module.path))
        .cloned()
        .collect())
}

/// Loads and tests the modules, or prints what they lack.
///
/// # Errors
/// If Debian's packages can't be had, a name is none of a module, or a guest can't be built or
/// started.
pub fn run(toolchain: Toolchain, options: &Options, request: &Request) -> Result<ExitCode, Error> {
    let package = Package::fetch()?;
    let names = package.named(&request.names)?;
    let guest = build::guest(toolchain, options.compiler())?;
    let providers = Providers::build(&guest, &package)?;
    let closure = Closure::new(&package, &providers);
    if request.why {
        match names.as_slice() {
            [] => why::print_all(&package, &closure),
            names => names.iter().for_each(|name| why::print(&closure, name)),
        }
        return Ok(ExitCode::SUCCESS);
    }
    let chosen = match names.as_slice() {
        [] => closure.loadable(package.modules.keys().copied()),
        names => closure.loadable(names.iter().copied()),
    };
    let lacking = names.iter().filter(|name| !closure.lacks(name).is_empty());
    let lacking: Vec<&str> = lacking.copied().collect();
    let session = Session::boot(&guest, options, &package, &providers, &closure, &chosen)?;
    let (rows, counts) = table::of(&closure, &providers, &session, &chosen);
    let offers = offers::of(&providers, &session);
    let lines = rows.iter().chain(&offers);
    lines.for_each(|line| output::line!("{line}"));
    for name in &lacking {
        output::line!("{name}: lacks symbols; ./qemu-run.sh linux --why {name} names them");
    }
    for problem in &session.problems {
        output::line!("{problem}");
    }
    if request.update {
        document::update(&rows, &offers)?;
    }
    let is_listed = !request.check || document::is_right(&rows, &offers)?;
    if !is_listed {
        output::line!("docs/linux.md has other modules, or other answers: linux --update");
    }
    let mut lost = counts.lost + lacking.len();
    if let Some(number) = request.rounds {
        let live = chosen.iter().filter(|name| session.is_live(name));
        // Nothing holds a module for who asks for it by name.
        let alone = live.filter(|name| !closure.asks_by_name(name));
        let alone: Vec<_> = alone.copied().collect();
        let number = number.get();
        let rounds = rounds::run(&guest, options, &package, &providers, &alone, number)?;
        for problem in &rounds.problems {
            output::line!("{problem}");
        }
        lost += usize::from(!rounds.problems.is_empty());
        let modules = alone.len();
        output::line!(
            "linux: {} rounds of {modules} modules, {} loads",
            rounds.done,
            rounds.loads
        );
    }
    output::line!(
        "linux: {} live, {} known answers, {} per-CPU, {lost} lost",
        counts.live,
        counts.known_answers,
        counts.per_cpu
    );
    Ok(
        match lost == 0 && session.problems.is_empty() && is_listed {
            true => ExitCode::SUCCESS,
            false => ExitCode::from(LOST),
        },
    )
}
