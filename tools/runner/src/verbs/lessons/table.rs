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

/// A line of cells.
pub type Row = [String; 7];

/// A lesson's cells.
pub fn row(
    lesson: &Lesson,
    language: &str,
    compiler: &str,
    found: &Found,
    is_expected: bool,
) -> Row {
    [
        lesson.variant.to_owned(),
        language.to_owned(),
        compiler.to_owned(),
        found.relocation.clone(),
        found.near.to_string(),
        found.far.to_string(),
        if is_expected { "yes" } else { "NO" }.to_owned(),
    ]
}

/// One row a lesson.
pub fn table(found: &[Found]) -> Result<String, Error> {
    let (gcc, rustc) = compile::compilers()?;
    let rows = LESSONS.iter().zip(found).map(|(lesson, found)| {
        let (language, compiler) = match lesson.how {
            How::C | How::CWith(..) => ("C", &gcc),
            _ => ("Rust", &rustc),
        };
        row(
            lesson,
            language,
            compiler,
            found,
            is_expected(lesson, found),
        )
    });
    Ok(aligned(&rows.collect::<Vec<_>>()))
}

/// The rows under their heads, in columns.
pub fn aligned(rows: &[Row]) -> String {
    let heads = [
        "variant",
        "language",
        "compiler",
        "relocation",
        "near",
        "far",
        "as expected",
    ];
    let heads = heads.map(str::to_owned);
    let all = || std::iter::once(&heads).chain(rows);
    let width = |column: usize| all().map(|row| row[column].len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..7).map(width).collect();
    let mut text = String::new();
    for row in all() {
        let cells = row.iter().zip(&widths);
        let line: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        text += line.join("  ").trim_end();
        text.push('\n');
    }
    text
}
