//! Per-CPU memory under load: every CPU at once, interrupt handlers in between.
//!
//! Each test has a short form in the ordinary plan and a long one on request.

use super::{NotPassed, failed, resources};
use crate::console::is_interrupted;
use crate::percpu::{self, Handle};
use crate::{check, check_eq, cpus, details, println, selftest, smp, timer};
use alloc::vec::Vec;
use arch::timer::{from_microseconds, now};
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use this_cpu::{Variable, percpu};

/// Areas that a CPU's task holds at the most, of 4 CPUs. Each area has a copy for every CPU
/// to be looked at: more CPUs hold less.
const HELD: usize = 200;
/// Microseconds between a CPU's ticks, of 4 CPUs; more CPUs have fewer each, or an emulator
/// does nothing but interrupt them.
const TICK: u64 = 100;
/// Moments at which it is sent what the chunks look like, where details are asked for.
const MOMENTS: u64 = 48;
/// Areas that a CPU's interrupt handler holds.
const HANDLER_HELD: usize = 16;

percpu! {
    /// Handles that this CPU's interrupt handler holds; 0 where there is none.
    static ATOMIC: [usize; HANDLER_HELD] = [0; HANDLER_HELD];
    /// Ticks so far.
    static TICKS: u64 = 0;
    /// Ticks that got no memory.
    static REFUSED: u64 = 0;
}

/// Something that was found wrong, where no error can be returned.
static WRONG: AtomicBool = AtomicBool::new(false);

/// xorshift64*, one for each CPU's task.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) % limit
    }
}

fn copy(handle: Handle, cpu: u32) -> *mut u8 {
    core::ptr::with_exposed_provenance_mut(handle.0.wrapping_add(percpu::offset(cpu)))
}

/// Whether all bytes of an area are `byte`, on every CPU.
fn holds(handle: Handle, size: usize, byte: u8) -> bool {
    (0..cpus::possible()).all(|cpu| {
        // SAFETY: P1: the copies of a live area that the caller owns.
        let bytes = unsafe { core::slice::from_raw_parts(copy(handle, cpu), size) };
        bytes.iter().all(|&found| found == byte)
    })
}

fn fill(handle: Handle, size: usize, byte: u8) {
    for cpu in 0..cpus::possible() {
        // SAFETY: P1: as above.
        unsafe { copy(handle, cpu).write_bytes(byte, size) };
    }
}

/// The interrupt handler's part: an area in, an area out.
fn tick() {
    TICKS.inc();
    let turn = TICKS.read();
    // SAFETY: P1, P4: this CPU's copy, which only its interrupt handler uses while
    // ticks come.
    let slot = unsafe { &mut (*ATOMIC.this())[turn as usize % HANDLER_HELD] };
    let size = 8 + turn as usize % 56;
    if *slot != 0 {
        let old = Handle(core::mem::take(slot));
        let known = percpu::size_of(old).unwrap_or(0);
        if known == 0 || !holds(old, known, 0xa5) || percpu::free(old).is_err() {
            WRONG.store(true, Ordering::Relaxed);
        }
    }
    match percpu::alloc_atomic(size, 8) {
        Ok(handle) => {
            let known = percpu::size_of(handle).unwrap_or(0);
            if known < size || !holds(handle, known, 0) {
                WRONG.store(true, Ordering::Relaxed);
            }
            fill(handle, known, 0xa5);
            *slot = handle.0;
        }
        Err(_) => REFUSED.inc(),
    }
}

/// A CPU's part; returns how many operations it did.
fn task(deadline: u64, operations: u64) -> u64 {
    let cpu = arch::cpu::number();
    let mut random = Random(0x9e37_79b9_7f4a_7c15 ^ u64::from(cpu + 1) << 20);
    let fours = cpus::online_count().div_ceil(4);
    let most = (HELD / fours as usize).max(8);
    let mut held: Vec<(Handle, usize, u8)> = Vec::with_capacity(most);
    timer::start(TICK * u64::from(fours), tick);
    let mut done = 0;
    while now() < deadline && done < operations && !is_interrupted() {
        if cpu == 0 && done.is_multiple_of(operations / MOMENTS) {
            details::emit_moment(done);
        }
        done += 1;
        if done % 64 == 0 {
            percpu::balance();
        }
        if held.len() < most && random.below(2) == 0 {
            let size = 1 + random.below(if done % 50 == 0 { 8000 } else { 200 }) as usize;
            let align = 1 << random.below(9);
            // Memory may run short for a moment; what is in use at the end counts.
            let Ok(handle) = percpu::alloc(size, align) else {
                continue;
            };
            let byte = 1 + random.below(255) as u8;
            if !handle.0.is_multiple_of(align) || !holds(handle, size, 0) {
                WRONG.store(true, Ordering::Relaxed);
            }
            fill(handle, size, byte);
            held.push((handle, size, byte));
        } else if !held.is_empty() {
            let victim = random.below(held.len() as u64) as usize;
            let (handle, size, byte) = held.swap_remove(victim);
            if !holds(handle, size, byte) || percpu::free(handle).is_err() {
                WRONG.store(true, Ordering::Relaxed);
            }
        }
    }
    timer::stop();
    for (handle, size, byte) in held {
        if !holds(handle, size, byte) || percpu::free(handle).is_err() {
            WRONG.store(true, Ordering::Relaxed);
        }
    }
    // SAFETY: P1: this CPU's copy; its ticks have ended.
    for slot in unsafe { &mut *ATOMIC.this() } {
        if percpu::free(Handle(core::mem::take(slot))).is_err() {
            WRONG.store(true, Ordering::Relaxed);
        }
    }
    done
}

fn load(seconds: u64, operations: u64) -> Result<(), NotPassed> {
    percpu::trim();
    let before = resources::in_use();
    WRONG.store(false, Ordering::Relaxed);
    let ticks = TICKS.sum();
    let refused = REFUSED.sum();
    let total = AtomicU64::new(0);
    let deadline = now() + from_microseconds(seconds * 1_000_000);
    smp::run_as_task_on_each(|| {
        let done = task(deadline, operations);
        total.fetch_add(done, Ordering::Relaxed);
    })
    .map_err(failed)?;
    let (ticks, refused) = (TICKS.sum() - ticks, REFUSED.sum() - refused);
    println!(
        "# {} operations on {} CPUs, {ticks} interrupts, {refused} of them without memory",
        total.into_inner(),
        cpus::online_count()
    );
    check!(
        !WRONG.load(Ordering::Relaxed),
        "an area held what nobody wrote"
    );
    percpu::verify().map_err(failed)?;
    percpu::trim();
    check_eq!(resources::in_use(), before);
    check!(ticks > 0, "no interrupt came");
    check!(refused < ticks, "no interrupt got memory");
    Ok(())
}

fn short() -> Result<(), NotPassed> {
    load(2, 20_000)
}

fn long() -> Result<(), NotPassed> {
    load(60, 1_000_000)
}

selftest!("percpu.stress", short);
selftest!("stress.percpu", long, on_request);
