//! `trace`, and `percpu trace`: the last events of per-CPU memory.

use super::command::{Action, Command};
use super::error::Error;
use super::row::row;
use crate::percpu::trace;
use crate::{backtrace, cpus, println, smp};

/// The commands of this group.
pub const COMMANDS: &[Command] = &[Command {
    name: "trace",
    arguments: "[on|off]",
    help: "shows the last events of per-CPU memory, by CPU",
    look: "The ring is a per-CPU variable itself: each CPU writes its own, and waits for nobody.\n\
           pcpu kernel::percpu::trace::RING -x shows it as it is. Also: percpu trace.",
    example: "trace on; modprobe {module}; percpu alloc 8; trace",
    action: Action::Run(command),
}];

/// Turns the events on or off, or shows them.
pub fn command<'line>(words: &[&'line str]) -> Result<(), Error<'line>> {
    match words {
        [] => show(),
        ["on"] => {
            trace::turn(true);
            println!(
                "events are entered from here on, {} a CPU are kept",
                trace::EVENTS
            );
            Ok(())
        }
        ["off"] => {
            trace::turn(false);
            println!("no more events are entered");
            Ok(())
        }
        _ => Err(Error::Expected("nothing, on or off")),
    }
}

fn show<'line>() -> Result<(), Error<'line>> {
    println!("cpu  number  seconds       what          handle              bytes  called from");
    let mut shown = 0;
    for cpu in cpus::online() {
        let ring = smp::run_on(cpu, trace::own)?;
        for (number, event) in ring.events() {
            let (seconds, micros) = (event.time / 1_000_000_000, event.time / 1000 % 1_000_000);
            row!(
                "{cpu:<4} {number:>6}  {seconds:>4}.{micros:06}  {:<12} {:#018x} {:>7}  {}",
                event.kind,
                event.handle,
                event.size,
                Caller(event.caller)
            );
            shown += 1;
        }
    }
    match (shown, trace::is_on()) {
        (0, false) => println!("none: trace on"),
        (_, true) => println!("next: trace off; percpu map; pcpu kernel::percpu::trace::RING -x"),
        (_, false) => println!("next: trace on; pcpu kernel::percpu::trace::RING -x"),
    }
    Ok(())
}

/// Where a call came from, if that is known.
struct Caller(u64);

impl core::fmt::Display for Caller {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.0 {
            0 => f.write_str("the kernel"),
            address => backtrace::write(f, address, true),
        }
    }
}
