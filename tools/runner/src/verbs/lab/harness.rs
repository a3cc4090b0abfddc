//! A grader in Rust for a student's file in Rust: both are one program, run on this machine.
//!
//! `tools/labs/LAB/grader.rs` includes the student's file, whose folder it learns from the
//! variable `STUDENT`, and prints a line for each thing that it tried:
//!
//! ```text
//!  right<TAB>tried<TAB>saw
//!  wrong<TAB>tried<TAB>saw<TAB>advice
//! ```

use super::findings::Findings;
use crate::build::layout;
use crate::error::Error;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a student's code may run.
const LIMIT: Duration = Duration::from_secs(20);

/// Compiles and runs a lab's grader with a student's file.
pub fn run(findings: &mut Findings, lab: &Path, folder: &Path, cases: &str) -> Result<(), Error> {
    let name = lab.file_name().unwrap_or_default();
    let output = layout::target().join("labs");
    fs::create_dir_all(&output).map_err(Error::file("create", &output))?;
    let program = output
        .join(name)
        .with_extension(std::process::id().to_string());
    let rustc = std::env::var_os("RUSTC").unwrap_or("rustc".into());
    let student = fs::canonicalize(folder).map_err(Error::file("read", folder))?;
    let mut command = Command::new(&rustc);
    command.args(["--edition", "2024", "--crate-name", "grader", "-O"]);
    command.args(["-C", "debug-assertions=on"]);
    command.arg("-o").arg(&program).arg(lab.join("grader.rs"));
    command.env("STUDENT", &student);
    let made = command.output();
    let made = made.map_err(Error::start(&rustc.to_string_lossy()))?;
    if !made.status.success() {
        let text = String::from_utf8_lossy(&made.stderr);
        findings.wrong(
            "to compile it",
            text.trim_end(),
            "rustc's first error is the one to read; the types and names that the text gives \
             stay as they are.",
        );
        return Ok(());
    }
    let result = watched(&program, cases);
    // Only a wish: it is left over, nothing more.
    let _ = fs::remove_file(&program);
    let (text, ended) = result?;
    for line in text.lines() {
        let mut parts = line.split('\t').map(|part| part.replace("\\n", "\n"));
        let mut next = || parts.next().unwrap_or_default();
        match next().as_str() {
            "right" => findings.right(next(), next()),
            "wrong" => findings.wrong(next(), next(), next()),
            // What the student's code prints is shown to him.
            _ => crate::screen::output::line!("{line}"),
        }
    }
    if !ended {
        findings.wrong(
            "all of it",
            format!("after {} s it was still running", LIMIT.as_secs()),
            "A loop of yours doesn't end. What was tried last stands above.",
        );
    }
    Ok(())
}

/// What it prints, and whether it ended by itself.
fn watched(program: &Path, cases: &str) -> Result<(String, bool), Error> {
    let failed = || Error::start(&program.to_string_lossy());
    let mut command = Command::new(program);
    command.arg(cases).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(failed())?;
    let mut output = child.stdout.take();
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(output) = &mut output {
            // What came before an error is what there is.
            let _ = output.read_to_end(&mut text);
        }
        String::from_utf8_lossy(&text).into_owned()
    });
    let ended = wait(&mut child).map_err(failed())?;
    Ok((reader.join().unwrap_or_default(), ended))
}

fn wait(child: &mut Child) -> std::io::Result<bool> {
    let start = Instant::now();
    while start.elapsed() < LIMIT {
        if child.try_wait()?.is_some() {
            return Ok(true);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.kill()?;
    child.wait()?;
    Ok(false)
}
