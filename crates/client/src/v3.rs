//! The typed tree of `/v3/…`: `client.v3().marketing().busifavor().product_coupons().pre_send()`.
//!
//! A node is a borrowed pointer, plus the path variables given so far. Walking allocates nothing until
//! a variable is given. Names are the segments in snake_case; a trailing underscore marks words that
//! Rust or the builder needs (`use_`, `return_`). Every call goes through the same draft as `chain`.

mod busifavor;
mod partner;
mod users;

use std::fmt::Display;
use std::sync::Arc;

use http::Method;
use serde::Serialize;

use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::mode::Mode;
use crate::path::ApiPath;
use crate::protocol::Core;
use crate::reply::FromReply;

pub use self::busifavor::{Busifavor, BusifavorProductCoupons, PreSend};
pub use self::partner::{
    NotifyConfigs, Partner, ProductCoupon, ProductCouponId, ProductCoupons, StockId, Stocks,
    UploadCouponCodes,
};
pub use self::users::{Confirm, CouponCode, Coupons, Deactivate, Openid, PreSendCoupon, Return, Use, Users};

/// The variables that a walk has collected, in the order of the path.
type Variables = Vec<(&'static str, String)>;

/// A call of a typed node.
fn call<M: Mode, T: FromReply>(
    core: &Arc<Core<M>>,
    path: ApiPath,
    variables: Variables,
    method: Method,
    body: Option<&impl Serialize>,
) -> Call<M, T> {
    let request = Endpoint::new(core, path.as_str()).request(method);
    let call = match body {
        Some(body) => request.json(body),
        None => request.empty(),
    };
    variables.into_iter().fold(call.decode(), |call, (name, value)| call.var(name, value))
}

/// For calls without a body.
const NO_BODY: Option<&()> = None;

/// Declares a node without path variables: `Copy`, and it can also be left for an untyped path.
macro_rules! node {
    ($(#[$doc:meta])* $name:ident, $path:literal) => {
        $(#[$doc])*
        pub struct $name<'c, M: $crate::mode::Mode>(&'c std::sync::Arc<$crate::protocol::Core<M>>);

        impl<M: $crate::mode::Mode> Clone for $name<'_, M> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<M: $crate::mode::Mode> Copy for $name<'_, M> {}

        impl<M: $crate::mode::Mode> std::fmt::Debug for $name<'_, M> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), Self::PATH)
            }
        }

        impl<'c, M: $crate::mode::Mode> $name<'c, M> {
            /// The path of this node.
            pub const PATH: $crate::ApiPath = $crate::ApiPath::from_static($path);

            pub(super) fn new(core: &'c std::sync::Arc<$crate::protocol::Core<M>>) -> Self {
                Self(core)
            }

            /// The path of this node.
            #[must_use]
            pub fn path(self) -> &'static str {
                Self::PATH.as_str()
            }

            /// Leaves the typed tree: any path below this node.
            #[must_use]
            pub fn chain(self, rest: impl AsRef<str>) -> $crate::Endpoint<M> {
                $crate::Endpoint::new(self.0, $path).chain(rest)
            }
        }
    };
}

/// Declares a node behind a path variable: `Clone`. Its `Debug` shows the template, not the values.
macro_rules! node_with_variables {
    ($(#[$doc:meta])* $name:ident, $path:literal) => {
        $(#[$doc])*
        pub struct $name<'c, M: $crate::mode::Mode> {
            core: &'c std::sync::Arc<$crate::protocol::Core<M>>,
            variables: $crate::v3::Variables,
        }

        impl<M: $crate::mode::Mode> Clone for $name<'_, M> {
            fn clone(&self) -> Self {
                Self { core: self.core, variables: self.variables.clone() }
            }
        }

        impl<M: $crate::mode::Mode> std::fmt::Debug for $name<'_, M> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), Self::PATH)
            }
        }

        impl<'c, M: $crate::mode::Mode> $name<'c, M> {
            /// The template of this node.
            pub const PATH: $crate::ApiPath = $crate::ApiPath::from_static($path);

            pub(super) fn new(
                core: &'c std::sync::Arc<$crate::protocol::Core<M>>,
                variables: $crate::v3::Variables,
            ) -> Self {
                Self { core, variables }
            }

            /// The template of this node.
            #[must_use]
            pub fn path(&self) -> &'static str {
                Self::PATH.as_str()
            }
        }
    };
}

use {node, node_with_variables};

/// The variables so far, and one more.
fn with(mut variables: Variables, name: &'static str, value: impl Display) -> Variables {
    variables.push((name, value.to_string()));
    variables
}

node! {
    /// `v3`.
    V3, "v3"
}

impl<'c, M: Mode> V3<'c, M> {
    /// `v3/marketing`.
    #[must_use]
    pub fn marketing(self) -> Marketing<'c, M> {
        Marketing::new(self.0)
    }
}

node! {
    /// `v3/marketing`.
    Marketing, "v3/marketing"
}

impl<'c, M: Mode> Marketing<'c, M> {
    /// `v3/marketing/busifavor`.
    #[must_use]
    pub fn busifavor(self) -> Busifavor<'c, M> {
        Busifavor::new(self.0)
    }

    /// `v3/marketing/partner`.
    #[must_use]
    pub fn partner(self) -> Partner<'c, M> {
        Partner::new(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mode::Blocking;
    use crate::testing_parts::blocking_client;
    use quan_model::product_coupon::SetNotifyConfigRequest;

    #[test]
    fn a_walk_spells_its_path() {
        let client = blocking_client();
        let product_coupon = client.v3().marketing().partner().product_coupon();
        let coupon = product_coupon.users().openid("oX").coupons().coupon_code("C/1");
        assert_eq!(coupon.path(), "v3/marketing/partner/product-coupon/users/{openid}/coupons/{coupon_code}");
        let confirm = coupon.clone().confirm();
        assert_eq!(confirm.path(), Confirm::<Blocking>::PATH.as_str());
        let target = |call: Call<Blocking, _>| call.prepare().unwrap().request_target;
        let query = quan_model::product_coupon::GetUserCouponQuery {
            brand_id: Some("120344".into()),
            product_coupon_id: "1000000013".into(),
            stock_id: "1000000013001".into(),
            appid: "wx".into(),
        };
        assert_eq!(
            target(coupon.get(&query)),
            "/v3/marketing/partner/product-coupon/users/oX/coupons/C%2F1?brand_id=120344\
             &product_coupon_id=1000000013&stock_id=1000000013001&appid=wx"
        );
    }

    #[test]
    fn every_node_of_the_tree_has_the_segments_of_its_parent() {
        let client = blocking_client();
        let root = client.v3().marketing().partner().product_coupon();
        let stock = root.product_coupons().product_coupon_id("P").stocks().stock_id("S");
        let user = root.users().openid("o");
        let coupon = user.clone().coupons().coupon_code("c");
        for (path, parent) in [
            (root.notify_configs().path(), root.path()),
            (root.product_coupons().path(), root.path()),
            (stock.path(), root.product_coupons().product_coupon_id("P").stocks().path()),
            (stock.clone().upload_coupon_codes().path(), stock.path()),
            (user.path(), root.users().path()),
            (user.clone().pre_send_coupon().path(), user.path()),
            (coupon.clone().use_().path(), coupon.path()),
            (coupon.clone().return_().path(), coupon.path()),
            (coupon.clone().deactivate().path(), coupon.path()),
        ] {
            let rest = path.strip_prefix(parent).and_then(|rest| rest.strip_prefix('/'));
            assert!(rest.is_some_and(|rest| !rest.contains('/')), "{path} below {parent}");
        }
        let body = SetNotifyConfigRequest { notify_url: "https://a.example.com/n".into() };
        assert!(root.notify_configs().post(&body).prepare().is_ok());
        assert!(root.notify_configs().get().prepare().unwrap().body.is_empty());
    }
}
