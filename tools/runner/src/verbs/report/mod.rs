//! The verb `report`: a run as one page, which a browser opens from disk.
//!
//! ```text
//!  the run  ──► JSON lines ──► lines.rs: those of each module's last life ─┐
//!  near.rs      the same modules, loaded near ──► their relocations ───────┤
//!  bench        docs/peer.tsv, docs/growth.tsv ────────────────────────────┼──► page.rs ──► FILE
//!  tools/workbench/   loader and allocator, for the page to run ───────────┤
//!  tools/page/        the page itself: HTML, CSS, JavaScript ──────────────┘
//! ```
//!
//! * `picture.rs`: the README's, of one access
//!
//! The page asks for nothing: all that it shows is in it.

mod lines;
mod near;
mod page;
mod picture;

use super::bench;
use crate::build::toolchain::Toolchain;
use crate::build::{layout, workbench};
use crate::error::Error;
use crate::options::{Options, files};
use crate::screen::output;
use page::Parts;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// What is run without `--run`: modules, as boot loads them, the self-tests, and then
/// something for the copies and the chunks to show.
const COMMANDS: &str = "insmod hello; insmod c_counter; insmod counter; insmod visitor; \
    insmod dynamic; insmod mixed; selftest; call counter_hit; call @1 counter_hit; \
    call @0 counter_hit; call @0 counter_hit; call c_counter_hit; percpu alloc 24 x40; \
    percpu alloc 200 x20; percpu alloc 4096 x6; percpu alloc 9000 x3";

/// Most bytes of a file of `--json` that a page is made of.
const LIMIT: u64 = 64 << 20;

/// Boots one guest as the options say, and judges it.
pub type Boot = fn(Toolchain, &Options) -> Result<ExitCode, Error>;

/// Writes the page of a run: one that is booted now, or one of a file of `--json`. The exit
/// code is the run's.
///
/// # Errors
/// If the guest can't be started, or a file can't be read or written.
pub fn run(
    toolchain: Toolchain,
    options: &Options,
    file: Option<&Path>,
    from: Option<&Path>,
    boot: Boot,
) -> Result<ExitCode, Error> {
    let path = match file {
        Some(file) => file.to_owned(),
        None => layout::target().join("report.html"),
    };
    // A name that can't be written is reported before anything is booted.
    let mut output = files::create(&path)?;
    let mut ended = ExitCode::SUCCESS;
    let folder = tempfile::tempdir().map_err(Error::file("create", Path::new("a folder")))?;
    let lines = match from {
        Some(from) => read(from)?,
        None => {
            let mut options = options.clone();
            options.run.get_or_insert_with(|| COMMANDS.to_owned());
            let json = folder.path().join("run.jsonl");
            let json = options.json.get_or_insert(json).clone();
            ended = boot(toolchain, &options)?;
            read(&json)?
        }
    };
    let events = lines::kept(&lines);
    let near = match from {
        Some(_) => Vec::new(),
        None => near::relocations(toolchain, options, &events)?,
    };
    let workbench = workbench::workbench(toolchain);
    let text = page::text(&Parts {
        run: &events,
        near: &near,
        figures: &bench::kept_figures()?,
        workbench: workbench.as_deref(),
    })?;
    let written = output.write_all(text.as_bytes());
    written.map_err(Error::file("write", &path))?;
    output::message!(
        "the page of this run: {} ({} KiB)",
        path.display(),
        text.len() >> 10
    );
    Ok(ended)
}

/// Draws the README's picture.
///
/// # Errors
/// If the guest can't be started, or a file can't be written.
pub fn picture(toolchain: Toolchain, options: &Options) -> Result<ExitCode, Error> {
    picture::make(toolchain, options).map(|()| ExitCode::SUCCESS)
}

fn read(path: &Path) -> Result<String, Error> {
    let bytes = files::read(path, LIMIT)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
