//! What is done to product coupons and stocks. The use cases ask for the role and note the change.

use axum::extract::Path;
use axum::response::Response;
use quan_model::ids::{ProductCouponId, StockId};
use quan_platform::console::Role;
use quan_platform::console::stocks::{self, BudgetEdit};

use crate::catalogue::stock_address;
use crate::context::Context;
use crate::failure::Failure;
use crate::form::Form;
use crate::page::see_other;
use crate::shown::encoded;

fn stock_id(text: &str) -> Result<StockId, Failure> {
    text.parse().map_err(|_| Failure::NotFound)
}

async fn turn(context: Context, id: &str, pause: bool) -> Result<Response, Failure> {
    let (id, by) = (stock_id(id)?, context.operator(Role::Operator)?);
    let address = stock_address(&id);
    context.write(move |work| stocks::pause_or_resume(work, &by, &id, pause)).await?;
    Ok(see_other(&address))
}

pub(crate) async fn pause(
    context: Context,
    Path(id): Path<String>,
    _form: Form,
) -> Result<Response, Failure> {
    turn(context, &id, true).await
}

pub(crate) async fn resume(
    context: Context,
    Path(id): Path<String>,
    _form: Form,
) -> Result<Response, Failure> {
    turn(context, &id, false).await
}

pub(crate) async fn budget(
    context: Context,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let (id, by) = (stock_id(&id)?, context.operator(Role::Operator)?);
    let number = |field: &'static str| {
        let issue = context.t("请填写整数", "a whole number").to_owned();
        form.text(field).parse::<i64>().map_err(|_| Failure::Form { field, issue })
    };
    let mode = form.text("mode").parse().map_err(|_| Failure::Malformed("mode".to_owned()))?;
    let edit = BudgetEdit { mode, current: number("current")?, target: number("target")? };
    let address = stock_address(&id);
    context.write(move |work| stocks::change_budget(work, &by, &id, edit)).await?;
    Ok(see_other(&address))
}

pub(crate) async fn deactivate_stock(
    context: Context,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let (id, by) = (stock_id(&id)?, context.operator(Role::Operator)?);
    let (address, reason) = (stock_address(&id), form.text("reason").to_owned());
    context.write(move |work| stocks::deactivate(work, &by, &id, &reason)).await?;
    Ok(see_other(&address))
}

pub(crate) async fn deactivate_product_coupon(
    context: Context,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let id: ProductCouponId = id.parse().map_err(|_| Failure::NotFound)?;
    let (by, reason) = (context.operator(Role::Operator)?, form.text("reason").to_owned());
    let address = format!("/console/product-coupons/{}", encoded(id.as_str()));
    context.write(move |work| stocks::deactivate_whole(work, &by, &id, &reason)).await?;
    Ok(see_other(&address))
}
