"""The third compiler: SQL over real PostgreSQL agrees with plain Python."""

from datetime import date
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import case, delete, select

from metrics_api.core.facts.columns import Fact
from metrics_api.core.facts.predicates import Predicate, fact_test
from metrics_api.facts.rows import open_rows
from metrics_api.forecast.rows import fact_condition
from metrics_api.tables import fact
from servicekit.database import Database
from servicekit.time import Period


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
async def test_sql_agrees_with_python(
    data: st.DataObject,
    database: Database,
    facts: st.SearchStrategy[Fact],
    predicates: st.SearchStrategy[Predicate],
) -> None:
    rows = data.draw(st.lists(facts, min_size=1, max_size=10))
    tried = data.draw(st.lists(predicates, min_size=1, max_size=5))
    async with database.transaction() as connection:
        await connection.execute(delete(fact))
        spans = [(UUID(int=i), Period(date(2016, 1, 1), None, row)) for i, row in enumerate(rows)]
        await open_rows(connection, 1, spans)
        for predicate in tried:
            truth = case((fact_condition(predicate), 1), (~fact_condition(predicate), 0))
            found = await connection.execute(
                select(truth.label("truth")).order_by(fact.c.organization_id)
            )
            assert found.scalars().all() == [int(fact_test(predicate)(row)) for row in rows]
