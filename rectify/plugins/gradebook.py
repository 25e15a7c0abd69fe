"""One connection to the gradebook for many submissions, and one transaction for each.

nbgrader opens the gradebook a dozen times for a submission and commits after each cell. Here all
its steps share a connection, and what they write is there as a whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from nbgrader.api import Gradebook
from sqlalchemy import create_engine
from sqlalchemy.orm import scoped_session, sessionmaker


class Recorder:
    """A connection to a gradebook that nbgrader's steps use while a `transaction` is open."""

    def __init__(self, db_url: str) -> None:
        # nbgrader's own way in makes the tables of a new gradebook.
        with Gradebook(db_url):
            pass
        self._engine = create_engine(db_url)
        self._courses: set[str] = set()

    def close(self) -> None:
        """Close the connection."""
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Have every gradebook that is opened meanwhile take part in one transaction.

        It is committed at the end, and rolled back if anything raises.
        """
        with self._engine.begin() as connection:
            # nbgrader's commits write to the connection, and leave the transaction open.
            session = scoped_session(
                sessionmaker(bind=connection, join_transaction_mode="rollback_only")
            )

            known: set[str] = set()

            def open_gradebook(
                gradebook: Any,
                db_url: str,
                course_id: str = "default_course",
                authenticator: Any = None,
            ) -> None:
                gradebook.engine, gradebook.db = self._engine, session
                if course_id not in self._courses | known:
                    gradebook.check_course(course_id=course_id)
                    known.add(course_id)
                gradebook.course_id, gradebook.authenticator = course_id, authenticator

            def leave_open(gradebook: Any) -> None:
                gradebook.db.flush()

            try:
                with _in_place_of(Gradebook, __init__=open_gradebook, close=leave_open):
                    yield
            finally:
                session.remove()
        # Only now are they there for good.
        self._courses |= known


@contextmanager
def _in_place_of(owner: type, **methods: Callable[..., None]) -> Iterator[None]:
    """Give a class other methods for a while.

    nbgrader's steps make their gradebooks themselves, so there is no other way to hand them one.
    """
    before = {name: vars(owner)[name] for name in methods}
    for name, method in methods.items():
        setattr(owner, name, method)
    try:
        yield
    finally:
        for name, method in before.items():
            setattr(owner, name, method)
