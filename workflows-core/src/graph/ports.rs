//! Where an event comes from, as far as the signatures tell: the top level or an element of a fan-out.

/// The most places that a workflow may have: the top level and one for every element type of every fan-out.
pub(super) const MAX_PORTS: usize = 256;
/// The words of a [`Ports`].
pub(super) const WORDS: usize = MAX_PORTS / 64;

/// The top level of a run.
pub(super) const ROOT: usize = 0;

/// A set of places. Place 0 is the top level, every other one an element type of one step's fan-out.
#[derive(Clone, Copy)]
pub(super) struct Ports([u64; WORDS]);

impl Ports {
    pub(super) const NONE: Self = Self([0; WORDS]);

    pub(super) const fn of(port: usize) -> Self {
        let mut set = Self::NONE;
        set.0[port / 64] = 1 << (port % 64);
        set
    }

    pub(super) const fn has(&self, port: usize) -> bool {
        self.0[port / 64] & (1 << (port % 64)) != 0
    }

    pub(super) const fn is_empty(&self) -> bool {
        let mut word = 0;
        while word < WORDS {
            if self.0[word] != 0 {
                return false;
            }
            word += 1;
        }
        true
    }

    pub(super) const fn or(mut self, other: Self) -> Self {
        let mut word = 0;
        while word < WORDS {
            self.0[word] |= other.0[word];
            word += 1;
        }
        self
    }

    pub(super) const fn and(mut self, other: Self) -> Self {
        let mut word = 0;
        while word < WORDS {
            self.0[word] &= other.0[word];
            word += 1;
        }
        self
    }

    pub(super) const fn same(&self, other: Self) -> bool {
        let mut word = 0;
        while word < WORDS {
            if self.0[word] != other.0[word] {
                return false;
            }
            word += 1;
        }
        true
    }
}

/// A [`Ports`] for each of a number of things: `N` is [`WORDS`] times their number.
pub(super) struct PortsOf<const N: usize>([u64; N]);

impl<const N: usize> PortsOf<N> {
    pub(super) const NONE: Self = Self([0; N]);

    pub(super) const fn get(&self, of: usize) -> Ports {
        let mut ports = Ports::NONE;
        let mut word = 0;
        while word < WORDS {
            ports.0[word] = self.0[of * WORDS + word];
            word += 1;
        }
        ports
    }

    pub(super) const fn set(&mut self, of: usize, ports: Ports) {
        let mut word = 0;
        while word < WORDS {
            self.0[of * WORDS + word] = ports.0[word];
            word += 1;
        }
    }
}
