//! The verb `lessons`: each claim of the mail thread as an experiment.
//!
//! ```text
//!  compile.rs   modules/lessons, one object each     (or the compiler's refusal)
//!  listing.rs   the relocation in it, the instructions, the mail's four lines
//!  session.rs   vmalloc=near and far: insmod each    ──► loads, refused
//!  document.rs  docs/thread.md: its listings are this run's
//! ```
//!
//! Each lesson says what it expects; the verb succeeds only if all came so.

mod compile;
mod document;
mod listing;
mod session;

use crate::build;
use crate::error::Error;
use crate::options::{Options, PROGRAM};
use crate::toolchain::Toolchain;
use compile::{Compiled, How};
use std::collections::BTreeMap;
use std::fmt;
use std::process::ExitCode;

/// What becomes of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Outcome {
    /// Its init ran, and found the right copy.
    Loads,
    /// The loader says that the relocation overflows.
    Refused,
    /// There is no module.
    NotCompiled,
    /// Anything else, in the guest's words.
    Other(String),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Outcome::Loads => "loads",
            Outcome::Refused => "refused: overflow",
            Outcome::NotCompiled => "-",
            Outcome::Other(text) => text,
        })
    }
}

/// An experiment, and what it is to show.
struct Lesson {
    /// The module's name, and its file's.
    name: &'static str,
    variant: &'static str,
    how: How,
    /// Relocation types against per-CPU data.
    relocation: &'static str,
    near: Outcome,
    far: Outcome,
}

const DIRECT: &str = "R_390_PC32DBL";
const BY_SLOT: &str = "R_390_GOTENT";
const NONE: &str = "none: junk at end of line";

const fn lesson(
    name: &'static str,
    variant: &'static str,
    how: How,
    relocation: &'static str,
    near: Outcome,
    far: Outcome,
) -> Lesson {
    Lesson {
        name,
        variant,
        how,
        relocation,
        near,
        far,
    }
}

const fn rust(package: &'static str, model: &'static str, crate_type: &'static str) -> How {
    How::Rust {
        package,
        model,
        crate_type,
    }
}

use Outcome::{Loads, NotCompiled, Refused};

/// In the order in which the thread came upon them; then what rustc does with a plain
/// reference.
static LESSONS: [Lesson; 14] = [
    lesson("plain", "plain RELOC_HIDE", How::C, DIRECT, Loads, Refused),
    lesson(
        "got_symbol",
        "GOTENT with \"X\"(&symbol)",
        How::C,
        BY_SLOT,
        Loads,
        Loads,
    ),
    lesson(
        "got_pointer",
        "GOTENT with \"X\"(pointer)",
        How::C,
        NONE,
        NotCompiled,
        NotCompiled,
    ),
    lesson(
        "constant_p",
        "__builtin_constant_p, the mail's",
        How::C,
        DIRECT,
        Loads,
        Refused,
    ),
    lesson("weak", "weak and -fPIC", How::C, BY_SLOT, Loads, Loads),
    lesson(
        "weak_hidden",
        "weak, -fvisibility=hidden",
        How::CWith("weak", "-fvisibility=hidden"),
        DIRECT,
        Loads,
        Refused,
    ),
    lesson(
        "macro",
        "percpu! and PerCpu: the type",
        How::RustModule("lesson-macro"),
        BY_SLOT,
        Loads,
        Loads,
    ),
    lesson(
        "by_hand",
        "by hand: slot, handle, offset",
        How::C,
        BY_SLOT,
        Loads,
        Loads,
    ),
    lesson(
        "private_pic",
        "private static, pic",
        rust("lesson-private", "pic", "staticlib"),
        DIRECT,
        Loads,
        Refused,
    ),
    lesson(
        "private_static",
        "private static, static",
        rust("lesson-private", "static", "staticlib"),
        DIRECT,
        Loads,
        Refused,
    ),
    lesson(
        "unmangled_pic",
        "#[no_mangle] static, pic",
        rust("lesson-unmangled", "pic", "staticlib"),
        BY_SLOT,
        Loads,
        Loads,
    ),
    lesson(
        "unmangled_static",
        "#[no_mangle] static, static",
        rust("lesson-unmangled", "static", "staticlib"),
        DIRECT,
        Loads,
        Refused,
    ),
    lesson(
        "public_lib",
        "pub static, pic, in a lib",
        rust("lesson-public", "pic", "lib"),
        BY_SLOT,
        Loads,
        Loads,
    ),
    lesson(
        "public_staticlib",
        "pub static, pic, in a staticlib",
        rust("lesson-public", "pic", "staticlib"),
        DIRECT,
        Loads,
        Refused,
    ),
];

/// What was found.
struct Found {
    relocation: String,
    near: Outcome,
    far: Outcome,
}

/// Runs all lessons; prints the table, and what to look at.
pub fn run(
    toolchain: Toolchain,
    options: &Options,
    check: bool,
    update: bool,
) -> Result<ExitCode, Error> {
    let guest = build::guest(toolchain)?;
    let mut compiled = Vec::new();
    for lesson in &LESSONS {
        compiled.push(compile::lesson(toolchain, &guest, lesson)?);
    }
    let near = session::boot(&guest, options, &compiled, "vmalloc=near")?;
    let far = session::boot(&guest, options, &compiled, "")?;
    let mut found = Vec::new();
    for (lesson, compiled) in LESSONS.iter().zip(&compiled) {
        found.push(Found {
            relocation: match compiled {
                Compiled::Module(path) => listing::relocations(path)?,
                Compiled::Refusal(text) => refusal_of(text),
            },
            near: near.outcome(lesson, compiled),
            far: far.outcome(lesson, compiled),
        });
    }
    let mail = listing::mail(&compile::mail(&guest)?)?;
    let mut blocks = BTreeMap::new();
    blocks.insert("table", table(&found)?);
    blocks.insert("mail", mail.text);
    blocks.insert("refusal", far.refusal("plain"));
    blocks.insert("by_hand", far.said("by_hand"));
    for (lesson, compiled) in LESSONS.iter().zip(&compiled) {
        let text = match compiled {
            Compiled::Module(path) => listing::function(path, "mine")?,
            Compiled::Refusal(text) => Some(text.clone()),
        };
        if let Some(text) = text {
            blocks.insert(lesson.name, text);
        }
    }
    println!("{}", blocks["table"]);
    println!("The mail's function, and what gcc makes of it today:\n");
    println!("{}", blocks["mail"]);
    println!("By hand:\n\n{}", blocks["by_hand"]);

    let mut wrong = Vec::new();
    let results = LESSONS.iter().zip(&found);
    wrong.extend(
        results
            .filter(|(lesson, found)| !is_expected(lesson, found))
            .map(|(lesson, _)| format!("lesson {}", lesson.name)),
    );
    if !mail.same {
        wrong.push("the mail's four lines".to_owned());
    }
    if update {
        document::update(&blocks)?;
    } else if check {
        let differing = document::differing(&blocks)?;
        wrong.extend(
            differing
                .into_iter()
                .map(|name| format!("docs/thread.md, {name}")),
        );
    }
    if wrong.is_empty() {
        eprintln!("{PROGRAM}: all {} lessons came as expected", LESSONS.len());
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("{PROGRAM}: not as expected: {}", wrong.join("; "));
    Ok(ExitCode::FAILURE)
}

fn is_expected(lesson: &Lesson, found: &Found) -> bool {
    found.relocation == lesson.relocation && found.near == lesson.near && found.far == lesson.far
}

/// The assembler's words, if they are those that the mail's macro calls forth.
fn refusal_of(text: &str) -> String {
    if text.contains("junk at end of line: `@GOTENT'") {
        return NONE.to_owned();
    }
    text.lines().next().unwrap_or("no message").to_owned()
}

fn table(found: &[Found]) -> Result<String, Error> {
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
