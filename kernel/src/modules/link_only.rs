//! A load that stops before the module's code runs, for whoever compares images.

use super::error::{Error, Reason};
use super::imports::Check;
use super::lifecycle::UnformedModule;
use super::linking::WritableImage;
use super::module_file::ModuleFile;
use super::parameters::Strings;
use core::fmt;

/// Where a module's image lay that didn't run, and its hash.
#[derive(Clone, Copy, Debug)]
pub struct Image {
    /// The module's own name.
    pub name: &'static str,
    /// Address and bytes.
    pub memory: (u64, u64),
    /// Handle and bytes of its per-CPU template.
    pub per_cpu: (u64, u64),
    /// Hash of both, as `kmod-inspect` prints it too.
    pub hash: u64,
}

impl fmt::Display for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "linked {}: {} bytes at {:#x}, {} per-CPU bytes at {:#x}, hash {:#018x}",
            self.name, self.memory.1, self.memory.0, self.per_cpu.1, self.per_cpu.0, self.hash
        )
    }
}

/// Links the module file of this name, seals its image, and frees it again. None of its
/// code runs, parameters aren't set (those of Linux's modules have records of another
/// kind), and its stamp may be another's. A symbol that nobody exports is taken to be at
/// `unresolved` unless it is weak; without that it is an error, as in a load.
///
/// # Errors
/// Why it can't be linked.
pub fn link_only(name: &str, unresolved: Option<u64>) -> Result<Image, Error<'_>> {
    let module = ModuleFile::find(name)?;
    link(&module, unresolved).map_err(|reason| reason.of(module.name))
}

fn link(module: &ModuleFile, unresolved: Option<u64>) -> Result<Image, Reason<'static>> {
    let _unformed = UnformedModule::add(module.name)?;
    let mut image = WritableImage::link(module, Check::Nothing, unresolved)?;
    let hash = image.hash();
    let (loaded, _uses) = image.seal(module, Strings::default())?;
    Ok(Image {
        name: module.name,
        memory: (loaded.base(), loaded.layout.size()),
        per_cpu: (loaded.per_cpu(), loaded.layout.per_cpu().0),
        hash,
    })
}
