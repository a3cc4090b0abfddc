//! While a guest runs: what comes is shown and kept, and its limit and signals are looked at.

use super::{LEFTOVER, PAUSE, Reason, Watch, starved};
use crate::guest::dumper::Dumper;
use crate::guest::question::{ANSWER, Question};
use crate::guest::streams::Piece;
use crate::guest::{line, report};
use crate::options::DEFAULT_TIMEOUT;
use crate::screen::output;
use crate::screen::sink::Sink;
use crate::verdict::token::Token;
use rustix::process::{Pid, Signal, kill_process};
use std::io;
use std::process::{Child, ExitStatus};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// How long QEMU may take to end, once a signal asked for it.
const GRACE: Duration = Duration::from_secs(5);

/// Between two looks at signals and the limit.
const TICK: Duration = Duration::from_millis(20);

impl Watch {
    /// Watches until QEMU has ended; `None` if it had to be killed.
    pub(super) fn until_end(
        &mut self,
        pieces: &Receiver<Piece>,
        qemu: &mut Child,
    ) -> io::Result<Option<ExitStatus>> {
        loop {
            self.look_at_signals(qemu);
            if self.input_ended.try_recv().is_ok() && self.limit.is_none() {
                self.limit = Some(DEFAULT_TIMEOUT);
                self.deadline = Some(Instant::now() + DEFAULT_TIMEOUT);
            }
            // A dump that is being written has its own limit.
            let is_dumping = self.dumper.as_ref().is_some_and(Dumper::is_busy);
            // Asked first: output that never ends is no way past the limit.
            if !is_dumping
                && self.deadline.is_some_and(|end| end <= Instant::now())
                && !self.put_off(qemu)
                && !self.ask()
            {
                qemu.kill()?;
                return qemu.wait().map(|_| None);
            }
            if self.is_behind() {
                thread::sleep(TICK);
                continue;
            }
            let pause = if self.console_ended { PAUSE } else { TICK };
            match pieces.recv_timeout(pause) {
                Ok(piece) => self.piece(piece),
                Err(RecvTimeoutError::Timeout) => {
                    if let Some(status) = qemu.try_wait()? {
                        return Ok(Some(status));
                    }
                }
                // Both ends are seen, and QEMU's comes.
                Err(RecvTimeoutError::Disconnected) => {
                    if let Some(status) = qemu.try_wait()? {
                        return Ok(Some(status));
                    }
                    thread::sleep(PAUSE);
                }
            }
        }
    }

    pub(super) fn signal(&self) -> Option<i32> {
        self.signals.as_ref()?.next()
    }

    fn look_at_signals(&mut self, qemu: &Child) {
        if let Some(signal) = self.signal() {
            if signal == Signal::INT.as_raw()
                && let Some(person) = &self.person
                && !person.interrupt()
            {
                return;
            }
            let again = matches!(self.reason, Reason::Signal(_));
            let grace = if again { Duration::ZERO } else { GRACE };
            self.reason = Reason::Signal(signal);
            self.deadline = Some(Instant::now() + grace);
            // From a terminal the signal went to both, and QEMU may be gone.
            let _ = kill_process(Pid::from_child(qemu), Signal::TERM);
        }
    }

    /// At the limit: puts it off by what the guest has waited for the host's CPUs; whether
    /// there was something to add.
    fn put_off(&mut self, qemu: &Child) -> bool {
        let (Reason::Limit, Some(limit), Some(end)) = (&self.reason, self.limit, self.deadline)
        else {
            return false;
        };
        let more = self.put_off.more(limit, starved::waited(qemu));
        self.deadline = more.and_then(|more| end.checked_add(more)).or(Some(end));
        more.is_some()
    }

    /// At the limit: asks QEMU and the guest where the guest is, once. A guest that is
    /// about to die isn't asked.
    fn ask(&mut self) -> bool {
        if !matches!(self.reason, Reason::Limit) || self.record.panic.is_some() {
            return false;
        }
        let question = if let Some((monitor, names)) = self.monitor.take() {
            Question::ask(move || monitor.ask(ANSWER, &names), &self.transcript)
        } else if let Some(dumper) = &self.dumper {
            let asker = dumper.asker();
            Question::ask(move || asker.ask(ANSWER), &self.transcript)
        } else {
            return false;
        };
        self.reason = Reason::Asked(question);
        self.deadline = Some(Instant::now() + ANSWER);
        true
    }

    /// Whether what is printed or copied waits for its reader.
    fn is_behind(&mut self) -> bool {
        // All are pushed on.
        let copies = [&mut self.events, &mut self.json, &mut self.log];
        let behind = copies.map(|copy| copy.as_mut().is_some_and(Sink::is_behind));
        self.view.is_behind() || behind.contains(&true)
    }

    /// Takes what is on its way when QEMU has ended.
    pub(super) fn rest(&mut self, pieces: &Receiver<Piece>) {
        let end = Instant::now() + LEFTOVER;
        while !(self.console_ended && self.events_ended) {
            match pieces.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(piece) => self.piece(piece),
                Err(_) => break,
            }
        }
        let held = self.disassembly.rest();
        self.show(&held);
        self.end_line();
    }

    fn piece(&mut self, piece: Piece) {
        match piece {
            Piece::Console(chunk) => self.text(&chunk),
            Piece::Event(line) => {
                let dumps = self.record.dumps;
                self.record.line(&line);
                if let Some(person) = &self.person {
                    person.event(&line);
                }
                if self.record.dumps > dumps {
                    match &self.dumper {
                        Some(dumper) => dumper.dump(),
                        None => {
                            output::message!("the guest wants a dump: --dump FILE says where to");
                        }
                    }
                }
                if let Some(events) = &mut self.events {
                    events.write(format!("{line}\n").as_bytes());
                }
                let token = self.token.as_ref().map(Token::text);
                if let Some(json) = &mut self.json
                    && let Some(line) = report::line_of(&line, token)
                {
                    json.write((line + "\n").as_bytes());
                }
            }
            Piece::ConsoleEnd => self.console_ended = true,
            Piece::EventsEnd => self.events_ended = true,
        }
    }

    fn text(&mut self, chunk: &[u8]) {
        let bytes: Vec<u8> = chunk
            .iter()
            .copied()
            .filter(|&byte| byte != b'\r')
            .collect();
        let bytes = self.disassembly.pass(&bytes);
        self.show(&bytes);
    }

    fn show(&mut self, bytes: &[u8]) {
        self.view.bytes(bytes);
        for &byte in bytes {
            match byte {
                b'\n' => self.end_line(),
                line::ENQUIRY => {}
                byte => self.line.push(byte),
            }
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        if let Some(log) = &mut self.log {
            log.write(format!("{line}\n").as_bytes());
        }
        let (weight, before) = self.transcript.line(&line);
        self.view.line(&line, weight, &before);
    }
}
