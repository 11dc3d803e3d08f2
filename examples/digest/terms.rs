//! The terms of a text: its words without those that say nothing, and which of them tell files apart.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use workflows::prelude::*;

use super::events::Vocabulary;

/// How many terms are kept of a file.
const KEPT: usize = 8;
/// How many terms of a file are shown.
const TELLING: usize = 4;
/// How many terms of the folder are shown.
const OVERALL: usize = 25;
/// A shorter word is no term.
const SHORTEST: usize = 3;
/// A longer one is no word.
const LONGEST: usize = 40;

/// Words that say nothing about a text: of English, and of programs.
static STOP_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    "a about after all also an and any are as at be because been before being both but by can \
    could did do does each else for from get had has have her his how if in into is it its just like may me might more \
    most must my no not now of on one only or other our out over own same she should so some such than that the their \
    them then there these they this those through to too two under up use used using very was we were what when where \
    which while who why will with would you your \
    async await bool break case catch class const continue crate def default dyn elif else end enum err export extends \
    false final fn func function i32 i64 impl import include int interface let loop match mod module mut new nil none \
    null option package pass print private pub public raise ref result return self some static str string struct super \
    switch throw trait true try type typeof u32 u64 u8 undefined unwrap usize value var vec void where yield http https \
    www com org"
        .split_whitespace()
        .collect()
});

/// A term, and how often it stands there.
#[data]
pub(crate) struct Term {
    pub(crate) term: String,
    pub(crate) count: u64,
}

/// Calls `each` with every word of a text, in lower case.
pub(crate) fn for_each_word(text: &str, mut each: impl FnMut(&str)) {
    let mut word = String::new();
    for part in text.split(|c: char| !c.is_alphanumeric() && c != '_') {
        if !part.is_empty() {
            lower(part, &mut word);
            each(&word);
        }
    }
}

fn lower(part: &str, word: &mut String) {
    word.clear();
    if part.is_ascii() {
        // Most are, and this is many times faster.
        word.push_str(part);
        word.make_ascii_lowercase();
    } else {
        word.extend(part.chars().flat_map(char::to_lowercase));
    }
}

/// The most frequent terms of a text, the most frequent first.
pub(crate) fn most_frequent(text: &str) -> Vec<Term> {
    let mut counts: HashMap<String, u64> = HashMap::new();
    for_each_word(text, |word| match counts.get_mut(word) {
        Some(count) => *count += 1,
        None if is_term(word) => drop(counts.insert(word.to_owned(), 1)),
        None => {}
    });
    highest(counts, KEPT)
}

fn is_term(word: &str) -> bool {
    (SHORTEST..=LONGEST).contains(&word.len())
        && !word.starts_with(|c: char| c.is_ascii_digit() || c == '_')
        && !STOP_WORDS.contains(word)
}

/// Finds the terms that tell the files apart: frequent in a file, rare in the others.
pub(crate) fn vocabulary(files: Vec<Vec<Term>>) -> Vocabulary {
    let mut known: HashMap<String, Known> = HashMap::new();
    for Term { term, count } in files.iter().flatten() {
        let term = known.entry(term.clone()).or_default();
        term.count += count;
        term.files += 1;
    }
    let rarity = |term: &str| {
        let within = known.get(term).map_or(1, |term| term.files);
        (files.len() as f64 / within as f64).ln_1p()
    };
    let of_file = files.iter().map(|terms| telling(terms, rarity)).collect();
    let counts = known.into_iter().map(|(term, known)| (term, known.count));
    Vocabulary {
        of_file,
        overall: highest(counts, OVERALL),
    }
}

/// What is known of a term in the folder.
#[derive(Default)]
struct Known {
    count: u64,
    /// How many files have it among their most frequent.
    files: usize,
}

/// The terms of a file that matter most.
fn telling(terms: &[Term], rarity: impl Fn(&str) -> f64) -> Vec<String> {
    let weight = |term: &Term| term.count as f64 * rarity(&term.term);
    let mut weighed: Vec<_> = terms
        .iter()
        .map(|term| (weight(term), &term.term))
        .collect();
    weighed.sort_by(|(a, x), (b, y)| b.total_cmp(a).then(x.cmp(y)));
    let first = weighed.into_iter().take(TELLING);
    first.map(|(_, term)| term.clone()).collect()
}

/// The terms with the highest counts; equal ones by name.
fn highest(counts: impl IntoIterator<Item = (String, u64)>, kept: usize) -> Vec<Term> {
    let terms = counts.into_iter().map(|(term, count)| Term { term, count });
    let mut terms: Vec<Term> = terms.collect();
    terms.sort_unstable_by(|a, b| (Reverse(a.count), &a.term).cmp(&(Reverse(b.count), &b.term)));
    terms.truncate(kept);
    terms.shrink_to_fit();
    terms
}
