//! Files of a workspace, by their path relative to its folder.
//!
//! A write is whole or not at all: a temporary file beside the target, synced, renamed over it, and the folder synced.
//! No path leads out of the workspace, neither by `..` nor by a link.

use super::names::check_name;
use super::{Result, WorkspaceError};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Files that start with this are half-written and nobody's; every listing leaves them out.
pub(super) const TEMPORARY_PREFIX: &str = ".atelier-tmp-";
const MAX_FOLDER_DEPTH: usize = 16;

#[derive(Debug)]
pub(super) struct Files {
    /// Canonical.
    root: PathBuf,
}

/// Tells whether a file changed since it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    modified: Option<SystemTime>,
    num_bytes: u64,
}

impl Files {
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The place of a file on this machine, which need not exist.
    pub fn place(&self, relative: &str) -> Result<PathBuf> {
        check_name(relative)?;
        let path = self.root.join(relative);
        self.refuse_escape(&path, relative)?;
        Ok(path)
    }

    /// The deepest part of the path that exists must be inside once its links are followed.
    fn refuse_escape(&self, path: &Path, relative: &str) -> Result<()> {
        for ancestor in path.ancestors() {
            match ancestor.canonicalize() {
                Ok(real) if real.starts_with(&self.root) => return Ok(()),
                // A link whose target is missing is not "missing": writing would follow it.
                Err(_) if ancestor.symlink_metadata().is_err() => {}
                _ => return Err(WorkspaceError::Outside { relative: relative.to_owned() }),
            }
        }
        Err(WorkspaceError::Outside { relative: relative.to_owned() })
    }

    pub fn exists(&self, relative: &str) -> bool {
        self.place(relative).is_ok_and(|path| path.is_file())
    }

    pub fn read_bytes(&self, relative: &str) -> Result<Vec<u8>> {
        let path = self.place(relative)?;
        fs::read(&path).map_err(|source| reading(relative, &path, source))
    }

    pub fn read(&self, relative: &str) -> Result<String> {
        String::from_utf8(self.read_bytes(relative)?)
            .map_err(|_| WorkspaceError::NotText { relative: relative.to_owned() })
    }

    pub fn stamp(&self, relative: &str) -> Result<Stamp> {
        let path = self.place(relative)?;
        let metadata = fs::metadata(&path).map_err(|source| reading(relative, &path, source))?;
        Ok(Stamp { modified: metadata.modified().ok(), num_bytes: metadata.len() })
    }

    pub fn write_atomic(&self, relative: &str, bytes: &[u8]) -> Result<()> {
        let path = self.place(relative)?;
        // Through a link inside the workspace, so that the link stays one.
        let target = path.canonicalize().unwrap_or(path);
        write_whole(&target, bytes)
    }

    /// Adds a line in one write, synced. A torn last line, left by a crash, is closed first and never cut off.
    pub fn append_line(&self, relative: &str, line: &str) -> Result<()> {
        let path = self.place(relative)?;
        create_folder(&path)?;
        let is_new = !path.exists();
        append_locked(&path, line).map_err(|source| WorkspaceError::writing("append a line", &path, source))?;
        if is_new {
            sync_folder(&path);
        }
        Ok(())
    }

    pub fn remove(&self, relative: &str) -> Result<()> {
        let path = self.place(relative)?;
        fs::remove_file(&path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => WorkspaceError::NoFile { relative: relative.to_owned() },
            _ => WorkspaceError::writing("delete a file", &path, source),
        })?;
        sync_folder(&path);
        Ok(())
    }

    /// Paths, relative to the workspace, of the files in `folder` and its folders that end with `ending`; sorted.
    /// Hidden files, names that not every system allows and links to folders are left out; a missing folder is empty.
    pub fn list(&self, folder: &str, ending: &str) -> Result<Vec<String>> {
        let mut found = Vec::new();
        self.collect(folder, ending, MAX_FOLDER_DEPTH, &mut found)?;
        found.sort_unstable();
        Ok(found)
    }

    fn collect(&self, folder: &str, ending: &str, depth: usize, found: &mut Vec<String>) -> Result<()> {
        let path = self.place(folder)?;
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(err) if matches!(err.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(()),
            Err(source) => return Err(WorkspaceError::Io { action: "list a folder", path, source }),
        };
        for entry in entries.filter_map(io::Result::ok) {
            let Ok(name) = entry.file_name().into_string() else { continue };
            let relative = format!("{folder}/{name}");
            let Ok(kind) = entry.file_type() else { continue };
            if check_name(&relative).is_err() {
                continue;
            } else if kind.is_dir() && depth > 0 {
                self.collect(&relative, ending, depth - 1, found)?;
            } else if relative.ends_with(ending) && (kind.is_file() || kind.is_symlink() && self.exists(&relative)) {
                found.push(relative);
            }
        }
        Ok(())
    }
}

fn reading(relative: &str, path: &Path, source: io::Error) -> WorkspaceError {
    match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => {
            WorkspaceError::NoFile { relative: relative.to_owned() }
        }
        _ => WorkspaceError::Io { action: "read a file", path: path.to_owned(), source },
    }
}

/// Writes a file whole or not at all, with the folders above it.
pub fn write_whole(target: &Path, bytes: &[u8]) -> Result<()> {
    let folder = create_folder(target)?;
    let failed = |source| WorkspaceError::writing("write a file", target, source);
    let mut temporary = builder(target).tempfile_in(folder).map_err(failed)?;
    temporary.write_all(bytes).map_err(failed)?;
    temporary.as_file().sync_all().map_err(failed)?;
    temporary.persist(target).map_err(|err| failed(err.error))?;
    sync_folder(target);
    Ok(())
}

/// A new file gets what the user's mask allows; an old one keeps what it had.
fn builder(target: &Path) -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY_PREFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let permissions =
            fs::metadata(target).map_or_else(|_| fs::Permissions::from_mode(0o666), |old| old.permissions());
        builder.permissions(permissions);
    }
    #[cfg(not(unix))]
    let _ = target;
    builder
}

fn create_folder(target: &Path) -> Result<&Path> {
    let folder = target.parent().unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(folder).map_err(|source| WorkspaceError::writing("create a folder", folder, source))?;
    Ok(folder)
}

/// Makes a rename survive a power cut. Where folders cannot be synced (Windows) there is nothing to do.
fn sync_folder(target: &Path) {
    if let Some(Ok(folder)) = target.parent().map(File::open) {
        folder.sync_all().ok();
    }
}

fn append_locked(path: &Path, line: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
    // Some network folders have no locks; a single appending write is still whole there.
    let is_locked = file.lock().is_ok();
    let text = if ends_torn(&mut file)? { format!("\n{line}\n") } else { format!("{line}\n") };
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_data());
    if is_locked {
        file.unlock().ok();
    }
    written
}

fn ends_torn(file: &mut File) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> (tempfile::TempDir, Files) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        (folder, Files::new(root))
    }

    #[test]
    fn write_replaces_whole_file_and_leaves_no_litter() {
        let (folder, files) = files();
        files.write_atomic("prompts/a.prompty", b"first version").unwrap();
        files.write_atomic("prompts/a.prompty", b"second").unwrap();
        assert_eq!(files.read("prompts/a.prompty").unwrap(), "second");
        let names: Vec<_> =
            fs::read_dir(folder.path().join("prompts")).unwrap().map(|one| one.unwrap().file_name()).collect();
        assert_eq!(names, ["a.prompty"]);
    }

    #[test]
    fn torn_last_line_is_closed_and_kept() {
        let (folder, files) = files();
        fs::write(folder.path().join("r.jsonl"), "{\"a\":1}\n{\"to").unwrap();
        files.append_line("r.jsonl", "{\"b\":2}").unwrap();
        assert_eq!(files.read("r.jsonl").unwrap(), "{\"a\":1}\n{\"to\n{\"b\":2}\n");
    }

    #[test]
    fn listing_is_sorted_and_leaves_out_hidden_files_and_other_endings() {
        let (folder, files) = files();
        for name in ["d/b.toml", "d/sub/a.toml", "d/.hidden.toml", "d/c.txt"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        assert_eq!(files.list("d", ".toml").unwrap(), ["d/b.toml", "d/sub/a.toml"]);
        assert!(files.list("missing", ".toml").unwrap().is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn links_that_lead_out_are_neither_read_nor_written() {
        let (folder, files) = files();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret.md"), "secret").unwrap();
        std::os::unix::fs::symlink(outside.path(), folder.path().join("prompts")).unwrap();
        std::os::unix::fs::symlink(outside.path().join("new.md"), folder.path().join("dangling.md")).unwrap();
        assert!(matches!(files.read("prompts/secret.md"), Err(WorkspaceError::Outside { .. })));
        assert!(matches!(files.write_atomic("prompts/x.md", b"x"), Err(WorkspaceError::Outside { .. })));
        assert!(matches!(files.write_atomic("dangling.md", b"x"), Err(WorkspaceError::Outside { .. })));
        assert!(!outside.path().join("new.md").exists());
    }

    #[cfg(unix)]
    #[test]
    fn replaced_file_keeps_its_permissions() {
        use std::os::unix::fs::PermissionsExt as _;
        let (folder, files) = files();
        let path = folder.path().join("a.md");
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        files.write_atomic("a.md", b"x").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn lines_appended_at_once_are_all_there_and_whole() {
        let (_folder, files) = files();
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let files = &files;
                scope.spawn(move || {
                    for number in 0..50 {
                        files.append_line("r.jsonl", &format!("{writer}:{number}")).unwrap();
                    }
                });
            }
        });
        let mut lines: Vec<String> = files.read("r.jsonl").unwrap().lines().map(str::to_owned).collect();
        let mut expected: Vec<String> =
            (0..4).flat_map(|writer| (0..50).map(move |number| format!("{writer}:{number}"))).collect();
        lines.sort();
        expected.sort();
        assert_eq!(lines, expected);
    }
}
