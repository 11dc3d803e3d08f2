//! Durations as users write them: `"200ms"`, `"30s"`, `"5m"`, `"2h"`, `"1d"`.

use std::time::Duration;

use syn::LitStr;

pub(crate) fn parse(literal: &LitStr) -> syn::Result<Duration> {
    let text = literal.value();
    from_str(&text).ok_or_else(|| {
        let message = format!("`{text}` is not a duration: expected a number and a unit, as in `200ms`, `30s`, `5m`, `2h` or `1d`");
        syn::Error::new_spanned(literal, message)
    })
}

fn from_str(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let millis = match unit.trim() {
        "ms" => 1,
        "s" => 1000,
        "m" => 60 * 1000,
        "h" => 60 * 60 * 1000,
        "d" => 24 * 60 * 60 * 1000,
        _ => return None,
    };
    Some(Duration::from_millis(number.checked_mul(millis)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_unit_are_a_duration() {
        assert_eq!(from_str("200ms"), Some(Duration::from_millis(200)));
        assert_eq!(from_str("5 m"), Some(Duration::from_secs(300)));
        assert_eq!(from_str("1d"), Some(Duration::from_secs(86_400)));
    }

    #[test]
    fn everything_else_is_not() {
        for text in [
            "",
            "5",
            "s",
            "5 weeks",
            "-1s",
            "1.5s",
            "99999999999999999999s",
            "18446744073709551615d",
        ] {
            assert_eq!(from_str(text), None, "{text}");
        }
    }
}
