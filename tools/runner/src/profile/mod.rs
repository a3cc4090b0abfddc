//! The verb `profile`: guest instructions by function, and on whose behalf.
//!
//! ```text
//!  plugin.rs    tools/profile/profile.c ──cc──► profile.so ──► QEMU ──► counts by address
//!  counts.rs    what the plugin wrote
//!  names.rs     System.map, and each module's symbols at its base ──► names of addresses
//!  table.rs     the functions, most expensive first
//!  flame.rs     the calls, as SVG
//! ```
//!
//! Between the marks every instruction of every CPU counts, an interruption's too; what is
//! outside doesn't. Under `-icount` two runs count the same.

mod counts;
mod flame;
mod names;
mod plugin;
mod table;

use crate::error::Error;
use crate::judge::{self, Purpose};
use crate::options::{self, Options};
use crate::toolchain::Toolchain;
use crate::workload::{self, Workload};
use crate::{build, files, initrd, layout, output, qemu};
use counts::Counts;
use names::Names;
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

/// What the guest says to a command that it doesn't have.
const NO_SUCH_COMMAND: &str = "no such command";

/// Exit code of wrong usage.
const USAGE: u8 = 2;

/// Runs a workload under the plugin; prints the table, and draws the graph into `svg`.
pub fn run(
    toolchain: Toolchain,
    options: &Options,
    workload: &Workload,
    svg: Option<&Path>,
) -> Result<ExitCode, Error> {
    let mut svg = svg
        .map(|path| Ok((path, files::create(path)?)))
        .transpose()?;
    let guest = build::guest(toolchain)?;
    let mut names = Names::of_kernel(&guest.system_map);
    let (begin, end) = workload.marks();
    let find = |name: &'static str| names.find(name).ok_or(Error::NoFunction { name });
    let (begin, end) = (find(begin)?, find(end)?);
    let folder = layout::release();
    let wrong = || Error::file("write a profile in", &folder);
    let mut counted = tempfile::tempfile_in(&folder).map_err(wrong())?;
    let options = Options {
        plugin: Some(plugin::argument(&plugin::build()?, &counted, begin, end)),
        ..options.clone()
    };
    let run = qemu::run(&options, &initrd::pack(&guest, &options)?)?;
    let purpose = Purpose::Commands(options.commands().len());
    let last_line = run.transcript.last_line();
    let verdict = judge::judge(purpose, run.ending, &run.record, last_line);
    if verdict.exit_code() != 0 {
        let unknown = run.record.commands.iter().find_map(|command| {
            let error = command.result.as_ref().err()?;
            error.contains(NO_SUCH_COMMAND).then_some(&command.line)
        });
        if let Some(line) = unknown {
            options::say_usage(&format!(
                "{line}: neither a group of the benchmark ({}), nor boot, nor a monitor command",
                workload::GROUPS.map(|group| group.name).join(", ")
            ));
            return Ok(ExitCode::from(USAGE));
        }
        output::say!("{verdict}");
        return Ok(ExitCode::from(verdict.exit_code()));
    }
    let mut text = String::new();
    // Another open file than the plugin's: it stands at the start.
    counted.read_to_string(&mut text).map_err(wrong())?;
    let counts = Counts::parse(&text)?;
    let contents = initrd::contents(&guest, &options)?;
    names.add_modules(&run.record.modules, &contents);
    let (total, parts) = (counts.total(), counts.parts.len());
    let rows = table::rows(&counts, &names);
    output::line!("{}", table::text(&rows, total, parts).trim_end());
    if let Some((path, file)) = &mut svg {
        let graph = flame::svg(&counts, &names, &workload.to_string());
        file.write_all(graph.as_bytes())
            .map_err(Error::file("write", path))?;
    }
    output::say!("{workload}: {total} instructions; {}", workload.extent());
    Ok(ExitCode::SUCCESS)
}
