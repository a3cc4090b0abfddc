//! For host tests: GNU as for s390x, and a harness that counts a test as ignored on a
//! machine without it.
//!
//! A test that needs the assembler takes an [`Assembler`]. Only the harness makes one,
//! after it has started the program, so no test can pass without having assembled.
//!
//! ```no_run
//! use assembler::{Assembler, tests};
//!
//! fn adds() {
//!     assert_eq!(1 + 1, 2);
//! }
//!
//! fn returns(assembler: &Assembler) {
//!     assert!(assembler.assemble("br %r14").starts_with(b"\x7fELF"));
//! }
//!
//! tests! {
//!     host: [adds],
//!     assembled: [returns],
//! }
//! ```
//!
//! A function that is in neither list is dead code, which the lints refuse.
#![forbid(unsafe_code)]

use libtest_mimic::{Arguments, Completion, Trial};
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

const PROGRAM: &str = "s390x-linux-gnu-as";

/// Code for any machine that the kernel runs on, and for branch prediction's fields.
const MACHINE: &str = "-march=zEC12";

/// Proof that the assembler is there.
#[derive(Debug)]
pub struct Assembler(());

impl Assembler {
    /// Starts it once; `None` if there is no such program.
    ///
    /// # Panics
    /// If it is there and doesn't work.
    fn find() -> Option<Self> {
        let started = Command::new(PROGRAM)
            .arg("--version")
            .stdout(Stdio::null())
            .status();
        match started {
            Ok(status) => {
                assert!(status.success(), "{PROGRAM} --version: {status}");
                Some(Self(()))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => panic!("{PROGRAM}: {error}"),
        }
    }

    /// The object that a source makes.
    ///
    /// # Panics
    /// If the source has an error.
    pub fn assemble(&self, source: &str) -> Vec<u8> {
        let folder = tempfile::tempdir().expect("a folder");
        let output = folder.path().join("object.o");
        self.assemble_to(&output, source);
        std::fs::read(output).expect("the object")
    }

    /// Writes the object that a source makes to `output`.
    ///
    /// # Panics
    /// If the source has an error, or the file can't be written.
    pub fn assemble_to(&self, output: &Path, source: &str) {
        let mut child = Command::new(PROGRAM)
            .args([MACHINE, "--no-warn", "-o"])
            .args([output, Path::new("-")])
            .stdin(Stdio::piped())
            .spawn()
            .expect("it started before");
        let mut input = child.stdin.take().expect("a pipe");
        input.write_all(source.as_bytes()).expect("it reads");
        drop(input);
        let status = child.wait().expect("it ends");
        assert!(status.success(), "{status} of\n{source}");
    }
}

/// A test: its name, and what it runs.
pub type Test<F> = (&'static str, F);

/// Runs tests as `cargo test` expects it of a test program without libtest; those of
/// the second list are ignored, with the reason, where there is no assembler.
pub fn run(host: Vec<Test<fn()>>, assembled: Vec<Test<fn(&Assembler)>>) -> ExitCode {
    let host = host.into_iter().map(|(name, test)| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    });
    let assembled = assembled.into_iter().map(|(name, test)| {
        Trial::ignorable_test(name, move || match Assembler::find() {
            Some(assembler) => {
                test(&assembler);
                Ok(Completion::Completed)
            }
            None => Ok(Completion::ignored_with(format_args!(
                "there is no {PROGRAM} here"
            ))),
        })
    });
    let trials = host.chain(assembled).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Runs this very test program on a machine without an assembler, one test of it; for
/// the test that such a test isn't counted as passed.
///
/// # Panics
/// Unless it ends well with one test ignored and none passed.
pub fn is_ignored_without_assembler(test: &str) {
    let myself = std::env::current_exe().expect("this program");
    let output = Command::new(myself)
        .args(["--exact", test])
        .env("PATH", "/nonexistent")
        .output()
        .expect("it starts again");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("0 passed; 0 failed; 1 ignored;"), "{text}");
    assert!(text.contains(PROGRAM), "the reason: {text}");
}

/// The `main` of a test program: names of functions without a parameter, and of
/// functions that take the assembler.
#[macro_export]
macro_rules! tests {
    ($(host: [$($host:ident),* $(,)?],)? $(assembled: [$($assembled:ident),* $(,)?],)?) => {
        fn main() -> ::std::process::ExitCode {
            $crate::run(
                vec![$($((stringify!($host), $host as fn())),*)?],
                vec![$($((stringify!($assembled), $assembled as fn(&$crate::Assembler))),*)?],
            )
        }
    };
}
