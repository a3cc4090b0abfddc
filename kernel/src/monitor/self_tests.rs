//! Self-tests of the monitor: commands on an exhausted heap; what is typed, and what is
//! shown for it.

use super::error::Error;
use super::example::Example;
use super::format::{Format, How};
use super::instructions::{leads_to, length};
use super::line_editor::{LENGTH, LineEditor, Typed};
use super::row::{Row, WIDTH};
use super::{WORDS, commands, execute};
use crate::fail::{self, Site};
use crate::percpu;
use crate::percpu::trace::{self, EVENTS, Kind};
use crate::selftest::held::Held;
use crate::selftest::{NotPassed, failed, random};
use crate::{check, check_eq, selftest};
use core::fmt::Write;

/// A line of a terminal: what the echo has put there, of each character the first byte.
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
                0x07 | b'\n' | 0x80..0xc0 => {}
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

/// The first bytes of a line's characters.
fn characters(line: &[u8]) -> impl Iterator<Item = &u8> {
    line.iter().filter(|&&byte| !(0x80..0xc0).contains(&byte))
}

fn keys() -> Result<(), NotPassed> {
    let table: [(&[u8], &[u8]); 16] = [
        (b"lsmod", b"lsmod"),
        (b"lsx\x08mod", b"lsmod"),
        (b"lsx\x7fmod", b"lsmod"),
        (b"\x08\x7fls", b"ls"),
        (b"garbage\x15ls", b"ls"),
        (b"\x15ls", b"ls"),
        (b"l\x1b[As\x1b[D", b"ls"),
        (b"\x1b[1;5Cl\x1bOPs", b"ls"),
        (b"\x1bfls\x1b[3~", b"ls"),
        (b"l\x1b\x1b[As", b"ls"),
        (b"l\ts\x01\x00\x1f", b"ls"),
        (b"l\x1b[12\x08s", b"s"),
        (b"l\xc3\xa9s\xff", b"l\xc3\xa9s\xff"),
        (b"l\xc3\xa9\xe2\x82\xac\x7f\x7fs", b"ls"),
        (b"garbage\x03ls", b"ls"),
        (b"  a  b ", b"  a  b "),
    ];
    for (typed, line) in table {
        let (mut editor, mut screen) = (LineEditor::new(), Screen::new());
        for &byte in typed {
            let more = editor.take(byte, &mut |echo| screen.show(echo));
            check_eq!(more, Typed::More);
        }
        check!(editor.line() == line, "{typed:?}: {:?}", editor.line());
        let is_shown = screen
            .text()
            .is_some_and(|text| text.iter().eq(characters(line)));
        check!(is_shown, "{typed:?}: screen");
    }
    Ok(())
}

fn line_ends() -> Result<(), NotPassed> {
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

fn too_long() -> Result<(), NotPassed> {
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
fn random_keys() -> Result<(), NotPassed> {
    let (mut editor, mut screen) = (LineEditor::new(), Screen::new());
    for _ in 0..50_000 {
        let byte = match random() % 8 {
            0 => b"\x08\x7f\x1b[O\x03\x15\x07"[(random() % 8) as usize],
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
        let is_shown = shown.iter().eq(characters(editor.line()));
        check!(is_shown, "after {byte:#x}");
    }
    Ok(())
}

/// Each allocation of a command fails in turn: none ends the run, and none leaves what
/// the next time finds.
fn exhausted_heap() -> Result<(), NotPassed> {
    let lines = [
        "nosuch command",
        "call nosuch 1",
        "call @nosuch 1",
        "cpu online 1000",
        "cpu offline 0",
        "cpu states",
        "percpu zz",
        "meminfo",
        "lsmod",
        "modinfo counter",
        "modprobe nosuch",
        "rmmod nosuch",
        "insmod --link-only --unresolved 0 counter",
        "sections counter",
        "got counter",
        "plt counter",
        "relocs counter nosuch",
        "pcpu counter::HITS",
        "pcpu counter::HITS --hop",
        "dis nosuch",
        "sym counter::HITS",
        "maps",
        "percpu map",
        "percpu stats",
        "percpu chunks",
    ];
    // The first area of all takes memory that is asked for again, after a flush of quarantine.
    let _held = Held::load(&["hello"])?;
    for line in lines {
        for nth in 1.. {
            fail::arm(Site::Heap, nth);
            let failed = execute(line).is_err();
            let reached = fail::left(Site::Heap) == 0;
            fail::arm(Site::Heap, 0);
            if !reached {
                break;
            }
            check!(
                failed,
                "{line}: without memory for its allocation {nth}, and no error"
            );
        }
    }
    Ok(())
}

/// Too many words are refused, as many as there may be aren't.
fn many_words() -> Result<(), NotPassed> {
    let mut line = heapless::String::<1024>::new();
    line.push_str("nosuch").map_err(failed)?;
    for words in 1..WORDS + 2 {
        let refused = matches!(execute(&line), Err(Error::TooManyWords(_)));
        check_eq!(refused, words > WORDS);
        line.push_str(" a").map_err(failed)?;
    }
    Ok(())
}

/// Looking at memory that isn't there is an error, and nothing worse.
fn bad_addresses() -> Result<(), NotPassed> {
    let lines = [
        ("x 330 16", true),
        ("x 0x330 1", true),
        ("x ffe 4", false),
        ("x bad00000000", false),
        ("x ffffffffffffffff 2", false),
        ("x 330 1000000", false),
        ("x nowhere", false),
        ("walk 330", true),
        ("walk bad00000000", false),
        ("walk ffffffffffffffff", false),
        ("x/2xg 330", true),
        ("x/2xg ffe", false),
        ("x/1s bad00000000", false),
        ("x/1i ffffffffffffffff", false),
        ("dis 330 1", true),
        ("dis bad00000000", false),
        ("dis fff 1", false),
        ("sym bad00000000", true),
        ("pcpu bad00000000", false),
        ("pcpu 330", false),
        ("percpu free bad00000000", false),
    ];
    for (line, is_there) in lines {
        check!(execute(line).is_ok() == is_there, "{line}");
    }
    Ok(())
}

/// `x/FMT` takes what gdb takes, and nothing else.
fn formats() -> Result<(), NotPassed> {
    let table = [
        ("", Some((1, How::Hexadecimal, 4))),
        ("8xg", Some((8, How::Hexadecimal, 8))),
        ("gx", Some((1, How::Hexadecimal, 8))),
        ("3d", Some((3, How::Signed, 4))),
        ("12uh", Some((12, How::Unsigned, 2))),
        ("b", Some((1, How::Hexadecimal, 1))),
        ("2c", Some((2, How::Character, 1))),
        ("s", Some((1, How::Text, 1))),
        ("4i", Some((4, How::Instructions, 4))),
        ("2a", Some((2, How::Address, 8))),
        ("4096x", Some((4096, How::Hexadecimal, 4))),
        ("4097x", None),
        ("99999999999999999999x", None),
        ("xx", None),
        ("bw", None),
        ("z", None),
        ("x8", None),
        ("-1x", None),
    ];
    for (text, wanted) in table {
        let found = Format::parse(text).map(|it| (it.count, it.how, it.size));
        check!(found == wanted, "{text}: {found:?}");
    }
    Ok(())
}

/// Where relative instructions lead to, and how long instructions are.
fn instructions() -> Result<(), NotPassed> {
    let table: [(&[u8], Option<u64>); 8] = [
        (&[0xc4, 0x08, 0, 0, 0x11, 0xb4], Some(0x1000 + 0x2368)),
        (&[0xc0, 0x10, 0xff, 0xff, 0xff, 0xff], Some(0xffe)),
        (&[0xc0, 0xe5, 0, 0, 0, 2], Some(0x1004)),
        (&[0xa7, 0xf4, 0xff, 0xfe], Some(0xffc)),
        // lgfi, lghi, ag, br.
        (&[0xc0, 0x11, 0, 0, 0, 2], None),
        (&[0xa7, 0x29, 0, 2], None),
        (&[0xe3, 0x10, 0x03, 0x30, 0, 0x08], None),
        (&[0x07, 0xfe], None),
    ];
    for (bytes, target) in table {
        check_eq!(length(bytes[0]), bytes.len());
        check!(leads_to(0x1000, bytes) == target, "{bytes:x?}");
    }
    Ok(())
}

/// Every command has an example whose words all stand for something, and a page that is no
/// wider than a terminal; a line of a table is cut, at a whole character.
fn pages() -> Result<(), NotPassed> {
    for command in commands() {
        let mut example = heapless::String::<256>::new();
        write!(example, "{}", Example(command.example)).map_err(failed)?;
        check!(!example.contains(['{', '}']), "{}: {example}", command.name);
        check!(
            !command.look.is_empty(),
            "{}: what to look for",
            command.name
        );
        let fits = |line: &str| line.chars().count() + 2 <= WIDTH;
        check!(
            command.look.lines().all(fits),
            "{}: {WIDTH} columns",
            command.name
        );
        check!(
            command.help.len() <= 62,
            "{}: the list of all",
            command.name
        );
    }
    let mut row = Row::default();
    for _ in 0..WIDTH + 1 {
        row.write_str("\u{e9}").map_err(failed)?;
    }
    check_eq!(row.text().chars().count(), WIDTH);
    check!(row.text().ends_with("\u{e9}..."), "{}", row.text());
    Ok(())
}

/// An area of one's own is freed once; another's isn't freed at all.
fn own_areas() -> Result<(), NotPassed> {
    let handle = super::own_areas::allocate(8, 8, false).map_err(failed)?;
    let mut line = heapless::String::<64>::new();
    write!(line, "percpu free {handle}").map_err(failed)?;
    check!(execute(&line).is_ok(), "{line}");
    check!(execute(&line).is_err(), "{line} again");
    let anothers = percpu::alloc(8, 8).map_err(failed)?;
    line.clear();
    write!(line, "percpu free {anothers}").map_err(failed)?;
    let refused = matches!(execute(&line), Err(Error::AnothersArea(_)));
    percpu::free(anothers).map_err(failed)?;
    check!(refused, "{line}, which isn't one's own");
    Ok(())
}

/// Events are entered while that is on, on the CPU that they happen on, the last ones.
fn events() -> Result<(), NotPassed> {
    trace::turn(true);
    let result = (|| {
        for _ in 0..EVENTS {
            let handle = super::own_areas::allocate(24, 8, false).map_err(failed)?;
            super::own_areas::forget(handle);
            super::own_areas::free(handle).map_err(failed)?;
        }
        Ok(())
    })();
    trace::turn(false);
    let before = trace::own().events().last().map(|(number, _)| number);
    let handle = super::own_areas::allocate(24, 8, false).map_err(failed)?;
    super::own_areas::forget(handle);
    super::own_areas::free(handle).map_err(failed)?;
    let ring = trace::own();
    check_eq!(ring.events().count(), EVENTS);
    check_eq!(ring.events().last().map(|(number, _)| number), before);
    for (number, event) in ring.events() {
        let first = before.map_or(0, |last| last + 1 - EVENTS as u64);
        let wanted = (number - first).is_multiple_of(2);
        check!((event.kind == Kind::Alloc) == wanted, "{number}: {event:?}");
    }
    result
}

selftest!("monitor.formats", formats);
selftest!("monitor.instructions", instructions);
selftest!("monitor.pages", pages);
selftest!("monitor.own_areas", own_areas);
selftest!("monitor.events", events);
selftest!("monitor.bad_addresses", bad_addresses);
selftest!("monitor.exhausted_heap", exhausted_heap);
selftest!("monitor.many_words", many_words);
selftest!("monitor.keys", keys);
selftest!("monitor.line_ends", line_ends);
selftest!("monitor.too_long", too_long);
selftest!("monitor.random_keys", random_keys);
