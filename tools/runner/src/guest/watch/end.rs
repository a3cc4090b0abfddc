//! When a guest has ended: all is written, and the run is put together.

use super::{LEFTOVER, PAUSE, Reason, Run, Watch};
use crate::guest::dumper::Dumper;
use crate::screen::output;
use crate::screen::sink::Sink;
use crate::verdict::judge::Ending;
use crate::verdict::{Place, Timeout};
use rustix::process::Signal;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::thread;
use std::time::{Duration, Instant};

/// How long a signal may take that went to QEMU too, which ended by it.
const SAME_SIGNAL: Duration = Duration::from_secs(1);

impl Watch {
    /// Waits until all is written, and puts the run together.
    pub(super) fn end(mut self, status: Option<ExitStatus>) -> Run {
        let mut copied_by = Instant::now() + LEFTOVER;
        let shown_by = copied_by;
        loop {
            let is_shown = self.view.is_done();
            let copies = [&mut self.events, &mut self.json, &mut self.log];
            let copied = copies.map(|copy| copy.as_mut().is_none_or(Sink::is_done));
            let is_copied = !copied.contains(&false);
            // Who pages through the output may take his time, but not the events' reader.
            if !is_shown {
                copied_by = Instant::now() + LEFTOVER;
            }
            if is_shown && (is_copied || copied_by <= Instant::now()) {
                break;
            }
            if let Some(signal) = self.signal() {
                self.reason = Reason::Signal(signal);
                break;
            }
            // Who asked for the end doesn't want to wait for it.
            if matches!(self.reason, Reason::Signal(_)) && shown_by <= Instant::now() {
                break;
            }
            thread::sleep(PAUSE);
        }
        let has_begun = !self.transcript.lines.is_empty();
        let is_explained = self.record.poweroff.is_some() || self.record.panic.is_some();
        let by_itself = matches!(self.reason, Reason::Limit) && status.is_some();
        if by_itself && has_begun && !is_explained {
            // From a terminal a signal goes to both, and on a busy machine to QEMU first.
            let signals = self.signals.as_ref();
            if let Some(signal) = signals.and_then(|signals| signals.within(SAME_SIGNAL)) {
                self.reason = Reason::Signal(signal);
            }
        }
        // A reader that went away wanted no more; anything else is worth a word.
        let lost = |what: &str, result: io::Result<()>| match result {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                output::message!("{what} are incomplete: {error}");
            }
            _ => {}
        };
        lost("the lines on stdout", self.view.result());
        if let Some(person) = self.person {
            person.end();
        }
        if let Some(events) = self.events {
            lost("the events of --events", events.result());
        }
        if let Some(json) = self.json {
            lost("the events of --json", json.result());
        }
        if let Some(log) = self.log {
            lost("the lines of the log", log.result());
        }
        // Who attended a guest that panicked has ended QEMU himself.
        let panicked = self.dumper.take().is_some_and(Dumper::panicked);
        let limit = self.limit.unwrap_or_default();
        let ending = match (self.reason, status) {
            (Reason::Signal(signal), _) => Ending::Interrupted(signal),
            (Reason::Asked(question), _) => {
                Ending::TimedOut(question.timeout(limit, &self.record, &self.transcript))
            }
            (Reason::Limit, None) if self.record.panic.is_none() => Ending::TimedOut(Timeout {
                limit,
                last_line: self.transcript.last_line().map(str::to_owned),
                place: Place::Unknown,
            }),
            (Reason::Limit, None) => Ending::Killed(Signal::KILL.as_raw()),
            (Reason::Limit, Some(_)) if panicked => Ending::Exit(1),
            (Reason::Limit, Some(status)) => match (status.code(), status.signal()) {
                (Some(code), _) => Ending::Exit(code),
                (None, signal) => Ending::Killed(signal.unwrap_or_default()),
            },
        };
        Run {
            ending,
            record: self.record,
            transcript: self.transcript,
        }
    }
}
