//! The table of all lessons: expected and found.

use super::catalogue::{How, LESSONS, Lesson, LoadResult};
use super::compile;
use crate::error::Error;

/// What a run found of a lesson; the fields are those of [`Lesson`].
pub struct Found {
    /// Relocation types against per-CPU data.
    pub relocation: String,
    /// What became of it within 4 GiB of per-CPU memory.
    pub near: LoadResult,
    /// What became of it 2 TiB away.
    pub far: LoadResult,
}

/// Whether a lesson came as it says.
pub fn is_expected(lesson: &Lesson, found: &Found) -> bool {
    found.relocation == lesson.relocation && found.near == lesson.near && found.far == lesson.far
}

/// One row a lesson.
pub fn table(found: &[Found]) -> Result<String, Error> {
    let (gcc, rustc) = compile::compilers()?;
    let mut rows = vec![
        [
            "variant",
            "language",
            "compiler",
            "relocation",
            "near",
            "far",
            "as expected",
        ]
        .map(str::to_owned),
    ];
    for (lesson, found) in LESSONS.iter().zip(found) {
        let (language, compiler) = match lesson.how {
            How::C | How::CWith(..) => ("C", &gcc),
            _ => ("Rust", &rustc),
        };
        let verdict = if is_expected(lesson, found) {
            "yes"
        } else {
            "NO"
        };
        rows.push([
            lesson.variant.to_owned(),
            language.to_owned(),
            compiler.clone(),
            found.relocation.clone(),
            found.near.to_string(),
            found.far.to_string(),
            verdict.to_owned(),
        ]);
    }
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..7).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells = row.iter().zip(&widths);
        let line: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        text += line.join("  ").trim_end();
        text.push('\n');
    }
    Ok(text)
}
