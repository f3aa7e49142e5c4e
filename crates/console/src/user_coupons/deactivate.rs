//! POST /console/user-coupons/{stock_id}/{coupon_code}/deactivate.

use axum::extract::Path;
use axum::response::Response;
use quan_platform::console::Role;
use quan_platform::console::user_coupons;

use crate::catalogue::coupon_address;
use crate::context::Context;
use crate::failure::Failure;
use crate::form::Form;
use crate::page::see_other;

pub(crate) async fn handle(
    context: Context,
    Path((stock_id, code)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let stock_id = stock_id.parse().map_err(|_| Failure::NotFound)?;
    let code = code.parse().map_err(|_| Failure::NotFound)?;
    let (by, reason) = (context.operator(Role::Operator)?, form.text("reason").to_owned());
    let address = coupon_address(&stock_id, &code);
    context.write(move |work| user_coupons::deactivate(work, &by, &stock_id, &code, &reason)).await?;
    Ok(see_other(&address))
}
