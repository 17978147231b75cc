"""Which addresses count as public, and which texts are addresses at all."""

import pytest

from services.augmenter.fetching.public_addresses import is_public
from services.augmenter.fetching.web_address import parse_web_address
from services.common.errors import InvalidArgument

PRIVATE = """
127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 100.100.100.200 0.0.0.0 224.0.0.1 239.1.1.1
240.0.0.1 255.255.255.255 192.0.0.192 192.0.2.1 198.18.0.1 192.88.99.1 168.63.129.16
:: ::1 fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 fec0::1 ff02::1 ff0e::1 2001:db8::1 2001::1 3fff::1 5f00::1
::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 ::ffff:0:127.0.0.1 ::ffff:0:0:8.8.8.8
2002:7f00:1:: 2002:a9fe:a9fe:: 2002:a00:1::5 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::808:808
localhost example.org 0x7f.1 2130706433
"""
PUBLIC = "8.8.8.8 93.184.216.34 2606:4700::1111 2a00:1450:4001::1 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1"


@pytest.mark.parametrize("address", PRIVATE.split())
def test_private_addresses_and_whatever_is_no_address(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC.split())
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not an address",
        "example.org/page",
        "//example.org/page",
        "ftp://example.org/x",
        "file:///etc/passwd",
        "gopher://example.org/",
        "javascript:alert(1)",
        "http:///page",
        "http://",
        "http://exa mple.org/",
        "http://user@example.org/",
        "http://user:hunter2@example.org/",
        "http://example.org\\@127.0.0.1/",
        "http://example.org:0/",
        "http://example.org:65536/",
        "http://example.org:port/",
        "http://%31.0.0.1/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://0177.0.0.1/",
        "http://①②⑦.0.0.1/",
        "http://example.org/\x00",
        "http://example.org/\r\nHost: other",
        "http://example.org/" + "a" * 5000,
    ],
)
def test_malformed_addresses(text: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        parse_web_address(text)
    assert (caught.value.reason, caught.value.field) == ("URL_MALFORMED", "urls")
    assert "hunter2" not in caught.value.message


def test_refusals_name_the_host_but_no_secrets() -> None:
    with pytest.raises(InvalidArgument, match=r"^example\.org is not") as caught:
        parse_web_address("ftp://example.org/x?token=hunter2")
    assert "hunter2" not in caught.value.message


@pytest.mark.parametrize(
    ("text", "host", "port", "name"),
    [
        ("HTTP://Example.ORG", "example.org", 80, "example.org"),
        (" https://example.org/a/Report%20One.pdf?x=1#top ", "example.org", 443, "Report One.pdf"),
        ("https://bücher.example:8443/ä/", "xn--bcher-kva.example", 8443, "xn--bcher-kva.example"),
        ("http://[2606:4700::1111]:81/x", "2606:4700::1111", 81, "x"),
        ("http://example.org/..%2F..%2Fetc%00", "example.org", 80, "....etc"),
    ],
)
def test_well_formed_addresses(text: str, host: str, port: int, name: str) -> None:
    address = parse_web_address(text)
    assert (address.host, address.port, address.name) == (host, port, name)
    assert "#" not in str(address)
