//! What every typed tree is made of: nodes, and the macro that declares them.
//!
//! A node is a borrowed pointer, plus the path variables given so far. Walking allocates nothing until a
//! variable is given. Every call goes through the same draft as `chain`. A declaration says of each node its
//! path, the nodes below it and its verbs with their messages, and nothing twice; tests hold it against the
//! description of the API.

#[macro_use]
mod product_coupon;

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
use crate::upload::Upload;

/// The variables that a walk has collected, in the order of the path.
pub(crate) type Variables = Vec<(&'static str, String)>;

/// What the steps of a walk need of a node.
pub(crate) trait Node<'c, M: Mode>: Sized {
    /// The node, reached with these variables.
    fn at(core: &'c Arc<Core<M>>, variables: Variables) -> Self;

    /// What the next step needs.
    fn parts(self) -> (&'c Arc<Core<M>>, Variables);
}

/// The first node of a tree.
pub(crate) fn root<'c, M: Mode, N: Node<'c, M>>(core: &'c Arc<Core<M>>) -> N {
    N::at(core, Variables::new())
}

/// The variables so far, and one more.
pub(crate) fn with(mut variables: Variables, name: &'static str, value: impl Display) -> Variables {
    variables.push((name, value.to_string()));
    variables
}

/// A call without a body.
pub(crate) fn call<'c, M: Mode, T: FromReply>(
    node: impl Node<'c, M>,
    path: ApiPath,
    method: Method,
) -> Call<M, T> {
    let (core, variables) = node.parts();
    filled(Endpoint::new(core, path.as_str()).request(method).empty().decode(), variables)
}

/// A call with a JSON body.
pub(crate) fn call_with<'c, M: Mode, T: FromReply>(
    node: impl Node<'c, M>,
    path: ApiPath,
    method: Method,
    body: &impl Serialize,
) -> Call<M, T> {
    let (core, variables) = node.parts();
    filled(Endpoint::new(core, path.as_str()).request(method).json(body).decode(), variables)
}

/// An upload.
pub(crate) fn upload<'c, M: Mode, T: FromReply>(
    node: impl Node<'c, M>,
    path: ApiPath,
    file: &Upload,
) -> Call<M, T> {
    let (core, variables) = node.parts();
    filled(Endpoint::new(core, path.as_str()).upload(file).decode(), variables)
}

fn filled<M: Mode, T: FromReply>(call: Call<M, T>, variables: Variables) -> Call<M, T> {
    variables.into_iter().fold(call, |call, (name, value)| call.var(name, value))
}

/// Declares the nodes of a tree, once for each module.
///
/// ```text
/// copy Name("path") { … }        a node before any path variable: `Copy`, can be left with `chain`
/// kept Name("path/{id}") { … }   a node behind one: `Clone`; its `Debug` shows the template, not the values
///
/// child segment() -> Node;       the next segment
/// variable name() -> Node;       the next path variable
/// GET get() -> Answer;           a verb, without a body,
/// GET get(query: Query) -> …;    with a query,
/// POST post(body: Body) -> …;    or with a body
/// UPLOAD upload(file: Upload) -> Answer;
/// ```
macro_rules! nodes {
    ($(
        $(#[$doc:meta])*
        $shape:ident $name:ident($path:expr) {
            $(
                $(#[$step_doc:meta])*
                $kind:ident $method:ident($($argument:ident: $type:ty)?) -> $out:tt;
            )*
        }
    )*) => {
        $(
            $crate::tree::node! { $shape $(#[$doc])* $name, $path }

            impl<'c, M: $crate::mode::Mode> $name<'c, M> {
                $($crate::tree::step! {
                    $(#[$step_doc])* $kind $method($($argument: $type)?) -> $out
                })*
            }
        )*

        /// Every step of this module, for the tests of the trees.
        #[cfg(test)]
        pub(crate) const STEPS: &[$crate::tree::Step] =
            &[$($($crate::tree::row! { $kind $method $path => $out }),*),*];
    };
}

/// Declares the type of a node.
macro_rules! node {
    (copy $(#[$doc:meta])* $name:ident, $path:expr) => {
        $(#[$doc])*
        pub struct $name<'c, M: $crate::mode::Mode>(&'c std::sync::Arc<$crate::protocol::Core<M>>);

        impl<M: $crate::mode::Mode> Clone for $name<'_, M> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<M: $crate::mode::Mode> Copy for $name<'_, M> {}

        impl<'c, M: $crate::mode::Mode> $crate::tree::Node<'c, M> for $name<'c, M> {
            fn at(
                core: &'c std::sync::Arc<$crate::protocol::Core<M>>,
                _none_yet: $crate::tree::Variables,
            ) -> Self {
                Self(core)
            }

            fn parts(self) -> (&'c std::sync::Arc<$crate::protocol::Core<M>>, $crate::tree::Variables) {
                (self.0, $crate::tree::Variables::new())
            }
        }

        impl<M: $crate::mode::Mode> $name<'_, M> {
            /// Leaves the typed tree: any path below this node.
            #[must_use]
            pub fn chain(self, rest: impl AsRef<str>) -> $crate::Endpoint<M> {
                $crate::Endpoint::new(self.0, Self::PATH.as_str()).chain(rest)
            }
        }

        $crate::tree::node! { path $name, $path }
    };
    (kept $(#[$doc:meta])* $name:ident, $path:expr) => {
        $(#[$doc])*
        pub struct $name<'c, M: $crate::mode::Mode> {
            core: &'c std::sync::Arc<$crate::protocol::Core<M>>,
            variables: $crate::tree::Variables,
        }

        impl<M: $crate::mode::Mode> Clone for $name<'_, M> {
            fn clone(&self) -> Self {
                Self { core: self.core, variables: self.variables.clone() }
            }
        }

        impl<'c, M: $crate::mode::Mode> $crate::tree::Node<'c, M> for $name<'c, M> {
            fn at(
                core: &'c std::sync::Arc<$crate::protocol::Core<M>>,
                variables: $crate::tree::Variables,
            ) -> Self {
                Self { core, variables }
            }

            fn parts(self) -> (&'c std::sync::Arc<$crate::protocol::Core<M>>, $crate::tree::Variables) {
                (self.core, self.variables)
            }
        }

        $crate::tree::node! { path $name, $path }
    };
    (path $name:ident, $path:expr) => {
        impl<M: $crate::mode::Mode> std::fmt::Debug for $name<'_, M> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), Self::PATH)
            }
        }

        impl<M: $crate::mode::Mode> $name<'_, M> {
            /// The path of this node, with its variables.
            pub const PATH: $crate::ApiPath = $crate::ApiPath::from_static($path);

            /// The path of this node, with its variables.
            #[must_use]
            pub fn path(&self) -> &'static str {
                Self::PATH.as_str()
            }
        }
    };
}

/// Declares one method of a node.
macro_rules! step {
    (child $method:ident() -> $child:tt) => {
        #[doc = concat!("The next segment: [`", stringify!($child), "`].")]
        #[must_use]
        pub fn $method(self) -> $child<'c, M> {
            let (core, variables) = $crate::tree::Node::parts(self);
            $crate::tree::Node::at(core, variables)
        }
    };
    (variable $method:ident() -> $child:tt) => {
        #[doc = concat!("The next segment, `{", stringify!($method), "}`: [`", stringify!($child), "`].")]
        #[must_use]
        pub fn $method(self, $method: impl std::fmt::Display) -> $child<'c, M> {
            let (core, variables) = $crate::tree::Node::parts(self);
            $crate::tree::Node::at(core, $crate::tree::with(variables, stringify!($method), $method))
        }
    };
    ($(#[$doc:meta])* UPLOAD $method:ident(file: $file:ty) -> $answer:tt) => {
        $(#[$doc])*
        pub fn $method(self, file: &$file) -> $crate::Call<M, $answer> {
            $crate::tree::upload(self, Self::PATH, file)
        }
    };
    ($(#[$doc:meta])* $verb:ident $method:ident() -> $answer:tt) => {
        $(#[$doc])*
        pub fn $method(self) -> $crate::Call<M, $answer> {
            $crate::tree::call(self, Self::PATH, http::Method::$verb)
        }
    };
    ($(#[$doc:meta])* $verb:ident $method:ident(query: $query:ty) -> $answer:tt) => {
        $(#[$doc])*
        pub fn $method(self, query: &$query) -> $crate::Call<M, $answer> {
            $crate::tree::call(self, Self::PATH, http::Method::$verb).query_from(query)
        }
    };
    ($(#[$doc:meta])* $verb:ident $method:ident(body: $body:ty) -> $answer:tt) => {
        $(#[$doc])*
        pub fn $method(self, body: &$body) -> $crate::Call<M, $answer> {
            $crate::tree::call_with(self, Self::PATH, http::Method::$verb, body)
        }
    };
}

/// One step as a row for the tests.
#[cfg(test)]
macro_rules! row {
    (child $method:ident $path:expr => $child:tt) => {
        $crate::tree::Step::Child {
            parent: $path,
            method: stringify!($method),
            path: $child::<'static, $crate::Blocking>::PATH.as_str(),
        }
    };
    (variable $method:ident $path:expr => $child:tt) => {
        $crate::tree::Step::Variable {
            parent: $path,
            name: stringify!($method),
            path: $child::<'static, $crate::Blocking>::PATH.as_str(),
        }
    };
    ($verb:ident $method:ident $path:expr => $answer:tt) => {
        $crate::tree::Step::Verb { path: $path, verb: stringify!($verb) }
    };
}

/// One step of a walk.
#[cfg(test)]
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// To a segment.
    Child { parent: &'static str, method: &'static str, path: &'static str },
    /// To a variable.
    Variable { parent: &'static str, name: &'static str, path: &'static str },
    /// A call.
    Verb { path: &'static str, verb: &'static str },
}

#[cfg(test)]
pub(crate) use row;
pub(crate) use {node, nodes, step};

#[cfg(test)]
mod tests;
