//! Finds texts that nearly repeat each other, from a small signature of each (MinHash, with locality-sensitive
//! buckets): two signatures agree in as many places as the texts share of their three-word sequences.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    hash::{DefaultHasher, Hash, Hasher},
};

use minhash_rs::prelude::{MinHash, MinHasher};
use workflows::prelude::*;

use super::terms::for_each_word;

/// How many places a signature has.
const PLACES: usize = 64;
/// Texts are compared where all places of one of so many bands agree: at 16 bands of 4, nearly always from 0.8 on.
const BANDS: usize = 16;
/// From here on a text nearly repeats another.
const NEAR: f64 = 0.8;
/// A text of fewer words is not compared.
const FEWEST_WORDS: usize = 12;
/// How many texts of a bucket others are compared with.
const LEADERS: usize = 8;

/// 256 bytes that stand for a text.
#[data]
pub(crate) struct Signature(#[schemars(with = "Vec<u32>")] MinHash<u32, PLACES>);

impl Signature {
    /// The signature of a text; `None` where it is too short to be compared.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let (mut words, mut last) = (0, [0; 2]);
        let mut sequences = Vec::new();
        for_each_word(text, |word| {
            let word = hash(word);
            if words >= last.len() {
                sequences.push(hash(&(last, word)));
            }
            words += 1;
            last = [last[1], word];
        });
        (words >= FEWEST_WORDS).then(|| Self(sequences.into_iter().collect()))
    }

    /// How much of two texts is the same, from 0 to 1.
    fn likeness(&self, other: &Self) -> f64 {
        self.0.estimate_jaccard_index(&other.0)
    }
}

fn hash(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Files that nearly repeat each other.
#[data]
pub(crate) struct Group {
    /// Their numbers, the first one first.
    pub(crate) files: Vec<usize>,
    /// How much of the first file the least alike of the others repeats.
    pub(crate) likeness: f64,
}

/// A band, and what its places hold.
type Bucket = (usize, u64);

/// The groups of files that nearly repeat their first one, the largest first.
///
/// A file is compared with a few of those that share a bucket with it and lead a group, so the work grows with the
/// number of files only.
pub(crate) fn groups(signatures: &[(usize, Signature)]) -> Vec<Group> {
    let mut leaders = shared_buckets(signatures);
    let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
    for (place, (file, signature)) in signatures.iter().enumerate() {
        let near = |leader: &&usize| signature.likeness(&signatures[**leader].1) >= NEAR;
        let known = buckets(signature).filter_map(|bucket| leaders.get(&bucket));
        if let Some(leader) = known.flatten().find(near).copied() {
            let (first, leading) = &signatures[leader];
            let group = groups.entry(leader).or_insert_with(|| Group::of(*first));
            group.push(*file, leading.likeness(signature));
        } else {
            lead(place, buckets(signature), &mut leaders);
        }
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    groups.sort_by_key(|group| Reverse(group.files.len()));
    groups
}

impl Group {
    fn of(file: usize) -> Self {
        Self {
            files: vec![file],
            likeness: 1.0,
        }
    }

    fn push(&mut self, file: usize, likeness: f64) {
        self.files.push(file);
        self.likeness = self.likeness.min(likeness);
    }
}

fn buckets(signature: &Signature) -> impl Iterator<Item = Bucket> {
    signature.0.band_hashes::<BANDS>().into_iter().enumerate()
}

/// The buckets of more than one signature, without leaders yet. Most signatures are alone in all of theirs.
fn shared_buckets(signatures: &[(usize, Signature)]) -> HashMap<Bucket, Vec<usize>> {
    let all = signatures
        .iter()
        .flat_map(|(_, signature)| buckets(signature));
    let mut all: Vec<Bucket> = all.collect();
    all.sort_unstable();
    let shared = all.chunk_by(|a, b| a == b).filter(|same| same.len() > 1);
    shared.map(|same| (same[0], Vec::new())).collect()
}

/// Makes a signature a leader in its buckets, as far as they have room.
fn lead(
    place: usize,
    buckets: impl Iterator<Item = Bucket>,
    leaders: &mut HashMap<Bucket, Vec<usize>>,
) {
    for bucket in buckets {
        if let Some(leaders) = leaders.get_mut(&bucket)
            && leaders.len() < LEADERS
        {
            leaders.push(place);
        }
    }
}
