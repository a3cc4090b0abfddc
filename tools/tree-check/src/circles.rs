//! Circles of imports: the strongly connected components of more than one file, or of more
//! than one room.

use crate::imports::Import;
use crate::problem::Problem;
use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;
use std::collections::BTreeSet;
use std::path::Path;

/// The circles among the rooms of a crate: the files and folders right under its `src`.
pub fn of_rooms(src: &Path, imports: &BTreeSet<Import>) -> Vec<Problem> {
    let between = imports.iter().filter_map(|import| {
        let (from, to) = (import.from.first()?, import.to.first()?);
        (from != to).then(|| Import {
            from: vec![from.clone()],
            to: vec![to.clone()],
            file: src.join(from),
            imported: src.join(to),
        })
    });
    find(&between.collect())
}

/// The circles among the imports of a crate.
pub fn find(imports: &BTreeSet<Import>) -> Vec<Problem> {
    let mut graph = DiGraphMap::<&Path, ()>::new();
    for import in imports {
        graph.add_edge(import.file.as_path(), import.imported.as_path(), ());
    }
    let components = tarjan_scc(&graph).into_iter();
    let circles = components.filter(|component| component.len() > 1);
    circles
        .map(|mut files| {
            files.sort();
            let inside = |import: &&Import| {
                [&import.file, &import.imported].map(|file| files.contains(&file.as_path()))
                    == [true, true]
            };
            let edges = imports.iter().filter(inside);
            Problem::Circle {
                imports: edges
                    .map(|import| (import.file.clone(), import.imported.clone()))
                    .collect(),
                files: files.iter().map(|file| file.to_path_buf()).collect(),
            }
        })
        .collect()
}
