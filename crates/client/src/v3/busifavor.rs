//! `v3/marketing/busifavor/…`: merchant coupons (商家券), and product coupons by stock alone.

use quan_model::busifavor::*;

crate::tree::nodes! {
    /// `v3/marketing/busifavor`.
    copy Busifavor("v3/marketing/busifavor") {
        child product_coupons() -> ProductCoupons;
        child stocks() -> Stocks;
        child coupons() -> Coupons;
        child users() -> Users;
        child callbacks() -> Callbacks;
        child subsidy() -> Subsidy;
    }

    /// 商品券, named by a stock.
    copy ProductCoupons("v3/marketing/busifavor/product-coupons") {
        child pre_send() -> PreSend;
        child send_() -> SendProductCoupon;
    }

    /// 向用户预发放商品券: asks for the token with which a user claims a coupon.
    copy PreSend("v3/marketing/busifavor/product-coupons/pre-send") {
        /// Repeatable by `send_request_no`. The token is a bearer secret for 300 seconds.
        POST post(body: PreSendRequest) -> PreSendToken;
    }

    /// 向用户发放商品券, without a claim.
    copy SendProductCoupon("v3/marketing/busifavor/product-coupons/send") {
        /// Repeatable by `out_request_no`.
        POST post(body: SendProductCouponRequest) -> SendProductCouponResponse;
    }

    /// 商家券批次.
    copy Stocks("v3/marketing/busifavor/stocks") {
        /// 创建商家券. Repeatable by `out_request_no`.
        POST post(body: CreateStockRequest) -> CreateStockResponse;
        variable stock_id() -> StockId;
    }

    /// One stock.
    kept StockId("v3/marketing/busifavor/stocks/{stock_id}") {
        /// 查询商家券详情.
        GET get() -> BusiStock;
        /// 修改商家券基本信息; nothing is answered. Repeatable by `out_request_no`.
        PATCH patch(body: ModifyStockRequest) -> ();
        child budget() -> Budget;
        child couponcodes() -> Couponcodes;
    }

    /// 批次预算.
    kept Budget("v3/marketing/busifavor/stocks/{stock_id}/budget") {
        /// 修改批次预算, one of the two, against the value in force. Repeatable by `modify_budget_request_no`.
        PATCH patch(body: ModifyStockBudgetRequest) -> ModifyStockBudgetResponse;
    }

    /// 预存code of a stock with code mode MERCHANT_UPLOAD.
    kept Couponcodes("v3/marketing/busifavor/stocks/{stock_id}/couponcodes") {
        /// 上传预存code, 1 to 200 in one call. Repeatable by `upload_request_no`.
        POST post(body: UploadCouponCodesRequest) -> UploadCouponCodesResponse;
        /// 查询预存code列表, in pages.
        GET get(query: ListCouponCodesQuery) -> ListCouponCodesResponse;
        variable coupon_code() -> StoredCode;
    }

    /// One uploaded code.
    kept StoredCode("v3/marketing/busifavor/stocks/{stock_id}/couponcodes/{coupon_code}") {
        /// 查询预存code详情.
        GET get(query: GetCouponCodeQuery) -> CodeInformation;
        /// 删除预存code that was not given out. Repeatable by `delete_request_no`.
        DELETE delete(query: DeleteCouponCodeQuery) -> DeleteCouponCodeResponse;
    }

    /// Commands on coupons.
    copy Coupons("v3/marketing/busifavor/coupons") {
        child send_() -> SendCoupon;
        child use_() -> UseCoupon;
        child return_() -> ReturnCoupon;
        child deactivate() -> DeactivateCoupon;
        child associate() -> AssociateTradeInfo;
        child disassociate() -> DisassociateTradeInfo;
        variable card_id() -> CardId;
    }

    /// 向用户发券, without a claim.
    copy SendCoupon("v3/marketing/busifavor/coupons/send") {
        /// Repeatable by `out_request_no`.
        POST post(body: SendCouponRequest) -> SendCouponResponse;
    }

    /// 核销用户券.
    copy UseCoupon("v3/marketing/busifavor/coupons/use") {
        /// Repeatable by `use_request_no`.
        POST post(body: UseCouponRequest) -> UseCouponResponse;
    }

    /// 申请退券: takes a use back.
    copy ReturnCoupon("v3/marketing/busifavor/coupons/return") {
        /// Repeatable by `return_request_no`.
        POST post(body: ReturnCouponRequest) -> ReturnCouponResponse;
    }

    /// 使券失效, for good.
    copy DeactivateCoupon("v3/marketing/busifavor/coupons/deactivate") {
        /// Repeatable by `deactivate_request_no`.
        POST post(body: DeactivateCouponRequest) -> DeactivateCouponResponse;
    }

    /// 关联订单信息.
    copy AssociateTradeInfo("v3/marketing/busifavor/coupons/associate") {
        /// Repeatable by `out_request_no`.
        POST post(body: AssociateTradeInfoRequest) -> AssociateTradeInfoResponse;
    }

    /// 取消关联订单信息.
    copy DisassociateTradeInfo("v3/marketing/busifavor/coupons/disassociate") {
        /// Repeatable by `out_request_no`.
        POST post(body: AssociateTradeInfoRequest) -> DisassociateTradeInfoResponse;
    }

    /// A consumption card (消费卡).
    kept CardId("v3/marketing/busifavor/coupons/{card_id}") {
        child send_() -> SendGovCard;
    }

    /// 发放消费卡.
    kept SendGovCard("v3/marketing/busifavor/coupons/{card_id}/send") {
        /// Repeatable by `out_request_no`, together with `send_time`.
        POST post(body: SendGovCardRequest) -> SendGovCardResponse;
    }

    /// What belongs to users.
    copy Users("v3/marketing/busifavor/users") {
        variable openid() -> Openid;
    }

    /// One user, under the appid that the call names.
    kept Openid("v3/marketing/busifavor/users/{openid}") {
        child coupons() -> UserCoupons;
    }

    /// The coupons of a user.
    kept UserCoupons("v3/marketing/busifavor/users/{openid}/coupons") {
        /// 根据过滤条件查询用户券, newest first, in pages.
        GET get(query: ListUserCouponsQuery) -> ListUserCouponsResponse;
        variable coupon_code() -> UserCouponCode;
    }

    /// One coupon of a user.
    kept UserCouponCode("v3/marketing/busifavor/users/{openid}/coupons/{coupon_code}") {
        child appids() -> Appids;
    }

    /// Of one coupon, the appids under which it can be seen.
    kept Appids("v3/marketing/busifavor/users/{openid}/coupons/{coupon_code}/appids") {
        variable appid() -> Appid;
    }

    /// One coupon under an appid.
    kept Appid("v3/marketing/busifavor/users/{openid}/coupons/{coupon_code}/appids/{appid}") {
        /// 查询用户单张券详情.
        GET get() -> BusiCoupon;
    }

    /// 商家券事件通知地址.
    copy Callbacks("v3/marketing/busifavor/callbacks") {
        /// The URL in force.
        GET get(query: GetCallbacksQuery) -> GetCallbacksResponse;
        /// Sets the URL; setting it twice is setting it once.
        POST post(body: SetCallbacksRequest) -> SetCallbacksResponse;
    }

    /// 营销补差.
    copy Subsidy("v3/marketing/busifavor/subsidy") {
        child pay_receipts() -> PayReceipts;
        child return_receipts() -> ReturnReceipts;
    }

    /// 补差付款单.
    copy PayReceipts("v3/marketing/busifavor/subsidy/pay-receipts") {
        /// 营销补差付款. Repeatable by `out_subsidy_no`.
        POST post(body: SubsidyPayRequest) -> PayReceipt;
        /// 查询营销补差付款单列表.
        GET get(query: ListSubsidyPayReceiptsQuery) -> PayReceiptList;
        variable subsidy_receipt_id() -> SubsidyReceiptId;
    }

    /// One payment.
    kept SubsidyReceiptId("v3/marketing/busifavor/subsidy/pay-receipts/{subsidy_receipt_id}") {
        /// 查询营销补差付款单详情.
        GET get() -> PayReceipt;
    }

    /// 补差回退单.
    copy ReturnReceipts("v3/marketing/busifavor/subsidy/return-receipts") {
        /// 营销补差回退. Repeatable by `out_subsidy_return_no`.
        POST post(body: SubsidyReturnRequest) -> ReturnReceipt;
        variable subsidy_return_receipt_id() -> SubsidyReturnReceiptId;
    }

    /// One return.
    kept SubsidyReturnReceiptId(
        "v3/marketing/busifavor/subsidy/return-receipts/{subsidy_return_receipt_id}"
    ) {
        /// 查询商家券营销补差回退单详情.
        GET get() -> ReturnReceipt;
    }
}
