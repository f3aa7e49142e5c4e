//! The settings of a production node: this list is the file, the environment, the flags and their reference page.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::cli::NoCertificate;
use crate::configuration::Values;
use crate::configuration::setting::{Group, Presence, Setting, settings};
use crate::configuration::values::{
    FromText, HttpUrl, LogFormat, Networks, Number, Origins, Ratio, Seconds, Secret, Word,
};
use crate::database::DatabaseUrl;

settings! {
    group "Where it listens" "监听" {
        listen: SocketAddr as preset("127.0.0.1:8686"),
            "Address of the public listener: the API, the claim page, /healthz and /readyz. Port 0 takes a free one.",
            "对外监听地址：API、领券页、/healthz、/readyz。端口0表示任取一个空闲端口。";
        admin_listen: SocketAddr as preset("127.0.0.1:8687"),
            "Address of the operator's listener: /metrics, /healthz, /readyz and the /_quan/ calls. Keep it inside.",
            "运维监听地址：/metrics、/healthz、/readyz和/_quan/调用。请勿对公网开放。";
        public_url: HttpUrl as optional,
            "What users and merchants reach the public listener by, such as https://coupons.example.com; it begins the URLs of pictures and claim pages. Without it: the address that is listened on.",
            "用户和商户访问本服务的地址，如https://coupons.example.com；图片和领券页的URL以它开头。缺省为监听地址。";
        tls_certificate_file: PathBuf as optional,
            "Certificate chain in PEM, the server's own first. With it and tls_key_file the public listener speaks TLS; without both it speaks plain HTTP, for a proxy in front. Read again when it changes and on SIGHUP.",
            "PEM证书链，服务器证书在前。与tls_key_file一起设置后对外监听启用TLS；两者都不设则为明文HTTP，由前置代理处理TLS。文件变化或收到SIGHUP时重新读取。";
        tls_key_file: PathBuf as optional,
            "Private key of the certificate in PEM. Only the owner should be able to read it.",
            "证书的PEM私钥。应仅属主可读。";
        trusted_proxies: Networks as preset(""),
            "Addresses or networks of the proxies in front, such as 10.0.0.0/8. Only they are believed when X-Forwarded-For names the client, whose claim calls are limited by address.",
            "前置代理的地址或网段，如10.0.0.0/8。仅信任它们在X-Forwarded-For中给出的客户端地址；领券接口按该地址限频。";
    }
    group "Limits" "限制" {
        connections_max: Number<1, 1_000_000> as preset("10000"),
            "Open connections of the public listener at once; further ones are answered 503 and closed.",
            "对外监听同时打开的连接数；超出的连接得到503并被关闭。";
        header_bytes_max: Number<8192, 1_048_576> as preset("65536"),
            "The largest head of a request, in bytes; a larger one is answered 431.",
            "请求头的最大字节数；超出的请求得到431。";
        body_bytes_max: Number<65_536, 16_777_216> as preset("4194304"),
            "The largest body of a call, in bytes; a larger one is answered 413. Pictures have up to 2 MB.",
            "请求体的最大字节数；超出的请求得到413。图片不超过2 MB。";
        head_seconds: Seconds<1, 600> as preset("10"),
            "Seconds that a TLS handshake or the head of a request may take to arrive; then the connection is closed.",
            "TLS握手或请求头允许的到达时间（秒）；超时即关闭连接。";
        body_seconds: Seconds<1, 600> as preset("10"),
            "Seconds that the body of a request may take to arrive; then it is answered 408.",
            "请求体允许的到达时间（秒）；超时得到408。";
        request_seconds: Seconds<1, 600> as preset("30"),
            "Seconds that an answer may take, the body included; then it is answered 500 SYSTEM_ERROR and may be repeated with the same number.",
            "从收到请求头到应答允许的时间（秒），含请求体；超时得到500 SYSTEM_ERROR，可用原单号重试。";
        idle_seconds: Seconds<1, 3600> as preset("60"),
            "Seconds that a kept connection may stay without a request. Let it be longer than the proxy's.",
            "保持的连接允许空闲的时间（秒）。应长于前置代理的空闲时间。";
        unready_seconds: Seconds<0, 600> as preset("5"),
            "Seconds from SIGTERM, when /readyz turns to 503, until the listener closes: time for the load balancer to see it.",
            "收到SIGTERM后（/readyz变为503）到停止接受连接的时间（秒），供负载均衡摘除节点。";
        drain_seconds: Seconds<1, 600> as preset("30"),
            "Seconds that open requests may go on after the listener is closed.",
            "停止接受连接后，未完成的请求允许继续的时间（秒）。";
    }
    group "What it keeps" "存储" {
        database: DatabaseUrl as required,
            "sqlite:<file> for one node, postgres://user:password@host:5432/name for one or many.",
            "sqlite:<文件>用于单节点；postgres://用户:密码@主机:5432/库名用于单节点或多节点。";
        lanes: Number<1, 64> as preset("4"),
            "Write lanes of this node, each a thread and a connection that commits. SQLite has one writer and one lane whatever this is.",
            "本节点的写入通道数，每个通道是一个线程和一个提交事务的数据库连接。SQLite只有一个写入者，恒为一个通道。";
        migrate: bool as preset("off"),
            "Bring an older schema up to date at the start instead of refusing. With many nodes run `quan migrate` instead.",
            "启动时升级旧的表结构，而不是拒绝启动。多节点时请改用`quan migrate`。";
        platform_keys: PathBuf as required,
            "Directory of the platform's own keys, made once by `quan keys make` and shared by all nodes. Read again when it changes.",
            "平台自身密钥所在目录，由`quan keys make`生成一次，所有节点共用。变化时重新读取。";
        node_name: Word as optional,
            "Name of this node in leases and traces; without it a random one.",
            "本节点在租约和链路追踪中的名称；缺省为随机名。";
        clock_behind_seconds_max: Seconds<0, 86_400> as preset("60"),
            "How far the machine's clock may be behind the newest entry of the database at the start, in seconds; further, and the node refuses to start.",
            "启动时机器时钟允许落后于数据库最新记录的秒数；超过则拒绝启动。";
    }
    group "Policies" "策略" {
        admin_token: Secret as optional,
            "Token of the /_quan/ calls, at least 20 characters. Without it they are off.",
            "/_quan/调用的令牌，至少20个字符。不设则关闭这些调用。";
        rate_limits: bool as preset("on"),
            "Whether calls per second and caller are limited as documented. Each node counts for itself.",
            "是否按文档限制每个调用方的每秒调用次数。各节点分别计数。";
        probe_ratio: Ratio as preset("0.001"),
            "Share of notifications, 0 to 1, that are first sent with a signature that is wrong on purpose (签名探测流量).",
            "先以错误签名发送一次的通知占比（签名探测流量），0到1。";
        answer_probe_ratio: Ratio as preset("0"),
            "Share of answers, 0 to 1, whose signature is wrong on purpose.",
            "故意以错误签名应答的占比，0到1。";
        private_receivers: bool as preset("off"),
            "Whether notifications may go to private addresses and over plain HTTP. Off: https only, and a name that resolves to a private address is refused.",
            "通知是否可以发往内网地址和明文HTTP。off：仅https，且域名解析到内网地址时拒绝发送。";
        claim_origins: Origins as preset(""),
            "Origins that the claim page may return to, that may frame it, and whose pages may hold the element quan-claim, such as https://shop.example.com.",
            "领券页可以返回、可以内嵌领券页、其网页可以使用quan-claim元素的来源，如https://shop.example.com。";
        no_certificate_code: NoCertificate as preset("RESOURCE_NOT_EXISTS"),
            "What GET /v3/certificates tells a merchant that has no platform certificate.",
            "商户没有平台证书时GET /v3/certificates返回的错误码。";
        notify_use_return: bool as preset("off"),
            "Whether uses and returns are notified too; the official documentation lists no such notification.",
            "核销和退券是否也发通知；官方文档没有这类通知。";
        require_store: bool as preset("off"),
            "Whether a use on a stock of specific stores must name a store.",
            "指定门店的批次核销时是否必须传门店。";
        show_coupon_code: bool as preset("on"),
            "Whether the claim page may show the coupon code.",
            "领券页是否可以展示券码。";
    }
    group "Logs and traces" "日志与链路追踪" {
        log: Word as preset("info"),
            "What is logged: error, warn, info, debug or trace, also by module as in quan_notify=debug,info.",
            "日志级别：error、warn、info、debug、trace，也可按模块设置，如quan_notify=debug,info。";
        log_format: LogFormat as preset("text"),
            "Lines for people, or one JSON object per line.",
            "text供人阅读；json每行一个JSON对象。";
        otlp_endpoint: HttpUrl as optional,
            "Where traces are sent by OTLP over HTTP, such as http://127.0.0.1:4318; /v1/traces is added. Without it there are none.",
            "以OTLP over HTTP发送链路追踪的地址，如http://127.0.0.1:4318，自动追加/v1/traces。不设则不发送。";
        trace_ratio: Ratio as preset("1"),
            "Share of requests that are traced, 0 to 1; a caller's own decision (traceparent) is kept.",
            "追踪的请求占比，0到1；调用方已在traceparent中决定的以其为准。";
    }
}
