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

use crate::build;
use crate::build::Guest;
use crate::build::layout;
use crate::build::toolchain::Toolchain;
use crate::error::Error;
use crate::guest::initrd::{Files, Initrd};
use crate::guest::watch::Run;
use crate::guest::{initrd, qemu};
use crate::options::files;
use crate::options::workload::{self, Workload};
use crate::options::{self, Options, Verb};
use crate::screen::output;
use crate::verdict::Verdict;
use crate::verdict::judge::{self, Purpose};
use counts::Counts;
use names::Names;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;
pub use table::Row;

/// What the guest says to a command that it doesn't have.
const NO_SUCH_COMMAND: &str = "no such command";

/// Exit code of wrong usage.
const USAGE: u8 = 2;

/// A workload that the plugin has watched.
struct Watched {
    run: Run,
    /// What the plugin wrote.
    counted: File,
    names: Names,
    files: Files,
}

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
    let guest = build::guest(toolchain, options.compiler())?;
    let watched = Watched::new(&guest, options, workload, qemu::run)?;
    let verdict = watched.verdict(options);
    if verdict.exit_code() != 0 {
        let unknown = watched.run.record.commands.iter().find_map(|command| {
            let error = command.result.as_ref().err()?;
            error.contains(NO_SUCH_COMMAND).then_some(&command.line)
        });
        if let Some(line) = unknown {
            options::print_usage_error(&format!(
                "{line}: neither a group of the benchmark ({}), nor boot, nor a monitor command",
                workload::GROUPS.map(|group| group.name).join(", ")
            ));
            return Ok(ExitCode::from(USAGE));
        }
        output::message!("{verdict}");
        return Ok(ExitCode::from(verdict.exit_code()));
    }
    let (counts, names) = watched.counts()?;
    let (total, parts) = (counts.total(), counts.parts.len());
    let rows = table::rows(&counts, &names);
    output::line!("{}", table::text(&rows, total, parts).trim_end());
    if let Some((path, file)) = &mut svg {
        let graph = flame::svg(&counts, &names, &workload.to_string());
        file.write_all(graph.as_bytes())
            .map_err(Error::file("write", path))?;
    }
    output::message!("{workload}: {total} instructions; {}", workload.extent());
    Ok(ExitCode::SUCCESS)
}

/// Instructions by function of a workload that is run for them alone, most expensive first.
///
/// # Errors
/// If it doesn't come to its end.
pub fn rows(guest: &Guest, options: &Options, workload: &Workload) -> Result<Vec<Row>, Error> {
    let options = Options {
        verb: Some(Verb::Profile {
            workload: workload.clone(),
            svg: None,
        }),
        ..options.clone()
    };
    let watched = Watched::new(guest, &options, workload, qemu::run_unseen)?;
    match watched.verdict(&options) {
        Verdict::Passed(_) => {
            let (counts, names) = watched.counts()?;
            Ok(table::rows(&counts, &names))
        }
        Verdict::Interrupted { signal } => Err(Error::Interrupted { signal }),
        verdict => Err(Error::Unmeasured {
            verdict: verdict.to_string(),
        }),
    }
}

impl Watched {
    /// Runs a workload under the plugin, by one of `qemu`'s functions.
    fn new(
        guest: &Guest,
        options: &Options,
        workload: &Workload,
        run: fn(&Options, &Initrd) -> Result<Run, Error>,
    ) -> Result<Self, Error> {
        let names = Names::of_kernel(&guest.system_map);
        let (begin, end) = workload.marks();
        let find = |name: &'static str| names.find(name).ok_or(Error::NoFunction { name });
        let (begin, end) = (find(begin)?, find(end)?);
        let folder = layout::release();
        let counted = tempfile::tempfile_in(&folder);
        let counted = counted.map_err(Error::file("write a profile in", &folder))?;
        let options = Options {
            plugin: Some(plugin::argument(&plugin::build()?, &counted, begin, end)),
            ..options.clone()
        };
        let files = initrd::contents(guest, &options)?;
        let run = run(&options, &initrd::pack(guest, &options)?)?;
        Ok(Self {
            run,
            counted,
            names,
            files,
        })
    }

    fn verdict(&self, options: &Options) -> Verdict {
        let purpose = Purpose::Commands(options.commands().len());
        let last_line = self.run.transcript.last_line();
        judge::judge(
            purpose,
            self.run.ending.clone(),
            &self.run.record,
            last_line,
        )
    }

    /// The counts of a run that passed.
    fn counts(mut self) -> Result<(Counts, Names), Error> {
        let mut text = String::new();
        // Another open file than the plugin's: it stands at the start.
        let read = self.counted.read_to_string(&mut text);
        read.map_err(Error::file("read a profile in", &layout::release()))?;
        self.names
            .add_modules(&self.run.record.modules, &self.files);
        Ok((Counts::parse(&text)?, self.names))
    }
}
