//! The formats against tables, and against the host's C library where Linux and C
//! agree.

use printf::{Arguments, ParseError, Pointer, Sink, format, signed, unsigned};
use std::ffi::{CString, c_char, c_int};

/// Arguments by value; an address is an index into `strings`, times a page.
struct Given<'a> {
    words: std::slice::Iter<'a, u64>,
    strings: &'a [&'a str],
}

const PAGE: u64 = 4096;

impl Arguments for Given<'_> {
    fn word(&mut self) -> u64 {
        *self
            .words
            .next()
            .expect("a format asks for what it is given")
    }

    fn string(&mut self, address: u64, limit: usize, take: &mut dyn FnMut(&[u8])) {
        let text = self.strings[(address / PAGE - 1) as usize].as_bytes();
        // Byte by byte, as a reader of memory may do it.
        text[..text.len().min(limit)]
            .iter()
            .for_each(|byte| take(&[*byte]));
    }

    fn bytes(&mut self, address: u64, into: &mut [u8]) -> bool {
        let (string, at) = (address / PAGE - 1, address % PAGE);
        let bytes = self
            .strings
            .get(string as usize)
            .map(|text| text.as_bytes());
        let bytes = bytes.and_then(|bytes| bytes.get(at as usize..)?.get(..into.len()));
        bytes.is_some_and(|bytes| {
            into.copy_from_slice(bytes);
            true
        })
    }

    fn pointer(&mut self, pointer: Pointer, address: u64, take: &mut dyn FnMut(&[u8])) {
        match pointer {
            Pointer::Hashed => take(b"00000000c0ffee00"),
            Pointer::SymbolOffset => take(format!("main+0x{address:x}/0x40 [m]").as_bytes()),
            _ => take(b"main [m]"),
        }
    }
}

struct Text(Vec<u8>);

impl Sink for Text {
    fn put(&mut self, bytes: &[u8]) {
        self.0.extend(bytes);
    }
}

fn text(pattern: &str, words: &[u64], strings: &[&str]) -> String {
    let mut text = Text(Vec::new());
    let words = words.iter();
    let length = format(&mut text, pattern.as_bytes(), &mut Given { words, strings });
    assert_eq!(length, text.0.len());
    String::from_utf8(text.0).unwrap()
}

#[test]
fn numbers() {
    let minus = |value: i64| value as u64;
    let table: &[(&str, &[u64], &str)] = &[
        ("%d", &[minus(-5)], "-5"),
        // An int's upper half is no part of it.
        ("%d", &[0xffff_ffff_0000_0007], "7"),
        ("%u", &[minus(-1)], "4294967295"),
        ("%lu", &[minus(-1)], "18446744073709551615"),
        ("%ld", &[1 << 63], "-9223372036854775808"),
        ("%llx", &[0xdead_beef_0000_0001], "deadbeef00000001"),
        ("%hhd %hd", &[0x180, 0x18000], "-128 -32768"),
        ("%hhu %hu", &[0x1ff, 0x1_ffff], "255 65535"),
        ("%zu %zd %td", &[7, minus(-7), minus(-8)], "7 -7 -8"),
        ("%x %X %o", &[0xabc, 0xabc, 8], "abc ABC 10"),
        ("%#x %#X %#o", &[0xabc, 0xabc, 8], "0xabc 0XABC 010"),
        ("%5d|%-5d|%05d", &[42, 42, 42], "   42|42   |00042"),
        ("%05d|%-05d|", &[minus(-42), minus(-42)], "-0042|-42  |"),
        ("%+d % d %+d", &[1, 1, minus(-1)], "+1  1 -1"),
        ("%.3d|%8.3d|%-8.3d|", &[7, 7, 7], "007|     007|007     |"),
        (
            "%*d|%-*d|%*d|",
            &[4, 1, 4, 1, minus(-4), 1],
            "   1|1   |1   |",
        ),
        ("%.*d", &[3, 1], "001"),
        ("%#06x", &[0x1f], "0x001f"),
        ("%i%%", &[50], "50%"),
        // Linux, and not C.
        ("%.0d|%#x", &[0, 0], "0|0x0"),
        ("%08.3d", &[7], "00000007"),
    ];
    for (format, words, expected) in table {
        assert_eq!(text(format, words, &[]), *expected, "{format}");
    }
}

#[test]
fn strings() {
    let strings = ["hello", ""];
    let table: &[(&str, &[u64], &str)] = &[
        ("%s", &[PAGE], "hello"),
        ("[%8s|%-8s]", &[PAGE, PAGE], "[   hello|hello   ]"),
        ("%.3s|%8.2s", &[PAGE, PAGE], "hel|      he"),
        ("%.*s", &[4, PAGE], "hell"),
        ("[%s]", &[2 * PAGE], "[]"),
        ("%s", &[0], "(null)"),
        ("%s", &[100], "(efault)"),
        ("%s", &[-12i64 as u64], "(efault)"),
        ("%c%c|%3c|%-3c|", &[65, 66, 67, 68], "AB|  C|D  |"),
    ];
    for (format, words, expected) in table {
        assert_eq!(text(format, words, &strings), *expected, "{format}");
    }
}

#[test]
fn pointers() {
    let table: &[(&str, &[u64], &str)] = &[
        ("%px", &[0x1234], "0000000000001234"),
        ("%8px", &[0x1234], "    1234"),
        ("%p", &[0x1234], "00000000c0ffee00"),
        ("%pK", &[0x1234], "00000000c0ffee00"),
        ("%p", &[0], "0000000000000000"),
        ("%p", &[-12i64 as u64], "fffffffffffffff4"),
        ("%pS.", &[8], "main+0x8/0x40 [m]."),
        ("%ps|%12ps", &[8, 8], "main [m]|    main [m]"),
    ];
    for (format, words, expected) in table {
        assert_eq!(text(format, words, &[]), *expected, "{format}");
    }
}

#[test]
fn what_is_no_conversion_stands_for_itself() {
    for format in ["100%", "%", "%q", "%-", "%5", "%l", "%.", "a%!b"] {
        assert_eq!(text(format, &[], &[]), format);
    }
}

#[test]
fn an_absurd_width_is_cut() {
    let text = text("%99999999999999999999d", &[1], &[]);
    assert_eq!(text.len(), (1 << 23) - 1);
}

unsafe extern "C" {
    fn snprintf(buffer: *mut c_char, size: usize, format: *const c_char, ...) -> c_int;
}

/// What the host's C library makes of one number.
fn by_the_library(format: &str, value: u64) -> String {
    let format = CString::new(format).unwrap();
    let mut buffer = [0u8; 128];
    // SAFETY: M1: the buffer is this function's own, and as long as is passed; the
    // format has one conversion, of 8 bytes or less.
    let length = unsafe { snprintf(buffer.as_mut_ptr().cast(), 128, format.as_ptr(), value) };
    String::from_utf8(buffer[..length as usize].to_vec()).unwrap()
}

#[test]
fn random_numbers_as_the_c_library_has_them() {
    let mut state = 0x2545_f491_4f6c_dd1du64;
    let mut random = |below: u64| {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        state.wrapping_mul(0x2545_f491_4f6c_dd1d) % below
    };
    for _ in 0..100_000 {
        let mut format = String::from("%");
        for flag in ["-", "+", " ", "#", "0"] {
            if random(3) == 0 {
                format += flag;
            }
        }
        if random(2) == 0 {
            format += &(1 + random(30)).to_string();
        }
        // With a precision, Linux pads by zeros where C doesn't, and shows a zero.
        let precise = random(3) == 0 && !format.contains('0');
        if precise {
            format += &format!(".{}", 1 + random(25));
        }
        format += ["hh", "h", "", "l", "ll", "z"][random(6) as usize];
        let letter = ["d", "i", "u", "x", "X", "o"][random(6) as usize];
        format += letter;
        let value = random(u64::MAX) >> random(64);
        // Linux: `%#x` of 0 has its prefix; `%#o` adds its 0 to a precision's.
        if format.contains('#') && (letter == "o" || value as u8 == 0) {
            continue;
        }
        let found = text(&format, &[value], &[]);
        assert_eq!(
            found,
            by_the_library(&format, value),
            "{format} of {value:#x}"
        );
    }
}

#[test]
fn numbers_from_text() {
    assert_eq!(unsigned(b"0", 0), Ok(0));
    assert_eq!(unsigned(b"+12\n", 10), Ok(12));
    assert_eq!(unsigned(b"0x1F", 0), Ok(31));
    assert_eq!(unsigned(b"0x1f", 16), Ok(31));
    assert_eq!(unsigned(b"017", 0), Ok(15));
    assert_eq!(unsigned(b"18446744073709551615", 10), Ok(u64::MAX));
    assert_eq!(
        unsigned(b"18446744073709551616", 10),
        Err(ParseError::Range)
    );
    assert_eq!(signed(b"-9223372036854775808", 10), Ok(i64::MIN));
    assert_eq!(signed(b"-9223372036854775809", 10), Err(ParseError::Range));
    assert_eq!(signed(b"9223372036854775808", 10), Err(ParseError::Range));
    for text in ["", "-", "x", "1x", "0x", " 1", "1 ", "--1", "1\n\n"] {
        assert_eq!(
            signed(text.as_bytes(), 0),
            Err(ParseError::Invalid),
            "{text}"
        );
        assert_eq!(
            unsigned(text.as_bytes(), 0),
            Err(ParseError::Invalid),
            "{text}"
        );
    }
    assert_eq!(unsigned(b"-1", 0), Err(ParseError::Invalid));
    assert_eq!(unsigned(b"1", 1), Err(ParseError::Invalid));
    assert_eq!(unsigned(b"08", 0), Err(ParseError::Invalid));
}

#[test]
fn what_lies_at_an_address() {
    let number = "0123456789abcdef";
    let bits = "\0\0\0\0\0\0\0\u{7f}\0\0\0\0\0\0\0\u{5}";
    let table: &[(&str, &[u64], &str)] = &[
        ("%*ph|", &[4, PAGE], "30 31 32 33|"),
        (
            "%*phC %*phD %*phN",
            &[2, PAGE, 2, PAGE, 2, PAGE],
            "30:31 30-31 3031",
        ),
        ("%pUb", &[PAGE], "30313233-3435-3637-3839-616263646566"),
        ("%pUl", &[PAGE], "33323130-3534-3736-3839-616263646566"),
        ("%pI4 %pi4", &[PAGE, PAGE], "48.49.50.51 048.049.050.051"),
        ("%pI6", &[PAGE], "3031:3233:3435:3637:3839:6162:6364:6566"),
        (
            "%pM %pm %pMR %pMF",
            &[PAGE; 4],
            "30:31:32:33:34:35 303132333435 35:34:33:32:31:30 30-31-32-33-34-35",
        ),
        (
            "%*pb %*pbl|",
            &[68, 2 * PAGE, 68, 2 * PAGE],
            "5,00000000,0000007f 0-6,64,66|",
        ),
        ("%*pb", &[7, 2 * PAGE], "7f"),
        ("%pa", &[PAGE], "0x3031323334353637"),
        ("%pUb %*ph", &[0, 4, 8], "(null) (efault)"),
        ("%pI4", &[9 * PAGE], "(efault)"),
        (
            "%pe %pe %6pe",
            &[-12i64 as u64, -4000i64 as u64, -1234i64 as u64],
            "-ENOMEM -4000  -1234",
        ),
        ("%10pI4|", &[PAGE], "48.49.50.51|"),
        ("%-13pI4|", &[PAGE], "48.49.50.51  |"),
        ("%pd %pV", &[PAGE, PAGE], "(%pd?) (%pV?)"),
        // What no letter says is dropped with the pointer.
        ("%pZ9|", &[PAGE], "00000000c0ffee00|"),
    ];
    for (format, words, expected) in table {
        assert_eq!(text(format, words, &[number, bits]), *expected, "{format}");
    }
}

#[test]
fn precisions_as_linux_reads_them() {
    let minus = -1i64 as u64;
    assert_eq!(text("%.s|%.0s|", &[PAGE, PAGE], &["abc"]), "abc||");
    assert_eq!(text("%.*s|", &[minus, PAGE], &["abc"]), "|");
    assert_eq!(text("%.*d|%.d", &[minus, 7, 8], &[]), "7|8");
    assert_eq!(text("%-5.s|", &[PAGE], &["abc"]), "abc  |");
}

/// Conversions of Linux's that aren't here, whatever stands around them; what is here isn't
/// among them, nor what only looks so.
#[test]
fn unsupported_ones_are_found() {
    let found = |format: &str| -> Vec<(String, char)> {
        let all = printf::unsupported(format.as_bytes());
        let pairs = all.map(|it| (String::from_utf8_lossy(it.text).into(), it.letter.into()));
        pairs.collect()
    };
    let flags = ["", "-", "0", "+", " ", "#", "-0"];
    let sizes = ["", "12", "*", ".3", "12.3", "*.*", "12.*", ".", ".*"];
    for letters in [
        "d", "d2", "D3", "V", "t", "tR", "g", "C", "G", "O", "f", "r", "R", "E",
    ] {
        for text in flags
            .iter()
            .flat_map(|flags| sizes.map(|size| format!("%{flags}{size}p{letters}")))
        {
            let letter = letters.chars().next().unwrap();
            let expected = vec![(text.clone(), letter)];
            assert_eq!(found(&format!("a%d{text}, %s")), expected);
            // Behind a sign that is printed, it is text.
            assert_eq!(found(&format!("%{text}")), []);
        }
    }
    assert_eq!(
        found("%12pd %pI6c %3pN"),
        [
            ("%12pd".into(), 'd'),
            ("%pI6c".into(), 'I'),
            ("%3pN".into(), 'N'),
        ]
    );
    assert_eq!(
        found("%p %-20px %12pS %*ph %pI4 %pI6 %*pbl %pe %pa %pK %d pd%% pd 12pd %"),
        []
    );
}
