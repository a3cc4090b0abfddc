//! Every input of the corpus goes through its target.

use std::fs;
use std::path::Path;

/// Bytes of all of it: a corpus is what reaches something, not all that was tried.
const MOST: usize = 200 << 10;

#[test]
fn all_go_through() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut bytes = 0;
    for (name, target) in fuzz::TARGETS {
        let folder = corpus.join(name);
        let files = fs::read_dir(&folder).unwrap().map(|file| file.unwrap());
        let mut inputs = 0;
        for file in files {
            let data = fs::read(file.path()).unwrap();
            bytes += data.len();
            inputs += 1;
            // What fails is named by the test's output.
            println!("{name}: {}", file.file_name().to_string_lossy());
            target(&data);
        }
        assert!(inputs >= 10, "{name} has {inputs} inputs");
    }
    assert!(bytes <= MOST, "{bytes} bytes");
}
