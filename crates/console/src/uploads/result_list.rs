//! GET /console/uploads/{upload_id}/{list}.csv: one of the four lists.

use axum::extract::Path;
use axum::response::Response;

use crate::context::Context;
use crate::csv::Csv;
use crate::failure::Failure;
use crate::uploads::job::find;

pub(crate) async fn handle(
    context: Context,
    Path((id, list)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let job = find(&context, &id)?;
    let results = job.outcome().results;
    let codes = match list.as_str() {
        "success.csv" => results.success,
        "already_exist.csv" => results.already_exist,
        "duplicate.csv" => job.file.duplicates.clone(),
        "failed.csv" => {
            let mut file = Csv::new(&["coupon_code", "reason"]);
            results.failed.iter().for_each(|(code, reason)| file.row(&[code, reason]));
            return file.into_download(&list);
        }
        _ => return Err(Failure::NotFound),
    };
    let mut file = Csv::new(&["coupon_code"]);
    codes.iter().for_each(|code| file.row(&[code]));
    file.into_download(&list)
}
