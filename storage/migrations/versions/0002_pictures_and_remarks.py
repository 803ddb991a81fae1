"""Pictures, thumbnails, prints of texts, remarks; and which messages bear a mark of secrecy."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("dhash", sa.String(), nullable=True),
        sa.Column("taken_at", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("picture", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_picture_message"), ["message"], unique=False)

    op.create_table(
        "thumbnail",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_table(
        "prints",
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("message", "part"),
    )
    op.create_table(
        "remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("remark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_remark_message"), ["message"], unique=False)

    op.add_column("message", sa.Column("classified", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.alter_column("classified", server_default=None)


def downgrade() -> None:
    """Everything here is derived: rebuild with the older version instead."""
