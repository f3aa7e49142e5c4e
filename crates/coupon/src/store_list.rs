//! Associating stores with a stock and taking them off again: what becomes of each store of a call
//! (semantics 2.4).
//!
//! Knows one request and asks the caller for the state of a store; keeping the list is the store's.

use std::collections::BTreeSet;

use quan_model::enums::StoreState;
use quan_model::ids::StoreId;
use quan_model::product_coupon::StoreInfo;

use crate::field;
use crate::refusal::Violation;

/// The most stores of one call (api-product-coupon 5.11).
pub const STORES_PER_CALL_MAX: usize = 200;

/// What is done with the stores of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreListChange {
    /// They are put on the list.
    Associate,
    /// They are taken off the list.
    Disassociate,
}

/// Why a store of a call is left as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreFault {
    /// Its id cannot be one.
    Malformed(Violation),
    /// The brand has no such store.
    NotOfBrand,
    /// It is closed. It can be taken off a list, but not put on one.
    Closed,
}

/// The stores of a call, sorted; both lists keep the order of the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoreList {
    /// Distinct stores of the request: the sum of the two lists.
    pub total_count: usize,
    /// Stores with which it is done, whether or not it was before.
    pub done: Vec<StoreId>,
    /// Stores that are left alone, with the reason.
    pub failed: Vec<(String, StoreFault)>,
}

/// Checks the length of a list.
///
/// # Errors
/// [`Violation`] of `/store_list` when there are no stores or more than [`STORES_PER_CALL_MAX`].
pub fn check_count(stores: &[StoreInfo]) -> Result<(), Violation> {
    field::count("/store_list", stores.len(), 1, STORES_PER_CALL_MAX)
}

/// Sorts the stores of a call; a store given twice counts once. `state_of` gives the state of a store of the
/// brand, and nothing for any other.
pub fn classify<E>(
    stores: &[StoreInfo],
    change: StoreListChange,
    mut state_of: impl FnMut(&StoreId) -> Result<Option<StoreState>, E>,
) -> Result<StoreList, E> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut list = StoreList::default();
    for (position, StoreInfo { store_id }) in stores.iter().enumerate() {
        if !seen.insert(store_id) {
            continue;
        }
        let fault = match StoreId::parse(store_id.as_str()) {
            Err(error) => {
                let field = format!("/store_list/{position}/store_id");
                Some(StoreFault::Malformed(field::id_violation(field, store_id, error)))
            }
            Ok(store) => {
                let fault = fault(change, state_of(&store)?);
                if fault.is_none() {
                    list.done.push(store);
                }
                fault
            }
        };
        list.failed.extend(fault.map(|fault| (store_id.clone(), fault)));
    }
    list.total_count = seen.len();
    Ok(list)
}

fn fault(change: StoreListChange, state: Option<StoreState>) -> Option<StoreFault> {
    match (change, state) {
        (_, None) => Some(StoreFault::NotOfBrand),
        (StoreListChange::Associate, Some(StoreState::Closed)) => Some(StoreFault::Closed),
        (StoreListChange::Associate, Some(StoreState::Open | StoreState::Creating))
        | (StoreListChange::Disassociate, Some(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::ViolationKind;

    fn stores(ids: &[&str]) -> Vec<StoreInfo> {
        ids.iter().map(|id| StoreInfo { store_id: (*id).to_owned() }).collect()
    }

    fn state_of(store: &StoreId) -> Result<Option<StoreState>, std::convert::Infallible> {
        Ok(match store.as_str() {
            "1" | "4" => Some(StoreState::Open),
            "2" => Some(StoreState::Creating),
            "3" => Some(StoreState::Closed),
            _ => None,
        })
    }

    fn sorted(change: StoreListChange) -> (Vec<String>, Vec<(String, &'static str)>) {
        let given = stores(&["4", "9", "1", "4", "3", "2", "no good", "9"]);
        let Ok(list) = classify(&given, change, state_of);
        assert_eq!(list.total_count, 6);
        let word = |fault: &StoreFault| match fault {
            StoreFault::Malformed(_) => "malformed",
            StoreFault::NotOfBrand => "not of the brand",
            StoreFault::Closed => "closed",
        };
        let failed = list.failed.iter().map(|(store, fault)| (store.clone(), word(fault)));
        (list.done.iter().map(ToString::to_string).collect(), failed.collect())
    }

    #[test]
    fn each_store_once_in_the_order_given() {
        let (done, failed) = sorted(StoreListChange::Associate);
        assert_eq!(done, ["4", "1", "2"]);
        let nine = ("9".to_owned(), "not of the brand");
        let malformed = ("no good".to_owned(), "malformed");
        assert_eq!(failed, [nine.clone(), ("3".to_owned(), "closed"), malformed.clone()]);
        let (done, failed) = sorted(StoreListChange::Disassociate);
        assert_eq!(done, ["4", "1", "3", "2"]);
        assert_eq!(failed, [nine, malformed]);
    }

    #[test]
    fn both_sides_of_the_length() {
        let kind = |count: usize| {
            check_count(&vec![StoreInfo { store_id: "1".into() }; count]).map_err(|violation| violation.kind)
        };
        assert_eq!(kind(0), Err(ViolationKind::TooShort));
        assert_eq!(kind(1), Ok(()));
        assert_eq!(kind(200), Ok(()));
        assert_eq!(kind(201), Err(ViolationKind::TooLong));
    }
}
