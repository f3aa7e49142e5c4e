//! Which request an expectation means.

use http::Method;

use crate::redaction::Redaction;

/// How the target of a request is compared.
#[derive(Clone, Debug)]
pub(super) enum Wanted {
    /// Any request.
    Anything,
    /// The path, whose `{…}` segments fit any one segment; with a query, the whole target.
    Target { method: Method, target: String },
    /// A target of a recording, in which persons are masked.
    Masked { method: Method, target: String },
}

impl Wanted {
    pub(super) fn target(method: Method, target: &str) -> Self {
        Self::Target { method, target: format!("/{}", target.trim_start_matches('/')) }
    }

    pub(super) fn fits(&self, method: &Method, target: &str) -> bool {
        match self {
            Self::Anything => true,
            Self::Target { method: wanted, target: template } => {
                let path = target.split('?').next().unwrap_or_default();
                let given = if template.contains('?') { target } else { path };
                wanted == method && fits(template, given)
            }
            Self::Masked { method: wanted, target: masked } => {
                wanted == method && *masked == Redaction::default().target(target)
            }
        }
    }

    pub(super) fn shown(&self) -> String {
        match self {
            Self::Anything => "any request".to_owned(),
            Self::Target { method, target } | Self::Masked { method, target } => {
                format!("{method} {target}")
            }
        }
    }
}

fn fits(template: &str, given: &str) -> bool {
    let mut segments = given.split('/');
    let all_fit = template.split('/').all(|wanted| {
        segments.next().is_some_and(|segment| {
            let is_variable = wanted.starts_with('{') && wanted.ends_with('}');
            segment == wanted || (is_variable && !segment.is_empty())
        })
    });
    all_fit && segments.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_fit_one_segment_and_queries_are_compared_only_when_wanted() {
        let wanted = |target| Wanted::target(Method::GET, target);
        assert!(wanted("v3/a/{id}").fits(&Method::GET, "/v3/a/1?x=1"));
        assert!(!wanted("v3/a/{id}").fits(&Method::GET, "/v3/a/1/b"));
        assert!(!wanted("v3/a/{id}").fits(&Method::GET, "/v3/a/"));
        assert!(!wanted("v3/a/{id}").fits(&Method::POST, "/v3/a/1"));
        assert!(wanted("/v3/a?x=1").fits(&Method::GET, "/v3/a?x=1"));
        assert!(!wanted("/v3/a?x=1").fits(&Method::GET, "/v3/a?x=2"));
        assert!(Wanted::Anything.fits(&Method::PUT, "/"));
    }
}
