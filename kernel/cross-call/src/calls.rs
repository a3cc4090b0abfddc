//! Functions in the other CPUs' interrupt handlers.

use crate::caller::{Caller, CallerLock, LOOKS};
use crate::error::Error;
use crate::lent::{Lent, Waiting};
use crate::machine::{Machine, Wait};
use crate::mailbox::{Function, Mailbox};
use crate::once::Once;

/// Cross-calls between `CPUS` CPUs.
///
/// A called function runs with interrupts off. It may take locks, and it may not
/// wait for another CPU.
pub struct Calls<M: Machine, const CPUS: usize> {
    machine: M,
    caller: CallerLock<M::Word>,
    mailboxes: [Mailbox<M::Word>; CPUS],
}

impl<M: Machine, const CPUS: usize> Calls<M, CPUS> {
    /// Nobody calls.
    pub const fn new(machine: M) -> Self {
        Self {
            machine,
            caller: CallerLock::new(),
            mailboxes: [const { Mailbox::new() }; CPUS],
        }
    }

    /// Runs what another CPU wants of this one, if anything: the signal's handler.
    pub fn serve(&self) {
        self.mailboxes[self.machine.this_cpu() as usize].serve();
    }

    /// Runs what other CPUs posted before they could see that this one isn't online any
    /// more. Interrupts off; nothing is posted after that.
    pub fn serve_last(&self) {
        let own = &self.mailboxes[self.machine.this_cpu() as usize];
        if !own.is_left_alone() {
            own.serve();
        }
    }

    /// Runs `function` on the CPU, interrupts off, and waits until it has ended.
    ///
    /// The caller holds no lock and has interrupts on; it serves other CPUs' calls while
    /// it waits for the caller lock.
    ///
    /// # Errors
    /// The function hasn't run then, and never will. A CPU that leaves meanwhile has run it,
    /// or isn't online.
    pub fn call_on(&self, cpu: u32, function: Function<'_>) -> Result<(), Error<M::Refusal>> {
        self.may_call()?;
        if !self.machine.is_online(cpu) {
            return Err(Error::NotOnline { cpu });
        }
        self.machine.without_interrupts(|| {
            if cpu == self.machine.this_cpu() {
                function();
                return Ok(());
            }
            let _caller = self.take_caller_lock()?;
            let mut lent = self.lend(function);
            lent.post(cpu)?;
            lent.wait()
        })
    }

    /// Runs `function` on every online CPU at once, interrupts off, and waits until it
    /// has ended everywhere. What of [`call_on`](Self::call_on)'s caller holds here too.
    /// The function may use only what all CPUs may share:
    ///
    /// ```compile_fail,E0277
    /// fn shared<M: cross_call::Machine>(calls: &cross_call::Calls<M, 2>) {
    ///     let count = std::cell::Cell::new(0);
    ///     let _ = calls.on_each(&|| count.set(count.get() + 1));
    /// }
    /// ```
    ///
    /// # Errors
    /// The first that a CPU gave. The function has run once on all the others, and
    /// never will on a CPU that gave one.
    pub fn on_each(&self, function: Function<'_>) -> Result<(), Error<M::Refusal>> {
        self.may_call()?;
        self.machine.without_interrupts(|| {
            let _caller = self.take_caller_lock()?;
            let mut lent = self.lend(function);
            let posted = lent.post_to_others();
            function();
            posted.and(lent.wait())
        })
    }

    /// Runs `function` on every other online CPU at once, as [`on_each`](Self::on_each) does,
    /// and `own` here meanwhile, interrupts off. That gets how many others there are, or the
    /// first error that one gave; it may wait for them to begin, and they for its end.
    ///
    /// # Errors
    /// The first that a CPU gave which didn't begin while all waited; `own` has run.
    pub fn on_others<R>(
        &self,
        function: Function<'_>,
        own: impl FnOnce(Result<u32, Error<M::Refusal>>) -> R,
    ) -> Result<R, Error<M::Refusal>> {
        self.may_call()?;
        self.machine.without_interrupts(|| {
            let _caller = self.take_caller_lock()?;
            let mut lent = self.lend(function);
            let posted = lent.post_to_others();
            let result = own(posted);
            lent.wait()?;
            Ok(result)
        })
    }

    /// Runs a closure on the CPU, as [`call_on`](Self::call_on) does, and returns what
    /// it returned. What goes there and back must be of a kind that may:
    ///
    /// ```compile_fail,E0277
    /// fn there<M: cross_call::Machine>(calls: &cross_call::Calls<M, 2>) {
    ///     let here = std::rc::Rc::new(1);
    ///     let _ = calls.run_on(1, move || *here);
    /// }
    /// ```
    ///
    /// ```compile_fail,E0277
    /// fn back<M: cross_call::Machine>(calls: &cross_call::Calls<M, 2>) {
    ///     let _ = calls.run_on(1, || std::rc::Rc::new(1));
    /// }
    /// ```
    ///
    /// # Errors
    /// The closure hasn't run then; it is dropped.
    pub fn run_on<R: Send>(
        &self,
        cpu: u32,
        work: impl FnOnce() -> R + Send,
    ) -> Result<R, Error<M::Refusal>> {
        let once = Once::new(work);
        // SAFETY: C13: `call_on` has the function run on one CPU, and waits for it.
        self.call_on(cpu, &|| unsafe { once.run() })?;
        Ok(once.into_result())
    }

    /// Whether this CPU may call: not from a called function, nor from a section that
    /// keeps others waiting.
    fn may_call(&self) -> Result<(), Error<M::Refusal>> {
        let this = self.machine.this_cpu();
        if self.caller.is_held_by(this) || self.mailboxes[this as usize].is_running() {
            return Err(Error::Nested);
        }
        self.machine.assert_may_wait();
        Ok(())
    }

    fn lend<'a, 'f>(&'a self, function: Function<'f>) -> Lent<'a, 'f, M> {
        Lent::new(&self.machine, &self.mailboxes, function, Waiting::Spin)
    }

    /// Takes the caller lock; serves this CPU's own mailbox until it is free.
    fn take_caller_lock(&self) -> Result<Caller<'_, M::Word>, Error<M::Refusal>> {
        let this = self.machine.this_cpu();
        let own = &self.mailboxes[this as usize];
        let (mut caller, mut looks) = (None, 0);
        let wait = || Wait::Caller(self.caller.holder());
        self.machine.spin_until(wait, || {
            own.serve();
            caller = self.caller.try_take(this);
            looks += 1;
            if caller.is_none() && looks % LOOKS == 0 {
                self.caller.ask(this);
            }
            caller.is_some()
        });
        if caller.is_none() {
            self.caller.give_up(this);
        }
        caller.ok_or(Error::CallerBusy)
    }
}
