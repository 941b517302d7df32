-- The ring of master keys, one row: ids, states and times, and keys only as their provider wrapped them. Apart from the records, as the data keys are.
CREATE TABLE hybridstore.key_ring (
    single  boolean PRIMARY KEY DEFAULT true CHECK (single),
    version bigint  NOT NULL,
    content bytea   NOT NULL
);

-- Writes the ring, if nobody has since it was read. Version 0: there was none.
CREATE FUNCTION hybridstore.write_ring_v1(p_expected bigint, p_content bytea) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM hybridstore.keep_v1();
    IF p_expected = 0 THEN
        INSERT INTO hybridstore.key_ring (version, content) VALUES (1, p_content) ON CONFLICT DO NOTHING;
    ELSE
        UPDATE hybridstore.key_ring SET version = version + 1, content = p_content WHERE version = p_expected;
    END IF;
    RETURN FOUND;
END $$;

-- Replaces wrapped data keys, each where it still is as it was read. Gives how many. One by one, in an order that all have: nobody waits in a circle.
CREATE FUNCTION hybridstore.rewrap_v1(p_tenants text[], p_names text[], p_incarnations bigint[], p_ids bigint[], p_before bytea[], p_after bytea[]) RETURNS integer
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    replaced integer := 0;
    k        record;
BEGIN
    PERFORM hybridstore.keep_v1();
    FOR k IN
        SELECT s.id AS session, u.id, u.before, u.after
        FROM unnest(p_tenants, p_names, p_incarnations, p_ids, p_before, p_after) u (tenant, name, incarnation, id, before, after)
        JOIN hybridstore.session s ON s.tenant = u.tenant AND s.name = u.name AND s.incarnation = u.incarnation AND s.version > 0
        ORDER BY s.id, u.id
    LOOP
        UPDATE hybridstore.data_key d SET wrapped = k.after WHERE d.session = k.session AND d.key_id = k.id AND d.wrapped = k.before;
        IF FOUND THEN
            replaced := replaced + 1;
        END IF;
    END LOOP;
    RETURN replaced;
END $$;

-- Gives a session another data key, which seals from then on. True: it is the newest.
CREATE FUNCTION hybridstore.add_data_key_v1(p_tenant text, p_name text, p_incarnation bigint, p_after bigint, p_key bigint, p_wrapped bytea) RETURNS boolean
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    s hybridstore.session;
BEGIN
    PERFORM hybridstore.keep_v1();
    SELECT x.* INTO s FROM hybridstore.session x WHERE x.tenant = p_tenant AND x.name = p_name FOR UPDATE;
    IF s.id IS NULL OR s.version = 0 OR s.incarnation <> p_incarnation THEN
        RETURN false;
    END IF;
    IF s.data_key = p_key THEN
        RETURN true;
    END IF;
    IF s.data_key <> p_after THEN
        RETURN false;
    END IF;
    INSERT INTO hybridstore.data_key (session, key_id, wrapped) VALUES (s.id, p_key, p_wrapped);
    UPDATE hybridstore.session x SET data_key = p_key WHERE x.id = s.id;
    RETURN true;
END $$;

-- Replaces envelopes of records that are still of the version that was read. Gives how many. The session is locked as a commit locks it.
CREATE FUNCTION hybridstore.replace_envelopes_v1(p_tenant text, p_name text, p_incarnation bigint, p_types text[], p_ids text[], p_versions bigint[], p_envelopes bytea[])
RETURNS integer
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    of       bigint;
    replaced integer := 0;
BEGIN
    PERFORM hybridstore.keep_v1();
    SELECT x.id INTO of FROM hybridstore.session x WHERE x.tenant = p_tenant AND x.name = p_name AND x.incarnation = p_incarnation AND x.version > 0 FOR UPDATE;
    IF of IS NULL THEN
        RETURN 0;
    END IF;
    FOR i IN 1 .. cardinality(p_types) LOOP
        UPDATE hybridstore.record r SET envelope = p_envelopes[i]
        WHERE r.session = of AND r.type = p_types[i] AND r.id = p_ids[i] AND r.version = p_versions[i];
        IF FOUND THEN
            replaced := replaced + 1;
        END IF;
    END LOOP;
    RETURN replaced;
END $$;
