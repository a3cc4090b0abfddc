//! An emulated machine under the calls: CPUs that a scheduler runs step by step, with
//! signals that pend until interrupts are on, or are refused.
//!
//! Each CPU runs its program, and then its idle loop until all programs have ended.

#[path = "../../../sync/tests/common/scheduled.rs"]
mod scheduled;

use cross_call::{Calls, Machine, Tasks, Wait};
use scheduled::Scheduled;
use shuttle::thread;
use std::cell::Cell;
use std::sync::Arc;

/// CPUs that a case may have.
pub const CPUS: usize = 4;

/// A CPU.
#[derive(Default)]
pub struct Cpu {
    /// It takes calls.
    pub online: Cell<bool>,
    /// A signal has come that no interrupt was taken for.
    pending: Cell<bool>,
    /// Signals that it refuses from now on.
    pub refuse: Cell<u32>,
    /// Whether it looks at its signals and its tasks at all.
    pub deaf: Cell<bool>,
    /// Interrupts-off sections that it is in; a handler counts as one.
    pub depth: Cell<u32>,
    /// Looks that its waits take before they give up; 0 for no end.
    pub patience: Cell<u32>,
    /// Reports that others run a function for too long.
    pub reports: Cell<u32>,
    /// It is to leave when it idles.
    pub leaves: Cell<bool>,
    /// It has left: it runs nothing any more.
    gone: Cell<bool>,
}

/// All CPUs, and what they share.
pub struct System {
    pub cpus: [Cpu; CPUS],
    pub calls: Calls<Emulated, CPUS>,
    pub tasks: Tasks<Emulated, CPUS>,
    running: Cell<usize>,
}

// SAFETY: C5: shuttle runs one of its threads at a time, all on one thread of the host,
// and no cell is in use where it switches.
unsafe impl Sync for System {}
// SAFETY: C5: as for `Sync`.
unsafe impl Send for System {}

shuttle::thread_local! {
    static THIS: Cell<Option<(usize, Arc<System>)>> = Cell::new(None);
}

/// The running CPU's number, and the system that it is in.
fn this() -> (usize, Arc<System>) {
    THIS.with(|this| {
        let found = this.take().expect("this thread is no CPU");
        this.set(Some(found.clone()));
        found
    })
}

impl System {
    /// The running CPU.
    pub fn this(&self) -> &Cpu {
        &self.cpus[this().0]
    }

    /// A place where an interrupt may come, if they are on.
    pub fn step(&self) {
        let cpu = self.this();
        if cpu.depth.get() == 0 && !cpu.deaf.get() && cpu.pending.replace(false) {
            cpu.depth.set(1);
            self.calls.serve();
            cpu.depth.set(0);
        }
        thread::yield_now();
    }

    /// The idle loop, until all programs have ended.
    fn idle(&self) {
        while self.running.get() > 0 {
            self.step();
            if !self.this().deaf.get() && self.tasks.is_waiting() {
                self.tasks.serve();
            }
            if self.this().leaves.get() && self.leave() {
                return;
            }
        }
    }

    /// The running CPU leaves, interrupts off, unless there is something to do; whether it has.
    fn leave(&self) -> bool {
        let cpu = self.this();
        cpu.depth.set(cpu.depth.get() + 1);
        cpu.online.set(false);
        thread::yield_now();
        let leaves = self.tasks.is_left_alone();
        if leaves {
            self.calls.serve_last();
        } else {
            cpu.online.set(true);
        }
        thread::yield_now();
        cpu.depth.set(cpu.depth.get() - 1);
        cpu.gone.set(leaves);
        leaves
    }

    /// Whether a CPU has left.
    pub fn has_left(&self, cpu: usize) -> bool {
        self.cpus[cpu].gone.get()
    }
}

/// Runs a program on each CPU, thousands of times over, in all orders of their steps.
pub fn at_once<const N: usize>(setup: fn(&System), programs: [fn(&System); N]) {
    let case = move || {
        let system = Arc::new(System {
            cpus: Default::default(),
            calls: Calls::new(Emulated),
            tasks: Tasks::new(Emulated),
            running: Cell::new(N),
        });
        { &system.cpus[..N] }
            .iter()
            .for_each(|cpu| cpu.online.set(true));
        setup(&system);
        let start = |number: usize| {
            let system = system.clone();
            thread::spawn(move || {
                THIS.with(|this| this.set(Some((number, system.clone()))));
                programs[number](&system);
                system.running.set(system.running.get() - 1);
                system.idle();
            })
        };
        let cpus: Vec<_> = (0..N).map(start).collect();
        for cpu in cpus {
            cpu.join().unwrap();
        }
    };
    shuttle::check_random(case, 1000);
    shuttle::check_pct(case, 1000, 3);
}

/// The running CPU, as calls see it.
pub struct Emulated;

/// Why a signal is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;

impl Machine for Emulated {
    type Word = Scheduled;
    type Refusal = Refused;

    fn this_cpu(&self) -> u32 {
        this().0 as u32
    }

    fn is_online(&self, cpu: u32) -> bool {
        let (_, system) = this();
        let cpu = system.cpus.get(cpu as usize);
        cpu.is_some_and(|cpu| cpu.online.get())
    }

    fn signal(&self, cpu: u32) -> Result<(), Refused> {
        thread::yield_now();
        let (_, system) = this();
        let cpu = &system.cpus[cpu as usize];
        if let Some(left) = cpu.refuse.get().checked_sub(1) {
            cpu.refuse.set(left);
            return Err(Refused);
        }
        cpu.pending.set(true);
        Ok(())
    }

    fn assert_may_wait(&self) {
        let (number, system) = this();
        assert_eq!(
            system.cpus[number].depth.get(),
            0,
            "cpu {number} may not wait"
        );
    }

    fn report_running(&self, _cpu: u32) {
        let (number, system) = this();
        let reports = &system.cpus[number].reports;
        reports.set(reports.get() + 1);
    }

    fn without_interrupts<R>(&self, work: impl FnOnce() -> R) -> R {
        let (number, system) = this();
        let depth = &system.cpus[number].depth;
        depth.set(depth.get() + 1);
        let result = work();
        depth.set(depth.get() - 1);
        system.step();
        result
    }

    fn spin_until(&self, _wait: impl Fn() -> Wait, mut done: impl FnMut() -> bool) -> bool {
        let (number, system) = this();
        assert!(system.cpus[number].depth.get() > 0);
        let mut looks = 0;
        while !done() {
            looks += 1;
            if looks == system.cpus[number].patience.get() {
                return false;
            }
            thread::yield_now();
        }
        true
    }

    fn idle_until(&self, mut done: impl FnMut() -> bool) -> bool {
        let (number, system) = this();
        assert_eq!(system.cpus[number].depth.get(), 0);
        let mut looks = 0;
        while !done() {
            looks += 1;
            if looks == system.cpus[number].patience.get() {
                return false;
            }
            system.step();
        }
        true
    }
}

/// A call, and what became of it. It outlives what it is part of, so that a function
/// which runs too late is seen, and touches nothing.
#[derive(Default)]
pub struct Call {
    /// CPUs on which it ran, a bit each.
    ran: Cell<u32>,
    runs: Cell<u32>,
    running: Cell<u32>,
    returned: Cell<bool>,
    on_cpu: Cell<bool>,
}

// SAFETY: C5: as for `System`.
unsafe impl Sync for Call {}

impl Call {
    /// A call whose functions are run with interrupts off, or as tasks.
    pub fn new(interrupts_off: bool) -> &'static Self {
        let call: &'static Self = Box::leak(Box::default());
        call.on_cpu.set(interrupts_off);
        call
    }

    /// The function that is called.
    pub fn function(&'static self) -> &'static (dyn Fn() + Sync) {
        Box::leak(Box::new(|| {
            let (number, system) = this();
            assert!(!self.returned.get(), "it runs after its call has returned");
            assert!(!system.has_left(number), "it runs on a CPU that has left");
            assert_eq!(system.cpus[number].depth.get() > 0, self.on_cpu.get());
            self.running.set(self.running.get() + 1);
            thread::yield_now();
            assert!(!self.returned.get(), "its call has returned while it runs");
            self.running.set(self.running.get() - 1);
            self.runs.set(self.runs.get() + 1);
            self.ran.set(self.ran.get() | 1 << number);
        }))
    }

    /// The call has returned: it ran once on each of these CPUs, a bit each.
    pub fn returned(&self, ran: u32) {
        assert_eq!(self.returned_from(), ran);
    }

    /// The call has returned; the CPUs on which it ran once, a bit each.
    pub fn returned_from(&self) -> u32 {
        assert_eq!(self.running.get(), 0, "its call has returned while it runs");
        self.returned.set(true);
        assert_eq!(self.runs.get(), self.ran.get().count_ones());
        self.ran.get()
    }
}
