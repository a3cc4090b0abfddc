//! Areas and objects that wait for anybody to look at them and free them: also when the CPU
//! that allocated them has left.

use super::findings::lost;
use crate::cpus;
use crate::memory::slab;
use crate::percpu::{self, Handle};
use core::ops::Range;
use spin::{Mutex, MutexGuard};

/// Places in each pool.
const PLACES: usize = 64;

/// Memory that is full of one byte.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// A handle, or an object's address.
    address: usize,
    size: usize,
    byte: u8,
}

/// A kind of memory.
#[derive(Clone, Copy, Debug)]
pub enum Pool {
    /// Per-CPU areas.
    Areas,
    /// Objects of slabs.
    Objects,
}

static HELD: [[Mutex<Option<Held>>; PLACES]; 2] =
    [const { [const { Mutex::new(None) }; PLACES] }; 2];

/// Numbers of the CPUs that have a copy of what is in the pool.
fn copies(pool: Pool) -> Range<u32> {
    match pool {
        Pool::Areas => 0..cpus::possible(),
        Pool::Objects => 0..1,
    }
}

/// A copy's first byte.
fn copy(pool: Pool, address: usize, cpu: u32) -> *mut u8 {
    let offset = match pool {
        Pool::Areas => percpu::offset(cpu),
        Pool::Objects => 0,
    };
    core::ptr::with_exposed_provenance_mut(address.wrapping_add(offset))
}

impl Held {
    /// Fills memory that is nobody else's.
    pub fn new(pool: Pool, address: usize, size: usize, byte: u8) -> Self {
        for cpu in copies(pool) {
            // SAFETY: P1, L10: of a live area, or an object, of as many bytes.
            unsafe { copy(pool, address, cpu).write_bytes(byte, size) };
        }
        Self {
            address,
            size,
            byte,
        }
    }

    /// Looks whether all is as it was left, and frees it.
    pub fn free(self, pool: Pool) {
        let Self {
            address,
            size,
            byte,
        } = self;
        if !is_full(pool, address, size, byte) {
            lost(format_args!(
                "{pool:?}: {size} bytes at {address:#x} aren't all {byte:#x}"
            ));
        }
        let freed = match pool {
            Pool::Areas => percpu::free(Handle(address)).is_ok(),
            Pool::Objects => slab::free(address).is_ok(),
        };
        if !freed {
            lost(format_args!("{pool:?}: {address:#x} is no live one"));
        }
    }
}

/// Whether every copy is full of a byte.
pub fn is_full(pool: Pool, address: usize, size: usize, byte: u8) -> bool {
    copies(pool).all(|cpu| {
        // SAFETY: P1, L10: of a live area, or an object, of as many bytes, that nobody writes.
        let bytes = unsafe { core::slice::from_raw_parts(copy(pool, address, cpu), size) };
        bytes.iter().all(|&found| found == byte)
    })
}

/// A place of the pool that nobody is at, from this one on.
pub fn place(pool: Pool, number: usize) -> Option<MutexGuard<'static, Option<Held>>> {
    let all = HELD[pool as usize].iter();
    all.cycle()
        .skip(number % PLACES)
        .take(PLACES)
        .find_map(Mutex::try_lock)
}

/// Frees all that is held.
pub fn empty() {
    for pool in [Pool::Areas, Pool::Objects] {
        for place in &HELD[pool as usize] {
            if let Some(held) = place.lock().take() {
                held.free(pool);
            }
        }
    }
}
