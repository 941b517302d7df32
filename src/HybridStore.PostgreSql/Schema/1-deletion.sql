-- Ends a session's life: a tombstone comes, the row and the keys go, and the records, which nobody reaches any more, go later.
CREATE FUNCTION hybridstore.delete_v1(
    p_tenant text, p_name text, p_name_hash bytea, OUT existed boolean, OUT incarnation bigint, OUT last_version bigint, OUT epoch bigint)
LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    s hybridstore.session;
BEGIN
    PERFORM hybridstore.keep_v1();
    SELECT x.* INTO s FROM hybridstore.session x WHERE x.tenant = p_tenant AND x.name = p_name FOR UPDATE;
    existed := coalesce(s.version > 0, false);
    IF s.id IS NOT NULL THEN
        INSERT INTO hybridstore.tombstone AS t VALUES (p_name_hash, s.incarnation, s.version, s.epoch + 1)
        ON CONFLICT ON CONSTRAINT tombstone_pkey DO UPDATE
        SET incarnation = excluded.incarnation, epoch = excluded.epoch, last_version = CASE WHEN existed THEN excluded.last_version ELSE t.last_version END;
        DELETE FROM hybridstore.data_key x WHERE x.session = s.id;
        DELETE FROM hybridstore.session x WHERE x.id = s.id;
        INSERT INTO hybridstore.unowned (session, loading) VALUES (s.id, false);
    END IF;
    SELECT t.incarnation, t.last_version, t.epoch INTO incarnation, last_version, epoch FROM hybridstore.tombstone t WHERE t.name_hash = p_name_hash;
    incarnation := coalesce(incarnation, 0);
    last_version := coalesce(last_version, 0);
    epoch := coalesce(epoch, 0);
END $$;

-- Removes some of the records that belong to nobody: of a session that ended, or of an import that was left a day ago.
-- Several processes that do so at once take different ones. False: there is nothing left.
CREATE FUNCTION hybridstore.purge_v1(p_limit integer) RETURNS boolean
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    ended   bigint;
    removed bigint;
BEGIN
    SELECT u.session INTO ended FROM hybridstore.unowned u WHERE NOT u.loading OR u.touched_at < clock_timestamp() - interval '24 hours'
    ORDER BY u.session LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM hybridstore.record r
    WHERE r.session = ended AND r.ctid = ANY (ARRAY(SELECT x.ctid FROM hybridstore.record x WHERE x.session = ended LIMIT p_limit));
    GET DIAGNOSTICS removed = ROW_COUNT;
    IF removed < p_limit THEN
        DELETE FROM hybridstore.unowned u WHERE u.session = ended;
    END IF;
    RETURN true;
END $$;
