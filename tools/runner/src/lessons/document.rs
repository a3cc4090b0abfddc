//! `docs/thread.md`: its listings are a run's, not typed.
//!
//! A line `<!-- from the run: NAME -->` is followed by a fenced block, which holds what
//! the run has under that name. Two texts are the same if they differ only in what
//! differs from build to build: addresses, large numbers, versions, mangled names, and
//! how wide a column is.

use crate::error::Error;
use crate::layout;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

type Blocks = BTreeMap<&'static str, String>;

const MARKER: &str = "<!-- from the run: ";
const MARKER_END: &str = " -->";
const FENCE: &str = "```";

fn path() -> PathBuf {
    layout::root().join("docs/thread.md")
}

/// Replaces every block by the run's text.
pub fn update(blocks: &Blocks) -> Result<(), Error> {
    let path = path();
    let text = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
    let mut wrong = Vec::new();
    let new = replaced(&text, blocks, &mut |name, _, _| wrong.push(name.to_owned()));
    fs::write(&path, new).map_err(Error::file("write", &path))
}

/// The blocks that aren't the run's, or of which the run knows nothing.
pub fn differing(blocks: &Blocks) -> Result<Vec<String>, Error> {
    let path = path();
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

/// The text with its blocks replaced; `look` sees each name, its text, and the run's.
fn replaced(text: &str, blocks: &Blocks, look: &mut dyn FnMut(&str, &str, Option<&str>)) -> String {
    let mut output = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        output = output + line + "\n";
        let name = line.strip_prefix(MARKER);
        let Some(name) = name.and_then(|rest| rest.strip_suffix(MARKER_END)) else {
            continue;
        };
        let fence = lines.by_ref().find(|line| line.starts_with(FENCE));
        let inside = lines.by_ref().take_while(|line| *line != FENCE);
        let old: String = inside.map(|line| format!("{line}\n")).collect();
        let new = blocks.get(name).map(String::as_str);
        look(name, &old, new);
        let shown = new.unwrap_or(&old).trim_end();
        output = output + fence.unwrap_or("```text") + "\n" + shown + "\n" + FENCE + "\n";
    }
    output
}

/// A text with all that differs from build to build made alike.
fn normal(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let mut words = Vec::new();
        let mut after_compiler = false;
        for word in line.split_whitespace() {
            let version = std::mem::replace(&mut after_compiler, word == "gcc" || word == "rustc");
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

    const TEXT: &str = "# Title\n<!-- from the run: a -->\n```text\nold\n```\nand text\n";

    #[test]
    fn blocks_are_replaced_and_nothing_else() {
        let blocks = BTreeMap::from([("a", "new\nlines\n".to_owned())]);
        let text = replaced(TEXT, &blocks, &mut |_, _, _| {});
        assert_eq!(text, TEXT.replace("old", "new\nlines"));
        let mut seen = Vec::new();
        replaced(TEXT, &BTreeMap::new(), &mut |name, old, new| {
            seen.push((name.to_owned(), old.to_owned(), new.is_none()));
        });
        assert_eq!(seen, [("a".to_owned(), "old\n".to_owned(), true)]);
    }

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
