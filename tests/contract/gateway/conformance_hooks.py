"""What schemathesis sends where a zip file is asked for."""

import io
import zipfile

import schemathesis
from hypothesis import strategies


def _packed(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("adapter_config.json", content)
    return packed.getvalue()


schemathesis.openapi.media_type("application/zip", strategies.binary().map(_packed) | strategies.binary())
