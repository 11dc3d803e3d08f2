//! Joins what the steps found, and puts first what is worth reading first.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    path::Path,
};

use super::{
    compare::Group,
    events::{Catalogue, Groups, Profile, Unreadable, Vocabulary},
    report::{Entry, NearGroup, Report, Summary, Total},
};

/// How many files, groups and hosts the digest shows.
const FILES: usize = 30;
const GROUPS: usize = 50;
const GROUP_FILES: usize = 10;
const HOSTS: usize = 20;
const SECOND_LOOKS: usize = 100;

/// The report: short, however many files there are; only the unreadable ones are all named.
pub(crate) fn report(
    folder: &Path,
    files: &Catalogue,
    Groups(groups): &Groups,
    vocabulary: Vocabulary,
) -> Report {
    let texts = &files.texts;
    let near = groups.iter().take(GROUPS);
    let named = |file: &Unreadable| (name(&file.path), file.error.clone());
    Report {
        folder: name(folder),
        summary: summary(files, groups.len()),
        kinds: kinds(texts),
        first: first(texts, &vocabulary),
        terms: vocabulary.overall,
        near: near.map(|group| near_group(texts, group)).collect(),
        hosts: hosts(texts),
        second_looks: second_looks(texts),
        unreadable: files.unreadable.iter().map(named).collect(),
    }
}

fn name(path: &Path) -> String {
    path.display().to_string()
}

fn summary(files: &Catalogue, near_groups: usize) -> Summary {
    let texts = &files.texts;
    let empty = texts.iter().filter(|text| text.size.bytes == 0);
    let twice = texts.iter().filter(|text| looked_twice(text));
    Summary {
        texts: texts.len() as u64,
        empty: empty.count() as u64,
        binaries: files.binaries as u64,
        unreadable: files.unreadable.len() as u64,
        second_looks: twice.count() as u64,
        near_groups: near_groups as u64,
        bytes: texts.iter().map(|text| text.size.bytes).sum(),
        lines: texts.iter().map(|text| text.size.lines).sum(),
        words: texts.iter().map(|text| text.size.words).sum(),
    }
}

fn near_group(texts: &[Profile], group: &Group) -> NearGroup {
    let named = group.files.iter().take(GROUP_FILES);
    NearGroup {
        likeness: group.likeness,
        files: named.map(|file| name(&texts[*file].path)).collect(),
        more: group.files.len().saturating_sub(GROUP_FILES),
    }
}

fn second_looks(texts: &[Profile]) -> Vec<(String, String)> {
    let twice = texts.iter().filter(|text| looked_twice(text));
    twice
        .take(SECOND_LOOKS)
        .map(|text| (name(&text.path), why(text)))
        .collect()
}

fn looked_twice(text: &Profile) -> bool {
    text.sampled || text.encoding.is_some()
}

/// Why a file was looked at twice.
fn why(text: &Profile) -> String {
    let sampled = text.sampled.then(|| "read in samples".to_owned());
    let decoded = text
        .encoding
        .as_ref()
        .map(|name| format!("decoded as {name}"));
    sampled
        .into_iter()
        .chain(decoded)
        .collect::<Vec<_>>()
        .join(", ")
}

/// The files worth reading first: much in the outline, then much text.
fn first(texts: &[Profile], vocabulary: &Vocabulary) -> Vec<Entry> {
    let worth = |text: &Profile| {
        (1.0 + text.outline.entries as f64).ln() * 2.0 + (1.0 + text.size.words as f64).ln()
    };
    let mut files: Vec<_> = texts.iter().zip(&vocabulary.of_file).collect();
    files.sort_by(|(a, _), (b, _)| worth(b).total_cmp(&worth(a)));
    let first = files.into_iter().take(FILES);
    first.map(|(text, about)| entry(text, about)).collect()
}

fn entry(text: &Profile, about: &[String]) -> Entry {
    Entry {
        name: name(&text.path),
        kind: text.kind.to_string(),
        size: text.size,
        estimated: text.sampled,
        about: about.to_vec(),
        outline: text.outline.clone(),
        links: text.links.count,
    }
}

fn kinds(texts: &[Profile]) -> Vec<Total> {
    let mut kinds = BTreeMap::new();
    for text in texts {
        let total: &mut Total = kinds.entry(text.kind).or_default();
        total.files += 1;
        total.lines += text.size.lines;
        total.words += text.size.words;
    }
    let named = kinds.into_iter().map(|(kind, total)| Total {
        kind: kind.to_string(),
        ..total
    });
    let mut kinds: Vec<Total> = named.collect();
    kinds.sort_by_key(|total| Reverse(total.files));
    kinds
}

/// The hosts that most files link to.
fn hosts(texts: &[Profile]) -> Vec<(String, u64)> {
    let mut files: HashMap<&str, u64> = HashMap::new();
    for host in texts.iter().flat_map(|text| &text.links.hosts) {
        *files.entry(host).or_default() += 1;
    }
    let owned = files
        .into_iter()
        .map(|(host, files)| (host.to_owned(), files));
    let mut hosts: Vec<_> = owned.collect();
    hosts.sort_by(|(a, x), (b, y)| y.cmp(x).then(a.cmp(b)));
    hosts.truncate(HOSTS);
    hosts
}
