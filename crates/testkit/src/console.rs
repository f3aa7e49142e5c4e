//! The console under test: its host, and members of the team who use it as a browser would.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use quan_apiv3::certificate::{Certificate, normalise_serial};
use quan_apiv3::platform_keys::LivePlatformKeys;
use quan_console::{
    Console, ConsoleParts, Explained, Host, KeyStep, PlatformKeyKind, PlatformKeyNames, ReadCertificate,
};
use quan_gateway::{PlatformKeyControl, RotationStep};
use quan_model::clock::Clock;
use quan_platform::console::ConsoleError;
use quan_platform::console::access::{Role, create_token, mint_token};
use quan_platform::console::request_log::RequestLog;
use quan_platform::{Error, Platform};
use tower::ServiceExt;

use crate::clock::ManualClock;
use crate::entropy::SeededEntropy;
use crate::key_control::VectorKeys;
use crate::platform::TestPlatform;

/// What a console is set up with.
pub(crate) struct ConsoleSetup {
    pub(crate) public_url: String,
    pub(crate) log: RequestLog,
}

struct TestHost {
    keys: LivePlatformKeys,
}

impl Host for TestHost {
    fn explain(&self, error: &Error) -> Explained {
        let explained = quan_gateway::explain(error);
        Explained {
            status: explained.status,
            code: explained.code,
            chinese: explained.message,
            english: explained.reason,
            field: explained.field,
        }
    }

    fn check_notify_url(&self, url: &str) -> Result<(), String> {
        if url.starts_with("https://") { Ok(()) } else { Err("begin with https://".to_owned()) }
    }

    fn read_certificate(&self, pem: &str) -> Result<ReadCertificate, String> {
        let read = Certificate::from_pem(pem).map_err(|error| error.to_string())?;
        let serial_no = normalise_serial(&read.serial_no);
        Ok(ReadCertificate { serial_no, pem: read.pem, not_after: read.not_after })
    }

    fn platform_keys(&self, kind: PlatformKeyKind) -> PlatformKeyNames {
        let keys = self.keys.now();
        match kind {
            PlatformKeyKind::Certificate => PlatformKeyNames {
                signing: keys.by_certificate().serial.to_owned(),
                other: keys.certificates.other().map(|other| other.certificate.serial_no.clone()),
            },
            PlatformKeyKind::PublicKey => PlatformKeyNames {
                signing: keys.by_public_key().serial.to_owned(),
                other: keys.public_keys.other().map(|other| other.id.clone()),
            },
        }
    }

    fn turn_platform_keys(&self, kind: PlatformKeyKind, step: KeyStep) -> Result<(), String> {
        let kind = match kind {
            PlatformKeyKind::Certificate => quan_gateway::PlatformKeyKind::Certificate,
            PlatformKeyKind::PublicKey => quan_gateway::PlatformKeyKind::PublicKey,
        };
        let step = match step {
            KeyStep::Rotate => RotationStep::Rotate,
            KeyStep::Switch => RotationStep::Switch,
            KeyStep::Retire => RotationStep::Retire,
        };
        let control = VectorKeys { platform_keys: self.keys.clone() };
        control.turn(kind, step).map_err(|error| error.to_string())
    }
}

pub(crate) fn routes(
    setup: ConsoleSetup,
    platform: &Platform,
    wire_clock: &Arc<ManualClock>,
    entropy: Arc<SeededEntropy>,
    keys: LivePlatformKeys,
) -> Router {
    quan_console::routes(Console::new(ConsoleParts {
        platform: platform.clone(),
        wire_clock: wire_clock.clone(),
        entropy,
        request_log: setup.log,
        public_url: setup.public_url,
        host: Arc::new(TestHost { keys }),
    }))
}

/// A member of the merchant's team in a browser.
#[derive(Clone)]
pub struct TeamMember {
    routes: Router,
    request_log: Option<RequestLog>,
    /// The token that was typed in.
    pub token: String,
    /// What the browser sends as cookies; empty when nobody is signed in.
    pub cookies: String,
    /// The language that the browser asks for.
    pub language: &'static str,
}

/// An answer of the console.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its text.
    pub text: String,
}

impl Page {
    /// Where the answer leads.
    #[must_use]
    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// A header, or nothing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The value of the first hidden field with this name.
    #[must_use]
    pub fn hidden(&self, name: &str) -> String {
        let before = format!("name=\"{name}\" value=\"");
        let start = self.text.find(&before).map(|at| at + before.len());
        let value = start.and_then(|start| self.text[start..].split('"').next());
        value.unwrap_or_default().to_owned()
    }
}

impl TestPlatform {
    /// Somebody who is not signed in.
    pub fn stranger(&self) -> TeamMember {
        TeamMember {
            routes: self.routes.clone(),
            request_log: self.request_log.clone(),
            token: String::new(),
            cookies: String::new(),
            language: "en",
        }
    }

    /// A member of the team with this role, signed in.
    pub async fn team_member(&self, role: Role) -> TeamMember {
        let mut member = self.stranger();
        let now = self.wire_clock.now();
        let entropy = SeededEntropy::new(0x0054_4f4b + role as u64);
        let minted = mint_token(&entropy, "Team", role, now).expect("the name is right");
        let keep = minted.token;
        let write = move |work: &mut quan_platform::work::Work<'_>| create_token(work, None, &keep);
        self.platform.write::<_, ConsoleError>(write).await.expect("the token is written");
        member.token = minted.text;
        member.sign_in().await;
        member
    }
}

impl TeamMember {
    /// Signs in with the token.
    pub async fn sign_in(&mut self) -> Page {
        let form = self.get("/console/sign-in").await;
        let token = self.token.clone();
        let page =
            self.send_form("/console/sign-in", &[("csrf", &form.hidden("csrf")), ("token", &token)]).await;
        let cookie = page.header("set-cookie").split(';').next().unwrap_or_default();
        if page.status == StatusCode::SEE_OTHER {
            cookie.clone_into(&mut self.cookies);
        }
        page
    }

    /// A page.
    pub async fn get(&self, address: &str) -> Page {
        let request = Request::get(address).header(header::COOKIE, &self.cookies);
        let request = request.header(header::ACCEPT_LANGUAGE, self.language);
        self.send(request.body(Body::empty()).expect("the request is well formed")).await
    }

    /// Sends a form as the page at `from` would: with the hidden field that it holds.
    pub async fn submit(&self, from: &str, action: &str, fields: &[(&str, &str)]) -> Page {
        let csrf = self.get(from).await.hidden("csrf");
        assert!(!csrf.is_empty(), "the page {from} has no form");
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        self.send_form(action, &all).await
    }

    /// Sends fields, and nothing else.
    pub async fn send_form(&self, action: &str, fields: &[(&str, &str)]) -> Page {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(action)
            .header(header::HOST, "quan.example.com")
            .header(header::ORIGIN, "https://quan.example.com")
            .header(header::COOKIE, &self.cookies)
            .header(header::ACCEPT_LANGUAGE, self.language)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body));
        self.send(request.expect("the request is well formed")).await
    }

    /// Uploads a file with the form of the page at `from`.
    pub async fn upload(&self, from: &str, action: &str, file: &[u8]) -> Page {
        const BOUNDARY: &str = "----quan-test-boundary";
        let csrf = self.get(from).await.hidden("csrf");
        let mut body = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--{BOUNDARY}\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"codes.csv\"\r\nContent-Type: text/csv\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(file);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let request = Request::post(action)
            .header(header::HOST, "quan.example.com")
            .header(header::ORIGIN, "https://quan.example.com")
            .header(header::COOKIE, &self.cookies)
            .header(header::ACCEPT_LANGUAGE, self.language)
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
            .body(Body::from(body));
        self.send(request.expect("the request is well formed")).await
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> Page {
        let Ok(response) = self.routes.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("the body is in memory").to_bytes();
        Page {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    /// Waits until the calls made so far are in the request log.
    pub async fn calls_are_logged(&self) {
        if let Some(log) = &self.request_log {
            log.flush().await;
        }
    }
}
