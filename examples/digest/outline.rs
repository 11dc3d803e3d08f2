//! The outline of a text: the headings of a Markdown file, the items of a source file.

use pulldown_cmark::{Event as Markup, Options, Parser, Tag, TagEnd};
use workflows::prelude::*;

use super::kind::{Kind, Language};

/// How many entries are kept.
const KEPT: usize = 8;
/// How many characters of an entry are kept.
const KEPT_CHARS: usize = 80;
/// What may stand before the word that begins an item.
const MODIFIERS: [&str; 14] = [
    "pub",
    "async",
    "unsafe",
    "const",
    "export",
    "default",
    "public",
    "private",
    "protected",
    "static",
    "abstract",
    "final",
    "typedef",
    "declare",
];

/// The outline of a text.
#[data]
#[derive(Default)]
pub(crate) struct Outline {
    /// How many entries the text has.
    pub(crate) entries: u64,
    /// The first few.
    pub(crate) first: Vec<String>,
}

impl Outline {
    /// The outline of a text of this kind.
    pub(crate) fn of(kind: Kind, text: &str) -> Self {
        match kind {
            Kind::Markdown => headings(text),
            Kind::Source(language) => items(language, text),
            Kind::Text => Self::default(),
        }
    }

    fn push(&mut self, entry: &str) {
        self.entries += 1;
        if self.first.len() < KEPT {
            self.first.push(entry.chars().take(KEPT_CHARS).collect());
        }
    }
}

fn headings(text: &str) -> Outline {
    let mut outline = Outline::default();
    let mut heading: Option<String> = None;
    for markup in Parser::new_ext(text, Options::empty()) {
        match (markup, &mut heading) {
            (Markup::Start(Tag::Heading { .. }), _) => heading = Some(String::new()),
            (Markup::Text(text) | Markup::Code(text), Some(heading)) => heading.push_str(&text),
            (Markup::End(TagEnd::Heading(_)), _) => {
                outline.push(heading.take().unwrap_or_default().trim());
            }
            _ => {}
        }
    }
    outline
}

fn items(language: Language, text: &str) -> Outline {
    let mut outline = Outline::default();
    for line in text.lines() {
        if let Some(item) = item(language, line) {
            outline.push(&item);
        }
    }
    outline
}

/// The item that a line begins, such as `fn main`.
fn item(language: Language, line: &str) -> Option<String> {
    let mut words = line
        .split_whitespace()
        .skip_while(|word| MODIFIERS.contains(word) || word.starts_with("pub("));
    let keyword = words
        .next()
        .filter(|word| language.items().contains(word))?;
    let name: String = words
        .next()?
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    (!name.is_empty()).then(|| format!("{keyword} {name}"))
}
