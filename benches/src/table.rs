//! Tables of text that are Markdown too.

use crate::peers::OURS;
use crate::stats::{Row, Rows};

/// One question: a line per peer, best first; per unit the median, the spread, and the ratio to us.
pub(crate) fn question(rows: &Rows, workload: &str, variant: &str) -> String {
    let units = units(rows, workload, variant);
    if units.is_empty() {
        return format!("{workload}: {variant}: no peer answered\n");
    }
    let mut head = vec![format!("{workload}: {variant}")];
    for unit in &units {
        head.extend([format!("{unit} (min..max)"), "x ours".to_owned()]);
    }
    let mut lines = vec![head];
    for peer in peers_by_median(rows, workload, variant) {
        let cells = units
            .iter()
            .flat_map(|unit| cells(rows, workload, variant, peer, unit));
        lines.push(std::iter::once(peer.to_owned()).chain(cells).collect());
    }
    aligned(&lines)
}

fn units(rows: &Rows, workload: &str, variant: &str) -> Vec<String> {
    let mut units = Vec::new();
    for row in rows.of(workload, variant) {
        if !units.contains(&row.unit) {
            units.push(row.unit.clone());
        }
    }
    units
}

/// The first unit of a peer's sample is the one that counts.
fn peers_by_median<'a>(rows: &'a Rows, workload: &'a str, variant: &'a str) -> Vec<&'static str> {
    let mut firsts: Vec<&Row> = Vec::new();
    for row in rows.of(workload, variant) {
        if firsts.iter().all(|first| first.peer != row.peer) {
            firsts.push(row);
        }
    }
    firsts.sort_by(|a, b| a.median().total_cmp(&b.median()));
    firsts.iter().map(|row| row.peer).collect()
}

fn cells(rows: &Rows, workload: &str, variant: &str, peer: &str, unit: &str) -> [String; 2] {
    let Some(row) = rows.find(workload, variant, peer, unit) else {
        return ["-".to_owned(), "-".to_owned()];
    };
    let ours = rows.find(workload, variant, OURS, unit).map(Row::median);
    [
        spread(row),
        ours.map_or("-".to_owned(), |ours| ratio(row.median(), ours)),
    ]
}

fn spread(row: &Row) -> String {
    format!(
        "{} ({}..{})",
        figure(row.median()),
        figure(row.min()),
        figure(row.max())
    )
}

fn ratio(theirs: f64, ours: f64) -> String {
    if ours > 0.0 {
        format!("{:.2}", theirs / ours)
    } else {
        "-".to_owned()
    }
}

/// Three or four digits that matter.
pub(crate) fn figure(value: f64) -> String {
    match value.abs() {
        size if size >= 1000.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// Columns of equal width, numbers to the right.
pub(crate) fn aligned(lines: &[Vec<String>]) -> String {
    let columns = lines.first().map_or(0, Vec::len);
    let width = |column: usize| {
        lines
            .iter()
            .map(|line| line[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for (i, line) in lines.iter().enumerate() {
        text += &row(line, &widths);
        if i == 0 {
            text += &rule(&widths);
        }
    }
    text
}

fn row(line: &[String], widths: &[usize]) -> String {
    let cell = |(column, text): (usize, &String)| match column {
        0 => format!("| {text:<width$} ", width = widths[0]),
        _ => format!("| {text:>width$} ", width = widths[column]),
    };
    line.iter().enumerate().map(cell).collect::<String>() + "|\n"
}

fn rule(widths: &[usize]) -> String {
    let dashes = |(column, width): (usize, &usize)| match column {
        0 => format!("|{}", "-".repeat(width + 2)),
        _ => format!("|{}:", "-".repeat(width + 1)),
    };
    widths.iter().enumerate().map(dashes).collect::<String>() + "|\n"
}
