//! Takes Rust source apart into code, strings and comments, so that a rule looks only where it means to.
//!
//! This is a scanner of tokens, not a parser: it knows where literals and comments begin and end, nothing more.

/// What a piece of source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Anything that is not one of the others.
    Code,
    /// The inside of a string or byte string literal.
    Text,
    /// A comment of any form.
    Comment,
}

/// A piece of source of one kind.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece<'s> {
    /// What it is.
    pub(crate) kind: Kind,
    /// Line of its first character, counted from one.
    pub(crate) line: usize,
    /// The characters, without quotes for strings.
    pub(crate) text: &'s str,
}

/// The source before its unit tests: up to the `#[cfg(test)]` that opens an inline module.
pub(crate) fn before_tests(source: &str) -> &str {
    let mut from = 0;
    while let Some(at) = source[from..].find("#[cfg(test)]").map(|at| at + from) {
        let rest = &source[at + "#[cfg(test)]".len()..];
        let opening =
            rest.lines().find(|line| !line.trim().is_empty() && !line.trim_start().starts_with("#["));
        let starts_line = at == 0 || source[..at].ends_with('\n');
        if starts_line && opening.is_some_and(|line| line.contains("mod ") && line.trim_end().ends_with('{'))
        {
            return &source[..at];
        }
        from = at + 1;
    }
    source
}

/// Takes the source apart. Joined, the pieces give the source again, but for the quotes of its strings.
pub(crate) fn pieces(source: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut code_from, mut at) = (0, 0);
    let piece = |kind, from: usize, to: usize| Piece {
        kind,
        line: source[..from].matches('\n').count() + 1,
        text: &source[from..to],
    };
    while at < source.len() {
        let Some(token) = token_at(source, at) else {
            at += source[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        };
        if token.kind != Kind::Code {
            pieces.push(piece(Kind::Code, code_from, at));
            pieces.push(piece(token.kind, token.from, token.to));
            code_from = token.end;
        }
        at = token.end;
    }
    pieces.push(piece(Kind::Code, code_from, source.len()));
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

/// A comment or literal: its inside is `from..to`, what follows begins at `end`.
struct Token {
    kind: Kind,
    from: usize,
    to: usize,
    end: usize,
}

/// The comment or literal that begins at this byte, if one does.
fn token_at(source: &str, at: usize) -> Option<Token> {
    let rest = &source[at..];
    if rest.starts_with("//") {
        let end = at + rest.find('\n').unwrap_or(rest.len());
        return Some(Token { kind: Kind::Comment, from: at, to: end, end });
    }
    if rest.starts_with("/*") {
        let end = at + block_comment_length(rest);
        return Some(Token { kind: Kind::Comment, from: at, to: end, end });
    }
    let inside_word = source[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
    if !inside_word && let Some((from, to, end)) = raw_string(rest) {
        return Some(Token { kind: Kind::Text, from: at + from, to: at + to, end: at + end });
    }
    if let Some(inside) = rest.strip_prefix('"') {
        let to = at + 1 + closing_quote(inside, '"');
        return Some(Token { kind: Kind::Text, from: at + 1, to, end: (to + 1).min(source.len()) });
    }
    if rest.starts_with('\'') {
        let end = at + char_literal_length(rest)?;
        return Some(Token { kind: Kind::Code, from: at, to: end, end });
    }
    None
}

/// Length of the block comment at the start, with those inside it.
fn block_comment_length(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// Start and end of the inside, and the end, of the raw string at the start.
fn raw_string(rest: &str) -> Option<(usize, usize, usize)> {
    let prefix = ["br", "cr", "r"].into_iter().find(|prefix| rest.starts_with(prefix))?;
    let hashes = rest[prefix.len()..].bytes().take_while(|byte| *byte == b'#').count();
    let from = prefix.len() + hashes + 1;
    if rest.as_bytes().get(from - 1) != Some(&b'"') {
        return None;
    }
    let closing = format!("\"{}", "#".repeat(hashes));
    let to = rest[from..].find(&closing).map_or(rest.len(), |at| at + from);
    Some((from, to, (to + closing.len()).min(rest.len())))
}

/// Where the quote stands that closes the literal whose inside is at the start.
fn closing_quote(inside: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        if !escaped && c == quote {
            return at;
        }
        escaped = !escaped && c == '\\';
    }
    inside.len()
}

/// Length of the character literal at the start; nothing for a lifetime.
fn char_literal_length(rest: &str) -> Option<usize> {
    let mut chars = rest.char_indices().skip(1);
    let (_, first) = chars.next()?;
    if first == '\\' {
        return Some(rest.len().min(closing_quote(&rest[1..], '\'') + 2));
    }
    chars.next().filter(|(_, second)| *second == '\'').map(|(at, _)| at + 1)
}

#[test]
fn code_strings_and_comments_are_told_apart() {
    let source =
        "let a = \"x \\\" // y\"; // \"z\"\nlet c = '\"'; let r: &'a str = r#\"q\"r\"#; /* /* n */ o */ end";
    let of = |kind: Kind| -> Vec<&str> {
        pieces(source).into_iter().filter(|piece| piece.kind == kind).map(|piece| piece.text).collect()
    };
    assert_eq!(of(Kind::Text), ["x \\\" // y", "q\"r"]);
    assert_eq!(of(Kind::Comment), ["// \"z\"", "/* /* n */ o */"]);
    assert_eq!(of(Kind::Code), ["let a = ", "; ", "\nlet c = '\"'; let r: &'a str = ", "; ", " end"]);
    assert_eq!(pieces("a\n\"b\"")[1], Piece { kind: Kind::Text, line: 2, text: "b" });
    assert_eq!(pieces("'\\''; \"s\"").last().map(|piece| piece.text), Some("s"));
}

#[test]
fn unit_tests_are_cut_off_and_single_test_items_are_not() {
    assert_eq!(before_tests("a\n#[cfg(test)]\nmod tests {\n b }\n"), "a\n");
    assert_eq!(before_tests("a\n#[cfg(test)]\n#[expect(x)]\nmod tests {\n b }\n"), "a\n");
    let single = "a\n#[cfg(test)]\nmod sample;\nfn b() {}\n";
    assert_eq!(before_tests(single), single);
}
