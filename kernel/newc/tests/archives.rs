//! Archives that the crate `cpio` writes are read back; broken ones are refused, whatever
//! is wrong with them.

use cpio::newc::{Builder, trailer};
use newc::{Broken, File, files};
use std::io::Write;

fn archive(contents: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = Vec::new();
    for (path, data) in contents {
        let header = Builder::new(path).mode(0o100_644);
        let mut file = header.write(&mut archive, data.len() as u32);
        file.write_all(data).unwrap();
        file.finish().unwrap();
    }
    trailer(&mut archive).unwrap();
    archive
}

const CONTENTS: [(&str, &[u8]); 5] = [
    ("System.map", b"0 T x\n"),
    ("a", b""),
    ("modules/odd.ko", &[7; 13]),
    ("070701", b"TRAILER!!!\0"),
    ("run", &[0xff; 0xabc]),
];

#[test]
fn what_is_written_reads_back() {
    for count in 0..=CONTENTS.len() {
        let archive = archive(&CONTENTS[..count]);
        let found: Result<Vec<File<'_>>, Broken> = files(&archive).collect();
        let expected = CONTENTS[..count].iter();
        let expected = expected.map(|&(path, data)| File { path, data });
        assert_eq!(found, Ok(expected.collect()));
    }
}

#[test]
fn an_archive_that_is_cut_off_is_broken() {
    let archive = archive(&CONTENTS);
    // The trailer may do without padding, and so may what follows it.
    let name_end = archive
        .windows(11)
        .rposition(|name| name == b"TRAILER!!!\0");
    let end = name_end.unwrap() + 11;
    for length in 0..=archive.len() {
        let found = files(&archive[..length]).last();
        assert_eq!(found == Some(Err(Broken)), length < end, "{length} bytes");
    }
}

#[test]
fn nothing_comes_after_an_error_or_the_trailer() {
    let mut archive = archive(&CONTENTS);
    archive.extend_from_within(..);
    let mut reader = files(&archive);
    assert_eq!(reader.behind(), None);
    assert_eq!(reader.by_ref().count(), CONTENTS.len());
    assert_eq!(reader.next(), None);
    let behind = reader.behind().map(|behind| behind.starts_with(b"070701"));
    assert_eq!(behind, Some(true));
    archive[0] = b'x';
    let mut reader = files(&archive);
    assert_eq!(reader.next(), Some(Err(Broken)));
    assert_eq!(reader.next(), None);
}

#[test]
fn wrong_headers_are_refused() {
    let whole = archive(&[("name", b"contents")]);
    for (place, bytes) in [
        (0, &b"070703"[..]),
        (0, b"070707"),
        // Contents and names that reach beyond the archive, or nowhere.
        (54, b"FFFFFFFF"),
        (54, b"-0000001"),
        (54, b" 0000008"),
        (94, b"FFFFFFFF"),
        (94, b"00000000"),
        (94, b"0000000g"),
        // A name that no NUL ends, and one that isn't UTF-8.
        (94, b"00000004"),
        (110, b"\xff"),
    ] {
        let mut wrong = whole.clone();
        wrong[place..place + bytes.len()].copy_from_slice(bytes);
        assert_eq!(
            files(&wrong).next(),
            Some(Err(Broken)),
            "{bytes:?} at {place}"
        );
    }
}

#[test]
fn any_byte_may_be_any_other() {
    let whole = archive(&CONTENTS);
    for place in 0..whole.len() {
        for flipped in [1, 0x10, 0x80, 0xff] {
            let mut wrong = whole.clone();
            wrong[place] ^= flipped;
            // At most, the trailer has become a file, and an error follows it.
            assert!(files(&wrong).count() <= CONTENTS.len() + 2);
        }
    }
}
