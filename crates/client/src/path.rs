//! The form of a path: which bytes and segments may be signed at all.
//!
//! URL libraries silently rewrite dot segments, backslashes, blanks and non-ASCII characters. The
//! signed text and the sent text would then differ, at best a 401, at worst a valid signature for
//! another resource. Such paths are refused here, before anything is signed, and because the check is
//! a `const fn` a literal can be checked by the compiler. Values of variables are not known here.

use std::fmt;

/// Why a text is not a path template. Positions are byte offsets into the text as it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// There is no segment at all.
    #[error("the path is empty")]
    Empty,
    /// Two slashes in a row, or more than one at the start.
    #[error("the path has an empty segment at byte {at}")]
    EmptySegment {
        /// Where the segment begins.
        at: usize,
    },
    /// A segment is `.` or `..`, also when it is written with `%2e`.
    #[error("the path has a dot segment at byte {at}")]
    DotSegment {
        /// Where the segment begins.
        at: usize,
    },
    /// `?` or `#`: queries are given with `.query`, and a request has no fragment.
    #[error("the path has a `?` or `#` at byte {at}; give the query with .query()")]
    QueryOrFragment {
        /// Where the character stands.
        at: usize,
    },
    /// A byte that a URL path cannot hold as it is: a blank, a control byte, a backslash, non-ASCII.
    #[error("the path has a byte at {at} that must be percent-encoded or put into a variable")]
    Character {
        /// Where the byte stands.
        at: usize,
    },
    /// A brace without its partner, or one inside another.
    #[error("the path has an unbalanced or nested brace at byte {at}")]
    Brace {
        /// Where the brace stands.
        at: usize,
    },
    /// The text between braces is not `name` or `+name` with letters, digits and `_`.
    #[error("the braces at byte {at} hold no variable name; only {{name}} and {{+name}} are supported")]
    VariableName {
        /// Where the opening brace stands.
        at: usize,
    },
}

/// A path template that is known when the program is compiled, such as
/// `v3/marketing/partner/product-coupon/users/{openid}/coupons/{coupon_code}`.
///
/// ```
/// use quan_client::ApiPath;
/// const PRE_SEND: ApiPath = ApiPath::from_static("v3/marketing/busifavor/product-coupons/pre-send");
/// assert_eq!(PRE_SEND.as_str(), "v3/marketing/busifavor/product-coupons/pre-send");
/// ```
///
/// A malformed literal in a `const` does not compile:
///
/// ```compile_fail
/// use quan_client::ApiPath;
/// const WRONG: ApiPath = ApiPath::from_static("v3/marketing/../certificates");
/// println!("{WRONG}");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ApiPath(&'static str);

impl ApiPath {
    /// Takes a literal, meant for `const` items.
    ///
    /// # Panics
    /// When the text is not a path template; in a `const` that is a compile error. For a text that is
    /// known at run time only, use `client.chain(text)`, which never panics.
    #[must_use]
    pub const fn from_static(path: &'static str) -> Self {
        match fault(path.as_bytes()) {
            None => Self(path),
            Some(PathError::Empty) => panic!("the path is empty"),
            Some(PathError::EmptySegment { .. }) => panic!("the path has an empty segment"),
            Some(PathError::DotSegment { .. }) => panic!("the path has a dot segment"),
            Some(PathError::QueryOrFragment { .. }) => panic!("the path has a `?` or `#`"),
            Some(PathError::Character { .. }) => panic!("the path has a byte that must be percent-encoded"),
            Some(PathError::Brace { .. }) => panic!("the path has an unbalanced or nested brace"),
            Some(PathError::VariableName { .. }) => panic!("the path has braces without a variable name"),
        }
    }

    /// The template as it was written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl AsRef<str> for ApiPath {
    fn as_ref(&self) -> &str {
        self.0
    }
}

impl fmt::Display for ApiPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for ApiPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiPath({})", self.0)
    }
}

/// The first thing wrong with a template or an expanded path. One leading slash is tolerated, and a
/// trailing slash is kept because some real paths have one.
pub(crate) const fn fault(path: &[u8]) -> Option<PathError> {
    let start = if path.is_empty() || path[0] != b'/' { 0 } else { 1 };
    if path.len() == start {
        return Some(PathError::Empty);
    }
    let mut at = start;
    let mut segment = start;
    while at < path.len() {
        match path[at] {
            b'/' => {
                if let Some(error) = segment_fault(path, segment, at) {
                    return Some(error);
                }
                segment = at + 1;
            }
            b'?' | b'#' => return Some(PathError::QueryOrFragment { at }),
            b'{' => match variable_end(path, at) {
                Ok(end) => at = end,
                Err(error) => return Some(error),
            },
            b'}' => return Some(PathError::Brace { at }),
            byte if !is_path_byte(byte) => return Some(PathError::Character { at }),
            _ => {}
        }
        at += 1;
    }
    if segment < path.len() { segment_fault(path, segment, at) } else { None }
}

const fn segment_fault(path: &[u8], start: usize, end: usize) -> Option<PathError> {
    if start == end {
        return Some(PathError::EmptySegment { at: start });
    }
    if is_dots(path, start, end) { Some(PathError::DotSegment { at: start }) } else { None }
}

/// Whether the segment is `.` or `..` after percent-decoding.
const fn is_dots(path: &[u8], start: usize, end: usize) -> bool {
    let mut at = start;
    let mut dots = 0;
    while at < end {
        if path[at] == b'.' {
            at += 1;
        } else if at + 2 < end
            && path[at] == b'%'
            && path[at + 1] == b'2'
            && (path[at + 2] == b'e' || path[at + 2] == b'E')
        {
            at += 3;
        } else {
            return false;
        }
        dots += 1;
    }
    dots == 1 || dots == 2
}

/// The position of the brace that closes the variable opened at `open`.
const fn variable_end(path: &[u8], open: usize) -> Result<usize, PathError> {
    let name = if open + 1 < path.len() && path[open + 1] == b'+' { open + 2 } else { open + 1 };
    let mut at = name;
    while at < path.len() && path[at] != b'}' {
        let byte = path[at];
        if byte == b'{' || byte == b'/' {
            return Err(PathError::Brace { at: open });
        }
        if !(byte.is_ascii_alphabetic() || byte == b'_' || (at > name && byte.is_ascii_digit())) {
            return Err(PathError::VariableName { at: open });
        }
        at += 1;
    }
    if at == path.len() {
        return Err(PathError::Brace { at: open });
    }
    if at == name { Err(PathError::VariableName { at: open }) } else { Ok(at) }
}

/// The bytes of RFC 3986 that a path may hold as they are, `%` of an escape included. `[` and `]`
/// stand here because `{+name}` lets every reserved byte through.
const fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'.'
                | b'_'
                | b'~'
                | b'%'
                | b'!'
                | b'$'
                | b'&'
                | b'\''
                | b'('
                | b')'
                | b'*'
                | b'+'
                | b','
                | b';'
                | b'='
                | b':'
                | b'@'
                | b'['
                | b']'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_are_kept_as_they_are() {
        for path in [
            "v3/certificates",
            "/v3/certificates",
            "v3/applyment4sub/applyment/",
            "v3/secapi/mch/addInstitutionsub",
            "v3/a.b/mch_operate/..c/...",
            "v3/users/{openid}/coupons/{coupon_code}",
            "{+media_url}",
            "v3/%E5%88%B8",
            "v3/x{name}y",
        ] {
            assert_eq!(fault(path.as_bytes()), None, "{path}");
        }
    }

    #[test]
    fn paths_that_are_refused() {
        use PathError as E;
        for (path, error) in [
            ("", E::Empty),
            ("/", E::Empty),
            ("//v3", E::EmptySegment { at: 1 }),
            ("v3//x", E::EmptySegment { at: 3 }),
            ("v3/x//", E::EmptySegment { at: 5 }),
            ("v3/./x", E::DotSegment { at: 3 }),
            ("v3/..", E::DotSegment { at: 3 }),
            ("v3/../", E::DotSegment { at: 3 }),
            ("v3/%2e%2E/x", E::DotSegment { at: 3 }),
            ("v3/.%2e", E::DotSegment { at: 3 }),
            ("v3/%2E", E::DotSegment { at: 3 }),
            ("v3/x?a=b", E::QueryOrFragment { at: 4 }),
            ("v3/x#a", E::QueryOrFragment { at: 4 }),
            ("v3\\x", E::Character { at: 2 }),
            ("v3/a b", E::Character { at: 4 }),
            ("v3/a\tb", E::Character { at: 4 }),
            ("v3/券", E::Character { at: 3 }),
            ("v3/{a", E::Brace { at: 3 }),
            ("v3/a}", E::Brace { at: 4 }),
            ("v3/{a{b}}", E::Brace { at: 3 }),
            ("v3/{a/b}", E::Brace { at: 3 }),
            ("v3/{}", E::VariableName { at: 3 }),
            ("v3/{+}", E::VariableName { at: 3 }),
            ("v3/{1a}", E::VariableName { at: 3 }),
            ("v3/{-open-id}", E::VariableName { at: 3 }),
            ("v3/{?q}", E::VariableName { at: 3 }),
            ("v3/{a*}", E::VariableName { at: 3 }),
            ("v3/{a,b}", E::VariableName { at: 3 }),
        ] {
            assert_eq!(fault(path.as_bytes()), Some(error), "{path}");
        }
    }
}
