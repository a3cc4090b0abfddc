//! How long a guest has waited for the host's CPUs: that isn't its own time.
//!
//! Linux counts for each thread how long it could have run, and didn't, since others did
//! (/proc/PID/task/TID/schedstat). A guest is as late as the CPU of its that waited longest.
//! Where the host doesn't count it, the guest's limit is one of the clock's.

use std::fs;
use std::process::Child;
use std::time::Duration;

/// A limit is put off by so many times its length at most: a guest that hangs in a loop of more
/// CPUs than the host has waits for those, too.
const MOST: u32 = 3;

/// What a limit has been put off by.
#[derive(Clone, Copy, Debug, Default)]
pub struct PutOff(Duration);

impl PutOff {
    /// By how much a limit that is reached is put off now, for a process that has `waited`;
    /// `None` if by nothing.
    pub fn more(&mut self, limit: Duration, waited: Duration) -> Option<Duration> {
        let all = waited.min(limit.saturating_mul(MOST));
        let more = all
            .checked_sub(self.0)
            .filter(|more| *more > Duration::ZERO)?;
        self.0 = all;
        Some(more)
    }
}

/// The longest that a thread of a process has waited for a CPU.
pub fn waited(process: &Child) -> Duration {
    let Ok(threads) = fs::read_dir(format!("/proc/{}/task", process.id())) else {
        return Duration::ZERO;
    };
    let waits = threads.flatten().filter_map(|thread| {
        let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        nanoseconds_waited(&text)
    });
    Duration::from_nanos(waits.max().unwrap_or(0))
}

/// The second number: nanoseconds in a queue. The first are those on a CPU.
fn nanoseconds_waited(schedstat: &str) -> Option<u64> {
    schedstat.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_limit_is_put_off_by_what_is_new() {
        let mut put_off = PutOff::default();
        assert_eq!(put_off.more(10 * SECOND, 4 * SECOND), Some(4 * SECOND));
        assert_eq!(put_off.more(10 * SECOND, 4 * SECOND), None);
        assert_eq!(put_off.more(10 * SECOND, 5 * SECOND), Some(SECOND));
    }

    #[test]
    fn but_not_for_ever() {
        let mut put_off = PutOff::default();
        assert_eq!(put_off.more(SECOND, 100 * SECOND), Some(3 * SECOND));
        assert_eq!(put_off.more(SECOND, 200 * SECOND), None);
    }

    #[test]
    fn the_second_number_counts() {
        assert_eq!(nanoseconds_waited("17 2084260 1\n"), Some(2_084_260));
        assert_eq!(nanoseconds_waited(""), None);
    }

    #[test]
    fn who_shares_a_cpu_waits() {
        if !fs::exists("/proc/self/schedstat").unwrap() {
            return; // This host doesn't count it.
        }
        // Ten on the CPUs that there are: none has one to itself for half a second.
        let count = 10 * std::thread::available_parallelism().unwrap().get();
        let spin = || {
            let mut command = std::process::Command::new("sh");
            command.args(["-c", "while :; do :; done"]).spawn().unwrap()
        };
        let mut spinning: Vec<Child> = (0..count).map(|_| spin()).collect();
        std::thread::sleep(SECOND / 2);
        let waits: Vec<Duration> = spinning.iter().map(waited).collect();
        for child in &mut spinning {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        assert!(waits.iter().any(|wait| *wait > SECOND / 4), "{waits:?}");
    }
}
