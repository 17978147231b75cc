"""Carries out all checks, in the order in which they are read. Judges nothing itself."""

import os
from collections.abc import Iterator

from pydantic import ValidationError

from services.cli.client import LoreleiClient
from services.cli.doctor import machine
from services.cli.doctor.check import Check, CheckState
from services.cli.doctor.environment import check_settings
from services.cli.doctor.home import check_home, check_model, check_sentence_encoder
from services.cli.doctor.packages import check_packages, installed_packages, wanted_packages
from services.cli.doctor.running import check_addresses, check_api_key, check_gateway, check_port, check_services
from services.cli.doctor.storage import check_object_store, check_redis, check_redis_program, private_redis_url
from services.cli.doctor.surroundings import Surroundings
from services.cli.errors import WrongUse
from services.cli.settings import CliSettings
from services.common.object_store import ObjectStoreCredentials
from services.embedded.home import Home

_PATIENCE_SECONDS = 5.0
_TORCH = "torch"


def examine(settings: CliSettings) -> list[Check]:
    """Every check of this machine, what is set up on it, and what runs."""
    checks = [check_settings(os.environ)]
    try:
        surroundings = Surroundings()
    except ValidationError:
        # What is wrong was just told; nothing else can be looked for by such settings.
        return checks
    home = Home(surroundings.home)
    base_url, key = settings.base_url(), _key_of(settings)
    with LoreleiClient(base_url, key, settings.user, _PATIENCE_SECONDS, _PATIENCE_SECONDS) as client:
        gateway = check_gateway(client, base_url, is_elsewhere=bool(settings.url))
        is_running = gateway.state is CheckState.OK
        checks += _of_the_machine(surroundings, home, is_running)
        checks += _of_storage(surroundings, home, is_running)
        checks.append(gateway)
        if is_running:
            checks += check_services(client, str(home.logs))
            checks.append(check_api_key(client, key, str(home.api_key)))
        elif not settings.url:
            checks.append(check_port(surroundings.gateway_host, surroundings.gateway_port))
    return [*checks, *check_addresses(surroundings.service_addresses())]


def _key_of(settings: CliSettings) -> str:
    """The API key; empty also where its file cannot be read, because the rest can still be looked at."""
    try:
        return settings.key()
    except WrongUse:
        return ""


def _of_the_machine(surroundings: Surroundings, home: Home, is_running: bool) -> Iterator[Check]:
    wanted = wanted_packages()
    installed = installed_packages(list(wanted))
    gpus = machine.nvidia_gpus()
    yield machine.check_python(machine.python_version())
    yield check_packages(wanted, installed)
    yield machine.check_processor(machine.core_count(), machine.processor_flags(), len(gpus))
    yield machine.check_gpus(gpus, installed.get(_TORCH, ""), surroundings.gpus_per_actor)
    yield machine.check_memory(machine.available_memory(), is_running=is_running)
    yield machine.check_shared_memory(machine.shared_memory_size())
    yield machine.check_disk(machine.free_disk(home.root), home.root)
    yield check_home(home.root)
    yield check_model(surroundings.model, home.default_model)
    yield check_sentence_encoder(surroundings.sentence_encoder_dir or home.sentence_encoder)


def _of_storage(surroundings: Surroundings, home: Home, is_running: bool) -> Iterator[Check]:
    private = private_redis_url(home.redis / "redis.conf") if is_running else None
    given = surroundings.redis_url
    url = given.get_secret_value() if given is not None else private
    yield check_redis(url) if url else check_redis_program()
    access_key, secret_key = surroundings.object_store_access_key, surroundings.object_store_secret_key
    credentials = ObjectStoreCredentials(access_key, secret_key) if access_key else None
    yield check_object_store(surroundings.object_store_url or home.objects.as_uri(), credentials)
