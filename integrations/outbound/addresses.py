"""Where webhooks may go: the public internet, and the hosts that the setting `WEBHOOK_ALLOWED_HOSTS` names.

Names are resolved by us, at each attempt; what is checked is what is connected to, so that no second look-up can give
another answer.
"""

import ipaddress
import re
import socket
from collections.abc import Collection, Iterator

import httpx

from integrations.exceptions import AddressRefused, NotDelivered

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_HOST = re.compile(r"[A-Za-z0-9._:-]+")
_LONGEST = 500  # characters


def check_url(url: str, *, allowed: Collection[str]) -> str:
    """Return the address in its plain form; raise `AddressRefused` for one that can never be right."""
    try:
        parsed = httpx.URL(url.strip())
    except httpx.InvalidURL as error:
        raise AddressRefused(fields={"url": [AddressRefused.message]}) from error
    has_place = _HOST.fullmatch(parsed.raw_host.decode()) and 0 < (parsed.port or 443) < 65_536
    schemes = {"https", "http"} if is_named(parsed, allowed) else {"https"}
    is_plain = parsed.scheme in schemes and has_place and not parsed.userinfo and not parsed.fragment
    if not is_plain or len(str(parsed)) > _LONGEST or _is_hidden_literal(parsed, allowed):
        raise AddressRefused(fields={"url": [AddressRefused.message]})
    return str(parsed)


def is_named(url: httpx.URL, allowed: Collection[str]) -> bool:
    """Tell whether the setting names the host, alone or with this port."""
    return url.host in allowed or f"{url.host}:{url.port}" in allowed


def resolve(host: str, port: int, *, trusted: bool) -> list[str]:
    """Return the addresses of a host; raise `NotDelivered` if there is none, or one that is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotDelivered("The host's name cannot be resolved.") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not trusted and not all(is_public(ipaddress.ip_address(address)) for address in addresses):
        raise NotDelivered("The host's address is not on the public internet.")
    return addresses


def is_public(address: IPAddress) -> bool:
    """Tell whether an address, and whatever IPv4 address is wrapped in it, is on the public internet."""
    return all(one.is_global and not one.is_multicast and not one.is_reserved for one in _layers(address))


def _layers(address: IPAddress) -> Iterator[IPAddress]:
    if isinstance(address, ipaddress.IPv4Address):
        yield address
        return
    inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    if address in _NAT64:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if inner:
        yield inner
    if not (address.ipv4_mapped or address in _NAT64):
        yield address


def _is_hidden_literal(url: httpx.URL, allowed: Collection[str]) -> bool:
    try:
        address = ipaddress.ip_address(url.host)
    except ValueError:
        return False
    return not is_public(address) and not is_named(url, allowed)
