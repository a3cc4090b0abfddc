//! Works: functions of modules that run later, in threads of the kernel's.
//!
//! ```text
//!  queue ──► Work ──► Work ──► Work        in memory of the modules (L11), first in, first out
//!    │
//!    ├── worker   a thread that takes one after the other, and ends where there is none
//!    ├── worker   another, while all others run one, up to the queue's limit
//!    └── worker   one on a CPU that works are for, and as many more of its like
//! ```
//!
//! A work runs once at a time, as on Linux: queued again while it runs, it is its worker's next.
//! It is the same one by its address and its function: where one has freed itself, another may be.

use super::thread::{self, NAME, NoThread, THREADS, Thread};
use crate::continuation;
use crate::cpus;
use crate::sync::{Lock, rank};
use core::ffi::c_void;
use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicUsize, Ordering};

/// What a work runs.
pub type Function = extern "C" fn(*mut Work);

/// A work, as linux/workqueue.h has it.
#[repr(C)]
pub struct Work {
    next: *mut Work,
    function: Option<Function>,
    is_pending: u32,
    /// Where it is to run; [`ANY_CPU`] if that doesn't matter.
    cpu: u32,
}

/// A work's CPU that is none.
const ANY_CPU: u32 = u32::MAX;

/// Queues that there may be, the kernel's first.
const QUEUES: usize = 16;

/// Threads of a queue, those that are about to end included: all that there may be, as works may
/// be for every CPU.
const WORKERS: usize = THREADS;

/// Works of a queue that run at a time at most.
const MOST: u32 = 4;

#[derive(Clone, Copy)]
struct Worker {
    thread: Option<&'static Thread>,
    /// Whether it will look for another work.
    takes: bool,
    /// The works' that it takes.
    cpu: u32,
    running: Option<Running>,
}

/// What a worker runs. The work may be gone, or have become another, by now.
#[derive(Clone, Copy)]
struct Running {
    work: NonNull<Work>,
    /// Address of its function; 0 for none.
    function: usize,
}

const NO_WORKER: Worker = Worker {
    thread: None,
    takes: false,
    cpu: ANY_CPU,
    running: None,
};

struct Queue {
    is_there: bool,
    /// On which CPU its works run is nobody's to say.
    is_unbound: bool,
    limit: usize,
    first: *mut Work,
    last: *mut Work,
    workers: [Worker; WORKERS],
}

struct Queues([Queue; QUEUES]);

// SAFETY: L11: what they lead to is reached under their lock alone.
unsafe impl Send for Queues {}

/// Held for some steps for each work that is pending, and each worker.
static ALL: Lock<Queues, { rank::EXPORTS }> = Lock::new(Queues(
    [const {
        Queue {
            is_there: false,
            is_unbound: false,
            limit: 0,
            first: ptr::null_mut(),
            last: ptr::null_mut(),
            workers: [NO_WORKER; WORKERS],
        }
    }; QUEUES],
));

/// Works that are pending, on all queues: changed under their lock.
static PENDING: AtomicUsize = AtomicUsize::new(0);

impl Queue {
    fn append(&mut self, work: NonNull<Work>, cpu: u32) {
        let link = work.as_ptr();
        // SAFETY: L11: it isn't pending; the last one is.
        unsafe {
            (*link).next = ptr::null_mut();
            (*link).is_pending = 1;
            (*link).cpu = cpu;
            match self.last.is_null() {
                true => self.first = link,
                false => (*self.last).next = link,
            }
        }
        self.last = link;
        PENDING.fetch_add(1, Ordering::Release);
    }

    /// The CPU of the worker that runs a work, which may be [`ANY_CPU`].
    fn runs_for(&self, work: &Work) -> Option<u32> {
        let function = address_of(work.function);
        let is_it =
            |running: Running| ptr::eq(running.work.as_ptr(), work) && running.function == function;
        let mut workers = self.workers.iter();
        let worker = workers.find(|worker| worker.running.is_some_and(is_it))?;
        Some(worker.cpu)
    }

    /// Takes the first work out for a worker of this CPU.
    fn take_for(&mut self, cpu: u32) -> Option<NonNull<Work>> {
        let first = self.first_for(cpu)?;
        self.take(|work| work == first)
    }

    /// Takes the first work out for which `is_it` holds.
    fn take(&mut self, is_it: impl Fn(*mut Work) -> bool) -> Option<NonNull<Work>> {
        let mut before: *mut Work = ptr::null_mut();
        let mut at = self.first;
        while let Some(work) = NonNull::new(at) {
            // SAFETY: L11: it is pending, under the lock that this borrows.
            let next = unsafe { (*at).next };
            if is_it(at) {
                // SAFETY: L11: as above, and so is the one before it.
                unsafe {
                    match before.is_null() {
                        true => self.first = next,
                        false => (*before).next = next,
                    }
                    (*at).is_pending = 0;
                }
                if self.last == at {
                    self.last = before;
                }
                PENDING.fetch_sub(1, Ordering::Release);
                return Some(work);
            }
            (before, at) = (at, next);
        }
        None
    }

    fn is_running(&self, work: &Work) -> bool {
        self.runs_for(work).is_some()
    }

    fn is_empty(&self) -> bool {
        let at_rest = |worker: &Worker| worker.running.is_none();
        self.first.is_null() && self.workers.iter().all(at_rest)
    }

    /// Gives up the workers that have ended.
    fn give_up_ended(&mut self) {
        for worker in &mut self.workers {
            let ended = worker.thread.filter(|_| !worker.takes);
            if ended.is_some_and(Thread::give_up) {
                worker.thread = None;
            }
        }
    }

    /// The first work for this CPU that is pending. One that runs waits for that to end: its
    /// worker comes to it then.
    fn first_for(&self, cpu: u32) -> Option<*mut Work> {
        let mut at = self.first;
        // SAFETY: L11: each is pending, under the lock that this borrows.
        while let Some(work) = unsafe { at.as_ref() } {
            if work.cpu == cpu && !self.is_running(work) {
                return Some(at);
            }
            at = work.next;
        }
        None
    }

    /// Makes another worker, if nobody comes to the works for a CPU that are there: all who take
    /// some run one, and there may be more. It is to be started, with the lock freed.
    ///
    /// # Errors
    /// There is no thread, and no worker that will come to them.
    fn create_worker(
        &mut self,
        number: usize,
        cpu: u32,
    ) -> Result<Option<&'static Thread>, NoThread> {
        let is_of_it = |worker: &&Worker| worker.takes && worker.cpu == cpu;
        let taking = || self.workers.iter().filter(is_of_it);
        let are_busy = taking().all(|worker| worker.running.is_some());
        let count = taking().count();
        if !are_busy || count >= self.limit || self.first_for(cpu).is_none() {
            return Ok(None);
        }
        self.give_up_ended();
        let mut workers = self.workers.iter();
        let place = workers.position(|worker| worker.thread.is_none());
        let thread = place.ok_or(NoThread::TooMany).and_then(|at| {
            let thread = Thread::new(name(number, at), worker, argument(number, at))?;
            // The works of one that has gone run elsewhere.
            if cpu != ANY_CPU {
                thread.bind(cpu);
            }
            self.workers[at] = Worker {
                thread: Some(thread),
                takes: true,
                cpu,
                ..NO_WORKER
            };
            Ok(thread)
        });
        match thread {
            Ok(thread) => Ok(Some(thread)),
            Err(_) if count > 0 => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The queues, the kernel's own among them.
fn with<R>(work: impl FnOnce(&mut [Queue; QUEUES]) -> R) -> R {
    let mut queues = ALL.lock();
    let own = &mut queues.0[0];
    (own.is_there, own.limit) = (true, MOST as usize);
    work(&mut queues.0)
}

/// A new queue, which runs so many works at a time, and so many for each CPU unless it is
/// unbound; `None` if there are too many.
pub fn new_queue(limit: u32, is_unbound: bool) -> Option<usize> {
    with(|queues| {
        let at = queues.iter().position(|queue| !queue.is_there)?;
        queues[at].is_there = true;
        queues[at].is_unbound = is_unbound;
        queues[at].limit = limit.clamp(1, MOST) as usize;
        Some(at)
    })
}

/// Gives up the workers that have ended, which otherwise the next work of their queue does.
pub fn give_up_ended() {
    with(|queues| queues.iter_mut().for_each(Queue::give_up_ended));
}

/// Whether nothing is on a queue, and nothing of it runs.
pub fn is_empty(queue: usize) -> bool {
    with(|queues| queues.get(queue).is_none_or(Queue::is_empty))
}

/// Gives a queue up that is empty.
pub fn remove_queue(queue: usize) {
    with(|queues| {
        if let Some(queue) = queues.get_mut(queue).filter(|_| queue != 0) {
            queue.is_there = false;
        }
    });
}

/// Why a work isn't queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotQueued {
    /// It is pending already.
    Pending,
    /// There is no such queue.
    NoQueue,
    /// There is no thread to run it, nor one to be had.
    NoThread(NoThread),
}

/// Puts a work behind all others, for this CPU if it is one. In any context.
///
/// # Errors
/// It isn't queued.
pub fn queue(queue: usize, work: NonNull<Work>, cpu: u32) -> Result<(), NotQueued> {
    let new = with(|queues| {
        // SAFETY: L11: the caller's work; what says whether it is pending is these queues'.
        if unsafe { (*work.as_ptr()).is_pending } != 0 {
            return Err(NotQueued::Pending);
        }
        let number = queue;
        let queue = queues.get_mut(queue).filter(|queue| queue.is_there);
        let queue = queue.ok_or(NotQueued::NoQueue)?;
        let is_for_it = cpu < cpus::possible() && !queue.is_unbound;
        let cpu = if is_for_it { cpu } else { ANY_CPU };
        // Where it runs already it runs next.
        // SAFETY: L11: the caller's work, under the lock.
        let cpu = queue.runs_for(unsafe { work.as_ref() }).unwrap_or(cpu);
        queue.append(work, cpu);
        queue.create_worker(number, cpu).map_err(|error| {
            queue.take(|it| it == work.as_ptr());
            NotQueued::NoThread(error)
        })
    })?;
    if let Some(thread) = new {
        thread.start();
    }
    Ok(())
}

/// Takes a work back that is pending; whether it was.
pub fn cancel(work: NonNull<Work>) -> bool {
    let is_it = |it: *mut Work| it == work.as_ptr();
    with(|queues| queues.iter_mut().any(|queue| queue.take(is_it).is_some()))
}

/// Whether a work is pending, or runs.
pub fn is_busy(work: NonNull<Work>) -> bool {
    with(|queues| {
        // SAFETY: L11: the caller's work, under the lock.
        let work = unsafe { work.as_ref() };
        work.is_pending != 0 || queues.iter().any(|queue| queue.is_running(work))
    })
}

/// Takes back those that lie at such addresses, or whose functions do; how many they were.
pub fn forget(is_gone: impl Fn(usize) -> bool) -> usize {
    if PENDING.load(Ordering::Acquire) == 0 {
        return 0;
    }
    let is_gone = |work: *mut Work| {
        // SAFETY: L11: it is pending, under the lock that its finder has.
        let function = unsafe { (*work).function };
        is_gone(work.addr()) || is_gone(address_of(function))
    };
    with(|queues| {
        let mut count = 0;
        for queue in queues {
            while queue.take(is_gone).is_some() {
                count += 1;
            }
        }
        count
    })
}

/// 0 for none.
fn address_of(function: Option<Function>) -> usize {
    function.map_or(0, |function| function as usize)
}

fn name(queue: usize, worker: usize) -> [u8; NAME] {
    let mut name = *b"kworker/0:00\0\0\0\0";
    let digit = |number: usize| b"0123456789abcdef"[number % 16];
    (name[8], name[10]) = (digit(queue), digit(worker / 16));
    name[11] = digit(worker);
    name
}

/// Queue and worker in a thread's argument.
fn argument(queue: usize, worker: usize) -> *mut c_void {
    ptr::without_provenance_mut(queue * WORKERS + worker)
}

/// Runs a queue's works, one after another.
extern "C" fn worker(argument: *mut c_void) -> i32 {
    let (number, at) = (argument.addr() / WORKERS, argument.addr() % WORKERS);
    loop {
        let next = with(|queues| {
            let queue = &mut queues[number];
            let cpu = queue.workers[at].cpu;
            // What this one ran has ended.
            queue.workers[at].running = None;
            let work = queue.take_for(cpu);
            // SAFETY: L11: it was pending up to here.
            let function = work.and_then(|work| unsafe { (*work.as_ptr()).function });
            let running = |work| Running {
                work,
                function: address_of(function),
            };
            queue.workers[at].running = work.map(running);
            queue.workers[at].takes = work.is_some();
            // Before anybody looks for who runs its code.
            if let Some(thread) = thread::current() {
                let own = worker as *const () as usize;
                let code = function.map_or(own, |function| function as usize);
                thread.runs(code, work.map_or(0, |work| work.addr().get()));
            }
            // This one is busy from here on; without a helper it comes to the others later.
            let helper = queue.create_worker(number, cpu).ok().flatten();
            work.map(|work| (work, function, helper))
        });
        let Some((work, function, helper)) = next else {
            return 0;
        };
        if let Some(helper) = helper {
            helper.start();
        }
        if let Some(function) = function {
            function(work.as_ptr());
        }
        continuation::flush();
    }
}
