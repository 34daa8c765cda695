//! The growth plot, an SVG written by hand: a panel per operation, sizes on a logarithmic axis, cost from zero.

use crate::growth::{Panel, Series};
use crate::peers::OURS;

const COLUMNS: usize = 3;
/// A panel with its margins, and the drawing area inside it.
const PANEL: (f64, f64) = (380.0, 270.0);
const AREA: (f64, f64) = (310.0, 190.0);
const CORNER: (f64, f64) = (56.0, 34.0);
const LEGEND: f64 = 44.0;

/// Ours first; the others in the order of the peers.
const COLOURS: &[&str] = &[
    "#1f77b4", "#9467bd", "#2ca02c", "#8c564b", "#e377c2", "#bcbd22", "#17becf", "#7f7f7f",
];
const OUR_COLOUR: &str = "#d62728";

pub(crate) fn svg(panels: &[Panel]) -> String {
    let names = names(panels);
    let rows = panels.len().div_ceil(COLUMNS);
    let (width, height) = (PANEL.0 * COLUMNS as f64, LEGEND + PANEL.1 * rows as f64);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    text += &legend(&names);
    for (i, panel) in panels.iter().enumerate() {
        let x = PANEL.0 * (i % COLUMNS) as f64 + CORNER.0;
        let y = LEGEND + PANEL.1 * (i / COLUMNS) as f64 + CORNER.1;
        text += &format!(
            "<g transform=\"translate({x} {y})\">\n{}</g>\n",
            drawing(panel, &names)
        );
    }
    text + "</svg>\n"
}

fn names(panels: &[Panel]) -> Vec<&'static str> {
    let mut names = Vec::new();
    for series in panels.iter().flat_map(|panel| &panel.series) {
        if !names.contains(&series.peer) {
            names.push(series.peer);
        }
    }
    names
}

/// How a series is drawn.
struct Pen {
    colour: &'static str,
    width: f64,
    dashes: &'static str,
}

impl Pen {
    /// Floors are grey and dashed: limits, not competitors.
    fn of(name: &str, names: &[&str]) -> Pen {
        if name == OURS {
            return Pen {
                colour: OUR_COLOUR,
                width: 3.0,
                dashes: "none",
            };
        }
        if is_floor(name) {
            return Pen {
                colour: "#888",
                width: 1.5,
                dashes: "5 3",
            };
        }
        let mut others = names
            .iter()
            .filter(|other| **other != OURS && !is_floor(other));
        let place = others.position(|other| *other == name).unwrap_or(0);
        Pen {
            colour: COLOURS[place % COLOURS.len()],
            width: 1.5,
            dashes: "none",
        }
    }

    fn stroke(&self) -> String {
        let Pen {
            colour,
            width,
            dashes,
        } = self;
        format!("stroke=\"{colour}\" stroke-width=\"{width}\" stroke-dasharray=\"{dashes}\"")
    }
}

fn is_floor(name: &str) -> bool {
    name.starts_with("floor")
}

fn legend(names: &[&str]) -> String {
    let floors = names.iter().any(|name| is_floor(name)).then_some("floor");
    let shown = names
        .iter()
        .copied()
        .filter(|name| !is_floor(name))
        .chain(floors);
    let mut text = String::new();
    for (i, name) in shown.enumerate() {
        let x = CORNER.0 + 140.0 * i as f64;
        let (line, label) = (x + 24.0, x + 30.0);
        text += &format!(
            "<line x1=\"{x}\" y1=\"22\" x2=\"{line}\" y2=\"22\" {}/>",
            Pen::of(name, names).stroke()
        );
        text += &format!("<text x=\"{label}\" y=\"26\">{name}</text>\n");
    }
    text
}

/// The scales of one panel.
struct Scale {
    first: f64,
    decades: f64,
    top: f64,
}

impl Scale {
    fn of(panel: &Panel) -> Scale {
        let log = |size: Option<&u64>| (*size.unwrap_or(&1) as f64).log10();
        let first = log(panel.sizes.first());
        let costs = panel
            .series
            .iter()
            .flat_map(|series| &series.points)
            .map(|(_, cost)| *cost);
        let top = rounded_up(costs.fold(0.0, f64::max));
        Scale {
            first,
            decades: (log(panel.sizes.last()) - first).max(1.0),
            top,
        }
    }

    fn x(&self, size: u64) -> f64 {
        ((size as f64).log10() - self.first) / self.decades * AREA.0
    }

    fn y(&self, cost: f64) -> f64 {
        AREA.1 * (1.0 - cost / self.top)
    }
}

/// The next 1, 2, 3, 4, 5, 6 or 8 times a power of ten.
fn rounded_up(cost: f64) -> f64 {
    if cost <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(cost.log10().floor());
    let steps = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];
    steps
        .iter()
        .map(|step| step * power)
        .find(|top| *top >= cost)
        .unwrap_or(cost)
}

fn drawing(panel: &Panel, names: &[&str]) -> String {
    let scale = Scale::of(panel);
    let mut text = format!(
        "<text x=\"0\" y=\"-12\" font-weight=\"bold\">{}</text>\n",
        panel.title()
    );
    text += &grid(panel, &scale);
    // Ours last, on top.
    let (ours, others): (Vec<_>, Vec<_>) =
        panel.series.iter().partition(|series| series.peer == OURS);
    for series in others.into_iter().chain(ours) {
        text += &curve(series, &scale, &Pen::of(series.peer, names));
    }
    text
}

fn grid(panel: &Panel, scale: &Scale) -> String {
    let (width, height) = AREA;
    let mut text = String::new();
    for step in 0..=4 {
        let cost = scale.top * f64::from(step) / 4.0;
        let (y, base) = (scale.y(cost), scale.y(cost) + 4.0);
        text += &format!("<line x1=\"0\" y1=\"{y}\" x2=\"{width}\" y2=\"{y}\" stroke=\"#ddd\"/>");
        text += &format!(
            "<text x=\"-6\" y=\"{base}\" text-anchor=\"end\">{}</text>\n",
            tick(cost)
        );
    }
    for &size in &panel.sizes {
        let (x, below) = (scale.x(size), height + 16.0);
        text += &format!("<line x1=\"{x}\" y1=\"0\" x2=\"{x}\" y2=\"{height}\" stroke=\"#eee\"/>");
        text += &format!(
            "<text x=\"{x}\" y=\"{below}\" text-anchor=\"middle\">{}</text>\n",
            short(size)
        );
    }
    text
}

fn curve(series: &Series, scale: &Scale, pen: &Pen) -> String {
    let (stroke, colour) = (pen.stroke(), pen.colour);
    let place = |(size, cost): &(u64, f64)| (scale.x(*size), scale.y(*cost));
    let points: Vec<String> = series
        .points
        .iter()
        .map(place)
        .map(|(x, y)| format!("{x:.1},{y:.1}"))
        .collect();
    let mut text = format!(
        "<polyline points=\"{}\" fill=\"none\" {stroke}/>\n",
        points.join(" ")
    );
    for (x, y) in series.points.iter().map(place) {
        text += &format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{colour}\"/>\n");
    }
    text
}

/// No more digits than the number needs.
fn tick(cost: f64) -> String {
    if cost.fract() == 0.0 {
        format!("{cost:.0}")
    } else {
        format!("{cost:.2}")
    }
}

/// 1000 is 1k.
fn short(size: u64) -> String {
    match size {
        size if size >= 1_000_000 => format!("{}M", size / 1_000_000),
        size if size >= 1000 => format!("{}k", size / 1000),
        size => size.to_string(),
    }
}
