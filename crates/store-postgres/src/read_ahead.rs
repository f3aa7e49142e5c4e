//! What the pre-sends of a batch rest on, read for all of them in one statement, their numbers locked before it.
//!
//! What was read ahead is as old as the beginning of the batch. Numbers are locked, so nobody else can use them meanwhile;
//! what a job of this batch makes of them is told here. Counts are asked softly by a pre-send, and taken by a claim.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use quan_model::ids::RequestNumber;
use quan_store::backend::Job;
use quan_store::foresight::ForeseenPreSend;
use quan_store::parties::own_person;
use quan_store::pre_send::PreSendAsked;
use tokio_postgres::Row;

use crate::connection::Connection;
use crate::failure::{Failure, Kind};
use crate::lock;
use crate::params;

/// Scalar subqueries with a bound each, so that no plan reads a table as a whole for them. $1 caller, $2 number, $3 appid,
/// $4 openid, $5 the person if the pair is not known, $6 stock, $7 day.
const FACTS: &str = "SELECT owner, mapped,
    (SELECT true FROM pre_send WHERE principal = asked.caller AND owner = of_stock.owner
       AND send_request_no = asked.number LIMIT 1),
    coalesce((SELECT sum(issued) FROM stock_counter WHERE stock_id = asked.stock), 0)::bigint,
    coalesce((SELECT sum(issued) FROM stock_day WHERE stock_id = asked.stock AND day = asked.day), 0)::bigint,
    coalesce((SELECT issued FROM stock_person WHERE stock_id = asked.stock AND person_id = coalesce(mapped, own)), 0)
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
       WITH ORDINALITY AS asked (caller, number, appid, openid, own, stock, day, place),
    LATERAL (SELECT (SELECT owner FROM stock WHERE stock_id = asked.stock LIMIT 1) OFFSET 0) AS of_stock (owner),
    LATERAL (SELECT (SELECT person_id FROM person WHERE person.appid = asked.appid AND person.openid = asked.openid
                     LIMIT 1) OFFSET 0) AS who (mapped)
  ORDER BY place";

/// What was read for one number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    foreseen: ForeseenPreSend,
    /// Of the stock; nothing when there is no such stock.
    owner: Option<String>,
    /// The person of the pair, if it is known as one.
    pub(crate) person: Option<String>,
    /// Whether the number was used.
    pub(crate) is_used: bool,
    /// What was issued in all, on the day, to the person.
    pub(crate) counts: (i64, i64, i64),
}

impl Facts {
    fn of(foreseen: ForeseenPreSend, row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            foreseen,
            owner: row.try_get(0)?,
            person: row.try_get(1)?,
            is_used: row.try_get::<_, Option<bool>>(2)?.unwrap_or(false),
            counts: (row.try_get(3)?, row.try_get(4)?, row.try_get(5)?),
        })
    }

    /// Whether it answers what is asked now.
    fn answers(&self, asked: &PreSendAsked<'_>) -> bool {
        let ForeseenPreSend { principal, send_request_no, appid, openid, stock_id, day } = &self.foreseen;
        principal == asked.principal
            && send_request_no == asked.send_request_no
            && appid == asked.appid
            && openid == asked.openid
            && stock_id == asked.stock_id
            && *day == asked.day
            && self.owner.as_deref() == Some(&*asked.owner.to_string())
    }
}

/// What a transaction has read ahead.
#[derive(Default)]
pub(crate) struct ReadAhead {
    facts: RefCell<HashMap<RequestNumber, Facts>>,
    locked: RefCell<HashSet<i64>>,
}

impl ReadAhead {
    /// Locks the numbers of the jobs that foresee a pre-send, and reads what they rest on. `None` when the server could not
    /// carry the statement out, so that the transaction is of no use any more; each job then reads for itself.
    pub(crate) fn read(&self, connection: &Connection, jobs: &[Box<dyn Job>]) -> Result<Option<()>, Failure> {
        let foreseen: Vec<&ForeseenPreSend> = jobs.iter().filter_map(|job| job.foreseen()).collect();
        if foreseen.is_empty() {
            return Ok(Some(()));
        }
        let number = |one: &&ForeseenPreSend| lock::send_number(&one.principal, one.send_request_no.as_str());
        let mut numbers: Vec<i64> = foreseen.iter().map(number).collect();
        // In one order on every node, so that no two batches wait for each other over numbers.
        numbers.sort_unstable();
        numbers.dedup();
        connection.lead(&lock_all(&numbers));
        let rows = match read(connection, &foreseen) {
            Ok(rows) => rows,
            Err(failure) if failure.kind == Kind::Statement => return Ok(None),
            Err(failure) => return Err(failure),
        };
        let facts = foreseen
            .into_iter()
            .zip(&rows)
            .map(|(foreseen, row)| Ok((foreseen.send_request_no.clone(), Facts::of(foreseen.clone(), row)?)));
        *self.facts.borrow_mut() = facts.collect::<Result<_, tokio_postgres::Error>>()?;
        self.locked.borrow_mut().extend(numbers);
        Ok(Some(()))
    }

    /// What was read for this question, once: whoever asks again may have changed it.
    pub(crate) fn take(&self, asked: &PreSendAsked<'_>) -> Option<Facts> {
        let facts = self.facts.borrow_mut().remove(asked.send_request_no)?;
        facts.answers(asked).then_some(facts)
    }

    /// Whether this number of an advisory lock is held already.
    pub(crate) fn has_locked(&self, number: i64) -> bool {
        self.locked.borrow().contains(&number)
    }

    /// To be called when a number is used.
    pub(crate) fn is_used(&self, number: &RequestNumber) {
        self.facts.borrow_mut().remove(number);
    }

    /// To be called before something changes that facts are made of, beside numbers and counts.
    pub(crate) fn forget_facts(&self) {
        self.facts.borrow_mut().clear();
    }

    /// To be called when something is rolled back: locks may be gone with it.
    pub(crate) fn forget(&self) {
        self.forget_facts();
        self.locked.borrow_mut().clear();
    }
}

fn lock_all(numbers: &[i64]) -> String {
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    format!(
        "SELECT count(pg_advisory_xact_lock(number)) FROM unnest('{{{}}}'::bigint[]) AS number",
        numbers.join(",")
    )
}

fn read(connection: &Connection, foreseen: &[&ForeseenPreSend]) -> Result<Vec<Row>, Failure> {
    fn column<'f>(
        foreseen: &[&'f ForeseenPreSend],
        of: impl Fn(&'f ForeseenPreSend) -> &'f str,
    ) -> Vec<&'f str> {
        foreseen.iter().map(|one| of(one)).collect()
    }
    let texts = |of: &dyn Fn(&ForeseenPreSend) -> String| -> Vec<String> {
        foreseen.iter().map(|one| of(one)).collect()
    };
    let values = params![
        texts(&|one| one.principal.to_string()),
        column(foreseen, |one| one.send_request_no.as_str()),
        column(foreseen, |one| one.appid.as_str()),
        column(foreseen, |one| one.openid.as_str()),
        texts(&|one| own_person(&one.appid, &one.openid)),
        column(foreseen, |one| one.stock_id.as_str()),
        texts(&|one| one.day.to_string())
    ];
    connection.rows(None, FACTS, values)
}
