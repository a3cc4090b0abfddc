//! The verb `lessons`: each claim of the mail thread as an experiment.
//!
//! ```text
//!  clang.rs     those in C, by the other compiler
//!  catalogue.rs what each is, and what it must show
//!  compile.rs   modules/lessons, one object each     (or the compiler's refusal)
//!  listing.rs   the relocation in it, the instructions, the mail's four lines
//!  session.rs   vmalloc=near and far: insmod each    ──► loads, refused
//!  table.rs     expected and found
//!  transcripts.rs  what the monitor answers
//!  mistakes.rs  modules/lessons/mistakes, and what is reported of each
//!  document.rs  docs/thread.md, docs/monitor.md, docs/mistakes.md, docs/book: their listings
//!               and pictures are this run's
//! ```
//!
//! Each lesson says what it expects; the verb succeeds only if all came so.

mod catalogue;
mod clang;
mod compile;
mod document;
mod listing;
mod mistakes;
mod session;
mod table;
mod transcripts;

use crate::build;
use crate::build::c::compiler::Compiler;
use crate::build::toolchain::Toolchain;
use crate::error::Error;
use crate::options::Options;
use crate::screen::output;
use crate::verbs::book;
use catalogue::{LESSONS, NONE};
use compile::Compiled;
use document::{MISTAKES, MONITOR, THREAD};
use session::Session;
use std::collections::BTreeMap;
use std::fs;
use std::process::ExitCode;
use table::Found;

/// Runs all lessons; prints the table, and what to look at.
pub fn run(
    toolchain: Toolchain,
    options: &Options,
    check: bool,
    update: bool,
) -> Result<ExitCode, Error> {
    let guest = build::guest(toolchain, Compiler::Gcc)?;
    let mut compiled = Vec::new();
    for lesson in &LESSONS {
        compiled.push(compile::lesson(toolchain, &guest, lesson)?);
    }
    let near = Session::boot(&guest, options, &compiled, "vmalloc=near")?;
    let far = Session::boot(&guest, options, &compiled, "")?;
    let mut found = Vec::new();
    for (lesson, compiled) in LESSONS.iter().zip(&compiled) {
        found.push(Found {
            relocation: match compiled {
                Compiled::Module(path) => listing::relocations(path)?,
                Compiled::Refusal(text) => refusal_of(text),
            },
            near: near.load_result(lesson, compiled),
            far: far.load_result(lesson, compiled),
        });
    }
    let mail = listing::mail(&compile::mail(&guest)?)?;
    let mut blocks = BTreeMap::new();
    blocks.insert("table", table::table(&found)?);
    blocks.insert("mail", mail.text);
    blocks.insert("refusal", far.error("plain"));
    blocks.insert("by_hand", far.printed("by_hand"));
    for (lesson, compiled) in LESSONS.iter().zip(&compiled) {
        let text = match compiled {
            Compiled::Module(path) => listing::function(path, "mine")?,
            Compiled::Refusal(text) => Some(text.clone()),
        };
        if let Some(text) = text {
            blocks.insert(lesson.name, text);
        }
    }
    output::line!("{}", blocks["table"]);
    output::line!("The mail's function, and what gcc makes of it today:\n");
    output::line!("{}", blocks["mail"]);
    output::line!("By hand:\n\n{}", blocks["by_hand"]);

    let transcripts = transcripts::listings(&guest, options)?;
    let mut wrong = Vec::new();
    let results = LESSONS.iter().zip(&found);
    wrong.extend(
        results
            .filter(|(lesson, found)| !table::is_expected(lesson, found))
            .map(|(lesson, _)| format!("lesson {}", lesson.name)),
    );
    if !mail.same {
        wrong.push("the mail's four lines".to_owned());
    }
    let by_clang = clang::rows(toolchain, &guest, options)?;
    let has_clang = by_clang.is_some();
    match by_clang {
        Some(rows) => {
            output::line!("{}", rows.text);
            wrong.extend(rows.wrong);
            blocks.insert("clang", rows.text);
        }
        None => output::message!("clang isn't installed: its rows are left out"),
    }
    let (texts, unreported) = mistakes::all()?;
    let is_about_book = check || update;
    let book = is_about_book.then(|| book::listings::all(&guest, options, update));
    let book = book.transpose()?.unwrap_or_default();
    let absent = &book.absent;
    if !absent.is_empty() {
        output::message!(
            "of the book left out, as this host hasn't what it takes: {}",
            absent.join(", ")
        );
    }
    wrong.extend(unreported);
    for (document, blocks) in [(THREAD, blocks), (MONITOR, transcripts), (MISTAKES, texts)] {
        if update {
            document::update(document, &blocks)?;
        } else if check {
            let differing = document::differing(document, &blocks)?;
            let named = differing.into_iter();
            wrong.extend(named.filter(|name| has_clang || !name.ends_with(", clang")));
        }
    }
    for chapter in book::chapters()? {
        if update {
            document::update(&chapter, &book.blocks)?;
        } else if check {
            let differing = document::differing_of_chapter(&chapter, &book.blocks)?;
            let is_absent =
                |name: &String| absent.iter().any(|it| name.ends_with(&format!(", {it}")));
            wrong.extend(differing.into_iter().filter(|name| !is_absent(name)));
        }
    }
    for (name, text) in &book.pictures {
        let path = book::pictures_folder().join(format!("{name}.svg"));
        if update {
            fs::write(&path, text).map_err(Error::file("write", &path))?;
        } else if check && !document::is_picture(&path, text)? {
            wrong.push(format!("picture {name}"));
        }
    }
    if wrong.is_empty() {
        output::message!("all {} lessons came as expected", LESSONS.len());
        return Ok(ExitCode::SUCCESS);
    }
    output::message!("not as expected: {}", wrong.join("; "));
    Ok(ExitCode::FAILURE)
}

/// The assembler's words, if they are those that the mail's macro calls forth.
fn refusal_of(text: &str) -> String {
    if text.contains("junk at end of line: `@GOTENT'") {
        return NONE.to_owned();
    }
    text.lines().next().unwrap_or("no message").to_owned()
}
