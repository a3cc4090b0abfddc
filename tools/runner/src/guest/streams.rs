//! The threads that read what QEMU writes, and one that feeds it; each ends with its
//! stream.

use crate::screen::output;
use std::io::{BufRead, BufReader, Read, Write};
use std::sync::mpsc::{Sender, SyncSender};

/// What the watching thread is sent.
#[derive(Debug)]
pub enum Piece {
    /// Text of the console, as it comes.
    Console(Vec<u8>),
    /// The console has ended.
    ConsoleEnd,
    /// A line of the control channel.
    Event(String),
    /// The control channel has ended.
    EventsEnd,
}

/// What a terminal sends for Ctrl-D: the shell ends on it.
const END_OF_INPUT: u8 = 4;

/// Sends the console's text, as it comes.
pub fn send_text(mut console: impl Read, sender: &SyncSender<Piece>) {
    let mut chunk = [0; 4096];
    while let Ok(count @ 1..) = console.read(&mut chunk) {
        if sender
            .send(Piece::Console(chunk[..count].to_vec()))
            .is_err()
        {
            return;
        }
    }
    // Nobody listens any more: then nobody waits for it either.
    let _ = sender.send(Piece::ConsoleEnd);
}

/// Sends the control channel's lines.
pub fn send_events(channel: impl Read, sender: &SyncSender<Piece>) {
    for line in BufReader::new(channel).split(b'\n') {
        let Ok(line) = line else { break };
        let line = String::from_utf8_lossy(&line);
        // The line-mode console ends a line with what its terminal needs.
        let line = line.trim_end_matches(['\r', '\0']);
        if !line.is_empty() && sender.send(Piece::Event(line.to_owned())).is_err() {
            return;
        }
    }
    let _ = sender.send(Piece::EventsEnd);
}

/// Passes QEMU's own messages on; returns the last.
pub fn forward(stderr: impl Read) -> Option<String> {
    let lines = BufReader::new(stderr).split(b'\n').map_while(Result::ok);
    let lines = lines.map(|line| String::from_utf8_lossy(&line).into_owned());
    lines.inspect(|line| output::write_error_line(line)).last()
}

/// Feeds a guest's console with input that isn't a terminal's; at the input's end the last
/// line is ended, Ctrl-D is typed, and `ended` is notified.
pub fn feed(mut input: impl Read, mut guest: impl Write, ended: &Sender<()>) {
    let mut chunk = [0; 4096];
    let mut last = b'\n';
    // An error is the end, too: there is nothing to come.
    while let Ok(count @ 1..) = input.read(&mut chunk) {
        let bytes = &chunk[..count];
        // QEMU has ended, or is about to.
        if guest.write_all(bytes).and_then(|()| guest.flush()).is_err() {
            return;
        }
        last = bytes[count - 1];
    }
    let end = [b'\n', END_OF_INPUT];
    let end = if last == b'\n' { &end[1..] } else { &end[..] };
    if guest.write_all(end).and_then(|()| guest.flush()).is_ok() {
        // The run may be over.
        let _ = ended.send(());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn the_end_of_input_is_typed() {
        for (input, typed) in [
            ("", "\x04"),
            ("lsmod\n", "lsmod\n\x04"),
            ("lsmod", "lsmod\n\x04"),
        ] {
            let (sender, ended) = mpsc::channel();
            let mut guest = Vec::new();
            feed(input.as_bytes(), &mut guest, &sender);
            assert_eq!(guest, typed.as_bytes());
            assert_eq!(ended.recv(), Ok(()));
        }
    }

    #[test]
    fn messages_that_are_no_text_do_no_harm() {
        let last = forward(&b"one\n\xff two\n"[..]);
        assert_eq!(last.as_deref(), Some("\u{fffd} two"));
        assert_eq!(forward(&b""[..]), None);
    }
}
