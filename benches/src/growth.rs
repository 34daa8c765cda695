//! Growth: does an operation cost the same when there are a thousand times as many things?

use crate::peers::PEERS;
use crate::plan::{GROWTHS, Growth};
use crate::stats::Rows;
use crate::table::{aligned, figure};

/// One peer through the sizes of one operation.
pub(crate) struct Series {
    pub(crate) peer: &'static str,
    /// Size and median cost; a size that a peer cannot hold is left out.
    pub(crate) points: Vec<(u64, f64)>,
}

/// One operation: a table, and a panel of the plot.
pub(crate) struct Panel {
    pub(crate) growth: &'static Growth,
    pub(crate) sizes: Vec<u64>,
    pub(crate) series: Vec<Series>,
}

pub(crate) fn panels(rows: &Rows, short: bool) -> Vec<Panel> {
    let panel = |growth: &'static Growth| {
        let sizes = growth.sizes(short);
        let all = PEERS
            .iter()
            .map(|peer| series(rows, growth, &sizes, peer.name));
        let series = all.filter(|series| !series.points.is_empty()).collect();
        Panel {
            growth,
            sizes,
            series,
        }
    };
    GROWTHS.iter().map(panel).collect()
}

fn series(rows: &Rows, growth: &Growth, sizes: &[u64], peer: &'static str) -> Series {
    let point = |&size: &u64| {
        let row = rows.find("growth", &growth.variant(size), peer, growth.unit)?;
        Some((size, row.median()))
    };
    Series {
        peer,
        points: sizes.iter().filter_map(point).collect(),
    }
}

impl Panel {
    /// What the panel shows, in words.
    pub(crate) fn title(&self) -> String {
        format!(
            "{}: {} by number of {}",
            self.growth.operation, self.growth.unit, self.growth.things
        )
    }

    pub(crate) fn table(&self) -> String {
        let mut head = vec![self.title()];
        head.extend(self.sizes.iter().map(u64::to_string));
        head.push("last / first".to_owned());
        let mut lines = vec![head];
        lines.extend(self.series.iter().map(|series| self.line(series)));
        aligned(&lines)
    }

    fn line(&self, series: &Series) -> Vec<String> {
        let cost = |size: &u64| {
            series
                .points
                .iter()
                .find(|(known, _)| known == size)
                .map(|(_, cost)| *cost)
        };
        let mut line = vec![series.peer.to_owned()];
        line.extend(
            self.sizes
                .iter()
                .map(|size| cost(size).map_or("-".to_owned(), figure)),
        );
        let (first, last) = (series.points[0].1, series.points[series.points.len() - 1].1);
        line.push(if first > 0.0 {
            figure(last / first)
        } else {
            "-".to_owned()
        });
        line
    }
}
