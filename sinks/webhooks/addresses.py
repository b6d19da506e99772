"""Addresses: which of them a webhook may reach. What was checked is connected to, whatever a name says later."""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from typing import Final

from tower.errors import UsageError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], list[str]]
HIDING: Final = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
"""IPv6 that carries an IPv4 address inside, by which a private one could be reached."""


class Forbidden(Exception):
    """The host is at no address that may be reached."""


def networks(said: str) -> tuple[Network, ...]:
    """Networks by comma; raises UsageError.

    >>> networks("10.0.0.0/8,::1/128")
    (IPv4Network('10.0.0.0/8'), IPv6Network('::1/128'))
    """
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in said.split(",") if part.strip())
    except ValueError as cause:
        raise UsageError(f"webhook_networks: {cause}", "TOWER_WEBHOOK_NETWORKS=10.1.0.0/16") from None


def resolved(host: str, port: int) -> list[str]:
    """Every address that a name has."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def reachable(host: str, port: int, allowed: Sequence[Network], resolve: Resolve = resolved) -> list[Address]:
    """The addresses of a host, if every one of them may be reached. Raises Forbidden, OSError if it has none."""
    found = [plain(ipaddress.ip_address(text.partition("%")[0])) for text in resolve(host, port)]
    if not found:
        raise OSError(f"{host} has no address")
    for address in found:
        if not is_open(address, allowed):
            raise Forbidden(f"{host} is at {address}, which no webhook may reach")
    return found


def plain(address: Address) -> Address:
    """The IPv4 address that an IPv6 one is another way of writing."""
    return getattr(address, "ipv4_mapped", None) or address


def is_open(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether it is public, or in a network that is allowed by name."""
    if any(address.version == network.version and address in network for network in allowed):
        return True
    hides = address.version == 6 and any(address in network for network in HIDING)
    return address.is_global and not address.is_multicast and not hides


def is_allowed(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether it is in a network that is allowed by name: there, plain http is the owner's choice."""
    return any(address.version == network.version and address in network for network in allowed)
