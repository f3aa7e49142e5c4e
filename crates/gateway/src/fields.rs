//! Texts of a request to typed ids, each parsed once, the fault named by its field.

use std::str::FromStr;

use quan_coupon::field;
use quan_coupon::refusal::{Violation, ViolationKind};
use quan_model::ids::{CouponCode, IdError, Openid, ProductCouponCode};

use crate::problem::{Location, Problem};
use crate::refusal::Face;

/// Parses ids of one part of a request.
#[derive(Clone, Copy)]
pub(crate) struct Fields {
    face: Face,
    location: Location,
}

impl Fields {
    pub(crate) fn of_body(face: Face) -> Self {
        Self { face, location: Location::Body }
    }

    pub(crate) fn of_path(face: Face) -> Self {
        Self { face, location: Location::Path }
    }

    pub(crate) fn of_query(face: Face) -> Self {
        Self { face, location: Location::Query }
    }

    /// An id. `name` is the member's name; in a body its pointer is made of it.
    pub(crate) fn id<T: FromStr<Err = IdError>>(self, name: &str, text: &str) -> Result<T, Problem> {
        field::id(self.place(name), text).map_err(|violation| self.problem(violation))
    }

    /// An id that may be absent.
    pub(crate) fn optional<T: FromStr<Err = IdError>>(
        self,
        name: &str,
        text: Option<&str>,
    ) -> Result<Option<T>, Problem> {
        text.map(|text| self.id(name, text)).transpose()
    }

    /// A user. What cannot be an openid at all has the number of an openid that cannot be resolved, which
    /// differs by face (semantics 2.3).
    pub(crate) fn openid(self, text: &str) -> Result<Openid, Problem> {
        let parsed = field::id(self.place("openid"), text);
        parsed.map_err(|violation| Problem::openid(&violation, self.location, self.face))
    }

    /// A coupon code that may be absent, in the form that product coupons take.
    pub(crate) fn optional_code(self, name: &str, text: Option<&str>) -> Result<Option<CouponCode>, Problem> {
        Ok(self.optional::<ProductCouponCode>(name, text)?.map(CouponCode::from))
    }

    /// A text of at most so many characters.
    pub(crate) fn text(self, name: &str, text: &str, chars_max: usize) -> Result<String, Problem> {
        field::at_most(self.place(name), text, chars_max).map_err(|violation| self.problem(violation))?;
        Ok(text.to_owned())
    }

    /// A text that must say something.
    pub(crate) fn filled_text(self, name: &str, text: &str, chars_max: usize) -> Result<String, Problem> {
        field::required(self.place(name), text, chars_max).map_err(|violation| self.problem(violation))?;
        Ok(text.to_owned())
    }

    /// A text of a bounded number of characters, the least and the most.
    pub(crate) fn sized_text(
        self,
        name: &str,
        text: &str,
        (min, max): (usize, usize),
    ) -> Result<String, Problem> {
        field::between(self.place(name), text, min, max).map_err(|violation| self.problem(violation))?;
        Ok(text.to_owned())
    }

    /// The index of a round.
    pub(crate) fn index(self, name: &str, number: Option<i64>) -> Result<Option<u32>, Problem> {
        let parse = |number: i64| {
            u32::try_from(number).map_err(|_| {
                let issue = "应为从0开始的序号".to_owned();
                self.wrong(name, ViolationKind::OutOfRange, issue, Some(&number.to_string()))
            })
        };
        number.map(parse).transpose()
    }

    /// A missing member.
    pub(crate) fn missing(self, name: &str) -> Problem {
        self.wrong(name, ViolationKind::Missing, "缺少必填字段".to_owned(), None)
    }

    /// Any other fault of a member.
    pub(crate) fn wrong(
        self,
        name: &str,
        kind: ViolationKind,
        issue: String,
        value: Option<&str>,
    ) -> Problem {
        let mut violation = Violation::new(self.place(name), kind, issue);
        violation.value = value.map(str::to_owned);
        self.problem(violation)
    }

    fn place(self, name: &str) -> String {
        match self.location {
            Location::Body => format!("/{name}"),
            Location::Path | Location::Query => name.to_owned(),
        }
    }

    fn problem(self, violation: Violation) -> Problem {
        Problem::parameter(violation, self.location, self.face)
    }
}

#[cfg(test)]
mod tests {
    use quan_model::ids::RequestNo;

    use super::*;

    #[test]
    fn the_fault_is_named_by_place_and_number() {
        let body = Fields::of_body(Face::Busifavor);
        for (text, number) in
            [("12345", 268_435_463), (&"x".repeat(41), 268_435_462), ("1234 5", 268_435_461)]
        {
            let problem = body.id::<RequestNo>("send_request_no", text).unwrap_err();
            assert_eq!((problem.code, problem.number), ("PARAM_ERROR", number));
            let detail = problem.detail.unwrap();
            assert_eq!(
                (detail["field"].as_str(), detail["location"].as_str()),
                (Some("/send_request_no"), Some("body"))
            );
        }
        for (face, number) in
            [(Face::Partner, 268_578_526), (Face::Brand, 268_578_532), (Face::Busifavor, 272_756_757)]
        {
            for text in ["", "o user", &"o".repeat(129)] {
                let problem = Fields::of_path(face).openid(text).unwrap_err();
                assert_eq!((problem.code, problem.number), ("PARAM_ERROR", number), "{text}");
                assert_eq!(problem.detail.unwrap()["field"], "openid");
            }
            assert!(Fields::of_path(face).openid(&"o".repeat(128)).is_ok());
        }
        let problem = Fields::of_query(Face::Partner).missing("brand_id");
        assert_eq!(problem.detail.unwrap()["field"], "brand_id");
    }
}
