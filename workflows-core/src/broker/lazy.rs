//! Parts of a broker that most runs do without.

/// A part that is made when it is needed.
#[derive(Clone, Debug)]
pub(super) struct Lazy<T>(Option<Box<T>>);

impl<T> Lazy<T> {
    pub(super) const fn new() -> Self {
        Self(None)
    }

    /// The part, where it has been needed.
    pub(super) fn get(&self) -> Option<&T> {
        self.0.as_deref()
    }

    /// The part.
    pub(super) fn make(&mut self) -> &mut T
    where
        T: Default,
    {
        self.0.get_or_insert_default()
    }
}
