//! POST …/image-generation-tasks 提交图片生成任务 (partner face only).

use axum::body::Bytes;
use quan_coupon::benefit::{Benefit, Fen};
use quan_coupon::image_task::{self, ImageOrder};
use quan_coupon::refusal::{Violation, ViolationKind};
use quan_model::product_coupon::{CreateImageGenerationTaskRequest, CreateImageGenerationTaskResponse};
use quan_picture::{Card, MediaType, cut_out, draw_card};
use quan_platform::access::Scope;
use quan_platform::image::create_image_generation_task::{
    CreateImageGenerationTask, create_image_generation_task, picture_to_cut,
};
use quan_platform::image::{NewImage, id_of_url};

use tokio::sync::Semaphore;

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::{Location, Problem};
use crate::refusal;

/// Where the official platform keeps what was uploaded (api-product-coupon 5.34).
const OFFICIAL_HOST: &str = "https://wxpaylogo.qpic.cn/";

/// One picture is cut at a time.
static CUTTING: Semaphore = Semaphore::const_new(1);

pub(crate) async fn handle(
    call: Call,
    body: Bytes,
) -> Result<Answer<CreateImageGenerationTaskResponse>, Problem> {
    let request: CreateImageGenerationTaskRequest = call.read_body(&body)?;
    let scope = call.scope(request.brand_id.as_deref())?;
    let task_id = call.in_body().id("task_id", &request.task_id)?;
    let in_body = |violation| Problem::parameter(violation, Location::Body, call.face);
    let order = image_task::parse(&request).map_err(in_body)?;
    let made = match order {
        ImageOrder::Card { benefit, background_color } => Some(card(&benefit, background_color)),
        ImageOrder::CutOut { image_url } => cut(&call, &scope, &image_url).await?,
    };
    let public_url = call.gateway.public_url.clone();
    let input = CreateImageGenerationTask { scope, task_id, request, made, public_url };
    call.write(move |work| create_image_generation_task(work, &input)).await.map(Answer)
}

/// The picture without its background; none when it is not here or cannot be read, which fails the task.
async fn cut(call: &Call, scope: &Scope, image_url: &str) -> Result<Option<NewImage>, Problem> {
    let Some(id) = id_of_url(image_url).map(str::to_owned) else {
        if image_url.starts_with(OFFICIAL_HOST) {
            return Ok(None);
        }
        let issue = "图片应通过图片上传接口上传";
        let wrong = Violation::new("/cut_out/image_url", ViolationKind::Format, issue);
        return Err(Problem::parameter(wrong.with_value(image_url), Location::Body, call.face));
    };
    // One after the other, from the look on: a large picture takes a good deal of memory.
    let turn = CUTTING.acquire().await;
    // Who may not order it shall not make us decode a picture either.
    let scope = scope.clone();
    let found = call.view(move |view| picture_to_cut(view, &scope, &id)).await?;
    let Some(image) = found else { return Ok(None) };
    let cutting = move || {
        // Kept to the end, also when the caller has gone.
        let _turn = turn;
        let cut =
            cut_out(&image.bytes).inspect_err(|error| tracing::info!(%error, "nothing is cut out")).ok()?;
        let media_type = MediaType::Png.as_str().to_owned();
        Some(NewImage { media_type, width: cut.width, height: cut.height, bytes: cut.png })
    };
    let cut = tokio::task::spawn_blocking(cutting).await;
    cut.map_err(|error| refusal::system_error(error.to_string()))
}

fn card(benefit: &Benefit, background_color: Option<String>) -> NewImage {
    let (headline, threshold) = match *benefit {
        Benefit::Normal { threshold, discount_amount } => (format!("¥{}", yuan(discount_amount)), threshold),
        Benefit::Discount { threshold, percent_off } => (discount_as_said(percent_off.get()), threshold),
        Benefit::Exchange { threshold, exchange_price } => {
            (format!("¥{}换购", yuan(exchange_price)), threshold)
        }
    };
    let condition = if threshold == Fen::ZERO {
        "无门槛".to_owned()
    } else {
        format!("满{}元可用", yuan(threshold))
    };
    let svg = draw_card(&Card { headline, condition, background_color });
    NewImage { media_type: "image/svg+xml".to_owned(), width: 0, height: 0, bytes: svg.into_bytes() }
}

/// An amount in yuan without needless zeros: 1500 fen are 15, 1550 are 15.5.
fn yuan(fen: Fen) -> String {
    let (whole, rest) = (fen.get() / 100, fen.get() % 100);
    match (rest, rest % 10) {
        (0, _) => whole.to_string(),
        (_, 0) => format!("{whole}.{}", rest / 10),
        (_, _) => format!("{whole}.{rest:02}"),
    }
}

/// A discount as it is said in Chinese: 15 % off is 8.5折, 30 % off is 7折.
fn discount_as_said(percent_off: u8) -> String {
    let paid = 100 - percent_off;
    if paid.is_multiple_of(10) {
        format!("{}折", paid / 10)
    } else {
        format!("{}.{}折", paid / 10, paid % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_discounts_are_said_as_people_say_them() {
        for (fen, text) in [(1500, "15"), (1550, "15.5"), (1505, "15.05"), (9, "0.09"), (0, "0")] {
            assert_eq!(yuan(Fen::new(fen).unwrap()), text);
        }
        for (percent_off, text) in [(30, "7折"), (15, "8.5折"), (99, "0.1折"), (1, "9.9折")] {
            assert_eq!(discount_as_said(percent_off), text);
        }
    }
}
