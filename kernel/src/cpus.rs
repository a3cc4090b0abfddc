//! CPU numbers: who is possible, present and online.
//!
//! CPUs are numbered from 0, the boot CPU, in the order in which the machine reports
//! them; SIGP knows them by their addresses. A CPU is *possible* when it has a number
//! and a unit of per-CPU memory, *present* when the machine has it, *online* when it
//! runs this kernel. Starting them is `smp/`, further up.

use arch::sclp::information::CpuList;
use arch::{MAX_CPUS, cpu};
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

const NO_ADDRESS: u32 = u32::MAX;

static ADDRESSES: [AtomicU32; MAX_CPUS] = [const { AtomicU32::new(NO_ADDRESS) }; MAX_CPUS];
static IS_ONLINE: [AtomicBool; MAX_CPUS] = [const { AtomicBool::new(false) }; MAX_CPUS];
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
    IS_ONLINE[0].store(true, Ordering::Release);
}

/// Possible CPUs: numbers `0..possible()`.
pub fn possible() -> u32 {
    POSSIBLE.load(Ordering::Relaxed)
}

/// CPUs that the machine has and that have a number: `0..present()`.
pub fn present() -> u32 {
    PRESENT.load(Ordering::Relaxed)
}

/// Whether the CPU of this number, which may be any, runs this kernel.
pub fn is_online(cpu: u32) -> bool {
    let online = IS_ONLINE.get(cpu as usize);
    online.is_some_and(|online| online.load(Ordering::Acquire))
}

/// Numbers of the CPUs that run this kernel, in order. A CPU that comes online
/// meanwhile may be among them or not; none goes offline.
pub fn online() -> impl Iterator<Item = u32> + Clone {
    (0..possible()).filter(|&cpu| is_online(cpu))
}

/// How many CPUs run this kernel.
pub fn online_count() -> u32 {
    ONLINE.load(Ordering::Acquire)
}

/// The running CPU runs this kernel from here on. Once on each CPU but the boot CPU,
/// which [`init`] counts.
pub fn set_online() {
    if is_online(cpu::number()) {
        return;
    }
    // Who sees it online finds it counted.
    ONLINE.fetch_add(1, Ordering::Release);
    IS_ONLINE[cpu::number() as usize].store(true, Ordering::Release);
}

/// The address by which SIGP knows the CPU; `None` if the machine has none of this
/// number.
pub fn address(cpu: u32) -> Option<u16> {
    let address = ADDRESSES.get(cpu as usize)?.load(Ordering::Relaxed);
    u16::try_from(address).ok()
}
