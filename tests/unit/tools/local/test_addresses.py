"""Where the local stack listens: never on an address that another machine reaches."""

import ipaddress
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tools.local import addresses, process
from tools.local.addresses import bridge_address, check_address, listening_addresses
from tools.local.process import LocalStackError

# Which addresses this machine has is found out by binding to them; nothing is connected.
pytestmark = pytest.mark.enable_socket

BRIDGE = "172.17.0.1"
Docker = Callable[[str], None]


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Docker:
    """Puts a `docker` on the PATH that runs a script; without one there is no Docker."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def install(script: str) -> None:
        command = tmp_path / "docker"
        command.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        command.chmod(0o755)

    return install


@given(address=st.ip_addresses())
def test_every_address_but_loopback_and_the_bridge_is_refused(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    assume(not address.is_loopback)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(addresses, "bridge_address", lambda: BRIDGE)
        assume(str(address) != BRIDGE)

        with pytest.raises(LocalStackError, match=r"only this machine \(127\.0\.0\.1\)"):
            check_address(str(address))


@given(address=st.ip_addresses(network="127.0.0.0/8") | st.just(ipaddress.ip_address("::1")))
def test_loopback_is_accepted_without_docker(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(addresses, "bridge_address", lambda: None)

        check_address(str(address))


def test_the_bridge_is_accepted(docker: Docker) -> None:
    docker(f"echo {BRIDGE}")

    check_address(BRIDGE)


@pytest.mark.parametrize("everywhere", ["0.0.0.0", "::"])  # noqa: S104 - refused
def test_a_bridge_that_is_all_interfaces_is_refused(docker: Docker, everywhere: str) -> None:
    docker(f"echo {everywhere}")

    with pytest.raises(LocalStackError, match="does not listen on"):
        check_address(everywhere)


@pytest.mark.parametrize("name", ["localhost", "", "127.1", "0"])
def test_a_name_is_refused_because_it_may_mean_any_address(name: str) -> None:
    with pytest.raises(LocalStackError, match="is no IP address"):
        check_address(name)


def test_the_emulator_itself_refuses_what_others_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    with pytest.raises(LocalStackError, match=r"does not listen on 0\.0\.0\.0"):
        process.start(tmp_path, port, ("127.0.0.1", "0.0.0.0"))  # noqa: S104 - it is refused


def test_without_containers_docker_is_not_asked(docker: Docker, tmp_path: Path) -> None:
    docker(f"echo asked > {tmp_path / 'log'}")

    assert listening_addresses(containers=False) == ("127.0.0.1",)
    assert not (tmp_path / "log").exists()


def test_containers_reach_the_bridge_of_this_machine(docker: Docker) -> None:
    docker("echo fe80::1; echo 127.0.0.9")  # an address every machine has

    assert listening_addresses(containers=True) == ("127.0.0.1", "127.0.0.9")


def test_a_bridge_within_a_virtual_machine_needs_no_address_here(docker: Docker) -> None:
    docker("echo 192.0.2.200")  # RFC 5737: of no machine

    assert listening_addresses(containers=True) == ("127.0.0.1",)


@pytest.mark.parametrize("script", [None, "exit 1"])
def test_without_docker_the_error_names_the_way_out(docker: Docker, script: str | None) -> None:
    if script is not None:
        docker(script)

    with pytest.raises(LocalStackError, match="start Docker"):
        listening_addresses(containers=True)


def test_a_bridge_without_a_gateway_is_found_by_its_interface(
    docker: Docker, monkeypatch: pytest.MonkeyPatch
) -> None:
    docker("echo")
    monkeypatch.setattr(addresses, "_BRIDGE_INTERFACE", "lo")

    assert bridge_address() == "127.0.0.1"


def test_a_bridge_that_is_nowhere_is_none(docker: Docker, monkeypatch: pytest.MonkeyPatch) -> None:
    docker("echo")
    monkeypatch.setattr(addresses, "_BRIDGE_INTERFACE", "nothing0")

    assert bridge_address() is None
