"""The whole story of a service provider with the community SDK for Python: create a product coupon, pre-send, claim,
confirm on the notification, use, return and query. The SDK verifies every answer and opens the notification. Prints
one line of JSON of what it saw.

Usage: python partner_story.py <sandbox.json>
"""

import datetime
import json
import queue
import sys
import uuid

from callback import PARTNER, claim, client, expect, main, notification, post, receiver

CHINA = datetime.timezone(datetime.timedelta(hours=8))


def number(kind):
    """A request number that was not used before."""
    return f"PY_{kind}_{uuid.uuid4().hex[:20]}"


def instant(days=0):
    """An instant some days from now, as the API writes it."""
    moment = datetime.datetime.now(CHINA) + datetime.timedelta(days=days)
    return moment.isoformat(timespec="seconds")


def product_coupon(sandbox):
    """满30减8, once, for ninety days."""
    samples = f"{sandbox['base_url']}/_quan/samples"
    return {
        "brand_id": sandbox["brand"]["brand_id"],
        "out_request_no": number("PC"),
        "scope": "ALL",
        "type": "NORMAL",
        "usage_mode": "SINGLE",
        "single_usage_info": {"normal_coupon": {"threshold": 3000, "discount_amount": 800}},
        "display_info": {
            "name": "满30减8",
            "image_url": f"{samples}/coffee.svg",
            "background_url": f"{samples}/background.svg",
        },
        "stock": {
            "coupon_code_mode": "WECHATPAY",
            "stock_send_rule": {"max_count": 100, "max_count_per_user": 5},
            "single_usage_rule": {
                "coupon_available_period": {
                    "available_begin_time": instant(-1),
                    "available_end_time": instant(90),
                }
            },
            "usage_rule_display_info": {
                "coupon_usage_method_list": ["OFFLINE"],
                "usage_description": "到店出示券码即可使用。",
            },
            "coupon_display_info": {"code_display_mode": "BARCODE"},
            "notify_config": {"notify_appid": sandbox["appid"]},
            "store_scope": "NONE",
        },
    }


def get(wxpay, path):
    """A signed query; the SDK raises when the answer's signature does not hold."""
    status, text = wxpay._core.request(path)
    expect(status == 200, f"GET {path} was answered with {status}: {text}")
    return json.loads(text)


def walk(sandbox):
    """All calls in order."""
    wxpay, arrived = client(sandbox), queue.Queue()
    server = receiver(arrived)
    post(wxpay, f"{PARTNER}/notify-configs", {"notify_url": f"http://127.0.0.1:{server.server_port}/notify"})
    brand_id, openid = sandbox["brand"]["brand_id"], sandbox["openids"][1]
    made = post(wxpay, f"{PARTNER}/product-coupons", product_coupon(sandbox))
    ids = {
        "brand_id": brand_id,
        "product_coupon_id": made["product_coupon_id"],
        "stock_id": made["stock"]["stock_id"],
        "appid": sandbox["appid"],
    }
    users = f"{PARTNER}/users/{openid}"
    sent = post(wxpay, f"{users}/pre-send-coupon", {**ids, "send_request_no": number("SEND"), "attach": "python"})
    expect(claim(sandbox["base_url"], sent["token"])["first_time"] is True, "the claim was not the first")
    _, event = notification(wxpay, arrived, "PRODUCT_COUPON_SP.SEND")
    server.shutdown()
    expect(event["resource"]["attach"] == "python", f"the notification is about {event['resource']}")
    one = f"{users}/coupons/{event['resource']['coupon_code']}"
    use = {"use_time": instant(), "associated_order_info": {"transaction_id": "4200000000000000000000000001"}}
    states = []
    for command, body in [("confirm", {}), ("use", use), ("return", {})]:
        states.append(post(wxpay, f"{one}/{command}", {**ids, **body, "out_request_no": number("CMD")})["coupon_state"])
    query = "&".join(f"{name}={value}" for name, value in ids.items())
    queried = get(wxpay, f"{one}?{query}")
    states.append(queried["coupon_state"])
    expect(queried["single_usage_detail"]["return_request_no"], f"the return is not shown: {queried}")
    return {"states": states}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], walk))
