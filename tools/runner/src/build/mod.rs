//! Builds the guest: kernel and modules in one cargo call, modules in C one by
//! one, then what is made of them.
//!
//! ```text
//!  toolchain      how guest code is compiled
//!  layout         where files lie
//!  program        runs what builds the guest
//!    cargo_output   what cargo says meanwhile
//!  kept_build     whether cargo is asked
//!  c/             NAME.c -> NAME.o
//!  link           libNAME.a, NAME.o -> NAME.ko
//!  system_map     the kernel's symbols
//!  generated      modules made for the benchmark
//!  workbench      what runs in the page of `report`
//! ```

pub mod c;
pub mod cargo_output;
pub mod generated;
mod kept_build;
pub mod layout;
pub mod link;
pub mod program;
pub mod system_map;
pub mod toolchain;
pub mod workbench;

use crate::error::Error;
use crate::screen::output;
use c::compiler::Compiler;
use kept_build::Build;
use layout::Module;
use program::succeed;
use std::fs;
use toolchain::Toolchain;

/// What a guest boots from.
#[derive(Clone, Debug)]
pub struct Guest {
    /// Modules; their `.ko` files are up to date.
    pub modules: Vec<Module>,
    /// The ABI stamp, by which the kernel knows a module that was built for it.
    pub stamp: String,
    /// What modules in C are made by.
    pub compiler: Compiler,
    /// Text of `System.map`.
    pub system_map: String,
}

/// Brings kernel, modules and symbol table up to date.
pub fn guest(toolchain: Toolchain, compiler: Compiler) -> Result<Guest, Error> {
    let mut modules = layout::modules()?;
    for module in modules.iter_mut().filter(|module| !module.is_crate()) {
        module.compiler = compiler;
    }
    if layout::is_kit() {
        return guest_of_kit(modules, compiler);
    }
    let crates = || modules.iter().filter(|module| module.is_crate());
    let build = Build::of_guest(toolchain, crates());
    if !build.holds() {
        let mut cargo = toolchain.cargo("build");
        cargo.args(["-p", "kernel"]);
        for module in crates() {
            cargo.args(["-p", &module.name]);
        }
        if !layout::kernel().exists() {
            output::message!(
                "building the kernel and {} modules: half a minute the first time",
                modules.len()
            );
        }
        build.run(|| succeed(&mut cargo, "kernel and modules"))?;
    }
    let (crates, in_c): (Vec<&Module>, Vec<&Module>) =
        modules.iter().partition(|module| module.is_crate());
    for module in &crates {
        link::module(module)?;
    }
    let stamp = c::stamp(&crates)?;
    for module in in_c {
        c::module(module, &stamp)?;
        link::module(module)?;
    }
    let system_map = system_map()?;
    let path = layout::release().join("System.map");
    fs::write(&path, &system_map).map_err(Error::file("write", &path))?;
    Ok(Guest {
        modules,
        stamp,
        compiler,
        system_map,
    })
}

/// A kit's: nothing is built.
fn guest_of_kit(modules: Vec<Module>, compiler: Compiler) -> Result<Guest, Error> {
    let crates: Vec<&Module> = modules.iter().filter(|module| module.is_crate()).collect();
    let stamp = c::stamp(&crates)?;
    Ok(Guest {
        modules,
        stamp,
        compiler,
        system_map: system_map()?,
    })
}

/// The text of `System.map`.
fn system_map() -> Result<String, Error> {
    let kernel = layout::kernel();
    let data = fs::read(&kernel).map_err(Error::file("read", &kernel))?;
    system_map::of(&data).map_err(Error::object(&kernel))
}
