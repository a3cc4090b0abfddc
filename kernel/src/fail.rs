//! Fault injection: `fail=SITE:N` makes the N-th request at a site fail.
//!
//! Armed after boot, once; the site counts from then on. How the error paths
//! that memory pressure, or a CPU that is gone, would take are reached on purpose.
//!
//! Self-tests arm countdowns of their own, which leave the command line's alone: a fault
//! that was asked for comes, or is told of as one that never came.

use core::sync::atomic::{AtomicU8, AtomicU64, Ordering};

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
    /// Signals to another CPU.
    Signal,
}

impl Site {
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    const ALL: [(&str, Site); 6] = [
        ("frames", Site::Frames),
        ("vmalloc", Site::Vmalloc),
        ("percpu", Site::PerCpu),
        ("heap", Site::Heap),
        ("slab", Site::Slab),
        ("signal", Site::Signal),
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
    pub const NAMES: &str = "frames, vmalloc, percpu, heap, slab, signal";
}

/// Calls until one that fails. Any CPU may count at any time.
#[derive(Debug)]
pub struct Countdown(AtomicU64);

impl Countdown {
    /// One that never fails until it is armed.
    pub const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Makes the `nth` call of [`is_due`](Self::is_due) from now on fail, the next one being
    /// the first; 0 disarms.
    pub fn arm(&self, nth: u64) {
        self.0.store(nth, Ordering::Relaxed);
    }

    /// Calls left until the failing one; 0 once it has failed, or when not armed.
    pub fn left(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Counts a call; whether it is the one to fail. Of calls on several CPUs at once
    /// each counts, and one of them fails: the counter stops at 0.
    #[inline]
    pub fn is_due(&self) -> bool {
        self.left() != 0 && self.count_down() == Ok(1)
    }

    #[cold]
    fn count_down(&self) -> Result<u64, u64> {
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(1)
            })
    }
}

/// What self-tests arm, by site.
static COUNTDOWNS: [Countdown; Site::COUNT] = [const { Countdown::new() }; Site::COUNT];

/// What the command line arms, by site.
static ASKED_FOR: [Countdown; Site::COUNT] = [const { Countdown::new() }; Site::COUNT];

/// Sites at which a fault was ever armed, a bit each: of all others no call counts. Also
/// [`TRACED`] and [`CHECKED`], so that who asks for all asks once.
static EVER_ARMED: AtomicU8 = AtomicU8::new(0);

/// The bit that says that allocations of per-CPU memory are traced.
const TRACED: u8 = 1 << 7;
/// The bit that says that books are kept of all blocks of memory (`sanity=1`).
const CHECKED: u8 = 1 << 6;
const _: () = assert!(Site::COUNT <= 6);

/// Says that books are kept of all blocks. Once, at boot.
pub fn set_checked() {
    EVER_ARMED.fetch_or(CHECKED, Ordering::Relaxed);
}

/// Whether they are.
#[inline(always)]
pub fn is_checked() -> bool {
    EVER_ARMED.load(Ordering::Relaxed) & CHECKED != 0
}

/// Whether nobody traces, and no books are kept.
#[inline(always)]
pub fn is_unwatched() -> bool {
    EVER_ARMED.load(Ordering::Relaxed) & (TRACED | CHECKED) == 0
}

/// Says whether allocations of per-CPU memory are traced.
pub fn set_traced(on: bool) {
    match on {
        true => EVER_ARMED.fetch_or(TRACED, Ordering::Relaxed),
        false => EVER_ARMED.fetch_and(!TRACED, Ordering::Relaxed),
    };
}

/// Whether they are.
#[inline(always)]
pub fn is_traced() -> bool {
    EVER_ARMED.load(Ordering::Relaxed) & TRACED != 0
}

/// Whether nobody traces, no books are kept, and no fault can come at the site.
#[inline(always)]
pub fn is_plain(site: Site) -> bool {
    EVER_ARMED.load(Ordering::Relaxed) & (1 << site as u8 | TRACED | CHECKED) == 0
}

fn arm_site(countdowns: &[Countdown], site: Site, nth: u64) {
    countdowns[site as usize].arm(nth);
    EVER_ARMED.fetch_or(1 << site as u8, Ordering::Relaxed);
}

/// Makes the `nth` call from now on fail; 0 disarms the site. For a self-test, which
/// disarms what it has armed.
pub fn arm(site: Site, nth: u64) {
    arm_site(&COUNTDOWNS, site, nth);
}

/// Calls left until the failing one of [`arm`]: 0 once it has failed.
pub fn left(site: Site) -> u64 {
    COUNTDOWNS[site as usize].left()
}

/// Makes the `nth` call from now on fail, for `fail=` of the command line. Once, at boot.
pub fn ask_for(site: Site, nth: u64) {
    arm_site(&ASKED_FOR, site, nth);
}

/// Names of the sites whose fault, asked for by the command line, hasn't come, with the
/// calls left until it would.
pub fn not_come() -> impl Iterator<Item = (&'static str, u64)> {
    let left = |(name, site): (&'static str, Site)| (name, ASKED_FOR[site as usize].left());
    Site::ALL
        .into_iter()
        .map(left)
        .filter(|&(_, left)| left > 0)
}

/// Counts a call at `site`; whether it is one to fail. For the site itself, once
/// an allocation.
#[inline(always)]
pub fn now(site: Site) -> bool {
    EVER_ARMED.load(Ordering::Relaxed) & 1 << site as u8 != 0 && count(site)
}

#[cold]
fn count(site: Site) -> bool {
    let asked_for = ASKED_FOR[site as usize].is_due();
    COUNTDOWNS[site as usize].is_due() || asked_for
}
