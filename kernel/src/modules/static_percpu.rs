//! The copies of a module's static per-CPU variables.

use crate::cpus;
use crate::memory::sanity::{self, Kind as Block};
use crate::percpu::trace::{self, Kind};
use crate::percpu::{self, AllocError, Handle, checked};

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
        let (size, align) = (bytes as usize, align as usize);
        let handle = match sanity::is_on() {
            true => checked::alloc(checked::From::Reserved, size, align)?,
            false => percpu::alloc_reserved(size, align)?,
        };
        trace::enter(Kind::AllocStatic, handle, bytes as usize, || 0);
        Ok(Some(Self(handle)))
    }

    /// Names whose variables they are, for reports of misuse.
    pub fn set_name(&self, module: &'static str) {
        sanity::name(Block::PerCpu, self.0.0, module);
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
        let freed = match sanity::is_on() {
            true => checked::free(self.0),
            false => percpu::free(self.0),
        };
        if let Err(error) = freed {
            unreachable!("a module's per-CPU area is freed once: {error}");
        }
    }
}
