-- The same for one type.
SELECT s.incarnation, r.type, r.id, r.version, r.envelope
FROM hybridstore.session s
LEFT JOIN LATERAL (
    SELECT n.type, n.id, n.version, n.envelope
    FROM (
        SELECT x.type, x.id, x.version, x.envelope, sum(length(x.envelope)) OVER (ORDER BY x.id) - length(x.envelope) AS before
        FROM hybridstore.record x
        WHERE x.session = s.id AND x.type = $3 AND x.id > $4
        ORDER BY x.id
        LIMIT $5) n
    WHERE n.before < $6) r ON true
WHERE hybridstore.on_primary_v1() AND s.tenant = $1 AND s.name = $2 AND s.version > 0
ORDER BY r.id
