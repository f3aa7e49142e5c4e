"""Goes through a rotation of the platform certificate with the community SDK for Python in certificate mode.

The SDK is given no key of the platform: it downloads the certificates and opens them with its APIv3 key. When an
answer is signed by a certificate it does not have, it downloads once more and verifies again, all by itself. Prints
one line of JSON of what it saw; the exit code is 0 only when everything was as it should be.

Usage: python certificates.py <sandbox.json>
"""

import json
import sys
import urllib.request
import uuid
from pathlib import Path

from callback import PRE_SEND, expect, main, post


def client(sandbox):
    """The SDK in certificate mode. It downloads while it is made, so its one address is replaced before."""
    from wechatpayv3 import WeChatPay, WeChatPayType
    from wechatpayv3.core import Core

    base_url = sandbox["base_url"]
    Core._gate_way = property(lambda _: base_url, lambda _, fixed: None)
    merchant = sandbox["merchant"]
    return WeChatPay(
        wechatpay_type=WeChatPayType.MINIPROG,
        mchid=merchant["mchid"],
        private_key=Path(merchant["private_key_file"]).read_text(),
        cert_serial_no=merchant["serial_no"],
        appid=sandbox["appid"],
        apiv3_key=merchant["apiv3_key"],
        timeout=(5, 10),
    )


def known(wxpay):
    """The serial numbers of the certificates that the SDK has, in order."""
    return sorted(f"{certificate.serial_number:X}" for certificate in wxpay._core._certificates)


def turn(sandbox, step):
    """A step of the rotation; returns the serial number that signs from here on."""
    request = urllib.request.Request(
        f"{sandbox['base_url']}/_quan/platform-certificates/{step}",
        data=b"{}",
        headers={"Authorization": f"Bearer {sandbox['admin_token']}"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)["certificates"]["signing"]


def pre_send(wxpay, sandbox):
    """A signed call whose answer the SDK verifies."""
    body = {
        "stock_id": sandbox["stocks"]["single"],
        "appid": sandbox["appid"],
        "openid": sandbox["openids"][0],
        "send_request_no": f"PY_{uuid.uuid4().hex}",
    }
    expect(post(wxpay, PRE_SEND, body)["token"], "a pre-send gives a token")


def walk(sandbox):
    """Before, during and after a rotation."""
    wxpay = client(sandbox)
    old = sandbox["platform"]["certificate_serial_no"]
    expect(known(wxpay) == [old], f"the first download gave {known(wxpay)}")
    pre_send(wxpay, sandbox)
    expect(turn(sandbox, "rotate") == old, "a new certificate signs too early")
    pre_send(wxpay, sandbox)
    expect(known(wxpay) == [old], "nothing called for a download")
    new = turn(sandbox, "switch")
    pre_send(wxpay, sandbox)
    expect(known(wxpay) == sorted([old, new]), f"during the rotation the SDK has {known(wxpay)}")
    turn(sandbox, "retire")
    pre_send(wxpay, sandbox)
    fresh = client(sandbox)
    pre_send(fresh, sandbox)
    expect(known(fresh) == [new], f"after the rotation the download gives {known(fresh)}")
    return {"old": old, "new": new}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], walk))
