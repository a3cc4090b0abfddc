//! The copies of a module's static per-CPU variables.

use crate::cpus;
use crate::percpu::trace::{self, Kind};
use crate::percpu::{self, AllocError, Handle};

/// An area of per-CPU memory for a module's static variables; freed when dropped.
pub struct StaticPerCpu(Handle);

impl StaticPerCpu {
    /// Allocates it by bytes and alignment; `None` if there are no bytes. May map pages.
    ///
    /// # Errors
    /// As of [`percpu::alloc_reserved`].
    pub fn new((bytes, align): (u64, u64)) -> Result<Option<Self>, AllocError> {
        if bytes == 0 {
            return Ok(None);
        }
        let handle = percpu::alloc_reserved(bytes as usize, align as usize)?;
        trace::enter(Kind::AllocStatic, handle, bytes as usize, || 0);
        Ok(Some(Self(handle)))
    }

    /// Its handle.
    pub fn handle(&self) -> u64 {
        self.0.0 as u64
    }

    /// Copies the template, which has as many bytes as the area, to every possible CPU.
    pub fn fill(&self, template: &[u8]) {
        for cpu in 0..cpus::possible() {
            let address = self.0.0.wrapping_add(percpu::offset(cpu));
            let copy = core::ptr::with_exposed_provenance_mut::<u8>(address);
            // SAFETY: P1, P7: a copy of an area that is this module's alone and on mapped
            // pages, and as long as the template.
            unsafe { copy.copy_from_nonoverlapping(template.as_ptr(), template.len()) };
        }
    }
}

impl Drop for StaticPerCpu {
    fn drop(&mut self) {
        trace::enter(Kind::Free, self.0, 0, || 0);
        if let Err(error) = percpu::free(self.0) {
            unreachable!("a module's per-CPU area is freed once: {error}");
        }
    }
}
