//! What the relocations of a run's modules come to near per-CPU memory: a second guest loads
//! the same modules with `vmalloc=near`, and nothing else.

use super::lines::Line;
use crate::build;
use crate::build::toolchain::Toolchain;
use crate::error::Error;
use crate::guest::script;
use crate::options::Options;
use std::fs;
use std::path::Path;

/// The near guest's lines on relocations; none if the run's modules were near themselves.
///
/// # Errors
/// If the guest can't be started, or doesn't come to its end.
pub fn relocations(
    toolchain: Toolchain,
    options: &Options,
    run: &[Line],
) -> Result<Vec<Line>, Error> {
    if options
        .append
        .iter()
        .any(|words| words.contains("vmalloc="))
    {
        return Ok(Vec::new());
    }
    let is_module = |line: &&Line| line.word("event") == "module";
    let modules = run.iter().filter(is_module);
    // What can't be loaded there either is a command that fails, and no more.
    let commands = modules.map(|line| format!("insmod {}", line.word("name")));
    let commands: Vec<String> = commands.collect();
    if commands.is_empty() {
        return Ok(Vec::new());
    }
    let folder = tempfile::tempdir().map_err(Error::file("create", Path::new("a folder")))?;
    let events = folder.path().join("near.jsonl");
    let mut append = options.append.clone();
    append.push("vmalloc=near details".to_owned());
    let options = Options {
        verb: None,
        append,
        run: Some(commands.join("; ")),
        events: Some(events.clone()),
        json: None,
        junit: None,
        dump: None,
        ..options.clone()
    };
    script::run(&build::guest(toolchain, options.compiler())?, &options)?;
    let text = fs::read_to_string(&events).map_err(Error::file("read", &events))?;
    let mut lines = super::lines::kept(&text);
    lines.retain(|line| line.word("event") == "relocation");
    Ok(lines)
}
