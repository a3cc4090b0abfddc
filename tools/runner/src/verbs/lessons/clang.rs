//! The lessons in C by clang, where it is installed: what of the thread holds for both
//! compilers, and what was gcc's alone.

use super::catalogue::{How, LESSONS, Lesson, LoadResult};
use super::compile::{self, Compiled};
use super::listing;
use super::session::Session;
use super::table::{self, Found};
use crate::build::Guest;
use crate::build::c::compiler::Compiler;
use crate::error::Error;
use crate::options::Options;
use LoadResult::{Loads, NotCompiled, Refused};
use std::process::Command;

const DIRECT: &str = "R_390_PC32DBL";
const BY_SLOT: &str = "R_390_GOTENT";
/// In place of relocation types: the assembler that is part of clang knows no `@GOTENT` where
/// gcc's takes one.
const NONE: &str = "none: unknown token in expression";

/// By lesson: relocation types, what becomes of it near and far.
const EXPECTED: [(&str, &str, LoadResult, LoadResult); 7] = [
    ("plain", DIRECT, Loads, Refused),
    ("got_symbol", NONE, NotCompiled, NotCompiled),
    ("got_pointer", NONE, NotCompiled, NotCompiled),
    ("constant_p", DIRECT, Loads, Refused),
    ("weak", BY_SLOT, Loads, Loads),
    ("weak_hidden", DIRECT, Loads, Refused),
    ("by_hand", NONE, NotCompiled, NotCompiled),
];

/// What came of it: the rows, as text, and the lessons that didn't come as expected.
pub struct Rows {
    /// The table.
    pub text: String,
    /// Names of lessons.
    pub wrong: Vec<String>,
}

/// clang's name and version; `None` where it isn't installed.
fn version() -> Option<String> {
    let output = Command::new(Compiler::Clang.program())
        .arg("--version")
        .output();
    let text = String::from_utf8_lossy(&output.ok()?.stdout).into_owned();
    let (_, behind) = text.split_once("version ")?;
    let number: String = behind
        .chars()
        .take_while(|&it| it.is_ascii_digit() || it == '.')
        .collect();
    Some(format!("clang {number}"))
}

/// Compiles the lessons in C, and has two guests load them; `None` without clang.
pub fn rows(
    toolchain: crate::build::toolchain::Toolchain,
    guest: &Guest,
    options: &Options,
) -> Result<Option<Rows>, Error> {
    let Some(version) = version() else {
        return Ok(None);
    };
    let by_clang = Guest {
        compiler: Compiler::Clang,
        ..guest.clone()
    };
    let is_in_c = |lesson: &Lesson| matches!(lesson.how, How::C | How::CWith(..));
    let mut compiled = Vec::new();
    for lesson in &LESSONS {
        compiled.push(match is_in_c(lesson) {
            true => compile::lesson(toolchain, &by_clang, lesson)?,
            false => Compiled::Refusal(String::new()),
        });
    }
    let near = Session::boot(guest, options, &compiled, "vmalloc=near")?;
    let far = Session::boot(guest, options, &compiled, "")?;
    let (mut rows, mut wrong) = (Vec::new(), Vec::new());
    for (lesson, compiled) in LESSONS
        .iter()
        .zip(&compiled)
        .filter(|(lesson, _)| is_in_c(lesson))
    {
        let found = Found {
            relocation: match compiled {
                Compiled::Module(path) => listing::relocations(path)?,
                Compiled::Refusal(text) if text.contains("unknown token in expression") => {
                    NONE.to_owned()
                }
                Compiled::Refusal(text) => text.lines().next().unwrap_or("").to_owned(),
            },
            near: near.load_result(lesson, compiled),
            far: far.load_result(lesson, compiled),
        };
        let mut expected = EXPECTED.iter().filter(|(name, ..)| *name == lesson.name);
        let as_expected = expected.any(|(_, relocation, near, far)| {
            found.relocation == *relocation && found.near == *near && found.far == *far
        });
        if !as_expected {
            wrong.push(format!("lesson {} by clang", lesson.name));
        }
        rows.push(table::row(lesson, "C", &version, &found, as_expected));
    }
    let text = table::aligned(&rows);
    Ok(Some(Rows { text, wrong }))
}
