-- What the server is, and what of ours is there. Nothing here needs a right.
SELECT
    current_setting('server_version_num')::integer,
    current_setting('server_version'),
    pg_is_in_recovery(),
    (SELECT pg_encoding_to_char(d.encoding)::text FROM pg_catalog.pg_database d WHERE d.datname = current_database()),
    current_setting('fsync') = 'on',
    current_setting('full_page_writes') = 'on',
    EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname = $1),
    EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = 'schema_version'),
    pg_backend_pid()
