//! Reads what criterion has measured.

use std::{fs, path::Path};

use crate::command::{Failure, target};

/// Nanoseconds per unit of one function of a scenario: the median of its samples over its throughput.
pub(crate) fn nanoseconds(scenario: &str, function: &str) -> Result<f64, Failure> {
    let folder = target()
        .join("criterion")
        .join(scenario)
        .join(function)
        .join("new");
    let median = number(
        &folder.join("estimates.json"),
        &["median", "point_estimate"],
    )?;
    let units = number(&folder.join("benchmark.json"), &["throughput", "Elements"])?;
    Ok(median / units)
}

fn number(file: &Path, keys: &[&str]) -> Result<f64, Failure> {
    let json = fs::read_to_string(file)
        .map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
    find(&json, keys).ok_or_else(|| {
        Failure::new(format!(
            "{} has no number `{}`",
            file.display(),
            keys.join(".")
        ))
    })
}

/// The number behind the last of the keys, each looked for after the one before. Enough for criterion's flat files.
fn find(json: &str, keys: &[&str]) -> Option<f64> {
    let mut rest = json;
    for key in keys {
        let quoted = format!("\"{key}\"");
        rest = &rest[rest.find(&quoted)? + quoted.len()..];
    }
    let number = rest.trim_start().strip_prefix(':')?.trim_start();
    let end = number.find([',', '}', ' ', '\n']).unwrap_or(number.len());
    number[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn a_number_is_found_behind_its_keys() {
        let json = r#"{"mean":{"point_estimate":1.0},"median":{"x":2, "point_estimate": 3.5e2}}"#;
        assert_eq!(find(json, &["median", "point_estimate"]), Some(350.0));
        assert_eq!(find(json, &["slope"]), None);
    }
}
