//! Prints which of its own rules this tree breaks.
#![forbid(unsafe_code)]

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    let Some(root) = tools.and_then(Path::parent) else {
        return ExitCode::from(2);
    };
    match tree_check::check(root) {
        Ok(problems) if problems.is_empty() => ExitCode::SUCCESS,
        Ok(problems) => {
            problems.iter().for_each(|problem| println!("{problem}"));
            eprintln!("tree-check: {} problems", problems.len());
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("tree-check: {error}");
            ExitCode::from(2)
        }
    }
}
