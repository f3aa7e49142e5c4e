//! The two languages of the console: both texts stand side by side where they are shown, so none is forgotten.

use axum::http::{HeaderMap, header};

/// The cookie that keeps the choice.
pub(crate) const COOKIE: &str = "quan_console_language";

/// A language of the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Chinese,
    English,
}

impl Language {
    /// The one chosen before; without a choice the first that the browser accepts; without that Chinese.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        if let Some(chosen) = cookie(headers, COOKIE).and_then(Self::named) {
            return chosen;
        }
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let first = accepted.and_then(|accepted| accepted.split([',', ';']).next()).map(str::trim);
        if first.is_some_and(|first| first.starts_with("en")) { Self::English } else { Self::Chinese }
    }

    /// The language of a word in an address.
    pub(crate) fn named(word: &str) -> Option<Self> {
        match word {
            "zh" => Some(Self::Chinese),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// The word of addresses and the cookie.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Chinese => "zh",
            Self::English => "en",
        }
    }

    /// Whether it is Chinese.
    pub(crate) fn is_chinese(self) -> bool {
        self == Self::Chinese
    }

    /// The tag of the page.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// One of two texts.
    pub(crate) fn t<'t>(self, chinese: &'t str, english: &'t str) -> &'t str {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }
}

/// The value of a cookie.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = pairs.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_wins_over_the_browser_and_the_browser_over_nothing() {
        let of = |pairs: &[(header::HeaderName, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.append(name, header::HeaderValue::from_static(value));
            }
            Language::of(&headers)
        };
        assert_eq!(of(&[]), Language::Chinese);
        assert_eq!(of(&[(header::ACCEPT_LANGUAGE, "en-GB,zh;q=0.5")]), Language::English);
        assert_eq!(of(&[(header::ACCEPT_LANGUAGE, "fr")]), Language::Chinese);
        let chosen = (header::COOKIE, "a=b; quan_console_language=zh");
        assert_eq!(of(&[chosen, (header::ACCEPT_LANGUAGE, "en")]), Language::Chinese);
    }
}
