//! The rules of a kept stock: what its definition and that of its product coupon say, and the facts of the record.
//!
//! A definition is read once for all copies of a record, such as those that a writer's memo gives to the jobs of its batches;
//! the facts (paused, deactivated, place) come from the record at hand each time.

use quan_coupon::definition::{self, ProductCouponTerms, UsageMembers};
use quan_coupon::refusal::Violation;
use quan_coupon::stock::Stock;
use quan_store::catalogue::{
    ProductCouponDefinition, ProductCouponRecord, ProductCouponStock, StockDefinition, StockRecord,
    TermsOfStock,
};
use quan_store::error::StoreError;

/// The rules of a kept stock. They were checked when it was created; what does not parse now was not
/// written by a use case.
pub(crate) fn of_stock(
    record: &StockRecord,
    product_coupon: &ProductCouponRecord,
) -> Result<Stock, StoreError> {
    let TermsOfStock { product, stock: terms } = terms_of_stock(record, product_coupon)?;
    Ok(Stock {
        stock_id: record.stock_id.clone(),
        product_coupon_id: record.product_coupon_id.clone(),
        owner: record.owner.clone(),
        creator: record.creator.clone(),
        terms,
        product,
        // The audit passes at once (semantics Q25), so a stock is in force from its creation.
        effective_from: record.created_at,
        paused: record.paused,
        deactivated: record.deactivated.is_some() || product_coupon.deactivated.is_some(),
        bundle: record.bundle.clone(),
    })
}

/// What the definition says, read once for all copies of the record.
fn terms_of_stock(
    record: &StockRecord,
    product_coupon: &ProductCouponRecord,
) -> Result<TermsOfStock, StoreError> {
    let impossible = |_| StoreError::Inconsistent {
        table: "stock",
        column: "definition",
        row: record.stock_id.to_string(),
    };
    match &*record.definition {
        StockDefinition::ProductCoupon(written) => {
            let product = product_terms(product_coupon)?;
            let read = || read_with(&product, written).map_err(impossible);
            let kept = record.definition.terms(|_| read())?;
            // A copy of the record may have met another revision of its product coupon.
            if kept.product == product { Ok(kept.clone()) } else { read() }
        }
        StockDefinition::Busifavor(members) => {
            let read = |_: &_| {
                definition::busifavor::stock(members).map(|(product, stock)| TermsOfStock { product, stock })
            };
            record.definition.terms(read).cloned().map_err(impossible)
        }
    }
}

fn read_with(product: &ProductCouponTerms, written: &ProductCouponStock) -> Result<TermsOfStock, Violation> {
    let stock = match &written.progressive_bundle_usage_rule {
        None => definition::stock("/stock", product, &written.members),
        Some(rule) => definition::bundled_stock("/stock", product, &written.members, rule),
    }?;
    Ok(TermsOfStock { product: product.clone(), stock })
}

/// The rules of a kept product coupon, read once for all copies of the record.
pub(crate) fn product_terms(product_coupon: &ProductCouponRecord) -> Result<ProductCouponTerms, StoreError> {
    let impossible = |_| StoreError::Inconsistent {
        table: "product_coupon_revision",
        column: "definition",
        row: product_coupon.product_coupon_id.to_string(),
    };
    let read = |written: &ProductCouponDefinition| {
        definition::product_terms(&UsageMembers {
            scope: written.scope,
            kind: written.kind,
            usage_mode: written.usage_mode,
            single_usage_info: written.single_usage_info.as_ref(),
            progressive_bundle_usage_info: written.progressive_bundle_usage_info.as_ref(),
            sequential_usage_info: written.sequential_usage_info.as_ref(),
        })
    };
    product_coupon.definition.terms(read).cloned().map_err(impossible)
}

#[cfg(test)]
mod tests {
    use quan_coupon::benefit::{Benefit, Fen};
    use quan_model::product_coupon::CreateProductCouponRequest;
    use quan_model::time::Time;

    use super::*;

    /// The first official example: what it creates.
    fn records() -> (StockRecord, ProductCouponRecord) {
        let example = include_str!(
            "../../../fixtures/examples/partner/create-product-coupon/01-all-normal-single.json"
        );
        let request: CreateProductCouponRequest = serde_json::from_str(example).unwrap();
        let (owner, created_at) = ("brand:120344".parse().unwrap(), Time::from_unix_seconds(0));
        let product_coupon = ProductCouponRecord {
            product_coupon_id: "2000000000001".parse().unwrap(),
            owner,
            creator: "mchid:1900000001".parse().unwrap(),
            definition: ProductCouponDefinition {
                scope: request.scope,
                kind: request.kind,
                usage_mode: request.usage_mode,
                single_usage_info: request.single_usage_info,
                progressive_bundle_usage_info: request.progressive_bundle_usage_info,
                sequential_usage_info: request.sequential_usage_info,
                display_info: request.display_info,
                out_product_no: request.out_product_no,
            }
            .into(),
            revision: 1,
            created_at,
            deactivated: None,
        };
        let members = request.stock.unwrap();
        let written = ProductCouponStock { members, progressive_bundle_usage_rule: None };
        let stock = StockRecord {
            stock_id: "3000000000000001".parse().unwrap(),
            product_coupon_id: product_coupon.product_coupon_id.clone(),
            owner: product_coupon.owner.clone(),
            creator: product_coupon.creator.clone(),
            bundle: None,
            definition: StockDefinition::ProductCoupon(written).into(),
            revision: 1,
            created_at,
            paused: false,
            deactivated: None,
        };
        (stock, product_coupon)
    }

    fn members(record: &mut StockRecord) -> &mut quan_model::coupon::StockForCreate {
        match &mut *record.definition {
            StockDefinition::ProductCoupon(written) => &mut written.members,
            StockDefinition::Busifavor(_) => panic!("it was not written over busifavor"),
        }
    }

    /// The one benefit of a stock whose benefit its product coupon says, in fen.
    fn discount(stock: &Stock) -> Fen {
        match stock.terms.benefits[..] {
            [Benefit::Normal { discount_amount, .. }] => discount_amount,
            ref other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_definition_is_read_once_and_facts_each_time() {
        let (record, product_coupon) = records();
        let first = of_stock(&record.clone(), &product_coupon.clone()).unwrap();
        let kept = record.definition.terms(|_| Err("it is read already")).unwrap();
        assert_eq!((&kept.stock, &kept.product), (&first.terms, &first.product));
        assert_eq!(product_coupon.definition.terms(|_| Err("it is read already")), Ok(&first.product));
        let paused = StockRecord { paused: true, ..record.clone() };
        assert_eq!(of_stock(&paused, &product_coupon).unwrap(), Stock { paused: true, ..first.clone() });
        assert_eq!(of_stock(&record, &product_coupon).unwrap(), first);
    }

    #[test]
    fn limits_are_those_of_the_definition_at_hand() {
        let (record, product_coupon) = records();
        let max = |record: &StockRecord| of_stock(record, &product_coupon).unwrap().terms.limits.max_count;
        assert_eq!(max(&record), 500_000);
        let mut revised = record.clone();
        members(&mut revised).stock_send_rule.max_count = 600_000;
        assert_eq!((max(&revised), max(&record)), (600_000, 500_000));
    }

    #[test]
    fn a_stock_is_read_anew_with_other_terms_of_its_product_coupon() {
        let (record, product_coupon) = records();
        let mut revised = product_coupon.clone();
        let info = revised.definition.single_usage_info.as_mut().unwrap();
        info.normal_coupon.as_mut().unwrap().discount_amount = 1600;
        for (product_coupon, amount) in [(&product_coupon, 1500), (&revised, 1600), (&product_coupon, 1500)] {
            let stock = of_stock(&record, product_coupon).unwrap();
            assert_eq!(discount(&stock), Fen::new(amount).unwrap());
        }
    }

    #[test]
    fn what_does_not_parse_is_inconsistent_each_time() {
        let (record, product_coupon) = records();
        let place = |found: Result<Stock, StoreError>| match found {
            Err(StoreError::Inconsistent { table, column, row }) => (table, column, row),
            other => panic!("{other:?}"),
        };
        let (mut no_stock, mut no_product) = (record.clone(), product_coupon.clone());
        members(&mut no_stock).stock_send_rule.max_count = 0;
        no_product.definition.single_usage_info = None;
        for _ in 0..2 {
            let found = place(of_stock(&no_stock, &product_coupon));
            assert_eq!(found, ("stock", "definition", "3000000000000001".to_owned()));
            let found = place(of_stock(&record, &no_product));
            assert_eq!(found, ("product_coupon_revision", "definition", "2000000000001".to_owned()));
        }
    }
}
