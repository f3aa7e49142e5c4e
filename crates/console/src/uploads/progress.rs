//! GET /console/uploads/{upload_id}: how far it is, and the four lists.

use axum::extract::Path;
use axum::response::Response;

use crate::catalogue::stock_address;
use crate::context::Context;
use crate::failure::Failure;
use crate::page;
use crate::uploads::job::{Job, find};
use crate::view::{Bar, Block, Cell, DetailPage, Section, Sections, Table};

pub(crate) async fn page(context: Context, Path(id): Path<String>) -> Result<Response, Failure> {
    let job = find(&context, &id)?;
    let language = context.language;
    let mut page = DetailPage::new(&context, "stocks", language.t("上传券 Code", "Upload of codes"));
    page.crumb = Some((language.t("批次", "Stocks"), "/console/stocks"));
    page.tools = vec![(language.t("回到批次", "Back to the stock").to_owned(), stock_address(&job.stock_id))];
    page.sections = sections(&context, &job);
    page.live = job.state().0.then(|| format!("/console/uploads/{id}/progress"));
    page.render()
}

pub(crate) async fn fragment(context: Context, Path(id): Path<String>) -> Result<Response, Failure> {
    let job = find(&context, &id)?;
    page::render(&Sections { cx: &context, sections: sections(&context, &job) })
}

fn sections(context: &Context, job: &Job) -> Vec<Section> {
    let language = context.language;
    let (is_running, problem) = job.state();
    let (done, all) = (job.done_count() as u64, job.file.codes.len() as u64);
    let mut blocks = vec![Block::Bars(vec![Bar {
        label: language.t("已处理 / 全部", "Done / all"),
        value: done,
        max: all,
        is_limit: false,
    }])];
    let state = match (&problem, is_running) {
        (Some(problem), _) => {
            Block::Note("bad", format!("{} {problem}", language.t("没有全部上传：", "It ended early:")))
        }
        (None, true) => Block::Note(
            "",
            language
                .t(
                    "上传中，可以离开本页。没有启用 JavaScript 时请刷新页面。",
                    "It goes on, also when you leave this page. Without JavaScript reload it.",
                )
                .to_owned(),
        ),
        (None, false) => Block::Note("good", language.t("上传完成。", "It is done.").to_owned()),
    };
    blocks.push(state);
    let [success, failed, already_exist, duplicate] = job.counts();
    let row = |list: &str, words: &'static str, count: usize| {
        let file = format!("/console/uploads/{}/{list}.csv", job.id);
        vec![Cell::text(words), Cell::number(count), Cell::link(language.t("下载 CSV", "Download CSV"), file)]
    };
    let table = Table {
        names: vec![language.t("结果", "Result"), language.t("数量", "Count"), language.t("清单", "List")],
        rows: vec![
            row("success", language.t("成功", "Added"), success),
            row("failed", language.t("失败", "Refused"), failed),
            row("already_exist", language.t("已存在", "Already there"), already_exist),
            row("duplicate", language.t("文件内重复", "Twice in the file"), duplicate),
        ],
        empty: "",
    };
    blocks.push(Block::Table(table));
    vec![Section::new(job.name.as_str(), blocks)]
}
