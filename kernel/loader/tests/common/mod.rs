//! What the loader's tests share: a machine's part of loading.

#![allow(dead_code, reason = "each test uses its part of it")]

pub mod broken;
pub mod builder;

use loader::{Bindings, Layout, Linked, LoadError, Object, Plan, Position, Slot, link};
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// Where modules go: far from everything.
pub const BASE: u64 = 0x200_0000_0000;
/// Handle of their per-CPU data.
pub const HANDLE: u64 = 0x8000_0000;

/// What this thread has had of the host's CPUs: what runs beside it takes no part of that.
pub fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let whole = Duration::from_secs(time.tv_sec.unsigned_abs());
    whole + Duration::from_nanos(time.tv_nsec.unsigned_abs())
}

/// A module in memory.
#[derive(Debug)]
pub struct Loaded<'data> {
    pub object: Object<'data>,
    pub plan: Plan<'data>,
    pub image: Vec<u8>,
    pub template: Vec<u8>,
    pub linked: Linked<'data>,
    pub bindings: Bindings<'data>,
}

/// Loads as the kernel does; what `resolve` doesn't know nobody exports.
pub fn load<'data>(
    data: &'data [u8],
    base: u64,
    mut resolve: impl FnMut(&str) -> Option<u64>,
) -> Result<Loaded<'data>, LoadError> {
    let object = Object::parse(data)?;
    let plan = Plan::new(&object)?;
    let mut image = vec![0; plan.layout().size() as usize];
    let mut template = vec![0; plan.layout().per_cpu().0 as usize];
    let (linked, bindings) = link(
        &plan,
        base,
        HANDLE,
        &mut |name, _| resolve(name),
        &mut image,
        &mut template,
    )?;
    Ok(Loaded {
        object,
        plan,
        image,
        template,
        linked,
        bindings,
    })
}

impl<'data> Loaded<'data> {
    pub fn layout(&self) -> &Layout<'data> {
        self.plan.layout()
    }

    /// What its GOT holds.
    pub fn slots(&self) -> Vec<Slot<'data>> {
        self.bindings.slots(&self.plan).unwrap()
    }

    /// Where the section of this name lies.
    pub fn position(&self, name: &str) -> Position {
        let mut sections = self.object.sections();
        let section = sections.find(|section| section.name == name);
        self.layout().position(section.unwrap().index)
    }

    /// Eight bytes of the image.
    pub fn doubleword(&self, address: u64) -> u64 {
        let offset = (address - BASE) as usize;
        u64::from_be_bytes(self.image[offset..][..8].try_into().unwrap())
    }
}
