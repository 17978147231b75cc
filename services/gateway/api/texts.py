"""Refuses text that no service could carry."""

from services.common.errors import InvalidArgument


def check_text(text: str, where: str) -> str:
    """Return `text`, or raise InvalidArgument when it holds half a surrogate pair, which UTF-8 cannot express."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidArgument(f"`{where}` holds characters that are not valid Unicode.", field=where) from error
    return text
