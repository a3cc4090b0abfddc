//! The verb `kit`: one archive for a room without a network.
//!
//! ```text
//!  percpu-kit/
//!    qemu-run.sh     starts the runner that is there; builds and fetches nothing
//!    README.kit      what the machines must have, and how to begin
//!    packages/       Debian's packages for a machine that lacks them, if they were asked for
//!    target/         the runner, kmod-inspect, kernel and modules, the book, a report
//!    ...             the source tree, with the labs
//! ```
//!
//! A tree is a kit's if it has the file `README.kit` ([`layout::is_kit`]): then kernel and
//! modules are taken as they are.

use crate::build;
use crate::build::layout;
use crate::build::program::succeed;
use crate::build::toolchain::Toolchain;
use crate::error::Error;
use crate::options::Options;
use crate::screen::output;
use crate::verbs::{book, debian};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// The archive's folder, and its name.
const NAME: &str = "percpu-kit";

/// The kit's text.
const README: &str = include_str!("README.kit");
/// What starts it.
const SCRIPT: &str = include_str!("start.sh");

/// What installs packages where there is no network.
const INSTALLER: &str = include_str!("install-packages.sh");

/// What a machine must have for all that the kit does: QEMU, what shows instructions, what
/// compiles labs in C, and what compiles those in Rust (Debian 12's own `rustc` is too old).
const PACKAGES: [&str; 4] = [
    "qemu-system-misc",
    "binutils-s390x-linux-gnu",
    "gcc-s390x-linux-gnu",
    "rustc-web",
];

/// Makes the archive.
///
/// # Errors
/// If a part can't be built, fetched, or written.
pub fn run(
    toolchain: Toolchain,
    options: &Options,
    with_packages: bool,
) -> Result<ExitCode, Error> {
    if layout::is_kit() {
        output::message!("this is a kit already: one is made of a source tree");
        return Ok(ExitCode::FAILURE);
    }
    build::guest(toolchain, options.compiler())?;
    let mut cargo = Command::new("cargo");
    cargo.current_dir(layout::root());
    succeed(
        cargo.args(["build", "--quiet", "-p", "kmod-inspect"]),
        "cargo build of kmod-inspect",
    )?;
    let folder = layout::target().join("kit").join(NAME);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(Error::file("remove", &folder))?;
    }
    let mut files = sources()?;
    for file in files.drain(..) {
        copy(&layout::root().join(&file), &folder.join(&file))?;
    }
    let target = folder.join("target");
    let this = std::env::current_exe().map_err(Error::start("this program"))?;
    strip("strip", &this, &target.join("debug/runner"))?;
    let inspect = layout::target().join("debug/kmod-inspect");
    strip("strip", &inspect, &target.join("debug/kmod-inspect"))?;
    let release = layout::release();
    let within = release.strip_prefix(layout::target()).unwrap_or(&release);
    let release = target.join(within);
    strip(
        "s390x-linux-gnu-strip",
        &layout::kernel(),
        &release.join("kernel"),
    )?;
    let symbols = layout::release().join("System.map");
    copy(&symbols, &release.join("System.map"))?;
    for module in layout::modules()? {
        let linked = module.linked();
        if let Some(name) = linked.file_name() {
            copy(&linked, &release.join("modules").join(name))?;
        }
    }
    let mut parts = vec!["the tree", "binaries"];
    parts.extend(pages(&target)?);
    if with_packages {
        packages(&folder.join("packages"))?;
        parts.push("packages");
    }
    put(&folder.join("README.kit"), README, 0o644)?;
    put(&folder.join("qemu-run.sh"), SCRIPT, 0o755)?;
    let archive = layout::target().join(format!("{NAME}.tar.gz"));
    let mut tar = Command::new("tar");
    tar.arg("-C").arg(layout::target().join("kit"));
    tar.arg("-czf").arg(&archive).arg(NAME);
    succeed(&mut tar, "tar")?;
    let bytes = fs::metadata(&archive).map_err(Error::file("read", &archive))?;
    output::line!(
        "kit: {} MiB, {}: {}",
        bytes.len().div_ceil(1 << 20),
        parts.join(", "),
        archive.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// Debian's packages, and what installs them.
fn packages(to: &Path) -> Result<(), Error> {
    let folder = layout::target().join("kit-packages");
    let what = "Debian's packages for a room without a network: 260 MB";
    let files = debian::fetch_named("room", &folder, what, &PACKAGES)?;
    copy_folder(&files, to)?;
    let names = PACKAGES.join(" ");
    let script = INSTALLER.replace("PACKAGES", &names);
    put(&to.join("install.sh"), &script, 0o755)
}

/// The book's pages and a report, as far as they can be had.
fn pages(target: &Path) -> Result<Vec<&'static str>, Error> {
    let mut parts = Vec::new();
    match book::run() {
        Ok(code) if code == ExitCode::SUCCESS => {
            copy_folder(&layout::target().join("book"), &target.join("book"))?;
            parts.push("book");
        }
        Ok(_) => output::message!("the kit has the book's text, and no pages of it"),
        Err(error) => output::message!("the kit has the book's text, and no pages of it: {error}"),
    }
    let page = target.join("report.html");
    let this = std::env::current_exe().map_err(Error::start("this program"))?;
    let mut report = Command::new(this);
    let made = report.args(["--quiet", "report"]).arg(&page).output();
    match made.is_ok_and(|made| made.status.success()) && page.exists() {
        true => parts.push("report"),
        false => output::message!("the kit has no report: ./qemu-run.sh report says why"),
    }
    Ok(parts)
}

/// The files of the source tree, as git knows them.
fn sources() -> Result<Vec<PathBuf>, Error> {
    let mut git = Command::new("git");
    git.current_dir(layout::root());
    git.args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]);
    let output = git.output().map_err(Error::start("git ls-files"))?;
    if !output.status.success() {
        let (program, status) = ("git ls-files".to_owned(), output.status);
        return Err(Error::Program { program, status });
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let names = text.split('\0').filter(|name| !name.is_empty());
    let files = names.map(PathBuf::from);
    // One that was removed, and isn't committed.
    Ok(files
        .filter(|file| layout::root().join(file).is_file())
        .collect())
}

fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    make_folder_of(to)?;
    fs::copy(from, to).map_err(Error::file("copy", from))?;
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), Error> {
    let mut folders = vec![(from.to_owned(), to.to_owned())];
    while let Some((from, to)) = folders.pop() {
        for entry in from.read_dir().map_err(Error::file("read", &from))? {
            let path = entry.map_err(Error::file("read", &from))?.path();
            let to = to.join(path.file_name().unwrap_or_default());
            match path.is_dir() {
                true => folders.push((path, to)),
                false => copy(&path, &to)?,
            }
        }
    }
    Ok(())
}

fn make_folder_of(path: &Path) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(Error::file("create", folder))
}

fn put(path: &Path, text: &str, mode: u32) -> Result<(), Error> {
    fs::write(path, text).map_err(Error::file("write", path))?;
    let mode = fs::Permissions::from_mode(mode);
    fs::set_permissions(path, mode).map_err(Error::file("write", path))
}

/// Copies a program without what only debuggers want.
fn strip(stripper: &str, from: &Path, to: &Path) -> Result<(), Error> {
    make_folder_of(to)?;
    let mut command = Command::new(stripper);
    command.arg("--strip-debug").arg("-o").arg(to).arg(from);
    succeed(&mut command, &format!("{stripper} of {}", from.display()))
}
