"""All tables, and the ledger's function and first row."""

from alembic import op
from tests.servicekit.sample.tables import metadata

from servicekit.ledger.schema import CREATE_HEAD_ROW, CREATE_LEDGER_FUNCTION, DROP_LEDGER_FUNCTION

revision = "0001"
down_revision = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())
    op.execute(CREATE_LEDGER_FUNCTION)
    op.execute(CREATE_HEAD_ROW)


def downgrade() -> None:
    op.execute(DROP_LEDGER_FUNCTION)
    metadata.drop_all(op.get_bind())
