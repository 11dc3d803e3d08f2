//! A set of small numbers.

/// A set of numbers below `N`, as bytes: the compiler checks the bytes of a constant at once, and every `bool` by itself.
pub(super) struct Set<const N: usize>([u8; N]);

impl<const N: usize> Set<N> {
    pub(super) const EMPTY: Self = Self([0; N]);

    pub(super) const fn add(&mut self, number: usize) {
        self.0[number] = 1;
    }

    pub(super) const fn has(&self, number: usize) -> bool {
        self.0[number] != 0
    }
}
