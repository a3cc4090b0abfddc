//! What a guest is asked whose time is up: where it is. QEMU says it of every CPU, and an
//! NMI makes the guest say it of one, with names of modules and a backtrace.

use super::qmp::Answer;
use crate::screen::transcript::Transcript;
use crate::verdict::record::Record;
use crate::verdict::{Place, Timeout};
use std::io;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long QEMU, and then the guest, may take to answer.
pub const ANSWER: Duration = Duration::from_secs(10);

/// How long the thread may take to end, once QEMU has.
const LEFTOVER: Duration = Duration::from_secs(2);

/// A question that was asked.
pub struct Question {
    /// The guest's last line before.
    last_line: Option<String>,
    /// Its lines before.
    lines: usize,
    /// What QEMU says of its CPUs, when it does.
    answer: JoinHandle<io::Result<Answer>>,
}

impl Question {
    /// Asks. QEMU answers only while its output is read: so another thread waits for it.
    pub fn ask(
        work: impl FnOnce() -> io::Result<Answer> + Send + 'static,
        transcript: &Transcript,
    ) -> Self {
        Self {
            last_line: transcript.last_line().map(str::to_owned),
            lines: transcript.lines.len(),
            answer: thread::spawn(work),
        }
    }

    /// What came of it, once QEMU has ended: the guest's own report, else QEMU's words.
    pub fn timeout(self, limit: Duration, record: &Record, transcript: &Transcript) -> Timeout {
        let place = match &record.panic {
            Some(panic) => {
                let mut report = transcript.lines.iter().skip(self.lines);
                report.find(|line| line.trim() == "backtrace:");
                Place::Reported {
                    panic: panic.clone(),
                    address: report.next().map(|line| line.trim().to_owned()),
                }
            }
            None => match joined(self.answer, LEFTOVER) {
                Some(Ok(Answer { was_running, cpus })) if !cpus.is_empty() => match was_running {
                    true => Place::Cpus(cpus),
                    false => Place::Paused(cpus),
                },
                _ => Place::Unknown,
            },
        };
        Timeout {
            limit,
            last_line: self.last_line,
            place,
        }
    }
}

/// What a thread returns, if it does within the limit.
pub fn joined<T>(thread: JoinHandle<T>, limit: Duration) -> Option<T> {
    let end = Instant::now() + limit;
    while !thread.is_finished() && Instant::now() < end {
        thread::sleep(Duration::from_millis(2));
    }
    thread.is_finished().then(|| thread.join().ok()).flatten()
}
