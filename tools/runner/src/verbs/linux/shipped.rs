//! Some of the modules for who loads them otherwise: with what they need, and the providers.

use super::closure::Closure;
use super::package::Package;
use super::providers::Providers;
use crate::build::Guest;
use crate::error::Error;
use std::path::{Path, PathBuf};

/// Files of Debian's package and of this project, for a guest's initrd.
#[derive(Debug)]
pub struct Shipped {
    /// Providers, the tests that were asked for, and modules with all that they need.
    pub files: Vec<PathBuf>,
    package: Package,
}

impl Shipped {
    /// Fetches and compiles them; `tests` are those of `modules/linux/tests`.
    ///
    /// # Errors
    /// If the package can't be had, has no such module, or a provider can't be compiled.
    pub fn new(guest: &Guest, modules: &[&str], tests: &[&str]) -> Result<Self, Error> {
        let package = Package::fetch()?;
        let names: Vec<String> = modules.iter().map(|&name| name.to_owned()).collect();
        let names = package.named(&names)?;
        let providers = Providers::build(guest, &package)?;
        let closure = Closure::new(&package, &providers);
        let chosen = closure.loadable(names.into_iter());
        let asked = providers.tests.iter();
        let asked = asked.filter(|test| tests.contains(&test.name.as_str()));
        let ours = providers.providers.iter().chain(asked);
        let mut files: Vec<PathBuf> = ours.map(|one| one.path.clone()).collect();
        let modules = chosen.iter().filter_map(|name| package.modules.get(name));
        files.extend(modules.map(|module| module.path.clone()));
        Ok(Self { files, package })
    }

    /// The file of a module, whether it can be loaded or not.
    ///
    /// # Errors
    /// If the package has none of this name.
    pub fn file(&self, name: &str) -> Result<&Path, Error> {
        let name = self.package.named(&[name.to_owned()])?;
        let module = name.first().and_then(|name| self.package.modules.get(name));
        let path = module.map(|module| module.path.as_path());
        path.ok_or_else(|| Error::Debian {
            message: "Debian's Linux has no such module".to_owned(),
        })
    }

    /// The release of Linux that the package is for, as its modules name it.
    pub fn release(&self) -> &str {
        let mut modules = self.package.modules.values();
        let vermagic = modules.find_map(|module| module.facts.values("vermagic").next());
        vermagic.and_then(|it| it.split(' ').next()).unwrap_or("")
    }
}
