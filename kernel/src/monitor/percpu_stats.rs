//! `percpu chunks` and `percpu stats`: the allocator in numbers.
//!
//! The fields of `stats` are those of Linux's `/sys/kernel/debug/percpu_stats`
//! (mm/percpu-stats.c), by their names. What isn't there: `nr_max_alloc`, `nr_max_chunks`,
//! `min_alloc_size` and `max_alloc_size` would cost each allocation a step, and
//! `first_bit` belongs to a bitmap; free bytes are found by lists here.

use super::error::Error;
use super::interrupt;
use super::row::row;
use crate::modules;
use crate::percpu::{self, ChunkPart, Use};
use crate::println;
use alloc::vec::Vec;
use arch::PAGE_SIZE;
use fallible::TryPush;

/// The parts of all chunks, in their order.
fn parts() -> impl Iterator<Item = ChunkPart> {
    let mut from = 0;
    core::iter::from_fn(move || {
        let part = percpu::chunk_from(from)?;
        from = part.number + 1;
        Some(part)
    })
}

/// What there is in a part.
#[derive(Debug, Default)]
struct Contents {
    /// Bytes of each live area.
    live: Vec<usize>,
    live_bytes: usize,
    kept_bytes: usize,
    free_bytes: usize,
    /// Bytes of the largest free piece.
    contiguous: usize,
    /// Bytes of the free pieces before the last live area, and of the largest of these.
    fragments: usize,
    largest_fragment: usize,
}

impl Contents {
    fn of<'line>(part: &ChunkPart) -> Result<Self, Error<'line>> {
        let mut contents = Self::default();
        // Of the free pieces since the last live area.
        let (mut since, mut largest_since) = (0, 0);
        let mut byte = part.bytes.0;
        while byte < part.bytes.1
            && let Some(piece) = percpu::piece_from(part.number, byte)
        {
            interrupt::check()?;
            let bytes = piece.end.min(part.bytes.1) - byte;
            match piece.used {
                Use::Live => {
                    let push = contents.live.try_push(bytes);
                    push.map_err(modules::Reason::from)?;
                    contents.live_bytes += bytes;
                    contents.fragments += core::mem::take(&mut since);
                    let largest = core::mem::take(&mut largest_since);
                    contents.largest_fragment = contents.largest_fragment.max(largest);
                }
                Use::Kept => contents.kept_bytes += bytes,
                Use::Free => {
                    contents.free_bytes += bytes;
                    contents.contiguous = contents.contiguous.max(bytes);
                    since += bytes;
                    largest_since = largest_since.max(bytes);
                }
                Use::Unpopulated => {}
            }
            byte = piece.end;
        }
        contents.live.sort_unstable();
        Ok(contents)
    }
}

/// What a part is called.
fn name(part: &ChunkPart) -> &'static str {
    match (part.reserved, part.chunk) {
        (true, _) => "reserved",
        (_, 0) => "first",
        _ => "",
    }
}

/// A line a chunk.
pub fn chunks<'line>() -> Result<(), Error<'line>> {
    println!(
        "chunk  part      handle              pages  populated  empty  areas     live     free  kept"
    );
    for part in parts() {
        let contents = Contents::of(&part)?;
        let Contents {
            live_bytes,
            free_bytes,
            kept_bytes,
            ..
        } = contents;
        row!(
            "{:<6} {:<9} {:#018x} {:>6} {:>10} {:>6} {:>6} {live_bytes:>8} {free_bytes:>8} {kept_bytes:>5}",
            part.chunk,
            name(&part),
            part.handle.0.wrapping_add(part.bytes.0),
            part.pages,
            part.populated,
            part.empty,
            contents.live.len()
        );
    }
    println!("pages are of each unit, the rest bytes of each unit; kept: in CPUs' magazines");
    println!("next: percpu map; percpu stats");
    Ok(())
}

/// By the names of Linux's percpu_stats.
pub fn statistics<'line>() -> Result<(), Error<'line>> {
    let sizes = percpu::summary().sizes;
    let total = percpu::statistics(&mut |_| {});
    let line = |name: &str, value: u64| println!("  {name:<20} {value:>12}");
    println!("Percpu Memory Statistics");
    println!("Allocation Info:");
    line("unit_size", sizes.unit_size as u64);
    line("static_size", sizes.static_size as u64);
    line("reserved_size", sizes.reserved_size as u64);
    line("dyn_size", sizes.dynamic_size as u64);
    line("atom_size", PAGE_SIZE as u64);
    line("alloc_size", sizes.total() as u64);
    println!("Global Stats:");
    let (live, counts) = (total.usage.live as u64, total.counts);
    line("nr_alloc", counts.freed + live);
    line("nr_dealloc", counts.freed);
    line("nr_cur_alloc", live);
    line("nr_chunks", total.usage.chunks as u64);
    line("empty_pop_pages", total.empty as u64);
    println!("Per Chunk Stats:");
    for part in parts() {
        let contents = Contents::of(&part)?;
        let sorted = &contents.live;
        let middle = sorted.get(sorted.len() / 2);
        println!("Chunk {} {}:", part.chunk, name(&part));
        line("nr_alloc", sorted.len() as u64);
        line("empty_pop_pages", part.empty as u64);
        line("free_bytes", contents.free_bytes as u64);
        line("contig_bytes", contents.contiguous as u64);
        line("sum_frag", contents.fragments as u64);
        line("max_frag", contents.largest_fragment as u64);
        line(
            "cur_min_alloc",
            sorted.first().map_or(0, |&size| size as u64),
        );
        line("cur_med_alloc", middle.map_or(0, |&size| size as u64));
        line(
            "cur_max_alloc",
            sorted.last().map_or(0, |&size| size as u64),
        );
    }
    println!(
        "not kept here: nr_max_alloc, nr_max_chunks, min_alloc_size, max_alloc_size, first_bit"
    );
    println!("next: percpu chunks; percpu map");
    Ok(())
}
