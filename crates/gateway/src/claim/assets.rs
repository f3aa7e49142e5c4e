//! The files of the claim page and the sample pictures, embedded in the binary.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// One file of `web/`.
struct File {
    name: &'static str,
    bytes: &'static [u8],
}

macro_rules! file {
    ($folder:literal, $name:literal) => {
        File { name: $name, bytes: include_bytes!(concat!("../../../../web/", $folder, "/", $name)) }
    };
}

const PAGE_FILES: &[File] = &[
    file!("claim", "api.js"),
    file!("claim", "claim.css"),
    file!("claim", "claim.js"),
    file!("claim", "code128.js"),
    file!("claim", "controls.css"),
    file!("claim", "describe.js"),
    file!("claim", "dom.js"),
    file!("claim", "exit.js"),
    file!("claim", "format.js"),
    file!("claim", "page.js"),
    file!("claim", "qr.js"),
    file!("claim", "rounds.css"),
    file!("claim", "sheets.js"),
    file!("claim", "state.js"),
    file!("claim", "text.js"),
    file!("claim", "ticket.css"),
    file!("claim", "ticket.js"),
    file!("claim", "view.js"),
    file!("claim", "wire.js"),
];

const SAMPLES: &[File] = &[
    file!("samples", "background.svg"),
    file!("samples", "bubble-tea.svg"),
    file!("samples", "cake.svg"),
    file!("samples", "coffee.svg"),
    file!("samples", "logo.svg"),
];

pub(crate) async fn handle(Path(name): Path<String>) -> Response {
    serve(PAGE_FILES, &name)
}

/// The pictures of the coupons that `quan dev` seeds.
pub(crate) async fn sample(Path(name): Path<String>) -> Response {
    serve(SAMPLES, &name)
}

fn serve(files: &'static [File], name: &str) -> Response {
    let Some(file) = files.iter().find(|file| file.name == name) else {
        return (StatusCode::NOT_FOUND, "no such file").into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, media_type(name)),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, file.bytes).into_response()
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some(_) | None => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_disk(folder: &str) -> Vec<String> {
        let folder = format!("{}/../../web/{folder}", env!("CARGO_MANIFEST_DIR"));
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
        names.retain(|name| media_type(name) != "application/octet-stream");
        names.sort();
        names
    }

    #[test]
    fn every_file_of_the_page_is_embedded() {
        assert_eq!(PAGE_FILES.iter().map(|file| file.name).collect::<Vec<_>>(), on_disk("claim"));
        assert_eq!(SAMPLES.iter().map(|file| file.name).collect::<Vec<_>>(), on_disk("samples"));
    }
}
