"""No private address is ever connected to: not at first, not after a redirect, not by a trick with names."""

import datetime
import ipaddress
import ssl
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.augmenter.fetching.connections import open_transport
from tests.unit.augmenter.fetching.fetchers import fetcher_for, refused
from tests.unit.augmenter.fetching.site import Site, answer, redirect, running_site

PUBLIC = "93.184.216.34"
PUBLIC_V6 = "2606:4700::1111"
PAGE = b"<p>Kelp</p>"


class Names:
    """A resolver that gives its answers in turn, the last one for ever, and remembers the questions."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


class Wire(httpx.AsyncBaseTransport):
    """Stands for the internet: notes whom it was asked to connect to, and answers for everybody."""

    def __init__(self, unreachable: Sequence[str] = ()) -> None:
        self._unreachable = unreachable
        self.requests: list[httpx.Request] = []

    @property
    def hosts(self) -> list[str]:
        return [request.url.host for request in self.requests]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.host in self._unreachable:
            raise httpx.ConnectError("no route", request=request)
        if request.url.path == "/robots.txt":
            return httpx.Response(404)
        return httpx.Response(200, headers={"content-type": "text/html"}, stream=httpx.ByteStream(PAGE))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "017700000001",
        "127.1",
        "0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "169.254.169.254",
        "10.0.0.1",
        "100.64.0.1",
        "[fd00:ec2::254]",
    ],
)
async def test_private_hosts_in_every_spelling(host: str, site: Site, tmp_path: Path) -> None:
    fetcher = fetcher_for()
    await refused(fetcher, f"http://{host}:{site.port}/", tmp_path, "URL_PRIVATE")
    assert site.asked == []
    await fetcher.close()


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest/meta-data/", "http://localhost/", "http://[::1]/", "//127.0.0.1:22/"]
)
async def test_redirects_to_private_hosts(target: str, site: Site, tmp_path: Path) -> None:
    site.answers["/page"] = redirect(target)
    fetcher = fetcher_for(site)
    await refused(fetcher, site.url("/page"), tmp_path, "URL_PRIVATE")
    assert site.paths == ["/robots.txt", "/page"]
    await fetcher.close()


async def test_a_redirect_to_a_file_is_no_address(site: Site, tmp_path: Path) -> None:
    site.answers["/page"] = redirect("file:///etc/passwd")
    fetcher = fetcher_for(site)
    await refused(fetcher, site.url("/page"), tmp_path, "URL_MALFORMED")
    assert site.paths == ["/robots.txt", "/page"]
    await fetcher.close()


async def test_a_robots_txt_that_redirects_to_a_private_host(site: Site, tmp_path: Path) -> None:
    site.answers |= {"/robots.txt": redirect("http://169.254.169.254/"), "/page": answer(PAGE)}
    fetcher = fetcher_for(site)
    await refused(fetcher, site.url("/page"), tmp_path, "URL_PRIVATE")
    assert site.paths == ["/robots.txt"]
    await fetcher.close()


async def test_allowed_private_hosts_are_matched_with_their_port(site: Site, tmp_path: Path) -> None:
    async with running_site() as other:
        fetcher = fetcher_for(site)
        await refused(fetcher, other.url(), tmp_path, "URL_PRIVATE")
        await refused(fetcher, f"http://localhost:{site.port}/", tmp_path, "URL_PRIVATE")
        site.answers["/page"] = redirect(other.url())
        await refused(fetcher, site.url("/page"), tmp_path, "URL_PRIVATE")
        assert other.asked == []
        await fetcher.close()


async def test_an_ipv6_host_can_be_allowed(tmp_path: Path) -> None:
    async with running_site(host="::1") as site:
        site.answers["/page"] = answer(PAGE)
        fetcher = fetcher_for(allowed=(f"[::1]:{site.port}",))
        fetched = await fetcher.fetch(f"http://[::1]:{site.port}/page", tmp_path)
        assert fetched.path.read_bytes() == PAGE
        assert site.asked[0].headers["host"] == f"[::1]:{site.port}"
        await fetcher.close()


async def test_connections_go_to_the_address_that_was_checked(tmp_path: Path) -> None:
    names, wire = Names([PUBLIC]), Wire()
    fetcher = fetcher_for(resolve=names, transport=wire)
    fetched = await fetcher.fetch("https://pages.example:8443/kelp", tmp_path)
    assert fetched.url == "https://pages.example:8443/kelp"
    # One for robots.txt and one for the page: each request is resolved once, and nobody else resolves.
    assert names.asked == [("pages.example", 8443)] * 2
    assert wire.hosts == [PUBLIC, PUBLIC]
    for request in wire.requests:
        assert request.url.port == 8443
        assert request.headers["host"] == "pages.example:8443"
        assert request.extensions["sni_hostname"] == "pages.example"


@pytest.mark.parametrize("public_answers", [0, 1])
async def test_a_name_that_changes_to_a_private_address(public_answers: int, tmp_path: Path) -> None:
    names, wire = Names(*[[PUBLIC]] * public_answers, ["127.0.0.1"]), Wire()
    fetcher = fetcher_for(resolve=names, transport=wire)
    await refused(fetcher, "http://rebind.example/", tmp_path, "URL_PRIVATE")
    assert len(names.asked) == public_answers + 1
    assert wire.hosts == [PUBLIC] * public_answers


async def test_a_name_that_changes_after_the_check_changes_nothing(tmp_path: Path) -> None:
    names, wire = Names([PUBLIC], [PUBLIC], ["127.0.0.1"]), Wire()
    fetcher = fetcher_for(resolve=names, transport=wire)
    await fetcher.fetch("http://rebind.example/", tmp_path)
    assert wire.hosts == [PUBLIC, PUBLIC]


@pytest.mark.parametrize("addresses", [[PUBLIC, "127.0.0.1"], ["10.0.0.1", PUBLIC], [PUBLIC, "::1"]])
async def test_one_private_address_refuses_the_host(addresses: list[str], tmp_path: Path) -> None:
    wire = Wire()
    fetcher = fetcher_for(resolve=Names(addresses), transport=wire)
    assert "mixed.example" in await refused(fetcher, "http://mixed.example/", tmp_path, "URL_PRIVATE")
    assert wire.requests == []


async def test_the_next_address_is_tried_where_one_does_not_answer(tmp_path: Path) -> None:
    wire = Wire(unreachable=[PUBLIC_V6])
    fetcher = fetcher_for(resolve=Names([PUBLIC_V6, PUBLIC]), transport=wire)
    await fetcher.fetch("http://pages.example/", tmp_path)
    assert wire.hosts == [PUBLIC_V6, PUBLIC] * 2


async def test_names_that_nobody_knows_are_unreachable(tmp_path: Path) -> None:
    async def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    for resolve in (unknown, Names([])):
        wire = Wire()
        fetcher = fetcher_for(resolve=resolve, transport=wire)
        assert "nobody.example" in await refused(fetcher, "http://nobody.example/", tmp_path, "URL_UNREACHABLE")
        assert wire.requests == []


def certificate_for(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server of that name shows, and a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    names: list[x509.GeneralName] = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.2"))]
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain, private = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(chain, private)
    return server, ssl.create_default_context(cafile=str(chain))


async def test_certificates_are_checked_for_the_name_and_not_for_the_address(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    trusted = tmp_path_factory.mktemp("trusted")
    server, trusting = certificate_for("pages.example", tmp_path_factory.mktemp("tls"))
    async with running_site(server) as site:
        site.answers["/page"] = answer(PAGE)
        good, bad = f"pages.example:{site.port}", f"other.example:{site.port}"
        fetcher = fetcher_for(resolve=Names(["127.0.0.1"]), transport=open_transport(trusting), allowed=(good, bad))
        await fetcher.fetch(f"https://{good}/page", trusted)
        await refused(fetcher, f"https://{bad}/page", tmp_path, "URL_UNREACHABLE")
        await fetcher.close()
        untrusting = fetcher_for(resolve=Names(["127.0.0.1"]), allowed=(good,))
        await refused(untrusting, f"https://{good}/page", tmp_path, "URL_UNREACHABLE")
        await untrusting.close()
        assert {asked.headers["host"] for asked in site.asked} == {good}
