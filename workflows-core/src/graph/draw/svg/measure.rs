//! How wide text is, without the font.

use crate::graph::draw::words;

/// Width and height, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Size {
    pub(super) const NONE: Self = Self {
        width: 0.0,
        height: 0.0,
    };
}

/// A font of the style sheet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Font {
    size: f64,
    is_mono: bool,
}

impl Font {
    pub(super) const TITLE: Self = Self::prose(19.0);
    pub(super) const DOC: Self = Self::prose(12.0);
    pub(super) const NOTE: Self = Self::prose(11.0);
    pub(super) const NAME: Self = Self::mono(14.0);
    pub(super) const LABEL: Self = Self::mono(12.0);

    const fn prose(size: f64) -> Self {
        Self {
            size,
            is_mono: false,
        }
    }

    const fn mono(size: f64) -> Self {
        Self {
            size,
            is_mono: true,
        }
    }

    /// The size in pixels.
    pub(super) const fn size(self) -> f64 {
        self.size
    }

    /// The distance from one line to the next.
    pub(super) const fn line(self) -> f64 {
        self.size * 1.35
    }

    pub(super) fn width(self, text: &str) -> f64 {
        let em = |c| if self.is_mono { mono(c) } else { prose(c) };
        text.chars().map(em).sum::<f64>() * self.size
    }
}

/// The width of a character of a monospaced font, in ems: that of all common ones, or less.
fn mono(c: char) -> f64 {
    if is_wide(c) { 1.2 } else { 0.602 }
}

/// The width of a character of a sans-serif font, in ems: at the wider end of the common ones.
fn prose(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '!' | '\'' | '|' | 'I' => 0.3,
        'f' | 't' | 'r' | ' ' | '(' | ')' | '[' | ']' | '-' | '"' | '/' | '·' => 0.38,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' => 0.92,
        'A'..='Z' | '0'..='9' | '&' | '_' => 0.68,
        c if is_wide(c) => 1.05,
        _ => 0.58,
    }
}

/// Whether a character takes the place of two: the scripts of East Asia, and pictographs.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{1f300}'..='\u{3fffd}')
}

/// Breaks `text` like [`words::wrap`], into as many lines of about equal length.
pub(super) fn wrap_evenly(text: &str, width: usize) -> Vec<String> {
    let lines = words::wrap(text, width);
    let narrower = (1..width).map(|width| words::wrap(text, width));
    let mut as_many = narrower.filter(|other| other.len() == lines.len());
    as_many.next().unwrap_or(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn monospaced_text_is_as_wide_as_it_has_characters() {
        assert_eq!(Font::NAME.width("ill"), Font::NAME.width("MWM"));
        assert!(Font::DOC.width("ill") < Font::DOC.width("MWM"));
    }

    #[test]
    fn even_wrapping_leaves_no_word_alone() {
        assert_eq!(
            words::wrap("one two three four", 14),
            ["one two three", "four"]
        );
        assert_eq!(
            wrap_evenly("one two three four", 14),
            ["one two", "three four"]
        );
    }
}
