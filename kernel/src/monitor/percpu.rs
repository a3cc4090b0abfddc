//! `percpu`: the allocator of per-CPU memory, and areas of one's own to watch it with.

use super::command::{Action, Command, hexadecimal, number};
use super::error::Error;
use super::row::row;
use super::{own_areas, percpu_map, percpu_stats};
use crate::percpu::{self, Handle};
use crate::percpu_address::PerCpuAddress;
use crate::println;

/// The commands of this group.
pub const COMMANDS: &[Command] = &[Command {
    name: "percpu",
    arguments: "[HANDLE|ADDRESS | chunks | map [CHUNK] | stats | alloc SIZE [ALIGN] [atomic] [xN] | \
                free HANDLE|all | balance]",
    help: "shows per-CPU memory, or what an address is",
    look: "percpu ADDRESS: whose a handle or a copy's address is   percpu chunks: a line a chunk\n\
           percpu map [CHUNK]: a picture      percpu stats: by the names of Linux's percpu_stats\n\
           percpu alloc SIZE [ALIGN] [atomic] [xN]; percpu free HANDLE|all; percpu balance\n\
           An area has the same bytes in every CPU's unit: one handle, as many copies as CPUs.",
    example: "percpu alloc 4096 x20; percpu map; percpu free all; percpu balance; percpu map",
    action: Action::Run(per_cpu),
}];

/// Most areas that one command allocates.
const MOST: u64 = 4096;

fn per_cpu<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    match arguments {
        [] => {
            println!("{}", percpu::summary());
            let total = percpu::statistics(&mut |chunk| println!("{chunk}"));
            println!("{total}");
            println!("next: percpu chunks; percpu map; percpu stats");
            Ok(())
        }
        ["chunks"] => percpu_stats::chunks(),
        ["stats"] => percpu_stats::statistics(),
        ["map"] => percpu_map::show(None),
        ["map", chunk] => percpu_map::show(Some(number(chunk)? as usize)),
        ["alloc", size, options @ ..] => allocate(size, options),
        ["free", "all"] => free_all(),
        ["free", handle] => {
            let handle =
                hexadecimal(handle).ok_or(Error::Expected("a handle in hexadecimal, or all"))?;
            free(Handle(handle))
        }
        ["balance"] => {
            balance();
            Ok(())
        }
        [word] => {
            let address = hexadecimal(word).ok_or(Error::Expected(EXPECTED))?;
            println!("{}", PerCpuAddress(address));
            Ok(())
        }
        _ => Err(Error::Expected(EXPECTED)),
    }
}

const EXPECTED: &str = "nothing, an address, chunks, map, stats, alloc, free or balance";

fn allocate<'line>(size: &'line str, options: &[&'line str]) -> Result<(), Error<'line>> {
    let size = number(size)? as usize;
    let (mut align, mut is_atomic, mut count) = (None, false, 1);
    for &option in options {
        if option == "atomic" {
            is_atomic = true;
        } else if let Some(times) = option.strip_prefix('x') {
            count = number(times)?;
        } else {
            align = Some(number(option)? as usize);
        }
    }
    if count == 0 || count > MOST {
        return Err(Error::Expected("xN, N from 1 to 4096"));
    }
    let align = align.unwrap_or(8);
    let (mut first, mut last) = (None, Handle(0));
    let mut done = 0;
    let mut result = Ok(());
    while done < count && result.is_ok() {
        match own_areas::allocate(size, align, is_atomic) {
            Ok(handle) => {
                first.get_or_insert(handle);
                last = handle;
                done += 1;
            }
            Err(error) => result = Err(Error::PerCpuAlloc(error)),
        }
    }
    if let Some(first) = first {
        match done {
            1 => row!("{size} bytes on each CPU: handle {first}"),
            _ => row!("{done} areas of {size} bytes on each CPU: handles {first} to {last}"),
        }
        row!("next: pcpu {first}; percpu map; percpu free {first}; percpu free all");
    }
    result
}

fn free<'line>(handle: Handle) -> Result<(), Error<'line>> {
    let own = own_areas::forget(handle);
    let is_anothers = percpu::locate(handle).is_some_and(|location| location.area.is_some());
    if !own && is_anothers {
        return Err(Error::AnothersArea(handle));
    }
    // One that isn't live is refused, and why is the answer.
    percpu::free(handle).map_err(Error::PerCpuFree)?;
    println!("freed {handle}");
    println!("next: percpu map; percpu balance; percpu free {handle}");
    Ok(())
}

fn free_all<'line>() -> Result<(), Error<'line>> {
    let own = own_areas::forget_all();
    for &handle in &own {
        percpu::free(handle).map_err(Error::PerCpuFree)?;
    }
    println!("freed {} areas", own.len());
    println!("next: percpu map; percpu balance");
    Ok(())
}

fn balance() {
    let pages = || (percpu::usage().populated, percpu::usage().chunks);
    let ((pages_before, chunks_before), ()) = (pages(), percpu::balance_now());
    let (pages_after, chunks_after) = pages();
    println!("before: {pages_before} populated pages of a unit, in {chunks_before} chunks");
    println!("after:  {pages_after} populated pages of a unit, in {chunks_after} chunks");
    println!("next: percpu map; percpu stats");
}
