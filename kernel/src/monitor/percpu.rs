//! Commands on per-CPU memory.

use super::command::Command;
use crate::percpu_address::PerCpuAddress;
use crate::{percpu, println};
use alloc::string::String;

/// The commands of this group.
pub const COMMANDS: &[Command] = &[Command {
    name: "percpu",
    arguments: "[ADDRESS]",
    help: "shows the per-CPU allocator's statistics, or what an address or handle is",
    run: per_cpu,
}];

fn per_cpu(arguments: &[&'static str]) -> Result<(), String> {
    if let [address] = arguments {
        let digits = address.trim_start_matches("0x");
        let number = usize::from_str_radix(digits, 16).map_err(|_| "expected a hex number")?;
        println!("{}", PerCpuAddress(number));
        return Ok(());
    }
    let total = percpu::statistics(&mut |chunk| println!("{chunk}"));
    println!("{total}");
    Ok(())
}
