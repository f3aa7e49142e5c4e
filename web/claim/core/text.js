/**
 * @file The words of the component, in Chinese (the default) and English. Only words: what is said when
 * is decided in describe.js. Both tables have the same keys; the type of the first binds the second.
 */

const DAYS_ZH = "一二三四五六日";
const DAYS_EN = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** The words for the page in the language of the platform's users. */
const ZH = {
  lang: "zh-CN",
  pageTitle: "领取优惠券",
  loading: "正在打开优惠券",
  close: "关闭",
  back: "返回商家",
  retry: "重试",
  claim: "立即领取",
  claiming: "领取中",
  slow: "网络较慢，请稍候",
  slowClaim: "网络较慢，正在领取，请勿离开",
  use: "去使用",
  gotIt: "知道了",
  chooseProduct: "选择商品去使用",
  howToUse: "使用方法",
  howToUseProduct: (/** @type {string} */ name) => `到商家小程序或门店选购「${name}」时出示或选用本券。`,
  howToUseAny: "到商家小程序或门店消费时出示或选用本券。",
  couponCode: "券码",
  barcode: "券码条形码",
  qrcode: "券码二维码",
  showCode: "使用时向店员出示",
  secondsLeft: (/** @type {number} */ seconds) => `请在 ${seconds} 秒内领取`,
  offeredBy: (/** @type {string} */ brand) => `由 ${brand} 提供`,
  couponPicture: (/** @type {string} */ name) => `${name}的图片`,

  validity: "有效期",
  period: "活动期限",
  rounds: "可用次数",
  hours: "可用时段",
  packages: "套餐内容",
  goods: "适用商品",
  stores: "适用门店",
  usage: "使用说明",
  originalPrice: "原价",

  scope: { ALL: "全场可用", SINGLE: "单品券", CATEGORY: "品类券" },
  type: { NORMAL: "满减券", DISCOUNT: "折扣券", EXCHANGE: "兑换券" },
  noThreshold: "无门槛",
  threshold: (/** @type {string} */ amount) => `满${amount}元可用`,
  normal: (/** @type {string} */ amount) => ({ before: "¥", figure: amount, after: "" }),
  discount: (/** @type {string} */ tenths, /** @type {number} */ _off) => ({ before: "", figure: tenths, after: "折" }),
  exchange: (/** @type {string} */ amount) => ({ before: "¥", figure: amount, after: "兑换" }),
  exchangeFree: { before: "", figure: "免费", after: "兑换" },
  lineNormal: (/** @type {string} */ amount) => `减${amount}元`,
  lineDiscount: (/** @type {string} */ tenths, /** @type {number} */ _off) => `${tenths}折`,
  lineExchange: (/** @type {string} */ amount) => `${amount}元兑换`,
  lineFree: "免费兑换",

  untilEnd: (/** @type {string} */ end) => `领取后至 ${end} 有效`,
  sameDay: "领取当日有效",
  days: (/** @type {number} */ days) => `领取后 ${days} 天内有效（含当日）`,
  waitDays: (/** @type {number} */ wait, /** @type {number} */ days) => `领取 ${wait} 天后生效，有效 ${days} 天`,
  within: (/** @type {string} */ length) => `领取后 ${length} 内有效`,
  duration: (/** @type {{days: number, hours: number, minutes: number, seconds: number}} */ d) =>
    [
      d.days ? `${d.days} 天` : "",
      d.hours ? `${d.hours} 小时` : "",
      d.minutes ? `${d.minutes} 分钟` : "",
      d.seconds ? `${d.seconds} 秒` : "",
    ]
      .filter(Boolean)
      .join(" "),

  comma: "、",
  everyDay: "每天",
  weekdays: (/** @type {number} */ first, /** @type {number} */ last) =>
    first === last ? `周${DAYS_ZH[first]}` : `周${DAYS_ZH[first]}${last === first + 1 ? "、" : "至"}周${DAYS_ZH[last]}`,
  packageLine: (/** @type {string} */ name, /** @type {number} */ picks, /** @type {number} */ of, /** @type {string} */ list) =>
    picks < of ? `${name}（${of}选${picks}）：${list}` : `${name}：${list}`,
  andMore: (/** @type {number} */ count) => ` 等${count}款`,
  morePackages: (/** @type {number} */ count) => `共 ${count} 组，详见商家页面`,

  roundOf: (/** @type {number} */ round, /** @type {number} */ total) => `第 ${round} 次 / 共 ${total} 次`,
  roundsAll: (/** @type {number} */ total) => `共 ${total} 次优惠`,
  roundsUsed: (/** @type {number} */ total) => `${total} 次优惠已全部使用`,
  roundUsed: (/** @type {number} */ round) => `第 ${round} 次已使用，下一次的券尚未发放`,
  roundNumber: (/** @type {number} */ round) => `第 ${round} 次`,
  roundState: { used: "已用", open: "本次", later: "待解锁" },
  roundNextFrom: (/** @type {string} */ time) => `${time} 起可用`,
  interval: (/** @type {number} */ days) =>
    days === 0 ? "用完一次，即可使用下一次" : days === 1 ? "用完一次，次日可使用下一次" : `用完一次，${days} 天后可使用下一次`,

  claimed: "已领取",
  alreadyClaimed: "你之前已领取这张券",
  state: {
    CONFIRMING: { title: "已领取", detail: () => "商家确认中，确认后即可使用" },
    PENDING: { title: "已领取", detail: (/** @type {string} */ begin) => `${begin} 起可用` },
    EFFECTIVE: {
      title: "已领取",
      detail: (/** @type {string} */ _begin, /** @type {string} */ end) => `${end} 前可用`,
    },
    USED: { title: "已使用", detail: () => "这张券已使用" },
    EXPIRED: {
      title: "已过期",
      detail: (/** @type {string} */ _begin, /** @type {string} */ end) => `这张券已于 ${end} 过期`,
    },
    DEACTIVATED: { title: "已失效", detail: () => "商家已将这张券作废，如有疑问请联系商家" },
    DELETED: { title: "已删除", detail: () => "你已删除这张券" },
  },

  reason: {
    NOTENOUGH: { title: "已领完", detail: "这批优惠券已全部领完" },
    DAYLIMIT: { title: "今日已领完", detail: "今天的优惠券已领完，请明天再来" },
    MAXQUOTA: { title: "已达领取上限", detail: "你领取的数量已达到每人上限" },
    NOTRUNNING: { title: "活动未开始或已结束", detail: "这张券现在不能领取" },
    POOL_EMPTY: { title: "暂时领完了", detail: "券码已发完，商家补充后可再来领取" },
  },
  reasonOther: { title: "暂时无法领取", detail: "请稍后再来看看" },

  problem: {
    missing: { title: "请从商家页面打开", detail: "为保护你的优惠券，链接只在打开时有效一次。请返回商家页面，重新点击领取" },
    expired: { title: "领取链接已过期", detail: "请返回商家页面，重新点击领取" },
    invalid: { title: "领取链接无效", detail: "请返回商家页面，重新点击领取" },
    identity: { title: "无法领取", detail: "这张券发给了另一个账号，请换用当时的账号领取" },
    busy: { title: "操作太频繁", detail: "请稍等片刻再试" },
    server: { title: "系统繁忙", detail: "请稍后重试" },
    network: { title: "网络不给力", detail: "请检查网络后重试" },
    too_old: { title: "微信版本过低", detail: "请升级微信到 8.0.30 或以上版本后领取" },
  },
  retryIsSafe: "暂未收到领取结果，重试不会重复领取",
};

/** @typedef {typeof ZH} Text */

/** @param {number} n @param {string} one */
const many = (n, one) => (n === 1 ? `1 ${one}` : `${n} ${one}s`);

/** @type {Text} */
const EN = {
  lang: "en",
  pageTitle: "Get your coupon",
  loading: "Opening the coupon",
  close: "Close",
  back: "Back to the shop",
  retry: "Try again",
  claim: "Get it now",
  claiming: "Getting it",
  slow: "The network is slow, one moment",
  slowClaim: "The network is slow, please stay on this page",
  use: "Use it",
  gotIt: "Got it",
  chooseProduct: "Choose what to use it for",
  howToUse: "How to use it",
  howToUseProduct: (name) => `Show or select this coupon when you buy “${name}” in the shop or its mini program.`,
  howToUseAny: "Show or select this coupon when you pay in the shop or its mini program.",
  couponCode: "Coupon code",
  barcode: "Barcode of the coupon code",
  qrcode: "QR code of the coupon code",
  showCode: "Show this at the counter",
  secondsLeft: (seconds) => `${many(seconds, "second")} left to get it`,
  offeredBy: (brand) => `Offered by ${brand}`,
  couponPicture: (name) => `Picture of ${name}`,

  validity: "Valid",
  period: "Offer period",
  rounds: "Uses",
  hours: "Hours",
  packages: "Includes",
  goods: "For",
  stores: "Where",
  usage: "How to use",
  originalPrice: "Usually",

  scope: { ALL: "Whole shop", SINGLE: "One product", CATEGORY: "Category" },
  type: { NORMAL: "Money off", DISCOUNT: "Discount", EXCHANGE: "Exchange" },
  noThreshold: "No minimum spend",
  threshold: (amount) => `Spend ¥${amount} or more`,
  normal: (amount) => ({ before: "¥", figure: amount, after: "off" }),
  discount: (_tenths, off) => ({ before: "", figure: String(off), after: "% off" }),
  exchange: (amount) => ({ before: "¥", figure: amount, after: "to exchange" }),
  exchangeFree: { before: "", figure: "Free", after: "exchange" },
  lineNormal: (amount) => `¥${amount} off`,
  lineDiscount: (_tenths, off) => `${off}% off`,
  lineExchange: (amount) => `Exchange for ¥${amount}`,
  lineFree: "Free exchange",

  untilEnd: (end) => `From the claim until ${end}`,
  sameDay: "On the day of the claim",
  days: (days) => `${many(days, "day")}, the day of the claim included`,
  waitDays: (wait, days) => `Starts ${many(wait, "day")} after the claim, for ${many(days, "day")}`,
  within: (length) => `For ${length} after the claim`,
  duration: (d) =>
    [
      d.days ? many(d.days, "day") : "",
      d.hours ? many(d.hours, "hour") : "",
      d.minutes ? many(d.minutes, "minute") : "",
      d.seconds ? many(d.seconds, "second") : "",
    ]
      .filter(Boolean)
      .join(" "),

  comma: ", ",
  everyDay: "Every day",
  weekdays: (first, last) => (first === last ? `${DAYS_EN[first]}` : `${DAYS_EN[first]}–${DAYS_EN[last]}`),
  packageLine: (name, picks, of, list) => (picks < of ? `${name} (${picks} of ${of}): ${list}` : `${name}: ${list}`),
  andMore: (count) => ` and more, ${count} in all`,
  morePackages: (count) => `${count} groups in all, see the shop's page`,

  roundOf: (round, total) => `Use ${round} of ${total}`,
  roundsAll: (total) => `${total} uses`,
  roundsUsed: (total) => `All ${total} uses are spent`,
  roundUsed: (round) => `Use ${round} is done, and the next coupon is not there yet`,
  roundNumber: (round) => `Use ${round}`,
  roundState: { used: "Used", open: "Now", later: "Locked" },
  roundNextFrom: (time) => `From ${time}`,
  interval: (days) =>
    days === 0 ? "The next use opens right after one is spent" : `The next use opens ${many(days, "day")} after one is spent`,

  claimed: "Claimed",
  alreadyClaimed: "You already have this coupon",
  state: {
    CONFIRMING: { title: "Claimed", detail: () => "The shop is confirming it; you can use it right after" },
    PENDING: { title: "Claimed", detail: (begin) => `Usable from ${begin}` },
    EFFECTIVE: { title: "Claimed", detail: (_begin, end) => `Usable until ${end}` },
    USED: { title: "Used", detail: () => "This coupon has been used" },
    EXPIRED: { title: "Expired", detail: (_begin, end) => `This coupon expired on ${end}` },
    DEACTIVATED: { title: "No longer valid", detail: () => "The shop withdrew this coupon; ask there if in doubt" },
    DELETED: { title: "Deleted", detail: () => "You deleted this coupon" },
  },

  reason: {
    NOTENOUGH: { title: "All gone", detail: "Every coupon of this offer has been taken" },
    DAYLIMIT: { title: "All gone for today", detail: "Come back tomorrow" },
    MAXQUOTA: { title: "You have your share", detail: "You already got as many as one person may have" },
    NOTRUNNING: { title: "Not running", detail: "The offer has not begun or is over" },
    POOL_EMPTY: { title: "None left for now", detail: "The shop has to add codes first" },
  },
  reasonOther: { title: "Not available right now", detail: "Please come back later" },

  problem: {
    missing: { title: "Open this page from the shop", detail: "To keep your coupon safe the link works once per opening. Go back to the shop and tap the offer again" },
    expired: { title: "The link has expired", detail: "Go back to the shop and tap the offer again" },
    invalid: { title: "The link is not valid", detail: "Go back to the shop and tap the offer again" },
    identity: { title: "Not for this account", detail: "The coupon was meant for another account; open it with that one" },
    busy: { title: "Too many tries", detail: "Please wait a moment" },
    server: { title: "The service is busy", detail: "Please try again in a moment" },
    network: { title: "No connection", detail: "Check your network and try again" },
    too_old: { title: "WeChat is too old", detail: "Update WeChat to 8.0.30 or newer, then get your coupon" },
  },
  retryIsSafe: "No answer has arrived yet. Trying again will not take a second coupon",
};

/**
 * The words for a language: English only when it is asked for.
 * @param {string | null | undefined} lang as in `?lang=`
 * @returns {Text}
 */
export function textFor(lang) {
  return lang && /^en\b/i.test(lang) ? EN : ZH;
}
