//! The write lanes' own counters, in the shape that Prometheus reads.

use std::sync::Arc;

use prometheus::proto::{Bucket, Counter, Gauge, Histogram, LabelPair, Metric, MetricFamily, MetricType};
use quan_store::lane::{self, LaneGauge};

/// The families of the lanes, a series for each lane by its number.
pub(super) fn gather(lanes: &[Arc<LaneGauge>]) -> Vec<MetricFamily> {
    let micros = |histogram: &lane::Histogram| shaped(histogram, 1e-6);
    vec![
        family("quan_lane_waiting", "Work in the queue of a lane now", MetricType::GAUGE, lanes, |lane| {
            vec![with_gauge(as_float(lane.waiting()))]
        }),
        family(
            "quan_lane_refused_total",
            "Work that a lane did not do",
            MetricType::COUNTER,
            lanes,
            |lane| {
                vec![
                    labelled(with_counter(lane.refused_full()), "reason", "full"),
                    labelled(with_counter(lane.refused_late()), "reason", "late"),
                ]
            },
        ),
        family(
            "quan_lane_reruns_total",
            "Work run again after a conflict",
            MetricType::COUNTER,
            lanes,
            |lane| vec![with_counter(lane.reruns())],
        ),
        family(
            "quan_lane_failed_batches_total",
            "Batches not committed",
            MetricType::COUNTER,
            lanes,
            |lane| vec![with_counter(lane.failed_commits())],
        ),
        family(
            "quan_lane_batch_jobs",
            "Callers served by one commit",
            MetricType::HISTOGRAM,
            lanes,
            |lane| vec![with_histogram(shaped(lane.batch_sizes(), 1.0))],
        ),
        family(
            "quan_lane_wait_seconds",
            "How long work waited for its lane",
            MetricType::HISTOGRAM,
            lanes,
            |lane| vec![with_histogram(micros(lane.wait_micros()))],
        ),
        family(
            "quan_lane_commit_seconds",
            "From the first statement of a batch until it is durable",
            MetricType::HISTOGRAM,
            lanes,
            |lane| vec![with_histogram(micros(lane.commit_micros()))],
        ),
    ]
}

fn family(
    name: &str,
    help: &str,
    kind: MetricType,
    lanes: &[Arc<LaneGauge>],
    read: impl Fn(&LaneGauge) -> Vec<Metric>,
) -> MetricFamily {
    let series = lanes.iter().enumerate().flat_map(|(number, lane)| {
        read(lane).into_iter().map(move |metric| labelled(metric, "lane", &number.to_string()))
    });
    let mut family = MetricFamily::default();
    family.set_name(name.to_owned());
    family.set_help(help.to_owned());
    family.set_field_type(kind);
    family.set_metric(series.collect());
    family
}

fn labelled(mut metric: Metric, name: &str, value: &str) -> Metric {
    let mut label = LabelPair::default();
    label.set_name(name.to_owned());
    label.set_value(value.to_owned());
    let mut labels = metric.take_label();
    labels.push(label);
    metric.set_label(labels);
    metric
}

fn with_gauge(value: f64) -> Metric {
    let mut gauge = Gauge::default();
    gauge.set_value(value);
    let mut metric = Metric::default();
    metric.set_gauge(gauge);
    metric
}

fn with_counter(value: u64) -> Metric {
    let mut counter = Counter::default();
    counter.set_value(as_float(value));
    let mut metric = Metric::default();
    metric.set_counter(counter);
    metric
}

fn with_histogram(histogram: Histogram) -> Metric {
    let mut metric = Metric::default();
    metric.set_histogram(histogram);
    metric
}

fn shaped(counted: &lane::Histogram, unit: f64) -> Histogram {
    let buckets = counted.cumulative().map(|(bound, count)| {
        let mut bucket = Bucket::default();
        bucket.set_upper_bound(bound.map_or(f64::INFINITY, |bound| as_float(bound) * unit));
        bucket.set_cumulative_count(count);
        bucket
    });
    let mut histogram = Histogram::default();
    histogram.set_bucket(buckets.collect());
    histogram.set_sample_count(counted.count());
    histogram.set_sample_sum(as_float(counted.sum()) * unit);
    histogram
}

#[expect(clippy::cast_precision_loss, reason = "the text format has floats only, exact up to 2 to the 53rd")]
fn as_float(count: u64) -> f64 {
    count as f64
}
