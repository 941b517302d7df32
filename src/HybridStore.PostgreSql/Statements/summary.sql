-- The session and its types with counts and bytes, from one snapshot. A session without records gives one row.
SELECT s.incarnation, s.version, s.epoch, s.ahead_epoch, s.rolled_back_at, s.created_at, s.updated_at, r.type, r.records, r.bytes
FROM hybridstore.session s
LEFT JOIN LATERAL (
    SELECT x.type, count(*) AS records, coalesce(sum(length(x.envelope)), 0) AS bytes
    FROM hybridstore.record x
    WHERE x.session = s.id
    GROUP BY x.type) r ON true
WHERE hybridstore.on_primary_v1() AND s.tenant = $1 AND s.name = $2 AND s.version > 0
ORDER BY r.type
