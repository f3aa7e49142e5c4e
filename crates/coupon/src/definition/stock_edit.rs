//! The members of a stock that may change after its creation (api-product-coupon 5.8, 5.16; semantics 3.2):
//! what it looks like, whom it notifies and where it may be used.

use quan_model::coupon::StockForCreate;
use quan_model::ids::Appid;
use quan_model::product_coupon::UpdateStockRequest;

use super::{display_info, stock_terms};
use crate::field;
use crate::refusal::Violation;

pub(super) fn parse(request: &UpdateStockRequest) -> Result<Option<Appid>, Violation> {
    if let Some(remark) = &request.remark {
        field::at_most("/remark", remark, stock_terms::REMARK_LEN_MAX)?;
    }
    if let Some(info) = &request.usage_rule_display_info {
        display_info::check_usage_rule("/usage_rule_display_info", info)?;
    }
    if let Some(info) = &request.coupon_display_info {
        display_info::check_coupon("/coupon_display_info", info)?;
    }
    let config = request.notify_config.as_ref();
    config.map(|config| field::id("/notify_config/notify_appid", &config.notify_appid)).transpose()
}

pub(super) fn apply(stock: &StockForCreate, request: &UpdateStockRequest) -> StockForCreate {
    let mut edited = stock.clone();
    if let Some(remark) = &request.remark {
        edited.remark = Some(remark.clone());
    }
    if let Some(info) = &request.usage_rule_display_info {
        edited.usage_rule_display_info = info.clone();
    }
    if let Some(info) = &request.coupon_display_info {
        edited.coupon_display_info = info.clone();
    }
    if let Some(config) = &request.notify_config {
        edited.notify_config = config.clone();
    }
    if let Some(store_scope) = request.store_scope {
        edited.store_scope = store_scope;
    }
    edited
}

#[cfg(test)]
mod tests {
    use quan_model::coupon::NotifyConfig;
    use quan_model::display::{EntranceMiniProgram, UsageRuleDisplayInfo};
    use quan_model::enums::StoreScope;

    use super::*;
    use crate::example::single_request;

    fn nothing() -> UpdateStockRequest {
        UpdateStockRequest {
            out_request_no: "EDIT_001".into(),
            remark: None,
            usage_rule_display_info: None,
            coupon_display_info: None,
            notify_config: None,
            store_scope: None,
            brand_id: None,
        }
    }

    fn stock() -> StockForCreate {
        single_request(1).stock.unwrap()
    }

    #[test]
    fn what_is_there_replaces_and_what_is_absent_stays() {
        let before = stock();
        assert_eq!(apply(&before, &nothing()), before);
        let mut display = before.coupon_display_info.clone();
        assert!(display.entrance_mini_program.is_some(), "the example has what the edit leaves out");
        display.entrance_mini_program = None;
        let usage = UsageRuleDisplayInfo {
            usage_description: "改".into(),
            coupon_available_store_info: None,
            ..before.usage_rule_display_info.clone()
        };
        let edit = UpdateStockRequest {
            remark: Some(String::new()),
            usage_rule_display_info: Some(usage.clone()),
            coupon_display_info: Some(display.clone()),
            notify_config: Some(NotifyConfig { notify_appid: "wxother".into() }),
            store_scope: Some(StoreScope::All),
            ..nothing()
        };
        let expected = StockForCreate {
            remark: Some(String::new()),
            usage_rule_display_info: usage,
            coupon_display_info: display,
            notify_config: NotifyConfig { notify_appid: "wxother".into() },
            store_scope: StoreScope::All,
            ..before.clone()
        };
        assert_eq!(apply(&before, &edit), expected);
    }

    #[test]
    fn each_member_has_the_limits_of_the_creation() {
        let found = |edit: &dyn Fn(&mut UpdateStockRequest)| {
            let mut request = nothing();
            edit(&mut request);
            match parse(&request) {
                Ok(appid) => appid.map(|appid| appid.to_string()).unwrap_or_default(),
                Err(violation) => format!("{} {:?}", violation.field, violation.kind),
            }
        };
        assert_eq!(found(&|_| {}), "");
        assert_eq!(found(&|edit| edit.remark = Some("券".repeat(20))), "");
        assert_eq!(found(&|edit| edit.remark = Some("券".repeat(21))), "/remark TooLong");
        let usage = |text: String| {
            move |edit: &mut UpdateStockRequest| {
                let info = stock().usage_rule_display_info;
                let info = UsageRuleDisplayInfo { usage_description: text.clone(), ..info };
                edit.usage_rule_display_info = Some(info);
            }
        };
        let at = "/usage_rule_display_info/usage_description";
        assert_eq!(found(&usage("券".repeat(1000))), "");
        assert_eq!(found(&usage("券".repeat(1001))), format!("{at} TooLong"));
        assert_eq!(found(&usage(String::new())), format!("{at} TooShort"));
        let entrance = |edit: &mut UpdateStockRequest| {
            let mut info = stock().coupon_display_info;
            info.entrance_mini_program = Some(EntranceMiniProgram {
                appid: "wx1".into(),
                path: String::new(),
                entrance_wording: "去用".into(),
                guidance_wording: None,
            });
            edit.coupon_display_info = Some(info);
        };
        assert_eq!(found(&entrance), "/coupon_display_info/entrance_mini_program/path TooShort");
        let notify = |text: &'static str| {
            move |edit: &mut UpdateStockRequest| {
                edit.notify_config = Some(NotifyConfig { notify_appid: text.into() });
            }
        };
        assert_eq!(found(&notify("wxother")), "wxother");
        assert_eq!(found(&notify("wx 1")), "/notify_config/notify_appid Format");
    }
}
