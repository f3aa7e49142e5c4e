//! GET …/image-generation-tasks/{task_id} 查询图片生成任务执行结果 (partner face only).

use axum::extract::Path;
use quan_model::product_coupon::ImageGenerationTask;
use quan_platform::image::get_image_generation_task::get_image_generation_task;

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(
    call: Call,
    Path(task_id): Path<String>,
) -> Result<Answer<ImageGenerationTask>, Problem> {
    let query = call.query();
    let scope = call.scope_of_query(&query)?;
    let kind = query.word("image_generation_type")?;
    let task_id = call.in_path().id("task_id", &task_id)?;
    let public_url = call.gateway.public_url.clone();
    call.view(move |view| get_image_generation_task(view, &scope, kind, &task_id, &public_url))
        .await
        .map(Answer)
}
