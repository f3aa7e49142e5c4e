//! POST /console/product-coupons/new: creates it, or shows the form again with what is wrong.

use axum::response::Response;
use quan_platform::console::Role;
use quan_platform::console::stocks;

use crate::context::Context;
use crate::creation::{page, request};
use crate::failure::Failure;
use crate::form::Form;
use crate::page::see_other;
use crate::shown::encoded;

pub(crate) async fn handle(context: Context, form: Form) -> Result<Response, Failure> {
    let by = context.operator(Role::Operator)?;
    let wanted = match request::read(&form) {
        Ok(wanted) => wanted,
        Err(failure) => return page::show(&context, &form, Some(failure.told(&context).2)).await,
    };
    let made = context.write(move |work| stocks::create(work, &by, &wanted.creator, &wanted.request)).await;
    match made {
        Ok(made) => {
            let id = &made.product_coupon.product_coupon_id;
            Ok(see_other(&format!("/console/product-coupons/{}", encoded(id))))
        }
        Err(failure @ (Failure::Refused(_) | Failure::Form { .. })) => {
            page::show(&context, &form, Some(failure.told(&context).2)).await
        }
        Err(other) => Err(other),
    }
}
