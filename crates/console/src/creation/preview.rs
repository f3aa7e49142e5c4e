//! POST /console/product-coupons/preview: the ticket as it will look, and the first rule that is broken.

use askama::Template;
use axum::response::Response;
use quan_model::product_coupon::CreateProductCouponRequest;
use quan_platform::console::Role;
use quan_platform::console::stocks::check_definition;
use serde_json::Value;

use crate::context::Context;
use crate::creation::request;
use crate::failure::Failure;
use crate::form::Form;
use crate::page;
use crate::view::Ticket;
use crate::words::yuan;

#[derive(Template)]
#[template(path = "creation/preview.html")]
struct Preview<'p> {
    cx: &'p Context,
    ticket: Ticket,
    problem: Option<String>,
}

pub(crate) async fn handle(context: Context, form: Form) -> Result<Response, Failure> {
    context.operator(Role::Operator)?;
    let (ticket, problem) = match request::read(&form) {
        Ok(wanted) => {
            let checked = check_definition(&wanted.request).map_err(Failure::from);
            (ticket(&context, &wanted.request), checked.err().map(|failure| failure.told(&context).2))
        }
        Err(failure) => {
            let name = form.text("name").to_owned();
            (Ticket { name, ..Ticket::default() }, Some(failure.told(&context).2))
        }
    };
    page::render(&Preview { cx: &context, ticket, problem })
}

fn ticket(context: &Context, request: &CreateProductCouponRequest) -> Ticket {
    let rules = rules(request);
    let told: Vec<(String, String)> = rules.iter().map(|rule| told(context, rule)).collect();
    let (figure, condition) = told.first().cloned().unwrap_or_default();
    let look = request.stock.as_ref().map(|stock| &stock.coupon_display_info);
    let look = look.or(request.stock_bundle.as_ref().map(|bundle| &bundle.coupon_display_info));
    let colour = look.and_then(|look| look.background_color);
    let usage = request.stock.as_ref().map(|stock| &stock.usage_rule_display_info);
    let usage = usage.or(request.stock_bundle.as_ref().map(|bundle| &bundle.usage_rule_display_info));
    Ticket {
        name: request.display_info.name.clone(),
        figure,
        condition,
        picture: request.display_info.image_url.clone(),
        colour: colour.map(|colour| colour.as_str().replace("Color", "c")).unwrap_or_default(),
        steps: if told.len() > 1 {
            told.into_iter().map(|(figure, condition)| format!("{figure} · {condition}")).collect()
        } else {
            Vec::new()
        },
        notes: usage.map(|usage| usage.usage_description.clone()).into_iter().collect(),
    }
}

/// The rules wherever the definition has them, as JSON.
fn rules(request: &CreateProductCouponRequest) -> Vec<Value> {
    let whole = serde_json::to_value(request).unwrap_or_default();
    let kind = request.kind.as_str().to_ascii_lowercase();
    let one =
        [format!("/single_usage_info/{kind}_coupon"), format!("/stock/single_usage_rule/{kind}_coupon")];
    if let Some(rule) = one.iter().find_map(|at| whole.pointer(at)) {
        return vec![rule.clone()];
    }
    let lists = [
        format!("/stock/sequential_usage_rule/{kind}_coupon_list"),
        format!("/stock_bundle/progressive_bundle_usage_rule/{kind}_coupon_list"),
    ];
    let list = lists.iter().find_map(|at| whole.pointer(at)).and_then(Value::as_array);
    list.cloned().unwrap_or_default()
}

fn told(context: &Context, rule: &Value) -> (String, String) {
    let amount = |name: &str| rule[name].as_i64();
    let figure = if let Some(off) = amount("discount_amount") {
        format!("{}¥{}", context.t("减 ", "−"), yuan(off))
    } else if let Some(percent) = amount("percent_off") {
        format!("−{percent}%")
    } else {
        format!("¥{}", yuan(amount("exchange_price").unwrap_or(0)))
    };
    let condition = match amount("threshold").unwrap_or(0) {
        0 => context.t("无门槛", "No minimum").to_owned(),
        fen => format!("{}{}", context.t("满 ¥", "From ¥"), yuan(fen)),
    };
    (figure, condition)
}
