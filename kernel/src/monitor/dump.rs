//! The command `dump`: who started the machine writes a core of it.

use super::command::{Action, Command};
use super::error::Error;
use crate::{control, println, timer};
use arch::timer::Deadline;

/// The commands of this group.
pub const COMMANDS: &[Command] = &[Command {
    name: "dump",
    arguments: "",
    help: "has the runner write a core to its --dump FILE",
    look: "debug --core FILE asks the core what it asks a machine.",
    example: "dump",
    action: Action::Run(dump),
}];

/// Seconds by this machine's clock, which stands while it is dumped: by then the runner has
/// read the event.
const WAIT: u64 = 1;

/// Microseconds between two looks at the clock.
const NAP: u64 = 100_000;

fn dump<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    let [] = arguments else {
        return Err(Error::Expected("nothing"));
    };
    println!("a dump is asked for");
    control::dump();
    let end = Deadline::after_seconds(WAIT);
    while !end.is_past() {
        timer::nap(NAP);
    }
    Ok(())
}
