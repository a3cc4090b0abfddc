//! Functions in the other CPUs' idle loops, interrupts on.
//!
//! What runs there may do all that the boot CPU may: wait, call other CPUs, load
//! modules. An interrupt handler may not. There are two kinds:
//!
//! * a *task* is one CPU's part of a round, which the one CPU without an idle loop begins
//! * an *errand* is for one CPU. That does it in its idle loop, or while it waits for others
//!   with interrupts on; so any CPU may have any other do one, in a task, too

use crate::caller::CallerLock;
use crate::error::Error;
use crate::lent::{Lent, Waiting};
use crate::machine::Machine;
use crate::mailbox::{Function, Mailbox};

/// A task and an errand for each of `CPUS` CPUs.
pub struct Tasks<M: Machine, const CPUS: usize> {
    machine: M,
    mailboxes: [Mailbox<M::Word>; CPUS],
    errands: [Mailbox<M::Word>; CPUS],
    /// Who gives errands: one CPU at a time.
    giver: CallerLock<M::Word>,
}

impl<M: Machine, const CPUS: usize> Tasks<M, CPUS> {
    /// No tasks.
    pub const fn new(machine: M) -> Self {
        Self {
            machine,
            mailboxes: [const { Mailbox::new() }; CPUS],
            errands: [const { Mailbox::new() }; CPUS],
            giver: CallerLock::new(),
        }
    }

    fn own(&self) -> &Mailbox<M::Word> {
        &self.mailboxes[self.machine.this_cpu() as usize]
    }

    fn own_errand(&self) -> &Mailbox<M::Word> {
        &self.errands[self.machine.this_cpu() as usize]
    }

    /// Whether this CPU has something to do, for its idle loop, interrupts off: if not, it
    /// may wait for an interrupt.
    pub fn is_waiting(&self) -> bool {
        self.own().is_posted() || self.own_errand().is_posted()
    }

    /// Runs this CPU's task and errand, if it has any: from its idle loop, interrupts on.
    pub fn serve(&self) {
        self.own().serve();
        self.serve_errand();
    }

    /// Runs this CPU's errand, if it has one: where it waits for others, interrupts on.
    pub fn serve_errand(&self) {
        self.own_errand().serve();
    }

    /// Whether nobody has given this CPU anything to do, which isn't online any more: from
    /// now on nobody does. Interrupts off.
    pub fn is_left_alone(&self) -> bool {
        self.own().is_left_alone() && self.own_errand().is_left_alone()
    }

    /// Runs `function` on every online CPU at once, each in its ordinary context, this
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
        let waiting = Waiting::Idle(self.own_errand());
        let mut lent = Lent::new(&self.machine, &self.mailboxes, function, waiting);
        let posted = lent.post_to_others();
        function();
        posted.and(lent.wait())
    }

    /// Runs `function` on one CPU in its ordinary context, as an errand, or at once if it is
    /// this one; returns when it has ended. The caller holds no lock, has interrupts on, and
    /// is in no errand.
    ///
    /// # Errors
    /// The function hasn't run then, and never will.
    pub fn run_on(&self, cpu: u32, function: Function<'_>) -> Result<(), Error<M::Refusal>> {
        self.machine.assert_may_wait();
        if cpu == self.machine.this_cpu() {
            function();
            return Ok(());
        }
        if self.own_errand().is_running() {
            return Err(Error::Nested);
        }
        let mut giver = None;
        self.machine.idle_until(|| {
            self.serve_errand();
            giver = self.giver.try_take(self.machine.this_cpu());
            giver.is_some()
        });
        let _giver = giver.ok_or(Error::CallerBusy)?;
        let waiting = Waiting::Idle(self.own_errand());
        let mut lent = Lent::new(&self.machine, &self.errands, function, waiting);
        lent.post(cpu)?;
        lent.wait()
    }
}
