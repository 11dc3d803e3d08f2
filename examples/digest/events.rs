//! What moves between the steps. Nothing here holds the content of a file, and every list in a profile is short.

use std::path::PathBuf;

use workflows::prelude::*;

use super::{
    compare::{Group, Signature},
    kind::Kind,
    look::Way,
    outline::Outline,
    terms::Term,
};

/// A file of the folder.
#[event]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
}

/// A file that has to be read again, in another way.
#[event]
pub(crate) struct SecondLook {
    pub(crate) path: PathBuf,
    pub(crate) way: Way,
}

/// What is kept of a text file.
#[event]
pub(crate) struct Profile {
    pub(crate) path: PathBuf,
    pub(crate) kind: Kind,
    pub(crate) size: Size,
    pub(crate) outline: Outline,
    /// The most frequent terms.
    pub(crate) terms: Vec<Term>,
    pub(crate) links: Links,
    /// `None` where the text is too short to be compared.
    pub(crate) signature: Option<Signature>,
    /// Whether only parts of the file were read; its lines and words are then estimates.
    pub(crate) sampled: bool,
    /// The encoding that was guessed, where the file is not UTF-8.
    pub(crate) encoding: Option<String>,
}

/// How long a text is.
#[data]
#[derive(Copy, Default)]
pub(crate) struct Size {
    pub(crate) bytes: u64,
    pub(crate) lines: u64,
    pub(crate) words: u64,
}

/// Where a text links to.
#[data]
#[derive(Default)]
pub(crate) struct Links {
    pub(crate) count: u64,
    /// The first few different hosts.
    pub(crate) hosts: Vec<String>,
}

/// A file that holds no text.
#[event]
pub(crate) struct Binary {
    pub(crate) path: PathBuf,
}

/// A file that could not be read.
#[event]
pub(crate) struct Unreadable {
    pub(crate) path: PathBuf,
    pub(crate) error: String,
}

/// The signatures of all texts that are long enough, each with the number of its file.
#[event]
pub(crate) struct Signatures(pub(crate) Vec<(usize, Signature)>);

/// The terms of every text.
#[event]
pub(crate) struct TermLists(pub(crate) Vec<Vec<Term>>);

/// Everything that was found; the number of a file is its place in `texts`.
#[event]
#[derive(Default)]
pub(crate) struct Catalogue {
    pub(crate) texts: Vec<Profile>,
    pub(crate) binaries: usize,
    pub(crate) unreadable: Vec<Unreadable>,
}

/// Files that nearly repeat each other.
#[event]
pub(crate) struct Groups(pub(crate) Vec<Group>);

/// Which terms matter.
#[event]
pub(crate) struct Vocabulary {
    /// The most telling terms of the folder.
    pub(crate) overall: Vec<Term>,
    /// The most telling terms of every file.
    pub(crate) of_file: Vec<Vec<String>>,
}

/// Published when the folder has been listed.
#[event]
pub(crate) struct Listed {
    pub(crate) files: u64,
}

/// Published when a file is done.
#[event]
pub(crate) struct Looked {
    pub(crate) path: PathBuf,
}
