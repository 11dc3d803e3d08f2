//! Prints the allocations per step of each library in each scenario, one line each: library,
//! scenario and count, separated by tabs.
//!
//! A reallocation counts as an allocation. Each scenario is run once before it is counted.

use std::alloc::System;

use anyhow::Result;
use peers::{Case, LIBRARIES, SCENARIOS, Scenario, runtime};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tokio::runtime::Runtime;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> Result<()> {
    let runtime = runtime()?;
    for scenario in SCENARIOS {
        for library in LIBRARIES {
            if let Some(case) = (scenario.build)(library)()? {
                let count = count(&runtime, scenario, &case)?;
                println!("{}\t{}\t{count}", library.name, scenario.name);
            }
        }
    }
    Ok(())
}

fn count(runtime: &Runtime, scenario: &Scenario, case: &Case) -> Result<f64> {
    runtime.block_on(scenario.repeat(case))?;
    let region = Region::new(ALLOCATOR);
    runtime.block_on(scenario.repeat(case))?;
    let change = region.change();
    let total = change.allocations + change.reallocations;
    Ok(total as f64 / scenario.total() as f64)
}
