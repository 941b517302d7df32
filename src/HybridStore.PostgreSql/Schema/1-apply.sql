-- Applies the patches of a commit in order: those that have a version in p_made. A later patch's conditions see what the earlier ones did; where one does
-- not hold, nothing of all is left, and conflict says which: 0 for the session's version, else the place of the expectation. Only where that may be found
-- out after something was written (p_may_undo), a savepoint is needed.
CREATE FUNCTION hybridstore.apply_v1(
    p_may_undo boolean, p_session bigint, p_version bigint, p_made bigint[], p_commits uuid[],
    p_commit_ids uuid[], p_session_versions bigint[],
    p_absorbed_ends integer[], p_absorbed_ids uuid[], p_absorbed_versions bigint[],
    p_set_ends integer[], p_set_types text[], p_set_ids text[], p_set_versions bigint[], p_set_envelopes bytea[],
    p_delete_ends integer[], p_delete_types text[], p_delete_ids text[],
    p_expectation_ends integer[], p_expected_types text[], p_expected_ids text[], p_expected_versions bigint[],
    OUT conflict integer, OUT expected_version bigint, OUT actual_version bigint, OUT commits uuid[])
LANGUAGE plpgsql AS $$
DECLARE
    previous bigint := p_version;
    lo       integer;
    hi       integer;
    doomed   record;
BEGIN
    IF p_may_undo THEN
        BEGIN
            SELECT a.conflict, a.expected_version, a.actual_version, a.commits INTO conflict, expected_version, actual_version, commits
            FROM hybridstore.apply_v1(
                false, p_session, p_version, p_made, p_commits, p_commit_ids, p_session_versions,
                p_absorbed_ends, p_absorbed_ids, p_absorbed_versions,
                p_set_ends, p_set_types, p_set_ids, p_set_versions, p_set_envelopes,
                p_delete_ends, p_delete_types, p_delete_ids,
                p_expectation_ends, p_expected_types, p_expected_ids, p_expected_versions) a;
            IF conflict IS NOT NULL THEN
                RAISE EXCEPTION SQLSTATE 'HS001';
            END IF;
        EXCEPTION
            -- The block's changes are undone, its variables stay.
            WHEN SQLSTATE 'HS001' THEN NULL;
        END;
        RETURN;
    END IF;

    commits := p_commits;
    FOR i IN 1 .. cardinality(p_made) LOOP
        CONTINUE WHEN p_made[i] IS NULL;

        IF p_session_versions[i] <> previous THEN
            conflict := 0;
            expected_version := p_session_versions[i];
            actual_version := previous;
            EXIT;
        END IF;
        lo := coalesce(p_expectation_ends[i - 1], 0) + 1;
        hi := p_expectation_ends[i];
        IF hi >= lo THEN
            SELECT e.place, e.version, coalesce(r.version, 0) INTO conflict, expected_version, actual_version
            FROM unnest(p_expected_types[lo:hi], p_expected_ids[lo:hi], p_expected_versions[lo:hi]) WITH ORDINALITY e (type, id, version, place)
            LEFT JOIN LATERAL (
                SELECT x.version FROM hybridstore.record x WHERE x.session = p_session AND x.type = e.type AND x.id = e.id LIMIT 1) r ON true
            WHERE coalesce(r.version, 0) <> e.version
            ORDER BY e.place LIMIT 1;
            IF FOUND THEN
                conflict := conflict + lo - 1;
                EXIT;
            END IF;
        END IF;

        lo := coalesce(p_delete_ends[i - 1], 0) + 1;
        hi := p_delete_ends[i];
        IF hi >= lo THEN
            -- One by one: each finds its row by the whole key. A join might go through all of the session's.
            FOR doomed IN SELECT d.type, d.id FROM unnest(p_delete_types[lo:hi], p_delete_ids[lo:hi]) d (type, id) LOOP
                DELETE FROM hybridstore.record x WHERE x.session = p_session AND x.type = doomed.type AND x.id = doomed.id;
            END LOOP;
        END IF;
        lo := coalesce(p_set_ends[i - 1], 0) + 1;
        hi := p_set_ends[i];
        IF hi >= lo THEN
            INSERT INTO hybridstore.record AS x (session, type, id, version, envelope)
            SELECT p_session, c.type, c.id, CASE WHEN c.version = 0 THEN p_made[i] ELSE c.version END, c.envelope
            FROM unnest(p_set_types[lo:hi], p_set_ids[lo:hi], p_set_versions[lo:hi], p_set_envelopes[lo:hi]) c (type, id, version, envelope)
            ON CONFLICT (session, type, id) DO UPDATE SET version = excluded.version, envelope = excluded.envelope
            WHERE x.version < excluded.version;
        END IF;

        FOR j IN coalesce(p_absorbed_ends[i - 1], 0) + 1 .. p_absorbed_ends[i] LOOP
            commits := hybridstore.remember_v1(commits, previous, p_absorbed_versions[j], p_absorbed_ids[j]);
            previous := p_absorbed_versions[j];
        END LOOP;
        commits := hybridstore.remember_v1(commits, previous, p_made[i], p_commit_ids[i]);
        previous := p_made[i];
    END LOOP;
END $$;
