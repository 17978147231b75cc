"""The operator makes, lists and revokes API keys; a key itself is told once and kept nowhere."""

import httpx

from tests.contract.gateway.conftest import Running


def _with(running: Running, key: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=running.url, headers={"Authorization": f"Bearer {key}"}, timeout=30)


async def test_a_new_tenants_key_acts_for_it_until_it_is_revoked(running: Running) -> None:
    async with running.operator() as operator:
        made = (await operator.post("/v1/operator/keys", json={"tenant": "acme"})).raise_for_status().json()
        async with _with(running, made["key"]) as acme:
            assert (await acme.get("/v1/me")).json()["tenant"] == "acme"
            revoked = await operator.delete(f"/v1/operator/keys/{made['id']}")
            assert revoked.json() == {"id": made["id"], "object": "operator.key", "deleted": True}
            assert (await acme.get("/v1/me")).status_code == 401
        assert (await operator.delete(f"/v1/operator/keys/{made['id']}")).status_code == 404
        tenants = (await operator.get("/v1/operator/tenants", params={"limit": 1000})).json()["data"]
    assert "acme" in [tenant["tenant"] for tenant in tenants]


async def test_keys_are_listed_by_tenant_and_never_told_again(running: Running) -> None:
    async with running.operator() as operator:
        made = [(await operator.post("/v1/operator/keys", json={"tenant": "listed"})).json() for _ in range(2)]
        reply = await operator.get("/v1/operator/keys", params={"tenant": "listed"})
        everybody = (await operator.get("/v1/operator/keys")).json()["data"]
    assert {key["id"] for key in reply.json()["data"]} == {key["id"] for key in made}
    assert {"default", "listed"} <= {key["tenant"] for key in everybody}
    assert all(key["key"] not in reply.text for key in made)


async def test_what_is_done_with_keys_is_in_the_audit_log(running: Running) -> None:
    async with running.operator() as operator:
        made = (await operator.post("/v1/operator/keys", json={"tenant": "noted"})).json()
        await operator.delete(f"/v1/operator/keys/{made['id']}")
        entries = (await operator.get("/v1/audit", params={"limit": 2})).json()["data"]
    assert [(one["kind"], one["tenant"], one["subject"]) for one in entries] == [
        ("key_revoked", "noted", made["id"]),
        ("key_issued", "noted", made["id"]),
    ]


async def test_a_tenant_makes_no_keys_and_a_tenant_needs_a_name(running: Running) -> None:
    async with running.http() as tenant, running.operator() as operator:
        assert (await tenant.post("/v1/operator/keys", json={"tenant": "mine"})).status_code == 403
        refused = await operator.post("/v1/operator/keys", json={"tenant": "no name"})
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "tenant")


async def test_a_key_that_is_registered_again_stays_one_key(running: Running) -> None:
    keys = running.gateway.parts.keys
    for _ in range(2):
        await keys.register("kept-in-a-file", "again")
    assert len(await keys.all("again")) == 1
