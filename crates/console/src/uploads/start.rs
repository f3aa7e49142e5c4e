//! POST /console/stocks/{stock_id}/codes: takes the file and begins.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::{Multipart, Path};
use axum::response::Response;
use quan_model::entropy;
use quan_model::ids::StockId;
use quan_platform::console::Role;
use quan_platform::console::access::is_same;
use quan_platform::console::codes;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::context::Context;
use crate::failure::Failure;
use crate::form::CSRF_FIELD;
use crate::page::see_other;
use crate::uploads::code_file::{CODES_MAX, CodeFile, FileProblem};
use crate::uploads::job::Job;

/// A file of the largest size at 80 kB a second.
const RECEIVED_WITHIN: Duration = Duration::from_secs(600);

pub(crate) async fn handle(
    context: Context,
    Path(stock_id): Path<String>,
    parts: Multipart,
) -> Result<Response, Failure> {
    let stock_id: StockId = stock_id.parse().map_err(|_| Failure::NotFound)?;
    let by = context.operator(Role::Operator)?;
    let received = tokio::time::timeout(RECEIVED_WITHIN, receive(&context, parts)).await;
    let (name, bytes) = received.map_err(|_| Failure::Malformed("the file took too long".to_owned()))??;
    let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let read = tokio::task::spawn_blocking(move || CodeFile::read(&bytes)).await;
    let file = read.map_err(|_| Failure::Internal)?.map_err(|found| problem(&context, &found))?;
    if context.console.uploads().is_busy() {
        let issue = context
            .t("另一个文件正在上传，请等它完成。", "another file is being uploaded: wait for its end")
            .to_owned();
        return Err(Failure::Form { field: "file", issue });
    }
    let about = json!({ "file": name, "sha256": digest, "codes": file.codes.len(), "duplicates": file.duplicates.len() });
    let (of, who) = (stock_id.clone(), by.clone());
    context.write(move |work| codes::begin(work, &who, &of, &about)).await?;
    let id = entropy::text(&*context.console.entropy, entropy::LOWER_HEX, 16);
    let address = format!("/console/uploads/{id}");
    let job = Arc::new(Job::new(id, stock_id, name, file));
    context.console.uploads().start(&context.console, job, by);
    Ok(see_other(&address))
}

/// Name and bytes of the file.
async fn receive(context: &Context, mut parts: Multipart) -> Result<(String, Bytes), Failure> {
    let broken = |error: MultipartError| Failure::Malformed(error.body_text());
    // The proof stands before the file, so that nothing is taken from who has none.
    let proof = parts.next_field().await.map_err(broken)?.ok_or(Failure::Forged)?;
    let is_proof = proof.name() == Some(CSRF_FIELD);
    let given = proof.text().await.map_err(broken)?;
    if !is_proof || !is_same(given.as_bytes(), context.csrf.as_bytes()) {
        return Err(Failure::Forged);
    }
    let file = parts.next_field().await.map_err(broken)?;
    let file = file.ok_or_else(|| problem(context, &FileProblem::NoCodes))?;
    let name: String =
        file.file_name().unwrap_or_default().chars().filter(|c| !c.is_control()).take(100).collect();
    Ok((name, file.bytes().await.map_err(broken)?))
}

fn problem(context: &Context, found: &FileProblem) -> Failure {
    let issue = match found {
        FileProblem::NoText => context.t("文件不是 UTF-8 文本。", "the file is no UTF-8 text").to_owned(),
        FileProblem::NoCodes => context.t("文件里没有券 Code。", "there is no code in the file").to_owned(),
        FileProblem::TooMany => {
            format!(
                "{} {CODES_MAX}",
                context.t("一个文件最多可包含的券 Code 数：", "codes of one file at most:")
            )
        }
    };
    Failure::Form { field: "file", issue }
}
