//! The text of a compile error, put together while compiling.

const CAPACITY: usize = 1024;

/// A string of bounded length; what does not fit is cut off.
pub(super) struct Message {
    bytes: [u8; CAPACITY],
    len: usize,
}

impl Message {
    /// The parts, one after the other.
    pub(super) const fn of(parts: &[&str]) -> Self {
        let mut message = Self {
            bytes: [0; CAPACITY],
            len: 0,
        };
        let mut i = 0;
        while i < parts.len() {
            message.push(parts[i]);
            i += 1;
        }
        message
    }

    pub(super) const fn push(&mut self, part: &str) {
        let bytes = part.as_bytes();
        if self.len + bytes.len() > CAPACITY {
            return;
        }
        let mut i = 0;
        while i < bytes.len() {
            self.bytes[self.len] = bytes[i];
            self.len += 1;
            i += 1;
        }
    }

    pub(super) const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "the graph of this workflow is wrong",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_joined() {
        assert_eq!(Message::of(&["a", "", "bc"]).as_str(), "abc");
    }

    #[test]
    fn a_part_that_does_not_fit_is_left_out_whole() {
        let long = "ä".repeat(400);
        assert_eq!(Message::of(&[&long, &long, "end"]).as_str(), long + "end");
    }
}
