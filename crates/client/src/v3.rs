//! The typed tree of `/v3/…`: `client.v3().marketing().busifavor().product_coupons().pre_send()`.
//!
//! Names are the segments in snake_case; a trailing underscore marks words that Rust or the builder needs
//! (`use_`, `return_`, `send_`). Each node has its `PATH` and the verbs that its path supports.

pub mod busifavor;
pub mod partner;

use quan_model::certificates::{CertificatesResponse, ListCertificatesQuery};

use self::busifavor::Busifavor;
use self::partner::Partner;

crate::tree::nodes! {
    /// `v3`.
    copy V3("v3") {
        child marketing() -> Marketing;
        child certificates() -> Certificates;
    }

    /// `v3/marketing`.
    copy Marketing("v3/marketing") {
        child busifavor() -> Busifavor;
        child partner() -> Partner;
    }

    /// 平台证书.
    copy Certificates("v3/certificates") {
        /// 下载平台证书, each sealed with the APIv3 key. A client with
        /// [`auto_certificates`](crate::Builder::auto_certificates) does this by itself.
        GET get(query: ListCertificatesQuery) -> CertificatesResponse;
    }
}
