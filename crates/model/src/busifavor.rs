//! Requests and answers of the busifavor face, `/v3/marketing/busifavor/…` (api-busifavor), split by noun.
//! Members stand in the order of the official examples; path parameters are not part of the bodies.
//!
//! Some members are misspelled on the wire (`irregulary_avaliable_time`, `STOPED`, `SENDED`) and stay so.

mod callbacks;
mod codes;
mod coupons;
mod gov_cards;
mod product_coupons;
mod queries;
mod rules;
mod stocks;
mod subsidy;
mod users;
mod words;

pub use callbacks::{GetCallbacksResponse, SetCallbacksRequest, SetCallbacksResponse};
pub use codes::{
    CodeEntity, CodeInformation, DeleteCouponCodeResponse, FailedCode, ListCouponCodesResponse,
    UploadCouponCodesRequest, UploadCouponCodesResponse,
};
pub use coupons::{
    AssociateTradeInfoRequest, AssociateTradeInfoResponse, DeactivateCouponRequest, DeactivateCouponResponse,
    DisassociateTradeInfoResponse, ReturnCouponRequest, ReturnCouponResponse, SendCouponRequest,
    SendCouponResponse, SendCouponResult, UseCouponRequest, UseCouponResponse,
};
pub use gov_cards::{SendGovCardRequest, SendGovCardResponse};
pub use product_coupons::{
    PreSendRequest, PreSendToken, SendProductCouponRequest, SendProductCouponResponse,
};
pub use queries::{
    DeleteCouponCodeQuery, GetCallbacksQuery, GetCouponCodeQuery, ListCouponCodesQuery,
    ListSubsidyPayReceiptsQuery, ListUserCouponsQuery,
};
pub use rules::{
    AvailableTime, AvailableWeek, CouponUseRule, CustomEntrance, DiscountCoupon, DisplayPattern,
    ExchangeCoupon, FinderInfo, FixedNormalCoupon, MiniProgramsInfo, NotifyConfig, StockSendRule,
};
pub use stocks::{
    BusiStock, CodeCount, CreateStockRequest, CreateStockResponse, ModifyStockBudgetRequest,
    ModifyStockBudgetResponse, ModifyStockRequest, ModifyUseRule, SendCountInformation, StockMembers,
};
pub use subsidy::{PayReceipt, PayReceiptList, ReturnReceipt, SubsidyPayRequest, SubsidyReturnRequest};
pub use users::{BusiCoupon, ListUserCouponsResponse};
pub use words::{
    CodeStatus, CouponState, CouponType, EntranceCodeMode, MerchantCodeMode, PayReceiptStatus,
    ReturnReceiptStatus, RunningState, UseMethod,
};
