//! What the machine looks like from inside, told on the control channel where somebody asked
//! for it (`details`): the map and the CPUs when it is up; chunks, and the copies of static
//! variables, when its work is done. What there is of a module is told when it is linked,
//! and figures where they are measured.

use crate::control::details::{self, Chunk, Variable};
use crate::modules::{self, FoundVariable, VariableName};
use crate::percpu::{self, ChunkPart, Piece, Use, chunk_from, piece_from};
use crate::{cpus, println};
use arch::fault_safe;

/// Most bytes of a copy that are told.
const VALUE: usize = 64;

/// The machine is up.
pub fn tell_start(regions: impl Iterator<Item = (&'static str, (usize, usize))>) {
    if !details::wants_details() {
        return;
    }
    for (name, (start, end)) in regions {
        details::region(name, start, end);
    }
    for cpu in 0..cpus::possible() {
        let is_online = cpus::is_online(cpu);
        details::cpu(cpu, cpus::address(cpu), is_online, percpu::offset(cpu));
    }
    for found in modules::kernel_variables() {
        details::variable(&Variable {
            module: None,
            name: VariableName(found.name),
            handle: found.handle,
            bytes: found.size,
            slot: None,
        });
    }
}

/// The machine's work is done.
pub fn tell_end() {
    if !details::wants_details() {
        return;
    }
    modules::kernel_variables().for_each(tell_copies);
    match modules::loaded() {
        Ok(names) => names.into_iter().for_each(tell_copies_of),
        Err(error) => println!("details: {error}"),
    }
    let mut next = 0;
    while let Some(part) = chunk_from(next) {
        next = part.number + 1;
        tell_chunk(&part);
    }
}

fn tell_copies_of(module: &'static str) {
    match modules::view(module) {
        Ok(view) => view.variables().for_each(tell_copies),
        Err(error) => println!("details: {error}"),
    }
}

fn tell_copies(variable: FoundVariable) {
    let FoundVariable { handle, size, .. } = variable;
    for cpu in 0..cpus::possible() {
        let address = (handle as usize).wrapping_add(percpu::offset(cpu));
        let mut bytes = [0; VALUE];
        let value = &mut bytes[..VALUE.min(size as usize)];
        // A copy is mapped as long as its variable is there (P13).
        if fault_safe::read_bytes(address, value).is_ok() {
            details::copy(handle, cpu, address, value);
        }
    }
}

fn tell_chunk(part: &ChunkPart) {
    let (start, end) = part.bytes;
    details::chunk(Chunk {
        number: part.chunk,
        reserved: part.reserved,
        handle: part.handle.0,
        start,
        end,
        populated: part.populated,
    });
    let mut byte = start;
    let mut pending: Option<Piece> = None;
    while byte < end
        && let Some(piece) = piece_from(part.number, byte)
    {
        byte = piece.end;
        // Pieces end with their page, and areas don't.
        match &mut pending {
            Some(before) if before.used == piece.used && !is_area(piece.used) => {
                before.end = piece.end;
            }
            _ => {
                tell_area(part, pending.replace(piece));
            }
        }
    }
    tell_area(part, pending);
}

fn is_area(used: Use) -> bool {
    matches!(used, Use::Live | Use::Kept)
}

fn tell_area(part: &ChunkPart, piece: Option<Piece>) {
    if let Some(Piece { start, end, used }) = piece {
        let used = match used {
            Use::Live => "live",
            Use::Kept => "kept",
            Use::Free => "free",
            Use::Unpopulated => "unpopulated",
        };
        details::area(part.chunk, start, end.min(part.bytes.1), used);
    }
}
