//! Commands on per-CPU memory.

use super::command::{Action, Command, address};
use super::error::Error;
use crate::percpu_address::PerCpuAddress;
use crate::{percpu, println};

/// The commands of this group.
pub const COMMANDS: &[Command] = &[Command {
    name: "percpu",
    arguments: "[ADDRESS]",
    help: "shows the per-CPU allocator's statistics, or what an address or handle is",
    action: Action::Run(per_cpu),
}];

fn per_cpu<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    match arguments {
        [] => {
            let total = percpu::statistics(&mut |chunk| println!("{chunk}"));
            println!("{total}");
        }
        [word] => println!("{}", PerCpuAddress(address(word)?)),
        _ => return Err(Error::Expected("nothing, or an address in hexadecimal")),
    }
    Ok(())
}
