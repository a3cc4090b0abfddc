//! Operations, and how often each comes.

use crate::random::Random;
use core::fmt;

/// What a CPU does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Allocates a per-CPU area and fills it, or looks at one and frees it.
    Area,
    /// The same with an object of a slab.
    Object,
    /// Allocates pages of the vmalloc region, fills them, and gives them back.
    Pages,
    /// Adds to counters.
    Count,
    /// Runs a function on one CPU.
    CallOne,
    /// Runs a function on every CPU.
    CallAll,
    /// Loads a module.
    Load,
    /// Unloads a module.
    Unload,
    /// Calls a function of a module.
    CallModule,
    /// Starts a thread and stops it.
    Thread,
    /// Keeps CPUs from coming and going for a moment.
    Keep,
    /// Gives pages back that nothing is on.
    Balance,
    /// Has a CPU leave.
    Offline,
    /// Has it come back.
    Online,
    /// Allocates and frees in an interrupt handler.
    Tick,
}

impl Operation {
    /// All of them, with how often a CPU that works chooses each: as many times in
    /// [`Self::CHANCES`]. Those that aren't chosen are done by who leads.
    const ALL: [(Self, u64, &str); 15] = [
        (Self::Area, 300, "per-CPU area"),
        (Self::Object, 300, "object of a slab"),
        (Self::Pages, 40, "vmalloc area"),
        (Self::Count, 200, "count"),
        (Self::CallOne, 60, "call of a CPU"),
        (Self::CallAll, 20, "call of all"),
        (Self::Load, 24, "load"),
        (Self::Unload, 24, "unload"),
        (Self::CallModule, 24, "call of a module"),
        (Self::Thread, 4, "thread"),
        (Self::Keep, 2, "cpus_read_lock"),
        (Self::Balance, 2, "balance"),
        (Self::Offline, 0, "CPU offline"),
        (Self::Online, 0, "CPU online"),
        (Self::Tick, 0, "tick"),
    ];

    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// Choices that a CPU has.
    pub const CHANCES: u64 = {
        let (mut sum, mut at) = (0, 0);
        while at < Self::COUNT {
            assert!(Self::ALL[at].0 as usize == at);
            sum += Self::ALL[at].1;
            at += 1;
        }
        sum
    };

    /// What a CPU that works does next.
    pub fn choose(random: &mut Random) -> Self {
        let mut left = random.below(Self::CHANCES);
        for (operation, weight, _) in Self::ALL {
            match left.checked_sub(weight) {
                None => return operation,
                Some(rest) => left = rest,
            }
        }
        Self::Count
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().map(|(operation, ..)| operation)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, _, name) = Self::ALL[*self as usize];
        f.pad(name)
    }
}
