"""`lorelei keys`: which tenants there are, by their API keys; for the operator."""

from contextlib import AbstractContextManager
from typing import Annotated

import typer

from services.cli.context import Session, opened, settings_of
from services.cli.showing.tables import keys_table

app = typer.Typer()
keys_app = typer.Typer(help="For the operator: list, make and revoke API keys.", invoke_without_command=True)
app.add_typer(keys_app, name="keys", rich_help_panel="Lorelei itself")


@keys_app.callback()
def list_keys(
    context: typer.Context,
    tenant: Annotated[str | None, typer.Option(help="Only the keys of this tenant.")] = None,
) -> None:
    """List the API keys of all tenants, or do something with one.

    The operator's key is that in LORELEI_OPERATOR_KEY, else the home's.
    """
    if context.invoked_subcommand is None:
        with _as_operator(context) as session:
            body = session.client.keys(tenant)
            session.output.result(body, keys_table(body["data"]) if body["data"] else "There are no keys.")


@keys_app.command()
def add(
    context: typer.Context,
    tenant: Annotated[str, typer.Argument(help="A tenant; one that is new begins to exist.")],
) -> None:
    """Make a key of a tenant, and show it this once."""
    with _as_operator(context) as session:
        body = session.client.add_key(tenant)
        session.output.result(body, body["key"])


@keys_app.command()
def revoke(context: typer.Context, key: Annotated[str, typer.Argument(help="Id of a key, as listed.")]) -> None:
    """Refuse a key from now on; what its tenant's users have stays."""
    with _as_operator(context) as session:
        session.output.result(session.client.revoke_key(key), f"{key} is revoked.")


def _as_operator(context: typer.Context) -> AbstractContextManager[Session]:
    return opened(context, settings_of(context).operators())
