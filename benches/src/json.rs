//! The rows for a program to read: a list of flat objects.

use crate::stats::{Row, Rows};

pub(crate) fn list(rows: &Rows) -> String {
    let objects: Vec<String> = rows.0.iter().map(object).collect();
    format!("[\n{}\n]\n", objects.join(",\n"))
}

fn object(row: &Row) -> String {
    let texts = [
        ("workload", row.workload),
        ("variant", &row.variant),
        ("peer", row.peer),
        ("unit", &row.unit),
    ];
    let numbers = [
        ("median", row.median()),
        ("min", row.min()),
        ("max", row.max()),
    ];
    let texts = texts
        .iter()
        .map(|(key, text)| format!("\"{key}\": {}", quoted(text)));
    let numbers = numbers
        .iter()
        .map(|(key, number)| format!("\"{key}\": {}", finite(*number)));
    format!(
        "  {{{}}}",
        texts.chain(numbers).collect::<Vec<_>>().join(", ")
    )
}

fn quoted(text: &str) -> String {
    let escape = |c: char| match c {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        c if c < ' ' => format!("\\u{:04x}", c as u32),
        c => c.to_string(),
    };
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}

/// JSON knows no infinity.
fn finite(number: f64) -> String {
    if number.is_finite() {
        number.to_string()
    } else {
        "null".to_owned()
    }
}
