"""What the agency has on file about an employer; what operators publish; messages found by their account.

Revision: 0013, after 0012
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '0013'
down_revision: str | None = '0012'
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None
ON_FILE = ("link_code", "client_no", "contact_name", "contact_phone")


def upgrade() -> None:
    for name in ON_FILE:
        op.add_column("employers", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.create_table(
        "publications",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('fees', 'notice', 'material', 'text', 'message')", name=op.f("ck_publications_kind")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_publications_staff_id_staff")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_publications")),
    )
    op.create_index(op.f("ix_publications_kind_key"), "publications", ["kind", "key"])
    op.create_index("wechat_outgoing_of", "wechat_outgoing", ["openid", "id"])


def downgrade() -> None:
    op.drop_index("wechat_outgoing_of", table_name="wechat_outgoing")
    op.drop_table("publications")
    for name in ON_FILE:
        op.drop_column("employers", name)
