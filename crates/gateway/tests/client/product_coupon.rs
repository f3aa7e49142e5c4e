//! The story of product coupons, the same on both faces: it is written once and told with the tree of each.

use std::io::Cursor;

use quan_testkit::quan_client::{Async, Upload};
use quan_testkit::{APPID, OPENID, STORE_ID, definition, quan_client};
use serde_json::{Value, json};

use super::World;

/// The product coupon and the stock of the story.
struct Ids {
    product_coupon_id: String,
    stock_id: String,
}

impl Ids {
    /// What every message about a coupon names.
    fn members(&self) -> Value {
        json!({ "product_coupon_id": self.product_coupon_id, "stock_id": self.stock_id, "appid": APPID })
    }

    /// A command on a coupon, with more members.
    fn command(&self, out_request_no: &str, more: &Value) -> Value {
        let mut members = self.members();
        members["out_request_no"] = json!(out_request_no);
        for (name, value) in more.as_object().unwrap() {
            members[name] = value.clone();
        }
        members
    }
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let grey = image::GrayImage::from_pixel(width, height, image::Luma([90]));
    image::DynamicImage::ImageLuma8(grey).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn budget(out_request_no: &str) -> Value {
    json!({
        "out_request_no": out_request_no, "update_mode": "MAX_COUNT",
        "current_max_count": 1000, "target_max_count": 2000,
    })
}

fn stores() -> Value {
    json!({ "store_list": [{ "store_id": STORE_ID }] })
}

/// The chapters, for a face and the root of its tree.
macro_rules! story {
    ($face:ident, $root:ty) => {
        pub(super) mod $face {
            use super::*;

            /// The whole story.
            pub(crate) async fn told(root: $root, world: &World) {
                address(root, world).await;
                let ids = product_coupon(root, world).await;
                let second = second_stock(root, world, &ids.product_coupon_id).await;
                stores_and_codes(root, world, &second).await;
                coupon(root, world, &ids).await;
                bundles(root, world).await;
                end(root, world, &second).await;
            }

            /// Where notifications go.
            async fn address(root: $root, world: &World) {
                let url = "https://callback.example.com/notify";
                let body = world.message(json!({ "notify_url": url }));
                root.notify_configs().post(&body).await.unwrap();
                assert_eq!(root.notify_configs().get().await.unwrap().notify_url, url);
            }

            /// Pictures, a product coupon with them and its first stock, and another look for it.
            async fn product_coupon(root: $root, world: &World) -> Ids {
                let upload_image = root.media().upload_image();
                let image = upload_image.upload(&Upload::from_bytes("square.png", png(108, 108))).await.unwrap();
                let tall = upload_image.upload(&Upload::from_bytes("tall.png", png(117, 139))).await.unwrap();
                let mut body = definition::single(world.platform.now(), &world.number());
                body["display_info"]["image_url"] = json!(image.image_url);
                body["display_info"]["background_url"] = json!(tall.image_url);
                let mut look = body["display_info"].clone();
                let made = root.product_coupons().post(&world.message(body)).await.unwrap();
                let product_coupon_id = made.product_coupon.product_coupon_id.clone();

                let node = root.product_coupons().product_coupon_id(&product_coupon_id);
                let found = node.clone().get().query_opt("brand_id", world.brand_id).await.unwrap();
                assert_eq!(*found, made.product_coupon);
                look["name"] = json!("换了名字的券");
                let edit = json!({ "out_request_no": world.number(), "display_info": look });
                let edited = node.patch(&world.message(edit)).await.unwrap();
                assert_eq!(edited.display_info.name, "换了名字的券");
                let stock_id = made.stock.as_ref().unwrap().stock_id.clone();
                Ids { product_coupon_id, stock_id }
            }

            /// A second stock, edited, with more to give.
            async fn second_stock(root: $root, world: &World, product_coupon_id: &str) -> Ids {
                let stocks = root.product_coupons().product_coupon_id(product_coupon_id).stocks();
                let mut stock = definition::single_stock(world.platform.now());
                stock["coupon_code_mode"] = json!("UPLOAD");
                stock["store_scope"] = json!("SPECIFIC");
                let body = json!({ "out_request_no": world.number(), "stock": stock });
                let made = stocks.clone().post(&world.message(body)).await.unwrap();
                let list = stocks.clone().get(&world.message(json!({ "page_size": 10 }))).await.unwrap();
                assert_eq!((list.stock_list.len(), list.total_count), (2, Some(2)));
                let node = stocks.stock_id(&made.stock_id);
                let found = node.clone().get().query_opt("brand_id", world.brand_id).await.unwrap();
                assert_eq!(found.into_inner(), *made);
                let edit = json!({ "out_request_no": world.number(), "remark": "第二批" });
                let edited = node.clone().patch(&world.message(edit)).await.unwrap();
                assert_eq!(edited.remark.as_deref(), Some("第二批"));
                let budget = world.message(budget(&world.number()));
                let more = node.update_budget().post(&budget).await.unwrap();
                assert_eq!(more.stock_send_rule.max_count, 2000);
                Ids { product_coupon_id: product_coupon_id.to_owned(), stock_id: made.stock_id.clone() }
            }

            /// Where its coupons may be used, and which codes they have.
            async fn stores_and_codes(root: $root, world: &World, ids: &Ids) {
                let stocks = root.product_coupons().product_coupon_id(&ids.product_coupon_id).stocks();
                let stock = stocks.stock_id(&ids.stock_id);
                let body = world.message(stores());
                let put = stock.clone().associate_stores().post(&body).await.unwrap();
                assert_eq!((put.success_store_list.len(), put.failed_store_list.len()), (1, 0));
                let query = world.message(json!({ "page_size": 10 }));
                let listed = stock.clone().associated_stores().get(&query).await.unwrap();
                assert_eq!(listed.store_list[0].store_id, STORE_ID);
                stock.clone().disassociate_stores().post(&body).await.unwrap();
                let listed = stock.clone().associated_stores().get(&query).await.unwrap();
                assert!(listed.store_list.is_empty());
                let codes = ["CODE-1", "CODE-2"];
                let body = json!({ "out_request_no": world.number(), "code_list": codes });
                let uploaded = stock.upload_coupon_codes().post(&world.message(body)).await.unwrap();
                assert_eq!(uploaded.success_code_list, codes);
            }

            /// A coupon in the hands of a user, from its sending to its end.
            async fn coupon(root: $root, world: &World, ids: &Ids) {
                let user = root.users().openid(OPENID);
                let mut body = ids.members();
                body["send_request_no"] = json!(world.number());
                let token = user.clone().pre_send_coupon().post(&world.message(body.clone())).await.unwrap();
                assert!(!token.token.is_empty());
                body["send_request_no"] = json!(world.number());
                let sent = user.clone().coupons().post(&world.message(body)).await.unwrap();

                let node = user.clone().coupons().coupon_code(&sent.coupon_code);
                let found = node.clone().get(&world.message(ids.members())).await.unwrap();
                assert_eq!(found.coupon_code, sent.coupon_code);
                let all = user.coupons().get(&world.message(json!({ "appid": APPID }))).await.unwrap();
                assert_eq!(all.user_coupon_list.len(), 1);

                let command = |more: Value| ids.command(&world.number(), &more);
                let confirmed = node.clone().confirm().post(&world.message(command(json!({})))).await.unwrap();
                assert!(confirmed.confirm_time.is_some());
                let order = json!({
                    "use_time": world.platform.now(),
                    "associated_order_info": { "transaction_id": "4200000000202603021234567890" },
                });
                let used = node.clone().use_().post(&world.message(command(order))).await.unwrap();
                assert!(used.single_usage_detail.as_ref().unwrap().use_time.is_some());
                let back = node.clone().return_().post(&world.message(command(json!({})))).await.unwrap();
                assert!(back.single_usage_detail.as_ref().unwrap().return_time.is_some());
                let reason = json!({ "deactivate_reason": "用户注销" });
                let ended = node.deactivate().post(&world.message(command(reason))).await.unwrap();
                assert_eq!(ended.deactivate_reason.as_deref(), Some("用户注销"));
            }

            /// Two bundles of stocks; a chain of the first in the hands of a user.
            async fn bundles(root: $root, world: &World) {
                let body = definition::progressive_bundle(world.platform.now(), &world.number());
                let made = root.product_coupons().post(&world.message(body)).await.unwrap();
                let product_coupon_id = made.product_coupon.product_coupon_id.clone();
                let first = made.stock_bundle.as_ref().unwrap().stock_bundle_id.clone();
                let bundles = root.product_coupons().product_coupon_id(&product_coupon_id).stock_bundles();
                let mut bundle = definition::stock_bundle(world.platform.now());
                bundle["store_scope"] = json!("SPECIFIC");
                let body = json!({ "out_request_no": world.number(), "stock_bundle": bundle });
                let second = bundles.clone().post(&world.message(body)).await.unwrap();

                let node = bundles.stock_bundle_id(&second.stock_bundle_id);
                let edit = json!({ "out_request_no": world.number(), "remark": "第二组" });
                let edited = node.clone().patch(&world.message(edit)).await.unwrap();
                assert!(edited.stock_list.iter().all(|stock| stock.remark.as_deref() == Some("第二组")));
                let budget = world.message(budget(&world.number()));
                let more = node.clone().update_budget().post(&budget).await.unwrap();
                assert!(more.stock_list.iter().all(|stock| stock.stock_send_rule.max_count == 2000));
                let body = world.message(stores());
                let put = node.clone().associate_stores().post(&body).await.unwrap();
                assert_eq!(put.success_store_list.len(), 1);
                let taken = node.disassociate_stores().post(&body).await.unwrap();
                assert_eq!(taken.success_store_list.len(), 1);
                chain(root, world, &product_coupon_id, &first).await;
            }

            /// A chain of coupons, pre-sent, sent, and ended.
            async fn chain(root: $root, world: &World, product_coupon_id: &str, stock_bundle_id: &str) {
                let user = root.users().openid("oSomebodyElse");
                let members = json!({
                    "product_coupon_id": product_coupon_id, "stock_bundle_id": stock_bundle_id, "appid": APPID,
                });
                let mut body = members.clone();
                body["send_request_no"] = json!(world.number());
                let pre_send = user.clone().pre_send_coupon_bundle();
                assert!(!pre_send.post(&world.message(body.clone())).await.unwrap().token.is_empty());
                body["send_request_no"] = json!(world.number());
                let sent = user.clone().coupon_bundles().post(&world.message(body)).await.unwrap();
                assert_eq!(sent.user_product_coupon_list.len(), 1, "the others follow its uses");
                let mut body = members;
                body["out_request_no"] = json!(world.number());
                body["deactivate_reason"] = json!("会员资格取消");
                let node = user.coupon_bundles().user_coupon_bundle_id(&sent.user_coupon_bundle_id);
                let ended = node.deactivate().post(&world.message(body)).await.unwrap();
                assert!(ended.user_product_coupon_list[0].deactivate_time.is_some());
            }

            /// The end of a stock, then of the product coupon.
            async fn end(root: $root, world: &World, ids: &Ids) {
                let node = root.product_coupons().product_coupon_id(&ids.product_coupon_id);
                let end = || json!({ "out_request_no": world.number(), "deactivate_reason": "活动结束" });
                let stock = node.clone().stocks().stock_id(&ids.stock_id);
                let ended = stock.deactivate().post(&world.message(end())).await.unwrap();
                assert!(ended.deactivate_time.is_some());
                let ended = node.deactivate().post(&world.message(end())).await.unwrap();
                assert!(ended.deactivate_time.is_some());
            }
        }
    };
}

story!(partner, quan_client::v3::partner::ProductCoupon<'_, Async>);
story!(brand, quan_client::brand::ProductCoupon<'_, Async>);

/// A picture that the platform makes; on the partner face only.
pub(super) async fn image_generation(
    root: quan_client::v3::partner::ProductCoupon<'_, Async>,
    world: &World,
) {
    let task_id = world.number();
    let body = json!({
        "task_id": task_id, "image_generation_type": "COMBINE_IMAGE",
        "combine_image": {
            "scope": "ALL", "type": "NORMAL", "usage_mode": "SINGLE",
            "normal_coupon": { "threshold": 8000, "discount_amount": 1500 }, "background_color": "#e8453c",
        },
    });
    let tasks = root.image_generation_tasks();
    assert_eq!(tasks.post(&world.message(body)).await.unwrap().task_id, task_id);
    let query = world.message(json!({ "image_generation_type": "COMBINE_IMAGE" }));
    assert_eq!(tasks.task_id(&task_id).get(&query).await.unwrap().task_id, task_id);
}
