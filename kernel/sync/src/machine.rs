//! What locks need of the machine.

use crate::counts::COUNTED;
use crate::word::Word;

/// The running CPU, as a lock sees it. All functions act on that CPU alone.
pub trait Machine {
    /// The word behind a lock.
    type Word: Word;

    /// Turns interrupts off until the matching [`pop_interrupts_off`]; pairs nest, and
    /// may end in any order (C4).
    ///
    /// [`pop_interrupts_off`]: Machine::pop_interrupts_off
    fn push_interrupts_off();

    /// Ends what a [`push_interrupts_off`](Machine::push_interrupts_off) began; the
    /// last of them puts interrupts back to what they were.
    ///
    /// # Safety
    /// C4: it ends a section that this CPU began, and that nothing else ends.
    unsafe fn pop_interrupts_off();

    /// Ranks of the locks that this CPU holds, bit n for rank n, and [`COUNTED`] if its
    /// locks are counted. With interrupts off.
    fn held_ranks_and_mode() -> u32;

    /// Ranks of the locks that this CPU holds, bit n for rank n. With interrupts off.
    #[inline]
    fn held_ranks() -> u32 {
        Self::held_ranks_and_mode() & !COUNTED
    }

    /// Adds `RANK` to them. With interrupts off.
    fn hold_rank<const RANK: u8>();

    /// Removes `RANK` from them. With interrupts off.
    fn release_rank<const RANK: u8>();

    /// What stands for this CPU in the word of a lock that it holds: not 0, and no other
    /// CPU's.
    fn mark() -> u32;

    /// Waits until another CPU has made `done` true: until it has freed the lock of that
    /// rank, whose word is `taken`. With interrupts off.
    fn wait_for_lock(rank: u8, taken: &Self::Word, done: impl FnMut() -> bool);

    /// Where in code the CPU's latest section began; whatever it is if its locks aren't
    /// counted.
    fn section_from() -> u64;

    /// Counts a lock that was taken, wanted in a section that began at `from`; `contended`:
    /// another CPU had it. With interrupts off.
    fn count_taken(rank: u8, from: u64, contended: bool);

    /// Stops the kernel: this CPU wants a lock of rank `wanted` and holds those of
    /// `held`, of which one has that rank or a later one.
    fn out_of_order(wanted: u8, held: u32) -> !;
}
