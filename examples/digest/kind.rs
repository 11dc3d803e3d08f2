//! What a file is, told by its name.

use std::{fmt, path::Path};

use workflows::prelude::*;

/// What a file is.
#[data]
#[derive(Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Markdown,
    Source(Language),
    Text,
}

/// A programming language.
#[data]
#[derive(Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Language {
    C,
    Go,
    Java,
    JavaScript,
    Python,
    Ruby,
    Rust,
    Shell,
}

impl Kind {
    /// The kind of the file with this name.
    pub(crate) fn of(path: &Path) -> Self {
        let extension = path.extension().and_then(|extension| extension.to_str());
        match extension.unwrap_or_default() {
            "md" | "markdown" => Self::Markdown,
            "c" | "h" | "cc" | "cpp" | "hpp" => Self::Source(Language::C),
            "go" => Self::Source(Language::Go),
            "java" | "kt" | "scala" | "cs" => Self::Source(Language::Java),
            "js" | "mjs" | "jsx" | "ts" | "tsx" => Self::Source(Language::JavaScript),
            "py" | "pyi" => Self::Source(Language::Python),
            "rb" => Self::Source(Language::Ruby),
            "rs" => Self::Source(Language::Rust),
            "sh" | "bash" => Self::Source(Language::Shell),
            _ => Self::Text,
        }
    }
}

impl Language {
    /// The words that begin an item.
    pub(crate) const fn items(self) -> &'static [&'static str] {
        match self {
            Self::C => &["struct", "enum", "union", "class", "namespace", "#define"],
            Self::Go => &["func", "type"],
            Self::Java => &["class", "interface", "enum", "record", "object", "fun"],
            Self::JavaScript => &["function", "class", "interface", "enum", "type"],
            Self::Python => &["def", "class"],
            Self::Ruby => &["def", "class", "module"],
            Self::Rust => &["fn", "struct", "enum", "trait", "macro_rules!", "type"],
            Self::Shell => &["function"],
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(Language::C) => f.write_str("C, C++"),
            Self::Source(Language::Java) => f.write_str("Java and kin"),
            Self::Source(Language::JavaScript) => f.write_str("JavaScript, TypeScript"),
            Self::Source(language) => write!(f, "{language:?}"),
            kind => write!(f, "{kind:?}"),
        }
    }
}
