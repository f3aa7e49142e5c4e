//! Stores have states, and a stock has a list of them in the order of association.

use std::sync::Arc;

use quan_model::enums::StoreState;

use super::records::id;
use super::{Promise, commit};
use crate::backend::{Backend, Reader};
use crate::error::StoreError;

pub(super) const PROMISES: &[Promise] = &[
    a_store_has_the_state_that_was_written_last,
    a_list_keeps_the_order_of_association,
    each_stock_has_a_list_of_its_own,
];

fn seen<T>(backend: &Arc<dyn Backend>, look: impl FnMut(&dyn Reader) -> Result<T, StoreError>) -> T {
    backend.snapshot(look).expect("a snapshot can be taken").expect("stores can be read")
}

/// The list of a stock, by pages of two.
fn listed(backend: &Arc<dyn Backend>, stock: &str) -> Vec<String> {
    let mut stores = Vec::new();
    let mut after = None;
    loop {
        let page = seen(backend, |reader| reader.associated_stores(&id(stock), after, 2));
        assert!(page.len() <= 2);
        stores.extend(page.iter().map(|store| store.store_id.to_string()));
        match page.last() {
            Some(last) => after = Some(last.position),
            None => break,
        }
    }
    let count = seen(backend, |reader| reader.associated_store_count(&id(stock)));
    assert_eq!(count, u64::try_from(stores.len()).expect("few"));
    stores
}

fn a_store_has_the_state_that_was_written_last(backend: &Arc<dyn Backend>) {
    for state in [StoreState::Creating, StoreState::Open, StoreState::Closed] {
        commit(backend, move |unit| unit.put_store_state(&id("1"), &id("S"), state)).expect("it is written");
        let (found, is_open) = seen(backend, |reader| {
            Ok((reader.store_state(&id("1"), &id("S"))?, reader.is_open_store(&id("1"), &id("S"))?))
        });
        assert_eq!((found, is_open), (Some(state), state == StoreState::Open));
    }
    assert_eq!(seen(backend, |reader| reader.store_state(&id("1"), &id("T"))), None);
    assert_eq!(seen(backend, |reader| reader.store_state(&id("2"), &id("S"))), None, "another brand's");
    commit(backend, |unit| unit.put_open_store(&id("1"), &id("T"))).expect("it is written");
    assert_eq!(seen(backend, |reader| reader.store_state(&id("1"), &id("T"))), Some(StoreState::Open));
}

fn a_list_keeps_the_order_of_association(backend: &Arc<dyn Backend>) {
    commit(backend, |unit| {
        ["5", "1", "9", "3", "1", "5"].iter().try_for_each(|store| unit.associate_store(&id("K"), &id(store)))
    })
    .expect("twice is once");
    assert_eq!(listed(backend, "K"), ["5", "1", "9", "3"]);
    commit(backend, |unit| {
        unit.disassociate_store(&id("K"), &id("1"))?;
        unit.disassociate_store(&id("K"), &id("1"))?;
        unit.disassociate_store(&id("K"), &id("unknown"))
    })
    .expect("what is not there may be taken away");
    assert_eq!(listed(backend, "K"), ["5", "9", "3"]);
    commit(backend, |unit| unit.associate_store(&id("K"), &id("1"))).expect("it may come back");
    assert_eq!(listed(backend, "K"), ["5", "9", "3", "1"]);
}

fn each_stock_has_a_list_of_its_own(backend: &Arc<dyn Backend>) {
    commit(backend, |unit| {
        unit.associate_store(&id("K"), &id("1"))?;
        unit.associate_store(&id("L"), &id("1"))?;
        unit.associate_store(&id("L"), &id("2"))?;
        unit.disassociate_store(&id("L"), &id("1"))
    })
    .expect("lists can be written");
    assert_eq!((listed(backend, "K"), listed(backend, "L")), (vec!["1".to_owned()], vec!["2".to_owned()]));
    let associated = |stock: &'static str, store: &'static str| {
        seen(backend, |reader| reader.is_store_associated(&id(stock), &id(store)))
    };
    assert!(associated("K", "1") && associated("L", "2"));
    assert!(!associated("K", "2") && !associated("L", "1") && !associated("M", "1"));
}
