"""Lists come in pages: however much a server knows, no call returns, reads or keeps all of it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

import esolutions_server.service
from esolutions_server.service.errors import AdministrationError
from esolutions_server.service.people import pages
from esolutions_server.service.people.administration import Administration
from esolutions_server.service.people.lists.listings import Pages
from esolutions_server.service.people.lists.rows import Rows
from esolutions_server.store import repositories
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from esolutions_server.service.people.pages import Page
    from tests.server.support.world import World

_SERIALS = ("AAA111111", "BBB222222", "CCC333333")
_PERSON = "bob@acme.example"
_ARGUMENTS = {"detected": (_PERSON,)}


def _public(kind: type) -> dict[str, Callable[..., Any]]:
    return {name: value for name, value in vars(kind).items() if inspect.isfunction(value) and name[0] != "_"}


_LISTS = sorted(_public(Pages))


@pytest.fixture
def full(world: World) -> World:
    """A server of which every list has three rows or more."""
    admin = world.server.administration
    proxy = world.active_proxy(*_SERIALS)
    for number in (2, 3):
        world.proxy(number).register(f"DDD44444{number}")
        admin.add_account(f"Account {number}", f"key{number}@acme.example")
    world.clock.move(days=40)
    world.server.run_due_work()
    for at, command in enumerate(some(proxy.sync().commands)):
        # A counter that shows less than before is held; the others are billed.
        proxy.submit(command["SerialNumber"], command["CommandId"], 1234700 if at % 2 else 1)
    world.clock.move(days=40)
    world.server.run_due_work()
    return world


def _all_of(list_page: Callable[..., Page[Any, Any]], limit: int, *arguments: str) -> Iterator[Any]:
    """Yield what the pages of a list have, each of `limit` rows but the last."""
    after = None
    while True:
        page = list_page(*arguments, after=after, limit=limit)
        yield from page.rows
        if page.next_after is None:
            assert 0 < len(page.rows) <= limit
            return
        assert len(page.rows) == limit
        assert page.next_after != after, "the same page again"
        after = page.next_after


@pytest.mark.parametrize("name", _LISTS)
def test_pages_of_any_size_have_every_row_once_and_in_order(full: World, name: str) -> None:
    """The last page says that it is the last, a full one too."""
    admin, arguments = full.server.administration, _ARGUMENTS.get(name, ())
    rows = some(getattr(admin.every, name)(*arguments))
    assert len(rows) >= 3
    for limit in range(1, len(rows) + 2):
        assert list(_all_of(getattr(admin.pages, name), limit, *arguments)) == rows


@pytest.mark.parametrize("name", _LISTS)
def test_a_row_is_read_when_its_page_is_reached(full: World, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows a page: the iterator asks for the second page after the second row, and for nothing before the first."""
    monkeypatch.setattr(pages, "LARGEST_PAGE", 2)
    admin, arguments = full.server.administration, _ARGUMENTS.get(name, ())
    read: list[object] = []
    page_of = getattr(Pages, name)

    def counted(*given: Any, **options: Any) -> Any:
        read.append(options["after"])
        return page_of(*given, **options)

    monkeypatch.setattr(Pages, name, counted)
    rows = getattr(admin.every, name)(*arguments)
    assert read == []
    assert [len(read) for _ in zip(range(3), rows, strict=False)] == [1, 1, 2]


def test_a_row_that_comes_between_two_pages_moves_no_other(full: World) -> None:
    """An offset would give a row twice, or leave one out."""
    admin = full.server.administration
    before = [account.name for account in admin.every.accounts()]
    first = admin.pages.accounts(limit=2)
    admin.add_account("Aaa", "first@acme.example")
    admin.add_account("Zzz", "last@acme.example")
    second = admin.pages.accounts(after=first.next_after)
    assert [account.name for account in (*first.rows, *second.rows)] == [*before, "Zzz"]


@pytest.mark.parametrize("limit", [-1, 0, 1001])
@pytest.mark.parametrize("name", _LISTS)
def test_a_page_has_one_to_a_thousand_rows(full: World, name: str, limit: int) -> None:
    """Whoever asks for more is told so, and gets no part of it for all."""
    with pytest.raises(AdministrationError, match="1 to 1,000 rows"):
        getattr(full.server.administration.pages, name)(*_ARGUMENTS.get(name, ()), limit=limit)


@pytest.mark.parametrize("name", ["requests", "commands"])
def test_a_page_begins_after_a_command_that_is_there(full: World, name: str) -> None:
    """An id that names none is not taken for the beginning of the list."""
    with pytest.raises(AdministrationError, match="there is no command x"):
        getattr(full.server.administration.pages, name)(after="x")


@pytest.mark.parametrize("name", _LISTS)
def test_a_page_is_read_in_the_order_of_an_index(full: World, name: str) -> None:
    """The database reads so many rows from the key on: it sorts nothing, and passes over nothing that came before."""
    admin, arguments = full.server.administration, _ARGUMENTS.get(name, ())
    asked: list[str] = []
    with full.server._store.transaction() as connection:
        driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    list_page = getattr(admin.pages, name)
    after = list_page(*arguments, limit=1).next_after
    driver.set_trace_callback(asked.append)
    list_page(*arguments, after=after, limit=1)
    driver.set_trace_callback(None)
    (query,) = [query for query in asked if " LIMIT 2" in query]
    plan = [step[3] for step in driver.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert plan[0].startswith("SEARCH"), plan
    assert ("bills_not_accepted" in plan[0]) == (name in {"held", "not_billed"}), plan
    assert not any("TEMP B-TREE" in step for step in some(plan)), plan


def _returned(function: Callable[..., Any]) -> str:
    """Return the text of the annotation of what a function returns."""
    return str(inspect.signature(function).return_annotation)


_COLLECTION = re.compile(r"(list|set|dict|frozenset|Sequence|Collection|Mapping|Iterable)\[|tuple\[.*, \.\.\.\]")


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


def _collections_of(package: ModuleType) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the public functions and methods of a package that return a collection."""
    for module in _modules(package):
        for name in getattr(module, "__all__", ()):
            value = getattr(module, name)
            functions: dict[str, Callable[..., Any]] = {name: value} if inspect.isfunction(value) else {}
            if inspect.isclass(value) and value.__module__ == module.__name__:
                functions = {f"{name}.{each}": method for each, method in _public(value).items()}
            for what, function in functions.items():
                if _COLLECTION.match(_returned(function)):
                    yield f"{module.__name__}.{what}", function


def _is_bounded(function: Callable[..., Any]) -> bool:
    """Whether a function takes a limit, or its docstring says what bounds what it returns."""
    return "limit" in inspect.signature(function).parameters or "Bounded by " in (function.__doc__ or "")


@pytest.mark.parametrize("package", [repositories, esolutions_server.service])
def test_whatever_returns_a_collection_is_bounded(package: ModuleType) -> None:
    """By a page, or by what its docstring names: the devices of one message, the meters of one device."""
    found = dict(some(_collections_of(package)))
    assert [name for name, function in found.items() if not _is_bounded(function)] == []


def test_the_administration_lists_by_pages_and_by_rows_alone() -> None:
    """The same lists under the same names; none of them, nor any other method, returns a whole table."""
    hints = {name: _returned(method) for name, method in _public(Pages).items()}
    assert all(hint.startswith("Page[") for hint in some(hints.values()))
    rows = {name: _returned(method) for name, method in _public(Rows).items()}
    assert list(rows) == list(hints)
    assert all(hint.startswith("Iterator[") for hint in some(rows.values()))
    others = {name: _returned(method) for name, method in _public(Administration).items()}
    assert {name: hint for name, hint in some(others.items()) if _COLLECTION.match(hint) or "Iterator[" in hint} == {}


def test_the_search_for_collections_sees_them() -> None:
    """A search that finds nothing would let everything pass."""
    names = {name.rpartition(".repositories.")[2] for name, _ in _collections_of(repositories)}
    assert {"devices.meters_of", "exchanges.journal.page", "commands.last_outcomes"} <= names

    def everything() -> list[str]:
        """Return all."""
        return []

    assert not _is_bounded(everything)
