//! `docs/thread.md`, `docs/monitor.md` and `docs/mistakes.md`: their listings are a run's, not
//! typed.
//!
//! Two texts are the same if they differ only in what differs from build to build:
//! addresses, large numbers, versions, mangled names, and how wide a column is.

use crate::build::layout;
use crate::error::Error;
use crate::verbs::blocks::{Blocks, replaced};
use std::fs;
use std::path::{Path, PathBuf};

/// The chapter of the thread.
pub const THREAD: &str = "docs/thread.md";
/// The chapter of mistakes.
pub const MISTAKES: &str = "docs/mistakes.md";
/// The chapter of the monitor.
pub const MONITOR: &str = "docs/monitor.md";

fn path(document: &str) -> PathBuf {
    layout::root().join(document)
}

/// Replaces every block by the run's text.
pub fn update(document: &str, blocks: &Blocks) -> Result<(), Error> {
    let path = path(document);
    let text = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
    let new = replaced(&text, blocks, &mut |_, _, _| {});
    fs::write(&path, new).map_err(Error::file("write", &path))
}

/// The blocks that aren't the run's, or of which the run knows nothing.
pub fn differing(document: &str, blocks: &Blocks) -> Result<Vec<String>, Error> {
    let path = path(document);
    let text = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
    let mut differing = Vec::new();
    let mut seen = 0;
    replaced(&text, blocks, &mut |name, old, new| {
        seen += 1;
        if new.is_none_or(|new| normal(old) != normal(new)) {
            differing.push(format!("{document}, {name}"));
        }
    });
    if seen == 0 {
        differing.push(format!("{document}: no block"));
    }
    Ok(differing)
}

/// As [`differing`], of a chapter of the book, which may have none.
pub fn differing_of_chapter(document: &str, blocks: &Blocks) -> Result<Vec<String>, Error> {
    let mut differing = differing(document, blocks)?;
    differing.retain(|name| !name.ends_with(": no block"));
    Ok(differing)
}

/// Whether a picture is the run's, numbers aside.
pub fn is_picture(path: &Path, text: &str) -> Result<bool, Error> {
    let old = fs::read_to_string(path).map_err(Error::file("read", path))?;
    Ok(normal(&old) == normal(text))
}

/// A text with all that differs from build to build made alike.
fn normal(text: &str) -> String {
    let lines = text.lines().map(|line| {
        // Of a picture it counts what comes behind what.
        if let Some((_, drawn)) = line.split_once('|').filter(|_| line.ends_with('|')) {
            let mut drawn: Vec<char> = drawn.chars().collect();
            drawn.dedup();
            return drawn.into_iter().collect();
        }
        let mut words = Vec::new();
        let mut after_compiler = false;
        for word in line.split_whitespace() {
            let is_compiler = ["gcc", "clang", "rustc"].contains(&word);
            let version = std::mem::replace(&mut after_compiler, is_compiler);
            // A byte of an instruction or a slot, behind another one.
            let is_byte = word.len() == 2 && word.bytes().all(|it| it.is_ascii_hexdigit());
            let in_dump = line.contains("0x");
            words.push(if version || (is_byte && in_dump) {
                "#".to_owned()
            } else {
                normal_word(word)
            });
        }
        words.join(" ")
    });
    lines.collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

/// Hexadecimal numbers, decimal ones of four digits or more, and mangled names.
fn normal_word(word: &str) -> String {
    let mut output = String::new();
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let (kept, length) = if let Some(number) = rest.strip_prefix("0x") {
            let digits = number.bytes().take_while(u8::is_ascii_hexdigit).count();
            ("0x#", 2 + digits)
        } else if rest.starts_with("_R") {
            let name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
            ("_R#", rest.bytes().take_while(name).count())
        } else if first.is_ascii_digit() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let number = if digits < 4 { &rest[..digits] } else { "#" };
            (number, digits)
        } else {
            (&rest[..first.len_utf8()], first.len_utf8())
        };
        output += kept;
        rest = &rest[length..];
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_by_build_is_alike() {
        let same = [
            ("handle 0x1a2200", "handle 0x16f3"),
            ("gcc 12.2.0  x", "gcc 14.1.0 x"),
            ("rustc 1.97.0-nightly", "rustc 1.96.0"),
            ("-2199021829880 away", "-2199021571568 away"),
            ("_RNvCs2_6direct", "_RNvCs9xx_6direct"),
            ("1 0x1000 |SSSSA...|", "2 0x2000 |SAAA....|"),
            ("     0x2: 00 23 b2   0x1", "     0x3: 00 24 c2   0x2"),
        ];
        for (a, b) in same {
            assert_eq!(normal(a), normal(b));
        }
        for (a, b) in [
            ("816", "952"),
            ("loads", "refused"),
            ("1 0x1000 |SSSSA...|", "1 0x1000 |SSSS....|"),
            ("0: e3 30", "0: e3 20"),
            ("a\nb", "a b"),
            ("R_390_PC32DBL", "R_390_GOTENT"),
        ] {
            assert_ne!(normal(a), normal(b));
        }
    }
}
