//! What must come of each step.

use crate::memory::Memory;
use crate::step::{Bytes, Random, Step};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Display;
use percpu::{AllocError, Allocator, FreeError, GRANULE, Handle, Sizes};

/// A live area: what was asked for, and the byte that unit 0's copy is full of; the others have
/// one more each.
struct Area {
    bytes: Bytes,
    byte: u8,
}

/// What a step came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    /// Areas.
    Areas(Vec<Handle>),
    /// Nothing that has a handle.
    Done,
    /// The allocator refused to allocate.
    NotAllocated(AllocError),
    /// The allocator refused to free.
    NotFreed(FreeError),
}

/// An allocator and what is known of it.
pub struct Model<M: Memory> {
    allocator: Allocator<M>,
    sizes: Sizes,
    areas: BTreeMap<usize, Area>,
    /// Areas freed.
    freed: u64,
}

/// Ends a step with what is wrong if something doesn't hold.
macro_rules! must {
    ($holds:expr, $($words:tt)+) => {
        if !$holds {
            return Err(format!($($words)+));
        }
    };
}

impl<M: Memory> Model<M> {
    /// Of an allocator on which nothing is live.
    pub fn new(allocator: Allocator<M>, sizes: Sizes) -> Self {
        Self {
            allocator,
            sizes,
            areas: BTreeMap::new(),
            freed: 0,
        }
    }

    /// The allocator.
    pub fn allocator(&self) -> &Allocator<M> {
        &self.allocator
    }

    /// How many areas are live.
    pub fn live(&self) -> usize {
        self.areas.len()
    }

    /// Handles of the live areas.
    pub fn handles(&self) -> Vec<Handle> {
        self.areas.keys().copied().map(Handle).collect()
    }

    /// A step at random, of those that can be done now.
    pub fn choose(&self, random: &mut Random) -> Step {
        let nth = |number| {
            let (handle, area) = self.areas.iter().nth(number)?;
            Some((Handle(*handle), area.bytes.size))
        };
        random.step(self.areas.len(), self.sizes.units, nth)
    }

    /// Does a step on a CPU; new areas are filled from `byte` on.
    ///
    /// # Errors
    /// What the allocator did that it must not.
    pub fn act(&mut self, step: Step, cpu: usize, byte: u8) -> Result<Came, String> {
        self.allocator.backing().run_on(cpu);
        let before = self.allocator.backing().count();
        let came = match step {
            Step::Alloc(bytes) => {
                let result = self.allocator.alloc(bytes.size, bytes.align);
                self.came(result, bytes, byte)?
            }
            Step::AllocAtomic(bytes) => {
                let result = self.allocator.alloc_atomic(bytes.size, bytes.align);
                let came = self.came(result, bytes, byte)?;
                let after = self.allocator.backing().count();
                must!(after == before, "an atomic allocation has mapped pages");
                came
            }
            Step::AllocReserved(bytes) => {
                let result = self.allocator.alloc_reserved(bytes.size, bytes.align);
                self.came(result, bytes, byte)?
            }
            Step::AllocBatch(bytes) => {
                let mut batch = [Handle(0); 7];
                match self
                    .allocator
                    .alloc_batch(bytes.size, bytes.align, &mut batch)
                {
                    Ok(()) => {
                        for handle in batch {
                            self.came(Ok(handle), bytes, byte)?;
                        }
                        Came::Areas(batch.to_vec())
                    }
                    Err(error) => Came::NotAllocated(error),
                }
            }
            Step::AllocFailing(bytes, nth) => self.fails_cleanly(bytes, nth)?,
            Step::Free(handle) => self.went(handle)?,
            Step::Balance => {
                self.allocator.balance();
                Came::Done
            }
            Step::Trim => {
                self.allocator.trim();
                Came::Done
            }
        };
        let counted = self.allocator.usage().live;
        let live = self.areas.len();
        must!(counted == live, "{counted} areas are counted, {live} live");
        Ok(came)
    }

    fn copy(&self, handle: usize, unit: usize) -> usize {
        handle.wrapping_add(self.allocator.offset(unit))
    }

    /// An area came into being, if it did: it overlaps none, is aligned, and zero everywhere.
    fn came(
        &mut self,
        result: Result<Handle, AllocError>,
        bytes: Bytes,
        byte: u8,
    ) -> Result<Came, String> {
        let Bytes { size, align } = bytes;
        let handle = match result {
            Ok(handle) => handle,
            Err(error) => return Ok(Came::NotAllocated(error)),
        };
        let start = handle.0;
        let is_aligned = start != 0 && self.copy(start, 0).is_multiple_of(align);
        must!(is_aligned, "{handle} isn't aligned to {align}");
        let below = self.areas.range(..=start).next_back();
        let above = self.areas.range(start..).next();
        let overlaps = below.is_some_and(|(&other, area)| other + area.bytes.size > start)
            || above.is_some_and(|(&other, _)| start + size > other);
        must!(!overlaps, "{handle} overlaps another area");
        for unit in 0..self.sizes.units {
            let copy = self.copy(start, unit);
            let memory = self.allocator.backing();
            must!(
                memory.holds(copy, size, 0),
                "{handle} isn't zero on CPU {unit}"
            );
            memory.fill(copy, size, byte.wrapping_add(unit as u8));
        }
        self.areas.insert(start, Area { bytes, byte });
        Ok(Came::Areas(alloc::vec![handle]))
    }

    /// A free: of a live area it succeeds, and nobody wrote into it; of anything else it is
    /// refused for the right reason, and changes nothing.
    fn went(&mut self, handle: Handle) -> Result<Came, String> {
        let before = self.allocator.usage();
        let area = self.areas.remove(&handle.0);
        for unit in 0..area.as_ref().map_or(0, |_| self.sizes.units) {
            let (size, byte) = area.as_ref().map_or((0, 0), |it| (it.bytes.size, it.byte));
            let copy = self.copy(handle.0, unit);
            let is_whole =
                self.allocator
                    .backing()
                    .holds(copy, size, byte.wrapping_add(unit as u8));
            must!(is_whole, "somebody wrote into {handle} of CPU {unit}");
        }
        match (self.allocator.free(handle), area) {
            (Ok(()), Some(_)) => {
                self.freed += 1;
                Ok(Came::Done)
            }
            (Err(error), Some(_)) => Err(format!("{handle} is live, and isn't freed: {error}")),
            (result, None) => {
                let after = self.allocator.usage();
                must!(
                    after == before,
                    "a wrong free of {handle} has changed something"
                );
                match (result, handle.0) {
                    (Ok(()), 0) => Ok(Came::Done),
                    (Ok(()), _) => Err(format!("{handle} is freed, and wasn't live")),
                    (Err(error), _) => {
                        self.is_right(handle, &error)?;
                        Ok(Came::NotFreed(error))
                    }
                }
            }
        }
    }

    /// Whether a free is refused as an interior handle if it is one, and else not.
    fn is_right(&self, handle: Handle, error: &FreeError) -> Result<(), String> {
        let below = self.areas.range(..handle.0).next_back();
        let around = below.filter(|(start, area)| handle.0 < *start + area.bytes.size);
        let is_right = match (around, error) {
            (Some((around, _)), FreeError::Interior { start, .. }) => start.0 == *around,
            (Some(_), _) => false,
            // Behind what was asked for, in what it was rounded up to.
            (None, FreeError::Interior { start, .. }) => self.areas.contains_key(&start.0),
            (None, _) => true,
        };
        must!(is_right, "{handle} is refused as what it isn't: {error}");
        Ok(())
    }

    /// The nth request to the memory fails: an error or success, and nothing lost.
    fn fails_cleanly(&mut self, bytes: Bytes, nth: u64) -> Result<Came, String> {
        let Bytes { size, align } = bytes;
        self.allocator.trim();
        let before = (self.allocator.usage(), self.allocator.backing().count());
        self.allocator.backing().fail(nth);
        let result = self.allocator.alloc(size, align);
        self.allocator.backing().fail(0);
        let came = match result {
            Ok(handle) => {
                let freed = self.allocator.free(handle);
                must!(freed == Ok(()), "{handle} was allocated, and isn't freed");
                self.freed += 1;
                Came::Done
            }
            Err(error) => {
                let expected = AllocError::OutOfMemory { size, align };
                must!(error == expected, "out of memory is reported as: {error}");
                Came::NotAllocated(error)
            }
        };
        self.allocator.trim();
        let after = (self.allocator.usage(), self.allocator.backing().count());
        must!(after == before, "a request that failed has lost something");
        Ok(came)
    }

    /// Works the allocator's counts out anew: what is counted as live, chunk by chunk, is what is
    /// live, and all of it is found.
    ///
    /// # Errors
    /// What doesn't add up.
    pub fn verify(&self) -> Result<(), String> {
        self.allocator.verify().map_err(|error| error.to_string())?;
        let (mut live, mut bytes) = (0, 0);
        let statistics = self.allocator.statistics(&mut |chunk| {
            live += chunk.live;
            bytes += chunk.live_bytes;
        });
        same("live areas", live, self.areas.len())?;
        same("live areas in all", statistics.usage.live, live)?;
        same("live bytes", statistics.usage.bytes, bytes)?;
        same("areas freed", statistics.counts.freed, self.freed)?;
        for (&handle, area) in &self.areas {
            // Rounded up to its alignment, then to a class or the next.
            let most = (area.bytes.size + area.bytes.align.min(64) - 1) * 5 / 4;
            let size = self.allocator.size_of(Handle(handle)).unwrap_or_default();
            let is_right = size >= area.bytes.size && size <= most.next_multiple_of(GRANULE);
            must!(
                is_right,
                "{handle:#x} of {} bytes has {size}",
                area.bytes.size
            );
        }
        Ok(())
    }

    /// Frees all, each twice: the second is refused. Then nothing is live.
    ///
    /// # Errors
    /// As of [`Model::act`].
    pub fn end(&mut self) -> Result<(), String> {
        for handle in self.handles() {
            self.act(Step::Free(handle), 0, 0)?;
            let twice = self.act(Step::Free(handle), 0, 0)?;
            let is_refused = matches!(twice, Came::NotFreed(FreeError::NotAllocated { .. }));
            must!(is_refused, "{handle} is freed twice");
        }
        self.allocator.trim();
        self.verify()
    }
}

fn same<T: PartialEq + Display>(what: &str, counted: T, known: T) -> Result<(), String> {
    must!(
        counted == known,
        "{what}: {counted} are counted, {known} known"
    );
    Ok(())
}
