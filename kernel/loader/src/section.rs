//! A section and a symbol of a checked object, decoded.

use object::elf::*;

/// A section.
#[derive(Clone, Copy, Debug)]
pub struct Section<'data> {
    /// Index in the file's section table.
    pub index: usize,
    /// Its name in the file.
    pub name: &'data str,
    /// `SHT_...`
    pub kind: SectionType,
    /// `SHF_...`
    pub flags: u64,
    /// Bytes that it takes in memory, or in the file if it isn't loaded.
    pub size: u64,
    /// Alignment in bytes: a power of two, of at most a page if the section is loaded.
    pub align: u64,
    /// Its bytes in the file; none if [`Section::has_bytes`] is false.
    pub bytes: &'data [u8],
}

impl Section<'_> {
    /// Whether it takes memory at run time.
    pub fn is_allocated(&self) -> bool {
        self.flags & SHF_ALLOC.0 != 0 && self.kind != SHT_NULL
    }

    /// Whether the file has its bytes; what it has none for is zeroed memory.
    pub fn has_bytes(&self) -> bool {
        !matches!(self.kind, SHT_NOBITS | SHT_NULL)
    }

    /// Whether it holds code.
    pub fn is_executable(&self) -> bool {
        self.flags & SHF_EXECINSTR.0 != 0
    }

    /// Whether it holds per-CPU data: every section that compilers and Linux's
    /// macros name so, suffixed ones too.
    pub fn is_per_cpu(&self) -> bool {
        let rest = self.name.strip_prefix(".data..percpu");
        self.is_allocated() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

/// A symbol as the file has it; what it comes to in memory is a
/// [`Symbol`](crate::linked::Symbol).
#[derive(Clone, Copy, Debug)]
pub struct SymbolEntry<'data> {
    /// Index in the file's symbol table.
    pub index: usize,
    /// Its name; a section's symbol has that of its section.
    pub name: &'data str,
    /// Bytes from its section's start; for an absolute symbol the value itself.
    pub value: u64,
    /// Bytes of what it names; 0 if the file doesn't say.
    pub size: u64,
    /// Index of its section, or a reserved one, `SHN_...`.
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

    /// Index of the section that it lies in; `None` for one that is undefined, absolute or
    /// common.
    pub fn section_index(&self) -> Option<usize> {
        section_index(self.section)
    }

    /// Whether a number of bytes from its section's start is a byte of what it names.
    pub fn holds(&self, offset: u64) -> bool {
        self.is_definition()
            && self.value <= offset
            && offset < self.value.saturating_add(self.size.max(1))
    }

    /// Whether it may stay undefined, as 0.
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

/// The index of a symbol's section, if that is a section of the file.
pub(crate) fn section_index(section: SymbolSection) -> Option<usize> {
    let is_index = section != SHN_UNDEF && section.0 < SHN_LORESERVE;
    is_index.then_some(section.0.into())
}
