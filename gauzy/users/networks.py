"""From where an API key may come."""

from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address, ip_network


def is_within(address: str, networks: Sequence[str]) -> bool:
    """Tell whether an address is in one of the CIDR blocks; without any, every address is."""
    if not networks:
        return True
    try:
        found = ip_address(address)
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return any((mapped or found) in ip_network(network) for network in networks)
