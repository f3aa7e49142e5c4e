//! A value that must not be seen: wiped when it goes, `***` wherever it would be printed.

use std::fmt;

use zeroize::Zeroize;

/// Holds a plaintext: what a sealed field says, a key, a token.
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Takes the value.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// Shows the value. What is copied out of it is not wiped.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize + Clone> Clone for Secret<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Zeroize> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<T: Zeroize> fmt::Display for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn a_secret_is_hidden_and_wiped() {
        static IS_WIPED: AtomicBool = AtomicBool::new(false);
        struct Watched;
        impl Zeroize for Watched {
            fn zeroize(&mut self) {
                IS_WIPED.store(true, Ordering::SeqCst);
            }
        }
        let text = Secret::new("张三".to_owned());
        assert_eq!(format!("{text} {text:?}"), "*** ***");
        assert_eq!(text.clone().expose(), "张三");
        drop(Secret::new(Watched));
        assert!(IS_WIPED.load(Ordering::SeqCst));
    }
}
