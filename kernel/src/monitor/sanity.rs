//! The command on misuse of memory.

use super::command::{Action, Command, hexadecimal};
use super::error::Error;
use super::row::row;
use crate::memory::sanity::{self, Counts, Kind, State};
use crate::misuse::Symbols;
use crate::{modules, percpu, println};

/// The commands of this group.
pub const COMMANDS: &[Command] = &[Command {
    name: "sanity",
    arguments: "[check|reports|ADDRESS]",
    help: "memory that catches its misuse: state, check, reports",
    look: "With sanity=1 on the kernel command line each block lies between red zones, and is\n\
           poisoned and kept for a while when it is freed. What is written there is found when\n\
           the block is freed, when it leaves quarantine, when a function of a module has\n\
           returned, and by `sanity check`, which fails if there is any.",
    example: "sanity check",
    action: Action::Run(command),
}];

fn command<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    match arguments {
        [] => show(),
        ["check"] => check(),
        ["reports"] => reports(),
        [word] => block_at(word),
        _ => Err(Error::Expected("check, reports, or an address")),
    }
}

fn show<'line>() -> Result<(), Error<'line>> {
    if !sanity::is_on() {
        println!("sanity=0: blocks aren't recorded; boot with sanity=1");
        return Ok(());
    }
    let Counts {
        live,
        kept,
        kept_bytes,
        entered,
    } = sanity::counts();
    println!("sanity=1: {live} live blocks, {entered} since boot");
    println!("  quarantine: {kept} freed blocks, {kept_bytes} bytes");
    println!("  records: {} page frames", sanity::frames());
    println!("  reports: {} since boot", sanity::made());
    row!("next: sanity check; sanity reports");
    Ok(())
}

fn needs_records<'line>() -> Result<(), Error<'line>> {
    match sanity::is_on() {
        true => Ok(()),
        false => Err(Error::NotRecorded),
    }
}

/// Reports come by the log; the session fails the command for them.
fn check<'line>() -> Result<(), Error<'line>> {
    needs_records()?;
    let before = sanity::made();
    let blocks = sanity::check();
    println!(
        "{blocks} blocks compared, {} misused",
        sanity::made() - before
    );
    Ok(())
}

fn reports<'line>() -> Result<(), Error<'line>> {
    needs_records()?;
    let made = sanity::made();
    let first = made.saturating_sub(sanity::REPORTS as u64) + 1;
    for report in (first..=made).filter_map(sanity::report) {
        println!("{}. {}", report.number, report.with_names(&Symbols));
    }
    println!("{made} reports since boot");
    Ok(())
}

fn block_at(word: &str) -> Result<(), Error<'_>> {
    needs_records()?;
    let address = hexadecimal(word).ok_or(Error::NotAnAddress(word))?;
    // A copy's address stands for its handle.
    let handle = percpu::locate_address(address).map_or(address, |(_, handle)| handle.0);
    let block = [
        (Kind::Slab, address),
        (Kind::Vmalloc, address),
        (Kind::PerCpu, handle),
        (Kind::Heap, address),
    ]
    .into_iter()
    .find_map(|(kind, address)| sanity::at(kind, address).map(|block| (block, address)));
    let Some((block, address)) = block else {
        println!("{address:#x} is in no block that is known");
        return Ok(());
    };
    let state = match block.state {
        State::Live => "live",
        State::Going => "being freed",
        State::Kept => "freed, in quarantine",
        State::Gone => "given back",
    };
    let offset = address.wrapping_sub(block.start) as isize;
    println!("{}: {state}; offset {offset}", block.named());
    let zones = block.zones;
    println!(
        "  red zones: {} bytes before, {} behind",
        zones.before, zones.after
    );
    println!("  history:{}", block.history(&Symbols));
    if let Some(module) = block.label.filter(|name| modules::state(name).is_some()) {
        row!("next: sections {module}; sanity check");
    }
    Ok(())
}
