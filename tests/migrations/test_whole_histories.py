"""Both histories whole: up version by version, down the same way, up again; compared at each step.

What is compared is what PostgreSQL itself says of tables, columns, constraints, indexes, functions
and triggers, not what the models say.
"""

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text

from market.db import schema
from tests.support.databases import HISTORIES

SAID = """
WITH ours AS (SELECT oid FROM pg_namespace WHERE nspname = 'public')
SELECT 'table ' || relname, relkind::text || ' ' || relpersistence::text
    FROM pg_class WHERE relnamespace = (TABLE ours) AND relkind NOT IN ('i', 'I')
UNION ALL
SELECT 'column ' || table_name || '.' || column_name,
       concat_ws(' ', udt_name, character_maximum_length, numeric_precision, numeric_scale,
                 is_nullable, collation_name, is_identity, is_generated, column_default)
    FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL
SELECT 'constraint ' || conrelid::regclass::text || '.' || conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = (TABLE ours)
UNION ALL
SELECT 'index ' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'function ' || oid::regprocedure::text, pg_get_functiondef(oid)
    FROM pg_proc WHERE pronamespace = (TABLE ours)
UNION ALL
SELECT 'trigger ' || tgrelid::regclass::text || '.' || tgname, pg_get_triggerdef(oid)
    FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'kind ' || typname, typtype::text || ' ' || coalesce(
        (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder)
            FROM pg_enum WHERE enumtypid = kind.oid), '')
    FROM pg_type AS kind WHERE typnamespace = (TABLE ours) AND typtype <> 'b'
UNION ALL
SELECT 'extension ' || extname, extversion FROM pg_extension
"""


def shape(engine: Engine) -> dict[str, str]:
    """Everything that a version may make, but for its own number."""
    with engine.connect() as connection:
        found = dict(connection.execute(text(SAID)).all())
    return {name: said for name, said in found.items() if "alembic_version" not in name}


def revisions(name: str) -> list[str]:
    """The versions of a history, oldest first."""
    script = ScriptDirectory.from_config(schema.configuration(HISTORIES[name], "unused"))
    return [step.revision for step in script.walk_revisions()][::-1]


@pytest.mark.parametrize("name", HISTORIES)
def test_each_version_goes_up_and_down_and_up_again(name: str, empty_database_url: str) -> None:
    configuration = schema.configuration(HISTORIES[name], empty_database_url)
    engine = create_engine(empty_database_url)
    shapes = {"base": shape(engine)}
    for revision in revisions(name):
        command.upgrade(configuration, revision)
        shapes[revision] = shape(engine)
    steps = list(shapes)
    for newer, older in zip(steps[:0:-1], steps[-2::-1], strict=True):
        assert shapes[newer] != shapes[older], f"{newer} changes nothing"
        command.downgrade(configuration, older)
        assert shape(engine) == shapes[older], f"down from {newer}"
    command.upgrade(configuration, "head")
    assert shape(engine) == shapes[steps[-1]]
    engine.dispose()
    assert len(shapes[steps[-1]]) > 20
