-- True, on a server that takes writes. A standby may lack what its primary has acknowledged: there, what is missing need not be absent.
CREATE FUNCTION hybridstore.on_primary_v1() RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF pg_is_in_recovery() THEN
        RAISE EXCEPTION 'a standby is not read' USING ERRCODE = 'read_only_sql_transaction';
    END IF;
    RETURN true;
END $$;

-- A session's head and any of its records, all from the snapshot of the statement that asks.
-- part 0: the head (without a version: it does not exist), number is the last life that ended. Part 1: the records that are there; place says
-- which of those asked, number is the version. Part 2: the wrapped data keys, newest first, number is the key's id.
CREATE FUNCTION hybridstore.read_v1(p_tenant text, p_name text, p_name_hash bytea, p_types text[], p_ids text[], p_with_data_keys boolean)
RETURNS TABLE (
    part integer, place bigint, number bigint, bytes bytea, incarnation bigint, version bigint, epoch bigint, ahead_epoch bigint, rolled_back_at bigint,
    created_at timestamptz, updated_at timestamptz, commits uuid[])
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    s hybridstore.session;
BEGIN
    IF pg_is_in_recovery() THEN
        PERFORM hybridstore.on_primary_v1();
    END IF;
    SELECT x.* INTO s FROM hybridstore.session x WHERE x.tenant = p_tenant AND x.name = p_name;
    part := 0;
    number := s.incarnation;
    IF NOT FOUND THEN
        SELECT t.incarnation INTO number FROM hybridstore.tombstone t WHERE t.name_hash = p_name_hash;
    ELSIF s.version > 0 THEN
        number := s.incarnation - 1;
        incarnation := s.incarnation;
        version := s.version;
        epoch := s.epoch;
        ahead_epoch := s.ahead_epoch;
        rolled_back_at := s.rolled_back_at;
        created_at := s.created_at;
        updated_at := s.updated_at;
        commits := CASE WHEN p_with_data_keys THEN s.commits END;
    END IF;
    number := coalesce(number, 0);
    RETURN NEXT;
    IF version IS NULL THEN
        RETURN;
    END IF;

    -- LIMIT: each finds its row by the whole key, whatever statistics say.
    RETURN QUERY
        SELECT 1, k.place, r.version, r.envelope, NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, NULL::timestamptz, NULL::timestamptz, NULL::uuid[]
        FROM unnest(p_types, p_ids) WITH ORDINALITY k (type, id, place)
        CROSS JOIN LATERAL (SELECT x.version, x.envelope FROM hybridstore.record x WHERE x.session = s.id AND x.type = k.type AND x.id = k.id LIMIT 1) r;
    IF p_with_data_keys THEN
        RETURN QUERY
            SELECT 2, 0::bigint, d.key_id, d.wrapped, NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, NULL::timestamptz, NULL::timestamptz, NULL::uuid[]
            FROM hybridstore.data_key d WHERE d.session = s.id ORDER BY d.seq DESC;
    END IF;
END $$;
