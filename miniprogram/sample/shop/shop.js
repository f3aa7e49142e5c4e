/**
 * @file A page of a shop: asks the shop's server for a token and opens the claim component with it.
 */

const { openClaim } = require("../../components/quan-claim/open-claim.js");

Page({
  data: { isAsking: false, news: "" },

  onGet() {
    if (this.data.isAsking) return;
    this.setData({ isAsking: true, news: "" });
    // Who the person is, the shop's server knows from its own session; here it is the login code.
    wx.login({
      success: ({ code }) => this.ask(code),
      fail: () => this.setData({ isAsking: false, news: "登录失败，请重试" }),
    });
  },

  /** @param {string} code */
  ask(code) {
    wx.request({
      url: `${getApp().globalData.shop}/coupon-token`,
      method: "POST",
      data: { code },
      success: ({ statusCode, data }) => {
        const { token } = /** @type {{token?: string}} */ (data || {});
        if (statusCode === 200 && token) this.open(token);
        else this.setData({ news: "暂时不能领取，请稍后再试" });
      },
      fail: () => this.setData({ news: "网络不给力，请重试" }),
      complete: () => this.setData({ isAsking: false }),
    });
  },

  /** @param {string} token */
  open(token) {
    openClaim({
      businessType: "receiveCoupon",
      extraData: { action: "receiveCoupon", token },
      success: ({ extraData }) => this.used(extraData),
      fail: () => this.setData({ news: "领取没有成功，请再试一次" }),
    });
  },

  /** @param {import("../../components/quan-claim/core/result.js").ReturnObject["extraData"]} extraData */
  used({ action, claimed, productPath }) {
    this.setData({ news: claimed ? "券已放入卡包" : "" });
    if (action === "selectProduct" && productPath) wx.navigateTo({ url: `/${productPath}` });
  },
});
