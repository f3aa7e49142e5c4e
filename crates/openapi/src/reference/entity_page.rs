//! Pages of the objects and words that messages share.

use crate::entity::{Presence, Side};
use crate::reference::table::{cell, kind};
use crate::reference::words::{presence, words as fixed};
use crate::reference::{head, other_page};
use crate::spec::{EntityFile, spec};
use crate::text::Language;

/// One noun with its parts.
pub(crate) fn page(file: &EntityFile, language: Language) -> String {
    let title = file.entities.0.first().map_or("", |(_, entity)| entity.title.get(language));
    let mut text = head(title, language, &other_page(&file.stem, language));
    for (name, entity) in file.entities.iter() {
        text.push_str(&format!("## {name}\n\n**{}**", entity.title.get(language)));
        if let Some(form) = entity.write_as.as_deref().filter(|form| *form != name) {
            text.push_str(&format!(" ({form})"));
        }
        text.push_str("\n\n");
        if let Some(about) = &entity.about {
            text.push_str(&format!("{}\n\n", about.get(language)));
        }
        text.push_str(&table(name, language));
        text.push('\n');
    }
    text.trim_end().to_owned() + "\n"
}

/// The members of an entity, with a column for each way that it goes.
fn table(name: &str, language: Language) -> String {
    let words = fixed(language);
    let Some(entity) = spec().entity(name) else { return String::new() };
    let is_used = |side| entity.fields.iter().any(|(_, member)| member.presence(side) != Presence::Absent);
    let sides: Vec<(Side, &str)> = [(Side::Write, words.written), (Side::Read, words.answered)]
        .into_iter()
        .filter(|(side, _)| is_used(*side))
        .collect();
    let columns: Vec<&str> = sides.iter().map(|(_, column)| *column).collect();
    let mut text = format!(
        "| {} | {} | {} | {} |\n|---|---|{}---|\n",
        words.name,
        words.kind,
        columns.join(" | "),
        words.meaning,
        "---|".repeat(columns.len())
    );
    for (name, member) in entity.fields.iter() {
        let there: Vec<&str> =
            sides.iter().map(|(side, _)| presence(member.presence(*side), language)).collect();
        text.push_str(&format!(
            "| {name} | {} | {} | {} |\n",
            kind(&member.kind, language, "../"),
            there.join(" | "),
            cell(member.text.get(language))
        ));
    }
    text
}

/// All closed sets of words on one page.
pub(crate) fn words(language: Language) -> String {
    let title = match language {
        Language::English => "Words",
        Language::Chinese => "枚举取值",
    };
    let fixed = fixed(language);
    let mut text = head(title, language, &other_page("words", language));
    for (name, set) in spec().enums.iter() {
        text.push_str(&format!("## {name}\n\n**{}**\n\n", set.title.get(language)));
        if let Some(about) = &set.about {
            text.push_str(&format!("{}\n\n", about.get(language)));
        }
        text.push_str(&format!("| {} | {} |\n|---|---|\n", fixed.name, fixed.meaning));
        for (word, (en, zh)) in set.values.iter() {
            let meaning = match language {
                Language::English => en,
                Language::Chinese => zh,
            };
            text.push_str(&format!("| {word} | {} |\n", cell(meaning)));
        }
        text.push('\n');
    }
    text.trim_end().to_owned() + "\n"
}
