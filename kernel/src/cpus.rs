//! CPU numbers: who is possible, present and online.
//!
//! CPUs are numbered from 0, the boot CPU, in the order in which the machine reports
//! them; SIGP knows them by their addresses. A CPU is *possible* when it has a number
//! and a unit of per-CPU memory, *present* when the machine has it, *online* when it
//! runs this kernel. Those that are online come and go: their numbers aren't those from 0 on,
//! and how many there are is no number of one ([`Count`]).
//!
//! ```text
//!  offline ─► starting ─► online ─► active        callbacks run between the two on the right
//!     ▲           │          ▲        │
//!     │           ▼          ▼        ▼
//!     └───────── gone ◄─── leaving ◄─ online
//! ```
//!
//! Leading them along these ways is `smp/`, further up.

use arch::sclp::information::CpuList;
use arch::{MAX_CPUS, cpu};
use core::fmt;
use core::ops::{Div, Mul};
use core::sync::atomic::{AtomicU8, AtomicU32, Ordering};

const NO_ADDRESS: u32 = u32::MAX;

/// How far a CPU is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    /// It is stopped, and has nothing but its unit.
    Offline,
    /// It is to run this kernel, and doesn't yet.
    Starting,
    /// It runs this kernel, on its way in or out: it takes calls, and no new threads.
    Online,
    /// It runs this kernel.
    Active,
    /// It takes no calls any more, and does what others had called it for.
    Leaving,
    /// It has run its last instruction but those that stop it.
    Gone,
}

impl State {
    const ALL: [Self; 6] = [
        Self::Offline,
        Self::Starting,
        Self::Online,
        Self::Active,
        Self::Leaving,
        Self::Gone,
    ];

    const fn is_online(self) -> bool {
        matches!(self, Self::Online | Self::Active)
    }
}

// A state is found by its number.
const _: () = {
    let mut at = 0;
    while at < State::ALL.len() {
        assert!(State::ALL[at] as usize == at);
        at += 1;
    }
};

/// How many CPUs; the number of none, not even of the one behind the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count(u32);

impl Count {
    /// How many parts of so many CPUs there are, the last one perhaps smaller.
    pub fn div_ceil(self, part: u32) -> u32 {
        self.0.div_ceil(part)
    }
}

/// So much for each.
impl Mul<Count> for u32 {
    type Output = u32;

    fn mul(self, count: Count) -> u32 {
        self * count.0
    }
}

/// Each one's part.
impl Div<Count> for u32 {
    type Output = u32;

    fn div(self, count: Count) -> u32 {
        self / count.0
    }
}

impl PartialEq<u32> for Count {
    fn eq(&self, count: &u32) -> bool {
        self.0 == *count
    }
}

impl PartialOrd<u32> for Count {
    fn partial_cmp(&self, count: &u32) -> Option<core::cmp::Ordering> {
        self.0.partial_cmp(count)
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Count> for u32 {
    fn from(count: Count) -> Self {
        count.0
    }
}

impl From<Count> for u64 {
    fn from(count: Count) -> Self {
        count.0.into()
    }
}

impl From<Count> for i64 {
    fn from(count: Count) -> Self {
        count.0.into()
    }
}

impl From<Count> for usize {
    fn from(count: Count) -> Self {
        count.0 as usize
    }
}

static ADDRESSES: [AtomicU32; MAX_CPUS] = [const { AtomicU32::new(NO_ADDRESS) }; MAX_CPUS];
static STATES: [AtomicU8; MAX_CPUS] = [const { AtomicU8::new(State::Offline as u8) }; MAX_CPUS];
static POSSIBLE: AtomicU32 = AtomicU32::new(1);
static PRESENT: AtomicU32 = AtomicU32::new(1);
static ONLINE: AtomicU32 = AtomicU32::new(1);

/// Numbers the CPUs, the boot CPU first. `possible` is what the command line asks for,
/// else as many as there are. Once, at boot.
///
/// # Panics
/// If they have numbers already (C3).
pub fn init(list: &CpuList, possible: Option<u32>) {
    let boot = cpu::address();
    assert!(address(0).is_none(), "the CPUs are numbered once");
    let others = list.addresses().iter();
    let others = others.filter(|&&address| address != boot);
    let mut present = 0;
    for (slot, address) in ADDRESSES.iter().zip(core::iter::once(&boot).chain(others)) {
        slot.store(u32::from(*address), Ordering::Relaxed);
        present += 1;
    }
    let possible = possible.unwrap_or(present).min(MAX_CPUS as u32);
    PRESENT.store(present.min(possible), Ordering::Relaxed);
    POSSIBLE.store(possible, Ordering::Relaxed);
    STATES[0].store(State::Active as u8, Ordering::Release);
}

/// Possible CPUs: numbers `0..possible()`.
pub fn possible() -> u32 {
    POSSIBLE.load(Ordering::Relaxed)
}

/// CPUs that the machine has and that have a number: `0..present()`.
pub fn present() -> u32 {
    PRESENT.load(Ordering::Relaxed)
}

/// How far the CPU of this number is, which may be any.
pub fn state(cpu: u32) -> State {
    // Sequentially consistent, as `change` is.
    let state = STATES.get(cpu as usize);
    state.map_or(State::Offline, |state| {
        State::ALL[state.load(Ordering::SeqCst) as usize]
    })
}

/// Whether the CPU of this number, which may be any, runs this kernel and takes calls.
pub fn is_online(cpu: u32) -> bool {
    state(cpu).is_online()
}

/// Numbers of the CPUs that run this kernel, in order. A CPU that comes or goes meanwhile
/// may be among them or not.
pub fn online() -> impl Iterator<Item = u32> + Clone {
    (0..possible()).filter(|&cpu| is_online(cpu))
}

/// Numbers of the CPUs that are not stopped, in order: also those that aren't online yet, or
/// any more.
pub fn running() -> impl Iterator<Item = u32> + Clone {
    (0..possible()).filter(|&cpu| state(cpu) != State::Offline)
}

/// How many CPUs run this kernel.
pub fn online_count() -> Count {
    Count(ONLINE.load(Ordering::Acquire))
}

/// Leads a possible CPU from one state to the next; whether it was in that. What the running
/// CPU wrote before is seen by who sees it there, and no later read of its comes before it.
pub fn change(cpu: u32, from: State, to: State) -> bool {
    let (comes, goes) = (
        to.is_online() && !from.is_online(),
        from.is_online() && !to.is_online(),
    );
    // Who sees it online finds it counted.
    if comes {
        ONLINE.fetch_add(1, Ordering::Release);
    }
    let state = &STATES[cpu as usize];
    let changed = state.compare_exchange(from as u8, to as u8, Ordering::SeqCst, Ordering::Relaxed);
    let counted_in_vain = comes && changed.is_err();
    if counted_in_vain || goes && changed.is_ok() {
        ONLINE.fetch_sub(1, Ordering::Release);
    }
    changed.is_ok()
}

/// The address by which SIGP knows the CPU; `None` if the machine has none of this
/// number.
pub fn address(cpu: u32) -> Option<u16> {
    let address = ADDRESSES.get(cpu as usize)?.load(Ordering::Relaxed);
    u16::try_from(address).ok()
}
