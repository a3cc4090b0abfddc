//! `debug --core`: gdb for a dump, if it is of the kernel that is built.

use crate::build::layout;
use crate::core;
use crate::error::Error;
use crate::guest::gdb::{DEBUGGER, Gdb};
use crate::options::Options;
use crate::screen::output;
use std::fs::File;
use std::io::{self, IsTerminal};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode};

/// Starts gdb on a terminal or if that is asked for, else prints its line.
///
/// # Errors
/// The file is no dump, or one of another build; gdb couldn't be started.
pub fn of_core(options: &Options, file: &Path, starts: bool) -> Result<ExitCode, Error> {
    let wrong = |source| Error::Core {
        path: file.to_owned(),
        source,
    };
    let opened = File::open(file).map_err(Error::file("read", file))?;
    let dumped = core::build_id_of(&opened).map_err(wrong)?;
    let built = layout::kernel_build_id()?;
    if dumped != built {
        let path = file.to_owned();
        return Err(Error::OtherBuild {
            path,
            dumped,
            built,
        });
    }
    let gdb = Gdb::of_core(file, &options.modules);
    if starts || io::stdin().is_terminal() && io::stdout().is_terminal() {
        return Err(Error::start(DEBUGGER)(
            Command::new(DEBUGGER).args(gdb.arguments()).exec(),
        ));
    }
    output::line!("{gdb}");
    Ok(ExitCode::SUCCESS)
}
