//! A function that is lent to other CPUs, until all have given it back.

use crate::error::Error;
use crate::machine::{Machine, Wait};
use crate::mailbox::{Function, Mailbox};

/// How a CPU waits for others.
pub enum Waiting<'a, W> {
    /// Interrupts off.
    Spin,
    /// Interrupts on; it does its own errands, which are in this mailbox, meanwhile.
    Idle(&'a Mailbox<W>),
}

/// What one caller has posted. It waits, on dropping too, until that is out of every
/// mailbox (C13); nobody in this crate forgets one.
pub struct Lent<'a, 'f, M: Machine> {
    machine: &'a M,
    mailboxes: &'a [Mailbox<M::Word>],
    function: Function<'f>,
    waiting: Waiting<'a, M::Word>,
    /// CPUs that are waited for are among these.
    from: u32,
    to: u32,
}

impl<'a, 'f, M: Machine> Lent<'a, 'f, M> {
    /// A function, and the mailboxes that it may go to. Nobody else posts to those.
    pub fn new(
        machine: &'a M,
        mailboxes: &'a [Mailbox<M::Word>],
        function: Function<'f>,
        waiting: Waiting<'a, M::Word>,
    ) -> Self {
        Self {
            machine,
            mailboxes,
            function,
            waiting,
            from: 0,
            to: 0,
        }
    }

    /// Posts it to a CPU, and signals that. On an error the CPU won't run it.
    pub fn post(&mut self, cpu: u32) -> Result<(), Error<M::Refusal>> {
        let mailbox = &self.mailboxes[cpu as usize];
        // SAFETY: C13: `self` is dropped before the function is, and waits then.
        if !unsafe { mailbox.post(self.function) } {
            return Err(Error::Busy { cpu });
        }
        if !self.machine.is_online(cpu) && mailbox.withdraw() {
            return Err(Error::NotOnline { cpu });
        }
        if self.to == 0 {
            self.from = cpu;
        }
        self.to = cpu + 1;
        match self.machine.signal(cpu) {
            // An earlier signal, or a look without one, may have begun it all the same.
            Err(refusal) if mailbox.withdraw() => Err(Error::Refused { cpu, refusal }),
            _ => Ok(()),
        }
    }

    /// Posts it to every online CPU but the running one, and signals them; returns how many
    /// there are. The first error; the others get it all the same. One that leaves meanwhile
    /// is none of them.
    pub fn post_to_others(&mut self) -> Result<u32, Error<M::Refusal>> {
        let this = self.machine.this_cpu();
        let (mut count, mut result) = (0, Ok(()));
        for cpu in 0..self.mailboxes.len() as u32 {
            if cpu == this || !self.machine.is_online(cpu) {
                continue;
            }
            match self.post(cpu) {
                Err(Error::NotOnline { .. }) => {}
                posted => {
                    count += 1;
                    result = result.and(posted);
                }
            }
        }
        result.map(|()| count)
    }

    /// Waits until all have given it back.
    pub fn wait(&mut self) -> Result<(), Error<M::Refusal>> {
        let waited_for = self.from..core::mem::take(&mut self.to);
        let mut result = Ok(());
        for cpu in waited_for {
            result = result.and(self.wait_for(cpu));
        }
        result
    }

    fn wait_for(&self, cpu: u32) -> Result<(), Error<M::Refusal>> {
        let mailbox = &self.mailboxes[cpu as usize];
        while !self.until(cpu, || mailbox.is_empty()) {
            if mailbox.withdraw() {
                return Err(Error::Silent { cpu });
            }
            if mailbox.is_running() && matches!(self.waiting, Waiting::Spin) {
                self.machine.report_running(cpu);
            }
        }
        Ok(())
    }

    fn until(&self, cpu: u32, mut done: impl FnMut() -> bool) -> bool {
        match self.waiting {
            Waiting::Spin => self.machine.spin_until(|| Wait::Call(cpu), done),
            Waiting::Idle(errands) => self.machine.idle_until(|| {
                errands.serve();
                done()
            }),
        }
    }
}

impl<M: Machine> Drop for Lent<'_, '_, M> {
    fn drop(&mut self) {
        // What a CPU gave as a reason was returned, or a panic is on its way.
        let _ = self.wait();
    }
}
