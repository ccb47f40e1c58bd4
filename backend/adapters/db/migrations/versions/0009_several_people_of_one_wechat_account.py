"""Several people may use one WeChat account; one of them is the current one.

Revision: 0009, after 0008
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0009'
down_revision: str | None = '0008'
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column('identities', sa.Column('is_current', sa.Boolean(), server_default=sa.text('true'), nullable=False))
    op.add_column('identities', sa.Column('shown_name', sa.Text(), server_default='', nullable=False))
    op.drop_constraint(op.f('uq_identities_applicant_id'), 'identities', type_='unique')
    op.drop_constraint(op.f('pk_identities'), 'identities', type_='primary')
    op.create_primary_key(op.f('pk_identities'), 'identities', ['applicant_id'])
    op.create_index(op.f('ix_identities_openid'), 'identities', ['openid'])
    op.create_index('uq_identities_current', 'identities', ['openid'], unique=True, postgresql_where=sa.text('is_current'))


def downgrade() -> None:
    op.drop_index('uq_identities_current', table_name='identities')
    op.drop_index(op.f('ix_identities_openid'), table_name='identities')
    op.execute('DELETE FROM identities WHERE NOT is_current')
    op.drop_constraint(op.f('pk_identities'), 'identities', type_='primary')
    op.create_primary_key(op.f('pk_identities'), 'identities', ['openid'])
    op.create_unique_constraint(op.f('uq_identities_applicant_id'), 'identities', ['applicant_id'])
    op.drop_column('identities', 'shown_name')
    op.drop_column('identities', 'is_current')
