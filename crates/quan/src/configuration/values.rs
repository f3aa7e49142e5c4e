//! The kinds of values: what a text must look like, and what it becomes.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use quan_apiv3::probe::ProbeRatio;

use crate::claim_origin;
use crate::cli::NoCertificate;
use crate::configuration::Language;

/// How a value is written in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Text,
    /// A text that is never shown.
    Secret,
    Number,
    Fraction,
    /// `true` or `false` in the file, `on` or `off` elsewhere.
    Switch,
    /// Texts in the file, with commas between them elsewhere.
    List,
}

/// A value that can be read.
pub(crate) trait FromText: Sized {
    const SHAPE: Shape = Shape::Text;

    /// What may be given, as the end of "give …" and of its Chinese counterpart.
    fn allowed(language: Language) -> String;

    /// Reads it; nothing when it is not allowed.
    fn from_text(text: &str) -> Option<Self>;
}

impl FromText for SocketAddr {
    fn allowed(language: Language) -> String {
        match language {
            Language::En => "an IP address with a port, such as 0.0.0.0:8686 or [::]:8686",
            Language::Zh => "IP地址加端口，如0.0.0.0:8686或[::]:8686",
        }
        .to_owned()
    }

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl FromText for PathBuf {
    fn allowed(language: Language) -> String {
        match language {
            Language::En => {
                "the name of a file or directory; a relative one is taken from where quan was started"
            }
            Language::Zh => "文件或目录名；相对路径以启动quan的目录为准",
        }
        .to_owned()
    }

    fn from_text(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| text.into())
    }
}

impl FromText for bool {
    const SHAPE: Shape = Shape::Switch;

    fn allowed(language: Language) -> String {
        match language {
            Language::En => "true or false in the file, on or off elsewhere",
            Language::Zh => "文件中为true或false，其他处为on或off",
        }
        .to_owned()
    }

    fn from_text(text: &str) -> Option<Self> {
        match text {
            "on" | "true" => Some(true),
            "off" | "false" => Some(false),
            _ => None,
        }
    }
}

/// A whole number within bounds, both included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Number<const MIN: u32, const MAX: u32>(u32);

impl<const MIN: u32, const MAX: u32> Number<MIN, MAX> {
    pub(crate) fn get(self) -> usize {
        usize::try_from(self.0).expect("a machine that runs this has addresses of 32 bits at least")
    }
}

impl<const MIN: u32, const MAX: u32> FromText for Number<MIN, MAX> {
    const SHAPE: Shape = Shape::Number;

    fn allowed(language: Language) -> String {
        match language {
            Language::En => format!("a whole number from {MIN} to {MAX}"),
            Language::Zh => format!("{MIN}到{MAX}的整数"),
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok().filter(|number| (MIN..=MAX).contains(number)).map(Self)
    }
}

/// Whole seconds within bounds, both included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seconds<const MIN: u32, const MAX: u32>(u32);

impl<const MIN: u32, const MAX: u32> Seconds<MIN, MAX> {
    pub(crate) fn get(self) -> Duration {
        Duration::from_secs(u64::from(self.0))
    }
}

impl<const MIN: u32, const MAX: u32> FromText for Seconds<MIN, MAX> {
    const SHAPE: Shape = Shape::Number;

    fn allowed(language: Language) -> String {
        match language {
            Language::En => format!("whole seconds from {MIN} to {MAX}"),
            Language::Zh => format!("{MIN}到{MAX}的整数"),
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok().filter(|number| (MIN..=MAX).contains(number)).map(Self)
    }
}

/// A share of the whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ratio(pub(crate) ProbeRatio);

impl FromText for Ratio {
    const SHAPE: Shape = Shape::Fraction;

    fn allowed(language: Language) -> String {
        match language {
            Language::En => "a number from 0 to 1 with at most six decimals, such as 0.001",
            Language::Zh => "0到1的数，最多六位小数",
        }
        .to_owned()
    }

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
}

/// A text that is never shown.
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// The shortest secret that nobody guesses.
const SECRET_CHARS_MIN: usize = 20;

impl FromText for Secret {
    const SHAPE: Shape = Shape::Secret;

    fn allowed(language: Language) -> String {
        match language {
            Language::En => format!("{SECRET_CHARS_MIN} to 200 visible ASCII characters"),
            Language::Zh => format!("{SECRET_CHARS_MIN}到200个可见ASCII字符"),
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        let is_fit = (SECRET_CHARS_MIN..=200).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_fit.then(|| Self(text.to_owned()))
    }
}

/// A text without blanks.
#[derive(Clone, Debug)]
pub(crate) struct Word(pub(crate) String);

impl FromText for Word {
    fn allowed(language: Language) -> String {
        match language {
            Language::En => "1 to 200 visible ASCII characters",
            Language::Zh => "1到200个可见ASCII字符",
        }
        .to_owned()
    }

    fn from_text(text: &str) -> Option<Self> {
        let is_fit = (1..=200).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_fit.then(|| Self(text.to_owned()))
    }
}

/// An `http` or `https` URL without a query or a slash at the end.
#[derive(Clone, Debug)]
pub(crate) struct HttpUrl(pub(crate) String);

impl FromText for HttpUrl {
    fn allowed(language: Language) -> String {
        match language {
            Language::En => {
                "a URL with http:// or https:// and a host, without user, query, or slash at the end"
            }
            Language::Zh => "http://或https://开头的URL，不带用户名、查询串和末尾斜杠",
        }
        .to_owned()
    }

    fn from_text(text: &str) -> Option<Self> {
        let uri: http::Uri = text.parse().ok()?;
        let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
        let has_host = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        let is_plain = uri.query().is_none() && !text.ends_with('/') && !text.contains('#');
        (is_http && has_host && is_plain).then(|| Self(text.to_owned()))
    }
}

/// Origins of web pages.
#[derive(Clone, Debug)]
pub(crate) struct Origins(pub(crate) Vec<String>);

impl FromText for Origins {
    const SHAPE: Shape = Shape::List;

    fn allowed(language: Language) -> String {
        match language {
            Language::En => "origins such as https://shop.example.com, without a path",
            Language::Zh => "来源列表，如https://shop.example.com，不带路径",
        }
        .to_owned()
    }

    fn from_text(text: &str) -> Option<Self> {
        let mut origins = Vec::new();
        for origin in text.split(',').map(str::trim).filter(|origin| !origin.is_empty()) {
            origins.push(claim_origin::parse(origin).ok()?);
        }
        Some(Self(origins))
    }
}

/// Networks of proxies.
#[derive(Clone, Debug)]
pub(crate) struct Networks(pub(crate) Vec<ipnet::IpNet>);

impl FromText for Networks {
    const SHAPE: Shape = Shape::List;

    fn allowed(language: Language) -> String {
        match language {
            Language::En => "addresses or networks such as 10.0.0.7 or 10.0.0.0/8",
            Language::Zh => "地址或网段的列表，如10.0.0.7或10.0.0.0/8",
        }
        .to_owned()
    }

    fn from_text(text: &str) -> Option<Self> {
        let network = |text: &str| {
            let alone = || text.parse::<std::net::IpAddr>().ok().map(ipnet::IpNet::from);
            text.parse().ok().or_else(alone)
        };
        let texts = text.split(',').map(str::trim).filter(|text| !text.is_empty());
        texts.map(network).collect::<Option<Vec<_>>>().map(Self)
    }
}

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// Reads one of the words of an enumeration of the command line.
fn word_of<T: ValueEnum>(text: &str) -> Option<T> {
    T::from_str(text, false).ok()
}

/// The words of an enumeration, for people.
fn words_of<T: ValueEnum>(language: Language) -> String {
    let words = T::value_variants().iter().filter_map(T::to_possible_value);
    let or = match language {
        Language::En => " or ",
        Language::Zh => "或",
    };
    words.map(|word| word.get_name().to_owned()).collect::<Vec<_>>().join(or)
}

impl FromText for LogFormat {
    fn allowed(language: Language) -> String {
        words_of::<Self>(language)
    }

    fn from_text(text: &str) -> Option<Self> {
        word_of(text)
    }
}

impl FromText for NoCertificate {
    fn allowed(language: Language) -> String {
        words_of::<Self>(language)
    }

    fn from_text(text: &str) -> Option<Self> {
        word_of(text)
    }
}
