"""Tells public IP addresses from private ones. Knows nothing of names."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# `is_global` of Python 3.11 lets these through.
_NOT_PUBLIC_V4 = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments, and one cloud's metadata
    IPv4Network("192.88.99.0/24"),  # relays from 6to4
    IPv4Network("168.63.129.16/32"),  # one cloud's own platform, reachable only from inside
)
_PUBLIC_V6 = IPv6Network("2000::/3")
_NOT_PUBLIC_V6 = (
    IPv6Network("2001::/23"),  # protocol assignments, Teredo among them
    IPv6Network("3fff::/20"),  # documentation
)
_SIX_TO_FOUR = IPv6Network("2002::/16")
# A resolver of an IPv6-only network writes public IPv4 addresses like this; the local-use prefix is never public.
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(text: str) -> bool:
    """Whether `text` is an address that anybody on the internet reaches, and that holds no private one inside."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return _is_public_v4(address) if isinstance(address, IPv4Address) else _is_public_v6(address)


def _is_public_v4(address: IPv4Address) -> bool:
    special = address.is_multicast or address.is_reserved or any(address in network for network in _NOT_PUBLIC_V4)
    return address.is_global and not special


def _is_public_v6(address: IPv6Address) -> bool:
    if address.ipv4_mapped is not None:
        return _is_public_v4(address.ipv4_mapped)
    if address in _NAT64:
        return _is_public_v4(IPv4Address(int(address) & 0xFFFFFFFF))
    if address in _SIX_TO_FOUR:
        return _is_public_v4(IPv4Address((int(address) >> 80) & 0xFFFFFFFF))
    special = address.is_multicast or address.is_reserved or any(address in network for network in _NOT_PUBLIC_V6)
    return address.is_global and address in _PUBLIC_V6 and not special
