//! The verb `lab`: copies a lab to the student, builds what he wrote, and grades it.
//!
//! ```text
//!  tools/labs/N-NAME/README.md    what to do        ──┐ copied once
//!                    skeleton/    compiles, and fails ─┴► labs/N-NAME/
//!                    hints.md     three steps, by --hint
//!                    grader.rs    of labs in Rust
//!  tools/labs/solutions/N-NAME/   tested, never shown
//!  tools/labs/wrong/N-NAME/       typical mistakes, and what each is answered
//! ```
//!
//! * `catalogue.rs`: which there are
//! * `folder.rs`: the student's folder
//! * `answers.rs`, `expression.rs`: what he fills in
//! * `guest.rs`, `harness.rs`: what his code is run by
//! * `findings.rs`: what was tried, seen, and is to be thought about
//! * `work.rs`: what a grader has to go by
//! * `grade/`: one grader a lab

mod answers;
pub mod catalogue;
mod expression;
mod findings;
mod folder;
mod grade;
mod guest;
mod harness;
mod work;

use crate::build;
use crate::build::layout;
use crate::build::toolchain::Toolchain;
use crate::error::Error;
use crate::options::Options;
use crate::screen::output;
use catalogue::{LABS, Lab};
use findings::Findings;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use work::Work;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The lab; without one all are listed.
    pub number: Option<u32>,
    /// A hint instead of grades.
    pub hint: Option<u32>,
    /// Whose files are graded, if not those of `labs/`.
    pub folder: Option<&'a Path>,
}

/// Lists the labs, shows a hint, or grades.
///
/// # Errors
/// If a lab's files can't be had, or a guest can't be built or started.
pub fn run(
    toolchain: Toolchain,
    options: &Options,
    request: Request<'_>,
) -> Result<ExitCode, Error> {
    let mut labs = LABS.iter();
    let Some(lab) = labs.find(|lab| Some(lab.number) == request.number) else {
        list();
        return Ok(ExitCode::SUCCESS);
    };
    if let Some(step) = request.hint {
        output::line!("{}", hint(lab, step)?);
        return Ok(ExitCode::SUCCESS);
    }
    let students = lab.students();
    let folder = request.folder.unwrap_or(&students);
    let is_new = folder::prepare(lab, folder)?;
    let shown = folder.strip_prefix(layout::root()).unwrap_or(folder);
    output::line!(
        "lab {}: {}, about {} minutes",
        lab.number,
        lab.title,
        lab.minutes
    );
    let (text, shown) = (folder::TEXT, shown.display());
    match is_new {
        true => output::line!("its files are new in {shown}: read {text} there first"),
        false => output::line!("grading {shown}; what to do is in its {text}"),
    }
    let guest = build::guest(toolchain, options.compiler())?;
    let mut findings = Findings::default();
    let work = Work {
        lab: &lab.folder(),
        folder,
        guest: &guest,
    };
    (lab.grade)(&work, &mut findings)?;
    findings.print();
    let (right, all) = findings.counts();
    if findings.all_right() {
        output::line!("lab {}: passed, {all} of {all}", lab.number);
        if let Some(next) = LABS.get(lab.number as usize) {
            let Lab { number, title, .. } = next;
            output::line!("next: ./qemu-run.sh lab {number}: {title}");
        }
        return Ok(ExitCode::SUCCESS);
    }
    output::line!(
        "lab {}: {right} of {all} right; next: ./qemu-run.sh lab {} --hint 1",
        lab.number,
        lab.number
    );
    Ok(ExitCode::FAILURE)
}

fn list() {
    output::line!(" N  minutes  by             what");
    for lab in &LABS {
        let Lab {
            number,
            minutes,
            by,
            title,
            ..
        } = lab;
        output::line!("{number:>2}  {minutes:>7}  {by:<13}  {title}");
    }
    output::line!("./qemu-run.sh lab 1 copies the first to labs/1-hop, and grades what is there");
}

/// A step of a lab's hints: what stands under its heading.
fn hint(lab: &Lab, step: u32) -> Result<String, Error> {
    let path = lab.folder().join("hints.md");
    let text = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
    let heading = format!("## {step}");
    let lines = text.lines().skip_while(|line| *line != heading).skip(1);
    let lines = lines.take_while(|line| !line.starts_with("## "));
    let text: Vec<&str> = lines.collect();
    Ok(text.join("\n").trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_lab_has_a_text_with_its_minutes_and_three_hints() {
        assert_eq!(*crate::options::LABS.end(), LABS.len() as i64);
        for (index, lab) in LABS.iter().enumerate() {
            assert_eq!(lab.number as usize, index + 1);
            assert!((20..=90).contains(&lab.minutes), "{}", lab.name);
            assert!(lab.name.starts_with(&format!("{}-", lab.number)));
            let text = fs::read_to_string(lab.folder().join(folder::TEXT)).unwrap();
            assert!(text.starts_with(&format!("# Lab {}: {}", lab.number, lab.title)));
            assert!(text.contains(&format!("About {} minutes", lab.minutes)));
            let hints: Vec<String> = (1..=3).map(|step| hint(lab, step).unwrap()).collect();
            for text in &hints {
                assert!(text.len() > 40, "{}: {text}", lab.name);
            }
            assert!(hints[0] != hints[1] && hints[1] != hints[2]);
        }
    }
}
