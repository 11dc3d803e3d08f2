//! The digest as a page, and its figures as a table.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use comfy_table::{CellAlignment, Table, presets};
use workflows::prelude::*;

use super::{events::Size, outline::Outline, terms::Term};

/// What the digest says.
#[event]
pub(crate) struct Report {
    pub(crate) folder: String,
    pub(crate) summary: Summary,
    pub(crate) kinds: Vec<Total>,
    pub(crate) terms: Vec<Term>,
    pub(crate) first: Vec<Entry>,
    pub(crate) near: Vec<NearGroup>,
    /// Hosts, each with the number of files that link to it.
    pub(crate) hosts: Vec<(String, u64)>,
    /// Files that were looked at twice, each with the reason.
    pub(crate) second_looks: Vec<(String, String)>,
    /// Files that could not be read, each with the reason.
    pub(crate) unreadable: Vec<(String, String)>,
}

/// The figures of a digest.
#[data]
pub(crate) struct Summary {
    pub(crate) texts: u64,
    pub(crate) empty: u64,
    pub(crate) binaries: u64,
    pub(crate) unreadable: u64,
    pub(crate) second_looks: u64,
    pub(crate) near_groups: u64,
    pub(crate) bytes: u64,
    pub(crate) lines: u64,
    pub(crate) words: u64,
}

/// The files of one kind.
#[data]
#[derive(Default)]
pub(crate) struct Total {
    pub(crate) kind: String,
    pub(crate) files: u64,
    pub(crate) lines: u64,
    pub(crate) words: u64,
}

/// A file that is worth reading.
#[data]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) size: Size,
    /// Whether its lines and words are estimates.
    pub(crate) estimated: bool,
    pub(crate) about: Vec<String>,
    pub(crate) outline: Outline,
    pub(crate) links: u64,
}

/// Files that nearly repeat each other.
#[data]
pub(crate) struct NearGroup {
    pub(crate) likeness: f64,
    pub(crate) files: Vec<String>,
    /// How many are not named.
    pub(crate) more: usize,
}

/// Where the digest and its picture go.
pub(crate) fn paths(out: &Path) -> [PathBuf; 2] {
    ["digest.md", "digest.svg"].map(|name| out.join(name))
}

/// Writes the digest and its picture.
pub(crate) fn write(out: &Path, report: &Report, picture: &str) -> io::Result<()> {
    let [page, svg] = paths(out);
    fs::write(page, report.to_string())?;
    fs::write(svg, picture)
}

impl Summary {
    fn figures(&self) -> [(&'static str, u64); 9] {
        [
            ("text files", self.texts),
            ("empty", self.empty),
            ("binary files, left out", self.binaries),
            ("unreadable", self.unreadable),
            ("looked at twice", self.second_looks),
            ("groups of near-duplicates", self.near_groups),
            ("bytes", self.bytes),
            ("lines", self.lines),
            ("words", self.words),
        ]
    }
}

/// The figures as a table for the terminal.
pub(crate) fn table(summary: &Summary) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    for (name, figure) in summary.figures() {
        table.add_row([name.to_owned(), grouped(figure)]);
    }
    if let Some(figures) = table.column_mut(1) {
        figures.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// A number with its thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev();
    let groups = groups.map(|group| String::from_utf8_lossy(group));
    groups.collect::<Vec<_>>().join(",")
}

/// Text that changes neither a table nor the line that it stands in.
fn plain(text: &str) -> String {
    let visible = |c: char| if c.is_control() { ' ' } else { c };
    let text: String = text.chars().map(visible).collect();
    text.replace('|', "\\|").replace('`', "'")
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# Digest of `{}`\n", plain(&self.folder))?;
        writeln!(
            f,
            "The graph of the workflow that wrote this: `digest.svg`.\n"
        )?;
        self.figures(f)?;
        self.kinds(f)?;
        self.terms(f)?;
        self.first(f)?;
        self.near(f)?;
        self.hosts(f)?;
        list(f, "Looked at twice", &self.second_looks)?;
        list(f, "Unreadable", &self.unreadable)
    }
}

impl Report {
    fn figures(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| | |\n|---|---:|")?;
        let mut figures = self.summary.figures().into_iter();
        figures.try_for_each(|(name, figure)| writeln!(f, "| {name} | {} |", grouped(figure)))
    }

    fn kinds(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n## Kinds\n\n| kind | files | lines | words |\n|---|---:|---:|---:|"
        )?;
        self.kinds.iter().try_for_each(
            |Total {
                 kind,
                 files,
                 lines,
                 words,
             }| {
                let [files, lines, words] = [files, lines, words].map(|figure| grouped(*figure));
                writeln!(f, "| {kind} | {files} | {lines} | {words} |")
            },
        )
    }

    fn terms(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let terms = self
            .terms
            .iter()
            .map(|term| format!("{} ({})", plain(&term.term), grouped(term.count)));
        writeln!(f, "\n## Terms\n\n{}", terms.collect::<Vec<_>>().join(", "))
    }

    fn first(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n## Worth reading first\n")?;
        self.first.iter().try_for_each(|entry| write!(f, "{entry}"))
    }

    fn near(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n## Near-duplicates\n")?;
        self.near
            .iter()
            .try_for_each(|group| write!(f, "{group}"))?;
        if self.near.is_empty() {
            writeln!(f, "None.")?;
        }
        Ok(())
    }

    fn hosts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n## Links\n\n| host | files |\n|---|---:|")?;
        let mut hosts = self.hosts.iter();
        hosts.try_for_each(|(host, files)| writeln!(f, "| {host} | {} |", grouped(*files)))
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let about = if self.estimated { "about " } else { "" };
        let (words, links) = (grouped(self.size.words), grouped(self.links));
        let (name, kind) = (plain(&self.name), &self.kind);
        writeln!(f, "- `{name}`: {kind}, {about}{words} words, {links} links")?;
        if !self.about.is_empty() {
            writeln!(f, "  - about: {}", plain(&self.about.join(", ")))?;
        }
        if !self.outline.first.is_empty() {
            let (first, all) = (plain(&self.outline.first.join("; ")), self.outline.entries);
            writeln!(f, "  - outline ({}): {first}", grouped(all))?;
        }
        Ok(())
    }
}

impl fmt::Display for NearGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = self.files.iter().map(|file| format!("`{}`", plain(file)));
        write!(
            f,
            "- {:.0} % alike: {}",
            self.likeness * 100.0,
            files.collect::<Vec<_>>().join(", ")
        )?;
        match self.more {
            0 => writeln!(f),
            more => writeln!(f, " and {} more", grouped(more as u64)),
        }
    }
}

/// A section of files, each with a remark; none where there are no files.
fn list(f: &mut fmt::Formatter<'_>, title: &str, files: &[(String, String)]) -> fmt::Result {
    if files.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n## {title}\n")?;
    files
        .iter()
        .try_for_each(|(file, remark)| writeln!(f, "- `{}`: {}", plain(file), plain(remark)))
}
