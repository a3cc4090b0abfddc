//! Output that may block, be full, or have lost its reader: written by a thread of its
//! own, so that a run goes on watching its guest, its limit and signals meanwhile.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::mpsc::{self, SyncSender, TrySendError};
use std::thread::{self, JoinHandle};

/// Pieces on their way to the thread.
const PIECES: usize = 16;

/// A writer, and what waits for it.
pub struct Sink {
    waiting: VecDeque<Vec<u8>>,
    sender: Option<SyncSender<Vec<u8>>>,
    thread: JoinHandle<io::Result<()>>,
}

impl Sink {
    /// Writes to `output`, and flushes it after each piece.
    pub fn new(mut output: impl Write + Send + 'static) -> Self {
        let (sender, pieces) = mpsc::sync_channel::<Vec<u8>>(PIECES);
        let thread = thread::spawn(move || {
            let mut result = Ok(());
            for piece in pieces {
                // What comes behind a loss is taken, and lost too.
                if result.is_ok() {
                    result = output.write_all(&piece).and_then(|()| output.flush());
                }
            }
            result
        });
        Self {
            waiting: VecDeque::new(),
            sender: Some(sender),
            thread,
        }
    }

    /// Writes in the background. Never waits.
    pub fn write(&mut self, bytes: &[u8]) {
        self.waiting.push_back(bytes.to_vec());
        self.is_behind();
    }

    /// Whether more waits than should: the writer's source had better pause.
    pub fn is_behind(&mut self) -> bool {
        while let (Some(piece), Some(sender)) = (self.waiting.pop_front(), &self.sender) {
            if let Err(TrySendError::Full(piece)) = sender.try_send(piece) {
                self.waiting.push_front(piece);
                return true;
            }
        }
        false
    }

    /// Whether everything is written, or lost; nothing may be written any more.
    pub fn is_done(&mut self) -> bool {
        if !self.is_behind() {
            self.sender = None;
        }
        self.thread.is_finished()
    }

    /// Why something was lost, if it was; what isn't done by now counts as lost.
    pub fn result(mut self) -> io::Result<()> {
        if !self.is_done() {
            return Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "its reader doesn't read",
            ));
        }
        self.thread.join().unwrap_or(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::time::Duration;

    fn ended(mut sink: Sink) -> io::Result<()> {
        while !sink.is_done() {
            thread::sleep(Duration::from_millis(1));
        }
        sink.result()
    }

    #[test]
    fn all_is_written_in_order() {
        let (mut reader, writer) = io::pipe().unwrap();
        let mut sink = Sink::new(writer);
        let text: Vec<String> = (0..1000).map(|number| format!("{number}\n")).collect();
        text.iter().for_each(|line| sink.write(line.as_bytes()));
        ended(sink).unwrap();
        let mut found = String::new();
        reader.read_to_string(&mut found).unwrap();
        assert_eq!(found, text.concat());
    }

    #[test]
    fn a_reader_that_does_not_read_holds_nobody_up() {
        let (reader, writer) = io::pipe().unwrap();
        let mut sink = Sink::new(writer);
        for _ in 0..64 {
            sink.write(&[b'x'; 4096]);
        }
        assert!(sink.is_behind() && !sink.is_done());
        assert!(sink.result().is_err());
        drop(reader);
    }

    #[test]
    fn a_loss_is_reported() {
        let full = std::fs::File::create("/dev/full").unwrap();
        let mut sink = Sink::new(full);
        sink.write(b"x");
        assert_eq!(ended(sink).unwrap_err().kind(), io::ErrorKind::StorageFull);
        let (_, closed) = io::pipe().unwrap();
        let mut sink = Sink::new(closed);
        sink.write(b"x");
        assert_eq!(ended(sink).unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }
}
