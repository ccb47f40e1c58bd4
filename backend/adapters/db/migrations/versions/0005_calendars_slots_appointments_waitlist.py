"""Calendars, slots, appointments, the waitlist; which manual an employer's applicants follow.

Revision: 0005, after 0004
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '0005'
down_revision: str | None = '0004'
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('calendars',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('bring', sa.Text(), server_default='', nullable=False),
    sa.Column('weekly', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.Column('ahead_days', sa.Integer(), nullable=False),
    sa.Column('cut_off', sa.Text(), nullable=True),
    sa.Column('offer_hours', sa.Integer(), nullable=False),
    sa.Column('districts', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('active', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('open_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('re_review', 'pre_review')", name=op.f('ck_calendars_kind')),
    sa.CheckConstraint('seats >= 1', name=op.f('ck_calendars_seats')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendars'))
    )
    op.create_table('closures',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('calendar_id', sa.Text(), nullable=True),
    sa.Column('first', sa.Date(), nullable=False),
    sa.Column('last', sa.Date(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('created_by', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('first <= last', name=op.f('ck_closures_days')),
    sa.ForeignKeyConstraint(['calendar_id'], ['calendars.id'], name=op.f('fk_closures_calendar_id')),
    sa.ForeignKeyConstraint(['created_by'], ['staff.id'], name=op.f('fk_closures_created_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_closures'))
    )
    op.create_table('slots',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('calendar_id', sa.Text(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.Column('taken', sa.Integer(), server_default='0', nullable=False),
    sa.Column('closed', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('pass_on_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_slots_window')),
    sa.CheckConstraint('taken >= 0 AND taken <= seats', name=op.f('ck_slots_capacity')),
    sa.ForeignKeyConstraint(['calendar_id'], ['calendars.id'], name=op.f('fk_slots_calendar_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_slots')),
    sa.UniqueConstraint('calendar_id', 'starts_at', name=op.f('uq_slots_calendar_id_starts_at'))
    )
    op.create_index(op.f('ix_slots_calendar_id_day'), 'slots', ['calendar_id', 'day'], unique=False)
    op.create_index('ix_slots_pass_on_at', 'slots', ['pass_on_at'], unique=False, postgresql_where=sa.text('pass_on_at IS NOT NULL'))
    op.create_table('appointments',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('case_id', sa.Text(), nullable=False),
    sa.Column('slot_id', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('hold_expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('remind_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('end_reason', sa.Text(), nullable=True),
    postgresql.ExcludeConstraint((sa.column('case_id'), '='), where=sa.text("state IN ('held', 'confirmed')"), deferrable=True, initially='DEFERRED', using='btree', name='ex_appointments_live'),
    sa.CheckConstraint("(state IN ('held', 'confirmed')) = (ended_at IS NULL)", name=op.f('ck_appointments_ended')),
    sa.CheckConstraint("state IN ('held', 'confirmed', 'cancelled', 'attended', 'missed')", name=op.f('ck_appointments_state')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_appointments_case_id')),
    sa.ForeignKeyConstraint(['slot_id'], ['slots.id'], name=op.f('fk_appointments_slot_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appointments'))
    )
    op.create_index(op.f('ix_appointments_case_id_created_at'), 'appointments', ['case_id', 'created_at'], unique=False)
    op.create_index('ix_appointments_remind_at', 'appointments', ['remind_at'], unique=False, postgresql_where=sa.text('remind_at IS NOT NULL'))
    op.create_index('ix_appointments_slot', 'appointments', ['slot_id'], unique=False, postgresql_where=sa.text("state IN ('held', 'confirmed')"))
    op.create_table('waitlist',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('case_id', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('district', sa.Text(), nullable=False),
    sa.Column('wished_on', sa.Date(), nullable=True),
    sa.Column('wished_half', sa.Text(), nullable=True),
    sa.Column('state', sa.Text(), server_default='waiting', nullable=False),
    sa.Column('slot_id', sa.Text(), nullable=True),
    sa.Column('offer_expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'offered') = (offer_expires_at IS NOT NULL)", name=op.f('ck_waitlist_offer')),
    sa.CheckConstraint("state IN ('waiting', 'offered', 'taken', 'passed', 'left')", name=op.f('ck_waitlist_state')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_waitlist_case_id')),
    sa.ForeignKeyConstraint(['slot_id'], ['slots.id'], name=op.f('fk_waitlist_slot_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waitlist'))
    )
    op.create_index('ix_waitlist_offer_expires_at', 'waitlist', ['offer_expires_at'], unique=False, postgresql_where=sa.text('offer_expires_at IS NOT NULL'))
    op.create_index('ix_waitlist_offered', 'waitlist', ['slot_id'], unique=False, postgresql_where=sa.text("state = 'offered'"))
    op.create_index('ix_waitlist_waiting', 'waitlist', ['kind', 'id'], unique=False, postgresql_where=sa.text("state = 'waiting'"))
    op.create_index('uq_waitlist_open', 'waitlist', ['case_id'], unique=True, postgresql_where=sa.text("state IN ('waiting', 'offered')"))
    op.add_column('employers', sa.Column('manual', sa.Text(), server_default='2023', nullable=False))
    op.create_check_constraint(op.f('ck_employers_manual'), 'employers', "manual IN ('2023', 'legacy_2019')")


def downgrade() -> None:
    op.drop_column('employers', 'manual')
    op.drop_index('uq_waitlist_open', table_name='waitlist', postgresql_where=sa.text("state IN ('waiting', 'offered')"))
    op.drop_index('ix_waitlist_waiting', table_name='waitlist', postgresql_where=sa.text("state = 'waiting'"))
    op.drop_index('ix_waitlist_offered', table_name='waitlist', postgresql_where=sa.text("state = 'offered'"))
    op.drop_index('ix_waitlist_offer_expires_at', table_name='waitlist', postgresql_where=sa.text('offer_expires_at IS NOT NULL'))
    op.drop_table('waitlist')
    op.drop_index('ix_appointments_slot', table_name='appointments', postgresql_where=sa.text("state IN ('held', 'confirmed')"))
    op.drop_index('ix_appointments_remind_at', table_name='appointments', postgresql_where=sa.text('remind_at IS NOT NULL'))
    op.drop_index(op.f('ix_appointments_case_id_created_at'), table_name='appointments')
    op.drop_table('appointments')
    op.drop_index('ix_slots_pass_on_at', table_name='slots', postgresql_where=sa.text('pass_on_at IS NOT NULL'))
    op.drop_index(op.f('ix_slots_calendar_id_day'), table_name='slots')
    op.drop_table('slots')
    op.drop_table('closures')
    op.drop_table('calendars')
