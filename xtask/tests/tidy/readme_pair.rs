//! The English and the Chinese form of a document (`README.md`, `README.zh-CN.md`) are the same page: as many headings of each level, and the same commands.

use crate::assert_none;
use crate::tree;

/// What two languages of a page share.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outline {
    /// Levels of the headings, in order.
    levels: Vec<usize>,
    /// Code blocks with their language, in order.
    blocks: Vec<String>,
}

/// Headings and code blocks of a page.
fn outline(page: &str) -> Outline {
    let mut outline = Outline::default();
    let mut block: Option<String> = None;
    for line in page.lines() {
        let is_fence = line.trim_start().starts_with("```");
        block = match (block, is_fence) {
            (Some(text), true) => {
                outline.blocks.push(text);
                None
            }
            (Some(text), false) => Some(format!("{text}\n{line}")),
            (None, true) => Some(line.trim().to_owned()),
            (None, false) => {
                let level = line.bytes().take_while(|byte| *byte == b'#').count();
                if level > 0 && line[level..].starts_with(' ') {
                    outline.levels.push(level);
                }
                None
            }
        };
    }
    outline
}

/// Where the two pages part.
fn findings(english: &str, chinese: &str) -> Vec<String> {
    let (english, chinese) = (outline(english), outline(chinese));
    let mut found = Vec::new();
    if english.levels != chinese.levels {
        found.push(format!("headings differ: {:?} and {:?}", english.levels, chinese.levels));
    }
    if english.blocks.len() != chinese.blocks.len() {
        found.push(format!("{} code blocks and {}", english.blocks.len(), chinese.blocks.len()));
    }
    for (ours, theirs) in english.blocks.iter().zip(&chinese.blocks).filter(|(ours, theirs)| ours != theirs) {
        found.push(format!("a code block differs:\n{ours}\nand\n{theirs}"));
    }
    found
}

#[test]
fn each_chinese_page_is_its_english_one() {
    let files = tree::files();
    let mut pairs = 0;
    for chinese in &files {
        let Some(name) = chinese.path.strip_suffix(".zh-CN.md") else { continue };
        let english = files.iter().find(|file| file.path == format!("{name}.md"));
        let english = english.unwrap_or_else(|| panic!("{name}.md is missing"));
        assert_none(&findings(&english.text, &chinese.text));
        pairs += 1;
    }
    assert!(pairs > 0 && files.iter().any(|file| file.path == "README.zh-CN.md"), "the page this rule reads");
}

#[test]
fn a_page_left_behind_is_found() {
    let english = "# A\n\n## B\n\n```sh\n# comment\nquan dev\n```\n";
    assert_none(&findings(english, "# 甲\n\n## 乙\n\n```sh\n# comment\nquan dev\n```\n"));
    assert_eq!(findings(english, "# 甲\n\n```sh\n# comment\nquan dev\n```\n").len(), 1);
    assert_eq!(findings(english, "# 甲\n\n## 乙\n\n```sh\n# comment\nquan demo\n```\n").len(), 1);
    assert_eq!(findings(english, "# 甲\n\n## 乙\n").len(), 1);
}
