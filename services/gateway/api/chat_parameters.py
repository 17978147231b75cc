"""Parameters of a chat completion that have parts of their own: functions, the reply's form, streaming."""

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.common.errors import InvalidArgument
from services.gateway.api.texts import check_text
from services.gateway.functions import Function, FunctionUse

MAX_TOOLS = 128

FunctionName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]

_NO_PARAMETERS = {"type": "object", "properties": {}, "additionalProperties": False}


class StreamOptions(BaseModel):
    """Options of a streamed reply."""

    model_config = ConfigDict(extra="forbid")

    include_usage: bool | None = None


class JsonSchema(BaseModel):
    """A schema that the reply must satisfy; it always does, `strict` or not."""

    model_config = ConfigDict(extra="forbid")

    name: str = ""
    description: str | None = None
    schema_: dict[str, Any] = Field(alias="schema")
    strict: bool | None = None


class ResponseFormat(BaseModel):
    """The form of the reply."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchema | None = None

    def schema_text(self) -> str:
        """The JSON schema to hold the reply to; empty for free text."""
        if self.type == "text":
            return ""
        if self.type == "json_object":
            return '{"type": "object"}'
        if self.json_schema is None:
            raise InvalidArgument("`response_format.json_schema` is missing.", field="response_format.json_schema")
        return json.dumps(self.json_schema.schema_)


class FunctionDefinition(BaseModel):
    """A function that the reply may call; calls always fit `parameters`, `strict` or not."""

    model_config = ConfigDict(extra="forbid")

    name: FunctionName
    description: str | None = None
    parameters: dict[str, Any] | None = Field(default=None, description="JSON schema of an object.")
    strict: bool | None = None

    def function(self, where: str) -> Function:
        """The function; raises InvalidArgument for parameters that are no object."""
        parameters = _NO_PARAMETERS if self.parameters is None else {"type": "object", **self.parameters}
        if parameters["type"] != "object":
            raise InvalidArgument("The parameters of a function must be an object.", field=f"{where}.parameters.type")
        check_text(json.dumps([self.description, parameters], ensure_ascii=False), where)
        return Function(self.name, self.description or "", parameters)


class Tool(BaseModel):
    """Something that the reply may use: a function."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["function"]
    function: FunctionDefinition


class NamedFunction(BaseModel):
    """The name of a function."""

    model_config = ConfigDict(extra="forbid")

    name: FunctionName


class NamedTool(BaseModel):
    """The function that the reply must call."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["function"]
    function: NamedFunction


ToolChoice = Literal["none", "auto", "required"] | NamedTool


class CalledFunction(BaseModel):
    """A function with the arguments of a call, which are JSON."""

    model_config = ConfigDict(extra="forbid")

    name: FunctionName
    arguments: str


class ToolCall(BaseModel):
    """A call in an earlier reply."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1)
    type: Literal["function"]
    function: CalledFunction


def function_use(tools: list[Tool] | None, choice: ToolChoice | None, in_parallel: bool) -> FunctionUse | None:
    """The functions that a reply may or must call, or None; raises InvalidArgument that names what does not fit."""
    functions = [tool.function.function(f"tools[{index}].function") for index, tool in enumerate(tools or ())]
    names = [function.name for function in functions]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise InvalidArgument(f"Two functions are called {name}.", field=f"tools[{index}].function.name")
    if isinstance(choice, NamedTool):
        functions = [function for function in functions if function.name == choice.function.name]
        if not functions:
            raise InvalidArgument(f"`tools` has no function {choice.function.name}.", field="tool_choice")
    elif choice == "required" and not functions:
        raise InvalidArgument("`tool_choice` requires a function, but `tools` has none.", field="tool_choice")
    if not functions or choice == "none":
        return None
    required = choice not in (None, "auto")
    return FunctionUse(tuple(functions), required, single=required or not in_parallel)
