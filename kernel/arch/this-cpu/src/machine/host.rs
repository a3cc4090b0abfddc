//! Emulated CPUs, for tests on the host.
//!
//! ```text
//!  section percpu_template        units, one a CPU
//!  ┌────────┐  copied into   ┌────────┬─────────┐┌────────┬─────────┐
//!  │ static │ ─────────────▶ │ static │ dynamic ││ static │ dynamic │ ...
//!  └────────┘                └────────┴─────────┘└────────┴─────────┘
//! ```
//!
//! A thread becomes a CPU with [`on_cpu`]; one thread at a time is a given CPU. The
//! thread-locals here are its lowcore and its interrupt mask. Handles and offsets are
//! made as in the kernel: a static's handle is its address in the template (P1).
//!
//! Interrupts are a mask that [`interrupts_on`] reads; none comes. What the kernel's
//! locks do to the nesting of interrupts-off sections, [`push_interrupts_off`] and
//! [`pop_interrupts_off`] do here.

extern crate std;

use super::nesting::{Nesting, section};
use super::word::{Pair, Word};
use crate::statics::Template;
use core::cell::Cell;
use std::alloc::{Layout, alloc_zeroed, handle_alloc_error};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::vec::Vec;

/// Emulated CPUs, numbered from 0.
pub const CPUS: u32 = 4;
/// Bytes of each unit's dynamic part.
const DYNAMIC: usize = 64 * 1024;
/// Alignment of units.
const PAGE: usize = 4096;

/// Keeps the section there even in a program with no static of its own.
#[used]
#[unsafe(link_section = "percpu_template")]
static ANCHOR: Template<u64> = Template::new(0);

unsafe extern "C" {
    // Made by the linker for a section whose name is an identifier.
    #[link_name = "__start_percpu_template"]
    static TEMPLATE: Template<u8>;
    #[link_name = "__stop_percpu_template"]
    static TEMPLATE_END: Template<u8>;
}

struct Units {
    base: usize,
    template: usize,
    statics: usize,
    unit: usize,
}

impl Units {
    fn get() -> &'static Self {
        static UNITS: OnceLock<Units> = OnceLock::new();
        UNITS.get_or_init(Self::make)
    }

    fn make() -> Self {
        let template = &raw const TEMPLATE;
        let bytes = &raw const TEMPLATE_END as usize - template as usize;
        // A unit begins as far into a page as the template, to keep alignment.
        let skew = template as usize % PAGE;
        let statics = (skew + bytes).next_multiple_of(PAGE);
        let unit = statics + DYNAMIC;
        let Ok(layout) = Layout::from_size_align(unit * CPUS as usize, PAGE) else {
            unreachable!("a few hundred KiB are a layout");
        };
        // SAFETY: M1: fresh memory, of a size that isn't 0.
        let memory = unsafe { alloc_zeroed(layout) };
        if memory.is_null() {
            handle_alloc_error(layout);
        }
        for cpu in 0..CPUS as usize {
            // SAFETY: P3: nothing writes the template; M1: the unit is new, and large
            // enough.
            unsafe {
                let place = memory.add(cpu * unit + skew);
                core::ptr::copy_nonoverlapping(template.cast::<u8>(), place, bytes);
            }
        }
        let base = memory.expose_provenance();
        let template = template.expose_provenance() - skew;
        Self {
            base,
            template,
            statics,
            unit,
        }
    }

    fn offset(&self, cpu: u32) -> usize {
        (self.base + cpu as usize * self.unit).wrapping_sub(self.template)
    }
}

/// What a CPU has for itself.
struct Lowcore {
    /// Number of the CPU that this thread is.
    number: Cell<Option<u32>>,
    /// Its interrupt mask.
    on: Cell<bool>,
    /// Interrupts-off sections that it is in; from [`COUNTED`] on if they are counted.
    depth: Cell<i32>,
    /// Sections that were counted.
    counted: Cell<u64>,
    /// Whether interrupts were on before the outermost.
    were_on: Cell<bool>,
}

std::thread_local! {
    static LOWCORE: Lowcore = const {
        Lowcore {
            number: Cell::new(None),
            on: Cell::new(false),
            depth: Cell::new(0),
            counted: Cell::new(0),
            were_on: Cell::new(false),
        }
    };
}

fn lock<T>(mutex: &'static Mutex<T>) -> MutexGuard<'static, T> {
    // A test that failed holding it has changed nothing that others rely on.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs `work` as CPU `cpu`, with interrupts on; waits while another thread is that
/// CPU.
///
/// # Panics
/// If there is no such CPU, the thread is a CPU already, or `work` leaves an
/// interrupts-off section open.
pub fn on_cpu<R>(cpu: u32, work: impl FnOnce() -> R) -> R {
    static CPU: [Mutex<()>; CPUS as usize] = [const { Mutex::new(()) }; CPUS as usize];
    /// Ends being a CPU, also when `work` panics; before the lock goes.
    struct Leave(#[expect(dead_code, reason = "held")] MutexGuard<'static, ()>);
    impl Drop for Leave {
        fn drop(&mut self) {
            LOWCORE.with(|lowcore| lowcore.number.set(None));
        }
    }
    let number = LOWCORE.with(|lowcore| lowcore.number.get());
    assert_eq!(number, None, "the thread is a CPU already");
    let _leave = Leave(lock(&CPU[cpu as usize]));
    LOWCORE.with(|lowcore| {
        lowcore.number.set(Some(cpu));
        lowcore.on.set(true);
        lowcore.depth.set(0);
    });
    let result = work();
    LOWCORE.with(|lowcore| {
        let depth = lowcore.depth.get();
        assert!(
            matches!(depth, 0 | COUNTED),
            "an interrupts-off section is open"
        );
    });
    result
}

/// The running CPU's offset: what a handle and the address of its copy differ by.
///
/// # Panics
/// If the thread isn't a CPU.
pub fn offset() -> usize {
    match LOWCORE.with(|lowcore| lowcore.number.get()) {
        Some(cpu) => Units::get().offset(cpu),
        None => panic!("the thread isn't a CPU: see on_cpu"),
    }
}

// SAFETY: C4: the words are the thread's own, and one thread at a time is a CPU.
unsafe impl Nesting for Lowcore {
    fn depth() -> i32 {
        LOWCORE.with(|lowcore| lowcore.depth.get())
    }

    fn set_depth(depth: i32) {
        assert!(!interrupts_on(), "the depth changes with interrupts on");
        LOWCORE.with(|lowcore| lowcore.depth.set(depth));
    }

    fn were_on() -> bool {
        LOWCORE.with(|lowcore| lowcore.were_on.get())
    }

    fn turn_off() {
        LOWCORE.with(|lowcore| lowcore.were_on.set(lowcore.on.replace(false)));
    }

    fn turn_on() {
        LOWCORE.with(|lowcore| lowcore.on.set(true));
    }

    fn begin_counted() {
        push_interrupts_off();
    }

    fn end_counted() {
        pop_interrupts_off();
    }
}

/// Depth of a CPU in no section, if its sections are counted.
const COUNTED: i32 = -0x4000;

/// Counts the sections of the CPU that the thread is, until it is none any more; it is in
/// none now.
pub fn count_sections() {
    LOWCORE.with(|lowcore| {
        assert_eq!(lowcore.depth.get(), 0, "an interrupts-off section is open");
        lowcore.depth.set(COUNTED);
        lowcore.counted.set(0);
    });
}

/// Sections that have begun since [`count_sections`].
pub fn sections_counted() -> u64 {
    LOWCORE.with(|lowcore| lowcore.counted.get())
}

/// Runs `work` in an interrupts-off section. The thread must be a CPU.
pub fn without_interrupts<R>(work: impl FnOnce() -> R) -> R {
    offset();
    section::<Lowcore, R>(work)
}

/// Whether the CPU that the thread is would take an interrupt.
pub fn interrupts_on() -> bool {
    LOWCORE.with(|lowcore| lowcore.on.get())
}

/// Begins an interrupts-off section as the kernel's locks do: what begins and ends it
/// are two calls.
pub fn push_interrupts_off() {
    LOWCORE.with(|lowcore| {
        let depth = lowcore.depth.get();
        if matches!(depth, 0 | COUNTED) {
            lowcore.were_on.set(lowcore.on.replace(false));
        }
        lowcore.depth.set(depth + 1);
        if depth < 0 {
            lowcore.counted.set(lowcore.counted.get() + 1);
        }
    });
}

/// Ends what [`push_interrupts_off`] began.
///
/// # Panics
/// If the CPU is in no section.
pub fn pop_interrupts_off() {
    LOWCORE.with(|lowcore| {
        let depth = lowcore.depth.get();
        assert!(
            !matches!(depth, 0 | COUNTED),
            "an interrupts-off section ends"
        );
        lowcore.depth.set(depth - 1);
        if matches!(depth - 1, 0 | COUNTED) && lowcore.were_on.get() {
            lowcore.on.set(true);
        }
    });
}

/// What `kernel` names, over the emulated units.
pub mod kernel {
    use super::{CPUS, DYNAMIC, Mutex, PAGE, Units, Vec, lock};

    /// Live areas of the dynamic part: (first byte, bytes), in order.
    static AREAS: Mutex<Vec<(usize, usize)>> = Mutex::new(Vec::new());

    /// Allocates on every CPU, zeroed; 0 when there is no room.
    pub fn __alloc_percpu(size: usize, align: usize) -> usize {
        if size == 0 || size > DYNAMIC || !align.is_power_of_two() || align > PAGE {
            return 0;
        }
        let units = Units::get();
        let mut areas = lock(&AREAS);
        let mut start = 0usize;
        let mut index = 0;
        for &(first, bytes) in areas.iter() {
            if start + size <= first {
                break;
            }
            start = (first + bytes).next_multiple_of(align);
            index += 1;
        }
        if start + size > DYNAMIC {
            return 0;
        }
        areas.insert(index, (start, size));
        for cpu in 0..CPUS as usize {
            let address = units.base + cpu * units.unit + units.statics + start;
            // SAFETY: P7: the area is nobody else's now, and inside the unit.
            unsafe { core::ptr::with_exposed_provenance_mut::<u8>(address).write_bytes(0, size) };
        }
        units.template.wrapping_add(units.statics + start)
    }

    /// Allocates as [`__alloc_percpu`] does: everything is mapped.
    pub fn __alloc_percpu_atomic(size: usize, align: usize) -> usize {
        __alloc_percpu(size, align)
    }

    /// Frees an area; 0 is no handle.
    ///
    /// # Safety
    /// P9: nobody uses the area any more.
    pub unsafe fn free_percpu(handle: usize) {
        let units = Units::get();
        let start = handle
            .wrapping_sub(units.template)
            .wrapping_sub(units.statics);
        let mut areas = lock(&AREAS);
        let index = areas.iter().position(|&(first, _)| first == start);
        assert!(
            handle == 0 || index.is_some(),
            "no area has handle {handle:#x}"
        );
        if let Some(index) = index {
            areas.remove(index);
        }
    }

    /// Offset of a CPU; 0 for any other number.
    pub fn per_cpu_offset(cpu: u32) -> usize {
        if cpu < CPUS {
            Units::get().offset(cpu)
        } else {
            0
        }
    }

    /// Runs `function` as each CPU in turn. The calling thread must not be one.
    ///
    /// # Safety
    /// L8: `function` may be called with `argument` on any CPU.
    pub unsafe fn on_each_cpu(function: extern "C" fn(*mut ()), argument: *mut ()) {
        (0..CPUS).for_each(|cpu| super::on_cpu(cpu, || function(argument)));
    }

    /// Emulated CPUs.
    pub fn nr_cpu_ids() -> u32 {
        CPUS
    }
}

/// The host's stable Rust has no 16-byte atomics: one lock for all pairs.
static PAIRS: Mutex<()> = Mutex::new(());

impl Word for Pair {
    unsafe fn load(place: *mut Self) -> Self {
        let _held = lock(&PAIRS);
        // SAFETY: P12: the caller's promise; the lock makes it one piece.
        unsafe { place.read() }
    }

    unsafe fn store(place: *mut Self, value: Self) {
        let _held = lock(&PAIRS);
        // SAFETY: P12: the caller's promise; the lock makes it one piece.
        unsafe { place.write(value) }
    }

    unsafe fn exchange(place: *mut Self, value: Self) -> Self {
        let _held = lock(&PAIRS);
        // SAFETY: P12: the caller's promise; the lock makes it one piece.
        unsafe { place.replace(value) }
    }

    unsafe fn compare_exchange(place: *mut Self, old: Self, new: Self) -> Self {
        let _held = lock(&PAIRS);
        // SAFETY: P12: the caller's promise; the lock makes it one piece.
        let found = unsafe { place.read() };
        if found == old {
            // SAFETY: P12: the caller's promise; the lock makes it one piece.
            unsafe { place.write(new) };
        }
        found
    }
}
