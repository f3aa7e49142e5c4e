//! What kind of file bytes are, told by how they begin, and what an endpoint takes.
//!
//! A refusal here saves an upload that the platform would refuse, and keeps a renamed file from being
//! taken for a picture. No file is opened here.

/// Why a file is not uploaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// Larger than the endpoint takes.
    #[error("the file has {bytes} bytes, more than {bytes_max}")]
    TooLarge {
        /// The size, or how much was read before it was given up.
        bytes: usize,
        /// The limit.
        bytes_max: usize,
    },
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// The endpoint takes other kinds.
    #[error("the endpoint takes JPG, BMP and PNG pictures")]
    Kind,
    /// The name says one kind and the bytes another.
    #[error("the file name ends in .{extension}, but the bytes are not of that kind")]
    Extension {
        /// The end of the name.
        extension: String,
    },
    /// The file cannot be read.
    #[error("the file cannot be read")]
    Read(#[source] std::io::Error),
}

/// The kinds that are recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Png,
    Jpeg,
    Bmp,
    Pdf,
    Mp4,
    Other,
}

impl Kind {
    /// By the first bytes.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Self::Png
        } else if bytes.starts_with(b"\xff\xd8\xff") {
            Self::Jpeg
        } else if bytes.starts_with(b"BM") {
            Self::Bmp
        } else if bytes.starts_with(b"%PDF-") {
            Self::Pdf
        } else if bytes.get(4..8) == Some(b"ftyp".as_slice()) {
            Self::Mp4
        } else {
            Self::Other
        }
    }

    /// By the end of a name, when it is one that is recognised.
    fn of_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "png" => Some(Self::Png),
            "jpg" | "jpeg" => Some(Self::Jpeg),
            "bmp" => Some(Self::Bmp),
            "pdf" => Some(Self::Pdf),
            "mp4" => Some(Self::Mp4),
            _ => None,
        }
    }

    /// The media type of the part.
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Bmp => "image/bmp",
            Self::Pdf => "application/pdf",
            Self::Mp4 => "video/mp4",
            Self::Other => "application/octet-stream",
        }
    }

    fn is_picture(self) -> bool {
        match self {
            Self::Png | Self::Jpeg | Self::Bmp => true,
            Self::Pdf | Self::Mp4 | Self::Other => false,
        }
    }
}

/// Checks a file. `picture_bytes_max` is given by endpoints that take pictures of a limited size only.
pub(crate) fn check(name: &str, bytes: &[u8], picture_bytes_max: Option<usize>) -> Result<Kind, MediaError> {
    if bytes.is_empty() {
        return Err(MediaError::Empty);
    }
    let kind = Kind::of(bytes);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let stated = Kind::of_extension(extension);
    if stated.is_some_and(|stated| stated != kind) {
        return Err(MediaError::Extension { extension: extension.to_owned() });
    }
    if let Some(bytes_max) = picture_bytes_max {
        if !kind.is_picture() {
            return Err(MediaError::Kind);
        }
        if stated.is_none() {
            return Err(MediaError::Extension { extension: extension.to_owned() });
        }
        if bytes.len() > bytes_max {
            return Err(MediaError::TooLarge { bytes: bytes.len(), bytes_max });
        }
    }
    Ok(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n....";

    #[test]
    fn name_and_bytes_must_agree() {
        assert_eq!(check("a.png", PNG, Some(12)).unwrap(), Kind::Png);
        assert_eq!(check("a.JPG", b"\xff\xd8\xff\xe0", Some(12)).unwrap(), Kind::Jpeg);
        assert_eq!(check("a.bmp", b"BM......", Some(12)).unwrap(), Kind::Bmp);
        assert!(matches!(check("a.jpg", PNG, None), Err(MediaError::Extension { .. })));
        assert!(matches!(check("a.png", b"<html>", None), Err(MediaError::Extension { .. })));
        assert!(matches!(check("a", PNG, Some(99)), Err(MediaError::Extension { .. })));
        assert!(matches!(check("a.png", b"", None), Err(MediaError::Empty)));
    }

    #[test]
    fn pictures_have_a_size_and_other_endpoints_take_other_files() {
        assert!(matches!(
            check("a.png", PNG, Some(11)),
            Err(MediaError::TooLarge { bytes: 12, bytes_max: 11 })
        ));
        assert!(matches!(check("a.pdf", b"%PDF-1.7", Some(99)), Err(MediaError::Kind)));
        assert_eq!(check("a.pdf", b"%PDF-1.7", None).unwrap().content_type(), "application/pdf");
        assert_eq!(check("a.mp4", b"\0\0\0\x18ftypmp42", None).unwrap(), Kind::Mp4);
        assert_eq!(check("a.csv", b"1,2", None).unwrap().content_type(), "application/octet-stream");
    }
}
