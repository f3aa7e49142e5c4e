//! Every operation of the API through the client, against the platform in this process: one story for each face,
//! told with the typed tree. At the end of a story nothing that is described may be missing.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on stops there")]

mod busifavor;
mod product_coupon;

use std::collections::BTreeSet;

use quan_openapi::{Face, Operation};
use quan_testkit::{BRAND_ID, TestPlatform};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Where a story is told.
struct World {
    platform: TestPlatform,
    /// Named in messages by a partner, and by nobody else.
    brand_id: Option<&'static str>,
}

impl World {
    async fn of_merchant() -> Self {
        Self { platform: TestPlatform::start().await, brand_id: Some(BRAND_ID) }
    }

    async fn of_brand() -> Self {
        Self { platform: TestPlatform::start().await, brand_id: None }
    }

    fn number(&self) -> String {
        self.platform.fresh_number()
    }

    /// A typed message with these members, and with the brand where it is named.
    fn message<T: DeserializeOwned>(&self, mut members: Value) -> T {
        let all = members.as_object_mut().unwrap();
        all.remove("brand_id");
        if let Some(brand_id) = self.brand_id {
            all.insert("brand_id".to_owned(), json!(brand_id));
        }
        serde_json::from_value(members).unwrap()
    }
}

fn id_of(operation: Operation) -> String {
    format!("{}_{}", operation.face().word(), operation.id())
}

/// The client has called everything that is described of these faces, and nothing else.
#[track_caller]
fn assert_told(world: &World, faces: &[Face]) {
    let described = quan_openapi::operations().filter(|operation| faces.contains(&operation.face()));
    assert_eq!(world.platform.called_by_clients(), described.map(id_of).collect::<BTreeSet<String>>());
}

#[tokio::test]
async fn a_merchant_issues_product_coupons_for_its_brands() {
    let world = World::of_merchant().await;
    let client = world.platform.client();
    let root = client.v3().marketing().partner().product_coupon();
    product_coupon::partner::told(root, &world).await;
    product_coupon::image_generation(root, &world).await;
    assert_told(&world, &[Face::Partner]);
}

#[tokio::test]
async fn a_brand_issues_product_coupons_itself() {
    let world = World::of_brand().await;
    let client = world.platform.brand_client();
    product_coupon::brand::told(client.brand().marketing().product_coupon(), &world).await;
    assert_told(&world, &[Face::Brand]);
}

#[tokio::test]
async fn a_merchant_issues_merchant_coupons() {
    let world = World::of_merchant().await;
    let client = world.platform.client();
    let certificates = client.v3().certificates().get(&Default::default()).await.unwrap();
    assert!(!certificates.data.is_empty());
    let root = client.v3().marketing().busifavor();
    busifavor::told(root, &world).await;
    assert_told(&world, &[Face::Busifavor, Face::Platform]);
}
