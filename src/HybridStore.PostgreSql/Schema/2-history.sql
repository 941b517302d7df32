-- The former versions of a session's records, where they are kept. through: the version up to which nothing is missing; below the session's, history has ended.
-- oldest: the oldest version that can be gone back to.
CREATE TABLE hybridstore.history (
    session bigint PRIMARY KEY,
    through bigint NOT NULL,
    oldest  bigint NOT NULL
);

CREATE TABLE hybridstore.history_version (
    session bigint      NOT NULL,
    version bigint      NOT NULL,
    at      timestamptz NOT NULL,
    changes integer     NOT NULL,
    bytes   bigint      NOT NULL,
    PRIMARY KEY (session, version)
);

-- A record as it was from version on, until replaced_by replaced or deleted it.
CREATE TABLE hybridstore.history_record (
    session     bigint           NOT NULL,
    type        text COLLATE "C" NOT NULL,
    id          text COLLATE "C" NOT NULL,
    version     bigint           NOT NULL,
    replaced_by bigint           NOT NULL,
    envelope    bytea            NOT NULL,
    PRIMARY KEY (session, type, id, replaced_by)
);
CREATE INDEX history_record_replaced_by ON hybridstore.history_record (session, replaced_by);
ALTER TABLE hybridstore.history_record ALTER COLUMN envelope SET STORAGE EXTERNAL;

-- A commit as commit_v1 makes it, that keeps what it replaces. p_period is in microseconds.
CREATE FUNCTION hybridstore.commit_with_history_v1(
    p_tenant text, p_name text, p_name_hash bytea,
    p_incarnation bigint, p_epoch bigint, p_seen_version bigint, p_sealed_with bigint, p_rollback integer, p_new_data_key bytea, p_now timestamptz,
    p_commit_ids uuid[], p_predecessors bigint[], p_versions bigint[], p_session_versions bigint[],
    p_absorbed_ends integer[], p_absorbed_ids uuid[], p_absorbed_versions bigint[],
    p_set_ends integer[], p_set_types text[], p_set_ids text[], p_set_versions bigint[], p_set_envelopes bytea[],
    p_delete_ends integer[], p_delete_types text[], p_delete_ids text[],
    p_expectation_ends integer[], p_expected_types text[], p_expected_ids text[], p_expected_versions bigint[],
    p_max_versions integer, p_period bigint, p_except_types text[],
    OUT status integer, OUT incarnation bigint, OUT version bigint, OUT previous_version bigint, OUT epoch bigint,
    OUT conflict integer, OUT expected_version bigint, OUT actual_version bigint)
LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    max_steps   CONSTANT integer := 64;
    max_removed CONSTANT integer := 256;

    before    hybridstore.session;
    after     hybridstore.session;
    replaced  hybridstore.record[];
    changed   integer;
    size      bigint;
    beginning bigint;
    next      bigint;
BEGIN
    PERFORM hybridstore.keep_v1();
    SELECT x.* INTO before FROM hybridstore.session x WHERE x.tenant = p_tenant AND x.name = p_name FOR UPDATE;
    IF before.version > 0 THEN
        replaced := ARRAY(
            SELECT r.r
            FROM (
                SELECT DISTINCT c.type, c.id
                FROM (SELECT * FROM unnest(p_set_types, p_set_ids) UNION ALL SELECT * FROM unnest(p_delete_types, p_delete_ids)) c (type, id)
                WHERE c.type <> ALL (p_except_types)) k
            CROSS JOIN LATERAL (SELECT x AS r FROM hybridstore.record x WHERE x.session = before.id AND x.type = k.type AND x.id = k.id LIMIT 1) r);
    END IF;

    SELECT c.status, c.incarnation, c.version, c.previous_version, c.epoch, c.conflict, c.expected_version, c.actual_version
    INTO status, incarnation, version, previous_version, epoch, conflict, expected_version, actual_version
    FROM hybridstore.commit_v1(
        p_tenant, p_name, p_name_hash, p_incarnation, p_epoch, p_seen_version, p_sealed_with, p_rollback, p_new_data_key, p_now,
        p_commit_ids, p_predecessors, p_versions, p_session_versions, p_absorbed_ends, p_absorbed_ids, p_absorbed_versions,
        p_set_ends, p_set_types, p_set_ids, p_set_versions, p_set_envelopes, p_delete_ends, p_delete_types, p_delete_ids,
        p_expectation_ends, p_expected_types, p_expected_ids, p_expected_versions) c;

    -- Somebody else made the session in between: what this commit replaced was not seen, and the next one begins its history.
    IF status <> 1 OR previous_version <> coalesce(before.version, 0) THEN
        RETURN;
    END IF;

    SELECT x.* INTO after FROM hybridstore.session x WHERE x.tenant = p_tenant AND x.name = p_name;
    INSERT INTO hybridstore.history_record (session, type, id, version, replaced_by, envelope)
    SELECT after.id, o.type, o.id, o.version, after.version, o.envelope FROM unnest(replaced) o;
    SELECT count(*), coalesce(sum(k.size), 0) INTO changed, size
    FROM (
        SELECT
            (SELECT length(x.envelope) FROM hybridstore.record x WHERE x.session = after.id AND x.type = d.type AND x.id = d.id LIMIT 1) AS size,
            EXISTS (
                SELECT FROM hybridstore.history_record x
                WHERE x.session = after.id AND x.type = d.type AND x.id = d.id AND x.replaced_by = after.version) AS existed
        FROM (
            SELECT DISTINCT c.type, c.id
            FROM (SELECT * FROM unnest(p_set_types, p_set_ids) UNION ALL SELECT * FROM unnest(p_delete_types, p_delete_ids)) c (type, id)
            WHERE c.type <> ALL (p_except_types)) d) k
    WHERE k.size IS NOT NULL OR k.existed;

    SELECT h.oldest INTO beginning FROM hybridstore.history h WHERE h.session = after.id AND h.through = previous_version;
    IF NOT FOUND THEN
        beginning := CASE WHEN previous_version = 0 THEN after.version ELSE previous_version END;
        IF previous_version > 0 THEN
            INSERT INTO hybridstore.history_version (session, version, at, changes, bytes) VALUES (after.id, previous_version, before.updated_at, 0, 0);
        END IF;
    END IF;
    IF changed > 0 OR previous_version = 0 THEN
        INSERT INTO hybridstore.history_version (session, version, at, changes, bytes) VALUES (after.id, after.version, after.updated_at, changed, size);
    END IF;

    IF p_max_versions IS NOT NULL THEN
        SELECT greatest(beginning, max(o.replaced_by)) INTO beginning
        FROM hybridstore.history_record n
        CROSS JOIN LATERAL (
            SELECT x.replaced_by FROM hybridstore.history_record x WHERE x.session = after.id AND x.type = n.type AND x.id = n.id
            ORDER BY x.replaced_by DESC LIMIT 1 OFFSET p_max_versions) o
        WHERE n.session = after.id AND n.replaced_by = after.version;
    END IF;
    IF p_period IS NOT NULL THEN
        -- The newest version that is as old as the period: how the session was when it began.
        FOR i IN 1 .. max_steps LOOP
            SELECT v.version INTO next
            FROM (SELECT x.version, x.at FROM hybridstore.history_version x WHERE x.session = after.id AND x.version > beginning ORDER BY x.version LIMIT 1) v
            WHERE v.at <= after.updated_at - p_period * interval '1 microsecond';
            EXIT WHEN NOT FOUND;
            beginning := next;
        END LOOP;
    END IF;

    INSERT INTO hybridstore.history AS h (session, through, oldest) VALUES (after.id, after.version, beginning)
    ON CONFLICT ON CONSTRAINT history_pkey DO UPDATE SET through = excluded.through, oldest = excluded.oldest;
    DELETE FROM hybridstore.history_version x WHERE x.session = after.id AND x.version = ANY (ARRAY(
        SELECT y.version FROM hybridstore.history_version y WHERE y.session = after.id AND y.version < beginning ORDER BY y.version LIMIT max_removed));
    DELETE FROM hybridstore.history_record x WHERE x.ctid = ANY (ARRAY(
        SELECT y.ctid FROM hybridstore.history_record y WHERE y.session = after.id AND y.replaced_by <= beginning ORDER BY y.replaced_by LIMIT max_removed));
END $$;

-- Removes former versions of records too. Whoever calls it knows nothing of them: it is the same function as before.
CREATE OR REPLACE FUNCTION hybridstore.purge_v1(p_limit integer) RETURNS boolean
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
        DELETE FROM hybridstore.history_record r
        WHERE r.session = ended AND r.ctid = ANY (ARRAY(SELECT x.ctid FROM hybridstore.history_record x WHERE x.session = ended LIMIT p_limit));
        GET DIAGNOSTICS removed = ROW_COUNT;
    END IF;
    IF removed < p_limit THEN
        DELETE FROM hybridstore.history_version v WHERE v.session = ended;
        DELETE FROM hybridstore.history h WHERE h.session = ended;
        DELETE FROM hybridstore.unowned u WHERE u.session = ended;
    END IF;
    RETURN true;
END $$;
