//! What a modification makes of a merchant-coupon stock (semantics 3.2, api-busifavor 5.5).
//!
//! An object that is given replaces the stored one whole, apart from the members that cannot be changed: they are
//! ignored and stay. The result is to be read by [`super::stock`] like any definition.

use quan_model::busifavor::{CustomEntrance, DisplayPattern, ModifyStockRequest, StockMembers};

/// The definition after the change.
#[must_use]
pub fn apply(stored: &StockMembers, request: &ModifyStockRequest) -> StockMembers {
    let mut after = stored.clone();
    if let Some(entrance) = &request.custom_entrance {
        let store_id = stored.custom_entrance.as_ref().and_then(|stored| stored.store_id.clone());
        after.custom_entrance = Some(CustomEntrance { store_id, ..entrance.clone() });
    }
    if let Some(comment) = &request.comment {
        after.comment = Some(comment.clone());
    }
    if let Some(goods_name) = &request.goods_name {
        goods_name.clone_into(&mut after.goods_name);
    }
    if let Some(pattern) = &request.display_pattern_info {
        let stored = stored.display_pattern_info.clone().unwrap_or_default();
        after.display_pattern_info = Some(DisplayPattern {
            merchant_logo_url: stored.merchant_logo_url,
            merchant_name: stored.merchant_name,
            ..pattern.clone()
        });
    }
    if let Some(rule) = &request.coupon_use_rule {
        let after = &mut after.coupon_use_rule;
        after.use_method = rule.use_method;
        after.mini_programs_appid.clone_from(&rule.mini_programs_appid);
        after.mini_programs_path.clone_from(&rule.mini_programs_path);
    }
    if let Some(rule) = &request.stock_send_rule {
        after.stock_send_rule.prevent_api_abuse =
            rule.prevent_api_abuse.or(stored.stock_send_rule.prevent_api_abuse);
    }
    if let Some(config) = &request.notify_config {
        after.notify_config = Some(config.clone());
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::busifavor::tests::examples;

    fn nothing() -> ModifyStockRequest {
        serde_json::from_str(r#"{"out_request_no": "1"}"#).unwrap()
    }

    #[test]
    fn what_is_absent_stays_and_what_is_given_replaces() {
        let stored = examples()[0].clone();
        assert_eq!(apply(&stored, &nothing()), stored);
        let text = include_str!("../../../../../fixtures/examples/busifavor/modify-stock.request.json");
        let message: serde_json::Value = serde_json::from_str(text).unwrap();
        let request: ModifyStockRequest = serde_json::from_value(message["body"].clone()).unwrap();
        let after = apply(&stored, &request);
        assert_eq!(
            (after.comment.as_deref(), after.goods_name.as_str()),
            (Some("秋季活动二期"), "全场饮品及甜点")
        );
        let pattern = after.display_pattern_info.clone().unwrap();
        assert_eq!(pattern.coupon_image_url, None, "the object replaces the stored one whole");
        assert_eq!(after.coupon_use_rule.mini_programs_path, None);
        assert_eq!(after.coupon_use_rule.coupon_available_time, stored.coupon_use_rule.coupon_available_time);
        assert_eq!(after.stock_send_rule, stored.stock_send_rule);
    }

    #[test]
    fn what_cannot_be_changed_stays() {
        let mut stored = examples()[0].clone();
        stored.display_pattern_info.as_mut().unwrap().merchant_name = Some("门店".into());
        stored.custom_entrance.as_mut().unwrap().store_id = Some("100".into());
        let mut request = nothing();
        request.display_pattern_info =
            Some(DisplayPattern { merchant_name: Some("别名".into()), ..Default::default() });
        request.custom_entrance =
            Some(CustomEntrance { store_id: Some("200".into()), ..stored.custom_entrance.clone().unwrap() });
        request.stock_send_rule = Some(quan_model::busifavor::StockSendRule {
            max_coupons: Some(1),
            natural_person_limit: Some(true),
            prevent_api_abuse: Some(false),
            ..Default::default()
        });
        let after = apply(&stored, &request);
        assert_eq!(after.display_pattern_info.unwrap().merchant_name.as_deref(), Some("门店"));
        assert_eq!(after.custom_entrance.unwrap().store_id.as_deref(), Some("100"));
        let rule = after.stock_send_rule;
        assert_eq!((rule.max_coupons, rule.natural_person_limit), (Some(100_000), Some(false)));
        assert_eq!(rule.prevent_api_abuse, Some(false));
    }
}
