//! The workflow: list, look at each file (again where once is not enough), gather, compare and weigh, rank, write.

use std::path::{Path, PathBuf};

use workflows::prelude::*;

use super::{
    analyse,
    compare::groups,
    events::{
        Binary, Catalogue, Found, Groups, Listed, Looked, Profile, SecondLook, Signatures,
        TermLists, Unreadable, Vocabulary,
    },
    look::{self, Seen, Way},
    rank,
    report::{self, Report, Summary},
    terms, walk,
};

/// Writes a digest of `folder` into `out`.
pub(crate) struct Digest {
    pub(crate) folder: PathBuf,
    pub(crate) out: PathBuf,
}

/// Reads every text file of a folder, and tells what is in them.
#[workflow]
impl Digest {
    /// Lists the files of the folder.
    #[step(blocking)]
    fn list(&self, ctx: Context, Start(()): Start<()>) -> Vec<OneOf![Found | Unreadable]> {
        let files = walk::files(&self.folder, &report::paths(&self.out));
        let found = files.iter().filter(|file| file.is_ok()).count();
        ctx.write_event_to_stream(Listed {
            files: found as u64,
        });
        let entry = |file: Result<_, _>| file.map_or_else(ListOutput::from, ListOutput::from);
        files.into_iter().map(entry).collect()
    }

    /// Reads a file and makes its profile; one that is very large or not UTF-8 comes back for a second look.
    #[step(blocking, num_workers = 8)]
    fn look(
        &self,
        ctx: Context,
        file: OneOf![Found | SecondLook],
    ) -> OneOf![SecondLook | Profile | Binary | Unreadable] {
        let (path, way) = match file {
            LookInput::Found(Found { path }) => (path, Way::default()),
            LookInput::SecondLook(SecondLook { path, way }) => (path, way),
        };
        let seen = look::look(&path, way);
        if let Ok(Seen::NotYet(way)) = seen {
            return SecondLook { path, way }.into();
        }
        ctx.write_event_to_stream(Looked { path: path.clone() });
        match seen {
            Ok(Seen::Text(text)) => analyse::profile(path, way, &text).into(),
            Ok(Seen::Binary | Seen::NotYet(_)) => Binary { path }.into(),
            Err(error) => Unreadable {
                path,
                error: error.to_string(),
            }
            .into(),
        }
    }

    /// Puts together what was found, and hands each question to the step that answers it.
    #[step]
    async fn gather(
        &self,
        files: Vec<OneOf![Profile | Binary | Unreadable]>,
    ) -> (Signatures, TermLists, Catalogue) {
        let mut catalogue = Catalogue::default();
        for file in files {
            match file {
                GatherInput::Profile(profile) => catalogue.texts.push(profile),
                GatherInput::Binary(_) => catalogue.binaries += 1,
                GatherInput::Unreadable(file) => catalogue.unreadable.push(file),
            }
        }
        catalogue.name_within(&self.folder);
        let (signatures, terms) = catalogue.take_apart();
        (signatures, terms, catalogue)
    }

    /// Finds the files that nearly repeat each other.
    #[step(spawn)]
    async fn compare(&self, Signatures(signatures): Signatures) -> Groups {
        Groups(groups(&signatures))
    }

    /// Finds the terms that tell the files apart.
    #[step(spawn)]
    async fn weigh(&self, TermLists(lists): TermLists) -> Vocabulary {
        terms::vocabulary(lists)
    }

    /// Joins the three answers and puts first what is worth reading first.
    #[step]
    async fn rank(&self, files: Catalogue, near: Groups, vocabulary: Vocabulary) -> Report {
        rank::report(&self.folder, &files, &near, vocabulary)
    }

    /// Writes the digest, and the picture of this very graph.
    #[step(blocking)]
    fn write(&self, report: Report) -> Result<Stop<Summary>> {
        report::write(&self.out, &report, &Self::GRAPH.to_svg())?;
        Ok(Stop(report.summary))
    }
}

impl Catalogue {
    /// Makes every path one within `folder`.
    fn name_within(&mut self, folder: &Path) {
        let texts = self.texts.iter_mut().map(|text| &mut text.path);
        let unreadable = self.unreadable.iter_mut().map(|file| &mut file.path);
        for path in texts.chain(unreadable) {
            if let Ok(within) = path.strip_prefix(folder) {
                *path = within.to_owned();
            }
        }
    }

    /// Takes what only one step needs out of the profiles.
    fn take_apart(&mut self) -> (Signatures, TermLists) {
        let (mut signatures, mut terms) = (Vec::new(), Vec::with_capacity(self.texts.len()));
        for (file, text) in self.texts.iter_mut().enumerate() {
            signatures.extend(text.signature.take().map(|signature| (file, signature)));
            terms.push(std::mem::take(&mut text.terms));
        }
        (Signatures(signatures), TermLists(terms))
    }
}
