"""Writes the reference of the gRPC calls between the services from the protos and their comments."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet
from grpc_tools import protoc  # type: ignore[import-untyped]  # it ships no types

from scripts.reference.kinds import cell

PROTOS = Path(__file__).parents[2] / "protos"
_HEAD = """# gRPC between the services

Made from `protos/` with its comments. The calls are internal: people and clients use the [HTTP API](http.md).
"""
# What a location's path says in descriptor.proto: file.message_type, file.enum_type, file.service, and their parts.
_MESSAGE, _ENUM, _SERVICE, _PART = 4, 5, 6, 2
_SCALARS = {number: name.removeprefix("TYPE_").lower() for name, number in FieldDescriptorProto.Type.items()}
_REPEATED = FieldDescriptorProto.LABEL_REPEATED


def grpc_api_page() -> str:
    """The page, in Markdown; raises RuntimeError when the protos cannot be compiled."""
    files = _compiled().file
    parts = [_HEAD]
    for file in files:
        parts += [f"## {file.package}", *_file(file, {one.package for one in files})]
    return "\n\n".join(parts) + "\n"


def _compiled() -> FileDescriptorSet:
    names = sorted(str(path.relative_to(PROTOS)) for path in PROTOS.rglob("*.proto"))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "protos.bin"
        arguments = ["protoc", f"-I{PROTOS}", "--include_source_info", f"--descriptor_set_out={out}", *names]
        if protoc.main(arguments) != 0:
            raise RuntimeError("protoc refused the protos; it has said why.")
        return FileDescriptorSet.FromString(out.read_bytes())


def _file(file: FileDescriptorProto, packages: set[str]) -> Iterator[str]:
    said = {tuple(at.path): cell(at.leading_comments) for at in file.source_code_info.location}
    for index, service in enumerate(file.service):
        yield f"### {service.name} {{#{file.package}.{service.name}}}"
        yield said[_SERVICE, index]
        rows = [
            f"| `{call.name}` | {_type(call.input_type, packages)} | {'stream of ' if call.server_streaming else ''}"
            f"{_type(call.output_type, packages)} | {said[_SERVICE, index, _PART, place]} |"
            for place, call in enumerate(service.method)
        ]
        yield "\n".join(["| call | takes | gives | |", "|---|---|---|---|", *rows])
    for index, message in enumerate(file.message_type):
        yield f"#### {message.name} {{#{file.package}.{message.name}}}"
        yield said[_MESSAGE, index]
        if message.field:
            rows = [
                f"| {field.number} | `{field.name}` | {_field(field, packages)} "
                f"| {said[_MESSAGE, index, _PART, place]} |"
                for place, field in enumerate(message.field)
            ]
            yield "\n".join(["| | field | type | |", "|---|---|---|---|", *rows])
    for index, enum in enumerate(file.enum_type):
        yield f"#### {enum.name} {{#{file.package}.{enum.name}}}"
        yield said[_ENUM, index]
        rows = [
            f"| {value.number} | `{value.name}` | {said[_ENUM, index, _PART, place]} |"
            for place, value in enumerate(enum.value)
        ]
        yield "\n".join(["| | value | |", "|---|---|---|", *rows])


def _field(field: Any, packages: set[str]) -> str:
    kind = _type(field.type_name, packages) if field.type_name else _SCALARS[field.type]
    return f"list of {kind}" if field.label == _REPEATED else kind


def _type(full_name: str, packages: set[str]) -> str:
    """The name of a message or enum, linked where it is one of ours."""
    package, _, name = full_name.removeprefix(".").rpartition(".")
    return f"[{name}](#{package}.{name})" if package in packages else f"`{package}.{name}`"
