//! Makes the profile of a text.

use std::path::PathBuf;

use super::{
    compare::Signature,
    events::{Links, Profile, Size},
    kind::Kind,
    look::{Text, Way},
    outline::Outline,
    terms,
};

/// How many different hosts are kept of a file.
const HOSTS: usize = 4;

/// Tells what a file is about, without keeping its text.
pub(crate) fn profile(path: PathBuf, way: Way, text: &Text) -> Profile {
    let kind = Kind::of(&path);
    Profile {
        kind,
        size: size(text),
        outline: Outline::of(kind, &text.text),
        terms: terms::most_frequent(&text.text),
        links: links(&text.text),
        signature: Signature::of(&text.text),
        sampled: way.sampled,
        encoding: text.encoding.map(str::to_owned),
        path,
    }
}

/// The size of the whole file, as far as what was read of it tells.
fn size(text: &Text) -> Size {
    let whole = |count: usize| {
        let scaled = u128::from(text.bytes) * count as u128 / u128::from(text.read.max(1));
        u64::try_from(scaled).unwrap_or(u64::MAX)
    };
    Size {
        bytes: text.bytes,
        lines: whole(text.text.lines().count()),
        words: whole(text.text.split_whitespace().count()),
    }
}

fn links(text: &str) -> Links {
    let mut links = Links::default();
    for host in text
        .match_indices("://")
        .filter_map(|(at, _)| host(text, at))
    {
        links.count += 1;
        if links.hosts.len() < HOSTS && !links.hosts.iter().any(|known| known == host) {
            links.hosts.push(host.to_owned());
        }
    }
    links
}

/// The host of the web address whose `://` stands at `at`.
fn host(text: &str, at: usize) -> Option<&str> {
    let scheme = &text[..at];
    if !scheme.ends_with("http") && !scheme.ends_with("https") {
        return None;
    }
    let rest = &text[at + "://".len()..];
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-'));
    let host = rest[..end.unwrap_or(rest.len())].trim_end_matches('.');
    (!host.is_empty()).then_some(host)
}
