//! Interrupts-off sections that nest, and may end in any order.
//!
//! ```text
//!  lowcore 0x348  depth    sections that this CPU is in
//!          0x34c  state    whether interrupts were on before the outermost
//!
//!  take lock A       depth 0 -> 1   state = on, off from here
//!   begin section    depth 1 -> 2
//!    drop A's guard  depth 2 -> 1   still off
//!   end section      depth 1 -> 0   on again, for state says so
//! ```
//!
//! A section that kept the mask for itself would have turned interrupts on at the
//! first end. The kernel's locks count in the same two words
//! (`kernel/arch/s390x/src/cpu.rs`), whichever crate a section is of (C4).
//!
//! Where the kernel counts sections, the depth is negative throughout, and a section
//! begins and ends by code of the kernel's.
//!
//! An interrupt between reading the depth and turning the mask off is no harm: its
//! handler leaves both words as it found them.

/// The words and the mask of the running CPU.
///
/// # Safety
/// C4: the words are the running CPU's alone, and no other crate uses them in another
/// way.
pub unsafe trait Nesting {
    /// Sections that the CPU is in; a number below 0 if they are counted.
    fn depth() -> i32;
    /// Stores the depth. With interrupts off.
    fn set_depth(depth: i32);
    /// Whether interrupts were on before the outermost section.
    fn were_on() -> bool;
    /// Turns interrupts off, and keeps whether they were on.
    fn turn_off();
    /// Turns interrupts on.
    fn turn_on();
    /// Begins a section where they are counted.
    fn begin_counted();
    /// Ends a section where they are counted.
    fn end_counted();
}

/// A section, from when it is made to when it is dropped.
struct Section<N: Nesting>(core::marker::PhantomData<N>);

impl<N: Nesting> Section<N> {
    #[inline(always)]
    fn begin() -> Self {
        match N::depth() {
            0 => {
                N::turn_off();
                N::set_depth(1);
            }
            depth @ 1.. => N::set_depth(depth + 1),
            _ => N::begin_counted(),
        }
        Self(core::marker::PhantomData)
    }
}

impl<N: Nesting> Drop for Section<N> {
    #[inline(always)]
    fn drop(&mut self) {
        match N::depth() {
            1 => {
                N::set_depth(0);
                if N::were_on() {
                    N::turn_on();
                }
            }
            depth @ 2.. => N::set_depth(depth - 1),
            0 => ended_twice(),
            _ => N::end_counted(),
        }
    }
}

#[cold]
#[inline(never)]
fn ended_twice() -> ! {
    panic!("an interrupts-off section has been ended by other code")
}

/// Runs `work` in a section of its own.
#[inline(always)]
pub fn section<N: Nesting, R>(work: impl FnOnce() -> R) -> R {
    let _section = Section::<N>::begin();
    work()
}
