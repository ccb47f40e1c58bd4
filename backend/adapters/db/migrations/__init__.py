"""Alembic's migrations: the backend's tables, the WeChat kit's, and procrastinate's own schema."""
