"""Options of every command: where they may stand, where else they may come from, and what is refused."""

from __future__ import annotations

import random
import re
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import trustme

import esolutions_client
from esolutions_client import __version__
from esolutions_client.cli.app import run
from esolutions_client.cli.config.way import RememberingServer
from esolutions_client.cli.session import Options, Session
from esolutions_client.errors import DeliveryError, ProtocolError, RejectedError, UnreachableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


URL = "https://server.example/CommunicationServer"
LOCAL = "http://127.0.0.1:8080/CommunicationServer"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Callable[..., Session]]:
    """Return a maker of sessions over one data folder."""
    with ExitStack() as opened:

        def make(**options: Any) -> Session:
            chosen = Options(data_dir=tmp_path / "data", **options)
            made = Session(
                chosen, lambda: pytest.fail("asked for the time"), random.Random(1), lambda _: None, lambda: 0.0
            )
            opened.callback(made.close)
            return made

        yield make


@pytest.fixture
def bare(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Return the command line as it is, with nothing added."""

    def now() -> datetime:
        return datetime(2026, 3, 1, 2, 17, tzinfo=UTC)

    def call(*words: object) -> tuple[int, str, str]:
        code = run(
            [str(word) for word in words], now=now, monotonic=lambda: 0.0, rng=random.Random(1), wait=lambda _: None
        )
        return code, *capsys.readouterr()

    return call


@pytest.mark.parametrize("place", [0, 1, 2])
def test_global_options_may_stand_anywhere(
    bare: Callable[..., tuple[int, str, str]], tmp_path: Path, place: int
) -> None:
    """Before the command, after it, and after its own options."""
    words: list[object] = ["status", "--json"]
    words[place:place] = ["--verbose", "--data-dir", tmp_path / "here"]
    code, out, _ = bare(*words)
    assert code == 0
    assert '"proxy_id"' in out
    assert (tmp_path / "here" / "client.sqlite").exists()


def test_an_option_and_its_value_may_be_one_word(bare: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    """As in `--data-dir=FOLDER`."""
    assert bare("devices", f"--data-dir={tmp_path / 'here'}")[0] == 0
    assert (tmp_path / "here" / "client.sqlite").exists()


def test_the_configuration_gives_what_the_command_line_leaves_out(
    bare: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    """Paths in it are meant from where it lies; the command line wins."""
    config = tmp_path / "client.toml"
    config.write_text(f'data_dir = "kept"\nserver_url = "{URL}"\n')
    assert f'"server_url": "{URL}"' in bare("status", "--json", "--config", config)[1]
    assert (tmp_path / "kept" / "client.sqlite").exists()
    shown = bare("status", "--json", "--config", config, "--server-url", "https://other.example/x")[1]
    assert '"server_url": "https://other.example/x"' in shown


@pytest.mark.parametrize("text", ['colour = "blue"', "not toml", "poll_minutes ="])
def test_a_configuration_with_mistakes_is_refused(
    bare: Callable[..., tuple[int, str, str]], tmp_path: Path, text: str
) -> None:
    """With the name of the file, and nothing is made."""
    config = tmp_path / "client.toml"
    config.write_text(text)
    code, out, err = bare("status", "--config", config, "--data-dir", tmp_path / "none")
    assert (code, out) == (2, "")
    assert str(config) in err
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    "text",
    [
        "poll_minutes = 0",
        "poll_minutes = -5",
        'poll_minutes = "often"',
        "sync_window_minutes = 2000",
        'daily_sync_time = "soon"',
        "daily_sync_time = 2",
        'daily_sync_time = "02:00+02:00"',
        'time_zone = "Mars/Olympus"',
        "time_zone = 2",
        'snmp_timeout_seconds = "long"',
        "snmp_retries = -1",
        'snmp_engine = "quick"',
        "snmp_engine = true",
        'allow_plain_http = "perhaps"',
        "data_dir = 7",
        "server_url = 7",
    ],
)
def test_a_configuration_with_impossible_values_is_refused(
    bare: Callable[..., tuple[int, str, str]], tmp_path: Path, text: str
) -> None:
    """It is said when the program starts, not when the value is first needed, and never with a traceback."""
    config = tmp_path / "client.toml"
    config.write_text(text)
    code, _, err = bare("status", "--config", config, "--data-dir", tmp_path / "none")
    assert code == 2
    assert text.split(" ", maxsplit=1)[0] in err


@pytest.mark.parametrize(
    ("text", "engine"),
    [("", "NativePort"), ('snmp_engine = "native"', "NativePort"), ('snmp_engine = "pysnmp"', "PysnmpPort")],
)
def test_the_snmp_engine_can_be_chosen(session: Callable[..., Session], tmp_path: Path, text: str, engine: str) -> None:
    """Our own unless the configuration says otherwise."""
    config = tmp_path / "client.toml"
    config.write_text(text)
    chosen = Options().with_config(config).snmp_engine
    assert type(session(snmp_engine=chosen).snmp).__name__ == engine


def test_a_missing_configuration_is_refused(bare: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    """It was named, so it matters."""
    assert bare("status", "--config", tmp_path / "none.toml")[0] == 2


@pytest.mark.parametrize(
    "words", [["frobnicate"], ["status", "--frobnicate"], ["retire"], ["sent", "first"], ["poll", "x"]]
)
def test_what_does_not_exist_is_asked_wrongly(
    bare: Callable[..., tuple[int, str, str]], tmp_path: Path, words: list[str]
) -> None:
    """Exit code 2 and a sentence on stderr."""
    code, out, err = bare(*words, "--data-dir", tmp_path)
    assert (code, out) == (2, "")
    assert err


def test_the_version_and_the_help_need_no_data(bare: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    """Nothing is made for them."""
    assert bare("version", "--data-dir", tmp_path / "none")[:2] == (0, f"{__version__}\n")
    assert bare("--help", "--data-dir", tmp_path / "none")[0] == 0
    assert not (tmp_path / "none").exists()


def test_a_data_folder_that_cannot_be_made_is_a_failure(
    bare: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    """Exit code 1, with the path."""
    (tmp_path / "file").touch()
    code, out, err = bare("status", "--data-dir", tmp_path / "file")
    assert (code, out) == (1, "")
    assert str(tmp_path / "file") in err


class Answering:
    """A server port that acknowledges, or does not."""

    def __init__(self, failure: DeliveryError | None = None) -> None:
        self.failure = failure

    def compose(self, *_: Any) -> Any:
        """Compose nothing."""

    def deliver(self, *_: Any) -> Any:
        """Acknowledge, unless there is a failure."""
        if self.failure is not None:
            raise self.failure


def use(opened: Session, failure: DeliveryError | None = None) -> None:
    """Let an exchange be made over the way that a session takes."""
    server: Any = RememberingServer(Answering(failure), opened.given_way, opened.store.settings)
    with suppress(DeliveryError):
        server.deliver(None, None)


def test_the_server_is_remembered_once_it_has_acknowledged(
    session: Callable[..., Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not before; the environment comes before the memory, the option before both, and only options are remembered."""
    monkeypatch.delenv("ESOLUTIONS_SERVER_URL", raising=False)
    with pytest.raises(UsageError, match="--server-url"):
        session().transport()
    given = session(server_url=URL, http_proxy="http://proxy.example:3128")
    assert given.transport().url == URL
    for failure in (UnreachableError("away"), ProtocolError("not its own"), RejectedError("Client", "no")):
        use(given, failure)
        assert given.store.settings.server_url is None
    use(given)
    assert session().transport().url == URL
    assert session().way.http_proxy == "http://proxy.example:3128"
    monkeypatch.setenv("ESOLUTIONS_SERVER_URL", "https://environment.example/x")
    monkeypatch.setenv("HTTPS_PROXY", "http://found.example:8080")
    assert session().transport().url == "https://environment.example/x"
    use(session())
    assert session(server_url=URL).transport().url == URL
    assert (session().store.settings.server_url, session().way.http_proxy) == (URL, "http://proxy.example:3128")


def test_plain_http_is_remembered_for_this_machine_only(session: Callable[..., Session]) -> None:
    """What was allowed for loopback does not hold for another host."""
    with pytest.raises(UsageError, match="not encrypted"):
        session(server_url=LOCAL).transport()
    allowed = session(server_url=LOCAL, allow_plain_http=True)
    allowed.transport()
    use(allowed)
    assert session().transport().url == LOCAL
    with pytest.raises(UsageError, match="not a loopback address"):
        session(server_url="http://192.0.2.1/x").transport()


def test_a_server_that_is_refused_is_not_remembered(session: Callable[..., Session]) -> None:
    """The one before stays."""
    use(session(server_url=URL))
    with pytest.raises(UsageError):
        session(server_url="ftp://server.example/x").transport()
    assert session().transport().url == URL


def test_authorities_are_remembered_by_their_whole_path(
    session: Callable[..., Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next command may be started somewhere else; a file that is gone or holds none is refused."""
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    (tmp_path / "empty.pem").touch()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"none\.pem"):
        session(server_url=URL, ca=Path("none.pem")).transport()
    with pytest.raises(UsageError, match=r"empty\.pem"):
        session(server_url=URL, ca=Path("empty.pem")).transport()
    given = session(server_url=URL, ca=Path("ca.pem"))
    given.transport()
    use(given)
    monkeypatch.chdir("/")
    session().transport()
    (tmp_path / "ca.pem").unlink()
    with pytest.raises(UsageError, match=r"ca\.pem"):
        session().transport()


def test_the_program_reads_one_variable_of_its_own() -> None:
    """No person who starts what a customer runs can move its clock: the door that testbeds need is not in it."""
    package = Path(esolutions_client.__file__).parent
    found = {name for module in package.rglob("*.py") for name in re.findall(r"ESOLUTIONS_\w+", module.read_text())}
    assert found == {"ESOLUTIONS_SERVER_URL"}
