//! Stock bundles for the tests of the calls that change one, put straight into the store.

use quan_coupon::stock::StockBundlePlace;
use quan_model::ids::{StockBundleId, StockId};
use quan_platform::Error;
use quan_store::catalogue::StockRecord;

use crate::coupon::Offer;
use crate::platform::TestPlatform;

impl Offer {
    /// The bundle that [`TestPlatform::put_bundle`] makes.
    #[must_use]
    pub fn stock_bundle_id(&self) -> String {
        format!("{}-bundle", self.stock_id)
    }

    /// The URL of that bundle without the prefix of a face.
    #[must_use]
    pub fn stock_bundle(&self) -> String {
        format!("{}/stock-bundles/{}", self.product_coupon(), self.stock_bundle_id())
    }

    /// The member of that bundle with this index, as an offer of its own.
    #[must_use]
    pub fn member(&self, index: u32) -> Self {
        Self { stock_id: format!("{}-{index}", self.stock_id), ..self.clone() }
    }
}

impl TestPlatform {
    /// A bundle of so many stocks beside the stock of an offer, all of them like it.
    pub async fn put_bundle(&self, offer: &Offer, count: u32) {
        let stock_id: StockId = offer.stock_id.parse().expect("an offer has a stock");
        let stock_bundle_id: StockBundleId = offer.stock_bundle_id().parse().expect("it is well formed");
        let offer = offer.clone();
        let write = move |work: &mut quan_platform::work::Work<'_>| {
            let like = work.store.stock(&stock_id)?.expect("the stock of an offer is kept");
            for index in 0..count {
                work.store.insert_stock(&StockRecord {
                    stock_id: offer.member(index).stock_id.parse().expect("it is well formed"),
                    bundle: Some(StockBundlePlace { stock_bundle_id: stock_bundle_id.clone(), index }),
                    revision: 1,
                    ..like.clone()
                })?;
            }
            Ok(())
        };
        self.platform.write::<_, Error>(write).await.expect("the bundle is written");
    }
}
