//! Who attends a guest of `--dump`: waits for its panic, and has QEMU dump it.
//!
//! ```text
//!  QEMU ── GUEST_PANICKED, paused ──► this thread ── dump-guest-memory ──► QEMU
//!       ◄─────────── quit ─────────┐       ▲                                │
//!                                  │       │ requests: where is the guest?  │ a pipe
//!                                  │       │ a dump of one that goes on     ▼
//!                                  └─── core::rewrite ◄─────────────────────┘
//! ```
//!
//! Without `--dump` a guest's panic ends QEMU, and there is no such thread.

use super::qmp::{Answer, Conversation, Monitor};
use super::question::ANSWER;
use crate::core;
use crate::error::Error;
use crate::screen::output;
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Between two looks at what is asked for.
const TICK: Duration = Duration::from_millis(20);

/// How long QEMU may take to write a dump: of a few GiB, seconds.
const DUMP: Duration = Duration::from_secs(300);

enum Request {
    Ask(Sender<io::Result<Answer>>),
    Dump,
}

/// What is to be dumped, and where to.
#[derive(Debug)]
pub struct Target {
    path: PathBuf,
    build_id: String,
}

/// The thread.
#[derive(Debug)]
pub struct Dumper {
    requests: Sender<Request>,
    is_busy: Arc<AtomicBool>,
    /// Whether the guest panicked.
    thread: JoinHandle<bool>,
}

/// A way to ask a guest where it is, whose monitor another thread has.
#[derive(Debug)]
pub struct Asker(Sender<Request>);

impl Target {
    /// A file that can be written: what is there stays, until there is a dump.
    ///
    /// # Errors
    /// No file can be made in its folder.
    pub fn new(path: &Path, build_id: String) -> Result<Self, Error> {
        let path = std::path::absolute(path).map_err(Error::file("write", path))?;
        let wrong = || Error::file("write", &path);
        if path.is_dir() {
            return Err(wrong()(io::ErrorKind::IsADirectory.into()));
        }
        tempfile::tempfile_in(folder(&path)).map_err(wrong())?;
        Ok(Self { path, build_id })
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("/"))
}

impl Dumper {
    /// Attends a guest whose monitor this is. `names` is the text of the kernel's
    /// `System.map`.
    pub fn start(monitor: Monitor, target: Target, names: String) -> Self {
        let (sender, requests) = mpsc::channel();
        let is_busy = Arc::new(AtomicBool::new(false));
        let busy = is_busy.clone();
        let thread = thread::spawn(move || {
            let attended = monitor.converse(ANSWER).and_then(|conversation| {
                Attendant {
                    conversation,
                    target,
                    names,
                    busy: &busy,
                }
                .attend(&requests)
            });
            attended.unwrap_or(false)
        });
        Self {
            requests: sender,
            is_busy,
            thread,
        }
    }

    /// Whether QEMU must not be ended now: a dump is being written.
    pub fn is_busy(&self) -> bool {
        self.is_busy.load(Ordering::Acquire)
    }

    /// Has a guest dumped that goes on.
    pub fn dump(&self) {
        // Nobody is there any more: neither is the guest.
        let _ = self.requests.send(Request::Dump);
    }

    /// For a question to the guest.
    pub fn asker(&self) -> Asker {
        Asker(self.requests.clone())
    }

    /// Whether the guest panicked, once QEMU has ended.
    pub fn panicked(self) -> bool {
        drop(self.requests);
        self.thread.join().unwrap_or(false)
    }
}

impl Asker {
    /// As [`Monitor::ask`].
    ///
    /// # Errors
    /// No answer within the limit.
    pub fn ask(&self, limit: Duration) -> io::Result<Answer> {
        let (reply, answer) = mpsc::channel();
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        self.0.send(Request::Ask(reply)).map_err(gone)?;
        let late = |_| io::Error::from(io::ErrorKind::TimedOut);
        answer.recv_timeout(limit).map_err(late)?
    }
}

struct Attendant<'busy> {
    conversation: Conversation,
    target: Target,
    names: String,
    busy: &'busy AtomicBool,
}

impl Attendant<'_> {
    /// Attends until QEMU has ended; whether the guest panicked.
    fn attend(mut self, requests: &Receiver<Request>) -> io::Result<bool> {
        loop {
            match requests.try_recv() {
                Ok(Request::Ask(reply)) => {
                    self.conversation.set_limit(ANSWER);
                    let _ = reply.send(self.conversation.ask(&self.names));
                }
                Ok(Request::Dump) => self.dump_running()?,
                Err(TryRecvError::Empty) => {}
                // QEMU has ended.
                Err(TryRecvError::Disconnected) => return Ok(self.conversation.panicked()),
            }
            if self.conversation.panicked() || self.conversation.listen(TICK)? {
                self.dump();
                self.conversation.set_limit(ANSWER);
                let ended = self.conversation.call("quit", &serde_json::json!({}));
                return ended.map(|_| true).or(Ok(true));
            }
        }
    }

    fn dump_running(&mut self) -> io::Result<()> {
        self.conversation.set_limit(ANSWER);
        self.conversation.call("stop", &serde_json::json!({}))?;
        self.dump();
        self.conversation.set_limit(ANSWER);
        self.conversation.call("cont", &serde_json::json!({}))?;
        Ok(())
    }

    /// Writes a dump, and says what came of it.
    fn dump(&mut self) {
        self.busy.store(true, Ordering::Release);
        let written = self.write();
        self.busy.store(false, Ordering::Release);
        let path = self.target.path.display();
        match written {
            Ok(summary) => output::message!("dump in {path}: {summary}"),
            Err(error) => output::message!("no dump in {path}: {error}"),
        }
    }

    fn write(&mut self) -> Result<core::Summary, core::Error> {
        let file = tempfile::NamedTempFile::new_in(folder(&self.target.path))?;
        let (reader, writer) = io::pipe()?;
        // QEMU opens it by its name in /proc, and this end is open until it is done.
        let protocol = format!(
            "file:/proc/{}/fd/{}",
            std::process::id(),
            writer.as_raw_fd()
        );
        let arguments = serde_json::json!({"paging": false, "protocol": protocol});
        let build_id = self.target.build_id.clone();
        let to = file.reopen()?;
        let rewriting = thread::spawn(move || core::rewrite(reader, &to, &build_id));
        self.conversation.set_limit(DUMP);
        let dumped = self.conversation.call("dump-guest-memory", &arguments);
        drop(writer);
        let summary = rewriting.join().unwrap_or(Err(core::Error::Lacks("end")));
        dumped?;
        let summary = summary?;
        file.persist(&self.target.path)
            .map_err(|error| error.error)?;
        Ok(summary)
    }
}
