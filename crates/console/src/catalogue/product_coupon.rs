//! GET /console/product-coupons/{product_coupon_id}: one product coupon with its stocks.

use axum::extract::Path;
use axum::response::Response;
use quan_model::enums::ProductCouponState;
use quan_model::ids::ProductCouponId;
use quan_platform::console::stocks::{StockSearch, product_coupon, search};

use crate::catalogue::{stock_names, stock_row};
use crate::context::Context;
use crate::failure::Failure;
use crate::shown::{encoded, time};
use crate::view::{Action, Block, Cell, DetailPage, Field, FieldKind, Section, Table};
use crate::words;

/// Stocks that the page lists: as many as one product coupon may have alive.
const STOCKS_MAX: usize = 200;

pub(crate) async fn handle(context: Context, Path(id): Path<String>) -> Result<Response, Failure> {
    let id: ProductCouponId = id.parse().map_err(|_| Failure::NotFound)?;
    let (seen, stocks) = context
        .read(move |view| {
            let seen = product_coupon(view, &id)?;
            let of =
                StockSearch { text: None, state: None, product_coupon_id: Some(id.clone()), now: view.now };
            Ok((seen, search(view, &of, None, STOCKS_MAX)?))
        })
        .await?;
    let (language, record) = (context.language, &seen.record);
    let definition = &record.definition;
    let mut page = DetailPage::new(&context, "product-coupons", definition.display_info.name.as_str());
    page.crumb = Some((language.t("商品券", "Product coupons"), "/console/product-coupons"));
    page.state = Some(words::product_coupon_state(language, seen.state));
    let mut facts = vec![
        (language.t("商品券号", "Id"), Cell::text(record.product_coupon_id.to_string())),
        (language.t("优惠范围", "Scope"), Cell::text(definition.scope.as_str())),
        (language.t("类型", "Kind"), Cell::text(words::kind(language, definition.kind))),
        (language.t("使用模式", "Use"), Cell::text(words::usage_mode(language, definition.usage_mode))),
        (
            language.t("商品编号", "Product number"),
            Cell::text(definition.out_product_no.clone().unwrap_or_else(|| "—".to_owned())),
        ),
        (language.t("归属", "Owner"), Cell::text(words::party(language, &record.owner))),
        (language.t("创建方", "Created by"), Cell::text(words::party(language, &record.creator))),
        (language.t("创建时间", "Created"), Cell::whole(time(record.created_at))),
        (language.t("定义版本", "Revision"), Cell::text(record.revision.to_string())),
    ];
    if let Some(ended) = &record.deactivated {
        facts.push((
            language.t("失效原因", "Deactivated because"),
            Cell::text(format!("{} · {}", ended.reason, time(ended.time))),
        ));
    }
    let table = Table {
        names: stock_names(&context),
        rows: stocks.iter().map(|stock| stock_row(&context, stock)).collect(),
        empty: language.t("还没有批次。", "There is no stock yet."),
    };
    page.sections = vec![
        Section::new(language.t("信息", "Facts"), vec![Block::Facts(facts)]),
        Section::new(language.t("批次", "Stocks"), vec![Block::Table(table)]),
    ];
    if context.may_operate() && seen.state != ProductCouponState::Deactivated {
        let reason = Field::new(
            "reason",
            language.t("失效原因（不超过 150 字）", "Why, at most 150 characters"),
            FieldKind::Text,
        )
        .required();
        let address =
            format!("/console/product-coupons/{}/deactivate", encoded(record.product_coupon_id.as_str()));
        let question = language.t(
            "商品券和它的所有批次都会失效，且不能恢复。确定吗？",
            "It and all its stocks end, for good. Deactivate?",
        );
        let action =
            Action::new(address, language.t("失效商品券", "Deactivate"), vec![reason]).asking(question);
        page.sections.push(Section::new(language.t("操作", "Actions"), vec![Block::Actions(vec![action])]));
    }
    page.render()
}
