//! What calls between CPUs need of the machine.

use sync::Word;

/// What a CPU waits for, interrupts off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The right to call, which that CPU has; none if it has just given it back.
    Caller(Option<u32>),
    /// That CPU, which was called and hasn't run the function, or not to its end.
    Call(u32),
}

/// CPUs that signal one another.
pub trait Machine {
    /// The words that CPUs share.
    type Word: Word;
    /// Why a signal is refused.
    type Refusal;

    /// Number of the running CPU.
    fn this_cpu(&self) -> u32;

    /// Whether the CPU of this number takes calls. One that leaves says no, and then asks
    /// [`Tasks::is_left_alone`](crate::Tasks::is_left_alone) and calls
    /// [`Calls::serve_last`](crate::Calls::serve_last).
    fn is_online(&self, cpu: u32) -> bool;

    /// Interrupts the CPU, so that it looks into its mailboxes: at once, or when its
    /// interrupts are on again. A signal that nobody needs any more does no harm.
    ///
    /// # Errors
    /// The CPU's refusal; then this signal doesn't come.
    fn signal(&self, cpu: u32) -> Result<(), Self::Refusal>;

    /// Stops the kernel if the running CPU may not wait for another: if it holds a
    /// lock, or has turned interrupts off. The other could want that lock; and what
    /// runs here meanwhile must find this CPU between its interrupts-off sections (P6).
    fn assert_may_wait(&self);

    /// Reports that a CPU runs a called function for too long; the caller waits on, as
    /// what the function borrows is its own.
    fn report_running(&self, cpu: u32);

    /// Runs `work` with interrupts off.
    fn without_interrupts<R>(&self, work: impl FnOnce() -> R) -> R;

    /// Waits, interrupts off, until another CPU has made `done` true; `false` if that
    /// takes longer than any CPU may keep its interrupts off. `wait` says for whom.
    fn spin_until(&self, wait: impl Fn() -> Wait, done: impl FnMut() -> bool) -> bool;

    /// Waits, interrupts on, until another CPU has made `done` true; `false` if that
    /// takes longer than any CPU may be away from its idle loop but for a task.
    fn idle_until(&self, done: impl FnMut() -> bool) -> bool;
}
