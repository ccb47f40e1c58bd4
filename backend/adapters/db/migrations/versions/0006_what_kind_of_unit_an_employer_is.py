"""What kind of unit an employer is, and how many new permits it may still apply for.

Revision: 0006, after 0005
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

KINDS = "unit_kind IN ('company', 'high_tech', 'institution', 'social', 'branch')"


def upgrade() -> None:
    op.add_column("employers", sa.Column("unit_kind", sa.Text(), server_default="company", nullable=False))
    op.add_column("employers", sa.Column("quota", sa.Integer(), nullable=True))
    op.create_check_constraint(op.f("ck_employers_unit_kind"), "employers", KINDS)
    op.create_check_constraint(op.f("ck_employers_quota"), "employers", "quota >= 0")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_employers_quota"), "employers")
    op.drop_constraint(op.f("ck_employers_unit_kind"), "employers")
    op.drop_column("employers", "quota")
    op.drop_column("employers", "unit_kind")
