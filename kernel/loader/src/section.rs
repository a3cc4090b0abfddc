//! Decoded views of an object's parts: a section, a symbol, a section's
//! relocations. What they name has been checked by `validate.rs`.

use crate::relocation::Relocation;
use object::BigEndian as BE;
use object::elf::*;

/// A section's header, decoded.
#[derive(Clone, Copy, Debug)]
pub struct Section<'data> {
    /// Index in the file.
    pub index: usize,
    /// Name.
    pub name: &'data str,
    /// `SHT_...`
    pub kind: SectionType,
    /// `SHF_...`
    pub flags: u64,
    /// Bytes.
    pub size: u64,
    /// Alignment, at least 1.
    pub align: u64,
    pub(crate) offset: u64,
    pub(crate) link: u32,
    pub(crate) info: u32,
}

impl Section<'_> {
    /// Whether it takes memory at run time.
    pub fn is_allocated(&self) -> bool {
        self.flags & SHF_ALLOC.0 != 0
    }

    /// Whether the file has its bytes.
    pub fn has_bytes(&self) -> bool {
        self.kind != SHT_NOBITS
    }

    /// Whether it holds per-CPU data: every section that compilers and Linux's
    /// macros name so, suffixed ones too.
    pub fn is_per_cpu(&self) -> bool {
        let rest = self.name.strip_prefix(".data..percpu");
        self.is_allocated() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

/// A symbol, decoded.
#[derive(Clone, Copy, Debug)]
pub struct SymbolEntry<'data> {
    /// Index in the file.
    pub index: usize,
    /// Name; a section's symbol has its section's.
    pub name: &'data str,
    /// Value: bytes from its section's start.
    pub value: u64,
    /// Bytes.
    pub size: u64,
    /// Section index, or a reserved one.
    pub section: SymbolSection,
    /// `STT_...`
    pub kind: SymbolType,
    /// `STB_...`
    pub binding: SymbolBind,
}

impl SymbolEntry<'_> {
    /// Whether another object must define it.
    pub fn is_undefined(&self) -> bool {
        self.section == SHN_UNDEF && self.index != 0
    }

    /// Whether it names something in this object.
    pub fn is_definition(&self) -> bool {
        self.section != SHN_UNDEF && !self.is_section() && self.kind != STT_FILE
    }

    /// Whether an offset in its section is a byte of what it names.
    pub fn holds(&self, offset: u64) -> bool {
        self.is_definition()
            && self.value <= offset
            && offset < self.value.saturating_add(self.size.max(1))
    }

    /// Whether it may stay undefined.
    pub fn is_weak(&self) -> bool {
        self.binding == STB_WEAK
    }

    /// Whether only its own source file means it.
    pub fn is_local(&self) -> bool {
        self.binding == STB_LOCAL
    }

    /// Whether it stands for its section.
    pub fn is_section(&self) -> bool {
        self.kind == STT_SECTION
    }
}

/// Relocations of a section, decoded one after another.
#[derive(Clone, Debug)]
pub struct Relocations<'data>(pub(crate) core::slice::Iter<'data, Rela64<BE>>);

impl Iterator for Relocations<'_> {
    type Item = Relocation;

    fn next(&mut self) -> Option<Relocation> {
        let rela = self.0.next()?;
        let info = rela.r_info.get(BE);
        Some(Relocation {
            offset: rela.r_offset.get(BE),
            kind: info as u32,
            symbol: (info >> 32) as u32,
            addend: rela.r_addend.get(BE),
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for Relocations<'_> {}
