//! What translation tables need of the machine.

/// Memory that holds tables, and the CPUs that look into them.
///
/// A table is named by its real address, an entry by its number in the table.
pub trait Machine {
    /// Reads an entry.
    fn read(&self, table: usize, index: usize) -> u64;

    /// Stores an entry, in one piece: a CPU that looks meanwhile sees the old or the
    /// new one. By the table's real address, whatever the page allows that it lies in.
    fn write(&mut self, table: usize, index: usize, entry: u64);

    /// Stores an entry of a table that nothing leads to yet, in memory that may be written.
    fn fill(&mut self, table: usize, index: usize, entry: u64);

    /// Sets the invalid bit in the entry of `address` in a page table, and clears what
    /// any CPU's TLB has from that entry; when it returns, that is done (INVALIDATE
    /// PAGE TABLE ENTRY).
    fn invalidate_page(&mut self, page_table: usize, address: usize);

    /// Sets the invalid bit in the entry of `address` in a page table, and clears what the
    /// running CPU's TLB has from that entry. Other CPUs may go on with what theirs have,
    /// until [`flush`](Self::flush) (INVALIDATE PAGE TABLE ENTRY, local clearing).
    fn invalidate_page_here(&mut self, page_table: usize, address: usize);

    /// Replaces a valid entry of a page table by another valid one of the same frame, if it is
    /// still the old one, and clears what any CPU's TLB has from it; when it returns, that is
    /// done. There is no moment without a valid entry (COMPARE AND SWAP AND PURGE).
    fn replace(&mut self, page_table: usize, index: usize, old: u64, new: u64);

    /// Clears what any CPU's TLB has from the tables that this address-space-control
    /// element names; when it returns, that is done (INVALIDATE DAT TABLE ENTRY, clearing
    /// by ASCE).
    fn flush(&mut self, element: u64);
}

/// Where tables come from.
pub trait TableMemory {
    /// `bytes` (a page or four pages) of real memory for a table, for good, aligned to
    /// their size, whatever is in them. `None` when memory has run out.
    fn table(&mut self, bytes: usize) -> Option<usize>;
}
