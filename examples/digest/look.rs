//! Reads a file, in one of several ways: whole or in samples, as UTF-8 or in a guessed encoding.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;
use workflows::prelude::*;

/// A longer file is read in samples.
pub(crate) const LARGE: u64 = 4 << 20;
/// How many samples are read of it, evenly spread.
const SAMPLES: u64 = 16;
const SAMPLE_BYTES: u64 = 64 << 10;
/// How much of a file tells whether it is text.
const HEAD_BYTES: usize = 8 << 10;

/// How to read a file. The first look is at the whole file, as UTF-8.
#[data]
#[derive(Copy, Default, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) sampled: bool,
    pub(crate) guessed: bool,
}

/// What a look at a file gives.
#[derive(Debug)]
pub(crate) enum Seen {
    Text(Text),
    /// It has to be read in this way.
    NotYet(Way),
    Binary,
}

/// The text of a file, or what was read of it.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) text: String,
    /// The length of the file.
    pub(crate) bytes: u64,
    /// How many bytes of it were read.
    pub(crate) read: u64,
    /// The encoding, where it was guessed.
    pub(crate) encoding: Option<&'static str>,
}

/// Reads a file in the given way, or says in which way it has to be read.
pub(crate) fn look(path: &Path, way: Way) -> io::Result<Seen> {
    let mut file = File::open(path)?;
    let bytes = file.metadata()?.len();
    if bytes > LARGE && !way.sampled {
        return Ok(Seen::NotYet(Way {
            sampled: true,
            ..way
        }));
    }
    let content = if way.sampled {
        samples(&mut file, bytes)?
    } else {
        head(&mut file, LARGE)?
    };
    Ok(read(content, bytes, way))
}

fn read(content: Vec<u8>, bytes: u64, way: Way) -> Seen {
    let read = content.len() as u64;
    if is_binary(&content, way) {
        return Seen::Binary;
    }
    let (text, encoding) = if way.guessed {
        let (text, encoding) = decode(&content);
        if is_garbled(&text) {
            return Seen::Binary;
        }
        (text, Some(encoding))
    } else {
        match String::from_utf8(content) {
            Ok(text) => (text, None),
            Err(_) => {
                return Seen::NotYet(Way {
                    guessed: true,
                    ..way
                });
            }
        }
    };
    Seen::Text(Text {
        text,
        bytes,
        read,
        encoding,
    })
}

/// Text holds no zero bytes, except in UTF-16, which begins with a mark (and is not read in samples).
fn is_binary(content: &[u8], way: Way) -> bool {
    let marked = !way.sampled && Encoding::for_bom(content).is_some();
    !marked && content.iter().take(HEAD_BYTES).any(|byte| *byte == 0)
}

/// Text in any encoding has hardly a control character.
fn is_garbled(text: &str) -> bool {
    let odd = |c: &char| c.is_control() && !c.is_whitespace();
    text.chars().filter(odd).count() * 50 > text.len()
}

/// Decodes with the encoding that the bytes look like; what it does not know becomes `U+FFFD`.
fn decode(content: &[u8]) -> (String, &'static str) {
    let marked = Encoding::for_bom(content).map(|(encoding, _)| encoding);
    let encoding = marked.unwrap_or_else(|| {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
        detector.feed(content, true);
        detector.guess(None, Utf8Detection::Allow)
    });
    let (text, used, _) = encoding.decode(content);
    (text.into_owned(), used.name())
}

fn head(file: &mut File, bytes: u64) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    file.take(bytes).read_to_end(&mut content)?;
    Ok(content)
}

fn samples(file: &mut File, bytes: u64) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    let last = bytes.saturating_sub(SAMPLE_BYTES);
    for sample in 0..SAMPLES {
        file.seek(SeekFrom::Start(last * sample / (SAMPLES - 1)))?;
        content.extend_from_slice(whole_words(&head(file, SAMPLE_BYTES)?));
    }
    Ok(content)
}

/// What stands between the first and the last white space, so that no character is cut.
fn whole_words(sample: &[u8]) -> &[u8] {
    let first = sample.iter().position(u8::is_ascii_whitespace);
    let last = sample.iter().rposition(u8::is_ascii_whitespace);
    first
        .zip(last)
        .map_or(&[], |(first, last)| &sample[first..=last])
}
