//! The table in docs/linux.md. Which symbols and slots a module has differs from one version of
//! Debian's package to the next; which modules there are and what their answers are checked
//! against is this project's, and must be right there.

use crate::build::layout;
use crate::error::Error;
use crate::verbs::blocks::{Blocks, replaced};
use std::fs;
use std::path::PathBuf;

/// The listings' names in the document.
const MODULES: &str = "modules";
const OFFERS: &str = "offers";

fn blocks(rows: &[String], offers: &[String]) -> Blocks {
    Blocks::from([(MODULES, rows.join("\n")), (OFFERS, offers.join("\n"))])
}

fn path() -> PathBuf {
    layout::root().join("docs/linux.md")
}

/// Puts them there.
pub fn update(rows: &[String], offers: &[String]) -> Result<(), Error> {
    let path = path();
    let text = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
    let new = replaced(&text, &blocks(rows, offers), &mut |_, _, _| {});
    fs::write(&path, new).map_err(Error::file("write", &path))
}

/// Whether what is there is of the same modules, with the same answers, and of the same providers,
/// of whose functions as many were called by the same.
pub fn is_right(rows: &[String], offers: &[String]) -> Result<bool, Error> {
    let path = path();
    let text = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
    let mut right = 0;
    replaced(&text, &blocks(rows, offers), &mut |name, old, new| {
        right += usize::from(new.is_some_and(|new| match name {
            MODULES => kept(old) == kept(new),
            _ => old.trim() == new.trim(),
        }));
    });
    Ok(right == blocks(rows, offers).len())
}

/// Of each row the module and the answer.
fn kept(text: &str) -> Vec<(&str, &str)> {
    let rows = text.lines().filter(|line| !line.is_empty());
    let parts = rows.map(|row| {
        let (name, rest) = row.split_once(' ').unwrap_or((row, ""));
        (name, answer(rest))
    });
    parts.collect()
}

/// What stands behind `N of N`, two numbers and what init returned.
fn answer(row: &str) -> &str {
    const WORDS: usize = 6;
    let mut rest = row;
    for _ in 0..WORDS {
        rest = rest.trim_start();
        rest = rest.split_once(' ').map_or("", |(_, rest)| rest);
    }
    rest.trim_start()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_may_differ_and_answers_may_not() {
        let row = |numbers: &str, answer: &str| format!("crc16   {numbers} 0   {answer}");
        let one = row("1 of 1  0  1", "catalogue of CRCs");
        assert_eq!(kept(&one), [("crc16", "catalogue of CRCs")]);
        assert_eq!(
            kept(&one),
            kept(&row("12 of 13  8  21", "catalogue of CRCs"))
        );
        assert_ne!(kept(&one), kept(&row("1 of 1  0  1", "loads")));
    }
}
