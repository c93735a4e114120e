//! Trees and blobs: looking a path up, comparing two trees entry by entry, and making a tree with some paths changed.
//!
//! Comparing entry by entry is an order of magnitude quicker than libgit2's tree diff, since equal folders are skipped
//! by their ids and nothing is sorted, filtered or allocated for what is equal.

use super::{GitResult, Place, Program};
use crate::workspace::{Result, WorkspaceError};
use git2::build::TreeUpdateBuilder;
use git2::{AttrCheckFlags, AttrValue, FileMode, ObjectType, Oid, Repository, Tree, TreeEntry};
use std::cmp::Ordering;
use std::path::Path;

/// A path whose blob is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub path: String,
    pub before: Option<Oid>,
    pub after: Option<Oid>,
}

/// The blob and mode at a path.
pub(super) fn entry(tree: &Tree<'_>, path: &str) -> Option<(Oid, i32)> {
    tree.get_path(Path::new(path)).ok().map(|entry| (entry.id(), entry.filemode()))
}

/// The text at a path; `None` where there is nothing.
pub(in crate::workspace) fn blob_text(repository: &Repository, tree: &Tree<'_>, path: &str) -> Result<Option<String>> {
    let Some((id, _)) = entry(tree, path) else { return Ok(None) };
    let blob = repository.find_blob(id).map_err(WorkspaceError::git("read a committed file"))?;
    let text = std::str::from_utf8(blob.content());
    text.map(|text| Some(text.to_owned())).map_err(|_| WorkspaceError::NotText { relative: path.to_owned() })
}

/// Stores the file as git would, with the repository's filters for line ends; `None` where there is no file.
pub(super) fn working_blob(repository: &Repository, place: &Place, relative: &str) -> Result<Option<(Oid, FileMode)>> {
    let path = place.work_dir().join(place.in_repository(relative));
    let Ok(metadata) = path.symlink_metadata() else { return Ok(None) };
    let failed = WorkspaceError::git("store a file in git");
    if metadata.is_symlink() {
        let target = std::fs::read_link(&path).map_err(|source| WorkspaceError::Io {
            action: "read a link",
            path: path.clone(),
            source,
        })?;
        let blob = repository.blob(target.to_string_lossy().as_bytes()).map_err(failed)?;
        return Ok(Some((blob, FileMode::Link)));
    }
    if metadata.is_dir() {
        return Ok(None);
    }
    let mode = if is_executable(&metadata) { FileMode::BlobExecutable } else { FileMode::Blob };
    let blob = match has_filter_program(repository, &place.in_repository(relative)) {
        true => Program::in_folder(place.work_dir()).filtered_blob(&place.in_repository(relative))?,
        false => repository.blob_path(&path).map_err(failed)?,
    };
    Ok(Some((blob, mode)))
}

/// Whether `.gitattributes` sends the file through a program first, as LFS does. libgit2 runs none.
fn has_filter_program(repository: &Repository, path: &str) -> bool {
    let filter = repository.get_attr(Path::new(path), "filter", AttrCheckFlags::FILE_THEN_INDEX);
    matches!(filter.map(AttrValue::from_string), Ok(AttrValue::String(_)))
}

#[cfg(unix)]
fn is_executable(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_metadata: &std::fs::Metadata) -> bool {
    false
}

/// `base` with some paths changed or removed; all other entries stay as they are.
pub(super) fn updated<'a>(
    repository: &Repository,
    base: Option<&Tree<'_>>,
    changes: impl Iterator<Item = (&'a str, Option<(Oid, FileMode)>)>,
) -> GitResult<Oid> {
    let mut builder = TreeUpdateBuilder::new();
    for (path, blob) in changes {
        match blob {
            Some((id, mode)) => builder.upsert(path, id, mode),
            None => builder.remove(path),
        };
    }
    match base {
        Some(base) => builder.create_updated(repository, base),
        None => {
            let empty = repository.treebuilder(None)?.write()?;
            builder.create_updated(repository, &repository.find_tree(empty)?)
        }
    }
}

/// Adds every file that is not the same in two trees; a missing tree is an empty one.
pub(super) fn compare(
    repository: &Repository,
    before: Option<Oid>,
    after: Option<Oid>,
    folder: &str,
    found: &mut Vec<Difference>,
) -> GitResult<()> {
    if before == after {
        return Ok(());
    }
    let before = before.map(|id| repository.find_tree(id)).transpose()?;
    let after = after.map(|id| repository.find_tree(id)).transpose()?;
    let (num_before, num_after) = (before.as_ref().map_or(0, Tree::len), after.as_ref().map_or(0, Tree::len));
    let (mut left, mut right) = (0, 0);
    while left < num_before || right < num_after {
        let old = before.as_ref().and_then(|tree| tree.get(left));
        let new = after.as_ref().and_then(|tree| tree.get(right));
        let order = match (&old, &new) {
            (Some(old), Some(new)) => order(old, new),
            (Some(_), None) => Ordering::Less,
            _ => Ordering::Greater,
        };
        left += usize::from(order != Ordering::Greater);
        right += usize::from(order != Ordering::Less);
        let old = old.filter(|_| order != Ordering::Greater);
        let new = new.filter(|_| order != Ordering::Less);
        compare_entries(repository, old.as_ref(), new.as_ref(), folder, found)?;
    }
    Ok(())
}

/// Compares two entries of the same name and kind, or one that has no counterpart.
fn compare_entries(
    repository: &Repository,
    before: Option<&TreeEntry<'_>>,
    after: Option<&TreeEntry<'_>>,
    folder: &str,
    found: &mut Vec<Difference>,
) -> GitResult<()> {
    let (old, new) = (before.map(TreeEntry::id), after.map(TreeEntry::id));
    let Some(entry) = after.or(before).filter(|_| old != new) else { return Ok(()) };
    let path = format!("{folder}{}", String::from_utf8_lossy(entry.name_bytes()));
    match entry.kind() {
        Some(ObjectType::Tree) => compare(repository, old, new, &format!("{path}/"), found),
        Some(ObjectType::Blob) => {
            found.push(Difference { path, before: old, after: new });
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Git's order of tree entries: by bytes, a folder as if its name ended with `/`. So a file and a folder of one name
/// are two entries.
fn order(a: &TreeEntry<'_>, b: &TreeEntry<'_>) -> Ordering {
    let (a_name, b_name) = (a.name_bytes(), b.name_bytes());
    let shared = a_name.len().min(b_name.len());
    let end = |name: &[u8], entry: &TreeEntry<'_>| match name.get(shared) {
        Some(byte) => *byte,
        None if entry.kind() == Some(ObjectType::Tree) => b'/',
        None => 0,
    };
    a_name[..shared].cmp(&b_name[..shared]).then_with(|| end(a_name, a).cmp(&end(b_name, b)))
}
