//! Laws of the broker, on random graphs and random orders of events.
//!
//! After every tick the broker is compared with [`model`], a second, naive account of what a run is: it keeps every
//! event with its full path through the fan-outs, scans everything for every question, and shares no code with the
//! broker. Two kinds of graphs are tried:
//!
//! - [`laws`]: small graphs without any plan behind them, and steps that emit whatever their signature allows; proptest
//!   makes a failing one smaller.
//! - [`simulation`]: larger graphs built of blocks that make sense (chains, branches, loops, joins, nested fan-outs),
//!   whose result is known beforehand. A failure prints its seed; run that one again with
//!   `WORKFLOWS_SEED=<seed> cargo test --test laws simulation`.

mod anything;
mod cut;
mod events;
mod laws;
mod lives;
mod model;
mod plan;
mod simulation;
mod trial;
mod turns;
