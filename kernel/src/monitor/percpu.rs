//! Commands on per-CPU memory.

use super::command::{Action, Command};
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
        [address] => {
            let digits = address.trim_start_matches("0x");
            let number = usize::from_str_radix(digits, 16);
            let number = number.map_err(|_| Error::NotANumber(address))?;
            println!("{}", PerCpuAddress(number));
        }
        _ => return Err(Error::Expected("nothing, or an address in hexadecimal")),
    }
    Ok(())
}
