"""Reads a source: typed frames from one read-only, repeatable-read transaction per view."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import pandas as pd
import psycopg
from psycopg import IsolationLevel
from psycopg.abc import Buffer
from psycopg.conninfo import make_conninfo
from psycopg.types.datetime import TimestamptzLoader
from sqlalchemy import Connection, Engine, RowMapping, create_engine

from dashboard.database.address import Address
from dashboard.database.constraint_form import CheckConstraint
from dashboard.database.contract import Column, Contract, check_contract
from dashboard.database.errors import MISSING_GRANT, DatabaseProblem, explained
from dashboard.database.unreadable import missing_columns, named_problem, unsupported_columns
from dashboard.model.tracking_plan import load_plan
from queries import STANDING, load

CONNECTING = {"connect_timeout": "5", "client_encoding": "utf8"}
# Declared dtypes: pandas' own inference differs between empty, all-null and full columns.
TEXT: Final = "string"
COUNT: Final = "Int64"
SHARE: Final = "float64"
MOMENT: Final = "datetime64[us]"
DAY: Final = "datetime64[s]"


class StoredTimeLoader(TimestamptzLoader):
    """Reads a time with zone as UTC without zone, like all other times here."""

    def load(self, data: Buffer) -> datetime:
        """Return the moment in UTC; the transaction's own zone is UTC already."""
        return super().load(data).astimezone(UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class Reader:
    """An open read-only transaction; every figure read through it belongs to the same moment.

    `no_websites` are the hosts that the tracking plan calls no website. `answers` are those of
    once(); a page shares them between its transactions.
    """

    connection: Connection
    contract: Contract
    where: str
    no_websites: tuple[str, ...] = ()
    answers: dict[str, RowMapping] = field(default_factory=dict, repr=False)

    def frame(self, name: str, dtypes: Mapping[str, str], **binds: object) -> pd.DataFrame:
        """Return a question's rows with exactly the columns and dtypes declared.

        Raises DatabaseProblem, of kind schema_drift where a column the question needs is missing.
        """
        rows = self._execute(name, binds)
        frame = pd.DataFrame(
            [tuple(row[column] for column in dtypes) for row in rows], columns=[*dtypes]
        )
        return frame.astype(dict(dtypes))

    def one(self, name: str, **binds: object) -> RowMapping:
        """Return the only row of a question whose grain is one row."""
        (row,) = self._execute(name, binds)
        return row

    def once(self, name: str, **binds: object) -> RowMapping:
        """Return the only row of a question about the whole source, read once for all who share it.

        Raises DatabaseProblem.
        """
        key = repr((name, sorted(binds.items())))
        if key not in self.answers:
            self.answers[key] = self.one(name, **binds)
        return self.answers[key]

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Confine a failure to the block: the transaction stays usable after it."""
        with explained(self.where), self.connection.begin_nested():
            yield

    def require(self, name: str) -> None:
        """Raise DatabaseProblem (schema_drift) where the question needs an unreadable column."""
        self.require_columns(*load(name).needs)

    def require_columns(self, *needs: str) -> None:
        """Raise DatabaseProblem (schema_drift) where one of these can't be read.

        `needs` are tables and `table.column` names.
        """
        if lacking := self.contract.lacks(needs):
            raise missing_columns(lacking, self.where)
        unsupported = self.contract.unsupported
        if found := [unsupported[need] for need in sorted(needs) if need in unsupported]:
            raise unsupported_columns(found, self.where)

    def _execute(self, name: str, binds: Mapping[str, object]) -> list[RowMapping]:
        self.require(name)
        question = load(name)
        standing = {each: [*getattr(self, each)] for each in question.params & STANDING}
        try:
            with explained(self.where):
                return [*self.connection.execute(question.bind({**standing, **binds})).mappings()]
        except DatabaseProblem as problem:
            raise named_problem(problem, self.contract) from None


@dataclass(frozen=True)
class Source:
    """A database that the product only reads. `name` is its role: source, demo or sandbox."""

    name: str
    label: str
    schema: str
    timeout: timedelta
    engine: Engine = field(repr=False)

    @contextmanager
    def read(self, answers: dict[str, RowMapping] | None = None) -> Iterator[Reader]:
        """Open one transaction and check the schema contract in it; raises DatabaseProblem.

        `answers` are what earlier transactions read once().
        """
        with explained(self.label), self.engine.connect() as connection, connection.begin():
            begun = connection.execute(
                load("database/begin_reading").bind(
                    {
                        "schema": self.schema,
                        # To PostgreSQL, 0 means no time-out at all.
                        "timeout": f"{max(1, self.timeout // timedelta(milliseconds=1))}ms",
                    }
                )
            ).one()
            if begun.may_use is False:
                raise MISSING_GRANT.problem(self.label)
            contract = read_contract(connection, self.schema)
            standing = load_plan().no_websites
            shared = {} if answers is None else answers
            yield Reader(connection, contract, self.label, standing, shared)


def open_source(name: str, address: Address, schema: str, timeout: timedelta) -> Source:
    """Return a source for an address; it connects at the first read."""

    def connect() -> psycopg.Connection[tuple[object, ...]]:
        connection = psycopg.connect(
            make_conninfo(**CONNECTING | address.parameters),
            # A transaction pooler may give each transaction a different server connection.
            prepare_threshold=None,
        )
        connection.adapters.register_loader("timestamptz", StoredTimeLoader)
        connection.read_only = True
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        return connection

    engine = create_engine(
        "postgresql+psycopg://",
        creator=connect,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=5,
        pool_timeout=10,
        pool_recycle=300,
    )
    return Source(name, address.label, schema, timeout, engine)


def read_contract(connection: Connection, schema: str) -> Contract:
    """Read the columns and constraints of a schema's three tables from the system catalog."""
    columns = connection.execute(load("database/columns").bind({"schema": schema}))
    checks = connection.execute(load("database/check_constraints").bind({"schema": schema}))
    return check_contract(
        [Column(*row) for row in columns],
        [
            CheckConstraint(row.name, row.definition, tuple(row.columns), row.validated)
            for row in checks
        ],
    )
