//! `docs/thread.md` and `docs/mistakes.md`: their listings are a run's, not typed.
//!
//! Two texts are the same if they differ only in what differs from build to build:
//! addresses, large numbers, versions, mangled names, and how wide a column is.

use crate::blocks::{Blocks, replaced};
use crate::error::Error;
use crate::layout;
use std::fs;
use std::path::PathBuf;

fn path(document: &str) -> PathBuf {
    layout::root().join(document)
}

/// Replaces every block by the run's text.
pub fn update(document: &str, blocks: &Blocks) -> Result<(), Error> {
    let path = path(document);
    let text = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
    let mut wrong = Vec::new();
    let new = replaced(&text, blocks, &mut |name, _, _| wrong.push(name.to_owned()));
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
            differing.push(name.to_owned());
        }
    });
    if seen == 0 {
        differing.push("no block".to_owned());
    }
    Ok(differing)
}

/// A text with all that differs from build to build made alike.
fn normal(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let mut words = Vec::new();
        let mut after_compiler = false;
        for word in line.split_whitespace() {
            let version = std::mem::replace(
                &mut after_compiler,
                ["gcc", "clang", "rustc"].contains(&word),
            );
            words.push(if version {
                "#".to_owned()
            } else {
                normal_word(word)
            });
        }
        words.join(" ")
    });
    lines.collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

/// Hexadecimal numbers, decimal ones of five digits or more, and mangled names.
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
            let number = if digits < 5 { &rest[..digits] } else { "#" };
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
        ];
        for (a, b) in same {
            assert_eq!(normal(a), normal(b));
        }
        for (a, b) in [
            ("816", "952"),
            ("loads", "refused"),
            ("a\nb", "a b"),
            ("R_390_PC32DBL", "R_390_GOTENT"),
        ] {
            assert_ne!(normal(a), normal(b));
        }
    }
}
