"""Do what a command asks for, or ask the program that is at work on this data folder to do it, and wait for it.

Only one program polls, syncs and registers at a time. A command that finds
`run` at work puts its wish into the store and prints what came of it, as if it
had done it itself. Where that program has ended, it does it itself.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from esolutions_client.errors import AtWorkError, ClientError, StoreError, UsageError
from esolutions_client.service.wishes import perform
from esolutions_client.states.wish_state import WishState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_client.cli.session import Session
    from esolutions_client.store.wishes import Wish

__all__ = ["LONGEST_WAIT_SECONDS", "RUN", "ask", "at_work", "at_work_as_run", "who_works"]

# A round of polls with a thousand silent printers takes minutes.
LONGEST_WAIT_SECONDS = 600.0
_LOOK_SECONDS = 0.25
RUN = "run"


def ask(session: Session, kind: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Have something done and return what the command prints, as plain data.

    Raises:
        ClientError: it could not be done, or is not done yet; UsageError where it was asked wrongly.
    """
    with ExitStack() as held:
        try:
            held.enter_context(at_work(session, kind))
        except AtWorkError:
            theirs = who_works(session)
            if theirs.get("command") == RUN:
                session.given_way.require(theirs)
            wish = _wish_for(session, kind, arguments, held)
            if wish is not None:
                return _document(wish)
        return perform(session.agent, kind, arguments)


@contextmanager
def at_work(session: Session, command: str) -> Iterator[None]:
    """Be the one program that works on this data folder, and let others know how.

    Raises:
        AtWorkError: another one is.
    """
    with session.store.exclusive():
        how = {"command": command, **session.way.as_shown()}
        with suppress(StoreError):  # a full disk is no reason not to begin
            session.store.settings.at_work = how
        yield


@contextmanager
def at_work_as_run(session: Session) -> Iterator[None]:
    """Be the program that works from now on, after the command that may be at work now.

    Raises:
        AtWorkError: another `run` is.
    """
    with ExitStack() as held:
        until = session.monotonic() + LONGEST_WAIT_SECONDS
        looks = 0
        while True:
            try:
                held.enter_context(at_work(session, RUN))
                break
            except AtWorkError:
                # A command that only looked whether a program is at work has ended by the second time.
                looks += 1
                if looks > 1 and who_works(session).get("command") == RUN:
                    raise AtWorkError("`run` is at work on this data folder already; it needs no second one") from None
                if session.monotonic() > until:
                    raise
            session.wait(_LOOK_SECONDS)
        yield


def who_works(session: Session) -> dict[str, Any]:
    """Return what the program that was last at work said of itself."""
    settings = session.store.settings
    with settings.decoding:
        return dict(settings.at_work)


def _wish_for(session: Session, kind: str, arguments: dict[str, Any], held: ExitStack) -> Wish | None:
    """Return the wish when it is done; None where this program has to do it, as it is the one at work now."""
    wishes = session.store.wishes
    wish_id = wishes.put(kind, arguments, session.now())
    until = session.monotonic() + LONGEST_WAIT_SECONDS
    try:
        while session.monotonic() <= until:
            wish = wishes.get(wish_id)
            if wish is None:
                raise ClientError("somebody took back what was asked for: nothing is known of it")
            if wish.state is WishState.DONE:
                return wish
            with suppress(AtWorkError):
                held.enter_context(at_work(session, kind))
                # The program at work has ended, in the middle of this perhaps: no other does it now.
                return None if wishes.withdraw(wish_id, even_if_taken=True) else wishes.get(wish_id)
            session.wait(_LOOK_SECONDS)
    except KeyboardInterrupt:
        if wishes.withdraw(wish_id):
            raise ClientError("it is no longer asked for: nothing was done") from None
        raise ClientError("it is being done: `esolutions-client history` shows what came of it") from None
    raise ClientError(
        f"the client that is at work has not done it within {LONGEST_WAIT_SECONDS / 60:g} minutes; it stays asked for:"
        " `esolutions-client status` shows it until it is done, `history` what came of it. A client of an older version"
        " does not know of it: start it anew"
    )


def _document(wish: Wish) -> dict[str, Any]:
    outcome = wish.outcome or {}
    if "document" in outcome:
        return dict(outcome["document"])
    text = str(outcome.get("error", "what came of it is not known"))
    raise UsageError(text) if outcome.get("is_usage") else ClientError(text)
