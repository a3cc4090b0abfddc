//! Fault injection: `fail=SITE:N` makes the N-th request at a site fail.
//!
//! Armed after boot, once; the site counts from then on. How the error paths
//! that memory pressure, or a CPU that is gone, would take are reached on purpose.

use core::sync::atomic::{AtomicU64, Ordering};

/// A kind of request that can be made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Site {
    /// Page frames.
    Frames,
    /// vmalloc areas.
    Vmalloc,
    /// Per-CPU areas.
    PerCpu,
    /// Blocks of the kernel heap.
    Heap,
    /// Signals to another CPU.
    Signal,
}

impl Site {
    const ALL: [(&str, Site); 5] = [
        ("frames", Site::Frames),
        ("vmalloc", Site::Vmalloc),
        ("percpu", Site::PerCpu),
        ("heap", Site::Heap),
        ("signal", Site::Signal),
    ];

    /// The site of this name.
    pub fn named(name: &str) -> Option<Site> {
        let found = Self::ALL.iter().find(|(site, _)| *site == name);
        found.map(|&(_, site)| site)
    }

    /// All names, for messages.
    pub const NAMES: &str = "frames, vmalloc, percpu, heap, signal";
}

/// Calls left until the failing one; 0 when not armed.
static LEFT: [AtomicU64; Site::ALL.len()] = [const { AtomicU64::new(0) }; Site::ALL.len()];

/// Makes the `nth` call from now on fail; 0 disarms the site.
pub fn arm(site: Site, nth: u64) {
    LEFT[site as usize].store(nth, Ordering::Relaxed);
}

/// Calls left until the failing one: 0 once it has failed.
pub fn left(site: Site) -> u64 {
    LEFT[site as usize].load(Ordering::Relaxed)
}

/// Whether the call at `site` that asks is the one to fail.
pub fn now(site: Site) -> bool {
    let left = &LEFT[site as usize];
    left.load(Ordering::Relaxed) != 0 && left.fetch_sub(1, Ordering::Relaxed) == 1
}
