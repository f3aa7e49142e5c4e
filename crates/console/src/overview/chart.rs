//! The chart of activity: lines of an SVG, computed here, and the same numbers as a table.

use quan_model::time::Time;
use quan_platform::console::overview::{Activity, Overview};

use crate::language::Language;
use crate::shown::time;
use crate::view::{Cell, Chart, Series, Table};

/// The place of the lines inside the drawing, in its units.
const LEFT: u64 = 44;
const RIGHT: u64 = 752;
const TOP: u64 = 12;
const BOTTOM: u64 = 196;
const GRID_LINES: u64 = 4;

type Pick = fn(&Activity) -> u64;

pub(super) fn chart(language: Language, found: &Overview, by_day: bool) -> Chart {
    let lines: [(&'static str, &'static str, Pick); 5] = [
        ("s1", language.t("预发", "Pre-sent"), |of| of.pre_sent),
        ("s2", language.t("领取", "Claimed"), |of| of.claimed),
        ("s3", language.t("确认", "Confirmed"), |of| of.confirmed),
        ("s4", language.t("核销", "Used"), |of| of.used),
        ("s5", language.t("退券", "Returned"), |of| of.returned),
    ];
    let highest = lines.iter().flat_map(|(_, _, pick)| found.activity.iter().map(pick)).max().unwrap_or(0);
    let top = round_up(highest.max(GRID_LINES));
    let series = lines.map(|(class, label, pick)| Series {
        class,
        label,
        total: found.activity.iter().map(pick).sum(),
        path: path(&found.activity.iter().map(pick).collect::<Vec<_>>(), top),
    });
    let label = |at: usize| {
        let begin = begin_of(found, at);
        let text = time(begin);
        let range = if by_day { 5..10 } else { 11..16 };
        text.get(range).unwrap_or_default().to_owned()
    };
    let every = (found.activity.len() / 8).max(1);
    let marks = (0..found.activity.len()).step_by(every);
    let marks = marks.map(|at| (place(x(at, found.activity.len())), label(at))).collect();
    let grid = (0..=GRID_LINES)
        .map(|line| (place(y(top * line / GRID_LINES, top)), top * line / GRID_LINES))
        .collect();
    let row = |(at, activity): (usize, &Activity)| {
        let numbers = lines.iter().map(|(_, _, pick)| Cell::number(pick(activity)));
        std::iter::once(Cell::whole(time(begin_of(found, at)))).chain(numbers).collect()
    };
    let names = std::iter::once(language.t("时间", "From")).chain(lines.iter().map(|(_, label, _)| *label));
    let table = Table {
        names: names.collect(),
        rows: found.activity.iter().enumerate().map(row).collect(),
        empty: "",
    };
    let title = language.t(
        "预发、领取、确认、核销、退券的数量随时间变化",
        "Pre-sent, claimed, confirmed, used and returned coupons over time",
    );
    Chart { title, series: series.to_vec(), grid, marks, table }
}

fn begin_of(found: &Overview, at: usize) -> Time {
    let at = i64::try_from(at).unwrap_or(0);
    found.spans.begin.plus_seconds(found.spans.seconds * at)
}

/// A multiple of the grid's lines, in steps that people count in.
fn round_up(highest: u64) -> u64 {
    let mut step = GRID_LINES;
    while step < highest {
        step = if step * 2 >= highest { step * 2 } else { step * 5 };
    }
    step
}

fn x(at: usize, count: usize) -> u64 {
    let last = count.saturating_sub(1).max(1) as u64;
    LEFT + (RIGHT - LEFT) * at as u64 / last
}

fn y(value: u64, top: u64) -> u64 {
    BOTTOM - (BOTTOM - TOP) * value.min(top) / top.max(1)
}

fn place(units: u64) -> u32 {
    u32::try_from(units).unwrap_or(u32::MAX)
}

fn path(values: &[u64], top: u64) -> String {
    let point = |(at, value): (usize, &u64)| {
        let letter = if at == 0 { 'M' } else { 'L' };
        format!("{letter}{} {}", x(at, values.len()), y(*value, top))
    };
    values.iter().enumerate().map(point).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_inside_the_drawing() {
        assert_eq!(path(&[0, 4, 8], 8), "M44 196 L398 104 L752 12");
        assert_eq!(path(&[9], 8), "M44 12");
        assert_eq!(path(&[], 8), "");
    }

    #[test]
    fn the_grid_ends_above_the_highest() {
        for highest in [4, 5, 9, 41, 100, 1_000_001] {
            assert!(
                round_up(highest) >= highest && round_up(highest).is_multiple_of(GRID_LINES),
                "{highest}"
            );
        }
    }
}
