//! Guests of many shapes, each started the way a person would, each judged from
//! outside by exit code and output; and every command of README and docs.
//!
//! These need QEMU and the cross tools, so a plain `cargo test` lists them as
//! ignored; `./qemu-run.sh test` runs them. What needs no guest always runs.

#![forbid(unsafe_code)]

#[path = "guest/book.rs"]
mod book;
#[path = "guest/boot.rs"]
mod boot;
#[path = "guest/browser.rs"]
mod browser;
#[path = "guest/by_clang.rs"]
mod by_clang;
#[path = "guest/c_headers.rs"]
mod c_headers;
#[path = "guest/c_modules.rs"]
mod c_modules;
#[path = "guest/c_sources.rs"]
mod c_sources;
#[path = "guest/commands.rs"]
mod commands;
#[path = "guest/crafted.rs"]
mod crafted;
#[path = "guest/debugger.rs"]
mod debugger;
#[path = "guest/deferred.rs"]
mod deferred;
#[path = "guest/dependencies.rs"]
mod dependencies;
#[path = "guest/documents.rs"]
mod documents;
#[path = "guest/endings.rs"]
mod endings;
#[path = "guest/events.rs"]
mod events;
#[path = "guest/faults.rs"]
mod faults;
#[path = "guest/host.rs"]
mod host;
#[path = "guest/information.rs"]
mod information;
#[path = "guest/kit.rs"]
mod kit;
#[path = "guest/labs.rs"]
mod labs;
#[path = "guest/linux.rs"]
mod linux;
#[path = "guest/linux_objects.rs"]
mod linux_objects;
#[path = "guest/linux_sources.rs"]
mod linux_sources;
#[path = "guest/loading.rs"]
mod loading;
#[path = "guest/lock_holds.rs"]
mod lock_holds;
#[path = "guest/matrix/mod.rs"]
mod matrix;
#[path = "guest/misuse/mod.rs"]
mod misuse;
#[path = "guest/monitor.rs"]
mod monitor;
#[path = "guest/page.rs"]
mod page;
#[path = "guest/peer.rs"]
mod peer;
#[path = "guest/profile.rs"]
mod profile;
#[path = "guest/real.rs"]
mod real;
#[path = "guest/report.rs"]
mod report;
#[path = "guest/run.rs"]
mod run;
#[path = "guest/shapes.rs"]
mod shapes;
#[path = "guest/shell.rs"]
mod shell;
#[path = "guest/situations.rs"]
mod situations;
#[path = "guest/slabs.rs"]
mod slabs;
#[path = "guest/start.rs"]
mod start;
#[path = "guest/stuck.rs"]
mod stuck;
#[path = "guest/supply_chain.rs"]
mod supply_chain;
#[path = "guest/terminal.rs"]
mod terminal;
#[path = "guest/times.rs"]
mod times;
#[path = "guest/verdicts.rs"]
mod verdicts;

use libtest_mimic::{Arguments, Completion, Trial};
use run::{Completed, TestResult};
use std::process::ExitCode;

/// Trials of functions, by their paths.
macro_rules! trials {
    ($($module:ident::$function:ident),* $(,)?) => {
        vec![$(test(
            concat!(stringify!($module), "::", stringify!($function)),
            $module::$function,
        )),*]
    };
}

/// A trial that passes or fails, timed.
fn test(name: impl Into<String>, work: impl FnOnce() -> TestResult + Send + 'static) -> Trial {
    ignorable_test(name, move || work().map(|()| Completion::Completed))
}

/// One that may find out that it can't run here.
fn ignorable_test(
    name: impl Into<String>,
    work: impl FnOnce() -> Completed + Send + 'static,
) -> Trial {
    let name = name.into();
    let timed = name.clone();
    Trial::ignorable_test(name, move || times::record(&timed, work))
}

/// Beginnings of names: what takes longest comes first, so that nothing long is left to run
/// alone at the end.
const LONG: [&str; 13] = [
    "docs/running.md: ./qemu-run.sh --cpus 4 --timeout 900",
    "docs/running.md: OPERATIONS",
    "docs/running.md: cargo test",
    "c_modules::against_linux",
    "crafted::rounds",
    "endings::timeouts",
    "monitor::",
    "real::modules",
    "shapes::more_memory",
    "shapes::possible_cpus",
    "shell::",
    "situations::",
    "stuck::",
];

fn main() -> ExitCode {
    let mut trials = trials![
        start::unknown_option,
        start::options_for_test,
        start::nothing_installed,
        start::toolchain_beyond_path,
        start::toolchain_is_asked_once,
        start::cargo_is_asked_once,
        c_headers::every_name_is_tested,
        c_sources::locals_of_macros_are_nobodys,
        documents::exceptions_are_in_the_text,
        documents::machine_cases_are_tested,
        matrix::every_pair_is_there,
        book::hangs_together,
        book::reading_times,
    ];
    let mut guests = trials![
        start::missing_file,
        linux_objects::refused,
        linux_objects::code_runs,
        linux_objects::bug,
        start::bad_kernel_parameter,
        start::qemu_refuses,
        start::longest_command_line,
        start::machine_sizes,
        start::old_cpu_model,
        situations::signals,
        situations::qemu_is_ended,
        situations::output_goes_nowhere,
        situations::output_is_not_read,
        situations::input_ends,
        situations::files_that_are_none,
        situations::events_elsewhere,
        endings::timeouts_have_names,
        endings::fault_in_report,
        start::plain,
        debugger::dumps,
        start::quiet,
        loading::direct_is_refused_far,
        loading::direct_works_near,
        loading::counter_uses_the_got,
        loading::written_in_c,
        information::parameters,
        information::modinfo,
        boot::steps_are_for_what_is_used,
        crafted::refused,
        crafted::constructors_by_number,
        crafted::ten_thousand_functions,
        crafted::a_thousand_loaded,
        crafted::a_hundred_thousand_symbols,
        dependencies::a_long_chain,
        dependencies::inits_that_ask,
        dependencies::calls,
        dependencies::no_memory_for_a_search,
        crafted::rounds_on_four_cpus,
        crafted::links_are_linear,
        crafted::rounds_do_not_slow,
        c_headers::headers_have_no_warnings,
        c_headers::unsupported_is_refused_by_name,
        c_headers::single_instructions,
        c_modules::stamp_of_another_kernel,
        c_modules::lessons,
        c_modules::a_file_is_compiled_and_loaded,
        c_modules::bugs,
        c_modules::kunit,
        c_sources::mistakes_end_the_build,
        c_sources::right_uses_are_taken,
        c_sources::what_is_left_is_reported,
        c_sources::lines_are_of_one_cpu,
        deferred::threads_and_timers_left,
        deferred::stack_of_a_thread,
        deferred::functions_that_are_none,
        c_sources::names_and_words,
        c_sources::odd_modules,
        c_modules::frame_of_a_file,
        slabs::wrong_frees,
        slabs::all_memory,
        slabs::all_by_each_allocator,
        commands::commands,
        commands::failing_command,
        commands::poweroff,
        commands::text_is_no_verdict,
        misuse::kinds,
        monitor::script,
        monitor::session,
        events::commands_and_modules,
        events::odd_text,
        events::self_tests_and_panic,
        report::schema,
        report::details,
        report::same_run_each_time,
        report::icount_everywhere,
        report::junit,
        verdicts::asked_for_and_not_there,
        verdicts::lost_at_boot,
        verdicts::cpus_not_started,
        verdicts::faults_that_cannot_come,
        faults::sample,
        faults::in_one_boot,
        lock_holds::counted,
        lock_holds::short_ones,
        peer::same_source,
        profile::adds_up,
        profile::commands_and_graph,
        profile::names,
        stuck::goes_on,
        shapes::most_cpus,
        events::by_hand,
        labs::asked_wrongly,
        shell::interrupted,
        shell::command_interrupted,
        shell::edited,
        shell::remembers,
        shell::late_lines,
        shell::death_at_the_prompt,
        shell::timed_out,
        shell::late_pipe,
        shell::early_pipe,
        shell::wrong_glob,
    ];
    guests.extend([
        ignorable_test("real::modules", real::modules),
        ignorable_test("book::pages", book::pages),
        ignorable_test("c_modules::against_linux", c_modules::against_linux),
        ignorable_test("debugger::far_module", debugger::far_module),
        ignorable_test("debugger::crash_dump", debugger::crash_dump),
        ignorable_test("debugger::drgn", debugger::drgn),
        ignorable_test("debugger::on_a_terminal", debugger::on_a_terminal),
        ignorable_test("c_sources::by_clang", c_sources::by_clang),
        ignorable_test("page::shows_and_runs", page::shows_and_runs),
    ]);
    let documented = documents::commands();
    for (name, arguments) in shapes::SHAPES {
        // What a document has is run as it stands there.
        let line = [&["./qemu-run.sh"], arguments].concat().join(" ");
        if !documented.iter().any(|command| command.passes(&line)) {
            let passes = move || shapes::passes(arguments);
            guests.push(test(format!("shapes::{name}"), passes));
        }
    }
    guests.extend(stuck::STUCK.iter().map(|&(name, words)| {
        test(format!("stuck::{name}"), move || {
            stuck::is_reported(name, words)
        })
    }));
    guests.extend(labs::LABS.map(|lab| test(format!("labs::{lab}"), move || labs::grades(lab))));
    // For `test --all`.
    guests.push(ignorable_test("long::book", book::fetched));
    guests.push(test("long::kit", kit::runs_elsewhere));
    guests.push(test("long::stuck_alone", stuck::alone));
    guests.push(test("long::lock_holds", lock_holds::all));
    guests.push(test("long::misuse", misuse::all));
    guests.push(test("long::faults", faults::all));
    guests.push(ignorable_test("long::beside_linux", peer::beside_linux));
    guests.push(test(
        "long::same_self_tests",
        report::same_self_tests_each_time,
    ));
    guests.push(ignorable_test("long::linux_sources", linux_sources::all));
    guests.extend(by_clang::TESTS.iter().map(|&name| {
        ignorable_test(format!("long::clang::{name}"), move || {
            by_clang::again(name)
        })
    }));
    guests.push(ignorable_test("linux::live", linux::live));
    guests.push(ignorable_test("linux::some", linux::some));
    guests.push(ignorable_test("linux::why", linux::why));
    guests.push(ignorable_test(
        "linux::frames_and_bugs",
        linux::frames_and_bugs,
    ));
    guests.push(ignorable_test("linux::ends", linux::ends));
    guests.push(ignorable_test("linux::changed_bytes", linux::changed_bytes));
    guests.push(ignorable_test("long::soak_with_linux", linux::soaked));
    guests.push(ignorable_test("long::linux_rounds", linux::rounds));
    guests.extend(linux::shapes().into_iter().map(|(name, arguments)| {
        ignorable_test(format!("long::linux_{name}"), move || {
            linux::shape(&arguments)
        })
    }));
    guests.push(ignorable_test(
        "long::page_is_accessible",
        page::is_accessible,
    ));
    guests.push(ignorable_test(
        "long::licences_bans_sources",
        supply_chain::licences_bans_sources,
    ));
    guests.push(test(
        "long::same_in_another_folder",
        supply_chain::same_in_another_folder,
    ));
    guests.extend(matrix::machines().into_iter().map(|machine| {
        let name = format!("long::matrix::{}", machine.name());
        ignorable_test(name, move || machine.passes())
    }));
    guests.extend(endings::ENDINGS.iter().map(|&(name, code, words)| {
        test(format!("endings::{name}"), move || {
            endings::ends(name, code, words)
        })
    }));
    guests.extend(["1", "2", "8"].map(|cpus| {
        test(format!("shell::answers_on_{cpus}"), move || {
            shell::answers(cpus)
        })
    }));
    guests.extend(
        documented
            .into_iter()
            .map(|command| test(command.name(), move || command.check())),
    );
    guests.sort_by_key(|trial| !LONG.iter().any(|start| trial.name().starts_with(start)));
    trials.extend(
        guests
            .into_iter()
            .map(|trial| trial.with_ignored_flag(true)),
    );
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    matrix::print();
    conclusion.exit_code()
}
