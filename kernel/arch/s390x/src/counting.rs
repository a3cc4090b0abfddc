//! Interrupts-off sections that are counted: how long they last, and where they begin.
//!
//! ```text
//!              depth of a CPU, lowcore 0x348
//!  as usual        0      1      2  ..      push and pop look for 0
//!  counted     COUNTED   +1     +2  ..      negative: here, for the start and the end
//! ```
//!
//! So a section that isn't counted costs no instruction more than without all this: push
//! and pop compare the depth with 0 anyway. Where a counted one begins and ends is the
//! address behind the branch to here: in the function that push or pop is part of.
//!
//! Keeps C4. What interruptions-off time this doesn't see: boot, until interruptions are
//! first turned on; the entry code; and code that turns them off by instructions of its own,
//! as C modules do with `local_irq_save`.

use crate::counted_section::{COUNTED, section_begin_counted, section_end_counted};
use crate::lowcore;
use crate::traps::handlers;
use crate::{cpu, timer};

pub use crate::counted_section::Stretch;

/// Counts the running CPU's sections from here on: [`Handlers::section_ended`] is called
/// at each one's end, and [`lowcore::section_from`] says where the latest began. Once on
/// each CPU, when translation is on.
///
/// [`Handlers::section_ended`]: crate::traps::Handlers::section_ended
///
/// # Panics
/// If they are counted already.
pub fn begin() {
    cpu::without_interrupts(|| {
        assert!(
            lowcore::interrupt_depth() > 0,
            "sections are counted already"
        );
        let [begins, ends] = [section_begin_counted, section_end_counted]
            .map(|code: unsafe extern "C" fn()| code as usize as u64);
        lowcore::count(
            timer::now(),
            begin as *const () as u64,
            [begins, ends],
            COUNTED,
        );
    });
}

/// Called by the code below, the depth counted down already, interruptions still off.
#[unsafe(no_mangle)]
extern "C" fn counted_section_ended() {
    let depth = lowcore::interrupt_depth();
    if !(COUNTED..COUNTED / 2).contains(&depth) {
        cpu::no_section();
    }
    let stretch = (depth == COUNTED).then(|| {
        let (start, from) = lowcore::outermost_section();
        Stretch { start, from }
    });
    handlers::get().section_ended(stretch);
}
