//! What is written from the list of settings: the example file, the reference pages, and the configuration in force.

use std::fmt::Write;

use clap::ValueEnum;

use crate::configuration::Values;
use crate::configuration::setting::{Presence, Setting};
use crate::configuration::settings::GROUPS;
use crate::configuration::values::Shape;

/// The language of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    En,
    Zh,
}

/// A configuration file with every setting, its meaning and its default; all of them commented out.
pub(crate) fn example() -> String {
    let mut text = String::from(
        "# Configuration of `quan serve`. Every setting can also be given as a QUAN_… variable or as a flag:\n\
         # flags win over variables, variables over this file. Relative file names are taken from where quan is started.\n",
    );
    for group in GROUPS {
        writeln!(text, "\n## {}", group.english).expect("writing to a text never fails");
        for setting in group.settings {
            let what = match setting.presence {
                Presence::Required => "required".to_owned(),
                Presence::Optional => "not set by default".to_owned(),
                Presence::Default(_) => "default".to_owned(),
            };
            let value = match setting.presence {
                Presence::Default(default) => default,
                Presence::Required | Presence::Optional => sample(setting.key),
            };
            write!(
                text,
                "\n# {}\n# Allowed: {}.\n# {} = {}  # {what}\n",
                setting.english,
                (setting.allowed)(Language::En),
                setting.key,
                in_file(setting.shape, value)
            )
            .expect("writing to a text never fails");
            if let Some(key) = setting.file_key() {
                writeln!(text, "# {key} = \"/etc/quan/{}\"  # instead: a file that holds it", setting.key)
                    .expect("writing to a text never fails");
            }
        }
    }
    text
}

/// A value that shows what is meant, where there is no default.
fn sample(key: &str) -> &'static str {
    match key {
        "database" => "sqlite:/var/lib/quan/quan.db",
        "platform_keys" => "/var/lib/quan/keys",
        "public_url" => "https://coupons.example.com",
        "tls_certificate_file" => "/etc/quan/tls/fullchain.pem",
        "tls_key_file" => "/etc/quan/tls/key.pem",
        "node_name" => "node-1",
        "otlp_endpoint" => "http://127.0.0.1:4318",
        _ => "...",
    }
}

fn in_file(shape: Shape, text: &str) -> String {
    match shape {
        Shape::Text | Shape::Secret => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        Shape::Number | Shape::Fraction => text.to_owned(),
        Shape::Switch => (if matches!(text, "on" | "true") { "true" } else { "false" }).to_owned(),
        Shape::List => {
            let items: Vec<String> = text
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(|item| format!("\"{item}\""))
                .collect();
            format!("[{}]", items.join(", "))
        }
    }
}

/// The configuration in force as a file, each value with where it was given; secrets are masked.
pub(crate) fn effective(values: &mut Values) -> String {
    let mut text = String::new();
    for setting in GROUPS.iter().flat_map(|group| group.settings) {
        let given = values.given(setting).ok().flatten();
        match given {
            None => writeln!(text, "# {} is not set", setting.key),
            Some(given) => {
                let value = masked(setting, &given.text);
                writeln!(text, "{} = {}  # {}", setting.key, in_file(setting.shape, &value), given.origin)
            }
        }
        .expect("writing to a text never fails");
    }
    text
}

fn masked(setting: &Setting, text: &str) -> String {
    match (setting.is_secret(), setting.key) {
        (true, "database") => crate::database::masked(text),
        (true, _) => "***".to_owned(),
        (false, _) => text.to_owned(),
    }
}

/// The reference page of the settings.
pub(crate) fn reference(language: Language) -> String {
    let mut text = match language {
        Language::En => "# Configuration\n\n\
            Every setting of `quan serve` (and of `quan migrate` and `quan doctor`) can be given in three ways: in a file (TOML,\n\
            named by `--config` or `QUAN_CONFIG`), as a variable of the environment, or as a flag. Flags win over variables,\n\
            variables over the file, the file over defaults. A key that does not exist or a value that is not allowed stops\n\
            the start with a message that names its line, variable or flag. `quan config example` prints a file with every setting;\n\
            `quan serve --print-config` prints what is in force, with secrets masked. A secret can stand in a file of its own, named by\n\
            `<key>_file`. This page is made from the program: `quan config reference`.\n",
        Language::Zh => "# 配置\n\n\
            `quan serve`（以及`quan migrate`、`quan doctor`）的每项设置都有三种给法：配置文件（TOML，由`--config`或`QUAN_CONFIG`指定）、\n\
            环境变量、命令行参数。优先级：命令行参数 > 环境变量 > 配置文件 > 默认值。不存在的键或不允许的值会使启动失败，\n\
            错误信息指明所在的行、变量或参数。`quan config example`打印含全部设置的配置文件；`quan serve --print-config`打印生效的配置，\n\
            其中密钥被遮盖。密钥可以放在单独的文件里，用`<键>_file`指定。本页由程序生成：`quan config reference --language zh`。\n"
    }
    .to_owned();
    for group in GROUPS {
        let (title, head) = match language {
            Language::En => {
                (group.english, "| Key | Variable, flag | Default | Meaning and what is allowed |")
            }
            Language::Zh => (group.chinese, "| 键 | 环境变量、参数 | 默认值 | 含义与允许的值 |"),
        };
        write!(text, "\n## {title}\n\n{head}\n|---|---|---|---|\n").expect("writing to a text never fails");
        for setting in group.settings {
            row(&mut text, setting, language);
        }
    }
    text
}

fn row(text: &mut String, setting: &Setting, language: Language) {
    let default = match (setting.presence, language) {
        (Presence::Default(""), _) => "`[]`".to_owned(),
        (Presence::Default(default), _) => format!("`{}`", in_file(setting.shape, default).trim_matches('"')),
        (Presence::Required, Language::En) => "required".to_owned(),
        (Presence::Required, Language::Zh) => "必填".to_owned(),
        (Presence::Optional, Language::En) => "none".to_owned(),
        (Presence::Optional, Language::Zh) => "无".to_owned(),
    };
    let meaning = match language {
        Language::En => setting.english,
        Language::Zh => setting.chinese,
    };
    let secret = match (setting.file_key(), language) {
        (None, _) => String::new(),
        (Some(key), Language::En) => format!(" Or `{key}`: a file that holds it."),
        (Some(key), Language::Zh) => format!("或用`{key}`指定存放它的文件。"),
    };
    let allowed = match language {
        Language::En => format!(" Allowed: {}.", (setting.allowed)(language)),
        Language::Zh => format!("允许：{}。", (setting.allowed)(language)),
    };
    let (key, variable, flag) = (setting.key, setting.variable(), setting.flag());
    writeln!(
        text,
        "| `{key}` | `{variable}`, `--{flag}` | {default} | {meaning}{secret}{}|",
        allowed.replace('|', "\\|") + " "
    )
    .expect("writing to a text never fails");
}
