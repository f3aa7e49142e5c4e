/* A browser that knows no modules runs this instead of the page, and says so. Old syntax on purpose. */
(function () {
  var english = /[?&]lang=en/i.test(location.search);
  var page = document.getElementById("page");
  if (!page) return;
  page.setAttribute("data-kind", "failed-too_old");
  page.className = "noscript";
  page.textContent = english
    ? "This browser is too old. Update WeChat to 8.0.30 or newer, then get your coupon."
    : "当前版本过低，请升级微信到 8.0.30 或以上版本后领取优惠券。";
})();
