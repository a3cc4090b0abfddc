//! The allocator step by step, beside a model that shares nothing with it: a map of live
//! areas, and what each CPU's copy of them must hold. After each step both are compared, and
//! the allocator's own books are worked out anew.

use crate::json::Json;
use crate::memory::Memory;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt::Display;
use core::sync::atomic::Ordering;
use percpu::{
    Allocator, ChunkPart, DYNAMIC_RESERVE, FirstChunk, Handle, Piece, SetupError, Sizes, Use,
};

/// Link address of the template.
const TEMPLATE: usize = 0x15_0000;
/// Address of CPU 0's unit in the first chunk.
const UNIT0: usize = 0x1000_0000;
/// Where the chunks after the first go.
const REGION: usize = 0x4000_0000;
const REGION_BYTES: usize = 0x1000_0000;
/// Bytes of the kernel's static variables.
const STATIC: usize = 1000;
/// Areas that random steps hold at the most.
const HELD: usize = 200;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub enum Ask {
    /// An area, for which pages may be mapped.
    Alloc { size: usize, align: usize },
    /// One from mapped pages.
    AllocAtomic { size: usize, align: usize },
    /// One for a module's static variables.
    AllocReserved { size: usize, align: usize },
    /// That of this handle is given back.
    Free { handle: usize },
    /// Empty pages, in or out.
    Balance,
    /// All that nothing is on is given back.
    Trim,
    /// Any of these.
    Random,
}

/// A live area: what was asked for, and the byte that unit 0's copy is full of; the others
/// have one more each.
struct Area {
    size: usize,
    byte: u8,
}

/// The bench.
pub struct Bench {
    allocator: Allocator<Memory>,
    areas: BTreeMap<usize, Area>,
    random: u64,
    steps: u64,
}

/// Why there is no bench.
pub fn refused(error: &impl Display) -> String {
    let mut json = Json::default();
    json.open("", '{').text("error", error).close('}');
    json.end()
}

impl Bench {
    /// A bench of so many CPUs, bytes of the reserved part, and bytes of one size that a CPU
    /// keeps.
    ///
    /// # Errors
    /// Sizes that don't fit.
    pub fn new(
        cpus: usize,
        reserved: usize,
        magazine: usize,
        seed: u64,
    ) -> Result<Self, SetupError> {
        let sizes = Sizes::new(STATIC, reserved, DYNAMIC_RESERVE, cpus)?;
        let memory = Memory::default();
        let first = FirstChunk {
            template: TEMPLATE,
            unit0: UNIT0,
            unit_offsets: (0..cpus).map(|unit| unit * sizes.unit_size).collect(),
            sizes,
            region: REGION,
            region_size: REGION_BYTES,
        };
        for offset in &first.unit_offsets {
            memory.add(UNIT0 + offset, sizes.pages());
            memory.fill(UNIT0 + offset, sizes.unit_size, 0);
        }
        #[expect(
            unsafe_code,
            reason = "the border to the memory that books are kept of"
        )]
        // SAFETY: P13: the units were just mapped, below the region.
        let allocator = unsafe { Allocator::new(first, magazine, memory) }?;
        Ok(Self {
            allocator,
            areas: BTreeMap::new(),
            random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            steps: 0,
        })
    }

    /// xorshift64*.
    fn below(&mut self, limit: usize) -> usize {
        self.random ^= self.random >> 12;
        self.random ^= self.random << 25;
        self.random ^= self.random >> 27;
        let mixed = self.random.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        (mixed % limit as u64) as usize
    }

    fn chosen(&mut self) -> Ask {
        let largest = if self.below(40) == 0 { 32_768 } else { 300 };
        let size = 1 + self.below(largest);
        let strictest = if self.below(10) == 0 { 13 } else { 6 };
        let align = 1 << self.below(strictest);
        let is_full = self.areas.len() >= HELD;
        match self.below(100) {
            0..40 if !is_full => Ask::Alloc { size, align },
            40..50 if !is_full => Ask::AllocAtomic { size, align },
            50..55 if !is_full => Ask::AllocReserved { size, align },
            55..59 => Ask::Balance,
            59 => Ask::Trim,
            // What was made up belongs to nobody.
            60..62 => Ask::Free {
                handle: TEMPLATE + self.below(1 << 16),
            },
            _ => {
                let nth = self.below(self.areas.len().max(1));
                let handle = self.areas.keys().nth(nth).copied();
                handle.map_or(Ask::Balance, |handle| Ask::Free { handle })
            }
        }
    }

    /// Does a step on a CPU, or for a random one on any, and tells what came of it.
    pub fn step(&mut self, ask: Ask, cpu: usize) -> String {
        let units = self.allocator.units();
        let (ask, cpu) = match ask {
            Ask::Random => (self.chosen(), self.below(units)),
            ask => (ask, cpu.min(units - 1)),
        };
        self.allocator.backing().cpu.store(cpu, Ordering::Relaxed);
        self.steps += 1;
        let mapped = self.allocator.backing().mapped();
        let mut json = Json::default();
        json.open("", '{').number("step", self.steps);
        json.number("cpu", cpu);
        let mut wrong = None;
        match ask {
            Ask::Alloc { size, align } => {
                json.text("op", "alloc");
                let result = self.allocator.alloc(size, align);
                wrong = self.came(&mut json, result, size, align);
            }
            Ask::AllocAtomic { size, align } => {
                json.text("op", "alloc atomic");
                let result = self.allocator.alloc_atomic(size, align);
                wrong = self.came(&mut json, result, size, align);
                if self.allocator.backing().mapped() != mapped {
                    wrong = Some("an atomic allocation has mapped pages".to_string());
                }
            }
            Ask::AllocReserved { size, align } => {
                json.text("op", "alloc reserved");
                let result = self.allocator.alloc_reserved(size, align);
                wrong = self.came(&mut json, result, size, align);
            }
            Ask::Free { handle } => {
                json.text("op", "free").number("handle", handle);
                wrong = self.went(&mut json, handle);
            }
            Ask::Balance => {
                json.text("op", "balance");
                self.allocator.balance();
            }
            Ask::Trim | Ask::Random => {
                json.text("op", "trim");
                self.allocator.trim();
            }
        }
        json.number("mapped", self.allocator.backing().mapped());
        json.number("live", self.areas.len());
        let wrong = wrong.or_else(|| self.defect());
        if let Some(text) = wrong {
            json.text("violation", text);
        }
        json.close('}');
        json.end()
    }

    /// An area came into being: it overlaps none, is aligned, and zero on every CPU.
    fn came(
        &mut self,
        json: &mut Json,
        result: Result<Handle, percpu::AllocError>,
        size: usize,
        align: usize,
    ) -> Option<String> {
        json.number("size", size).number("align", align);
        let handle = match result {
            Ok(Handle(handle)) => handle,
            Err(error) => {
                json.text("error", error);
                return None;
            }
        };
        json.number("handle", handle);
        let copy = handle.wrapping_add(self.allocator.offset(0));
        if handle == 0 || !copy.is_multiple_of(align) {
            return Some(format!("{handle:#x} isn't aligned to {align}"));
        }
        let below = self.areas.range(..=handle).next_back();
        let above = self.areas.range(handle..).next();
        let overlaps = below.is_some_and(|(&other, area)| other + area.size > handle)
            || above.is_some_and(|(&other, _)| handle + size > other);
        if overlaps {
            return Some(format!("{handle:#x} overlaps another area"));
        }
        let byte = self.below(256) as u8;
        for unit in 0..self.allocator.units() {
            let copy = handle.wrapping_add(self.allocator.offset(unit));
            if !self.allocator.backing().holds(copy, size, 0) {
                return Some(format!("{handle:#x} isn't zero on CPU {unit}"));
            }
            let byte = byte.wrapping_add(unit as u8);
            self.allocator.backing().fill(copy, size, byte);
        }
        self.areas.insert(handle, Area { size, byte });
        None
    }

    /// A free: of a live area it succeeds, and nobody wrote into it; of anything else it is
    /// refused.
    fn went(&mut self, json: &mut Json, handle: usize) -> Option<String> {
        let known = self.areas.remove(&handle);
        if let Some(area) = &known {
            for unit in 0..self.allocator.units() {
                let copy = handle.wrapping_add(self.allocator.offset(unit));
                let byte = area.byte.wrapping_add(unit as u8);
                if !self.allocator.backing().holds(copy, area.size, byte) {
                    return Some(format!("somebody wrote into {handle:#x} of CPU {unit}"));
                }
            }
        }
        match (self.allocator.free(Handle(handle)), known) {
            (Ok(()), Some(_)) => None,
            (Ok(()), None) if handle == 0 => None,
            (Ok(()), None) => Some(format!("{handle:#x} is freed, and wasn't live")),
            (Err(error), known) => {
                json.text("error", error);
                known.map(|_| format!("{handle:#x} is live, and isn't freed"))
            }
        }
    }

    /// What is wrong with the books.
    fn defect(&self) -> Option<String> {
        let usage = self.allocator.usage();
        if usage.live != self.areas.len() {
            return Some(format!(
                "{} areas are counted, {} live",
                usage.live,
                self.areas.len()
            ));
        }
        let verified = self.allocator.verify().err().map(|error| error.to_string());
        verified.or_else(|| self.allocator.backing().wrong())
    }

    /// The chunks and what lies in them.
    pub fn state(&self) -> String {
        let mut json = Json::default();
        json.open("", '{').number("steps", self.steps);
        json.open("offsets", '[');
        for unit in 0..self.allocator.units() {
            json.number("", self.allocator.offset(unit));
        }
        json.close(']');
        let statistics = self.allocator.statistics(&mut |_| {});
        let usage = statistics.usage;
        json.open("usage", '{').number("live", usage.live);
        json.number("bytes", usage.bytes);
        json.number("populated", usage.populated);
        json.number("empty", statistics.empty);
        json.number("cached", statistics.cached);
        json.number("cached_bytes", statistics.cached_bytes);
        json.number("chunks", usage.chunks).close('}');
        json.open("chunks", '[');
        let mut next = 0;
        while let Some(part) = self.allocator.chunk_from(next) {
            next = part.number + 1;
            self.chunk(&part, &mut json);
        }
        json.close(']').close('}');
        json.end()
    }

    fn chunk(&self, part: &ChunkPart, json: &mut Json) {
        let (start, end) = part.bytes;
        json.open("", '{').number("number", part.chunk);
        json.flag("reserved", part.reserved);
        json.number("handle", part.handle.0);
        json.number("start", start).number("end", end);
        json.number("populated", part.populated);
        json.number("empty", part.empty).open("areas", '[');
        let mut byte = start;
        let mut pending: Option<Piece> = None;
        while byte < end
            && let Some(piece) = self.allocator.piece_from(part.number, byte)
        {
            byte = piece.end;
            // Pieces end with their page, and areas don't.
            let goes_on = |before: &&mut Piece| {
                before.used == piece.used && matches!(piece.used, Use::Free | Use::Unpopulated)
            };
            match pending.as_mut().filter(goes_on) {
                Some(before) => before.end = piece.end,
                None => area(pending.replace(piece), end, json),
            }
        }
        area(pending, end, json);
        json.close(']').close('}');
    }
}

fn area(piece: Option<Piece>, end: usize, json: &mut Json) {
    if let Some(piece) = piece {
        json.open("", '{').number("start", piece.start);
        json.number("end", piece.end.min(end));
        let used = match piece.used {
            Use::Live => "live",
            Use::Kept => "kept",
            Use::Free => "free",
            Use::Unpopulated => "unpopulated",
        };
        json.text("use", used).close('}');
    }
}
