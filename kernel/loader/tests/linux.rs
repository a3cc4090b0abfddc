//! What an object compiled for Linux has beside its code: read whole, and refused by the field
//! that is wrong.

mod common;

use common::{BASE, Loaded, load};
use loader::linux::{Bug, Exception, Fixup, Jump, TableError, Tables, Versions};
use loader::linux::{is_linux, stores_preempt_count};
use loader::{LoadError, Object, Offer, ParameterError, Setter, set_parameters};

const FILE: &[u8] = include_bytes!("corpus/linux.o");
const IMPORTED: u64 = 0x12_3450;

fn linked(data: &[u8]) -> Loaded<'_> {
    let known = |name: &str| (name == "imported").then_some(IMPORTED);
    load(data, BASE, known).unwrap()
}

fn address(loaded: &Loaded<'_>, name: &str) -> u64 {
    loaded.linked.address(name).unwrap()
}

fn tables(loaded: &Loaded<'_>) -> Result<Tables, TableError> {
    Tables::of(loaded.layout(), BASE, &loaded.image)
}

/// Where a section lies in the image.
fn start(loaded: &Loaded<'_>, section: &str) -> usize {
    loaded.position(section).address(0, 0).unwrap() as usize
}

#[test]
fn it_is_known_by_its_struct_module() {
    let object = Object::parse(FILE).unwrap();
    assert!(is_linux(&object) && stores_preempt_count(linked(FILE).layout()));
    let other = include_bytes!("corpus/exports.o");
    assert!(!is_linux(&Object::parse(other).unwrap()));
    assert!(!stores_preempt_count(linked(other).layout()));
}

#[test]
fn imports_have_crcs() {
    let versions = Versions::of(&Object::parse(FILE).unwrap()).unwrap();
    assert_eq!(versions.crc("imported"), Some(0x89ab_cdef));
    assert_eq!(versions.crc("module_layout"), Some(0x8ffa_e2f3));
    assert_eq!(versions.crc("exported"), None);
}

#[test]
fn exports_have_crcs_and_may_be_passed_on() {
    let loaded = linked(FILE);
    let [own, others] = loaded.linked.exports() else {
        panic!("{:?}", loaded.linked.exports());
    };
    let offer = |crc, is_passed_on| Offer {
        crc: Some(crc),
        is_passed_on,
    };
    assert_eq!((own.name, own.is_function), ("exported", true));
    assert_eq!(loaded.linked.offer(0), offer(0x0123_4567, false));
    assert_eq!((others.name, others.value), ("imported", IMPORTED));
    assert_eq!(loaded.linked.offer(1), offer(0x89ab_cdef, true));
}

/// Only what has a CRC is passed on.
#[test]
fn an_import_without_a_crc_is_no_export() {
    let mut data = FILE.to_vec();
    let name = b"__crc_imported\0";
    let at = data.windows(name.len()).position(|found| found == name);
    data[at.unwrap()] = b'x';
    let error = load(&data, BASE, |_| Some(IMPORTED)).unwrap_err();
    assert_eq!(error, LoadError::ExportUndefined("imported".into()));
}

#[test]
fn tables_are_found_by_addresses() {
    let loaded = linked(FILE);
    let tables = tables(&loaded).unwrap();
    let place = address(&loaded, "place");
    let bug = Bug {
        instruction: place,
        file: address(&loaded, "file"),
        line: 1097,
        is_warning: true,
        is_once: false,
    };
    assert_eq!(tables.bug(place), Some((0, bug)));
    assert_eq!(tables.bug(place + 2), None);
    let fault = address(&loaded, "fault");
    let exception = Exception {
        instruction: fault,
        continuation: address(&loaded, "target"),
        fixup: Fixup::ErrorAndMemory {
            error: 2,
            address: 4,
            bytes: 8,
        },
    };
    assert_eq!(tables.exception(fault), Some(exception));
    assert_eq!(tables.exception(place), None);
    let key = address(&loaded, "key");
    let jump = Jump {
        key,
        site: address(&loaded, "site"),
        is_inverted: true,
    };
    assert_eq!(tables.jumps_of(key), [jump]);
    assert!(tables.jumps_of(key + 4).is_empty());
    // Inverted: taken while the key is off.
    assert_eq!((jump.mask(false), jump.mask(true)), (0xf4, 0x04));
}

/// Changes bytes of a section once it is linked, and reads the tables.
fn changed(section: &str, at: usize, bytes: &[u8]) -> TableError {
    let mut loaded = linked(FILE);
    let start = start(&loaded, section) + at;
    loaded.image[start..][..bytes.len()].copy_from_slice(bytes);
    tables(&loaded).unwrap_err()
}

#[test]
fn a_wrong_field_is_named() {
    let table = [
        ("__ex_table", 0, &[0x7f][..], "instruction"),
        ("__ex_table", 4, &[0x7f], "continuation"),
        ("__ex_table", 8, &[0, 9], "kind"),
        ("__bug_table", 0, &[0x7f], "instruction"),
        ("__bug_table", 4, &[0x7f], "file"),
        ("__jump_table", 0, &[0x7f], "instruction"),
        // The instruction there is another.
        (".text", 5, &[0x14], "instruction"),
    ];
    for (section, at, bytes, wanted) in table {
        let error = changed(section, at, bytes);
        let TableError::Record { index, field, .. } = error else {
            panic!("{section}+{at}: {error}");
        };
        assert_eq!((index, field), (0, wanted), "{section}+{at}");
    }
}

#[test]
fn parameters_are_set_by_operations() {
    let mut loaded = linked(FILE);
    let exported = address(&loaded, "exported");
    let (plan, image) = (&loaded.plan, &mut loaded.image);
    let mut keep = |_: &str| Some(0x77);
    let words = ["value=7"].into_iter();
    let callbacks = set_parameters(plan.layout(), BASE, image, words, &mut keep).unwrap();
    assert_eq!(
        (callbacks[0].set, callbacks[0].text),
        (Setter::Own(exported), 0x77)
    );
    // Those of another module are looked into when they are called.
    let parameter = callbacks[0].parameter;
    let operations = (parameter - BASE) as usize + 16;
    image[operations..][..8].copy_from_slice(&0x99u64.to_be_bytes());
    let words = ["value"].into_iter();
    let callbacks = set_parameters(plan.layout(), BASE, image, words, &mut keep).unwrap();
    assert_eq!(
        (callbacks[0].set, callbacks[0].text),
        (Setter::Others(0x99), 0)
    );
    let words = ["other=1"].into_iter();
    let error = set_parameters(plan.layout(), BASE, image, words, &mut keep);
    assert_eq!(error.unwrap_err(), ParameterError::Unknown("other"));
}

#[test]
fn operations_without_a_function_are_for_reading() {
    let mut loaded = linked(FILE);
    let set = (address(&loaded, "operations") - BASE) as usize + 8;
    loaded.image[set..][..8].fill(0);
    let mut keep = |_: &str| None;
    let (plan, image) = (&loaded.plan, &mut loaded.image);
    let words = ["value=7"].into_iter();
    let error = set_parameters(plan.layout(), BASE, image, words, &mut keep);
    assert_eq!(error.unwrap_err(), ParameterError::ReadOnly("value"));
}
