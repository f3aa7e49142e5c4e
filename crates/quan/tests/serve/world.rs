//! A node in a directory of its own, and who calls it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use quan_client::{Client, Merchant, PublicKey, blocking};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const ADMIN_TOKEN: &str = "an-admin-token-of-many-characters";
pub(crate) const MCHID: &str = "1900000001";
pub(crate) const BRAND_ID: &str = "120344";
pub(crate) const APPID: &str = "wx7c2e91b04d5fa368";
pub(crate) const OPENID: &str = "oServeUser0001AAAAAAAAAAAAAA";
pub(crate) const APIV3_KEY: &str = "0123456789abcdefghijABCDEFGHIJ01";
/// How long a process may take to do what it should.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn quan(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quan"));
    command.args(arguments);
    // What the tests' own environment says must not reach the node.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("QUAN_") {
            command.env_remove(name);
        }
    }
    command
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The standard output of a command that succeeds.
pub(crate) fn succeeds(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// The standard error of a command that is refused.
pub(crate) fn refused(output: &Output) -> String {
    assert!(!output.status.success(), "it should have been refused: {}", text(&output.stdout));
    text(&output.stderr)
}

/// Where a node lives: its database, keys and token, and the keys of a merchant.
pub(crate) struct Place {
    pub(crate) directory: TempDir,
    /// The URL of its database.
    pub(crate) database: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", directory.path().join("quan.db").display());
        let place = Self { directory, database };
        place.write("token", ADMIN_TOKEN);
        for keys in ["keys", "merchant"] {
            succeeds(quan(&["keys", "make"]).arg(place.path(keys)));
        }
        succeeds(quan(&["migrate", "--database", &place.database]).stderr(Stdio::inherit()));
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, contents: &str) -> PathBuf {
        let file = self.path(name);
        std::fs::write(&file, contents).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        file
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// `quan serve` on free ports, with these flags besides.
    pub(crate) fn serve(&self, flags: &[&str]) -> Command {
        let mut command = quan(&["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]);
        command.args(["--database", &self.database, "--unready-seconds", "0"]);
        command.arg("--platform-keys").arg(self.path("keys"));
        command.arg("--admin-token-file").arg(self.path("token"));
        command.args(flags);
        command
    }

    /// A running node, with these flags besides.
    pub(crate) fn start(&self, flags: &[&str]) -> Node {
        let log = tempfile::Builder::new().prefix("log").tempfile_in(self.directory.path()).unwrap();
        let (log, file) = log.keep().unwrap();
        let child = self.serve(flags).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let (public, operator, base_url) = (String::new(), String::new(), String::new());
        // From here on it is killed with the test, also when it says something else.
        let mut node = Node { child, public, operator, base_url, log: file };
        let mut lines = BufReader::new(node.child.stdout.take().unwrap()).lines();
        let mut address = |what: &str| {
            let line = lines.next().and_then(Result::ok).unwrap_or_default();
            let address = line.strip_prefix(what).map(str::to_owned);
            address.unwrap_or_else(|| panic!("{line:?} instead of {what}: {}", node.log()))
        };
        let addresses = (address("listening on "), address("operator on "), address("public url "));
        (node.public, node.operator, node.base_url) = addresses;
        node
    }

    /// The serial number of the merchant's certificate.
    fn serial_no(&self) -> String {
        let pem = self.read("merchant/platform_cert.pem");
        quan_client::Certificate::from_pem(pem).unwrap().serial_no().to_owned()
    }

    /// A declaration of the merchant, a brand that authorises it, and an appid of both.
    pub(crate) fn declaration(&self) -> PathBuf {
        self.write("apiv3_key", APIV3_KEY);
        self.write(
            "parties.toml",
            &format!(
                "[[merchants]]\nmchid = \"{MCHID}\"\nname = \"Merchant\"\napiv3_key_file = \"apiv3_key\"\n\
                 verification_mode = \"PUBLIC_KEY\"\ncertificate_files = [\"merchant/platform_cert.pem\"]\n\n\
                 [[brands]]\nbrand_id = \"{BRAND_ID}\"\nname = \"Brand\"\nauthorised = [\"{MCHID}\"]\n\
                 stores = [\"100064\"]\n\n\
                 [[appids]]\nappid = \"{APPID}\"\nowners = [\"mchid:{MCHID}\", \"brand:{BRAND_ID}\"]\n"
            ),
        )
    }

    /// The merchant's client, before it is built.
    pub(crate) fn merchant(&self, base_url: &str) -> quan_client::Builder {
        let key = self.read("merchant/platform_key.pem");
        let public_key_id = self.read("keys/wechatpay_pub_id");
        Client::builder()
            .merchant(Merchant::new(MCHID, self.serial_no(), &key).unwrap())
            .api_v3_key(APIV3_KEY)
            .unwrap()
            .trust(PublicKey::new(public_key_id.trim(), self.read("keys/wechatpay_pub.pem")).unwrap())
            .base_urls([base_url])
    }
}

/// A running node; it is killed with the test.
pub(crate) struct Node {
    pub(crate) child: Child,
    pub(crate) public: String,
    pub(crate) operator: String,
    pub(crate) base_url: String,
    log: PathBuf,
}

impl Drop for Node {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Node {
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    /// Waits for the end; whether it was a success.
    pub(crate) fn ended(&mut self) -> bool {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.success();
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// `quan parties …` against this node.
    pub(crate) fn parties(&self, place: &Place, arguments: &[&str], file: Option<&Path>) -> Output {
        let mut command = quan(&["parties"]);
        command.args(arguments).args(file).args(["--admin-listen", &self.operator]);
        command.arg("--admin-token-file").arg(place.path("token")).output().unwrap()
    }

    /// Declares everybody and gives the merchant's client.
    pub(crate) fn settled(&self, place: &Place) -> blocking::Client {
        let applied = self.parties(place, &["apply"], Some(&place.declaration()));
        assert!(applied.status.success(), "{}", text(&applied.stderr));
        place.merchant(&self.base_url).build_blocking().unwrap()
    }
}

/// One signed call that succeeds.
pub(crate) fn post(client: &blocking::Client, path: &str, body: &Value) -> Value {
    match client.chain(path).request(http::Method::POST).json(body).send() {
        Ok(reply) => serde_json::from_slice(reply.bytes()).unwrap(),
        Err(error) => panic!("{path}: {error:?}"),
    }
}

/// Seconds since the Unix epoch, by the clock that the node goes by.
#[expect(clippy::disallowed_methods, reason = "the node under test runs by the wall clock")]
pub(crate) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

/// A stock of a new product coupon.
pub(crate) fn stock(client: &blocking::Client) -> String {
    let day = |offset: i64| quan_model::time::Time::from_unix_seconds(now()).start_of_day_after(offset);
    let body = json!({
        "brand_id": BRAND_ID, "out_request_no": "SERVE_COUPON_1", "scope": "ALL", "type": "NORMAL",
        "usage_mode": "SINGLE",
        "single_usage_info": { "normal_coupon": { "threshold": 3000, "discount_amount": 800 } },
        "display_info": { "name": "拿铁满30减8", "image_url": "https://example.com/a.png",
            "background_url": "https://example.com/b.png" },
        "stock": {
            "remark": "serve", "coupon_code_mode": "WECHATPAY",
            "stock_send_rule": { "max_count": 1000, "max_count_per_user": 10 },
            "single_usage_rule": { "coupon_available_period": {
                "available_begin_time": day(0), "available_end_time": day(30).plus_seconds(-1) } },
            "usage_rule_display_info": { "coupon_usage_method_list": ["OFFLINE"],
                "usage_description": "到店出示券码即可使用。",
                "coupon_available_store_info": { "description": "全国直营门店可用" } },
            "coupon_display_info": { "code_display_mode": "QRCODE", "background_color": "Color040" },
            "notify_config": { "notify_appid": APPID },
            "store_scope": "NONE"
        },
    });
    let made = post(client, "v3/marketing/partner/product-coupon/product-coupons", &body);
    made["stock"]["stock_id"].as_str().unwrap().to_owned()
}

/// The body of a pre-send.
pub(crate) fn pre_send(stock_id: &str, number: &str) -> Value {
    json!({ "stock_id": stock_id, "appid": APPID, "openid": OPENID, "send_request_no": number })
}

pub(crate) const PRE_SEND: &str = "v3/marketing/busifavor/product-coupons/pre-send";
