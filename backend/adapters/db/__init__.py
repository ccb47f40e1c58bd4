"""The Postgres side of the backend: tables, unit of work, migrations."""
