//! The address map: which addresses are used for what.
//!
//! ```text
//!  0            ┌──────────────────────────────┐
//!               │ lowcore (read-only), nothing │
//!  64 KiB       │ boot parameters (read-only)  │
//!  1 MiB        │ kernel image                 │ handles of static per-CPU
//!               │ rest of memory, as SCLP      │ variables point in here
//!               │ reports it                   │
//!  memory's end ├──────────────────────────────┤
//!  4 GiB, or    │ per-CPU region: chunks after │
//!  more         │ the first                    │
//!               ├──────────────────────────────┤
//!  2 TiB, or    │ vmalloc region: modules      │
//!  vmalloc=     └──────────────────────────────┘
//! ```
//!
//! `vmalloc=near` puts the vmalloc region at 1 GiB: within the +-4 GiB that a
//! `larl` spans from the handles, and within the +-2 GiB beyond which QEMU 7.2
//! computes its address wrongly (it doubles the halfwords in 32 bits). Memory that
//! lies there is set aside.

use crate::command_line::Vmalloc;
use core::fmt;

const GIB: usize = 1 << 30;
const TIB: usize = 1 << 40;

/// The parameter area (arch::boot) and the page that the loader may fill.
pub const BOOT_PARAMETERS: (usize, usize) = (0x10000, 0x12000);

/// Addresses below here are never mapped, but for lowcore.
const LOW_MEMORY: usize = 0x10000;

const NEAR: (usize, usize) = (GIB, GIB + GIB / 2);
const VMALLOC_SIZE: usize = TIB;
const PER_CPU_SIZE: usize = TIB / 2;

/// Where everything lies, worked out once at boot.
#[derive(Clone, Copy, Debug)]
pub struct Map {
    /// First mapped address above lowcore.
    pub low_memory: usize,
    /// End of memory.
    pub memory_end: usize,
    /// The region for per-CPU chunks.
    pub per_cpu: (usize, usize),
    /// The vmalloc region.
    pub vmalloc: (usize, usize),
    /// A hole in memory: it is neither mapped nor used, because `vmalloc=near` needs its
    /// addresses.
    pub hole: Option<(usize, usize)>,
}

/// The vmalloc region can't lie where the command line wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadMap {
    /// Not on a page.
    Unaligned(usize),
    /// It would overlap memory or the per-CPU region, or leave the address space.
    Taken {
        /// The region asked for.
        wanted: (usize, usize),
        /// First address that would do.
        lowest: usize,
        /// End of what the translation tables reach.
        end: usize,
    },
}

impl fmt::Display for BadMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadMap::Unaligned(address) => write!(f, "vmalloc={address:#x} is not on a page"),
            BadMap::Taken {
                wanted: (start, stop),
                lowest,
                end,
            } => write!(
                f,
                "vmalloc={start:#x}: {start:#x}..{stop:#x} is not inside the free addresses \
                 {lowest:#x}..{end:#x}"
            ),
        }
    }
}

/// Works out the map for a machine with `memory` bytes, by the command line's
/// `vmalloc=`. The regions are whole pages and disjoint.
pub fn plan(memory: usize, vmalloc: Vmalloc) -> Result<Map, BadMap> {
    // Not at once behind memory: what runs off its end is to fault.
    let per_cpu_start = (memory + 1).next_multiple_of(GIB).max(4 * GIB);
    let per_cpu = (per_cpu_start, per_cpu_start + PER_CPU_SIZE);
    let (vmalloc, hole) = match vmalloc {
        Vmalloc::Near => {
            let (start, end) = NEAR;
            let hole = (memory > start).then_some((start, end.min(memory)));
            (NEAR, hole)
        }
        Vmalloc::At(start) => {
            if !start.is_multiple_of(arch::PAGE_SIZE) {
                return Err(BadMap::Unaligned(start));
            }
            let wanted = (start, start.saturating_add(VMALLOC_SIZE));
            if start < per_cpu.1 || wanted.1 > arch::lowcore::ALIAS {
                return Err(BadMap::Taken {
                    wanted,
                    lowest: per_cpu.1,
                    end: arch::lowcore::ALIAS,
                });
            }
            (wanted, None)
        }
    };
    Ok(Map {
        low_memory: LOW_MEMORY,
        memory_end: memory,
        per_cpu,
        vmalloc,
        hole,
    })
}
