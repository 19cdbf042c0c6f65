"""Functions' processes are forks of one that has loaded their layer."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from tools.local.forks import Fork, ForkServers

# Reads a line, and answers with what is asked for in it, until its input ends.
SCRIPT = """
import os, sys
import registry.thing
for line in sys.stdin:
    print(eval(line), flush=True)
"""

Layer = Callable[[str], Path]


@pytest.fixture
def layer(tmp_path: Path) -> Layer:
    """A layer whose package was made by a text, beside the archive it was unpacked from."""

    def make(thing: str) -> Path:
        folder = tmp_path / f"layer_{len(list(tmp_path.iterdir()))}"
        package = folder / "python" / "registry"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("")
        (package / "thing.py").write_text(f"import os\nloader = os.getpid()\nvalue = {thing}\n")
        (package / "broken.py").write_text("raise RuntimeError('half an edit')\n")
        with ZipFile(folder.with_suffix(".zip"), "w") as archive:
            archive.writestr("thing.py", thing)
        return folder

    return make


@pytest.fixture
def servers() -> Iterator[ForkServers]:
    servers = ForkServers()
    yield servers
    servers.stop()


@pytest.fixture
def start(tmp_path: Path, servers: ForkServers) -> Iterator[Callable[..., Fork]]:
    """Starts a function's process as MiniStack does, and ends it afterwards."""
    script = tmp_path / "_worker.py"
    script.write_text(SCRIPT)
    started: list[Fork] = []

    def start(*layers: Path) -> Fork:
        names = os.pathsep.join(map(str, layers))
        env = {"_LAMBDA_LAYERS_DIRS": names, "AWS_LAMBDA_FUNCTION_NAME": "f"}
        fork: Fork = servers.popen([sys.executable, str(script)], cwd=str(tmp_path), env=env)
        started.append(fork)
        return fork

    yield start
    for fork in started:
        fork.kill()
        fork.wait()
        for stream in (fork.stdin, fork.stdout, fork.stderr):
            stream.close()


def ask(fork: Fork, expression: str) -> str:
    fork.stdin.write(expression + "\n")
    return fork.stdout.readline().strip()


def test_a_function_finds_its_layer_loaded(start: Callable[..., Fork], layer: Layer) -> None:
    made = layer("1")
    one, other = start(made), start(made)

    loaders = {ask(fork, "registry.thing.loader") for fork in (one, other)}

    assert len(loaders) == 1
    assert loaders.isdisjoint({str(one.pid), str(other.pid)})
    assert ask(one, "os.getpid()") == str(one.pid)


def test_a_function_has_its_own_environment_and_directory_alone(
    start: Callable[..., Fork], layer: Layer, tmp_path: Path
) -> None:
    fork = start(layer("1"))

    names = ask(fork, "sorted(n for n in os.environ if n != 'LC_CTYPE')")

    assert names == "['AWS_LAMBDA_FUNCTION_NAME', '_LAMBDA_LAYERS_DIRS']"
    assert ask(fork, "os.getcwd()") == str(tmp_path)


def test_a_layer_of_another_content_is_loaded_anew(
    start: Callable[..., Fork], layer: Layer
) -> None:
    assert ask(start(layer("1")), "registry.thing.value") == "1"
    assert ask(start(layer("2")), "registry.thing.value") == "2"


def test_functions_with_more_layers_leave_the_others_theirs(
    start: Callable[..., Fork], layer: Layer, servers: ForkServers
) -> None:
    made, more = layer("1"), layer("2")

    loaders = [ask(start(*layers), "registry.thing.loader") for layers in ([made], [made, more])]

    assert loaders[0] != loaders[1]
    assert ask(start(made), "registry.thing.loader") == loaders[0]
    assert ask(start(made, more), "registry.thing.loader") == loaders[1]


def test_the_process_of_a_layer_that_nothing_uses_ends(
    start: Callable[..., Fork], layer: Layer, servers: ForkServers
) -> None:
    first = layer("0")
    oldest = servers.of([first])
    kept = [servers.of([layer(f"{number}")]) for number in range(1, 5)]

    assert not oldest.runs
    assert all(server.runs for server in kept)
    assert ask(start(first), "registry.thing.value") == "0"


def test_a_process_that_was_killed_is_started_again(
    start: Callable[..., Fork], layer: Layer, servers: ForkServers
) -> None:
    made = layer("1")
    loader = ask(start(made), "registry.thing.loader")
    server = servers.of([made])
    os.kill(int(loader), signal.SIGKILL)
    while server.runs:
        time.sleep(0.01)

    assert ask(start(made), "registry.thing.loader") != loader


def test_a_function_ends_with_its_input(start: Callable[..., Fork], layer: Layer) -> None:
    fork = start(layer("1"))
    assert fork.poll() is None

    fork.stdin.close()

    assert fork.wait() == 0
    fork.kill()  # changes nothing


def test_a_function_that_does_not_end_is_waited_for_as_long_as_said(
    start: Callable[..., Fork], layer: Layer
) -> None:
    fork = start(layer("1"))

    with pytest.raises(subprocess.TimeoutExpired):
        fork.wait(0)
    fork.terminate()

    assert fork.wait() == 0


def test_a_function_goes_on_when_another_layer_takes_the_place_of_its_own(
    start: Callable[..., Fork], layer: Layer
) -> None:
    first = start(layer("1"))
    start(layer("2"))

    assert ask(first, "registry.thing.value") == "1"


def test_what_ends_a_function_is_on_its_standard_error(
    start: Callable[..., Fork], layer: Layer
) -> None:
    fork = start(layer("1"))
    ask(fork, "1")

    fork.stdin.write("undefined\n")

    assert "NameError" in fork.stderr.read()
    assert fork.wait() == 0


def test_a_program_without_layers_is_started_as_ever(servers: ForkServers) -> None:
    process = servers.popen(
        [sys.executable, "-c", "print(1)"], env=dict(os.environ), stdout=subprocess.PIPE
    )

    assert isinstance(process, subprocess.Popen)
    assert process.communicate()[0].strip() == b"1"
