"""What people do with a server: the operator's staff, and account holders on their pages.

Every method is one transaction. Who may call which is for the page or the command line in front of it to decide.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from esolutions_server.domain.devices.states import Step
from esolutions_server.service.devices import retirement
from esolutions_server.service.errors import EquipmentError
from esolutions_server.service.people import enrolment, equipment_file, held, shortcuts, typed_words
from esolutions_server.service.people.lists.listings import Pages
from esolutions_server.service.people.lists.rows import Rows
from esolutions_server.service.people.lists.single import Single
from esolutions_server.service.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from esolutions_server.domain.devices.states import DeviceState
    from esolutions_server.domain.policy import Policy
    from esolutions_server.service.people.enrolment import EquipmentRow
    from esolutions_server.service.people.presentation import views
    from esolutions_server.store.engine.database import Store

__all__ = ["Administration"]


class Administration:
    """Accounts, equipment, sign-up, requests by hand, and lists of everything.

    Attributes:
        pages: the lists, a page at a time: for a screen, or for a program that is asked for one.
        every: the same lists, row by row, however many there are: for what reads all of them.
        one: one thing by its key.

    Raises, in every method:
        StoreUnavailableError: the database cannot be used at the moment; nothing was changed.
        LostWriteError: the disk failed; what was changed may be lost.
    """

    def __init__(self, store: Store, *, now: Callable[[], datetime], rng: random.Random, policy: Policy) -> None:
        self._store = store
        self._now = now
        self._rng = rng
        self._policy = policy
        self.pages = Pages(self._work)
        self.every = Rows(self.pages)
        self.one = Single(self._work)

    def add_account(self, name: str, key_user_email: str) -> None:
        """Add an account; its key user is a person of it.

        Raises:
            AdministrationError: there is one of that name, or one of these cannot be.
        """
        typed_words.check_name("the name of an account", name, typed_words.LONGEST_NAME)
        typed_words.check_address(key_user_email)
        with self._work() as work:
            enrolment.add_account(work, name, key_user_email)

    def add_person(self, account: str, email: str) -> None:
        """Add a person who reports meter reads for an account.

        Raises:
            AdministrationError: there is no such account, or that is no address.
        """
        typed_words.check_address(email)
        with self._work() as work:
            enrolment.add_person(work, account, email)

    def import_equipment(self, source: Path | str | Iterable[EquipmentRow]) -> int:
        """Take over what the administrative systems know, from rows or a CSV file; return how many devices.

        Raises:
            AdministrationError: the file cannot be read.
            EquipmentError: it, or a row, has mistakes, or names an account that is not there; none is taken. Who
                writes a file names people who are there; a program's rows may bring them along.
        """
        equipment = equipment_file.read_equipment(source)
        with self._work() as work:
            mistakes = [*equipment.mistakes]
            for placed in equipment.rows:
                unknown = enrolment.unknown_of(work, placed.row, may_add_person=not equipment.is_file)
                mistakes += [f"{placed.place}, {unknown}"] if unknown else []
            if mistakes:
                name = str(source) if equipment.is_file else "the equipment"
                raise EquipmentError(name, sorted(mistakes, key=equipment_file.line_of))
            for placed in equipment.rows:
                enrolment.import_row(work, placed.row)
        return len(equipment.rows)

    def sign_up(self, serial: str, person: str | None = None, *, at_once: bool = False) -> None:
        """Sign a device up, as the person it is assigned to or as the one named; once more changes nothing.

        Args:
            serial: its serial number.
            person: who does.
            at_once: do not wait until it shows on the detected page: the hour after its registration, and the days
                until the administrative systems know its installation. Its equipment has to be there all the same.

        Raises:
            AdministrationError: it is not registered, has left service, or is not on the person's page.
        """
        with self._work() as work:
            enrolment.sign_up(work, typed_words.find_device(work, serial), person, at_once=at_once)

    def reassign(self, serial: str, person: str) -> str:
        """Assign a device to another person of the account; who had it before, and is returned, gets mail.

        Raises:
            AdministrationError: the administrative systems do not know it, or the person is of another account.
        """
        with self._work() as work:
            return enrolment.reassign(work, typed_words.read_serial(serial), person)

    def cancel(self, serial: str) -> str:
        """End the enrolment of a device; it stays registered and can be signed up again. Return its state.

        Raises:
            AdministrationError: it is not registered, or not enrolled.
        """
        with self._work() as work:
            return retirement.cancel(work, typed_words.find_device(work, serial)).state

    def retire(self, serial: str, *, is_replaced: bool = False) -> str:
        """Take a device out of service, or note that another one stands in its place. Return its state.

        Raises:
            AdministrationError: it is not registered, or has left service already.
        """
        with self._work() as work:
            step = Step.REPLACE if is_replaced else Step.RETIRE
            return retirement.end(work, typed_words.find_device(work, serial), step).state

    def take_to(self, serial: str, state: DeviceState) -> views.DeviceMove:
        """Take a device of a testbed to a state at once, by the steps that lead there; return them.

        Raises:
            AdministrationError: it is not registered, or its client could not say what it would have to say.
        """
        with self._work() as work:
            return shortcuts.take_to(work, typed_words.find_device(work, serial), state)

    def request_billing(self, serial: str) -> str:
        """Ask for the meters of an active device now, beside its billing cycle; return the request's id.

        Raises:
            AdministrationError: it is not registered, or not active.
        """
        with self._work() as work:
            return enrolment.ask_now(work, typed_words.find_device(work, serial))

    def accept_held(self, command_id: str) -> views.HeldDecision:
        """Bill a reading that was held, as it is but for meters that could not be read; return which are billed.

        Raises:
            AdministrationError: nothing is held under this id.
        """
        with self._work() as work:
            return held.accept(work, command_id)

    def reject_held(self, command_id: str) -> str | None:
        """Bill nothing of a reading that was held; return the id of the request for another one, if there is one.

        Raises:
            AdministrationError: nothing is held under this id, or the request was made in this very second.
        """
        with self._work() as work:
            return held.reject(work, command_id)

    @contextmanager
    def _work(self) -> Iterator[UnitOfWork]:
        with self._store.transaction() as connection:
            yield UnitOfWork(connection, self._now().replace(microsecond=0), self._rng, self._policy)
