-- What every change begins with. A server, database or role that is set to acknowledge commits before they are flushed is overruled for this
-- transaction: somebody is told that the commit is kept.
CREATE FUNCTION hybridstore.keep_v1() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('synchronous_commit') = 'off' THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
END $$;

-- Locks the session's row. Where there is none, makes one that continues what the tombstone says, and returns true: who has no use for it after all
-- removes it again.
CREATE FUNCTION hybridstore.lock_or_make_v1(p_tenant text, p_name text, p_name_hash bytea) RETURNS boolean
LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    LOOP
        PERFORM FROM hybridstore.session x WHERE x.tenant = p_tenant AND x.name = p_name FOR UPDATE;
        IF FOUND THEN
            RETURN false;
        END IF;
        INSERT INTO hybridstore.session (tenant, name, incarnation, epoch) VALUES (p_tenant, p_name, 0, 0) ON CONFLICT (tenant, name) DO NOTHING;
        IF FOUND THEN
            -- Only now, when nobody else can begin or end a life of the session, the tombstone is of its last.
            UPDATE hybridstore.session x SET incarnation = t.incarnation, epoch = t.epoch
            FROM hybridstore.tombstone t WHERE t.name_hash = p_name_hash AND x.tenant = p_tenant AND x.name = p_name;
            RETURN true;
        END IF;
    END LOOP;
END $$;

-- The version that a commit made, if it is among the last 64; otherwise 0.
CREATE FUNCTION hybridstore.made_v1(commits uuid[], version bigint, commit_id uuid) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(version - ((version - (array_position(commits, commit_id) - 1)) % 64 + 64) % 64, 0)
$$;

-- The commits of a session with another one remembered. The versions that it jumps over are nobody's.
CREATE FUNCTION hybridstore.remember_v1(commits uuid[], previous bigint, version bigint, commit_id uuid) RETURNS uuid[] LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    FOR back IN 1 .. least(63, version - previous - 1) LOOP
        commits[(version - back) % 64 + 1] := '00000000-0000-0000-0000-000000000000';
    END LOOP;
    commits[version % 64 + 1] := commit_id;
    RETURN commits;
END $$;
