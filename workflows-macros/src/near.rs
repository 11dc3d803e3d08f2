//! The option that an author may have meant.

/// The name that is nearest to what was written, if one is near enough.
pub(crate) fn nearest<'n>(written: &str, names: &[&'n str]) -> Option<&'n str> {
    let alike = names
        .iter()
        .find(|name| shares_a_word(written, name))
        .copied();
    alike.or_else(|| {
        let far = |name: &&&str| distance(written, name);
        let nearest = names.iter().min_by_key(far)?;
        (far(&nearest) <= 2).then_some(*nearest)
    })
}

/// Whether a word of one begins as a word of the other: `workers` and `num_workers`, `time_out` and `timeout`.
fn shares_a_word(a: &str, b: &str) -> bool {
    let begins_alike = |a: &str, b: &str| a.len() >= 4 && b.get(..4) == a.get(..4);
    a.split('_')
        .any(|a| b.split('_').any(|b| begins_alike(a, b)))
}

/// How many letters one must add, drop or change to get from one to the other.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, a) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in b.chars().enumerate() {
            let changed = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 5] = ["num_workers", "spawn", "blocking", "allow", "timeout"];

    #[test]
    fn a_slip_or_a_shared_word_is_near() {
        for (written, meant) in [
            ("workers", "num_workers"),
            ("num_worker", "num_workers"),
            ("max_workers", "num_workers"),
            ("spwan", "spawn"),
            ("blocks", "blocking"),
            ("allows", "allow"),
            ("time_out", "timeout"),
        ] {
            assert_eq!(nearest(written, &NAMES), Some(meant), "{written}");
        }
    }

    #[test]
    fn another_word_is_not() {
        assert_eq!(nearest("colour", &NAMES), None);
    }
}
