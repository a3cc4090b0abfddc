//! Self-tests of the monitor: commands on an exhausted heap; what is typed, and what is
//! shown for it.

use super::error::Error;
use super::line_editor::{LENGTH, LineEditor, Typed};
use super::{WORDS, execute};
use crate::fail::{self, Site};
use crate::selftest::{Outcome, failed, random};
use crate::{check, check_eq, selftest};

/// A line of a terminal: what the echo has put there.
struct Screen {
    cells: heapless::Vec<u8, { LENGTH + 1 }>,
    cursor: usize,
}

impl Screen {
    const fn new() -> Self {
        Self {
            cells: heapless::Vec::new(),
            cursor: 0,
        }
    }

    fn show(&mut self, echo: &[u8]) {
        for &byte in echo {
            match byte {
                0x07 | b'\n' => {}
                0x08 => self.cursor -= 1,
                _ => {
                    match self.cells.get_mut(self.cursor) {
                        Some(cell) => *cell = byte,
                        // A longer line than there can be fails the comparison.
                        None => drop(self.cells.push(byte)),
                    }
                    self.cursor += 1;
                }
            }
        }
    }

    /// What is before the cursor, if there are only blanks behind it.
    fn text(&self) -> Option<&[u8]> {
        let (before, behind) = self.cells.split_at_checked(self.cursor)?;
        behind.iter().all(|&cell| cell == b' ').then_some(before)
    }
}

fn keys() -> Result<(), Outcome> {
    let table: [(&[u8], &str); 14] = [
        (b"lsmod", "lsmod"),
        (b"lsx\x08mod", "lsmod"),
        (b"lsx\x7fmod", "lsmod"),
        (b"\x08\x7fls", "ls"),
        (b"garbage\x15ls", "ls"),
        (b"\x15ls", "ls"),
        (b"l\x1b[As\x1b[D", "ls"),
        (b"\x1b[1;5Cl\x1bOPs", "ls"),
        (b"\x1bfls\x1b[3~", "ls"),
        (b"l\x1b\x1b[As", "ls"),
        (b"l\ts\x01\x00\x1f", "ls"),
        (b"l\x1b[12\x08s", "s"),
        (b"l\xc3\xa9s\xff", "ls"),
        (b"  a  b ", "  a  b "),
    ];
    for (typed, line) in table {
        let (mut editor, mut screen) = (LineEditor::new(), Screen::new());
        for &byte in typed {
            let more = editor.take(byte, &mut |echo| screen.show(echo));
            check_eq!(more, Typed::More);
        }
        check!(editor.line() == line, "{typed:?}: {}", editor.line());
        check!(screen.text() == Some(line.as_bytes()), "{typed:?}: screen");
    }
    Ok(())
}

fn line_ends() -> Result<(), Outcome> {
    let mut editor = LineEditor::new();
    let mut lines = 0;
    for &byte in b"one\rtwo\nthree\r\n\n\r\r" {
        if editor.take(byte, &mut |_| {}) == Typed::Line {
            lines += 1;
            editor.clear();
        }
    }
    // A carriage return and a line feed are one key; the others are empty lines.
    check_eq!(lines, 6);
    Ok(())
}

fn too_long() -> Result<(), Outcome> {
    let (mut editor, mut bells) = (LineEditor::new(), 0);
    for _ in 0..LENGTH + 3 {
        editor.take(b'a', &mut |echo| bells += usize::from(echo == b"\x07"));
    }
    check_eq!(bells, 3);
    check_eq!(editor.take(b'\r', &mut |_| {}), Typed::TooLong);
    editor.clear();
    for byte in core::iter::repeat_n(b'a', LENGTH).chain(*b"\r") {
        let typed = editor.take(byte, &mut |_| {});
        check_eq!(typed == Typed::Line, byte == b'\r');
    }
    check_eq!(editor.line().len(), LENGTH);
    Ok(())
}

/// Whatever is typed, the screen shows the line.
fn random_keys() -> Result<(), Outcome> {
    let (mut editor, mut screen) = (LineEditor::new(), Screen::new());
    for _ in 0..50_000 {
        let byte = match random() % 8 {
            0 => b"\x08\x7f\x1b[O\t\x15\x07"[(random() % 8) as usize],
            1 => random() as u8,
            _ => b'a' + (random() % 26) as u8,
        };
        match editor.take(byte, &mut |echo| screen.show(echo)) {
            Typed::More => {}
            Typed::Line | Typed::TooLong => {
                editor.clear();
                screen = Screen::new();
            }
        }
        let shown = screen.text().ok_or(failed("something is left behind"))?;
        check!(shown == editor.line().as_bytes(), "after {byte:#x}");
    }
    Ok(())
}

/// Each allocation of a command fails in turn: none ends the run, and none leaves what
/// the next time finds.
fn exhausted_heap() -> Result<(), Outcome> {
    let lines = [
        "nosuch command",
        "call nosuch 1",
        "call @nosuch 1",
        "cpu online 1000",
        "percpu zz",
        "meminfo",
        "lsmod",
        "modinfo counter",
        "modprobe nosuch",
        "rmmod nosuch",
        "insmod --link-only --unresolved 0 counter",
    ];
    for line in lines {
        for nth in 1.. {
            fail::arm(Site::Heap, nth);
            let failed = execute(line).is_err();
            let reached = fail::left(Site::Heap) == 0;
            fail::arm(Site::Heap, 0);
            if !reached {
                break;
            }
            check!(failed, "{line}: without memory, and no error");
        }
    }
    Ok(())
}

/// Too many words are refused, as many as there may be aren't.
fn many_words() -> Result<(), Outcome> {
    let mut line = heapless::String::<1024>::new();
    line.push_str("nosuch").map_err(failed)?;
    for words in 1..WORDS + 2 {
        let refused = matches!(execute(&line), Err(Error::TooManyWords(_)));
        check_eq!(refused, words > WORDS);
        line.push_str(" a").map_err(failed)?;
    }
    Ok(())
}

selftest!("monitor.exhausted_heap", exhausted_heap);
selftest!("monitor.many_words", many_words);
selftest!("monitor.keys", keys);
selftest!("monitor.line_ends", line_ends);
selftest!("monitor.too_long", too_long);
selftest!("monitor.random_keys", random_keys);
