//! Merchant coupons for tests: stocks, coupons and calls of the busifavor face.

use quan_model::ids::{Appid, Mchid, Openid, Principal};
use quan_platform::Error;
use quan_platform::work::Work;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::parties::{APPID, MCHID};
use crate::platform::TestPlatform;

/// The prefix of the busifavor face.
pub const BUSIFAVOR: &str = "/v3/marketing/busifavor";

impl TestPlatform {
    /// A creation of a 满30减5 stock that belongs to the merchant itself, under a fresh number.
    pub fn merchant_stock_body(&self) -> Value {
        let begin = self.now().start_of_day_after(0);
        json!({
            "stock_name": "满30减5券",
            "belong_merchant": MCHID,
            "comment": "测试",
            "goods_name": "全场饮品",
            "stock_type": "NORMAL",
            "coupon_use_rule": {
                "coupon_available_time": {
                    "available_begin_time": begin,
                    "available_end_time": begin.plus_seconds(30 * 86_400 - 1),
                },
                "fixed_normal_coupon": { "discount_amount": 500, "transaction_minimum": 3000 },
                "use_method": "OFF_LINE",
            },
            "stock_send_rule": { "max_coupons": 1000, "max_coupons_per_user": 100 },
            "out_request_no": self.fresh_number(),
            "coupon_code_mode": "WECHATPAY_MODE",
            "notify_config": { "notify_appid": APPID },
        })
    }

    /// A stock created over busifavor, its creation edited; the answer is its id.
    pub async fn merchant_stock(&self, edit: impl FnOnce(&mut Value)) -> String {
        let mut request = self.merchant_stock_body();
        edit(&mut request);
        let made = self.merchant().post(&format!("{BUSIFAVOR}/stocks"), &request).await.ok();
        made["stock_id"].as_str().expect("a created stock has its id").to_owned()
    }

    /// A direct send of a stock, under a fresh number.
    pub fn merchant_send_body(&self, stock_id: &str, openid: &str) -> Value {
        json!({ "stock_id": stock_id, "appid": APPID, "openid": openid, "out_request_no": self.fresh_number() })
    }

    /// A coupon sent over busifavor; the answer is its code.
    pub async fn merchant_coupon(&self, stock_id: &str, openid: &str) -> String {
        let body = self.merchant_send_body(stock_id, openid);
        let sent = self.merchant().post(&format!("{BUSIFAVOR}/coupons/send"), &body).await.ok();
        let code = &sent["send_coupon_result"]["coupon_code"];
        code.as_str().expect("a sent coupon has its code").to_owned()
    }

    /// Runs use, return, deactivate, associate or disassociate on a coupon under a number, the body edited.
    pub async fn merchant_command(
        &self,
        name: &str,
        (stock_id, code): (&str, &str),
        number: &str,
        edit: impl FnOnce(&mut Value),
    ) -> Answer {
        let mut body = json!({ "stock_id": stock_id, "coupon_code": code });
        match name {
            "use" => {
                body["appid"] = json!(APPID);
                body["use_time"] = json!(self.now());
                body["use_request_no"] = json!(number);
            }
            "return" => body["return_request_no"] = json!(number),
            "deactivate" => body["deactivate_request_no"] = json!(number),
            _ => {
                body["out_trade_no"] = json!("ORDER_1");
                body["out_request_no"] = json!(number);
            }
        }
        edit(&mut body);
        self.merchant().post(&format!("{BUSIFAVOR}/coupons/{name}"), &body).await
    }

    /// Binds an appid to a merchant.
    pub async fn bind_appid(&self, appid: &str, mchid: &str) {
        let appid = Appid::parse(appid).expect("a test names an appid");
        let owner = Principal::Merchant(Mchid::parse(mchid).expect("a test names a merchant"));
        let write = move |work: &mut Work<'_>| Ok(work.store.bind_appid(&appid, &owner)?);
        self.platform.write::<_, Error>(write).await.expect("the binding is written");
    }

    /// Says that an openid under an appid is the person behind another openid of [`APPID`].
    pub async fn same_person(&self, appid: &str, openid: &str, person: &str) {
        let appid = Appid::parse(appid).expect("a test names an appid");
        let openid = Openid::parse(openid).expect("a test names an openid");
        let person = person.to_owned();
        let write = move |work: &mut Work<'_>| Ok(work.store.put_person(&appid, &openid, &person)?);
        self.platform.write::<_, Error>(write).await.expect("the person is written");
    }
}
