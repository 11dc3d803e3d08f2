//! Lists the files of a folder.

use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

use super::events::{Found, Unreadable};

/// All files below `folder`, by name, except hidden ones, those that `.gitignore` names, and `without`.
///
/// Links are not followed: what they lead to counts where it is. One that leads nowhere is unreadable.
pub(crate) fn files(folder: &Path, without: &[PathBuf]) -> Vec<Result<Found, Unreadable>> {
    let without: Vec<_> = without
        .iter()
        .flat_map(|path| path.canonicalize())
        .collect();
    let walk = WalkBuilder::new(folder)
        .sort_by_file_path(Path::cmp)
        .build();
    walk.filter_map(|entry| entry.map_or_else(|error| Some(Err(unreadable(&error))), read))
        .filter(|file| {
            !file
                .as_ref()
                .is_ok_and(|file| is_one_of(&file.path, &without))
        })
        .collect()
}

/// `None` for what is no file.
fn read(entry: DirEntry) -> Option<Result<Found, Unreadable>> {
    let kind = entry.file_type()?;
    if kind.is_symlink() {
        let error = entry.path().metadata().err()?.to_string();
        let path = entry.into_path();
        return Some(Err(Unreadable { path, error }));
    }
    let path = entry.into_path();
    kind.is_file().then_some(Ok(Found { path }))
}

fn unreadable(error: &ignore::Error) -> Unreadable {
    let path = path_of(error).map(Path::to_owned).unwrap_or_default();
    let cause = error.io_error().map(ToString::to_string);
    Unreadable {
        path,
        error: cause.unwrap_or_else(|| error.to_string()),
    }
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of(err)
        }
        _ => None,
    }
}

fn is_one_of(path: &Path, paths: &[PathBuf]) -> bool {
    let same_name = |other: &&PathBuf| other.file_name() == path.file_name();
    paths
        .iter()
        .filter(same_name)
        .any(|other| path.canonicalize().is_ok_and(|path| path == **other))
}
