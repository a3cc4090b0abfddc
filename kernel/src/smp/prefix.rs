//! A CPU's lowcore before it runs, and after it has stopped.

use super::error::Error;
use crate::memory::{FrameBlock, OutOfMemory};
use arch::lowcore::{self, Lowcore};

/// A lowcore, below 2 GiB. Dropped, it is given back.
pub struct Prefix(FrameBlock);

impl Prefix {
    /// A lowcore for a CPU that isn't started; what `fill` leaves alone is zero.
    ///
    /// # Errors
    /// If there is no memory.
    pub fn new(cpu: u32, fill: impl FnOnce(&mut Lowcore)) -> Result<Self, Error> {
        const END: usize = 1 << 31;
        let no_memory = |OutOfMemory| Error::OutOfMemory(cpu);
        let block = FrameBlock::below(lowcore::SIZE, END).map_err(no_memory)?;
        let lowcore = core::ptr::with_exposed_provenance_mut::<Lowcore>(block.address());
        // SAFETY: C1: no CPU has this prefix, so the lowcore is ordinary memory, which is
        // this function's (M1), and all of it may be zero.
        unsafe {
            lowcore.write_bytes(0, 1);
            fill(&mut *lowcore);
        }
        Ok(Self(block))
    }

    /// Its real address, as SIGP takes it.
    pub fn address(&self) -> u32 {
        // Bounded by the limit above.
        self.0.address() as u32
    }
}
