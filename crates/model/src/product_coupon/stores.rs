//! `…/associate-stores`, `…/disassociate-stores` and `…/associated-stores`.

use serde::{Deserialize, Serialize};

/// 5.11, 5.12 associate_stores / disassociate_stores 批次关联/取消关联门店, and 5.18, 5.19 for a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreListRequest {
    /// 1 to 200 stores; duplicates are merged.
    pub store_list: Vec<StoreInfo>,
    /// The brand that owns the stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
}

/// A store in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreInfo {
    /// The store.
    pub store_id: String,
}

/// Answer of 5.11, 5.12, 5.18 and 5.19: 200 also when some stores failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreListResponse {
    /// Distinct stores of the request.
    pub total_count: i64,
    /// Done, or done before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub success_store_list: Vec<StoreInfo>,
    /// Refused, with the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed_store_list: Vec<FailedStore>,
}

/// A store that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedStore {
    /// As it was given.
    pub store_id: String,
    /// The error word.
    pub code: String,
    /// Why, in Chinese.
    pub message: String,
}

/// Query of 5.13 list_associated_stores 查询批次关联门店列表.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListAssociatedStoresQuery {
    /// 1 to 200; absent means 20.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_size: Option<i64>,
    /// Of the page before; absent for the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_token: Option<String>,
    /// The brand that owns the stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
}

/// Answer of 5.13.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListAssociatedStoresResponse {
    /// Associated stores, on the first page only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_count: Option<i64>,
    /// Leads to the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_page_token: Option<String>,
    /// In the order of association.
    #[serde(default)]
    pub store_list: Vec<StoreInfo>,
}
