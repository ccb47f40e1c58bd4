"""Refunds in parts, what became of an invoice, changes of it after payment.

Revision: 0007, after 0006
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0007'
down_revision: str | None = '0006'
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('invoice_changes',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('case_id', sa.Text(), nullable=False),
    sa.Column('title_type', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('tax_no', sa.Text(), server_default='', nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), server_default='told', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_by', sa.Text(), nullable=True),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.CheckConstraint("state = 'told' OR (title <> '' AND email <> '')", name=op.f('ck_invoice_changes_complete')),
    sa.CheckConstraint("state = 'told' OR title_type = '个人' OR tax_no <> ''", name=op.f('ck_invoice_changes_tax_no')),
    sa.CheckConstraint("state IN ('told', 'asked', 'done', 'refused')", name=op.f('ck_invoice_changes_state')),
    sa.CheckConstraint("title_type IN ('', '个人', '单位')", name=op.f('ck_invoice_changes_title_type')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_invoice_changes_case_id')),
    sa.ForeignKeyConstraint(['finished_by'], ['staff.id'], name=op.f('fk_invoice_changes_finished_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoice_changes'))
    )
    op.create_index(op.f('ix_invoice_changes_case_id_created_at'), 'invoice_changes', ['case_id', 'created_at'])
    op.create_index('uq_invoice_changes_open', 'invoice_changes', ['case_id'], unique=True, postgresql_where=sa.text("state IN ('told', 'asked')"))
    op.add_column('invoices', sa.Column('number', sa.Text(), nullable=True))
    op.add_column('invoices', sa.Column('file_id', sa.Text(), nullable=True))
    op.add_column('invoices', sa.Column('fault', sa.Text(), nullable=True))
    op.create_foreign_key(op.f('fk_invoices_file_id'), 'invoices', 'files', ['file_id'], ['id'])
    op.add_column('payments', sa.Column('returned_fen', sa.Integer(), server_default='0', nullable=False))
    op.execute(
        "UPDATE payments SET returned_fen = refunds.amount_fen FROM refunds "
        "WHERE refunds.payment_id = payments.id AND refunds.state <> 'closed'"
    )
    op.create_check_constraint(op.f('ck_payments_returned_fen'), 'payments', 'returned_fen BETWEEN 0 AND amount_fen')
    op.drop_index('uq_refunds_payment', table_name='refunds')
    op.create_index(op.f('ix_refunds_payment_id'), 'refunds', ['payment_id'])
    op.create_index('uq_refunds_running', 'refunds', ['payment_id'], unique=True, postgresql_where=sa.text("state IN ('queued', 'processing')"))


def downgrade() -> None:
    op.drop_index('uq_refunds_running', table_name='refunds')
    op.drop_index(op.f('ix_refunds_payment_id'), table_name='refunds')
    op.create_index('uq_refunds_payment', 'refunds', ['payment_id'], unique=True, postgresql_where=sa.text("state <> 'closed'"))
    op.drop_constraint(op.f('ck_payments_returned_fen'), 'payments', type_='check')
    op.drop_column('payments', 'returned_fen')
    op.drop_constraint(op.f('fk_invoices_file_id'), 'invoices', type_='foreignkey')
    op.drop_column('invoices', 'fault')
    op.drop_column('invoices', 'file_id')
    op.drop_column('invoices', 'number')
    op.drop_index('uq_invoice_changes_open', table_name='invoice_changes')
    op.drop_index(op.f('ix_invoice_changes_case_id_created_at'), table_name='invoice_changes')
    op.drop_table('invoice_changes')
