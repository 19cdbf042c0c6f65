"""The addresses the local stack listens on: this machine's own, and on request Docker's bridge.

An emulator of Lambda runs code for everyone who reaches it, with the rights of the user who started
it. So the local stack never listens on an address that other machines reach.
"""

import fcntl
import socket
import struct
import subprocess
from ipaddress import ip_address
from typing import Final

from tools.local.process import LOOPBACK, LocalStackError

_BRIDGE_INTERFACE: Final = "docker0"
_SIOCGIFADDR: Final = 0x8915  # netdevice(7): the IPv4 address of an interface, at byte 20
_ADDRESS_BYTES: Final = slice(20, 24)


def listening_addresses(*, containers: bool) -> tuple[str, ...]:
    """Where to listen: 127.0.0.1, and where containers are to reach the stack also the bridge.

    Docker Desktop runs its bridge in a virtual machine and forwards `host.docker.internal` to
    127.0.0.1, so there the one address is enough.

    Raises:
        LocalStackError: Docker does not name its bridge.
    """
    if not containers:
        return (LOOPBACK,)
    bridge = bridge_address()
    if bridge is None:
        raise LocalStackError(
            "Docker does not name the address of its bridge: start Docker, or leave CONTAINERS out."
        )
    return (LOOPBACK, bridge) if _is_of_this_machine(bridge) else (LOOPBACK,)


def check_address(address: str) -> None:
    """Refuse to listen on an address that other machines may reach.

    Raises:
        LocalStackError: it is neither a loopback address nor that of Docker's bridge.
    """
    try:
        parsed = ip_address(address)
    except ValueError as error:
        raise LocalStackError(f"{address} is no IP address.") from error
    if parsed.is_loopback:
        return
    if parsed.is_unspecified or address != bridge_address():
        raise LocalStackError(
            f"The local stack does not listen on {address}: it runs code for whoever reaches it, "
            "so only this machine (127.0.0.1) and its containers (Docker's bridge) may.",
        )


def bridge_address() -> str | None:
    """The IPv4 address of Docker's default bridge on this machine; None if there is none.

    `docker network inspect` leaves the gateway out until the first container ran, while the
    interface has its address already.
    """
    template = "{{range .IPAM.Config}}{{println .Gateway}}{{end}}"
    command = ["docker", "network", "inspect", "bridge", "--format", template]
    try:
        printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    except (FileNotFoundError, subprocess.CalledProcessError):
        return None
    named = [word for word in printed.split() if _is_ipv4(word)]
    return named[0] if named else _interface_address(_BRIDGE_INTERFACE)


def _is_ipv4(word: str) -> bool:
    try:
        return ip_address(word).version == 4  # noqa: PLR2004 - IPv4
    except ValueError:
        return False


def _interface_address(name: str) -> str | None:
    """The IPv4 address of a network interface; None if it has none, or does not exist."""
    request = struct.pack("256s", name.encode())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            found = fcntl.ioctl(probe, _SIOCGIFADDR, request)
        except OSError:
            return None
    return socket.inet_ntoa(found[_ADDRESS_BYTES])


def _is_of_this_machine(address: str) -> bool:
    """Whether a process can listen on the address here."""
    with socket.socket() as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True
