//! What resources are known by.

use std::{any::TypeId, borrow::Cow};

/// What a resource is known by, so that all who want it get the same one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// What a factory makes. Every function has a type of its own.
    Factory { factory: TypeId, makes: TypeId },
    /// The text of a config file, parsed.
    File(Cow<'static, str>),
    /// A part of a config file as a value.
    Config {
        file: Cow<'static, str>,
        path: Cow<'static, str>,
        makes: TypeId,
    },
}

impl Key {
    pub(crate) fn factory<F: 'static, T: 'static>() -> Self {
        const {
            assert!(
                size_of::<F>() == 0,
                "a factory is known by its type: give the function itself, not a pointer to it or a closure that captures"
            );
        }
        Self::Factory {
            factory: TypeId::of::<F>(),
            makes: TypeId::of::<T>(),
        }
    }
}

/// The name of a factory, as its author would say it: without the modules.
pub(crate) fn factory_name<F>() -> &'static str {
    let name = std::any::type_name::<F>();
    let path = name.split('<').next().unwrap_or(name);
    let start = path.rfind("::").map_or(0, |colons| colons + 2);
    &name[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain() {}
    fn generic<T>() {}

    fn name_of<F>(_: F) -> &'static str {
        factory_name::<F>()
    }

    #[test]
    fn a_factory_is_called_as_in_the_source() {
        assert_eq!(name_of(plain), "plain");
        assert_eq!(name_of(generic::<Vec<u8>>), "generic<alloc::vec::Vec<u8>>");
    }
}
