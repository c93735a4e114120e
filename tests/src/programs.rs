//! Where the built programs are.

use std::path::PathBuf;

/// Cargo's folder of programs: a test's own program lies in `deps` below it.
pub fn folder() -> PathBuf {
    let own = std::env::current_exe().expect("a test knows its program");
    let folder = own.parent().expect("a program lies in a folder");
    let is_below = folder.file_name().is_some_and(|name| name == "deps");
    if is_below { folder.parent().expect("deps lies in a folder").to_owned() } else { folder.to_owned() }
}

/// The path of a program of ours. Fails where it was not built.
pub fn program(name: &str) -> PathBuf {
    let path = folder().join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(path.is_file(), "{} is not built: run `cargo xtask test`", path.display());
    path
}
