"""Pre-sends, receives the notification of the claim and confirms the coupon, all with the community SDK for Python.

The SDK signs every call, refuses every answer whose signature does not hold, and opens the notification. Prints
one line of JSON of what it saw; the exit code is 0 only when everything was as it should be.

Usage: python callback.py <sandbox.json>
"""

import json
import os
import queue
import sys
import threading
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

NOTIFICATION_SECONDS_MAX = 20
PARTNER = "/v3/marketing/partner/product-coupon"
PRE_SEND = "/v3/marketing/busifavor/product-coupons/pre-send"


class Unexpected(Exception):
    """Something was not as it should be; the message says in words what was seen."""


def expect(truth, seen):
    """Stops the walk with what was seen, unless it was right."""
    if not truth:
        raise Unexpected(seen)


def client(sandbox):
    """The SDK in public-key mode, with its one hard-wired address replaced by the sandbox's."""
    from wechatpayv3 import WeChatPay, WeChatPayType

    merchant, platform = sandbox["merchant"], sandbox["platform"]
    wxpay = WeChatPay(
        wechatpay_type=WeChatPayType.MINIPROG,
        mchid=merchant["mchid"],
        private_key=Path(merchant["private_key_file"]).read_text(),
        cert_serial_no=merchant["serial_no"],
        appid=sandbox["appid"],
        apiv3_key=merchant["apiv3_key"],
        public_key=Path(platform["public_key_file"]).read_text(),
        public_key_id=platform["public_key_id"],
        timeout=(5, 10),
    )
    wxpay._core._gate_way = sandbox["base_url"]
    return wxpay


def post(wxpay, path, body):
    """A signed call. The SDK raises when the answer's signature or its stated type does not hold."""
    from wechatpayv3.type import RequestType

    status, text = wxpay._core.request(path, method=RequestType.POST, data=body)
    expect(status == 200, f"POST {path} was answered with {status}: {text}")
    return json.loads(text)


def claim(base_url, token):
    """What the claim page does when the user presses the button."""
    request = urllib.request.Request(
        f"{base_url}/claim/v1/receive",
        data=json.dumps({"token": token}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def receiver(arrived):
    """An HTTP server on a free port of this machine that puts what is posted to it into `arrived`."""

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            arrived.put((dict(self.headers.items()), body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def notification(wxpay, arrived, event_type):
    """The first notification of the wanted type, verified and opened by the SDK."""
    while True:
        try:
            headers, body = arrived.get(timeout=NOTIFICATION_SECONDS_MAX)
        except queue.Empty:
            raise Unexpected(f"no {event_type} within {NOTIFICATION_SECONDS_MAX} s") from None
        event = wxpay.callback(headers, body)
        expect(event, "the SDK refused the notification")
        if event["event_type"] == event_type:
            return headers, event


def walk(sandbox):
    """All calls in order."""
    wxpay, arrived = client(sandbox), queue.Queue()
    server = receiver(arrived)
    notify_url = f"http://127.0.0.1:{server.server_port}/notify"
    configured = post(wxpay, f"{PARTNER}/notify-configs", {"notify_url": notify_url})
    expect(configured.get("notify_url") == notify_url, f"the notify URL is {configured}")

    number, openid = f"PY_{uuid.uuid4().hex}", sandbox["openids"][0]
    stock_id = sandbox["stocks"]["single"]
    pre_sent = {"stock_id": stock_id, "appid": sandbox["appid"], "openid": openid, "send_request_no": number}
    token = post(wxpay, PRE_SEND, pre_sent)["token"]
    claimed = claim(sandbox["base_url"], token)
    expect(claimed["status"] == "CLAIMED" and claimed["first_time"] is True, f"the claim was answered with {claimed}")

    headers, event = notification(wxpay, arrived, "PRODUCT_COUPON_SP.SEND")
    resource = event["resource"]
    expect(resource["send_request_no"] == number, f"the notification is about {resource}")
    coupon_code = resource["coupon_code"]
    confirm = {
        "brand_id": sandbox["brand"]["brand_id"],
        "product_coupon_id": sandbox["product_coupons"]["single"],
        "stock_id": stock_id,
        "appid": sandbox["appid"],
        "out_request_no": f"PYC_{uuid.uuid4().hex}",
    }
    confirmed = post(wxpay, f"{PARTNER}/users/{openid}/coupons/{coupon_code}/confirm", confirm)
    expect(confirmed["coupon_state"] in ("EFFECTIVE", "PENDING"), f"the confirmed coupon is {confirmed}")
    server.shutdown()
    return {
        "event_type": event["event_type"],
        "serial": headers.get("Wechatpay-Serial"),
        "resource": sorted(resource),
        "coupon_state": confirmed["coupon_state"],
    }


def main(arguments, walk):
    """Runs a walk and tells what was seen."""
    if len(arguments) != 1:
        print(f"usage: python {Path(sys.argv[0]).name} <sandbox.json>", file=sys.stderr)
        return 2
    # A proxy of the machine is not asked for the addresses of the machine itself.
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"
    try:
        seen = walk(json.loads(Path(arguments[0]).read_text()))
    except Exception as error:
        print(json.dumps({"ok": False, "error": f"{type(error).__name__}: {error}"}, ensure_ascii=False))
        return 1
    print(json.dumps({"ok": True, **seen}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], walk))
