"""One open data request per person of a WeChat account; invoices by their file.

Revision: 0012, after 0011
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0012'
down_revision: str | None = '0011'
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None
OPEN = "state IN ('scheduled', 'review')"


def upgrade() -> None:
    op.create_index(op.f('ix_invoices_file_id'), 'invoices', ['file_id'])
    op.drop_index('uq_data_requests_open', table_name='data_requests')
    op.create_index(
        'uq_data_requests_open', 'data_requests', ['openid', 'kind', sa.text("coalesce(applicant_id, '')")],
        unique=True, postgresql_where=sa.text(OPEN),
    )


def downgrade() -> None:
    op.drop_index(op.f('ix_invoices_file_id'), table_name='invoices')
    op.drop_index('uq_data_requests_open', table_name='data_requests')
    op.create_index(
        'uq_data_requests_open', 'data_requests', ['openid', 'kind'], unique=True, postgresql_where=sa.text(OPEN)
    )
