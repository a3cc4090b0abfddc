//! The first chunk: made at boot, fully populated, a unit a possible CPU.
//!
//! `percpu_alloc=embed` puts the units one after another into page frames that
//! the identity map reaches. `percpu_alloc=page` maps single frames into the
//! per-CPU region; an unmapped page follows the last. Keeps P13 for the first chunk.

use super::backing::Pages;
use crate::command_line::{FirstChunk as Kind, Options};
use crate::cpus;
use crate::memory::FrameBlock;
use ::percpu::{Backing, DYNAMIC_RESERVE, FirstChunk, Sizes, Summary};
use arch::{PAGE_SIZE, boot};
use core::fmt;
use fallible::collected;
use spin::Once;

/// Why there is no per-CPU memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetupError {
    /// The sizes, or the first chunk, can't be used.
    Unusable(::percpu::SetupError),
    /// Memory doesn't hold the first chunk.
    OutOfMemory {
        /// Bytes of all its units.
        bytes: usize,
    },
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SetupError::Unusable(error) => write!(f, "{error}"),
            SetupError::OutOfMemory { bytes } => {
                write!(f, "no memory for a first chunk of {bytes} bytes")
            }
        }
    }
}

/// Whether the first chunk is in the identity map: its page frames have the addresses of its
/// pages.
pub fn is_embedded() -> bool {
    let (start, _) = first_chunk();
    arch::dat::real_address(start) == Some(start)
}

static PLACE: Once<(usize, usize)> = Once::new();

/// Address of the first chunk's first unit, and of the first byte after its last; 0 before
/// they are made.
pub fn first_chunk() -> (usize, usize) {
    PLACE.get().copied().unwrap_or((0, 0))
}

/// Makes the units and copies the template into each. Once, at boot, before another CPU
/// runs. The page frames stay the first chunk's for good.
pub fn set_up(options: &Options, pages: &Pages) -> Result<FirstChunk, SetupError> {
    let (template, end) = boot::image().per_cpu;
    let units = cpus::possible() as usize;
    let sizes = Sizes::new(
        end - template,
        options.percpu_reserved,
        DYNAMIC_RESERVE,
        units,
    )
    .map_err(SetupError::Unusable)?;
    let total = sizes.total();
    let no_memory = SetupError::OutOfMemory { bytes: total };
    let (unit0, region) = match options.percpu_alloc {
        Kind::Embed => {
            let block = FrameBlock::new(total).map_err(|_| no_memory)?;
            let unit0 = block.leak().as_mut_ptr().expose_provenance();
            (unit0, pages.region().start())
        }
        Kind::Page => {
            let start = pages.region().start();
            // SAFETY: P13: nothing is mapped in the region yet.
            let mapped = unsafe { pages.map(start, total / PAGE_SIZE) };
            mapped.map_err(|_| no_memory)?;
            (start, start + total + PAGE_SIZE)
        }
    };
    for unit in 0..units {
        let start = unit0 + unit * sizes.unit_size;
        // SAFETY: M1, P13: these pages were just taken and mapped for the unit.
        unsafe { fill(start, (template, end), sizes.unit_size) };
    }
    let unit_offsets = (0..units).map(|unit| unit * sizes.unit_size);
    let unit_offsets = collected(units, unit_offsets).map_err(|_| no_memory)?;
    PLACE.call_once(|| (unit0, unit0 + total));
    let embedded = options.percpu_alloc == Kind::Embed;
    log::info!("{}", Summary { sizes, embedded });
    Ok(FirstChunk {
        template,
        unit0,
        unit_offsets,
        sizes,
        region,
        region_size: pages.region().end() - region,
    })
}

/// Makes a unit what a CPU first finds there: the template, then zeros.
///
/// # Safety
/// The unit has this size and is the caller's.
unsafe fn fill(unit: usize, template: (usize, usize), unit_size: usize) {
    let bytes = template.1 - template.0;
    let source = core::ptr::with_exposed_provenance::<u8>(template.0);
    let target = core::ptr::with_exposed_provenance_mut::<u8>(unit);
    // SAFETY: M1: the unit is the caller's, and the template, which the linker's symbols
    // delimit, is no part of it; P3: nobody writes the template.
    unsafe {
        target.copy_from_nonoverlapping(source, bytes);
        target.add(bytes).write_bytes(0, unit_size - bytes);
    }
}
