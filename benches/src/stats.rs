//! The measurements: rows of values, and the three numbers that summarise each.

use crate::clock::Sample;
use crate::plan::Case;

/// All values that one peer gave for one question in one unit.
pub(crate) struct Row {
    pub(crate) workload: &'static str,
    pub(crate) variant: String,
    pub(crate) peer: &'static str,
    pub(crate) unit: String,
    values: Vec<f64>,
}

impl Row {
    pub(crate) fn median(&self) -> f64 {
        median(&self.values)
    }

    pub(crate) fn min(&self) -> f64 {
        self.values.iter().copied().fold(f64::INFINITY, f64::min)
    }

    pub(crate) fn max(&self) -> f64 {
        self.values
            .iter()
            .copied()
            .fold(f64::NEG_INFINITY, f64::max)
    }
}

pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        len if len % 2 == 1 => sorted[len / 2],
        len => (sorted[len / 2 - 1] + sorted[len / 2]) / 2.0,
    }
}

/// Rows in the order in which they first came.
#[derive(Default)]
pub(crate) struct Rows(pub(crate) Vec<Row>);

impl Rows {
    pub(crate) fn add(&mut self, case: &Case, peer: &'static str, sample: &Sample) {
        for (unit, value) in &sample.0 {
            match self.position(case.workload, &case.variant, peer, unit) {
                Some(row) => self.0[row].values.push(*value),
                None => self.0.push(Row {
                    workload: case.workload,
                    variant: case.variant.clone(),
                    peer,
                    unit: unit.clone(),
                    values: vec![*value],
                }),
            }
        }
    }

    pub(crate) fn find(
        &self,
        workload: &str,
        variant: &str,
        peer: &str,
        unit: &str,
    ) -> Option<&Row> {
        self.position(workload, variant, peer, unit)
            .map(|row| &self.0[row])
    }

    fn position(&self, workload: &str, variant: &str, peer: &str, unit: &str) -> Option<usize> {
        let same = |row: &Row| {
            (
                row.workload,
                row.variant.as_str(),
                row.peer,
                row.unit.as_str(),
            ) == (workload, variant, peer, unit)
        };
        self.0.iter().position(same)
    }

    /// The rows of one question.
    pub(crate) fn of<'a>(
        &'a self,
        workload: &'a str,
        variant: &'a str,
    ) -> impl Iterator<Item = &'a Row> {
        self.0
            .iter()
            .filter(move |row| row.workload == workload && row.variant == variant)
    }
}
