-- Whether the role may make the schema, or, where it is there, something in it.
SELECT CASE
    WHEN n.oid IS NULL THEN has_database_privilege(current_database(), 'CREATE')
    ELSE has_schema_privilege(n.oid, 'CREATE')
END
FROM (VALUES ($1)) s (name)
LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = s.name
