//! What an object imports, and whose exports it may be given.
//!
//! ```text
//!  an object of this project's   exports without a CRC, then those with
//!  one compiled for Linux        exports with a CRC, and the CRC must be its own
//! ```
//!
//! The kernel's functions have names that are Linux's, and now and then another meaning:
//! `nr_cpu_ids` is a function here and a variable there. So what Linux's objects get is what a
//! provider vouches for, by the CRC of the declaration that it was written against.

use super::error::Reason;
use super::registry::{Exported, References, Wanted};
use loader::Object;
use loader::linux::{MODULE_LAYOUT, Versions};

/// How much is asked of what an object imports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// The CRCs of an object compiled for Linux must be those of its providers.
    Versions,
    /// Nothing: the CRCs are left alone, and where there is no export with one, any will do.
    Nothing,
}

/// Resolves the imports of an object, and holds the references that come of it.
pub struct Imports {
    uses: References,
    wanted: Wanted,
    /// The CRCs that must hold.
    versions: Option<Versions<'static>>,
}

impl Imports {
    /// Those of an object, compiled for Linux or not; nothing is resolved yet.
    ///
    /// # Errors
    /// What is wrong with its CRCs.
    pub fn of(
        object: &Object<'static>,
        is_linux: bool,
        check: Check,
    ) -> Result<Self, Reason<'static>> {
        let versions = match check {
            Check::Versions if is_linux => Some(Versions::of(object)?),
            _ => None,
        };
        Ok(Self {
            uses: References::default(),
            wanted: match (is_linux, check) {
                (false, _) => Wanted::PlainFirst,
                (true, Check::Versions) => Wanted::Versioned,
                (true, Check::Nothing) => Wanted::VersionedFirst,
            },
            versions,
        })
    }

    /// Checks what each of Linux's objects takes for granted without importing it.
    ///
    /// # Errors
    /// As of [`resolve`](Self::resolve); nobody vouches for it.
    pub fn check_layout(&mut self) -> Result<(), Reason<'static>> {
        if self.versions.is_none() {
            return Ok(());
        }
        let hash = loader::name_hash(MODULE_LAYOUT);
        let found = self.resolve(MODULE_LAYOUT, hash)?;
        found.map_or(Err(Reason::NoLayout), |_| Ok(()))
    }

    /// Looks an export up by its name and that one's hash, and holds a reference on its module.
    /// `None` if nobody offers it.
    ///
    /// # Errors
    /// A CRC that is missing or another's; as of [`References::resolve`].
    #[inline]
    pub fn resolve(
        &mut self,
        symbol: &'static str,
        hash: u32,
    ) -> Result<Option<Exported>, Reason<'static>> {
        // Nearly always what is found is passed on as it is.
        let Some(versions) = &self.versions else {
            return self.uses.resolve(symbol, hash, self.wanted);
        };
        let found = self.uses.resolve(symbol, hash, self.wanted)?;
        Self::checked(versions, symbol, found)
    }

    /// What was found, if its CRC is the one that the object has.
    fn checked(
        versions: &Versions<'static>,
        symbol: &'static str,
        found: Option<Exported>,
    ) -> Result<Option<Exported>, Reason<'static>> {
        let Some(found) = found else {
            return Ok(None);
        };
        let (offered, wanted) = (found.crc, versions.crc(symbol));
        match offered.is_some() && offered == wanted {
            true => Ok(Some(found)),
            false => Err(Reason::Version {
                symbol,
                wanted,
                offered: offered.unwrap_or(0),
            }),
        }
    }

    /// The references that are held.
    pub fn into_references(self) -> References {
        self.uses
    }
}
