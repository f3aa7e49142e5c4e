//! What pages are made of: lists with filters, and pages of sections. One template renders each.

use askama::Template;
use axum::response::Response;

use crate::context::Context;
use crate::failure::Failure;
use crate::page;

/// A value with how it is shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) address: Option<String>,
    /// A class of tags, when it is one.
    pub(crate) tag: Option<&'static str>,
    pub(crate) is_number: bool,
    /// Whether it stays on one line where there is room for columns.
    pub(crate) is_whole: bool,
    /// Whether it may be broken anywhere, as long ids and texts are.
    pub(crate) is_loose: bool,
}

impl Cell {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(crate) fn loose(text: impl Into<String>) -> Self {
        Self { is_loose: true, ..Self::text(text) }
    }

    pub(crate) fn whole(text: impl Into<String>) -> Self {
        Self { is_whole: true, ..Self::text(text) }
    }

    pub(crate) fn link(text: impl Into<String>, address: String) -> Self {
        Self { address: Some(address), ..Self::text(text) }
    }

    pub(crate) fn tag(text: impl Into<String>, tag: &'static str) -> Self {
        Self { tag: Some(tag), ..Self::text(text) }
    }

    pub(crate) fn number(number: impl std::fmt::Display) -> Self {
        Self { is_number: true, ..Self::text(format!("{number}")) }
    }
}

/// A table; its first cells lead to the pages of its rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(crate) names: Vec<&'static str>,
    pub(crate) rows: Vec<Vec<Cell>>,
    pub(crate) empty: &'static str,
}

impl Table {
    fn named(&self, row: &[Cell]) -> Vec<(&'static str, Cell)> {
        self.names.iter().copied().zip(row.iter().cloned()).collect()
    }

    /// Whether a column holds numbers.
    pub(crate) fn has_numbers(&self, column: &usize) -> bool {
        self.rows.first().and_then(|row| row.get(*column)).is_some_and(|cell| cell.is_number)
    }

    /// Rows with the name of each cell's column, which a narrow page shows beside it.
    pub(crate) fn named_rows(&self) -> Vec<Vec<(&'static str, Cell)>> {
        self.rows.iter().map(|row| self.named(row)).collect()
    }
}

/// A field of a form or a filter.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) value: String,
    pub(crate) kind: FieldKind,
    pub(crate) is_required: bool,
    pub(crate) hint: &'static str,
    /// Which choices of other fields it belongs to, such as `usage_mode=SINGLE|SEQUENTIAL`; empty for all.
    pub(crate) when: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FieldKind {
    Text,
    Number,
    Date,
    Long,
    Hidden,
    File,
    /// Value and words of each choice.
    Choice(Vec<(String, String)>),
}

impl Field {
    pub(crate) fn new(name: &'static str, label: &'static str, kind: FieldKind) -> Self {
        Self { name, label, value: String::new(), kind, is_required: false, hint: "", when: "" }
    }

    pub(crate) fn hidden(name: &'static str, value: impl Into<String>) -> Self {
        Self { value: value.into(), ..Self::new(name, "", FieldKind::Hidden) }
    }

    pub(crate) fn value(self, value: impl Into<String>) -> Self {
        Self { value: value.into(), ..self }
    }

    pub(crate) fn required(self) -> Self {
        Self { is_required: true, ..self }
    }

    pub(crate) fn when(self, when: &'static str) -> Self {
        Self { when, ..self }
    }

    /// The word of its kind in the template.
    pub(crate) fn word(&self) -> &'static str {
        match self.kind {
            FieldKind::Text => "text",
            FieldKind::Number => "number",
            FieldKind::Date => "date",
            FieldKind::Long => "long",
            FieldKind::Hidden => "hidden",
            FieldKind::File => "file",
            FieldKind::Choice(_) => "choice",
        }
    }

    pub(crate) fn choices(&self) -> &[(String, String)] {
        match &self.kind {
            FieldKind::Choice(choices) => choices,
            FieldKind::Text
            | FieldKind::Number
            | FieldKind::Date
            | FieldKind::Long
            | FieldKind::Hidden
            | FieldKind::File => &[],
        }
    }
}

/// Something that a page lets one do.
#[derive(Clone, Debug)]
pub(crate) struct Action {
    pub(crate) address: String,
    pub(crate) label: &'static str,
    pub(crate) fields: Vec<Field>,
    /// What is asked before what cannot be undone.
    pub(crate) question: Option<&'static str>,
    /// Whether it cannot be undone, and looks like it.
    pub(crate) is_grave: bool,
    pub(crate) has_file: bool,
}

impl Action {
    pub(crate) fn new(address: impl Into<String>, label: &'static str, fields: Vec<Field>) -> Self {
        let has_file = fields.iter().any(|field| field.kind == FieldKind::File);
        Self { address: address.into(), label, fields, question: None, is_grave: false, has_file }
    }

    pub(crate) fn asking(self, question: &'static str) -> Self {
        Self { question: Some(question), is_grave: true, ..self }
    }

    /// Asks, although it can be undone.
    pub(crate) fn asking_mildly(self, question: &'static str) -> Self {
        Self { question: Some(question), ..self }
    }
}

/// How much of a limit is used.
#[derive(Clone, Debug)]
pub(crate) struct Bar {
    pub(crate) label: &'static str,
    pub(crate) value: u64,
    pub(crate) max: u64,
    /// Whether it is bad news that it fills up.
    pub(crate) is_limit: bool,
}

impl Bar {
    /// The class of its colour.
    pub(crate) fn class(&self) -> &'static str {
        if !self.is_limit {
            return "";
        }
        match self.value.saturating_mul(100).checked_div(self.max) {
            Some(100..) => "full",
            Some(80..) => "near",
            Some(_) | None => "",
        }
    }
}

/// A number that leads somewhere.
#[derive(Clone, Debug)]
pub(crate) struct Tile {
    pub(crate) label: &'static str,
    pub(crate) figure: u64,
    pub(crate) address: String,
    pub(crate) is_alarm: bool,
}

/// A moment of a timeline.
#[derive(Clone, Debug)]
pub(crate) struct ShownMoment {
    pub(crate) at: String,
    pub(crate) class: &'static str,
    pub(crate) what: String,
    pub(crate) cells: Vec<Cell>,
}

/// What a coupon looks like.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ticket {
    pub(crate) name: String,
    pub(crate) figure: String,
    pub(crate) condition: String,
    pub(crate) picture: String,
    /// Such as `c040`.
    pub(crate) colour: String,
    pub(crate) steps: Vec<String>,
    pub(crate) notes: Vec<String>,
}

/// A line of a chart with its legend.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub(crate) class: &'static str,
    pub(crate) label: &'static str,
    pub(crate) total: u64,
    pub(crate) path: String,
}

/// A chart over time, and the same as a table.
#[derive(Clone, Debug)]
pub(crate) struct Chart {
    pub(crate) title: &'static str,
    pub(crate) series: Vec<Series>,
    /// Height and number of each line of the grid.
    pub(crate) grid: Vec<(u32, u64)>,
    /// Place and words of each mark of the time.
    pub(crate) marks: Vec<(u32, String)>,
    pub(crate) table: Table,
}

/// A part of a section.
#[derive(Clone, Debug)]
pub(crate) enum Block {
    Facts(Vec<(&'static str, Cell)>),
    Table(Table),
    Bars(Vec<Bar>),
    Actions(Vec<Action>),
    Pre(String),
    Note(&'static str, String),
    Timeline(Vec<ShownMoment>),
    Ticket(Ticket),
    Chart(Chart),
}

/// A part of a page.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    pub(crate) title: String,
    pub(crate) blocks: Vec<Block>,
}

impl Section {
    pub(crate) fn new(title: impl Into<String>, blocks: Vec<Block>) -> Self {
        Self { title: title.into(), blocks }
    }
}

/// A page about one thing.
#[derive(Template)]
#[template(path = "detail.html")]
pub(crate) struct DetailPage<'p> {
    pub(crate) cx: &'p Context,
    pub(crate) section: &'static str,
    /// The list it belongs to.
    pub(crate) crumb: Option<(&'static str, &'static str)>,
    pub(crate) title: String,
    pub(crate) state: Option<Cell>,
    pub(crate) tools: Vec<(String, String)>,
    pub(crate) tiles: Vec<Tile>,
    pub(crate) sections: Vec<Section>,
    /// Where the sections are fetched again and again, while something goes on.
    pub(crate) live: Option<String>,
}

impl<'p> DetailPage<'p> {
    pub(crate) fn new(cx: &'p Context, section: &'static str, title: impl Into<String>) -> Self {
        let title = title.into();
        Self {
            cx,
            section,
            crumb: None,
            title,
            state: None,
            tools: Vec::new(),
            tiles: Vec::new(),
            sections: Vec::new(),
            live: None,
        }
    }

    pub(crate) fn render(&self) -> Result<Response, Failure> {
        page::render(self)
    }
}

/// The sections alone.
#[derive(Template)]
#[template(path = "sections.html")]
pub(crate) struct Sections<'p> {
    pub(crate) cx: &'p Context,
    pub(crate) sections: Vec<Section>,
}

/// A page with a list.
#[derive(Template)]
#[template(path = "list.html")]
pub(crate) struct ListPage<'p> {
    pub(crate) cx: &'p Context,
    pub(crate) section: &'static str,
    pub(crate) title: &'static str,
    pub(crate) address: &'static str,
    pub(crate) filters: Vec<Field>,
    pub(crate) table: Table,
    /// The address of the next page, when there is one.
    pub(crate) next: Option<String>,
    pub(crate) tools: Vec<(String, String)>,
}

/// The first `size` of what was found, and whether there is more.
pub(crate) fn first_page<T>(mut found: Vec<T>, size: usize) -> (Vec<T>, bool) {
    let has_more = found.len() > size;
    found.truncate(size);
    (found, has_more)
}
