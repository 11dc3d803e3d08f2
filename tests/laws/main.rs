//! Laws of the broker, on random graphs and random orders of events.
//!
//! Routing alone is compared with [`model`], a second, naive account of what a run is: it keeps every event with its full
//! path through the fan-outs, scans everything for every question, and shares no code with the broker. After every tick
//! the broker must have done what the model says:
//!
//! - [`laws`]: small graphs without any plan behind them, and steps that emit whatever their signature allows; proptest
//!   makes a failing one smaller.
//! - [`simulation`]: larger graphs built of blocks that make sense (chains, branches, loops, joins, nested fan-outs),
//!   whose result is known beforehand.
//!
//! All else that can happen is told from outside, by counting ticks, commands and what is in a snapshot:
//!
//! - [`anything`]: graphs without a plan, whose steps wait, fail, sleep and emit at any time; after every tick each event
//!   is found where it has to be.
//! - [`lives`]: graphs of blocks, whose steps wait, fail and sleep as their input decides; cut anywhere, they go on to the
//!   same end.
//! - [`turns`]: one run of many turns.
//!
//! What is made from a seed prints it where it fails; run that one again with
//! `WORKFLOWS_SEED=<seed> cargo test --test laws <module>`.

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
