//! QEMU's monitor: where a guest's CPUs are, and an NMI that makes the guest say it.
//!
//! ```text
//!  this program ◄── socket pair ──► QEMU: -chardev socket,fd=N -mon mode=control
//!
//!  qmp_capabilities, query-status, stop, query-cpus-fast,
//!  human-monitor-command "info registers -a", inject-nmi, cont, dump-guest-memory, quit
//! ```
//!
//! The machine is stopped while it is looked at: only then are the PSWs exact.

use crate::build::system_map;
use rustix::io::{FdFlags, fcntl_setfd};
use serde_json::{Value, json};
use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// This program's end.
#[derive(Debug)]
pub struct Monitor(UnixStream);

/// QEMU's end, which it inherits.
#[derive(Debug)]
pub struct Socket(UnixStream);

/// What QEMU answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The machine was running, and has got an NMI; else it was paused, and still is.
    pub was_running: bool,
    /// Where its CPUs were; those first that did something.
    pub cpus: Vec<String>,
}

/// Both ends. QEMU's is inherited by every program that this one starts while it lives.
pub fn pair() -> io::Result<(Monitor, Socket)> {
    let (ours, theirs) = UnixStream::pair()?;
    fcntl_setfd(&theirs, FdFlags::empty())?;
    Ok((Monitor(ours), Socket(theirs)))
}

impl Socket {
    /// QEMU's arguments for it.
    pub fn arguments(&self) -> [String; 4] {
        let fd = self.0.as_raw_fd();
        [
            "-chardev".to_owned(),
            format!("socket,id=monitor,fd={fd}"),
            "-mon".to_owned(),
            "chardev=monitor,mode=control".to_owned(),
        ]
    }
}

impl Monitor {
    /// Asks where the CPUs are, and sends an NMI if the machine runs. `names` is the text
    /// of the kernel's `System.map`.
    ///
    /// # Errors
    /// QEMU didn't answer within the limit, or refused.
    pub fn ask(self, limit: Duration, names: &str) -> io::Result<Answer> {
        self.converse(limit)?.ask(names)
    }

    /// Begins a conversation, whose first exchange takes no longer than the limit.
    ///
    /// # Errors
    /// QEMU didn't answer within the limit, or refused.
    pub fn converse(self, limit: Duration) -> io::Result<Conversation> {
        let mut conversation = Conversation {
            end: Instant::now() + limit,
            reader: BufReader::new(self.0),
            line: Vec::new(),
            panicked: false,
        };
        conversation.call("qmp_capabilities", &json!({}))?;
        Ok(conversation)
    }
}

/// A conversation with QEMU.
#[derive(Debug)]
pub struct Conversation {
    end: Instant,
    reader: BufReader<UnixStream>,
    /// The line so far.
    line: Vec<u8>,
    panicked: bool,
}

impl Conversation {
    /// What follows ends within this.
    pub fn set_limit(&mut self, limit: Duration) {
        self.end = Instant::now() + limit;
    }

    /// Whether the guest has panicked, as far as was listened.
    pub fn panicked(&self) -> bool {
        self.panicked
    }

    /// Listens for events as long as that; whether the guest has panicked.
    ///
    /// # Errors
    /// QEMU has ended.
    pub fn listen(&mut self, time: Duration) -> io::Result<bool> {
        self.set_limit(time);
        loop {
            match self.message() {
                Ok(_) if self.panicked => return Ok(true),
                Ok(_) => {}
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock
                    ) =>
                {
                    return Ok(self.panicked);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// As [`Monitor::ask`].
    ///
    /// # Errors
    /// QEMU didn't answer within the limit, or refused.
    pub fn ask(&mut self, names: &str) -> io::Result<Answer> {
        let status = self.call("query-status", &json!({}))?;
        let was_running = status["running"] == true;
        if was_running {
            self.call("stop", &json!({}))?;
        }
        let states = self.call("query-cpus-fast", &json!({}))?;
        let line = json!({"command-line": "info registers -a"});
        let registers = self.call("human-monitor-command", &line)?;
        let registers = registers.as_str().unwrap_or_default();
        let cpus = places(&states, registers, names);
        if was_running {
            self.call("inject-nmi", &json!({}))?;
            self.call("cont", &json!({}))?;
        }
        Ok(Answer { was_running, cpus })
    }

    /// A command's return value.
    ///
    /// # Errors
    /// QEMU didn't answer within the limit, or refused.
    pub fn call(&mut self, command: &str, arguments: &Value) -> io::Result<Value> {
        let command = json!({"execute": command, "arguments": arguments});
        let stream = self.reader.get_ref();
        stream.set_write_timeout(Some(self.left()?))?;
        (&*stream).write_all(format!("{command}\n").as_bytes())?;
        loop {
            // The greeting and events come between.
            let mut answer = self.message()?;
            if let Some(value) = answer.get_mut("return") {
                return Ok(value.take());
            }
            if let Some(error) = answer.get("error") {
                return Err(io::Error::other(error.to_string()));
            }
        }
    }

    /// The next line, of whatever kind.
    fn message(&mut self) -> io::Result<Value> {
        loop {
            let left = self.left()?;
            self.reader.get_ref().set_read_timeout(Some(left))?;
            // What came before the time was up is kept.
            if self.reader.read_until(b'\n', &mut self.line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if self.line.ends_with(b"\n") {
                break;
            }
        }
        let message: Value = serde_json::from_slice(&std::mem::take(&mut self.line))?;
        self.panicked |= message["event"] == "GUEST_PANICKED";
        Ok(message)
    }

    fn left(&self) -> io::Result<Duration> {
        let left = self.end.saturating_duration_since(Instant::now());
        match left.is_zero() {
            true => Err(io::ErrorKind::TimedOut.into()),
            false => Ok(left),
        }
    }
}

/// The PSW's wait bit.
const WAIT: u64 = 1 << (63 - 14);

/// What `info registers -a` and `query-cpus-fast` say, a text for each CPU.
fn places(states: &Value, registers: &str, names: &str) -> Vec<String> {
    let (mut busy, mut idle) = (Vec::new(), Vec::new());
    for text in registers.split("CPU#").skip(1) {
        let mut words = text.split_whitespace();
        let number = words.next().unwrap_or("?");
        let after = |word: &str| {
            let mut words = text.split_whitespace().skip_while(|found| *found != word);
            u64::from_str_radix(words.nth(1)?, 16).ok()
        };
        let state = states.as_array().and_then(|states| {
            let mut states = states.iter();
            let this = states.find(|state| state["cpu-index"].as_u64() == number.parse().ok())?;
            this["cpu-state"].as_str()
        });
        match (state, after("PSW=mask"), after("addr")) {
            (Some(state), ..) if state != "operating" && state != "load" => {
                idle.push(format!("cpu {number} is in the state {state}"));
            }
            (_, Some(mask), Some(address)) => {
                let place = match system_map::name_of(names, address) {
                    Some(name) => format!("{address:#x} {name}"),
                    None => format!("{address:#x}"),
                };
                match mask & WAIT {
                    0 => busy.push(format!("cpu {number} is at {place}")),
                    _ => idle.push(format!("cpu {number} waits at {place}")),
                }
            }
            _ => idle.push(format!("cpu {number} has no PSW to show")),
        }
    }
    busy.append(&mut idle);
    busy
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGISTERS: &str = "\r\nCPU#0\r\nPSW=mask 0706200180000000 addr 0000000000101234 cc 00\r\n\
        R00=0000000000000000 R01=0000000000000000\r\n\r\nCPU#1\r\n\
        PSW=mask 0704000180000000 addr 0000000000000010 cc 02\r\n\r\nCPU#2\r\n\
        PSW=mask 0000000180000000 addr 0000000000000000 cc 00\r\n";

    #[test]
    fn registers_are_read() {
        let states = json!([
            {"cpu-index": 0, "cpu-state": "operating"},
            {"cpu-index": 1, "cpu-state": "operating"},
            {"cpu-index": 2, "cpu-state": "stopped"},
        ]);
        let names = "0000000000101000 t first\n0000000000102000 t second\n";
        let found = places(&states, REGISTERS, names);
        let expected = [
            "cpu 1 is at 0x10",
            "cpu 0 waits at 0x101234 first+0x234",
            "cpu 2 is in the state stopped",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn silence_is_an_error_within_the_limit() {
        let (monitor, socket) = pair().unwrap();
        let limit = Duration::from_millis(50);
        assert!(monitor.ask(limit, "").is_err());
        drop(socket);
        let (monitor, socket) = pair().unwrap();
        drop(socket);
        assert!(monitor.ask(Duration::from_secs(60), "").is_err());
    }
}
