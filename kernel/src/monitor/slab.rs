//! The command on slabs.

use super::command::{Action, Command};
use super::error::Error;
use crate::memory::slab;
use crate::println;

/// The commands of this group.
pub const COMMANDS: &[Command] = &[Command {
    name: "slabinfo",
    arguments: "",
    help: "shows the objects of kmalloc, by their size",
    look: "What a CPU keeps in its magazine is free, and in no slab's list.",
    example: "slabinfo",
    action: Action::Run(slabinfo),
}];

/// The columns are those of Linux's /proc/slabinfo, but for what a CPU keeps.
fn slabinfo<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    let [] = arguments else {
        return Err(Error::Expected("nothing"));
    };
    let (classes, large) = slab::usage();
    println!("name          active_objs  num_objs  in_magazines  objperslab  pagesperslab  slabs");
    for class in classes {
        println!(
            "kmalloc-{:<5} {:>11}  {:>8}  {:>12}  {:>10}  {:>12}  {:>5}",
            class.size,
            class.live,
            class.objects,
            class.kept,
            class.frames * arch::PAGE_SIZE / class.size,
            class.frames,
            class.slabs
        );
    }
    println!(
        "larger: {} blocks, {} page frames",
        large.blocks, large.frames
    );
    Ok(())
}
