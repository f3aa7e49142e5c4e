/**
 * @file The sample mini program: tells the claim component where the platform is, and takes what it
 * brings back the same way as from the official component.
 */

const { configureClaim } = require("./components/quan-claim/open-claim.js");

App({
  globalData: {
    /** The shop's own server (crates/client/examples/mini_program_server.rs). */
    shop: "http://127.0.0.1:3000",
    /** The last thing the component brought back. @type {unknown} */
    brought: null,
  },

  onLaunch() {
    configureClaim({ server: "http://127.0.0.1:8686" });
  },

  onShow(/** @type {any} */ options) {
    // Back from the claim component, the official one or ours.
    const { scene, referrerInfo } = options || {};
    if (scene !== 1038 || !referrerInfo || referrerInfo.appId !== "wxe2f280194b94c0aa") return;
    this.globalData.brought = referrerInfo.extraData;
  },
});
