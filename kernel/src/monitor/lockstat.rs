//! The command that shows how locks were held.

use super::command::{Action, Command, number};
use super::error::Error;
use super::row::row;
use crate::backtrace;
use crate::println;
use crate::sync::counting::summaries;
use ::sync::{Longest, Summary};
use core::fmt;

/// The commands of this group.
pub const COMMANDS: &[Command] = &[Command {
    name: "lockstat",
    arguments: "[LIMIT]",
    help: "shows lock holds; fails if one took longer than LIMIT ns",
    look: "Boot with --append lockstat. Under --icount a nanosecond is an instruction.",
    example: "lockstat 100000",
    action: Action::Run(lockstat),
}];

/// A function, by an address in it.
struct By(u64);

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("-"),
            address => backtrace::write(f, address, false),
        }
    }
}

fn lockstat<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    let limit = match arguments {
        [] => u64::MAX,
        [limit] => number(limit)?,
        _ => return Err(Error::Expected("nothing, or a limit in ns")),
    };
    println!(
        "{:<14} {:>10} {:>9} {:>9} {:>10}  longest by",
        "lock", "taken", "contended", "over 1000", "longest ns",
    );
    for (name, summary) in summaries().ok_or(Error::NotCounted)? {
        let Summary {
            count,
            contended,
            long,
            longest: [Longest { length, from }, ..],
        } = summary;
        row!(
            "{name:<14} {count:>10} {contended:>9} {long:>9} {length:>10}  {}",
            By(from)
        );
    }
    let mut places = 0;
    for (name, summary) in summaries().ok_or(Error::NotCounted)? {
        for Longest { length, from } in summary.longest {
            if length > limit {
                println!("over {limit}: {name}: {length} ns by {}", By(from));
                places += 1;
            }
        }
    }
    match places {
        0 => Ok(()),
        places => Err(Error::HeldLong { places, limit }),
    }
}
