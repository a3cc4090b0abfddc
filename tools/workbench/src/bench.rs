//! The allocator step by step, beside the model that its tests on the host have
//! (`kernel/percpu/model`), and with the allocator's own counts worked out anew after each.

use crate::json::Json;
use crate::memory::Memory;
use alloc::string::String;
use core::fmt::Display;
use percpu::{
    Allocator, ChunkPart, DYNAMIC_RESERVE, FirstChunk, Handle, Piece, SetupError, Sizes, Use,
};
use percpu_model::{Bytes, Came, Memory as _, Model, Random, Step};

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

/// The bench.
pub struct Bench {
    model: Model<Memory>,
    random: Random,
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
        #[expect(unsafe_code, reason = "the border to the memory that is handed out")]
        // SAFETY: P13: the units were just mapped, below the region.
        let allocator = unsafe { Allocator::new(first, magazine, memory) }?;
        Ok(Self {
            model: Model::new(allocator, sizes),
            random: Random::new(seed, HELD, Handle(TEMPLATE + 16)),
            steps: 0,
        })
    }

    /// A step at random, on any CPU, and what came of it.
    pub fn random_step(&mut self) -> String {
        let cpu = self.random.below(self.model.allocator().units());
        let step = self.model.choose(&mut self.random);
        self.step(step, cpu)
    }

    /// Does a step on a CPU, and reports what came of it.
    pub fn step(&mut self, step: Step, cpu: usize) -> String {
        let cpu = cpu.min(self.model.allocator().units() - 1);
        self.steps += 1;
        let mut json = Json::default();
        json.open("", '{').number("step", self.steps);
        json.number("cpu", cpu);
        let (op, bytes) = match step {
            Step::Alloc(bytes) => ("alloc", Some(bytes)),
            Step::AllocAtomic(bytes) => ("alloc atomic", Some(bytes)),
            Step::AllocReserved(bytes) => ("alloc reserved", Some(bytes)),
            Step::AllocBatch(bytes) => ("alloc batch", Some(bytes)),
            Step::AllocFailing(bytes, _) => ("alloc without memory", Some(bytes)),
            Step::Free(_) => ("free", None),
            Step::Balance => ("balance", None),
            Step::Trim => ("trim", None),
        };
        json.text("op", op);
        if let Some(Bytes { size, align }) = bytes {
            json.number("size", size).number("align", align);
        }
        if let Step::Free(Handle(handle)) = step {
            json.number("handle", handle);
        }
        let byte = self.random.byte();
        let came = self.model.act(step, cpu, byte);
        match &came {
            Ok(Came::Areas(areas)) => {
                json.open("handles", '[');
                for Handle(handle) in areas {
                    json.number("", handle);
                }
                json.close(']');
            }
            Ok(Came::NotAllocated(error)) => _ = json.text("error", error),
            Ok(Came::NotFreed(error)) => _ = json.text("error", error),
            Ok(Came::Done) | Err(_) => {}
        }
        let memory = self.model.allocator().backing();
        json.number("mapped", memory.mapped());
        json.number("live", self.model.live());
        let wrong = came.map(drop).and_then(|()| self.model.verify());
        let wrong = wrong.err().or_else(|| memory.wrong());
        if let Some(text) = wrong {
            json.text("violation", text);
        }
        json.close('}');
        json.end()
    }

    /// The chunks and what lies in them.
    pub fn state(&self) -> String {
        let mut json = Json::default();
        json.open("", '{').number("steps", self.steps);
        json.open("offsets", '[');
        for unit in 0..self.model.allocator().units() {
            json.number("", self.model.allocator().offset(unit));
        }
        json.close(']');
        let statistics = self.model.allocator().statistics(&mut |_| {});
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
        while let Some(part) = self.model.allocator().chunk_from(next) {
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
            && let Some(piece) = self.model.allocator().piece_from(part.number, byte)
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
