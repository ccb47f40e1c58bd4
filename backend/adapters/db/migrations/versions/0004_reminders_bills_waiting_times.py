"""Reminders, daily bills and waiting times.

Revision: 0004, after 0003
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '0004'
down_revision: str | None = '0003'
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

CLOSED_WITH_A_RESULT = sa.text("stage IN ('completed', 'hr_refused')")
HAS_NEXT = sa.text('next_at IS NOT NULL')
HAS_NEXT_TRY = sa.text('next_try_at IS NOT NULL')


def upgrade() -> None:
    op.create_table('reminders',
    sa.Column('case_id', sa.Text(), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('told', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_reminders_case_id')),
    sa.PrimaryKeyConstraint('case_id', name=op.f('pk_reminders'))
    )
    op.create_index('ix_reminders_next_at', 'reminders', ['next_at'], unique=False, postgresql_where=HAS_NEXT)
    op.create_table('bill_days',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('state', sa.Text(), server_default='due', nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('payments', sa.Integer(), server_default='0', nullable=False),
    sa.Column('paid_fen', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('refunds', sa.Integer(), server_default='0', nullable=False),
    sa.Column('refunded_fen', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('mismatches', sa.Integer(), server_default='0', nullable=False),
    sa.CheckConstraint("state IN ('due', 'checked', 'gone')", name=op.f('ck_bill_days_state')),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_bill_days'))
    )
    op.create_index('ix_bill_days_next_try_at', 'bill_days', ['next_try_at'], unique=False, postgresql_where=HAS_NEXT_TRY)
    op.create_table('waiting_times',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('business_type', sa.Text(), nullable=False),
    sa.Column('stage', sa.Text(), nullable=False),
    sa.Column('cases', sa.Integer(), nullable=False),
    sa.Column('low_s', sa.Integer(), nullable=False),
    sa.Column('median_s', sa.Integer(), nullable=False),
    sa.Column('high_s', sa.Integer(), nullable=False),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('low_s <= median_s AND median_s <= high_s', name=op.f('ck_waiting_times_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waiting_times')),
    sa.UniqueConstraint('business_type', 'stage', name=op.f('uq_waiting_times_business_type_stage'))
    )
    op.add_column('cases', sa.Column('valid_until', sa.Date(), nullable=True))
    op.add_column('payments', sa.Column('billed_on', sa.Date(), nullable=True))
    op.add_column('refunds', sa.Column('billed_on', sa.Date(), nullable=True))
    op.add_column('refunds', sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index('ix_cases_closed_with_a_result', 'cases', ['business_type', 'closed_at'], unique=False, postgresql_where=CLOSED_WITH_A_RESULT)
    op.create_index('ix_payments_paid_at', 'payments', ['paid_at'], unique=False)
    op.create_index('ix_orders_created_at', 'orders', ['created_at'], unique=False)
    op.create_index('ix_refunds_accepted_at', 'refunds', ['accepted_at'], unique=False)
    op.create_index('ix_refunds_finished_at', 'refunds', ['finished_at'], unique=False)
    op.create_index('ix_files_created_at', 'files', ['created_at'], unique=False)
    op.create_index('wechat_outgoing_failed', 'wechat_outgoing', ['id'], unique=False, postgresql_where=sa.text("state = 'failed'"))
    op.execute('UPDATE refunds SET accepted_at = created_at WHERE refund_id IS NOT NULL')
    op.execute("INSERT INTO reminders (case_id, next_at) SELECT id, now() FROM cases WHERE closed_at IS NULL OR stage = 'completed'")


def downgrade() -> None:
    op.drop_index('wechat_outgoing_failed', table_name='wechat_outgoing')
    op.drop_index('ix_files_created_at', table_name='files')
    op.drop_index('ix_refunds_finished_at', table_name='refunds')
    op.drop_index('ix_refunds_accepted_at', table_name='refunds')
    op.drop_index('ix_orders_created_at', table_name='orders')
    op.drop_index('ix_payments_paid_at', table_name='payments')
    op.drop_index('ix_cases_closed_with_a_result', table_name='cases')
    op.drop_column('refunds', 'accepted_at')
    op.drop_column('refunds', 'billed_on')
    op.drop_column('payments', 'billed_on')
    op.drop_column('cases', 'valid_until')
    op.drop_table('waiting_times')
    op.drop_table('bill_days')
    op.drop_table('reminders')
