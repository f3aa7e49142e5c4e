//! The card of a benefit (合成图): one line that says what the coupon is worth, on its colour.
//!
//! A drawing, not a photograph: SVG, so that the letters come from the device that shows them.

use std::fmt::Write;

/// What stands on a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The worth, such as `¥15` or `8.5折`.
    pub headline: String,
    /// The condition, such as `满80元可用`.
    pub condition: String,
    /// `#rrggbb`, checked by the caller; red when absent.
    pub background_color: Option<String>,
}

const WIDTH: u32 = 1080;
const DEFAULT_COLOR: &str = "#e8453c";

/// Draws a card of 1080 × 1080, the size that `image_url` asks for.
pub fn draw_card(card: &Card) -> String {
    let color = card.background_color.as_deref().unwrap_or(DEFAULT_COLOR);
    let mut svg = String::new();
    let font = "font-family=\"sans-serif\" fill=\"#ffffff\" text-anchor=\"middle\"";
    // Writing to a String cannot fail.
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{WIDTH}\" viewBox=\"0 0 {WIDTH} {WIDTH}\">\
         <rect x=\"120\" y=\"270\" width=\"840\" height=\"540\" rx=\"48\" fill=\"{color}\"/>\
         <circle cx=\"120\" cy=\"540\" r=\"48\" fill=\"#ffffff\"/><circle cx=\"960\" cy=\"540\" r=\"48\" fill=\"#ffffff\"/>\
         <text x=\"540\" y=\"580\" font-size=\"200\" font-weight=\"bold\" {font}>{}</text>\
         <text x=\"540\" y=\"710\" font-size=\"72\" {font}>{}</text></svg>",
        escaped(&card.headline),
        escaped(&card.condition),
    );
    svg
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_says_its_worth_and_nothing_breaks_out_of_it() {
        let card = Card {
            headline: "¥15".into(),
            condition: "<script>&\"".into(),
            background_color: Some("#00ff7f".into()),
        };
        let svg = draw_card(&card);
        assert!(svg.contains(">¥15<") && svg.contains("fill=\"#00ff7f\""));
        assert!(svg.contains("&lt;script&gt;&amp;&quot;") && !svg.contains("<script"));
        assert!(draw_card(&Card { background_color: None, ..card }).contains(DEFAULT_COLOR));
    }
}
