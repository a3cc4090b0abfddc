//! This machine's CPUs, as the crate `cross-call` sees them.

use crate::cpus;
use crate::fail::{self, Site};
use crate::waiting::{self, Wait};
use crate::{sync, timer};
use arch::cpu;
use arch::sigp::{self, Refusal};
use arch::timer::Deadline;
use core::sync::atomic::AtomicU32;
use cross_call::Machine;

/// Seconds for which a CPU that was signalled may keep its interrupts off, or be
/// away from its idle loop.
const PATIENCE: u64 = 60;

/// Microseconds between two looks at another CPU, interrupts on.
pub const NAP: u64 = 50;

/// The CPUs.
#[derive(Debug)]
pub struct Cpus;

impl Machine for Cpus {
    type Word = AtomicU32;
    type Refusal = Refusal;

    fn this_cpu(&self) -> u32 {
        cpu::number()
    }

    fn is_online(&self, cpu: u32) -> bool {
        cpus::is_online(cpu)
    }

    fn signal(&self, cpu: u32) -> Result<(), Refusal> {
        if fail::now(Site::Signal) {
            return Err(Refusal::NotOperational);
        }
        if fail::now(Site::Call) {
            return Ok(());
        }
        let address = cpus::address(cpu).ok_or(Refusal::NotOperational)?;
        sigp::emergency_signal(address)
    }

    fn assert_may_wait(&self) {
        sync::assert_may_wait();
    }

    fn report_running(&self, cpu: u32) {
        log::warn!(
            "cpu {} waits for a function on cpu {cpu}, which runs for a minute or more",
            cpu::number()
        );
    }

    fn without_interrupts<R>(&self, work: impl FnOnce() -> R) -> R {
        cpu::without_interrupts(work)
    }

    fn spin_until(&self, wait: impl Fn() -> cross_call::Wait, done: impl FnMut() -> bool) -> bool {
        let wait = || match wait() {
            cross_call::Wait::Caller(holder) => Wait::Caller(holder),
            cross_call::Wait::Call(cpu) => Wait::Call(cpu),
        };
        waiting::wait_until(wait, PATIENCE * 1_000_000, done)
    }

    fn idle_until(&self, mut done: impl FnMut() -> bool) -> bool {
        let deadline = Deadline::after_seconds(PATIENCE);
        while !done() {
            if deadline.is_past() {
                return false;
            }
            timer::nap(NAP);
        }
        true
    }
}
