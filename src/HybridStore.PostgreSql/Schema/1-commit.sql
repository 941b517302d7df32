-- One commit: what it depends on is checked against the session as it is now, in the contract's order, and then all of it is applied, or nothing.
-- What belongs to patches comes in arrays of all patches together; p_..._ends says where each patch's part ends.
CREATE FUNCTION hybridstore.commit_v1(
    p_tenant text, p_name text, p_name_hash bytea,
    p_incarnation bigint, p_epoch bigint, p_seen_version bigint, p_sealed_with bigint, p_rollback integer, p_new_data_key bytea, p_now timestamptz,
    p_commit_ids uuid[], p_predecessors bigint[], p_versions bigint[], p_session_versions bigint[],
    p_absorbed_ends integer[], p_absorbed_ids uuid[], p_absorbed_versions bigint[],
    p_set_ends integer[], p_set_types text[], p_set_ids text[], p_set_versions bigint[], p_set_envelopes bytea[],
    p_delete_ends integer[], p_delete_types text[], p_delete_ids text[],
    p_expectation_ends integer[], p_expected_types text[], p_expected_ids text[], p_expected_versions bigint[],
    OUT status integer, OUT incarnation bigint, OUT version bigint, OUT previous_version bigint, OUT epoch bigint,
    OUT conflict integer, OUT expected_version bigint, OUT actual_version bigint)
LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    -- ColdCommitStatus.
    committed         CONSTANT integer := 1;
    repeated          CONSTANT integer := 2;
    conflicting       CONSTANT integer := 3;
    fenced            CONSTANT integer := 4;
    incarnation_ended CONSTANT integer := 5;
    out_of_order      CONSTANT integer := 6;
    data_key_changed  CONSTANT integer := 7;
    went_back         CONSTANT integer := 8;

    s         hybridstore.session;
    made_row  boolean := false;
    exist     boolean;
    patches   CONSTANT integer := cardinality(p_commit_ids);
    made      bigint[] := array_fill(NULL::bigint, ARRAY[cardinality(p_commit_ids)]);
    reached   bigint;
    now       timestamptz;
BEGIN
    PERFORM hybridstore.keep_v1();
    SELECT x.* INTO s FROM hybridstore.session x WHERE x.tenant = p_tenant AND x.name = p_name FOR UPDATE;
    IF NOT FOUND THEN
        made_row := hybridstore.lock_or_make_v1(p_tenant, p_name, p_name_hash);
        SELECT x.* INTO s FROM hybridstore.session x WHERE x.tenant = p_tenant AND x.name = p_name;
    END IF;
    now := coalesce(p_now, clock_timestamp());
    exist := s.version > 0;
    status := committed;
    version := s.version;

    IF p_incarnation <> (CASE WHEN exist THEN s.incarnation ELSE s.incarnation + 1 END) THEN
        status := incarnation_ended;
    ELSIF exist AND hybridstore.made_v1(s.commits, s.version, p_commit_ids[patches]) <> 0 THEN
        status := repeated;
        version := hybridstore.made_v1(s.commits, s.version, p_commit_ids[patches]);
    ELSIF s.version < p_seen_version THEN
        status := went_back;
    ELSIF (CASE WHEN p_epoch <> 0 THEN p_epoch <> s.epoch ELSE (s.lease_holder IS NOT NULL AND s.lease_until > now) OR s.ahead_epoch <> 0 END) THEN
        status := fenced;
    ELSIF (CASE WHEN exist THEN p_sealed_with <> s.data_key ELSE p_new_data_key IS NULL END) THEN
        status := data_key_changed;
    ELSE
        -- Which patches are to be applied, and the version that each makes.
        reached := s.version;
        FOR i IN 1 .. patches LOOP
            IF p_predecessors[i] IS NULL THEN
                IF NOT exist OR hybridstore.made_v1(s.commits, s.version, p_commit_ids[i]) = 0 THEN
                    reached := reached + 1;
                    made[i] := reached;
                END IF;
            ELSIF p_versions[i] > reached THEN
                IF p_predecessors[i] <> reached THEN
                    status := out_of_order;
                    EXIT;
                END IF;
                reached := p_versions[i];
                made[i] := reached;
            END IF;
        END LOOP;
        -- All of it is there, though its commit ids are not: too long ago, or taken in as part of a coalesced range.
        IF status = committed AND reached = s.version THEN
            status := repeated;
            version := p_versions[patches];
        END IF;
    END IF;

    IF status = committed THEN
        SELECT a.conflict, a.expected_version, a.actual_version, a.commits INTO conflict, expected_version, actual_version, s.commits
        FROM hybridstore.apply_v1(
            patches > 1 AND (cardinality(p_expected_types) > 0 OR array_remove(p_session_versions, NULL) <> '{}'), s.id, s.version, made, CASE WHEN exist THEN s.commits ELSE array_fill('00000000-0000-0000-0000-000000000000'::uuid, ARRAY[64]) END,
            p_commit_ids, p_session_versions,
            p_absorbed_ends, p_absorbed_ids, p_absorbed_versions,
            p_set_ends, p_set_types, p_set_ids, p_set_versions, p_set_envelopes,
            p_delete_ends, p_delete_types, p_delete_ids,
            p_expectation_ends, p_expected_types, p_expected_ids, p_expected_versions) a;
        IF conflict IS NOT NULL THEN
            status := conflicting;
        END IF;
    END IF;

    IF status = committed THEN
        previous_version := s.version;
        version := reached;
        IF NOT exist THEN
            s.incarnation := p_incarnation;
            s.data_key := p_sealed_with;
            s.created_at := now;
            INSERT INTO hybridstore.data_key (session, key_id, wrapped) VALUES (s.id, p_sealed_with, p_new_data_key);
        END IF;
        -- A holder whose lease ran out, should it come back, knows nothing of this commit: its epoch must not be good any more.
        IF p_epoch = 0 AND s.lease_holder IS NOT NULL THEN
            s.lease_holder := NULL;
            s.lease_until := 'epoch';
            s.epoch := s.epoch + 1;
        END IF;
        IF p_rollback = 2 THEN
            s.rolled_back_at := 0;
        ELSIF p_rollback = 1 AND s.rolled_back_at = 0 THEN
            s.rolled_back_at := s.version;
        END IF;
        UPDATE hybridstore.session x
        SET incarnation = s.incarnation, version = reached, epoch = s.epoch, rolled_back_at = s.rolled_back_at, data_key = s.data_key,
            created_at = s.created_at, updated_at = now, lease_until = s.lease_until, lease_holder = s.lease_holder, commits = s.commits
        WHERE x.id = s.id;
        exist := true;
    ELSIF made_row THEN
        DELETE FROM hybridstore.session x WHERE x.id = s.id;
    END IF;

    incarnation := CASE WHEN exist THEN s.incarnation ELSE 0 END;
    epoch := s.epoch;
END $$;
