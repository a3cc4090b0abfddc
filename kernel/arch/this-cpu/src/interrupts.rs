//! References to the running CPU's copy, while interrupts are off.
//!
//! The accessors take a copy's value in and out. A `Cell`, a `RefCell` or a struct
//! of them is used in place, by reference, and then nothing else may get at the
//! copy meanwhile: no other CPU, and no interrupt handler of this one.
//! [`with_interrupts_off`] turns external and I/O interruptions off around a closure
//! and lends it an [`InterruptsOff`], the proof.
//!
//! ```text
//!  with_interrupts_off(|cpu| {     depth 0 -> 1: STNSM, whether they were on is kept
//!      let cell = cpu.get(&V);
//!      cell.set(..);               the reference can't leave the closure
//!  })                              depth 1 -> 0: STOSM, if they were on
//! ```
//!
//! Sections nest, with those of the kernel's locks too: a lock's guard that is dropped
//! inside the closure turns no interrupts on, and the end of the closure none under a
//! lock whose guard is still there (C4, `machine/nesting.rs`).
//!
//! Linux's C has `local_irq_save` and `get_cpu_ptr` for this. Code here never moves
//! from one CPU to another, so there is no preemption to turn off.

use crate::machine::without_interrupts;
use crate::shared::Shared;
use crate::variable::Variable;
use core::marker::PhantomData;

/// Proof that the code runs with interrupts off, and so alone on its CPU.
///
/// It stays on its CPU:
///
/// ```compile_fail,E0277
/// fn send<T: Send>() {}
/// send::<this_cpu::InterruptsOff>();
/// ```
///
/// ```compile_fail,E0277
/// fn sync<T: Sync>() {}
/// sync::<this_cpu::InterruptsOff>();
/// ```
#[derive(Debug)]
pub struct InterruptsOff(PhantomData<*mut ()>);

impl InterruptsOff {
    /// The running CPU's copy, for as long as interrupts are off.
    ///
    /// What one reference has left there, another finds, and in between interrupt
    /// handlers have run. So the value is `Send`, as what goes from thread to thread.
    ///
    /// ```compile_fail,E0277
    /// use this_cpu::{percpu, with_interrupts_off};
    /// percpu! { static HITS: u64 = 0; }
    /// with_interrupts_off(|cpu| { let _: &u64 = cpu.get(&HITS); }); // `inc` could change it
    /// ```
    #[inline(always)]
    pub fn get<'off, V>(&'off self, variable: &'off V) -> &'off V::Value
    where
        V: Variable<Value: Shared + Send>,
    {
        // SAFETY: P9: the copy is a `Value` while the variable is borrowed; P4: only this
        // code uses it while `self` lives, by shared references (P5), and what it finds
        // there may have come from elsewhere (P11).
        unsafe { &*variable.this() }
    }
}

/// Runs `work` with external and I/O interruptions off; then they are as they were
/// before, unless an outer section or a lock still keeps them off.
///
/// May be called anywhere, interrupt handlers included.
///
/// ```
/// use core::cell::Cell;
/// use this_cpu::{percpu, with_interrupts_off};
/// percpu! { static LAST: Cell<[u8; 3]> = Cell::new([1, 2, 3]); }
/// # #[cfg(not(target_arch = "s390x"))]
/// this_cpu::host::on_cpu(0, || {
///     assert_eq!(with_interrupts_off(|cpu| cpu.get(&LAST).replace([4; 3])), [1, 2, 3]);
///     assert_eq!(with_interrupts_off(|cpu| cpu.get(&LAST).get()), [4; 3]);
/// });
/// ```
#[inline(always)]
pub fn with_interrupts_off<R>(work: impl FnOnce(&InterruptsOff) -> R) -> R {
    without_interrupts(|| work(&InterruptsOff(PhantomData)))
}
