-- The next records of a session, with its incarnation, from one snapshot: so many at most, and none after those that make up so many bytes.
-- A session without further records gives one row.
SELECT s.incarnation, r.type, r.id, r.version, r.envelope
FROM hybridstore.session s
LEFT JOIN LATERAL (
    SELECT n.type, n.id, n.version, n.envelope
    FROM (
        SELECT x.type, x.id, x.version, x.envelope, sum(length(x.envelope)) OVER (ORDER BY x.type, x.id) - length(x.envelope) AS before
        FROM hybridstore.record x
        WHERE x.session = s.id AND (x.type, x.id) > ($3, $4)
        ORDER BY x.type, x.id
        LIMIT $5) n
    WHERE n.before < $6) r ON true
WHERE hybridstore.on_primary_v1() AND s.tenant = $1 AND s.name = $2 AND s.version > 0
ORDER BY r.type, r.id
