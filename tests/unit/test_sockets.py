"""Tests in process speak to nothing outside the process."""

import socket

import pytest


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
@pytest.mark.parametrize("host", ["192.0.2.1", "::1", "example.com"])
def test_a_connection_is_refused_before_it_is_tried(host: str) -> None:
    with pytest.raises(RuntimeError, match="A test tried to use socket"):
        socket.create_connection((host, 443))
