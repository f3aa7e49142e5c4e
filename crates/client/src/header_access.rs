//! Reading headers of any HTTP library, through one small trait.

use http::HeaderMap;

/// Access to the headers of a received message. Implemented for [`http::HeaderMap`] and for slices of
/// name and value; implement it for the map of another framework in a few lines.
pub trait Headers {
    /// Every value of the header, as often as it was sent. Names compare without regard to case.
    fn values<'a>(&'a self, name: &str) -> Vec<&'a [u8]>;
}

impl Headers for HeaderMap {
    fn values<'a>(&'a self, name: &str) -> Vec<&'a [u8]> {
        self.get_all(name).iter().map(http::HeaderValue::as_bytes).collect()
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>> Headers for [(N, V)] {
    fn values<'a>(&'a self, name: &str) -> Vec<&'a [u8]> {
        let same = self.iter().filter(|(candidate, _)| candidate.as_ref().eq_ignore_ascii_case(name));
        same.map(|(_, value)| value.as_ref()).collect()
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>> Headers for Vec<(N, V)> {
    fn values<'a>(&'a self, name: &str) -> Vec<&'a [u8]> {
        self.as_slice().values(name)
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>, const COUNT: usize> Headers for [(N, V); COUNT] {
    fn values<'a>(&'a self, name: &str) -> Vec<&'a [u8]> {
        self.as_slice().values(name)
    }
}

impl<H: Headers + ?Sized> Headers for &H {
    fn values<'a>(&'a self, name: &str) -> Vec<&'a [u8]> {
        (**self).values(name)
    }
}
