//! Reading single fields of a request: lengths, numbers, ids, addresses, pairs.
//!
//! The checks that many definitions and commands share. Lengths count characters, as the official limits
//! do. Nothing here knows which request a field belongs to: `at` is the JSON pointer of the field, and
//! every error is a [`Violation`] at that pointer.

use std::str::FromStr;

use quan_model::ids::{Appid, IdError};

use crate::refusal::{Violation, ViolationKind};

/// A text of 1 to `max` characters.
///
/// # Errors
/// [`ViolationKind::TooShort`] or [`ViolationKind::TooLong`].
pub fn required(at: impl Into<String>, text: &str, max: usize) -> Result<(), Violation> {
    between(at, text, 1, max)
}

/// A text of `min` to `max` characters.
///
/// # Errors
/// [`ViolationKind::TooShort`] or [`ViolationKind::TooLong`].
pub fn between(at: impl Into<String>, text: &str, min: usize, max: usize) -> Result<(), Violation> {
    let count = text.chars().count();
    let kind = if count < min {
        ViolationKind::TooShort
    } else if count > max {
        ViolationKind::TooLong
    } else {
        return Ok(());
    };
    Err(Violation::new(at, kind, format!("长度应为{min}到{max}个字符")).with_value(&count))
}

/// A text of at most `max` characters, which may be empty.
///
/// # Errors
/// [`ViolationKind::TooLong`].
pub fn at_most(at: impl Into<String>, text: &str, max: usize) -> Result<(), Violation> {
    between(at, text, 0, max)
}

/// A line that people are shown: `min` to `max` characters, all of them visible.
///
/// # Errors
/// [`ViolationKind::TooShort`], [`ViolationKind::TooLong`] or [`ViolationKind::Format`].
pub fn line(at: impl Into<String>, text: &str, min: usize, max: usize) -> Result<(), Violation> {
    shown(at.into(), text, (min, max), is_invisible)
}

/// A text that people are shown, which may have line breaks and tabs but no other invisible character.
///
/// # Errors
/// As [`line`].
pub fn paragraph(at: impl Into<String>, text: &str, min: usize, max: usize) -> Result<(), Violation> {
    let is_wrong = |letter| is_invisible(letter) && !matches!(letter, '\n' | '\r' | '\t');
    shown(at.into(), text, (min, max), is_wrong)
}

fn shown(
    at: String,
    text: &str,
    (min, max): (usize, usize),
    is_wrong: impl Fn(char) -> bool,
) -> Result<(), Violation> {
    between(at.as_str(), text, min, max)?;
    if text.chars().any(is_wrong) {
        return Err(Violation::new(at, ViolationKind::Format, "不能包含不可见字符"));
    }
    Ok(())
}

/// Controls, zero-width spaces and marks of direction. What joins emoji and chooses their form (U+200D,
/// U+FE0F) is part of what is seen.
fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

/// A list of `min` to `max` items.
///
/// # Errors
/// [`ViolationKind::TooShort`] or [`ViolationKind::TooLong`].
pub fn count(at: impl Into<String>, count: usize, min: usize, max: usize) -> Result<(), Violation> {
    let kind = if count < min {
        ViolationKind::TooShort
    } else if count > max {
        ViolationKind::TooLong
    } else {
        return Ok(());
    };
    Err(Violation::new(at, kind, format!("应填写{min}到{max}项")).with_value(&count))
}

/// A number from `min` to `max`.
///
/// # Errors
/// [`ViolationKind::OutOfRange`].
pub fn range(at: impl Into<String>, value: i64, min: i64, max: i64) -> Result<(), Violation> {
    if min <= value && value <= max {
        return Ok(());
    }
    Err(Violation::new(at, ViolationKind::OutOfRange, format!("应为{min}到{max}")).with_value(&value))
}

/// The most characters of `attach`.
pub const ATTACH_LEN_MAX: usize = 150;
/// The most characters of `deactivate_reason`.
pub const DEACTIVATE_REASON_LEN_MAX: usize = 150;

/// A typed id, such as a request number, an appid or a coupon code.
///
/// # Errors
/// [`ViolationKind::TooShort`], [`ViolationKind::TooLong`] or [`ViolationKind::Format`].
pub fn id<Id: FromStr<Err = IdError>>(at: impl Into<String>, text: &str) -> Result<Id, Violation> {
    text.parse().map_err(|error| id_violation(at, text, error))
}

/// What is wrong with the text of an id.
pub fn id_violation(at: impl Into<String>, text: &str, error: IdError) -> Violation {
    let (kind, issue) = match error {
        IdError::TooShort { min } => (ViolationKind::TooShort, format!("长度不能少于{min}个字符")),
        IdError::TooLong { max } => (ViolationKind::TooLong, format!("长度不能超过{max}个字符")),
        IdError::Charset { allowed } => (ViolationKind::Format, format!("只能包含以下字符：{allowed}")),
    };
    Violation::new(at, kind, issue).with_value(text)
}

/// An absolute http or https address: a scheme, a host and no white space. What lies behind it is not
/// looked at; that an image was uploaded is the use case's question.
///
/// # Errors
/// [`ViolationKind::Format`].
pub fn url(at: impl Into<String>, text: &str) -> Result<(), Violation> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    let has_host = host.is_some_and(|host| !host.is_empty() && !host.starts_with(':'));
    let is_plain = !text.chars().any(|letter| letter.is_whitespace() || letter.is_control());
    if has_host && is_plain {
        return Ok(());
    }
    let issue = "应为以http://或https://开头的完整地址";
    Err(Violation::new(at, ViolationKind::Format, issue).with_value(text))
}

/// The address of an image that must be given; an empty one counts as missing (R-IMAGE).
///
/// # Errors
/// [`ViolationKind::ImageMissing`] or [`ViolationKind::Format`].
pub fn required_image(at: impl Into<String>, text: &str) -> Result<(), Violation> {
    if text.is_empty() {
        return Err(Violation::new(at, ViolationKind::ImageMissing, "缺少图片，请先上传图片并填写其地址"));
    }
    url(at, text)
}

/// An appid and a path that are given together or not at all.
///
/// # Errors
/// [`ViolationKind::Rule`] at the missing one; otherwise what is wrong with one of them.
pub fn mini_program_pair(
    at: &str,
    appid_text: Option<&String>,
    path: Option<&String>,
) -> Result<(), Violation> {
    let issue = "mini_program_appid与mini_program_path必须同时填写";
    match (appid_text, path) {
        (None, None) => Ok(()),
        (Some(_), None) => Err(Violation::new(format!("{at}/mini_program_path"), ViolationKind::Rule, issue)),
        (None, Some(_)) => {
            Err(Violation::new(format!("{at}/mini_program_appid"), ViolationKind::Rule, issue))
        }
        (Some(appid_text), Some(path)) => {
            id::<Appid>(format!("{at}/mini_program_appid"), appid_text)?;
            path_text(format!("{at}/mini_program_path"), path)
        }
    }
}

/// The longest path; the official pages give a length for `app_path` only (C34), which we take for all.
pub const PATH_LEN_MAX: usize = 1024;

/// A path of 1 to [`PATH_LEN_MAX`] characters.
///
/// # Errors
/// [`ViolationKind::TooShort`] or [`ViolationKind::TooLong`].
pub fn path_text(at: impl Into<String>, text: &str) -> Result<(), Violation> {
    required(at, text, PATH_LEN_MAX)
}

#[cfg(test)]
mod tests {
    use quan_model::ids::RequestNo;

    use super::*;

    #[test]
    fn addresses_are_absolute_and_of_the_web() {
        for (text, is_legal) in [
            ("https://a.example/x?y=1#z", true),
            ("http://a", true),
            ("https://", false),
            ("https:///path", false),
            ("https://:80/", false),
            ("//a.example", false),
            ("/a", false),
            ("ftp://a.example", false),
            ("https://a.example/x y", false),
            ("https://a.example/\u{0}", false),
            ("", false),
        ] {
            assert_eq!(url("/u", text).is_ok(), is_legal, "{text:?}");
        }
        assert_eq!(required_image("/u", "").unwrap_err().kind, ViolationKind::ImageMissing);
        assert_eq!(required_image("/u", "x").unwrap_err().kind, ViolationKind::Format);
    }

    #[test]
    fn ids_say_what_is_wrong_with_them() {
        let kind = |text: &str| id::<RequestNo>("/out_request_no", text).map_err(|violation| violation.kind);
        assert_eq!(kind("12345"), Err(ViolationKind::TooShort));
        assert!(kind("123456").is_ok());
        assert_eq!(kind(&"1".repeat(41)), Err(ViolationKind::TooLong));
        assert_eq!(kind("12345/"), Err(ViolationKind::Format));
    }

    #[test]
    fn what_is_shown_is_visible() {
        for (text, as_line, as_paragraph) in [
            ("拿铁 满30减8", true, true),
            ("👨\u{200d}👩\u{200d}👧❤\u{fe0f}", true, true),
            ("一\n二\t三\r", false, true),
            ("一\u{0}", false, false),
            ("一\u{7f}", false, false),
            ("一\u{200b}二", false, false),
            ("\u{feff}一", false, false),
            ("一\u{202e}二", false, false),
        ] {
            let kind = |found: Result<(), Violation>| found.map_err(|violation| violation.kind);
            let expected = |is_legal| if is_legal { Ok(()) } else { Err(ViolationKind::Format) };
            assert_eq!(kind(line("/t", text, 1, 20)), expected(as_line), "{text:?}");
            assert_eq!(kind(paragraph("/t", text, 1, 20)), expected(as_paragraph), "{text:?}");
        }
        assert_eq!(line("/t", "\n", 2, 3).unwrap_err().kind, ViolationKind::TooShort);
    }

    #[test]
    fn lengths_count_characters() {
        assert_eq!(between("/n", "🎁🎁🎁", 3, 3), Ok(()));
        assert_eq!(between("/n", "🎁🎁", 3, 3).unwrap_err().kind, ViolationKind::TooShort);
        assert_eq!(between("/n", "券券券", 3, 3), Ok(()));
        assert_eq!(between("/n", "券券", 3, 3).unwrap_err().kind, ViolationKind::TooShort);
        assert_eq!(between("/n", "券券券券", 3, 3).unwrap_err().kind, ViolationKind::TooLong);
    }
}
