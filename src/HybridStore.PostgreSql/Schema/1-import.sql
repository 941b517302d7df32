-- Whether an import may begin. Where it may, status is 0, and loading is whom its records belong to until they are published.
CREATE FUNCTION hybridstore.import_begin_v1(
    p_tenant text, p_name text, p_name_hash bytea, p_incarnation bigint, p_commit_id uuid, p_now timestamptz,
    OUT status integer, OUT loading bigint,
    OUT incarnation bigint, OUT version bigint, OUT epoch bigint, OUT ahead_epoch bigint, OUT rolled_back_at bigint,
    OUT created_at timestamptz, OUT updated_at timestamptz)
LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    s hybridstore.session;
BEGIN
    SELECT x.* INTO s FROM hybridstore.session x WHERE x.tenant = p_tenant AND x.name = p_name;
    IF NOT FOUND THEN
        SELECT t.incarnation INTO s.incarnation FROM hybridstore.tombstone t WHERE t.name_hash = p_name_hash;
        s.incarnation := coalesce(s.incarnation, 0);
        s.version := 0;
        s.ahead_epoch := 0;
    END IF;
    status := hybridstore.import_verdict_v1(s, p_incarnation, p_commit_id, coalesce(p_now, clock_timestamp()));
    IF status = 0 THEN
        INSERT INTO hybridstore.unowned AS u (session, loading) VALUES (nextval('hybridstore.session_id'), true) RETURNING u.session INTO loading;
    END IF;
    incarnation := s.incarnation;
    version := s.version;
    epoch := s.epoch;
    ahead_epoch := s.ahead_epoch;
    rolled_back_at := s.rolled_back_at;
    created_at := s.created_at;
    updated_at := s.updated_at;
END $$;

-- What an import meets: a ColdCommitStatus, or 0 where nothing is in its way.
CREATE FUNCTION hybridstore.import_verdict_v1(s hybridstore.session, p_incarnation bigint, p_commit_id uuid, p_now timestamptz) RETURNS integer
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        -- Made already, by this very import; or by somebody else.
        WHEN s.version > 0 AND s.incarnation = p_incarnation AND hybridstore.made_v1(s.commits, s.version, p_commit_id) = 1 THEN 1
        WHEN s.version > 0 THEN 3
        WHEN p_incarnation <> s.incarnation + 1 THEN 5
        WHEN (s.lease_holder IS NOT NULL AND s.lease_until > p_now) OR s.ahead_epoch <> 0 THEN 4
        ELSE 0
    END
$$;

-- Makes what was loaded the session. published says whether it was; otherwise status says why not, or that it was made already.
CREATE FUNCTION hybridstore.import_publish_v1(
    p_loading bigint, p_tenant text, p_name text, p_name_hash bytea, p_incarnation bigint, p_commit_id uuid, p_data_key bigint, p_wrapped bytea, p_now timestamptz,
    OUT status integer, OUT published boolean,
    OUT incarnation bigint, OUT version bigint, OUT epoch bigint, OUT ahead_epoch bigint, OUT rolled_back_at bigint,
    OUT created_at timestamptz, OUT updated_at timestamptz)
LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    s    hybridstore.session;
    made boolean;
    now  timestamptz;
BEGIN
    PERFORM hybridstore.keep_v1();
    made := hybridstore.lock_or_make_v1(p_tenant, p_name, p_name_hash);
    SELECT x.* INTO s FROM hybridstore.session x WHERE x.tenant = p_tenant AND x.name = p_name;
    now := coalesce(p_now, clock_timestamp());
    status := hybridstore.import_verdict_v1(s, p_incarnation, p_commit_id, now);
    published := status = 0;
    IF published THEN
        DELETE FROM hybridstore.unowned u WHERE u.session = p_loading AND u.loading;
        IF NOT FOUND THEN
            RAISE EXCEPTION SQLSTATE 'HS002' USING MESSAGE = 'The import was given up meanwhile.';
        END IF;
        status := 1;
        INSERT INTO hybridstore.data_key (session, key_id, wrapped) VALUES (p_loading, p_data_key, p_wrapped);
        -- A holder whose lease ran out knows nothing of this session.
        UPDATE hybridstore.session x
        SET id = p_loading, incarnation = p_incarnation, version = 1, data_key = p_data_key, created_at = now, updated_at = now, rolled_back_at = 0,
            epoch = CASE WHEN x.lease_holder IS NULL THEN x.epoch ELSE x.epoch + 1 END, lease_holder = NULL, lease_until = 'epoch',
            commits = hybridstore.remember_v1(array_fill('00000000-0000-0000-0000-000000000000'::uuid, ARRAY[64]), 0, 1, p_commit_id)
        WHERE x.id = s.id RETURNING x.* INTO s;
    ELSIF made THEN
        DELETE FROM hybridstore.session x WHERE x.id = s.id;
    END IF;
    incarnation := s.incarnation;
    version := s.version;
    epoch := s.epoch;
    ahead_epoch := s.ahead_epoch;
    rolled_back_at := s.rolled_back_at;
    created_at := s.created_at;
    updated_at := s.updated_at;
END $$;

-- Gives up what was loaded. It is removed later.
CREATE FUNCTION hybridstore.import_abandon_v1(p_loading bigint) RETURNS void LANGUAGE sql AS $$
    UPDATE hybridstore.unowned SET loading = false WHERE session = p_loading
$$;
