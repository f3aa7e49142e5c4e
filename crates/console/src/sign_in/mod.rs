//! Signing in with an access token, signing out, and the choice of the language.

pub(crate) mod choose_language;
pub(crate) mod show;
pub(crate) mod sign_out;
pub(crate) mod submit;

/// Where a page may lead after the sign-in: a page of the console, and nothing that a browser would read otherwise.
pub(crate) fn safe_next(next: &str) -> &str {
    let is_ours = next.starts_with("/console/")
        && !next.starts_with("/console/sign-")
        && !next.contains(['\\', '\r', '\n']);
    if is_ours { next } else { "/console/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_in_leads_nowhere_else() {
        assert_eq!(safe_next("/console/requests?a=b"), "/console/requests?a=b");
        for next in
            ["", "//evil.example", "https://evil.example", "/console", "/console/sign-out", "/console/\\x"]
        {
            assert_eq!(safe_next(next), "/console/");
        }
    }
}
