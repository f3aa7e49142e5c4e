"""A server that knows APIv3 and misbehaves on purpose, built on the `cryptography` package alone.

It makes the keys of a merchant and of a platform, verifies the signature of every request with its own few lines,
and answers as the last segment of the path says: `good`, `bad-signature`, `stale`, `closed` and so on. A client must
take none but `good` and the signed refusal for truth.

Usage: python hostile.py <folder for the keys>

Prints one line of JSON with the ports and files. Then each line on standard input is answered with one line of JSON of
what arrived since the last; the end of standard input ends the server.
"""

import base64
import json
import re
import select
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

MCHID, SERIAL_NO = "1900000009", "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"
PUBLIC_KEY_ID = "PUB_KEY_ID_0119000000092025110100000000000001"
SCHEME = "WECHATPAY2-SHA256-RSA2048"
PROBE = "WECHATPAY/SIGNTEST/"
SLOW_SECONDS_MAX = 20
HUGE_BYTES = 5 * 1024 * 1024
GOOD = b'{"token":"T"}'
REFUSED = '{"code":"RESOURCE_NOT_EXISTS","message":"不存在"}'.encode()
FAILED = '{"code":"SYSTEM_ERROR","message":"系统异常，请稍后重试"}'.encode()


class Platform:
    """Keys, and what arrived."""

    def __init__(self):
        self.merchant_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.other_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.arrived, self.lock, self.foreign_port = [], threading.Lock(), 0

    def sign(self, key, timestamp, nonce, body):
        message = f"{timestamp}\n{nonce}\n".encode() + body + b"\n"
        return base64.b64encode(key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()

    def is_signed(self, method, target, authorization, body):
        """Whether the merchant signed exactly what was received."""
        scheme, _, rest = (authorization or "").partition(" ")
        given = dict(re.findall(r'(\w+)="([^"]*)"', rest))
        if scheme != SCHEME or given.get("mchid") != MCHID or given.get("serial_no") != SERIAL_NO:
            return False
        if abs(time.time() - int(given["timestamp"])) > 300:
            return False
        message = f"{method}\n{target}\n{given['timestamp']}\n{given['nonce_str']}\n".encode() + body + b"\n"
        signature = base64.b64decode(given["signature"])
        try:
            self.merchant_key.public_key().verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True

    def headers(self, body, key=None, serial=PUBLIC_KEY_ID, age=0, timestamp=None):
        """The headers of an answer that is signed, well or not so well."""
        timestamp = timestamp or str(int(time.time()) - age)
        nonce = base64.b16encode(int(time.time_ns()).to_bytes(16, "big")).decode()
        return {
            "Wechatpay-Timestamp": timestamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": serial,
            "Wechatpay-Signature": self.sign(key or self.key, timestamp, nonce, body),
            "Wechatpay-Signature-Type": SCHEME,
        }


def misbehave(platform, behaviour):
    """Status, headers and body of an answer; `None` for a behaviour that is no answer."""
    good = platform.headers(GOOD)
    elsewhere = {"Location": f"http://127.0.0.1:{platform.foreign_port}/v3/elsewhere"}
    probe = {**good, "Wechatpay-Signature": PROBE + good["Wechatpay-Signature"][len(PROBE) :]}
    without_nonce = {name: value for name, value in good.items() if name != "Wechatpay-Nonce"}
    return {
        "good": (200, good, GOOD),
        "refused": (404, platform.headers(REFUSED), REFUSED),
        "bad-signature": (200, platform.headers(b"another body"), GOOD),
        "tampered": (200, good, b'{"token":"U"}'),
        "wrong-key": (200, platform.headers(GOOD, key=platform.other_key), GOOD),
        "unknown-serial": (200, platform.headers(GOOD, platform.other_key, "PUB_KEY_ID_OF_NOBODY"), GOOD),
        "stale": (200, platform.headers(GOOD, age=600), GOOD),
        "early": (200, platform.headers(GOOD, age=-600), GOOD),
        "beyond-time": (200, platform.headers(GOOD, timestamp="-9223372036854775808"), GOOD),
        "probe": (200, probe, GOOD),
        "missing-header": (200, without_nonce, GOOD),
        "not-base64": (200, {**good, "Wechatpay-Signature": "*" * 344}, GOOD),
        "unsigned-2xx": (200, {}, GOOD),
        "unsigned-204": (204, {}, b""),
        "unsigned-4xx": (404, {}, REFUSED),
        "unsigned-5xx": (500, {}, FAILED),
        "gateway-page": (502, {"Content-Type": "text/html"}, b"<html><h1>502 Bad Gateway</h1></html>"),
        "forged-4xx": (404, platform.headers(b"another body"), REFUSED),
        "redirect": (302, elsewhere, b""),
        "signed-redirect": (307, {**platform.headers(b""), **elsewhere}, b""),
    }.get(behaviour)


def handler(platform, is_foreign):
    """The handler of one of the two servers."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            authorization = self.headers.get("Authorization")
            is_signed = platform.is_signed(self.command, self.path, authorization, body)
            with platform.lock:
                seen = {"path": self.path, "is_signed": is_signed, "is_foreign": is_foreign}
                platform.arrived.append({**seen, "body": body.decode("utf-8", "replace")})
            self.close_connection = True
            if not is_signed:
                self.answer(401, {}, b'{"code":"SIGN_ERROR","message":"not signed"}')
            else:
                self.behave(self.path.split("?")[0].rsplit("/", 1)[-1])

        do_GET = do_POST

        def behave(self, behaviour):
            answer = misbehave(platform, behaviour)
            if answer:
                self.answer(*answer)
            elif behaviour == "truncated":
                self.answer(200, platform.headers(GOOD), GOOD, sent=len(GOOD) // 2)
            elif behaviour == "slow":
                self.answer(200, platform.headers(GOOD), GOOD, sent=len(GOOD) // 2)
                # The rest never comes; the end of the connection on the other side ends the wait.
                select.select([self.connection], [], [], SLOW_SECONDS_MAX)
            elif behaviour == "silent":
                select.select([self.connection], [], [], SLOW_SECONDS_MAX)
            elif behaviour == "huge":
                body = b'{"token":"' + b"T" * HUGE_BYTES + b'"}'
                self.answer(200, platform.headers(body), body)
            elif behaviour == "no-http":
                self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")
            # `closed`: the request was read, and nothing is answered.

        def answer(self, status, headers, body, sent=None):
            lines = [f"HTTP/1.1 {status} X", "Connection: close"]
            if status != 204:
                lines.append(f"Content-Length: {len(body)}")
            lines += [f"{name}: {value}" for name, value in headers.items()]
            head = "\r\n".join(lines) + "\r\n\r\n"
            try:
                self.wfile.write(head.encode() + (body if sent is None else body[:sent]))
                self.wfile.flush()
            except (BrokenPipeError, ConnectionResetError):
                pass  # A client that has read enough may leave.

        def log_message(self, *_):
            pass

    return Handler


def serve(platform, is_foreign):
    """Starts a server on a free port of this machine and returns the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(platform, is_foreign))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


def main(arguments):
    """Writes the keys, serves, and tells what arrives."""
    if len(arguments) != 1:
        print("usage: python hostile.py <folder for the keys>", file=sys.stderr)
        return 2
    folder, platform = Path(arguments[0]), Platform()
    private = platform.merchant_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = platform.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (folder / "merchant_key.pem").write_bytes(private)
    (folder / "platform_public.pem").write_bytes(public)
    platform.foreign_port = serve(platform, True)
    facts = {"port": serve(platform, False), "mchid": MCHID, "serial_no": SERIAL_NO, "public_key_id": PUBLIC_KEY_ID}
    print(json.dumps(facts), flush=True)
    for _ in sys.stdin:
        with platform.lock:
            arrived, platform.arrived = platform.arrived, []
        print(json.dumps(arrived, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
