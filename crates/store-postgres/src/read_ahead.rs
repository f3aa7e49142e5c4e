//! What the pre-sends and claims of a batch rest on, read for all of them at once.
//!
//! What was read ahead is as old as the beginning of the batch. Numbers and pre-sends are locked before, so nobody else can
//! use them meanwhile; what a job of this batch makes of them is told here. Counts are asked softly, by pre-sends and claims
//! alike: a claim takes them by a guarded update, which is what grants.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use quan_coupon::stock::Counts;
use quan_model::ids::{Appid, Openid, RequestNumber, StockId};
use quan_store::backend::Job;
use quan_store::foresight::{Foreseen, ForeseenClaim, ForeseenPreSend};
use quan_store::parties::{PersonId, own_person};
use quan_store::pre_send::{PreSendAsked, PreSendId, PreSendRecord};
use tokio_postgres::Row;

use crate::connection::Connection;
use crate::failure::{Failure, Kind};
use crate::{lock, params, pre_send};

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

/// What was issued in all, on the day, to the person. $1 stock, $2 person, $3 day.
const COUNTS: &str = "SELECT
    coalesce((SELECT sum(issued) FROM stock_counter WHERE stock_id = asked.stock), 0)::bigint,
    coalesce((SELECT sum(issued) FROM stock_day WHERE stock_id = asked.stock AND day = asked.day), 0)::bigint,
    coalesce((SELECT issued FROM stock_person WHERE stock_id = asked.stock AND person_id = asked.person), 0)
  FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS asked (stock, person, day, place) ORDER BY place";

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

/// What a transaction has read ahead. Facts, records and counts are given out once: whoever asks again may have changed them.
#[derive(Default)]
pub(crate) struct ReadAhead {
    facts: RefCell<HashMap<RequestNumber, Facts>>,
    /// Numbers of advisory locks.
    locked: RefCell<HashSet<i64>>,
    /// Pre-sends that are to be claimed, locked.
    records: RefCell<HashMap<[u8; 16], PreSendRecord>>,
    /// What was issued of their stocks, on a day, to their persons.
    counts: RefCell<HashMap<(StockId, PersonId), (Date, Counts)>>,
    /// Every openid of their persons, by appid.
    openids: RefCell<HashMap<PersonId, Vec<(String, String)>>>,
}

impl ReadAhead {
    /// Locks what the jobs foresee, and reads what they rest on. `None` when the server could not carry a statement out, so
    /// that the transaction is of no use any more; each job then reads for itself.
    pub(crate) fn read(&self, connection: &Connection, jobs: &[Box<dyn Job>]) -> Result<Option<()>, Failure> {
        let (mut pre_sends, mut claims) = (Vec::new(), Vec::new());
        for foreseen in jobs.iter().filter_map(|job| job.foreseen()) {
            match foreseen {
                Foreseen::PreSend(pre_send) => pre_sends.push(pre_send),
                Foreseen::Claim(claim) => claims.push(claim),
            }
        }
        let read =
            self.read_pre_sends(connection, &pre_sends).and_then(|()| self.read_claims(connection, &claims));
        match read {
            Ok(()) => Ok(Some(())),
            Err(failure) if failure.kind == Kind::Statement => {
                self.forget();
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }

    fn read_pre_sends(&self, connection: &Connection, foreseen: &[&ForeseenPreSend]) -> Result<(), Failure> {
        if foreseen.is_empty() {
            return Ok(());
        }
        let number = |one: &&ForeseenPreSend| lock::send_number(&one.principal, one.send_request_no.as_str());
        let mut numbers: Vec<i64> = foreseen.iter().map(number).collect();
        // In one order on every node, so that no two batches wait for each other over numbers.
        numbers.sort_unstable();
        numbers.dedup();
        connection.lead(&lock_all(&numbers));
        let rows = read(connection, foreseen)?;
        self.locked.borrow_mut().extend(numbers);
        for (foreseen, row) in foreseen.iter().zip(&rows) {
            let facts = Facts::of((*foreseen).clone(), row)?;
            self.facts.borrow_mut().insert(foreseen.send_request_no.clone(), facts);
        }
        Ok(())
    }

    fn read_claims(&self, connection: &Connection, foreseen: &[&ForeseenClaim]) -> Result<(), Failure> {
        if foreseen.is_empty() {
            return Ok(());
        }
        let ids: Vec<&[u8]> = foreseen.iter().map(|claim| claim.id.0.as_slice()).collect();
        let days: HashMap<PreSendId, Date> = foreseen.iter().map(|claim| (claim.id, claim.day)).collect();
        let sql = format!(
            "SELECT {} FROM pre_send WHERE pre_send_id = ANY($1) ORDER BY pre_send_id FOR UPDATE",
            pre_send::COLUMNS
        );
        let rows = connection.rows(None, &sql, params![ids])?;
        // What is no record is read again by its job, which is told.
        let records = rows.iter().filter_map(|row| pre_send::record(pre_send::columns(row).ok()?).ok());
        let records: Vec<PreSendRecord> = records.collect();
        let asked: Vec<(&PreSendRecord, Date)> =
            records.iter().filter_map(|record| Some((record, *days.get(&record.id)?))).collect();
        self.read_counts(connection, &asked)?;
        self.read_openids(connection, &records)?;
        self.records.borrow_mut().extend(records.into_iter().map(|record| (record.id.0, record)));
        Ok(())
    }

    fn read_counts(&self, connection: &Connection, asked: &[(&PreSendRecord, Date)]) -> Result<(), Failure> {
        let stocks: Vec<&str> = asked.iter().map(|(record, _)| record.stock_id.as_str()).collect();
        let persons: Vec<&str> = asked.iter().map(|(record, _)| record.person_id.as_str()).collect();
        let days: Vec<String> = asked.iter().map(|(_, day)| day.to_string()).collect();
        let rows = connection.rows(None, COUNTS, params![stocks, persons, days])?;
        for ((record, day), row) in asked.iter().zip(&rows) {
            let number = |column| Ok::<_, Failure>(u64::try_from(row.try_get::<_, i64>(column)?).ok());
            let (total, today, person) = (number(0)?, number(1)?, number(2)?);
            if let (Some(total), Some(today), Some(person)) = (total, today, person) {
                let key = (record.stock_id.clone(), record.person_id.clone());
                self.counts.borrow_mut().insert(key, (*day, Counts { total, today, person }));
            }
        }
        Ok(())
    }

    fn read_openids(&self, connection: &Connection, records: &[PreSendRecord]) -> Result<(), Failure> {
        let persons: Vec<&str> = records.iter().map(|record| record.person_id.as_str()).collect();
        let sql = "SELECT person_id, appid, openid FROM person WHERE person_id = ANY($1) ORDER BY openid";
        let rows = connection.rows(None, sql, params![persons])?;
        let mut openids = self.openids.borrow_mut();
        openids.extend(records.iter().map(|record| (record.person_id.clone(), Vec::new())));
        for row in &rows {
            let pair = (row.try_get(1)?, row.try_get(2)?);
            openids.entry(row.try_get(0)?).or_default().push(pair);
        }
        Ok(())
    }

    /// What was read for this question of a pre-send.
    pub(crate) fn take(&self, asked: &PreSendAsked<'_>) -> Option<Facts> {
        let facts = self.facts.borrow_mut().remove(asked.send_request_no)?;
        facts.answers(asked).then_some(facts)
    }

    /// A pre-send that is to be claimed.
    pub(crate) fn take_record(&self, id: PreSendId) -> Option<PreSendRecord> {
        self.records.borrow_mut().remove(&id.0)
    }

    /// What was issued of the stock of a claim.
    pub(crate) fn take_counts(&self, stock: &StockId, day: Date, person: &PersonId) -> Option<Counts> {
        if self.counts.borrow().is_empty() {
            return None;
        }
        let (of, counts) = self.counts.borrow_mut().remove(&(stock.clone(), person.clone()))?;
        (of == day).then_some(counts)
    }

    /// The first openid of a person whose openids were read, if it has one there.
    pub(crate) fn openid_of(&self, person: &PersonId, appid: &Appid) -> Option<Option<Openid>> {
        let openids = self.openids.borrow();
        let mut all = openids.get(person)?.iter();
        match all.find(|(of, _)| of == appid.as_str()) {
            None => Some(None),
            Some((_, openid)) => Openid::parse(openid.as_str()).ok().map(Some),
        }
    }

    /// Whether this number of an advisory lock is held already.
    pub(crate) fn has_locked(&self, number: i64) -> bool {
        self.locked.borrow().contains(&number)
    }

    /// To be called when a number is used.
    pub(crate) fn number_is_used(&self, number: &RequestNumber) {
        self.facts.borrow_mut().remove(number);
    }

    /// To be called before a pre-send is changed.
    pub(crate) fn forget_record(&self, id: PreSendId) {
        self.records.borrow_mut().remove(&id.0);
    }

    /// To be called before something changes that is no number, no pre-send and no count.
    pub(crate) fn forget_facts(&self) {
        self.facts.borrow_mut().clear();
        self.counts.borrow_mut().clear();
        self.openids.borrow_mut().clear();
    }

    /// To be called when something is rolled back: locks may be gone with it.
    pub(crate) fn forget(&self) {
        self.forget_facts();
        self.locked.borrow_mut().clear();
        self.records.borrow_mut().clear();
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
