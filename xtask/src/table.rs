//! Prints plain tables.

/// Prints a heading and rows with columns as wide as they need; the first column to the left, the others to the right.
pub(crate) fn print(heading: &[&str], rows: &[Vec<String>]) {
    let heading: Vec<String> = heading.iter().map(|cell| (*cell).to_owned()).collect();
    let all = || std::iter::once(&heading).chain(rows);
    let width = |column: usize| all().map(|row| row[column].chars().count()).max();
    let widths: Vec<usize> = (0..heading.len())
        .map(|column| width(column).unwrap_or_default())
        .collect();
    for row in all() {
        println!("{}", line(row, &widths));
    }
}

fn line(row: &[String], widths: &[usize]) -> String {
    let cells = row
        .iter()
        .zip(widths)
        .enumerate()
        .map(|(column, (cell, &width))| match column {
            0 => format!("{cell:<width$}"),
            _ => format!("  {cell:>width$}"),
        });
    cells.collect::<String>().trim_end().to_owned()
}
