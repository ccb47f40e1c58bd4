"""Offers to bind by QR, codes by mail, invitations of staff; a mail's code is sealed beside it.

Revision: 0011, after 0010
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0011'
down_revision: str | None = '0010'
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column('mails', sa.Column('code_sealed', sa.LargeBinary(), nullable=True))
    op.create_table('bind_offers',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('scene_hash', sa.Text(), nullable=False),
    sa.Column('applicant_id', sa.Text(), nullable=False),
    sa.Column('issued_by', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('scanned_by', sa.Text(), nullable=True),
    sa.Column('scanned_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tries', sa.Integer(), server_default='0', nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('tries >= 0', name=op.f('ck_bind_offers_tries')),
    sa.ForeignKeyConstraint(['applicant_id'], ['applicants.id'], name=op.f('fk_bind_offers_applicant_id')),
    sa.ForeignKeyConstraint(['issued_by'], ['staff.id'], name=op.f('fk_bind_offers_issued_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bind_offers')),
    sa.UniqueConstraint('scene_hash', name=op.f('uq_bind_offers_scene_hash'))
    )
    op.create_index(op.f('ix_bind_offers_scanned_by'), 'bind_offers', ['scanned_by'])
    op.create_index(op.f('ix_bind_offers_applicant_id'), 'bind_offers', ['applicant_id'])
    op.create_index(op.f('ix_bind_offers_expires_at'), 'bind_offers', ['expires_at'])
    op.create_table('codes',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('about_hash', sa.Text(), nullable=False),
    sa.Column('applicant_id', sa.Text(), nullable=True),
    sa.Column('openid', sa.Text(), nullable=True),
    sa.Column('code_hash', sa.Text(), nullable=False),
    sa.Column('told_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), server_default='0', nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("purpose IN ('reset_password', 'new_phone')", name=op.f('ck_codes_purpose')),
    sa.CheckConstraint('tries >= 0', name=op.f('ck_codes_tries')),
    sa.ForeignKeyConstraint(['applicant_id'], ['applicants.id'], name=op.f('fk_codes_applicant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_codes'))
    )
    op.create_index(op.f('ix_codes_about_hash'), 'codes', ['about_hash'])
    op.create_index(op.f('ix_codes_expires_at'), 'codes', ['expires_at'])
    op.create_table('staff_invitations',
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('staff_id', sa.Text(), nullable=False),
    sa.Column('created_by', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['staff.id'], name=op.f('fk_staff_invitations_created_by')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_invitations_staff_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_staff_invitations'))
    )
    op.create_index(op.f('ix_staff_invitations_staff_id'), 'staff_invitations', ['staff_id'])
    op.create_index(op.f('ix_staff_invitations_expires_at'), 'staff_invitations', ['expires_at'])


def downgrade() -> None:
    op.drop_table('staff_invitations')
    op.drop_table('codes')
    op.drop_table('bind_offers')
    op.drop_column('mails', 'code_sealed')
