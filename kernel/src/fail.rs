//! Fault injection: `fail=SITE:N` makes the N-th request at a site fail, `SITE:N..M` a range of
//! them, `SITE:%P` so many of a hundred.
//!
//! Armed after boot, once, or with `fail_at_boot` as soon as the command line is read; the site
//! counts from then on. How the error paths that memory pressure, a busy machine, or a CPU that
//! is gone, would take are reached on purpose.

use faults::Watcher;
pub use faults::When;

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
    /// Objects of slabs: kmalloc.
    Slab,
    /// Memory for translation tables.
    Tables,
    /// Signals to another CPU, which refuses them.
    Signal,
    /// Orders to another CPU, which is busy (SIGP, condition code 2).
    Sigp,
    /// Calls of the service processor, which is busy (condition code 2).
    Sclp,
    /// Signals of a cross call, which another CPU never gets.
    Call,
}

/// Sites of the kernel's own.
const OWN: usize = 8;

static OWN_SITES: [faults::Site; OWN] = [const { faults::Site::new() }; OWN];

impl Site {
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// All of them, with their names.
    pub const ALL: [(&str, Site); 10] = [
        ("frames", Site::Frames),
        ("vmalloc", Site::Vmalloc),
        ("percpu", Site::PerCpu),
        ("heap", Site::Heap),
        ("slab", Site::Slab),
        ("tables", Site::Tables),
        ("signal", Site::Signal),
        ("sigp", Site::Sigp),
        ("sclp", Site::Sclp),
        ("call", Site::Call),
    ];

    /// The site of this number, below [`COUNT`](Self::COUNT).
    pub fn numbered(number: usize) -> Option<Site> {
        Self::ALL.get(number).map(|&(_, site)| site)
    }

    /// The site of this name.
    pub fn named(name: &str) -> Option<Site> {
        let found = Self::ALL.iter().find(|(site, _)| *site == name);
        found.map(|&(_, site)| site)
    }

    /// All names, for messages.
    pub const NAMES: &str = "frames, vmalloc, percpu, heap, slab, tables, signal, sigp, sclp, call";

    #[inline(always)]
    fn counted(self) -> &'static faults::Site {
        match self {
            Site::Frames => &OWN_SITES[0],
            Site::Vmalloc => &OWN_SITES[1],
            Site::PerCpu => &OWN_SITES[2],
            Site::Heap => &OWN_SITES[3],
            Site::Slab => &OWN_SITES[4],
            Site::Tables => &OWN_SITES[5],
            Site::Signal => &OWN_SITES[6],
            Site::Call => &OWN_SITES[7],
            Site::Sigp => &arch::sigp::BUSY,
            Site::Sclp => &arch::sclp::BUSY,
        }
    }
}

/// Says whether allocations of per-CPU memory are traced. It is asked for together with faults
/// of theirs.
pub fn set_traced(on: bool) {
    Site::PerCpu.counted().set_watched(Watcher::Trace, on);
}

/// Whether they are.
#[inline(always)]
pub fn is_traced() -> bool {
    Site::PerCpu.counted().is_watched(Watcher::Trace)
}

/// Says that all blocks of memory are recorded (`sanity=1`). Once, at boot.
pub fn set_checked() {
    for (_, site) in Site::ALL {
        site.counted().set_watched(Watcher::Sanity, true);
    }
}

/// Whether they are.
#[inline(always)]
pub fn is_checked() -> bool {
    Site::Heap.counted().is_watched(Watcher::Sanity)
}

/// Whether nobody traces what is allocated and freed there, and no blocks are recorded.
#[inline(always)]
pub fn is_unwatched(site: Site) -> bool {
    site.counted().is_unwatched()
}

/// Whether nobody traces, no blocks are recorded, and no fault can come at the site.
#[inline(always)]
pub fn is_plain(site: Site) -> bool {
    site.counted().is_plain()
}

/// Makes the `nth` request from now on fail; 0 disarms the site. For a self-test, which
/// disarms what it has armed.
pub fn arm(site: Site, nth: u64) {
    match nth {
        0 => site.counted().tests().disarm(),
        _ => arm_when(site, When::nth(nth), 1),
    }
}

/// As [`arm`], for other requests; the seed is for those at random.
pub fn arm_when(site: Site, when: When, seed: u64) {
    site.counted().arm(when, seed);
}

/// Requests left until the failing one of [`arm`]: 0 once it has failed.
pub fn left(site: Site) -> u64 {
    site.counted().tests().left()
}

/// Makes requests from now on fail, for `fail=` of the command line. Once, at boot.
pub fn ask_for(site: Site, when: When, seed: u64) {
    site.counted().ask_for(when, seed);
}

/// Names of the sites whose fault, asked for by the command line, hasn't come, with the
/// requests left until it would; 0 where chance decides.
pub fn not_come() -> impl Iterator<Item = (&'static str, u64)> {
    Site::ALL.into_iter().filter_map(|(name, site)| {
        let asked_for = site.counted().asked_for();
        let is_due = asked_for.is_armed() && asked_for.failed() == 0;
        is_due.then(|| (name, asked_for.left()))
    })
}

/// Counts a request at `site`; whether it is one to fail. For the site itself, once
/// an allocation.
#[inline(always)]
pub fn now(site: Site) -> bool {
    site.counted().fails()
}
