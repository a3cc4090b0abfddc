//! Functions in the other CPUs' idle loops, interrupts on.
//!
//! What runs there may do all that the boot CPU may: wait, call other CPUs, load
//! modules. An interrupt handler may not.

use crate::error::Error;
use crate::lent::{Lent, Waiting};
use crate::machine::Machine;
use crate::mailbox::{Function, Mailbox};

/// A task for each of `CPUS` CPUs.
pub struct Tasks<M: Machine, const CPUS: usize> {
    machine: M,
    mailboxes: [Mailbox<M::Word>; CPUS],
}

impl<M: Machine, const CPUS: usize> Tasks<M, CPUS> {
    /// No tasks.
    pub const fn new(machine: M) -> Self {
        Self {
            machine,
            mailboxes: [const { Mailbox::new() }; CPUS],
        }
    }

    fn own(&self) -> &Mailbox<M::Word> {
        &self.mailboxes[self.machine.this_cpu() as usize]
    }

    /// Whether this CPU has a task, for its idle loop, interrupts off: if not, it may
    /// wait for an interrupt.
    pub fn is_waiting(&self) -> bool {
        self.own().is_posted()
    }

    /// Runs this CPU's task, if it has one: from its idle loop, interrupts on.
    pub fn serve(&self) {
        self.own().serve();
    }

    /// Runs `function` on every online CPU at once, each in its ordinary course, this
    /// one included; returns when it has ended everywhere.
    ///
    /// For the one CPU that has no idle loop: all the others are in theirs. It holds no
    /// lock and has interrupts on.
    ///
    /// # Errors
    /// The first that a CPU gave. The function has run once on all the others, and
    /// never will on a CPU that gave one.
    pub fn run_on_each(&self, function: Function<'_>) -> Result<(), Error<M::Refusal>> {
        self.machine.assert_may_wait();
        if self.own().is_running() {
            return Err(Error::Nested);
        }
        let mut lent = Lent::new(&self.machine, &self.mailboxes, function, Waiting::Idle);
        let posted = lent.post_to_others();
        function();
        posted.and(lent.wait())
    }
}
