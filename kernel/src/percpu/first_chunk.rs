//! The first chunk: made at boot, fully populated, a unit a possible CPU.
//!
//! `percpu_alloc=embed` puts the units one after another into page frames that
//! the identity map reaches. `percpu_alloc=page` maps single frames into the
//! per-CPU region; an unmapped page follows the last.

use crate::command_line::{FirstChunk as Kind, Options};
use crate::cpus;
use crate::fallible::try_collect;
use crate::memory::{map::Map, take_frames};
use ::memory::frames::order_of;
use ::percpu::{Backing, DYNAMIC_RESERVE, FirstChunk, Sizes, Summary};
use arch::{PAGE_SIZE, boot};
use core::fmt;
use spin::Once;

/// Why there is no per-CPU memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetupError {
    /// The sizes don't work out.
    Sizes(::percpu::SetupError),
    /// Memory doesn't hold the first chunk.
    OutOfMemory {
        /// Bytes of all its units.
        bytes: usize,
    },
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SetupError::Sizes(error) => write!(f, "{error}"),
            SetupError::OutOfMemory { bytes } => {
                write!(f, "no memory for a first chunk of {bytes} bytes")
            }
        }
    }
}

static PLACE: Once<(usize, usize)> = Once::new();

/// First and last address of the first chunk's units.
pub fn first_chunk() -> (usize, usize) {
    PLACE.get().copied().unwrap_or((0, 0))
}

/// Makes the units and copies the template into each.
pub fn set_up(options: &Options, map: &Map) -> Result<FirstChunk, SetupError> {
    let (template, end) = boot::image().per_cpu;
    let units = cpus::possible() as usize;
    let sizes = Sizes::new(
        end - template,
        options.percpu_reserved,
        DYNAMIC_RESERVE,
        units,
    )
    .map_err(SetupError::Sizes)?;
    let total = sizes.total();
    let no_memory = SetupError::OutOfMemory { bytes: total };
    let (unit0, region) = match options.percpu_alloc {
        Kind::Embed => {
            let unit0 = take_frames(order_of(total)).map_err(|_| no_memory)?;
            (unit0, map.per_cpu.0)
        }
        Kind::Page => {
            let start = map.per_cpu.0;
            let mapped = super::backing::Pages.map(start, total / PAGE_SIZE);
            mapped.map_err(|_| no_memory)?;
            (start, start + total + PAGE_SIZE)
        }
    };
    for unit in 0..units {
        fill(
            unit0 + unit * sizes.unit_size,
            (template, end),
            sizes.unit_size,
        );
    }
    let unit_offsets = (0..units).map(|unit| unit * sizes.unit_size);
    let unit_offsets = try_collect(unit_offsets).map_err(|_| no_memory)?;
    PLACE.call_once(|| (unit0, unit0 + total));
    let embedded = options.percpu_alloc == Kind::Embed;
    log::info!("{}", Summary { sizes, embedded });
    Ok(FirstChunk {
        template,
        unit0,
        unit_offsets,
        sizes,
        region,
        region_size: map.per_cpu.1 - region,
    })
}

/// A unit as a CPU first finds it: the template, then zeros.
fn fill(unit: usize, template: (usize, usize), unit_size: usize) {
    let bytes = template.1 - template.0;
    let source = core::ptr::with_exposed_provenance::<u8>(template.0);
    let target = core::ptr::with_exposed_provenance_mut::<u8>(unit);
    // SAFETY: M1: the unit's pages were just taken for it; P3: nobody writes the
    // template, which the linker's symbols delimit.
    unsafe {
        target.copy_from_nonoverlapping(source, bytes);
        target.add(bytes).write_bytes(0, unit_size - bytes);
    }
}
