-- The rights that the role lacks for everyday work, as one would grant them.
WITH ours AS (
    SELECT n.oid AS schema, n.nspname FROM pg_catalog.pg_namespace n WHERE n.nspname = $1)
SELECT format('USAGE on schema %s', o.nspname)
FROM ours o
WHERE NOT has_schema_privilege(o.schema, 'USAGE')
UNION ALL
SELECT format('%s on table %s', p.privilege, c.relname)
FROM ours o
JOIN pg_catalog.pg_class c ON c.relnamespace = o.schema
CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p (privilege)
WHERE c.relname = ANY (ARRAY['session', 'record', 'data_key', 'tombstone', 'unowned', 'history', 'history_version', 'history_record', 'key_ring']) AND NOT has_table_privilege(c.oid, p.privilege)
UNION ALL
SELECT 'SELECT on table schema_version'
FROM ours o
JOIN pg_catalog.pg_class c ON c.relnamespace = o.schema AND c.relname = 'schema_version'
WHERE NOT has_table_privilege(c.oid, 'SELECT')
UNION ALL
SELECT 'USAGE on sequence session_id'
FROM ours o
JOIN pg_catalog.pg_class c ON c.relnamespace = o.schema AND c.relname = 'session_id'
WHERE NOT has_sequence_privilege(c.oid, 'USAGE')
UNION ALL
SELECT format('EXECUTE on function %s', f.proname)
FROM ours o
JOIN pg_catalog.pg_proc f ON f.pronamespace = o.schema
WHERE NOT has_function_privilege(f.oid, 'EXECUTE')
