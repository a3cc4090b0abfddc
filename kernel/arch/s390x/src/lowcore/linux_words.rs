//! The words of Linux's objects.
//!
//! Code that was compiled for Linux 6.1 has offsets of its own in it: the task, the CPU's
//! number, the preempt count, the mark in a spin lock, the per-CPU offset. They hold what such
//! code expects, each beside what this kernel uses itself.

/// Words at the offsets that code compiled for Linux 6.1 has in it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct LinuxWords {
    /// 0x3a0: this CPU's number.
    pub cpu_number: u32,
    /// 0x3a4: soft interrupts that are pending: none.
    pub softirq_pending: u32,
    /// 0x3a8: the preempt count, which such code changes here itself.
    pub preempt_count: u32,
    /// 0x3ac: what stands for this CPU in the word of a spin lock: its number plus 1.
    pub lock_mark: u32,
    /// 0x3b0: how many spin locks the CPU waits for: none.
    pub lock_waits: u32,
    /// 0x3b4: which vector registers are in use: none.
    pub vector_use: u32,
    /// 0x3b8 = 952: the per-CPU offset once more.
    pub per_cpu_offset: u64,
}

impl LinuxWords {
    /// The preempt count at rest: 0, and a bit that is clear when another task wants the CPU.
    pub const PREEMPT_COUNT_AT_REST: u32 = 1 << 31;

    /// The words of the CPU of this number.
    pub const fn new(cpu: u32, per_cpu_offset: u64) -> Self {
        Self {
            cpu_number: cpu,
            softirq_pending: 0,
            preempt_count: Self::PREEMPT_COUNT_AT_REST,
            lock_mark: cpu + 1,
            lock_waits: 0,
            vector_use: 0,
            per_cpu_offset,
        }
    }
}
