//! Which of Linux's source files there are, and what shows that each does what it should.

/// A file of Linux 6.1, compiled as it stands into a module of its own.
pub struct Source {
    /// Where it is in Linux's tree.
    pub path: &'static str,
    /// What its run must show.
    pub proof: Proof,
    /// Its parameters.
    pub parameters: &'static str,
    /// What Linux's Makefile gives the compiler for it alone.
    pub flags: &'static [&'static str],
}

/// What a run must show.
pub enum Proof {
    /// Its functions are others': it loads, and the tests that follow call them.
    Library,
    /// Its cases are KUnit's: there are some, and each is `ok`.
    KUnit,
    /// It tests itself as it is loaded, and logs this; then it stays.
    Logs(&'static [&'static str]),
    /// The same, but its init returns this error so that it needn't be unloaded.
    Leaves(i32, &'static [&'static str]),
    /// It counts checks of printf, and its init returns this error if some fail: each of them
    /// is of a conversion that this kernel refuses by name.
    RefusedFormats(i32),
    /// A module of ours that compares what a library returns with published values.
    KnownAnswers(&'static str),
}

use Proof::{KUnit, KnownAnswers, Leaves, Library, Logs, RefusedFormats};

impl Source {
    /// The module's name: the file's.
    pub fn name(&self) -> &'static str {
        let file = self
            .path
            .rsplit_once('/')
            .map_or(self.path, |(_, file)| file);
        file.trim_end_matches(".c")
    }

    /// The command that loads it.
    pub fn command(&self) -> String {
        let command = format!("modprobe {} {}", self.name(), self.parameters);
        command.trim_end().to_owned()
    }

    const fn with(self, parameters: &'static str) -> Self {
        Self { parameters, ..self }
    }

    const fn made_with(self, flags: &'static [&'static str]) -> Self {
        Self { flags, ..self }
    }
}

const fn source(path: &'static str, proof: Proof) -> Source {
    Source {
        path,
        proof,
        parameters: "",
        flags: &[],
    }
}

const EINVAL: i32 = 22;
const EAGAIN: i32 = 11;

/// All of them, each after those that it needs.
pub const SOURCES: [Source; 25] = [
    source("lib/sort.c", KnownAnswers("ctest_lib")),
    source("lib/list_sort.c", KnownAnswers("ctest_lib")),
    source("lib/bsearch.c", KnownAnswers("ctest_lib")),
    source("lib/math/gcd.c", KnownAnswers("ctest_lib")),
    source("lib/crc7.c", KnownAnswers("ctest_lib")),
    source("lib/crc16.c", KnownAnswers("ctest_lib")),
    source("lib/memcat_p.c", KnownAnswers("ctest_lib")),
    source("arch/s390/lib/test_modules_helpers.c", Library),
    source("lib/percpu_test.c", Leaves(EAGAIN, &["percpu test done"])),
    source("lib/test-kstrtox.c", Leaves(EINVAL, &[])),
    source("lib/test_string.c", Logs(&["String selftests succeeded"])),
    source(
        "lib/test_bitops.c",
        Logs(&["Starting bitops test", "Completed bitops test"]),
    ),
    source("lib/test_memcat_p.c", Logs(&["test passed"])),
    source("lib/atomic64_test.c", Logs(&["passed"])),
    source("lib/test_printf.c", RefusedFormats(EINVAL)),
    source(
        "lib/test_vmalloc.c",
        Leaves(
            EAGAIN,
            &[
                "Summary: fix_size_alloc_test passed: 1 failed: 0",
                "Summary: full_fit_alloc_test passed: 1 failed: 0",
                "Summary: long_busy_list_alloc_test passed: 1 failed: 0",
                "Summary: random_size_alloc_test passed: 1 failed: 0",
                "Summary: fix_align_alloc_test passed: 1 failed: 0",
                "Summary: random_size_align_alloc_test passed: 1 failed: 0",
                // An alignment of 2^63 among them: "supposed to be failed", as it says itself.
                "Summary: align_shift_alloc_test passed: 0 failed: 1",
                "Summary: kvfree_rcu_1_arg_vmalloc_test passed: 1 failed: 0",
                "Summary: kvfree_rcu_2_arg_vmalloc_test passed: 1 failed: 0",
                "Summary: pcpu_alloc_test passed: 1 failed: 0",
            ],
        ),
    )
    .with("test_loop_count=100"),
    source("lib/test_hexdump.c", Logs(&["all ", " tests passed"])),
    source("lib/test_list_sort.c", KUnit),
    source("lib/test_sort.c", KUnit),
    source("lib/list-test.c", KUnit),
    source("lib/test_bits.c", KUnit),
    source("lib/test_hash.c", KUnit),
    source("lib/test_min_heap.c", Logs(&["test passed"])),
    source("arch/s390/lib/test_modules.c", KUnit),
    source("arch/s390/lib/test_unwind.c", KUnit).made_with(&["-fno-optimize-sibling-calls"]),
];
