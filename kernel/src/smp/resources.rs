//! What a CPU has while it runs, besides its unit: three stacks and a lowcore.

use super::prefix::Prefix;
use super::stacks::Stacks;
use arch::MAX_CPUS;
use spin::Mutex;

/// By CPU; none of the boot CPU's.
static ALL: [Mutex<Option<(Stacks, Prefix)>>; MAX_CPUS] = [const { Mutex::new(None) }; MAX_CPUS];

/// A CPU is to run: it has these until they are [given back](give_back).
pub fn keep(cpu: u32, stacks: Stacks, prefix: Prefix) {
    *ALL[cpu as usize].lock() = Some((stacks, prefix));
}

/// Gives back what a CPU has had that is stopped, and reset.
pub fn give_back(cpu: u32) {
    let resources = ALL[cpu as usize].lock().take();
    drop(resources);
}
