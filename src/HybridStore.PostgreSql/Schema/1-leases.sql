-- When a lease of that many microseconds runs out. The end of the calendar is the same for everybody.
CREATE FUNCTION hybridstore.lease_until_v1(now timestamptz, duration bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT least(now + duration * interval '1 microsecond', '9999-12-31 23:59:59+00'::timestamptz)
$$;

-- Takes a lease. A session that does not exist gets a row without a version for it.
CREATE FUNCTION hybridstore.acquire_v1(
    p_tenant text, p_name text, p_name_hash bytea, p_holder text, p_duration bigint, p_may_queue boolean,
    p_dead_epoch bigint, p_live_epoch bigint, p_refuses_ahead boolean, p_now timestamptz,
    OUT granted boolean, OUT holder text, OUT until timestamptz, OUT former_ahead_epoch bigint,
    OUT incarnation bigint, OUT version bigint, OUT epoch bigint, OUT ahead_epoch bigint, OUT rolled_back_at bigint,
    OUT created_at timestamptz, OUT updated_at timestamptz)
LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    s    hybridstore.session;
    now  timestamptz;
    held boolean;
BEGIN
    PERFORM hybridstore.keep_v1();
    PERFORM hybridstore.lock_or_make_v1(p_tenant, p_name, p_name_hash);
    SELECT x.* INTO s FROM hybridstore.session x WHERE x.tenant = p_tenant AND x.name = p_name;
    now := coalesce(p_now, clock_timestamp());
    -- Held here, or known to live on elsewhere.
    held := (s.lease_holder IS NOT NULL AND s.lease_until > now) OR (s.ahead_epoch <> 0 AND s.epoch = p_live_epoch);
    granted := (s.epoch <> 0 AND s.epoch = p_dead_epoch)
        OR NOT ((held AND s.lease_holder IS DISTINCT FROM p_holder) OR (p_refuses_ahead AND s.ahead_epoch <> 0));
    former_ahead_epoch := s.ahead_epoch;
    IF granted THEN
        s.epoch := s.epoch + 1;
        s.lease_until := hybridstore.lease_until_v1(now, p_duration);
        IF p_may_queue THEN
            s.ahead_epoch := s.epoch;
        END IF;
        UPDATE hybridstore.session x
        SET epoch = s.epoch, ahead_epoch = s.ahead_epoch, lease_holder = p_holder, lease_until = s.lease_until WHERE x.id = s.id;
    ELSE
        holder := s.lease_holder;
    END IF;
    until := s.lease_until;
    incarnation := s.incarnation;
    version := s.version;
    epoch := s.epoch;
    ahead_epoch := s.ahead_epoch;
    rolled_back_at := s.rolled_back_at;
    created_at := s.created_at;
    updated_at := s.updated_at;
END $$;

-- Extends leases that were neither taken over, nor released, nor written past after they ran out. All processes go through sessions in one order.
CREATE FUNCTION hybridstore.renew_v1(p_tenants text[], p_names text[], p_epochs bigint[], p_duration bigint, p_now timestamptz) RETURNS boolean[]
LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    renewed boolean[] := array_fill(false, ARRAY[cardinality(p_epochs)]);
    lease   record;
BEGIN
    PERFORM hybridstore.keep_v1();
    FOR lease IN
        SELECT l.* FROM unnest(p_tenants, p_names, p_epochs) WITH ORDINALITY l (tenant, name, epoch, place)
        ORDER BY l.tenant COLLATE "C", l.name COLLATE "C"
    LOOP
        UPDATE hybridstore.session x SET lease_until = hybridstore.lease_until_v1(coalesce(p_now, clock_timestamp()), p_duration)
        WHERE x.tenant = lease.tenant AND x.name = lease.name AND x.epoch = lease.epoch AND x.lease_holder IS NOT NULL;
        renewed[lease.place] := FOUND;
    END LOOP;
    RETURN renewed;
END $$;

CREATE FUNCTION hybridstore.release_v1(p_tenant text, p_name text, p_epoch bigint, p_drained boolean) RETURNS boolean
LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    PERFORM hybridstore.keep_v1();
    UPDATE hybridstore.session x SET lease_holder = NULL, lease_until = 'epoch', ahead_epoch = CASE WHEN p_drained THEN 0 ELSE x.ahead_epoch END
    WHERE x.tenant = p_tenant AND x.name = p_name AND x.epoch = p_epoch AND x.lease_holder IS NOT NULL;
    RETURN FOUND;
END $$;
