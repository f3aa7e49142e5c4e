//! GET /console/user-coupons: the newest coupons, or those that a text names; and the same as CSV.

use axum::extract::RawQuery;
use axum::response::Response;
use quan_model::time::Time;
use quan_platform::console::user_coupons::{CouponSeen, UserCouponPlace, search};

use crate::catalogue::{PAGE_SIZE, coupon_address, stock_address};
use crate::context::Context;
use crate::csv::{Csv, ROWS_MAX};
use crate::failure::Failure;
use crate::form::Form;
use crate::overview::asked;
use crate::shown::time;
use crate::view::{Cell, Field, FieldKind, ListPage, Table, first_page};
use crate::{page, words};

pub(crate) async fn handle(context: Context, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let text = query.text("q").to_owned();
    let (wanted, after) = (query.filled("q"), place(query.text("after")));
    let found =
        context.read(move |view| search(view, wanted.as_deref(), after.as_ref(), PAGE_SIZE + 1)).await?;
    let (found, has_more) = first_page(found, PAGE_SIZE);
    let last =
        found.last().map(|seen| place_text(&UserCouponPlace::of(&seen.record.coupon))).filter(|_| has_more);
    let language = context.language;
    let label = language.t("openid、券 Code 或发券单号", "openid, coupon code or send number");
    let page = ListPage {
        cx: &context,
        section: "user-coupons",
        title: language.t("用户券", "User coupons"),
        address: "/console/user-coupons",
        filters: vec![Field::new("q", label, FieldKind::Text).value(text.as_str())],
        table: Table {
            names: vec![
                language.t("券 Code", "Code"),
                language.t("状态", "State"),
                language.t("用户 openid", "User's openid"),
                language.t("批次", "Stock"),
                language.t("领取时间", "Received"),
                language.t("有效期至", "Valid until"),
            ],
            rows: found.iter().map(|seen| row(&context, seen)).collect(),
            empty: language.t("没有找到用户券。", "No user coupon was found."),
        },
        next: last.map(|last| asked("/console/user-coupons", &[("q", &text), ("after", &last)])),
        tools: vec![(
            language.t("导出 CSV", "Export CSV").to_owned(),
            asked("/console/user-coupons/export.csv", &[("q", &text)]),
        )],
    };
    page::render(&page)
}

/// Where the next page begins, in an address: seconds, stock and code.
fn place_text(place: &UserCouponPlace) -> String {
    format!("{}.{}.{}", place.receive_time.unix_seconds(), place.stock_id, place.coupon_code)
}

fn place(text: &str) -> Option<UserCouponPlace> {
    let mut parts = text.splitn(3, '.');
    let receive_time = Time::from_unix_seconds(parts.next()?.parse().ok()?);
    Some(UserCouponPlace {
        receive_time,
        stock_id: parts.next()?.parse().ok()?,
        coupon_code: parts.next()?.parse().ok()?,
    })
}

fn row(context: &Context, seen: &CouponSeen) -> Vec<Cell> {
    let coupon = &seen.record.coupon;
    vec![
        Cell::link(coupon.coupon_code.to_string(), coupon_address(&coupon.stock_id, &coupon.coupon_code)),
        words::coupon_state(context.language, seen.state),
        Cell::text(coupon.openid.to_string()),
        Cell::link(coupon.stock_id.to_string(), stock_address(&coupon.stock_id)),
        Cell::whole(time(coupon.receive_time)),
        Cell::whole(time(coupon.window.end)),
    ]
}

pub(crate) async fn export(context: Context, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let wanted = Form::parse(query.unwrap_or_default().as_bytes()).filled("q");
    let found = context.read(move |view| search(view, wanted.as_deref(), None, ROWS_MAX)).await?;
    let mut file = Csv::new(&[
        "coupon_code",
        "stock_id",
        "product_coupon_id",
        "state",
        "appid",
        "openid",
        "send_request_no",
        "send_channel",
        "receive_time",
        "valid_begin_time",
        "valid_end_time",
    ]);
    for CouponSeen { record, state } in found {
        let coupon = &record.coupon;
        file.row(&[
            coupon.coupon_code.as_str(),
            coupon.stock_id.as_str(),
            coupon.product_coupon_id.as_str(),
            state.as_str(),
            coupon.appid.as_str(),
            coupon.openid.as_str(),
            coupon.send_request_no.as_str(),
            coupon.send_channel.as_str(),
            &coupon.receive_time.to_string(),
            &coupon.window.begin.to_string(),
            &coupon.window.end.to_string(),
        ]);
    }
    file.into_download("user_coupons.csv")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_survive_their_address() {
        let there = UserCouponPlace {
            receive_time: Time::from_unix_seconds(7),
            stock_id: "3000".parse().unwrap(),
            coupon_code: "A/B C".parse().unwrap(),
        };
        assert_eq!(place(&place_text(&there)), Some(there));
        assert_eq!(place(""), None);
        assert_eq!(place("x.1.2"), None);
    }
}
